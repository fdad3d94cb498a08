"""Queries of claims over a million annotations: the first page of passages and of statements, beside bare SQL.

How many is said by ``ANNOTATOR_BENCHMARK_CLAIMS``; ``ANNOTATOR_BENCHMARK_FOLDER`` keeps the project for the next run.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.benchmarks._claims import claims
from tests.benchmarks._corpus import size
from tests.benchmarks._measure import Figure, median, timed

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
        return figures


def _first(project, query: str, order) -> float:  # type: ignore[no-untyped-def]
    def ask() -> None:
        part = next(project.passage_listing(query, order), None)
        project.passage_rows(part.numbers[:100] if part else [])

    return timed(ask)
