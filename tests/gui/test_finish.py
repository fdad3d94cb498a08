"""Small things that make a form, a dialog or a narrow bar readable."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialogButtonBox

from annotator.core.model import DateValue, StatementId, Summary
from annotator.gui.arranging import ArrangeButton
from annotator.gui.date_editor import DateEditor
from annotator.gui.dialogs.appearance import without_foundry
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.dialogs.keys import KeySheet
from annotator.gui.find_options import Elided
from annotator.gui.statement_words import date_of


def test_the_basis_of_a_date_that_is_not_there_cannot_be_chosen(qtbot):
    editor = DateEditor()
    qtbot.addWidget(editor)
    assert not editor.basis.isEnabled()
    editor.put("2022-01 (inferred)")
    assert editor.basis.isEnabled()
    editor.put("")
    assert not editor.basis.isEnabled()


def test_buttons_of_dialogs_are_words_alone(qtbot):
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    without_icons(box)
    box.show()
    assert all(button.icon().isNull() for button in box.buttons())


def test_a_line_that_has_no_room_is_told_by_its_tool_tip(qtbot):
    line = Elided()
    qtbot.addWidget(line)
    line.setText("196 places in 7 statements")
    line.resize(QSize(60, 24))
    line.grab()
    assert "196 places in 7 statements" in line.toolTip()
    line.resize(QSize(600, 24))
    line.grab()
    assert line.toolTip() == ""


def test_a_font_is_called_by_its_name_unless_two_makers_have_one_of_that_name():
    names = ["C059 [UKWN]", "Courier [Adobe]", "Courier [IBM]", "Noto Serif"]
    shown = [without_foundry(name, names) for name in names]
    assert shown == [
        "C059",
        "Courier [Adobe]",
        "Courier [IBM]",
        "Noto Serif",
    ]


def test_the_order_of_import_says_what_can_be_grouped(qtbot):
    button = ArrangeButton()
    qtbot.addWidget(button)
    groups = next(action for action in button.menu().actions() if action.text().startswith("Group"))
    assert not groups.isEnabled() and "date" in groups.text()


def test_the_sheet_of_keys_hands_on_what_was_typed(qtbot):
    sheet = KeySheet([("Edit", "Ctrl+Z", "Undo")])
    qtbot.addWidget(sheet)
    sheet.filter_field.setText("undo")
    with qtbot.waitSignal(sheet.change_asked) as asked:
        sheet.change_button.click()
    assert asked.args == ["undo"]


def test_a_sign_stands_for_an_inferred_date_and_for_one_that_is_about_so():
    date = DateValue("2024~", "inferred")
    summary = Summary(1, StatementId("s"), "Title", "Issuer", "en", date, "unread", {})
    assert date_of(summary, basis=False) == "≈ 2024"
    assert date_of(summary) == "about 2024, inferred"
