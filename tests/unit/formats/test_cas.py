"""UIMA CAS as XMI and as JSON: both ways, read back by dkpro-cassis."""

from __future__ import annotations

import io
import json
import os
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator import Project, formats, jobs
from annotator.core.exchange import Header, Record, Stamp
from annotator.core.model import Annotation, Coder, Statement
from annotator.core.text import canonical, digest
from tests.unit.formats import roundtrip

STAMP = Stamp("2026-03-01T09:30:00.000Z", "annotator test")
SUFFIXES = {"cas-xmi": ".xmi", "cas-json": ".json"}
both = pytest.mark.parametrize("format", SUFFIXES)
HARD = st.text(
    st.sampled_from("ab é\u0301\u00a0\u2009🚢👩🏽\u200d🔧ש\u05c1לוםتركيا\u202e\u200f…“”<&>\"'\r\n\t"),
    min_size=1,
    max_size=60,
).filter(str.strip)
PARSER = formats.ParserProcess()


@pytest.fixture(autouse=True, scope="module")
def _parser_ends():
    yield
    PARSER.close()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory):
    with roundtrip.make(tmp_path_factory.mktemp("round") / "round.annotator") as project:
        yield project


@pytest.fixture(scope="module")
def cassis():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import cassis

        yield cassis


def cases(cassis: Any, data: bytes, format: str) -> list[Any]:
    """What dkpro-cassis reads of a container."""
    with zipfile.ZipFile(io.BytesIO(data)) as container, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sorted(name for name in container.namelist() if name.endswith(SUFFIXES[format]))
        if format == "cas-json":
            return [cassis.load_cas_from_json(container.read(name).decode()) for name in found]
        types = cassis.load_typesystem(io.BytesIO(container.read("TypeSystem.xml")))
        return [cassis.load_cas_from_xmi(io.BytesIO(container.read(name)), types) for name in found]


@both
def test_texts_passages_notes_values_and_links_come_back(format: str, project: Project, tmp_path: Path):
    data, report = roundtrip.exported(project, format)
    with Project.create(tmp_path / "new.annotator", coder="LM") as other:
        come = roundtrip.imported(other, data, "x.zip", tmp_path / "in")
        assert not come.problems and come.imported == len(roundtrip.TEXTS)
        assert roundtrip.passages(other) == roundtrip.passages(project)
        assert set(roundtrip.links(other)) < set(roundtrip.links(project)) and roundtrip.links(other)
        assert {(s.title, s.issuer) for s in other.statements()} == {(s.title, s.issuer) for s in project.statements()}
        assert jobs.run(jobs.check(other)) == []
        again = roundtrip.imported(other, data, "x.zip", tmp_path / "in")
        assert again.imported == 0 and not again.attached and not again.problems
    assert "links between statements" in "; ".join(report.losses)


@both
def test_dkpro_cassis_reads_every_passage_with_its_words_and_values(format: str, project: Project, cassis: Any):
    data, _ = roundtrip.exported(project, format)
    found = set()
    for cas in cases(cassis, data, format):
        for each in cas.select("annotator.Passage"):
            note = each.note or ""
            found.add((cas.sofa_string, each.label, each.get_covered_text(), each.coder, note))
    labels = {tag.name: tag.label for tag in project.codebook}
    assert found == {
        (p["text"], labels[p["tag"]], p["quote"], p["coder"], p["note"]) for p in roundtrip.passages(project)
    }
    passages = [each for cas in cases(cassis, data, format) for each in cas.select("annotator.Passage")]
    values = {getattr(each, "action", None) for each in passages if each.type.name == "annotator.tag.demand"}
    assert "reopen; the quay" in values


@both
def test_dkpro_cassis_follows_the_links(format: str, project: Project, cassis: Any):
    data, _ = roundtrip.exported(project, format)
    found = [
        (link.kind, link.source.get_covered_text(), link.target.get_covered_text())
        for cas in cases(cassis, data, format)
        for link in cas.select("annotator.Link")
    ]
    assert found and set(found) < set(roundtrip.links(project))


