"""The windows that ask and tell, and the two bars: what they return, remember and say."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPushButton, QToolButton, QWidget

from annotator.core.exchange import Problem
from annotator.core.model import Changes
from annotator.gui.dialogs.coder import CoderDialog
from annotator.gui.dialogs.exporting import ALL, FOUND, PASSAGES, ExportChoice, ExportDialog
from annotator.gui.dialogs.importing import ImportChoice, ImportDialog, ImportReportDialog
from annotator.gui.dialogs.keys import KeySheet
from annotator.gui.dialogs.message import Banner
from annotator.gui.dialogs.progress import JobBar
from annotator.gui.stylesheet import stylesheet
from annotator.gui.theme import LIGHT
from annotator.jobs import ImportReport, Progress


def choose(field, value: object) -> None:
    field.setCurrentIndex(field.findData(value))


def labels(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


# -- coder --------------------------------------------------------------------------------


def test_the_systems_name_is_proposed_and_can_be_taken_with_enter(qtbot):
    dialog = CoderDialog("Lena Maier")
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClick(dialog.name_field, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.name == "Lena Maier"


def test_the_question_for_a_name_says_what_happens_without_one(qtbot):
    dialog = CoderDialog("root")
    qtbot.addWidget(dialog)
    assert "Without a name, passages carry “root”." in labels(dialog)
    assert "“root”" in dialog.name_field.accessibleDescription()


def test_a_coder_needs_a_name(qtbot):
    dialog = CoderDialog("LM")
    qtbot.addWidget(dialog)
    dialog.name_field.setText("   ")
    ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    dialog.name_field.setText("  Lena   Maier ")
    assert dialog.name == "Lena Maier"


# -- export -------------------------------------------------------------------------------


def test_an_export_carries_everything_into_the_projects_folder_by_default(qtbot, project):
    dialog = ExportDialog(None, project)
    qtbot.addWidget(dialog)
    dialog.accept()
    assert dialog.choice() == ExportChoice(project.path.with_suffix(".json"), "json")


def test_the_windows_filter_is_proposed_as_the_query(qtbot, project):
    dialog = ExportDialog(None, project, "tag:demand")
    qtbot.addWidget(dialog)
    assert dialog.what_field.currentData() == FOUND
    choose(dialog.what_field, PASSAGES)
    dialog.accept()
    choice = dialog.choice()
    assert (choice.query, choice.passages) == ("tag:demand", True)


def test_all_statements_means_no_query(qtbot, project):
    dialog = ExportDialog(None, project, "tag:demand")
    qtbot.addWidget(dialog)
    choose(dialog.what_field, ALL)
    dialog.accept()
    assert dialog.choice().query == ""


def test_the_suffix_follows_the_format(qtbot, project):
    dialog = ExportDialog(None, project)
    qtbot.addWidget(dialog)
    dialog.format_list.choose("jsonl")
    assert dialog.path_field.text().endswith(".jsonl")
    dialog.format_list.choose("json")
    assert dialog.path_field.text().endswith(".json")


def test_a_name_without_a_suffix_gets_the_formats(qtbot, project, tmp_path):
    dialog = ExportDialog(None, project)
    qtbot.addWidget(dialog)
    dialog.path_field.setText(str(tmp_path / "demands"))
    dialog.accept()
    assert dialog.choice().path == tmp_path / "demands.json"


def test_what_stands_in_the_way_of_an_export_is_said_and_nothing_is_chosen(qtbot, project, tmp_path):
    dialog = ExportDialog(None, project, "tag:demand")
    qtbot.addWidget(dialog)
    dialog.path_field.setText(str(tmp_path / "nowhere" / "x.json"))
    dialog.accept()
    assert dialog.trouble.startswith("There is no folder")
    dialog.path_field.setText(str(tmp_path / "x.json"))
    dialog.query_field.clear()
    dialog.accept()
    assert "what the statements have to match" in dialog.trouble
    assert dialog.choice() is None


@pytest.mark.parametrize("typed", ["/", "~", "..", "/tmp", "~nobody-of-this-name/x", "x" * 5000])
def test_a_path_typed_by_hand_is_never_more_than_a_sentence(qtbot, project, typed):
    dialog = ExportDialog(None, project)
    qtbot.addWidget(dialog)
    for end in range(1, min(len(typed), 30)):
        dialog.path_field.setText(typed[:end])
    dialog.path_field.setText(typed)
    dialog.accept()
    assert dialog.trouble
    assert dialog.choice() is None


@pytest.mark.parametrize("query", ["nosuch:demand", "date:soon", "tag:nosuch"])
def test_a_query_that_cannot_be_read_is_told_in_the_dialog_and_stays(qtbot, project, query):
    dialog = ExportDialog(None, project, "tag:demand")
    qtbot.addWidget(dialog)
    dialog.query_field.setText(query)
    dialog.accept()
    assert dialog.trouble
    assert dialog.query_field.text() == query
    assert dialog.choice() is None
    dialog.query_field.setText("tag:demand")
    dialog.accept()
    assert dialog.choice().query == "tag:demand"


def test_nobody_is_told_that_nothing_is_lost_when_only_some_is_exported(qtbot, project):
    dialog = ExportDialog(None, project, "tag:demand")
    qtbot.addWidget(dialog)
    choose(dialog.what_field, ALL)
    assert "nothing is lost" in dialog.description
    choose(dialog.what_field, PASSAGES)
    assert "nothing is lost" not in dialog.description
    assert "Only the passages that match" in dialog.description


def test_a_file_that_will_be_replaced_is_named(qtbot, project, tmp_path):
    dialog = ExportDialog(None, project)
    qtbot.addWidget(dialog)
    (tmp_path / "old.json").write_text("{}")
    dialog.path_field.setText(str(tmp_path / "old.json"))
    assert dialog.trouble == "old.json exists and will be replaced."


def test_the_last_choices_of_an_export_are_remembered(qtbot, project, tmp_path):
    remembered: dict[str, object] = {}
    first = ExportDialog(None, project, "tag:demand", remembered)
    qtbot.addWidget(first)
    first.format_list.choose("jsonl")
    choose(first.what_field, PASSAGES)
    folder = tmp_path / "out"
    folder.mkdir()
    first.path_field.setText(str(folder / "x.jsonl"))
    first.accept()
    second = ExportDialog(None, project, "tag:event", remembered)
    qtbot.addWidget(second)
    assert second.format_list.name == "jsonl"
    assert second.what_field.currentData() == PASSAGES
    assert Path(second.path_field.text()).parent == folder


# -- import -------------------------------------------------------------------------------


def test_an_import_finds_out_the_rest_by_itself(qtbot, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("x")
    dialog = ImportDialog(None, [file, tmp_path, file])
    qtbot.addWidget(dialog)
    assert "1 file and 1 folder" in labels(dialog)
    dialog.accept()
    assert dialog.choice() == ImportChoice((file, tmp_path))


def test_the_options_of_an_import_are_handed_on_and_remembered(qtbot, tmp_path):
    remembered: dict[str, object] = {}
    dialog = ImportDialog(None, [tmp_path], remembered)
    qtbot.addWidget(dialog)
    choose(dialog.format_field, "txt")
    dialog.encoding_field.setCurrentText("cp1256")
    choose(dialog.duplicates_field, "keep")
    choose(dialog.conflict_field, "copy")
    dialog.accept()
    assert dialog.choice() == ImportChoice((tmp_path,), "txt", "cp1256", "keep", "copy")
    again = ImportDialog(None, [tmp_path], remembered)
    qtbot.addWidget(again)
    assert again.duplicates_field.currentData() == "keep"
    assert again.conflict_field.currentData() == "copy"


def test_an_unknown_encoding_is_refused_with_a_sentence(qtbot, tmp_path):
    dialog = ImportDialog(None, [tmp_path])
    qtbot.addWidget(dialog)
    dialog.encoding_field.setCurrentText("klingon")
    dialog.accept()
    assert "klingon" in dialog.trouble
    assert dialog.choice() is None


def test_a_button_that_is_off_does_not_look_like_the_default(qtbot):
    dialog = ImportDialog()
    qtbot.addWidget(dialog)
    dialog.setStyleSheet(stylesheet(LIGHT))
    dialog.show()
    button = dialog.import_button
    assert not button.isEnabled()
    assert button.grab().toImage().pixelColor(6, button.height() // 2).name() != LIGHT.accent


def test_without_files_there_is_nothing_to_import(qtbot, tmp_path):
    dialog = ImportDialog()
    qtbot.addWidget(dialog)
    assert not dialog.import_button.isEnabled()
    dialog.add_paths([tmp_path])
    assert dialog.import_button.isEnabled()
    dialog.path_list.setCurrentRow(0)
    qtbot.keyClick(dialog.path_list, Qt.Key.Key_Delete)
    assert dialog.paths == ()
    assert not dialog.import_button.isEnabled()


REPORT = ImportReport(
    Changes(), 3, known=("a.txt",), same_text=("b.txt",), problems=(Problem("c.pdf", "is a <b>locked</b> PDF"),)
)


def test_the_report_lists_every_place_with_its_reason_and_can_be_copied(qtbot):
    dialog = ImportReportDialog(REPORT)
    qtbot.addWidget(dialog)
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    for line in ("c.pdf: is a <b>locked</b> PDF", "a.txt", "b.txt"):
        assert line in copied


def test_a_report_is_shown_only_if_it_has_something_to_tell():
    assert ImportReportDialog.is_needed(REPORT)
    assert not ImportReportDialog.is_needed(ImportReport(Changes(), 3))


# -- the sheet of keys ---------------------------------------------------------------------


KEYS = [
    ("Passage", "1", "Tag as demand"),
    ("View", "F6, Shift+F6", "Next pane"),
    ("Passage", "Del", "Remove"),
]


def test_keys_stand_by_group_and_typing_narrows_them(qtbot):
    sheet = KeySheet(KEYS)
    qtbot.addWidget(sheet)
    assert sheet.shown() == [("1", "Tag as demand"), ("Del", "Remove"), ("F6, Shift+F6", "Next pane")]
    qtbot.keyClicks(sheet.filter_field, "pane f6")
    assert sheet.shown() == [("F6, Shift+F6", "Next pane")]
    sheet.filter_field.setText("passage")
    assert sheet.shown() == [("1", "Tag as demand"), ("Del", "Remove")]


def test_esc_closes_the_sheet(qtbot):
    sheet = KeySheet(KEYS)
    qtbot.addWidget(sheet)
    sheet.show()
    qtbot.keyClick(sheet.filter_field, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


# -- the bars ---------------------------------------------------------------------------------


def test_a_message_is_one_sentence_with_ways_on_and_goes_when_one_is_taken(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    done: list[str] = []
    banner.show_message("Disk <b>full</b>.", actions=[("Retry", lambda: done.append(banner.text))])
    assert banner.isVisible()
    assert banner.text == "Disk <b>full</b>."
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in banner.findChildren(QLabel))
    banner.buttons[0].click()
    assert done == [""]
    assert not banner.isVisible()


def test_a_message_can_be_closed_and_a_new_one_replaces_its_buttons(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_message("One.", actions=[("A", list), ("B", list), ("C", list)])
    assert [button.text() for button in banner.buttons] == ["A", "B"]
    banner.show_message("Two.", kind="info")
    assert banner.buttons == ()
    banner.findChild(QToolButton).click()
    assert banner.text == ""
    assert not banner.isVisible()


def test_only_an_error_goes_when_the_trouble_is_over(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_message("Read-only.", kind="info")
    banner.hide_error()
    assert banner.text == "Read-only."
    banner.show_message("Disk full.")
    banner.hide_error()
    assert not banner.isVisible()


def test_a_message_does_not_take_the_focus(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    button, banner = QPushButton("x", window), Banner(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    button.setFocus()
    banner.show_message("Disk full.", actions=[("Retry", list)])
    assert QApplication.focusWidget() is button


def test_the_job_bar_counts_and_asks_to_cancel_once(qtbot):
    bar = JobBar()
    qtbot.addWidget(bar)
    bar.show_progress(Progress(3, 12, "a.txt"))
    assert bar.isVisible()
    assert bar.text == "a.txt · 3 of 12"
    cancel = bar.findChild(QPushButton)
    with qtbot.waitSignal(bar.cancel_asked):
        cancel.click()
    assert not cancel.isEnabled()
    bar.hide()
    bar.show_progress(Progress(0, 0, "Exporting"))
    assert bar.text == "Exporting"
    assert cancel.isEnabled()
