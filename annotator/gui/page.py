"""The page a statement is set on: its header, the copy of its text that Qt shows, and the layout of both.

Positions here are UTF-16 units of the document, which is the header followed by the copy. The copy has the units
of the stored text, each in its place, and a break more where an endless word is cut (``Positions`` counts them).
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QLocale, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextDocumentLayout

from annotator.core.edtf import readable
from annotator.core.model import DateValue, Range, Statement
from annotator.core.text import Utf16Map
from annotator.core.values import dataclass
from annotator.gui.theme import Theme, ui_font
from annotator.gui.typography import Typography, reading_font

#: So many changed places are looked up one by one.
_FEW = 40
#: Longer paragraphs are shown in pieces of at most this many characters, so that Qt lays out only what is seen.
LONGEST_PIECE = 4000
#: Space around the text, in pixels; the margin bars live in it.
MARGIN = 50
#: Between the underlines of passages that overlap, in pixels; how many of them have a place of their own.
LANE_STEP, LANES = 3, 8

_RTL = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_RTL_LANGUAGES = frozenset(
    ("ar", "fa", "he", "iw", "ur", "ckb", "sd", "ps", "ug", "yi", "dv", "syr", "arc", "azb", "lrc", "pnb", "sdh")
)
_LANGUAGES = {"kmr": "Kurmanji", "ckb": "Sorani", "ku": "Kurdish", "sdh": "Southern Kurdish", "zza": "Zazaki"}


def has_rtl(text: str) -> bool:
    """Whether any character may run from right to left, so that x does not simply grow with the position."""
    return not text.isascii() and _RTL.search(text) is not None


def is_rtl(text: str, language: str = "") -> bool:
    """Whether a paragraph runs from right to left: by its first strong letter, else by its language."""
    depth = 0
    for character in text[:2000]:
        kind = unicodedata.bidirectional(character)
        if kind in ("LRI", "RLI", "FSI"):
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif depth == 0 and kind in ("R", "AL"):
            return True
        elif depth == 0 and kind == "L":
            return False
    return language.split("-")[0].lower() in _RTL_LANGUAGES


# -- header ----------------------------------------------------------------------------

KICKER, TITLE, META = "kicker", "title", "meta"
#: Between the parts of a line: the dot goes to the next line with what follows it.
SEPARATOR = " ·\u00a0"


#: What the header says of the text. The first two are equally long: the one may replace the other in the document.
VERIFYING, VERIFIED = "verifying text…", "text\u00a0verified\u00a0✓"
UNVERIFIED = "text not verified"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the header; ``italic`` are (start, length) in UTF-16 units."""

    kind: str
    text: str
    italic: tuple[tuple[int, int], ...] = ()


def header_of(statement: Statement, verified: bool | None) -> list[Line]:
    """What stands above a statement: kicker, title and metadata, without what is unknown."""
    kicker = SEPARATOR.join(_isolated(part) for part in (statement.genre, statement.venue) if part.strip())
    lines = [Line(KICKER, kicker)] if kicker else []
    lines.append(Line(TITLE, _one_line(statement.title) or "Untitled"))
    return [*lines, _meta(statement, verified)]


def _meta(statement: Statement, verified: bool | None) -> Line:
    parts: list[tuple[str, str]] = []
    for value in (statement.issuer, statement.dateline):
        if value.strip():
            parts.append((_isolated(value), ""))
    if date := statement.date_issued or statement.date_published:
        parts.append((_date(date), "" if date.basis == "in_text" else date.basis.replace("_", " ")))
    if statement.outlet.strip():
        own = statement.outlet.replace("’", "'").casefold() == "issuer's own channel"
        by = "on the issuer’s own channel" if own else f"by {_isolated(statement.outlet)}"
        parts.append((f"published {by}", ""))
    if statement.language:
        parts.append((language_name(statement.language), ""))
    parts.append((VERIFYING if verified is None else VERIFIED if verified else UNVERIFIED, ""))
    text, italic = "", []
    for words, basis in parts:
        text += (SEPARATOR if text else "") + words
        if basis:
            italic.append((utf16_length(text) + 1, utf16_length(basis)))
            text += f" {basis}"
    return Line(META, text, tuple(italic))


