"""The list of statements as a widget: rows of one height, lower headings, and the keys of a list."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from annotator.gui.statement_rows import StatementRows

#: With more headings than this, all are as high as statements: to lay out each by itself would be felt.
LOW_HEADINGS = 5000


class StatementList(QTableView):
    """Rows of one height with the keys of a list: Enter, Delete and Esc are told, letters go to the window."""

    #: Enter or a double click: on to the text.
    entered = Signal()
    delete_pressed = Signal()
    escaped = Signal()
    #: A context menu is wanted at this place on the screen.
    menu_wanted = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = self._heading = 1
        #: The rows that are as low as headings.
        self._lowered: list[int] = []
        self.setAccessibleName("List of statements")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        columns, rows = self.horizontalHeader(), self.verticalHeader()
        columns.hide()
        columns.setMinimumSectionSize(1)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(self.entered)

    def set_heights(self, row: int, heading: int) -> None:
        """The heights of a statement and of a heading, in pixels."""
        self._row, self._heading = row, heading
        self.verticalHeader().setDefaultSectionSize(row)
        self.verticalScrollBar().setSingleStep(max(1, row // 3))
        self.lay_out()

    def lay_out(self, first: int = 0) -> None:
        """Give the headings from this one on their height; from the first one on, all other rows theirs as well."""
        rows, places, count = self.verticalHeader(), self._headings(), self.model().rowCount()
        # While it may not update, the header does not work out every position after each change.
        rows.setUpdatesEnabled(False)
        if not first or len(places) > LOW_HEADINGS:
            for place in self._lowered:
                if place < count:
                    rows.resizeSection(place, self._row)
            self._lowered = []
        if len(places) <= LOW_HEADINGS:
            for place in places[first:]:
                rows.resizeSection(place, self._heading)
            self._lowered += places[first:]
        rows.setUpdatesEnabled(True)

    def top_of(self, row: int) -> int:
        """Where a row begins, in pixels from the top of the list."""
        return self.verticalHeader().sectionPosition(row)

    def _headings(self) -> list[int]:
        model = self.model()
        return model.order.places if isinstance(model, StatementRows) else []

    # -- Qt --------------------------------------------------------------------------------

    def event(self, event) -> bool:
        # These keys mean something else elsewhere in the window; with the focus here they are the list's.
        if event.type() == event.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._owned(event):
            event.accept()
            return True
        return super().event(event)

    @staticmethod
    def _owned(event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        return plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._owned(event):
            (self.delete_pressed if event.key() == Qt.Key.Key_Delete else self.entered).emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.text() and event.text().isprintable():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: Qt would read every statement of the project to compare its title."""

    def moveCursor(self, action, modifiers) -> QModelIndex:
        rows = self.model().rowCount()
        ends, model = QAbstractItemView.CursorAction, self.model()
        # In a table, Home and End go to the ends of the row; in a list, to the ends of the list.
        row = {ends.MoveHome: 0, ends.MoveEnd: rows - 1}.get(action)
        if row is None:
            row = super().moveCursor(action, modifiers).row()
        if not rows or row < 0 or not isinstance(model, StatementRows):
            return super().moveCursor(action, modifiers)
        # Headings are passed over, in the direction of the key; at an end it stays where it is.
        back = action in (ends.MoveUp, ends.MovePageUp, ends.MoveEnd, ends.MovePrevious, ends.MoveLeft)
        near = model.order.nearest(row, -1 if back else 1)
        if near is None:
            near = model.order.nearest(row, 1 if back else -1)
        return model.index(near, 0) if near is not None else QModelIndex()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A right click is for the menu: it must not open the statement.
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.currentIndex()
        place = self.visualRect(index).bottomLeft() if index.isValid() else QPoint(0, 0)
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index, place = self.indexAt(event.pos()), event.pos()
        if not index.isValid() or not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            return
        chosen = self.selectionModel()
        if not chosen.isSelected(index):
            chosen.select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.menu_wanted.emit(self.viewport().mapToGlobal(place))
