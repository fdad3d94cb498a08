"""Long work, as generators that report progress: one code for the command line and the window.

Each yields ``Progress`` and returns its report. Closing the generator cancels the work, which then leaves nothing.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import field, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO

import annotator
from annotator import formats
from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError, Damaged, ReadOnly, Unwritten
from annotator.core.exchange import Header, Item, Losses, Problem, Record, Stamp
from annotator.core.model import Changes, now
from annotator.core.privacy import OPEN, Privacy, Veiled, veiled
from annotator.core.report import JsonReport, Report
from annotator.core.report_html import HtmlReport
from annotator.core.values import dataclass
from annotator.core.wording import NameOf
from annotator.drafts import Edits, Key, Survey
from annotator.store import intake, parts
from annotator.store import salvage as salvaging
from annotator.store.backups import FRESH_MINUTES, Backup
from annotator.store.bulk import Bulk
from annotator.store.check import ERROR, Finding
from annotator.store.cipher import Passphrase
from annotator.store.project import Project
from annotator.store.reads import Reads
from annotator.store.snapshot import Snapshot
from annotator.store.statements import metadata_values

#: Characters of texts that are taken in at once at most: enough to be worth it, and little to have in memory.
_AT_ONCE = 1_000_000

#: What reports call a stream that is imported.
STANDARD_INPUT = "standard input"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: ``done`` of ``total`` (0 when that is not known), and what it is at."""

    done: int
    total: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: statements that came, files that were there already, and what stayed out and why."""

    changes: Changes
    imported: int = 0
    known: tuple[str, ...] = ()
    same_text: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    replaced_characters: int = 0
    #: Statements of the project that got passages from a file without texts.
    attached: int = 0
    files: int = 0

    def sentence(self) -> str:
        """The report in one sentence, for people."""
        parts = [f"Imported {self.imported} statement{'s' * (self.imported != 1)}"]
        if self.attached:
            parts.append(f"passages came to {self.attached} by {'its text' if self.attached == 1 else 'their texts'}")
        if self.known:
            parts.append(f"{len(self.known)} known already")
        if self.same_text:
            parts.append(f"{len(self.same_text)} with the text of another source left out")
        if self.problems:
            parts.append(f"{len(self.problems)} problem{'s' * (len(self.problems) != 1)}")
        if self.replaced_characters:
            parts.append(f"{self.replaced_characters} unusable characters replaced")
        return ", ".join(parts) + "."


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote."""

    statements: int
    passages: int
    losses: tuple[str, ...]
    head: str
    path: Path | None = None
    #: What was withheld, in words.
    veiled: tuple[str, ...] = ()

    def sentence(self) -> str:
        done = self.done().removesuffix(".")
        return f"{done}; left out: {', '.join(self.losses)}." if self.losses else f"{done}."

    def done(self) -> str:
        """The same without what was left out."""
        text = (
            f"Exported {self.statements} statement{'s' * (self.statements != 1)}"
            f" with {self.passages} passage{'s' * (self.passages != 1)}"
        )
        return f"{text}; {', '.join(self.veiled)}." if self.veiled else f"{text}."


# -- import --------------------------------------------------------------------------------


def files_in(paths: Iterable[Path]) -> Iterator[Path | Problem]:
    """The files named, and those in the folders named with their subfolders, in the order of names.

    Hidden files are passed over, a file named twice comes once, and links inside folders and what is no
    regular file are problems.
    """
    seen: set[str] = set()
    for found in (each for path in paths for each in _below(path)):
        if isinstance(found, Problem):
            yield found
        elif (real := os.path.realpath(found)) not in seen:
            seen.add(real)
            yield found


