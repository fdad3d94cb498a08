"""Encrypted projects in the window: the passphrase is asked for, and what was open stays until it is right."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit

pytest.importorskip("sqlcipher3", reason="needs the extra `encrypted`")
pytest.importorskip("cryptography", reason="needs the extra `encrypted`")

from annotator import Project
from annotator.gui.app import App
from annotator.gui.dialogs.passphrase import NewPassphraseDialog, PassphraseDialog
from annotator.store import cipher, identity


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(cipher, "ROUNDS", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "quay", passphrase="right words", title="<b>Quay</b>") as project:
        project.add_statement("The port must reopen.", title="Port")
        return project.path


@pytest.fixture
def app(qtbot):
    identity.name_coder("LM")
    app = App()
    qtbot.addWidget(app.window)
    app.window.show()
    yield app
    app.window.close()


def dialog_of(app, kind):
    return next((w for w in app.window.findChildren(kind) if w.isVisible()), None)


def test_a_wrong_passphrase_is_told_in_the_dialog_and_the_right_one_opens(app, qtbot, path):
    app.files.open(path)
    dialog = dialog_of(app, PassphraseDialog)
    qtbot.keyClicks(dialog.field, "wrong")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.said.startswith("That passphrase does not open quay.annotator"))
    assert dialog.isVisible() and dialog.field.hasFocus() and dialog.field.selectedText() == "wrong"
    dialog.field.clear()
    qtbot.keyClicks(dialog.field, "right words")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.session.project is not None and app.session.project.encrypted)
    assert app.window.findChild(QLabel, "encrypted").isVisibleTo(app.window)


def test_the_window_goes_on_while_a_passphrase_is_tried(app, qtbot, path, monkeypatch):
    threads, tried = [], threading.Event()
    derive = cipher.derive

    def slow(passphrase, salt):
        threads.append(threading.current_thread())
        assert tried.wait(10)
        return derive(passphrase, salt)

    monkeypatch.setattr(cipher, "derive", slow)
    app.files.open(path)
    dialog = dialog_of(app, PassphraseDialog)
    qtbot.keyClicks(dialog.field, "right words")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0] is not threading.main_thread()
    assert not dialog.act_button.isEnabled() and dialog.said == "Trying the passphrase…"
    dialog.reject()
    tried.set()
    qtbot.waitUntil(lambda: not app.jobs.busy)
    assert app.session.project is None


def test_a_project_named_at_the_start_asks_alone_and_nothing_else_is_opened(app, qtbot, path, project):
    other = project.path
    project.close()
    app.memory.remember(other)
    app.start(path)
    assert dialog_of(app, PassphraseDialog) is not None and app.session.project is None


def test_the_last_project_is_not_asked_for_in_place_of_one_that_is_damaged(app, qtbot, path, tmp_path):
    app.memory.remember(path)
    damaged = tmp_path / "damaged.annotator"
    damaged.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    app.start(damaged)
    assert dialog_of(app, PassphraseDialog) is None and app.session.project is None


def test_where_a_project_is_made_an_encrypted_one_is_offered(app, qtbot, tmp_path, monkeypatch):
    offered = []

    def chosen(parent, title, folder, filters):
        offered.extend(filters.split(";;"))
        return str(tmp_path / "made"), next(each for each in offered if "passphrase" in each)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    app.carry_out("project.new")
    dialog = dialog_of(app, NewPassphraseDialog)
    dialog.field.setText("four words of mine")
    dialog.again.setText("four words of mine")
    dialog.accept()
    qtbot.waitUntil(lambda: app.session.project is not None)
    assert app.session.project.encrypted and app.session.project.path == tmp_path / "made.annotator"


def test_a_sentence_below_the_fields_is_not_cut_off(qtbot):
    dialog = PassphraseDialog("x.annotator")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.say("That passphrase does not open it; it may also be no project or damaged. " * 3)
    label = next(each for each in dialog.findChildren(QLabel) if each.text() == dialog.said)
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))


def test_cancelled_the_project_before_stays_open(app, qtbot, path, project):
    other = project.path
    project.close()
    app.files.open(other)
    app.files.open(path)
    dialog_of(app, PassphraseDialog).reject()
    assert app.session.project.path == other
    assert not app.window.findChild(QLabel, "encrypted").isVisibleTo(app.window)


def test_what_is_typed_is_hidden_until_it_is_to_be_shown(qtbot):
    dialog = PassphraseDialog("x.annotator")
    qtbot.addWidget(dialog)
    assert dialog.field.echoMode() == QLineEdit.EchoMode.Password
    dialog.show_box.setChecked(True)
    assert dialog.field.echoMode() == QLineEdit.EchoMode.Normal


def test_a_new_passphrase_is_typed_twice_alike(qtbot):
    dialog = NewPassphraseDialog("A passphrase", "Make it")
    qtbot.addWidget(dialog)
    dialog.field.setText("four words of mine")
    dialog.again.setText("five")
    assert not dialog.act_button.isEnabled() and dialog.said == "The two are not the same."
    dialog.again.setText("four words of mine")
    assert dialog.act_button.isEnabled() and dialog.said == ""
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.accept()
    assert chosen.args == ["four words of mine"]


def test_the_passphrase_changes_and_the_project_stays_open(app, qtbot, path):
    app.files.open(path, "right words")
    app.files.passphrases.ask_change()
    present = dialog_of(app, PassphraseDialog)
    present.field.setText("words of a stranger")
    present.accept()
    qtbot.waitUntil(lambda: "not the present passphrase" in present.said, timeout=10_000)
    present.field.setText("right words")
    present.accept()
    qtbot.waitUntil(lambda: bool(app.window.findChildren(NewPassphraseDialog)), timeout=10_000)
    dialog = dialog_of(app, NewPassphraseDialog)
    dialog.field.setText("other words")
    dialog.again.setText("other words")
    dialog.accept()
    qtbot.waitUntil(lambda: app.session.project is not None and not app.jobs.busy, timeout=10_000)
    assert app.session.project.path == path and app.session.project.count() == 1
    QApplication.processEvents()
    with Project.open(path, read_only=True, passphrase="other words") as again:
        assert again.encrypted
