"""The rows of the statements list: an order of local numbers, of which only what is looked at is read.

A project of a million statements costs 8 MB here: the order is an array of integers, and summaries are
kept for the pages that were seen last.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from annotator.core.errors import AnnotatorError
from annotator.core.model import Summary
from annotator.core.values import dataclass
from annotator.gui.statement_order import Order
from annotator.gui.statement_words import INFERRED_TIP, one_line, spoken
from annotator.store.listing import Part
from annotator.store.reads import Reads

#: Rows that are read together, and how many such pages are kept.
PAGE, PAGES = 100, 40

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a group: what its statements have in common, and how many they are."""

    label: str
    count: int

    def __str__(self) -> str:
        return f"{self.label}, {self.count:,} statement{'s' * (self.count != 1)}"


class StatementRows(QAbstractTableModel):
    """Statements in an order, read on the window's own connection when they are looked at.

    ``rows_read`` counts the summaries that were read so far. Headings can be neither chosen nor selected.
    """

    #: Rows could not be read (``AnnotatorError``); they stay empty until they are looked at again.
    unreadable = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows_read = 0
        self.order = Order()
        self._project: Reads | None = None
        self._pages: OrderedDict[int, dict[int, Summary]] = OrderedDict()
        self._failing = False

    # -- what is listed ------------------------------------------------------------------

    def look_at(self, project: Reads | None) -> None:
        """Read from this project from now on; no rows until an order is set."""
        self._project = project
        self.set_order(Order())

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
        # The last page may have been read while it was shorter.
        self._pages.pop(first // PAGE, None)
        self.endInsertRows()

    def row_of(self, number: int | None, first: int = 0) -> int | None:
        """The row, from ``first`` on, of a statement's local number; None when it is not listed there."""
        return self.order.row_of(number, first)

    def summary(self, row: int) -> Summary | None:
        """The statement in this row; None for a heading, or when it is gone or cannot be read now."""
        if not 0 <= row < len(self.order):
            return None
        number = self.order.rows[row]
        return self._page(row // PAGE).get(number) if number > 0 else None

    def heading(self, row: int) -> Heading | None:
        """The heading in this row; None for a statement."""
        which = self.order.heading(row) if 0 <= row < len(self.order) else None
        return None if which is None else Heading(self.order.labels[which], self.order.count_under(which))

    def reread(self, concerned: Callable[[str], bool]) -> None:
        """Read those rows again, of the ones kept, whose statement id is concerned."""
        for page, kept in tuple(self._pages.items()):
            numbers = [n for n, summary in kept.items() if concerned(summary.id)]
            if not numbers:
                continue
            fresh = self._read(numbers)
            if fresh is None:
                del self._pages[page]
            else:
                kept.update(fresh)
            first = page * PAGE
            last = min(first + PAGE, len(self.order)) - 1
            rows = [row for row in range(first, last + 1) if self.order.rows[row] in numbers]
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], 0))

    # -- pages -----------------------------------------------------------------------------

    def _page(self, page: int) -> dict[int, Summary]:
        kept = self._pages.get(page)
        if kept is not None:
            self._pages.move_to_end(page)
            return kept
        fresh = self._read(self.order.page(page * PAGE, (page + 1) * PAGE))
        if fresh is None:
            return {}
        self._pages[page] = fresh
        if len(self._pages) > PAGES:
            self._pages.popitem(last=False)
        return fresh

    def _read(self, numbers: Sequence[int]) -> dict[int, Summary] | None:
        if self._project is None:
            return None
        try:
            summaries = self._project.summaries(numbers)
        except AnnotatorError as error:
            # Painting asks again and again; one word about it is enough.
            if not self._failing:
                self._failing = True
                self.unreadable.emit(error)
            return None
        self._failing = False
        self.rows_read += len(summaries)
        return {summary.number: summary for summary in summaries}

    def _spoken(self, row: int, summary: Summary) -> str:
        assert self._project is not None
        # The keys pass over headings, so that the first row below one tells it.
        above = self.heading(row - 1)
        return (f"{above}: " if above else "") + spoken(summary, self._project.codebook)

    # -- Qt --------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self.order.heading(index.row()) is not None:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles = Qt.ItemDataRole
        if role not in (roles.DisplayRole, roles.AccessibleTextRole, roles.ToolTipRole):
            return None
        if heading := self.heading(index.row()):
            return str(heading)
        summary = self.summary(index.row())
        if summary is None or self._project is None:
            return None if role == roles.ToolTipRole else ""
        if role == roles.ToolTipRole:
            return INFERRED_TIP if summary.date is not None and summary.date.basis == "inferred" else None
        return one_line(summary.title) if role == roles.DisplayRole else self._spoken(index.row(), summary)
