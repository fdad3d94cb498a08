"""The passages list: what a row says, how it follows the project, and what its keys ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu

from annotator import Project
from annotator.core.text import Span
from annotator.gui.passages import PassagesPane
from annotator.gui.session import Session
from annotator.gui.theme import DARK, LIGHT, tag_color

TEXT = (
    "Armed men stormed the prison. Ankara was accused of helping. The council asks the Coalition to act. نطالب العالم."
)
SHOWN = Qt.ItemDataRole.DisplayRole
SPOKEN = Qt.ItemDataRole.AccessibleTextRole


def at(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


@dataclass
class Desk:
    """A project with one statement, its session, and the pane that listens to it."""

    project: Project
    session: Session
    pane: PassagesPane
    statement: str

    def tag(self, name: str, words: str, **given: str) -> str:
        changes = self.session.do(self.project.annotate, self.statement, name, at(words), given=given)
        assert changes is not None
        return changes.result

    def rows(self, role: int = SHOWN) -> list[str]:
        model = self.pane.rows
        return [model.index(row, 0).data(role) for row in range(model.rowCount())]

    def lines(self) -> list[str]:
        return self.rows(self.pane.rows.LINE)


@pytest.fixture
def desk(qtbot, project: Project) -> Iterator[Desk]:
    session = Session()
    pane = PassagesPane(session)
    qtbot.addWidget(pane)
    session.opened.connect(pane.on_opened)
    session.shown.connect(pane.on_shown)
    session.changed.connect(pane.on_changed)
    session.picked.connect(pane.on_picked)
    pane.chosen.connect(session.pick)
    statement = project.add_statement(TEXT, title="A statement", issuer="AANES").result
    session.use(project)
    session.show(statement)
    pane.resize(330, 400)
    pane.show()
    yield Desk(project, session, pane, statement)


def labels(pane: PassagesPane) -> list[str]:
    return [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]


def test_the_passages_stand_in_text_order(desk):
    desk.tag("demand", "asks the Coalition to act")
    desk.tag("event", "Armed men stormed the prison")
    desk.tag("accusation", "Ankara was accused of helping")
    assert [row.split()[0] for row in desk.rows()] == ["Armed", "Ankara", "asks"]
    assert "3" in labels(desk.pane)


def test_a_row_tells_its_tag_and_main_values(desk):
    desk.tag("demand", "asks the Coalition to act", addressee="Global Coalition")
    desk.tag("accusation", "Ankara was accused of helping", accused="Turkey; Syria; Qatar")
    desk.tag("event", "Armed men stormed the prison", date_start="2022-01-20", place_text="Hasakah")
    assert desk.lines() == ["Event · 20 Jan 2022 · Hasakah", "Accusation · 3 accused", "Demand · Global Coalition"]


def test_an_incomplete_passage_is_marked_and_a_filled_attribute_counts(desk):
    made = desk.tag("demand", "asks the Coalition to act")
    before = desk.rows(desk.pane.rows.MISSING)
    desk.session.do(desk.project.describe, made, {"action": "act"})
    assert desk.rows(desk.pane.rows.MISSING) == [before[0] - 1]


def test_a_row_is_spoken_with_its_tag_its_actors_and_that_it_is_incomplete(desk):
    desk.tag("accusation", "Ankara was accused of helping", accused="Turkey")
    assert desk.rows(SPOKEN) == ["Accusation: Ankara was accused of helping, Accused: Turkey; incomplete"]


def test_only_another_coders_passages_name_their_coder(desk):
    desk.tag("demand", "asks the Coalition to act")
    desk.project.be("RK")
    desk.tag("event", "Armed men stormed the prison")
    desk.project.be("LM")
    desk.session.show("")
    desk.session.show(desk.statement)
    assert desk.lines() == ["Event · RK", "Demand"]


def test_undo_and_redo_are_followed(desk):
    desk.tag("demand", "asks the Coalition to act")
    desk.session.do(desk.project.undo)
    assert desk.rows() == []
    desk.session.do(desk.project.redo)
    assert desk.rows() == ["asks the Coalition to act"]


def test_a_moved_boundary_moves_the_row(desk):
    made = desk.tag("demand", "asks the Coalition to act")
    desk.tag("event", "Armed men stormed the prison")
    desk.session.do(desk.project.resize, made, Span(0, 5))
    assert desk.rows()[0] == "Armed"


def test_a_changed_tag_label_is_shown(desk):
    from dataclasses import replace

    desk.tag("demand", "asks the Coalition to act")
    tag = replace(desk.project.codebook.tag("demand"), label="Claim")
    desk.session.do(desk.project.put_tag, tag)
    assert desk.lines() == ["Claim"]


def test_an_empty_statement_says_what_to_do(desk):
    assert "No passages yet. Select words and press 1, 2 or 3." in labels(desk.pane)
    desk.tag("demand", "asks the Coalition to act")
    assert "No passages yet. Select words and press 1, 2 or 3." not in labels(desk.pane)


def test_without_a_statement_nothing_is_listed(desk):
    desk.tag("demand", "asks the Coalition to act")
    desk.session.show("")
    assert desk.rows() == []


def test_the_current_passage_is_the_selected_row_and_stays_so_while_others_come(desk):
    made = desk.tag("demand", "asks the Coalition to act")
    desk.session.pick(made)
    assert desk.pane.list.current == made
    desk.tag("event", "Armed men stormed the prison")
    assert desk.pane.list.current == made
    desk.session.pick("")
    assert desk.pane.list.current == ""


def test_picking_elsewhere_is_not_told_back(desk, qtbot):
    made = desk.tag("demand", "asks the Coalition to act")
    with qtbot.assertNotEmitted(desk.pane.chosen):
        desk.session.pick(made)


def test_the_arrows_choose_and_enter_and_del_ask(desk, qtbot):
    first = desk.tag("event", "Armed men stormed the prison")
    second = desk.tag("demand", "asks the Coalition to act")
    rows = desk.pane.list
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert desk.session.passage == first
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert desk.session.passage == second
    qtbot.keyClick(rows, Qt.Key.Key_Home)
    assert desk.session.passage == first
    with qtbot.waitSignal(desk.pane.activated) as activated:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert activated.args == [first]
    with qtbot.waitSignal(desk.pane.menu_asked) as asked:
        qtbot.keyClick(rows, Qt.Key.Key_Delete)
    assert asked.args == ["remove", first]


def test_a_click_chooses_once_and_again_on_the_same_row(desk, qtbot):
    made = desk.tag("event", "Armed men stormed the prison")
    told: list[str] = []
    desk.pane.chosen.connect(told.append)
    place = desk.pane.list.visualRect(desk.pane.rows.index(0, 0)).center()
    qtbot.mouseClick(desk.pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseClick(desk.pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == [made, made]


def test_removing_the_last_row_leaves_the_focus_in_the_list(desk, qtbot):
    made = desk.tag("event", "Armed men stormed the prison")
    with qtbot.waitActive(desk.pane):
        desk.pane.activateWindow()
    desk.pane.focus_list()
    assert desk.pane.list.hasFocus()
    desk.session.do(desk.project.remove, [made])
    assert desk.pane.list.hasFocus()


def entries(menu: QMenu) -> dict[str, object]:
    found = {}
    for action in menu.actions():
        if action.menu():
            found |= entries(action.menu())
        elif not action.isSeparator():
            found[action.text().split("\t")[0]] = action
    return found


def test_the_menu_offers_every_other_tag_and_tells_the_command(desk, qtbot):
    made = desk.tag("event", "Armed men stormed the prison")
    actions = entries(desk.pane.menu_for(made))
    assert list(actions) == [
        "Demand",
        "Accusation",
        "Event",
        "Note…",
        "Copy with citation",
        "History of the passage",
        "Remove",
    ]
    assert not actions["Event"].isEnabled()
    for text, command in (("Demand", "retag:demand"), ("Copy with citation", "cite"), ("Note…", "note")):
        with qtbot.waitSignal(desk.pane.menu_asked) as asked:
            actions[text].trigger()
        assert asked.args == [command, made]


def test_mark_up_in_a_passage_stays_text(qtbot, project):
    session = Session()
    pane = PassagesPane(session)
    qtbot.addWidget(pane)
    session.opened.connect(pane.on_opened)
    session.shown.connect(pane.on_shown)
    statement = project.add_statement("<img src='file:///x'> and more", title="<b>t</b>").result
    project.annotate(statement, "demand", Span(0, 21))
    session.use(project)
    session.show(statement)
    index = pane.rows.index(0, 0)
    assert index.data() == "<img src='file:///x'>"
    assert "<img" not in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_passage_of_several_lines_is_one_line(desk, project):
    text = "one\n\ntwo\u2028three"
    statement = project.add_statement(text, title="lines").result
    project.annotate(statement, "demand", Span(0, len(text)))
    desk.session.show(statement)
    assert desk.rows() == ["one two three"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_rows_of_every_script_are_painted_in_the_themes_colours(desk, theme):
    desk.tag("demand", "نطالب العالم")
    desk.tag("event", "Armed men stormed the prison")
    desk.pane.set_theme(theme)
    image = desk.pane.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(40) for y in range(image.height())}
    assert {tag_color(theme, desk.project.codebook.tag(name)).name() for name in ("demand", "event")} <= colors


def test_one_more_passage_among_many_does_not_read_them_all_again(desk, qtbot):
    with desk.project.step("Many"):
        for start in range(20):
            for end in range(30, 60):
                desk.project.annotate(desk.statement, "event", Span(start, end), allow_overlap=True)
    desk.session.show("")
    desk.session.show(desk.statement)
    with qtbot.assertNotEmitted(desk.pane.rows.modelReset):
        desk.tag("demand", "asks the Coalition to act")
    assert desk.rows()[-1] == "asks the Coalition to act"
    assert len(desk.rows()) == 601
