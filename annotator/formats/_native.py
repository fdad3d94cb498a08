"""The native format as plain data, both ways; ``native_json`` and ``native_jsonl`` put it into files.

Writing is strict in its order, reading strict in everything else: a file that contradicts itself is refused
as a whole, with the place that does so. See ``docs/FORMAT.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotator.core.actors import in_a_circle
from annotator.core.codebook import Codebook, check_values, tag_from_json, tag_to_json
from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError, Damaged, one_line
from annotator.core.exchange import CODERS, TEXTS, WORDS, Header, Item, Problem, Record, Stamp
from annotator.core.links import LinkKind, is_standard, kind_from_json, kind_to_json
from annotator.core.model import (
    ANNOTATION_STATUSES,
    CODER_KINDS,
    DATES,
    METADATA,
    STATUSES,
    Actor,
    ActorId,
    Annotation,
    AnnotationId,
    Coder,
    CoderId,
    DateValue,
    Link,
    LinkId,
    Progress,
    Range,
    Source,
    Statement,
    StatementId,
    Tag,
    TagName,
)
from annotator.core.text import CONTEXT, canonical, digest

FORMAT_NAME = "annotator"
VERSION = 1
OFFSET_UNIT = "unicode code points"
MEDIA_TYPE = "application/json"

#: All keys beside statements and links, in the order in which they are written.
HEADER_KEYS = (
    "format",
    "version",
    "exported_at",
    "generator",
    "offset_unit",
    "withheld",
    "project",
    "codebook",
    "codebook_rules",
    "link_kinds",
    "coders",
    "actors",
)
#: How deep lists and objects may be nested in one another.
DEPTH = 64
#: Whole numbers beyond this are not the same in every program that reads JSON.
LARGEST = 2**53

# -- writing ------------------------------------------------------------------------------

#: Metadata that is written always and that which is written when there is any, in their order.
_ALWAYS = ("title", "issuer", "outlet", "language")

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False).encode


def header_data(header: Header, stamp: Stamp) -> dict[str, Any]:
    """What stands before the statements."""
    return {
        "format": FORMAT_NAME,
        "version": VERSION,
        "exported_at": stamp.exported_at,
        "generator": stamp.generator,
        "offset_unit": OFFSET_UNIT,
        "withheld": list(header.withheld),
        "project": _project_data(header),
        "codebook": [tag_to_json(tag) for tag in header.codebook],
        "codebook_rules": list(header.codebook.rules),
        "link_kinds": [kind_to_json(kind) for kind in header.link_kinds],
        "coders": [{"id": c.id, "name": c.name, "kind": c.kind} for c in header.coders],
        "actors": [_actor_data(a) for a in header.actors],
    }


def _project_data(header: Header) -> dict[str, Any]:
    data = {"id": header.project_id, "title": header.project_title, "head": header.head}
    return data | {"memo": header.memo} if header.memo else data


def _actor_data(actor: Actor) -> dict[str, Any]:
    data: dict[str, Any] = {"id": actor.id, "name": actor.name, "type": actor.type, "aliases": list(actor.aliases)}
    for key in ("color", "wikidata", "note", "merged_into"):
        if value := getattr(actor, key):
            data[key] = value
    return data


def statement_data(record: Record) -> dict[str, Any]:
    """A statement with all that hangs on it; raises ``Damaged`` when a quote is not in its text."""
    statement, text = record.statement, record.text
    data: dict[str, Any] = {"id": statement.id}
    for key in METADATA:
        value = getattr(statement, key)
        if value or key in _ALWAYS:
            data[key] = value
    data["progress"] = [{"coder": p.coder, "status": p.status} for p in record.progress]
    for key in DATES:
        if (date := getattr(statement, key)) is not None:
            data[key] = {"edtf": date.edtf, "basis": date.basis}
    if statement.extra:
        data["extra"] = dict(statement.extra)
    for key in ("previous", "imported_at", "imported_by", "memo"):
        if value := getattr(statement, key):
            data[key] = value
    if record.withheld:
        data["length"] = statement.length
    elif digest(text) != statement.text_sha256:
        raise Damaged(f"the text of statement {statement.id} is not the one that was imported: its SHA-256 differs")
    else:
        data["text"] = text
    data["text_sha256"] = statement.text_sha256
    data["ranges"] = [{"start": r.start, "end": r.end, "role": r.role} for r in record.ranges]
    source = statement.source
    data["source"] = source and {
        "name": source.name,
        "media_type": source.media_type,
        "sha256": source.sha256,
        "bytes": source.size,
        "encoding": source.encoding,
    }
    data["annotations"] = [_annotation_data(a, None if record.withheld else text) for a in record.annotations]
    return data


def _annotation_data(a: Annotation, text: str | None) -> dict[str, Any]:
    """An annotation, without its quote where the text is withheld (None)."""
    start, end = a.start, a.end
    quoted = {} if text is None else {"quote": a.quote, "prefix": a.prefix, "suffix": a.suffix}
    if text is not None and (text[start:end] != a.quote or not a.quote):
        raise Damaged(f"annotation {a.id} no longer matches the text of statement {a.statement} at {start}–{end}")
    attributes = a.attributes
    return {
        "id": a.id,
        "tag": a.tag,
        "coder": a.coder,
        "start": start,
        "end": end,
        **quoted,
        "attributes": attributes if type(attributes) is dict else dict(attributes),
        "note": a.note,
        "status": a.status,
        "origin": a.origin,
        "created_at": a.created_at,
        "modified_at": a.modified_at,
        "tag_version": a.tag_version,
    }


def link_data(link: Link) -> dict[str, Any]:
    return {"id": link.id, "kind": link.kind, "source": link.source, "target": link.target}


def line(data: Mapping[str, Any]) -> bytes:
    """One object as one line of UTF-8, without the line feed."""
    try:
        return encode(data).encode("utf-8")
    except (ValueError, TypeError) as error:  # a lone surrogate, a NaN, or no JSON at all
        raise Damaged(f"{data.get('id', 'the header')} holds what JSON cannot: {error}") from error


# -- strict JSON --------------------------------------------------------------------------


class Refused(Exception):
    """Why a file is refused, and where: a path like ``annotations[0].quote``, and the ids on the way to it."""

    def __init__(self, path: str, reason: str, ids: tuple[str, ...] = ()) -> None:
        super().__init__(path, reason)
        self.path, self.reason, self.ids = path, reason, ids

    def under(self, path: str, what: str = "") -> Refused:
        """The same, seen from one level further up."""
        joint = "" if not self.path or self.path[0] == "[" else ": " if path.startswith("line ") else "."
        return Refused(f"{path}{joint}{self.path}", self.reason, (*self.ids, what) if what else self.ids)

    def sentence(self, name: str) -> str:
        # Keys and ids are the file's own words, and may hold anything and be of any length.
        place = f": {_cut(self.path, 200)}" if self.path else ""
        ids = f" ({', '.join(_cut(each, 80) for each in self.ids)})" if self.ids else ""
        return one_line(f"{name}{place}{ids} {_cut(self.reason, 400)}; nothing was imported from this file")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise Refused("", "has a key twice")
    return data


def _whole(digits: str) -> int:
    if len(digits) > 17 or abs(value := int(digits)) > LARGEST:
        raise Refused("", f"is {digits[:20]}, a whole number beyond 2^53")
    return value


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Refused("", f"is {digits[:20]}, too large a number")
    return value


def _constant(word: str) -> Any:
    raise Refused("", f"is {word}, which is not JSON")


#: Refuses NaN, infinities, repeated keys and numbers that do not travel; says nothing of the place.
STRICT = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_float=_number, parse_constant=_constant)
#: Passes over what is not wanted now.
LOOSE = json.JSONDecoder(parse_int=len, parse_float=len)


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, so that repeated keys can still be seen."""


