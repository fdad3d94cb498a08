"""How a cell of the Passages view looks: the quote in its context, actors in pills, what is missing; plain text."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from annotator.core.edtf import readable
from annotator.core.text import CONTEXT
from annotator.core.wording import tag_of
from annotator.gui.attribute_fields import ActorNames, editor_for
from annotator.gui.growing_text import GrowingText
from annotator.gui.line_editor import LineEditor
from annotator.gui.passage_columns import NOTE, PASSAGE, STATEMENT, TAG, Column, lacks, said
from annotator.gui.passage_rows import PassageRows
from annotator.gui.statement_words import is_rtl, one_line
from annotator.gui.theme import Theme, draw_shape, tag_color, ui_font, ui_size
from annotator.gui.typography import reading_font
from annotator.store.passage_list import PassageRow

_Index = QModelIndex | QPersistentModelIndex
#: Underlines as Qt draws them, by the style of a tag.
_STYLES = {
    "dashed": QTextCharFormat.UnderlineStyle.DashUnderline,
    "dotted": QTextCharFormat.UnderlineStyle.DotLine,
    "wave": QTextCharFormat.UnderlineStyle.WaveUnderline,
    "dashdot": QTextCharFormat.UnderlineStyle.DashDotLine,
}
#: What of a passage is laid out at most, in characters; what share of its column stands before it; laid out cells kept.
LONG, BEFORE, KEPT = 420, 0.27, 600


class PassagePainter(QStyledItemDelegate):
    """Draws passages on two lines; every row is as high. Makes the editors of cells."""

    def __init__(self, theme: Theme, actors: ActorNames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actors = actors
        self._layouts: OrderedDict[tuple[object, ...], QTextLayout] = OrderedDict()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw with these colours, and with the system's font as it is now."""
        self._theme = theme
        size = ui_size()
        self._unit = size / 13.0
        self._font, self._small = ui_font(size), ui_font(size * 0.87)
        self._serif = reading_font(size * 1.04)
        self._heading = QFont(self._font)
        self._heading.setWeight(QFont.Weight.DemiBold)
        self._metrics, self._small_metrics = QFontMetrics(self._font), QFontMetrics(self._small)
        self._serif_metrics = QFontMetricsF(self._serif)
        self._layouts.clear()

    @property
    def row_height(self) -> int:
        """The height of every row: two lines, and room around them."""
        return round(2 * max(self._serif_metrics.height(), self._metrics.height() + 1) + 17 * self._unit)

    @property
    def heading_height(self) -> int:
        """The height of a group's heading."""
        return round(self._metrics.height() + 13 * self._unit)

    # -- parts of a cell -----------------------------------------------------------------------

    def _layout(
        self, key: tuple[object, ...], text: str, font: QFont, width: float, quote: int, row: PassageRow | None
    ):
        """The text on two lines at most; its first ``quote`` UTF-16 units are underlined as the passage's tag is."""
        kept = self._layouts.get(key)
        if kept is not None:
            self._layouts.move_to_end(key)
            return kept
        layout = self._broken(text, font, width)
        end = sum(layout.lineAt(n).textLength() for n in range(layout.lineCount()))
        if end < _units(text):
            fits = text.encode("utf-16-le", "replace")[: 2 * max(1, end - 2)].decode("utf-16-le", "ignore").rstrip()
            layout = self._broken(f"{fits}…", font, width)
        if quote and row is not None:
            # Formats take the lines away, which are then broken again.
            layout.setFormats(self._formats(layout, quote, row))
            self._break(layout, width)
        self._layouts[key] = layout
        if len(self._layouts) > KEPT:
            self._layouts.popitem(last=False)
        return layout

    def _broken(self, text: str, font: QFont, width: float) -> QTextLayout:
        layout = QTextLayout(text, font)
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        rtl = is_rtl(text)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setCacheEnabled(True)
        self._break(layout, width)
        return layout

    @staticmethod
    def _break(layout: QTextLayout, width: float) -> None:
        """Lay the text out on two lines of this width."""
        rtl = layout.textOption().textDirection() == Qt.LayoutDirection.RightToLeft
        layout.beginLayout()
        top = 0.0
        for _ in range(2):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(width - line.naturalTextWidth() if rtl else 0, top))
            top += line.height()
        layout.endLayout()

    def _formats(self, layout: QTextLayout, quote: int, row: PassageRow) -> list[QTextLayout.FormatRange]:
        codebook = self._codebook
        tag = tag_of(codebook, row.annotation.tag)
        words, after = QTextLayout.FormatRange(), QTextLayout.FormatRange()
        words.start, words.length = 0, quote
        style = QTextCharFormat()
        style.setForeground(QColor(self._theme.text))
        style.setUnderlineColor(tag_color(self._theme, tag))
        style.setUnderlineStyle(_STYLES.get(tag.underline, QTextCharFormat.UnderlineStyle.SingleUnderline))
        words.format = style
        after.start, after.length = quote, max(0, _units(layout.text()) - quote)
        quiet = QTextCharFormat()
        quiet.setForeground(QColor(self._theme.muted))
        after.format = quiet
        return [words, after]

    def _draw_passage(self, painter: QPainter, box: QRectF, row: PassageRow) -> None:
        """The words in line with those of the other rows; what stands before them at the side where one reads from."""
        a, unit = row.annotation, self._unit
        rtl = is_rtl(a.quote)
        before = box.width() * BEFORE
        sign = 17 * unit
        width = box.width() - before - sign
        quote = one_line(a.quote[:LONG])
        after = _whole_words(a.suffix, end=True) if len(a.quote) <= LONG else ""
        glue = "" if a.suffix[:1] and not a.suffix[:1].isspace() else " "
        key = (row.number, a.start, a.end, a.tag, a.modified_at, round(width), PASSAGE)
        layout = self._layout(key, f"{quote}{glue}{after}", self._serif, width, _units(quote), row)
        height = layout.lineAt(0).height() if layout.lineCount() else 0
        top = box.top() + 8 * unit
        left = box.left() if rtl else box.left() + before + sign
        painter.setPen(QColor(self._theme.text))
        layout.draw(painter, QPointF(left, top))
        shape_left = box.right() - before - 13 * unit if rtl else box.left() + before + 2 * unit
        tag = tag_of(self._codebook, a.tag)
        shape = QRectF(shape_left, top + height / 2 - 5 * unit, 10 * unit, 10 * unit)
        draw_shape(painter, shape, tag.shape, tag_color(self._theme, tag))
        room = before - 8 * unit
        if room > 20 * unit and a.prefix.strip():
            painter.setFont(self._serif)
            painter.setPen(QColor(self._theme.muted))
            words = _whole_words(a.prefix)
            # What is cut off stands farthest from the passage: at the beginning, as it is read.
            words = QFontMetrics(self._serif).elidedText(words, Qt.TextElideMode.ElideLeft, round(room))
            place = QRectF(box.right() - room, top, room, height) if rtl else QRectF(box.left(), top, room, height)
            option = QTextOption(Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight)
            option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
            option.setAlignment(
                (Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignAbsolute
            )
            option.setWrapMode(QTextOption.WrapMode.NoWrap)
            painter.drawText(place, words, option)

    def _draw_lines(self, painter: QPainter, box: QRectF, text: str, key: tuple[object, ...]) -> None:
        layout = self._layout((*key, round(box.width()), text), text, self._font, box.width(), 0, None)
        painter.setPen(QColor(self._theme.text))
        layout.draw(painter, QPointF(box.left(), box.top() + 8 * self._unit))

    def _draw_two(self, painter: QPainter, box: QRectF, first: str, second: str) -> None:
        """One line, and below it a quiet one."""
        unit, elide = self._unit, Qt.TextElideMode.ElideRight
        top, height = box.top() + 8 * unit, self._metrics.height() + 1
        for n, (text, font, metrics, color) in enumerate(
            (
                (first, self._font, self._metrics, self._theme.text),
                (second, self._small, self._small_metrics, self._theme.muted),
            )
        ):
            painter.setFont(font)
            painter.setPen(QColor(color))
            place = QRectF(box.left(), top + n * (height + 1), box.width(), height)
            painter.drawText(place, self._side(text), metrics.elidedText(text, elide, round(box.width())))

    @staticmethod
    def _side(text: str) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if is_rtl(text) else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter

    def _draw_pills(self, painter: QPainter, box: QRectF, names: list[str]) -> None:
        """Actors, each in a pill, on two lines at most; a number stands for those that find no room."""
        unit, height = self._unit, self._small_metrics.height() + 4 * self._unit
        painter.setFont(self._small)
        x, y, left = box.left(), box.top() + 6 * unit, list(names)
        while left:
            rest = f"+{len(left) - 1}"
            spare = self._small_metrics.horizontalAdvance(rest) + 14 * unit if len(left) > 1 else 0
            width = self._small_metrics.horizontalAdvance(left[0]) + 16 * unit
            if x > box.left() and x + width > box.right():
                if y > box.top() + 8 * unit:
                    break
                x, y = box.left(), y + height + 3 * unit
            last_line = y > box.top() + 8 * unit
            width = min(width, box.right() - x - (spare if last_line else 0))
            pill = QRectF(x, y, max(width, 12 * unit), height)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._theme.hairline), 1))
            painter.setBrush(QColor(self._theme.field))
            painter.drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), height / 2, height / 2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QColor(self._theme.text))
            room = pill.adjusted(8 * unit, 0, -7 * unit, 0)
            text = self._small_metrics.elidedText(left.pop(0), Qt.TextElideMode.ElideRight, round(room.width()) + 1)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            x += pill.width() + 4 * unit
        if left:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QRectF(x, y, box.right() - x, height), Qt.AlignmentFlag.AlignVCenter, f"+{len(left)}")

    def _draw_cell(self, painter: QPainter, box: QRectF, rows: PassageRows, row: PassageRow, column: Column) -> None:
        if column.name == PASSAGE:
            self._draw_passage(painter, box, row)
            return
        if column.name == STATEMENT:
            date = readable(row.date.edtf) if row.date else "undated"
            if row.date is not None and row.date.basis == "inferred":
                date += " (inferred)"
            self._draw_two(
                painter, box, one_line(row.title) or "Untitled", " · ".join(filter(None, (row.issuer, date)))
            )
            return
        text = said(column, row, rows.codebook, rows.name_of)
        unit = self._unit
        if column.name == TAG:
            tag = tag_of(rows.codebook, row.annotation.tag)
            shape = QRectF(
                box.left(), box.top() + 8 * unit + self._metrics.height() / 2 - 4.5 * unit, 9 * unit, 9 * unit
            )
            draw_shape(painter, shape, tag.shape, tag_color(self._theme, tag))
            box = box.adjusted(15 * unit, 0, 0, 0)
        elif lacks(column, row):
            painter.setFont(self._font)
            painter.setPen(QColor(self._theme.warning))
            place = QRectF(box.left(), box.top() + 8 * unit, box.width(), self._metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "○ missing")
            return
        attribute = column.attribute(row.annotation.tag)
        if attribute is not None and attribute.type in ("actors", "actor") and text:
            values = row.annotation.attributes.get(column.name, ())
            self._draw_pills(
                painter, box, [rows.name_of(v["actor"]) if "actor" in v else str(v.get("value", "")) for v in values]
            )
        elif text:
            self._draw_lines(painter, box, text, (row.number, column.name))

    # -- Qt --------------------------------------------------------------------------------

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rows, theme = index.model(), self._theme
        if not isinstance(rows, PassageRows):
            return
        self._codebook = rows.codebook
        box = option.rect
        painter.save()
        try:
            if heading := rows.heading(index.row()):
                painter.fillRect(box, QColor(theme.hover))
                painter.fillRect(box.left(), box.bottom(), box.width(), 1, QColor(theme.hairline))
                if index.column() == 0:
                    painter.setFont(self._heading)
                    painter.setPen(QColor(theme.muted))
                    words = f"{one_line(heading[0]) or 'Untitled'} · {heading[1]:,} passage{'s' * (heading[1] != 1)}"
                    # Over the columns beside it, which are empty.
                    room = QRectF(box).adjusted(10 * self._unit, 0, 0, -1)
                    room.setWidth(max(room.width(), 900 * self._unit))
                    painter.setClipping(False)
                    text = QFontMetrics(self._heading).elidedText(
                        words, Qt.TextElideMode.ElideRight, round(room.width())
                    )
                    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
                return
            if option.state & QStyle.StateFlag.State_Selected:
                painter.fillRect(box, QColor(theme.chosen))
            elif option.state & QStyle.StateFlag.State_MouseOver:
                painter.fillRect(box, QColor(theme.hover))
            painter.fillRect(box.left(), box.bottom(), box.width(), 1, QColor(theme.hairline))
            row = rows.row(index.row())
            if row is not None:
                inner = QRectF(box).adjusted(10 * self._unit, 0, -8 * self._unit, -1)
                painter.setClipRect(QRectF(box).adjusted(1, 0, -1, 0))
                self._draw_cell(painter, inner, rows, row, rows.columns[index.column()])
                painter.setClipping(False)
            if option.state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QPen(QColor(theme.accent), theme.focus))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(box).adjusted(1, 1, -1, -2))
        finally:
            painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget | None:  # type: ignore[override]
        rows = index.model()
        if not isinstance(rows, PassageRows) or not rows.editable(index.row(), index.column()):
            return None
        row, column = rows.row(index.row()), rows.columns[index.column()]
        attribute = column.attribute(row.annotation.tag) if row is not None else None
        if column.name == NOTE:
            editor: QWidget = GrowingText()
        else:
            editor = editor_for(attribute, self._actors) if attribute is not None else LineEditor()
        editor.setParent(parent)
        editor.setAutoFillBackground(True)
        editor.setAccessibleName(column.label)
        editor.finished.connect(lambda: self._finish(editor))  # type: ignore[attr-defined]
        editor.escaped.connect(  # type: ignore[attr-defined]
            lambda: self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)
        )
        return editor

    def _finish(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        editor.put(str(index.data(Qt.ItemDataRole.EditRole) or ""))  # type: ignore[attr-defined]

    def setModelData(self, editor: QWidget, model, index: _Index) -> None:
        model.setData(index, editor.typed(), Qt.ItemDataRole.EditRole)  # type: ignore[attr-defined]

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        height = min(option.rect.height() - 6, max(editor.sizeHint().height(), 26))
        editor.setGeometry(
            option.rect.adjusted(2, 3, -2, 0).left(), option.rect.top() + 3, option.rect.width() - 4, height
        )


def _whole_words(context: str, *, end: bool = False) -> str:
    """The context of an anchor without the word that it may cut through, on one line."""
    words = one_line(context)
    if len(context) < CONTEXT or " " not in words:
        return words
    return f"{words.rpartition(' ')[0]}…" if end else words.partition(" ")[2]


def _units(text: str) -> int:
    """How many UTF-16 units the text is long, in which Qt counts."""
    return len(text.encode("utf-16-le", "replace")) // 2
