"""Turns a query, which is a value, into SQL conditions on statements and annotations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from annotator.core.codebook import Codebook
from annotator.core.model import DONE, OPEN, CoderId
from annotator.core.query import Query, Term, date_bounds
from annotator.core.values import dataclass
from annotator.store import search
from annotator.store.claims import Claims, Condition, few
from annotator.store.driver import Connection

#: Fields of a statement that the full-text index has.
INDEXED = ("issuer", "title", "outlet")


@dataclass(frozen=True, slots=True)
class Needle:
    """A term as expressions for the two full-text indexes; ``text`` is empty for a field, which no text has."""

    text: str
    facts: str
    negated: bool = False


class Narrow:
    """The ids of statements that come into question between two ids, as queries of which each begins with these."""

    def __init__(self, *queries: Condition) -> None:
        self._queries = queries
        self.sql = " UNION ALL ".join(query.sql for query in queries)

    def values(self, low: str, high: str) -> tuple[Any, ...]:
        return tuple(value for query in self._queries for value in (low, high, *query.values))


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query as SQL: ``statements`` is a condition on ``statement s``, ``annotations`` on ``annotation a``.

    ``has_annotation_terms`` tells whether the query asks anything of annotations. ``few``, where it is there, are the
    ids of all annotations that can fulfil what it asks of them, in their order.

    For lists the same is taken apart, so that short reads can go through it: ``needles`` is what the full-text indexes
    know, ``each`` all else, as a condition that is cheap for one statement. ``narrow``, where there is one, gives the
    only statements that come into question between two ids; ``rest`` is what ``each`` asks of those.
    """

    statements: Condition
    annotations: Condition
    has_annotation_terms: bool
    needles: tuple[Needle, ...] = ()
    each: Condition = Condition()
    rest: Condition = Condition()
    narrow: Narrow | None = None
    few: tuple[str, ...] | None = None

    def __bool__(self) -> bool:
        return bool(self.needles or self.narrow) or self.each != Condition()


def status_sql(coder: str = "?") -> str:
    """The SQL expression for a statement's status for one coder; ``coder`` appears twice."""
    return (
        f"coalesce((SELECT nullif(p.status, 'unread') FROM progress p WHERE p.statement = s.id AND p.coder = {coder}),"
        f" (SELECT 'open' FROM reading r WHERE r.statement = s.id AND r.coder = {coder} AND r.opened), 'unread')"
    )


def status_condition(status: str, coder: str) -> tuple[Narrow | None, Condition]:
    """That a statement has this status for the coder: what narrows it down between two ids, and the condition."""
    condition = Condition(f"{status_sql()} = ?", (coder, coder, status))
    # Plus signs keep the planner from going through all that a coder did, for each window anew.
    marked = "SELECT statement FROM progress WHERE statement BETWEEN ? AND ? AND +coder = ? AND +status = ?"
    opened = "SELECT statement FROM reading WHERE statement BETWEEN ? AND ? AND +coder = ? AND +opened"
    if status == DONE:
        return Narrow(Condition(marked, (coder, status))), condition
    if status == OPEN:
        return Narrow(Condition(marked, (coder, status)), Condition(opened, (coder,))), condition
    return None, condition


