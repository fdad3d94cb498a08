"""Annotations that other programs made: their places in the stored text, their labels as tags, their coders.

Other programs count in other units, over texts that are not canonical, and name things freely. What all readers of
such files have in common is here: a ``Claim`` says what a file says, a ``Gathering`` turns claims into records whose
every quote is a slice of the text, and names those that have no place.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha1
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError, one_line
from annotator.core.exchange import Header, Item, Problem, Record
from annotator.core.model import (
    Actor,
    ActorId,
    Annotation,
    AnnotationId,
    Attribute,
    Choice,
    Coder,
    CoderId,
    Link,
    LinkId,
    Range,
    Source,
    Statement,
    StatementId,
    Tag,
    TagName,
)
from annotator.core.query import RESERVED
from annotator.core.text import Anchor, Span, Utf16Map, canonical, clean, digest
from annotator.core.values import dataclass
from annotator.formats._document import clean as one_clean_line

#: What other programs count in: code points, or units of UTF-16.
Unit = Literal["points", "utf16"]

#: Colours of tags that come without one: of Okabe and Ito's palette, which the starter codebook uses, and its kin.
_COLORS = ("#0072B2", "#D55E00", "#00795C", "#7B4FA3", "#A3550A", "#B0307A", "#4D6B00", "#00708A")
_SHAPES = ("square", "circle", "diamond", "triangle", "hexagon", "star")
_UNDERLINES = ("solid", "dashed", "dotted", "double", "wave", "dashdot")
#: Words around a quote may have been wrapped or spaced anew by another program.
_BLANKS = re.compile(r"\s+")
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: How many code points of a quote a message shows.
_SHOWN = 60
#: How much of a text is searched, in code points, for words that are not where a file says: exactly, and with other
#: blanks between them. So a file of a hundred thousand wrong quotes takes seconds, and each quote of an honest one is
#: found: 2,000 in a text of 10 MB, and all of a text of usual length.
_MOST_SEARCHED, _MOST_SEARCHED_LOOSELY = 20_000_000_000, 500_000_000


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file says of one passage: offsets in the file's own unit and text, or a quote, or both.

    ``start`` is -1 where the file gives no offsets. ``values`` maps attributes to texts as a person would type them,
    ``attributes`` to values in the native shape. ``coder`` is a name.
    """

    label: str
    start: int = -1
    end: int = -1
    quote: str | None = None
    prefix: str = ""
    suffix: str = ""
    id: str = ""
    coder: str = ""
    coder_kind: str = "person"
    #: The coder's id in the file, where it has one.
    coder_id: str = ""
    note: str = ""
    status: str = "made"
    values: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    created_at: str = ""
    modified_at: str = ""
    #: Where it stands in the file, for messages.
    place: str = ""


def tag_name(label: str) -> TagName:
    """The name under which a label of another program is a tag: so “Demand” comes to the tag ``demand``."""
    name = _BLANKS.sub("_", unicodedata.normalize("NFC", clean(label)).casefold().strip())
    return TagName(name[:100] or "unlabelled")


def attribute_name(label: str) -> str:
    """The name under which a variable or feature of another program is an attribute.

    One that is a word of the query language gets a ``_`` behind it.
    """
    name = _BLANKS.sub("_", unicodedata.normalize("NFC", clean(label)).casefold().strip())[:100] or "value"
    return f"{name}_" if name in RESERVED else name


def moment(value: object) -> str:
    """A time in ISO 8601, in UTC with milliseconds; a time without a zone is taken for UTC; empty when it is none."""
    return _moment(str(value))


