"""Finding words and expressions in one text, piece by piece, so that whoever asks can breathe, stop or ask anew.

Unless something else is wanted, letters are folded as search folds them. Matching lets go of Python's lock, so that a
thread that searches a hundred megabytes holds no other thread up.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any, overload
from unicodedata import category

from annotator.core.errors import AnnotatorError
from annotator.core.text import Span, fold
from annotator.core.values import dataclass

if TYPE_CHECKING:
    import regex

#: After so many seconds an expression is given up on one text.
PATIENCE = 2.0
#: Code points that are folded in one go: less than a millisecond of work.
PIECE = 8192
#: Code points after which words are looked for in what was folded; words that are looked for are shorter by far.
STRETCH, OVERLAP = 524_288, 4096
#: Longer expressions are not tried.
LONGEST_EXPRESSION = 2000


class TooLong(AnnotatorError):
    """An expression takes too long on a text; what was found until then has been given."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words, or a regular expression.

    ``exact`` tells apart upper and lower case, marks and variants of letters; ``whole`` finds no part of a word.
    """

    words: str
    expression: bool = False
    exact: bool = False
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.words if self.expression else self.words.strip())


class Places(Sequence[Span]):
    """Spans in text order without overlaps, 16 bytes each; grows while a search goes on."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Sequence[Span] = ()) -> None:
        self._starts, self._ends = array("q"), array("q")
        self.extend(spans)

    def extend(self, spans: Sequence[Span]) -> None:
        """Add places that come after all others."""
        self._starts.extend(span.start for span in spans)
        self._ends.extend(span.end for span in spans)

    def from_start(self, point: int) -> int:
        """The number of the first place that begins at this code point or after it; the count when there is none."""
        return bisect_left(self._starts, point)

    def between(self, start: int, end: int) -> range:
        """The numbers of the places that share a code point with this stretch."""
        return range(bisect_right(self._ends, start), bisect_left(self._starts, end))

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, at: int) -> Span: ...
    @overload
    def __getitem__(self, at: slice) -> list[Span]: ...
    def __getitem__(self, at: int | slice) -> Span | list[Span]:
        if isinstance(at, slice):
            return [Span(*edges) for edges in zip(self._starts[at], self._ends[at], strict=True)]
        return Span(self._starts[at], self._ends[at])


# -- folding a whole text ----------------------------------------------------------------------


class Searched:
    """A text that is searched, with its folded form, which is made once when it is first needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded: Folded | None = None

    def folded(self) -> Folded:
        """The folded form as far as it is known: complete, or one that whoever asks completes."""
        return self._folded or Folded(self.text)

    def keep(self, folded: Folded) -> None:
        """Keep a complete folded form for the next search."""
        self._folded = folded


@lru_cache(maxsize=20_000)
def _letter(character: str) -> str:
    return fold(character)


class Folded:
    """A folded text and the way back: where folding kept one character for one, positions are only shifted.

    It is made while its ``stretches`` are gone through, by one thread; then any may read it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        #: How much of the text is folded, in code points, and how long the folded form of that is.
        self._done = self._length = 0
        self._stretches: list[str] = []
        #: From this folded position on (up to the next one) characters come from this position of the text on.
        self._at, self._from = array("q"), array("q")
        self._table: dict[int, str] = {}
        self._odd: re.Pattern[str] | None = None

    def stretches(self) -> Iterator[str | None]:
        """The folded text in stretches; None now and then while it is being made, to breathe."""
        yield from self._stretches
        parts: list[str] = []
        while self._done < len(self._text):
            parts.append(self._fold(self._done, self._text[self._done : self._done + PIECE]))
            self._done = min(self._done + PIECE, len(self._text))
            yield None
            if len(parts) * PIECE >= STRETCH or self._done == len(self._text):
                self._stretches.append("".join(parts))
                parts.clear()
                yield self._stretches[-1]

    @property
    def text(self) -> str:
        """The folded text as a whole, completed at once if need be."""
        for _ in self.stretches():
            pass
        if len(self._stretches) != 1:
            self._stretches = ["".join(self._stretches)]
        return self._stretches[0]

    def span(self, start: int, end: int) -> Span:
        """The span of the text that this stretch of the folded text came from, with the marks after it."""
        text, last = self._text, self._source(end - 1) + 1
        while last < len(text) and not text[last].isascii() and not fold(text[last]):
            last += 1
        return Span(self._source(start), last)

    def _fold(self, begin: int, piece: str) -> str:
        """The folded form of the piece of the text that begins here, and the way back from it."""
        new = [c for c in set(piece) if ord(c) not in self._table]
        if new:
            self._table.update((ord(c), _letter(c)) for c in new)
            odd = "".join(re.escape(chr(c)) for c, folded in self._table.items() if len(folded) != 1)
            self._odd = re.compile(f"[{odd}]") if odd else None
        at = self._length - begin
        for match in self._odd.finditer(piece) if self._odd else ():
            position = begin + match.start()
            length = len(self._table[ord(match.group())])
            for n in range(length):
                self._at.append(position + at + n)
                self._from.append(position)
            at += length - 1
            self._at.append(position + 1 + at)
            self._from.append(position + 1)
        folded = piece.translate(self._table)
        self._length += len(folded)
        return folded

    def _source(self, position: int) -> int:
        """The position in the text that a folded character came from."""
        n = bisect_right(self._at, position) - 1
        return position if n < 0 else self._from[n] + position - self._at[n]


