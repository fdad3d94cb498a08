"""Whole numbers as English writes them, in digits or words."""

from __future__ import annotations

import re
import unicodedata

_UNITS = {
    name: n
    for n, name in enumerate((
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ))
}  # fmt: skip
_DECADES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {name: 10 * n for n, name in enumerate(_DECADES, 2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_GROUPS = {"dozen": 12, "score": 20}
#: ``1200``, ``1,200``, ``1 200`` and ``1’200``; a point groups too, as in 1.200, but only whole thousands.
_DIGITS = re.compile(r"\d+|\d{1,3}(?:[,.'’ \u00a0\u202f]\d{3})+")


def ascii_digits(text: str) -> str:
    """The text with the decimal digits of all scripts as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def number(text: str) -> int | None:
    """The whole number that this text is, and nothing else; None when it is none.

    >>> number("two hundred and five"), number("1,200"), number("a dozen")
    (205, 1200, 12)
    """
    text = ascii_digits(text).strip().casefold()
    if _DIGITS.fullmatch(text):
        return int(re.sub(r"\D", "", text))
    if not text[-1:].isalnum():
        return None
    words = text.replace("-", " ").replace(",", " ").split()
    if words[:2] == ["half", "a"] and len(words) == 3:
        whole = _GROUPS.get(words[2]) or _SCALES.get(words[2])
        return whole // 2 if whole else None
    return _spelled(words)


def _spelled(words: list[str]) -> int | None:
    """What these words count: a group of hundreds for each scale, as in ``two thousand and five``."""
    total = group = 0
    seen = False
    #: The scale that was named last: they go down, so that "two three" and "thousand million" are no numbers.
    least = 10**12
    room = 1_000
    for place, word in enumerate(words):
        if word == "and" and seen and place + 1 < len(words):
            continue
        if word in ("a", "an") and place == 0 and len(words) > 1:
            group, room = 1, 1
        elif word.isdecimal() and room == 1_000:
            group, room = int(word), 1
        elif word in _UNITS and room > (9 if _UNITS[word] < 10 else 19):
            group, room = group + _UNITS[word], 1
        elif word in _TENS and room >= 100:
            group, room = group + _TENS[word], 10
        elif word == "hundred" and seen and 0 < group < 100:
            group, room = group * 100, 100
        elif word in _GROUPS and len(words) <= 2 and seen:
            return group * _GROUPS[word]
        elif word in _SCALES and seen and group and _SCALES[word] < least:
            total, least, group, room = total + group * _SCALES[word], _SCALES[word], 0, 1_000
        else:
            return None
        seen = True
    return total + group if seen else None
