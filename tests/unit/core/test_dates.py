"""Dates as people write them: each is read as the one thing it can mean, or says why it cannot be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.dates import DATE_WANTED, Reading, edtf_of, read_date, spoken
from annotator.core.edtf import bounds
from annotator.core.errors import AnnotatorError

#: A Thursday.
SAID = "2022-01-20"


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("2022", "2022"),
        ("2022-01-20", "2022-01-20"),
        ("2022~", "2022~"),
        ("20 Jan 2022", "2022-01-20"),
        ("20 Jan. 2022", "2022-01-20"),
        ("Jan 20, 2022", "2022-01-20"),
        ("January 20th, 2022", "2022-01-20"),
        ("the 20th of January 2022", "2022-01-20"),
        ("Thursday, 20 January 2022", "2022-01-20"),
        ("on Thursday the 20th of January 2022", "2022-01-20"),
        ("January 2022", "2022-01"),
        ("in January of 2022", "2022-01"),
        ("20.1.2022", "2022-01-20"),
        ("20/01/2022", "2022-01-20"),
        ("01/20/2022", "2022-01-20"),
        ("3/3/2022", "2022-03-03"),
        ("2022/1/20", "2022-01-20"),
        ("٢٠٢٢-٠١-٢٠", "2022-01-20"),
        ("spring 2022", "2022-21"),
        ("fall of 2022", "2022-23"),
        ("the 1990s", "199X"),
        ("Q3 2021", "2021-07/2021-09"),
        ("first quarter of 2022", "2022-01/2022-03"),
        ("20–22 January 2022", "2022-01-20/2022-01-22"),
        ("from 20 January to 3 March 2022", "2022-01-20/2022-03-03"),
        ("between 2019 and 2021", "2019/2021"),
        ("since 2019", "2019/.."),
        ("until March 2022", "../2022-03"),
        ("by 1 March 2022", "2022-03-01"),
        ("about 2022", "2022~"),
        ("c. 1998", "1998~"),
        ("probably 20 Jan 2022", "2022-01-20?"),
        ("29 Feb 2024", "2024-02-29"),
    ],
)
def test_a_date_that_stands_in_the_words_is_read_from_them_alone(text, edtf):
    assert read_date(text) == Reading(edtf)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("yesterday", "2022-01-19"),
        ("Last night", "2022-01-19"),
        ("this morning", "2022-01-20"),
        ("tomorrow", "2022-01-21"),
        ("the day before yesterday", "2022-01-18"),
        ("10 days ago", "2022-01-10"),
        ("a couple of days ago", "2022-01-18"),
        ("two weeks ago", "2022-01-06~"),
        ("three months ago", "2021-10~"),
        ("five years ago", "2017~"),
        ("in two weeks", "2022-02-03~"),
        ("last Tuesday", "2022-01-18"),
        ("last Thursday", "2022-01-13"),
        ("Thursday", "2022-01-20"),
        ("on Tuesday morning", "2022-01-18"),
        ("this Friday", "2022-01-21"),
        ("next Thursday", "2022-01-27"),
        ("Tuesday last week", "2022-01-11"),
        ("last week's Tuesday", "2022-01-11"),
        ("last week", "2022-01-10/2022-01-16"),
        ("last weekend", "2022-01-15/2022-01-16"),
        ("last month", "2021-12"),
        ("this year", "2022"),
        ("last January", "2021-01"),
        ("this summer", "2022-22"),
        ("20 January", "2022-01-20"),
        ("21 January", "2021-01-21"),
        ("29 February", "2020-02-29"),
        ("in March", "2021-03"),
        ("early 2022", "2022-01/2022-04"),
        ("mid-2022", "2022-05/2022-08"),
        ("late January 2022", "2022-01-21/2022-01-31"),
        ("the beginning of January 2022", "2022-01-01/2022-01-10"),
        ("late 1990s", "1997/1999"),
    ],
)
def test_words_that_lean_on_something_are_inferred_and_kept(text, edtf):
    assert read_date(text, SAID) == Reading(edtf, "inferred", text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("30 Feb 2022", "There is no 30 February 2022."),
        ("2022-02-30", "There is no 30 February 2022."),
        ("29 Feb 2022", "There is no 29 February 2022."),
        ("2022-13", "There is no month 13."),
        ("20/13/2022", "There is no month 13."),
        ("32.1.2022", "There is no 32 January 2022."),
        ("31 June", "There is no 31 June."),
        ("1.2.2022", "1.2.2022 can be 1 Feb 2022 or 2 Jan 2022: write 2022-02-01 or 2022-01-02."),
        ("Tuesday 20 January 2022", "20 Jan 2022 is a Thursday, not a Tuesday."),
        ("3 March to 1 March 2022", "It ends before it begins: 3 Mar 2022 is after 1 Mar 2022."),
        ("last summer", "“last summer” can be of two years: write the season with its year."),
        ("3000 years ago", "“3000 years ago” leads out of the years 1 to 9999."),
        ("soon", DATE_WANTED),
        ("20 Jan 22", DATE_WANTED),
        ("about early 2022", DATE_WANTED),
        ("x" * 500, DATE_WANTED),
    ],
)
def test_what_no_day_can_be_says_why(text, told):
    with pytest.raises(AnnotatorError) as raised:
        read_date(text, SAID)
    assert str(raised.value) == told


@pytest.mark.parametrize(
    ("text", "said", "needs"),
    [
        ("yesterday", "2022-01", "needs the day of the statement, which is only dated Jan 2022"),
        ("last month", "2022", "needs the month of the statement, which is only dated 2022"),
        ("last year", "", "needs the year of the statement, which has no date"),
        ("20 January", "2022", "needs the month of the statement"),
    ],
)
def test_words_that_lean_on_a_day_that_is_not_known_say_so(text, said, needs):
    with pytest.raises(AnnotatorError) as raised:
        read_date(text, said)
    assert needs in str(raised.value)


def test_a_month_is_enough_for_last_month():
    assert read_date("last month", "2022-01").edtf == "2021-12"


def test_the_basis_can_be_typed():
    assert read_date("2022-01-20 (inferred)") == Reading("2022-01-20", "inferred")
    assert read_date("yesterday (in text)", SAID).basis == "in_text"


def test_a_reading_is_told_with_its_weekday_and_the_words():
    assert read_date("last Tuesday", SAID).told == "Tue 18 Jan 2022 (from “last Tuesday”)"
    assert read_date("20 Jan 2022").told == "Thu 20 Jan 2022"
    assert spoken("2022-01-20~") == "about Thu 20 Jan 2022"
    assert (spoken("2019/.."), spoken("199X"), spoken("nonsense")) == ("since 2019", "1990s", "nonsense")


def test_a_text_that_is_no_date_stays_as_it_is_for_who_stores_dates_alone():
    assert (edtf_of("20 Jan 2022"), edtf_of(" soon "), edtf_of("")) == ("2022-01-20", "soon", "")


@given(st.text(max_size=130), st.sampled_from([SAID, "2022-01", "2022", "", "0001-01-01"]))
def test_any_text_is_a_date_or_an_expected_error(text, said):
    try:
        reading = read_date(text, said)
    except AnnotatorError:
        return
    assert bounds(reading.edtf)


_PARTS = [
    "last",
    "next",
    "this",
    "week",
    "year",
    "tuesday",
    "jan",
    "january",
    "2022",
    "20",
    "31",
    "early",
    "about",
    "to",
    "ago",
    "two",
    "days",
    "months",
    "of",
    "the",
    "since",
    "-",
    "/",
    "1990s",
    "spring",
    "between",
    "and",
]
_SAID = st.sampled_from([SAID, "2022-01", "", "0001-01-01", "9999-12-31"])


@given(st.lists(st.sampled_from(_PARTS), max_size=7), _SAID)
def test_any_heap_of_date_words_is_a_date_or_an_expected_error(words, said):
    try:
        reading = read_date(" ".join(words), said)
    except AnnotatorError:
        return
    assert bounds(reading.edtf)


@given(st.dates(min_value=date(1, 1, 1)))
def test_every_day_can_be_written_in_each_of_the_usual_ways(day):
    for text in (
        day.isoformat(),
        f"{day.day} {day:%B} {day.year:04d}",
        f"{day:%b} {day.day}, {day.year:04d}",
        f"{day:%A}, {day.day} {day:%B} {day.year:04d}",
    ):
        assert read_date(text) == Reading(day.isoformat())


@given(st.dates(min_value=date(100, 1, 1), max_value=date(9000, 1, 1)), st.integers(0, 6))
def test_last_and_next_name_the_nearest_such_weekday_on_their_side(day, weekday):
    name = f"{date(2022, 1, 3) + timedelta(weekday):%A}"
    last, following = (date.fromisoformat(read_date(f"{w} {name}", day.isoformat()).edtf) for w in ("last", "next"))
    assert last < day < following
    assert last.weekday() == following.weekday() == weekday
    assert (day - last).days <= 7 and (following - day).days <= 7
