"""The open project and what is looked at in it, as facts that views listen to.

Every write of the window goes through ``do``; ``changed`` then tells all views once, after the commit, and
each decides by itself whether that concerns it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.core.errors import AnnotatorError, Busy, DiskFull, NotFound
from annotator.core.model import Changes
from annotator.store.project import Project

#: How often, and after how many milliseconds, a write is tried again while another program uses the file.
RETRIES, RETRY_MS = 8, 500


class Session(QObject):
    """One project at a time, with its current statement and passage (ids, empty when there is none)."""

    #: Another project is open, or none: read ``project``.
    opened = Signal()
    #: A step was committed (``Changes``): for what is to be seen before anything else.
    written = Signal(object)
    #: A step was committed (``Changes``); what is current stands in it.
    changed = Signal(object)
    #: The shown statement or the project is about to be left: what is being typed belongs to it.
    leaving = Signal()
    #: Another statement is shown (its id, or empty).
    shown = Signal(str)
    #: Another passage is current (its annotation id, or empty).
    picked = Signal(str)
    #: Something expected went wrong: the ``AnnotatorError``.
    failed = Signal(object)
    #: One sentence for the status bar.
    said = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.statement = ""
        self.passage = ""
        self._failed_order: Callable[[], Changes] | None = None
        #: Orders that wait for another program, to be tried again in a moment.
        self._waiting: list[Callable[[], Changes]] = []

    # -- orders ---------------------------------------------------------------------

    def use(self, project: Project | None) -> None:
        """Look at this project from now on; the one before is closed, after a last try at what waits to be written."""
        self.leaving.emit()
        unwritten = sum(self._still_waits(order) for order in tuple(self._waiting))
        self._waiting.clear()
        self._failed_order = None
        before, self.project = self.project, project
        self.statement = self.passage = ""
        self.opened.emit()
        self.shown.emit("")
        if before is not None:
            before.close()
        if unwritten:
            what = "The last change was" if unwritten == 1 else f"The last {unwritten} changes were"
            self.failed.emit(AnnotatorError(f"{what} not written: another program used the file until it was closed."))

    def show(self, statement: str) -> None:
        """Look at this statement; the coder has opened it from now on."""
        if self.project is None or statement == self.statement:
            return
        self.leaving.emit()
        if statement and not self.project.has_statement(statement):
            statement = ""
        self.statement, self.passage = statement, ""
        self.shown.emit(statement)
        self.picked.emit("")

    def pick(self, passage: str) -> None:
        """Make this passage of the shown statement the current one, or none."""
        if passage != self.passage:
            self.passage = passage
            self.picked.emit(passage)

    def do(self, order: Callable[..., Changes], *arguments: Any, **named: Any) -> Changes | None:
        """Carry out one intention of the project and tell what changed; None when it failed, which is told too.

        While another program uses the file the order is repeated for some seconds, so a mark is not lost.
        """
        return self._attempt(lambda: order(*arguments, **named), RETRIES)

    def can_retry(self, error: AnnotatorError) -> bool:
        """Whether the order that this error ended may succeed when it is repeated."""
        return isinstance(error, Busy | DiskFull) and self._failed_order is not None

    def retry(self) -> None:
        """Repeat the order that failed last because the file was busy or the disk full."""
        order, self._failed_order = self._failed_order, None
        if order is not None and self.project is not None:
            self._attempt(order, RETRIES)

    def tell(self, changes: Changes) -> None:
        """Tell all views what a step changed that was made elsewhere, such as an import on a worker thread."""
        if not changes:
            return
        self.written.emit(changes)
        project = self.project
        if project is not None:
            touched = self.passage and (changes.many or ("annotation", self.passage) in changes.touched)
            if self.statement and changes.concerns(self.statement) and not project.has_statement(self.statement):
                self.show("")
            elif touched and not project.has_annotation(self.passage):
                self.pick("")
        self.changed.emit(changes)

    def _attempt(self, order: Callable[[], Changes], left: int) -> Changes | None:
        try:
            changes = order()
        except Busy as error:
            if left > 0:
                self.said.emit("Another program uses the file; trying again…")
                self._waiting.append(order)
                QTimer.singleShot(RETRY_MS, self, lambda: self._again(order, left - 1))
            else:
                self._failed_order = order
                self.failed.emit(error)
            return None
        except DiskFull as error:
            self._failed_order = order
            self.failed.emit(error)
            return None
        except NotFound as error:
            self.failed.emit(self._behind(error))
            return None
        except AnnotatorError as error:
            self.failed.emit(error)
            return None
        self.tell(changes)
        return changes

    def _behind(self, error: NotFound) -> AnnotatorError:
        """What is on show and cannot be found was in another file, if that was replaced."""
        try:
            if self.project is not None:
                self.project.require_same_file()
        except AnnotatorError as trouble:
            return trouble
        return error

    def _again(self, order: Callable[[], Changes], left: int) -> None:
        """Try what waited, unless its project was left meanwhile."""
        if order in self._waiting:
            self._waiting.remove(order)
            self._attempt(order, left)

    def _still_waits(self, order: Callable[[], Changes]) -> bool:
        """Try what waited for the last time; whether it still cannot be written."""
        self._failed_order = None
        self._attempt(order, 0)
        return self._failed_order is order
