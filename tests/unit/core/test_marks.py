"""Marks over a text: who is where, in which lane, and how little moves when one comes or goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.marks import Mark, Marks


def mark(identifier: str, start: int, end: int, tag: str = "demand") -> Mark:
    return Mark(start, end, tag, identifier, False)


spans = st.tuples(st.integers(0, 80), st.integers(1, 40)).map(lambda pair: (pair[0], pair[0] + pair[1]))
changes = st.lists(st.tuples(st.integers(0, 25), st.none() | spans), max_size=40)


def assert_lanes_part_what_overlaps(marks: Marks) -> None:
    for one in marks.order:
        for other in marks.within(one.start, one.end):
            assert other.id == one.id or marks.lane(other.id) != marks.lane(one.id)


@given(st.lists(spans, max_size=25))
def test_passages_that_overlap_never_share_a_lane(found):
    marks = Marks(mark(str(n), *span) for n, span in enumerate(found))
    assert_lanes_part_what_overlaps(marks)
    used = {marks.lane(each.id) for each in marks.order}
    assert used == set(range(len(used)))


@given(st.lists(spans, max_size=25), changes)
def test_what_changes_bit_by_bit_is_as_what_was_there_at_once(found, later):
    marks = Marks(mark(str(n), *span) for n, span in enumerate(found))
    wanted = {str(n): mark(str(n), *span) for n, span in enumerate(found)}
    for number, span in later:
        name = str(number)
        before = {m.id: (m, marks.lane(m.id)) for m in marks.order}
        if span is None:
            wanted.pop(name, None)
            changed = marks.change([], [name])
        else:
            wanted[name] = mark(name, *span)
            changed = marks.change([wanted[name]], [])
        assert_lanes_part_what_overlaps(marks)
        # Whoever looks other than before is told of, where it was and where it is.
        after = {m.id: (m, marks.lane(m.id)) for m in marks.order}
        for each in before.keys() | after.keys():
            if before.get(each) != after.get(each):
                for shown, _ in filter(None, (before.get(each), after.get(each))):
                    assert any(start <= shown.start and shown.end <= end for start, end in changed)
    whole = Marks(wanted.values())
    assert list(marks.order) == list(whole.order)
    for start in range(0, 120, 7):
        assert marks.within(start, start + 9) == whole.within(start, start + 9)
    assert {name: marks.get(name) for name in wanted} == wanted


@given(st.lists(spans, max_size=25), spans)
def test_a_passage_that_comes_moves_no_other(found, new):
    marks = Marks(mark(str(n), *span) for n, span in enumerate(found))
    before = {m.id: marks.lane(m.id) for m in marks.order}
    assert marks.change([mark("new", *new)], []) == [new]
    assert {name: marks.lane(name) for name in before} == before


@given(st.lists(spans, min_size=1, max_size=25), st.data())
def test_a_passage_that_goes_moves_only_its_neighbours_and_only_towards_the_words(found, data):
    marks = Marks(mark(str(n), *span) for n, span in enumerate(found))
    gone = data.draw(st.sampled_from(list(marks.order)))
    before = {m.id: marks.lane(m.id) for m in marks.order}
    marks.change([], [gone.id])
    for other in marks.order:
        assert marks.lane(other.id) <= before[other.id]
        if other.end <= gone.start or gone.end <= other.start:
            assert marks.lane(other.id) == before[other.id]


def test_a_look_is_a_change_and_the_same_again_is_none():
    marks = Marks([mark("a", 0, 10)])
    assert marks.change([mark("a", 0, 10, "event")], []) == [(0, 10)]
    assert marks.change([mark("a", 0, 10, "event")], ["nobody"]) == []


def test_longer_passages_are_nearer_to_the_words_where_several_begin():
    marks = Marks([mark("short", 5, 10), mark("long", 5, 30), mark("later", 8, 12)])
    assert [marks.lane(name) for name in ("long", "short", "later")] == [0, 1, 2]
    assert [m.id for m in marks.within(6, 7)] == ["long", "short"]


def test_one_steps_from_passage_to_passage_in_text_order():
    marks = Marks([mark("b", 20, 30), mark("a", 0, 10), mark("c", 20, 30, "event")])
    a, b, c = marks.order
    assert marks.after(a, 1) == b
    assert marks.after(b, 1) == c
    assert marks.after(c, 1) is None
    assert marks.after(c, -1) == b
    assert marks.after(a, -1) is None
    assert marks.around(1, 1) == b
    assert marks.around(20, 1) == b
    assert marks.around(20, -1) == a
    assert marks.around(0, -1) is None
    assert marks.around(31, 1) is None


def test_a_passage_over_everything_is_found_with_the_short_ones():
    marks = Marks([mark("all", 0, 1_000_000), *(mark(str(n), n * 10, n * 10 + 5) for n in range(100))])
    assert [m.id for m in marks.within(502, 503)] == ["all", "50"]
    marks.change([], ["all"])
    assert [m.id for m in marks.within(502, 503)] == ["50"]
    assert len(marks) == 100


def test_a_hundred_thousand_passages_on_the_same_words_each_have_a_lane():
    marks = Marks(mark(str(n), n % 3, 1000 + n) for n in range(100_000))
    assert sorted(marks.lane(str(n)) for n in range(100_000)) == list(range(100_000))
