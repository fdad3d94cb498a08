"""Reading for hours: how far one has read, where the window stands, and what empty places and first steps say."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from annotator.core.model import Statement
from annotator.core.sentences import sentences, unit, unit_ends
from annotator.gui.dialogs.history import NOTHING_YET, HistoryDialog
from annotator.gui.first_steps import HAND_ON, SELECT, STEPS, TAG, FirstSteps, Keys
from annotator.gui.reader import Reader
from annotator.gui.reading_progress import LONGEST, ReadingProgress
from annotator.gui.screens import arrangement, brought_back
from annotator.gui.session import Session
from annotator.gui.theme import DARK, LIGHT

FIVE = "One ship came. Two left. Dr. Salih saw three. Four stayed? The fifth burnt."


# -- sentences passed ----------------------------------------------------------------------------


def test_the_ends_of_all_sentences_come_in_pieces_and_are_those_of_the_sentences():
    text = f"{FIVE}\n\n{FIVE} " * 40
    pieces = list(unit_ends(text))
    assert [end for piece in pieces for end in piece] == [unit(text, each).end for each in sentences(text)]
    assert len(pieces) > 10


def test_a_paragraph_without_a_line_break_is_counted_by_windows_and_no_sentence_twice():
    text = "The port was closed on Monday. " * 3000
    pieces = list(unit_ends(text))
    assert len(pieces) > 3
    ends = [end for piece in pieces for end in piece]
    assert len(ends) == 3000
    assert ends == sorted(set(ends))


@pytest.fixture
def reader(qtbot):
    reader = Reader(theme=LIGHT)
    qtbot.addWidget(reader)
    reader.resize(800, 400)
    reader.show()
    return reader


@pytest.fixture
def read(reader, qtbot):
    """Shows a text and counts its sentences."""

    def begin(text, furthest=0):
        reader.show_statement(Statement(id="s", title="T"), text)
        progress = ReadingProgress(reader, reader)
        progress.begin("en", furthest)
        qtbot.waitUntil(lambda: bool(progress.words) or not text)
        return progress

    return begin


def test_a_sentence_is_passed_when_the_caret_has_left_its_last_word(read, reader):
    progress = read(FIVE)
    assert progress.words == "0 of 5 sentences passed"
    reader.place_caret(FIVE.index("came"))
    progress.look()
    assert progress.words == "0 of 5 sentences passed"
    reader.place_caret(FIVE.index("came") + 4)
    progress.look()
    assert progress.words == "1 of 5 sentences passed"


def test_the_sentence_that_is_selected_counts_as_passed_and_going_back_takes_nothing_away(read, reader, qtbot):
    progress = read(FIVE)
    reader.place_caret(FIVE.index("Salih"))
    reader.select_sentence()
    qtbot.waitUntil(lambda: progress.words == "3 of 5 sentences passed")
    reader.place_caret(0)
    progress.look()
    assert progress.words == "3 of 5 sentences passed"


def test_scrolling_passes_what_has_left_the_view_and_the_end_of_the_page_passes_all(read, reader):
    progress = read("\n\n".join([FIVE] * 40))
    bar = reader.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    progress.look()
    passed = int(progress.words.split()[0])
    assert 60 < passed < 130
    bar.setValue(bar.maximum())
    progress.look()
    assert progress.words == "200 of 200 sentences passed"


def test_what_was_read_before_is_known_again(read):
    assert read(FIVE, furthest=FIVE.index("Dr.")).words == "2 of 5 sentences passed"


def test_nothing_is_said_of_a_text_that_nobody_counts(reader, qtbot):
    text = "word " * (LONGEST // 5 + 1)
    reader.show_statement(Statement(id="s", title="T"), text)
    progress = ReadingProgress(reader, reader)
    told = []
    progress.changed.connect(lambda: told.append(progress.words))
    progress.begin("en")
    progress.look()
    assert (progress.words, told) == ("", [])


# -- screens -----------------------------------------------------------------------------------

LAPTOP, DESK = QRect(0, 0, 1440, 900), QRect(1440, 0, 2560, 1440)


def test_a_window_stays_where_its_title_can_be_taken():
    for frame in (QRect(100, 50, 1000, 700), QRect(1800, 200, 2000, 1100), QRect(-700, 10, 1000, 700)):
        assert brought_back(frame, [LAPTOP, DESK]) == frame


@pytest.mark.parametrize(
    "frame",
    [
        QRect(1800, 200, 2000, 1100),  # on the screen at the right, which is gone
        QRect(-3000, 100, 1200, 800),
        QRect(200, -2000, 1200, 800),
        QRect(200, 895, 1200, 800),  # its title just under the edge
        QRect(1400, 100, 1200, 800),  # too little of its title to take it by
    ],
)
def test_a_window_of_a_screen_that_is_gone_comes_back_as_a_whole(frame):
    back = brought_back(frame, [LAPTOP])
    assert LAPTOP.contains(back)
    assert back.size() == frame.size().boundedTo(LAPTOP.size())


def test_a_window_comes_to_the_nearest_of_the_screens_that_are_left():
    assert DESK.contains(brought_back(QRect(5000, 100, 1200, 800), [LAPTOP, DESK]))
    assert LAPTOP.contains(brought_back(QRect(-5000, 100, 1200, 800), [DESK, LAPTOP]))


def test_an_arrangement_of_screens_has_one_name_whatever_their_order():
    one, other = ("eDP-1", LAPTOP), ("DP-3", DESK)
    assert arrangement([one, other]) == arrangement([other, one]) != arrangement([one])


# -- the first steps ----------------------------------------------------------------------------


@pytest.fixture
def card(qtbot):
    card = FirstSteps(LIGHT)
    qtbot.addWidget(card)
    card.resize(760, 70)
    return card


def test_the_card_goes_on_with_each_step_in_whatever_order_and_tells_when_all_are_done(card, qtbot):
    card.offer()
    assert (card.now, card.done) == (SELECT, ())
    card.fulfil(TAG)
    assert (card.now, card.done) == (SELECT, (TAG,))
    card.fulfil(SELECT)
    assert card.now == HAND_ON
    with qtbot.waitSignal(card.closed):
        card.fulfil(HAND_ON)
    assert (card.now, card.done, card.isVisible()) == ("", STEPS, True)


def test_steps_that_are_done_while_the_card_is_away_count_for_nothing(card):
    card.fulfil(SELECT)
    assert card.done == ()


def test_the_card_names_the_keys_that_the_user_has(card):
    card.set_keys(Keys("F7", ("8", "9"), "Ctrl+U", ""))
    card.offer()
    assert card.accessibleDescription() == "Select words. Drag, or press F7."
    card.fulfil(SELECT)
    assert card.accessibleDescription() == "Tag them. Press 8 or 9."
    card.fulfil(TAG)
    assert card.accessibleDescription() == "Undo or hand on. Ctrl+U undoes."


def test_escape_in_the_card_closes_it_and_gives_the_keyboard_back(card, qtbot):
    card.offer()
    card.activateWindow()
    card.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(card.closed):
        qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert card.isHidden()


@pytest.mark.parametrize("width", [300, 430, 600, 760, 1400])
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_card_fits_into_every_width(card, width, direction):
    card.setLayoutDirection(direction)
    card.offer()
    card.resize(QSize(width, card.sizeHint().height()))
    card.grab()
    boxes = [child.geometry() for child in card.findChildren(QWidget)]
    assert len(boxes) == 4
    assert all(card.rect().contains(box) for box in boxes)
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))
    sides = [box.center().x() for box in boxes]
    assert sides == sorted(sides, reverse=direction is Qt.LayoutDirection.RightToLeft)


def test_the_card_looks_different_in_the_dark_and_at_each_step(card):
    card.offer()
    pictures = [card.grab().toImage()]
    card.fulfil(SELECT)
    pictures.append(card.grab().toImage())
    card.set_theme(DARK)
    pictures.append(card.grab().toImage())
    assert all(a != b for a, b in pairwise(pictures))


# -- empty places -------------------------------------------------------------------------------


def test_a_history_without_steps_says_what_will_stand_there(qtbot):
    dialog = HistoryDialog(Session())
    qtbot.addWidget(dialog)
    assert NOTHING_YET in [label.text() for label in dialog.findChildren(QLabel)]
