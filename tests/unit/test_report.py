"""An evidence report holds what the project holds, proves itself, and shows hostile content without obeying it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from annotator import AnnotatorError, Project, Span, jobs, paths
from annotator.core.codebook import Codebook
from annotator.core.errors import Damaged, NotFound
from annotator.core.exchange import Header
from annotator.core.model import Tag, TagName

from .store.conftest import TEXT, execute, span_of

HOSTILE = (
    '<img src="file:///etc/passwd" onerror="x()"><script>alert(1)</script> \u202egnp.exe\u2066 & "quoted" \'\u200b'
)


def schema(name: str) -> Any:
    return json.loads(paths.resource(name).read_text(encoding="utf-8"))


NATIVE = Resource.from_contents(schema("native.schema.json"))
VALID = Draft202012Validator(
    schema("report.schema.json"), registry=Registry().with_resource("urn:annotator:native:1", NATIVE)
)


@pytest.fixture
def statement(project: Project) -> str:
    """A statement with overlapping passages of two coders, values, links, a removed passage and an undone step."""
    statement = project.add_statement(TEXT, "Statement on the dam", issuer="Dam Council", language="en").result
    one = project.annotate(statement, "demand", span_of("call on the council"), given={"addressee": "Council"}).result
    project.note(one, "softer")
    project.be("AB")
    two = project.annotate(statement, "event", span_of("council to open the gates")).result
    project.link("responds_to", two, one)
    gone = project.annotate(statement, "accusation", span_of("Armed men"), given={"accused": "SDF"}).result
    project.remove([gone])
    project.edit(statement, venue="x")
    project.undo()
    project.mark(statement, "done")
    project.be("LM")
    return statement


def made(project: Project, format: str = "json", **which: Any) -> bytes:
    stream = io.BytesIO()
    jobs.run(jobs.report(project, stream, format=format, **which))
    return stream.getvalue()


def data(project: Project, **which: Any) -> Any:
    report = json.loads(made(project, **which))
    VALID.validate(report)
    return report


class Page(HTMLParser):
    """The text of a page, without what its tags say, and the tags and attributes there are."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.text, self.tags, self.attributes = "", set[str](), set[tuple[str, str]]()
        self.blocks: list[str] = []
        self._inside = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
        if (dict(attrs).get("class") or "").startswith("text "):
            self._inside = True
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._inside = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside:
            self.blocks[-1] += data


# -- what it holds -----------------------------------------------------------------------------


