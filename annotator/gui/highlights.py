"""What is painted around a statement's words: tints, underlines, bars and the outline of the current passage.

Positions are UTF-16 units of the reader's document. Geometry is computed a block at a time when the block
is first seen, in coordinates of that block, and kept until a passage in it changes or the page does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTextBlock,
    QTextLayout,
    QTextLine,
)

from annotator.core.marks import Mark, Marks, merged
from annotator.core.model import Tag
from annotator.core.text import Span, Utf16Map, segments
from annotator.core.values import dataclass
from annotator.gui.page import LANE_STEP, LANES, MARGIN, PageLayout, has_rtl, ink
from annotator.gui.theme import LIGHT, Theme, softened, tag_color, tint

#: Blocks whose geometry is kept.
_KEPT = 600
#: How far a passage's bar stands from the words, by its lane; from the seventh on it is nearer to the words.
_BAR_PLACES = (18.5, 24.5, 30.5, 36.5, 42.5, 48.5, 12.5, 6.5)
_BAR_WIDTH, _BAR_LANES = 3.0, len(_BAR_PLACES)


class Piece(NamedTuple):
    """The part of a span that lies in one line: a rectangle around its words, in block coordinates."""

    line: int
    rect: QRectF


class Bar(NamedTuple):
    """A passage's bar in the margin, in block coordinates."""

    id: str
    lane: int
    color: QColor
    line: QLineF


class Badge(NamedTuple):
    """Where a sign stands that cannot be seen but turns or splits words, with its Unicode name."""

    name: str
    top: QPointF


#: Bidi controls and blanks without width. Joiners are left out: Persian and Kurdish are written with them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that is painted around one block, in its own coordinates and in the order of painting."""

    start: int
    end: int
    rtl: bool = False
    fills: tuple[tuple[QBrush, list[QRectF]], ...] = ()
    underlines: tuple[tuple[QPen, list[QLineF]], ...] = ()
    waves: tuple[tuple[QPen, QPainterPath], ...] = ()
    bars: tuple[Bar, ...] = ()
    badges: tuple[Badge, ...] = ()


def pieces(layout: QTextLayout, start: int, end: int, bidi: bool, size: float) -> list[Piece]:
    """Where the characters ``start`` to ``end`` of a laid-out block stand, left to right within each line.

    ``size`` is that of the font; where no letter runs from right to left (``bidi`` is false) a line
    holds one piece, else one for each run of glyphs that stands apart.
    """
    if start >= end or not layout.lineCount():
        return []
    first, last = layout.lineForTextPosition(start), layout.lineForTextPosition(end - 1)
    if not first.isValid() or not last.isValid():
        return []
    found: list[Piece] = []
    for number in range(first.lineNumber(), last.lineNumber() + 1):
        line = layout.lineAt(number)
        begin = line.textStart()
        a, b = max(start, begin), min(end, begin + line.textLength())
        top, bottom = _ink(line, size, bidi)
        for left, right in _runs(line, a, b) if bidi else _run(line, a, b):
            found.append(Piece(number, QRectF(left, top, right - left, bottom - top)))
    return found


def _run(line: QTextLine, start: int, end: int) -> list[tuple[float, float]]:
    left = _x(line, start)
    # The blank at which a line was broken hangs beyond its end.
    right = min(_x(line, end), line.naturalTextRect().right())
    return [(left, right)] if right > left else []


def _runs(line: QTextLine, start: int, end: int) -> list[tuple[float, float]]:
    edges: list[tuple[float, float]] = []
    natural = line.naturalTextRect()
    for run in line.glyphRuns(start, end - start):
        places = run.positions()
        if not places:
            continue
        widths = run.rawFont().advancesForGlyphIndexes(run.glyphIndexes())
        left = min(place.x() for place in places)
        right = max(place.x() + width.x() for place, width in zip(places, widths, strict=True))
        edges.append((max(left, natural.left()), min(right, natural.right())))
    merged: list[tuple[float, float]] = []
    for left, right in sorted(edges):
        if merged and left <= merged[-1][1] + 1.0:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        elif right > left:
            merged.append((left, right))
    return merged


def _x(line: QTextLine, position: int) -> float:
    x: float = line.cursorToX(position)[0]  # type: ignore[index]  # PySide6 returns the cursor beside it
    return x


