"""What a coder does while a fault comes: each yields the head of the ledger after every step that returned."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from annotator import Project, Span, jobs
from annotator.store import schema
from annotator.store.driver import Connection

from ._lab import files


def tag(project: Project, where: Path) -> Iterator[str]:
    statement = next(iter(project.statements("gates"))).id
    for n in range(40):
        project.annotate(statement, "demand", Span(200 + n * 9, 205 + n * 9), note="seen")
        yield project.head


def bulk(project: Project, where: Path) -> Iterator[str]:
    """Retags all events and back, each time as one step."""
    ids = [a.id for r in project.records() for a in r.annotations if a.tag == "event"]
    for n in range(12):
        project.retag(ids, ("accusation", "event")[n % 2])
        yield project.head


def undo(project: Project, where: Path) -> Iterator[str]:
    for _ in zip(range(6), tag(project, where), strict=False):
        yield project.head
    for n in range(24):
        if n % 4 < 2:
            project.undo()
        else:
            project.redo()
        yield project.head


def take_in(project: Project, where: Path) -> Iterator[str]:
    """Imports folders of files; most of the time goes to what is written ahead."""
    for found in sorted(p for p in where.iterdir() if p.is_dir()):
        jobs.run(jobs.import_files(project, [found], slice_ms=1))
        yield project.head


def prepare_import(where: Path) -> None:
    for n in range(3):
        files(where / f"files{n}", 12)


def backup(project: Project, where: Path) -> Iterator[str]:
    """Backups between steps; ``where`` holds one file for each."""
    for n, head in zip(range(6), tag(project, where), strict=False):
        yield head
        project.backup(where / f"backup {n}.annotator")
        yield f"backup {n}.annotator"


# -- another schema ---------------------------------------------------------------------------------------


def next_version() -> None:
    """From now on this process knows a later schema than the program: its migration rewrites every passage."""
    known = schema.migrations()

    schema.VERSION += 1

    @known(name=f"{schema.VERSION:04} a tone for each passage")
    def tone(db: Any) -> None:
        db.execute("ALTER TABLE annotation ADD COLUMN tone TEXT NOT NULL DEFAULT ''")
        db.execute("UPDATE annotation SET tone = 'calm'")
        db.execute("CREATE INDEX annotation_tone ON annotation(tone)")

    schema.migrate.__defaults__ = (schema.VERSION,)
    with closing(Connection(sqlite3.connect(":memory:", isolation_level=None), Path(":memory:"))) as fresh:
        schema.migrate(fresh)
        schema.FINGERPRINTS[schema.VERSION] = schema.fingerprint(fresh)
