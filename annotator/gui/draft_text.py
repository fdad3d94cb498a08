"""The text of a draft as it would be stored, with its title set off and its boilerplate dimmed and changeable."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from annotator.core.model import Range
from annotator.gui.page import Positions, display_copy
from annotator.gui.theme import Theme

#: What of a long text is shown, in code points.
SHOWN = 200_000
BOILERPLATE = "boilerplate"


class DraftText(QWidget):
    """Shows a text and its ranges; a selection can be marked as boilerplate or freed of it."""

    #: The ranges are these now (``tuple[Range, ...]``).
    ranges_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._units = Positions("")
        self._ranges: tuple[Range, ...] = ()
        self.page = QPlainTextEdit()
        self.page.setReadOnly(True)
        self.page.setProperty("role", "field")
        self.page.setAccessibleName("Text as it will be stored")
        self.page.setTabChangesFocus(True)
        self.page.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.mark_button, self.free_button = QPushButton("Mark as boilerplate"), QPushButton("Not boilerplate")
        self._count = QLabel("")
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setProperty("role", "muted")
        row = QHBoxLayout()
        row.addWidget(self._count, 1)
        for button, work in ((self.mark_button, self.mark), (self.free_button, self.free)):
            button.setAutoDefault(False)
            button.setProperty("role", "quiet")
            button.clicked.connect(work)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.page, 1)
        column.addLayout(row)
        self.page.selectionChanged.connect(self._enable)
        self.page.cursorPositionChanged.connect(self._enable)
        self.put("", ())

    @property
    def ranges(self) -> tuple[Range, ...]:
        return self._ranges

    def put(self, text: str, ranges: tuple[Range, ...], message: str = "") -> None:
        """Show this text, or in its place a message."""
        self._text, self._ranges = text[:SHOWN], ranges
        copy = display_copy(self._text)
        self._units = Positions(self._text, copy.inserted)
        self.page.setPlainText(copy.text if text else message)
        self._more = len(text) - len(self._text)
        self._draw()

    def mark(self) -> None:
        """What is selected, or the line at the caret, is boilerplate."""
        start, end = self._chosen()
        if start < end:
            self._set([*self._without(start, end), Range(start, end, BOILERPLATE)])

    def free(self) -> None:
        """What is selected, or the range at the caret, is none."""
        start, end = self._chosen()
        self._set(self._without(start, end))

    def _chosen(self) -> tuple[int, int]:
        cursor = self.page.textCursor()
        if not cursor.hasSelection():
            point = self._units.to_point(cursor.position())
            for each in self._ranges:
                if each.role == BOILERPLATE and each.start <= point <= each.end:
                    return each.start, each.end
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        start, end = self._units.to_point(cursor.selectionStart()), self._units.to_point(cursor.selectionEnd())
        words = self._text[start:end]
        return start + len(words) - len(words.lstrip()), start + len(words.rstrip())

    def _without(self, start: int, end: int) -> list[Range]:
        """The ranges, with boilerplate only outside of this stretch."""
        kept: list[Range] = []
        for each in self._ranges:
            if each.role != BOILERPLATE or each.end <= start or end <= each.start:
                kept.append(each)
                continue
            for a, b in ((each.start, start), (end, each.end)):
                if self._text[a:b].strip() and a < b:
                    kept.append(Range(a, b, BOILERPLATE))
        return kept

    def _set(self, ranges: list[Range]) -> None:
        made = tuple(sorted(set(ranges), key=lambda r: (r.start, r.end, r.role)))
        if made != self._ranges:
            self._ranges = made
            self._draw()
            self.ranges_changed.emit(made)

    def _draw(self) -> None:
        selections = []
        for each in self._ranges:
            form = QTextCharFormat()
            if each.role == BOILERPLATE:
                form.setForeground(QColor(self._theme.muted))
                form.setBackground(QColor(self._theme.chrome))
                form.setFontItalic(True)
            elif each.role == "title":
                form.setFontWeight(QFont.Weight.DemiBold)
            else:
                continue
            shown = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.page.document())
            length = len(self._text)
            cursor.setPosition(self._units.to_utf16(min(each.start, length)))
            cursor.setPosition(self._units.to_utf16(min(each.end, length)), QTextCursor.MoveMode.KeepAnchor)
            shown.cursor, shown.format = cursor, form  # type: ignore[attr-defined]  # PySide6's stubs lack both
            selections.append(shown)
        self.page.setExtraSelections(selections)
        count = sum(each.role == BOILERPLATE for each in self._ranges)
        words = f"{count} stretch{'es' * (count != 1)} of boilerplate, shown dimmed" if count else ""
        if self._more > 0:
            words = f"{words + '; ' if words else ''}{self._more:,} further characters are not shown"
        self._count.setText(words)
        self._enable()

    def _enable(self) -> None:
        self.mark_button.setEnabled(bool(self._text))
        start, end = self._chosen() if self._text else (0, 0)
        touched = any(r.role == BOILERPLATE and r.start < end and start < r.end for r in self._ranges)
        self.free_button.setEnabled(touched)
