"""The table of the Passages view: rows of one height, columns that are moved, sized and sorted, the keys of a table."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from annotator.gui.headed_table import HeadedTable
from annotator.gui.passage_rows import PassageRows


class PassageTable(HeadedTable):
    """Enter, Delete, E and the like are told; Left and Right go through the cells, Space selects."""

    #: The header of this column was clicked.
    sort_asked = Signal(int)
    copy_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Table of passages")
        self.setFrameShape(QTableView.Shape.NoFrame)
        header = self.horizontalHeader()
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
        self.set_row_heights(row, heading, max(1, row // 2))

    def headings(self) -> list[int]:
        model = self.model()
        return model.order.places if isinstance(model, PassageRows) else []

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

    def owns(self, event: QKeyEvent) -> bool:
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
        if not self.owns(event):
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
