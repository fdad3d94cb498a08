"""Where the corrected text of a statement comes from: a file, or pasted words."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.core.values import dataclass
from annotator.gui.mirror import english
from annotator.gui.wording import isolated, one_line


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected text: to be read from ``path``, or ``text`` itself when there is none."""

    path: Path | None = None
    text: str = ""


class CorrectingDialog(QDialog):
    """Asks for a ``Correction``; ``remembered`` holds the last folder between dialogs."""

    def __init__(
        self, title: str, parent: QWidget | None = None, remembered: MutableMapping[str, Any] | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("New version from a corrected text")
        self.setAccessibleName("New version from a corrected text")
        self._remembered: MutableMapping[str, Any] = {} if remembered is None else remembered
        self._choice: Correction | None = None
        self.path_field, self.text_field = QLineEdit(), QPlainTextEdit()
        self.preview_button = QPushButton("Preview…")
        self._trouble = _label("", "error")
        self._build(title)
        self._on_edited()

    def _build(self, title: str) -> None:
        self.path_field.setAccessibleName("File")
        self.path_field.setPlaceholderText("A file with the corrected text")
        self.path_field.setTextMargins(-2, 0, -2, 0)
        browse = QPushButton(english("Choose…"))
        browse.setAccessibleName("Choose a file")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.text_field.setProperty("role", "field")
        self.text_field.setAccessibleName("Corrected text")
        self.text_field.setPlaceholderText("Or paste the whole corrected text here")
        self.text_field.setTabChangesFocus(True)
        row = QHBoxLayout()
        row.addWidget(self.path_field, 1)
        row.addWidget(browse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.preview_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.preview_button.setDefault(True)
        # A default button that is off would look as if it were on.
        self.preview_button.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        named = isolated(one_line(title, 120)) or "Untitled"
        column.addWidget(_label(f"New version of “{named}”", "title"))
        column.addWidget(
            _label(
                "The present version stays as it is. Its passages are looked for in the corrected text, and you see"
                " where they would be before anything happens.",
                "muted",
            )
        )
        column.addLayout(row)
        column.addWidget(self.text_field, 1)
        column.addWidget(self._trouble)
        column.addWidget(buttons)
        self.path_field.textChanged.connect(self._on_edited)
        self.text_field.textChanged.connect(self._on_edited)
        self.resize(620, 460)

    def choice(self) -> Correction | None:
        """What was chosen; None until the dialog was accepted."""
        return self._choice

    @property
    def trouble(self) -> str:
        """What stands in the way; empty when there is nothing to say."""
        return self._trouble.text()

    def _on_edited(self) -> None:
        path = self.path_field.text().strip()
        self._say("")
        # One of the two: a file goes before.
        self.text_field.setEnabled(not path)
        self.preview_button.setEnabled(bool(path) or not self.text_field.document().isEmpty())

    def _say(self, text: str) -> None:
        self._trouble.setText(text)
        self._trouble.setVisible(bool(text))
        self.path_field.setAccessibleDescription(text)

    def _browse(self) -> None:
        folder = str(self._remembered.get("folder") or Path.home())
        name, _ = QFileDialog.getOpenFileName(self, "Corrected text", folder)
        if name:
            self.path_field.setText(name)

    def accept(self) -> None:  # Qt
        given = self.path_field.text().strip()
        if not given:
            # Not toPlainText, which makes blanks of no-break spaces.
            raw = self.text_field.document().toRawText().replace("\u2029", "\n")
            if not raw.strip():
                self._say("The corrected text is empty.")
                return
            self._choice = Correction(text=raw)
            super().accept()
            return
        try:
            path = Path(given).expanduser()
            there = path.is_file()
        except (OSError, ValueError, RuntimeError):  # too long a name, a NUL, the home of nobody
            there = False
        if not there:
            self._say(f"There is no file {one_line(given, 120)}.")
            return
        self._remembered["folder"] = str(path.parent)
        self._choice = Correction(path)
        super().accept()


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label
