"""Reading the history: by pages of step numbers, so that a million steps are no more trouble than ten."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from annotator.core.errors import AnnotatorError, NotFound
from annotator.core.history import Change, Entry
from annotator.core.values import dataclass
from annotator.store.driver import Row, loaded
from annotator.store.ledger import undone_sql

#: Steps that one read looks at, when a filter leaves few of them over.
WINDOW = 4000
#: Changes of one step that are told; ``Entry.rows`` says how many there are.
MOST_CHANGES = 100

_MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d{1,3})?)?)?)?)?)?Z?")

Read = Callable[[str, Sequence[Any]], list[Row]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which steps are meant: of one statement or one of its rows, by some coders, between two moments.

    ``since`` and ``until`` are UTC, ISO 8601 from the year on, both inclusive: until ``2026-03`` means the whole month.
    """

    statement: str | None = None
    row: str | None = None
    coders: tuple[str, ...] | None = None
    since: str = ""
    until: str = ""

    def conditions(self) -> tuple[str, list[Any]]:
        """The SQL condition on ``s``, a step, and its values."""
        parts, values = ["1"], list[Any]()
        if self.statement is not None:
            row = "" if self.row is None else " AND row = ?"
            parts.append(f"s.number IN (SELECT step FROM change WHERE statement = ?{row})")
            values += [self.statement, *([] if self.row is None else [self.row])]
        if self.coders is not None:
            parts.append(f"s.coder IN ({', '.join('?' for _ in self.coders)})")
            values += self.coders
        if self.since:
            parts.append("s.at >= ?")
            values.append(moment(self.since))
        if self.until:
            # "~" sorts after all that may follow.
            parts.append("s.at < ? || '~'")
            values.append(moment(self.until))
        return " AND ".join(parts), values


def moment(given: str) -> str:
    """A moment in UTC as the ledger writes it, or its beginning; raises ``AnnotatorError``."""
    if not _MOMENT.fullmatch(given.strip()):
        raise AnnotatorError(f"“{given}” is no date: write 2026, 2026-03, 2026-03-01 or 2026-03-01T09:30 (UTC).")
    return given.strip().removesuffix("Z")


def history(read: Read, scope: Scope, *, limit: int, before: int | None = None, changes: bool = False) -> list[Entry]:
    """The latest steps of the scope first, below the number ``before``, with what they changed if it is asked for.

    ``read`` carries out one short query; what is long is cut into several.
    """
    rows = _steps(read, scope, limit, before)
    told = _changes(read, scope, {row["number"]: row["rows"] or 0 for row in rows}) if changes else {}
    return [
        Entry(
            row["id"],
            row["number"],
            row["at"],
            row["coder"],
            row["label"],
            bool(row["undone"]),
            row["undoes"],
            row["hash"],
            tuple(told.get(row["number"], ())),
            row["coder_id"],
            row["program"],
            row["rows"] or 0,
        )
        for row in rows
    ]


def _steps(read: Read, scope: Scope, limit: int, before: int | None) -> list[Row]:
    condition, values = scope.conditions()
    top = before
    if top is None:
        top = (read("SELECT max(number) FROM step", ())[0][0] or 0) + 1
    # The steps of one statement are known by an index; others are looked through, some thousand at a time.
    window = WINDOW if scope.statement is None else top
    found: list[Row] = []
    while top > 0 and len(found) < limit:
        found += read(
            "SELECT s.number, s.id, s.at, s.coder AS coder_id, c.name AS coder, s.label, s.undoes, s.hash, s.program,"
            f" {undone_sql('s')} AS undone,"
            " (SELECT max(position) + 1 FROM change WHERE step = s.number) AS rows"
            " FROM step s LEFT JOIN coder c ON c.id = s.coder"
            f" WHERE s.number < ? AND s.number >= ? AND {condition} ORDER BY s.number DESC LIMIT ?",
            (top, top - window, *values, limit - len(found)),
        )
        top -= window
    return found


