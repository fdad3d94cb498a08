"""The card under the pointer tells of passages, as plain lines, quickly and quietly."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from annotator.core.model import Annotation, AnnotationId, CoderId, Statement, StatementId, TagName
from annotator.gui.hover import MOST, Hover
from annotator.gui.reader import Reader
from annotator.gui.wording import PassageCard, passage_card
from annotator.store.starter import starter_codebook

BOOK = starter_codebook()
TAGS = {tag.name: tag for tag in BOOK}
TEXT = "The union calls on the port to reopen pier four. It accuses the port of delay. A crane fell on 3 May."


def passage(name: str, tag: str, start: int, end: int, **more) -> Annotation:  # type: ignore[no-untyped-def]
    return Annotation(
        AnnotationId(name), StatementId("s1"), TagName(tag), CoderId("c1"), start, end, TEXT[start:end], **more
    )


PASSAGES = {
    each.id: each
    for each in (
        passage("a", "demand", 0, 47, note="As in March"),
        passage("b", "accusation", 4, 15, status="suggested"),
        passage("c", "event", 79, 101),
    )
}


def move_to(widget: QWidget, point: QPoint) -> None:
    """A movement of the mouse, whatever buttons earlier tests left pressed, and wherever they left the pointer."""
    none = Qt.MouseButton.NoButton
    place = QPointF(point)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, widget.mapToGlobal(place), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


class Desk:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.asked: list[tuple[str, ...]] = []
        self.hover = Hover(reader, self.describe)

    def describe(self, ids: Sequence[str]) -> list[PassageCard]:
        self.asked.append(tuple(ids))
        return [passage_card(TAGS[PASSAGES[i].tag], PASSAGES[i], lambda name: name, "Lea") for i in ids]

    def rest(self, point: QPoint) -> None:
        """Move the pointer there, with no button down, and leave it."""
        move_to(self.reader.viewport(), point)

    def point(self, offset: int) -> QPoint:
        """The middle of a character in the viewport."""
        rect = self.reader.sight.line_rect(self.reader.page.content.start + offset)
        block = self.reader.document().findBlock(self.reader.page.content.start + offset)
        line = block.layout().lineForTextPosition(self.reader.page.content.start + offset - block.position())
        x = line.cursorToX(self.reader.page.content.start + offset - block.position())[0]
        return QPoint(round(x + 3), round(rect.center().y()))


@pytest.fixture
def desk(qtbot) -> Desk:
    reader = Reader()
    qtbot.addWidget(reader)
    reader.resize(900, 600)
    reader.show()
    made = Desk(reader)
    reader.show_statement(
        Statement(id=StatementId("s1"), title="Pier four", language="en"), TEXT, (), list(PASSAGES.values()), TAGS
    )
    return made


def test_resting_on_a_passage_tells_of_it(qtbot, desk):
    desk.rest(desk.point(90))
    qtbot.waitUntil(desk.hover.card.isVisible)
    assert desk.hover.card.lines[:2] == ["Event", "Lea"]
    assert desk.asked == [("c",)]


def test_where_passages_overlap_the_card_tells_of_each(qtbot, desk):
    desk.rest(desk.point(8))
    qtbot.waitUntil(desk.hover.card.isVisible)
    lines = desk.hover.card.lines
    assert desk.asked == [("b", "a")]
    assert "Accusation" in lines and "Demand" in lines
    assert "Lea · suggested" in lines
    assert "“As in March”" in lines


def test_resting_on_a_bar_tells_of_its_passage(qtbot, desk):
    block = desk.reader.document().findBlock(desk.reader.page.content.start)
    bar = next(bar for bar in desk.reader.highlights.drawing(block).bars if bar.id == "c")
    top = next(top for each, top in desk.reader.sight.blocks(desk.reader.viewport().rect()) if each == block)
    desk.rest(QPoint(round(bar.line.x1()), round(bar.line.center().y() + top)))
    qtbot.waitUntil(desk.hover.card.isVisible)
    assert desk.asked == [("c",)]


def test_moving_within_a_passage_leaves_the_card_alone_and_asks_once(qtbot, desk):
    desk.rest(desk.point(90))
    qtbot.waitUntil(desk.hover.card.isVisible)
    desk.rest(desk.point(92))
    desk.rest(desk.point(8))
    qtbot.waitUntil(lambda: len(desk.asked) == 2)
    assert desk.asked == [("c",), ("b", "a")]
    assert desk.hover.card.isVisible()


def test_a_change_elsewhere_tells_the_card_anew_and_keeps_one_coming(qtbot, desk):
    desk.rest(desk.point(90))
    desk.hover.refresh()
    qtbot.waitUntil(desk.hover.card.isVisible)
    desk.hover.refresh()
    assert desk.hover.card.isVisible()
    qtbot.waitUntil(lambda: len(desk.asked) == 2)
    assert desk.hover.card.isVisible()


def test_leaving_the_passage_takes_the_card_away(qtbot, desk):
    desk.rest(desk.point(90))
    qtbot.waitUntil(desk.hover.card.isVisible)
    desk.rest(desk.point(55))
    qtbot.waitUntil(desk.hover.card.isHidden)


@pytest.mark.parametrize("way", ["key", "press", "scroll", "hide"])
def test_what_the_hands_do_takes_the_card_away_at_once(qtbot, desk, way):
    viewport = desk.reader.viewport()
    desk.rest(desk.point(90))
    qtbot.waitUntil(desk.hover.card.isVisible)
    if way == "key":
        qtbot.keyClick(desk.reader, Qt.Key.Key_Right)
    elif way == "press":
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=desk.point(55))
    elif way == "scroll":
        desk.reader.verticalScrollBar().valueChanged.emit(1)
    else:
        desk.hover.hide()
    assert desk.hover.card.isHidden()


def test_plain_text_has_no_cards(qtbot, desk):
    desk.reader.set_plain(True)
    desk.rest(desk.point(90))
    with qtbot.assertNotEmitted(desk.reader.selection_changed, wait=500):
        pass
    assert desk.hover.card.isHidden()


def test_the_card_takes_no_focus_and_stays_inside_the_text(qtbot, desk):
    desk.rest(desk.point(8))
    qtbot.waitUntil(desk.hover.card.isVisible)
    assert desk.reader.rect().contains(desk.hover.card.geometry())
    assert desk.hover.card.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_hostile_words_are_shown_as_they_are(qtbot, desk):
    words = "<img src=x onerror=alert(1)><b>bold</b>"
    card = PassageCard(TAGS[TagName("demand")], words, words, ((words, words),), words, 2)
    desk.hover.card.tell([card], desk.reader.theme)
    labels = desk.hover.card.findChildren(QLabel)
    assert words in [label.text() for label in labels]
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_many_passages_are_counted_after_the_first_few(qtbot, desk):
    card = PassageCard(TAGS[TagName("demand")], "Demand", "Lea")
    desk.hover.card.tell([card] * (MOST + 3), desk.reader.theme)
    assert desk.hover.card.lines.count("Demand") == MOST
    assert desk.hover.card.lines[-1] == "and 3 more"


def test_a_card_tells_filled_attributes_the_beginning_of_the_note_and_what_is_missing():
    tag = TAGS[TagName("demand")]
    names = [attribute.name for attribute in tag.attributes]
    assert len(names) > 9
    given = {name: [{"text": f"value of {name}"}] for name in names}
    card = passage_card(tag, passage("a", "demand", 0, 9, attributes=given, note="n" * 500), lambda name: name, "L\nM")
    assert card.aside == "L M"
    assert card.rows[-1] == ("", f"and {len(names) - 8} more")
    assert len(card.note) < 170
    bare = passage_card(tag, passage("a", "demand", 0, 9), lambda name: name, "LM")
    assert bare.rows == () and bare.missing > 0
