"""The bar that finds words in the statement on show."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from annotator.core.text import Span
from annotator.gui.reader import Reader


class FindBar(QWidget):
    """Words to find, folded as search folds; every place is marked, Enter goes from one to the next."""

    #: The user is done; the text should have the focus.
    left = Signal()

    def __init__(self, reader: Reader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._current = -1
        self.setProperty("role", "findbar")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in this statement")
        self.field.setAccessibleName("Find in the statement")
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(360)
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.addStretch(1)
        row.addWidget(self.field, 2)
        row.addWidget(self._count)
        for text, name, slot in (
            ("↑", "Previous place", self.previous),
            ("↓", "Next place", self.next),
            ("×", "Close", self.leave),
        ):
            button = QToolButton()
            button.setText(text)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setAutoRaise(True)
            button.clicked.connect(slot)
            row.addWidget(button)
        row.addStretch(1)
        self.field.textChanged.connect(self._search)
        self.hide()

    def open(self) -> None:
        """Show the bar with the selected words, ready to type."""
        span = self._reader.span()
        if span is not None and len(span) <= 80:
            self.field.setText(span.of(self._reader.text).replace("\n", " "))
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search(self.field.text())

    def refresh(self) -> None:
        """Another statement is on show: find the same words there."""
        if self.isVisible():
            self._search(self.field.text())

    def next(self) -> None:
        self._go(1)

    def previous(self) -> None:
        self._go(-1)

    def leave(self) -> None:
        """Take the marks away; the place found last stays selected."""
        spans = self._spans()
        self._reader.find_spans([])
        self.hide()
        if 0 <= self._current < len(spans):
            self._reader.select(spans[self._current])
        self.left.emit()

    def _spans(self) -> list[Span]:
        return self._reader.find_all(self.field.text())

    def _search(self, text: str) -> None:
        spans = self._spans()
        caret = self._reader.caret()
        self._current = next((i for i, span in enumerate(spans) if span.end >= caret), 0) if spans else -1
        self._show(spans, bool(text.strip()))

    def _go(self, direction: int) -> None:
        if not self.isVisible():
            self.open()
            return
        spans = self._spans()
        if spans:
            self._current = (self._current + direction) % len(spans)
        self._show(spans, bool(self.field.text().strip()))

    def _show(self, spans: list[Span], asked: bool) -> None:
        self._reader.find_spans(spans, self._current)
        self._count.setText(f"{self._current + 1} of {len(spans)}" if spans else "not found" if asked else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
