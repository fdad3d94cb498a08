"""Paints a page at the scale factor of QT_SCALE_FACTOR and prints what a test asks about its device pixels, as JSON.

Run as a program of its own: Qt reads the factor once, when it starts.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from annotator.core.model import Annotation, AnnotationId, CoderId, Statement, StatementId, TagName
from annotator.gui.reader import Reader
from annotator.gui.statement_filter import cross
from annotator.gui.theme import LIGHT, tag_color
from annotator.store.starter import starter_codebook

TEXT = "\n".join(["The union calls on the port to reopen pier four, and asks the port to answer for its delay."] * 9)


def passage(name: str, tag: str, start: int, end: int, status: str = "made") -> Annotation:
    return Annotation(
        AnnotationId(name), StatementId("s"), TagName(tag), CoderId("c"), start, end, TEXT[start:end], status=status
    )


def runs(image: QImage, x: int, top: int, bottom: int) -> list[tuple[str, int]]:
    """The colours down a column of device pixels, with how many rows each has."""
    names = [image.pixelColor(x, y).name() for y in range(top, bottom)]
    return [(name, len(list(group))) for name, group in groupby(names)]


def main() -> None:
    QApplication(sys.argv[:1])
    book = starter_codebook()
    tags = {tag.name: tag for tag in book}
    reader = Reader(theme=LIGHT)
    reader.resize(900, 700)
    reader.show()
    line = TEXT.index("\n") + 1
    passages = [passage(f"d{n}", "demand", n * line, n * line + 60) for n in range(6)]
    passages.append(passage("s", "accusation", 7 * line, 7 * line + 60, "suggested"))
    reader.show_statement(Statement(id=StatementId("s"), title="T", language="en"), TEXT, (), passages, tags)
    ratio = reader.devicePixelRatioF()
    image = reader.viewport().grab().toImage()
    lines = []
    start = reader.page.content.start
    for n in range(6):
        rect = reader.sight.line_rect(start + n * line)
        assert rect is not None
        # Between two words nothing but the tint is painted.
        blank = TEXT.index(" ", n * line + 20)
        block = reader.document().findBlock(start + blank)
        x = block.layout().lineAt(0).cursorToX(blank - n * line)[0] + 2  # type: ignore[index]
        lines.append(runs(image, round(x * ratio), round(rect.top() * ratio), round((rect.bottom() + 6) * ratio)))
    block = reader.document().findBlock(start + 7 * line)
    top = next(top for each, top in reader.sight.blocks(QRectF(reader.viewport().rect())) if each == block)
    brush = reader.highlights.drawing(block).fills[0][0]
    bars = [
        {
            image.pixelColor(px, round((bar.line.center().y() + top) * ratio)).name()
            for px in range(round((bar.line.x1() - 4) * ratio), round((bar.line.x1() + 4) * ratio))
        }
        for bar in reader.highlights.drawing(block).bars
    ]
    print(
        json.dumps(
            {
                "ratio": ratio,
                "page": QColor(LIGHT.page).name(),
                "mark": tag_color(LIGHT, tags[TagName("demand")]).name(),
                "lines": lines,
                "bars": [sorted(bar) for bar in bars],
                "minimap": reader.minimap.picture().devicePixelRatio(),
                "hatch": brush.texture().devicePixelRatio(),
                "cross": cross(LIGHT, ratio).pixmap(16, 16).devicePixelRatio(),
            }
        )
    )


if __name__ == "__main__":
    main()
