"""A project of a million typed claims: ten passages a statement, with actors, choices, dates and counts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from tests.benchmarks._corpus import KEPT, PART
from tests.benchmarks._words import Words

#: Passages of a statement, characters of its text, actors, and passages that are left without a required value: 1 in.
EACH, LENGTH, ACTORS, INCOMPLETE = 10, 600, 3000, 50


def claims(folder: Path, passages: int) -> Path:
    """The project, kept from run to run where ``ANNOTATOR_BENCHMARK_FOLDER`` says."""
    path = Path(os.environ.get(KEPT) or folder) / f"claims-{passages}.annotator"
    if not path.exists():
        making = path.with_name(f"making-{path.name}")
        making.unlink(missing_ok=True)
        _make(making, passages)
        making.rename(path)
    return path


def _make(path: Path, passages: int) -> None:
    from annotator import Project

    with Project.create(path, coder="LM") as project:
        words = Words()
        with project.step("Add actors"):
            actors = [project.add_actor("Turkey", aliases=("Ankara", "تركيا")).result]
            for n in range(ACTORS - 1):
                name = words.text(words.random.randint(8, 30), paragraphs=False).rstrip(".").title()
                actors.append(project.add_actor(f"{name} {n}").result)
        with project.intake(slice_ms=2000) as taking:
            records = _records(project, words, actors, passages)
            while part := list(islice(records, PART)):
                taking.add(part)
            project.publish(taking, "Import")


def _records(project, words: Words, actors: list[str], passages: int) -> Iterator:  # type: ignore[no-untyped-def, type-arg]
    from annotator.core.exchange import Record
    from annotator.core.model import Annotation, AnnotationId, DateValue, Statement, StatementId, TagName, new_id, now

    random = words.random
    offices = [words.text(random.randint(12, 40), paragraphs=False).rstrip(".").title() for _ in range(300)]
    choices = {(t.name, a.name): [c.name for c in a.values] for t in project.codebook for a in t.attributes if a.values}
    first_day = date(2010, 1, 1)

    def actor() -> dict[str, str]:
        return {"actor": actors[int(random.random() ** 3 * len(actors))]}

    def choice(tag: str, name: str) -> list[dict[str, str]]:
        # The first value of a vocabulary is common, the last one rare.
        values = choices[tag, name]
        return [{"value": values[int(random.random() ** 2 * len(values))]}]

    def attributes(tag: str, day: str) -> dict[str, list[dict[str, object]]]:
        if tag == "demand":
            found = {"demander": [actor()], "addressee": [actor()], "action": [{"value": words.text(30)}],
                     "force": choice(tag, "force"), "polarity": choice(tag, "polarity"),
                     "timing": choice(tag, "timing")}  # fmt: skip
        elif tag == "accusation":
            found = {"accuser": [actor()], "accused": [actor(), *([actor()] if random.random() < 0.2 else [])],
                     "act": [{"value": words.text(30)}], "conduct": choice(tag, "conduct"),
                     "mode": choice(tag, "mode"), "evidence": choice(tag, "evidence")}  # fmt: skip
        else:
            count = random.randint(0, 40)
            found = {"event_type": choice(tag, "event_type"), "what": [{"value": words.text(30)}], "actor": [actor()],
                     "recipient": [actor()], "realis": choice(tag, "realis"),
                     "date_start": [{"edtf": day if random.random() < 0.7 else day[:7], "basis": "in_text"}],
                     "date_precision": choice(tag, "date_precision"), "verification": choice(tag, "verification"),
                     "killed": [{"min": count, "max": count + random.choice((0, 5)), "text": str(count)}]}  # fmt: skip
        if random.randrange(INCOMPLETE) == 0:
            found.pop(next(iter(found)))
        return found  # type: ignore[return-value]

    for n in range(passages // EACH):
        text = words.text(LENGTH)
        day = str(first_day + timedelta(days=random.randrange(5800)))
        annotations = []
        for k in range(EACH):
            tag = ("demand", "accusation", "event")[k % 3]
            start = k * 55 + random.randrange(10)
            end = start + random.randint(15, 44)
            stamp = now()
            annotations.append(
                Annotation(
                    AnnotationId(new_id()), StatementId(""), TagName(tag), project.coder.id, start, end,
                    text[start:end], text[max(0, start - 32) : start], text[end : end + 32], attributes(tag, day),
                    "To be looked at again." if random.randrange(500) == 0 else "", created_at=stamp, modified_at=stamp,
                )
            )  # fmt: skip
        yield Record(
            Statement(
                StatementId(""), title=words.text(random.randint(20, 90), paragraphs=False).rstrip("."),
                issuer=offices[int(random.random() ** 2 * len(offices))], language="en",
                date_issued=DateValue(day if n % 7 else day[:7], "in_text") if n % 10 else None,
            ),
            text,
            tuple(annotations),
        )  # fmt: skip
