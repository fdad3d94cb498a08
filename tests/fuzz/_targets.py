"""What is fuzzed: each reader with its limits, inputs to begin with, and words that its files are made of."""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from annotator import formats
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.core.text import canonical
from annotator.formats._decode import decode
from annotator.formats._format import ReadOptions, SourceFile
from annotator.store import pages
from annotator.store.salvage import Found, salvage
from tests import papers

from . import _contract
from ._contract import Broken


@dataclass(frozen=True, slots=True)
class Target:
    """One reader: ``run`` reads these bytes and checks what came of it, or raises what the reader raised.

    ``longest`` is the longest input that is made, in bytes.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: tuple[bytes, ...] = ()
    longest: int = 1 << 14


# -- documents ------------------------------------------------------------------------------


def _document(format: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        _contract.check_document(formats.read(io.BytesIO(data), format, name=f"x.{format}"))

    return run


class _Here:
    """Parses in this process what the program gives to its child, so that coverage and faults are seen."""

    def parse(self, parser: str, data: bytes, name: str, **options: Any) -> Any:
        try:
            module, _, function = parser.partition(":")
            return json.loads(json.dumps(getattr(import_module(module), function)(data, name, **options)))
        except (AnnotatorError, MemoryError):
            raise
        except Exception as error:
            # The child's net is for the libraries (trafilatura, lxml); a fault of the program's own lines is one.
            if _contract.came_from_a_library(error):
                raise AnnotatorError(f"{name} could not be read ({type(error).__name__})") from error
            raise

    def stream(self, parser: str, data: bytes, name: str, *, limit: int = 0, **options: Any) -> Iterator[Any]:
        yield from self.parse("tests.fuzz._targets:parts", data, name, inner=parser, options=options)


def parts(data: bytes, name: str, inner: str, options: dict[str, Any]) -> list[Any]:
    """What a parser that yields its parts yields, at once."""
    module, _, function = inner.partition(":")
    return list(getattr(import_module(module), function)(data, name, **options))


def _parsed(format: str) -> Callable[[bytes], None]:
    """A document whose parser runs in the child otherwise."""

    def run(data: bytes) -> None:
        read = formats.by_name(format, "read").read
        assert read is not None
        file = SourceFile(f"x.{format}", io.BytesIO(data))
        _contract.check_corpus(read(file, ReadOptions(None, _Here())))  # type: ignore[arg-type]

    return run


def _annotated(format: str, suffix: str) -> Callable[[bytes], None]:
    """A file of another program with annotations, wherever it is parsed otherwise."""

    def run(data: bytes) -> None:
        read = formats.by_name(format, "read").read
        assert read is not None
        file = SourceFile(f"x.{suffix}", io.BytesIO(data))
        _contract.check_annotated(read(file, ReadOptions(None, _Here())))  # type: ignore[arg-type]

    return run


def _rows(format: str) -> Callable[[bytes], None]:
    """A corpus that is read here."""

    def run(data: bytes) -> None:
        _contract.check_corpus(formats.read(io.BytesIO(data), format, name=f"x.{format}"))

    return run


def _decoded(data: bytes) -> None:
    """The first line is the encoding that the user names, or is empty; the rest is the file."""
    told, _, body = data.partition(b"\n")
    text, encoding = decode(body, "x.txt", told.decode("latin-1") or None)
    _contract.check_line(encoding, "the name of the encoding")
    if canonical(canonical(text)[0])[0] != canonical(text)[0]:
        raise Broken("a canonical text changes when it is made canonical")


def _told(data: bytes) -> None:
    formats.for_file("x", data[:8192])
    formats.for_file("x.json", data[:8192])


# -- native ---------------------------------------------------------------------------------


def _native(format: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        _contract.check_items(formats.read(io.BytesIO(data), format, name=f"x.{format}"))

    return run


# -- a damaged project ----------------------------------------------------------------------


def _pages(data: bytes) -> None:
    for each in pages.rows(data):
        if not isinstance(each, (int, pages.PageRow)):
            raise Broken(f"{each!a} is neither a page nor a row")


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="annotator-fuzz-")


def _salvaged(data: bytes) -> None:
    path = Path(_folder().name, "damaged.annotator")
    path.write_bytes(data)
    found = Found()

    def items() -> Iterator[Item]:
        for each in salvage(path, found):
            if not isinstance(each, int):
                yield each

    _contract.check_items(items())
    for problem in found.problems:
        _contract.check_line(problem.reason, "a problem")
    _contract.check_line(found.sentence(), "the outcome")


# -- what they begin with -------------------------------------------------------------------

_TEXT = "Pier four\n\nThe Harbour Union 🙏 calls on the port authority to reopen\u00a0the pier. ميناء\n"
_FRONT = (
    'issuer: Harbour Union\ntitle: "Pier \\u0034"\ndate_issued: {edtf: 2022-01~, basis: inferred}\n'
    "date_published: 2022-01-20\ndate_published_basis: in_text\nshelf: [a, {b: c}]\n"
)
_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Pier four | The Lantern</title>
<meta property="og:site_name" content="The Lantern"><meta property="article:published_time" content="2022-01-20T09:00">
<link rel="canonical" href="https://velmar.example/1"><link rel="license" href="https://cc.example/by">
<script type="application/ld+json">{"@graph": [{"@type": ["NewsArticle"], "headline": "Pier four", "author":
{"@id": "#a"}, "publisher": {"@type": "Organization", "name": "Lantern"}, "datePublished": "2022-01-20"},
{"@id": "#a", "@type": "Person", "name": "R"}]}</script></head><body><nav><a href="/">Home</a></nav><article>
<h1>Pier four</h1><p>The Harbour Union calls on the <q>port authority</q> to reopen\u00a0the pier at once, it said on
<time datetime="2022-01-20" pubdate>Thursday</time>.</p><ul><li>One<li>Two</ul><table><tr><td>a<td>b</table>
<blockquote>ميناء <ins>more</ins> &amp; &#x2014; <br>words</blockquote><pre>x</pre></article></body></html>"""


