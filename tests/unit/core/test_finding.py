"""Finding in one text: where words and expressions stand, in code points, and what ends a search."""

from __future__ import annotations

import re
from itertools import chain, count, repeat

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from annotator.core import finding
from annotator.core.errors import AnnotatorError
from annotator.core.finding import Places, Searched, TooLong, Wanted, find, places, plan, words_plan
from annotator.core.text import Span, fold

LETTERS = st.text(st.sampled_from("abAB éÉİıßﬁKﮐكيى\u0640\u064e\u0301\u200c\n.🙏"), max_size=40)


def spans(text: str, words: str, **how: bool) -> list[Span]:
    return [span for span in find(Searched(text), Wanted(words, **how)) if span is not None]


def found(text: str, words: str, **how: bool) -> list[str]:
    return [span.of(text) for span in spans(text, words, **how)]


# -- words -----------------------------------------------------------------------------------


def test_words_are_found_whatever_their_case_marks_and_blanks():
    text = "The Syrian\u00a0government met in Diyarbakır. SYRIAN officials spoke of مُحَمَّد."
    assert found(text, "syrian") == ["Syrian", "SYRIAN"]
    assert found(text, "syrian government") == ["Syrian\u00a0government"]
    assert found(text, "diyarbakir") == ["Diyarbakır"]
    assert found(text, "محمد") == ["مُحَمَّد"]
    assert found(text, "  ") == []


@pytest.mark.parametrize(
    ("text", "words", "stands"),
    [
        ("DIYARBAKIR Diyarbakır diyarbakir", "diyarbakır", ["DIYARBAKIR", "Diyarbakır", "diyarbakir"]),
        ("İSTANBUL", "istanbul", ["İSTANBUL"]),
        ("کوردستان كوردستان", "كوردستان", ["کوردستان", "كوردستان"]),
        ("the ﬁre", "fi", ["ﬁ"]),
        ("Straße", "strasse", ["Straße"]),
        ("cafe\u0301s and CAFÉS", "cafés", ["cafe\u0301s", "CAFÉS"]),
        ("👍🏽 harbour 👍🏽 Harbour", "harbour", ["harbour", "Harbour"]),
    ],
)
def test_spellings_of_a_word_are_found_with_all_their_letters(text: str, words: str, stands: list[str]):
    assert found(text, words) == stands


def test_exactly_means_case_marks_and_variants_of_letters():
    text = "Café cafe Cafe كي کی"
    assert found(text, "Cafe", exact=True) == ["Cafe"]
    assert found(text, "کی", exact=True) == ["کی"]


def test_whole_words_are_no_parts_of_words():
    assert [s.start for s in spans("art part art's artful ART", "art", whole=True)] == [0, 9, 22]
    assert [s.start for s in spans("والسلام سَلام", "سلام", whole=True)] == [8]
    assert found("a (b) c", "(b)", whole=True) == ["(b)"]


def test_signs_of_expressions_are_only_signs_among_words():
    assert found("What? (a.b) [c]", "(a.b)") == ["(a.b)"]


@settings(deadline=None)
@given(LETTERS, LETTERS)
def test_each_place_folds_to_what_was_looked_for(text: str, words: str):
    wanted = fold(words).split()
    last = 0
    for span in spans(text, words):
        assert last <= span.start < span.end <= len(text)
        last = span.end
        inside = fold(span.of(text))
        # A letter that folds to two may be found by one of them.
        assert re.search(r"\s+".join(map(re.escape, wanted)), inside)


@settings(deadline=None)
@given(LETTERS, st.integers(1, 7))
def test_a_text_folded_in_pieces_is_the_text_folded_letter_by_letter(text: str, piece: int):
    folded = Searched(text).folded()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "PIECE", piece)
        whole = folded.text
    letters = [(letter, n) for n, character in enumerate(text) for letter in fold(character)]
    assert list(whole) == [letter for letter, _ in letters]
    assert [folded.span(n, n + 1).start for n in range(len(whole))] == [n for _, n in letters]


@settings(deadline=None)
@given(LETTERS, st.sampled_from(["a", "ab", "a b", "b é", "ss", "fi", "كي", "."]), st.booleans(), st.integers(1, 9))
@example("é a ab", "a", True, 1)  # the end of a stretch is no end of a word
@example("é bab" + 20 * ".", "ab", True, 1)  # nor is its beginning the beginning of one
def test_words_are_found_over_the_seams_of_stretches(text: str, words: str, whole: bool, stretch: int):
    assume(not re.search(r"\s{5}", text))
    expected = spans(text, words, whole=whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "PIECE", 1 + stretch // 2)
        patch.setattr(finding, "STRETCH", stretch)
        # Longer than any place in these texts but a run of blanks.
        patch.setattr(finding, "OVERLAP", 12)
        searched = Searched(text)
        found = [span for span in find(searched, Wanted(words, whole=whole)) if span is not None]
        again = [span for span in find(searched, Wanted(words, whole=whole)) if span is not None]
    assert found == again == expected


def test_the_first_places_of_a_long_text_come_before_all_of_it_is_folded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "PIECE", 100)
    monkeypatch.setattr(finding, "STRETCH", 100)
    monkeypatch.setattr(finding, "OVERLAP", 10)
    given = list(find(Searched("é one " + "é" * 5000), Wanted("one")))
    assert given.index(Span(2, 5)) < 5 and given.count(None) == 51


def test_a_search_breathes_while_it_folds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "PIECE", 10)
    given = list(find(Searched("é" * 100), Wanted("é" * 60)))
    assert given == [*repeat(None, 10), Span(0, 60)]


# -- expressions -----------------------------------------------------------------------------


