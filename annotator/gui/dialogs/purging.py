"""The question before a statement is deleted for good: exactly what goes, and what no program can reach."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from annotator.gui.wording import one_line
from annotator.store.purge import BEYOND, Plan


class PurgeDialog(QDialog):
    """Enter keeps the statement; the other button has to be chosen."""

    def __init__(self, title: str, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Delete for good")
        self.setAccessibleName("Delete for good")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        for text, role in (
            (f"Delete “{one_line(title, 120) or 'Untitled'}” for good?", "title"),
            (plan.sentence(), ""),
            (BEYOND, "muted"),
        ):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", role)
            column.addWidget(label)
        self.setAccessibleDescription(f"{plan.sentence()} {BEYOND}")
        buttons = QDialogButtonBox()
        self.keep_button = QPushButton("Keep it")
        self.keep_button.setDefault(True)
        self.delete_button = QPushButton("Delete for good")
        self.delete_button.setAutoDefault(False)
        self.delete_button.setProperty("role", "danger")
        buttons.addButton(self.keep_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.delete_button, QDialogButtonBox.ButtonRole.DestructiveRole)
        self.keep_button.clicked.connect(self.reject)
        self.delete_button.clicked.connect(self.accept)
        column.addWidget(buttons)
        self.resize(520, column.heightForWidth(520))
        self.keep_button.setFocus()
