"""Steps over many passages at once: planned first, so that the coder sees what is touched and what is passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from annotator.core.codebook import check_values
from annotator.core.errors import AnnotatorError
from annotator.core.model import Annotation, Changes, Tag, now
from annotator.core.text import Span, clean
from annotator.core.values import dataclass
from annotator.store.passages import Passages
from annotator.store.rows import annotation_of, dumps

RETAG, SET, NOTE, REMOVE = "retag", "set", "note", "remove"
#: Passages that are read and written together, and those that a plan shows.
CHUNK, SAMPLES = 500, 8
#: Passages that one slice of planning looks at.
SLICE = 250


@dataclass(frozen=True, slots=True)
class Bulk:
    """One thing to do to many passages: retag as ``value``, set attribute ``name``, set the note, or remove.

    ``value`` is what a person would type; an empty one clears an attribute.
    """

    kind: str
    value: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What a bulk step would change, and how many it passes over, by reason."""

    bulk: Bulk
    ids: tuple[str, ...]
    statements: int
    samples: tuple[Annotation, ...]
    skipped: Mapping[str, int]

    def __str__(self) -> str:
        passages, statements = len(self.ids), self.statements
        return (
            f"{passages:,} passage{'s' * (passages != 1)} in {statements:,} statement{'s' * (statements != 1)}"
            if passages
            else "No passage would change"
        )


