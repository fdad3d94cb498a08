"""Which column of a table holds which field of a statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from annotator.core.model import DATES, METADATA
from annotator.gui.choosing import Chooser
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.metadata_form import label_of
from annotator.gui.wording import isolated, one_line

_FIELDS = ("text", *METADATA, *DATES)


class ColumnsDialog(QDialog):
    """A choice of column for each field; ``mapping`` is what was chosen, with an empty name where there is none."""

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Columns")
        self.setAccessibleName("Columns of the table")
        self.fields: dict[str, Chooser] = {}
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(_FIELDS):
            label, field = QLabel(label_of(name) if name != "text" else "Text"), Chooser()
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
            field.setAccessibleName(f"Column of {label.text()}")
            field.addItem("No column", "")
            for column in columns:
                field.addItem(isolated(one_line(column, 80)), column)
            field.setCurrentIndex(max(0, field.findData(mapping.get(name, ""))))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            self.fields[name] = field
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        note = QLabel("Columns that are not chosen are kept with each statement under their own names.")
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        self.use_button = buttons.addButton("Use these columns", QDialogButtonBox.ButtonRole.AcceptRole)
        self.use_button.setProperty("role", "primary")
        self.use_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.fields["text"].currentIndexChanged.connect(self._enable)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 22, 24, 18)
        rows.setSpacing(12)
        rows.addWidget(note)
        rows.addWidget(scroll, 1)
        rows.addWidget(buttons)
        self.resize(460, 560)
        self._enable()

    @property
    def mapping(self) -> dict[str, str]:
        return {name: str(field.currentData() or "") for name, field in self.fields.items()}

    def _enable(self) -> None:
        self.use_button.setEnabled(bool(self.fields["text"].currentData()))
