"""Files and folders that may not be written, and others that want to write at the same time."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from annotator import AnnotatorError, Project, Span
from annotator.core.errors import Busy, Locked, ReadOnly

from . import _lab
from ._lab import Child, Options, Outcome, Skip, Voice

NOBODY = 65534
READ_ONLY = "read-only file and folder"
WRITERS = "second writer"
LOCKS = "lock of another program"


def run(options: Options) -> Iterator[Outcome]:
    if options.wants(READ_ONLY):
        try:
            yield read_only()
        except Skip as reason:
            yield _lab.skipped(READ_ONLY, reason)
    if options.wants(WRITERS):
        yield second_writer(options)
    if options.wants(LOCKS):
        yield foreign_lock(options)


# -- read-only ----------------------------------------------------------------------------------------


def _file(path: Path) -> None:
    path.chmod(0o444)
    path.parent.chmod(0o777)


def _folder(path: Path) -> None:
    path.chmod(0o666)
    path.parent.chmod(0o555)


def _folder_with_lock(path: Path) -> None:
    lock = path.with_name(f".{path.name}.lock")
    lock.touch()
    lock.chmod(0o666)
    _folder(path)


def _both(path: Path) -> None:
    path.chmod(0o444)
    path.parent.chmod(0o555)


def _unreadable(path: Path) -> None:
    path.chmod(0o000)
    path.parent.chmod(0o755)


def _interrupted(path: Path) -> None:
    """Left in the middle of a step, in a folder that may not be written."""
    shutil.copy(path, path.with_name("before"))
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA cache_size = 1")
    raw.execute("BEGIN IMMEDIATE")
    for n in range(500):
        raw.execute("INSERT INTO actor (id, name) VALUES (?, ?)", (f"a{n}", "x" * 500))
    half, journal = path.read_bytes(), path.with_name(f"{path.name}-journal").read_bytes()
    raw.execute("ROLLBACK")
    raw.close()
    path.write_bytes(half)
    path.with_name("before").unlink()
    path.with_name(f"{path.name}-journal").write_bytes(journal)
    for each in path.parent.iterdir():
        each.chmod(0o444)
    path.parent.chmod(0o555)


CASES: tuple[Callable[[Path], None], ...] = (_file, _folder, _folder_with_lock, _both, _unreadable, _interrupted)


def read_only() -> Outcome:
    if os.name != "posix":
        raise Skip("only on POSIX systems")
    outcome = Outcome(READ_ONLY)
    with _lab.folder() as base:
        template = _lab.sound(base / "p")
        home = base / "home"
        home.mkdir()
        home.chmod(0o777)
        for case in CASES:
            path = _lab.copied(template, base / case.__name__.strip("_"))
            case(path)
            before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
            for deed in (_opened, _commanded):
                outcome.rounds += 1
                outcome.injected += 1
                for message in _lab.told(
                    _as_nobody(deed, path, home, readable=case not in (_unreadable, _interrupted))
                ):
                    if "said" in message:
                        outcome.said(message["said"], str(path), path.name)
                    else:
                        outcome.note(f"{case.__name__}: {message.get('traceback', message)}")
            after = {
                p.name: p.read_bytes() for p in path.parent.iterdir() if p.name in before or p.name[-5:] != ".lock"
            }
            if after != before:
                outcome.half += 1
                outcome.note(f"{case.__name__}: something was written")
            path.parent.chmod(0o755)
    return outcome


Deed = Callable[[Voice, Path, bool], None]


def _as_nobody(deed: Deed, path: Path, home: Path, *, readable: bool) -> Callable[[Voice], None]:
    """The superuser may write everywhere, and so becomes somebody who may not."""

    def work(voice: Voice) -> None:
        import annotator.cli
        import annotator.jobs  # noqa: F401

        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        os.environ["HOME"] = os.environ["TMPDIR"] = _lab.tempfile.tempdir = str(home)
        deed(voice, path, readable)

    return work


def _opened(voice: Voice, path: Path, readable: bool) -> None:
    try:
        Project.open(path).close()
        voice.tell(wrong="opens for writing")
    except AnnotatorError as error:
        voice.tell(said=str(error))
        if readable and not isinstance(error, ReadOnly):
            voice.tell(wrong=f"{type(error).__name__} instead of ReadOnly")
    try:
        with Project.open(path, fall_back=True) as project:
            if not project.read_only or not project.notice or project.count() != 3:
                voice.tell(wrong="falls back to something else")
            try:
                project.annotate(next(iter(project.statements())).id, "demand", Span(1, 2))
                voice.tell(wrong="can be written")
            except ReadOnly as error:
                voice.tell(said=str(error))
            if not readable:
                voice.tell(wrong="can be read")
    except AnnotatorError as error:
        voice.tell(said=str(error))
        if readable:
            voice.tell(wrong="cannot be read")


def _commanded(voice: Voice, path: Path, readable: bool) -> None:
    code, said = _lab.command_line(["undo", path])
    if code not in (1, 2) or not _lab.one_sentence(said):
        voice.tell(wrong=f"undo: exit {code}, {said!r}")
    voice.tell(said=said)
    code, said = _lab.command_line(["list", path])
    if (code == 0) is not readable or (code and not _lab.one_sentence(said)):
        voice.tell(wrong=f"list: exit {code}, {said!r}")


# -- others -----------------------------------------------------------------------------------------------


def second_writer(options: Options) -> Outcome:
    """Several processes want to write at once: one does, and the others are told."""
    outcome = Outcome(WRITERS)
    with _lab.folder() as base:
        template = _lab.sound(base / "p")
        for n in range(max(3, options.rounds // 3)):
            path = _lab.copied(template, base / str(n))
            before = _lab.hashes(path)

            def work(voice: Voice, path: Path = path) -> None:
                voice.wait()
                for each in range(6):
                    try:
                        with Project.open(path, coder="LM") as project:
                            statement = next(iter(project.statements())).id
                            project.edit(statement, venue=f"{os.getpid()} {each}")
                            voice.tell(done=project.head)
                    except Locked as error:
                        voice.tell(said=str(error))
                with Project.open(path, fall_back=True, coder="LM") as project:
                    if not project.count():
                        voice.tell(wrong="cannot be read beside a writer")

            children = [Child(work) for _ in range(3)]
            for child in children:
                child.go()
            acknowledged = []
            for child in children:
                outcome.injected += 1
                for message in child.messages():
                    if "done" in message:
                        acknowledged.append(message["done"])
                    elif "said" in message:
                        outcome.said(message["said"], path.name)
                    else:
                        outcome.note(str(message))
                child.end()
            outcome.rounds += 1
            place = {h: i for i, h in enumerate(_lab.hashes(path))}
            _lab.judge(outcome, path, before, sorted(acknowledged, key=lambda h: place.get(h, -1)), more=0)
    return outcome


def foreign_lock(options: Options) -> Outcome:
    """Another SQLite program holds the file: nothing is saved, it is said, and afterwards it works."""
    outcome = Outcome(LOCKS)
    with _lab.folder() as base:
        template = _lab.sound(base / "p")
        for n in range(max(3, options.rounds // 6)):
            how = ("IMMEDIATE", "EXCLUSIVE", "DEFERRED")[n % 3]
            path = _lab.copied(template, base / str(n))
            before = _lab.hashes(path)

            def work(voice: Voice, path: Path = path) -> None:
                with Project.open(path, coder="LM") as project:
                    statement = next(iter(project.statements())).id
                    project.edit(statement, venue="before")
                    voice.tell(done=project.head)
                    voice.tell(ready=True)
                    voice.wait()
                    for act in (
                        lambda: project.edit(statement, venue="x"),
                        project.undo,
                        lambda: project.opened(statement),
                    ):
                        try:
                            act()
                            voice.tell(wrong="wrote beside another program")
                        except Busy as error:
                            voice.tell(said=str(error))
                    voice.tell(ready=False)
                    voice.wait()
                    project.edit(statement, venue="y")
                    voice.tell(done=project.head)

            child = Child(work)
            acknowledged = []
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                for message in child.messages():
                    if message.get("ready") is True:
                        other.execute(f"BEGIN {how}")
                        other.execute("SELECT count(*) FROM statement").fetchone()
                        for words in (["undo", path], ["list", path]):
                            _commanded_beside(outcome, words, how)
                        child.go()
                    elif message.get("ready") is False:
                        other.execute("ROLLBACK")
                        child.go()
                    elif "said" in message:
                        outcome.injected += 1
                        outcome.said(message["said"], path.name)
                    elif "done" in message:
                        acknowledged.append(message["done"])
                    else:
                        outcome.note(f"{how}: {message}")
                child.end()
            outcome.rounds += 1
            _lab.judge(outcome, path, before, acknowledged, more=0)
    return outcome


def _commanded_beside(outcome: Outcome, words: list[object], how: str) -> None:
    def work(voice: Voice) -> None:
        code, said = _lab.command_line(words)
        voice.tell(code=code, said=said)

    for message in _lab.told(work):
        if "traceback" in message:
            outcome.note(message["traceback"])
        elif message["code"]:
            outcome.said(message["said"], Path(str(words[1])).name)
            if message["code"] != 2 or not _lab.one_sentence(message["said"]):
                outcome.note(f"{how}, {words[0]}: exit {message['code']}, {message['said']!r}")
        elif words[0] != "list" or how == "EXCLUSIVE":
            outcome.note(f"{how}: {words[0]} worked beside another program")