class _Raw(str):
    """A number as it is written."""


#: Keeps what ``STRICT`` refuses, for ``locate``.
EVERYTHING = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=_Raw, parse_float=_Raw, parse_constant=_Raw)

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def has_surrogate_escape(raw: str, start: int = 0, end: int | None = None) -> bool:
    """Whether a lone surrogate may hide in this JSON text: only an escape can make one."""
    return bool(_SURROGATE_ESCAPE.search(raw, start, len(raw) if end is None else end))


def locate(value: Any, path: str = "", depth: int = 1) -> Refused | None:
    """The first thing in a value read by ``EVERYTHING`` that the format refuses, with its path."""
    try:
        if isinstance(value, _Raw):
            value = str(value)
            if value in ("NaN", "Infinity", "-Infinity"):
                _constant(value)
            (_number if set(value) & set(".eE") else _whole)(value)
        elif isinstance(value, str):
            if _SURROGATE.search(value):
                raise Refused("", "holds half of a surrogate pair, which is no character")
        elif isinstance(value, list) and depth > DEPTH:
            raise Refused("", f"is nested more than {DEPTH} levels deep")
    except Refused as refused:
        return refused.under(path)
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, inner in value:
            if key in seen:
                return Refused(path, f"has the key “{key}” twice")
            if _SURROGATE.search(key):
                return Refused(path, "has a key with half of a surrogate pair, which is no character")
            seen.add(key)
            if found := locate(inner, f"{path}.{key}" if path else key, depth + 1):
                return found
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            if found := locate(inner, f"{path}[{n}]", depth + 1):
                return found
    return None


