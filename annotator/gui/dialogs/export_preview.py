"""The first rows of an export as they will be written, and what the format leaves out: a part of the export dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from annotator import sampling
from annotator.core.privacy import Privacy
from annotator.core.values import dataclass
from annotator.gui.worker import ReadingThread
from annotator.store.project import Project

#: Milliseconds after the last change before the sample is taken anew.
_PAUSE = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sample is of."""

    format: str
    query: str
    passages: bool
    privacy: Privacy


class ExportPreview(QWidget):
    """Shows a sample of what is asked; it is taken beside the window, and the newest question ends the older one."""

    #: A sample, or why there is none, was shown.
    told = Signal()

    def __init__(self, project: Project | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._reading: ReadingThread | None = None
        self._asked: Asked | None = None
        self.left_out = QLabel("")
        self.rows = QPlainTextEdit()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._look)
        self.left_out.setWordWrap(True)
        self.left_out.setTextFormat(Qt.TextFormat.PlainText)
        self.rows.setAccessibleName("First rows")
        self.rows.setReadOnly(True)
        self.rows.setProperty("role", "field")
        self.rows.setTabChangesFocus(True)
        self.rows.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.rows.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.rows.setMinimumHeight(120)
        # Rows of a file begin at the left, whatever the window does.
        self.rows.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.left_out)
        column.addWidget(self.rows, 1)

    def look_at(self, asked: Asked) -> None:
        """From now on the sample is one of this."""
        if asked != self._asked:
            self._asked = asked
            self._pause.start()

    def say(self, sentence: str) -> None:
        """Show why there is no sample."""
        self._asked = None
        self._pause.stop()
        if self._reading is not None:
            self._reading.drop("sample")
        self._show(sentence, "")

    def close_reading(self) -> None:
        """End the thread that reads; nothing is shown any more."""
        self._pause.stop()
        self._project = None
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def _look(self) -> None:
        asked = self._asked
        if self._project is None or asked is None:
            return
        if self._reading is None:
            self._reading = ReadingThread(self._project, self)
        self._reading.ask(
            "sample",
            lambda reads: sampling.sample(
                reads, asked.format, asked.privacy, query=asked.query, passages=asked.passages
            ),
            self._on_sample,
            on_error=lambda error: self._show(str(error), ""),
        )

    def _on_sample(self, sample: sampling.Sample | None) -> None:
        if sample is None:
            return
        of = "" if sample.complete else f" of the first {sample.statements} statements"
        if not sample.statements:
            said = "There is nothing to export."
        elif sample.losses:
            said = f"Left out{of}: {', '.join(sample.losses)}."
        else:
            said = f"The format leaves nothing out{of}."
        self._show(said, sample.text)

    def _show(self, said: str, text: str) -> None:
        self.left_out.setText(said)
        self.rows.setAccessibleDescription(said)
        if text != self.rows.toPlainText():
            self.rows.setPlainText(text)
        self.told.emit()