def rounded(rects: Iterable[QRectF], radius: float = 4.0) -> QPainterPath:
    """The outline around the union of these rectangles, with round corners."""
    union = QPainterPath()
    for rect in rects:
        box = QPainterPath()
        box.addRect(rect)
        union = union.united(box)
    path = QPainterPath()
    for polygon in union.simplified().toSubpathPolygons():
        _round_corners(path, polygon, radius)
    return path


def _round_corners(path: QPainterPath, polygon: QPolygonF, radius: float) -> None:
    points = [polygon.at(i) for i in range(polygon.size() - (1 if polygon.isClosed() else 0))]
    corners = [
        point for i, point in enumerate(points) if not _straight(points[i - 1], point, points[(i + 1) % len(points)])
    ]
    for i, corner in enumerate(corners):
        before, after = QLineF(corner, corners[i - 1]), QLineF(corner, corners[(i + 1) % len(corners)])
        reach = min(radius, before.length() / 2, after.length() / 2)
        before.setLength(reach)
        after.setLength(reach)
        if i == 0:
            path.moveTo(before.p2())
        else:
            path.lineTo(before.p2())
        path.quadTo(corner, after.p2())
    path.closeSubpath()


def _straight(a: QPointF, b: QPointF, c: QPointF) -> bool:
    return abs((b.x() - a.x()) * (c.y() - b.y()) - (b.y() - a.y()) * (c.x() - b.x())) < 0.01


@dataclass(slots=True)
class _Inks:
    """Brushes and pens by what they show, made once a theme and codebook."""

    theme: Theme = LIGHT
    tags: Mapping[str, Tag] = field(default_factory=dict)
    ratio: float = 1.0
    brushes: dict[tuple[tuple[str, bool], ...], tuple[QBrush, ...]] = field(default_factory=dict)
    pens: dict[tuple[str, bool], tuple[str, QPen]] = field(default_factory=dict)

    def color(self, tag: str) -> QColor:
        return tag_color(self.theme, self.tags.get(tag) or Tag(name=tag))  # type: ignore[arg-type]

    def fill(self, members: tuple[tuple[str, bool], ...]) -> tuple[QBrush, ...]:
        """The brushes for a stretch with these (tag, suggested): a blended tint, hatched over if suggested."""
        known = self.brushes.get(members)
        if known is None:
            made = [self.color(tag) for tag, suggested in members if not suggested]
            proposed = [self.color(tag) for tag, suggested in members if suggested]
            known = (QBrush(tint(self.theme, made)),) if made else ()
            if proposed:
                known = (
                    *known,
                    _hatched(tint(self.theme, [*made, *proposed], 1.0 if self.theme.dark else 0.9), self.ratio),
                )
            self.brushes[members] = known
        return known

    def underline(self, tag: str, suggested: bool) -> tuple[str, QPen]:
        """The style's name and the pen of a tag's underline, 2 pixels high."""
        known = self.pens.get((tag, suggested))
        if known is None:
            entry = self.tags.get(tag)
            style = entry.underline if entry else "solid"
            color = softened(self.theme, self.color(tag)) if suggested else self.color(tag)
            pen = QPen(color, 2.0)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if style == "double":
                pen.setWidthF(1.0)
            elif style == "wave":
                pen.setWidthF(1.4)
            elif pattern := _DASHES.get(style):
                pen.setDashPattern(pattern)
            known = self.pens[(tag, suggested)] = (style, pen)
        return known


#: In units of the line's width.
_DASHES = {"dashed": [3.5, 1.5], "dotted": [1.0, 1.0], "dashdot": [4.0, 1.5, 1.0, 1.5]}


def _hatched(color: QColor, ratio: float) -> QBrush:
    """Slanted stripes of the colour, half of the ground left free; drawn for so many device pixels to a pixel."""
    # A whole number of device pixels: the tile would not meet itself otherwise.
    side = max(1, round(12 * ratio))
    tile = QPixmap(side, side)
    tile.setDevicePixelRatio(side / 12)
    tile.fill(Qt.GlobalColor.transparent)
    with QPainter(tile) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 4.2))
        for shift in (-12, 0, 12):
            painter.drawLine(QPointF(shift - 4, 16), QPointF(shift + 16, -4))
    return QBrush(tile)


