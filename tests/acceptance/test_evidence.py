"""History, versions and reports in the real window, by the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from annotator import Project, Span
from annotator.gui.dialogs.going_back import GoBackDialog
from annotator.gui.dialogs.history import HistoryDialog

TEXT = "The union calls on the port to reopen pier four. It accuses the port of delay. A crane fell on 3 May."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A project of one statement with three passages."""
    path = tmp_path / "corpus.annotator"
    with Project.create(path, coder="LM") as project:
        statement = project.add_statement(TEXT, title="Pier four", issuer="Harbour Union").result
        for tag, words in (
            ("demand", "calls on the port to reopen pier four"),
            ("accusation", "It accuses the port of delay"),
            ("event", "A crane fell on 3 May"),
        ):
            start = TEXT.index(words)
            project.annotate(statement, tag, Span(start, start + len(words)))
    return path


def dialog_of(desk, kind):
    """The dialog of this kind that is on show."""
    desk.until(lambda: any(d.isVisible() for d in desk.window.findChildren(kind)))
    return next(d for d in desk.window.findChildren(kind) if d.isVisible())


def test_one_goes_back_to_a_step_by_keys_and_undo_takes_it_back(start, corpus):
    desk = start(corpus)
    desk.window.order("project.history")
    history = dialog_of(desk, HistoryDialog)
    desk.until(lambda: history.steps.rowCount() >= 4)
    for _ in range(2):
        desk.qtbot.keyClick(history.table, Qt.Key.Key_Down)
    desk.until(lambda: "tagged as demand" in history.details.toPlainText())
    desk.qtbot.keyClick(history.go_back_button, Qt.Key.Key_Space)
    question = dialog_of(desk, GoBackDialog)
    desk.qtbot.keyClick(question.go_back_button, Qt.Key.Key_Space)
    desk.until(lambda: len(desk.project.annotations(desk.session.statement)) == 1)
    desk.until(lambda: not desk.app.jobs.busy and history.go_back_button.isEnabled())
    desk.qtbot.keyClick(history, Qt.Key.Key_Escape)
    assert not history.isVisible()
    assert desk.window.passages.rows.rowCount() == 1
    desk.window.order("edit.undo")
    desk.until(lambda: desk.window.passages.rows.rowCount() == 3)


def test_a_step_alone_is_undone_or_refused_in_the_history(start, corpus):
    desk = start(corpus)
    passages = desk.project.annotations(desk.session.statement)
    desk.session.do(desk.project.note, passages[0].id, "softer")
    desk.session.pick(passages[0].id)
    desk.window.order("passage.history")
    history = dialog_of(desk, HistoryDialog)
    desk.until(lambda: history.steps.rowCount() == 2)
    desk.qtbot.keyClick(history.table, Qt.Key.Key_Down)
    history.revert_button.click()
    desk.until(lambda: "was changed since" in history.trouble.text())
    desk.qtbot.keyClick(history.table, Qt.Key.Key_Up)
    history.revert_button.click()
    desk.until(lambda: desk.project.annotation(passages[0].id).note == "")
    desk.until(lambda: history.steps.rowCount() == 3)
    history.close()
