"""Colours keep their contrast, whatever the codebook brings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QLineEdit, QWidget

from annotator.core.codebook import SHAPES
from annotator.core.model import Tag, TagName
from annotator.gui.stylesheet import palette, stylesheet
from annotator.gui.theme import (
    CONTRAST_DARK,
    CONTRAST_LIGHT,
    DARK,
    LIGHT,
    SYSTEM,
    THEMES,
    Theme,
    contrast,
    current_theme,
    draw_shape,
    softened,
    tag_color,
    theme_for,
    tint,
)
from annotator.store.starter import starter_codebook

EACH_THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
#: What a codebook might bring that was made without looking.
AWKWARD = ["#000000", "#ffffff", "#ffff00", "#7f7f7f", "#ff0000", "#1f2228", "no colour"]


def tag(color: str, dark: str = "") -> Tag:
    return Tag(TagName(color), color=color, color_dark=dark)


TAGS = [*starter_codebook().tags, *map(tag, AWKWARD)]


def grounds(theme: Theme, depth: int) -> Iterator[QColor]:
    """What lies under words that carry so many tags, in every choice and order of them, and as suggestions."""
    marks = {tag_color(theme, each).name() for each in TAGS}
    for colors in product(sorted(marks), repeat=depth):
        for strength in (1.0, 0.9):
            yield tint(theme, [QColor(color) for color in colors], strength)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@EACH_THEME
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_text_keeps_7_to_1_on_the_tint_of_any_tags_that_overlap(qapp, theme: Theme, depth: int):
    assert min(contrast(ground, theme.text) for ground in grounds(theme, depth)) >= 7


@EACH_THEME
def test_text_keeps_7_to_1_on_the_tint_of_four_tags_and_more(qapp, theme: Theme):
    marks = [tag_color(theme, each) for each in TAGS]
    for four in combinations(marks, 4):
        for order in (four, four[::-1]):
            assert contrast(tint(theme, order), theme.text) >= 7
    assert tint(theme, marks[:4]) == tint(theme, marks)


@EACH_THEME
def test_text_keeps_7_to_1_on_selections_found_places_and_rows(qapp, theme: Theme):
    for ground in (theme.page, theme.chrome, theme.field, theme.chosen, theme.selection, theme.hit, theme.hit_current):
        assert contrast(theme.text, ground) >= 7
    assert contrast(theme.bar_text, theme.bar) >= 7
    assert contrast(theme.bar_text, theme.bar_hover) >= 7


@EACH_THEME
@pytest.mark.parametrize("each", TAGS, ids=lambda each: each.name)
def test_underlines_bars_and_shapes_keep_3_to_1_and_4_5_to_1_in_high_contrast(qapp, theme: Theme, each: Tag):
    least = 4.5 if theme.name.startswith("contrast") else 3.0
    mark = tag_color(theme, each)
    # On the page as underlines and bars, in the panes as shapes, there on the chosen row too.
    for ground in (theme.page, theme.chrome, theme.chosen):
        assert contrast(mark, ground) >= least
    assert contrast(softened(theme, mark), theme.page) >= least


@EACH_THEME
def test_muted_words_and_words_in_colour_keep_4_5_to_1_wherever_they_stand(qapp, theme: Theme):
    for ground in (theme.page, theme.chrome, theme.chosen, theme.hover):
        for word in (theme.muted, theme.accent, theme.warning, theme.error, theme.good):
            assert contrast(word, ground) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    for ground in (theme.bar, theme.bar_hover):
        assert contrast(theme.bar_key, ground) >= 4.5


@EACH_THEME
def test_paler_words_keep_4_5_to_1_on_the_tint_of_one_tag(qapp, theme: Theme):
    # Boilerplate that was tagged all the same.
    for each in starter_codebook().tags:
        assert contrast(theme.muted, tint(theme, [tag_color(theme, each)])) >= 4.5


@EACH_THEME
def test_the_ring_around_the_focus_keeps_3_to_1(qapp, theme: Theme):
    for ground in (theme.page, theme.chrome, theme.field, theme.chosen):
        assert contrast(theme.accent, ground) >= 3
    # Around what is filled with the accent itself it is drawn in the colour of text.
    assert contrast(theme.text, theme.page) >= 3


@EACH_THEME
def test_the_place_found_last_differs_from_the_others_and_both_from_the_page(qapp, theme: Theme):
    assert len({theme.page, theme.hit, theme.hit_current, theme.selection}) == 4


@pytest.mark.parametrize("theme", [CONTRAST_LIGHT, CONTRAST_DARK], ids=lambda theme: theme.name)
def test_high_contrast_shows_every_line_and_a_thicker_ring(qapp, theme: Theme):
    assert contrast(theme.text, theme.page) == pytest.approx(21)
    assert contrast(theme.muted, theme.page) >= 7
    assert contrast(theme.hairline, theme.page) >= 3
    assert contrast(theme.hairline, theme.chrome) >= 3
    assert contrast(theme.selection, theme.page) >= 2.8
    assert theme.focus > LIGHT.focus
    assert f"border: {theme.focus}px solid {theme.accent}" in stylesheet(theme)


def test_a_tint_is_seen_beside_the_page(qapp):
    for theme in THEMES.values():
        for each in starter_codebook().tags:
            assert contrast(tint(theme, [tag_color(theme, each)]), theme.page) >= 1.12


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


@EACH_THEME
def test_the_style_sheet_is_understood_by_qt(qtbot, theme: Theme):
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit(window)
    with qtbot.captureExceptions(), qtbot.assertNotEmitted(window.destroyed):
        window.setStyleSheet(stylesheet(theme))
        window.setPalette(palette(theme))
        window.show()
    assert field.grab().toImage().pixelColor(field.width() // 2, field.height() // 2).name() == theme.field


def test_a_theme_is_found_by_its_name_and_any_other_word_is_the_systems(qapp):
    assert [theme_for(name) for name in THEMES] == list(THEMES.values())
    assert theme_for(SYSTEM) == theme_for("purple") == current_theme()


@pytest.mark.parametrize(
    ("scheme", "preference", "expected"),
    [
        (Qt.ColorScheme.Light, "NoPreference", LIGHT),
        (Qt.ColorScheme.Dark, "NoPreference", DARK),
        (Qt.ColorScheme.Unknown, "NoPreference", LIGHT),
        (Qt.ColorScheme.Light, "HighContrast", CONTRAST_LIGHT),
        (Qt.ColorScheme.Dark, "HighContrast", CONTRAST_DARK),
        (Qt.ColorScheme.Dark, None, DARK),
    ],
)
def test_the_theme_follows_the_systems_colours_and_its_wish_for_contrast(monkeypatch, scheme, preference, expected):
    hints = SimpleNamespace(colorScheme=lambda: scheme)
    if preference:  # before Qt 6.10 there was no way to ask
        hints.accessibility = lambda: SimpleNamespace(contrastPreference=lambda: SimpleNamespace(name=preference))
    monkeypatch.setattr(QGuiApplication, "styleHints", lambda: hints)
    assert current_theme() is expected
