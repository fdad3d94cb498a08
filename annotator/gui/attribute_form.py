"""What a tag asks of its passages: a table of attributes, and below it the one that is chosen with its vocabulary."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.model import ATTRIBUTE_TYPES, Attribute, Choice, Tag
from annotator.gui.choosing import ChoiceEditor
from annotator.gui.growing_text import GrowingText
from annotator.gui.line_editor import LineEditor

_TYPES = {
    "actors": "Actors", "actor": "One actor", "text": "Words", "long_text": "Long text",
    "choice": "One of a vocabulary", "date": "Date", "count": "Number",
}  # fmt: skip
_DEFAULTS = (Choice("issuer", "The issuer"), Choice("last", "Same as last time"))


class AttributeForm(QWidget):
    """Emits what is ordered: (what, attribute, details); the one who listens knows the project."""

    #: add, change, rename, retype, remove, up, down; value_add, value_change, value_rename, value_merge, value_remove.
    ordered = Signal(str, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tag: Tag | None = None
        self._chosen = ""
        self._filling = False
        self.table = _table("Attributes", ("Attribute", "Takes", "Required", "Values"))
        self.table.itemSelectionChanged.connect(self._on_chosen)
        self.add_button = _button("Add attribute", lambda: self.ordered.emit("add", "", {}))
        self.up_button = _button("Up", lambda: self._order("up"), "Move the attribute up")
        self.down_button = _button("Down", lambda: self._order("down"), "Move the attribute down")
        self.remove_button = _button("Remove attribute…", lambda: self._order("remove"))
        buttons = QHBoxLayout()
        for button in (self.add_button, self.up_button, self.down_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.name, self.label, self.definition = LineEditor(), LineEditor(), GrowingText()
        self.type = ChoiceEditor([Choice(n, _TYPES[n]) for n in ATTRIBUTE_TYPES], empty=None)
        self.default = ChoiceEditor(_DEFAULTS, empty="Nothing")
        self.required = QCheckBox("Shown as missing until it is filled")
        self.unspecified = QCheckBox("“Unspecified” is a value")
        self._details = QWidget()
        form = QFormLayout(self._details)
        form.setContentsMargins(0, 4, 0, 0)
        form.setHorizontalSpacing(14)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, editor in (
            ("Label", self.label),
            ("Name", self.name),
            ("Takes", self.type),
            ("Begins with", self.default),
            ("Definition", self.definition),
        ):
            shown = QLabel(words)
            shown.setTextFormat(Qt.TextFormat.PlainText)
            shown.setProperty("role", "muted")
            shown.setBuddy(editor)
            editor.setAccessibleName(f"{words} of the attribute")
            form.addRow(shown, editor)
        form.addRow("", self.required)
        form.addRow("", self.unspecified)
        self.values = _table("Vocabulary", ("Name", "Label", "Definition", "Offered"))
        self.values.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.values.itemChanged.connect(self._on_value_changed)
        self.add_value = _button("Add value", lambda: self._order("value_add"))
        self.merge_value = _button("Merge value…", lambda: self._value("value_merge"))
        self.remove_value = _button("Remove value…", lambda: self._value("value_remove"))
        self._vocabulary = QWidget()
        below = QVBoxLayout(self._vocabulary)
        below.setContentsMargins(0, 4, 0, 0)
        below.addWidget(self.values)
        line = QHBoxLayout()
        for button in (self.add_value, self.merge_value, self.remove_value):
            line.addWidget(button)
        line.addStretch(1)
        below.addLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.table)
        column.addLayout(buttons)
        column.addWidget(self._details)
        column.addWidget(self._vocabulary)
        for field, editor in (("label", self.label), ("definition", self.definition), ("default", self.default)):
            editor.finished.connect(lambda field=field, editor=editor: self._on_field(field, editor.typed()))
        self.name.finished.connect(lambda: self._on_field("name", self.name.typed().strip()))
        self.type.finished.connect(lambda: self._on_field("type", self.type.typed()))
        self.required.clicked.connect(lambda on: self._on_field("required", on))
        self.unspecified.clicked.connect(lambda on: self._on_field("unspecified", on))

    @property
    def chosen(self) -> Attribute | None:
        """The attribute that is chosen in the table."""
        return self._tag.attribute(self._chosen) if self._tag is not None else None

    def choose(self, name: str) -> None:
        """Choose an attribute by its name."""
        self._chosen = name
        if self._tag is not None:
            self.show_tag(self._tag)

    def show_tag(self, tag: Tag) -> None:
        """Show the attributes of this tag; the one that was chosen stays chosen."""
        other = self._tag is None or self._tag.name != tag.name
        self._tag = tag
        self._filling = True
        if other or tag.attribute(self._chosen) is None:
            self._chosen = tag.attributes[0].name if tag.attributes else ""
        self.table.setRowCount(len(tag.attributes))
        for row, attribute in enumerate(tag.attributes):
            count = len(attribute.offered)
            told = f"{count} value{'s' * (count != 1)}" if attribute.type == "choice" else ""
            for column, text in enumerate(
                (attribute.label, _TYPES[attribute.type], "yes" if attribute.required else "", told)
            ):
                self.table.setItem(row, column, QTableWidgetItem(text))
            if attribute.name == self._chosen:
                self.table.selectRow(row)
        _fit(self.table)
        self._filling = False
        self._show_chosen()

    def _show_chosen(self) -> None:
        attribute = self.chosen
        self._details.setVisible(attribute is not None)
        self._vocabulary.setVisible(attribute is not None and attribute.type == "choice")
        for button in (self.up_button, self.down_button, self.remove_button):
            button.setEnabled(attribute is not None)
        if attribute is None:
            return
        self._filling = True
        for editor, text in (
            (self.name, attribute.name),
            (self.label, attribute.label),
            (self.type, attribute.type),
            (self.default, attribute.default),
            (self.definition, attribute.definition),
        ):
            if editor.typed() != text:
                editor.put(text)
        self.required.setChecked(attribute.required)
        self.unspecified.setChecked(attribute.unspecified)
        self.unspecified.setVisible(attribute.type in ("actors", "actor"))
        self.values.setRowCount(len(attribute.values))
        for row, choice in enumerate(attribute.values):
            for column, text in enumerate((choice.name, choice.label, choice.definition)):
                self.values.setItem(row, column, QTableWidgetItem(text))
            offered = QTableWidgetItem()
            offered.setFlags(offered.flags() & ~Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable)
            offered.setCheckState(Qt.CheckState.Unchecked if choice.retired else Qt.CheckState.Checked)
            self.values.setItem(row, 3, offered)
        _fit(self.values)
        self._filling = False

    def _on_chosen(self) -> None:
        row = self.table.currentRow()
        if not self._filling and self._tag is not None and 0 <= row < len(self._tag.attributes):
            self._chosen = self._tag.attributes[row].name
            self._show_chosen()

    def _order(self, what: str, details: Any = None) -> None:
        if self.chosen is not None:
            self.ordered.emit(what, self._chosen, details)

    def _value(self, what: str) -> None:
        attribute, row = self.chosen, self.values.currentRow()
        if attribute is not None and 0 <= row < len(attribute.values):
            self.ordered.emit(what, attribute.name, attribute.values[row].name)

    def _on_field(self, field: str, value: object) -> None:
        attribute = self.chosen
        if self._filling or attribute is None or getattr(attribute, field) == value:
            return
        if field in ("name", "type"):
            self.ordered.emit("rename" if field == "name" else "retype", attribute.name, value)
            self._show_chosen()  # what was refused or left shows what holds
        else:
            self.ordered.emit("change", attribute.name, {field: value})

    def _on_value_changed(self, item: QTableWidgetItem) -> None:
        attribute = self.chosen
        if self._filling or attribute is None or item.row() >= len(attribute.values):
            return
        choice = attribute.values[item.row()]
        if item.column() == 3:
            retired = item.checkState() != Qt.CheckState.Checked
            if retired != choice.retired:
                self.ordered.emit("value_change", attribute.name, (choice.name, {"retired": retired}))
        elif item.column() == 0:
            if item.text().strip() != choice.name:
                self.ordered.emit("value_rename", attribute.name, (choice.name, item.text().strip()))
        else:
            field = ("name", "label", "definition")[item.column()]
            self.ordered.emit("value_change", attribute.name, (choice.name, {field: item.text().strip()}))
        self._show_chosen()


def _button(text: str, order: Any, name: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(name or text)
    button.clicked.connect(lambda: order())
    return button


def _table(name: str, headings: tuple[str, ...]) -> QTableWidget:
    from annotator.gui.dialogs.tables import make_plain  # imported late: dialogs come when they are asked for

    table = QTableWidget(0, len(headings))
    make_plain(table, name)
    table.setHorizontalHeaderLabels(list(headings))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setSectionResizeMode(len(headings) - 2, QHeaderView.ResizeMode.Stretch)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return table


def _fit(table: QTableWidget) -> None:
    """As high as its rows: the form around it scrolls."""
    rows = sum(table.rowHeight(row) for row in range(table.rowCount()))
    table.setFixedHeight(rows + table.horizontalHeader().sizeHint().height() + 6)
