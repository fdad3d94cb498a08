"""A change in words: what was there before and what after."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.codebook import Codebook
from annotator.core.history import Change, change_lines
from annotator.core.model import Attribute, Tag, TagName

CODEBOOK = Codebook(
    (
        Tag(TagName("demand"), "Demand", attributes=(Attribute("addressee", "Addressee", "actors"),)),
        Tag(TagName("accusation"), "Accusation"),
    )
)
NAMES = {"a1": "SDF", "a2": "تركيا"}
PASSAGE = {
    "id": "0123456789ab", "statement": "s", "tag": "demand", "coder": "c", "start": 7, "end": 20,
    "quote": "open the gates", "prefix": "", "suffix": "", "attributes": "{}", "note": "", "status": "made",
    "origin": None,    "created_at": "x", "modified_at": "x",
}  # fmt: skip


def told(
    table: str, before: dict[str, Any] | None, after: dict[str, Any] | None, row: str = "0123456789ab"
) -> list[str]:
    return change_lines(Change(table, row, "s", before, after), CODEBOOK, lambda i: NAMES.get(i, i))


def passage(**changed: Any) -> dict[str, Any]:
    values = changed.pop("values", None)
    return {**PASSAGE, **changed, **({"attributes": json.dumps(values)} if values is not None else {})}


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"tag": "accusation"}, "tag: demand → accusation"),
        ({"end": 11, "quote": "open"}, "end 20 → 11: “open the gates” → “open”"),
        ({"start": 9, "end": 24, "quote": "x"}, "start 7 → 9, end 20 → 24: “open the gates” → “x”"),
        ({"note": "softer"}, "note: — → softer"),
        ({"status": "accepted"}, "status: made → accepted"),
        ({"values": {"addressee": [{"actor": "a1"}]}}, "addressee: — → SDF"),
        ({"values": {"unknown": [{"value": "x"}]}}, "unknown: — → x"),
        ({"modified_at": "y"}, "passage 6789ab: as it was"),
    ],
)
def test_what_changed_in_a_passage_is_said_with_both_values(changed: dict[str, Any], line: str):
    assert told("annotation", passage(), passage(**changed)) == [line]


def test_of_a_long_quote_the_end_that_moved_is_told():
    long = " ".join(f"word{n}" for n in range(40))
    (line,) = told("annotation", passage(end=300, quote=long), passage(end=293, quote=long[:-7]))
    assert line.startswith("end 300 → 293: “") and line.endswith(
        "word39\u2069” → “\u2068" + line.rsplit("\u2068", 1)[1]
    )
    assert "word38\u2069”" in line and "word0" not in line
    (line,) = told("annotation", passage(start=7, quote=long), passage(start=13, quote=long[6:]))
    assert line.startswith("start 7 → 13: “\u2068word0 word1") and "→ “\u2068word1 " in line


def test_a_value_that_goes_and_names_of_other_scripts_keep_to_themselves():
    was = passage(values={"addressee": [{"actor": "a2"}]})
    assert told("annotation", was, passage()) == ["addressee: \u2068تركيا\u2069 → —"]


def test_a_value_whose_basis_alone_changed_says_so():
    was, now = ({"addressee": [{"edtf": "2022", "basis": b}]} for b in ("in_text", "inferred"))
    (line,) = told("annotation", passage(values=was), passage(values=now))
    assert line == "addressee: 2022 → 2022 (its basis or the words that say so)"


def test_a_passage_that_came_or_went_is_told_with_its_place_words_values_and_note():
    whole = passage(note="n", origin="old-id-abcdef", values={"addressee": [{"actor": "a1"}]})
    assert told("annotation", None, whole) == [
        "tagged as demand 7–20: “open the gates”", "addressee: — → SDF", "note: — → n", "origin: abcdef",
    ]  # fmt: skip
    assert told("annotation", whole, None) == [
        "removed demand 7–20: “open the gates”", "addressee: SDF → —", "note: n → —",
    ]  # fmt: skip
    assert told("annotation", None, passage(status="suggested"))[0].startswith("suggested as demand")


@pytest.mark.parametrize(
    ("table", "before", "after", "line"),
    [
        ("statement", {"title": "A"}, {"title": "B"}, "title: A → B"),
        ("statement", {"previous": "x"}, {"previous": None}, "previous: x → —"),
        ("statement", {"date_issued": "2022-01", "date_issued_basis": "in_text"},
         {"date_issued": "2022-01", "date_issued_basis": "inferred"}, "issued: Jan 2022 → Jan 2022 (inferred)"),
        ("statement", None, {"title": "A", "length": 5}, "added A, 5 characters"),
        ("statement", {"title": "A", "length": 5}, None, "deleted A, 5 characters"),
        ("statement", None, {"title": "A", "length": 5, "previous": "x"}, "added a corrected version: A, 5 characters"),
        ("link", None, {"kind": "same_as", "source": "aaaaaaaa1", "target": "bbbbbbbb2"},
         "link added: same_as aaaaa1 → bbbbb2"),
        ("progress", {"status": "open"}, {"status": "done"}, "status 6789ab, status: open → done"),
        ("progress", None, {"status": "done"}, "status added: done"),
        ("actor", {"name": "A"}, {"name": "B"}, "actor 6789ab, name: A → B"),
        ("coder", None, {"name": "LM"}, "coder added: LM"),
        ("statement_range", {"role": "title", "start": 0, "end": 9}, None, "range removed: title 0–9"),
        ("from a later schema", {"x": 1}, {"x": 2}, "from a later schema 6789ab, x: 1 → 2"),
    ],
)  # fmt: skip
def test_what_changed_in_other_rows_is_said(table: str, before: Any, after: Any, line: str):
    assert told(table, before, after) == [line]


def test_a_change_whose_values_were_deleted_for_good_says_so():
    change = Change("annotation", "0123456789ab", "s", None, None, purged=True)
    assert change_lines(change, CODEBOOK, str) == ["passage 6789ab: deleted for good, its values are not kept"]


ROWS = st.none() | st.dictionaries(
    st.sampled_from([*PASSAGE, "title", "issuer", "date_issued", "value", "name"]),
    st.none() | st.integers() | st.text(max_size=20) | st.sampled_from(["{", '{"a": [{"value": 1}]}', "2022~"]),
)


@given(table=st.sampled_from(["annotation", "statement", "tag", "link", "x"]), before=ROWS, after=ROWS)
def test_every_change_gives_a_line_without_breaks(table: str, before: Any, after: Any):
    lines = told(table, before, after)
    assert lines and all("\n" not in line and line for line in lines)
