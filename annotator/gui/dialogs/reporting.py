"""Of what an evidence report is made, in which form, and to which file; afterwards, what proves it."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
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

from annotator.core.errors import AnnotatorError
from annotator.core.values import dataclass
from annotator.gui.choosing import Chooser
from annotator.gui.mirror import english
from annotator.gui.wording import isolated, one_line
from annotator.store.project import Project

SHOWN, SELECTED, FOUND, ALL = "shown", "selected", "found", "all"
_FORMATS = (
    ("html", "Page (HTML)", "To be read and printed, with the history of each passage."),
    ("json", "JSON", "For programs, with every value before and after."),
)


@dataclass(frozen=True, slots=True)
class ReportChoice:
    """What ``jobs.report`` is to write; all statements without ids and query."""

    path: Path
    format: str
    statements: tuple[str, ...] = ()
    query: str = ""


class ReportingDialog(QDialog):
    """Asks for a ``ReportChoice``; ``what`` is proposed, ``remembered`` holds form and folder between dialogs."""

    def __init__(
        self,
        project: Project,
        *,
        shown: str = "",
        selected: Sequence[str] = (),
        query: str = "",
        what: str = ALL,
        parent: QWidget | None = None,
        remembered: MutableMapping[str, Any] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Evidence report")
        self.setAccessibleName("Evidence report")
        self._project, self._shown, self._selected = project, shown, tuple(selected)
        self._remembered: MutableMapping[str, Any] = {} if remembered is None else remembered
        self._choice: ReportChoice | None = None
        self.what_field, self.format_field = Chooser(), Chooser()
        self.query_field, self.path_field = QLineEdit(query), QLineEdit()
        self.report_button = QPushButton("Write the report")
        self._query_label = _label("Query", "muted", 70)
        self._description, self._trouble = _label("", "muted"), _label("", "error")
        self._build()
        self._recall(what)

    def _build(self) -> None:
        if self._shown:
            title = self._project.statement(self._shown).title
            self.what_field.addItem(f"The shown statement: {isolated(one_line(title, 44)) or 'Untitled'}", SHOWN)
        if len(self._selected) > 1:
            self.what_field.addItem(f"The {len(self._selected):,} selected statements", SELECTED)
        self.what_field.addItem("Statements that the query finds", FOUND)
        self.what_field.addItem("All statements", ALL)
        for name, text, _ in _FORMATS:
            self.format_field.addItem(text, name)
        for widget, name in (
            (self.what_field, "What"),
            (self.query_field, "Query"),
            (self.format_field, "Format"),
            (self.path_field, "File"),
        ):
            widget.setAccessibleName(name)
        self.query_field.setPlaceholderText("tag:accusation issuer:SDF date:2022..2023")
        for field in (self.query_field, self.path_field):
            # As far in as the choices above.
            field.setTextMargins(-2, 0, -2, 0)
        browse = QPushButton(english("Choose…"))
        browse.setAccessibleName("Choose a file")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self.path_field, 1)
        file_row.addWidget(browse)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(_label("What", "muted", 70), 0, 0)
        grid.addWidget(self.what_field, 0, 1)
        grid.addWidget(self._query_label, 1, 0)
        grid.addWidget(self.query_field, 1, 1)
        grid.addWidget(_label("Format", "muted", 70), 2, 0)
        grid.addWidget(self.format_field, 2, 1)
        grid.addWidget(self._description, 3, 1)
        grid.addWidget(_label("File", "muted", 70), 4, 0)
        grid.addLayout(file_row, 4, 1)
        grid.addWidget(self._trouble, 5, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.report_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.report_button.setDefault(True)
        # A default button that is off would look as if it were on.
        self.report_button.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addStretch(1)
        column.addWidget(buttons)
        self.what_field.currentIndexChanged.connect(self._on_what)
        self.format_field.currentIndexChanged.connect(self._on_format)
        self.path_field.textChanged.connect(self._on_path)
        self.setMinimumWidth(560)

    def _recall(self, what: str) -> None:
        if what == SHOWN and len(self._selected) > 1 and self._shown in self._selected:
            what = SELECTED
        self.what_field.setCurrentIndex(max(0, self.what_field.findData(what)))
        self.format_field.setCurrentIndex(max(0, self.format_field.findData(self._remembered.get("format", "html"))))
        folder = Path(str(self._remembered.get("folder") or self._project.path.parent))
        if not folder.is_dir():
            folder = Path.home()
        self.path_field.setText(str(folder / f"{self._project.path.stem} report.{self.format_field.currentData()}"))
        self._on_what()
        self._on_format()

    def choice(self) -> ReportChoice | None:
        """What was chosen; None until the dialog was accepted."""
        return self._choice

    @property
    def trouble(self) -> str:
        """What stands in the way, or what will happen to a file that is there; empty when there is nothing to say."""
        return self._trouble.text()

    def _on_what(self) -> None:
        by_query = self.what_field.currentData() == FOUND
        self._query_label.setVisible(by_query)
        self.query_field.setVisible(by_query)

    def _on_format(self) -> None:
        chosen = str(self.format_field.currentData())
        self._description.setText(next(about for name, _, about in _FORMATS if name == chosen))
        path = self.path_field.text().strip()
        for name, _, _ in _FORMATS:
            if path.lower().endswith(f".{name}"):
                self.path_field.setText(path[: -len(name)] + chosen)
        self._on_path()

    def _path(self) -> Path:
        path = Path(self.path_field.text().strip()).expanduser()
        bare = not path.name or path.suffix or path.is_dir()
        return path if bare else path.with_name(f"{path.name}.{self.format_field.currentData()}")

    def _on_path(self) -> None:
        text = self.path_field.text().strip()
        self.report_button.setEnabled(bool(text))
        try:
            path = self._path() if text else None
            replaced = path is not None and path.is_file()
        except (OSError, ValueError, RuntimeError):
            path, replaced = None, False
        self._say(f"{one_line(path.name, 80)} exists and will be replaced." if path and replaced else "", False)

    def _say(self, text: str, error: bool = True) -> None:
        self._trouble.setProperty("role", "error" if error else "warning")
        self._trouble.style().unpolish(self._trouble)
        self._trouble.style().polish(self._trouble)
        self._trouble.setText(text)
        self.path_field.setAccessibleDescription(text)

    def _browse(self) -> None:
        kind = str(self.format_field.currentData())
        name, _ = QFileDialog.getSaveFileName(self, "Report to", self.path_field.text(), f"{kind.upper()} (*.{kind})")
        if name:
            self.path_field.setText(name)

    def accept(self) -> None:  # Qt
        given = self.path_field.text().strip()
        if not given:
            return
        try:
            path = self._path()
            is_folder, has_folder, own = path.is_dir(), path.parent.is_dir(), path.resolve() == self._project.path
        except (OSError, ValueError, RuntimeError):  # too long a name, a NUL, the home of nobody
            self._say(f"{one_line(given, 120)} cannot be the name of a file.")
            return
        if own:
            self._say("A report never overwrites the project itself.")
        elif is_folder:
            self._say(f"{one_line(path.name or str(path), 80)} is a folder; add a file name.")
        elif not has_folder:
            self._say(f"There is no folder {one_line(str(path.parent), 120)}.")
        else:
            self._accept(path)

    def _accept(self, path: Path) -> None:
        what = self.what_field.currentData()
        query = self.query_field.text().strip() if what == FOUND else ""
        if what == FOUND:
            if not query:
                self._say("Write what the statements have to match, or choose all of them.")
                self.query_field.setFocus()
                return
            try:
                # Asked for one statement only: what a tag or a date means is not known before.
                next(iter(self._project.numbers(self._project.parse(query), page=1)), None)
            except AnnotatorError as error:
                self._say(str(error))
                self.query_field.setFocus()
                return
        ids = {SHOWN: (self._shown,), SELECTED: self._selected}.get(what, ())
        self._choice = ReportChoice(path, str(self.format_field.currentData()), ids, query)
        self._remembered["format"] = self._choice.format
        self._remembered["folder"] = str(path.parent)
        super().accept()


def _label(text: str, role: str, width: int = 0) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(not width)
    label.setProperty("role", role)
    label.setMinimumWidth(width)
    return label
