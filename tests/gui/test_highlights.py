"""Passages are drawn at their words, side by side where they overlap, and only anew where they changed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, QRectF
from PySide6.QtGui import QPaintEvent, QRegion, QTextBlock
from PySide6.QtWidgets import QApplication

from annotator.core.model import Annotation, AnnotationId, CoderId, Statement, StatementId, Tag, TagName
from annotator.gui.highlights import pieces, rounded
from annotator.gui.page import LANE_STEP, MARGIN, has_rtl
from annotator.gui.reader import Reader
from annotator.gui.theme import LIGHT

TAGS = {
    name: Tag(TagName(name), name.title(), color, underline=underline)
    for name, color, underline in (
        ("demand", "#0072B2", "solid"),
        ("accusation", "#D55E00", "dashed"),
        ("event", "#00795C", "dotted"),
        ("double", "#7755aa", "double"),
        ("wave", "#aa5577", "wave"),
        ("dashdot", "#557700", "dashdot"),
    )
}
PARAGRAPHS = [f"Paragraph {i} tells that forces of the region asked for help, and that nobody came." for i in range(8)]
TEXT = "\n\n".join(PARAGRAPHS)


def annotation(identifier: str, start: int, end: int, tag: str = "demand", status: str = "made") -> Annotation:
    return Annotation(
        AnnotationId(identifier), StatementId("s"), TagName(tag), CoderId("c"), start, end, "", status=status
    )


@pytest.fixture
def show(qtbot) -> Callable[..., Reader]:
    """Shows a text with annotations in a reader, painted."""
    reader = Reader(theme=LIGHT)
    qtbot.addWidget(reader)
    reader.resize(900, 1200)
    reader.show()

    def shown(text: str, *annotations: Annotation, language: str = "en") -> Reader:
        reader.show_statement(
            Statement(StatementId("s"), title="A title", language=language), text, [], annotations, TAGS
        )
        reader.grab()
        return reader

    return shown


def block_of(reader: Reader, words: str) -> QTextBlock:
    block = reader.document().begin()
    while words not in block.text():
        block = block.next()
    return block


def test_only_the_blocks_of_a_changed_passage_are_built_again(show):
    one, two = annotation("a", 10, 30), annotation("b", 200, 230, "event")
    reader = show(TEXT, one, two)
    built = reader.highlights.built
    assert built > 0
    reader.grab()
    assert reader.highlights.built == built
    reader.show_annotations([one, two])
    reader.grab()
    assert reader.highlights.built == built
    reader.show_annotations([one, annotation("b", 200, 240, "event")])
    reader.grab()
    assert reader.highlights.built == built + 1


def test_a_passage_that_goes_is_drawn_no_more(show):
    reader = show(TEXT, annotation("a", 0, 20))
    assert reader.highlights.drawing(block_of(reader, "Paragraph 0")).fills
    reader.show_annotations([])
    assert not reader.highlights.drawing(block_of(reader, "Paragraph 0")).fills
    assert reader.highlights.shown == 0


def test_scrolling_back_builds_nothing_again(show):
    text = "\n\n".join(PARAGRAPHS * 20)
    reader = show(text, annotation("a", 0, len(text)))
    bar = reader.verticalScrollBar()
    bar.setValue(10)
    reader.grab()
    bar.setValue(0)
    built = reader.highlights.built
    reader.grab()
    assert reader.highlights.built == built


def test_only_blocks_in_sight_are_built(show):
    reader = show("\n\n".join(PARAGRAPHS * 500), *(annotation(str(i), i * 80, i * 80 + 40) for i in range(1000)))
    assert reader.highlights.built < 60
    assert reader.highlights.shown == 1000


def test_overlapping_passages_have_different_lanes_and_bars(show):
    reader = show(TEXT, annotation("a", 0, 40), annotation("b", 20, 60, "event"), annotation("c", 30, 35, "wave"))
    assert len({reader.highlights.lane(each) for each in "abc"}) == 3
    bars = reader.highlights.drawing(block_of(reader, "Paragraph 0")).bars
    assert sorted(bar.id for bar in bars) == ["a", "b", "c"]
    assert len({bar.line.x1() for bar in bars}) == 3


def test_passages_that_share_a_line_have_bars_side_by_side(show):
    reader = show(TEXT, annotation("a", 0, 10), annotation("b", 15, 25))
    bars = reader.highlights.drawing(block_of(reader, "Paragraph 0")).bars
    assert reader.highlights.lane("a") == reader.highlights.lane("b")
    assert len({bar.line.x1() for bar in bars}) == 2


def test_a_bar_over_several_paragraphs_is_straight_and_has_no_gap(show):
    reader = show(TEXT, annotation("long", 5, 300), annotation("a", 0, 3, "event"), annotation("b", 90, 95, "event"))
    places = set()
    block = block_of(reader, "Paragraph 1")
    for each in (block, block.next(), block.next().next()):
        bar = next(bar for bar in reader.highlights.drawing(each).bars if bar.id == "long")
        places.add(bar.line.x1())
        if each != block.next().next():
            assert bar.line.y2() == pytest.approx(reader.page.blockBoundingRect(each).height())
    assert len(places) == 1


def test_bars_stand_in_the_margin_beside_the_text(show):
    left = show(TEXT, annotation("a", 0, 10)).highlights.drawing(block_of(show(TEXT, annotation("a", 0, 10)), "Para"))
    assert 0 < left.bars[0].line.x1() < MARGIN


def test_an_arabic_passage_is_drawn_at_its_letters_and_at_the_right(show):
    text = "قالت الإدارة إن القوات انسحبت من المدينة"
    start = text.index("الإدارة")
    reader = show(text, annotation("a", start, start + 7), language="ar")
    block = block_of(reader, text)
    drawing = reader.highlights.drawing(block)
    (rect,) = drawing.fills[0][1]
    line = block.layout().lineAt(0)
    assert drawing.rtl
    assert line.naturalTextRect().right() == pytest.approx(MARGIN + reader.page.available, abs=2)
    # The first word of the line stands to the right of the passage, the others to its left.
    before, after = pieces(block.layout(), 0, 4, True, 18)[0].rect, pieces(block.layout(), 13, 15, True, 18)[0].rect
    assert after.right() <= rect.left() + 1 < rect.right() <= before.left() + 1
    assert rect.left() > MARGIN + reader.page.available / 2
    assert drawing.bars[0].line.x1() > MARGIN + reader.page.available


def test_a_passage_in_mixed_script_is_drawn_in_pieces_that_hold_its_glyphs_alone(show):
    text = "They said قوات سوريا (SDF) had left the town"
    start, end = text.index("said"), text.index("سوريا")
    reader = show(text, annotation("a", start, end))
    layout = block_of(reader, "They").layout()
    parts = [piece.rect for piece in pieces(layout, start, end, True, 18)]
    other = [piece.rect for piece in pieces(layout, end, end + 5, True, 18)]
    assert len(parts) == 2
    assert not any(a.adjusted(1, 0, -1, 0).intersects(b.adjusted(1, 0, -1, 0)) for a in parts for b in other)
    assert has_rtl(text) and not has_rtl("They said")


def test_the_tint_ends_with_the_last_word_of_a_line(show):
    reader = show(" ".join(PARAGRAPHS[:4]), annotation("a", 0, 300))
    block = block_of(reader, "Paragraph 0")
    for rect in reader.highlights.drawing(block).fills[0][1]:
        assert rect.right() <= MARGIN + reader.page.available + 0.5


def test_a_passage_over_the_whole_text_is_found_in_every_part_of_it(show):
    text = "\n\n".join(PARAGRAPHS * 1000)
    reader = show(text, annotation("all", 0, len(text)), annotation("a", 500, 520))
    assert reader.annotations_at(len(text) // 2) == ["all"]
    assert reader.annotations_at(510) == ["a", "all"]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("status", ["made", "suggested"])
def test_every_kind_of_underline_is_painted(show, tag, status):
    plain = show(TEXT).grab().toImage()
    assert show(TEXT, annotation("a", 0, 40, tag, status)).grab().toImage() != plain


def test_suggestions_look_different_from_what_a_person_made(show):
    made = show(TEXT, annotation("a", 0, 40)).grab().toImage()
    assert show(TEXT, annotation("a", 0, 40, status="suggested")).grab().toImage() != made


def test_a_tag_that_the_codebook_lacks_is_painted_all_the_same(show):
    assert show(TEXT, annotation("a", 0, 40, "gone")).highlights.drawing is not None


def test_an_outline_is_one_shape_around_lines_that_touch():
    path = rounded([QRectF(100, 0, 50, 20), QRectF(0, 20, 120, 20)])
    assert len(path.toSubpathPolygons()) == 1
    assert path.contains(QRectF(105, 5, 10, 30))
    assert len(rounded([QRectF(100, 0, 50, 20), QRectF(0, 20, 50, 20)]).toSubpathPolygons()) == 2


LONG = "The council said that nobody came to help the families and that they will wait at the gates. " * 6
DEEP = "\n\n".join([LONG] * 4)
STYLES = ("demand", "accusation", "event", "double", "wave", "dashdot", "demand", "event")


def deep(count: int, paragraph: int = 1) -> list[Annotation]:
    """Overlapping passages in one paragraph, each within the one before."""
    start = paragraph * (len(LONG) + 2)
    return [annotation(f"d{n}", start + 4 + 5 * n, start + 300 - 6 * n, STYLES[n]) for n in range(count)]


def steps_of(reader: Reader, number: int) -> set[float]:
    """The distances of the lines of the text's paragraph of that number."""
    block = reader.document().findBlockByNumber(len(reader.page.content.header) + 2 * number)
    reader.page.blockBoundingRect(block)
    layout = block.layout()
    tops = [layout.lineAt(n).y() for n in range(layout.lineCount())]
    return {round(b - a) for a, b in pairwise(tops)}


