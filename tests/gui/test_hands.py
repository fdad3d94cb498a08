"""Marking by hand and by key: the marker, tags by name, overlapping passages, boundaries, steps of the caret."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from annotator.core.codebook import tag_from_json
from annotator.core.text import Span
from annotator.gui.app import App
from annotator.gui.chooser import Choice, fitting, two_lines
from annotator.gui.memory import Memory
from annotator.gui.theme import ui_font
from annotator.store import identity

TEXT = "The port must reopen. It was closed. Nobody was asked.\n\nWorkers wait. They will leave."
NO, SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Hands:
    """The window on one statement, and what a coder does in it."""

    def __init__(self, app: App, qtbot) -> None:
        self.app, self.qtbot = app, qtbot
        self.window, self.session, self.reader = app.window, app.session, app.window.reader
        self.chooser = app.window.chooser

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NO) -> None:
        QTest.keyClick(self.window.focusWidget(), key, held)

    def at(self, words: str) -> None:
        self.reader.place_caret(TEXT.index(words))

    def select(self, words: str) -> None:
        start = TEXT.index(words)
        self.reader.select(Span(start, start + len(words)))

    def point(self, words: str) -> QPoint:
        """In the middle of the first letter of these words, in the viewport."""
        span, caret = self.reader.span(), self.reader.caret()
        self.reader.place_caret(TEXT.index(words))
        left = self.reader.cursorRect().center()
        self.reader.place_caret(TEXT.index(words) + 1)
        right = self.reader.cursorRect().center()
        self.reader.select(span) if span else self.reader.place_caret(caret)
        return QPoint((left.x() + right.x()) // 2, left.y())

    def drag(self, start: QPoint, end: QPoint, held: Qt.KeyboardModifier = NO, *, pressed: bool = False) -> None:
        view, left = self.reader.viewport(), Qt.MouseButton.LeftButton
        if not pressed:
            QTest.mousePress(view, left, held, start)
        for point in (start + (end - start) / 2, end):
            # QTest.mouseMove holds no button.
            place = QPointF(point)
            glob = QPointF(view.mapToGlobal(point))
            QApplication.sendEvent(
                view, QMouseEvent(QEvent.Type.MouseMove, place, glob, Qt.MouseButton.NoButton, left, held)
            )
        QTest.mouseRelease(view, left, held, end)

    def words(self) -> str:
        span = self.reader.span()
        return span.of(TEXT) if span else ""

    def passages(self) -> list[tuple[str, str]]:
        return [(a.tag, a.quote) for a in self.session.project.annotations(self.session.statement)]

    def current(self) -> tuple[str, str]:
        a = self.session.project.annotation(self.session.passage)
        return a.tag, a.quote


@pytest.fixture
def hands(qtbot, project):
    identity.name_coder("LM")
    path = project.path
    project.add_statement(TEXT, title="Port")
    project.close()
    app = App()
    qtbot.addWidget(app.window)
    app.window.resize(1300, 800)
    with qtbot.waitActive(app.window):
        app.window.show()
        app.window.activateWindow()
    app.start(path)
    qtbot.waitUntil(lambda: bool(app.session.statement), timeout=15_000)
    app.window.reader.setFocus()
    yield Hands(app, qtbot)
    app.window.close()


# -- the marker ---------------------------------------------------------------------------


def test_with_a_marker_every_sentence_that_is_taken_gets_its_tag_until_esc(hands):
    hands.key(Qt.Key.Key_1, SHIFT)
    assert hands.app.orders.tagging.marker == "demand"
    hands.at("port must")
    hands.key(Qt.Key.Key_S)
    hands.at("Workers")
    hands.key(Qt.Key.Key_S)
    assert hands.passages() == [("demand", "The port must reopen"), ("demand", "Workers wait")]
    hands.key(Qt.Key.Key_Escape)
    hands.at("They will")
    hands.key(Qt.Key.Key_S)
    assert len(hands.passages()) == 2


def test_each_mark_of_the_marker_is_one_step(hands):
    hands.key(Qt.Key.Key_2, SHIFT)
    for words in ("port must", "Workers"):
        hands.at(words)
        hands.key(Qt.Key.Key_S)
    hands.key(Qt.Key.Key_Z, CTRL)
    assert hands.passages() == [("accusation", "The port must reopen")]
    assert hands.app.orders.tagging.marker == "accusation", "the marker stays in the hand"


def test_s_again_with_a_marker_lets_the_passage_grow(hands):
    hands.key(Qt.Key.Key_1, SHIFT)
    hands.at("port must")
    hands.key(Qt.Key.Key_S)
    hands.key(Qt.Key.Key_S)
    hands.key(Qt.Key.Key_S)
    assert hands.passages() == [("demand", "The port must reopen. It was closed. Nobody was asked")]
    hands.key(Qt.Key.Key_Z, CTRL)
    assert hands.passages() == [("demand", "The port must reopen. It was closed")]


def test_a_drag_with_a_marker_marks_when_the_button_goes_up(hands):
    hands.key(Qt.Key.Key_3, SHIFT)
    hands.drag(hands.point("port must"), hands.point(" reopen"))
    assert len(hands.passages()) == 1
    assert hands.passages()[0][0] == "event"
    assert not hands.reader.bar.isVisible()


def test_what_shift_and_arrows_select_is_marked_by_enter(hands):
    hands.key(Qt.Key.Key_1, SHIFT)
    hands.reader.place_caret(0)
    for _ in range(3):
        hands.key(Qt.Key.Key_Right, SHIFT)
    assert hands.passages() == []
    hands.key(Qt.Key.Key_Return)
    assert hands.passages() == [("demand", "The")]
    hands.key(Qt.Key.Key_Return)
    assert not hands.reader.hasFocus(), "Enter goes to the details when nothing waits for the marker"


def test_a_triple_click_with_a_marker_marks_the_sentence_and_not_the_word_before(hands):
    hands.key(Qt.Key.Key_1, SHIFT)
    point = hands.point("must")
    QTest.mouseDClick(hands.reader.viewport(), Qt.MouseButton.LeftButton, NO, point)
    QTest.mouseRelease(hands.reader.viewport(), Qt.MouseButton.LeftButton, NO, point)
    QTest.mouseClick(hands.reader.viewport(), Qt.MouseButton.LeftButton, NO, point)
    assert hands.passages() == [("demand", "The port must reopen")]
    hands.key(Qt.Key.Key_Z, CTRL)
    assert hands.passages() == [], "one mark, one step"


def test_a_double_click_with_a_marker_marks_the_word_when_no_third_click_came(hands, qtbot):
    hands.key(Qt.Key.Key_1, SHIFT)
    view, left, point = hands.reader.viewport(), Qt.MouseButton.LeftButton, hands.point("must")
    QTest.mouseDClick(view, left, NO, point)
    QTest.mouseRelease(view, left, NO, point)
    assert hands.passages() == []
    qtbot.waitUntil(lambda: hands.passages() == [("demand", "must")])


def test_a_marker_taken_with_words_selected_marks_them_at_once_and_only_once(hands):
    hands.select("It was closed")
    hands.key(Qt.Key.Key_1, SHIFT)
    assert hands.passages() == [("demand", "It was closed")]
    hands.key(Qt.Key.Key_Escape)
    hands.key(Qt.Key.Key_1, SHIFT)
    assert hands.passages() == [("demand", "It was closed")]
    assert not hands.window.banner.isVisible()


def test_the_marker_is_seen_and_the_same_key_or_a_click_puts_it_away(hands):
    sign, view = hands.window.marker_sign, hands.reader.viewport()
    assert not sign.isVisible()
    hands.key(Qt.Key.Key_2, SHIFT)
    assert sign.isVisible() and sign.accessibleName() == "Marker: Accusation"
    assert view.cursor().shape() == Qt.CursorShape.BitmapCursor
    assert hands.window.action("marker.accusation").isChecked()
    hands.key(Qt.Key.Key_1, SHIFT)
    assert sign.accessibleName() == "Marker: Demand"
    assert not hands.window.action("marker.accusation").isChecked()
    hands.key(Qt.Key.Key_1, SHIFT)
    assert not sign.isVisible()
    assert view.cursor().shape() == Qt.CursorShape.IBeamCursor
    hands.window.order("marker.event")
    sign.click()
    assert hands.app.orders.tagging.marker == ""


def test_a_marker_does_not_outlive_its_project(hands):
    hands.key(Qt.Key.Key_1, SHIFT)
    hands.session.use(None)
    assert hands.app.orders.tagging.marker == ""
    assert not hands.window.marker_sign.isVisible()


# -- tags by name ----------------------------------------------------------------------------


def test_c_and_part_of_a_name_tag_the_sentence_at_the_caret(hands):
    hands.at("was closed")
    hands.key(Qt.Key.Key_C)
    assert hands.chooser.isVisible() and hands.chooser.field.hasFocus()
    QTest.keyClicks(hands.chooser.field, "acc")
    assert hands.chooser.offered()[0] == "tag.accusation"
    hands.key(Qt.Key.Key_Return)
    assert hands.passages() == [("accusation", "It was closed")]
    assert hands.reader.hasFocus() and not hands.chooser.isVisible()


def test_c_tags_the_selection_and_esc_leaves_it_as_it_is(hands):
    hands.select("Nobody was")
    hands.key(Qt.Key.Key_C)
    hands.key(Qt.Key.Key_Escape)
    assert hands.passages() == [] and hands.reader.hasFocus()
    assert hands.words() == "Nobody was"
    hands.key(Qt.Key.Key_C)
    hands.key(Qt.Key.Key_Down)
    hands.key(Qt.Key.Key_Down)
    hands.key(Qt.Key.Key_Return)
    assert hands.passages() == [("event", "Nobody was")]


def test_r_then_c_retags_by_name(hands):
    hands.at("was closed")
    hands.key(Qt.Key.Key_1)
    hands.key(Qt.Key.Key_R)
    hands.key(Qt.Key.Key_C)
    QTest.keyClicks(hands.chooser.field, "event")
    hands.key(Qt.Key.Key_Return)
    assert hands.passages() == [("event", "It was closed")]


def test_a_retag_that_is_left_in_the_list_is_over(hands):
    hands.at("was closed")
    hands.key(Qt.Key.Key_1)
    hands.key(Qt.Key.Key_R)
    hands.key(Qt.Key.Key_C)
    hands.key(Qt.Key.Key_Escape)
    hands.at("Workers")
    hands.key(Qt.Key.Key_3)
    assert hands.passages() == [("demand", "It was closed"), ("event", "Workers wait")]


def test_a_marker_is_taken_by_name_too(hands):
    hands.key(Qt.Key.Key_C, SHIFT)
    QTest.keyClicks(hands.chooser.field, "dem")
    hands.key(Qt.Key.Key_Return)
    assert hands.app.orders.tagging.marker == "demand"


def test_the_list_goes_when_something_else_gets_the_focus_or_another_statement_is_shown(hands):
    hands.at("was closed")
    hands.key(Qt.Key.Key_C)
    hands.window.statements.setFocus()
    assert not hands.chooser.isVisible()


def test_the_list_stays_in_the_window_wherever_the_caret_is(hands):
    hands.window.resize(900, 500)
    for words in ("The port", "leave"):
        hands.at(words)
        hands.window.order("choose.tag")
        assert hands.window.rect().adjusted(-12, -12, 12, 12).contains(hands.chooser.geometry())


def test_what_is_typed_fits_the_beginning_of_words_without_marks_or_case_best_first():
    tags = [
        tag_from_json({"name": "call", "label": "Appel à l’État", "definition": "A demand for help"}),
        tag_from_json({"name": "demand", "label": "Demand", "key": "1"}),
        tag_from_json({"name": "peace_talks", "label": "Talks", "definition": "About a truce"}),
    ]
    choices = [Choice(tag.name, tag.label, tag.definition, tag, tag.key) for tag in tags]

    def found(typed: str) -> list[str]:
        return [choice.target for choice in fitting(choices, typed)]

    assert found("") == ["call", "demand", "peace_talks"]
    assert found("dem") == ["demand", "call"]
    assert found("etat") == found("APP ÉT") == ["call"]
    assert found("peace") == found("truce tal") == ["peace_talks"]
    assert found("1")[0] == "demand"
    assert found("eman") == ["demand"]
    assert found("xyz") == []


def test_with_sixty_tags_the_menu_and_the_bar_stay_short_and_the_list_scrolls(hands):
    for n in range(60):
        hands.session.do(hands.session.project.put_tag, tag_from_json({"name": f"topic_{n}", "label": f"Topic {n}"}))
    menu = next(m for m in hands.window.menuBar().findChildren(QMenu) if m.title() == "Passage")
    assert len([action for action in menu.actions() if action.text().startswith("Topic")]) == 0
    assert [entry.label for entry in hands.reader.bar.entries] == ["Demand", "Accusation", "Event", "Tag…", "Note"]
    hands.at("Workers")
    hands.key(Qt.Key.Key_C)
    place = hands.chooser.pos()
    QTest.keyClicks(hands.chooser.field, "topic 59")
    assert hands.chooser.pos() == place, "the field stands still while typing narrows the list"
    assert hands.chooser.offered() == ["tag.topic_59"]
    hands.key(Qt.Key.Key_Return)
    assert hands.passages() == [("topic_59", "Workers wait")]


# -- overlapping passages ----------------------------------------------------------------------


@pytest.fixture
def overlap(hands) -> Hands:
    """Three passages over “closed”, of which the shortest is an event."""
    for words, key in (("closed", Qt.Key.Key_3), ("It was closed", Qt.Key.Key_1), ("closed. Nobody", Qt.Key.Key_2)):
        hands.select(words)
        hands.key(key)
    hands.reader.place_caret(TEXT.index("closed") + 2)
    hands.session.pick("")
    return hands


def test_o_goes_through_the_passages_at_the_caret_the_shortest_first(overlap):
    seen = []
    for _ in range(4):
        overlap.key(Qt.Key.Key_O)
        seen.append(overlap.current()[0])
    assert seen == ["event", "demand", "accusation", "event"]


def test_the_list_of_passages_names_them_and_a_digit_chooses(overlap):
    overlap.key(Qt.Key.Key_O, SHIFT)
    assert overlap.chooser.list.hasFocus()
    assert overlap.chooser.accessibleName() == "3 passages here"
    model = overlap.chooser.list.model()
    spoken = [model.index(n, 0).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(model.rowCount())]
    assert spoken == ["Event, closed, key 1", "Demand, It was closed, key 2", "Accusation, closed. Nobody, key 3"]
    overlap.key(Qt.Key.Key_3)
    assert overlap.current() == ("accusation", "closed. Nobody")
    assert overlap.reader.hasFocus()
    assert len(overlap.passages()) == 3, "the digit chose, it did not tag"


def test_arrows_and_enter_choose_a_passage_too_and_esc_none(overlap):
    overlap.key(Qt.Key.Key_O, SHIFT)
    overlap.key(Qt.Key.Key_Escape)
    assert overlap.session.passage == ""
    overlap.key(Qt.Key.Key_O, SHIFT)
    overlap.key(Qt.Key.Key_Up)
    overlap.key(Qt.Key.Key_Return)
    assert overlap.current()[0] == "accusation"


def test_alt_and_a_click_ask_which_passage_is_meant(overlap):
    QTest.mouseClick(overlap.reader.viewport(), Qt.MouseButton.LeftButton, ALT, overlap.point("losed"))
    assert overlap.chooser.isVisible()
    QTest.mouseClick(
        overlap.chooser.list.viewport(),
        Qt.MouseButton.LeftButton,
        NO,
        overlap.chooser.list.visualRect(overlap.chooser.list.model().index(1, 0)).center(),
    )
    assert overlap.current() == ("demand", "It was closed")


def test_the_context_menu_names_all_passages_under_the_pointer(overlap):
    overlap.reader.clear_selection()
    place = overlap.reader.viewport().mapTo(overlap.reader, overlap.point("losed"))
    overlap.reader.customContextMenuRequested.emit(place)
    menu = QApplication.activePopupWidget()
    named = [action.text() for action in menu.actions()][:3]
    assert named == ["Event: closed", "Demand: It was closed", "Accusation: closed. Nobody"]
    menu.actions()[2].trigger()
    assert overlap.current()[0] == "accusation"
    assert len(overlap.passages()) == 3
    menu.close()


def test_where_no_passage_is_o_says_so(hands, qtbot):
    with qtbot.waitSignal(hands.session.said) as told:
        hands.key(Qt.Key.Key_O)
    assert told.args == ["There is no passage here."]


def test_after_the_last_passage_there_are_no_more_in_this_statement(overlap, qtbot):
    overlap.reader.place_caret(0)
    for _ in range(3):
        overlap.key(Qt.Key.Key_Down, ALT)
    last = overlap.current()
    with qtbot.waitSignal(overlap.session.said) as told:
        overlap.key(Qt.Key.Key_Down, ALT)
    assert told.args == ["No more passages in this statement."]
    assert overlap.current() == last


def test_going_to_a_passage_takes_the_caret_along(overlap):
    overlap.at("They will")
    overlap.key(Qt.Key.Key_Up, ALT)
    assert overlap.current() == ("accusation", "closed. Nobody")
    assert overlap.reader.caret() == TEXT.index("closed")


# -- boundaries and steps ------------------------------------------------------------------------


def test_a_boundary_that_is_moved_is_seen_growing_in_the_list_and_each_move_is_one_step(hands):
    hands.at("was closed")
    hands.key(Qt.Key.Key_1)
    rows = hands.window.passages.rows
    quotes = [rows.index(0, 0).data()]
    for _ in range(2):
        hands.key(Qt.Key.Key_BracketRight)
        quotes.append(rows.index(0, 0).data())
    assert quotes == ["It was closed", "It was closed. Nobody", "It was closed. Nobody was"]
    assert hands.words() == "It was closed. Nobody was", "the selection goes along"
    hands.key(Qt.Key.Key_Z, CTRL)
    assert hands.passages() == [("demand", "It was closed. Nobody")]


def test_j_and_k_go_by_sentences_and_with_shift_by_paragraphs(hands):
    hands.reader.place_caret(0)
    seen = []
    for key, held in (
        (Qt.Key.Key_J, NO), (Qt.Key.Key_J, NO), (Qt.Key.Key_J, SHIFT), (Qt.Key.Key_J, NO), (Qt.Key.Key_J, NO),
        (Qt.Key.Key_K, SHIFT), (Qt.Key.Key_K, NO), (Qt.Key.Key_K, SHIFT), (Qt.Key.Key_K, NO),
    ):  # fmt: skip
        hands.key(key, held)
        seen.append(TEXT[hands.reader.caret() :].split()[0])
    assert seen == ["It", "Nobody", "Workers", "They", "They", "Workers", "Nobody", "The", "The"]


def test_from_the_header_the_first_step_leads_to_the_beginning_of_the_text(hands):
    cursor = hands.reader.textCursor()
    cursor.setPosition(0)
    hands.reader.setTextCursor(cursor)
    hands.key(Qt.Key.Key_J)
    assert hands.reader.caret() == 0
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == [("demand", "The port must reopen")]


def test_a_refused_mark_of_the_marker_is_no_first_press_of_a_key(hands):
    hands.select("must reopen")
    hands.key(Qt.Key.Key_1)
    hands.reader.clear_selection()
    hands.key(Qt.Key.Key_1, SHIFT)
    hands.select("port must")
    hands.app.orders.tagging.mark()
    hands.app.orders.tagging.mark()
    assert hands.passages() == [("demand", "must reopen")]
    assert "once more" not in hands.window.banner.text
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == [("demand", "must reopen")]
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == [("demand", "port must reopen")]


def test_a_key_that_selects_ends_the_wait_for_a_third_click(hands, qtbot):
    hands.reader.select(Span(0, 0))
    view, point = hands.reader.viewport(), hands.point("ust")
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, NO, point)
    with qtbot.assertNotEmitted(hands.reader.words_selected, wait=QApplication.doubleClickInterval() + 100):
        hands.key(Qt.Key.Key_S)


def test_the_offer_to_extend_is_over_when_other_words_were_selected_meanwhile(hands):
    hands.select("must reopen")
    hands.key(Qt.Key.Key_1)
    hands.select("port must")
    hands.key(Qt.Key.Key_1)
    hands.select("Nobody")
    hands.select("port must")
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == [("demand", "must reopen")]


# -- the mouse -----------------------------------------------------------------------------------


def test_a_drag_takes_the_words_it_cuts_as_a_whole_unless_that_is_off_and_alt_does_the_opposite(hands):
    start, end = hands.point("rt must"), hands.point("open.")
    assert hands.window.action("view.snap").isChecked()
    hands.drag(start, end)
    assert hands.words() == "port must reopen"
    hands.reader.clear_selection()
    hands.drag(start, end, ALT)
    assert hands.words() not in ("port must reopen", "")
    hands.key(Qt.Key.Key_W)
    assert not hands.window.action("view.snap").isChecked()
    hands.reader.clear_selection()
    hands.drag(start, end)
    assert hands.words() not in ("port must reopen", "")
    hands.reader.clear_selection()
    hands.drag(start, end, ALT)
    assert hands.words() == "port must reopen"


def test_a_drag_to_the_left_snaps_as_well_and_leaves_the_caret_there(hands):
    hands.drag(hands.point("open."), hands.point("rt must"))
    assert hands.words() == "port must reopen"
    hands.key(Qt.Key.Key_Left, SHIFT)
    assert hands.words() == " port must reopen"


def test_snapping_is_kept_for_the_next_start(hands):
    hands.key(Qt.Key.Key_W)
    hands.window.close()
    assert Memory().get("snap", True) is False


def test_snapping_that_was_given_up_is_off_at_the_start(request):
    memory = Memory()
    memory.put("snap", False)
    memory.save()
    hands = request.getfixturevalue("hands")
    assert not hands.reader.dragging.snaps
    assert not hands.window.action("view.snap").isChecked()


def test_blanks_at_the_edges_of_a_selection_are_not_tagged(hands):
    hands.select(" must reopen. ")
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == [("demand", "must reopen.")]
    assert hands.words() == "must reopen."


def test_a_selection_of_blanks_alone_tags_nothing(hands):
    hands.select("\n\n")
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == []
    assert hands.window.status_text == "There are no words in the selection."


def test_alt_down_takes_the_first_of_the_passages_at_the_caret(hands):
    hands.select("The port must reopen")
    hands.key(Qt.Key.Key_1)
    hands.select("port must")
    hands.key(Qt.Key.Key_2)
    hands.at("must")
    hands.session.pick("")
    hands.key(Qt.Key.Key_Down, ALT)
    assert hands.current() == ("demand", "The port must reopen")
    hands.key(Qt.Key.Key_Down, ALT)
    assert hands.current() == ("accusation", "port must")


def test_a_passage_that_undo_brings_back_is_current(hands):
    hands.select("port must")
    hands.key(Qt.Key.Key_1)
    gone = hands.session.passage
    hands.key(Qt.Key.Key_Delete)
    hands.select("Workers")
    hands.key(Qt.Key.Key_Z, CTRL)
    assert hands.session.passage == gone
    assert hands.reader.current == gone
    assert hands.words() == ""


def test_a_click_on_a_bar_in_the_margin_takes_the_caret_to_the_passage(hands):
    hands.select("closed. Nobody")
    hands.key(Qt.Key.Key_1)
    hands.at("Workers")
    hands.session.pick("")
    reader = hands.reader
    block = reader.document().findBlock(reader.page.content.start)
    bar = reader.highlights.drawing(block).bars[0]
    top = reader.blockBoundingGeometry(block).translated(reader.contentOffset()).top()
    place = ((bar.line.p1() + bar.line.p2()) / 2).toPoint() + QPoint(0, int(top))
    QTest.mouseClick(reader.viewport(), Qt.MouseButton.LeftButton, NO, place)
    assert hands.current() == ("demand", "closed. Nobody")
    assert reader.caret() == TEXT.index("closed")


def test_a_digit_in_the_list_of_passages_tags_nothing_and_says_how_to_retag(hands):
    hands.at("port")
    hands.key(Qt.Key.Key_1)
    hands.window.passages.list.setFocus()
    before = hands.passages()
    hands.key(Qt.Key.Key_2)
    assert hands.passages() == before
    assert hands.window.status_text == "R, then 2, retags this passage."
    hands.key(Qt.Key.Key_R)
    hands.key(Qt.Key.Key_2)
    assert hands.passages() == [("accusation", "The port must reopen")]


def test_the_offer_to_extend_goes_with_its_selection(hands):
    hands.select("must reopen")
    hands.key(Qt.Key.Key_1)
    hands.select("port must")
    hands.key(Qt.Key.Key_1)
    assert hands.window.banner.buttons
    hands.key(Qt.Key.Key_Escape)
    assert hands.window.banner.text == ""


def test_words_inside_a_passage_of_the_same_tag_are_said_to_be_part_of_it(hands):
    hands.select("The port must reopen")
    hands.key(Qt.Key.Key_2)
    hands.select("port must")
    hands.key(Qt.Key.Key_2)
    assert hands.window.banner.text == "These words are part of an accusation already."
    assert not hands.window.banner.buttons


def test_a_refused_retag_tells_the_keys_that_lead_on(hands):
    hands.select("The port must")
    hands.key(Qt.Key.Key_1)
    hands.select("must reopen")
    hands.key(Qt.Key.Key_2)
    hands.key(Qt.Key.Key_R)
    hands.key(Qt.Key.Key_1)
    said = hands.window.banner.text
    assert "R, then another tag’s key, retags it" in said
    assert "once more" not in said and not hands.window.banner.buttons


def test_a_click_puts_the_caret_on_words_never_in_the_header_or_a_gap(hands):
    view, left = hands.reader.viewport(), Qt.MouseButton.LeftButton
    hands.at("Workers")
    below = hands.reader.cursorRect().center()
    QTest.mouseClick(view, left, NO, QPoint(below.x() + 200, 40))
    assert hands.reader.textCursor().position() == hands.reader.page.content.start
    cursor = hands.reader.textCursor()
    cursor.setPosition(hands.reader.page.content.start + TEXT.index("\n") + 1)
    gap = hands.reader.cursorRect(cursor).center()
    QTest.mouseClick(view, left, NO, gap + QPoint(30, 0))
    position = hands.reader.textCursor().position() - hands.reader.page.content.start
    assert position in (TEXT.index("\n"), TEXT.index("Workers"))


def test_no_caret_stands_where_no_statement_is(hands):
    assert hands.reader.cursorWidth() > 0
    shown = hands.session.statement
    hands.session.show("")
    assert hands.reader.cursorWidth() == 0
    hands.session.show(shown)
    assert hands.reader.cursorWidth() > 0


def test_what_the_status_bar_says_gives_way_after_a_while_and_at_the_next_selection(hands):
    hands.at("port")
    hands.key(Qt.Key.Key_1)
    state = hands.window.status_text
    assert state.startswith("Saved")
    clock = hands.window.findChild(QTimer, "saying")
    hands.window.say("Copied.")
    assert clock.isActive() and clock.interval() == 8000
    clock.timeout.emit()
    assert hands.window.status_text == state
    hands.window.say("Copied.")
    hands.select("Nobody")
    assert hands.window.status_text == state
    assert not clock.isActive()


def test_what_the_filter_complained_of_is_said_until_it_is_mended(hands, qtbot):
    hands.window.statements.set_filter("colour:red")
    qtbot.waitUntil(lambda: not hands.window.status_text.startswith("Saved"))
    hands.window.statements.set_filter("")
    qtbot.waitUntil(lambda: hands.window.status_text.startswith("Saved"))


def test_the_question_of_a_retag_goes_with_it(hands):
    hands.at("port")
    hands.key(Qt.Key.Key_1)
    hands.key(Qt.Key.Key_R)
    assert hands.window.status_text.startswith("Retag as")
    hands.key(Qt.Key.Key_Escape)
    assert hands.window.status_text.startswith("Saved")


def test_control_f_takes_the_selected_words_as_words(hands):
    bar = hands.window.find_bar
    bar.open()
    bar.options.buttons[0].setChecked(True)
    bar.field.setText("p.rt")
    bar.leave()
    hands.select("closed. Nobody")
    hands.key(Qt.Key.Key_F, CTRL)
    assert bar.field.text() == "closed. Nobody"
    assert not bar.options.expression


def test_dragging_after_a_double_click_goes_on_by_words_and_keeps_the_first(hands):
    view, point = hands.reader.viewport(), hands.point("ust")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, NO, point)
    double = QMouseEvent(
        QEvent.Type.MouseButtonDblClick, QPointF(point), QPointF(view.mapToGlobal(point)),
        Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, NO,
    )  # fmt: skip
    QApplication.sendEvent(view, double)
    assert hands.words() == "must"
    hands.drag(point, hands.point("as closed"), pressed=True)
    assert hands.words() == "must reopen. It was"
    QApplication.sendEvent(view, double)
    hands.drag(point, hands.point("ort must"), pressed=True)
    assert hands.words() == "port must"


def test_dragging_after_a_triple_click_goes_on_by_sentences(hands):
    view, point = hands.reader.viewport(), hands.point("ust")
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, NO, point)
    hands.drag(point, hands.point("ody was"))
    assert hands.words() == "The port must reopen. It was closed. Nobody was asked"


def test_plain_keys_of_the_list_of_passages_do_not_reach_the_window(overlap):
    overlap.key(Qt.Key.Key_O, SHIFT)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_1, NO, "1")
    event.ignore()
    QApplication.sendEvent(overlap.chooser.list, event)
    assert event.isAccepted()


# -- what was meant for another statement ------------------------------------------------------


def test_the_same_key_in_another_statement_extends_no_passage_of_the_one_before(hands):
    project, first = hands.session.project, hands.session.statement
    second = project.add_statement(f"{TEXT} And more.", title="Another").result
    hands.select("The port must reopen")
    hands.key(Qt.Key.Key_1)
    hands.select("port must reopen. It was")
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == [("demand", "The port must reopen")]
    hands.session.show(second)
    hands.select("port must reopen. It was")
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == [("demand", "port must reopen. It was")]
    assert [a.quote for a in project.annotations(first)] == ["The port must reopen"]


def test_only_a_refused_tag_says_that_its_key_once_more_extends_what_is_in_the_way(hands):
    banner = hands.window.banner
    hands.select("The port must reopen")
    hands.key(Qt.Key.Key_1)
    hands.select("port must reopen. It was")
    hands.key(Qt.Key.Key_1)
    assert "once more" in banner.text
    hands.key(Qt.Key.Key_2)
    assert hands.current() == ("accusation", "port must reopen. It was")
    hands.key(Qt.Key.Key_R)
    hands.key(Qt.Key.Key_1)
    assert hands.current()[0] == "accusation"
    assert banner.text and "once more" not in banner.text


def test_a_place_found_in_a_statement_that_is_gone_tags_nothing_in_the_one_on_show(hands):
    project, first = hands.session.project, hands.session.statement
    gone = project.add_statement("The harbour is shut.", title="Gone").result
    pane = hands.window.find_pane
    hands.key(Qt.Key.Key_F, CTRL | SHIFT)
    pane.field.setText("harbour")
    hands.key(Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: pane.list.hasFocus() and not pane.running)
    hands.session.show(first)
    hands.session.do(project.delete, [gone])
    pane.list.setFocus()
    hands.at("Workers")
    hands.key(Qt.Key.Key_1)
    assert hands.passages() == []


def test_a_window_that_is_collected_says_nothing(qtbot):
    app = App()
    app.window.show()
    app.window.close()
    with qtbot.captureExceptions() as caught:
        del app
        gc.collect()
    assert caught == []


def test_a_definition_has_two_lines_in_the_chooser(qtbot):
    font = ui_font()
    one, other = two_lines("A specific occurrence is asserted as actual, past or planned, with a place.", font, 260)
    assert one.startswith("A specific") and other
    long = two_lines("word " * 200, font, 260)
    assert len(long) == 2 and long[1].endswith("…")
    assert two_lines("short", font, 260) == ["short"]