def test_an_expression_is_found_with_marks_folded_unless_exactly_is_wanted():
    text = "Demands: release 12 people; demanded in Şırnak, يُطالب"
    assert found(text, r"demand\w*", expression=True) == ["Demands", "demanded"]
    assert found(text, r"demand\w*", expression=True, exact=True) == ["demanded"]
    assert found(text, r"s.rnak", expression=True) == ["Şırnak"]
    assert found(text, r"ŞIRNAK|يطالب", expression=True) == ["Şırnak", "يُطالب"]
    assert found(text, r"\d+ (?P<who>people)", expression=True) == ["12 people"]


def test_anchors_stand_for_lines():
    assert found("one two\none three", r"^one", expression=True) == ["one", "one"]


def test_empty_matches_are_left_out():
    assert found("abab", r"x*", expression=True) == []
    assert found("axb", r"x*", expression=True) == ["x"]


def test_an_expression_can_be_held_to_whole_words():
    assert found("art artful", r"art|artf", expression=True, whole=True) == ["art"]


def test_marks_can_be_looked_for_though_folding_drops_them():
    assert found("سَلام", "[\u064e\u0651]", expression=True) == ["\u064e"]


@settings(deadline=None)
@given(LETTERS, st.sampled_from([r"\w+", r"[ab]+", r"é", r"(?<=a).", r"\S\s", "ı|i", "ß+", "."]), st.booleans())
def test_places_of_an_expression_lie_in_the_text_in_order(text: str, expression: str, exact: bool):
    last = 0
    for span in spans(text, expression, expression=True, exact=exact):
        assert last <= span.start < span.end <= len(text)
        last = span.end
        if exact:
            assert finding.plan(Wanted(expression, True, True)).pattern.search(text, span.start, span.end)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("a(b", "at character 4: missing )"),
        ("a[b", "at character 4: unterminated character set"),
        ("*a", "at character 1: nothing to repeat"),
        ("é)", "at character 2: unbalanced parenthesis"),
        ("a" * 3000, "longer than 2,000 characters"),
        ("(" * 1500 + ")" * 1500, "longer"),
    ],
)
def test_an_expression_that_cannot_be_read_says_where(expression: str, says: str):
    with pytest.raises(AnnotatorError, match=re.escape(says)):
        plan(Wanted(expression, expression=True))


@settings(deadline=None)
@given(st.text(st.sampled_from(r"ab()[]{}*+?|\^$.,:<>=!P#-0129{&ésiLRV"), max_size=14), st.booleans(), st.booleans())
def test_no_expression_does_worse_than_an_error_with_a_sentence(expression: str, exact: bool, whole: bool):
    wanted = Wanted(expression, True, exact, whole)
    try:
        for span in find(Searched("aab éb 012"), wanted, patience=0.1):
            assert span is None or span.start < span.end
    except AnnotatorError as error:
        assert str(error).endswith(".")


def test_an_expression_that_takes_too_long_is_stopped_and_what_was_found_stays():
    # One try at the time that is left, then the time is over.
    clock = chain([0.0, 0.0], count(1000.0))
    given = []
    with pytest.raises(TooLong, match=re.escape("This expression takes too long on this text; stopped after 0.05 s.")):
        for span in find(
            Searched("b " + "a" * 100_000 + "!"), Wanted("b|(a|aa)+$", True), 0.05, clock=lambda: next(clock)
        ):
            given.append(span)
    assert given == [Span(0, 1)]


def test_time_that_other_threads_took_is_not_held_against_an_expression():
    # The clock of the library ran out once; by ours there is time left, and the search goes on where it was.
    clock = chain([0.0, 0.0, 0.001, 0.001], count(1000.0))
    with pytest.raises(TooLong):
        list(find(Searched("a" * 100_000 + "!"), Wanted("(a|aa)+$", True), 0.02, clock=lambda: next(clock)))
    assert next(clock) > 1000.0


# -- words of a query ------------------------------------------------------------------------


def of_query(text: str, *phrases: str) -> list[str]:
    how = words_plan(phrases)
    return [] if how is None else [span.of(text) for span in places(Searched(text), how) if span is not None]


def test_a_word_of_a_query_finds_whole_words_that_begin_so_with_their_marks():
    text = "قال مُحَمَّدٌ إن cafe\u0301 und CAFES, decafé."
    assert of_query(text, "محمد", "café") == ["مُحَمَّدٌ", "cafe\u0301", "CAFES"]


def test_a_phrase_is_found_over_line_breaks_and_marks_and_its_last_word_may_go_on():
    assert of_query("free the\npriso\u0301ners! free, the prisoner", "free the prisoner", "free") == [
        "free the\npriso\u0301ner",
        "free, the prisoner",
    ]


def test_signs_of_a_query_are_found_as_they_stand():
    assert of_query("100 € 🙏 for that", "€", "🙏") == ["€", "🙏"]


@pytest.mark.parametrize("text", ["", "\u0301\u0302", "\u0640\u200c", "🙏", " \n"])
def test_where_there_are_no_words_none_are_found(text: str):
    assert of_query(text, "a") == []
    assert words_plan(["", "“"]) is None


# -- places ----------------------------------------------------------------------------------


def test_places_are_found_by_where_they_stand():
    here = Places([Span(2, 4), Span(4, 6)])
    here.extend([Span(9, 12)])
    assert len(here) == 3 and here[-1] == Span(9, 12) and here[:2] == [Span(2, 4), Span(4, 6)]
    assert [here.from_start(point) for point in (0, 2, 3, 10)] == [0, 0, 1, 3]
    assert [list(here.between(*stretch)) for stretch in ((0, 2), (3, 5), (6, 9), (11, 20))] == [[], [0, 1], [], [2]]
