"""The codebook as a value, and what values its attributes take."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.core.codebook import (
    Codebook,
    check_values,
    missing,
    parse_value,
    tag_from_json,
    tag_to_json,
    value_text,
)
from annotator.core.errors import AnnotatorError, NotFound
from annotator.core.model import ATTRIBUTE_TYPES, Attribute, Choice, Tag, TagName
from annotator.store.starter import actor_types, starter_codebook

FORCE = Attribute("force", "Force", "choice", values=(Choice("appeal", "Appeal"), Choice("ultimatum", "Last word")))


def attribute(kind: str, **more: Any) -> Attribute:
    return Attribute(kind, kind.capitalize(), kind, **more)


def test_the_starter_codebook_has_the_three_tags_with_what_they_ask_for():
    demand, accusation, event = starter_codebook()
    assert (demand.name, demand.key) == ("demand", "1") and demand.definition and demand.include and demand.exclude
    asked = {a.name: a for a in demand.attributes}
    assert asked["addressee"].required and asked["addressee"].unspecified and asked["addressee"].type == "actors"
    assert [c.name for c in asked["force"].values] == ["appeal", "demand", "ultimatum"]
    assert {"voice", "confidence"} <= asked.keys()
    assert {"accuser", "accused", "act", "conduct", "evidence"} <= {a.name for a in accusation.attributes if a.required}
    assert {"event_type", "killed", "date_start", "place_text"} <= {a.name for a in event.attributes}
    assert len(starter_codebook().rules) == 6 and "state forces" in {t.lower() for t in actor_types()}
    assert {tag.overlap for tag in starter_codebook()} == {"refuse"}


def test_a_tag_survives_json():
    for tag in starter_codebook():
        assert tag_from_json(tag_to_json(tag)) == tag


def test_a_tag_is_found_by_name_label_or_key():
    codebook = Codebook((Tag(TagName("demand"), "Ask"), Tag(TagName("event"), "Event", key="3")))
    assert [codebook.tag(name).name for name in ("demand", "DEMAND", "ask", "3")] == [
        "demand",
        "demand",
        "demand",
        "event",
    ]
    key = codebook.of_key("3")
    assert key is not None and key.name == "event" and codebook.of_key("9") is None


@pytest.mark.parametrize("name", ["", "demands", " "])
def test_an_unknown_tag_is_refused_with_the_names_there_are(name: str):
    with pytest.raises(NotFound, match="demand, accusation, event"):
        starter_codebook().tag(name)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "has no name"),
        ({"name": "x", "attributes": [{"type": "text"}]}, "has no name"),
        ({"name": "x", "attributes": [{"name": "issuer"}]}, "query language"),
        ({"name": "x", "attributes": [{"name": "a", "type": "number"}]}, "unknown type"),
        ({"name": "x", "attributes": [{"name": "a"}, {"name": "a"}]}, "twice"),
    ],
)
def test_a_tag_that_cannot_be_used_is_refused(data: dict[str, Any], says: str):
    with pytest.raises(AnnotatorError, match=says):
        tag_from_json(data)


@pytest.mark.parametrize(
    ("asked", "typed", "values"),
    [
        (attribute("actors"), " SDF ; Turkey;SDF", [{"actor": "id of SDF"}, {"actor": "id of Turkey"}]),
        (attribute("actors", unspecified=True), "unspecified", [{"value": "unspecified"}]),
        (attribute("actors"), "unspecified", [{"actor": "id of unspecified"}]),
        (attribute("actor"), "A; B", [{"actor": "id of A; B"}]),
        (attribute("text"), " cease fire ", [{"value": "cease fire"}]),
        (attribute("long_text"), "because\nof", [{"value": "because\nof"}]),
        (attribute("date"), "2022-01", [{"edtf": "2022-01", "basis": "in_text"}]),
        (attribute("count"), "3", [{"min": 3, "max": 3, "text": "3"}]),
        (attribute("count"), "3–5", [{"min": 3, "max": 5, "text": "3–5"}]),
        (attribute("count"), "dozens", [{"min": 24, "text": "dozens"}]),
        (attribute("count"), "3-", [{"text": "3-"}]),
        (FORCE, "ultimatum", [{"value": "ultimatum"}]),
        (FORCE, "last WORD", [{"value": "ultimatum"}]),
        (attribute("text"), "\x00\ud800", [{"value": "\ufffd\ufffd"}]),
    ],
)
def test_what_a_person_types_becomes_values(asked: Attribute, typed: str, values: list[dict[str, Any]]):
    assert parse_value(asked, typed, "id of {}".format) == values


@pytest.mark.parametrize("kind", ATTRIBUTE_TYPES)
def test_nothing_typed_clears_an_attribute_of_any_type(kind: str):
    assert parse_value(attribute(kind), "  ", str) == []


@pytest.mark.parametrize(
    ("asked", "typed", "says"),
    [
        (FORCE, "threat", "it takes: appeal, ultimatum"),
        (attribute("date"), "last week", "needs the day of the statement"),
        (attribute("count"), "5-3", "lowest number, 5, is over the highest, 3"),
        (attribute("count"), "9" * 30, "whole number"),
    ],
)
def test_what_an_attribute_cannot_take_is_refused(asked: Attribute, typed: str, says: str):
    with pytest.raises(AnnotatorError, match=says):
        parse_value(asked, typed, str)


@pytest.mark.parametrize(
    "values",
    [
        "text",
        ["text"],
        [{}],
        [{"valeu": "x"}],
        [{"value": "x", "colour": "red"}],
        [{"edtf": "soon"}],
        [{"edtf": "2022", "basis": "guess"}],
        [{"min": -1}],
        [{"min": True}],
        [{"min": 1.5}],
        [{"min": "3"}],
        [{"max": 2**53 + 1}],
        [{"min": 4, "max": 3}],
    ],
)
def test_values_of_another_shape_are_refused(values: Any):
    with pytest.raises(AnnotatorError, match="force"):
        check_values("force", values)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("actors", {"value": "SDF"}),
        ("actor", {"text": "SDF"}),
        ("date", {"value": "2022"}),
        ("text", {"actor": "x"}),
        ("count", {"value": "3"}),
    ],
)
def test_a_value_must_fit_the_type_of_its_attribute(kind: str, value: dict[str, Any]):
    with pytest.raises(AnnotatorError, match="takes values with"):
        check_values("x", [value], attribute(kind))


def test_only_actors_take_several_values():
    check_values("actors", [{"actor": "a"}, {"actor": "b"}], attribute("actors"))
    with pytest.raises(AnnotatorError, match="takes one value"):
        check_values("text", [{"value": "a"}, {"value": "b"}], attribute("text"))


def test_values_of_an_attribute_that_the_codebook_does_not_know_are_kept():
    values = [{"value": "x", "anchor": {"start": 0, "end": 1, "quote": "a"}}, {"min": 0, "max": 2**53}]
    assert check_values("from_elsewhere", values) == values


def test_required_attributes_are_missing_until_they_have_a_value():
    tag = Tag(TagName("x"), attributes=(Attribute("a", required=True), Attribute("b")))
    assert [a.name for a in missing(tag, {})] == ["a"]
    assert [a.name for a in missing(tag, {"a": []})] == ["a"] and missing(tag, {"a": [{"value": "1"}]}) == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"actor": "a1"}, "name of a1"),
        ({"value": "appeal"}, "appeal"),
        ({"edtf": "2022-01", "basis": "inferred"}, "2022-01"),
        ({"min": 3, "max": 3}, "3"),
        ({"min": 3, "max": 5}, "3–5"),
        ({"max": 5}, "5"),
        ({"min": 3, "max": 5, "text": "a few"}, "a few"),
    ],
)
def test_a_value_reads_as_people_say_it(value: dict[str, Any], text: str):
    assert value_text(value, "name of {}".format) == text
