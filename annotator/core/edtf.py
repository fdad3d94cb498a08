"""Dates that may be vague: EDTF text (ISO 8601-2), checked and turned into day bounds."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from functools import lru_cache
from io import StringIO

from annotator.core.errors import AnnotatorError
from annotator.core.model import DateValue

_PLAIN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SEASONS = ("spring", "summer", "autumn", "winter")
_NAMES = {f"{n:02d}": name for first, names in ((1, _MONTHS), (21, _SEASONS)) for n, name in enumerate(names, first)}


@lru_cache(maxsize=4096)
def bounds(edtf: str) -> tuple[str, str]:
    """The first and last day that an EDTF text can mean, as ISO dates; raises ``ValueError``."""
    if edtf != edtf.strip() or len(edtf) > 200:
        raise ValueError(f"not EDTF: {edtf[:200]!r}")
    # Nearly every date is of this kind, and the grammar takes 5 ms for one.
    if plain := _calendar(edtf):
        return plain
    # Imported late: the grammar takes 50 ms to build, and a start of the window needs none of it.
    from edtf import parse_edtf
    from edtf.parser.edtf_exceptions import EDTFParseException

    try:
        with redirect_stdout(StringIO()):  # the library prints what it could not make
            value = parse_edtf(edtf)
            low, high = value.lower_strict(), value.upper_strict()
    except (EDTFParseException, ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"not EDTF: {edtf!r}") from error
    first, last = _iso(low, "0000-01-01"), _iso(high, "9999-12-31")
    if first > last:
        raise ValueError(f"ends before it begins: {edtf!r}")
    return first, last


def _calendar(edtf: str) -> tuple[str, str] | None:
    """The bounds of ``2022``, ``2022-01`` or ``2022-01-20``; None for all else, and for a day that no calendar has."""
    match = _PLAIN.fullmatch(edtf) if edtf.isascii() else None
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if not year or not 1 <= (month or 1) <= 12:
        return None
    first, last = month or 1, month or 12
    days = 29 if last == 2 and year % 4 == 0 and (year % 100 or year % 400 == 0) else _DAYS[last - 1]
    if day is not None and not 1 <= day <= days:
        return None
    return f"{year:04d}-{first:02d}-{day or 1:02d}", f"{year:04d}-{last:02d}-{day or days:02d}"


def _iso(day: object, default: str) -> str:
    year, month, date = tuple(day)[:3] if hasattr(day, "__getitem__") else (None,) * 3  # type: ignore[arg-type]
    if not isinstance(year, int) or not 0 <= year <= 9999:
        return default
    return f"{year:04d}-{month:02d}-{date:02d}"


def check_edtf(edtf: object, what: str) -> str:
    """This text, if it is EDTF; raises ``AnnotatorError`` naming ``what`` has it."""
    try:
        if isinstance(edtf, str) and bounds(edtf):
            _check_days(edtf)
            return edtf
    except ValueError:
        pass
    raise AnnotatorError(f"{what}: “{edtf}” is no date as EDTF writes it (2022, 2022-01, 2022-01-20, 2022~)")


def _check_days(edtf: str) -> None:
    from datetime import date

    for year, month, day in re.findall(r"(\d{4})-(\d\d)-(\d\d)", edtf):
        date(int(year), int(month), int(day))  # the library lets 2022-02-31 pass


def sort_key(date: DateValue | None) -> str:
    """The first day a date can mean, for ordering; empty when there is none."""
    if date is None:
        return ""
    try:
        return bounds(date.edtf)[0]
    except ValueError:
        return ""


def readable(edtf: str) -> str:
    """An EDTF date as people write it: ``25 Apr 2023``, ``Jan 2022``, ``about 2022``."""
    if "/" in edtf:
        low, high = edtf.split("/", 1)
        if low in ("", "..") or high in ("", ".."):
            return f"until {readable(high)}" if low in ("", "..") else f"since {readable(low)}"
        return f"{readable(low)} – {readable(high)}"
    match = _PLAIN.fullmatch(edtf.rstrip("~?%"))
    if not match:
        return f"{edtf[:3]}0s" if re.fullmatch(r"\d{3}X", edtf) else edtf
    year, month, day = match.groups()
    name = _NAMES.get(month, month)
    text = " ".join(part for part in (str(int(day)) if day else "", name or "", year) if part)
    return f"about {text}" if edtf[-1] in "~%" else f"{text}?" if edtf[-1] == "?" else text
