"""Corrected texts: a new version of a statement, with the annotations found again in it, as one previewed step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from hashlib import sha256
from typing import Any, TypeVar

from annotator.core.errors import AnnotatorError, NotFound
from annotator.core.model import (
    Annotation,
    AnnotationId,
    Attributes,
    Changes,
    Range,
    Source,
    Statement,
    StatementId,
    new_id,
    now,
    short,
)
from annotator.core.reanchor import FLOOR, KEPT, LOST, MOVED, UNCERTAIN, Placement, reanchor
from annotator.core.text import Anchor, Span, canonical, clean, digest
from annotator.core.values import dataclass
from annotator.store.bulk import Bulks
from annotator.store.intake import write_content, write_source
from annotator.store.links import Links
from annotator.store.rows import STATEMENT_COLUMNS, statement_row
from annotator.store.statements import Statements

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """One annotation of the old version, and where its words are in the new one.

    ``attributes`` are its values, with the words that say so where these are now; a value whose words are not found
    for sure stays without.
    """

    annotation: Annotation
    placement: Placement
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Revision:
    """What a corrected text would mean for a statement's annotations; nothing has happened yet.

    ``found`` has every annotation of the old version, in text order; ``ranges`` are the old version's, where they are
    now. ``replaced`` counts characters of the new text that no stored text may hold.
    """

    statement: StatementId
    text: str
    found: tuple[Found, ...]
    ranges: tuple[Range, ...] = ()
    floor: float = FLOOR
    replaced: int = 0

    def of_kind(self, *kinds: str) -> tuple[Found, ...]:
        """The annotations that are ``kept``, ``moved``, ``to confirm`` or ``not found``."""
        return tuple(each for each in self.found if each.placement.kind in kinds)

    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        return {kind: len(self.of_kind(kind)) for kind in (KEPT, MOVED, UNCERTAIN, LOST)}

    def taken(self, accept: Collection[str] | bool = ()) -> list[Found]:
        """What is copied: kept, moved, and of those to confirm the accepted ones (True: all); raises ``NotFound``."""
        doubtful = {each.annotation.id for each in self.of_kind(UNCERTAIN)}
        accepted = (doubtful if accept else set()) if isinstance(accept, bool) else set(accept)
        if unknown := accepted - doubtful:
            raise NotFound(f"Passage {short(min(unknown))} is not among those to confirm.")
        return [each for each in self.found if each.placement.kind in (KEPT, MOVED) or each.annotation.id in accepted]


class Versions(Bulks, Links, Statements):
    """Statements whose text was corrected."""

    def plan_revision(self, statement: str, text: str, *, floor: float = FLOOR) -> Revision:
        """Where the statement's annotations would be in this text; changes nothing.

        Raises ``AnnotatorError`` when the text is the same, or when the statement has a corrected version already.
        """
        whole, replaced = canonical(text)
        old = self._correctable(statement)
        if not 0 <= floor <= 1:
            raise AnnotatorError(f"The floor of a score lies between 0 and 1, not at {floor}.")
        if digest(whole) == old.text_sha256:
            raise AnnotatorError("The text is the one that the statement has; there is nothing to correct.")
        if not whole.strip():
            raise AnnotatorError("The corrected text is empty.")
        before = self.text(statement)
        annotations, parts = self.annotations(statement), self.ranges(statement)
        spans = [*(Span(a.start, a.end) for a in annotations), *(Span(p.start, p.end) for p in parts)]
        spans += [Span(v["anchor"]["start"], v["anchor"]["end"]) for v in _anchored(annotations)]
        placements = reanchor(before, whole, [Anchor.at(before, span) for span in spans], floor)
        of_annotations, rest = placements[: len(annotations)], placements[len(annotations) :]
        of_parts, of_values = rest[: len(parts)], iter(rest[len(parts) :])
        return Revision(
            old.id,
            whole,
            tuple(Found(a, p, _placed(a.attributes, of_values, whole)) for a, p in _pairs(annotations, of_annotations)),
            tuple(Range(p.span.start, p.span.end, part.role) for part, p in _pairs(parts, of_parts) if p.span),
            floor,
            replaced,
        )

    def _correctable(self, statement: str) -> Statement:
        old = self.statement(statement)
        newer = self._value("SELECT id FROM statement WHERE previous = ? ORDER BY id DESC", (statement,))
        if newer is not None:
            raise AnnotatorError(
                f"Statement {short(statement)} has a corrected version already, {short(newer)}; correct that one."
            )
        return old

    def revise(
        self,
        statement: str,
        text: str,
        source: Source | None = None,
        *,
        data: bytes | None = None,
        ranges: Sequence[Range] | None = None,
        accept: Collection[str] | bool = (),
        floor: float = FLOOR,
        plan: Revision | None = None,
    ) -> Changes:
        """A corrected text becomes a new version of the statement, as one step; ``result`` is the new statement's id.

        Annotations that are kept or moved are copied to it, with the old one's id as their ``origin``; of those to
        confirm, the ones that ``accept`` names (True: all). The originals stay on the old version. So do links; those
        of copied annotations are copied, to the copy of the other end where that is on the old version too. The
        metadata stay the same. ``ranges`` are those of the new text; without them the old ones are looked for.
        ``plan`` is what ``plan_revision`` gave for the same text, if a person has seen it; ``source`` and ``data`` say
        where the text came from.
        """
        if plan is None:
            plan = self.plan_revision(statement, text, floor=floor)
        elif (plan.statement, plan.text) != (statement, canonical(text)[0]):
            raise AnnotatorError("The preview is of another text.")
        elif tuple(each.annotation for each in plan.found) != self.annotations(statement):
            raise AnnotatorError("The passages changed since the preview. Look at it again.")
        taken = plan.taken(accept)
        raw = data if data is not None else text.encode("utf-8", "surrogatepass")
        source = source or Source("", "text/plain", sha256(raw).hexdigest(), len(raw), "utf-8")
        old = self._correctable(statement)
        with self.step("Add corrected version") as step:
            made = replace(
                old,
                id=StatementId(new_id()),
                text_sha256=digest(plan.text),
                length=len(plan.text),
                source=replace(source, name=clean(source.name)),
                previous=old.id,
                imported_at=now(),
                imported_by=self._ensure_coder(),
            )
            self._write_version(made, plan.text, raw)
            for part in dict.fromkeys(plan.ranges if ranges is None else ranges):
                self._connection.execute(
                    'INSERT INTO statement_range (statement, start, "end", role) VALUES (?, ?, ?, ?)',
                    (made.id, *astuple(part)),
                )
            self._copy_links(old.id, self._copy_annotations(made.id, plan.text, taken))
            step.result = made.id
        return step.changes

    def _write_version(self, statement: Statement, text: str, data: bytes) -> None:
        write_content(self._connection, statement.text_sha256, text)
        if statement.source is not None:
            source = statement.source
            write_source(self._connection, source.sha256, source.size, statement.text_sha256, data)
        self._connection.execute(
            f"INSERT INTO statement ({', '.join(STATEMENT_COLUMNS)}) VALUES"
            f" ({', '.join('?' for _ in STATEMENT_COLUMNS)})",
            statement_row(statement, None),
        )

    def _copy_annotations(self, statement: StatementId, text: str, taken: Iterable[Found]) -> dict[str, str]:
        """Copies on the new version; returns their ids by those of the originals."""
        copies: dict[str, str] = {}
        moment = now()
        for each in taken:
            if each.placement.span is None:
                continue
            anchor = Anchor.at(text, each.placement.span)
            copies[each.annotation.id] = made = AnnotationId(new_id())
            self._insert_annotation(
                replace(
                    each.annotation,
                    id=made,
                    statement=statement,
                    start=anchor.span.start,
                    end=anchor.span.end,
                    quote=anchor.quote,
                    prefix=anchor.prefix,
                    suffix=anchor.suffix,
                    attributes=each.attributes,
                    origin=each.annotation.id,
                    modified_at=moment,
                )
            )
        return copies

    def _copy_links(self, statement: str, copies: Mapping[str, str]) -> None:
        here = "SELECT id FROM annotation WHERE statement = ?1"
        for link in self._connection.all(
            f"SELECT kind, source, target, source IN ({here}) AS leaves, target IN ({here}) AS arrives FROM link"
            f" WHERE source IN ({here}) OR target IN ({here}) ORDER BY id",
            (statement,),
        ):
            source = copies.get(link["source"]) if link["leaves"] else link["source"]
            target = copies.get(link["target"]) if link["arrives"] else link["target"]
            if source and target:
                copy = (new_id(), link["kind"], source, target)
                self._connection.execute("INSERT INTO link VALUES (?, ?, ?, ?)", copy)


def _anchored(annotations: Iterable[Annotation]) -> Iterator[Mapping[str, Any]]:
    """The values that say with which words."""
    for a in annotations:
        for values in a.attributes.values():
            yield from (value for value in values if value.get("anchor") is not None)


def _placed(attributes: Attributes, placements: Iterator[Placement], text: str) -> Attributes:
    """The values with their words where they are in this text; takes one placement for each that has words."""
    placed: dict[str, list[dict[str, Any]]] = {}
    for name, values in attributes.items():
        placed[name] = []
        for value in values:
            kept = {k: v for k, v in value.items() if k != "anchor"}
            if (given := value.get("anchor")) is not None:
                found = next(placements)
                if found.span is not None and found.kind in (KEPT, MOVED):
                    whole = Anchor.at(text, found.span)
                    context = {k: getattr(whole, k) for k in ("prefix", "suffix") if k in given}
                    kept["anchor"] = {"start": found.span.start, "end": found.span.end, "quote": whole.quote, **context}
            placed[name].append(kept)
    return placed


def _pairs(ones: Sequence[T], placements: Sequence[Placement]) -> Iterator[tuple[T, Placement]]:
    return zip(ones, placements, strict=True)


__all__ = ["Found", "Revision", "Versions"]
