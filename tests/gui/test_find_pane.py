"""Finding in all statements: the results pane, its lines, its keys, and what it tells."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QToolButton, QVBoxLayout, QWidget

from annotator import Project, Span
from annotator.gui import find_pane
from annotator.gui.find_pane import NOTHING_ASKED, NOTHING_FOUND, FindPane
from annotator.gui.find_rows import ContextPainter, ContextRows, Hit, edges, joined, laid_out
from annotator.gui.session import Session
from annotator.gui.theme import DARK, LIGHT, ui_font, ui_size
from annotator.store import concordance
from annotator.store.concordance import Group, Line


class Desk:
    """A window with the pane in it, and what the pane told."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(800, 400)
        self.session = Session()
        self.scope = ""
        self.pane = FindPane(self.session, lambda: self.scope)
        self.shown: list[Hit] = []
        self.said: list[str] = []
        self.pane.previewed.connect(self.shown.append)
        self.pane.told.connect(self.said.append)
        self.session.opened.connect(self.pane.on_opened)
        self.session.changed.connect(self.pane.on_changed)
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.pane)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitActive(self.window)

    def find(self, words: str) -> None:
        self.pane.open()
        self.pane.field.clear()
        with self.qtbot.waitSignal(self.pane.searched):
            self.pane.field.setText(words)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window.focusWidget(), key, modifier)

    def option(self, name: str) -> QToolButton:
        return next(b for b in self.pane.findChildren(QToolButton) if b.accessibleName() == name)

    def lines(self) -> list[str]:
        """The headings as titles, the lines as the words that were found."""
        rows = self.pane.rows
        looked = [rows.look(row) for row in range(rows.rowCount())]
        return [group.summary.title if line is None else f"- {line.quote}" for group, line in looked]


@pytest.fixture
def desk(qtbot, project) -> Iterator[Desk]:
    project.add_statement("The port opens. A port is shut.", "On the port", issuer="Union", date_issued="2024-05")
    project.add_statement("Nobody came to port four.", "No answer", issuer="Port")
    project.add_statement("فتح المِيناء اليوم.", "بيان", issuer="نقابة", language="ar")
    desk = Desk(qtbot)
    desk.session.project = project
    desk.pane.on_opened()
    yield desk
    desk.pane.end()


def test_places_are_listed_under_their_statements_and_counted(desk):
    desk.find("port")
    assert desk.lines() == ["On the port", "- port", "- port", "No answer", "- port"]
    assert desk.pane.status.text() == "3 places in 2 statements"
    assert "Union" in desk.pane.rows.spoken(0) and "May 2024" in desk.pane.rows.spoken(0)
    assert "2 places" in desk.pane.rows.spoken(0)


def test_down_goes_to_the_places_and_each_is_shown(desk):
    desk.find("port")
    desk.press(Qt.Key.Key_Down)
    assert desk.pane.list.hasFocus()
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Down)
    assert [(hit.title, hit.span) for hit in desk.shown] == [
        ("On the port", Span(4, 8)),
        ("On the port", Span(18, 22)),
        ("No answer", Span(15, 19)),
    ]
    for _ in range(3):
        desk.press(Qt.Key.Key_Up)
    assert desk.pane.field.hasFocus()


def test_enter_in_the_field_goes_to_the_places_as_soon_as_there_are_any(desk, qtbot):
    desk.pane.open()
    desk.pane.field.setText("came")
    desk.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.pane.list.hasFocus())
    assert desk.shown[-1].span == Span(7, 11)
    with qtbot.waitSignal(desk.pane.chosen) as chosen:
        desk.press(Qt.Key.Key_Return)
    assert chosen.args[0].span == Span(7, 11)


def test_going_on_from_anywhere_goes_round_and_is_told(desk):
    desk.find("port")
    desk.press(Qt.Key.Key_Escape)
    for _ in range(4):
        desk.pane.step(1)
    assert [hit.span.start for hit in desk.shown] == [4, 18, 15, 4]
    assert [said for said in desk.said if said][1:] == [
        "2 of 3 places · On the port",
        "3 of 3 places · No answer",
        "From the beginning: 1 of 3 places · On the port",
    ]
    desk.pane.step(-1)
    assert desk.said[-1] == "From the end: 3 of 3 places · No answer"