class Highlights:
    """The passages of the statement on show, and what is painted for each block of it.

    ``built`` counts the blocks whose geometry was computed, ``shown`` the passages.
    """

    def __init__(self, page: PageLayout) -> None:
        self.built = 0
        self._page = page
        page.depth = lambda start, end: self._marks.depth(start, end)
        page.tagged = lambda start, end: [(mark.start, mark.end) for mark in self.within(start, end)]
        self._inks = _Inks()
        self._marks = Marks()
        self._drawings: dict[int, Drawing] = {}
        self._outlines: dict[tuple[str, int], QPainterPath] = {}

    @property
    def shown(self) -> int:
        return len(self._marks)

    def set_look(self, theme: Theme, tags: Mapping[str, Tag], ratio: float = 1.0) -> None:
        """Other colours, another codebook or screen: everything is drawn anew when it is next seen.

        ``ratio`` is the number of device pixels to a pixel.
        """
        self._inks = _Inks(theme, dict(tags), ratio)
        self.forget()

    def forget(self) -> None:
        """The page was laid out anew: no geometry holds."""
        self._drawings.clear()
        self._outlines.clear()

    def clear(self) -> None:
        """Nothing is shown; another text follows."""
        self._marks = Marks()
        self.forget()

    def show(self, marks: Marks) -> list[tuple[int, int]]:
        """Shows these and no others; returns the positions of what changed, sorted and without overlaps.

        A passage changed if it came, went, moved, got another look, or if its lane did because of others.
        """
        before, self._marks = self._marks, marks
        touched = [
            (mark.start, mark.end)
            for mark in marks.order
            if before.get(mark.id) != mark or before.lane(mark.id) != marks.lane(mark.id)
        ]
        touched += [(old.start, old.end) for old in before.order if marks.get(old.id) != old]
        changed = merged(touched)
        self._drop(changed)
        return changed

    def change(self, come: Iterable[Mark], gone: Iterable[str]) -> list[tuple[int, int]]:
        """Takes these passages in, or what became of them, and lets those go; returns like ``show``."""
        changed = self._marks.change(come, gone)
        self._drop(changed)
        return changed

    def _drop(self, changed: Sequence[tuple[int, int]]) -> None:
        """Forgets the blocks that these positions touch."""
        if not changed:
            return
        for number, drawing in list(self._drawings.items()):
            if _touches(changed, drawing.start, drawing.end):
                del self._drawings[number]
        self._outlines.clear()

    def mark(self, identifier: str) -> Mark | None:
        return self._marks.get(identifier)

    def lane(self, identifier: str) -> int:
        """The lane of a passage's underline: 0 at the words, no two that overlap in the same one."""
        return self._marks.lane(identifier)

    def all(self) -> Collection[Mark]:
        """All passages, in no order that matters."""
        return self._marks.order

    @property
    def marks(self) -> Marks:
        """The passages by place."""
        return self._marks

    def ordered(self) -> Sequence[Mark]:
        """All passages in text order, at no cost; not to be kept over a change."""
        return self._marks.order

    def within(self, start: int, end: int) -> list[Mark]:
        """The passages that share a position with this range, in text order, longer first."""
        return self._marks.within(start, end)

    # -- geometry ---------------------------------------------------------------------

    def drawing(self, block: QTextBlock) -> Drawing:
        """What is painted around this block, which is laid out; computed once."""
        number = block.blockNumber()
        known = self._drawings.get(number)
        if known is None:
            if len(self._drawings) >= _KEPT:
                self._drawings.clear()
                self._outlines.clear()
            known = self._drawings[number] = self._build(block)
            self.built += 1
        return known

    def _build(self, block: QTextBlock) -> Drawing:
        start, end = block.position(), block.position() + block.length()
        marks = self.within(start, max(end - 1, start + 1))
        text = block.text()
        badges = tuple(self._badges(block, text)) if start >= self._page.content.start else ()
        if not marks:
            return Drawing(start, end, badges=badges)
        if end - 1 == start:
            return Drawing(start, end, bars=tuple(self._bars_over_gap(block, marks)))
        layout, bidi, size = block.layout(), has_rtl(text), self._page.setting.size
        spans = [Span(max(mark.start, start) - start, min(mark.end, end - 1) - start) for mark in marks]
        fills: dict[tuple[tuple[str, bool], ...], list[QRectF]] = {}
        for segment in segments(spans):
            key = tuple((marks[i].tag, marks[i].suggested) for i in segment.members)
            fills.setdefault(key, []).extend(
                piece.rect for piece in pieces(layout, segment.start, segment.end, bidi, size)
            )
        lines: dict[tuple[str, bool], list[QLineF]] = {}
        extents: list[tuple[int, int]] = []
        for mark, span in zip(marks, spans, strict=True):
            parts = pieces(layout, span.start, span.end, bidi, size)
            shift = min(self.lane(mark.id), LANES - 1) * LANE_STEP + 1
            lines.setdefault((mark.tag, mark.suggested), []).extend(
                QLineF(p.rect.left(), p.rect.bottom() + shift, p.rect.right(), p.rect.bottom() + shift) for p in parts
            )
            extents.append((parts[0].line, parts[-1].line) if parts else (0, -1))
        rtl = self._page.rtl(block)
        underlines, waves = self._underlines(lines)
        return Drawing(
            start,
            end,
            rtl,
            tuple((brush, rects) for key, rects in fills.items() for brush in self._inks.fill(key)),
            underlines,
            waves,
            tuple(self._bars(block, marks, extents, rtl, bidi)),
            badges,
        )

    def _badges(self, block: QTextBlock, text: str) -> Iterator[Badge]:
        if text.isascii() or not _UNSEEN.search(text):
            return
        units = Utf16Map(text)
        for match in _UNSEEN.finditer(text):
            position = units.to_utf16(match.start())
            line = block.layout().lineForTextPosition(position)
            if line.isValid():
                top = _ink(line, self._page.setting.size, bidi=False)[0]
                yield Badge(unicodedata.name(match.group(), "UNNAMED SIGN"), QPointF(_x(line, position), top))

    def _underlines(
        self, lines: Mapping[tuple[str, bool], list[QLineF]]
    ) -> tuple[tuple[tuple[QPen, list[QLineF]], ...], tuple[tuple[QPen, QPainterPath], ...]]:
        straight: list[tuple[QPen, list[QLineF]]] = []
        waves: list[tuple[QPen, QPainterPath]] = []
        for (tag, suggested), places in lines.items():
            style, pen = self._inks.underline(tag, suggested)
            if style == "wave":
                path = QPainterPath()
                for line in places:
                    _wave(path, line)
                waves.append((pen, path))
            elif style == "double":
                # Two hairlines on whole pixels with one between them.
                straight.append((pen, [line.translated(0, shift) for line in places for shift in (-0.5, 1.5)]))
            else:
                straight.append((pen, places))
        return tuple(straight), tuple(waves)

    def _bars(
        self, block: QTextBlock, marks: Sequence[Mark], extents: Sequence[tuple[int, int]], rtl: bool, bidi: bool
    ) -> list[Bar]:
        """One bar a passage; those of passages that share a line stand side by side.

        A passage that goes on in other blocks keeps the lane of its underline, so that its bar stays straight.
        """
        start, end = block.position(), block.position() + block.length() - 1
        height = self._page.blockBoundingRect(block).height()
        taken: list[list[tuple[int, int]]] = [[] for _ in range(_BAR_LANES)]
        places: dict[int, int] = {}
        crossing = {i for i, mark in enumerate(marks) if mark.start < start or mark.end > end + 1}
        for i in [*sorted(crossing), *(i for i in range(len(marks)) if i not in crossing)]:
            first, last = extents[i]
            if last < first:
                continue
            if i in crossing:
                lane = min(self.lane(marks[i].id), _BAR_LANES - 1)
            else:
                free = (n for n, used in enumerate(taken) if all(last < a or b < first for a, b in used))
                lane = next(free, _BAR_LANES - 1)
            taken[lane].append((first, last))
            places[i] = lane
        layout, size = block.layout(), self._page.setting.size
        found = []
        for i, lane in sorted(places.items(), key=lambda item: -item[1]):
            mark = marks[i]
            top = _ink(layout.lineAt(extents[i][0]), size, bidi)[0] + 1.5 if mark.start >= start else 0.0
            bottom = _ink(layout.lineAt(extents[i][1]), size, bidi)[1] - 0.5 if mark.end <= end + 1 else height
            x = self._bar_x(lane, rtl)
            found.append(Bar(mark.id, lane, self._inks.color(mark.tag), QLineF(x, top, x, bottom)))
        return found

    def _bars_over_gap(self, block: QTextBlock, marks: Sequence[Mark]) -> Iterator[Bar]:
        """The bars of passages that go on over an empty line."""
        start, end = block.position(), block.position() + 1
        bottom = self._page.blockBoundingRect(block).height()
        for mark in marks:
            if mark.start < start and mark.end > end:
                lane = min(self.lane(mark.id), _BAR_LANES - 1)
                x = self._bar_x(lane, self._page.rtl(block))
                yield Bar(mark.id, lane, self._inks.color(mark.tag), QLineF(x, 0, x, bottom))

    def _bar_x(self, lane: int, rtl: bool) -> float:
        away = _BAR_PLACES[lane]
        return MARGIN + self._page.available + away if rtl else MARGIN - away

    def outline(self, mark: Mark, block: QTextBlock) -> QPainterPath:
        """The line around the part of a passage that lies in this block."""
        key = (mark.id, block.blockNumber())
        path = self._outlines.get(key)
        if path is None:
            start, end = block.position(), block.position() + block.length() - 1
            parts = pieces(
                block.layout(),
                max(mark.start, start) - start,
                min(mark.end, end) - start,
                has_rtl(block.text()),
                self._page.setting.size,
            )
            here = self.within(max(mark.start, start), min(mark.end, max(end, start + 1)))
            lowest = max((self.lane(each.id) for each in here), default=0)
            below = 3.0 + min(lowest, LANES - 1) * LANE_STEP
            path = self._outlines[key] = rounded(_joined(parts, below))
        return path

    # -- painting ----------------------------------------------------------------------

    def paint_tints(self, painter: QPainter, drawing: Drawing) -> None:
        """The ground under the words; the painter stands at the block's corner."""
        painter.setPen(Qt.PenStyle.NoPen)
        for brush, rects in drawing.fills:
            painter.setBrush(brush)
            painter.drawRects(rects)

    def paint_lines(self, painter: QPainter, drawing: Drawing) -> None:
        """Underlines, then bars, then the badges of signs that cannot be seen."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, lines in drawing.underlines:
            painter.setPen(pen)
            painter.drawLines(lines)
        if drawing.waves or drawing.bars or drawing.badges:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for pen, path in drawing.waves:
                painter.setPen(pen)
                painter.drawPath(path)
            # On whole device pixels: at 150 % a bar of four and a half would have a blurred side.
            ratio = self._inks.ratio
            width = round(_BAR_WIDTH * ratio) / ratio
            for bar in drawing.bars:
                painter.setPen(QPen(bar.color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                left = round((bar.line.x1() - _BAR_WIDTH / 2) * ratio) / ratio
                painter.drawLine(bar.line.translated(left + width / 2 - bar.line.x1(), 0))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._inks.theme.warning))
            for badge in drawing.badges:
                x, y = badge.top.x(), badge.top.y()
                painter.drawPolygon(QPolygonF([QPointF(x - 3.5, y - 3), QPointF(x + 3.5, y - 3), QPointF(x, y + 3)]))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paint_outline(self, painter: QPainter, mark: Mark, block: QTextBlock) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._inks.color(mark.tag), 1.8))
        painter.drawPath(self.outline(mark, block))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _ink(line: QTextLine, size: float, bidi: bool) -> tuple[float, float]:
    """Top and bottom of a line's tint."""
    baseline = line.y() + line.ascent()
    above, below = ink(line.ascent(), line.descent(), size, bidi)
    return round(baseline - above), round(baseline + below)