def test_a_report_holds_text_hashes_source_and_every_passage_with_its_whole_history(project: Project, statement: str):
    report = data(project)
    (found,) = report["statements"]
    kept = found["statement"]
    assert kept["text"] == TEXT and kept["text_sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    assert kept["source"]["sha256"] == kept["text_sha256"] and found["source_kept"] is True
    assert kept["imported_at"] and kept["imported_by"] == project.coder.id
    (demand, event) = found["passages"]
    assert [p["id"] for p in (demand, event)] == [a["id"] for a in kept["annotations"]]
    assert [(e["label"], e["said"]) for e in demand["history"]] == [
        ("Tag as demand", ["tagged as demand 24–43: “call on the council”", "addressee: — → Council"]),
        ("Edit note", ["note: — → softer"]),
    ]
    assert demand["history"][1]["before"]["note"] == "" and demand["history"][1]["after"]["note"] == "softer"
    (gone,) = found["removed"]
    assert [e["label"] for e in gone["history"]] == ["Tag as accusation", "Remove accusation"]
    assert [(e["label"], e["undone"]) for e in found["history"]] == [
        ("Add statement", False), ("Link passages", False), ("Edit venue", True), ("Undo Edit venue", False),
        ("Mark as done", False),
    ]  # fmt: skip
    assert len(found["links"]) == 1
    assert {c["name"] for c in report["who"]["coders"]} == {"LM", "AB"}
    assert {a["name"] for a in report["who"]["actors"]} == {"Council", "SDF"}
    assert report["project"]["head"] == project.head and report["generator"].startswith("annotator ")


def test_the_version_of_the_codebook_is_its_hash_and_changes_with_it(project: Project, statement: str):
    before = data(project)["codebook"]
    whole = json.dumps(
        {"rules": before["rules"], "tags": before["tags"]}, sort_keys=True, separators=(",", ":"), ensure_ascii=True
    )
    assert before["sha256"] == hashlib.sha256(whole.encode()).hexdigest()
    project.put_tag(Tag(TagName("threat"), "Threat"))
    assert data(project)["codebook"]["sha256"] != before["sha256"]


def test_a_selection_is_reported_alone_with_none_but_its_own_people(project: Project, statement: str):
    project.be("XY")
    other = project.add_statement("Another statement.", "Another").result
    project.annotate(other, "demand", Span(0, 7), given={"addressee": "Somebody else"})
    project.be("LM")
    report = data(project, statements=[statement])
    assert [s["statement"]["id"] for s in report["statements"]] == [statement]
    assert "Somebody else" not in json.dumps(report) and "XY" not in {c["name"] for c in report["who"]["coders"]}
    assert [s["statement"]["id"] for s in data(project, query="coder:XY")["statements"]] == [other]
    assert data(project)["selection"] == {"query": "", "statements": 2}


def test_a_report_of_nothing_of_what_is_not_there_or_in_no_format_is_refused(project: Project, statement: str):
    for error, which in (
        (AnnotatorError, {"query": "tag:demand nowhere"}),
        (NotFound, {"statements": ["gone"]}),
        (AnnotatorError, {"statements": [statement], "query": "x"}),
        (AnnotatorError, {"format": "pdf"}),
    ):
        with pytest.raises(error):
            made(project, **which)


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE annotation SET quote = 'forged'",
        "UPDATE change SET after = replace(after, 'softer', 'harder')",
        "UPDATE source SET data = x'00'",
    ],
)
def test_what_is_damaged_is_not_reported(project: Project, statement: str, tmp_path: Path, tamper: str):
    project.add_statement("One\r\nTwo", "Two lines")
    execute(project.path, tamper)
    for format in ("json", "html"):
        with pytest.raises(Damaged):
            jobs.run(jobs.report(project, tmp_path / "r", format=format))
    assert not list(tmp_path.glob("r*"))


def test_values_that_were_deleted_for_good_are_said_to_be(project: Project, statement: str):
    execute(project.path, "UPDATE change SET before = NULL, after = NULL, salt = NULL WHERE step = 4")
    (found,) = data(project)["statements"]
    (event,) = [e for p in found["passages"] for e in p["history"] if e["purged"]]
    assert "deleted for good" in event["said"][0] and b"deleted for good" in made(project, "html")


# -- what proves it -----------------------------------------------------------------------------


def test_the_digest_of_a_json_report_is_over_the_rest_of_it(project: Project, statement: str):
    raw = made(project)
    report = json.loads(raw)
    named = report.pop("sha256")
    rest = json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    assert hashlib.sha256(rest).hexdigest() == named
    assert raw == rest[:-1] + f',"sha256":"{named}"}}\n'.encode()  # it is written in canonical form


def test_the_digest_of_a_page_is_over_it_with_zeros_in_its_place(project: Project, statement: str):
    raw = made(project, "html")
    (named,) = re.findall(rb'<code id="sha256">([0-9a-f]{64})</code>', raw)
    assert hashlib.sha256(raw.replace(named, b"0" * 64)).hexdigest().encode() == named


def test_the_command_that_a_page_names_verifies_it(project: Project, statement: str, tmp_path: Path):
    file = tmp_path / "report.html"
    done = jobs.run(jobs.report(project, file))
    (command,) = re.findall(r"<code>(sed .*?)</code>", file.read_text(encoding="utf-8"))
    command = unescape(command).replace("FILE", "report.html")
    answer = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout.split()[0] == done.sha256