def test_esc_closes_and_what_was_found_is_kept(desk, qtbot):
    desk.find("port")
    with qtbot.waitSignal(desk.pane.left):
        desk.press(Qt.Key.Key_Escape)
    assert not desk.pane.isVisible()
    desk.pane.open()
    assert desk.pane.field.selectedText() == "port" and desk.pane.rows.lines == 3


def test_an_expression_is_found_and_a_mistake_in_it_is_one_sentence(desk, qtbot):
    desk.pane.open()
    desk.option("Regular expression").click()
    desk.find(r"port \w+")
    assert desk.lines() == ["On the port", "- port opens", "- port is", "No answer", "- port four"]
    desk.find("(port")
    assert desk.pane.trouble.text() == "The expression cannot be read at character 6: missing )."
    assert desk.lines() == []
    desk.find("port")
    assert not desk.pane.trouble.isVisible()


def test_a_query_that_cannot_be_read_is_one_sentence(desk):
    desk.find("nothing:here")
    assert "is no field of the query language" in desk.pane.trouble.text()


def test_exact_and_whole_are_for_expressions(desk):
    desk.pane.open()
    assert not desk.option("Match exactly").isEnabled() and not desk.option("Whole words").isEnabled()
    desk.option("Regular expression").click()
    assert desk.option("Match exactly").isEnabled() and desk.option("Whole words").isEnabled()


def test_only_listed_statements_are_searched_on_request(desk, qtbot):
    desk.find("port")
    desk.scope = "issuer:union"
    with qtbot.waitSignal(desk.pane.searched):
        desk.option("Only listed statements").click()
    assert desk.lines() == ["On the port", "- port", "- port"]


def test_words_of_a_text_are_looked_for_as_a_phrase(desk, qtbot):
    with qtbot.waitSignal(desk.pane.searched):
        desk.pane.open("A port\nis")
    assert (desk.pane.field.text(), desk.lines()) == ('"A port is"', ["On the port", "- A port is"])


def test_empty_states_say_what_to_do(desk):
    desk.pane.open()
    assert NOTHING_ASKED in texts(desk)
    desk.find("harbour")
    assert NOTHING_FOUND in texts(desk)


def test_more_places_than_are_listed_are_told(desk, monkeypatch):
    monkeypatch.setattr(find_pane, "concordance", lambda *given: concordance.concordance(*given, most=2))
    desk.find("port")
    assert desk.pane.status.text() == "2 places in 1 statement"
    assert desk.pane.trouble.text() == "These are the first 2 places; there are more."


def test_a_search_can_be_stopped_and_what_was_found_stays(desk, monkeypatch):
    go_on = threading.Event()

    def endless(*given) -> Iterator[concordance.Page]:
        found = [group for page in concordance.concordance(*given) for group in page.groups]
        yield concordance.Page(tuple(found), searched=2, total=9)
        go_on.wait(30)
        yield concordance.Page(tuple(found), searched=3, total=9)

    monkeypatch.setattr(find_pane, "concordance", endless)
    desk.pane.open()
    desk.pane.field.setText("port")
    desk.qtbot.waitUntil(lambda: "2 of 9 statements searched…" in desk.pane.status.text())
    desk.option("Stop the search").click()
    go_on.set()
    assert not desk.pane.running and desk.pane.rows.lines == 3
    assert desk.pane.trouble.text() == "Stopped after 2 statements."
    assert not desk.option("Stop the search").isVisible()


def test_the_newest_words_win(desk):
    desk.pane.open()
    desk.pane.field.setText("port")
    desk.pane.search()
    desk.find("came")
    assert desk.lines() == ["No answer", "- came"]


