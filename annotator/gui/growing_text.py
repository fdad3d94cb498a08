"""Some lines of text in a form, as high as what is written."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QResizeEvent, QShowEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QSizePolicy, QWidget

from annotator.gui.editing import EMPTY, claims, leaves

#: Lines that a growing text shows before it scrolls.
_MOST_LINES = 8


class GrowingText(QPlainTextEdit):
    """Some lines of text, as high as they need up to a limit; Tab goes on to the next field."""

    edited = Signal()
    finished = Signal()
    entered = Signal()
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None, most: int = _MOST_LINES) -> None:
        super().__init__(parent)
        self._put = ""
        self._most = most
        # The panes around it have their new sizes only when the events are through.
        self._grown = QTimer(self, singleShot=True, interval=0)  # type: ignore[call-overload]
        self._grown.timeout.connect(self._reveal)
        self._tries = 0
        self.setProperty("role", "field")
        self.setPlaceholderText(EMPTY)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.textChanged.connect(self._on_text_changed)
        self._fit()

    def typed(self) -> str:
        # Not toPlainText, which turns no-break spaces into spaces.
        return self.document().toRawText().replace("\u2029", "\n")

    def put(self, text: str) -> None:
        self.setPlainText(text)
        self._put = self.typed()

    def hint(self, text: str) -> None:
        self.setPlaceholderText(text)

    def _on_text_changed(self) -> None:
        self._fit()
        self.edited.emit()

    @property
    def lines(self) -> int:
        """How many lines the text takes as wrapped here; those above the limit are not counted."""
        layout, block, count = self.document().documentLayout(), self.document().firstBlock(), 0
        while block.isValid() and count <= self._most:
            # Qt wraps a paragraph when it is first shown, and counts one line until then.
            layout.blockBoundingRect(block)
            count += max(1, block.layout().lineCount())
            block = block.next()
        return max(1, count)

    def _fit(self) -> None:
        lines = self.lines
        around = self.contentsMargins()
        line = QFontMetrics(self.font()).lineSpacing()
        height = min(lines, self._most) * line + around.top() + around.bottom() + 2
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if lines > self._most else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != bar:
            self.setVerticalScrollBarPolicy(bar)
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)
            if self.hasFocus():
                self._tries = 10
                self._grown.start(0)
        if lines <= self._most and self.verticalScrollBar().value():
            self.verticalScrollBar().setValue(0)

    def _reveal(self) -> None:
        """Bring the line at the caret into view, in whatever pane this stands."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is None or not self.hasFocus() or area.widget() is None:
            return
        caret = self.cursorRect()
        at = self.viewport().mapTo(area.widget(), caret.center())
        area.ensureVisible(at.x(), at.y(), 0, caret.height() + 10)
        self._tries -= 1
        if self._tries > 0:
            # The pane scrolls no further until it, too, has its new size, and it may look right before that.
            self._grown.start(8)

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            claimed = claims(event, self.typed() != self._put)
            if claimed is not None:
                event.setAccepted(claimed)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        super().focusOutEvent(event)
        if leaves(event):
            cursor = self.textCursor()
            if cursor.hasSelection():
                cursor.clearSelection()
                self.setTextCursor(cursor)
            self.finished.emit()
