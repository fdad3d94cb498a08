"""The part of the export dialog that withholds: what is chosen, what it shows, what is remembered."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt

from annotator import Project, jobs
from annotator.core.finding import Wanted
from annotator.core.privacy import OPEN, Privacy, patterns
from annotator.core.text import Span
from annotator.gui.dialogs.exporting import FOUND, ExportDialog

TEXT = "The dam\n\nLeyla calls on the council to open the gates."


@pytest.fixture
def filled(project: Project) -> Project:
    statement = project.add_statement(TEXT, "The dam").result
    project.annotate(statement, "demand", Span(15, 35), note="Leyla again")
    return project


@pytest.fixture
def made(qtbot, filled):
    """Makes export dialogs, and ends what they read with."""
    dialogs = []

    def make(query: str = "", remembered: dict[str, object] | None = None) -> ExportDialog:
        dialog = ExportDialog(None, filled, query, remembered)
        qtbot.addWidget(dialog)
        dialogs.append(dialog)
        dialog.show()
        return dialog

    yield make
    for dialog in dialogs:
        dialog.reject()


def choose_tag(dialog: ExportDialog, name: str) -> None:
    tags = dialog.withholding.tags
    for n in range(tags.count()):
        if tags.item(n).data(Qt.ItemDataRole.UserRole) == name:
            tags.item(n).setCheckState(Qt.CheckState.Checked)


def test_nothing_is_withheld_until_the_part_is_unfolded(made, qtbot):
    dialog = made()
    part = dialog.withholding
    assert not part.pane.isVisible()
    part.pseudonyms.setChecked(True)
    assert part.privacy() == OPEN
    part.fold.setChecked(True)
    assert part.pane.isVisible() and "but what is withheld" in dialog.description
    assert part.privacy() == Privacy(pseudonyms=True)
    qtbot.waitUntil(lambda: "1 name and id replaced" in part.pane.toPlainText())


def test_the_preview_follows_what_is_chosen(made, qtbot):
    part = made().withholding
    part.fold.setChecked(True)
    qtbot.waitUntil(lambda: "Nothing is withheld" in part.pane.toPlainText())
    part.words.setText("leyla")
    qtbot.waitUntil(lambda: "█████ calls on the council" in part.pane.toPlainText())
    assert "Leyla" not in part.pane.toPlainText()
    part.no_texts.setChecked(True)
    qtbot.waitUntil(lambda: "text withheld" in part.pane.toPlainText())
    assert "calls on" not in part.pane.toPlainText()


def test_the_preview_is_one_of_what_the_query_finds(made, qtbot):
    dialog = made("tag:event")
    assert dialog.what_field.currentData() == FOUND
    dialog.withholding.fold.setChecked(True)
    dialog.withholding.no_texts.setChecked(True)
    qtbot.waitUntil(lambda: "Texts: 0 withheld" in dialog.withholding.pane.toPlainText())
    dialog.query_field.setText("tag:demand")
    qtbot.waitUntil(lambda: "Texts: 1 withheld" in dialog.withholding.pane.toPlainText())
    dialog.query_field.setText("tag:nosuch")
    qtbot.waitUntil(lambda: "nosuch" in dialog.withholding.pane.toPlainText())


def test_the_choice_is_carried_out(made, filled):
    dialog = made()
    part = dialog.withholding
    part.fold.setChecked(True)
    choose_tag(dialog, "demand")
    part.pseudonyms.setChecked(True)
    part.words.setText("Leyla; /g.tes/")
    dialog.accept()
    choice = dialog.choice()
    words = (Wanted("Leyla"), Wanted("g.tes", True))
    assert choice.privacy == Privacy(True, True, ("demand",), words)
    jobs.run(jobs.export(filled, choice.path, privacy=choice.privacy))
    data = choice.path.read_text(encoding="utf-8")
    assert "Leyla" not in data and "gates" not in data.split('"statements"')[1] and '"LM"' not in data
    assert json.loads(data)["statements"][0]["annotations"][0]["note"] == "█████ again"


def test_an_expression_that_cannot_be_read_is_told_and_nothing_is_chosen(made, qtbot):
    dialog = made()
    dialog.withholding.fold.setChecked(True)
    dialog.withholding.words.setText("/(/")
    qtbot.waitUntil(lambda: "cannot be read" in dialog.withholding.pane.toPlainText())
    dialog.accept()
    assert dialog.choice() is None and "cannot be read" in dialog.trouble


def test_the_choice_is_remembered_but_for_the_words(made):
    remembered: dict[str, object] = {}
    first = made("", remembered)
    first.withholding.fold.setChecked(True)
    first.withholding.pseudonyms.setChecked(True)
    first.withholding.words.setText("Leyla")
    choose_tag(first, "event")
    first.accept()
    assert "Leyla" not in json.dumps(remembered)
    second = made("", remembered)
    assert second.withholding.privacy() == Privacy(True, True, ("event",))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", []),
        (" ; ;", []),
        ("Leyla; Villa 7", ["Leyla", "Villa 7"]),
        ("/a;b/; c", ["a;b", "c"]),
        (r"/a\/b/", [r"a\/b"]),
        ("24/7", ["24/7"]),
    ],
)
def test_patterns_are_separated_by_semicolons(typed, found):
    assert [each.words for each in patterns(typed)] == found


def test_the_part_is_worked_by_keys(made, qtbot):
    dialog = made()
    part = dialog.withholding
    part.fold.setFocus()
    qtbot.keyClick(part.fold, Qt.Key.Key_Space)
    assert part.fold.isChecked()
    part.tags.setFocus()
    qtbot.keyClick(part.tags, Qt.Key.Key_Space)
    assert part.privacy().redact == (part.tags.item(0).data(Qt.ItemDataRole.UserRole),)
