"""A table of passages as CSV (RFC 4180, UTF-8): a row a passage, with context, values and metadata; nothing changed.

Read are such tables and those of others: columns for the tag, and for the quote or the offsets (code points) or both. A
row comes to the statement of the project that its columns name: by id, address, file name or title; or to a text of its
own, in a column ``text``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from annotator.core.errors import AnnotatorError, one_line
from annotator.core.exchange import Item, Losses, Problem, Stamp
from annotator.core.model import Source, Statement, StatementId
from annotator.core.text import canonical
from annotator.formats._decode import decode
from annotator.formats._foreign import Claim, Gathering
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._passage_rows import OF_PASSAGE, OF_STATEMENT, rows
from annotator.formats._rows import CELL_LIMIT
from annotator.formats.csv import delimiter_of

#: What columns are called, without case and signs.
_CALLED = {
    "tag": ("tag", "label", "code", "codename", "category", "annotation"),
    "quote": ("quote", "quotation", "passage text", "segment", "selection", "excerpt", "coded text"),
    "start": ("start", "begin", "from", "start offset", "pos0"),
    "end": ("end", "to", "stop", "end offset", "pos1"),
    "coder": ("coder", "annotator", "owner", "user"),
    "note": ("note", "memo", "comment"),
    "statement": ("statement", "statement id", "document id"),
    "file": ("file", "file name", "filename", "document", "source file"),
    "title": ("title", "document title"),
    "url": ("url", "link", "address"),
    "text": ("text", "document text", "full text"),
}
_SIGNS = re.compile(r"[\W_]+")
#: How many bytes of a table are read; larger ones are for the native formats.
_LIMIT = 500_000_000


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """The table, whose cells are what the project holds, to the letter."""
    out = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
    try:
        table = csv.writer(out, lineterminator="\r\n")
        for row in rows(items, losses):
            if row is None:
                yield
            else:
                table.writerow(row)
        out.flush()
        yield
    finally:
        out.detach()


# -- reading ------------------------------------------------------------------------------


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """The passages of each statement that the table names."""
    text, _ = decode(file.data(_LIMIT), file.name, options.encoding)
    csv.field_size_limit(CELL_LIMIT)
    found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text[: 1 << 16], file.name))
    try:
        header = next(found, [])
        yield from of_rows(header, ((f"row {number}", row) for number, row in enumerate(found, 2)), file.name)
    except csv.Error as error:
        raise AnnotatorError(f"{file.name} cannot be read from line {found.line_num} on: {error}") from None


def of_rows(header: list[str], found: Iterable[tuple[str, list[str]]], file: str) -> Iterator[Item]:
    """The passages of each statement that these rows name, each row with its place: ``row 3``.

    Raises ``AnnotatorError`` when the header has no columns for tags and places.
    """
    at = _columns(header, file)
    gathering = Gathering(file, "table")
    groups: dict[tuple[str, ...], list[Claim]] = {}
    problems: list[Problem] = []
    for place, row in found:
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(header, row, strict=False))
        try:
            claim = _claim(cells, at, place)
        except AnnotatorError as error:
            problems.append(Problem(f"{file}, {place}", str(error)))
            continue
        key = tuple(cells.get(at.get(name, ""), "") for name in ("statement", "url", "file", "title", "text"))
        if not any(key):
            problems.append(Problem(f"{file}, {place}", "names no statement and has no text"))
            continue
        groups.setdefault(key, []).append(claim)
    for (identifier, url, name, title, body), claims in groups.items():
        if body:
            yield from gathering.record(body, claims, metadata={"title": one_line(title)}, place=one_line(title)[:80])
            continue
        source = Source(name, "", "", 0, "") if name else None
        yield from gathering.attached(Statement(StatementId(identifier), title=title, url=url, source=source), claims)
    yield from problems


def has_passages(header: list[str]) -> bool:
    """Whether the columns name a tag and a place of it, as no corpus does."""
    try:
        _columns(header, "")
    except AnnotatorError:
        return False
    return True


def _columns(header: list[str], name: str) -> dict[str, str]:
    """Which column holds what; raises ``AnnotatorError`` when there are none for tags and places."""
    plain = {_SIGNS.sub(" ", column).casefold().strip(): column for column in reversed(header)}
    at = {}
    for what, called in _CALLED.items():
        column = next((plain[each] for each in called if each in plain), None)
        if column is not None:
            at[what] = column
    if "tag" not in at or not ("quote" in at or {"start", "end"} <= set(at)):
        raise AnnotatorError(
            f"{name} has no columns for passages: a tag, and a quote or start and end; it has: "
            + one_line(", ".join(header))[:200]
        )
    return at


def _claim(cells: Mapping[str, str], at: Mapping[str, str], place: str) -> Claim:
    def cell(what: str) -> str:
        return cells.get(at.get(what, ""), "")

    start, end = _offset(cell("start")), _offset(cell("end"))
    quote = canonical(cell("quote"))[0]
    if not cell("tag").strip():
        raise AnnotatorError("has no tag")
    if not quote.strip() and (start is None or end is None):
        raise AnnotatorError("has neither a quote nor a start and an end as numbers")
    used = {*at.values(), *OF_PASSAGE, *OF_STATEMENT}
    status = cells.get("status", "")
    return Claim(
        cell("tag"),
        -1 if start is None or end is None else start,
        -1 if start is None or end is None else end,
        quote=quote or None,
        prefix=cells.get("prefix", ""),
        suffix=cells.get("suffix", ""),
        id=cells.get("passage", ""),
        coder=cell("coder"),
        note=cell("note"),
        status=status if status in ("suggested", "accepted", "rejected") else "made",
        values={_attribute(name): value for name, value in cells.items() if name not in used and value and name},
        created_at=cells.get("created_at", ""),
        modified_at=cells.get("modified_at", ""),
        place=place,
    )


def _attribute(column: str) -> str:
    """The attribute that a column is called after."""
    return _SIGNS.sub("_", column.removeprefix("value_")).strip("_").casefold() or "value"


def _offset(cell: str) -> int | None:
    return int(cell) if cell.strip().isdecimal() and len(cell) < 12 else None


def sniff(head: bytes) -> bool:
    """Whether the first line is the header of a table of passages."""
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    return has_passages([cell.strip('" \r') for cell in re.split(r"[,;\t|]", line)])


FORMAT = Format(
    name="passages",
    label="Table of passages (CSV)",
    suffixes=(".csv", ".tsv"),
    media_type="text/csv",
    purpose="analysis",
    read=read,
    write=write,
    sniff=sniff,
    description="A row a passage with all its values and metadata, for R, Python and databases.",
)
