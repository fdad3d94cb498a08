"""Dates as people write them, read as EDTF: ``20 Jan 2022``, ``early 2022``, ``last Tuesday``.

Words that lean on the day of the statement (``yesterday``) or that say less than a span of days (``early 2022``) are
kept beside what they were read as, and the reading counts as inferred. What a date can mean in two ways is asked, not
guessed. How each kind of words is read is told in ``docs/decisions/0066-dates-as-people-write-them.md``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from annotator.core.edtf import bounds, check_edtf, readable
from annotator.core.errors import AnnotatorError
from annotator.core.numerals import ascii_digits, number
from annotator.core.values import dataclass

DATE_WANTED = "Write the date as 2022-01-20, 20 Jan 2022, 2022-01, Jan 2022, 2022, or 2022~ for about 2022."
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = {name: n for n, full in enumerate(_MONTHS, 1) for name in (full, full[:3])} | {"sept": 9}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = {name: n for n, full in enumerate(_DAYS) for name in (full, full[:3])} | {
    "tues": 1, "weds": 2, "thur": 3, "thurs": 3,
}  # fmt: skip
_SEASON = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_INFERRED = re.compile(r"\s*\((inferred|in text)\)$")

_M = rf"(?P<month>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.?"
_W = rf"(?P<weekday>{'|'.join(sorted(_DAY, key=len, reverse=True))})\.?"
_D = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_Y = r"(?P<year>\d{4})"
_S = rf"(?P<season>{'|'.join(_SEASON)})"
_PERIOD = rf"(?P<unit>week|weekend|month|year|{'|'.join(_SEASON)}|{'|'.join(sorted(_MONTH, key=len, reverse=True))})"
_WHICH = r"(?P<which>last|past|previous|this|current|next|coming)"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was read as: EDTF, its basis, and the words themselves where the date does not stand in them."""

    edtf: str
    basis: str = "in_text"
    words: str = ""

    @property
    def told(self) -> str:
        """The reading for the person who typed: ``Tue 18 Jan 2022 (from “last Tuesday”)``."""
        return f"{spoken(self.edtf)} (from “{self.words}”)" if self.words else spoken(self.edtf)


def spoken(edtf: str) -> str:
    """An EDTF date as people write it, a day with its weekday: ``Tue 18 Jan 2022``."""
    try:
        first, last = bounds(edtf)
    except ValueError:
        return edtf
    if re.fullmatch(r"\d{4}-\d\d-\d\d[~?%]?", edtf) and first == last and first > "0001":
        day = f"{_DAYS[date.fromisoformat(first).weekday()][:3].capitalize()} {readable(edtf[:10])}"
        return f"about {day}" if edtf[-1] in "~%" else f"{day}?" if edtf[-1] == "?" else day
    return readable(edtf)


def read_date(text: str, said: str = "") -> Reading:
    """What this date means; ``said`` is the EDTF date of the statement, on which words like ``yesterday`` lean.

    Raises ``AnnotatorError`` with the sentence that its field shows: which part of it there is not, between which
    readings to choose, or how to write a date.
    """
    text = " ".join(ascii_digits(text).replace("’", "'").split())
    given = _INFERRED.search(text)
    text = _INFERRED.sub("", text)
    reading = _read(text, said)
    return replace(reading, basis="inferred" if given[1] == "inferred" else "in_text") if given else reading


def edtf_of(text: str) -> str:
    """A date as a person types it, as EDTF; any other text as it is, for who checks it to complain of."""
    try:
        return read_date(text).edtf if text.strip() else ""
    except AnnotatorError:
        return text.strip()


def _read(text: str, said: str) -> Reading:
    if not text or len(text) > 120:
        raise AnnotatorError(DATE_WANTED)
    if any(c.isdigit() for c in text[:1]) or text[:2] in ("..", "-") or text[-1:] in "~?%":
        try:
            return Reading(check_edtf(text, "date"))
        except AnnotatorError:
            if wrong := _wrong_part(text):
                raise AnnotatorError(wrong) from None
    for words in (text.casefold(), _bare(text.casefold())):
        for form, meaning in _forms():
            if match := form.fullmatch(words):
                try:
                    reading = meaning(_Words(match, said))
                except OverflowError:
                    raise AnnotatorError(f"“{text}” leads out of the years 1 to 9999.") from None
                check_edtf(reading.edtf, "date")
                return replace(reading, words=text) if reading.words else reading
    raise AnnotatorError(DATE_WANTED)


