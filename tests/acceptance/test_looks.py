"""Looks, modes and marks of the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from annotator import Project
from annotator.gui.dialogs.appearance import AppearanceDialog
from annotator.gui.theme import CONTRAST_DARK, DARK, tag_color

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.annotator"
    with Project.create(path, coder="LM") as project:
        project.add_statement(
            "The union calls on the port to reopen pier four. It accuses the port of delay. A crane fell on 3 May.",
            title="Pier four",
            issuer="Harbour Union",
            language="en",
        )
    return path


def test_the_looks_are_chosen_beside_the_text_worn_at_once_and_kept(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_Comma, CTRL)
    dialog = desk.window.findChild(AppearanceDialog)
    assert dialog is not None and dialog.isVisible() and not dialog.isModal()
    width = desk.window.reader.page.available
    dialog.theme.setCurrentIndex(dialog.theme.findData("contrast-dark"))
    dialog.measure.setValue(50)
    assert desk.window.reader.theme is CONTRAST_DARK
    assert desk.window.reader.page.available < width
    assert CONTRAST_DARK.page in desk.window.styleSheet()
    # The command that is given twice brings the one dialog to the front.
    desk.window.order("view.appearance")
    assert len(desk.window.findChildren(AppearanceDialog)) == 1
    dialog.close()
    desk.close()

    again = start(corpus)
    assert again.window.reader.theme is CONTRAST_DARK
    assert again.window.reader.page.available < width


def test_a_chosen_theme_stays_when_the_systems_colours_change(start, corpus):
    desk = start(corpus)
    desk.window.order("view.appearance")
    dialog = desk.window.findChild(AppearanceDialog)
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert desk.window.reader.theme is DARK


# -- plain text -------------------------------------------------------------------------


def shows_marks(desk) -> bool:
    """Whether any point of the page has the colour of a demand."""
    image = desk.window.reader.viewport().grab().toImage()
    color = tag_color(desk.window.reader.theme, desk.project.codebook.tag("demand"))
    return any(image.pixelColor(x, y) == color for x in range(image.width()) for y in range(image.height()))


def test_plain_text_hides_all_marks_and_says_so(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    assert shows_marks(desk)
    desk.press(Qt.Key.Key_H, CTRL | SHIFT)
    assert not shows_marks(desk)
    assert desk.window.action("view.plain").isChecked()
    assert desk.app.plain_text.badge.isVisible()
    desk.press(Qt.Key.Key_H, CTRL | SHIFT)
    assert shows_marks(desk)
    assert not desk.window.action("view.plain").isChecked()
    assert not desk.app.plain_text.badge.isVisible()


def test_tagging_in_plain_text_shows_the_marks_again(start, corpus):
    desk = start(corpus)
    desk.window.order("view.plain")
    desk.press(Qt.Key.Key_1)
    assert len(desk.project.annotations(desk.session.statement)) == 1
    assert not desk.window.reader.plain
    assert not desk.window.action("view.plain").isChecked()


def test_the_badge_of_plain_text_shows_the_marks_again(start, corpus):
    desk = start(corpus)
    desk.window.order("view.plain")
    desk.app.plain_text.badge.click()
    assert not desk.window.reader.plain


# -- only the text ----------------------------------------------------------------------


def around(desk) -> list[bool]:
    window = desk.window
    return [
        part.isVisible()
        for part in (window.statements, window.right, window.top_bar, window.menuBar(), window.statusBar())
    ]


def test_f11_leaves_only_the_text_and_esc_brings_everything_back(start, corpus):
    desk = start(corpus)
    desk.window.panes.setSizes([400, 600, 300])
    sizes = desk.window.panes.sizes()
    desk.press(Qt.Key.Key_F11)
    assert around(desk) == [False] * 5
    assert desk.window.isFullScreen()
    assert desk.app.distraction_free.badge.isVisible()
    desk.until(desk.window.reader.hasFocus)
    desk.press(Qt.Key.Key_Escape)
    assert around(desk) == [True] * 5
    assert not desk.window.isFullScreen()
    assert desk.window.panes.sizes() == sizes
    assert not desk.app.distraction_free.badge.isVisible()


def test_keys_of_hidden_menus_work_in_the_text_alone(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F11)
    desk.press(Qt.Key.Key_1)
    assert len(desk.project.annotations(desk.session.statement)) == 1
    desk.press(Qt.Key.Key_Z, CTRL)
    assert len(desk.project.annotations(desk.session.statement)) == 0
    desk.press(Qt.Key.Key_F11)
    assert around(desk) == [True] * 5


def test_esc_leaves_what_was_begun_before_it_leaves_the_text_alone(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F11)
    desk.press(Qt.Key.Key_S)
    desk.press(Qt.Key.Key_Escape)
    assert desk.window.reader.span() is None
    assert desk.app.distraction_free.on
    desk.press(Qt.Key.Key_Escape)
    assert not desk.app.distraction_free.on


def test_enter_brings_the_details_beside_the_text_and_esc_takes_them_away(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_F11)
    desk.press(Qt.Key.Key_Return)
    assert desk.window.right.isVisible()
    assert not desk.window.statements.isVisible()
    desk.until(lambda: desk.window.inspector.isAncestorOf(QApplication.focusWidget()))
    desk.press(Qt.Key.Key_Escape)
    desk.until(desk.window.reader.hasFocus)
    assert not desk.window.right.isVisible()
    assert desk.app.distraction_free.on


def test_what_needs_the_rest_of_the_window_brings_it_back(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F11)
    desk.press(Qt.Key.Key_L, CTRL)
    assert around(desk) == [True] * 5


def test_a_window_that_is_closed_with_only_the_text_comes_back_whole(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F11)
    desk.close()
    again = start(corpus)
    assert around(again) == [True] * 5
    assert not again.window.isFullScreen()
    assert min(again.window.panes.sizes()) > 100


# -- the card under the pointer ---------------------------------------------------------


def test_the_card_tells_of_the_passage_as_the_project_has_it(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    passage = desk.project.annotations(desk.session.statement)[0]
    desk.session.do(desk.project.note, passage.id, "softer than in March")
    reader = desk.window.reader
    reader.place_caret(2)
    place = QPointF(reader.cursorRect().center() + QPoint(30, 0))
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QEvent.Type.MouseMove, place, reader.viewport().mapToGlobal(place), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(reader.viewport(), move)
    desk.until(desk.app.hover.card.isVisible)
    lines = desk.app.hover.card.lines
    assert lines[:2] == ["Demand", "LM"]
    assert "“softer than in March”" in lines
    desk.press(Qt.Key.Key_Delete)
    assert desk.app.hover.card.isHidden()
