"""A project that another window held when it was opened: it is taken for writing as soon as that one lets go."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.store.project import Project

#: A window that was just closed lets go after its last backup was copied; who waits longer is asked.
TRY_EVERY_MS, TRIES = 500, 20


class TakingOver(QObject):
    """Looks for some seconds whether the open project has become free."""

    #: Nobody else holds the project any more (its ``Path``).
    free = Signal(object)

    def __init__(self, parent: QObject | None = None, every_ms: int = TRY_EVERY_MS) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._left = 0
        self._clock = QTimer(self)
        self._clock.setInterval(every_ms)
        self._clock.timeout.connect(self._look)

    def watch(self, project: Project | None) -> None:
        """Look for this project from now on, if it waits for another window."""
        self._project = project if project is not None and project.waits else None
        self._left = TRIES
        if self._project is None:
            self._clock.stop()
        else:
            self._clock.start()

    def _look(self) -> None:
        project = self._project
        self._left -= 1
        if project is None or not self._left:
            self._clock.stop()
        elif project.is_free():
            self._clock.stop()
            self.free.emit(project.path)
