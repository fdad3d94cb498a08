"""Turns a query, which is a value, into SQL conditions on statements and annotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotator.core.codebook import Codebook
from annotator.core.errors import NotFound
from annotator.core.model import DONE, OPEN, CoderId
from annotator.core.query import Query, Term, date_bounds
from annotator.core.text import fold
from annotator.core.values import dataclass
from annotator.store import search
from annotator.store.driver import Connection

#: Fields of a statement that the full-text index has.
INDEXED = ("issuer", "title", "outlet")


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition with its values; true of everything when empty."""

    sql: str = "1"
    values: tuple[Any, ...] = ()


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

    ``has_annotation_terms`` tells whether the query asks anything of annotations.

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
        if term.field in INDEXED and (expression := search.match(term, term.field)):
            needles.append(Needle("", expression, term.negated))
            continue
        rest.add(*condition, term.negated)
        if term.field == "status" and not term.negated:
            narrow = status_condition(term.value, coder or "")[0]
    wanted = _Conditions()
    for term in query.on_annotations:
        sql, given = _on_annotation(connection, term, codebook)
        if term.negated:
            unwanted = f"EXISTS (SELECT 1 FROM annotation a WHERE a.statement = s.id AND {sql})"
            whole.add(unwanted, given, True)
            rest.add(unwanted, given, True)
        else:
            wanted.add(sql, given, False)
    annotations, each = wanted.condition, rest.copy()
    if wanted:
        of_one = f"AND {annotations.sql}"
        whole.add(f"s.id IN (SELECT a.statement FROM annotation a WHERE {annotations.sql})", annotations.values, False)
        each.add(
            f"EXISTS (SELECT 1 FROM annotation a INDEXED BY annotation_place WHERE a.statement = s.id {of_one})",
            annotations.values,
            False,
        )
        between = "SELECT a.statement FROM annotation a INDEXED BY annotation_place WHERE a.statement BETWEEN ? AND ?"
        narrow = Narrow(Condition(f"{between} {of_one}", annotations.values))
    return Compiled(whole.condition, annotations, bool(wanted), tuple(needles), each.condition, rest.condition, narrow)


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


def _on_statement(term: Term, coder: CoderId | None) -> tuple[str, list[Any]]:
    if term.field in INDEXED:
        expression = search.match(term, term.field)
        if not expression:
            # No index holds signs; without any value it asks for those that have none.
            return (f"instr(s.{term.field}, ?)", [term.value]) if term.value else (f"s.{term.field} = ''", [])
        return "s.number IN (SELECT rowid FROM statement_search WHERE statement_search MATCH ?)", [expression]
    if term.field == "lang":
        return "(s.language = ? COLLATE NOCASE OR s.language LIKE ? ESCAPE '\\')", [
            term.value,
            _like(term.value) + "-%",
        ]
    if term.field == "status":
        return f"{status_sql()} = ?", [coder, coder, term.value]
    if term.field == "date":
        low, high = date_bounds(term.value)
        return "(s.date_from <> '' AND s.date_from <= ? AND s.date_to >= ?)", [high, low]
    return "(s.id LIKE ? ESCAPE '\\' OR s.id LIKE ? ESCAPE '\\')", [_like(term.value) + "%", "%" + _like(term.value)]


def _on_annotation(connection: Connection, term: Term, codebook: Codebook) -> tuple[str, list[Any]]:
    if term.field == "tag":
        return "a.tag = ?", [codebook.tag(term.value).name]
    if term.field == "coder":
        ids = coders_named(connection, term.value)
        if not ids:
            raise NotFound(f"the project has no coder “{term.value}”")
        return f"a.coder IN ({_marks(ids)})", ids
    if term.field == "note":
        return "fold(a.note) LIKE ? ESCAPE '\\'", [f"%{_like(fold(term.value))}%"]
    if term.field == "state":
        return "a.status = ?", [term.value]
    actors = actors_named(connection, term.value)
    if term.field == "mentions":
        named = "SELECT 1 FROM annotation_value v WHERE v.annotation = a.id AND v.actor"
        return f"EXISTS ({named} IN ({_marks(actors)}))", list(actors)
    folded = fold(term.value)
    return (
        "EXISTS (SELECT 1 FROM annotation_value v WHERE v.annotation = a.id AND v.name = ? AND"
        f" (v.folded = ? OR v.folded LIKE ? ESCAPE '\\' OR v.actor IN ({_marks(actors)})))",
        [term.field, folded, f"%{_like(folded)}%", *actors],
    )


def coders_named(connection: Connection, name: str) -> list[str]:
    return [r[0] for r in connection.all("SELECT id FROM coder WHERE fold(name) = ? OR id = ?", (fold(name), name))]


def actors_named(connection: Connection, name: str) -> list[str]:
    """The actors whose name begins so or who have that alias, with all that were merged with them."""
    folded = fold(name)
    indexed = connection.value("SELECT 1 FROM sqlite_master WHERE name = 'actor_name'")
    found = connection.all(
        f"WITH RECURSIVE named(id) AS ({_NAMED if indexed else _NAMED_BY_ALL}"
        " UNION SELECT id FROM actor WHERE id = :raw"
        " UNION SELECT actor.id FROM actor JOIN named ON actor.merged_into = named.id"
        " UNION SELECT actor.merged_into FROM actor JOIN named ON actor.id = named.id"
        " WHERE actor.merged_into IS NOT NULL) SELECT id FROM named",
        {"n": folded, "last": f"{folded}\U0010ffff", "p": _like(folded) + "%", "raw": name},
    )
    return [row[0] for row in found]


_NAMED = (
    "SELECT actor FROM actor_name WHERE start = 0 AND folded >= :n AND folded < :last AND (position = 0 OR folded = :n)"
)
#: In a file of an older schema, which may only be read.
_NAMED_BY_ALL = (
    "SELECT id FROM actor WHERE fold(name) LIKE :p ESCAPE '\\'"
    " OR EXISTS (SELECT 1 FROM json_each(aliases) WHERE fold(value) = :n)"
)


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _marks(values: list[str]) -> str:
    return ", ".join("?" for _ in values)
