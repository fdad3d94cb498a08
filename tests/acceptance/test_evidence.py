"""History, versions and reports in the real window, by the keyboard."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from annotator import Project, Span
from annotator.core.reanchor import KEPT, LOST, UNCERTAIN
from annotator.gui.dialogs.correcting import CorrectingDialog
from annotator.gui.dialogs.going_back import GoBackDialog
from annotator.gui.dialogs.history import HistoryDialog
from annotator.gui.dialogs.report import ReportDialog
from annotator.gui.dialogs.reporting import ReportingDialog
from annotator.gui.dialogs.revising import RevisingDialog

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
    dialog = next(d for d in desk.window.findChildren(kind) if d.isVisible())
    desk.until(dialog.isActiveWindow)  # before, it takes no keys
    return dialog


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


def test_a_corrected_text_becomes_the_next_version_after_a_preview_and_one_undo_takes_it_back(start, corpus):
    desk = start(corpus)
    old = desk.session.statement
    desk.window.order("statement.revise")
    asking = dialog_of(desk, CorrectingDialog)
    corrected = TEXT.replace("reopen pier four", "reopen pier 4").replace(" A crane fell on 3 May.", "")
    asking.text_field.setPlainText(corrected)
    desk.qtbot.keyClick(asking.preview_button, Qt.Key.Key_Space)
    preview = dialog_of(desk, RevisingDialog)
    assert [preview.kinds[kind].isEnabled() for kind in (KEPT, UNCERTAIN, LOST)] == [False, True, True]
    desk.qtbot.keyClick(preview.table, Qt.Key.Key_Space)
    desk.qtbot.keyClick(preview.table, Qt.Key.Key_Return)
    desk.until(lambda: desk.session.statement not in ("", old))
    new = desk.session.statement
    assert desk.window.reader.text == corrected
    assert [a.quote for a in desk.project.annotations(new)] == [
        "calls on the port to reopen pier 4",
        "It accuses the port of delay",
    ]
    versions = desk.window.inspector.versions
    desk.until(versions.isVisible)
    assert "Version of “Pier four” (previous" in versions.text.text()
    versions.previous_button.click()
    assert desk.session.statement == old
    desk.until(lambda: versions.next_button.isVisible())
    desk.window.order("statement.version.next")
    assert desk.session.statement == new
    desk.until(lambda: not desk.app.jobs.busy)
    desk.window.order("edit.undo")
    desk.until(lambda: not desk.project.has_statement(new))


def test_the_text_that_is_there_already_is_refused_in_one_sentence(start, corpus, tmp_path):
    desk = start(corpus)
    (tmp_path / "same.txt").write_text(TEXT, encoding="utf-8")
    desk.window.order("statement.revise")
    asking = dialog_of(desk, CorrectingDialog)
    asking.path_field.setText(str(tmp_path / "same.txt"))
    asking.accept()
    desk.until(lambda: "there is nothing to correct" in desk.window.banner.text)


def test_an_evidence_report_is_written_and_tells_its_hashes(start, corpus, tmp_path):
    desk = start(corpus)
    desk.window.order("statement.report")
    asking = dialog_of(desk, ReportingDialog)
    asking.format_field.setCurrentIndex(asking.format_field.findData("json"))
    path = tmp_path / "proof.json"
    asking.path_field.setText(str(path))
    desk.qtbot.keyClick(asking.path_field, Qt.Key.Key_Return)
    told = dialog_of(desk, ReportDialog)
    written = path.read_bytes()
    assert json.loads(written)["sha256"] in told.text
    assert sha256(written).hexdigest() in told.text
    assert path.with_name("proof.json.sha256").read_text().split() == [sha256(written).hexdigest(), "proof.json"]
    told.close()


def test_the_history_stands_beside_the_text_and_follows_the_work(start, corpus):
    desk = start(corpus)
    desk.app.carry_out("project.history")
    history = dialog_of(desk, HistoryDialog)
    assert not history.isModal()
    desk.until(lambda: history.steps.rowCount() > 0)
    before = history.steps.rowCount()
    desk.session.do(desk.project.annotate, desk.session.statement, "event", Span(0, 9))
    desk.until(lambda: history.steps.rowCount() == before + 1)
    desk.app.carry_out("project.history")
    assert [d for d in desk.window.findChildren(HistoryDialog) if d.isVisible()] == [history]
    desk.app.carry_out("statement.history")
    desk.until(lambda: sum(d.isVisible() for d in desk.window.findChildren(HistoryDialog)) == 2)
    desk.app.carry_out("help.keys")
    assert not desk.app.window.isModal() and not any(d.isModal() for d in desk.window.findChildren(QDialog))
    desk.session.use(None)
    desk.until(lambda: not [d for d in desk.window.findChildren(HistoryDialog) if d.isVisible()])


def test_the_question_before_going_back_holds_the_window(start, corpus):
    desk = start(corpus)
    desk.app.carry_out("project.history")
    history = dialog_of(desk, HistoryDialog)
    desk.until(lambda: history.steps.rowCount() > 2)
    history.table.selectRow(2)
    desk.until(history.go_back_button.isEnabled)
    history.go_back_button.click()
    desk.until(lambda: any(d.isVisible() for d in history.findChildren(GoBackDialog)))
    (question,) = history.findChildren(GoBackDialog)
    # Qt lets that hold the window of its parent, too.
    assert question.isModal() and question.windowModality() != Qt.WindowModality.NonModal
    question.reject()
