"""How far a statement was read, without a clock: so many of its sentences passed.

A sentence is passed once the place of reading has gone beyond its last word. That place is the caret or the end of
the selection, or the first words in view where the page was scrolled further; at the end of a page that scrolls, it
is the end of the text. It only ever goes on, and is kept for the coder with the reading position; it is no step.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.core.sentences import unit_ends
from annotator.gui.reader import Reader

#: Nothing is said of longer texts, in code points: who reads one from end to end does not count its sentences.
LONGEST = 16_000_000
#: Sentences are counted once a statement has been on show for this long, for this long at a time, with this pause
#: (all in ms): a text of 10 MB takes some seconds beside the reading, and no key waits for it.
_BEGIN, _SLICE, _PAUSE = 300, 2.0, 8
#: How long after the caret or the page moved the place is looked at, in ms: scrolling must not pay for it.
_SETTLE = 120


class ReadingProgress(QObject):
    """Counts the sentences of the statement on show, by pieces, and how many of them were passed."""

    #: What to say changed (``words``).
    changed = Signal()

    def __init__(self, reader: Reader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._ends: array[int] = array("I")
        self._counting: Iterator[list[int]] | None = None
        self._first = self._furthest = 0
        self._words = ""
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._count)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settled.timeout.connect(self.look)
        reader.selectionChanged.connect(self._moved)
        reader.cursorPositionChanged.connect(self._moved)
        reader.verticalScrollBar().valueChanged.connect(self._moved)

    @property
    def words(self) -> str:
        """``18 of 24 sentences passed``; empty while they are being counted, and where they never are."""
        return self._words

    @property
    def furthest(self) -> int:
        """The furthest place of reading so far, in code points."""
        return self._furthest

    def begin(self, language: str, furthest: int = 0) -> None:
        """The reader shows another statement, at its beginning, that was read as far as this before."""
        text = self._reader.text
        self.end()
        self._first = self._reader.caret()
        self._furthest = max(self._first, min(furthest, len(text)))
        if text and len(text) <= LONGEST:
            self._counting = unit_ends(text, language or "en")
            self._next.start(_BEGIN)

    def end(self) -> None:
        """The reader shows no statement."""
        self._next.stop()
        self._settled.stop()
        self._counting = None
        self._ends = array("I")
        self._first = self._furthest = 0
        self._say()

    def look(self) -> None:
        """Take note of where the coder reads now."""
        self._settled.stop()
        reader = self._reader
        if reader.statement_id is None:
            return
        span, bar = reader.span(), reader.verticalScrollBar()
        place = max(reader.caret(), span.end if span else 0, reader.position_state().top)
        if bar.maximum() > bar.minimum() and bar.value() == bar.maximum():
            place = len(reader.text)
        if place > self._furthest:
            self._furthest = place
            self._say()

    def _moved(self) -> None:
        if not self._settled.isActive():
            self._settled.start()

    def _count(self) -> None:
        """Count for a moment, then let the window work."""
        begun = perf_counter()
        for ends in self._counting or ():
            self._ends.extend(ends)
            if (perf_counter() - begun) * 1000 > _SLICE:
                self._next.start(_PAUSE)
                return
        self._counting = None
        self._say()

    def _say(self) -> None:
        before = self._words
        skipped = bisect_right(self._ends, self._first)
        total = len(self._ends) - skipped
        if self._counting is not None or total <= 0:
            self._words = ""
        else:
            passed = bisect_right(self._ends, self._furthest) - skipped
            self._words = f"{passed:,} of {total:,} sentence{'s' * (total != 1)} passed"
        if self._words != before:
            self.changed.emit()