def test_a_line_shows_the_tags_that_its_words_carry_now(desk, project):
    desk.find("port")
    statement = desk.pane.rows.hit(1).statement
    desk.session.do(project.annotate, statement, "demand", Span(0, 14))
    assert [desk.pane.rows.look(row)[1].tags for row in (1, 2)] == [("demand",), ()]
    assert "Demand" in desk.pane.rows.spoken(1)
    desk.session.do(project.undo)
    assert desk.pane.rows.look(1)[1].tags == ()


def test_a_line_that_is_no_place_has_no_words_to_tag(desk):
    desk.find("issuer:Union")
    desk.press(Qt.Key.Key_Down)
    assert desk.shown[-1].span is None
    assert not desk.pane.settle()
    assert desk.said[-1] == "This line is no place in a text; there are no words to tag."


def test_another_project_leaves_nothing_of_the_one_before(desk, tmp_path):
    desk.find("port")
    with Project.create(tmp_path / "other.annotator", coder="LM") as other:
        desk.session.project = other
        desk.pane.on_opened()
        assert desk.pane.rows.rowCount() == 0
        desk.find("port")
        assert desk.pane.rows.rowCount() == 0
        desk.pane.end()


def test_every_control_has_a_name(desk):
    for button in desk.pane.findChildren(QToolButton):
        assert button.accessibleName()
    assert desk.pane.field.accessibleName() and desk.pane.list.accessibleName()


def test_a_hundred_thousand_places_are_listed_and_the_last_is_reached(desk, project):
    summary = next(project.statements())
    line = Line(Span(0, 3), "before ", "one", " after")
    desk.pane.rows.add([Group(summary, (line,) * 100) for _ in range(1000)])
    assert desk.pane.rows.lines == 100_000
    assert desk.pane.rows.ordinal(desk.pane.rows.rowCount() - 1) == 100_000
    desk.pane.step(-1)
    assert desk.said[-1] == "From the end: 100,000 of 100,000 places · On the port"


# -- how a line looks --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "rtl"),
    [
        (Line(Span(4, 8), "said that the ", "port", " opens at noon"), False),
        (Line(Span(4, 8), "", "port", ""), False),
        (Line(Span(4, 8), "قالت إن ", "المِيناء", " مغلق اليوم"), True),
        (Line(Span(4, 8), "في 🙏🏽 ", "المِيناء", " (SDF) مغلق"), True),
    ],
)
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_places_stand_under_one_another_from_the_side_where_their_text_begins(qtbot, project, line, rtl, theme):
    project.add_statement("x", "y")
    rows, painter = ContextRows(), ContextPainter(theme)
    rows.add([Group(next(project.statements()), (line,))])
    picture = QImage(700, painter.row_height, QImage.Format.Format_RGB32)
    picture.fill(QColor(theme.page))
    option = QStyleOptionViewItem()
    option.rect = picture.rect()
    with QPainter(picture) as canvas:
        painter.paint(canvas, option, rows.index(1, 0))
    ground = QColor(theme.hit).rgb()
    marked = [x for x in range(700) if any(picture.pixel(x, y) == ground for y in range(picture.height()))]
    # Margins of 14, and room for the shapes of tags on the left, in pixels of a 13 pixel font.
    unit = ui_size() / 13
    width = 700 - (14 + 14 + 41) * unit
    expected = 700 - 14 * unit - width * 0.38 if rtl else (14 + 41) * unit + width * 0.38
    assert abs((max(marked) if rtl else min(marked)) - expected) < 6


def test_the_ground_of_a_place_lies_under_its_glyphs():
    before, quote, after = joined(Line(Span(4, 8), "قالت إن\n", "المِيناء", " SDF مغلق"))
    layout = laid_out(before + quote + after, ui_font(15), True, (len(before), len(before) + len(quote)), QColor("red"))
    left, right = edges(layout, before + quote + after, len(before), len(before) + len(quote))
    whole = layout.lineAt(0).naturalTextRect()
    assert QRectF(whole).left() < left < right < QRectF(whole).right()
    # From right to left: what comes before stands to the right.
    first, _ = edges(layout, before + quote + after, 0, len(before.rstrip()))
    assert first >= right - 1


def texts(desk: Desk) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in desk.pane.findChildren(QLabel) if label.isVisible()]
