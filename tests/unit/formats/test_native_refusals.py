"""What contradicts itself is refused as a whole, in one sentence that names the place."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from native_project import ITEMS, as_bytes, document, read, written

from annotator.core.errors import AnnotatorError

S, N = "statements[0]", "statements[0].annotations[1]"


def refusal(data: bytes, format: str = "json") -> str:
    with pytest.raises(AnnotatorError) as caught:
        read(data, format)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def spoilt(change: Callable[[Any], object]) -> str:
    data = document()
    change(data)
    return refusal(as_bytes(data))


def put(path: str, value: Any) -> Callable[[Any], None]:
    """Sets what stands at a path like ``statements.0.title``."""

    def change(data: Any) -> None:
        *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
        for part in way:
            data = data[part]
        data[last] = value

    return change


NOTE = "statements.0.annotations.1"


@pytest.mark.parametrize(
    ("path", "value", "place", "reason"),
    [
        ("statements.0.text", "Pier five", f"{S}.text_sha256 (statement s1)", "is not that of the text"),
        ("statements.0.text", "a\rb", f"{S}.text (statement s1)", "holds characters that a stored text cannot have"),
        ("statements.0.text", None, f"{S}.text (statement s1)", "must be a text"),
        ("statements.0.id", "", f"{S}.id", "is empty"),
        ("actors.0.merged_into", "a2", "actors[0].merged_into (actor a1)", "leads back to this actor itself"),
        ("actors.0.color", 3, "actors[0].color (actor a1)", "must be a text"),
        ("link_kinds.1.name", "blames", "link_kinds[1].name", "stands twice: there is another kind “blames”"),
        ("link_kinds.0.directed", "yes", "link_kinds[0].directed", "must be true or false"),
        ("statements.1.id", "s1", "statements[1].id (statement s1)", "stands twice"),
        ("statements.0.colour", "red", f"{S}.colour (statement s1)", "is no field of version 1 of the format"),
        ("statements.0.date_issued", {"edtf": "soon"}, f"{S}.date_issued.edtf (statement s1)", "is no date"),
        ("statements.0.date_issued", {"edtf": "2022", "basis": "x"}, f"{S}.date_issued.basis (statement s1)", "“x”"),
        ("statements.0.imported_by", "nobody", f"{S}.imported_by (statement s1)", "is “nobody”, no coder of the file"),
        ("statements.0.imported_at", "yesterday", f"{S}.imported_at (statement s1)", "not a time in UTC"),
        ("statements.0.progress.0.coder", "c9", f"{S}.progress[0].coder (statement s1)", "no coder of the file"),
        ("statements.0.progress.0.status", "half", f"{S}.progress[0].status (statement s1)", "unread, open, done"),
        ("statements.0.ranges.0.end", 5000, f"{S}.ranges[0].start (statement s1)", "no span of a text of"),
        ("statements.0.source.sha256", "abc", f"{S}.source.sha256 (statement s1)", "64 hexadecimal digits"),
        ("statements.0.source.bytes", -1, f"{S}.source.bytes (statement s1)", "must not be negative"),
        ("statements.0.annotations", {}, f"{S}.annotations (statement s1)", "must be a list"),
        ("statements.0", 5, f"{S}", "must be an object"),
        ("statements", {}, "statements", "must be a list"),
        (
            f"{NOTE}.quote",
            "calls off",
            f"{N}.quote (annotation n2, statement s1)",
            "is “calls off”, but the text has “calls",
        ),
        (f"{NOTE}.prefix", "no", f"{N}.prefix (annotation n2, statement s1)", "is “no”, but the text has"),
        (f"{NOTE}.suffix", "no", f"{N}.suffix (annotation n2, statement s1)", "is “no”, but the text has"),
        (f"{NOTE}.start", 29.0, f"{N}.start (annotation n2, statement s1)", "must be a whole number"),
        (f"{NOTE}.start", True, f"{N}.start (annotation n2, statement s1)", "must be a whole number"),
        (f"{NOTE}.start", "29", f"{N}.start (annotation n2, statement s1)", "must be a whole number"),
        (f"{NOTE}.start", -1, f"{N}.start (annotation n2, statement s1)", "no span of a text of"),
        (f"{NOTE}.end", 9999, f"{N}.start (annotation n2, statement s1)", "no span of a text of"),
        (
            f"{NOTE}.tag",
            "threat",
            f"{N}.tag (annotation n2, statement s1)",
            "is “threat”, no tag of the file's codebook",
        ),
        (f"{NOTE}.coder", "c9", f"{N}.coder (annotation n2, statement s1)", "is “c9”, no coder of the file"),
        (f"{NOTE}.id", "n1", f"{N}.id (annotation n1, statement s1)", "stands twice"),
        (f"{NOTE}.note", 3, f"{N}.note (annotation n2, statement s1)", "must be a text"),
        (f"{NOTE}.created_at", "2022", f"{N}.created_at (annotation n2, statement s1)", "not a time in UTC"),
        (f"{NOTE}.attributes.force", "appeal", f"{N}.attributes.force (annotation n2", "must be a list of objects"),
        (f"{NOTE}.attributes.addressee.0.actor", "a9", f"{N}.attributes.addressee[0].actor", "no actor of the file"),
        (f"{NOTE}.attributes.addressee.0.actor", ["a1"], f"{N}.attributes.addressee[0].actor", "no actor of the file"),
        (f"{NOTE}.attributes.addressee.0.anchor.quote", "x", f"{N}.attributes.addressee[0].anchor.quote", "is “x”"),
        (f"{NOTE}.attributes.deadline.0.edtf", "2022-02-31", f"{N}.attributes.deadline", "is no date as EDTF"),
        (f"{NOTE}.attributes.killed.0.min", 3, f"{N}.attributes.killed", "min 3 over max 2"),
        ("links.0.kind", 1, "links[0].kind (link l1)", "must be a text"),
        ("links.0.id", "", "links[0].id", "is empty"),
        ("codebook.1.name", "demand", "codebook[1].name", "stands twice"),
        ("codebook.0.attributes.0.type", "colour", "codebook[0]", "has the unknown type “colour”"),
        ("codebook.0.attributes.0.label", 5, "codebook[0].attributes[0].label", "must be a text"),
        ("codebook.0.include", "all", "codebook[0].include", "must be a list"),
        ("codebook.0.overlap", "perhaps", "codebook[0].overlap", "must be “refuse” or “allow”"),
        ("coders.1.id", "c1", "coders[1].id (coder c1)", "stands twice"),
        ("actors.1.id", "a1", "actors[1].id (actor a1)", "stands twice"),
        ("actors.1.merged_into", "a9", "actors[1].merged_into (actor a2)", "is a9, no actor of the file"),
        ("actors.0.aliases.0", 7, "actors[0].aliases[0] (actor a1)", "must be a text"),
        ("project", [], "project", "must be an object"),
        ("offset_unit", "utf-16", "offset_unit", "must be “unicode code points”"),
        ("colour", "red", "colour", "is no field of version 1 of the format"),
    ],
)
def test_data_that_contradict_themselves_are_refused_with_their_place(
    path: str, value: Any, place: str, reason: str
) -> None:
    said = spoilt(put(path, value))
    assert said.startswith(f"x.json: {place}"), said
    assert reason in said
    assert said.endswith("nothing was imported from this file")


def test_a_missing_field_is_named() -> None:
    assert "statements[0].annotations[0].quote (annotation n1, statement s1) is missing" in spoilt(
        lambda data: data["statements"][0]["annotations"][0].pop("quote")
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('"start": 0', '"start": NaN', "statements[0].ranges[0].start", "is NaN, which is not JSON"),
        ('"start": 0', '"start": -Infinity', "statements[0].ranges[0].start", "is -Infinity"),
        ('"start": 0', '"start": 1e999', "statements[0].ranges[0].start", "too large a number"),
        ('"start": 0', '"start": 9007199254740993', "statements[0].ranges[0].start", "a whole number beyond 2^53"),
        ('"start": 0', f'"start": {"9" * 6000}', "statements[0].ranges[0].start", "a whole number beyond 2^53"),
        ('"start": 0', '"start": 0, "start": 1', "statements[0].ranges[0]", "has the key “start” twice"),
        ('"venue": "ferry', r'"venue": "\ud83d', "statements[0].venue", "holds half of a surrogate pair"),
        ('"shelf": ', r'"\udc00": ', "statements[0].extra", "has a key with half of a surrogate pair"),
        ('"name": "LM"', '"name": "LM", "name": "ML"', "coders[0]", "has the key “name” twice"),
    ],
)
def test_what_is_not_sound_json_is_refused_with_its_place(old: str, new: str, place: str, reason: str) -> None:
    spoilt_text = written().decode().replace(old, new, 1)
    assert spoilt_text != written().decode()
    said = refusal(spoilt_text.encode())
    assert said.startswith(f"x.json: {place} ") and reason in said


def test_json_lines_are_refused_by_their_line() -> None:
    lines = written(format="jsonl").decode()
    head, _, rest = lines.partition("\n")  # an example in the codebook may have the same words
    wrong = '"quote": "calls'
    assert refusal(lines.replace('"start": 0', '"start": NaN', 1).encode(), "jsonl").startswith(
        "x.jsonl: line 2: ranges[0].start is NaN"
    )
    assert refusal(f"{head}\n{rest.replace(wrong, wrong.replace('calls', 'Calls'), 1)}".encode(), "jsonl").startswith(
        "x.jsonl: line 2: annotations[1].quote (annotation n2, statement s1) is “Calls"
    )
    assert refusal(lines.replace('"id": "s2", ', "", 1).encode(), "jsonl").startswith("x.jsonl: line 3: id is missing")
    assert refusal((lines + "{}\n").encode(), "jsonl").startswith("x.jsonl: line 5: it is neither a statement")
    assert refusal((lines + "5\n").encode(), "jsonl").startswith("x.jsonl: line 5 must be an object")
    assert refusal((lines + "{,}\n").encode(), "jsonl").startswith("x.jsonl is no valid JSON: line 5, column 2")
    assert refusal(lines.encode()[:-20], "jsonl").startswith("x.jsonl is cut off in line 4")
    assert refusal(b"", "jsonl") == "x.jsonl is empty"


def test_both_surrogates_together_are_a_character() -> None:
    assert read(written().replace("🙏".encode(), rb"\ud83d\ude4f")) == ITEMS


@pytest.mark.parametrize("levels", [65, 200, 100_000])
@pytest.mark.parametrize("old", ['"shelf": "B 12"', '"value": "appeal"', '"title": "Velmar"'])
def test_nesting_without_end_is_refused(levels: int, old: str) -> None:
    key = old.split(":")[0]
    deep = written().decode().replace(old, f"{key}: {'[' * levels}{']' * levels}", 1)
    said = refusal(deep.encode())
    assert "64 levels deep" in said or "project.title must be a text" in said


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.json is empty"),
        (b"[]", "x.json is no export of Annotator: it is a list"),
        (b"5", "x.json is no JSON object"),
        (b"{}", "x.json is no export of Annotator: it has no “format”"),
        (b'{"format": "brat"}', "x.json is no export of Annotator: its “format” is “brat”"),
        (b'{"format": "annotator"}', "x.json does not say which version of the format it is"),
        (
            b'{"format": "annotator", "version": 2, "new": []}',
            "x.json is version 2 of the format; this program reads version 1",
        ),
        ('{"format": "annotator"}'.encode("utf-16"), "x.json is not in UTF-8, as JSON must be"),
        (b'{"format": "annotator", "version": 1,\n "links": [}', "x.json is no valid JSON: line 2, column 12: "),
        (b'{"format": "annotator", "version": 1} x', "x.json is no valid JSON: line 1, column 39: something follows"),
        (b'{"format": "annotator", "version": 1, "version": 1}', "x.json: version stands twice; nothing was"),
    ],
)
def test_files_of_another_kind_are_told_apart(data: bytes, message: str) -> None:
    assert refusal(data).startswith(message)


def test_a_file_cut_off_anywhere_is_refused() -> None:
    whole = written().rstrip()
    for end in range(1, len(whole), 97):
        assert refusal(whole[:end])
    assert "is cut off" in refusal(whole[:-1])
    assert "is cut off" in refusal(whole[: whole.index(b"calls on")])


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in _places(each, (*path, key)))]


WHOLE, LINES = written(), written(format="jsonl")
ODD = st.sampled_from([None, True, 5, -1, 2.5, 1e300, "", "x", "a\nb", [], [None], ["x"], [[]], {}, {"a": 1}, [{}]])


@settings(max_examples=300)
@given(place=st.sampled_from(_places(document())[1:]), value=ODD)
@example(place=("format",), value="a\nb")
def test_any_value_in_any_place_is_read_or_refused_in_one_sentence(place: tuple[Any, ...], value: Any) -> None:
    data = document()
    target = data
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    read_or_refused(as_bytes(data), "json")


@settings(max_examples=300)
@given(
    at=st.integers(0, len(LINES) - 1),
    gone=st.integers(0, 9),
    new=st.binary(max_size=4)
    | st.sampled_from([b'"', b"{", b"[", b"]", b"}", b",", b"\\", b"NaN", b"1e9", b"\\ud800", b"\n"]),
    format=st.sampled_from(["json", "jsonl"]),
)
def test_any_damage_is_read_or_refused_in_one_sentence(at: int, gone: int, new: bytes, format: str) -> None:
    data = WHOLE if format == "json" else LINES
    read_or_refused(data[:at] + new + data[at + gone :], format)


def read_or_refused(data: bytes, format: str) -> None:
    try:
        items = read(data, format)
    except AnnotatorError as error:
        assert "\n" not in str(error)
    else:
        written(items, format)


@pytest.mark.parametrize("key", ["codeb\x7fok", "\x00", "a\u2028b", "\ud800", "\x85\r\n", "long" * 2000])
@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_whatever_a_key_or_an_id_is_the_refusal_is_one_line(key: str, format: str) -> None:
    header = {"format": "annotator", "version": 1}
    for spoilt in ({**header, key: 1}, {**header, "format": key}, {**header, "coders": [{"id": key, "odd": 1}]}):
        told = refusal(as_bytes(spoilt, ensure_ascii=True), format)
        assert all(sign.isprintable() for sign in told) and len(told) < 1000


@pytest.mark.parametrize("end", [{}, [], 1, None])
def test_a_link_that_leads_to_no_text_is_refused(end: Any) -> None:
    link = {"id": "l", "kind": "same_as", "source": end, "target": "n"}
    lines = [{"format": "annotator", "version": 1}, link]
    assert "source" in refusal(b"\n".join(map(as_bytes, lines)), "jsonl")


@pytest.mark.parametrize(("identifier", "source"), [("l\n", "a\r\nb"), ("l" * 5000, "a"), ("l", "a" * 5000)])
def test_a_link_to_nothing_is_told_in_one_line(identifier: str, source: str) -> None:
    link = {"id": identifier, "kind": "same_as", "source": source, "target": "n"}
    (_, problem) = read(b"\n".join(map(as_bytes, [{"format": "annotator", "version": 1}, link])), "jsonl")
    assert str(problem).isprintable() and len(str(problem)) < 300
