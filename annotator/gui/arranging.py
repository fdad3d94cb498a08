"""How the list is ordered and grouped: the button beside the filter, its menu, and what the commands change."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from annotator.gui.theme import Theme, ui_size
from annotator.store.listing import DATE, GROUPED, IMPORTED, ISSUER, MARKS, ORDERS, PROGRESS, Arrangement

LABELS = {
    IMPORTED: "Order of import",
    DATE: "Date",
    ISSUER: "Issuer",
    PROGRESS: "Progress",
    MARKS: "Number of marks",
}
#: What the two directions of each order are called, and its groups.
DIRECTIONS = {
    IMPORTED: ("First imported first", "Last imported first"),
    DATE: ("Oldest first", "Newest first"),
    ISSUER: ("A to Z", "Z to A"),
    PROGRESS: ("Unread first", "Done first"),
    MARKS: ("Fewest first", "Most first"),
}
GROUPS = {DATE: "Group by month", ISSUER: "Group by issuer", PROGRESS: "Group by progress"}


def ordered_by(arrangement: Arrangement, order: str) -> Arrangement:
    """Another order, from its usual end: the most marks first, all others from the beginning."""
    if order == arrangement.by:
        return arrangement
    return Arrangement(order, descending=order == MARKS, grouped=arrangement.grouped)


def reversed_(arrangement: Arrangement) -> Arrangement:
    return replace(arrangement, descending=not arrangement.descending)


def regrouped(arrangement: Arrangement) -> Arrangement:
    """With headings where there were none, or without; an order that has no groups becomes that of issuers."""
    if arrangement.by in GROUPED:
        return replace(arrangement, grouped=not arrangement.grouped)
    return Arrangement(ISSUER, grouped=True)


def worded(arrangement: Arrangement) -> str:
    """The arrangement as people say it: ``Date, newest first, group by month``."""
    direction = DIRECTIONS[arrangement.by][arrangement.descending]
    # A to Z stays as it is.
    parts = [LABELS[arrangement.by], direction if " to " in direction else direction.lower()]
    if arrangement.grouped and arrangement.by in GROUPED:
        parts.append(GROUPS[arrangement.by].lower())
    return ", ".join(parts)


def as_text(arrangement: Arrangement) -> str:
    """The arrangement as it is remembered."""
    return f"{arrangement.by} {'down' if arrangement.descending else 'up'} {'groups' if arrangement.grouped else ''}"


def from_text(text: str) -> Arrangement:
    """What was remembered; the order of import for what is none."""
    order, *rest = text.split() or [IMPORTED]
    return Arrangement(order, "down" in rest, "groups" in rest) if order in ORDERS else Arrangement()


class ArrangeButton(QToolButton):
    """Opens the menu of orders; a dot shows that the list is not in its usual order."""

    #: Another arrangement was chosen (``Arrangement``).
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._arrangement = Arrangement()
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setProperty("role", "arrange")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._menu = QMenu(self)
        self._menu.setAccessibleName("Order of the list")
        self._orders = QActionGroup(self)
        for order in ORDERS:
            self._orders.addAction(self._entry(LABELS[order], order))
        self._menu.addSeparator()
        self._ways = QActionGroup(self)
        self._up, self._down = self._entry("", "up"), self._entry("", "down")
        self._ways.addAction(self._up)
        self._ways.addAction(self._down)
        self._menu.addSeparator()
        self._groups = self._entry("", "groups")
        self._menu.triggered.connect(self._triggered)
        self.setMenu(self._menu)
        self.show_arrangement(self._arrangement)

    def _entry(self, label: str, data: str) -> QAction:
        action = QAction(label, self._menu)
        action.setData(data)
        action.setCheckable(True)
        self._menu.addAction(action)
        return action

    def show_arrangement(self, arrangement: Arrangement) -> None:
        """Show this one as the list's."""
        self._arrangement = arrangement
        for action in self._orders.actions():
            action.setChecked(action.data() == arrangement.by)
        self._up.setText(DIRECTIONS[arrangement.by][False])
        self._down.setText(DIRECTIONS[arrangement.by][True])
        (self._down if arrangement.descending else self._up).setChecked(True)
        self._groups.setText(GROUPS.get(arrangement.by, "Group (by date, issuer or progress)"))
        self._groups.setEnabled(arrangement.by in GROUPED)
        self._groups.setChecked(arrangement.grouped and arrangement.by in GROUPED)
        said = worded(arrangement)
        self.setAccessibleName("Order of the list")
        self.setAccessibleDescription(said)
        self.setToolTip(f"Order of the list: {said[0].lower()}{said[1:]}")
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._draw()

    def _triggered(self, action: QAction) -> None:
        what, now = action.data(), self._arrangement
        if what in ORDERS:
            now = ordered_by(now, what)
        elif what == "groups":
            now = regrouped(now)
        else:
            now = replace(now, descending=what == "down")
        if now != self._arrangement:
            self.show_arrangement(now)
            self.chosen.emit(now)

    def _draw(self) -> None:
        """Lines that grow shorter, with an arrow; the accent tells of another order than that of import."""
        if self._theme is None:
            return
        ratio, side = self.devicePixelRatioF(), round(ui_size() * 1.25)
        picture = QPixmap(round(side * ratio), round(side * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        usual = self._arrangement == Arrangement()
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(side / 16, side / 16)
            color = QColor(self._theme.muted if usual else self._theme.accent)
            painter.setPen(QPen(color, 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
            lengths = (4.0, 6.0, 8.0) if self._arrangement.descending else (8.0, 6.0, 4.0)
            for y, length in zip((4.0, 8.0, 12.0), lengths, strict=True):
                painter.drawLine(QPointF(1.5, y), QPointF(1.5 + length, y))
            painter.drawLine(QPointF(13, 3.5), QPointF(13, 12.5))
            painter.drawPolyline([QPointF(11, 10.5), QPointF(13, 12.5), QPointF(15, 10.5)])
        self.setIcon(QIcon(picture))
        self.setIconSize(picture.deviceIndependentSize().toSize())
