"""Spans, anchors, and the rules by which text is made canonical, folded for search and measured.

Every offset is a count of Unicode code points from 0; every span is half-open.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise

from annotator.core.errors import AnnotatorError
from annotator.core.values import dataclass

#: Code points of context that an anchor keeps on either side of its quote.
CONTEXT = 32


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, ``0 <= start < end``."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The words that this span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a code point; touching is not overlapping."""
        return self.start < other.end and other.start < self.end

    def union(self, other: Span) -> Span:
        return Span(min(self.start, other.start), max(self.end, other.end))

    def check(self, length: int) -> Span:
        """This span, if it lies in a text of ``length`` code points; raises ``AnnotatorError``."""
        if not 0 <= self.start < self.end <= length:
            raise AnnotatorError(
                f"the span {self.start}–{self.end} is not inside the text, which has {length} characters"
                if self.start != self.end
                else f"the span {self.start}–{self.end} is empty"
            )
        return self


@dataclass(frozen=True, slots=True)
class Anchor:
    """A span with its quote and up to 32 code points of context on either side."""

    span: Span
    quote: str
    prefix: str = ""
    suffix: str = ""

    @classmethod
    def at(cls, text: str, span: Span) -> Anchor:
        """The anchor of this span of the text; raises ``AnnotatorError`` outside of it."""
        span.check(len(text))
        return cls(
            span,
            span.of(text),
            text[max(0, span.start - CONTEXT) : span.start],
            text[span.end : span.end + CONTEXT],
        )

    def holds(self, text: str) -> bool:
        """Whether the text still has the quote at the span."""
        return self.span.of(text) == self.quote

    def find(self, text: str, floor: float = 0.25) -> Span | None:
        """Where this passage is now, in code points, or None if it is gone.

        The old position wins ties, so that repeated slogans stay put. Elsewhere the quote must be
        there to the letter, with at least ``floor`` of the kept context around it, unless it
        occurs only once and is long enough (20 code points) to be itself.
        """
        if self.holds(text):
            return self.span
        if not self.quote:
            return None
        best: tuple[float, int, int] | None = None
        found, position = 0, text.find(self.quote)
        while position >= 0:
            found += 1
            candidate = (self._context(text, position), -abs(position - self.span.start), -position)
            best = candidate if best is None or candidate > best else best
            position = text.find(self.quote, position + 1)
        if best is None or (best[0] < floor and not (found == 1 and len(self.quote) >= 20)):
            return None
        return Span(-best[2], -best[2] + len(self.quote))

    def _context(self, text: str, position: int) -> float:
        """The share of the kept context that stands around this position, 0 to 1."""
        before = text[max(0, position - len(self.prefix)) : position]
        after = text[position + len(self.quote) :][: len(self.suffix)]
        kept = len(self.prefix) + len(self.suffix)
        same = _common(before[::-1], self.prefix[::-1]) + _common(after, self.suffix)
        return same / kept if kept else 1.0


def _common(one: str, other: str) -> int:
    """How many leading characters the two share."""
    for n, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return n
    return min(len(one), len(other))


# -- canonical text -----------------------------------------------------------------

_UNUSUAL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff\ufdd0\ufdd1\ufffe\uffff\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\u2028\u2029\x85\f]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufdd0\ufdd1\ufffe\uffff\ud800-\udfff]")


def canonical(text: str) -> tuple[str, int]:
    """The text as it is stored, and how many characters were replaced by U+FFFD.

    One leading byte order mark goes, every kind of line break becomes a line feed, and what no
    text should hold (C0 controls but tab, U+007F, inner U+FEFF, noncharacters that Qt treats as
    breaks, lone surrogates) becomes U+FFFD. Nothing else: no NFC, no trimming.
    """
    if is_canonical(text):
        return text, 0
    text = text.removeprefix("\ufeff")
    if _BREAKS.search(text):
        text = _BREAKS.sub("\n", text)
    return _FORBIDDEN.subn("\ufffd", text) if _FORBIDDEN.search(text) else (text, 0)


def is_canonical(text: str) -> bool:
    """Whether ``canonical`` would leave the text as it is."""
    return _UNUSUAL.search(text) is None


def clean(words: str) -> str:
    """Words that a person typed, with what no text may hold replaced: ``canonical`` without the count."""
    return canonical(words)[0]


def digest(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return sha256(text.encode("utf-8")).hexdigest()


# -- search ---------------------------------------------------------------------------

#: Letters that readers take for the same, and signs that only shape a word.
_JOINED = str.maketrans(
    {
        "ı": "i",
        "ک": "ك",
        "ی": "ي",
        "ى": "ي",
        "ٱ": "ا",
        "ە": "ه",
        "ھ": "ه",
        "\u0640": None,
        "\u200c": None,
        "\u200d": None,
    }
)
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)


