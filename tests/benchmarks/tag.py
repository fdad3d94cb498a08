"""From the key to a passage on disk and painted, in the real window, beside the bare commit on the same disk."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks._measure import Figure, median, p99, timed
from tests.benchmarks._words import Words


@contextmanager
def bare_commit(folder: Path) -> Iterator[Callable[[], float]]:
    """Inserts and commits one row, with the journal and safety of a project; says how many milliseconds that took."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, a TEXT, b TEXT)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO mark (a, b) VALUES (?, ?)", ("demand", "x" * 400))
        connection.execute("COMMIT")

    try:
        yield lambda: timed(commit)
    finally:
        connection.close()


def run(runs: int = 100) -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        return _run(Path(folder), runs)


def _run(folder: Path, runs: int) -> list[Figure]:
    from PySide6.QtWidgets import QApplication

    from annotator import Project, Span
    from annotator.gui.app import App
    from annotator.gui.reader import Reader
    from annotator.store import identity

    paint, painted = Reader.paintEvent, []

    def note_paint(self, event) -> None:  # type: ignore[no-untyped-def]
        paint(self, event)
        painted.append(time.perf_counter())

    Reader.paintEvent = note_paint  # type: ignore[method-assign]
    application = QApplication.instance() or QApplication([])
    identity.name_coder("LM")
    with Project.create(folder / "p.annotator") as project:
        project.add_statement(Words().text(4_000), title="A statement of 4 kB")
    app = App()
    app.window.resize(1440, 900)
    app.window.show()
    app.start(folder / "p.annotator")
    application.processEvents()
    spans = [Span(20 + 14 * n, 30 + 14 * n) for n in range(runs)]
    with bare_commit(folder) as commit:
        limits = [commit() for _ in range(runs)]
    tagged, settled = [], []
    for n, span in enumerate(spans):
        app.window.reader.select(span, reveal=False)
        application.processEvents()

        painted.clear()
        began = time.perf_counter()
        app.window.order(("tag.demand", "tag.accusation", "tag.event")[n % 3])
        application.processEvents()
        tagged.append((painted[0] - began) * 1000)
        settled.append((time.perf_counter() - began) * 1000)
    app.window.close()
    limit = median(limits)
    return [
        Figure(
            "tag → on disk and painted, median",
            median(tagged),
            limit,
            "≤ bare commit + 6 ms",
            median(tagged) <= limit + 6,
            note=f"{runs} tags in a 4 kB statement; every pane up to date after {median(settled):.1f} ms",
        ),
        Figure(
            "tag → on disk and painted, p99",
            p99(tagged),
            limit,
            "≤ bare commit + 12 ms",
            p99(tagged) <= limit + 12,
            note=f"bare p99 {p99(limits):.1f} ms",
        ),
    ]