def _date(date: DateValue) -> str:
    return _one_line(readable(date.edtf))


_BREAKING = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ufdd0\ufdd1\ufeff\ufffe\uffff\ud800-\udfff]+")


def _one_line(text: str) -> str:
    """The text without anything that could begin a block of its own in Qt."""
    return _BREAKING.sub(" ", text).strip()


def _isolated(text: str) -> str:
    """The text on one line, and kept from turning its neighbours around when it runs the other way."""
    line = _one_line(text)
    return f"\u2068{line}\u2069" if has_rtl(line) else line


def language_name(code: str) -> str:
    """The English name of a language, or the code itself."""
    main = code.split("-")[0].lower()
    if main in _LANGUAGES:
        return _LANGUAGES[main]
    language = QLocale(main).language()
    if language in (QLocale.Language.C, QLocale.Language.AnyLanguage):
        return _one_line(code)
    return QLocale.languageToString(language)


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


# -- the copy that is shown ------------------------------------------------------------------

#: A line this long that goes on in lower case was broken by a typewriter's margin.
_TYPED_LINE = 45
_FINAL = ".!?…؟۔。！？"


@dataclass(frozen=True, slots=True)
class Copy:
    """A text as Qt shows it: equally long, every character in its place but for some blanks and breaks.

    ``continued`` are the code points where a piece goes on with the paragraph before it. Only words that are
    endless need a break where there is no blank: before the code points ``inserted`` there is a character more.
    """

    text: str
    continued: tuple[int, ...] = ()
    inserted: tuple[int, ...] = ()


class Positions:
    """Turns code points of a stored text into UTF-16 units of its copy, and back.

    ``inserted`` are the code points before which the copy has a break of its own. At such a point the
    position is behind the break; both sides of it are that point.
    """

    __slots__ = ("_breaks", "_units")

    def __init__(self, text: str, inserted: Sequence[int] = ()) -> None:
        self._units = Utf16Map(text)
        self._breaks = array("q", map(self._units.to_utf16, inserted))

    def to_utf16(self, point: int) -> int:
        unit = self._units.to_utf16(point)
        return unit + bisect_right(self._breaks, unit) if self._breaks else unit

    def to_point(self, unit: int) -> int:
        if self._breaks:
            # The break before which n others are stands n units further than it would in the text.
            unit -= bisect_left(range(len(self._breaks)), unit, key=lambda n: self._breaks[n] + n)
        return self._units.to_point(unit)


def display_copy(text: str) -> Copy:
    """The copy of a stored text in which no paragraph is too long for Qt, and typed margins are undone."""
    blanks: list[int] = []
    breaks: list[int] = []
    kept: list[int] = []
    inserted: list[int] = []
    start = begun = 0
    while True:
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        if end - start > LONGEST_PIECE:
            _break(text, start, end, breaks, inserted)
        elif end - start >= _TYPED_LINE and text[end + 1 : end + 2].islower() and text[end - 1] not in _FINAL:
            # Qt would show the ragged lines of a typescript as paragraphs; core.sentences reads over them too.
            (blanks if end - begun < LONGEST_PIECE else kept).append(end)
        if not (blanks and blanks[-1] == end):
            begun = end + 1
        if end == len(text):
            break
        start = end + 1
    changes = sorted(
        [(at, 1, " ") for at in blanks] + [(at, 1, "\n") for at in breaks] + [(at, 0, "\n") for at in inserted]
    )
    pieces: list[str] = []
    done = 0
    for at, replaced, instead in changes:
        pieces += (text[done:at], instead)
        done = at + replaced
    continued = sorted([*(at + 1 for at in breaks + kept), *inserted])
    return Copy("".join([*pieces, text[done:]]) if pieces else text, tuple(continued), tuple(inserted))


