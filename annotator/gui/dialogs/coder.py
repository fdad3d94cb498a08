"""Who codes: asked at the first start, and again from the coder's badge."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.wording import isolated


class CoderDialog(QDialog):
    """One question, one field."""

    def __init__(self, proposal: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Your name")
        title = QLabel("What shall we call you?")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        why = QLabel(
            "Every passage you tag carries your name, so that you and your colleagues can tell your readings apart."
            " It stays in your projects and goes nowhere unless you export it."
            + (f" Without a name, passages carry “{isolated(proposal)}”." if proposal else "")
        )
        why.setWordWrap(True)
        why.setProperty("role", "muted")
        for label in (title, why):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.name_field = QLineEdit(proposal)
        self.name_field.setAccessibleName("Your name")
        self.name_field.setAccessibleDescription(why.text())
        self.name_field.setPlaceholderText("Name or initials")
        self.name_field.setMaxLength(80)
        self.name_field.selectAll()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        without_icons(self._buttons)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.name_field.textChanged.connect(self._on_text_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(why)
        column.addSpacing(4)
        column.addWidget(self.name_field)
        column.addSpacing(8)
        column.addWidget(self._buttons)
        self.setMinimumWidth(400)
        self._on_text_changed()

    @property
    def name(self) -> str:
        """The name as it would be kept; empty when there is none."""
        return " ".join(self.name_field.text().split())

    def _on_text_changed(self) -> None:
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.name))


def ask_coder(parent: QWidget | None, proposal: str) -> str | None:
    """The coder's name, or None when the user would rather not say now."""
    dialog = CoderDialog(proposal, parent)
    try:
        return dialog.name if dialog.exec() == QDialog.DialogCode.Accepted else None
    finally:
        dialog.deleteLater()
