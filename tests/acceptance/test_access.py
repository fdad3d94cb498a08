"""The real window without eyes or without a mouse: names, roles, the text interface, and a focus that is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QWidget,
)

from annotator import Project, Span
from annotator.gui.dialogs.coder import CoderDialog
from annotator.gui.dialogs.crash import CrashDialog
from annotator.gui.dialogs.exporting import ExportDialog
from annotator.gui.dialogs.importing import ImportDialog
from annotator.gui.theme import DARK, LIGHT

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QSlider,
)  # fmt: skip
#: Roles that say of a control that it is nothing in particular.
NO_ROLES = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Window)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.annotator"
    with Project.create(path, coder="LM") as project:
        one = project.add_statement(
            "The union calls on the port to reopen pier four. It accuses the port of delay.",
            title="Pier four",
            issuer="Harbour Union",
        ).result
        project.annotate(one, "demand", Span(0, 47), given={"demander": "Harbour Union", "addressee": "Port"})
        project.add_statement("The port will answer.", title="An answer", issuer="Port")
    return path


def controls(top: QWidget) -> Iterator[QWidget]:
    """Everything in a window that takes keys or clicks, without the parts that Qt makes for itself."""
    for widget in top.findChildren(QWidget):
        qt_own = widget.objectName().startswith("qt_") or isinstance(widget, QHeaderView)
        popup = isinstance(widget.parent(), QFrame) and widget.parent().inherits("QComboBoxPrivateContainer")
        inner = isinstance(widget.parent(), QLineEdit | QAbstractSpinBox | QComboBox)
        if qt_own or popup or (inner and not widget.accessibleName()):
            continue
        if isinstance(widget, CONTROLS) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            yield widget


def told(widget: QWidget) -> tuple[QAccessible.Role, str]:
    """Role and name of a widget as screen readers get them; a choice's name is what it asks."""
    interface = QAccessible.queryAccessibleInterface(widget)
    name = interface.text(QAccessible.Text.Name)
    if isinstance(widget, QComboBox):
        name = widget.accessibleName() and interface.text(QAccessible.Text.Description)
    return interface.role(), name


def is_hidden_and_blank(widget: QWidget) -> bool:
    """A button or message that gets its words when it is shown."""
    return not widget.isVisible() and isinstance(widget, QAbstractButton | QLabel) and not widget.text()


def assert_named(top: QWidget) -> None:
    nameless, duplicates, seen = [], [], set()
    for widget in controls(top):
        if is_hidden_and_blank(widget):
            continue
        role, name = told(widget)
        if not name.strip() or role in NO_ROLES:
            nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}: {role.name} “{name}”")
        if widget.isVisible():
            key = (id(widget.parent()), role, name)
            duplicates += [f"{type(widget).__name__} “{name}”"] if key in seen else []
            seen.add(key)
    assert (nameless, duplicates) == ([], [])


# -- names ------------------------------------------------------------------------------------


def test_every_control_of_the_window_has_a_name_and_a_role(start, corpus):
    desk = start(corpus)
    desk.until(lambda: desk.window.passages.rows.rowCount() == 1)
    assert_named(desk.window)
    # The form of a passage, with its find bar open, and a message with a way on.
    desk.session.pick(desk.project.annotations(desk.session.statement)[0].id)
    desk.window.order("find.statement")
    desk.window.banner.show_message("The disk is full.", actions=[("Try again", lambda: None)])
    assert_named(desk.window)


def test_every_pane_has_the_name_that_screen_readers_and_tests_rely_on(start, corpus):
    desk = start(corpus)
    panes = {"Statements", "Reader", "Passages", "Details", "Search"}
    # The details come a moment after the text.
    desk.until(lambda: panes <= {widget.accessibleName() for widget in desk.window.findChildren(QWidget)})


@pytest.mark.parametrize(
    "command",
    [
        "help.keys",
        "help.change_keys",
        "view.appearance",
        "project.history",
        "statement.history",
        "passage.history",
        "statement.revise",
        "statement.report",
        "project.report",
    ],
)
def test_every_control_of_a_dialog_has_a_name_and_a_role(start, corpus, command):
    desk = start(corpus)
    desk.session.pick(desk.project.annotations(desk.session.statement)[0].id)
    desk.window.order(command)
    dialogs = [d for d in desk.window.findChildren(QDialog) if d.isVisible()]
    assert dialogs
    for dialog in dialogs:
        assert dialog.accessibleName() or dialog.windowTitle()
        assert_named(dialog)
        dialog.close()


@pytest.mark.parametrize(
    "made",
    [
        lambda project: CoderDialog("LM"),
        lambda project: ExportDialog(None, project),
        lambda project: ImportDialog(None),
        lambda project: CrashDialog("A report"),
    ],
    ids=["coder", "export", "import", "crash"],
)
def test_every_control_of_a_question_has_a_name_and_a_role(qtbot, project, made: Callable[..., QDialog]):
    dialog = made(project)
    qtbot.addWidget(dialog)
    dialog.show()
    assert_named(dialog)


