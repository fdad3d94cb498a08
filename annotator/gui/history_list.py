"""What happened to a passage or a statement, one line a step, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

#: How many of the latest steps are told; the history dialog has them all.
SHOWN = 30


class HistoryList(QLabel):
    """Lines of plain text that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("History")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", "small")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_lines(self, latest_first: Sequence[str]) -> None:
        """Show these steps; of more than there is room for, the latest."""
        lines = list(reversed(latest_first[:SHOWN]))
        if len(latest_first) > SHOWN:
            lines.insert(0, "Earlier steps are in the history of the statement.")
        self.setText("\n".join(lines) or "Nothing yet. Tags and changes will be listed here.")
