"""The actors as rows of a list: their ids are known, the rest is read when it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from annotator.core.model import ActorId
from annotator.gui.theme import Theme, ui_font, ui_size
from annotator.gui.wording import one_line
from annotator.store.roster import ActorSummary

#: Rows that are read at once, and rows that are kept.
PAGE, KEPT = 60, 6000
_Index = QModelIndex | QPersistentModelIndex


class ActorRows(QAbstractListModel):
    """Rows of actors; ``ask`` is called with the ids of rows that are looked at and not read yet."""

    SUMMARY = Qt.ItemDataRole.UserRole

    def __init__(self, ask: Callable[[Sequence[str]], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._ids: list[ActorId] = []
        self._rows: dict[str, int] = {}
        self._known: dict[str, ActorSummary] = {}
        self._asked: set[int] = set()

    def clear(self) -> None:
        self.beginResetModel()
        self._ids, self._rows, self._known, self._asked = [], {}, {}, set()
        self.endResetModel()

    def add(self, ids: Sequence[ActorId]) -> None:
        """List these after the others."""
        if not ids:
            return
        first = len(self._ids)
        self.beginInsertRows(QModelIndex(), first, first + len(ids) - 1)
        self._ids.extend(ids)
        self._rows.update((each, first + n) for n, each in enumerate(ids))
        self._asked.discard(first // PAGE)  # its page may have been read when it was shorter
        self.endInsertRows()

    def take(self, summaries: Sequence[ActorSummary]) -> None:
        """These have been read."""
        if len(self._known) > KEPT:
            self._known.clear()
            self._asked.clear()
        for each in summaries:
            self._known[each.actor.id] = each
        rows = [self._rows[each.actor.id] for each in summaries if each.actor.id in self._rows]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))

    def forget(self) -> None:
        """What is known of them may have changed."""
        self._asked.clear()
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def id(self, row: int) -> str:
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def row_of(self, actor: str) -> int:
        """The row of an actor, -1 when it is not listed."""
        return self._rows.get(actor, -1)

    def summary(self, row: int) -> ActorSummary | None:
        """What is known of the actor in this row; what is not is asked for."""
        page = row // PAGE
        if page not in self._asked:
            self._asked.add(page)
            self._ask(self._ids[page * PAGE : (page + 1) * PAGE])
        return self._known.get(self.id(row))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # Qt
        if role not in (self.SUMMARY, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        each = self.summary(index.row())
        if role == self.SUMMARY or each is None:
            return each if role == self.SUMMARY else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(each.actor.name)
        parts = (one_line(each.actor.name), each.actor.type, passages_of(each.passages))
        return ", ".join(part for part in parts if part)


def passages_of(count: int) -> str:
    """How many passages, in words."""
    return f"{count:,} passage{'s' * (count != 1)}"


class ActorPainter(QStyledItemDelegate):
    """Draws an actor: its colour, its name over its type, how many passages name it. Plain text only."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        size = ui_size()
        self._unit = size / 13.0
        self._name, self._small = ui_font(size * 1.0), ui_font(size * 0.87)
        self._name.setWeight(QFont.Weight.DemiBold)

    @property
    def row_height(self) -> int:
        return round(QFontMetrics(self._name).height() + QFontMetrics(self._small).height() + 15 * self._unit)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # Qt
        return QSize(160, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:  # Qt
        theme, unit = self._theme, self._unit
        each = index.data(ActorRows.SUMMARY)
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.chosen))
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), QColor(theme.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.hover))
        painter.setPen(QColor(theme.hairline))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if each is not None:
            inside = rect.adjusted(16 * unit, 6 * unit, -14 * unit, -6 * unit)
            dot = QRectF(inside.left(), inside.center().y() - 5 * unit, 10 * unit, 10 * unit)
            painter.setPen(QColor(theme.muted))
            painter.setBrush(QColor(each.actor.color) if each.actor.color else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot)
            inside.setLeft(dot.right() + 10 * unit)
            count = f"{each.passages:,}"
            small = QFontMetrics(self._small)
            room = small.horizontalAdvance(count) + 10 * unit
            painter.setFont(self._small)
            painter.setPen(QColor(theme.muted))
            painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)
            inside.setRight(inside.right() - room)
            name = QFontMetrics(self._name)
            top = QRectF(inside.left(), inside.top(), inside.width(), name.height())
            below = QRectF(inside.left(), top.bottom() + 2 * unit, inside.width(), small.height())
            other = " · ".join(part for part in (each.actor.type, *map(one_line, each.actor.aliases[:3])) if part)
            painter.drawText(
                below, 0, small.elidedText(other or "no type", Qt.TextElideMode.ElideRight, round(below.width()))
            )
            painter.setFont(self._name)
            painter.setPen(QColor(theme.text))
            words = name.elidedText(one_line(each.actor.name), Qt.TextElideMode.ElideRight, round(top.width()))
            painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()
