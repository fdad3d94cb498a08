"""The list of statements: chips for the coder's progress, a filter in the query language, and the rows.

The order is asked of the reading thread, by parts; a newer filter drops the older. What a row shows is read
when it is looked at. The pane tells what was chosen and asked for, and changes nothing by itself.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.model import UNREAD, Changes
from annotator.core.query import Query
from annotator.gui.announce import announce
from annotator.gui.arranging import ArrangeButton, worded
from annotator.gui.query_completion import QueryCompletion
from annotator.gui.saved_filters import SavedFiltersButton
from annotator.gui.session import Session
from annotator.gui.statement_filter import Chips, FilterField
from annotator.gui.statement_list import StatementList
from annotator.gui.statement_order import Order, spans_of
from annotator.gui.statement_painter import RowPainter
from annotator.gui.statement_rows import StatementRows
from annotator.gui.theme import Theme, current_theme
from annotator.gui.worker import ReadingThread
from annotator.store.listing import Arrangement, Part
from annotator.store.reads import Reads

#: A filter is asked for when the typing has paused this long.
PAUSE_MS = 40
#: When a filter has found nothing for this long, the list says that it is searching.
PATIENCE_MS = 200
#: So many rows after the current one are looked at before the reading thread is asked for the next unread one.
NEAR = 200
#: Ids of more statements than these are asked of the reading thread.
FEW = 2000
#: A larger selection is let go when the order changes under it.
MOST_KEPT = 20_000

NOTHING_OPEN = "No project is open. Press Ctrl+O to open one, or press Ctrl+N to make one."
NO_STATEMENTS = "No statements yet. Drop files here, or press Ctrl+I to import."
STALE = "The list below is the one from before."
NO_MATCH = "Nothing matches. Esc clears the filter."
SEARCHING = "Searching…"

#: The context menu: the command that ``menu_asked`` names, and its label; None is a line between.
MENU = (
    ("open", "Open"),
    None,
    ("mark_unread", "Mark as unread"),
    ("mark_open", "Mark as open"),
    ("mark_done", "Mark as done"),
    None,
    ("edit", "Edit metadata…"),
    ("report", "Evidence report…"),
    ("delete", "Delete"),
)

_STATUS = re.compile(r"(?:^|(?<=\s))status:(unread|open|done)(?=\s|$)")


class StatementsPane(QWidget):
    """The statements of the project that the chips and the filter let through.

    The statement in the reader is marked by a bar and stays selected through filters and changes, as long as
    it is listed.
    """

    #: A statement was picked by click, arrow keys, Enter or ``next``.
    chosen = Signal(str)
    #: Enter or a double click on the shown statement: the reader should have the focus.
    reader_asked = Signal()
    #: Why the filter cannot be used, as one short sentence; empty when it can be used again.
    filter_failed = Signal(str)
    #: These statements should be deleted (ids).
    delete_asked = Signal(list)
    #: These files and folders were dropped (``Path``).
    files_dropped = Signal(list)
    #: A command of ``MENU``, and the ids that it is for.
    menu_asked = Signal(str, list)
    #: The order is complete: so many statements are listed.
    listed = Signal(int)
    #: The user chose another order of the list (``Arrangement``).
    arranged = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Statements")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._session = session
        self._thread: ReadingThread | None = None
        self._query = Query()
        self._arrangement = Arrangement()
        self._shown = ""
        self._quiet = False
        self._loading = False
        self._no_statements, self._nothing_open = NO_STATEMENTS, NOTHING_OPEN
        self._theme = current_theme()

        self._chips = Chips(self)
        self._field = FilterField(self)
        self.completion = QueryCompletion(self._field, self._theme)
        self._arrange_button = ArrangeButton(self)
        self._saved_button = SavedFiltersButton(session, self.filter_text, self)
        self.saved = self._saved_button.filters
        self._trouble = QLabel(self)
        self._trouble.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble.setWordWrap(True)
        self._trouble.setProperty("role", "error")
        self._trouble.setAccessibleName("Filter error")
        self._trouble.hide()
        self._stale = QLabel(STALE, self)
        self._stale.setTextFormat(Qt.TextFormat.PlainText)
        self._stale.setWordWrap(True)
        self._stale.setProperty("role", "muted")
        self._stale.hide()
        self.model = StatementRows(self)
        self._painter = RowPainter(self._theme, self)
        self._list = StatementList(self)
        self._list.setModel(self.model)
        self._list.setItemDelegate(self._painter)
        self._notice = QLabel(NOTHING_OPEN, self._list.viewport())
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._notice.setWordWrap(True)
        self._notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._notice.setProperty("role", "muted")
        self._notice.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._menu = self._built_menu()
        self._pause = self._timer(PAUSE_MS, self._filter)
        self._patience = self._timer(PATIENCE_MS, self._say_searching)
        self._glance = self._timer(0, self._look_again)
        self._arrange()
        self._connect()
        self.set_theme(self._theme)

    def _timer(self, ms: int, slot) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=ms)
        timer.timeout.connect(slot)
        return timer

    def _arrange(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(12, 10, 12, 8)
        head.setSpacing(8)
        head.addWidget(self._chips)
        field = QHBoxLayout()
        field.setSpacing(6)
        field.addWidget(self._field, 1)
        field.addWidget(self._saved_button)
        field.addWidget(self._arrange_button)
        head.addLayout(field)
        head.addWidget(self._trouble)
        head.addWidget(self._stale)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._list, 1)
        notice = QVBoxLayout(self._list.viewport())
        notice.setContentsMargins(28, 28, 28, 60)
        notice.addWidget(self._notice)

    def _connect(self) -> None:
        self._chips.chosen.connect(self._chip_chosen)
        self._field.textChanged.connect(self._pause.start)
        self._field.returnPressed.connect(self._filter_now)
        self._field.escaped.connect(self._clear_filter)
        self._field.escaped.connect(self._go_to_list)
        self._field.left.connect(self._go_to_list)
        self.saved.chosen.connect(self.set_filter)
        self._arrange_button.chosen.connect(self.arrange)
        self._list.entered.connect(self._enter)
        self._list.escaped.connect(self._clear_filter)
        self._list.delete_pressed.connect(self._ask_to_delete)
        self._list.menu_wanted.connect(self._menu.popup)
        self._list.selectionModel().currentRowChanged.connect(self._settled)
        self._list.selectionModel().selectionChanged.connect(self._settled)
        self._menu.triggered.connect(self._menu_triggered)
        # Rows are read while they are painted; what is told then must wait for the painting's end.
        self.model.unreadable.connect(self._session.failed, Qt.ConnectionType.QueuedConnection)

    def _built_menu(self) -> QMenu:
        menu = QMenu(self)
        for entry in MENU:
            if entry is None:
                menu.addSeparator()
            else:
                action = QAction(entry[1], menu)
                action.setData(entry[0])
                menu.addAction(action)
        return menu

    # -- facts that the pane listens to ------------------------------------------------------

    def on_opened(self) -> None:
        """Another project is open, or none: everything is read anew."""
        self._shown = ""
        self._painter.set_shown("")
        self._set_quietly("")
        self._query = Query()
        project = self._session.project
        with _Quiet(self):
            self.model.look_at(project)
        if project is not None:
            self._take_codebook(project.codebook)
        self._say("" if project is not None else self._nothing_open)
        self._chips.set_counts({})
        self._ask()
        self._count()

    def on_changed(self, changes: Changes) -> None:
        """Read again what a step touched; the order too when statements came, went or have other metadata."""
        project = self._session.project
        if project is None:
            return
        if changes.many or changes.ids("tag"):
            self._take_codebook(project.codebook)
        self.model.reread(changes.concerns)
        if changes.many or changes.ids("statement"):
            self._ask(again=True)
        self._glance.start()

    def on_shown(self, statement: str) -> None:
        """Another statement is in the reader: select and mark its row."""
        before, self._shown = self._shown, statement
        self._painter.set_shown(statement)
        if statement:
            self.select(statement)
        else:
            with _Quiet(self):
                self._list.clearSelection()
        self.model.reread(lambda each: each == before)
        self._list.viewport().update()
        # Who shows a statement also notes that it was opened; that is no step, so no change tells of it.
        self._glance.start()

    def set_ways(self, to_open: str, to_make: str, to_import: str) -> None:
        """How to do these, in the middle of a sentence: the user may have changed the keys."""
        self._no_statements = f"No statements yet. Drop files here, or {to_import} to import."
        way = f"{to_open[0].upper()}{to_open[1:]}"
        self._nothing_open = f"No project is open. {way} to open one, or {to_make} to make one."
        if self._session.project is None:
            self._say(self._nothing_open)

    def set_reading_thread(self, thread: ReadingThread | None) -> None:
        """Ask this thread for the order from now on."""
        if self._thread is not None and self._thread is not thread:
            for kind in ("order", "next unread", "counts", "ids"):
                self._thread.drop(kind)
        self._thread = thread
        if thread is None:  # the project is about to be closed
            self._pause.stop()
            self._glance.stop()
        self.completion.set_reading_thread(thread)
        self._ask()
        self._count()

    def set_theme(self, theme: Theme) -> None:
        """Draw with these colours, and rows as high as the system's font asks."""
        self._theme = theme
        self._painter.set_theme(theme)
        self.completion.set_theme(theme)
        self._field.set_theme(theme)
        self._saved_button.set_theme(theme)
        self._arrange_button.set_theme(theme)
        self._list.set_heights(self._painter.row_height, self._painter.heading_height)
        self._list.viewport().update()

    def _take_codebook(self, codebook: Codebook) -> None:
        self._painter.set_codebook(codebook)
        self.completion.set_codebook(codebook)

    # -- orders ------------------------------------------------------------------------------

    def next(self, step: int = 1) -> None:
        """Choose the next statement of the list, or the one before (-1)."""
        rows = self.model.rowCount()
        if not rows:
            return
        here = self._here()
        # Where the current statement is gone, the row at its place is the next one already.
        row = max(0, min(rows - 1, here + step if self._is_on(here) or step < 0 else here))
        order = self.model.order
        near = order.nearest(row, step)
        if near is None:
            near = order.nearest(row, -step)
        if near is not None:
            self._choose(near)

    def next_unread(self) -> None:
        """Choose the next statement of the list that the coder has not opened; after the last, the first."""
        here = self._here()
        here -= not self._is_on(here)
        rows = self.model.rowCount()
        for row in range(here + 1, min(here + 1 + NEAR, rows)):
            summary = self.model.summary(row)
            if summary is not None and summary.status == UNREAD:
                self._choose(row)
                return
        if self._thread is None or not rows:
            return
        order = array("q", self.model.order.rows)
        self._thread.ask(
            "next unread",
            lambda reads: _next_of(reads, order, here),
            self._choose_number,
            on_error=self._session.failed.emit,
        )

    def focus_filter(self) -> None:
        """Put the caret into the filter field."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def select(self, statement: str) -> None:
        """Make this statement's row the current one, if it is listed; nothing is told."""
        project = self._session.project
        row = self.model.row_of(project.number_of(statement)) if project is not None else None
        with _Quiet(self):
            if row is None:
                self._list.clearSelection()
            else:
                self._make_current(row)

    def selected(self) -> list[str]:
        """The ids of the selected statements, in the order of the list."""
        project = self._session.project
        return [*project.ids(self._selected_numbers())] if project is not None else []

    def selected_count(self) -> int:
        """How many statements are selected."""
        return sum(map(len, self._selected_rows()))

    def current_id(self) -> str:
        """The id of the selected statement whose row is the current one; empty when there is none."""
        index = self._list.currentIndex()
        if not index.isValid() or not self._list.selectionModel().isSelected(index):
            return ""
        summary = self.model.summary(index.row())
        return summary.id if summary is not None else ""

    @property
    def arrangement(self) -> Arrangement:
        """The order of the list."""
        return self._arrangement

    def set_arrangement(self, arrangement: Arrangement) -> None:
        """Take this order from the next time on that the list is asked for; nothing is told."""
        self._arrangement = arrangement
        self._arrange_button.show_arrangement(arrangement)

    def arrange(self, arrangement: Arrangement) -> None:
        """List the statements in this order."""
        self.set_arrangement(arrangement)
        self.arranged.emit(arrangement)
        announce(self._list, worded(arrangement))
        self._ask()

    def set_filter(self, text: str) -> None:
        """Filter by this query; a single ``status:`` chooses its chip."""
        self._set_quietly(text)
        self._filter_now()

    def filter_text(self) -> str:
        """The whole query as text: what the field holds, and the chip's status."""
        text, status = self._field.text().strip(), self._chips.status
        return f"{text} status:{status}".strip() if status else text

    # -- the order ---------------------------------------------------------------------------

    def _set_quietly(self, text: str) -> None:
        found = _STATUS.findall(text)
        if len(found) == 1:
            text = " ".join(_STATUS.sub("", text).split())
        chips, field = self._chips.blockSignals(True), self._field.blockSignals(True)
        self._chips.choose(found[0] if len(found) == 1 else "")
        self._field.setText(text)
        self._field.show_clear()
        self._chips.blockSignals(chips)
        self._field.blockSignals(field)
        self._pause.stop()
        self._complain("")

    def _chip_chosen(self, status: str) -> None:
        self._filter_now()

    def _filter_now(self) -> None:
        self._pause.stop()
        self._filter()

    def _filter(self) -> None:
        project = self._session.project
        if project is None:
            return
        try:
            self._query = project.parse(self.filter_text())
        except AnnotatorError as error:
            self._complain(str(error))
            return
        self._complain("")
        self._ask()

    def _ask(self, again: bool = False) -> None:
        """Ask for the order; ``again`` keeps the rows, the selection and the scroll until all of it is there."""
        project, thread, query = self._session.project, self._thread, self._query
        if project is None or thread is None:
            return
        # A filter that is still arriving and is asked again arrives from the start, as it would have.
        again = again and not self._loading
        self._loading = not again
        arriving, arrangement = _Arriving(self, again), self._arrangement
        if not again:
            self._patience.start()
        thread.ask(
            "order", lambda reads: reads.listing(query, arrangement), arriving.page, arriving.done, self._order_failed
        )

    def _say_searching(self) -> None:
        """Nothing has come yet: rather an empty list than one that answers another question."""
        with _Quiet(self):
            self.model.set_order(Order())
        self._say(SEARCHING)

    def _order_failed(self, error: AnnotatorError) -> None:
        self._loading = False
        self._patience.stop()
        if not self.model.rowCount():
            self._say("")
        self._complain(str(error))

    def _begin(self, *parts: Part) -> None:
        """Show the first part of another order."""
        self._patience.stop()
        shown = self._shown_number()
        with _Quiet(self):
            self.model.set_order(Order(*parts))
            self._list.lay_out()
        self._list.verticalScrollBar().setValue(0)
        self._find_shown(shown, 0)
        self._say("")

    def _append(self, part: Part) -> None:
        first, heads = self.model.rowCount(), len(self.model.order.labels)
        self.model.append(part)
        if part.heads:
            self._list.lay_out(heads)
        self._find_shown(self._shown_number(), first)

    def _find_shown(self, number: int | None, first: int) -> None:
        """Select the shown statement again if it is listed from this row on."""
        row = self.model.row_of(number, first)
        if row is not None and not self._list.selectionModel().hasSelection():
            with _Quiet(self):
                self._make_current(row)

    def _shown_number(self) -> int | None:
        project = self._session.project
        return project.number_of(self._shown) if project is not None and self._shown else None

    def _replace(self, order: Order) -> None:
        """Show this order; what was selected stays so, and what was at the top stays at the top."""
        view, rows = self._list, self.model
        if order == rows.order:
            return
        top, scroll = view.indexAt(QPoint(1, 1)), view.verticalScrollBar().value()
        anchor = rows.order.rows[top.row()] if top.isValid() else None
        offset = view.rowViewportPosition(top.row()) if top.isValid() else 0
        here = view.currentIndex().row()
        current = rows.order.rows[here] if here >= 0 else None
        shown = self._shown_number()
        # What is in sight stays so, and what comes back is shown; who scrolled away is left alone.
        follow = shown is not None and (rows.row_of(shown) is None or self._in_sight(rows.row_of(shown)))
        selected = self._selected_to_keep()
        with _Quiet(self):
            rows.set_order(order)
            view.lay_out()
            place = rows.row_of(current)
            if place is None and here >= 0 and order:
                # The current statement is gone: the keys go on from where it stood.
                place = order.nearest(min(here, len(order) - 1), -1)
            if place is not None:
                quietly = QItemSelectionModel.SelectionFlag.NoUpdate
                view.selectionModel().setCurrentIndex(rows.index(place, 0), quietly)
            self._select_numbers(selected)
        found = rows.row_of(anchor)
        if found is not None:
            scroll = view.top_of(found) - offset
        view.verticalScrollBar().setValue(scroll)
        self._find_shown(shown, 0)
        row = rows.row_of(shown)
        if follow and row is not None:
            view.scrollTo(rows.index(row, 0))

    def _in_sight(self, row: int | None) -> bool:
        """Whether any of this row is seen."""
        if row is None:
            return False
        return self._list.viewport().rect().intersects(self._list.visualRect(self.model.index(row, 0)))

    def _selected_to_keep(self) -> set[int]:
        """The selected statements; none when they are so many that finding them again would be felt."""
        count = sum(map(len, self._selected_rows()))
        if count > MOST_KEPT:
            self._session.said.emit(f"The list has changed; {count:,} rows are no longer selected.")
            return set()
        return set(self._selected_numbers())

    def _select_numbers(self, numbers: set[int]) -> None:
        selection = QItemSelection()
        for span in spans_of(self.model.order.rows_of(numbers)):
            selection.select(self.model.index(span.start, 0), self.model.index(span.stop - 1, 0))
        self._list.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _order_complete(self) -> None:
        self._loading = False
        self._patience.stop()
        statements = self.model.order.statements
        nothing = NO_MATCH if self._query else self._no_statements
        self._say("" if statements else nothing)
        self.listed.emit(statements)

    # -- rows --------------------------------------------------------------------------------

    def _selected_rows(self) -> Iterator[range]:
        spans = [(s.top(), s.bottom() + 1) for s in self._list.selectionModel().selection()]
        return (range(start, stop) for start, stop in sorted(spans))

    def _selected_numbers(self) -> array[int]:
        return self.model.order.numbers_in(self._selected_rows())

    def _with_selected(self, then: Callable[[list[str]], None]) -> None:
        """Go on with the ids of the selected statements: at once, or, for many, when they have been read."""
        numbers, project = self._selected_numbers(), self._session.project
        if project is None or not numbers:
            return
        if len(numbers) <= FEW or self._thread is None:
            then([*project.ids(numbers)])
            return
        ids: list[str] = []
        self._session.said.emit(f"Looking up {len(numbers):,} statements…")
        self._thread.ask(
            "ids",
            lambda reads: (reads.ids(numbers[start : start + FEW]) for start in range(0, len(numbers), FEW)),
            ids.extend,
            lambda: then(ids),
            self._session.failed.emit,
        )

    def _here(self) -> int:
        """The current row, even when its statement is gone or not selected."""
        return max(0, self._list.currentIndex().row())

    def _is_on(self, row: int) -> bool:
        return self._list.selectionModel().isRowSelected(row, QModelIndex())

    def _choose(self, row: int) -> None:
        with _Quiet(self):
            self._make_current(row)
        self._tell(row)

    def _make_current(self, row: int) -> None:
        """Make this row the current and only selected one, in sight.

        Not by the view's own ``setCurrentIndex``: that one looks at the keys held down, and Ctrl+Down would add rows.
        """
        index = self.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self._list.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._list.scrollTo(index)

    def _choose_number(self, number: int | None) -> None:
        row = self.model.row_of(number)
        if row is not None:
            self._choose(row)
        else:
            self._session.said.emit("No unread statement is left in this list.")

    def _tell(self, row: int) -> None:
        summary = self.model.summary(row)
        if summary is not None:
            self.chosen.emit(summary.id)

    def _settled(self) -> None:
        """Choose the current row if it alone is selected: while several are, the reader stays where it is.

        Qt tells of the current row and of the selection in either order, so that both come here.
        """
        here, selection = self._list.currentIndex().row(), self._list.selectionModel().selection()
        if self._quiet or len(selection) != 1 or (selection[0].top(), selection[0].bottom()) != (here, here):
            return
        if self.current_id() != self._shown:
            self._tell(here)

    def _enter(self) -> None:
        if self._list.currentIndex().isValid():
            self._tell(self._list.currentIndex().row())
            self.reader_asked.emit()

    def _ask_to_delete(self) -> None:
        self._with_selected(self.delete_asked.emit)

    def _menu_triggered(self, action: QAction) -> None:
        command = action.data()
        if command == "open":
            numbers, project = self._selected_numbers()[:1], self._session.project
            if project is not None and (ids := project.ids(numbers)):
                self.chosen.emit(ids[0])
        elif command == "delete":
            self._ask_to_delete()
        else:
            self._with_selected(lambda ids: self.menu_asked.emit(command, ids))

    # -- what is said ------------------------------------------------------------------------

    def _look_again(self) -> None:
        shown = self._shown
        self.model.reread(lambda each: each == shown)
        self._count()

    def _count(self) -> None:
        if self._session.project is not None and self._thread is not None:
            self._thread.ask(
                "counts",
                lambda reads: iter((reads.progress_counts(),)),
                self._chips.set_counts,
                on_error=self._session.failed.emit,
            )

    def _say(self, notice: str) -> None:
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        self._list.setAccessibleDescription(notice)

    def _complain(self, sentence: str) -> None:
        if sentence == self._field.accessibleDescription():
            return
        self._trouble.setText(shortened(sentence))
        self._trouble.setVisible(bool(sentence))
        self._stale.setVisible(bool(sentence) and self.model.rowCount() > 0)
        self._field.setAccessibleDescription(sentence)
        if sentence:
            announce(self._field, sentence, at_once=True)
        self.filter_failed.emit(shortened(sentence) if sentence else "")

    def _go_to_list(self) -> None:
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear_filter(self) -> None:
        if self.filter_text():
            self.set_filter("")

    # -- Qt --------------------------------------------------------------------------------

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # type: ignore[override]
        """The pane's focus is its list's. Not by a proxy: Tab would pass over the chips and fields before it."""
        self._list.setFocus(reason)

    def changeEvent(self, event) -> None:
        super().changeEvent(event)
        if event.type() in (event.Type.FontChange, event.Type.ApplicationFontChange) and hasattr(self, "_field"):
            self.set_theme(self._theme)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._session.project is not None and _local_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if files := _local_files(event):
            event.acceptProposedAction()
            self.files_dropped.emit(files)


