"""Tagging: what a coder does to passages, one method for each intention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.core.codebook import check_values, parse_value
from annotator.core.errors import AnnotatorError, NotFound, Overlap
from annotator.core.model import (
    ActorId,
    Annotation,
    AnnotationId,
    Changes,
    StatementId,
    Tag,
    new_id,
    now,
)
from annotator.core.text import Anchor, Span, clean
from annotator.store.actors import Actors
from annotator.store.driver import Row
from annotator.store.rows import ANNOTATION_COLUMNS, annotation_row, dumps, insert_sql

#: The attribute that keeps the words of a date, in the tags that have it.
TIME_TEXT = "time_text"
_INSERT = insert_sql("annotation", ANNOTATION_COLUMNS)


class Passages(Actors):
    """Annotations."""

    def annotate(
        self,
        statement: str,
        tag: str,
        span: Span,
        *,
        attributes: Mapping[str, Any] | None = None,
        given: Mapping[str, str] | None = None,
        note: str = "",
        status: str = "made",
        origin: str | None = None,
        allow_overlap: bool = False,
    ) -> Changes:
        """The current coder says that this span carries the tag; ``result`` is the annotation's id.

        ``given`` are attributes as a person types them; actors that are not known are made in the same step.
        An exact repeat returns the existing id and changes nothing. Raises ``Overlap`` when the coder holds
        the tag on part of these words already and the tag refuses that.
        """
        entry = self.codebook.tag(tag)
        text = self.text(statement)
        anchor = Anchor.at(text, span)
        there = self._overlapping(statement, entry.name, self.coder.id, span)
        for row in there:
            if (row["start"], row["end"]) == (span.start, span.end):
                return Changes(f"Tag as {entry.label.lower()}", result=row["id"])
        if there and entry.overlap == "refuse" and not allow_overlap:
            raise Overlap(
                f"These words overlap a passage that you tagged {entry.label} already;"
                " extend that one, or tag words outside of it.",
                there[0]["id"],
            )
        moment = now()
        with self.step(f"Tag as {entry.label.lower()}") as step:
            typed = self.parse_values(entry.name, given, said=self.said(statement)) if given else {}
            values = self._checked_values(entry, {**(attributes or {}), **typed})
            annotation = Annotation(
                AnnotationId(new_id()), StatementId(statement), entry.name, self._ensure_coder(), span.start, span.end,
                anchor.quote, anchor.prefix, anchor.suffix, values, clean(note), status, origin, moment, moment,
                entry.version,
            )  # fmt: skip
            self._insert_annotation(annotation)
            step.result = annotation.id
        return step.changes

    def _overlapping(self, statement: str, tag: str, coder: str, span: Span, but: str = "") -> list[Row]:
        """The annotations of that tag and coder that share words with the span, in text order."""
        return self._connection.all(
            'SELECT id, start, "end" FROM annotation WHERE statement = ? AND tag = ? AND coder = ?'
            ' AND start < ? AND "end" > ? AND id <> ? ORDER BY start, "end"',
            (statement, tag, coder, span.end, span.start, but),
        )

    def _insert_annotation(self, annotation: Annotation) -> None:
        self._connection.execute(_INSERT, annotation_row(annotation))

    def _checked_values(self, tag: Tag, attributes: Mapping[str, Any]) -> dict[str, Any]:
        checked = {}
        for name, values in attributes.items():
            attribute = tag.attribute(name)
            if attribute is None:
                known = ", ".join(a.name for a in tag.attributes)
                raise AnnotatorError(f"The tag {tag.name} has no attribute “{name}”; it has: {known}.")
            if values:
                checked[name] = check_values(name, values, attribute)
                self._check_actors(name, checked[name])
        return checked

    def _check_actors(self, name: str, values: Sequence[Mapping[str, Any]]) -> None:
        for value in values:
            if "actor" in value:
                try:
                    self.actor(value["actor"])
                except NotFound:
                    raise AnnotatorError(f"Attribute “{name}” names the unknown actor {value['actor']}.") from None

    def _update(self, label: str, ids: Sequence[str], **values: Any) -> Changes:
        """One step that gives these annotations these column values."""
        columns = ", ".join(f'"{name}" = ?' for name in values)
        with self.step(label) as step:
            for identifier in ids:
                changed = self._connection.execute(
                    f"UPDATE annotation SET {columns}, modified_at = ? WHERE id = ?",
                    (*values.values(), now(), identifier),
                )
                if not changed.rowcount:
                    raise NotFound(f"There is no passage {identifier} in {self.path.name}.")
            step.result = ids[0] if len(ids) == 1 else ""
        return step.changes

    def retag(self, ids: Sequence[str], tag: str) -> Changes:
        """Give these annotations another tag; attributes of the same name and type stay, the others go.

        Raises ``Overlap`` like ``annotate``.
        """
        entry = self.codebook.tag(tag)
        found = [a for a in map(self.annotation, dict.fromkeys(ids)) if a.tag != entry.name]
        label = f"Retag as {entry.label.lower()}" + _many(found)
        if not found:
            return Changes(label)
        self._before_much(len(found))
        with self.step(label) as step:
            for a in found:
                # Those of this step that were retagged before it are asked as well.
                others = self._overlapping(a.statement, entry.name, a.coder, Span(a.start, a.end))
                if others and entry.overlap == "refuse":
                    raise Overlap(
                        f"These words overlap a passage that is tagged {entry.label} already.", others[0]["id"]
                    )
                kept = {
                    name: values
                    for name, values in a.attributes.items()
                    if (attribute := entry.attribute(name)) and _fits(attribute, values)
                }
                self._connection.execute(
                    "UPDATE annotation SET tag = ?, tag_version = ?, attributes = ?, modified_at = ? WHERE id = ?",
                    (entry.name, entry.version, dumps(kept), now(), a.id),
                )
            step.result = found[0].id if len(found) == 1 else ""
        return step.changes

    def resize(self, annotation: str, span: Span) -> Changes:
        """Move an annotation's boundaries within its statement; raises ``Overlap`` like ``annotate``."""
        a = self.annotation(annotation)
        if (a.start, a.end) == (span.start, span.end):
            return Changes("Move boundary", result=annotation)
        anchor = Anchor.at(self.text(a.statement), span)
        tag = self.codebook.tag(a.tag)
        others = self._overlapping(a.statement, a.tag, a.coder, span, but=annotation)
        if others and tag.overlap == "refuse":
            raise Overlap(f"The passage would overlap another one that is tagged {tag.label}.", others[0]["id"])
        return self._update(
            "Move boundary", [annotation], start=span.start, end=span.end, quote=anchor.quote, prefix=anchor.prefix,
            suffix=anchor.suffix,
        )  # fmt: skip

    def note(self, annotation: str, text: str) -> Changes:
        """Set an annotation's note."""
        text = clean(text)
        if self.annotation(annotation).note == text:
            return Changes("Edit note", result=annotation)
        return self._update("Edit note", [annotation], note=text)

    def set_values(self, annotation: str, values: Mapping[str, Any]) -> Changes:
        """Set some attributes of an annotation; an empty list of values clears one."""
        a = self.annotation(annotation)
        tag = self.codebook.tag(a.tag)
        checked = self._checked_values(tag, values)
        merged = {**a.attributes, **checked}
        for name, given in values.items():
            if not given:
                merged.pop(name, None)
        if merged == a.attributes or (not merged and not a.attributes):
            return Changes("Set attribute", result=annotation)
        label = f"Set {next(iter(values))}" if len(values) == 1 else "Set attributes"
        return self._update(label, [annotation], attributes=dumps(merged))

    def said(self, statement: str) -> str:
        """The day on which words like “yesterday” lean, as EDTF: when it was issued, else published; empty without."""
        there = self.statement(statement)
        date = there.date_issued or there.date_published
        return date.edtf if date is not None else ""

    def parse_values(
        self, tag: str, given: Mapping[str, str], before: Mapping[str, Any] | None = None, said: str = ""
    ) -> dict[str, Any]:
        """What a person typed for a tag's attributes, as values; within a step, actors that are not known are made.

        A value of ``before`` that reads as it did stays as it is, with its anchor and basis. The words of a date that
        leans on ``said`` are written into the tag's ``time_text``, if that is empty.
        """
        entry = self.codebook.tag(tag)
        parsed = {}
        for name, text in given.items():
            attribute = entry.attribute(name)
            if attribute is None:
                known = ", ".join(a.name for a in entry.attributes)
                raise AnnotatorError(f"The tag {entry.name} has no attribute “{name}”; it has: {known}.")
            parsed[name] = parse_value(
                attribute, text, self._actor_called, (before or {}).get(name, ()), self.actor_name, said
            )
            words = parsed[name][0].get("text") if attribute.type == "date" and parsed[name] else None
            place = entry.attribute(TIME_TEXT)
            if words and place and place.type == "text" and not {**(before or {}), **given, **parsed}.get(TIME_TEXT):
                parsed[TIME_TEXT] = [{"value": words}]
        return parsed

    def _actor_called(self, name: str) -> ActorId:
        found = self.find_actor(name)
        return found.id if found else ActorId(self.add_actor(name).result)

    def describe(self, annotation: str, given: Mapping[str, str]) -> Changes:
        """Set attributes as a person types them; actors that are not known are made in the same step."""
        a = self.annotation(annotation)
        label = f"Set {next(iter(given))}" if len(given) == 1 else "Set attributes"
        with self.step(label) as step:
            self.set_values(annotation, self.parse_values(a.tag, given, a.attributes, self.said(a.statement)))
            step.result = annotation
        return step.changes

    def remove(self, ids: Sequence[str]) -> Changes:
        """Remove annotations and the links that touch them."""
        found = [self.annotation(identifier) for identifier in dict.fromkeys(ids)]
        names = {self.codebook.tag(a.tag).label.lower() if a.tag in self.codebook else a.tag for a in found}
        self._before_much(len(found))
        with self.step(f"Remove {names.pop() if len(names) == 1 else 'passages'}{_many(found)}") as step:
            for a in found:
                self._connection.execute("DELETE FROM link WHERE source = ?1 OR target = ?1", (a.id,))
                self._connection.execute("DELETE FROM annotation WHERE id = ?", (a.id,))
        return step.changes


def _fits(attribute: Any, values: Any) -> bool:
    try:
        check_values(attribute.name, values, attribute)
    except AnnotatorError:
        return False
    return True


def _many(found: Sequence[Annotation]) -> str:
    return f" ({len(found)} passages)" if len(found) > 1 else ""