# -- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """How something wanted is looked for: a pattern, and whether it is matched with the folded text."""

    pattern: regex.Pattern[str]
    folded: bool
    expression: bool


def plan(wanted: Wanted) -> Plan:
    """How this is looked for; raises ``AnnotatorError`` with the place of the mistake in an expression.

    In an expression ``^`` and ``$`` stand for the beginning and end of a line.
    """
    import regex

    if not wanted.expression:
        words = (wanted.words if wanted.exact else fold(wanted.words)).split()
        # A line break or a no-break space between two words is a blank to who looks for them.
        source = r"\s+".join(map(regex.escape, words))
        flags = regex.V0 if wanted.exact else regex.V0 | regex.IGNORECASE
        return Plan(regex.compile(_whole(source) if wanted.whole else source, flags), not wanted.exact, False)
    if len(wanted.words) > LONGEST_EXPRESSION:
        raise AnnotatorError(f"The expression is longer than {LONGEST_EXPRESSION:,} characters.")
    flags = regex.MULTILINE if wanted.exact else regex.MULTILINE | regex.IGNORECASE
    pattern = _compiled(wanted.words, flags)
    if wanted.whole:
        try:
            pattern = _compiled(_whole(wanted.words), flags)
        except AnnotatorError:
            raise AnnotatorError("This expression cannot be held to whole words.") from None
    if wanted.exact or wanted.words.isascii():
        return Plan(pattern, not wanted.exact, True)
    source = "".join(_folded_literal(c) for c in wanted.words)
    try:
        return Plan(_compiled(_whole(source) if wanted.whole else source, flags), True, True)
    except AnnotatorError:
        # Folding took the sense away, as from a class of nothing but marks: the text is then matched as it stands.
        return Plan(pattern, False, True)


def words_plan(phrases: Sequence[str]) -> Plan | None:
    """How words and phrases of a query are looked for: a word where it begins a word of the text, as that whole word.

    The last word of a phrase may go on. What has no letter or digit is looked for as it stands; None when there is
    nothing to look for.
    """
    import regex

    words: list[str] = []
    others: list[str] = []
    for phrase in phrases:
        parts = _LETTERS.findall(folded := fold(phrase))
        if len(parts) == 1:
            words.append(regex.escape(parts[0]))
        elif parts:
            others.append(r"(?<!\w)" + r"\W+".join(map(regex.escape, parts)))
        elif any(category(sign)[0] == "S" for sign in folded):
            others.append(regex.escape(folded.strip()))
    if words:
        others.append(rf"(?<!\w)(?:{'|'.join(words)})\w*")
    return Plan(regex.compile("|".join(others), regex.IGNORECASE), True, False) if others else None


_LETTERS = re.compile(r"\w+")


def _whole(source: str) -> str:
    return rf"(?<!\w)(?:{source})(?!\w)"


