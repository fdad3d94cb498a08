"""How to find, as three small buttons, and the line that says what went wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from annotator.core.finding import Wanted
from annotator.gui.wording import tool_tip

#: Face, accessible name, key and what it does, in the order of the fields of ``Wanted``.
_BUTTONS = (
    (".*", "Regular expression", "Alt+R", "Read the field as a regular expression"),
    ("Aa", "Match exactly", "Alt+C", "Tell apart upper and lower case, marks and variants of letters"),
    ("|ab|", "Whole words", "Alt+W", "Find no part of a word"),
)
#: In the order in which they stand.
_ORDER = (1, 2, 0)


class FindOptions(QWidget):
    """Match exactly, whole words, regular expression; each goes on and off by a key while the bar has the focus."""

    #: An option went on or off.
    changed = Signal()

    def __init__(self, bar: QWidget) -> None:
        super().__init__(bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        self.buttons = [self._button(bar, *each) for each in _BUTTONS]
        for place in _ORDER:
            row.addWidget(self.buttons[place])
        # A field can be narrow, an option that cannot be read is none.
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _button(self, bar: QWidget, face: str, name: str, key: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        # Signs take the direction of what is around them: marks on both sides keep their order in a mirrored window.
        button.setText(f"\u200e{face}\u200e")
        button.setAccessibleName(name)
        button.setAccessibleDescription(f"{tip} ({key})")
        button.setToolTip(f"{name}: {tip[0].lower()}{tip[1:]} ({key})")
        button.setCheckable(True)
        button.setProperty("role", "switch")
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.toggled.connect(self.changed)
        shortcut = QShortcut(QKeySequence(key), bar)
        # Only where this bar has the focus: another bar may have the same keys.
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.click)
        return button

    def wanted(self, words: str) -> Wanted:
        """These words, to be found as the buttons say."""
        return Wanted(words, *(button.isChecked() for button in self.buttons))

    def take_literally(self) -> None:
        """Words are words now, no expression."""
        self.buttons[0].setChecked(False)

    @property
    def expression(self) -> bool:
        return self.buttons[0].isChecked()


class Elided(QLabel):
    """A plain line that ends in an ellipsis where it has no room; the tool tip then has all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _room(self) -> str:
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        fits = self._room()
        tip = "" if fits == self.text() else tool_tip(self.text())
        if tip != self.toolTip():
            self.setToolTip(tip)
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            start = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.contentsRect(), start, fits)


class Trouble(QLabel):
    """One sentence under a field, there only while something is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "error")
        self.setAccessibleName("What is wrong")
        self.setWordWrap(True)
        self.hide()

    def tell(self, text: str) -> None:
        """Show this sentence, or none."""
        self.setText(text)
        self.setVisible(bool(text))


def name_clear_button(field: QLineEdit) -> None:
    """Qt's own button that empties a field has no name."""
    for button in field.findChildren(QToolButton):
        button.setAccessibleName("Clear")
