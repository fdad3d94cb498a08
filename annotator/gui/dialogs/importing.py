"""What to import and how; and, afterwards, what did not come in and why."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator import formats
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Problem
from annotator.core.values import dataclass
from annotator.gui.choosing import Chooser
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.dialogs.report import ReportDialog
from annotator.gui.mirror import english
from annotator.gui.wording import one_line, tool_tip
from annotator.jobs import ImportReport

#: Encodings that are offered; any other that Python knows can be typed.
ENCODINGS = (
    "utf-8",
    "utf-16",
    "windows-1256",
    "iso-8859-6",
    "windows-1254",
    "iso-8859-9",
    "windows-1252",
    "iso-8859-1",
    "windows-1251",
    "koi8-r",
)
_AUTO = "Find out"


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """What ``jobs.import_files`` is to take in; None means that it finds out, or that a conflict is a problem."""

    paths: tuple[Path, ...]
    format: str | None = None
    encoding: str | None = None
    duplicates: str = "skip"
    on_conflict: str | None = None
    #: Whether to show what would come in before anything does.
    preview: bool = False


class PathList(QListWidget):
    """Files and folders that were chosen; Del takes one off."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for item in self.selectedItems():
                self.takeItem(self.row(item))
        else:
            super().keyPressEvent(event)


