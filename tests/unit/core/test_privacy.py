"""What an export withholds is nowhere in it, and what stays still holds together."""

from __future__ import annotations

import io
import json
import re
import string
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
from native_project import BARE, FULL, HEADER, ITEMS, LINK, STAMP, TEXT, annotation, read

from annotator import formats, paths
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Header, Item, Record
from annotator.core.model import Annotation, AnnotationId, Coder, CoderId, Progress, Range, Statement, StatementId
from annotator.core.privacy import OPEN, Privacy, Veiled, veiled, wanted
from annotator.core.redaction import BLOCK, Redactor, Repetitions, blocked
from annotator.core.text import Anchor, Span, digest

SCHEMA = Draft202012Validator(json.loads(paths.resource("native.schema.json").read_text(encoding="utf-8")))


def veil(privacy: Privacy, items: list[Item] = ITEMS, told: Veiled | None = None) -> list[Item]:
    return list(veiled(items, privacy, told))


def full(items: list[Item]) -> Record:
    return next(item for item in items if isinstance(item, Record))


def written(items: list[Item], format: str = "json") -> str:
    stream = io.BytesIO()
    formats.write(items, stream, format, STAMP)
    return stream.getvalue().decode()


def checked(items: list[Item]) -> str:
    """The export of these items, which is valid, can be read, and comes out the same when it is written again."""
    data = written(items)
    SCHEMA.validate(json.loads(data))
    assert written(read(data.encode())) == data
    lines = written(items, "jsonl")
    assert written(read(lines.encode(), "jsonl"), "jsonl") == lines
    for statement in json.loads(data)["statements"]:
        if "text" in statement:
            assert digest(statement["text"]) == statement["text_sha256"]
            for each in statement["annotations"]:
                assert statement["text"][each["start"] : each["end"]] == each["quote"]
    return data


def test_without_privacy_nothing_changes() -> None:
    assert veil(OPEN) == ITEMS


# -- coders ---------------------------------------------------------------------------------


def test_coders_have_other_names_and_ids_everywhere_and_the_same_in_one_export() -> None:
    header, record, *_ = veil(Privacy(pseudonyms=True))
    assert isinstance(header, Header) and isinstance(record, Record)
    assert [c.name for c in header.coders] == ["Coder 1", "Coder 2"]
    assert {c.kind for c in header.coders} == {"person", "machine"}
    person = next(c.id for c in header.coders if c.kind == "person")
    machine = next(c.id for c in header.coders if c.kind == "machine")
    assert not {person, machine} & {"c1", "c2"}
    assert [a.coder for a in record.annotations] == [machine, person]
    assert record.progress == (Progress(person, "open"),)
    assert record.statement.imported_by == machine
    assert record.annotations[1].note == "softer than in March"
    assert header.withheld == ("coders",)


def test_two_exports_have_no_coders_id_in_common() -> None:
    first, second = veil(Privacy(pseudonyms=True))[0], veil(Privacy(pseudonyms=True))[0]
    assert isinstance(first, Header) and isinstance(second, Header)
    assert not {c.id for c in first.coders} & {c.id for c in second.coders}


def test_the_numbers_of_coders_do_not_tell_who_came_first() -> None:
    ids = iter(["9", "1"])
    header = next(iter(veiled(ITEMS, Privacy(pseudonyms=True), None, lambda: next(ids))))
    assert isinstance(header, Header)
    assert [(c.id, c.name, c.kind) for c in header.coders] == [
        ("1", "Coder 1", "machine"),
        ("9", "Coder 2", "person"),
    ]


# -- texts ----------------------------------------------------------------------------------


def test_without_texts_offsets_hashes_and_lengths_stay_and_no_word_of_a_text() -> None:
    items = veil(Privacy(texts=False))
    record = full(items)
    assert (record.text, record.withheld) == ("", True)
    assert (record.statement.text_sha256, record.statement.length) == (digest(TEXT), len(TEXT))
    assert [(a.start, a.end) for a in record.annotations] == [(a.start, a.end) for a in FULL.annotations]
    assert not any(a.quote or a.prefix or a.suffix for a in record.annotations)
    assert record.annotations[1].attributes["addressee"] == [{"actor": "a1", "anchor": {"start": 44, "end": 58}}]
    data = json.loads(checked(items))
    assert data["withheld"] == ["texts"]
    assert data["statements"][0]["length"] == len(TEXT)
    assert "text" not in data["statements"][0]
    assert data["statements"][0]["title"] == "Pier four"


