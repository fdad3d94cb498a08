"""The history as values, and in words: who did what when, and what a row was before and after.

The same words on the command line, in the window and in an evidence report; plain text, no mark-up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotator.core.codebook import Codebook
from annotator.core.edtf import readable
from annotator.core.model import DATES, METADATA, StepId, Tag, short
from annotator.core.values import dataclass
from annotator.core.wording import LONG, NameOf, isolated, local_time, one_line, tag_of, values_text

_STATUS = {"made": "accepted it", "accepted": "accepted it", "rejected": "rejected it", "suggested": "suggested it"}
#: A step that changed more than this is told by its label.
_MOST_EDITS = 6


@dataclass(frozen=True, slots=True)
class Change:
    """One row's values before and after a step, None where it was not there or was purged."""

    table: str
    row: str
    statement: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    #: Whether the values were deleted for good; then both are None.
    purged: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One step as history tells it; ``at`` is UTC.

    ``rows`` is how many rows the whole step changed; ``changes`` are those that were asked for, of many the first.
    """

    id: StepId
    number: int
    at: str
    coder: str | None
    label: str
    undone: bool
    undoes: str | None
    hash: str
    changes: tuple[Change, ...] = ()
    coder_id: str | None = None
    program: str = ""
    rows: int = 0


# -- one step as one line ---------------------------------------------------------------


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
    return isolated(one_line(value, LONG)) or "—"


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
    was, now = attributes_in(before), attributes_in(after)
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


def attributes_in(row: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The attributes in a row of the ledger, which keeps them as text; nothing when they cannot be read."""
    value = row.get("attributes") or {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


# -- one change, before and after ---------------------------------------------------------

#: What a person calls a row of these tables.
_NOUNS = {
    "annotation": "passage",
    "statement": "statement",
    "statement_range": "range",
    "progress": "status",
    "setting": "setting",
}
#: Columns that follow from others or say only when.
_FOLLOWING = {
    "annotation": {"id", "statement", "prefix", "suffix", "modified_at", "created_at", "quote", "start", "end"},
    "statement": {"id", "date_from", "date_to", *(f"{date}_basis" for date in DATES)},
}


def change_lines(change: Change, codebook: Codebook, name_of: NameOf) -> list[str]:
    """What a step did to one row, one line for each thing: ``tag: demand → accusation``, ``end 120 → 134: “…quote”``.

    ``name_of`` gives an actor's name by id. Every change gives a line, also one of an unknown table.
    """
    if change.purged:
        return [f"{_noun(change)}: deleted for good, its values are not kept"]
    tell = {"annotation": _annotation_lines, "statement": _statement_lines}.get(change.table, _row_lines)
    return list(tell(change, codebook, name_of)) or [f"{_noun(change)}: as it was"]


def _id(identifier: object) -> str:
    return isolated(one_line(short(str(identifier)), LONG))


def _noun(change: Change) -> str:
    name = _told(change.row) if change.table in ("tag", "setting") else _id(change.row)
    return f"{_noun_of(change.table)} {name}"


def _annotation_lines(change: Change, codebook: Codebook, name_of: NameOf) -> Iterator[str]:
    before, after = change.before, change.after
    row = after or before or {}
    tag = tag_of(codebook, str(row.get("tag", "")))
    if before is None or after is None:
        made = "suggested as" if row.get("status") == "suggested" else "tagged as"
        deed = f"{made if after is not None else 'removed'} {one_line(tag.label.lower(), LONG)}"
        yield f"{deed} {_span(row)}: {_quoted(row)}"
        before, after = ({}, row) if after is not None else (row, {})
        yield from _attribute_lines(tag, before, after, name_of)
        if row.get("note"):
            yield f"note: {_told(str(before.get('note') or ''))} → {_told(str(after.get('note') or ''))}"
        if change.before is None and row.get("origin"):
            yield f"origin: {_id(row['origin'])}"
        return
    if before.get("tag") != after.get("tag"):
        yield f"tag: {_told(str(before.get('tag')))} → {_told(str(after.get('tag')))}"
    places = [(n, before.get(n), after.get(n)) for n in ("start", "end")]
    moved = [f"{n} {_place(was)} → {_place(now)}" for n, was, now in places if was != now]
    if moved:
        # Of a long quote the end that moved is told.
        at_end = before.get("start") == after.get("start")
        yield f"{', '.join(moved)}: {_quoted(before, at_end)} → {_quoted(after, at_end)}"
    elif before.get("quote") != after.get("quote"):
        yield f"quote: {_quoted(before)} → {_quoted(after)}"
    yield from _attribute_lines(tag, before, after, name_of)
    yield from _column_lines(before, after, {*_FOLLOWING["annotation"], "tag", "attributes"})


def _place(offset: object) -> str:
    return str(offset) if isinstance(offset, int) else "?"


def _span(row: Mapping[str, Any]) -> str:
    return f"{_place(row.get('start'))}–{_place(row.get('end'))}"


def _quoted(row: Mapping[str, Any], at_end: bool = False) -> str:
    quote = str(row.get("quote", ""))
    if at_end and len(quote) > LONG:
        return f"“{isolated('…' + ' '.join(quote[-LONG:].split()))}”"
    return f"“{isolated(one_line(quote, LONG))}”"


def _attribute_lines(tag: Tag, before: Mapping[str, Any], after: Mapping[str, Any], name_of: NameOf) -> Iterator[str]:
    was, now = attributes_in(before), attributes_in(after)
    for name in [*now, *(n for n in was if n not in now)]:
        if was.get(name) != now.get(name):
            attribute = tag.attribute(name)
            old, new = (values_text(attribute, values.get(name) or [], name_of) or "—" for values in (was, now))
            more = "" if old != new else " (its basis or the words that say so)"
            yield f"{attribute.label.lower() if attribute else _told(name)}: {old} → {new}{more}"


def _statement_lines(change: Change, codebook: Codebook, name_of: NameOf) -> Iterator[str]:
    before, after = change.before, change.after
    if before is None or after is None:
        row = after or before or {}
        deed = "deleted" if after is None else "added a corrected version:" if row.get("previous") else "added"
        yield f"{deed} {_told(str(row.get('title') or ''))}, {_place(row.get('length'))} characters"
        return
    yield from _edits(before, after)
    yield from _column_lines(before, after, {*_FOLLOWING["statement"], *METADATA, *DATES})


def _row_lines(change: Change, codebook: Codebook, name_of: NameOf) -> Iterator[str]:
    before, after = change.before, change.after
    if before is None or after is None:
        row = after or before or {}
        deed = "removed" if after is None else "added"
        yield f"{_noun_of(change.table)} {deed}: {_row_told(change.table, row, name_of)}"
        return
    for line in _column_lines(before, after, set()):
        yield f"{_noun(change)}, {line}"


def _noun_of(table: str) -> str:
    return _NOUNS.get(table, table)


def _row_told(table: str, row: Mapping[str, Any], name_of: NameOf) -> str:
    """What a person needs to know a row of this table again."""
    if table == "statement_range":
        return f"{_told(str(row.get('role')))} {_span(row)}"
    if table == "link":
        return f"{_told(str(row.get('kind')))} {_id(row.get('source'))} → {_id(row.get('target'))}"
    if table in ("progress", "setting"):
        return _told(str(row.get("status") or row.get("value") or ""))
    return _told(str(row.get("name") or ""))


def _column_lines(before: Mapping[str, Any], after: Mapping[str, Any], but: set[str]) -> Iterator[str]:
    """The columns that differ, as they are stored."""
    for name in after:
        if name not in but and before.get(name, after[name]) != after[name]:
            was, now = (_told("" if row.get(name) is None else str(row[name])) for row in (before, after))
            yield f"{name.replace('_', ' ')}: {was} → {now}"


__all__ = ["Change", "Entry", "attributes_in", "change_lines", "history_line", "step_line", "step_text"]