def _below(path: Path) -> Iterator[Path | Problem]:
    try:
        kind = os.stat(path).st_mode
    except (OSError, ValueError) as error:  # not there, not to be looked at, links in a circle, a NUL in the name
        gone = isinstance(error, FileNotFoundError)
        yield Problem(str(path), "is not there" if gone else f"cannot be read: {_reason(error)}")
        return
    if not stat.S_ISDIR(kind):
        yield path if stat.S_ISREG(kind) else Problem(str(path), "is no regular file")
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=closed.append):
        if "data.qda" in names:  # a project of QualCoder has its texts in there, and copies of them beside it
            folders[:], names = [], ["data.qda"]
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in (*folders, *sorted(names)):
            if name.startswith("."):
                continue
            file = Path(folder, name)
            if file.is_symlink():
                yield Problem(str(file), "is a link; links in a folder are not followed")
            elif file.is_file():
                yield file
            elif name not in folders:
                yield Problem(str(file), "is no regular file")
        while closed:
            yield _unreadable(closed.pop())
    yield from map(_unreadable, closed)


def _unreadable(error: OSError) -> Problem:
    return Problem(str(error.filename), f"cannot be read: {error.strerror}")


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def import_files(
    project: Project,
    paths: Sequence[Path | BinaryIO],
    *,
    format: str | None = None,
    encoding: str | None = None,
    metadata: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    edits: Edits | None = None,
    survey: Survey | None = None,
    duplicates: str = "skip",
    on_conflict: str | None = None,
    dry_run: bool = False,
    slice_ms: float = 15.0,
) -> Generator[Progress, None, ImportReport]:
    """Take files, or streams such as standard input, into the project as one step.

    The good files arrive and the others are listed; of a file that contradicts itself in a format that is taken whole
    (native JSON) nothing arrives. ``metadata`` overrides what the files say; ``columns`` say which column of a table
    holds which field; ``edits`` are what was changed of what the ``survey`` of a dry run showed. Raises
    ``AnnotatorError`` where it is not a file's fault: then nothing is changed.
    """
    given = metadata_values(metadata or {})
    if format is not None:
        formats.by_name(format, for_="read")
    problems: list[Problem] = []
    files: list[Path | BinaryIO] = [path for path in paths if not isinstance(path, Path)]
    for found in files_in(path for path in paths if isinstance(path, Path)):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            files.append(found)
            if len(files) % 1000 == 0:
                yield Progress(0, 0, f"Found {len(files)} files")
    tally = _Tally(problems, survey=survey)
    if survey is not None:
        for problem in problems:
            survey.lost(problem.place, problem.reason)
    edits = edits or Edits()
    if not dry_run:
        yield Progress(0, len(files), "Keeping a backup")
        project.keep(older_than=FRESH_MINUTES)
    taking_in = project.intake(duplicates=duplicates, on_conflict=on_conflict, slice_ms=slice_ms, dry=dry_run)
    with taking_in as taking, formats.ParserProcess() as parser:
        batch = _Batch(taking, tally, min(int(slice_ms * 20_000), _AT_ONCE))
        documents = {} if format else {s for f in formats.readers() if f.purpose == "documents" for s in f.suffixes}
        for n, file in enumerate(files):
            place = str(file) if isinstance(file, Path) else STANDARD_INPUT
            # A document is one statement: when it turns out to be bad, nothing of it was taken in.
            document = isinstance(file, Path) and file.suffix.lower() in documents
            mark = None if document else batch.mark()
            try:
                number = 0
                items = formats.read(
                    file,
                    format,
                    encoding=edits.encodings.get(place, encoding),
                    parser=parser,
                    columns=columns,
                    by_header=edits.columns,
                    saw_columns=survey.saw_columns if survey is not None else None,
                )
                for item in items:
                    number += isinstance(item, Record)
                    key = Key(place, number)
                    taken = edits.apply(key, _described(item, given)) if isinstance(item, Record) else item
                    if taken is not None and batch.add(key, taken):
                        yield Progress(n, len(files), Path(place).name)
                if mark is not None:
                    batch.flush()
            except (Unwritten, ReadOnly, Damaged):  # it is the project that is in trouble, and no file
                raise
            except AnnotatorError as error:
                if mark is not None:
                    batch.back_to(mark)
                elif survey is not None:
                    batch.flush()  # so that drafts stand in the order of the files
                tally.lost(place, _without_name(str(error), Path(place).name))
        batch.flush()
        yield Progress(len(files), len(files), "Saving")
        changes = Changes()
        if not dry_run:
            many = tally.imported or tally.attached
            what = "Import " if tally.imported or not tally.attached else "Import passages of "
            changes = project.publish(taking, f"{what}{many} statement{'s' * (many != 1)}")
    return ImportReport(
        changes,
        tally.imported,
        tuple(tally.known),
        tuple(tally.same_text),
        tuple(tally.problems),
        tally.replaced,
        tally.attached,
        len(files),
    )


