"""What of a project's name is seen and remembered outside of its file: the window's title, the recent projects."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings

from annotator.gui.memory import Memory
from annotator.gui.window import Window


class Privacy(QObject):
    """Two switches, remembered; both are off until the user sets them."""

    TITLE, RECENT = "privacy.title", "privacy.recent"

    def __init__(self, window: Window, memory: Memory) -> None:
        super().__init__(window)
        self._window, self._memory = window, memory
        window.name_in_title = not memory.get("title_is_plain", False)
        self._show()

    def _show(self) -> None:
        self._window.set_checked(self.TITLE, not self._window.name_in_title)
        self._window.set_checked(self.RECENT, self._memory.discreet)

    def toggle_title(self) -> None:
        """The window's title, which taskbars and screen shares show, names the project or only the program."""
        self._window.name_in_title = not self._window.name_in_title
        self._memory.put("title_is_plain", not self._window.name_in_title)
        self._show()

    def toggle_recent(self) -> None:
        """Projects and folders are remembered between starts, or not at all; what was remembered goes at once."""
        self._memory.set_discreet(not self._memory.discreet)
        self.sweep()
        self._show()

    def sweep(self) -> None:
        """Forget the folders that Qt's own file dialogs noted, if nothing is to be remembered."""
        if self._memory.discreet:
            QSettings(QSettings.Scope.UserScope, "QtProject").remove("FileDialog")
