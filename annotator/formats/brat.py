"""brat standoff: a text beside its annotations, https://brat.nlplab.org/standoff.html, offsets in code points.

Written is a ZIP of pairs ``NAME.txt`` and ``NAME.ann`` with an ``annotation.conf``, to be unpacked into a folder of
brat's data. Read are such containers, and single ``.ann`` files whose text lies beside them. A passage is a text-bound
annotation (``T``), a link a relation (``R``), notes are notes (``#``), values go into notes of the type ``Attribute``:
brat's own attributes are flags and single words.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from annotator.core.errors import AnnotatorError, one_line
from annotator.core.exchange import Item, Losses, Problem, Record, Stamp
from annotator.core.model import Annotation, Link, Source, Tag
from annotator.core.text import canonical
from annotator.formats._container import Container
from annotator.formats._decode import decode
from annotator.formats._foreign import Claim, Gathering
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._outward import Names, count_lost_of_statement, count_lost_of_values, sorted_out

#: brat's types are words without blanks.
_NO_TYPE = re.compile(r"[^\w-]+")
#: A file name that every system takes.
_NO_NAME = re.compile(r"[^\w.-]+")
#: Notes that carry what brat has no place for: the coder, the state and the values of a passage.
_CODER, _STATUS, _VALUE = "Coder", "Status", "Attribute"
#: The largest container that is read, in bytes, and its most files: two for each statement.
_LARGEST, _ENTRIES = 200_000_000, 100_000
_BOUND = re.compile(r"(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)$")

# -- writing ------------------------------------------------------------------------------


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A ZIP container, a pair of files for each statement."""
    tags: dict[str, Tag] = {}
    kinds: set[str] = set()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for n, (names, item) in enumerate(sorted_out(items)):
            tags |= {tag.name: tag for tag in names.codebook}
            if isinstance(item, Link):
                kinds.add(_type(item.kind))
                continue
            stem = _NO_NAME.sub("-", f"{n:05}-{item.statement.title}").strip("-.")[:60]
            container.writestr(f"{stem}.txt", item.text.encode())
            container.writestr(f"{stem}.ann", "".join(_lines(item, names, losses)).encode())
            yield
        container.writestr("annotation.conf", _configuration(tags.values(), kinds).encode())
    yield


def _lines(record: Record, names: Names, losses: Losses) -> Iterator[str]:
    count_lost_of_statement(record, losses)
    numbers: dict[str, int] = {}
    notes = 0
    for n, a in enumerate(record.annotations, 1):
        numbers[a.id] = n
        count_lost_of_values(a, losses)
        yield f"T{n}\t{_type(a.tag)} {a.start} {a.end}\t{_line(a.quote)}\n"
        for kind, words in _notes(a, names):
            notes += 1
            yield f"#{notes}\t{kind} T{n}\t{_line(words)}\n"
        if "\n" in a.note:
            losses.add("line breaks in notes")
    relations = 0
    for link in record.links:
        if link.target not in numbers:
            losses.add("links between statements")
            continue
        relations += 1
        yield f"R{relations}\t{_type(link.kind)} Arg1:T{numbers[link.source]} Arg2:T{numbers[link.target]}\t\n"
    if record.annotations:
        losses.add("ids and times of passages", len(record.annotations))


def _notes(a: Annotation, names: Names) -> Iterator[tuple[str, str]]:
    if a.note:
        yield "AnnotatorNotes", a.note
    yield _CODER, names.coder(a.coder)
    if a.status != "made":
        yield _STATUS, a.status
    for name, text in names.texts(a).items():
        yield _VALUE, f"{name}={text}"


def _configuration(tags: Iterable[Tag], kinds: Iterable[str]) -> str:
    """The types of a folder's annotations, as brat wants them beside the files."""
    relations = "".join(f"{kind}\tArg1:<ANY>, Arg2:<ANY>\n" for kind in sorted(kinds))
    entities = "".join(f"{_type(tag.name)}\n" for tag in tags)
    return f"[entities]\n{entities}\n[relations]\n{relations}\n[events]\n\n[attributes]\n"


def _type(name: str) -> str:
    return _NO_TYPE.sub("_", name) or "_"


def _line(words: str) -> str:
    """Words on one line: brat takes a line break in a quote for a blank."""
    return words.replace("\n", " ").replace("\t", " ")


