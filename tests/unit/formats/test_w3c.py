"""W3C Web Annotation: what is written, and what comes back."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from annotator import Project, jobs
from tests.unit.formats import roundtrip


@pytest.fixture
def project(tmp_path: Path):
    with roundtrip.make(tmp_path / "round.annotator") as project:
        yield project


def test_what_is_exported_comes_back_to_the_same_statements(project: Project, tmp_path: Path):
    data, _ = roundtrip.exported(project, "w3c")
    with roundtrip.bare(project, tmp_path / "bare.annotator") as other:
        report = roundtrip.imported(other, data, "x.jsonld", tmp_path / "in")
        assert not report.problems and report.attached == len(roundtrip.TEXTS)
        assert roundtrip.passages(other) == roundtrip.passages(project)
        assert roundtrip.links(other) == roundtrip.links(project)
        assert jobs.run(jobs.check(other)) == []
        assert not roundtrip.imported(other, data, "x.jsonld", tmp_path / "in").attached


def test_every_annotation_has_its_words_and_its_place_in_code_points(project: Project):
    data, report = roundtrip.exported(project, "w3c")
    page = json.loads(data)
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    made = [each for each in page["items"] if each["motivation"] == "classifying"]
    texts = {f"urn:uuid:{s.id}": project.text(s.id) for s in project.statements()}
    assert len(made) == len(roundtrip.passages(project))
    for each in made:
        position, quote = each["target"]["selector"]
        text = texts[each["target"]["source"]["id"]]
        assert text[position["start"] : position["end"]] == quote["exact"]
    assert "texts" in " ".join(report.losses)


def test_words_that_moved_are_found_again_and_words_that_are_gone_are_listed(tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        project.add_statement(
            "Before it. They call on the council to open the gate.", title="Gate", url="https://x.example/gate"
        )
        page = [
            {
                "@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation", "body": "Demand", "id": str(n),
                "target": {"source": "https://x.example/gate", "selector": {
                    "type": "TextQuoteSelector", "exact": words}},
            }
            for n, words in enumerate(("call on the council to open the gate", "words that nobody wrote there"))
        ]  # fmt: skip
        report = roundtrip.imported(project, json.dumps(page).encode(), "x.jsonld", tmp_path / "in")
        assert [p["quote"] for p in roundtrip.passages(project)] == ["call on the council to open the gate"]
        assert [p["tag"] for p in roundtrip.passages(project)] == ["demand"]
        (problem,) = report.problems
        assert "words that nobody wrote there" in str(problem) and "left out" in str(problem)


FIXTURES = Path(os.environ.get("ANNOTATOR_FIXTURES", "")) / "w3c-web-annotation" / "model-wd2"
needs_fixtures = pytest.mark.skipif(
    not os.environ.get("ANNOTATOR_FIXTURES"),
    reason="needs files made by other programs: set ANNOTATOR_FIXTURES to their folder",
)


@needs_fixtures
@pytest.mark.parametrize("kind", ["correct", "incorrect"])
def test_the_examples_of_the_standard_end_with_sentences_and_never_with_a_traceback(kind: str, tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        files = sorted((FIXTURES / kind).glob("*.json"))
        report = jobs.run(jobs.import_files(project, files, format="w3c"))
        assert files and report.files == len(files)
        assert {str(problem).count("\n") for problem in report.problems} == {0}
