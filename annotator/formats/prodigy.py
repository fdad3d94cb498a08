"""Prodigy and spaCy-ready JSON Lines: a text a line, with ``spans`` and ``tokens``. https://prodi.gy/docs/api-interfaces

Offsets are code points; ``end`` is exclusive, ``token_end`` inclusive. Spans may overlap, as in Prodigy's interface
``spans_manual``. spaCy makes a ``Doc`` of a line by ``doc.char_span(start, end, label)``.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import IO, Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Losses, Problem, Stamp
from annotator.core.model import METADATA, Annotation, Link
from annotator.formats._foreign import Claim, Gathering
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._json import values
from annotator.formats._outward import Names, count_lost_of_statement, count_lost_of_values, flat, sorted_out

#: A word with what holds it together, or one sign that is neither word nor blank; no token crosses a passage's edge.
_TOKEN = re.compile(r"\w+(?:['’\u200c-]\w+)*|[^\w\s]")


def tokens(text: str, edges: Iterable[int] = ()) -> list[tuple[int, int]]:
    """The words and signs of a text in code points, cut also at these edges so that every passage is whole tokens."""
    cuts = sorted(set(edges))
    found: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        found.extend(pairwise([start, *inside, end]))
    return found


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A line for each statement."""
    for names, item in sorted_out(items):
        if isinstance(item, Link):
            losses.add("links")
            continue
        count_lost_of_statement(item, losses)
        found = tokens(item.text, (edge for a in item.annotations for edge in (a.start, a.end)))
        starts, ends = [start for start, _ in found], [end for _, end in found]
        spans = []
        for a in item.annotations:
            count_lost_of_values(a, losses)
            spans.append(_span(a, names, bisect_left(starts, a.start), bisect_right(ends, a.end) - 1))
        statement = item.statement
        data = {
            # First, because it tells the format, and what follows may be long.
            "answer": "accept",
            "text": item.text,
            "meta": flat({"statement": statement.id} | {name: getattr(statement, name) for name in METADATA}),
            "tokens": [
                {
                    "text": item.text[start:end],
                    "start": start,
                    "end": end,
                    "id": n,
                    "ws": item.text[end : end + 1] == " ",
                }
                for n, (start, end) in enumerate(found)
            ],
            "spans": spans,
        }
        stream.write(json.dumps(data, ensure_ascii=False).encode() + b"\n")
        yield


def _span(a: Annotation, names: Names, first: int, last: int) -> dict[str, Any]:
    span = {"start": a.start, "end": a.end, "token_start": first, "token_end": last, "label": a.tag, "text": a.quote}
    more = {"id": a.id, "coder": names.coder(a.coder), "note": a.note, "attributes": names.texts(a)}
    if a.status != "made":
        more["status"] = a.status
    return span | flat(more)


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement a line; lines that were not accepted are told and left out."""
    gathering = Gathering(file.name, "Prodigy")
    for place, data in values(file):
        where = f"{file.name}, {place}" if place else file.name
        try:
            if not isinstance(data, dict) or not isinstance(data.get("text"), str):
                raise AnnotatorError("has no text")
            if data.get("answer") in ("reject", "ignore"):
                raise AnnotatorError(f"was answered “{data['answer']}”; it was left out")
            meta = data["meta"] if isinstance(data.get("meta"), dict) else {}
            metadata = {name: meta[name] for name in METADATA if isinstance(meta.get(name), str)}
            statement = meta.get("statement")
            yield from gathering.record(
                data["text"],
                list(_claims(data, place)),
                metadata=metadata,
                statement=statement if isinstance(statement, str) else "",
                place=place,
            )
        except AnnotatorError as error:
            yield Problem(where, str(error))


def _claims(data: Mapping[str, Any], place: str) -> Iterator[Claim]:
    spans = data.get("spans")
    session = data.get("_annotator_id") or data.get("_session_id")
    for n, each in enumerate(spans if isinstance(spans, list) else ()):
        if not isinstance(each, dict) or type(each.get("start")) is not int or type(each.get("end")) is not int:
            raise AnnotatorError(f"spans[{n}] has no start and end")
        coder, note, label = each.get("coder") or session, each.get("note"), each.get("label")
        attributes, identifier, words = each.get("attributes"), each.get("id"), each.get("text")
        status = each.get("status")
        yield Claim(
            label if isinstance(label, str) else "span",
            each["start"],
            each["end"],
            quote=words if isinstance(words, str) else None,
            id=identifier if isinstance(identifier, str) else f"{place} {n}",
            coder=coder if isinstance(coder, str) else "",
            note=note if isinstance(note, str) else "",
            status=status if status in ("suggested", "accepted", "rejected") else "made",
            values={k: v for k, v in attributes.items() if isinstance(v, str)} if isinstance(attributes, dict) else {},
        )


_MARK = re.compile(rb'"(?:_input_hash|_task_hash|token_start)"\s*:|"answer"\s*:\s*"|"spans"\s*:\s*\[\s*\{[^}]*"start"')


def sniff(head: bytes) -> bool:
    """Whether the first lines have what only Prodigy writes."""
    return head.lstrip()[:1] in (b"{", b"[") and b'"text"' in head and bool(_MARK.search(head))


FORMAT = Format(
    name="prodigy",
    label="Prodigy, spaCy",
    suffixes=(".jsonl", ".json"),
    media_type="application/x-ndjson",
    purpose="training",
    read=read,
    write=write,
    sniff=sniff,
    description="A text a line with tokens and spans, for spaCy's training.",
    needs_texts=True,
)
