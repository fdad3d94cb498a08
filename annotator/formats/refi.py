"""REFI-QDA project (QDPX): texts, codes and codings for programs of qualitative analysis. https://www.qdasoftware.org

Offsets are code points from 0, the end exclusive. A passage is a ``PlainTextSelection`` with one ``Coding``; coders are
users, tags codes, a statement's metadata variables. What the standard has no place for at a passage, its values, stands
in a note with the name ``Attributes``, a line for each, which reading knows again.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Header, Item, Losses, Problem, Record, Stamp
from annotator.core.links import all_kinds
from annotator.core.model import DATES, METADATA, Annotation, DateValue, Link
from annotator.core.text import canonical
from annotator.formats._document import clean
from annotator.formats._foreign import Claim, Gathering, Places, attribute_name, moment, stable_id
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._markup import attributes, element, words
from annotator.formats._outward import Names, count_lost_of_statement, count_lost_of_values
from annotator.formats._parsed import parts_in_child
from annotator.formats._refi import DECLARATION, PROJECT, code_guid, codes, take_codes

#: A project of many texts may be larger than a document, in bytes.
LARGEST = 200_000_000
#: What of the project's XML is kept in memory before a temporary file takes it.
_SPOOL = 4_000_000
#: The name of the note that holds a passage's values.
_VALUES = "Attributes"
#: The name that other programs show for a passage holds so many code points of its words.
_NAME = 255

# -- writing ------------------------------------------------------------------------------


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A ZIP container: each text a file, then ``project.qde``, whose parts are set aside until then."""
    names = Names(Header())
    title = ""
    directed: dict[str, bool] = {}
    variables: dict[str, str] = {}
    when = _zip_time(stamp.exported_at)
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container,
        tempfile.SpooledTemporaryFile(_SPOOL) as sources,
        tempfile.SpooledTemporaryFile(_SPOOL) as notes,
        tempfile.SpooledTemporaryFile(_SPOOL) as links,
    ):
        for item in items:
            if isinstance(item, Header):
                names, title = Names(item), item.project_title
                directed = {kind.name: kind.directed for kind in all_kinds(item.link_kinds)}
            elif isinstance(item, Link):
                links.write(_link(item, directed).encode())
            elif isinstance(item, Record) and item.withheld:
                losses.add("statements without their texts")
            elif isinstance(item, Record):
                name = f"{stable_id(item.statement.id)}.txt"
                container.writestr(zipfile.ZipInfo(f"sources/{name}", when), item.text.encode(), zipfile.ZIP_DEFLATED)
                _source(item, name, names, variables, sources, notes, losses)
                yield
        with container.open(_entry("project.qde", when), "w", force_zip64=True) as qde:
            head = {"xmlns": PROJECT, "name": title or "Annotator", "origin": stamp.generator}
            head["creationDateTime"] = moment(stamp.exported_at)
            qde.write(f"{DECLARATION}<Project{attributes(head)}>\n{_users(names)}{_book(names, losses)}".encode())
            if variables:
                kind = {"typeOfVariable": "Text"}
                made = "".join(element("Variable", {"guid": v, "name": n} | kind) for n, v in variables.items())
                qde.write(f"<Variables>\n{made}</Variables>\n".encode())
            for name, spool in (("Sources", sources), ("Notes", notes), ("Links", links)):
                if spool.tell():
                    spool.seek(0)
                    qde.write(f"<{name}>\n".encode())
                    while chunk := spool.read(1 << 20):
                        qde.write(chunk)
                    qde.write(f"</{name}>\n".encode())
            qde.write(b"</Project>\n")
    yield


def _zip_time(moment_: str) -> tuple[int, int, int, int, int, int]:
    """A moment as ZIP containers keep it, so that the same export is the same file."""
    digits = [int(part) for part in moment_[:19].replace("T", "-").replace(":", "-").split("-") if part.isdecimal()]
    return tuple(digits) if len(digits) == 6 and digits[0] >= 1980 else (1980, 1, 1, 0, 0, 0)  # type: ignore[return-value]


def _entry(name: str, when: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, when)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _users(names: Names) -> str:
    users = "".join(element("User", {"guid": stable_id(c.id), "name": c.name}) for c in names.coders.values())
    return f"<Users>\n{users}</Users>\n" if users else ""


