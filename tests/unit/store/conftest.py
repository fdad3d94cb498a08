"""Statements to work with, and ways to get at a project's file behind its back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator import Project, Span
from annotator.core.model import Coder, CoderId, new_id
from annotator.store import schema
from annotator.store.driver import Gate, connect

TEXT = (
    "Statement on the dam\n"
    "We call on the council to open the gates. Armed men shelled the dam on 20 January 2022. "
    "They must withdraw from Diyarbakır 🙏 at once. قال مُحَمَّد إن الحرب انتهت.\n"
)


def span_of(words: str, text: str = TEXT) -> Span:
    """Where these words first stand."""
    start = text.index(words)
    return Span(start, start + len(words))


@pytest.fixture
def statement(project: Project) -> str:
    """A statement of ``TEXT`` in the project."""
    return project.add_statement(TEXT, "Statement on the dam", issuer="Dam Council", language="en").result


@pytest.fixture
def raw(project: Project) -> Callable[..., list[Any]]:
    """Carries out SQL on the project's file as another program would, and returns its rows."""
    return lambda sql, *values: execute(project.path, sql, *values)


def execute(path: Path, sql: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        return other.execute(sql, values).fetchall()


def state(project: Project) -> dict[str, Any]:
    """All that a project holds and undo has to bring back, as plain values."""
    records = {r.statement.id: r for r in project.records()}
    return {
        "records": {
            i: (r.statement, r.text, r.annotations, r.ranges, r.progress, project.status(i)) for i, r in records.items()
        },
        "links": project.links(),
        "actors": project.actors(),
        "codebook": project.codebook,
        "title": project.title,
        "settings": execute(project.path, "SELECT * FROM setting ORDER BY key"),
        "found": {word: ids(project, word) for word in ("dam", "council", "title:new", "tag:demand", "mentions:SDF")},
    }


def ids(project: Project, query: str) -> list[str]:
    return [s.id for s in project.statements(query)]


@pytest.fixture
def another_session(project: Project) -> Iterator[Project]:
    """The same file in the hands of another session, as a team's hub will have it."""
    connection = connect(project.path, write=True, key=project.key)
    schema.install_triggers(connection)
    with Project(connection, lock=None, gate=Gate(), session=new_id(), coder=Coder(CoderId(new_id()), "AB")) as other:
        yield other


@pytest.fixture
def reopen(project: Project) -> Iterator[Callable[..., Project]]:
    """Closes the project and opens its file again."""
    opened: list[Project] = []

    def again(**options: Any) -> Project:
        for each in (project, *opened):
            each.close()
        opened.append(Project.open(project.path, **{"coder": "LM", **options}))
        return opened[-1]

    yield again
    for each in opened:
        each.close()


@pytest.fixture
def write_native() -> Callable[..., Path]:
    """Writes a native JSON file as someone else's program might: bare statements by id."""

    def write(path: Path, texts: dict[str, str], **more: Any) -> Path:
        statements = [{"id": i, "text": text, **more.pop(i, {})} for i, text in texts.items()]
        data = {"format": "annotator", "version": 1, **more, "statements": statements, "links": more.get("links", [])}
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    return write
