"""A corrected text comes as a new version: passages are found again, nothing of the old version is touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import NotFound
from annotator.core.model import Range, Source

from .conftest import TEXT, span_of, state

CORRECTED = TEXT.replace("We call on", "A word before.\nWe call upon").replace(" at once", "")
CALL, MEN, GO = "call on the council", "Armed men shelled the dam", "withdraw from Diyarbakır 🙏 at once"


@pytest.fixture
def worked(project: Project, statement: str) -> dict[str, str]:
    """Three passages of two coders with values, notes and links, by their first word."""
    made = {
        "call": project.annotate(statement, "demand", span_of(CALL), given={"addressee": "Council"}, note="n").result,
        "men": project.annotate(statement, "event", span_of(MEN)).result,
    }
    project.be("AB")
    made["go"] = project.annotate(statement, "demand", span_of(GO)).result
    other = project.add_statement("They answered the statement on the dam.").result
    made["answer"] = project.annotate(other, "demand", Span(0, 13)).result
    project.link("same_as", made["call"], made["men"])
    project.link("same_as", made["men"], made["go"])
    project.link("responds_to", made["answer"], made["call"])
    project.be("LM")
    return made


def errors(project: Project) -> list[Any]:
    return [f for f in jobs.run(jobs.check(project)) if f.kind == "error"]


def copies(project: Project, version: str) -> dict[str | None, Any]:
    return {a.origin: a for a in project.annotations(version)}


def test_a_preview_says_where_each_passage_would_be_and_changes_nothing(
    project: Project, statement: str, worked: dict[str, str]
):
    before, head = state(project), project.head
    plan = project.plan_revision(statement, CORRECTED)
    assert plan.counts() == {"kept": 0, "moved": 1, "to confirm": 2, "not found": 0}
    assert [each.annotation.id for each in plan.of_kind("moved")] == [worked["men"]]
    assert (state(project), project.head) == (before, head)


def test_a_corrected_text_is_a_new_version_with_copies_of_what_is_sure(
    project: Project, statement: str, worked: dict[str, str]
):
    project.edit(statement, venue="x", date_issued="2022")
    project.mark(statement, "done")
    before = state(project)["records"][statement]
    made = project.revise(statement, CORRECTED).result
    assert state(project)["records"][statement] == before
    new = project.statement(made)
    assert (new.previous, new.venue, new.title) == (statement, "x", before[0].title)
    assert new.text_sha256 != before[0].text_sha256
    assert project.text(made) == CORRECTED and project.status(made) == "unread"
    (copied,) = project.annotations(made)
    original = project.annotation(worked["men"])
    assert copied.origin == original.id and copied.quote == original.quote and copied.coder == original.coder
    assert copied.start == CORRECTED.index(MEN) and copied.created_at == original.created_at
    assert project.history()[0].label == "Add corrected version" and errors(project) == []
    assert [s.id for s in project.statements("upon")] == [made]


def test_what_is_to_be_confirmed_comes_along_when_it_is_accepted(
    project: Project, statement: str, worked: dict[str, str]
):
    made = project.revise(statement, CORRECTED, accept=[worked["call"]]).result
    copied = copies(project, made)
    assert set(copied) == {worked["call"], worked["men"]}
    call = copied[worked["call"]]
    assert call.quote == "call upon the council" and call.note == "n"
    assert call.attributes == project.annotation(worked["call"]).attributes
    project.undo()
    made = project.revise(statement, CORRECTED, accept=True).result
    assert copies(project, made)[worked["go"]].coder == project.annotation(worked["go"]).coder
    assert len(project.annotations(made)) == 3 and errors(project) == []


def test_links_of_copied_passages_are_copied_where_their_other_end_is_there(
    project: Project, statement: str, worked: dict[str, str]
):
    before = project.links()
    made = project.revise(statement, CORRECTED, accept=[worked["call"]]).result
    copied = {origin: a.id for origin, a in copies(project, made).items()}
    new = {(k.kind, k.source, k.target) for k in project.links() if k not in before}
    assert new == {
        ("same_as", copied[worked["call"]], copied[worked["men"]]),
        ("responds_to", worked["answer"], copied[worked["call"]]),
    }


def test_undo_takes_the_version_back_and_redo_brings_it_again(project: Project, statement: str, worked: dict[str, str]):
    before = state(project)
    project.revise(statement, CORRECTED, accept=True)
    after = state(project)
    assert project.undo() and state(project) == before
    assert project.redo() and state(project) == after
    assert project.go_back(project.history()[-1].number + 1) and errors(project) == []


def test_the_source_and_the_ranges_of_the_new_text_are_kept(project: Project, statement: str):
    data = CORRECTED.encode("utf-16")
    source = Source("corrected.txt", "text/plain", "0" * 64, len(data), "utf-16")
    made = project.revise(statement, CORRECTED, source, data=data, ranges=[Range(0, 20, "title")]).result
    assert project.statement(made).source == source and project.ranges(made) == (Range(0, 20, "title"),)


def test_old_ranges_and_the_words_of_values_are_found_again(project: Project, statement: str):
    there = span_of("the council")
    anchor = {"start": there.start, "end": there.end, "quote": "the council"}
    passage = project.annotate(statement, "demand", span_of(MEN)).result
    value = {"value": "ultimatum", "anchor": anchor}
    project.set_values(passage, {"force": [value]})
    made = project.revise(statement, CORRECTED, ranges=[Range(0, 20, "title")]).result
    (copied,) = project.annotations(made)
    moved = copied.attributes["force"][0]["anchor"]
    assert CORRECTED[moved["start"] : moved["end"]] == "the council" and moved["start"] != there.start
    again = project.revise(made, CORRECTED.replace("the council", "whoever it concerns")).result
    assert project.annotations(again)[0].attributes["force"] == [{"value": "ultimatum"}]
    assert project.ranges(again) == (Range(0, 20, "title"),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [(TEXT, "nothing to correct"), ("\ufeff" + TEXT.replace("\n", "\r\n"), "nothing to correct"), (" \n", "is empty")],
)
def test_a_text_that_is_no_correction_is_refused(project: Project, statement: str, text: str, reason: str):
    head = project.head
    with pytest.raises(AnnotatorError, match=reason):
        project.revise(statement, text)
    assert project.head == head


def test_a_statement_has_one_corrected_version_which_can_be_corrected_again(project: Project, statement: str):
    made = project.revise(statement, CORRECTED).result
    with pytest.raises(AnnotatorError, match=f"has a corrected version already, {made[-6:]}"):
        project.plan_revision(statement, "x")
    again = project.revise(made, TEXT).result
    assert project.text(again) == TEXT and project.statement(again).previous == made
    project.delete([made])
    assert project.statement(again).previous is None and errors(project) == []


def test_what_cannot_be_accepted_and_a_preview_that_is_no_longer_true_are_refused(
    project: Project, statement: str, worked: dict[str, str]
):
    head = project.head
    with pytest.raises(NotFound, match="not among those to confirm"):
        project.revise(statement, CORRECTED, accept=[worked["men"]])
    plan = project.plan_revision(statement, CORRECTED)
    with pytest.raises(AnnotatorError, match="of another text"):
        project.revise(statement, CORRECTED + "x", plan=plan)
    with pytest.raises(AnnotatorError, match="between 0 and 1"):
        project.plan_revision(statement, CORRECTED, floor=2)
    assert project.head == head
    project.note(worked["men"], "changed")
    with pytest.raises(AnnotatorError, match="changed since the preview"):
        project.revise(statement, CORRECTED, plan=plan)


def test_versions_and_origins_survive_export_and_import(
    project: Project, statement: str, worked: dict[str, str], tmp_path: Path
):
    made = project.revise(statement, CORRECTED, accept=True).result
    for name in ("x.json", "x.jsonl"):
        jobs.run(jobs.export(project, tmp_path / name, format=name[2:]))
        with Project.create(tmp_path / f"{name}.annotator", coder="LM") as other:
            jobs.run(jobs.import_files(other, [tmp_path / name]))
            assert other.statement(made) == project.statement(made)
            assert other.annotations(made) == project.annotations(made)
            assert {a.origin for a in other.annotations(made)} == {worked[n] for n in ("call", "men", "go")}
            assert other.links() == project.links() and errors(other) == []


def test_a_document_is_read_as_a_correction_and_many_are_not(tmp_path: Path, write_native: Callable[..., Path]):
    file = tmp_path / "corrected.txt"
    file.write_bytes(CORRECTED.encode("utf-16"))
    record = jobs.corrected(file)
    assert (
        record.text == CORRECTED and record.statement.source and record.statement.source.encoding.startswith("utf-16")
    )
    with pytest.raises(AnnotatorError, match="more than one statement"):
        jobs.corrected(write_native(tmp_path / "two.json", {"a": "x", "b": "y"}))
    for name in ("empty.txt", "gone.txt"):
        if name == "empty.txt":
            (tmp_path / name).touch()
        with pytest.raises(AnnotatorError):
            jobs.corrected(tmp_path / name)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_corrected_every_copy_quotes_its_text_and_undo_retraces_it(
    data: st.DataObject, tmp_path_factory: Any
):
    words = st.lists(
        st.sampled_from(["dam", "the", "council", "مُحَمَّد", "🙏", "They must go.", "\n"]), min_size=3, max_size=30
    )
    old, new = ("x " + " ".join(data.draw(words)) for _ in range(2))
    with Project.create(tmp_path_factory.mktemp("p") / "p.annotator", coder="LM") as project:
        statement = project.add_statement(old).result
        for _ in range(data.draw(st.integers(1, 6))):
            start = data.draw(st.integers(0, len(old) - 1))
            span = Span(start, data.draw(st.integers(start + 1, len(old))))
            project.annotate(statement, data.draw(st.sampled_from(["demand", "event"])), span, allow_overlap=True)
        before = state(project)
        try:
            plan = project.plan_revision(statement, new, floor=data.draw(st.sampled_from([0.0, 0.5, 0.8])))
        except AnnotatorError:
            assert old == new
            return
        made = project.revise(statement, new, accept=True, plan=plan).result
        assert {a.origin for a in project.annotations(made)} == {
            each.annotation.id for each in plan.of_kind("kept", "moved", "to confirm")
        }
        assert errors(project) == []
        project.undo()
        assert state(project) == before
