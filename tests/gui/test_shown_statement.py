"""What is read of the shown statement beside the window concerns that statement alone."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from annotator import Project, Span
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
