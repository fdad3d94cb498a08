"""Exporting 100,000 annotations as JSON, beside reading the rows and dumping dicts with plain code."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path

from tests.benchmarks._measure import Figure, median, timed
from tests.benchmarks._words import Words


def run(statements: int = 5_000, each: int = 20, runs: int = 3) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = folder / "p.annotator"
        _fill(project, statements, each)
        ours, bare = [], []
        for n in range(runs):
            bare.append(timed(lambda: _bare(project, folder / f"bare{n}.json")))  # noqa: B023
            ours.append(timed(lambda: _ours(project, folder / f"out{n}.json")))  # noqa: B023
    limit, value = median(bare), median(ours)
    target = "≤ 3 × (read the rows + dump dicts)"
    return [Figure(f"JSON export of {statements * each:,} annotations", value, limit, target, value <= 3 * limit)]


def _fill(path: Path, statements: int, each: int) -> None:
    from annotator import Project
    from annotator.core.exchange import Header, Record
    from annotator.core.model import Annotation, AnnotationId, Statement, StatementId, TagName, new_id, now

    words = Words()
    with Project.create(path, coder="LM") as project, project.intake(slice_ms=400) as taking:
        taking.add([Header(project.codebook, (project.coder,))])
        for n in range(statements):
            text = words.text(4096)
            annotations = []
            for m in range(each):
                start = words.random.randrange(0, 3800)
                end = start + words.random.randint(20, 200)
                tag = TagName(("demand", "accusation", "event")[m % 3])
                annotations.append(
                    Annotation(
                        AnnotationId(new_id()),
                        StatementId(""),
                        tag,
                        project.coder.id,
                        start,
                        end,
                        text[start:end],
                        created_at=now(),
                        modified_at=now(),
                    )
                )
            taking.add([Record(Statement(StatementId(""), title=f"Statement {n}"), text, tuple(annotations))])
        project.publish(taking, "Import")


def _ours(project: Path, target: Path) -> None:
    from annotator import Project, jobs

    with Project.open(project, read_only=True) as opened:
        jobs.run(jobs.export(opened, target))


def _bare(project: Path, target: Path) -> None:
    connection = sqlite3.connect(f"{project.as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    annotations: dict[str, list[dict[str, object]]] = {}
    for row in connection.execute('SELECT * FROM annotation ORDER BY statement, start, "end", tag, id'):
        annotations.setdefault(row["statement"], []).append(dict(row))
    with open(target, "w", encoding="utf-8") as file:
        for row in connection.execute(
            "SELECT s.*, c.text FROM statement s JOIN content c ON c.sha256 = s.text_sha256 ORDER BY s.id"
        ):
            statement = dict(row) | {"annotations": annotations.get(row["id"], [])}
            file.write(json.dumps(statement, ensure_ascii=False) + ",\n")
    connection.close()