def _texts() -> list[bytes]:
    encodings = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
    arabic = "تدعو النقابة السلطات إلى فتح الميناء. " * 20
    return [*(_TEXT.encode(e) for e in encodings), arabic.encode("cp1256"), b"", b"\r\n\x0b\x1c\xc2\x85", b"a" * 400]


def _told_texts() -> list[bytes]:
    names = (b"", b"utf-8", b"utf-16", b"cp1256", b"utf-7", b"unicode_escape", b"punycode", b"rot13", b"idna", b"none")
    return [name + b"\n" + data for name in names for data in (*_texts()[:3], b"", b"+2AA-\\ud800")]


def _marked() -> list[bytes]:
    bodies = (_TEXT, f"# {_TEXT}\n```\n# no\n```\n", f"Pier\n====\n{_TEXT}")
    return [f"---\n{_FRONT}---\n{body}".encode() for body in bodies] + [b"---\na: &a [*a]\n---\nb", b"# #\n"]


def _web() -> list[bytes]:
    declared = _PAGE.replace("utf-8", "windows-1256").encode("cp1256", "replace")
    return [_PAGE.encode(), declared, b"<p>" * 40 + b"words", _PAGE.encode("utf-16"), b"<html><body>Words.", b""]


def _tables() -> list[bytes]:
    rows = 'title,text,published\nPier,"Words, ""of"" it\n🙏",2022-01-20\nB,,x\nC,more,2022,cells\n'
    return [
        rows.encode(),
        rows.replace(",", ";").encode("utf-16"),
        b"text\n\x00\xff",
        b"a,b\n1,2",
        b"sep=|\ntext|a\nb|c",
    ]


def _object_lines() -> list[bytes]:
    return [b'{"text": "Words", "title": "T", "n": [1, {"a": null}]}\n{"text": ""}\n[1]\n{"text": 5}', b'{"a": 1}']


