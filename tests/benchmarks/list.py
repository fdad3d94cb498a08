"""The list of statements over a million of 400 bytes and 100,000 of 4 kB, in the real window, beside a bare table view.

How many is said by ``ANNOTATOR_BENCHMARK_MANY`` and ``ANNOTATOR_BENCHMARK_LONG``; ``ANNOTATOR_BENCHMARK_FOLDER`` keeps
the projects for the next run. Making them takes some minutes, which are not part of any figure.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks._corpus import KEPT, corpus, size
from tests.benchmarks._measure import Figure, median, p99, timed


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if kept := os.environ.get(KEPT):
        Path(kept).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        figures = []
        for count, length in ((size("many", 1_000_000), 400), (size("long", 100_000), 4096)):
            figures += _run(corpus(Path(folder), count, length), f"{count:,} statements of {length} bytes")
        return figures


class Heartbeat:
    """How long the window's thread was held up at most, in ms, while it should have beaten every 2 ms."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: list[float] = []
        self._timer = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> Heartbeat:
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000 - 2)
        self._last = now


def wait(application: Any, until: Callable[[], object], seconds: float = 120) -> None:
    """Let the window live until this holds."""
    end = time.monotonic() + seconds
    while not until():
        application.processEvents()
        if time.monotonic() > end:
            raise TimeoutError("the window did not come so far")
        time.sleep(0.0005)


def window() -> tuple[Any, Any]:
    """The application and the program's parts, with the window on show."""
    from PySide6.QtWidgets import QApplication

    from annotator.gui.app import App
    from annotator.store import identity

    application = QApplication.instance() or QApplication([])
    application.setStyle("Fusion")  # type: ignore[attr-defined]
    identity.name_coder("LM")
    app = App()
    app.window.resize(1440, 900)
    app.window.show()
    application.processEvents()
    return application, app


def _run(path: Path, what: str) -> list[Figure]:
    from PySide6.QtWidgets import QTableView

    from annotator import Project
    from annotator.gui.statement_painter import RowPainter
    from annotator.store.listing import Arrangement

    application, app = window()
    pane = app.window.statements
    view = pane.findChild(QTableView)
    painted: list[float] = []
    draw = RowPainter.paint

    def noted(self, *arguments):  # type: ignore[no-untyped-def]
        draw(self, *arguments)
        painted.append(time.perf_counter())

    RowPainter.paint = noted  # type: ignore[method-assign]
    done: list[int] = []
    pane.listed.connect(done.append)
    first, whole, opening, blocks = [], [], [], []
    for _ in range(5):
        app.session.use(None)
        began = time.perf_counter()
        project = Project.open(path, coder="LM")
        opening.append((time.perf_counter() - began) * 1000)
        painted.clear()
        done.clear()
        with Heartbeat() as heart:
            began = time.perf_counter()
            app.session.use(project)
            wait(application, lambda: painted)
            first.append((painted[0] - began) * 1000)
            wait(application, lambda: done)
            whole.append((time.perf_counter() - began) * 1000)
        blocks.append(max(heart.gaps))
    rows = pane.model.rowCount()
    bare_first, bare_reset, bare_frames = bare_table(application, rows, view.size(), pane.model.order.rows)
    figures = [
        Figure(
            f"list of {what}: first paint", median(first), median(bare_first), "≤ 100 ms", median(first) <= 100,
            note=f"worst of 5: {max(first):.0f} ms; the whole order after {median(whole):.0f} ms, the window"
            f" held up {max(blocks):.0f} ms at most; opening the file before that {median(opening):.0f} ms",
        )
    ]  # fmt: skip
    frames = list(frames_of(application, view))
    value = p99(frames)
    figures.append(
        Figure(
            f"list of {what}: scroll frame, p99", value, p99(bare_frames), "≤ 8 ms", value <= 8,
            note=f"median {median(frames):.1f} ms; bare median {median(bare_frames):.1f} ms",
        )
    )  # fmt: skip
    resets = []
    for _ in range(9):
        order = pane.model.order
        resets.append(timed(lambda: (pane.model.set_order(order), view.rowViewportPosition(rows - 1))))  # noqa: B023
    figures.append(
        Figure(f"list of {what}: reset", median(resets), median(bare_reset), "≤ 5 ms", median(resets) <= 5,
               note=f"worst of 9: {max(resets):.1f} ms")
    )  # fmt: skip
    for label, arrangement in (
        ("by date in months", Arrangement("date", grouped=True)),
        ("by issuer in groups", Arrangement("issuer", grouped=True)),
        ("by number of marks", Arrangement("marks", True)),
    ):
        done.clear()
        painted.clear()
        with Heartbeat() as heart:
            began = time.perf_counter()
            pane.arrange(arrangement)
            before = pane.model.order
            wait(application, lambda: pane.model.order is not before)  # noqa: B023
            soon = (time.perf_counter() - began) * 1000
            wait(application, lambda: done)
        took = (time.perf_counter() - began) * 1000
        figures.append(
            Figure(f"list of {what} {label}: first rows", soon, median(bare_reset), "≤ 250 ms", soon <= 250,
                   note=f"whole order after {took:.0f} ms; window held up {max(heart.gaps):.0f} ms at most")
        )  # fmt: skip
    pane.arrange(Arrangement())
    done.clear()
    wait(application, lambda: done)
    with Heartbeat() as heart:
        view.selectAll()
        _settle(application)
        pane.next(1)
        _settle(application)
    figures.append(
        Figure(f"list of {what}: all selected, then one", max(heart.gaps), 2.0, "≤ 50 ms", max(heart.gaps) <= 50,
               note="how long the window was held up at most; bare: its own beat")
    )  # fmt: skip
    RowPainter.paint = draw  # type: ignore[method-assign]
    app.window.close()
    return figures


