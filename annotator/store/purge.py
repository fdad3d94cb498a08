"""Deleting for good: what a statement was leaves the file, its indexes, the ledger and the rolling backups.

The ledger keeps that something was there: each change of a purged statement loses its values and its salt and keeps
its digest, so that the chain of steps still proves all the rest. There is no undo.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import field

from annotator.core.errors import AnnotatorError
from annotator.core.model import Changes
from annotator.core.values import dataclass
from annotator.store import search
from annotator.store.backups import Backup
from annotator.store.driver import Connection

#: The entry of ``local`` that lists the steps that a purge has taken values from.
PURGED = "purged"


@dataclass(frozen=True, slots=True)
class Plan:
    """What deleting for good would remove; ``text`` counts characters, ``source`` and ``backups`` bytes and files."""

    statements: int
    passages: int
    changes: int
    text: int
    source: int
    backups: int

    def sentence(self) -> str:
        """What would go, in one sentence."""
        return (
            f"This removes {_many(self.statements, 'statement')} with {_many(self.passages, 'passage')},"
            f" {self.text:,} characters of text and {self.source:,} bytes of source, the values of"
            f" {_many(self.changes, 'entry', 'entries')} in the history, and the same from"
            f" {_many(self.backups, 'backup')}."
        )


#: What no program can reach, to be told before.
BEYOND = (
    "There is no undo. Exports, copies of the project, files set aside by a restore and the imported files themselves"
    " are not touched; a disk may keep traces of what was overwritten."
)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed; ``dropped`` are backups that could not be cleaned and were deleted as a whole."""

    plan: Plan
    changes: Changes = field(default_factory=Changes)
    dropped: tuple[Backup, ...] = ()

    def sentence(self) -> str:
        text = f"Deleted for good: {_many(self.plan.statements, 'statement')}, {_many(self.plan.passages, 'passage')}."
        if self.dropped:
            text += f" {_many(len(self.dropped), 'backup')} could not be cleaned and was deleted."
        return text


def plan(connection: Connection, statements: Sequence[str], backups: int) -> Plan:
    """What a purge of these statements, live or deleted, would remove from this project."""
    ids = json.dumps(list(statements))
    texts, sources = _orphaned(connection, ids)
    return Plan(
        len(statements),
        connection.value("SELECT count(*) FROM annotation WHERE statement IN (SELECT value FROM json_each(?))", (ids,)),
        connection.value(
            "SELECT count(*) FROM change WHERE statement IN (SELECT value FROM json_each(?)) AND salt IS NOT NULL",
            (ids,),
        ),
        sum(
            connection.value("SELECT coalesce(sum(length(text)), 0) FROM content WHERE sha256 = ?", (each,))
            for each in texts
        ),
        sum(
            connection.value("SELECT coalesce(sum(size), 0) FROM source WHERE sha256 = ?", (each,)) for each in sources
        ),
        backups,
    )


def purge(connection: Connection, statements: Sequence[str]) -> None:
    """Remove every trace of statements that were deleted by a step before, and rewrite the file without them.

    One transaction takes the rows; the indexes are then merged and the file is vacuumed, because the words of deleted
    entries stay in an index until it is rewritten.
    """
    ids = json.dumps(list(statements))
    with connection.transaction():
        if connection.value(
            "SELECT EXISTS (SELECT 1 FROM statement WHERE id IN (SELECT value FROM json_each(?)))", (ids,)
        ):
            raise AnnotatorError("A statement is deleted by a step before it is deleted for good.")
        texts, sources = _orphaned(connection, ids)
        _note_steps(connection, ids)
        connection.execute(
            "UPDATE change SET before = NULL, after = NULL, salt = NULL"
            " WHERE statement IN (SELECT value FROM json_each(?))",
            (ids,),
        )
        for sha256 in texts:
            for row in connection.all("SELECT number, text FROM content WHERE sha256 = ?", (sha256,)):
                search.unindex_text(connection, row["number"], row["text"])
            connection.execute("DELETE FROM content WHERE sha256 = ?", (sha256,))
        for sha256 in sources:
            connection.execute("DELETE FROM source WHERE sha256 = ?", (sha256,))
        connection.execute("DELETE FROM reading WHERE statement IN (SELECT value FROM json_each(?))", (ids,))
        search.sweep_metadata(connection)
        search.forget_deleted(connection)
    connection.execute("VACUUM")


def _orphaned(connection: Connection, ids: str) -> tuple[set[str], set[str]]:
    """The hashes of texts and of sources that nothing but these statements refers to, now or in the ledger."""
    texts: set[str] = set()
    sources: set[str] = set()
    for name, found in (("text_sha256", texts), ("source_sha256", sources)):
        theirs = {
            row[0]
            for row in connection.all(
                f"SELECT {name} FROM statement WHERE id IN (SELECT value FROM json_each(?1)) UNION"
                f" SELECT coalesce(after, before) ->> '{name}' FROM change WHERE \"table\" = 'statement'"
                " AND row IN (SELECT value FROM json_each(?1))",
                (ids,),
            )
        }
        others = {
            row[0]
            for row in connection.all(
                f"SELECT {name} FROM statement WHERE id NOT IN (SELECT value FROM json_each(?1)) UNION"
                f" SELECT coalesce(after, before) ->> '{name}' FROM change WHERE \"table\" = 'statement'"
                " AND row NOT IN (SELECT value FROM json_each(?1))",
                (ids,),
            )
        }
        found |= {each for each in theirs - others if each}
    return texts, sources


def _note_steps(connection: Connection, ids: str) -> None:
    """Remember which steps lose values: undo passes them over."""
    known = json.loads(connection.value("SELECT value FROM local WHERE key = ?", (PURGED,)) or "[]")
    steps = {
        row[0]
        for row in connection.all(
            "SELECT DISTINCT step FROM change WHERE statement IN (SELECT value FROM json_each(?))", (ids,)
        )
    }
    connection.execute(
        "INSERT INTO local (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (PURGED, json.dumps(sorted(steps | set(known)))),
    )


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"