# -- shapes -------------------------------------------------------------------------------

_Shape = Mapping[str, tuple[type, ...]]

_TEXT, _WHOLE, _LIST, _OBJECT, _FLAG = (str,), (int,), (list,), (dict,), (bool,)
_NONE = type(None)
_WORDS = {str: "a text", int: "a whole number", list: "a list", dict: "an object", bool: "true or false", _NONE: "null"}

_PROJECT: _Shape = {"id": _TEXT, "title": _TEXT, "head": _TEXT, "memo": _TEXT}
_TAG: _Shape = {
    **dict.fromkeys(("name", "label", "color", "color_dark", "shape", "underline", "key", "definition"), _TEXT),
    **dict.fromkeys(("include", "exclude", "rules"), _LIST),
    "overlap": _TEXT,
    "attributes": _LIST,
    "parent": _TEXT,
    "version": _WHOLE,
    "examples": _LIST,
    "memo": _TEXT,
}
_EXAMPLE: _Shape = dict.fromkeys(("quote", "annotation", "note"), _TEXT)
_ATTRIBUTE: _Shape = {
    **dict.fromkeys(("name", "label", "type", "definition", "default"), _TEXT),
    **dict.fromkeys(("required", "unspecified"), _FLAG),
    "values": _LIST,
}
_LINK_KIND: _Shape = {**dict.fromkeys(("name", "label", "definition"), _TEXT), "directed": _FLAG}
_CHOICE: _Shape = {**dict.fromkeys(("name", "label", "definition"), _TEXT), "retired": _FLAG}
_CODER: _Shape = dict.fromkeys(("id", "name", "kind"), _TEXT)
_ACTOR: _Shape = {
    **dict.fromkeys(("id", "name", "type", "color", "wikidata", "note"), _TEXT),
    "aliases": _LIST,
    "merged_into": (str, _NONE),
}
_STATEMENT: _Shape = {
    "id": _TEXT,
    **dict.fromkeys(METADATA, _TEXT),
    "progress": _LIST,
    **dict.fromkeys(DATES, (dict, _NONE)),
    "extra": _OBJECT,
    "previous": (str, _NONE),
    "memo": _TEXT,
    "imported_at": _TEXT,
    "imported_by": (str, _NONE),
    "text": _TEXT,
    "length": _WHOLE,
    "text_sha256": _TEXT,
    "ranges": _LIST,
    "source": (dict, _NONE),
    "annotations": _LIST,
}
_PROGRESS: _Shape = dict.fromkeys(("coder", "status"), _TEXT)
_DATE: _Shape = dict.fromkeys(("edtf", "basis"), _TEXT)
_RANGE: _Shape = {"start": _WHOLE, "end": _WHOLE, "role": _TEXT}
_SOURCE: _Shape = {**dict.fromkeys(("name", "media_type", "sha256", "encoding"), _TEXT), "bytes": _WHOLE}
_ANNOTATION: _Shape = {
    **dict.fromkeys(("id", "tag", "coder"), _TEXT),
    **dict.fromkeys(("start", "end"), _WHOLE),
    **dict.fromkeys(("quote", "prefix", "suffix"), _TEXT),
    "attributes": _OBJECT,
    **dict.fromkeys(("note", "status"), _TEXT),
    "origin": (str, _NONE),
    **dict.fromkeys(("created_at", "modified_at"), _TEXT),
    "tag_version": _WHOLE,
}
_ANCHOR: _Shape = {"start": _WHOLE, "end": _WHOLE, **dict.fromkeys(("quote", "prefix", "suffix"), _TEXT)}
_LINK: _Shape = dict.fromkeys(("id", "kind", "source", "target"), _TEXT)

