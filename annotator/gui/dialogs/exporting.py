"""What to export, in which format, and to which file."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator import formats, paths
from annotator.core.errors import AnnotatorError
from annotator.core.privacy import OPEN, Privacy
from annotator.core.values import dataclass
from annotator.formats import Format
from annotator.gui.choosing import Chooser
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.dialogs.withholding import Withholding
from annotator.gui.mirror import english
from annotator.gui.wording import one_line
from annotator.store.project import Project

#: What is exported: everything, the statements that a query finds, or only the passages that it finds.
ALL, FOUND, PASSAGES = "all", "found", "passages"


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What ``jobs.export`` is to write."""

    path: Path
    format: str
    query: str = ""
    passages: bool = False
    privacy: Privacy = OPEN


class ExportDialog(QDialog):
    """Asks for an ``ExportChoice``; ``remembered`` holds the last one between dialogs."""

    def __init__(
        self,
        parent: QWidget | None = None,
        project: Project | None = None,
        query: str = "",
        remembered: MutableMapping[str, Any] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAccessibleName("Export")
        self._remembered: MutableMapping[str, Any] = {} if remembered is None else remembered
        self._formats: tuple[Format, ...] = formats.writers()
        self._project = project
        self._choice: ExportChoice | None = None
        self.format_field = Chooser()
        self.what_field = Chooser()
        self.query_field = QLineEdit(query)
        self.path_field = QLineEdit()
        self.withholding = Withholding(project)
        self._description, self._trouble, self._query_label = QLabel(""), QLabel(""), _label("Query")
        self._build()
        self._recall(query, project)

    def propose_passages(self) -> None:
        """Begin with the passages that the query finds."""
        self.what_field.setCurrentIndex(self.what_field.findData(PASSAGES))

    def _build(self) -> None:
        for each in self._formats:
            self.format_field.addItem(each.label, each.name)
        browse = QPushButton(english("Choose…"))
        browse.setAccessibleName("Choose a file")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        for widget, name in (
            (self.format_field, "Format"),
            (self.what_field, "What"),
            (self.query_field, "Query"),
            (self.path_field, "File"),
        ):
            widget.setAccessibleName(name)
        for field in (self.query_field, self.path_field):
            # As far in as the choices above.
            field.setTextMargins(-2, 0, -2, 0)
        self.query_field.setPlaceholderText("tag:accusation issuer:SDF date:2022..2023")
        for text, value in (
            ("All statements", ALL),
            ("Statements that the query finds, as a whole", FOUND),
            ("Only the passages that the query finds", PASSAGES),
        ):
            self.what_field.addItem(text, value)
        for label, role in ((self._description, "muted"), (self._trouble, "error")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", role)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self.path_field, 1)
        file_row.addWidget(browse)
        grid.addWidget(_label("Format"), 0, 0)
        grid.addWidget(self.format_field, 0, 1)
        grid.addWidget(self._description, 1, 1)
        grid.setRowMinimumHeight(2, 4)
        grid.addWidget(_label("What"), 3, 0)
        grid.addWidget(self.what_field, 3, 1)
        grid.addWidget(self._query_label, 4, 0)
        grid.addWidget(self.query_field, 4, 1)
        grid.setRowMinimumHeight(5, 4)
        grid.addWidget(_label("File"), 6, 0)
        grid.addLayout(file_row, 6, 1)
        grid.addWidget(self._trouble, 7, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        self.export_button = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addWidget(self.withholding, 1)
        column.addWidget(buttons)
        self.export_button.setDefault(True)
        # A default button that is off would look as if it were on.
        self.export_button.setProperty("role", "primary")
        self.format_field.currentIndexChanged.connect(self._on_format)
        self.what_field.currentIndexChanged.connect(self._on_what)
        self.path_field.textChanged.connect(self._on_path)
        self.query_field.textChanged.connect(self._on_found)
        self.withholding.unfolded.connect(self._on_unfolded)
        self.withholding.changed.connect(self._describe)
        self.setMinimumWidth(540)

    def _recall(self, query: str, project: Project | None) -> None:
        remembered = self._remembered
        self.format_field.setCurrentIndex(max(0, self.format_field.findData(remembered.get("format", "json"))))
        what = FOUND if query else ALL
        if query and remembered.get("what") == PASSAGES:
            what = PASSAGES
        self.what_field.setCurrentIndex(self.what_field.findData(what))
        folder = Path(str(remembered.get("folder") or ""))
        if not remembered.get("folder") or not folder.is_dir():
            folder = project.path.parent if project is not None else Path.home()
            if folder == paths.data_dir().resolve():
                folder = Path.home()  # where the sample project lies, nobody would look for an export
        name = project.path.stem if project is not None else "export"
        self.path_field.setText(str(folder / (name + self._suffix())))
        self.withholding.recall(remembered)
        self._on_format()
        self._on_what()

    def choice(self) -> ExportChoice | None:
        """What was chosen; None until the dialog was accepted."""
        return self._choice

    @property
    def trouble(self) -> str:
        """What stands in the way, or what will happen to a file that is there; empty when there is nothing to say."""
        return self._trouble.text()

    def _format(self) -> Format | None:
        return next((f for f in self._formats if f.name == self.format_field.currentData()), None)

    def _suffix(self) -> str:
        chosen = self._format()
        return chosen.suffixes[0] if chosen and chosen.suffixes else ""

    def _on_format(self) -> None:
        self._describe()
        path = self.path_field.text().strip()
        known = [suffix for each in self._formats for suffix in each.suffixes]
        # The longest first: .anno.jsonl ends in .jsonl too.
        for suffix in sorted(known, key=len, reverse=True):
            if path.lower().endswith(suffix) and not path.lower().endswith(self._suffix()):
                self.path_field.setText(path[: -len(suffix)] + self._suffix())
                break
        self._on_path()

    def _on_what(self) -> None:
        some = self.what_field.currentData() != ALL
        self._query_label.setVisible(some)
        self.query_field.setVisible(some)
        self._describe()
        self._on_found()

    def _on_found(self) -> None:
        what = self.what_field.currentData()
        self.withholding.look_at("" if what == ALL else self.query_field.text().strip(), what == PASSAGES)

    def _on_unfolded(self, unfolded: bool) -> None:
        """Make room for the preview, or give it back."""
        self.layout().activate()
        room = self.screen().availableGeometry().height() - 60
        width = max(self.width(), 680) if unfolded else self.minimumWidth()
        self.resize(width, min(self.sizeHint().height(), room))

    def _describe(self) -> None:
        """What the format carries; of a selection, no sentence that holds for the whole only."""
        chosen = self._format()
        text = chosen.description if chosen else ""
        if self.what_field.currentData() == PASSAGES:
            text = f"{text.split(';')[0].rstrip('.')}. Only the passages that match are in it, with their statements."
        elif self.what_field.currentData() == FOUND:
            text = f"{text.split(';')[0].rstrip('.')}. Only the statements that match are in it."
        elif self.withholding.fold.isChecked():
            text = f"{text.split(';')[0].rstrip('.')}, but what is withheld."
        self._description.setText(text)

    @property
    def description(self) -> str:
        """What the file will hold."""
        return self._description.text()

    def _on_path(self) -> None:
        text = self.path_field.text().strip()
        self.export_button.setEnabled(bool(text) and self._format() is not None)
        try:
            path = self._path() if text else None
            replaced = path is not None and path.is_file()
        except (OSError, ValueError, RuntimeError):
            path, replaced = None, False
        self._say(f"{one_line(path.name, 80)} exists and will be replaced." if path and replaced else "", False)

    def _say(self, sentence: str, error: bool = True) -> None:
        self._trouble.setProperty("role", "error" if error else "warning")
        self._trouble.style().unpolish(self._trouble)
        self._trouble.style().polish(self._trouble)
        self._trouble.setText(sentence)
        self.path_field.setAccessibleDescription(sentence)

    def _path(self) -> Path:
        path = Path(self.path_field.text().strip()).expanduser()
        # A folder such as / or .. has no name that a suffix could follow.
        bare = not path.name or path.suffix or not self._suffix() or path.is_dir()
        return path if bare else path.with_name(path.name + self._suffix())

    def _browse(self) -> None:
        chosen = self._format()
        patterns = f"{chosen.label} (*{self._suffix()})" if chosen else ""
        try:
            proposed = str(self._path())
        except (OSError, ValueError, RuntimeError):
            proposed = ""
        name, _ = QFileDialog.getSaveFileName(self, "Export to", proposed, patterns)
        if name:
            self.path_field.setText(name)

    def accept(self) -> None:  # Qt
        chosen = self._format()
        if chosen is None or not self.path_field.text().strip():
            return
        try:
            path = self._path()
            is_folder, has_folder = path.is_dir(), path.parent.is_dir()
        except (OSError, ValueError, RuntimeError):  # too long a name, a NUL, the home of nobody
            self._say(f"{one_line(self.path_field.text().strip(), 120)} cannot be the name of a file.")
            return
        if is_folder:
            self._say(f"{one_line(path.name or str(path), 80)} is a folder; add a file name.")
            return
        if not has_folder:
            self._say(f"There is no folder {one_line(str(path.parent), 120)}.")
            return
        what = self.what_field.currentData()
        query = self.query_field.text().strip() if what != ALL else ""
        if what != ALL and not query:
            self._say("Write what the statements have to match, or choose all of them.")
            self.query_field.setFocus()
            return
        if query and self._project is not None:
            try:
                # Asked for one statement only: what a tag or a date means is not known before.
                next(iter(self._project.numbers(self._project.parse(query), page=1)), None)
            except AnnotatorError as error:
                self._say(str(error))
                self.query_field.setFocus()
                return
        try:
            privacy = self.withholding.privacy()
        except AnnotatorError as error:
            self._say(str(error))
            self.withholding.words.setFocus()
            return
        self._choice = ExportChoice(path, chosen.name, query, what == PASSAGES, privacy)
        for key, value in self.withholding.remembered().items():
            self._remembered[key] = value
        self._remembered["format"] = chosen.name
        self._remembered["folder"] = str(path.parent)
        self._remembered["what"] = what
        super().accept()

    def done(self, result: int) -> None:  # Qt
        self.withholding.close_reading()
        super().done(result)


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "muted")
    label.setMinimumWidth(70)
    return label
