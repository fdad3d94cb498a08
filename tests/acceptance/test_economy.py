"""Nothing is read, worked out or painted again that did not change: counted in the real window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication

from annotator.core.text import Span
from annotator.store import identity
from annotator.store.driver import Connection
from annotator.store.project import Project

LINE = "The council said that nobody came to help the families and that they will wait at the gates. "
TEXT = "\n\n".join([LINE * 3] * 350)
PASSAGES = 500
TAGS = ("demand", "accusation", "event")


@dataclass
class Counts:
    """What was read of the database and painted of a widget since the last ``clear``."""

    rows: int = 0
    region: QRegion = field(default_factory=QRegion)

    def clear(self) -> None:
        self.rows, self.region = 0, QRegion()

    @property
    def height(self) -> int:
        return sum(rect.height() for rect in self.region)


class Watch(QObject):
    """Notes in ``counts`` what is painted of a widget."""

    def __init__(self, widget: Any, counts: Counts) -> None:
        super().__init__(widget)
        self._counts = counts
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.Paint:
            assert isinstance(event, QPaintEvent)
            self._counts.region = self._counts.region.united(event.region())
        return False


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    counted, read = Counts(), Connection.all

    def count(self: Connection, sql: str, values: Any = ()) -> list[Any]:
        rows = read(self, sql, values)
        counted.rows += len(rows)
        return rows

    monkeypatch.setattr(Connection, "all", count)
    return counted


@pytest.fixture
def desk(start: Callable[..., Any], counts: Counts, tmp_path: Path) -> Iterator[Any]:
    """A statement of 100 kB with 500 passages on show, and a short one beside it; nothing is going on any more."""
    identity.name_coder("LM")
    path = tmp_path / "p.annotator"
    with Project.create(path) as project:
        long = project.add_statement(TEXT, title="Long").result
        other = project.add_statement("Another one, with words to tag.", title="Other").result
        step = len(TEXT) // PASSAGES
        with project.step("Tag"):
            for n in range(PASSAGES):
                project.annotate(long, TAGS[n % 3], Span(n * step + 10, n * step + 30))
    found = start(path)
    found.window.resize(1440, 900)
    found.other = other
    found.app.show_statement(long)
    found.until(lambda: found.window.reader.highlights.shown == PASSAGES)
    QApplication.processEvents()
    Watch(found.window.reader.viewport(), counts)
    yield found


def quiet(desk: Any, counts: Counts) -> None:
    """The caret and the timers of opening are done; from here on it counts."""
    desk.window.reader.clear_selection()
    desk.until(lambda: desk.project.status(desk.session.statement) == "open")
    counts.rows = 1
    while counts.rows:  # counts and histories come from the reading thread, some time later
        counts.clear()
        pause = QTimer(singleShot=True, interval=150)
        with desk.qtbot.waitSignal(pause.timeout):
            pause.start()
    counts.clear()


def test_tagging_reads_and_paints_what_it_touched(desk, counts):
    reader = desk.window.reader
    quiet(desk, counts)
    reader.select(Span(50, 70))
    QApplication.processEvents()
    counts.clear()
    built = reader.highlights.built
    desk.press(Qt.Key.Key_1)
    desk.until(lambda: reader.highlights.shown == PASSAGES + 1)
    assert reader.highlights.built == built + 1
    # One paragraph with its passages, and what panes show: never the statement's 500.
    assert counts.rows < 150
    counts.clear()
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: reader.highlights.shown == PASSAGES)
    assert reader.highlights.built == built + 2
    # No passage is current any more: the history of the statement tells at most a hundred rows of a step.
    assert counts.rows < 300


def test_a_step_paints_only_the_paragraph_it_touched(desk, counts):
    reader = desk.window.reader
    quiet(desk, counts)
    desk.session.do(desk.project.annotate, desk.session.statement, "event", Span(50, 70))
    painted = counts.height
    paragraph = reader.page.blockBoundingRect(reader.document().findBlockByNumber(len(reader.page.content.header)))
    assert 0 < painted < paragraph.height() + 60


def test_a_step_in_another_statement_paints_nothing_of_the_text(desk, counts):
    quiet(desk, counts)
    built = desk.window.reader.highlights.built
    desk.session.do(desk.project.annotate, desk.other, "event", Span(0, 7))
    QApplication.processEvents()
    assert counts.height == 0
    assert desk.window.reader.highlights.built == built


def test_scrolling_by_a_line_paints_only_what_comes_into_sight(desk, counts):
    reader = desk.window.reader
    quiet(desk, counts)
    bar = reader.verticalScrollBar()
    bar.setValue(20)
    QApplication.processEvents()
    counts.clear()
    bar.setValue(21)
    QApplication.processEvents()
    assert 0 < counts.height < 4 * reader.page.setting.step
    assert counts.rows == 0
