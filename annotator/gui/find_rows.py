"""The lines of the results pane: each place in its context, the places under one another, grouped by statement.

Only rows that are seen are laid out; nothing that a project holds is read as mark-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from annotator.core.model import Summary, Tag
from annotator.core.text import Span, Utf16Map
from annotator.core.values import dataclass
from annotator.gui.statement_words import date_of, is_rtl, isolated, one_line
from annotator.gui.theme import Theme, draw_shape, tag_color, ui_font, ui_size
from annotator.store.concordance import Group, Line

#: Where in the width of a row its place begins, as a share from the side where its text begins.
_COLUMN = 0.38
#: Shapes of tags before a line.
_SHAPES = 3

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Hit:
    """One place: the statement, and the span of the words, None where only its metadata was found."""

    statement: str
    title: str
    span: Span | None


class ContextRows(QAbstractTableModel):
    """Groups as rows: a heading, then its lines."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[Group] = []
        # The group of each row and the number of its line, -1 for the heading.
        self._rows: list[tuple[int, int]] = []
        self._at: dict[str, int] = {}
        self._lines = 0
        self._tags: Mapping[str, Tag] = {}

    # -- what is listed ------------------------------------------------------------------

    @property
    def lines(self) -> int:
        """How many places are listed."""
        return self._lines

    @property
    def groups(self) -> Sequence[Group]:
        return self._groups

    def set_tags(self, tags: Mapping[str, Tag]) -> None:
        """The codebook's tags by their names."""
        self._tags = tags

    def clear(self) -> None:
        self.beginResetModel()
        self._groups, self._rows, self._at, self._lines = [], [], {}, 0
        self.endResetModel()

    def add(self, groups: Sequence[Group]) -> None:
        """List these after the others."""
        new: list[tuple[int, int]] = []
        for number, group in enumerate(groups, len(self._groups)):
            new.append((number, -1))
            new.extend((number, line) for line in range(len(group.lines)))
        if not new:
            return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
        for group in groups:
            self._at[group.summary.id] = len(self._groups)
            self._groups.append(group)
            self._lines += len(group.lines)
        self._rows.extend(new)
        self.endInsertRows()

    def has(self, statement: str) -> bool:
        return statement in self._at

    def lines_of(self, statement: str) -> tuple[Line, ...]:
        """The lines of a statement, none when it is not listed."""
        number = self._at.get(statement)
        return self._groups[number].lines if number is not None else ()

    def change_lines(self, statement: str, before: tuple[Line, ...], after: tuple[Line, ...]) -> None:
        """These lines of a statement have become those; unless others are listed by now."""
        number = self._at.get(statement)
        if number is None or self._groups[number].lines is not before:
            return
        self._groups[number] = replace(self._groups[number], lines=after)
        first = next(row for row, (of, _) in enumerate(self._rows) if of == number)
        self.dataChanged.emit(self.index(first, 0), self.index(first + len(after), 0))

    # -- places --------------------------------------------------------------------------

    def hit(self, row: int) -> Hit | None:
        """The place in this row, None for a heading or no row."""
        if not 0 <= row < len(self._rows) or self._rows[row][1] < 0:
            return None
        number, line = self._rows[row]
        group = self._groups[number]
        return Hit(group.summary.id, one_line(group.summary.title), group.lines[line].span)

    def ordinal(self, row: int) -> int:
        """Which place of all this row is, from 1."""
        # Every group has one heading, and each row belongs to the groups up to its own.
        return row - self._rows[row][0]

    def next_row(self, row: int, direction: int) -> int:
        """The row of the next place, -1 at either end."""
        row += direction
        while 0 <= row < len(self._rows):
            if self._rows[row][1] >= 0:
                return row
            row += direction
        return -1

    def look(self, row: int) -> tuple[Group, Line | None]:
        """What stands in a row: the group, and the line unless it is the heading."""
        number, line = self._rows[row]
        group = self._groups[number]
        return group, group.lines[line] if line >= 0 else None

    def tag(self, name: str) -> Tag:
        return self._tags.get(name) or Tag(name=name)  # type: ignore[arg-type]

    def spoken(self, row: int) -> str:
        """What a screen reader says of a row."""
        group, line = self.look(row)
        if line is None:
            return f"{isolated(one_line(group.summary.title) or 'Untitled')}, {detail(group)}"
        labels = [tag.label or tag.name for tag in map(self.tag, line.tags)]
        context = isolated(" ".join(f"{line.before}{line.quote}{line.after}".split()))
        return ", ".join([context, *labels, f"in {isolated(one_line(group.summary.title) or 'Untitled')}"])

    # -- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) and index.isValid():
            return self.spoken(index.row())
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        # A heading is read, and stepped over.
        if self.hit(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def detail(group: Group) -> str:
    """Issuer, date and number of places of a statement, on one line."""
    summary: Summary = group.summary
    issuer = isolated(one_line(summary.issuer)) if summary.issuer else ""
    count = sum(line.span is not None for line in group.lines)
    places = f"{count:,} place{'s' * (count != 1)}" if count else "not in the text"
    return " · ".join(part for part in (issuer, date_of(summary), places) if part)


class ContextPainter(QStyledItemDelegate):
    """Headings with what is known of the statement; lines with their places under one another."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw with these colours, and with the system's font as it is now."""
        size = ui_size()
        self._theme, self._unit = theme, size / 13.0
        self._plain, self._small, self._title = ui_font(size), ui_font(size * 0.87), ui_font(size)
        self._title.setWeight(QFont.Weight.DemiBold)

    @property
    def row_height(self) -> int:
        """The height of every row, in pixels."""
        return round(QFontMetricsF(self._plain).height() + 8 * self._unit)

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, rows: ContextRows, row: int) -> None:
        unit = self._unit
        group, line = rows.look(row)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        inner = QRectF(option.rect).adjusted(14 * unit, 0, -14 * unit, 0)
        if line is None:
            self._heading(painter, inner, group, mirrored, row > 0)
            return
        if option.state & QStyle.StateFlag.State_Selected:
            self._choose(painter, QRectF(option.rect), mirrored)
        step = 13 * unit
        for number, tag in enumerate(map(rows.tag, line.tags[:_SHAPES])):
            left = inner.right() - (number + 1) * step if mirrored else inner.left() + number * step
            shape = QRectF(left, inner.center().y() - 4.5 * unit, 9 * unit, 9 * unit)
            draw_shape(painter, shape, tag.shape, tag_color(self._theme, tag))
        room = _SHAPES * step + 2 * unit
        self._line(painter, inner.adjusted(0, 0, -room, 0) if mirrored else inner.adjusted(room, 0, 0, 0), line)

    def _choose(self, painter: QPainter, box: QRectF, mirrored: bool) -> None:
        unit = self._unit
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.chosen))
        painter.drawRoundedRect(box.adjusted(5 * unit, 0.5, -5 * unit, -0.5), 5, 5)
        painter.setBrush(QColor(self._theme.accent))
        x = box.right() - 5 * unit - 3 if mirrored else box.left() + 5 * unit
        painter.drawRoundedRect(QRectF(x, box.top() + 4, 3, box.height() - 8), 1.5, 1.5)

    def _heading(self, painter: QPainter, box: QRectF, group: Group, mirrored: bool, apart: bool) -> None:
        if apart:
            painter.fillRect(QRectF(box.left(), box.top(), box.width(), 1), QColor(self._theme.hairline))
        words = detail(group)
        metrics = QFontMetricsF(self._small)
        width = min(box.width() * 0.6, metrics.horizontalAdvance(words) + 2)
        side, begin = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignAbsolute
        left, right = begin | Qt.AlignmentFlag.AlignLeft, begin | Qt.AlignmentFlag.AlignRight
        there = QRectF(box.left() if mirrored else box.right() - width, box.top(), width, box.height())
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.muted))
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)
        painter.drawText(there, side | (left if mirrored else right), words)
        gap = width + 12 * self._unit
        here = box.adjusted(gap, 0, 0, 0) if mirrored else box.adjusted(0, 0, -gap, 0)
        title = one_line(group.summary.title) or "Untitled"
        painter.setFont(self._title)
        painter.setPen(QColor(self._theme.text))
        title = QFontMetricsF(self._title).elidedText(title, Qt.TextElideMode.ElideRight, here.width())
        painter.drawText(here, side | (right if mirrored else left), isolated(title))

    def _line(self, painter: QPainter, box: QRectF, line: Line) -> None:
        """One line of context; its place begins in the same column in every line of its direction."""
        metrics = QFontMetricsF(self._plain)
        if line.span is None:
            text = one_line(line.after)
            painter.setPen(QColor(self._theme.muted))
            rtl = is_rtl(text)
            shown = laid_out(metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width()), self._plain, rtl)
            width = shown.lineAt(0).naturalTextWidth()
            x = box.right() - width if rtl else box.left()
        else:
            before, quote, after = joined(line)
            rtl = is_rtl(before + quote + after)
            column = box.width() * _COLUMN
            quote = metrics.elidedText(quote, Qt.TextElideMode.ElideMiddle, (box.width() - column) * 0.8)
            rest = box.width() - column - metrics.horizontalAdvance(quote)
            before = metrics.elidedText(before, Qt.TextElideMode.ElideLeft, column)
            after = metrics.elidedText(after, Qt.TextElideMode.ElideRight, max(0.0, rest))
            text = before + quote + after
            painter.setPen(QColor(self._theme.text))
            shown = laid_out(text, self._plain, rtl, (len(before), len(before) + len(quote)), QColor(self._theme.hit))
            left, right = edges(shown, text, len(before), len(before) + len(quote))
            x = box.right() - column - right if rtl else box.left() + column - left
        top = box.top() + (box.height() - shown.lineAt(0).height()) / 2
        painter.save()
        painter.setClipRect(box)
        shown.draw(painter, QRectF(x, top, 0, 0).topLeft())
        painter.restore()

    # -- Qt ------------------------------------------------------------------------------

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rows = index.model()
        if not isinstance(rows, ContextRows):
            return
        painter.save()
        try:
            self._draw(painter, option, rows, index.row())
        finally:
            painter.restore()


