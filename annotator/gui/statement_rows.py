"""The rows of the statements list: an order of local numbers, of which only what is looked at is read.

A project of a million statements costs 8 MB here: the order is an array of integers, and summaries are
kept for the pages that were seen last. The painter draws plain text only, whatever a title holds.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from annotator.core.codebook import Codebook
from annotator.core.edtf import readable
from annotator.core.errors import AnnotatorError
from annotator.core.model import DONE, OPEN, UNREAD, Summary, Tag
from annotator.gui.theme import Theme, draw_shape, tag_color, ui_font, ui_size
from annotator.store.reads import Reads

#: Rows that are read together, and how many such pages are kept.
PAGE, PAGES = 100, 40
#: Of a longer title nothing could be seen, and laying it out would be felt.
LONGEST = 400
#: Numbers a query for ids: well under SQLite's limit for variables.
CHUNK = 2000

_Index = QModelIndex | QPersistentModelIndex

_OPENING, _CLOSING = "\u2066\u2067\u2068", "\u2069"


def one_line(text: str) -> str:
    """The text on one line without control characters, short enough to be laid out at once."""
    line = " ".join(text[: 4 * LONGEST].split())
    if not line.isprintable():
        line = "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cs"))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def isolated(text: str) -> str:
    """The text so that its direction, and whatever bidi controls it holds, end with it."""
    kept: list[str] = []
    depth = 0
    for c in text:
        depth += (c in _OPENING) - (c == _CLOSING)
        if depth < 0:
            depth = 0
        else:
            kept.append(c)
    # Closing an isolate also ends every embedding and override inside it.
    return f"\u2068{''.join(kept)}{_CLOSING * depth}\u2069"


@lru_cache(maxsize=2048)
def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    for c in text:
        direction = unicodedata.bidirectional(c)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def date_of(summary: Summary, basis: bool = True) -> str:
    """A statement's date as lists show it: ``Jan 2022, inferred``, or ``undated``; ``inferred`` only with ``basis``."""
    if summary.date is None:
        return "undated"
    return readable(summary.date.edtf) + (", inferred" if basis and summary.date.basis == "inferred" else "")


def suggested(count: int) -> str:
    return f"{count:,} suggestion{'' if count == 1 else 's'}"


def counts_of(summary: Summary, codebook: Codebook) -> list[tuple[str, int]]:
    """Tag names and their counts in the codebook's order; tags that it lacks come last."""
    known: list[str] = [tag.name for tag in codebook]
    names = [name for name in known if name in summary.counts]
    names += sorted(name for name in summary.counts if name not in known)
    return [(name, summary.counts[name]) for name in names]


def spoken(summary: Summary, codebook: Codebook) -> str:
    """What a screen reader says of a statement: issuer, title, date, status and counts."""
    labels: dict[str, str] = {tag.name: tag.label or tag.name for tag in codebook}
    counts = [f"{count:,} {labels.get(name, name)}" for name, count in counts_of(summary, codebook)]
    if summary.suggestions:
        counts.append(suggested(summary.suggestions))
    parts = [isolated(one_line(p)) for p in (summary.issuer, summary.title or "untitled") if p]
    return ", ".join((*parts, date_of(summary), summary.status, *counts))


