"""Keys are the user's: changed in a dialog, kept over starts, shown everywhere, matched by letter and by place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from annotator import paths
from annotator.core.errors import AnnotatorError
from annotator.gui.app import App
from annotator.gui.commands import COMMANDS, by_id, tag_commands
from annotator.gui.dialogs.change_keys import ChangeKeys
from annotator.gui.dialogs.keys import KeySheet, balanced
from annotator.gui.keyboard import name_of, normal, shown
from annotator.gui.keymap import Keymap, refusal
from annotator.store import identity
from annotator.store.starter import starter_codebook

ALL = (*COMMANDS, *tag_commands(starter_codebook().tags))
TEXT = "The port must reopen. It was closed. Nobody was asked."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def keymap(file: Path) -> Keymap:
    return Keymap(file)


@pytest.fixture
def app(qtbot, project):
    identity.name_coder("LM")
    path = project.path
    project.add_statement(TEXT, title="Port")
    project.close()
    app = App()
    qtbot.addWidget(app.window)
    with qtbot.waitActive(app.window):
        app.window.show()
        app.window.activateWindow()
    app.start(path)
    qtbot.waitUntil(lambda: bool(app.session.statement), timeout=15_000)
    app.window.reader.setFocus()
    yield app
    app.window.close()


def press(key: int, text: str = "", *held: Qt.KeyboardModifier, scan_code: int = 0) -> QKeyEvent:
    """A key as X11 reports it."""
    modifiers = Qt.KeyboardModifier.NoModifier
    for each in held:
        modifiers |= each
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, scan_code, 0, 0, text)


SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


# -- the keymap --------------------------------------------------------------------------


def test_without_a_change_each_command_has_the_keys_it_comes_with(keymap):
    keys = keymap.resolve(ALL)
    assert keys["select.sentence"] == ("S",)
    assert keys["tag.demand"] == ("1",)
    assert keys["marker.demand"] == ("Shift+1",)
    assert keys["project.check"] == ()
    assert not keymap.any_own


def test_a_change_is_there_at_the_next_start(keymap, file):
    keymap.change({"select.sentence": ("Q", "Ctrl+alt+s")})
    again = Keymap(file)
    assert again.resolve(ALL)["select.sentence"] == ("Q", "Ctrl+Alt+S")
    assert again.is_own("select.sentence")
    again.reset("select.sentence")
    assert Keymap(file).resolve(ALL)["select.sentence"] == ("S",)


def test_no_key_is_there_twice_and_the_user_goes_before_the_program_and_that_before_a_codebook(keymap):
    keymap.change({"passage.cycle": ("S",)})
    commands = (*COMMANDS, *tag_commands([*starter_codebook().tags, tag_with_key("peace", "n")]))
    keys = keymap.resolve(commands)
    assert keys["passage.cycle"] == ("S",)
    assert keys["select.sentence"] == ()
    assert keys["passage.note"] == ("N",)
    assert keys["tag.peace"] == ()


def tag_with_key(name: str, key: str):
    from annotator.core.codebook import tag_from_json

    return tag_from_json({"name": name, "label": name.capitalize(), "key": key})


def test_what_is_kept_for_the_tags_of_another_codebook_stays(keymap, file):
    keymap.change({"tag.peace": ("7",)})
    keymap.change({"select.sentence": ("Q",)})
    assert json.loads(file.read_text())["keys"] == {"select.sentence": ["Q"], "tag.peace": ["7"]}


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"version": 1}', '{"version": 99, "keys": {}}', '"keys"', "[" * 100_000, "\udcff"]
)
def test_a_broken_file_of_keys_leaves_all_keys_as_they_come_and_says_so_in_one_sentence(file, content):
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    keymap = Keymap(file)
    assert keymap.problem.count(".") >= 1 and "as they come" in keymap.problem
    assert keymap.resolve(ALL)["select.sentence"] == ("S",)
    keymap.change({"select.sentence": ("Q",)})
    assert (file.with_name("keys.unread.json")).exists(), "what somebody wrote by hand is not thrown away"
    assert not Keymap(file).problem


def test_a_key_that_does_not_exist_leaves_its_command_alone_and_keeps_the_others(file):
    data = {"select.sentence": ["Blah+Blub"], "passage.note": 7, "passage.cycle": ["X"], "select.paragraph": [3]}
    file.write_text(json.dumps({"version": 1, "keys": data}))
    keymap = Keymap(file)
    keys = keymap.resolve(ALL)
    assert (keys["select.sentence"], keys["passage.note"], keys["passage.cycle"]) == (("S",), ("N",), ("X",))
    assert "do not exist" in keymap.problem


def test_keys_that_cannot_be_written_are_refused_with_a_sentence(tmp_path):
    keymap = Keymap(tmp_path / "missing" / "keys.json")
    with pytest.raises(AnnotatorError, match="cannot be kept"):
        keymap.change({"select.sentence": ("Q",)})
    assert keymap.resolve(ALL)["select.sentence"] == ("S",)


@pytest.mark.parametrize(
    ("command", "key", "refused"),
    [
        ("select.sentence", "X", False),
        ("select.sentence", "Shift+X", False),
        ("select.sentence", "Esc", True),
        ("select.sentence", "Tab", True),
        ("select.sentence", "Shift+Right", True),
        ("select.sentence", "Alt+Right", False),
        ("statement.next", "X", True),
        ("statement.next", "Shift+X", True),
        ("statement.next", "Return", True),
        ("statement.next", "F8", False),
        ("statement.next", "Ctrl+J", False),
        ("help.keys", "?", False),
    ],
)
def test_letters_are_for_what_works_in_the_text_and_the_carets_keys_for_nothing_else(command, key, refused):
    assert bool(refusal(by_id(command), key)) is refused


# -- what a pressed key is called --------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (press(Qt.Key.Key_S, "s"), "S"),
        (press(Qt.Key.Key_S, "S", SHIFT), "Shift+S"),
        (press(Qt.Key.Key_S, "\x13", CTRL), "Ctrl+S"),
        (press(Qt.Key.Key_BraceLeft, "{", SHIFT), "{"),
        (press(Qt.Key.Key_F5), "F5"),
        (press(Qt.Key.Key_Down, "", ALT), "Alt+Down"),
        (press(Qt.Key.Key_Backtab, "", SHIFT), "Shift+Tab"),
        (press(Qt.Key.Key_Space, " "), "Space"),
        (press(Qt.Key.Key_Shift, "", SHIFT), ""),
        (press(Qt.Key.Key_Return, "\r"), "Return"),
    ],
)
def test_a_pressed_key_is_called_as_the_layout_has_it(event, name):
    assert name_of(event) == name


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (press(Qt.Key.Key_Exclam, "!", SHIFT, scan_code=10), "Shift+1"),
        (press(Qt.Key.Key_Ampersand, "&", scan_code=10), "1"),
        (press(0x633, "س", scan_code=39), "S"),
        (press(Qt.Key.Key_A, "a", scan_code=24), "A"),
    ],
)
def test_digits_and_letters_of_other_scripts_are_called_by_their_place(event, name, monkeypatch):
    monkeypatch.setattr("annotator.gui.keyboard.QGuiApplication.platformName", lambda: "xcb")
    assert name_of(event) == name


def test_the_names_of_keys_have_one_spelling():
    assert normal("ctrl+shift+a") == normal("Shift+Ctrl+A") == "Ctrl+Shift+A"
    assert normal("Nonsense+X") == normal("") == normal("A, B") == ""
    assert shown(("Ctrl+Return", "Ctrl+Enter", "F1")) == ("Ctrl+Enter", "F1")


# -- the window follows --------------------------------------------------------------------


def test_a_changed_key_works_at_once_and_the_old_one_no_longer(app, qtbot):
    reader = app.window.reader
    app.keymap.change({"select.sentence": ("Y",)})
    QTest.keyClick(reader, Qt.Key.Key_S)
    assert reader.span() is None
    QTest.keyClick(reader, Qt.Key.Key_Y)
    assert reader.span().of(TEXT) == "The port must reopen"


def test_every_place_that_names_a_key_names_the_changed_one(app):
    window = app.window
    app.keymap.change({
        "select.sentence": ("Y",), "tag.demand": ("9",), "project.import": ("F7",), "find.all": ("F8",),
        "project.open": (),
    })  # fmt: skip
    assert window.action("select.sentence").shortcut().toString() == "Y"
    assert window.action("select.sentence").toolTip().endswith("(Y)")
    assert window.reader.bar.entries[0][:2] == ("9", "Demand")
    labels = [label.text() for label in window.statusBar().findChildren(QLabel)]
    assert any("9 Demand" in text and "Y sentence" in text for text in labels)
    assert window.way_to("project.import") == "press F7"
    assert window.way_to("project.open") == "choose “Open project…” in the File menu"
    app.session.use(None)
    assert window.reader.accessibleDescription() == (
        "Choose “Open project…” in the File menu to open a project, or press Ctrl+N to make one."
    )
    notices = [label.text() for label in window.statements.findChildren(QLabel)]
    assert (
        "No project is open. Choose “Open project…” in the File menu to open one, or press Ctrl+N to make one."
        in notices
    )


def test_the_advice_of_an_empty_list_of_passages_names_the_keys_of_the_tags(app):
    app.keymap.change({"tag.demand": ("9",)})
    assert app.window.passages.list.accessibleDescription().endswith("press 9, 2 or 3.")


def test_the_palette_shows_changed_keys(app, qtbot):
    app.keymap.change({"statement.done": ("F9",)})
    search = app.window.search
    search.setFocus()
    search.setText("done and go")
    search.textEdited.emit("done and go")
    qtbot.waitUntil(lambda: search.results.rowCount() > 0)
    rows = [search.results.index(n, 0) for n in range(search.results.rowCount())]
    assert any("F9" in str(row.data(role)) for row in rows for role in range(Qt.ItemDataRole.UserRole + 4))


def test_a_broken_file_is_told_in_the_window_once(qtbot, project):
    identity.name_coder("LM")
    (paths.config_dir() / "keys.json").write_text("{")
    path = project.path
    project.close()
    app = App()
    qtbot.addWidget(app.window)
    app.window.show()
    app.start(path)
    assert "keys.json cannot be read" in app.window.banner.text
    app.window.close()


def test_by_its_place_a_key_means_what_the_user_gave_it(app, qtbot, monkeypatch):
    monkeypatch.setattr("annotator.gui.keyboard.QGuiApplication.platformName", lambda: "xcb")
    app.keymap.change({"select.sentence": ("H",), "tag.demand": ("Shift+7",)})
    reader = app.window.reader
    arabic_alef = press(0x627, "ا", scan_code=43)  # where H is on the US layout
    reader.window().eventFilter(reader, arabic_alef)
    assert reader.span().of(TEXT) == "The port must reopen"
    slash_of_german_7 = press(Qt.Key.Key_Slash, "/", SHIFT, scan_code=16)
    reader.window().eventFilter(reader, slash_of_german_7)
    assert [a.tag for a in app.session.project.annotations(app.session.statement)] == ["demand"]


def test_a_latin_letter_counts_where_it_stands_and_not_for_its_neighbour(app, monkeypatch):
    monkeypatch.setattr("annotator.gui.keyboard.QGuiApplication.platformName", lambda: "xcb")
    reader = app.window.reader
    german_z_at_us_y = press(Qt.Key.Key_Z, "z", scan_code=29)
    app.keymap.change({"select.sentence": ("Y",)})
    assert not app.window.eventFilter(reader, german_z_at_us_y)
    assert reader.span() is None


def test_shift_and_a_digit_is_the_marker_even_where_shift_types_the_digit(app, monkeypatch):
    monkeypatch.setattr("annotator.gui.keyboard.QGuiApplication.platformName", lambda: "xcb")
    reader = app.window.reader
    azerty = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_2, SHIFT, 11, 0, 0, "2")
    assert app.window.eventFilter(reader, azerty) and azerty.isAccepted()
    app.window.eventFilter(reader, press(Qt.Key.Key_2, "2", SHIFT, scan_code=11))
    assert app.orders.tagging.marker == "accusation"


# -- the dialog ----------------------------------------------------------------------------


@pytest.fixture
def dialog(qtbot, keymap) -> ChangeKeys:
    dialog = ChangeKeys(keymap, ALL)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    return dialog


def test_every_command_can_be_chosen_with_or_without_a_key(dialog):
    for command in ALL:
        dialog.keys_of(command.text.rstrip("…"))


def test_enter_and_a_key_give_a_command_its_new_key(dialog, keymap):
    dialog.choose("select.sentence")
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    QTest.keyClick(dialog.press, Qt.Key.Key_Y)
    assert keymap.resolve(ALL)["select.sentence"] == ("Y",)
    assert dialog.keys_of("Select sentence") == "Y"
    assert dialog.text == "“Select sentence” is Y now."
    assert dialog.table.hasFocus()


def test_esc_leaves_the_key_and_the_dialog_open(dialog, keymap):
    dialog.choose("select.sentence")
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    QTest.keyClick(dialog.press, Qt.Key.Key_Escape)
    assert dialog.isVisible() and not keymap.any_own
    assert dialog.press.isHidden()


def test_a_key_that_is_taken_is_named_and_the_user_decides(dialog, keymap):
    dialog.choose("passage.cycle")
    dialog.change_button.click()
    QTest.keyClick(dialog.press, Qt.Key.Key_S)
    assert dialog.text == "S is “Select sentence”; use it here instead?"
    dialog.keep_button.click()
    assert not keymap.any_own
    dialog.change_button.click()
    QTest.keyClick(dialog.press, Qt.Key.Key_S)
    QTest.keyClick(dialog.use_button, Qt.Key.Key_Return)
    keys = keymap.resolve(ALL)
    assert (keys["passage.cycle"], keys["select.sentence"]) == (("S",), ())
    assert dialog.text == "“Next of the passages here” is S now. “Select sentence” has no key any more."


def test_a_letter_for_a_command_of_the_whole_window_is_refused_and_asked_for_again(dialog, keymap):
    dialog.choose("statement.next")
    dialog.change_button.click()
    QTest.keyClick(dialog.press, Qt.Key.Key_J)
    assert "works in fields too" in dialog.text
    QTest.keyClick(dialog.press, Qt.Key.Key_J, CTRL)
    assert keymap.resolve(ALL)["statement.next"] == ("Ctrl+J",)


def test_a_second_key_is_added_and_all_can_be_taken_away(dialog, keymap):
    dialog.choose("select.sentence")
    dialog.add_button.click()
    QTest.keyClick(dialog.press, Qt.Key.Key_Y)
    assert keymap.resolve(ALL)["select.sentence"] == ("S", "Y")
    dialog.none_button.click()
    assert keymap.resolve(ALL)["select.sentence"] == ()
    assert not dialog.none_button.isEnabled()


def test_one_command_or_all_get_their_keys_back(dialog, keymap):
    keymap.change({"select.sentence": ("Y",), "passage.note": ("M",)})
    dialog.choose("select.sentence")
    dialog.reset_button.click()
    assert keymap.resolve(ALL)["select.sentence"] == ("S",)
    dialog.reset_all_button.click()
    assert keymap.any_own and dialog.sure_button.isVisible()
    dialog.keep_button.click()
    assert keymap.any_own and not dialog.sure_button.isVisible()
    dialog.reset_all_button.click()
    dialog.sure_button.click()
    assert not keymap.any_own
    assert dialog.keys_of("Note") == "N"
    assert not dialog.reset_all_button.isEnabled()


def test_a_reset_says_when_another_command_has_the_key_now(dialog, keymap):
    keymap.change({"select.sentence": (), "passage.cycle": ("S",)})
    dialog.choose("select.sentence")
    dialog.reset_button.click()
    assert dialog.text == "“Select sentence” comes with S, which another command has."


def test_tab_is_pressed_like_any_key_and_refused(dialog, keymap):
    dialog.choose("select.sentence")
    dialog.change_button.click()
    QTest.keyClick(dialog.press, Qt.Key.Key_Tab)
    assert "belongs to the caret" in dialog.text
    assert dialog.press.hasFocus()


def test_typing_finds_a_command_by_its_name_group_or_key(dialog):
    dialog.filter_field.setText("ctrl+shift+z")
    QTest.keyClick(dialog.filter_field, Qt.Key.Key_Return)
    assert dialog.text == "The key for “Redo”:"


def test_keys_that_cannot_be_kept_are_told_in_the_dialog(qtbot, tmp_path):
    dialog = ChangeKeys(Keymap(tmp_path / "missing" / "keys.json"), ALL)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.choose("select.sentence")
    dialog.none_button.click()
    assert "cannot be kept" in dialog.text
    assert dialog.keys_of("Select sentence") == "S"


# -- the sheet ------------------------------------------------------------------------------


def test_the_sheet_leads_to_the_dialog_and_shows_changed_keys(app, qtbot):
    app.keymap.change({"select.sentence": ("Y",)})
    app.window.order("help.keys")
    (sheet,) = app.window.findChildren(KeySheet)
    assert ("Y", "Select sentence") in sheet.shown()
    sheet.change_button.click()
    (dialog,) = app.window.findChildren(ChangeKeys)
    assert dialog.isVisible()
    dialog.reject()
    # Closed, they are gone: who looks at the keys often collects no sheets.
    qtbot.waitUntil(lambda: not app.window.findChildren(KeySheet) and not app.window.findChildren(ChangeKeys))


def test_the_arrows_go_through_the_columns_of_the_sheet(qtbot):
    rows = [(group, f"Ctrl+{n}", f"{group} {n}") for group in "ABC" for n in range(4)]
    sheet = KeySheet(rows)
    qtbot.addWidget(sheet)
    with qtbot.waitActive(sheet):
        sheet.resize(1300, 700)
        sheet.show()
        sheet.activateWindow()
    QTest.keyClick(sheet.filter_field, Qt.Key.Key_Down)
    first = sheet.focusWidget()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert first.item(first.currentRow(), 1).text() == "A 1"
    QTest.keyClick(first, Qt.Key.Key_Right)
    second = sheet.focusWidget()
    assert second.item(second.currentRow(), 1).text() == "B 1"
    for _ in range(9):
        QTest.keyClick(second, Qt.Key.Key_Up)
    assert sheet.filter_field.hasFocus()


def test_groups_stay_whole_and_in_order_in_columns_of_about_the_same_height(qapp):
    groups = [[(name, "x", "y")] * rows for name, rows in (("a", 8), ("b", 3), ("c", 4), ("d", 9), ("e", 1))]
    columns = balanced(groups, 3)
    assert [[rows[0][0] for rows in column] for column in columns] == [["a"], ["b", "c"], ["d", "e"]]
    assert balanced(groups[:1], 3) == [groups[:1]]
