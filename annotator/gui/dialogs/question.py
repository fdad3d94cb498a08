"""A question before a step that is more than a mark: what would happen, and the button that leaves all as it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget


class Question(QDialog):
    """Enter chooses ``stay_button``, unless Tab or an arrow led to ``act_button`` before."""

    def __init__(
        self,
        name: str,
        question: str,
        what: str,
        besides: str,
        *,
        stay: str,
        act: str,
        danger: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        self.setAccessibleDescription(f"{what} {besides}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        for text, role in ((question, "title"), (what, ""), (besides, "muted")):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", role)
            column.addWidget(label)
        buttons = QDialogButtonBox()
        self.stay_button = QPushButton(stay)
        self.stay_button.setDefault(True)
        # As wide as its bold words.
        self.stay_button.setProperty("role", "primary")
        self.act_button = QPushButton(act)
        # Once the keys have led there, Enter means it.
        self.act_button.setAutoDefault(True)
        if danger:
            self.act_button.setProperty("role", "danger")
        buttons.addButton(self.stay_button, QDialogButtonBox.ButtonRole.RejectRole)
        roles = QDialogButtonBox.ButtonRole
        buttons.addButton(self.act_button, roles.DestructiveRole if danger else roles.AcceptRole)
        self.stay_button.clicked.connect(self.reject)
        self.act_button.clicked.connect(self.accept)
        column.addWidget(buttons)
        self.setFixedWidth(520)
        self.stay_button.setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        # As high as its words are once they have the window's font.
        if (layout := self.layout()) is not None:
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))
        super().showEvent(event)