# -- reading ------------------------------------------------------------------------------


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each pair of files."""
    if file.head().startswith(b"PK"):
        container = Container(file.data(_LARGEST), file.name, entries=_ENTRIES)
        found = [name for name in container.names if name.endswith(".ann")]
        if not found:
            raise AnnotatorError(f"{file.name} holds no .ann file")
        for name in found:
            text, place = f"{name[:-4]}.txt", f"{file.name}, {one_line(name)[:100]}"
            if text not in container:
                yield Problem(place, "its text is not there; its annotations were left out")
                continue
            try:
                yield from _pair(name, container.read(name), text, container.read(text), options)
            except AnnotatorError as error:
                yield Problem(place, str(error))
        return
    stem = file.name.rpartition(".")[0]
    beside = file.beside(f"{stem}.txt")
    if beside is None:
        raise AnnotatorError(f"{file.name} holds annotations, and its text {stem}.txt does not lie beside it")
    yield from _pair(file.name, file.data(), f"{stem}.txt", beside, options)


def _pair(name: str, data: bytes, text_name: str, text_data: bytes, options: ReadOptions) -> Iterator[Item]:
    from hashlib import sha256

    text, encoding = decode(text_data, text_name, options.encoding)
    # brat reads in text mode: it counts each line end as one character.
    raw = text.replace("\r\n", "\n")
    source = Source(text_name.rpartition("/")[2], "text/plain", sha256(text_data).hexdigest(), len(text_data), encoding)
    gathering = Gathering(text_name, "brat")
    lines, _ = decode(data, name, "utf-8" if options.encoding is None else options.encoding)
    claims, links, problems = _read_lines(canonical(lines)[0], raw, name)
    title = next((line.strip() for line in raw.split("\n") if line.strip()), "")[:300]
    yield from gathering.record(
        raw, claims, metadata={"title": one_line(title)}, source=source, data=text_data, place=name
    )
    known = {claim.id for claim in claims}
    for kind, one, other in links:
        if one in known and other in known:
            yield gathering.link(kind, one, other)
    yield from problems


def _read_lines(lines: str, text: str, name: str) -> tuple[list[Claim], list[tuple[str, str, str]], list[Problem]]:
    """The claims, links and problems of an .ann file."""
    bound: dict[str, tuple[str, list[tuple[int, int]], str]] = {}
    events: dict[str, tuple[str, str, list[tuple[str, str]]]] = {}
    relations: list[tuple[str, str, str]] = []
    notes: dict[str, list[tuple[str, str]]] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines.split("\n"), 1):
        if not line.strip():
            continue
        identifier, _, rest = line.partition("\t")
        body, _, words = rest.partition("\t")
        place = f"{name}, line {number}"
        parts = body.split()
        if identifier.startswith("T") and (match := _BOUND.match(body.strip())):
            pieces = [tuple(map(int, piece.split())) for piece in match[2].split(";")]
            bound[identifier] = match[1], [(a, b) for a, b in pieces], words
        elif identifier.startswith("E") and parts and all(":" in part for part in parts):
            (kind, _, trigger), *roles = (part.partition(":") for part in parts)
            events[identifier] = kind, trigger, [(role, target) for role, _, target in roles]
        elif identifier.startswith("R") and len(parts) == 3:
            relations.append((parts[0], parts[1].partition(":")[2], parts[2].partition(":")[2]))
        elif identifier.startswith("*") and len(parts) >= 3:
            relations.extend((parts[0], parts[1], other) for other in parts[2:])
        elif identifier.startswith(("A", "M")) and len(parts) >= 2:
            notes.setdefault(parts[1], []).append((_VALUE, f"{parts[0]}={' '.join(parts[2:]) or 'yes'}"))
        elif identifier.startswith("N") and len(parts) >= 3:
            notes.setdefault(parts[1], []).append(("AnnotatorNotes", f"{parts[2]} {words}".strip()))
        elif identifier.startswith("#") and len(parts) >= 2:
            notes.setdefault(parts[1], []).append((parts[0], words))
        else:
            problems.append(Problem(place, f"“{one_line(line)[:60]}” is no line of brat's; it was left out"))
    return _claimed(bound, events, relations, notes, text, name, problems)


def _claimed(
    bound: Mapping[str, tuple[str, list[tuple[int, int]], str]],
    events: Mapping[str, tuple[str, str, list[tuple[str, str]]]],
    relations: list[tuple[str, str, str]],
    notes: Mapping[str, list[tuple[str, str]]],
    text: str,
    name: str,
    problems: list[Problem],
) -> tuple[list[Claim], list[tuple[str, str, str]], list[Problem]]:
    """What lines say of the same thing, together: an event is the passage of its trigger."""
    trigger_of = {event: trigger for event, (_, trigger, _) in events.items()}
    claims = []
    for identifier, (label, pieces, words) in bound.items():
        said = list(notes.get(identifier, ()))
        for event, trigger in trigger_of.items():
            if trigger == identifier:
                said += notes.get(event, ())
        start, end = pieces[0][0], pieces[-1][1]
        if len(pieces) > 1:
            said.append(("AnnotatorNotes", f"Parts: {'; '.join(_line(text[a:b]) for a, b in pieces)}"))
            place = f"{name}, {identifier}"
            problems.append(Problem(place, "has parts; it came as one passage from the first to the last, with a note"))
        quote = text[start:end]
        # The words are kept with blanks for line ends, so they are compared like that.
        if len(pieces) == 1 and _line(quote) != _line(words):
            quote = words
        values = dict(words.partition("=")[::2] for kind, words in said if kind == _VALUE and "=" in words)
        claims.append(
            Claim(
                label,
                start,
                end,
                quote=quote,
                id=identifier,
                coder=next((words for kind, words in said if kind == _CODER), ""),
                status=_status(next((words for kind, words in said if kind == _STATUS), "")),
                note="\n".join(words for kind, words in said if kind not in (_CODER, _STATUS, _VALUE)),
                values={_type(key).casefold(): value for key, value in values.items()},
                place=identifier,
            )
        )
    links = [(kind, trigger_of.get(one, one), trigger_of.get(other, other)) for kind, one, other in relations]
    for _, trigger, roles in events.values():
        links.extend((role, trigger, trigger_of.get(target, target)) for role, target in roles)
    return claims, links, problems


def _status(words: str) -> str:
    return words if words in ("suggested", "accepted", "rejected") else "made"


def sniff(head: bytes) -> bool:
    """Whether these bytes begin a ZIP container with .ann files, or an .ann file."""
    if head.startswith(b"PK\x03\x04"):
        return b".ann" in head and b".txt" in head
    return re.match(rb"(?:T\d+\t\S+ \d+ \d+|#\d+\t|R\d+\t)", head) is not None


FORMAT = Format(
    name="brat",
    label="brat standoff",
    suffixes=(".zip", ".ann"),
    media_type="application/zip",
    purpose="exchange",
    read=read,
    write=write,
    sniff=sniff,
    description="Texts and their annotations side by side, packed for a folder of brat.",
    needs_texts=True,
)