def test_a_note_that_repeats_a_withheld_text_has_blocks_there() -> None:
    words = "calls on the port authority to reopen\u00a0the pier"
    noted = replace(FULL.annotations[1], note=f"He {words}: softer", attributes={})
    record = full(veil(Privacy(texts=False), [HEADER, replace(FULL, annotations=(noted,))]))
    assert record.annotations[0].note == "He" + BLOCK * len(" " + words) + ": softer"


def test_a_value_that_is_the_words_of_its_anchor_is_withheld_with_the_text() -> None:
    value = {"value": "port authority", "anchor": {"start": 44, "end": 58, "quote": "port authority"}}
    noted = replace(FULL.annotations[1], attributes={"aim": [value]})
    record = full(veil(Privacy(texts=False), [HEADER, replace(FULL, annotations=(noted,))]))
    assert record.annotations[0].attributes["aim"] == [
        {"value": BLOCK * len("port authority"), "anchor": {"start": 44, "end": 58}}
    ]


def test_a_file_whose_header_does_not_say_so_must_have_its_texts() -> None:
    data = json.loads(checked(veil(Privacy(texts=False))))
    data["withheld"] = []
    with pytest.raises(AnnotatorError, match=r"statements\[0\]\.length|text .*is missing"):
        read(json.dumps(data).encode())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda s: s["annotations"][0].update(quote="x"), "quote.*stands without the text"),
        (lambda s: s["annotations"][0].update(end=10_000), "no span of a text"),
        (lambda s: s.pop("length"), "length.*is missing"),
        (lambda s: s.update(length=-1), "length.*must not be negative"),
        (lambda s: s.pop("text_sha256"), "text_sha256.*is missing"),
        (lambda s: s.update(text_sha256="x"), "text_sha256.*hexadecimal"),
    ],
)
def test_a_file_without_texts_that_contradicts_itself_is_refused(spoil: Any, said: str) -> None:
    data = json.loads(checked(veil(Privacy(texts=False))))
    spoil(data["statements"][0])
    with pytest.raises(AnnotatorError, match=said):
        read(json.dumps(data).encode())
    assert not SCHEMA.is_valid(data) or "10000" in json.dumps(data)


# -- redaction ------------------------------------------------------------------------------


def test_passages_of_a_tag_are_blocks_of_the_same_length_and_offsets_hold() -> None:
    items = veil(Privacy(redact=("event",)))
    record = full(items)
    start, end = FULL.annotations[0].start, FULL.annotations[0].end
    assert record.text == TEXT[:start] + BLOCK * (end - start) + TEXT[end:]
    assert record.annotations[0].quote == BLOCK * (end - start)
    assert record.annotations[1].quote == FULL.annotations[1].quote
    assert record.annotations[1].prefix.startswith("Pier four\n\n" + BLOCK)
    assert Range(start, end, "redacted") in record.ranges
    assert record.statement.text_sha256 == digest(record.text) and record.statement.source is None
    data = checked(items)
    assert digest(TEXT) not in data and "ab" * 32 not in data


def test_ranges_of_a_role_are_redacted_and_the_title_that_says_the_same() -> None:
    record = full(veil(Privacy(redact=("title",))))
    assert record.text.startswith(BLOCK * 9 + "\n\n")
    assert record.statement.title == BLOCK * 9


def test_words_are_redacted_wherever_they_stand_whatever_their_case_and_marks() -> None:
    noted = replace(FULL.annotations[1], note="PORT and the pôrt", attributes={"aim": [{"value": "a port"}]})
    described = replace(
        FULL.statement, title="The Port", venue="port of call", extra={"port": ["a port"], "x": {"y": "Port"}}
    )
    record = replace(FULL, statement=described, annotations=(noted,), progress=())
    items = veil(Privacy(words=(wanted("port"),)), [HEADER, record])
    assert "port" not in re.sub('"(exported_at|reporter|imported_..)"', "", checked(items)).casefold()
    assert full(items).annotations[0].note == "████ and the ████"
    header = items[0]
    assert isinstance(header, Header)
    assert header.actors[0].name == "████ authority"


def test_an_expression_between_slashes_redacts_what_it_matches() -> None:
    record = full(veil(Privacy(words=(wanted(r"/pi\w+r/"),))))
    assert "pier" not in record.text.casefold() and "port" in record.text


