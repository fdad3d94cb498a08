"""The fields that forms are made of: an editor with its label, what is stored, and what is wrong with what was typed.

Every editor speaks the same few words: ``typed`` and ``put`` for its text, ``edited``, ``finished`` (Enter, or the
focus left it), ``entered`` (Enter, after ``finished``) and ``escaped``. Text is plain everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QCompleter,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError
from annotator.core.model import Choice
from annotator.gui.announce import announce
from annotator.gui.mirror import aligned
from annotator.gui.page import is_rtl
from annotator.gui.theme import ui_size
from annotator.gui.wording import tool_tip

#: What stands in an empty field.
EMPTY = "—"
DATE_WANTED = "Write the date as 2022-01-20, 20 Jan 2022, 2022-01, Jan 2022, 2022, or 2022~ for about 2022."
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
#: ``20 Jan 2022`` and ``January 2022``; 20.1.2022 and 1/2/2022 mean different days to different people.
_NAMED = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
#: Lines that a growing text shows before it scrolls.
_MOST_LINES = 8
#: Entries that a list to choose from shows before it scrolls.
_MOST_CHOICES = 18

#: Names that complete a part of a text, best first: what is listed, and what is then written.
Suggest = Callable[[str], Sequence[tuple[str, str]]]


def edtf_of(text: str) -> str:
    """A date as a person types it, as EDTF; any other text as it is.

    >>> edtf_of("20 Jan 2022")
    '2022-01-20'
    """
    text = text.strip()
    if (match := _NAMED.fullmatch(text)) is None:
        return text
    day, name, year = match.groups()
    name = "sep" if name.casefold() == "sept" else name.casefold()
    month = next((n for n, known in enumerate(_MONTHS, 1) if name in (known, known[:3])), 0)
    if not month:
        return text
    return f"{year}-{month:02d}-{int(day):02d}" if day else f"{year}-{month:02d}"


def check_date(text: str, what: str) -> None:
    """Whether this can be a date; raises ``AnnotatorError`` with how to write one, or which part of it there is not."""
    edtf = edtf_of(text)
    if not edtf:
        return
    try:
        check_edtf(edtf, what)
    except AnnotatorError:
        raise AnnotatorError(_wrong_part(edtf) or DATE_WANTED) from None


def _wrong_part(edtf: str) -> str:
    match = _ISO.fullmatch(edtf)
    if match is None:
        return ""
    year, month, day = match.groups()
    if not 1 <= int(month) <= 12:
        return f"There is no month {int(month)}."
    return f"There is no {int(day)} {_MONTHS[int(month) - 1].capitalize()} {year}." if day else ""


class Editor(Protocol):
    """What a field expects of its editor, which is a widget too."""

    edited: Signal
    finished: Signal
    entered: Signal
    escaped: Signal

    def typed(self) -> str: ...

    def put(self, text: str) -> None: ...

    def hint(self, text: str) -> None: ...


def _plain(event: QKeyEvent) -> bool:
    """No modifier but Shift and the keypad's."""
    loose = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    return not event.modifiers() & ~loose


def _claims(event: QKeyEvent, unsaved: bool) -> bool | None:
    """Whether a key that may be a command of the window belongs to the field; None where Qt's editor decides.

    Undo belongs to it only while there is something typed to undo: after that it means the last step.
    """
    if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
        return unsaved
    if not _plain(event):
        return None
    own = (
        Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Backspace,
        Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    )  # fmt: skip
    return True if event.key() in own or (event.text() and event.text().isprintable()) else None


def _leaves(event: QFocusEvent) -> bool:
    """Whether this loss of the focus ends the editing; a popup or context menu of the field does not."""
    return event.reason() != Qt.FocusReason.PopupFocusReason


class LineEditor(QLineEdit):
    """One line of text."""

    edited = Signal()
    finished = Signal()
    entered = Signal()
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._put = ""
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
        self.setPlaceholderText(text)

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
            claims = _claims(event, self.text() != self._put)
            if claims is not None:
                event.setAccepted(claims)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and _plain(event):
            self.finished.emit()
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        super().focusOutEvent(event)
        if _leaves(event):
            self.finished.emit()


