"""Saved web pages: the article's words, and metadata only from where the page states them."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator import formats
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Problem, Record
from annotator.core.model import DateValue

SENTENCES = [f"The harbour union asks the authority for measure number {n} before the storms set in." for n in range(8)]
BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


@pytest.fixture(scope="module")
def parser() -> Iterator[formats.ParserProcess]:
    with formats.ParserProcess() as parser:
        yield parser


def read(parser: formats.ParserProcess, page: str | bytes | Path, name: str = "page.html") -> Record:
    source = page if isinstance(page, Path) else io.BytesIO(page.encode() if isinstance(page, str) else page)
    (item,) = formats.read(source, "html", name=name, parser=parser)
    assert isinstance(item, Record)
    return item


def page(head: str = "", body: str = BODY, lang: str = "") -> str:
    nav = "<nav><a href=/>MENU</a></nav>"
    return f"<html {lang}><head>{head}</head><body>{nav}<article>{body}</article><footer>IMPRINT</footer></body></html>"


def linked(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


def test_the_article_is_the_text_in_paragraphs_and_the_rest_of_the_page_is_not(parser: formats.ParserProcess) -> None:
    assert read(parser, page()).text == "\n\n".join(SENTENCES)


def test_lists_and_tables_stand_on_lines_and_breaks_stay(parser: formats.ParserProcess) -> None:
    text = read(parser, page(body=BODY + "<ul><li>one</li><li>two</li></ul><p>three<br>four</p>")).text
    assert text.endswith("\n\none\n\ntwo\n\nthree\nfour")


def test_words_that_the_library_would_drop_stay(parser: formats.ParserProcess) -> None:
    body = "<p>On <time datetime=2022>20&nbsp;January</time> it <ins>now</ins> said «&#8239;oui&#8239;», <q>no</q>.</p>"
    text = read(parser, page(body=BODY + body)).text
    assert text.endswith("On 20\u00a0January it now said «\u202foui\u202f», “no”.")


@pytest.mark.parametrize(
    ("head", "field", "value", "origin"),
    [
        (linked('{"@type": "NewsArticle", "headline": "H"}') + "<title>T</title>", "title", "H", "JSON-LD headline"),
        ('<meta property="og:title" content="O"><title>T</title>', "title", "O", "og:title"),
        ("<title>T &amp; U</title>", "title", "T & U", "<title>"),
        (
            linked('{"@type": "Article", "author": {"@type": "Organization", "name": "Union"}}'),
            "issuer",
            "Union",
            "JSON-LD author (organisation)",
        ),
        (
            linked('{"@type": "Article", "author": [{"@type": "Person", "name": "M. Keller"}]}'),
            "reporter",
            "M. Keller",
            "JSON-LD author (person)",
        ),
        (
            linked('{"@graph": [{"@type": ["Organization"], "@id": "#o", "name": "The Lantern"},'
                   '{"@type": "http://schema.org/NewsArticle", "publisher": {"@id": "#o"}}]}'),
            "outlet",
            "The Lantern",
            "JSON-LD publisher",
        ),
        ('<meta property="og:site_name" content="The Lantern">', "outlet", "The Lantern", "og:site_name"),
        ('<link rel="canonical" href="https://velmar.example/1">', "url", "https://velmar.example/1", "canonical link"),
        ('<link rel="license" href="https://cc.example/0">', "licence", "https://cc.example/0", "license link"),
    ],
)  # fmt: skip
def test_metadata_come_from_where_the_page_states_them(
    parser: formats.ParserProcess, head: str, field: str, value: str, origin: str
) -> None:
    statement = read(parser, page(head)).statement
    assert getattr(statement, field) == value
    assert statement.extra["metadata_from"][field] == origin


@pytest.mark.parametrize(
    ("head", "body", "date"),
    [
        (linked('{"@type": "NewsArticle", "datePublished": "2024-09-17T23:15:00+02:00"}'), "", "2024-09-17"),
        ('<meta property="article:published_time" content="2024-09">', "", "2024-09"),
        ("", "<time datetime=2024-09-17T08:00>then</time>", "2024-09-17"),
        ("", "<time datetime=2024-09-17 itemprop=datePublished>then</time><time datetime=2020>x</time>", "2024-09-17"),
    ],
)
def test_the_date_of_publication_is_taken_as_written(
    parser: formats.ParserProcess, head: str, body: str, date: str
) -> None:
    statement = read(parser, page(head, body + BODY)).statement
    assert statement.date_published == DateValue(date)
    assert statement.date_issued is None


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<p>Copyright 2026 by the union, published on 3 May 2025.</p>"),
        ("", "<time datetime=2024-09-17>a</time><time datetime=2024-09-18>b</time>"),
        ('<meta property="article:published_time" content="yesterday">', ""),
        (linked('{"@type": "NewsArticle", "datePublished": "2024-02-31"}'), ""),
        (linked('{"@type": "NewsArticle", "datePublished": 2024, '), ""),
    ],
)
def test_no_date_is_guessed(parser: formats.ParserProcess, head: str, body: str) -> None:
    assert read(parser, page(head, BODY + body)).statement.date_published is None


@pytest.mark.parametrize(
    "broken", ["{", "[]", "null", '"x"', "[" * 5000, '{"@type": 5, "author": [[]]}', '{"@graph": {}}']
)
def test_malformed_linked_data_are_passed_over(parser: formats.ParserProcess, broken: str) -> None:
    assert read(parser, page(linked(broken) + "<title>T</title>")).statement.title == "T"


def test_the_heading_that_is_the_title_is_marked(parser: formats.ParserProcess) -> None:
    record = read(parser, page("<title>Light on the mole | The Lantern</title>", f"<h1>Light on the mole</h1>{BODY}"))
    assert [(record.text[r.start : r.end], r.role) for r in record.ranges] == [("Light on the mole", "title")]
    assert record.statement.title == "Light on the mole | The Lantern"


def test_a_page_without_a_title_is_called_by_its_first_line(parser: formats.ParserProcess) -> None:
    statement = read(parser, page()).statement
    assert statement.title == SENTENCES[0]
    assert statement.extra["metadata_from"]["title"] == "the first line"


@pytest.mark.parametrize("lang", ['lang="ckb"', 'xml:lang="ckb"'])
def test_the_language_is_the_one_that_the_page_names(parser: formats.ParserProcess, lang: str) -> None:
    assert read(parser, page(lang=lang)).statement.language == "ckb"


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("utf-8", ""),
        ("cp1254", "<meta charset=windows-1254>"),
        ("utf-16", ""),
        ("cp1252", "<meta charset='iso-8859-1'>"),
    ],
)
def test_the_encoding_is_the_one_declared(parser: formats.ParserProcess, encoding: str, declaration: str) -> None:
    record = read(parser, page(declaration, BODY + "<p>Größe – çok</p>".replace("–", "-")).encode(encoding))
    assert record.text.endswith("Größe - çok")


@pytest.mark.parametrize(
    "nothing", ["<html></html>", "<script>alert(1)</script>", "<html><body><img src=x></body></html>"]
)
def test_a_page_without_words_is_refused_in_one_sentence(parser: formats.ParserProcess, nothing: str) -> None:
    with pytest.raises(AnnotatorError, match=r"^no text was found in page.html$"):
        read(parser, nothing)


def test_an_empty_file_is_a_problem() -> None:
    assert list(formats.read(io.BytesIO(b" \n"), "html", name="a.html")) == [Problem("a.html", "is empty")]


def test_a_page_too_deep_to_be_read_whole_is_refused_rather_than_cut(parser: formats.ParserProcess) -> None:
    inside = read(parser, page(body=BODY + "<div>" * 300 + "<p>The last demand stands here.</p>" + "</div>" * 300))
    assert inside.text.endswith("The last demand stands here.")
    with pytest.raises(AnnotatorError, match=r"page.html is nested too deeply to be read as a whole"):
        read(parser, page(body=BODY + "<div>" * 5000 + "<p>Lost</p>"))


@pytest.mark.parametrize(("name", "count"), [("news", 30), ("lists", 14), ("ar", 8)])
def test_pages_made_by_others_lose_no_sentence_and_keep_no_boilerplate(
    parser: formats.ParserProcess, fixtures: Path, name: str, count: int
) -> None:
    text = read(parser, fixtures / "hostile" / f"{name}.html", f"{name}.html").text
    assert re.findall(r"S\d\d", text) == [f"S{n:02}" for n in range(count)]
    assert "BOILER" not in text


def test_hostile_pages_are_read_or_refused_within_the_limits(parser: formats.ParserProcess, fixtures: Path) -> None:
    nul = read(parser, fixtures / "hostile" / "nul.html")
    assert nul.text.startswith("S00 The ministry") and "\0" not in nul.text and nul.replaced
    deep = gzip.decompress((fixtures / "hostile" / "deep.html.gz").read_bytes())
    with pytest.raises(AnnotatorError, match=r"^deep.html "):
        read(parser, deep, "deep.html")
