"""What the panes say about a passage and its history, as plain lines; no widget and no mark-up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from annotator.core.codebook import Codebook, missing, value_text
from annotator.core.edtf import readable
from annotator.core.model import DATES, METADATA, Annotation, Attribute, Tag, TagName
from annotator.store.ledger import Change, Entry

#: The attributes that tell passages of a tag apart, for the tags that the program ships.
_TELLING = {"demand": ("addressee",), "accusation": ("accused",), "event": ("date_start", "place_text")}
_STATUS = {"made": "accepted it", "accepted": "accepted it", "rejected": "rejected it", "suggested": "suggested it"}
#: What a line shows of a long text, in characters.
_LONG = 80
#: A step that changed more than this is told by its label.
_MOST_EDITS = 6

NameOf = Callable[[str], str]


def one_line(text: str, limit: int = 300) -> str:
    """The beginning of a text without line breaks, for lists."""
    # Without a limit, a passage of a megabyte would be measured to be elided.
    line = " ".join(text[: limit + 1].split())
    return line if len(text) <= limit else f"{line[:limit].rstrip()}…"


def isolated(text: str) -> str:
    """A stretch of foreign text for a mixed line: its direction and its bidi controls stay inside it."""
    return text if text.isascii() else f"\u2068{text}\u2069"


def tool_tip(text: str) -> str:
    """Plain text as a tool tip, wrapped by Qt: nothing in it is read as mark-up."""
    return f"<span>{escape(text).replace(chr(10), '<br>')}</span>" if text else ""


def local_time(moment: str, today: datetime | None = None) -> str:
    """A stored moment (UTC) by the clock on the wall: ``14:02``, with the date when it is not today's."""
    try:
        when = datetime.fromisoformat(moment).astimezone()
    except ValueError:
        return moment
    if when.date() == (today or datetime.now().astimezone()).date():
        return f"{when:%H:%M}"
    return f"{when.day} {when:%b %Y, %H:%M}"


def tag_of(codebook: Codebook, name: str) -> Tag:
    """The tag of that name; a bare one when the codebook lost it, so that its passages are still shown."""
    return next((tag for tag in codebook if tag.name == name), Tag(TagName(name), label=name.capitalize()))


def choice_label(attribute: Attribute | None, value: str) -> str:
    """How the codebook words a choice; any other value stays as it is."""
    return next((c.label for c in attribute.values if c.name == value), value) if attribute else value


def values_text(attribute: Attribute | None, values: Sequence[Mapping[str, Any]], name_of: NameOf) -> str:
    """Values as a list shows them: actors by name, dates as people write them, choices by label."""
    parts = []
    for value in values:
        if "edtf" in value:
            parts.append(readable(str(value["edtf"])))
        elif "value" in value:
            parts.append(choice_label(attribute, str(value["value"])))
        else:
            parts.append(value_text(value, name_of))
    return "; ".join(isolated(one_line(part, _LONG)) for part in parts)


def typed_text(values: Sequence[Mapping[str, Any]], name_of: NameOf) -> str:
    """Values as a person would type them into their field."""
    return "; ".join(value_text(value, name_of) for value in values)


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
    """A passage as a screen reader says it: ``Accusation: quote, Accused: Turkey; incomplete``."""
    said = [f"{tag.label}: {one_line(annotation.quote, 160)}"]
    for name in _TELLING.get(tag.name, ()):
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


# -- history ----------------------------------------------------------------------------


def history_line(entry: Entry, annotation: str, codebook: Codebook, name_of: NameOf) -> str:
    """One step as a passage's history tells it: ``14:03 LM set accused: Turkey``."""
    change = next((c for c in entry.changes if c.table == "annotation" and c.row == annotation), None)
    if entry.undoes:
        verb, _, label = entry.label.partition(" ")
        done = f"{'redid' if verb == 'Redo' else 'undid'} “{label}”"
    elif change is None:
        done = _lowered(entry.label)
    else:
        done = "; ".join(_deeds(change, codebook, name_of)) or _lowered(entry.label)
    undone = " (undone)" if entry.undone else ""
    return f"{local_time(entry.at)} {isolated(entry.coder or 'somebody')} {done}{undone}"


