"""Asks what of an actor is another one: a name, some of its aliases, some of its passages; and counts what would go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core import edtf
from annotator.core.model import Actor
from annotator.core.text import fold
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.plain_label import plain_label
from annotator.gui.wording import one_line
from annotator.store.roster import Mention

#: Passages that are listed: who has more to sort filters the Passages view.
MOST = 2000
_WHAT = Qt.ItemDataRole.UserRole


class SplitDialog(QDialog):
    """``name``, ``aliases`` and ``values`` say what goes to the new actor."""

    def __init__(self, actor: Actor, mentions: Sequence[Mention], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Split actor")
        self.setAccessibleName("Split actor")
        title = QLabel(f"What of {one_line(actor.name, 60)} is another actor?")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        self.name_field = QLineEdit()
        self.name_field.setAccessibleName("Name of the new actor")
        self.name_field.setPlaceholderText("Name of the new actor")
        self.alias_list = self._checks("Aliases that go along")
        for alias in actor.aliases:
            self._add(self.alias_list, one_line(alias, 120), alias)
        self.passage_list = self._checks("Passages that mean the new actor")
        shown = sorted(mentions, key=lambda m: (m.day or "~", m.annotation, m.attribute))[:MOST]
        for m in shown:
            date = edtf.readable(m.date.edtf) if m.date else "undated"
            words = f"{date}  {m.attribute.replace('_', ' ')}: {one_line(m.quote, 140)}"
            self._add(self.passage_list, words, (m.annotation, m.attribute, fold(m.quote)))
        self._what = QLabel()
        self._what.setTextFormat(Qt.TextFormat.PlainText)
        self._what.setProperty("role", "muted")
        self._what.setAccessibleName("What would go")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.split_button = self.buttons.addButton("Split", QDialogButtonBox.ButtonRole.AcceptRole)
        self.split_button.setProperty("role", "primary")
        without_icons(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.name_field)
        for words, listed, stretch in (("Aliases", self.alias_list, 1), ("Passages", self.passage_list, 4)):
            label = QLabel(words if listed.count() else f"{words}: none")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
            column.addWidget(label)
            column.addWidget(listed, stretch)
            listed.setVisible(bool(listed.count()))
        if len(mentions) > MOST:
            column.addWidget(plain_label(f"The first {MOST:,} of {len(mentions):,} are listed."))
        column.addWidget(self._what)
        column.addWidget(self.buttons)
        self.resize(640, 560)
        self.alias_list.itemChanged.connect(self._on_alias)
        self.passage_list.itemChanged.connect(self._tell)
        self.name_field.textChanged.connect(self._tell)
        self._tell()
        self.name_field.setFocus()

    @staticmethod
    def _checks(name: str) -> QListWidget:
        listed = QListWidget()
        listed.setAccessibleName(name)
        listed.setUniformItemSizes(True)
        return listed

    @staticmethod
    def _add(listed: QListWidget, words: str, what: object) -> None:
        item = QListWidgetItem(words)
        item.setData(_WHAT, what)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Unchecked)
        listed.addItem(item)

    @property
    def name(self) -> str:
        return self.name_field.text().strip()

    @property
    def aliases(self) -> list[str]:
        return [str(item.data(_WHAT)) for item in self._checked(self.alias_list)]

    @property
    def values(self) -> list[tuple[str, str]]:
        """The values that go along, as (annotation, attribute)."""
        return [(item.data(_WHAT)[0], item.data(_WHAT)[1]) for item in self._checked(self.passage_list)]

    @staticmethod
    def _checked(listed: QListWidget) -> list[QListWidgetItem]:
        items = (listed.item(row) for row in range(listed.count()))
        return [item for item in items if item.checkState() == Qt.CheckState.Checked]

    def _on_alias(self, item: QListWidgetItem) -> None:
        """An alias goes along: so do, as a proposal, the passages whose words name it."""
        folded, state = fold(str(item.data(_WHAT))), item.checkState()
        for row in range(self.passage_list.count()):
            passage = self.passage_list.item(row)
            if folded and folded in passage.data(_WHAT)[2]:
                passage.setCheckState(state)
        if not self.name and state == Qt.CheckState.Checked:
            self.name_field.setText(str(item.data(_WHAT)))
        self._tell()

    def _tell(self, *_: object) -> None:
        passages, aliases = len({annotation for annotation, _ in self.values}), len(self.aliases)
        self._what.setText(
            f"{passages:,} passage{'s' * (passages != 1)} and {aliases} alias{'es' * (aliases != 1)}"
            " go to the new actor, in one step."
        )
        self.split_button.setEnabled(bool(self.name))
