"""Label Studio JSON: tasks with annotations by person. https://labelstud.io/guide/export

A task is a text, an annotation of a task what one person did, its results the spans, as the tag ``<Labels>`` makes
them: offsets are code points in ``value.start`` and ``value.end``, the words stand in ``value.text``. A note is the
region's ``meta.text``, an attribute a result of the kind ``textarea`` on the same region, a link one of the kind
``relation``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Losses, Problem, Record, Stamp
from annotator.core.model import METADATA, Annotation, Link
from annotator.formats._foreign import Claim, Gathering, stable_id
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._json import values
from annotator.formats._outward import Names, count_lost_of_statement, count_lost_of_values, flat, sorted_out

#: The names that Label Studio's own template for named entities gives its controls.
_FROM, _TO = "label", "text"


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A list of tasks, one a line; what machines suggested stands under ``predictions``."""
    between = b"[\n"
    number = 0
    for names, item in sorted_out(items):
        if isinstance(item, Link):
            continue
        number += 1
        stream.write(between + json.dumps(_task(item, names, number, losses), ensure_ascii=False).encode())
        between = b",\n"
        yield
    stream.write(b"\n]\n" if number else b"[]\n")
    yield


def _task(item: Record, names: Names, number: int, losses: Losses) -> dict[str, Any]:
    count_lost_of_statement(item, losses)
    coders: dict[str, list[Annotation]] = {}
    for a in item.annotations:
        coders.setdefault(a.coder, []).append(a)
        count_lost_of_values(a, losses)
    there = {a.id: a.coder for a in item.annotations}
    made: dict[str, list[dict[str, Any]]] = {"annotations": [], "predictions": []}
    for n, (coder, theirs) in enumerate(coders.items()):
        result = [part for a in theirs for part in _results(a, names)]
        for link in item.links:
            if there[link.source] != coder:
                continue
            if link.target in there:
                ends = {"from_id": link.source, "to_id": link.target}
                result.append({"type": "relation", **ends, "direction": "right", "labels": [link.kind]})
            else:
                losses.add("links between statements")
        known = names.coders.get(coder)
        entry: dict[str, Any] = {"id": number * 1000 + n, "result": result}
        if known is not None and known.kind == "machine":
            made["predictions"].append(entry | {"model_version": names.coder(coder)})
        else:
            made["annotations"].append(
                entry | {"completed_by": {"id": n, "email": "", "first_name": names.coder(coder)}}
            )
    statement = item.statement
    meta = flat({"statement": statement.id} | {name: getattr(statement, name) for name in METADATA})
    return {"id": number, "data": {"text": item.text}, **made, "meta": meta}


