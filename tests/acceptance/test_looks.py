"""Looks, modes and marks of the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from annotator import Project
from annotator.gui.dialogs.appearance import AppearanceDialog
from annotator.gui.theme import CONTRAST_DARK, DARK

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.annotator"
    with Project.create(path, coder="LM") as project:
        project.add_statement(
            "The union calls on the port to reopen pier four. It accuses the port of delay. A crane fell on 3 May.",
            title="Pier four",
            issuer="Harbour Union",
            language="en",
        )
    return path


def test_the_looks_are_chosen_beside_the_text_worn_at_once_and_kept(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_Comma, CTRL)
    dialog = desk.window.findChild(AppearanceDialog)
    assert dialog is not None and dialog.isVisible() and not dialog.isModal()
    width = desk.window.reader.page.available
    dialog.theme.setCurrentIndex(dialog.theme.findData("contrast-dark"))
    dialog.measure.setValue(50)
    assert desk.window.reader.theme is CONTRAST_DARK
    assert desk.window.reader.page.available < width
    assert CONTRAST_DARK.page in desk.window.styleSheet()
    # The command that is given twice brings the one dialog to the front.
    desk.window.order("view.appearance")
    assert len(desk.window.findChildren(AppearanceDialog)) == 1
    dialog.close()
    desk.close()

    again = start(corpus)
    assert again.window.reader.theme is CONTRAST_DARK
    assert again.window.reader.page.available < width


def test_a_chosen_theme_stays_when_the_systems_colours_change(start, corpus):
    desk = start(corpus)
    desk.window.order("view.appearance")
    dialog = desk.window.findChild(AppearanceDialog)
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert desk.window.reader.theme is DARK
