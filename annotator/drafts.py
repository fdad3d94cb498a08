"""What an import would bring, before it does: drafts of statements, and what people change of them.

A ``Survey`` watches a dry run of ``jobs.import_files``; nothing of it is in the project. The texts that it shows wait
in a nameless temporary file, which goes with it.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from annotator.core.edtf import readable
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem, Record
from annotator.core.likeness import Likenesses, Sketch, sketch
from annotator.core.model import Range, Statement
from annotator.core.text import clean
from annotator.core.values import dataclass
from annotator.store.reads import Reads

#: Statements of the project whose texts are compared with what comes in.
COMPARED = 20_000


@dataclass(frozen=True, slots=True)
class Key:
    """Which statement of an import: the file's path, and the how-manieth record of it, from 1."""

    place: str
    number: int


@dataclass(slots=True)
class Edits:
    """What is to be otherwise than the files say."""

    #: Fields as ``Project.edit`` takes them, by statement.
    metadata: dict[Key, dict[str, Any]] = field(default_factory=dict)
    #: The ranges of a statement instead of those proposed, with the SHA-256 of the text that they belong to.
    ranges: dict[Key, tuple[str, tuple[Range, ...]]] = field(default_factory=dict)
    left_out: set[Key] = field(default_factory=set)
    #: Encodings by file.
    encodings: dict[str, str] = field(default_factory=dict)
    #: Mappings of columns by the columns of a table.
    columns: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def apply(self, key: Key, record: Record) -> Record | None:
        """The record as it is to come in; None when it is left out."""
        if key in self.left_out:
            return None
        if key not in self.metadata and key not in self.ranges:
            return record
        statement: Statement = record.statement
        if given := self.metadata.get(key):
            statement = replace(statement, **given)
        ranges = record.ranges
        if key in self.ranges and self.ranges[key][0] == statement.text_sha256:
            ranges = self.ranges[key][1]
        return replace(record, statement=statement, ranges=ranges)


@dataclass(frozen=True, slots=True)
class Draft:
    """One statement that would come in, or a reason why none does (``problem``)."""

    key: Key
    name: str
    title: str = ""
    issuer: str = ""
    date: str = ""
    language: str = ""
    #: Code points.
    length: int = 0
    encoding: str = ""
    #: As ``store.intake`` words it: new, known, same text …
    outcome: str = ""
    problem: str = ""
    remarks: tuple[str, ...] = ()
    #: The title or file of a statement that is nearly the same, and the estimated share of common words, 0 to 1.
    like: str = ""
    likeness: float = 0.0
    text_sha256: str = ""
    #: The metadata that the file states, where they stand there by ``metadata_from``.
    statement: Statement | None = None
    #: The columns of the table that it is a row of, with the field that each holds.
    columns: tuple[str, ...] = ()

    @property
    def comes(self) -> bool:
        """Whether it would be a new statement of the project."""
        return bool(self.outcome) and self.outcome not in ("known", "same text", "kept", "attached")

    def verdict(self) -> str:
        """What is to be known of it, in words."""
        parts = [self.problem] if self.problem else []
        if self.outcome == "known":
            parts.append("known already")
        elif self.outcome == "same text":
            parts.append("the text of a statement from another source")
        elif self.outcome not in ("", "new"):
            parts.append(self.outcome)
        if self.like:
            parts.append(f"{self.likeness:.0%} like {self.like}")
        return "; ".join((*parts, *self.remarks))


