"""Completes the query language in a field: what could stand at the caret hangs below; the caret stays in the field.

Fields are known at once; values are looked up by the reading thread, and the newest question wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from annotator.core.codebook import Codebook
from annotator.core.completion import Asked, Offer, asked, completed, fields
from annotator.gui.announce import announce
from annotator.gui.statement_filter import FilterField
from annotator.gui.statement_words import is_rtl, one_line
from annotator.gui.theme import Theme, ui_font, ui_size
from annotator.gui.worker import ReadingThread

#: Rows in sight at most, and the pop-up's width at least, in pixels of a 13 pixel font.
ROWS, WIDE = 9, 300

_Index = QModelIndex | QPersistentModelIndex


class QueryCompletion(QObject):
    """What could stand at the caret of a field. Tab takes the first or the chosen row, Enter a chosen one only."""

    def __init__(self, field: FilterField, theme: Theme) -> None:
        super().__init__(field)
        self._field = field
        self._thread: ReadingThread | None = None
        self._attributes: tuple[tuple[str, str], ...] = ()
        self._asked: Asked | None = None
        self._theme = theme
        self._rows = _Offers(self)
        field.textEdited.connect(self._on_edited)
        field.blurred.connect(self.close_offers)
        field.keys_first = self._took

    @cached_property
    def _popup(self) -> _Popup:
        # Made when something is offered first; a start does not pay for it.
        popup = _Popup(self._rows, self._theme, self._field)
        popup.list.clicked.connect(self._on_clicked)
        return popup

    @property
    def _is_open(self) -> bool:
        return "_popup" in self.__dict__ and self._popup.isVisible()

    def _hide(self) -> None:
        if self._is_open:
            self._popup.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if "_popup" in self.__dict__:
            self._popup.set_theme(theme)

    def set_codebook(self, codebook: Codebook) -> None:
        """Offer this codebook's attributes as fields."""
        self._attributes = tuple((a.name, a.label) for tag in codebook for a in tag.attributes)

    def set_reading_thread(self, thread: ReadingThread | None) -> None:
        if self._thread is not None and self._thread is not thread:
            self._thread.drop("offers")
        self._thread = thread
        self.close_offers()

    @property
    def offered(self) -> list[str]:
        """What is offered now, row by row; empty while nothing is shown."""
        return [offer.text for offer in self._rows.offers] if self._is_open else []

    def close_offers(self) -> None:
        """Hide what is offered and forget what was asked."""
        self._asked = None
        if self._thread is not None:
            self._thread.drop("offers")
        self._hide()

    def _on_edited(self, text: str) -> None:
        units = text.encode("utf-16-le", "surrogatepass")[: 2 * self._field.cursorPosition()]
        caret = len(units.decode("utf-16-le", "ignore"))
        term = asked(text, caret, (name for name, _ in self._attributes))
        self._asked = term
        if self._thread is not None:
            self._thread.drop("offers")
        if term is None:
            self._hide()
        elif not term.field:
            self._show(term, fields(term.typed, self._attributes))
        elif self._thread is not None:
            self._thread.ask(
                "offers",
                lambda reads: iter((reads.offers(term.field, term.typed),)),
                lambda offers: self._show(term, offers),
            )

    def _show(self, term: Asked, offers: Sequence[Offer]) -> None:
        if term is not self._asked:
            return
        # What is written already need not be offered.
        if not offers or [offer.text for offer in offers] == [term.typed] or not self._field.hasFocus():
            self._hide()
            return
        self._rows.show(offers)
        self._popup.open_below(self._field)

    def _took(self, event: QKeyEvent) -> bool:
        """Act on a key while something is offered; whether it was one of the pop-up's."""
        if not self._is_open:
            return False
        key, row, count = event.key(), self._popup.list.currentIndex().row(), self._rows.rowCount()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._choose((row + step) % count if row >= 0 else (0 if step > 0 else count - 1))
        elif key == Qt.Key.Key_Tab and not event.modifiers():
            self._accept(max(0, row))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self._accept(row)
        elif key == Qt.Key.Key_Escape:
            self.close_offers()
        else:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home):
                self.close_offers()
            return False
        return True

    def _choose(self, row: int) -> None:
        self._popup.list.setCurrentIndex(self._rows.index(row, 0))
        announce(self._field, self._rows.spoken(row), at_once=True)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._accept(index.row())

    def _accept(self, row: int) -> None:
        term, offer = self._asked, self._rows.offers[row]
        if term is None:
            return
        text, caret = completed(self._field.text(), term, offer.text)
        self.close_offers()
        self._field.setText(text)
        self._field.setCursorPosition(len(text[:caret].encode("utf-16-le", "surrogatepass")) // 2)
        if not term.field:
            # A field is there: its values come next.
            self._on_edited(text)


class _Offers(QAbstractListModel):
    """Offers, row by row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.offers: list[Offer] = []

    def show(self, offers: Sequence[Offer]) -> None:
        self.beginResetModel()
        self.offers = list(offers)
        self.endResetModel()

    def spoken(self, row: int) -> str:
        return ", ".join(filter(None, (self.offers[row].text, self.offers[row].detail)))

    # -- Qt --------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.offers)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.offers[index.row()].text
        return self.spoken(index.row()) if role == Qt.ItemDataRole.AccessibleTextRole else None


class _Painter(QStyledItemDelegate):
    """An offer, and after it quietly what it means; plain text only."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    @staticmethod
    def row_height() -> int:
        return QFontMetrics(ui_font()).height() + 9

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # Qt
        return QSize(100, self.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:  # Qt
        rows, theme = index.model(), self.theme
        if not isinstance(rows, _Offers):
            return
        offer, box, metrics = rows.offers[index.row()], QRect(option.rect), QFontMetrics(ui_font())
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.chosen))
            painter.drawRoundedRect(box.adjusted(4, 0, -4, 0), 5, 5)
        inner = box.adjusted(12, 0, -12, 0)
        painter.setFont(ui_font())
        painter.setPen(QColor(theme.text))
        elide = Qt.TextElideMode.ElideRight
        text = metrics.elidedText(one_line(offer.text), elide, inner.width())
        side = Qt.AlignmentFlag.AlignRight if is_rtl(text) and not offer.detail else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, text)
        room = inner.adjusted(metrics.horizontalAdvance(text) + 14, 0, 0, 0)
        if offer.detail and room.width() > 30:
            painter.setPen(QColor(theme.muted))
            detail = metrics.elidedText(one_line(offer.detail), elide, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        painter.restore()


class _Popup(QFrame):
    """Below the field, as a child of its window: it takes no focus and no grab."""

    def __init__(self, rows: _Offers, theme: Theme, field: FilterField) -> None:
        super().__init__(field)
        self.setAccessibleName("Completions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = theme
        self._painter = _Painter(theme, self)
        self.list = QListView(self)
        self.list.setAccessibleName("Completions")
        self.list.setModel(rows)
        self.list.setItemDelegate(self._painter)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("QListView { background: transparent; border: none; }")
        self.list.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 5, 2, 5)
        layout.addWidget(self.list)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = self._painter.theme = theme
        self.update()

    def open_below(self, field: FilterField) -> None:
        """Show under the field; no row is chosen."""
        window = field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.list.setCurrentIndex(QModelIndex())
        self.list.scrollToTop()
        corner = field.mapTo(window, QPoint(0, field.height() + 3))
        width = min(max(field.width(), round(WIDE * ui_size() / 13)), window.width() - 16)
        height = min(ROWS, self.list.model().rowCount()) * self._painter.row_height() + 12
        left = max(8, min(corner.x(), window.width() - width - 8))
        self.setGeometry(left, corner.y(), width, min(height, window.height() - corner.y() - 8))
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.hairline).darker(112) if not theme.dark else QColor(theme.bar_edge), 1))
            painter.setBrush(QColor(theme.page))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
