"""What an import would bring as rows: one draft of a statement, or one problem, a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from annotator.core.edtf import readable
from annotator.drafts import Draft, Edits, Key, Survey
from annotator.gui.wording import isolated, one_line, tool_tip

COLUMNS = ("Title", "Issuer", "Date", "Language", "Length", "Encoding", "Remarks")
_Index = QModelIndex | QPersistentModelIndex


class DraftRows(QAbstractTableModel):
    """The drafts of a survey, which grows; a check box says whether a statement comes in."""

    #: A statement is left out, or no longer.
    left_out_changed = Signal()

    def __init__(self, edits: Edits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self._survey: Survey | None = None
        self._drafts: Sequence[Draft] = ()
        self._withdrawn = 0

    def use(self, survey: Survey) -> None:
        """Show the drafts of this one from now on."""
        self.beginResetModel()
        self._survey, self._drafts, self._withdrawn = survey, (), 0
        self.endResetModel()
        self.refresh()

    def refresh(self) -> None:
        """Show what has come since."""
        if self._survey is None:
            return
        withdrawn, drafts = self._survey.withdrawn, tuple(self._survey.drafts)
        if withdrawn != self._withdrawn or len(drafts) < len(self._drafts):
            self.beginResetModel()
            self._drafts, self._withdrawn = drafts, withdrawn
            self.endResetModel()
        elif len(drafts) > len(self._drafts):
            self.beginInsertRows(QModelIndex(), len(self._drafts), len(drafts) - 1)
            self._drafts = drafts
            self.endInsertRows()

    def draft(self, row: int) -> Draft | None:
        """What stands in this row."""
        return self._drafts[row] if 0 <= row < len(self._drafts) else None

    @property
    def drafts(self) -> Sequence[Draft]:
        return self._drafts

    def row_of(self, key: Key) -> int:
        """Where this draft stands, or -1."""
        return next((n for n, draft in enumerate(self._drafts) if draft.key == key and draft.title), -1)

    def comes(self, draft: Draft) -> bool:
        """Whether it comes in: it is new, and not left out."""
        return draft.comes and draft.key not in self._edits.left_out

    def leave_out(self, rows: Sequence[int], out: bool) -> None:
        """Leave these out, or let them come in again."""
        for row in rows:
            if (draft := self.draft(row)) is not None and draft.comes:
                (self._edits.left_out.add if out else self._edits.left_out.discard)(draft.key)
        self.changed()
        self.left_out_changed.emit()

    def changed(self) -> None:
        """What people edit is different now."""
        if self._drafts:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._drafts) - 1, len(COLUMNS) - 1))

    def value(self, draft: Draft, name: str) -> Any:
        """A field of the statement as it would come in."""
        given = self._edits.metadata.get(draft.key, {})
        return given[name] if name in given else getattr(draft.statement, name, "")

    def _text(self, draft: Draft, column: int) -> str:
        if column == 0:
            title = self.value(draft, "title") if draft.title else draft.name
            return isolated(one_line(str(title), 200)) or "Untitled"
        if column == 1:
            return isolated(one_line(str(self.value(draft, "issuer") or ""), 100))
        if column == 2:
            dates = (self.value(draft, name) for name in ("date_issued", "date_published", "date_collected"))
            date = next((d for d in dates if d), None)
            return readable(date.edtf) if date else ""
        if column == 3:
            return one_line(str(self.value(draft, "language") or ""), 20)
        if column == 4:
            return f"{draft.length:,}" if draft.title else ""
        if column == 5:
            return draft.encoding
        out = "left out" if draft.comes and draft.key in self._edits.left_out else ""
        return isolated(one_line("; ".join(filter(None, (out, draft.verdict()))), 300))

    # -- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._drafts)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        draft = self.draft(index.row())
        if index.column() == 0 and draft is not None and draft.comes:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        draft = self.draft(index.row()) if index.isValid() else None
        if draft is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(draft, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == 0 and draft.comes:
            return Qt.CheckState.Checked if self.comes(draft) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            more = f", {'comes in' if self.comes(draft) else 'stays out'}" if column == 0 else ""
            return self._text(draft, column) + more
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(f"{draft.key.place}\n{draft.verdict()}".strip() if column in (0, 6) else "")
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 4:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0:
            return False
        self.leave_out([index.row()], Qt.CheckState(value) != Qt.CheckState.Checked)
        return True