@lru_cache(64)  # a writer asks for the same one several times
def _moment(text: str) -> str:
    try:
        read = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        read = read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return read.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stable_id(*parts: str) -> str:
    """The id of a thing that another program names by these: the same at each import, so that it comes once.

    A UUID stays as it is, in lower case and without braces; anything else gives one of version 5 (RFC 9562).
    """
    if len(parts) == 1:
        if _UUID.fullmatch(parts[0]):
            return parts[0]
        try:
            return str(UUID(parts[0].removeprefix("urn:uuid:")))
        except ValueError:
            pass
    # What ``uuid.uuid5`` returns, without an object for each.
    name = "annotator:" + "\x1f".join(parts)
    found = bytearray(
        sha1(NAMESPACE_URL.bytes + name.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:16]
    )
    found[6], found[8] = found[6] & 0x0F | 0x50, found[8] & 0x3F | 0x80
    text = found.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Places:
    """Where offsets in the text of a file are in the stored text, whatever unit they count.

    ``raw`` is the text as the other program had it; ``text`` is the same made canonical. What counts is tried by the
    quotes: code points or UTF-16 units, with line ends as they are or as one or two characters.
    """

    def __init__(self, raw: str, text: str, unit: Unit = "points") -> None:
        self.text = text
        self._ways: list[Callable[[int], int]] = []
        units: tuple[Unit, ...] = ("points", "utf16") if unit == "points" else ("utf16", "points")
        seen: set[str] = set()
        marked = ["\ufeff" + text] if raw.startswith("\ufeff") else []
        for each in units:
            for counted in (raw, text, text.replace("\n", "\r\n"), *marked):
                key = f"{each} {digest(counted.encode('utf-8', 'replace').decode())}"
                if key not in seen:
                    seen.add(key)
                    self._ways.append(_way(counted, each))
        self._raw_way = self._ways[0]
        #: What searching for words may still cost, in code points that are looked at.
        self._left = _MOST_SEARCHED
        self._left_loosely = _MOST_SEARCHED_LOOSELY

    def way(
        self, claims: Sequence[Claim], agrees: Callable[[str, str], int] = lambda slice, quote: slice == quote
    ) -> Callable[[int], int]:
        """The way of counting by which most quotes are the slices of their offsets; the file's own without quotes.

        ``agrees`` says how well a slice of the text is a quote.
        """
        quoted = [claim for claim in claims if claim.start >= 0 and claim.quote][:200]
        if not quoted:
            return self._raw_way

        def score(way: Callable[[int], int]) -> int:
            slices = (self.text[way(claim.start) : way(claim.end)] for claim in quoted)
            return sum(agrees(s, canonical(c.quote or "")[0]) for s, c in zip(slices, quoted, strict=True))

        return max(self._ways, key=score)

    def span(self, claim: Claim, way: Callable[[int], int]) -> Span | None:
        """Where the claim's words are, or None when they are nowhere, or its offsets lie outside of the text."""
        quote = canonical(claim.quote)[0] if claim.quote is not None else None
        span = Span(way(claim.start), way(claim.end)) if claim.start >= 0 else None
        inside = span is not None and 0 <= span.start < span.end <= len(self.text)
        if quote is None or not quote.strip():
            return span if inside else None
        if inside and span is not None and (span.of(self.text) == quote or _loose(span.of(self.text)) == _loose(quote)):
            return span
        if self._left < 0:
            return None
        self._left -= len(self.text)
        near = Span(max(0, span.start), max(1, span.end)) if span is not None and span.start < span.end else Span(0, 1)
        found = Anchor(near, quote, canonical(claim.prefix)[0], canonical(claim.suffix)[0]).find(self.text)
        if found is not None:
            return found
        # At worst each place of the text begins the quote, up to its last word.
        self._left_loosely -= (cost := len(self.text) * (quote.count(" ") + 1))
        if self._left_loosely < 0:
            self._left_loosely += cost
            return None
        return _loosely(self.text, quote)

    @property
    def exhausted(self) -> bool:
        """Whether so many words were not where the file says that the rest is not searched for."""
        return self._left < 0


def _loose(words: str) -> str:
    return _BLANKS.sub(" ", words).strip()


def _loosely(text: str, quote: str) -> Span | None:
    """The one place where these words stand with any blanks between them; None when there is none, or more."""
    words = quote.split()
    if not words or sum(map(len, words)) < 12 or len(words) > 400:
        return None
    places = re.finditer(r"\s+".join(map(re.escape, words)), text)
    first, second = next(places, None), next(places, None)
    return Span(*first.span()) if first is not None and second is None else None


def _way(counted: str, unit: Unit) -> Callable[[int], int]:
    """From an offset in a text, in this unit, to the offset in code points in the same text made canonical."""
    units = Utf16Map(counted) if unit == "utf16" else None
    mark = 1 if counted.startswith("\ufeff") else 0
    # Each pair of carriage return and line feed becomes one character: offsets behind it move.
    pairs = [match.end() for match in re.finditer("\r\n", counted)]

    def way(offset: int) -> int:
        point = units.to_point(offset) if units is not None else offset
        return point - bisect_right(pairs, point) - (mark if point >= mark else 0)

    return way


