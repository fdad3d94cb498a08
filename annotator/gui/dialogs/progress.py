"""The slim bar at the bottom of the window while long work goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from annotator.gui.announce import announce

if TYPE_CHECKING:
    # Not at run time: a start of the window needs none of the formats.
    from annotator.jobs import Progress


class JobBar(QWidget):
    """What the work is at, how far it is, and a way to end it; hidden while there is none."""

    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Work in progress")
        self.setProperty("role", "banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = ""
        self._label = QLabel("")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        # A long file name is cut off rather than making the window wider.
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(220)
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self._on_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 14, 5)
        row.setSpacing(12)
        row.addWidget(self._label, 1)
        row.addWidget(self._bar)
        row.addWidget(self._cancel)
        self.hide()

    @property
    def text(self) -> str:
        return self._label.text()

    def begin(self, title: str) -> None:
        """Work begins: show that, before there is anything to count."""
        self._title = title
        self._show(0, 0, title)
        announce(self, title)

    def show_progress(self, progress: Progress) -> None:
        """How far it is; without a total the bar only moves."""
        self._show(progress.done, progress.total, progress.text)

    def _show(self, done: int, total: int, text: str) -> None:
        text = text or self._title
        if total:
            text = f"{text} · {min(done, total):,} of {total:,}"
        self._label.setText(text)
        self._label.setToolTip("")
        self._bar.setRange(0, max(0, min(total, 2**31 - 1)))
        if total:
            self._bar.setValue(min(done, total, 2**31 - 1))
        self.show()

    def finish(self) -> None:
        """The work is over, however it ended."""
        self.hide()

    def _on_cancel(self) -> None:
        # Once is enough: the work ends at its next step.
        self._cancel.setEnabled(False)
        self._label.setText("Cancelling…")
        self.cancel_asked.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # Qt
        super().hideEvent(event)
        # The next work begins anew, whoever hid the bar.
        self._title = ""
        self._label.setText("")
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