class StatementRows(QAbstractTableModel):
    """Statements in an order, read on the window's own connection when they are looked at.

    ``rows_read`` counts the summaries that were read so far.
    """

    #: Rows could not be read (``AnnotatorError``); they stay empty until they are looked at again.
    unreadable = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows_read = 0
        self._project: Reads | None = None
        self._order: array[int] = array("q")
        self._pages: OrderedDict[int, dict[int, Summary]] = OrderedDict()
        self._failing = False

    # -- what is listed ------------------------------------------------------------------

    @property
    def order(self) -> array[int]:
        """The local numbers of the statements, row by row; not to be changed."""
        return self._order

    def look_at(self, project: Reads | None) -> None:
        """Read from this project from now on; no rows until an order is set."""
        self._project = project
        self.set_order(array("q"))

    def set_order(self, order: array[int]) -> None:
        """Show these rows instead; nothing that was read before is kept."""
        self.beginResetModel()
        self._order = order
        self._pages.clear()
        self.endResetModel()

    def append(self, numbers: array[int]) -> None:
        """Show these rows after the others."""
        if not numbers:
            return
        first = len(self._order)
        self.beginInsertRows(QModelIndex(), first, first + len(numbers) - 1)
        self._order.extend(numbers)
        # The last page may have been read while it was shorter.
        self._pages.pop(first // PAGE, None)
        self.endInsertRows()

    def row_of(self, number: int | None, first: int = 0) -> int | None:
        """The row, from ``first`` on, of a statement's local number; None when it is not listed there."""
        if number is None:
            return None
        try:
            return self._order.index(number, first)
        except ValueError:
            return None

    def summary(self, row: int) -> Summary | None:
        """The statement in this row; None when it is gone or cannot be read now."""
        if not 0 <= row < len(self._order):
            return None
        return self._page(row // PAGE).get(self._order[row])

    def ids(self, rows: Iterator[range]) -> list[str]:
        """The ids of the statements in these rows."""
        found: list[str] = []
        for span in rows:
            if len(span) <= PAGE:
                found.extend(s.id for row in span if (s := self.summary(row)) is not None)
            elif self._project is not None:
                # Not through the pages: a selection of thousands must not throw out what is seen.
                for start in range(span.start, span.stop, CHUNK):
                    numbers = self._order[start : min(start + CHUNK, span.stop)]
                    found.extend(s.id for s in self._project.summaries(numbers))
        return found

    def reread(self, concerned: Callable[[str], bool]) -> None:
        """Read those rows again, of the ones kept, whose statement id is concerned."""
        for page, kept in tuple(self._pages.items()):
            numbers = [n for n, summary in kept.items() if concerned(summary.id)]
            if not numbers:
                continue
            fresh = self._read(numbers)
            if fresh is None:
                del self._pages[page]
            else:
                kept.update(fresh)
            first = page * PAGE
            last = min(first + PAGE, len(self._order)) - 1
            rows = [row for row in range(first, last + 1) if self._order[row] in numbers]
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], 0))

    # -- pages -----------------------------------------------------------------------------

    def _page(self, page: int) -> dict[int, Summary]:
        kept = self._pages.get(page)
        if kept is not None:
            self._pages.move_to_end(page)
            return kept
        fresh = self._read(self._order[page * PAGE : (page + 1) * PAGE])
        if fresh is None:
            return {}
        self._pages[page] = fresh
        if len(self._pages) > PAGES:
            self._pages.popitem(last=False)
        return fresh

    def _read(self, numbers: array[int] | list[int]) -> dict[int, Summary] | None:
        if self._project is None:
            return None
        try:
            summaries = self._project.summaries(numbers)
        except AnnotatorError as error:
            # Painting asks again and again; one word about it is enough.
            if not self._failing:
                self._failing = True
                self.unreadable.emit(error)
            return None
        self._failing = False
        self.rows_read += len(summaries)
        return {summary.number: summary for summary in summaries}

    # -- Qt --------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        summary = self.summary(index.row())
        if summary is None or self._project is None:
            return ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(summary, self._project.codebook)
        return one_line(summary.title)


