"""The fields that forms are made of: an editor with its label, what is stored, and what is wrong with what was typed.

Every editor speaks the same few words: ``typed`` and ``put`` for its text, ``edited``, ``finished`` (Enter, or the
focus left it), ``entered`` (Enter, after ``finished``) and ``escaped``. Text is plain everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from annotator.core.errors import AnnotatorError
from annotator.gui.actors_editor import ActorsEditor, paint_words_sign
from annotator.gui.announce import announce
from annotator.gui.choosing import Chooser
from annotator.gui.date_editor import DateEditor
from annotator.gui.editing import Editor
from annotator.gui.growing_text import GrowingText
from annotator.gui.mirror import aligned
from annotator.gui.noted_line import ChoiceLine
from annotator.gui.theme import ui_size
from annotator.gui.wording import tool_tip


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


class WordsSign(QToolButton):
    """Says that a value was picked from the text, with its words as the tip; a click goes there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "words")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(18, 24)

    def show_quote(self, label: str, quote: str) -> None:
        self.setVisible(bool(quote))
        self.setToolTip(tool_tip(f"In the text: “{quote}”"))
        self.setAccessibleName(f"{label}: its words in the text")

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_words_sign(painter, QRectF(self.rect()), self.palette().color(QPalette.ColorRole.Link))


class Field(QWidget):
    """A label, an editor, and below them a sentence when what was typed cannot be taken.

    It knows what is stored, and so whether something is typed that is not.
    """

    #: Enter, or the focus left: what is typed may be saved now (the field's name).
    finished = Signal(str)
    #: Enter was pressed, and ``finished`` told (the field's name).
    entered = Signal(str)
    escaped = Signal()
    #: What is typed changed (the field's name).
    edited = Signal(str)
    #: The sign of words in the text was clicked (the field's name, and which of its values).
    words_asked = Signal(str, str)
    #: What was offered beside a remark was ordered (the field's name).
    offered = Signal(str)

    def __init__(
        self,
        name: str,
        label: str,
        editor: QWidget,
        *,
        required: bool = False,
        definition: str = "",
        check: Callable[[str], object] | None = None,
        told: Callable[[str], str] | None = None,
        explained: Callable[[str], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``told`` says what a typed text will be taken for, ``explained`` what the value means that it is."""
        super().__init__(parent)
        self.name, self.label, self.required = name, label, required
        self.editor = editor
        self._definition = definition
        self._check, self._told, self._explained = check, told, explained
        self._help: QLabel | None = None
        self._words: WordsSign | None = None
        self._offer: QToolButton | None = None
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
        for label in (self._complaint, self._remark):
            label.setAlignment(aligned(self.layoutDirection()) | Qt.AlignmentFlag.AlignVCenter)
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
        if isinstance(self.editor, ActorsEditor):
            self.editor.words_asked.connect(self._on_words_asked)
        self._grid = grid
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
    def waits(self) -> bool:
        """Whether words of the text could fill it now: it is empty, or takes one more actor."""
        editor = self.editor
        if isinstance(editor, ActorsEditor):
            return editor.isEnabled() and not editor.line.text() and (editor.many or not editor.names)
        return editor.isEnabled() and not isinstance(editor, Chooser | ChoiceLine) and not self.typed()

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

    def remark(self, sentence: str, offer: str = "") -> None:
        """Tell this below the field until something else is typed: it is worth a look, not wrong.

        ``offer`` is what can be done about it: a button of that name, by which ``offered`` is told.
        """
        if sentence and sentence != self._remark.text():
            announce(self.editor, sentence)
        self._remark.setText(sentence)
        self._remark.setVisible(bool(sentence))
        if offer and self._offer is None:
            self._offer = QToolButton()
            self._offer.setProperty("role", "quiet")
            self._offer.setStyleSheet("padding: 1px 0px;")
            self._offer.clicked.connect(self._on_offer_clicked)
            self._grid.addWidget(self._offer, 3, 1, Qt.AlignmentFlag.AlignLeft)
        if self._offer is not None:
            self._offer.setText(offer)
            self._offer.setVisible(bool(offer and sentence))

    def could_be(self, text: str) -> bool:
        """Whether this text can be taken; if not, it stands in the field, and the sentence below says why."""
        try:
            if self._check is not None:
                self._check(text)
            return True
        except AnnotatorError:
            self.type(text)
            self.check()
            return False

    def show_quotes(self, quotes: Mapping[str, str]) -> None:
        """Which values were picked from the text: the words that say them, by the value as it is typed."""
        if isinstance(self.editor, ActorsEditor):
            self.editor.set_quotes(quotes)
        elif quotes or self._words is not None:
            if self._words is None:
                self._words = WordsSign(self)
                self._words.clicked.connect(self._on_sign_clicked)
                self._grid.addWidget(self._words, 0, 2, Qt.AlignmentFlag.AlignTop)
            self._words.show_quote(self.label, next(iter(quotes.values()), ""))

    def show_help(self, shown: bool) -> None:
        """Tell below the editor what the attribute means, and what the value that is chosen."""
        text = self._helpful() if shown else ""
        if self._help is None:
            if not text:
                return
            self._help = QLabel()
            self._help.setTextFormat(Qt.TextFormat.PlainText)
            self._help.setWordWrap(True)
            self._help.setProperty("role", "small")
            self._help.setAlignment(aligned(self.layoutDirection()) | Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(self._help, 4, 1)
        self._help.setText(text)
        self._help.setVisible(bool(text))

    @property
    def help_shown(self) -> str:
        """What is told below the editor of what it means; empty while it is not."""
        return self._help.text() if self._help is not None and not self._help.isHidden() else ""

    def _helpful(self) -> str:
        means = self._explained(self.typed()) if self._explained is not None else ""
        return "\n".join(part for part in (self._definition, means) if part)

    def preview(self) -> None:
        """Tell below the editor what the typed text will be taken for, before it is saved."""
        said = ""
        if self._told is not None and self.dirty:
            with suppress(AnnotatorError):
                said = self._told(self.typed())
        self.remark("")
        self._remark.setText(said)
        self._remark.setVisible(bool(said))

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
        self.preview()
        if self.help_shown:
            self.show_help(True)
        self._describe()
        self.edited.emit(self.name)

    def _on_offer_clicked(self) -> None:
        self.offered.emit(self.name)

    def _on_words_asked(self, value: str) -> None:
        self.words_asked.emit(self.name, value)

    def _on_sign_clicked(self) -> None:
        self.words_asked.emit(self.name, self._stored)

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
    edited = Signal(str)
    words_asked = Signal(str, str)
    offered = Signal(str)

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
        field.edited.connect(self.edited)
        field.words_asked.connect(self.words_asked)
        field.offered.connect(self.offered)

    def field_of(self, widget: QWidget | None) -> Field | None:
        """The field that this widget is part of."""
        return next((f for f in self if widget is not None and f.isAncestorOf(widget)), None)

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
