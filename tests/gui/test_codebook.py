"""The codebook in the window: its tree, the form of a tag, what a change touches, and the commands around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from annotator import Project, Span
from annotator.gui.dialogs.choosing_one import ChooseOne
from annotator.gui.dialogs.codebook import CodebookDialog
from annotator.gui.dialogs.question import Question
from annotator.gui.session import Session
from annotator.gui.theme import LIGHT


@pytest.fixture
def dialog(qtbot: QtBot, project: Project) -> Iterator[CodebookDialog]:
    """The codebook of a project with two demands, one of which has values."""
    statement = project.add_statement("We call on you. They must leave at once.", "Words").result
    project.annotate(statement, "demand", Span(0, 14), given={"action": "leave", "force": "appeal"})
    project.annotate(statement, "demand", Span(16, 39))
    session = Session()
    session.use(project)
    made = CodebookDialog(session, LIGHT)
    made.setProperty("kept", session)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.choose("demand")
    yield made
    made.close()
    session.project = None


def answering(qtbot: QtBot, answer: Callable[[QDialog], None]) -> list[str]:
    """Answers the dialogs that come next; returns what they say."""
    told: list[str] = []

    def look() -> None:
        shown = QApplication.activeModalWidget()
        if isinstance(shown, (ChooseOne, Question)):
            told.append(shown.accessibleDescription())
            answer(shown)
        if isinstance(shown, ChooseOne) or not told:
            QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)
    return told


def rows(dialog: CodebookDialog) -> list[list[str]]:
    tree = dialog.tree
    items = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return [[item.text(column) for column in range(3)] for item in items if item is not None]


def typed(dialog: CodebookDialog, field: str, text: str) -> None:
    editor = dialog.form.field(field)
    editor.setFocus()
    editor.setText(text) if hasattr(editor, "setText") else editor.setPlainText(text)
    editor.finished.emit()


def test_the_tree_shows_each_tag_with_its_key_and_passages(dialog: CodebookDialog):
    assert rows(dialog) == [["Demand", "1", "2"], ["Accusation", "2", "0"], ["Event", "3", "0"]]
    assert dialog.version.text() == "Version 1"


def test_a_field_is_saved_on_leaving_it_as_a_step_that_undo_takes_back(dialog: CodebookDialog, project: Project, qtbot):
    typed(dialog, "definition", "Someone asks.")
    assert project.codebook.tag("demand").definition == "Someone asks." and project.undo_label == "Change tag"
    assert dialog.version.text() == "Version 2; 2 passages tagged before it"
    assert dialog.review_button.text() == "Passages to review (2)"
    typed(dialog, "include", "one\n\n two \n")
    assert project.codebook.tag("demand").include == ("one", "two")
    dialog.activateWindow()
    qtbot.waitActive(dialog)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert project.codebook.tag("demand").version == 1
    assert dialog.form.field("definition").typed() == project.codebook.tag("demand").definition


def test_a_key_that_is_taken_is_told_and_the_field_shows_what_holds(dialog: CodebookDialog, project: Project):
    typed(dialog, "key", "3")
    assert dialog.say.isVisible() and "belongs to “Event” already" in dialog.say.text()
    assert dialog.form.field("key").typed() == "1" and project.codebook.tag("demand").key == "1"
    typed(dialog, "color", "#ffffcc")
    assert "under 3:1" in dialog.form.contrast.text() and not dialog.say.isVisible()


def test_a_new_tag_can_stand_under_another_and_be_moved(dialog: CodebookDialog, project: Project, qtbot: QtBot):
    dialog.new_button.click()
    typed(dialog, "label", "Ultimatum")
    parent = dialog.form.field("parent")
    parent.setCurrentIndex(parent.findData("demand"))
    parent.finished.emit()
    tag = project.codebook.tag("ultimatum")
    assert tag.parent == "demand" and dialog.tree.topLevelItemCount() == 3
    dialog.choose("event")
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [t.name for t in project.codebook.children()] == ["demand", "event", "accusation"]
    assert dialog.tag is not None and dialog.tag.name == "event"


def test_renaming_tells_how_many_passages_follow(dialog: CodebookDialog, project: Project, qtbot: QtBot):
    def answer(shown: QDialog) -> None:
        if isinstance(shown, ChooseOne):
            shown.line.setText("call")
        shown.accept()

    told = answering(qtbot, answer)
    dialog.form.rename_button.click()
    assert "2 passages in 1 statement" in told[-1]
    assert project.passages_by_tag() == {"call": 2} and dialog.tag is not None and dialog.tag.name == "call"


def test_deleting_asks_what_becomes_of_the_passages(dialog: CodebookDialog, project: Project, qtbot: QtBot):
    def answer(shown: QDialog) -> None:
        assert isinstance(shown, ChooseOne)
        shown.list.setCurrentIndex(shown.list.findData("event"))
        shown.accept()

    told = answering(qtbot, answer)
    dialog.delete_button.click()
    assert "2 passages in 1 statement" in told[0]
    assert project.passages_by_tag() == {"event": 2} and "demand" not in project.codebook


def test_what_a_tag_asks_is_changed_below_its_form(dialog: CodebookDialog, project: Project, qtbot: QtBot):
    form = dialog.attributes
    form.add_button.click()
    form.label.setText("Urgency")
    form.label.finished.emit()
    form.type.put("choice")
    form.type.finished.emit()
    form.add_value.click()
    item = form.values.item(0, 0)
    assert item is not None
    item.setText("high")
    form.required.click()
    made = project.codebook.tag("demand").attribute("attribute_1")
    assert made is not None and (made.label, made.type, made.required) == ("Urgency", "choice", True)
    assert [c.name for c in made.values] == ["high"]
    form.choose("force")
    offered = form.values.item(0, 3)
    assert offered is not None
    offered.setCheckState(Qt.CheckState.Unchecked)
    force = project.codebook.tag("demand").attribute("force")
    assert force is not None and (force.values[0].name, force.values[0].retired) == ("appeal", True)


def test_a_type_that_values_cannot_take_is_told_before(dialog: CodebookDialog, project: Project, qtbot: QtBot):
    told = answering(qtbot, lambda shown: shown.reject())
    dialog.attributes.choose("action")
    dialog.attributes.type.put("date")
    dialog.attributes.type.finished.emit()
    assert "1 value of action would go" in told[0]
    action = project.codebook.tag("demand").attribute("action")
    assert action is not None and action.type == "text" and dialog.attributes.type.typed() == "text"


def test_what_is_shown_is_words_and_nothing_else(dialog: CodebookDialog, project: Project):
    typed(dialog, "label", "<b>bold</b>")
    assert rows(dialog)[0][0] == "<b>bold</b>"
    assert dialog.form.name.textFormat() == Qt.TextFormat.PlainText


def test_where_many_passages_follow_counting_and_the_recode_and_its_undo_go_on_beside_the_window(
    dialog: CodebookDialog, project: Project, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("annotator.gui.dialogs.codebook.AT_ONCE", 1)

    def answer(shown: QDialog) -> None:
        if isinstance(shown, ChooseOne):
            shown.line.setText("call")
        shown.accept()

    told = answering(qtbot, answer)
    with qtbot.waitSignal(dialog.long_asked) as planned:
        dialog.form.rename_button.click()
    said, plan, go_on = planned.args
    assert said == "Counting what a change of “Demand” touches"
    with qtbot.waitSignal(dialog.long_asked) as asked:
        go_on(plan(project))
    assert "2 passages in 1 statement" in told[-1]
    assert project.passages_by_tag() == {"demand": 2} and asked.args[0] == "Renaming the tag"
    assert asked.args[1](project) and asked.args[2] is None
    assert project.passages_by_tag() == {"call": 2}
    undo = QKeySequence(QKeySequence.StandardKey.Undo)
    shortcut = next(each for each in dialog.findChildren(QShortcut) if each.key() == undo)
    with qtbot.waitSignal(dialog.long_asked) as undone:
        shortcut.activated.emit()
    assert undone.args[0] == "Undo Rename tag" and undone.args[1](project)
    assert project.passages_by_tag() == {"demand": 2}


def test_what_was_counted_for_a_codebook_that_was_closed_asks_nothing(
    dialog: CodebookDialog, project: Project, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("annotator.gui.dialogs.codebook.AT_ONCE", 1)
    with qtbot.waitSignal(dialog.long_asked) as planned:
        dialog.delete_button.click()
    dialog.close()
    planned.args[2](planned.args[1](project))
    assert QApplication.activeModalWidget() is None and project.passages_by_tag() == {"demand": 2}