class ActorsEditor(LineEditor):
    """Names, several separated by ``;`` when ``many``; the name at the caret is completed from those known."""

    def __init__(self, suggest: Suggest, many: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggest = suggest
        self._many = many
        self._written: dict[str, str] = {}
        self._listed = QStringListModel(self)
        completer = QCompleter(self._listed, self)
        # What is listed was chosen here already, folded as the search folds: Qt would only compare letters.
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setWidget(self)
        completer.setMaxVisibleItems(10)
        completer.activated.connect(self._complete)
        # It is a window of its own, which a style sheet of the main window may not reach; the palette does.
        completer.popup().setStyleSheet(
            "QAbstractItemView { border: 1px solid palette(mid); background: palette(base); }"
            "QAbstractItemView::item { padding: 4px 6px; border-radius: 4px; color: palette(text); }"
            "QAbstractItemView::item:selected, QAbstractItemView::item:hover { background: palette(highlight); }"
        )
        self._completer = completer
        self.textEdited.connect(self._offer)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def shortened(self, width: int) -> str:
        names = [name.strip() for name in self.text().split(";") if name.strip()] if self._many else []
        for shown in range(len(names) - 1, 0, -1):
            text = f"{'; '.join(names[:shown])}; +{len(names) - shown}"
            if self.fontMetrics().horizontalAdvance(text) <= width:
                return text
        return super().shortened(width)

    @property
    def suggestions(self) -> list[str]:
        """What is offered now; empty while nothing is."""
        return self._listed.stringList() if self._completer.popup().isVisible() else []

    def _part(self) -> tuple[int, int]:
        """Where the name at the caret begins and ends."""
        text, caret = self.text(), self.cursorPosition()
        if not self._many:
            return 0, len(text)
        end = text.find(";", caret)
        return text.rfind(";", 0, caret) + 1, len(text) if end < 0 else end

    def _offer(self) -> None:
        start, end = self._part()
        part = self.text()[start:end].strip()
        self._show(part) if part else self._completer.popup().hide()

    def _show(self, part: str) -> None:
        offers = self._suggest(part)
        if not offers or [written for _, written in offers] == [part]:
            self._completer.popup().hide()
            return
        self._written = dict(offers)
        self._listed.setStringList([listed for listed, _ in offers])
        self._completer.complete()

    def _complete(self, listed: str) -> None:
        name = self._written.get(listed, listed)
        start, end = self._part()
        text = self.text()
        lead = " " if start else ""
        self.setText(f"{text[:start]}{lead}{name}{text[end:]}")
        self.setCursorPosition(start + len(lead) + len(name))
        self.edited.emit()

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        # A completer keeps the loss of the focus from its field while the popup is open.
        if old is self and new is not None and new is not self and self._completer.popup().isVisible():
            self._completer.popup().hide()
            self.finished.emit()

    def _accept(self) -> None:
        """Take the offer that is marked in the popup, and close it."""
        popup = self._completer.popup()
        index = popup.currentIndex()
        popup.hide()
        if index.isValid():
            self._complete(str(index.data()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        popup = self._completer.popup()
        if popup.isVisible():
            # The popup hands every key to the field first. Enter and Esc are its own there.
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                marked = popup.currentIndex().isValid()
                self._accept()
                if not marked:
                    self.finished.emit()
                    self.entered.emit()
                event.accept()
                return
            if event.key() == Qt.Key.Key_Escape:
                popup.hide()
                event.accept()
                return
        elif event.key() == Qt.Key.Key_Down and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            start, end = self._part()
            self._show(self.text()[start:end].strip())
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # Qt
        if self._completer.popup().isVisible():
            self._accept()
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        if _leaves(event):
            self._completer.popup().hide()
        super().focusOutEvent(event)


class Chooser(QComboBox):
    """A list to choose from that looks like the other fields, with a quiet sign that it opens.

    An empty choice is as pale as an empty field. A wheel that scrolls by changes nothing.
    """

    #: A list below the field, in every style: the other kind of pop-up cuts its last entry to scroll by it.
    SHEET = "QComboBox { combobox-popup: 0; }"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxVisibleItems(_MOST_CHOICES)
        self.setStyleSheet(self.SHEET)

    def setAccessibleName(self, name: str) -> None:  # Qt
        """On Linux Qt tells what is chosen as the name of a choice, so that what is asked is told as well."""
        super().setAccessibleName(name)
        self.setAccessibleDescription(name)

    def showPopup(self) -> None:  # Qt
        super().showPopup()
        view = self.view()
        box = view.parentWidget()
        if box is None or not isinstance(box, QFrame):
            return
        # The list has a line around it already.
        box.setFrameShape(QFrame.Shape.NoFrame)
        wanted = sum(view.sizeHintForRow(row) for row in range(min(self.count(), _MOST_CHOICES)))
        missing = wanted - view.viewport().height()
        room = box.screen().availableGeometry()
        if missing > 0:
            box.resize(box.width(), min(box.height() + missing, room.height()))
            if box.y() + box.height() > room.bottom() + 1:
                box.move(box.x(), max(room.top(), room.bottom() + 1 - box.height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        pale = self.palette().placeholderText().color()
        with QStylePainter(self) as painter:
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            if not self.isEditable():
                if self.currentData() != "":
                    painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
                else:
                    inside = self.style().subControlRect(
                        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
                    )
                    painter.setPen(pale)
                    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, EMPTY)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(pale, 1.3))
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            x, y = (12.0 if rtl else self.width() - 16.0), self.height() / 2 - 1.5
            painter.drawPolyline([QPointF(x, y), QPointF(x + 3.5, y + 3.5), QPointF(x + 7, y)])

    def wheelEvent(self, event: QWheelEvent) -> None:  # Qt
        event.ignore()


class ChoiceEditor(Chooser):
    """One value of a vocabulary, or none; any other value that is stored stays to be seen.

    The keys change it without saving, the list saves.
    """

    edited = Signal()
    finished = Signal()
    entered = Signal()
    escaped = Signal()

    def __init__(self, choices: Iterable[Choice], parent: QWidget | None = None, empty: str | None = EMPTY) -> None:
        super().__init__(parent)
        self._put: str | None = ""
        self._by_key = False
        # Content must not decide how wide the pane is.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(3)
        if empty is not None:
            self.addItem(empty, "")
        for choice in choices:
            self.addItem(choice.label or choice.name, choice.name)
            if choice.definition:
                self.setItemData(self.count() - 1, tool_tip(choice.definition), Qt.ItemDataRole.ToolTipRole)
        self._known = self.count()
        self.activated.connect(self._on_activated)

    def typed(self) -> str:
        return str(self.currentData() or "")

    def put(self, text: str) -> None:
        while self.count() > self._known:
            self.removeItem(self.count() - 1)
        row = self.findData(text)
        if row < 0 and text:
            self.addItem(text, text)
            row = self.count() - 1
        self.setCurrentIndex(max(0, row))
        self._put = self.typed()

    def hint(self, text: str) -> None:
        """A list has no room for one."""

    def _on_activated(self) -> None:
        self.edited.emit()
        if not self._by_key:
            self.finished.emit()

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Letters search the list, and Del empties the field; neither is a command here.
            claims = _claims(event, False)
            if claims is not None:
                event.setAccepted(claims)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and _plain(event):
            self.finished.emit()
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.itemData(0) == "":
            self.setCurrentIndex(0)
            self.edited.emit()
        else:
            self._by_key = True
            try:
                super().keyPressEvent(event)
            finally:
                self._by_key = False

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        super().focusOutEvent(event)
        if _leaves(event):
            self.finished.emit()


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
                self._grown.start()
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
        shown = caret.translated(self.viewport().mapTo(area.viewport(), QPoint()))
        if self._tries > 0 and not area.viewport().rect().contains(shown):
            # The pane scrolls no further until it, too, has its new size.
            self._grown.start()

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            claims = _claims(event, self.typed() != self._put)
            if claims is not None:
                event.setAccepted(claims)
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
        if _leaves(event):
            cursor = self.textCursor()
            if cursor.hasSelection():
                cursor.clearSelection()
                self.setTextCursor(cursor)
            self.finished.emit()


class DateEditor(QWidget):
    """A date and whether the text says it: typed as ``2022-01`` or ``2022-01 (inferred)``."""

    INFERRED = " (inferred)"

    edited = Signal()
    finished = Signal()
    entered = Signal()
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = LineEditor(self)
        self.basis = ChoiceEditor([Choice("in_text", "In text"), Choice("inferred", "Inferred")], self, empty=None)
        self.basis.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.basis.setMinimumContentsLength(4)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.basis)
        for editor in (self.line, self.basis):
            editor.edited.connect(self._on_edited)
            editor.finished.connect(self.finished)
            editor.entered.connect(self.entered)
            editor.escaped.connect(self.escaped)
        self.line.textChanged.connect(self._show_empty)
        self._show_empty()

    def _show_empty(self) -> None:
        """Without a date there is nothing to say of it, and what stands in its field is no value."""
        empty = not self.line.text().strip()
        self.basis.setEnabled(not empty)
        if self.line.property("empty") != empty:
            self.line.setProperty("empty", empty)
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)

    @classmethod
    def split(cls, text: str) -> tuple[str, str]:
        """The date and its basis that such a text says."""
        date = text.removesuffix(cls.INFERRED)
        return date.strip(), "inferred" if date != text else "in_text"

    def typed(self) -> str:
        date = self.line.typed().strip()
        return f"{date}{self.INFERRED}" if date and self.basis.typed() == "inferred" else date

    def put(self, text: str) -> None:
        date, basis = self.split(text)
        self.line.put(date)
        self.basis.put(basis)

    def hint(self, text: str) -> None:
        self.line.hint(text)

    def _on_edited(self) -> None:
        self.edited.emit()

    def _widen(self) -> None:
        """A whole day can be read; the basis has what is left."""
        self.line.setMinimumWidth(self.line.fontMetrics().horizontalAdvance("2022-00-00~") + 24)

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        self._widen()

    def changeEvent(self, event: QEvent) -> None:  # Qt
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._widen()

    def setAccessibleName(self, name: str) -> None:  # Qt
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)
        self.basis.setAccessibleName(f"{name}, basis")

    def setAccessibleDescription(self, description: str) -> None:  # Qt
        super().setAccessibleDescription(description)
        self.line.setAccessibleDescription(description)


