"""W3C Web Annotation (JSON-LD): https://www.w3.org/TR/annotation-model/, offsets in code points.

Written is one AnnotationPage. A tag is a TextualBody with the purpose ``classifying``, a note one with ``commenting``,
the attributes one with ``describing`` in the shape of the native format; a link is an annotation with the motivation
``linking``. The model keeps texts elsewhere, and so does this format: what is read comes to the statements of the
project that the targets name, to the places where their words are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from annotator.core.codebook import check_values
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Losses, Problem, Stamp
from annotator.core.model import Annotation, Link, Source, Statement, StatementId
from annotator.formats._foreign import Claim, Gathering, moment
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._json import whole
from annotator.formats._outward import Names, count_lost_of_statement, flat, sorted_out

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
#: Selectors within selectors, and pages within pages, are followed so deep.
_DEPTH = 5

# Made once: ``json.dumps`` makes one for each call that asks for anything but its defaults.
_WIDE = json.JSONEncoder(ensure_ascii=False)
_TIGHT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

# -- writing ------------------------------------------------------------------------------


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """One AnnotationPage, an annotation at a time."""
    head = {"@context": CONTEXT, "id": "urn:annotator:page", "type": "AnnotationPage", "generator": stamp.generator}
    stream.write(_json(head)[:-1] + b', "items": [')
    between = b"\n"
    for names, item in sorted_out(items):
        if isinstance(item, Link):
            stream.write(between + _json(_link(item)))
            between = b",\n"
            yield
            continue
        count_lost_of_statement(item, losses)
        if item.withheld and item.annotations:
            losses.add("quotes, without which no import finds a passage (withheld)", len(item.annotations))
        losses.add("texts (the model keeps them elsewhere)")
        if not item.annotations:
            losses.add("statements without passages")
        source = _source(item.statement)
        for annotation in item.annotations:
            stream.write(between + _json(_annotation(annotation, source, names)))
            between = b",\n"
        yield
    stream.write(b"\n]}\n")
    yield


def _annotation(a: Annotation, source: Mapping[str, Any], names: Names) -> dict[str, Any]:
    coder = names.coders.get(a.coder)
    bodies: list[dict[str, Any]] = [{"type": "TextualBody", "purpose": "classifying", "value": a.tag}]
    if a.attributes:
        # The words for actors come along: who reads this may not know their ids.
        who = {
            v["actor"]: names.actors.get(v["actor"]) for values in a.attributes.values() for v in values if "actor" in v
        }
        described = {"attributes": dict(a.attributes), "actors": {id: actor.name for id, actor in who.items() if actor}}
        value = _TIGHT.encode(described)
        bodies.append({"type": "TextualBody", "purpose": "describing", "format": "application/json", "value": value})
    if a.note:
        bodies.append({"type": "TextualBody", "purpose": "commenting", "format": "text/plain", "value": a.note})
    if a.status != "made":
        bodies.append({"type": "TextualBody", "purpose": "assessing", "value": a.status})
    return flat(
        {
            "id": f"urn:uuid:{a.id}",
            "type": "Annotation",
            "motivation": "classifying",
            "created": a.created_at,
            "modified": a.modified_at,
            "creator": {
                "id": f"urn:uuid:{a.coder}",
                "type": "Software" if coder and coder.kind == "machine" else "Person",
                "name": names.coder(a.coder),
            },
            "body": bodies,
            "target": {
                "type": "SpecificResource",
                "source": source,
                "selector": _selector(a),
            },
        }
    )


def _source(statement: Statement) -> dict[str, Any]:
    """The text that the annotations of this statement are in."""
    return flat(
        {
            "id": f"urn:uuid:{statement.id}",
            "type": "Text",
            "format": "text/plain",
            "language": statement.language,
            "title": statement.title,
            "canonical": statement.url,
        }
    )


def _selector(a: Annotation) -> list[dict[str, Any]]:
    """Where the passage is and what it says; the words are left out where they are withheld."""
    where: dict[str, Any] = {"type": "TextPositionSelector", "start": a.start, "end": a.end}
    said = {"type": "TextQuoteSelector", "exact": a.quote, "prefix": a.prefix, "suffix": a.suffix}
    return [where, said] if a.quote else [where]


def _link(link: Link) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{link.id}",
        "type": "Annotation",
        "motivation": "linking",
        "body": [{"type": "TextualBody", "purpose": "classifying", "value": link.kind}, f"urn:uuid:{link.target}"],
        "target": f"urn:uuid:{link.source}",
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return _WIDE.encode(value).encode("utf-8")


# -- reading ------------------------------------------------------------------------------


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """Annotations by the sources that they target; each source is a statement that the project has already."""
    found = list(_annotations(whole(file), 0))
    if not found:
        raise AnnotatorError(f"{file.name} holds no Web Annotation")
    gathering = Gathering(file.name, "Web Annotation")
    sources: dict[str, tuple[Statement, list[Claim]]] = {}
    links: list[Link] = []
    problems: list[Problem] = []
    for n, each in enumerate(found):
        place = f"annotation {n + 1}"
        try:
            if "linking" in _texts(each.get("motivation")) and (link := _linked(each, gathering)):
                links.append(link)
                continue
            statement, claim = _claim(each, place, gathering)
        except AnnotatorError as error:
            problems.append(Problem(f"{file.name}, {place}", str(error)))
            continue
        sources.setdefault(statement.id or statement.url or statement.title, (statement, []))[1].append(claim)
    for statement, claims in sources.values():
        yield from gathering.attached(statement, claims)
    yield from links
    yield from problems


def _annotations(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Every annotation in a value: one, a list, a page or a collection."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _annotations(each, depth + 1)
    elif isinstance(value, dict):
        kinds = _texts(value.get("type", value.get("@type")))
        if any(kind.removeprefix("oa:") == "Annotation" for kind in kinds) or "target" in value:
            yield value
            return
        for key in ("items", "first", "@graph"):
            yield from _annotations(value.get(key), depth + 1)


def _claim(data: Mapping[str, Any], place: str, gathering: Gathering) -> tuple[Statement, Claim]:
    label, note, status, attributes = "", [], "made", {}
    for body in _list(data.get("body")):
        if isinstance(body, str):
            label = label or body
            continue
        if not isinstance(body, dict):
            continue
        purposes, value = _texts(body.get("purpose")), body.get("value")
        if not isinstance(value, str):
            source = body.get("source", body.get("id"))
            value = source.get("id", "") if isinstance(source, dict) else source
        if not isinstance(value, str):
            continue
        if "describing" in purposes and body.get("format") == "application/json":
            attributes = _attributes(value, gathering)
        elif "assessing" in purposes and value in ("suggested", "accepted", "rejected"):
            status = value
        elif not label and (not purposes or {"classifying", "tagging", "identifying"} & set(purposes)):
            label = value
        else:
            note.append(value)
    if not label and isinstance(data.get("bodyValue"), str):
        note.append(data["bodyValue"])
    targets = _list(data.get("target"))
    if len(targets) != 1:
        raise AnnotatorError(f"has {len(targets) or 'no'} targets; one passage is one target")
    statement, start, end, quote, prefix, suffix = _target(targets[0])
    creators = [each for each in _list(data.get("creator")) if isinstance(each, (dict, str))]
    creator = creators[0] if creators else {}
    if isinstance(creator, str):
        creator = {"id": creator, "name": creator}
    name = _text(creator.get("name")) or _text(creator.get("nickname")) or _text(creator.get("id"))
    kind = "machine" if "Software" in _texts(creator.get("type")) else "person"
    identifier = _text(creator.get("id"))
    if identifier.startswith("urn:uuid:"):
        gathering.coder(name, kind, identifier)
    return statement, Claim(
        label=label or (_texts(data.get("motivation")) or ["highlighting"])[0],
        start=start,
        end=end,
        quote=quote,
        prefix=prefix,
        suffix=suffix,
        id=_text(data.get("id")),
        coder=name,
        coder_id=identifier if identifier.startswith("urn:uuid:") else "",
        coder_kind=kind,
        note="\n".join(note),
        status=status,
        attributes=attributes,
        created_at=moment(data.get("created")),
        modified_at=moment(data.get("modified")),
        place=place,
    )


def _target(target: Any) -> tuple[Statement, int, int, str, str, str]:
    if isinstance(target, str) or not isinstance(target, dict) or not isinstance(target.get("source"), (str, dict)):
        raise AnnotatorError("targets a resource as a whole, no words of a text")
    source = target["source"]
    if isinstance(source, str):
        source = {"id": source}
    start, end, quote, prefix, suffix = -1, -1, "", "", ""
    for selector in _selectors(target.get("selector"), 0):
        kind = _text(selector.get("type"))
        if kind == "TextPositionSelector":
            start, end = _offset(selector.get("start")), _offset(selector.get("end"))
        elif kind == "TextQuoteSelector":
            quote = _text(selector.get("exact"))
            prefix, suffix = _text(selector.get("prefix")), _text(selector.get("suffix"))
    if not quote:
        raise AnnotatorError("has no TextQuoteSelector, by which its words could be found")
    if start >= end:
        start = end = -1
    identifier = _text(source.get("id"))
    uuid = identifier.removeprefix("urn:uuid:") if identifier.startswith("urn:uuid:") else ""
    url = "" if uuid else identifier
    name = url.rpartition("/")[2]
    return (
        Statement(
            StatementId(uuid),
            title=_text(source.get("title")),
            url=_text(source.get("canonical")) or url,
            source=Source(name, "", "", 0, "") if name else None,
        ),
        start,
        end,
        quote,
        prefix,
        suffix,
    )


def _selectors(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Every selector, with those that refine it."""
    for each in _list(value):
        if isinstance(each, dict) and depth < _DEPTH:
            yield each
            yield from _selectors(each.get("refinedBy"), depth + 1)
            yield from _selectors(each.get("items"), depth + 1)


