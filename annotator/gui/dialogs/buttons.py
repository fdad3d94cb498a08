"""The buttons of a dialog as they look in all of them."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox


def without_icons(box: QDialogButtonBox) -> None:
    """Words alone: the pictures that Qt gives to OK and Cancel are of another style than everything else.

    The style sheet cannot say so: the box asks before it is in a window that has one.
    """
    for button in box.buttons():
        button.setIcon(QIcon())
