"""Comfort in the real window: coming back to where one was, the next unread, the first steps, empty places."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel

from annotator import Project

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LONG = "\n\n".join(f"Paragraph {n} says that the road is closed. It asks that the road be opened." for n in range(60))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.annotator"
    with Project.create(path, coder="LM") as project:
        project.add_statement(LONG, title="The road", issuer="Union", date_issued="2024-05", language="en")
        project.add_statement("A short answer. No more.", title="An answer", issuer="Port", date_issued="2024-04")
        project.add_statement("A third one.", title="A third", issuer="Port", date_issued="2024-03")
    return path


def status_line(desk) -> str:
    labels = [label for label in desk.window.statusBar().findChildren(QLabel) if label.accessibleName() == "Saved"]
    return labels[0].text()


def statement(desk, title: str) -> str:
    return next(s.id for s in desk.project.statements() if s.title == title)


def test_reading_goes_on_where_it_stopped_after_another_statement_and_after_a_new_start(start, corpus):
    desk = start(corpus)
    road = statement(desk, "The road")
    desk.session.show(road)
    # Kept for who has opened it, which takes a moment.
    desk.until(lambda: desk.project.progress_counts().get("open"))
    reader = desk.window.reader
    reader.verticalScrollBar().setValue(30)
    reader.place_caret(LONG.index("Paragraph 20 says"), reveal=False)
    place = reader.position_state()
    assert place.top > 0
    desk.until(lambda: " of 120 sentences passed" in status_line(desk))
    desk.until(lambda: not status_line(desk).endswith(" 0 of 120 sentences passed"))
    passed = status_line(desk).rpartition("·")[2]
    desk.session.show(statement(desk, "An answer"))
    desk.until(lambda: status_line(desk).endswith("0 of 2 sentences passed"))
    desk.session.show(road)
    assert reader.position_state() == place
    desk.until(lambda: status_line(desk).endswith(passed))
    desk.close()

    again = start(corpus)
    assert again.session.statement == road
    assert again.window.reader.position_state() == place
    again.until(lambda: status_line(again).endswith(passed))


def test_how_far_was_read_is_no_step_of_the_history(start, corpus):
    desk = start(corpus)
    desk.until(lambda: desk.project.progress_counts().get("open"))
    before = len(desk.project.history())
    desk.window.reader.place_caret(len(desk.window.reader.text))
    desk.session.show(statement(desk, "An answer"))
    assert len(desk.project.history()) == before


def test_control_shift_down_goes_to_the_next_statement_that_was_not_opened(start, corpus):
    desk = start(corpus)
    first = desk.session.statement
    desk.until(lambda: desk.project.progress_counts().get("open") == 1)
    seen = [first]
    for _ in range(2):
        desk.press(Qt.Key.Key_Down, CTRL | SHIFT)
        desk.until(lambda: desk.session.statement not in seen)
        seen.append(desk.session.statement)
        desk.until(lambda: desk.project.progress_counts().get("open") == len(seen))
    assert len(set(seen)) == 3
    desk.press(Qt.Key.Key_Down, CTRL | SHIFT)
    desk.until(lambda: status_line(desk) == "No unread statement is left in this list.")


def test_a_window_that_was_left_on_a_screen_that_is_gone_comes_back(start, corpus):
    desk = start(corpus)
    desk.window.resize(700, 500)
    desk.window.move(QPoint(9000, 4000))
    desk.window.come_back([QRect(0, 0, 1440, 900)])
    assert QRect(0, 0, 1440, 900).contains(desk.window.frameGeometry())
    desk.window.move(QPoint(9000, 4000))
    desk.close()
    again = start(corpus)
    screen = QApplication.primaryScreen().availableGeometry()
    assert screen.intersects(again.window.frameGeometry())


def test_the_first_steps_go_on_as_they_are_done_and_never_come_back(start, corpus):
    desk = start(corpus)
    card = desk.window.first_steps
    assert card.isVisible() and card.now == "select"
    assert desk.window.focusWidget() is desk.window.reader
    desk.press(Qt.Key.Key_S)
    assert card.now == "tag"
    desk.press(Qt.Key.Key_1)
    desk.until(lambda: card.now == "hand on")
    desk.press(Qt.Key.Key_Z, CTRL)
    desk.until(lambda: card.now == "")
    assert desk.window.focusWidget() is desk.window.reader
    desk.close()
    again = start(corpus)
    assert again.window.first_steps.isHidden()
    again.window.order("help.tour")
    assert again.window.first_steps.isVisible() and again.window.first_steps.now == "select"


def test_the_first_steps_go_on_after_a_new_start_where_they_stopped(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_S)
    desk.close()
    again = start(corpus)
    assert again.window.first_steps.now == "tag"


def test_escape_in_the_text_closes_the_first_steps_when_there_is_nothing_else_to_leave(start, corpus):
    desk = start(corpus)
    card = desk.window.first_steps
    desk.press(Qt.Key.Key_S)
    desk.press(Qt.Key.Key_Escape)
    assert card.isVisible() and desk.window.reader.span() is None
    desk.press(Qt.Key.Key_Escape)
    assert card.isHidden()
    desk.close()
    assert start(corpus).window.first_steps.isHidden()


def _shown(window) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def test_empty_places_say_what_to_do_next(start, tmp_path):
    path = tmp_path / "empty.annotator"
    Project.create(path, coder="LM").close()
    desk = start(path)
    window = desk.window
    desk.until(lambda: any("Ctrl+I" in label.text() for label in window.statements.findChildren(QLabel)))
    assert window.first_steps.isHidden()
    assert "Ctrl+I" in window.reader.accessibleDescription()
    for place in ("passages", "details"):  # the details come after what is read
        desk.until(lambda words=f"Open a statement to see its {place}.": words in _shown(window))
    desk.project.add_statement("One sentence.", title="One")
    window.search.open()
    window.search.setText("zebra")
    window.search.textEdited.emit("zebra")
    desk.until(lambda: any("fewer words" in row.text for n in range(9) if (row := window.search.results.row(n))))
