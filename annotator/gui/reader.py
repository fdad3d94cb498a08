"""The reader: one statement as a page to read, select in and see passages on.

What it tells and takes is counted in code points of the stored text; inside, Qt counts UTF-16 units of a
document that begins with the header. The stored text is the only source of words: the document is a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QPlainTextEdit, QToolTip, QWidget

from annotator.core.finding import Places
from annotator.core.marks import Mark, Marks
from annotator.core.model import Annotation, Place, Range, Statement, Tag
from annotator.core.sentences import sentence_at, unit
from annotator.core.text import Span, Utf16Map, word_at
from annotator.core.values import dataclass
from annotator.gui.arcs import Arc
from annotator.gui.dragging import Dragging
from annotator.gui.highlights import Highlights, pieces
from annotator.gui.layers import Layers
from annotator.gui.minimap import Minimap
from annotator.gui.moves import (
    Edge,
    Step,
    moved_edge,
    paragraph_from,
    paragraph_start,
    sentence_from,
    sentence_start,
)
from annotator.gui.page import (
    MARGIN,
    VERIFIED,
    VERIFYING,
    Content,
    PageLayout,
    Positions,
    Setting,
    display_copy,
    has_rtl,
    header_of,
)
from annotator.gui.pointing import Pointing
from annotator.gui.selection_bar import SelectionBar
from annotator.gui.sight import Sight
from annotator.gui.stylesheet import palette
from annotator.gui.theme import Theme, current_theme
from annotator.gui.typography import Typography, reading_size

#: The bounds of the text's size, in pixels.
SMALLEST, LARGEST = 10, 60
#: More changed places than this are worked out anew as a whole in the scroll bar.
_FEW = 40


@dataclass(frozen=True, slots=True)
class Position:
    """Where a statement is being read: the first code point in view, and the caret."""

    top: int = -1
    caret: int = 0


class Reader(QPlainTextEdit):
    """Shows a statement with its passages; everything is read-only.

    Commands say what they do; signals say what happened. The window decides what follows from it.
    """

    selection_changed = Signal()
    #: Like ``selection_changed``, but not while the mouse still selects.
    selected = Signal()
    passage_picked = Signal(str)
    header_picked = Signal()
    zoomed = Signal(int)
    files_dropped = Signal(list)
    #: The mouse has selected words, and is done with it.
    words_selected = Signal()
    #: Alt and a click where several passages lie: their ids, and the place in the viewport.
    passages_asked = Signal(list, QPoint)
    #: Passages came, went or changed; ``highlights.ordered()`` has them.
    marks_changed = Signal()

    def __init__(self, parent: QWidget | None = None, theme: Theme | None = None) -> None:
        super().__init__(parent)
        self._theme = theme or current_theme()
        self._zoom = 0
        self._typography = Typography()
        self._statement: Statement | None = None
        self._text = ""
        self._units = Positions("")
        self._hidden: tuple[Span, ...] = ()
        self._tags: Mapping[str, Tag] = {}
        self._message = ""
        #: How wide the caret was, in pixels, before nothing was on show.
        self._caret_away = 0
        self._found, self._found_current = Places(), -1
        self._pressed_at: QPoint | None = None
        self._last_pick: tuple[str, ...] | None = None
        self._bar_done_with: Span | None = None
        self._bar_offered = True
        self._bar_covered = False
        self._build()

    def _build(self) -> None:
        self.setAccessibleName("Reader")
        self.setReadOnly(True)
        # Read-only alone takes the keyboard's caret and selection away.
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCursorWidth(2)
        # The window's colour is the page's here: it shows beside the viewport where no style sheet paints.
        self.setAutoFillBackground(True)
        # paintEvent fills the page: what was painted may then be moved when it is scrolled.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAcceptDrops(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would lay the page out twice.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        document = self.document()
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(MARGIN)
        document.setDefaultTextOption(QTextOption())
        self.page = PageLayout(document, self._setting())
        document.setDocumentLayout(self.page)
        self.highlights = Highlights(self.page)
        self.sight = Sight(self, self.page)
        self.pointing = Pointing(self, self.sight, self.page, self.highlights)
        self._layers = Layers(self.sight, self.page, self.highlights, self._theme)
        self._layers.found = self._found_between
        self.dragging = Dragging(self)
        self.dragging.finished.connect(self.words_selected)
        self.bar = SelectionBar(self, self._theme)
        self.minimap = Minimap(
            self, self.sight, self.pointing, self.highlights, self._layers, self._to_doc, self._to_point
        )
        self.setVerticalScrollBar(self.minimap)
        self._apply_look()
        self.verticalScrollBar().rangeChanged.connect(self._on_scroll_range)
        self.verticalScrollBar().valueChanged.connect(self._place_bar)
        self.verticalScrollBar().valueChanged.connect(self._repaint_arcs)
        self.selectionChanged.connect(self._on_selection)

    # -- what is shown ------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The stored text on show, empty without a statement."""
        return self._text

    @property
    def statement_id(self) -> str | None:
        return self._statement.id if self._statement else None

    @property
    def theme(self) -> Theme:
        return self._theme

    def show_statement(
        self,
        statement: Statement,
        text: str,
        ranges: Sequence[Range] = (),
        passages: Iterable[Place | Annotation] = (),
        tags: Mapping[str, Tag] | None = None,
        verified: bool | None = True,
    ) -> None:
        """Shows a statement from its beginning; the one that is on show already stays where it was read.

        ``verified`` is None while that is still being found out; ``show_verified`` tells it later.
        """
        again = self._statement is not None and self._statement.id == statement.id and self._text == text
        place, selected = (self.position_state(), self.span()) if again else (None, None)
        self._reset()
        self._statement, self._text, self._message = statement, text, ""
        if self._caret_away:
            self.setCursorWidth(self._caret_away)
            self._caret_away = 0
        copy = display_copy(text)
        self._units = Positions(text, copy.inserted)
        lines = header_of(statement, verified)
        dimmed = [each for each in ranges if each.role == "boilerplate"]
        self.page.set_content(Content.of(lines, copy, self._units, dimmed, statement.language))
        self.setAccessibleDescription(statement.title)
        self._set_document("\n".join([*(line.text for line in lines), copy.text]))
        if tags is not None:
            self._tags = tags
        self.highlights.set_look(self._theme, self._tags, self.devicePixelRatioF())
        self._refit(self.highlights.show(self.marks_maker()(passages)))
        self._layers.arcs.forget()
        self._hide_titles(ranges)
        self._layers.current = (
            self._layers.current if again and self.highlights.mark(self._layers.current or "") else None
        )
        first = self._first()
        opening = text[first : first + 1000]
        self.place_caret(first + len(opening) - len(opening.lstrip()), reveal=False)
        if place and selected:
            self.select(selected, reveal=False)
        if place:
            self.restore_position(place, caret=selected is None)
        self.minimap.set_look(self._theme, self._tags)
        self.viewport().update()
        self.selection_changed.emit()

    def show_nothing(self, message: str) -> None:
        """Shows no statement, but a hint what to do next."""
        self._reset()
        # Where nothing can be read there is no place to be at.
        self._caret_away = self.cursorWidth() or self._caret_away
        self.setCursorWidth(0)
        self._statement, self._text, self._units, self._message = None, "", Positions(""), message
        self._layers.current, self._hidden = None, ()
        self.page.set_content(Content())
        self.setAccessibleDescription(message)
        self._set_document("")
        self.minimap.refresh()
        self.viewport().update()
        self.selection_changed.emit()

    def show_annotations(self, passages: Iterable[Place | Annotation]) -> None:
        """Shows these passages instead of those before, at once; only what changed is drawn anew."""
        self.show_marks(self.marks_maker()(passages))

    def show_marks(self, marks: Marks) -> None:
        """Like ``show_annotations``, for marks that ``marks_maker`` made of this statement's passages."""
        if self._statement is not None:
            self._repaint(self.highlights.show(marks))

    def change_annotations(self, come: Iterable[Place | Annotation], gone: Iterable[str] = ()) -> None:
        """Shows what became of these passages, or new ones, and those no more; touches nothing else."""
        if self._statement is not None:
            self._repaint(self.highlights.change(self.marks_maker()(come).order, gone))

    def show_arcs(self, arcs: Iterable[Arc]) -> None:
        """Draw these links between passages of the text in the margin."""
        if self._layers.arcs.show(arcs):
            self._repaint_arcs()

    def _repaint_arcs(self) -> None:
        """Paint the margins anew: an arc goes when one of its ends goes out of sight."""
        if self._layers.arcs:
            for strip in self._layers.arcs.strips(self.viewport().width(), self.viewport().height()):
                self.viewport().update(strip.toAlignedRect())

    def show_verified(self) -> None:
        """The text is as it was imported: says so in the header, where that was still being found out."""
        header = self.page.content.header
        if not header or not header[-1].text.endswith(VERIFYING):
            return
        line = replace(header[-1], text=header[-1].text.removesuffix(VERIFYING) + VERIFIED)
        self.page.content = replace(self.page.content, header=(*header[:-1], line))
        block = self.document().findBlockByNumber(len(header) - 1)
        cursor = QTextCursor(self.document())
        cursor.setPosition(block.position() + block.length() - 1 - len(VERIFYING))
        cursor.setPosition(block.position() + block.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(VERIFIED)
        self.viewport().update(self.sight.region(block.position(), block.position() + 1))

    def _repaint(self, changed: Sequence[tuple[int, int]]) -> None:
        """Paints these positions anew, before any other view: a mark is to be seen as soon as it is on disk."""
        self._layers.arcs.forget()
        self._reveal_tagged_titles()
        moved = self._refit(changed)
        begin, end = self.sight.positions()
        region = QRegion()
        for start, stop in changed:
            if start < end and begin < stop:
                region += self.sight.region(start, stop)
        if moved:
            self.viewport().repaint()
        elif not region.isEmpty():
            self.viewport().repaint(region)
        if len(changed) > _FEW:
            self.minimap.refresh()
        else:
            for start, stop in changed:
                self.minimap.touch(start, stop)
        if self._layers.current and self.highlights.mark(self._layers.current) is None:
            self.set_current(None)
        if changed:
            self.marks_changed.emit()

    def _refit(self, changed: Sequence[tuple[int, int]]) -> bool:
        """Makes room for the underlines at these positions; whether lines have moved."""
        if not changed or not self.page.refit(changed):
            return False
        self.highlights.forget()
        return True

    def set_tags(self, tags: Mapping[str, Tag]) -> None:
        """Another codebook: colours, underlines and names of tags."""
        self._tags = tags
        self.highlights.set_look(self._theme, tags, self.devicePixelRatioF())
        self.minimap.set_look(self._theme, tags)
        self.viewport().update()

    def show_found(self, places: Places, current: int = -1, *, reveal: bool = True) -> None:
        """Marks these places as found, the one at ``current`` more strongly and in view; none takes the marks away.

        The places may grow afterwards: what is in view is looked up when it is painted.
        """
        self._found, self._found_current = places, current
        if reveal and 0 <= current < len(places):
            self._reveal(places[current])
        self.viewport().update()
        self.minimap.show_found(places, current)

    def _found_between(self, begin: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """The found places in a stretch of the document, in its positions, and whether each is the current one."""
        for n in self._found.between(self._to_point(begin), self._to_point(end)):
            span = self._found[n]
            yield self._to_doc(span.start), self._to_doc(span.end), n == self._found_current

    @property
    def plain(self) -> bool:
        return self._layers.plain

    def set_plain(self, plain: bool) -> None:
        """Hides all marks, or shows them again; found places and the selection stay."""
        self._layers.plain = plain
        self.minimap.set_plain(plain)
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._apply_look()

    def zoom_by(self, steps: int) -> None:
        """Larger or smaller by so many pixels of letter height; ``zoomed`` tells the sum of all steps."""
        self.set_zoom(self._zoom + steps)

    @property
    def zoom(self) -> int:
        return self._zoom

    def set_zoom(self, steps: int) -> None:
        """As large as ``steps`` pixels over the size that goes with the system's font."""
        steps = max(SMALLEST, min(LARGEST, reading_size() + steps)) - reading_size()
        if steps == self._zoom:
            return
        place = self.position_state()
        self._zoom = steps
        self._apply_look()
        self.restore_position(place, caret=False)
        self.zoomed.emit(steps)

    def set_typography(self, typography: Typography) -> None:
        """Another font, line length or line height; what is read stays in sight."""
        if typography == self._typography:
            return
        place = self.position_state()
        self._typography = typography
        self._apply_look()
        self.restore_position(place, caret=False)

    def _setting(self) -> Setting:
        return Setting.of(reading_size() + self._zoom, self._theme, self._typography)

    def _apply_look(self) -> None:
        """Fonts, colours and measures of the page as theme and zoom have them."""
        self._layers.theme = self._theme
        setting = self._setting()
        colors = palette(self._theme)
        # The selection is painted under the underlines by paintEvent; Qt would paint it over them.
        colors.setColor(QPalette.ColorRole.Highlight, QColor(0, 0, 0, 0))
        colors.setColor(QPalette.ColorRole.Window, QColor(self._theme.page))
        self.setPalette(colors)
        self.setFont(setting.body)
        self.document().setDefaultFont(setting.body)
        self.page.set_setting(setting)
        self.page.room_below = setting.step * 3
        self.highlights.set_look(self._theme, self._tags, self.devicePixelRatioF())
        self.bar.set_theme(self._theme)
        self.minimap.set_look(self._theme, self._tags)
        self._fit_page()
        self.page.documentSizeChanged.emit(self.page.documentSize())
        self.viewport().update()
        self._place_bar()

    def _reset(self) -> None:
        """Lets go of everything that points into the document on show, before that is replaced."""
        self.dragging.forget()
        self.bar.hide()
        self.highlights.clear()
        self._found, self._found_current = Places(), -1
        self.minimap.show_found(self._found)
        self._last_pick = None

    def _set_document(self, text: str) -> None:
        # The selection that goes with the old text is no fact about the new one.
        was = self.blockSignals(True)
        try:
            self.setPlainText(text)
        finally:
            self.blockSignals(was)
        self.verticalScrollBar().setValue(0)

    def marks_maker(self) -> Callable[[Iterable[Place | Annotation]], Marks]:
        """What turns passages of the statement on show into marks; it may be called on another thread."""
        length, shift, unit_at = len(self._text), self.page.content.start, self._units.to_utf16

        def made(passages: Iterable[Place | Annotation]) -> Marks:
            return Marks(
                Mark(shift + unit_at(p.start), shift + unit_at(p.end), p.tag, p.id, p.status == "suggested")
                for p in passages
                # Nothing outside of the text can be shown; check tells of it.
                if 0 <= p.start < p.end <= length
            )

        return made

    def _hide_titles(self, ranges: Sequence[Range]) -> None:
        """Hides a title that the header shows, with the blank lines after it, unless words of it are tagged."""
        title = self._statement.title if self._statement else ""
        hidden: list[Span] = []
        for each in ranges:
            words = self._text[each.start : each.end]
            if each.role != "title" or " ".join(words.split()) != " ".join(title.split()):
                continue
            end = each.end
            while end < len(self._text) and self._text[end] == "\n":
                end += 1
            if end < len(self._text) and not self._tagged(Span(each.start, end)):
                hidden.append(Span(each.start, end))
        self._hidden = tuple(hidden)
        blank = len(self._text) - len(self._text.lstrip("\n"))
        if blank and not any(span.start < blank for span in hidden) and blank < len(self._text):
            hidden.append(Span(0, blank))
            self._hidden = tuple(hidden)
        for span in hidden:
            self._set_visible(span, False)

    def _reveal_tagged_titles(self) -> None:
        for span in self._hidden:
            if self._tagged(span):
                self._hidden = tuple(each for each in self._hidden if each != span)
                self._set_visible(span, True)

    def _tagged(self, span: Span) -> bool:
        return bool(self.highlights.within(self._to_doc(span.start), self._to_doc(span.end)))

    def _set_visible(self, span: Span, visible: bool) -> None:
        """Shows or hides the blocks that lie in the span as a whole."""
        start, end = self._to_doc(span.start), self._to_doc(span.end)
        block = self.document().findBlock(start)
        while block.isValid() and block.position() + block.length() <= end:
            if block.position() >= start:
                block.setVisible(visible)
                block.setLineCount(1 if visible else 0)
            block = block.next()
        self.document().markContentsDirty(start, end - start)
        self.highlights.forget()
        self.page.documentSizeChanged.emit(self.page.documentSize())

    # -- positions ------------------------------------------------------------------------

    def _to_doc(self, point: int) -> int:
        return self.page.content.start + self._units.to_utf16(point)

    def _to_point(self, position: int) -> int:
        return max(0, min(len(self._text), self._units.to_point(max(0, position - self.page.content.start))))

    def _first(self) -> int:
        """The first code point of the body that is in sight."""
        point = 0
        for span in self._hidden:
            if span.start <= point < span.end:
                point = span.end
        return point

    def span(self) -> Span | None:
        """The selection within the body in code points, or None."""
        cursor = self.textCursor()
        if not cursor.hasSelection() or self._statement is None:
            return None
        start = max(self._first(), self._to_point(cursor.selectionStart()))
        end = self._to_point(cursor.selectionEnd())
        return Span(start, end) if cursor.selectionEnd() > self.page.content.start and start < end else None

    def caret(self) -> int:
        """The caret's code point, the body's first if the caret is in the header."""
        return max(self._first(), self._to_point(self.textCursor().position()))

    def select(self, span: Span, reveal: bool = True) -> None:
        """Selects a span; what lies outside of the text is left out."""
        end = min(span.end, len(self._text))
        self._set_cursor(max(0, min(span.start, end)), end)
        if reveal:
            self._reveal(span)

    def place_caret(self, offset: int, reveal: bool = True) -> None:
        """Puts the caret at a code point, without a selection."""
        offset = max(0, min(offset, len(self._text)))
        self._set_cursor(offset, offset)
        if reveal:
            self.ensureCursorVisible()

    def clear_selection(self) -> None:
        self.place_caret(self.caret(), reveal=False)

    def _set_cursor(self, anchor: int, position: int) -> None:
        value = self.verticalScrollBar().value()
        cursor = self.textCursor()
        cursor.setPosition(self._to_doc(anchor))
        cursor.setPosition(self._to_doc(position), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        # Qt scrolls to every cursor it is given.
        self.verticalScrollBar().setValue(value)

    def _reveal(self, span: Span) -> None:
        """Scrolls as little as shows the span; what was out of sight comes to the upper third."""
        start, end = self._to_doc(span.start), self._to_doc(min(span.end, len(self._text)))
        height = self.viewport().height()
        top, bottom = self.sight.line_rect(start), self.sight.line_rect(max(start, end - 1))
        if top is not None and top.top() >= 0 and (bottom is None or bottom.bottom() > height):
            if bottom is not None or top.top() < height * 0.5:
                return
        elif top is not None and bottom is not None and top.top() >= 0:
            return
        self.sight.scroll_to(start, height / 3)

    def position_state(self) -> Position:
        """What ``restore_position`` needs to come back here."""
        block = self.firstVisibleBlock()
        if self._statement is None or not block.isValid():
            return Position()
        line = self.verticalScrollBar().value() - block.firstLineNumber()
        self.page.blockBoundingRect(block)
        start = block.layout().lineAt(line).textStart() if 0 <= line < block.layout().lineCount() else 0
        position = block.position() + start
        return Position(self._to_point(position) if position >= self.page.content.start else -1, self.caret())

    def restore_position(self, state: Position, caret: bool = True) -> None:
        """Goes back to where ``position_state`` was taken; beyond the text, to its end."""
        if self._statement is None:
            return
        if caret:
            self.place_caret(state.caret, reveal=False)
        if state.top < 0:
            self.verticalScrollBar().setValue(0)
        else:
            self.sight.scroll_to(self._to_doc(min(state.top, len(self._text))), 0)

    # -- passages -------------------------------------------------------------------------

    @property
    def current(self) -> str | None:
        """The annotation whose passage is outlined."""
        return self._layers.current

    def show_words(self, annotation: Annotation | None) -> None:
        """Marks quietly the words that say this passage's values, wherever they stand in the text; None marks none."""
        anchors = [
            value["anchor"]
            for values in (annotation.attributes.values() if annotation is not None else ())
            for value in values
            if isinstance(value.get("anchor"), dict)
        ]
        spans = sorted({(int(a["start"]), int(a["end"])) for a in anchors if a.get("end", 0) <= len(self._text)})
        words = [(self._to_doc(start), self._to_doc(end)) for start, end in spans if start < end]
        if words == self._layers.words:
            return
        for start, end in (*self._layers.words, *words):
            self._update_blocks(start, end)
        self._layers.words = words

    @property
    def words_shown(self) -> list[Span]:
        """The words that are marked as those of values."""
        return [Span(self._to_point(start), self._to_point(end)) for start, end in self._layers.words]

    def reveal(self, span: Span) -> None:
        """Brings words into view and selects them; the passage that is current stays so."""
        self._reveal(span)
        with QSignalBlocker(self):
            self.select(span, reveal=False)
        self.viewport().update()

    def set_current(self, annotation_id: str | None, reveal: bool = False) -> None:
        """Outlines a passage; one that is not shown counts as none."""
        old = self.highlights.mark(self._layers.current or "")
        new = self.highlights.mark(annotation_id or "")
        self._layers.current = new.id if new else None
        for mark in (old, new):
            if mark:
                self._update_blocks(mark.start, mark.end)
        self.minimap.update()
        self._repaint_arcs()
        if new and reveal:
            self._reveal(Span(self._to_point(new.start), self._to_point(new.end)))

    def annotations_at(self, offset: int) -> list[str]:
        """The annotations that hold this code point, shortest first."""
        return self.pointing.ids_at(self._to_doc(offset))

    def annotations_in(self, span: Span) -> list[str]:
        """The annotations that share a code point with this span, shortest first."""
        return self.pointing.ids_at(self._to_doc(span.start), self._to_doc(span.end))

    def annotations_here(self) -> list[str]:
        """The annotations at the selection or the caret, also those that end there, shortest first."""
        span, caret = self.span(), self.caret()
        found = self.annotations_in(span) if span else self.annotations_at(caret)
        return found if found or span or caret == 0 else self.annotations_at(caret - 1)

    def next_passage(self, direction: int = 1) -> str | None:
        """The annotation after the current one in text order, or before it.

        Without one it is the first of those at the caret (the last, when going back), else the next from there on.
        """
        marks, current = self.highlights.marks, self.highlights.mark(self._layers.current or "")
        if current is None:
            position = self.textCursor().position()
            here = sorted(self.highlights.within(position, position + 1), key=lambda mark: (mark.start, mark.end))
            if here:
                return here[0 if direction > 0 else -1].id
            found = marks.around(position, direction)
        else:
            found = marks.after(current, direction)
        return found.id if found else None

    # -- selecting --------------------------------------------------------------------------

    def _language(self) -> str:
        return (self._statement.language if self._statement else "") or "en"

    def unit_at_caret(self) -> Span | None:
        """The sentence at the caret as the codebook counts it: without outer quotation marks and final stop."""
        if not self._text or self.textCursor().position() < self.page.content.start:
            return None  # in the header, which is no part of the text
        found = sentence_at(self._text, self.caret(), self._language())
        return unit(self._text, found) if found else None

    def select_sentence(self) -> Span | None:
        """Selects the sentence at the caret; again, the next one with it."""
        self.dragging.let_go()
        return self._selected(sentence_from(self._text, self.span(), self.caret(), self._language()))

    def select_paragraph(self) -> Span | None:
        """Selects the paragraph at the caret; again, the next one with it."""
        self.dragging.let_go()
        return self._selected(paragraph_from(self._text, self.span(), self.caret()))

    def move_edge(self, which: Edge, by: Step, direction: int) -> Span | None:
        """Moves an edge of the selection by a word or a character; None without a selection."""
        span = self.span()
        return self._selected(moved_edge(self._text, span, which, by, direction)) if span else None

    def step_sentence(self, direction: int) -> None:
        """Puts the caret at the beginning of the next sentence, or of this one or the one before."""
        self._step_to(sentence_start(self._text, self._caret_before(direction), direction, self._language()))

    def step_paragraph(self, direction: int) -> None:
        """Puts the caret at the beginning of the next paragraph, or of this one or the one before."""
        self._step_to(paragraph_start(self._text, self._caret_before(direction), direction))

    def _caret_before(self, direction: int) -> int:
        """The caret; from the header, the place before the body, so that the first step leads to its beginning."""
        in_header = self.textCursor().position() < self.page.content.start
        return self._first() - 1 if in_header and direction > 0 else self.caret()

    def _step_to(self, place: int | None) -> None:
        if place is not None and self._text:
            self.place_caret(max(place, self._first()))

    def _selected(self, span: Span | None) -> Span | None:
        if span is not None:
            self.select(span)
        return span

    def select_body(self) -> None:
        """Selects the whole text, without the header."""
        if self._text:
            self.select(Span(self._first(), len(self._text)), reveal=False)

    # -- what follows from events -----------------------------------------------------------

    def _on_selection(self) -> None:
        self.viewport().update()
        self._place_bar()
        self.selection_changed.emit()
        if self._pressed_at is None:
            self.selected.emit()

    def _on_scroll_range(self, low: int, high: int) -> None:
        # A bar that has nothing to scroll shows no handle.
        self.verticalScrollBar().setEnabled(high > low)
        self._place_bar()

    def put_bar_away(self) -> None:
        """The bar has done its work for this selection: it covers the words that come next no longer."""
        self._bar_done_with = self.span()
        self.bar.hide()

    def offer_bar(self, on: bool) -> None:
        """Whether the bar of tags comes with a selection; with a marker in hand it would only be in the way."""
        self._bar_offered = on
        self._place_bar()

    def cover_bar(self, on: bool) -> None:
        """While something else stands at the selection the bar is away."""
        self._bar_covered = on
        self._place_bar()

    def annotations_under(self, point: QPoint) -> list[str]:
        """The annotations at a point of the viewport, shortest first."""
        return list(self.pointing.ids_under(QPointF(point))[1])

    def _place_bar(self) -> None:
        """Puts the tool bar over the selection's first line; away while the mouse selects or all is out of sight."""
        span = self.span()
        if span != self._bar_done_with:
            self._bar_done_with = None
        offered = self._bar_offered and not self._bar_covered and self._bar_done_with is None
        if span is None or self._pressed_at is not None or not offered:
            self.bar.hide()
            return
        start, end = self._to_doc(span.start), self._to_doc(span.end)
        first, last = self.sight.line_rect(start), self.sight.line_rect(end - 1)
        if first is None and last is None:
            self.bar.hide()
            return
        origin = self.viewport().pos()
        width = self.width() - self.verticalScrollBar().width()
        page = QRect(0, origin.y(), width, self.viewport().height())
        below = round(last.bottom()) + origin.y() if last is not None else None
        if first is None:
            # Above the page: there is no room over it.
            middle = int(last.center().x()) + origin.x() if last is not None else page.center().x()
            self.bar.place(QRect(middle, page.top() - 1, 1, 1), below, page)
            return
        block = self.document().findBlock(start)
        rtl = has_rtl(block.text())
        parts = pieces(
            block.layout(),
            start - block.position(),
            min(end - block.position(), block.length() - 1),
            rtl,
            self.page.setting.size,
        )
        line = [part.rect for part in parts if part.line == parts[0].line]
        left = min((rect.left() for rect in line), default=first.left())
        right = max((rect.right() for rect in line), default=first.right())
        words = QRectF(left, first.top(), right - left, first.height()).toRect().translated(origin)
        self.bar.place(words, below, page)

    def _update_blocks(self, start: int, end: int) -> None:
        """Repaints the part of the viewport whose blocks share a position with this range."""
        self.viewport().update(self.sight.region(start, end))

    def _fit_page(self) -> bool:
        """Centres the page in the widget; whether that changed its width."""
        room = self.contentsRect().width() - self.verticalScrollBar().sizeHint().width()
        page = min(room, self.page.setting.width + 2 * MARGIN)
        left = max(0, (room - page) // 2)
        before = self.viewport().width()
        self.setViewportMargins(left, 0, max(0, room - page - left), 0)
        self._take_width()
        return self.viewport().width() != before

    def _take_width(self) -> None:
        available = max(40.0, float(self.viewport().width() - 2 * MARGIN))
        if available != self.page.available:
            self.page.available = available
            self.page.forget()
            self.highlights.forget()

    # -- painting -----------------------------------------------------------------------------

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(self.page.setting.body)
        room = self.viewport().rect().adjusted(MARGIN, 0, -MARGIN, -self.viewport().height() // 6)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)

    # -- the mouse ---------------------------------------------------------------------------

    def _pick(self, event: QMouseEvent) -> None:
        """Tells of the passage at a click; the next click on the same passages is for the next of them.

        With Alt, several are not picked from but asked about.
        """
        place, found = self.pointing.ids_under(event.position())
        ids = tuple(found)
        if len(ids) > 1 and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.passages_asked.emit(list(ids), event.position().toPoint())
            return
        if not ids:
            self._last_pick = None
            return
        again = self._last_pick == ids and self._layers.current in ids
        chosen = ids[(ids.index(self._layers.current) + 1) % len(ids)] if again and self._layers.current else ids[0]
        self._last_pick = ids
        self.passage_picked.emit(chosen)
        mark = self.highlights.mark(chosen)
        if place < 0 and mark is not None:
            # A bar stands beside a line in which the passage may not even begin.
            self.place_caret(self._to_point(mark.start), reveal=False)

    def _come_into_the_words(self, event: QMouseEvent) -> None:
        """A caret that a click left in the header or on an empty line goes to the nearest words of the body."""
        position, start = self.textCursor().position(), self.page.content.start
        if self._statement is None or not self._text.strip():
            return
        if position < start or self._to_point(position) < self._first():
            self.place_caret(self._first(), reveal=False)
            return
        block = self.document().findBlock(position)
        if block.text().strip():
            return
        after, before = block.next(), block.previous()
        while after.isValid() and not (after.isVisible() and after.text().strip()):
            after = after.next()
        while before.isValid() and before.position() >= start and not (before.isVisible() and before.text().strip()):
            before = before.previous()
        places = [after.position()] if after.isValid() else []
        if before.isValid() and before.position() >= start and before.isVisible():
            places.append(before.position() + before.length() - 1)
        y = event.position().y()

        def away(place: int) -> float:
            line = self.sight.line_rect(place)
            return abs(line.center().y() - y) if line is not None else float("inf")

        if places:
            self.place_caret(self._to_point(min(places, key=away)), reveal=False)

    # -- Qt ----------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._apply_look()
        # Before the viewport gets its share of the new size, so that a page of full width keeps its own.
        if event.type() == QEvent.Type.Resize:
            self._fit_page()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt
        self._take_width()
        super().resizeEvent(event)
        self._place_bar()

    def changeEvent(self, event: QEvent) -> None:  # Qt
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._apply_look()

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        with QPainter(self.viewport()) as painter:
            painter.setClipRect(event.rect())
            painter.fillRect(event.rect(), QColor(self._theme.page))
            if self._statement is None:
                self._paint_message(painter)
            else:
                self._layers.paint(painter, QRectF(event.rect()), self.textCursor())
        super().paintEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt
        if event.button() == Qt.MouseButton.LeftButton:
            if self.pointing.is_third_click(event):
                found = sentence_at(self._text, self.caret(), self._language()) if self._text else None
                self.dragging.press(event, unit(self._text, found) if found else None, "sentence")
                if found:
                    self.select(unit(self._text, found), reveal=False)
                self._pressed_at = event.position().toPoint()
                event.accept()
                return
            if not event.modifiers() & ~Qt.KeyboardModifier.AltModifier:
                self._pressed_at = event.position().toPoint()
                self.dragging.press(event, self._drag_anchor(event))
            else:
                self.dragging.press(event, None)
        self.bar.hide()
        super().mousePressEvent(self.pointing.snapped(event))

    def _drag_anchor(self, event: QMouseEvent) -> Span | None:
        """Where a drag begins; None on selected words, which Qt lets be dragged elsewhere, and in the header."""
        cursor, position = self.textCursor(), self._pointed_at(event)
        if self._statement is None or position < self.page.content.start:
            return None
        if cursor.hasSelection() and cursor.selectionStart() <= position <= cursor.selectionEnd():
            return None
        return Span(self._to_point(position), self._to_point(position))

    def _pointed_at(self, event: QMouseEvent) -> int:
        """The document position nearest to the pointer."""
        return self.cursorForPosition(self.pointing.snapped(event).position().toPoint()).position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # Qt
        super().mouseMoveEvent(self.pointing.snapped(event))
        if event.buttons() & Qt.MouseButton.LeftButton and self._text:
            offset = max(self._first(), self._to_point(self._pointed_at(event)))
            selection = self.dragging.move(event, self._text, offset, self._language())
            if selection is not None:
                self._set_cursor(*selection)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # Qt
        super().mouseReleaseEvent(self.pointing.snapped(event))
        pressed, self._pressed_at = self._pressed_at, None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        still = pressed and (event.position().toPoint() - pressed).manhattanLength() < QApplication.startDragDistance()
        if still and not self.textCursor().hasSelection():
            self._come_into_the_words(event)
            self._pick(event)
        self._place_bar()
        if pressed is not None:
            self.selected.emit()
        self.dragging.release(event, self.span() is not None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # Qt
        if event.button() != Qt.MouseButton.LeftButton or self._statement is None:
            super().mouseDoubleClickEvent(event)
            return
        position = self._pointed_at(event)
        if position < self.page.content.start:
            self.header_picked.emit()
        else:
            under = self.pointing.position_under(event.position())
            word = word_at(self._text, self._to_point(position if under is None else under))
            self.dragging.press(event, word, "word")
            self._pressed_at = event.position().toPoint()
            if word:
                self.select(word, reveal=False)
            self.pointing.note_double_click(event)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:  # Qt
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():
                self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_body()
            event.accept()
        else:
            super().keyPressEvent(event)

    def createMimeDataFromSelection(self) -> QMimeData:  # Qt
        """Copied and dragged words come from the stored text; Qt's copy of it has lost its no-break spaces."""
        cursor, start = self.textCursor(), self.page.content.start
        words = ""
        if cursor.selectionStart() < start:
            header = "\n".join(line.text for line in self.page.content.header) + "\n"
            units = Utf16Map(header)
            words = header[units.to_point(cursor.selectionStart()) : units.to_point(min(start, cursor.selectionEnd()))]
        span = self.span()
        data = QMimeData()
        data.setText(words + (span.of(self._text) if span else ""))
        return data

    def viewportEvent(self, event: QEvent) -> bool:  # Qt
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = QPointF(event.pos())
            labels = self.pointing.badges_under(place)
            # Qt takes what looks like HTML for HTML, and would load the images in it.
            text = "\n".join(labels).replace("<", "‹")
            QToolTip.showText(event.globalPos(), text, self.viewport()) if labels else QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # Qt
        event.acceptProposedAction() if _files(event.mimeData()) else event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # Qt
        event.acceptProposedAction() if _files(event.mimeData()) else event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:  # Qt
        files = _files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)
        else:
            event.ignore()


def _files(data: QMimeData) -> list[str]:
    """The paths of the local files that are being dragged."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
