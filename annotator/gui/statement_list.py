"""The list of statements as a widget: rows of one height, lower headings, and the keys of a list."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from annotator.gui.headed_table import HeadedTable
from annotator.gui.statement_rows import StatementRows


class StatementList(HeadedTable):
    """Rows of one height with the keys of a list: Enter, Delete and Esc are told, letters go to the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("List of statements")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        columns = self.horizontalHeader()
        columns.hide()
        columns.setMinimumSectionSize(1)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self.entered)

    def set_heights(self, row: int, heading: int) -> None:
        """The heights of a statement and of a heading, in pixels."""
        self.set_row_heights(row, heading, max(1, row // 3))

    def top_of(self, row: int) -> int:
        """Where a row begins, in pixels from the top of the list."""
        return self.verticalHeader().sectionPosition(row)

    def headings(self) -> list[int]:
        model = self.model()
        return model.order.places if isinstance(model, StatementRows) else []

    # -- Qt --------------------------------------------------------------------------------

    def owns(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        return plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.owns(event):
            (self.delete_pressed if event.key() == Qt.Key.Key_Delete else self.entered).emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.text() and event.text().isprintable():
            event.ignore()
        else:
            super().keyPressEvent(event)

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
