"""What round trips of formats have in common: a project that holds what is hard to carry, and what came back."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from annotator import Project, Span, jobs
from annotator.core.codebook import value_text
from annotator.jobs import ExportReport, ImportReport

#: Texts in which units, line ends and directions can go wrong; each with the words that are tagged in it.
TEXTS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("Astral signs", "🚢 The crews 👩🏽‍🔧 call on the port to reopen 🏗️ the quay.\nIt must act 🎉 now.",
     (("demand", "call on the port to reopen 🏗️ the quay"), ("demand", "must act 🎉 now"), ("event", "🎉"))),
    ("Combining marks", "Café in NFD, cafe\u0301 again; na\u0308ive cries.\n\nSecond line of Ko\u0308ln.",
     (("accusation", "cafe\u0301 again"), ("event", "Ko\u0308ln"))),
    ("No-break spaces", "Some 1\u00a0200 people walked;  two  blanks \u2009thin.\n\tTab and «\u00a0guillemets\u00a0».",
     (("event", "1\u00a0200 people walked;  two  blanks"), ("accusation", "«\u00a0guillemets\u00a0»"))),
    ("Right to left", "قالت الإدارة إن «الهجمات» مُدبَّرة.\nMixed: تركيا and 12 drones — then עברית.",
     (("accusation", "«الهجمات» مُدبَّرة"), ("event", "تركيا and 12 drones"), ("demand", "עברית"))),
    ("Overlaps", "They accuse the guards of beating and demand that the guards be tried at once.",
     (("accusation", "accuse the guards of beating"), ("demand", "demand that the guards be tried at once"),
      ("event", "the guards of beating and demand that"), ("accusation", "the guards be tried"))),
)  # fmt: skip


def make(path: Path) -> Project:
    """A project with these texts, passages by two coders, values of every type, notes and links."""
    project = Project.create(path, title="Round trip", coder="Lea")
    turkey = project.add_actor("Türkei", "government", ("Turkey", "تركيا")).result
    first = []
    for n, (title, text, passages) in enumerate(TEXTS):
        statement = project.add_statement(text, title=title, issuer=f"Issuer {n}", language="en").result
        for m, (tag, words) in enumerate(passages):
            project.be("Lea" if m % 2 == 0 else "Omar")
            at = text.index(words)
            made = project.annotate(
                statement, tag, Span(at, at + len(words)), note="A “note”,\nin two lines" if m == 0 else ""
            )
            first.append(made.result)
    project.be("Lea")
    project.set_values(first[0], {"demander": [{"actor": turkey}], "force": [{"value": "appeal"}]})
    project.describe(first[0], {"action": "reopen; the quay", "deadline": "2024-06-30"})
    project.describe(first[2], {"killed": "3-5", "actor": "Turkey; Crew 7"})
    project.link("same_as", first[0], first[1])
    project.link("event_ref", first[3], first[2])
    return project


def exported(project: Project, format: str) -> tuple[bytes, ExportReport]:
    """The project in this format, and what the export told of it."""
    stream = BytesIO()
    report = jobs.run(jobs.export(project, stream, format=format))
    return stream.getvalue(), report


def imported(project: Project, data: bytes, name: str, folder: Path) -> ImportReport:
    """What taking this file in told."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return jobs.run(jobs.import_files(project, [folder / name]))


def bare(project: Project, path: Path) -> Project:
    """The same statements without a passage."""
    project.backup(path)
    copy = Project.open(path, coder="Lea")
    ids = [a.id for s in copy.statements() for a in copy.annotations(s.id)]
    copy.remove(ids)
    return copy


def passages(project: Project, *, without: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Every passage in plain words, by statement and place; ``without`` names what a format has no place for."""
    found = []
    for statement in project.statements():
        for a in project.annotations(statement.id):
            found.append(
                {
                    "title": statement.title,
                    "text": project.text(statement.id),
                    "tag": a.tag,
                    "start": a.start,
                    "end": a.end,
                    "quote": a.quote,
                    "coder": project.coder_name(a.coder),
                    "note": a.note,
                    "values": {
                        name: [value_text(v, project.actor_name) for v in values]
                        for name, values in a.attributes.items()
                    },
                }
            )
    for each in found:
        for key in without:
            del each[key]
    return sorted(found, key=repr)


def links(project: Project) -> list[tuple[str, str, str]]:
    """Every link by the words at its ends."""
    quote = {a.id: a.quote for s in project.statements() for a in project.annotations(s.id)}
    return sorted((link.kind, quote[link.source], quote[link.target]) for link in project.links())