def compile_query(connection: Connection, query: Query, codebook: Codebook, coder: CoderId | None) -> Compiled:
    """The query's conditions; raises ``NotFound`` for a tag or coder that the project does not have."""
    whole, rest = _Conditions(), _Conditions()
    needles: list[Needle] = []
    narrow: Narrow | None = None
    for term in query.words:
        if (condition := search.words_condition(term)) is not None:
            whole.add(*condition, term.negated)
            if expression := search.match(term):
                needles.append(Needle(expression, expression, term.negated))
            else:
                rest.add(*condition, term.negated)
    for term in query.on_statements:
        condition = _on_statement(term, coder)
        whole.add(*condition, term.negated)
        if term.field in INDEXED and (expression := _expression(term)):
            needles.append(Needle("", expression, term.negated))
            continue
        rest.add(*condition, term.negated)
        if term.field == "status" and not term.negated and not term.others:
            narrow = status_condition(term.value, coder or "")[0]
    wanted, claims = _Conditions(), Claims(connection, codebook) if query.on_annotations else None
    found: list[Condition] = []
    for term in query.on_annotations if claims else ():
        asked = claims.condition(term) if claims else Condition()
        if term.negated:
            unwanted = f"EXISTS (SELECT 1 FROM annotation a WHERE a.statement = s.id AND ({asked.sql}))"
            whole.add(unwanted, asked.values, True)
            rest.add(unwanted, asked.values, True)
        else:
            wanted.add(f"({asked.sql})", asked.values, False)
            found.append(asked)
    annotations, each = wanted.condition, rest.copy()
    soon = few(connection, found)
    if wanted:
        of_one = f"AND {annotations.sql}"
        some = "" if soon is None else "a.id IN (SELECT value FROM json_each(?)) AND "
        whole.add(
            f"s.id IN (SELECT a.statement FROM annotation a WHERE {some}{annotations.sql})",
            ((json.dumps(soon),) if soon is not None else ()) + annotations.values,
            False,
        )
        each.add(
            f"EXISTS (SELECT 1 FROM annotation a INDEXED BY annotation_place WHERE a.statement = s.id {of_one})",
            annotations.values,
            False,
        )
        between = "SELECT a.statement FROM annotation a INDEXED BY annotation_place WHERE a.statement BETWEEN ? AND ?"
        narrow = Narrow(Condition(f"{between} {of_one}", annotations.values))
    return Compiled(
        whole.condition, annotations, bool(wanted), tuple(needles), each.condition, rest.condition, narrow,
        None if soon is None else tuple(soon),
    )  # fmt: skip


class _Conditions:
    """Conditions that hold together, as they are collected."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._values: list[Any] = []

    def add(self, sql: str, given: Sequence[Any], negated: bool) -> None:
        self._parts.append(f"NOT ({sql})" if negated else sql)
        self._values.extend(given)

    def copy(self) -> _Conditions:
        other = _Conditions()
        other._parts, other._values = [*self._parts], [*self._values]
        return other

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def condition(self) -> Condition:
        return Condition(" AND ".join(self._parts) or "1", tuple(self._values))


def _expression(term: Term) -> str:
    """The full-text expression of a field's values; empty where one of them has no words."""
    each = [search.match(value, value.field) for value in term.alternatives]
    return " OR ".join(f"({part})" for part in each) if len(each) > 1 and all(each) else each[0] if all(each) else ""


def _on_statement(term: Term, coder: CoderId | None) -> tuple[str, list[Any]]:
    parts = [_one_on_statement(each, coder) for each in term.alternatives]
    if len(parts) == 1:
        return parts[0]
    return f"({' OR '.join(sql for sql, _ in parts)})", [value for _, values in parts for value in values]


def _one_on_statement(term: Term, coder: CoderId | None) -> tuple[str, list[Any]]:
    if term.field in INDEXED:
        expression = search.match(term, term.field)
        if not expression:
            # No index holds signs; without any value it asks for those that have none.
            empty = not term.value or term.is_none
            return (f"s.{term.field} = ''", []) if empty else (f"instr(s.{term.field}, ?)", [term.value])
        return "s.number IN (SELECT rowid FROM statement_search WHERE statement_search MATCH ?)", [expression]
    if term.field == "lang":
        return "(s.language = ? COLLATE NOCASE OR s.language LIKE ? ESCAPE '\\')", [
            term.value,
            _like(term.value) + "-%",
        ]
    if term.field == "status":
        return f"{status_sql()} = ?", [coder, coder, term.value]
    if term.field == "date":
        if term.is_none:
            return "s.date_from = ''", []
        low, high = date_bounds(term.value)
        return "(s.date_from <> '' AND s.date_from <= ? AND s.date_to >= ?)", [high, low]
    return "(s.id LIKE ? ESCAPE '\\' OR s.id LIKE ? ESCAPE '\\')", [_like(term.value) + "%", "%" + _like(term.value)]


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