@pytest.mark.parametrize("format", ["html", "json"])
def test_beside_the_file_its_digest_stands_as_sha256sum_checks_it(
    project: Project, statement: str, tmp_path: Path, format: str
):
    file = tmp_path / f"report of {format}"
    done = jobs.run(jobs.report(project, file, format=format))
    assert hashlib.sha256(file.read_bytes()).hexdigest() == done.file_sha256
    subprocess.run(["sha256sum", "--check", f"{file.name}.sha256"], cwd=tmp_path, check=True, capture_output=True)


def test_a_cancelled_report_leaves_no_file(project: Project, statement: str, tmp_path: Path):
    job = jobs.report(project, tmp_path / "report.html")
    next(job)
    job.close()
    assert not list(tmp_path.glob("*report*"))


# -- what it shows ------------------------------------------------------------------------------


def test_the_text_of_a_page_is_the_text_whatever_overlaps(project: Project, statement: str):
    page = Page(made(project, "html"))
    assert page.blocks == [TEXT]
    for span in (Span(0, 30), Span(10, 60), Span(10, 60), Span(59, len(TEXT)), Span(0, len(TEXT))):
        project.annotate(statement, "demand", span, allow_overlap=True)
        assert Page(made(project, "html")).blocks == [TEXT]
    numbers = {value for name, value in page.attributes if name == "data-n"}
    assert numbers == {"1", "2"}


def test_nothing_hostile_is_read_as_mark_up_and_what_is_hidden_is_shown(project: Project):
    project.be(f"Coder {HOSTILE}")
    color = "red;background:url(https://evil.example/)"
    with project.intake() as taking:  # another program's file may hold what nobody could set here
        taking.add([Header(Codebook((Tag(TagName("bad"), f"Tag {HOSTILE}", color=color, definition=HOSTILE),)))])
        project.publish(taking, "Import")
    project.set_setting("title", HOSTILE)
    text = f"Text {HOSTILE} ends."
    statement = project.add_statement(
        text, HOSTILE, issuer=HOSTILE, url="javascript:alert(1)", language='en" x="'
    ).result
    passage = project.annotate(statement, "bad", Span(0, len(text)), note=HOSTILE + 'id="sha256">' + "0" * 64).result
    project.annotate(statement, "demand", Span(5, 30), given={"addressee": HOSTILE})
    project.note(passage, "")
    raw = made(project, "html")
    page = Page(raw)
    assert page.tags <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "table", "tr", "th", "td", "bdi", "code",
        "p", "span", "section", "div", "mark", "q", "ol", "ul", "li",
    }  # fmt: skip
    names = {name for name, _ in page.attributes}
    assert names <= {"id", "lang", "charset", "http-equiv", "content", "name", "class", "dir", "data-n", "title"}
    assert b"url(" not in raw and b"evil" not in raw and not re.search("[\u202e\u2066\u200b]", raw.decode())
    (shown,) = page.blocks
    assert "U+202E" in shown and "U+200B" in shown and '<img src="file:///etc/passwd"' in shown
    data(project)


def test_a_page_says_what_the_program_says_in_words(project: Project, statement: str):
    text = " ".join(Page(made(project, "html")).text.split())
    for words in (
        "note: — → softer",
        "addressee: — → Council",
        "removed accusation",
        "Edit venue (undone)",
        "Dam Council",
    ):
        assert words in text


def test_reports_come_while_tagging_goes_on_and_tell_how_far_they_are(project: Project, statement: str, tmp_path: Path):
    job = jobs.report(project, tmp_path / "r.json", format="json")
    told = [next(job)]
    project.annotate(statement, "demand", span_of("Armed men"))
    told += list(job)
    assert [(p.done, p.total) for p in told] == [(0, 1), (1, 1)]
    (found,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["statements"]
    assert len(found["passages"]) == 2
