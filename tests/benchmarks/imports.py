"""Importing 20,000 text files of 4 kB, beside reading them, one ``executemany`` and an index in plain sqlite3."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from tests.benchmarks._measure import Figure, median, timed
from tests.benchmarks._words import Words


def run(files: int = 20_000, runs: int = 3) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = folder / "texts"
        texts.mkdir()
        words = Words()
        for n in range(files):
            (texts / f"{n:06d}.txt").write_text(words.text(4096), encoding="utf-8")
        ours, bare = [], []
        for n in range(runs):
            bare.append(timed(lambda: _bare(texts, folder / f"bare{n}.db")))  # noqa: B023
            ours.append(timed(lambda: _ours(texts, folder / f"p{n}.annotator")))  # noqa: B023
    limit, value = median(bare), median(ours)
    target = "≤ 3 × (read + executemany + FTS)"
    return [Figure(f"import of {files:,} text files of 4 kB", value, limit, target, value <= 3 * limit)]


def _ours(texts: Path, target: Path) -> None:
    from annotator import Project, jobs

    with Project.create(target, coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [texts], slice_ms=400))
        assert not report.problems


def _bare(texts: Path, target: Path) -> None:
    with sqlite3.connect(target) as connection:
        connection.execute("CREATE TABLE statement (id INTEGER PRIMARY KEY, name TEXT, text TEXT)")
        # The same index as a project has: a prefix index is what makes search while typing fast.
        connection.execute(
            "CREATE VIRTUAL TABLE search USING fts5(text, content = '', prefix = '1 2 3',"
            " tokenize = 'unicode61 remove_diacritics 0')"
        )
        rows = [(file.name, file.read_bytes().decode()) for file in sorted(texts.iterdir())]
        connection.executemany("INSERT INTO statement (name, text) VALUES (?, ?)", rows)
        connection.execute("INSERT INTO search (rowid, text) SELECT id, text FROM statement")