def _results(a: Annotation, names: Names) -> Iterator[dict[str, Any]]:
    place = {"start": a.start, "end": a.end, "text": a.quote}
    region = {"id": a.id, "to_name": _TO}
    meta = {"text": [a.note]} if a.note else {}
    label = names.word(a.tag)
    yield flat({**region, "from_name": _FROM, "type": "labels", "value": {**place, "labels": [label]}, "meta": meta})
    for name, text in names.texts(a).items():
        yield {**region, "from_name": name, "type": "textarea", "value": {**place, "text": [text]}}


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement a task; a task without a text is told and left out."""
    gathering = Gathering(file.name, "Label Studio")
    for place, task in values(file):
        try:
            yield from _record(task, place, gathering)
        except AnnotatorError as error:
            yield Problem(f"{file.name}, {place}" if place else file.name, str(error))


def _record(task: Any, place: str, gathering: Gathering) -> Iterator[Item]:
    if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
        raise AnnotatorError("is no task with data")
    data = task["data"]
    text = data.get("text")
    if not isinstance(text, str):
        texts = [value for value in data.values() if isinstance(value, str) and "://" not in value[:12]]
        if len(texts) != 1:
            raise AnnotatorError("has no text; pictures and sounds are no statements")
        text = texts[0]
    meta = task["meta"] if isinstance(task.get("meta"), dict) else {}
    claims: list[Claim] = []
    relations: list[tuple[str, str, str]] = []
    for kind in ("annotations", "completions", "predictions"):
        for n, entry in enumerate(_list(task.get(kind))):
            if isinstance(entry, dict) and not entry.get("was_cancelled"):
                _take(entry, kind == "predictions", f"{place} {kind} {n}", claims, relations)
    metadata = {name: meta[name] for name in METADATA if isinstance(meta.get(name), str)}
    statement = meta.get("statement")
    identifier = statement if isinstance(statement, str) else ""
    yield from gathering.record(text, claims, metadata=metadata, statement=identifier, place=place)
    known = {claim.id for claim in claims}
    for name, source, target in relations:
        if source in known and target in known:
            yield gathering.link(name, source, target)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _take(
    entry: Mapping[str, Any], machine: bool, place: str, claims: list[Claim], relations: list[tuple[str, str, str]]
) -> None:
    """The claims and relations of what one person, or one model, did with a task."""
    by = entry.get("model_version") if machine else entry.get("completed_by")
    if isinstance(by, dict):
        by = (
            " ".join(str(by[key]) for key in ("first_name", "last_name") if by.get(key))
            or by.get("email")
            or by.get("id")
        )
    results = [each for each in _list(entry.get("result")) if isinstance(each, dict)]
    texts: dict[str, dict[str, str]] = {}
    for each in results:
        value = each.get("value")
        if each.get("type") in ("textarea", "choices") and isinstance(value, dict) and isinstance(each.get("id"), str):
            found = value.get("text", value.get("choices"))
            words = "; ".join(map(str, found)) if isinstance(found, list) else str(found or "")
            texts.setdefault(each["id"], {})[str(each.get("from_name") or "text")] = words
    for n, each in enumerate(results):
        if each.get("type") == "relation":
            labels = each.get("labels")
            name = str(labels[0]) if isinstance(labels, list) and labels else "relation"
            relations.append((name, str(each.get("from_id")), str(each.get("to_id"))))
            continue
        value = each.get("value")
        if each.get("type") not in ("labels", "hypertextlabels") or not isinstance(value, dict):
            continue
        start, end, labels = value.get("start"), value.get("end"), value.get("labels", value.get("hypertextlabels"))
        if type(start) is not int or type(end) is not int or not isinstance(labels, list):
            raise AnnotatorError("has a label without start and end as numbers")
        identifier = each["id"] if isinstance(each.get("id"), str) else f"{place} {n}"
        meta = each["meta"].get("text") if isinstance(each.get("meta"), dict) else None
        said = value.get("text")
        for m, label in enumerate(labels):
            claims.append(
                Claim(
                    str(label),
                    start,
                    end,
                    quote=said if isinstance(said, str) else None,
                    id=identifier if m == 0 else stable_id("label", identifier, str(label)),
                    coder=str(by) if by not in (None, "") else "",
                    coder_kind="machine" if machine else "person",
                    note="\n".join(map(str, meta)) if isinstance(meta, list) else "",
                    status="suggested" if machine else "made",
                    values=texts.get(identifier, {}),
                )
            )


_MARK = re.compile(rb'"(?:annotations|completions|predictions)"\s*:\s*\[')


def sniff(head: bytes) -> bool:
    """Whether the first bytes have a task with its annotations or its data."""
    if head.lstrip()[:1] not in (b"{", b"["):
        return False
    return bool(_MARK.search(head)) and any(key in head for key in (b'"result"', b'"data"', b'"from_name"'))


FORMAT = Format(
    name="label-studio",
    label="Label Studio",
    suffixes=(".json",),
    media_type="application/json",
    purpose="training",
    read=read,
    write=write,
    sniff=sniff,
    description="Tasks with the spans of each person.",
    needs_texts=True,
)
