"""What the reader paints under the words: tints, found places, the selection, underlines, bars, outline, hairline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextBlock, QTextCursor

from annotator.gui.arcs import Arcs
from annotator.gui.highlights import Drawing, Highlights, pieces
from annotator.gui.page import MARGIN, META, PageLayout, has_rtl
from annotator.gui.sight import Sight
from annotator.gui.theme import Theme


class Layers:
    """The layers of a page in the order of painting.

    ``current`` is the annotation that is outlined; ``found`` gives the found places between two document
    positions, as such positions, and whether each is the current one.
    """

    def __init__(self, sight: Sight, page: PageLayout, highlights: Highlights, theme: Theme) -> None:
        self.theme = theme
        self.current: str | None = None
        #: Whether marks are hidden; found places and the selection are painted all the same.
        self.plain = False
        #: The words that say values of the current passage, as document positions, in text order.
        self.words: list[tuple[int, int]] = []
        self.found: Callable[[int, int], Iterable[tuple[int, int, bool]]] = lambda begin, end: ()
        self._sight = sight
        self._page = page
        self._highlights = highlights
        self.arcs = Arcs(sight, page, highlights)

    def paint(self, painter: QPainter, area: QRectF, cursor: QTextCursor) -> None:
        """Everything under the words that meets an area of the viewport."""
        blocks = [(block, round(top)) for block, top in self._sight.blocks(area.adjusted(0, -24, 0, 24))]
        drawings = [(self._highlights.drawing(block), top) for block, top in blocks]
        if self.plain:
            drawings = [(_without_marks(drawing), top) for drawing, top in drawings]
        for drawing, top in drawings:
            if drawing.fills:
                painter.resetTransform()
                painter.translate(0, top)
                painter.setBrushOrigin(0, 0)
                self._highlights.paint_tints(painter, drawing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_found(painter, blocks)
        self._paint_selection(painter, blocks, cursor)
        current = None if self.plain else self._highlights.mark(self.current or "")
        for (block, top), (drawing, _) in zip(blocks, drawings, strict=True):
            painter.resetTransform()
            painter.translate(0, top)
            self._highlights.paint_lines(painter, drawing)
            if current and current.start < drawing.end - 1 and drawing.start < current.end:
                self._highlights.paint_outline(painter, current, block)
            self._paint_hairline(painter, block)
        if self.words and current is not None:
            self._paint_words(painter, blocks)
        painter.resetTransform()
        if not self.plain:
            self.arcs.paint(painter, self.theme, self.current)

    def _paint_words(self, painter: QPainter, blocks: Sequence[tuple[QTextBlock, int]]) -> None:
        """A dotted line around the words that say values, as far as they are in view."""
        pen = QPen(QColor(self.theme.muted), 1.0)
        pen.setDashPattern([1.5, 2.0])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        for start, end in self.words:
            for block, top in blocks:
                begin, length = block.position(), block.length()
                if begin >= end or begin + length <= start:
                    continue
                painter.resetTransform()
                painter.translate(0, top)
                first, last = max(start - begin, 0), min(end - begin, length - 1)
                parts = pieces(block.layout(), first, last, has_rtl(block.text()), float(self._page.setting.size))
                for part in parts:
                    painter.drawRoundedRect(part.rect.adjusted(-1.5, -0.5, 1.5, 0.5), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_hairline(self, painter: QPainter, block: QTextBlock) -> None:
        """The line under the header."""
        number, header = block.blockNumber(), self._page.content.header
        if number < len(header) and header[number].kind == META:
            last = block.layout().lineAt(block.layout().lineCount() - 1)
            y = round(last.y() + last.height() + self._page.setting.size * 0.75)
            painter.fillRect(QRectF(MARGIN, y, self._page.available, 1), QColor(self.theme.hairline))

    def _paint_selection(
        self, painter: QPainter, blocks: Sequence[tuple[QTextBlock, int]], cursor: QTextCursor
    ) -> None:
        if cursor.hasSelection():
            self._paint_range(
                painter, blocks, cursor.selectionStart(), cursor.selectionEnd(), QColor(self.theme.selection)
            )

    def _paint_found(self, painter: QPainter, blocks: Sequence[tuple[QTextBlock, int]]) -> None:
        if not blocks:
            return
        begin, end = blocks[0][0].position(), blocks[-1][0].position() + blocks[-1][0].length()
        for first, last, current in self.found(begin, end):
            color = self.theme.hit_current if current else self.theme.hit
            self._paint_range(painter, blocks, first, last, QColor(color))

    def _paint_range(
        self, painter: QPainter, blocks: Sequence[tuple[QTextBlock, int]], start: int, end: int, color: QColor
    ) -> None:
        for block, top in blocks:
            begin, length = block.position(), block.length()
            if begin >= end or begin + length <= start:
                continue
            painter.resetTransform()
            painter.translate(0, top)
            number = block.blockNumber()
            header = self._page.content.header
            size = float(self._page.setting.size)
            if number < len(header):
                size = block.layout().lineAt(0).ascent() / 0.95
            parts = pieces(
                block.layout(),
                max(start - begin, 0),
                min(end - begin, length - 1),
                has_rtl(block.text()),
                size,
            )
            painter.setBrush(color)
            painter.drawRects([part.rect for part in parts])


def _without_marks(drawing: Drawing) -> Drawing:
    """What is left in plain text: the badges of signs that cannot be seen, which belong to the text."""
    return replace(drawing, fills=(), underlines=(), waves=(), bars=())
