"""Asks for a name, in one field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from annotator.gui.dialogs.buttons import without_icons


class NameDialog(QDialog):
    """A title, a field and two buttons; an empty name is none."""

    def __init__(self, title: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        head = QLabel(title)
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setProperty("role", "title")
        self.name_field = QLineEdit()
        self.name_field.setAccessibleName(label)
        self.name_field.setPlaceholderText(label)
        self.name_field.setMaxLength(80)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        without_icons(self._buttons)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.name_field.textChanged.connect(self._on_text_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        for part in (head, self.name_field, self._buttons):
            column.addWidget(part)
        self.setMinimumWidth(380)
        self._on_text_changed()

    @property
    def name(self) -> str:
        return " ".join(self.name_field.text().split())

    def _on_text_changed(self) -> None:
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.name))


def ask_name(title: str, label: str, parent: QWidget | None = None) -> str | None:
    """The name that was typed, or None."""
    dialog = NameDialog(title, label, parent)
    try:
        return dialog.name if dialog.exec() == QDialog.DialogCode.Accepted else None
    finally:
        dialog.deleteLater()
