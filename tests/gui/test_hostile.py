"""Markup, addresses, bidi controls and formulas in every place that a stranger can fill: nothing is opened or drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QColor, QDesktopServices, QHelpEvent, QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QMessageBox,
    QTextBrowser,
    QTextEdit,
    QToolTip,
    QWidget,
)

from annotator import Project, Span, jobs
from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.model import Changes, TagName
from annotator.gui.app import App
from annotator.gui.dialogs.correcting import CorrectingDialog
from annotator.gui.dialogs.crash import CrashDialog
from annotator.gui.dialogs.exporting import ExportDialog
from annotator.gui.dialogs.importing import ImportDialog, ImportReportDialog
from annotator.gui.dialogs.keys import KeySheet
from annotator.gui.dialogs.purging import PurgeDialog
from annotator.gui.dialogs.report import ReportDialog
from annotator.gui.dialogs.reporting import ReportingDialog
from annotator.gui.dialogs.revising import RevisingDialog
from annotator.store import identity
from annotator.store.starter import starter_codebook

MAGENTA = QColor(255, 0, 255)


class Opened(QObject):
    """Notes every address that the program would hand to the desktop."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def note(self, url: QUrl) -> None:
        self.urls.append(url.toString())


@pytest.fixture
def opened():
    listener = Opened()
    for scheme in ("file", "http", "https"):
        QDesktopServices.setUrlHandler(scheme, listener, "note")
    yield listener.urls
    for scheme in ("file", "http", "https"):
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture
def bait(tmp_path: Path) -> Callable[[str], str]:
    """Text that a view which takes it for HTML shows as a large magenta picture."""
    picture = QImage(400, 400, QImage.Format.Format_RGB32)
    picture.fill(MAGENTA)
    path = tmp_path / "bait.png"
    assert picture.save(str(path))
    address = path.as_uri()

    def text(word: str) -> str:
        return (
            f'<img src="{address}" width=400 height=400><a href="{address}">{word}</a>'
            f'<script>x</script>\u202e{word}\u2066 =HYPERLINK("{address}") @SUM(1) <b>{word}</b>'
        )

    return text


@pytest.fixture
def app(qtbot, tmp_path: Path, bait: Callable[[str], str], opened: list[str]):
    identity.name_coder(bait("coder"))
    path = tmp_path / "<img src=bait.png>.annotator"
    codebook = starter_codebook()
    tags = tuple(
        replace(tag, label=bait(tag.label), definition=bait("definition")) if n == 0 else tag
        for n, tag in enumerate(codebook.tags)
    )
    with Project.create(path, title=bait("project"), codebook=Codebook(tags, codebook.rules)) as project:
        body = f"{bait('body')} must reopen the pier. " * 3
        statement = project.add_statement(
            body,
            bait("title"),
            issuer=bait("issuer"),
            outlet=bait("outlet"),
            genre=bait("genre"),
            venue=bait("venue"),
            speaker=bait("speaker"),
            url=bait("url"),
        ).result
        passage = project.annotate(statement, TagName("demand"), Span(0, 60), note=bait("note")).result
        project.describe(passage, {"addressee": bait("actor"), "action": bait("value")})
        project.annotate(statement, TagName("event"), Span(10, 90))
        for n in range(3):
            project.add_statement(f"Other {n}. {body}", bait(f"other {n}"), issuer=bait("issuer"))
    program = App()
    qtbot.addWidget(program.window)
    program.window.resize(1200, 800)
    program.window.show()
    program.start(path)
    qtbot.waitUntil(lambda: program.session.statement != "")
    yield program
    program.window.close()


def may_be_markup(text: str) -> bool:
    """Whether Qt could find a tag in this beyond those with which the program wraps lines of escaped text."""
    return re.search(r"<[A-Za-z/!?]", re.sub(r"</?span>|<br>", "", text)) is not None


