"""The reader at size, in the real window: opening, tagging, removing, resizing, scrolling, jumping, and memory.

Beside each figure stands the bare limit of the same run: one row inserted and committed, or a bare QPlainTextEdit with
the same text. The best desktop peer is stood in for by a QTextEdit that keeps its marks as character formats.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks._measure import Figure, median, p99, timed
from tests.benchmarks._words import Words
from tests.benchmarks.tag import bare_commit


@dataclass(frozen=True, slots=True)
class Workload:
    """A statement of ``size`` characters with so many passages; ``opened`` is the target for opening it, in ms."""

    name: str
    size: int
    passages: int
    opened: float
    shape: str = "paragraphs"

    def text(self) -> str:
        made = Words().text(min(self.size, 1_000_000), paragraphs=self.shape == "paragraphs")
        whole = (made * (self.size // len(made) + 1))[: self.size]
        return whole.replace(" ", "a").replace("\n", "b") if self.shape == "no blank" else whole


WORKLOADS = (
    Workload("4 kB / 20", 4_000, 20, 15),
    Workload("100 kB / 500", 100_000, 500, 25),
    Workload("1 MB / 2,000", 1_000_000, 2_000, 50),
    Workload("10 MB / 20,000", 10_000_000, 20_000, 300),
    Workload("1 MB in one paragraph / 2,000", 1_000_000, 2_000, 80, "one paragraph"),
    Workload("1 MB without a blank / 2,000", 1_000_000, 2_000, 80, "no blank"),
)
TAGS = ("demand", "accusation", "event")
#: Characters of a passage that the benchmark's project holds already.
_LONG = 20


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    chosen = os.environ.get("WORKLOADS", "")
    works = [work for n, work in enumerate(WORKLOADS) if not chosen or str(n) in chosen.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        figures = _run(Path(folder), works)
    return figures if chosen else [*figures, *_memory()]


def make(path: Path, works: Sequence[Workload]) -> dict[str, str]:
    """A project with these statements and a small one; their ids by the workload's name."""
    from annotator import Project, Span
    from annotator.store import identity

    identity.name_coder("LM")
    ids = {}
    with Project.create(path) as project:
        ids[""] = project.add_statement("A few words.", title="Between two").result
        for work in works:
            ids[work.name] = project.add_statement(work.text(), title=work.name).result
            step = work.size // max(work.passages, 1)
            with project.step("Tag"):
                for n in range(work.passages):
                    project.annotate(ids[work.name], TAGS[n % 3], Span(n * step + 5, n * step + 5 + _LONG))
    return ids


class Bench:
    """The real window, driven by commands, with the moment of each painting of the reader noted."""

    def __init__(self, path: Path) -> None:
        from PySide6.QtWidgets import QApplication

        from annotator.gui.app import App
        from annotator.gui.reader import Reader

        paint, self.painted = Reader.paintEvent, []

        def note_paint(reader, event) -> None:  # type: ignore[no-untyped-def]
            paint(reader, event)
            self.painted.append(time.perf_counter())

        Reader.paintEvent = note_paint  # type: ignore[method-assign]
        existing = QApplication.instance()
        self.application = existing if isinstance(existing, QApplication) else QApplication([])
        self.app = App()
        self.reader = self.app.window.reader
        self.app.window.resize(1440, 900)
        self.app.window.show()
        self.app.start(path)
        self.settle()

    def settle(self) -> None:
        """Until every pane and thread has come to rest."""
        for _ in range(6):
            self.application.processEvents()
            time.sleep(0.002)

    def until_painted(self, work: Callable[[], Any]) -> float:
        """Milliseconds from here until the reader has been painted."""
        self.painted.clear()
        began = time.perf_counter()
        work()
        while not self.painted:
            self.application.processEvents()
            if time.perf_counter() - began > 60:
                raise RuntimeError("the reader was not painted within a minute")
        took = (self.painted[0] - began) * 1000
        self.application.processEvents()
        return took

    def until_idle(self, work: Callable[[], Any]) -> tuple[float, float]:
        """Until it was painted, and how long the window was busy in all."""
        self.painted.clear()
        began = time.perf_counter()
        work()
        while not self.painted:
            self.application.processEvents()
            if time.perf_counter() - began > 60:
                raise RuntimeError("the reader was not painted within a minute")
        self.application.processEvents()
        return (self.painted[0] - began) * 1000, (time.perf_counter() - began) * 1000


