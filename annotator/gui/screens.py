"""Windows on several screens: the place of each arrangement of screens, and the way back from a screen that is gone."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

#: As much of the title must lie on a screen, in pixels, that the window can be taken there and moved.
_GRIP_WIDTH, _GRIP_HEIGHT = 120, 24


def arrangement(screens: Sequence[tuple[str, QRect]]) -> str:
    """A short name for these screens (name and area), the same whenever they stand the same way."""
    told = ";".join(sorted(f"{name}:{r.x()},{r.y()},{r.width()},{r.height()}" for name, r in screens))
    return f"{crc32(told.encode()):08x}"


def present() -> list[tuple[str, QRect]]:
    """The screens that are there now, each with the area that panels leave, the first one the main one."""
    main = QGuiApplication.primaryScreen()
    others = [screen for screen in QGuiApplication.screens() if screen is not main]
    return [(screen.name(), screen.availableGeometry()) for screen in (main, *others) if screen is not None]


def brought_back(frame: QRect, screens: Sequence[QRect]) -> QRect:
    """Where a window that stood at ``frame``, decoration included, is to stand on these screens.

    It stays where its title can be seen and taken; else it comes to the nearest screen, no larger than that.
    """
    if not screens:
        return frame
    title = QRect(frame.left(), frame.top(), frame.width(), _GRIP_HEIGHT)
    for screen in screens:
        seen = screen.intersected(title)
        if seen.width() >= min(_GRIP_WIDTH, frame.width()) and seen.height() >= _GRIP_HEIGHT // 2:
            return frame
    screen = min(screens, key=lambda area: _away(frame, area))
    width, height = min(frame.width(), screen.width()), min(frame.height(), screen.height())
    left = max(screen.left(), min(frame.left(), screen.right() + 1 - width))
    top = max(screen.top(), min(frame.top(), screen.bottom() + 1 - height))
    return QRect(left, top, width, height)


def _away(frame: QRect, area: QRect) -> int:
    """How far a screen is from the middle of a window, in pixels: across and down together."""
    middle = frame.center()
    across = max(area.left() - middle.x(), 0, middle.x() - area.right())
    return across + max(area.top() - middle.y(), 0, middle.y() - area.bottom())
