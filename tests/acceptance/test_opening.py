"""Opening a file that takes long: what is on the screen meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication

from annotator import Project
from annotator.gui import project_files
from annotator.gui.reader import Reader


@pytest.fixture
def all_are_large(monkeypatch):
    monkeypatch.setattr(project_files, "LARGE", 0)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.annotator"
    with Project.create(path, coder="LM") as project:
        project.add_statement("The union calls on the port to reopen pier four.", title="Pier four")
    return path


def _during_opening(monkeypatch, look) -> list[object]:
    """What is seen whenever a file begins to be opened."""
    seen: list[object] = []
    really = Project.open

    def opening(path, **options):
        seen.append(look())
        return really(path, **options)

    monkeypatch.setattr(Project, "open", opening)
    return seen


def test_the_reader_says_that_a_large_project_is_being_opened_before_it_is(start, corpus, all_are_large, monkeypatch):
    painted: list[str] = []
    paint = Reader.paintEvent

    def noted(self, event) -> None:
        paint(self, event)
        painted.append(self.accessibleDescription())

    monkeypatch.setattr(Reader, "paintEvent", noted)
    cursors = _during_opening(monkeypatch, lambda: (painted[-1], QApplication.overrideCursor().shape()))
    desk = start(corpus)
    assert cursors == [(f"Opening {corpus.name}…", Qt.CursorShape.WaitCursor)]
    assert QApplication.overrideCursor() is None
    assert desk.window.reader.text
    assert "Opening" not in desk.window.status_text


def test_the_status_bar_says_so_while_the_project_before_stays(start, corpus, tmp_path, all_are_large, monkeypatch):
    other = tmp_path / "other.annotator"
    Project.create(other, coder="LM").close()
    desk = start(corpus)
    text = desk.window.reader.text
    painted: list[str] = []

    class Eye(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                painted.append(desk.window.status_text)
            return False

    eye = Eye()
    desk.window.statusBar().installEventFilter(eye)
    seen = _during_opening(monkeypatch, lambda: (painted[-1], desk.window.reader.text))
    assert desk.app.files.open(other)
    assert seen == [("Opening other.annotator…", text)]
    assert "Opening" not in desk.window.status_text


def test_a_large_file_that_is_no_project_leaves_no_sentence_behind(start, corpus, tmp_path, all_are_large):
    stranger = tmp_path / "notes.annotator"
    stranger.write_text("not a database at all, but some notes about harbours", encoding="utf-8")
    desk = start(corpus)
    assert not desk.app.files.open(stranger)
    assert "Opening" not in desk.window.status_text
    assert QApplication.overrideCursor() is None
    desk.session.use(None)
    assert not desk.app.files.open(stranger)
    assert "to open a project" in desk.window.reader.accessibleDescription()
    assert "Opening" not in desk.window.status_text