@pytest.mark.parametrize("count", range(1, 9))
def test_each_of_up_to_eight_overlapping_passages_has_an_underline_and_a_bar_of_its_own(show, count):
    reader = show(DEEP, *deep(count))
    block = reader.document().findBlockByNumber(len(reader.page.content.header) + 2)
    drawing = reader.highlights.drawing(block)
    line = block.layout().lineAt(1)
    below = block.layout().lineAt(2)
    fills = [rect for _, rects in drawing.fills for rect in rects]
    (bottom,) = {rect.bottom() for rect in fills if line.y() < rect.center().y() < below.y()}
    top = min(rect.top() for rect in fills if rect.center().y() > below.y())
    strokes = [each.y1() for _, lines in drawing.underlines for each in lines]
    strokes += [
        polygon.boundingRect().center().y() for _, path in drawing.waves for polygon in path.toSubpathPolygons()
    ]
    places = {(height - bottom) // LANE_STEP for height in strokes if bottom < height < top + 2}
    assert places == set(range(count))
    bars = drawing.bars
    assert len(bars) == count
    xs = sorted(bar.line.x1() for bar in bars)
    assert all(b - a >= 6 for a, b in pairwise(xs))
    assert xs[0] >= 1.5
    assert xs[-1] <= MARGIN - 5


def test_only_the_lines_of_a_deep_paragraph_move_apart(show):
    reader = show(DEEP, *deep(3))
    calm = steps_of(reader, 0)
    assert steps_of(reader, 1) == calm
    built = reader.highlights.built
    reader.show_annotations(deep(8))
    reader.grab()
    assert steps_of(reader, 0) == steps_of(reader, 2) == calm
    assert min(steps_of(reader, 1)) > max(calm)
    assert reader.highlights.built > built
    reader.show_annotations(deep(3))
    assert steps_of(reader, 1) == calm


def test_a_passage_that_comes_or_goes_tells_that_marks_changed(show, qtbot):
    reader = show(TEXT)
    with qtbot.waitSignal(reader.marks_changed):
        reader.change_annotations([annotation("a", 0, 20)])
    assert [mark.id for mark in reader.highlights.ordered()] == ["a"]
    with qtbot.waitSignal(reader.marks_changed):
        reader.change_annotations([], ["a"])
    with qtbot.assertNotEmitted(reader.marks_changed):
        reader.change_annotations([], ["a"])


def test_a_step_builds_only_the_blocks_it_touched_and_repaints_only_there(show):
    reader = show(TEXT, annotation("a", 0, 20), annotation("b", 300, 330))
    painted = Painted(reader)
    built = reader.highlights.built
    reader.change_annotations([annotation("c", 100, 120, "event")])
    assert reader.highlights.built == built + 1
    block = block_of(reader, "Paragraph 1")
    place = reader.page.blockBoundingRect(block).height()
    assert painted.height() <= place + 60
    painted.clear()
    reader.change_annotations([annotation("c", 100, 125, "event")])
    reader.change_annotations([], ["c"])
    assert reader.highlights.built == built + 3
    assert painted.height() <= place + 60


class Painted(QObject):
    """Notes what is painted of a reader from now on."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        QApplication.processEvents()
        self.region = QRegion()
        reader.viewport().installEventFilter(self)

    def clear(self) -> None:
        self.region = QRegion()

    def height(self) -> int:
        return self.region.boundingRect().height()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.Paint:
            assert isinstance(event, QPaintEvent)
            self.region = self.region.united(event.region())
        return False
