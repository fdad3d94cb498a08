"""From another passage to its form filled and painted, in the real window, beside as many plain editors."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from tests.benchmarks._measure import Figure, median, p99, timed
from tests.benchmarks._words import Words

#: Values for every attribute of an event, as a person types them; ``{n}`` makes those of two passages differ.
_VALUES = {
    "event_type": "assault", "what": "what happened {n}", "means": "drone {n}", "actor": "Actor {n}; Somebody else",
    "recipient": "Recipient {n}", "realis": "actual", "granularity": "series", "date_start": "2022-01-{n:02d}",
    "date_end": "2022-02-{n:02d}", "date_precision": "day", "time_text": "on day {n}", "place_text": "Town {n}",
    "place_precision": "city", "killed": "at least {n}", "injured": "dozens", "displaced": "{n}", "detained": "3-{n}",
    "verification": "claimed", "reported_by": "Reporter {n}", "voice": "outlet", "confidence": "high",
}  # fmt: skip


def run(runs: int = 60) -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        return _run(Path(folder), runs)


def _bare(count: int, runs: int) -> list[float]:
    """Setting the texts of as many plain editors in a pane of that size, and painting them."""
    from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

    pane = QWidget()
    column = QVBoxLayout(pane)
    editors = [QLineEdit() for _ in range(count)]
    for editor in editors:
        column.addWidget(editor)
    pane.resize(330, 600)
    pane.show()

    def fill(n: int) -> None:
        for editor in editors:
            editor.setText(f"some value {n}")
        pane.repaint()
        QApplication.processEvents()

    fill(0)
    taken = [timed(lambda n=n: fill(n)) for n in range(runs)]  # type: ignore[misc]
    pane.deleteLater()
    return taken


def _run(folder: Path, runs: int) -> list[Figure]:
    from PySide6.QtWidgets import QApplication

    from annotator import Project, Span
    from annotator.gui.app import App
    from annotator.store import identity

    application = QApplication.instance() or QApplication([])
    identity.name_coder("LM")
    with Project.create(folder / "p.annotator") as project:
        statement = project.add_statement(Words().text(4_000), title="A statement of 4 kB").result
        passages = []
        for n in range(3, 13):
            given = {name: text.format(n=n) for name, text in _VALUES.items()}
            span = Span(20 + 40 * n, 50 + 40 * n)
            passages.append(project.annotate(statement, "event", span, given=given).result)
            project.pick(passages[-1], "place_text", Span(20 + 40 * n, 30 + 40 * n))
    app = App()
    app.window.resize(1440, 900)
    app.window.show()
    app.start(folder / "p.annotator")
    app.session.show(statement)
    while app.window.there("inspector") is None:
        application.processEvents()
    for passage in passages:
        app.session.pick(passage)
        application.processEvents()
    shown, settled = [], []
    for n in range(runs):
        began = time.perf_counter()
        app.session.pick(passages[n % len(passages)])
        app.window.inspector.repaint()
        shown.append((time.perf_counter() - began) * 1000)
        application.processEvents()
        settled.append((time.perf_counter() - began) * 1000)
    app.window.close()
    limits = _bare(len(_VALUES) + 1, runs)
    note = f"an event with all {len(_VALUES)} attributes; every pane settled after {median(settled):.1f} ms"
    return [
        Figure(
            "another passage → its form shown, median", median(shown), median(limits), "≤ 16 ms", median(shown) <= 16,
            note=note,
        ),
        Figure(
            "another passage → its form shown, p99", p99(shown), p99(limits), "≤ 32 ms", p99(shown) <= 32,
            note=f"{runs} changes between passages",
        ),
    ]  # fmt: skip
