"""The search of the top bar: what it finds, how it is moved through, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QVBoxLayout, QWidget

from annotator import Project
from annotator.core.text import Span
from annotator.gui.search_field import SearchField
from annotator.gui.search_results import ALL, HINT, MEMOS, MORE, NOTHING, Offer, ResultRows, search
from annotator.gui.search_results import TEXT as IN_TEXTS
from annotator.gui.session import Session
from annotator.gui.theme import DARK
from annotator.gui.worker import ReadingThread

COMMANDS = (Offer("import", "Import statements…", "Ctrl+I"), Offer("done", "Mark as done", "Ctrl+Return"))


class Bar:
    """A window with the search field in it, wired, and what the field said."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(900, 600)
        self.session = Session()
        self.field = SearchField(self.session)
        self.other = QLineEdit()
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.field)
        layout.addStretch()
        layout.addWidget(self.other)
        self.thread: ReadingThread | None = None
        self.session.opened.connect(self.field.on_opened)
        self.field.set_commands(COMMANDS)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitActive(self.window)
        self.field.setFocus()

    def use(self, project: Project) -> None:
        self.session.use(project)
        self.thread = ReadingThread(project)
        self.field.set_reading_thread(self.thread)

    def type(self, text: str) -> None:
        self.field.setFocus()
        self.field.selectAll()
        with self.qtbot.waitSignal(self.field.searched):
            self.qtbot.keyClicks(self.field, text)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.field, key)

    def lines(self) -> list[str]:
        rows: ResultRows = self.field.results
        return [rows.data(rows.index(n, 0)) for n in range(rows.rowCount())]

    def close(self) -> None:
        self.field.set_reading_thread(None)
        if self.thread is not None:
            self.thread.close()


@pytest.fixture
def bar(qtbot) -> Iterator[Bar]:
    bar = Bar(qtbot)
    yield bar
    bar.close()


TEXT = "The union said that the harbour must open. Guards closed the pier."


@pytest.fixture
def statement(project: Project) -> str:
    return project.add_statement(TEXT, title="Dock crews write", issuer="Harbour Union").result


def test_it_has_the_name_that_screen_readers_rely_on(bar):
    assert bar.field.accessibleName() == "Search"


def test_results_stand_under_their_group(bar, project, statement):
    project.add_actor("Harbour Union", aliases=["HU"])
    bar.use(project)
    bar.type("harbour")
    lines = bar.lines()
    assert [line for line in lines if line in ("Commands", "Statements", "Passages", "Text", "Actors")] == [
        "Statements",
        "Actors",
        "Text",
    ]
    assert lines[1] == "Dock crews write"
    assert lines[-1] == ALL
    assert bar.field.is_open and not bar.window.grab().isNull()


def test_the_caret_stays_in_the_field_while_down_and_enter_pick_a_statement(bar, project, statement, qtbot):
    bar.use(project)
    bar.type("dock")
    bar.press(Qt.Key.Key_Down)
    assert bar.field.hasFocus()
    with qtbot.waitSignal(bar.field.statement_chosen) as chosen:
        bar.press(Qt.Key.Key_Return)
    assert chosen.args == [statement]
    assert not bar.field.is_open


def test_a_hit_in_a_text_leads_to_its_place_in_code_points(bar, project, qtbot):
    text = "𝕬 𝕭 𝕮 the pier"
    found = project.add_statement(text, title="Old letters").result
    bar.use(project)
    bar.type("pier")
    bar.press(Qt.Key.Key_Down)
    with qtbot.waitSignal(bar.field.place_chosen) as chosen:
        bar.press(Qt.Key.Key_Return)
    start = text.index("pier")
    assert chosen.args == [found, start, start + 4]


def test_the_hit_is_the_marked_part_of_its_line(bar, project, statement):
    bar.use(project)
    bar.type("guards")
    (hit,) = bar.field.results.results
    assert hit.label[slice(*hit.mark)] == "Guards"
    assert hit.label.startswith("…") and hit.label.endswith("Guards closed the pier.")


