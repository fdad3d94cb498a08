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
from annotator.store.driver import Connection, loaded

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
    examples: int = 0

    def sentence(self) -> str:
        """What would go, in one sentence."""
        quoted = f" {_many(self.examples, 'example')} in the codebook," * bool(self.examples)
        return (
            f"This removes {_many(self.statements, 'statement')} with {_many(self.passages, 'passage')},{quoted}"
            f" {self.text:,} characters of text and {self.source:,} bytes of source, the values of"
            f" {_many(self.changes, 'entry', 'entries')} in the history"
            + (f", and the same from {_many(self.backups, 'backup')}." if self.backups else "; there is no backup.")
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


def plan(connection: Connection, statements: Sequence[str], backups: int, examples: int = 0) -> Plan:
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
        examples,
    )


def passages_of(connection: Connection, statements: Sequence[str]) -> set[str]:
    """The ids of all passages that these statements have or had."""
    rows = connection.all(
        "SELECT id FROM annotation WHERE statement IN (SELECT value FROM json_each(?1))"
        " UNION SELECT row FROM change"
        " WHERE \"table\" = 'annotation' AND statement IN (SELECT value FROM json_each(?1))",
        (json.dumps(list(statements)),),
    )
    return {row[0] for row in rows}


def tags_to_prove(connection: Connection, passages: set[str]) -> set[str]:
    """The names of tags whose last change quotes one of these passages: without its values, nothing proves them."""
    last = {row[0] for row in connection.all("SELECT max(number) FROM change WHERE \"table\" = 'tag' GROUP BY row")}
    return {name for number, name in _quoting(connection, passages) if number in last}


def purge(connection: Connection, statements: Sequence[str], forgotten: str | None = None) -> None:
    """Remove every trace of statements that were deleted by a step before, and rewrite the file without them.

    The codebook quotes none of their passages any more, since the step of the id ``forgotten`` at the latest; what it
    was while it did leaves the ledger, too.

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
        quoting = json.dumps([number for number, _ in _quoting(connection, passages_of(connection, statements))])
        taken = (
            "FROM change WHERE statement IN (SELECT value FROM json_each(?1))"
            " OR number IN (SELECT value FROM json_each(?2))"
        )
        lost = connection.all(
            f"SELECT step {taken} UNION SELECT number FROM step WHERE id = ?3", (ids, quoting, forgotten)
        )
        _note_steps(connection, {row[0] for row in lost})
        connection.execute(
            f"UPDATE change SET before = NULL, after = NULL, salt = NULL WHERE number IN (SELECT number {taken})",
            (ids, quoting),
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


def _quoting(connection: Connection, passages: set[str]) -> list[tuple[int, str]]:
    """The number and tag of each change of a tag that has one of these passages as an example."""
    return [
        (row["number"], row["row"])
        for row in connection.all("SELECT * FROM change WHERE \"table\" = 'tag' AND salt IS NOT NULL ORDER BY number")
        if not passages.isdisjoint(_quoted(row["before"]) | _quoted(row["after"]))
    ]


def _quoted(row: str | None) -> set[str]:
    """The passages that a tag has as examples; ``row`` is its row as the ledger keeps it."""
    entry = loaded(loaded(row, dict).get("definition") or "{}", dict) if row else {}
    return {str(each.get("annotation") or "") for each in entry.get("examples", ()) if isinstance(each, dict)}


def _note_steps(connection: Connection, steps: set[int]) -> None:
    """Remember which steps lose values, or only made way for that: undo passes them over."""
    known = json.loads(connection.value("SELECT value FROM local WHERE key = ?", (PURGED,)) or "[]")
    connection.execute(
        "INSERT INTO local (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (PURGED, json.dumps(sorted(steps | set(known)))),
    )


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"
