"""Feeds and web archives: an entry or a page is a statement, and a bad one keeps no other out."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator

import pytest

from annotator import formats
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Problem, Record
from annotator.core.model import DateValue


@pytest.fixture(scope="module")
def parser() -> Iterator[formats.ParserProcess]:
    with formats.ParserProcess() as parser:
        yield parser


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Lantern</title>
<language>en</language>
<item><title>Pier four</title><link>https://velmar.example/1</link>
<pubDate>Thu, 20 Jan 2022 09:00:00 GMT</pubDate>
<description>&lt;p&gt;The union demands it.&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;
&lt;p&gt;At once.&lt;/p&gt;</description></item>
<item><title>Empty</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Quay</title><entry><title>Light</title><id>urn:1</id>
<published>2022-03-04T23:30:00-05:00</published><author><name>MK</name></author>
<content type="text">The crews ask for light &amp; more.</content></entry></feed>"""


def test_each_entry_of_a_feed_is_a_statement(parser: formats.ParserProcess) -> None:
    first, second = formats.read(io.BytesIO(RSS.encode()), None, name="news.rss", parser=parser)
    assert isinstance(first, Record)
    s = first.statement
    assert first.text == "The union demands it.\n\nAt once."
    assert (s.title, s.outlet, s.language, s.url) == ("Pier four", "The Lantern", "en", "https://velmar.example/1")
    assert s.date_published == DateValue("2022-01-20")
    assert s.extra["metadata_from"]["outlet"] == "feed: title"
    assert str(second) == "news.rss, entry 2: no text was found"


def test_atom_has_its_own_day_and_plain_words(parser: formats.ParserProcess) -> None:
    (item,) = formats.read(io.BytesIO(ATOM.encode()), None, name="x", parser=parser)
    assert isinstance(item, Record)
    assert item.text == "The crews ask for light & more."
    assert item.statement.date_published == DateValue("2022-03-04")
    assert item.statement.extra["document"] == {"author": "MK"} and item.statement.issuer == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + RSS, "declares entities"),
        ("<rss>not", "holds no entry"),
        ("/etc/passwd", "is no RSS or Atom feed"),
        ("http://velmar.example/feed", "is no RSS or Atom feed"),
    ],
)
def test_what_is_hostile_or_no_feed_is_refused(parser: formats.ParserProcess, data: str, reason: str) -> None:
    with pytest.raises(AnnotatorError, match=f"^x.rss .*({reason})"):
        list(formats.read(io.BytesIO(data.encode()), "feed", name="x.rss", parser=parser))


def archive(packed: bool = True) -> bytes:
    records = []
    body = "".join(
        f"<p>The harbour union asks the authority for measure number {n} before the storms.</p>" for n in range(6)
    )
    html = f"<html><head><title>Pier four</title></head><body><article>{body}</article></body></html>"
    for url, status, kind, data in (
        ("https://velmar.example/1", "200 OK", "text/html; charset=utf-8", html),
        ("https://velmar.example/2", "404 Not Found", "text/html", html),
        ("https://velmar.example/3", "200 OK", "image/png", "x"),
        ("https://velmar.example/4", "200 OK", "text/html", ""),
        ("https://velmar.example/5", "200 OK", "text/plain", "Plain words\nof it"),
    ):
        http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n{data}".encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2022-01-21T10:00:00Z\r\nWARC-Target-URI: {url}\r\n"
            f"WARC-Record-ID: <urn:uuid:{len(records)}>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        record = head.encode() + http + b"\r\n\r\n"
        records.append(gzip.compress(record) if packed else record)
    return b"".join(records)


@pytest.mark.parametrize("packed", [True, False])
def test_each_page_of_a_web_archive_is_a_statement(parser: formats.ParserProcess, packed: bool) -> None:
    data = archive(packed)
    assert formats.for_file("crawl.gz" if packed else "crawl", data[:8192]).name == "warc"
    page, empty, plain = formats.read(io.BytesIO(data), None, name="crawl.warc", parser=parser)
    assert isinstance(page, Record) and isinstance(plain, Record) and isinstance(empty, Problem)
    s = page.statement
    assert page.text.startswith("The harbour union asks the authority for measure number 0")
    assert (s.title, s.url, s.date_collected) == ("Pier four", "https://velmar.example/1", DateValue("2022-01-21"))
    assert page.data is not None and page.data.startswith(b"<html>")
    assert s.source and s.source.name == "crawl.warc: https://velmar.example/1"
    assert (empty.place, empty.reason) == ("crawl.warc: https://velmar.example/4", "no text was found")
    assert plain.text == "Plain words\nof it"


def test_a_damaged_archive_is_refused(parser: formats.ParserProcess) -> None:
    with pytest.raises(AnnotatorError, match=r"^x.warc is damaged, or no web archive$"):
        list(formats.read(io.BytesIO(b"words and no archive\r\n\r\n"), "warc", name="x.warc", parser=parser))
