"""Where sentences begin and end in statements as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.sentences import (
    next_paragraph,
    next_sentence,
    paragraph_at,
    paragraphs,
    sentence_at,
    sentences,
    unit,
)
from annotator.core.text import Span


def cut(text: str, language: str = "en") -> list[str]:
    return [span.of(text) for span in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Dr. Ali spoke first.", "Mr. Khan left."]),
        ("en", ["The U.S. Government said no.", "It left."]),
        ("en", ["We call on the U.S. to stop.", "Turkey must go."]),
        ("en", ["On 5 Jan. 2022 it began.", "It was 3.5 km away."]),
        ("en", ["Gen. Mazloum said it.", "He met No. 5 there."]),
        ("en", ['He said: "We demand peace. We want it now."', "Then he left."]),
        ("en", ["“Stop it.”", "Nobody did."]),
        ("ar", ["قال المتحدث ذلك.", "هل انتهى؟", "نعم."]),
        ("ckb", ["داوا دەکەین.", "ئایا وایە؟", "بەڵێ."]),
        ("ur", ["یہ ہے۔", "وہ نہیں۔"]),
        ("tr", ["Prof. Dr. Kaya konuştu.", "Bugün geldi."]),
        ("kmr", ["Em daxwaz dikin.", "Divê ew derkevin!"]),
        ("", ["One here.", "Two here."]),
        ("zz-ZZ", ["One here.", "Two here."]),
    ],
)
def test_sentences_end_where_readers_end_them(language: str, expected: list[str]):
    assert cut(" ".join(expected), language) == expected


def test_a_title_line_is_a_sentence_of_its_own():
    assert cut("Statement of the council\nWe call on all sides.") == [
        "Statement of the council",
        "We call on all sides.",
    ]


def test_hard_wrapped_lines_are_read_through():
    text = "This is a long line that a typewriter wrapped at the margin\nand that goes on here. Another one."
    assert cut(text) == [
        "This is a long line that a typewriter wrapped at the margin\nand that goes on here.",
        "Another one.",
    ]
    assert len(list(paragraphs(text))) == 1


def test_an_empty_line_always_ends_a_paragraph():
    text = "This is a long line that a typewriter wrapped at the margin\n\nand that goes on here."
    assert len(list(paragraphs(text))) == 2


def test_a_no_break_space_before_an_initial_is_no_obstacle():
    # Saved web pages are full of them, and the library that cuts sentences once ended the program there.
    for blank in "\u00a0\u2003\u202f\u3000":
        assert cut(f"Signed by{blank}A. Kaya. It ends.")[-1] == "It ends."


def test_positions_are_code_points_after_characters_beyond_the_bmp():
    assert cut("🙏🙏 Peace. 👩‍🚀 War. سلام.") == ["🙏🙏 Peace.", "👩‍🚀 War.", "سلام."]


NOISE = st.text(st.sampled_from("aA.B!?…؟۔ \n\"“”«»'Dr🙏\u00a0ا,()0\u200f-–\t"), max_size=80)


@settings(max_examples=150)
@given(NOISE, st.sampled_from(["en", "ar", "tr", "ckb", ""]))
def test_sentences_lie_in_order_inside_the_text_without_blanks_at_their_edges(text: str, language: str):
    end = 0
    for span in sentences(text, language):
        assert end <= span.start < span.end <= len(text)
        assert span.of(text) == span.of(text).strip()
        inner = unit(text, span)
        assert span.start <= inner.start < inner.end <= span.end
        end = span.end


@settings(max_examples=150)
@given(NOISE, st.integers(0, 80))
def test_no_letter_outside_of_blanks_belongs_to_no_sentence(text: str, offset: int):
    covered = {i for span in sentences(text) for i in range(span.start, span.end)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)
    offset = min(offset, len(text))
    here, following = sentence_at(text, offset), next_sentence(text, offset)
    assert (here is None) == (paragraph_at(text, offset) is None)
    assert following is None or following.start >= offset
    below = next_paragraph(text, offset)
    assert below is None or below.start >= offset


def test_the_sentence_at_its_end_is_the_one_that_just_ended():
    text = "One here. Two here.\n\nThree."
    assert sentence_at(text, 0) == Span(0, 9)
    assert sentence_at(text, 12) == Span(10, 19)
    assert sentence_at(text, 19) == Span(10, 19)
    assert sentence_at(text, 20) is None
    assert next_sentence(text, 1) == Span(10, 19) and next_sentence(text, 11) == Span(21, 27)
    assert next_sentence(text, 22) is None


def test_a_sentence_in_a_paragraph_of_a_megabyte_is_found_at_once():
    text = "We call on all sides to stop. " * 35_000
    place = 30 * 20_000
    assert sentence_at(text, place + 5) == Span(place, place + 29)


@pytest.mark.parametrize(
    ("sentence", "codable"),
    [
        ("Turkey must go.", "Turkey must go"),
        ("Turkey must go!?…", "Turkey must go"),
        ("“Turkey must go.”", "Turkey must go"),
        ("«Turkey must go».", "Turkey must go"),
        ('"Turkey must go."', "Turkey must go"),
        ("„Türkei raus.“", "Türkei raus"),
        ("“A”, he said, “B”", "“A”, he said, “B”"),
        ("He said “go.”", "He said “go.”"),
        ("يجب أن يرحلوا؟", "يجب أن يرحلوا"),
        ("...", "."),
        ("“”", "“”"),
    ],
)
def test_the_codable_unit_has_no_outer_quotation_marks_and_no_final_stop(sentence: str, codable: str):
    text = f"X {sentence} Y"
    assert unit(text, Span(2, 2 + len(sentence))).of(text) == codable
