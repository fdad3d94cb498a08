"""Filters that a project keeps by name, for the list of statements and for the Passages view alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from annotator.gui.session import Session
from annotator.gui.theme import Theme, ui_size
from annotator.store import saved_filters

#: What the button and its menu are called.
NAME = "Filters of this project by name"


class SavedFilters(QMenu):
    """The menu of saved filters: choose one, save the one that is asked now, forget one.

    ``now`` gives the filter as it is. Saving and forgetting are each a step that undo takes back.
    """

    #: This query should be asked.
    chosen = Signal(str)

    def __init__(self, session: Session, now: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._now = session, now
        self.setAccessibleName(NAME)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def kept(self) -> dict[str, str]:
        """The project's saved filters: queries by name."""
        project = self._session.project
        if project is None:
            return {}
        return saved_filters.read(project.setting(saved_filters.SETTING))

    def keep(self, name: str, query: str) -> None:
        """Save this filter in the project under this name; without a query, forget it."""
        project, name = self._session.project, " ".join(name.split())
        if project is None or not name:
            return
        kept = self.kept()
        if query:
            kept[name] = query
        else:
            kept.pop(name, None)
        self._session.do(project.set_setting, saved_filters.SETTING, saved_filters.written(kept))

    def _fill(self) -> None:
        self.clear()
        kept, now, project = self.kept(), self._now(), self._session.project
        for name, query in sorted(kept.items()):
            action = _entry(self, name, partial(self.chosen.emit, query))
            action.setCheckable(True)
            action.setChecked(query == now)
            # A tool tip that looks like HTML would be drawn as such.
            action.setToolTip(query.replace("<", "‹"))
        if not kept:
            _entry(self, "No filter is saved yet", lambda: None).setEnabled(False)
        self.addSeparator()
        writable = project is not None and not project.read_only
        _entry(self, "Save this filter…", self._ask_name).setEnabled(writable and bool(now))
        if kept and writable:
            forget = self.addMenu("Forget")
            for name in sorted(kept):
                _entry(forget, name, partial(self.keep, name, ""))

    def _ask_name(self) -> None:
        from annotator.gui.dialogs.naming import ask_name  # a dialog is imported when it is asked for

        if name := ask_name("Save this filter", "Name of the filter", self.window()):
            self.keep(name, self._now())


class SavedFiltersButton(QToolButton):
    """Opens the menu of saved filters beside a narrow filter; its sign is a bookmark."""

    def __init__(self, session: Session, now: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters = SavedFilters(session, now, self)
        self.setAccessibleName(NAME)
        self.setToolTip(NAME)
        self.setProperty("role", "arrange")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMenu(self.filters)

    def set_theme(self, theme: Theme) -> None:
        """Draw the bookmark in the theme's quiet colour."""
        ratio, side = self.devicePixelRatioF(), round(ui_size() * 1.25)
        picture = QPixmap(round(side * ratio), round(side * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(side / 16, side / 16)
            painter.setPen(QPen(QColor(theme.muted), 1.5, j=Qt.PenJoinStyle.RoundJoin))
            corners = ((4, 2), (12, 2), (12, 14), (8, 10.5), (4, 14))
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        self.setIcon(QIcon(picture))
        self.setIconSize(picture.deviceIndependentSize().toSize())


def _entry(menu: QMenu, label: str, do: Callable[[], None]) -> QAction:
    action = QAction(label.replace("&", "&&"), menu)
    action.triggered.connect(lambda: do())
    menu.addAction(action)
    return action
