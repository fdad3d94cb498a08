"""Markup, addresses, bidi controls and formulas in every place that a stranger can fill: nothing is opened or drawn."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QColor, QDesktopServices, QHelpEvent, QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QMenu,
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
from annotator.gui.dialogs.change_keys import ChangeKeys
from annotator.gui.dialogs.choosing_one import ChooseOne
from annotator.gui.dialogs.codebook import CodebookDialog
from annotator.gui.dialogs.coder import CoderDialog
from annotator.gui.dialogs.correcting import CorrectingDialog
from annotator.gui.dialogs.crash import CrashDialog
from annotator.gui.dialogs.exporting import ExportDialog
from annotator.gui.dialogs.going_back import GoBackDialog
from annotator.gui.dialogs.importing import ImportDialog, ImportReportDialog
from annotator.gui.dialogs.keys import KeySheet
from annotator.gui.dialogs.memo import MemoDialog
from annotator.gui.dialogs.merging import MergeDialog
from annotator.gui.dialogs.naming import NameDialog
from annotator.gui.dialogs.passphrase import NewPassphraseDialog, PassphraseDialog
from annotator.gui.dialogs.purging import PurgeDialog
from annotator.gui.dialogs.question import Question
from annotator.gui.dialogs.report import ReportDialog
from annotator.gui.dialogs.reporting import ReportingDialog
from annotator.gui.dialogs.restoring import RestoreDialog
from annotator.gui.dialogs.revising import RevisingDialog
from annotator.gui.dialogs.splitting import SplitDialog
from annotator.gui.dialogs.tagging_places import PlacesDialog
from annotator.gui.theme import LIGHT
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


class Watch:
    """Asks the kernel (inotify) whether anybody opens a file; where there is none, it sees nothing."""

    def __init__(self, path: Path) -> None:
        self._descriptor = -1
        if sys.platform == "linux":
            kernel = ctypes.CDLL(None, use_errno=True)
            self._descriptor = kernel.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
            assert kernel.inotify_add_watch(self._descriptor, os.fsencode(path), 0x20) > 0  # IN_OPEN

    def saw(self) -> bool:
        """Whether it was opened since."""
        with suppress(BlockingIOError):
            return self._descriptor >= 0 and bool(os.read(self._descriptor, 4096))
        return False

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Text that a view which takes it for HTML shows as a large magenta picture; nobody may open its file."""
    picture = QImage(400, 400, QImage.Format.Format_RGB32)
    picture.fill(MAGENTA)
    path = tmp_path / "bait.png"
    assert picture.save(str(path))
    address = path.as_uri()
    watch = Watch(path)

    def text(word: str) -> str:
        return (
            f'<img src="{address}" width=400 height=400><a href="{address}">{word}</a>'
            f'<script>x</script>\u202e{word}\u2066 =HYPERLINK("{address}") @SUM(1) <b>{word}</b>'
        )

    yield text
    assert not watch.saw()
    watch.close()


def test_a_file_that_is_opened_is_seen(tmp_path: Path):
    (tmp_path / "bait").touch()
    watch = Watch(tmp_path / "bait")
    assert not watch.saw()
    (tmp_path / "bait").read_bytes()
    assert watch.saw() == (sys.platform == "linux")
    watch.close()


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
    kept = project.keep()
    assert kept is not None
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
        RestoreDialog(tmp_path / "<img src=x>.annotator", [kept], trouble=bait("trouble"), parent=window),
        GoBackDialog(project.plan_going_back(project.history()[-1].number), window),
        ChangeKeys(app.keymap, window.commands(), window),
        Question(bait("name"), bait("question"), bait("what"), bait("besides"), stay="Stay", act="Act", parent=window),
    ]
    app.carry_out("project.history")
    app.carry_out("statement.history")
    app.carry_out("help.keys")
    app.session.pick(project.annotations(app.session.statement)[0].id)
    app.carry_out("passage.history")
    app.carry_out("view.appearance")
    app.carry_out("help.about")
    app.on_failed(AnnotatorError(bait("error")))
    for dialog in dialogs:
        dialog.show()
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            harmless(top, opened)
    for dialog in dialogs:
        dialog.close()


