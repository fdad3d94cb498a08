"""Where passages name an actor, as rows of a table: by role with headings, or along the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from annotator.core import edtf
from annotator.core.actors import role_order
from annotator.gui.theme import Theme
from annotator.gui.wording import isolated, one_line, tool_tip
from annotator.store.roster import Mention

BY_ROLE, BY_DATE = "role", "date"
COLUMNS = ("Date", "Role", "Passage", "Statement")
_Index = QModelIndex | QPersistentModelIndex
#: What sorts after all dates: undated ones come last.
_UNDATED = "~"


class Mentions(QAbstractTableModel):
    """Mentions as rows. A heading is a row without a mention."""

    def __init__(self, theme: Theme, role: Callable[[Mention], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._role = theme, role
        self._mentions: list[Mention] = []
        self._rows: list[tuple[str, Mention | None]] = []
        self.order = BY_ROLE

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def show(self, mentions: Sequence[Mention], order: str) -> None:
        """Show these, in this order."""
        self.beginResetModel()
        self._mentions, self.order = list(mentions), order
        day = {each: each.day or _UNDATED for each in self._mentions}
        rows: list[tuple[str, Mention | None]] = []
        if order == BY_DATE:
            last = None
            for each in sorted(self._mentions, key=lambda m: (day[m], m.statement, m.annotation, m.attribute)):
                year = each.day[:4] or "Undated"
                if year != last:
                    rows.append((year, None))
                    last = year
                rows.append((self._role(each), each))
        else:
            ordered = sorted(
                self._mentions, key=lambda m: (role_order(m.tag, m.attribute), m.tag, m.attribute, day[m], m.annotation)
            )
            at = -1
            for n, each in enumerate(ordered):
                if n == 0 or (each.tag, each.attribute) != (ordered[n - 1].tag, ordered[n - 1].attribute):
                    at = len(rows)
                    rows.append((self._role(each), None))
                rows.append((rows[at][0], each))
        self._rows = rows
        self.endResetModel()

    def mention(self, row: int) -> Mention | None:
        return self._rows[row][1] if 0 <= row < len(self._rows) else None

    def headings(self) -> list[int]:
        """The rows that are headings."""
        return [row for row, (_, mention) in enumerate(self._rows) if mention is None]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # Qt
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole and way == Qt.Orientation.Horizontal else None

    def flags(self, index: _Index) -> Qt.ItemFlag:  # Qt
        if self.mention(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # Qt
        words, mention = self._rows[index.row()]
        if mention is None:
            if role == Qt.ItemDataRole.DisplayRole:
                return words if index.column() == 0 else ""
            if role == Qt.ItemDataRole.FontRole:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            return QColor(self._theme.accent) if role == Qt.ItemDataRole.ForegroundRole else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(mention, words, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 2:
            return tool_tip(mention.quote)
        if role == Qt.ItemDataRole.ForegroundRole and index.column() != 2:
            return QColor(self._theme.muted)
        return None

    @staticmethod
    def _words(mention: Mention, role: str, column: int) -> str:
        if column == 0:
            return edtf.readable(mention.date.edtf) if mention.date else "undated"
        if column == 1:
            return role
        if column == 2:
            return one_line(mention.quote, 300)
        return " · ".join(isolated(one_line(part, 80)) for part in (mention.issuer, mention.title) if part)