# -- what is told -------------------------------------------------------------------------------


def test_the_reader_offers_its_text_caret_and_selection(start, corpus):
    desk = start(corpus)
    reader = desk.window.reader
    interface = QAccessible.queryAccessibleInterface(reader).textInterface()
    whole = interface.text(0, interface.characterCount())
    assert whole.endswith(reader.text) and whole.startswith("Pier four")
    begin = len(whole) - len(reader.text)
    reader.place_caret(4)
    assert interface.cursorPosition() == begin + 4
    assert interface.selectionCount() == 0
    desk.press(Qt.Key.Key_S)
    assert interface.selectionCount() == 1
    # Which words these are is read over the accessibility bus in test_atspi.
    assert interface.cursorPosition() == begin + len("The union calls on the port to reopen pier four")


def test_a_row_of_the_passages_tells_tag_quote_and_attributes(start, corpus):
    desk = start(corpus)
    rows = desk.window.passages.rows
    desk.until(lambda: rows.rowCount() == 1)
    words = rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    table = QAccessible.queryAccessibleInterface(desk.window.passages.list)
    cells = [table.child(i) for i in range(table.childCount())]
    assert words in [cell.text(QAccessible.Text.Name) for cell in cells if cell.role() == QAccessible.Role.Cell]
    assert words.startswith("Demand:")
    for part in ("The union calls on the port to reopen pier four", "Harbour Union", "Port"):
        assert part in words


# -- the focus is seen ----------------------------------------------------------------------------


def around(widget: QWidget) -> QImage:
    """The window where a widget stands, with what is drawn just around it."""
    window = widget.window()
    corner = widget.mapTo(window, QPoint(0, 0))
    return window.grab(QRect(corner, widget.size()).adjusted(-4, -4, 4, 4)).toImage()


def tabbed(window: QWidget, press: Callable[..., None], key: Qt.Key, most: int = 150) -> list[QWidget]:
    """The widgets that the focus comes to by this key, until it comes back."""
    found: list[QWidget] = []
    for _ in range(most):
        press(key)
        widget = QApplication.focusWidget()
        assert widget is not None and window.isAncestorOf(widget)
        if widget in found:
            break
        found.append(widget)
    return found


def assert_focus_is_seen(widgets: list[QWidget], elsewhere: QWidget) -> None:
    unseen = []
    for widget in widgets:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        with_focus = around(widget)
        other = elsewhere if widget is not elsewhere else widgets[0 if widgets[0] is not widget else 1]
        other.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        if around(widget) == with_focus:
            unseen.append(f"{type(widget).__name__} “{widget.accessibleName()}”")
    assert unseen == []


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("passage", [False, True], ids=["statement", "passage"])
def test_the_focus_is_seen_on_everything_that_tab_and_f6_come_to(start, corpus, theme, passage):
    desk = start(corpus)
    desk.window.resize(QSize(1440, 1300))
    desk.window.set_theme(theme)
    QApplication.setCursorFlashTime(0)  # a caret that blinks away would hide what is told apart
    if passage:
        desk.session.pick(desk.project.annotations(desk.session.statement)[0].id)
    reader = desk.window.reader
    panes = tabbed(desk.window, desk.press, Qt.Key.Key_F6)
    assert len(panes) == 4
    widgets = list(panes)
    for pane in panes:
        pane.setFocus()
        widgets += [w for w in tabbed(desk.window, desk.press, Qt.Key.Key_Tab) if w not in widgets]
    assert len(widgets) > 10
    assert_focus_is_seen(widgets, reader)


def is_one_of_several(widget: QWidget) -> bool:
    """A button of a group of which one is chosen: Tab comes to that one, the arrow keys go to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and not widget.isChecked()


def test_every_control_that_shows_itself_is_reached_by_tab_or_f6(start, corpus):
    desk = start(corpus)
    reached: set[QWidget] = set()
    for pane in tabbed(desk.window, desk.press, Qt.Key.Key_F6):
        pane.setFocus()
        reached |= {pane, *tabbed(desk.window, desk.press, Qt.Key.Key_Tab)}
    by_click = Qt.FocusPolicy.ClickFocus
    missing = [
        widget.accessibleName() or type(widget).__name__
        for widget in controls(desk.window)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() not in (Qt.FocusPolicy.NoFocus, by_click)
        and widget.focusProxy() is None
        and not is_one_of_several(widget)
        and widget not in reached
        and not any(reached_.focusProxy() is widget or widget.isAncestorOf(reached_) for reached_ in reached)
    ]
    assert missing == []
