"""Two ways to read: the text without its marks, and the text without anything around it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, Qt, QTimer
from PySide6.QtWidgets import QGraphicsOpacityEffect, QPushButton, QWidget

from annotator.core.model import Changes
from annotator.gui.announce import announce
from annotator.gui.session import Session
from annotator.gui.window import Window

#: How long the badge says how to come back, and how long it takes to fade, in ms.
_SAID, _FADING = 4000, 600


def _badge(text: str, parent: QWidget) -> QPushButton:
    """A few quiet words; a click leaves what they tell of."""
    badge = QPushButton(text, parent)
    badge.setProperty("role", "badge")
    badge.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    badge.hide()
    return badge


class _Floating(QObject):
    """Keeps a badge over the top of the text, at its far side."""

    def __init__(self, badge: QPushButton, over: QWidget) -> None:
        super().__init__(badge)
        self._badge, self._over = badge, over
        over.installEventFilter(self)

    def place(self) -> None:
        self._badge.adjustSize()
        room, rtl = self._over.width(), self._over.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._badge.move(28 if rtl else max(8, room - self._badge.width() - 28), 12)
        self._badge.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.Resize and not self._badge.isHidden():
            self.place()
        return super().eventFilter(watched, event)


class PlainText(QObject):
    """Hides all marks, so that a text can be read without what was made of it; tagging shows them again."""

    COMMAND = "view.plain"

    def __init__(self, session: Session, window: Window) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.on = False
        # Not over the text, which is to be read undisturbed.
        self.badge = _badge("Marks are hidden", window.statusBar())
        self.badge.setToolTip("Show the marks again")
        window.statusBar().insertPermanentWidget(1, self.badge)
        self.badge.hide()
        self.badge.clicked.connect(self.toggle)

    def toggle(self) -> None:
        self.set(not self.on)

    def set(self, on: bool) -> None:
        """Hide the marks, or show them again."""
        self.on = on
        self._window.set_checked(self.COMMAND, on)
        self._window.reader.set_plain(on)
        self.badge.setVisible(on)
        announce(self._window.reader, "Marks are hidden" if on else "Marks are shown")

    def on_changed(self, changes: Changes) -> None:
        """Who tags is to see what was made: a change of the shown passages shows all marks again."""
        if self.on and changes.ids("annotation") and changes.concerns(self._session.statement):
            self.set(False)
            self._session.said.emit("The marks are shown again, with what was changed.")


class DistractionFree(QObject):
    """Only the text, on the whole screen; everything else comes back as it was."""

    COMMAND = "view.focus"
    #: What these commands need comes back beside the text, until the text has the focus again.
    ASIDE = frozenset(("passage.details", "passage.note", "statement.edit"))
    #: What these need stands in the window, so the mode ends.
    LEAVING = frozenset(("find.all", "find.filter"))

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.on = False
        self._state = Qt.WindowState.WindowNoState
        self._hidden: list[QWidget] = []
        self._panes = window.panes.saveState()
        self.badge = _badge("", window.reader)
        self.badge.clicked.connect(self.leave)
        self._floating = _Floating(self.badge, window.reader)
        effect = QGraphicsOpacityEffect(self.badge)
        effect.setEnabled(False)
        self.badge.setGraphicsEffect(effect)
        self._fade = QPropertyAnimation(effect, b"opacity", self)
        self._fade.setDuration(_FADING)
        self._fade.setStartValue(1.0)
        self._fade.setEndValue(0.0)
        self._fade.finished.connect(self.badge.hide)
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(_SAID)
        self._said.timeout.connect(self._vanish)
        window.installEventFilter(self)

    def _parts(self) -> list[QWidget]:
        """What stands around the text now."""
        window = self._window
        parts = [window.top_bar, window.statements, window.right, window.menuBar(), window.statusBar()]
        late = [part for name in ("first_steps", "find_pane") if (part := window.there(name)) is not None]
        return [part for part in (*parts, *late) if not part.isHidden()]

    def toggle(self) -> None:
        if self.on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Show only the text."""
        if self.on:
            return
        window = self._window
        self.on = True
        self._state, self._panes = window.windowState(), window.panes.saveState()
        window.set_checked(self.COMMAND, True)
        place = window.reader.position_state()
        self._hidden = self._parts()
        for part in self._hidden:
            part.hide()
        window.showFullScreen()
        window.reader.restore_position(place, caret=False)
        window.reader.setFocus()
        self._alone(True)
        self._fade.stop()
        self._effect(False)
        hidden = ", and its marks are hidden" if window.reader.plain else ""
        keys = " or ".join(("Esc", *window.keys(self.COMMAND)))
        self.badge.setText(f"Only the text{hidden} · {keys} brings the rest back")
        announce(window.reader, self.badge.text())
        self._floating.place()
        self.badge.show()
        self._said.start()

    def leave(self) -> None:
        """Show everything as it was before."""
        if not self.on:
            return
        window = self._window
        self.on = False
        self._said.stop()
        self._fade.stop()
        self.badge.hide()
        self._alone(False)
        window.set_checked(self.COMMAND, False)
        place = window.reader.position_state()
        for part in self._hidden:
            part.show()
        window.setWindowState(self._state)
        window.panes.restoreState(self._panes)
        window.reader.restore_position(place, caret=False)

    def prepare(self, command: str) -> None:
        """A command is about to be carried out: bring what it needs."""
        if self.on and command in self.ASIDE:
            self._window.right.show()
        elif self.on and command in self.LEAVING:
            self.leave()

    def on_text_again(self) -> None:
        """The coder is back in the text: what was brought beside it goes away."""
        if self.on:
            self._window.right.hide()

    def _alone(self, alone: bool) -> None:
        """Whether the text is all there is: it then needs no line that tells where the focus is."""
        reader = self._window.reader
        reader.setProperty("alone", alone)
        reader.style().unpolish(reader)
        reader.style().polish(reader)

    def _effect(self, on: bool) -> None:
        effect = self.badge.graphicsEffect()
        if effect is not None:
            effect.setEnabled(on)

    def _vanish(self) -> None:
        self._effect(True)
        self._fade.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        # The kind of event first: others still come while the window is being destroyed, when this is no more.
        if event.type() == QEvent.Type.Close and watched is self._window:
            # What the window remembers of itself is how it was before.
            self.leave()
        return super().eventFilter(watched, event)
