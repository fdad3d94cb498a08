"""The table of commands is complete, without doubles, and works on any keyboard."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit

from annotator import Project, Span
from annotator.core.model import TagName
from annotator.gui.app import App
from annotator.gui.commands import COMMANDS, MENUS
from annotator.gui.keyboard import key_at
from annotator.store import identity


@pytest.fixture
def app(qtbot, project):
    identity.name_coder("LM")
    path = project.path
    project.add_statement("The port must reopen. It was closed.", title="Port")
    project.close()
    app = App()
    qtbot.addWidget(app.window)
    app.window.show()
    app.start(path)
    yield app
    app.window.close()


def test_no_two_commands_share_an_id_or_a_key(app):
    commands = app.window.commands()
    assert not [name for name, count in Counter(c.id for c in commands).items() if count > 1]
    assert not [key for key, count in Counter(key for c in commands for key in c.keys).items() if count > 1]


def test_every_key_is_one_that_qt_knows_and_every_menu_is_there():
    for command in COMMANDS:
        assert command.menu in MENUS
        for key in command.keys:
            assert QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText), key


def test_every_command_does_something(app, monkeypatch):
    # A dialog of the system would wait for somebody; whoever cancels it is nobody's business here.
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, staticmethod(lambda *_args, **_more: ("", "")))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", staticmethod(lambda *_args, **_more: ([], "")))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_args, **_more: ""))
    # Nor would it end a dialog that somebody has to answer.
    monkeypatch.setattr(QDialog, "exec", lambda _self: 0)
    for command in app.window.commands():
        if command.id != "window.close":
            app.carry_out(command.id)


def test_each_tag_of_the_codebook_has_its_command_with_its_key(app):
    tags = {c.text: c.keys for c in app.window.commands() if c.id.startswith("tag.")}
    assert tags == {"Demand": ("1",), "Accusation": ("2",), "Event": ("3",)}


def test_commands_without_anything_to_work_on_are_off(app):
    assert app.window.action("select.sentence").isEnabled()
    assert not app.window.action("passage.remove").isEnabled()
    app.session.use(None)
    assert not app.window.action("select.sentence").isEnabled()
    assert app.window.action("project.open").isEnabled()


@pytest.mark.parametrize(
    ("platform", "scan_code", "virtual_key", "shifted", "key"),
    [
        ("xcb", 10, 0x26, False, "1"),  # AZERTY types & there
        ("xcb", 39, 0x6D3, False, "S"),  # Arabic types س there
        ("xcb", 35, 0, True, "}"),
        ("windows", 2, 0, False, "1"),
        ("windows", 25, 0, False, "P"),
        ("cocoa", 0, 18, False, "1"),
        ("cocoa", 0, 33, True, "{"),
        ("xcb", 200, 0, False, ""),
    ],
)
def test_a_pressed_position_means_what_the_us_layout_has_there(platform, scan_code, virtual_key, shifted, key):
    assert key_at(platform, scan_code, virtual_key, shifted) == key


def test_the_status_bar_says_nothing_of_the_project_before(app, tmp_path):
    app.session.do(app.session.project.annotate, app.session.statement, TagName("demand"), Span(0, 8))
    assert app.window.status_text.startswith("Saved ") and "1 passage" in app.window.status_text
    with Project.create(tmp_path / "empty.annotator") as empty:
        path = empty.path
    app.files.open(path)
    assert app.window.status_text == ""


class Greedy(QLineEdit):
    """A field that claims every key, as Qt's claim Ctrl+E and Ctrl+K on X11, but not on the platform of the tests."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


def test_a_key_of_the_window_is_not_swallowed_by_a_field_that_has_the_caret(app, qtbot):
    field = Greedy(app.window)
    field.show()
    app.window.activateWindow()
    qtbot.waitActive(app.window)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)

    def taken(key: Qt.Key) -> bool:
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.ControlModifier)
        asked.ignore()
        QApplication.sendEvent(field, asked)
        return asked.isAccepted()

    assert not taken(Qt.Key.Key_E) and not taken(Qt.Key.Key_K)
    assert taken(Qt.Key.Key_A) and taken(Qt.Key.Key_V) and taken(Qt.Key.Key_Z)
