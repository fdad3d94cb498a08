"""Formats to choose from, grouped by what people want of them, each with a line that says what it is for."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from annotator.formats import Format
from annotator.gui.mirror import aligned

_Index = QModelIndex | QPersistentModelIndex

#: What people want, in the order of the list, with the purposes of formats that do it.
GROUPS = (
    ("Hand on", ("exchange",)),
    ("Analyse", ("analysis",)),
    ("Train", ("training",)),
    ("Archive", ("archive",)),
    ("Read", ("reading",)),
)
_NAME, _LINE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
#: Pixels of a row beside its lines.
_PADDING, _SIDE = 5, 10


class FormatList(QListWidget):
    """One format is chosen at all times; headings are passed over."""

    #: Another format was chosen.
    chosen = Signal()

    def __init__(self, formats: Iterable[Format], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Format")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(180)
        self.setItemDelegate(_Lines(self))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        formats = tuple(formats)
        known = {purpose for _, purposes in GROUPS for purpose in purposes}
        others = tuple(sorted({f.purpose for f in formats} - known))
        for heading, purposes in (*GROUPS, ("Other", others)):
            of_group = [f for f in formats if f.purpose in purposes]
            if of_group:
                self._add_heading(heading)
            for each in of_group:
                self._add(each)
        self.currentItemChanged.connect(lambda *_: self.chosen.emit())

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text.upper())
        item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.addItem(item)

    def _add(self, each: Format) -> None:
        item = QListWidgetItem(each.label)
        item.setData(_NAME, each.name)
        item.setData(_LINE, each.description)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{each.label}. {each.description}")
        self.addItem(item)

    @property
    def name(self) -> str:
        """The name of the format that is chosen."""
        item = self.currentItem()
        return str(item.data(_NAME) or "") if item is not None else ""

    def choose(self, name: str) -> bool:
        """Choose the format of that name; whether there is one."""
        for row in range(self.count()):
            if self.item(row).data(_NAME) == name:
                self.setCurrentRow(row)
                return True
        return False

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        # Before, no row had a height.
        self.scrollTo(self.currentIndex(), QListWidget.ScrollHint.PositionAtCenter)


class _Lines(QStyledItemDelegate):
    """Two lines for a format, one for a heading."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # Qt
        if not index.data(_NAME):
            return QSize(100, QFontMetrics(_small(option.font)).height() + (18 if index.row() else 10))
        lines = QFontMetrics(option.font).height() + QFontMetrics(_small(option.font)).height()
        return QSize(100, lines + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:  # Qt
        box, side, colors = QRect(option.rect).adjusted(_SIDE, 0, -_SIDE, 0), aligned(option.direction), option.palette
        small, words = _small(option.font), str(index.data(Qt.ItemDataRole.DisplayRole))
        painter.save()
        # The words are English in either direction; only where they begin changes.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if not index.data(_NAME):
            small.setWeight(QFont.Weight.DemiBold)
            painter.setFont(small)
            painter.setPen(colors.color(QPalette.ColorRole.Dark))
            painter.drawText(box.adjusted(0, 0, 0, -3), side | Qt.AlignmentFlag.AlignBottom, words)
            painter.restore()
            return
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        blank.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, blank, painter, option.widget)
        first = QFontMetrics(option.font)
        top = QRect(box.left(), box.top() + _PADDING, box.width(), first.height())
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(option.font)
        painter.setPen(colors.text().color())
        painter.drawText(top, side | Qt.AlignmentFlag.AlignVCenter, first.elidedText(words, elide, box.width()))
        second = QFontMetrics(small)
        below = QRect(box.left(), top.bottom() + 1, box.width(), second.height())
        painter.setFont(small)
        painter.setPen(colors.color(QPalette.ColorRole.Dark))
        line = second.elidedText(str(index.data(_LINE)), elide, box.width())
        painter.drawText(below, side | Qt.AlignmentFlag.AlignVCenter, line)
        painter.restore()


def _small(font: QFont) -> QFont:
    smaller = QFont(font)
    if font.pixelSize() > 0:
        smaller.setPixelSize(max(10, round(font.pixelSize() * 0.85)))
    else:
        smaller.setPointSizeF(font.pointSizeF() * 0.85)
    return smaller
