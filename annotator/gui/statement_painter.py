"""How a row of the list of statements looks: a statement or a heading; plain text only, whatever they hold."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from annotator.core.codebook import Codebook
from annotator.core.model import DONE, OPEN, UNREAD, Summary, Tag
from annotator.gui.mirror import aligned, placed
from annotator.gui.statement_rows import Heading, StatementRows
from annotator.gui.statement_words import counts_of, date_of, is_rtl, one_line, suggested
from annotator.gui.theme import Theme, draw_shape, tag_color, ui_font, ui_size

_Index = QModelIndex | QPersistentModelIndex


class RowPainter(QStyledItemDelegate):
    """Draws a statement on two lines of title between its issuer and its counts; every row is as high."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codebook = Codebook()
        self._shown = ""
        self._row, self._direction = QRectF(), Qt.LayoutDirection.LeftToRight
        self._lines: dict[tuple[str, int], list[str]] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw with these colours, and with the system's font as it is now."""
        self._theme = theme
        size = ui_size()
        self._unit = size / 13.0
        self._small, self._count, self._title = ui_font(size * 0.87), ui_font(size * 0.96), ui_font(size * 1.04)
        self._title.setWeight(QFont.Weight.Bold)
        self._heading = QFont(self._small)
        self._heading.setWeight(QFont.Weight.DemiBold)
        self._heading_metrics = QFontMetrics(self._heading)
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

    @property
    def heading_height(self) -> int:
        """The height of a group's heading."""
        return round(self._small_metrics.height() + 15 * self._unit)

    def head(self, summary: Summary, width: float) -> tuple[str, str]:
        """Issuer and date as they fit side by side into this width.

        Where both are too long, a sign stands for the date's basis; the issuer keeps half of the room in any case.
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

    def _draw_text(self, painter: QPainter, box: QRectF, text: str, *, end: bool = False, rtl: bool = False) -> None:
        """Draw at the beginning of a box, or at its end; both as the window runs, the words as ``rtl`` says."""
        box = placed(box, self._row, self._direction)
        self._draw_aligned(painter, box, text, aligned(self._direction, end=end), rtl)

    def _draw_aligned(self, painter: QPainter, box: QRectF, text: str, side: Qt.AlignmentFlag, rtl: bool) -> None:
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        option.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
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
            edge = QRectF(box.left(), box.top(), max(3, round(3 * self._unit)), box.height() - 1)
            painter.fillRect(placed(edge, self._row, self._direction), QColor(theme.accent))
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
        disc = placed(disc, self._row, self._direction)
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
            draw_shape(painter, placed(shape, self._row, self._direction), tag.shape if tag else "square", color)
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

    def _draw_heading(self, painter: QPainter, option: QStyleOptionViewItem, heading: Heading) -> None:
        """Label and count on a quiet strip, below which a line stands."""
        theme, unit, strip = self._theme, self._unit, option.rect
        painter.fillRect(strip, QColor(theme.hover))
        painter.fillRect(strip.left(), strip.bottom(), strip.width(), 1, QColor(theme.hairline))
        # A heading is as low as its one line, or, in a list of very many groups, as high as a statement.
        box = QRectF(strip).adjusted(14 * unit, 0, -13 * unit, -1)
        if box.height() > 2 * self.heading_height:
            box.setTop(box.bottom() - self.heading_height)
        count = f"{heading.count:,}"
        painter.setFont(self._small)
        painter.setPen(QColor(theme.muted))
        self._draw_text(painter, box, count, end=True)
        room = max(0, round(box.width() - self._small_metrics.horizontalAdvance(count) - 10 * unit))
        painter.setFont(self._heading)
        painter.setPen(QColor(theme.text))
        label = self._heading_metrics.elidedText(one_line(heading.label), Qt.TextElideMode.ElideRight, room)
        self._draw_text(painter, QRectF(box.left(), box.top(), room, box.height()), label, rtl=is_rtl(label))

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
        self._draw_text(painter, small, date, end=True)
        room = max(0, round(width - self._small_metrics.horizontalAdvance(date) - 10 * unit))
        self._draw_text(painter, QRectF(left, small.top(), room, small.height()), issuer, rtl=is_rtl(issuer))

        top = small.bottom() + 1.5 * unit
        rtl = is_rtl(title)
        painter.setFont(self._title)
        painter.setPen(QColor(theme.text))
        # A title stands at the side where its own words begin.
        side = aligned(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        for line in lines:
            box = placed(QRectF(left, top, width, self._line), self._row, self._direction)
            self._draw_aligned(painter, box, line, side, rtl)
            top += self._line

        self._draw_counts(painter, QRectF(left, top + 4 * unit, width, self._count_metrics.height()), summary)

    # -- Qt --------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rows = index.model()
        if not isinstance(rows, StatementRows):
            return
        self._row, self._direction = QRectF(option.rect), option.direction
        painter.save()
        try:
            if heading := rows.heading(index.row()):
                self._draw_heading(painter, option, heading)
            else:
                self._draw(painter, option, rows.summary(index.row()))
        finally:
            painter.restore()