def _mails() -> list[bytes]:
    head = b"From: A <a@b.example>\r\nSubject: =?utf-8?q?T=C3=A9?=\r\nDate: Fri, 4 Mar 2022 10:00:00 +0000\r\n"
    mixed = (
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Words</p>\r\n"
        b"--x\r\nContent-Disposition: attachment; filename=a\r\n\r\nx\r\n--x--"
    )
    flowed = b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nWords \r\nof it\r\n"
    return [head + b"\r\nWords of it", head + mixed, head + flowed, b"Words"]


def _rtfs() -> list[bytes]:
    return [
        rb"{\rtf1\ansi\ansicpg1256{\info{\title T}}Words \u-10179?\u-8640? \'c8\par\trowd a\cell b\cell\row}",
        b"{\\rtf1 x}",
        b"x",
    ]


def _letters() -> list[bytes]:
    core = "<dc:title>T</dc:title>"
    return [papers.docx(papers.paragraph("Pier four", "Title") + papers.paragraph("Words"), core)]


_HASH = "3f9e8b1b3a1a2e5b6c0d4b63df2a8a5a3ca2c3cf6a3c62f2d06b4ad54dd2c2c1"


def _exports(format: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        data = _project()
        small = {
            "format": "annotator", "version": 1, "coders": [{"id": "c", "name": "LM"}],
            "codebook": [{"name": "demand"}],
            "actors": [{"id": "a", "name": "PA"}], "withheld": ["texts"],
        }  # fmt: skip
        bare = {"id": "s", "text": "Short words", "extra": {"a": [1, 2.5, None]}, "ranges": [], "progress": []}
        passage = {
            "id": "n", "tag": "demand", "coder": "c", "start": 0, "end": 5, "quote": "Short",
            "attributes": {"addressee": [{"actor": "a", "anchor": {"start": 6, "end": 11, "quote": "words"}}]},
        }  # fmt: skip
        link = {"id": "l", "kind": "same_as", "source": "n", "target": "n"}
        held = {"id": "s", "text_sha256": _HASH, "length": 9}
        shown = {key: small[key] for key in small if key != "withheld"}
        pairs = ((shown, [{**bare, "annotations": [passage]}], [link]), (small, [held], []), (shown, [bare], []))
        if format == "json":
            return [data, *(json.dumps({**head, "statements": s, "links": k}).encode() for head, s, k in pairs)]
        return [data, *(b"\n".join(json.dumps(o).encode() for o in (head, *s, *k)) for head, s, k in pairs)]

    def _project() -> bytes:
        from annotator import Project, jobs

        with tempfile.TemporaryDirectory(prefix="annotator-fuzz-") as folder:
            path = Path(folder, "p.annotator")
            path.write_bytes(_projects()[0])
            stream = io.BytesIO()
            with Project.open(path, read_only=True) as project:
                jobs.run(jobs.export(project, stream, format=format))
            return stream.getvalue()

    return seeds


def _small_database() -> list[bytes]:
    """Pages of 512 bytes with rows of every type, in the page, over its edge and over many pages."""
    with tempfile.TemporaryDirectory(prefix="annotator-fuzz-") as folder:
        path = Path(folder, "small.db")
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA page_size = 512")
            db.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, a TEXT, b)")
            for n, value in enumerate((None, 0, 1, -5, 1 << 20, 1 << 60, 2.5, b"\xff" * 30, _TEXT, _TEXT * 30)):
                db.execute("INSERT INTO t VALUES (?, ?, ?)", (n * 1000, "é" * n, value))
        return [path.read_bytes()]


@cache
def _projects() -> list[bytes]:
    """A closed project with texts of a line and of many pages, passages, values, a link and undone steps."""
    from annotator import Project, Span

    with tempfile.TemporaryDirectory(prefix="annotator-fuzz-") as folder:
        path = Path(folder, "p.annotator")
        with Project.create(path, title="Worked", coder="LM") as project:
            first = project.add_statement(_TEXT * 40, "Pier four", issuer="Union").result
            project.add_statement("Short words.\n", "Short")
            marks = [project.annotate(first, tag, Span(12, 30 + n)).result for n, tag in enumerate(("demand", "event"))]
            project.link("same_as", *marks)
            project.describe(marks[0], {"addressee": "Port authority"})
            project.mark(first, "done")
            project.edit(first, venue="Geneva")
            project.undo()
        return [path.read_bytes()]


