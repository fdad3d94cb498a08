"""The sheet that ``?`` shows: every key and what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.text import fold
from annotator.gui.theme import Theme, current_theme, ui_font, ui_size

_GROUP = Qt.ItemDataRole.UserRole


class _KeyCaps(QStyledItemDelegate):
    """Paints keys as caps, alternatives one beside the other, and the heading of a group."""

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
        if index.data(_GROUP):
            font = ui_font(ui_size() * 0.85)
            font.setWeight(QFont.Weight.DemiBold)
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
            painter.save()
            painter.setFont(font)
            painter.setPen(QColor(self._theme.muted))
            below = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
            painter.drawText(option.rect.adjusted(24, 0, 0, -6), below, str(index.data() or ""))
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(self._theme.chosen))
        metrics = QFontMetrics(self._font)
        x, height = option.rect.left() + 24.0, metrics.height() + 4.0
        top = option.rect.center().y() - height / 2 + 0.5
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        for cap in self.caps(str(index.data() or "")):
            width = max(22, metrics.horizontalAdvance(cap) + 14)
            box = QRectF(x + 0.5, top, width - 1, height)
            painter.setPen(QPen(QColor(self._theme.hairline), 1))
            painter.setBrush(QColor(self._theme.field))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, cap)
            x += width + 5
        painter.restore()


class KeySheet(QDialog):
    """Two columns, keys and what they do, by group; typing narrows them, Esc closes."""

    def __init__(
        self, rows: Iterable[tuple[str, str, str]], parent: QWidget | None = None, theme: Theme | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAccessibleName("Keys")
        self._theme = theme or current_theme()
        self._rows: list[tuple[str, str, str]] = sorted_by_group(rows)
        self.filter_field = QLineEdit()
        self.filter_field.setPlaceholderText("Type to find a key or a command")
        self.filter_field.setAccessibleName("Find a key")
        self.filter_field.setClearButtonEnabled(True)
        self._table = QTableWidget(0, 2)
        self._table.setAccessibleName("Keys")
        self._nothing = QLabel("No key or command is called that.")
        self._build()
        self._fill()

    def _build(self) -> None:
        table = self._table
        self._caps = _KeyCaps(self._theme, table)
        table.setItemDelegateForColumn(0, self._caps)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.horizontalHeader().hide()
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(QFontMetrics(ui_font()).height() + 13)
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(24, 6, 24, 6)
        self._nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 18, 0, 14)
        column.setSpacing(10)
        head = QVBoxLayout()
        head.setContentsMargins(24, 0, 24, 0)
        head.addWidget(self.filter_field)
        column.addLayout(head)
        column.addWidget(self._nothing)
        column.addWidget(table, 1)
        self.filter_field.textChanged.connect(self._filter)
        self.resize(600, 620)

    def _fill(self) -> None:
        group = None
        widest = 120
        for name, keys, description in self._rows:
            if name != group:
                group = name
                self._append(name.upper(), "", True)
            self._append(keys, description, False)
            widest = max(widest, self._caps.width(keys) + 34)
        self._table.setColumnWidth(0, min(widest, 320))

    def _append(self, left: str, right: str, is_group: bool) -> None:
        row = self._table.rowCount()
        self._table.insertRow(row)
        first, second = QTableWidgetItem(left), QTableWidgetItem(right)
        first.setData(_GROUP, is_group)
        self._table.setItem(row, 0, first)
        self._table.setItem(row, 1, second)
        if is_group:
            first.setFlags(Qt.ItemFlag.ItemIsEnabled)
            second.setFlags(Qt.ItemFlag.NoItemFlags)
            self._table.setSpan(row, 0, 1, 2)
            self._table.setRowHeight(row, self._table.rowHeight(row) + 12)
        else:
            first.setData(Qt.ItemDataRole.AccessibleTextRole, f"{left}: {right}")

    def shown(self) -> list[tuple[str, str]]:
        """The keys and descriptions that the filter leaves."""
        table = self._table
        return [
            (table.item(row, 0).text(), table.item(row, 1).text())
            for row in range(table.rowCount())
            if not table.isRowHidden(row) and not table.item(row, 0).data(_GROUP)
        ]

    def _filter(self, text: str) -> None:
        wanted = fold(text).split()
        table, heading, alive = self._table, -1, False
        for row in range(table.rowCount()):
            first, second = table.item(row, 0), table.item(row, 1)
            if first.data(_GROUP):
                if heading >= 0:
                    table.setRowHidden(heading, not alive)
                heading, alive = row, False
                continue
            line = fold(f"{table.item(heading, 0).text()} {first.text()} {second.text()}")
            fits = all(word in line for word in wanted)
            table.setRowHidden(row, not fits)
            alive = alive or fits
        if heading >= 0:
            table.setRowHidden(heading, not alive)
        self._nothing.setVisible(not self.shown())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            # From the filter straight into the list.
            self._table.setFocus()
        super().keyPressEvent(event)


def sorted_by_group(rows: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The rows with each group together, groups in the order in which they first come."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return [row for group in groups.values() for row in group]
