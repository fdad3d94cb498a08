"""How statements are set: bounds of the settings, and fonts that are there or not."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontDatabase

from annotator.core.model import Statement, StatementId
from annotator.gui import typography
from annotator.gui.reader import Reader
from annotator.gui.typography import SANS, SERIF, Typography, easier_families, families, reading_font


def statement() -> Statement:
    return Statement(id=StatementId("s1"), title="Pier four", language="en")


def test_the_usual_page_is_serif_68_characters_wide_with_lines_of_1_6(qapp):
    assert Typography() == Typography(SERIF, 68, 1.6)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("sans", 45, 1.3), Typography(SANS, 45, 1.3)),
        (("Lexend", 300, 9), Typography("Lexend", 100, 2.2)),
        (("serif", -1, 0.1), Typography(SERIF, 45, 1.3)),
        ((None, None, None), Typography()),
        ((7, "wide", True), Typography()),
        (("", float("nan"), float("inf")), Typography(SERIF, 68, 2.2)),
    ],
)
def test_settings_are_brought_into_their_bounds_and_nonsense_is_the_usual(given, expected):
    assert Typography.of(*given) == expected


def test_the_reading_font_has_letters_for_arabic_whatever_its_family(qapp):
    for family in (SERIF, SANS, "DejaVu Sans Mono"):
        font = reading_font(18, family)
        assert font.pixelSize() == 18
        assert any("Arabic" in name for name in font.families())
    assert reading_font(18, "DejaVu Sans Mono").families()[0] == "DejaVu Sans Mono"


def test_a_family_that_is_not_installed_becomes_the_serif(qapp):
    assert reading_font(18, "No Such Letters").families()[1:] == reading_font(18).families()


def test_only_installed_families_are_offered(qapp, monkeypatch):
    assert set(families()) <= set(QFontDatabase.families())
    monkeypatch.setattr(typography.QFontDatabase, "families", lambda: ["Lexend", "Arial", ".Hidden"])
    monkeypatch.setattr(typography.QFontDatabase, "isPrivateFamily", lambda name: False)
    assert easier_families() == ["Lexend"]
    assert families() == ["Lexend", "Arial"]


def test_a_longer_line_makes_the_page_wider_and_a_higher_line_makes_it_taller(qtbot):
    reader = Reader()
    qtbot.addWidget(reader)
    reader.resize(1800, 700)
    reader.show()
    reader.show_statement(statement(), "The union calls on the port to reopen pier four. " * 40)
    width, step = reader.page.available, reader.page.setting.step
    reader.set_typography(Typography(SERIF, 100, 1.6))
    assert reader.page.available > width * 1.3
    assert reader.page.setting.step == step
    reader.set_typography(Typography(SERIF, 68, 2.2))
    assert reader.page.available == width
    assert reader.page.setting.step == pytest.approx(step * 2.2 / 1.6, abs=1)


def test_what_is_read_stays_in_sight_when_the_typography_changes(qtbot):
    reader = Reader()
    qtbot.addWidget(reader)
    reader.resize(900, 500)
    reader.show()
    text = "\n".join(f"{n}. The union calls on the port to reopen pier four." for n in range(400))
    reader.show_statement(statement(), text)
    reader.verticalScrollBar().setValue(200)
    top = reader.position_state().top
    reader.set_typography(Typography(SANS, 50, 2.0))
    assert reader.position_state().top == top
