"""The versions of a statement's text in its details: which one this is, and the way to the others."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from annotator.gui.wording import isolated, local_time, one_line
from annotator.store.reads import Neighbours


class VersionLinks(QWidget):
    """Hidden while the statement has one version only."""

    #: A version (statement id) is to be shown.
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = Neighbours()
        self.text = QLabel("")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setAccessibleName("Versions")
        self.previous_button = QPushButton("Previous version")
        self.next_button = QPushButton("Corrected version")
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.previous_button, self.next_button):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(6)
        column.addWidget(self.text)
        column.addLayout(row)
        self.previous_button.clicked.connect(lambda: self.chosen.emit(self._around.previous))
        self.next_button.clicked.connect(lambda: self.chosen.emit(self._around.corrected))
        self.hide()

    def show_versions(self, around: Neighbours) -> None:
        """Tell of these; nothing is shown when there are none."""
        self._around = around
        lines = []
        if around.previous:
            when = f", imported {local_time(around.previous_at)}" if around.previous_at else ""
            title = isolated(one_line(around.previous_title, 120)) or "Untitled"
            lines.append(f"Version of “{title}” (previous{when}).")
        if around.corrected:
            when = f" of {local_time(around.corrected_at)}" if around.corrected_at else ""
            lines.append(f"There is a corrected version{when}.")
        self.text.setText("\n".join(lines))
        self.previous_button.setVisible(bool(around.previous))
        self.next_button.setVisible(bool(around.corrected))
        self.setVisible(bool(lines))