class Gathering:
    """The records of one file of another program, and what they refer to.

    ``record`` yields a header with the tags, coders and actors that were not named before, then the record, then a
    problem for each claim that has no place. The same file gives the same ids at each import.
    """

    def __init__(self, name: str, program: str) -> None:
        self.name = name
        self.program = program
        self._tags: dict[str, Tag] = {}
        self._coders: dict[str, Coder] = {}
        self._actors: dict[str, Actor] = {}
        self._known: set[str] = set()
        #: Ids of coders whom the file tells by name alone.
        self._called: set[str] = set()
        self._ids: set[str] = set()
        #: What the claims became that the file calls so, and the SHA-256 of the text that they are on.
        self._ids_by_name: dict[str, str] = {}
        self._text = ""

    # -- what claims refer to -----------------------------------------------------------------

    def tag(
        self,
        label: str,
        *,
        color: str = "",
        definition: str = "",
        parent: str = "",
        attributes: Iterable[Attribute] = (),
        include: tuple[str, ...] = (),
        exclude: tuple[str, ...] = (),
        rules: tuple[str, ...] = (),
    ) -> TagName:
        """The tag of this label, made when it is first named; ``parent`` is the label of the tag above it."""
        name = tag_name(label)
        if name not in self._tags:
            n = len(self._tags)
            self._tags[name] = Tag(
                name=name,
                label=one_clean_line(label) or name,
                color=color if re.fullmatch("#[0-9A-Fa-f]{6}", color) else _COLORS[n % len(_COLORS)],
                shape=_SHAPES[n % len(_SHAPES)],
                underline=_UNDERLINES[n % len(_UNDERLINES)],
                definition=clean(definition),
                overlap="allow",
                attributes=tuple(attributes),
                include=tuple(map(clean, include)),
                exclude=tuple(map(clean, exclude)),
                rules=tuple(map(clean, rules)),
                parent=tag_name(parent) if parent else "",
            )
        return name

    def coder(self, name: str, kind: str = "person", id: str = "") -> CoderId:
        """The coder of this name; without one, the program itself, as a coder that nobody is."""
        name = one_clean_line(name)
        key = id or name
        if key not in self._coders:
            identifier = stable_id(id) if id else stable_id("coder", name or self.program)
            self._coders[key] = Coder(CoderId(identifier), name or f"{self.program} (not named)", kind)
            if name and not id:
                self._called.add(identifier)
        return self._coders[key].id

    def actor(self, name: str, type: str = "", aliases: Iterable[str] = (), id: str = "") -> ActorId:
        """The actor of this name."""
        name = one_clean_line(name)
        key = id or name
        if key not in self._actors:
            identifier = stable_id(id) if id else stable_id("actor", name)
            self._actors[key] = Actor(ActorId(identifier), name, type, tuple(aliases))
        return self._actors[key].id

    # -- records ------------------------------------------------------------------------------

    def record(
        self,
        raw: str,
        claims: Sequence[Claim],
        *,
        unit: Unit = "points",
        metadata: Mapping[str, Any] | None = None,
        statement: str = "",
        source: Source | None = None,
        data: bytes | None = None,
        ranges: Sequence[Range] = (),
        place: str = "",
    ) -> Iterator[Item]:
        """A text with its claims; ``statement`` is its id in the file, if it has one."""
        text, replaced = canonical(raw)
        if not text.strip():
            yield Problem(place or self.name, "has no text")
            return
        self._text = digest(text)
        places = Places(raw, text, unit)
        way = places.way(claims)
        annotations, problems = [], []
        for claim in claims:
            found = self._placed(claim, text, places.span(claim, way), place)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                annotations.append(found)
        yield from self.named()
        made = Statement(
            id=StatementId(stable_id(statement) if statement else ""),
            text_sha256=digest(text),
            length=len(text),
            source=source,
            **(metadata or {}),
        )
        annotations.sort(key=lambda a: (a.start, a.end, a.tag, a.id))
        yield Record(
            made, text, annotations=tuple(annotations), ranges=tuple(ranges), data=data, replaced=replaced, loose=True
        )
        yield from problems
        if places.exhausted:
            where = place or self.name
            yield Problem(where, "has too many words that are not where it says: the last were not searched for")

    def attached(self, statement: Statement, claims: Sequence[Claim]) -> Iterator[Item]:
        """Claims on a text that the file does not hold: they come to the statement of the project that it names."""
        self._text = ""
        annotations = [
            self._annotation(claim, Span(max(0, claim.start), max(1, claim.end, claim.start + 1)), claim.quote or "")
            for claim in claims
        ]
        yield from self.named()
        yield Record(statement, "", annotations=tuple(annotations), withheld=True, loose=True)

    def link(self, kind: str, source: str, target: str, id: str = "") -> Link:
        """An arrow between two claims, by the ids that the file gives them."""
        ends = AnnotationId(self.annotation_id(source)), AnnotationId(self.annotation_id(target))
        return Link(LinkId(stable_id(id) if id else stable_id("link", kind, *ends)), kind, *ends)

    def has(self, id: str) -> bool:
        """Whether the claim that the file calls so became an annotation."""
        return self.annotation_id(id) in self._ids

    def annotation_id(self, id: str) -> str:
        """The id of the annotation that this file calls so: a UUID is the world's, anything else the file's own.

        Files of the same name in several folders call different passages ``T1``, so that the text belongs to the name.
        """
        if id in self._ids_by_name:
            return self._ids_by_name[id]
        try:
            return str(UUID(id.removeprefix("urn:uuid:")))
        except ValueError:
            return stable_id(self.program, self.name, self._text, id)

    def _claim_id(self, claim: Claim, tag: str, span: Span) -> str:
        """The id of a claim that has a name: a UUID is the world's, else what it says of which words belongs to it.

        Two files of one name may hold the same text and number their claims alike, and yet say different things.
        """
        identifier = self.annotation_id(claim.id)
        if identifier == stable_id(claim.id):
            return identifier
        return stable_id(identifier, tag, f"{span.start}-{span.end}")

    def _placed(self, claim: Claim, text: str, span: Span | None, place: str) -> Annotation | Problem:
        where = f"{place}: {claim.place}" if place and claim.place else place or claim.place or self.name
        if span is None:
            words = one_line(claim.quote or "")[:_SHOWN]
            told = f"“{words}”" if words.strip() else f"the span {claim.start}–{claim.end}"
            return Problem(where, f"{told} ({one_line(claim.label)[:_SHOWN]}) is not in the text; it was left out")
        try:
            return self._annotation(claim, span, span.of(text))
        except AnnotatorError as error:
            return Problem(where, str(error))

    def _annotation(self, claim: Claim, span: Span, quote: str) -> Annotation:
        tag = self.tag(claim.label)
        identifier = ""
        if claim.id:
            identifier = self._claim_id(claim, tag, span)
            if identifier in self._ids:
                raise AnnotatorError(f"the id {claim.id[:_SHOWN]} is there twice; the second was left out")
            self._ids.add(identifier)
            self._ids_by_name[claim.id] = identifier
        values = {name: self._values(tag, name, text) for name, text in claim.values.items() if text.strip()}
        return Annotation(
            AnnotationId(identifier),
            StatementId(""),
            tag,
            self.coder(claim.coder, claim.coder_kind, claim.coder_id),
            span.start,
            span.end,
            quote,
            canonical(claim.prefix)[0],
            canonical(claim.suffix)[0],
            {**claim.attributes, **values},
            clean(claim.note),
            claim.status,
            None,
            claim.created_at,
            claim.modified_at,
        )

    def _values(self, tag: TagName, name: str, text: str) -> list[dict[str, Any]]:
        self.attribute(tag, name)
        return [{"value": clean(text)}]

    def attribute(self, tag: TagName, name: str, type: str = "text", values: Iterable[str] = ()) -> str:
        """The name of an attribute of a tag, made when it is first used; raises for a word of the query language."""
        if name in RESERVED:
            raise AnnotatorError(f"“{name}” is a word of the query language and cannot name an attribute")
        entry = self._tags[tag]
        if entry.attribute(name) is None:
            made = Attribute(
                name,
                name.replace("_", " ").capitalize(),
                type,
                values=tuple(Choice(value, value) for value in values),
            )
            self._tags[tag] = replace(entry, attributes=(*entry.attributes, made))
        return name

    def named(self) -> Iterator[Header]:
        """What was named since the last header, so that each record's references are known before it."""
        tags = tuple(tag for tag in self._tags.values() if f"tag {tag.name}" not in self._known)
        coders = tuple(coder for coder in self._coders.values() if coder.id not in self._known)
        actors = tuple(actor for actor in self._actors.values() if actor.id not in self._known)
        self._known.update(f"tag {tag.name}" for tag in tags)
        self._known.update(coder.id for coder in coders)
        self._known.update(actor.id for actor in actors)
        if tags or coders or actors:
            called = {tag.name for tag in tags} | {coder.id for coder in coders if coder.id in self._called}
            yield Header(Codebook(tags), coders, actors, called=frozenset(called))
