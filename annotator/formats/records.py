"""Corpora as JSON Lines: one object with the text and metadata of a statement a line; read line by line."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from annotator.core.errors import AnnotatorError, one_line
from annotator.core.exchange import Item, Problem
from annotator.formats import _native as native
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._rows import CELL_LIMIT, Corpus, digest_of, settled

#: Lines whose keys together are the columns that a mapping can name.
_LOOKED_AT = 100


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record a line."""
    sha256 = digest_of(file)
    columns: dict[str, None] = {}
    for number, (_, row) in enumerate(_lines(file)):
        if isinstance(row, dict):
            columns.update(dict.fromkeys(row))
        if number >= _LOOKED_AT:
            break
    if not columns:
        raise AnnotatorError(f"{file.name} holds no JSON objects, one on each line")
    corpus = Corpus(file, settled(list(columns), options, file.name), "utf-8", sha256)
    for place, row in _lines(file):
        yield row if isinstance(row, Problem) else corpus.item(row, place)


def _lines(file: SourceFile) -> Iterator[tuple[str, dict[str, Any] | Problem]]:
    """Each line that is not blank, with its place; one that cannot be used is a problem."""
    file.stream.seek(0)
    number = 0
    while raw := file.stream.readline(CELL_LIMIT):
        number += 1
        place = f"line {number}"
        if len(raw) == CELL_LIMIT and not raw.endswith(b"\n"):
            raise AnnotatorError(f"{file.name} cannot be read from {place} on: it is longer than {CELL_LIMIT:,} bytes")
        raw = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        if raw.strip():
            yield place, _object(raw, f"{file.name}, {place}")


def _object(raw: bytes, place: str) -> dict[str, Any] | Problem:
    try:
        text = raw.decode("utf-8").strip("\r\n\t ")
        value = native.strict(lambda decoder: decoder.decode(text), lambda: native.has_surrogate_escape(text))
    except UnicodeDecodeError:
        return Problem(place, "is not in UTF-8, as JSON must be")
    except json.JSONDecodeError as error:
        return Problem(place, f"is no valid JSON: column {error.colno}: {error.msg}")
    except RecursionError:
        return Problem(place, f"is nested more than {native.DEPTH} levels deep")
    except native.Refused as refused:
        return Problem(place, one_line(f"{refused.path[:200]} {refused.reason}".strip()))
    return value if isinstance(value, dict) else Problem(place, "is no JSON object")


def sniff(head: bytes) -> bool:
    """Whether these bytes begin with a line that is a JSON object, and not one of Annotator's own."""
    first, newline, _ = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")
    whole = first.startswith(b"{") and (first.rstrip().endswith(b"}") if newline else len(head) > 4000)
    return whole and b'"annotator"' not in first


FORMAT = Format(
    name="records",
    label="Statements as JSON Lines",
    suffixes=(".jsonl", ".ndjson"),
    media_type="application/x-ndjson",
    purpose="corpora",
    read=read,
    sniff=sniff,
    description="One object a line; its keys are mapped to the text and metadata of a statement.",
)
