"""The sheet that ``?`` shows: every key and what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.text import fold
from annotator.gui.mirror import english
from annotator.gui.theme import Theme, current_theme, ui_font, ui_size

GROUP = Qt.ItemDataRole.UserRole
#: The narrowest column in pixels of a 13 pixel font, and how many stand beside each other at most.
_NARROWEST, _MOST = 350, 3
_LEFT = 24

#: A group, its keys and what they do.
Row = tuple[str, str, str]


class KeyCaps(QStyledItemDelegate):
    """Paints keys as caps, alternatives one beside the other; the heading of a group; and what stands beside them."""

    ALIGNED = Qt.ItemDataRole.UserRole + 2
    OWN = Qt.ItemDataRole.UserRole + 3

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = ui_font(ui_size() * 0.88)

    @staticmethod
    def caps(keys: str) -> list[str]:
        """The keys in such a text, which separates them by a comma or a slash; ``,`` and ``/`` are keys themselves."""
        return [part.strip() for part in re.split(r"(?<=\S), | / ", keys) if part.strip()]

    def width(self, keys: str) -> int:
        metrics = QFontMetrics(self._font)
        return sum(max(22, metrics.horizontalAdvance(cap) + 14) + 5 for cap in self.caps(keys))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # Qt
        return QSize(self.width(str(index.data() or "")) + 34, QFontMetrics(self._font).height() + 12)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:  # Qt
        theme, text = self._theme, str(index.data() or "")
        rtl = option.direction == Qt.LayoutDirection.RightToLeft
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        if index.data(GROUP):
            font = ui_font(ui_size() * 0.85)
            font.setWeight(QFont.Weight.DemiBold)
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
            painter.setFont(font)
            painter.setPen(QColor(theme.muted))
            below = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeading
            painter.drawText(option.rect.adjusted(_LEFT, 0, -_LEFT, -6), below, text)
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.chosen))
        if index.data(self.ALIGNED):
            self._paint_caps(painter, option, text, rtl)
        else:
            self._paint_text(painter, option, text, bool(index.data(self.OWN)), rtl)
        painter.restore()

    def _paint_caps(self, painter: QPainter, option: QStyleOptionViewItem, text: str, rtl: bool) -> None:
        theme, metrics = self._theme, QFontMetrics(self._font)
        x, height = float(_LEFT), metrics.height() + 4.0
        top = option.rect.center().y() - height / 2 + 0.5
        painter.setFont(self._font)
        for cap in self.caps(text):
            width = max(22, metrics.horizontalAdvance(cap) + 14)
            left = option.rect.right() - x - width if rtl else option.rect.left() + x
            box = QRectF(left + 0.5, top, width - 1, height)
            painter.setPen(QPen(QColor(theme.hairline), 1))
            painter.setBrush(QColor(theme.field))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(theme.text))
            # A bracket is not to be turned round, nor a sign after a key to come before it.
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextForceLeftToRight, cap)
            x += width + 5

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, text: str, own: bool, rtl: bool) -> None:
        theme, font = self._theme, ui_font()
        indent = _LEFT if option.widget is None or option.widget.property("indented") else 4
        room = option.rect.adjusted(4, 0, -indent, 0) if rtl else option.rect.adjusted(indent, 0, -4, 0)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        metrics = QFontMetrics(font)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        if room.height() > metrics.height() * 2:
            painter.drawText(room, middle | Qt.TextFlag.TextWordWrap, text)
            return
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() - (14 if own else 0))
        painter.drawText(room, middle, elided)
        if own:
            # Beside the name: what the user changed.
            away = metrics.horizontalAdvance(elided) + 10
            x = room.right() - away if rtl else room.left() + away
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawEllipse(QRectF(x - 3, room.center().y() - 2.5, 6, 6))


class _Column(QTableWidget):
    """Some groups, one below the other, as high as they are."""

    def __init__(self, caps: KeyCaps) -> None:
        super().__init__(0, 2)
        self._caps = caps
        #: What the descriptions may be wide, in pixels.
        self._room = 200
        self.setItemDelegate(caps)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setStyleSheet("QTableView, QTableView:focus { border: none; background: transparent; }")
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height())

    def show_groups(self, groups: Sequence[Sequence[Row]], width: int) -> None:
        """Hold these groups in a column of this width; a description that is too long for it gets more lines."""
        self.setRowCount(0)
        widest = max((self._caps.width(keys) for rows in groups for _, keys, _ in rows), default=0)
        widest = max(round(110 * ui_size() / 13), widest + _LEFT + 10)
        self.setColumnWidth(0, widest)
        self._room = max(80, width - widest - 8)
        names = [rows[0][0] for rows in groups]
        self.setAccessibleName(f"Keys: {', '.join(names)}")
        for rows in groups:
            self._append(rows[0][0].upper(), "", True)
            for _, keys, text in rows:
                self._append(keys, text, False)
        self.setFixedHeight(sum(self.rowHeight(row) for row in range(self.rowCount())) + 2)

    def _append(self, left: str, right: str, is_group: bool) -> None:
        row = self.rowCount()
        self.insertRow(row)
        first, second = QTableWidgetItem(left), QTableWidgetItem(right)
        first.setData(GROUP, is_group)
        first.setData(KeyCaps.ALIGNED, not is_group)
        self.setItem(row, 0, first)
        self.setItem(row, 1, second)
        if is_group:
            first.setFlags(Qt.ItemFlag.ItemIsEnabled)
            second.setFlags(Qt.ItemFlag.NoItemFlags)
            self.setSpan(row, 0, 1, 2)
            self.setRowHeight(row, row_height() + _ABOVE)
        else:
            first.setData(Qt.ItemDataRole.AccessibleTextRole, f"{left}: {right}")
            metrics = QFontMetrics(ui_font())
            needed = metrics.boundingRect(0, 0, self._room, 9999, Qt.TextFlag.TextWordWrap, right).height()
            if needed > metrics.height() * 1.5:
                self.setRowHeight(row, needed + 9)

    def step(self, direction: int) -> bool:
        """Go to the next key or the one before, over headings; whether there was one."""
        row = self.currentRow() + direction
        while 0 <= row < self.rowCount() and self.item(row, 0).data(GROUP):
            row += direction
        if not 0 <= row < self.rowCount():
            return False
        self.setCurrentCell(row, 0)
        return True


_ABOVE = 10


def row_height() -> int:
    return QFontMetrics(ui_font()).height() + 11


def height_of(groups: Sequence[Sequence[Row]]) -> int:
    return sum((len(rows) + 1) * row_height() + _ABOVE for rows in groups)


def balanced(groups: Sequence[Sequence[Row]], columns: int) -> list[list[Sequence[Row]]]:
    """The groups in their order, in so many columns of which the highest is as low as can be."""
    columns = max(1, min(columns, len(groups)))
    cuts = combinations(range(1, len(groups)), columns - 1)
    best = min(cuts, key=lambda cut: max(map(height_of, _parts(groups, cut))), default=())
    return _parts(groups, best)


def _parts(groups: Sequence[Sequence[Row]], cut: Sequence[int]) -> list[list[Sequence[Row]]]:
    edges = [0, *cut, len(groups)]
    return [list(groups[edges[n] : edges[n + 1]]) for n in range(len(edges) - 1)]


class KeySheet(QDialog):
    """Keys and what they do, by group, in as many columns as there is room for; typing narrows them, Esc closes."""

    #: The user wants other keys, of the commands that fit what was typed.
    change_asked = Signal(str)

    def __init__(self, rows: Iterable[Row], parent: QWidget | None = None, theme: Theme | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAccessibleName("Keys")
        self._theme = theme or current_theme()
        self._rows: list[Row] = sorted_by_group(rows)
        self._fitting = self._rows
        self._count = self._laid_out = 0
        self.filter_field = QLineEdit()
        self.filter_field.setPlaceholderText("Type to find a key or a command")
        self.filter_field.setAccessibleName("Find a key")
        self.filter_field.setClearButtonEnabled(True)
        self.change_button = QPushButton(english("Change keys…"))
        self.change_button.setAutoDefault(False)
        self._nothing = QLabel("No key or command is called that. Try one word of what it does.")
        self._caps = KeyCaps(self._theme, self)
        self._columns = [_Column(self._caps) for _ in range(_MOST)]
        self._area = QScrollArea()
        self._build()
        self._lay_out()

    def _build(self) -> None:
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(_LEFT, 6, _LEFT, 6)
        self._nothing.hide()
        inner = QWidget()
        beside = QHBoxLayout(inner)
        beside.setContentsMargins(0, 0, 0, 8)
        beside.setSpacing(0)
        for column in self._columns:
            beside.addWidget(column, 1, Qt.AlignmentFlag.AlignTop)
            column.currentCellChanged.connect(self._follow)
            column.installEventFilter(self)
        self._area.setWidget(inner)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 18, 0, 14)
        whole.setSpacing(8)
        head = QHBoxLayout()
        head.setContentsMargins(_LEFT, 0, _LEFT, 0)
        head.setSpacing(10)
        head.addWidget(self.filter_field, 1)
        head.addWidget(self.change_button)
        whole.addLayout(head)
        whole.addWidget(self._nothing)
        whole.addWidget(self._area, 1)
        self.filter_field.textChanged.connect(self._filter)
        self.change_button.clicked.connect(self._on_change)
        parent = self.parentWidget()
        room = parent.size() if parent is not None else QSize(1240, 860)
        scale = ui_size() / 13
        self.resize(
            max(480, min(round(1220 * scale), room.width() - 60)), max(420, min(round(860 * scale), room.height() - 40))
        )

    def _lay_out(self) -> None:
        """Put what fits the filter into columns."""
        groups: dict[str, list[Row]] = {}
        for row in self._fitting:
            groups.setdefault(row[0], []).append(row)
        self._count = self._room()
        parts = balanced(list(groups.values()), self._count) if groups else []
        self._laid_out = self.width()
        extent = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        width = (self.width() - extent) // self._count
        for n, column in enumerate(self._columns):
            column.show_groups(parts[n] if n < len(parts) else [], width)
            # An empty column keeps its room, so that a filter does not stretch the others.
            column.setVisible(n < self._count)
        self._nothing.setVisible(not groups)

    def _room(self) -> int:
        return max(1, min(_MOST, self.width() // round(_NARROWEST * ui_size() / 13)))

    def shown(self) -> list[tuple[str, str]]:
        """The keys and descriptions that the filter leaves."""
        return [(keys, text) for _, keys, text in self._fitting]

    def _filter(self, text: str) -> None:
        wanted = fold(text).split()
        self._fitting = [row for row in self._rows if all(word in fold(" ".join(row)) for word in wanted)]
        self._lay_out()

    def _follow(self, row: int, *_: int) -> None:
        """Keep the current key in sight."""
        column = self.sender()
        if isinstance(column, _Column) and row >= 0:
            place = column.visualItemRect(column.item(row, 0)).center()
            inner = self._area.widget()
            there = column.viewport().mapTo(inner, place)
            self._area.ensureVisible(there.x(), there.y(), 0, row_height() * 2)

    def _on_change(self) -> None:
        self.accept()
        self.change_asked.emit(self.filter_field.text())

    def _go(self, key: Qt.Key) -> bool:
        """Go from the filter into the columns and between them; whether the key was for that."""
        columns = [column for column in self._columns if column.rowCount()]
        here = next((n for n, column in enumerate(columns) if column.hasFocus()), -1)
        if not columns or key not in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Right):
            return False
        if here < 0:
            if key != Qt.Key.Key_Down:
                return False
            columns[0].setFocus()
            columns[0].setCurrentCell(1, 0)
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not columns[here].step(1 if key == Qt.Key.Key_Down else -1) and key == Qt.Key.Key_Up:
                columns[here].clearSelection()
                self.filter_field.setFocus()
            return True
        step = 1 if (key == Qt.Key.Key_Right) == (self.layoutDirection() == Qt.LayoutDirection.LeftToRight) else -1
        there = here + step
        if 0 <= there < len(columns):
            row = min(max(1, columns[here].currentRow()), columns[there].rowCount() - 1)
            columns[here].clearSelection()
            columns[there].setFocus()
            columns[there].setCurrentCell(row if not columns[there].item(row, 0).data(GROUP) else row + 1, 0)
        return True

    def eventFilter(self, watched, event) -> bool:  # type: ignore[no-untyped-def]  # Qt
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            return self._go(Qt.Key(event.key())) or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt
        super().resizeEvent(event)
        if self.width() != self._laid_out:
            self._lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if not self._go(Qt.Key(event.key())):
            super().keyPressEvent(event)


def sorted_by_group(rows: Iterable[Row]) -> list[Row]:
    """The rows with each group together, groups in the order in which they first come."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return [row for group in groups.values() for row in group]
