"""What is asked for at the caret of a query, and the query with a choice in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.completion import Asked, asked, completed, fields, fits
from annotator.core.query import parse


def at(text: str) -> Asked | None:
    """What is asked for where ``|`` stands."""
    return asked(text.replace("|", ""), text.index("|"), ("accused",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ta|", Asked(0, 2, "ta")),
        ("tag:|", Asked(0, 4, "", "tag")),
        ("dam tag:de|m issuer:x", Asked(4, 11, "de", "tag")),
        ("-tag:d|", Asked(0, 6, "d", "tag", negated=True)),
        ('issuer:"Dam Co|', Asked(0, 14, "Dam Co", "issuer")),
        ('issuer:"Dam Co|uncil" x', Asked(0, 20, "Dam Co", "issuer")),
        ("accused:Tu|", Asked(0, 10, "Tu", "accused")),
        ("language:e|", Asked(0, 10, "e", "lang")),
        ("-is|", Asked(0, 3, "is", negated=True)),
    ],
)
def test_the_term_at_the_caret_is_asked_for(text: str, expected: Asked):
    assert at(text) == expected


@pytest.mark.parametrize("text", ["|", "dam |", "|dam", "https://x|", '"dam|', "12|", "-|", "nosuch:x|", "€|"])
def test_nothing_is_asked_for_where_nothing_can_be_offered(text: str):
    assert at(text) is None


@pytest.mark.parametrize(
    ("text", "choice", "result"),
    [
        ("ta|", "tag:", "tag:|"),
        ("-ta| dam", "tag:", "-tag:| dam"),
        ("tag:de|", "demand", "tag:demand |"),
        ("issuer:d|a gate", "Dam Council", 'issuer:"Dam Council" |gate'),
        ('issuer:"Dam|', 'The "Dam"', 'issuer:"The Dam" |'),
        ("-accused:t|", "Turkey", "-accused:Turkey |"),
    ],
)
def test_a_choice_takes_the_place_of_the_term_in_quotes_where_it_holds_blanks(text: str, choice: str, result: str):
    term = at(text)
    assert term is not None
    made, caret = completed(text.replace("|", ""), term, choice)
    assert f"{made[:caret]}|{made[caret:]}" == result


def test_fields_are_offered_by_their_beginning_with_the_attributes_of_the_codebook():
    assert [offer.text for offer in fields("ta")] == ["tag:"]
    offers = fields("a", [("accused", "Accused"), ("tag", "Tag")])
    assert [(offer.text, offer.detail) for offer in offers] == [("accused:", "Accused")]
    assert len({offer.text for offer in fields("", [("tag", "Tag")])}) == len(fields(""))


def test_values_fit_by_the_beginning_of_any_word_without_regard_to_marks():
    assert fits("Diyarbakır Barosu", "bar") and fits("Diyarbakır Barosu", "diyarbakir b")
    assert not fits("Diyarbakır", "akır") and fits("anything", "")


@given(st.text('ab:"- \u00e4\U0001f64f', max_size=14), st.integers(0, 14), st.text('xy "', min_size=1, max_size=5))
def test_any_choice_at_any_caret_leaves_a_query_and_the_caret_in_it(text: str, caret: int, choice: str):
    term = asked(text, caret, ("a", "b"))
    if term is None:
        return
    assert 0 <= term.start < term.end <= len(text)
    made, place = completed(text, term, choice if term.field else "a:")
    assert 0 <= place <= len(made)
    if term.field:
        parse(made[:place], frozenset("ab"))
