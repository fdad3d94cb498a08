"""Completion over 50,000 actors and a merger of two with 100,000 passages, beside bare SQLite on the same disk."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.benchmarks._corpus import size
from tests.benchmarks._measure import Figure, median, p99, timed
from tests.benchmarks._words import Words
from tests.benchmarks.tag import bare_commit

#: Parts of names that a hand may have typed, in three scripts, with misses.
_TYPED = ("a", "br", "bri", "brigade 4", "قو", "قوات 123", "سد", "си", "сил", "unit", "zz", "rth", "12", "q", "the w")


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        return _run(Path(folder), size("actors", 50_000), size("passages", 100_000))


def _run(folder: Path, actors: int, passages: int) -> list[Figure]:
    from annotator import Project
    from annotator.core.duplicates import duplicates

    path = folder / "p.annotator"
    one, other = _make(path, actors, passages)
    figures = []
    with Project.open(path, coder="LM") as project, closing(sqlite3.connect(path)) as bare:
        took = [timed(lambda part=part: project.roster.matching(part, 12)) for _ in range(5) for part in _TYPED]
        sql = "SELECT actor FROM actor_name WHERE start = 0 AND folded >= ? LIMIT 12"
        limit = [timed(lambda part=part: bare.execute(sql, (part,)).fetchall()) for _ in range(5) for part in _TYPED]
        figures.append(
            Figure("completion, a key, p99", p99(took), median(limit), "≤ 30 ms", p99(took) <= 30,
                   note=f"{actors:,} actors with three names each; median {median(took):.2f} ms")
        )  # fmt: skip
        with bare_commit(folder) as commit:
            commits = [commit() for _ in range(9)]
        merged, undone = [], []
        for _ in range(5):
            merged.append(timed(lambda: project.merge_actors([one], other)))
            undone.append(timed(project.undo))
        figures.append(
            Figure("merging two actors, median", median(merged), median(commits), "≤ 200 ms", median(merged) <= 200,
                   note=f"{passages:,} passages; worst {max(merged):.1f} ms; undo {median(undone):.1f} ms")
        )  # fmt: skip
        project.merge_actors([one], other)
        counted = timed(lambda: project.roster.summaries([other]))
        began = time.perf_counter()
        first = next(project.roster.mentions(other))
        page = (time.perf_counter() - began) * 1000
        figures.append(
            Figure("first page of a merged actor's passages", page, counted, "≤ 50 ms", page <= 50,
                   note=f"{len(first)} passages; counting all of them {counted:.1f} ms (bare column)")
        )  # fmt: skip
        took = []
        began = time.perf_counter()
        for _ in duplicates(project.actors()):
            took.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
        figures.append(
            Figure("looking for duplicates", sum(took) / 1000, 1.0, "≤ 30 s, beside the window", sum(took) <= 30_000,
                   unit="s", note=f"{actors:,} actors; longest part without an answer {max(took):.0f} ms")
        )  # fmt: skip
    return figures


def _make(path: Path, actors: int, passages: int) -> tuple[str, str]:
    """A project of so many actors, of whom two share so many passages; returns these two."""
    from annotator import Project
    from annotator.core.exchange import Header, Record
    from annotator.core.model import (
        Actor,
        ActorId,
        Annotation,
        AnnotationId,
        Coder,
        Statement,
        StatementId,
        TagName,
        new_id,
    )

    words = Words()
    with Project.create(path, coder="LM") as project, project.intake(slice_ms=2000) as taking:
        found = [
            Actor(
                ActorId(new_id()), f"{words.text(24, paragraphs=False).rstrip('.').title()} Brigade {n}", "militia",
                (f"قوات {n} الحرة", f"Силы {n}"),
            )
            for n in range(actors)
        ]  # fmt: skip
        taking.add([Header(project.codebook, (Coder(project.coder.id, "LM"),), tuple(found))])
        text = words.text(4_000)
        left = passages
        while left > 0:
            several = []
            for n in range(min(100, left)):
                value = {"addressee": [{"actor": found[n % 2].id}]}
                start = 30 * n
                several.append(
                    Annotation(
                        AnnotationId(new_id()), StatementId(""), TagName("demand"), project.coder.id, start, start + 20,
                        text[start : start + 20], attributes=value,
                    )
                )  # fmt: skip
            left -= len(several)
            body = f"{text} {left}"
            taking.add([Record(Statement(StatementId(""), title=f"T{left}"), body, tuple(several))])
        project.publish(taking, "Import")
    return found[0].id, found[1].id
