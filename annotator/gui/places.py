"""Where the coder has been: back and forward over statements and passages, as in a browser."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from annotator.core.values import dataclass
from annotator.gui.reader import Position

#: Places that are remembered.
MOST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A view, what it shows (a statement or an actor), the current passage, and where the text was being read."""

    view: str
    shown: str
    passage: str = ""
    position: Position = Position()

    def same(self, other: Place) -> bool:
        """Whether one would not be told from the other as a place to go back to."""
        return (self.view, self.shown, self.passage) == (other.view, other.shown, other.passage) and (
            bool(self.passage) or abs(self.position.caret - other.position.caret) < 400
        )


class Places(QObject):
    """The places before and after this one."""

    #: Whether there is a place to go back to, and one to go forward to.
    changed = Signal(bool, bool)

    def __init__(self, here: Callable[[], Place | None], go: Callable[[Place], bool], parent: QObject | None) -> None:
        super().__init__(parent)
        self._here, self._go = here, go
        self._back: list[Place] = []
        self._forward: list[Place] = []
        self._going = False

    def leave(self) -> None:
        """About to go elsewhere: remember this place. Ends what was forward."""
        if self._going or (here := self._here()) is None:
            return
        if self._back and self._back[-1].same(here):
            self._back[-1] = here
        else:
            self._back = [*self._back, here][-MOST:]
        self._forward.clear()
        self.changed.emit(*self.ways)

    def clear(self) -> None:
        """Another project: nothing of this one can be gone back to."""
        self._back.clear()
        self._forward.clear()
        self.changed.emit(False, False)

    @property
    def ways(self) -> tuple[bool, bool]:
        return bool(self._back), bool(self._forward)

    def back(self) -> bool:
        """To the place before; one that is gone is passed over. False when there is none."""
        return self._step(self._back, self._forward)

    def forward(self) -> bool:
        return self._step(self._forward, self._back)

    def _step(self, source: list[Place], other: list[Place]) -> bool:
        here = self._here()
        self._going = True
        try:
            while source:
                place = source.pop()
                if here is not None and place.same(here):
                    continue
                if self._go(place):
                    if here is not None:
                        other.append(here)
                    return True
            return False
        finally:
            self._going = False
            self.changed.emit(*self.ways)
