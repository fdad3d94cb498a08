"""What lies under a point of the reader: a line, a character, passages by their words or bars, unseen signs.

Points are in pixels of the viewport, positions are UTF-16 units of the document.
"""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QMouseEvent, QTextBlock, QTextLine
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from annotator.gui.highlights import Highlights
from annotator.gui.page import PageLayout
from annotator.gui.sight import Sight


class Pointing:
    """Says what the mouse points at, and makes its events fall on lines."""

    def __init__(self, view: QPlainTextEdit, sight: Sight, page: PageLayout, highlights: Highlights) -> None:
        self._view = view
        self._sight = sight
        self._page = page
        self._highlights = highlights
        self._double_click: tuple[float, QPoint] | None = None

    def snapped(self, event: QMouseEvent) -> QMouseEvent:
        """The event moved to the middle of the nearest line: between lines Qt finds only their ends."""
        point = event.position()
        if not QRectF(self._view.viewport().rect()).contains(point):
            return event
        y = self.line_middle(point)
        if y is None:
            return event
        return QMouseEvent(
            event.type(),
            QPointF(point.x(), y),
            event.scenePosition(),
            event.globalPosition(),
            event.button(),
            event.buttons(),
            event.modifiers(),
            event.pointingDevice(),
        )

    def line_at(self, point: QPointF) -> tuple[QTextBlock, QTextLine, float] | None:
        """The block and line nearest to a point of the viewport, and the block's top."""
        nearest = None
        for block, top in self._sight.blocks(QRectF(self._view.viewport().rect())):
            nearest = block, top
            if point.y() < top + self._page.blockBoundingRect(block).height():
                break
        if nearest is None:
            return None
        block, top = nearest
        layout = block.layout()
        best, distance = layout.lineAt(0), float("inf")
        # The lines are evenly spaced, so the nearest is near where it is expected.
        count = layout.lineCount()
        step = (layout.lineAt(count - 1).y() - best.y()) / (count - 1) if count > 1 else 1.0
        guess = int((point.y() - top - best.y()) / step) if step > 0 else 0
        for number in range(max(0, guess - 1), min(count, guess + 2)):
            line = layout.lineAt(number)
            away = abs(top + line.y() + line.height() / 2 - point.y())
            if away < distance:
                best, distance = line, away
        return block, best, top

    def line_middle(self, point: QPointF) -> float | None:
        """The middle of the line nearest to a point, None at an empty line."""
        found = self.line_at(point)
        if found is None or found[0].length() == 1:
            return None
        _, line, top = found
        return top + line.y() + line.height() / 2

    def position_under(self, point: QPointF) -> int | None:
        """The document position of the character under a point, None beside the words."""
        found = self.line_at(point)
        if found is None:
            return None
        block, line, top = found
        rect = line.naturalTextRect().translated(0, top).adjusted(-2, -4, 2, 6)
        if not rect.contains(point):
            return None
        offset = line.xToCursor(point.x(), QTextLine.CursorPosition.CursorOnCharacter)
        last = line.textStart() + line.textLength() - 1
        return block.position() + max(line.textStart(), min(offset, last))

    def ids_under(self, point: QPointF) -> tuple[int, list[str]]:
        """A place that a later click may hit again, and the annotations whose words or bar are there."""
        position = self.position_under(point)
        if position is not None:
            return position, self.ids_at(position)
        found = self.line_at(point)
        if found:
            block, line, top = found
            for bar in self._highlights.drawing(block).bars:
                area = QRectF(bar.line.p1(), bar.line.p2()).adjusted(-3.5, -3, 3.5, 3).translated(0, top)
                if area.contains(point):
                    return -1 - block.position() - line.textStart(), [bar.id]
        return -1, []

    def ids_at(self, position: int, end: int | None = None) -> list[str]:
        """The annotations at a document position, or at one of those from there to ``end``, shortest first."""
        marks = self._highlights.within(position, position + 1 if end is None else end)
        return [mark.id for mark in sorted(marks, key=lambda mark: (mark.end - mark.start, mark.start, mark.id))]

    def badges_under(self, point: QPointF) -> list[str]:
        """The names of signs without a look of their own that stand at a point."""
        found = self.line_at(point)
        if found is None:
            return []
        block, _, top = found
        badges = self._highlights.drawing(block).badges
        return [
            f"Invisible: {badge.name.lower()}"
            for badge in badges
            if (badge.top + QPointF(0, top + 4) - point).manhattanLength() < 9
        ]

    def note_double_click(self, event: QMouseEvent) -> None:
        """Remembers a double click: the next press at its place is the third of three."""
        self._double_click = monotonic(), event.position().toPoint()

    def is_third_click(self, event: QMouseEvent) -> bool:
        if self._double_click is None:
            return False
        when, where = self._double_click
        self._double_click = None
        near = (event.position().toPoint() - where).manhattanLength() < QApplication.startDragDistance()
        return near and monotonic() - when < QApplication.doubleClickInterval() / 1000
