"""History, versions and reports as the window orders them; what takes long goes on beside it."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt

from annotator.core.model import Changes
from annotator.gui.looks import Looks
from annotator.gui.project_files import ProjectFiles
from annotator.gui.session import Session
from annotator.gui.window import Window
from annotator.store.project import Project


class Evidence(QObject):
    """Telling, proving and mending what is in the project."""

    def __init__(self, session: Session, window: Window, files: ProjectFiles, looks: Looks) -> None:
        super().__init__(window)
        self._session, self._window, self._files, self._looks = session, window, files, looks

    # -- history -----------------------------------------------------------------------------

    def show_history(self, statement: str = "", passage: str = "") -> None:
        """Who did what when: in the project, in a statement, or to a passage of it."""
        from annotator.gui.dialogs.history import HistoryDialog

        dialog = HistoryDialog(
            self._session, statement or None, self._window, self._looks.theme, passage=passage or None
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.go_back_asked.connect(self.go_back)
        dialog.revert_asked.connect(self.revert)
        dialog.open()

    def go_back(self, step: int) -> None:
        """Let all be as it was after the step of this number."""
        if (project := self._session.project) is not None:
            work = _written(project, "Going back", lambda mine: mine.go_back(step))
            self._files.start("Going back", work, partial(self._on_written, f"Went back to step {step}."))

    def revert(self, step: int) -> None:
        """Undo only the step of this number."""
        if (project := self._session.project) is not None:
            work = _written(project, "Undoing a step", lambda mine: mine.revert(step))
            self._files.start("Undoing a step", work, partial(self._on_written, f"Step {step} is undone."))

    def _on_written(self, told: str, changes: Changes) -> None:
        self._session.tell(changes)
        self._files.told.emit(told)


def _written(project: Project, title: str, order: Any) -> Generator[Any, None, Any]:
    """Carry out one intention on the job's thread, with a connection of its own."""
    from annotator import jobs

    yield jobs.Progress(0, 0, title)
    with project.sibling() as mine:
        return order(mine)
