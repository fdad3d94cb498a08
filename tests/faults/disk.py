"""No more space: a full disk, and a limit on the size of files. Rolled back, readable, and at work again with space."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import Unwritten

from . import _lab
from ._lab import Child, Options, Outcome, Skip, Voice

FULL = "disk full"
LIMITED = "file-size limit"
DEEDS = ("tag", "undo", "import", "backup", "export")


def run(options: Options) -> Iterator[Outcome]:
    if options.wants(FULL):
        try:
            with _lab.folder() as base, small_disk(base / "disk"):
                yield full(base, options)
        except Skip as reason:
            yield _lab.skipped(FULL, reason)
    if options.wants(LIMITED):
        with _lab.folder() as base:
            yield limited(base, options)


@contextmanager
def small_disk(at: Path, size: str = "3m") -> Iterator[None]:
    """A disk of its own at this path; needs the superuser."""
    if os.name != "posix" or os.getuid() != 0:
        raise Skip("only the superuser may mount a small disk")
    at.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", str(at)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Skip(f"no small disk can be mounted here ({' '.join(done.stderr.split())[:80]})")
    try:
        yield
    finally:
        subprocess.run(["umount", str(at)], check=True)


def until_it_fails(voice: Voice, project: Project, deed: str, where: Path) -> str:
    """Does one thing over and over until the disk is full; tells of each step; returns the sentence."""
    statement = next(iter(project.statements("gates"))).id
    text = len(project.text(statement))
    files = _lab.files(where.parent / f"files for {where.name}", 12, words=30) if deed == "import" else where
    try:
        for n in range(3000):
            if deed == "undo" and n % 2:
                project.undo()
            elif deed == "import":
                (files / "more.txt").write_text(f"{n} " + _lab.WORDS * 100)
                jobs.run(jobs.import_files(project, [files]))
            elif deed == "backup" and n % 4 == 3:
                project.backup(where / f"backup {n}.annotator")
            elif deed == "export" and n % 4 == 3:
                jobs.run(jobs.export(project, where / f"{n}.json"))
            else:
                start = n * 7 % (text - 6)
                project.annotate(statement, "demand", Span(start, start + 5), note="x" * 4000, allow_overlap=True)
            voice.tell(head=project.head)
    except AnnotatorError as error:
        return str(error) if isinstance(error, Unwritten) or deed == "export" else f"{type(error).__name__}: {error}"
    return "there was space for all of it"


def at_work(path: Path, deed: str) -> Callable[[Voice], None]:
    """Works until the disk is full, reads, waits for space, and works again."""

    def work(voice: Voice) -> None:
        with Project.open(path, coder="LM") as project:
            sentence = until_it_fails(voice, project, deed, path.parent)
            held = project.head
            count = sum(1 for _ in project.search("gates"))
            voice.tell(failed=sentence, held=held, reads=count > 0)
            voice.wait()
            voice.tell(
                head=project.edit(project.statements("gates").__next__().id, venue="works again") and project.head
            )

    return work


def _round(
    outcome: Outcome, path: Path, deed: str, work: Callable[[Voice], None], relieve: Callable[[], object]
) -> None:
    before = _lab.hashes(path)
    child = Child(work)
    outcome.rounds += 1
    heads: list[str] = []
    for message in child.messages():
        if "head" in message:
            if message["head"] != (heads or before)[-1]:
                heads.append(message["head"])
        elif "failed" in message:
            outcome.injected += 1
            outcome.said(message["failed"], path.name, str(path.parent), *_numbered(path.parent))
            if not message["reads"]:
                outcome.note(f"{deed}: nothing can be read")
            if message["held"] != (heads or before)[-1]:
                outcome.half += 1
                outcome.note(f"{deed}: the program holds another step than it acknowledged")
            if not message["failed"].endswith(".") or "Error: " in message["failed"]:
                outcome.note(f"{deed}: {message['failed']}")
            relieve()
            child.go()
        else:
            outcome.note(f"{deed}: {message['traceback']}")
    child.end()
    _lab.judge(outcome, path, before, heads, more=0)


def _numbered(where: Path) -> list[str]:
    return [f"{stem}{n}{end}" for n in range(3000) for stem, end in (("backup ", ".annotator"), ("", ".json"))][::-1]


def full(base: Path, options: Options) -> Outcome:
    outcome = Outcome(FULL)
    chance = options.random(FULL)
    template = _lab.sound(base / "p")
    disk = base / "disk"
    for n in range(max(len(DEEDS), options.rounds // 2)):
        deed = DEEDS[n % len(DEEDS)]
        path = _lab.copied(template, disk / str(n))
        ballast = disk / "ballast"
        space = os.statvfs(disk)
        ballast.write_bytes(bytes(space.f_bavail * space.f_frsize - chance.randrange(20_000, 400_000)))
        _round(outcome, path, deed, at_work(path, deed), ballast.unlink)
        shutil.rmtree(path.parent)
        ballast.unlink(missing_ok=True)
        shutil.rmtree(disk / f"files for {n}", ignore_errors=True)
    return outcome


def limited(base: Path, options: Options) -> Outcome:
    """A file may not grow beyond a limit (``ulimit -f``); the signal that would end the program is ignored."""
    outcome = Outcome(LIMITED)
    chance = options.random(LIMITED)
    template = _lab.sound(base / "p")
    for n in range(max(len(DEEDS), options.rounds // 2)):
        deed = DEEDS[n % len(DEEDS)]
        path = _lab.copied(template, base / str(n))
        most = path.stat().st_size + chance.randrange(0, 200_000)

        def work(voice: Voice, path: Path = path, deed: str = deed, most: int = most) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

            class Relieved(Voice):
                def wait(self) -> None:
                    voice.wait()
                    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

                tell = voice.tell

            at_work(path, deed)(Relieved(voice._end))

        _round(outcome, path, deed, work, lambda: None)
        shutil.rmtree(path.parent)
    return outcome
