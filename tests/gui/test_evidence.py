"""Corrected texts and evidence reports in the window: what the dialogs ask, show and hand on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel

from annotator import Project, Span
from annotator.core.reanchor import KEPT, LOST, UNCERTAIN
from annotator.gui.dialogs.correcting import CorrectingDialog, Correction
from annotator.gui.dialogs.reporting import ALL, FOUND, SELECTED, SHOWN, ReportChoice, ReportingDialog
from annotator.gui.dialogs.revising import RevisingDialog
from annotator.gui.version_links import VersionLinks
from annotator.store.reads import Neighbours
from annotator.store.versions import Revision

TEXT = "The council asks the Coalition to act. Armed men stormed the prisson at dawn. Water was cut off in May."
NEW = "The council asks the Coalition to act. Armed men stormed the prison at dawn. Nobody came."


def labels(widget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


@pytest.fixture
def statement(project: Project) -> str:
    made = project.add_statement(TEXT, "A speech").result
    for tag, words in (
        ("demand", "asks the Coalition to act"),
        ("event", "Armed men stormed the prisson at dawn"),
        ("accusation", "Water was cut off in May"),
    ):
        start = TEXT.index(words)
        project.annotate(made, tag, Span(start, start + len(words)))
    return made


@pytest.fixture
def plan(project: Project, statement: str) -> Revision:
    return project.plan_revision(statement, NEW)


@pytest.fixture
def preview(qtbot, project, plan) -> RevisingDialog:
    dialog = RevisingDialog("A speech", plan, project.codebook)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


# -- the corrected text --------------------------------------------------------------------------


def test_pasted_words_are_taken_to_the_letter(qtbot):
    dialog = CorrectingDialog("A speech")
    qtbot.addWidget(dialog)
    assert not dialog.preview_button.isEnabled()
    dialog.text_field.setPlainText("5\u00a0km away.\nThen it ended.")
    dialog.accept()
    assert dialog.choice() == Correction(text="5\u00a0km away.\nThen it ended.")


def test_a_file_goes_before_pasted_words_and_has_to_be_there(qtbot, tmp_path: Path):
    remembered: dict[str, object] = {}
    dialog = CorrectingDialog("A speech", remembered=remembered)
    qtbot.addWidget(dialog)
    dialog.path_field.setText(str(tmp_path / "none.txt"))
    assert not dialog.text_field.isEnabled()
    dialog.accept()
    assert dialog.trouble == f"There is no file {tmp_path / 'none.txt'}."
    assert dialog.choice() is None
    path = tmp_path / "there.txt"
    path.write_text(NEW, encoding="utf-8")
    dialog.path_field.setText(str(path))
    dialog.accept()
    assert dialog.choice() == Correction(path)
    assert remembered["folder"] == str(tmp_path)


# -- the preview ------------------------------------------------------------------------------------


def test_the_preview_begins_with_what_is_to_be_confirmed_and_counts_what_comes_along(preview, plan):
    assert plan.counts() == {"kept": 1, "moved": 0, "to confirm": 1, "not found": 1}
    assert "3 passages: 1 kept, 1 to confirm, 1 not found. 1 comes along." in labels(preview)
    assert preview.kinds[UNCERTAIN].isChecked()
    assert preview.rows.rowCount() == 1
    assert preview.accepted_ids == []


def test_space_accepts_a_passage_and_takes_it_back(qtbot, preview, plan):
    wanted = [each.annotation.id for each in plan.of_kind(UNCERTAIN)]
    qtbot.keyClick(preview.table, Qt.Key.Key_Space)
    assert preview.accepted_ids == wanted
    assert "2 come along" in labels(preview)
    assert preview.rows.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert preview.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole).endswith(", accepted")
    qtbot.keyClick(preview.table, Qt.Key.Key_Space)
    assert preview.accepted_ids == []


def test_old_and_new_words_stand_side_by_side_with_those_that_differ_marked(preview):
    assert "stormed the prisson at dawn" in preview.before.toPlainText()
    assert "stormed the prison at dawn" in preview.after.toPlainText()
    marked = [each.cursor.selectedText() for each in preview.after.extraSelections() if each.format.fontUnderline()]
    assert marked == ["prison"]


def test_what_is_not_found_or_kept_has_its_own_list_without_check_boxes(qtbot, preview):
    qtbot.mouseClick(preview.kinds[LOST], Qt.MouseButton.LeftButton)
    assert preview.rows.index(0, 1).data() == "Water was cut off in May"
    assert preview.rows.index(0, 2).data() == "—"
    assert "not found in the corrected text" in preview.after.toPlainText()
    assert preview.rows.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) is None
    qtbot.keyClick(preview.table, Qt.Key.Key_Space)
    assert preview.accepted_ids == []
    qtbot.mouseClick(preview.kinds[KEPT], Qt.MouseButton.LeftButton)
    assert preview.rows.index(0, 2).data() == "asks the Coalition to act"


def test_all_of_those_to_confirm_are_accepted_at_once_or_none(qtbot, project):
    words = "Armed men number {} stormed the prisson at dawn on day {}."
    text = "\n".join(words.format(n, n) for n in range(4))
    made = project.add_statement(text, "Four").result
    for line in text.split("\n"):
        project.annotate(made, "event", Span(text.index(line), text.index(line) + len(line)))
    dialog = RevisingDialog("Four", project.plan_revision(made, text.replace("sson", "son")), project.codebook)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.all_button.click()
    assert len(dialog.accepted_ids) == 4
    dialog.none_button.click()
    assert dialog.accepted_ids == []


# -- the way to other versions -------------------------------------------------------------------------


def test_a_statement_knows_the_versions_before_and_after_it(project, statement, plan):
    assert project.versions(statement) == Neighbours()
    made = project.revise(statement, NEW, plan=plan).result
    assert project.versions(statement).corrected == made
    around = project.versions(made)
    assert (around.previous, around.previous_title, around.corrected) == (statement, "A speech", "")


def test_the_details_offer_a_way_to_the_version_before_and_to_the_one_after(qtbot):
    links = VersionLinks()
    qtbot.addWidget(links)
    links.show_versions(Neighbours())
    assert links.isHidden()
    links.show_versions(Neighbours("p", "A speech", "2026-03-01T09:00:00Z", "n", ""))
    assert "Version of “A speech” (previous" in links.text.text()
    with qtbot.waitSignal(links.chosen) as chosen:
        links.previous_button.click()
    assert chosen.args == ["p"]
    with qtbot.waitSignal(links.chosen) as chosen:
        links.next_button.click()
    assert chosen.args == ["n"]


# -- reports ----------------------------------------------------------------------------------------


def report_dialog(qtbot, project, **given) -> ReportingDialog:
    dialog = ReportingDialog(project, **given)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def choose(field, value: str) -> None:
    field.setCurrentIndex(field.findData(value))


def test_a_report_of_the_shown_statement_is_proposed_beside_the_project(qtbot, project, statement):
    dialog = report_dialog(qtbot, project, shown=statement, what=SHOWN)
    dialog.accept()
    path = project.path.with_name("project report.html")
    assert dialog.choice() == ReportChoice(path, "html", (statement,), "")


def test_the_selected_statements_are_proposed_when_the_shown_one_is_among_them(qtbot, project, statement):
    other = project.add_statement("Other words.", "Other").result
    dialog = report_dialog(qtbot, project, shown=statement, selected=[statement, other], what=SHOWN)
    assert dialog.what_field.currentData() == SELECTED
    choose(dialog.format_field, "json")
    assert dialog.path_field.text().endswith("project report.json")
    dialog.accept()
    assert dialog.choice().statements == (statement, other)


def test_a_query_is_asked_for_only_where_it_is_needed_and_is_checked(qtbot, project, statement):
    dialog = report_dialog(qtbot, project, what=ALL)
    assert not dialog.query_field.isVisible()
    choose(dialog.what_field, FOUND)
    assert dialog.query_field.isVisible()
    dialog.accept()
    assert dialog.trouble == "Write what the statements have to match, or choose all of them."
    dialog.query_field.setText("tag:nothing_of_the_kind")
    dialog.accept()
    assert dialog.choice() is None and dialog.trouble
    dialog.query_field.setText("tag:demand")
    dialog.accept()
    assert dialog.choice().query == "tag:demand"


def test_a_report_overwrites_a_file_after_saying_so_and_never_the_project(qtbot, project, statement, tmp_path):
    dialog = report_dialog(qtbot, project)
    (tmp_path / "there.html").write_text("x")
    dialog.path_field.setText(str(tmp_path / "there.html"))
    assert dialog.trouble == "there.html exists and will be replaced."
    for given, says in (
        (project.path, "never overwrites the project"),
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "a.html", "There is no folder"),
        (f"{tmp_path}/a\0b.html", "cannot be the name of a file"),
    ):
        dialog.path_field.setText(str(given))
        dialog.accept()
        assert says in dialog.trouble
    assert dialog.result() != QDialog.DialogCode.Accepted