@both
@settings(max_examples=30)
@given(data=st.data())
def test_any_span_of_any_text_comes_back_as_the_same_words(format: str, data: st.DataObject):
    text = canonical(data.draw(HARD))[0]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    made = Annotation("n1", "s1", "demand", "c1", start, end, text[start:end])  # type: ignore[arg-type]
    statement = Statement("s1", title="T", text_sha256=digest(text), length=len(text))  # type: ignore[arg-type]
    stream = io.BytesIO()
    items = [Header(coders=(Coder("c1", "Lea"),)), Record(statement, text, (made,))]  # type: ignore[arg-type]
    formats.write(items, stream, format, STAMP)
    (record,) = (i for i in formats.read(stream, format, name="x.zip", parser=PARSER) if isinstance(i, Record))
    (annotation,) = record.annotations
    assert record.text == text
    assert (annotation.start, annotation.end, annotation.quote) == (start, end, text[start:end])


def cas(text: str, *structures: dict[str, Any], types: dict[str, Any] | None = None) -> bytes:
    """A document as JSON."""
    sofa = {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "sofaString": text}
    placed = [{"%ID": n, "@sofa": 1} | each for n, each in enumerate(structures, 2)]
    return json.dumps({"%TYPES": types or {}, "%FEATURE_STRUCTURES": [sofa, *placed], "%VIEWS": {}}).encode()


def taken(tmp_path: Path, data: bytes, name: str) -> tuple[Project, list[str]]:
    project = Project.create(tmp_path / "p.annotator", coder="LM")
    report = roundtrip.imported(project, data, name, tmp_path / "in")
    assert jobs.run(jobs.check(project)) == []
    return project, [str(problem) for problem in report.problems]


def test_features_are_values_references_are_links_and_segmentations_are_told(tmp_path: Path):
    claim = {"%TYPE": "custom.Claim", "begin": 0, "end": 4, "force": 3, "sure": True, "text": "x", "@of": 3}
    event = {"%TYPE": "custom.Event", "begin": 5, "end": 9, "@roles": 5}
    role = {"%ID": 9, "%TYPE": "custom.RoleLink", "role": "victim", "@target": 2}
    array = {"%ID": 5, "%TYPE": "uima.cas.FSArray", "%ELEMENTS": [9]}
    token = {"%TYPE": "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", "begin": 0, "end": 4}
    point = {"%ID": 12, "%TYPE": "custom.Claim", "begin": 3, "end": 3}
    data = cas("They 🚢ll.", claim, event, {"%ID": 7, **token}, array, role, point)
    project, problems = taken(tmp_path, data, "doc.json")
    with project:
        found = {p["tag"]: p for p in roundtrip.passages(project)}
        assert found["claim"]["values"] == {"force": ["3"], "sure": ["true"], "text_": ["x"]}
        assert found["claim"]["title"] == "doc"
        assert found["event"]["quote"] == "🚢ll"
        assert set(roundtrip.links(project)) == {("of", "They", "🚢ll"), ("victim", "🚢ll", "They")}
        assert "Token (1)" in problems[0] and "on no words (1)" in problems[1] and len(problems) == 2


def test_each_view_with_a_text_is_a_statement(tmp_path: Path):
    second = {"%ID": 20, "%TYPE": "uima.cas.Sofa", "sofaNum": 2, "sofaID": "German", "sofaString": "Sie rufen."}
    marked = {"%ID": 21, "%TYPE": "custom.Claim", "begin": 4, "end": 9, "@sofa": 20}
    project, problems = taken(tmp_path, cas("They call.", second, marked), "doc.json")
    with project:
        assert {s.title for s in project.statements()} == {"doc", "doc (German)"} and not problems
        assert [p["quote"] for p in roundtrip.passages(project)] == ["rufen"]


