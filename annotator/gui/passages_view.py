"""The Passages view: a table of the passages of all statements, narrowed by a query, ordered, grouped and edited.

The order is asked of the reading thread, by parts; a newer question drops the older. What a row shows is read when it
is looked at. The view tells what is asked for, and changes nothing by itself.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from annotator.core.errors import AnnotatorError
from annotator.core.model import Changes
from annotator.core.query import Query, Term
from annotator.gui.announce import announce
from annotator.gui.attribute_fields import ActorNames
from annotator.gui.memory import Memory
from annotator.gui.passage_columns import PASSAGE, Column, columns, field_of, query_value, said, usual
from annotator.gui.passage_painter import PassagePainter
from annotator.gui.passage_rows import PassageRows
from annotator.gui.passage_table import PassageTable
from annotator.gui.query_completion import QueryCompletion
from annotator.gui.saved_filters import NAME, SavedFilters
from annotator.gui.session import Session
from annotator.gui.statement_filter import FilterField
from annotator.gui.statement_order import Order
from annotator.gui.statements import PATIENCE_MS, PAUSE_MS, SEARCHING, shortened
from annotator.gui.theme import Theme, current_theme, ui_size
from annotator.gui.worker import ReadingThread
from annotator.store.listing import DATE, ISSUER, Part
from annotator.store.passage_list import CHANGED, CODER, PLACE, STATE, TAG, PassageOrder

NO_PASSAGES = "No passages yet. Select words in a statement and press a tag's key."
NO_MATCH = "No passage matches. Esc clears the filter."
NOTHING_OPEN = "No project is open."
#: Groups that every codebook has, and their labels; attributes come after them.
GROUPS = ((PLACE, "Statement"), (DATE, "Month"), (ISSUER, "Issuer"), (TAG, "Tag"), (CODER, "Coder"), (STATE, "State"))
#: Rows that are copied at most at once.
MOST_COPIED = 20_000


class PassagesView(QWidget):
    """The passages that the filter lets through, in columns."""

    #: Enter or a double click: this passage should be seen in its text (statement, annotation).
    opened = Signal(str, str)
    #: Back to the text.
    left = Signal()
    #: This should be done to these passages (their ids): ``retag``, ``set``, ``note`` or ``remove``; the ids of all
    #: that are found follow, as a function that gives them.
    change_asked = Signal(str, object, object)
    #: What is listed should be exported: ``table`` for the rows and columns that are seen, else in a format.
    export_asked = Signal(str)
    #: The order is complete: so many passages are listed.
    listed = Signal(int)

    def __init__(self, session: Session, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Passages view")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session, self._memory = session, memory
        self._thread: ReadingThread | None = None
        self._query = Query()
        self._order = PassageOrder()
        self._known: dict[str, Column] = {}
        self._chosen: list[str] = []
        self._stale = True
        self._loading = False
        self._editing = ""
        self._theme = current_theme()
        self._actors = ActorNames()
        self._build()
        self._connect()
        self.set_theme(self._theme)

    def _build(self) -> None:
        self.field = FilterField(self)
        self.field.setAccessibleName("Filter of passages")
        self.field.setPlaceholderText("Filter: accused:Turkey evidence:none date:2022..2023, missing:any…")
        self.completion = QueryCompletion(self.field, self._theme)
        self._group_button = self._menu_button("Group", "How the passages are grouped")
        self._columns_button = self._menu_button("Columns", "Which columns are shown")
        self._filters_button = self._menu_button("Saved filters", NAME)
        self.saved = SavedFilters(self._session, self.filter_text, self._filters_button)
        self._filters_button.setMenu(self.saved)
        self._change_button = self._menu_button("Change", "What is done to the selected passages, or to all found")
        self._export = self._menu_button("Export", "Write what is listed into a file")
        bar = QWidget(self)
        bar.setProperty("role", "topbar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        buttons = (self._group_button, self._columns_button, self._filters_button, self._change_button, self._export)
        for button in buttons:
            row.addWidget(button)
        self._trouble = QLabel(self)
        self._trouble.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble.setProperty("role", "error")
        self._trouble.setAccessibleName("Filter error")
        self._trouble.setContentsMargins(16, 4, 16, 6)
        self._trouble.setWordWrap(True)
        self._trouble.hide()
        self.model = PassageRows(self)
        self.table = PassageTable(self)
        self._painter = PassagePainter(self._theme, self._actors, self)
        self.table.setModel(self.model)
        self.table.setItemDelegate(self._painter)
        self._notice = QLabel(NOTHING_OPEN, self.table.viewport())
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._notice.setWordWrap(True)
        self._notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._notice.setProperty("role", "muted")
        self._notice.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inner = QVBoxLayout(self.table.viewport())
        inner.setContentsMargins(28, 28, 28, 60)
        inner.addWidget(self._notice)
        self._count = QLabel(self)
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setProperty("role", "small")
        self._count.setAccessibleName("Passages listed")
        self._hint = QLabel("Enter open in text · Space select · E edit · Ctrl+C copy · Del remove · Esc back", self)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setProperty("role", "small")
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 5, 16, 5)
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self._hint)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(bar)
        whole.addWidget(self._trouble)
        whole.addWidget(self.table, 1)
        whole.addLayout(foot)

    def _menu_button(self, label: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(f"{label} ▾")
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setProperty("role", "arrange")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(button)
        menu.setAccessibleName(name)
        button.setMenu(menu)
        return button

    def _connect(self) -> None:
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._filter)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_searching)
        self.field.textChanged.connect(self._pause.start)
        self.field.returnPressed.connect(self._filter_now)
        self.field.escaped.connect(self._on_escape_in_field)
        self.field.left.connect(self.table.setFocus)
        self.table.entered.connect(self._enter)
        self.table.escaped.connect(self._on_escape)
        self.table.delete_pressed.connect(lambda: self._ask_change("remove"))
        self.table.copy_asked.connect(self.copy)
        self.table.menu_wanted.connect(self._popup)
        self.table.sort_asked.connect(self._on_header)
        self.table.selectionModel().selectionChanged.connect(self._tell_count)
        self.table.horizontalHeader().sectionMoved.connect(self._keep_columns)
        self.table.horizontalHeader().sectionResized.connect(self._keep_widths)
        self.model.unreadable.connect(self._session.failed, Qt.ConnectionType.QueuedConnection)
        # The editor is put away before a step changes what it stands on.
        self.model.typed.connect(self._on_typed, Qt.ConnectionType.QueuedConnection)
        self.saved.chosen.connect(self.set_filter)
        for button, fill in (
            (self._group_button, self._fill_groups),
            (self._columns_button, self._fill_columns),
            (self._change_button, self._fill_changes),
            (self._export, self._fill_exports),
        ):
            button.menu().aboutToShow.connect(fill)

    # -- facts that the view listens to --------------------------------------------------------

    def on_opened(self) -> None:
        """Another project is open, or none."""
        project = self._session.project
        self.model.look_at(project)
        self._actors.use(project)
        self._query, self._order, self._stale = Query(), PassageOrder(), True
        self.field.blockSignals(True)
        self.field.setText("")
        self.field.blockSignals(False)
        self._chosen = []
        if project is not None:
            kept = self._memory.get(f"passages/{project.id}/columns", [])
            self._chosen = [name for name in kept if isinstance(name, str)] if isinstance(kept, list) else []
            self.model.writable = not project.read_only
            self._take_codebook()
        self._say(NOTHING_OPEN if project is None else "")
        self._look()

    def on_changed(self, changes: Changes) -> None:
        """Read again what a step touched; the order too, when passages came, went or have moved out of the filter."""
        project = self._session.project
        if project is None:
            return
        if changes.many or changes.ids("tag"):
            self._take_codebook()
        if changes.many or changes.ids("actor"):
            self.model.forget_names()
        ids = changes.ids("annotation")
        if changes.many or ids or changes.ids("statement"):
            self.model.reread(None if changes.many else lambda a: a.id in ids or a.statement in changes.statements)
            if not changes.many and len(ids) == 1 and not changes.ids("statement") and self._stays(*ids):
                return
            self._stale = True
            self._look(again=True)

    def _stays(self, annotation: str) -> bool:
        """Whether this passage is listed and still found; where its value now stands in the order may wait."""
        project = self._session.project
        number = project.passage_number(annotation) if project is not None else None
        if project is None or number is None or self.model.order.row_of(number) is None:
            return False
        try:
            return annotation in project.passages_found(self._query, [annotation])
        except AnnotatorError:
            return False

    def set_reading_thread(self, thread: ReadingThread | None) -> None:
        """Ask this thread for the order from now on."""
        if self._thread is not None and self._thread is not thread:
            self._thread.drop("passages")
            self._thread.drop("passages found")
        self._thread = thread
        self.completion.set_reading_thread(thread)
        self._look()

    def set_theme(self, theme: Theme) -> None:
        """Draw with these colours, and rows as high as the system's font asks."""
        self._theme = theme
        self._painter.set_theme(theme)
        self.completion.set_theme(theme)
        self.field.set_theme(theme)
        # Paper, as the text is.
        self.table.setStyleSheet(f"QTableView {{ background: {theme.page}; border: none; }}")
        self.table.set_heights(self._painter.row_height, self._painter.heading_height)
        self.table.viewport().update()

    def _take_codebook(self) -> None:
        project = self._session.project
        if project is None:
            return
        self.model.codebook = project.codebook
        self._known = columns(project.codebook)
        self.completion.set_codebook(project.codebook)
        self._show_columns()

    # -- what is asked for -------------------------------------------------------------------

    def set_filter(self, text: str) -> None:
        """List what this query finds."""
        self.field.setText(text)
        self._filter_now()

    def filter_text(self) -> str:
        return self.field.text().strip()

    @property
    def order(self) -> PassageOrder:
        return self._order

    def set_order(self, order: PassageOrder) -> None:
        """List the passages in this order."""
        self._order = order
        self._show_sort()
        label = dict(GROUPS).get(order.by) or getattr(self._known.get(order.by), "label", order.by)
        self._group_button.setText(f"Group: {label.lower()} ▾" if order.grouped else "Group ▾")
        announce(self.table, f"By {label.lower()}{', grouped' * order.grouped}")
        self._stale = True
        self._look()

    def take_focus(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_filter(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _filter_now(self) -> None:
        self._pause.stop()
        self._filter()

    def _filter(self) -> None:
        project = self._session.project
        if project is None:
            return
        try:
            query = project.parse(self.filter_text())
        except AnnotatorError as error:
            self._complain(str(error))
            return
        self._complain("")
        if query != self._query:
            self._query = query
            if not self._chosen:
                self._show_columns()
            self._stale = True
        self._look()

    def _look(self, again: bool = False) -> None:
        """Ask for the order if it is not known and anyone sees it; ``again`` keeps rows and place until it is there."""
        thread = self._thread
        if self._session.project is None or thread is None or not self._stale or not self.isVisible():
            return
        self._stale = False
        again = again and not self._loading
        self._loading = True
        held: list[Order] = [Order()] if again else []
        begun = [again]
        query, order = self._query, self._order

        def page(part: Part) -> None:
            if part.anew and ((part.whole and begun[0]) or held):
                held[:] = [Order()]
            if held:
                held[0].extend(part)
            elif begun[0]:
                first = len(self.model.order.labels)
                self.model.append(part)
                if part.heads:
                    self.table.lay_out(first)
            else:
                begun[0] = True
                self._begin(Order(part))

        def done() -> None:
            self._loading = False
            self._patience.stop()
            if held:
                self._replace(held[0])
            elif not begun[0]:
                self._begin(Order())
            found = self.model.order.statements
            self._say("" if found else NO_MATCH if self._query else NO_PASSAGES)
            self._tell_count()
            self.listed.emit(found)

        if not again:
            self._patience.start()
        thread.ask("passages", lambda reads: reads.passage_listing(query, order), page, done, self._order_failed)

    def _order_failed(self, error: AnnotatorError) -> None:
        self._loading = False
        self._patience.stop()
        self._say("")
        self._complain(str(error))

    def _say_searching(self) -> None:
        self.model.set_order(Order())
        self._say(SEARCHING)

    def _begin(self, order: Order) -> None:
        self._patience.stop()
        self.model.set_order(order)
        self.table.lay_out()
        self.table.verticalScrollBar().setValue(0)
        near = order.nearest(0, 1)
        if near is not None:
            quietly = QItemSelectionModel.SelectionFlag.NoUpdate
            self.table.selectionModel().setCurrentIndex(self.model.index(near, 0), quietly)
        self._say("")
        self._tell_count()

    def _replace(self, order: Order) -> None:
        """Show this order; what was current and selected stays so, and so does the place in the table."""
        view, rows = self.table, self.model
        if order == rows.order:
            return
        here, scroll = view.currentIndex(), view.verticalScrollBar().value()
        current = rows.order.rows[here.row()] if here.isValid() else None
        selected = set(self._selected_numbers()[:MOST_COPIED])
        rows.set_order(order)
        view.lay_out()
        flags = QItemSelectionModel.SelectionFlag
        for row in order.rows_of(selected) if selected else []:
            view.selectionModel().select(rows.index(row, 0), flags.Select | flags.Rows)
        place = rows.order.row_of(current) if current is not None and current > 0 else None
        if place is None and here.isValid() and order.rows:
            place = order.nearest(min(here.row(), len(order) - 1), -1)
        if place is not None:
            view.selectionModel().setCurrentIndex(rows.index(place, max(0, here.column())), flags.NoUpdate)
        view.verticalScrollBar().setValue(scroll)

    # -- columns -------------------------------------------------------------------------------

    def _show_columns(self) -> None:
        tags = self._query.values("tag")
        fields = [*(t.field for t in self._query.on_annotations), *self._query.values("missing")]
        wanted = self._chosen or usual(self.model.codebook, [t for t in tags if t in self.model.codebook], fields)
        shown = [self._known[name] for name in wanted if name in self._known]
        if not any(column.name == PASSAGE for column in shown) and PASSAGE in self._known:
            shown.insert(0, self._known[PASSAGE])
        header = self.table.horizontalHeader()
        header.blockSignals(True)
        if shown != self.model.columns:
            here = self.table.currentIndex().row()
            self.model.set_columns(shown)
            self.table.lay_out()
            if 0 <= here < self.model.rowCount():
                quietly = QItemSelectionModel.SelectionFlag.NoUpdate
                self.table.selectionModel().setCurrentIndex(self.model.index(here, 0), quietly)
        for n in range(header.count()):  # as given, whatever was moved before
            header.moveSection(header.visualIndex(n), n)
        widths = self._memory.get("passages/widths", {})
        unit = ui_size() / 13
        for n, column in enumerate(shown[:-1]):
            kept = widths.get(column.name) if isinstance(widths, dict) else None
            self.table.setColumnWidth(n, kept if isinstance(kept, int) else round(column.width * unit))
        place = next((n for n, column in enumerate(shown) if column.name == PASSAGE), 0)
        if not (isinstance(widths, dict) and PASSAGE in widths) and place < len(shown) - 1:
            # What the others leave is the passage's.
            rest = sum(self.table.columnWidth(n) for n in range(len(shown) - 1) if n != place)
            bar = self.table.verticalScrollBar()
            # It comes with the rows, and then the last column should not be under it.
            beside = 0 if bar.isVisible() else bar.sizeHint().width()
            room = self.table.viewport().width() - beside - rest - round(shown[-1].width * unit)
            self.table.setColumnWidth(place, max(round(shown[place].width * unit), room))
        header.blockSignals(False)
        self._show_sort()

    def shown_columns(self) -> list[str]:
        """The names of the columns from left to right."""
        header = self.table.horizontalHeader()
        return [self.model.columns[header.logicalIndex(n)].name for n in range(len(self.model.columns))]

    def column_values(self) -> list[Column]:
        """The columns from left to right."""
        return [self._known[name] for name in self.shown_columns()]

    def choose_columns(self, names: list[str]) -> None:
        """Show these columns, in this order; without any, the usual ones."""
        self._chosen = names
        if self._session.project is not None:
            self._memory.put(f"passages/{self._session.project.id}/columns", names)
        self._show_columns()

    def _keep_columns(self) -> None:
        self._chosen = self.shown_columns()
        if self._session.project is not None:
            self._memory.put(f"passages/{self._session.project.id}/columns", self._chosen)

    def _keep_widths(self, section: int, _old: int, new: int) -> None:
        if section < len(self.model.columns) - 1:
            widths = self._memory.get("passages/widths", {})
            kept = widths if isinstance(widths, dict) else {}
            self._memory.put("passages/widths", kept | {self.model.columns[section].name: new})

    def _on_header(self, section: int) -> None:
        column = self.model.columns[section]
        if not column.order:
            self._session.said.emit(f"Passages have no order by {column.label.lower()}.")
        elif self._order.by == column.order:
            self.set_order(replace(self._order, descending=not self._order.descending))
        else:
            self.set_order(PassageOrder(column.order, grouped=self._order.grouped))

    def _show_sort(self) -> None:
        header, by = self.table.horizontalHeader(), self._order.by
        place = next(
            (n for n, c in enumerate(self.model.columns) if c.order == by and (by != PLACE or c.name == PASSAGE)), -1
        )
        header.setSortIndicatorShown(place >= 0 and (by != PLACE or self._order.descending))
        ways = Qt.SortOrder
        header.setSortIndicator(place, ways.DescendingOrder if self._order.descending else ways.AscendingOrder)

    # -- menus ---------------------------------------------------------------------------------

    def _fill_groups(self) -> None:
        menu = self._group_button.menu()
        menu.clear()
        self._entry(
            menu, "No groups", lambda: self.set_order(replace(self._order, grouped=False)), not self._order.grouped
        )
        menu.addSeparator()
        entries = [*GROUPS, *((c.name, c.label) for c in self._known.values() if _groups(c))]
        for name, label in entries:
            checked = self._order.grouped and self._order.by == name
            self._entry(menu, label, partial(self.set_order, PassageOrder(name, grouped=True)), checked)
        menu.addSeparator()
        turned = replace(self._order, descending=not self._order.descending)
        self._entry(menu, "Last first", partial(self.set_order, turned), self._order.descending)
        latest = PassageOrder(CHANGED, descending=True)
        self._entry(menu, "Lately changed first", partial(self.set_order, latest), self._order == latest)

    def _fill_columns(self) -> None:
        menu = self._columns_button.menu()
        menu.clear()
        shown = self.shown_columns()
        for column in self._known.values():
            action = self._entry(menu, column.label, partial(self._toggle_column, column.name), column.name in shown)
            action.setEnabled(column.name != PASSAGE)
        menu.addSeparator()
        self._entry(menu, "The usual columns", partial(self.choose_columns, []), not self._chosen)

    def _toggle_column(self, name: str) -> None:
        shown = self.shown_columns()
        if name in shown:
            self.choose_columns([each for each in shown if each != name])
            return
        # A column that comes stands before the statement, where there is one.
        place = shown.index("statement") if "statement" in shown else len(shown)
        self.choose_columns([*shown[:place], name, *shown[place:]])

    def _fill_changes(self) -> None:
        menu = self._change_button.menu()
        menu.clear()
        for kind, label in CHANGES:
            self._entry(menu, label, partial(self._ask_change, kind)).setEnabled(self.model.writable)

    def _fill_exports(self) -> None:
        menu = self._export.menu()
        menu.clear()
        self._entry(menu, "The table as CSV…", lambda: self.export_asked.emit("table"))
        self._entry(menu, "The passages in another format…", lambda: self.export_asked.emit("format"))

    @staticmethod
    def _entry(menu: QMenu, label: str, do, checked: bool | None = None) -> QAction:
        action = QAction(label.replace("&", "&&"), menu)
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        action.triggered.connect(lambda: do())
        menu.addAction(action)
        return action

    def _popup(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Passage")
        self._entry(menu, "Open in the text", self._enter)
        index = self.table.currentIndex()
        if self.model.editable(index.row(), index.column()):
            self._entry(menu, "Edit this value", self.table.edit_here)
        column, row = self.model.columns[index.column()], self.model.row(index.row())
        if row is not None and (field := field_of(column)):
            value = query_value(column, row, self.model.name_of, self.model.codebook)
            shown = said(column, row, self.model.codebook, self.model.name_of)
            if value:
                what = f"“{shortened(shown, 30)}”" if shown else "empty"
                menu.addSeparator()
                self._entry(menu, f"Only {column.label.lower()}: {what}", partial(self.narrow, field, value))
                if value not in ("-", "*") and field not in ("id", "issuer", "date"):
                    self._entry(menu, f"Not {column.label.lower()}: {what}", partial(self.narrow, field, value, True))
        menu.addSeparator()
        self._entry(menu, "Copy rows", self.copy)
        if self.model.writable:
            menu.addSeparator()
            for kind, label in CHANGES:
                self._entry(menu, label, partial(self._ask_change, kind))
        menu.popup(place)

    def narrow(self, field: str, value: str, without: bool = False) -> None:
        """Let the filter ask for this value too, in the place of what it asks of the field."""
        value = value.replace('"', "")
        term = Term(
            value,
            field,
            phrase=value not in ("-", "*") and any(c.isspace() or c == "|" for c in value),
            without=without,
        )
        self.set_filter(str(self._query.replaced(field, term)))

    # -- rows ------------------------------------------------------------------------------------

    def selected(self) -> list[str]:
        """The ids of the selected passages, else of the current one."""
        project = self._session.project
        return [*project.passage_ids(self._selected_numbers())] if project is not None else []

    def _spans(self) -> Iterator[range]:
        spans = {(s.top(), s.bottom() + 1) for s in self.table.selectionModel().selection()}
        return (range(start, stop) for start, stop in sorted(spans))

    def _selected_numbers(self) -> array[int]:
        numbers = self.model.order.numbers_in(self._spans())
        here = self.table.currentIndex().row()
        if not numbers and 0 <= here < len(self.model.order) and self.model.order.rows[here] > 0:
            numbers.append(self.model.order.rows[here])
        return numbers

    def all_numbers(self) -> array[int]:
        """The local numbers of all that are listed."""
        return array("q", (n for n in self.model.order.rows if n > 0))

    def select(self, annotation: str) -> bool:
        """Make this passage's row the current one, in sight; whether it is listed."""
        project = self._session.project
        number = project.passage_number(annotation) if project is not None else None
        row = self.model.order.row_of(number) if number is not None else None
        if row is None:
            return False
        flags = QItemSelectionModel.SelectionFlag
        index = self.model.index(row, max(0, self.table.currentIndex().column()))
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)
        return True

    def _enter(self) -> None:
        row = self.model.row(self.table.currentIndex().row())
        if row is not None:
            self.opened.emit(row.annotation.statement, row.annotation.id)

    def _ask_change(self, kind: str) -> None:
        numbers = self._selected_numbers()
        if self.model.order.statements:
            self.change_asked.emit(kind, numbers, self.all_numbers)

    def _on_typed(self, annotation: str, name: str, text: str) -> None:
        project = self._session.project
        if project is None:
            return
        if name == "note":
            self._session.do(project.note, annotation, text)
        else:
            from annotator.core.dates import edtf_of  # imported late, as the form does

            tag = project.codebook.tag(project.annotation(annotation).tag)
            attribute = tag.attribute(name)
            typed = edtf_of(text) if attribute is not None and attribute.type == "date" else text
            self._session.do(project.describe, annotation, {name: typed})

    def copy(self) -> None:
        """Put the selected rows into the clipboard, as text with tabs between the columns."""
        numbers = self._selected_numbers()[:MOST_COPIED]
        QGuiApplication.clipboard().setText("\n".join(self.lines(numbers)))
        self._session.said.emit(f"{len(numbers):,} row{'s' * (len(numbers) != 1)} copied.")

    def lines(self, numbers: array[int], separator: str = "\t") -> Iterator[str]:
        """These passages as lines of what the columns say, the first one with their labels."""
        project = self._session.project
        shown = [self._known[name] for name in self.shown_columns()]
        yield separator.join(column.label for column in shown)
        for start in range(0, len(numbers), 500):
            for row in project.passage_rows(numbers[start : start + 500]) if project is not None else ():
                cells = (said(column, row, self.model.codebook, self.model.name_of) for column in shown)
                yield separator.join(
                    " ".join(cell.replace("\u2068", "").replace("\u2069", "").split()) for cell in cells
                )

    # -- what is said --------------------------------------------------------------------------

    def _tell_count(self) -> None:
        found = self.model.order.statements
        chosen = sum(map(len, self._spans()))
        text = f"{found:,} passage{'s' * (found != 1)}"
        self._count.setText(f"{text} · {chosen:,} selected" if chosen else text)
        self._export.setText(f"Export {found:,} ▾" if found else "Export ▾")
        self._export.setEnabled(bool(found))

    def _say(self, notice: str) -> None:
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        self.table.setAccessibleDescription(notice)

    def _complain(self, sentence: str) -> None:
        if sentence == self.field.accessibleDescription():
            return
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))
        self.field.setAccessibleDescription(sentence)
        if sentence:
            announce(self.field, sentence, at_once=True)

    def _on_escape_in_field(self) -> None:
        if self.field.text():
            self.set_filter("")
        self.take_focus()

    def _on_escape(self) -> None:
        if self.table.selectionModel().hasSelection():
            self.table.clearSelection()
        elif self.filter_text():
            self.set_filter("")
        else:
            self.left.emit()

    # -- Qt --------------------------------------------------------------------------------

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self._show_columns()
        self._look()


#: What can be done to many passages, and what it is called.
CHANGES = (
    ("retag", "Retag…"),
    ("set", "Set a value…"),
    ("note", "Set the note…"),
    ("remove", "Remove…"),
)


def _groups(column: Column) -> bool:
    """Whether passages are grouped by this column: by values that several share."""
    return any(attribute.type in ("actors", "actor", "choice", "date") for _, attribute in column.attributes)
