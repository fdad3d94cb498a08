"""What other programs do to the file: moved, replaced, cut off, overwritten, made by somebody else."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random

from annotator import AnnotatorError, Project, jobs
from annotator.store import schema

from . import _lab
from ._lab import Child, Options, Outcome, Voice

MOVED = "moved or replaced while open"
CUT = "cut off"
PAGES = "damaged pages"
NOISE = "damaged bytes"
OTHERS = "not a project"
NEWER = "newer schema"


def run(options: Options) -> Iterator[Outcome]:
    with _lab.folder() as base:
        template = _lab.sound(base / "p")
        if options.wants(MOVED):
            yield moved(base, template)
        if options.wants(CUT):
            yield cut(base, template, options)
        for fault in (PAGES, NOISE):
            if options.wants(fault):
                yield damaged(fault, base, template, options)
        if options.wants(OTHERS):
            yield others(base, template)
        if options.wants(NEWER):
            yield newer(base, template)


# -- while it is open ---------------------------------------------------------------------------------


def _over(path: Path, data: bytes) -> None:
    """Write into the file as it stands, as ``cp`` and some sync programs do."""
    with open(path, "r+b") as file:
        file.write(data)
        file.truncate()


def _gone(path: Path, template: Path) -> Path:
    return path.rename(path.with_name("elsewhere.annotator"))


def _in_its_place(path: Path, template: Path) -> Path:
    aside = _gone(path, template)
    shutil.copy(template, path)
    return aside


def _another_renamed(path: Path, template: Path) -> Path:
    _lab.sound(path.with_name("other"), statements=1, passages=2).replace(path)
    return path


def _older_over_it(path: Path, template: Path) -> Path:
    _over(path, template.read_bytes())
    return path


def _another_over_it(path: Path, template: Path) -> Path:
    other = _lab.sound(path.with_name("other"), statements=1, passages=2)
    _over(path, other.read_bytes())
    return path


def _foreign_over_it(path: Path, template: Path) -> Path:
    other = path.with_name("foreign.db")
    with closing(sqlite3.connect(other)) as raw:
        raw.execute("CREATE TABLE mine (x)")
        raw.commit()
    _over(path, other.read_bytes())
    return path


def _text_over_it(path: Path, template: Path) -> Path:
    _over(path, b"no database at all\n" * 5000)
    return path


def _emptied(path: Path, template: Path) -> Path:
    _over(path, b"")
    return path


def _halved(path: Path, template: Path) -> Path:
    os.truncate(path, path.stat().st_size // 8192 * 4096)
    return path


def _deleted(path: Path, template: Path) -> Path:
    path.unlink()
    return path


def _folder_renamed(path: Path, template: Path) -> Path:
    return path.parent.rename(path.parent.with_name(f"{path.parent.name} renamed")) / path.name


WAYS: tuple[Callable[[Path, Path], Path], ...] = (
    _gone, _in_its_place, _another_renamed, _older_over_it, _another_over_it, _foreign_over_it, _text_over_it,
    _emptied, _halved, _deleted, _folder_renamed,
)  # fmt: skip


def moved(base: Path, template: Path) -> Outcome:
    """No write to the wrong file, and a sentence, whatever is asked next."""
    outcome = Outcome(MOVED)
    files = _lab.files(base / "files", 2)
    for way in WAYS:
        path = _lab.copied(template, base / way.__name__.strip("_"))

        def work(voice: Voice, path: Path = path, name: str = way.__name__) -> None:
            with Project.open(path, coder="LM") as project:
                statement = next(iter(project.statements())).id
                project.edit(statement, venue="before")
                voice.tell(ready=project.head)
                voice.wait()
                for ask in (
                    lambda: project.edit(statement, venue="after"),
                    lambda: project.annotate(statement, "demand", _lab.Span(1, 9)),
                    project.undo,
                    lambda: project.delete([statement]),
                    lambda: project.opened(statement),
                    lambda: jobs.run(jobs.import_files(project, [files])),
                ):
                    try:
                        ask()
                        voice.tell(wrote=project.head)
                    except AnnotatorError as error:
                        voice.tell(said=str(error))
                for look in (
                    lambda: list(project.statements()),
                    lambda: project.annotations(statement),
                    lambda: jobs.run(jobs.check(project)),
                    lambda: project.backup(base / f"{name} backup.annotator"),
                ):
                    try:
                        look()
                    except AnnotatorError as error:
                        voice.tell(read=str(error))

        child = Child(work)
        before: dict[Path, bytes] = {}
        here = path
        for message in child.messages():
            if "ready" in message:
                here = way(path, template)
                before = {p: p.read_bytes() for p in (here, path) if p.exists()}
                child.go()
            elif "said" in message:
                outcome.injected += 1
                outcome.said(message["said"], path.name)
            elif "wrote" in message:
                outcome.half += 1
                outcome.note(f"{way.__name__}: a step was told as done")
            elif "read" in message:
                outcome.said(message["read"], path.name)
            else:
                outcome.note(f"{way.__name__}: {message['traceback']}")
        child.end()
        outcome.rounds += 1
        for each, data in before.items():
            if not each.exists() or each.read_bytes() != data:
                outcome.half += 1
                outcome.note(f"{way.__name__}: {each.name} was written")
    return outcome


# -- while it is closed -------------------------------------------------------------------------------------


def contents(path: Path) -> str:
    """A digest of all that a project holds and finds."""
    digest = sha256()
    with Project.open(path, read_only=True, coder="LM") as project:
        for record in project.records():
            digest.update(repr(record).encode())
            digest.update(repr(project.status(record.statement.id)).encode())
        digest.update(repr((project.links(), project.actors(), project.coders(), project.codebook)).encode())
        digest.update(repr([(e.hash, e.label, e.at) for e in project.history(limit=10**6)]).encode())
        for words in ("gates", "Statement", "title:Statement", "tag:event", "dam"):
            digest.update(repr([s.id for s in project.statements(words)]).encode())
    return digest.hexdigest()


def opened(outcome: Outcome, path: Path, sound: str, what: str) -> None:
    """Open a file that was harmed: it is refused and stays as it is, or ``check`` finds the harm, or there is none."""
    data = path.read_bytes()
    outcome.rounds += 1
    outcome.injected += 1

    def work(voice: Voice) -> None:
        # First for reading alone, then as the window opens it.
        for read_only in (True, False):
            try:
                with Project.open(path, read_only=read_only, coder="LM") as project:
                    errors = [f.text for f in jobs.run(jobs.check(project)) if f.kind == "error"]
                voice.tell(errors=len(errors), contents="" if errors else contents(path))
            except AnnotatorError as error:
                voice.tell(said=str(error), same=path.read_bytes() == data)
        code, said = _lab.command_line(["check", path])
        voice.tell(code=code, says=said)

    for message in _lab.told(work):
        if "traceback" in message:
            outcome.note(f"{what}: {message['traceback']}")
        elif "says" in message:
            lines = message["says"].strip().splitlines()
            if message["code"] and not all(line.startswith(("annotator: ", "error: ")) for line in lines):
                outcome.note(f"{what}: exit {message['code']}, {message['says']!r}")
        elif "said" in message:
            outcome.said(_without_numbers(message["said"]), path.name)
            if not message["same"]:
                outcome.half += 1
                outcome.note(f"{what}: refused, but the file was changed")
            if "\n" in message["said"] or not message["said"].endswith("."):
                outcome.note(f"{what}: {message['said']!r}")
        elif message["errors"]:
            outcome.said("(opens; check names what is wrong)")
        elif message["contents"] == sound:
            outcome.said("(opens; nothing of the project was harmed)")
        else:
            outcome.half += 1
            outcome.note(f"{what}: check finds nothing, but the project holds something else")


def _without_numbers(text: str) -> str:
    inner = text[text.find("(") + 1 : text.rfind(")")]
    return text.replace(inner, "…") if "(" in text and ")" in text else text


def cut(base: Path, template: Path, options: Options) -> Outcome:
    """Cut off at the end of a page, and inside of one."""
    outcome = Outcome(CUT)
    chance = options.random(CUT)
    data, sound = template.read_bytes(), contents(template)
    pages = len(data) // 4096
    ends = [1, 15, 50, 99, 100, 511, 512, 4095, *(n * 4096 for n in chance.sample(range(1, pages), min(20, pages - 1)))]
    ends += [chance.randrange(1, len(data)) for _ in range(options.rounds)]
    path = base / "cut.annotator"
    for end in ends:
        path.write_bytes(data[:end])
        opened(outcome, path, sound, f"cut off at {end}")
    return outcome


def damaged(fault: str, base: Path, template: Path, options: Options) -> Outcome:
    """Pages, or some bytes, are overwritten with what chance brings."""
    outcome = Outcome(fault)
    data, sound = template.read_bytes(), contents(template)
    path = base / "damaged.annotator"
    for n in range(options.rounds * 5):
        chance = options.random(f"{fault} {n}")
        path.write_bytes(_garbled(data, chance, whole=fault == PAGES))
        opened(outcome, path, sound, f"seed {n}")
    return outcome


def _garbled(data: bytes, chance: Random, *, whole: bool) -> bytes:
    harmed = bytearray(data)
    if whole:
        page = chance.randrange(len(data) // 4096)
        other = chance.randrange(len(data) // 4096)
        harmed[page * 4096 : page * 4096 + 4096] = chance.choice(
            (chance.randbytes(4096), bytes(4096), data[other * 4096 : other * 4096 + 4096])
        )
    else:
        for _ in range(chance.randint(1, 3)):
            at, length = chance.randrange(len(data)), chance.randint(1, 16)
            harmed[at : at + length] = chance.randbytes(min(length, len(data) - at))
    return bytes(harmed)


def others(base: Path, template: Path) -> Outcome:
    """What is no project is refused in a sentence, and nothing of it changes."""
    outcome = Outcome(OTHERS)
    where = base / "others"
    where.mkdir()
    made: list[Path] = []
    for name, data in (
        ("zero", b""),
        ("text", b"A dam is no database. " * 500),
        ("zeros", bytes(20_000)),
        ("header alone", b"SQLite format 3\x00"),
        ("picture", b"\x89PNG\r\n\x1a\n" + bytes(500)),
    ):
        made.append(where / f"{name}.annotator")
        made[-1].write_bytes(data)
    for name, mode in (("foreign", "DELETE"), ("foreign wal", "WAL")):
        made.append(where / f"{name}.annotator")
        with closing(sqlite3.connect(made[-1])) as raw:
            raw.execute(f"PRAGMA journal_mode = {mode}")
            raw.execute("CREATE TABLE mine (x)")
            raw.commit()
    for name, sql in (
        ("planted trigger", "CREATE TRIGGER planted AFTER INSERT ON annotation BEGIN DELETE FROM annotation; END"),
        ("planted view", "CREATE VIEW planted AS SELECT 1"),
        ("missing table", "DROP TABLE link"),
        ("no version", "PRAGMA user_version = 0"),
    ):
        made.append(Path(shutil.copy(template, where / f"{name}.annotator")))
        with closing(sqlite3.connect(made[-1])) as raw:
            raw.execute(sql)
            raw.commit()
    for path in made:
        opened(outcome, path, "", path.stem)
    folder, fifo, link, nowhere, end = (where / f"{n}.annotator" for n in ("folder", "fifo", "link", "nowhere", "end"))
    folder.mkdir()
    os.mkfifo(fifo)
    link.symlink_to(link)
    device = where / "device.annotator"
    device.symlink_to("/dev/zero")
    with closing(socket.socket(socket.AF_UNIX)) as door:
        door.bind(str(end))
        for path in (folder, fifo, link, nowhere, end, device):
            outcome.rounds += 1
            outcome.injected += 1

            def work(voice: Voice, path: Path = path) -> None:
                for words in (["check", path], ["undo", path], ["backup", path, where / "backup"]):
                    code, said = _lab.command_line(words)
                    voice.tell(code=code, said=said)

            for message in _lab.told(work):
                if "traceback" in message or not message["code"] or not _lab.one_sentence(message["said"]):
                    outcome.note(f"{path.stem}: {message}")
                else:
                    outcome.said(message["said"], str(path), path.name)
    return outcome


def newer(base: Path, template: Path) -> Outcome:
    """A file of a later version stays as it is, byte for byte; one that only has more can be read."""
    outcome = Outcome(NEWER)
    path = Path(shutil.copy(template, base / "newer.annotator"))
    sound = contents(template)
    more = "ALTER TABLE annotation ADD COLUMN tone TEXT"
    for sql in ("SELECT 1", more, "ALTER TABLE annotation DROP COLUMN suffix", "PRAGMA journal_mode = WAL"):
        for version in (schema.VERSION + 1, 999, 2**31 - 1):
            with closing(sqlite3.connect(path)) as raw:
                raw.execute(sql) if version == schema.VERSION + 1 else None
                raw.execute(f"PRAGMA user_version = {version}")
            data = path.read_bytes()
            opened(outcome, path, sound, f"{sql}, version {version}")
            if path.read_bytes() != data:
                outcome.half += 1
                outcome.note(f"{sql}, version {version}: the file was changed")
    return outcome
