"""Big projects for the benchmarks: seeded statements with issuers, dates, passages and progress."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks._words import Words

#: A folder that keeps the projects from one run to the next; without it each run makes its own.
KEPT = "ANNOTATOR_BENCHMARK_FOLDER"
#: Records that are handed to the import at once.
PART = 2000
_TAGS = ("demand", "accusation", "event")


def size(name: str, default: int) -> int:
    """How many of something, from the environment: ``ANNOTATOR_BENCHMARK_<NAME>``."""
    return int(os.environ.get(f"ANNOTATOR_BENCHMARK_{name.upper()}", default))


def corpus(folder: Path, statements: int, length: int, passages: int = 0) -> Path:
    """A project of so many statements of so many characters, by way of the public import.

    Every statement has so many ``passages``; without a number one in twenty has one to three.
    """
    kept = os.environ.get(KEPT)
    path = Path(kept or folder) / f"corpus-{statements}x{length}{f'x{passages}' if passages else ''}.annotator"
    if not path.exists():
        making = path.with_name(f"making-{path.name}")
        making.unlink(missing_ok=True)
        _make(making, statements, length, passages)
        making.rename(path)
    return path


def _make(path: Path, statements: int, length: int, passages: int) -> None:
    from annotator import Project

    with Project.create(path, coder="LM") as project, project.intake(slice_ms=2000) as taking:
        records = _records(project, statements, length, passages)
        while part := list(islice(records, PART)):
            taking.add(part)
        project.publish(taking, "Import")


def _records(project, statements: int, length: int, passages: int) -> Iterator:  # type: ignore[no-untyped-def, type-arg]
    from annotator.core.exchange import Record
    from annotator.core.model import (
        Annotation,
        AnnotationId,
        DateValue,
        Progress,
        Statement,
        StatementId,
        TagName,
        new_id,
        now,
    )

    words = Words()
    random = words.random
    offices = [words.text(random.randint(12, 40), paragraphs=False).rstrip(".").title() for _ in range(800)]
    for n in range(statements):
        text = words.text(length)
        title = words.text(random.randint(20, 90), paragraphs=False).rstrip(".")
        annotations = []
        for tag in islice(cycle(_TAGS), passages or (n % 20 == 0 and random.randint(1, 3))):
            start = random.randrange(0, length - 60)
            end = start + random.randint(10, 50)
            annotations.append(
                Annotation(
                    AnnotationId(new_id()), StatementId(""), TagName(tag), project.coder.id, start, end,
                    text[start:end], created_at=now(), modified_at=now(),
                )
            )  # fmt: skip
        date = None
        if n % 10:
            day = f"{random.randint(1995, 2025)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
            date = DateValue(day if n % 7 else day[:7], "in_text" if n % 5 else "inferred")
        yield Record(
            Statement(
                StatementId(""), title=title, issuer=offices[int(random.random() ** 2 * 800)],
                language="en", date_issued=date,
            ),
            text,
            tuple(annotations),
            progress=(Progress(project.coder.id, "done"),) if n % 25 == 0 else (),
        )  # fmt: skip
