"""Asks which of the places that were found to tag, and as what: each is listed, and can be left out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.core.sentences import sentence_at, unit
from annotator.core.text import Span
from annotator.gui.choosing import Chooser
from annotator.gui.wording import isolated, one_line
from annotator.store.project import Project

#: Places that are listed at most: more are not looked at one by one.
MOST = 2000
_CONTEXT = 40


class PlacesDialog(QDialog):
    """``tag`` and ``chosen`` tell what to do. Places that overlap a passage of the tag cannot be ticked, and say so."""

    def __init__(self, project: Project, places: Sequence[tuple[str, Span]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Tag what was found")
        self.setAccessibleName("Tag what was found")
        self._project, self._found = project, list(places[:MOST])
        self._places: list[tuple[str, Span]] = []
        self.tag_field = Chooser()
        self.tag_field.setAccessibleName("Tag")
        for tag in project.codebook:
            self.tag_field.addItem(tag.label, tag.name)
        self.sentences = QCheckBox("The whole sentences")
        self.sentences.setToolTip("Tag the sentence around each place instead of the words that were found")
        self.list = QListWidget()
        self.list.setAccessibleName("Places to tag")
        self.list.setUniformItemSizes(True)
        self._told = QLabel()
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setWordWrap(True)
        self._told.setProperty("role", "muted")
        self._told.setAccessibleName("What would be tagged")
        title = QLabel("Tag what was found")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        self.act = QPushButton("Tag")
        self.act.setProperty("role", "primary")
        stay = QPushButton("Cancel")
        buttons = QDialogButtonBox()
        buttons.addButton(stay, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.act, QDialogButtonBox.ButtonRole.AcceptRole)
        self.act.clicked.connect(self.accept)
        stay.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.tag_field, 1)
        row.addWidget(self.sentences)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        column.addWidget(title)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        column.addWidget(self._told)
        column.addWidget(buttons)
        self.setMinimumSize(640, 480)
        self.tag_field.currentIndexChanged.connect(self._list_places)
        self.sentences.toggled.connect(self._list_places)
        self.list.itemChanged.connect(self._tell)
        self._list_places()

    @property
    def tag(self) -> str:
        """The name of the tag."""
        return str(self.tag_field.currentData() or "")

    def chosen(self) -> list[tuple[str, Span]]:
        """The places that are ticked."""
        ticked = Qt.CheckState.Checked
        return [p for n, p in enumerate(self._places) if self.list.item(n).checkState() == ticked]

    def _list_places(self) -> None:
        left_out = {p for n, p in enumerate(self._places) if self.list.item(n).data(Qt.ItemDataRole.UserRole) == "out"}
        self._places = [self._place(*place) for place in self._found]
        reasons = self._project.plan_tags(self._places, self.tag)
        self.list.blockSignals(True)
        self.list.clear()
        self._skipped = sum(map(bool, reasons))
        for place, why in zip(self._places, reasons, strict=True):
            text, span = self._project.text(place[0]), place[1]
            words = _in_context(text, span)
            item = QListWidgetItem(f"{isolated(words)}{f'  ({why})' if why else ''}")
            item.setCheckState(Qt.CheckState.Unchecked if why or place in left_out else Qt.CheckState.Checked)
            if why:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._tell()

    def _place(self, statement: str, span: Span) -> tuple[str, Span]:
        if self.sentences.isChecked():
            text = self._project.text(statement)
            language = self._project.statement(statement).language or "en"
            if sentence := sentence_at(text, span.start, language):
                return statement, unit(text, sentence)
        return statement, span

    def _tell(self, item: QListWidgetItem | None = None) -> None:
        if item is not None:  # what was left out stays so when the tag changes
            self.list.blockSignals(True)
            out = item.checkState() == Qt.CheckState.Unchecked
            item.setData(Qt.ItemDataRole.UserRole, "out" if out else None)
            self.list.blockSignals(False)
        count = len(self.chosen())
        statements = len({statement for statement, _ in self.chosen()})
        passages = f"{count:,} passage{'s' * (count != 1)} in {statements:,} statement{'s' * (statements != 1)}"
        skipped = f" {self._skipped:,} are passed over, as the list says." if self._skipped else ""
        self._told.setText(f"{passages}, in one step.{skipped}")
        label = self._project.codebook.tag(self.tag).label if self.tag else ""
        self.act.setText(f"Tag {count:,} as {label}".replace("&", "&&"))
        self.act.setEnabled(bool(count))


def _in_context(text: str, span: Span) -> str:
    """The words of a place in quotation marks, between whole words of what stands around them."""
    before, after = text[max(0, span.start - _CONTEXT) : span.start], text[span.end : span.end + _CONTEXT]
    lead, tail = " ".join(before.split()), " ".join(after.split())
    if span.start > _CONTEXT:
        lead = f"…{lead.partition(' ')[2]}"
    if span.end + _CONTEXT < len(text):
        tail = f"{tail.rpartition(' ')[0]}…"
    lead += " " * before[-1:].isspace()
    tail = " " * after[:1].isspace() + tail
    return one_line(f"{lead}“{one_line(span.of(text))}”{tail}")
