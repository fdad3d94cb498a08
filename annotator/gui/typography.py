"""How a statement's words are set: the font, how many characters a line holds, how far lines stand apart."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from annotator.core.values import dataclass
from annotator.gui.theme import ui_size

#: The two kinds of letters that are there on every machine; any other word is the name of a family.
SERIF, SANS = "serif", "sans"
#: What people with dyslexia or low vision ask for, offered where it is installed; none of it is shipped.
EASIER = ("OpenDyslexic", "OpenDyslexicAlta", "Atkinson Hyperlegible Next", "Atkinson Hyperlegible", "Lexend")

#: The first that is installed is used; the later ones lend it their letters (Arabic, Sorani, signs).
_SERIFS = (
    "Noto Serif",
    "Source Serif 4",
    "Source Serif Pro",
    "Georgia",
    "Charter",
    "Cambria",
    "Times New Roman",
    "DejaVu Serif",
    "Liberation Serif",
)
_SANS = (
    "Noto Sans",
    "Source Sans 3",
    "Source Sans Pro",
    "Segoe UI",
    "Helvetica Neue",
    "Arial",
    "DejaVu Sans",
    "Liberation Sans",
)
_LENDERS = ("Noto Naskh Arabic", "Noto Sans Arabic", "Noto Sans Hebrew", "Geeza Pro", "Segoe UI", "DejaVu Sans")

#: Characters a line, and the distance of two lines in heights of the letters: least, most, usual.
MEASURE = (45, 100, 68)
LINE_HEIGHT = (1.3, 2.2, 1.6)


@dataclass(frozen=True, slots=True)
class Typography:
    """``family`` is ``SERIF``, ``SANS`` or an installed family; ``measure`` counts characters a line.

    ``line_height`` is a factor to the size of the letters.
    """

    family: str = SERIF
    measure: int = MEASURE[2]
    line_height: float = LINE_HEIGHT[2]

    @classmethod
    def of(cls, family: object, measure: object, line_height: object) -> Typography:
        """These settings, each brought into its bounds; what is no such setting becomes the usual one."""
        return cls(
            family if isinstance(family, str) and family else SERIF,
            round(_within(measure, MEASURE)),
            round(_within(line_height, LINE_HEIGHT), 2),
        )


def _within(value: object, bounds: tuple[float, float, float]) -> float:
    least, most, usual = bounds
    if isinstance(value, bool) or not isinstance(value, int | float):
        return usual
    return min(most, max(least, value)) if value == value else usual


def reading_size() -> int:
    """The size of a statement's text in pixels before any zoom."""
    return max(17, round(ui_size() * 1.4))


def reading_font(size: float, family: str = SERIF) -> QFont:
    """What statements are set in, ``size`` pixels high; a family that is not installed becomes the serif."""
    first = {SERIF: _SERIFS, SANS: _SANS}.get(family) or (family, *_SERIFS)
    font = QFont()
    font.setFamilies([*first, *_LENDERS])
    font.setStyleHint(QFont.StyleHint.SansSerif if family == SANS else QFont.StyleHint.Serif)
    font.setPixelSize(max(6, round(size)))
    return font


def easier_families() -> list[str]:
    """The installed ones of those that are easier to read for some."""
    installed = set(QFontDatabase.families())
    return [name for name in EASIER if name in installed]


def families() -> list[str]:
    """Every installed family that letters can be set in, by name; what only programs use is left out."""
    return [
        name
        for name in QFontDatabase.families()
        if not QFontDatabase.isPrivateFamily(name) and not name.startswith((".", "@"))
    ]
