"""A document as a record: what every format that brings one text from one file has in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from annotator.core.exchange import Record
from annotator.core.model import Range, Source, Statement, StatementId
from annotator.core.text import Span, canonical, digest
from annotator.formats._boilerplate import boilerplate
from annotator.formats._format import SourceFile

#: A first line longer than this is a paragraph: its beginning is the title, but it is not marked as one.
TITLE_LENGTH = 300


def record(
    file: SourceFile,
    data: bytes,
    text: str,
    replaced: int,
    *,
    media_type: str,
    encoding: str,
    metadata: Mapping[str, Any],
    title: Span | None = None,
    ranges: Sequence[Range] = (),
    remarks: tuple[str, ...] = (),
) -> Record:
    """The record of a document whose text is canonical; ``metadata`` are fields of ``Statement``.

    A ``title`` span becomes the range with that role, and lines that belong to the page rather than to what is said
    become ranges of boilerplate, which a preview shows and lets people change.
    """
    statement = Statement(
        id=StatementId(""),
        text_sha256=digest(text),
        length=len(text),
        source=Source(clean(file.name), media_type, sha256(data).hexdigest(), len(data), encoding),
        **metadata,
    )
    marked = [Range(title.start, title.end, "title")] if title else []
    aside = [Range(span.start, span.end, "boilerplate") for span in boilerplate(text)]
    return Record(statement, text, ranges=(*marked, *ranges, *aside), data=data, replaced=replaced, remarks=remarks)


def first_line(text: str) -> Span | None:
    """The first line with something in it, without the blanks around it; None in an empty text."""
    stripped = text.lstrip()
    if not stripped:
        return None
    start = len(text) - len(stripped)
    line = stripped.split("\n", 1)[0].rstrip()
    return Span(start, start + len(line))


def title_of(text: str, line: Span) -> tuple[str, Span | None]:
    """The title that this line makes, and the line again if it is short enough to be marked as the title."""
    title = line.of(text)
    if len(title) <= TITLE_LENGTH:
        return title, line
    cut = title[:TITLE_LENGTH]
    return (cut.rsplit(None, 1)[0] if " " in cut else cut) + "…", None


def clean(value: str) -> str:
    """Metadata in one line, with nothing in it that a text may not hold."""
    return " ".join(canonical(value)[0].split())
