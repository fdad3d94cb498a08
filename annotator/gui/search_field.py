"""The search of the top bar: one field for commands, statements, passages, texts and actors.

The results hang below the field while the caret stays in it. Searching is the reading thread's work; what a
newer text asks drops the older question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from annotator.core.errors import AnnotatorError
from annotator.gui.announce import announce
from annotator.gui.search_results import (
    ACTORS,
    ALL,
    CALLED_SO,
    COMMANDS,
    GROUPS,
    HINT,
    MEMOS,
    MORE,
    NOTHING,
    PASSAGES,
    STATEMENTS,
    Found,
    Offer,
    Result,
    ResultPainter,
    ResultRows,
    matching,
    search,
    spoken,
)
from annotator.gui.session import Session
from annotator.gui.theme import Theme, current_theme
from annotator.gui.worker import ReadingThread

#: A search is asked for when the typing has paused this long.
PAUSE_MS = 40
#: The pop-up's size at most, in pixels of a 13 pixel font.
WIDEST, HIGHEST = 640, 560

#: Page Up and Page Down move by so many results.
LEAP = 6


class SearchField(QLineEdit):
    """Finds while it is typed in; Up and Down choose, Enter picks, Esc closes."""

    statement_chosen = Signal(str)
    #: A place in a text: the statement, and code points from and to.
    place_chosen = Signal(str, int, int)
    #: A hit on a passage: the statement and the annotation.
    passage_chosen = Signal(str, str)
    command_chosen = Signal(str)
    #: An actor's id.
    actor_chosen = Signal(str)
    #: The memo of this tag (its name), or of the project where it is empty.
    memo_chosen = Signal(str)
    #: The list of statements should show all that this query finds.
    filter_asked = Signal(str)
    #: Esc, or a command was run: the text should have the focus again.
    left = Signal()
    #: Everything that the latest text finds is shown.
    searched = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Search")
        self.setPlaceholderText("Search statements, passages, actors…")
        self.setMinimumWidth(180)
        self.setMaximumWidth(480)
        self._session = session
        self._thread: ReadingThread | None = None
        self._commands: tuple[Offer, ...] = ()
        #: Commands that were run from here, the latest first.
        self._recent: list[str] = []
        self._theme = current_theme()
        self._keycap = QLabel("Ctrl K", self)
        self._keycap.setTextFormat(Qt.TextFormat.PlainText)
        self._keycap.setProperty("role", "keycap")
        self._keycap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.results = ResultRows(self)
        self._popup = ResultsPopup(self.results, self._theme, self)
        self._popup.picked.connect(self._pick)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.textEdited.connect(self._edited)
        self.textChanged.connect(self._show_keycap)

    # -- facts -------------------------------------------------------------------------------

    def on_opened(self) -> None:
        """Another project is open, or none: what was found is forgotten."""
        self.clear()
        self.close_results()

    def set_reading_thread(self, thread: ReadingThread | None) -> None:
        """Ask this thread from now on."""
        if self._thread is not None and self._thread is not thread:
            self._thread.drop("search")
        self._thread = thread

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._popup.set_theme(theme)

    def set_commands(self, commands: Sequence[Offer]) -> None:
        """The commands that can be found."""
        self._commands = tuple(commands)

    def set_key(self, key: str) -> None:
        """Show this key as the one that comes here."""
        self._keycap.setText(key.replace("+", " "))
        self._place_keycap()

    # -- orders ------------------------------------------------------------------------------

    def open(self) -> None:
        """Put the caret here and show again what the text found."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        self._edited(self.text())

    def close_results(self) -> None:
        """Hide the pop-up and forget what was asked."""
        self._pause.stop()
        if self._thread is not None:
            self._thread.drop("search")
        self._popup.hide()
        self.results.clear()

    @property
    def is_open(self) -> bool:
        """Whether results are shown."""
        return self._popup.isVisible()

    @property
    def current(self) -> Result | None:
        """The result that Enter would pick."""
        row = self.results.row(self._popup.list.currentIndex().row())
        return row.result if row is not None else None

    # -- searching ---------------------------------------------------------------------------

    def _edited(self, text: str) -> None:
        if not text.strip():
            self._offer_first()
            return
        if self._means_command:
            self._offer_commands(text.lstrip()[1:])
            return
        found = matching(self._commands, text)
        # Those that are called so stand before what was searched for, and leave it in sight.
        self._show(replace(found, results=found.results[:CALLED_SO]) if found.first else found)
        if self.current is None or self.current.group == COMMANDS:
            # Enter means the words: a command that changes something is never one slip away from a search.
            self._popup.choose(-1)
        self._pause.start()

    def _offer_first(self) -> None:
        """Nothing is typed: the commands that were run last, and what can be typed."""
        self.close_results()
        self._show(matching(self._commands, "", self._recent), note=HINT)

    @property
    def _means_command(self) -> bool:
        return self.text().lstrip().startswith(">")

    def _offer_commands(self, text: str) -> None:
        """After a ``>`` only commands are meant, and Enter runs the first."""
        self._pause.stop()
        if self._thread is not None:
            self._thread.drop("search")
        found = matching(self._commands, text, self._recent)
        note = "" if found.results else NOTHING
        self._show(found, *(Found(group, ()) for group in GROUPS if group != COMMANDS), note=note)
        if found.results:
            self._popup.choose(self.results.row_of(found.results[0]))

    def _search(self) -> None:
        text = self.text().strip()
        if not text or self._session.project is None or self._thread is None:
            self._complete(set())
            return
        collected = _Collecting(self)
        self._thread.ask("search", lambda reads: search(reads, text), collected.page, collected.done, self._failed)

    def _failed(self, error: AnnotatorError) -> None:
        self._show(*(Found(group, ()) for group in GROUPS if group != COMMANDS), note=str(error))
        self.searched.emit()

    def _complete(self, collected: set[str]) -> None:
        """Everything of this text is there: groups that found nothing lose what an older text left."""
        gone = [Found(group, ()) for group in GROUPS if group != COMMANDS and group not in collected]
        self._show(*gone)
        listable = any(r.group not in (COMMANDS, ACTORS, MEMOS) for r in self.results.results)
        note = MORE if self.results.has_more else ALL if listable else "" if self.results.results else NOTHING
        self._show(note=note)
        self.searched.emit()

    def _show(self, *groups: Found, note: str | None = None) -> None:
        before = self.current
        self.results.set_found(*groups, note=note)
        self._popup.choose(self.results.row_of(before))
        if self.results.rowCount() and self.hasFocus():
            self._popup.open_below(self)
        elif not self.results.rowCount():
            self._popup.hide()

    # -- picking -----------------------------------------------------------------------------

    def _pick(self, number: int) -> None:
        row = self.results.row(number)
        if row is None:
            return
        if row.result is None:
            if row.leads:
                self._see_all()
            return
        result = row.result
        self.close_results()
        self._forget_typing()
        if result.group == COMMANDS:
            self._recent = [result.target, *(each for each in self._recent if each != result.target)]
            self.left.emit()
            self.command_chosen.emit(result.target)
        elif result.group == STATEMENTS:
            self.statement_chosen.emit(result.target)
        elif result.group == ACTORS:
            self.actor_chosen.emit(result.target)
        elif result.group == MEMOS and not result.target:
            self.memo_chosen.emit(result.tag.name if result.tag else "")
        elif result.group == MEMOS and not result.annotation:
            self.statement_chosen.emit(result.target)
        elif result.group in (PASSAGES, MEMOS):
            self.passage_chosen.emit(result.target, result.annotation)
        else:
            self.place_chosen.emit(result.target, result.start, result.end)

    def _see_all(self) -> None:
        if self._means_command:
            return
        text = self.text().strip()
        self.close_results()
        self._forget_typing()
        if text:
            self.filter_asked.emit(text)

    def _forget_typing(self) -> None:
        """What was typed has led somewhere: it would look like a filter now, and undo is the project's again."""
        self.setText("")

    def _move(self, step: int) -> None:
        if not self.is_open:
            self._edited(self.text())
            return
        self._popup.go(step)
        row = self.results.row(self._popup.list.currentIndex().row())
        if row is not None:
            announce(self, spoken(row), at_once=True)

    # -- the key cap -------------------------------------------------------------------------

    def _show_keycap(self, text: str) -> None:
        self._keycap.setVisible(not text)

    def _place_keycap(self) -> None:
        self._keycap.adjustSize()
        size = self._keycap.size()
        self._keycap.move(self.width() - size.width() - 10, (self.height() - size.height()) // 2)

    # -- Qt --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(460, 0))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.is_open and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        if event.type() == QEvent.Type.ShortcutOverride and self._leaves_undo(event):
            event.ignore()
            return True
        return super().event(event)

    def _leaves_undo(self, event: QKeyEvent) -> bool:
        """Whether this is Undo or Redo and nothing typed here would come of it."""
        if event.matches(QKeySequence.StandardKey.Undo):
            return not self.isUndoAvailable()
        return event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and self.is_open:
            for _ in range(LEAP):
                self._popup.go(1 if key == Qt.Key.Key_PageDown else -1, around=False)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.current is not None:
                self._pick(self._popup.list.currentIndex().row())
            else:
                self._see_all()
        elif key == Qt.Key.Key_Escape and self.is_open and self.text().strip():
            self.close_results()
        elif key == Qt.Key.Key_Escape:
            self.close_results()
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A menu or another window comes back here.
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.close_results()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_keycap()
        if self.is_open:
            self._popup.open_below(self)

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self._place_keycap()


class _Collecting:
    """The groups of one search as they arrive."""

    def __init__(self, field: SearchField) -> None:
        self._field = field
        self._groups: set[str] = set()

    def page(self, found: Found) -> None:
        self._groups.add(found.group)
        self._field._show(found)

    def done(self) -> None:
        self._field._complete(self._groups)


class ResultsPopup(QFrame):
    """Results below a field, as a child of its window: it takes no focus and no grab, and works on every platform."""

    #: The number of the row that was clicked.
    picked = Signal(int)

    def __init__(self, rows: ResultRows, theme: Theme, field: QWidget) -> None:
        super().__init__(field)
        self.setAccessibleName("Search results")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rows, self._theme = rows, theme
        self._pointer = QCursor.pos()
        self._painter = ResultPainter(theme, self)
        self.list = QListView(self)
        self.list.setAccessibleName("Search results")
        self.list.setModel(rows)
        self.list.setItemDelegate(self._painter)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.viewport().setAutoFillBackground(False)
        self.list.clicked.connect(self._clicked)
        self.list.entered.connect(self._entered)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 5, 2, 6)
        layout.addWidget(self.list)
        self.hide()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._painter.set_theme(theme)
        self.list.setStyleSheet("QListView { background: transparent; border: none; }")
        self.list.doItemsLayout()
        self.update()

    def open_below(self, field: QWidget) -> None:
        """Show under this field, as wide as its window allows and as high as the results are."""
        window = field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        margins = self.layout().contentsMargins()
        wanted = sum(self.list.sizeHintForRow(i) for i in range(self._rows.rowCount()))
        corner = field.mapTo(window, QPoint(0, field.height() + 4))
        width = min(max(field.width(), WIDEST), window.width() - 16)
        left = corner.x() + (field.width() - width) // 2
        left = max(8, min(left, window.width() - width - 8))
        height = min(wanted + margins.top() + margins.bottom() + 2, HIGHEST, window.height() - corner.y() - 8)
        self._pointer = QCursor.pos()
        self.setGeometry(left, corner.y(), width, max(height, 40))
        self.show()
        self.raise_()
        window.installEventFilter(self)

    def choose(self, row: int) -> None:
        """Make this row the current one; -1 for none."""
        index = self._rows.index(row, 0) if row >= 0 else QModelIndex()
        self.list.setCurrentIndex(index)
        if not index.isValid():
            self.list.clearSelection()

    def go(self, step: int, around: bool = True) -> None:
        """Go on to the next row that can be chosen."""
        count = self._rows.rowCount()
        row = self.list.currentIndex().row()
        if row < 0 and step < 0:
            row = count
        for _ in range(count):
            row += step
            if not 0 <= row < count:
                if not around:
                    return
                row %= count
            if self._rows.flags(self._rows.index(row, 0)) & Qt.ItemFlag.ItemIsSelectable:
                self.choose(row)
                self.list.scrollTo(self._rows.index(max(0, row - 1), 0))
                self.list.scrollTo(self._rows.index(row, 0))
                return

    def _clicked(self, index: QModelIndex) -> None:
        self.picked.emit(index.row())

    def _entered(self, index: QModelIndex) -> None:
        # Results that open under a resting pointer are not chosen by it.
        if QCursor.pos() != self._pointer and self._rows.flags(index) & Qt.ItemFlag.ItemIsSelectable:
            self.choose(index.row())

    # -- Qt --------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A press on the window's bare ground, which takes no focus, closes the results as well.
        if event.type() == QEvent.Type.MouseButtonPress and watched is self.parentWidget():
            self.hide()
        return False

    def hideEvent(self, event) -> None:
        super().hideEvent(event)
        if self.parentWidget() is not None:
            self.parentWidget().removeEventFilter(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.hairline).darker(112) if not theme.dark else QColor(theme.bar_edge), 1))
            painter.setBrush(QColor(theme.page))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
