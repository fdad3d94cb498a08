"""The views of the window: reading, and what else there is. A view is made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QWidget

READ, PASSAGES, ACTORS = "read", "passages", "actors"


class Views(QWidget):
    """The row of buttons that switch views; ``pages`` is where the views stand."""

    #: Another view is shown (its name).
    shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages = QStackedWidget()
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._made: dict[str, QWidget] = {}
        self.current = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)

    def add(self, name: str, label: str, make: Callable[[], QWidget]) -> QPushButton:
        """Have one more view; ``make`` gives its page when it is first shown. The first one is shown at once."""
        button = QPushButton(label)
        button.setProperty("role", "view")
        button.setCheckable(True)
        button.setAccessibleName(f"{label} view")
        button.clicked.connect(partial(self.show_view, name))
        self.layout().addWidget(button)
        self._makers[name], self._buttons[name] = make, button
        if not self.current:
            self.show_view(name)
        return button

    def button(self, name: str) -> QPushButton:
        return self._buttons[name]

    def show_view(self, name: str) -> None:
        """Show this view, and tell it."""
        if name not in self._made:
            page = self._made[name] = self._makers[name]()
            self.pages.addWidget(page)
        for each, button in self._buttons.items():
            button.setChecked(each == name)
        if name != self.current:
            self.current = name
            self.pages.setCurrentWidget(self._made[name])
            self.shown.emit(name)
