"""The steps of a history as rows of a table, which come page by page as one scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from annotator.core.history import Entry
from annotator.gui.theme import Theme
from annotator.gui.wording import local_time, one_line, tool_tip

COLUMNS = ("Time", "Coder", "Step")
#: A step, and what it did in words.
Row = tuple[Entry, str]
_Index = QModelIndex | QPersistentModelIndex


class Steps(QAbstractTableModel):
    """Steps as rows; undone ones are struck out, and say so to screen readers.

    While ``complete`` is not told, scrolling to the end asks for more.
    """

    #: The end of what is there came into sight: the steps before this number are asked for.
    more_asked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[Row] = []
        self._complete, self._asked = True, False

    @property
    def complete(self) -> bool:
        """Whether these are all steps that there are."""
        return self._complete

    def entry(self, row: int) -> Entry | None:
        """The step in this row."""
        return self._rows[row][0] if 0 <= row < len(self._rows) else None

    def row_of(self, step: str) -> int:
        """The row of the step with this id, -1 if it is not there."""
        return next((row for row, (entry, _) in enumerate(self._rows) if entry.id == step), -1)

    def set_rows(self, rows: Sequence[Row], *, complete: bool = True) -> None:
        """Show these in place of all others."""
        self.beginResetModel()
        self._rows = list(rows)
        self._complete, self._asked = complete, False
        self.endResetModel()

    def add_rows(self, rows: Sequence[Row], *, complete: bool) -> None:
        """Show these below the others."""
        self._complete, self._asked = complete, False
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()

    # -- Qt ------------------------------------------------------------------------------

    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and not self._complete and not self._asked

    def fetchMore(self, parent: _Index) -> None:
        if self.canFetchMore(parent) and self._rows:
            self._asked = True
            self.more_asked.emit(self._rows[-1][0].number)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        (entry, told), column = self._rows[index.row()], index.column()
        text = (local_time(entry.at), entry.coder or "", told)[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(text)
        if role == Qt.ItemDataRole.ToolTipRole and column == 2:
            return tool_tip(text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{text}, undone" if entry.undone and column == 2 else text
        if role == Qt.ItemDataRole.FontRole and entry.undone and column == 2:
            font = QFont()
            font.setStrikeOut(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and (entry.undone or entry.undoes or column < 2):
            return QColor(self._theme.muted)
        return None
