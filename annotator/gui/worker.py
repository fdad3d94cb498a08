"""Threads beside the window: one that reads for the views, one that does long work.

Each has connections of its own; what they find comes back as signals to the window's thread. A newer
question of the same kind ends the older one; questions of different kinds take turns.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import field
from typing import Any

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import AnnotatorError, Cancelled, Interrupted
from annotator.core.values import dataclass
from annotator.gui.garbage import collect_here
from annotator.store.project import Project
from annotator.store.reads import Reads


@dataclass(eq=False, slots=True)
class _Question:
    kind: str
    read: Callable[[Reads], Iterable[Any]]
    on_page: Callable[[Any], None]
    on_done: Callable[[], None]
    on_error: Callable[[AnnotatorError], None]
    dropped: bool = False


class ReadingThread(QObject):
    """Answers questions by pages, on a reading connection of its own."""

    _answered = Signal(object, str, object)

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._reads = project.reader()
        self._questions: queue.Queue[_Question | None] = queue.Queue()
        self._latest: dict[str, _Question] = {}
        self._running: _Question | None = None
        # So that giving up one question never hits the next.
        self._turn = threading.Lock()
        self._answered.connect(self._deliver)
        collect_here()
        self._thread = threading.Thread(target=self._run, name="reading", daemon=True)
        self._thread.start()

    def ask(
        self,
        kind: str,
        read: Callable[[Reads], Iterable[Any]],
        on_page: Callable[[Any], None],
        on_done: Callable[[], None] = lambda: None,
        on_error: Callable[[AnnotatorError], None] = lambda error: None,
    ) -> None:
        """Ask; each value that ``read`` gives comes to ``on_page`` on the window's thread, then ``on_done``.

        A question of the same kind that is still open is dropped: nothing of it arrives any more.
        """
        self.drop(kind)
        question = _Question(kind, read, on_page, on_done, on_error)
        self._latest[kind] = question
        self._questions.put(question)

    def drop(self, kind: str) -> None:
        """Forget the open question of this kind."""
        before = self._latest.pop(kind, None)
        if before is not None:
            before.dropped = True
            with self._turn:
                if self._running is before:
                    self._reads.give_up()

    def close(self) -> None:
        """End the thread and its connection; nothing arrives any more."""
        for kind in tuple(self._latest):
            self.drop(kind)
        self._questions.put(None)
        self._thread.join()
        Project.close_reader(self._reads)
        # Its parent outlives it by far, and it holds the project.
        self.deleteLater()

    def _run(self) -> None:
        # Several questions take turns, page by page, so that a short one never waits for a long one.
        open_ones: deque[tuple[_Question, Iterator[Any]]] = deque()
        while True:
            try:
                question = self._questions.get(block=not open_ones)
            except queue.Empty:
                pass
            else:
                if question is None:
                    return
                open_ones.appendleft((question, self._begin(question)))
            question, pages = open_ones.popleft()
            if self._advance(question, pages):
                open_ones.append((question, pages))

    def _begin(self, question: _Question) -> Iterator[Any]:
        self._reads.forget()
        yield from question.read(self._reads)

    def _advance(self, question: _Question, pages: Iterator[Any]) -> bool:
        """Send a question's next page; whether there may be more."""
        with self._turn:
            if question.dropped:
                return False
            self._running = question
        try:
            page = next(pages)
        except StopIteration:
            self._answered.emit(question, "done", None)
        except Interrupted:
            pass
        except AnnotatorError as error:
            self._answered.emit(question, "error", error)
        except Exception as error:
            # A bug surfaces on the window's thread; this one goes on, or no pane would be answered any more.
            self._answered.emit(question, "bug", error)
        else:
            self._answered.emit(question, "page", page)
            return True
        finally:
            with self._turn:
                self._running = None
                self._reads.take_up()
        return False

    def _deliver(self, question: _Question, what: str, value: object) -> None:
        if isinstance(value, Exception) and what == "bug":
            raise value
        if question.dropped:
            return
        if what == "page":
            question.on_page(value)
            return
        if self._latest.get(question.kind) is question:
            del self._latest[question.kind]
        if what == "done":
            question.on_done()
        elif isinstance(value, AnnotatorError):
            question.on_error(value)


@dataclass(eq=False, slots=True)
class _Work:
    job: Generator[Any, None, Any]
    cancelled: threading.Event = field(default_factory=threading.Event)


class JobThread(QObject):
    """Does one piece of long work at a time; a job is a generator that yields its progress and returns its result."""

    #: The job's latest progress (``jobs.Progress``).
    progressed = Signal(object)
    #: The job's result.
    finished = Signal(object)
    #: The ``AnnotatorError`` that ended it; ``Cancelled`` when the user did.
    failed = Signal(object)

    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: _Work | None = None
        self._thread: threading.Thread | None = None
        self._ended.connect(self._end)
        collect_here()

    @property
    def busy(self) -> bool:
        """Whether a job runs, or its end has not been told yet."""
        return self._thread is not None

    def start(self, job: Generator[Any, None, Any]) -> None:
        """Begin this job; raises ``AnnotatorError`` while another one runs."""
        if self.busy:
            raise AnnotatorError("Other work is still going on; wait for it or cancel it.")
        self._work = _Work(job)
        self._thread = threading.Thread(target=self._run, args=(self._work,), name="job", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the job to end; it leaves nothing behind."""
        if self._work is not None:
            self._work.cancelled.set()

    def close(self) -> None:
        """Cancel and wait; nothing is told any more."""
        self.cancel()
        if self._thread is not None:
            self._thread.join()
            self._work = self._thread = None

    def _end(self, result: object, error: object) -> None:
        if self._thread is None:
            return
        self._thread.join()
        self._work = self._thread = None
        if isinstance(error, Exception) and not isinstance(error, AnnotatorError):
            self.failed.emit(AnnotatorError("This work ended before it was done, for a reason that nobody expected."))
            raise error
        if error is not None:
            self.failed.emit(error)
        else:
            self.finished.emit(result)

    def _run(self, work: _Work) -> None:
        steps = work.job
        try:
            while True:
                progress = next(steps)
                if work.cancelled.is_set():
                    steps.close()
                    self._ended.emit(None, Cancelled("Cancelled; nothing was changed."))
                    return
                self.progressed.emit(progress)
        except StopIteration as end:
            self._ended.emit(end.value, None)
        except Exception as error:
            # A bug surfaces on the window's thread, after this one is free again.
            self._ended.emit(None, error)