def _changes(read: Read, scope: Scope, sizes: Mapping[int, int]) -> dict[int, list[Change]]:
    """What these steps, given with how many rows each changed, changed in the scope, by step."""
    told: dict[int, list[Change]] = {}
    columns = 'step, "table", row, statement, before, after, salt'
    end = f"ORDER BY number LIMIT {MOST_CHANGES}"
    for number, size in sizes.items():
        if scope.statement is None:
            rows = read(f"SELECT {columns} FROM change WHERE step = ? {end}", (number,))
        else:
            # The plus keeps SQLite to the index by step, or by statement: a step may be an import of many others.
            by = "step = ? AND +statement = ?" if size <= WINDOW else "+step = ? AND statement = ?"
            rows = read(
                f"SELECT {columns} FROM change WHERE {by} AND (? IS NULL OR row = ?) {end}",
                (number, scope.statement, scope.row, scope.row),
            )
        told[number] = [change_of(row) for row in rows]
    return told


# -- going back -------------------------------------------------------------------------------

#: What a person calls rows of these tables, one and several; of others nothing is told but that they change.
_COUNTED = {
    "statement": ("statement", "statements"),
    "annotation": ("passage", "passages"),
    "tag": ("tag", "tags"),
    "actor": ("actor", "actors"),
    "link": ("link", "links"),
    "progress": ("status", "statuses"),
}
GONE, BACK, CHANGED = "go", "come back", "change"
_OF_ONE = {GONE: "goes", BACK: "comes back", CHANGED: "changes"}


@dataclass(frozen=True, slots=True)
class GoingBack:
    """What it would mean to go back to a step: how many steps came since, and what of it is not as it was then.

    ``rows`` counts by table and by what happens to them: they ``go``, ``come back`` or ``change``. ``purged`` when
    part of what was there then was deleted for good; then there is no way back.
    """

    step: int
    steps: int
    rows: Mapping[tuple[str, str], int]
    purged: bool = False

    def refusal(self) -> str:
        """Why it is not possible, in one sentence; empty when it is."""
        label = f"Go back to step {self.step}"
        if self.purged:
            return f"“{label}” is not possible: part of what was there then was deleted for good."
        return "" if self.rows else f"“{label}” would change nothing: all is as it was then."

    def sentence(self) -> str:
        """What would change: ``2 statements go, 12 passages come back.``"""
        parts = []
        for deed in (GONE, BACK, CHANGED):
            for table, (one, several) in _COUNTED.items():
                if count := self.rows.get((table, deed)):
                    parts.append(f"{count:,} {one} {_OF_ONE[deed]}" if count == 1 else f"{count:,} {several} {deed}")
        if others := sum(n for (table, _), n in self.rows.items() if table not in _COUNTED):
            parts.append(f"{others:,} other value{'s' * (others != 1)} change{'s' * (others == 1)}")
        told = ", ".join(parts)
        since = f"{self.steps:,} step{'s' * (self.steps != 1)} came since."
        return f"{since} {told[:1].upper()}{told[1:]}." if told else since


def going_back(read: Read, step: int) -> GoingBack:
    """What is not as it was after the step of this number; raises ``NotFound``."""
    if not read("SELECT 1 FROM step WHERE number = ?", (step,)):
        raise NotFound(f"There is no step {step}.")
    rows = read(
        # The first change of a row since then has what it was, the last one what it is.
        'SELECT f."table" AS "table", f.before IS NULL AS made, l.after IS NULL AS gone, count(*) AS count,'
        " max(f.salt IS NULL) AS purged FROM (SELECT min(number) AS first, max(number) AS last FROM change"
        ' WHERE step > ? GROUP BY "table", row) JOIN change f ON f.number = first JOIN change l ON l.number = last'
        " WHERE f.before IS NOT l.after OR f.salt IS NULL GROUP BY 1, 2, 3",
        (step,),
    )
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        deed = GONE if row["made"] else BACK if row["gone"] else CHANGED
        counts[row["table"], deed] = counts.get((row["table"], deed), 0) + row["count"]
    # A coder stays, because the history names them.
    counts = {key: count for key, count in counts.items() if key[0] != "coder" or key[1] == CHANGED}
    since = read("SELECT count(*) FROM step WHERE number > ?", (step,))[0][0]
    return GoingBack(step, since, counts, any(row["purged"] for row in rows))


def change_of(row: Row) -> Change:
    """The change that a row of its table holds."""
    before, after = (loaded(text, dict) if text is not None else None for text in (row["before"], row["after"]))
    return Change(row["table"], row["row"], row["statement"], before, after, row["salt"] is None)
