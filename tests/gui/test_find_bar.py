"""Finding in the statement on show: what is marked, counted and said, and the keys."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from annotator.core.model import Statement, StatementId
from annotator.core.text import Span
from annotator.gui import finder
from annotator.gui.find_bar import FindBar
from annotator.gui.reader import Reader
from annotator.gui.theme import LIGHT

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
TEXT = "The union met. The Union left Şırnak.\n\nUnions and the union again."


class Page:
    """A reader with its find bar in a window."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(900, 600)
        self.reader = Reader(theme=LIGHT)
        self.bar = FindBar(self.reader)
        self.said: list[str] = []
        self.bar.told.connect(self.said.append)
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.bar)
        layout.addWidget(self.reader, 1)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitActive(self.window)

    def show(self, text: str) -> None:
        statement = Statement(StatementId(str(hash(text))), text_sha256="0" * 64, length=len(text), title="A title")
        self.reader.show_statement(statement, text)
        self.bar.refresh()

    def find(self, words: str) -> None:
        """Type these words in the open bar and wait for all places."""
        self.bar.open()
        self.bar.field.clear()
        with self.qtbot.waitSignal(self.bar.searched):
            self.bar.field.setText(words)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.bar.field, key, modifier)

    def option(self, name: str) -> QToolButton:
        return next(b for b in self.bar.findChildren(QToolButton) if b.accessibleName() == name)

    @property
    def count(self) -> str:
        return self.bar.count.text()

    @property
    def words(self) -> list[str]:
        return [span.of(self.reader.text) for span in self.bar.places]


@pytest.fixture
def page(qtbot) -> Iterator[Page]:
    page = Page(qtbot)
    page.show(TEXT)
    yield page
    page.bar.close_finder()


def test_places_are_counted_and_enter_goes_from_one_to_the_next(page):
    page.find("union")
    assert (page.words, page.count) == (["union", "Union", "Union", "union"], "1 of 4")
    page.press(Qt.Key.Key_Return)
    assert page.count == "2 of 4"
    page.press(Qt.Key.Key_Return, SHIFT)
    assert page.count == "1 of 4"


def test_going_round_either_end_is_told(page):
    page.find("union")
    page.press(Qt.Key.Key_Return, SHIFT)
    assert (page.count, page.said[-1]) == ("↻ 4 of 4", "Past the beginning: went on from the end.")
    page.press(Qt.Key.Key_Return)
    assert (page.count, page.said[-1]) == ("↻ 1 of 4", "Past the end: went on from the beginning.")
    page.press(Qt.Key.Key_Return)
    assert (page.count, page.said[-1]) == ("2 of 4", "2 of 4")


def test_the_search_begins_where_the_reader_is(page):
    page.reader.place_caret(20)
    page.find("union")
    assert page.count == "3 of 4"


def test_the_selected_words_are_looked_for_and_are_the_first_place(page):
    page.reader.select(Span(19, 24))
    with page.qtbot.waitSignal(page.bar.searched):
        page.bar.open()
    assert (page.bar.field.text(), page.bar.field.selectedText(), page.count) == ("Union", "Union", "2 of 4")


def test_esc_selects_the_place_and_takes_the_marks_away(page):
    page.find("şirnak")
    with page.qtbot.waitSignal(page.bar.left):
        page.press(Qt.Key.Key_Escape)
    assert page.reader.span().of(TEXT) == "Şırnak"
    assert not page.bar.isVisible() and len(page.bar.places) == 0


def test_what_was_looked_for_last_is_found_next_without_the_focus(page):
    page.find("union")
    page.press(Qt.Key.Key_Escape)
    page.reader.setFocus()
    for step, count in ((page.bar.next, "2 of 4"), (page.bar.next, "3 of 4")):
        if page.bar.isVisible():
            step()
        else:
            with page.qtbot.waitSignal(page.bar.searched):
                step()
        assert page.count == count
    assert page.reader.hasFocus()


def test_what_was_looked_for_last_is_found_before_the_selection_too(page):
    page.find("union")
    page.press(Qt.Key.Key_Escape)
    with page.qtbot.waitSignal(page.bar.searched):
        page.bar.previous()
    assert page.count == "4 of 4"


