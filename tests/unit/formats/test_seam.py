"""What holds for every format: how it is found, named, and chosen for a file."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotator import formats
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Header, Losses, Record, Stamp
from annotator.core.model import Statement, StatementId
from annotator.core.text import digest


def test_importing_the_package_loads_no_format_and_no_library() -> None:
    code = (
        "import sys, annotator.formats as f;"
        "print([m for m in sys.modules if m in ('trafilatura', 'lxml', 'yaml', 'charset_normalizer', 'edtf')"
        " or m.startswith('annotator.formats.') and m.split('.')[-1][0] != '_'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_naming_all_formats_loads_no_library() -> None:
    code = (
        "import sys, annotator.formats as f; f.formats();"
        "print([m for m in sys.modules if m in ('trafilatura', 'lxml', 'yaml', 'charset_normalizer')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_format_can_be_read_or_written_and_has_a_name_of_its_own() -> None:
    names = [f.name for f in formats.formats()]
    assert len(set(names)) == len(names)
    assert all(f.read or f.write for f in formats.formats())
    assert {"txt", "markdown", "html", "json", "jsonl"} <= set(names)


@pytest.mark.parametrize("format", formats.formats(), ids=lambda f: f.name)
def test_every_format_is_described_in_its_own_words(format: formats.Format) -> None:
    assert format.label and format.description and "/" in format.media_type
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in format.suffixes)


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(AnnotatorError, match=r"“docm” is no format that can be read; these can: .*html.*txt"):
        formats.by_name("docm", for_="read")
    with pytest.raises(AnnotatorError, match=r"“txt” is no format that can be written; these can: .*json"):
        formats.by_name("txt", for_="write")


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("a.txt", b"{", "txt"),
        ("a.TEXT", b"", "txt"),
        ("a.md", b"", "markdown"),
        ("a.HTM", b"", "html"),
        ("a.json", b"[]", "json"),
        ("a.ndjson", b"", "jsonl"),
        ("", b"<!DOCTYPE html><html>", "html"),
        ("page", b"\xef\xbb\xbf\n<html lang=en>", "html"),
        ("export.bak", b'{\n"format": "annotator",\n', "json"),
        ("export.bak", b'{"format": "annotator", "version": 1}\n{"id": "x"}\n', "jsonl"),
        ("letter", "Wir fordern".encode("utf-16"), "txt"),
        ("letter.xyz", "Wir fordern Gehör".encode("cp1252"), "txt"),
    ],
)
def test_the_format_is_told_by_suffix_then_by_content(name: str, head: bytes, format: str) -> None:
    assert formats.for_file(name, head).name == format


@pytest.mark.parametrize("name", ["network.gexf", "network.graphml", "passages.parquet"])
def test_a_file_of_a_format_that_is_only_written_is_no_statement(name: str) -> None:
    with pytest.raises(AnnotatorError, match="can be written, but not read"):
        formats.for_file(name, b"<?xml version='1.0'?>")


@pytest.mark.parametrize(
    ("head", "looks"),
    [
        (b"PK\x03\x04....[Content_Types].xml..ppt/presentation.xml", "a PPTX \\(PowerPoint\\) presentation"),
        (b"PK\x03\x04......mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument file"),
        (b"PK\x03\x04....photos/1.jpg", "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (bytes(range(256)) * 4, "a binary file"),
    ],
)
def test_a_file_that_is_no_text_is_refused_by_what_it_looks_like(head: bytes, looks: str) -> None:
    with pytest.raises(AnnotatorError, match=f"^x.dat is not a text file .*looks like {looks}"):
        formats.for_file("x.dat", head)
    with pytest.raises(AnnotatorError, match=f"^x.txt is not a text file .*looks like {looks}"):
        list(formats.read(io.BytesIO(head), "txt", name="x.txt"))


def test_a_missing_file_a_folder_and_a_pipe_get_one_sentence_each(tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match=r"there is no file .*none.txt"):
        list(formats.read(tmp_path / "none.txt"))
    with pytest.raises(AnnotatorError, match="is not a regular file"):
        list(formats.read(tmp_path))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
        with pytest.raises(AnnotatorError, match=r"pipe.txt is not a regular file"):
            list(formats.read(tmp_path / "pipe.txt"))


def test_a_stream_that_cannot_seek_is_read_like_a_file() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    (item,) = formats.read(Pipe("Tytuł\nŻądamy".encode()))
    assert isinstance(item, Record) and item.text == "Tytuł\nŻądamy"
    assert item.statement.source is not None and item.statement.source.name == "standard input"


def test_one_child_process_serves_all_files_of_an_import(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"%PDF-1.4")
    (tmp_path / "b.html").write_bytes(b"<p>The union asks the authority to reopen the pier.</p>")
    with formats.ParserProcess() as parser:
        with pytest.raises(AnnotatorError, match=r"^a.txt is not a text file"):
            list(formats.read(tmp_path / "a.txt", parser=parser))
        (item,) = formats.read(tmp_path / "b.html", parser=parser)
    assert isinstance(item, Record) and item.text.startswith("The union asks")


def test_writing_yields_after_each_item_so_that_it_can_report_and_be_cancelled() -> None:
    text = "Open the pier"
    record = Record(Statement(StatementId("s"), text_sha256=digest(text), length=len(text)), text)
    stamp, losses = Stamp("2026-03-01T09:30:00.000Z", "annotator test"), Losses()
    for format in ("json", "jsonl"):
        stream = io.BytesIO()
        sizes = [
            stream.tell()
            for _ in formats.by_name(format, for_="write").write_steps([Header(), record], stream, stamp, losses)
        ]
        assert len(sizes) == 2 and 0 < sizes[0] < sizes[1]
    assert not losses.counts


def test_a_format_that_is_only_read_says_so() -> None:
    with pytest.raises(AnnotatorError, match="Plain text can be read, but not written"):
        formats.write([], io.BytesIO(), formats.by_name("txt", for_="read"), Stamp("", ""))


def test_one_statement_as_json_is_the_one_of_the_export() -> None:
    text = "Open the pier"
    record = Record(Statement(StatementId("s"), text_sha256=digest(text), length=len(text)), text)
    stream = io.BytesIO()
    formats.write([record], stream, "jsonl", Stamp("", ""))
    assert json.loads(stream.getvalue().splitlines()[1]) == formats.statement_json(record)


def test_a_document_above_the_cap_is_refused() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def read(self, size: int = -1) -> bytes:
            return b"x" * size

    with pytest.raises(AnnotatorError, match=r"x.txt is larger than 50 MB"):
        list(formats.read(Endless(), "txt", name="x.txt"))  # type: ignore[arg-type]