def _book(names: Names, losses: Losses) -> str:
    found = codes(names.codebook, losses)
    return f"<CodeBook>\n{found}</CodeBook>\n" if found else ""


def _source(
    record: Record,
    name: str,
    names: Names,
    variables: dict[str, str],
    sources: IO[bytes],
    notes: IO[bytes],
    losses: Losses,
) -> None:
    count_lost_of_statement(record, losses)
    statement = record.statement
    values = {
        "guid": stable_id(statement.id),
        "name": statement.title,
        "plainTextPath": f"internal://{name}",
        "creationDateTime": moment(statement.imported_at),
    }
    sources.write(f"<TextSource{attributes(values)}>\n".encode())
    for a in record.annotations:
        sources.write(_selection(a, names, notes, losses).encode())
    if statement.memo:
        guid = stable_id("refi memo", statement.id)
        notes.write(_note(guid, "Memo", statement.memo).encode())
        sources.write(element("NoteRef", {"targetGUID": guid}).encode())
    facts = {field: getattr(statement, field) for field in METADATA if field != "title"}
    for field in DATES:
        date = getattr(statement, field)
        facts[field] = date.edtf if date else ""
        facts[f"{field}_basis"] = date.basis if date and date.basis != "in_text" else ""
    for key, value in statement.extra.items():
        if isinstance(value, str) and key not in facts:
            facts[key] = value
        else:
            losses.add("further facts of statements")
    for field, value in facts.items():
        if value:
            guid = variables.setdefault(field, stable_id("refi variable", field))
            reference = element("VariableRef", {"targetGUID": guid})
            sources.write(element("VariableValue", {}, f"{reference}<TextValue>{words(value)}</TextValue>").encode())
    sources.write(b"</TextSource>\n")


def _selection(a: Annotation, names: Names, notes: IO[bytes], losses: Losses) -> str:
    count_lost_of_values(a, losses)
    if a.status != "made":
        losses.add("states of passages")
    user = stable_id(a.coder) if a.coder in names.coders else None
    references = ""
    for kind, text in (("Note", a.note), (_VALUES, _lines(names.texts(a)))):
        if text:
            guid = stable_id(f"refi {kind}", a.id)
            references += element("NoteRef", {"targetGUID": guid})
            notes.write(_note(guid, kind, text, user, moment(a.modified_at)).encode())
    created = moment(a.created_at)
    reference = element("CodeRef", {"targetGUID": code_guid(a.tag)})
    made = {"guid": stable_id(a.id), "creatingUser": user, "creationDateTime": created}
    coding = element("Coding", made, reference + references)
    shown = a.quote.replace("\n", " ").replace("\t", " ")
    values = {
        "guid": stable_id("refi selection", a.id),
        "name": shown if len(shown) <= _NAME else shown[: _NAME - 1] + "…",
        "startPosition": str(a.start),
        "endPosition": str(a.end),
        "creatingUser": user,
        "creationDateTime": created,
        "modifyingUser": user if a.modified_at else None,
        "modifiedDateTime": moment(a.modified_at),
    }
    return element("PlainTextSelection", values, coding)