def all_harmless(opened: list[str]) -> None:
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            harmless(top, opened)


def shown_tips(view: QAbstractItemView) -> list[str]:
    """The tool tips of the first rows, column by column."""
    model, tips = view.model(), []
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(min(3, model.rowCount())):
        for column in range(columns):
            tips.append(tool_tip(view.viewport(), view.visualRect(model.index(row, column)).center()))
    return tips


def test_the_lists_of_keys_places_and_passages_show_words(qtbot, app, opened):
    window = app.window
    app.window.reader.select(Span(0, 60))
    for command in ("choose.tag", "view.plain", "view.plain", "help.tour"):
        assert command in {c.id for c in window.commands()}
        app.carry_out(command)
        all_harmless(opened)
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    for menu in window.findChildren(QMenu):
        for action in menu.actions():
            assert not may_be_markup(action.toolTip()), action.text()


def test_what_is_found_in_all_statements_is_shown_as_words(qtbot, app, opened):
    app.carry_out("find.everywhere")
    pane = app.window.find_pane
    qtbot.keyClicks(pane.field, "<img")
    qtbot.waitUntil(lambda: pane.list.model().rowCount() > 0)
    all_harmless(opened)
    assert not any(map(may_be_markup, shown_tips(pane.list)))


def test_the_table_of_passages_shows_words(qtbot, app, opened):
    app.carry_out("view.passages")
    table = app.window.passages_view.table
    qtbot.waitUntil(lambda: table.model().rowCount() == 2)
    qtbot.waitUntil(lambda: app.window.passages_view.model.row(0) is not None)
    all_harmless(opened)
    assert not any(map(may_be_markup, shown_tips(table)))


def test_the_page_of_an_actor_shows_words(qtbot, app, opened):
    app.carry_out("view.actors")
    view = app.window.actors
    qtbot.waitUntil(lambda: view.rows.rowCount() > 0)
    view.show_actor(view.rows.id(0))
    qtbot.waitUntil(lambda: view.actor != "")
    all_harmless(opened)
    assert not any(map(may_be_markup, shown_tips(view.list)))


def test_the_dialogs_of_actors_codebook_and_passphrases_show_words(qtbot, app, bait, opened):
    window, project = app.window, app.session.project
    known = project.actor(next(project.roster.pages())[0])
    mentions = [mention for page in project.roster.mentions(known.id) for mention in page]
    dialogs = [
        PassphraseDialog(bait("file"), bait("why"), window),
        NewPassphraseDialog(bait("title"), bait("act"), window),
        CodebookDialog(app.session, LIGHT, window),
        MemoDialog(bait("memo"), window),
        MergeDialog(project.roster, known.id, parent=window),
        SplitDialog(known, mentions, window),
        ChooseOne(bait("name"), bait("question"), [("one", bait("choice"))], window, bait("what"), bait("act")),
        NameDialog(bait("title"), bait("label"), window),
        CoderDialog(bait("coder"), window),
        PlacesDialog(project, [(app.session.statement, Span(0, 60))], window),
    ]
    for dialog in dialogs:
        dialog.show()
    all_harmless(opened)
    for dialog in dialogs:
        dialog.close()


def test_files_that_are_written_hold_the_words_and_nothing_that_runs(app, tmp_path):
    project = app.session.project
    jobs.run(jobs.report(project, tmp_path / "report.html", format="html"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;img src=" in page and not re.search(r"<(img|script|a|iframe|link|object)[\s>]", page)
    for format in ("json", "jsonl"):
        jobs.run(jobs.export(project, tmp_path / f"out.{format}", format=format))
        assert (tmp_path / f"out.{format}").stat().st_size > 1000


def test_copied_words_are_plain_text_without_markup_of_their_own(qtbot, app, bait):
    from PySide6.QtGui import QGuiApplication

    app.window.reader.select(Span(0, 60))
    app.carry_out("edit.copy")
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasText()
    assert not data.hasHtml()
    app.carry_out("edit.cite")
    assert not QGuiApplication.clipboard().mimeData().hasHtml()
