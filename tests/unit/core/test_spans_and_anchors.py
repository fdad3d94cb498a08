"""Where words stand, and how a passage is found again in a text that has changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError
from annotator.core.text import CONTEXT, Anchor, Segment, Span, Utf16Map, segments

TEXT = "They call on the council to act. The council must act. They call on the council to act."
SPANS = st.lists(st.builds(lambda a, n: Span(a, a + n), st.integers(0, 30), st.integers(1, 12)), max_size=12)
WIDE = st.text(st.sampled_from("a é\n🙏👩‍🚀نк\U0001f1f9\ud7ff\ue000"), max_size=60)


def test_touching_is_not_overlapping():
    assert not Span(0, 4).overlaps(Span(4, 8))
    assert Span(0, 5).overlaps(Span(4, 8)) and Span(4, 8).overlaps(Span(0, 5))


@pytest.mark.parametrize("span", [Span(-1, 3), Span(3, 3), Span(5, 3), Span(0, 11), Span(10, 11)])
def test_a_span_outside_the_text_is_refused_with_its_numbers(span: Span):
    with pytest.raises(AnnotatorError, match=f"{span.start}–{span.end}"):
        span.check(10)


def test_a_span_may_reach_from_the_first_to_the_last_character():
    assert Span(0, 10).check(10) == Span(0, 10)


def test_an_anchor_keeps_the_quote_and_32_characters_on_each_side():
    text = "x" * 50 + "quote" + "y" * 50
    assert Anchor.at(text, Span(50, 55)) == Anchor(Span(50, 55), "quote", "x" * CONTEXT, "y" * CONTEXT)
    assert Anchor.at("ab", Span(0, 1)) == Anchor(Span(0, 1), "a", "", "b")


def test_an_unchanged_passage_stays_where_it_is_although_it_is_repeated():
    second = Span(TEXT.rindex("the council"), TEXT.rindex("the council") + 11)
    assert Anchor.at(TEXT, second).find(TEXT) == second


def test_a_passage_is_found_again_after_words_were_put_before_it():
    span = Span(TEXT.index("must act"), TEXT.index("must act") + 8)
    moved = Anchor.at(TEXT, span).find("A new first sentence. " + TEXT)
    assert moved is not None and moved.of("A new first sentence. " + TEXT) == "must act"


def test_of_equal_contexts_the_one_nearest_to_the_old_place_wins():
    anchor = Anchor(Span(11, 15), "must", "x", "y")
    assert anchor.find("xmusty ......xmusty......xmusty") == Span(14, 18)


def test_the_context_decides_between_repeated_words():
    text = "we demand bread; they demand bread; all demand bread"
    anchor = Anchor.at(text, Span(text.index("they") + 12, text.index("they") + 17))
    changed = "PREFACE " + text
    found = anchor.find(changed)
    assert found is not None and changed[: found.start].endswith("they demand ")


def test_short_words_in_a_foreign_context_are_lost():
    assert Anchor(Span(0, 3), "act", "before ", " after").find("an act of god") is None


def test_a_long_quote_that_stands_once_is_itself_in_any_context():
    quote = "the immediate withdrawal of all forces"
    anchor = Anchor(Span(0, len(quote)), quote, "before ", " after")
    assert anchor.find("zzz " + quote) == Span(4, 4 + len(quote))
    assert anchor.find(f"zzz {quote} zzz {quote} zzz") is None


def test_a_passage_that_is_gone_is_not_found():
    assert Anchor.at(TEXT, Span(0, 4)).find("nothing of it") is None
    assert Anchor(Span(0, 0), "").find("") is not None


@given(WIDE.filter(lambda t: len(t) > 1), st.data())
def test_every_anchor_finds_itself(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    assert Anchor.at(text, span).find(text) == span


@given(WIDE)
def test_the_utf_16_map_counts_as_the_encoder_does(text: str):
    positions = Utf16Map(text)
    for point in range(len(text) + 1):
        unit = len(text[:point].encode("utf-16-le", "surrogatepass")) // 2
        assert positions.to_utf16(point) == unit
        assert positions.to_point(unit) == point


def test_a_position_inside_a_surrogate_pair_is_that_of_its_character():
    assert Utf16Map("a🙏b").to_point(2) == 1


def test_the_map_of_a_long_text_sees_characters_in_every_part_of_it():
    text = ("x" * 8191 + "🙏") * 3
    assert Utf16Map(text).to_utf16(len(text)) == len(text) + 3


def test_segments_name_who_holds_each_stretch():
    assert segments([Span(0, 10), Span(5, 15), Span(20, 22)]) == [
        Segment(0, 5, (0,)),
        Segment(5, 10, (0, 1)),
        Segment(10, 15, (1,)),
        Segment(20, 22, (2,)),
    ]


@given(SPANS)
def test_segments_cover_exactly_what_the_spans_cover(spans: list[Span]):
    held = {point: tuple(i for i, s in enumerate(spans) if s.start <= point < s.end) for point in range(45)}
    seen = {point: segment.members for segment in segments(spans) for point in range(segment.start, segment.end)}
    assert seen == {point: members for point, members in held.items() if members}
