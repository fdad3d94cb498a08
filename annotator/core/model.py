"""The five nouns as frozen values: statement, tag, annotation, link, coder; and what they are made of.

Offsets are Unicode code points, times are UTC in ISO 8601 with milliseconds and ``Z``.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, NamedTuple, NewType

from annotator.core.values import dataclass

StatementId = NewType("StatementId", str)
AnnotationId = NewType("AnnotationId", str)
LinkId = NewType("LinkId", str)
CoderId = NewType("CoderId", str)
ActorId = NewType("ActorId", str)
StepId = NewType("StepId", str)
TagName = NewType("TagName", str)

UNREAD, OPEN, DONE = "unread", "open", "done"
STATUSES = (UNREAD, OPEN, DONE)
#: What an annotation may be: a person's, or a machine's that waits, was taken over or turned down.
ANNOTATION_STATUSES = ("made", "suggested", "accepted", "rejected")
CODER_KINDS = ("person", "machine", "consensus")

#: Ids this short are what a person sees and types.
SHORT = 6


_last_id = (0, 0)
_id_lock = threading.Lock()


def new_id() -> str:
    """A new UUID of version 7 (RFC 9562) as text: ids that one process makes later sort later.

    Within a millisecond, and when the clock jumps back, the random part is counted up (section 6.2, method 2).
    """
    global _last_id
    with _id_lock:
        stamp, noise = int(time.time() * 1000), int.from_bytes(os.urandom(10), "big") >> 6
        if stamp <= _last_id[0]:
            stamp, noise = _last_id[0], _last_id[1] + 1 + (noise >> 42)
            stamp, noise = stamp + (noise >> 74), noise & ((1 << 74) - 1)
        _last_id = stamp, noise
    value = (stamp << 80) | (0x7 << 76) | ((noise >> 62) << 64) | (0b10 << 62) | (noise & ((1 << 62) - 1))
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def sort_after(identifier: str) -> None:
    """From now on, ids of this process sort after that one, even while the clock is behind it."""
    global _last_id
    try:
        stamp = int(identifier.replace("-", ""), 16) >> 80
    except ValueError:
        return
    with _id_lock:
        if _last_id[0] <= stamp < (1 << 48) - 1:
            _last_id = stamp + 1, int.from_bytes(os.urandom(10), "big") >> 7


def short(identifier: str) -> str:
    """The last characters of an id, as lists show it."""
    return identifier[-SHORT:]


def now() -> str:
    """This moment in UTC, ISO 8601 with milliseconds: ``2026-03-01T09:30:00.000Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date as EDTF (ISO 8601-2) text, and whether the text says it or a reader inferred it."""

    edtf: str
    basis: str = "in_text"

    def as_json(self) -> dict[str, str]:
        return {"edtf": self.edtf, "basis": self.basis}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement's text came from; ``sha256`` is over the imported bytes.

    ``size`` is in bytes. The bytes themselves may be missing, when the statement
    came by a format that carries no sources.
    """

    name: str
    media_type: str
    sha256: str
    size: int
    encoding: str


@dataclass(frozen=True, slots=True)
class Range:
    """Part of a statement's text with a role: ``title``, ``boilerplate``, ``crosshead`` …"""

    start: int
    end: int
    role: str


#: Metadata in the order of forms, exports and tables. Dates stand apart.
METADATA = (
    "title",
    "issuer",
    "issuer_type",
    "outlet",
    "language",
    "speaker",
    "office",
    "reporter",
    "translator",
    "dateline",
    "venue",
    "genre",
    "url",
    "archive_url",
    "licence",
)
DATES = ("date_issued", "date_published", "date_collected")


@dataclass(frozen=True, slots=True)
class Statement:
    """One text with its source. The text itself is fetched apart, by ``text_sha256``.

    ``length`` is in code points. ``extra`` keeps metadata for which there is no field.
    ``previous`` is the statement of which this one is a corrected version. ``memo`` is what coders think of it.
    """

    id: StatementId
    title: str = ""
    issuer: str = ""
    issuer_type: str = ""
    outlet: str = ""
    language: str = ""
    speaker: str = ""
    office: str = ""
    reporter: str = ""
    translator: str = ""
    dateline: str = ""
    venue: str = ""
    genre: str = ""
    url: str = ""
    archive_url: str = ""
    licence: str = ""
    date_issued: DateValue | None = None
    date_published: DateValue | None = None
    date_collected: DateValue | None = None
    text_sha256: str = ""
    length: int = 0
    source: Source | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    previous: StatementId | None = None
    imported_at: str = ""
    imported_by: CoderId | None = None
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a vocabulary; a ``retired`` one stays valid where it is used, and is no longer offered."""

    name: str
    label: str = ""
    definition: str = ""
    retired: bool = False


#: What an attribute may hold; "actors" takes several values, the others one.
ATTRIBUTE_TYPES = ("actors", "actor", "text", "long_text", "choice", "date", "count")
#: What the form may propose for an attribute that has no value yet.
DEFAULTS = ("", "issuer", "last")


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a tag asks of each passage. ``required`` never blocks, it marks what is missing.

    ``default`` is what the form proposes: nothing, the statement's ``issuer``, or what was said ``last``.
    """

    name: str
    label: str = ""
    type: str = "text"
    required: bool = False
    definition: str = ""
    unspecified: bool = False
    values: tuple[Choice, ...] = ()
    default: str = ""

    @property
    def offered(self) -> tuple[Choice, ...]:
        """The values of its vocabulary that were not retired."""
        return tuple(choice for choice in self.values if not choice.retired)


