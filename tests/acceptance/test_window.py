"""The main job, in the real window: read, tag by keys, close, find everything again, hand it on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from annotator import Project, Span, cli
from annotator.gui.dialogs.exporting import ExportChoice, ExportDialog
from annotator.gui.dialogs.importing import ImportChoice, ImportDialog
from annotator.gui.dialogs.report import ReportDialog

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A project of two statements with known words."""
    path = tmp_path / "corpus.annotator"
    with Project.create(path, coder="LM") as project:
        project.add_statement(
            "The union calls on the port to reopen pier four. It accuses the port of delay. A crane fell on 3 May.",
            title="Pier four",
            issuer="Harbour Union",
            language="en",
            date_issued="2024-05",
        )
        project.add_statement(
            "The port will answer on Monday. Nothing else was said.", title="An answer", issuer="Port"
        )
    return path


def test_the_first_start_opens_a_project_of_the_sample_corpus(start):
    desk = start()
    desk.until(lambda: desk.session.statement)
    assert desk.project.title == "Sample corpus"
    assert desk.project.count() == 11
    assert "Geweran" in desk.window.reader.text


def test_what_is_tagged_by_keys_is_there_after_closing_and_in_the_export(start, corpus, exported):
    desk = start(corpus)
    desk.press(Qt.Key.Key_S)
    desk.press(Qt.Key.Key_1)
    desk.until(lambda: len(desk.project.annotations(desk.session.statement)) == 1)
    desk.window.reader.place_caret(60)
    desk.press(Qt.Key.Key_2)
    desk.until(lambda: len(desk.project.annotations(desk.session.statement)) == 2)
    desk.close()

    again = start(corpus)
    assert [(a.tag, a.quote) for a in again.project.annotations(again.session.statement)] == [
        ("demand", "The union calls on the port to reopen pier four"),
        ("accusation", "It accuses the port of delay"),
    ]
    assert again.window.passages.rows.rowCount() == 2
    again.close()

    data = exported(corpus)
    statement = next(s for s in data["statements"] if s["title"] == "Pier four")
    assert [(a["tag"], a["start"], a["end"], a["quote"]) for a in statement["annotations"]] == [
        ("demand", 0, 47, statement["text"][0:47]),
        ("accusation", 49, 77, statement["text"][49:77]),
    ]


def test_the_selection_stays_after_tagging_so_that_a_second_key_adds_a_second_tag(start, corpus):
    desk = start(corpus)
    desk.window.reader.select(Span(79, 101))
    desk.press(Qt.Key.Key_2)
    desk.press(Qt.Key.Key_3)
    assert [(a.tag, a.start, a.end) for a in desk.project.annotations(desk.session.statement)] == [
        ("accusation", 79, 101),
        ("event", 79, 101),
    ]


def test_undo_and_redo_are_named_in_the_menu_and_the_text_follows(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    assert desk.window.action("edit.undo").text() == "Undo Tag as demand"
    desk.press(Qt.Key.Key_Z, CTRL)
    assert desk.project.annotations(desk.session.statement) == ()
    assert desk.window.passages.rows.rowCount() == 0
    assert desk.window.action("edit.redo").text() == "Redo Tag as demand"
    desk.press(Qt.Key.Key_Z, CTRL | SHIFT)
    assert len(desk.project.annotations(desk.session.statement)) == 1


def test_brackets_move_the_end_of_the_current_passage_and_its_quote_follows(start, corpus):
    desk = start(corpus)
    desk.window.reader.select(Span(0, 9))
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_BracketRight)
    passage = desk.project.annotation(desk.session.passage)
    assert passage.quote == "The union calls"
    desk.press(Qt.Key.Key_BracketRight, ALT)
    assert desk.project.annotation(desk.session.passage).quote == "The union calls "
    assert desk.window.reader.span() == Span(0, 16)


def test_r_and_a_digit_retag_the_current_passage(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_R)
    desk.press(Qt.Key.Key_3)
    (passage,) = desk.project.annotations(desk.session.statement)
    assert passage.tag == "event"


def test_a_same_tag_overlap_is_refused_with_the_offer_to_extend(start, corpus):
    desk = start(corpus)
    desk.window.reader.select(Span(0, 15))
    desk.press(Qt.Key.Key_1)
    desk.window.reader.select(Span(10, 26))
    desk.press(Qt.Key.Key_1)
    assert "overlap" in desk.window.banner.text
    offer = next(button for button in desk.window.banner.buttons if "Extend" in button.text())
    offer.click()
    (passage,) = desk.project.annotations(desk.session.statement)
    assert (passage.start, passage.end) == (0, 26)