@dataclass(slots=True)
class _Tally:
    """What became of the items so far."""

    problems: list[Problem]
    imported: int = 0
    replaced: int = 0
    attached: int = 0
    known: list[str] = field(default_factory=list)
    same_text: list[str] = field(default_factory=list)
    survey: Survey | None = None

    def copy(self) -> _Tally:
        return replace(self, problems=list(self.problems), known=list(self.known), same_text=list(self.same_text))

    def lost(self, place: str, reason: str) -> None:
        """Nothing of this file comes in."""
        self.problems.append(Problem(place, reason))
        if self.survey is not None:
            self.survey.lost(place, reason)

    def count(self, key: Key, item: Item, outcome: str | Problem) -> None:
        if self.survey is not None:
            self.survey.saw(key, item, outcome)
        place = key.place
        if isinstance(outcome, Problem):
            told = _without_name(f"{outcome.place} {outcome.reason}", Path(place).name)
            self.problems.append(Problem(place, told))
        elif isinstance(item, Record):
            if outcome in (intake.NEW, intake.REPLACED, intake.COPIED):
                self.imported += 1
                self.replaced += item.replaced
            elif outcome == intake.ATTACHED:
                self.attached += 1
            elif outcome == intake.SAME_TEXT:
                self.same_text.append(place)
            else:
                self.known.append(place)


class _Batch:
    """Items on their way into the project, ``most`` characters at a time.

    So no transaction is open while files are read, and each is long enough to be worth its commit.
    """

    def __init__(self, taking: intake.Intake, tally: _Tally, most: int) -> None:
        self._taking, self._tally, self._most = taking, tally, most
        self._items: list[tuple[Key, Item]] = []
        self._size, self._began = 0, time.monotonic()

    def add(self, key: Key, item: Item) -> bool:
        """Take this item with the next ones; returns whether the batch was full and has been written."""
        self._items.append((key, item))
        self._size += len(item.text) if isinstance(item, Record) else 100
        if self._size < self._most and time.monotonic() - self._began < 0.5:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        items, self._items = self._items, []
        outcomes = self._taking.add(item for _, item in items)
        for (key, item), outcome in zip(items, outcomes, strict=True):
            self._tally.count(key, item, outcome)
        for problem in self._taking.not_found():
            self._tally.problems.append(problem)
            if self._tally.survey is not None:
                self._tally.survey.saw(Key(problem.place, 0), problem, problem)
        self._size, self._began = 0, time.monotonic()

    def mark(self) -> tuple[intake.Mark, _Tally]:
        self.flush()
        return self._taking.mark(), self._tally.copy()

    def back_to(self, mark: tuple[intake.Mark, _Tally]) -> None:
        """Forget the items of a file that is bad as a whole."""
        self._items.clear()
        self._taking.back_to(mark[0])
        for name in ("imported", "replaced", "attached", "known", "same_text", "problems"):
            setattr(self._tally, name, getattr(mark[1], name))


def _without_name(reason: str, name: str) -> str:
    """A reason without the file's name at its beginning, because the place says it."""
    rest = reason.removeprefix(name)
    return rest.lstrip(":, ") if rest != reason and rest[:1] in (" ", ":", ",") else reason