_SHA256 = re.compile("[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
BASES = ("in_text", "inferred")


def _shaped(data: Any, shape: _Shape, required: Sequence[str] = ()) -> dict[str, Any]:
    """The data, if it is an object with these fields of these types, and filled where required."""
    if type(data) is not dict:
        raise Refused("", "must be an object")
    for key, value in data.items():
        kinds = shape.get(key)
        if kinds is None:
            raise Refused(key, f"is no field of version {VERSION} of the format")
        if type(value) not in kinds:
            raise Refused(key, f"must be {' or '.join(_WORDS[k] for k in kinds)}")
    for key in required:
        if key not in data:
            raise Refused(key, "is missing")
        if data[key] == "":
            raise Refused(key, "is empty")
    return data


def _each(values: Sequence[Any], path: str, take: Callable[[Any], Any], what: str = "") -> list[Any]:
    """``take`` of each value; what it refuses is named by the value's place in the list, and by its id."""
    found = []
    for n, value in enumerate(values):
        try:
            found.append(take(value))
        except Refused as refused:
            identifier = value.get("id") if what and isinstance(value, dict) else None
            raise refused.under(f"{path}[{n}]", f"{what} {identifier}" if isinstance(identifier, str) else "") from None
        except AnnotatorError as error:
            raise Refused(f"{path}[{n}]", f"is refused: {error}") from None
    return found


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Refused("", "must be a text")
    return value


def _texts(data: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        _each(data.get(key, ()), key, _text)


def _moment(data: Mapping[str, Any], key: str) -> str:
    value: str = data.get(key, "")
    if value and not _MOMENT.fullmatch(value):
        raise Refused(key, f"is “{value[:40]}”, not a time in UTC like 2026-03-01T09:30:00.000Z")
    return value


def _too_deep(value: Any, left: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    if left <= 0:
        return True
    return any(_too_deep(inner, left - 1) for inner in (value.values() if isinstance(value, dict) else value))


# -- reading ------------------------------------------------------------------------------


def check_kind(data: Mapping[str, Any], name: str) -> None:
    """Raises ``AnnotatorError`` unless the header is that of a file of this format and version."""
    found, version = data.get("format"), data.get("version")
    if found != FORMAT_NAME:
        said = f": its “format” is “{_brief(str(found))}”" if found is not None else ": it has no “format”"
        raise AnnotatorError(f"{name} is no export of Annotator{said}")
    if type(version) is not int or version < 1:
        raise AnnotatorError(f"{name} does not say which version of the format it is")
    if version > VERSION:
        raise AnnotatorError(f"{name} is version {version} of the format; this program reads version {VERSION}")


class Intake:
    """Turns plain data into items, and remembers what was there, to see repeated ids and references to nothing."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tags: set[str] = set()
        self._coders: set[str] = set()
        self._actors: set[str] = set()
        self._withholds = False
        self._seen: dict[str, set[str]] = {"statement": set(), "annotation": set(), "link": set()}

    def header(self, data: dict[str, Any]) -> Header:
        """The header; raises ``AnnotatorError`` naming the place that is wrong with it."""
        check_kind(data, self._name)
        try:
            return self._header(data)
        except Refused as refused:
            raise AnnotatorError(refused.sentence(self._name)) from None

    def record(self, data: Any, place: str) -> Record:
        """The statement at that place with all that hangs on it."""
        try:
            return self._record(data)
        except Refused as refused:
            raise self.error(refused, data, place, "statement") from None

    def link(self, data: Any, place: str) -> Link | Problem:
        """The link, or a problem when one of its ends is not in the file."""
        try:
            _shaped(data, _LINK, tuple(_LINK))
            self._new("link", data["id"])
        except Refused as refused:
            raise self.error(refused, data, place, "link") from None
        for end in ("source", "target"):
            if not self.knows(data[end]):
                link, missing = _brief(data["id"]), _brief(data[end])
                return Problem(place, f"link {link} leads to {missing}, no annotation of {self._name}")
        return Link(LinkId(data["id"]), data["kind"], AnnotationId(data["source"]), AnnotationId(data["target"]))

    def knows(self, annotation: object) -> bool:
        """Whether that is the id of an annotation that has been read."""
        return isinstance(annotation, str) and annotation in self._seen["annotation"]

    def error(self, refused: Refused, data: Any, place: str, what: str) -> AnnotatorError:
        identifier = data.get("id") if isinstance(data, dict) else None
        known = f"{what} {identifier}" if isinstance(identifier, str) and identifier else ""
        return AnnotatorError(refused.under(place, known).sentence(self._name))

    def _new(self, what: str, identifier: str) -> None:
        seen = self._seen[what]
        if identifier in seen:
            raise Refused("id", f"stands twice: another {what} of the file has it, too")
        seen.add(identifier)

    # -- the header

    def _header(self, data: dict[str, Any]) -> Header:
        kinds = {"project": (dict, _NONE), "version": _WHOLE}
        lists = dict.fromkeys(("withheld", "codebook", "codebook_rules", "link_kinds", "coders", "actors"), _LIST)
        _shaped(data, dict.fromkeys(HEADER_KEYS, _TEXT) | kinds | lists)
        if data.get("offset_unit", OFFSET_UNIT) != OFFSET_UNIT:
            raise Refused("offset_unit", f"must be “{OFFSET_UNIT}”")
        _texts(data, "withheld", "codebook_rules")
        withheld = tuple(data.get("withheld", ()))
        for n, kind in enumerate(withheld):
            if kind not in (CODERS, TEXTS, WORDS):
                raise Refused(f"withheld[{n}]", f"is “{kind[:60]}”; it can be {CODERS}, {TEXTS}, {WORDS}")
        self._withholds = TEXTS in withheld
        try:
            project = _shaped(data.get("project") or {}, _PROJECT)
        except Refused as refused:
            raise refused.under("project") from None
        tags = _each(data.get("codebook", ()), "codebook", self._tag)
        links: list[LinkKind] = _each(data.get("link_kinds", ()), "link_kinds", _link_kind)
        for n, each in enumerate(links):
            if any(other.name == each.name for other in links[:n]):
                raise Refused(f"link_kinds[{n}].name", f"stands twice: there is another kind “{each.name[:60]}”")
        coders = _each(data.get("coders", ()), "coders", self._coder, "coder")
        actors: list[Actor] = _each(data.get("actors", ()), "actors", self._actor, "actor")
        for n, actor in enumerate(actors):
            if actor.merged_into is not None and actor.merged_into not in self._actors:
                where = f"actors[{n}].merged_into"
                raise Refused(where, f"is {actor.merged_into}, no actor of the file", (f"actor {actor.id}",))
        if (circle := in_a_circle({actor.id: actor.merged_into for actor in actors})) is not None:
            n = next(n for n, actor in enumerate(actors) if actor.id == circle)
            raise Refused(f"actors[{n}].merged_into", "leads back to this actor itself", (f"actor {circle}",))
        return Header(
            codebook=Codebook(tuple(tags), tuple(data.get("codebook_rules", ()))),
            coders=tuple(coders),
            actors=tuple(actors),
            project_id=project.get("id", ""),
            project_title=project.get("title", ""),
            head=project.get("head", ""),
            memo=project.get("memo", ""),
            withheld=withheld,
            link_kinds=tuple(each for each in links if not is_standard(each.name)),
        )

    def _tag(self, data: Any) -> Tag:
        tag = tag_of(data)
        if tag.name in self._tags:
            raise Refused("name", f"stands twice: the codebook has another tag “{tag.name[:60]}”")
        self._tags.add(tag.name)
        return tag

    def _coder(self, data: Any) -> Coder:
        _shaped(data, _CODER, ("id", "name"))
        if data["id"] in self._coders:
            raise Refused("id", "stands twice: another coder of the file has it, too")
        self._coders.add(data["id"])
        if data.get("kind", "person") not in CODER_KINDS:
            raise Refused("kind", f"is “{data['kind'][:60]}”; it can be {', '.join(CODER_KINDS)}")
        return Coder(CoderId(data["id"]), data["name"], data.get("kind", "person"))

    def _actor(self, data: Any) -> Actor:
        _shaped(data, _ACTOR, ("id", "name"))
        _texts(data, "aliases")
        if data["id"] in self._actors:
            raise Refused("id", "stands twice: another actor of the file has it, too")
        self._actors.add(data["id"])
        return Actor(
            ActorId(data["id"]),
            data["name"],
            data.get("type", ""),
            tuple(data.get("aliases", ())),
            data.get("wikidata", ""),
            data.get("note", ""),
            data.get("merged_into"),
            data.get("color", ""),
        )

    # -- statements

    def _record(self, data: Any) -> Record:
        withheld = self._withholds and isinstance(data, dict) and "text" not in data
        _shaped(data, _STATEMENT, ("id", *(("text_sha256", "length") if withheld else ("text",))))
        self._new("statement", data["id"])
        text = None if withheld else _checked_text(data)
        length = _checked_length(data, text)
        statement = self._statement(data, length)
        words = _Withheld(length) if text is None else text
        annotations: list[Annotation] = _each(
            data.get("annotations", ()), "annotations", lambda a: self._annotation(a, statement.id, words), "annotation"
        )
        annotations.sort(key=lambda a: (a.start, a.end, a.tag, a.id))
        progress: list[Progress] = _each(data.get("progress", ()), "progress", self._progress)
        if len({p.coder for p in progress}) < len(progress):
            raise Refused("progress", "names a coder twice")
        ranges = _each(data.get("ranges", ()), "ranges", lambda r: _range(r, length))
        return Record(statement, text or "", tuple(annotations), tuple(ranges), tuple(progress), withheld=withheld)

    def _statement(self, data: dict[str, Any], length: int) -> Statement:
        if _too_deep(data.get("extra"), DEPTH - 3):
            raise Refused("extra", f"is nested more than {DEPTH} levels deep")
        by = data.get("imported_by")
        if by is not None:
            self._known(by, self._coders, "imported_by", "coder")
        metadata: dict[str, Any] = {key: data[key] for key in METADATA if key in data}
        metadata |= {key: _date(data[key], key) for key in DATES if data.get(key) is not None}
        return Statement(
            id=StatementId(data["id"]),
            **metadata,
            text_sha256=data["text_sha256"],
            length=length,
            source=_source(data.get("source")),
            extra=data.get("extra", {}),
            previous=data.get("previous"),
            imported_at=_moment(data, "imported_at"),
            imported_by=by,
            memo=data.get("memo", ""),
        )

    def _progress(self, data: Any) -> Progress:
        _shaped(data, _PROGRESS, ("coder", "status"))
        self._known(data["coder"], self._coders, "coder", "coder")
        if data["status"] not in STATUSES:
            raise Refused("status", f"is “{data['status']}”; it can be {', '.join(STATUSES)}")
        return Progress(CoderId(data["coder"]), data["status"])

    def _known(self, name: str, known: set[str], path: str, what: str) -> None:
        if name not in known:
            raise Refused(path, f"is “{name[:60]}”, no {what} of the file")

    # -- annotations

    def _annotation(self, data: Any, statement: StatementId, text: _Text) -> Annotation:
        _shaped(data, _ANNOTATION, ("id", "tag", "coder", "start", "end", *_quoted(text)))
        if data["tag"] not in self._tags:
            raise Refused("tag", f"is “{data['tag'][:60]}”, no tag of the file's codebook")
        self._known(data["coder"], self._coders, "coder", "coder")
        if (data.get("status") or "made") not in ANNOTATION_STATUSES:
            raise Refused("status", f"is “{data['status'][:60]}”; it can be {', '.join(ANNOTATION_STATUSES)}")
        self._new("annotation", data["id"])
        prefix, suffix = _anchored(data, text)
        attributes = data.get("attributes") or {}
        for name, values in attributes.items():
            self._attribute(name, values, text)
        return Annotation(
            id=AnnotationId(data["id"]),
            statement=statement,
            tag=TagName(data["tag"]),
            coder=CoderId(data["coder"]),
            start=data["start"],
            end=data["end"],
            quote=data.get("quote", ""),
            prefix=prefix,
            suffix=suffix,
            attributes=attributes,
            note=data.get("note", ""),
            status=data.get("status") or "made",
            origin=data.get("origin"),
            created_at=_moment(data, "created_at"),
            modified_at=_moment(data, "modified_at"),
            tag_version=_version(data, "tag_version", 0),
        )

    def _attribute(self, name: str, values: Any, text: _Text) -> None:
        path = f"attributes.{name}"
        try:
            check_values(name, values)
        except AnnotatorError as error:
            raise Refused(path, f"is refused: {error}") from None
        for n, value in enumerate(values):
            try:
                self._value(value, text)
            except Refused as refused:
                raise refused.under(f"{path}[{n}]") from None

    def _value(self, value: dict[str, Any], text: _Text) -> None:
        actor = value.get("actor")
        if "actor" in value and (type(actor) is not str or actor not in self._actors):
            raise Refused("actor", f"is “{str(actor)[:60]}”, no actor of the file")
        if value.get("basis", "in_text") not in BASES:
            raise Refused("basis", f"must be {' or '.join(BASES)}")
        if type(value.get("text", "")) is not str:
            raise Refused("text", "must be a text")
        if type(inner := value.get("value")) in (dict, list) and _too_deep(inner, DEPTH - 8):
            raise Refused("value", f"is nested more than {DEPTH} levels deep")
        if value.get("anchor") is not None:
            try:
                _shaped(value["anchor"], _ANCHOR, ("start", "end", *_quoted(text)))
                _anchored(value["anchor"], text)
            except Refused as refused:
                raise refused.under("anchor") from None


def _link_kind(data: Any) -> LinkKind:
    return kind_from_json(_shaped(data, _LINK_KIND, ("name",)))


def tag_of(data: Any) -> Tag:
    """The tag that this object describes; raises ``Refused`` with the place of what does not fit."""
    _shaped(data, _TAG, ("name",))
    _texts(data, "include", "exclude", "rules")
    _each(data.get("attributes", ()), "attributes", _check_attribute)
    _each(data.get("examples", ()), "examples", lambda example: _shaped(example, _EXAMPLE, ("quote",)))
    if data.get("overlap", "refuse") not in ("refuse", "allow"):
        raise Refused("overlap", "must be “refuse” or “allow”")
    _version(data, "version", 1)
    return tag_from_json(data)


def _check_attribute(data: Any) -> None:
    _shaped(data, _ATTRIBUTE, ("name",))
    _each(data.get("values", ()), "values", lambda choice: _shaped(choice, _CHOICE, ("name",)))


def _version(data: Mapping[str, Any], key: str, least: int) -> int:
    version: int = data.get(key, 1)
    if not least <= version <= LARGEST:
        raise Refused(key, f"is {version}; it counts from {least}")
    return version


def _checked_text(data: dict[str, Any]) -> str:
    """The statement's text, canonical and with the SHA-256 that it is said to have; a missing one is added."""
    text: str = data["text"]
    if canonical(text)[0] != text:
        raise Refused("text", "holds characters that a stored text cannot have (docs/FORMAT.md, “Canonical text”)")
    found = digest(text)
    if data.setdefault("text_sha256", found) != found:
        raise Refused("text_sha256", "is not that of the text")
    return text


class _Withheld:
    """A text of which only the length is known, in code points."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length


_Text = str | _Withheld


def _quoted(text: _Text) -> tuple[str, ...]:
    return ("quote",) if isinstance(text, str) else ()


def _checked_length(data: dict[str, Any], text: str | None) -> int:
    """The text's length in code points, as it is or as it is said to be."""
    if text is not None:
        length = len(text)
        if data.get("length", length) != length:
            raise Refused("length", f"is {data['length']}, but the text has {length} characters")
        return length
    if not _SHA256.fullmatch(data["text_sha256"]):
        raise Refused("text_sha256", "must be 64 hexadecimal digits")
    if data["length"] < 0:
        raise Refused("length", "must not be negative")
    return int(data["length"])


def _anchored(data: Mapping[str, Any], text: _Text) -> tuple[str, str]:
    """The context on both sides, computed where it is missing; raises ``Refused`` where words are not the text's."""
    start, end = data["start"], data["end"]
    if not 0 <= start < end <= len(text):
        raise Refused("start", f"and end are {start}–{end}, which is no span of a text of {len(text)} characters")
    if isinstance(text, _Withheld):
        for key in ("quote", "prefix", "suffix"):
            if key in data:
                raise Refused(key, "stands without the text that it is part of")
        return "", ""
    quote = data["quote"]
    if text[start:end] != quote:
        raise Refused("quote", f"is “{_brief(quote)}”, but the text has “{_brief(text[start:end])}” at {start}–{end}")
    prefix, suffix = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    if data.get("prefix", prefix) != prefix:
        raise Refused("prefix", f"is “{_brief(data['prefix'])}”, but the text has “{_brief(prefix)}” before {start}")
    if data.get("suffix", suffix) != suffix:
        raise Refused("suffix", f"is “{_brief(data['suffix'])}”, but the text has “{_brief(suffix)}” after {end}")
    return prefix, suffix


def _brief(words: str) -> str:
    """Words as they fit into a sentence."""
    return one_line(_cut(words, 40))


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[:most] + "…"


def _range(data: Any, length: int) -> Range:
    _shaped(data, _RANGE, ("start", "end", "role"))
    start, end = data["start"], data["end"]
    if not 0 <= start < end <= length:
        raise Refused("start", f"and end are {start}–{end}, which is no span of a text of {length} characters")
    return Range(start, end, data["role"])


def _date(data: Any, path: str) -> DateValue:
    try:
        _shaped(data, _DATE, ("edtf",))
        basis = data.get("basis", "in_text")
        if basis not in BASES:
            raise Refused("basis", f"is “{basis[:40]}”; it can be {' or '.join(BASES)}")
        return DateValue(check_edtf(data["edtf"], "it"), basis)
    except Refused as refused:
        raise refused.under(path) from None
    except AnnotatorError as error:
        raise Refused(f"{path}.edtf", f"is refused: {error}") from None


def _source(data: Any) -> Source | None:
    if data is None:
        return None
    try:
        _shaped(data, _SOURCE, ("sha256", "bytes"))
        if not _SHA256.fullmatch(data["sha256"]):
            raise Refused("sha256", "must be 64 hexadecimal digits")
        if data["bytes"] < 0:
            raise Refused("bytes", "must not be negative")
    except Refused as refused:
        raise refused.under("source") from None
    return Source(
        data.get("name", ""), data.get("media_type", ""), data["sha256"], data["bytes"], data.get("encoding", "")
    )


def strict(value: Callable[[json.JSONDecoder], Any], surrogates: Callable[[], bool]) -> Any:
    """What ``value(STRICT)`` reads; raises ``Refused`` with the place of what JSON allows and this format does not."""
    try:
        data = value(STRICT)
        if not surrogates():
            return data
    except Refused as refused:
        raise locate(value(EVERYTHING)) or refused from None
    found = locate(value(EVERYTHING))
    if found is not None:
        raise found
    return data


def ordered(items: Iterable[Item]) -> Iterator[Header | Record | Link]:
    """The items, beginning with a header; problems are left out. Raises ``ValueError`` where the order is another."""
    stage = 0
    for item in items:
        if isinstance(item, Problem):
            continue
        now = 1 if isinstance(item, Header) else 2 if isinstance(item, Record) else 3
        if now < stage or (now == stage == 1):
            raise ValueError("items must be a header, then records, then links")
        if stage == 0 and now > 1:
            yield Header()
        stage = now
        yield item
    if stage == 0:
        yield Header()
