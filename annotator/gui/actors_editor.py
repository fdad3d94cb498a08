"""Actors in a form: each a chip, and a line to type more names, completed from those that the project knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QStyle, QStyleOption, QToolTip, QWidget

from annotator.gui.announce import announce
from annotator.gui.completing_line import CompletingLine, Suggest
from annotator.gui.editing import EMPTY, claims, leaves, plain
from annotator.gui.mirror import placed
from annotator.gui.theme import mix
from annotator.gui.wording import tool_tip

#: Around the chips, between them, and between a chip's edge and its words, in pixels.
_EDGE, _GAP, _SIDE = 4, 4, 6
#: What the line keeps beside the chips; less, and it goes below them.
_LEAST = 56
#: Room for the sign that removes a chip, and for the one that says where its words stand.
_SIGN = 14


class Chip(NamedTuple):
    """Where an actor's chip stands, with its name as far as it has room."""

    name: str
    shown: str
    box: QRect


class _NameLine(CompletingLine):
    """The line behind the chips."""

    def __init__(self, suggest: Suggest, chips: ActorsEditor) -> None:
        super().__init__(suggest, chips)
        self._chips = chips
        self.setProperty("role", "inner")
        self.frame = chips

    def taken(self, text: str) -> None:
        self.setText(text)
        self._chips.take_typed()

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._chips.claims(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if not self._chips.pressed(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        super().focusOutEvent(event)
        self._chips.on_focus(False, leaves(event))

    def focusInEvent(self, event: QFocusEvent) -> None:  # Qt
        super().focusInEvent(event)
        self._chips.on_focus(True, False)


class ActorsEditor(QFrame):
    """Names as chips, one or ``many``, and a line behind them; as a text they are separated by ``;``.

    Backspace at the beginning of the line marks the last chip and then removes it, Left and Right go along the chips.
    A value that nobody types (``ghost``) can stand in the empty field: Enter or Right takes it.
    """

    edited = Signal()
    finished = Signal()
    entered = Signal()
    escaped = Signal()
    #: The sign of a chip whose words are picked from the text was clicked (its name).
    words_asked = Signal(str)

    def __init__(self, suggest: Suggest, many: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._many = many
        self._names: list[str] = []
        self._quotes: Mapping[str, str] = {}
        self._chips: list[Chip] = []
        #: The chip that is marked; all of them at -1.
        self._marked: int | None = None
        self._put = ""
        self._ghost = ""
        self._hint = EMPTY
        self.line = _NameLine(suggest, self)
        self.setFocusProxy(self.line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.line.edited.connect(self._on_edited)
        self.line.finished.connect(self.finished)
        self.line.entered.connect(self.entered)
        self.line.escaped.connect(self.escaped)
        self._show_hint()

    # -- the text ------------------------------------------------------------------------

    def typed(self) -> str:
        rest = self.line.text().strip()
        if not self._many:
            return rest or "; ".join(self._names)
        return "; ".join([*self._names, *([rest] if rest else [])])

    def put(self, text: str) -> None:
        names = text.split(";") if self._many else [text]
        self._names = list(dict.fromkeys(name.strip() for name in names if name.strip()))
        self._marked = None
        self.line.setText("")
        self._put = self.typed()
        self._arrange()

    def hint(self, text: str) -> None:
        self._hint = text
        self._show_hint()

    @property
    def suggestions(self) -> list[str]:
        """What is offered now; empty while nothing is."""
        return self.line.suggestions

    @property
    def many(self) -> bool:
        """Whether it takes several."""
        return self._many

    @property
    def names(self) -> list[str]:
        """The actors that are chips already."""
        return list(self._names)

    @property
    def marked(self) -> str:
        """The name whose chip is marked; empty without one."""
        return self._names[self._marked] if self._marked is not None and self._marked >= 0 else ""

    @property
    def ghost(self) -> str:
        return self._ghost

    def set_ghost(self, name: str) -> None:
        """Offer this name while the field is empty; an empty one is none."""
        self._ghost = name
        self._show_hint()

    def take_ghost(self) -> bool:
        """Take the name that is offered, if the field is empty; whether one was."""
        if not self._ghost or self.typed():
            return False
        self._names = [self._ghost]
        self._arrange()
        self.edited.emit()
        return True

    def set_quotes(self, quotes: Mapping[str, str]) -> None:
        """These names were picked from the text: the words that say them, by name."""
        self._quotes = dict(quotes)
        self._arrange()

    def selectAll(self) -> None:
        """Mark all chips and the line's text: what is typed next takes their place."""
        self._marked = -1 if self._names else None
        self.line.selectAll()
        self.update()

    def setText(self, text: str) -> None:
        """Have this typed; separators end names."""
        self.put(text)
        self.edited.emit()

    def take_typed(self) -> None:
        """What stands in the line is a name: it becomes a chip."""
        name = self.line.text().strip()
        if name:
            self._names = [*(each for each in self._names if each != name), name] if self._many else [name]
            self.line.setText("")
        self._arrange()
        self.edited.emit()

    def _on_edited(self) -> None:
        if self._many and ";" in self.line.text():
            *done, rest = self.line.text().split(";")
            self._names = list(dict.fromkeys([*self._names, *(name.strip() for name in done if name.strip())]))
            self.line.setText(rest.lstrip())
            self.line.put_away()
        elif self.line.text().isspace():
            # The blank after a separator begins no name.
            self.line.setText("")
        self._marked = None
        self._arrange()
        self.edited.emit()

    def _remove(self, place: int) -> None:
        gone = self._names.pop(place)
        self._marked = None
        announce(self.line, f"{gone} removed")
        self._arrange()
        self.edited.emit()

    # -- keys -------------------------------------------------------------------------------

    def claims(self, event: QKeyEvent) -> bool:
        """Whether this key is for the chips."""
        if event.matches(QKeySequence.StandardKey.Undo) and not self.line.text():
            return False
        claimed = claims(event, self.typed() != self._put)
        return bool(claimed)

    def pressed(self, event: QKeyEvent) -> bool:
        """A key in the line; whether it was for the chips."""
        if not plain(event) or self.line.offers:
            return False
        key, at_start = event.key(), self.line.cursorPosition() == 0 and not self.line.hasSelectedText()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        back = Qt.Key.Key_Right if rtl else Qt.Key.Key_Left
        on = Qt.Key.Key_Left if rtl else Qt.Key.Key_Right
        if self._marked is not None:
            return self._pressed_on_chip(event, back, on)
        if self._ghost and not self.typed() and key in (on, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take_ghost()
            if key != on:
                self.finished.emit()
                self.entered.emit()
            return True
        if self._names and at_start and key in (back, Qt.Key.Key_Backspace):
            self._mark(len(self._names) - 1)
            return True
        return False

    def _pressed_on_chip(self, event: QKeyEvent, back: Qt.Key, on: Qt.Key) -> bool:
        key, place = event.key(), self._marked if self._marked is not None else 0
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            if place < 0:
                self._clear()
            else:
                self._remove(place)
                if self._names and key == Qt.Key.Key_Backspace:
                    self._mark(max(0, place - 1))
            return True
        if key in (back, Qt.Key.Key_Home):
            self._mark(0 if key == Qt.Key.Key_Home or place <= 0 else place - 1)
            return True
        if key in (on, Qt.Key.Key_End):
            last = place < 0 or place + 1 >= len(self._names) or key == Qt.Key.Key_End
            self._mark(None if last else place + 1)
            return True
        if event.text() and event.text().isprintable():
            self._clear() if place < 0 else self._mark(None)
            return False
        if key == Qt.Key.Key_Escape and place >= 0:
            self._mark(None)
            return True
        return False

    def _clear(self) -> None:
        self._names, self._marked = [], None
        self.line.setText("")
        self._arrange()
        self.edited.emit()

    def _mark(self, place: int | None) -> None:
        self._marked = place
        if place is not None:
            announce(self.line, f"{self._names[place]}, {place + 1} of {len(self._names)}")
        self.line.deselect()
        self.update()

    def on_focus(self, came: bool, leaves: bool) -> None:
        """The line got the focus or lost it."""
        if leaves:
            self._marked = None
        self.setProperty("active", came or not leaves)
        self._polish()
        self._show_hint()
        self.update()

    # -- places -------------------------------------------------------------------------------

    def _show_hint(self) -> None:
        if self._names:
            text = ""
        elif self._ghost:
            text = f"{self._ghost}  ↵" if self.line.hasFocus() else self._ghost
        else:
            text = self._hint
        self.line.hint(text)

    def _polish(self) -> None:
        self.style().unpolish(self)
        self.style().polish(self)

    def _arrange(self) -> None:
        """Put the chips in rows, the line behind the last one, and be as high as they need."""
        metrics, width = QFontMetrics(self.font()), max(60, self.width())
        row = metrics.height() + 4
        x, y, room = _EDGE, _EDGE, width - 2 * _EDGE
        self._chips = []
        for name in self._names:
            wanted = metrics.horizontalAdvance(name) + 2 + 2 * _SIDE + _SIGN * (1 + (name in self._quotes))
            wide = min(wanted, room)
            if x > _EDGE and x + wide > _EDGE + room:
                x, y = _EDGE, y + row + _GAP
            words = wide - 2 * _SIDE - _SIGN * (1 + (name in self._quotes))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, words)
            self._chips.append(Chip(name, shown, QRect(x, y, wide, row)))
            x += wide + _GAP
        typing = bool(self.line.text()) or self.line.hasFocus() or not self._names
        least = max(_LEAST, metrics.horizontalAdvance(self.line.text()) + 12) if typing and self._names else 0
        if x > _EDGE and x + min(least, room) > _EDGE + room:
            x, y = _EDGE, y + row + _GAP
        left = x + (4 if not self._names else 0)
        box = QRectF(left, y, max(1, _EDGE + room - left), row)
        self.line.setGeometry(placed(box, QRectF(0, y, width, row), self.layoutDirection()).toRect())
        height = y + row + _EDGE
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)
        self._show_hint()
        self.update()

    def _box(self, chip: Chip) -> QRectF:
        return placed(QRectF(chip.box), QRectF(0, 0, self.width(), self.height()), self.layoutDirection())

    def _signs(self, chip: Chip) -> tuple[QRectF, QRectF]:
        """Where the sign stands that removes a chip, and the one of its words (empty without one)."""
        box = self._box(chip)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        close = QRectF(box.left() + 3 if rtl else box.right() - _SIGN - 3, box.top(), _SIGN, box.height())
        if chip.name not in self._quotes:
            return close, QRectF()
        return close, QRectF(box.right() - _SIGN - 3 if rtl else box.left() + 3, box.top(), _SIGN, box.height())

    # -- Qt -------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # Qt
        """Of one row, beside which the label stands."""
        return QSize(160, QFontMetrics(self.font()).height() + 4 + 2 * _EDGE)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        option = QStyleOption()
        option.initFrom(self)
        palette = self.palette()
        text, ground = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        accent = palette.color(QPalette.ColorRole.Link)
        with QPainter(self) as painter:
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place, chip in enumerate(self._chips):
                marked = self.isEnabled() and self._marked in (place, -1)
                fill = palette.color(QPalette.ColorRole.Highlight) if marked else mix(ground, text, 0.08)
                painter.setPen(QPen(accent, 1.2) if marked else Qt.PenStyle.NoPen)
                painter.setBrush(fill)
                painter.drawRoundedRect(self._box(chip).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
                self._paint_chip(painter, chip, text, accent)

    def _paint_chip(self, painter: QPainter, chip: Chip, text: QColor, accent: QColor) -> None:
        close, words = self._signs(chip)
        painter.setPen(text if self.isEnabled() else self.palette().color(QPalette.ColorRole.PlaceholderText))
        inner = self._box(chip).adjusted(_SIDE, 0, -_SIDE, 0)
        if not words.isEmpty():
            inner.setLeft(inner.left() + _SIGN) if words.left() < inner.center().x() else inner.setRight(
                inner.right() - _SIGN
            )
            paint_words_sign(painter, words, accent)
        side = Qt.AlignmentFlag.AlignRight if close.left() < inner.center().x() else Qt.AlignmentFlag.AlignLeft
        painter.setPen(text)
        painter.drawText(inner, Qt.AlignmentFlag.AlignAbsolute | side | Qt.AlignmentFlag.AlignVCenter, chip.shown)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.2))
        at = close.center()
        painter.drawLine(at + QPointF(-2.8, -2.8), at + QPointF(2.8, 2.8))
        painter.drawLine(at + QPointF(-2.8, 2.8), at + QPointF(2.8, -2.8))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt
        self.line.setFocus(Qt.FocusReason.MouseFocusReason)
        self._marked = None
        for place, chip in enumerate(self._chips):
            if self._box(chip).contains(event.position()):
                close, words = self._signs(chip)
                if close.contains(event.position()):
                    self._remove(place)
                elif words.contains(event.position()):
                    self.words_asked.emit(chip.name)
                else:
                    self._mark(place)
                return
        self.update()

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for chip in self._chips:
                if self._box(chip).contains(QPointF(event.pos())):
                    quote = self._quotes.get(chip.name, "")
                    text = f"{chip.name}\nIn the text: “{quote}”" if quote else chip.name
                    QToolTip.showText(event.globalPos(), tool_tip(text), self)
                    return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        """Keys for the field are for its line."""
        self.line.keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # Qt
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange, QEvent.Type.EnabledChange):
            self._arrange()

    def setAccessibleName(self, name: str) -> None:  # Qt
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:  # Qt
        """What stands in chips is told as well: a screen reader reads the line alone."""
        super().setAccessibleDescription(description)
        self.line.setAccessibleDescription("; ".join(part for part in (", ".join(self._names), description) if part))

    def setToolTip(self, text: str) -> None:  # Qt
        super().setToolTip(text)
        self.line.setToolTip(text)


def paint_words_sign(painter: QPainter, box: QRectF, color: QColor) -> None:
    """The sign of a value whose words are in the text: a dotted line under a short one."""
    painter.save()
    at = box.center()
    painter.setPen(QPen(color, 1.4))
    painter.drawLine(at + QPointF(-4, -2), at + QPointF(4, -2))
    pen = QPen(color, 1.6)
    pen.setDashPattern([1.0, 1.2])
    painter.setPen(pen)
    painter.drawLine(at + QPointF(-4, 2.5), at + QPointF(4, 2.5))
    painter.restore()
