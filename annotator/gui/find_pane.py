"""The results pane: where words or an expression stand in all statements, under the text that they lead to.

Searching has a thread and a connection of its own, so that neither the list nor the search of the top bar waits
for it. Moving through the places shows each in the reader; the focus stays here until Enter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import AnnotatorError, sentence
from annotator.core.model import Changes
from annotator.core.text import Span
from annotator.gui.announce import announce
from annotator.gui.find_options import Elided, FindOptions, Trouble, name_clear_button
from annotator.gui.find_rows import ContextPainter, ContextRows, Hit
from annotator.gui.session import Session
from annotator.gui.theme import Theme, current_theme
from annotator.gui.worker import ReadingThread
from annotator.store.concordance import Line, Page, concordance, tagged
from annotator.store.project import Project
from annotator.store.reads import Reads

#: The passages of a statement that has no more are read at once.
_FEW = 2000

#: A search is asked for when the typing has paused this long.
PAUSE_MS = 200

NOTHING_ASKED = "Every place in every statement comes here. Type words, a “phrase”, or conditions such as tag:demand."
NOTHING_ASKED_EXPRESSION = "Every place in every statement comes here. Type a regular expression."
NOTHING_FOUND = "Nothing was found. Try fewer words, or the beginning of one."


class FindPane(QWidget):
    """A field, how to find, and the places by statement; Up and Down show them, Enter goes there, Esc closes."""

    #: A place is current: show it, and leave the focus where it is (``Hit``).
    previewed = Signal(object)
    #: A place was chosen: show it, and read on there (``Hit``).
    chosen = Signal(object)
    #: The pane was closed; the text should have the focus.
    left = Signal()
    #: One sentence for the status bar.
    told = Signal(str)
    #: The places that were found should be tagged, after a look (statements, with the spans of the words).
    tagging_asked = Signal(list)
    #: Everything that was asked for has been found, or the search ended.
    searched = Signal()

    def __init__(self, session: Session, scope: Callable[[], str] = str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._scope = session, scope
        self._thread: ReadingThread | None = None
        self._page = Page()
        self._running = False
        # Enter was pressed in the field before anything was found.
        self._hurried = False
        self.rows = ContextRows(self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.search)
        self._build()
        self.hide()

    def _build(self) -> None:
        self.setAccessibleName("Find in all statements")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in all statements")
        self.field.setAccessibleName("Find in all statements")
        self.field.setClearButtonEnabled(True)
        name_clear_button(self.field)
        self.field.setMinimumWidth(90)
        self.field.setMaximumWidth(360)
        self.options = FindOptions(self)
        self.listed = QToolButton()
        self.listed.setText("In the list only")
        self.listed.setCheckable(True)
        self.listed.setProperty("role", "switch")
        self.listed.setAccessibleName("Only listed statements")
        self.listed.setToolTip("Only in the statements that the list shows now")
        self.status = Elided()
        self.status.setProperty("role", "muted")
        self.status.setAccessibleName("What was found")
        self.stop_button = QToolButton()
        self.stop_button.setText("Stop")
        self.stop_button.setProperty("role", "option")
        self.stop_button.setAccessibleName("Stop the search")
        self.stop_button.setToolTip("Stop the search; what was found stays")
        self.stop_button.clicked.connect(self.stop)
        self.stop_button.hide()
        self.tag_button = QToolButton()
        self.tag_button.setText("Tag all…")
        self.tag_button.setProperty("role", "option")
        self.tag_button.setAccessibleName("Tag all places that were found")
        self.tag_button.setToolTip("Tag all places that were found, after a look")
        self.tag_button.clicked.connect(lambda: self.tagging_asked.emit(self.places()))
        close = QToolButton()
        close.setText("×")
        close.setProperty("role", "option")
        close.setAccessibleName("Close")
        close.setToolTip("Close (Esc)")
        close.clicked.connect(self.leave)
        head = QHBoxLayout()
        head.setContentsMargins(14, 7, 10, 6)
        head.setSpacing(6)
        head.addWidget(self.field, 3)
        head.addWidget(self.options)
        head.addWidget(self.listed)
        head.addWidget(self.status, 2)
        head.addWidget(self.stop_button)
        head.addWidget(self.tag_button)
        head.addWidget(close)
        self.trouble = Trouble()
        self.trouble.setContentsMargins(14, 0, 14, 5)
        self.list = _Places(self)
        self.list.setModel(self.rows)
        self._painter = ContextPainter(current_theme(), self.list)
        self.list.setItemDelegate(self._painter)
        self._empty = QLabel(NOTHING_ASKED)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._body = QStackedWidget()
        self._body.addWidget(self._empty)
        self._body.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.trouble)
        column.addWidget(self._body, 1)
        self.setMinimumHeight(130)
        self.set_theme(current_theme())
        self.field.textChanged.connect(self._begin)
        self.options.changed.connect(self._on_options)
        self.listed.toggled.connect(self.search)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.went.connect(self._go_there)
        self._on_options()

    def set_theme(self, theme: Theme) -> None:
        self._painter.set_theme(theme)
        self.list.verticalHeader().setDefaultSectionSize(self._painter.row_height)
        self.list.viewport().update()

    # -- facts -------------------------------------------------------------------------------

    def on_opened(self) -> None:
        """Another project is open, or none: nothing of the one before is left."""
        self.end()
        self.rows.clear()
        project = self._session.project
        self.rows.set_tags({tag.name: tag for tag in project.codebook} if project is not None else {})
        if self.isVisible() and self.field.text():
            self.search()
        else:
            self._show()

    def on_changed(self, changes: Changes) -> None:
        """A step was committed: the places show the tags that they carry now."""
        project = self._session.project
        if project is None or not (changes.many or changes.statements or changes.ids("tag")):
            return
        if changes.many or changes.ids("tag"):
            self.rows.set_tags({tag.name: tag for tag in project.codebook})
        if changes.many:
            if self.isVisible() and self.rows.lines:
                self.search()
            return
        for statement in changes.statements:
            if self.rows.has(statement):
                self._look_at_tags(project, statement)

    def _look_at_tags(self, project: Project, statement: str) -> None:
        """Show the tags that a statement's places carry now; where it has very many passages, in a moment."""
        lines = self.rows.lines_of(statement)

        def read(reads: Reads) -> Iterator[tuple[Line, ...]]:
            yield tuple(tagged(lines, reads.places(statement)))

        change = partial(self.rows.change_lines, statement, lines)
        if self._thread is not None and project.has_more_passages(statement, _FEW):
            self._thread.ask(f"tags {statement}", read, change)
        else:
            change(next(read(project)))

    # -- orders ------------------------------------------------------------------------------

    def open(self, words: str = "") -> None:
        """Show the pane, ready to type; with words of a text, find them."""
        self.show()
        words = " ".join(words.replace('"', " ").split())
        if words and self.options.expression:
            self.field.setText(re.escape(words))
        elif words:
            self.field.setText(words if words.isalnum() else f'"{words}"')
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def leave(self) -> None:
        """Close; what was found is kept for the next time, and for going through it by keys."""
        self.stop()
        self.hide()
        self.told.emit("")
        self.left.emit()

    def stop(self) -> None:
        """End the search; what was found stays."""
        self._pause.stop()
        if self._thread is not None:
            self._thread.drop("find")
        if self._running:
            self._running = False
            self.trouble.tell(f"Stopped after {self._page.searched:,} statements.")
            self._show()

    def end(self) -> None:
        """Stop, and end the thread: the project is about to be closed."""
        self._pause.stop()
        self._running = False
        if self._thread is not None:
            self._thread.close()
            self._thread = None

    def step(self, direction: int) -> None:
        """Show the next or previous place, round the end; the focus stays where it is."""
        if not self.rows.lines:
            self.open()
            return
        row = self.rows.next_row(self.list.currentIndex().row(), direction)
        where = ""
        if row < 0:
            row = self.rows.next_row(-1 if direction > 0 else self.rows.rowCount(), direction)
            where = "from the beginning: " if direction > 0 else "from the end: "
        self._choose(row)
        hit = self.rows.hit(row)
        title = f" · {hit.title}" if hit is not None and hit.title else ""
        words = f"{where}{self.rows.ordinal(row):,} of {self.rows.lines:,} places{title}"
        self.told.emit(words[:1].upper() + words[1:])
        announce(self, words, at_once=True)

    def focus_list(self) -> None:
        """To the places, as soon as there are any; the first becomes current."""
        self._hurried = not self.rows.lines
        if self._hurried:
            return
        self.list.setFocus()
        if self.current is None:
            self._choose(self.rows.next_row(-1, 1))

    def take_focus(self) -> None:
        """To the current place, or to the field while there is none."""
        (self.list if self.current is not None else self.field).setFocus(Qt.FocusReason.OtherFocusReason)

    def settle(self) -> bool:
        """Before words are tagged: with the focus on the places, the current one is shown and selected.

        False when it is not in a text, so that there is nothing to tag.
        """
        if not self.list.hasFocus():
            return True
        hit = self.current
        if hit is None or hit.span is None:
            self.told.emit("This line is no place in a text; there are no words to tag.")
            return False
        self.previewed.emit(hit)
        # It may have gone meanwhile; the words that are selected instead are not meant.
        return self._session.statement == hit.statement

    @property
    def current(self) -> Hit | None:
        """The place that is current in the list."""
        return self.rows.hit(self.list.currentIndex().row())

    @property
    def running(self) -> bool:
        """Whether a search is going on."""
        return self._running

    # -- searching ---------------------------------------------------------------------------

    def _begin(self) -> None:
        """Other words are being typed: what is still arriving is no answer to them."""
        if self._thread is not None:
            self._thread.drop("find")
        self._running = False
        self._pause.start()
        self._show()

    def _on_options(self) -> None:
        for button in self.options.buttons[1:]:
            button.setEnabled(self.options.expression)
        self.search()

    def search(self) -> None:
        """Find what the field says now."""
        self._pause.stop()
        self._hurried = False
        project, words = self._session.project, self.field.text()
        wanted = self.options.wanted(words if self.options.expression else words.strip())
        self.rows.clear()
        self.trouble.tell("")
        self._page = Page()
        self._running = bool(wanted) and project is not None
        if self._running and project is not None:
            if self._thread is None:
                self._thread = ReadingThread(project, self)
            within = self._scope() if self.listed.isChecked() else ""
            self._thread.ask(
                "find", lambda reads: concordance(reads, wanted, within), self._on_page, self._on_done, self._on_error
            )
        elif self._thread is not None:
            self._thread.drop("find")
        self._show()

    def _on_page(self, page: Page) -> None:
        self._page = page
        self.rows.add(page.groups)
        self._show()
        if self._hurried and self.rows.lines and self.field.hasFocus():
            self.focus_list()

    def _on_done(self) -> None:
        self._running = False
        self.trouble.tell(self._page.why)
        self._show()
        announce(self, " ".join(filter(None, (self.status.text() or NOTHING_FOUND, self._page.why))))
        self.searched.emit()

    def _on_error(self, error: AnnotatorError) -> None:
        self._running = False
        self.trouble.tell(sentence(error))
        self._show()
        announce(self, sentence(error))
        self.searched.emit()

    def _show(self) -> None:
        """The state of the search: its figures, or what to do."""
        lines, groups = self.rows.lines, len(self.rows.groups)
        parts = []
        if lines:
            places, statements = "place" + "s" * (lines != 1), "statement" + "s" * (groups != 1)
            parts.append(f"{lines:,} {places} in {groups:,} {statements}")
        if self._running and self._page.total:
            parts.append(f"{self._page.searched:,} of {self._page.total:,} statements searched…")
        elif self._running:
            parts.append("searching…")
        self.status.setText(" · ".join(parts))
        self.stop_button.setVisible(self._running)
        project = self._session.project
        self.tag_button.setEnabled(bool(lines) and not self._running and project is not None and not project.read_only)
        self._body.setCurrentWidget(self.list if lines else self._empty)
        asked = bool(self.field.text().strip())
        nothing = NOTHING_ASKED_EXPRESSION if self.options.expression else NOTHING_ASKED
        quiet = self._running or self._pause.isActive() or self.trouble.text()
        self._empty.setText("" if asked and quiet else NOTHING_FOUND if asked else nothing)

    # -- places ------------------------------------------------------------------------------

    def places(self) -> list[tuple[str, Span]]:
        """All words that were found, with their statements."""
        return [(g.summary.id, line.span) for g in self.rows.groups for line in g.lines if line.span is not None]

    def _choose(self, row: int) -> None:
        index = self.rows.index(row, 0)
        self.list.setCurrentIndex(index)
        # With its heading where there is room.
        self.list.scrollTo(self.rows.index(max(0, row - 1), 0))
        self.list.scrollTo(index)

    def _on_current(self, index: QModelIndex, before: QModelIndex) -> None:
        hit = self.rows.hit(index.row())
        if hit is not None:
            self.previewed.emit(hit)

    def _go_there(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current)

    # -- Qt ----------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif self.field.hasFocus() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._pause.isActive():
                self.search()
            self.focus_list()
        elif self.field.hasFocus() and key == Qt.Key.Key_Down:
            self.focus_list()
        else:
            super().keyPressEvent(event)


class _Places(QTableView):
    """The rows of the pane: one column, rows of one height, so that any number of them scrolls alike."""

    #: Enter or a double click: go to the current place.
    went = Signal()

    def __init__(self, pane: FindPane) -> None:
        super().__init__(pane)
        self._pane = pane
        self.setAccessibleName("Places found")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        self.doubleClicked.connect(self.went)

    # -- Qt ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.went.emit()
        elif event.key() == Qt.Key.Key_Up and self._pane.rows.next_row(self.currentIndex().row(), -1) < 0:
            self._pane.field.setFocus()
        elif event.text().strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # letters are commands or nothing, never a search in the list
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # What the reader shows is what a tag's key would mark.
        if self._pane.current is not None and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._pane.previewed.emit(self._pane.current)
