"""The calm dialog after something unexpected: what holds, and where the report is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

TITLE = "Something went wrong in the program."
WHAT_HOLDS = "All that you tagged is on disk. Go on working; if the window behaves oddly, close it and open it again."
WHAT_IS_TOLD = "The report names the place in the program, nothing of your texts or names, and stays on this machine."


class CrashDialog(QDialog):
    """Tells once; the report opens inside the dialog, to read and copy."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Annotator")
        self.setAccessibleName("Something went wrong")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._path = Path(report) if report else None
        title, holds, told = QLabel(TITLE), QLabel(WHAT_HOLDS), QLabel(WHAT_IS_TOLD)
        for label, role in ((title, "title"), (holds, ""), (told, "muted")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", role)
        self.text = QPlainTextEdit()
        self.text.setProperty("role", "field")
        self.text.setAccessibleName("Report")
        self.text.setReadOnly(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.hide()
        buttons = QDialogButtonBox()
        go_on = QPushButton("Go on")
        go_on.setDefault(True)
        buttons.addButton(go_on, QDialogButtonBox.ButtonRole.AcceptRole)
        self.show_button = QPushButton("Show the report")
        self.show_button.setAutoDefault(False)
        self.show_button.setEnabled(self._path is not None)
        buttons.addButton(self.show_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.accepted.connect(self.accept)
        self.show_button.clicked.connect(self.show_report)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        for part in (title, holds, told, self.text):
            column.addWidget(part, 1 if part is self.text else 0)
        column.addWidget(buttons)
        self.resize(520, column.heightForWidth(520))

    def show_report(self) -> None:
        """Open the report below."""
        try:
            words = self._path.read_text(encoding="utf-8") if self._path else ""
        except OSError:
            words = "The report could not be read."
        self.text.setPlainText(f"{self._path}\n\n{words}")
        self.text.show()
        self.show_button.setEnabled(False)
        self.resize(620, 480)
        self.text.setFocus()
