"""The sign that a tag is held like a marker pen: a badge in the reader's corner, and a pointer in the tag's colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit

from annotator.core.model import Tag
from annotator.gui.theme import LIGHT, Theme, draw_shape, mix, tag_color, ui_font, ui_size

_MARGIN = 12
#: What the sign says after the tag.
_ESC = "Esc ends"


class MarkerSign(QAbstractButton):
    """Says which tag is held, in the upper corner of the text; a click on it puts the marker away."""

    #: The sign was clicked.
    put_away = Signal()

    def __init__(self, reader: QPlainTextEdit, theme: Theme = LIGHT) -> None:
        super().__init__(reader)
        self._reader, self._theme = reader, theme
        self._tag: Tag | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self.put_away)
        reader.installEventFilter(self)
        self.hide()

    def show_tag(self, tag: Tag | None) -> None:
        """Say that this tag is held; none takes the sign away."""
        self._tag = tag
        view = self._reader.viewport()
        if tag is None:
            self.hide()
            view.setCursor(Qt.CursorShape.IBeamCursor)
            return
        label = tag.label or tag.name
        self.setText(f"Marker: {label}")
        self.setAccessibleName(f"Marker: {label}")
        self.setAccessibleDescription("Every selection gets this tag; Esc puts the marker away")
        self.setToolTip("Every selection gets this tag. Esc or a click puts the marker away.")
        view.setCursor(_pen(tag_color(self._theme, tag), QColor(self._theme.page), self.devicePixelRatioF()))
        self._place()
        self.show()
        self.raise_()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._tag is not None:
            self.show_tag(self._tag)

    def _place(self) -> None:
        self.resize(self.sizeHint())
        inner = self._reader.contentsRect()
        bar = self._reader.verticalScrollBar().width()
        if self._reader.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left = inner.left() + bar + _MARGIN
        else:
            left = inner.right() - bar - _MARGIN - self.width()
        self.move(max(inner.left(), left), inner.top() + _MARGIN)

    def sizeHint(self) -> QSize:  # Qt
        metrics, small = QFontMetrics(ui_font()), QFontMetrics(ui_font(ui_size() * 0.85))
        width = 14 + ui_size() + 8 + metrics.horizontalAdvance(self.text()) + 12 + small.horizontalAdvance(_ESC) + 12
        return QSize(min(width + 12, max(120, self._reader.width() // 2)), metrics.height() + 14)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        if self._tag is None:
            return
        theme, color = self._theme, tag_color(self._theme, self._tag)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(color, 2))
            painter.setBrush(mix(theme.page, color, 0.22 if self.underMouse() else 0.12))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft

            def placed(left: float, width: float) -> QRectF:
                x = self.width() - left - width if rtl else left
                return QRectF(x, 0, width, self.height())

            side = ui_size() * 0.85
            middle = placed(14, side).center()
            shape = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
            draw_shape(painter, shape, self._tag.shape, color)
            small = ui_font(ui_size() * 0.85)
            metrics = QFontMetrics(small)
            cap_width, cap_height = metrics.horizontalAdvance(_ESC) + 12, metrics.height() + 2
            cap = placed(self.width() - 9 - cap_width, cap_width)
            cap = QRectF(cap.left(), (self.height() - cap_height) / 2, cap_width, cap_height)
            painter.setPen(QColor(theme.hairline))
            painter.setBrush(QColor(theme.page))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(QColor(theme.muted))
            painter.setFont(small)
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, _ESC)
            painter.setPen(QColor(theme.text))
            painter.setFont(ui_font())
            left = 14 + side + 8
            room = placed(left, self.width() - left - cap_width - 16)
            label = QFontMetrics(ui_font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, label)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


def _pen(color: QColor, page: QColor, ratio: float) -> QCursor:
    """An I-beam with a stroke of the marker beside it, seen on any ground."""
    picture = QPixmap(round(26 * ratio), round(26 * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    beam = [((5, 3), (11, 3)), ((8, 3), (8, 22)), ((5, 22), (11, 22))]
    nib = QPolygonF([QPointF(13, 22), QPointF(14, 16), QPointF(21, 5), QPointF(25, 8), QPointF(18, 19)])
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for width, ink in ((4.0, page), (1.6, _ink(page))):
            painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            for one, other in beam:
                painter.drawLine(QPointF(*one), QPointF(*other))
        painter.setPen(QPen(page, 1.5))
        painter.setBrush(color)
        painter.drawPolygon(nib)
    return QCursor(picture, 8, 13)


def _ink(page: QColor) -> QColor:
    return QColor("#ffffff") if page.lightnessF() < 0.5 else QColor("#000000")
