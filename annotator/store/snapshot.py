"""A project as it was at one moment, in a private copy that nobody writes: ground for exports and checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from annotator.core.errors import Damaged
from annotator.core.exchange import Header, Item, Record
from annotator.core.links import is_standard
from annotator.core.model import Link
from annotator.core.query import Query
from annotator.core.report import About, Evidence
from annotator.store.check import Finding, check
from annotator.store.driver import Connection
from annotator.store.evidence import evidence
from annotator.store.reads import Reads
from annotator.store.rows import link_of


class Snapshot(Reads):
    """A private copy of a project, which nobody writes."""

    def dump(self, query: Query | str = "", *, passages: bool = False) -> Iterator[Item]:
        """The header, the statements the query finds in the order of their ids, and the links among what is carried.

        With ``passages`` only the matching annotations, and only statements that have one. Only the coders and
        actors that are referred to are in the header, and every quote is checked on the way: raises ``Damaged``.
        """
        yield self._header(query, passages)
        carried = self._carried(query, passages)
        linked = bool(self._value("SELECT EXISTS (SELECT 1 FROM link)"))
        for record in self.records(query, only_matching=passages):
            if passages and not record.annotations:
                continue
            for a in record.annotations:
                if record.text[a.start : a.end] != a.quote:
                    raise Damaged(f"The passage {a.id} does not quote its text; run “check”. Nothing was exported.")
            yield replace(record, links=self._links_of(record, carried)) if linked else record
        for link in self.links():
            if link.source in carried and link.target in carried:
                yield link

    def _links_of(self, record: Record, carried: _Carried) -> tuple[Link, ...]:
        """The links that begin in this record and end in what is carried."""
        mine = {a.id for a in record.annotations}
        rows = self._all(
            "SELECT l.* FROM link l JOIN annotation a ON a.id = l.source WHERE a.statement = ? ORDER BY l.id",
            (record.statement.id,),
        )
        return tuple(link for link in map(link_of, rows) if link.source in mine and link.target in carried)

    def _carried(self, query: Query | str, passages: bool) -> _Carried:
        compiled = self._compiled(query)
        condition = compiled.annotations if passages else None
        return _Carried(
            self._connection,
            compiled.statements.sql,
            compiled.statements.values,
            condition.sql if condition else "1",
            condition.values if condition else (),
        )

    def _header(self, query: Query | str, passages: bool) -> Header:
        carried = self._carried(query, passages)
        coders = carried.coders()
        actors = carried.actors()
        return Header(
            self.codebook,
            tuple(c for c in self.coders() if c.id in coders),
            tuple(sorted((a for a in self.actors() if a.id in actors), key=lambda a: a.id)),
            self.id,
            self.title,
            self.head,
            link_kinds=tuple(kind for kind in self.link_kinds if not is_standard(kind.name)),
            memo=self.setting("memo"),
        )

    def evidence(self, record: Record) -> Evidence:
        """All that the project knows of this statement, verified; raises ``Damaged``."""
        return evidence(self._connection, record)

    def about(self, made_at: str, generator: str, query: str, statements: int, named: bool = False) -> About:
        """What a report of so many statements says about itself and the project."""
        steps, schema = self._value("SELECT max(number) FROM step") or 0, self._value("PRAGMA user_version")
        return About(
            made_at, generator, self.id, self.title, self.head, steps, schema, query, statements, self.codebook, named
        )

    def check(self) -> Iterator[Finding | int]:
        """Findings, and between them how many statements were checked."""
        return check(self, self._connection)


class _Carried:
    """Which annotations, coders and actors an export of a query carries."""

    def __init__(self, connection: Connection, where: str, values: Any, also: str, more: Any) -> None:
        self._connection = connection
        self._statements = f"SELECT s.id FROM statement s WHERE {where}"
        self._sql = f"FROM annotation a WHERE a.statement IN ({self._statements}) AND {also}"
        self._values = (*values, *more)
        self._where_values = tuple(values)

    def __contains__(self, annotation: str) -> bool:
        return bool(self._connection.value(f"SELECT 1 {self._sql} AND a.id = ?", (*self._values, annotation)))

    def coders(self) -> set[str]:
        found = {row[0] for row in self._connection.all(f"SELECT DISTINCT a.coder {self._sql}", self._values)}
        for column, table in (("coder", "progress"), ("coder", "reading"), ("imported_by", "statement")):
            key = "id" if table == "statement" else "statement"
            found |= {
                row[0]
                for row in self._connection.all(
                    f"SELECT DISTINCT {column} FROM {table}"
                    f" WHERE {key} IN ({self._statements}) AND {column} IS NOT NULL",
                    self._where_values,
                )
            }
        return found

    def actors(self) -> set[str]:
        """Actors that a carried attribute names, those they were merged into, and all that were merged into these."""
        rows = self._connection.all(
            "WITH RECURSIVE named(id) AS (SELECT DISTINCT v.actor FROM annotation_value v WHERE v.actor IS NOT NULL"
            f" AND v.annotation IN (SELECT a.id {self._sql})"
            " UNION SELECT actor.merged_into FROM actor JOIN named ON actor.id = named.id"
            " WHERE actor.merged_into IS NOT NULL"
            " UNION SELECT actor.id FROM actor JOIN named ON actor.merged_into = named.id) SELECT id FROM named",
            self._values,
        )
        return {row[0] for row in rows}
