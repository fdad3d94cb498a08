"""The reader's scroll bar as a map of the statement: where its passages lie, what was found, what is in sight.

It maps by positions of the document (UTF-16 units), not by lines: how many lines a paragraph of a long text has is
not known before it was seen, so a bar that counts them would put marks beside the places that it scrolls to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QScrollBar, QToolTip

from annotator.core.finding import Places
from annotator.core.marks import Mark
from annotator.core.model import Tag
from annotator.gui.highlights import Highlights
from annotator.gui.layers import Layers
from annotator.gui.pointing import Pointing
from annotator.gui.sight import Sight
from annotator.gui.theme import LIGHT, Theme, mix, tag_color
from annotator.gui.wording import tool_tip

#: In pixels: the whole, where the columns of the tags begin, and the room for all of them.
WIDTH = 16
_LEFT, _ROOM = 2, 12
#: Tags after these share the last column.
_COLUMNS = 4
#: More passages than this are worked out so many ms after the statement was painted: its words come first.
_MANY, _AFTER = 1000, 40
#: The smallest height of the frame around what is in sight, in pixels.
_FRAME = 18
#: Half the height of the arrow at the current passage, in pixels.
_ARROW = 5


class Minimap(QScrollBar):
    """A scroll bar that shows each tag's passages in a column of its own.

    ``drawn`` counts how many rows of pixels were worked out, for tests: a scroll works out none, a tag those that
    it touches. ``to_doc`` and ``to_point`` turn code points of the text into positions and back.
    """

    def __init__(
        self,
        view: QPlainTextEdit,
        sight: Sight,
        pointing: Pointing,
        highlights: Highlights,
        layers: Layers,
        to_doc: Callable[[int], int],
        to_point: Callable[[int], int],
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self.drawn = 0
        self._to_doc, self._to_point = to_doc, to_point
        self._view, self._sight, self._pointing = view, sight, pointing
        self._highlights, self._layers = highlights, layers
        self._theme: Theme = LIGHT
        self._tags: Mapping[str, Tag] = {}
        self._plain = False
        self._columns: dict[str, int] = {}
        #: By column: for each row of device pixels the number of a tag in ``_names``, 0 for none.
        self._rows: list[bytearray] = []
        self._names: list[str] = [""]
        self._picture: QPixmap | None = None
        self._length = 1
        self._stale = True
        self._found, self._found_current = Places(), -1
        #: How many found places ``_ticks`` were made for, and the height; None when they are to be made anew.
        self._ticked: tuple[int, int] | None = None
        self._ticks: list[int] = []
        self._grabbed: float | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER)
        self._later.timeout.connect(self._work_out)
        self._later.timeout.connect(self.update)
        self.setAccessibleName("Place in the text")
        self.setMouseTracking(True)
        # Until the reader says that there is something to scroll.
        self.setRange(0, 0)
        self.setEnabled(False)

    # -- what is shown --------------------------------------------------------------

    def set_look(self, theme: Theme, tags: Mapping[str, Tag]) -> None:
        """Other colours, or another codebook."""
        self._theme, self._tags = theme, tags
        self.refresh()

    def set_plain(self, plain: bool) -> None:
        """Show no passages, or all of them again."""
        if plain != self._plain:
            self._plain = plain
            self._picture = None
            self.update()

    def show_found(self, places: Places, current: int = -1) -> None:
        """Tick these places, and show the one at ``current`` across; they may grow afterwards."""
        self._found, self._found_current, self._ticked = places, current, None
        self.update()

    def refresh(self) -> None:
        """Another statement, or another look: everything is worked out anew, after what is painted now."""
        self._stale = True
        self.update()

    def touch(self, start: int, end: int) -> None:
        """What passages there are between these positions has changed: only those rows are worked out anew."""
        if self._stale or any(mark.tag not in self._columns for mark in self._within(start, end)):
            self.refresh()
            return
        first, last = self._row(start), max(self._row(start), self._row(end - 1))
        for row in range(first, last + 1):
            for column in self._rows:
                column[row] = 0
            for mark in self._within(*self._stretch(row)):
                self._rows[self._columns[mark.tag]][row] = self._names.index(mark.tag)
        self.drawn += last + 1 - first
        self._picture = None
        self.update()

    def _within(self, start: int, end: int) -> list[Mark]:
        return self._highlights.within(start, max(end, start + 1))

    def _row(self, position: int) -> int:
        """The row of device pixels that a position falls in."""
        rows = len(self._rows[0])
        return max(0, min(rows - 1, position * rows // self._length))

    def _stretch(self, row: int) -> tuple[int, int]:
        """The positions that fall in a row of device pixels."""
        rows = len(self._rows[0])
        start = -(-row * self._length // rows)
        return start, max(start + 1, -(-(row + 1) * self._length // rows))

    def _work_out(self) -> None:
        """All rows from all passages, a microsecond each."""
        marks = self._highlights.all()
        used = {mark.tag for mark in marks}
        # A tag keeps its column from statement to statement, unless there are too many of them.
        known = [name for name in self._tags if len(self._tags) <= _COLUMNS or name in used]
        names = [*known, *sorted(used.difference(known))]
        self._columns = {name: min(i, _COLUMNS - 1) for i, name in enumerate(names)}
        self._names = ["", *names]
        self._length = max(1, self._view.document().characterCount())
        rows = max(1, ceil(self.height() * self.devicePixelRatioF()))
        self._rows = [bytearray(rows) for _ in range(max(1, min(_COLUMNS, len(names))))]
        places = {name: (self._rows[self._columns[name]], number) for number, name in enumerate(names, start=1)}
        scale, length = rows, self._length
        for mark in marks:
            column, number = places[mark.tag]
            first, last = mark.start * scale // length, (mark.end - 1) * scale // length
            if first >= last:
                column[min(first, rows - 1)] = number
            else:
                column[first : last + 1] = bytes((number,)) * (min(last + 1, rows) - first)
        self.drawn += rows
        self._stale, self._picture = False, None
        self._ticked = None

    # -- painting -------------------------------------------------------------------

    def picture(self) -> QPixmap:
        """The passages as they are painted, in device pixels; made anew only when they, size or looks changed."""
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            rows = len(self._rows[0]) if self._rows else 1
            picture = QPixmap(ceil(WIDTH * ratio), rows)
            picture.fill(Qt.GlobalColor.transparent)
            if self._rows and not self._plain:
                self._draw(picture, ratio)
            picture.setDevicePixelRatio(ratio)
            self._picture = picture
        return self._picture

    def _draw(self, picture: QPixmap, ratio: float) -> None:
        """Each run of rows as one rectangle, at least two pixels high."""
        step = _ROOM / len(self._rows)
        colors = [QColor(), *(tag_color(self._theme, self._tags.get(n) or Tag(name=n)) for n in self._names[1:])]  # type: ignore[arg-type]
        least = round(2 * ratio)
        with QPainter(picture) as painter:
            for number, column in enumerate(self._rows):
                left = round((_LEFT + number * step) * ratio)
                width = max(1, round((_LEFT + (number + 1) * step) * ratio) - left - max(1, int(ratio)))
                row = 0
                for tag, run in groupby(column):
                    height = sum(1 for _ in run)
                    if tag:
                        painter.fillRect(left, row, width, max(least, height), colors[tag])
                    row += height

    def in_sight(self) -> tuple[int, int]:
        """The first and the last position of the document in sight."""
        area = self._view.viewport().rect()
        first, last = (self._pointing.line_at(QPointF(0, y)) for y in (2.0, area.height() - 2.0))
        if first is None or last is None:
            return 0, self._length
        start, end = (
            block.position() + (line.textStart() if line.isValid() else 0) for block, line, _ in (first, last)
        )
        return start, end + (last[1].textLength() if last[1].isValid() else 0) + 1

    def _frame(self) -> QRectF:
        """Around what is in sight, in logical pixels."""
        start, end = self.in_sight()
        height = float(self.height())
        top, bottom = (min(height, position * height / self._length) for position in (start, end))
        if self.value() <= self.minimum():
            top = 0.0
        if self.value() >= self.maximum():
            bottom = height
        if bottom - top < _FRAME:
            top = max(0.0, min(height - _FRAME, (top + bottom - _FRAME) / 2))
            bottom = top + _FRAME
        return QRectF(0.5, top + 0.5, WIDTH - 1, bottom - top - 1)

    def _spot(self, start: int, end: int, least: float) -> tuple[float, float]:
        """Top and height of a stretch of the document, in logical pixels."""
        height = self.height()
        top = start * height / self._length
        return min(top, height - least), max(least, (end - start) * height / self._length)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        theme = self._theme
        if self._stale and self._highlights.shown > _MANY:
            self._later.start()
        elif self._stale:
            self._work_out()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.page))
            if self.isEnabled():
                strong = self._grabbed is not None or self.underMouse()
                edge = mix(theme.page, theme.muted, 1.0 if strong or theme.high_contrast else 0.75)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(edge, 1))
                painter.setBrush(mix(theme.page, theme.muted, 0.22 if strong else 0.14))
                painter.drawRoundedRect(self._frame(), 4, 4)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            if self._stale:
                return
            painter.drawPixmap(0, 0, self.picture())
            self._paint_found(painter)
            self._paint_current(painter)

    def _paint_found(self, painter: QPainter) -> None:
        """A tick at the edge for each found place, one for those that fall together; the current one goes across."""
        if self._ticked != (len(self._found), self.height()):
            self._ticked = len(self._found), self.height()
            self._ticks = list(self._tops_of_found())
        color = QColor(self._theme.warning)
        for tick in self._ticks:
            painter.fillRect(QRectF(WIDTH - 3, tick, 3, 2), color)
        if 0 <= self._found_current < len(self._found):
            span = self._found[self._found_current]
            top, height = self._spot(self._to_doc(span.start), self._to_doc(span.end), 2)
            painter.fillRect(QRectF(0, round(top), WIDTH, round(height)), color)

    def _tops_of_found(self) -> Iterator[int]:
        """The logical pixels at which found places begin; all that fall into one are passed at once."""
        places, height, number = self._found, self.height(), 0
        while number < len(places):
            top = self._to_doc(places[number].start) * height // self._length
            yield min(top, height - 2)
            below = -(-(top + 1) * self._length // height)
            number = max(number + 1, places.from_start(self._to_point(below)))

    def _paint_current(self, painter: QPainter) -> None:
        """An arrow at the edge points at the current passage; the columns beside it stay as they are."""
        theme = self._theme
        mark = None if self._plain else self._highlights.mark(self._layers.current or "")
        if mark is not None:
            top, height = self._spot(mark.start, mark.end, 3)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            # Its ground sets the arrow apart where found places are ticked.
            middle = min(max(round(top) + round(height) / 2, _ARROW + 1), self.height() - _ARROW - 1)
            painter.setPen(QPen(QColor(theme.page), 1))
            painter.setBrush(QColor(theme.text))
            edge, tip = (
                (0, _ARROW + 1)
                if self.layoutDirection() == Qt.LayoutDirection.LeftToRight
                else (WIDTH, WIDTH - _ARROW - 1)
            )
            painter.drawPolygon(
                QPolygonF([QPointF(edge, middle - _ARROW), QPointF(tip, middle), QPointF(edge, middle + _ARROW)])
            )

    # -- going there ----------------------------------------------------------------

    def _go(self, y: float) -> None:
        """Scroll so that the frame, held where it was taken, is at the pointer."""
        top = y - (self._grabbed or 0.0)
        room = self.height()
        if top <= 0:
            self.setValue(self.minimum())
        elif top + self._frame().height() >= room:
            self.setValue(self.maximum())
        else:
            self._sight.scroll_to(int(top * self._length / room), 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt
        if event.button() != Qt.MouseButton.LeftButton:
            return
        y, frame = event.position().y(), self._frame()
        inside = frame.top() <= y <= frame.bottom()
        # Elsewhere it goes there, so that the place is in the middle.
        self._grabbed = y - frame.top() if inside else frame.height() / 2
        if not inside:
            self._go(y)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # Qt
        if self._grabbed is not None:
            self._go(event.position().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # Qt
        self._grabbed = None
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # Qt
        event.accept()  # Qt's menu would scroll by lines

    # -- Qt -------------------------------------------------------------------------

    def summary(self) -> str:
        """What the map shows, in a sentence."""
        counts = Counter(mark.tag for mark in self._highlights.all())
        total = counts.total()
        labels = [
            f"{counts[name]} {(tag.label if (tag := self._tags.get(name)) else name).lower()}"
            for name in self._names[1:]
            if counts[name]
        ]
        text = f"{total} passage{'s' * (total != 1)}" + (f": {', '.join(labels)}" if labels else "")
        found = len(self._found)
        return text + (f"; {found} found place{'s' * (found != 1)}" if found else "")

    def event(self, event: QEvent) -> bool:  # Qt
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tool_tip(self.summary()), self)
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.refresh()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            self.refresh()

    def sizeHint(self) -> QSize:  # Qt
        return QSize(WIDTH, 48)

    def minimumSizeHint(self) -> QSize:  # Qt
        return QSize(WIDTH, 24)
