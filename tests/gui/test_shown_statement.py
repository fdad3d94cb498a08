"""What is read of the shown statement beside the window concerns that statement alone."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from annotator import Project, Span
from annotator.gui import shown_statement
from annotator.gui.reader import Reader
from annotator.gui.session import Session
from annotator.gui.shown_statement import ShownStatement
from annotator.gui.worker import ReadingThread

#: A text that is verified beside the window.
LONG = "The port must reopen.\n" * 100_000


@pytest.fixture
def path(project):
    """A project whose long statement has a quote that does not match, and a short one that is sound."""
    long = project.add_statement(LONG, title="Long").result
    project.add_statement("The union waits.", title="Short")
    project.annotate(long, "demand", Span(0, 8))
    project.close()
    with sqlite3.connect(project.path) as connection:
        connection.execute("UPDATE annotation SET quote = 'The onion'")
    connection.close()
    return project.path


def test_a_late_verdict_on_a_statement_is_none_on_the_one_that_is_shown_now(qtbot, path):
    session, reader, failures = Session(), Reader(), []
    qtbot.addWidget(reader)
    shown = ShownStatement(session, reader, str)
    session.shown.connect(shown.show)
    shown.failed.connect(failures.append)
    session.use(Project.open(path))
    thread, gate, done = ReadingThread(session.project), threading.Event(), []
    shown.set_reading_thread(thread)
    long, short = (statement.id for statement in session.project.statements())

    thread.ask("busy", lambda reads: iter([gate.wait(20)]), lambda page: None)
    session.show(long)
    session.show(short)
    gate.set()
    thread.ask("last", lambda reads: iter(["page", "page", "page"]), lambda page: None, lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    assert failures == [] and "verified" in reader.document().firstBlock().next().text()
    shown.set_reading_thread(None)
    thread.close()
    session.use(None)


@pytest.fixture
def desk(qtbot, project, monkeypatch):
    """A reader on a project of one statement, for which little is much already."""
    for name, most in (("FEW", 20), ("FEW_QUOTES", 5), ("HUGE", 1000)):
        monkeypatch.setattr(shown_statement, name, most)
    statement = project.add_statement("The port must reopen 🙏 at once. " * 100, title="Much").result
    for n in range(60):
        project.annotate(statement, ("demand", "event")[n % 2], Span(20 * n, 20 * n + 15), allow_overlap=True)
    session, reader = Session(), Reader()
    qtbot.addWidget(reader)
    reader.resize(700, 500)
    reader.show()
    shown = ShownStatement(session, reader, str)
    session.shown.connect(shown.show)
    session.written.connect(shown.on_written)
    session.use(project)
    thread = ReadingThread(project)
    shown.set_reading_thread(thread)
    yield session, reader, shown, statement
    shown.set_reading_thread(None)
    thread.close()


def test_a_huge_text_says_before_that_it_is_being_opened(desk, monkeypatch):
    session, reader, _shown, statement = desk
    told = []
    monkeypatch.setattr(reader, "show_nothing", told.append)
    session.show(statement)
    assert told == [f"Opening a text of {len(reader.text):,} characters…"]
    assert len(reader.text) > 3000


def test_very_many_passages_come_after_the_text_and_none_is_missing(qtbot, desk):
    session, reader, shown, statement = desk
    with qtbot.waitSignal(shown.filled):
        session.show(statement)
        assert reader.text
        assert shown.passages == 0
    assert {mark.id for mark in reader.highlights.ordered()} == {a.id for a in session.project.annotations(statement)}


def test_what_is_tagged_before_the_passages_have_come_is_among_them(qtbot, desk):
    session, reader, shown, statement = desk
    with qtbot.waitSignal(shown.filled):
        session.show(statement)
        made = session.do(session.project.annotate, statement, "accusation", Span(0, 30)).result
    qtbot.waitUntil(lambda: reader.highlights.mark(made) is not None)
    assert shown.passages == 61


def test_many_quotes_are_verified_beside_the_window_and_the_header_says_so(qtbot, desk):
    session, reader, _shown, statement = desk
    session.show(statement)

    def header() -> str:
        lines = "\n".join(reader.document().findBlockByNumber(n).text() for n in range(4))
        return lines.replace("\N{NO-BREAK SPACE}", " ")

    assert "verifying text" in header()
    qtbot.waitUntil(lambda: "text verified" in header())
