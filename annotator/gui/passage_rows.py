"""The rows of the Passages view: an order of local numbers, of which only what is looked at is read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.model import Annotation
from annotator.core.wording import tag_of
from annotator.gui.passage_columns import NOTE, PASSAGE, Column, lacks, said
from annotator.gui.statement_order import Order
from annotator.gui.wording import typed_text
from annotator.store.listing import Part
from annotator.store.passage_list import PassageRow
from annotator.store.reads import Reads

#: Rows that are read together, and how many such pages are kept.
PAGE, PAGES = 50, 80

_Index = QModelIndex | QPersistentModelIndex


class PassageRows(QAbstractTableModel):
    """Passages in an order, read on the window's own connection when they are looked at; headings between them."""

    #: Rows could not be read (``AnnotatorError``).
    unreadable = Signal(object)
    #: A cell was edited: the passage's id, the column's name, and what was typed.
    typed = Signal(str, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.order = Order()
        self.columns: list[Column] = []
        self.codebook = Codebook()
        self.writable = False
        self._project: Reads | None = None
        self._pages: OrderedDict[int, dict[int, PassageRow]] = OrderedDict()
        self._names: dict[str, str] = {}
        self._failing = False

    def look_at(self, project: Reads | None) -> None:
        """Read from this project from now on; no rows until an order is set."""
        self._project = project
        self._names.clear()
        self.set_order(Order())

    def set_columns(self, chosen: Sequence[Column]) -> None:
        self.beginResetModel()
        self.columns = list(chosen)
        self.endResetModel()

    def set_order(self, order: Order) -> None:
        """Show these rows instead; nothing that was read before is kept."""
        self.beginResetModel()
        self.order = order
        self._pages.clear()
        self.endResetModel()

    def append(self, part: Part) -> None:
        """Show these rows after the others."""
        if not part.numbers:
            return
        first = len(self.order)
        self.beginInsertRows(QModelIndex(), first, first + len(part.numbers) + len(part.heads) - 1)
        self.order.extend(part)
        self._pages.pop(first // PAGE, None)
        self.endInsertRows()

    def row(self, row: int) -> PassageRow | None:
        """The passage in this row; None for a heading, or when it is gone or cannot be read now."""
        if not 0 <= row < len(self.order):
            return None
        number = self.order.rows[row]
        return self._page(row // PAGE).get(number) if number > 0 else None

    def heading(self, row: int) -> tuple[str, int] | None:
        """The heading in this row, and how many passages stand below it; None for a passage."""
        which = self.order.heading(row) if 0 <= row < len(self.order) else None
        return None if which is None else (self.order.labels[which], self.order.count_under(which))

    def name_of(self, actor: str) -> str:
        """The name of an actor, kept until actors change."""
        if actor not in self._names:
            if len(self._names) > 20_000:
                self._names.clear()
            self._names[actor] = self._project.actor_name(actor) if self._project else actor  # type: ignore[attr-defined]
        return self._names[actor]

    def forget_names(self) -> None:
        """Actors have changed."""
        self._names.clear()
        self._redraw()

    def reread(self, concerned: Callable[[Annotation], bool] | None = None) -> None:
        """Read those rows again, of the ones kept, that are concerned; all without a condition."""
        for page, kept in tuple(self._pages.items()):
            if concerned is None or any(concerned(row.annotation) for row in kept.values()):
                del self._pages[page]
        self._redraw()

    def _redraw(self) -> None:
        if self.order.rows and self.columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.order) - 1, len(self.columns) - 1))

    def _page(self, page: int) -> dict[int, PassageRow]:
        kept = self._pages.get(page)
        if kept is not None:
            self._pages.move_to_end(page)
            return kept
        if self._project is None:
            return {}
        try:
            rows = self._project.passage_rows(self.order.page(page * PAGE, (page + 1) * PAGE))
        except AnnotatorError as error:
            # Painting asks again and again; one word about it is enough.
            if not self._failing:
                self._failing = True
                self.unreadable.emit(error)
            return {}
        self._failing = False
        self._pages[page] = {row.number: row for row in rows}
        if len(self._pages) > PAGES:
            self._pages.popitem(last=False)
        return self._pages[page]

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        found = self.row(row)
        return said(self.columns[column], found, self.codebook, self.name_of) if found else ""

    def spoken(self, row: int, column: int) -> str:
        """The same for a screen reader: the passage with its tag, any other cell with its column."""
        found, chosen = self.row(row), self.columns[column]
        if found is None:
            return ""
        text = said(chosen, found, self.codebook, self.name_of)
        if chosen.name == PASSAGE:
            return f"{tag_of(self.codebook, found.annotation.tag).label}: {text}"
        return f"{chosen.label}: {text or ('missing' if lacks(chosen, found) else 'empty')}"

    def editable(self, row: int, column: int) -> bool:
        """Whether a person can type into this cell: values of the passage's own tag, and its note."""
        found, chosen = self.row(row), self.columns[column]
        if found is None or not self.writable:
            return False
        return chosen.name == NOTE or chosen.attribute(found.annotation.tag) is not None

    # -- Qt --------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return self.columns[section].label
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self.order.heading(index.row()) is not None:
            return Qt.ItemFlag.NoItemFlags
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self.writable and index.isValid() else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles = Qt.ItemDataRole
        if role not in (roles.DisplayRole, roles.AccessibleTextRole, roles.EditRole):
            return None
        if heading := self.heading(index.row()):
            return f"{heading[0]}, {heading[1]:,} passage{'s' * (heading[1] != 1)}"
        if role == roles.AccessibleTextRole:
            return self.spoken(index.row(), index.column())
        if role == roles.EditRole:
            found, column = self.row(index.row()), self.columns[index.column()]
            if found is None or column.name == NOTE:
                return found.annotation.note if found else ""
            return typed_text(found.annotation.attributes.get(column.name, ()), self.name_of)
        return self.text(index.row(), index.column())

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        found = self.row(index.row())
        if role != Qt.ItemDataRole.EditRole or found is None or not self.editable(index.row(), index.column()):
            return False
        if str(value) != self.data(index, role):
            self.typed.emit(found.annotation.id, self.columns[index.column()].name, str(value))
        return True
