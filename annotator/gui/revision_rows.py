"""The passages of a statement as rows, with where they would be in its corrected version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from annotator.core.codebook import Codebook
from annotator.core.reanchor import UNCERTAIN
from annotator.gui.wording import isolated, one_line, tag_of
from annotator.store.versions import Found

COLUMNS = ("Passage", "Present version", "Corrected version", "Score")
_Index = QModelIndex | QPersistentModelIndex


class RevisionRows(QAbstractTableModel):
    """Passages of one kind; those to confirm have a check box, which nothing but a person sets."""

    #: Another passage is accepted, or one no longer.
    accepted_changed = Signal()

    def __init__(self, codebook: Codebook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codebook = codebook
        self._found: Sequence[Found] = ()
        self.accepted: set[str] = set()

    def set_found(self, found: Sequence[Found]) -> None:
        """Show these."""
        self.beginResetModel()
        self._found = found
        self.endResetModel()

    def found(self, row: int) -> Found | None:
        """What stands in this row."""
        return self._found[row] if 0 <= row < len(self._found) else None

    def toggle(self, row: int) -> None:
        """Accept a passage to confirm, or no longer."""
        each = self.found(row)
        if each is not None and each.placement.kind == UNCERTAIN:
            self.accepted ^= {each.annotation.id}
            self._tell(row, row)

    def accept_all(self, accept: bool) -> None:
        """Accept all of those to confirm, or none."""
        ids = {each.annotation.id for each in self._found if each.placement.kind == UNCERTAIN}
        self.accepted = self.accepted | ids if accept else self.accepted - ids
        self._tell(0, len(self._found) - 1)

    def _tell(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))
        self.accepted_changed.emit()

    def _text(self, each: Found, column: int) -> str:
        placement = each.placement
        if column == 0:
            return one_line(tag_of(self._codebook, each.annotation.tag).label, 60)
        if column == 1:
            return isolated(one_line(each.annotation.quote, 200))
        if column == 2:
            return isolated(one_line(placement.quote, 200)) if placement.span is not None else "—"
        return f"{placement.score:.2f}" if placement.kind == UNCERTAIN else ""

    # -- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._found)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        each = self.found(index.row())
        if index.column() == 0 and each is not None and each.placement.kind == UNCERTAIN:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        each = self.found(index.row()) if index.isValid() else None
        if each is None:
            return None
        doubtful, column = each.placement.kind == UNCERTAIN, index.column()
        taken = each.annotation.id in self.accepted
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(each, column)
        if role == Qt.ItemDataRole.CheckStateRole and doubtful and column == 0:
            return Qt.CheckState.Checked if taken else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            more = f", {'accepted' if taken else 'not accepted'}" if doubtful and column == 0 else ""
            return self._text(each, column) + more
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 3:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0:
            return False
        self.toggle(index.row())
        return True
