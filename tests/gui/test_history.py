"""The history in the window: who did what when, before and after, and the ways back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from annotator import Project, Span
from annotator.core.errors import AnnotatorError
from annotator.gui.dialogs.going_back import GoBackDialog
from annotator.gui.dialogs.history import NOTHING_FITS, PAGE, HistoryDialog
from annotator.gui.dialogs.question import Question
from annotator.gui.history_filter import HistoryFilter, Wanted, period
from annotator.gui.session import Session

Opened = Callable[..., HistoryDialog]


@pytest.fixture
def session(project: Project) -> Iterator[Session]:
    session = Session()
    session.use(project)
    yield session
    session.use(None)


@pytest.fixture
def opened(qtbot, session) -> Opened:
    """Opens a history and waits until its first steps are there."""

    def open_it(statement: str | None = None, passage: str | None = None, count: int | None = None) -> HistoryDialog:
        dialog = HistoryDialog(session, statement, passage=passage)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.steps.rowCount() > 0 and (count is None or dialog.steps.rowCount() == count))
        return dialog

    return open_it


def steps(dialog: HistoryDialog) -> list[tuple[str, str]]:
    rows = dialog.steps
    return [
        (rows.index(row, 1).data(), rows.index(row, 2).data(Qt.ItemDataRole.AccessibleTextRole))
        for row in range(rows.rowCount())
    ]


def labels(dialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if not label.isHidden())


def selected(qtbot, dialog: HistoryDialog, row: int, words: str) -> str:
    """Select a row and wait until these words are told of it."""
    dialog.table.selectRow(row)
    qtbot.waitUntil(lambda: words in dialog.details.toPlainText())
    return dialog.details.toPlainText()


# -- what is listed ------------------------------------------------------------------------------


def test_the_history_follows_what_is_done_and_undone(qtbot, session, project, opened):
    statement = session.do(project.add_statement, "Some words.", "Title").result
    dialog = opened()
    session.do(project.annotate, statement, "demand", Span(0, 4))
    qtbot.waitUntil(lambda: steps(dialog)[0] == ("LM", "Tag as demand"))
    session.do(project.undo)
    qtbot.waitUntil(lambda: steps(dialog)[:2] == [("LM", "Undo Tag as demand"), ("LM", "Tag as demand, undone")])
    assert dialog.steps.index(1, 2).data(Qt.ItemDataRole.FontRole).strikeOut()


def test_the_history_of_a_statement_tells_values_before_and_after(qtbot, session, project, opened):
    statement = session.do(project.add_statement, "Some words.", "Title", issuer="A").result
    session.do(project.add_statement, "Other words.", "Other")
    session.do(project.edit, statement, issuer="B")
    dialog = opened(statement)
    assert steps(dialog) == [("LM", "Issuer: A → B"), ("LM", "Add statement")]
    session.do(project.undo)
    qtbot.waitUntil(lambda: steps(dialog)[:2] == [("LM", "Undo Edit issuer"), ("LM", "Issuer: A → B, undone")])


def test_the_history_of_a_passage_has_its_steps_alone_also_when_it_is_gone(session, project, opened):
    statement = project.add_statement("Some words.", "Title").result
    passage = project.annotate(statement, "demand", Span(0, 4)).result
    project.annotate(statement, "event", Span(0, 4))
    project.note(passage, "softer")
    dialog = opened(statement, passage)
    assert [told for _, told in steps(dialog)] == ["Edit note", "Tag as demand"]
    assert "Demand: “Some”" in labels(dialog)
    project.remove([passage])
    assert "A removed passage" in labels(opened(statement, passage, 3))


def test_the_selected_step_tells_what_was_there_before_and_after(qtbot, session, project, opened):
    statement = project.add_statement("Some words.", "The title").result
    passage = project.annotate(statement, "demand", Span(0, 4)).result
    project.note(passage, "softer")
    dialog = opened()
    told = selected(qtbot, dialog, 0, "softer")
    assert "The title:" in told and "note: — → softer" in told
    assert "tagged as demand 0–4: “Some”" in selected(qtbot, dialog, 1, "tagged")


def test_a_step_of_very_many_changes_tells_the_first_of_them_and_how_many_there_are(qtbot, session, project, opened):
    ids = [project.add_statement(f"Words {n}.", f"Title {n}").result for n in range(120)]
    project.delete(ids)
    dialog = opened()
    assert "These are the first 100 of" in selected(qtbot, dialog, 0, "These are")


def test_older_steps_come_as_one_scrolls(qtbot, session, project, opened):
    for n in range(PAGE + 30):
        project.add_actor(f"Actor {n}")
    total = project.history(limit=1)[0].number
    dialog = opened(count=PAGE)
    assert f"{total} steps" in labels(dialog)
    dialog.table.scrollToBottom()
    qtbot.waitUntil(lambda: dialog.steps.rowCount() == total)
    assert dialog.steps.complete
    numbers = [dialog.steps.entry(row).number for row in range(total)]
    assert numbers == list(range(total, 0, -1))


# -- the filter -----------------------------------------------------------------------------------


def test_the_steps_of_one_coder_can_be_read_alone(qtbot, session, project, opened):
    statement = project.add_statement("Some words.", "Title").result
    project.be("RK")
    project.annotate(statement, "event", Span(0, 4))
    dialog = opened(statement)
    chooser = dialog.filter.coder
    chooser.setCurrentIndex(chooser.findText("RK"))
    chooser.activated.emit(chooser.currentIndex())
    qtbot.waitUntil(lambda: steps(dialog) == [("RK", "Tag as event")])
    assert chooser.currentText() == "RK"


def test_a_time_before_the_project_has_no_steps_and_says_so(qtbot, session, project, opened):
    dialog = opened()
    qtbot.keyClicks(dialog.filter.until, "2001-02-28")
    qtbot.waitUntil(lambda: dialog.steps.rowCount() == 0)
    assert NOTHING_FITS in labels(dialog)
    assert not dialog.go_back_button.isEnabled()
    dialog.filter.until.clear()
    qtbot.waitUntil(lambda: dialog.steps.rowCount() > 0)


def test_a_day_is_the_whole_day_by_the_clock_on_the_wall(monkeypatch):
    for typed, first, after in (
        ("2026-03-09", datetime(2026, 3, 9), datetime(2026, 3, 10)),
        ("2026-12", datetime(2026, 12, 1), datetime(2027, 1, 1)),
        ("2026-2", datetime(2026, 2, 1), datetime(2026, 3, 1)),
        ("2026", datetime(2026, 1, 1), datetime(2027, 1, 1)),
    ):
        begin, end = period(typed)
        assert begin == f"{first.astimezone(UTC):%Y-%m-%dT%H:%M}"
        assert end < f"{after.astimezone(UTC):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize("typed", ["20", "2026-13", "2026-02-30", "yesterday", "0000", "9999-12-31"])
def test_what_is_no_date_is_told_in_one_sentence_when_the_field_is_left(qtbot, typed):
    row = HistoryFilter()
    qtbot.addWidget(row)
    row.show()
    qtbot.keyClicks(row.since, typed)
    qtbot.keyClick(row.since, Qt.Key.Key_Return)
    assert f"“{typed}” is no date" in row.trouble.text()
    assert row.wanted == Wanted()
    with pytest.raises(AnnotatorError):
        period(typed)


def test_a_first_day_after_the_last_one_is_told(qtbot):
    row = HistoryFilter()
    qtbot.addWidget(row)
    row.since.setText("2026-05")
    row.until.setText("2026-04")
    row.until.editingFinished.emit()
    assert row.trouble.text() == "The first day lies after the last one."


# -- the ways back ---------------------------------------------------------------------------------


def test_going_back_says_what_would_change_and_asks(qtbot, session, project, opened):
    statement = project.add_statement("Some words.", "Title").result
    number = project.history(limit=1)[0].number
    project.annotate(statement, "demand", Span(0, 4))
    dialog = opened()
    dialog.table.selectRow(1)
    with qtbot.waitSignal(dialog.go_back_asked) as asked:
        dialog.go_back_button.click()
        qtbot.waitUntil(lambda: bool(dialog.findChildren(GoBackDialog)))
        (question,) = dialog.findChildren(GoBackDialog)
        assert "1 step came since. 1 passage goes." in labels(question)
        assert question.stay_button.isDefault()
        question.go_back_button.click()
    assert asked.args == [number]
    assert not dialog.go_back_button.isEnabled()
    session.do(project.go_back, number)
    qtbot.waitUntil(lambda: steps(dialog)[0] == ("LM", f"Go back to step {number}"))
    assert dialog.go_back_button.isEnabled()


def test_going_back_to_where_all_is_as_it_was_is_refused_without_a_question(qtbot, session, project, opened):
    dialog = opened()
    dialog.go_back_button.click()
    qtbot.waitUntil(lambda: "would change nothing" in labels(dialog))
    assert not dialog.findChildren(GoBackDialog)


def test_why_a_step_cannot_be_undone_alone_stands_in_the_history(qtbot, session, project, opened):
    statement = project.add_statement("Some words.", "Title").result
    passage = project.annotate(statement, "demand", Span(0, 4)).result
    project.note(passage, "softer")
    dialog = opened()
    dialog.table.selectRow(1)
    with qtbot.waitSignal(dialog.revert_asked) as asked:
        dialog.revert_button.click()
    session.do(project.revert, asked.args[0])
    assert "“Undo Tag as demand” is not possible: what it would change was changed since." in labels(dialog)
    assert dialog.revert_button.isEnabled()


def test_a_project_that_may_not_be_written_to_has_no_way_back(qtbot, project):
    project.add_statement("Some words.", "Title")
    with Project.open(project.path, read_only=True) as reading:
        session = Session()
        session.use(reading)
        dialog = HistoryDialog(session)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.steps.rowCount() > 0)
        assert not dialog.go_back_button.isEnabled() and not dialog.revert_button.isEnabled()
        dialog.close()


def test_another_project_closes_the_history(qtbot, session, opened):
    dialog = opened()
    session.use(None)
    assert not dialog.isVisible()


@pytest.mark.parametrize(("keys", "acted"), [((), False), ((Qt.Key.Key_Backtab,), True), ((Qt.Key.Key_Tab,), True)])
def test_enter_leaves_all_as_it_is_unless_the_keys_led_to_the_other_button(qtbot, keys, acted):
    question = Question("Name", "Go?", "What.", "Besides.", stay="Stay", act="Go")
    qtbot.addWidget(question)
    done = []
    question.finished.connect(done.append)
    question.show()
    qtbot.waitUntil(question.stay_button.hasFocus)
    for key in (*keys, Qt.Key.Key_Return):
        qtbot.keyClick(question.focusWidget(), key)
    assert done == [int(acted)]
