"""The reader: what it shows, selects and tells, in code points of the stored text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QMouseEvent, QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from annotator.core.finding import Places
from annotator.core.model import (
    Annotation,
    AnnotationId,
    CoderId,
    DateValue,
    Range,
    Statement,
    StatementId,
    Tag,
    TagName,
)
from annotator.core.text import Span, Utf16Map
from annotator.gui.moves import moved_edge
from annotator.gui.page import LONGEST_PIECE, Positions, display_copy, header_of, is_rtl
from annotator.gui.reader import Reader
from annotator.gui.selection_bar import SHADOW
from annotator.gui.theme import DARK, LIGHT

TITLE = "Harbour union asks for a court"
TEXT = (
    f"{TITLE}\n\n"
    "The union said on Monday that guards had closed pier four. It asks the city for a court. "
    "“Nobody came to help us.”\n\n"
    "Crews will wait until Friday. Then they will leave.\n\n"
    "The port authority gave no answer."
)
TAGS = {
    "demand": Tag(TagName("demand"), "Demand", "#0072B2"),
    "event": Tag(TagName("event"), "Event", "#00795C", underline="dotted"),
}
STATEMENT = Statement(
    StatementId("s1"),
    title=TITLE,
    issuer="Harbour Union",
    dateline="Velmar",
    outlet="Pier News",
    language="en",
    genre="statement",
    venue="read out at pier four",
    date_issued=DateValue("2022-01", "inferred"),
)


def annotation(identifier: str, text: str, quote: str, tag: str = "demand", status: str = "made") -> Annotation:
    start = text.index(quote)
    return Annotation(
        AnnotationId(identifier),
        StatementId("s1"),
        TagName(tag),
        CoderId("c"),
        start,
        start + len(quote),
        quote,
        status=status,
    )


@pytest.fixture
def reader(qtbot) -> Reader:
    reader = Reader(theme=LIGHT)
    qtbot.addWidget(reader)
    reader.resize(900, 700)
    reader.show()
    return reader


@pytest.fixture
def show(reader: Reader) -> Callable[..., Reader]:
    """Shows a text, or the statement of these tests when there is none."""

    def shown(text: str = TEXT, *annotations: Annotation, title: str = TITLE, language: str = "en") -> Reader:
        ranges = [Range(0, len(TITLE), "title")] if text == TEXT else []
        statement = Statement(StatementId("x"), title=title, language=language) if text != TEXT else STATEMENT
        reader.show_statement(statement, text, ranges, annotations, TAGS)
        reader.grab()
        return reader

    return shown


def point_of(reader: Reader, offset: int) -> QPoint:
    """Where the character at an offset stands in the viewport, found as a user's eye would: by the caret."""
    span, caret = reader.span(), reader.caret()
    reader.place_caret(offset)
    left = reader.cursorRect()
    reader.place_caret(offset + 1)
    right = reader.cursorRect()
    if span:
        reader.select(span)
    else:
        reader.place_caret(caret)
    return QPoint((left.center().x() + right.center().x()) // 2, left.center().y())


def click(reader: Reader, point: QPoint) -> None:
    QTest.mouseClick(reader.viewport(), Qt.MouseButton.LeftButton, pos=point)


# -- positions -------------------------------------------------------------------------


def test_offsets_with_emoji_blanks_and_arabic_come_back_as_code_points(show):
    text = "A 🕊️ dove\u00a0said 🇮🇶 that\u00a0قالت الإدارة 𝒳 it was over.\n\nAnd 👩‍👩‍👧 left."
    reader = show(text)
    for quote in ("dove\u00a0said", "الإدارة", "𝒳", "was over", "left", "👩‍👩‍👧"):
        start = text.index(quote)
        reader.select(Span(start, start + len(quote)))
        assert reader.span() == Span(start, start + len(quote))
        assert reader.span().of(reader.text) == quote
        reader.place_caret(start)
        assert reader.caret() == start


def test_the_header_is_never_part_of_a_span(show):
    reader = show()
    reader.selectAll()
    assert reader.span().of(TEXT).startswith("The union said")
    assert reader.span().end == len(TEXT)
    cursor = reader.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(12, QTextCursor.MoveMode.KeepAnchor)
    reader.setTextCursor(cursor)
    assert reader.span() is None
    assert reader.caret() == TEXT.index("The union")


def test_ctrl_a_selects_the_body(show):
    reader = show()
    QTest.keyClick(reader, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert reader.span() == Span(TEXT.index("The union"), len(TEXT))


def test_a_span_beyond_the_text_selects_what_there_is(show):
    reader = show("Short.")
    reader.select(Span(2, 900))
    assert reader.span() == Span(2, 6)


def test_copied_words_are_the_stored_ones(show):
    text = "Costs 5\u00a0000 dinars\u202f– no\u200cbreak."
    reader = show(text)
    reader.select(Span(0, len(text)))
    reader.copy()
    assert QGuiApplication.clipboard().text() == text


def test_copying_a_long_paragraph_copies_no_break_that_was_only_shown(show):
    text = "word " * 3000
    reader = show(text)
    reader.select(Span(0, len(text)))
    reader.copy()
    assert QGuiApplication.clipboard().text() == text


# -- the page -------------------------------------------------------------------------------


def test_the_header_says_what_is_known(show):
    reader = show()
    kicker, title, meta = (line.text for line in header_of(STATEMENT, verified=True))
    assert kicker == "statement ·\u00a0read out at pier four"
    assert title == TITLE
    assert meta == (
        " ·\u00a0".join(
            (
                "Harbour Union",
                "Velmar",
                "Jan 2022 inferred",
                "published by Pier News",
                "English",
                "text\u00a0verified\u00a0✓",
            )
        )
    )
    # Qt gives every blank back as a plain one.
    assert reader.toPlainText().startswith(f"{kicker}\n{title}\n{meta}\n".replace("\u00a0", " "))


def test_no_line_of_the_header_ends_in_a_separator(show):
    reader = show()
    for width in range(320, 900, 20):
        reader.resize(width, 700)
        reader.grab()
        block = reader.document().findBlockByNumber(2)
        layout = block.layout()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            words = block.text()[line.textStart() : line.textStart() + line.textLength()]
            assert not words.rstrip().endswith("·")


def test_the_header_leaves_out_what_is_unknown_and_has_one_line_for_each_part(show):
    statement = Statement(StatementId("s"), title="One\ntwo\u2029three", issuer="A\rB")
    kinds = [line.kind for line in header_of(statement, verified=False)]
    assert kinds == ["title", "meta"]
    assert [line.text for line in header_of(statement, False)] == ["One two three", "A B ·\u00a0text not verified"]


def test_a_title_of_markup_is_shown_as_it_is(show):
    reader = show("Text.", title='<img src="file:///etc/passwd">')
    assert '<img src="file:///etc/passwd">' in reader.toPlainText()


def test_the_title_is_shown_once(show):
    reader = show()
    block, seen = reader.document().begin(), 0
    while block.isValid():
        seen += block.isVisible() and block.text() == TITLE
        block = block.next()
    assert seen == 1


def test_a_title_with_a_passage_in_it_stays_in_the_text(show):
    reader = show(TEXT, annotation("a", TEXT, "a court"))
    assert reader.annotations_at(TEXT.index("a court")) == ["a"]
    reader.selectAll()
    assert reader.span() == Span(0, len(TEXT))


def test_a_title_comes_into_sight_when_words_of_it_are_tagged(show):
    reader = show()
    reader.show_annotations([annotation("a", TEXT, "Harbour union")])
    reader.selectAll()
    assert reader.span() == Span(0, len(TEXT))


def test_a_title_that_was_corrected_hides_no_words_of_the_text(reader):
    reader.show_statement(Statement(StatementId("s"), title="Another"), TEXT, [Range(0, len(TITLE), "title")])
    reader.selectAll()
    assert reader.span() == Span(0, len(TEXT))


def test_right_to_left_paragraphs_end_at_the_right_and_others_begin_at_the_left(show):
    text = "قالت الإدارة إن القوات انسحبت\n\nThe administration said so.\n\n2024 – الإدارة\n\n* * *"
    reader = show(text, language="ar")
    places = {}
    for words in ("قالت", "The", "2024", "* * *"):
        reader.place_caret(text.index(words))
        places[words] = reader.cursorRect().center().x()
    middle = reader.viewport().width() / 2
    assert places["قالت"] > middle
    assert places["The"] < middle
    assert places["2024"] > middle
    assert places["* * *"] > middle


def test_a_paragraph_runs_as_its_first_strong_letter_does():
    assert is_rtl("(١) قال")
    assert not is_rtl("2024: said قال")
    assert not is_rtl("\u2068قال\u2069 said")
    assert is_rtl("12", "ar") and not is_rtl("12", "en")


def test_lines_are_1_6_letters_apart_and_paragraphs_more(show):
    reader = show("word " * 60 + "\n\nNext.")
    reader.place_caret(0)
    first = reader.cursorRect().top()
    QTest.keyClick(reader, Qt.Key.Key_Down)
    step = reader.cursorRect().top() - first
    assert step == pytest.approx(reader.page.setting.size * 1.6, abs=1)
    reader.place_caret(299)
    last = reader.cursorRect().top()
    reader.place_caret(reader.text.index("Next"))
    assert step * 1.3 < reader.cursorRect().top() - last < step * 2


def test_the_page_stays_narrow_and_in_the_middle_of_a_wide_window(show):
    reader = show()
    reader.resize(1600, 700)
    viewport = reader.viewport().geometry()
    assert viewport.width() < 900
    assert viewport.center().x() == pytest.approx(reader.width() / 2, abs=12)


def test_the_layout_of_a_long_paragraph_is_made_a_piece_at_a_time():
    text = "Some sentence here. " * 50_000
    copy = display_copy(text)
    assert len(copy.text) == len(text)
    assert max(len(line) for line in copy.text.split("\n")) <= LONGEST_PIECE
    assert all(copy.text[point - 1] == "\n" and text[point - 1] == " " for point in copy.continued)
    assert copy.text.replace("\n", " ") == text


def test_only_what_is_in_sight_of_a_long_paragraph_is_built(show):
    text = "Some sentence here. " * 50_000
    quotes = [
        Annotation(AnnotationId(str(i)), StatementId("s"), TagName("demand"), CoderId("c"), i * 1000, i * 1000 + 90, "")
        for i in range(900)
    ]
    reader = show(text, *quotes)
    assert reader.highlights.built < 8


@pytest.mark.parametrize("length", [30_000, 1_000_000])
def test_an_endless_word_is_shown_without_losing_a_place(show, length: int):
    text = "x" * length
    reader = show(text)
    copy = display_copy(text)
    assert copy.text.replace("\n", "") == text
    assert copy.continued == copy.inserted == tuple(range(LONGEST_PIECE, length, LONGEST_PIECE))
    reader.place_caret(length - 10)
    assert reader.caret() == length - 10


def test_every_place_of_an_endless_word_is_selected_tagged_and_found_again(show):
    text = "🕊\u00e9" * 6_000 + " and more"
    reader = show(text)
    (first, *_) = display_copy(text).inserted
    for start, end in ((0, 5), (first - 2, first), (first - 2, first + 2), (first, first + 3), (9_000, len(text))):
        reader.select(Span(start, end))
        assert reader.span() == Span(start, end)
        reader.place_caret(start)
        assert reader.caret() == start
        shown = replace(annotation("a", text, text), start=start, end=end)
        reader.show_annotations([shown])
        assert reader.annotations_at(start) == reader.annotations_at(end - 1) == ["a"]
    reader.select_body()
    assert reader.createMimeDataFromSelection().text() == text


@given(st.text(st.sampled_from("a🕊b"), min_size=1, max_size=60), st.sets(st.integers(1, 59)))
def test_positions_count_what_was_inserted_both_ways(text, places):
    inserted = sorted(place for place in places if place < len(text))
    copy = list(text)
    for place in reversed(inserted):
        copy.insert(place, "\n")
    positions, plain = Positions(text, inserted), Utf16Map("".join(copy))
    for point in range(len(text)):
        unit = positions.to_utf16(point)
        assert copy[plain.to_point(unit)] == text[point]
        assert positions.to_point(unit) == point


def test_a_letter_and_its_mark_are_not_cut_apart():
    text = "e\u0301" * 4_000
    assert all(text[place] == "e" for place in display_copy(text).inserted)


def test_the_ragged_lines_of_a_typescript_are_one_paragraph_in_the_same_places():
    text = "The administration said on Tuesday\nlines of this text were typed. And they go on so\nfor a while.\nNew."
    copy = display_copy(text)
    assert copy.text == text.replace("\nfor", " for")
    assert len(display_copy(("word " * 12 + "\nand ") * 1000).text.split("\n")) < 30


def test_a_typescript_without_paragraphs_has_no_piece_that_is_too_long():
    text = ("word " * 12 + "\n") * 1000
    copy = display_copy(text)
    assert max(len(line) for line in copy.text.split("\n")) <= LONGEST_PIECE + 100
    assert len(copy.text) == len(text)


def test_signs_that_cannot_be_seen_are_marked_and_named(show):
    text = "The \u202eevil\u202c word, and می\u200cخواهم as it is written."
    reader = show(text)
    block = reader.cursorForPosition(point_of(reader, 0)).block()
    badges = reader.highlights.drawing(block).badges
    assert [badge.name for badge in badges] == ["RIGHT-TO-LEFT OVERRIDE", "POP DIRECTIONAL FORMATTING"]
    assert reader.text == text


# -- selecting ------------------------------------------------------------------------------


def test_a_double_click_selects_a_word_with_its_marks(show):
    text = "وقالت مُسَيَّرة إن al-Sina’a prison"
    reader = show(text, language="ar")
    for word in ("مُسَيَّرة", "al-Sina’a"):
        QTest.mouseDClick(reader.viewport(), Qt.MouseButton.LeftButton, pos=point_of(reader, text.index(word) + 1))
        assert reader.span().of(text) == word


def test_a_triple_click_selects_the_sentence(show):
    reader = show()
    point = point_of(reader, TEXT.index("asks the city"))
    QTest.mouseDClick(reader.viewport(), Qt.MouseButton.LeftButton, pos=point)
    click(reader, point)
    assert reader.span().of(TEXT) == "It asks the city for a court"


def test_dragging_selects_from_character_to_character(show):
    reader = show()
    start, end = TEXT.index("guards"), TEXT.index(" pier four")
    a, b = point_of(reader, start) - QPoint(2, 0), point_of(reader, end - 1) + QPoint(3, 0)
    QTest.mousePress(reader.viewport(), Qt.MouseButton.LeftButton, pos=a)
    for point in (a + QPoint(10, 0), b):
        # QTest.mouseMove holds no button.
        QApplication.sendEvent(
            reader.viewport(),
            QMouseEvent(
                QEvent.Type.MouseMove,
                QPointF(point),
                QPointF(reader.viewport().mapToGlobal(point)),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            ),
        )
    QTest.mouseRelease(reader.viewport(), Qt.MouseButton.LeftButton, pos=b)
    assert reader.span().of(TEXT) == "guards had closed"


def test_a_click_between_two_lines_goes_to_a_letter_of_the_nearer_one(show):
    reader = show("word " * 60)
    point = point_of(reader, 22)
    click(reader, point + QPoint(0, reader.page.setting.step // 2 - 1))
    assert abs(reader.caret() - 22) <= 1


def test_s_takes_the_sentence_and_then_the_next(show):
    reader = show()
    reader.place_caret(TEXT.index("closed pier"))
    assert reader.unit_at_caret() == reader.select_sentence()
    assert reader.span().of(TEXT) == "The union said on Monday that guards had closed pier four"
    reader.select_sentence()
    assert reader.span().of(TEXT).endswith("asks the city for a court")
    for _ in range(9):
        reader.select_sentence()
    assert reader.span().end == len(TEXT) - 1


def test_p_takes_the_paragraph_and_then_the_next(show):
    reader = show()
    reader.place_caret(TEXT.index("Crews"))
    reader.select_paragraph()
    assert reader.span().of(TEXT) == "Crews will wait until Friday. Then they will leave"
    reader.select_paragraph()
    assert reader.span().of(TEXT).endswith("The port authority gave no answer")
    assert reader.select_paragraph() == reader.span()


def test_edges_move_by_words_and_characters_and_never_pass_each_other(show):
    reader = show()
    start = TEXT.index("guards")
    reader.select(Span(start, start + 6))
    assert reader.move_edge("end", "word", 1).of(TEXT) == "guards had"
    assert reader.move_edge("start", "word", -1).of(TEXT) == "that guards had"
    assert reader.move_edge("end", "character", -1).of(TEXT) == "that guards ha"
    assert reader.move_edge("end", "word", -1).of(TEXT) == "that guards"
    assert reader.move_edge("start", "word", 1).of(TEXT) == "guards"
    assert reader.move_edge("start", "word", 1).of(TEXT) == "guards"
    reader.clear_selection()
    assert reader.move_edge("end", "word", 1) is None


def test_a_character_is_what_a_reader_takes_for_one():
    text = "a👩‍👩‍👧b مُسَ"
    assert moved_edge(text, Span(0, 1), "end", "character", 1).of(text) == "a👩‍👩‍👧"
    start = text.index("م")
    assert moved_edge(text, Span(start, start + 2), "end", "character", 1).of(text) == "مُسَ"


def test_the_caret_walks_with_shift_as_everywhere(show):
    reader = show()
    reader.place_caret(TEXT.index("Crews"))
    QTest.keyClick(reader, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
    assert reader.span().of(TEXT).strip() == "Crews"


def test_selecting_is_told(show, qtbot):
    reader = show()
    with qtbot.waitSignal(reader.selection_changed):
        reader.select(Span(50, 60))
    with qtbot.waitSignal(reader.selection_changed):
        reader.clear_selection()
    assert reader.span() is None


# -- passages --------------------------------------------------------------------------------


def test_clicks_at_the_same_place_go_through_the_passages_there(show):
    long, short = annotation("long", TEXT, "guards had closed pier four"), annotation("short", TEXT, "closed", "event")
    reader = show(TEXT, long, short)
    picked: list[str] = []
    reader.passage_picked.connect(picked.append)
    reader.passage_picked.connect(reader.set_current)
    point = point_of(reader, TEXT.index("closed") + 2)
    for _ in range(3):
        click(reader, point)
    assert picked == ["short", "long", "short"]
    click(reader, point_of(reader, TEXT.index("guards") + 2))
    assert picked[3:] == ["long"]
    click(reader, point_of(reader, TEXT.index("Crews") + 2))
    assert len(picked) == 4


def test_a_bar_in_the_margin_picks_its_passage(show, qtbot):
    reader = show(TEXT, annotation("a", TEXT, "closed"))
    point = point_of(reader, TEXT.index("The union"))
    block = reader.cursorForPosition(point).block()
    bar = reader.highlights.drawing(block).bars[0]
    with qtbot.waitSignal(reader.passage_picked) as picked:
        click(reader, QPoint(round(bar.line.x1()), point.y()))
    assert picked.args == ["a"]


def test_passages_follow_each_other_in_text_order(show):
    one, two, three = (annotation(str(i), TEXT, quote) for i, quote in enumerate(("guards", "court. “N", "Crews")))
    reader = show(TEXT, three, one, two)
    reader.place_caret(TEXT.index("It asks"))
    assert (reader.next_passage(1), reader.next_passage(-1)) == ("1", "0")
    reader.set_current("1")
    assert (reader.next_passage(1), reader.next_passage(-1)) == ("2", "0")
    reader.set_current("2")
    assert reader.next_passage(1) is None


def test_the_current_passage_is_outlined_and_gone_with_its_annotation(show):
    one = annotation("a", TEXT, "guards had closed pier four")
    reader = show(TEXT, one)
    plain = reader.grab().toImage()
    reader.set_current("a")
    assert reader.current == "a"
    assert reader.grab().toImage() != plain
    reader.show_annotations([])
    assert reader.current is None
    reader.set_current("no such")
    assert reader.current is None


def test_a_far_passage_is_scrolled_into_sight(show):
    text = "\n\n".join(f"Paragraph {i} of a long statement." for i in range(400))
    reader = show(text, annotation("a", text, "Paragraph 300"))
    reader.set_current("a", reveal=True)
    reader.place_caret(text.index("Paragraph 300"), reveal=False)
    assert reader.viewport().rect().contains(reader.cursorRect().center())


def test_showing_passages_neither_scrolls_nor_selects(show):
    text = "\n\n".join(f"Paragraph {i} of a long statement." for i in range(400))
    reader = show(text)
    start = text.index("Paragraph 200")
    reader.select(Span(start, start + 9))
    top = reader.verticalScrollBar().value()
    reader.show_annotations([annotation("a", text, "Paragraph 1 of")])
    assert reader.span() == Span(start, start + 9)
    assert reader.verticalScrollBar().value() == top


def test_annotations_outside_of_the_text_are_not_shown(show):
    out = Annotation(AnnotationId("a"), StatementId("s"), TagName("demand"), CoderId("c"), 3, 999_999, "")
    assert show(TEXT, out).highlights.shown == 0


# -- coming back, sizes, looks -------------------------------------------------------------


def test_the_place_of_reading_comes_back(show):
    text = "\n\n".join(f"Paragraph {i}. " + "word " * 40 for i in range(200))
    reader = show(text)
    reader.place_caret(text.index("Paragraph 120"))
    state = reader.position_state()
    seen = reader.cursorForPosition(QPoint(60, 60)).block().text()
    show("Something else.")
    show(text)
    reader.restore_position(state)
    assert reader.caret() == text.index("Paragraph 120")
    assert reader.position_state() == state
    assert reader.cursorForPosition(QPoint(60, 60)).block().text() == seen


def test_the_statement_on_show_stays_where_it_is_when_its_metadata_change(show):
    reader = show()
    reader.select(Span(60, 70))
    show()
    assert reader.span() == Span(60, 70)


def test_another_statement_leaves_nothing_of_the_one_before(show):
    reader = show(TEXT, annotation("a", TEXT, "guards"))
    reader.set_current("a")
    reader.select(Span(60, 70))
    reader.show_found(Places([Span(60, 70)]), 0)
    show("Other.")
    assert (reader.current, reader.span(), reader.highlights.shown) == (None, None, 0)
    assert reader.text == "Other."


def test_ctrl_and_the_wheel_zoom_and_tell(show, qtbot):
    reader = show()
    size = reader.page.setting.size
    middle = QPointF(reader.viewport().rect().center())
    for turn, expected in ((120, 1), (-120, 0), (-120, -1)):
        with qtbot.waitSignal(reader.zoomed) as zoomed:
            QApplication.sendEvent(
                reader.viewport(),
                QWheelEvent(
                    middle,
                    QPointF(reader.viewport().mapToGlobal(middle.toPoint())),
                    QPoint(),
                    QPoint(0, turn),
                    Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.ControlModifier,
                    Qt.ScrollPhase.NoScrollPhase,
                    False,
                ),
            )
        assert zoomed.args == [expected]
        assert reader.page.setting.size == size + expected
    reader.zoom_by(500)
    assert reader.page.setting.size <= 60


def test_zooming_keeps_the_selection_and_the_place(show):
    text = "\n\n".join(f"Paragraph {i}. " + "word " * 40 for i in range(200))
    reader = show(text)
    start = text.index("Paragraph 150")
    reader.select(Span(start, start + 9))
    top = reader.position_state().top
    reader.zoom_by(4)
    assert reader.span() == Span(start, start + 9)
    assert abs(reader.position_state().top - top) < 250


def test_the_dark_theme_is_dark(show):
    reader = show(TEXT, annotation("a", TEXT, "guards"))
    reader.set_theme(DARK)
    assert reader.grab().toImage().pixelColor(5, reader.height() // 2).name() == DARK.page


def test_without_a_statement_there_is_a_hint_and_nothing_to_select(show, qtbot):
    reader = show()
    with qtbot.waitSignal(reader.selection_changed):
        reader.show_nothing("Choose a statement on the left.")
    assert (reader.text, reader.statement_id, reader.span(), reader.caret()) == ("", None, None, 0)
    assert reader.select_sentence() is None and reader.select_paragraph() is None and reader.unit_at_caret() is None
    assert reader.accessibleDescription() == "Choose a statement on the left."
    reader.select_body()
    reader.grab()


def test_an_empty_text_is_shown(show):
    reader = show("")
    assert reader.span() is None and reader.select_sentence() is None and reader.next_passage(1) is None


def test_a_double_click_on_the_header_is_told_and_selects_nothing(show, qtbot):
    reader = show()
    with qtbot.waitSignal(reader.header_picked):
        QTest.mouseDClick(reader.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(120, 80))
    assert reader.span() is None


def test_dropped_files_are_told(show, qtbot, tmp_path):
    reader = show()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.txt")), QUrl("https://example.org/b.txt")])
    held = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(reader.files_dropped) as dropped:
        # Qt drops only where something was dragged to.
        QApplication.sendEvent(reader.viewport(), QDragEnterEvent(QPoint(50, 50), *held))
        QApplication.sendEvent(reader.viewport(), QDropEvent(QPointF(50, 50), *held))
    assert dropped.args == [[str(tmp_path / "a.txt")]]


def test_nothing_can_be_typed_into_the_text(show):
    reader = show()
    before = reader.toPlainText()
    QTest.keyClicks(reader, "abc123")
    QTest.keyClick(reader, Qt.Key.Key_Delete)
    reader.paste()
    assert reader.toPlainText() == before


def test_the_reader_has_the_name_that_screen_readers_know(reader):
    assert reader.accessibleName() == "Reader"


# -- the bar at the selection --------------------------------------------------------------


@pytest.fixture
def bar(show):
    reader = show()
    reader.bar.set_entries([("1", "Demand", "tag.demand"), ("N", "Note", "note")])
    return reader.bar


def test_the_bar_comes_with_a_selection_and_goes_with_it(bar, reader):
    assert not bar.isVisible()
    reader.select(Span(60, 70))
    assert bar.isVisible()
    assert bar.geometry().top() > 0
    reader.clear_selection()
    assert not bar.isVisible()


def caret_top(reader) -> int:
    return reader.viewport().mapTo(reader, reader.cursorRect().topLeft()).y()


def test_the_bar_stands_over_the_first_line_and_covers_no_line_that_comes_next(bar, reader):
    reader.select(Span(10, 70))
    assert bar.geometry().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW).bottom() < caret_top(reader)


def test_the_bar_stands_under_the_words_where_the_page_has_no_room_over_them(show, reader):
    show("\n\n".join(f"Paragraph {i} of a long statement." for i in range(400)))
    reader.bar.set_entries([("1", "Demand", "tag.demand")])
    start = reader.text.index("Paragraph 300")
    reader.select(Span(start, start + 9))
    reader.verticalScrollBar().setValue(reader.verticalScrollBar().value() + 1)
    while caret_top(reader) > 12:
        before = caret_top(reader)
        reader.verticalScrollBar().setValue(reader.verticalScrollBar().value() + 1)
        assert caret_top(reader) < before
    assert reader.bar.isVisible()
    assert reader.bar.geometry().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW).top() > caret_top(reader)


def test_a_bar_that_has_just_come_leaves_the_mouse_to_the_text(bar, reader, qtbot):
    reader.select(Span(60, 70))
    middle = bar.geometry().center()
    assert reader.childAt(middle) is reader.viewport()
    qtbot.waitUntil(lambda: bar.isAncestorOf(reader.childAt(middle)))
    reader.select(Span(140, 150))
    assert reader.childAt(bar.geometry().center()) is reader.viewport()


def test_the_bar_is_away_while_something_else_stands_at_the_selection(bar, reader):
    reader.select(Span(60, 70))
    reader.cover_bar(True)
    assert not bar.isVisible()
    reader.cover_bar(False)
    assert bar.isVisible()


def test_the_bar_goes_when_its_words_are_scrolled_away(show, reader):
    text = "\n\n".join(f"Paragraph {i} of a long statement." for i in range(400))
    show(text)
    reader.bar.set_entries([("1", "Demand", "tag.demand")])
    reader.select(Span(0, 9))
    assert reader.bar.isVisible()
    reader.verticalScrollBar().setValue(300)
    assert not reader.bar.isVisible()


def test_a_click_on_the_bar_names_the_command_and_leaves_the_focus(bar, reader, qtbot):
    reader.select(Span(60, 70))
    button = next(each for each in bar.findChildren(QAbstractButton) if each.accessibleName() == "Note")
    assert button.focusPolicy() == Qt.FocusPolicy.NoFocus
    with qtbot.waitSignal(bar.chosen) as chosen:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen.args == ["note"]
    assert reader.span() == Span(60, 70)


def test_a_bar_without_entries_never_shows(reader, show):
    show()
    reader.bar.set_entries([])
    reader.select(Span(60, 70))
    assert not reader.bar.isVisible()


def test_a_caret_in_the_header_is_at_no_sentence(show, qtbot):
    reader = show()
    reader.moveCursor(QTextCursor.MoveOperation.Start)
    assert reader.unit_at_caret() is None


def test_the_bar_keeps_its_size_when_its_buttons_change_on_show(bar, reader):
    reader.select(Span(60, 70))
    bar.set_entries([("1", "Demand", "tag.demand"), ("2", "Accusation", "tag.accusation"), ("N", "Note", "note")])
    reader.select(Span(60, 80))
    assert bar.isVisible() and bar.width() > 200


def test_clicks_on_other_words_of_the_same_passages_go_on_to_the_next_passage(show):
    long, short = annotation("long", TEXT, "guards had closed pier four"), annotation("short", TEXT, "closed", "event")
    reader = show(TEXT, long, short)
    picked: list[str] = []
    reader.passage_picked.connect(picked.append)
    reader.passage_picked.connect(reader.set_current)
    for away in (1, 4, 2):
        click(reader, point_of(reader, TEXT.index("closed") + away))
    assert picked == ["short", "long", "short"]


def test_a_bar_that_is_wider_than_the_page_shows_its_keys_only_and_stays_inside(bar, reader, qtbot):
    bar.set_entries([(str(n), f"A tag with a long name {n}", f"tag.{n}") for n in range(8)])
    reader.select(Span(60, 70))
    reader.resize(420, 700)
    words = bar.geometry().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
    assert bar.isVisible() and reader.rect().contains(words)
    names = {button.toolTip() for button in bar.findChildren(QAbstractButton) if button.isVisible()}
    assert names == {f"A tag with a long name {n}" for n in range(8)}
    assert not bar.grab().isNull()
    narrow = bar.width()
    reader.resize(2400, 700)
    assert bar.width() > 2 * narrow


def test_a_bar_that_was_put_away_comes_back_with_another_selection(bar, reader):
    reader.select(Span(60, 70))
    reader.put_bar_away()
    reader.resize(880, 700)
    assert not bar.isVisible()
    reader.select(Span(60, 71))
    assert bar.isVisible()


def test_the_outline_leaves_the_stop_after_the_words_readable(show):
    reader = show(TEXT, annotation("a", TEXT, "guards had closed pier four"))
    mark = reader.highlights.mark("a")
    block = reader.document().findBlock(mark.end)
    end = mark.end - block.position()
    line = block.layout().lineForTextPosition(end)
    middle_of_stop = (line.cursorToX(end)[0] + line.cursorToX(end + 1)[0]) / 2
    assert reader.highlights.outline(mark, block).boundingRect().right() < middle_of_stop


def test_a_place_far_down_a_paragraph_without_a_break_comes_into_sight(show):
    text = "The union said that nobody came to help. " * 4_000
    reader = show(text)
    for start in (16_045, 48_045, 120_000, 700):
        reader.select(Span(start, start + 30))
        top, bottom = reader.cursorRect().top(), reader.cursorRect().bottom()
        assert top > 0
        assert bottom < reader.viewport().height()


@pytest.mark.parametrize("by", ["word", "character"])
def test_no_edge_goes_over_the_first_and_last_words_into_blank_lines(by):
    text = "\nWater was cut. \n"
    start, end = text.index("Water"), text.index(".") + 1
    assert moved_edge(text, Span(start, end), "start", by, -1) == Span(start, end)
    assert moved_edge(text, Span(start, end), "end", by, 1) == Span(start, end)


def test_the_end_at_the_last_word_takes_no_more_words():
    text = "Water was cut."
    assert moved_edge(text, Span(6, 13), "end", "word", 1) == Span(6, 13)
    assert moved_edge(text, Span(6, 13), "end", "character", 1) == Span(6, 14)
    assert moved_edge(text, Span(0, 5), "start", "word", -1) == Span(0, 5)
