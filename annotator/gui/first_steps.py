"""Three steps under the reader for who is here for the first time: select, tag, undo or hand on.

The card goes on as the coder does each step, never takes the keyboard, and stays away once it was closed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStyle, QToolButton, QWidget

from annotator.core.values import dataclass
from annotator.gui.announce import announce
from annotator.gui.theme import Theme, ui_font, ui_size

SELECT, TAG, HAND_ON = "select", "tag", "hand on"
STEPS = (SELECT, TAG, HAND_ON)
#: The card is no wider than this many times the height of the font.
_WIDEST = 64


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that the steps name, as the user has them; empty where a command has none."""

    sentence: str = "S"
    tags: tuple[str, ...] = ("1", "2", "3")
    undo: str = "Ctrl+Z"
    export: str = "Ctrl+E"
    all: str = "?"

    def words(self, step: str) -> tuple[str, str]:
        """What a step is called, and how it is done."""
        if step == SELECT:
            return "Select words", f"Drag, or press {self.sentence}" if self.sentence else "Drag over them"
        if step == TAG:
            return "Tag them", f"Press {_listed(self.tags)}" if self.tags else "Choose one in the Passage menu"
        back = f"{self.undo} undoes" if self.undo else "Undo is in the Edit menu"
        return "Undo or hand on", back + (f", {self.export} exports" if self.export else "")


def _listed(keys: Sequence[str]) -> str:
    """``1``, ``1 or 2``, ``1, 2 or 3``, ``1 to 5``."""
    if len(keys) > 3:
        return f"{keys[0]} to {keys[-1]}"
    return f"{', '.join(keys[:-1])} or {keys[-1]}" if len(keys) > 1 else keys[0]


class _Step(QWidget):
    """One step: a number, or a tick once it is done, and two lines of text unless there is no room for them."""

    def __init__(self, number: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._number, self._theme = number, theme
        self._title = self._detail = ""
        self._state = "later"
        self._short = False

    def set_words(self, title: str, detail: str) -> None:
        self._title, self._detail = title, detail
        self._tell()

    def set_state(self, state: str) -> None:
        """``done``, ``now`` or ``later``."""
        self._state = state
        self._tell()

    def set_short(self, short: bool) -> None:
        """Show the number alone."""
        if short != self._short:
            self._short = short
            self.updateGeometry()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def _tell(self) -> None:
        state = {"done": "done", "now": "now", "later": "later"}[self._state]
        self.setAccessibleName(f"Step {self._number}, {state}: {self._title}. {self._detail}")
        self.setToolTip(f"{self._title}: {self._detail}".replace("<", "‹") if self._short else "")
        self.updateGeometry()
        self.update()

    @staticmethod
    def _fonts() -> tuple[QFont, QFont]:
        title = ui_font()
        title.setWeight(QFont.Weight.DemiBold)
        return title, ui_font(ui_size() * 0.9)

    @staticmethod
    def _disc() -> int:
        return round(ui_size() * 1.75)

    def full_width(self) -> int:
        """The width with both lines of text."""
        title, detail = self._fonts()
        words = max(
            QFontMetrics(title).horizontalAdvance(self._title), QFontMetrics(detail).horizontalAdvance(self._detail)
        )
        return self._disc() + 10 + words + 4

    def sizeHint(self) -> QSize:  # Qt
        title, detail = self._fonts()
        height = max(self._disc(), QFontMetrics(title).height() + QFontMetrics(detail).height() + 1) + 2
        return QSize(self._disc() + 2 if self._short else self.full_width(), height)

    def minimumSizeHint(self) -> QSize:  # Qt
        return QSize(self._disc() + 2, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        theme, side = self._theme, self._disc()
        where = QRect(1, (self.height() - side) // 2, side, side)
        disc = QRectF(QStyle.visualRect(self.layoutDirection(), self.rect(), where)).adjusted(0.5, 0.5, -0.5, -0.5)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._state == "done":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.good))
                painter.drawEllipse(disc)
                pen = QPen(QColor(theme.page), 2, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                x, y, unit = disc.center().x(), disc.center().y(), side / 22
                tick = ((-4.5, 0.5), (-1.5, 3.5), (4.5, -3.5))
                painter.drawPolyline(QPolygonF([QPointF(x + a * unit, y + b * unit) for a, b in tick]))
            else:
                now = self._state == "now"
                painter.setPen(Qt.PenStyle.NoPen if now else QPen(QColor(theme.muted), 1.2))
                painter.setBrush(QColor(theme.accent) if now else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(disc)
                number = ui_font()
                number.setWeight(QFont.Weight.DemiBold)
                painter.setFont(number)
                painter.setPen(QColor(theme.on_accent if now else theme.muted))
                painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._number))
            if self._short:
                return
            title, detail = self._fonts()
            lines = (QFontMetrics(title).height(), QFontMetrics(detail).height())
            left, top = side + 10, (self.height() - sum(lines) - 1) // 2
            for font, text, height, color in (
                (title, self._title, lines[0], theme.text if self._state == "now" else theme.muted),
                (detail, self._detail, lines[1], theme.text if self._state == "now" else theme.muted),
            ):
                box = QRect(left, top, self.width() - left, height)
                painter.setFont(font)
                painter.setPen(QColor(color))
                painter.drawText(
                    QStyle.visualRect(self.layoutDirection(), self.rect(), box),
                    QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
                    | Qt.AlignmentFlag.AlignVCenter,
                    painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width()),
                )
                top += height + 1


