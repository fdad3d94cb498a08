"""The dark bar at the selection that names what can be done with it, and the key for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from annotator.gui.mirror import aligned, placed
from annotator.gui.theme import LIGHT, Theme, ui_font, ui_size

#: Room around the bar for its shadow, in pixels.
SHADOW = 12
_GAP = 8
#: So many ms after it came or moved the bar lets the mouse through: a third click, or a quick one, is the text's.
FRESH_MS = 350


def draw_shadow(painter: QPainter, box: QRectF, theme: Theme) -> None:
    """A shadow of a few soft rings around a box: an effect would render what floats twice at every paint."""
    for spread in range(SHADOW, 0, -2):
        painter.setBrush(QColor(0, 0, 0, max(1, round(theme.shadow / 5 * (1 - spread / (SHADOW + 2))))))
        painter.drawRoundedRect(box.adjusted(-spread, -spread + 3, spread, spread + 3), 8 + spread, 8 + spread)


class Entry(NamedTuple):
    """One button: its key cap, its label, and the command that ``chosen`` names."""

    key: str
    label: str
    command: str


class _Choice(QAbstractButton):
    """A key cap and a label."""

    def __init__(self, entry: Entry, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry = entry
        self.theme = theme
        self._short = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(entry.label)
        self.setAccessibleName(entry.label)
        self.setAccessibleDescription(f"Key {entry.key}" if entry.key else "")

    def _cap_width(self) -> int:
        return max(20, QFontMetrics(ui_font(ui_size() * 0.85)).horizontalAdvance(self.entry.key) + 10)

    def set_short(self, short: bool) -> None:
        """Show the key cap alone; a button without a key keeps its label."""
        short = short and bool(self.entry.key)
        if short != self._short:
            self._short = short
            self.setToolTip(self.entry.label.replace("<", "‹") if short else "")
            self.updateGeometry()
            self.update()

    def full_width(self) -> int:
        """The width with key cap and label."""
        cap = self._cap_width() + 9 if self.entry.key else 0
        return 11 + cap + QFontMetrics(ui_font()).horizontalAdvance(self.entry.label) + 11

    def sizeHint(self) -> QSize:  # Qt
        width = 5 + self._cap_width() + 5 if self._short else self.full_width()
        return QSize(width, QFontMetrics(ui_font()).height() + 12)

    def enterEvent(self, event: QEnterEvent) -> None:  # Qt
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # Qt
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        theme = self.theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if self.underMouse() or self.isDown():
                painter.setBrush(QColor(theme.bar_hover))
                painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
            x = 5 if self._short else 11
            if self.entry.key:
                height = QFontMetrics(ui_font()).height() - 1
                cap = QRectF(x, (self.height() - height) / 2, self._cap_width(), height)
                cap = placed(cap, QRectF(self.rect()), self.layoutDirection())
                painter.setBrush(QColor(theme.bar_hover))
                painter.drawRoundedRect(cap, 4, 4)
                painter.setFont(ui_font(ui_size() * 0.85))
                painter.setPen(QColor(theme.bar_key))
                # A bracket is not to be turned round.
                painter.drawText(cap, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextForceLeftToRight, self.entry.key)
                x += self._cap_width() + 9
            if self._short:
                return
            painter.setFont(ui_font())
            painter.setPen(QColor(theme.bar_text))
            rest = placed(QRectF(x, 0, self.width() - x, self.height()), QRectF(self.rect()), self.layoutDirection())
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | aligned(self.layoutDirection()), self.entry.label)


class SelectionBar(QWidget):
    """Floats over its parent and never takes the focus; ``chosen`` names the command of the clicked entry."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme = LIGHT) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: list[Entry] = []
        self._buttons: list[_Choice] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Selection")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(*(SHADOW + 6,) * 4)
        self._row.setSpacing(2)
        self._fresh = QTimer(self, singleShot=True, interval=FRESH_MS)
        self._fresh.timeout.connect(lambda: self._let_through(False))
        self.hide()

    def _let_through(self, on: bool) -> None:
        """Whether what lies below has the mouse."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on)

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries)

    def set_entries(self, entries: Sequence[tuple[str, str, str]]) -> None:
        """Offers these (key, label, command) in this order; without any the bar never shows."""
        entered = [Entry(*each) for each in entries]
        if entered == self._entries:
            return
        self._entries = entered
        # Without asking the layout for its items: Qt deletes those, and the binding may take what next stands at
        # their address for one of them.
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for entry in self._entries:
            button = _Choice(entry, self._theme, self)
            button.clicked.connect(self._on_clicked)
            self._row.addWidget(button)
            self._buttons.append(button)
            # A bar that is on show would leave a new button hidden, and have no size.
            button.show()
        self.adjustSize()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for button in self._buttons:
            button.theme = theme
        self.update()

    def place(self, first: QRect, below: int | None, page: QRect) -> None:
        """Shows the bar over the first line of the selected words, so that it covers none that come after them.

        Where there is no room above it, it goes under the last line, which ends at ``below``; None where that is out
        of sight. Where the page is narrower than the bar, the buttons show their keys only. All is in the parent.
        """
        if not self._entries:
            self.hide()
            return
        buttons = self._buttons
        room = 2 * 6 + self._row.spacing() * (len(buttons) - 1)
        short = sum(button.full_width() for button in buttons) + room > page.width()
        for button in buttons:
            button.set_short(short)
        self._row.invalidate()
        size = self.sizeHint()
        self.resize(size)
        top = first.top() - _GAP - size.height() + SHADOW
        if top + SHADOW < page.top() and below is not None:
            top = below + _GAP - SHADOW
        top = max(page.top() - SHADOW, min(top, page.bottom() - size.height() + SHADOW))
        left = first.center().x() - size.width() // 2
        left = max(page.left() - SHADOW, min(left, page.right() - size.width() + SHADOW))
        if self.isHidden() or self.pos() != QPoint(left, top):
            self._let_through(True)
            self._fresh.start()
        self.move(QPoint(left, top))
        self.show()
        self.raise_()

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, _Choice):
            self.chosen.emit(button.entry.command)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        box = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            draw_shadow(painter, box, self._theme)
            painter.setPen(QColor(self._theme.bar_edge))
            painter.setBrush(QColor(self._theme.bar))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
