"""Rows of the tables as values, and values as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

from annotator.core.codebook import tag_from_json, tag_to_json
from annotator.core.edtf import bounds
from annotator.core.errors import Damaged
from annotator.core.model import (
    DATES,
    METADATA,
    Actor,
    ActorId,
    Annotation,
    AnnotationId,
    CoderId,
    DateValue,
    Link,
    LinkId,
    Source,
    Statement,
    StatementId,
    Tag,
    TagName,
    now,
    short,
)
from annotator.store.driver import Row, loaded

#: The columns that ``statement_row`` and ``annotation_row`` fill, in their order.
STATEMENT_COLUMNS = (
    "number", "id", *METADATA, *(f"{d}{part}" for d in DATES for part in ("", "_basis")), "date_from", "date_to",
    "text_sha256", "length", "source_sha256", "source_name", "source_media_type", "source_encoding", "source_size",
    "extra", "previous", "imported_at", "imported_by", "memo",
)  # fmt: skip
ANNOTATION_COLUMNS = (
    "id",
    "statement",
    "tag",
    "coder",
    "start",
    "end",
    "quote",
    "prefix",
    "suffix",
    "attributes",
    "note",
    "status",
    "origin",
    "created_at",
    "modified_at",
    "tag_version",
)
ACTOR_COLUMNS = ("id", "name", "type", "aliases", "wikidata", "note", "merged_into", "color")  # fmt: skip


_metadata, _dates = attrgetter(*METADATA), attrgetter(*DATES)
#: Made once: ``json.dumps`` would make one for each value.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

# -- values as rows -------------------------------------------------------------------


def statement_row(s: Statement, number: int | None) -> tuple[Any, ...]:
    """The values of a statement's row, in the order of ``STATEMENT_COLUMNS``."""
    low, high = day_bounds(s)
    src = s.source
    return (
        number, s.id, *_metadata(s), *(part for date in _dates(s) for part in _date_parts(date)),
        low, high, s.text_sha256, s.length,
        *((src.sha256, src.name, src.media_type, src.encoding, src.size) if src else (None, "", "", "", 0)),
        dumps(s.extra), s.previous, s.imported_at, s.imported_by, s.memo,
    )  # fmt: skip


def _date_parts(date: DateValue | None) -> tuple[str | None, str | None]:
    return (date.edtf, date.basis) if date else (None, None)


def day_bounds(s: Statement) -> tuple[str, str]:
    """The first and last day that the statement's date can mean (issued, else published); empty without one."""
    date = s.date_issued or s.date_published
    if date is None:
        return "", ""
    try:
        return bounds(date.edtf)
    except ValueError:
        return "", ""


def annotation_row(a: Annotation) -> tuple[Any, ...]:
    return (
        a.id, a.statement, a.tag, a.coder, a.start, a.end, a.quote, a.prefix, a.suffix,
        dumps(a.attributes) if a.attributes else "{}", a.note, a.status, a.origin,
        a.created_at or now(), a.modified_at or a.created_at or now(), a.tag_version,
    )  # fmt: skip


def tag_row(position: int, tag: Any) -> tuple[Any, ...]:
    return (tag.name, position, dumps(tag_to_json(tag)))


def actor_row(actor: Actor) -> tuple[Any, ...]:
    return (
        actor.id, actor.name, actor.type, dumps(list(actor.aliases)), actor.wikidata, actor.note, actor.merged_into,
        actor.color,
    )  # fmt: skip


@lru_cache(maxsize=64)
def insert_sql(table: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{n}"' for n in names)
    return f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' for _ in names)})"


def dumps(value: Any) -> str:
    """JSON as the store writes it: compact, letters as they are."""
    return _ENCODER.encode(value)


# -- rows as values -------------------------------------------------------------------


def _later(row: Row, column: str, default: Any) -> Any:
    """A column that came with a later schema; a file that may only be read is read without it."""
    try:
        return row[column]
    except (IndexError, KeyError):
        return default


def date_of(row: Row, name: str) -> DateValue | None:
    return DateValue(row[name], row[f"{name}_basis"] or "in_text") if row[name] else None


def statement_of(row: Row) -> Statement:
    """The statement that a row of its table holds."""
    source = None
    if row["source_sha256"]:
        source = Source(
            row["source_name"],
            row["source_media_type"],
            row["source_sha256"],
            row["source_size"],
            row["source_encoding"],
        )
    values: dict[str, Any] = {name: row[name] for name in METADATA}
    values |= {name: date_of(row, name) for name in DATES}
    return Statement(
        id=StatementId(row["id"]),
        **values,
        text_sha256=row["text_sha256"],
        length=row["length"],
        source=source,
        extra=loaded(row["extra"], dict),
        previous=row["previous"],
        imported_at=row["imported_at"],
        imported_by=row["imported_by"],
        memo=_later(row, "memo", ""),
    )


def tag_of(definition: str) -> Tag:
    try:
        return tag_from_json(loaded(definition, dict))
    except (TypeError, ValueError, AttributeError, KeyError):
        raise Damaged("The project is damaged: its codebook cannot be read. Restore a backup or salvage it.") from None


_NO_ATTRIBUTES: Mapping[str, Any] = {}


def check_offsets(annotation: str, start: object, end: object) -> None:
    """Raises ``Damaged`` unless these are numbers; the file may hold anything."""
    if type(start) is not int or type(end) is not int:
        raise Damaged(f"Passage {short(annotation)} has no place in its text. Restore a backup or salvage it.")


def annotation_of(row: Row) -> Annotation:
    """The annotation that a row of its table holds."""
    attributes = row["attributes"]
    check_offsets(row["id"], row["start"], row["end"])
    return Annotation(
        AnnotationId(row["id"]),
        StatementId(row["statement"]),
        TagName(row["tag"]),
        CoderId(row["coder"]),
        row["start"],
        row["end"],
        row["quote"],
        row["prefix"],
        row["suffix"],
        loaded(attributes, dict) if attributes != "{}" else _NO_ATTRIBUTES,
        row["note"],
        row["status"],
        row["origin"],
        row["created_at"],
        row["modified_at"],
        _later(row, "tag_version", 1),
    )


def actor_of(row: Row) -> Actor:
    return Actor(
        ActorId(row["id"]),
        row["name"],
        row["type"],
        tuple(loaded(row["aliases"], list)),
        row["wikidata"],
        row["note"],
        row["merged_into"],
        _later(row, "color", ""),
    )


def link_of(row: Row) -> Link:
    return Link(LinkId(row["id"]), row["kind"], AnnotationId(row["source"]), AnnotationId(row["target"]))
