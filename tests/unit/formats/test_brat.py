"""brat standoff and CoNLL BIO."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from annotator import Project, jobs
from tests.unit.formats import roundtrip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory):
    with roundtrip.make(tmp_path_factory.mktemp("round") / "round.annotator") as project:
        yield project


def test_a_container_of_brat_comes_back_with_its_passages_values_and_links(project: Project, tmp_path: Path):
    data, report = roundtrip.exported(project, "brat")
    with Project.create(tmp_path / "new.annotator", coder="LM") as other:
        came = roundtrip.imported(other, data, "x.zip", tmp_path / "in")
        assert not came.problems and came.imported == len(roundtrip.TEXTS)
        mine = roundtrip.passages(project, without=("title",))
        for each in mine:
            each["note"] = each["note"].replace("\n", " ")
        assert roundtrip.passages(other, without=("title",)) == sorted(mine, key=repr)
        assert ("same_as", "call on the port to reopen 🏗️ the quay", "must act 🎉 now") in roundtrip.links(other)
        assert jobs.run(jobs.check(other)) == []
    assert {"line breaks in notes", "links between statements"} <= {line.split(" ", 1)[1] for line in report.losses}


def test_every_line_of_brat_quotes_its_text_with_blanks_for_line_breaks(project: Project):
    data, _ = roundtrip.exported(project, "brat")
    with zipfile.ZipFile(BytesIO(data)) as container:
        assert "annotation.conf" in container.namelist()
        for name in (each for each in container.namelist() if each.endswith(".ann")):
            text = container.read(name[:-4] + ".txt").decode()
            for line in container.read(name).decode().splitlines():
                if line.startswith("T"):
                    _, body, quote = line.split("\t")
                    _, start, end = body.split()
                    assert text[int(start) : int(end)].replace("\n", " ") == quote


def test_parts_events_attributes_and_notes_of_brat_come_in(tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"Guards beat three men\r\nand let two go.")
    (folder / "a.ann").write_bytes(
        b"T1\tAssault 7 11\tbeat\nT2\tPerson 0 6\tGuards\nT3\tPerson 12 17;30 33\tthree two\n"
        b"E1\tAssault:T1 Agent:T2\nA1\tSure E1 yes\n#1\tAnnotatorNotes T2\tWho?\n"
        b"T4\tPerson 3 90\tnobody at all\nZ nonsense\n"
    )
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [folder]))
        assert report.imported == 1
        found = {each["tag"] + ": " + each["quote"]: each for each in roundtrip.passages(project)}
        assert set(found) == {"assault: beat", "person: Guards", "person: three men\nand let two"}
        assert found["person: Guards"]["note"] == "Who?"
        assert found["assault: beat"]["values"] == {"sure": ["yes"]}
        assert roundtrip.links(project) == [("Agent", "beat", "Guards")]
        assert len(report.problems) == 3


def test_annotations_without_their_text_are_told(tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = roundtrip.imported(project, b"T1\tX 0 1\ta\n", "a.ann", tmp_path / "in")
        assert [problem.reason for problem in report.problems] == [
            "holds annotations, and its text a.txt does not lie beside it"
        ]


def test_conll_carries_one_layer_and_counts_what_overlaps(project: Project, tmp_path: Path):
    data, report = roundtrip.exported(project, "conll")
    losses = "; ".join(report.losses)
    assert "3 overlapping spans, which have no place in CoNLL" in losses
    rows = [line.split("\t") for line in data.decode().splitlines() if line]
    assert all(len(row) == 2 for row in rows)
    with Project.create(tmp_path / "new.annotator", coder="LM") as other:
        came = roundtrip.imported(other, data, "x.conll", tmp_path / "in")
        assert came.imported == len(roundtrip.TEXTS) and not came.problems
        tags = sorted(each["tag"] for each in roundtrip.passages(other))
        mine = sorted(each["tag"] for each in roundtrip.passages(project))
        assert len(tags) == len(mine) - 3
        quotes = {"".join(each["quote"].split()) for each in roundtrip.passages(other)}
        assert quotes <= {"".join(each["quote"].split()) for each in roundtrip.passages(project)}


def test_a_line_that_is_no_token_of_conll_is_told_with_its_number(tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = roundtrip.imported(project, b"EU\tB-ORG\nrejects\tX-Y-Z\n", "a.conll", tmp_path / "in")
        (problem,) = report.problems
        assert "line 2 has the tag “X-Y-Z”" in str(problem)


FIXTURES = Path(os.environ.get("ANNOTATOR_FIXTURES", ""))
needs_fixtures = pytest.mark.skipif(
    not os.environ.get("ANNOTATOR_FIXTURES"),
    reason="needs files made by other programs: set ANNOTATOR_FIXTURES to their folder",
)


@needs_fixtures
@pytest.mark.parametrize("corpus", ["news", "bio"])
def test_every_span_of_brats_own_examples_is_its_quote(corpus: str, tmp_path: Path):
    files = sorted((FIXTURES / "brat" / "tutorials" / corpus).glob("*.ann"))
    spans = sum(line.startswith("T") for file in files for line in file.read_text().splitlines())
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, files))
        assert [p for p in report.problems if "parts" not in str(p)] == []
        assert len(roundtrip.passages(project)) == spans > 0


@needs_fixtures
def test_examples_in_conll_come_in_and_a_broken_one_is_told(tmp_path: Path):
    files = sorted((FIXTURES / "doccano").rglob("*.conll"))
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, files))
        assert report.imported == 2 and len(report.problems) == 1
        assert {each["tag"] for each in roundtrip.passages(project)} == {"loc", "per"}


def test_files_of_one_name_in_two_folders_keep_their_passages_apart(tmp_path: Path):
    for folder, text in (("north", "The crews left the pier."), ("south", "The drivers left the depot.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "01.txt").write_text(text, encoding="utf-8")
        words = text[4:-1].split(" ")[0]
        (tmp_path / folder / "01.ann").write_text(f"T1\tActor 4 {4 + len(words)}\t{words}\n", encoding="utf-8")
    with Project.create(tmp_path / "new.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [tmp_path / "north", tmp_path / "south"]))
        assert not report.problems and report.imported == 2
        assert [each["quote"] for each in roundtrip.passages(project)] == ["crews", "drivers"]
