"""The columns of the Passages view: which there are for a codebook, what each says of a passage, how it is sorted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from annotator.core.codebook import Codebook
from annotator.core.edtf import readable
from annotator.core.model import Attribute
from annotator.core.values import dataclass
from annotator.core.wording import local_time, tag_of, values_text
from annotator.gui.statement_words import one_line
from annotator.store.passage_list import CHANGED, CODER, CREATED, PLACE, STATE, TAG, PassageRow

NameOf = Callable[[str], str]

#: The column of the passage itself, which is always there, and those that are there unless others were chosen.
PASSAGE, NOTE, STATEMENT, ISSUER, DATE = "passage", "note", "statement", "issuer", "date"
#: Columns that every codebook has: name, label, width in pixels of a 13 pixel font, the order that it sorts by.
_FIXED = (
    (PASSAGE, "Passage in context", 470, PLACE),
    (TAG, "Tag", 112, TAG),
    (STATEMENT, "Statement", 190, PLACE),
    (ISSUER, "Issuer", 130, ISSUER),
    (DATE, "Date", 92, DATE),
    (CODER, "Coder", 80, CODER),
    (STATE, "State", 80, STATE),
    (NOTE, "Note", 150, ""),
    (CREATED, "Tagged", 110, CREATED),
    (CHANGED, "Changed", 110, CHANGED),
)
_WIDTHS = {"actors": 140, "actor": 130, "text": 160, "long_text": 180, "choice": 110, "date": 100, "count": 84}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: an attribute's, or one that every passage has. ``order`` is what it sorts by, empty where it cannot."""

    name: str
    label: str
    width: int
    order: str = ""
    attributes: tuple[tuple[str, Attribute], ...] = ()

    def attribute(self, tag: str) -> Attribute | None:
        """What the passages of this tag have in this column."""
        return next((attribute for name, attribute in self.attributes if name == tag), None)


def columns(codebook: Codebook) -> dict[str, Column]:
    """All columns there are, by name, in the order in which they stand at first."""
    found = {name: Column(name, label, width, order) for name, label, width, order in _FIXED[:2]}
    for tag in codebook:
        for attribute in tag.attributes:
            before = found.get(attribute.name)
            if before is None or before.attributes:
                several = (*(before.attributes if before else ()), (str(tag.name), attribute))
                width = _WIDTHS.get(attribute.type, 120)
                found[attribute.name] = Column(attribute.name, attribute.label, width, attribute.name, several)
    return found | {name: Column(name, label, width, order) for name, label, width, order in _FIXED[2:]}


def usual(codebook: Codebook, tags: Sequence[str], fields: Sequence[str] = ()) -> list[str]:
    """The columns that stand there until others are chosen: with one tag asked for, what that tag requires.

    ``fields`` are attributes that the query has a condition on: each has its column, too.
    """
    asked = [tag for tag in codebook if tag.name in tags]
    required = [a.name for a in asked[0].attributes if a.required][:5] if len(asked) == 1 else []
    known = {attribute.name for tag in codebook for attribute in tag.attributes}
    values = dict.fromkeys([*required, *(name for name in fields if name in known)])
    return [PASSAGE, *([] if required else [TAG]), *values, STATEMENT, *([] if required else [CODER])]


def said(column: Column, row: PassageRow, codebook: Codebook, name_of: NameOf) -> str:
    """What a cell says, as one line of plain text."""
    annotation = row.annotation
    if column.attributes:
        values = annotation.attributes.get(column.name, ())
        return values_text(column.attribute(annotation.tag), values, name_of) if values else ""
    if column.name == PASSAGE:
        return one_line(annotation.quote)
    if column.name == TAG:
        return tag_of(codebook, annotation.tag).label
    if column.name == STATEMENT:
        return one_line(row.title) or "Untitled"
    if column.name == DATE:
        return readable(row.date.edtf) if row.date else ""
    return {
        ISSUER: one_line(row.issuer),
        CODER: row.coder,
        STATE: annotation.status,
        NOTE: one_line(annotation.note),
        CREATED: local_time(annotation.created_at),
        CHANGED: local_time(annotation.modified_at),
    }.get(column.name, "")


def lacks(column: Column, row: PassageRow) -> bool:
    """Whether the passage has no value where its tag requires one."""
    attribute = column.attribute(row.annotation.tag)
    return attribute is not None and attribute.required and not row.annotation.attributes.get(column.name)


def query_value(column: Column, row: PassageRow, name_of: NameOf, codebook: Codebook) -> str:
    """What a query asks for to find the passages that say the same in this column; empty where it cannot."""
    annotation = row.annotation
    if column.attributes:
        values = annotation.attributes.get(column.name, ())
        if not values:
            return "-"
        first = values[0]
        if "actor" in first:
            return name_of(str(first["actor"]))
        if "edtf" in first:
            return str(first["edtf"])
        low, high = first.get("min"), first.get("max")
        if low is not None or high is not None:
            return f"{'' if low is None else low}..{'' if high is None else high}" if low != high else str(low)
        return str(first.get("value", first.get("text", "")))
    return {
        TAG: str(annotation.tag),
        ISSUER: row.issuer,
        CODER: row.coder,
        STATE: annotation.status,
        DATE: row.date.edtf if row.date else "-",
        CREATED: annotation.created_at[:10],
        CHANGED: annotation.modified_at[:10],
        STATEMENT: annotation.statement,
        NOTE: "*" if annotation.note else "-",
    }.get(column.name, "")


def field_of(column: Column) -> str:
    """The field of the query language that this column is filtered by; empty where there is none."""
    return {STATEMENT: "id", PASSAGE: ""}.get(column.name, column.name)
