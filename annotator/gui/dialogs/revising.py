"""The preview of a corrected text: what is kept, moved, to be confirmed and not found, before anything happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from annotator.core.codebook import Codebook
from annotator.core.reanchor import KEPT, LOST, MOVED, UNCERTAIN
from annotator.core.text import Span, Utf16Map
from annotator.gui.dialogs.tables import make_plain
from annotator.gui.revision_rows import RevisionRows
from annotator.gui.theme import Theme, current_theme
from annotator.gui.wording import isolated, one_line
from annotator.store.versions import Revision

#: Code points of the corrected text that are shown on either side of a passage.
_CONTEXT = 32
#: Words of a quote up to which those that differ are marked.
_MOST_WORDS = 400
_NAMES = {UNCERTAIN: "To confirm", LOST: "Not found", MOVED: "Moved", KEPT: "Kept"}
_MEANING = {
    UNCERTAIN: "Other words than before. Those that you accept come along; Space accepts the selected one.",
    LOST: "These stay on the present version alone.",
    MOVED: "The same words at another place. They come along.",
    KEPT: "The same words at the same place. They come along.",
}


class _Passages(QTableView):
    """A table in which Space accepts, whichever column is the current one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        model = self.model()
        if event.key() == Qt.Key.Key_Space and not event.modifiers() and isinstance(model, RevisionRows):
            model.toggle(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


class RevisingDialog(QDialog):
    """Shows a ``Revision``; when it is accepted, ``accepted_ids`` are the passages of those to confirm to copy."""

    def __init__(
        self,
        title: str,
        plan: Revision,
        codebook: Codebook,
        parent: QWidget | None = None,
        theme: Theme | None = None,
    ) -> None:
        super().__init__(parent)
        self._plan, self._theme = plan, theme or current_theme()
        self.setWindowTitle("New version from a corrected text")
        self.setAccessibleName("Preview of the new version")
        self.rows = RevisionRows(codebook, self)
        self.table = _Passages()
        self.kinds: dict[str, QPushButton] = {}
        self.before, self.after = QPlainTextEdit(), QPlainTextEdit()
        self.make_button = QPushButton("Add the new version")
        self.all_button, self.none_button = QPushButton("Accept all"), QPushButton("Accept none")
        self._counts, self._meaning = _label("", ""), _label("", "muted")
        self._build(title)
        counts = plan.counts()
        self.show_kind(next((kind for kind in _NAMES if counts[kind]), UNCERTAIN))
        self._count()

    def _build(self, title: str) -> None:
        chips, group = QHBoxLayout(), QButtonGroup(self)
        counts = self._plan.counts()
        for kind, name in _NAMES.items():
            chip = self.kinds[kind] = QPushButton(f"{name} {counts[kind]:,}")
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setAutoDefault(False)
            chip.setEnabled(bool(counts[kind]))
            chip.clicked.connect(lambda _checked=False, kind=kind: self.show_kind(kind))
            group.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        for button, accept in ((self.all_button, True), (self.none_button, False)):
            button.setAutoDefault(False)
            button.setProperty("role", "quiet")
            button.clicked.connect(lambda _checked=False, accept=accept: self.rows.accept_all(accept))
            chips.addWidget(button)
        self._build_table()
        sides = QHBoxLayout()
        sides.setSpacing(12)
        for field, heading, name in (
            (self.before, "PRESENT VERSION", "Words in the present version"),
            (self.after, "CORRECTED VERSION", "Words in the corrected version"),
        ):
            field.setReadOnly(True)
            field.setProperty("role", "field")
            field.setAccessibleName(name)
            field.setTabChangesFocus(True)
            field.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            side = QVBoxLayout()
            side.setSpacing(6)
            side.addWidget(_label(heading, "heading"))
            side.addWidget(field)
            sides.addLayout(side, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.make_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.make_button.setDefault(True)
        # As wide as its bold words.
        self.make_button.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        column.addWidget(_label(f"New version of “{isolated(one_line(title, 120)) or 'Untitled'}”", "title"))
        column.addWidget(self._counts)
        column.addLayout(chips)
        column.addWidget(self._meaning)
        column.addWidget(self.table, 3)
        column.addLayout(sides, 2)
        column.addWidget(buttons)
        self.rows.accepted_changed.connect(self._count)
        self.resize(820, 640)

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.rows)
        make_plain(table, "Passages")
        header = table.horizontalHeader()
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(0, 150)
        table.setColumnWidth(3, 64)
        table.selectionModel().currentRowChanged.connect(self._on_current)

    @property
    def accepted_ids(self) -> list[str]:
        """The passages to confirm that are to be copied."""
        return sorted(self.rows.accepted)

    def show_kind(self, kind: str) -> None:
        """List the passages that are ``kept``, ``moved``, ``to confirm`` or ``not found``."""
        self.kinds[kind].setChecked(True)
        self.rows.set_found(self._plan.of_kind(kind))
        nothing = "The present version has no passages; the new one begins without any."
        self._meaning.setText(_MEANING[kind] if self._plan.found else nothing)
        for button in (self.all_button, self.none_button):
            button.setVisible(kind == UNCERTAIN and self.rows.rowCount() > 1)
        self.table.setColumnHidden(3, kind != UNCERTAIN)
        if self.rows.rowCount():
            self.table.selectRow(0)
        self.table.setFocus()
        self._on_current()

    def _count(self) -> None:
        """What would happen, by numbers."""
        counts, total = self._plan.counts(), len(self._plan.found)
        come = counts[KEPT] + counts[MOVED] + len(self.rows.accepted)
        told = ", ".join(f"{counts[kind]:,} {kind}" for kind in (KEPT, MOVED, UNCERTAIN, LOST) if counts[kind])
        text = f"{total:,} passage{'s' * (total != 1)}: {told}. {come:,} come{'s' * (come == 1)} along." if told else ""
        if replaced := self._plan.replaced:
            text += f" {replaced:,} character{'s' * (replaced != 1)} of the text cannot be stored and were replaced."
        self._counts.setText(text.strip())
        self._counts.setVisible(bool(text))

    def _on_current(self) -> None:
        found = self.rows.found(self.table.currentIndex().row())
        for field in (self.before, self.after):
            field.clear()
            field.setExtraSelections([])
        if found is None:
            return
        a, span = found.annotation, found.placement.span
        marks = _differing(a.quote, found.placement.quote) if found.placement.kind == UNCERTAIN else ([], [])
        self._put(self.before, a.prefix, a.quote, a.suffix, marks[0])
        if span is None:
            self.after.setPlainText("These words are not found in the corrected text.")
            return
        text = self._plan.text
        before, after = text[max(0, span.start - _CONTEXT) : span.start], text[span.end : span.end + _CONTEXT]
        self._put(self.after, before, span.of(text), after, marks[1])

    def _put(self, field: QPlainTextEdit, before: str, quote: str, after: str, marks: list[Span]) -> None:
        """The words in their context, on a ground; words that differ are underlined."""
        shown = f"{'…' * bool(before)}{before}{quote}{after}{'…' * bool(after)}"
        field.setPlainText(shown)
        start, units = len(before) + bool(before), Utf16Map(shown)
        ground, line = QTextCharFormat(), QTextCharFormat()
        ground.setBackground(QColor(self._theme.selection))
        line.setBackground(QColor(self._theme.hit))
        line.setFontUnderline(True)
        selections = []
        spans = [(Span(start, start + len(quote)), ground)]
        spans += [(Span(start + mark.start, start + mark.end), line) for mark in marks]
        for span, form in spans:
            each = QTextEdit.ExtraSelection()
            cursor = QTextCursor(field.document())
            cursor.setPosition(units.to_utf16(span.start))
            cursor.setPosition(units.to_utf16(span.end), QTextCursor.MoveMode.KeepAnchor)
            each.cursor, each.format = cursor, form  # type: ignore[attr-defined]  # PySide6's stubs lack both
            selections.append(each)
        field.setExtraSelections(selections)


def _differing(one: str, other: str) -> tuple[list[Span], list[Span]]:
    """The words of either text that the other has not at their place."""
    here, there = list(_words(one)), list(_words(other))
    if max(len(here), len(there)) > _MOST_WORDS:
        return [], []
    matcher = SequenceMatcher(None, [s.of(one) for s in here], [s.of(other) for s in there], autojunk=False)
    found: tuple[list[Span], list[Span]] = ([], [])
    for what, a, a_end, b, b_end in matcher.get_opcodes():
        if what != "equal":
            found[0].extend(here[a:a_end])
            found[1].extend(there[b:b_end])
    return found


def _words(text: str) -> Iterator[Span]:
    return (Span(m.start(), m.end()) for m in re.finditer(r"\w+|[^\w\s]", text))


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(role != "heading")
    label.setProperty("role", role)
    return label