def packed(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in files.items():
            container.writestr(name, data)
    return stream.getvalue()


def test_a_bad_document_of_a_container_is_told_and_the_others_arrive(tmp_path: Path):
    files = {"a.json": cas("They call."), "b.json": b'{"%FEATURE_STRUCTURES": [NaN]}', "c.json": b"[" * 5000}
    project, problems = taken(tmp_path, packed(files), "x.zip")
    with project:
        assert [s.title for s in project.statements()] == ["a"]
        assert len(problems) == 2 and all("\n" not in each for each in problems)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("x.xmi", b'<!DOCTYPE x [<!ENTITY e "e">]><x xmlns="http://www.omg.org/XMI">&e;</x>', "declares entities"),
        ("x.xmi", b'<XMI xmlns="http://www.omg.org/XMI">' + b"<a>" * 3000, "levels deep"),
        ("x.xmi", b"<a/>", "no document of UIMA"),
        ("x.json", b'{"%FEATURE_STRUCTURES": 3}', "holds no text"),
        (
            "x.json",
            b'{"%FEATURE_STRUCTURES": [{"%TYPE": "uima.cas.Sofa", "sofaURI": "file:///etc/passwd"}]}',
            "address",
        ),
        ("x.json", b'{"%FEATURE_STRUCTURES": {"1": {"%TYPE": [], "@sofa": {}, "begin": null}}}', "holds no text"),
        ("x.zip", packed({"a.json": b" " * 60_000_000}), "packed more than"),
    ],
)
def test_a_hostile_document_ends_with_a_sentence_and_the_next_file_arrives(
    name: str, data: bytes, sentence: str, tmp_path: Path
):
    (tmp_path / name).write_bytes(data)
    (tmp_path / "z.txt").write_text("An honest text.", encoding="utf-8")
    format = "cas-xmi" if name.endswith("xmi") else "cas-json"
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [tmp_path / name], format=format))
        assert jobs.run(jobs.import_files(project, [tmp_path / "z.txt"])).imported == 1
        (problem,) = report.problems
        assert sentence in str(problem) and "\n" not in str(problem)


FIXTURES = Path(os.environ.get("ANNOTATOR_FIXTURES", "")) / "dkpro-cassis"
needs_fixtures = pytest.mark.skipif(
    not os.environ.get("ANNOTATOR_FIXTURES"),
    reason="needs files made by other programs: set ANNOTATOR_FIXTURES to their folder",
)


@needs_fixtures
@pytest.mark.parametrize(("format", "pattern"), [("cas-xmi", "**/*.xmi"), ("cas-json", "json/**/*.json")])
def test_documents_of_other_programs_come_in_with_every_slice_its_words(format: str, pattern: str, tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        files = sorted(FIXTURES.glob(pattern))
        report = jobs.run(jobs.import_files(project, files, format=format, duplicates="keep"))
        assert files and all("\n" not in str(problem) for problem in report.problems)
        assert report.imported >= 5
        for each in roundtrip.passages(project):
            assert each["text"][each["start"] : each["end"]] == each["quote"]
        assert jobs.run(jobs.check(project)) == []


@needs_fixtures
@pytest.mark.parametrize("name", ["data.json", "debug.xmi"])
def test_the_words_of_a_text_with_emojis_are_those_that_cassis_covers(name: str, tmp_path: Path, cassis: Any):
    folder = FIXTURES / "json/fs_as_array/ser-ref/casWithEmojiUnicodeTextAndAnnotations"
    with (folder / "data.json").open("rb") as file:
        expected = [each.get_covered_text() for each in cassis.load_cas_from_json(file).select("uima.tcas.Annotation")]
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        jobs.run(jobs.import_files(project, [folder / name]))
        found = roundtrip.passages(project)
        whole = found[0]["text"]
        assert sorted(p["quote"] for p in found) == sorted(each for each in expected if each != whole)
        assert "🥳" in {p["quote"] for p in found}


def test_a_zip_of_no_known_kind_is_not_taken_for_one(tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = roundtrip.imported(project, packed({"a.png": b"x" * 9000}), "x.zip", tmp_path / "in")
        (problem,) = report.problems
        assert "ZIP archive of no known kind" in str(problem)
