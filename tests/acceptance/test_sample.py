"""The example coding that the first start shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator import Project, jobs, paths
from annotator.core.codebook import missing
from annotator.core.model import ATTRIBUTE_TYPES


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The sample corpus with its coding, as the first start makes it."""
    path: Path = tmp_path_factory.mktemp("sample") / "sample.annotator"
    with Project.create(path, coder="LM") as project:
        jobs.run(jobs.import_files(project, [paths.sample_corpus()]))
        report = jobs.run(jobs.import_files(project, [paths.sample_coding()]))
        assert not report.problems
        yield project


def test_every_sample_statement_is_coded_and_every_promise_of_the_project_holds(sample: Project):
    assert all(sample.annotations(statement.id) for statement in sample.statements())
    assert jobs.run(jobs.check(sample)) == []


def test_no_value_of_the_example_coding_is_withheld(sample: Project):
    for statement in sample.statements():
        for annotation in sample.annotations(statement.id):
            assert "█" not in f"{annotation.attributes}{annotation.note}"


def test_the_example_coding_asks_for_nothing_more(sample: Project):
    codebook = sample.codebook
    unfinished = [
        (
            annotation.quote,
            [attribute.name for attribute in missing(codebook.tag(annotation.tag), annotation.attributes)],
        )
        for statement in sample.statements()
        for annotation in sample.annotations(statement.id)
        if missing(codebook.tag(annotation.tag), annotation.attributes)
    ]
    assert unfinished == []


def test_the_example_coding_shows_what_the_program_can_hold(sample: Project):
    codebook = sample.codebook
    annotations = [a for statement in sample.statements() for a in sample.annotations(statement.id)]
    used = {name for a in annotations for name in a.attributes}
    types = {attribute.type for tag in codebook for attribute in tag.attributes if attribute.name in used}
    assert types == {attribute.type for tag in codebook for attribute in tag.attributes} <= set(ATTRIBUTE_TYPES)
    assert {a.tag for a in annotations} == {tag.name for tag in codebook}
    anchored = [v for a in annotations for values in a.attributes.values() for v in values if "anchor" in v]
    assert len(anchored) > 50
    assert {link.kind for link in sample.links()} == {"same_as", "event_ref", "responds_to"}


def test_the_actors_of_the_example_coding_are_known_by_names_in_more_than_one_script(sample: Project):
    for latin, arabic in (("Syrian Democratic Forces", "قسد"), ("Turkey", "تركيا"), ("ISIS", "داعش")):
        actor = sample.find_actor(arabic)
        assert actor is not None and actor.name == latin
        assert {unicodedata.name(letter[0]).split()[0] for letter in (actor.name, *actor.aliases)} >= {
            "LATIN",
            "ARABIC",
        }


def test_the_example_coding_belongs_to_a_coder_of_its_own(sample: Project):
    coders = {a.coder for statement in sample.statements() for a in sample.annotations(statement.id)}
    assert [sample.coder_name(coder) for coder in coders] == ["Example coding"]
    assert sample.coder.id not in coders
