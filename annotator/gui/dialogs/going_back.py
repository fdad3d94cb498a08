"""The question before all is as it was after some step: what goes, what comes back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from annotator.store.history import GoingBack

AFTER = "It is one step of its own: undo takes it back, and all that goes stays in the history."


class GoBackDialog(QDialog):
    """Enter stays; the other button has to be chosen."""

    def __init__(self, plan: GoingBack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Go back to a step")
        self.setAccessibleName("Go back to a step")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        for text, role in ((f"Go back to step {plan.step}?", "title"), (plan.sentence(), ""), (AFTER, "muted")):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", role)
            column.addWidget(label)
        self.setAccessibleDescription(f"{plan.sentence()} {AFTER}")
        buttons = QDialogButtonBox()
        self.stay_button = QPushButton("Stay here")
        self.stay_button.setDefault(True)
        # As wide as its bold words.
        self.stay_button.setProperty("role", "primary")
        self.go_back_button = QPushButton("Go back")
        self.go_back_button.setAutoDefault(False)
        buttons.addButton(self.stay_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.go_back_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.stay_button.clicked.connect(self.reject)
        self.go_back_button.clicked.connect(self.accept)
        column.addWidget(buttons)
        self.setFixedWidth(480)
        self.stay_button.setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        # As high as its words are once they have the window's font.
        if (layout := self.layout()) is not None:
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))
        super().showEvent(event)