def magenta(widget: QWidget) -> int:
    """How many pixels of a widget are the picture's."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return bytes(image.constBits()).count(b"\xff\x00\xff\xff")


def suspects(root: QWidget) -> list[str]:
    """Widgets below this one that may take text for HTML."""
    found = []
    for each in (root, *root.findChildren(QWidget)):
        # Qt's own label of a tool tip wraps what ``tool_tip`` has escaped.
        plain = isinstance(each, QLabel) and each.textFormat() == Qt.TextFormat.PlainText
        tip = each.metaObject().className() == "QTipLabel" and not may_be_markup(each.text())
        if isinstance(each, QLabel) and each.text() and not plain and not tip:
            found.append(f"label {each.accessibleName()} {each.text()[:40]}")
        if isinstance(each, QTextBrowser | QMessageBox):
            found.append(type(each).__name__)
        if isinstance(each, QTextEdit) and each.acceptRichText():
            found.append(f"text field {each.accessibleName()}")
        if may_be_markup(each.toolTip()):
            found.append(f"tool tip of {each.accessibleName()}: {each.toolTip()[:40]}")
    return found


def harmless(widget: QWidget, opened: list[str]) -> None:
    assert suspects(widget) == []
    assert magenta(widget) == 0
    assert opened == []


def tool_tip(view: QWidget, place: QPoint) -> str:
    """What the pointer resting there shows."""
    event = QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    return QToolTip.text()


def test_the_window_shows_markup_as_the_words_that_it_is(qtbot, app, opened):
    harmless(app.window, opened)
    assert "<img" in app.window.reader.toPlainText()
    app.session.pick(app.session.project.annotations(app.session.statement)[0].id)
    harmless(app.window, opened)


def test_tool_tips_and_cards_are_plain(qtbot, app, opened):
    window = app.window
    for view in window.findChildren(QAbstractItemView):
        for row in range(min(3, view.model().rowCount() if view.model() else 0)):
            place = view.visualRect(view.model().index(row, 0)).center()
            text = tool_tip(view.viewport(), place)
            assert not may_be_markup(text), text
    reader = window.reader
    for x in range(20, reader.viewport().width(), 40):
        for y in range(20, reader.viewport().height(), 60):
            text = tool_tip(reader.viewport(), QPoint(x, y))
            assert not may_be_markup(text), text
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            harmless(top, opened)


def test_search_find_and_filter_show_what_they_find_as_words(qtbot, app, opened):
    window = app.window
    window.search.open()
    qtbot.keyClicks(window.search, "pier")
    with qtbot.waitSignal(window.search.searched):
        pass
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            harmless(top, opened)
    qtbot.keyClick(window.search, Qt.Key.Key_Escape)
    window.statements.set_filter('issuer:"<img src"')
    app.carry_out("find.statement")
    qtbot.keyClicks(window.find_bar.field, "<img")
    harmless(window, opened)


def test_every_dialog_shows_hostile_names_as_words(qtbot, app, bait, opened, tmp_path):
    window, project = app.window, app.session.project
    problems = jobs.ImportReport(Changes(), 0, (bait("known"),), (bait("same"),), ())
    plan = project.plan_revision(app.session.statement, project.text(app.session.statement) + bait("new"))
    dialogs = [
        ImportDialog(window, [tmp_path / "<img src=x>.txt"], {}),
        ImportReportDialog(problems, window),
        ExportDialog(window, project, bait("query"), {}),
        KeySheet([("File", "Ctrl+O", bait("command"))], window),
        PurgeDialog(bait("title"), project.plan_delete_for_good([app.session.statement]), window),
        ReportDialog(bait("sentence"), bait("lines"), bait("name"), window),
        CrashDialog("", window),
        CorrectingDialog(bait("title"), window),
        RevisingDialog(bait("title"), plan, project.codebook, window),
        ReportingDialog(project, shown=app.session.statement, query=bait("query"), parent=window),
    ]
    app.carry_out("project.history")
    app.carry_out("statement.history")
    app.carry_out("help.keys")
    app.carry_out("help.about")
    app.on_failed(AnnotatorError(bait("error")))
    for dialog in dialogs:
        dialog.show()
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            harmless(top, opened)
    for dialog in dialogs:
        dialog.close()


def test_copied_words_are_plain_text_without_markup_of_their_own(qtbot, app, bait):
    from PySide6.QtGui import QGuiApplication

    app.window.reader.select(Span(0, 60))
    app.carry_out("edit.copy")
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasText()
    assert not data.hasHtml()
    app.carry_out("edit.cite")
    assert not QGuiApplication.clipboard().mimeData().hasHtml()
