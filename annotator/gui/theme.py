"""How the window looks: two palettes, the fonts, the shapes of tags, and what contrast they keep.

Text on any tint keeps 7:1 and underlines and bars keep 3:1 against the page (WCAG 2.2), whatever
colours a codebook brings: tints get paler and marks stronger until that holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPainter, QPalette, QPolygonF

from annotator.core.model import Tag

TEXT_CONTRAST = 7.0
MARK_CONTRAST = 3.0
#: Deeper overlaps get no darker; lanes and bars carry them.
DEEPEST_BLEND = 4


@dataclass(frozen=True, slots=True)
class Theme:
    """One palette; colours are ``#rrggbb``, ``tint`` is the share of a tag's colour in its highlight."""

    name: str
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

    @property
    def dark(self) -> bool:
        return self.name == "dark"


LIGHT = Theme(
    name="light",
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
    page="#1f2228",
    chrome="#1b1e23",
    field="#1f2228",
    text="#e7e5df",
    muted="#9aa1ab",
    hairline="#31353d",
    accent="#8fbbe8",
    on_accent="#14181d",
    chosen="#28313c",
    hover="#23272e",
    selection="#2f4a66",
    hit="#403a20",
    hit_current="#584911",
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


def current_theme() -> Theme:
    """The palette that goes with the system's light or dark; light when the system does not say."""
    hints = QGuiApplication.styleHints()
    return DARK if hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


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
    # A derived colour for dark pages aims at the brightness of those that were chosen by eye.
    wanted = MARK_CONTRAST + 0.2
    goal = "#ffffff" if theme.dark else "#000000"
    share = 0.0
    while contrast(mix(color, goal, share), theme.page) < wanted and share < 1:
        share += 0.04
    return mix(color, goal, min(1.0, share))


def softened(theme: Theme, color: QColor) -> QColor:
    """The palest form of a mark that is still seen at 3:1: what a suggestion is underlined with."""
    share = 0.65
    while share < 1 and contrast(mix(theme.page, color, share), theme.page) < MARK_CONTRAST:
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

#: The first that is installed is used; the later ones lend it their letters (Arabic, Sorani, signs).
SERIF = (
    "Noto Serif",
    "Source Serif 4",
    "Source Serif Pro",
    "Georgia",
    "Charter",
    "Cambria",
    "Times New Roman",
    "DejaVu Serif",
    "Liberation Serif",
    "Noto Naskh Arabic",
    "Noto Sans Arabic",
    "Geeza Pro",
    "Segoe UI",
    "DejaVu Sans",
)


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


def reading_size() -> int:
    """The size of a statement's text in pixels before any zoom."""
    return max(17, round(ui_size() * 1.4))


def reading_font(size: float) -> QFont:
    """The serif that statements are set in, ``size`` pixels high."""
    font = QFont()
    font.setFamilies(list(SERIF))
    font.setStyleHint(QFont.StyleHint.Serif)
    font.setPixelSize(max(6, round(size)))
    return font


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


# -- Qt's palette and style sheet -----------------------------------------------------


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's own palette, for what no style sheet reaches."""
    roles = QPalette.ColorRole
    result = QPalette(QColor(theme.chrome))
    for role, color in (
        (roles.Window, theme.chrome),
        (roles.WindowText, theme.text),
        (roles.Base, theme.page),
        (roles.AlternateBase, theme.chrome),
        (roles.Text, theme.text),
        (roles.Button, theme.chrome),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.on_accent),
        (roles.Highlight, theme.selection),
        (roles.HighlightedText, theme.text),
        (roles.ToolTipBase, theme.bar),
        (roles.ToolTipText, theme.bar_text),
        (roles.PlaceholderText, theme.muted),
        (roles.Link, theme.accent),
        (roles.LinkVisited, theme.accent),
        (roles.Accent, theme.accent),
        (roles.Light, theme.page),
        (roles.Midlight, theme.hover),
        (roles.Mid, theme.hairline),
        (roles.Dark, theme.muted),
    ):
        result.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, mix(theme.chrome, theme.muted, 0.7))
    return result


