"""The export dialog: formats by purpose, the preview of the first rows, what is lost, the suffix."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from annotator import Project, formats
from annotator.core.text import Span
from annotator.gui.dialogs.exporting import ALL, PASSAGES, ExportDialog

TEXT = "The dam\n\nLeyla calls on the council to open the gates."


@pytest.fixture
def filled(project: Project) -> Project:
    statement = project.add_statement(TEXT, "The dam").result
    project.annotate(statement, "demand", Span(15, 35), note="a note")
    project.annotate(statement, "event", Span(20, 40))
    return project


@pytest.fixture
def dialog(qtbot, filled):
    dialog = ExportDialog(None, filled, "", {})
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    yield dialog
    dialog.reject()


def rows(dialog: ExportDialog) -> str:
    return dialog.preview.rows.toPlainText()


def lines_of(dialog: ExportDialog) -> list[str]:
    return [dialog.format_list.item(n).text() for n in range(dialog.format_list.count())]


def test_every_format_that_can_be_written_stands_once_under_what_it_is_for(dialog):
    lines = lines_of(dialog)
    headings = ["HAND ON", "ANALYSE", "TRAIN", "ARCHIVE", "READ"]
    assert [line for line in lines if line in [*headings, "OTHER"]] == headings
    assert sorted(set(lines) - set(headings)) == sorted(f.label for f in formats.writers())
    assert lines.index("ANALYSE") < lines.index("GraphML") < lines.index("TRAIN") < lines.index("doccano")


def test_every_format_says_what_it_is_for():
    for each in formats.writers():
        assert each.description.endswith(".") and 20 < len(each.description) < 140


def test_the_arrow_keys_pass_over_headings(dialog, qtbot):
    listed = dialog.format_list
    listed.setFocus()
    listed.choose("json")
    for _ in range(listed.count()):
        qtbot.keyClick(listed, Qt.Key.Key_Up)
        assert listed.name
    assert listed.currentRow() == 1
    for _ in range(listed.count()):
        qtbot.keyClick(listed, Qt.Key.Key_Down)
        assert listed.name


def test_the_first_rows_are_shown_as_they_will_be_written_and_follow_the_choice(dialog, qtbot):
    dialog.format_list.choose("passages")
    qtbot.waitUntil(lambda: rows(dialog).startswith("passage,tag,label"))
    assert "Left out" in dialog.preview.left_out.text() and "whole texts" in dialog.preview.left_out.text()
    dialog.format_list.choose("conll")
    qtbot.waitUntil(lambda: "calls\tB-demand" in rows(dialog))
    assert "1 " in dialog.preview.left_out.text()
    dialog.format_list.choose("json")
    qtbot.waitUntil(lambda: rows(dialog).startswith('{\n"format": "annotator"'))
    assert dialog.preview.left_out.text() == "The format leaves nothing out."


def test_the_preview_is_of_what_the_query_finds_and_of_what_is_not_withheld(dialog, qtbot):
    dialog.format_list.choose("passages")
    dialog.what_field.setCurrentIndex(dialog.what_field.findData(PASSAGES))
    qtbot.waitUntil(lambda: "Write what" in dialog.preview.left_out.text())
    dialog.query_field.setText("tag:event")
    qtbot.waitUntil(lambda: ",event,Event," in rows(dialog))
    assert ",demand," not in rows(dialog)
    dialog.query_field.setText("tag:nosuch")
    qtbot.waitUntil(lambda: "nosuch" in dialog.preview.left_out.text())
    assert rows(dialog) == ""
    dialog.what_field.setCurrentIndex(dialog.what_field.findData(ALL))
    dialog.withholding.fold.setChecked(True)
    dialog.withholding.words.setText("council")
    qtbot.waitUntil(lambda: "███████" in rows(dialog))


@pytest.mark.parametrize(
    ("format", "typed", "written"),
    [
        ("json", "demands", "demands.json"),
        ("json", "demands.v2", "demands.v2.json"),
        ("w3c", "demands.json", "demands.jsonld"),
        ("brat", "demands.ann", "demands.zip"),
        ("passages-xlsx", "DEMANDS.XLSX", "DEMANDS.xlsx"),
    ],
)
def test_the_file_ends_with_the_suffix_of_what_is_written(dialog, tmp_path, format, typed, written):
    dialog.format_list.choose(format)
    dialog.path_field.setText(str(tmp_path / typed))
    dialog.accept()
    assert dialog.choice().path == tmp_path / written