class RowPainter(QStyledItemDelegate):
    """Draws a statement on two lines of title between its issuer and its counts; every row is as high."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codebook = Codebook()
        self._shown = ""
        self._lines: dict[tuple[str, int], list[str]] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw with these colours, and with the system's font as it is now."""
        self._theme = theme
        size = ui_size()
        self._unit = size / 13.0
        self._small, self._count, self._title = ui_font(size * 0.87), ui_font(size * 0.96), ui_font(size * 1.04)
        self._title.setWeight(QFont.Weight.Bold)
        self._small_metrics = QFontMetrics(self._small)
        self._count_metrics = QFontMetrics(self._count)
        self._title_metrics = QFontMetrics(self._title)
        self._line = max(round(size * 1.36), QFontMetricsF(ui_font(size)).height())
        self._lines.clear()

    def set_codebook(self, codebook: Codebook) -> None:
        self._codebook = codebook

    def set_shown(self, statement: str) -> None:
        """Mark the row of this statement as the one in the reader."""
        self._shown = statement

    @property
    def row_height(self) -> int:
        """The height of every row: issuer, two lines of title, counts, and room around them."""
        return round(
            self._unit * 27 + self._small_metrics.height() + 2 * self._line + max(self._count_metrics.height(), 12)
        )

    def head(self, summary: Summary, width: float) -> tuple[str, str]:
        """Issuer and date as they fit side by side into this width.

        Where both are too long, the date first loses its basis; the issuer keeps half of the room in any case.
        """
        gap, metrics = 10 * self._unit, self._small_metrics
        issuer = one_line(summary.issuer) or "unknown issuer"
        wanted = metrics.horizontalAdvance(issuer)
        date = date_of(summary)
        if wanted + gap + metrics.horizontalAdvance(date) > width:
            date = date_of(summary, basis=False)
        room = max(0, round(width - gap - min(wanted, width / 2)))
        date = metrics.elidedText(date, Qt.TextElideMode.ElideRight, room)
        room = max(0, round(width - gap - metrics.horizontalAdvance(date)))
        return metrics.elidedText(issuer, Qt.TextElideMode.ElideRight, room), date

    def _title_lines(self, title: str, width: int) -> list[str]:
        """The title on at most two lines of this width, the second one elided."""
        lines = self._lines.get((title, width))
        if lines is None:
            if len(self._lines) > 2000:
                self._lines.clear()
            lines = self._lines[title, width] = self._broken(title, width)
        return lines

    def _broken(self, title: str, width: int) -> list[str]:
        layout = QTextLayout(title, self._title)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        line = layout.createLine()
        if line.isValid():
            line.setLineWidth(width)
        layout.endLayout()
        if not line.isValid():
            return []
        # Qt counts UTF-16 units.
        units = title.encode("utf-16-le", "replace")
        first = units[: 2 * line.textLength()].decode("utf-16-le", "replace").rstrip()
        rest = units[2 * line.textLength() :].decode("utf-16-le", "replace").lstrip()
        if not rest:
            return [first]
        return [first, self._title_metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]

    def _draw_text(self, painter: QPainter, box: QRectF, text: str, *, right: bool = False, rtl: bool = False) -> None:
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(box, text, option)

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, shown: bool) -> None:
        theme, box = self._theme, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, QColor(theme.chosen))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(theme.hover))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, QColor(theme.hairline))
        if shown:
            painter.fillRect(
                box.left(), box.top(), max(3, round(3 * self._unit)), box.height() - 1, QColor(theme.accent)
            )
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(box).adjusted(1, 1, -1, -2))

    def _draw_status(self, painter: QPainter, middle: QPointF, status: str) -> None:
        """Ring, half and full disc: the shapes differ, not only their colours."""
        theme = self._theme
        color = QColor({UNREAD: theme.muted, OPEN: theme.accent, DONE: theme.good}.get(status, theme.muted))
        outer, stroke = 5.0 * self._unit, 1.8 * self._unit
        radius = outer - stroke / 2
        disc = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, stroke))
        painter.setBrush(color if status == DONE else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(disc)
        if status == OPEN:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPie(disc, 90 * 16, 180 * 16)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_counts(self, painter: QPainter, box: QRectF, summary: Summary) -> None:
        theme, unit = self._theme, self._unit
        painter.setFont(self._count)
        x = box.left()
        tags: dict[str, Tag] = {tag.name: tag for tag in self._codebook}
        for name, count in counts_of(summary, self._codebook):
            tag = tags.get(name)
            number = f"{count:,}"
            width = 9.5 * unit + 4 * unit + self._count_metrics.horizontalAdvance(number)
            if x + width > box.right():
                self._draw_text(painter, QRectF(x, box.top(), 20 * unit, box.height()), "…")
                return
            shape = QRectF(x, box.center().y() - 4.75 * unit + 0.5, 9.5 * unit, 9.5 * unit)
            color = tag_color(theme, tag) if tag else QColor(theme.muted)
            draw_shape(painter, shape, tag.shape if tag else "square", color)
            painter.setPen(QColor(theme.muted))
            left = x + 13.5 * unit
            self._draw_text(painter, QRectF(left, box.top(), box.right() - left, box.height()), number)
            x += width + 12 * unit
        if summary.suggestions:
            painter.setPen(QColor(theme.accent))
            text = suggested(summary.suggestions)
        elif not summary.counts:
            painter.setPen(QColor(theme.muted))
            text = {UNREAD: "unread", OPEN: "nothing tagged yet", DONE: "nothing tagged"}.get(summary.status, "")
        else:
            return
        room = box.right() - x
        text = self._count_metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, round(room)))
        self._draw_text(painter, QRectF(x, box.top(), room, box.height()), text)

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, summary: Summary | None) -> None:
        self._draw_ground(painter, option, summary is not None and summary.id == self._shown and bool(self._shown))
        if summary is None:
            return
        theme, unit = self._theme, self._unit
        left = option.rect.left() + 37 * unit
        width = option.rect.right() - 13 * unit - left
        title = one_line(summary.title) or "Untitled"
        lines = self._title_lines(title, int(width))
        # A title of one line stands in the middle of its row with what is around it.
        top = option.rect.top() + 10 * unit + (2 - len(lines)) * self._line / 2

        small = QRectF(left, top, width, self._small_metrics.height())
        self._draw_status(painter, QPointF(option.rect.left() + 19 * unit, small.center().y() + 0.5), summary.status)
        painter.setFont(self._small)
        painter.setPen(QColor(theme.muted))
        issuer, date = self.head(summary, width)
        self._draw_text(painter, small, date, right=True)
        room = max(0, round(width - self._small_metrics.horizontalAdvance(date) - 10 * unit))
        self._draw_text(painter, QRectF(left, small.top(), room, small.height()), issuer, rtl=is_rtl(issuer))

        top = small.bottom() + 1.5 * unit
        rtl = is_rtl(title)
        painter.setFont(self._title)
        painter.setPen(QColor(theme.text))
        for line in lines:
            self._draw_text(painter, QRectF(left, top, width, self._line), line, right=rtl, rtl=rtl)
            top += self._line

        self._draw_counts(painter, QRectF(left, top + 4 * unit, width, self._count_metrics.height()), summary)

    # -- Qt --------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rows = index.model()
        if not isinstance(rows, StatementRows):
            return
        painter.save()
        try:
            self._draw(painter, option, rows.summary(index.row()))
        finally:
            painter.restore()
