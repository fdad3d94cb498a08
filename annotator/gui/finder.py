"""Finding in the shown statement beside the window's thread.

Two threads wait for questions, so that an expression that is still being tried does not hold up the next one.
Only what belongs to the newest question is told.
"""

from __future__ import annotations

import queue
import threading
from time import monotonic, thread_time

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import AnnotatorError, sentence
from annotator.core.finding import PATIENCE, Searched, TooLong, Wanted, find, places, plan
from annotator.core.text import Span
from annotator.core.values import dataclass

#: More places than this are not told; 16 bytes each.
MOST = 100_000
#: What was found is told in lots, as often as the window can show them.
_LOT_S = 0.03
_THREADS = 2
#: In texts of so many code points it is tried for so long to find everything at once.
_SHORT, _AT_ONCE_S = 500_000, 0.01


@dataclass(eq=False, slots=True)
class _Question:
    searched: Searched
    wanted: Wanted
    dropped: bool = False


class Finder(QObject):
    """Answers the newest question; the threads start with the first one."""

    #: More places of the newest question, in text order (a list of ``Span``).
    found = Signal(list)
    #: The newest question is answered: why it ended early, as a sentence, or nothing; whether there are more places.
    finished = Signal(str, bool)

    _answered = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._latest: _Question | None = None
        # So that no thread tells anything once ``close`` has returned.
        self._telling = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._answered.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """Whether the newest question is not answered yet."""
        return self._latest is not None

    def ask(self, searched: Searched, wanted: Wanted) -> None:
        """Find this; nothing that was asked before is told any more.

        What can be answered within some milliseconds is told before this returns, so that keys that are pressed right
        after the words mean what was found.
        """
        self.drop()
        if self._answer_at_once(searched, wanted):
            return
        if not self._threads:
            for _ in range(_THREADS):
                thread = threading.Thread(target=self._run, name="finding", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._latest = _Question(searched, wanted)
        self._questions.put(self._latest)

    def _answer_at_once(self, searched: Searched, wanted: Wanted) -> bool:
        if len(searched.text) > _SHORT:
            return False
        lot: list[Span] = []
        why = ""
        try:
            how = plan(wanted)
            # The time of this thread alone: on a busy machine the same texts are answered at once.
            end = thread_time() + _AT_ONCE_S
            for span in places(searched, how, _AT_ONCE_S, thread_time):
                if thread_time() > end or len(lot) == MOST:
                    return False
                if span is not None:
                    lot.append(span)
        except TooLong:
            return False
        except AnnotatorError as error:
            why = sentence(error)
        if lot:
            self.found.emit(lot)
        self.finished.emit(why, False)
        return True

    def drop(self) -> None:
        """Forget what was asked."""
        if self._latest is not None:
            with self._telling:
                self._latest.dropped = True
            self._latest = None

    def close(self) -> None:
        """End the threads; one that is inside an expression ends with it."""
        self.drop()
        for _ in self._threads:
            self._questions.put(None)
        self._threads.clear()

    def _run(self) -> None:
        while (question := self._questions.get()) is not None:
            if not question.dropped:
                self._answer(question)

    def _answer(self, question: _Question) -> None:
        lot: list[Span] = []
        count, more, told, why = 0, False, 0.0, ""
        try:
            for span in find(question.searched, question.wanted, PATIENCE):
                if question.dropped:
                    return
                if span is not None:
                    if count == MOST:
                        more = True
                        break
                    lot.append(span)
                    count += 1
                # The first place is shown at once.
                if lot and monotonic() - told > _LOT_S:
                    self._tell(question, lot, None)
                    lot, told = [], monotonic()
        except AnnotatorError as error:
            why = sentence(error)
        self._tell(question, lot, (why, more))

    def _tell(self, question: _Question, lot: list[Span], end: tuple[str, bool] | None) -> None:
        with self._telling:
            if not question.dropped:
                self._answered.emit(question, lot, end)

    def _deliver(self, question: _Question, lot: list[Span], end: tuple[str, bool] | None) -> None:
        if question.dropped:
            return
        if lot:
            self.found.emit(lot)
        if end is not None:
            self._latest = None
            self.finished.emit(*end)
