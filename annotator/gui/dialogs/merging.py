"""Asks which actor another one is: typed, chosen in a list, and told what will happen before it does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
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

from annotator.gui.actor_rows import passages_of
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.wording import isolated, one_line
from annotator.store.roster import Roster

#: Actors that are offered at once.
_OFFERED = 12
#: Passages that are counted.
_COUNTED = 2000


class MergeDialog(QDialog):
    """``into`` is the actor (its id) that the first one is; empty until one is chosen."""

    def __init__(self, roster: Roster, actor: str, into: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Merge actors")
        self.setAccessibleName("Merge actors")
        self._roster, self._actor = roster, actor
        self._one = roster.by_id([actor])[actor]
        self.into = ""
        title = QLabel(f"Which actor is {isolated(one_line(self._one.name, 60))}?")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        self.field = QLineEdit()
        self.field.setAccessibleName("Name of the other actor")
        self.field.setPlaceholderText("A part of a name or alias, in any script")
        self.field.textChanged.connect(self._offer)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Actors")
        self.list.currentItemChanged.connect(self._on_current)
        self.list.itemActivated.connect(lambda _: self.accept() if self.into else None)
        self._what = QLabel()
        self._what.setTextFormat(Qt.TextFormat.PlainText)
        self._what.setWordWrap(True)
        self._what.setMinimumHeight(self.fontMetrics().height() * 3)
        self._what.setAccessibleName("What will happen")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.merge_button = self.buttons.addButton("Merge", QDialogButtonBox.ButtonRole.AcceptRole)
        self.merge_button.setProperty("role", "primary")
        self.merge_button.setEnabled(False)
        without_icons(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        for part in (title, self.field, self.list, self._what, self.buttons):
            column.addWidget(part)
        self.resize(560, 460)
        self._offer("")
        if into:
            self._list([(roster.by_id([into])[into].name, into)])
        self.field.setFocus()

    def _offer(self, part: str) -> None:
        listed = self._roster.matching(part, _OFFERED) if part.strip() else []
        self._list([(each.listed, each.id) for each in listed if each.id != self._actor])

    def _list(self, entries: Sequence[tuple[str, str]]) -> None:
        self.list.clear()
        for words, actor in entries:
            item = QListWidgetItem(one_line(words, 120))
            item.setData(Qt.ItemDataRole.UserRole, actor)
            self.list.addItem(item)
        self.list.setCurrentRow(0 if entries else -1)
        if not entries:
            self._on_current(None)

    def _on_current(self, item: QListWidgetItem | None, _before: object = None) -> None:
        self.into = str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""
        self.merge_button.setEnabled(bool(self.into))
        if not self.into:
            self._what.setText("Type a name, and choose the actor that it is." if not self.field.text() else "")
            return
        other = self._roster.by_id([self.into])[self.into]
        one, name = isolated(one_line(self._one.name, 60)), isolated(one_line(other.name, 60))
        self._what.setText(
            f"{one} and its {self._passages(self._actor)} will lead to {name}, which has"
            f" {self._passages(self.into)}. No passage is rewritten; undo takes it back."
        )

    def _passages(self, actor: str) -> str:
        """How many passages an actor has, without counting longer than a key may take."""
        count = self._roster.passage_count(self._roster.family(actor), _COUNTED + 1)
        return f"more than {_COUNTED:,} passages" if count > _COUNTED else passages_of(count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        keys = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = keys.get(Qt.Key(event.key()), 0)
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
            return bool(step)
        return super().eventFilter(watched, event)
