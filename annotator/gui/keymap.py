"""Which keys the commands have: those of the table, changed as the user wants them.

The changes are the user's, not a project's: ``keys.json`` in the folder for settings, written with each change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence

from annotator import paths
from annotator.core.errors import AnnotatorError
from annotator.gui.commands import Command
from annotator.gui.keyboard import normal

_VERSION = 1
#: What belongs to the caret, to fields and to the window system.
_RESERVED = {
    "Esc", "Tab", "Shift+Tab", "Ctrl+Tab", "Ctrl+Shift+Tab", "Ctrl+A", "Ctrl+V", "Ctrl+X", "Alt+F4",
    *(
        held + key
        for key in ("Left", "Right", "Home", "End")
        for held in ("", "Shift+", "Ctrl+", "Ctrl+Shift+")
    ),
    *(held + key for key in ("Up", "Down", "PgUp", "PgDown") for held in ("", "Shift+")),
}  # fmt: skip
#: Keys without Ctrl or Alt that fields need.
_TYPED = {
    Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Insert, Qt.Key.Key_Space,
}  # fmt: skip


class Keymap(QObject):
    """The keys of the commands; a change is on disk when the call returns."""

    #: Some command has other keys than before.
    changed = Signal()

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._own: dict[str, tuple[str, ...]] = {}
        self._unread = False
        #: One sentence when the file could not be read, or not as a whole.
        self.problem = ""
        self._read()

    def resolve(self, commands: Iterable[Command]) -> dict[str, tuple[str, ...]]:
        """The keys of these commands by id, no key twice.

        What the user chose goes first, then what the commands come with, in their order: so a tag of another
        codebook never takes a key from the user or from the program.
        """
        commands = list(commands)
        taken: set[str] = set()
        result: dict[str, tuple[str, ...]] = {}
        for own in (True, False):
            for command in commands:
                if (command.id in self._own) is not own:
                    continue
                wanted = self._own[command.id] if own else tuple(filter(None, map(normal, command.keys)))
                result[command.id] = tuple(key for key in dict.fromkeys(wanted) if key not in taken)
                taken.update(result[command.id])
        return result

    def is_own(self, identifier: str) -> bool:
        """Whether the user changed the keys of this command."""
        return identifier in self._own

    @property
    def any_own(self) -> bool:
        return bool(self._own)

    def change(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Give these commands these keys, all at once; raises ``AnnotatorError`` if that cannot be kept."""
        self._keep(self._own | {name: tuple(filter(None, map(normal, each))) for name, each in keys.items()})

    def reset(self, identifier: str) -> None:
        """Give this command the keys back that it comes with."""
        self._keep({name: keys for name, keys in self._own.items() if name != identifier})

    def reset_all(self) -> None:
        """Give all commands the keys back that they come with."""
        self._keep({})

    def _keep(self, own: dict[str, tuple[str, ...]]) -> None:
        if own == self._own:
            return
        data = {"version": _VERSION, "keys": {name: list(own[name]) for name in sorted(own)}}
        temporary = self._file.with_suffix(".new")
        try:
            if self._unread and self._file.exists():
                # Somebody may have written it by hand.
                self._file.replace(self._file.with_suffix(".unread.json"))
            paths.private(temporary).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            temporary.replace(self._file)
        except OSError as error:
            raise AnnotatorError(f"The keys cannot be kept in {self._file}: {error.strerror}.") from error
        self._own, self._unread = own, False
        self.changed.emit()

    def _read(self) -> None:
        try:
            data = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError):
            data = None
        keys = data.get("keys") if isinstance(data, dict) and data.get("version") == _VERSION else None
        if not isinstance(keys, dict):
            self._unread = True
            self.problem = f"{self._file} cannot be read, so all keys are as they come."
            return
        for name, wanted in keys.items():
            known = [normal(key) for key in wanted if isinstance(key, str)] if isinstance(wanted, list) else [""]
            if all(known) and len(known) == len(wanted):
                self._own[name] = tuple(known)
            else:
                self._unread = True
                self.problem = f"{self._file} has keys that do not exist; those commands have the keys they come with."


def refusal(command: Command, key: str) -> str:
    """Why a command cannot have this key, as a sentence; empty if it can."""
    if key in _RESERVED:
        return f"{key} belongs to the caret, to fields or to the system; choose another one."
    if key in command.keys or command.where == "text":
        return ""
    combination = QKeySequence(key)[0]
    held = combination.keyboardModifiers() & ~Qt.KeyboardModifier.ShiftModifier
    if held == Qt.KeyboardModifier.NoModifier and (combination.key() in _TYPED or combination.key() < 0x01000000):
        return (
            f"{command.text.rstrip('…')} works in fields too, where {key} is typed: take it with Ctrl, Alt or an F key."
        )
    return ""
