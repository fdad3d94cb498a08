"""The list of statements, as someone uses it who reads, filters and deletes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from annotator import Project
from annotator.core.model import DateValue
from annotator.core.text import Span
from annotator.gui.statement_painter import RowPainter
from annotator.gui.statement_words import isolated, one_line
from annotator.gui.statements import NO_MATCH, NO_STATEMENTS, NOTHING_OPEN, STALE, shortened
from annotator.gui.theme import DARK, LIGHT
from annotator.gui.worker import ReadingThread

from .conftest import TITLES, in_sight

# -- what is listed --------------------------------------------------------------------------


def test_the_statements_are_listed_in_the_order_of_import(desk, project, ids):
    desk.use(project)
    assert desk.titles() == list(TITLES)


def test_a_row_tells_issuer_title_date_status_and_counts(desk, project, ids):
    project.edit(ids[0], date_issued=DateValue("2022-01", "inferred"))
    project.annotate(ids[0], "event", Span(0, 9))
    project.annotate(ids[0], "demand", Span(0, 9))
    desk.use(project)
    said = desk.text_of(0)
    for part in ("Issuer 0", "Roads closed", "Jan 2022, inferred", "1 Demand, 1 Event"):
        assert part in said
    assert "unread" in desk.text_of(1) and "undated" in desk.text_of(1)


def test_the_widgets_have_the_names_that_screen_readers_rely_on(desk, project, ids):
    desk.use(project)
    assert desk.pane.accessibleName() == "Statements"
    assert desk.field().accessibleName() == "Filter"
    desk.qtbot.waitUntil(lambda: desk.chip("Unread").accessibleName() == "Unread, 5 statements")
    cells = QAccessible.queryAccessibleInterface(desk.list())
    names = [cells.child(i).text(QAccessible.Text.Name) for i in range(cells.childCount())]
    assert any("Issuer 0" in name and "Roads closed" in name for name in names)


def test_bidi_controls_and_markup_of_a_title_stay_in_their_place(desk, project):
    project.add_statement("Some text.", title="\u202e<b>gnp</b>\n<img src='file:///x'>", issuer="a\u2069b\u2067")
    desk.use(project)
    assert desk.titles() == ["\u202e<b>gnp</b> <img src='file:///x'>"]
    desk.pane.grab()
    assert isolated("a\u2069b\u2067") == "\u2068ab\u2067\u2069\u2069"
    assert len(one_line("x" * 1_000_000)) <= 400


def test_titles_in_arabic_and_beyond_the_basic_plane_are_drawn_in_both_themes(desk, project):
    project.add_statement("نص", title="بيان حول قصف مركز لجرحى الحرب في قامشلو " * 4, issuer="الإدارة الذاتية")
    project.add_statement("text", title="𝕬𝖓 𝖔𝖑𝖉 𝖙𝖎𝖙𝖑𝖊 𝖜𝖎𝖙𝖍 𝖒𝖆𝖓𝖞 𝖜𝖔𝖗𝖉𝖘 𝖎𝖓 𝖎𝖙 " * 3)
    project.add_statement("texts", title="")
    desk.use(project)
    desk.pane.grab()
    desk.pane.set_theme(DARK)
    assert not desk.pane.grab().isNull()


def test_only_rows_that_are_looked_at_are_read(desk, project, many):
    many(1000)
    desk.use(project)
    desk.pane.grab()
    assert desk.pane.model.rowCount() == 1000
    assert desk.pane.model.rows_read <= 200


# -- empty states ----------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do_next(desk, project, ids):
    assert desk.notices() == [NOTHING_OPEN]
    with Project.create(project.path.with_name("other.annotator"), coder="LM") as empty:
        desk.use(empty)
        assert NO_STATEMENTS in desk.notices()
        desk.session.project = None
        desk.pane.on_opened()
        desk.close()
    desk.use(project)
    assert desk.notices() == []
    desk.filter("nowhere")
    assert NO_MATCH in desk.notices()


# -- choosing --------------------------------------------------------------------------------


def test_arrow_keys_home_and_end_choose_statements(desk, project, ids):
    desk.use(project)
    desk.pane.next(1)
    desk.press(Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Home)
    assert desk.chosen == [ids[0], ids[1], ids[4], ids[3], ids[0]]
    assert desk.pane.current_id() == ids[0]


def test_enter_asks_for_the_reader(desk, project, ids, qtbot):
    desk.use(project)
    desk.pane.select(ids[2])
    with qtbot.waitSignal(desk.pane.reader_asked):
        desk.press(Qt.Key.Key_Return)
    assert desk.chosen == [ids[2]]


def test_a_click_chooses_and_selecting_several_does_not(desk, project, ids, qtbot):
    desk.use(project)
    rows = desk.list()

    def click(row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        place = rows.visualRect(rows.model().index(row, 0)).center()
        qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, modifier, place)

    click(1)
    click(3, Qt.KeyboardModifier.ShiftModifier)
    assert desk.chosen == [ids[1]]
    assert desk.pane.selected() == ids[1:4]
    click(2, Qt.KeyboardModifier.ControlModifier)
    assert desk.pane.selected() == [ids[1], ids[3]]
    with qtbot.waitSignal(desk.pane.delete_asked) as asked:
        desk.press(Qt.Key.Key_Delete)
    assert asked.args == [[ids[1], ids[3]]]


def test_showing_a_statement_selects_its_row_without_choosing_it(desk, project, ids):
    desk.use(project)
    desk.session.show(ids[3])
    assert desk.pane.current_id() == ids[3]
    assert desk.chosen == []


def test_letters_typed_in_the_list_read_no_titles(desk, project, many):
    many(1000)
    desk.use(project)
    before = desk.pane.model.rows_read
    desk.press(Qt.Key.Key_W, Qt.Key.Key_A)
    assert desk.pane.model.rows_read == before


def test_next_unread_passes_over_what_was_opened_and_goes_round(desk, project, ids, qtbot):
    for read in (ids[1], ids[2]):
        project.mark(read, "done")
    desk.use(project)
    desk.pane.select(ids[0])
    desk.pane.next_unread()
    assert desk.chosen == [ids[3]]
    desk.pane.next_unread()
    desk.pane.next_unread()
    qtbot.waitUntil(lambda: desk.chosen == [ids[3], ids[4], ids[0]])
    with qtbot.waitSignal(desk.session.said) as said:
        desk.pane.next_unread()
    assert "No unread" in said.args[0]


def test_the_menu_names_its_command_and_the_statements(desk, project, ids, qtbot):
    desk.use(project)
    desk.pane.select(ids[1])
    actions = {action.text(): action for action in desk.pane.findChild(QMenu).actions()}
    with qtbot.waitSignal(desk.pane.menu_asked) as asked:
        actions["Mark as done"].trigger()
    assert asked.args == ["mark_done", [ids[1]]]
    with qtbot.waitSignal(desk.pane.delete_asked):
        actions["Delete"].trigger()


def test_a_right_click_selects_for_the_menu_and_opens_nothing(desk, project, ids, qtbot):
    desk.use(project)
    desk.session.show(ids[0])
    rows = desk.list()
    place = rows.visualRect(rows.model().index(2, 0)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, place)
    assert desk.chosen == []


# -- filtering -------------------------------------------------------------------------------


def test_typing_filters_after_a_pause_and_escape_clears_and_goes_to_the_list(desk, project, ids, qtbot):
    desk.use(project)
    desk.pane.activateWindow()
    qtbot.waitActive(desk.pane)
    desk.pane.focus_filter()
    with qtbot.waitSignal(desk.pane.listed):
        qtbot.keyClicks(desk.field(), "prison")
    assert desk.titles() == ["Prison stormed", "Prisoners freed"]
    with qtbot.waitSignal(desk.pane.listed):
        qtbot.keyClick(desk.field(), Qt.Key.Key_Escape)
    assert desk.titles() == list(TITLES)
    assert desk.pane.filter_text() == "" and desk.list().hasFocus()


def test_a_wrong_query_says_why_and_leaves_the_list(desk, project, ids, qtbot):
    desk.use(project)
    with qtbot.waitSignal(desk.pane.filter_failed) as failed:
        desk.pane.set_filter("colour:red")
    assert "colour:" in failed.args[0]
    assert desk.titles() == list(TITLES)
    assert any("colour:" in notice and len(notice) < 120 for notice in desk.notices())
    assert STALE in desk.notices()
    desk.filter("tag:demand")
    assert not any("colour:" in notice for notice in desk.notices()) and STALE not in desk.notices()
    with qtbot.waitSignal(desk.pane.filter_failed):
        desk.pane.set_filter("tag:nosuch")


def test_a_chip_adds_its_status_to_the_query(desk, project, ids, qtbot):
    project.mark(ids[1], "done")
    desk.use(project)
    with qtbot.waitSignal(desk.pane.listed):
        desk.chip("Done").click()
    assert desk.titles() == ["Prison stormed"]
    assert desk.pane.filter_text() == "status:done"
    desk.filter("prison status:unread")
    assert desk.titles() == ["Prisoners freed"]
    assert desk.chip("Unread").isChecked() and desk.field().text() == "prison"
    assert desk.pane.filter_text() == "prison status:unread"


def test_arrow_keys_move_between_the_chips(desk, project, ids, qtbot):
    desk.use(project)
    with qtbot.waitSignal(desk.pane.listed):
        qtbot.keyClick(desk.chip("All"), Qt.Key.Key_Right)
    assert desk.chip("Unread").isChecked()


def test_the_shown_statement_stays_selected_through_filters(desk, project, ids):
    desk.use(project)
    desk.session.show(ids[4])
    desk.filter("prison")
    assert desk.pane.current_id() == ids[4]
    desk.filter("roads")
    assert desk.pane.current_id() == ""
    desk.filter("")
    assert desk.pane.current_id() == ids[4]
    assert desk.chosen == []


# -- changes ---------------------------------------------------------------------------------


def test_a_tag_makes_only_its_own_row_be_read_again(desk, project, ids, qtbot):
    desk.use(project)
    desk.pane.grab()
    before = desk.pane.model.rows_read
    desk.session.do(project.annotate, ids[2], "demand", Span(0, 9))
    assert desk.pane.model.rows_read == before + 1
    assert "1 Demand" in desk.text_of(2)


def test_opening_a_statement_shows_in_its_row_and_in_the_chips(desk, project, ids, qtbot):
    desk.use(project)
    desk.pane.next(1)
    qtbot.waitUntil(lambda: desk.chip("Open").accessibleName() == "Open, 1 statement")
    assert "open" in desk.text_of(0)
    assert desk.chip("Unread").accessibleName() == "Unread, 4 statements"


def test_a_statement_marked_done_stays_in_the_list_of_unread_ones_until_it_is_asked_again(desk, project, ids, qtbot):
    desk.use(project)
    desk.filter("status:unread")
    desk.session.do(project.mark, ids[1], "done")
    assert "done" in desk.text_of(1)
    qtbot.waitUntil(lambda: desk.chip("Unread").accessibleName() == "Unread, 4 statements")
    desk.filter("status:unread")
    assert len(desk.titles()) == 4


def test_deleting_and_undoing_keep_the_rest_of_the_selection(desk, project, ids, qtbot):
    desk.use(project)
    desk.session.show(ids[3])
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.delete, [ids[1]])
    assert desk.titles() == [t for n, t in enumerate(TITLES) if n != 1]
    assert desk.pane.current_id() == ids[3]
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.undo)
    assert desk.titles() == list(TITLES)
    assert desk.pane.current_id() == ids[3]
    assert desk.chosen == []


def test_after_the_shown_statement_is_deleted_next_goes_on_from_its_place(desk, project, ids, qtbot):
    desk.use(project)
    desk.session.show(ids[2])
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.delete, [ids[2]])
    assert desk.pane.current_id() == ""
    desk.pane.next(1)
    assert desk.chosen == [ids[3]]


def test_an_import_leaves_selection_and_scroll_where_they_were(desk, project, many, qtbot):
    many(600)
    desk.use(project)
    fortieth = list(project.statements())[40].id
    desk.session.show(fortieth)
    bar = desk.list().verticalScrollBar()
    bar.setValue(bar.maximum() // 2 + 7)
    before = bar.value()
    with qtbot.waitSignal(desk.pane.listed):
        many(5000, 600)
        desk.session.tell(project.add_statement("One more text.", title="Last"))
    assert desk.pane.model.rowCount() == 5601
    assert desk.pane.current_id() == fortieth
    assert bar.value() == before


def test_metadata_that_changed_is_shown(desk, project, ids, qtbot):
    desk.use(project)
    desk.pane.grab()
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.edit, ids[0], title="Roads open again")
    assert desk.titles()[0] == "Roads open again"


def test_another_project_replaces_the_list(desk, project, ids, qtbot, tmp_path):
    desk.use(project)
    desk.filter("prison")
    thread = desk.thread
    other = Project.create(tmp_path / "other.annotator", coder="LM")
    other.add_statement("Elsewhere.", title="Elsewhere")
    desk.pane.set_reading_thread(None)
    thread.close()
    desk.use(other)
    assert desk.titles() == ["Elsewhere"]
    assert desk.pane.filter_text() == ""


# -- dropping files --------------------------------------------------------------------------


def test_dropped_files_are_told_and_web_addresses_are_not(desk, project, qtbot, tmp_path):
    desk.use(project)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/x")])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(desk.pane, QDragEnterEvent(QPoint(5, 5), *how))
    with qtbot.waitSignal(desk.pane.files_dropped) as dropped:
        QApplication.sendEvent(desk.pane, QDropEvent(QPointF(5, 5), *how))
    assert dropped.args == [[Path(tmp_path)]]


def test_going_on_leaves_only_the_statement_on_show_selected(desk, project, ids):
    desk.use(project)
    desk.session.show(ids[0])
    held = Qt.KeyboardModifier.ControlModifier
    desk.qtbot.keyPress(desk.list(), Qt.Key.Key_Control, held)
    assert QGuiApplication.keyboardModifiers() == held
    for expected in ids[1:3]:
        desk.pane.next(1)
        assert desk.pane.selected() == [expected] == [desk.session.statement]
    desk.pane.next(-1)
    assert desk.pane.selected() == [ids[1]]
    desk.pane.select(ids[4])
    assert desk.pane.selected() == [ids[4]]
    desk.session.show(ids[3])
    assert desk.pane.selected() == [ids[3]]
    desk.qtbot.keyRelease(desk.list(), Qt.Key.Key_Control)


def test_the_statement_on_show_is_found_in_the_list_when_that_comes_later(desk, project, many):
    many(40)
    last = [s.id for s in project.statements()][-1]
    desk.session.use(project)
    desk.session.show(last)
    desk.thread = ReadingThread(project)
    with desk.qtbot.waitSignal(desk.pane.listed):
        desk.pane.set_reading_thread(desk.thread)
    assert desk.pane.selected() == [last]
    row = desk.pane.model.rowCount() - 1
    seen = desk.list().visualRect(desk.pane.model.index(row, 0))
    assert desk.list().viewport().rect().intersects(seen)


def test_a_refused_filter_is_told_shortly(desk, project, ids, qtbot):
    desk.use(project)
    with qtbot.waitSignal(desk.pane.filter_failed) as failed:
        desk.pane.set_filter("tag:" + "nosuch" * 60)
    assert len(failed.args[0]) <= 110
    assert len(shortened("x" * 500)) == 110


def test_statements_that_come_back_keep_the_shown_row_in_sight(desk, project, many, qtbot):
    many(60)
    listed = [s.id for s in project.statements()]
    desk.use(project)
    desk.session.show(listed[30])
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.delete, listed[:25])
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.undo)
    assert desk.pane.selected() == [listed[30]] and in_sight(desk, 30)


def test_a_statement_that_comes_back_and_is_shown_at_once_is_selected_when_the_list_has_it(desk, project, many, qtbot):
    many(60)
    listed = [s.id for s in project.statements()]
    desk.use(project)
    desk.session.show(listed[50])
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.delete, [listed[50]])
    desk.list().verticalScrollBar().setValue(0)
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.undo)
        desk.session.show(listed[50])
    assert desk.pane.selected() == [listed[50]] and in_sight(desk, 50)


def test_a_narrow_row_tells_by_a_sign_that_the_date_was_inferred(desk, project, ids):
    project.edit(ids[0], issuer="Harbour and Dock Workers of Velmar", date_issued=DateValue("2022-01", "inferred"))
    desk.use(project)
    painter, summary = RowPainter(LIGHT), desk.pane.model.summary(0)
    assert painter.head(summary, 900) == ("Harbour and Dock Workers of Velmar", "Jan 2022, inferred")
    issuer, date = painter.head(summary, 180)
    assert date == "≈ Jan 2022" and issuer.startswith("Harbour")
    issuer, _ = painter.head(summary, 110)
    assert len(issuer) > 3
