"""The reading copy: what it shows, what it never does, and how a browser sees it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest

from annotator import Project, Span, formats, jobs
from annotator.core.exchange import Header, Record, Stamp
from annotator.core.model import Annotation, AnnotationId, CoderId, Range, Statement, StatementId, TagName
from annotator.core.privacy import Privacy
from tests.unit.formats import roundtrip

HOSTILE = '<script>alert(1)</script><img src="http://example.org/x.png" onerror=\'x\'>&amp; "]]>'


class Page(HTMLParser):
    """The elements of a page with their attributes, and the words between its paragraphs' ends."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def project(tmp_path: Path):
    with roundtrip.make(tmp_path / "round.annotator") as project:
        yield project


def page_of(project: Project, **options) -> tuple[str, Page]:
    stream = BytesIO()
    jobs.run(jobs.export(project, stream, format="html-copy", **options))
    return stream.getvalue().decode(), Page(stream.getvalue())


def test_every_text_is_in_the_copy_as_it_stands_line_by_line(project: Project):
    _, page = page_of(project)
    for _, text, _ in roundtrip.TEXTS:
        for line in text.split("\n"):
            assert line in page.words


def test_each_passage_has_its_sign_at_both_ends_and_its_claim_under_the_same_one(project: Project):
    source, page = page_of(project)
    begins = [a for tag, a in page.elements if tag == "a" and a.get("class") == "b"]
    ends = [a for tag, a in page.elements if tag == "span" and a.get("class") == "e"]
    count = len(roundtrip.passages(project))
    assert len(begins) == len(ends) == count
    places = {a["id"] for tag, a in page.elements if tag == "li"}
    assert {a["href"] for a in begins} == {f"#{place}" for place in places} and len(places) == count
    assert '<span class="tag">D1</span> <b><bdi>Demand</bdi></b>' in source
    assert "<dt>Demander</dt><dd><bdi>Türkei</bdi></dd>" in source and "A “note”,\nin two lines" in source
    assert re.search(r'Same as</bdi> → <a href="#[^"]+">D2</a>', source)


def test_tags_differ_without_colours_by_letter_and_line(project: Project):
    source, _ = page_of(project)
    for i, line in enumerate(("solid", "dashed", "dotted")):
        assert re.search(rf"\.t{i}{{[^}}]*border-bottom-style:{line}", source)
    assert {sign[0] for sign in re.findall(r'data-n="(\w+)"', source)} == {"D", "A", "E"}


def test_nothing_foreign_becomes_markup_and_nothing_is_loaded(tmp_path: Path):
    with Project.create(tmp_path / "h.annotator", title=HOSTILE, coder=HOSTILE) as project:
        statement = project.add_statement(
            f"{HOSTILE} they demand help \u202e", title=HOSTILE, issuer=HOSTILE, url="javascript:alert(1)",
            language='en" onload="x',
        ).result  # fmt: skip
        project.annotate(statement, "demand", Span(0, 30), note=HOSTILE, given={"demander": HOSTILE, "action": HOSTILE})
        source, page = page_of(project)
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "img", "link", "iframe", "object", "base", "form", "svg", "video", "audio"}
    for _, attributes in page.elements:
        assert not {
            name for name in attributes if name.startswith("on") or name in ("src", "srcset", "style", "action")
        }
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in source and "@import" not in source and "default-src 'none'" in source
    assert "\u202e" not in source and "U+202E" in source
    assert HOSTILE in page.words


def test_a_title_that_stands_above_the_text_is_not_said_again_unless_a_passage_holds_it():
    text = "The dam\n\nThey speak."
    statement = Statement(StatementId("s"), title="The dam", extra={HOSTILE: [HOSTILE]})

    def times_said(*annotations: Annotation) -> int:
        out = BytesIO()
        record = Record(statement, text, annotations, (Range(0, 7, "title"),))
        formats.write([Header(), record], out, "html-copy", Stamp("", ""))
        return Page(out.getvalue()).words.count("The dam")

    passage = Annotation(AnnotationId("a"), statement.id, TagName("nosuch"), CoderId("c"), 0, 3, "The", note=HOSTILE)
    assert times_said() == 1
    assert times_said(passage) == 2


def test_what_is_withheld_is_said_and_not_shown(project: Project):
    source, page = page_of(project, privacy=Privacy(texts=False, pseudonyms=True))
    assert "Withheld from this copy: the coders&#x27; own names, the texts" in source
    assert "The text is withheld; it has" in source
    assert "guillemets" not in page.words and "Omar" not in page.words


# -- in a browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("there is no Chromium to open the page in")


def in_browser(browser: str, folder: Path, *arguments: str) -> bytes:
    """What a headless browser prints that opens a page without a network and with a profile of its own."""
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}", *arguments],
        capture_output=True, timeout=60, check=True, env=dict(os.environ, HOME=str(folder)),
    )  # fmt: skip
    return done.stdout


def test_a_browser_shows_the_page_with_each_paragraph_in_its_direction(project: Project, browser: str, tmp_path: Path):
    source, _ = page_of(project)
    # What a script would find, were there one; the copy itself has none and would let none run.
    measured = source.replace("default-src 'none'; ", "default-src 'none'; script-src 'unsafe-inline'; ").replace(
        "</body>",
        "<script>const p = [...document.querySelectorAll('.text p')];"
        "document.title = p.map(e => getComputedStyle(e).direction[0]).join('') + ' '"
        " + getComputedStyle(document.querySelector('mark.t1')).borderBottomStyle + ' '"
        " + performance.getEntriesByType('resource').length + ' ' + document.scripts.length</script></body>",
    )
    (tmp_path / "copy.html").write_text(measured, encoding="utf-8")
    seen = in_browser(browser, tmp_path, "--dump-dom", (tmp_path / "copy.html").as_uri()).decode()
    directions, style, resources, scripts = re.search(r"<title>(.*?)</title>", seen)[1].split()
    # A letter a line, in the order of the texts.
    assert directions == "ll" + "lll" + "ll" + "rl" + "l"
    assert (style, resources, scripts) == ("dashed", "0", "1")


def test_a_browser_prints_the_page(project: Project, browser: str, tmp_path: Path):
    source, _ = page_of(project)
    (tmp_path / "copy.html").write_text(source, encoding="utf-8")
    in_browser(
        browser, tmp_path, f"--print-to-pdf={tmp_path / 'copy.pdf'}", "--no-pdf-header-footer",
        (tmp_path / "copy.html").as_uri(),
    )  # fmt: skip
    from pypdfium2 import PdfDocument

    with PdfDocument(tmp_path / "copy.pdf") as document:
        words = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
        assert 1 <= len(document) <= 6
    for sign in ("D1[", "Demander Türkei", "reopen; the quay", "must act"):
        assert sign in words
