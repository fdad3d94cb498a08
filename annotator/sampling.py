"""What an export would be, from the first statements: its first lines, and what the format would leave out of them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO

import annotator
from annotator import formats
from annotator.core.exchange import Header, Item, Losses, Record, Stamp
from annotator.core.links import is_standard
from annotator.core.model import Actor, Link, now
from annotator.core.privacy import OPEN, Privacy, Veiled, veiled
from annotator.core.values import dataclass
from annotator.store.reads import Reads

#: Statements that are written for a sample, and the code points of their texts after which it ends.
STATEMENTS = 60
CHARACTERS = 200_000
#: Lines of a sample, and the code points of one of them.
LINES = 150
WIDTH = 1_500
#: Files of a container that are shown, and the lines of each.
_FILES = 6
_LINES_OF_FILE = 30


@dataclass(frozen=True, slots=True)
class Sample:
    """The first lines of an export, what its format left out of ``statements``, and whether these were all."""

    text: str
    losses: tuple[str, ...]
    statements: int
    complete: bool


def sample(
    reads: Reads, format: str, privacy: Privacy = OPEN, *, query: str = "", passages: bool = False
) -> Iterator[Sample | None]:
    """The sample at the end, and None now and then before it, so that others get their turn; nothing is written.

    A format whose files are no text is shown as the format that has the same in words. Texts that are very long are
    cut for the sample. Raises ``AnnotatorError`` for a query that cannot be read.
    """
    writer = formats.by_name(format, for_="write")
    if writer.shown_as:
        writer = formats.by_name(writer.shown_as, for_="write")
    records: list[Record] = []
    size, complete = 0, True
    for record in reads.records(query, only_matching=passages):
        if passages and not record.annotations:
            continue
        if len(records) == STATEMENTS or size > CHARACTERS:
            complete = False
            break
        if len(record.text) > CHARACTERS:
            complete, record = False, _cut(record)
        records.append(record)
        size += len(record.text)
        yield None
    links = [link for record in records for link in reads.links_within(record.statement.id)]
    items = _items(reads, records, links)
    out, losses = BytesIO(), Losses()
    stamp = Stamp(now(), f"annotator {annotator.__version__}")
    for _ in writer.write_steps(veiled(items, privacy, Veiled(privacy)), out, stamp, losses):
        yield None
    yield Sample(_first_lines(out), tuple(losses.lines()), len(records), complete)


def _cut(record: Record) -> Record:
    return replace(
        record,
        text=record.text[:CHARACTERS],
        annotations=tuple(a for a in record.annotations if a.end <= CHARACTERS),
        ranges=tuple(r for r in record.ranges if r.end <= CHARACTERS),
    )


def _items(reads: Reads, records: Iterable[Record], links: Iterable[Link]) -> Iterator[Item]:
    """What an export of these records would hand to the writer."""
    carried = {a.id for record in records for a in record.annotations}
    kept = [link for link in links if link.source in carried and link.target in carried]
    coders = {a.coder for record in records for a in record.annotations}
    coders |= {p.coder for record in records for p in record.progress}
    coders |= {record.statement.imported_by for record in records if record.statement.imported_by}
    named = {
        str(value["actor"])
        for record in records
        for a in record.annotations
        for values in a.attributes.values()
        for value in values
        if "actor" in value
    }
    yield Header(
        reads.codebook,
        tuple(coder for coder in reads.coders() if coder.id in coders),
        _actors(reads.actors() if named else (), named),
        reads.id,
        reads.title,
        reads.head,
        link_kinds=tuple(kind for kind in reads.link_kinds if not is_standard(kind.name)),
    )
    for record in records:
        mine = {a.id for a in record.annotations}
        yield replace(record, links=tuple(link for link in kept if link.source in mine))
    yield from kept


def _actors(actors: Iterable[Actor], named: set[str]) -> tuple[Actor, ...]:
    """The actors that are named, and those that they turned out to be."""
    known = {actor.id: actor for actor in actors}
    wanted: dict[str, Actor] = {}
    for identifier in sorted(named):
        while (actor := known.get(identifier)) and identifier not in wanted:  # type: ignore[call-overload]
            wanted[identifier] = actor
            identifier = actor.merged_into or ""
    return tuple(wanted[identifier] for identifier in sorted(wanted))


def _first_lines(out: BytesIO) -> str:
    """The first lines of what was written; of a container, those of its first files."""
    if not zipfile.is_zipfile(out):
        return _lines(out.getvalue(), LINES)
    with zipfile.ZipFile(out) as container:
        infos = container.infolist()
        parts = [
            f"── {info.filename} ──\n{_lines(container.read(info)[: LINES * WIDTH], _LINES_OF_FILE)}"
            for info in infos[:_FILES]
        ]
    if len(infos) > _FILES:
        parts.append(f"… and {len(infos) - _FILES} more files")
    return "\n\n".join(parts)


def _lines(data: bytes, count: int) -> str:
    text = data[: LINES * WIDTH * 4].decode("utf-8-sig", "replace")
    lines = text.split("\n", count)
    more = len(lines) > count
    shown = [line.rstrip("\r") if len(line) <= WIDTH else f"{line[:WIDTH]}…" for line in lines[:count]]
    return "\n".join([*shown, "…"] if more and lines[count] else shown)
