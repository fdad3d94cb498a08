"""Rolling backups while the window is open: every half hour if the project changed, and when it is left."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.core.errors import AnnotatorError
from annotator.store.backups import EVERY_MINUTES
from annotator.store.project import Project


class Keeping(QObject):
    """Makes backups on a thread of its own, quietly; only a failure is told."""

    #: A backup could not be made (the ``AnnotatorError``).
    failed = Signal(object)
    #: The backup that was begun is on disk, or was not needed.
    kept = Signal()

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None, minutes: float = EVERY_MINUTES) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._thread: threading.Thread | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(round(minutes * 60_000))
        self._clock.timeout.connect(self.keep)
        self._ended.connect(self._on_ended)

    def watch(self, project: Project | None) -> None:
        """Keep backups of this project from now on; a read-only one is in other hands."""
        self.wait()
        self._project = project if project is not None and not project.read_only else None
        if self._project is None:
            self._clock.stop()
        else:
            self._clock.start()

    def keep(self) -> None:
        """Begin a backup beside the work, if one is needed and none is under way."""
        if self._project is None or self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, args=(self._project,), name="backup", daemon=True)
        self._thread.start()

    def leave(self) -> AnnotatorError | None:
        """The last backup of the watched project, before it is closed; returns why there is none."""
        self._clock.stop()
        self.wait()
        project, self._project = self._project, None
        return None if project is None else _kept(project, last=True)

    def wait(self) -> None:
        """Until the backup that is under way has ended."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, project: Project) -> None:
        self._ended.emit(_kept(project))

    def _on_ended(self, error: AnnotatorError | None) -> None:
        self.wait()
        if error is None:
            self.kept.emit()
        else:
            self.failed.emit(error)


def _kept(project: Project, *, last: bool = False) -> AnnotatorError | None:
    try:
        project.keep(last=last)
    except AnnotatorError as error:
        return AnnotatorError(f"No backup could be made: {error}")
    except OSError as error:
        return AnnotatorError(f"No backup could be made: {error.strerror}.")
    return None
