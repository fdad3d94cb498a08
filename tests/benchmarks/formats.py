"""Exporting a million typed claims in every format, beside reading the rows and dumping them with plain code.

``ANNOTATOR_BENCHMARK_CLAIMS`` says how many, ``ANNOTATOR_BENCHMARK_FORMATS`` which formats, separated by commas. Each
export runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.benchmarks._claims import claims
from tests.benchmarks._corpus import size
from tests.benchmarks._measure import Figure

#: The most that an export may take, in MB, whatever its size.
MEMORY = 200
#: How the rows of a format are dumped by plain code; all that are not named: as JSON, a statement a line.
_DUMPED = {
    "conll": "tokens by sentence",
    "prodigy": "json with tokens",
    "passages": "csv",
    "passages-sheet": "csv",
    "passages-xlsx": "xlsx",
    "passages-parquet": "parquet",
    "brat": "zip",
    "refi": "zip",
    "webanno": "tokens by sentence",
    "html-copy": "escaped text with a line a value",
    "markdown-copy": "escaped text with a line a value",
    "graphml": "edges",
    "gexf": "edges",
    "qdc": "codebook",
}
_TOKEN = re.compile(r"\w+|[^\w\s]")


def run() -> Iterator[Figure]:
    from annotator import formats

    passages = size("claims", 1_000_000)
    wanted = os.environ.get("ANNOTATOR_BENCHMARK_FORMATS", "")
    names = wanted.split(",") if wanted else [each.name for each in formats.writers()]
    with tempfile.TemporaryDirectory() as name:
        project = claims(Path(name), passages)
        for each in names:
            bare, _ = _apart("bare", _DUMPED.get(each, "json"), project, Path(name))
            ours, memory = _apart("ours", each, project, Path(name))
            target = f"≤ 3 × (read the rows + dump them as {_DUMPED.get(each, 'json')}), ≤ {MEMORY} MB"
            met = ours <= 3 * bare and memory <= MEMORY
            yield Figure(
                f"{each}: export of {passages:,} passages", ours, bare, target, met, note=f"{memory:.0f} MB at most"
            )


def _apart(what: str, format: str, project: Path, folder: Path) -> tuple[float, float]:
    """Milliseconds and megabytes of this work in a process of its own."""
    target = folder / "out"
    code = f"from tests.benchmarks.formats import child; child({what!r}, {format!r}, {str(project)!r}, {str(target)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    target.unlink(missing_ok=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    took, peak = json.loads(done.stdout)
    return took, peak


def child(what: str, format: str, project: str, target: str) -> None:
    """Do the work, and print how long it took and the most memory that the process had."""
    work = _ours if what == "ours" else _bare
    began = time.perf_counter()
    work(format, Path(project), Path(target))
    took = (time.perf_counter() - began) * 1000
    print(json.dumps([took, _peak()]))


def _peak() -> float:
    """The most memory that this process had, in MB."""
    try:
        # What getrusage tells on Linux began with the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _ours(format: str, project: Path, target: Path) -> None:
    from annotator import Project, jobs

    with Project.open(project, read_only=True) as opened:
        jobs.run(jobs.export(opened, target, format=format))


def _statements(project: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Every statement with its annotations, read as they lie."""
    connection = sqlite3.connect(f"{project.as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    made = connection.execute('SELECT * FROM annotation ORDER BY statement, start, "end", tag, id')
    grouped = groupby(made, key=lambda row: row["statement"])
    found = next(grouped, None)
    for row in connection.execute(
        "SELECT s.*, c.text FROM statement s JOIN content c ON c.sha256 = s.text_sha256 ORDER BY s.id"
    ):
        annotations: list[dict[str, Any]] = []
        if found is not None and found[0] == row["id"]:
            annotations = [dict(a) | {"attributes": json.loads(a["attributes"])} for a in found[1]]
            found = next(grouped, None)
        yield dict(row), annotations
    connection.close()


def _bare(kind: str, project: Path, target: Path) -> None:
    from annotator.core.sentences import sentences

    rows = _statements(project)
    if kind == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for s, annotations in rows:
                packed.writestr(f"{s['id']}.txt", s["text"])
                lines = (
                    f"{a['tag']}\t{a['start']}\t{a['end']}\t{a['quote']}\t{a['attributes']}\n" for a in annotations
                )
                packed.writestr(f"{s['id']}.ann", "".join(lines))
    elif kind == "xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in _table(rows):
            sheet.append(row)
        book.save(target)
    elif kind == "parquet":
        _parquet(rows, target)
    else:
        with open(target, "w", encoding="utf-8", newline="") as file:
            if kind == "csv":
                csv.writer(file).writerows(_table(rows))
            for s, annotations in rows:
                if kind == "escaped text with a line a value":
                    file.write(f"{escape(s['title'])}\n{escape(s['text'])}\n")
                    for a in annotations:
                        file.write(f"{a['tag']} {escape(a['quote'])} {escape(a['note'])}\n")
                        for name, values in a["attributes"].items():
                            said = "; ".join(str(v.get("actor") or v.get("value") or v) for v in values)
                            file.write(f"{escape(name)}: {escape(said)}\n")
                elif kind == "tokens by sentence":
                    for sentence in sentences(s["text"]):
                        words = s["text"][sentence.start : sentence.end]
                        file.writelines(f"{token[0]}\tO\n" for token in _TOKEN.finditer(words))
                    file.writelines(f"{a['tag']} {a['start']}\n" for a in annotations)
                elif kind in ("edges", "codebook"):
                    file.writelines(f"{a['tag']} {a['attributes']}\n" for a in annotations)
                else:
                    told = s | {"annotations": annotations}
                    if kind == "json with tokens":
                        told["tokens"] = [
                            {"text": t[0], "start": t.start(), "end": t.end(), "id": n}
                            for n, t in enumerate(_TOKEN.finditer(s["text"]))
                        ]
                    file.write(json.dumps(told, ensure_ascii=False) + "\n")


def _table(rows: Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]) -> Iterator[list[Any]]:
    """A row a passage, with the values as they come and the statement's columns but for its text."""
    for s, made in rows:
        about = [value for name, value in s.items() if name != "text"]
        for a in made:
            values = [str(value) for value in a.pop("attributes").values()]
            yield [*a.values(), *values, *[""] * (12 - len(values)), *about]


def _parquet(rows: Iterator[tuple[dict[str, Any], list[dict[str, Any]]]], target: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    writer, group = None, []

    def flush() -> None:
        columns = [[str(cell) for cell in column] for column in zip(*group, strict=True)]
        batch = pyarrow.RecordBatch.from_arrays(list(map(pyarrow.array, columns)), schema=writer.schema)
        writer.write_batch(batch)
        group.clear()

    for row in _table(rows):
        if writer is None:
            schema = pyarrow.schema([(f"c{n}", pyarrow.string()) for n in range(len(row))])
            writer = parquet.ParquetWriter(target, schema)
        group.append(row)
        if len(group) == 20_000:
            flush()
    if writer is not None:
        if group:
            flush()
        writer.close()
