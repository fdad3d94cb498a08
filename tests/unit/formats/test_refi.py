"""REFI-QDA: projects (QDPX, bare .qde) and codebooks (QDC), both ways."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator import Project, formats, jobs
from annotator.core.exchange import Header, Link, Losses, Problem, Record, Stamp
from annotator.core.model import Annotation, Coder, Statement
from tests.unit.formats import roundtrip

STAMP = Stamp("2026-03-01T09:30:00.000Z", "annotator test")
#: Texts in which units, line ends and directions go wrong.
HARD = st.text(
    st.sampled_from("ab é\u0301\u00a0\u2009🚢👩🏽\u200d🔧ש\u05c1לוםتركيا\u202e\u200f…“”<&>\"'\n\t"),
    min_size=1,
    max_size=60,
).filter(str.strip)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory):
    with roundtrip.make(tmp_path_factory.mktemp("round") / "round.annotator") as project:
        yield project


def qde(sources: str, *, codes: str = "", more: str = "", namespace: str = "urn:QDA-XML:project:1.0") -> bytes:
    """A project as other programs write it."""
    book = f"<CodeBook><Codes>{codes}</Codes></CodeBook>" if codes else ""
    users = '<Users><User guid="{11111111-1111-4111-8111-111111111111}" name="Ina"/></Users>'
    return f'<Project xmlns="{namespace}" name="p">{users}{book}<Sources>{sources}</Sources>{more}</Project>'.encode()


CODE = '<Code guid="AAAAAAAA-1111-4111-8111-111111111111" name="Demand" isCodable="true" color="#F08"/>'


def selection(
    start: int, end: int, name: str = "", n: int = 1, code: str = "AAAAAAAA-1111-4111-8111-111111111111"
) -> str:
    return (
        f'<PlainTextSelection guid="{{22222222-1111-4111-8111-1111111111{n:02}}}" name="{name}" startPosition="{start}"'
        f' endPosition="{end}"><Coding guid="33333333-1111-4111-8111-1111111111{n:02}"'
        f' creatingUser="11111111-1111-4111-8111-111111111111"><CodeRef targetGUID="{{{code}}}"/></Coding>'
        "</PlainTextSelection>"
    )


def packed(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        for name, data in files.items():
            container.writestr(name, data)
    return stream.getvalue()


def source(selections: str, *, path: str = "internal://T.txt", name: str = "Text") -> str:
    return (
        f'<TextSource guid="44444444-1111-4111-8111-111111111111" name="{name}" plainTextPath="{path}">'
        f"{selections}</TextSource>"
    )


def taken(tmp_path: Path, data: bytes, name: str = "x.qdpx") -> tuple[list[dict[str, Any]], list[str]]:
    """The passages that came in, and the problems."""
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = roundtrip.imported(project, data, name, tmp_path / "in")
        assert jobs.run(jobs.check(project)) == []
        return roundtrip.passages(project), [str(problem) for problem in report.problems]


def test_texts_passages_notes_values_and_links_come_back_from_what_was_exported(project: Project, tmp_path: Path):
    data, report = roundtrip.exported(project, "refi")
    with Project.create(tmp_path / "new.annotator", coder="LM") as other:
        come = roundtrip.imported(other, data, "x.qdpx", tmp_path / "in")
        assert not come.problems and come.imported == len(roundtrip.TEXTS)
        assert roundtrip.passages(other) == roundtrip.passages(project)
        assert roundtrip.links(other) == roundtrip.links(project)
        assert {s.id: (s.title, s.issuer, s.language) for s in other.statements()} == {
            s.id: (s.title, s.issuer, s.language) for s in project.statements()
        }
        assert jobs.run(jobs.check(other)) == []
        again = roundtrip.imported(other, data, "x.qdpx", tmp_path / "in")
        assert again.imported == 0 and not again.attached and not again.problems
    assert "definitions of attributes" in "; ".join(report.losses)


def test_the_same_project_is_the_same_file(project: Project):
    with project.snapshot() as snapshot:
        items = list(snapshot.dump())
    streams = [io.BytesIO(), io.BytesIO()]
    for stream in streams:
        formats.write(items, stream, "refi", STAMP)
    assert streams[0].getvalue() == streams[1].getvalue()


def test_texts_go_out_in_utf_8_with_line_feeds_and_without_a_mark(project: Project):
    data, _ = roundtrip.exported(project, "refi")
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        texts = {container.read(name) for name in container.namelist() if name.startswith("sources/")}
        assert texts == {project.text(s.id).encode() for s in project.statements()}
        xml = container.read("project.qde")
    assert b"<Codes>" in xml and b"\xef\xbb\xbf" not in xml


def test_a_project_without_a_tag_has_no_empty_codebook():
    stream = io.BytesIO()
    formats.write([Header()], stream, "refi", STAMP)
    with zipfile.ZipFile(stream) as container:
        assert b"Code" not in container.read("project.qde")


@settings(max_examples=40)
@given(st.data())
def test_any_span_of_any_text_comes_back_as_the_same_words(data: st.DataObject):
    from annotator.core.text import canonical, digest

    text = canonical(data.draw(HARD))[0]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    made = Annotation("n1", "s1", "demand", "c1", start, end, text[start:end])  # type: ignore[arg-type]
    statement = Statement("s1", title="T", text_sha256=digest(text), length=len(text))  # type: ignore[arg-type]
    stream = io.BytesIO()
    items = [Header(coders=(Coder("c1", "Lea"),)), Record(statement, text, (made,))]  # type: ignore[arg-type]
    formats.write(items, stream, "refi", STAMP)
    (record,) = (i for i in formats.read(stream, "refi", name="x.qdpx", parser=PARSER) if isinstance(i, Record))
    (annotation,) = record.annotations
    assert record.text == text
    assert (annotation.start, annotation.end, annotation.quote) == (start, end, text[start:end])


PARSER = formats.ParserProcess()


@pytest.fixture(autouse=True, scope="module")
def _parser_ends():
    yield
    PARSER.close()


@pytest.mark.parametrize("folder", ["sources/", "Sources/", "", "Project/sources/"])
@pytest.mark.parametrize(
    "path", ["internal://T.txt", "relative:///T.txt", r"C:\texts\t.TXT", "internal://Sources/T.txt"]
)
def test_texts_are_found_in_whatever_folder_they_lie(folder: str, path: str, tmp_path: Path):
    files = {
        "Any Name.QDE": qde(source(selection(5, 9), path=path), codes=CODE),
        f"{folder}T.txt": b"They call for help.",
    }
    (passage,), problems = taken(tmp_path, packed(files))
    assert passage["quote"] == "call" and passage["tag"] == "demand" and passage["coder"] == "Ina" and not problems


TEXT = "🚢 One line\r\nwith two\r\nand the words here, 🎉 and there."


@pytest.mark.parametrize("counted", ["crlf points", "lf points", "crlf utf-16", "lf utf-16"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_way_of_counting_by_which_the_names_are_the_words_is_taken(counted: str, mark: str, tmp_path: Path):
    text = mark + (TEXT if "crlf" in counted else TEXT.replace("\r\n", "\n"))

    def at(words: str) -> tuple[int, int]:
        start = text.index(words)
        end = start + len(words)
        if "utf-16" in counted:
            return tuple(len(text[:n].encode("utf-16-le")) // 2 for n in (start, end))  # type: ignore[return-value]
        return start, end

    marked = selection(*at("with two"), "with two") + selection(*at("words here, 🎉"), "words  here, 🎉 …", 2)
    found, problems = taken(
        tmp_path, packed({"p.qde": qde(source(marked), codes=CODE), "sources/T.txt": (mark + TEXT).encode()})
    )
    assert {p["quote"] for p in found} == {"with two", "words here, 🎉"} and not problems


def test_a_name_that_is_no_quote_moves_nothing(tmp_path: Path):
    marked = selection(0, 4, "help") + selection(15, 19, "help", 2)
    found, _ = taken(tmp_path, packed({"p.qde": qde(source(marked), codes=CODE), "T.txt": b"They call for  help."}))
    assert {p["quote"] for p in found} == {"They", "help"}


def test_a_missing_text_is_a_problem_and_the_rest_arrives(tmp_path: Path):
    there = source("", path="internal://T.txt").replace("44444444", "55555555")
    rich = there.replace("plainTextPath", "richTextPath").replace("55555555", "66666666")
    data = packed(
        {
            "p.qde": qde(source(selection(0, 4), path="internal://gone.txt") + there + rich, codes=CODE),
            "sources/T.txt": b"Here.",
        }
    )
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = roundtrip.imported(project, data, "x.qdpx", tmp_path / "in")
        assert report.imported == 1
        told = "\n".join(map(str, report.problems))
        assert "gone.txt is not there; its passage was left out" in told and "rich text alone" in told


def test_a_bare_project_takes_the_texts_that_lie_beside_it(tmp_path: Path):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "T.txt").write_bytes(b"They call for help.")
    (tmp_path / "p.qde").write_bytes(qde(source(selection(5, 9)), codes=CODE))
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        jobs.run(jobs.import_files(project, [tmp_path / "p.qde"]))
        assert [p["quote"] for p in roundtrip.passages(project)] == ["call"]


def test_codes_of_one_name_in_two_branches_stay_apart_and_keep_their_parents(tmp_path: Path):
    tree = (
        '<Code guid="A1111111-1111-4111-8111-111111111111" name="Claims" isCodable="false">'
        '<Code guid="A2111111-1111-4111-8111-111111111111" name="Other" isCodable="true"/></Code>'
        '<Code guid="A3111111-1111-4111-8111-111111111111" name="Events" isCodable="true">'
        '<Code guid="A4111111-1111-4111-8111-111111111111" name="Other" isCodable="true" color="#abcdef"/></Code>'
    )
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        roundtrip.imported(project, qde("", codes=tree), "x.qde", tmp_path / "in")
        tags = {tag.label: tag for tag in project.codebook}
        assert tags["Other"].parent == "claims" and tags["Events: Other"].parent == "events"
        assert tags["Events: Other"].color == "#abcdef"


def test_notes_become_notes_of_passages_and_memos_of_statements(tmp_path: Path):
    reference = '<NoteRef targetGUID="77777777-1111-4111-8111-111111111111"/>'
    said = "<PlainTextContent>A thought</PlainTextContent>"
    note = f'<Notes><Note guid="77777777-1111-4111-8111-111111111111" name="N">{said}</Note></Notes>'
    marked = selection(5, 9).replace("</Coding>", f"</Coding>{reference}")
    data = packed({"p.qde": qde(source(marked + reference), codes=CODE, more=note), "T.txt": b"They call for help."})
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        roundtrip.imported(project, data, "x.qdpx", tmp_path / "in")
        (statement,) = project.statements()
        assert project.statement(statement.id).memo == "A thought"
        assert [p["note"] for p in roundtrip.passages(project)] == ["A thought"]


# -- codebooks ----------------------------------------------------------------------------


def test_a_codebook_goes_out_and_comes_into_another_project(project: Project, tmp_path: Path):
    tags = [replace(tag, name=f"{tag.name}_x", label=f"{tag.label} x") for tag in project.codebook]
    stream, losses = io.BytesIO(), Losses()
    codebook = replace(project.codebook, tags=tuple(tags))
    losses = formats.write([Header(codebook)], stream, "qdc", STAMP)
    assert losses.counts["definitions of attributes"] == sum(len(tag.attributes) for tag in tags)
    with Project.create(tmp_path / "new.annotator", coder="LM") as other:
        report = roundtrip.imported(other, stream.getvalue(), "x.qdc", tmp_path / "in")
        assert not report.problems
        for tag in tags:
            come = other.codebook.tag(tag.name)
            assert (come.label, come.color, come.definition) == (tag.label, tag.color, tag.definition)
            assert (come.include, come.exclude, come.rules) == (tag.include, tag.exclude, tag.rules)


def test_an_empty_codebook_is_not_written():
    with pytest.raises(Exception, match="no tag"):
        formats.write([Header()], io.BytesIO(), "qdc", STAMP)


# -- the schema and other programs' files -------------------------------------------------

FIXTURES = Path(os.environ.get("ANNOTATOR_FIXTURES", "")) / "refi-qda"
needs_fixtures = pytest.mark.skipif(
    not os.environ.get("ANNOTATOR_FIXTURES"),
    reason="needs files made by other programs: set ANNOTATOR_FIXTURES to their folder",
)


@needs_fixtures
def test_what_is_written_is_valid_by_the_schema(project: Project):
    from lxml import etree

    data, _ = roundtrip.exported(project, "refi")
    schema = etree.XMLSchema(etree.parse(FIXTURES / "schema" / "Project.xsd"))
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        schema.assertValid(etree.fromstring(container.read("project.qde")))
    empty = io.BytesIO()
    formats.write([Header()], empty, "refi", STAMP)
    with zipfile.ZipFile(empty) as container:
        schema.assertValid(etree.fromstring(container.read("project.qde")))
    book, _ = roundtrip.exported(project, "qdc")
    etree.XMLSchema(etree.parse(FIXTURES / "schema" / "Codebook.xsd")).assertValid(etree.fromstring(book))


@needs_fixtures
@pytest.mark.parametrize("file", sorted(FIXTURES.glob("qdpx/*")), ids=lambda file: file.name)
def test_projects_of_other_programs_come_in_and_what_is_missing_is_told(file: Path, tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        before = len(project.codebook.tags)
        report = jobs.run(jobs.import_files(project, [file]))
        assert all("\n" not in str(problem) for problem in report.problems)
        if "blank" not in file.name:
            assert len(project.codebook.tags) > before
        for each in roundtrip.passages(project):
            assert each["text"][each["start"] : each["end"]] == each["quote"]
        if "sky-loom" in file.name:
            assert sum("is not there" in str(problem) for problem in report.problems) >= 6


@needs_fixtures
def test_a_project_whose_texts_are_there_has_every_slice_its_name(tmp_path: Path):
    """The official ATLAS.ti project comes without its texts: each is made anew around the names of its selections."""
    import re

    project_xml = (FIXTURES / "qdpx" / "sky-loom_Project.qde").read_text(encoding="utf-8")
    files = {"Project.qde": project_xml.encode()}
    texts: dict[str, list[str]] = {}
    for block in re.findall(r"<TextSource .*?(?:/>|</TextSource>)", project_xml, re.S):
        path = re.search(r'plainTextPath="internal://([^"]+)"', block)
        assert path
        letters = texts.setdefault(path[1], [" "] * 2000)
        for tag in re.findall(r"<PlainTextSelection [^>]*>", block):
            start, end = (int(re.search(rf'{key}="(\d+)"', tag)[1]) for key in ("startPosition", "endPosition"))  # type: ignore[index]
            name = re.search(r' name="([^"]*)"', tag)[1].replace("&quot;", '"').replace("&apos;", "'")  # type: ignore[index]
            if name.endswith("…") or len(name) == end - start:
                letters[start : start + len(name.rstrip("…"))] = name.rstrip("…")
    for name, letters in texts.items():
        files[f"Sources/{name}"] = ("".join(letters) + "end").encode()
    found, _ = taken(tmp_path, packed(files))
    assert len(found) >= 6
    assert {p["quote"] for p in found} >= {"Oh, that was great. See you tomorrow? Eleven thirty. Mm."}


# -- hostile files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"PK\x03\x04 and no more", "is damaged"),
        (packed({"a.txt": b"x"}), "holds no project"),
        (
            packed({"p.qde": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Project>&e;</Project>'}),
            "declares entities",
        ),
        (packed({"p.qde": b"<Project>" + b"<a>" * 3000}), "levels deep"),
        (packed({"p.qde": b"<Codes/>"}), "no REFI-QDA file"),
        (packed({"p.qde": b"<Project"}), "cannot be read"),
        (packed({"../p.qde": b"<Project/>"}), "outside of itself"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_project_ends_with_a_sentence_and_the_next_file_arrives(data: bytes, sentence: str, tmp_path: Path):
    (tmp_path / "a.qdpx").write_bytes(data)
    (tmp_path / "b.txt").write_text("An honest text.", encoding="utf-8")
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [tmp_path / "a.qdpx", tmp_path / "b.txt"]))
        assert report.imported == 1
        (problem,) = report.problems
        assert sentence in str(problem) and "\n" not in str(problem)


def test_a_bomb_among_the_texts_is_refused(tmp_path: Path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("p.qde", qde(source("")))
        container.writestr("sources/T.txt", b" " * 60_000_000)
    _, problems = taken(tmp_path, stream.getvalue())
    assert len(problems) == 1 and "packed more than" in problems[0]


def test_odd_numbers_ids_and_ends_are_told_and_leave_the_rest(tmp_path: Path):
    marked = selection(99, 120) + selection(5, 9, n=2) + selection(3, 2, n=3) + selection(0, 4, n=2)
    odd = selection(1, 2, n=4).replace('startPosition="1"', 'startPosition="-٣"')
    links = '<Links><Link guid="88888888-1111-4111-8111-111111111111" originGUID="x" targetGUID="y"/></Links>'
    data = packed({"p.qde": qde(source(marked + odd), codes=CODE, more=links), "T.txt": b"They call for help."})
    found, problems = taken(tmp_path, data)
    assert [p["quote"] for p in found] == ["call"]
    assert len(problems) == 5 and any("links that join other things" in each for each in problems)


def test_reading_says_problems_and_not_exceptions_for_links_of_no_kind():
    data = packed({"p.qde": qde(source(selection(0, 4)), codes=CODE), "T.txt": b"They call."})
    items = list(formats.read(io.BytesIO(data), "refi", name="x.qdpx", parser=PARSER))
    assert not [item for item in items if isinstance(item, (Problem, Link))]
