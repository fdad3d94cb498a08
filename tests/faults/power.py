"""The power goes out at any moment: what was synced is there, of the rest some sectors, names and sizes are.

A session runs once under strace, which writes down every write, sync, and change of a name in the project's folder.
They are played back up to each moment in turn, and what a power cut may leave then is opened as a project.
"""

from __future__ import annotations

import ctypes
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from annotator import AnnotatorError, Project
from annotator.store import schema

from . import _deeds, _lab
from ._lab import Child, Options, Outcome, Skip, Voice
from ._platter import Platter
from .calls import _SET_TRACER, require_strace
from .kill import Deed, judge_backups

WHILE = "power cut: "
MIGRATING = f"{WHILE}migration"
CREATING = f"{WHILE}new project"
DEEDS: dict[str, Deed] = {
    "tag": lambda project, where: _first(_deeds.tag(project, where), 6),
    "bulk change": lambda project, where: _first(_deeds.bulk(project, where), 3),
    "import": _deeds.take_in,
    "undo and redo": lambda project, where: _first(_deeds.undo(project, where), 10),
    "backup": lambda project, where: _first(_deeds.backup(project, where), 4),
}
_CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat2,link,linkat,sendto"
_LINE = re.compile(r"(?:\d+ +)?(?P<call>\w+)\((?P<given>.*)\) += (?P<result>-?\d+)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(?P<more>\.\.\.)?')
_DESCRIPTOR = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")


def run(options: Options) -> Iterator[Outcome]:
    require_strace()
    for name, deed in DEEDS.items():
        if options.wants(f"{WHILE}{name}"):
            yield cut(name, deed, options)
    if options.wants(CREATING):
        yield cut_creating(options)
    if options.wants(MIGRATING):
        yield cut_migrating(options)


def _first(deed: Iterator[str], count: int) -> Iterator[str]:
    for _, done in zip(range(count), deed, strict=False):
        yield done


# -- recording --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """What was done to the folder: to which name or names, where, with which bytes; or what the child told."""

    call: str
    name: str = ""
    other: str = ""
    at: int = 0
    data: bytes = b""
    told: str = ""


def recorded(work: Callable[[Voice], None], where: Path) -> list[Call]:
    """Every call of a child that changed the folder or told that something was done, in their order."""

    def traceable(voice: Voice) -> None:
        ctypes.CDLL(None).prctl(_SET_TRACER, ctypes.c_ulong(-1), 0, 0, 0)
        voice.tell(traceable=True)
        voice.wait()
        work(voice)

    child = Child(traceable)
    messages = child.messages()
    next(messages)
    log = where.with_name(f"{where.name}.strace")
    tracer = subprocess.Popen(
        ["strace", "-y", "-xx", "-s", "9999999", "-p", str(child.pid), "-o", str(log), "-e", f"trace={_CALLS}"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tracer.stderr is not None
    try:
        line = tracer.stderr.readline()
        if "attached" not in line:
            raise Skip(f"strace may not trace here ({line.strip()[:80]})")
        child.go()
        for message in messages:
            if "traceback" in message:
                raise RuntimeError(message["traceback"])
    finally:
        child.kill() if tracer.poll() is not None else None
        child.end()
        tracer.wait()
        tracer.stderr.close()
    with open(log, encoding="ascii", errors="replace") as lines:
        found = [call for line in lines if (call := _read(line, str(where))) is not None]
    log.unlink()
    return found


def _read(line: str, where: str) -> Call | None:
    """One line of strace, if it is about a file of this folder or tells of a step."""
    match = _LINE.match(line)
    if match is None or int(match["result"]) < 0:
        return None
    call, given = match["call"], match["given"]
    strings = [bytes.fromhex(s[1].replace("\\x", "")) for s in _STRING.finditer(given)]
    if any(s["more"] for s in _STRING.finditer(given)):
        raise RuntimeError("strace left bytes out")
    if call == "sendto":
        told = json.loads(strings[0])
        return Call("told", told=told["done"]) if "done" in told else None
    if call in ("pwrite64", "write", "ftruncate", "fsync", "fdatasync"):
        descriptor = _DESCRIPTOR.match(given)
        path = bytes.fromhex(descriptor[1].replace("\\x", "")).decode() if descriptor else ""
        if path == where:
            return Call("sync folder")
        name = _name(path, where)
        if name is None:
            return None
        if call == "pwrite64":
            return Call("write", name, at=int(given.rsplit(", ", 1)[1]), data=strings[0])
        if call == "write":
            return Call("append", name, data=strings[0])
        if call == "ftruncate":
            return Call("resize", name, at=int(given.rsplit(", ", 1)[1]))
        return Call("sync", name)
    paths = [_name(s.decode(), where) for s in strings]
    name, other = paths[0], paths[-1]
    if call == "openat":
        return Call("create", name) if name is not None and "O_CREAT" in given else None
    if call.startswith("unlink"):
        return Call("unlink", name) if name is not None else None
    if name is None or other is None:
        return None
    return Call("link" if call.startswith("link") else "rename", name, other)


def _name(path: str, where: str) -> str | None:
    """The name of what lies in the folder; locks are no matter of the disk."""
    folder, _, name = path.rpartition("/")
    return name if folder == where and not name.endswith(".lock") else None


# -- playing back -------------------------------------------------------------------------------------------


def states(platter: Platter, calls: list[Call], rounds: int, chance: Random) -> Iterator[tuple[dict[str, bytes], list]]:
    """What a power cut may leave, each state once, with what had been told as done before.

    Before every call but writes: all that was done, and only what was synced; and so many more, at moments and of
    sectors that chance chooses.
    """
    seen: set[bytes] = set()
    told: list[str] = []
    random = [0] * (len(calls) + 1)
    for _ in range(rounds):
        random[chance.randrange(len(calls) + 1)] += 1
    for n in range(len(calls) + 1):
        sure = (0.0, 1.0) if n == len(calls) or calls[n].call not in ("write", "append") else ()
        for share in (*sure, *(chance.choice((0.1, 0.5, 0.9)) for _ in range(random[n]))):
            left = platter.left(chance, share)
            digest = sha256(repr(told).encode())
            for name in sorted(left):
                digest.update(f"{name} {len(left[name])} ".encode() + left[name])
            if digest.digest() not in seen:
                seen.add(digest.digest())
                yield left, list(told)
        if n < len(calls):
            _play(platter, calls[n], told)


def _play(platter: Platter, call: Call, told: list[str]) -> None:
    if call.call == "told":
        told.append(call.told)
    elif call.call == "sync folder":
        platter.sync_folder()
    elif call.call == "create":
        platter.create(call.name)
    elif platter.has(call.name):  # else it has no name any more, and is lost with its descriptor
        if call.call == "write":
            platter.write(call.name, call.at, call.data)
        elif call.call == "append":
            platter.append(call.name, call.data)
        elif call.call == "resize":
            platter.resize(call.name, call.at)
        elif call.call == "sync":
            platter.sync(call.name)
        elif call.call == "unlink":
            platter.unlink(call.name)
        else:
            getattr(platter, call.call)(call.name, call.other)


def laid(left: dict[str, bytes], where: Path) -> None:
    where.mkdir()
    for name, data in left.items():
        (where / name).write_bytes(data)


def _rounds(options: Options) -> int:
    return options.rounds * 10


# -- sessions -----------------------------------------------------------------------------------------------


def cut(name: str, deed: Deed, options: Options) -> Outcome:
    outcome = Outcome(f"{WHILE}{name}")
    with _lab.folder() as base:
        path = _lab.copied(_lab.sound(base / "p"), base / "session")
        if deed is _deeds.take_in:
            for n in range(2):
                _lab.files(path.parent / f"files{n}", 4)
        before = _lab.hashes(path)

        def work(voice: Voice) -> None:
            with Project.open(path, coder="LM") as project:
                for done in deed(project, path.parent):
                    voice.tell(done=done)

        platter = Platter(path.parent)
        calls = recorded(work, path.parent)
        for left, told in states(platter, calls, _rounds(options), options.random(outcome.fault)):
            outcome.rounds += 1
            outcome.injected += 1
            where = base / "left"
            laid(left, where)
            backups = [each for each in told if each.startswith("backup")]
            there = _lab.judge(outcome, where / path.name, before, [each for each in told if each not in backups])
            judge_backups(outcome, where, backups, there)
            shutil.rmtree(where)
    return outcome


def cut_creating(options: Options) -> Outcome:
    """A new project is there as a whole, or not at all."""
    outcome = Outcome(CREATING)
    with _lab.folder() as base:
        (base / "session").mkdir()

        def work(voice: Voice) -> None:
            for n in range(2):
                with Project.create(base / "session" / f"{n}", coder="LM") as made:
                    voice.tell(done=made.path.name)

        platter = Platter(base / "session")
        calls = recorded(work, base / "session")
        for left, told in states(platter, calls, _rounds(options), options.random(outcome.fault)):
            outcome.rounds += 1
            outcome.injected += 1
            outcome.acknowledged += len(told)
            where = base / "left"
            laid(left, where)
            for name in set(told) - set(left):
                outcome.lost += 1
                outcome.note(f"{name} is not there")
            for path in sorted(where.glob("[0-9]*.annotator")):
                try:
                    with Project.open(path, coder="LM") as project:
                        if not project.codebook.tags or project.title != path.stem or len(_lab.hashes(path)) != 1:
                            raise AnnotatorError("half a project")
                except AnnotatorError as error:
                    outcome.half += 1
                    outcome.note(f"{path.name}: {error}")
            shutil.rmtree(where)
    return outcome


def cut_migrating(options: Options) -> Outcome:
    """The tables are the old ones or the new ones."""
    outcome = Outcome(MIGRATING)
    with _lab.folder() as base:
        path = _lab.copied(_lab.sound(base / "p"), base / "session")
        before = _lab.hashes(path)

        def work(voice: Voice) -> None:
            _deeds.next_version()
            with Project.open(path, coder="LM"):
                voice.tell(done="migrated")

        def look(voice: Voice) -> None:
            _deeds.next_version()
            seen = Outcome(outcome.fault)
            for where in sorted(base.glob("left *")):
                _lab.judge(seen, where / path.name, before, [])
            voice.tell(wrong=seen.wrong[:5], said=dict(seen.sentences))

        platter = Platter(path.parent)
        calls = recorded(work, path.parent)
        for left, told in states(platter, calls, _rounds(options), options.random(outcome.fault)):
            outcome.rounds += 1
            outcome.injected += 1
            outcome.acknowledged += len(told)
            where = base / f"left {outcome.rounds}"
            laid(left, where)
            version = int.from_bytes(left[path.name][60:64], "big")
            if told and (version != schema.VERSION + 1 or f"{path.name}-journal" in left):
                outcome.lost += 1
                outcome.note("the migration was told as done and is not there")
        for message in _lab.told(look):
            outcome.wrong += message.get("wrong", [message.get("traceback")])
            outcome.half += bool(message.get("wrong"))
            outcome.sentences.update(message.get("said", {}))
    return outcome