class Survey:
    """Collects drafts on the thread of a dry run, while another one shows them."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        #: How often drafts were taken back, which a view must know to show them anew.
        self.withdrawn = 0
        self._texts = tempfile.TemporaryFile(prefix="annotator-")  # noqa: SIM115  # as long as this
        weakref.finalize(self, self._texts.close)
        self._places: dict[Key, tuple[int, int, tuple[Range, ...]]] = {}
        self._end = 0
        self._lock = Lock()
        self._columns: dict[str, tuple[str, ...]] = {}
        self._mappings: dict[tuple[str, ...], dict[str, str]] = {}
        self._near: Likenesses[str] = Likenesses()
        self._known: Likenesses[str] = Likenesses()

    def close(self) -> None:
        """Forget the texts."""
        with self._lock:
            self._texts.close()
            self._places.clear()

    def compare_with(self, reads: Reads) -> None:
        """Let drafts be compared with the project's own texts."""
        numbers = reads.first_numbers("", COMPARED)
        for start in range(0, len(numbers), 500):
            page = list(numbers[start : start + 500])
            titles = {summary.number: summary.title for summary in reads.summaries(page)}
            for number, text in reads.texts(page):
                self._known.add(titles.get(number) or "an untitled statement", sketch(text))

    # -- as the dry run tells ----------------------------------------------------------

    def saw_columns(self, name: str, columns: tuple[str, ...], mapping: Mapping[str, str]) -> None:
        """The table of this name has these columns, which are mapped so."""
        self._columns[name] = columns
        self._mappings[columns] = dict(mapping)

    def saw(self, key: Key, item: Item, outcome: str | Problem) -> None:
        """This item would have that outcome."""
        if isinstance(outcome, Problem) and not isinstance(item, Record):
            self.drafts.append(Draft(key, clean(outcome.place), problem=outcome.reason))
        elif isinstance(item, Record):
            self._keep(key, item)
            problem = f"{outcome.place} {outcome.reason}" if isinstance(outcome, Problem) else ""
            self.drafts.append(self._draft(key, item, "" if problem else str(outcome), problem))

    def lost(self, place: str, reason: str) -> None:
        """Nothing of this file comes in."""
        kept = [draft for draft in self.drafts if draft.key.place != place]
        if len(kept) != len(self.drafts):
            self.withdrawn += 1
            self.drafts = kept
        name = Path(place).name
        self.drafts.append(Draft(Key(place, 0), name, problem=reason, columns=self._columns.get(name, ())))

    def _draft(self, key: Key, record: Record, outcome: str, problem: str) -> Draft:
        s = record.statement
        date = next((d for d in (s.date_issued, s.date_published, s.date_collected) if d is not None), None)
        near = self._nearest(s.title, sketch(record.text)) if outcome == "new" else None
        replaced = f"{record.replaced} unusable character{'s' * (record.replaced != 1)} replaced"
        return Draft(
            key,
            s.source.name if s.source else Path(key.place).name,
            title=s.title,
            issuer=s.issuer,
            date=readable(date.edtf) if date else "",
            language=s.language,
            length=s.length,
            encoding=s.source.encoding if s.source else "",
            outcome=outcome,
            problem=problem,
            remarks=(*record.remarks, *((replaced,) if record.replaced else ())),
            like=f"“{near[0]}”" if near else "",
            likeness=near[1] if near else 0.0,
            text_sha256=s.text_sha256,
            statement=s,
            columns=self._columns.get(Path(key.place).name, ()),
        )

    def _nearest(self, title: str, of: Sketch[int]) -> tuple[str, float] | None:
        found = [near for near in (self._known.nearest(of), self._near.nearest(of)) if near is not None]
        self._near.add(title or "an untitled statement", of)
        return max(found, key=lambda near: near[1], default=None)

    # -- as a view asks ----------------------------------------------------------------

    def mapping(self, columns: tuple[str, ...]) -> dict[str, str]:
        """Which of these columns holds which field."""
        return dict(self._mappings.get(columns, {}))

    def text(self, key: Key) -> tuple[str, tuple[Range, ...]]:
        """The text of a draft as it would be stored, with its ranges; empty when there is none."""
        with self._lock:
            if key not in self._places:
                return "", ()
            start, length, ranges = self._places[key]
            self._texts.seek(start)
            return self._texts.read(length).decode("utf-8"), ranges

    def _keep(self, key: Key, record: Record) -> None:
        data = record.text.encode("utf-8")
        try:
            with self._lock:
                self._texts.seek(self._end)
                self._texts.write(data)
                self._places[key] = self._end, len(data), record.ranges
                self._end += len(data)
        except OSError as error:
            raise AnnotatorError(f"There is no space to show what would come in: {error.strerror}.") from None


def sentence(drafts: list[Draft]) -> str:
    """What would come in, in one sentence."""
    coming = sum(draft.comes for draft in drafts)
    parts = [f"{coming:,} statement{'s' * (coming != 1)} would come in"]
    for outcome, words in (("known", "known already"), ("same text", "with the text of another source")):
        if count := sum(draft.outcome == outcome for draft in drafts):
            parts.append(f"{count:,} {words}")
    if near := sum(bool(draft.like) for draft in drafts):
        parts.append(f"{near:,} nearly the same as another")
    if bad := sum(bool(draft.problem) for draft in drafts):
        parts.append(f"{bad:,} problem{'s' * (bad != 1)}")
    return ", ".join(parts) + "."


__all__ = ["Draft", "Edits", "Key", "Survey", "sentence"]
