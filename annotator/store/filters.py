"""Turns a query, which is a value, into SQL conditions on statements and annotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from annotator.core.codebook import Codebook
from annotator.core.errors import NotFound
from annotator.core.model import CoderId
from annotator.core.query import Query, Term, date_bounds
from annotator.core.text import fold
from annotator.store import search
from annotator.store.driver import Connection


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition with its values; true of everything when empty."""

    sql: str = "1"
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query as SQL: ``statements`` is a condition on ``statement s``, ``annotations`` on ``annotation a``.

    ``has_annotation_terms`` tells whether the query asks anything of annotations.
    """

    statements: Condition
    annotations: Condition
    has_annotation_terms: bool


def status_sql(coder: str = "?") -> str:
    """The SQL expression for a statement's status for one coder; ``coder`` appears twice."""
    return (
        f"coalesce((SELECT nullif(p.status, 'unread') FROM progress p WHERE p.statement = s.id AND p.coder = {coder}),"
        f" (SELECT 'open' FROM reading r WHERE r.statement = s.id AND r.coder = {coder} AND r.opened), 'unread')"
    )


def compile_query(connection: Connection, query: Query, codebook: Codebook, coder: CoderId | None) -> Compiled:
    """The query's conditions; raises ``NotFound`` for a tag or coder that the project does not have."""
    parts: list[str] = []
    values: list[Any] = []

    def add(sql: str, given: list[Any], negated: bool) -> None:
        parts.append(f"NOT ({sql})" if negated else sql)
        values.extend(given)

    for term in query.words:
        if (condition := search.words_condition(term)) is not None:
            add(*condition, term.negated)
    for term in query.on_statements:
        add(*_on_statement(term, coder), term.negated)
    wanted: list[str] = []
    wanted_values: list[Any] = []
    for term in query.on_annotations:
        sql, given = _on_annotation(connection, term, codebook)
        if term.negated:
            add(f"EXISTS (SELECT 1 FROM annotation a WHERE a.statement = s.id AND {sql})", given, True)
        else:
            wanted.append(sql)
            wanted_values.extend(given)
    annotations = Condition(" AND ".join(wanted) or "1", tuple(wanted_values))
    if wanted:
        add(f"s.id IN (SELECT a.statement FROM annotation a WHERE {annotations.sql})", wanted_values, False)
    return Compiled(Condition(" AND ".join(parts) or "1", tuple(values)), annotations, bool(wanted))


def _on_statement(term: Term, coder: CoderId | None) -> tuple[str, list[Any]]:
    if term.field in ("issuer", "title", "outlet"):
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
        return f"a.id IN (SELECT v.annotation FROM annotation_value v WHERE v.actor IN ({_marks(actors)}))", list(
            actors
        )
    folded = fold(term.value)
    return (
        "EXISTS (SELECT 1 FROM annotation_value v WHERE v.annotation = a.id AND v.name = ? AND"
        f" (v.folded = ? OR v.folded LIKE ? ESCAPE '\\' OR v.actor IN ({_marks(actors)})))",
        [term.field, folded, f"%{_like(folded)}%", *actors],
    )


def coders_named(connection: Connection, name: str) -> list[str]:
    return [r[0] for r in connection.all("SELECT id FROM coder WHERE fold(name) = ? OR id = ?", (fold(name), name))]


def actors_named(connection: Connection, name: str) -> list[str]:
    """The actors of that name or alias, by whole words from the start, with all that were merged with them."""
    folded = fold(name)
    found = connection.all(
        "WITH RECURSIVE named(id) AS ("
        " SELECT id FROM actor WHERE fold(name) = :n OR fold(name) LIKE :p ESCAPE '\\' OR id = :raw"
        " OR EXISTS (SELECT 1 FROM json_each(aliases) WHERE fold(value) = :n)"
        " UNION SELECT actor.id FROM actor JOIN named ON actor.merged_into = named.id"
        " UNION SELECT actor.merged_into FROM actor JOIN named ON actor.id = named.id"
        " WHERE actor.merged_into IS NOT NULL) SELECT id FROM named",
        {"n": folded, "p": _like(folded) + "%", "raw": name},
    )
    return [row[0] for row in found]


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _marks(values: list[str]) -> str:
    return ", ".join("?" for _ in values)
