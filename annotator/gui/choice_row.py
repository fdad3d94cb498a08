"""A short vocabulary in a form: all its values beside each other, each with its number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.core.model import Choice
from annotator.gui.announce import announce
from annotator.gui.choosing import ChoiceEditor
from annotator.gui.editing import plain
from annotator.gui.mirror import placed
from annotator.gui.theme import mix, ui_size
from annotator.gui.wording import tool_tip

#: Vocabularies of so many values are shown as a row; longer ones are typed.
MOST = 6
#: Between a value's edge and its words, between values, and between number and words, in pixels.
_SIDE, _GAP, _AFTER_KEY = 7, 4, 5


class Place(NamedTuple):
    """Where a value stands: its row in the list, the box, and its number (empty without a key)."""

    row: int
    box: QRect
    key: str


class ChoiceRow(ChoiceEditor):
    """The values of a vocabulary, of which one is chosen by its number, its first letters, the arrows or a click.

    To screen readers it is the list that it is made of. The same number again, Del and a click on what is chosen
    take the choice away. A stored value that the vocabulary has no more is shown behind the others.
    """

    def __init__(self, choices: Iterable[Choice], parent: QWidget | None = None) -> None:
        self._places: list[Place] = []
        self._over = -1
        super().__init__(choices, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.currentIndexChanged.connect(self._on_index)
        self._arrange()

    def put(self, text: str) -> None:
        super().put(text)
        self._arrange()

    def _on_index(self) -> None:
        self.update()

    def choose(self, row: int) -> None:
        """Choose the value of this row of the list; again, none."""
        self.setCurrentIndex(0 if row == self.currentIndex() else row)
        announce(self, self.currentText() if self.currentIndex() else "none")
        self.edited.emit()

    # -- places -------------------------------------------------------------------------------

    def _arrange(self) -> None:
        metrics, small = QFontMetrics(self.font()), self._small()
        width, row = max(60, self.width()), metrics.height() + 8
        x = y = 0
        self._places = []
        for number in range(1, self.count()):
            key = str(number) if number < 10 and number < self._known else ""
            keyed = small.horizontalAdvance(key) + _AFTER_KEY if key else 0
            wide = min(width, metrics.horizontalAdvance(self.itemText(number)) + keyed + 2 * _SIDE + 2)
            if x and x + wide > width:
                x, y = 0, y + row + _GAP
            self._places.append(Place(number, QRect(x, y, wide, row), key))
            x += wide + _GAP
        height = y + row
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)
        self.update()

    def _small(self) -> QFontMetrics:
        font = self.font()
        font.setPixelSize(max(9, round(ui_size() * 0.8)))
        return QFontMetrics(font)

    def _box(self, place: Place) -> QRectF:
        return placed(QRectF(place.box), QRectF(0, 0, self.width(), self.height()), self.layoutDirection())

    def _row_at(self, point: QPointF) -> int:
        return next((place.row for place in self._places if self._box(place).contains(point)), -1)

    # -- Qt -------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # Qt
        return QSize(super().sizeHint().width(), QFontMetrics(self.font()).height() + 8)

    def minimumSizeHint(self) -> QSize:  # Qt
        return QSize(60, QFontMetrics(self.font()).height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        palette, rtl = self.palette(), self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        text, accent = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Link)
        muted, ground = palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.Base)
        line = palette.color(QPalette.ColorRole.Mid)
        key_font = self.font()
        key_font.setPixelSize(max(9, round(ui_size() * 0.8)))
        begin, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        side = (end if rtl else begin) | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place in self._places:
                box = self._box(place).adjusted(0.5, 0.5, -0.5, -0.5)
                chosen, over = place.row == self.currentIndex(), place.row == self._over and self.isEnabled()
                painter.setPen(QPen(accent if chosen else muted if over else line, 1.0))
                painter.setBrush(mix(ground, accent, 0.14) if chosen else ground)
                painter.drawRoundedRect(box, 6, 6)
                inner = box.adjusted(_SIDE, 0, -_SIDE, 0)
                if place.key:
                    painter.setFont(key_font)
                    painter.setPen(accent if chosen else muted)
                    painter.drawText(inner, side, place.key)
                    shift = painter.fontMetrics().horizontalAdvance(place.key) + _AFTER_KEY
                    inner = inner.adjusted(0, 0, -shift, 0) if rtl else inner.adjusted(shift, 0, 0, 0)
                font = self.font()
                # A value that the vocabulary has no more looks like a date that was inferred: it is there, not certain.
                font.setItalic(place.row >= self._known)
                painter.setFont(font)
                painter.setPen(text if chosen or self.isEnabled() else muted)
                words = QFontMetrics(font).elidedText(
                    self.itemText(place.row), Qt.TextElideMode.ElideRight, round(inner.width()) + 2
                )
                painter.drawText(inner, side, words)
            if self.hasFocus():
                ring = mix(ground, accent, 1.0)
                at = next((self._box(p) for p in self._places if p.row == self.currentIndex()), None)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(ring, 2.0))
                area = at if at is not None else QRectF(self.rect())
                painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        row = self._row_at(event.position())
        if row > 0 and event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self.choose(row)
            self.finished.emit()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # Qt
        over = self._row_at(event.position())
        if over != self._over:
            self._over = over
            self.update()

    def leaveEvent(self, event: QEvent) -> None:  # Qt
        super().leaveEvent(event)
        self._over = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        key, text = event.key(), event.text()
        if plain(event) and text in tuple("123456789"):
            if int(text) < self._known:
                self.choose(int(text))
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and plain(event):
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            step = 1 if (key == Qt.Key.Key_Right) != rtl else -1
            self.setCurrentIndex(max(0, min(self.count() - 1, self.currentIndex() + step)))
            self.edited.emit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(QPointF(event.pos()))
            text = str(self.itemData(row, Qt.ItemDataRole.ToolTipRole) or "") if row > 0 else ""
            if row >= self._known:
                text = tool_tip("The codebook has this value no more.")
            QToolTip.showText(event.globalPos(), text or self.toolTip(), self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # Qt
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._arrange()
