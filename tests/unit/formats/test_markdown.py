"""Markdown: front matter becomes metadata, the body stays as it is."""

from __future__ import annotations

import io

import pytest

from annotator import formats
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Problem, Record
from annotator.core.model import DateValue

FULL = """\
---
title: "Harbour Union: reopen pier four"
issuer: Harbour Union of Velmar
issuer_type: civil society
outlet: issuer's own channel
language: no
date_issued: 2022-01-20
date_published: {edtf: 2022, basis: inferred}
date_collected: "2023~"
date_collected_basis: inferred
speaker:
shelf: B 12
count: 3
tags: [harbour, {deep: yes}]
---

The union has **asked**
  the authority.
"""


def read(text: str) -> Record:
    (item,) = formats.read(io.BytesIO(text.encode()), "markdown", name="a.md")
    assert isinstance(item, Record)
    return item


def refused(front: str) -> str:
    with pytest.raises(AnnotatorError) as caught:
        read(f"---\n{front}\n---\nText")
    return str(caught.value)


def test_front_matter_becomes_metadata_and_the_body_stays_verbatim() -> None:
    record = read(FULL)
    assert record.text == "\nThe union has **asked**\n  the authority.\n"
    statement = record.statement
    assert statement.title == "Harbour Union: reopen pier four"
    assert statement.issuer == "Harbour Union of Velmar"
    assert statement.outlet == "issuer's own channel"
    assert statement.speaker == ""
    assert statement.source is not None and statement.source.media_type == "text/markdown"


def test_what_yaml_would_turn_into_dates_numbers_or_truth_values_stays_as_written() -> None:
    statement = read(FULL).statement
    assert statement.language == "no"
    assert statement.date_issued == DateValue("2022-01-20", "in_text")
    assert statement.date_published == DateValue("2022", "inferred")


def test_a_basis_stands_beside_its_date_or_within_it() -> None:
    assert read(FULL).statement.date_collected == DateValue("2023~", "inferred")


def test_what_has_no_field_is_kept_as_extra() -> None:
    assert read(FULL).statement.extra == {"shelf": "B 12", "count": "3", "tags": ["harbour", {"deep": "yes"}]}


def test_a_title_in_the_front_matter_marks_no_range() -> None:
    assert read(FULL).ranges == ()


def test_the_heading_that_repeats_the_title_is_marked() -> None:
    record = read("---\ntitle: Pier four\n---\n# Pier four #\n\nText")
    assert [record.text[r.start : r.end] for r in record.ranges] == ["# Pier four #"]


@pytest.mark.parametrize(
    ("text", "title", "line"),
    [
        ("Dateline\n\n# The demand #\n\nText", "The demand", "# The demand #"),
        ("Dateline\n\nThe demand\n==========\n\nText", "The demand", "The demand"),
        ("\n\nFirst words\n\n## Second level\n", "First words", "First words"),
        ("## Only this\nText", "Only this", "## Only this"),
        ("#hashtag first\nText", "#hashtag first", "#hashtag first"),
        ("```\n# a comment\n```\nText\n", "```", "```"),
    ],
)
def test_without_a_title_the_first_heading_or_line_is_it(text: str, title: str, line: str) -> None:
    record = read(text)
    assert record.statement.title == title
    assert [record.text[r.start : r.end] for r in record.ranges] == [line]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert read("---\nText without an end of it\n").text == "---\nText without an end of it\n"


def test_empty_front_matter_is_none() -> None:
    assert read("---\n---\nText").text == "Text"


def test_front_matter_of_other_systems_and_line_ends_are_read() -> None:
    record = read("\ufeff---\r\ntitle: T\r\n...\r\nText\r\n")
    assert (record.statement.title, record.text) == ("T", "Text\n")


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("title: T\nissuer: [unclosed", "a.md: line 4: the front matter is no YAML"),
        ("title: T\n\tissuer: x", "a.md: line 3: the front matter is no YAML"),
        ("title: T\ntitle: U", "a.md: line 3: the front matter is no YAML: “title” is there twice"),
        ("just words", "a.md: line 2: the front matter must consist of lines like “issuer: name”"),
        ("a: &x [1]\nb: *x", "a.md: line 3: the front matter is no YAML: aliases"),
        ("a: !!python/object:os.system x", "a.md: line 2: the front matter is no YAML: tag:yaml.org,2002:python"),
        ("issuer: [a, b]", "a.md: “issuer” in the front matter must be one text"),
        (
            "date_issued: 2022-13-45",
            "a.md: “date_issued” in the front matter: “2022-13-45” is no date as EDTF writes it",
        ),
        ("date_issued: {day: 3}", "a.md: “date_issued” in the front matter must have edtf"),
        ("date_issued: 2022\ndate_issued_basis: guess", "has the basis “guess”; it can be in_text or inferred"),
        ("date_issued_basis: inferred", "“date_issued” in the front matter is missing, but its basis is given"),
        ("a: \x98", "a.md: the front matter is no YAML that can be read"),
        ("a: " + "[" * 5000, "a.md: the front matter is no YAML that can be read"),
    ],
)
def test_front_matter_that_cannot_be_used_is_refused_in_one_sentence(front: str, message: str) -> None:
    assert message in refused(front)


def test_a_file_without_words_is_a_problem() -> None:
    def problem(text: str) -> object:
        (item,) = formats.read(io.BytesIO(text.encode()), "markdown", name="a.md")
        return item

    assert problem("\n") == Problem("a.md", "is empty")
    assert problem("---\ntitle: T\n---\n\n") == Problem("a.md", "has front matter, but no text")


@pytest.mark.parametrize(
    "hostile", ["# " + "# " * 200_000, "#" + " " * 400_000 + "x", "=\n" * 200_000, "```\n" * 100_000]
)
def test_hostile_lines_take_no_time(hostile: str) -> None:
    assert read(hostile + "\nend").text.endswith("end")