def test_the_same_key_once_more_extends_the_passage_that_was_in_the_way(start, corpus):
    desk = start(corpus)
    desk.window.reader.select(Span(0, 15))
    desk.press(Qt.Key.Key_1)
    desk.window.reader.select(Span(10, 26))
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_1)
    (passage,) = desk.project.annotations(desk.session.statement)
    assert (passage.start, passage.end) == (0, 26)
    assert desk.session.passage == passage.id
    assert QApplication.focusWidget() is desk.window.reader


def test_the_bar_at_the_selection_goes_when_it_has_been_used(start, corpus):
    desk = start(corpus)
    desk.window.reader.select(Span(0, 15))
    assert desk.window.reader.bar.isVisible()
    desk.press(Qt.Key.Key_1)
    assert not desk.window.reader.bar.isVisible()
    desk.window.reader.select(Span(20, 26))
    assert desk.window.reader.bar.isVisible()


def test_the_menu_in_the_text_offers_what_fits_the_place(start, corpus):
    desk = start(corpus)
    reader = desk.window.reader
    reader.select(Span(0, 15))
    reader.customContextMenuRequested.emit(reader.viewport().geometry().center())
    menu = QApplication.activePopupWidget()
    assert [a.text() for a in menu.actions() if a.text()][:3] == ["Demand", "Accusation", "Event"]
    menu.close()


def test_who_tags_in_a_statement_has_opened_it(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    assert desk.project.status(desk.session.statement) == "open"


def test_a_project_that_cannot_be_written_says_so_all_the_time(start, corpus):
    with Project.open(corpus):
        desk = start(corpus)
        desk.window.banner.clear()
        badge = desk.window.findChild(QLabel, "read_only")
        assert badge.isVisible() and badge.text() == "read-only"
        assert desk.window.reader.bar.entries == []
        desk.close()


def test_a_narrow_window_leaves_the_text_room(start, corpus):
    desk = start(corpus)
    desk.window.resize(900, 600)
    desk.until(lambda: desk.window.width() <= 900)
    assert desk.window.reader.width() >= 430


def test_control_return_marks_done_and_goes_on(start, corpus):
    desk = start(corpus)
    first = desk.session.statement
    desk.until(lambda: desk.window.statements.current_id() == first)
    desk.press(Qt.Key.Key_Return, CTRL)
    assert desk.project.status(first) == "done"
    assert desk.project.statement(desk.session.statement).title == "An answer"


def test_a_deleted_statement_comes_back_with_its_passages(start, corpus):
    desk = start(corpus)
    first = desk.session.statement
    desk.press(Qt.Key.Key_1)
    desk.window.order("statement.delete")
    assert not desk.project.has_statement(first)
    assert desk.session.statement != first
    desk.window.order("edit.undo")
    assert len(desk.project.annotations(first)) == 1


def test_metadata_is_edited_in_place_and_undone(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F2)
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type("Pier four, again")
    desk.press(Qt.Key.Key_Tab)
    assert desk.project.statement(desk.session.statement).title == "Pier four, again"
    desk.window.reader.setFocus()
    desk.press(Qt.Key.Key_Z, CTRL)
    assert desk.project.statement(desk.session.statement).title == "Pier four"


def test_what_is_being_typed_is_saved_when_the_window_closes(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    passage = desk.session.passage
    desk.press(Qt.Key.Key_N)
    desk.type("softer than in March")
    desk.close()
    with Project.open(corpus, read_only=True) as project:
        assert project.annotation(passage).note == "softer than in March"


def test_a_second_window_on_the_same_file_reads_only_and_says_so(start, corpus):
    with Project.open(corpus):
        desk = start(corpus)
        assert desk.project.read_only
        assert "already open" in desk.window.banner.text
        assert not desk.window.action("tag.demand").isEnabled()
        desk.press(Qt.Key.Key_1)
        assert desk.project.annotations(desk.session.statement) == ()
        desk.close()


def test_a_window_takes_a_project_over_that_another_one_leaves(start, corpus):
    first = Project.open(corpus)
    desk = start(corpus)
    assert desk.project.read_only and [b.text() for b in desk.window.banner.buttons] == ["Try again"]
    shown = desk.session.statement
    first.close()
    desk.until(lambda: not desk.project.read_only)
    assert not desk.window.banner.text and desk.session.statement == shown
    desk.press(Qt.Key.Key_1)
    assert [a.tag for a in desk.project.annotations(shown)] == ["demand"]
    desk.close()


def test_a_file_that_is_no_project_gets_one_sentence_and_the_window_stays(start, corpus, tmp_path):
    desk = start(corpus)
    stranger = tmp_path / "notes.annotator"
    stranger.write_text("not a database at all, but some notes about harbours", encoding="utf-8")
    assert not desk.app.files.open(stranger)
    assert desk.window.banner.text == "notes.annotator is not an Annotator project."
    assert desk.project.path == corpus.resolve()


def test_the_window_comes_back_as_it_was_left(start, corpus):
    desk = start(corpus)
    second = [s.id for s in desk.project.statements()][1]
    desk.session.show(second)
    desk.window.reader.zoom_by(2)
    desk.close()
    again = start(None)
    assert again.project.path == corpus.resolve()
    assert again.session.statement == second
    assert again.window.reader.zoom == 2


def test_dropped_files_are_imported_with_progress_and_listed(start, corpus, tmp_path, monkeypatch):
    file = tmp_path / "new.md"
    file.write_text("---\ntitle: A third one\nissuer: Port\n---\nThe port demands calm.\n", encoding="utf-8")
    monkeypatch.setattr(ImportDialog, "exec", lambda dialog: True)
    monkeypatch.setattr(ImportDialog, "choice", lambda dialog: ImportChoice((file,)))
    desk = start(corpus)
    desk.window.reader.files_dropped.emit([str(file)])
    desk.until(lambda: desk.project.count() == 3)
    desk.until(lambda: not desk.app.jobs.busy)
    assert desk.window.action("edit.undo").text() == "Undo Import 1 statement"
    desk.window.order("edit.undo")
    assert desk.project.count() == 2


def test_the_export_dialog_writes_what_the_command_line_writes(start, corpus, tmp_path, monkeypatch, exported):
    target = tmp_path / "from_window.json"
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: True)
    monkeypatch.setattr(ExportDialog, "choice", lambda dialog: ExportChoice(target, "json", "", False))
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_E, CTRL)
    desk.until(target.exists)
    desk.until(lambda: not desk.app.jobs.busy)
    desk.close()
    mine, other = json.loads(target.read_text(encoding="utf-8")), exported(corpus)
    assert mine.pop("exported_at") and other.pop("exported_at")
    assert mine == other


