"""The program is killed (SIGKILL) at any moment: whole steps only, and nothing lost that was acknowledged."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from annotator import AnnotatorError, Project, jobs
from annotator.store import schema

from . import _deeds, _lab
from ._lab import Child, Options, Outcome, Voice

Deed = Callable[[Project, Path], Iterator[str]]
DEEDS: dict[str, Deed] = {
    "tag": _deeds.tag,
    "bulk change": _deeds.bulk,
    "import": _deeds.take_in,
    "undo and redo": _deeds.undo,
    "backup": _deeds.backup,
}
WHILE = "kill -9 at random: "
CREATING = f"{WHILE}new project"
MIGRATING = f"{WHILE}migration"


def run(options: Options) -> Iterator[Outcome]:
    for name, deed in DEEDS.items():
        if options.wants(f"{WHILE}{name}"):
            yield killed(name, deed, options)
    if options.wants(CREATING):
        yield killed_creating(options)
    if options.wants(MIGRATING):
        yield killed_migrating(options)


def doing(deed: Deed, path: Path) -> Callable[[Voice], None]:
    """Opens the project and does the deed, telling of each step once it has returned."""

    def work(voice: Voice) -> None:
        with Project.open(path, coder="LM") as project:
            voice.tell(ready=True)
            for done in deed(project, path.parent):
                voice.tell(done=done)

    return work


def killed(name: str, deed: Deed, options: Options) -> Outcome:
    outcome = Outcome(f"{WHILE}{name}")
    chance = options.random(name)
    with _lab.folder() as base:
        template = _lab.sound(base / "p")
        before = _lab.hashes(template)
        lasts = 0.0
        for n in range(options.rounds + 1):  # the first one is for the clock, and runs to its end
            where = base / str(n)
            path = _lab.copied(template, where)
            if deed is _deeds.take_in:
                _deeds.prepare_import(where)
            child = Child(doing(deed, path))
            heard, took = _heard(outcome, child, chance.uniform(0, lasts) if n else None)
            if n == 0:
                lasts = took
                if not heard:
                    raise RuntimeError(f"“{name}” does nothing without a fault: {outcome.wrong}")
                continue
            outcome.rounds += 1
            backups = [h for h in heard if h.startswith("backup")]
            there = _lab.judge(outcome, path, before, [h for h in heard if h not in backups])
            judge_backups(outcome, where, backups, there)
            shutil.rmtree(where)
    return outcome


def _heard(outcome: Outcome, child: Child, delay: float | None) -> tuple[list[str], float]:
    """What a child acknowledged before it was killed, ``delay`` seconds after it was ready; and how long it worked."""
    heard: list[str] = []
    began = time.monotonic()
    killer = None
    for message in child.messages():
        if "ready" in message:
            began = time.monotonic()
            if delay is not None:
                killer = threading.Timer(delay, child.kill)
                killer.start()
        elif "done" in message:
            heard.append(message["done"])
        else:
            outcome.note(message.get("traceback", str(message)))
    took = time.monotonic() - began
    if killer is not None:
        killer.join()
    outcome.injected += child.end() == 9
    return heard, took


def judge_backups(outcome: Outcome, where: Path, acknowledged: list[str], steps: list[str]) -> None:
    """An acknowledged backup is there; whatever stands under a backup's name is whole."""
    for name in acknowledged:
        outcome.acknowledged += 1
        if not (where / name).exists():
            outcome.lost += 1
            outcome.note(f"{name} is not there")
    for found in sorted(where.glob("backup *.annotator")):
        try:
            with Project.open(found, read_only=True, coder="LM") as project:
                if project.head not in steps or any(f.kind == "error" for f in jobs.run(jobs.check(project))):
                    outcome.note(f"{found.name} is not the project as it was")
        except AnnotatorError as error:
            outcome.half += 1
            outcome.note(f"{found.name} does not open: {error}")


def killed_creating(options: Options) -> Outcome:
    """A new project is there as a whole, with its codebook, or not at all."""
    outcome = Outcome(CREATING)
    chance = options.random("create")
    with _lab.folder() as base:

        def work(voice: Voice) -> None:
            voice.tell(ready=True)
            for n in range(6):
                with Project.create(where / f"{n}", coder="LM") as made:
                    voice.tell(done=made.path.name)

        where = base / "calm"
        where.mkdir()
        _, lasts = _heard(outcome, Child(work), None)
        for n in range(options.rounds):
            where = base / str(n)
            where.mkdir()
            outcome.rounds += 1
            heard, _ = _heard(outcome, Child(work), chance.uniform(0, lasts))
            outcome.acknowledged += len(heard)
            found = sorted(where.glob("[0-9]*.annotator"))
            for name in set(heard) - {path.name for path in found}:
                outcome.lost += 1
                outcome.note(f"{name} is not there")
            for path in found:
                try:
                    with Project.open(path, coder="LM") as project:
                        if not project.codebook.tags or project.title != path.stem or len(_lab.hashes(path)) != 1:
                            outcome.half += 1
                            outcome.note(f"{path.name} is half a project")
                except AnnotatorError as error:
                    outcome.half += 1
                    outcome.note(f"{path.name} does not open: {error}")
    return outcome


def killed_migrating(options: Options) -> Outcome:
    """An older file is of the old schema or of the new one, as a whole, and holds the same."""
    outcome = Outcome(MIGRATING)
    chance = options.random("migrate")
    with _lab.folder() as base:
        template = _lab.sound(base / "p", passages=120)
        before = _lab.hashes(template)

        def work(voice: Voice) -> None:
            _deeds.next_version()
            voice.tell(ready=True)
            with Project.open(path, coder="LM"):
                voice.tell(done="migrated")

        def look(voice: Voice) -> None:
            _deeds.next_version()
            seen = Outcome("")
            _lab.judge(seen, path, before, [])
            voice.tell(wrong=seen.wrong, said=dict(seen.sentences))

        path = _lab.copied(template, base / "calm")
        _, lasts = _heard(outcome, Child(work), None)
        for n in range(options.rounds):
            path = _lab.copied(template, base / str(n))
            outcome.rounds += 1
            heard, _ = _heard(outcome, Child(work), chance.uniform(0, lasts))
            outcome.acknowledged += len(heard)
            version = int.from_bytes(path.read_bytes()[60:64], "big")
            if not Path(f"{path}-journal").exists():
                if version == schema.VERSION:  # still the old one: the program of before opens it
                    _lab.judge(outcome, path, before, [])
                if heard and version == schema.VERSION:
                    outcome.lost += 1
                    outcome.note("the migration was acknowledged and is not there")
            for message in _lab.told(look):
                outcome.wrong += message.get("wrong", [message.get("traceback")])
                outcome.half += bool(message.get("wrong"))
                outcome.sentences.update(message.get("said", {}))
    return outcome
