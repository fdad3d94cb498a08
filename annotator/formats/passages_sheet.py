"""A table of passages as CSV for spreadsheets: with a byte order mark, and without cells that would be computed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO

from annotator.core.exchange import Item, Losses, Stamp
from annotator.formats._format import Format
from annotator.formats._passage_rows import neutral, rows


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """The table; what begins like a formula gets an apostrophe before it, and is counted."""
    out = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
    try:
        out.write("\ufeff")
        table = csv.writer(out, lineterminator="\r\n")
        for row in rows(items, losses):
            if row is None:
                yield
            else:
                table.writerow([neutral(cell, losses) for cell in row])
        out.flush()
        yield
    finally:
        out.detach()


FORMAT = Format(
    name="passages-sheet",
    label="Table of passages for spreadsheets (CSV)",
    suffixes=(".csv",),
    media_type="text/csv",
    purpose="analysis",
    write=write,
    description="The same to look at in Excel or LibreOffice: nothing in it is computed.",
)
