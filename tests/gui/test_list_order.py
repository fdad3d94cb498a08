"""The list in its orders and groups, and what it reads for that."""

from __future__ import annotations

from array import array

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QMenu, QToolButton

from annotator import Project, Span
from annotator.core.model import DateValue
from annotator.gui.arranging import as_text, from_text, ordered_by, regrouped, reversed_, worded
from annotator.gui.statement_order import Order, spans_of
from annotator.gui.statement_rows import PAGE, PAGES
from annotator.gui.statement_words import INFERRED_TIP
from annotator.gui.statements import SEARCHING
from annotator.store.listing import ORDERS, Arrangement, Part

from .conftest import TITLES, Desk, in_sight

ISSUERS = ("Water Board", "Dam Council", "Water Board", "Dam Council", "Zoo")


def named(project: Project, ids: list[str]) -> None:
    for statement, issuer, day in zip(ids, ISSUERS, ("2022-03", "2021", "", "2022-03-05", "2020-01-01"), strict=True):
        project.edit(statement, issuer=issuer, **({"date_issued": day} if day else {}))


def arrange(desk: Desk, arrangement: Arrangement) -> None:
    with desk.qtbot.waitSignal(desk.pane.listed):
        desk.pane.arrange(arrangement)


def lines(desk: Desk) -> list[str]:
    """Headings with their counts, and titles, row by row."""
    rows = desk.pane.model
    return [str(rows.data(rows.index(row, 0))) for row in range(rows.rowCount())]


# -- orders ------------------------------------------------------------------------------------


def test_the_list_stands_in_the_order_that_was_chosen_in_the_menu(desk, project, ids, qtbot):
    named(project, ids)
    desk.use(project)
    button = desk.pane.findChild(QToolButton)
    entries = {action.text(): action for action in button.menu().actions()}
    with qtbot.waitSignals([desk.pane.listed, desk.pane.arranged]):
        entries["Date"].trigger()
    assert desk.titles() == [TITLES[n] for n in (4, 1, 0, 3, 2)]
    with qtbot.waitSignal(desk.pane.listed):
        next(a for a in button.menu().actions() if a.text() == "Newest first").trigger()
    assert desk.titles() == [TITLES[n] for n in (3, 0, 1, 4, 2)]
    assert button.accessibleDescription() == "Date, newest first"
    assert entries["Date"].isChecked() and not entries["Order of import"].isChecked()


def test_groups_have_headings_with_counts_which_keys_pass_over(desk, project, ids):
    named(project, ids)
    desk.use(project)
    arrange(desk, Arrangement("issuer", grouped=True))
    assert lines(desk) == [
        "Dam Council, 2 statements", TITLES[1], TITLES[3], "Water Board, 2 statements", TITLES[0], TITLES[2],
        "Zoo, 1 statement", TITLES[4],
    ]  # fmt: skip
    assert [label for label in (desk.pane.model.heading(0), desk.pane.model.heading(1))][1] is None
    desk.press(Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Home)
    assert desk.chosen == [ids[1], ids[3], ids[0], ids[3], ids[4], ids[1]]
    desk.pane.next(1)
    desk.pane.next(1)
    desk.pane.next(-1)
    assert desk.chosen[-3:] == [ids[3], ids[0], ids[3]]


def test_a_screen_reader_hears_the_heading_above_a_row_and_each_heading(desk, project, ids):
    named(project, ids)
    desk.use(project)
    arrange(desk, Arrangement("issuer", grouped=True))
    assert desk.text_of(1).startswith("Dam Council, 2 statements: ")
    assert not desk.text_of(2).startswith("Dam Council, 2")
    cells = QAccessible.queryAccessibleInterface(desk.list())
    names = [cells.child(i).text(QAccessible.Text.Name) for i in range(cells.childCount())]
    assert "Zoo, 1 statement" in names


def test_headings_are_lower_than_statements_and_go_with_the_groups(desk, project, ids):
    named(project, ids)
    desk.use(project)
    rows, place = desk.list(), desk.pane.model.index
    plain = rows.visualRect(place(0, 0)).height()
    arrange(desk, Arrangement("issuer", grouped=True))
    assert rows.visualRect(place(0, 0)).height() < plain / 2
    assert rows.visualRect(place(1, 0)).height() == plain
    desk.pane.grab()
    arrange(desk, Arrangement())
    assert {rows.visualRect(place(n, 0)).height() for n in range(5)} == {plain}


