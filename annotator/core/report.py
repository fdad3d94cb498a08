"""The evidence report: what a statement holds with its whole history, as canonical JSON that proves itself.

A report ends with its own SHA-256. In JSON it is over the report without the member ``sha256``, in canonical form:
keys in the order of their code points, no blanks, everything beyond ASCII as ``\\uXXXX``. In HTML it is over the file
with its 64 digits replaced by zeros.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Protocol

from annotator.core.codebook import Codebook, tag_to_json
from annotator.core.exchange import Record
from annotator.core.history import Change, Entry, attributes_in, change_lines
from annotator.core.model import Actor, Coder, Link
from annotator.core.values import dataclass
from annotator.core.wording import NameOf

#: What stands where the digest of an HTML report will stand.
ZEROS = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one row with the step that made it (``entry.changes`` has just this one), and its digest."""

    entry: Entry
    digest: str

    @property
    def change(self) -> Change:
        return self.entry.changes[0]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the project knows of one statement: events from the first on, links from and to its passages.

    ``source_kept`` tells whether the project has the imported bytes; they were verified then.
    """

    record: Record
    events: tuple[Event, ...]
    links: tuple[Link, ...]
    source_kept: bool

    def by_passage(self) -> dict[str, list[Event]]:
        """What happened to each passage, by its id."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            if event.change.table == "annotation":
                found.setdefault(event.change.row, []).append(event)
        return found

    @property
    def of_statement(self) -> tuple[Event, ...]:
        """What happened to the statement itself: metadata, ranges, statuses, links."""
        return tuple(e for e in self.events if e.change.table != "annotation")

    @property
    def coders(self) -> set[str]:
        """The ids of all coders that are named."""
        record = self.record
        found = {e.entry.coder_id for e in self.events} | {a.coder for a in record.annotations}
        found |= {p.coder for p in record.progress} | {record.statement.imported_by}
        found |= {row.get("coder") for e in self.events for row in (e.change.before, e.change.after) if row}
        return {str(coder) for coder in found if coder}

    @property
    def actors(self) -> set[str]:
        """The ids of all actors that a value names, or named."""
        found = {v["actor"] for a in self.record.annotations for v in _values(a.attributes) if "actor" in v}
        for event in self.events:
            for row in (event.change.before, event.change.after):
                if row and event.change.table == "annotation":
                    found |= {v["actor"] for v in _values(attributes_in(row)) if isinstance(v.get("actor"), str)}
        return found

    @property
    def removed(self) -> tuple[str, ...]:
        """The ids of passages that are no more, in the order in which they came."""
        there = {a.id for a in self.record.annotations}
        rows = (e.change.row for e in self.events if e.change.table == "annotation")
        return tuple(dict.fromkeys(row for row in rows if row not in there))


def _values(attributes: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for values in attributes.values():
        yield from (v for v in (values if isinstance(values, list) else ()) if isinstance(v, dict))


@dataclass(frozen=True, slots=True)
class About:
    """What a report says about itself and the project; ``head`` is the hash of the project's last step."""

    made_at: str
    generator: str
    project_id: str
    project_title: str
    head: str
    steps: int
    schema: int
    query: str
    statements: int
    codebook: Codebook
    #: Whether the statements were named one by one.
    named: bool = False

    @property
    def codebook_sha256(self) -> str:
        """The version of the codebook: the SHA-256 of its canonical JSON."""
        return codebook_sha256(self.codebook)


class Report(Protocol):
    """A report that is being written: statements between ``begin`` and ``end``, which returns its SHA-256."""

    def begin(self, about: About) -> None: ...
    def statement(self, evidence: Evidence, data: Mapping[str, Any]) -> None: ...
    def end(self, coders: Sequence[Coder], actors: Sequence[Actor]) -> str: ...


def canonical(value: Any) -> bytes:
    """JSON in the one form that a digest is over."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def codebook_json(codebook: Codebook) -> dict[str, Any]:
    """The codebook as plain data."""
    return {"rules": list(codebook.rules), "tags": [tag_to_json(tag) for tag in codebook]}


def codebook_sha256(codebook: Codebook) -> str:
    """Which codebook this is: the SHA-256 of its canonical JSON."""
    return sha256(canonical(codebook_json(codebook))).hexdigest()


class JsonReport:
    """A report in JSON, written as it comes, in its canonical form."""

    def __init__(self, write: Callable[[bytes], object], name_of: NameOf) -> None:
        self._write = write
        self._name_of = name_of
        self._digest = sha256()
        self._about: About | None = None
        self._first = True

    def _put(self, part: bytes) -> None:
        self._digest.update(part)
        self._write(part)

    def begin(self, about: About) -> None:
        """Everything that sorts before the statements."""
        self._about = about
        head = {
            "codebook": {"sha256": about.codebook_sha256, **codebook_json(about.codebook)},
            "format": "annotator-report",
            "generator": about.generator,
            "made_at": about.made_at,
            "offset_unit": "unicode code points",
            "project": {
                "head": about.head, "id": about.project_id, "schema": about.schema, "steps": about.steps,
                "title": about.project_title,
            },
            "selection": {"query": about.query, "statements": about.statements},
        }  # fmt: skip
        self._put(canonical(head)[:-1] + b',"statements":[')

    def statement(self, evidence: Evidence, data: Mapping[str, Any]) -> None:
        """One statement; ``data`` is it as the native format writes it."""
        events = evidence.by_passage()
        whole = {
            "statement": data,
            "source_kept": evidence.source_kept,
            "links": [
                {"id": link.id, "kind": link.kind, "source": link.source, "target": link.target}
                for link in evidence.links
            ],
            "history": [self._event(e) for e in evidence.of_statement],
            "passages": [self._passage(a.id, events) for a in evidence.record.annotations],
            "removed": [self._passage(identifier, events) for identifier in evidence.removed],
        }
        self._put((b"" if self._first else b",") + canonical(whole))
        self._first = False

    def _passage(self, identifier: str, events: Mapping[str, Sequence[Event]]) -> dict[str, Any]:
        return {"id": identifier, "history": [self._event(e) for e in events.get(identifier, ())]}

    def _event(self, event: Event) -> dict[str, Any]:
        entry, change = event.entry, event.change
        codebook = self._about.codebook if self._about else Codebook()
        return {
            "step": entry.number, "id": entry.id, "at": entry.at, "coder": entry.coder_id, "label": entry.label,
            "program": entry.program, "undoes": entry.undoes, "undone": entry.undone, "hash": entry.hash,
            "table": change.table, "row": change.row, "before": change.before, "after": change.after,
            "purged": change.purged, "digest": event.digest, "said": change_lines(change, codebook, self._name_of),
        }  # fmt: skip

    def end(self, coders: Sequence[Coder], actors: Sequence[Actor]) -> str:
        """Everything that sorts after the statements, and the digest."""
        who = {
            "actors": [{"id": a.id, "name": a.name, "type": a.type, "merged_into": a.merged_into} for a in actors],
            "coders": [{"id": c.id, "name": c.name, "kind": c.kind} for c in coders],
        }
        self._put(b'],"version":1,"who":' + canonical(who))
        self._digest.update(b"}")
        found = self._digest.hexdigest()
        self._write(f',"sha256":"{found}"}}\n'.encode())
        return found


__all__ = ["About", "Event", "Evidence", "JsonReport", "Report", "canonical", "codebook_json"]