def test_a_hit_on_a_passage_leads_to_the_passage(bar, project, statement, qtbot):
    start = TEXT.index("Guards")
    passage = project.annotate(statement, "accusation", Span(start, start + 22)).result
    bar.use(project)
    bar.type("guards")
    bar.press(Qt.Key.Key_Down)
    assert bar.field.current.tag.name == "accusation"
    with qtbot.waitSignal(bar.field.passage_chosen) as chosen:
        bar.press(Qt.Key.Key_Return)
    assert chosen.args == [statement, passage]


def test_an_actor_is_found_by_an_alias(bar, project, qtbot):
    actor = project.add_actor("Harbour Union", aliases=["Dockers"]).result
    bar.use(project)
    bar.type("dock")
    bar.press(Qt.Key.Key_Down)
    with qtbot.waitSignal(bar.field.actor_chosen) as chosen:
        bar.press(Qt.Key.Key_Return)
    assert chosen.args == [actor]


def test_memos_and_notes_are_found_and_lead_to_what_they_are_of(bar, project, statement, qtbot):
    passage = project.annotate(statement, "event", Span(0, 9), note="Think of the lighthouse").result
    project.set_memo("Lighthouses come up twice")
    project.change_tag("demand", memo="As the lighthouse keeper says")
    project.edit(statement, memo="Who wrote of a lighthouse first?")
    bar.use(project)
    bar.type("lighth")
    found = [each for each in bar.field.results.results if each.group == MEMOS]
    assert [each.label[slice(*each.mark)] for each in found] == [
        "Lighthouses",
        "lighthouse",
        "lighthouse",
        "lighthouse",
    ]
    assert [each.detail.split("\u2068")[0] for each in found] == [
        "Memo of the project", "Memo of the tag ", "Memo of a statement · ", "Note on a passage · ",
    ]  # fmt: skip
    chosen = []
    bar.field.memo_chosen.connect(lambda tag: chosen.append(("memo", tag)))
    bar.field.statement_chosen.connect(lambda number: chosen.append(("statement", number)))
    bar.field.passage_chosen.connect(lambda number, mark: chosen.append((number, mark)))
    for steps in range(1, 5):
        bar.type("lighth")
        bar.press(*[Qt.Key.Key_Down] * steps, Qt.Key.Key_Return)
    assert chosen == [("memo", ""), ("memo", "demand"), ("statement", statement), (statement, passage)]


def test_a_memo_is_not_looked_for_under_conditions(bar, project, statement):
    project.set_memo("Lighthouse")
    bar.use(project)
    bar.type("lighth tag:demand")
    assert not [each for each in bar.field.results.results if each.group == MEMOS]


def test_commands_are_found_at_once_by_their_words_and_without_a_project(bar, qtbot):
    qtbot.keyClicks(bar.field, "done mark")
    assert bar.lines()[:2] == ["Commands", "Mark as done"]
    bar.press(Qt.Key.Key_Down)
    with qtbot.waitSignal(bar.field.command_chosen) as chosen:
        bar.press(Qt.Key.Key_Return)
    assert chosen.args == ["done"]


def test_after_a_sign_only_commands_are_meant_and_enter_runs_the_first(bar, project, statement, qtbot):
    bar.use(project)
    qtbot.keyClicks(bar.field, ">imp")
    assert bar.lines() == ["Commands", "Import statements…"]
    with qtbot.waitSignals([bar.field.left, bar.field.command_chosen]):
        bar.press(Qt.Key.Key_Enter)
    assert bar.field.text() == ""


def test_enter_never_runs_a_command_that_was_not_chosen(bar, project, statement, qtbot):
    bar.use(project)
    bar.type("imp")
    with qtbot.assertNotEmitted(bar.field.command_chosen), qtbot.waitSignal(bar.field.filter_asked) as asked:
        bar.press(Qt.Key.Key_Enter)
    assert asked.args == ["imp"]


