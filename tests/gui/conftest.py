"""The list of statements on a desk of its own, for the tests of several files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QTableView

from annotator import Project
from annotator.core.exchange import Record
from annotator.core.model import Statement
from annotator.gui.session import Session
from annotator.gui.statements import StatementsPane
from annotator.gui.worker import ReadingThread

TITLES = ("Roads closed", "Prison stormed", "Water cut off", "Harbour opened", "Prisoners freed")


class Desk:
    """A pane wired as the window wires it, with what it said."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.session = Session()
        self.pane = StatementsPane(self.session)
        qtbot.addWidget(self.pane)
        self.thread: ReadingThread | None = None
        self.chosen: list[str] = []
        self.session.opened.connect(self.pane.on_opened)
        self.session.changed.connect(self.pane.on_changed)
        self.session.shown.connect(self.pane.on_shown)
        self.pane.chosen.connect(self.choose)
        self.pane.resize(330, 700)
        self.pane.show()
        qtbot.waitExposed(self.pane)

    def choose(self, statement: str) -> None:
        self.chosen.append(statement)
        self.session.show(statement)
        if self.session.project is not None:
            self.session.project.opened(statement)

    def use(self, project: Project) -> None:
        self.session.use(project)
        self.thread = ReadingThread(project)
        with self.qtbot.waitSignal(self.pane.listed):
            self.pane.set_reading_thread(self.thread)

    def list(self) -> QTableView:
        return self.pane.findChild(QTableView)

    def field(self) -> QLineEdit:
        return self.pane.findChild(QLineEdit)

    def chip(self, label: str) -> QAbstractButton:
        return next(b for b in self.pane.findChildren(QAbstractButton) if b.accessibleName().startswith(label))

    def text_of(self, row: int) -> str:
        rows = self.pane.model
        return str(rows.data(rows.index(row, 0), Qt.ItemDataRole.AccessibleTextRole))

    def titles(self) -> list[str]:
        rows = self.pane.model
        return [rows.data(rows.index(row, 0)) for row in range(rows.rowCount())]

    def filter(self, text: str) -> None:
        with self.qtbot.waitSignal(self.pane.listed):
            self.pane.set_filter(text)

    def notices(self) -> list[str]:
        return [label.text() for label in self.pane.findChildren(QLabel) if label.isVisible() and label.text()]

    def press(self, *keys: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.qtbot.keyClick(self.list(), key, modifier)

    def close(self) -> None:
        self.pane.set_reading_thread(None)
        if self.thread is not None:
            self.thread.close()


@pytest.fixture
def desk(qtbot) -> Iterator[Desk]:
    desk = Desk(qtbot)
    yield desk
    desk.close()


@pytest.fixture
def ids(project: Project) -> list[str]:
    return [
        project.add_statement(f"Statement {n} speaks of things.", title=title, issuer=f"Issuer {n}").result
        for n, title in enumerate(TITLES)
    ]


@pytest.fixture
def many(project: Project) -> Callable[[int], None]:
    def add(count: int, first: int = 0) -> None:
        with project.intake() as taking:
            taking.add(
                Record(Statement("", title=f"Statement {n}", issuer="Office"), f"This is text number {n}.")  # type: ignore[arg-type]
                for n in range(first, first + count)
            )
            project.publish(taking, "Import")

    return add


def in_sight(desk: Desk, row: int) -> bool:
    return desk.list().viewport().rect().contains(desk.list().visualRect(desk.pane.model.index(row, 0)))
