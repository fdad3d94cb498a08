"""What the editors of forms have in common: which keys are theirs, and when the editing ends."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence

#: What stands in an empty field.
EMPTY = "—"


class Editor(Protocol):
    """What a field expects of its editor, which is a widget too."""

    edited: Signal
    finished: Signal
    entered: Signal
    escaped: Signal

    def typed(self) -> str: ...

    def put(self, text: str) -> None: ...

    def hint(self, text: str) -> None: ...


def plain(event: QKeyEvent) -> bool:
    """No modifier but Shift and the keypad's."""
    loose = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    return not event.modifiers() & ~loose


def claims(event: QKeyEvent, unsaved: bool) -> bool | None:
    """Whether a key that may be a command of the window belongs to the field; None where Qt's editor decides.

    Undo belongs to it only while there is something typed to undo: after that it means the last step.
    """
    if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
        return unsaved
    if not plain(event):
        return None
    own = (
        Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Backspace,
        Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    )  # fmt: skip
    return True if event.key() in own or (event.text() and event.text().isprintable()) else None


def leaves(event: QFocusEvent) -> bool:
    """Whether this loss of the focus ends the editing; a popup or context menu of the field does not."""
    return event.reason() != Qt.FocusReason.PopupFocusReason
