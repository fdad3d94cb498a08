"""Picking values from the text: words that are selected for a field fill it, and stay known as what says so.

With the mouse it is enough that the keys went to an empty field when words are selected; with the keyboard a key goes
from the field to the text, where Enter picks what Shift and the arrows selected.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from annotator.core.text import Span, word_at
from annotator.core.values import dataclass
from annotator.gui.announce import announce
from annotator.gui.inspector import InspectorPane
from annotator.gui.moves import trimmed
from annotator.gui.session import Session
from annotator.gui.window import Window
from annotator.gui.wording import isolated, one_line

#: What goes on while words are being picked; any other order ends it.
_GOES_ON = ("details.pick", "passage.details", "escape", "select.", "caret.", "edge.", "view.", "find.", "edit.copy")


@dataclass(frozen=True, slots=True)
class Wanted:
    """For which field of which passage words are picked, and what was selected in the text before."""

    annotation: str
    name: str
    label: str
    span: Span | None
    caret: int
    by_key: bool


class Picking(QObject):
    """Waits for words while a field wants some."""

    def __init__(self, session: Session, window: Window, inspector: InspectorPane) -> None:
        super().__init__(inspector)
        self._session, self._window, self._inspector = session, window, inspector
        self._wanted: Wanted | None = None
        self._visited = ""
        #: A click that selects nothing may be the first of a double click.
        self._clicked = QTimer(self, singleShot=True)  # type: ignore[call-overload]
        self._clicked.timeout.connect(self._give_up)
        window.reader.words_selected.connect(self._on_words)
        window.reader.selected.connect(self._on_selected)
        session.picked.connect(self._on_picked)
        session.leaving.connect(self.end)
        inspector.visited.connect(self._on_visited)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @property
    def active(self) -> bool:
        """Whether the next words that are selected are for a field."""
        return self._wanted is not None

    @property
    def by_key(self) -> bool:
        """Whether Enter picks."""
        return self._wanted is not None and self._wanted.by_key

    # -- beginning ----------------------------------------------------------------------------

    def begin(self) -> None:
        """Go to the text to select words for the field that has the focus."""
        inspector, reader = self._inspector, self._window.reader
        name = inspector.visited_field
        if not name:
            self._session.said.emit("Go to a field of the passage first; then its words can be picked from the text.")
            return
        wanted = self._want(name, by_key=True)
        if wanted is None:
            return
        inspector.commit()
        self._wanted = wanted
        project = self._session.project
        if project is not None:
            passage = project.annotation(wanted.annotation)
            # Behind a passage that was just tagged is the caret, too; its words stand before.
            if not passage.start <= reader.caret() < passage.end:
                reader.place_caret(passage.start)
            reader.clear_selection()
        reader.cover_bar(True)
        reader.setFocus()
        key = self._window.key
        parts = [f"{wanted.label}: select its words"]
        parts += [f"{word} {what}" for word, what in ((key("select.sentence"), "sentence"),) if word]
        self._window.hint(" · ".join([*parts, "Enter picks", "Esc goes back"]))
        announce(reader, f"{wanted.label}: select its words; Enter picks them, Escape goes back")

    def _want(self, name: str, *, by_key: bool) -> Wanted | None:
        project, field = self._session.project, self._inspector.field(name)
        if project is None or project.read_only or field is None or not self._session.passage:
            return None
        reader = self._window.reader
        return Wanted(self._session.passage, name, field.label, reader.span(), reader.caret(), by_key)

    def _on_visited(self, name: str) -> None:
        """A field that waits for words says so where the keys are told."""
        if self.by_key:
            return
        field = self._inspector.field(name) if name else None
        if field is not None and field.waits:
            key = self._window.key("details.pick")
            ways = [f"{field.label}: type", "or select words in the text", *([f"{key} by keyboard"] if key else [])]
            self._window.hint(" · ".join(ways))
        elif self._visited:
            self._window.hint("")
        self._visited = name

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        reader = self._window.reader
        if new is reader and not self.by_key:
            by_mouse = bool(QApplication.mouseButtons() & Qt.MouseButton.LeftButton)
            field = self._inspector.field_at(old)
            # Only what is empty is filled: who has typed a value and selects the next passage means that.
            wanted = self._want(field.name, by_key=False) if field is not None and by_mouse and field.waits else None
            self._wanted = wanted
            if wanted is not None:
                reader.cover_bar(True)
        elif old is reader and new is not None and self.active:
            self.end()

    # -- picking -----------------------------------------------------------------------------

    def _on_selected(self) -> None:
        """The mouse let go: without words it was a click, which leads back to the text unless another follows."""
        if self._wanted is None or self._wanted.by_key:
            return
        if self._window.reader.span() is None:
            self._clicked.start(QApplication.doubleClickInterval())
        else:
            self._clicked.stop()

    def _on_words(self) -> None:
        if self.active:
            self.take()

    def take(self) -> None:
        """What is selected, or the word at the caret, is what the field wanted."""
        reader, wanted = self._window.reader, self._wanted
        if wanted is None:
            return
        selected = reader.span() or word_at(reader.text, reader.caret())
        span = trimmed(reader.text, selected) if selected is not None else None
        if span is None:
            self._session.said.emit("There are no words in the selection.")
            return
        self.end()
        words = span.of(reader.text)
        if self._session.passage != wanted.annotation:
            return
        done = self._inspector.pick(wanted.name, span, words)
        self._restore(wanted)
        self._inspector.focus_field(wanted.name)
        if done:
            told = f"{wanted.label}: “{isolated(one_line(words, 60))}”, from the text."
            self._session.said.emit(told)
            announce(reader, told)

    def cancel(self) -> None:
        """Esc: back to the field, with the selection as it was."""
        wanted = self._wanted
        self.end()
        if wanted is not None:
            self._restore(wanted)
            self._inspector.focus_field(wanted.name)
            self._on_visited(wanted.name)

    def end(self) -> None:
        """No words are waited for any more."""
        if self._wanted is None:
            return
        by_key, self._wanted = self._wanted.by_key, None
        self._clicked.stop()
        self._window.reader.cover_bar(False)
        if by_key:
            self._window.hint("")

    def on_order(self, identifier: str) -> None:
        """Another command than those that select ends it."""
        if self.active and not identifier.startswith(_GOES_ON):
            self.end()

    def _give_up(self) -> None:
        if self._wanted is not None and not self._wanted.by_key and self._window.reader.span() is None:
            self.end()

    def _on_picked(self, passage: str) -> None:
        if self._wanted is not None and passage != self._wanted.annotation:
            self.end()

    def _restore(self, wanted: Wanted) -> None:
        reader = self._window.reader
        if wanted.span is not None:
            reader.select(wanted.span, reveal=False)
            reader.put_bar_away()
        else:
            reader.place_caret(wanted.caret, reveal=False)
