"""The history, filtered and by pages: who did what when, and what was there before and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator import AnnotatorError, Project
from annotator.core.errors import NotFound
from annotator.store import history

from .conftest import span_of

Raw = Callable[..., list[Any]]


@pytest.fixture
def by_two(project: Project, statement: str, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Steps of two coders on days that lie apart: 3 and 4 by AB in 2026-03, 5 by LM in 2026-04."""
    project.be("AB")
    for moment, venue in (("2026-03-01T09:30:00.000Z", "a"), ("2026-03-31T23:59:59.999Z", "b")):
        monkeypatch.setattr("annotator.store.ledger.now", lambda at=moment: at)
        project.edit(statement, venue=venue)
    project.be("LM")
    monkeypatch.setattr("annotator.store.ledger.now", lambda: "2026-04-01T00:00:00.000Z")
    project.edit(statement, venue="c")
    return project


def numbers(project: Project, *where: Any, **which: Any) -> list[int]:
    return [e.number for e in project.history(*where, **which)]


def test_steps_of_one_coder_are_found_by_name_or_id(by_two: Project, statement: str):
    assert numbers(by_two, coder="ab") == [4, 3]
    assert numbers(by_two, statement, coder="LM") == [5, 2]
    assert numbers(by_two, coder=by_two.coder.id) == [5, 2, 1]
    with pytest.raises(NotFound, match=r"no coder “XY” in project\.annotator; it has: AB, LM"):
        by_two.history(coder="XY")


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2026-03-01", "2026-03-01", [3]),
        ("2026-03", "2026-03", [4, 3]),
        ("2026-03-01T09:31", "2026-04", [5, 4]),
        ("2026-03-01T09:30:00.000Z", "2026-03-01T09:30:00.000Z", [3]),
        ("", "2026-03", [4, 3]),
        ("2026-04-01", "2026-04-01", [5]),
    ],
)
def test_steps_between_two_moments_are_found_both_included(by_two: Project, since: str, until: str, found: list[int]):
    steps = numbers(by_two, since=since, until=until)
    assert [n for n in steps if n > 2] == found


@pytest.mark.parametrize("bad", ["yesterday", "2026-3-1", "01.03.2026", "2026-03-01 09:30", "’; --"])
def test_what_is_no_date_is_refused(project: Project, bad: str):
    for which in ({"since": bad}, {"until": bad}):
        with pytest.raises(AnnotatorError, match="is no date"):
            project.history(**which)


def test_pages_follow_one_another_without_gap_or_repeat(by_two: Project, statement: str):
    for where in ((), (statement,)):
        found: list[int] = []
        while page := numbers(by_two, *where, limit=2, before=found[-1] if found else None):
            found += page
        assert found == numbers(by_two, *where)


def test_a_filter_that_leaves_few_steps_over_looks_through_all(
    project: Project, statement: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(history, "WINDOW", 7)
    project.be("AB")
    project.edit(statement, venue="first")
    project.be("LM")
    for n in range(30):
        project.edit(statement, venue=str(n))
    assert numbers(project, coder="AB") == [3]
    assert numbers(project) == list(range(33, 0, -1))
    assert numbers(project, before=10, limit=4) == [9, 8, 7, 6]


def test_steps_of_the_whole_project_tell_their_changes_when_asked(by_two: Project):
    assert all(e.changes == () for e in by_two.history())
    told = by_two.history(changes=True)
    assert all(e.changes and e.rows == len(e.changes) for e in told)


def test_of_a_large_step_the_first_changes_are_told_and_all_are_counted(project: Project):
    with project.step("Many"):
        for n in range(150):
            project.add_actor(f"Actor {n}")
    (entry, *_) = project.history(changes=True)
    assert len(entry.changes) == history.MOST_CHANGES and entry.rows == 150


def test_a_passage_has_its_history_although_it_was_removed(project: Project, statement: str):
    passage = project.annotate(statement, "demand", span_of("call on")).result
    project.annotate(statement, "event", span_of("Armed men"))
    project.remove([passage])
    assert [e.label for e in project.history(annotation=passage)] == ["Remove demand", "Tag as demand"]
    project.delete([statement])
    assert [e.label for e in project.history(annotation=passage)] == ["Remove demand", "Tag as demand"]
    with pytest.raises(NotFound, match="There is, and was, no passage x"):
        project.history(annotation="x")


def test_values_that_were_deleted_for_good_are_told_as_such(project: Project, statement: str, raw: Raw):
    project.edit(statement, venue="x")
    raw("UPDATE change SET before = NULL, after = NULL, salt = NULL WHERE step = 3")
    (change,) = project.history(statement)[0].changes
    assert change.purged and change.before is change.after is None
