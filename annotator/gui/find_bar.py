"""The bar that finds words and expressions in the statement on show."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from annotator.core.finding import Places, Searched
from annotator.core.text import Span
from annotator.gui import finder
from annotator.gui.announce import announce
from annotator.gui.find_options import FindOptions, Trouble, name_clear_button
from annotator.gui.finder import Finder
from annotator.gui.reader import Reader


class FindBar(QWidget):
    """What to find, and how; every place is marked as it is found, Enter goes from one to the next, round the end."""

    #: The user is done; the text should have the focus.
    left = Signal()
    #: Everything that was asked for has been found.
    searched = Signal()
    #: One sentence for the status bar.
    told = Signal(str)

    def __init__(self, reader: Reader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._searched = Searched("")
        self.places = Places()
        #: The number of the current place, -1 while there is none.
        self.current = -1
        # Where the search began, in code points, and which way the place is to lie from there.
        self._anchor, self._direction = 0, 1
        # How far to go from the first place, as asked for before there was one.
        self._steps = 0
        self._more = self._round = False
        #: Whether the first place that is found is brought into view.
        self._reveal = True
        self.finder = Finder(self)
        self.finder.found.connect(self._on_found)
        self.finder.finished.connect(self._on_finished)
        self._build()
        self.hide()

    def _build(self) -> None:
        self.setProperty("role", "findbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Find bar")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in this statement")
        self.field.setAccessibleName("Find in the statement")
        self.field.setClearButtonEnabled(True)
        name_clear_button(self.field)
        self.field.setMinimumWidth(90)
        self.field.setMaximumWidth(360)
        self.options = FindOptions(self)
        self.count = QLabel()
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.count.setProperty("role", "muted")
        self.count.setAccessibleName("Places found")
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance("999 of 999"))
        self.trouble = Trouble()
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.options)
        line.addWidget(self.count)
        for text, name, slot in (
            ("↑", "Previous place", self.previous),
            ("↓", "Next place", self.next),
            ("×", "Close", self.leave),
        ):
            button = QToolButton()
            button.setText(text)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setProperty("role", "option")
            button.clicked.connect(slot)
            line.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 6, 16, 6)
        grid.setVerticalSpacing(3)
        grid.addWidget(self.field, 0, 1)
        grid.addLayout(line, 0, 2)
        grid.addWidget(self.trouble, 1, 1, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 4)
        grid.setColumnStretch(3, 1)
        self.field.textChanged.connect(self._begin)
        self.options.changed.connect(self._begin)

    # -- orders ------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the bar with the selected words of one paragraph, to be found as they are, ready to type."""
        span = self._reader.span()
        self._anchor, self._direction = (span.start if span else self._reader.caret()), 1
        words = span.of(self._reader.text).strip() if span is not None and len(span) <= _MOST_WORDS else ""
        words = "" if "\n" in words else words
        if words:
            self.options.take_literally()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if words and words != self.field.text():
            self.field.setText(words)
        else:
            self._begin()
        self.field.selectAll()

    def refresh(self) -> None:
        """Another statement is on show, or the same one anew: find the same there."""
        if not self.isVisible():
            self._forget()
        elif self._reader.text == self._searched.text:
            self._reader.show_found(self.places, self.current, reveal=False)
        else:
            self._anchor, self._direction = self._reader.caret(), 1
            self._begin(reveal=False)

    def next(self) -> None:
        self._go(1)

    def previous(self) -> None:
        self._go(-1)

    def leave(self) -> None:
        """Take the marks away; the place found last stays selected."""
        here = self.places[self.current] if self.current >= 0 else None
        self._forget()
        self.hide()
        self.told.emit("")
        if here is not None:
            self._reader.select(here)
        self.left.emit()

    def close_finder(self) -> None:
        """End the threads that find."""
        self.finder.close()

    # -- searching ---------------------------------------------------------------------------

    def _forget(self) -> None:
        self.finder.drop()
        self._searched, self.places, self.current = Searched(""), Places(), -1
        self._reader.show_found(self.places)

    def _begin(self, _what: object = None, *, reveal: bool = True) -> None:
        """Find what the field says, from where the reader was when it began."""
        if not self.isVisible():
            return
        text = self._reader.text
        if self._searched.text is not text:
            self._searched = Searched(text)
        self.places, self.current = Places(), -1
        self._more = self._round = False
        self._steps = 0
        self._reveal = reveal
        self._reader.show_found(self.places)
        self.trouble.tell("")
        wanted = self.options.wanted(self.field.text())
        if wanted and text:
            self.finder.ask(self._searched, wanted)
        else:
            self.finder.drop()
        self._show_count()

    def _on_found(self, lot: list[Span]) -> None:
        self.places.extend(lot)
        if self.current < 0 and self._direction > 0:
            first = self.places.from_start(self._anchor)
            if first < len(self.places):
                self._stand_at(first)
                return
        self._reader.show_found(self.places, self.current, reveal=False)
        self._show_count()

    def _on_finished(self, why: str, more: bool) -> None:
        self._more = more
        if self.places and self.current < 0:
            if self._direction > 0:
                self._stand_at(0)
            else:
                before = self.places.from_start(self._anchor) - 1
                self._stand_at(before % len(self.places))
        if self._steps and self.places:
            self._stand_at((self.current + self._steps) % len(self.places))
            self._steps = 0
        self.trouble.tell(why)
        if more:
            self.told.emit(f"There are more places than {finder.MOST:,}; the first {finder.MOST:,} are marked.")
        self._show_count()
        announce(self, " ".join(filter(None, (_places(len(self.places), more), why))))
        self.searched.emit()

    def _go(self, direction: int) -> None:
        if not self.isVisible():
            if not self.field.text():
                self.open()
                return
            # What was looked for last, from here on; the focus stays where it is.
            span = self._reader.span()
            caret = self._reader.caret()
            self._anchor = (span.end if direction > 0 else span.start) if span else caret
            self._direction = direction
            self.show()
            self._begin()
            return
        if self.current < 0:
            self._steps += direction * self.finder.busy
            return
        goal, count = self.current + direction, len(self.places)
        if goal == count and self.finder.busy:
            return  # the next one has not been found yet
        self._round = not 0 <= goal < count
        self._stand_at(goal % count)
        where = (_FROM_TOP if direction > 0 else _FROM_END) if self._round else ""
        self.told.emit(where or self.count.text())
        announce(self, " ".join(filter(None, (self.count.text(), where))), at_once=True)

    def _stand_at(self, number: int) -> None:
        self.current = number
        self._anchor, self._direction = self.places[number].start, 1
        self._reader.show_found(self.places, number, reveal=self._reveal)
        self._reveal = True
        self._show_count()

    def _show_count(self) -> None:
        count = f"{len(self.places):,}" + ("+" if self._more else "…" if self.finder.busy else "")
        if self.places:
            text = f"{'↻ ' * self._round}{self.current + 1:,} of {count}" if self.current >= 0 else count
        elif self.finder.busy:
            text = "…"
        else:
            text = "not found" if self.field.text().strip() and not self.trouble.text() else ""
        self.count.setText(text)

    # -- Qt ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


#: More selected code points than this are nothing that one looks for.
_MOST_WORDS = 1_000
_FROM_TOP = "Past the end: went on from the beginning."
_FROM_END = "Past the beginning: went on from the end."


def _places(count: int, more: bool) -> str:
    return f"{count:,}{' or more' * more} place{'s' * (count != 1)}" if count else "Not found."
