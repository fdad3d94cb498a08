"""Finding in the real window: in the statement, in all of them, and tagging what was found."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from annotator import Project, Span

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three statements that speak of a port, one of them from right to left."""
    path = tmp_path / "corpus.annotator"
    with Project.create(path, coder="LM") as project:
        project.add_statement(
            "The union calls on the port to reopen pier four. It accuses the port of delay.",
            "Pier four",
            issuer="Union",
        )
        project.add_statement("The port will answer on Monday.", "An answer", issuer="Port")
        project.add_statement("قالت النقابة إن المِيناء مغلق. المِيناء لا يجيب.", "بيان", language="ar")
    return path


def test_words_found_in_the_statement_are_tagged_after_esc(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F, CTRL)
    desk.type("PORT")
    desk.until(lambda: desk.window.find_bar.count.text() == "1 of 2")
    desk.press(Qt.Key.Key_F3)
    assert desk.window.find_bar.count.text() == "2 of 2"
    desk.press(Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_3)
    assert [(a.tag, a.quote, a.start) for a in desk.project.annotations(desk.session.statement)] == [
        ("event", "port", 64)
    ]


def test_places_in_all_statements_are_shown_tagged_and_gone_through_by_keys_alone(start, corpus):
    desk = start(corpus)
    first = desk.session.statement
    desk.press(Qt.Key.Key_F, CTRL | SHIFT)
    pane, reader = desk.window.find_pane, desk.window.reader
    desk.type("port")
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: pane.list.hasFocus() and not pane.running)
    assert pane.status.text() == "3 places in 2 statements"
    assert (desk.session.statement, reader.span()) == (first, Span(23, 27))

    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Down)
    assert desk.session.statement != first and reader.text.startswith("The port will answer")
    desk.press(Qt.Key.Key_2)
    assert pane.list.hasFocus()
    marked = [(a.tag, a.quote) for each in desk.project.statements() for a in desk.project.annotations(each.id)]
    assert sorted(marked) == [("accusation", "port"), ("demand", "port")]
    assert [pane.rows.look(row)[1].tags for row in (1, 2, 4)] == [("demand",), (), ("accusation",)]

    desk.press(Qt.Key.Key_Z, CTRL)
    assert desk.project.annotations(desk.session.statement) == ()
    desk.press(Qt.Key.Key_Return)
    assert reader.hasFocus() and reader.span() == Span(4, 8)
    desk.press(Qt.Key.Key_F4, SHIFT)
    assert (desk.session.statement, reader.span()) == (first, Span(64, 68))
    assert reader.hasFocus()


def test_esc_in_the_results_goes_back_to_the_text(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F, CTRL | SHIFT)
    assert desk.window.find_pane.field.hasFocus()
    desk.press(Qt.Key.Key_Escape)
    assert desk.window.reader.hasFocus() and not desk.window.find_pane.isVisible()


def test_an_expression_finds_arabic_words_without_their_marks_in_all_statements(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F, CTRL | SHIFT)
    desk.press(Qt.Key.Key_R, ALT)
    pane = desk.window.find_pane
    pane.field.insert(r"الميناء (\w+)")
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: pane.list.hasFocus() and not pane.running)
    assert desk.window.reader.span().of(desk.window.reader.text) == "المِيناء مغلق"
    assert pane.rows.lines == 2


def test_f6_goes_through_the_results_while_they_are_open(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F, CTRL | SHIFT)
    desk.window.reader.setFocus()
    desk.press(Qt.Key.Key_F6)
    assert desk.window.find_pane.field.hasFocus()
    desk.press(Qt.Key.Key_F6)
    assert desk.window.passages.list.hasFocus()
