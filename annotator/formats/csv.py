"""Corpora as CSV or TSV: one statement a row, columns mapped to its text and metadata; read row by row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem
from annotator.formats._decode import encoding_of
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._rows import CELL_LIMIT, COLUMN_LIMIT, Corpus, digest_of, named, rows_of, settled

#: In the order in which they are tried; the standard library's Sniffer hangs on some files.
DELIMITERS = (",", ";", "\t", "|")
#: Characters of the beginning that the delimiter is told from.
_SAMPLE = 1 << 16


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record a row."""
    import csv

    encoding = encoding_of(file.stream, file.name, options.encoding)
    sha256 = digest_of(file)
    csv.field_size_limit(CELL_LIMIT)
    # What does not fit an encoding that was guessed from the beginning is replaced, and counted.
    stream = io.TextIOWrapper(file.stream, encoding, errors="replace", newline="")
    try:
        sample = stream.read(_SAMPLE)
        if not sample.strip():
            yield Problem(file.name, "is empty")
            return
        stream.seek(0)
        told = sample.split("\n", 1)[0].strip()
        delimiter = told[4:] if told.startswith("sep=") and len(told) == 5 else ""
        if delimiter:  # a line that Excel understands
            stream.readline()
        # A NUL would end the reading in older versions of Python.
        lines = (line.replace("\0", "\ufffd") for line in stream)
        reader = csv.reader(lines, delimiter=delimiter or delimiter_of(sample, file.name))
        try:
            header = named(next(reader, []))
            _check_width(len(header), file.name)
            corpus = Corpus(file, settled(header, options, file.name), encoding, sha256)
            for number, row in rows_of(header, reader):
                place = f"row {number}"
                if row is None:
                    yield Problem(f"{file.name}, {place}", "has more cells than there are columns")
                else:
                    yield corpus.item(row, place)
        except csv.Error as error:
            longest = f"a cell has more than {CELL_LIMIT:,} characters; a quotation mark may be missing"
            reason = longest if "field limit" in str(error) else str(error)
            raise AnnotatorError(f"{file.name} cannot be read from line {reader.line_num} on: {reason}") from None
    finally:
        stream.detach()


def _check_width(columns: int, name: str) -> None:
    if columns > COLUMN_LIMIT:
        raise AnnotatorError(f"{name} has more than {COLUMN_LIMIT:,} columns and was not read")


def delimiter_of(sample: str, name: str = "") -> str:
    """The delimiter by which most of the first rows have as many cells as the header, and that more than one."""
    import csv

    def rank(delimiter: str) -> tuple[bool, float, int]:
        rows: list[list[str]] = []
        with suppress(csv.Error):  # the rows before it tell enough
            rows.extend(row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row)
        # The last one may be cut off.
        rows = rows[:-1] if len(sample) >= _SAMPLE and len(rows) > 2 else rows
        width = len(rows[0]) if rows else 0
        same = sum(len(row) == width for row in rows)
        return width > 1, same / len(rows) if rows else 0.0, width

    tried = ("\t", *DELIMITERS) if name.lower().endswith((".tsv", ".tab")) else DELIMITERS
    return max(tried, key=rank)


FORMAT = Format(
    name="csv",
    label="Table of statements (CSV, TSV)",
    suffixes=(".csv", ".tsv", ".tab"),
    media_type="text/csv",
    purpose="corpora",
    read=read,
    description="One statement a row; columns are mapped to its text and metadata.",
)
