"""Corpora: files in which each row is a statement, with columns that are mapped to its text and metadata.

The mapping is what the user said, and for the rest what the columns are called; what a column means is never guessed
from what is in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Any

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError, one_line
from annotator.core.exchange import Item, Problem
from annotator.core.model import DATES, METADATA, DateValue
from annotator.core.text import canonical
from annotator.core.values import dataclass
from annotator.formats._document import clean, first_line, record, title_of
from annotator.formats._format import ReadOptions, SourceFile
from annotator.formats._parsed import line_of

#: What a column can be mapped to.
FIELDS = ("text", *METADATA, *DATES)
#: The most columns that a row may have, and characters that a cell may have.
COLUMN_LIMIT = 1000
CELL_LIMIT = 10_000_000

#: What columns are called that hold a field, without case, spaces and signs; the field's own name comes first.
_CALLED = {
    "text": "text body content fulltext statement statementtext articletext articlebody maintext message",
    "title": "title headline heading subject",
    "issuer": "issuer issuedby statementby organisation organization",
    "issuer_type": "issuertype",
    "outlet": "outlet publisher source medium newspaper sitename",
    "language": "language lang",
    "speaker": "speaker spokesperson",
    "office": "office",
    "reporter": "reporter author byline journalist",
    "translator": "translator translatedby",
    "dateline": "dateline",
    "venue": "venue",
    "genre": "genre",
    "url": "url link weblink permalink sourceurl",
    "archive_url": "archiveurl archivedurl",
    "licence": "licence license rights",
    "date_issued": "dateissued issuedon issued",
    "date_published": "datepublished publicationdate published publishedon publishedat pubdate",
    "date_collected": "datecollected collected collectedon retrieved retrievedon accessed",
}
_NAMES = {field: names.split() for field, names in _CALLED.items()}
_SIGNS = re.compile(r"[\W_]+")


def proposed(columns: Sequence[str]) -> dict[str, str]:
    """For each field the column that is called like it, the field's own name before the others."""
    plain = [(_SIGNS.sub("", column).casefold(), column) for column in columns]
    found: dict[str, str] = {}
    for field_, names in _NAMES.items():
        for name in names:
            column = next((c for p, c in plain if p == name and c not in found.values()), None)
            if column is not None:
                found[field_] = column
                break
    return found


def settled(columns: Sequence[str], options: ReadOptions, name: str) -> dict[str, str]:
    """What the user said, and for other fields what is proposed; a field told to be ``""`` is none.

    Raises ``AnnotatorError`` when a column is not there, or none is the text.
    """
    told = {**options.by_header.get(tuple(columns), {}), **options.columns}
    for field_, column in told.items():
        if field_ not in FIELDS:
            raise AnnotatorError(
                f"“{one_line(field_)[:60]}” is no field of a statement; there are: {', '.join(FIELDS)}"
            )
        if column and column not in columns:
            raise AnnotatorError(f"{name} has no column “{one_line(column)[:60]}”; it has: {_listed(columns)}")
    free = [column for column in columns if column not in told.values()]
    mapping = {**{f: c for f, c in proposed(free).items() if f not in told}, **{f: c for f, c in told.items() if c}}
    options.saw_columns(name, tuple(columns), mapping)
    if "text" not in mapping:
        raise AnnotatorError(
            f"{name} has no column that is called text; say which one it is. It has: {_listed(columns)}"
        )
    return mapping


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(one_line(column)[:40] for column in columns[:20])
    return f"{shown}, …" if len(columns) > 20 else shown


def named(header: Iterable[Any]) -> list[str]:
    """Names of columns from the cells of a header, each once and none empty."""
    columns: list[str] = []
    for number, cell in enumerate(header, 1):
        name = clean(str(cell if cell is not None else ""))[:200] or f"column {number}"
        count, unique = 1, name
        while unique in columns:
            count += 1
            unique = f"{name} ({count})"
        columns.append(unique)
    return columns


@dataclass(slots=True)
class Corpus:
    """One file of rows: makes of each the record of a statement, or says why there is none."""

    file: SourceFile
    mapping: Mapping[str, str]
    encoding: str
    #: SHA-256 of the whole file, kept with every statement.
    sha256: str
    _mapped: set[str] = field(init=False)
    _name: str = field(init=False)

    def __post_init__(self) -> None:
        self._mapped = set(self.mapping.values())
        self._name = clean(self.file.name)

    def item(self, row: Mapping[str, Any], place: str) -> Item:
        """The statement in this row; ``place`` names it, as in “row 17”."""
        words = _words(row.get(self.mapping["text"], ""))
        text, replaced = canonical(words)
        line = first_line(text)
        if line is None:
            return Problem(f"{self.file.name}, {place}", "has no text")
        remarks: list[str] = []
        metadata: dict[str, Any] = {}
        came_from: dict[str, str] = {}
        extra: dict[str, Any] = {
            column: value for column, value in row.items() if column not in self._mapped and value not in ("", None)
        }
        for field_, column in self.mapping.items():
            value = row.get(column, "")
            if field_ == "text" or value in ("", None):
                continue
            if field_ in DATES:
                if (day := day_of(value)) is None:
                    extra[column] = value
                    remarks.append(
                        f"“{one_line(str(value))[:40]}” is no date like 2022-01-20 and was kept as a further fact"
                    )
                    continue
                metadata[field_] = DateValue(day)
            else:
                metadata[field_] = clean(_words(value))
            came_from[field_] = f"column “{column}”"
        span = line_of(text, metadata.get("title", ""))
        if not metadata.get("title"):
            title, span = title_of(text, line)
            metadata["title"], came_from["title"] = clean(title), "the first line"
        extra["metadata_from"] = came_from
        extra["corpus"] = {"file": self._name, "place": place, "sha256": self.sha256}
        data = _ENCODER.encode(row).encode("utf-8", "replace")
        return record(
            SourceFile(f"{self.file.name}, {place}", self.file.stream),
            data,
            text,
            replaced + words.count("\ufffd"),
            media_type="application/json",
            encoding=self.encoding,
            metadata=metadata | {"extra": extra},
            title=span,
            remarks=tuple(remarks),
        )


#: Made once: ``json.dumps`` would make one for each row.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:?\d\d.*")


def day_of(value: Any) -> str | None:
    """The day (or vaguer date) that this EDTF text or ISO moment names, or None."""
    return _day(_words(value))


@lru_cache(maxsize=4096)
def _day(value: str) -> str | None:
    words = clean(value)
    moment = _MOMENT.fullmatch(words)
    try:
        return check_edtf(moment[1] if moment else words, "date")
    except AnnotatorError:
        return None


def digest_of(file: SourceFile) -> str:
    """SHA-256 of the file's bytes, read in pieces; the stream is left at its beginning."""
    from hashlib import sha256

    file.stream.seek(0)
    whole = sha256()
    while chunk := file.stream.read(1 << 20):
        whole.update(chunk)
    file.stream.seek(0)
    return whole.hexdigest()


def rows_of(
    header: Sequence[str], cells: Iterable[Sequence[Any]], start: int = 2
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Rows that are not empty by their numbers, from ``start``; None for one with more cells than there are columns."""
    width = len(header)
    for number, row in enumerate(cells, start):
        if not any(cell not in ("", None) for cell in row):
            continue
        if len(row) > width and any(cell not in ("", None) for cell in row[width:]):
            yield number, None
        else:
            yield number, dict(zip(header, row, strict=False))
