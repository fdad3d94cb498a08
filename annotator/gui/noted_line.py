"""A line of text with a quiet word at its end about what it means; and a line that takes one of a long vocabulary."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from annotator.core.model import Choice
from annotator.core.text import fold
from annotator.gui.completing_line import CompletingLine
from annotator.gui.line_editor import LineEditor
from annotator.gui.mirror import aligned


class NotedLine(LineEditor):
    """One line of text, and at its other end what it says in other words, if there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._aside = ""

    @property
    def aside(self) -> str:
        return self._aside

    def set_aside(self, text: str) -> None:
        """Say this at the end of the line."""
        if text != self._aside:
            self._aside = text
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        super().paintEvent(event)
        metrics = self.fontMetrics()
        room = self.width() - 24 - metrics.horizontalAdvance(self.text()) - 10
        if not self._aside or metrics.horizontalAdvance(self._aside) > room:
            return
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            side = aligned(self.layoutDirection(), end=True) | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(self.rect()).adjusted(10, 0, -10, 0), side, self._aside)


class ChoiceLine(CompletingLine):
    """One value of a long vocabulary, typed by any part of its label or taken from the list below."""

    def __init__(self, choices: Iterable[Choice], parent: QWidget | None = None) -> None:
        known = list(choices)
        self._choices = [(choice.name, choice.label or choice.name) for choice in known if not choice.retired]
        #: Values that are shown where they are used, and offered nowhere.
        self._retired = [(choice.name, choice.label or choice.name) for choice in known if choice.retired]
        super().__init__(self._matching, parent)

    def typed(self) -> str:
        text = self.text().strip()
        folded = fold(text)
        if exact := [name for name, label in (*self._choices, *self._retired) if folded in (fold(label), fold(name))]:
            return exact[0]
        # The beginning of one label alone is that one.
        begun = [name for name, label in self._choices if folded and fold(label).startswith(folded)]
        return begun[0] if len(begun) == 1 else text

    def put(self, text: str) -> None:
        super().put(next((label for name, label in (*self._choices, *self._retired) if name == text), text))

    def _matching(self, part: str) -> list[tuple[str, str]]:
        """Labels that begin so, then those that contain it; all of them when what is typed is one of them."""
        wanted = fold(part)
        if not wanted or any(wanted == fold(label) for _, label in self._choices):
            return [(label, label) for _, label in self._choices]
        found = [(not fold(label).startswith(wanted), label) for _, label in self._choices if wanted in fold(label)]
        return [(label, label) for _, label in sorted(found, key=lambda each: each[0])]

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.isReadOnly():
            self.show_offers("")

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        super().paintEvent(event)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x, y = (12.0 if rtl else self.width() - 16.0), self.height() / 2 - 1.5
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.3))
            painter.drawPolyline([QPointF(x, y), QPointF(x + 3.5, y + 3.5), QPointF(x + 7, y)])
