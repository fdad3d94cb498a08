"""Which statements a query finds, and in which order: by reads that are each short, first results first.

A query without words goes through the statements by windows of ids. With words, the full-text indexes give what they
find in the order of their numbers, which is the order of import unless statements came back or came from elsewhere;
where it is not, the whole order follows anew. Any other order than that of import begins with its first finds, and
then follows as a whole.
"""

from __future__ import annotations

import heapq
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, compress, groupby
from typing import Any

from annotator.core.edtf import readable
from annotator.core.model import DONE, OPEN, UNREAD
from annotator.core.text import fold
from annotator.core.values import dataclass
from annotator.store.claims import Condition
from annotator.store.driver import Row
from annotator.store.filters import Compiled, Narrow, Needle, status_condition

#: Orders of the list of statements; ``issuer``, ``date`` and ``progress`` can stand in groups.
IMPORTED, DATE, ISSUER, PROGRESS, MARKS = ORDERS = ("imported", "date", "issuer", "progress", "marks")
GROUPED = frozenset((DATE, ISSUER, PROGRESS))

#: The numbers of the first part, and of the parts after it at most.
FIRST, MOST = 200, 4000
#: A read that takes longer is followed by one of less, a much shorter one by one of more.
AIM_MS = 8.0
#: Statements that one read goes through at least and at most.
NARROWEST, WIDEST = 200, 50_000
#: Values a query at most: well under SQLite's limit for variables.
CHUNK = 2000

UNDATED = "Undated"
NO_ISSUER = "Unknown issuer"
_STATUS_LABELS = {UNREAD: "Unread", OPEN: "Open", DONE: "Done"}
#: More than any id.
_END = "\U0010ffff"

#: What the table ``text_of`` says, for a file of the first schema that is open for reading only.
OLD_TEXT_OF = (
    "(SELECT o.number AS statement, c.number AS content FROM statement o JOIN content c ON c.sha256 = o.text_sha256)"
)

