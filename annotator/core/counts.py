"""Counts as texts give them, as a lowest and a highest number beside the words: ``at least 12``, ``dozens``.

The bounds are those that the words themselves set; the words are kept. How each kind is read is told in
``docs/decisions/0067-counts-as-people-write-them.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.numerals import ascii_digits, number

#: What a plural says at least: two of them.
_PLURALS = {
    "dozens": 24, "scores": 40, "tens": 20, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000,
    "several dozen": 24, "several hundred": 200, "several thousand": 2_000,
    "dozens or hundreds": 24, "hundreds or thousands": 200,
    "tens of thousands": 20_000, "hundreds of thousands": 200_000, "tens of millions": 20_000_000,
    "several": 2, "a few": 2, "some": 1,
}  # fmt: skip
_NONE = frozenset(("none", "no", "no one", "nobody", "nil"))
_EXPLICIT = re.compile(
    r"^(?P<words>.*?)\s*[(\[]\s*(?P<low>[\d ,.'’]*?)\s*(?P<dash>-|–)\s*(?P<high>[\d ,.'’]*?)\s*[)\]]$"
)
_N = r"(?P<{}>[\w ,.'’-]+?)"

Bounds = tuple[int | None, int | None]


def read_count(text: str) -> dict[str, Any]:
    """A count as a value: ``min`` and ``max`` as far as the words set them, and the ``text`` itself.

    Bounds can be given after the words: ``dozens (24–60)``. Raises ``AnnotatorError`` where they contradict themselves.
    """
    text = " ".join(text.split())
    if given := _EXPLICIT.match(ascii_digits(text)):
        low, high = (number(given[part]) if given[part] else None for part in ("low", "high"))
        words = text[: len(given["words"])].rstrip() or text
        if low is not None or high is not None:
            _check(low, high)
            return _value(words, low, high)
    low, high = _read(text)
    _check(low, high)
    return _value(text, low, high)


def _value(text: str, low: int | None, high: int | None) -> dict[str, Any]:
    bounds = {name: n for name, n in (("min", low), ("max", high)) if n is not None}
    return {**bounds, "text": text}


def _check(low: int | None, high: int | None) -> None:
    if low is not None and high is not None and low > high:
        raise AnnotatorError(f"The lowest number, {low}, is over the highest, {high}.")


def count_text(value: Mapping[str, Any]) -> str:
    """A count as it is typed: its words, with the bounds behind them where the words do not set these."""
    low, high, text = value.get("min"), value.get("max"), str(value.get("text") or "")
    if not text:
        if low is None or high is None:
            return f"at least {low}" if high is None else f"at most {high}"
        return str(low) if low == high else f"{low}–{high}"
    if (low is None and high is None) or _bounds_of(text) == (low, high):
        return text
    return f"{text} ({'' if low is None else low}–{'' if high is None else high})"


def bounds_text(value: Mapping[str, Any]) -> str:
    """The bounds of a count in words: ``12``, ``at least 12``, ``at most 30``, ``5 to 7``, or that there are none."""
    low, high = value.get("min"), value.get("max")
    if low is None:
        return "no number" if high is None else f"at most {high:,}"
    if high is None:
        return f"at least {low:,}"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _bounds_of(text: str) -> Bounds:
    try:
        value = read_count(text)
    except AnnotatorError:
        return None, None
    return value.get("min"), value.get("max")


def _read(text: str) -> Bounds:
    words = ascii_digits(text).casefold().strip(" .,;")
    if len(words) > 120:
        return None, None
    for tried in (words, _without_noun(words)):
        if tried in _NONE:
            return 0, 0
        if tried in _PLURALS:
            return _PLURALS[tried], None
        if tried in ("a couple", "a couple of", "both", "a pair"):
            return 2, 2
        if (exact := number(tried)) is not None:
            return exact, exact
        for pattern, kind in _forms():
            if (match := pattern.fullmatch(tried)) and (bounds := _bounds(kind, match)) is not None:
                return bounds
    return None, None


def _without_noun(words: str) -> str:
    """Without what is counted: ``at least 12 civilians`` is ``at least 12``; two numbers are left alone."""
    parts = words.split()
    for end in range(len(parts) - 1, 0, -1):
        head, tail = " ".join(parts[:end]), parts[end:]
        if any(c.isdigit() for part in tail for c in part) or any(number(part) is not None for part in tail):
            return words
        head = head.removesuffix(" of") if head.removesuffix(" of") in _PLURALS or end > 1 else head
        if head in _PLURALS or head in _NONE or number(head) is not None or head in ("a couple", "both"):
            return head
        if any((m := pattern.fullmatch(head)) and _bounds(kind, m) is not None for pattern, kind in _forms()):
            return head
    return words


def _bounds(kind: str, match: re.Match[str]) -> Bounds | None:
    low = _PLURALS.get(match["one"]) or number(match["one"])
    if low is None:
        return None
    if kind == "range":
        high = number(match["two"])
        return None if high is None else (low, high)
    bounds: dict[str, Bounds] = {
        "least": (low, None),
        "over": (low + 1, None),
        "most": (None, low),
        "under": (None, max(0, low - 1)),
        # "dozens" after "about" has no upper end, either.
        "about": (low, None if match["one"] in _PLURALS else low),
    }
    return bounds[kind]


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What the words around a number can be, and what they make of it."""
    one, two = _N.format("one"), _N.format("two")
    forms = (
        (rf"between {one} and {two}", "range"),
        (rf"(?:from )?{one} ?(?:–|—|-| to | or | up to ) ?{two}", "range"),
        (rf"(?:at least|no fewer than|no less than|not less than|a minimum of|minimum) {one}", "least"),
        (rf"{one} ?(?:\+|or more|and more)", "least"),
        (rf"(?:more than|over|above|upwards of|in excess of|>) ?{one}", "over"),
        (rf"(?:at most|up to|no more than|not more than|as many as|a maximum of|maximum|nearly|almost|close to) {one}",
         "most"),
        (rf"(?:fewer than|less than|under|below|<) ?{one}", "under"),
        (rf"(?:about|around|some|roughly|approximately|an estimated|circa|ca?\.|~) ?{one}", "about"),
    )  # fmt: skip
    return tuple((re.compile(pattern), kind) for pattern, kind in forms)
