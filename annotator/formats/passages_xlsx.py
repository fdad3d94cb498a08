"""A table of passages as a workbook, by openpyxl: every cell is text or a number, none is a formula."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any

from annotator.core.exchange import Item, Losses, Stamp
from annotator.formats._format import Format
from annotator.formats._passage_rows import neutral, rows

#: What a cell holds at most, in UTF-16 units, and a sheet, in rows: the limits of Excel 2007 and later.
CELL_LIMIT = 32_767
ROW_LIMIT = 1_048_576


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """One sheet ``Passages``; what does not fit a cell is cut, and what does not fit a sheet goes on the next."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet, count, header = book.create_sheet("Passages"), 0, list[str]()

    def fitting(cell: str | int) -> str | int:
        if not isinstance(cell, str):
            return cell
        made = str(neutral(cell, losses))
        if ILLEGAL_CHARACTERS_RE.search(made):
            losses.add("signs that a workbook cannot hold, replaced")
            made = ILLEGAL_CHARACTERS_RE.sub("\ufffd", made)
        if len(made.encode("utf-16-le")) // 2 > CELL_LIMIT:
            losses.add("cells cut at 32,767 characters")
            made = made.encode("utf-16-le")[: CELL_LIMIT * 2].decode("utf-16-le", "ignore")
        return made

    try:
        for row in rows(items, losses):
            if row is None:
                yield
                continue
            if not header:
                header = [str(name) for name in row]
                sheet.freeze_panes = "A2"
            elif count >= ROW_LIMIT:
                sheet, count = book.create_sheet(), 1
                sheet.append(header)
            sheet.append([fitting(cell) for cell in row])
            count += 1
        book.save(stream)
        yield
    finally:
        _forget(book)


def _forget(book: Any) -> None:
    """Delete the files in which openpyxl sets the rows aside.

    It does so itself when a book was saved; otherwise, as after a cancelled export, only at the end of the program.
    """
    for sheet in book.worksheets:
        with suppress(Exception):  # a full disk, which is told already, fails here once more
            if not sheet.closed:
                sheet.close()
        if sheet._writer is not None:
            with suppress(OSError):
                os.unlink(sheet._writer.out)


FORMAT = Format(
    name="passages-xlsx",
    label="Table of passages (XLSX)",
    suffixes=(".xlsx",),
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    purpose="analysis",
    write=write,
    description="A workbook with a row a passage.",
    shown_as="passages-sheet",
)
