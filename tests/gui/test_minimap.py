"""The scroll bar of the reader shows where the passages lie, and goes there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage

from annotator.core.finding import Places
from annotator.core.model import Annotation, AnnotationId, CoderId, Statement, StatementId, TagName
from annotator.core.text import Span
from annotator.gui.reader import Reader
from annotator.gui.theme import DARK, LIGHT, tag_color
from annotator.store.starter import starter_codebook

TAGS = {tag.name: tag for tag in starter_codebook()}
TEXT = "\n".join(f"{n:03}. The union calls on the port to reopen pier four." for n in range(400))


def passage(name: str, tag: str, start: int, end: int) -> Annotation:
    return Annotation(
        id=AnnotationId(name),
        statement=StatementId("s1"),
        tag=TagName(tag),
        coder=CoderId("c1"),
        start=start,
        end=end,
        quote=TEXT[start:end],
    )


@pytest.fixture
def reader(qtbot) -> Reader:
    made = Reader(theme=LIGHT)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def show(reader: Reader, passages: Sequence[Annotation] = (), text: str = TEXT) -> None:
    reader.show_statement(Statement(id=StatementId("s1"), title="Pier four", language="en"), text, (), passages, TAGS)
    reader.minimap.grab()


def painted(reader: Reader, tag: str) -> tuple[float, float] | None:
    """Where this tag's colour is in the map, from 0 at the top to 1 at the bottom."""
    image: QImage = reader.minimap.picture().toImage()
    color = tag_color(reader.theme, TAGS[TagName(tag)]).rgb()
    rows = [y for y in range(image.height()) if any(image.pixel(x, y) == color for x in range(image.width()))]
    return (rows[0] / image.height(), (rows[-1] + 1) / image.height()) if rows else None