def test_selecting_all_takes_statements_and_no_headings(desk, project, ids):
    named(project, ids)
    desk.use(project)
    arrange(desk, Arrangement("issuer", grouped=True))
    desk.list().selectAll()
    assert desk.pane.selected() == [ids[n] for n in (1, 3, 0, 2, 4)]


def test_a_filter_keeps_the_order_and_drops_empty_groups(desk, project, ids):
    named(project, ids)
    desk.use(project)
    arrange(desk, Arrangement("issuer", grouped=True))
    desk.filter("prison")
    assert lines(desk) == ["Dam Council, 1 statement", TITLES[1], "Zoo, 1 statement", TITLES[4]]
    desk.session.show(ids[4])
    assert desk.pane.current_id() == ids[4] and in_sight(desk, 3)


def test_the_listed_count_is_of_statements(desk, project, ids, qtbot):
    named(project, ids)
    desk.use(project)
    with qtbot.waitSignal(desk.pane.listed) as listed:
        desk.pane.arrange(Arrangement("issuer", grouped=True))
    assert listed.args == [5]


def test_a_step_that_moves_a_statement_to_another_group_keeps_it_selected(desk, project, ids, qtbot):
    named(project, ids)
    desk.use(project)
    arrange(desk, Arrangement("issuer", grouped=True))
    desk.session.show(ids[4])
    with qtbot.waitSignal(desk.pane.listed):
        desk.session.do(project.edit, ids[4], issuer="Alpha")
    assert lines(desk)[:2] == ["Alpha, 1 statement", TITLES[4]]
    assert desk.pane.selected() == [ids[4]] and in_sight(desk, 1)


def test_arrangements_are_worded_and_remembered():
    date = ordered_by(Arrangement(), "date")
    assert worded(regrouped(reversed_(date))) == "Date, newest first, group by month"
    assert worded(ordered_by(date, "marks")) == "Number of marks, most first"
    assert regrouped(Arrangement()) == Arrangement("issuer", grouped=True)
    assert worded(Arrangement("issuer")) == "Issuer, A to Z"
    for by in ORDERS:
        for arrangement in (Arrangement(by), Arrangement(by, True, True)):
            assert from_text(as_text(arrangement)) == arrangement
    assert from_text("") == from_text("nonsense down") == Arrangement()


def test_an_inferred_date_is_explained_where_the_pointer_rests(desk, project, ids):
    project.edit(ids[0], date_issued=DateValue("2022-01", "inferred"))
    project.edit(ids[1], date_issued=DateValue("2022-01", "in_text"))
    desk.use(project)
    rows = desk.pane.model
    tips = [rows.data(rows.index(n, 0), Qt.ItemDataRole.ToolTipRole) for n in range(2)]
    assert tips == [INFERRED_TIP, None]


# -- while it is searched ----------------------------------------------------------------------


class Slow:
    """A reading thread that answers when it is told to."""

    def __init__(self) -> None:
        self.open: dict[str, tuple] = {}

    def ask(self, kind, read, on_page, on_done=lambda: None, on_error=lambda error: None) -> None:
        self.open[kind] = (on_page, on_done)

    def drop(self, kind) -> None:
        self.open.pop(kind, None)


def part(project: Project, ids: list[str], anew: bool = True, whole: bool = False) -> Part:
    numbers = array("q", [n for n in map(project.number_of, ids) if n is not None])
    return Part(numbers, anew=anew, whole=whole)


def test_a_search_that_takes_long_says_so_and_shows_no_other_answer(desk, project, ids, qtbot):
    desk.use(project)
    slow = Slow()
    desk.pane.set_reading_thread(slow)
    desk.pane.set_filter("prison")
    qtbot.waitUntil(lambda: SEARCHING in desk.notices())
    assert desk.titles() == []
    on_page, on_done = slow.open["order"]
    on_page(part(project, ids[1:2]))
    on_done()
    assert desk.titles() == [TITLES[1]] and SEARCHING not in desk.notices()


