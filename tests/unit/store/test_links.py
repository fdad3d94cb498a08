"""Links are of kinds that every project has or that this one defines, and their ends are passages that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator import AnnotatorError, Project, jobs
from annotator.core.links import LinkKind
from annotator.core.model import Changes

from .conftest import span_of


@pytest.fixture
def two(project: Project, statement: str) -> tuple[str, str]:
    return (
        project.annotate(statement, "demand", span_of("open the gates")).result,
        project.annotate(statement, "event", span_of("shelled the dam")).result,
    )


def test_a_link_of_an_unknown_kind_is_refused_with_the_kinds_there_are(project: Project, two):
    with pytest.raises(AnnotatorError, match="no kind of link “blames”; there are: same_as, event_ref, responds_to"):
        project.link("blames", *two)
    project.put_link_kind(LinkKind("blames", "Blames", definition="The one names the other as the cause."))
    link = project.link("Blames", *two).result
    assert [(each.kind, each.id) for each in project.links()] == [("blames", link)]
    with pytest.raises(AnnotatorError, match="1 link is of the kind “blames”"):
        project.remove_link_kind("blames")
    project.unlink(link)
    project.remove_link_kind("blames")
    assert [kind.name for kind in project.link_kinds] == ["same_as", "event_ref", "responds_to"]


def test_kinds_that_every_project_has_are_not_redefined(project: Project):
    for change in (lambda: project.put_link_kind(LinkKind("same_as")), lambda: project.remove_link_kind("same_as")):
        with pytest.raises(AnnotatorError, match="Every project has the kind of link “same_as”"):
            change()
    with pytest.raises(AnnotatorError, match="cannot name a kind of link"):
        project.put_link_kind(LinkKind("Same thing"))


def test_a_link_to_a_removed_passage_is_refused_with_the_way_back(project: Project, two):
    project.remove([two[1]])
    with pytest.raises(AnnotatorError, match="was removed and cannot be linked; undo brings it back"):
        project.link("event_ref", *two)
    with pytest.raises(AnnotatorError, match="There is no passage x"):
        project.link("event_ref", two[0], "x")


def test_what_is_the_same_in_both_directions_is_linked_once(project: Project, two):
    link = project.link("same_as", *two).result
    assert project.link("same_as", *two[::-1]) == Changes("Link passages", result=link)
    assert project.link("responds_to", *two) and project.link("responds_to", *two[::-1])


def test_a_passage_knows_what_it_is_linked_with(project: Project, statement, two):
    other = project.add_statement("They shelled the dam again.", "Second").result
    third = project.annotate(other, "event", span_of("shelled the dam", "They shelled the dam again.")).result
    project.link("event_ref", *two)
    project.link("same_as", third, two[1])
    found = project.linked(two[1])
    assert [(each.link.kind, each.outgoing, each.annotation, each.title) for each in found] == [
        ("event_ref", False, two[0], "Statement on the dam"),
        ("same_as", False, third, "Second"),
    ]
    assert [link.kind for link in project.links_within(statement)] == ["event_ref"]
    assert project.links_within(other) == ()


def test_kinds_and_actors_come_along_with_an_export(project: Project, two, tmp_path: Path):
    project.put_link_kind(LinkKind("blames", "Blames", definition="names the cause"))
    project.link("blames", *two)
    project.describe(two[0], {"addressee": "SDF"})
    sdf = project.find_actor("SDF").id
    project.merge_actors([project.add_actor("QSD", aliases=["قسد"]).result], sdf)
    project.edit_actor(sdf, type="militia", color="#0072b2", wikidata="Q1", note="n")
    for form in ("json", "jsonl"):
        file = tmp_path / f"x.{form}"
        jobs.run(jobs.export(project, file, format=form))
        with Project.create(tmp_path / form, coder="LM") as fresh:
            jobs.run(jobs.import_files(fresh, [file]))
            assert fresh.link_kinds == project.link_kinds and fresh.links() == project.links()
            assert sorted(fresh.actors(), key=str) == sorted(project.actors(), key=str)
            assert fresh.find_actor("قسد").id == sdf
            assert jobs.run(jobs.check(fresh)) == []
            assert fresh.undo() and len(fresh.link_kinds) == 3


def test_a_kind_that_its_file_does_not_define_comes_with_its_links(project: Project, two, tmp_path: Path):
    project.link("event_ref", *two)
    file = tmp_path / "x.json"
    jobs.run(jobs.export(project, file))
    file.write_text(
        file.read_text(encoding="utf-8").replace('"kind": "event_ref"', '"kind": "refersTo"'), encoding="utf-8"
    )
    with Project.create(tmp_path / "fresh", coder="LM") as fresh:
        jobs.run(jobs.import_files(fresh, [file]))
        assert [link.kind for link in fresh.links()] == ["refersTo"]
        assert fresh.link_kinds[-1] == LinkKind("refersTo", "Refersto")
        assert jobs.run(jobs.check(fresh)) == []
