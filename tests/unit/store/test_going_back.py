"""Going back to any step brings back exactly what was there, as a step that undo takes back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import NotFound, ReadOnly
from annotator.core.exchange import Header
from annotator.core.links import LinkKind
from annotator.core.model import Attribute, Tag, TagName

from .conftest import TEXT, execute, span_of

Raw = Callable[..., list[Any]]


def dump(project: Project) -> list[Any]:
    """All that an export of the project would carry, but for the head of its history."""
    with project.snapshot() as copied:
        return [replace(item, head="") if isinstance(item, Header) else item for item in copied.dump()] + [
            project.title,
            project.actors(),
            {table: execute(project.path, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("tag", "setting")},
            [s.id for s in project.statements("dam")],
            [s.id for s in project.statements("mentions:SDF")],
        ]


def errors(project: Project) -> list[Any]:
    return [f for f in jobs.run(jobs.check(project)) if f.kind == "error"]


def last(project: Project) -> int:
    return project.history(limit=1)[0].number


# -- any steps in any order -------------------------------------------------------------------

ACTS: list[Callable[[Project, Callable[[int], int]], object]] = [
    lambda p, pick: p.add_statement(f"A dam of village {pick(4)}.", f"Dam {pick(3)}"),
    lambda p, pick: p.annotate(one(p, pick), "demand", Span(pick(3), 4 + pick(3)), given={"addressee": "SDF; Turkey"}),
    lambda p, pick: p.annotate(one(p, pick), "accusation", Span(pick(9), 9 + pick(3)), note="n"),
    lambda p, pick: p.retag([passage(p, pick)], ("demand", "event")[pick(2)]),
    lambda p, pick: p.describe(passage(p, pick), {"addressee": ("", "SDF", "Council")[pick(3)]}),
    lambda p, pick: p.note(passage(p, pick), "xyz"[: pick(4)]),
    lambda p, pick: p.resize(passage(p, pick), Span(pick(5), 6 + pick(4))),
    lambda p, pick: p.remove([passage(p, pick)]),
    lambda p, pick: p.link("same_as", passage(p, pick), passage(p, pick)),
    lambda p, pick: p.delete([one(p, pick)]),
    lambda p, pick: p.edit(one(p, pick), title=f"Dam {pick(3)}", date_issued=f"20{20 + pick(4)}"),
    lambda p, pick: p.mark(one(p, pick), ("done", "unread", "open")[pick(3)]),
    lambda p, pick: p.put_tag(Tag(TagName("threat"), f"Threat {pick(2)}", attributes=(Attribute("target"),))),
    lambda p, pick: p.set_setting("title", f"Dams {pick(3)}"),
    lambda p, pick: p.add_actor(f"Actor {pick(3)}"),
    lambda p, pick: p.edit(one(p, pick), memo=f"memo {pick(3)}"),
    lambda p, pick: p.edit_actor(actor(p, pick), color=("", "#aa3344")[pick(2)], aliases=[f"alias {pick(3)}"]),
    lambda p, pick: p.rename_actor(actor(p, pick), f"Actor {pick(4)}"),
    lambda p, pick: p.merge_actors([actor(p, pick)], actor(p, pick)),
    lambda p, pick: p.unmerge_actor(actor(p, pick)),
    lambda p, pick: p.split_actor(actor(p, pick), f"Part {pick(3)}", values=claims(p)[: pick(3)]),
    lambda p, pick: p.delete_actor(actor(p, pick)),
    lambda p, pick: p.keep_apart(actor(p, pick), actor(p, pick)),
    lambda p, pick: p.put_link_kind(LinkKind(f"kind_{pick(2)}", directed=bool(pick(2)))),
    lambda p, pick: p.remove_link_kind(f"kind_{pick(2)}"),
    lambda p, pick: p.link(f"kind_{pick(2)}", passage(p, pick), passage(p, pick)),
    lambda p, pick: p.change_tag("demand", definition=f"Definition {pick(3)}", memo=f"memo {pick(2)}"),
    lambda p, pick: p.confirm([passage(p, pick)]),
    lambda p, pick: p.make_example(passage(p, pick)),
    lambda p, pick: p.drop_example(passage(p, pick)),
    lambda p, pick: p.rename_tag(("demand", "threat")[pick(2)], ("claim", "demand")[pick(2)]),
    lambda p, pick: p.merge_tags(["event"], "demand"),
    lambda p, pick: p.delete_tag(("threat", "event")[pick(2)], remove=True),
    lambda p, pick: p.rename_attribute("demand", "addressee", "asked"),
    lambda p, pick: p.delete_attribute("demand", ("addressee", "asked")[pick(2)]),
    lambda p, pick: p.retype_attribute("demand", ("addressee", "asked")[pick(2)], ("text", "actors")[pick(2)]),
    lambda p, pick: p.revise(one(p, pick), f"{TEXT} Mended {pick(3)}.", accept=True),
    lambda p, pick: p.undo(),
    lambda p, pick: p.redo(),
    lambda p, pick: p.go_back(1 + pick(last(p))),
    lambda p, pick: p.revert(1 + pick(last(p))),
    lambda p, pick: p.be(("LM", "AB")[pick(2)]),
]


def one(project: Project, pick: Callable[[int], int]) -> str:
    found = [s.id for s in project.statements()]
    return found[pick(len(found))] if found else "none"


def passage(project: Project, pick: Callable[[int], int]) -> str:
    found = [a.id for r in project.records() for a in r.annotations]
    return found[pick(len(found))] if found else "none"


def actor(project: Project, pick: Callable[[int], int]) -> str:
    found = [a.id for a in project.actors()]
    return found[pick(len(found))] if found else "none"


def claims(project: Project) -> list[tuple[str, str]]:
    return [(a.id, name) for r in project.records() for a in r.annotations for name in a.attributes]


@pytest.mark.plain_only("thirty projects are made, each with many copies: minutes, when each is encrypted")
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=25))
def test_going_back_gives_what_a_copy_taken_then_has(data: st.DataObject, acts: list[Any]):
    def pick(count: int) -> int:
        return data.draw(st.integers(0, count - 1))

    with tempfile.TemporaryDirectory() as folder, Project.create(Path(folder, "p"), coder="LM") as project:
        after = {1: dump(project)}
        project.add_statement(TEXT, "Statement on the dam")
        for act in (lambda p, pick: None, *acts):
            with suppress(AnnotatorError):
                act(project, pick)
            after.setdefault(last(project), dump(project))
        end, step = last(project), data.draw(st.sampled_from(sorted(after)))
        try:
            assert project.go_back(step).label == f"Go back to step {step}"
        except AnnotatorError as error:
            assert "all is as it was then" in str(error) and after[step] == after[end]
            return
        assert dump(project) == after[step]
        assert errors(project) == []
        project.undo()
        assert dump(project) == after[end]
        project.redo()
        assert dump(project) == after[step]


# -- examples -----------------------------------------------------------------------------------


def test_going_back_over_an_import_that_replaced_a_text_brings_the_old_text_back(
    project: Project, statement: str, write_native: Callable[..., Path], tmp_path: Path
):
    passage = project.annotate(statement, "demand", span_of("call on the council")).result
    before, step = dump(project), last(project)
    other = write_native(tmp_path / "other.json", {statement: "Another text, in which nothing is tagged."})
    jobs.run(jobs.import_files(project, [other], on_conflict="replace"))
    assert project.text(statement) != TEXT
    project.go_back(step)
    assert dump(project) == before and project.annotation(passage).quote == "call on the council"
    assert errors(project) == []


def test_what_was_done_since_is_one_step_that_stays_in_the_history(project: Project, statement: str):
    step = last(project)
    passage = project.annotate(statement, "demand", span_of("call on")).result
    project.note(passage, "n")
    changes = project.go_back(step)
    assert changes.ids("annotation") == {passage} and changes.concerns(statement)
    assert [e.label for e in project.history(statement, passage)] == [
        f"Go back to step {step}",
        "Edit note",
        "Tag as demand",
    ]


def test_only_rows_that_differ_are_written(project: Project, statement: str):
    step = last(project)
    project.set_setting("title", "x")
    project.set_setting("title", "project")
    passage = project.annotate(statement, "demand", span_of("call on")).result
    assert project.go_back(step).touched == {("annotation", passage)}


def test_going_back_to_where_one_is_or_never_was_is_refused(project: Project, statement: str):
    head = project.head
    with pytest.raises(AnnotatorError, match="all is as it was then"):
        project.go_back(last(project))
    for nowhere in (0, -1, 3, 10**15):
        with pytest.raises(NotFound, match=f"no step {nowhere} in project.annotator"):
            project.go_back(nowhere)
    assert project.head == head


def test_what_was_deleted_for_good_cannot_be_gone_back_to_or_undone(project: Project, statement: str, raw: Raw):
    passage = project.annotate(statement, "demand", span_of("call on")).result
    project.note(passage, "a name")
    project.note(passage, "")
    raw("UPDATE change SET before = NULL, after = NULL, salt = NULL WHERE step IN (4, 5)")
    head = project.head
    with pytest.raises(AnnotatorError, match="“Go back to step 3” is not possible: part of what was there then was"):
        project.go_back(3)
    with pytest.raises(AnnotatorError, match="what it would bring back was deleted for good"):
        project.undo()
    assert project.head == head and project.annotation(passage).note == ""


def test_a_project_that_is_only_read_goes_nowhere(project: Project, statement: str):
    with Project.open(project.path, read_only=True) as reading:
        for act in (reading.go_back, reading.revert):
            with pytest.raises(ReadOnly):
                act(1)


# -- one older step --------------------------------------------------------------------------------


def test_one_older_step_is_undone_when_nothing_it_touched_changed_since(project: Project, statement: str):
    project.annotate(statement, "demand", span_of("call on"))
    step, before = last(project), project.annotations(statement)
    project.edit(statement, venue="x")
    project.annotate(statement, "event", span_of("Armed men"))
    assert project.revert(step).label == "Undo Tag as demand"
    assert [a.tag for a in project.annotations(statement)] == ["event"]
    assert [(e.number, e.undone) for e in project.history()][:4] == [(6, False), (5, False), (4, False), (3, True)]
    project.redo()
    assert [a for a in project.annotations(statement) if a.tag == "demand"] == list(before)
    assert errors(project) == []


def test_one_older_step_is_refused_when_what_it_touched_changed_since(project: Project, statement: str):
    passage = project.annotate(statement, "demand", span_of("call on")).result
    step = last(project)
    project.note(passage, "n")
    with pytest.raises(AnnotatorError, match="what it would change was changed since"):
        project.revert(step)
    assert project.annotation(passage).note == "n"


def test_steps_that_cannot_be_undone_by_themselves_say_why(project: Project, statement: str):
    project.edit(statement, venue="x")
    project.undo()
    for step, reason in (
        (1, "laid the project down"),
        (3, "is undone already"),
        (4, "is itself an undo"),
        (9, "There is no"),
    ):
        with pytest.raises(AnnotatorError, match=reason):
            project.revert(step)


def test_who_undoes_is_named_although_they_did_nothing_else(project: Project, statement: str):
    project.edit(statement, venue="x")
    project.be("AB")
    project.undo()
    assert project.history()[0].coder == "AB" and errors(project) == []


@pytest.mark.parametrize("how", ["number", "whole id", "end of the id"])
def test_a_step_is_found_by_its_number_or_its_id(project: Project, statement: str, how: str):
    step = project.history()[0]
    given = {"number": str(step.number), "whole id": step.id, "end of the id": step.id[-8:].upper()}[how]
    assert project.find_step(f" {given} ") == step.number
    for other in ("", "x", "99", "9" * 40, "ffffff", "٣"):
        with pytest.raises(NotFound):
            project.find_step(other)


# -- what it would change -----------------------------------------------------------------------


def test_what_going_back_would_change_is_told_before(project: Project):
    kept = project.add_statement(TEXT, "Kept").result
    passage = project.annotate(kept, "demand", Span(0, 4)).result
    gone = project.annotate(kept, "event", Span(0, 4)).result
    number = last(project)
    project.add_statement("Other words.", "New")
    project.note(passage, "softer")
    project.remove([gone])
    project.note(passage, "harder")
    plan = project.plan_going_back(number)
    assert plan.sentence() == "4 steps came since. 1 statement goes, 1 passage comes back, 1 passage changes."
    assert plan.refusal() == ""
    project.go_back(number)
    assert project.plan_going_back(number).rows == {}


def test_going_back_to_the_last_step_or_to_none_is_refused_before(project: Project):
    project.add_statement(TEXT, "Kept")
    number = last(project)
    assert project.plan_going_back(number).refusal() == (
        f"“Go back to step {number}” would change nothing: all is as it was then."
    )
    with pytest.raises(NotFound):
        project.plan_going_back(number + 1)


def test_what_was_deleted_for_good_is_told_before_going_back(project: Project):
    statement = project.add_statement(TEXT, "Secret").result
    number = last(project)
    project.edit(statement, title="Other")
    project.delete_for_good([statement])
    assert "deleted for good" in project.plan_going_back(number).refusal()


def test_what_came_by_a_migration_goes_back_to_its_default_and_stands_in_the_way_of_undoing_an_older_step(
    project: Project, statement: str, raw: Raw
):
    project.edit(statement, venue="x")
    for side in ("before", "after"):  # as a program of schema 2 wrote them
        raw(f"UPDATE change SET {side} = json_remove({side}, '$.memo') WHERE \"table\" = 'statement'")
    added, edited = last(project) - 1, last(project)
    project.edit(statement, memo="to be kept")
    for step in (added, edited):
        with pytest.raises(AnnotatorError, match="was changed since"):
            project.revert(step)
    project.go_back(added)
    gone = project.statement(statement)
    assert (gone.venue, gone.memo) == ("", "")
    project.undo()
    there = project.statement(statement)
    assert (there.venue, there.memo) == ("x", "to be kept")