def _run(folder: Path, works: Sequence[Workload]) -> list[Figure]:
    ids = make(folder / "p.annotator", works)
    bench = Bench(folder / "p.annotator")
    figures = []
    with bare_commit(folder) as commit:
        for work in works:
            figures += _one(bench, work, ids[work.name], ids[""], commit)
    bench.app.window.close()
    bench.settle()
    return figures


def _one(bench: Bench, work: Workload, statement: str, other: str, commit: Callable[[], float]) -> list[Figure]:
    from annotator import Span

    app, reader = bench.app, bench.reader
    text = work.text()
    figures = []

    def figure(what: str, value: float, limit: float, target: str, met: bool, note: str = "") -> None:
        figures.append(Figure(f"{work.name}: {what}", value, limit, target, met, note=note))

    # Opening, beside a bare editor with the same text.
    opened, bare = [], []
    for _ in range(9 if work.size <= 1_000_000 else 5):
        app.show_statement(other)
        bench.settle()
        opened.append(bench.until_idle(lambda: app.show_statement(statement)))
        bench.settle()
        bare.append(_bare_open(bench, text))
    first = [painted for painted, _ in opened]
    idle = median(whole for _, whole in opened)
    figure(
        "opened → painted", median(first), median(bare), f"{work.opened:.0f} ms", median(first) <= work.opened,
        f"slowest {max(first):.0f}; every pane up to date after {idle:.0f} ms",
    )  # fmt: skip
    # Tagging, resizing and removing, each beside the bare commit of the same moment.
    runs = int(os.environ.get("RUNS", "200"))
    limits, busy = [], []
    took: dict[str, list[float]] = {"tag": [], "resize": [], "remove": []}
    step = work.size // (runs + 1)
    for n in range(runs):
        start = n * step + step // 2
        gap = work.size // max(work.passages, 1)
        start = min(start // gap * gap + 5 + _LONG + 20, work.size - 60)
        reader.select(Span(start, start + 30))
        bench.settle()
        limits += [commit(), commit()]
        painted, whole = bench.until_idle(lambda n=n: app.window.order(f"tag.{TAGS[n % 3]}"))  # type: ignore[misc]
        took["tag"].append(painted)
        busy.append(whole)
        made = app.session.passage
        reader.clear_selection()
        app.session.pick(made)
        bench.settle()
        took["resize"].append(bench.until_painted(lambda: app.window.order("edge.end.forward.character")))
        bench.settle()
        took["remove"].append(bench.until_painted(lambda: app.window.order("passage.remove")))
        bench.settle()
    limit = median(limits)
    for what, values in took.items():
        note = f"every pane up to date after {median(busy):.1f} ms" if what == "tag" else ""
        figure(f"{what} → painted, median", median(values), limit, "commit + 6 ms", median(values) <= limit + 6, note)
        worst = p99(limits)
        figure(f"{what} → painted, p99", p99(values), worst, "commit’s p99 + 12 ms", p99(values) <= worst + 12)
    # Moving about.
    bar = reader.verticalScrollBar()
    bar.setValue(0)
    bench.settle()
    frames = []
    for n in range(min(300, max(1, bar.maximum() // 3))):
        frames.append(bench.until_painted(lambda n=n: bar.setValue(3 * (n + 1))))  # type: ignore[misc]
    figure("scroll frame, p99", p99(frames), median(frames), "8 ms", p99(frames) <= 8, "3 lines a frame; bare: median")
    jumps, sizes = [], []
    for n in range(12):
        bar.setValue(0)
        bench.settle()
        reader.page.forget()
        reader.highlights.forget()
        jumps.append(bench.until_painted(lambda: bar.setValue(bar.maximum())))
        bench.settle()
        width = 1440 if n % 2 else 1080
        sizes.append(bench.until_painted(lambda width=width: app.window.resize(width, 900)))  # type: ignore[misc]
        bench.settle()
    app.window.resize(1440, 900)
    bench.settle()
    figure("jump to the end", median(jumps), median(frames), "20 ms", median(jumps) <= 20, f"slowest {max(jumps):.1f}")
    figure("window resize", median(sizes), median(frames), "20 ms", median(sizes) <= 20, f"slowest {max(sizes):.1f}")
    if work.name == "1 MB / 2,000":
        figures += _peer(bench, work, text, median(first), median(took["remove"]))
    return figures


def _bare_open(bench: Bench, text: str) -> float:
    from PySide6.QtWidgets import QPlainTextEdit

    editor = QPlainTextEdit()
    editor.resize(800, 850)
    editor.show()
    bench.application.processEvents()

    def work() -> None:
        editor.setPlainText(text)
        editor.viewport().repaint()

    took = timed(work)
    editor.deleteLater()
    bench.application.processEvents()
    return took


def _peer(bench: Bench, work: Workload, text: str, ours_open: float, ours_remove: float) -> list[Figure]:
    """The stand-in for the best desktop peer: a rich text editor with a character format for each mark."""
    from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
    from PySide6.QtWidgets import QTextEdit

    editor = QTextEdit()
    editor.resize(800, 850)
    editor.show()
    bench.application.processEvents()
    step = work.size // work.passages
    marked, plain = QTextCharFormat(), QTextCharFormat()
    marked.setBackground(QColor("#cce0f0"))
    marked.setFontUnderline(True)

    def paint(start: int, shape: QTextCharFormat) -> None:
        cursor = QTextCursor(editor.document())
        cursor.setPosition(start)
        cursor.setPosition(start + _LONG, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(shape)

    def open_() -> None:
        editor.setPlainText(text)
        for n in range(work.passages):
            paint(n * step + 5, marked)
        bench.application.processEvents()
        editor.viewport().repaint()

    def remove(n: int) -> None:
        # As the peer does it: the marks are taken away and set again.
        cursor = QTextCursor(editor.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.setCharFormat(plain)
        for other in range(work.passages):
            if other != n:
                paint(other * step + 5, marked)
        bench.application.processEvents()
        editor.viewport().repaint()

    opened = timed(open_)
    removed = median([timed(lambda n=n: remove(n)) for n in range(3)])  # type: ignore[misc]
    editor.deleteLater()
    bench.application.processEvents()
    return [
        Figure(f"{work.name}: opened, beside a rich text editor", ours_open, opened, "less", ours_open < opened),
        Figure(f"{work.name}: removed, beside a rich text editor", ours_remove, removed, "less", ours_remove < removed),
    ]


def _memory() -> list[Figure]:
    """What showing 10 MB costs, each in a process of its own."""
    figures = []
    for name, target, bare in (("ASCII", 60, 30), ("with one emoji", 110, 60)):
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.reader", name], capture_output=True, text=True, check=True
        )
        grown = float(done.stdout.split()[-1])
        note = "limit: the Python string and Qt's copy of it"
        figures.append(Figure(f"10 MB {name}: memory", grown, bare, f"≤ {target} MB", grown <= target, "MB", note))
    return figures


def _resident() -> float:
    import gc

    gc.collect()
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def _measure_memory(name: str) -> None:
    work = Workload("10 MB", 10_000_000, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        path = Path(folder) / "p.annotator"
        if subprocess.run([sys.executable, "-m", "tests.benchmarks.reader", f"make {name}", str(path)]).returncode:
            raise SystemExit(1)
        bench = Bench(path)
        listed = list(bench.app.session.project.numbers())  # type: ignore[union-attr]
        summaries = bench.app.session.project.summaries(listed[0])  # type: ignore[union-attr]
        by_title = {each.title: each.id for each in summaries}
        bench.app.show_statement(by_title["Between two"])
        bench.settle()
        before = _resident()
        bench.until_painted(lambda: bench.app.show_statement(by_title[work.name]))
        while "verifying" in bench.reader.page.content.header[-1].text:
            bench.settle()
        print(_resident() - before)
        bench.app.window.close()


def _make_memory(name: str, path: Path) -> None:
    from annotator import Project
    from annotator.store import identity

    identity.name_coder("LM")
    text = Workload("10 MB", 10_000_000, 0, 0).text()
    if name.endswith("emoji"):
        text = text[:5_000_000] + "🕊" + text[5_000_001:]
    with Project.create(path) as project:
        project.add_statement("A few words.", title="Between two")
        project.add_statement(text, title="10 MB")


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1].startswith("make "):
        _make_memory(sys.argv[1], Path(sys.argv[2]))
    else:
        _measure_memory(sys.argv[1])