def _described(item: Record, given: Mapping[str, Any]) -> Record:
    """The item with the metadata that the user gave for all of them."""
    if given:
        return replace(item, statement=replace(item.statement, **given))
    return item


def paste(project: Project, *, text: str, html: bytes = b"", url: str = "") -> Generator[Progress, None, ImportReport]:
    """Take in what was copied, as one step; its HTML is the source where there is some, else the text.

    Raises ``AnnotatorError`` when there is no text in it, or when the project has it already.
    """
    yield Progress(0, 0, "Reading what was copied")
    with formats.ParserProcess() as parser:
        record = formats.clipping(text, html, url, parser)
    with project.intake(duplicates="keep") as taking:
        (outcome,) = taking.add([record])
        if isinstance(outcome, Problem) or outcome == intake.KNOWN:
            raise AnnotatorError("This text is in the project already.")
        changes = project.publish(taking, "Import 1 statement")
    return ImportReport(changes, 1, replaced_characters=record.replaced, files=1)


# -- a corrected text ------------------------------------------------------------------------


def corrected(file: Path | BinaryIO, *, format: str | None = None, encoding: str | None = None) -> Record:
    """The one document in this file, as an import would take it: its text, source and ranges.

    Raises ``AnnotatorError`` when there is none or more than one, or when it cannot be read.
    """
    found: list[Record] = []
    with formats.ParserProcess() as parser:
        for item in formats.read(file, format, encoding=encoding, parser=parser):
            if isinstance(item, Problem):
                raise AnnotatorError(str(item))
            if isinstance(item, Record):
                found.append(item)
            if len(found) > 1:
                break
    if len(found) == 1 and found[0].withheld:
        raise AnnotatorError("The text is withheld in this file; a correction is a text.")
    if len(found) != 1:
        name = file.name if isinstance(file, Path) else STANDARD_INPUT
        count = "more than one" if found else "no"
        raise AnnotatorError(f"{name} holds {count} statement; a correction is one text.")
    return found[0]


# -- export ---------------------------------------------------------------------------------


def change_passages(project: Project, ids: Sequence[str], bulk: Bulk) -> Generator[Progress, None, Changes]:
    """Do this to these passages in one step; it cannot be cancelled once it has begun."""
    yield Progress(0, len(ids), f"Changing {len(ids):,} passages")
    return project.do_bulk(ids, bulk)


def export(
    project: Project,
    target: Path | IO[bytes],
    *,
    format: str = "json",
    query: str = "",
    passages: bool = False,
    privacy: Privacy = OPEN,
) -> Generator[Progress, None, ExportReport]:
    """Write what the query finds, from a private copy so that tagging goes on; a file appears whole or not at all.

    What ``privacy`` says is withheld.
    """
    told = Veiled(privacy)
    writer = formats.by_name(format, for_="write")
    with project.snapshot() as snapshot:
        total = snapshot.count(query)
        head = snapshot.head
        counted = _Counted(veiled(snapshot.dump(query, passages=passages), privacy, told))
        stamp = Stamp(now(), f"annotator {annotator.__version__}")
        with _written(target) as stream:
            yield Progress(0, total, "Exporting")
            losses = Losses()
            for _ in writer.write_steps(counted, stream, stamp, losses):
                yield Progress(counted.statements, total, "Exporting")
    return ExportReport(
        counted.statements,
        counted.passages,
        tuple(losses.lines()),
        head,
        target if isinstance(target, Path) else None,
        tuple(told.summary()),
    )


def preview(
    project: Project, privacy: Privacy, *, query: str = "", passages: bool = False
) -> Generator[Progress, None, Veiled]:
    """What an export with this privacy would withhold, counted, with examples; nothing is written."""
    told = Veiled(privacy)
    with project.snapshot() as snapshot:
        total = snapshot.count(query)
        for _ in veiled(snapshot.dump(query, passages=passages), privacy, told):
            yield Progress(told.statements, total, "Looking at what is withheld")
    return told


#: Statements that a first look at what is withheld goes through.
GLANCE = 300