def stylesheet(theme: Theme) -> str:
    """The whole window's style sheet.

    Widgets choose their part by a property: ``role`` is one of ``pane``, ``topbar``, ``heading``, ``muted``,
    ``small``, ``title``, ``chip``, ``view``, ``primary``, ``danger``, ``quiet``, ``keycap``, ``banner``, ``page``.
    A chip or view that is checked stands out. Focus always shows as a line in the accent colour.
    """
    size = ui_size()
    return _SHEET.format(
        **{name: getattr(theme, name) for name in theme.__slots__},
        small=max(10, round(size * 0.85)),
        title=round(size * 1.25),
        disabled=mix(theme.chrome, theme.muted, 0.7).name(),
        thumb=mix(theme.chrome, theme.muted, 0.35).name(),
        thumb_hover=mix(theme.chrome, theme.muted, 0.6).name(),
    )


_SHEET = """
QWidget {{ color: {text}; }}
QMainWindow, QDialog, QStackedWidget, QTabWidget::pane {{ background: {chrome}; }}
QWidget[role="pane"] {{ background: {chrome}; }}
QWidget[role="page"] {{ background: {page}; }}
QWidget[role="topbar"] {{ background: {chrome}; border-bottom: 1px solid {hairline}; }}
QWidget[role="banner"] {{ background: {chosen}; border-bottom: 1px solid {hairline}; }}

QLabel {{ background: transparent; }}
QLabel[role="heading"] {{ color: {muted}; font-size: {small}px; font-weight: 600; letter-spacing: 0.6px; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="small"] {{ color: {muted}; font-size: {small}px; }}
QLabel[role="title"] {{ font-size: {title}px; font-weight: 600; }}
QLabel[role="error"] {{ color: {error}; }}
QLabel[role="warning"] {{ color: {warning}; }}
QLabel[role="keycap"] {{
    color: {muted}; background: {chrome}; border: 1px solid {hairline}; border-radius: 4px;
    padding: 0 5px; font-size: {small}px;
}}

Reader {{
    background: {page}; color: {text}; border: 1px solid transparent;
    selection-background-color: transparent; selection-color: {text};
}}
Reader:focus {{ border: 1px solid {accent}; }}

QLineEdit, QPlainTextEdit[role="field"], QTextEdit, QComboBox, QSpinBox, QDateEdit {{
    background: {field}; border: 1px solid {hairline}; border-radius: 6px; padding: 4px 8px;
    selection-background-color: {selection}; selection-color: {text};
}}
QLineEdit:hover, QComboBox:hover, QPlainTextEdit[role="field"]:hover {{ border-color: {thumb}; }}
QLineEdit:focus, QPlainTextEdit[role="field"]:focus, QTextEdit:focus, QComboBox:focus,
QSpinBox:focus, QDateEdit:focus {{
    border: 2px solid {accent}; padding: 3px 7px;
}}
QLineEdit:disabled, QComboBox:disabled {{ color: {disabled}; background: {chrome}; }}
QLineEdit[incomplete="true"], QComboBox[incomplete="true"] {{ border-left: 3px solid {warning}; }}
QLineEdit[role="plain"] {{ border: none; background: transparent; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox QAbstractItemView {{
    background: {page}; border: 1px solid {hairline}; selection-background-color: {chosen}; selection-color: {text};
}}

QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton, QToolButton {{
    background: {field}; border: 1px solid {hairline}; border-radius: 6px; padding: 4px 12px;
}}
QToolButton {{ padding: 4px 8px; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; border-color: {thumb}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {chosen}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {accent}; padding: 3px 11px; }}
QToolButton:focus {{ padding: 3px 7px; }}
QPushButton:disabled, QToolButton:disabled {{ color: {disabled}; background: {chrome}; }}
QPushButton[role="primary"], QPushButton:default {{
    background: {accent}; color: {on_accent}; border: 1px solid {accent}; font-weight: 600;
}}
QPushButton[role="primary"]:disabled {{ background: {thumb}; border-color: {thumb}; }}
QPushButton[role="primary"]:focus, QPushButton:default:focus {{ border: 2px solid {text}; }}
QPushButton[role="danger"] {{ color: {error}; }}
QPushButton[role="quiet"], QToolButton[role="quiet"] {{
    background: transparent; border: 1px solid transparent; color: {accent};
}}
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover {{ background: {hover}; }}
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus {{ border: 2px solid {accent}; }}
QPushButton[role="view"] {{
    background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px 12px; color: {muted};
}}
QPushButton[role="view"]:hover {{ background: {hover}; }}
QPushButton[role="view"]:checked {{ background: {chosen}; color: {accent}; font-weight: 600; }}
QPushButton[role="view"]:focus {{ border: 2px solid {accent}; padding: 3px 11px; }}
QPushButton[role="chip"], QToolButton[role="chip"] {{
    background: {field}; border: 1px solid {hairline}; border-radius: 12px; padding: 3px 10px; color: {muted};
}}
QPushButton[role="chip"]:hover {{ background: {hover}; }}
QPushButton[role="chip"]:checked {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton[role="chip"]:focus {{ border: 2px solid {accent}; padding: 2px 9px; }}
QPushButton[role="chip"]:checked:focus {{ border: 2px solid {text}; }}

QAbstractItemView {{
    background: {chrome}; border: 1px solid transparent; outline: none;
    selection-background-color: {chosen}; selection-color: {text}; alternate-background-color: {hover};
    gridline-color: {hairline};
}}
QAbstractItemView:focus {{ border: 1px solid {accent}; }}
QAbstractItemView::item:selected {{ background: {chosen}; color: {text}; }}
QHeaderView {{ background: {chrome}; border: none; }}
QHeaderView::section {{
    background: {chrome}; color: {muted}; border: none; border-bottom: 1px solid {hairline}; padding: 5px 8px;
}}

QCheckBox, QRadioButton, QGroupBox {{ background: transparent; }}
QCheckBox:focus, QRadioButton:focus {{ color: {accent}; text-decoration: underline; }}
QGroupBox {{ border: none; margin-top: 18px; }}
QGroupBox::title {{ subcontrol-origin: margin; color: {muted}; }}

QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {thumb}; border-radius: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; margin: 2px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; margin: 2px; }}
QScrollBar::handle:hover {{ background: {thumb_hover}; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QSplitter::handle {{ background: {hairline}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QSplitter::handle:hover {{ background: {accent}; }}

QStatusBar {{ background: {chrome}; color: {muted}; border-top: 1px solid {hairline}; }}
QStatusBar QLabel {{ color: {muted}; }}
QStatusBar::item {{ border: none; }}
QMenuBar {{ background: {chrome}; }}
QMenuBar::item {{ padding: 4px 9px; background: transparent; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {chosen}; }}
QMenu {{ background: {page}; border: 1px solid {hairline}; padding: 5px; }}
QMenu::item {{ padding: 5px 26px 5px 14px; border-radius: 4px; }}
QMenu::item:selected {{ background: {chosen}; }}
QMenu::item:disabled {{ color: {disabled}; }}
QMenu::separator {{ height: 1px; background: {hairline}; margin: 5px 8px; }}
QToolTip {{ background: {bar}; color: {bar_text}; border: 1px solid {bar_edge}; padding: 4px 7px; }}
QProgressBar {{
    background: {hairline}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; color: transparent;
}}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QTabBar::tab {{ padding: 5px 12px; border: none; border-bottom: 2px solid transparent; color: {muted}; }}
QTabBar::tab:selected {{ color: {accent}; border-bottom: 2px solid {accent}; }}
QTabBar::tab:focus {{ color: {text}; }}
"""