def test_each_passage_is_marked_where_it_lies_in_the_text(reader):
    length = len(TEXT)
    show(reader, [passage("a", "demand", length // 2, length * 6 // 10), passage("b", "event", 0, 30)])
    top, bottom = painted(reader, "demand")
    assert top == pytest.approx(0.5, abs=0.01)
    assert bottom == pytest.approx(0.6, abs=0.01)
    assert painted(reader, "event")[0] < 0.02
    assert painted(reader, "accusation") is None


def test_a_passage_of_one_letter_is_seen_too(reader):
    show(reader, [passage("a", "demand", len(TEXT) // 2, len(TEXT) // 2 + 1)])
    top, bottom = painted(reader, "demand")
    assert (bottom - top) * reader.minimap.height() >= 1.9


def test_tags_on_the_same_words_stand_beside_each_other(reader):
    tags = ("demand", "accusation", "event")
    show(reader, [passage(tag[0], tag, 1000, 9000) for tag in tags])
    spots = [painted(reader, tag) for tag in tags]
    assert spots[0] is not None and spots[0] == spots[1] == spots[2]


def test_scrolling_works_nothing_out_anew(reader):
    show(reader, [passage("a", "demand", 0, 500)])
    before, picture = reader.minimap.drawn, reader.minimap.picture()
    for value in range(0, reader.verticalScrollBar().maximum(), 20):
        reader.verticalScrollBar().setValue(value)
        reader.minimap.grab()
    assert reader.minimap.drawn == before
    assert reader.minimap.picture() is picture


def test_a_new_passage_works_out_only_the_rows_it_lies_in(reader):
    many = [passage(str(n), "event", n * 54, n * 54 + 30) for n in range(300)]
    show(reader, many)
    before = reader.minimap.drawn
    reader.show_annotations([*many, passage("new", "demand", 10_000, 10_040)])
    assert 1 <= reader.minimap.drawn - before <= 4
    assert painted(reader, "demand")[0] == pytest.approx(10_000 / len(TEXT), abs=0.01)
    reader.show_annotations(many)
    assert painted(reader, "demand") is None


def test_many_passages_are_worked_out_after_the_words_are_painted(qtbot, reader):
    text = TEXT * 20
    many = [passage(str(n), "event", n * 100, n * 100 + 30) for n in range(4000)]
    reader.minimap.grab()
    before = reader.minimap.drawn
    reader.show_statement(Statement(id=StatementId("s1"), title="T", language="en"), text, (), many, TAGS)
    reader.repaint()
    reader.minimap.repaint()
    assert reader.minimap.drawn == before
    qtbot.waitUntil(lambda: reader.minimap.drawn > before)
    assert painted(reader, "event") is not None


def test_a_click_goes_there_and_dragging_goes_on(qtbot, reader):
    show(reader)
    height = reader.minimap.height()
    qtbot.mousePress(reader.minimap, Qt.MouseButton.LeftButton, pos=QPoint(8, height // 2))
    assert reader.position_state().top == pytest.approx(len(TEXT) / 2, rel=0.1)
    qtbot.mouseMove(reader.minimap, QPoint(8, height // 4))
    assert reader.position_state().top == pytest.approx(len(TEXT) / 4, rel=0.2)
    qtbot.mouseMove(reader.minimap, QPoint(8, height + 50))
    assert reader.verticalScrollBar().value() == reader.verticalScrollBar().maximum()
    qtbot.mouseMove(reader.minimap, QPoint(8, -50))
    assert reader.verticalScrollBar().value() == 0
    qtbot.mouseRelease(reader.minimap, Qt.MouseButton.LeftButton, pos=QPoint(8, 0))
    qtbot.mouseMove(reader.minimap, QPoint(8, height // 2))
    assert reader.verticalScrollBar().value() == 0


def test_taking_the_frame_does_not_move_it(qtbot, reader):
    show(reader)
    reader.verticalScrollBar().setValue(150)
    start, end = reader.minimap.in_sight()
    middle = round((start + end) / 2 / len(TEXT) * reader.minimap.height())
    qtbot.mousePress(reader.minimap, Qt.MouseButton.LeftButton, pos=QPoint(8, middle))
    assert reader.verticalScrollBar().value() == 150
    qtbot.mouseRelease(reader.minimap, Qt.MouseButton.LeftButton, pos=QPoint(8, middle))


def test_the_frame_tells_what_is_in_sight(reader):
    show(reader)
    reader.verticalScrollBar().setValue(200)
    start, end = reader.minimap.in_sight()
    shown = reader.page.content.start
    assert start - shown == reader.position_state().top
    assert 10 * 54 < end - start < 40 * 54


def test_found_places_are_ticks_at_the_edge(reader):
    show(reader)
    reader.show_found(Places([Span(len(TEXT) // 2, len(TEXT) // 2 + 5)]))
    image = reader.minimap.grab().toImage()
    rows = [y for y in range(image.height()) if image.pixelColor(image.width() - 1, y) == QColor(LIGHT.warning)]
    assert rows and rows[0] / image.height() == pytest.approx(0.5, abs=0.02)


def test_places_that_are_found_later_are_ticked_too(reader):
    show(reader)
    places = Places()
    reader.show_found(places)
    for begin in range(0, 20_000, 10):
        places.extend([Span(begin, begin + 3)])
    reader.minimap.update()
    image = reader.minimap.grab().toImage()
    rows = [y for y in range(image.height()) if image.pixelColor(image.width() - 1, y) == QColor(LIGHT.warning)]
    assert rows[-1] / image.height() == pytest.approx(20_000 / len(TEXT), abs=0.02)
    assert len(rows) > 0.95 * rows[-1] - rows[0]


def test_plain_text_has_a_plain_map(reader):
    show(reader, [passage("a", "demand", 0, 5000)])
    reader.minimap.set_plain(True)
    assert painted(reader, "demand") is None
    reader.minimap.set_plain(False)
    assert painted(reader, "demand") is not None


def test_the_map_wears_the_theme(reader):
    show(reader, [passage("a", "demand", 0, 5000)])
    reader.set_theme(DARK)
    reader.minimap.grab()
    assert painted(reader, "demand") is not None


def test_the_summary_counts_passages_by_tag_and_found_places(reader):
    show(reader, [passage("a", "demand", 0, 9), passage("b", "demand", 20, 29), passage("c", "event", 0, 9)])
    assert reader.minimap.summary() == "3 passages: 2 demand, 1 event"
    reader.show_found(Places([Span(0, 3)]))
    assert reader.minimap.summary() == "3 passages: 2 demand, 1 event; 1 found place"
    show(reader)
    assert reader.minimap.summary() == "0 passages"


def test_a_statement_without_text_or_without_need_to_scroll_is_fine(reader):
    reader.show_nothing("Nothing here")
    reader.minimap.grab()
    show(reader, text="One line.")
    assert not reader.minimap.isEnabled()
    assert reader.minimap.accessibleName() == "Place in the text"