def test_esc_closes_the_results_then_empties_the_field_and_leaves_it(bar, project, statement, qtbot):
    bar.use(project)
    bar.type("imp")
    bar.press(Qt.Key.Key_Escape)
    assert not bar.field.is_open and bar.field.text() == "imp"
    with qtbot.waitSignal(bar.field.left):
        bar.press(Qt.Key.Key_Escape)
    assert bar.field.text() == ""


def test_a_command_that_is_not_there_is_said_so_and_enter_filters_nothing(bar, project, statement, qtbot):
    bar.use(project)
    qtbot.keyClicks(bar.field, ">nowhere")
    assert bar.lines() == [NOTHING]
    with qtbot.assertNotEmitted(bar.field.filter_asked):
        bar.press(Qt.Key.Key_Return)


def test_commands_stand_below_what_was_searched_for(bar, project, qtbot):
    project.add_statement("Text.", title="Statements on grain")
    bar.use(project)
    bar.type("statements")
    assert [line for line in bar.lines() if line in ("Commands", "Statements")] == ["Statements", "Commands"]
    assert bar.field.current is None


def test_after_a_choice_undo_is_left_to_the_project(bar, project, statement, qtbot):
    bar.use(project)
    bar.type("dock")
    assert takes_undo(bar)
    bar.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert bar.field.text() == ""
    assert not takes_undo(bar)


def takes_undo(bar: Bar) -> bool:
    """Whether the field asks the window to leave it Ctrl+Z."""
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    asked.ignore()
    QApplication.sendEvent(bar.field, asked)
    return asked.isAccepted()


def test_down_in_an_empty_field_offers_the_commands(bar):
    bar.press(Qt.Key.Key_Down)
    assert bar.lines() == ["Commands", "Import statements…", "Mark as done", HINT]


def test_enter_without_a_choice_asks_for_all_in_the_list(bar, project, statement, qtbot):
    bar.use(project)
    bar.type("pier")
    with qtbot.waitSignal(bar.field.filter_asked) as asked:
        bar.press(Qt.Key.Key_Return)
    assert asked.args == ["pier"]


def test_a_group_shows_eight_and_says_that_there_are_more(bar, project):
    for n in range(12):
        project.add_statement(f"Text number {n}.", title=f"Harbour {n}")
    bar.use(project)
    bar.type("harbour")
    assert len(bar.field.results.results) == 8
    assert bar.lines()[-1] == MORE