def glance(reads: Reads, privacy: Privacy, *, query: str = "", passages: bool = False) -> Iterator[Veiled]:
    """The same for the first statements, without a private copy, as it grows; the last one is complete."""
    told = Veiled(privacy)

    def items() -> Iterator[Item]:
        yield Header(reads.codebook, reads.coders(), reads.actors(), project_title=reads.title)
        records = reads.records(query, only_matching=passages)
        yield from islice((record for record in records if record.annotations or not passages), GLANCE)

    for n, _ in enumerate(veiled(items(), privacy, told)):
        if n % 20 == 0:
            yield copy(told)
    yield told


class _Counted:
    """Items as they pass, counted."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = items
        self.statements = self.passages = 0

    def __iter__(self) -> Iterator[Item]:
        for item in self._items:
            if isinstance(item, Record):
                self.statements += 1
                self.passages += len(item.annotations)
            yield item


@contextmanager
def _written(target: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """A stream whose content becomes the file when the block ends well, and vanishes otherwise.

    A device or pipe is written to, and a link leads to the file that is replaced.
    """
    if not isinstance(target, Path):
        try:
            yield target
            target.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise AnnotatorError(f"The export cannot be written: {error.strerror}.") from None
        return
    target = Path(os.path.realpath(target))
    if target.is_dir():
        raise AnnotatorError(f"{target} is a folder; name a file in it.")
    if target.exists() and not target.is_file():
        try:
            with open(target, "wb") as stream:
                yield stream
        except OSError as error:
            raise AnnotatorError(f"{target} cannot be written: {error.strerror}.") from None
        return
    parts.sweep(target.parent)
    temporary = parts.part_of(target)
    try:
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise AnnotatorError(f"{target} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise AnnotatorError(f"{target} cannot be written: {error.strerror}.") from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_whole(target: Path, data: bytes) -> None:
    """Write a small file: it appears whole, or not at all."""
    with _written(target) as stream:
        stream.write(data)


def page_of_codebook(project: Reads, *, counts: bool = False) -> bytes:
    """The project's codebook as a page to print."""
    from annotator.core.codebook_html import codebook_page  # imported late: few sessions print it

    made = f"{now()[:10]}, annotator {annotator.__version__}"
    passages = project.passages_by_tag() if counts else None
    return "".join(codebook_page(project.codebook, project.title, made, passages)).encode()