Read = Callable[[str, Sequence[Any]], list[Row]]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An order of the list; ``grouped`` puts headings into those of ``GROUPED``."""

    by: str = IMPORTED
    descending: bool = False
    grouped: bool = False


_AS_IMPORTED = Arrangement()


@dataclass(frozen=True, slots=True)
class Part:
    """Some more statements of an order, as local numbers.

    ``heads`` are headings, each with the place in ``numbers`` that it stands before. ``anew`` tells that the order
    begins here, whatever came before; ``whole`` that it does so because what came before was only its first finds.
    """

    numbers: array[int]
    heads: tuple[tuple[int, str], ...] = ()
    anew: bool = False
    whole: bool = False


class Listing:
    """One question for statements: a compiled query and an arrangement."""

    def __init__(
        self,
        read: Read,
        query: Compiled,
        coder: str,
        arrangement: Arrangement = _AS_IMPORTED,
        most: int = MOST,
        text_of: str = "text_of",
    ) -> None:
        self._read = read
        self._query = query
        self._coder = coder
        self._arrangement = arrangement
        self._most = most
        self._text_of = text_of
        self._found = bytearray()

    # -- what is asked for ---------------------------------------------------------------

    def parts(self) -> Iterator[Part]:
        """The order by parts, the first one soon."""
        by_import = self._arrangement.by == IMPORTED
        if not self._query:
            yield from self._arranged(self._base())
            return
        if by_import and not self._query.needles and self._query.few is None:
            yield from _plainly(self._windows(self._query.rest, self._query.narrow, self._arrangement.descending))
            return
        begun, last, ordered = False, "", not self._arrangement.descending
        for page in self._finds():
            ordered = ordered and (not last or page[0][1] > last)
            last = page[-1][1]
            if not begun or (by_import and ordered):
                numbers = (number for number, _ in page)
                yield Part(array("q", numbers if by_import else self._sorted(list(numbers))), anew=not begun)
                begun = True
        if begun and not (by_import and ordered):
            yield from self._arranged(self._only_found(self._base()), whole=True)

    def numbers(self) -> Iterator[array[int]]:
        """The numbers in the order of the statements' ids, and in no other, by pages."""
        pages = self._windows(self._query.rest, self._query.narrow)
        if self._query.needles or self._query.few is not None:
            for _ in self._finds():
                pass
            pages = (array("q", self._kept(page)) for page in self._windows(Condition(), None))
        held: array[int] = array("q")
        for page in pages:
            held.extend(page)
            while len(held) >= self._most:
                yield held[: self._most]
                held = held[self._most :]
        if held:
            yield held

    def soon(self) -> Iterator[Sequence[int]]:
        """The numbers, each once, in the order in which they are found soonest, by pages."""
        if not self._query.needles and self._query.few is None:
            return self._windows(self._query.rest, self._query.narrow)
        return ([number for number, _ in page] for page in self._finds())

    # -- finding -----------------------------------------------------------------------------

    def _among(self, passages: Sequence[str]) -> Iterator[list[int]]:
        """The statements of these passages by pages, the first one short; what the query asks has still to be asked."""
        start, wanted = 0, FIRST
        while start < len(passages):
            chunk = passages[start : start + wanted]
            rows = self._read(
                "SELECT DISTINCT s.number FROM annotation a JOIN statement s ON s.id = a.statement"
                f" WHERE a.id IN ({_marks(chunk)}) ORDER BY s.number",
                chunk,
            )
            yield [row[0] for row in rows]
            start, wanted = start + wanted, CHUNK

    def _windows(self, rest: Condition, narrow: Narrow | None, descending: bool = False) -> Iterator[array[int]]:
        """Numbers of statements that fulfil the conditions, by id; each read goes through a window of them."""
        pace = _Pace(FIRST if not narrow else NARROWEST * 10)
        place, down = (_END, "DESC") if descending else ("", "")
        while True:
            step = "<" if descending else ">"
            edge = self._read(
                f"SELECT id FROM statement WHERE id {step} ? ORDER BY id {down} LIMIT 1 OFFSET ?",
                (place, pace.rows - 1),
            )
            end = edge[0]["id"] if edge else ("" if descending else _END)
            low, high = (end, place) if descending else (place, end)
            # Both windows have one open end; an id at the place itself was in the window before.
            bounds = "s.id >= ? AND s.id < ?" if descending else "s.id > ? AND s.id <= ?"
            candidates = f"AND s.id IN ({narrow.sql})" if narrow else ""
            values = (low, high, *(narrow.values(low, high) if narrow else ()), *rest.values)
            with pace:
                rows = self._read(
                    f"SELECT s.number FROM statement s WHERE {bounds} {candidates} AND {rest.sql} ORDER BY s.id {down}",
                    values,
                )
            yield array("q", [row[0] for row in rows])
            if not edge:
                return
            place = end

    def _finds(self) -> Iterator[list[tuple[int, str]]]:
        """What the query finds, as pages of (number, id); every one of them once, and noted as found."""
        needles = [needle for needle in self._query.needles if not needle.negated]
        if self._query.few is not None:
            pages: Iterator[Sequence[int]] = (self._having(page, needles) for page in self._among(self._query.few))
        elif not needles:
            pages = self._windows(self._query.rest, self._query.narrow)
        else:
            pages = self._by_words(needles)
        for numbers in pages:
            if fresh := self._checked([n for n in numbers if not self._has(n)]):
                for number, _ in fresh:
                    self._note(number)
                yield fresh

    def _by_words(self, needles: list[Needle]) -> Iterator[list[int]]:
        words = [needle for needle in needles if needle.text]
        fields = [needle for needle in needles if not needle.text]
        if words and fields and not self._rarer(words, fields):
            words, later = [], words
        else:
            later = fields
        if not words:
            streams = [self._stated(_all_of(n.facts for n in fields))]
        else:
            streams = [self._written(_all_of(n.text for n in words)), self._stated(_all_of(n.facts for n in words))]
        for page in _paged(heapq.merge(*streams)):
            yield self._having(page, later)
        if len(words) > 1:
            # One word may stand in the text and another in the title.
            seen: set[int] = set()
            for needle in words:
                seen.update(number for number in self._stated(needle.facts) if not self._has(number))
            for page in _paged(iter(sorted(seen))):
                yield self._having(page, [*words, *later])

    def _rarer(self, words: list[Needle], fields: list[Needle]) -> bool:
        """Whether texts with these words are no more than statements with these fields, as far as a look tells."""
        counts = [
            self._read(f"SELECT count(*) FROM (SELECT 1 FROM {index} WHERE {index} MATCH ? LIMIT 2000)", (expression,))
            for index, expression in (
                ("content_search", _all_of(n.text for n in words)),
                ("statement_search", _all_of(n.facts for n in fields)),
            )
        ]
        return int(counts[0][0][0]) <= int(counts[1][0][0])

    def _written(self, expression: str) -> Iterator[int]:
        """Statements whose texts match, in the order of the texts' numbers."""
        pace, last = _Pace(FIRST, MOST), 0
        while True:
            with pace:
                rows = self._read(
                    "SELECT f.rowid, s.number FROM (SELECT rowid FROM content_search WHERE content_search MATCH ?"
                    f" AND rowid > ? ORDER BY rowid LIMIT ?) f LEFT JOIN {self._text_of} t ON t.content = f.rowid"
                    " LEFT JOIN statement s ON s.number = t.statement",
                    (expression, last, pace.rows),
                )
            if not rows:
                return
            last = max(row[0] for row in rows)
            yield from sorted(row[1] for row in rows if row[1] is not None)

    def _stated(self, expression: str) -> Iterator[int]:
        """Statements whose title, issuer or outlet match, by number."""
        pace, last = _Pace(FIRST, MOST), 0
        while True:
            with pace:
                rows = self._read(
                    "SELECT rowid FROM statement_search WHERE statement_search MATCH ? AND rowid > ?"
                    " ORDER BY rowid LIMIT ?",
                    (expression, last, pace.rows),
                )
            if not rows:
                return
            last = rows[-1][0]
            yield from (row[0] for row in rows)

    def _having(self, numbers: list[int], needles: Iterable[Needle]) -> list[int]:
        """Those of these statements that match every needle."""
        for needle in needles:
            if not numbers:
                break
            matching = self._matching(numbers, needle)
            numbers = [n for n in numbers if n in matching]
        return numbers

    def _matching(self, numbers: list[int], needle: Needle) -> set[int]:
        matching = set(self._within("statement_search", needle.facts, min(numbers), max(numbers)))
        if needle.text and any(n not in matching for n in numbers):
            texts = {
                row["content"]: row["statement"]
                for row in self._read(
                    f"SELECT content, statement FROM {self._text_of} WHERE statement IN ({_marks(numbers)})", numbers
                )
            }
            if texts:
                written = self._within("content_search", needle.text, min(texts), max(texts))
                matching.update(texts[content] for content in written if content in texts)
        return matching

    def _within(self, index: str, expression: str, low: int, high: int) -> Iterator[int]:
        pace = _Pace(MOST, MOST)
        while True:
            rows = self._read(
                f"SELECT rowid FROM {index} WHERE {index} MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?",
                (expression, low, high, pace.rows),
            )
            yield from (row[0] for row in rows)
            if len(rows) < pace.rows:
                return
            low = rows[-1][0] + 1

    def _checked(self, numbers: list[int]) -> list[tuple[int, str]]:
        """Those that are there and fulfil the rest of the query, with their ids and by them."""
        found: list[tuple[int, str]] = []
        excluded = [needle for needle in self._query.needles if needle.negated]
        for start in range(0, len(numbers), CHUNK):
            chunk = numbers[start : start + CHUNK]
            for needle in excluded:
                matching = self._matching(chunk, needle) if chunk else set()
                chunk = [n for n in chunk if n not in matching]
            each = self._query.each
            rows = self._read(
                f"SELECT s.number, s.id FROM statement s WHERE s.number IN ({_marks(chunk)}) AND {each.sql}",
                (*chunk, *each.values),
            )
            found.extend((row[0], row[1]) for row in rows)
        found.sort(key=lambda pair: pair[1])
        return found

    def _note(self, number: int) -> None:
        if number >= len(self._found):
            self._found.extend(bytes(max(number + 1, 2 * len(self._found), 4096) - len(self._found)))
        self._found[number] = 1

    def _has(self, number: int) -> bool:
        return number < len(self._found) and bool(self._found[number])

    # -- ordering ----------------------------------------------------------------------------

    def _sorted(self, numbers: list[int]) -> list[int]:
        """The first finds, in the order that is asked for as far as one read tells."""
        down = "DESC" if self._arrangement.descending else ""
        key = {
            DATE: f"s.date_from = '', s.date_from {down}, s.id {down}",
            ISSUER: f"s.issuer = '', fold(s.issuer) {down}, s.id",
        }.get(self._arrangement.by)
        if key is None:
            return numbers
        rows = self._read(
            f"SELECT s.number FROM statement s WHERE s.number IN ({_marks(numbers)}) ORDER BY {key}", numbers
        )
        return [row[0] for row in rows]

    def _base(self) -> Iterator[tuple[str, array[int]]]:
        """All statements in order: chunks, each of one group, with its heading."""
        by, descending = self._arrangement.by, self._arrangement.descending
        if by == DATE:
            return self._by_date(descending)
        if by == ISSUER:
            return self._by_issuer(descending)
        if by == PROGRESS:
            statuses = (DONE, OPEN, UNREAD) if descending else (UNREAD, OPEN, DONE)
            return chain.from_iterable(map(self._of_status, statuses))
        if by == MARKS:
            return self._by_marks(descending)
        return (("", page) for page in self._windows(Condition(), None, descending))

    def _only_found(self, base: Iterator[tuple[str, array[int]]]) -> Iterator[tuple[str, array[int]]]:
        for head, chunk in base:
            for start in range(0, len(chunk), MOST):
                yield head, array("q", self._kept(chunk[start : start + MOST]))

    def _kept(self, numbers: Sequence[int]) -> Iterator[int]:
        if numbers and max(numbers) >= len(self._found):
            return (n for n in numbers if self._has(n))
        return compress(numbers, map(self._found.__getitem__, numbers))

    def _by_date(self, descending: bool) -> Iterator[tuple[str, array[int]]]:
        """By the first day that the date can mean; who knows but the year stands before its January."""
        step, down = ("<", "DESC") if descending else (">", "")
        place = ("9999-99", "", "") if descending else ("", _END, _END)
        pace, year = _Pace(FIRST, MOST), ""
        while True:
            with pace:
                rows = self._read(
                    "SELECT s.number, s.date_from, s.date_to, s.id FROM statement s"
                    f" WHERE (s.date_from, s.date_to, s.id) {step} (?, ?, ?) AND s.date_from > ''"
                    f" ORDER BY s.date_from {down}, s.date_to {down}, s.id {down} LIMIT ?",
                    (*place, pace.rows),
                )
            if not rows:
                break
            place = (rows[-1][1], rows[-1][2], rows[-1][3])
            for of_year, part in groupby(rows, lambda row: row[1][:4]):
                if of_year != year:
                    yield from self._of_year(year if descending else of_year)
                    year = of_year
                for month, those in groupby((r for r in part if not _whole_year(r)), lambda row: row[1][:7]):
                    yield readable(month), array("q", [row[0] for row in those])
        if descending:
            yield from self._of_year(year)
        for page in self._keyed("s.date_from = '' AND s.date_to = ''", ()):
            yield UNDATED, page

    def _of_year(self, year: str) -> Iterator[tuple[str, array[int]]]:
        if year:
            day = (f"{year}-01-01", f"{year}-12-31")
            for page in self._keyed("s.date_from = ? AND s.date_to = ?", day):
                yield f"{year}, month unknown", page

    def _by_issuer(self, descending: bool) -> Iterator[tuple[str, array[int]]]:
        """By the issuer's folded name; statements without one come last."""
        names = sorted(
            filter(None, distinct(self._read, "issuer")), key=lambda name: (fold(name), name), reverse=descending
        )
        pace = _Pace(1, 200)
        while names:
            few, names = names[: pace.rows], names[pace.rows :]
            with pace:
                if len(few) == 1:
                    pages = {few[0]: self._keyed("s.issuer = ?", few)}
                else:
                    pages = {name: iter(()) for name in few}
                    rows = self._read(
                        f"SELECT s.issuer, s.number FROM statement s WHERE s.issuer IN ({_marks(few)})"
                        " ORDER BY s.issuer, s.id LIMIT ?",
                        (*few, 3 * MOST),
                    )
                    if len(rows) == 3 * MOST:
                        pages = {name: self._keyed("s.issuer = ?", (name,)) for name in few}
                    else:
                        for name, those in groupby(rows, lambda row: row[0]):
                            pages[name] = iter([array("q", [row[1] for row in those])])
            for name in few:
                for page in pages[name]:
                    yield " ".join(name.split()), page
        for page in self._keyed("s.issuer = ''", ()):
            yield NO_ISSUER, page

    def _of_status(self, status: str) -> Iterator[tuple[str, array[int]]]:
        narrow, rest = status_condition(status, self._coder)
        for page in self._windows(rest, narrow):
            yield _STATUS_LABELS[status], page

    def _by_marks(self, descending: bool) -> Iterator[tuple[str, array[int]]]:
        """By how many passages are tagged; suggestions and what was rejected do not count."""
        counted: dict[int, array[int]] = {}
        place, pace = "", _Pace(FIRST, WIDEST)
        while True:
            edge = self._read(
                "SELECT statement FROM annotation WHERE statement > ? ORDER BY statement LIMIT 1 OFFSET ?",
                (place, pace.rows - 1),
            )
            end = edge[0][0] if edge else _END
            with pace:
                rows = self._read(
                    "SELECT s.number, count(*) FROM annotation a JOIN statement s ON s.id = a.statement"
                    " WHERE a.statement > ? AND a.statement <= ? AND a.status NOT IN ('suggested', 'rejected')"
                    " GROUP BY a.statement ORDER BY a.statement",
                    (place, end),
                )
            for number, count in rows:
                counted.setdefault(count, array("q")).append(number)
            if not edge:
                break
            place = end
        marked = {number for numbers in counted.values() for number in numbers}
        bare = (array("q", [n for n in page if n not in marked]) for page in self._windows(Condition(), None))
        piles = (counted[count] for count in sorted(counted, reverse=descending))
        for pile in chain(piles, bare) if descending else chain(bare, piles):
            yield "", pile

    def _keyed(self, condition: str, values: Sequence[Any]) -> Iterator[array[int]]:
        """Statements of one value of an index, by id."""
        pace, last = _Pace(MOST, MOST), ""
        while True:
            rows = self._read(
                f"SELECT s.number, s.id FROM statement s WHERE {condition} AND s.id > ? ORDER BY s.id LIMIT ?",
                (*values, last, pace.rows),
            )
            if rows:
                last = rows[-1][1]
                yield array("q", [row[0] for row in rows])
            if len(rows) < pace.rows:
                return

    def _arranged(self, base: Iterator[tuple[str, array[int]]], whole: bool = False) -> Iterator[Part]:
        """Chunks as parts of some size, with headings where they are wanted."""
        grouped = self._arrangement.grouped and self._arrangement.by in GROUPED
        numbers: array[int] = array("q")
        heads: list[tuple[int, str]] = []
        head, begun, wanted = None, False, FIRST
        for label, chunk in base:
            if not chunk:
                continue
            if grouped and label != head:
                head = label
                heads.append((len(numbers), label))
            numbers.extend(chunk)
            if len(numbers) >= wanted:
                yield Part(numbers, tuple(heads), anew=not begun, whole=whole)
                numbers, heads, begun, wanted = array("q"), [], True, MOST
        if numbers:
            yield Part(numbers, tuple(heads), anew=not begun, whole=whole)


