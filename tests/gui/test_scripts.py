"""Every script: tints and bars at the glyphs, whole words and signs, and signs that cannot be seen.

Where glyphs stand is asked of Qt here by a way of its own: glyph by glyph, each with the character it is drawn for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QHelpEvent,
    QImage,
    QPainter,
    QTextBlock,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from annotator.core.model import Annotation, AnnotationId, CoderId, Statement, StatementId, Tag, TagName
from annotator.core.sentences import sentence_at, unit
from annotator.core.text import Span, word_at
from annotator.gui.page import MARGIN
from annotator.gui.reader import Reader
from annotator.gui.theme import LIGHT


class Case(NamedTuple):
    """A text, a passage of it, the direction of its paragraph, and its language."""

    text: str
    quote: str
    rtl: bool
    language: str


CASES = {
    "arabic": Case("أعلن المجلسُ يومَ الأحد أنّ الطريقَ مُغلق. وطالب بفتحه فوراً أمام الناس.", "أنّ الطريقَ مُغلق", True, "ar"),
    "arabic, part of a word": Case("كتبوا بالمدرسةِ كلاماً كثيراً عن الطريق.", "بالمدر", True, "ar"),
    "lam-alef": Case("لا سلام إلا بالاتفاق الأول.", "إلا بالا", True, "ar"),
    "sorani": Case("ئەنجومەنەکە ڕایگەیاند کە ڕێگاکە داخراوە و داوای کردنەوەی دەکات.", "کە ڕێگاکە داخراوە", True, "ckb"),
    "kurmanji": Case("Encûmenê ragihand ku rê girtî ye û daxwaza vekirina wê kir.", "ku rê girtî ye", False, "kmr"),
    "persian": Case("شورا گفت که ما می‌خواهیم راه‌ها باز شود.", "می‌خواهیم راه‌ها", True, "fa"),
    "hebrew": Case("הַמּוֹעֵצָה אָמְרָה כִּי בֵּית־הַסֵּפֶר סָגוּר הַיּוֹם.", "בֵּית־הַסֵּפֶר סָגוּר", True, "he"),
    "arabic in english": Case("The council said «الطريق مغلق 24 ساعة» and SDF left.", "said «الطريق مغلق", False, "en"),
    "english in arabic": Case("قال المجلس إن SDF و UN في Qamishlo اليوم.", "SDF و UN في", True, "ar"),
    "numbers in arabic": Case("أصيب 24 شخصاً في 3/5/2024 قرب المدينة.", "24 شخصاً في 3/5", True, "ar"),
    "isolates": Case("He said \u2067الطريق مغلق\u2069 and left \u200fبسرعة\u200e.", "said \u2067الطريق", False, "en"),
    "emoji": Case("The team 👩‍👩‍👧‍👦 came to 🇸🇾 and left 👍🏽 behind.", "👩‍👩‍👧‍👦 came to 🇸🇾", False, "en"),
    "marks": Case(
        "A cafe\u0301 near the Ro\u0323\u0304d and a\u20dd was shut.",
        "cafe\u0301 near the Ro\u0323\u0304d",
        False,
        "en",
    ),
    "astral letters": Case("𝔗he 𝔯oad was 𝔠losed for 𝔴eeks.", "𝔯oad was 𝔠losed", False, "en"),
}
TAGS = {"demand": Tag(TagName("demand"), "Demand", "#0072B2")}


@pytest.fixture
def reader(qtbot) -> Reader:
    reader = Reader(theme=LIGHT)
    qtbot.addWidget(reader)
    reader.show()
    return reader


@pytest.fixture
def show(reader, qtbot) -> Callable[..., QTextBlock]:
    """Shows a case at a width, with its quote tagged unless told otherwise, and gives its block."""

    def shown(case: Case, width: int = 760, tagged: bool = True) -> QTextBlock:
        reader.resize(width, 420)
        start = case.text.index(case.quote)
        passage = Annotation(
            AnnotationId("a"),
            StatementId("s"),
            TagName("demand"),
            CoderId("c"),
            start,
            start + len(case.quote),
            case.quote,
        )
        statement = Statement(StatementId("s"), title="T", language=case.language)
        reader.show_statement(statement, case.text, (), [passage] if tagged else [], TAGS)
        reader.grab()
        return reader.document().findBlock(reader.page.content.start)

    return shown


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Glyph(NamedTuple):
    """Where a glyph is drawn in its block, and the UTF-16 unit of the character that it is drawn for."""

    line: int
    left: float
    right: float
    unit: int


def glyphs(block: QTextBlock) -> Iterator[Glyph]:
    """Every glyph that takes room, of all lines, asked for character by character."""
    layout, text = block.layout(), block.text()
    for number in range(layout.lineCount()):
        line, unit_ = layout.lineAt(number), 0
        for character in text:
            size = utf16(character)
            if line.textStart() <= unit_ < line.textStart() + line.textLength():
                for run in line.glyphRuns(unit_, size):
                    widths = run.rawFont().advancesForGlyphIndexes(run.glyphIndexes())
                    for place, width in zip(run.positions(), widths, strict=True):
                        if width.x() > 1.5:
                            yield Glyph(number, place.x(), place.x() + width.x(), unit_)
            unit_ += size


def ink(reader: Reader, block: QTextBlock, start: int, end: int) -> tuple[set[int], set[int]]:
    """The columns in which the only line of a block has ink of this range, and those with any other ink.

    The line is drawn once more with the range in a colour of its own: that asks for no glyph's place at all.
    """
    layout, line = QTextLayout(block.text(), reader.document().defaultFont()), block.layout().lineAt(0)
    layout.setTextOption(block.layout().textOption())
    form = QTextCharFormat()
    form.setForeground(QColor("red"))
    apart = QTextLayout.FormatRange()
    apart.start, apart.length, apart.format = start, end - start, form
    layout.setFormats([apart])
    layout.beginLayout()
    again = layout.createLine()
    again.setLineWidth(line.width())
    again.setPosition(line.position())
    layout.endLayout()
    image = QImage(1000, int(line.y() + line.height()) + 10, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        painter.setPen(QColor("blue"))
        layout.draw(painter, QPointF(0, 0))
    own, other = set(), set()
    for x in range(image.width()):
        for y in range(image.height()):
            color = image.pixelColor(x, y)
            if color.red() > color.blue() + 60:
                own.add(x)
            elif color.blue() > color.red() + 60:
                other.add(x)
    return own, other


def is_blank(block: QTextBlock, glyph: Glyph) -> bool:
    units = block.text().encode("utf-16-le")
    return units[2 * glyph.unit : 2 * glyph.unit + 2] == b" \0"


def span_of(case: Case) -> tuple[int, int]:
    """The quote in UTF-16 units of its block."""
    start = case.text.index(case.quote)
    return utf16(case.text[:start]), utf16(case.text[: start + len(case.quote)])


def tints(reader: Reader, block: QTextBlock) -> list[QRectF]:
    return [rect for _, rects in reader.highlights.drawing(block).fills for rect in rects]


def covered(rects: list[QRectF], line: QRectF, left: float, right: float) -> float:
    """How much of this stretch of a line lies under the rectangles, 0 to 1."""
    width = sum(
        max(0.0, min(right, rect.right()) - max(left, rect.left()))
        for rect in rects
        if line.top() <= rect.center().y() <= line.bottom()
    )
    return width / (right - left)


@pytest.mark.parametrize("width", [760, 300])
@pytest.mark.parametrize("name", CASES)
def test_tint_and_underline_lie_at_the_glyphs_of_the_quote_and_at_no_others(show, reader, name, width):
    case = CASES[name]
    block = show(case, width)
    start, end = span_of(case)
    rects, layout = tints(reader, block), block.layout()
    lines = [line for _, each in reader.highlights.drawing(block).underlines for line in each]
    assert rects and lines
    inside = outside = 0
    found = list(glyphs(block))
    for glyph in found:
        line = layout.lineAt(glyph.line)
        area = QRectF(0, line.y(), 10_000, line.height())
        if is_blank(block, glyph):
            continue  # at the end of a line it hangs into the margin
        share = covered(rects, area, glyph.left, glyph.right)
        if start <= glyph.unit < end:
            assert share > 0.9, (name, glyph)
            inside += 1
        # A ligature (lam-alef) is one glyph for several characters: it is as much inside as they are.
        elif not any(start <= g.unit < end and abs(g.left - glyph.left) < 1 for g in found):
            assert share < 0.15, (name, glyph)
            outside += 1
    assert inside > 3 and outside > 3
    assert sorted((each.x1(), each.x2()) for each in lines) == sorted((rect.left(), rect.right()) for rect in rects)


@pytest.mark.parametrize("name", CASES)
def test_the_margin_bar_stands_at_the_side_where_the_paragraph_begins(show, reader, name):
    case = CASES[name]
    block = show(case, 300)
    (bar,) = reader.highlights.drawing(block).bars
    rects, layout = tints(reader, block), block.layout()
    edge = MARGIN + reader.page.available
    assert reader.page.rtl(block) is case.rtl
    assert (bar.line.x1() > edge) if case.rtl else (bar.line.x1() < MARGIN)
    assert bar.line.x1() == bar.line.x2()
    # As high as the lines that it speaks for.
    assert abs(bar.line.y1() - min(rect.top() for rect in rects)) < 4
    assert abs(bar.line.y2() - max(rect.bottom() for rect in rects)) < 4
    # Lines end at the margin where the paragraph begins.
    for number in range(layout.lineCount()):
        natural = layout.lineAt(number).naturalTextRect()
        assert abs(natural.right() - edge) < 3 if case.rtl else abs(natural.left() - MARGIN) < 3


@pytest.mark.parametrize("name", CASES)
def test_on_the_screen_exactly_the_columns_of_the_quotes_ink_are_tinted(show, reader, name):
    case = CASES[name]
    show(case, 760, tagged=False)
    reader.setCursorWidth(0)
    before = reader.viewport().grab().toImage()
    block = show(case, 760)
    after = reader.viewport().grab().toImage()
    tinted = changed_columns(reader, block, before, after)
    assert_covers(reader, case, block, tinted)


def changed_columns(reader: Reader, block: QTextBlock, before: QImage, after: QImage) -> set[int]:
    """Where the ground under the words of a line changed: the underline is below, the bar beside."""
    assert block.layout().lineCount() == 1
    line = block.layout().lineAt(0)
    top = round(reader.blockBoundingGeometry(block).translated(reader.contentOffset()).top())
    base = top + line.y() + line.ascent()
    page = range(int(MARGIN) - 2, int(MARGIN + reader.page.available) + 2)
    return {
        x for x in page if any(before.pixel(x, y) != after.pixel(x, y) for y in range(int(base) - 8, int(base) - 1))
    }


def assert_covers(reader: Reader, case: Case, block: QTextBlock, tinted: set[int]) -> None:
    """All ink of the quote is tinted, and of other ink no more than what letters hang over their neighbours."""
    own, other = ink(reader, block, *span_of(case))
    if case.quote != CASES["emoji"].quote:
        assert len(own - tinted) <= 0.08 * len(own), sorted(own - tinted)
        assert len(tinted & (other - own)) <= max(4, 0.05 * len(other)), sorted(tinted & (other - own))
    # Between words there is no ink; a stretch of tint begins and ends at it.
    shapes = [g for g in glyphs(block) if span_of(case)[0] <= g.unit < span_of(case)[1]]
    allowed = {x for g in shapes for x in range(int(g.left - 1.5), int(g.right + 2.5))}
    assert tinted and tinted <= allowed, sorted(tinted - allowed)


@pytest.mark.parametrize("name", CASES)
def test_a_selection_is_painted_where_a_tag_of_the_same_words_would_be(show, reader, name):
    case = CASES[name]
    block = show(case, 760, tagged=False)
    start = case.text.index(case.quote)
    reader.setCursorWidth(0)
    before = reader.viewport().grab().toImage()
    reader.select(Span(start, start + len(case.quote)))
    reader.put_bar_away()
    after = reader.viewport().grab().toImage()
    assert_covers(reader, case, block, changed_columns(reader, block, before, after))


# -- words, sentences, signs ----------------------------------------------------------------------

WORDS = [
    ("أعلن المجلسُ العَسْكَرِيُّ", "العَسْكَرِيُّ"),
    ("طرفاً وحيداً", "وحيداً"),
    ("ما می‌خواهیم راه", "می‌خواهیم"),
    ("خانهٔ ما", "خانهٔ"),
    ("کە ڕێگاکە داخراوە.", "داخراوە"),
    ("ku rê girtî ye", "girtî"),
    ("אָמְרָה כִּי בֵּית־הַסֵּפֶר סָגוּר׃ כן", "בֵּית־הַסֵּפֶר"),
    ("אָמְרָה כִּי סָגוּר׃ כן", "סָגוּר"),
    ("דובר צה״ל אמר", "צה״ל"),
    ("A cafe\u0301 near", "cafe\u0301"),
    ("Ṣo\u0323\u0304\u1dc4d ab", "Ṣo\u0323\u0304\u1dc4d"),
    ("सड़क बन्द है", "बन्द"),
    ("𝔗he 𝔯oad was", "𝔯oad"),
]


@pytest.mark.parametrize(("text", "word"), WORDS)
def test_a_word_is_found_with_its_marks_and_joiners_from_every_place_in_it(text, word):
    start = text.index(word)
    for offset in range(start + 1, start + len(word)):
        assert word_at(text, offset) == Span(start, start + len(word))


@pytest.mark.parametrize(("text", "word"), WORDS)
def test_a_double_click_takes_the_whole_word(show, reader, qtbot, text, word):
    case = Case(text, word, False, "")
    block = show(case, tagged=False)
    first, last = span_of(case)
    shapes = [g for g in glyphs(block) if first <= g.unit < last]
    top = reader.blockBoundingGeometry(block).translated(reader.contentOffset()).top()
    line = block.layout().lineAt(0)
    for glyph in (shapes[0], shapes[len(shapes) // 2], shapes[-1]):
        reader.clear_selection()
        point = QPointF((glyph.left + glyph.right) / 2, top + line.y() + line.height() / 2).toPoint()
        QTest.mouseDClick(reader.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
        span = reader.span()
        assert span is not None and span.of(text) == word


@pytest.mark.parametrize(
    ("text", "second", "language"),
    [
        ("أغلق الطريق أمس. هل يُفتح غداً؟ نعم يُفتح.", "هل يُفتح غداً", "ar"),
        ("ڕێگاکە داخراوە. ئایا دەکرێتەوە؟ بەڵێ.", "ئایا دەکرێتەوە", "ckb"),
        ("Rê girtî ye. Gelo vedibe? Erê.", "Gelo vedibe", "kmr"),
        ("راه بسته است. آیا باز می‌شود؟ آری.", "آیا باز می‌شود", "fa"),
        ("הדרך סגורה. האם תיפתח? כן.", "האם תיפתח", "he"),
    ],
)
def test_the_sentence_key_takes_the_sentence_without_its_stop_in_every_script(show, reader, text, second, language):
    show(Case(text, second, True, language), tagged=False)
    reader.place_caret(text.index(second) + 2)
    span = reader.select_sentence()
    assert span is not None and span.of(text) == second
    found = sentence_at(text, text.index(second) + 2, language)
    assert found is not None and unit(text, found).of(text) == second


SIGNS = [
    "e\u0301",
    "o\u0323\u0304",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "🇸🇾",
    "1️⃣",
    "❤️",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "مُ",
    "בּ",
    "नि",
]


@pytest.mark.parametrize("sign", SIGNS)
def test_an_edge_moves_over_a_sign_of_several_characters_in_one_step_and_never_into_it(show, reader, sign):
    text = f"ab {sign} cd"
    show(Case(text, "cd", False, "en"), tagged=False)
    begin, end = 3, 3 + len(sign)
    reader.select(Span(0, begin))
    assert reader.move_edge("end", "character", 1) == Span(0, end)
    assert reader.move_edge("end", "character", -1) == Span(0, begin)
    reader.select(Span(begin, len(text)))
    assert reader.move_edge("start", "character", 1) == Span(end, len(text))
    assert reader.move_edge("start", "character", -1) == Span(begin, len(text))


@pytest.mark.parametrize("sign", ["e\u0301", "👩‍👩‍👧‍👦", "👍🏽", "🇸🇾", "❤️", "مُ", "בּ"])
def test_shift_and_an_arrow_take_a_sign_of_several_characters_as_one(show, reader, qtbot, sign):
    text = f"ab {sign} cd"
    show(Case(text, "cd", False, "en"), tagged=False)
    reader.place_caret(3)
    rtl = unicodedata.bidirectional(sign[0]) in ("R", "AL")
    qtbot.keyClick(reader, Qt.Key.Key_Left if rtl else Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    span = reader.span()
    assert span is not None
    if not rtl:
        assert span == Span(3, 3 + len(sign))


@pytest.mark.parametrize("name", ["arabic", "sorani", "persian", "hebrew"])
def test_in_a_paragraph_from_right_to_left_the_left_arrow_goes_on_in_the_text(show, reader, qtbot, name):
    case = CASES[name]
    show(case, tagged=False)
    start = case.text.index(case.quote)
    reader.place_caret(start)
    x = reader.cursorRect().x()
    sizes = [0]
    for _ in range(4):
        qtbot.keyClick(reader, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        span = reader.span()
        assert span is not None and span.start == start and len(span) > sizes[-1]
        sizes.append(len(span))
    assert reader.cursorRect().x() < x
    qtbot.keyClick(reader, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert len(reader.span() or ()) == sizes[-2]


@pytest.mark.parametrize("name", CASES)
def test_what_is_copied_is_the_stored_text_to_the_character(show, reader, qtbot, name):
    case = CASES[name]
    show(case)
    start = case.text.index(case.quote)
    reader.select(Span(start, start + len(case.quote)))
    reader.copy()
    assert QGuiApplication.clipboard().text() == case.quote
    assert (reader.span() or Span(0, 0)).of(reader.text) == case.quote


def test_no_break_blanks_and_controls_are_copied_as_they_are_stored(show, reader):
    text = "in\u00a0the \u202broad\u202c \u200bwas\u00ad shut"
    show(Case(text, "road", False, "en"))
    reader.select_body()
    reader.copy()
    assert QGuiApplication.clipboard().text() == text


# -- signs that cannot be seen --------------------------------------------------------------------

UNSEEN = [
    *"\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064",
    *"\u2066\u2067\u2068\u2069\u206a\u206f\ufeff\U000e0001\U000e0041",
]


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
@pytest.mark.parametrize("around", [("road", "shut"), ("طريق", "مغلق")])
def test_a_sign_that_cannot_be_seen_has_a_badge_at_its_place_also_on_a_passage(show, reader, sign, around):
    text = f"{around[0]} is {sign}{around[1]} today"
    block = show(Case(text, text[:-6], around[0] != "road", ""))
    drawing = reader.highlights.drawing(block)
    (badge,) = drawing.badges
    assert badge.name == unicodedata.name(sign, "UNNAMED SIGN")
    assert tints(reader, block)
    with_badge = reader.viewport().grab().toImage()
    top = reader.blockBoundingGeometry(block).translated(reader.contentOffset()).top()
    point = (badge.top + QPointF(0, top)).toPoint()
    near = {with_badge.pixelColor(point + QPoint(x, 0)).name() for x in (-1, 0, 1)}
    assert LIGHT.warning in near


def test_a_tool_tip_names_the_sign(show, reader, qtbot):
    text = "The road \u202eis shut"
    block = show(Case(text, "is shut", False, "en"))
    (badge,) = reader.highlights.drawing(block).badges
    top = reader.blockBoundingGeometry(block).translated(reader.contentOffset()).top()
    point = (badge.top + QPointF(0, top + 4)).toPoint()
    event = QHelpEvent(QEvent.Type.ToolTip, point, reader.viewport().mapToGlobal(point))
    QApplication.sendEvent(reader.viewport(), event)
    qtbot.waitUntil(lambda: "right-to-left override" in QToolTip.text())
    QToolTip.hideText()


@pytest.mark.parametrize("sign", ["\u200c", "\u200d"])
def test_joiners_that_words_are_written_with_have_no_badge(show, reader, sign):
    block = show(Case(f"ما می{sign}خواهیم راه", "راه", True, "fa"))
    assert reader.highlights.drawing(block).badges == ()