def _folded_literal(character: str) -> str:
    folded = character if character.isascii() else fold(character)
    return folded if len(folded) < 2 else f"(?:{folded})"


def _compiled(source: str, flags: int) -> regex.Pattern[str]:
    import regex

    try:
        return regex.compile(source, flags)
    except regex.error as error:
        what = str(error.msg).strip().rstrip(".")
        place = f" at character {error.pos + 1}" if isinstance(error.pos, int) else ""
        raise AnnotatorError(f"The expression cannot be read{place}: {what}.") from None
    except (RecursionError, MemoryError, OverflowError):
        raise AnnotatorError("The expression is nested too deeply.") from None
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise AnnotatorError(f"The expression cannot be read: {str(error).rstrip('.')}.") from None


# -- finding -----------------------------------------------------------------------------------


def find(
    searched: Searched,
    wanted: Wanted,
    patience: float = PATIENCE,
    clock: Callable[[], float] = monotonic,
) -> Iterator[Span | None]:
    """Every place in text order without overlaps, as spans in code points; None now and then, to breathe.

    Empty matches are left out. Raises ``AnnotatorError`` for an expression that cannot be read, before the first
    span, and ``TooLong`` when an expression has been tried for ``patience`` seconds, after those found until then.
    """
    if wanted:
        yield from places(searched, plan(wanted), patience, clock)


def places(
    searched: Searched, how: Plan, patience: float = PATIENCE, clock: Callable[[], float] = monotonic
) -> Iterator[Span | None]:
    """``find`` with a plan that was made before, for many texts."""
    if not how.folded or searched.text.isascii():
        # An ASCII text is its folded form: it is matched in any case.
        for start, end in _matches(how, searched.text, patience, clock):
            yield Span(start, end)
        return
    folded, last = searched.folded(), 0
    for found in _expression(how, folded, patience, clock) if how.expression else _words(how, folded):
        if found is None:
            yield None
            continue
        span = folded.span(*found)
        # A letter that folds to two may be matched by its halves.
        if span.start >= last:
            last = span.end
            yield span
    searched.keep(folded)


def _expression(
    how: Plan, folded: Folded, patience: float, clock: Callable[[], float]
) -> Iterator[tuple[int, int] | None]:
    """Places of an expression, which needs the whole folded text."""
    for _ in folded.stretches():
        yield None
    yield from _matches(how, folded.text, patience, clock)


def _words(how: Plan, folded: Folded) -> Iterator[tuple[int, int] | None]:
    """Places of words as the text is folded: none is longer than ``OVERLAP``, so each lies in a stretch or its seam."""
    window, offset, begin = "", 0, 0  # the stretch with what is left before it, where that starts, where to go on
    for stretch in folded.stretches():
        if stretch is None:
            yield None
            continue
        window += stretch
        safe = len(window) - OVERLAP
        for match in how.pattern.finditer(window, begin - offset, concurrent=True):
            start, end = match.span()
            if start >= safe or end == len(window):
                # It may go on in the next stretch.
                safe = min(start, safe)
                break
            if start < end:
                yield offset + start, offset + end
            begin = offset + end
        begin = max(begin, offset + safe)
        # One character more, so that it is seen whether a word begins.
        cut = max(0, begin - offset - 1)
        window, offset = window[cut:], offset + cut
    for match in how.pattern.finditer(window, begin - offset, concurrent=True):
        if match.start() < match.end():
            yield offset + match.start(), offset + match.end()


def _matches(how: Plan, text: str, patience: float, clock: Callable[[], float]) -> Iterator[tuple[int, int]]:
    deadline = clock() + patience
    begin = 0
    while True:
        options: dict[str, Any] = {"timeout": max(0.001, deadline - clock())} if how.expression else {}
        try:
            for match in how.pattern.finditer(text, begin, concurrent=True, **options):
                start, end = match.span()
                begin = end
                if start < end:
                    yield start, end
            return
        except TimeoutError:
            # It counts the time of all threads; ours may be left.
            if clock() >= deadline - 0.01:
                raise TooLong(f"This expression takes too long on this text; stopped after {patience:g} s.") from None
        except MemoryError:
            raise TooLong("This expression needs too much memory on this text; stopped.") from None