@pytest.mark.parametrize(
    ("key", "name", "words", "given"),
    [
        (Qt.Key.Key_C, "Match exactly", "Union", ["Union", "Union"]),
        (Qt.Key.Key_W, "Whole words", "union", ["union", "Union", "union"]),
        (Qt.Key.Key_R, "Regular expression", r"union\w", ["Unions"]),
    ],
)
def test_options_go_on_and_off_by_keys(page, key, name, words, given):
    page.find(words)
    before = page.words
    with page.qtbot.waitSignal(page.bar.searched):
        page.press(key, ALT)
    assert (page.words, page.option(name).isChecked()) == (given, True)
    with page.qtbot.waitSignal(page.bar.searched):
        page.press(key, ALT)
    assert (page.words, page.option(name).isChecked()) == (before, False)


def test_a_mistake_in_an_expression_is_one_sentence_under_the_field(page):
    page.option("Regular expression").click()
    page.find("uni(on")
    assert page.bar.trouble.isVisible()
    assert page.bar.trouble.text() == "The expression cannot be read at character 7: missing )."
    assert page.count == ""
    page.find("uni(on)")
    assert not page.bar.trouble.isVisible() and page.count == "1 of 4"


def test_an_expression_that_takes_too_long_says_so_and_keeps_what_it_found(page, monkeypatch):
    monkeypatch.setattr(finder, "PATIENCE", 0.05)
    page.option("Regular expression").click()
    page.show("Open. " + "a" * 100_000 + "!")
    page.find("Open|(a|aa)+$")
    assert page.bar.trouble.text() == "This expression takes too long on this text; stopped after 0.05 s."
    assert (page.words, page.count) == (["Open"], "1 of 1")


def test_the_newest_words_win_while_an_expression_is_still_being_tried(page, monkeypatch):
    monkeypatch.setattr(finder, "PATIENCE", 1)
    page.option("Regular expression").click()
    page.show("b" + "a" * 100_000 + "!")
    page.bar.open()
    page.bar.field.setText("(a|aa)+$")
    assert page.bar.finder.busy
    page.find("b")
    assert (page.words, page.count, page.bar.trouble.text()) == (["b"], "1 of 1", "")


def test_keys_pressed_right_after_the_words_mean_what_was_found(page):
    page.bar.open()
    page.qtbot.keyClicks(page.bar.field, "union")
    page.press(Qt.Key.Key_Return)
    page.press(Qt.Key.Key_Escape)
    assert page.reader.span() == Span(19, 24)


def test_keys_pressed_before_anything_was_found_are_kept(page):
    page.show("é" * 600_000 + " port. Port.")
    page.bar.open()
    with page.qtbot.waitSignal(page.bar.searched):
        page.bar.field.setText("port")
        page.press(Qt.Key.Key_Return)
    assert page.count == "2 of 2"


def test_more_places_than_are_kept_are_told(page, monkeypatch):
    monkeypatch.setattr(finder, "MOST", 3)
    page.find("union")
    assert page.count == "1 of 3+"
    assert page.said[-1] == "There are more places than 3; the first 3 are marked."


def test_words_that_stand_nowhere_are_said_to_be_not_found(page):
    page.find("harbour")
    assert (page.count, page.bar.current) == ("not found", -1)
    page.press(Qt.Key.Key_Return)
    page.bar.field.clear()
    assert page.count == ""


def test_another_statement_is_searched_for_the_same_words(page):
    page.find("union")
    with page.qtbot.waitSignal(page.bar.searched):
        page.show("One more union.")
    assert (page.words, page.count) == (["union"], "1 of 1")


def test_the_same_statement_shown_anew_keeps_its_marks(page):
    page.find("union")
    page.press(Qt.Key.Key_Return)
    page.show(TEXT)
    assert page.count == "2 of 4"
    assert marked(page, LIGHT.hit_current)


def test_places_are_marked_and_the_current_one_more_strongly(page):
    assert not marked(page, LIGHT.hit)
    page.find("union")
    assert marked(page, LIGHT.hit) and marked(page, LIGHT.hit_current)
    page.press(Qt.Key.Key_Escape)
    assert not marked(page, LIGHT.hit)


def test_a_place_far_down_comes_into_view(page):
    page.show("\n\n".join(f"Paragraph {n}." for n in range(200)))
    page.find("paragraph 180")
    assert page.reader.verticalScrollBar().value() > 0
    assert marked(page, LIGHT.hit_current)


def marked(page: Page, color: str) -> bool:
    """Whether this colour is painted anywhere in the reader."""
    picture = page.reader.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return QColor(color).rgb().to_bytes(4, sys.byteorder) in bytes(picture.constBits())