def _lines(values: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: " + text.replace("\n", "\n  ") for name, text in values.items())


def _note(guid: str, name: str, text: str, user: str | None = None, created: str = "") -> str:
    values = {"guid": guid, "name": name, "creatingUser": user, "creationDateTime": created}
    return element("Note", values, f"<PlainTextContent>{words(text)}</PlainTextContent>")


def _link(link: Link, directed: Mapping[str, bool]) -> str:
    values = {
        "guid": stable_id(link.id),
        "name": link.kind,
        "direction": "OneWay" if directed.get(link.kind, True) else "Associative",
        "originGUID": stable_id("refi selection", link.source),
        "targetGUID": stable_id("refi selection", link.target),
    }
    return element("Link", values)


# -- reading ------------------------------------------------------------------------------


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each text; pictures, sounds and what belongs to no text are told and left out."""
    parts = parts_in_child(
        options.parser, "annotator.formats._refi_project:parts", file.data(LARGEST), file.name, limit=LARGEST
    )
    head = next(parts)["head"]
    project = _Project(file, head)
    yield from project.gathering.named()
    for part in parts:
        if "source" in part:
            yield from project.source(part["source"])
        else:
            yield from project.links(part["links"])
    yield from project.left()


class _Project:
    """What the texts of a project refer to."""

    def __init__(self, file: SourceFile, head: Mapping[str, Any]) -> None:
        self._file = file
        self._head = head
        self.gathering = Gathering(file.name, "REFI-QDA")
        for identifier, name in head["users"].items():
            self.gathering.coder(name, id=identifier)
        self._labels = take_codes(head["codes"], self.gathering)
        #: The passage of a selection, for links; and what was left out, by kind.
        self._passages: dict[str, str] = {}
        self._left: dict[str, int] = {}
        self._referred: set[str] = set()

    def source(self, source: Mapping[str, Any]) -> Iterator[Item]:
        """The statement of this text; a problem when its text is missing."""
        place = f"{self._file.name}, “{clean(source['name'])[:80]}”"
        if source["whole"]:
            self._leave("codings of texts as a whole", source["whole"])
        text = self._text(source)
        count = sum(max(1, len(each["codings"])) for each in source["selections"])
        if text is None:
            lost = (
                "; its passage was left out" if count == 1 else f"; its {count} passages were left out" if count else ""
            )
            if source.get("trouble"):
                yield Problem(place, f"{source['trouble']}{lost}")
            elif source.get("rich"):
                yield Problem(place, f"comes as rich text alone, without the plain text that offsets count in{lost}")
            else:
                yield Problem(place, f"has no text: {source.get('path') or 'none'} is not there{lost}")
            return
        claims = [*self._claims(source, text)]
        metadata = self._metadata(source)
        yield from self.gathering.record(text, claims, metadata=metadata, statement=source["guid"], place=place)

    def _text(self, source: Mapping[str, Any]) -> str | None:
        if "text" in source:
            return str(source["text"])
        if not source.get("path"):
            return None
        name = source["path"]
        for folder in ("", "sources", "Sources"):
            data = self._file.beside(name, folder=folder)
            if data is not None:
                from annotator.formats._decode import decode

                return decode(data, name)[0]
        return None

    def _metadata(self, source: Mapping[str, Any]) -> dict[str, Any]:
        named = {self._head["variables"].get(key, key): value for key, value in source["values"].items() if value}
        values: dict[str, Any] = {key: clean(named.pop(key)) for key in METADATA if key in named}
        for field in DATES:
            date, basis = named.get(field, ""), named.get(f"{field}_basis", "in_text")
            try:
                check_edtf(date, field)
            except AnnotatorError:
                continue
            values[field] = DateValue(date, "inferred" if basis == "inferred" else "in_text")
            named = {key: value for key, value in named.items() if key not in (field, f"{field}_basis")}
        memo = [source["description"], *(self._note(each) for each in source["notes"])]
        values["memo"] = canonical("\n\n".join(part for part in memo if part.strip()))[0]
        values["title"] = clean(source["name"])
        return values | {"extra": {clean(key): canonical(value)[0] for key, value in named.items()}}

    def _note(self, identifier: str) -> str:
        note = self._head["notes"].get(identifier)
        self._referred.add(identifier)
        if note is None:
            return ""
        return str(note["text"]) if "text" in note else self._text(note) or ""

    def _claims(self, source: Mapping[str, Any], raw: str) -> Iterator[Claim]:
        quotes = self._quotes(source["selections"], raw)
        for each, quote in zip(source["selections"], quotes, strict=True):
            said = [each["description"], *(self._note(note) for note in each["notes"])]
            codings = each["codings"] or [{"guid": each["guid"], "code": "", "user": "", "created": "", "notes": []}]
            for coding in codings:
                notes = list(said)
                values: dict[str, str] = {}
                for identifier in coding["notes"]:
                    text = self._note(identifier)
                    if (self._head["notes"].get(identifier) or {}).get("name") == _VALUES:
                        values |= _values(text)
                    else:
                        notes.append(text)
                user = coding["user"] or each["user"]
                label = self._labels.get(coding["code"], "")
                self._passages.setdefault(each["guid"], coding["guid"])
                yield Claim(
                    label or "Highlight",
                    each["start"],
                    each["end"],
                    quote=quote,
                    id=coding["guid"],
                    coder=self._head["users"].get(user, ""),
                    coder_id=user if user in self._head["users"] else "",
                    note="\n\n".join(part for part in notes if part.strip()),
                    values=values,
                    created_at=moment(coding["created"] or each["created"]),
                    modified_at=moment(each["modified"] or coding["created"]),
                )

    def _quotes(self, selections: list[Mapping[str, Any]], raw: str) -> list[str | None]:
        """The words of each selection, where names are words: they show in which unit the file counts.

        A name may be anything, so that one that fits nowhere says nothing.
        """
        text, _ = canonical(raw)
        flat = _flat(text)
        named = [Claim("", s["start"], s["end"], quote=s["name"]) for s in selections]
        shown = [canonical(_beginning(s["name"]))[0] for s in selections]
        known = [claim for claim, said in zip(named, shown, strict=True) if said and said in flat]
        way = Places(raw, text).way(known, _agrees)
        found: list[str | None] = []
        for claim, said in zip(named, shown, strict=True):
            slice = text[way(claim.start) : way(claim.end)] if 0 <= claim.start < claim.end else ""
            found.append(slice if said and _flat(slice).startswith(said) else None)
        if known and not any(found):  # no way of counting fits: the words alone say where they are
            return [said if said and said in flat else None for said in shown]
        return found

    def links(self, found: Iterable[Mapping[str, str]]) -> Iterator[Item]:
        """The links between passages; those between codes or texts are told."""
        for each in found:
            ends = [self._passages.get(each[key], each[key]) for key in ("origin", "target")]
            if not all(self.gathering.has(end) for end in ends):
                self._leave("links that join other things than passages")
                continue
            yield self.gathering.link(
                attribute_name(each["name"]) if each["name"] else "link", ends[0], ends[1], each["guid"]
            )

    def left(self) -> Iterator[Problem]:
        """What has no place here, in one sentence."""
        kinds = {
            "PictureSelection": "passages of pictures",
            "PDFSelection": "areas of pages",
            "AudioSelection": "passages of sounds",
            "VideoSelection": "passages of films",
            "Case": "cases",
            "Set": "sets",
            "Graph": "graphs",
        }
        for key, count in self._head["left"].items():
            self._leave(kinds[key], count)
        unused = len(self._head["notes"].keys() - self._referred)
        if unused:
            self._leave("notes on the project, on codes or on nothing", unused)
        if self._left:
            told = ", ".join(f"{kind} ({count})" for kind, count in self._left.items())
            yield Problem(self._file.name, f"has more than texts, codes and passages; left out: {told}")

    def _leave(self, kind: str, count: int = 1) -> None:
        self._left[kind] = self._left.get(kind, 0) + count


def _agrees(slice: str, name: str) -> int:
    """How well a name fits a slice: best when it is the slice, or both begin and end alike.

    An edge may be a blank that nobody sees, and then two ways of counting are near to right.
    """
    if slice.replace("\n", " ").replace("\t", " ") == name:
        return 4
    said = _beginning(name)
    if not said or not _flat(slice).startswith(said):
        return 0
    return 1 + (slice[:1] == said[:1]) + (slice[-1:] == said[-1:])


def _flat(text: str) -> str:
    return " ".join(text.split())


def _beginning(name: str) -> str:
    """The words that a selection's name shows, without the mark that it was cut."""
    return _flat(name).removesuffix("…").removesuffix("...").rstrip()


def _values(text: str) -> dict[str, str]:
    """The values that a note of ours lists."""
    found: dict[str, str] = {}
    last = ""
    for line in text.split("\n"):
        name, colon, value = line.partition(": ")
        if line.startswith("  ") and last:
            found[last] += "\n" + line[2:]
        elif colon:
            last = attribute_name(name)
            found[last] = value
    return found


FORMAT = Format(
    name="refi",
    label="REFI-QDA project (QDPX)",
    suffixes=(".qdpx", ".qde"),
    media_type="application/zip",
    purpose="exchange",
    read=read,
    write=write,
    sniff=lambda head: b"urn:QDA-XML:project" in head or (head.startswith(b"PK\x03\x04") and b".qde" in head),
    description="Texts, tags and passages for NVivo, MAXQDA, ATLAS.ti, QualCoder and others.",
    needs_texts=True,
)
