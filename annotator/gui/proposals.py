"""Pairs of actors that may be one, with the reasons: merge them, or say that they are not the same."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from annotator.core.duplicates import Proposal
from annotator.gui.wording import isolated, one_line
from annotator.store.project import Project

#: Pairs that are listed at once: the next ones come as these are settled.
_SHOWN = 30


class Proposals(QWidget):
    """The pairs, the likeliest first."""

    #: Two actors (ids) are one; or they are not.
    merge_asked = Signal(str, str)
    apart_asked = Signal(str, str)
    #: The page of an actor is asked for.
    actor_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Actors that may be one")
        self.pairs: list[Proposal] = []
        self._names: dict[str, str] = {}
        self._heading = QLabel("Actors that may be one")
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setProperty("role", "title")
        self._state = QLabel()
        self._state.setProperty("role", "muted")
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setWordWrap(True)
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._body)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 20, 28, 12)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self._state)
        column.addWidget(scroll, 1)

    def begin(self) -> None:
        """The pairs are being looked for."""
        self.pairs = []
        self._fill()
        self._state.setText("Looking for names that may mean the same…")

    def take(self, page: tuple[Any, Any]) -> None:
        """How far it is, or what was found with the names."""
        found, names = page
        if isinstance(found, int):
            self._state.setText(f"Looking for names that may mean the same: {found:,} of {names:,} actors…")
            return
        self.pairs, self._names = list(found), names
        self._fill()

    def settle(self, one: str, other: str) -> None:
        """This pair has been judged."""
        self.pairs = [p for p in self.pairs if {p.one, p.other} != {one, other}]
        self._fill()

    def forget_gone(self, project: Project | None) -> None:
        """A step was committed: leave out who was merged or has gone, and what was said to be apart."""
        if project is None or not self.pairs:
            return
        apart = project.apart()
        actors = project.roster.by_id({i for p in self.pairs for i in (p.one, p.other)})
        own = {i for i, actor in actors.items() if actor.merged_into is None}
        kept = [
            p
            for p in self.pairs
            if p.one in own and p.other in own and tuple(sorted((str(p.one), str(p.other)))) not in apart
        ]
        if len(kept) != len(self.pairs):
            self.pairs = kept
            self._fill()

    def _fill(self) -> None:
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        count = len(self.pairs)
        self._state.setText(
            f"{count:,} pair{'s' * (count != 1)}, the likeliest first. Nothing is merged unless you say so."
            if count
            else "No two actors look like one."
        )
        for place, pair in enumerate(self.pairs[:_SHOWN]):
            self._column.insertWidget(place, self._row(pair))

    def _row(self, pair: Proposal) -> QWidget:
        row = QFrame()
        row.setProperty("role", "card")
        names = QHBoxLayout()
        names.setSpacing(6)
        for place, actor in enumerate((pair.one, pair.other)):
            if place:
                joint = QLabel("and")
                joint.setTextFormat(Qt.TextFormat.PlainText)
                joint.setProperty("role", "muted")
                names.addWidget(joint)
            button = QPushButton(isolated(one_line(self._names.get(actor, actor), 60)).replace("&", "&&"))
            button.setProperty("role", "link")
            button.setAccessibleName(f"Show {one_line(self._names.get(actor, actor), 60)}")
            button.clicked.connect(partial(self.actor_chosen.emit, str(actor)))
            names.addWidget(button)
        names.addStretch(1)
        merge, apart = QPushButton("Merge…"), QPushButton("Not the same")
        both = " and ".join(one_line(self._names.get(i, i), 60) for i in (pair.one, pair.other))
        merge.setAccessibleName(f"Merge {both}")
        apart.setAccessibleName(f"{both} are not the same")
        merge.clicked.connect(partial(self.merge_asked.emit, str(pair.one), str(pair.other)))
        apart.clicked.connect(partial(self.apart_asked.emit, str(pair.one), str(pair.other)))
        names.addWidget(merge)
        names.addWidget(apart)
        why = QLabel("; ".join(pair.reasons))
        why.setTextFormat(Qt.TextFormat.PlainText)
        why.setProperty("role", "muted")
        why.setWordWrap(True)
        column = QVBoxLayout(row)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(2)
        column.addLayout(names)
        column.addWidget(why)
        return row
