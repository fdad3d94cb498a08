"""The passages of all statements that a query finds, in an order: first finds first, by reads that are each short.

Orders by place, date and issuer follow the statements', and so stream. Any other order shows its first finds at once,
and is there as a whole when all have been found.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from annotator.core.codebook import Codebook
from annotator.core.edtf import readable
from annotator.core.model import Annotation, Attribute, DateValue
from annotator.core.text import fold
from annotator.core.values import dataclass
from annotator.store.driver import Row
from annotator.store.filters import Compiled
from annotator.store.listing import DATE, IMPORTED, ISSUER, Arrangement, Listing, Part, Read
from annotator.store.rows import annotation_of, date_of

#: Orders of the list of passages beside the codebook's attributes: by their place, in the order of import, …
PLACE, TAG, CODER, STATE, CREATED, CHANGED = "place", "tag", "coder", "state", "created", "changed"
ORDERS = (PLACE, DATE, ISSUER, TAG, CODER, STATE, CREATED, CHANGED)
#: Those that follow the statements' own order.
_STREAMED = {PLACE: IMPORTED, DATE: DATE, ISSUER: ISSUER}
#: Statements whose passages one read takes, and passages that a part of an order holds at most.
STATEMENTS, MOST = 200, 4000
NO_VALUE = "No value"
#: Statements first and then their passages: the planner would go through all passages of a tag for each page.
_OF_STATEMENTS = "statement s CROSS JOIN annotation a INDEXED BY annotation_place ON a.statement = s.id"
#: What sorts after all values.
_LAST = (1, "")


@dataclass(frozen=True, slots=True)
class PassageOrder:
    """An order of the list: one of ``ORDERS`` or an attribute's name; ``grouped`` puts headings into it."""

    by: str = PLACE
    descending: bool = False
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as a table shows it, with what it needs of its statement. ``number`` is local to the file."""

    number: int
    annotation: Annotation
    title: str
    issuer: str
    date: DateValue | None
    coder: str


class PassageListing:
    """One question for passages: a compiled query and an order."""

    def __init__(
        self,
        read: Read,
        query: Compiled,
        listing: Callable[[Arrangement], Listing],
        order: PassageOrder,
        codebook: Codebook,
    ) -> None:
        self._read = read
        self._query = query
        self._listing = listing
        self._order = order
        self._codebook = codebook
        self._attributes = [a for tag in codebook for a in tag.attributes if a.name == order.by]

    def parts(self) -> Iterator[Part]:
        """The order by parts, as local numbers of annotations (rowids)."""
        by, order = self._order.by, self._order
        if by in _STREAMED:
            grouped = order.grouped and by != PLACE
            yield from self._following(Arrangement(_STREAMED[by], order.descending, grouped))
        elif by in (CREATED, CHANGED) and not self._query:
            yield from self._by_time("created_at" if by == CREATED else "modified_at")
        else:
            yield from self._sorted()

    # -- orders that follow the statements -------------------------------------------------------

    def _following(self, arrangement: Arrangement) -> Iterator[Part]:
        for part in self._listing(arrangement).parts():
            places = [*(place for place, _ in part.heads), len(part.numbers)]
            labels = [label for _, label in part.heads]
            numbers: array[int] = array("q")
            heads: list[tuple[int, str]] = []
            first = 0
            anew = part.anew
            for n, place in enumerate(places):
                for found, titles in self._of_statements(part.numbers[first:place]):
                    if self._order.grouped and self._order.by == PLACE:
                        heads += [(len(numbers) + at, title) for at, title in titles]
                    numbers.extend(found)
                    if len(numbers) >= MOST:
                        yield Part(numbers, tuple(heads), anew, part.whole and anew)
                        numbers, heads, anew = array("q"), [], False
                first = place
                if n < len(labels):
                    heads.append((len(numbers), labels[n]))
            if numbers or heads or anew:
                yield Part(numbers, tuple(heads), anew, part.whole and anew)

    def _of_statements(self, statements: Sequence[int]) -> Iterator[tuple[list[int], list[tuple[int, str]]]]:
        """The passages of these statements that are found, in text order, with where each statement's begin."""
        for start in range(0, len(statements), STATEMENTS):
            chunk = statements[start : start + STATEMENTS]
            condition = self._query.annotations
            rows = self._read(
                f'SELECT s.number, a.start, a."end", a.tag, a.rowid, s.title FROM {_OF_STATEMENTS}'
                f" WHERE s.number IN ({_marks(chunk)}) AND {condition.sql}",
                (*chunk, *condition.values),
            )
            of: dict[int, list[tuple[Any, ...]]] = {}
            for row in rows:
                of.setdefault(row[0], []).append(tuple(row)[1:])
            found: list[int] = []
            titles = []
            for number in chunk:
                if several := of.get(number):
                    titles.append((len(found), " ".join(str(several[0][4]).split())))
                    found += [each[3] for each in sorted(several)]
            yield found, titles

    def _by_time(self, column: str) -> Iterator[Part]:
        """Every passage by when it was made or last changed; from an index where there is one."""
        step, down = ("<", "DESC") if self._order.descending else (">", "")
        # Ids sort by the time of their making.
        key = "id" if column == "created_at" else column
        last, number, begun, day = ("~" if self._order.descending else ""), -1, False, ""
        size = STATEMENTS
        while True:
            rows = self._read(
                f"SELECT rowid, {key}, {column} FROM annotation WHERE {key} {step} ?"
                f" OR ({key} = ? AND rowid > ?) ORDER BY {key} {down}, rowid LIMIT ?",
                (last, last, number, size),
            )
            if not rows:
                return
            last, number, size = rows[-1][1], rows[-1][0], MOST
            heads = []
            for place, row in enumerate(rows):
                if self._order.grouped and row[2][:10] != day:
                    day = row[2][:10]
                    heads.append((place, readable(day)))
            yield Part(array("q", [row[0] for row in rows]), tuple(heads), anew=not begun)
            begun = True

    # -- orders by a value -----------------------------------------------------------------------

    def _sorted(self) -> Iterator[Part]:
        """By a value of each passage; passages of one value by their place."""
        piles: dict[tuple[Any, ...], array[int]] = {}
        labels: dict[tuple[Any, ...], str] = {}
        sql, values, name = self._key()
        shown = False
        for part in self._listing(Arrangement()).parts():
            if part.anew and shown:
                piles.clear()  # the order of import begins anew
            fresh: dict[tuple[Any, ...], array[int]] = {}
            for start in range(0, len(part.numbers), STATEMENTS):
                chunk = part.numbers[start : start + STATEMENTS]
                condition = self._query.annotations
                rows = self._read(
                    f"SELECT a.rowid, {sql} FROM {_OF_STATEMENTS} WHERE s.number IN ({_marks(chunk)})"
                    f' AND {condition.sql} ORDER BY s.id, a.start, a."end", a.tag',
                    (*values, *chunk, *condition.values),
                )
                for row in rows:
                    key, label = name(row[1])
                    labels[key] = label
                    fresh.setdefault(key, array("q")).append(row[0])
                if not shown and fresh:
                    yield next(self._piled(fresh, labels, whole=False))
                    shown = True
            for key, numbers in fresh.items():
                piles.setdefault(key, array("q")).extend(numbers)
        if shown:
            yield from self._piled(piles, labels, whole=True)

    def _piled(
        self, piles: dict[tuple[Any, ...], array[int]], labels: dict[tuple[Any, ...], str], whole: bool
    ) -> Iterator[Part]:
        keys = sorted(piles, reverse=self._order.descending)
        if self._order.descending and keys and keys[0] == _LAST:
            keys = [*keys[1:], _LAST]  # what has no value comes last either way
        numbers: array[int] = array("q")
        heads: list[tuple[int, str]] = []
        begun, label = False, None
        for key in keys:
            if self._order.grouped and labels[key] != label:
                label = labels[key]
                heads.append((len(numbers), label))
            numbers.extend(piles[key])
            if len(numbers) >= MOST and whole:
                yield Part(numbers, tuple(heads), anew=not begun, whole=whole and not begun)
                numbers, heads, begun = array("q"), [], True
        if numbers:
            yield Part(numbers, tuple(heads), anew=not begun, whole=whole and not begun)

    def _key(self) -> tuple[str, tuple[Any, ...], Callable[[Any], tuple[tuple[Any, ...], str]]]:
        """What is sorted by, in SQL, with its values; and what makes a key and a heading of it."""
        by = self._order.by
        if self._attributes:
            attribute = self._attributes[0]
            first = "FROM annotation_value v WHERE v.annotation = a.id AND v.name = ? ORDER BY v.position LIMIT 1"
            if attribute.type in ("actors", "actor"):
                names = self._actor_names()
                return f"(SELECT coalesce(v.actor, v.folded) {first})", (by,), lambda value: _by_name(names, value)
            if attribute.type == "choice":
                places = {fold(c.name): (n, c.label) for n, c in enumerate(attribute.values)}
                return f"(SELECT v.folded {first})", (by,), lambda value: _by_place(places, value)
            if attribute.type in ("date", "count"):
                return f"(SELECT lowest(v.edtf, v.min, v.max) {first})", (by,), _by_bound(attribute)
            return f"(SELECT substr(v.folded, 1, 80) {first})", (by,), _by_text
        if by == TAG:
            tags = {str(tag.name): (n, tag.label) for n, tag in enumerate(self._codebook)}
            return "a.tag", (), lambda value: _by_place(tags, value)
        if by == CODER:
            return "(SELECT name FROM coder WHERE id = a.coder)", (), _by_text
        if by in (CREATED, CHANGED):
            return f"a.{'created_at' if by == CREATED else 'modified_at'}", (), _by_day
        return "a.status", (), _by_text

    def _actor_names(self) -> dict[str, str]:
        """The name that each actor goes by now, by id."""
        into: dict[str, str] = {}
        named: dict[str, str] = {}
        last = ""
        page = "SELECT id, name, merged_into FROM actor WHERE id > ? ORDER BY id LIMIT ?"
        while rows := self._read(page, (last, MOST)):
            for row in rows:
                named[row[0]] = row[1]
                if row[2]:
                    into[row[0]] = row[2]
            last = rows[-1][0]
        for actor in into:
            end, seen = actor, {actor}
            while (after := into.get(end)) and after not in seen:
                end = after
                seen.add(after)
            named[actor] = named.get(end, named[actor])
        return named


