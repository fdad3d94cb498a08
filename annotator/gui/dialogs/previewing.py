"""The preview of an import: what comes in as a table, its texts as they will be stored, and changing both."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import AnnotatorError
from annotator.core.model import Range
from annotator.drafts import Draft, Edits, Survey, sentence
from annotator.gui.choosing import Chooser
from annotator.gui.date_editor import DateEditor
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.dialogs.importing import ENCODINGS
from annotator.gui.dialogs.tables import make_plain
from annotator.gui.draft_rows import DraftRows
from annotator.gui.draft_text import DraftText
from annotator.gui.metadata_form import MetadataForm
from annotator.gui.theme import Theme, current_theme
from annotator.gui.wording import one_line
from annotator.store.statements import metadata_values

_FOUND = "Found out"


class _Drafts(QTableView):
    """A table in which Space lets the selected statements in, or leaves them out."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        model = self.model()
        if event.key() == Qt.Key.Key_Space and not event.modifiers() and isinstance(model, DraftRows) and rows:
            drafts = [draft for row in rows if (draft := model.draft(row)) is not None and draft.comes]
            model.leave_out(rows, any(model.comes(draft) for draft in drafts))
        else:
            super().keyPressEvent(event)


class PreviewDialog(QDialog):
    """Shows surveys of an import, one after the other; ``edits`` is what people changed.

    It asks for a survey when it opens, and again when an encoding or the columns of a table are others. Accepted, the
    import may begin; nothing has happened before.
    """

    #: A survey with these encodings and columns is wanted.
    survey_asked = Signal()
    #: These columns were mapped so (``tuple[str, ...]``, ``dict``), which is worth remembering.
    mapped = Signal(object, object)

    def __init__(self, edits: Edits | None = None, parent: QWidget | None = None, theme: Theme | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Look through what comes in")
        self.setAccessibleName("Preview of the import")
        self.edits = edits or Edits()
        self.survey: Survey | None = None
        self.surveying = False
        self.rows = DraftRows(self.edits, self)
        self.table = _Drafts()
        self.text = DraftText(theme or current_theme())
        self.form = MetadataForm()
        self.encoding_field = Chooser()
        self.columns_button = QPushButton("Columns…")
        self.import_button = QPushButton("Import")
        self._sentence, self._who = _label("", ""), _label("", "muted")
        self._bar = QProgressBar()
        self._shown: Draft | None = None
        self._build()
        self._enable()

    # -- building --------------------------------------------------------------------------

    def _build(self) -> None:
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(180)
        self._bar.setAccessibleName("Progress")
        self._bar.setRange(0, 0)
        top = QHBoxLayout()
        top.addWidget(self._sentence, 1)
        top.addWidget(self._bar)
        self._build_table()
        lower = QSplitter(Qt.Orientation.Horizontal)
        lower.setChildrenCollapsible(False)
        lower.addWidget(self.text)
        lower.addWidget(self._side())
        lower.setStretchFactor(0, 3)
        lower.setStretchFactor(1, 2)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(lower)
        parts.setStretchFactor(0, 2)
        parts.setStretchFactor(1, 3)
        parts.setSizes([270, 390])
        parts.setHandleWidth(12)
        parts.setObjectName("apart")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        buttons.addButton(self.import_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.import_button.setDefault(True)
        self.import_button.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        hint = _label("Space leaves out what is selected. Nothing is changed until you import.", "muted")
        foot = QHBoxLayout()
        foot.addWidget(hint, 1)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(parts, 1)
        column.addLayout(foot)
        self.rows.left_out_changed.connect(self._enable)
        self.text.ranges_changed.connect(self._on_ranges)
        self.form.finished.connect(self._on_finished)
        self.form.entered.connect(self._on_finished)
        self.resize(1060, 740)

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.rows)
        make_plain(table, "What comes in")
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(6, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 150), (2, 100), (3, 84), (4, 76), (5, 100)):
            table.setColumnWidth(column, width)
        table.selectionModel().selectionChanged.connect(self._on_selection)

    def _side(self) -> QWidget:
        """What can be changed of the selected statements."""
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(14, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._who)
        self.encoding_field.setEditable(True)
        self.encoding_field.setAccessibleName("Encoding of the file")
        self.encoding_field.addItem(_FOUND)
        for encoding in ENCODINGS:
            self.encoding_field.addItem(encoding)
        self.encoding_field.activated.connect(self._on_encoding)
        line = self.encoding_field.lineEdit()
        if line is not None:
            line.returnPressed.connect(self._on_encoding)
        self.columns_button.setAutoDefault(False)
        self.columns_button.clicked.connect(self._choose_columns)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.addWidget(_label("Encoding", "muted"), 0, 0)
        grid.addWidget(self.encoding_field, 0, 1)
        grid.addWidget(self.columns_button, 0, 2)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        inner = QWidget()
        fields = QVBoxLayout(inner)
        fields.setContentsMargins(0, 0, 10, 0)
        fields.addWidget(self.form)
        fields.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(scroll, 1)
        side.setMinimumWidth(320)
        return side

    # -- surveys ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Ask for a survey."""
        self.surveying = True
        self._bar.show()
        self._sentence.setText("Looking through the files…")
        self._enable()
        self.survey_asked.emit()

    def use(self, survey: Survey) -> None:
        """Show the drafts of this survey as they come."""
        before, self.survey = self.survey, survey
        self.rows.use(survey)
        if before is not None:
            before.close()

    def on_progress(self, progress: Any) -> None:
        """The survey has gone on."""
        if not self.surveying:
            return
        self._bar.setRange(0, max(0, progress.total))
        self._bar.setValue(min(progress.done, progress.total))
        self.rows.refresh()
        if not self.table.selectionModel().hasSelection() and self.rows.rowCount():
            self.table.selectRow(0)

    def on_surveyed(self) -> None:
        """The survey is complete."""
        self.surveying = False
        self._bar.hide()
        self.rows.refresh()
        row = self.rows.row_of(self._shown.key) if self._shown is not None else 0
        if self.rows.rowCount():
            index = self.rows.index(max(0, row), 0)
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._enable()
        self._show_selection()

    def on_failed(self, words: str) -> None:
        """The survey ended early."""
        self.surveying = False
        self._bar.hide()
        self._enable()
        self._sentence.setText(words)

    # -- the selected ones -------------------------------------------------------------------

    def selected(self) -> list[Draft]:
        """The drafts that are selected, from above."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [draft for row in rows if (draft := self.rows.draft(row)) is not None]

    def _on_selection(self) -> None:
        self._show_selection()
        self._enable()

    def _show_selection(self) -> None:
        drafts = self.selected()
        self._shown = drafts[0] if drafts else None
        self._show_text()
        editable = [draft for draft in drafts if draft.comes]
        named = one_line(drafts[0].name, 60) if len(drafts) == 1 else f"{len(drafts):,} selected"
        self._who.setText(named if drafts else "Nothing is selected.")
        for field in self.form:
            shown = [self._typed(draft, field.name) for draft in editable]
            field.show_stored(shown[0] if shown and all(each == shown[0] for each in shown) else "")
            field.setEnabled(bool(editable))
        chosen = {self.edits.encodings.get(draft.key.place, "") for draft in drafts}
        self.encoding_field.setEditText(chosen.pop() or _FOUND if len(chosen) == 1 else _FOUND)

    def _show_text(self) -> None:
        draft = self._shown
        if draft is None or self.survey is None:
            self.text.put("", (), "")
            return
        text, ranges = self.survey.text(draft.key)
        changed = self.edits.ranges.get(draft.key)
        if changed is not None and changed[0] == draft.text_sha256:
            ranges = changed[1]
        self.text.put(text, ranges, draft.problem)
        self.text.mark_button.setVisible(bool(text))
        self.text.free_button.setVisible(bool(text))

    def _typed(self, draft: Draft, name: str) -> str:
        """What the form shows of this field."""
        value = self.rows.value(draft, name)
        if name.startswith("date_"):
            return "" if not value else value.edtf + DateEditor.INFERRED * (value.basis == "inferred")
        return str(value or "")

    def _on_finished(self, name: str) -> None:
        field = self.form.field(name)
        drafts = [draft for draft in self.selected() if draft.comes]
        if field is None or not field.dirty or not drafts or not field.check():
            return
        try:
            given = metadata_values(MetadataForm.metadata(name, field.typed()))
        except AnnotatorError as error:
            field.complain(str(error))
            return
        for draft in drafts:
            self.edits.metadata.setdefault(draft.key, {}).update(given)
        field.show_stored(self._typed(drafts[0], name))
        self.rows.changed()

    def _on_ranges(self, ranges: tuple[Range, ...]) -> None:
        if self._shown is not None:
            self.edits.ranges[self._shown.key] = (self._shown.text_sha256, ranges)

    # -- encodings and columns ---------------------------------------------------------------

    def _on_encoding(self) -> None:
        import codecs

        wanted = self.encoding_field.currentText().strip()
        places = {draft.key.place for draft in self.selected()}
        try:
            encoding = "" if not wanted or wanted == _FOUND else codecs.lookup(wanted).name
        except (LookupError, ValueError):
            self._sentence.setText(f"“{one_line(wanted, 60)}” is no encoding; try utf-8 or windows-1256.")
            return
        if self.surveying or all(self.edits.encodings.get(place, "") == encoding for place in places):
            return
        for place in places:
            if encoding:
                self.edits.encodings[place] = encoding
            else:
                self.edits.encodings.pop(place, None)
        self.begin()

    def _choose_columns(self) -> None:
        from annotator.gui.dialogs.columns import ColumnsDialog

        if self._shown is None or self.survey is None:
            return
        columns = self._shown.columns
        dialog = ColumnsDialog(columns, self.survey.mapping(columns), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.map_columns(columns, dialog.mapping))
        dialog.open()

    def map_columns(self, columns: tuple[str, ...], mapping: dict[str, str]) -> None:
        """Tables with these columns are mapped so from now on."""
        self.edits.columns[columns] = mapping
        self.mapped.emit(columns, mapping)
        self.begin()

    def _enable(self) -> None:
        coming = sum(self.rows.comes(draft) for draft in self.rows.drafts)
        self.import_button.setText(f"Import {coming:,} statement{'s' * (coming != 1)}" if coming else "Import")
        self.import_button.setEnabled(bool(coming) and not self.surveying)
        if not self.surveying:
            self._sentence.setText(sentence(list(self.rows.drafts)))
        drafts = self.selected()
        self.columns_button.setVisible(bool(drafts) and all(d.columns == drafts[0].columns != () for d in drafts))
        self.columns_button.setEnabled(not self.surveying)
        self.encoding_field.setEnabled(bool(drafts) and not self.surveying)

    def done(self, result: int) -> None:  # Qt
        # What is being typed counts, as everywhere.
        for field in self.form:
            self._on_finished(field.name)
        super().done(result)
        if self.survey is not None:
            self.survey.close()


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label
