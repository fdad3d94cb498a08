"""A system call fails, or the program is killed at it: each N-th one of an action in turn, until the action passes.

``strace -e inject`` makes the kernel answer with an error, so that SQLite, Python and this program see what a failing
disk would tell them. The journal's ``unlink`` is the commit.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from annotator import AnnotatorError, Project, Span

from . import _lab
from ._lab import Child, Options, Outcome, Skip, Voice

#: What fails, and with what; each call is counted by itself.
ERRORS = {
    "EIO": ("pwrite64", "write", "fsync", "fdatasync", "unlink", "unlinkat", "rename", "link", "ftruncate"),
    "ENOSPC": ("pwrite64", "write"),
    "EDQUOT": ("pwrite64", "write"),
}
GOES_ON = "EIO at the N-th call: the same program goes on"
KILLED_AT = ("pwrite64", "fdatasync", "unlink", "rename", "link", "ftruncate")
_SET_TRACER = 0x59616D61  # PR_SET_PTRACER
#: What a command may leave in the folder.
_OURS = ("files", "out.json", "copy.annotator", "p.annotator", "new.annotator")


@dataclass(frozen=True, slots=True)
class Action:
    """A command, what it leaves as a file, and whether it adds a step to the project."""

    name: str
    arguments: tuple[str, ...]
    steps: int = 1
    leaves: str = ""


ACTIONS = (
    Action("tag", ("tag", "p.annotator", "STATEMENT", "demand", "--span", "3", "20", "--note", "x")),
    Action("bulk change", ("retag", "p.annotator", "EVENTS", "demand")),
    Action("undo", ("undo", "p.annotator")),
    Action("import of 3 files", ("import", "p.annotator", "files")),
    Action("backup", ("backup", "p.annotator", "copy.annotator"), 0, "copy.annotator"),
    Action("export", ("export", "p.annotator", "--output", "out.json"), 0, "out.json"),
    Action("new", ("new", "new.annotator"), 0, "new.annotator"),
)


def run(options: Options) -> Iterator[Outcome]:
    require_strace()
    # A short run leaves some of the many writes out, and no other call.
    step = max(1, 60 // max(1, options.rounds))
    with _lab.folder() as base:
        template = prepared(base / "template")
        for action in ACTIONS:
            ways = [(error, calls, f"error={error}") for error, calls in ERRORS.items()]
            for title, calls, how in [*ways, ("kill -9", KILLED_AT, "signal=SIGKILL")]:
                outcome = Outcome(f"{title} at the N-th call: {action.name}")
                if options.wants(outcome.fault):
                    for call in calls:
                        failing(outcome, action, template, base / "round", call, how, step if "write" in call else 1)
                    yield outcome
        if options.wants(GOES_ON):
            yield going_on(template, base / "round", step)


@lru_cache(maxsize=1)
def require_strace() -> None:
    """Raises ``Skip`` unless strace is there and may look at a child."""
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    tried = subprocess.run(
        ["strace", "-o", os.devnull, "-e", "trace=unlink", "-e", "inject=unlink:error=EIO:when=9", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        raise Skip(f"strace may not trace here ({' '.join(tried.stderr.split())[:80]})")


def prepared(where: Path) -> Path:
    """A folder with a project whose last step can be undone, files to import, and an export to replace."""
    where.mkdir()
    path = _lab.sound(where / "p")
    with Project.open(path, coder="LM") as project:
        first = next(iter(project.statements())).id
        project.annotate(first, "accusation", Span(30, 50))
    _lab.files(where / "files", 3)
    (where / "out.json").write_text("as it was before")
    return where


def failing(outcome: Outcome, action: Action, template: Path, where: Path, call: str, how: str, step: int = 1) -> None:
    """Let the first, the second, … call of this name fail, until one is more than the action makes."""
    for nth in range(1, 10_000, step):
        shutil.copytree(template, where)
        try:
            path = where / "p.annotator"
            before = _lab.hashes(path)
            with Project.open(path, read_only=True) as project:
                statement = next(iter(project.statements())).id
                events = [a.id for a in project.annotations(statement) if a.tag == "event"]
            given = {"STATEMENT": [statement], "EVENTS": events}
            arguments = tuple(each for a in action.arguments for each in given.get(a, [a]))

            def work(voice: Voice, arguments: Sequence[str] = arguments) -> None:
                os.chdir(where)
                voice.wait()
                code, said = _lab.command_line(arguments)
                voice.tell(code=code, said=said)

            heard, fired = traced(work, call, f"{how}:when={nth}", where.parent / "strace.log")
            if not fired:
                return
            outcome.rounds += 1
            outcome.injected += 1
            place = f"{call} {nth}: "
            for message in heard:
                if "traceback" in message:
                    outcome.note(place + message["traceback"])
                elif message["code"] or message["said"].count("annotator: "):
                    # A line before it may be the answer, whose second half could not be printed.
                    if not _lab.one_sentence(message["said"].strip().splitlines()[-1]) or message["code"] not in (1, 2):
                        outcome.note(f"{place}exit {message['code']}, {message['said']!r}")
                    outcome.said(message["said"], str(where), str(os.getpid()))
            done = [m for m in heard if m.get("code") == 0]
            wrong = len(outcome.wrong)
            there = _lab.judge(outcome, path, before, [], more=action.steps)
            outcome.acknowledged += len(done)
            if done and len(there) != len(before) + action.steps:
                outcome.lost += 1
                outcome.note(f"{place}the command said that it was done, and it is not")
            # When it is the answer that cannot be printed, the step is there nevertheless.
            refused = [m for m in heard if m.get("code") and "Standard output" not in m["said"]]
            if refused and action.steps and len(there) != len(before):
                outcome.note(f"{place}told as failed, and it is there: {refused[0]['said']!r}")
            _judge_files(outcome, action, where, bool(done), unlink=call in ("unlink", "unlinkat"), killed=not heard)
            if len(outcome.wrong) > wrong:
                outcome.wrong[-1] = place + outcome.wrong[-1]
        finally:
            shutil.rmtree(where)


def _judge_files(outcome: Outcome, action: Action, where: Path, done: bool, *, unlink: bool, killed: bool) -> None:
    """What a command writes is there as a whole or as it was before; nothing else is left, if that could be helped."""
    if action.leaves:
        target = where / action.leaves
        old = (not target.exists()) if target.name != "out.json" else target.read_bytes() == b"as it was before"
        if done and old:
            outcome.lost += 1
            outcome.note(f"{target.name} was told as written, and is not")
        if not old:
            try:
                if target.suffix == ".json":
                    with Project.create(where / "again", coder="LM") as project:
                        report = _lab.jobs.run(_lab.jobs.import_files(project, [target]))
                        if report.problems or report.imported != 3:
                            raise AnnotatorError(f"imports as {report.sentence()}")
                    project.path.unlink()
                else:
                    with Project.open(target, coder="LM") as project:
                        if any(f.kind == "error" for f in _lab.jobs.run(_lab.jobs.check(project))):
                            raise AnnotatorError("check finds errors")
            except AnnotatorError as error:
                outcome.half += 1
                outcome.note(f"{target.name} is half: {error}")
    left = [p.name for p in where.iterdir() if p.name not in _OURS and not p.name.endswith(".lock")]
    if left and not unlink and not killed:
        outcome.note(f"left over: {left}")


def traced(work: Callable[[Voice], None], call: str, what: str, log: Path) -> tuple[list[dict], bool]:
    """What a child tells while strace meddles with its calls of this name; and whether it got to do so."""

    def traceable(voice: Voice) -> None:
        # Where a process may trace its own children alone, this one lets any.
        ctypes.CDLL(None).prctl(_SET_TRACER, ctypes.c_ulong(-1), 0, 0, 0)
        voice.tell(traceable=True)
        work(voice)

    child = Child(traceable)
    messages = child.messages()
    next(messages)
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(child.pid), "-o", str(log), "-e", f"trace={call}", "-e", f"inject={call}:{what}"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tracer.stderr is not None
    try:
        line = tracer.stderr.readline()
        if "attached" not in line:
            raise Skip(f"strace may not trace here ({line.strip()[:80]})")
        child.go()
        heard = list(messages)
    finally:
        child.kill() if tracer.poll() is not None else None
        ended = child.end()
        tracer.wait()
        tracer.stderr.close()
    return heard, ended == signal.SIGKILL or "(INJECTED)" in log.read_text(errors="replace")


def going_on(template: Path, where: Path, step: int = 1) -> Outcome:
    """After a call failed in a step, the same program shows what the file holds, and its next step works."""
    outcome = Outcome(GOES_ON)
    for call in ("pwrite64", "fdatasync", "unlink", "ftruncate", "fsync"):
        for nth in range(1, 1000, step if "write" in call else 1):
            shutil.copytree(template, where)
            path = where / "p.annotator"
            before = _lab.hashes(path)

            def work(voice: Voice, path: Path = path) -> None:
                with Project.open(path, coder="LM") as project:
                    statement = next(iter(project.statements())).id
                    voice.wait()
                    trouble = ""
                    try:
                        project.annotate(statement, "demand", Span(3, 20))
                    except AnnotatorError as error:
                        trouble = str(error)
                    seen = project.head
                    project.annotations(statement)  # reading goes on
                    try:
                        project.edit(statement, venue="The next step")
                    except AnnotatorError as error:
                        if trouble:
                            raise
                        voice.tell(passed=str(error))
                        return
                    voice.tell(trouble=trouble, seen=seen, head=project.head)

            heard, fired = traced(work, call, f"error=EIO:when={nth}", where.parent / "strace.log")
            fired = fired and not any("passed" in m for m in heard)  # else it was the next step's
            if fired:
                outcome.rounds += 1
                outcome.injected += 1
                there = _lab.judge(outcome, path, before, [], more=2)
                for message in heard:
                    if "traceback" in message:
                        outcome.note(f"{call} {nth}: {message['traceback']}")
                        continue
                    if message["trouble"]:
                        outcome.said(message["trouble"])
                    if message["seen"] not in there or message["head"] != there[-1]:
                        outcome.half += 1
                        outcome.note(f"{call} {nth}: the program and the file do not hold the same")
                    if (message["seen"] == before[-1]) != bool(message["trouble"]):
                        outcome.note(f"{call} {nth}: {message['trouble']!r}, but the file says otherwise")
            shutil.rmtree(where)
            if not fired:
                break
    return outcome
