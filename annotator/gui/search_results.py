"""What a search found, as rows under headings, and how the rows look.

The hit is set apart in its line by the painter; nothing a project holds is ever read as markup.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from annotator.core.errors import NotFound
from annotator.core.model import Tag
from annotator.core.query import Query, Term
from annotator.core.text import Span, fold
from annotator.core.values import dataclass
from annotator.gui.mirror import aligned, placed
from annotator.gui.statement_words import date_of, is_rtl, isolated, one_line
from annotator.gui.theme import Theme, draw_shape, tag_color, ui_font, ui_size
from annotator.store.reads import Hit, Reads

#: Rows a group at most, and how many of them may come from one statement.
MOST, MOST_OF_ONE = 8, 3
#: A search for the pop-up ends after so many hits, and, when one kind is full, so many statements.
MOST_HITS, MOST_STATEMENTS = 2000, 40
#: Characters of context around a hit, and of those before it, so few that the hit is seen in its row.
CONTEXT, BEFORE = 64, 24

MORE = "… more: press Enter to see all in the list"
ALL = "Press Enter to see all in the list"
NOTHING = "Nothing was found. Try fewer words, or the beginning of one."

#: Names of actors that are looked at for words beside the longest one.
_LOOKED_AT = 200
#: What can be typed, while nothing is.
HINT = "Words find statements, passages and actors; “>” commands alone, such as “>dark”"

COMMANDS, STATEMENTS, PASSAGES, TEXT, ACTORS = "Commands", "Statements", "Passages", "Text", "Actors"
MEMOS = "Memos and notes"
#: In the order of the rows: commands last, so that what was searched for stands next to the caret; but those that
#: are called just so come first.
GROUPS = (STATEMENTS, ACTORS, PASSAGES, TEXT, MEMOS, COMMANDS)

#: So many letters that begin a command's name mean that it is called just so; of such commands so many stand first.
_TELLING, CALLED_SO = 3, 4

_Index = QModelIndex | QPersistentModelIndex


class Offer(NamedTuple):
    """A command that can be found: its id, what it is called, its key, and other words for it."""

    id: str
    label: str
    keys: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One row: where it leads, and what it says.

    ``target`` is the id of a command, statement or actor. A hit in a text has its place in code points and,
    where it lies on a passage, the annotation's id. A memo without a target is of its ``tag``, or of the project
    where there is none. ``mark`` is the stretch of ``label`` that was searched for.
    """

    group: str
    target: str
    label: str
    detail: str = ""
    mark: tuple[int, int] = (0, 0)
    start: int = -1
    end: int = -1
    annotation: str = ""
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The results of one group, whether there are more than these, and whether they stand before all others."""

    group: str
    results: tuple[Result, ...]
    more: bool = False
    first: bool = False


# -- searching, on the reading thread --------------------------------------------------------


#: So many results of a group are shown without waiting for the next.
_EARLY = (1, 3)


def search(reads: Reads, text: str) -> Iterator[Found]:
    """What this query finds, group by group, the quick ones first; raises ``AnnotatorError`` for a bad query."""
    query = reads.parse(text)
    yield _actors(reads, query)
    yield _statements(reads, query)
    yield from _places(reads, query)
    # The notes of all passages are looked at: last, so that nothing waits for them.
    yield _memos(reads, query)


def _actors(reads: Reads, query: Query) -> Found:
    words = _words(query)
    if not words or len(words) != len(query.terms):
        return Found(ACTORS, ())
    # The longest word tells most; of what it finds, those are shown that have the others, too.
    listed = reads.roster.matching(max(words, key=len), _LOOKED_AT)
    actors = reads.roster.by_id(each.id for each in listed)
    found: dict[str, Result] = {}
    for each in listed:
        if (actor := actors.get(each.id)) is None:
            continue
        if _has_all(" ".join((each.listed, actor.name, *actor.aliases)), words):
            found.setdefault(
                each.id, Result(ACTORS, actor.id, one_line(actor.name), one_line(", ".join(actor.aliases)))
            )
    return Found(ACTORS, tuple(found.values())[:MOST], len(found) > MOST)


def _statements(reads: Reads, query: Query) -> Found:
    """Statements whose title or issuer has the words; without words, those that the query finds."""
    rest = tuple(t for t in query.terms if t.field or t.negated)
    words = tuple(t for t in query.terms if not t.field and not t.negated)
    found: dict[str, Result] = {}
    for field in ("title", "issuer") if words else ("",):
        terms = (*(Term(t.value, field, t.phrase) for t in words), *rest)
        for s in reads.summaries(reads.first_numbers(Query(terms), MOST + 1)):
            detail = " · ".join(p for p in (isolated(one_line(s.issuer)) if s.issuer else "", date_of(s)) if p)
            found.setdefault(s.id, Result(STATEMENTS, s.id, one_line(s.title) or "Untitled", detail))
    return Found(STATEMENTS, tuple(found.values())[:MOST], len(found) > MOST)


def _places(reads: Reads, query: Query) -> Iterator[Found]:
    """Where the words stand: on passages, which have a tag, and elsewhere in the texts.

    The first ones are told as soon as they are found: of rare words the last may be long in coming.
    """
    tags: dict[str, Tag] = {tag.name: tag for tag in reads.codebook}
    found: dict[str, list[Result]] = {PASSAGES: [], TEXT: []}
    more = {PASSAGES: False, TEXT: False}
    of_one: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    for hit in reads.search(query, limit=MOST_HITS, context=CONTEXT, soon=True):
        seen.add(hit.statement)
        full = [group for group in found if len(found[group]) >= MOST]
        if len(full) == 2 or (full and len(seen) > MOST_STATEMENTS):
            break
        if hit.span is None:
            continue
        group = PASSAGES if hit.annotations else TEXT
        of_one[group, hit.statement] = of_one.get((group, hit.statement), 0) + 1
        if group in full or of_one[group, hit.statement] > MOST_OF_ONE:
            more[group] = True
        else:
            found[group].append(_place(reads, hit, hit.span, tags))
            if len(found[group]) in _EARLY:
                yield Found(group, tuple(found[group]))
    for group, results in found.items():
        yield Found(group, tuple(results), more[group] or len(results) >= MOST)


def _place(reads: Reads, hit: Hit, span: Span, tags: dict[str, Tag]) -> Result:
    before, quote = _lead(hit.before), one_line(hit.quote)
    gap = " " * (hit.quote[-1:].isspace() or hit.after[:1].isspace())
    after = gap + " ".join(hit.after.split()) + "…" * (len(hit.after) == CONTEXT)
    annotation = hit.annotations[0] if hit.annotations else ""
    tag = None
    if annotation:
        # It may have been removed since the hit was read.
        with contextlib.suppress(NotFound):
            tag = tags.get(reads.annotation(annotation).tag)
    return Result(
        PASSAGES if annotation else TEXT,
        hit.statement,
        before + quote + after,
        one_line(hit.title) or one_line(hit.issuer),
        (len(before), len(before) + len(quote)),
        span.start,
        span.end,
        annotation,
        tag,
    )


def _lead(before: str) -> str:
    """The last words before a hit, so few that the hit is seen in its row."""
    words = " ".join(before.split()) + " " * before[-1:].isspace()
    if len(words) <= BEFORE:
        return words
    return "…" + words[-BEFORE:].partition(" ")[1] + words[-BEFORE:].partition(" ")[2]


def _memos(reads: Reads, query: Query) -> Found:
    """Memos and notes that have all the words; of a query with conditions none."""
    words = _words(query)
    if not words or len(words) != len(query.terms):
        return Found(MEMOS, ())
    tags: dict[str, Tag] = {tag.name: tag for tag in reads.codebook}
    found: list[Result] = []
    for memo in reads.memos():
        if not _has_all(memo.text, words):
            continue
        if len(found) == MOST:
            return Found(MEMOS, tuple(found), True)
        tag = tags.get(memo.tag)
        label = tag.label or tag.name if tag else ""
        where = "Memo of the project"
        if memo.annotation:
            where = f"Note on a passage · {isolated(one_line(memo.title) or 'Untitled')}"
        elif memo.statement:
            where = f"Memo of a statement · {isolated(one_line(memo.title) or 'Untitled')}"
        elif tag:
            where = f"Memo of the tag {isolated(one_line(label))}"
        line, mark = _excerpt(memo.text, words[0].split()[0])
        found.append(Result(MEMOS, memo.statement or "", line, where, mark, annotation=memo.annotation or "", tag=tag))
    return Found(MEMOS, tuple(found))


def _excerpt(text: str, word: str) -> tuple[str, tuple[int, int]]:
    """The words around the first one that begins with this (folded), in one line, and where it stands there."""
    first = next((m for m in re.finditer(r"\w+", text) if fold(m[0]).startswith(word)), None)
    if first is None:
        return one_line(text), (0, 0)
    before, quote = _lead(text[: first.start()]), one_line(first[0])
    after = one_line(text[first.end() : first.end() + CONTEXT])
    gap = " " * text[first.end() : first.end() + 1].isspace()
    return before + quote + gap + after, (len(before), len(before) + len(quote))


def _words(query: Query) -> list[str]:
    return [fold(t.value) for t in query.words if not t.negated]


def _has_all(text: str, words: Sequence[str]) -> bool:
    """Whether each word begins a word of the text."""
    parts = fold(text).replace("-", " ").split()
    folded = " ".join(parts)
    return all(any(p.startswith(w) for p in parts) or (" " in w and w in folded) for w in words)


def matching(commands: Iterable[Offer], text: str, recent: Sequence[str] = ()) -> Found:
    """The commands whose label, key or other words have all these; without any, ``recent`` ones first.

    One that is called so, or begins so, stands before the others, and its group before what else was found.
    """
    words = fold(text).split()
    ranked = sorted(
        (
            (_rank(offer, words), Result(COMMANDS, offer.id, offer.label, offer.keys))
            for offer in commands
            if _has_all(" ".join((offer.label, offer.keys, *offer.also)), words)
        ),
        key=lambda each: each[0],
    )
    found = [result for _, result in ranked]
    if not words:
        places = {identifier: n for n, identifier in enumerate(recent)}
        found.sort(key=lambda result: places.get(result.target, len(places)))
    called_so = bool(words) and bool(ranked) and ranked[0][0] < _ELSE
    return Found(COMMANDS, tuple(found[:MOST]), len(found) > MOST, called_so)


#: The rank of a command that has the words somewhere.
_ELSE = 4


def _rank(offer: Offer, words: Sequence[str]) -> int:
    """0 for the command of that name, then: another word for it, its beginning, a beginning of another word."""
    whole, label = " ".join(words), fold(offer.label).rstrip("…")
    others = [fold(each) for each in offer.also]
    if whole == label:
        return 0
    if whole in others:
        return 1
    if len(whole) >= _TELLING and label.startswith(whole):
        return 2
    if len(whole) >= _TELLING and any(each.startswith(whole) for each in others):
        return 3
    return _ELSE + (not label.startswith(whole))


# -- rows ------------------------------------------------------------------------------------

HEADING, RESULT, NOTE = "heading", "result", "note"


@dataclass(frozen=True, slots=True)
class Row:
    """A heading, a result, or a note at the end: the way to the list, or why there is nothing."""

    kind: str
    text: str
    result: Result | None = None

    @property
    def leads(self) -> bool:
        """Whether it can be chosen."""
        return self.result is not None or self.text in (MORE, ALL)


class ResultRows(QAbstractListModel):
    """The groups that found something, in a steady order, each under its heading, and a note at the end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: dict[str, Found] = {}
        self._rows: list[Row] = []
        self._note = ""

    def set_found(self, *groups: Found, note: str | None = None) -> None:
        """Show these groups in place of what they held before; the others stay."""
        for found in groups:
            self._found[found.group] = found
        if note is not None:
            self._note = note
        rows: list[Row] = []
        for group in sorted(GROUPS, key=lambda each: not (each in self._found and self._found[each].first)):
            known = self._found.get(group)
            if known is not None and known.results:
                rows.append(Row(HEADING, group))
                rows.extend(Row(RESULT, r.label, r) for r in known.results)
        if self._note:
            rows.append(Row(NOTE, self._note))
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def clear(self) -> None:
        self._found.clear()
        self.set_found(note="")

    @property
    def has_more(self) -> bool:
        """Whether a group whose results the list of statements could show found more than fit."""
        return any(f.more for f in self._found.values() if f.group in (STATEMENTS, PASSAGES, TEXT))

    @property
    def results(self) -> tuple[Result, ...]:
        return tuple(r.result for r in self._rows if r.result is not None)

    def row(self, number: int) -> Row | None:
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def row_of(self, result: Result | None) -> int:
        """The row of this result, or -1."""
        return next((i for i, row in enumerate(self._rows) if result is not None and row.result == result), -1)

    # -- Qt --------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row())
        if row is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return spoken(row) if role == Qt.ItemDataRole.AccessibleTextRole else row.text

    def flags(self, index: _Index) -> Qt.ItemFlag:
        row = self.row(index.row())
        if row is None or not row.leads:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def spoken(row: Row) -> str:
    """What a screen reader says of a row."""
    result = row.result
    if result is None:
        return row.text
    kind = {COMMANDS: "Command", STATEMENTS: "Statement", PASSAGES: "Passage", TEXT: "Text", ACTORS: "Actor"}
    kind[MEMOS] = "Memo"
    tag = f"{result.tag.label or result.tag.name}" if result.tag else ""
    parts = [kind[result.group], tag, isolated(result.label), isolated(result.detail) if result.detail else ""]
    return ", ".join(p for p in parts if p)


