"""Corpora as workbooks (XLSX), by openpyxl in the child process: one statement a row, columns mapped as in CSV.

A workbook whose columns are those of a table of passages is read as one, unless the user said which column is the text.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import chain
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem
from annotator.formats import _xml
from annotator.formats._child import ParserProcess
from annotator.formats._container import Container
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._rows import CELL_LIMIT, COLUMN_LIMIT, Corpus, named, rows_of, settled
from annotator.formats.passages import has_passages, of_rows

#: Elements of one sheet: its rows are read one by one, so that there may be more of them than in a tree.
ELEMENT_LIMIT = 40_000_000
#: What the child sends: the sheet's name, the number of the first row (0 for a header), the cells of the rows.
Batch = tuple[str, int, list[list[Any]]]
#: Rows that the child sends at a time.
_BATCH = 200


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record a row, of all sheets that have the columns of the first one with a header."""
    data = file.data()
    if not data:
        yield Problem(file.name, "is empty")
        return
    if options.parser is not None:
        yield from _either(options.parser, data, file, options)
    else:
        with ParserProcess() as parser:
            yield from _either(parser, data, file, options)


def _either(parser: ParserProcess, data: bytes, file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """The passages or the statements of the workbook, by the header that comes first."""
    batches = parser.stream("annotator.formats.xlsx:rows", data, file.name)
    for sheet, start, cells in batches:
        header = named(cells[0])
        batches = chain([(sheet, start, cells)], batches)
        said = {**options.by_header.get(tuple(header), {}), **options.columns}
        if has_passages(header) and "text" not in said:
            yield from of_rows(header, _rows(header, batches), file.name)
            return
        break
    yield from _items(batches, data, file, options)


def _rows(header: list[str], batches: Iterable[Batch]) -> Iterator[tuple[str, list[str]]]:
    """The rows of all sheets as words with their places; a sheet that goes on with the table needs no header."""
    first = ""
    for sheet, start, cells in batches:
        first = first or sheet
        at = "" if sheet == first else f"sheet “{sheet}”, "
        for number, row in enumerate(cells, start):
            if start == 0 and named(row) == header:
                continue
            yield f"{at}row {number or 1}", ["" if cell is None else str(cell) for cell in row]


def _items(batches: Iterable[Batch], data: bytes, file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    corpus: Corpus | None = None
    first: list[str] = []
    header: list[str] = []
    known = sha256(data).hexdigest()
    for sheet, start, cells in batches:
        if start == 0:
            header = named(cells[0])
            first = first or header
            if header != first:
                reason = "was left out: its columns are not those of the first sheet"
                yield Problem(f"{file.name}, sheet “{sheet}”", reason)
            elif corpus is None:
                corpus = Corpus(file, settled(header, options, file.name), "", known)
        if start == 0 or corpus is None or header != first:
            continue
        for number, row in rows_of(header, cells, start):
            place = f"{sheet}, row {number}"
            if row is None:
                yield Problem(f"{file.name}, {place}", "has more cells than there are columns")
            else:
                yield corpus.item(row, place)
    if not first:
        yield Problem(file.name, "is empty")


# -- in the child -------------------------------------------------------------------------


def rows(data: bytes, name: str) -> Iterator[tuple[str, int, list[list[Any]]]]:
    """Each sheet by batches: its name, the number of the batch's first row, the cells of its rows as JSON has them.

    The number is 0 for the header, which is the first row with something in it.
    """
    from openpyxl import load_workbook

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise AnnotatorError(f"{name} is an old Excel workbook or has a password; save it as XLSX without one")
    container = Container(data, name)
    if "[Content_Types].xml" not in container or not any(n.startswith("xl/") for n in container.names):
        raise AnnotatorError(f"{name} is a ZIP container, but no Excel workbook")
    container.check(lambda entry: entry.lower().endswith((".xml", ".rels")), _check)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        # Of what the file says of its own size nothing is believed.
        sheet.reset_dimensions()
        batch: list[list[Any]] = []
        first, begun = 0, False
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            row = [_plain(cell) for cell in cells]
            while row and row[-1] in ("", None):
                row.pop()
            if len(row) > COLUMN_LIMIT:
                raise AnnotatorError(f"{name} has more than {COLUMN_LIMIT:,} columns and was not read")
            if not begun:
                if row:  # empty rows above the header are passed over
                    begun = True
                    yield sheet.title, 0, [row]
                continue
            first = first if batch else number
            batch.append(row)
            if len(batch) >= _BATCH:
                yield sheet.title, first, batch
                batch = []
        if batch:
            yield sheet.title, first, batch


def _check(data: bytes, name: str) -> None:
    _xml.check(data, name, elements=ELEMENT_LIMIT)


def _plain(cell: Any) -> Any:
    """A cell as JSON has it: dates in ISO form, whole numbers without a point."""
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, str):
        return cell[:CELL_LIMIT]
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    return cell if isinstance(cell, int) else str(cell)


FORMAT = Format(
    name="xlsx",
    label="Workbook of statements (XLSX)",
    suffixes=(".xlsx", ".xlsm"),
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    purpose="corpora",
    read=read,
    sniff=lambda head: head.startswith(b"PK\x03\x04") and b"xl/" in head,
    description="One statement a row; columns are mapped to its text and metadata.",
)
