"""Canonical text, the form in which search sees it, and words."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core import text as t
from annotator.core.text import Span, canonical, clean, fold, is_canonical

ANY = st.text(st.one_of(st.characters(), st.sampled_from("\r\n\ufeff\u2028\u2029\x85\f\x00\ud800\ufdd0\ufffe🙏")))


@pytest.mark.parametrize(
    ("raw", "kept", "replaced"),
    [
        ("a\r\nb\rc\u2028d\u2029e\x85f\fg", "a\nb\nc\nd\ne\nf\ng", 0),
        ("\ufeffTitle", "Title", 0),
        ("\ufeff\ufeffTitle", "\ufffdTitle", 1),
        ("a\x00b\x1fc\x7fd", "a\ufffdb\ufffdc\ufffdd", 3),
        ("\ud83d", "\ufffd", 1),
        ("a\ufdd0\ufdd1\ufffe\uffff", "a\ufffd\ufffd\ufffd\ufffd", 4),
        ("tab\tno-break\u00a0space\u202eoverride e\u0301", "tab\tno-break\u00a0space\u202eoverride e\u0301", 0),
    ],
)
def test_canonical_text_is_one_rule(raw: str, kept: str, replaced: int):
    assert canonical(raw) == (kept, replaced)


@given(ANY)
def test_canonical_text_stays_as_it_is(raw: str):
    once, _ = canonical(raw)
    assert is_canonical(once) and canonical(once) == (once, 0) and clean(raw) == once
    once.encode("utf-8")


@given(ANY)
def test_canonical_text_keeps_the_length_but_for_the_mark_and_pairs_of_line_breaks(raw: str):
    once, _ = canonical(raw)
    assert len(once) == len(raw.removeprefix("\ufeff").replace("\r\n", "\n"))


def test_core_needs_neither_qt_nor_sql():
    code = (
        "import sys, annotator.core.text, annotator.core.sentences, annotator.core.codebook, annotator.core.query;"
        "print({'PySide6', 'sqlite3'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("محمد", "مُحَمَّد"),
        ("diyarbakir", "Diyarbakır"),
        ("DIYARBAKIR", "diyarbakır"),
        ("istanbul", "İSTANBUL"),
        ("Şırnak", "sirnak"),
        ("gerîla", "Gerila"),
        ("کوردستان", "كوردستان"),
        ("ئاشتی", "ئاشتي"),
        ("الاحتلال", "الإحتلال"),
        ("ال\u200cحسكة", "الحسكة"),
        ("ســـلام", "سلام"),
        ("خانۀ", "خانه"),
        ("ﮐﺮﺩ", "كرد"),
        ("ﬁre", "fire"),
        ("straße", "STRASSE"),
        ("café", "cafe\u0301"),
    ],
)
def test_search_takes_spellings_of_a_word_for_the_same(typed: str, stands: str):
    assert fold(typed) == fold(stands)


@pytest.mark.parametrize(("one", "other"), [("سلام", "سلم"), ("war", "was"), ("ö", "u"), ("7", "٧")])
def test_search_keeps_words_apart_that_differ(one: str, other: str):
    assert fold(one) != fold(other)


@given(ANY)
def test_folding_twice_is_folding_once(raw: str):
    assert fold(fold(raw)) == fold(raw)


@pytest.mark.parametrize(
    ("text", "offset", "word"),
    [
        ("one two", 0, "one"),
        ("one two", 3, "one"),
        ("one two", 4, "two"),
        ("one  two", 4, None),
        ("the union's self-defence", 8, "union's"),
        ("the union's self-defence", 16, "self-defence"),
        ("قال مُحَمَّدٌ", 8, "مُحَمَّدٌ"),
        ("می\u200cخواهم", 1, "می\u200cخواهم"),
        ("", 0, None),
    ],
)
def test_the_word_at_a_place(text: str, offset: int, word: str | None):
    span = t.word_at(text, offset)
    assert (span and span.of(text)) == word


@given(st.text("ab '-🙏\n", max_size=30), st.integers(0, 30))
def test_steps_by_words_go_the_right_way_and_stay_inside(text: str, offset: int):
    offset = min(offset, len(text))
    assert offset <= t.next_word_end(text, offset) <= len(text) and offset <= t.next_word_start(text, offset)
    assert 0 <= t.previous_word_end(text, offset) <= offset and 0 <= t.previous_word_start(text, offset) <= offset


def test_the_next_word_is_found_over_a_long_gap():
    text = "a" + " " * 2000 + "b"
    assert t.next_word_start(text, 1) == 2001 and t.previous_word_start(text, 2001) == 0
    assert t.word_at(text, 2002) == Span(2001, 2002)
