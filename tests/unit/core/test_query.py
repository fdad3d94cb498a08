"""The query language as a value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError
from annotator.core.query import MOST_TERMS, Query, Term, date_bounds, parse, respelled

ATTRIBUTES = frozenset({"accused", "force"})


def test_each_kind_of_term_is_read():
    query = parse('prison "Til Temir" -rain tag:accusation issuer:"Kongra Star" -tag:event accused:Turkey', ATTRIBUTES)
    assert query.terms == (
        Term("prison"),
        Term("Til Temir", phrase=True),
        Term("rain", negated=True),
        Term("accusation", "tag"),
        Term("Kongra Star", "issuer", phrase=True),
        Term("event", "tag", negated=True),
        Term("Turkey", "accused"),
    )
    assert [t.value for t in query.words] == ["prison", "Til Temir", "rain"]
    assert [t.field for t in query.on_statements] == ["issuer"]
    assert [t.field for t in query.on_annotations] == ["tag", "tag", "accused"]
    assert query.values("tag") == ("accusation",)


@given(st.text('ab"-: \n\ttagisuer*^(){}🙏é12./\\', max_size=40))
def test_a_query_reads_as_it_writes_itself(text: str):
    try:
        query = parse(text, ATTRIBUTES)
    except AnnotatorError:
        return
    assert parse(str(query), ATTRIBUTES) == query


@pytest.mark.parametrize("text", ["", "   ", "-", "--", " - "])
def test_nothing_asks_for_nothing(text: str):
    assert not parse(text) and parse(text) == Query()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ('"open end', (Term("open end", phrase=True),)),
        ("https://example.org/1", (Term("https://example.org/1"),)),
        ("12:30", (Term("12:30"),)),
        ("language:ar", (Term("ar", "lang"),)),
        ("-status:done", (Term("done", "status", negated=True),)),
        ("issuer:", (Term("issuer:"),)),
        ('issuer:""', (Term("", "issuer", phrase=True),)),
        ("--x", (Term("-x", negated=True),)),
    ],
)
def test_odd_writings_are_read_kindly(text: str, terms: tuple[Term, ...]):
    assert parse(text).terms == terms


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour:red", "“colour:” is no field"),
        ("accused:x", "“accused:” is no field"),
        ("text:x", "“text:” is no field"),
        ("status:finished", "status:finished is none of unread, open, done"),
        ("date:yesterday", "date:yesterday is no date"),
        ("date:2022-13", "no date"),
        ("date:2022...2023", "no date"),
        (" ".join("a" * (MOST_TERMS + 1)), "conditions"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(text: str, says: str):
    with pytest.raises(AnnotatorError, match=says):
        parse(text)


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        ("2022", ("2022-01-01", "2022-12-31")),
        ("2022-02", ("2022-02-01", "2022-02-28")),
        ("2022..2023", ("2022-01-01", "2023-12-31")),
        ("..2023", ("0000-01-01", "2023-12-31")),
        ("2022-05..", ("2022-05-01", "9999-12-31")),
        ("2022-01/2022-03", ("2022-01-01", "2022-03-31")),
    ],
)
def test_dates_are_ranges_of_days(value: str, bounds: tuple[str, str]):
    assert date_bounds(value) == bounds


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tag:demand", "tag:call"),
        ('-tag:Demand|event issuer:demand "tag:demand"', '-tag:call|event issuer:demand "tag:demand"'),
        ("tag:!demand demand", "tag:!call demand"),
        ('stale:demand  force:"appeal"', 'stale:call  strength:"strong plea"'),
        ("force:!appeal|demand missing:force", 'strength:!"strong plea"|demand missing:strength'),
        ("https://force:appeal tag:demander", "https://force:appeal tag:demander"),
    ],
)
def test_a_query_is_written_with_the_new_names_and_else_as_it_was(before: str, after: str):
    values = {"tag": {"demand": "call"}, "stale": {"demand": "call"}, "missing": {"force": "strength"}}
    assert respelled(before, {"force": "strength"}, {**values, "force": {"appeal": "strong plea"}}) == after
