"""One line of text in a form; what has no room is shown shortened while nobody edits it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QTextOption
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from annotator.gui.editing import EMPTY, claims, leaves, plain
from annotator.gui.page import is_rtl


class LineEditor(QLineEdit):
    """One line of text."""

    edited = Signal()
    finished = Signal()
    entered = Signal()
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._put = ""
        self._hint, self._ghost = EMPTY, ""
        self.setPlaceholderText(EMPTY)
        # Qt's own two pixels aside, so that all fields begin at one line.
        self.setTextMargins(-2, 0, -2, 0)
        self.textEdited.connect(self._on_text_edited)

    def typed(self) -> str:
        return self.text()

    def put(self, text: str) -> None:
        self.setText(text)
        if not self.hasFocus():
            # The beginning is to be seen; but who is typing goes on at the end.
            self.setCursorPosition(0)
        self._put = self.text()

    def hint(self, text: str) -> None:
        self._hint = text
        self.setPlaceholderText(self._ghost or text)

    @property
    def ghost(self) -> str:
        return self._ghost

    def set_ghost(self, text: str) -> None:
        """Offer this while the line is empty: Enter or Right takes it; an empty one is none."""
        self._ghost = text
        self.setPlaceholderText(text or self._hint)

    def _on_text_edited(self) -> None:
        self.edited.emit()

    def shortened(self, width: int) -> str:
        """What of the text is shown in this many pixels while nobody edits it."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        if self.hasFocus() or self.fontMetrics().horizontalAdvance(self.text()) <= inside.width():
            super().paintEvent(event)
            return
        # A line that is cut off without a sign looks like a whole one.
        text = self.shortened(inside.width())
        with QPainter(self) as painter:
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            line = QTextOption(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
            line.setWrapMode(QTextOption.WrapMode.NoWrap)
            line.setTextDirection(Qt.LayoutDirection.RightToLeft if is_rtl(text) else Qt.LayoutDirection.LeftToRight)
            painter.drawText(QRectF(inside), text, line)

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            claimed = claims(event, self.text() != self._put)
            if claimed is not None:
                event.setAccepted(claimed)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        taking = (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self._ghost and not self.text() and event.key() in taking and plain(event):
            self.setText(self._ghost)
            self.edited.emit()
            if event.key() == Qt.Key.Key_Right:
                return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain(event):
            self.finished.emit()
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        super().focusOutEvent(event)
        if leaves(event):
            self.finished.emit()
