"""The filter field completes the query language while it is typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView

from .conftest import Desk


@pytest.fixture
def typing(desk: Desk, project, ids, qtbot) -> Desk:
    """The caret in the filter field of a project with issuers."""
    project.edit(ids[0], issuer="Dam Council")
    desk.use(project)
    desk.pane.activateWindow()
    qtbot.waitActive(desk.pane)
    desk.pane.focus_filter()
    qtbot.waitUntil(desk.field().hasFocus)
    return desk


def type_(desk: Desk, text: str) -> None:
    desk.qtbot.keyClicks(desk.field(), text)


def test_a_field_then_its_values_are_completed_by_tab(typing: Desk, qtbot):
    type_(typing, "iss")
    assert typing.pane.completion.offered == ["issuer:"]
    qtbot.keyClick(typing.field(), Qt.Key.Key_Tab)
    assert typing.field().text() == "issuer:" and typing.field().hasFocus()
    qtbot.waitUntil(lambda: "Dam Council" in typing.pane.completion.offered)
    type_(typing, "d")
    qtbot.waitUntil(lambda: typing.pane.completion.offered == ["Dam Council"])
    with qtbot.waitSignal(typing.pane.listed):
        qtbot.keyClick(typing.field(), Qt.Key.Key_Tab)
    assert typing.field().text() == 'issuer:"Dam Council" '
    qtbot.waitUntil(lambda: typing.titles() == ["Roads closed"])


def test_enter_takes_only_what_was_chosen(typing: Desk, qtbot):
    type_(typing, "ta")
    assert typing.pane.completion.offered == ["tag:"]
    qtbot.keyClick(typing.field(), Qt.Key.Key_Return)
    assert typing.field().text() == "ta" and typing.pane.completion.offered == []
    type_(typing, "g:")
    qtbot.waitUntil(lambda: "demand" in typing.pane.completion.offered)
    qtbot.keyClick(typing.field(), Qt.Key.Key_Down)
    qtbot.keyClick(typing.field(), Qt.Key.Key_Return)
    assert typing.field().text() == "tag:demand "


def test_escape_closes_what_is_offered_and_only_then_clears(typing: Desk, qtbot):
    type_(typing, "sta")
    assert typing.pane.completion.offered
    qtbot.keyClick(typing.field(), Qt.Key.Key_Escape)
    assert typing.pane.completion.offered == [] and typing.field().text() == "sta" and typing.field().hasFocus()
    qtbot.keyClick(typing.field(), Qt.Key.Key_Escape)
    assert typing.field().text() == ""


def test_attributes_of_the_codebook_are_fields_and_a_click_takes_a_row(typing: Desk, project, qtbot):
    name = next(a.name for tag in project.codebook for a in tag.attributes)
    type_(typing, name[:3])
    assert f"{name}:" in typing.pane.completion.offered
    view = typing.pane.findChild(QListView) or typing.pane.window().findChild(QListView)
    row = typing.pane.completion.offered.index(f"{name}:")
    place = view.visualRect(view.model().index(row, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert typing.field().text() == f"{name}:"


def test_nothing_is_offered_for_what_is_complete_or_elsewhere(typing: Desk, qtbot):
    type_(typing, "status:done")
    qtbot.waitUntil(lambda: typing.pane.completion.offered == [])
    type_(typing, " ")
    assert typing.pane.completion.offered == []
    type_(typing, "iss")
    assert typing.pane.completion.offered == ["issuer:"]
    typing.list().setFocus()
    assert typing.pane.completion.offered == []