class Bulks(Passages):
    """What is done to many passages in one step."""

    def plan_bulk(self, ids: Iterable[str], bulk: Bulk) -> BulkPlan:
        """What ``do_bulk`` would do to these passages now; changes nothing.

        Raises ``AnnotatorError`` where it could be done to none: for a tag, attribute or value that there is not.
        """
        return next(plan for plan in self.plan_bulk_steps(ids, bulk) if plan is not None)

    def plan_bulk_steps(self, ids: Iterable[str], bulk: Bulk) -> Iterator[BulkPlan | None]:
        """The same by slices of some milliseconds: None after each, and at last the plan."""
        self._check_bulk(bulk)
        fitting: list[str] = []
        samples: list[Annotation] = []
        statements: set[str] = set()
        skipped: dict[str, int] = {}
        taken: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for n, a in enumerate(self._each_of(ids), 1):
            if n % SLICE == 0:
                yield None
            reason = self._reason(a, bulk, taken)
            if reason:
                skipped[reason] = skipped.get(reason, 0) + 1
                continue
            fitting.append(a.id)
            statements.add(a.statement)
            if len(samples) < SAMPLES:
                samples.append(a)
        yield BulkPlan(bulk, tuple(fitting), len(statements), tuple(samples), skipped)

    def do_bulk(self, ids: Iterable[str], bulk: Bulk) -> Changes:
        """Do this to those of these passages that it fits, as one step; see ``plan_bulk`` for which those are."""
        plan = self.plan_bulk(ids, bulk)
        many = f" ({len(plan.ids):,} passages)" if len(plan.ids) != 1 else ""
        label = self._bulk_label(bulk) + many
        if not plan.ids:
            return Changes(label)
        self._before_much(len(plan.ids))
        with self.step(label) as step:
            if bulk.kind == REMOVE:
                for some in _chunks(plan.ids):
                    marks = ", ".join("?" * len(some))
                    self._connection.execute(
                        f"DELETE FROM link WHERE source IN ({marks}) OR target IN ({marks})", (*some, *some)
                    )
                    self._connection.execute(f"DELETE FROM annotation WHERE id IN ({marks})", some)
            else:
                self._rewrite(plan.ids, bulk)
            step.result = plan.ids[0] if len(plan.ids) == 1 else ""
        return step.changes

    def plan_tags(self, places: Sequence[tuple[str, Span]], tag: str) -> list[str]:
        """For each place (a statement and words of it) why it would not be tagged; empty for those that would be."""
        entry = self.codebook.tag(tag)
        reasons: list[str] = []
        taken: dict[str, list[Span]] = {}
        for statement, span in places:
            rows = self._overlapping(statement, entry.name, self.coder.id, span)
            others = [Span(row["start"], row["end"]) for row in rows]
            here = taken.setdefault(statement, [])
            if span in others:
                reasons.append("is tagged so already")
            elif span in here:
                reasons.append("is the same words as another place")
            elif entry.overlap == "refuse" and (others or any(span.overlaps(each) for each in here)):
                reasons.append("overlaps a passage of that tag")
            else:
                here.append(span)
                reasons.append("")
        return reasons

    def tag_places(self, places: Sequence[tuple[str, Span]], tag: str) -> Changes:
        """Tag all of these places that ``plan_tags`` passes, as one step."""
        name = self.codebook.tag(tag).name
        fitting = [place for place, why in zip(places, self.plan_tags(places, name), strict=True) if not why]
        many = f" ({len(fitting):,} passages)" if len(fitting) != 1 else ""
        label = f"Tag as {self.codebook.tag(tag).label.lower()}{many}"
        if not fitting:
            return Changes(label)
        self._before_much(len(fitting))
        with self.step(label) as step:
            for statement, span in fitting:
                self.annotate(statement, name, span, allow_overlap=True)
        return step.changes

    def _rewrite(self, ids: Sequence[str], bulk: Bulk) -> None:
        moment = now()
        if bulk.kind == NOTE:
            note = clean(bulk.value)
            self._connection.executemany(
                "UPDATE annotation SET note = ?, modified_at = ? WHERE id = ?", ((note, moment, each) for each in ids)
            )
            return
        entry = self.codebook.tag(bulk.value) if bulk.kind == RETAG else None
        # What is typed is read once for each tag; actors that are not known are made then.
        values: dict[str, list[dict[str, Any]]] = {}
        rows = []
        for a in self._each_of(ids):
            if entry is not None:
                kept = {n: v for n, v in a.attributes.items() if (at := entry.attribute(n)) and _fits(at, v)}
                rows.append((entry.name, entry.version, dumps(kept), moment, a.id))
                continue
            if a.tag not in values:
                values[a.tag] = self.parse_values(a.tag, {bulk.name: bulk.value})[bulk.name]
            merged = {**a.attributes, bulk.name: values[a.tag]}
            if not values[a.tag]:
                del merged[bulk.name]
            rows.append((a.tag, a.tag_version, dumps(merged), moment, a.id))
        self._connection.executemany(
            "UPDATE annotation SET tag = ?, tag_version = ?, attributes = ?, modified_at = ? WHERE id = ?", rows
        )

    def _check_bulk(self, bulk: Bulk) -> None:
        if bulk.kind == RETAG:
            self.codebook.tag(bulk.value)
        elif bulk.kind == SET:
            known = {a.name: a for tag in self.codebook for a in tag.attributes}
            if bulk.name not in known:
                raise AnnotatorError(f"The codebook has no attribute “{bulk.name}”.")
            # A value that no tag takes is refused before anything is begun.
            from annotator.core.codebook import parse_value

            troubles = []
            for attribute in (a for tag in self.codebook for a in tag.attributes if a.name == bulk.name):
                try:
                    parse_value(attribute, bulk.value, str)
                    return
                except AnnotatorError as error:
                    troubles.append(error)
            raise troubles[0]

    def _bulk_label(self, bulk: Bulk) -> str:
        if bulk.kind == RETAG:
            return f"Retag as {self.codebook.tag(bulk.value).label.lower()}"
        if bulk.kind == SET:
            return f"Set {bulk.name}" if bulk.value.strip() else f"Clear {bulk.name}"
        return "Edit note" if bulk.kind == NOTE else "Remove passages"

    def _reason(self, a: Annotation, bulk: Bulk, taken: dict[tuple[str, str], list[tuple[int, int]]]) -> str:
        """Why this passage is passed over; empty when it is not."""
        if bulk.kind == RETAG:
            entry = self.codebook.tag(bulk.value)
            if a.tag == entry.name:
                return "has the tag already"
            return "overlaps a passage of that tag" if self._in_the_way(a, entry, taken) else ""
        if bulk.kind == SET:
            tag = next((t for t in self.codebook if t.name == a.tag), None)
            if tag is None or tag.attribute(bulk.name) is None:
                return "its tag has no such attribute"
            if not bulk.value.strip() and bulk.name not in a.attributes:
                return "has no value there"
        if bulk.kind == NOTE and a.note == clean(bulk.value):
            return "has that note already"
        return ""

    def _in_the_way(self, a: Annotation, entry: Tag, taken: dict[tuple[str, str], list[tuple[int, int]]]) -> bool:
        """Whether the coder holds the tag there, or will: those that are retagged with it are asked as well."""
        if entry.overlap != "refuse":
            return False
        spans = taken.get((a.statement, a.coder))
        if spans is None:
            rows = self._all(
                'SELECT start, "end" FROM annotation WHERE statement = ? AND tag = ? AND coder = ?',
                (a.statement, entry.name, a.coder),
            )
            spans = taken[a.statement, a.coder] = [(row[0], row[1]) for row in rows]
        if any(start < a.end and end > a.start for start, end in spans):
            return True
        spans.append((a.start, a.end))
        return False

    def _each_of(self, ids: Iterable[str]) -> Iterator[Annotation]:
        """These annotations by pages, each once; those that are gone are left out."""
        for some in _chunks(dict.fromkeys(ids)):
            marks = ", ".join("?" * len(some))
            rows = self._all(f"SELECT * FROM annotation WHERE id IN ({marks})", some)
            found = {row["id"]: annotation_of(row) for row in rows}
            yield from (found[each] for each in some if each in found)


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while some := list(islice(rest, CHUNK)):
        yield some


def _fits(attribute: Any, values: Any) -> bool:
    try:
        check_values(attribute.name, values, attribute)
    except AnnotatorError:
        return False
    return True


__all__ = ["NOTE", "REMOVE", "RETAG", "SET", "Bulk", "BulkPlan", "Bulks"]
