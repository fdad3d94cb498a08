"""What the current passage is linked with, in its details: each a way there, and a way to undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from annotator.core.links import LinkKind, plain_label
from annotator.gui.wording import isolated, one_line
from annotator.store.reads import Linked


class _Way(QPushButton):
    """A button that looks like words, shortened to the room it has."""

    def __init__(self, words: str) -> None:
        super().__init__(words.replace("&", "&&"))
        #: What it says in full.
        self.words = words

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt
        super().resizeEvent(event)
        room = max(0, self.width() - 8)
        self.setText(self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, room).replace("&", "&&"))


class PassageLinks(QWidget):
    """Hidden while the passage has no links."""

    #: A linked passage is to be shown: its statement and itself.
    followed = Signal(str, str)
    #: A link (its id) is to be removed.
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Links")
        self._shown: tuple[Sequence[Linked], str] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 10)
        self._column.setSpacing(2)
        self.hide()

    def show_links(
        self, links: Sequence[Linked], kinds: Mapping[str, LinkKind], statement: str, writable: bool
    ) -> None:
        """List these; those of another statement with its title."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if links:
            heading = QLabel("LINKS")
            heading.setProperty("role", "heading")
            heading.setContentsMargins(0, 10, 0, 4)
            self._column.addWidget(heading)
        for each in links:
            self._column.addWidget(self._row(each, kinds.get(each.link.kind), statement, writable))
        self.setVisible(bool(links))

    def _row(self, each: Linked, kind: LinkKind | None, statement: str, writable: bool) -> QWidget:
        kind = kind or LinkKind(each.link.kind, plain_label(each.link.kind))
        arrow = "↔" if not kind.directed else "→" if each.outgoing else "←"
        where = f" · {isolated(one_line(each.title, 60))}" if each.statement != statement else ""
        words = f"{arrow} {kind.label}: “{isolated(one_line(each.quote, 90))}”{where}"
        go = _Way(words)
        go.setProperty("role", "link")
        go.setFlat(True)
        go.setCursor(Qt.CursorShape.PointingHandCursor)
        go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        go.setAccessibleName(f"{kind.label}: {one_line(each.quote, 90)}")
        go.setToolTip(one_line(f"{kind.label}: {each.quote}", 300).replace("<", "‹"))
        go.clicked.connect(partial(self.followed.emit, str(each.statement), str(each.annotation)))
        away = QToolButton()
        away.setText("×")
        away.setProperty("role", "quiet")
        away.setAutoRaise(True)
        away.setEnabled(writable)
        away.setAccessibleName(f"Remove the link “{kind.label}”")
        away.setToolTip("Remove this link")
        away.clicked.connect(partial(self.removed.emit, str(each.link.id)))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(go, 1)
        line.addWidget(away)
        return row
