"""The window under a right-to-left locale: everything stands the other way round, but for the words of statements.

Qt turns layouts by itself. What is painted by hand asks here for its places. The interface's own words are English in
either direction; paragraphs of a statement go by their own letters (``page``), whatever the window does.
"""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

_LTR, _RTL = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
#: Ends a word that runs from left to right, so that a sign after it stays after it.
_MARK = "\u200e"


def direction_of(locale: QLocale | None = None) -> Qt.LayoutDirection:
    """The direction of a locale, by default the user's; Qt by itself would ask a translation, and there is none."""
    return (locale or QLocale()).textDirection()


def placed(box: QRectF, row: QRectF, direction: Qt.LayoutDirection) -> QRectF:
    """Where a box of a row stands: where it is said, or as far from the row's other end."""
    if direction != _RTL:
        return box
    return QRectF(row.left() + row.right() - box.right(), box.top(), box.width(), box.height())


def aligned(direction: Qt.LayoutDirection, *, end: bool = False) -> Qt.AlignmentFlag:
    """The alignment at the side where lines of the interface begin, or at the other one."""
    right = (direction == _RTL) != end
    return Qt.AlignmentFlag.AlignAbsolute | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)


def english(text: str) -> str:
    """A label whose last sign stays at its end (``New project…``), also where Qt takes it for right-to-left."""
    if QGuiApplication.layoutDirection() != _RTL or not text or text[-1].isalnum():
        return text
    return text + _MARK


def dress(widget: QWidget) -> None:
    """Labels of this widget at the side where lines begin, and buttons with their last sign at the end."""
    if widget.layoutDirection() != _RTL:
        return
    sides = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignAbsolute
    for label in widget.findChildren(QLabel):
        # Qt aligns a label by its words, which are English.
        if not label.alignment() & sides:
            vertical = label.alignment() & Qt.AlignmentFlag.AlignVertical_Mask
            label.setAlignment(vertical | aligned(_RTL))
    for button in widget.findChildren(QPushButton):
        if not button.text().endswith(_MARK):
            button.setText(english(button.text()))
