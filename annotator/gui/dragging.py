"""How the mouse selects: by characters, by whole words, or after a double or triple click by words and sentences."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from annotator.core.text import Span
from annotator.gui.moves import Unit, dragged


class Dragging(QObject):
    """One drag at a time, in code points of the stored text."""

    #: The mouse has made a selection, and it is no part of a longer one: a triple click tells once, not thrice.
    finished = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        #: Whether plain drags snap out to whole words; Alt does the opposite.
        self.snaps = False
        self._anchor: Span | None = None
        self._by: Unit = "character"
        self._pressed_at = QPoint()
        self._moved = self._ours = False
        self._double = QTimer(self)
        self._double.setSingleShot(True)
        self._double.timeout.connect(self.finished)

    def press(self, event: QMouseEvent, anchor: Span | None, by: Unit = "character") -> None:
        """The button went down on this: an empty span, or the word or sentence of a double or triple click.

        Without an anchor the drag is none of ours, such as one that takes selected words elsewhere.
        """
        if self._double.isActive() and by != "sentence":
            self._double.stop()
            self.finished.emit()  # there will be no third click
        self._double.stop()
        self._anchor, self._by, self._moved, self._ours = anchor, by, False, False
        self._pressed_at = event.position().toPoint()

    def move(self, event: QMouseEvent, text: str, offset: int, language: str) -> tuple[int, int] | None:
        """Anchor and position of the selection for a pointer at this offset; None if Qt's own will do."""
        if self._anchor is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return None
        if (event.position().toPoint() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance():
            self._moved = True
        if not self._moved:
            return None
        by = self._by
        if by == "character":
            if self.snaps != bool(event.modifiers() & Qt.KeyboardModifier.AltModifier):
                by = "word"
            elif not self._ours:
                return None
        # From here on Qt has another anchor than the press.
        self._ours = True
        return dragged(text, self._anchor, offset, by, language)

    def release(self, event: QMouseEvent, selected: bool) -> None:
        """The button went up; ``finished`` follows if words are selected, after a double click when no third came."""
        if selected and self._by == "word" and not self._moved:
            self._double.start(QApplication.doubleClickInterval())
        elif selected:
            self.finished.emit()
        self._anchor = None

    def let_go(self) -> None:
        """A key selects now: what the mouse did before is no selection of its own any more."""
        self._double.stop()

    def forget(self) -> None:
        """Another text is on show."""
        self._double.stop()
        self._anchor = None
