"""Counts as people write them: the bounds that the words set, and the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.counts import bounds_text, count_text, read_count
from annotator.core.errors import AnnotatorError


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3", 3, 3),
        ("3-5", 3, 5),
        ("3 to 5", 3, 5),
        ("between 5 and 7", 5, 7),
        ("from 5 to 7 soldiers", 5, 7),
        ("five or six", 5, 6),
        ("12 people", 12, 12),
        ("a dozen", 12, 12),
        ("two dozen fighters", 24, 24),
        ("half a dozen", 6, 6),
        ("a couple of soldiers", 2, 2),
        ("12 000", 12_000, 12_000),
        ("١٢", 12, 12),
        ("about 20", 20, 20),
        ("some 300 people", 300, 300),
        ("no one", 0, 0),
        ("at least 12", 12, None),
        ("at least twelve civilians", 12, None),
        ("12+", 12, None),
        ("12 or more", 12, None),
        ("more than 1,200", 1_201, None),
        ("over a hundred", 101, None),
        ("dozens", 24, None),
        ("dozens of people", 24, None),
        ("hundreds of thousands", 200_000, None),
        ("several", 2, None),
        ("up to 30", None, 30),
        ("nearly 20", None, 20),
        ("fewer than 10", None, 9),
        ("many", None, None),
        ("one child and two women", None, None),
        ("12 people and 3 children", None, None),
    ],
)
def test_the_words_set_the_bounds_that_they_say_and_are_kept(text, low, high):
    value = read_count(text)
    assert (value.get("min"), value.get("max"), value["text"]) == (low, high, text)
    assert count_text(value) == text


def test_bounds_can_be_given_behind_words_that_say_none():
    value = read_count("dozens (24–60)")
    assert value == {"min": 24, "max": 60, "text": "dozens"}
    assert count_text(value) == "dozens (24–60)"
    assert read_count("عشرات (24-)") == {"min": 24, "text": "عشرات"}


def test_a_lowest_number_over_the_highest_is_refused():
    with pytest.raises(AnnotatorError, match="The lowest number, 7, is over the highest, 3"):
        read_count("7-3")


@pytest.mark.parametrize(
    ("value", "typed", "told"),
    [
        ({"min": 3, "max": 3}, "3", "3"),
        ({"min": 3, "max": 5}, "3–5", "3 to 5"),
        ({"min": 3}, "at least 3", "at least 3"),
        ({"max": 1200}, "at most 1200", "at most 1,200"),
        ({"text": "dozens"}, "dozens", "no number"),
    ],
)
def test_a_count_of_another_program_can_be_typed(value, typed, told):
    assert (count_text(value), bounds_text(value)) == (typed, told)


@given(st.text(max_size=60))
def test_any_text_is_a_count_or_an_expected_error(text):
    try:
        value = read_count(text)
    except AnnotatorError:
        return
    assert value.get("min", 0) <= value.get("max", 10**30)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_typed_for_bounds_is_read_as_these(one, two):
    low, high = sorted((one, two))
    for value in ({"min": low, "max": high}, {"min": low}, {"max": high}, {"min": low, "max": high, "text": "many"}):
        again = read_count(count_text(value))
        assert {key: again.get(key) for key in ("min", "max")} == {key: value.get(key) for key in ("min", "max")}
