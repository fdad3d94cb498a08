"""What goes out to another program and comes back is what the project has: no second tag, coder, passage or link."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from annotator import Project, formats, jobs
from annotator.core.codebook import Example
from annotator.core.errors import AnnotatorError
from annotator.core.privacy import Privacy, wanted
from tests.unit.formats.roundtrip import bare, exported, imported, links, make, passages

#: CoNLL holds no text: what it makes of one is another.
_BOTH_WAYS = [f for f in formats.writers() if f.read is not None and f.name not in ("conll", "qdc")]


@pytest.fixture(scope="module")
def relabelled(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in which a tag's name is not its label in small letters."""
    project = make(tmp_path_factory.mktemp("relabelled") / "own.annotator")
    project.change_tag("demand", label="Call for action")
    return project


@pytest.mark.parametrize("format", _BOTH_WAYS, ids=lambda f: f.name)
def test_an_export_that_is_imported_where_it_came_from_adds_nothing(
    relabelled: Project, format: formats.Format, tmp_path: Path
) -> None:
    data, _ = exported(relabelled, format.name)
    relabelled.backup(tmp_path / "again.annotator")
    with Project.open(tmp_path / "again.annotator", coder="Lea") as project:
        imported(project, data, f"out{format.suffixes[0]}", tmp_path / "in")
        assert passages(project) == passages(relabelled)
        assert links(project) == links(relabelled)
        assert project.codebook == relabelled.codebook
        assert {(c.id, c.name) for c in project.coders()} == {(c.id, c.name) for c in relabelled.coders()}


@pytest.mark.parametrize("format", [f for f in _BOTH_WAYS if f.name not in ("json", "jsonl")], ids=lambda f: f.name)
def test_passages_come_back_to_the_tag_of_their_label_and_the_coder_of_their_name(
    relabelled: Project, format: formats.Format, tmp_path: Path
) -> None:
    data, _ = exported(relabelled, format.name)
    with bare(relabelled, tmp_path / "bare.annotator") as project:
        imported(project, data, f"out{format.suffixes[0]}", tmp_path / "in")
        without = ("note", "values")
        assert passages(project, without=without) == passages(relabelled, without=without)
        assert [tag.name for tag in project.codebook] == [tag.name for tag in relabelled.codebook]
        assert {c.id for c in project.coders()} == {c.id for c in relabelled.coders()}


@pytest.mark.parametrize("name", ["doccano", "label-studio", "webanno"])
def test_two_tags_of_one_label_stay_two(name: str, tmp_path: Path) -> None:
    with make(tmp_path / "own.annotator") as project:
        project.change_tag("demand", label="Claim")
        project.change_tag("accusation", label="claim")
        project.change_tag("event", label="Demand")
        data, _ = exported(project, name)
        suffix = formats.by_name(name, for_="write").suffixes[0]
        with bare(project, tmp_path / "bare.annotator") as other:
            imported(other, data, f"out{suffix}", tmp_path / "in")
            without = ("note", "values")
            assert passages(other, without=without) == passages(project, without=without)
            assert other.codebook == project.codebook