def test_up_goes_round_to_the_end_and_headings_are_passed_over(bar, project, statement, qtbot):
    bar.use(project)
    bar.type("harbour")
    bar.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert bar.field.current.group == "Text"
    bar.press(Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert bar.field.current is None
    with qtbot.waitSignal(bar.field.filter_asked):
        bar.press(Qt.Key.Key_Return)


def test_a_click_picks(bar, project, statement, qtbot):
    bar.use(project)
    bar.type("dock")
    rows = bar.window.findChild(QListView)
    with qtbot.waitSignal(bar.field.statement_chosen):
        place = rows.visualRect(rows.model().index(1, 0)).center()
        qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_escape_closes_the_results_and_then_empties_the_field(bar, project, statement):
    bar.use(project)
    bar.type("dock")
    bar.press(Qt.Key.Key_Escape)
    assert not bar.field.is_open and bar.field.text() == "dock"
    bar.press(Qt.Key.Key_Escape)
    assert bar.field.text() == ""


def test_going_elsewhere_closes_the_results(bar, project, statement):
    bar.use(project)
    bar.type("dock")
    bar.other.setFocus()
    assert not bar.field.is_open


def test_a_newer_text_replaces_what_an_older_one_found(bar, project, statement):
    project.add_statement("Something else.", title="Prison stormed")
    bar.use(project)
    bar.type("dock")
    bar.type("prison")
    assert [r.label for r in bar.field.results.results] == ["Prison stormed"]
    bar.type("nowhere")
    assert bar.lines() == [NOTHING]


def test_a_wrong_query_says_why_in_the_results(bar, project, statement):
    bar.use(project)
    bar.type("colour:red")
    assert "colour:" in bar.lines()[0]
    bar.press(Qt.Key.Key_Down)
    assert bar.field.current is None


def test_markup_and_direction_controls_are_shown_as_they_are(bar, project):
    project.add_statement("text", title="<b>Pier</b> \u202efour", issuer="<i>x</i>")
    bar.use(project)
    bar.field.set_theme(DARK)
    bar.type("pier")
    assert bar.lines()[1] == "<b>Pier</b> \u202efour"
    assert not bar.window.grab().isNull()


def test_another_project_forgets_what_was_found(bar, project, statement):
    bar.use(project)
    bar.type("dock")
    bar.session.use(None)
    assert not bar.field.is_open and bar.field.text() == ""


def test_commands_are_found_by_their_keys_and_the_one_that_is_named_exactly_comes_first(bar, qtbot):
    bar.field.set_commands((*COMMANDS, Offer("all", "Mark all as done", ""), Offer("mark", "Mark", "Ctrl+M")))
    qtbot.keyClicks(bar.field, ">ctrl+i")
    assert [r.target for r in bar.field.results.results] == ["import"]
    assert bar.field.results.results[0].detail == "Ctrl+I"
    bar.field.clear()
    qtbot.keyClicks(bar.field, ">mark")
    assert [r.target for r in bar.field.results.results] == ["mark", "done", "all"]


def test_commands_that_were_run_last_come_first_when_nothing_is_typed_after_the_sign(bar, qtbot):
    qtbot.keyClicks(bar.field, ">done")
    with qtbot.waitSignal(bar.field.command_chosen):
        bar.press(Qt.Key.Key_Return)
    bar.field.setFocus()
    qtbot.keyClicks(bar.field, ">")
    assert [r.target for r in bar.field.results.results] == ["done", "import"]


def test_the_first_places_are_told_before_the_last_ones_are_looked_for(project):
    for n in range(8):
        project.add_statement(f"Pier {n} is closed. The union calls for pier {n}.", f"Notice {n}")
    with project.snapshot() as reads:
        told = [found for found in search(reads, "union") if found.group == IN_TEXTS]
    assert len(told) > 1
    assert len(told[0].results) == 1
    assert told[-1].results[:1] == told[0].results


def test_a_command_is_found_by_another_word_for_it(bar, qtbot):
    bar.field.set_commands((*COMMANDS, Offer("looks", "Appearance…", "", ("theme", "dark"))))
    for typed in (">dark", ">theme", ">appear"):
        bar.field.clear()
        qtbot.keyClicks(bar.field, typed)
        assert [r.target for r in bar.field.results.results] == ["looks"]


def test_a_command_that_is_called_so_stands_over_what_the_texts_say(bar, project):
    project.add_statement("The dark theme of the play. They import statements.", title="A dark play")
    bar.use(project)
    bar.field.set_commands((*COMMANDS, Offer("looks", "Appearance…", "", ("theme", "dark"))))
    bar.type("dark")
    assert bar.lines()[:3] == ["Commands", "Appearance…", "Statements"]
    # Enter still means the words.
    assert bar.field.current is None
    bar.type("statements")
    assert bar.lines()[0] == "Text" and "Commands" in bar.lines()


def test_with_nothing_typed_the_last_commands_and_what_can_be_typed_are_shown(bar, qtbot):
    qtbot.keyClicks(bar.field, ">done")
    with qtbot.waitSignal(bar.field.command_chosen):
        bar.press(Qt.Key.Key_Return)
    bar.field.open()
    assert bar.lines() == ["Commands", "Mark as done", "Import statements…", HINT]
    assert bar.field.current is None
    with qtbot.waitSignal(bar.field.left):
        bar.press(Qt.Key.Key_Escape)
    assert not bar.field.is_open
