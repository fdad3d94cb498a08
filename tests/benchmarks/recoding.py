"""Changes of the codebook that passages follow, and their undo, beside bare SQL that writes as many rows.

How many annotations the project has is said by ``ANNOTATOR_BENCHMARK_RECODED``; a third of them follow.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tests.benchmarks._claims import claims
from tests.benchmarks._corpus import size
from tests.benchmarks._measure import Figure, timed

#: What a thousand passages may take, in milliseconds: all of it goes on beside the window.
TARGET = 150.0
#: The same words come back, so that only the writing is measured.
_BARE = "UPDATE annotation SET attributes = attributes || ' ', modified_at = 'x' WHERE tag = 'accusation'"


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        path = Path(folder) / "recoded.annotator"
        shutil.copy(claims(Path(folder), size("recoded", 60_000)), path)
        return _run(path)


def _run(path: Path) -> list[Figure]:
    from annotator import Project

    bare = path.with_name("bare.db")
    shutil.copy(path, bare)
    with closing(sqlite3.connect(bare)) as connection:
        limit = timed(lambda: (connection.execute(_BARE), connection.commit()))
    figures = []
    with Project.open(path) as project:
        passages = project.passages_by_tag()["accusation"]
        for what, order in (
            ("renaming a tag", lambda: project.rename_tag("accusation", "blame")),
            ("renaming an attribute", lambda: project.rename_attribute("accusation", "accused", "blamed")),
            ("renaming a value", lambda: project.rename_value("accusation", "evidence", "none", "nil")),
            ("another type", lambda: project.retype_attribute("accusation", "evidence", "text")),
            ("counting for a merger", lambda: project.plan_merge_tags(["accusation"], "demand")),
            ("merging tags", lambda: project.merge_tags(["accusation"], "demand")),
        ):
            took = timed(order)
            note = "" if what.startswith("counting") else f"undo {timed(project.undo) / passages * 1000:.0f} ms"
            each = took / passages * 1000
            figures.append(
                Figure(f"{what}, a thousand of {passages:,} passages", each, limit / passages * 1000,
                       f"≤ {TARGET:.0f} ms", each <= TARGET, note=note)
            )  # fmt: skip
    return figures
