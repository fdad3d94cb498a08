"""The codebook as a value: its tags, and what a value of an attribute must look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from annotator.core.counts import count_text, read_count
from annotator.core.dates import read_date
from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError, NotFound
from annotator.core.model import ATTRIBUTE_TYPES, DEFAULTS, Attribute, Choice, Example, Tag, TagName
from annotator.core.query import LARGEST, RESERVED
from annotator.core.text import clean
from annotator.core.values import dataclass

SHAPES = ("square", "circle", "diamond", "triangle", "hexagon", "star")
UNDERLINES = ("solid", "dashed", "dotted", "double", "wave", "dashdot")
#: What stands for an actor whom the text does not name, where the attribute allows it.
UNSPECIFIED = "unspecified"
#: Which field of a value says what an attribute of that type means; one of them must be there.
_FIELDS = {
    "actors": ("actor",),
    "actor": ("actor",),
    "text": ("value",),
    "long_text": ("value",),
    "choice": ("value",),
    "date": ("edtf",),
    "count": ("min", "max", "text"),
}


@dataclass(frozen=True, slots=True)
class Codebook:
    """The tags in their order, and the rules that hold for all of them."""

    tags: tuple[Tag, ...] = ()
    rules: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Tag]:
        return iter(self.tags)

    def __contains__(self, name: str) -> bool:
        return any(tag.name == name for tag in self.tags)

    def tag(self, name: str) -> Tag:
        """The tag of that name, label or key; raises ``NotFound`` with the names there are."""
        for tag in self.tags:
            if name == tag.name:
                return tag
        wanted = name.casefold()
        for tag in self.tags:
            if wanted and wanted in (tag.name.casefold(), tag.label.casefold(), tag.key):
                return tag
        known = ", ".join(tag.name for tag in self.tags) or "none"
        raise NotFound(f"the codebook has no tag “{name}”; it has: {known}")

    def of_key(self, key: str) -> Tag | None:
        return next((tag for tag in self.tags if tag.key == key), None)

    def children(self, parent: str = "") -> tuple[Tag, ...]:
        """The tags right under that one, in their order; without it, those at the top of the tree."""
        names = {tag.name for tag in self.tags}
        return tuple(tag for tag in self.tags if (tag.parent if tag.parent in names else "") == parent)

    def tree(self) -> Iterator[tuple[int, Tag]]:
        """Each tag with its depth, a parent before its children; what stands in a circle comes at the top."""
        passed: set[str] = set()

        def under(parent: str, depth: int) -> Iterator[tuple[int, Tag]]:
            for tag in self.children(parent):
                if tag.name not in passed:
                    passed.add(tag.name)
                    yield depth, tag
                    yield from under(tag.name, depth + 1)

        yield from under("", 0)
        for tag in self.tags:
            if tag.name not in passed:
                yield 0, tag

    def attribute_names(self) -> frozenset[str]:
        return frozenset(a.name for tag in self.tags for a in tag.attributes)


def tag_from_json(data: Mapping[str, Any]) -> Tag:
    """The tag that JSON describes; raises ``AnnotatorError`` naming what is wrong with it."""
    name = data.get("name")
    if not isinstance(name, str) or not name:
        raise AnnotatorError("a tag of the codebook has no name")
    attributes = tuple(_attribute_from_json(name, each) for each in data.get("attributes", ()))
    seen: set[str] = set()
    for attribute in attributes:
        if attribute.name in seen:
            raise AnnotatorError(f"tag “{name}” has the attribute “{attribute.name}” twice")
        seen.add(attribute.name)
    return Tag(
        name=TagName(name),
        label=data.get("label") or name,
        color=data.get("color") or "#666666",
        color_dark=data.get("color_dark") or "",
        shape=data.get("shape") or "square",
        underline=data.get("underline") or "solid",
        key=str(data.get("key") or ""),
        definition=data.get("definition") or "",
        include=tuple(data.get("include", ())),
        exclude=tuple(data.get("exclude", ())),
        rules=tuple(data.get("rules", ())),
        overlap=data.get("overlap") or "refuse",
        attributes=attributes,
        parent=data.get("parent") or "",
        version=max(1, int(data.get("version") or 1)),
        examples=tuple(
            Example(e["quote"], e.get("annotation") or "", e.get("note") or "") for e in data.get("examples", ())
        ),
        memo=data.get("memo") or "",
    )


def _attribute_from_json(tag: str, data: Mapping[str, Any]) -> Attribute:
    name, kind = data.get("name"), data.get("type", "text")
    if not isinstance(name, str) or not name:
        raise AnnotatorError(f"an attribute of tag “{tag}” has no name")
    if name in RESERVED:
        raise AnnotatorError(f"“{name}” is a word of the query language and cannot name an attribute of tag “{tag}”")
    if kind not in ATTRIBUTE_TYPES:
        raise AnnotatorError(
            f"attribute “{name}” of tag “{tag}” has the unknown type “{kind}”; it can be {', '.join(ATTRIBUTE_TYPES)}"
        )
    if (default := data.get("default") or "") not in DEFAULTS:
        raise AnnotatorError(
            f"attribute “{name}” of tag “{tag}” has the unknown default “{default}”; it can be issuer, last"
        )
    return Attribute(
        name=name,
        label=data.get("label") or name.replace("_", " ").capitalize(),
        type=kind,
        required=bool(data.get("required", False)),
        definition=data.get("definition") or "",
        unspecified=bool(data.get("unspecified", False)),
        values=tuple(
            Choice(v["name"], v.get("label") or v["name"], v.get("definition") or "", bool(v.get("retired", False)))
            for v in data.get("values", ())
        ),
        default=default,
    )


def tag_to_json(tag: Tag) -> dict[str, Any]:
    """The tag as plain data, every field named, in the order of the format."""
    return asdict(replace(tag)) | {"attributes": [_attribute_to_json(a) for a in tag.attributes]}


def _attribute_to_json(attribute: Attribute) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": attribute.name,
        "label": attribute.label,
        "type": attribute.type,
        "required": attribute.required,
        "definition": attribute.definition,
        "unspecified": attribute.unspecified,
    }
    if attribute.values:
        data["values"] = [_choice_to_json(v) for v in attribute.values]
    if attribute.default:
        data["default"] = attribute.default
    return data


def _choice_to_json(choice: Choice) -> dict[str, Any]:
    data: dict[str, Any] = {"name": choice.name, "label": choice.label, "definition": choice.definition}
    return data | {"retired": True} if choice.retired else data


def missing(tag: Tag, attributes: Mapping[str, Any]) -> tuple[Attribute, ...]:
    """The required attributes that have no value yet: shown as missing, never blocking."""
    return tuple(a for a in tag.attributes if a.required and not attributes.get(a.name))


def check_values(name: str, values: Any, attribute: Attribute | None = None) -> list[dict[str, Any]]:
    """These attribute values, in their one shape; raises ``AnnotatorError`` naming what is wrong.

    With the attribute's definition, a choice must be one of its vocabulary, a date EDTF, a count whole numbers.
    Values of attributes that the codebook does not know are kept: they may come from another codebook.
    """
    if not isinstance(values, list) or not all(isinstance(v, dict) for v in values):
        raise AnnotatorError(f"attribute “{name}” must be a list of objects")
    for value in values:
        kinds = [k for k in ("value", "actor", "edtf", "min", "max", "text") if k in value]
        if not kinds:
            raise AnnotatorError(f"a value of attribute “{name}” has none of value, actor, edtf, min, max or text")
        unknown = set(value) - {"value", "actor", "edtf", "basis", "min", "max", "text", "anchor"}
        if unknown:
            raise AnnotatorError(f"a value of attribute “{name}” has the unknown field “{min(unknown)}”")
        if "edtf" in value:
            check_edtf(value["edtf"], what=f"attribute “{name}”")
        if value.get("basis", "in_text") not in ("in_text", "inferred"):
            raise AnnotatorError(f"the basis of attribute “{name}” is in_text or inferred, not “{value['basis']}”")
        for bound in ("min", "max"):
            number = value.get(bound)
            if number is not None and (type(number) is not int or not 0 <= number <= LARGEST):
                raise AnnotatorError(f"{bound} of attribute “{name}” must be a whole number, not {number!r}")
        low, high = value.get("min"), value.get("max")
        if low is not None and high is not None and low > high:
            raise AnnotatorError(f"attribute “{name}” has min {low} over max {high}")
    if attribute is not None:
        _check_against(attribute, values)
    return values


def _check_against(attribute: Attribute, values: list[dict[str, Any]]) -> None:
    if attribute.type != "actors" and len(values) > 1:
        raise AnnotatorError(f"attribute “{attribute.name}” takes one value, not {len(values)}")
    for value in values:
        wanted = _FIELDS[attribute.type]
        if not any(field in value for field in wanted) and not (
            attribute.unspecified and value.get("value") == UNSPECIFIED
        ):
            raise AnnotatorError(f"attribute “{attribute.name}” takes values with {' or '.join(wanted)}")
    if attribute.type == "choice":
        known = [c.name for c in attribute.values]
        for value in values:
            if value.get("value") not in known:
                offered = ", ".join(c.name for c in attribute.offered)
                raise AnnotatorError(f"“{value.get('value')}” is no value of “{attribute.name}”; it takes: {offered}")


def parse_value(
    attribute: Attribute,
    text: str,
    actor: Callable[[str], str],
    before: Sequence[Mapping[str, Any]] = (),
    actor_name: Callable[[str], str] | None = None,
    said: str = "",
) -> list[dict[str, Any]]:
    """What a person typed for an attribute, as values; an empty text clears it.

    Actors are separated by ``;`` and found or made by calling ``actor(name)``, which returns an id.
    A count is ``3``, ``3-5`` or words, which are kept as its text. A date is read as people write it, its words
    lean on ``said``, the EDTF date of the statement. A value of ``before`` that reads
    as it did stays as it is: the text says nothing of its anchor, basis or which of two namesakes it means.
    """
    text = clean(text.strip())
    if not text:
        return []
    kept = {typed_text(value, actor_name): dict(value) for value in before}
    if text == "; ".join(kept):
        return list(kept.values())
    values = _parse(attribute, text, actor, said)
    if attribute.type == "date" and values and ("text" in values[0] or text.endswith(")")):
        return values
    if attribute.type == "date" and before and values:
        # Another day was typed over it: what it rests on was not said anew.
        values[0]["basis"] = before[0].get("basis", "in_text")
    return [kept.get(typed_text(value, actor_name), value) for value in values]


def _parse(attribute: Attribute, text: str, actor: Callable[[str], str], said: str) -> list[dict[str, Any]]:
    if attribute.type in ("actors", "actor"):
        names = [n.strip() for n in text.split(";") if n.strip()] if attribute.type == "actors" else [text]
        return [
            {"value": UNSPECIFIED} if n == UNSPECIFIED and attribute.unspecified else {"actor": actor(n)}
            for n in dict.fromkeys(names)
        ]
    if attribute.type == "date":
        reading = read_date(text, said)
        words = {"text": reading.words} if reading.words else {}
        return check_values(attribute.name, [{"edtf": reading.edtf, "basis": reading.basis, **words}], attribute)
    if attribute.type == "count":
        return check_values(attribute.name, [read_count(text)], attribute)
    if attribute.type == "choice":
        for choice in attribute.values:
            if text.casefold() in (choice.name.casefold(), choice.label.casefold()):
                text = choice.name
                if choice.retired:
                    offered = ", ".join(c.name for c in attribute.offered)
                    raise AnnotatorError(f"“{text}” was retired from “{attribute.name}”; it takes: {offered}")
    return check_values(attribute.name, [{"value": text}], attribute)


def value_text(value: Mapping[str, Any], actor_name: Callable[[str], str] | None = None) -> str:
    """One attribute value as a person reads it."""
    if "actor" in value:
        return actor_name(value["actor"]) if actor_name else str(value["actor"])
    if "edtf" in value:
        return str(value["edtf"])
    if "value" in value:
        return str(value["value"])
    if value.get("text"):
        return str(value["text"])
    low, high = value.get("min"), value.get("max")
    return str(low) if low == high or high is None else f"{low}–{high}" if low is not None else str(high)


def typed_text(value: Mapping[str, Any], actor_name: Callable[[str], str] | None = None) -> str:
    """One attribute value as a person types it: of a count, with the bounds that its words do not say."""
    return count_text(value) if _is_count(value) else value_text(value, actor_name)


def _is_count(value: Mapping[str, Any]) -> bool:
    return not {"actor", "edtf", "value"} & value.keys()
