"""The codebook from the window: opened by its key, changed beside the text, and what coders do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from annotator import Project, Span
from annotator.gui.dialogs.codebook import CodebookDialog


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A project with a demand."""
    with Project.create(tmp_path / "words", coder="LM") as project:
        statement = project.add_statement("We call on you. They must leave at once.", "Words").result
        project.annotate(statement, "demand", Span(0, 14), given={"force": "appeal"})
        return project.path


def test_a_passage_is_an_example_is_reviewed_and_follows_its_tag(start, file: Path):
    desk = start(file)
    project = desk.project
    desk.app.carry_out("statement.next")
    (place,) = project.places(next(project.statements()).id)
    desk.app.show_passage(place.id)
    desk.press(Qt.Key.Key_E)
    assert [e.annotation for e in project.codebook.tag("demand").examples] == [place.id]
    assert "“We call on you”" in desk.window.inspector.rules.text.text()
    desk.press(Qt.Key.Key_E)
    assert project.codebook.tag("demand").examples == ()
    project.change_tag("demand", definition="Someone asks.")
    desk.app.carry_out("project.review")
    assert desk.window.statements.filter_text() == "stale:any"
    desk.press(Qt.Key.Key_V)
    assert project.to_review() == {} and project.undo_label == "Confirm passage"

    desk.app.carry_out("project.codebook")
    (dialog,) = desk.window.findChildren(CodebookDialog)
    desk.app.carry_out("project.codebook")
    assert len(desk.window.findChildren(CodebookDialog)) == 1
    dialog.long_asked.emit("Renaming the tag", lambda mine: mine.rename_tag("demand", "call"), None)
    desk.until(lambda: project.passages_by_tag() == {"call": 1})
    desk.until(lambda: dialog.tree.topLevelItem(0).text(2) == "1")
    assert "call" in project.codebook


def test_a_statement_has_a_memo_among_its_metadata(start, file: Path):
    desk = start(file)
    statement = next(desk.project.statements()).id
    desk.session.show(statement)
    desk.session.do(desk.project.edit, statement, memo="A second hand?")
    assert desk.project.undo_label == "Edit memo"
    desk.app.carry_out("edit.undo")
    assert desk.project.statement(statement).memo == ""