def test_what_an_export_left_out_is_listed_when_it_is_done(start, corpus, tmp_path, monkeypatch):
    target = tmp_path / "passages.csv"
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: True)
    monkeypatch.setattr(ExportDialog, "choice", lambda dialog: ExportChoice(target, "passages"))
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_E, CTRL)
    desk.until(lambda: bool(desk.window.findChildren(ReportDialog)))
    (told,) = desk.window.findChildren(ReportDialog)
    assert target.exists() and "whole texts" in told.text
    assert all(line.startswith("Left out: ") for line in told.text.splitlines())
    told.close()


def test_copy_with_citation_names_issuer_title_and_date(start, corpus):
    desk = start(corpus)
    desk.window.reader.select(Span(0, 9))
    desk.press(Qt.Key.Key_C, CTRL | SHIFT)
    text = QGuiApplication.clipboard().text()
    for part in ("The union", "Harbour Union", "Pier four", "May 2024"):
        assert part in text


def test_keys_for_the_text_are_typed_elsewhere(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_L, CTRL)
    desk.type("1")
    assert desk.project.annotations(desk.session.statement) == ()
    assert desk.window.statements.filter_text() == "1"


def test_f6_goes_round_the_panes(start, corpus):
    desk = start(corpus)
    seen = []
    for _ in range(4):
        desk.press(Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        seen.append(
            next(i for i, (p, _) in enumerate(desk.window.panes_in_order()) if p is focus or p.isAncestorOf(focus))
        )
    assert sorted(seen) == [0, 1, 2, 3]


def test_opening_a_statement_for_a_while_makes_it_open_but_is_no_step(start, corpus):
    desk = start(corpus)
    desk.until(lambda: desk.project.status(desk.session.statement) == "open")
    assert desk.project.undo_label == ""


def test_a_broken_quote_is_told_when_its_statement_is_opened(start, corpus):
    import sqlite3

    with Project.open(corpus) as project:
        first = next(project.statements()).id
        project.annotate(first, "demand", Span(0, 9))
    with sqlite3.connect(corpus) as connection:
        connection.execute("UPDATE annotation SET quote = 'The onion'")
    desk = start(corpus)
    assert "does not quote its text" in desk.window.banner.text
    desk.close()
    assert cli.main(["check", str(corpus)]) == 1


def test_after_deleting_a_statement_the_next_one_is_shown_and_undo_shows_it_again(start, corpus):
    desk = start(corpus)
    first = desk.session.statement
    desk.until(lambda: desk.window.statements.current_id() == first)
    desk.window.order("statement.delete")
    desk.until(lambda: desk.session.statement)
    assert desk.project.statement(desk.session.statement).title == "An answer"
    desk.window.order("edit.undo")
    assert desk.session.statement == first


def test_undo_shows_the_statement_that_it_changed(start, corpus):
    desk = start(corpus)
    first = desk.session.statement
    desk.press(Qt.Key.Key_1)
    desk.until(lambda: desk.window.statements.current_id() == first)
    desk.press(Qt.Key.Key_Down, CTRL)
    desk.until(lambda: desk.session.statement != first)
    desk.window.order("edit.undo")
    assert desk.session.statement == first


def test_a_statement_marked_unread_stays_unread_while_it_is_on_show(start, corpus, qtbot):
    desk = start(corpus)
    desk.until(lambda: desk.project.status(desk.session.statement) == "open")
    desk.window.order("statement.unread")
    later = QTimer(singleShot=True, interval=800)  # longer than a statement is on show before it counts as opened
    with qtbot.waitSignal(later.timeout):
        later.start()
    assert desk.project.status(desk.session.statement) == "unread"


def test_finding_in_the_statement_goes_from_place_to_place(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F, CTRL)
    desk.type("PORT")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Escape)
    assert desk.window.reader.span() == Span(64, 68)


