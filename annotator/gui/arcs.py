"""Links between passages of one text as quiet arcs in the margin, where both ends are in sight.

Positions are UTF-16 units of the document, lengths are in pixels.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from annotator.core.values import dataclass
from annotator.gui.highlights import Highlights
from annotator.gui.page import MARGIN, PageLayout
from annotator.gui.sight import Sight
from annotator.gui.theme import Theme

#: How far from the words an arc begins, how far it bows at most, and how wide and long its arrow is.
_FROM, _BOW, _ARROW = 27.0, 19.0, 4.0
#: Arcs in sight at most: more are a grey patch and no links.
MOST = 60


@dataclass(frozen=True, slots=True)
class Arc:
    """A link between two passages (annotation ids) of the shown text."""

    source: str
    target: str
    directed: bool


class Arcs:
    """The arcs of one text. Their places are asked for when they are painted, of those in sight alone."""

    def __init__(self, sight: Sight, page: PageLayout, highlights: Highlights) -> None:
        self._sight, self._page, self._highlights = sight, page, highlights
        self._arcs: tuple[Arc, ...] = ()
        self._places: list[tuple[int, int, Arc]] | None = None

    def __bool__(self) -> bool:
        return bool(self._arcs)

    def show(self, arcs: Iterable[Arc]) -> bool:
        """Show these; whether they are others than before."""
        wanted = tuple(arcs)
        changed = wanted != self._arcs
        self._arcs, self._places = wanted, None
        return changed

    def forget(self) -> None:
        """Passages have moved."""
        self._places = None

    def strips(self, width: int, height: int) -> tuple[QRectF, QRectF]:
        """The two margins of the viewport, in which arcs are drawn."""
        right = MARGIN + self._page.available
        return QRectF(0, 0, MARGIN, height), QRectF(right, 0, max(0.0, width - right), height)

    def within(self, begin: int, end: int) -> list[Arc]:
        """The arcs of which both ends begin between two document positions, in text order."""
        if self._places is None:
            mark = self._highlights.mark
            found = []
            for arc in self._arcs:
                one, other = mark(arc.source), mark(arc.target)
                if one is not None and other is not None:
                    found.append((min(one.start, other.start), max(one.start, other.start), arc))
            self._places = sorted(found, key=lambda each: each[:2])
        first = bisect_left(self._places, begin, key=lambda each: each[0])
        last = bisect_left(self._places, end, key=lambda each: each[0])
        return [arc for _, high, arc in self._places[first:last] if high < end]

    def paint(self, painter: QPainter, theme: Theme, current: str | None) -> None:
        """The arcs in sight; those of the current passage are stronger."""
        if not self._arcs:
            return
        begin, end = self._sight.positions()
        arcs = self.within(begin, end)
        if len(arcs) > MOST:
            arcs = [arc for arc in arcs if current in (arc.source, arc.target)][:MOST]
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for arc in sorted(arcs, key=lambda each: current in (each.source, each.target)):
            near = current is not None and current in (arc.source, arc.target)
            if (path := self._path(arc)) is None:
                continue
            color = QColor(theme.accent if near else theme.muted)
            color.setAlphaF(0.95 if near else 0.7)
            pen = QPen(color, 1.6 if near else 1.1)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
        painter.restore()

    def _path(self, arc: Arc) -> QPainterPath | None:
        one, other = self._highlights.mark(arc.source), self._highlights.mark(arc.target)
        if one is None or other is None:
            return None
        first, last = self._sight.line_rect(one.start), self._sight.line_rect(other.start)
        if first is None or last is None:
            return None
        rtl = self._page.rtl(self._page.document().findBlock(one.start))
        side = 1.0 if rtl else -1.0
        edge = (MARGIN + self._page.available + _FROM) if rtl else MARGIN - _FROM
        top, bottom = first.center().y(), last.center().y()
        if abs(top - bottom) < 2:  # both on one line: a small bow, so that it is seen
            top, bottom = top - 5, bottom + 5
        bow = min(_BOW, 6 + abs(bottom - top) / 10)
        path = QPainterPath(QPointF(edge, top))
        out = edge + side * bow
        path.cubicTo(QPointF(out, top), QPointF(out, bottom), QPointF(edge, bottom))
        if arc.directed:
            tip = QPointF(edge, bottom)
            for dy in (-_ARROW, _ARROW):
                path.moveTo(tip)
                path.lineTo(QPointF(edge + side * _ARROW, bottom + dy * 0.8))
        return path
