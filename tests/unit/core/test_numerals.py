"""Numbers in digits and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.numerals import number


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("zero", 0),
        ("nineteen", 19),
        ("twenty-three", 23),
        ("two hundred and five", 205),
        ("two thousand", 2_000),
        ("five million two hundred thousand and three", 5_200_003),
        ("10 thousand", 10_000),
        ("a hundred", 100),
        ("a dozen", 12),
        ("three dozen", 36),
        ("half a dozen", 6),
        ("half a million", 500_000),
        ("1,200", 1_200),
        ("1 200 000", 1_200_000),
        ("٢٠", 20),
    ],
)
def test_a_number_is_read_in_digits_and_in_words(text, n):
    assert number(text) == n


@pytest.mark.parametrize(
    "text", ["", "a", "and", "hundred", "two three", "twenty twelve", "1.2", "3 men", "half a", "3-"]
)
def test_what_is_no_number_is_none(text):
    assert number(text) is None


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text):
    found = number(text)
    assert found is None or found >= 0


@given(st.integers(0, 10**15))
def test_digits_are_read_with_and_without_groups(n):
    assert number(str(n)) == number(f"{n:,}") == n
