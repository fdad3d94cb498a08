"""When the first steps are shown, which of them the coder has just done, and that they stay away once closed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from annotator.core.model import Changes
from annotator.gui.first_steps import HAND_ON, SELECT, TAG, Keys
from annotator.gui.memory import Memory
from annotator.gui.session import Session
from annotator.gui.window import Window

#: Where the memory has what was done of them.
_KEPT = "first_steps"


class Guide(QObject):
    """Leads the card of first steps along with what the coder does."""

    def __init__(self, session: Session, window: Window, memory: Memory) -> None:
        super().__init__(window)
        self._session, self._window, self._memory = session, window, memory

    def show(self) -> None:
        """The three steps, from the first one on."""
        self._memory.put(_KEPT, {})
        self._away()
        self.on_shown()

    def on_shown(self) -> None:
        """A statement is on show, or none: the steps need one, and a project that may be written."""
        project, kept = self._session.project, self._memory.get(_KEPT, {})
        if project is None or project.read_only or not self._session.statement:
            self._away()
        elif not kept.get("closed") and self._window.first_steps.isHidden():
            self.on_keys()
            self._window.first_steps.offer(kept.get("done", ()))

    def _away(self) -> None:
        if (card := self._window.there("first_steps")) is not None:
            card.hide()

    def _fulfil(self, step: str) -> None:
        # Who closed the card for ever never has it made.
        if (card := self._window.there("first_steps")) is not None:
            card.fulfil(step)

    def on_keys(self) -> None:
        """There are other keys, or other tags."""
        window = self._window
        if (card := window.there("first_steps")) is None:
            return
        tags = tuple(filter(None, (window.key(c.id) for c in window.commands() if c.id.startswith("tag."))))
        card.set_keys(
            Keys(
                window.key("select.sentence"),
                tags,
                window.key("edit.undo"),
                window.key("project.export"),
                window.key("help.keys"),
            )
        )

    def on_selected(self) -> None:
        """Words are selected, or none are."""
        if self._window.reader.span() is not None:
            self._fulfil(SELECT)

    def on_changed(self, changes: Changes) -> None:
        """A step was committed: it made a passage if that is its result."""
        if changes.result in changes.ids("annotation"):
            self._fulfil(TAG)

    def on_ordered(self, identifier: str) -> None:
        """A command was carried out."""
        if identifier in ("edit.undo", "project.export"):
            self._fulfil(HAND_ON)

    def on_advanced(self) -> None:
        """A step was done: it is done after a new start as well."""
        self._memory.put(_KEPT, {"done": self._window.first_steps.done})

    def on_closed(self) -> None:
        """Closed, or done: away for ever."""
        self._memory.put(_KEPT, {"closed": True})
