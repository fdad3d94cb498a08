"""The clock jumps, also far back: steps keep their order, undo takes the last one, backups go on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from annotator import Project, Span, jobs
from annotator.core import model

from . import _lab
from ._lab import Options, Outcome, Voice

DAYS = (0, -1, 3, -400, 0.01, -20_000, 36_500)


def run(options: Options) -> Iterator[Outcome]:
    if options.wants("clock jumps back"):
        yield jumping(options)


def jump(days: float) -> None:
    """From now on this process lives so many days later."""
    real = time.time

    class Jumped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=days)

    model.datetime = Jumped  # type: ignore[misc]
    time.time = lambda: real() + days * 86400


def jumping(options: Options) -> Outcome:
    outcome = Outcome("clock jumps back")
    chance = options.random("clock")
    with _lab.folder() as base:
        path = _lab.sound(base / "p")
        _lab.files(base / "files", 2)
        for n in range(max(len(DAYS), options.rounds)):
            days = DAYS[n] if n < len(DAYS) else chance.uniform(-20_000, 20_000)
            before = _lab.hashes(path)

            def work(voice: Voice, n: int = n, days: float = days) -> None:
                with Project.open(path, coder="LM") as project:
                    jump(days)  # in the middle of a session
                    _session(voice, project, base / "files", n)

            heads: list[str] = []
            for message in _lab.told(work):
                if "head" in message:
                    heads.append(message["head"])
                else:
                    outcome.note(f"{days} days: {message}")
            outcome.rounds += 1
            outcome.injected += 1
            _lab.judge(outcome, path, before, heads, more=0)
    return outcome


def _session(voice: Voice, project: Project, files: Path, n: int) -> None:
    """Some steps, each undone and redone in the order in which they were made."""
    statement = next(iter(project.statements())).id

    def done(label: str, *expected: str) -> None:
        voice.tell(head=project.head)
        last = project.history(limit=1)[0]
        if not last.label.startswith(label) or last.hash != project.head:
            voice.tell(wrong=f"the last step is {last.label!r} instead of {label!r}")
        if expected and (project.undo_label, project.redo_label) != expected:
            voice.tell(wrong=f"after {label!r}, undo offers {project.undo_label!r}, redo {project.redo_label!r}")

    project.edit(statement, venue=f"venue {n}")
    done("Edit venue", "Edit venue", "")
    mark = project.annotate(statement, "accusation", Span(n * 7, n * 7 + 5)).result
    done("Tag as", "Tag as accusation", "")
    project.note(mark, "later")
    done("Edit note", "Edit note", "")
    project.undo()
    done("Undo Edit note", "Tag as accusation", "Edit note")
    project.undo()
    done("Undo Tag", "Edit venue", "Tag as accusation")
    project.redo()
    done("Redo Tag", "Tag as accusation", "Edit note")
    for number, name in enumerate(sorted(files.iterdir())):
        name.write_text(f"Session {n}, file {number}\n" + _lab.WORDS, encoding="utf-8")
    report = jobs.run(jobs.import_files(project, [files]))
    if report.imported != 2:
        voice.tell(wrong=report.sentence())
    done("Import 2", "Import 2 statements", "")
    newest = [s.title for s in project.statements()][-2:]
    if newest != [f"Session {n}, file 0", f"Session {n}, file 1"]:
        voice.tell(wrong=f"the list ends with {newest}")
    numbers = [b.number for b in project.backups.all()]
    if project.keep() is None or [b.number for b in project.backups.all()][:1] <= numbers[:1]:
        voice.tell(wrong="no backup was made")
