"""One sentence across the top of the window, and a way on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from annotator.gui.announce import announce
from annotator.gui.theme import Theme

Kind = Literal["error", "info"]


class Banner(QWidget):
    """Tells one thing at a time, without taking the focus; hidden while there is nothing to tell."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Message")
        self.setProperty("role", "banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = QLabel("")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons: list[QPushButton] = []
        self._kind: Kind = "info"
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setAccessibleName("Close message")
        self._close.setToolTip("Close")
        self._close.setProperty("role", "quiet")
        self._close.clicked.connect(self.clear)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 7, 10, 7)
        self._row.setSpacing(8)
        self._row.addWidget(self._label, 1)
        self._row.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """What is told now; empty when nothing is."""
        return self._label.text()

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        return tuple(self._buttons)

    def show_message(
        self, text: str, kind: Kind = "error", actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Tell this in place of what was told before, with up to two ways on; a screen reader says it."""
        self._drop_buttons()
        self._label.setText(text)
        self._kind = kind
        self._label.setProperty("role", "error" if kind == "error" else "")
        self._polish()
        for label, callback in actions[:2]:
            button = QPushButton(label.replace("&", "&&"))
            button.setAccessibleName(label)
            button.clicked.connect(partial(self._act, callback))
            self._row.insertWidget(self._row.count() - 1, button)
            self._buttons.append(button)
        self.setAccessibleDescription(text)
        self.show()
        announce(self, text, at_once=kind == "error")

    def hide_error(self) -> None:
        """What went wrong is over; a piece of information stays."""
        if self._kind == "error":
            self.clear()

    def set_theme(self, theme: Theme) -> None:
        """Wear this theme: the label's colour goes with its kind, which the style sheet looks up."""
        self._polish()

    def clear(self) -> None:
        """Nothing to tell any more."""
        shown = bool(self._label.text())
        self._drop_buttons()
        self._label.setText("")
        self.hide()
        if shown:
            self.closed.emit()

    def _act(self, callback: Callable[[], object], _checked: bool = False) -> None:
        # Cleared first: what the button does may have something new to tell.
        self.clear()
        callback()

    def _polish(self) -> None:
        # A style sheet looks at a property only when it is asked to.
        self._label.style().unpolish(self._label)
        self._label.style().polish(self._label)

    def _drop_buttons(self) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons.clear()

    def event(self, event: QEvent) -> bool:  # Qt
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)