_LEAD = re.compile(r"(?:on|in|by|at|the|during|of|since the|from the)\s+")
_DAYTIME = re.compile(r"(?:\s+(?:in the|at))?\s+(?:early\s+)?(?:morning|noon|afternoon|evening|night|midnight)$")


def _bare(words: str) -> str:
    """Without what says nothing of the day: ``on Tuesday morning`` is ``tuesday``."""
    words = words.rstrip(".,;")
    before = ""
    while words != before:
        before = words
        words = _LEAD.sub("", words, count=1) if _LEAD.match(words) else words
    return _DAYTIME.sub("", words)


def _wrong_part(edtf: str) -> str:
    match = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", edtf)
    if match is None:
        return ""
    year, month, day = (int(part or 0) for part in match.groups())
    return _no_such_day(year, month, day or 1)


def _no_such_day(year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return f"There is no month {month}."
    if not 1 <= day <= _length(year, month):
        return f"There is no {day} {_MONTHS[month - 1].capitalize()} {year}."
    return ""


def _length(year: int, month: int) -> int:
    """Days of a month, also in the year 0, which Python's calendar has not."""
    return monthrange(year or 2000, month)[1]


class _Words:
    """The parts of a text that a form has found, and the day that it leans on."""

    def __init__(self, match: re.Match[str], said: str) -> None:
        self._match, self._said = match, said

    def __getitem__(self, part: str) -> str:
        return self._match[part] or ""

    def has(self, part: str) -> bool:
        return part in self._match.re.groupindex and self._match[part] is not None

    @property
    def text(self) -> str:
        return self._match.string

    def reading(self, part: str) -> Reading:
        """What a part of the text means, read for itself."""
        return _read(self[part], self._said)

    def day(self) -> date:
        """The day of the statement; raises where it has none."""
        first, last = self._bounds("day")
        if first != last:
            raise AnnotatorError(
                f"“{self.text}” needs the day of the statement, which is only dated {readable(self._said)}."
            )
        return first

    def month(self) -> date:
        """The first day of the statement's month; raises where it is not dated so exactly."""
        first, last = self._bounds("month")
        if (first.year, first.month) != (last.year, last.month):
            raise AnnotatorError(
                f"“{self.text}” needs the month of the statement, which is only dated {readable(self._said)}."
            )
        return first.replace(day=1)

    def year(self) -> int:
        first, last = self._bounds("year")
        if first.year != last.year:
            raise AnnotatorError(
                f"“{self.text}” needs the year of the statement, which is only dated {readable(self._said)}."
            )
        return first.year

    def last_day(self) -> date:
        """The last day that the statement can be from."""
        return self._bounds("day")[1]

    def _bounds(self, wanted: str) -> tuple[date, date]:
        try:
            first, last = bounds(self._said)
            return date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            raise AnnotatorError(
                f"“{self.text}” needs the {wanted} of the statement, which has no date; write the date itself, or date"
                " the statement first."
            ) from None


def _inferred(edtf: str) -> Reading:
    return Reading(edtf, "inferred", "…")


def _days(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


# -- dates that stand in the words ------------------------------------------------------------


def _checked(year: int, month: int, day: int) -> str:
    if wrong := _no_such_day(year, month, day):
        raise AnnotatorError(wrong)
    return f"{year:04d}-{month:02d}-{day:02d}"


def _named_day(words: _Words) -> Reading:
    edtf = _checked(int(words["year"]), _MONTH[words["month"]], int(words["day"]))
    if words.has("weekday"):
        _check_weekday(edtf, words["weekday"])
    return Reading(edtf)


def _check_weekday(edtf: str, name: str) -> None:
    there = date.fromisoformat(edtf).weekday() if edtf > "0001" else _DAY[name]
    if there != _DAY[name]:
        raise AnnotatorError(
            f"{readable(edtf)} is a {_DAYS[there].capitalize()}, not a {_DAYS[_DAY[name]].capitalize()}."
        )


def _named_month(words: _Words) -> Reading:
    return Reading(f"{words['year']}-{_MONTH[words['month']]:02d}")


def _numeric(words: _Words) -> Reading:
    """Day first or month first, where only one of them can be; otherwise both are offered."""
    one, two, year = int(words["one"]), int(words["two"]), int(words["year"])
    if one > 12 or one == two:
        return Reading(_checked(year, two, one))
    if two > 12:
        return Reading(_checked(year, one, two))
    day_first, month_first = f"{year:04d}-{two:02d}-{one:02d}", f"{year:04d}-{one:02d}-{two:02d}"
    raise AnnotatorError(
        f"{words.text} can be {readable(day_first)} or {readable(month_first)}: write {day_first} or {month_first}."
    )


def _year_first(words: _Words) -> Reading:
    return Reading(_checked(int(words["year"]), int(words["one"]), int(words["two"])))


def _year(words: _Words) -> Reading:
    return Reading(words["rest"])


def _season(words: _Words) -> Reading:
    return Reading(f"{words['year']}-{_SEASON[words['season']]}")


def _decade(words: _Words) -> Reading:
    return Reading(f"{words['decade']}X")


def _quarter(words: _Words) -> Reading:
    order = ("first", "second", "third", "fourth").index(words["quarter"]) if words["quarter"] else int(words["q"]) - 1
    return Reading(f"{words['year']}-{3 * order + 1:02d}/{words['year']}-{3 * order + 3:02d}")


def _vague(words: _Words) -> Reading:
    inner = words.reading("rest")
    if not re.fullmatch(r"[\dX-]+", inner.edtf):
        raise AnnotatorError(DATE_WANTED)
    sign = "?" if words.has("doubt") else "~"
    return replace(inner, edtf=inner.edtf + sign)


def _part(words: _Words) -> Reading:
    """Early, mid and late: a third of a year each, ten days of a month, three or four years of a decade."""
    inner = words.reading("rest")
    which = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}[words["part"]]
    if re.fullmatch(r"\d{4}-(0\d|1[0-2])", inner.edtf):
        year, month = (int(part) for part in inner.edtf.split("-"))
        first, last = ((1, 10), (11, 20), (21, _length(year, month)))[which]
        return _inferred(f"{inner.edtf}-{first:02d}/{inner.edtf}-{last:02d}")
    if re.fullmatch(r"\d{4}", inner.edtf):
        first, last = ((1, 4), (5, 8), (9, 12))[which]
        return _inferred(f"{inner.edtf}-{first:02d}/{inner.edtf}-{last:02d}")
    if re.fullmatch(r"\d{3}X", inner.edtf):
        first, last = ((0, 3), (4, 6), (7, 9))[which]
        return _inferred(f"{inner.edtf[:3]}{first}/{inner.edtf[:3]}{last}")
    raise AnnotatorError(DATE_WANTED)


def _days_of_month(words: _Words) -> Reading:
    year, month = int(words["year"]), _MONTH[words["month"]]
    return _between(
        Reading(_checked(year, month, int(words["one"]))), Reading(_checked(year, month, int(words["two"])))
    )


def _range(words: _Words) -> Reading:
    """From one date to another; the first takes month and year from the second where it has none."""
    last = words.reading("two")
    first: Reading | None = None
    tail = re.search(r"\d{4}$", words["two"])
    if tail and not re.search(r"\d{4}", words["one"]):
        try:
            first = _read(f"{words['one']} {tail[0]}", "")
        except AnnotatorError:
            first = None
    return _between(first or words.reading("one"), last)


def _between(first: Reading, last: Reading) -> Reading:
    if "/" in first.edtf + last.edtf:
        raise AnnotatorError(DATE_WANTED)
    if bounds(first.edtf)[0] > bounds(last.edtf)[0]:
        raise AnnotatorError(f"It ends before it begins: {readable(first.edtf)} is after {readable(last.edtf)}.")
    edtf = first.edtf if first.edtf == last.edtf else f"{first.edtf}/{last.edtf}"
    return _inferred(edtf) if "inferred" in (first.basis, last.basis) else Reading(edtf)


def _open(words: _Words) -> Reading:
    inner = words.reading("rest")
    if "/" in inner.edtf:
        raise AnnotatorError(DATE_WANTED)
    edtf = f"{inner.edtf}/.." if words["open"] == "since" else f"../{inner.edtf}"
    return replace(inner, edtf=edtf)


# -- dates that lean on the statement's ---------------------------------------------------------


def _near_day(words: _Words) -> Reading:
    shift = {"the day before yesterday": -2, "the day after tomorrow": 2, "yesterday": -1, "last night": -1,
             "tomorrow": 1, "day before yesterday": -2, "day after tomorrow": 2}.get(words["near"], 0)  # fmt: skip
    return _inferred((words.day() + timedelta(shift)).isoformat())


def _ago(words: _Words) -> Reading:
    """So many days ago is a day; of weeks, months and years only about that."""
    count = 2 if words["count"] in ("a couple of", "a couple") else 1 if words["count"] in ("a", "an") else None
    count = number(words["count"]) if count is None else count
    if count is None or count > 10_000:
        raise AnnotatorError(DATE_WANTED)
    count = -count if words["way"] in ("ago", "earlier") else count
    unit = words["unit"].rstrip("s")
    if unit == "day":
        return _inferred((words.day() + timedelta(count)).isoformat())
    if unit == "week":
        return _inferred(f"{(words.day() + timedelta(weeks=count)).isoformat()}~")
    if unit == "month":
        return _inferred(f"{_month_shifted(words.month(), count)}~")
    return _inferred(f"{_year_of(words.year() + count)}~")


def _year_of(year: int) -> str:
    if not 1 <= year <= 9999:
        raise OverflowError(year)
    return f"{year:04d}"


def _month_shifted(month: date, by: int) -> str:
    count = month.year * 12 + month.month - 1 + by
    return f"{_year_of(count // 12)}-{count % 12 + 1:02d}"


def _weekday(words: _Words) -> Reading:
    """``last`` and ``next`` leave the day of the statement out, a bare weekday is the latest one up to it."""
    day, wanted = words.day(), _DAY[words["weekday"]]
    which = _sense(words["which"]) if words.has("which") else ""
    if which == "next":
        found = day + timedelta((wanted - day.weekday() - 1) % 7 + 1)
    elif which == "this":
        found = day + timedelta(wanted - day.weekday())
    elif which == "last":
        found = day - timedelta((day.weekday() - wanted - 1) % 7 + 1)
    else:
        found = day - timedelta((day.weekday() - wanted) % 7)
    return _inferred(found.isoformat())


def _sense(which: str) -> str:
    return {"past": "last", "previous": "last", "current": "this", "coming": "next"}.get(which, which)


def _weekday_of_week(words: _Words) -> Reading:
    day = words.day()
    monday = (
        day - timedelta(day.weekday()) + timedelta(weeks={"last": -1, "this": 0, "next": 1}[_sense(words["which"])])
    )
    return _inferred((monday + timedelta(_DAY[words["weekday"]])).isoformat())


def _period(words: _Words) -> Reading:
    """The week, weekend, month or year, or the season or month of that name, before, at or after the statement."""
    unit, shift = words["unit"], {"last": -1, "this": 0, "next": 1}[_sense(words["which"])]
    if unit in ("week", "weekend"):
        day = words.day()
        monday = day - timedelta(day.weekday()) + timedelta(weeks=shift)
        return _inferred(_days(monday + timedelta(5 if unit == "weekend" else 0), monday + timedelta(6)))
    if unit == "year":
        return _inferred(_year_of(words.year() + shift))
    if unit == "month":
        return _inferred(_month_shifted(words.month(), shift))
    if unit in _SEASON:
        if shift:
            raise AnnotatorError(f"“{words.text}” can be of two years: write the season with its year.")
        return _inferred(f"{words.year()}-{_SEASON[unit]}")
    month, wanted = words.month(), _MONTH[unit]
    year = month.year - (wanted >= month.month) if shift < 0 else month.year + (shift > 0 and wanted <= month.month)
    return _inferred(f"{_year_of(year)}-{wanted:02d}")


def _yearless_day(words: _Words) -> Reading:
    """The latest such day up to the statement."""
    words.month()
    month, day, limit = _MONTH[words["month"]], int(words["day"]), words.last_day()
    if not 1 <= day <= _length(2000, month):
        raise AnnotatorError(f"There is no {day} {_MONTHS[month - 1].capitalize()}.")
    for year in range(limit.year, max(limit.year - 9, 0), -1):
        if day <= _length(year, month) and (found := date(year, month, day)) <= limit:
            if words.has("weekday"):
                _check_weekday(found.isoformat(), words["weekday"])
            return _inferred(found.isoformat())
    raise AnnotatorError(DATE_WANTED)


def _yearless_month(words: _Words) -> Reading:
    """The latest such month up to the statement's."""
    limit, wanted = words.month(), _MONTH[words["month"]]
    return _inferred(f"{_year_of(limit.year - (wanted > limit.month))}-{wanted:02d}")


_Meaning = Callable[[_Words], Reading]


@cache
def _forms() -> tuple[tuple[re.Pattern[str], _Meaning], ...]:
    """What a text can look like, in the order in which it is tried, and what it then means."""
    # Made when the first date is typed: a start of the window needs none of it.
    of, comma = r"(?:\s+of)?", r",?\s*"
    weekday = rf"(?:{_W}{comma}(?:the\s+)?)?"
    forms: tuple[tuple[str, _Meaning], ...] = (
        (r"(?P<rest>\d{4})", _year),
        (rf"{weekday}{_D}{of}[\s-]*{_M}[\s,-]*{_Y}", _named_day),
        (rf"{weekday}{_M}\s*{_D}{comma}{_Y}", _named_day),
        (rf"{_M}{of}[\s,-]*{_Y}", _named_month),
        (rf"(?P<one>\d{{1,2}})\s*[./-]\s*(?P<two>\d{{1,2}})\s*[./-]\s*{_Y}", _numeric),
        (rf"{_Y}\s*[./]\s*(?P<one>\d{{1,2}})\s*[./]\s*(?P<two>\d{{1,2}})", _year_first),
        (rf"{_S}{of}{comma}{_Y}", _season),
        (r"(?P<decade>\d{3})0'?s", _decade),
        (rf"(?:(?P<quarter>first|second|third|fourth) quarter|q(?P<q>[1-4])){of}\s+{_Y}", _quarter),
        (rf"(?P<one>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:-|–|to|and|until)\s*(?P<two>\d{{1,2}})(?:st|nd|rd|th)?{of}\s+{_M}"
         rf"{comma}{_Y}", _days_of_month),
        (r"(?:(?:about|around|circa|approximately|roughly)\s|c(?:a)?\.\s?|~\s?)\s*(?P<rest>.+)", _vague),
        (r"(?P<doubt>probably|perhaps|possibly|maybe)\s+(?P<rest>.+)", _vague),
        (r"(?:the\s+)?(?P<part>early|mid|late|beginning|start|middle|end)(?:\s+of)?[\s-]+(?:in\s+)?(?:the\s+)?"
         r"(?P<rest>.+)", _part),
        (r"(?P<near>(?:the )?day before yesterday|(?:the )?day after tomorrow|yesterday|today|tomorrow|last night"
         r"|tonight|this (?:morning|afternoon|evening))", _near_day),
        (r"(?P<count>[\w -]+?)\s+(?P<unit>days?|weeks?|months?|years?)\s+(?P<way>ago|from now)", _ago),
        (r"(?P<way>in)\s+(?P<count>[\w -]+?)\s+(?P<unit>days?|weeks?|months?|years?)", _ago),
        (rf"{_W},?(?:\s+of)?\s+{_WHICH} week", _weekday_of_week),
        (rf"{_WHICH} week's {_W}", _weekday_of_week),
        (rf"(?:{_WHICH}\s+)?{_W}", _weekday),
        (rf"{_WHICH} {_PERIOD}", _period),
        (rf"{weekday}{_D}{of}\s*{_M}", _yearless_day),
        (rf"{weekday}{_M}\s*{_D}", _yearless_day),
        (rf"{_M}", _yearless_month),
        (r"between\s+(?P<one>.+?)\s+and\s+(?P<two>.+)", _range),
        (r"(?:from\s+)?(?P<one>.+?)\s*(?:\s(?:to|until|till|through)\s|–|—|\s-\s)\s*(?P<two>.+)", _range),
        (r"(?P<open>since|until|till|up to)\s+(?P<rest>.+)", _open),
    )  # fmt: skip
    return tuple((re.compile(pattern), meaning) for pattern, meaning in forms)
