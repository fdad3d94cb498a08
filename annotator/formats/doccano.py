"""doccano JSON Lines: a text a line, with spans and relations. https://doccano.github.io/doccano/

Offsets are code points. Of its variants are read: ``label`` and ``labels`` as lists of [start, end, name], ``entities``
with ``relations``, and the text under ``text`` or ``data``. Written is the variant with entities, whose entries carry
``note``, ``coder`` and ``attributes`` beside what doccano reads; it keeps unknown fields of a line as its metadata.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Losses, Problem, Stamp
from annotator.core.model import METADATA, Link
from annotator.formats._foreign import Claim, Gathering
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._json import values
from annotator.formats._outward import count_lost_of_statement, count_lost_of_values, flat, sorted_out

#: Where the text may stand.
_TEXT = ("text", "data", "column_data")


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A line for each statement; numbers stand for ids, as doccano's own."""
    number = 0
    for names, item in sorted_out(items):
        if isinstance(item, Link):
            continue
        count_lost_of_statement(item, losses)
        entities, places = [], {}
        for a in item.annotations:
            number += 1
            places[a.id] = number
            count_lost_of_values(a, losses)
            entity = {"id": number, "label": names.word(a.tag), "start_offset": a.start, "end_offset": a.end}
            more = {"note": a.note, "coder": names.coder(a.coder), "attributes": names.texts(a)}
            entities.append(entity | flat(more))
        relations = []
        for n, link in enumerate(item.links):
            if link.target in places:
                ends = {"from_id": places[link.source], "to_id": places[link.target]}
                relations.append({"id": n + 1, "type": link.kind, **ends})
            else:
                losses.add("links between statements")
        statement = item.statement
        data = {"id": statement.id, "text": item.text, "entities": entities, "relations": relations}
        data |= flat({name: getattr(statement, name) for name in METADATA})
        stream.write(json.dumps(data, ensure_ascii=False).encode() + b"\n")
        yield
    if number:
        losses.add("times and states of passages", number)


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement a line, or an entry of a list."""
    gathering = Gathering(file.name, "doccano")
    for place, data in values(file):
        try:
            yield from _record(data, place, gathering)
        except AnnotatorError as error:
            yield Problem(f"{file.name}, {place}" if place else file.name, str(error))


def _record(data: Any, place: str, gathering: Gathering) -> Iterator[Item]:
    if not isinstance(data, dict):
        raise AnnotatorError("is no JSON object")
    text = next((data[key] for key in _TEXT if isinstance(data.get(key), str)), None)
    if text is None:
        raise AnnotatorError("has no text")
    claims = list(_claims(data, place))
    metadata = {name: data[name] for name in METADATA if isinstance(data.get(name), str)}
    statement = data.get("id")
    identifier = statement if isinstance(statement, str) and len(statement) == 36 else ""
    yield from gathering.record(text, claims, metadata=metadata, statement=identifier, place=place)
    relations = data.get("relations")
    for relation in relations if isinstance(relations, list) else ():
        if not isinstance(relation, dict) or "from_id" not in relation or "to_id" not in relation:
            continue
        kind = relation.get("type")
        source, target = (f"{place} {relation[key]}" for key in ("from_id", "to_id"))
        yield gathering.link(kind if isinstance(kind, str) and kind else "relation", source, target)


def _claims(data: Mapping[str, Any], place: str) -> Iterator[Claim]:
    for key in ("label", "labels", "entities", "column_label", "spans"):
        found = data.get(key)
        if not isinstance(found, list):
            continue
        for n, each in enumerate(found):
            claim = _claim(each, f"{place} {key} {n}", place)
            if claim is None:
                raise AnnotatorError(f"{key}[{n}] is no span with start, end and label")
            yield claim


def _claim(each: Any, fallback: str, place: str) -> Claim | None:
    if isinstance(each, list) and len(each) == 3:
        each = dict(zip(("start_offset", "end_offset", "label"), each, strict=True))
    if not isinstance(each, dict):
        return None
    start, end, label = each.get("start_offset"), each.get("end_offset"), each.get("label")
    if type(start) is not int or type(end) is not int or not isinstance(label, str):
        return None
    attributes = each.get("attributes")
    note, coder = each.get("note"), each.get("coder")
    return Claim(
        label,
        start,
        end,
        id=f"{place} {each['id']}" if isinstance(each.get("id"), (int, str)) else fallback,
        coder=coder if isinstance(coder, str) else "",
        note=note if isinstance(note, str) else "",
        values={k: v for k, v in attributes.items() if isinstance(v, str)} if isinstance(attributes, dict) else {},
    )


_MARK = re.compile(rb'\s*\[?\s*\{(?=[^\n]*"(?:text|data)")(?=[^\n]*"(?:entities|relations|labels?)"\s*:\s*\[)')


def sniff(head: bytes) -> bool:
    """Whether the first line has a text with a list of labels or entities."""
    others = (b'"format"', b'"_input_hash"', b'"from_name"', b'"annotations"', b'"predictions"', b'"token_start"')
    return bool(_MARK.match(head)) and not any(each in head for each in others)


FORMAT = Format(
    name="doccano",
    label="doccano",
    suffixes=(".jsonl", ".json"),
    media_type="application/x-ndjson",
    purpose="training",
    read=read,
    write=write,
    sniff=sniff,
    description="A text a line with its spans and relations.",
    needs_texts=True,
)
