"""Opening a project of 100,000 statements with 1,000,000 passages, beside SQLite's bare ``quick_check`` of its file.

How many is said by ``ANNOTATOR_BENCHMARK_OPENED`` (statements) and ``ANNOTATOR_BENCHMARK_EACH`` (passages of each);
``ANNOTATOR_BENCHMARK_FOLDER`` keeps the project for the next run. Making it takes some minutes, which are not part of
any figure. Each opening is in a process of its own, so that no cache of SQLite is warm; that of the system is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks._corpus import KEPT, corpus, size
from tests.benchmarks._measure import Figure, median

_BARE = """
import sqlite3, sys, time
from pathlib import Path

began = time.perf_counter()
connection = sqlite3.connect(f"{Path(sys.argv[1]).as_uri()}?mode=ro", uri=True)
assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
print((time.perf_counter() - began) * 1000)
"""
_OURS = """
import sys, time
from annotator import Project

began = time.perf_counter()
project = Project.open(sys.argv[1], coder="LM")
print((time.perf_counter() - began) * 1000)
project.close()
"""
# How long opening holds the window up, and when its first statement and the list are painted.
_WINDOW = """
import sys, time
from pathlib import Path
from annotator.gui.reader import Reader
from annotator.gui.statement_painter import RowPainter
from tests.benchmarks.list import Heartbeat, wait, window

painted = {}

def noted(kind, name, ready):
    paint = getattr(kind, name)

    def note(self, *arguments):
        paint(self, *arguments)
        if ready(self):
            painted.setdefault(kind, time.perf_counter())

    setattr(kind, name, note)

noted(Reader, "paintEvent", lambda reader: reader.text)
noted(RowPainter, "paint", lambda painter: True)
application, app = window()
with Heartbeat() as heart:
    began = time.perf_counter()
    app.start(Path(sys.argv[1]))
    wait(application, lambda: len(painted) == 2)
print(max(heart.gaps), (max(painted.values()) - began) * 1000)
app.window.close()
"""


def run(runs: int = 5) -> list[Figure]:
    if kept := os.environ.get(KEPT):
        Path(kept).mkdir(parents=True, exist_ok=True)
    statements, each = size("opened", 100_000), size("each", 10)
    with tempfile.TemporaryDirectory() as home:
        path = corpus(Path(home), statements, 400, each)
        environment = os.environ | {"HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path.cwd())}
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            environment.pop(variable, None)
        _figures(_BARE, path, environment)  # the system has read the whole file from now on
        bare, ours, held, shown = [], [], [], []
        for _ in range(runs):
            bare += _figures(_BARE, path, environment)
            ours += _figures(_OURS, path, environment)
            longest, until = _figures(_WINDOW, path, environment)
            held.append(longest)
            shown.append(until)
    what = f"a project of {statements:,} statements with {statements * each:,} passages"
    limit, opened, until = median(bare), median(ours), median(shown)
    return [
        Figure(f"opening {what}", opened, limit, "≤ 2 × quick_check", opened <= 2 * limit),
        Figure(f"{what} opened in the window, list and text painted", until, limit, "≤ 2 × quick_check + 500 ms",
               until <= 2 * limit + 500, note=f"window held up {median(held):.0f} ms at most"),
    ]  # fmt: skip


def _figures(code: str, path: Path, environment: dict[str, str]) -> list[float]:
    """What this code prints of the project, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path.resolve())],
        env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=600,
    )  # fmt: skip
    return [float(figure) for figure in done.stdout.split()]
