"""The native format as JSON Lines: a header line, then one statement a line, then one link a line."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Header, Item, Losses, Record, Stamp
from annotator.formats import _native as native
from annotator.formats._format import Format, ReadOptions, SourceFile

#: The longest line in bytes.
_LONGEST = 1 << 28


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """Write the same objects as in the native JSON, one a line."""
    for item in native.ordered(items):
        if isinstance(item, Header):
            data = native.header_data(item, stamp)
        elif isinstance(item, Record):
            data = native.statement_data(item)
        else:
            data = native.link_data(item)
        stream.write(native.line(data) + b"\n")
        yield


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """The header, the records and the links; a link that stands before its annotations waits for them."""
    lines = _lines(file)
    place, first = next(lines, ("", None))
    if not place:
        raise AnnotatorError(f"{file.name} is empty")
    if not isinstance(first, dict):
        raise AnnotatorError(f"{file.name} is no export of Annotator: its first line is no JSON object")
    intake = native.Intake(file.name)
    yield intake.header(first)
    waiting: list[tuple[str, Any]] = []
    for place, data in lines:
        if not isinstance(data, dict) or "text" in data or "text_sha256" in data:
            yield intake.record(data, place)
        elif "kind" in data and not (intake.knows(data.get("source", "")) and intake.knows(data.get("target", ""))):
            waiting.append((place, data))
        elif "kind" in data:
            yield intake.link(data, place)
        else:
            known = f"{place}: it is neither a statement (with “text”) nor a link (with “kind”)"
            raise AnnotatorError(f"{file.name}: {known}; nothing was imported from this file")
    for place, data in waiting:
        yield intake.link(data, place)


def _lines(file: SourceFile) -> Iterator[tuple[str, Any]]:
    """Each line that is not blank, with its place."""
    file.stream.seek(0)
    number = 0
    while raw := file.stream.readline(_LONGEST):
        number += 1
        place = f"line {number}"
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if raw.strip():
            yield place, _parsed(raw, file.name, place)


def _parsed(raw: bytes, name: str, place: str) -> Any:
    try:
        text = raw.decode("utf-8").strip("\r\n\t ")
        return native.strict(lambda decoder: decoder.decode(text), lambda: native.has_surrogate_escape(text))
    except UnicodeDecodeError as error:
        raise AnnotatorError(f"{name} is not in UTF-8, as JSON must be: {place}") from error
    except json.JSONDecodeError as error:
        if not raw.endswith(b"\n"):
            raise AnnotatorError(f"{name} is cut off in {place}; nothing was imported from this file") from None
        raise AnnotatorError(f"{name} is no valid JSON: {place}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise AnnotatorError(f"{name}: {place} is nested more than {native.DEPTH} levels deep") from None
    except native.Refused as refused:
        raise AnnotatorError(refused.under(place).sentence(name)) from None


_MARK = re.compile(rb'\{[^\n]*"format"\s*:\s*"annotator"')


def sniff(head: bytes) -> bool:
    """Whether these bytes begin a native JSON Lines file: the header is one whole line, or too long to see its end."""
    first, newline, _ = head.removeprefix(codecs.BOM_UTF8).partition(b"\n")
    return bool(_MARK.match(first)) and (not newline or first.rstrip().endswith(b"}"))


FORMAT = Format(
    name="jsonl",
    label="Annotator JSON Lines",
    suffixes=(".jsonl", ".ndjson"),
    media_type="application/x-ndjson",
    purpose="archive",
    read=read,
    write=write,
    sniff=sniff,
    description="The same as Annotator JSON, one object a line.",
)