def passage_rows(read: Read, numbers: Sequence[int]) -> list[PassageRow]:
    """These passages as a table shows them, in the order given; those that are gone are left out."""
    rows = read(
        "SELECT a.rowid AS number, a.*, s.title, s.issuer, s.date_issued, s.date_issued_basis, s.date_published,"
        " s.date_published_basis, c.name AS coder_name FROM annotation a JOIN statement s ON s.id = a.statement"
        f" LEFT JOIN coder c ON c.id = a.coder WHERE a.rowid IN ({_marks(numbers)})",
        numbers,
    )
    found = {row["number"]: _row(row) for row in rows}
    return [found[number] for number in numbers if number in found]


def _row(row: Row) -> PassageRow:
    return PassageRow(
        row["number"], annotation_of(row), row["title"], row["issuer"],
        date_of(row, "date_issued") or date_of(row, "date_published"), row["coder_name"] or "",
    )  # fmt: skip


def _by_name(names: dict[str, str], value: str | None) -> tuple[tuple[Any, ...], str]:
    if value is None:
        return _LAST, NO_VALUE
    name = names.get(value, value)
    return (0, fold(name), name), name


def _by_place(places: dict[str, tuple[int, str]], value: str | None) -> tuple[tuple[Any, ...], str]:
    if value is None:
        return _LAST, NO_VALUE
    place, label = places.get(value, (len(places), value))
    return (0, f"{place:06d}", label), label


def _by_bound(attribute: Attribute) -> Callable[[Any], tuple[tuple[Any, ...], str]]:
    def key(value: Any) -> tuple[tuple[Any, ...], str]:
        if value is None:
            return _LAST, NO_VALUE
        text = str(value) if attribute.type == "date" else f"{value:020d}"
        return (0, text), readable(text[:7]) if attribute.type == "date" else f"{value:,}"

    return key


def _by_text(value: str | None) -> tuple[tuple[Any, ...], str]:
    return (_LAST, NO_VALUE) if value is None else ((0, fold(value), value), value)


def _by_day(value: str) -> tuple[tuple[Any, ...], str]:
    return (0, value), readable(value[:10])


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


__all__ = ["ORDERS", "PLACE", "PassageListing", "PassageOrder", "PassageRow", "passage_rows"]
