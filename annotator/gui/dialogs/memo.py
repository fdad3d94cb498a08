"""The memo of the project: what its coders want to remember."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from annotator.gui.dialogs.buttons import without_icons


class MemoDialog(QDialog):
    """One text."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Memo of the project")
        self.setAccessibleName("Memo of the project")
        why = QLabel("It stays in the project and goes along with its exports.")
        why.setTextFormat(Qt.TextFormat.PlainText)
        why.setProperty("role", "muted")
        self.field = QPlainTextEdit(text)
        self.field.setAccessibleName("Memo of the project")
        self.field.setTabChangesFocus(True)
        self.field.setProperty("role", "field")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        column.addWidget(why)
        column.addWidget(self.field)
        column.addWidget(buttons)
        self.resize(560, 380)

    @property
    def text(self) -> str:
        """What is written."""
        # Not toPlainText, which turns no-break spaces into spaces.
        return self.field.document().toRawText().replace("\u2029", "\n")
