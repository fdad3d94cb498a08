"""The window under a right-to-left locale: what is painted by hand stands the other way round, pages do not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QLocale, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QLabel, QPushButton, QStyle, QStyleOptionViewItem, QWidget

from annotator.core.model import Annotation, Statement
from annotator.core.text import Span
from annotator.gui.dialogs.keys import KeyCaps
from annotator.gui.mirror import aligned, direction_of, dress, english, placed
from annotator.gui.passages import PassageDelegate, PassageRows
from annotator.gui.reader import Reader
from annotator.gui.search_results import STATEMENTS, Found, Result, ResultPainter, ResultRows
from annotator.gui.selection_bar import SelectionBar
from annotator.gui.statement_filter import Chips
from annotator.gui.statement_order import Order
from annotator.gui.statement_painter import RowPainter
from annotator.gui.statement_rows import StatementRows
from annotator.gui.theme import LIGHT, tag_color
from annotator.store.listing import Part

LTR, RTL = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
WIDTH = 320


@pytest.fixture
def mirrored(qapp):
    """A window of a right-to-left locale."""
    before = QGuiApplication.layoutDirection()
    qapp.setLayoutDirection(RTL)
    yield
    qapp.setLayoutDirection(before)


def painted(delegate, index, direction, *, chosen=False, width=WIDTH, height=100) -> QImage:
    """A row as a view paints it."""
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    option = QStyleOptionViewItem()
    option.rect = image.rect()
    option.direction = direction
    if chosen:
        option.state |= QStyle.StateFlag.State_Selected
    with QPainter(image) as painter:
        delegate.paint(painter, option, index)
    return image


def columns(image: QImage, color: str, off: int = 0) -> set[int]:
    """Where, counted from the left, this colour stands; what is drawn softly is ``off`` in each channel."""
    red, green, blue, _ = QColor(color).getRgb()

    def is_it(pixel: int) -> bool:
        found = QColor.fromRgb(pixel)
        return max(abs(found.red() - red), abs(found.green() - green), abs(found.blue() - blue)) <= off

    return {x for x in range(image.width()) for y in range(image.height()) if is_it(image.pixel(x, y))}


def turned(found: set[int], width: int = WIDTH) -> set[int]:
    return {width - 1 - x for x in found}


def near(one: set[int], other: set[int]) -> bool:
    """The same extent, but for a pixel of rounding."""
    return bool(one and other) and abs(min(one) - min(other)) <= 1 and abs(max(one) - max(other)) <= 1


def test_the_direction_is_that_of_the_locale():
    assert direction_of(QLocale("ar_SY")) is direction_of(QLocale("fa")) is direction_of(QLocale("he")) is RTL
    assert direction_of(QLocale("de_DE")) is direction_of(QLocale("ku_TR")) is LTR


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="locales come from the environment on Linux")
@pytest.mark.parametrize(("locale", "name"), [("ar_SY.UTF-8", "RightToLeft"), ("en_US.UTF-8", "LeftToRight")])
def test_the_programs_window_has_the_direction_of_the_systems_locale(tmp_path, locale, name):
    code = (
        "import sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from annotator.gui import app\n"
        "from annotator.store import identity\n"
        "identity.name_coder('LM')\n"
        "application = QApplication(sys.argv[:1])\n"
        "def tell():\n"
        "    (window,) = [w for w in application.topLevelWidgets() if w.objectName() == 'Window']\n"
        "    print(window.layoutDirection().name, window.reader.layoutDirection().name)\n"
        "    window.close()\n"
        "QTimer.singleShot(1500, tell)\n"
        "sys.exit(app.run(None))\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LC_") and k != "LANGUAGE"}
    environment |= {"LANG": locale, "LC_ALL": locale, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == [name, name]


def test_a_box_of_a_row_is_as_far_from_the_other_end():
    row, box = QRectF(10, 0, 200, 20), QRectF(15, 2, 30, 10)
    assert placed(box, row, LTR) == box
    assert placed(box, row, RTL) == QRectF(175, 2, 30, 10)
    assert placed(placed(box, row, RTL), row, RTL) == box


def test_lines_begin_at_the_side_of_the_direction():
    assert aligned(LTR) & Qt.AlignmentFlag.AlignLeft and aligned(RTL, end=True) & Qt.AlignmentFlag.AlignLeft
    assert aligned(RTL) & Qt.AlignmentFlag.AlignRight and aligned(LTR, end=True) & Qt.AlignmentFlag.AlignRight


def test_a_label_keeps_its_dots_at_its_end(mirrored):
    assert english("New project…") == "New project…\u200e"
    assert english("Quit") == "Quit"


def test_labels_and_buttons_of_a_mirrored_window_are_dressed_once(mirrored, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    label, button = QLabel("Saved", window), QPushButton("Choose…", window)
    dress(window)
    dress(window)
    assert label.alignment() & Qt.AlignmentFlag.AlignRight
    assert button.text() == "Choose…\u200e"


def test_nothing_is_dressed_in_a_window_from_left_to_right(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    label, button = QLabel("Saved", window), QPushButton("Choose…", window)
    before = label.alignment()
    dress(window)
    assert (label.alignment(), button.text()) == (before, "Choose…")


# -- what is painted by hand -------------------------------------------------------------------


@pytest.fixture
def statement(project):
    identifier = project.add_statement("One says so. Another denies it.", title="Pier", issuer="Union").result
    project.annotate(identifier, "demand", Span(0, 12))
    project.annotate(identifier, "accusation", Span(13, 20))
    return identifier


def test_a_statements_row_is_mirrored(qtbot, project, statement):
    rows = StatementRows()
    rows.look_at(project)
    rows.set_order(Order(Part(next(iter(project.numbers())))))
    painter = RowPainter(LIGHT)
    painter.set_codebook(project.codebook)
    painter.set_shown(statement)
    one, other = (painted(painter, rows.index(0, 0), d, height=painter.row_height) for d in (LTR, RTL))
    for tag in ("demand", "accusation"):
        color = tag_color(LIGHT, project.codebook.tag(tag)).name()
        assert near(columns(other, color), turned(columns(one, color)))
    # The edge of the row that is shown stands where the row begins.
    assert {0, 1, 2} <= columns(one, LIGHT.accent)
    assert {WIDTH - 1, WIDTH - 2, WIDTH - 3} <= columns(other, LIGHT.accent)


def test_a_passages_row_is_mirrored(qtbot, project, statement):
    rows = PassageRows()
    rows.set_rows(project, project.annotations(statement))
    delegate = PassageDelegate(LIGHT)
    color = tag_color(LIGHT, project.codebook.tag("demand")).name()
    height = delegate.row_height()
    one, other = (painted(delegate, rows.index(0, 0), d, chosen=True, height=height) for d in (LTR, RTL))
    assert near(columns(other, color), turned(columns(one, color)))
    # What is missing stands at the other end.
    ring, ring_other = (columns(each, LIGHT.warning, 40) for each in (one, other))
    assert near(ring_other, turned(ring))
    assert min(ring) > WIDTH / 2 > max(ring_other)


def test_a_found_row_is_mirrored(qtbot, project):
    rows = ResultRows()
    tag = project.codebook.tag("demand")
    rows.set_found(Found(STATEMENTS, (Result(STATEMENTS, "s", "Pier four", "Union", (0, 4), tag=tag),)))
    painter = ResultPainter(LIGHT)
    one, other = (painted(painter, rows.index(1, 0), d, chosen=True, height=44) for d in (LTR, RTL))
    for color in (tag_color(LIGHT, tag).name(), LIGHT.accent):
        assert near(columns(other, color), turned(columns(one, color)))
    assert min(columns(other, LIGHT.hit)) > WIDTH / 2 > max(columns(one, LIGHT.hit))


def test_keys_stand_at_the_side_where_lines_begin_and_brackets_are_not_turned(qtbot):
    from PySide6.QtGui import QStandardItem, QStandardItemModel

    model = QStandardItemModel()
    pictures = {}
    for key in ("[", "]"):
        item = QStandardItem(key)
        item.setData(True, KeyCaps.ALIGNED)
        model.appendRow(item)
        index = model.index(model.rowCount() - 1, 0)
        for direction in (LTR, RTL):
            pictures[key, direction] = painted(KeyCaps(LIGHT), index, direction, width=200, height=40)
    for key in ("[", "]"):
        one, other = pictures[key, LTR], pictures[key, RTL]
        at, at_other = (columns(each, LIGHT.hairline, 12) for each in (one, other))
        assert max(at) < 100 < min(at_other)
        size = max(at) - min(at) + 1
        assert one.copy(min(at), 0, size, 40) == other.copy(min(at_other), 0, size, 40)
    assert pictures["[", RTL] != pictures["]", RTL]


def test_the_bar_at_the_selection_and_its_keys_are_mirrored(mirrored, qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(600, 300)
    bar = SelectionBar(page, LIGHT)
    bar.set_entries([("1", "Demand", "tag.demand"), ("2", "Accusation", "tag.accusation")])
    page.show()
    bar.place(QRectF(200, 50, 100, 20).toRect(), 70, page.rect())
    first, second = sorted(bar.findChildren(QWidget), key=lambda each: each.accessibleName() != "Demand")
    assert first.x() > second.x()
    cap = columns(first.grab().toImage().convertToFormat(QImage.Format.Format_ARGB32), LIGHT.bar_hover)
    assert min(cap) > first.width() / 2


def test_chips_begin_at_the_right_and_wrap_there(mirrored, qtbot):
    chips = Chips()
    qtbot.addWidget(chips)
    chips.resize(150, 100)
    chips.set_counts({"all": 9, "unread": 3, "open": 3, "done": 3})
    boxes = [chip.geometry() for chip in chips.findChildren(QPushButton)]
    assert boxes[0].right() == 149
    assert len({box.top() for box in boxes}) > 1
    for top in {box.top() for box in boxes}:
        line = [box for box in boxes if box.top() == top]
        assert max(box.right() for box in line) == 149
        assert [box.x() for box in line] == sorted((box.x() for box in line), reverse=True)


# -- what is not mirrored -----------------------------------------------------------------------


def test_paragraphs_of_a_statement_run_as_their_words_do_in_either_window(qtbot, qapp):
    text = "The road is closed today.\n\nالطريق مغلق اليوم"
    marks = [
        Annotation(id="a", statement="s", coder="c", tag="demand", start=4, end=8, quote="road"),
        Annotation(id="b", statement="s", coder="c", tag="demand", start=27, end=33, quote="الطريق"),
    ]
    drawings = []
    for direction in (LTR, RTL):
        reader = Reader(theme=LIGHT)
        qtbot.addWidget(reader)
        reader.setLayoutDirection(direction)
        reader.resize(700, 400)
        reader.show()
        reader.show_statement(Statement(id="s", title="T"), text, (), marks)
        found = []
        for number in range(reader.document().blockCount()):
            block = reader.document().findBlockByNumber(number)
            reader.page.blockBoundingRect(block)
            drawing = reader.highlights.drawing(block)
            found.append((drawing.rtl, [r for _, rs in drawing.fills for r in rs], [b.line.x1() for b in drawing.bars]))
        drawings.append(found)
    assert drawings[0] == drawings[1]
    assert {rtl for rtl, rects, _ in drawings[0] if rects} == {True, False}