def _break(text: str, start: int, end: int, blanks: list[int], inserted: list[int]) -> None:
    """Cuts a long paragraph at blanks, after a sentence where one ends in time; an endless word between letters."""
    while end - start > LONGEST_PIECE:
        limit = start + LONGEST_PIECE
        at = text.rfind(". ", start + LONGEST_PIECE // 2, limit) + 1 or text.rfind(" ", start + 1, limit)
        if at > start:
            blanks.append(at)
            start = at + 1
            continue
        # Not before a mark that belongs to the letter before it.
        while limit > start + LONGEST_PIECE // 2 and _clings(text[limit]):
            limit -= 1
        inserted.append(limit)
        start = limit


def _clings(character: str) -> bool:
    """Whether a character is one with the one before it, as far as that can be told from it alone."""
    return character in "\u200d\ufe0f" or unicodedata.category(character) in ("Mn", "Mc", "Me", "Sk", "Cf")


def ink(ascent: float, descent: float, size: float, bidi: bool) -> tuple[float, float]:
    """How far the tint of a line reaches above and below its baseline."""
    return min(ascent, 0.95 * size), min(descent, (0.45 if bidi else 0.3) * size)


# -- layout --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """The fonts and measures of a page at one zoom and theme, in pixels."""

    body: QFont
    title: QFont
    small: QFont
    size: int
    step: int
    ascent: float
    descent: float
    width: int
    gap: int
    text: QColor
    muted: QColor
    dimmed: QColor

    @classmethod
    def of(cls, size: int, theme: Theme, typography: Typography) -> Setting:
        body, title = reading_font(size, typography.family), reading_font(size * 1.36, typography.family)
        title.setBold(True)
        metrics = QFontMetricsF(body)
        sample = "the officials told reporters on Tuesday that armed men had stormed a prison in the city"
        step = round(size * typography.line_height)
        return cls(
            body,
            title,
            ui_font(size * 0.74),
            size,
            step,
            metrics.ascent(),
            metrics.descent(),
            round(metrics.horizontalAdvance(sample) / len(sample) * typography.measure),
            round(step * 0.58),
            QColor(theme.text),
            QColor(theme.muted),
            QColor(theme.muted),
        )


@dataclass(frozen=True, slots=True)
class Content:
    """What a document holds, by position: its header, its continued pieces, its dimmed ranges."""

    header: tuple[Line, ...] = ()
    start: int = 0
    continued: frozenset[int] = frozenset()
    dimmed: tuple[tuple[int, int], ...] = ()
    spaced: bool = True
    language: str = ""

    @classmethod
    def of(cls, lines: Sequence[Line], copy: Copy, units: Positions, dimmed: Sequence[Range], language: str) -> Content:
        start = sum(utf16_length(line.text) + 1 for line in lines)
        return cls(
            tuple(lines),
            start,
            frozenset(start + units.to_utf16(point) for point in copy.continued),
            tuple((start + units.to_utf16(r.start), start + units.to_utf16(r.end)) for r in dimmed),
            "\n\n" in copy.text,
            language,
        )


class PageLayout(QPlainTextDocumentLayout):
    """Lays blocks out when they are first asked for: line height, gaps, direction, and the header's own look.

    Qt's layout knows neither line height nor right-to-left paragraphs at the right; it asks
    ``blockBoundingRect`` for everything, so that is where blocks get their lines.
    """

    def __init__(self, document: QTextDocument, setting: Setting) -> None:
        super().__init__(document)
        self.setting = setting
        self.content = Content()
        self.available = 600.0
        self.room_below = 0.0
        #: How many underlines lie below one another between two positions of the document.
        self.depth: Callable[[int, int], int] = lambda start, end: 1
        #: The stretches of the document between two positions that some passage covers.
        self.tagged: Callable[[int, int], Sequence[tuple[int, int]]] = lambda start, end: ()
        self._depths: dict[int, int] = {}
        self._heights: dict[int, float] = {}
        self._rtl: dict[int, bool] = {}
        self._announcing = False

    def set_setting(self, setting: Setting) -> None:
        """Other fonts or colours: every block is laid out again when it is next seen."""
        self.setting = setting
        self.forget()

    def set_content(self, content: Content) -> None:
        """What the next ``setPlainText`` will bring; to be called just before it."""
        self.content = content
        self._heights.clear()
        self._depths.clear()
        self._rtl.clear()

    def forget(self) -> None:
        """No block has lines any more; Qt asks anew for those in view."""
        for number in self._heights:
            self.document().findBlockByNumber(number).clearLayout()
        self._heights.clear()
        self._depths.clear()

    def refit(self, changed: Sequence[tuple[int, int]]) -> bool:
        """Lays out anew what needs more or less room for underlines at these positions; whether anything does."""
        found = False
        for number in self._numbers(changed):
            block = self.document().findBlockByNumber(number)
            if number in self._heights and (self._depth(block) != self._depths.get(number, 1) or self._dims(block)):
                block.clearLayout()
                del self._heights[number]
                found = True
        return found

    def _numbers(self, changed: Sequence[tuple[int, int]]) -> Iterable[int]:
        """The numbers of the blocks that share these positions, or else all that are laid out, which are few."""
        if len(changed) > _FEW:
            return list(self._heights)
        document, spans = self.document(), []
        for start, end in changed:
            last = document.findBlock(end)
            spans.append(range(document.findBlock(start).blockNumber(), max(0, last.blockNumber()) + 1))
            if not last.isValid():
                spans[-1] = range(spans[-1].start, document.blockCount())
        if sum(map(len, spans)) > len(self._heights):
            return list(self._heights)
        return sorted({number for span in spans for number in span})

    def _depth(self, block: QTextBlock) -> int:
        if block.length() == 1:
            return 1
        return min(LANES, self.depth(block.position(), block.position() + block.length() - 1))

    def _extra(self, depth: int, text: str) -> int:
        """What the lines of a block need beyond the step so that so many underlines reach no words below, in pixels."""
        if depth == 1:
            return 0
        setting = self.setting
        top, bottom = ink(setting.ascent, setting.descent, setting.size, has_rtl(text))
        needed = (depth - 1) * LANE_STEP + 2
        # The third may touch the room for the next line's tallest letters; so many that lines move stay clear of it.
        beyond = round(needed - 2 - (setting.step - top - bottom))
        return beyond + 4 if beyond > 0 else 0

    def rtl(self, block: QTextBlock) -> bool:
        """Whether this block runs from right to left; a gap or a continued piece runs as what is before it."""
        passed = []
        # A loop, since a paragraph may be continued thousands of times.
        while block.blockNumber() not in self._rtl:
            passed.append(block.blockNumber())
            previous = block.previous()
            goes_on = block.length() == 1 or block.position() in self.content.continued
            if not (goes_on and previous.isValid()):
                self._rtl[block.blockNumber()] = self._runs_rtl(block)
                break
            block = previous
        known = self._rtl[block.blockNumber()]
        self._rtl.update(dict.fromkeys(passed, known))
        return known

    def _runs_rtl(self, block: QTextBlock) -> bool:
        if block.blockNumber() < len(self.content.header):
            words = next(line.text for line in self.content.header if line.kind == TITLE)
            return is_rtl(words, self.content.language)
        return is_rtl(block.text(), self.content.language)

    def _lay_out(self, block: QTextBlock) -> None:
        number, layout = block.blockNumber(), block.layout()
        line = self.content.header[number] if number < len(self.content.header) else None
        option = QTextOption(self.document().defaultTextOption())
        rtl = self.rtl(block)
        # The header's small lines run as their own words do, but begin where the title does.
        runs = is_rtl(line.text, self.content.language) if line else rtl
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if runs else Qt.LayoutDirection.LeftToRight)
        side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(Qt.AlignmentFlag.AlignAbsolute | side)
        # Looking for words in an endless run is quadratic.
        endless = block.length() > LONGEST_PIECE // 4 and " " not in block.text()
        option.setWrapMode(
            QTextOption.WrapMode.WrapAnywhere if endless else QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        )
        layout.setTextOption(option)
        layout.setFormats(self._header_formats(line) if line else self._body_formats(block))
        depth = 1 if line else self._depth(block)
        if depth > 1:
            self._depths[number] = depth
        else:
            self._depths.pop(number, None)
        height = self._set_lines(layout, line, empty=block.length() == 1, extra=self._extra(depth, block.text()))
        # Whole pixels, so that what is scrolled stays as it was painted.
        self._heights[number] = float(round(height + self._space_after(block, line)))
        before = self.document().lineCount()
        block.setLineCount(max(1, layout.lineCount()))
        if self.document().lineCount() != before and not self._announcing:
            self._announcing = True
            try:
                self.documentSizeChanged.emit(self.documentSize())
            finally:
                self._announcing = False

    def _set_lines(self, layout: QTextLayout, header: Line | None, empty: bool, extra: int) -> float:
        """Makes the layout's lines one step and ``extra`` apart and returns where the last one's step ends."""
        setting = self.setting
        lines = []
        layout.beginLayout()
        tallest = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.available)
            tallest = max(tallest, line.height())
            lines.append(line)
        if header is None:
            step = max(float(setting.step), round(tallest * 1.12))
            ascent, descent = setting.ascent, setting.descent
        else:
            first = lines[0]
            step = round(first.height() * (1.0 if header.kind == TITLE else 1.15))
            ascent, descent = first.ascent(), first.descent()
        base = round((step + ascent - descent) / 2)
        # Qt's own layout puts lines at the margin to the dot. A 64th beside it tells ours from one that
        # Qt made behind our back (it does so where one block's formats change).
        x = MARGIN + 1 / 64
        if header is None and empty:
            # A blank line between paragraphs is a gap.
            lines[0].setPosition(QPointF(x, (setting.gap - tallest) / 2))
            layout.endLayout()
            return float(setting.gap)
        # What is extra goes below the words, where the underlines are.
        step += extra
        for i, line in enumerate(lines):
            line.setPosition(QPointF(x, i * step + base - line.ascent()))
        layout.endLayout()
        return float(len(lines) * step)

    def _space_after(self, block: QTextBlock, header: Line | None) -> float:
        size = self.setting.size
        if header is not None:
            return {KICKER: size * 0.35, TITLE: size * 0.3, META: size * 1.95}[header.kind]
        following = block.next()
        if not following.isValid():
            return self.room_below
        if following.length() == 1 or block.length() == 1 or following.position() in self.content.continued:
            return 0.0
        return self.setting.gap * (0.22 if self.content.spaced else 1.0)

    def _header_formats(self, line: Line) -> list[QTextLayout.FormatRange]:
        setting = self.setting
        shape = QTextCharFormat()
        if line.kind == TITLE:
            shape.setFont(setting.title)
            shape.setForeground(setting.text)
        else:
            font = QFont(setting.small)
            if line.kind == KICKER:
                font.setPixelSize(max(8, round(setting.size * 0.64)))
                font.setCapitalization(QFont.Capitalization.AllUppercase)
            shape.setFont(font)
            shape.setForeground(setting.muted)
        formats = [_format(0, utf16_length(line.text), shape)]
        for start, length in line.italic:
            slanted = QTextCharFormat()
            slanted.setFontItalic(True)
            formats.append(_format(start, length, slanted))
        return formats

    def _body_formats(self, block: QTextBlock) -> list[QTextLayout.FormatRange]:
        begin, end = block.position(), block.position() + block.length() - 1
        shape = QTextCharFormat()
        shape.setForeground(self.setting.dimmed)
        formats = []
        for start, stop in self.content.dimmed:
            if start < end and stop > begin:
                at, stop = max(begin, start), min(end, stop)
                # What is tagged is to be read, on its tint as elsewhere.
                for covered, until in sorted(self.tagged(at, stop)):
                    if covered > at:
                        formats.append(_format(at - begin, min(covered, stop) - at, shape))
                    at = max(at, until)
                if at < stop:
                    formats.append(_format(at - begin, stop - at, shape))
        return formats

    def _dims(self, block: QTextBlock) -> bool:
        """Whether some of this block is dimmed unless it is tagged."""
        end = block.position() + block.length() - 1
        return any(start < end and stop > block.position() for start, stop in self.content.dimmed)

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:  # Qt
        if not block.isValid():
            return QRectF()
        if not block.isVisible():
            return QRectF(0, 0, 0, 0)
        layout = block.layout()
        if not layout.lineCount() or layout.lineAt(0).x() == MARGIN:
            self._lay_out(block)
        return QRectF(0, 0, self.available + 2 * MARGIN, self._heights.get(block.blockNumber(), 0.0))


def _format(start: int, length: int, shape: QTextCharFormat) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    result.start, result.length, result.format = start, length, shape
    return result
