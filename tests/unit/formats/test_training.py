"""The formats for training: doccano, Prodigy, Label Studio; each both ways."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from annotator import Project, Span, jobs
from annotator.formats.prodigy import tokens
from tests.unit.formats import roundtrip

NAMES = {"doccano": "x.jsonl", "prodigy": "x.jsonl", "label-studio": "x.json"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory):
    with roundtrip.make(tmp_path_factory.mktemp("round") / "round.annotator") as project:
        yield project


@pytest.mark.parametrize("format", NAMES)
def test_texts_and_passages_come_back_from_what_was_exported(format: str, project: Project, tmp_path: Path):
    data, _ = roundtrip.exported(project, format)
    with Project.create(tmp_path / "new.annotator", coder="LM") as other:
        report = roundtrip.imported(other, data, NAMES[format], tmp_path / "in")
        assert not report.problems and report.imported == len(roundtrip.TEXTS)
        assert roundtrip.passages(other) == roundtrip.passages(project)
        assert jobs.run(jobs.check(other)) == []
        again = roundtrip.imported(other, data, NAMES[format], tmp_path / "in")
        assert again.imported == 0 and not again.problems


@pytest.mark.parametrize("format", ["doccano", "label-studio"])
def test_links_within_a_text_come_back_and_those_between_texts_are_counted(
    format: str, project: Project, tmp_path: Path
):
    data, report = roundtrip.exported(project, format)
    assert "links between statements" in "; ".join(report.losses) or format == "label-studio"
    with Project.create(tmp_path / "new.annotator", coder="LM") as other:
        roundtrip.imported(other, data, NAMES[format], tmp_path / "in")
        assert set(roundtrip.links(other)) < set(roundtrip.links(project))
        assert roundtrip.links(other)


def test_what_prodigy_gets_has_whole_tokens_under_every_span(project: Project):
    data, _ = roundtrip.exported(project, "prodigy")
    for line in data.decode().splitlines():
        task = json.loads(line)
        for span in task["spans"]:
            first, last = task["tokens"][span["token_start"]], task["tokens"][span["token_end"]]
            assert (first["start"], last["end"]) == (span["start"], span["end"])
            assert task["text"][span["start"] : span["end"]] == span["text"]


def test_tokens_are_cut_where_a_passage_begins_inside_of_a_word():
    assert tokens("harbours", [7]) == [(0, 7), (7, 8)]


def test_the_variants_of_doccano_are_read(tmp_path: Path):
    lines = [
        {"text": "Peter Blom went.", "label": [[0, 10, "PERSON"]]},
        {"data": "A quay in Velmar.", "labels": [[10, 16, "PLACE"], [0, 6, "PLACE"]]},
        {"text": "Ina met Bo.", "entities": [
            {"id": 4, "start_offset": 0, "end_offset": 3, "label": "PERSON"},
            {"id": 7, "start_offset": 8, "end_offset": 10, "label": "PERSON"}],
            "relations": [{"from_id": 4, "to_id": 7, "type": "knows"}]},
        {"text": "No span at all.", "label": [[0, "x"]]},
        {"label": [[0, 1, "PER"]]},
    ]  # fmt: skip
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        data = "\n".join(map(json.dumps, lines)).encode()
        report = roundtrip.imported(project, data, "all.jsonl", tmp_path / "in")
        assert report.imported == 3 and len(report.problems) == 2
        quotes = {(each["tag"], each["quote"]) for each in roundtrip.passages(project)}
        assert quotes == {
            ("person", "Peter Blom"), ("place", "Velmar"), ("place", "A quay"), ("person", "Ina"), ("person", "Bo"),
        }  # fmt: skip
        assert roundtrip.links(project) == [("knows", "Ina", "Bo")]


def test_what_a_model_predicted_comes_in_as_a_suggestion_of_a_machine(tmp_path: Path):
    task = {
        "data": {"text": "They demand help."},
        "annotations": [],
        "predictions": [{"model_version": "m-1", "result": [
            {"id": "a", "type": "labels", "from_name": "label", "to_name": "text",
             "value": {"start": 0, "end": 16, "text": "They demand help", "labels": ["Demand"]}}]}],
    }  # fmt: skip
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        roundtrip.imported(project, json.dumps([task]).encode(), "tasks.json", tmp_path / "in")
        (annotation,) = (a for s in project.statements() for a in project.annotations(s.id))
        assert annotation.status == "suggested" and annotation.tag == "demand"
        assert project.coder_name(annotation.coder) == "m-1"


FIXTURES = Path(os.environ.get("ANNOTATOR_FIXTURES", ""))
needs_fixtures = pytest.mark.skipif(
    not os.environ.get("ANNOTATOR_FIXTURES"),
    reason="needs files made by other programs: set ANNOTATOR_FIXTURES to their folder",
)


@needs_fixtures
@pytest.mark.parametrize(
    ("format", "pattern", "spans"),
    [
        ("doccano", "doccano/**/sequence_labeling/*.jsonl", 5),
        ("doccano", "doccano/**/relation_extraction/*.jsonl", 4),
        ("prodigy", "prodigy/*.jsonl", 1),
        ("label-studio", "label-studio/*.json", 0),
    ],
)
def test_files_by_the_programs_themselves_come_in_with_every_slice_its_quote(
    format: str, pattern: str, spans: int, tmp_path: Path
):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        files = sorted(FIXTURES.glob(pattern))
        report = jobs.run(jobs.import_files(project, files, format=format))
        assert files and all("\n" not in str(problem) for problem in report.problems)
        found = roundtrip.passages(project)
        assert len(found) >= spans
        assert all(each["text"][each["start"] : each["end"]] == each["quote"] for each in found)
        assert jobs.run(jobs.check(project)) == []


@pytest.mark.parametrize("format", NAMES)
def test_texts_that_are_longer_than_what_tells_the_format_come_back(format: str, tmp_path: Path):
    words = "The crews want the pier back. " * 1500
    with Project.create(tmp_path / "long.annotator", coder="LM") as project:
        for n in range(2):
            statement = project.add_statement(f"{words}{n}", title=f"Long {n}").result
            project.annotate(statement, "demand", Span(len(words) - 25, len(words) - 2))
        data, _ = roundtrip.exported(project, format)
        with Project.create(tmp_path / "new.annotator", coder="LM") as other:
            report = roundtrip.imported(other, data, NAMES[format], tmp_path / "in")
            assert not report.problems and report.imported == 2
            assert roundtrip.passages(other) == roundtrip.passages(project)
