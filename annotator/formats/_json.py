"""JSON of other programs: strict where it matters, and one sentence where it is none."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.formats import _native as native
from annotator.formats._format import SourceFile

#: The largest file that is read as one value, in bytes; what is larger comes as lines.
LARGEST = 200_000_000


def whole(file: SourceFile) -> Any:
    """The one value that the file holds; raises ``AnnotatorError`` with the place where it is no strict JSON."""
    try:
        text = file.data(LARGEST).removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise AnnotatorError(f"{file.name} is not in UTF-8, as JSON must be") from error
    return parsed(text, file.name, "")


def lines(file: SourceFile) -> Iterator[tuple[str, Any]]:
    """The value of each line that is not blank, with its place: ``line 3``."""
    file.stream.seek(0)
    number = 0
    while raw := file.stream.readline(LARGEST):
        number += 1
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if not raw.strip():
            continue
        place = f"line {number}"
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise AnnotatorError(f"{file.name} is not in UTF-8, as JSON must be: {place}") from error
        yield place, parsed(text, file.name, place)


def values(file: SourceFile) -> Iterator[tuple[str, Any]]:
    """The entries of a file that is a list, one value, or one value a line, each with its place."""
    head = file.head().removeprefix(codecs.BOM_UTF8).lstrip()
    if head.startswith(b"["):
        for n, each in enumerate(whole(file)):
            yield f"entry {n + 1}", each
        return
    # Of the file, not of its head: a line with a long text ends far behind that.
    if _first_line(file).endswith(b"}"):
        yield from lines(file)
        return
    yield "", whole(file)


def _first_line(file: SourceFile) -> bytes:
    """The first line that is not blank, without what is blank at its ends."""
    file.stream.seek(0)
    while (raw := file.stream.readline(LARGEST)) and not raw.removeprefix(codecs.BOM_UTF8).strip():
        pass
    return raw.strip()


def parsed(text: str, name: str, place: str = "") -> Any:
    """The value of a strict JSON text; raises ``AnnotatorError`` with the place where it is none."""
    at = f"{place}, " if place else ""
    try:
        return native.strict(
            lambda decoder: decoder.decode(text.strip("\r\n\t ")), lambda: native.has_surrogate_escape(text)
        )
    except json.JSONDecodeError as error:
        line = f"{at}column {error.colno}" if place else f"line {error.lineno}, column {error.colno}"
        raise AnnotatorError(f"{name} is no valid JSON: {line}: {error.msg}") from None
    except RecursionError:
        raise AnnotatorError(f"{name}: {at}it is nested more than {native.DEPTH} levels deep") from None
    except native.Refused as refused:
        raise AnnotatorError((refused.under(place) if place else refused).sentence(name)) from None
