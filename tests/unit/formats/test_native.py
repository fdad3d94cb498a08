"""The native formats: what is written can be read, equal and in any order; in one shape, described by a schema."""

from __future__ import annotations

import io
import json
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

sys.path.insert(0, str(Path(__file__).parent))
from native_project import BARE, FULL, HEADER, ITEMS, LINK, STAMP, TEXT, annotation, as_bytes, document, read, written

from annotator import formats, paths
from annotator.core.errors import Damaged
from annotator.core.exchange import Header, Item, Problem, Record, Stamp
from annotator.core.model import AnnotationId, Link, LinkId, Range, Statement, StatementId
from annotator.core.text import canonical, digest

SCHEMA = json.loads(paths.resource("native.schema.json").read_text(encoding="utf-8"))
KEYS = [
    "format", "version", "exported_at", "generator", "offset_unit", "withheld", "project", "codebook", "codebook_rules",
    "link_kinds", "coders", "actors", "statements", "links",
]  # fmt: skip


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_what_is_written_is_read_equal(format: str) -> None:
    assert read(written(format=format), format) == ITEMS


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_writing_what_was_read_gives_the_same_bytes(format: str) -> None:
    data = written(format=format)
    assert written(read(data, format), format) == data


@pytest.mark.parametrize("items", [[], [HEADER], [HEADER, BARE], [HEADER, FULL, LINK], ITEMS])
def test_every_export_follows_the_schema(items: list[Item]) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(written(items)))


def test_every_line_of_json_lines_follows_its_part_of_the_schema() -> None:
    lines = [json.loads(line) for line in written(format="jsonl").splitlines()]
    for line, part in zip(lines, ("header", "statement", "statement", "link"), strict=True):
        whole = {"$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{part}"}
        Draft202012Validator(whole).validate(line)


def test_the_schema_refuses_what_the_format_does_not_know() -> None:
    data = document()
    data["statements"][0]["annotations"][0]["colour"] = "red"
    assert not Draft202012Validator(SCHEMA).is_valid(data)


def test_keys_are_written_in_the_order_of_the_format() -> None:
    data = document()
    assert list(data) == KEYS
    assert list(data["statements"][0]) == [
        "id", "title", "issuer", "issuer_type", "outlet", "language", "speaker", "office", "reporter", "translator",
        "dateline", "venue", "genre", "url", "archive_url", "licence", "progress", "date_issued", "date_published",
        "date_collected", "extra", "previous", "imported_at", "imported_by", "memo", "text", "text_sha256", "ranges",
        "source", "annotations",
    ]  # fmt: skip
    assert list(data["statements"][0]["annotations"][0]) == [
        "id", "tag", "coder", "start", "end", "quote", "prefix", "suffix", "attributes", "note", "status", "origin",
        "created_at", "modified_at", "tag_version",
    ]  # fmt: skip


def test_what_is_not_set_is_not_written() -> None:
    assert list(document()["statements"][1]) == [
        "id", "title", "issuer", "outlet", "language", "progress", "text", "text_sha256", "ranges", "source",
        "annotations",
    ]  # fmt: skip


def test_each_statement_is_one_line_of_readable_utf_8() -> None:
    lines = written().decode().splitlines()
    (line,) = [line for line in lines if '"id": "s1"' in line]
    assert "calls on the port authority" in line and "ميناء" in line and "🙏" in line
    assert json.loads(line.rstrip(","))["id"] == "s1"


def test_offsets_are_code_points() -> None:
    for each in document()["statements"][0]["annotations"]:
        assert TEXT[each["start"] : each["end"]] == each["quote"]