class FirstSteps(QWidget):
    """The card; hidden until it is offered."""

    #: The user closed it, or did all steps: it is not to come back by itself.
    closed = Signal()
    #: A step was done; ``done`` has them all.
    advanced = Signal()
    #: Esc was pressed in it: the keyboard goes back to the text.
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = Keys()
        self._done: set[str] = set()
        self.setAccessibleName("First steps")
        self._steps = {name: _Step(number, theme, self) for number, name in enumerate(STEPS, 1)}
        self._close = QToolButton(self)
        self._close.setText("✕")
        self._close.setProperty("role", "quiet")
        self._close.setAccessibleName("Close the first steps")
        self._close.setToolTip("Close for ever; the Help menu shows them again")
        # By Tab only: a click here must not take the keyboard from the text.
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self.close_for_ever)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(20)
        self._row.addStretch(1)
        for step in self._steps.values():
            self._row.addWidget(step)
            self._row.addStretch(1)
        self._row.addWidget(self._close)
        self._tell()
        self.hide()

    @property
    def done(self) -> tuple[str, ...]:
        """The steps that were done, in their order."""
        return tuple(name for name in STEPS if name in self._done)

    @property
    def now(self) -> str:
        """The step to do next; empty after the last."""
        return next((name for name in STEPS if name not in self._done), "")

    def set_keys(self, keys: Keys) -> None:
        """Name these keys."""
        if keys != self._keys:
            self._keys = keys
            self._tell()

    def offer(self, done: Collection[str] = ()) -> None:
        """Show the card, with these steps done already."""
        self._done = {name for name in STEPS if name in done}
        self._tell()
        self.show()

    def fulfil(self, step: str) -> None:
        """The coder has just done this; without the card on show that is nothing to tell."""
        if self.isHidden() or step in self._done:
            return
        self._done.add(step)
        self._tell()
        self.advanced.emit()
        if self.now:
            title, detail = self._keys.words(self.now)
            announce(self, f"Next: {title}. {detail}.")
        else:
            announce(self, "Those were the three steps.")
            self.closed.emit()

    def close_for_ever(self) -> None:
        """Away with it; the command in the Help menu brings it back."""
        if self.isHidden():
            return
        had_focus = self._close.hasFocus()
        self.hide()
        self.closed.emit()
        if had_focus:
            self.left.emit()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for step in self._steps.values():
            step.set_theme(theme)
        self._arrange()
        self.update()

    def _tell(self) -> None:
        now = self.now
        for name, step in self._steps.items():
            step.set_words(*self._keys.words(name))
            step.set_state("done" if name in self._done else "now" if name == now else "later")
        every = f"{self._keys.all} shows every key" if self._keys.all else "The Help menu has all keys"
        title, detail = self._keys.words(now) if now else ("All three steps are done", every)
        self.setAccessibleDescription(f"{title}. {detail}.")
        self._arrange()

    def _arrange(self) -> None:
        """As much text as there is room for: that of all steps, or of the one to do now."""
        side = max(14, (self.width() - _WIDEST * ui_size()) // 2)
        margins = (side + 18, 7 + 9, side + 8, 12 + 9)
        room = self.width() - margins[0] - margins[2] - self._close.sizeHint().width() - 20 * (2 * len(STEPS))
        tight = sum(step.full_width() for step in self._steps.values()) > room + 20 * len(STEPS)
        for name, step in self._steps.items():
            step.set_short(tight and name != (self.now or HAND_ON))
        self._row.setSpacing(10 if tight else 20)
        self._row.setContentsMargins(*margins)

    # -- Qt ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange) and hasattr(self, "_row"):
            self._tell()

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_for_ever()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        side = max(14, (self.width() - _WIDEST * ui_size()) // 2)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.page))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.hairline), 1))
            painter.setBrush(QColor(theme.chrome))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(side + 0.5, 7.5, -side - 0.5, -12.5), 10, 10)
