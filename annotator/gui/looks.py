"""Carries out what the coder chose for the looks: the window wears it at once, and the next start too."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from annotator.gui.appearance import Appearance
from annotator.gui.memory import Memory
from annotator.gui.reader import LARGEST, SMALLEST
from annotator.gui.theme import Theme
from annotator.gui.window import Window


class Looks(QObject):
    """The appearance of one window."""

    def __init__(self, appearance: Appearance, window: Window, memory: Memory) -> None:
        super().__init__(window)
        self._appearance, self._window, self._memory = appearance, window, memory
        window.reader.set_typography(appearance.typography)

    @property
    def theme(self) -> Theme:
        """What the window wears."""
        return self._appearance.theme

    def follow_system(self) -> None:
        """From now on, take over what the system says of colours and contrast, if that is the choice."""
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self.on_system)
        # Not there before Qt 6.10.
        accessibility = getattr(hints, "accessibility", None)
        if accessibility is not None:
            accessibility().contrastPreferenceChanged.connect(self.on_system)

    def on_system(self) -> None:
        """The system has other colours, or wishes for another contrast."""
        self._window.set_theme(self.theme)

    def wear(self, appearance: Appearance) -> None:
        """Look like this, and remember it."""
        before, self._appearance = self._appearance, appearance
        if appearance.choice != before.choice:
            self._window.set_theme(appearance.theme)
        self._window.reader.set_typography(appearance.typography)
        appearance.keep(self._memory)

    def ask(self) -> None:
        """Open the dialog beside the text; the one that is open already comes to the front."""
        from annotator.gui.dialogs.appearance import AppearanceDialog

        open_one = self._window.findChild(AppearanceDialog)
        if open_one is not None:
            open_one.raise_()
            open_one.activateWindow()
            return
        reader = self._window.reader
        dialog = AppearanceDialog(self._appearance, reader.zoom, SMALLEST, LARGEST, self._window, reader)
        dialog.changed.connect(self.wear)
        dialog.zoom_asked.connect(reader.set_zoom)
        reader.zoomed.connect(dialog.set_zoom)
        dialog.show()