class ResultPainter(QStyledItemDelegate):
    """Headings small and quiet; a result on one line, its detail at the right or, for hits, below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row, self._direction = QRectF(), Qt.LayoutDirection.LeftToRight
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw with these colours, and with the system's font as it is now."""
        size = ui_size()
        self._theme, self._unit = theme, size / 13.0
        self._plain, self._small = ui_font(size), ui_font(size * 0.87)
        self._heading = ui_font(size * 0.8)
        self._heading.setWeight(QFont.Weight.DemiBold)
        self._heading.setCapitalization(QFont.Capitalization.AllUppercase)
        self._heading.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        self._plain_metrics, self._small_metrics = QFontMetrics(self._plain), QFontMetrics(self._small)

    def _height(self, row: Row) -> int:
        unit = self._unit
        if row.kind == HEADING:
            return round(self._small_metrics.height() + 11 * unit)
        two = row.result is not None and row.result.group not in (COMMANDS, ACTORS)
        return round(self._plain_metrics.height() + (self._small_metrics.height() if two else 0) + 11 * unit)

    def _line(self, painter: QPainter, box: QRectF, text: str, font: QFont, mark: tuple[int, int] = (0, 0)) -> None:
        """Draw one elided line, the marked stretch set apart."""
        box = placed(box, self._row, self._direction)
        metrics = QFontMetrics(font)
        rtl = is_rtl(text)
        if metrics.horizontalAdvance(text) > box.width():
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(box.width())))
        layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        option.setAlignment(aligned(self._direction))
        layout.setTextOption(option)
        start, end = (_units(text[: min(place, len(text))]) for place in mark)
        if end > start:
            apart = QTextLayout.FormatRange()
            apart.start, apart.length = start, end - start
            form = QTextCharFormat()
            form.setBackground(QColor(self._theme.hit))
            form.setFontWeight(QFont.Weight.DemiBold)
            apart.format = form
            layout.setFormats([apart])
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(box.width())
        layout.endLayout()
        painter.save()
        painter.setClipRect(box)
        layout.draw(painter, box.topLeft())
        painter.restore()

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        theme, unit, box = self._theme, self._unit, QRectF(option.rect)
        self._row, self._direction = box, option.direction
        muted, text = QColor(theme.muted), QColor(theme.text)
        inner = box.adjusted(14 * unit, 0, -14 * unit, 0)
        if row.kind == HEADING:
            painter.setPen(muted)
            painter.setFont(self._heading)
            start = aligned(self._direction) | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(inner.adjusted(0, 6 * unit, 0, 0), start, row.text)
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.chosen))
            painter.drawRoundedRect(box.adjusted(5 * unit, 0.5, -5 * unit, -0.5), 6, 6)
            painter.setBrush(QColor(theme.accent))
            edge = QRectF(box.left() + 5 * unit, box.top() + 5, 3, box.height() - 10)
            painter.drawRoundedRect(placed(edge, self._row, self._direction), 1.5, 1.5)
        top = box.top() + 5 * unit
        line = QRectF(inner.left(), top, inner.width(), self._plain_metrics.height())
        result = row.result
        if result is None:
            painter.setPen(QColor(theme.accent) if row.leads else muted)
            self._line(painter, line, row.text, self._plain)
            return
        if result.tag is not None:
            shape = QRectF(line.left(), line.center().y() - 4.5 * unit, 9 * unit, 9 * unit)
            shape = placed(shape, self._row, self._direction)
            draw_shape(painter, shape, result.tag.shape, tag_color(theme, result.tag))
            line.setLeft(line.left() + 16 * unit)
        if result.group in (COMMANDS, ACTORS):
            width = min(inner.width() * 0.5, self._small_metrics.horizontalAdvance(result.detail) + 2)
            side = QRectF(inner.right() - width, top + 1, width, self._small_metrics.height())
            painter.setPen(muted)
            self._line(painter, side, result.detail, self._small)
            line.setRight(side.left() - 8 * unit)
        painter.setPen(text)
        self._line(painter, line, result.label, self._plain, result.mark)
        if result.group not in (COMMANDS, ACTORS):
            painter.setPen(muted)
            under = QRectF(line.left(), line.bottom(), line.width(), self._small_metrics.height())
            self._line(painter, under, result.detail, self._small)

    # -- Qt --------------------------------------------------------------------------------

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        rows = index.model()
        row = rows.row(index.row()) if isinstance(rows, ResultRows) else None
        return QSize(0, self._height(row)) if row is not None else QSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rows = index.model()
        row = rows.row(index.row()) if isinstance(rows, ResultRows) else None
        if row is None:
            return
        painter.save()
        try:
            self._draw(painter, option, row)
        finally:
            painter.restore()


def _units(text: str) -> int:
    """The length that Qt counts: UTF-16 units."""
    return len(text) + sum(c > "\uffff" for c in text)