def step_line(entry: Entry, codebook: Codebook, name_of: NameOf) -> str:
    """One step as a statement's history tells it: ``14:02 LM: tag as demand``, ``14:05 LM: issuer: A → B``."""
    undone = " (undone)" if entry.undone else ""
    done = _lowered(step_text(entry, codebook, name_of))
    return f"{local_time(entry.at)} {isolated(entry.coder or 'somebody')}: {done}{undone}"


def step_text(entry: Entry, codebook: Codebook, name_of: NameOf) -> str:
    """What a step did: of an edit its values before and after where they are known, else the step's label."""
    edited: list[str] = []
    for change in () if entry.undoes else entry.changes:
        before, after = change.before, change.after
        if before is None or after is None:
            continue
        if change.table == "statement":
            edited += _edits(before, after)
        elif change.table == "annotation" and before.get("tag") == after.get("tag"):
            edited += _settings(tag_of(codebook, str(after.get("tag", ""))), before, after, name_of)
    if not 0 < len(edited) <= _MOST_EDITS:
        return entry.label
    text = "; ".join(edited)
    return text[:1].upper() + text[1:]


def _edits(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[str]:
    """The metadata of a statement that a step changed: ``issuer: A → B``."""
    for name in (*METADATA, *DATES):
        was, now = _metadatum(name, before), _metadatum(name, after)
        if was != now:
            yield f"{name.removeprefix('date_').replace('_', ' ')}: {_told(was)} → {_told(now)}"


def _metadatum(name: str, row: Mapping[str, Any]) -> str:
    value = str(row.get(name) or "")
    if name not in DATES or not value:
        return value
    return readable(value) + " (inferred)" * (row.get(f"{name}_basis") == "inferred")


def _told(value: str) -> str:
    return isolated(one_line(value, _LONG)) or "—"


def _lowered(label: str) -> str:
    return label[:1].lower() + label[1:]


def _deeds(change: Change, codebook: Codebook, name_of: NameOf) -> Iterable[str]:
    before, after = change.before, change.after
    if after is None:
        yield "removed it"
        return
    tag = tag_of(codebook, str(after.get("tag", "")))
    if before is None:
        yield (
            f"suggested {tag.label.lower()}"
            if after.get("status") == "suggested"
            else (f"tagged as {tag.label.lower()}")
        )
        before = {}
        after = {k: v for k, v in after.items() if k in ("attributes", "note")}
    elif before.get("tag") != after.get("tag"):
        yield f"retagged as {tag.label.lower()}"
    if before and (before.get("start"), before.get("end")) != (after.get("start"), after.get("end")):
        yield "moved the boundary"
    if before and before.get("status") != after.get("status"):
        yield _STATUS.get(str(after.get("status")), f"marked it {after.get('status')}")
    yield from _settings(tag, before, after, name_of)
    if (before.get("note") or "") != (after.get("note") or ""):
        yield "wrote a note" if after.get("note") else "removed the note"


def _settings(tag: Tag, before: Mapping[str, Any], after: Mapping[str, Any], name_of: NameOf) -> Iterable[str]:
    """The attributes that a step changed: ``set accused: A``, ``set accused: A → B``, ``cleared accused``."""
    was, now = _attributes(before), _attributes(after)
    for name in [*now, *(n for n in was if n not in now)]:
        if was.get(name) == now.get(name):
            continue
        attribute = tag.attribute(name)
        label = attribute.label.lower() if attribute else name
        if now.get(name):
            old = f"{values_text(attribute, was[name], name_of)} → " if was.get(name) else ""
            yield f"set {label}: {old}{values_text(attribute, now[name], name_of)}"
        else:
            yield f"cleared {label}"


def _attributes(row: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The attributes in a row of the ledger, which keeps them as text; nothing when they were purged."""
    value = row.get("attributes") or {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}
