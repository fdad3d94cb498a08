"""The looks are chosen in a dialog beside the text, worn at once and remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QSlider

from annotator import paths
from annotator.gui.appearance import Appearance
from annotator.gui.dialogs.appearance import AppearanceDialog
from annotator.gui.memory import Memory
from annotator.gui.theme import CONTRAST_DARK, DARK, SYSTEM, current_theme
from annotator.gui.typography import SANS, SERIF, Typography, reading_size


@pytest.fixture
def dialog(qtbot) -> AppearanceDialog:
    made = AppearanceDialog(Appearance(), 0, 10, 60)
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_was_chosen_is_there_on_the_next_start(qapp):
    chosen = Appearance("contrast-dark", Typography(SANS, 80, 1.9))
    memory = Memory()
    chosen.keep(memory)
    memory.save()
    assert Appearance.remembered(Memory()) == chosen
    assert Appearance.remembered(Memory()).theme is CONTRAST_DARK


def test_without_a_choice_the_window_follows_the_system(qapp):
    assert Appearance.remembered(Memory()) == Appearance(SYSTEM, Typography())
    assert Appearance().theme == current_theme()


@pytest.mark.parametrize("written", ['"dark"', "[1]", '{"theme": 7, "measure": "wide"}', "{", "null"])
def test_a_choice_that_cannot_be_read_is_the_usual_one(qapp, written):
    settings = QSettings(str(paths.config_dir() / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue("appearance", written)
    settings.sync()
    assert Appearance.remembered(Memory()) == Appearance()


def test_each_change_is_told_at_once(qtbot, dialog):
    with qtbot.waitSignal(dialog.changed) as told:
        dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    assert told.args[0].theme is DARK
    with qtbot.waitSignal(dialog.changed) as told:
        dialog.font_family.setCurrentIndex(dialog.font_family.findData(SANS))
    assert told.args[0].typography.family == SANS
    with qtbot.waitSignal(dialog.changed) as told:
        dialog.measure.setValue(90)
    assert told.args[0].typography.measure == 90
    with qtbot.waitSignal(dialog.changed) as told:
        dialog.line_height.setValue(40)
    assert told.args[0].typography.line_height == 2.0
    with qtbot.waitSignal(dialog.zoom_asked) as told:
        dialog.size_slider.setValue(reading_size() + 4)
    assert told.args == [4]


def test_reset_brings_back_the_usual_looks(qtbot, dialog):
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    dialog.measure.setValue(50)
    dialog.size_slider.setValue(40)
    with qtbot.waitSignals([dialog.changed, dialog.zoom_asked]):
        dialog.reset.click()
    assert dialog.appearance == Appearance()
    assert dialog.size_slider.value() == reading_size()
    assert dialog.measure.value() == 68


def test_text_made_larger_elsewhere_shows_in_the_dialog_and_is_not_told_back(qtbot, dialog):
    with qtbot.assertNotEmitted(dialog.zoom_asked):
        dialog.set_zoom(6)
    assert dialog.size_slider.value() == reading_size() + 6


def test_a_font_that_is_gone_is_named_so_and_stays_chosen(qtbot):
    made = AppearanceDialog(Appearance(SYSTEM, Typography("No Such Letters", 68, 1.6)), 0, 10, 60)
    qtbot.addWidget(made)
    assert made.font_family.currentText() == "No Such Letters (not installed)"
    assert made.font_family.currentData() == "No Such Letters"
    assert made.font_family.findData(SERIF) == 0


def test_every_control_is_named_and_reached_by_tab(qtbot, dialog):
    controls = [*dialog.findChildren(QComboBox), *dialog.findChildren(QSlider), *dialog.findChildren(QPushButton)]
    assert len(controls) == 7
    for control in controls:
        assert control.accessibleName() or control.text()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert not dialog.isModal()
