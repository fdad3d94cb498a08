"""The Passages view in the real window: found, ordered, edited, changed by the many, opened and left by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from annotator import Project, Span, jobs
from annotator.gui.attribute_fields import ActorNames
from annotator.gui.dialogs.changing import ChangeDialog
from annotator.gui.dialogs.tagging_places import PlacesDialog
from annotator.gui.passage_export import table_as_csv
from annotator.gui.views import ACTORS, READ
from annotator.store.bulk import RETAG, SET, Bulk
from annotator.store.passage_list import PassageOrder

from .conftest import Desk

TEXT = "Aleppo falls silent. Berlin asks again. Cairo waits. Damascus answers."


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    path = tmp_path / "coded.annotator"
    with Project.create(path, coder="LM") as project:
        for title in ("One", "Two"):
            statement = project.add_statement(f"{TEXT} {title}.", title, issuer="SDF").result
            project.annotate(statement, "accusation", Span(0, 20), given={"accused": "Turkey", "evidence": "none"})
            project.annotate(statement, "event", Span(21, 39), given={"killed": "3"})
    return path


@pytest.fixture
def desk(start: Callable[..., Desk], coded: Path) -> Desk:
    desk = start(coded)
    desk.window.order("view.passages")
    desk.until(lambda: desk.window.passages_view.model.order.statements == 4)
    return desk


def cells(desk: Desk, column: str) -> list[str]:
    view = desk.window.passages_view
    place = [c.name for c in view.model.columns].index(column)
    return [view.model.text(row, place) for row in range(view.model.rowCount()) if view.model.row(row)]


def narrow(desk: Desk, query: str, count: int) -> None:
    view = desk.window.passages_view
    view.set_filter(query)
    desk.until(lambda: view.model.order.statements == count)


def test_the_view_lists_the_passages_of_all_statements_in_their_context(desk: Desk):
    assert cells(desk, "passage") == ["Aleppo falls silent.", "Berlin asks again."] * 2
    assert cells(desk, "tag") == ["Accusation", "Event"] * 2
    narrow(desk, "accused:Turkey", 2)
    assert cells(desk, "statement") == ["One", "Two"]


def test_one_tag_that_is_asked_for_brings_the_columns_of_what_it_requires(desk: Desk):
    narrow(desk, "tag:accusation", 2)
    assert desk.window.passages_view.shown_columns()[:4] == ["passage", "accuser", "accused", "act"]
    assert cells(desk, "accused") == ["Turkey", "Turkey"]


def test_enter_opens_a_passage_in_its_text_and_escape_comes_back_to_its_row(desk: Desk):
    view = desk.window.passages_view
    view.table.selectRow(3)
    desk.press(Qt.Key.Key_Return)
    opened = desk.session.passage
    assert desk.window.views.current == "read" and desk.project.annotation(opened).start == 21
    desk.until(lambda: desk.window.reader.hasFocus())
    for _ in range(3):
        if desk.window.views.current == "read":
            desk.press(Qt.Key.Key_Escape)
    assert desk.window.views.current == "passages" and view.table.currentIndex().row() == 3


def test_a_value_is_edited_in_its_cell_and_saved_as_one_step(desk: Desk):
    narrow(desk, "tag:accusation", 2)
    view = desk.window.passages_view
    place = view.shown_columns().index("act")
    view.table.setCurrentIndex(view.model.index(0, place))
    desk.press(Qt.Key.Key_E)
    desk.until(lambda: desk.window.focusWidget() is not view.table)
    desk.type("silence")
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: cells(desk, "act") == ["silence", ""])
    assert desk.project.undo_label == "Set act"


def test_what_a_step_changes_elsewhere_is_seen_in_its_row(desk: Desk):
    view = desk.window.passages_view
    first = view.model.row(0).annotation.id
    desk.session.do(desk.project.retag, [first], "demand")
    desk.until(lambda: cells(desk, "tag")[0] == "Demand")
    desk.session.do(desk.project.remove, [first])
    desk.until(lambda: view.model.order.statements == 3)
    desk.session.do(desk.project.undo)
    desk.until(lambda: view.model.order.statements == 4)


def test_passages_that_a_step_takes_out_of_the_filter_leave_the_table(desk: Desk):
    narrow(desk, "tag:event", 2)
    view = desk.window.passages_view
    desk.session.do(desk.project.retag, [view.model.row(0).annotation.id], "demand")
    desk.until(lambda: view.model.order.statements == 1)


def test_columns_sort_and_group(desk: Desk):
    view = desk.window.passages_view
    with desk.qtbot.waitSignal(view.listed):
        view.set_order(PassageOrder("tag", grouped=True))
    assert [view.model.heading(row) for row in (0, 3)] == [("Accusation", 2), ("Event", 2)]
    with desk.qtbot.waitSignal(view.listed):
        view.set_order(PassageOrder("tag", descending=True))
    assert cells(desk, "tag") == ["Event", "Event", "Accusation", "Accusation"]


def test_many_are_changed_in_one_step_after_a_preview(desk: Desk):
    view, project = desk.window.passages_view, desk.project
    ids = [view.model.row(row).annotation.id for row in range(4)]
    dialog = ChangeDialog(project, RETAG, [("All", 4, lambda: ids)], ActorNames(), desk.window)
    dialog.chooser.setCurrentIndex(dialog.chooser.findData("demand"))
    desk.until(lambda: dialog.ids and dialog.bulk == Bulk(RETAG, "demand"))
    assert dialog.told.text() == "4 passages in 2 statements:"
    desk.app.files.change_passages(dialog.ids, dialog.bulk)
    desk.until(lambda: cells(desk, "tag") == ["Demand"] * 4)
    assert project.undo_label == "Retag as demand (4 passages)"
    dialog.deleteLater()


def test_an_empty_field_says_that_it_clears(desk: Desk):
    view = desk.window.passages_view
    ids = [view.model.row(row).annotation.id for row in range(4)]
    dialog = ChangeDialog(desk.project, SET, [("All", 4, lambda: ids)], ActorNames(), desk.window)
    dialog.chooser.setCurrentIndex(dialog.chooser.findData("accused"))
    desk.until(lambda: len(dialog.ids) == 2)
    assert dialog.told.text() == "2 passages in 2 statements; what is there goes, because the field is empty:"
    assert dialog.act.text() == "Clear 2"
    dialog.deleteLater()


def test_many_more_are_changed_beside_the_window(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("annotator.gui.project_files.AT_ONCE", 1)
    ids = [row.annotation.id for p in desk.project.passage_listing("") for row in desk.project.passage_rows(p.numbers)]
    desk.app.files.change_passages(ids, Bulk(SET, "9", "killed"))
    desk.until(lambda: desk.project.undo_label == "Set killed (2 passages)")


def test_rows_are_copied_as_text_with_tabs(desk: Desk):
    view = desk.window.passages_view
    view.choose_columns(["passage", "tag", "statement"])
    view.table.selectRow(1)
    view.table.setFocus()
    desk.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Passage in context\tTag\tStatement\nBerlin asks again.\tEvent\tOne"


def test_the_table_is_exported_with_the_rows_and_columns_that_are_seen(desk: Desk, tmp_path: Path):
    narrow(desk, "accused:Turkey", 2)
    view = desk.window.passages_view
    view.choose_columns(["passage", "accused", "statement"])
    path = tmp_path / "out.csv"
    work = table_as_csv(desk.project, view.all_numbers(), view.column_values(), view.model.codebook, path)
    count, losses = jobs.run(work)
    assert count == 2 and not losses.counts
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "Passage in context,Accused,Statement,statement_id,start,end,passage_id"
    assert lines[1].startswith("Aleppo falls silent.,Turkey,One,") and len(lines) == 3


def test_what_a_spreadsheet_would_compute_is_written_as_words_and_told(desk: Desk, tmp_path: Path):
    view, path = desk.window.passages_view, tmp_path / "out.csv"
    view.choose_columns(["passage", "note", "statement"])
    passage = desk.project.passage_ids(list(view.all_numbers())[:1])[0]
    desk.session.do(desk.project.note, passage, "=HYPERLINK(1)")
    work = table_as_csv(desk.project, view.all_numbers(), view.column_values(), view.model.codebook, path)
    _count, losses = jobs.run(work)
    assert ",'=HYPERLINK(1)," in path.read_text(encoding="utf-8-sig")
    assert list(losses.lines()) == ["1 cells that begin like a formula, written with an apostrophe before them"]


def test_a_filter_is_saved_by_name_in_the_project_and_forgotten(desk: Desk):
    view = desk.window.passages_view
    view.saved.keep("Of Turkey", "accused:Turkey")
    assert view.saved.kept() == {"Of Turkey": "accused:Turkey"}
    desk.session.do(desk.project.undo)
    assert view.saved.kept() == {}


def test_a_filter_saved_among_the_passages_is_offered_above_the_statements(desk: Desk):
    desk.window.passages_view.saved.keep("Of Turkey", "accused:Turkey title:Two")
    menu = desk.window.statements.saved
    menu.aboutToShow.emit()
    entry = next(action for action in menu.actions() if action.text() == "Of Turkey")
    assert entry.toolTip() == "accused:Turkey title:Two"
    entry.trigger()
    desk.until(lambda: desk.window.statements.model.order.statements == 1)
    assert desk.window.statements.filter_text() == "accused:Turkey title:Two"


def test_what_the_top_bar_finds_is_shown_from_any_view(desk: Desk):
    search, views = desk.window.search, desk.window.views
    search.filter_asked.emit("title:Two")
    assert views.current == READ and desk.window.statements.filter_text() == "title:Two"
    turkey = desk.project.find_actor("Turkey")
    assert turkey is not None
    search.actor_chosen.emit(turkey.id)
    assert views.current == ACTORS and desk.window.actors.actor == turkey.id


def test_attributes_that_the_query_asks_for_are_columns(desk: Desk):
    view = desk.window.passages_view
    narrow(desk, "accused:Turkey evidence:none", 2)
    assert [c.name for c in view.model.columns] == ["passage", "tag", "accused", "evidence", "statement", "coder"]
    narrow(desk, "missing:date_start", 2)
    assert "date_start" in [c.name for c in view.model.columns]
    narrow(desk, "", 4)
    assert [c.name for c in view.model.columns] == ["passage", "tag", "statement", "coder"]


def test_the_status_bar_tells_of_the_text_only_beside_it(desk: Desk):
    assert "passages" not in desk.window.status_text
    desk.window.order("view.read")
    assert "2 passages" in desk.window.status_text


def test_a_cell_narrows_the_filter(desk: Desk):
    view = desk.window.passages_view
    view.narrow("tag", "event")
    desk.until(lambda: view.model.order.statements == 2)
    assert view.filter_text() == "tag:event"
    view.narrow("tag", "event", without=True)
    assert view.filter_text() == "tag:!event"


def test_a_filter_that_cannot_be_used_says_why_and_an_empty_one_what_to_do(desk: Desk):
    view = desk.window.passages_view
    view.set_filter("acused:Turkey")
    assert "near it: accused:" in view.field.accessibleDescription()
    narrow(desk, "tag:demand", 0)
    assert "Esc clears the filter" in view.table.accessibleDescription()


def test_what_was_found_is_tagged_in_one_step_after_a_look(desk: Desk):
    project = desk.project
    ids = [s.id for s in project.statements()]
    # The passages that are there are of another coder.
    desk.session.do(project.annotate, ids[0], "event", Span(21, 38))
    places = [(ids[0], Span(27, 31)), (ids[0], Span(21, 27)), (ids[1], Span(53, 61))]
    dialog = PlacesDialog(project, places, desk.window)
    dialog.tag_field.setCurrentIndex(dialog.tag_field.findData("event"))
    # The first two lie in a passage that this coder tagged so already.
    assert dialog.chosen() == places[2:] and dialog.act.text() == "Tag 1 as Event"
    dialog.tag_field.setCurrentIndex(dialog.tag_field.findData("demand"))
    assert dialog.chosen() == places
    dialog.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert dialog.chosen() == [places[0], places[2]]
    dialog.sentences.setChecked(True)
    assert dialog.chosen() == [(ids[0], Span(21, 38)), (ids[1], Span(53, 69))]
    desk.session.do(project.tag_places, dialog.chosen(), dialog.tag)
    narrow(desk, "tag:demand", 2)
    assert project.undo_label == "Tag as demand (2 passages)"
    dialog.deleteLater()


def test_what_touched_much_is_undone_and_redone_beside_the_window(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("annotator.gui.orders.AT_ONCE", 1)
    passage = desk.project.passage_ids(list(desk.window.passages_view.all_numbers())[:1])[0]
    desk.session.do(desk.project.note, passage, "looked at")
    desk.window.order("edit.undo")
    desk.until(lambda: not desk.project.annotation(passage).note)
    desk.until(lambda: desk.project.redo_label != "" and not desk.window.job_bar.isVisible())
    desk.window.order("edit.redo")
    desk.until(lambda: desk.project.annotation(passage).note == "looked at")
    desk.until(lambda: not desk.window.job_bar.isVisible())