def _settle(application: Any, seconds: float = 0.3) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        application.processEvents()
        time.sleep(0.0005)


def frames_of(application: Any, view: Any) -> Iterator[float]:
    """Wheel steps, whole screens and jumps, each painted at once."""
    chance, bar = random.Random(3), view.verticalScrollBar()
    places, place = [], 0
    for n in range(500):
        place = chance.randrange(bar.maximum()) if n % 25 == 0 else place + (view.height() if n % 10 == 0 else 120)
        places.append(min(place, bar.maximum()))
    for place in places:
        bar.setValue(place)
        yield timed(view.viewport().repaint)
        application.processEvents()


def bare_table(
    application: Any, rows: int, extent: Any, order: array[int]
) -> tuple[list[float], list[float], list[float]]:
    """A plain table view over an array, whose rows draw a line of text: first paint, reset, frames."""
    from PySide6.QtCore import QAbstractTableModel, Qt
    from PySide6.QtWidgets import QHeaderView, QTableView

    class Plain(QAbstractTableModel):
        def rowCount(self, parent=None):  # type: ignore[no-untyped-def]
            return len(order)

        def columnCount(self, parent=None):  # type: ignore[no-untyped-def]
            return 1

        def data(self, index, role=Qt.ItemDataRole.DisplayRole):  # type: ignore[no-untyped-def]
            return f"Statement {order[index.row()]}" if role == Qt.ItemDataRole.DisplayRole else None

        def reset(self) -> None:
            self.beginResetModel()
            self.endResetModel()

    first, resets = [], []
    for _ in range(5):
        view, model = QTableView(), Plain()
        view.horizontalHeader().hide()
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(89)
        view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        view.resize(extent)
        began = time.perf_counter()
        view.setModel(model)
        view.show()
        application.processEvents()
        view.viewport().repaint()
        first.append((time.perf_counter() - began) * 1000)
        resets.append(timed(lambda: (model.reset(), view.rowViewportPosition(len(order) - 1))))  # noqa: B023
    frames = list(frames_of(application, view))
    view.close()
    return first, resets, frames
