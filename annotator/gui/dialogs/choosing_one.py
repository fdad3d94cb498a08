"""Asks for one thing: an entry of a list, or a name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from annotator.gui.choosing import Chooser


class ChooseOne(QDialog):
    """One question with its answer; ``what`` says what is touched."""

    def __init__(
        self,
        name: str,
        question: str,
        choices: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
        what: str = "",
        act: str = "Go on",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        self.setAccessibleDescription(f"{question} {what}")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        for text, role in ((question, "title"), (what, "")):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", role)
            label.setVisible(bool(text))
            column.addWidget(label)
        self.list = Chooser()
        self.list.setAccessibleName(question)
        for words, value in choices:
            self.list.addItem(words, value)
        self.line = QLineEdit()
        self.line.setAccessibleName(question)
        self.line.hide()
        column.addWidget(self.list)
        column.addWidget(self.line)
        buttons = QDialogButtonBox()
        self.act_button, stay = QPushButton(act), QPushButton("Cancel")
        buttons.addButton(self.act_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(stay, QDialogButtonBox.ButtonRole.RejectRole)
        self.act_button.clicked.connect(self.accept)
        stay.clicked.connect(self.reject)
        column.addSpacing(6)
        column.addWidget(buttons)
        self.setMinimumWidth(440)

    @classmethod
    def for_name(cls, name: str, question: str, proposal: str, parent: QWidget | None = None) -> ChooseOne:
        """Asks for a name, with a proposal."""
        asked = cls(name, question, (), parent)
        asked.list.hide()
        asked.line.setText(proposal)
        asked.line.selectAll()
        asked.line.show()
        asked.line.setFocus()
        return asked

    @property
    def answer(self) -> str:
        """What was chosen or typed."""
        return self.line.text().strip() if self.line.isVisibleTo(self) else str(self.list.currentData() or "")
