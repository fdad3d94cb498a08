"""Keys of the window that a text field would swallow: they are the window's wherever the caret stands.

On X11 Qt gives every text field some keys of Emacs, Ctrl+E (end of the line), Ctrl+K and Ctrl+U (delete) among them,
and asks the field before the window; a command on such a key would do nothing while one types.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

#: With Ctrl these belong to whoever types: select all, the clipboard, undo and redo.
_OF_FIELDS = frozenset(
    (Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Y, Qt.Key.Key_Z),
)


class WindowKeys(QObject):
    """Lets the window have Ctrl with a letter first. Where no command has the key, the field has it as before."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)
            self._on_focus_changed(None, application.focusWidget())

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        # Only the field with the focus is watched: a filter written in Python costs time on each event.
        if isinstance(old, QLineEdit | QPlainTextEdit | QTextEdit):
            old.removeEventFilter(self)
        if isinstance(new, QLineEdit | QPlainTextEdit | QTextEdit):
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
            and Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z
            and event.key() not in _OF_FIELDS
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)
