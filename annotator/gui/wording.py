"""What the panes say about a passage, as plain lines; no widget and no mark-up.

What is said elsewhere too is in ``core.wording`` and ``core.history``, and passed on from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.core import codebook
from annotator.core.codebook import missing
from annotator.core.history import history_line, step_line, step_text
from annotator.core.model import Annotation, Tag
from annotator.core.values import dataclass
from annotator.core.wording import NameOf, choice_label, isolated, local_time, one_line, tag_of, values_text

#: The attributes that tell passages of a tag apart, for the tags that the program ships.
_TELLING = {"demand": ("addressee",), "accusation": ("accused",), "event": ("date_start", "place_text")}

#: What a card shows of a long text, in characters, and how many attributes: of one passage, of each of several.
_LONG, CARD_ROWS, CARD_ROWS_OF_SEVERAL = 80, 8, 4


def tool_tip(text: str) -> str:
    """Plain text as a tool tip, wrapped by Qt: nothing in it is read as mark-up."""
    # Not by html, whose table of names costs a start 2 ms.
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "<br>")):
        text = text.replace(sign, name)
    return f"<span>{text}</span>" if text else ""


def typed_text(values: Sequence[Mapping[str, Any]], name_of: NameOf) -> str:
    """Values as a person would type them into their field."""
    return "; ".join(codebook.typed_text(value, name_of) for value in values)


def main_values(tag: Tag, attributes: Mapping[str, Sequence[Mapping[str, Any]]], name_of: NameOf) -> list[str]:
    """What tells this passage from others of its tag: ``Turkey``, ``3 accused``, ``20 Jan 2022``."""
    telling = _TELLING.get(tag.name)
    if telling is None:
        filled = [a.name for a in tag.attributes if attributes.get(a.name)]
        telling = tuple(filled[:1])
    lines = []
    for name in telling:
        attribute, values = tag.attribute(name), attributes.get(name)
        if attribute is None or not values:
            continue
        if len(values) > 2:
            lines.append(f"{len(values)} {attribute.label.lower()}")
        else:
            lines.append(values_text(attribute, values, name_of))
    return lines


def passage_line(tag: Tag, annotation: Annotation, name_of: NameOf, coder: str = "") -> str:
    """The line under a passage: its tag, what tells it apart, and whose it is when it is not the reader's own."""
    label = tag.label
    if annotation.status in ("suggested", "rejected"):
        label = f"{label}, {annotation.status}"
    return " · ".join([label, *main_values(tag, annotation.attributes, name_of), *([isolated(coder)] if coder else [])])


def missing_count(tag: Tag, annotation: Annotation) -> int:
    """How many required attributes are empty; a suggestion is asked for none."""
    return 0 if annotation.status in ("suggested", "rejected") else len(missing(tag, annotation.attributes))


def spoken_passage(tag: Tag, annotation: Annotation, name_of: NameOf, coder: str = "") -> str:
    """A passage as a screen reader says it: ``Accusation: quote, Accused: Turkey; incomplete``.

    What tells it apart comes first, then all its other attributes, in the codebook's order.
    """
    said = [f"{tag.label}: {one_line(annotation.quote, 160)}"]
    telling = _TELLING.get(tag.name, ())
    for name in (*telling, *(each.name for each in tag.attributes if each.name not in telling)):
        if (attribute := tag.attribute(name)) and (values := annotation.attributes.get(name)):
            said.append(f"{attribute.label}: {values_text(attribute, values, name_of)}")
    text = ", ".join(said)
    for more in (
        annotation.status if annotation.status in ("suggested", "rejected") else "",
        "incomplete" if missing_count(tag, annotation) else "",
        "has a note" if annotation.note else "",
        f"by {coder}" if coder else "",
    ):
        text += f"; {more}" if more else ""
    return text


__all__ = [
    "NameOf",
    "choice_label",
    "history_line",
    "isolated",
    "local_time",
    "main_values",
    "missing_count",
    "one_line",
    "passage_line",
    "spoken_passage",
    "step_line",
    "step_text",
    "tag_of",
    "tool_tip",
    "typed_text",
    "values_text",
]


@dataclass(frozen=True, slots=True)
class PassageCard:
    """What is told of a passage at a glance: ``head`` names the tag, ``aside`` coder and status.

    ``rows`` are labels and values of the attributes that are filled, ``note`` is its beginning, ``missing`` counts
    required attributes that are empty.
    """

    tag: Tag
    head: str
    aside: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    note: str = ""
    missing: int = 0


def passage_card(tag: Tag, annotation: Annotation, name_of: NameOf, coder: str, most: int = CARD_ROWS) -> PassageCard:
    """A passage at a glance, as plain lines, with at most so many attributes."""
    given = annotation.attributes
    filled = [attribute for attribute in tag.attributes if given.get(attribute.name)]
    rows = [
        (attribute.label or attribute.name, one_line(values_text(attribute, given[attribute.name], name_of), _LONG))
        for attribute in filled[:most]
    ]
    if len(filled) > most:
        rows.append(("", f"and {len(filled) - most} more"))
    status = "" if annotation.status == "made" else annotation.status
    return PassageCard(
        tag,
        one_line(tag.label or tag.name, _LONG),
        " · ".join(part for part in (isolated(one_line(coder, _LONG)), status) if part),
        tuple(rows),
        one_line(annotation.note, 2 * _LONG),
        missing_count(tag, annotation),
    )
