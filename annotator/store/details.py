"""Values of a passage that nobody types: picked from the text, or taken over from another passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.core.codebook import check_values
from annotator.core.errors import AnnotatorError
from annotator.core.model import Annotation, Changes, Tag
from annotator.core.text import Anchor, Span
from annotator.store.passages import Passages
from annotator.store.rows import annotation_of

#: Among so many of the latest passages the one to take values from is looked for.
_LATEST = 2_000
#: So many of them are asked for values, one attribute after the other.
_ASKED = 30


class Details(Passages):
    """What fills the attributes of a passage, one intention each."""

    def pick(self, annotation: str, name: str, span: Span, typed: str = "") -> Changes:
        """Let these words of the statement say an attribute: their value, with the anchor that points to them.

        ``typed`` is what they say where that is not the words themselves: the name of an actor, say. Of an attribute
        with several actors the words say one more, or one that is there already; any other value takes the place of
        the one before. The words of a choice only come to the value that it has. Raises ``AnnotatorError`` when the
        attribute cannot hold what the words say.
        """
        a = self.annotation(annotation)
        entry = self.codebook.tag(a.tag)
        attribute = entry.attribute(name)
        if attribute is None:
            raise AnnotatorError(f"The tag {entry.name} has no attribute “{name}”.")
        found = Anchor.at(self.text(a.statement), span)
        anchor = {
            "start": span.start,
            "end": span.end,
            "quote": found.quote,
            "prefix": found.prefix,
            "suffix": found.suffix,
        }
        before = list(a.attributes.get(name, ()))
        if attribute.type == "choice" and not typed:
            if not before:
                raise AnnotatorError(f"Choose a value for {attribute.label} first; then its words can be picked.")
            return self._put(annotation, {name: [{**before[0], "anchor": anchor}]}, f"Set {name}")
        words = typed or (found.quote if attribute.type == "long_text" else " ".join(found.quote.split()))
        if not words.strip():
            raise AnnotatorError("There are no words in the selection.")
        if attribute.type in ("actors", "actor"):
            words = words.replace(";", ",")
        with self.step(f"Set {name}") as step:
            values = self.parse_values(a.tag, {name: words}, {**a.attributes, name: []}, self.said(a.statement))
            for value in (each for several in values.values() for each in several):
                value["anchor"] = anchor
            if attribute.type == "actors":
                said = [value.get("actor", value.get("value")) for value in values[name]]
                there = [value.get("actor", value.get("value")) for value in before]
                merged = [values[name][said.index(v)] if v in said else b for v, b in zip(there, before, strict=True)]
                values[name] = merged + [v for v, each in zip(values[name], said, strict=True) if each not in there]
            self.set_values(annotation, values)
            step.result = annotation
        return step.changes

    def take_over(self, annotation: str, given: Mapping[str, Any], *, statement: str, label: str) -> Changes:
        """Set what fits of another passage's values: attributes of the same name that can hold them.

        ``statement`` is where they come from: words that are picked from another text are not taken along.
        """
        a = self.annotation(annotation)
        fitting = fitting_values(self.codebook.tag(a.tag), given)
        if statement != a.statement:
            fitting = {name: [_without_anchor(value) for value in values] for name, values in fitting.items()}
        return self._put(annotation, fitting, label)

    def _put(self, annotation: str, values: Mapping[str, Any], label: str) -> Changes:
        with self.step(label) as step:
            self.set_values(annotation, values)
            step.result = annotation
        return step.changes

    def values_before(self, annotation: str) -> tuple[dict[str, Any], dict[str, str]]:
        """What the coder set for each attribute when it was last set, and the statement that each comes from.

        Asked are the latest passages of this tag by this coder: at first those of the same statement, then all.
        """
        a = self.annotation(annotation)
        entry = self.codebook.tag(a.tag)
        found: dict[str, Any] = {}
        source: dict[str, str] = {}
        for each in (*self._latest(a, here=True), *self._latest(a, here=False)):
            for name, values in fitting_values(entry, each.attributes).items():
                if name not in found:
                    found[name], source[name] = values, each.statement
        return found, source

    def _latest(self, a: Annotation, *, here: bool) -> list[Annotation]:
        mine = "tag = ? AND coder = ? AND id <> ? AND attributes <> '{}'"
        if here:
            order = f"ORDER BY modified_at DESC, id DESC LIMIT {_ASKED}"
            sql = f"SELECT * FROM annotation WHERE statement = ? AND {mine} {order}"
            rows = self._connection.all(sql, (a.statement, a.tag, a.coder, a.id))
        else:
            # Ids sort by time: the latest are at the end of the key, wherever they stand.
            sql = (
                f"SELECT * FROM (SELECT * FROM annotation ORDER BY id DESC LIMIT {_LATEST}) WHERE {mine}"
                f" ORDER BY modified_at DESC, id DESC LIMIT {_ASKED}"
            )
            rows = self._connection.all(sql, (a.tag, a.coder, a.id))
        return [annotation_of(row) for row in rows]


def fitting_values(tag: Tag, given: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Those of these attributes that the tag has too and that can hold these values."""
    fitting: dict[str, Any] = {}
    for name, values in given.items():
        attribute = tag.attribute(name)
        if attribute is None or not values:
            continue
        try:
            fitting[name] = check_values(name, [dict(value) for value in values], attribute)
        except AnnotatorError:
            continue
    return fitting


def _without_anchor(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key != "anchor"}