@dataclass(frozen=True, slots=True)
class Example:
    """A passage that shows what a tag means: its words, and the annotation that they come from, if it is known."""

    quote: str
    annotation: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """An entry of the codebook; ``name`` identifies it, ``key`` is the digit that applies it.

    ``overlap`` is ``refuse`` or ``allow``: whether one coder may hold this tag twice on the same words.
    ``parent`` is the name of the tag above it in the tree, or empty. ``version`` counts the changes of what coders
    must know of it, from 1.
    """

    name: TagName
    label: str = ""
    color: str = "#666666"
    color_dark: str = ""
    shape: str = "square"
    underline: str = "solid"
    key: str = ""
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    overlap: str = "refuse"
    attributes: tuple[Attribute, ...] = ()
    parent: str = ""
    version: int = 1
    examples: tuple[Example, ...] = ()
    memo: str = ""

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)


#: A name maps to a list of values, each ``{"value": …}``, ``{"actor": id}``, ``{"edtf": …, "basis": …}``
#: or ``{"min": …, "max": …, "text": …}``, each with an optional ``"anchor"``.
Attributes = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Annotation:
    """A coder says that a passage carries a tag.

    ``start`` and ``end`` are code points, half-open; ``quote`` is the text between them,
    ``prefix`` and ``suffix`` up to 32 code points around it. ``tag_version`` is the version
    of the tag's definition that the coder had before them.
    """

    id: AnnotationId
    statement: StatementId
    tag: TagName
    coder: CoderId
    start: int
    end: int
    quote: str
    prefix: str = ""
    suffix: str = ""
    attributes: Attributes = field(default_factory=dict)
    note: str = ""
    status: str = "made"
    origin: str | None = None
    created_at: str = ""
    modified_at: str = ""
    tag_version: int = 1


class Place(NamedTuple):
    """Where a passage stands in its statement, in code points, half-open; places sort in text order."""

    start: int
    end: int
    tag: str
    id: str
    status: str


@dataclass(frozen=True, slots=True)
class Link:
    """A typed arrow between two annotations: ``same_as``, ``event_ref``, ``responds_to``."""

    id: LinkId
    kind: str
    source: AnnotationId
    target: AnnotationId


@dataclass(frozen=True, slots=True)
class Coder:
    """A person or a machine (``kind``), with one id over all projects."""

    id: CoderId
    name: str
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class Actor:
    """An entity that attributes refer to; ``merged_into`` names the one that it turned out to be."""

    id: ActorId
    name: str
    type: str = ""
    aliases: tuple[str, ...] = ()
    wikidata: str = ""
    note: str = ""
    merged_into: ActorId | None = None
    color: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one coder is with one statement: ``unread``, ``open`` or ``done``."""

    coder: CoderId
    status: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A statement as a list shows it: no text, with counts by tag and the coder's progress."""

    number: int
    id: StatementId
    title: str
    issuer: str
    language: str
    date: DateValue | None
    status: str
    counts: Mapping[str, int]
    suggestions: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What one step did: its label and the (table, id) pairs it touched.

    The unit of undo, of repaint, of history and of team sync. Falsy when nothing changed.
    """

    label: str = ""
    touched: frozenset[tuple[str, str]] = frozenset()
    step: StepId | None = None
    #: Statements whose annotations, ranges, progress or metadata changed.
    statements: frozenset[str] = frozenset()
    #: The id of what was made, or of what was already there.
    result: str = ""
    #: Too many rows to name: ``touched`` and ``statements`` hold only some of them.
    many: bool = False

    def __bool__(self) -> bool:
        return self.step is not None

    def concerns(self, statement: str) -> bool:
        """Whether anything of this statement may have changed."""
        return self.many or statement in self.statements

    def ids(self, table: str) -> frozenset[str]:
        return frozenset(row for name, row in self.touched if name == table)
