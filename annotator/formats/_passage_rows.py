"""Passages as rows of a table: the columns that every such format has, and what stands in them.

A row holds a passage with its context, its coder, its values as people read them, and the metadata of its statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.core.codebook import Codebook
from annotator.core.exchange import Header, Item, Losses, Record
from annotator.core.model import DATES, METADATA, Link
from annotator.formats._outward import Names

#: Of the passage itself, in their order.
OF_PASSAGE = (
    "passage", "tag", "label", "coder", "status", "start", "end", "quote", "prefix", "suffix", "note", "created_at",
    "modified_at",
)  # fmt: skip
#: Of its statement.
OF_STATEMENT = (
    "statement", *METADATA, *(part for date in DATES for part in (date, f"{date}_basis")), "text_sha256", "file",
)  # fmt: skip

Row = list[str | int]


def columns(codebook: Codebook) -> list[str]:
    """The names of all columns; an attribute that is called like a column of ours has its tag before its name."""
    return [*OF_PASSAGE, *(_column(name) for name in attributes(codebook)), *OF_STATEMENT]


def attributes(codebook: Codebook) -> list[str]:
    """The attributes of all tags, each once, in the order of the codebook."""
    return list(dict.fromkeys(attribute.name for tag in codebook for attribute in tag.attributes))


def _column(attribute: str) -> str:
    return f"value_{attribute}" if attribute in (*OF_PASSAGE, *OF_STATEMENT) else attribute


def rows(items: Iterable[Item], losses: Losses) -> Iterator[list[str] | Row | None]:
    """The header, then a row a passage; None after each statement, so that work can be reported."""
    names, blank = Names(Header()), dict[str, str]()
    for item in items:
        if isinstance(item, Header):
            names, blank = Names(item), dict.fromkeys(attributes(item.codebook), "")
            yield columns(item.codebook)
            continue
        if isinstance(item, Link):
            losses.add("links")
            continue
        if not isinstance(item, Record):
            continue
        if not item.annotations:
            losses.add("statements without passages")
        s = item.statement
        dates = [getattr(s, name) for name in DATES]
        about: Row = [
            s.id,
            *(getattr(s, name) for name in METADATA),
            *(part for date in dates for part in ((date.edtf, date.basis) if date else ("", ""))),
            s.text_sha256,
            s.source.name if s.source else "",
        ]
        if item.ranges:
            losses.add("ranges of texts (titles, boilerplate)", len(item.ranges))
        if item.progress:
            losses.add("coders' progress with statements", len(item.progress))
        losses.add("whole texts")
        for a in item.annotations:
            values = [*{**blank, **names.texts(a)}.values()]
            if len(values) > len(blank):
                losses.add("values of attributes that the codebook does not have", len(values) - len(blank))
                del values[len(blank) :]
            own: Row = [
                a.id, a.tag, names.label(a.tag), names.coder(a.coder), a.status, a.start, a.end, a.quote, a.prefix,
                a.suffix, a.note, a.created_at, a.modified_at,
            ]  # fmt: skip
            yield [*own, *values, *about]
        yield None


#: What a spreadsheet takes for the beginning of a formula; some take the full-width forms of these signs for them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def neutral(cell: str | int, losses: Losses) -> str | int:
    """The cell with an apostrophe before what a spreadsheet would compute, which is counted."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        losses.add("cells that begin like a formula, written with an apostrophe before them")
        return f"'{cell}"
    return cell
