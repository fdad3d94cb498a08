"""The session tells each fact once, after the commit, and loses no order while another program uses the file."""

from __future__ import annotations

import sqlite3

import pytest

from annotator import Project, Span
from annotator.core.errors import AnnotatorError, Busy
from annotator.gui.session import Session


@pytest.fixture
def session(qtbot, project):
    statement = project.add_statement("The port must reopen. It was closed.", title="Port").result
    path = project.path
    project.close()
    session = Session()
    session.use(Project.open(path))
    session.show(statement)
    yield session
    session.use(None)


def test_a_write_is_told_once_and_after_the_commit(session, qtbot):
    told = []

    def look(changes):
        with Project.open(session.project.path, read_only=True) as other:
            told.append((changes.label, len(other.annotations(session.statement))))

    session.changed.connect(look)
    session.do(session.project.annotate, session.statement, "demand", Span(0, 8))
    assert told == [("Tag as demand", 1)]


def test_a_refused_write_is_told_as_a_failure_and_changes_nothing(session):
    failures, changes = [], []
    session.failed.connect(failures.append)
    session.changed.connect(changes.append)
    assert session.do(session.project.annotate, session.statement, "demand", Span(0, 999)) is None
    assert isinstance(failures[0], AnnotatorError) and not changes


def test_a_passage_that_is_gone_is_no_longer_current(session):
    made = session.do(session.project.annotate, session.statement, "demand", Span(0, 8))
    session.pick(made.result)
    session.do(session.project.undo)
    assert session.passage == ""


def test_a_statement_that_is_gone_is_no_longer_shown(session):
    session.do(session.project.delete, [session.statement])
    assert session.statement == ""


def test_an_order_waits_while_another_program_uses_the_file(session, qtbot):
    other = sqlite3.connect(session.project.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    said = []
    session.said.connect(said.append)
    session.do(session.project.annotate, session.statement, "demand", Span(0, 8))
    assert "trying again" in said[0]
    with qtbot.waitSignal(session.changed, timeout=5000):
        other.execute("ROLLBACK")
        other.close()
    assert len(session.project.annotations(session.statement)) == 1


def test_after_long_waiting_the_order_can_be_repeated_by_hand(session, qtbot, monkeypatch):
    monkeypatch.setattr("annotator.gui.session.RETRIES", 0)
    other = sqlite3.connect(session.project.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    failures = []
    session.failed.connect(failures.append)
    session.do(session.project.annotate, session.statement, "demand", Span(0, 8))
    assert isinstance(failures[0], Busy) and session.can_retry(failures[0])
    other.execute("ROLLBACK")
    other.close()
    session.retry()
    assert len(session.project.annotations(session.statement)) == 1


def test_what_waits_for_another_program_is_written_before_the_project_is_left(session):
    statement, path = session.statement, session.project.path
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    session.do(session.project.annotate, statement, "demand", Span(0, 8))
    other.execute("ROLLBACK")
    other.close()
    session.use(None)
    with Project.open(path) as again:
        assert [a.quote for a in again.annotations(statement)] == ["The port"]


def test_what_could_not_be_written_before_a_project_was_left_is_told_and_tried_on_no_other(session, qtbot, tmp_path):
    statement, path = session.statement, session.project.path
    failures = []
    session.failed.connect(failures.append)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    session.do(session.project.annotate, statement, "demand", Span(0, 8))
    session.use(Project.create(tmp_path / "next.annotator", coder="LM"))
    assert "was not written" in str(failures[-1]) and not session.can_retry(failures[0])
    other.execute("ROLLBACK")
    other.close()
