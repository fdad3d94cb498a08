"""What all faults share: what is counted, a project to harm, a process to harm it from, and a judge.

A child is forked from this process, so that a round costs milliseconds; nothing of a project is open when it is.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from annotator import AnnotatorError, Project, Span, jobs

WORDS = "We call on the council to open the gates. Armed men shelled the dam. They must withdraw at once. "
#: Seconds after which a child that says nothing counts as hanging.
PATIENCE = 60.0


@dataclass(slots=True)
class Options:
    """How long and how random a run is; ``rounds`` is for each fault that has no natural number of rounds."""

    rounds: int = 60
    seed: int = 1
    #: Only faults whose name holds these words.
    only: str = ""

    def wants(self, fault: str) -> bool:
        return self.only in fault

    def random(self, name: str) -> random.Random:
        return random.Random(f"{self.seed} {name}")


@dataclass(slots=True)
class Outcome:
    """What became of one fault: counts, the sentences that a user would have read, and all that went wrong."""

    fault: str
    rounds: int = 0
    injected: int = 0
    acknowledged: int = 0
    lost: int = 0
    half: int = 0
    sentences: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    skipped: str = ""

    def said(self, sentence: str, *names: str) -> None:
        """Count a sentence, with ``…`` for these names, which differ from round to round."""
        for name in names:
            sentence = sentence.replace(name, "…")
        self.sentences[sentence.removeprefix("annotator: ").strip()] += 1

    def note(self, what: str) -> None:
        self.wrong.append(f"{self.fault}, round {self.rounds}: {what}")

    @property
    def good(self) -> bool:
        return not (self.wrong or self.lost or self.half)


class Skip(Exception):
    """A means is missing here, and which one."""


def skipped(fault: str, reason: object) -> Outcome:
    return Outcome(fault, skipped=str(reason))


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that others may look into (a fault may need another user), and that goes with all that is in it."""
    path = Path(tempfile.mkdtemp(prefix="annotator-faults-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def files(where: Path, count: int, words: int = 60) -> Path:
    """A folder of plain texts to import."""
    where.mkdir()
    for n in range(count):
        (where / f"{n:03}.txt").write_text(f"Title {where.name} {n}\n" + WORDS * words, encoding="utf-8")
    return where


def sound(path: Path, *, statements: int = 3, passages: int = 12) -> Path:
    """A closed project with some statements, passages, links and an undone step."""
    with Project.create(path, coder="LM") as project:
        made = [project.add_statement(f"Statement {n}\n" + WORDS * 20).result for n in range(statements)]
        marks = [project.annotate(made[0], "event", Span(n * 9, n * 9 + 6)).result for n in range(passages)]
        for one, other in pairwise(marks[:4]):
            project.link("same_as", one, other)
        project.mark(made[-1], "done")
        project.edit(made[0], venue="Geneva")
        project.undo()
        return project.path


def copied(path: Path, where: Path) -> Path:
    where.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(path, where / path.name))


# -- the child ---------------------------------------------------------------------------------------


class Voice:
    """How a child tells what it has done and is told to go on; no ``write`` call is needed for it."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def tell(self, **message: Any) -> None:
        self._end.send(json.dumps(message).encode())

    def wait(self) -> None:
        self._end.recv(10)


class Child:
    """A forked process that does some work and tells of it."""

    def __init__(self, work: Callable[[Voice], None]) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            here.close()
            voice = Voice(there)
            try:
                work(voice)
            except BaseException:
                with suppress(OSError):
                    voice.tell(traceback=traceback.format_exc()[-3000:])
            os._exit(0)
        there.close()
        self._end = here
        self._end.settimeout(PATIENCE)
        self._over = False

    def messages(self) -> Iterator[dict[str, Any]]:
        """What it tells, until it ends."""
        while True:
            try:
                data = self._end.recv(65536)
            except ConnectionResetError:
                data = b""
            except TimeoutError:
                yield {"traceback": f"nothing was heard for {PATIENCE} s"}
                self.kill()
                return
            if not data:
                return
            yield json.loads(data)

    def go(self) -> None:
        self._end.send(b"go")

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Wait until it is gone; returns the signal that ended it, 0 without one."""
        if self._over:
            return 0
        self._over = True
        _, status = os.waitpid(self.pid, 0)
        self._end.close()
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def told(work: Callable[[Voice], None]) -> list[dict[str, Any]]:
    """All that a child tells that runs to its end."""
    child = Child(work)
    heard = list(child.messages())
    child.end()
    return heard


def command_line(arguments: Sequence[object]) -> tuple[int, str]:
    """Run a command in this (child) process; returns its exit code and what it said on standard error."""
    from annotator.cli import main

    said = tempfile.TemporaryFile()  # noqa: SIM115
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(said.fileno(), 2)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    code = main([str(a) for a in arguments])
    sys.stderr.flush()
    said.seek(0)
    return code, said.read().decode("utf-8", "replace")


# -- the judge ----------------------------------------------------------------------------------------


def hashes(path: Path) -> list[str]:
    """The hashes of all steps, the first one first; by other means than the program's."""
    with closing(sqlite3.connect(path)) as raw:
        return [row[0] for row in raw.execute("SELECT hash FROM step ORDER BY number")]


def judge(
    outcome: Outcome, path: Path, before: Sequence[str], acknowledged: Sequence[str], *, more: int = 1
) -> list[str]:
    """Open the project after a fault, and say what does not hold; returns the hashes of its steps.

    It opens; ``check`` finds nothing; the steps from before and those that were acknowledged are there in their order;
    and at most ``more`` steps that nobody was told of.
    """
    outcome.acknowledged += len(acknowledged)
    try:
        with Project.open(path, coder="LM") as project:
            if project.recovered:
                outcome.said(project.recovered)
            errors = [f for f in jobs.run(jobs.check(project)) if f.kind == "error"]
        there = hashes(path)
    except AnnotatorError as error:
        outcome.half += 1
        outcome.lost += len(acknowledged)
        outcome.note(f"does not open: {error}")
        return []
    if errors:
        outcome.half += 1
        outcome.note(f"check finds: {errors[:3]}")
    expected = [*before, *acknowledged]
    missing = set(expected) - set(there)
    if missing:
        outcome.lost += len(missing)
        outcome.note(f"{len(missing)} acknowledged steps are not there")
    elif there[: len(expected)] != expected or len(there) > len(expected) + more:
        outcome.half += 1
        outcome.note(f"{len(there)} steps where {len(expected)} were acknowledged")
    unswept = _unswept(path)
    if unswept:
        outcome.half += 1
        outcome.note(f"{unswept} texts or index rows are left over")
    return there


def _unswept(path: Path) -> int:
    """Texts and index rows to which nothing refers, though the project was opened for writing since."""
    with closing(sqlite3.connect(path)) as raw:
        texts = raw.execute(
            "SELECT count(*) FROM content WHERE sha256 NOT IN (SELECT text_sha256 FROM statement) AND sha256 NOT IN"
            " (SELECT coalesce(coalesce(before, after) ->> 'text_sha256', '') FROM change)"
        ).fetchone()[0]
        rows = raw.execute(
            "SELECT (SELECT count(*) FROM statement_search) - (SELECT count(*) FROM statement)"
        ).fetchone()[0]
    return int(texts + abs(rows))


def one_sentence(text: str) -> bool:
    """Whether this is what a command may say: one line that begins with the program's name and ends as a sentence."""
    lines = text.strip().splitlines()
    return len(lines) == 1 and lines[0].startswith("annotator: ") and lines[0].endswith((".", "!", "?"))
