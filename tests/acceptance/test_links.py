"""Links between passages: made with two keys, seen in the margin and the details, followed there and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from annotator import Project, Span

ONE = "The council must open the gates.\nArmed men shelled the dam on Monday.\n" + "More words stand here.\n" * 3
TWO = "The army denies that it shelled the dam.\n"


@pytest.fixture
def desk(start, tmp_path: Path):
    path = tmp_path / "p.annotator"
    with Project.create(path, coder="LM") as project:
        first = project.add_statement(ONE, "One", issuer="Council").result
        second = project.add_statement(TWO, "Two", issuer="Army").result
        begin = ONE.index("Armed")
        project.annotate(first, "demand", Span(0, 31))
        project.annotate(first, "event", Span(begin, begin + 25))
        project.annotate(second, "accusation", Span(0, 39))
    desk = start(path)
    desk.ids = {a.tag: a for r in desk.project.records() for a in r.annotations}
    desk.go = lambda tag: desk.app.orders.follow(desk.ids[tag].statement, desk.ids[tag].id)
    desk.go("demand")
    return desk


def rows(desk) -> list[str]:
    links = desk.window.inspector.links
    return [b.words for b in links.findChildren(QPushButton) if b.isVisibleTo(links)]


def link(desk, one: str, other: str, key: Qt.Key) -> None:
    desk.go(one)
    desk.press(Qt.Key.Key_L)
    assert desk.app.orders.linking.source == desk.ids[one].id
    desk.go(other)
    desk.press(Qt.Key.Key_L)
    desk.until(lambda: desk.window.chooser.isVisible())
    desk.press(key)


def test_two_passages_of_a_statement_are_linked_with_two_keys_and_undo_takes_it_back(desk):
    link(desk, "demand", "event", Qt.Key.Key_2)
    desk.until(lambda: desk.project.links())
    (made,) = desk.project.links()
    assert (made.kind, made.source, made.target) == ("event_ref", desk.ids["demand"].id, desk.ids["event"].id)
    assert rows(desk) == ["← Refers to event: “The council must open the gates”"]
    desk.window.order("edit.undo")
    assert desk.project.links() == () and rows(desk) == []


def test_a_link_to_another_statement_is_followed_there_and_back(desk):
    link(desk, "accusation", "event", Qt.Key.Key_3)
    desk.until(lambda: rows(desk))
    assert "Responds to" in rows(desk)[0] and "Two" in rows(desk)[0]
    links = desk.window.inspector.links
    next(b for b in links.findChildren(QPushButton) if b.isVisibleTo(links)).click()
    assert desk.session.passage == desk.ids["accusation"].id
    desk.window.order("place.back")
    assert desk.session.passage == desk.ids["event"].id
    desk.window.order("place.forward")
    assert desk.session.passage == desk.ids["accusation"].id
    assert rows(desk)[0].startswith("→ Responds to")


def test_a_link_is_removed_in_the_details_and_brought_back_by_undo(desk):
    link(desk, "demand", "event", Qt.Key.Key_1)
    desk.until(lambda: rows(desk))
    links = desk.window.inspector.links
    next(b for b in links.findChildren(QToolButton) if b.isVisibleTo(links)).click()
    assert desk.project.links() == () and rows(desk) == []
    desk.window.order("edit.undo")
    assert len(desk.project.links()) == 1 and rows(desk)[0].startswith("↔ Same as")


def test_escape_and_the_same_passage_leave_a_link_that_was_begun(desk):
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_L):
        desk.press(Qt.Key.Key_L)
        assert desk.app.orders.linking.source
        desk.press(key)
        assert not desk.app.orders.linking.source
    assert desk.session.passage == desk.ids["demand"].id


def test_arcs_stand_in_the_margin_while_both_ends_are_in_sight(desk):
    reader = desk.window.reader
    before = reader.grab().toImage()
    desk.session.do(desk.project.link, "event_ref", desk.ids["demand"].id, desk.ids["event"].id)
    desk.until(lambda: reader.grab().toImage() != before)
    desk.session.do(desk.project.undo)
    desk.until(lambda: reader.grab().toImage() == before)


def test_jumps_between_statements_are_gone_back_over_to_where_the_text_was_read(desk):
    first, second = desk.ids["demand"].statement, desk.ids["accusation"].statement
    desk.window.reader.place_caret(ONE.index("More"))
    desk.session.pick("")
    desk.app.show_statement(second)
    desk.window.order("place.back")
    assert desk.session.statement == first and desk.window.reader.caret() == ONE.index("More")
    desk.session.do(desk.project.delete, [second])
    desk.window.order("place.forward")
    assert desk.session.statement == first
