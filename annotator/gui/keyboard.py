"""Where keys stand on a keyboard, and what a pressed key is called.

So that commands work on Arabic, Cyrillic or AZERTY keyboards, where the letters stand elsewhere or nowhere.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

#: What each pressed position of a keyboard means on the US layout, by AT scan code (evdev's codes are the same).
_POSITIONS = {
    **{2 + i: digit for i, digit in enumerate("1234567890")},
    **{16 + i: letter for i, letter in enumerate("QWERTYUIOP[]")},
    **{30 + i: letter for i, letter in enumerate("ASDFGHJKL;")},
    **{44 + i: letter for i, letter in enumerate("ZXCVBNM,./")},
}
_SHIFTED = {"[": "{", "]": "}", "/": "?", ",": "<", ".": ">", ";": ":"}
#: The virtual key codes of macOS for the same positions.
_MAC = {
    18: "1", 19: "2", 20: "3", 21: "4", 23: "5", 22: "6", 26: "7", 28: "8", 25: "9", 29: "0",
    12: "Q", 13: "W", 14: "E", 15: "R", 17: "T", 16: "Y", 32: "U", 34: "I", 31: "O", 35: "P", 33: "[", 30: "]",
    0: "A", 1: "S", 2: "D", 3: "F", 5: "G", 4: "H", 38: "J", 40: "K", 37: "L", 41: ";",
    6: "Z", 7: "X", 8: "C", 9: "V", 11: "B", 45: "N", 46: "M", 43: ",", 47: ".", 44: "/",
}  # fmt: skip
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
_LOCKS = (Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_Mode_switch)


def key_at(platform: str, scan_code: int, virtual_key: int, shifted: bool) -> str:
    """What the US layout has at a pressed position; empty where that is not known.

    ``platform`` is Qt's name for it; X11 counts its key codes from 8. Letters and digits keep their name under
    Shift (``Shift+1``), signs have another one (``{``).
    """
    if platform == "cocoa":
        key = _MAC.get(virtual_key, "")
    else:
        key = _POSITIONS.get(scan_code - 8 if platform in ("xcb", "wayland", "wayland-egl") else scan_code, "")
    if not shifted or not key:
        return key
    return _SHIFTED.get(key, f"Shift+{key}")


def by_position(event: QKeyEvent) -> str:
    """The name of a pressed key by its place alone, with Shift and Alt; empty with Ctrl, or where it is not known."""
    held = event.modifiers()
    if held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier):
        return ""
    shifted = bool(held & Qt.KeyboardModifier.ShiftModifier)
    key = key_at(QGuiApplication.platformName(), event.nativeScanCode(), event.nativeVirtualKey(), shifted)
    return f"Alt+{key}" if key and held & Qt.KeyboardModifier.AltModifier else key


def is_shifted_digit(event: QKeyEvent) -> bool:
    """Whether Shift and a place of the row of digits are pressed, whatever the layout has there."""
    key = by_position(event)
    return key.startswith("Shift+") and key[6:].isdigit()


def by_letter(event: QKeyEvent) -> bool:
    """Whether the layout has a Latin letter there: it then counts, wherever it stands."""
    text = event.text()
    return len(text) == 1 and text.isascii() and text.isalpha()


def name_of(event: QKeyEvent) -> str:
    """What to call the keys of a press in the table of keys; empty while only modifiers are held.

    Latin letters and signs are called as the layout has them; the row of digits, and letters of other scripts, by
    their place.
    """
    key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key in _MODIFIERS or key in _LOCKS or key in (0, Qt.Key.Key_unknown):
        return ""
    if key == Qt.Key.Key_Backtab:
        return "Shift+Tab"
    place = by_position(event)
    if place and (place[-1].isdigit() or (not event.text().isascii() and event.text().isprintable())):
        return place
    printable = 0x20 < key < 0x110000 and not 0x41 <= key <= 0x5A and not chr(key).isalnum()
    if printable:
        # Shift made this sign, it is no part of the name.
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return normal(QKeySequence(held.value | key).toString(QKeySequence.SequenceFormat.PortableText))


def normal(key: str) -> str:
    """The one spelling of a key's name, as Qt's portable text has it; empty if Qt does not know it."""
    sequence = QKeySequence(key)
    if sequence.count() != 1 or sequence[0].key() == Qt.Key.Key_unknown:
        return ""
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def shown(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys as people call them, each once: the two Enter keys have one name."""
    return tuple(dict.fromkeys(key.replace("Return", "Enter") for key in keys))
