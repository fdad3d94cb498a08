"""Where words and expressions stand in all statements: grouped, with context, by pages."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator import AnnotatorError, Project, Span
from annotator.core.finding import Wanted
from annotator.core.model import Place
from annotator.store import concordance as c
from annotator.store.concordance import Group, Line, Page, concordance, tagged


@pytest.fixture
def three(project: Project) -> Project:
    project.add_statement("The port opens. A port\nis shut.", "On the port", issuer="Union", date_issued="2024-05")
    project.add_statement("Nobody came.", "No answer", issuer="Port")
    project.add_statement("فتح الميناء. المِيناء مغلق.", "بيان", issuer="نقابة", language="ar")
    return project


def groups(project: Project, words: str, within: str = "", **how: bool) -> list[Group]:
    return [g for page in concordance(project, Wanted(words, **how), within) for g in page.groups]


def lines(project: Project, words: str, within: str = "", **how: bool) -> list[tuple[str, list[str]]]:
    return [(g.summary.title, [line.quote for line in g.lines]) for g in groups(project, words, within, **how)]


def test_places_come_by_statement_with_their_context(three: Project):
    first, second = groups(three, "port")
    assert (first.summary.title, first.summary.issuer, str(first.summary.date.edtf)) == (
        "On the port", "Union", "2024-05",
    )  # fmt: skip
    assert [(x.before, x.quote, x.after, x.span) for x in first.lines] == [
        ("The ", "port", " opens. A port\nis shut.", Span(4, 8)),
        ("The port opens. A ", "port", "\nis shut.", Span(18, 22)),
    ]
    # Found by its issuer: shown with its beginning.
    assert [(x.span, x.quote, x.after) for x in second.lines] == [(None, "", "Nobody came.")]


def test_words_are_a_query_with_fields_and_phrases(three: Project):
    assert lines(three, '"port opens"') == [("On the port", ["port opens"])]
    assert lines(three, "port issuer:union") == [("On the port", ["port", "port"])]
    assert lines(three, "port", within="issuer:port") == [("No answer", [""])]
    assert lines(three, "ميناء") == []
    assert lines(three, "الميناء") == [("بيان", ["الميناء", "المِيناء"])]


def test_an_expression_is_tried_on_every_text(three: Project):
    assert lines(three, r"port\s+is|came", expression=True) == [("On the port", ["port\nis"]), ("No answer", ["came"])]
    assert lines(three, r"p\w+", within="issuer:port", expression=True) == []
    assert lines(three, "port", expression=True, exact=True, whole=True) == [("On the port", ["port", "port"])]


def test_conditions_on_passages_give_the_passages(three: Project):
    statement = next(three.statements()).id
    three.annotate(statement, "demand", Span(4, 14))
    assert lines(three, "tag:demand") == [("On the port", ["port opens"])]
    first, second = groups(three, "port")[0].lines
    assert (first.tags, second.tags) == (("demand",), ())


def test_a_query_or_an_expression_that_cannot_be_read_is_one_sentence(three: Project):
    with pytest.raises(AnnotatorError, match="is no field of the query language"):
        groups(three, "nothing:here")
    with pytest.raises(AnnotatorError, match="at character 2: missing"):
        groups(three, "(", expression=True)


def test_the_search_tells_how_far_it_has_come(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(c, "TOGETHER", 2)
    for n in range(5):
        project.add_statement(f"Text {n} of five.", f"Title {n}")
    clock = count()
    pages = list(concordance(project, Wanted("three|five", expression=True), clock=lambda: float(next(clock))))
    assert pages[0] == Page(total=5)
    assert [page.searched for page in pages][-1] == 5
    assert [page.searched for page in pages] == sorted(page.searched for page in pages)
    assert sum(len(page.groups) for page in pages) == 5 and len(pages) > 4


def test_more_lines_than_are_wanted_are_said_to_be_there(three: Project):
    pages = list(concordance(three, Wanted("port"), most=1))
    assert sum(len(g.lines) for page in pages for g in page.groups) == 1
    assert pages[-1].why == "These are the first 1 places; there are more."


def test_a_text_on_which_an_expression_takes_too_long_does_not_end_the_search(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(c, "PATIENCE", 0.02)
    project.add_statement("b " + "a" * 60_000 + "!", "Slow")
    project.add_statement("b and a", "Quick")
    pages = list(concordance(project, Wanted("b|(a|aa)+$", expression=True)))
    assert [(g.summary.title, [x.quote for x in g.lines]) for page in pages for g in page.groups] == [
        ("Slow", ["b"]),
        ("Quick", ["b", "a"]),
    ]
    assert pages[-1].why == "The expression took too long on one statement: not searched to the end there."


def test_an_expression_that_takes_too_long_everywhere_is_given_up(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(c, "PATIENCE", 0.02)
    monkeypatch.setattr(c, "TRIES", 2)
    for n in range(4):
        project.add_statement("a" * (60_000 + n) + "!", f"Slow {n}")
    pages = list(concordance(project, Wanted("(a|aa)+$", expression=True)))
    assert pages[-1].searched == 2
    assert pages[-1].why.endswith("The search was given up after 2 such texts.")


def test_texts_are_read_in_lots(three: Project, monkeypatch: pytest.MonkeyPatch):
    from annotator.store import reads

    monkeypatch.setattr(reads, "LOT_TEXT", 1)
    numbers = [number for page in three.numbers() for number in page]
    assert [number for number, _ in three.texts([*numbers, 999])] == numbers
    assert [text for _, text in three.texts(numbers[1:2])] == ["Nobody came."]


SPANS = st.builds(lambda start, length: (start, start + length), st.integers(0, 30), st.integers(1, 12))


@given(st.lists(SPANS, max_size=8), st.lists(st.tuples(SPANS, st.sampled_from("abc")), max_size=15))
def test_a_line_carries_each_tag_that_shares_a_letter_with_it_in_the_order_of_the_passages(spans, marks):
    lines = [Line(Span(*span), "", "", "") for span in sorted(spans)]
    passages = sorted(Place(start, end, tag, str(n), "made") for n, ((start, end), tag) in enumerate(marks))
    expected = [
        tuple(dict.fromkeys(p.tag for p in passages if p.start < line.span.end and line.span.start < p.end))
        for line in lines
    ]
    assert [line.tags for line in tagged(lines, passages)] == expected


def test_the_tags_of_many_lines_take_no_look_at_each_passage_for_each_line():
    looks = count()

    class Counted(int):
        def __lt__(self, other: int) -> bool:
            next(looks)
            return int(self) < other

        def __gt__(self, other: int) -> bool:
            next(looks)
            return int(self) > other

    lines = [Line(Span(Counted(n * 100), Counted(n * 100 + 5)), "", "", "") for n in range(1000)]
    passages = [Place(n * 50, n * 50 + 20, "demand", str(n), "made") for n in range(2000)]
    assert all(line.tags == ("demand",) for line in tagged(lines, passages))
    assert next(looks) < 50_000