def _exported(format: str) -> Callable[[], list[bytes]]:
    """What the program itself writes, packed and, where it is a container, each of its files."""

    def seeds() -> list[bytes]:
        from annotator import Project, jobs

        with tempfile.TemporaryDirectory(prefix="annotator-fuzz-") as folder:
            path = Path(folder, "p.annotator")
            path.write_bytes(_projects()[0])
            stream = io.BytesIO()
            with Project.open(path, read_only=True) as project:
                jobs.run(jobs.export(project, stream, format=format))
        found = [stream.getvalue()]
        if found[0].startswith(b"PK"):
            with zipfile.ZipFile(stream) as container:
                found += [container.read(name) for name in container.namelist() if not name.endswith(".txt")]
        return found

    return seeds


def _databases(name: str) -> Callable[[], list[bytes]]:
    """The databases that the tests of these readers make."""

    def seeds() -> list[bytes]:
        from tests.unit.formats import test_databases as made

        scripts = {
            "qualcoder": [made.QUALCODER],
            "taguette": [made.TAGUETTE],
            "dna": [made.DNA.format(date=0) + made.DNA_2, made.DNA.format(date=0) + made.DNA_3],
        }
        return [made.database("PRAGMA page_size = 512;" + script) for script in scripts[name]]

    return seeds


_KEYS = (
    *(
        b'"format":"annotator"',
        b'"version":1',
        b'"statements":[',
        b'"links":[',
        b'"codebook":[',
        b'"coders":[',
        b'"id":',
    ),
    *(
        b'"text":"',
        b'"text_sha256":"',
        b'"length":',
        b'"annotations":[',
        b'"attributes":{',
        b'"actors":[',
        b'"anchor":{',
    ),
    *(b'"start":', b'"end":', b'"quote":"', b'"withheld":["texts"]', b'"extra":{', b'"date_issued":{"edtf":"2022"}'),
    *(
        b'"actor":',
        b'"merged_into":',
        b'"kind":',
        b'"source":',
        b'"position":',
        b'"values":[',
        b'"name":',
        b'"rules":[',
    ),
    *(
        b"\\ud800",
        b"\\u0000",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 400,
        b"-1",
        b"null",
        b"true",
        b"[[[[",
        b"{}",
        b"[]",
    ),
    *(b"\\u2028", b"\xe2\x80\xa8", b"\xc2\x85", b'""', b"\\n"),
)
_SIGNS = (
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\0",
    b"\r",
    b"\x0c",
    b"\xe2\x80\xa8",
    b"\xed\xa0\x80",
    b"\x1b",
    b"\n\n",
)
_YAML = (
    b"---\n",
    b"...\n",
    b"title: ",
    b"date_issued: ",
    b"_basis: ",
    b"? ",
    b"!!python/name:os ",
    b"!!binary ",
    b"- ",
)
_YAML += (
    b"&a ",
    b"*a",
    b"<<: ",
    b"|\n ",
    b'"\\ud800"',
    b'"\\n"',
    b'"\\L"',
    b"~",
    b"{edtf: ",
    b"# ",
    b"```\n",
    b"====\n",
)
_HTML = (
    b"<p>",
    b"</article>",
    b"<meta charset=",
    b"<script type=application/ld+json>",
    b"<time datetime=",
    b"<!--",
    b"&#x",
)
_HTML += (
    b'{"@graph":[',
    b'"@type":"Article"',
    b'"author":',
    b"<table><tr><td>",
    b"<title>",
    b"<q>",
    b"&#55296;",
    b"lang=",
)
_HTML += (b"<svg>", b"<template>", b"<base href=", b"<![CDATA[", b"<?xml ", b"\\ud800", b"utf-7", b"rot13", b"<body>")
_CELLS = (
    b"\x0d",
    b"\x80" * 8,
    b"\xff" * 9,
    b"\0\0\0\x01",
    b"\xff\xff",
    b"\x7f\xff",
    b"demand",
    b"statement",
    b"annotation",
)

