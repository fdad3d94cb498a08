"""The form of one tag in the codebook: what it is called, how it looks, what it means, what it asks of passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from annotator.core.codebook import SHAPES, UNDERLINES, Codebook
from annotator.core.model import Choice, Example, Tag
from annotator.gui.choosing import ChoiceEditor
from annotator.gui.growing_text import GrowingText
from annotator.gui.line_editor import LineEditor
from annotator.gui.plain_label import plain_label
from annotator.gui.theme import DARK, LIGHT, contrast

#: The least contrast of a mark to what it stands on (WCAG 2.2, 1.4.11).
LEAST = 3.0
_LISTS = ("include", "exclude", "rules")


class TagForm(QWidget):
    """Fields that tell what was changed when they are left; ``changed`` has the field's name and its value."""

    changed = Signal(str, object)
    rename_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tag: Tag | None = None
        self._fields: dict[str, Any] = {}
        self._swatches: dict[str, QAction] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(7)
        self.contrast = QLabel()
        self.contrast.setTextFormat(Qt.TextFormat.PlainText)
        self.contrast.setWordWrap(True)
        self.contrast.setProperty("role", "small")
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.rename_button = QPushButton("Rename…")
        self.rename_button.setAutoDefault(False)
        self.rename_button.setAccessibleName("Rename the tag")
        self.rename_button.clicked.connect(self.rename_asked)
        self._add("label", "Label", LineEditor())
        line = QHBoxLayout()
        line.addWidget(self.name, 1)
        line.addWidget(self.rename_button)
        words = plain_label("Name")
        words.setProperty("role", "muted")
        self._form.addRow(words, line)
        self._add("key", "Key", LineEditor(), "A digit from 1 to 9, or none")
        self._add("parent", "Under", ChoiceEditor((), empty="— at the top —"))
        self._add("color", "Colour on light", LineEditor(), "#0072B2")
        self._add("color_dark", "Colour on dark", LineEditor(), "#56B4E9; derived when empty")
        self._form.addRow("", self.contrast)
        for name in ("color", "color_dark"):
            line_editor = self._fields[name]
            pick = QAction(f"Choose: {line_editor.accessibleName()}", line_editor)
            pick.triggered.connect(partial(self._ask_color, name))
            line_editor.addAction(pick, QLineEdit.ActionPosition.TrailingPosition)
            self._swatches[name] = pick
        self._add("shape", "Shape", _choices(SHAPES))
        self._add("underline", "Underline", _choices(UNDERLINES))
        overlap = (Choice("refuse", "Refused, with the offer to extend"), Choice("allow", "Allowed"))
        self._add("overlap", "Overlaps with itself", ChoiceEditor(overlap, empty=None))
        self._add("definition", "Definition", GrowingText(most=10))
        self._add("include", "Include", GrowingText(most=14), "One in each line")
        self._add("exclude", "Exclude", GrowingText(most=14), "One in each line")
        self._add("rules", "Rules", GrowingText(most=14), "One in each line")
        self._add("examples", "Examples", GrowingText(most=14), "One in each line; a passage becomes one with its key")
        self._add("memo", "Memo", GrowingText(most=14), "What you think of this tag")
        column.addLayout(self._form)

    def _add(self, name: str, label: str, editor: Any, hint: str = "") -> None:
        if hint:
            editor.hint(hint)
        words = QLabel(label)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setBuddy(editor)
        words.setProperty("role", "muted")
        editor.setAccessibleName(label)
        if hint:
            editor.setAccessibleDescription(hint)
        editor.finished.connect(lambda: self._on_finished(name))
        self._fields[name] = editor
        self._form.addRow(words, editor)

    def field(self, name: str) -> Any:
        """The editor of a field."""
        return self._fields[name]

    def show_tag(self, tag: Tag, codebook: Codebook) -> None:
        """Show this tag; what is being typed and is not yet told is replaced."""
        self._tag = tag
        self.name.setText(tag.name)
        parent = self._fields["parent"]
        parent.blockSignals(True)
        while parent.count() > 1:
            parent.removeItem(1)
        below = {t.name for t in _under(codebook, tag.name)}
        for depth, other in codebook.tree():
            if other.name not in below:
                parent.addItem(f"{'   ' * depth}{other.label}", other.name)
        parent.blockSignals(False)
        for name, editor in self._fields.items():
            text = _text(tag, name)
            if editor.typed() != text:
                if name == "parent":
                    editor.setCurrentIndex(max(0, editor.findData(text)))
                else:
                    editor.put(text)
        self._show_contrast(tag)
        for name, pick in self._swatches.items():
            pick.setIcon(_swatch(getattr(tag, name) or tag.color))

    def commit(self) -> None:
        """Tell of what is being typed, before something else is done."""
        for name in self._fields:
            self._on_finished(name)

    def set_read_only(self, read_only: bool) -> None:
        self.rename_button.setEnabled(not read_only)
        for editor in self._fields.values():
            editor.setEnabled(not read_only)

    def _on_finished(self, name: str) -> None:
        if self._tag is None:
            return
        text = self._fields[name].typed()
        if text == _text(self._tag, name):
            return
        value: object = text.strip() if name not in ("definition", "memo") else text
        if name in _LISTS:
            value = tuple(line.strip() for line in text.splitlines() if line.strip())
        elif name == "examples":
            known = {_line(each): each for each in self._tag.examples}
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            value = tuple(known.get(line) or Example(line) for line in lines)
        if value == getattr(self._tag, name):
            return
        before = self._tag
        self._tag = replace(before, **{name: value})  # told once, even when the field is left twice
        self.changed.emit(name, value)

    def _ask_color(self, name: str) -> None:
        if self._tag is None:
            return
        from PySide6.QtWidgets import QColorDialog  # imported late: most colours are never changed

        before = QColor(getattr(self._tag, name) or self._tag.color)
        color = QColorDialog.getColor(before, self, self._fields[name].accessibleName())
        if color.isValid():
            self._fields[name].put(color.name().upper())
            self._on_finished(name)

    def _show_contrast(self, tag: Tag) -> None:
        told = []
        for theme, color, where in ((LIGHT, tag.color, "light"), (DARK, tag.color_dark or tag.color, "dark")):
            ratio = contrast(color, theme.page)
            if ratio >= LEAST:
                told.append(f"{ratio:.1f}:1 on {where}")
            else:
                told.append(f"{ratio:.1f}:1 on {where}, under {LEAST:.0f}:1, so that it is drawn stronger there")
        self.contrast.setText(f"Contrast {'; '.join(told)}.")


def _swatch(color: str) -> QIcon:
    """A small square of this colour."""
    picture = QPixmap(32, 32)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(1, 1, 14, 14, 3, 3)
    return QIcon(picture)


def _choices(names: Sequence[str]) -> ChoiceEditor:
    return ChoiceEditor([Choice(name, name.capitalize()) for name in names], empty=None)


def _under(codebook: Codebook, name: str) -> list[Tag]:
    """The tag of that name and all that stand under it."""
    found, todo = [], [tag for tag in codebook if tag.name == name]
    while todo:
        tag = todo.pop()
        if tag not in found:
            found.append(tag)
            todo += codebook.children(tag.name)
    return found


def _line(example: Example) -> str:
    return " ".join(example.quote.split())


def _text(tag: Tag, name: str) -> str:
    """What a field shows of a tag."""
    value = getattr(tag, name)
    if name == "examples":
        return "\n".join(map(_line, value))
    return "\n".join(value) if isinstance(value, tuple) else str(value)
