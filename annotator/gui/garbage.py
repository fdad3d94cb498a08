"""Cyclic garbage is collected on the window's thread alone.

Python collects on whichever thread happens to allocate. On the reading thread that would destroy Qt objects while the
window's thread is painting with others, and the program would crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QObject, QTimer

#: How often, in ms, the window's thread looks whether there is something to collect.
LOOK_MS = 400


class Collector(QObject):
    """Stands in for Python's automatic collection, from the thread that it was made on."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the generations that Python would have collected."""
        counts, most = gc.get_count(), gc.get_threshold()
        due = [generation for generation in range(3) if most[generation] and counts[generation] > most[generation]]
        if due:
            gc.collect(due[-1])


def collect_here() -> None:
    """From now on only the window's thread, which this is called on, collects; more calls change nothing."""
    application = QCoreApplication.instance()
    if application is not None and application.findChild(Collector) is None:
        Collector(application)
