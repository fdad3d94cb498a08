"""UIMA CAS: what its two serialisations share. https://uima.apache.org; offsets are UTF-16 units.

A CAS is a text with feature structures, each of a type. Written are a type for each tag, under ``annotator.tag``, with
its attributes as features, all of them subtypes of ``annotator.Passage``; links are ``annotator.Link``, the statement's
metadata ``annotator.Statement``. Read is any annotation of any type that is no segmentation: its features are values,
what refers to another annotation is a link.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from annotator.core.errors import one_line
from annotator.core.exchange import Item, Losses, Problem, Record
from annotator.core.model import DATES, METADATA, Annotation, DateValue
from annotator.core.text import Utf16Map, digest
from annotator.core.values import dataclass
from annotator.formats._document import clean
from annotator.formats._foreign import Claim, Gathering, attribute_name, moment
from annotator.formats._outward import Names, count_lost_of_statement, count_lost_of_values

PASSAGE, LINK, STATEMENT, TAGS = "annotator.Passage", "annotator.Link", "annotator.Statement", "annotator.tag."
ANNOTATION, TOP, STRING, SOFA = "uima.tcas.Annotation", "uima.cas.TOP", "uima.cas.String", "uima.cas.Sofa"
DOCUMENT = "uima.tcas.DocumentAnnotation"
VIEW = "_InitialView"
#: The features that every passage has; attributes of these names, or of UIMA's, are called otherwise.
FACTS = ("id", "label", "coder", "coder_id", "note", "status", "created_at", "modified_at")
_TAKEN = frozenset((*FACTS, "begin", "end", "sofa", "self", "type"))
_IDENTIFIER = re.compile("[A-Za-z][A-Za-z0-9_]*")

#: Types that cut a text up or speak of all of it, by the last part of their names.
_SEGMENTS = frozenset(
    ("Token", "Sentence", "Paragraph", "Line", "Page", "Div", "Heading", "Word", "Lemma", "Stem", "POS", "Compound")
)
_WHOLE = frozenset(("DocumentAnnotation", "DocumentMetaData", "TagsetDescription", "SourceDocumentInformation"))
_SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type."
#: Ranges of features whose values are words or numbers.
_PRIMITIVES = frozenset(["String", "Integer", "Float", "Boolean", "Byte", "Short", "Long", "Double"])


@dataclass(slots=True)
class Structure:
    """A feature structure: ``values`` are texts, ``references`` the ids of other structures, by feature."""

    id: str
    type: str
    values: dict[str, str] = field(default_factory=dict)
    references: dict[str, list[str]] = field(default_factory=dict)


# -- writing ------------------------------------------------------------------------------


class TypeSystem:
    """The types that an export uses: for each tag its features, in the order in which they were met."""

    def __init__(self) -> None:
        self.tags: dict[str, tuple[str, dict[str, None]]] = {}

    def type_of(self, tag: str) -> str:
        return TAGS + self.tags.setdefault(tag, (identifier(tag), {}))[0]

    def feature(self, tag: str, attribute: str) -> str:
        name = identifier(attribute)
        name = f"value_{name}" if name in _TAKEN else name
        self.tags[tag][1][name] = None
        return name

    def types(self) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
        """Each type with its supertype and its own features, each with its range."""
        yield PASSAGE, ANNOTATION, [(name, STRING) for name in FACTS]
        yield LINK, TOP, [("id", STRING), ("kind", STRING), ("source", PASSAGE), ("target", PASSAGE)]
        yield STATEMENT, TOP, [(name, STRING) for name in ("id", *METADATA, *DATES, "memo")]
        for name, features in self.tags.values():
            yield TAGS + name, PASSAGE, [(each, STRING) for each in features]


def identifier(name: str) -> str:
    """The name as an identifier of Java; what is none gets a number that tells it from others."""
    if _IDENTIFIER.fullmatch(name):
        return name
    return f"t_{re.sub('[^A-Za-z0-9]+', '_', name).strip('_')[:40]}_{digest(name)[:6]}".replace("__", "_")


def structures(record: Record, names: Names, types: TypeSystem, losses: Losses) -> Iterator[Structure]:
    """The feature structures of a statement but its text, which has the id 1; offsets are UTF-16 units."""
    count_lost_of_statement(record, losses)
    units = Utf16Map(record.text)
    number = 3
    statement = record.statement
    dates = {name: date.edtf for name in DATES if (date := getattr(statement, name))}
    if any(getattr(statement, name) and getattr(statement, name).basis != "in_text" for name in DATES):
        losses.add("bases of dates (in the text or inferred)")
    if statement.extra:
        losses.add("further facts of statements", len(statement.extra))
    facts = {name: getattr(statement, name) for name in METADATA} | dates | {"memo": statement.memo}
    language = {"language": statement.language or "x-unspecified"}
    yield Structure("2", DOCUMENT, {"begin": "0", "end": str(units.to_utf16(len(record.text)))} | language)
    yield Structure("3", STATEMENT, {"id": statement.id} | {k: v for k, v in facts.items() if v})
    ids: dict[str, str] = {}
    for a in record.annotations:
        number += 1
        ids[a.id] = str(number)
        count_lost_of_values(a, losses)
        made = Structure(str(number), types.type_of(a.tag), _facts(a, names))
        made.values |= {"begin": str(units.to_utf16(a.start)), "end": str(units.to_utf16(a.end))}
        made.values |= {types.feature(a.tag, name): text for name, text in names.texts(a).items()}
        yield made
    for link in record.links:
        if link.target not in ids:
            losses.add("links between statements")
            continue
        number += 1
        ends = {"source": [ids[link.source]], "target": [ids[link.target]]}
        yield Structure(str(number), LINK, {"id": link.id, "kind": link.kind}, ends)


def _facts(a: Annotation, names: Names) -> dict[str, str]:
    values = {"id": a.id, "label": names.word(a.tag), "coder": names.coder(a.coder), "coder_id": a.coder}
    values |= {"note": a.note, "status": a.status, "created_at": a.created_at, "modified_at": a.modified_at}
    return {name: value for name, value in values.items() if value}


# -- in the child: a document as plain data -----------------------------------------------


@dataclass(slots=True)
class Hierarchy:
    """What a type system says: supertypes, and the range of each feature with those that are inherited.

    Our own links are known without one.
    """

    supers: dict[str, str] = field(default_factory=lambda: {PASSAGE: ANNOTATION})
    ranges: dict[str, dict[str, str]] = field(
        default_factory=lambda: {LINK: {"source": PASSAGE, "target": PASSAGE, "id": STRING, "kind": STRING}}
    )

    def line(self, type: str) -> list[str]:
        """The type and those above it."""
        found = [type]
        while (above := self.supers.get(found[-1])) and above not in found:
            found.append(above)
        return found

    def range(self, type: str, feature: str) -> str:
        """The range of a feature; empty when nobody says it."""
        return next((self.ranges[t][feature] for t in self.line(type) if feature in self.ranges.get(t, ())), "")

    def is_primitive(self, range: str) -> bool:
        """Whether values of this range are words or numbers: those of the standard, and subtypes of strings."""
        name = range.removesuffix("[]").removeprefix("uima.cas.").removesuffix("Array").removesuffix("List")
        return name in _PRIMITIVES or STRING in self.line(range)


def documents(found: Mapping[str, Structure], hierarchy: Hierarchy, name: str) -> Iterator[dict[str, Any]]:
    """A document for each text of a CAS, as plain data; ``problem`` where there is no text."""
    sofas = [each for each in found.values() if each.type == SOFA]
    if not sofas:
        yield {"problem": "holds no text"}
    for sofa in sofas:
        text = sofa.values.get("sofaString", "")
        if not text.strip():
            odd = "names its text by an address" if "sofaURI" in sofa.values else "has no text"
            yield {"problem": f"{odd}; its annotations were left out" if len(sofas) == 1 else f"{odd} in a view"}
            continue
        mine = [s for s in found.values() if s.references.get("sofa") == [sofa.id] or s.type in (STATEMENT, LINK)]
        view = sofa.values.get("sofaID", VIEW)
        yield _document(text, mine, found, hierarchy) | {"view": "" if view == VIEW else view, "name": name}


def _document(text: str, mine: list[Structure], found: Mapping[str, Structure], hierarchy: Hierarchy) -> dict[str, Any]:
    metadata: dict[str, str] = {}
    claims, links = [], []
    left: Counter[str] = Counter()
    kept: dict[str, Structure] = {}
    for each in mine:
        line = hierarchy.line(each.type)
        local = each.type.rpartition(".")[2]
        if each.type == STATEMENT:
            metadata |= each.values
        elif each.type == LINK:
            ends = [(each.references.get(key) or [""])[0] for key in ("source", "target")]
            links.append([each.values.get("kind") or "link", *ends, each.values.get("id", "")])
        elif local in _WHOLE or DOCUMENT in line:
            named = {"title": each.values.get("documentTitle"), "language": each.values.get("language")}
            metadata = {k: v for k, v in named.items() if v and v != "x-unspecified"} | metadata
        elif is_segmentation(each.type):
            left[local] += 1
        elif "begin" in each.values and "end" in each.values:
            kept[each.id] = each
    for each in kept.values():
        claims.append(_claim(each))
        for feature, targets in each.references.items():
            for target in () if feature == "sofa" else targets:
                links.extend(_links(each.id, feature, target, kept, found))
    return {"text": text, "metadata": metadata, "claims": claims, "links": links, "left": dict(left)}


def is_segmentation(type: str) -> bool:
    """Whether annotations of this type cut a text up, rather than say something of a passage."""
    return type.rpartition(".")[2] in _SEGMENTS or type.startswith(_SEGMENTATION)


def _claim(each: Structure) -> dict[str, Any]:
    values = dict(each.values)
    start, end = (int(n) if (n := values.pop(k)).isdecimal() and len(n) < 12 else -1 for k in ("begin", "end"))
    local = each.type.rpartition(".")[2]
    facts = {name: values.pop(name, "") for name in FACTS} if each.type.startswith(TAGS) else {}
    label = facts.pop("label", "") or local
    return {"label": label, "start": start, "end": end, "number": each.id, "facts": facts, "values": values}


def _links(
    source: str, feature: str, target: str, kept: Mapping[str, Structure], found: Mapping[str, Structure]
) -> Iterator[list[str]]:
    """What a reference says: to an annotation itself, or to a structure with a role and a target, as in DKPro."""
    if target in kept:
        yield [feature, source, target, ""]
    elif target in found and "target" in found[target].references and found[target].type != LINK:
        role = found[target].values.get("role") or feature
        for end in found[target].references["target"]:
            if end in kept:
                yield [role, source, end, ""]


# -- from plain data to records -----------------------------------------------------------


def records(document: Mapping[str, Any], file: str, program: str) -> Iterator[Item]:
    """The record of a document, its links, and what was left out."""
    name = document.get("name") or file
    place = f"{file}, {one_line(name)[:100]}" if name != file else file
    if "problem" in document:
        yield Problem(place, document["problem"])
        return
    gathering = Gathering(name, program)
    view = document["view"]
    claims, empty = [], 0
    for each in document["claims"]:
        if each["start"] == each["end"]:
            empty += 1
            continue
        facts = each["facts"]
        claims.append(
            Claim(
                each["label"],
                each["start"],
                each["end"],
                id=facts.get("id") or f"{view} {each['number']}",
                coder=facts.get("coder", ""),
                coder_id=facts.get("coder_id", ""),
                note=facts.get("note", ""),
                status=facts.get("status") or "made",
                values={_attribute(key): value for key, value in each["values"].items()},
                created_at=moment(facts.get("created_at", "")),
                modified_at=moment(facts.get("modified_at", "")),
                place=f"{each['label']} {each['number']}",
            )
        )
    called = {each["number"]: claim.id for each, claim in _pairs(document["claims"], claims)}
    said = document["metadata"]
    metadata: dict[str, Any] = {key: clean(said[key]) for key in METADATA if key in said}
    metadata |= {key: date for key in DATES if (date := _date(said.get(key, "")))}
    stem = clean(name.rpartition("/")[2].rpartition(".")[0])
    metadata["title"] = metadata.get("title") or (f"{stem} ({clean(view)})" if view else stem)
    metadata["memo"] = said.get("memo", "")
    yield from gathering.record(
        document["text"], claims, unit="utf16", metadata=metadata, statement=said.get("id", ""), place=place
    )
    for kind, source, target, identifier_ in document["links"]:
        if (
            called.get(source)
            and called.get(target)
            and gathering.has(called[source])
            and gathering.has(called[target])
        ):
            yield gathering.link(attribute_name(kind), called[source], called[target], identifier_)
    left = [f"{kind} ({count})" for kind, count in sorted(document["left"].items())]
    if left:
        yield Problem(place, f"has segmentations, which are no passages and were left out: {', '.join(left)}")
    if empty:
        yield Problem(place, f"has annotations on no words ({empty}), which were left out")


def _pairs(each: list[dict[str, Any]], claims: list[Claim]) -> Iterator[tuple[dict[str, Any], Claim]]:
    """What was taken in with its claim; annotations on no words have none."""
    return zip((e for e in each if e["start"] != e["end"]), claims, strict=True)


def _attribute(feature: str) -> str:
    name = feature.removeprefix("value_") if feature.removeprefix("value_") in _TAKEN else feature
    return attribute_name(name)


def _date(edtf: str) -> DateValue | None:
    from annotator.core.edtf import check_edtf
    from annotator.core.errors import AnnotatorError

    try:
        check_edtf(edtf, "date")
    except AnnotatorError:
        return None
    return DateValue(edtf)