def _shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(value[key]) for key in reversed(value)}
    return [_shuffled(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("indent", [None, 0, 1, "\t"])
@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_keys_are_read_in_any_order_and_layout(indent: Any, ensure_ascii: bool) -> None:
    data = _shuffled(document())
    assert next(iter(data)) == "links"
    assert read(as_bytes(data, indent=indent, ensure_ascii=ensure_ascii)) == ITEMS


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert read(b"\xef\xbb\xbf" + written()) == ITEMS
    assert read(b"\xef\xbb\xbf" + written(format="jsonl"), "jsonl") == ITEMS


def test_in_json_lines_a_link_may_stand_before_its_annotations() -> None:
    first, *others = written(format="jsonl").splitlines(keepends=True)
    assert read(b"".join([first, *reversed(others)]), "jsonl") == [HEADER, BARE, FULL, LINK]


def test_missing_context_and_checksums_are_computed() -> None:
    data = document()
    for statement in data["statements"]:
        del statement["text_sha256"]
        for each in statement["annotations"]:
            del each["prefix"], each["suffix"]
    assert read(as_bytes(data)) == ITEMS


def test_a_file_by_hand_needs_little() -> None:
    data = {
        "format": "annotator",
        "version": 1,
        "codebook": [{"name": "demand"}],
        "coders": [{"id": "c", "name": "LM"}],
        "statements": [
            {
                "id": "s",
                "text": "Open the pier",
                "annotations": [
                    {"id": "n", "tag": "demand", "coder": "c", "start": 0, "end": 4, "quote": "Open"},
                    {"id": "m", "tag": "demand", "coder": "c", "start": 0, "end": 4, "quote": "Open"},
                ],
            }
        ],
    }
    _, record = read(as_bytes(data))
    assert isinstance(record, Record)
    assert [(a.id, a.prefix, a.suffix, a.status) for a in record.annotations] == [
        ("m", "", " the pier", "made"),
        ("n", "", " the pier", "made"),
    ]
    assert record.statement.length == 13 and record.statement.text_sha256 == digest("Open the pier")


def test_a_link_out_of_the_file_is_a_problem_and_the_rest_is_read() -> None:
    outside = Link(LinkId("l2"), "responds_to", AnnotationId("n1"), AnnotationId("elsewhere"))
    for format, place in (("json", "links[0]"), ("jsonl", "line 4")):
        items = read(written([HEADER, FULL, BARE, outside, LINK], format), format)
        assert [i for i in items if isinstance(i, Problem)] == [
            Problem(place, f"link l2 leads to elsewhere, no annotation of x.{format}")
        ]
        assert LINK in items


def test_a_quote_that_is_not_in_its_text_is_never_written() -> None:
    wrong = Record(FULL.statement, TEXT, (annotation("n1", "Harbour"),))
    moved = Record(FULL.statement, TEXT, (annotation("n1", "ميناء", text="ميناء" + TEXT),))
    written([HEADER, wrong])
    with pytest.raises(Damaged, match="annotation n1 no longer matches the text of statement s1 at 0–5"):
        written([HEADER, moved])
    with pytest.raises(Damaged, match="the text of statement s1 is not the one that was imported"):
        written([HEADER, Record(FULL.statement, TEXT + "!")])


def test_items_in_another_order_are_a_mistake_of_the_program() -> None:
    for items in ([FULL, HEADER], [HEADER, HEADER], [HEADER, LINK, FULL]):
        with pytest.raises(ValueError, match="a header, then records, then links"):
            written(items)


TEXTS = (
    st.text(
        st.one_of(
            st.characters(exclude_categories=["Cs"]),
            st.sampled_from('🙏\U0001f469\u200d🚀e\u0301\u0308\u00a0\u202f\u200f\u202eאבمُحَمَّد\n\t"\\\u2028/ıİ'),
        ),
        min_size=1,
        max_size=120,
    )
    .map(lambda text: canonical(text)[0])
    .filter(bool)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    text = draw(TEXTS)
    spans = draw(st.lists(st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))), max_size=5))
    annotations = [
        annotation_at(f"n{n}", text, *span, note=draw(TEXTS), attributes={draw(TEXTS): [{"value": draw(JSON)}]})
        for n, span in enumerate(sorted((a, b) for a, b in spans if a < b))
    ]
    statement = Statement(
        StatementId("s"),
        title=draw(TEXTS),
        extra=draw(st.dictionaries(TEXTS, JSON, max_size=3)),
        text_sha256=digest(text),
        length=len(text),
    )
    return Record(statement, text, tuple(annotations), (Range(0, len(text), draw(TEXTS)),))


def annotation_at(identifier: str, text: str, start: int, end: int, **more: Any) -> Any:
    from dataclasses import replace

    made = annotation(identifier, text, "s", text, **more)
    return replace(
        made,
        start=start,
        end=end,
        quote=text[start:end],
        prefix=text[max(0, start - 32) : start],
        suffix=text[end : end + 32],
    )


@pytest.mark.parametrize("format", ["json", "jsonl"])
@settings(max_examples=60)
@given(record=records())
def test_any_text_goes_out_and_comes_back_equal(format: str, record: Record) -> None:
    items: list[Item] = [HEADER, record]
    assert read(written(items, format), format) == items


@settings(max_examples=40)
@given(record=records())
def test_any_export_follows_the_schema_and_survives_escaping(record: Record) -> None:
    data = json.loads(written([HEADER, record]))
    Draft202012Validator(SCHEMA).validate(data)
    assert read(as_bytes(data, ensure_ascii=True, indent=1)) == [HEADER, record]


def _many(count: int) -> Iterator[Item]:
    yield HEADER
    text = "The union calls on the authority 🙏 " * 600
    for n in range(count):
        statement = Statement(StatementId(f"s{n:06}"), text_sha256=digest(text), length=len(text))
        yield Record(statement, text)


def test_memory_does_not_grow_with_the_texts(tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    tracemalloc.start()
    try:
        with path.open("wb") as stream:
            formats.write(_many(500), stream, "json", STAMP)
        assert path.stat().st_size > 10_000_000
        assert sum(isinstance(item, Record) for item in formats.read(path)) == 500
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A window of the file is a megabyte, as text of four bytes a character, with its copies while it moves.
    assert peak < 20 * 1_000_000


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_a_file_is_read_the_same_in_any_portions(chunk: int) -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(chunk)

    assert list(formats.read(Dripping(written()), "json", name="x.json")) == ITEMS


def test_a_header_alone_is_an_empty_project() -> None:
    assert read(written([])) == [Header()]
    assert read(b'{"format": "annotator", "version": 1}') == [Header()]
    assert read(b'{"format": "annotator", "version": 1}', "jsonl") == [Header()]


def test_the_time_and_the_program_are_those_of_the_stamp() -> None:
    stream = io.BytesIO()
    formats.write([], stream, "json", Stamp("2030-01-01T00:00:00.000Z", "annotator 9"))
    data = json.loads(stream.getvalue())
    assert (data["exported_at"], data["generator"]) == ("2030-01-01T00:00:00.000Z", "annotator 9")
