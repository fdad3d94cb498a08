"""Passages find their words again in a corrected text, and say when they cannot be sure."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotator.core.reanchor import FLOOR, KEPT, LOST, MOVED, UNCERTAIN, Placement, reanchor, similarity
from annotator.core.text import Anchor, Span

TEXT = """Statement on the dam

We call on the council to open the gates before the rains come. Nobody was told of the closure.

Armed men shelled the dam on 20 January 2022, and two engineers died. They must withdraw at once.

They must withdraw at once. They must withdraw at once.

قال مُحَمَّد إن الحرب انتهت، ونطالب الجميع بالانسحاب 🙏 من السد فوراً."""
DEMAND = "call on the council to open the gates before the rains come"
EVENT = "Armed men shelled the dam on 20 January 2022, and two engineers died"
ARABIC = "ونطالب الجميع بالانسحاب 🙏 من السد"
SLOGAN = "They must withdraw at once."


def at(quote: str, text: str = TEXT, nth: int = 0) -> Anchor:
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    return Anchor.at(text, Span(start, start + len(quote)))


def placed(new: str, *anchors: Anchor, old: str = TEXT) -> list[Placement]:
    found = reanchor(old, new, anchors)
    for p in found:
        assert (p.span is None) == (p.kind == LOST) and p.quote == (p.span.of(new) if p.span else "")
    return found


def one(new: str, quote: str = DEMAND, nth: int = 0, old: str = TEXT) -> Placement:
    (found,) = placed(new, at(quote, old, nth), old=old)
    return found


def test_in_an_unchanged_text_all_is_kept():
    anchors = [at(DEMAND), at(EVENT), at(ARABIC), at(SLOGAN, nth=1)]
    assert [(p.kind, p.span, p.score) for p in placed(TEXT, *anchors)] == [(KEPT, a.span, 1.0) for a in anchors]


def test_what_stands_before_the_correction_is_kept_and_what_follows_moves():
    new = TEXT.replace("Nobody was told", "Nobody at all was told")
    assert [p.kind for p in placed(new, at(DEMAND), at(EVENT), at(ARABIC))] == [KEPT, MOVED, MOVED]


def test_a_mended_passage_at_the_beginning_is_offered_though_the_next_words_were_mended_too():
    old = "The crews of the ferries stayed in the harbour of Velmar. They asked the council to mend the light."
    new = "The crews of two ferries stayed in the port of Velmar. We asked the council to mend the light."
    found = one(new, old[: old.index(".")], old=old)
    assert (found.kind, found.quote) == (UNCERTAIN, new[: new.index(".")])


def test_words_that_took_the_place_of_others_are_not_offered_for_their_company():
    old = "They met on Monday. The port must reopen at once. Nobody came to the quay."
    new = "They met on Monday. Ships lie idle in the bay now. Nobody came to the quay."
    assert one(new, "The port must reopen at once", old=old).kind == LOST


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("open the gates", "opne the gates"),
        ("council", "Council"),
        ("call on", "cal on"),
        ("rains come", "rain comes"),
        ("rains come", "rains  come tomorrow"),
        ("call on the council", "call upon the council"),
    ],
)
def test_a_typo_in_the_quote_is_to_be_confirmed_with_the_words_as_they_are_now(typed: str, corrected: str):
    old = TEXT.replace(typed, corrected)
    quote = DEMAND.replace(typed, corrected)
    found = one(TEXT, quote, old=old)
    assert found.kind == UNCERTAIN and FLOOR <= found.score < 1
    assert found.quote == DEMAND and found.anchor.quote == quote


def test_an_inserted_paragraph_moves_what_follows():
    new = TEXT.replace("Armed men", "The gates were shut in May.\n\nArmed men")
    found = placed(new, at(DEMAND), at(EVENT), at(SLOGAN, nth=2))
    assert [p.kind for p in found] == [KEPT, MOVED, MOVED] and found[2].span == at(SLOGAN, new, 2).span


def test_swapped_paragraphs_take_their_passages_with_them():
    head, demand, event, *rest = TEXT.split("\n\n")
    new = "\n\n".join([head, event, demand, *rest])
    found = placed(new, at(DEMAND), at(EVENT), at("Nobody was told"))
    assert [p.span and p.span.of(new) for p in found] == [DEMAND, EVENT, "Nobody was told"]
    assert UNCERTAIN not in {p.kind for p in found}


def test_a_paragraph_that_was_moved_and_corrected_is_to_be_confirmed():
    head, demand, event, *rest = TEXT.split("\n\n")
    new = "\n\n".join([head, *rest, event.replace("shelled", "bombed"), demand])
    (moved,) = placed(new, at(EVENT))
    assert moved.kind == UNCERTAIN and moved.quote == EVENT.replace("shelled", "bombed")


def test_a_deleted_quote_is_not_found():
    new = TEXT.replace("We " + DEMAND + ". ", "")
    assert one(new).kind == LOST and one(new, EVENT).kind == MOVED
    assert one("", EVENT).kind == LOST and one("Something else entirely.", EVENT).kind == LOST


def test_a_rewritten_quote_is_not_found():
    assert one(TEXT.replace(DEMAND, "ask that somebody else see to all of it some day")).kind == LOST


@pytest.mark.parametrize("blank", ["\n", "  ", " \n", "\u00a0"])
def test_a_text_that_was_only_wrapped_anew_keeps_every_passage_for_sure(blank: str):
    new = TEXT.replace(" ", blank)
    for p in placed(new, at(DEMAND), at(EVENT), at(ARABIC), *(at(SLOGAN, nth=n) for n in range(3))):
        assert p.kind in (KEPT, MOVED) and p.quote == p.anchor.quote.replace(" ", blank)


@pytest.mark.parametrize("before", ["", "A preface.\n\n", SLOGAN + " ", f"{SLOGAN}\n\n" * 7])
def test_repeated_slogans_stay_with_their_own_place(before: str):
    new = before + TEXT.replace("on 20 January 2022", "on January 20, 2022")
    extra = before.count(SLOGAN)
    for nth in range(3):
        found = one(new, SLOGAN, nth)
        assert found.span == at(SLOGAN, new, nth + extra).span and found.kind in (KEPT, MOVED)


def test_a_word_that_a_new_paragraph_happens_to_share_is_not_the_old_one():
    old = "First line.\n\nThe council of elders met on Monday to speak about wheat.\n\nLast line."
    new = "First line.\n\nNobody has asked any council whether rain would fall in autumn.\n\nLast line."
    assert one(new, "council", old=old).kind == LOST


def test_a_deleted_slogan_does_not_take_the_place_of_another():
    new = TEXT.replace(f"died. {SLOGAN}", "died.")
    assert [p.kind for p in placed(new, *(at(SLOGAN, nth=n) for n in range(3)))] == [LOST, MOVED, MOVED]


def test_an_empty_line_of_slogans_alone_keeps_its_count():
    old = "\n".join([SLOGAN] * 50)
    new = "\n".join([SLOGAN] * 20 + ["Listen!"] + [SLOGAN] * 30)
    for nth in (0, 19, 20, 49):
        found = one(new, SLOGAN, nth, old)
        assert found.span == at(SLOGAN, new, nth).span


def test_scripts_without_blanks_are_placed_by_their_letters():
    old = "声明。我们要求议会在雨季之前打开闸门，并要求所有人撤离大坝。" + "武装人员炮击了大坝。"
    new = old.replace("打开闸门", "开启闸门")
    found = one(new, "我们要求议会在雨季之前打开闸门", old=old)
    assert found.kind == UNCERTAIN and found.quote == "我们要求议会在雨季之前开启闸门"
    assert one(new, "武装人员炮击了大坝", old=old).kind in (KEPT, MOVED)


def test_the_floor_decides_what_is_offered():
    new = TEXT.replace(DEMAND, "call on the council of the town to open all gates before the autumn comes")
    (offered,) = reanchor(TEXT, new, [at(DEMAND)], floor=0.5)
    (refused,) = reanchor(TEXT, new, [at(DEMAND)], floor=0.99)
    assert offered.kind == UNCERTAIN and refused.kind == LOST and refused.span is None
    assert offered.score == refused.score < 0.99


def test_similarity_is_the_common_subsequence_over_the_lengths():
    assert similarity("abcd", "abXd") == 0.75
    assert similarity("a  b\nc", "a b c") == 1.0
    assert similarity("abc", "xyz") == similarity("", "a") == 0.0
    long = "open the gates of the dam " * 2000
    assert similarity(long, long.replace("gates", "doors", 3)) > 0.99


WORDS = st.lists(st.sampled_from(["dam", "the", "gates", "open", "they", "مُحَمَّد", "🙏", ".", "\n", "\n\n"]), max_size=40)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), old=WORDS, new=WORDS)
def test_whatever_the_texts_every_placement_is_a_place_in_the_new_one(
    data: st.DataObject, old: list[str], new: list[str]
):
    before, after = "a " + " ".join(old), " ".join(new)
    start = data.draw(st.integers(0, len(before) - 1))
    anchor = Anchor.at(before, Span(start, data.draw(st.integers(start + 1, len(before)))))
    (p,) = placed(after, anchor, old=before)
    assert p.span is None or 0 <= p.span.start < p.span.end <= len(after)
    assert 0 <= p.score <= 1
    if p.kind == KEPT:
        assert p.span == anchor.span and after[p.span.start : p.span.end] == anchor.quote
    if p.kind == MOVED:
        assert p.quote.split() == anchor.quote.split()


@settings(max_examples=200, deadline=None)
@given(data=st.data(), words=WORDS.filter(lambda w: len(w) > 2))
def test_an_insertion_anywhere_moves_every_passage_outside_of_it_for_sure(data: st.DataObject, words: list[str]):
    old = "".join(f"{w}{n} " for n, w in enumerate(words))
    cut = data.draw(st.integers(0, len(old)))
    inserted = data.draw(st.sampled_from(["X", " new words ", "\n\nA new paragraph.\n\n"]))
    new = old[:cut] + inserted + old[cut:]
    start = data.draw(st.integers(0, len(old) - 1))
    end = data.draw(st.integers(start + 1, len(old)))
    assume(old[start:end].strip() == old[start:end])  # a blank may belong to the insertion as well
    anchor = Anchor.at(old, Span(start, end))
    (p,) = reanchor(old, new, [anchor])
    if end <= cut:
        assert p.span == anchor.span
    elif start >= cut:
        assert p.span is not None and p.quote == anchor.quote


def test_half_a_word_that_both_texts_end_with_takes_nothing_from_the_sentence_before():
    old = "They want to reopen pier four. It accuses the port of delay. A crane fell on 3 May."
    words = "It accuses the port of delay"
    start = old.index(words)
    new = old.replace("four", "4").replace(" A crane fell on 3 May.", "")
    (placement,) = reanchor(old, new, [Anchor.at(old, Span(start, start + len(words)))])
    assert (placement.kind, placement.quote) == (MOVED, words)