@pytest.mark.parametrize("format", [f for f in formats.writers() if f.needs_texts], ids=lambda f: f.name)
def test_a_format_of_texts_says_that_it_cannot_withhold_them_and_writes_nothing(
    relabelled: Project, format: formats.Format, tmp_path: Path
) -> None:
    target = tmp_path / f"out{format.suffixes[0]}"
    with pytest.raises(AnnotatorError, match="cannot be written without the texts"):
        jobs.run(jobs.export(relabelled, target, format=format.name, privacy=Privacy(texts=False)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", [f for f in formats.writers() if not f.needs_texts], ids=lambda f: f.name)
def test_a_format_that_can_withhold_texts_holds_no_words_of_them(
    relabelled: Project, format: formats.Format, tmp_path: Path
) -> None:
    target = tmp_path / f"out{format.suffixes[0]}"
    jobs.run(jobs.export(relabelled, target, format=format.name, privacy=Privacy(pseudonyms=True, texts=False)))
    words = target.read_bytes()
    for said in ("the guards", "on the port", "guillemets", "Omar"):
        assert said.encode() not in words


def test_a_web_annotation_whose_words_are_withheld_has_no_empty_quote(relabelled: Project, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonld"
    report = jobs.run(jobs.export(relabelled, target, format="w3c", privacy=Privacy(texts=False)))
    assert "TextQuoteSelector" not in target.read_text("utf-8")
    assert any("withheld" in line for line in report.losses)


def test_an_example_of_the_codebook_is_withheld_with_the_texts_it_may_be_from(tmp_path: Path) -> None:
    with make(tmp_path / "own.annotator") as project:
        project.change_tag("event", examples=(Example("accuse the guards of beating", "", "by hand"),))
        project.set_memo("What we think of it.")
        for privacy, stays in (
            (Privacy(texts=False), False),
            (Privacy(redact=("accusation",)), False),
            (Privacy(words=(wanted("Köln"),)), True),
        ):
            stream = BytesIO()
            jobs.run(jobs.export(project, stream, privacy=privacy))
            assert (b'accuse the guards of beating", "annotation' in stream.getvalue()) is stays
            told = list(jobs.run(jobs.preview(project, privacy)).lines())
            assert any("memos too" in line and "6 notes" in line for line in told)


@pytest.mark.parametrize("name", ["brat", "webanno", "cas-xmi", "cas-json", "refi"])
def test_one_damaged_text_of_a_container_is_told_and_the_others_come(name: str, tmp_path: Path) -> None:
    with make(tmp_path / "own.annotator") as project:
        data, _ = exported(project, name)
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as whole, zipfile.ZipFile(stream, "w") as damaged:
        names = whole.namelist()
        victim = next(n for n in names if n.endswith((".txt", ".tsv", ".xmi")) or (n[0] == "0" and ".json" in n))
        for each in names:
            damaged.writestr(each, b"\xff\xfe\xff<<{\x00" if each == victim else whole.read(each))
    with Project.create(tmp_path / "new.annotator", title="New", coder="Lea") as other:
        suffix = formats.by_name(name, for_="write").suffixes[0]
        report = imported(other, stream.getvalue(), f"in{suffix}", tmp_path / "in")
        assert report.imported == 4
        assert 1 <= len(report.problems) <= 4


def test_a_container_of_brat_with_thousands_of_texts_is_read(tmp_path: Path) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        for n in range(1100):
            container.writestr(f"{n}.txt", f"Statement {n} calls on you.")
            container.writestr(f"{n}.ann", f"T1\tdemand 0 9\tStatement\nT2\tdemand 0 {'9' * 5000}\tx\n")
    with Project.create(tmp_path / "new.annotator", title="New", coder="Lea") as other:
        assert imported(other, stream.getvalue(), "in.zip", tmp_path / "in").imported == 1100


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("doccano", {"text": "bad", "entities": 5, "relations": 7}),
        ("label-studio", {"data": {"text": "bad"}, "annotations": 5}),
        ("label-studio", {"data": {"text": "bad"}, "annotations": [{"result": 7}]}),
        ("prodigy", {"text": "bad", "spans": 7, "tokens": 9}),
    ],
)
def test_what_is_no_list_where_one_belongs_keeps_nothing_else_out(name: str, line: object, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps([line, {"text": "good", "data": {"text": "good"}}]), "utf-8")
    (tmp_path / "z.json").write_text(json.dumps([{"text": "more", "data": {"text": "more"}}]), "utf-8")
    with Project.create(tmp_path / "new.annotator", title="New", coder="Lea") as project:
        jobs.run(jobs.import_files(project, [tmp_path / "in.json", tmp_path / "z.json"], format=name))
        assert {"good", "more"} <= {project.text(s.id) for s in project.statements()}