def _joined(parts: Sequence[Piece], below: float) -> list[QRectF]:
    """The pieces a little larger, those of neighbouring lines touching each other."""
    tops: dict[int, float] = {}
    bottoms: dict[int, float] = {}
    for part in parts:
        tops[part.line] = part.rect.top() - 2
        bottoms[part.line] = part.rect.bottom() + below
    for line in tops:
        if line + 1 in tops:
            middle = round((bottoms[line] + tops[line + 1]) / 2)
            bottoms[line] = tops[line + 1] = middle
    # No further to the sides than half a letter's gap: the stop after the words is to be read.
    return [
        QRectF(QPointF(part.rect.left() - 1.5, tops[part.line]), QPointF(part.rect.right() + 0.5, bottoms[part.line]))
        for part in parts
    ]


def _wave(path: QPainterPath, line: QLineF) -> None:
    x, y = line.x1(), line.y1()
    path.moveTo(x, y)
    up = True
    while x < line.x2():
        x += 3
        path.quadTo(x - 1.5, y - 2.4 if up else y + 2.4, x, y)
        up = not up


def _touches(ranges: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether sorted ranges without overlaps share a position with this one."""
    low, high = 0, len(ranges)
    while low < high:
        middle = (low + high) // 2
        if ranges[middle][1] <= start:
            low = middle + 1
        else:
            high = middle
    return low < len(ranges) and ranges[low][0] < end
