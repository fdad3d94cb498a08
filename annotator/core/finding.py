"""Finding words in one text, whatever their case and marks."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from annotator.core.text import Span, fold, folded_positions


class Finder:
    """Finds in one text; it is folded when it is first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: tuple[str, array[int]] | None = None

    def _folded(self) -> tuple[str, array[int]]:
        if self._known is None:
            self._known = folded_positions(self._text)
        return self._known

    def next(self, words: str, at: int) -> Span | None:
        """The first place at or after a code point, or else the first of all."""
        wanted = fold(words)
        if not wanted:
            return None
        folded, positions = self._folded()
        found = folded.find(wanted, bisect_right(positions, at - 1))
        return self._span(folded.find(wanted) if found < 0 else found, len(wanted))

    def previous(self, words: str, before: int) -> Span | None:
        """The last place that ends at or before a code point, or else the last of all."""
        wanted = fold(words)
        if not wanted:
            return None
        folded, positions = self._folded()
        found = folded.rfind(wanted, 0, bisect_right(positions, before - 1))
        return self._span(folded.rfind(wanted) if found < 0 else found, len(wanted))

    def _span(self, at: int, length: int) -> Span | None:
        _, positions = self._folded()
        return Span(positions[at], positions[at + length - 1] + 1) if at >= 0 else None

    def all(self, words: str) -> list[Span]:
        """Every place in text order, without overlaps."""
        wanted = fold(words).split()
        if not wanted:
            return []
        folded, positions = self._folded()
        # A line break or a no-break space between two words is a blank to who looks for them.
        pattern = re.compile(r"\s+".join(map(re.escape, wanted)))
        return [Span(positions[m.start()], positions[m.end() - 1] + 1) for m in pattern.finditer(folded)]
