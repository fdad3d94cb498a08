"""What narrows the list of statements: chips for the coder's progress, and a field for the query language."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFocusEvent, QIcon, QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QSizePolicy, QStyle, QWidget

from annotator.gui.theme import Theme

#: Each chip's status in the query language, and its label.
CHIPS = (("", "All"), ("unread", "Unread"), ("open", "Open"), ("done", "Done"))


def compact(count: int) -> str:
    """A count that fits a chip: ``4,321``, ``84k``, ``1.2M``."""
    if count < 10_000:
        return f"{count:,}"
    return f"{count // 1000}k" if count < 1_000_000 else f"{count / 1_000_000:.1f}M"


class Chips(QWidget):
    """Pills of which one is chosen; arrow keys move between them, and they wrap where there is little room."""

    #: The status that was chosen, empty for all.
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._chips: dict[str, QPushButton] = {}
        for status, label in CHIPS:
            chip = QPushButton(label, self)
            chip.setCheckable(True)
            chip.setProperty("role", "chip")
            chip.setProperty("status", status)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(chip)
            self._chips[status] = chip
        self._chips[""].setChecked(True)
        self._group.buttonToggled.connect(self._toggled)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_counts({})

    @property
    def status(self) -> str:
        return str(self._group.checkedButton().property("status"))

    def choose(self, status: str) -> None:
        self._chips[status].setChecked(True)

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show how many statements are unread, open and done."""
        for status, label in CHIPS:
            count, chip = counts.get(status or "all", 0), self._chips[status]
            chip.setText(f"{label} {compact(count)}" if status and counts else label)
            noun = "statement" if count == 1 else "statements"
            chip.setAccessibleName(f"{label}, {count:,} {noun}")
            chip.setToolTip(f"{count:,} {noun}" if counts else "")
        self._arrange()

    def _toggled(self, chip: QPushButton, checked: bool) -> None:
        if checked:
            self.chosen.emit(str(chip.property("status")))

    def _arrange(self) -> None:
        gap, x, y, line = 6, 0, 0, 0
        for chip in self._chips.values():
            size = chip.sizeHint()
            if x and x + size.width() > self.width():
                x, y = 0, y + line + gap
            place = QRect(QPoint(x, y), size)
            chip.setGeometry(QStyle.visualRect(self.layoutDirection(), QRect(0, 0, self.width(), 1), place))
            x, line = x + size.width() + gap, size.height()
        self.setFixedHeight(y + line)

    # -- Qt --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class FilterField(QLineEdit):
    """Where the query is typed; Esc and Down are told."""

    escaped = Signal()
    left = Signal()
    #: The focus went elsewhere.
    blurred = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: What takes keys before the field does; tells whether it took one.
        self.keys_first: Callable[[QKeyEvent], bool] = lambda event: False
        self.setAccessibleName("Filter")
        self.setPlaceholderText("Filter: words, tag:demand, issuer:SDF…")
        self._clear = QAction("Clear the filter", self)
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self.textChanged.connect(self.show_clear)
        self.show_clear()

    def show_clear(self) -> None:
        """Offer the clear button only when there is something to clear."""
        self._clear.setVisible(bool(self.text()))

    def set_theme(self, theme: Theme) -> None:
        self._clear.setIcon(cross(theme, self.devicePixelRatioF()))

    # -- Qt --------------------------------------------------------------------------------

    def event(self, event) -> bool:
        if event.type() == event.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        # Here, because Tab would be gone before keyPressEvent.
        if event.type() == event.Type.KeyPress and self.keys_first(event):
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.blurred.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def cross(theme: Theme, ratio: float) -> QIcon:
    """A small cross in the theme's quiet colour."""
    picture = QPixmap(round(16 * ratio), round(16 * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.muted), 1.5, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(5, 5, 11, 11)
        painter.drawLine(11, 5, 5, 11)
    return QIcon(picture)
