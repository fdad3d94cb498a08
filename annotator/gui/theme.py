"""How the window looks: its palettes, the shapes of tags, and what contrast they keep.

Text on any tint keeps 7:1, and underlines, bars and shapes keep 3:1 (4.5:1 in high contrast) against what
they stand on (WCAG 2.2), whatever colours a codebook brings: tints get paler and marks stronger until that holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPainter, QPolygonF

from annotator.core.model import Tag
from annotator.core.values import dataclass

TEXT_CONTRAST = 7.0
#: Deeper overlaps get no darker; lanes and bars carry them.
DEEPEST_BLEND = 4


@dataclass(frozen=True, slots=True)
class Theme:
    """One palette; colours are ``#rrggbb``, ``tint`` is the share of a tag's colour in its highlight.

    ``mark`` is the least contrast of underlines, bars and shapes, ``focus`` the width of the ring around what
    has the focus, in pixels.
    """

    name: str
    dark: bool
    page: str
    chrome: str
    field: str
    text: str
    muted: str
    hairline: str
    accent: str
    on_accent: str
    chosen: str
    hover: str
    selection: str
    hit: str
    hit_current: str
    bar: str
    bar_hover: str
    bar_text: str
    bar_key: str
    bar_edge: str
    warning: str
    error: str
    good: str
    tint: float
    shadow: int
    mark: float = 3.0
    focus: int = 2

    @property
    def high_contrast(self) -> bool:
        return self.mark > 3.0


LIGHT = Theme(
    name="light",
    dark=False,
    page="#ffffff",
    chrome="#fbfaf8",
    field="#ffffff",
    text="#1d1f23",
    muted="#62676f",
    hairline="#e3e0da",
    accent="#1f4e79",
    on_accent="#ffffff",
    chosen="#e8eef5",
    hover="#f2f0ec",
    selection="#b9d3ee",
    hit="#fbe9a9",
    hit_current="#f6c445",
    bar="#23272e",
    bar_hover="#3a414b",
    bar_text="#ffffff",
    bar_key="#c9d1da",
    bar_edge="#23272e",
    warning="#8a5a00",
    error="#a3261b",
    good="#00795c",
    tint=0.145,
    shadow=26,
)

DARK = Theme(
    name="dark",
    dark=True,
    page="#1f2228",
    chrome="#1b1e23",
    field="#1f2228",
    text="#e7e5df",
    muted="#a0a7b1",
    hairline="#31353d",
    accent="#8fbbe8",
    on_accent="#14181d",
    chosen="#28313c",
    hover="#23272e",
    selection="#2f4a66",
    hit="#403a20",
    hit_current="#6a3410",
    bar="#2b3038",
    bar_hover="#3f4752",
    bar_text="#ffffff",
    bar_key="#c2cad3",
    bar_edge="#3d444e",
    warning="#e0b05a",
    error="#f08a7e",
    good="#3cc79b",
    tint=0.17,
    shadow=70,
)


#: Black on white. The selection is as strong as its words allow: 7:1 to them, 2.95:1 to the page.
CONTRAST_LIGHT = Theme(
    name="contrast-light",
    dark=False,
    page="#ffffff",
    chrome="#ffffff",
    field="#ffffff",
    text="#000000",
    muted="#3b3b3b",
    hairline="#6b6b6b",
    accent="#00377a",
    on_accent="#ffffff",
    chosen="#cbe0fb",
    hover="#e9e9e9",
    selection="#4d9be3",
    hit="#ffe680",
    hit_current="#ffb52e",
    bar="#000000",
    bar_hover="#3d3d3d",
    bar_text="#ffffff",
    bar_key="#ffffff",
    bar_edge="#000000",
    warning="#6b4300",
    error="#8f0f00",
    good="#00523d",
    tint=0.2,
    shadow=0,
    mark=4.5,
    focus=3,
)

#: White on black.
CONTRAST_DARK = Theme(
    name="contrast-dark",
    dark=True,
    page="#000000",
    chrome="#000000",
    field="#000000",
    text="#ffffff",
    muted="#d6d6d6",
    hairline="#8f8f8f",
    accent="#ffe14d",
    on_accent="#000000",
    chosen="#173a63",
    hover="#2b2b2b",
    selection="#1b579a",
    hit="#4d4200",
    hit_current="#854000",
    bar="#000000",
    bar_hover="#3d3d3d",
    bar_text="#ffffff",
    bar_key="#ffffff",
    bar_edge="#ffffff",
    warning="#ffc14d",
    error="#ff9c91",
    good="#4ee0b0",
    tint=0.3,
    shadow=0,
    mark=4.5,
    focus=3,
)

#: What can be chosen, by name; ``SYSTEM`` is none of them.
THEMES = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)}
SYSTEM = "system"


def theme_for(choice: str) -> Theme:
    """The palette of that name; for any other word the one that goes with the system."""
    return THEMES.get(choice) or current_theme()


def current_theme() -> Theme:
    """The palette that goes with the system: light or dark, in high contrast if it asks for that (Qt 6.10)."""
    hints = QGuiApplication.styleHints()
    if hints is None:
        return LIGHT
    dark = hints.colorScheme() == Qt.ColorScheme.Dark
    # Looked up by name, since neither the method nor the value is there before Qt 6.10.
    accessibility = getattr(hints, "accessibility", None)
    if accessibility is not None and accessibility().contrastPreference().name == "HighContrast":
        return CONTRAST_DARK if dark else CONTRAST_LIGHT
    return DARK if dark else LIGHT


# -- contrast -------------------------------------------------------------------------


def luminance(color: QColor | str) -> float:
    """Relative luminance as WCAG defines it, 0 to 1; alpha is ignored."""
    color = QColor(color)
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor | str, other: QColor | str) -> float:
    """The contrast ratio as WCAG defines it, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(ground: QColor | str, color: QColor | str, share: float) -> QColor:
    """The opaque colour that ``share`` of a colour makes over a ground."""
    a, b = QColor(ground), QColor(color)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )


def tag_color(theme: Theme, tag: Tag) -> QColor:
    """The colour of a tag's underline, bar and shape: its own where that is seen, else the nearest that is.

    A colour for dark pages that the codebook lacks is derived from the light one.
    """
    return _mark(theme, tag.color_dark if theme.dark and tag.color_dark else tag.color)


@lru_cache(maxsize=512)
def _mark(theme: Theme, name: str) -> QColor:
    color = QColor(name)
    if not color.isValid():
        color = QColor(theme.muted)
    color.setAlpha(255)
    # Half a step over the least, so that a derived colour is as bright as those that were chosen by eye.
    wanted = theme.mark + 0.2
    goal = "#ffffff" if theme.dark else "#000000"
    share = 0.0
    while share < 1 and least_contrast(theme, mix(color, goal, share)) < wanted:
        share += 0.04
    return mix(color, goal, min(1.0, share))


def least_contrast(theme: Theme, mark: QColor | str) -> float:
    """The contrast of a mark to what it may stand on: the page, a pane, the chosen row of a list."""
    return min(contrast(mark, ground) for ground in (theme.page, theme.chrome, theme.chosen))


def softened(theme: Theme, color: QColor) -> QColor:
    """The palest form of a mark that is still seen: what a suggestion is underlined with."""
    share = 0.65
    while share < 1 and contrast(mix(theme.page, color, share), theme.page) < theme.mark:
        share += 0.05
    return mix(theme.page, color, min(1.0, share))


def tint(theme: Theme, colors: Sequence[QColor], strength: float = 1.0) -> QColor:
    """The ground under text that carries these colours, blended in order; text on it keeps 7:1."""
    return _tint(theme, tuple(color.rgb() for color in colors[:DEEPEST_BLEND]), strength)


@lru_cache(maxsize=4096)
def _tint(theme: Theme, colors: tuple[int, ...], strength: float) -> QColor:
    share = theme.tint * strength
    while True:
        ground = QColor(theme.page)
        for color in colors:
            ground = mix(ground, QColor(color), share)
        if share < 0.01 or contrast(ground, theme.text) >= TEXT_CONTRAST:
            return ground
        share *= 0.9


# -- fonts ----------------------------------------------------------------------------


def ui_size() -> int:
    """The height of the system's font in pixels, which everything else follows."""
    font = QGuiApplication.font()
    return _pixel_size(font.toString(), QGuiApplication.platformName())


@lru_cache(maxsize=8)
def _pixel_size(font: str, _platform: str) -> int:
    # Asking the font's engine takes a fifth of a millisecond, and every pane asks.
    known = QFont()
    known.fromString(font)
    return max(11, QFontInfo(known).pixelSize())


def ui_font(size: float | None = None) -> QFont:
    """The system's font, ``size`` pixels high if given."""
    font = QFont(QGuiApplication.font())
    if size is not None:
        font.setPixelSize(max(6, round(size)))
    return font


# -- shapes ---------------------------------------------------------------------------


def draw_shape(painter: QPainter, rect: QRectF, shape: str, color: QColor) -> None:
    """A tag's shape fills the rectangle's inner square; an unknown name draws a square."""
    side = min(rect.width(), rect.height())
    box = QRectF(0, 0, side, side)
    box.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if shape == "circle":
        painter.drawEllipse(box)
    elif points := _CORNERS.get(shape):
        middle, radius = box.center(), side / 2
        painter.drawPolygon(QPolygonF([QPointF(middle.x() + x * radius, middle.y() + y * radius) for x, y in points]))
    else:
        inset = side * 0.06
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), side * 0.08, side * 0.08)
    painter.restore()


def _ring(count: int, radii: Sequence[float], turn: float = -pi / 2) -> list[tuple[float, float]]:
    """Corners on circles of these radii in turn, in units of half the side, from the top clockwise."""
    return [
        (cos(turn + 2 * pi * i / count) * radii[i % len(radii)], sin(turn + 2 * pi * i / count) * radii[i % len(radii)])
        for i in range(count)
    ]


_CORNERS: dict[str, list[tuple[float, float]]] = {
    "diamond": _ring(4, (1.08,)),
    "triangle": [(0, -0.95), (1.0, 0.85), (-1.0, 0.85)],
    "hexagon": _ring(6, (1.02,)),
    "star": _ring(10, (1.1, 0.48)),
}