_MAIL = (b"Content-Type: ", b"multipart/mixed; boundary=", b"--x\r\n", b"charset=utf-7", b"=?utf-8?b?", b"base64")
_PDF = (b" obj\n", b"endobj", b"stream\n", b"/Kids[", b"/Contents ", b"<<", b">>", b" 0 R", b"(\xfe\xff", b"xref\n")
_ZIP = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"\xff\xff\xff\xff", b"\x00\x00", b"\x08\x00", b"content.xml")
_XML = (b"<Code ", b"</Code>", b'guid="', b"<NoteRef ", b"<Coding>", b'startPosition="', b"&#0;", b"&#55296;", b"<!--")
_XML += (b'xmi:id="', b'sofa="1"', b'begin="', b'end="', b'members="', b"{", b"-1", b"9" * 30, b"]]>", b'xmlns=""')
_CAS = (b'"%ID":', b'"%TYPE":', b'"@sofa":1', b'"%ELEMENTS":[', b'"begin":', b'"sofaString":', b'"%SUPER_TYPE":')
_TSV = (b"#T_SP=", b"#T_RL=", b"#Text=", b"1-1\t0-4\t", b"\t_", b"*[1]", b"|", b"\\", b"[2_0]", b"1-1.1", b"->")

TARGETS = {
    target.name: target
    for target in (
        Target("decode", _decoded, _told_texts, _SIGNS),
        Target("told", _told, lambda: [*_texts(), *_web(), *_exports("json")(), *_exports("jsonl")()], _SIGNS),
        Target("txt", _document("txt"), _texts, _SIGNS),
        Target("markdown", _document("markdown"), _marked, _YAML + _SIGNS),
        Target("html", _parsed("html"), _web, _HTML + _SIGNS),
        Target("csv", _rows("csv"), _tables, (b'"', b";", b"\t", b"sep=|", b'""', b"text", b"\r\n", *_SIGNS)),
        Target("records", _rows("records"), _object_lines, _KEYS),
        Target("eml", _parsed("eml"), _mails, _MAIL + _SIGNS),
        Target(
            "rtf", _parsed("rtf"), _rtfs, (b"\\u-10179?", b"\\'c8", b"{\\info{\\title ", b"\\bin9 ", b"}}", b"\\par")
        ),
        Target("pdf", _parsed("pdf"), lambda: [papers.pdf([["Pier four", "Words (of) it"], []], "/Title(T)")], _PDF),
        Target("docx", _parsed("docx"), _letters, _ZIP),
        Target("odt", _parsed("odt"), lambda: [papers.odt("<text:p>Words<text:tab/>of it</text:p>")], _ZIP),
        Target("epub", _parsed("epub"), lambda: [papers.epub(["<p>Words</p>"], "<dc:title>T</dc:title>")], _ZIP),
        Target("json", _native("json"), _exports("json"), _KEYS),
        Target("jsonl", _native("jsonl"), _exports("jsonl"), _KEYS),
        Target("refi", _annotated("refi", "qde"), _exported("refi"), _XML),
        Target("qdc", _annotated("qdc", "qdc"), _exported("qdc"), _XML),
        Target("cas-xmi", _annotated("cas-xmi", "xmi"), _exported("cas-xmi"), _XML),
        Target("cas-json", _annotated("cas-json", "json"), _exported("cas-json"), _CAS + _KEYS),
        Target("webanno", _annotated("webanno", "tsv"), _exported("webanno"), _TSV + _SIGNS),
        Target("qualcoder", _annotated("qualcoder", "qda"), _databases("qualcoder"), _CELLS, longest=1 << 16),
        Target("taguette", _annotated("taguette", "sqlite3"), _databases("taguette"), _CELLS, longest=1 << 16),
        Target("dna", _annotated("dna", "dna"), _databases("dna"), _CELLS, longest=1 << 16),
        Target("pages", _pages, _small_database, _CELLS),
        Target("salvage", _salvaged, _projects, _CELLS + _KEYS, longest=1 << 20),
    )
}