def fold(text: str) -> str:
    """The text as search sees it: lower case, no marks, joined letter variants.

    So محمد finds مُحَمَّد, and diyarbakir finds Diyarbakır. Positions do not correspond to the
    text's: ``finding.Folded`` maps them back.
    """
    if text.isascii():
        return text.lower()
    # Joined last: only NFKD turns ۀ and the presentation forms of PDF files into the letters that are joined.
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).casefold().translate(_JOINED)


# -- UTF-16 -----------------------------------------------------------------------------

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Utf16Map:
    """Converts between code points and the UTF-16 units in which Qt and UIMA count.

    Holds the sorted positions of characters beyond the BMP, so a lookup is one bisection.
    """

    __slots__ = ("_points", "_units")

    def __init__(self, text: str) -> None:
        self._points = array("q")
        if not text.isascii():
            # A slice of a wide string is stored as narrow as its own characters allow, so
            # most slices are searched at one or two bytes a character.
            for begin in range(0, len(text), 8192):
                piece = text[begin : begin + 8192]
                self._points.extend(begin + match.start() for match in _ASTRAL.finditer(piece))
        self._units = array("q", (point + i for i, point in enumerate(self._points)))

    def to_utf16(self, point: int) -> int:
        """The UTF-16 position of a code point position."""
        return point + bisect_left(self._points, point)

    def to_point(self, unit: int) -> int:
        """The code point position of a UTF-16 position; inside a surrogate pair, that of its character."""
        return unit - bisect_left(self._units, unit)


# -- overlap ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch over which the same spans hold; ``members`` are their places in the input."""

    start: int
    end: int
    members: tuple[int, ...]


def segments(spans: Sequence[Span]) -> list[Segment]:
    """The stretches into which overlapping spans cut the text, in text order, gaps left out."""
    edges = sorted({edge for span in spans for edge in (span.start, span.end)})
    starting: dict[int, list[int]] = {}
    ending: dict[int, list[int]] = {}
    for i, span in enumerate(spans):
        starting.setdefault(span.start, []).append(i)
        ending.setdefault(span.end, []).append(i)
    found: list[Segment] = []
    active: dict[int, None] = {}
    for start, end in pairwise(edges):
        for i in ending.get(start, ()):
            active.pop(i, None)
        active.update(dict.fromkeys(starting.get(start, ())))
        if active:
            found.append(Segment(start, end, tuple(sorted(active))))
    return found


# -- words --------------------------------------------------------------------------------

#: Marks that belong to the letter before them, and joiners: of the scripts in use, as ``\\w`` leaves marks out.
_OF_A_LETTER = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u08d3-\u08ff\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962\u0963\u0980-\u0983\u09bc-\u09d7\u0a01-\u0a51\u0a81-\u0a83\u0abc-\u0acd\u0b3c-\u0b57\u0bbe-\u0bd7\u0c3e-\u0c56"
    "\u0cbc-\u0cd6\u0d3e-\u0d57\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0\ufe00-\ufe0f"
    "\ufe20-\ufe2f"
)
_LETTER_RUN = f"(?:\\w[{_OF_A_LETTER}]*)+"
#: Letters and digits with what belongs to them; apostrophes, hyphens and their Hebrew kin inside.
_WORD = re.compile(f"{_LETTER_RUN}(?:['’ʼ\u05be\u05f3\u05f4\u2010\u2011-]{_LETTER_RUN})*")


def word_at(text: str, offset: int) -> Span | None:
    """The word that covers this offset or ends there, or None between words."""
    begin = max(0, offset - 200)
    for match in _WORD.finditer(text, begin, min(len(text), offset + 200)):
        if match.start() <= offset <= match.end():
            return Span(match.start(), match.end())
        if match.start() > offset:
            break
    return None


def next_word_end(text: str, offset: int) -> int:
    """Where the first word that ends after this offset ends; the text's end when there is none."""
    match = next((m for m in _WORD.finditer(text, max(0, offset - 200)) if m.end() > offset), None)
    return match.end() if match else len(text)


def previous_word_end(text: str, offset: int) -> int:
    """Where the last word that ends before this offset ends; 0 when there is none."""
    return _last(text, offset, lambda m: m.end(), 0)


def previous_word_start(text: str, offset: int) -> int:
    """Where the last word that begins before this offset begins; 0 when there is none."""
    return _last(text, offset, lambda m: m.start(), 0)


def next_word_start(text: str, offset: int) -> int:
    """Where the first word that begins after this offset begins; the text's end when there is none."""
    match = next((m for m in _WORD.finditer(text, max(0, offset - 200)) if m.start() > offset), None)
    return match.start() if match else len(text)


def _last(text: str, offset: int, edge, default: int) -> int:  # type: ignore[no-untyped-def]
    reach = 400
    while True:
        begin = max(0, offset - reach)
        found = [edge(m) for m in _WORD.finditer(text, begin, min(len(text), offset + 200)) if edge(m) < offset]
        if found or begin == 0:
            return found[-1] if found else default
        reach *= 8