def test_names_that_identify_choices_stay_and_are_told() -> None:
    told = Veiled(privacy := Privacy(words=(wanted("appeal"),)))
    record = full(veil(privacy, told=told))
    assert record.annotations[1].attributes["force"] == [{"value": "appeal"}]
    assert told.identifiers == ("appeal",)


def test_what_a_redacted_passage_says_is_redacted_in_notes_and_values_of_its_statement() -> None:
    secret = annotation("n9", "Harbour Union", tag="event", note="the harbour union again", coder=CoderId("c1"))
    record = replace(FULL, annotations=(secret,), statement=replace(FULL.statement, issuer="Harbour Union of Velmar"))
    found = full(veil(Privacy(redact=("event",)), [HEADER, record]))
    assert found.annotations[0].note == f"the {BLOCK * 13} again"
    assert found.statement.issuer == f"{BLOCK * 13} of Velmar"


def test_a_value_whose_words_are_redacted_is_redacted() -> None:
    count = {"min": 1, "max": 2, "text": "a few", "anchor": {"start": 15, "end": 22, "quote": "Harbour"}}
    whole = annotation("n9", "The Harbour Union", tag="event", attributes={"killed": [count]})
    found = full(veil(Privacy(redact=("event",)), [HEADER, replace(FULL, annotations=(whole,))]))
    assert found.annotations[0].attributes["killed"] == [
        {"min": 1, "max": 2, "text": BLOCK * 5, "anchor": {"start": 15, "end": 22, "quote": BLOCK * 7}}
    ]


def test_line_feeds_stay_so_that_paragraphs_hold() -> None:
    assert blocked("ab\ncd", [Span(1, 4)]) == f"a{BLOCK}\n{BLOCK}d"


def test_a_tag_that_there_is_not_is_refused_because_nothing_would_be_redacted() -> None:
    with pytest.raises(AnnotatorError, match="“evnt” is no tag and no role"):
        veil(Privacy(redact=("evnt",)))


def test_an_expression_that_takes_too_long_ends_the_export() -> None:
    text = "a" * 100_000 + "!"
    record = Record(Statement(StatementId("s1"), text_sha256=digest(text), length=len(text)), text)
    with pytest.raises(AnnotatorError, match="not all of it could be redacted; nothing was exported"):
        veil(Privacy(words=(wanted("/(a|aa)+$/"),)), [HEADER, record])


@pytest.mark.parametrize("pattern", ["", "  ", "//", "/(/"])
def test_what_cannot_be_redacted_is_said(pattern: str) -> None:
    with pytest.raises(AnnotatorError):
        wanted(pattern)


@given(st.text("ab", max_size=40), st.text("ab", max_size=60), st.integers(2, 9))
def test_repetitions_are_all_stretches_of_that_length_or_more(words: str, passage: str, least: int) -> None:
    expected = {
        at + n for at in range(len(words) - least + 1) if words[at : at + least] in passage for n in range(least)
    }
    spans = Repetitions([passage], least).spans(words)
    assert {n for span in spans for n in range(span.start, span.end)} == expected


def test_short_passages_are_looked_for_as_whole_words() -> None:
    assert Redactor().also(["US"]).line("US troops, thus") == f"{BLOCK * 2} troops, thus"


# -- all of it ------------------------------------------------------------------------------

_OF_TEXT, _SECRET, _NAMES = "бвгдежзик", "QXZ", ["Wilhelmina Żółć", "Oðinn Þórsson"]
_WORDS = st.text(_OF_TEXT + " \n", min_size=12, max_size=40)
_SECRETS = st.text(_SECRET, min_size=4, max_size=9)


