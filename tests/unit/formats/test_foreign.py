"""Places in texts of other programs, whatever they count."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.exchange import Problem, Record
from annotator.core.text import canonical
from annotator.formats._foreign import Claim, Gathering, attribute_name, moment, stable_id

#: Of one and two units, that join, have marks, go from right to left, break lines and are blanks.
SIGNS = "ab é\u0301\u00a0\u2009🚢👩🏽\u200d🔧ש\u05c1לוםتركيا\u202e\u200f"
LINES = st.lists(st.text(st.sampled_from(SIGNS), min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=6)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("size", [len, units], ids=["code points", "utf-16"])
@pytest.mark.parametrize("counted", ["\r\n", "\n"])
@pytest.mark.parametrize("stored", ["\r\n", "\n", "\r"])
@settings(max_examples=25)
@given(lines=LINES, data=st.data())
def test_quotes_find_their_place_in_whatever_unit_offsets_count(
    size: Callable[[str], int], counted: str, stored: str, lines: list[str], data: st.DataObject
):
    lines = [f"{n}. {line}." for n, line in enumerate(lines)]  # each stands once
    raw, text = stored.join(lines), counted.join(lines)
    claims = []
    for n, line in enumerate(lines):
        start = data.draw(st.integers(0, len(line) - 1))
        before = counted.join(lines[:n]) + (counted if n else "")
        words = line[start:]
        claims.append(Claim("x", size(before + line[:start]), size(before + line), quote=words, id=str(n)))
    assert all(words in text for words in lines)
    found = list(Gathering("f", "p").record(raw, claims))
    (record,) = (item for item in found if isinstance(item, Record))
    assert record.text == canonical(raw)[0]
    assert sorted(a.quote for a in record.annotations) == sorted(claim.quote or "" for claim in claims)


def test_ids_are_those_of_rfc_9562_and_uuids_stay():
    from uuid import NAMESPACE_URL, uuid5

    assert stable_id("a", "é") == str(uuid5(NAMESPACE_URL, "annotator:a\x1fé"))
    assert stable_id("{ABCDEF01-1111-4111-8111-111111111111}") == "abcdef01-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2024-03-01T10:00:00+02:00", "2024-03-01T08:00:00.000Z"),
        ("2024-03-01 10:00:00", "2024-03-01T10:00:00.000Z"),
        ("2018-03-27T17:46:39Z", "2018-03-27T17:46:39.000Z"),
        ("yesterday", ""),
        (["2024"], ""),
        (None, ""),
    ],
)
def test_times_are_in_utc_and_what_is_none_is_empty(said: object, kept: str):
    assert moment(said) == kept


def test_an_attribute_does_not_take_a_word_of_the_query_language():
    assert [attribute_name(label) for label in ("Note", "Two words", "Size")] == ["note_", "two_words", "size"]


def test_words_that_a_file_places_wrongly_by_the_thousand_are_not_searched_for_without_end() -> None:
    text = "x " * 700_000
    claims = [Claim("demand", n, n + 5, quote="x " * 390 + f"y{n}") for n in range(60)]
    *_, last = Gathering("hostile.json", "test").record(text, claims)
    assert isinstance(last, Problem)


def test_words_with_other_blanks_between_them_are_found_in_a_long_text() -> None:
    text = "Nothing of note.\n" * 50_000 + "They  call on\nthe port to reopen."
    claim = Claim("demand", 3, 9, quote="They call on the port to reopen.")
    (record,) = (r for r in Gathering("a.json", "test").record(text, [claim]) if isinstance(r, Record))
    assert record.annotations[0].quote == "They  call on\nthe port to reopen."
