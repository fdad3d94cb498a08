"""Choosing a backup to go back to: each with its time, size and number of passages."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.core.values import dataclass
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.dialogs.tables import make_plain
from annotator.gui.theme import Theme, current_theme
from annotator.store.backups import Backup, Contents, contents
from annotator.store.cipher import Key, Passphrase

_COLUMNS = ("Made", "Passages", "Statements", "Size")


@dataclass(frozen=True, slots=True)
class RestoreChoice:
    """Put ``backup`` in the project's place, or at ``path``; or salvage the project to ``path``."""

    what: Literal["restore", "copy", "salvage"]
    backup: Path | None = None
    path: Path | None = None
    #: What opens an encrypted backup.
    passphrase: Passphrase | None = None


class BackupRows(QAbstractTableModel):
    """The backups as rows; what each holds arrives after it was opened."""

    def __init__(self, backups: Sequence[Backup], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backups = list(backups)
        self._contents: dict[int, Contents] = {}
        self._theme = theme

    def backup(self, row: int) -> Backup:
        return self._backups[row]

    def usable(self, row: int) -> bool:
        """Whether this backup was opened and is sound."""
        held = self._contents.get(row)
        return held is not None and not held.trouble

    def any_locked(self) -> bool:
        """Whether a backup needs a passphrase that was not given."""
        return any(held.locked for held in self._contents.values())

    def put(self, row: int, held: Contents) -> None:
        """What a backup holds has been read."""
        self._contents[row] = held
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(_COLUMNS) - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(self._backups)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # Qt
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole and section:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # Qt
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        held = self._contents.get(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(self._backups[row], held, column)
        if role == Qt.ItemDataRole.ToolTipRole and held is not None and held.trouble:
            return held.trouble.replace("<", "‹")
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and held is not None and held.trouble:
            return QColor(self._theme.muted)
        return None

    @staticmethod
    def _text(backup: Backup, held: Contents | None, column: int) -> str:
        locale = QLocale()
        if column == 0:
            return f"{backup.at.astimezone():%Y-%m-%d %H:%M}"
        if column == 3:
            return locale.formattedDataSize(backup.size)
        if held is None:
            return "…"
        if held.trouble:
            return ("encrypted" if held.locked else "damaged") if column == 1 else ""
        return f"{held.passages if column == 1 else held.statements:,}"


class RestoreDialog(QDialog):
    """The backups of one project, the newest first; the newest sound one is proposed."""

    #: What the user chose (``RestoreChoice``).
    chosen = Signal(object)

    _read = Signal(int, object)

    def __init__(
        self,
        project: Path,
        backups: Sequence[Backup],
        *,
        trouble: str = "",
        can_salvage: bool = True,
        parent: QWidget | None = None,
        theme: Theme | None = None,
        key: Key | None = None,
    ) -> None:
        super().__init__(parent)
        self._passphrase: Passphrase | None = key
        self._backups = list(backups)
        self.setWindowTitle("Restore a backup")
        self.setAccessibleName("Restore a backup")
        self._project = project
        self._proposed = False
        self.rows = BackupRows(backups, theme or current_theme(), self)
        self.table = QTableView()
        self.restore_button = QPushButton("Restore")
        self.copy_button = QPushButton("Restore as…")
        self.salvage_button = QPushButton("Salvage to JSON…")
        self.unlock_button = QPushButton("Passphrase…")
        self.unlock_button.hide()
        self._build(trouble)
        self.salvage_button.setVisible(can_salvage)
        self._read.connect(self._on_read)
        self._stop = threading.Event()
        self._start_reading()

    def _start_reading(self) -> None:
        self._reading = threading.Thread(
            target=self._look, args=(self._backups, self._passphrase), name="backups", daemon=True
        )
        self._reading.start()

    def _build(self, trouble: str) -> None:
        any_there = self.rows.rowCount() > 0
        title = QLabel("Choose a backup to go back to" if any_there else "There is no backup of this project")
        told = QLabel(
            (f"{trouble} " if trouble else "") + "What stands in its place now is kept beside it; nothing is deleted."
        )
        for label, role in ((title, "title"), (told, "muted")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", role)
        table = self.table
        table.setModel(self.rows)
        make_plain(table, "Backups")
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().currentRowChanged.connect(self._enable)
        table.doubleClicked.connect(self.accept)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        self.restore_button.setDefault(True)
        buttons.addButton(self.restore_button, QDialogButtonBox.ButtonRole.AcceptRole)
        for button in (self.copy_button, self.salvage_button, self.unlock_button):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.copy_button.clicked.connect(self._ask_where)
        self.salvage_button.clicked.connect(self._ask_salvage)
        self.unlock_button.clicked.connect(self._ask_passphrase)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(told)
        column.addWidget(table, 1)
        column.addWidget(buttons)
        self.resize(620, 440)
        self._enable()

    def _ask_passphrase(self) -> None:
        from annotator.gui.dialogs.passphrase import PassphraseDialog  # few backups are encrypted

        index = self.table.currentIndex()
        backup = self.rows.backup(index.row() if index.isValid() else 0)
        why = "A backup opens with the passphrase that the project had when it was made, or was changed to since."
        dialog = PassphraseDialog("This backup", why, self)

        def tried(passphrase: str) -> None:
            # A key takes a third of a second to be derived.
            QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            try:
                held = contents(backup.path, passphrase)
            finally:
                QGuiApplication.restoreOverrideCursor()
            if held.locked:
                dialog.say(held.trouble)
                return
            dialog.opened()
            self._passphrase = passphrase
            self._reading.join()
            self._start_reading()

        dialog.tried.connect(tried)
        dialog.open()

    def _look(self, backups: list[Backup], passphrase: Passphrase | None) -> None:
        for row, backup in enumerate(backups):
            if self._stop.is_set():
                return
            self._read.emit(row, contents(backup.path, passphrase))

    def _on_read(self, row: int, held: Contents) -> None:
        self.rows.put(row, held)
        self.unlock_button.setVisible(self.rows.any_locked())
        if not self._proposed and not held.trouble:
            self._proposed = True
            self.table.selectRow(row)
        self._enable()

    def _enable(self) -> None:
        index = self.table.currentIndex()
        usable = index.isValid() and self.rows.usable(index.row())
        self.restore_button.setEnabled(usable)
        self.copy_button.setEnabled(usable)

    def _current(self) -> Path | None:
        index = self.table.currentIndex()
        return self.rows.backup(index.row()).path if index.isValid() and self.rows.usable(index.row()) else None

    def _ask_where(self) -> None:
        backup = self._current()
        start = str(self._project.with_name(f"{self._project.stem} restored{self._project.suffix}"))
        name, _ = QFileDialog.getSaveFileName(self, "Restore as", start, "Annotator projects (*.annotator)")
        if name and backup:
            self._choose(RestoreChoice("copy", backup, Path(name), self._passphrase))

    def _ask_salvage(self) -> None:
        start = str(self._project.with_name(f"{self._project.stem} salvaged.json"))
        name, _ = QFileDialog.getSaveFileName(self, "Salvage to", start, "Annotator JSON (*.json)")
        if name:
            self._choose(RestoreChoice("salvage", None, Path(name)))

    def _choose(self, choice: RestoreChoice) -> None:
        super().accept()
        self.chosen.emit(choice)

    def accept(self) -> None:  # Qt
        backup = self._current()
        if backup is not None:
            self._choose(RestoreChoice("restore", backup, passphrase=self._passphrase))

    def done(self, result: int) -> None:  # Qt
        self._stop.set()
        self._reading.join()
        super().done(result)