# -- damage and backups ---------------------------------------------------------------------


def _damaged(path: Path) -> bytes:
    data = bytearray(path.read_bytes())
    data[4096:16384] = b"\xff" * 12288
    path.write_bytes(data)
    return bytes(data)


def test_leaving_the_window_leaves_a_backup_that_takes_the_place_of_a_damaged_project(start, corpus, tmp_path):
    from annotator.gui.dialogs.restoring import RestoreDialog

    desk = start(corpus)
    desk.press(Qt.Key.Key_S)
    desk.press(Qt.Key.Key_1)
    desk.until(lambda: desk.project.annotations(desk.session.statement))
    desk.close()
    damaged = _damaged(corpus)

    other = tmp_path / "other.annotator"
    Project.create(other, coder="LM").close()
    desk = start(other)
    assert not desk.app.files.open(corpus)
    banner = desk.window.banner
    assert "is damaged" in banner.text
    assert [button.text() for button in banner.buttons] == ["Restore a backup…"]
    assert desk.project.path == other.resolve()

    banner.buttons[0].click()
    dialog = desk.window.findChild(RestoreDialog)
    desk.until(lambda: dialog.restore_button.isEnabled())
    dialog.restore_button.click()
    desk.until(lambda: desk.session.project is not None and desk.project.path == corpus.resolve())
    statement = next(s.id for s in desk.project.statements() if s.title == "Pier four")
    assert [a.tag for a in desk.project.annotations(statement)] == ["demand"]
    (aside,) = corpus.parent.glob("* before restore.annotator")
    assert aside.read_bytes() == damaged


def test_going_back_to_a_backup_keeps_the_project_as_it_was_beside_it(start, corpus):
    from annotator.gui.dialogs.restoring import RestoreDialog

    desk = start(corpus)
    desk.project.keep()
    desk.press(Qt.Key.Key_S)
    desk.press(Qt.Key.Key_1)
    desk.until(lambda: desk.project.annotations(desk.session.statement))
    desk.window.order("project.restore")
    dialog = desk.window.findChild(RestoreDialog)
    desk.until(lambda: dialog.restore_button.isEnabled())
    dialog.restore_button.click()
    desk.until(lambda: list(corpus.parent.glob("* before restore.annotator")) and desk.session.statement)
    assert desk.project.path == corpus.resolve()
    assert not desk.project.annotations(desk.session.statement)
    (aside,) = corpus.parent.glob("* before restore.annotator")
    with Project.open(aside, read_only=True) as before:
        assert sum(1 for record in before.records() for _ in record.annotations) == 1


