"""Colours keep their contrast, whatever the codebook brings."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLineEdit, QWidget

from annotator.core.codebook import SHAPES
from annotator.core.model import Tag, TagName
from annotator.gui.theme import (
    DARK,
    LIGHT,
    Theme,
    contrast,
    current_theme,
    draw_shape,
    palette,
    reading_font,
    softened,
    stylesheet,
    tag_color,
    tint,
)

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
#: The three of the starter codebook, then what a codebook might bring that was made without looking.
COLORS = ["#0072B2", "#D55E00", "#00795C", "#000000", "#ffffff", "#ffff00", "#7f7f7f", "#ff0000", "#1f2228"]


def tag(color: str, dark: str = "") -> Tag:
    return Tag(TagName(color), color=color, color_dark=dark)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 7])
def test_text_keeps_7_to_1_on_any_blend_of_tints(qapp, theme: Theme, depth: int):
    for colors in product(COLORS, repeat=min(depth, 3)):
        marks = [tag_color(theme, tag(color)) for color in colors]
        ground = tint(theme, (marks * depth)[:depth])
        assert contrast(ground, theme.text) >= 7


@THEMES
def test_underlines_and_bars_keep_3_to_1_against_the_page(qapp, theme: Theme):
    for color in COLORS:
        assert contrast(tag_color(theme, tag(color)), theme.page) >= 3
        assert contrast(softened(theme, tag_color(theme, tag(color))), theme.page) >= 3


@THEMES
def test_text_and_muted_text_can_be_read_wherever_they_stand(qapp, theme: Theme):
    for ground in (theme.page, theme.chrome, theme.chosen, theme.selection, theme.hit, theme.hit_current):
        assert contrast(theme.text, ground) >= 7
    for ground in (theme.page, theme.chrome, theme.chosen):
        assert contrast(theme.muted, ground) >= 4.5
    assert contrast(theme.accent, theme.page) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.bar_text, theme.bar) >= 7


def test_a_tag_keeps_its_own_colour_for_dark_pages(qapp):
    assert tag_color(DARK, tag("#0072B2", "#56B4E9")).name() == "#56b4e9"
    assert tag_color(LIGHT, tag("#0072B2", "#56B4E9")).name() == "#0072b2"


def test_a_colour_that_is_no_colour_is_still_seen(qapp):
    assert contrast(tag_color(LIGHT, tag("mauve-ish")), LIGHT.page) >= 3


def test_deeper_overlaps_than_four_get_no_darker(qapp):
    one = tag_color(LIGHT, tag("#0072B2"))
    assert tint(LIGHT, [one] * 4) == tint(LIGHT, [one] * 9)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_differs_from_every_other(qapp, shape: str):
    def picture(name: str) -> QImage:
        image = QImage(32, 32, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.white)
        with QPainter(image) as painter:
            draw_shape(painter, QRectF(2, 2, 28, 28), name, QColor("#0072B2"))
        return image

    assert picture(shape).pixelColor(16, 16).name() == "#0072b2"
    assert all(picture(shape) != picture(other) for other in SHAPES if other != shape)


@THEMES
def test_the_style_sheet_is_understood_by_qt(qtbot, theme: Theme):
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit(window)
    with qtbot.captureExceptions(), qtbot.assertNotEmitted(window.destroyed):
        window.setStyleSheet(stylesheet(theme))
        window.setPalette(palette(theme))
        window.show()
    assert field.grab().toImage().pixelColor(field.width() // 2, field.height() // 2).name() == theme.field


def test_the_reading_font_has_letters_for_arabic_too(qapp):
    assert reading_font(18).pixelSize() == 18
    assert any("Arabic" in family for family in reading_font(18).families())


def test_the_theme_is_one_of_the_two(qapp):
    assert current_theme() in (LIGHT, DARK)
