"""The table of the Passages view: rows of one height, columns that are moved, sized and sorted, the keys of a table."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from annotator.gui.passage_rows import PassageRows
from annotator.gui.statement_list import LOW_HEADINGS


class PassageTable(QTableView):
    """Enter, Delete, E and the like are told; Left and Right go through the cells, Space selects."""

    #: Enter or a double click: on to the text.
    entered = Signal()
    delete_pressed = Signal()
    escaped = Signal()
    #: A context menu is wanted at this place on the screen.
    menu_wanted = Signal(QPoint)
    #: The header of this column was clicked.
    sort_asked = Signal(int)
    copy_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = self._heading = 1
        self._lowered: list[int] = []
        self.setAccessibleName("Table of passages")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(48)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setAccessibleName("Columns of passages")
        header.sectionClicked.connect(self.sort_asked)
        self.doubleClicked.connect(self._double)

    def set_heights(self, row: int, heading: int) -> None:
        """The heights of a passage and of a heading, in pixels."""
        self._row, self._heading = row, heading
        self.verticalHeader().setDefaultSectionSize(row)
        self.verticalScrollBar().setSingleStep(max(1, row // 2))
        self.lay_out()

    def lay_out(self, first: int = 0) -> None:
        """Give the headings from this one on their height; from the first one on, all other rows theirs as well."""
        model = self.model()
        places = model.order.places if isinstance(model, PassageRows) else []
        rows, count = self.verticalHeader(), model.rowCount() if model else 0
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

    def edit_here(self) -> bool:
        """Edit the current cell; whether there is something to edit."""
        index, model = self.currentIndex(), self.model()
        if not index.isValid() or not isinstance(model, PassageRows) or not model.editable(index.row(), index.column()):
            return False
        self.edit(index)
        return True

    def _double(self, index: QModelIndex) -> None:
        if not self.edit_here():
            self.entered.emit()

    # -- Qt --------------------------------------------------------------------------------

    def event(self, event) -> bool:
        # These keys mean something else elsewhere in the window; with the focus here they are the table's.
        if event.type() == event.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._owned(event):
            event.accept()
            return True
        return super().event(event)

    @staticmethod
    def _owned(event: QKeyEvent) -> bool:
        keys = Qt.Key
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == keys.Key_C:
            return True
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        own = (
            keys.Key_Return,
            keys.Key_Enter,
            keys.Key_Delete,
            keys.Key_E,
            keys.Key_F2,
            keys.Key_Escape,
            keys.Key_Space,
        )
        return plain and event.key() in own

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, key = Qt.Key, event.key()
        if not self._owned(event):
            if event.text() and event.text().isprintable():
                event.ignore()
            else:
                super().keyPressEvent(event)
        elif key == keys.Key_C:
            self.copy_asked.emit()
        elif key in (keys.Key_E, keys.Key_F2):
            self.edit_here()
        elif key == keys.Key_Space:
            index = self.currentIndex()
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().select(index, flags.Toggle | flags.Rows)
        elif key == keys.Key_Delete:
            self.delete_pressed.emit()
        elif key == keys.Key_Escape:
            self.escaped.emit()
        else:
            self.entered.emit()

    def keyboardSearch(self, search: str) -> None:
        """Nothing: Qt would read every passage of the project to compare."""

    def moveCursor(self, action, modifiers) -> QModelIndex:
        model, ends = self.model(), QAbstractItemView.CursorAction
        here = self.currentIndex()
        rows = model.rowCount()
        if not rows or not isinstance(model, PassageRows):
            return super().moveCursor(action, modifiers)
        column = max(0, here.column())
        row = {ends.MoveHome: 0, ends.MoveEnd: rows - 1}.get(action)
        if row is None:
            index = super().moveCursor(action, modifiers)
            row, column = index.row(), max(0, index.column())
        back = action in (ends.MoveUp, ends.MovePageUp, ends.MoveEnd, ends.MovePrevious)
        near = model.order.nearest(row, -1 if back else 1) if row >= 0 else None
        if near is None:
            near = model.order.nearest(max(0, row), 1 if back else -1)
        return model.index(near, column) if near is not None else QModelIndex()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.currentIndex()
        place = self.visualRect(index).bottomLeft() if index.isValid() else QPoint(0, 0)
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index, place = self.indexAt(event.pos()), event.pos()
        if not index.isValid() or not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            return
        chosen, flags = self.selectionModel(), QItemSelectionModel.SelectionFlag
        if chosen.isRowSelected(index.row(), QModelIndex()):
            chosen.setCurrentIndex(index, flags.NoUpdate)
        else:
            chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.menu_wanted.emit(self.viewport().mapToGlobal(place))
