"""Reading documents and corpora beside the libraries' own time, whole imports beside bare inserts, and their memory."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks._measure import Figure, median, timed
from tests.benchmarks._words import Words
from tests.papers import docx, paragraph, pdf

PAGES, ROWS, LONG = 500, 100_000, 10_000_000
#: The most that importing may add to the program's memory, in MB.
MEMORY = 200


def run(runs: int = 3) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = Words()
        long = folder / "long.txt"
        long.write_text(words.text(LONG), encoding="utf-8")
        sheets = [
            ["".join(c for c in line if ord(c) < 256) for line in _lines(words.text(2800, paragraphs=False))]
            for _ in range(PAGES)
        ]
        book = folder / "book.pdf"
        book.write_bytes(pdf(sheets))
        letter = folder / "letter.docx"
        letter.write_bytes(docx("".join(paragraph(words.text(500, paragraphs=False)) for _ in range(1000))))
        table = folder / "corpus.csv"
        with table.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(["title", "text", "issuer", "published"])
            for n in range(ROWS):
                rows.writerow([f"Statement {n}", words.text(600), "Harbour Union", f"2022-01-{n % 28 + 1:02}"])
        return [
            *_document(folder, book, f"a PDF of {PAGES} pages", "annotator.formats.pdf:parse", _pdfium, runs),
            *_document(folder, letter, "a Word document of 500 kB", "annotator.formats.docx:parse", _mammoth, runs),
            _import(folder, long, "a text of 10 MB", lambda: [long.read_bytes().decode()], runs),
            _import(folder, table, f"a table of {ROWS:,} rows", lambda: _rows(table), 1),
            *(_memory(folder, file) for file in (long, book, table)),
        ]


def _lines(text: str) -> list[str]:
    """Lines as they stand on a page."""
    found, line = [], ""
    for word in text.split():
        if len(line) + len(word) > 75:
            found.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*found, line]


def _pdfium(data: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def _mammoth(data: bytes) -> str:
    import mammoth

    return str(mammoth.convert_to_html(io.BytesIO(data)).value)


def _rows(table: Path) -> list[str]:
    with table.open(encoding="utf-8", newline="") as stream:
        return [row["text"] for row in csv.DictReader(stream)]


def _document(
    folder: Path, file: Path, what: str, parser: str, library: Callable[[bytes], str], runs: int
) -> list[Figure]:
    from annotator import formats

    data = file.read_bytes()
    with formats.ParserProcess() as process:
        process.parse(parser, data, file.name)  # the child is started once for all documents of an import
        library(data)
        ours = median(timed(lambda: process.parse(parser, data, file.name)) for _ in range(runs))
    bare = median(timed(lambda: library(data)) for _ in range(runs))
    parsing = Figure(f"parsing of {what}", ours, bare, "≤ 1.5 × the library's own time", ours <= 1.5 * bare)
    return [parsing, _import(folder, file, what, lambda: [library(data)], runs)]


def _import(folder: Path, file: Path, what: str, parse: Callable[[], list[str]], runs: int) -> Figure:
    ours, bare = [], []
    for n in range(runs):
        bare.append(timed(lambda: _bare(folder / f"{file.stem}{n}.db", parse())))  # noqa: B023
        ours.append(timed(lambda: _ours(folder / f"{file.stem}{n}.annotator", file)))  # noqa: B023
    limit, value = median(bare), median(ours)
    target = "≤ 3 × (parser + bare insert + FTS)"
    return Figure(f"import of {what}", value, limit, target, value <= 3 * limit)


def _ours(target: Path, file: Path) -> None:
    from annotator import Project, jobs

    with Project.create(target, coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [file], slice_ms=400))
        assert report.imported and not report.problems, report.problems[:3]


def _bare(target: Path, texts: list[str]) -> None:
    with sqlite3.connect(target) as connection:
        connection.execute("CREATE TABLE statement (id INTEGER PRIMARY KEY, text TEXT)")
        # The same index as a project has.
        connection.execute(
            "CREATE VIRTUAL TABLE search USING fts5(text, content = '', prefix = '1 2 3',"
            " tokenize = 'unicode61 remove_diacritics 0')"
        )
        connection.executemany("INSERT INTO statement (text) VALUES (?)", ((text,) for text in texts))
        connection.execute("INSERT INTO search (rowid, text) SELECT id, text FROM statement")


_MEASURED = """
import sys
from pathlib import Path
from tests.benchmarks.documents import _ours, grown
before = grown()
_ours(Path(sys.argv[1]), Path(sys.argv[2]))
print(grown() - before)
"""


def grown() -> float:
    """The most memory that this process has had so far, in MB; what it was started from does not count (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return float(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1000  # type: ignore[index]


def _memory(folder: Path, file: Path) -> Figure:
    command = [sys.executable, "-c", _MEASURED, str(folder / f"memory {file.stem}.annotator"), str(file)]
    value = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    size = file.stat().st_size / 1e6
    return Figure(
        f"memory of importing {file.name}",
        value,
        size,
        f"≤ {MEMORY} MB",
        value <= MEMORY,
        unit="MB",
        note="bare: the file",
    )
