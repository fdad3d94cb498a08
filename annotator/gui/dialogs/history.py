"""What was done in the project or to one statement, step by step, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import NotFound
from annotator.core.history import Entry
from annotator.core.model import Changes
from annotator.gui.fields import Chooser
from annotator.gui.session import Session
from annotator.gui.theme import Theme, current_theme
from annotator.gui.wording import isolated, local_time, one_line, step_text, tool_tip

#: The latest steps that are read; ``annotator history`` has them all.
LIMIT = 2000
NOTHING_YET = "No steps yet. What is tagged and changed will be listed here."
_COLUMNS = ("Time", "Coder", "Step")


class Steps(QAbstractTableModel):
    """Steps as rows; undone ones are struck out, and say so to screen readers."""

    def __init__(self, theme: Theme, tell: Callable[[Entry], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tell = tell
        self._entries: list[Entry] = []

    def set_entries(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def _text(self, entry: Entry, column: int) -> str:
        if column == 0:
            return local_time(entry.at)
        if column == 1:
            return entry.coder or ""
        return self._tell(entry)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # Qt
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # Qt
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], index.column()
        text = self._text(entry, column)
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


class HistoryDialog(QDialog):
    """The steps of the project, or those that touched one statement; it follows what is done meanwhile."""

    def __init__(
        self,
        session: Session,
        statement: str | None = None,
        parent: QWidget | None = None,
        theme: Theme | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._statement = statement
        self._entries: list[Entry] = []
        self.setWindowTitle("History of the statement" if statement else "History of the project")
        self.setAccessibleName("History")
        self._title = QLabel("")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        self._title.setProperty("role", "title")
        self._count = QLabel("")
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setProperty("role", "muted")
        self.coder_filter = Chooser()
        self.coder_filter.setAccessibleName("Coder")
        self.coder_filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.steps = Steps(theme or current_theme(), self._told, self)
        self._build()
        self.read()
        session.changed.connect(self.on_changed)
        session.opened.connect(self.close)

    def _build(self) -> None:
        table = QTableView()
        table.setModel(self.steps)
        table.setAccessibleName("Steps")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(0, 150)
        table.setColumnWidth(1, 130)
        head = QHBoxLayout()
        head.addWidget(self._count, 1)
        head.addWidget(self.coder_filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(head)
        column.addWidget(table, 1)
        self.coder_filter.activated.connect(self._show)
        self.resize(620, 520)

    def _told(self, entry: Entry) -> str:
        project = self._session.project
        return step_text(entry, project.codebook, project.actor_name) if project else entry.label

    def read(self) -> None:
        """Read the steps again."""
        project = self._session.project
        self._entries = project.history(self._statement, limit=LIMIT) if project else []
        title = project.title if project else ""
        if project and self._statement:
            try:
                title = project.statement(self._statement).title
            except NotFound:
                title = "A deleted statement"
        self._title.setText(one_line(title, 160) or "History")
        chosen = self.coder_filter.currentData()
        names = sorted({e.coder for e in self._entries if e.coder})
        self.coder_filter.clear()
        self.coder_filter.addItem("All coders", None)
        for name in names:
            self.coder_filter.addItem(name, name)
        self.coder_filter.setCurrentIndex(max(0, self.coder_filter.findData(chosen)) if chosen else 0)
        self._show()

    def on_changed(self, changes: Changes) -> None:
        """A step was committed."""
        if self.isVisible() and (self._statement is None or changes.concerns(self._statement)):
            self.read()

    def _show(self) -> None:
        coder = self.coder_filter.currentData()
        shown = [e for e in self._entries if coder is None or e.coder == coder]
        self.steps.set_entries(shown)
        count = f"{len(shown):,} step{'s' * (len(shown) != 1)}"
        if len(self._entries) == LIMIT:
            count = f"The latest {count}"
        count = f"{count} by {isolated(coder)}" if coder else count
        self._count.setText(count if self._entries else NOTHING_YET)
