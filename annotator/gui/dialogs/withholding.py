"""What an export is to withhold, with a look at what it would then say: a part of the export dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from annotator import jobs
from annotator.core.errors import AnnotatorError
from annotator.core.privacy import OPEN, REDACT, Privacy, Veiled, patterns
from annotator.gui.wording import one_line
from annotator.gui.worker import ReadingThread
from annotator.store.project import Project

#: Milliseconds after the last change before the look is taken anew.
_PAUSE = 200
#: Rows of the list of tags that are in sight.
_ROWS = 4


class Withholding(QWidget):
    """Asks for a ``Privacy``; under it stands what the export would withhold and its first lines, as they would be."""

    #: What is to be withheld was changed.
    changed = Signal()
    #: The part was unfolded or folded.
    unfolded = Signal(bool)

    def __init__(self, project: Project | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._reading: ReadingThread | None = None
        self._query, self._passages = "", False
        self.fold = QCheckBox("Withhold coders, texts or words")
        self.pseudonyms = QCheckBox("Coders under other names")
        self.no_texts = QCheckBox("No texts and quotes")
        self.tags = QListWidget()
        self.words = QLineEdit()
        self.pane = QPlainTextEdit()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._look)
        self._build()

    def _build(self) -> None:
        for control, name, told in (
            (self.fold, "Withhold coders, texts or words", ""),
            (self.pseudonyms, "Coders under other names", "Coder 1, Coder 2 … with random ids; there is no way back."),
            (self.no_texts, "No texts and quotes", "Offsets, lengths and SHA-256 stay."),
            (self.tags, "Redact passages of", "Space chooses a tag whose passages become blocks."),
            (self.words, "Redact words", "Separated by semicolons; between slashes a regular expression."),
            (self.pane, "What would be withheld", ""),
        ):
            control.setAccessibleName(name)
            control.setAccessibleDescription(told)
            if told and control is not self.tags:
                control.setToolTip(told)
        for tag in self._project.codebook if self._project is not None else ():
            self._add_tag(one_line(tag.label, 60), tag.name)
        self._add_tag("Parts marked to be redacted", REDACT)
        self.tags.setUniformItemSizes(True)
        self.tags.setCurrentRow(0)
        self.words.setPlaceholderText("Leyla; Villa 7; /\\d{3} \\d{4}/")
        self.words.setTextMargins(-2, 0, -2, 0)
        self.pane.setReadOnly(True)
        self.pane.setProperty("role", "field")
        self.pane.setTabChangesFocus(True)
        self.pane.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.pane.setFixedHeight(120)
        self._part = QWidget()
        grid = QGridLayout(self._part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.pseudonyms, 0, 1)
        grid.addWidget(self.no_texts, 1, 1)
        top = Qt.AlignmentFlag.AlignTop
        fields: tuple[tuple[str, QWidget], ...]
        fields = (("Redact", self.tags), ("and words", self.words), ("Withheld", self.pane))
        for n, (text, widget) in enumerate(fields, 2):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
            label.setMinimumWidth(70)
            label.setBuddy(widget)
            grid.addWidget(label, n, 0, Qt.AlignmentFlag(0) if widget is self.words else top)
            grid.addWidget(widget, n, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.fold)
        column.addWidget(self._part, 1)
        self._part.setVisible(False)
        self.fold.toggled.connect(self._on_fold)
        for box in (self.pseudonyms, self.no_texts):
            box.toggled.connect(self._on_change)
        self.tags.itemChanged.connect(self._on_change)
        self.words.textChanged.connect(self._on_change)

    def _add_tag(self, label: str, name: str) -> None:
        item = QListWidgetItem(label)
        item.setData(Qt.ItemDataRole.UserRole, name)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Unchecked)
        self.tags.addItem(item)

    def privacy(self) -> Privacy:
        """What is to be withheld; raises ``AnnotatorError`` for an expression that cannot be read."""
        if not self.fold.isChecked():
            return OPEN
        return Privacy(
            self.pseudonyms.isChecked(), not self.no_texts.isChecked(), self._chosen(), patterns(self.words.text())
        )

    def _chosen(self) -> tuple[str, ...]:
        items = (self.tags.item(n) for n in range(self.tags.count()))
        return tuple(i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked)

    def recall(self, remembered: Mapping[str, Any]) -> None:
        """Choose what was chosen the last time; words are not remembered, because settings are no place for them."""
        self.pseudonyms.setChecked(remembered.get("pseudonyms") is True)
        self.no_texts.setChecked(remembered.get("no_texts") is True)
        tags = remembered.get("redact")
        for n in range(self.tags.count()):
            item = self.tags.item(n)
            if isinstance(tags, list) and item.data(Qt.ItemDataRole.UserRole) in tags:
                item.setCheckState(Qt.CheckState.Checked)
        self.fold.setChecked(remembered.get("withhold") is True)

    def remembered(self) -> dict[str, Any]:
        """What of the choice may be remembered."""
        return {
            "withhold": self.fold.isChecked(),
            "pseudonyms": self.pseudonyms.isChecked(),
            "no_texts": self.no_texts.isChecked(),
            "redact": list(self._chosen()),
        }

    def look_at(self, query: str, passages: bool) -> None:
        """From now on the preview is one of what this query finds."""
        if (query, passages) != (self._query, self._passages):
            self._query, self._passages = query, passages
            self._on_change()

    def close_reading(self) -> None:
        """End the thread that looks; nothing is shown any more."""
        self._pause.stop()
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def _on_fold(self, unfolded: bool) -> None:
        self._part.setVisible(unfolded)
        # Only now do the rows have the height that the theme gives them.
        frame = 2 * self.tags.frameWidth()
        self.tags.setFixedHeight(min(self.tags.count(), _ROWS) * self.tags.sizeHintForRow(0) + frame)
        self.unfolded.emit(unfolded)
        self._on_change()

    def _on_change(self) -> None:
        self.changed.emit()
        if self.fold.isChecked():
            self._pause.start()

    def _look(self) -> None:
        """Ask for a preview; the newest question ends the older one."""
        if self._project is None or not self.fold.isChecked():
            return
        query, passages = self._query, self._passages
        try:
            privacy = self.privacy()
            self._project.parse(query)
        except AnnotatorError as error:
            self._on_error(error)
            return
        if self._reading is None:
            self._reading = ReadingThread(self._project, self)
        self._reading.ask(
            "veil",
            lambda reads: jobs.glance(reads, privacy, query=query, passages=passages),
            self._on_preview,
            on_error=self._on_error,
        )

    def _on_preview(self, told: Veiled) -> None:
        lines = list(told.lines())
        if told.statements >= jobs.GLANCE:
            lines.append(f"Counted in the first {jobs.GLANCE} statements; the export counts all.")
        if told.examples:
            lines += ["", "As it would be:", *told.examples]
        self._put("\n".join(lines))

    def _on_error(self, error: AnnotatorError) -> None:
        if self._reading is not None:
            self._reading.drop("veil")
        self._put(str(error))

    def _put(self, text: str) -> None:
        if text != self.pane.toPlainText():
            bar = self.pane.verticalScrollBar()
            place = bar.value()
            self.pane.setPlainText(text)
            bar.setValue(place)
