"""A project's file is moved, replaced or overwritten while the window shows it: ways on that lose nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from annotator import Project, Span
from annotator.gui.app import App
from annotator.store import identity


@pytest.fixture
def program(qtbot, tmp_path: Path):
    identity.name_coder("LM")
    with Project.create(tmp_path / "p", coder="LM") as project:
        project.add_statement("They must reopen the pier at once. " * 5, "The pier")
    app = App()
    qtbot.addWidget(app.window)
    app.window.show()
    app.start(project.path)
    qtbot.waitUntil(lambda: app.session.statement != "")
    app.session.do(app.session.project.annotate, app.session.statement, "demand", Span(0, 9))
    yield app
    app.window.close()


def refused(app: Any) -> None:
    """Tag once more, and read that the file moved."""
    app.session.do(app.session.project.annotate, app.session.statement, "event", Span(10, 20))
    assert app.window.banner.text.startswith("File moved: p.annotator was moved or replaced")


def button(app: Any, text: str) -> Any:
    (found,) = [each for each in app.window.banner.buttons if each.text() == text]
    return found


def passages(app: Any) -> list[str]:
    return [a.tag for a in app.session.project.annotations(app.session.statement)]


def test_a_moved_project_goes_on_as_a_copy_where_the_coder_says(qtbot, program, tmp_path, monkeypatch):
    path = program.session.project.path
    with Project.create(tmp_path / "other", coder="LM") as other:
        pass
    os.replace(path, tmp_path / "elsewhere")
    shutil.copy(other.path, path)
    before = path.read_bytes()
    refused(program)
    target = tmp_path / "copy.annotator"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target.with_suffix("")), ""))
    qtbot.mouseClick(button(program, "Save a copy…"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.session.project.path == target)
    assert passages(program) == ["demand"] and not program.window.banner.text
    program.session.do(program.session.project.annotate, program.session.statement, "event", Span(10, 20))
    assert passages(program) == ["demand", "event"] and path.read_bytes() == before


def test_a_moved_project_is_opened_where_it_is_now(qtbot, program, tmp_path, monkeypatch):
    path, there = program.session.project.path, tmp_path / "elsewhere.annotator"
    os.replace(path, there)
    refused(program)
    # Where the system does not tell where it is, the coder is asked.
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(there), ""))
    qtbot.mouseClick(button(program, "Open it where it is now…"), Qt.MouseButton.LeftButton)
    assert program.session.project.path == there and passages(program) == ["demand"]
    program.session.do(program.session.project.annotate, program.session.statement, "event", Span(10, 20))
    assert passages(program) == ["demand", "event"]


def test_what_was_overwritten_comes_back_from_a_backup(qtbot, program, tmp_path, monkeypatch):
    project = program.session.project
    project.keep()
    with Project.create(tmp_path / "other", coder="LM") as other:
        data = other.path.read_bytes()
    descriptor = os.open(project.path, os.O_WRONLY)  # kept open: closing it would drop SQLite's locks
    os.pwrite(descriptor, data, 0)
    os.ftruncate(descriptor, len(data))
    refused(program)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "copy"), ""))
    qtbot.mouseClick(button(program, "Save a copy…"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "something else was written over" in program.window.banner.text)
    assert not (tmp_path / "copy.annotator").exists()
    assert [each.text() for each in program.window.banner.buttons] == ["Restore a backup…", "Open it where it is now…"]
    qtbot.mouseClick(button(program, "Restore a backup…"), Qt.MouseButton.LeftButton)
    dialog = _restore_dialog(program)
    qtbot.waitUntil(dialog.restore_button.isEnabled)
    qtbot.mouseClick(dialog.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.session.project is not None and program.session.project is not project)
    assert passages(program) == ["demand"]
    os.close(descriptor)


def _restore_dialog(program: Any) -> Any:
    from annotator.gui.dialogs.restoring import RestoreDialog

    (dialog,) = program.window.findChildren(RestoreDialog)
    return dialog


def test_a_copy_of_the_project_can_be_saved_at_any_time(qtbot, program, tmp_path, monkeypatch):
    path = program.session.project.path
    target = tmp_path / "copy.annotator"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    with qtbot.waitSignal(program.files.told) as told:
        program.carry_out("project.copy")
    assert told.args == ["Saved a copy as copy.annotator."] and program.session.project.path == path
    program.carry_out("project.copy")
    qtbot.waitUntil(lambda: "exists already; a backup never overwrites" in program.window.banner.text)