class Dot(QLabel):
    """A dot of the size of a bullet, in the colour of a warning; its place stays when it goes."""

    SIZE = 6

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "warning")
        self.setFixedWidth(10)
        # The field's own description says so already.
        self.setAccessibleName(" ")

    def show_dot(self, shown: bool) -> None:
        self._shown = shown
        self.update()

    def sizeHint(self) -> QSize:  # Qt
        return QSize(10, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:  # Qt
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        if not self._shown:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(self.foregroundRole()))
            painter.drawEllipse(QRectF(2, (self.height() - self.SIZE) / 2, self.SIZE, self.SIZE))


class Field(QWidget):
    """A label, an editor, and below them a sentence when what was typed cannot be taken.

    It knows what is stored, and so whether something is typed that is not.
    """

    #: Enter, or the focus left: what is typed may be saved now (the field's name).
    finished = Signal(str)
    #: Enter was pressed, and ``finished`` told (the field's name).
    entered = Signal(str)
    escaped = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        editor: QWidget,
        *,
        required: bool = False,
        definition: str = "",
        check: Callable[[str], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.name, self.label, self.required = name, label, required
        self.editor = editor
        self._definition = definition
        self._check = check
        self._stored = ""
        self._rendered = ""
        self._sent: str | None = None
        #: What stood here before anything was typed.
        self._shown = ""
        self._complaint = QLabel()
        self._remark = QLabel()
        self._dot = Dot()
        self._build()

    def _build(self) -> None:
        title = QLabel(self.label)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        # Qt aligns a label by its words, which are English; it belongs to its field, wherever that stands.
        title.setAlignment(aligned(self.layoutDirection()) | Qt.AlignmentFlag.AlignVCenter)
        title.setProperty("role", "muted")
        title.setToolTip(tool_tip(self._definition))
        title.setFixedWidth(label_width() - 14)
        self._dot.setToolTip("Required, and still empty")
        self._complaint.setTextFormat(Qt.TextFormat.PlainText)
        self._complaint.setWordWrap(True)
        self._complaint.setProperty("role", "error")
        self._complaint.hide()
        self._remark.setTextFormat(Qt.TextFormat.PlainText)
        self._remark.setWordWrap(True)
        self._remark.setProperty("role", "muted")
        self._remark.hide()
        side = self._side = QHBoxLayout()
        side.setSpacing(0)
        for widget in (title, self._dot):
            side.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(2)
        grid.addLayout(side, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.editor, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._complaint, 1, 1)
        grid.addWidget(self._remark, 2, 1)
        grid.setColumnStretch(1, 1)
        self.setFocusProxy(self.editor)
        self.editor.setAccessibleName(self.label)
        self.editor.setToolTip(tool_tip(self._definition))
        editor: Editor = self.editor  # type: ignore[assignment]
        editor.finished.connect(self._on_finished)
        editor.entered.connect(self._on_entered)
        editor.escaped.connect(self.escaped)
        editor.edited.connect(self._on_edited)
        self._describe()
        self._align()

    def _align(self) -> None:
        """The label stands beside the first line of its editor, in whatever style sheet both are shown."""
        if isinstance(self.editor, GrowingText):
            top = self.editor.contentsMargins().top() + 1
        else:
            top = (self.editor.sizeHint().height() - QFontMetrics(self.font()).height()) // 2
        if self._side.contentsMargins().top() != top:
            self._side.setContentsMargins(0, max(0, top), 0, 0)

    # -- what is typed and what is stored -----------------------------------------------------

    @property
    def stored(self) -> str:
        return self._stored

    @property
    def dirty(self) -> bool:
        """Whether something is typed that is not stored; compared as the editor renders it."""
        return self.typed() != self._rendered

    @property
    def complaint(self) -> str:
        """What is wrong with what is typed, as it stands below the field; empty when all is right."""
        return self._complaint.text()

    def typed(self) -> str:
        return str(self.editor.typed())  # type: ignore[attr-defined]

    def type(self, text: str) -> None:
        """Have this typed again, over what is stored: what could not be saved before."""
        editor = self.editor
        editor.put(text)  # type: ignore[attr-defined]
        self._shown = text
        self._describe()

    def restore(self) -> None:
        """What is being typed is given up: show again what stood here before."""
        if self._shown == self._stored:
            self.show_stored(self._stored)
        elif self.typed() != self._shown:
            self.type(self._shown)

    def show_stored(self, text: str) -> None:
        """Show this value, whatever was typed."""
        self.editor.put(text)  # type: ignore[attr-defined]
        self._stored, self._rendered, self._sent, self._shown = text, self.typed(), None, text
        self.complain("")
        self.remark("")

    def refresh(self, text: str) -> None:
        """The stored value is this now: show it if it is news, but never over what was typed after it was sent."""
        if text == self._stored and (self._sent is None or self.typed() != self._sent):
            return
        if self._sent is not None and self.dirty and self.typed() != self._sent:
            self._stored = self._rendered = self._shown = text
            self._sent = None
            self._describe()
            return
        self.show_stored(text)

    def sending(self) -> None:
        """What is typed now is on its way to the project."""
        self._sent = self.typed()

    def check(self) -> bool:
        """Whether what is typed can be taken; if not, the sentence below says why."""
        try:
            if self._check is not None:
                self._check(self.typed())
        except AnnotatorError as error:
            self.complain(_sentence(str(error)))
            return False
        self.complain("")
        return True

    def complain(self, sentence: str) -> None:
        """Say below the field what is wrong; nothing when all is right."""
        if sentence and sentence != self._complaint.text():
            announce(self.editor, sentence)
        self._complaint.setText(sentence)
        self._complaint.setVisible(bool(sentence))
        self._mark()
        self._describe()

    def _mark(self) -> None:
        """The border of what is refused has the colour of the sentence below it."""
        marked = self.editor.line if isinstance(self.editor, DateEditor) else self.editor
        color = self._complaint.palette().color(self._complaint.foregroundRole()).name()
        sheet = f"* {{ border-color: {color}; }}" if self._complaint.text() else ""
        if isinstance(marked, Chooser):
            sheet = f"{Chooser.SHEET} {sheet.replace('*', 'QComboBox')}"
        if marked.styleSheet() != sheet:
            marked.setStyleSheet(sheet)

    @property
    def remarked(self) -> str:
        """What is told below the field without being wrong; empty when nothing is."""
        return self._remark.text()

    def remark(self, sentence: str) -> None:
        """Tell this below the field until something else is typed: it is worth a look, not wrong."""
        if sentence and sentence != self._remark.text():
            announce(self.editor, sentence)
        self._remark.setText(sentence)
        self._remark.setVisible(bool(sentence))

    def set_notice(self, notice: str) -> None:
        """Nothing can be typed, and why; with an empty notice it can."""
        self.editor.setEnabled(not notice)
        self.editor.setToolTip(tool_tip(notice or self._definition))

    def _describe(self) -> None:
        missing = self.required and not self.typed().strip()
        self._dot.show_dot(missing)
        said = [self._complaint.text(), "required, empty" if missing else "", self._definition]
        self.editor.setAccessibleDescription("; ".join(s for s in said if s))

    def _on_edited(self) -> None:
        self.remark("")
        self._describe()

    def _on_finished(self) -> None:
        self.finished.emit(self.name)

    def _on_entered(self) -> None:
        self.entered.emit(self.name)

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        self._align()

    def changeEvent(self, event: QEvent) -> None:  # Qt
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and self.isVisible():
            self._align()
            self._mark()


def _sentence(text: str) -> str:
    """An error as a sentence of its own."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def label_width() -> int:
    """How wide the labels of forms are, in pixels."""
    return round(ui_size() * 7.4)


class Form(QWidget):
    """Fields one below the other; it does not know where they are stored."""

    finished = Signal(str)
    entered = Signal(str)
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(7)

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def add(self, field: Field) -> None:
        self._fields[field.name] = field
        self.column.addWidget(field)
        field.finished.connect(self.finished)
        field.entered.connect(self.entered)
        field.escaped.connect(self.escaped)

    def field(self, name: str) -> Field | None:
        return self._fields.get(name)

    def set_notice(self, notice: str) -> None:
        for field in self:
            field.set_notice(notice)


class Hairline(QWidget):
    """A line across a pane, with room around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(29)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        with QPainter(self) as painter:
            painter.fillRect(0, self.height() // 2, self.width(), 1, self.palette().mid())