class _Quiet:
    """While it lasts, the pane's current row moves without being chosen."""

    def __init__(self, pane: StatementsPane) -> None:
        self._pane = pane

    def __enter__(self) -> None:
        self._before, self._pane._quiet = self._pane._quiet, True

    def __exit__(self, *exception: object) -> None:
        self._pane._quiet = self._before


class _Arriving:
    """An order on its way: shown from its first part on, or all at once when it is asked again or known only then."""

    def __init__(self, pane: StatementsPane, again: bool) -> None:
        self._pane = pane
        self._held: Order | None = Order() if again else None
        self._begun = again

    def page(self, part: Part) -> None:
        if (part.anew and part.whole and self._held is None) or (part.anew and self._held is not None):
            self._held = Order()
        if self._held is not None:
            self._held.extend(part)
        elif self._begun:
            self._pane._append(part)
        else:
            self._begun = True
            self._pane._begin(part)

    def done(self) -> None:
        if self._held is not None:
            self._pane._replace(self._held)
        elif not self._begun:
            self._pane._begin()
        self._pane._order_complete()


def _next_of(reads: Reads, order: array[int], here: int) -> Iterator[int | None]:
    """The first unread statement after a row, then from the top."""
    for part in (order[here + 1 :], order[: here + 1]):
        for start in range(0, len(part), FEW):
            numbers = array("q", [n for n in part[start : start + FEW] if n > 0])
            unread = reads.with_status(numbers, UNREAD)
            if found := next((n for n in numbers if n in unread), None):
                yield found
                return
    yield None


def shortened(sentence: str, most: int = 110) -> str:
    """The sentence, or as many of its words as stay quiet under a field."""
    if len(sentence) <= most:
        return sentence
    words = sentence[: most - 1]
    return (words.rpartition(" ")[0] or words).rstrip(",;: ") + "…"


def _local_files(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
