"""What changes when a codebook does: its version, values of another type, and the difference between two codebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from annotator.core.codebook import UNSPECIFIED, Codebook, check_values, value_text
from annotator.core.counts import read_count
from annotator.core.dates import read_date
from annotator.core.errors import AnnotatorError
from annotator.core.model import Attribute, Tag
from annotator.core.text import fold
from annotator.core.values import dataclass

Values = Sequence[Mapping[str, Any]]


def must_know(tag: Tag) -> tuple[Any, ...]:
    """What coders must know of a tag to apply it: everything but its looks, place, labels, examples and memo."""
    asked = tuple(
        (
            a.name,
            a.type,
            a.required,
            a.definition,
            a.unspecified,
            tuple((v.name, v.definition, v.retired) for v in a.values),
        )
        for a in tag.attributes
    )
    return (tag.definition, tag.include, tag.exclude, tag.rules, tag.overlap, frozenset(asked))


def versioned(old: Tag, new: Tag) -> Tag:
    """The new state of a tag with its version: one more than before if coders must know something else."""
    return replace(new, version=old.version + (must_know(old) != must_know(new)))


def kept(old: Tag, new: Tag) -> Tag:
    """The new state with the version of the old one: what was renamed is known by another name."""
    return replace(new, version=old.version)


def converted(values: Values, attribute: Attribute, actor_name: Any = None) -> list[dict[str, Any]] | None:
    """Values as this attribute takes them, or None where that would lose what they say.

    Words become a date, a count or a value of the vocabulary only where they can be read as one. An actor becomes its
    name; words never become an actor, for nobody said which one. Words that say so keep their anchor.
    """
    if not values or (attribute.type != "actors" and len(values) > 1):
        return None
    made = []
    for value in values:
        try:
            one = _converted(value, attribute, actor_name)
        except AnnotatorError:
            return None
        if one is None:
            return None
        if "anchor" in value:
            one["anchor"] = value["anchor"]
        made.append(one)
    try:
        return check_values(attribute.name, made, attribute)
    except AnnotatorError:
        return None


def _converted(value: Mapping[str, Any], attribute: Attribute, actor_name: Any) -> dict[str, Any] | None:
    kind = attribute.type
    if kind in ("actor", "actors"):
        if "actor" in value:
            return {"actor": value["actor"]}
        return {"value": UNSPECIFIED} if attribute.unspecified and value.get("value") == UNSPECIFIED else None
    if kind == "date" and "edtf" in value:
        return dict(value)
    if kind == "count" and not {"actor", "edtf", "value"} & value.keys():
        return dict(value)
    said = value_text(value, actor_name)
    if kind in ("text", "long_text"):
        return {"value": said}
    if kind == "date":
        reading = read_date(said)
        return {"edtf": reading.edtf, "basis": reading.basis, **({"text": reading.words} if reading.words else {})}
    if kind == "count":
        count = read_count(said)
        return dict(count) if "min" in count or "max" in count else None
    for choice in attribute.values:
        if fold(said) in (fold(choice.name), fold(choice.label)):
            return {"value": choice.name}
    return None


# -- the difference between two codebooks --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """A tag that both codebooks have, and what differs in it, as words.

    ``conflicts`` are changes under which values of passages would no longer fit, one sentence each.
    """

    tag: Tag
    what: tuple[str, ...]
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What taking over a codebook would do; tags that only the project has stay as they are."""

    new: tuple[Tag, ...] = ()
    changed: tuple[Changed, ...] = ()
    same: tuple[str, ...] = ()
    only_here: tuple[str, ...] = ()
    rules: bool = False

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.rules)

    @property
    def conflicts(self) -> tuple[str, ...]:
        return tuple(sentence for each in self.changed for sentence in each.conflicts)

    def lines(self) -> list[str]:
        """The difference as lines for people."""
        told = [f"new: {tag.label} ({tag.name})" for tag in self.new]
        told += [f"changed: {each.tag.label} ({each.tag.name}): {', '.join(each.what)}" for each in self.changed]
        told += [f"conflict: {sentence}" for sentence in self.conflicts]
        if self.rules:
            told.append("changed: the rules for all tags")
        if self.same:
            told.append(f"the same: {', '.join(self.same)}")
        if self.only_here:
            told.append(f"stays: {', '.join(self.only_here)}, which the file does not have")
        return told


def difference(here: Codebook, there: Codebook) -> Difference:
    """What would change here if that codebook were taken over."""
    known = {tag.name: tag for tag in here}
    new, changed, same = [], [], []
    for tag in there:
        if (old := known.get(tag.name)) is None:
            new.append(tag)
        elif what := _what(old, taken_over(old, tag)):
            changed.append(Changed(tag, tuple(what), tuple(_conflicts(old, tag))))
        else:
            same.append(tag.name)
    gone = tuple(tag.name for tag in here if tag.name not in there)
    return Difference(tuple(new), tuple(changed), tuple(same), gone, bool(there.rules) and here.rules != there.rules)


#: What is told by itself or belongs to a project.
_OWN = ("name", "version", "attributes")


def _what(old: Tag, new: Tag) -> list[str]:
    what = [
        each.name.replace("_", " ")
        for each in fields(Tag)
        if each.name not in _OWN and getattr(old, each.name) != getattr(new, each.name)
    ]
    before, after = ({a.name: a for a in tag.attributes} for tag in (old, new))
    what += [f"attribute {name} is new" for name in after if name not in before]
    what += [f"attribute {name} goes" for name in before if name not in after]
    what += [f"attribute {name}" for name in after if name in before and before[name] != after[name]]
    if not what and [*before] != [*after]:
        what.append("order of attributes")
    return what


def _conflicts(old: Tag, new: Tag) -> list[str]:
    told = []
    for attribute in old.attributes:
        other = new.attribute(attribute.name)
        name = f"“{attribute.name}” of {old.label}"
        if other is None:
            told.append(f"{name} is not in the file; values that passages have stay, without a place in the form")
        elif other.type != attribute.type:
            told.append(f"{name} is {attribute.type} here and {other.type} in the file")
        elif lost := [v.name for v in attribute.offered if v.name not in {c.name for c in other.values}]:
            told.append(f"{name} loses {', '.join(lost)}; they are kept as retired values")
    return told


def taken_over(old: Tag, new: Tag) -> Tag:
    """A tag as the file has it, so that nothing used is lost: values that it lacks are retired, examples stay."""
    attributes = []
    for attribute in new.attributes:
        known = old.attribute(attribute.name)
        if known is not None and known.type == attribute.type == "choice":
            names = {v.name for v in attribute.values}
            lost = tuple(replace(v, retired=True) for v in known.values if v.name not in names)
            attribute = replace(attribute, values=(*attribute.values, *lost))
        attributes.append(attribute)
    examples = (*old.examples, *(e for e in new.examples if e.quote not in {own.quote for own in old.examples}))
    return versioned(old, replace(new, attributes=tuple(attributes), examples=examples, memo=new.memo or old.memo))
