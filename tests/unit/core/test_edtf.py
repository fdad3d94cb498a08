"""Dates that may be vague."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.edtf import bounds, check_edtf, readable, sort_key
from annotator.core.errors import AnnotatorError
from annotator.core.model import DateValue


@pytest.mark.parametrize(
    ("edtf", "days", "words"),
    [
        ("2022-01-20", ("2022-01-20", "2022-01-20"), "20 Jan 2022"),
        ("2022-01", ("2022-01-01", "2022-01-31"), "Jan 2022"),
        ("2022", ("2022-01-01", "2022-12-31"), "2022"),
        ("2022~", ("2022-01-01", "2022-12-31"), "about 2022"),
        ("2022?", ("2022-01-01", "2022-12-31"), "2022?"),
        ("2022-21", ("2022-03-01", "2022-05-31"), "spring 2022"),
        ("2022-01/2022-03", ("2022-01-01", "2022-03-31"), "Jan 2022 – Mar 2022"),
        ("2022-01-20/..", ("2022-01-20", "9999-12-31"), "since 20 Jan 2022"),
        ("2020-02-29", ("2020-02-29", "2020-02-29"), "29 Feb 2020"),
    ],
)
def test_a_date_has_a_first_and_last_day_and_a_wording(edtf: str, days: tuple[str, str], words: str):
    assert bounds(edtf) == days and readable(edtf) == words


@pytest.mark.parametrize(
    "edtf",
    [
        "",
        " ",
        "yesterday",
        "2022-13",
        "2022-02-31",
        "2022-1",
        "01/02/2022",
        "..",
        "2023/2022",
        " 2022",
        "~",
        "2022" * 99,
    ],
)
def test_what_is_no_date_is_refused(edtf: str):
    with pytest.raises(AnnotatorError, match="no date as EDTF"):
        check_edtf(edtf, "date_issued")


@pytest.mark.parametrize("value", [None, 2022, ["2022"]])
def test_what_is_no_text_is_no_date(value: object):
    with pytest.raises(AnnotatorError):
        check_edtf(value, "date_issued")


@given(st.text("0123456789-~?%/.XYTuS[]{},: ", max_size=24))
def test_any_text_is_a_date_in_order_or_none(text: str):
    try:
        first, last = bounds(text)
    except ValueError:
        return
    assert first <= last and readable(text)


def test_asking_for_a_date_prints_nothing(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(ValueError):
        bounds("2022-1X")
    assert capsys.readouterr() == ("", "")


def test_undated_statements_sort_first():
    assert sort_key(None) == "" < sort_key(DateValue("1999")) < sort_key(DateValue("2022-01"))
    assert sort_key(DateValue("nonsense")) == ""


@pytest.mark.parametrize(
    "edtf", ["0001", "1900-02", "2000-02", "2020-02", "2021-12-31", "1996-02-29", "9999", "2022-04-30"]
)
def test_plain_dates_mean_the_same_days_as_in_the_whole_grammar(edtf: str):
    from edtf import parse_edtf

    parsed = parse_edtf(edtf)
    low, high = (
        "-".join(f"{n:02d}" for n in tuple(day)[1:3]) for day in (parsed.lower_strict(), parsed.upper_strict())
    )
    assert bounds(edtf) == (f"{edtf[:4]}-{low}", f"{edtf[:4]}-{high}")


def test_a_plain_date_needs_no_grammar():
    code = "import sys; from annotator.core.edtf import bounds; bounds('2022-01'); print('edtf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
