"""What of a page is in sight: its blocks, the place of a line, and scrolling to what is not.

Positions are UTF-16 units of the document, areas are in pixels of the viewport.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import QRectF
from PySide6.QtGui import QRegion, QTextBlock
from PySide6.QtWidgets import QPlainTextEdit

from annotator.gui.page import PageLayout


class Sight:
    """What a viewport shows of the page that is scrolled in it."""

    def __init__(self, view: QPlainTextEdit, page: PageLayout) -> None:
        self._view = view
        self._page = page

    def blocks(self, area: QRectF) -> Iterator[tuple[QTextBlock, float]]:
        """The visible blocks that meet an area of the viewport, each with its top."""
        block = self._view.firstVisibleBlock()
        top = self._view.contentOffset().y()
        while block.isValid() and top <= area.bottom():
            height = self._page.blockBoundingRect(block).height()
            if block.isVisible() and top + height >= area.top():
                yield block, top
            top += height
            block = block.next()

    def line_rect(self, position: int) -> QRectF | None:
        """The line at a document position in viewport coordinates, None if it is out of sight."""
        for block, top in self.blocks(QRectF(self._view.viewport().rect())):
            if block.position() <= position < block.position() + block.length():
                line = block.layout().lineForTextPosition(position - block.position())
                if line.isValid():
                    rect = line.naturalTextRect().translated(0, top)
                    return rect if rect.bottom() > 0 and rect.top() < self._view.viewport().height() else None
        return None

    def positions(self) -> tuple[int, int]:
        """The positions that the blocks in sight hold, half-open."""
        blocks = [block for block, _ in self.blocks(QRectF(self._view.viewport().rect()))]
        return (blocks[0].position(), blocks[-1].position() + blocks[-1].length()) if blocks else (0, 0)

    def region(self, start: int, end: int) -> QRegion:
        """The part of the viewport whose blocks share a position with this range."""
        width, region = self._view.viewport().width(), QRegion()
        for block, top in self.blocks(QRectF(self._view.viewport().rect())):
            if block.position() < end and start < block.position() + block.length():
                height = self._page.blockBoundingRect(block).height()
                # Outlines and the lowest underlines reach over the block's edge.
                region += QRectF(0, top - 6, width, height + 24).toAlignedRect()
        return region

    def _step(self, block: QTextBlock) -> float:
        """From line to line of a block that is laid out, in pixels."""
        layout = block.layout()
        return layout.lineAt(1).y() - layout.lineAt(0).y() if layout.lineCount() > 1 else self._page.setting.step

    def scroll_to(self, position: int, above: float) -> None:
        """Scrolls so that the line at a document position has so many pixels above it."""
        block = self._view.document().findBlock(position)
        line = 0
        if block.isValid():
            self._page.blockBoundingRect(block)
            line = block.layout().lineForTextPosition(position - block.position()).lineNumber()
        room = above
        while room > 0:
            if line > 0:
                step = self._step(block)
                up = min(line, ceil(room / step))
                line -= up
                room -= up * step
                continue
            before = block.previous()
            if not before.isValid():
                break
            block = before
            if block.isVisible():
                height = self._page.blockBoundingRect(block).height()
                line = block.layout().lineCount()
                room -= height - line * self._step(block)
                # A gap is left whole.
                line -= room <= 0
        value = block.firstLineNumber() + line if block.isValid() else 0
        self._view.verticalScrollBar().setValue(value)