def distinct(read: Read, column: str) -> Iterator[str]:
    """Every value of an indexed column of ``statement``, once, in the index's order."""
    last, first = "", True
    while True:
        rows = read(
            "WITH RECURSIVE each(name, n) AS ("
            f" SELECT (SELECT min({column}) FROM statement WHERE {column} {'>=' if first else '>'} ?1), 1"
            f" UNION ALL SELECT (SELECT min({column}) FROM statement WHERE {column} > name), n + 1 FROM each"
            " WHERE name IS NOT NULL AND n < 500) SELECT name FROM each WHERE name IS NOT NULL",
            (last,),
        )
        if not rows:
            return
        yield from (row[0] for row in rows)
        last, first = rows[-1][0], False


def years(read: Read) -> Iterator[str]:
    """The years in which a statement's date can begin, the latest first."""
    day = "9999-99"
    while rows := read("SELECT max(date_from) FROM statement WHERE date_from < ? AND date_from > ''", (day,)):
        if rows[0][0] is None:
            return
        yield rows[0][0][:4]
        day = rows[0][0][:4]


class _Pace:
    """How many rows the next read takes, so that none takes long."""

    def __init__(self, rows: int, most: int = WIDEST) -> None:
        self.rows = rows
        self._most = most

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *exception: object) -> None:
        took = (time.perf_counter() - self._began) * 1000
        if took > AIM_MS:
            self.rows = max(1, int(self.rows * max(0.25, AIM_MS / took)))
        elif took < AIM_MS / 2:
            self.rows = min(self._most, self.rows * 2)


def _plainly(pages: Iterable[array[int]]) -> Iterator[Part]:
    """Pages as parts; those that hold nothing are left out."""
    begun = False
    for page in pages:
        if page:
            yield Part(page, anew=not begun)
            begun = True


def _paged(numbers: Iterator[int]) -> Iterator[list[int]]:
    """Numbers by pages, each once where equal ones follow each other; the first page is short."""
    page: list[int] = []
    wanted, last = FIRST, None
    for number in numbers:
        if number != last:
            page.append(number)
            last = number
            if len(page) >= wanted:
                yield page
                page, wanted = [], CHUNK
    if page:
        yield page


def _all_of(expressions: Iterable[str]) -> str:
    return " AND ".join(f"({expression})" for expression in expressions)


def _whole_year(row: Row) -> bool:
    return bool(row[1][4:] == "-01-01" and row[2] == f"{row[1][:4]}-12-31")


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


__all__ = ["DATE", "GROUPED", "IMPORTED", "ISSUER", "MARKS", "ORDERS", "PROGRESS", "Arrangement", "Listing", "Part"]