def _linked(data: Mapping[str, Any], gathering: Gathering) -> Link | None:
    """The link that an annotation with the motivation ``linking`` between two annotations is."""
    kind, ends = "", []
    for body in _list(data.get("body")):
        if isinstance(body, dict) and isinstance(body.get("value"), str):
            kind = body["value"]
        elif isinstance(body, str):
            ends.append(body)
    target = data.get("target")
    if not kind or len(ends) != 1 or not isinstance(target, str):
        return None
    return gathering.link(kind, target, ends[0], _text(data.get("id")))


def _attributes(value: str, gathering: Gathering) -> dict[str, list[dict[str, Any]]]:
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or not isinstance(read.get("attributes"), dict):
        return {}
    actors = read.get("actors")
    for identifier, name in (actors if isinstance(actors, dict) else {}).items():
        gathering.actor(_text(name) or identifier, id=identifier)
    return {name: check_values(name, values) for name, values in read["attributes"].items()}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(value: Any) -> list[str]:
    return [each for each in _list(value) if isinstance(each, str)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _offset(value: Any) -> int:
    return value if type(value) is int and value >= 0 else -1


_MARK = re.compile(rb"\"@context\"\s*:\s*\[?\s*\"https?://www\.w3\.org/ns/anno")


def sniff(head: bytes) -> bool:
    """Whether these bytes name the context of Web Annotations."""
    return bool(_MARK.search(head))


FORMAT = Format(
    name="w3c",
    label="W3C Web Annotation",
    suffixes=(".jsonld", ".json"),
    media_type='application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
    purpose="exchange",
    read=read,
    write=write,
    sniff=sniff,
    description="Annotations as linked data; texts stay where they are.",
)