def codebook_of(path: Path) -> Codebook:
    """The codebook of a file; raises ``AnnotatorError`` with the place of what is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AnnotatorError(f"{path.name} cannot be read: {error.strerror}.") from None
    return formats.read_codebook(data, path.name)


# -- backups and salvage ----------------------------------------------------------------------


def keep(project: Project) -> Generator[Progress, None, Backup | None]:
    """A rolling backup, if the newest one does not hold the project as it is."""
    yield Progress(0, 0, "Keeping a backup")
    return project.keep()


@dataclass(frozen=True, slots=True)
class SalvageReport:
    """What a salvage wrote, and what of the damaged file could not be kept."""

    found: salvaging.Found
    path: Path | None = None

    def sentence(self) -> str:
        return self.found.sentence()


def salvage(
    damaged: Path, target: Path | IO[bytes], *, format: str = "json", passphrase: Passphrase | None = None
) -> Generator[Progress, None, SalvageReport]:
    """Write what is readable of a damaged project in a format for others; the damaged file is not changed."""
    writer = formats.by_name(format, for_="write")
    found = salvaging.Found()
    items = (item for item in salvaging.salvage(damaged, found, passphrase) if not isinstance(item, int))
    with _written(target) as stream:
        yield Progress(0, 0, "Reading pages")
        for _ in writer.write_steps(items, stream, Stamp(now(), f"annotator {annotator.__version__}"), Losses()):
            yield Progress(found.statements, 0, "Salvaging")
    return SalvageReport(found, target if isinstance(target, Path) else None)


# -- evidence report ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportMade:
    """A report that was written: the SHA-256 that it names as its own, and that of the file."""

    statements: int
    passages: int
    sha256: str
    file_sha256: str
    head: str
    path: Path | None = None

    def sentence(self) -> str:
        return (
            f"Reported {self.statements} statement{'s' * (self.statements != 1)}"
            f" with {self.passages} passage{'s' * (self.passages != 1)}. SHA-256 {self.sha256}."
        )


def report(
    project: Project,
    target: Path | IO[bytes],
    *,
    format: str = "html",
    statements: Sequence[str] = (),
    query: str = "",
) -> Generator[Progress, None, ReportMade]:
    """Write the evidence report of these statements (ids), or of those that the query finds, all without either.

    From a private copy, and all of it verified: raises ``Damaged`` and writes nothing when anything is not what it
    should be. Beside a file, ``NAME.sha256`` has the digest of the file for ``sha256sum --check``.
    """
    kinds: dict[str, Callable[[Callable[[bytes], object], NameOf], Report]]
    kinds = {"html": HtmlReport, "json": JsonReport}
    if format not in kinds:
        raise AnnotatorError(f"“{format}” is no format of a report; there are: {', '.join(kinds)}.")
    if statements and query:
        raise AnnotatorError("Say either which statements or a query.")
    with project.snapshot() as snapshot:
        named = sorted(dict.fromkeys(statements))
        for identifier in named:
            snapshot.statement(identifier)
        total = len(named) if named else snapshot.count(query)
        if not total:
            raise AnnotatorError("There is no statement to report on.")
        whole, passages, done = sha256(), 0, 0
        coders, actors = set[str](), set[str]()
        with _written(target) as stream:

            def write(part: bytes) -> None:
                whole.update(part)
                stream.write(part)

            made = kinds[format](write, snapshot.actor_name)
            about = snapshot.about(now(), f"annotator {annotator.__version__}", query, total, bool(named))
            made.begin(about)
            yield Progress(0, total, "Reporting")
            for record in _records(snapshot, named, query):
                evidence = snapshot.evidence(record)
                made.statement(evidence, formats.statement_json(record))
                coders |= evidence.coders
                actors |= evidence.actors
                passages += len(record.annotations)
                done += 1
                yield Progress(done, total, "Reporting")
            digest = made.end(
                [c for c in snapshot.coders() if c.id in coders], [a for a in snapshot.actors() if a.id in actors]
            )
    path = target if isinstance(target, Path) else None
    if path is not None and path.is_file():
        with _written(path.with_name(f"{path.name}.sha256")) as stream:
            stream.write(f"{whole.hexdigest()}  {path.name}\n".encode("utf-8", "surrogateescape"))
    return ReportMade(done, passages, digest, whole.hexdigest(), about.head, path)


def _records(snapshot: Snapshot, named: Sequence[str], query: str) -> Iterator[Record]:
    """The statements of these ids, some hundred at a time, or those that the query finds."""
    if not named:
        yield from snapshot.records(query)
    for start in range(0, len(named), 500):
        yield from snapshot.records(by_id=named[start : start + 500])


# -- check ------------------------------------------------------------------------------------


def check(project: Project) -> Generator[Progress, None, list[Finding]]:
    """Verify all that the project promises, on a private copy."""
    found: list[Finding] = []
    with project.snapshot() as snapshot:
        total = snapshot.count("")
        for each in snapshot.check():
            if isinstance(each, Finding):
                found.append(each)
            elif each % 50 == 0:
                yield Progress(each, total, "Checking")
    return sorted(found, key=lambda f: f.kind != ERROR)


def run(job: Generator[Progress, None, Any]) -> Any:
    """The result of a job, without its progress."""
    try:
        while True:
            next(job)
    except StopIteration as end:
        return end.value


__all__ = [
    "ExportReport",
    "Finding",
    "ImportReport",
    "Progress",
    "check",
    "corrected",
    "export",
    "import_files",
    "paste",
    "report",
    "run",
]
