"""From the start of the process to the window painted with the sample project and its statement."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks._measure import Figure, median

_BARE = """
import sys, time
from PySide6.QtCore import QTimer, Qt
from PySide6.QtWidgets import QApplication, QListWidget, QMainWindow, QPlainTextEdit, QSplitter

class Text(QPlainTextEdit):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.time(), flush=True)
        QTimer.singleShot(0, application.quit)

application = QApplication(sys.argv)
window = QMainWindow()
panes = QSplitter(Qt.Orientation.Horizontal)
names = QListWidget()
names.addItems([f"Statement {n}" for n in range(11)])
panes.addWidget(names)
panes.addWidget(Text("Some words of a statement. " * 100))
window.setCentralWidget(panes)
window.resize(1440, 900)
window.show()
application.exec()
"""
_OURS = """
import os, sys, time
from annotator.gui import reader

paint, first = reader.Reader.paintEvent, []

def painted(self, event):
    paint(self, event)
    if not first:
        first.append(time.time())
    if self.text:
        print(first[0], time.time(), flush=True)
        os._exit(0)

reader.Reader.paintEvent = painted
from annotator.__main__ import main
main([])
"""


def _run(code: str, environment: dict[str, str]) -> list[float]:
    import time

    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    return [(float(moment) - began) * 1000 for moment in done.stdout.split()]


def run(runs: int = 9) -> list[Figure]:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path.cwd())}
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "PYTHONDONTWRITEBYTECODE"):
            environment.pop(variable, None)
        # Compiled once, as an installed program is, without leaving that in the checkout.
        environment["PYTHONPYCACHEPREFIX"] = f"{home}/compiled"
        setup = "from annotator.store import identity; identity.name_coder('LM')"
        subprocess.run([sys.executable, "-c", setup], env=environment, check=True)
        _run(_OURS, environment)  # the first start makes the sample project
        bare, first, whole = [], [], []
        for _ in range(runs):
            bare.append(_run(_BARE, environment)[0])
            shown = _run(_OURS, environment)
            first.append(shown[0])
            whole.append(shown[1])
    limit, value = median(bare), median(whole)
    return [
        Figure(
            "start to the window painted with the sample project",
            value,
            limit,
            "≤ 2 × a bare PySide6 window",
            value <= 2 * limit,
            note=f"first paint of the window {median(first):.0f} ms",
        )
    ]