def test_a_statement_is_deleted_for_good_only_when_the_other_button_is_chosen(start, corpus):
    from annotator.gui.dialogs.purging import PurgeDialog

    desk = start(corpus)
    title = desk.project.statement(desk.session.statement).title
    desk.window.order("statement.purge")
    dialog = desk.window.findChild(PurgeDialog)
    assert "There is no undo." in dialog.accessibleDescription()
    desk.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert desk.project.count() == 2
    desk.window.order("statement.purge")
    desk.window.findChild(PurgeDialog).delete_button.click()
    desk.until(lambda: desk.project.count() == 1 and not desk.app.jobs.busy)
    assert title.encode() not in corpus.read_bytes()
    assert not desk.project.undo_label


def test_what_a_check_finds_can_be_read_line_by_line(start, corpus, qtbot):
    import sqlite3
    from contextlib import closing

    with Project.open(corpus) as project:
        project.annotate(next(project.statements()).id, "demand", Span(0, 9))
    with closing(sqlite3.connect(corpus, isolation_level=None)) as other:
        other.execute("UPDATE annotation SET note = 'forged'")
    desk = start(corpus)
    desk.window.order("project.check")
    desk.until(lambda: desk.window.findChild(ReportDialog))
    assert "is not as the last step left it" in desk.window.findChild(ReportDialog).text


# -- nothing happens to a passage that is not meant ------------------------------------------


def test_a_new_selection_elsewhere_ends_the_current_passage(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    first = desk.session.passage
    desk.window.reader.select(Span(79, 86))
    assert desk.session.passage == ""
    desk.press(Qt.Key.Key_N)
    assert "There is no passage here" in desk.window.status_text
    assert QApplication.focusWidget() is desk.window.reader
    desk.press(Qt.Key.Key_Delete)
    assert desk.project.has_annotation(first)


def test_a_selection_within_the_current_passage_keeps_it(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    first = desk.session.passage
    desk.window.reader.select(Span(4, 9))
    assert desk.session.passage == first


def test_del_says_what_it_removed_and_how_it_comes_back(start, corpus):
    desk = start(corpus)
    desk.window.reader.select(Span(49, 77))
    desk.press(Qt.Key.Key_2)
    desk.press(Qt.Key.Key_Delete)
    said = desk.window.status_text
    assert said.startswith("Removed: Accusation “") and "It accuses the port of delay" in said
    assert said.endswith("Ctrl+Z brings it back.")


def test_enter_with_the_caret_in_a_passage_goes_to_its_details(start, corpus):
    desk = start(corpus)
    desk.window.reader.select(Span(0, 47))
    desk.press(Qt.Key.Key_2)
    desk.window.reader.select(Span(4, 15))
    desk.press(Qt.Key.Key_1)
    shorter = desk.session.passage
    desk.session.pick("")
    desk.window.reader.place_caret(6)
    desk.press(Qt.Key.Key_Return)
    assert desk.session.passage == shorter
    assert desk.window.inspector.subject.annotation == shorter
    assert desk.window.inspector.isAncestorOf(QApplication.focusWidget())


def test_one_key_and_esc_leave_the_title_as_it_was(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_F2)
    title = desk.window.inspector.field("title")
    assert not title.editor.textCursor().hasSelection()
    desk.type("x")
    assert title.typed() == "Pier fourx"
    desk.press(Qt.Key.Key_Escape)
    assert title.typed() == "Pier four"
    assert QApplication.focusWidget() is desk.window.reader
    assert desk.project.statement(desk.session.statement).title == "Pier four"


def test_r_takes_the_passage_at_the_caret_and_says_so_when_there_is_none(start, corpus):
    desk = start(corpus)
    desk.press(Qt.Key.Key_1)
    desk.window.reader.place_caret(60)
    desk.session.pick("")
    desk.press(Qt.Key.Key_R)
    assert desk.window.status_text == "There is no passage here to retag."
    assert not desk.app.orders.tagging.retagging
    desk.window.reader.place_caret(6)
    desk.press(Qt.Key.Key_R)
    desk.press(Qt.Key.Key_3)
    assert [a.tag for a in desk.project.annotations(desk.session.statement)] == ["event"]
