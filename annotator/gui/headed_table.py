"""Rows of one height and lower headings: what the list of statements and the table of passages share.

Enter, Delete, Esc and a context menu are told; a right click opens nothing; letters are nobody's search.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

#: With more headings than this, all are as high as other rows: to lay out each by itself would be felt.
LOW_HEADINGS = 5000


class HeadedTable(QTableView):
    """Rows and lower headings; the model's ``order.places`` say which rows are headings."""

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
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def headings(self) -> list[int]:
        """The rows that are headings."""
        raise NotImplementedError

    def owns(self, event: QKeyEvent) -> bool:
        """Whether this key is the table's while it has the focus, whatever it means elsewhere in the window."""
        raise NotImplementedError

    def set_row_heights(self, row: int, heading: int, step: int) -> None:
        """The heights of a row and of a heading, and how far a notch of the wheel goes, in pixels."""
        self._row, self._heading = row, heading
        self.verticalHeader().setDefaultSectionSize(row)
        self.verticalScrollBar().setSingleStep(step)
        self.lay_out()

    def lay_out(self, first: int = 0) -> None:
        """Give the headings from this one on their height; from the first one on, all other rows theirs as well."""
        model = self.model()
        rows, places, count = self.verticalHeader(), self.headings(), model.rowCount() if model else 0
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

    # -- Qt --------------------------------------------------------------------------------

    def event(self, event) -> bool:
        # These keys mean something else elsewhere in the window; with the focus here they are the table's.
        if event.type() == event.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.owns(event):
            event.accept()
            return True
        return super().event(event)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: Qt would read every row of the project to compare."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A right click is for the menu: it must not open anything.
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)