def test_first_finds_stay_in_sight_until_the_whole_order_takes_their_place(desk, project, ids):
    desk.use(project)
    slow = Slow()
    desk.pane.set_reading_thread(slow)
    on_page, on_done = slow.open["order"]
    on_page(part(project, ids[2:4]))
    on_page(part(project, [ids[4], ids[3]], whole=True))
    assert desk.titles() == [TITLES[2], TITLES[3]]
    on_page(part(project, [ids[2], ids[0]], anew=False))
    on_done()
    assert desk.titles() == [TITLES[n] for n in (4, 3, 2, 0)]


# -- what is read --------------------------------------------------------------------------------


def test_a_tag_in_a_grouped_list_reads_one_row_again(desk, project, ids, qtbot):
    named(project, ids)
    desk.use(project)
    arrange(desk, Arrangement("date", grouped=True))
    desk.pane.grab()
    before = desk.pane.model.rows_read
    desk.session.do(project.annotate, ids[2], "demand", Span(0, 9))
    desk.pane.grab()
    assert desk.pane.model.rows_read == before + 1


def test_scrolling_back_reads_nothing_that_was_kept(desk, project, many):
    many(PAGE * 12)
    desk.use(project)
    desk.pane.grab()
    bar = desk.list().verticalScrollBar()
    for place in range(0, bar.maximum(), desk.list().viewport().height()):
        bar.setValue(place)
        desk.pane.grab()
    before = desk.pane.model.rows_read
    assert before == PAGE * 12 < PAGE * PAGES
    bar.setValue(0)
    for place in range(bar.maximum(), 0, -desk.list().viewport().height()):
        bar.setValue(place)
        desk.pane.grab()
    assert desk.pane.model.rows_read == before


def test_the_rows_looked_at_longest_ago_are_read_again(desk, project, many):
    many(PAGE * (PAGES + 1))
    desk.use(project)
    rows = desk.pane.model
    for page in range(PAGES + 1):
        rows.summary(page * PAGE)
    before = rows.rows_read
    rows.summary(PAGE)
    assert rows.rows_read == before
    rows.summary(0)
    assert rows.rows_read == before + PAGE


def test_ids_of_very_many_selected_statements_are_looked_up_beside_the_window(desk, project, many, qtbot):
    many(2500)
    desk.use(project)
    before = desk.pane.model.rows_read
    desk.list().selectAll()
    with qtbot.waitSignal(desk.pane.delete_asked) as asked:
        desk.press(Qt.Key.Key_Delete)
    assert asked.args[0] == [s.id for s in project.statements()]
    with qtbot.waitSignal(desk.pane.menu_asked) as asked:
        {a.text(): a for a in desk.pane.findChild(QMenu).actions()}["Mark as done"].trigger()
    assert len(asked.args[1]) == 2500
    assert desk.pane.model.rows_read <= before + PAGE


# -- the order by itself -------------------------------------------------------------------------


def test_an_order_finds_rows_whether_it_rises_or_not():
    rising, mixed = Order(Part(array("q", [2, 5, 9]))), Order(Part(array("q", [5, 9, 2])))
    rising.extend(Part(array("q", [12])))
    assert [rising.row_of(n) for n in (2, 9, 12, 3, None)] == [0, 2, 3, None, None]
    assert [mixed.row_of(n) for n in (2, 9, 3)] == [2, 1, None]
    assert rising.row_of(2, 1) is None and mixed.row_of(2, 1) == 2
    many = {2, 5, 9, 20, 30, 40, 50}
    assert rising.rows_of(many) == [0, 1, 2] and mixed.rows_of(many) == [0, 1, 2]
    assert [(s.start, s.stop) for s in spans_of([0, 1, 2, 5, 7, 8])] == [(0, 3), (5, 6), (7, 9)]


def test_headings_of_an_order_stand_between_its_numbers():
    order = Order(Part(array("q", [7, 8, 3]), ((0, "A"), (2, "B"))))
    order.extend(Part(array("q", [4, 1]), ((1, "C"),)))
    assert order.places == [0, 3, 6] and order.statements == 5
    assert [order.count_under(n) for n in range(3)] == [2, 2, 1]
    assert order.numbers_in([range(0, 4), range(5, 8)]) == array("q", [7, 8, 4, 1])
    assert (order.nearest(0, 1), order.nearest(3, -1), order.nearest(0, -1)) == (1, 2, None)
