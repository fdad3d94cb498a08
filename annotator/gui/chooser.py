"""The small list at the caret from which a tag or a passage is chosen, by typing, arrow keys, digits or click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.model import Tag
from annotator.core.text import fold
from annotator.gui.announce import announce
from annotator.gui.page import is_rtl
from annotator.gui.selection_bar import SHADOW, draw_shadow
from annotator.gui.theme import LIGHT, Theme, draw_shape, tag_color, ui_font, ui_size

_AnyIndex = QModelIndex | QPersistentModelIndex
#: Rows in sight at most, and the width in pixels of a 13 pixel font.
_ROWS, _WIDTH = 10, 430
#: Rows in sight at most where each has its definition below it.
_TALL_ROWS = 6
_LEAP = _ROWS - 1
#: Fewer letters than this begin some word of every definition.
_TELLING = 3


class Choice(NamedTuple):
    """One row: what ``chosen`` tells, what it says, its tag for colour and shape, and the key that means the same."""

    target: str
    label: str
    detail: str = ""
    tag: Tag | None = None
    key: str = ""


def fitting(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """The choices of which each typed word begins a word, best first: in the label, in the name, in the detail.

    Marks and case do not count. What begins the label goes before what stands inside of it; else the order stays.
    """
    words = fold(typed).split()
    ranked = [(rank, n) for n, choice in enumerate(choices) if (rank := _rank(choice, words)) is not None]
    return [choices[n] for _, n in sorted(ranked)]


def _rank(choice: Choice, words: Sequence[str]) -> int | None:
    label, name = fold(choice.label), fold(choice.tag.name if choice.tag else "")
    if not words:
        return 0
    whole = " ".join(words)
    if whole in (label, name, fold(choice.key)):
        return 0
    if label.startswith(whole):
        return 1
    texts = [label, name, f"{label} {name}"]
    if min(map(len, words)) >= _TELLING:
        texts.append(f"{label} {name} {fold(choice.detail)}")
    for rank, text in enumerate(texts, 2):
        parts = _words(text)
        if all(any(part.startswith(word) for part in parts) for word in words):
            return rank
    return 6 if all(word in label for word in words) else None


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()


class _Rows(QAbstractListModel):
    """The choices that fit."""

    CHOICE = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choices: list[Choice] = []

    def show(self, choices: list[Choice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # Qt
        choice = self.choices[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(choice)
        return choice if role == self.CHOICE else None


def spoken(choice: Choice) -> str:
    """A choice as a screen reader says it."""
    return ", ".join(filter(None, (choice.label, choice.detail, f"key {choice.key}" if choice.key else "")))


class _Painter(QStyledItemDelegate):
    """Paints shape, label, a quiet detail after it or on two lines below, and the key as a cap. Plain text only."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        #: Whether the details stand below, where a definition has room.
        self.tall = False

    def _head_height(self) -> int:
        return QFontMetrics(ui_font()).height() + 12

    def row_height(self) -> int:
        under = 2 * QFontMetrics(ui_font(ui_size() * 0.9)).height() + 3 if self.tall else 0
        return self._head_height() + under

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:  # Qt
        return QSize(100, self.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:  # Qt
        theme, choice = self.theme, index.data(_Rows.CHOICE)
        rect = QRect(option.rect)
        rtl = option.direction == Qt.LayoutDirection.RightToLeft

        def placed(left: int, width: int) -> QRect:
            """A stretch of the row, counted from where its language begins."""
            x = rect.right() + 1 - left - width if rtl else rect.left() + left
            return QRect(x, rect.top(), width, self._head_height())

        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.chosen))
            painter.drawRoundedRect(QRectF(rect.adjusted(5, 0, -5, 0)), 5, 5)
        left, right = 14, rect.width() - 14
        if choice.tag is not None:
            edge = round(ui_size() * 0.8)
            middle = QRectF(placed(left, edge)).center()
            shape = QRectF(middle.x() - edge / 2, middle.y() - edge / 2, edge, edge)
            draw_shape(painter, shape, choice.tag.shape, tag_color(theme, choice.tag))
            left += edge + 9
        if choice.key:
            small = ui_font(ui_size() * 0.85)
            metrics = QFontMetrics(small)
            width, height = max(22, metrics.horizontalAdvance(choice.key) + 12), metrics.height() + 3
            right -= width
            cap = QRectF(placed(right, width))
            box = QRectF(cap.left() + 0.5, round(cap.center().y() - height / 2) + 0.5, width - 1, height)
            painter.setPen(QColor(theme.hairline))
            painter.setBrush(QColor(theme.field))
            painter.drawRoundedRect(box, 4, 4)
            painter.setFont(small)
            painter.setPen(QColor(theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, choice.key)
            right -= 10
        painter.setFont(ui_font())
        metrics = QFontMetrics(ui_font())
        room = right - left
        wanted = metrics.horizontalAdvance(choice.label) + 2
        side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | side

        def along(text: str) -> int:
            """A text stands where its row begins, and runs as its own letters do."""
            run = Qt.TextFlag.TextForceRightToLeft if is_rtl(text) else Qt.TextFlag.TextForceLeftToRight
            return int(start) | int(run)

        width = min(room, wanted)
        painter.setPen(QColor(theme.text))
        label = metrics.elidedText(choice.label, Qt.TextElideMode.ElideRight, width)
        painter.drawText(placed(left, width), along(choice.label), label)
        if self.tall:
            small = ui_font(ui_size() * 0.9)
            painter.setFont(small)
            painter.setPen(QColor(theme.muted))
            room, step = rect.width() - 14 - left, QFontMetrics(small).height()
            for n, text in enumerate(two_lines(choice.detail, small, room)):
                place = placed(left, room)
                place.setTop(rect.top() + self._head_height() - 4 + n * step)
                place.setHeight(step)
                painter.drawText(place, along(choice.detail), text)
            painter.restore()
            return
        left, room = left + width + 10, room - width - 10
        if choice.detail and room > 40:
            painter.setPen(QColor(theme.muted))
            detail = metrics.elidedText(choice.detail, Qt.TextElideMode.ElideRight, room)
            painter.drawText(placed(left, room), along(choice.detail), detail)
        painter.restore()


def two_lines(text: str, font: QFont, width: int) -> list[str]:
    """The text as two lines of this width in pixels; what does not fit is cut with an ellipsis."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    if not line.isValid():
        return []
    line.setLineWidth(width)
    layout.endLayout()
    # Qt counts UTF-16 units.
    units = text.encode("utf-16-le", "replace")
    first = units[: 2 * line.textLength()].decode("utf-16-le", "replace")
    rest = text[len(first) :]
    return [
        first.rstrip(),
        *([QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)] if rest else []),
    ]


class Chooser(QFrame):
    """Floats over the window at a place; Enter or a click chooses, Esc or looking elsewhere leaves.

    With a field, typing narrows the list; without one, a digit chooses the row of that number.
    """

    #: A choice was made: its ``target``.
    chosen = Signal(str)
    #: It went without a choice, by Esc.
    left = Signal()
    #: It came, or it went.
    stands = Signal(bool)

    def __init__(self, parent: QWidget, theme: Theme = LIGHT) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices: list[Choice] = []
        self._typed = True
        self._anchor, self._page = QRect(), QRect()
        self._title = QLabel()
        self.field = QLineEdit()
        self.list = QListView()
        self.list.setAccessibleName("Choices")
        self._rows = _Rows(self)
        self._painter = _Painter(theme, self)
        self._nothing = QLabel("No tag is called that.")
        self._build()

    def _build(self) -> None:
        self.setAccessibleName("Choose")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("role", "small")
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(14, 2, 14, 8)
        self.field.setAccessibleName("Part of the name")
        self.field.setPlaceholderText("Type part of the name")
        self.list.setModel(self._rows)
        self.list.setItemDelegate(self._painter)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("QListView, QListView:focus { border: none; background: transparent; }")
        column = QVBoxLayout(self)
        column.setContentsMargins(SHADOW + 1, SHADOW + 8, SHADOW + 1, SHADOW + 6)
        column.setSpacing(6)
        head = QVBoxLayout()
        head.setContentsMargins(13, 0, 13, 0)
        head.setSpacing(6)
        head.addWidget(self._title)
        head.addWidget(self.field)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self._nothing)
        self.field.textChanged.connect(self._narrow)
        self.list.clicked.connect(self._on_clicked)
        self.list.entered.connect(self.list.setCurrentIndex)
        for part in (self.field, self.list):
            part.installEventFilter(self)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = self._painter.theme = theme
        self.update()

    def open(
        self, title: str, choices: Sequence[Choice], anchor: QRect, page: QRect, *, typed: bool, row: int = 0
    ) -> None:
        """Offer these at an anchor, within a page (both in the parent), beginning with a row of them.

        ``typed`` has a field to narrow them.
        """
        self.hide()
        self._choices, self._typed = list(choices), typed
        self._painter.tall = typed and any(choice.detail for choice in choices)
        self._anchor, self._page = anchor, page
        self._title.setText(title)
        self.setAccessibleName(title)
        self.list.setAccessibleName(title)
        self.field.setVisible(typed)
        self.field.clear()
        self._narrow("")
        self._go(row)
        self.show()
        self.raise_()
        (self.field if typed else self.list).setFocus(Qt.FocusReason.PopupFocusReason)

    def offered(self) -> list[str]:
        """The targets of the rows that are shown, in their order."""
        return [choice.target for choice in self._rows.choices]

    def close_list(self) -> None:
        """Go, without telling anybody."""
        if self.isVisible():
            self.hide()

    def _narrow(self, typed: str) -> None:
        self._rows.show(fitting(self._choices, typed))
        found = bool(self._rows.choices)
        self.list.setVisible(found)
        self._nothing.setVisible(not found)
        if found:
            self._go(0)
        self._place()

    def _go(self, row: int) -> None:
        row = max(0, min(row, len(self._rows.choices) - 1))
        self.list.setCurrentIndex(self._rows.index(row, 0))
        if self._typed and self.field.hasFocus():
            announce(self.field, spoken(self._rows.choices[row]), at_once=True)

    def _place(self) -> None:
        """Below the anchor, or above it where the page ends; as wide as is comfortable."""
        title = QFontMetrics(ui_font(ui_size() * 0.85))
        self._title.ensurePolished()
        width = min(round(_WIDTH * ui_size() / 13), self._page.width() - 8)
        elided = title.elidedText(self.accessibleName(), Qt.TextElideMode.ElideRight, width - 30)
        self._title.setText(elided)
        rows = min(_TALL_ROWS if self._painter.tall else _ROWS, len(self._rows.choices))
        self.list.setFixedHeight(rows * self._painter.row_height() + 2)
        self.layout().activate()
        size = QSize(width + 2 * SHADOW, self.layout().totalSizeHint().height())
        if self.isVisible():
            # The field stands still while typing narrows the list.
            self.resize(size)
            return
        top, height = self._anchor.bottom() + 6 - SHADOW, size.height()
        if top + height - SHADOW > self._page.bottom() and self._anchor.top() - height + SHADOW > self._page.top():
            top = self._anchor.top() - 6 - height + SHADOW
        top = max(self._page.top() - SHADOW, min(top, self._page.bottom() - height + SHADOW))
        left = self._anchor.left() - 20 - SHADOW
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left = self._anchor.right() + 20 + SHADOW - size.width()
        left = max(self._page.left() - SHADOW, min(left, self._page.right() - size.width() + SHADOW))
        self.setGeometry(QRect(QPoint(left, top), size))

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._rows.choices):
            target = self._rows.choices[row].target
            self.hide()
            self.chosen.emit(target)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._choose(index.row())

    def _pressed(self, event: QKeyEvent) -> bool:
        """Act on a key of the list; whether it was one."""
        key, row = event.key(), self.list.currentIndex().row()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _LEAP, Qt.Key.Key_PageUp: -_LEAP}
        if key in steps and self._rows.choices:
            last, step = len(self._rows.choices) - 1, steps[Qt.Key(key)]
            # One step goes round at the ends.
            self._go((row + step) % (last + 1) if abs(step) == 1 else row + step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(row)
        elif key == Qt.Key.Key_Escape:
            self.hide()
            self.left.emit()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            pass  # there is nowhere else to go in here
        elif not self._typed and event.text().isdigit() and event.text() != "0":
            self._choose(int(event.text()) - 1)
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        plain = isinstance(event, QKeyEvent) and not event.modifiers()
        if plain and event.type() == QEvent.Type.ShortcutOverride and not self._typed:
            event.accept()  # plain keys are the list's own while it is open
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        self.stands.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:  # Qt
        super().hideEvent(event)
        self.stands.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        box = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            draw_shadow(painter, box, self._theme)
            painter.setPen(QColor(self._theme.hairline))
            painter.setBrush(QColor(self._theme.page))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
