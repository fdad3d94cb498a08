"""Queries of claims over a million annotations: the first page of passages and of statements, beside bare SQL.

And the table of all passages in the real window, beside a bare table view.

How many is said by ``ANNOTATOR_BENCHMARK_CLAIMS``; ``ANNOTATOR_BENCHMARK_FOLDER`` keeps the project for the next run.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from tests.benchmarks._claims import claims
from tests.benchmarks._corpus import size
from tests.benchmarks._measure import Figure, median, p99, timed

#: A query, an order, and the least that could be asked of the file to answer it.
_BARE = "SELECT a.rowid FROM annotation a JOIN annotation_value v ON v.annotation = a.id WHERE v.name = ? LIMIT 100"
QUERIES = (
    ("accused:Turkey evidence:none date:2022..2023", "place"),
    ("tag:accusation", "date"),
    ("killed:>=40", "place"),
    ("date_start:2022-01..2022-03", "place"),
    ("mentions:Turkey killed:3", "changed"),
    ("tag:event verification:disputed", "issuer"),
    ("note:again", "place"),
    ("", "tag"),
)


def run() -> list[Figure]:
    from annotator import Project

    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        count = size("claims", 1_000_000)
        path = claims(Path(folder), count)
        figures = []
        with Project.open(path, read_only=True) as project:
            from annotator.store.passage_list import PassageOrder

            connection = project._connection
            bare = [timed(lambda: connection.all(_BARE, ("accused",))) for _ in range(9)]
            for query, order in QUERIES:
                taken = [_first(project, query, PassageOrder(order)) for _ in range(9)]
                listed = [timed(lambda: next(project.listing(query), None)) for _ in range(9)]  # noqa: B023
                value = median(taken)
                figures.append(
                    Figure(
                        f"{count:,} annotations, “{query}” by {order}: first page", value, median(bare), "≤ 100 ms",
                        value <= 100, note=f"worst of 9: {max(taken):.0f} ms; of statements {median(listed):.0f} ms",
                    )
                )  # fmt: skip
        return [*figures, *_table(path, count)]


def _table(path: Path, count: int) -> list[Figure]:
    """The table of all passages in the real window: until all rows stand, and its frames while it scrolls."""
    from array import array

    from annotator import Project
    from tests.benchmarks.list import Heartbeat, bare_table, frames_of, wait, window

    application, app = window()
    app.session.use(Project.open(path, coder="LM"))
    wait(application, lambda: app.session.statement)
    with Heartbeat() as heart:
        began = time.perf_counter()
        app.carry_out("view.passages")
        view = app.window.passages_view.table
        wait(application, lambda: view.model() and view.model().rowCount() > 0)
        first = (time.perf_counter() - began) * 1000
        wait(application, lambda: view.model().rowCount() >= count)
        whole = (time.perf_counter() - began) * 1000
    held = max(heart.gaps)
    frames = list(frames_of(application, view))
    _, _, bare = bare_table(application, count, view.size(), array("q", range(count)))
    value = p99(frames)
    app.window.close()
    return [
        Figure(
            f"table of {count:,} passages: scroll frame, p99", value, p99(bare), "≤ 8 ms", value <= 8,
            note=f"first rows after {first:.0f} ms, all after {whole:.0f} ms, the window held up {held:.0f} ms at most",
        )
    ]  # fmt: skip


def _first(project, query: str, order) -> float:  # type: ignore[no-untyped-def]
    def ask() -> None:
        part = next(project.passage_listing(query, order), None)
        project.passage_rows(part.numbers[:100] if part else [])

    return timed(ask)
