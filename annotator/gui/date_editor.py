"""A date of a statement in its form, with its basis."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from annotator.core.model import Choice
from annotator.gui.choosing import ChoiceEditor
from annotator.gui.line_editor import LineEditor


class DateEditor(QWidget):
    """A date and whether the text says it: typed as ``2022-01`` or ``2022-01 (inferred)``."""

    INFERRED = " (inferred)"

    edited = Signal()
    finished = Signal()
    entered = Signal()
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = LineEditor(self)
        self.basis = ChoiceEditor([Choice("in_text", "In text"), Choice("inferred", "Inferred")], self, empty=None)
        self.basis.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.basis.setMinimumContentsLength(4)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.basis)
        for editor in (self.line, self.basis):
            editor.edited.connect(self._on_edited)
            editor.finished.connect(self.finished)
            editor.entered.connect(self.entered)
            editor.escaped.connect(self.escaped)
        self.line.textChanged.connect(self._show_empty)
        self._show_empty()

    def _show_empty(self) -> None:
        """Without a date there is nothing to say of it, and what stands in its field is no value."""
        empty = not self.line.text().strip()
        self.basis.setEnabled(not empty)
        if self.line.property("empty") != empty:
            self.line.setProperty("empty", empty)
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)

    @classmethod
    def split(cls, text: str) -> tuple[str, str]:
        """The date and its basis that such a text says."""
        date = text.removesuffix(cls.INFERRED)
        return date.strip(), "inferred" if date != text else "in_text"

    def typed(self) -> str:
        date = self.line.typed().strip()
        return f"{date}{self.INFERRED}" if date and self.basis.typed() == "inferred" else date

    def put(self, text: str) -> None:
        date, basis = self.split(text)
        self.line.put(date)
        self.basis.put(basis)

    def hint(self, text: str) -> None:
        self.line.hint(text)

    def _on_edited(self) -> None:
        self.edited.emit()

    def _widen(self) -> None:
        """A whole day can be read; the basis has what is left."""
        self.line.setMinimumWidth(self.line.fontMetrics().horizontalAdvance("2022-00-00~") + 24)

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        self._widen()

    def changeEvent(self, event: QEvent) -> None:  # Qt
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._widen()

    def setAccessibleName(self, name: str) -> None:  # Qt
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)
        self.basis.setAccessibleName(f"{name}, basis")

    def setAccessibleDescription(self, description: str) -> None:  # Qt
        super().setAccessibleDescription(description)
        self.line.setAccessibleDescription(description)
