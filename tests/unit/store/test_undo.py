"""Undo and redo: of everything, as new steps, for the session or the file, and never over what others changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import NotFound
from annotator.core.links import LinkKind
from annotator.core.model import Attribute, Tag, TagName

from .conftest import TEXT, span_of, state

Act = Callable[[Project, str, str, Path], Any]


def imported(project: Project, folder: Path, **options: Any) -> jobs.ImportReport:
    report: jobs.ImportReport = jobs.run(jobs.import_files(project, [folder], **options))
    return report


def _import_many(project: Project, statement: str, passage: str, folder: Path) -> None:
    for n in range(30):
        (folder / f"{n:02}.txt").write_text(f"Title {n}\nThe dam of village {n}.", encoding="utf-8")
    assert imported(project, folder).imported == 30


def _import_replacing(project: Project, statement: str, passage: str, folder: Path) -> None:
    whole = folder / "x.json"
    jobs.run(jobs.export(project, whole))
    text = whole.read_text(encoding="utf-8")
    whole.write_text(text.replace('"title": "Statement on the dam"', '"title": "new"'), encoding="utf-8")
    assert imported(project, folder, on_conflict="replace").imported == 1


ACTS: dict[str, Act] = {
    "tag": lambda p, s, a, f: p.annotate(s, "event", span_of("Armed men shelled the dam")),
    "tag with new actors": lambda p, s, a, f: p.annotate(
        s, "accusation", span_of("shelled"), given={"accused": "SDF; Turkey", "accuser": "SDF"}, note="n"
    ),
    "retag": lambda p, s, a, f: p.retag([a], "accusation"),
    "resize": lambda p, s, a, f: p.resize(a, span_of("open the gates")),
    "note": lambda p, s, a, f: p.note(a, "softer than in March"),
    "values": lambda p, s, a, f: p.set_values(a, {"force": [{"value": "ultimatum"}], "deadline": [{"edtf": "2022"}]}),
    "clear a value": lambda p, s, a, f: p.set_values(a, {"force": []}),
    "values with a new actor": lambda p, s, a, f: p.describe(a, {"addressee": "SDF; Council", "force": "appeal"}),
    "remove with links": lambda p, s, a, f: p.remove([a]),
    "link": lambda p, s, a, f: p.link("responds_to", a, p.annotations(s)[1].id),
    "unlink": lambda p, s, a, f: p.unlink(p.links()[0].id),
    "edit metadata": lambda p, s, a, f: p.edit(s, title="new", date_issued="2022-01~", date_issued_basis="inferred"),
    "clear a date": lambda p, s, a, f: p.edit(s, date_published=""),
    "delete statement": lambda p, s, a, f: p.delete([s]),
    "mark as done": lambda p, s, a, f: p.mark(s, "done"),
    "mark as unread": lambda p, s, a, f: p.mark(s, "unread"),
    "add a statement": lambda p, s, a, f: p.add_statement("Another text\nabout a dam.", "new"),
    "import of many": _import_many,
    "import that replaces": _import_replacing,
    "codebook": lambda p, s, a, f: p.put_tag(Tag(TagName("threat"), "Threat", attributes=(Attribute("target"),))),
    "change a tag": lambda p, s, a, f: p.put_tag(replace(p.codebook.tag("demand"), definition="shorter")),
    "setting": lambda p, s, a, f: p.set_setting("title", "Dams"),
    "actor": lambda p, s, a, f: p.add_actor("SDF", "militia", ["QSD"]),
    "actor renamed": lambda p, s, a, f: p.rename_actor(p.find_actor("Council").id, "Dam Council"),
    "actor described": lambda p, s, a, f: p.edit_actor(p.find_actor("Council").id, type="militia", color="#aabbcc"),
    "actors merged": lambda p, s, a, f: _merge(p),
    "actor split": lambda p, s, a, f: p.split_actor(p.find_actor("Council").id, "Assembly", values=[(a, "")]),
    "actors kept apart": lambda p, s, a, f: _keep_apart(p),
    "kind of link": lambda p, s, a, f: p.put_link_kind(LinkKind("contradicts")),
    "several at once": lambda p, s, a, f: _several(p, s, a),
}


def _keep_apart(project: Project) -> None:
    with project.step("Keep apart"):
        project.keep_apart(project.find_actor("Council").id, project.add_actor("SDF").result)


def _merge(project: Project) -> None:
    with project.step("Merge"):
        project.merge_actors([project.find_actor("Council").id], project.add_actor("Assembly").result)


def _several(project: Project, statement: str, passage: str) -> None:
    with project.step("Recode"):
        project.retag([passage], "event")
        project.note(passage, "x")
        project.annotate(statement, "demand", span_of("They must withdraw"))
        project.remove([passage])
        project.edit(statement, title="new")


@pytest.fixture
def passage(project: Project, statement: str) -> str:
    """A demand with values, in a statement that has all that a statement can have, and with a link."""
    found = project.annotate(
        statement, "demand", span_of("call on the council"), given={"addressee": "Council", "force": "demand"}, note="n"
    ).result
    other = project.annotate(statement, "demand", span_of("They must withdraw")).result
    project.link("same_as", found, other)
    project.edit(statement, date_published="2022-01-21")
    project.opened(statement)
    return found


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_every_intention_is_one_step_that_undo_takes_back_and_redo_repeats(
    project: Project, statement: str, passage: str, tmp_path: Path, act: Act
):
    folder = tmp_path / "files"
    folder.mkdir()
    before, steps = state(project), len(project.history())
    act(project, statement, passage, folder)
    after = state(project)
    assert after != before and len(project.history()) == steps + 1
    for _ in range(2):
        assert project.undo()
        assert state(project) == before
        assert project.redo()
        assert state(project) == after
    assert [f for f in jobs.run(jobs.check(project)) if f.kind == "error"] == []


#: These write ahead in transactions of their own, before their step.
AHEAD = {"import of many", "import that replaces", "add a statement"}


@pytest.mark.parametrize(
    "act", [ACTS[name] for name in ACTS if name not in AHEAD], ids=[n for n in ACTS if n not in AHEAD]
)
def test_nothing_of_an_interrupted_step_stays(project: Project, statement: str, passage: str, tmp_path: Path, act: Act):
    before, head = state(project), project.head
    with pytest.raises(ZeroDivisionError), project.step("Interrupted"):
        act(project, statement, passage, tmp_path)
        raise ZeroDivisionError
    assert state(project) == before and project.head == head
    changes = project.note(passage, "afterwards")
    assert changes.touched == {("annotation", passage)}


def test_what_changes_nothing_is_no_step(project: Project, statement: str, passage: str):
    head = project.head
    a = project.annotation(passage)
    assert not project.retag([passage], "demand")
    assert not project.note(passage, a.note)
    assert not project.resize(passage, Span(a.start, a.end))
    assert not project.set_values(passage, {"force": [{"value": "demand"}]})
    assert not project.set_values(passage, {"mode": []})
    assert not project.edit(statement, title="Statement on the dam")
    assert not project.mark(statement, project.status(statement))
    assert not project.unlink("nothing")
    assert not project.retag([], "event") and not project.remove([]) and not project.delete([])
    assert project.annotate(statement, "demand", Span(a.start, a.end)).result == passage
    assert project.link("same_as", passage, project.annotations(statement)[1].id).result == project.links()[0].id
    assert project.head == head


def test_undo_goes_back_step_by_step_and_redo_forth(project: Project, statement: str):
    for note in ("one", "two", "three"):
        project.edit(statement, venue=note)
    labels = [project.undo().label for _ in range(3)]
    assert labels == ["Undo Edit venue"] * 3 and project.statement(statement).venue == ""
    for note in ("one", "two", "three"):
        assert project.redo().label == "Redo Edit venue" and project.statement(statement).venue == note
    assert project.redo_label == ""


def test_redo_ends_with_a_new_ordinary_step(project: Project, statement: str):
    project.edit(statement, venue="one")
    project.undo()
    assert project.redo_label == "Edit venue"
    project.edit(statement, office="two")
    assert project.redo_label == ""
    with pytest.raises(AnnotatorError, match="nothing to redo"):
        project.redo()


def test_a_redone_step_can_be_undone_again(project: Project, statement: str):
    project.edit(statement, venue="one")
    project.undo()
    project.redo()
    assert project.undo_label == "Edit venue"
    project.undo()
    assert project.undo_label == "Add statement"


def test_the_step_that_made_the_project_cannot_be_undone(project: Project, reopen: Callable[..., Project]):
    for whole_file in (False, True):
        with pytest.raises(AnnotatorError, match="There is nothing to undo"):
            project.undo(whole_file=whole_file)
    again = reopen()
    with pytest.raises(AnnotatorError, match="There is nothing to undo"):
        again.undo(whole_file=True)
    assert len(again.codebook.tags) == 3


def test_a_session_undoes_its_own_steps_and_the_command_line_those_of_the_file(
    project: Project, statement: str, reopen: Callable[..., Project]
):
    project.edit(statement, venue="one")
    again = reopen()
    assert again.undo_label == ""
    with pytest.raises(AnnotatorError):
        again.undo()
    again.edit(statement, office="two")
    assert again.undo().label == "Undo Edit office"
    assert again.undo(whole_file=True).label == "Undo Edit venue"
    assert again.redo(whole_file=True).label == "Redo Edit venue"


def test_undo_refuses_where_another_session_changed_the_same_since(
    project: Project, statement: str, another_session: Project
):
    passage = project.annotate(statement, "demand", span_of("call on")).result
    project.note(passage, "one")
    another_session.note(passage, "two")
    before, head = state(project), project.head
    with pytest.raises(AnnotatorError, match=r"“Undo Edit note” is not possible: .* changed since"):
        project.undo()
    assert state(project) == before and project.head == head
    another_session.undo()
    assert project.undo().label == "Undo Edit note" and project.annotation(passage).note == ""


def test_redo_refuses_where_another_session_changed_the_same_since(
    project: Project, statement: str, another_session: Project
):
    project.edit(statement, venue="one")
    project.undo()
    another_session.edit(statement, venue="two")
    with pytest.raises(AnnotatorError, match="“Redo Edit venue” is not possible"):
        project.redo()
    assert project.statement(statement).venue == "two"


def test_undo_of_other_fields_of_a_row_that_was_changed_refuses_as_well(
    project: Project, statement: str, another_session: Project
):
    project.edit(statement, venue="one")
    another_session.edit(statement, office="two")
    with pytest.raises(AnnotatorError, match="changed since"):
        project.undo()


def test_undo_of_an_import_refuses_when_others_annotated_it(project: Project, another_session: Project, tmp_path: Path):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    report = imported(project, tmp_path / "a.txt")
    (statement,) = report.changes.ids("statement")
    passage = another_session.annotate(statement, "demand", span_of("call on")).result
    before = state(project)
    with pytest.raises(AnnotatorError, match="“Undo Import 1 statement” is not possible: other entries refer to what"):
        project.undo()
    assert state(project) == before
    another_session.remove([passage])
    project.undo()
    assert not project.has_statement(statement)


def test_the_file_undoes_what_any_session_did_last(project: Project, statement: str, another_session: Project):
    project.edit(statement, venue="one")
    another_session.edit(statement, office="two")
    assert project.undo_label == "Edit venue"
    assert project.undo(whole_file=True).label == "Undo Edit office"
    assert project.undo(whole_file=True).label == "Undo Edit venue"


def test_what_an_undone_step_shared_with_others_stays(project: Project, statement: str):
    one = project.annotate(statement, "demand", span_of("call on"), given={"addressee": "SDF"}).result
    with project.step("Use the actor again"):
        project.annotate(statement, "accusation", span_of("shelled"), given={"accused": "SDF"})
    project.undo()
    assert [a.name for a in project.actors()] == ["SDF"]
    project.undo()
    assert project.actors() == () and not project.annotations(statement)
    project.redo()
    assert project.annotation(one).attributes["addressee"] == [{"actor": project.actors()[0].id}]


def test_history_keeps_the_names_of_those_whose_steps_were_undone(project: Project, statement: str):
    project.annotate(statement, "demand", span_of("call on"))
    project.undo()
    project.edit(statement, venue="x")
    assert {entry.coder for entry in project.history()} == {"LM"}


def test_history_tells_what_a_step_did_to_a_statement_and_a_passage(project: Project, statement: str):
    passage = project.annotate(statement, "demand", span_of("call on")).result
    project.note(passage, "one")
    other = project.add_statement("Other text").result
    assert [e.label for e in project.history()] == [
        "Add statement",
        "Edit note",
        "Tag as demand",
        "Add statement",
        "New project",
    ]
    assert [e.label for e in project.history(statement)] == ["Edit note", "Tag as demand", "Add statement"]
    assert [e.label for e in project.history(other)] == ["Add statement"]
    (edited, tagged) = project.history(statement, passage)
    change = edited.changes[0]
    assert change.before is not None and change.after is not None
    assert (change.before["note"], change.after["note"]) == ("", "one")
    assert tagged.changes[0].before is None
    project.undo()  # of the other statement
    project.undo()
    assert [(e.label, e.undone) for e in project.history(statement)][:2] == [
        ("Undo Edit note", False),
        ("Edit note", True),
    ]
    assert len(project.history(limit=2)) == 2


def test_a_caught_failure_inside_a_step_leaves_nothing_of_itself_in_it(project: Project, statement: str):
    with project.step("Recode") as step:
        project.edit(statement, venue="kept")
        with pytest.raises(NotFound):
            project.mark_all([statement, "gone"], "done")
        with pytest.raises(AnnotatorError), project.step("Part"):
            project.edit(statement, office="lost")
            project.add_actor("")
    assert project.statement(statement).venue == "kept" and project.statement(statement).office == ""
    assert project.status(statement) == "unread"
    assert step.changes.ids("statement") == {statement}


def test_deleting_an_older_version_leaves_the_newer_one_and_undo_restores_the_arrow(
    project: Project, statement: str, tmp_path: Path
):
    newer = project.add_statement("Corrected text", "new").result
    whole = tmp_path / "x.json"
    jobs.run(jobs.export(project, whole))
    text = whole.read_text(encoding="utf-8").replace(
        '"text": "Corrected', f'"previous": "{statement}", "text": "Corrected'
    )
    whole.write_text(text, encoding="utf-8")
    imported(project, whole, on_conflict="replace")
    assert project.statement(newer).previous == statement
    project.delete([statement])
    assert project.statement(newer).previous is None
    project.undo()
    assert project.statement(newer).previous == statement


def test_a_step_of_very_many_rows_names_only_some_and_says_so(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("annotator.store.ledger.MANY", 50)
    with project.step("Add many") as step:
        for n in range(51):
            project.add_actor(f"Actor {n}")
    assert step.changes.many and step.changes.concerns("anything") and len(step.changes.touched) == 50
    changes = project.undo()
    assert changes.many and project.actors() == ()


def test_the_codebook_is_never_out_of_date(project: Project, statement: str):
    with Project.open(project.path, read_only=True) as other, project.sibling() as sibling:
        for opened in (project, other, sibling):
            assert "threat" not in opened.codebook
        with project.step("Two things"):
            project.put_tag(Tag(TagName("threat"), "Threat"))
            project.annotate(statement, "threat", span_of("call on"))
        for opened in (project, other, sibling):
            assert "threat" in opened.codebook
        project.set_setting("codebook_rules", '["One rule."]')
        for opened in (project, other, sibling):
            assert opened.codebook.rules == ("One rule.",)
        project.undo()
        project.undo()
        for opened in (project, other, sibling):
            assert "threat" not in opened.codebook and len(opened.codebook.rules) == 6


def test_how_many_rows_undo_and_redo_would_write_back_is_known_before(project: Project, statement: str):
    assert project.redo_rows(5) == 0
    with project.step("Tag two"):
        for start in (0, 4):
            project.annotate(statement, "demand", Span(start, start + 3))
    assert (project.undo_rows(5), project.undo_rows(1)) == (2, 1)
    project.undo()
    assert project.redo_rows(5) == 2
