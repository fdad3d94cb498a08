"""What to export, in which format, and to which file."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
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
from annotator.gui.dialogs.export_preview import Asked, ExportPreview
from annotator.gui.dialogs.format_list import FormatList
from annotator.gui.dialogs.withholding import Withholding
from annotator.gui.mirror import dress, english
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
        self.format_list = FormatList(self._formats)
        self.what_field = Chooser()
        self.query_field = QLineEdit(query)
        self.path_field = QLineEdit()
        self.withholding = Withholding(project)
        self.preview = ExportPreview(project)
        self._title, self._description, self._trouble = QLabel(""), QLabel(""), QLabel("")
        self._query_label = _label("Query")
        self._build()
        self._recall(query, project)
        dress(self)

    def propose_passages(self) -> None:
        """Begin with the passages that the query finds."""
        self.what_field.setCurrentIndex(self.what_field.findData(PASSAGES))

    def _build(self) -> None:
        browse = QPushButton(english("Choose…"))
        browse.setAccessibleName("Choose a file")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        for widget, name in (
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
        for label, role in ((self._title, "title"), (self._description, "muted"), (self._trouble, "error")):
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
        grid.addWidget(_label("What"), 0, 0)
        grid.addWidget(self.what_field, 0, 1)
        grid.addWidget(self._query_label, 1, 0)
        grid.addWidget(self.query_field, 1, 1)
        grid.addWidget(_label("File"), 2, 0)
        grid.addLayout(file_row, 2, 1)
        grid.addWidget(self._trouble, 3, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        self.export_button = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        heading = QVBoxLayout()
        heading.setSpacing(3)
        heading.addWidget(self._title)
        heading.addWidget(self._description)
        form = QWidget()
        right = QVBoxLayout(form)
        right.setContentsMargins(22, 20, 22, 6)
        right.setSpacing(12)
        right.addLayout(heading)
        right.addLayout(grid)
        right.addWidget(self.withholding)
        right.addWidget(self.preview, 1)
        # Where the system's letters are large, or the screen is small, the form scrolls and the buttons stay.
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(form)
        buttons.setContentsMargins(22, 8, 22, 16)
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(scroll, 1)
        beside.addWidget(buttons)
        right_side = QWidget()
        right_side.setLayout(beside)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setChildrenCollapsible(False)
        sides.addWidget(self.format_list)
        sides.addWidget(right_side)
        sides.setStretchFactor(1, 1)
        sides.setSizes([self.fontMetrics().averageCharWidth() * 40, 680])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(sides)
        self.export_button.setDefault(True)
        # A default button that is off would look as if it were on.
        self.export_button.setProperty("role", "primary")
        self.format_list.chosen.connect(self._on_format)
        self.what_field.currentIndexChanged.connect(self._on_what)
        self.path_field.textChanged.connect(self._on_path)
        self.query_field.textChanged.connect(self._on_found)
        self.withholding.unfolded.connect(self._on_unfolded)
        self.withholding.changed.connect(self._describe)
        self.withholding.changed.connect(self._sample)
        self.setMinimumSize(640, 420)
        self.resize(980, 620)

    def _recall(self, query: str, project: Project | None) -> None:
        remembered = self._remembered
        if not self.format_list.choose(str(remembered.get("format"))):
            self.format_list.choose("json")
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
        return next((f for f in self._formats if f.name == self.format_list.name), None)

    def _suffix(self) -> str:
        chosen = self._format()
        return chosen.suffixes[0] if chosen and chosen.suffixes else ""

    def _on_format(self) -> None:
        self._describe()
        self._sample()
        path = self.path_field.text().strip()
        known = [suffix for each in self._formats for suffix in each.suffixes]
        self.path_field.setText(self._with_suffix(path, known))
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
        self._sample()

    def _sample(self) -> None:
        """Ask for the first rows, once the dialog is seen."""
        chosen, what = self._format(), self.what_field.currentData()
        if chosen is None or not self.isVisible():
            return
        query = "" if what == ALL else self.query_field.text().strip()
        if what != ALL and not query:
            self.preview.say("Write what the statements have to match, or choose all of them.")
            return
        try:
            privacy = self.withholding.privacy()
        except AnnotatorError as error:
            self.preview.say(str(error))
            return
        self.preview.look_at(Asked(chosen.name, query, what == PASSAGES, privacy))

    def _on_unfolded(self, unfolded: bool) -> None:
        """Make room for what is withheld, as far as there is some."""
        if unfolded:
            room = self.screen().availableGeometry().height() - 60
            self.resize(self.width(), max(self.height(), min(800, room)))

    def _describe(self) -> None:
        """What the format carries; of a selection, no sentence that holds for the whole only."""
        chosen = self._format()
        self._title.setText(chosen.label if chosen else "")
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
        self._trouble.setVisible(bool(sentence))
        self.path_field.setAccessibleDescription(sentence)

    def _path(self) -> Path:
        path = Path(self.path_field.text().strip()).expanduser()
        chosen = self._format()
        # A folder such as / or .. has no name that a suffix could follow.
        if not path.name or chosen is None or path.is_dir():
            return path
        named = path.with_name(self._with_suffix(path.name, chosen.suffixes))
        return named if named.name.lower().endswith(self._suffix()) else path.with_name(path.name + self._suffix())

    def _with_suffix(self, name: str, known: Iterable[str]) -> str:
        """The name, with the suffix of the format in the place of one of these."""
        # The longest first: .anno.jsonl ends in .jsonl too.
        for suffix in sorted(known, key=len, reverse=True):
            if name.lower().endswith(suffix):
                return name[: -len(suffix)] + self._suffix()
        return name

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
        self.preview.close_reading()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        self._sample()


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "muted")
    label.setMinimumWidth(70)
    return label