class ImportDialog(QDialog):
    """Asks for an ``ImportChoice``; ``remembered`` holds the last options between dialogs."""

    def __init__(
        self,
        parent: QWidget | None = None,
        paths: Iterable[Path] = (),
        remembered: MutableMapping[str, Any] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import")
        self.setAccessibleName("Import")
        self.setAcceptDrops(True)
        self._remembered: MutableMapping[str, Any] = {} if remembered is None else remembered
        self._choice: ImportChoice | None = None
        self._preview = False
        self.path_list = PathList()
        self.format_field = Chooser()
        self.encoding_field = Chooser()
        self.duplicates_field = Chooser()
        self.conflict_field = Chooser()
        self._advice, self._trouble = QLabel(""), QLabel("")
        self._build()
        self.add_paths(paths)
        self._tell()

    def _build(self) -> None:
        self._fill_options()
        self.path_list.setAccessibleName("Files and folders to import")
        self.path_list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.path_list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.path_list.setMinimumHeight(110)
        self.path_list.setSpacing(2)
        files, folder, remove = (
            QPushButton(english("Add files…")),
            QPushButton(english("Add folder…")),
            QPushButton("Take off"),
        )
        files.clicked.connect(self._add_files)
        folder.clicked.connect(self._add_folder)
        remove.clicked.connect(self._remove)
        self._remove_button = remove
        for label, role in ((self._advice, "muted"), (self._trouble, "error")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", role)
        adding = QHBoxLayout()
        for button in (files, folder, remove):
            button.setAutoDefault(False)
        for button in (files, folder):
            adding.addWidget(button)
        adding.addStretch(1)
        adding.addWidget(remove)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (name, field) in enumerate(
            (
                ("Format", self.format_field),
                ("Encoding", self.encoding_field),
                ("Same text from another source", self.duplicates_field),
                ("Same id with other content", self.conflict_field),
            )
        ):
            label = QLabel(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
            field.setAccessibleName(name)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        self.preview_button = buttons.addButton("Look through…", QDialogButtonBox.ButtonRole.ActionRole)
        self.preview_button.setToolTip("Show what would come in, as it would be stored, before anything does")
        self.preview_button.clicked.connect(self._look_through)
        self.import_button = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        column.addWidget(self._advice)
        column.addWidget(self.path_list, 1)
        column.addLayout(adding)
        column.addSpacing(6)
        column.addLayout(grid)
        column.addWidget(self._trouble)
        column.addSpacing(6)
        column.addWidget(buttons)
        self.import_button.setDefault(True)
        # A default button that is off would look as if it were on.
        self.import_button.setProperty("role", "primary")
        rows = self.path_list.model()
        rows.rowsInserted.connect(self._tell)
        rows.rowsRemoved.connect(self._tell)
        self.path_list.itemSelectionChanged.connect(self._tell)
        self.setMinimumWidth(560)

    def _fill_options(self) -> None:
        self.format_field.addItem(f"{_AUTO} from each file", None)
        for each in formats.readers():
            self.format_field.addItem(each.label, each.name)
        self.encoding_field.setEditable(True)
        self.encoding_field.addItem(f"{_AUTO} from each file", None)
        for encoding in ENCODINGS:
            self.encoding_field.addItem(encoding, encoding)
        self.duplicates_field.addItem("Leave out, and list them", "skip")
        self.duplicates_field.addItem("Import as well", "keep")
        for text, value in (
            ("Leave it out and tell me", None),
            ("Keep what the project has", "keep"),
            ("Replace by what the file has", "replace"),
            ("Import as a copy", "copy"),
        ):
            self.conflict_field.addItem(text, value)
        for field, key in ((self.duplicates_field, "duplicates"), (self.conflict_field, "on_conflict")):
            if key in self._remembered:
                field.setCurrentIndex(max(0, field.findData(self._remembered[key] or None)))

    def choice(self) -> ImportChoice | None:
        """What was chosen; None until the dialog was accepted."""
        return self._choice

    @property
    def trouble(self) -> str:
        return self._trouble.text()

    @property
    def paths(self) -> tuple[Path, ...]:
        """What is listed."""
        items = (self.path_list.item(row) for row in range(self.path_list.count()))
        return tuple(Path(item.data(Qt.ItemDataRole.UserRole)) for item in items)

    def add_paths(self, paths: Iterable[Path]) -> None:
        """List these too, each once."""
        known = set(self.paths)
        for path in paths:
            if path in known:
                continue
            known.add(path)
            text = f"{path}/" if path.is_dir() else str(path)
            item = QListWidgetItem(one_line(text, 500))
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            item.setToolTip(tool_tip(text))
            self.path_list.addItem(item)

    def _tell(self) -> None:
        paths = self.paths
        folders = sum(path.is_dir() for path in paths)
        files = len(paths) - folders
        parts = [f"{n} {noun}{'s' * (n != 1)}" for n, noun in ((files, "file"), (folders, "folder")) if n]
        self._advice.setText(
            f"{' and '.join(parts)} to import{', with all subfolders' if folders else ''}."
            if parts
            else "Add files or a folder, or drop them here."
        )
        self.import_button.setEnabled(bool(paths))
        self.preview_button.setEnabled(bool(paths))
        self._remove_button.setEnabled(bool(self.path_list.selectedItems()))

    def _add_files(self) -> None:
        suffixes = sorted({suffix for each in formats.readers() for suffix in each.suffixes})
        patterns = f"Statements ({' '.join(f'*{s}' for s in suffixes)});;All files (*)"
        names, _ = QFileDialog.getOpenFileNames(self, "Import files", self._folder(), patterns)
        self.add_paths(Path(name) for name in names)

    def _add_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Import a folder", self._folder())
        if name:
            self.add_paths([Path(name)])

    def _remove(self) -> None:
        for item in self.path_list.selectedItems():
            self.path_list.takeItem(self.path_list.row(item))

    def _folder(self) -> str:
        return str(self._remembered.get("folder") or "") or str(Path.home())

    def _encoding(self) -> str | None:
        """The encoding that was chosen or typed; raises ``AnnotatorError`` when Python knows none of that name."""
        import codecs

        text = self.encoding_field.currentText().strip()
        if not text or text.startswith(_AUTO):
            return None
        try:
            return codecs.lookup(text).name
        except (LookupError, ValueError):
            raise AnnotatorError(f"“{one_line(text, 60)}” is no encoding; try utf-8 or windows-1256.") from None

    def _look_through(self) -> None:
        self._preview = True
        self.accept()
        self._preview = False

    def accept(self) -> None:  # Qt
        paths = self.paths
        if not paths:
            return
        try:
            encoding = self._encoding()
        except AnnotatorError as error:
            self._trouble.setText(str(error))
            self.encoding_field.setFocus()
            return
        self._choice = ImportChoice(
            paths,
            self.format_field.currentData(),
            encoding,
            self.duplicates_field.currentData(),
            self.conflict_field.currentData(),
            self._preview,
        )
        self._remembered["duplicates"] = self._choice.duplicates
        self._remembered["on_conflict"] = self._choice.on_conflict or ""
        self._remembered["folder"] = str(paths[0].parent)
        super().accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # Qt
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # Qt
        self.add_paths(local_paths(event.mimeData()))
        event.acceptProposedAction()


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders of this computer in what is dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


# -- afterwards ---------------------------------------------------------------------------


class ImportReportDialog(ReportDialog):
    """What stayed out of an import and why, as plain text to read and copy."""

    def __init__(self, report: ImportReport, parent: QWidget | None = None) -> None:
        super().__init__(report.sentence(), report_text(report), "Import report", parent)

    @staticmethod
    def is_needed(report: ImportReport) -> bool:
        """Whether there is anything to tell beyond the one sentence."""
        return bool(report.problems or report.known or report.same_text)


def report_text(report: ImportReport) -> str:
    """What stayed out, by reason, one place a line."""
    parts = [
        ("Problems", [_problem_line(p) for p in report.problems]),
        ("Same text as a statement from another source, left out", [one_line(p, 500) for p in report.same_text]),
        ("Known already", [one_line(p, 500) for p in report.known]),
    ]
    return "\n\n".join(_part(heading, lines) for heading, lines in parts if lines)


def _part(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([f"{heading} ({len(lines)})", *(f"  {line}" for line in lines)])


def _problem_line(problem: Problem) -> str:
    return one_line(str(problem), 1000)