def joined(line: Line) -> tuple[str, str, str]:
    """Context, place and context on one line; the blanks between them stay."""
    before = " ".join(line.before.split()) + " " * line.before[-1:].isspace()
    after = " " * line.after[:1].isspace() + " ".join(line.after.split())
    return before, one_line(line.quote), after


def laid_out(
    text: str, font: QFont, rtl: bool, apart: tuple[int, int] = (0, 0), ground: QColor | None = None
) -> QTextLayout:
    """The text on one line from x = 0 on, in its direction; the characters ``apart`` (code points) on a ground."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
    option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    layout.setTextOption(option)
    if ground is not None:
        units = Utf16Map(text)
        form = QTextCharFormat()
        form.setBackground(ground)
        stretch = QTextLayout.FormatRange()
        stretch.start = units.to_utf16(apart[0])
        stretch.length = units.to_utf16(apart[1]) - stretch.start
        stretch.format = form
        layout.setFormats([stretch])
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(QFontMetricsF(font).horizontalAdvance(text) + 40)
    layout.endLayout()
    return layout


def edges(layout: QTextLayout, text: str, start: int, end: int) -> tuple[float, float]:
    """The left and right edge of these characters (code points) in a line that was laid out."""
    units, line = Utf16Map(text), layout.lineAt(0)
    runs = line.glyphRuns(units.to_utf16(start), units.to_utf16(end) - units.to_utf16(start))
    boxes = [run.boundingRect() for run in runs]
    if not boxes:
        x = line.cursorToX(units.to_utf16(start))[0]  # type: ignore[index]  # PySide6 returns the cursor beside it
        return x, x
    return min(box.left() for box in boxes), max(box.right() for box in boxes)
