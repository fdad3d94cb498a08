"""The card that tells of the passages under the pointer: tag, coder, attributes, note; plain text only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from annotator.core.model import Tag
from annotator.gui.reader import Reader
from annotator.gui.theme import Theme, draw_shape, tag_color
from annotator.gui.wording import PassageCard

#: The pointer rests for so many ms before a card comes; to the next passage, while one is on show; before it goes.
REST, NEXT, GONE = 320, 110, 160
#: More passages than this are counted only.
MOST = 4
_WIDEST, _GAP = 380, 8


class _Shape(QWidget):
    """The sign of a tag."""

    def __init__(self, tag: Tag, theme: Theme) -> None:
        super().__init__()
        self._tag, self._theme = tag, theme
        self.setFixedSize(12, 12)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        with QPainter(self) as painter:
            draw_shape(painter, QRectF(1, 1, 10, 10), self._tag.shape, tag_color(self._theme, self._tag))


class Card(QFrame):
    """Floats over the text, takes no focus and lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Passages under the pointer")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(9)
        self._widgets: list[QWidget] = []
        self.hide()

    @property
    def lines(self) -> list[str]:
        """All that can be read on it, in order."""
        return [label.text() for label in self.findChildren(QLabel) if label.text() and not label.isHidden()]

    def tell(self, cards: Sequence[PassageCard], theme: Theme) -> None:
        """Say this instead of what was said before."""
        # Without asking the layout for its items: Qt deletes those, and the binding may take what next stands at
        # their address for one of them.
        for widget in self._widgets:
            self._column.removeWidget(widget)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        self._widgets = [_told(card, theme) for card in cards[:MOST]]
        if len(cards) > MOST:
            self._widgets.append(_label(f"and {len(cards) - MOST} more", "small"))
        for widget in self._widgets:
            self._column.addWidget(widget)
        self.setFixedWidth(min(_WIDEST, max(200, self.parentWidget().width() - 40)))
        self._column.activate()
        self.resize(self.width(), self._column.heightForWidth(self.width()))

    def place(self, line: QRectF, x: float, room: QRectF) -> None:
        """Stand under a line, or over it where there is more room; all in the parent's coordinates."""
        top = line.bottom() + _GAP
        if top + self.height() > room.bottom() and line.top() - room.top() > room.bottom() - line.bottom():
            top = line.top() - _GAP - self.height()
        left = max(room.left() + 8, min(x - 24, room.right() - self.width() - 8))
        self.move(round(left), round(max(room.top(), min(top, room.bottom() - self.height()))))
        self.show()
        self.raise_()


def _label(text: str, role: str = "", *, wrap: bool = False) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    return label


def _told(card: PassageCard, theme: Theme) -> QWidget:
    """One passage: sign, tag and coder in a line, its attributes, its note."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    head = QHBoxLayout()
    head.setSpacing(7)
    name = _label(card.head)
    font = name.font()
    font.setBold(True)
    name.setFont(font)
    head.addWidget(_Shape(card.tag, theme))
    head.addWidget(name)
    head.addStretch(1)
    head.addWidget(_label(card.aside, "small"))
    column.addLayout(head)
    grid = QGridLayout()
    grid.setContentsMargins(19, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    for number, (label, value) in enumerate(card.rows):
        name = _label(label, "small")
        name.setContentsMargins(0, 2, 0, 0)  # smaller letters, the same line
        grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_label(value, wrap=True), number, 1)
    if card.rows:
        column.addLayout(grid)
    for text, role in (
        (f"“{card.note}”" if card.note else "", ""),
        (f"{card.missing} missing" if card.missing else "", "warning"),
    ):
        if text:
            below = _label(text, role, wrap=True)
            below.setContentsMargins(19, 0, 0, 0)
            column.addWidget(below)
    return whole


#: After these the card is in the way.
_AWAY = frozenset(
    (
        QEvent.Type.MouseButtonPress,
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.Wheel,
        QEvent.Type.Leave,
        QEvent.Type.Resize,
        QEvent.Type.WindowDeactivate,
        QEvent.Type.Hide,
    )
)


class Hover(QObject):
    """Shows the card while the pointer rests on a passage's words or on its bar.

    ``describe`` gives what is told of annotations, of those that are still there.
    """

    def __init__(self, reader: Reader, describe: Callable[[Sequence[str]], Sequence[PassageCard]]) -> None:
        super().__init__(reader)
        self._reader, self._describe = reader, describe
        self.card = Card(reader)
        self._point = QPoint()
        self._ids: tuple[str, ...] = ()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._look)
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.setInterval(GONE)
        self._gone.timeout.connect(self.hide)
        viewport = reader.viewport()
        viewport.setMouseTracking(True)
        viewport.installEventFilter(self)
        reader.installEventFilter(self)
        reader.verticalScrollBar().valueChanged.connect(self.hide)

    def hide(self) -> None:
        """Take the card away, and show none before the pointer moves again."""
        self._rest.stop()
        self._gone.stop()
        self._ids = ()
        self.card.hide()

    def refresh(self) -> None:
        """What is told may have changed: a card that is on show is told anew."""
        if not self.card.isHidden():
            self._ids = ()
            self._rest.start(NEXT)

    def _look(self) -> None:
        """The pointer has rested: tell of what is under it."""
        reader = self._reader
        ids = () if reader.plain else tuple(reader.annotations_under(self._point))
        if not ids:
            if not self.card.isHidden():
                self._gone.start()
            return
        self._gone.stop()
        if ids == self._ids and not self.card.isHidden():
            return
        cards = self._describe(ids)
        found = reader.pointing.line_at(QPointF(self._point))
        if not cards or found is None:
            self.hide()
            return
        self._ids = ids
        self.card.tell(cards, reader.theme)
        _, line, top = found
        origin = QPointF(reader.viewport().pos())
        words = line.naturalTextRect().translated(0, top).translated(origin)
        room = QRectF(reader.viewport().rect()).translated(origin)
        self.card.place(words, self._point.x() + origin.x(), room)
        if reader.bar.isVisible() and reader.bar.geometry().intersects(self.card.geometry()):
            self.hide()  # the bar is for what the hands do now

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        kind = event.type()
        if isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseMove and watched is self._reader.viewport():
            if event.buttons() != Qt.MouseButton.NoButton:
                self.hide()
            else:
                self._point = event.position().toPoint()
                self._rest.start(REST if self.card.isHidden() else NEXT)
        elif kind in _AWAY:
            self.hide()
        return super().eventFilter(watched, event)
