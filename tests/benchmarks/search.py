"""Search while typing over a million statements of 400 bytes and 100,000 of 4 kB, beside the bare index's first page.

The words are typed letter by letter into the filter of the list and into the search of the top bar of the real window.
The sizes and the folder of the projects are said as for the benchmark ``list``.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks._corpus import corpus, size
from tests.benchmarks._measure import Figure, median, p99, timed
from tests.benchmarks._words import Words
from tests.benchmarks.list import Heartbeat, wait, window


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        figures = []
        for count, length in ((size("many", 1_000_000), 400), (size("long", 100_000), 4096)):
            figures += _run(corpus(Path(folder), count, length), f"{count:,} statements of {length} bytes")
        return figures


def _queries() -> list[str]:
    """Every beginning of some words, frequent and rare ones, and of pairs of them."""
    words = Words(seed=11).text(400, paragraphs=False).lower().replace(".", "").split()
    chosen = [*words[:10], f"{words[11]} {words[12]}", f"{words[13]} {words[14]}"]
    return [word[:end] for word in chosen for end in range(1, len(word) + 1) if not word[:end].endswith(" ")]


def _run(path: Path, what: str) -> list[Figure]:
    from annotator import Project
    from annotator.gui.statement_filter import FilterField

    application, app = window()
    pane, search = app.window.statements, app.window.search
    field = pane.findChild(FilterField)
    with Project.open(path, coder="LM") as project:
        bare = _bare(project.path)
    done: list[int] = []
    pane.listed.connect(done.append)
    app.session.use(Project.open(path, coder="LM"))
    wait(application, lambda: done)
    listed, found, slow = [], [], []
    for query in _queries():
        before = pane.model.order
        with Heartbeat() as heart:
            began = time.perf_counter()
            pane.set_filter(query)
            # The list is not awaited to its end: the next query ends this one, as the next key does.
            wait(application, lambda: pane.model.order is not before)  # noqa: B023
            listed.append((time.perf_counter() - began) * 1000)
        slow.append(max(heart.gaps, default=0.0))
    pane.set_filter("")
    shown: list[float] = []
    search.results.modelReset.connect(lambda: shown.append(time.perf_counter()))
    app.window.activateWindow()
    search.setFocus()
    for query in _queries():
        search.clear()
        search.close_results()
        shown.clear()
        with Heartbeat() as heart:
            search.setText(query)
            began = time.perf_counter()
            search.textEdited.emit(query)
            wait(application, lambda: any(r.group != "Commands" for r in search.results.results), 20)
            found.append((shown[-1] - began) * 1000)
        slow.append(max(heart.gaps, default=0.0))
    late: list[float] = _typed(application, pane, field)
    app.window.close()
    limit = p99(bare)
    note = f"median {{:.0f}} ms; bare median {median(bare):.1f} ms"
    return [
        Figure(f"filter of {what}: first rows, p99", p99(listed), limit, "≤ 100 ms", p99(listed) <= 100,
               note=note.format(median(listed))),
        Figure(f"search of {what}: first results, p99", p99(found), limit, "≤ 100 ms", p99(found) <= 100,
               note=note.format(median(found)) + "; with the pause of 40 ms after the last key"),
        Figure(f"typing over {what}: window held up, p99", p99(slow), 2.0, "≤ 50 ms", p99(slow) <= 50,
               note=f"worst {max(slow):.0f} ms; bare: its own beat"),
        Figure(f"typing over {what}: last key to its first rows", median(late), limit, "≤ 140 ms", median(late) <= 140,
               note=f"words typed at 80 ms a key, the newest wins; worst {max(late):.0f} ms"),
    ]  # fmt: skip


def _typed(application: Any, pane: Any, field: Any) -> list[float]:
    """Words typed at 80 ms a key: from the last key to the first rows of the whole word."""
    took = []
    for word in [query for query in _queries() if len(query) > 3][:12]:
        for end in range(1, len(word) + 1):
            field.setText(word[:end])
            key = time.perf_counter()
            while end < len(word) and time.perf_counter() < key + 0.08:
                application.processEvents()
                time.sleep(0.001)
        before = pane.model.order
        wait(application, lambda: pane.model.order is not before)  # noqa: B023
        took.append((time.perf_counter() - key) * 1000)
    return took


def _bare(path: Path) -> list[float]:
    """The first 200 numbers of each query from the index alone, by plain sqlite3."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    sql = "SELECT rowid FROM content_search WHERE content_search MATCH ? ORDER BY rowid LIMIT 200"
    asked = [" AND ".join(f'"{word}" *' for word in query.split()) for query in _queries()]
    try:
        return [timed(lambda: connection.execute(sql, (each,)).fetchall()) for each in asked]  # noqa: B023
    finally:
        connection.close()