@st.composite
def _projects(draw: st.DrawFn) -> tuple[list[Item], list[str], list[str]]:
    """A project whose texts, secrets and coders have letters that nothing else has; its texts and its secrets."""
    secrets = draw(st.lists(_SECRETS, min_size=1, max_size=3, unique=True))
    coders = tuple(Coder(CoderId(f"coder-{n}-id"), name) for n, name in enumerate(_NAMES))
    who = st.sampled_from([c.id for c in coders])
    around = st.sampled_from(["", "seen ", *secrets, *(s.lower() for s in secrets)])
    records: list[Item] = []
    texts = []
    for n in range(draw(st.integers(1, 2))):
        parts = draw(st.lists(st.one_of(_WORDS, _SECRETS, st.sampled_from(secrets)), min_size=3, max_size=6))
        text = "".join(parts)
        texts.append(text)
        made: list[Annotation] = []
        for k in range(draw(st.integers(1, 3))):
            start = draw(st.integers(0, len(text) - 1))
            span = Span(start, draw(st.integers(start + 1, len(text))))
            anchor = Anchor.at(text, span)
            first = {"start": start, "end": start + 1, "quote": text[start]}
            values = {"aim": [{"value": draw(around) + "x", "anchor": first}]}
            tag = draw(st.sampled_from(["demand", "event"]))
            made.append(
                Annotation(
                    AnnotationId(f"n{n}{k}"), StatementId(f"s{n}"), tag, draw(who),
                    span.start, span.end, anchor.quote, anchor.prefix, anchor.suffix, values, draw(around) + " noted",
                )
            )  # fmt: skip
        statement = Statement(
            StatementId(f"s{n}"), title=draw(around) + " title", venue=draw(around), text_sha256=digest(text),
            length=len(text), extra={draw(around): [draw(around)]}, imported_by=draw(who),
        )  # fmt: skip
        made.sort(key=lambda a: (a.start, a.end, a.tag, a.id))
        progress = (Progress(coders[0].id, "done"),)
        records.append(Record(statement, text, tuple(made), (Range(0, len(text), "redact"),)[: n % 2], progress))
    header = replace(HEADER, coders=coders, project_title=draw(around) + "p")
    return [header, *records], texts, secrets


_REDACT = st.sampled_from([(), ("event",), ("redact", "demand")])


@settings(max_examples=60, deadline=None)
@given(_projects(), st.booleans(), st.booleans(), _REDACT, st.booleans())
def test_nothing_that_is_withheld_is_in_the_export(
    made: tuple[list[Item], list[str], list[str]], pseudonyms: bool, texts: bool, redact: tuple[str, ...], words: bool
) -> None:
    items, whole, secrets = made
    privacy = Privacy(pseudonyms, texts, redact, tuple(map(wanted, secrets)) if words else ())
    veiled_items = veil(privacy, items)
    data = checked(veiled_items)
    if pseudonyms:
        assert not any(c.name in data or c.id in data for c in items[0].coders)  # type: ignore[union-attr]
    if not texts:
        plain = json.dumps(json.loads(data), ensure_ascii=False)
        foreign = set(string.printable) | set("█")
        for text in whole:
            pieces = {text[at : at + 8] for at in range(len(text) - 7)}
            assert not any(p in plain for p in pieces if set(p) & set(_OF_TEXT) - foreign)
    if words:
        assert not any(secret.casefold() in data.casefold() for secret in secrets)
    for before, after in zip(items[1:], veiled_items[1:], strict=True):
        assert isinstance(before, Record) and isinstance(after, Record)
        if redact or words:
            hidden = [Span(r.start, r.end) for r in after.ranges if r.role == "redacted"]
            if texts:
                assert after.text == blocked(before.text, hidden)
                assert len(after.text) == len(before.text)
            for a in before.annotations:
                if a.tag in redact:
                    assert any(s.start <= a.start and a.end <= s.end for s in hidden)


# -- the preview ------------------------------------------------------------------------------


def test_the_preview_counts_what_is_withheld_and_shows_what_is_left() -> None:
    told = Veiled(privacy := Privacy(True, True, ("event",), (wanted("pier"),)))
    veil(privacy, [HEADER, FULL, BARE, LINK], told)
    lines = "\n".join(told.lines())
    assert "2 names and ids replaced" in lines
    assert "3 places in the texts of 1 statement" in lines
    assert "sources and the SHA-256 of the full text are left out" in lines
    assert "1 title" in lines
    assert any("████ four" in line for line in told.examples)
    assert list(told.summary()) == ["2 coders under other names", "4 places redacted"]


def test_the_preview_says_what_stays() -> None:
    told = Veiled(privacy := Privacy(texts=False))
    veil(privacy, told=told)
    lines = "\n".join(told.lines())
    assert "Titles, metadata and source names stay." in lines
    assert "What coders wrote themselves, memos too, stays otherwise: 5 notes." in lines
    assert "Nothing is withheld" in "\n".join(Veiled(OPEN).lines())
