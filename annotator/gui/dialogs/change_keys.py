"""Changes the keys of commands: choose one, press Enter, press the new key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import AnnotatorError
from annotator.core.text import fold
from annotator.gui.commands import Command
from annotator.gui.dialogs.keys import GROUP, KeyCaps, sorted_by_group
from annotator.gui.keyboard import name_of, shown
from annotator.gui.keymap import Keymap, refusal
from annotator.gui.mirror import english
from annotator.gui.theme import Theme, current_theme, ui_font

_COMMAND = Qt.ItemDataRole.UserRole + 1
_PRESS = "Press the new key. Esc leaves it as it is."
_ALL = "Every change of yours is lost. Give all commands the keys they come with?"
_PLAIN = "Choose a command and press Enter to give it another key."


class _Press(QLabel):
    """Takes the next key that is pressed, whichever it is."""

    #: The key's name.
    pressed = Signal(str)
    #: Esc: the key stays as it is.
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("role", "recorder")

    def event(self, event: QEvent) -> bool:  # Qt
        # Here and not in keyPressEvent, which never sees Tab; and before any shortcut sees it.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and not event.modifiers():
                self.left.emit()
            elif name := name_of(event):
                self.pressed.emit(name)
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().event(event)


class ChangeKeys(QDialog):
    """Every command by group with its keys; what is changed holds at once, in the whole window."""

    def __init__(
        self, keymap: Keymap, commands: Sequence[Command], parent: QWidget | None = None, theme: Theme | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change keys")
        self.setAccessibleName("Change keys")
        self._theme = theme or current_theme()
        self._keymap = keymap
        groups = sorted_by_group((command.under or command.menu, command.id, "") for command in commands)
        by_id = {command.id: command for command in commands}
        self._commands = {identifier: by_id[identifier] for _, identifier, _ in groups}
        self._wanted: tuple[str, str] | None = None
        self._adding = False
        self.filter_field = QLineEdit()
        self.table = QTableWidget(0, 2)
        self.press = _Press()
        self._say = QLabel(_PLAIN)
        self.change_button = QPushButton(english("Change…"))
        self.add_button = QPushButton(english("Add another…"))
        self.none_button = QPushButton("No key")
        self.reset_button = QPushButton("Reset this one")
        self.reset_all_button = QPushButton("Reset all")
        self.close_button = QPushButton("Close")
        self.use_button = QPushButton("Use it here")
        self.keep_button = QPushButton("Leave it")
        self.sure_button = QPushButton("Reset all keys")
        self._build()
        self._fill()

    def _build(self) -> None:
        self.filter_field.setPlaceholderText("Type to find a command or a key")
        self.filter_field.setAccessibleName("Find a command")
        self.filter_field.setClearButtonEnabled(True)
        table = self.table
        table.setAccessibleName("Commands and their keys")
        self._caps = KeyCaps(self._theme, table)
        table.setItemDelegate(self._caps)
        table.setProperty("indented", True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.horizontalHeader().hide()
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(QFontMetrics(ui_font()).height() + 13)
        self._say.setTextFormat(Qt.TextFormat.PlainText)
        self._say.setWordWrap(True)
        self._say.setMinimumHeight(QFontMetrics(ui_font()).height() * 2 + 4)
        self._say.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading)
        self.press.setFixedHeight(self.change_button.sizeHint().height())
        self.press.setMinimumWidth(QFontMetrics(ui_font()).horizontalAdvance(_PRESS) + 60)
        self.use_button.setProperty("role", "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 18, 0, 16)
        column.setSpacing(10)

        def row(*parts: QWidget | None) -> None:
            line = QHBoxLayout()
            line.setContentsMargins(24, 0, 24, 0)
            line.setSpacing(8)
            for part in parts:
                line.addStretch(1) if part is None else line.addWidget(part)
            column.addLayout(line)

        row(self.filter_field)
        column.addWidget(table, 1)
        row(self._say)
        # One place for what can be done now, so that the list does not move meanwhile.
        first = (self.change_button, self.add_button, self.none_button, self.reset_button)
        row(self.press, *first, self.use_button, self.sure_button, self.keep_button, None)
        row(self.reset_all_button, None, self.close_button)
        self._usual = (*first, self.reset_all_button)
        for button in (*self._usual, self.close_button, self.use_button, self.sure_button, self.keep_button):
            button.setAutoDefault(False)
        self._ask(None)
        self.filter_field.textChanged.connect(self._filter)
        table.currentCellChanged.connect(self._show_state)
        table.cellDoubleClicked.connect(self._begin)
        self.press.pressed.connect(self._on_pressed)
        self.press.left.connect(self._leave)
        self.change_button.clicked.connect(self._begin)
        self.add_button.clicked.connect(self._begin_adding)
        self.none_button.clicked.connect(self._take_away)
        self.reset_button.clicked.connect(self._reset)
        self.reset_all_button.clicked.connect(self._ask_about_all)
        self.sure_button.clicked.connect(self._reset_all)
        self.close_button.clicked.connect(self.accept)
        self.use_button.clicked.connect(self._use)
        self.keep_button.clicked.connect(self._leave)
        self.resize(640, 680)

    # -- rows --------------------------------------------------------------------------------

    def _fill(self) -> None:
        group = None
        for identifier, command in self._commands.items():
            if (command.under or command.menu) != group:
                group = command.under or command.menu
                self._append(group.upper(), None)
            self._append(command.text.rstrip("…"), identifier)
        self._show_keys()
        self._go_to_first()
        self.filter_field.setFocus()

    def _append(self, text: str, identifier: str | None) -> None:
        table, row = self.table, self.table.rowCount()
        table.insertRow(row)
        first, second = QTableWidgetItem(text), QTableWidgetItem("")
        table.setItem(row, 0, first)
        table.setItem(row, 1, second)
        if identifier is None:
            first.setData(GROUP, True)
            first.setFlags(Qt.ItemFlag.ItemIsEnabled)
            second.setFlags(Qt.ItemFlag.NoItemFlags)
            table.setSpan(row, 0, 1, 2)
            table.setRowHeight(row, table.rowHeight(row) + 12)
        else:
            first.setData(_COMMAND, identifier)
            first.setToolTip(self._commands[identifier].tip)

    def _show_keys(self) -> None:
        """The keys as they are now, in every row."""
        keys, widest = self._keymap.resolve(self._commands.values()), 140
        for row in range(self.table.rowCount()):
            first, second = self.table.item(row, 0), self.table.item(row, 1)
            identifier = first.data(_COMMAND)
            if identifier is None:
                continue
            text, own = ", ".join(shown(keys[identifier])), self._keymap.is_own(identifier)
            second.setText(text)
            second.setData(KeyCaps.ALIGNED, True)
            first.setData(KeyCaps.OWN, own)
            said = f"{first.text()}: {text or 'no key'}{', changed' if own else ''}"
            first.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            widest = max(widest, self._caps.width(text) + 40)
        self.table.setColumnWidth(1, min(widest, 300))
        self._show_state()

    def _show_state(self, *_: object) -> None:
        """What can be done with the chosen command."""
        identifier = self._chosen()
        there = bool(identifier) and self.press.isHidden()
        keys = self._keymap.resolve(self._commands.values()).get(identifier, ())
        self.change_button.setEnabled(there)
        self.add_button.setEnabled(there and bool(keys))
        self.none_button.setEnabled(there and bool(keys))
        self.reset_button.setEnabled(there and self._keymap.is_own(identifier))
        self.reset_all_button.setEnabled(self.press.isHidden() and self._keymap.any_own)

    def _chosen(self) -> str:
        item = self.table.item(self.table.currentRow(), 0)
        return str(item.data(_COMMAND) or "") if item is not None and not self.table.isRowHidden(item.row()) else ""

    def keys_of(self, text: str) -> str:
        """What the table says about the command of this name."""
        table = self.table
        return next(table.item(row, 1).text() for row in range(table.rowCount()) if table.item(row, 0).text() == text)

    def choose(self, identifier: str) -> None:
        """Go to the row of a command."""
        for row in range(self.table.rowCount()):
            if self.table.item(row, 0).data(_COMMAND) == identifier:
                self.table.setCurrentCell(row, 0)

    @property
    def text(self) -> str:
        """The sentence below the table."""
        return self._say.text()

    def _filter(self, typed: str) -> None:
        wanted = fold(typed).split()
        table, heading, alive = self.table, -1, False
        for row in [*range(table.rowCount()), -1]:
            first = table.item(row, 0) if row >= 0 else None
            if first is None or first.data(GROUP):
                if heading >= 0:
                    table.setRowHidden(heading, not alive)
                heading, alive = row, False
                continue
            line = fold(f"{table.item(heading, 0).text()} {first.text()} {table.item(row, 1).text()}")
            fits = all(word in line for word in wanted)
            table.setRowHidden(row, not fits)
            alive = alive or fits
        self._go_to_first()

    def _go_to_first(self) -> None:
        table = self.table
        for row in range(table.rowCount()):
            if not table.isRowHidden(row) and table.item(row, 0).data(_COMMAND):
                table.setCurrentCell(row, 0)
                break
        else:
            self._tell("No command is called that.")
        self._show_state()

    # -- changing --------------------------------------------------------------------------------

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self._say.setText(text)
        self._say.setProperty("role", "error" if wrong else "")
        self._say.style().unpolish(self._say)
        self._say.style().polish(self._say)
        self.setAccessibleDescription(text)

    def _ask(self, state: str | None) -> None:
        """Show what belongs to a state: ``press`` for a key, ``conflict`` and ``all`` for a decision, or none."""
        self.press.setVisible(state == "press")
        self.use_button.setVisible(state == "conflict")
        self.sure_button.setVisible(state == "all")
        self.keep_button.setVisible(state in ("conflict", "all"))
        for button in self._usual:
            button.setVisible(state is None)
        self.filter_field.setEnabled(state is None)
        self.table.setEnabled(state is None)

    def _begin(self, *_: object, adding: bool = False) -> None:
        identifier = self._chosen()
        if not identifier:
            return
        self._adding = adding
        name = self._commands[identifier].text.rstrip("…")
        self.press.setText(_PRESS)
        self.press.setAccessibleName(f"Press the new key for {name}. Escape leaves it as it is.")
        self._tell(f"{'One more' if adding else 'The'} key for “{name}”:")
        self._ask("press")
        self._show_state()
        self.table.scrollTo(self.table.currentIndex())
        self.press.setFocus()

    def _begin_adding(self) -> None:
        self._begin(adding=True)

    def _on_pressed(self, key: str) -> None:
        identifier = self._chosen()
        command = self._commands[identifier]
        if why := refusal(command, key):
            self._tell(why, wrong=True)
            return
        keys = self._keymap.resolve(self._commands.values())
        owner = next((name for name, each in keys.items() if key in each and name != identifier), "")
        if owner:
            self._wanted = owner, key
            self._tell(f"{shown((key,))[0]} is “{self._commands[owner].text.rstrip('…')}”; use it here instead?")
            self._ask("conflict")
            self.use_button.setFocus()
            return
        self._give(identifier, key)

    def _use(self) -> None:
        """Take the key from the command that has it."""
        if self._wanted is None:
            return
        owner, key = self._wanted
        left = tuple(each for each in self._keymap.resolve(self._commands.values())[owner] if each != key)
        self._give(self._chosen(), key, {owner: left})

    def _give(self, identifier: str, key: str, others: dict[str, tuple[str, ...]] | None = None) -> None:
        has = self._keymap.resolve(self._commands.values())[identifier]
        keys = (*has, key) if self._adding and key not in has else has if self._adding else (key,)
        name = self._commands[identifier].text.rstrip("…")
        if self._keep({identifier: keys, **(others or {})}):
            text = f"“{name}” is {' or '.join(shown(keys))} now."
            if others:
                empty = [self._commands[each].text.rstrip("…") for each, left in others.items() if not left]
                text += "".join(f" “{each}” has no key any more." for each in empty)
            self._done(text)

    def _keep(self, keys: dict[str, tuple[str, ...]]) -> bool:
        try:
            self._keymap.change(keys)
        except AnnotatorError as error:
            self._failed(error)
            return False
        return True

    def _failed(self, error: AnnotatorError) -> None:
        self._done("")
        self._tell(str(error), wrong=True)

    def _done(self, text: str) -> None:
        self._wanted = None
        self._ask(None)
        self._show_keys()
        self._tell(text or _PLAIN)
        self.table.setFocus()

    def _leave(self) -> None:
        """Leave the key as it is."""
        if (not self.press.isHidden() and self._wanted is None) or not self.keep_button.isHidden():
            self._done("")

    def _take_away(self) -> None:
        identifier = self._chosen()
        if identifier and self._keep({identifier: ()}):
            self._done(f"“{self._commands[identifier].text.rstrip('…')}” has no key any more.")

    def _reset(self) -> None:
        identifier = self._chosen()
        try:
            self._keymap.reset(identifier)
        except AnnotatorError as error:
            self._failed(error)
            return
        keys = self._keymap.resolve(self._commands.values())[identifier]
        name = self._commands[identifier].text.rstrip("…")
        if set(keys) == set(self._default(identifier)):
            self._done(f"“{name}” has the keys it comes with.")
        else:
            self._done(
                f"“{name}” comes with {' or '.join(shown(self._default(identifier)))}, which another command has."
            )

    def _default(self, identifier: str) -> tuple[str, ...]:
        return self._commands[identifier].keys

    def _ask_about_all(self) -> None:
        self._tell(_ALL)
        self._ask("all")
        self.keep_button.setFocus()

    def _reset_all(self) -> None:
        try:
            self._keymap.reset_all()
        except AnnotatorError as error:
            self._failed(error)
            return
        self._done("All commands have the keys they come with.")

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        key = event.key()
        if key == Qt.Key.Key_Escape and not self.keep_button.isHidden():
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
            else:
                self._begin()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.table.setFocus()  # from the field straight into the list
        elif key == Qt.Key.Key_Delete and self.focusWidget() is self.table and self.none_button.isEnabled():
            self._take_away()
        else:
            super().keyPressEvent(event)
