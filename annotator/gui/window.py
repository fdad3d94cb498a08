"""The window: its regions, its menus made from the table of commands, and what stands in its bars.

It shows and reports; what a command does is in ``orders``, who listens to whom is in ``app``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from annotator.core.codebook import Codebook
from annotator.core.model import Tag
from annotator.gui.commands import COMMANDS, MENUS, Command, tag_commands
from annotator.gui.dialogs.message import Banner
from annotator.gui.dialogs.progress import JobBar
from annotator.gui.keyboard import by_letter, by_position, is_shifted_digit, shown
from annotator.gui.keymap import Keymap
from annotator.gui.marker_sign import MarkerSign
from annotator.gui.memory import Memory
from annotator.gui.mirror import dress, english
from annotator.gui.passages import PassagesPane
from annotator.gui.reader import Reader
from annotator.gui.screens import arrangement, brought_back, present
from annotator.gui.search_field import SearchField
from annotator.gui.session import Session
from annotator.gui.statements import StatementsPane
from annotator.gui.stylesheet import palette, stylesheet
from annotator.gui.theme import Theme
from annotator.gui.views import ACTORS, PASSAGES, READ, Views
from annotator.gui.wording import tool_tip

if TYPE_CHECKING:
    # These are imported and made when they are first asked for; a start that does not show them does not pay.
    from annotator.gui.actors import ActorsView
    from annotator.gui.chooser import Chooser
    from annotator.gui.find_bar import FindBar
    from annotator.gui.find_pane import FindPane
    from annotator.gui.first_steps import FirstSteps
    from annotator.gui.inspector import InspectorPane
    from annotator.gui.passages_view import PassagesView

#: What the status bar says about keys after those of the tags: the commands, and a word for them.
_HINTS = (
    ("select.sentence", "sentence"),
    ("edge.end.back edge.end.forward", "grow"),
    ("passage.retag", "retag"),
    ("edit.undo", "undo"),
    ("help.keys", "keys"),
)


#: How long the status bar says something, in ms, before it tells the state again.
SAID_MS = 8_000


class Window(QMainWindow):
    """One project in one window."""

    #: A command was ordered by menu, key or tool bar (its id).
    ordered = Signal(str)
    #: The window is about to close; listeners save what they hold.
    closing = Signal()
    #: There are other commands, or they have other keys.
    commands_changed = Signal()
    #: A part was made that waits for its first use: its name here, and the part.
    made = Signal(str, object)

    def __init__(self, session: Session, memory: Memory, theme: Theme, keymap: Keymap) -> None:
        super().__init__()
        self._session, self._memory, self._theme, self.keymap = session, memory, theme, keymap
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._tag_actions: list[QAction] = []
        self._commands: dict[str, Command] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        #: Which command a key of the text is for.
        self._text_keys: dict[str, str] = {}
        self._tags: tuple[Tag, ...] = ()
        self._recent_menu: QMenu | None = None
        self._name_in_title = True
        self._named_as: tuple[str, Path | None] = ("", None)
        self._saved_at = self._said = self._passed = ""
        self._passages: int | None = None
        self._enabled: tuple[bool, ...] = ()
        self._codebook_is_new = True
        #: Whether undo and redo have something to do.
        self._named: dict[str, bool] = {}
        self._key_hint = ""
        self._state_shown = True
        self._bar_entries: list[tuple[str, str, str]] = []
        self.setWindowTitle("Annotator")
        self.setObjectName("Window")
        # Before the parts are there: each is then dressed once, when it is shown.
        self._dress(theme)
        self._build()
        dress(self)
        self._build_menus()
        self.take_keys()
        self.set_theme(theme)
        self._restore()

    # -- building --------------------------------------------------------------------

    def _build(self) -> None:
        session = self._session
        self.statements = StatementsPane(session)
        self.reader = Reader(theme=self._theme)
        self.reader.setAccessibleName("Reader")
        self.passages = PassagesPane(session)
        self.banner = Banner()
        self.job_bar = JobBar()
        self.search = SearchField(session)
        self.marker_sign = MarkerSign(self.reader, self._theme)
        page = QWidget()
        self._column = column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.reader, 1)
        self.centre = centre = QSplitter(Qt.Orientation.Vertical)
        centre.addWidget(page)
        centre.setStretchFactor(0, 1)
        centre.setChildrenCollapsible(False)
        self.right = QSplitter(Qt.Orientation.Vertical)
        # Where the inspector comes to stand.
        self._details = QWidget()
        self._details.setProperty("role", "pane")
        self._details.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        whole_of_it = QVBoxLayout(self._details)
        whole_of_it.setContentsMargins(0, 0, 0, 0)
        self.right.addWidget(self.passages)
        self.right.addWidget(self._details)
        self.right.setStretchFactor(1, 1)
        self.right.setChildrenCollapsible(False)
        self.panes = QSplitter(Qt.Orientation.Horizontal)
        for pane in (self.statements, centre, self.right):
            self.panes.addWidget(pane)
        self.panes.setStretchFactor(1, 1)
        self.panes.setSizes([330, 780, 330])
        self.right.setSizes([250, 560])
        for splitter in (self.panes, self.right, self.centre):
            splitter.setHandleWidth(1)
        self.panes.setCollapsible(1, False)
        # A narrow window takes from the sides first.
        centre.setMinimumWidth(430)
        for side in (self.statements, self.right):
            side.setMinimumWidth(170)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self.views = Views()
        self.views.add(READ, "Read", lambda: self.panes)
        self.views.add(PASSAGES, "Passages", lambda: self.passages_view)
        self.views.add(ACTORS, "Actors", lambda: self.actors)
        self.top_bar = self._top_bar()
        rows.addWidget(self.top_bar)
        rows.addWidget(self.views.pages, 1)
        # Below the panes, so that a message does not push the words away that it is about.
        rows.addWidget(self.banner)
        rows.addWidget(self.job_bar)
        self.setCentralWidget(whole)
        self.banner.hide()
        self.job_bar.hide()
        self._saved = self._label("muted", "Saved")
        self._hints = self._label("muted", "Keys")
        self._saying = QTimer(self)
        self._saying.setObjectName("saying")
        self._saying.setSingleShot(True)
        self._saying.setInterval(SAID_MS)
        self._saying.timeout.connect(self.unsay)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(10, 0, 10, 0)
        bar.addWidget(self._saved, 1)
        bar.addPermanentWidget(self._hints)
        for part in (self.reader, self.reader.viewport(), self.passages.list):
            part.installEventFilter(self)

    # -- parts that wait for their first use -----------------------------------------

    def there(self, name: str) -> Any:
        """The part of this name if it has been made, else None: what concerns a part alone need not make it."""
        return self.__dict__.get(name)

    def _ready(self, name: str, part: QWidget) -> None:
        """A part stands in its place: dress it as those were that the window began with, and tell of it."""
        dress(part)
        self.made.emit(name, part)

    @cached_property
    def inspector(self) -> InspectorPane:
        """The details at the right. Many fields, so that a start paints the text before it makes them."""
        from annotator.gui.inspector import InspectorPane

        pane = InspectorPane(self._session)
        pane.set_theme(self._theme)
        self._details.layout().addWidget(pane)
        pane.show()  # now, not with the next event: F6 may be on its way there
        self._ready("inspector", pane)
        return pane

    @cached_property
    def actors(self) -> ActorsView:
        """All actors, and the page of each."""
        from annotator.gui.actors import ActorsView

        view = ActorsView(self._session, self._theme)
        self._ready("actors", view)
        return view

    @cached_property
    def find_bar(self) -> FindBar:
        """Finds in the text, above it."""
        from annotator.gui.find_bar import FindBar

        bar = FindBar(self.reader)
        self._column.insertWidget(0, bar)
        self._ready("find_bar", bar)
        return bar

    @cached_property
    def first_steps(self) -> FirstSteps:
        """The card of the first steps, below the text."""
        from annotator.gui.first_steps import FirstSteps

        card = FirstSteps(self._theme)
        self._column.addWidget(card)
        self._ready("first_steps", card)
        return card

    @cached_property
    def find_pane(self) -> FindPane:
        """The places that were found, below the text, so that one sees both."""
        from annotator.gui.find_pane import FindPane

        pane = FindPane(self._session, self.statements.filter_text)
        pane.set_theme(self._theme)
        self.centre.addWidget(pane)
        self.centre.setSizes([560, 260])
        if (state := self._memory.state("centre")) is not None:
            self.centre.restoreState(state)
        pane.hide()
        pane.list.installEventFilter(self)
        pane.list.addActions([action for action in self._tag_actions if action.objectName().startswith("tag.")])
        self._ready("find_pane", pane)
        return pane

    @cached_property
    def passages_view(self) -> PassagesView:
        """The table of the passages of all statements."""
        from annotator.gui.passages_view import PassagesView

        view = PassagesView(self._session, self._memory)
        view.set_theme(self._theme)
        self._ready("passages_view", view)
        return view

    def filter_text(self) -> str:
        """The query that the view on show is narrowed by."""
        return self.passages_view.filter_text() if self.views.current == PASSAGES else self.statements.filter_text()

    @cached_property
    def chooser(self) -> Chooser:
        """The list at the caret."""
        from annotator.gui.chooser import Chooser

        chooser = Chooser(self, self._theme)
        self._ready("chooser", chooser)
        return chooser

    def _top_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("topbar")
        bar.setProperty("role", "topbar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(12)
        self._title = self._label("title", "Project")
        self._size = self._label("muted", "Size of the project")
        self._read_only = self._label("keycap", "Read-only")
        self._read_only.setObjectName("read_only")
        self._read_only.setText("read-only")
        self._read_only.hide()
        self._encrypted = self._label("keycap", "Encrypted: this project opens with its passphrase alone")
        self._encrypted.setObjectName("encrypted")
        self._encrypted.setText("encrypted")
        self._encrypted.hide()
        self.coder = QPushButton()
        self.coder.setProperty("role", "chip")
        self.coder.setAccessibleName("Coder")
        self.search.setMinimumWidth(280)
        self.search.setMaximumWidth(460)
        row.addWidget(self._title)
        row.addWidget(self._size)
        row.addWidget(self._encrypted, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._read_only)
        row.addStretch(1)
        row.addWidget(self.search, 4)
        row.addStretch(1)
        row.addWidget(self.views)
        row.addWidget(self.coder)
        return bar

    @staticmethod
    def _label(role: str, name: str) -> QLabel:
        label = QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", role)
        label.setAccessibleName(name)
        return label

    def _build_menus(self) -> None:
        for name in MENUS:
            self._menus[name] = self.menuBar().addMenu(name)
        for command in COMMANDS:
            menu = self._menu_of(command)
            if command.apart and not menu.isEmpty():
                menu.addSeparator()
            menu.addAction(self._action(command))
            if command.id == "project.open":
                self._recent_menu = menu.addMenu("Recent projects")
                self._recent_menu.setAccessibleName("Recent projects")

    def _menu_of(self, command: Command) -> QMenu:
        """The menu that a command stands in; one inside a menu is made when it is first asked for."""
        menu = self._menus[command.menu]
        if not command.under:
            return menu
        name = f"{command.menu}/{command.under}"
        if name not in self._menus:
            self._menus[name] = menu.addMenu(command.under)
            self._menus[name].setAccessibleName(command.under)
        return self._menus[name]

    def _action(self, command: Command) -> QAction:
        action = QAction(english(command.text), self)
        action.setCheckable(command.checkable)
        action.setObjectName(command.id)
        action.setStatusTip(command.tip)
        action.triggered.connect(self._on_action)
        if command.where == "text":
            # Plain letters: elsewhere they are typed, or choose in a list.
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.reader.addAction(action)
            self.passages.addAction(action)
        else:
            # A key of a menu that is hidden with its bar would do nothing.
            self.addAction(action)
        self._actions[command.id] = action
        self._commands[command.id] = command
        return action

    def set_codebook(self, codebook: Codebook) -> None:
        """Have two commands for each tag, tag and marker: in the Passage menu, the hints and the selection's bar."""
        if codebook.tags == self._tags:
            return
        self._codebook_is_new = True
        self._tags = codebook.tags
        menu = self._menus["Passage"]
        # With a place chosen in the results, a tag's key marks its words.
        found = [pane.list] if (pane := self.there("find_pane")) is not None else []
        for action in self._tag_actions:
            for owner in (menu, self.reader, self.passages, *found):
                owner.removeAction(action)
            self._actions.pop(action.objectName(), None)
            self._commands.pop(action.objectName(), None)
            action.deleteLater()
        for name in ("Passage/Tag as", "Passage/Marker"):
            if inner := self._menus.pop(name, None):
                menu.removeAction(inner.menuAction())
                inner.deleteLater()
        first = next(iter(menu.actions()), None)
        self._tag_actions = []
        for command in tag_commands(codebook.tags):
            action = self._action(command)
            self._tag_actions.append(action)
            if command.id.startswith("tag."):
                for places in found:
                    places.addAction(action)
            if command.under:
                known = f"{command.menu}/{command.under}" in self._menus
                inner = self._menu_of(command)
                inner.addAction(action)
                action = inner.menuAction()
                if known:
                    continue
            menu.insertAction(first, action) if first else menu.addAction(action)
        self.take_keys()

    def take_keys(self) -> None:
        """Have the keys of the keymap, everywhere that a key stands: menus, tool tips, hints, the selection's bar."""
        self._keys = self.keymap.resolve(self._commands.values())
        self._text_keys = {}
        for identifier, action in self._actions.items():
            command, keys = self._commands[identifier], self._keys[identifier]
            action.setShortcuts([QKeySequence(key) for key in keys])
            # A tag's label may look like mark-up.
            tip = (command.tip or command.text.rstrip("…")).replace("<", "‹")
            action.setToolTip(f"{tip} ({', '.join(shown(keys))})" if keys else tip)
            if command.where == "text":
                self._text_keys.update(dict.fromkeys(keys, identifier))
        entries = [(self.key(f"tag.{tag.name}"), tag.label, f"tag.{tag.name}") for tag in self._tags]
        keyed = [entry for entry in entries if entry[0]]
        if len(keyed) < len(entries):
            keyed.append((self.key("choose.tag"), "Tag…", "choose.tag"))
        self._bar_entries = [*keyed, (self.key("passage.note"), "Note", "passage.note")] if self._tags else []
        self._codebook_is_new = True
        self.reader.bar.set_entries(self._bar_entries if self._enabled[1:2] != (False,) else [])
        self.passages.set_tag_keys({command[4:]: key for key, _, command in entries}, self.key("choose.tag"))
        hints = [f"{key} {label}" for key, label, command in keyed[:5] if key and command != "choose.tag"]
        hints += [
            f"{key} {word}"
            for identifier, word in _HINTS
            if (key := " ".join(filter(None, (self.key(each) for each in identifier.split()))))
        ]
        self._key_hint = " · ".join(hints) if self._tags else ""
        self.hint("")
        self.commands_changed.emit()

    def key(self, identifier: str) -> str:
        """The first key of a command as people call it; empty if it has none."""
        return next(iter(self.keys(identifier)), "")

    def keys(self, identifier: str) -> tuple[str, ...]:
        """The keys of a command as people call them."""
        return shown(self._keys.get(identifier, ()))

    def way_to(self, identifier: str) -> str:
        """How to order a command, in the middle of a sentence: “press Ctrl+O”, or where it stands in the menus."""
        command, key = self._commands[identifier], self.key(identifier)
        return f"press {key}" if key else f"choose “{command.text}” in the {command.menu} menu"

    # -- what is shown -----------------------------------------------------------------

    def action(self, identifier: str) -> QAction:
        """The action of a command, for tests and palettes."""
        return self._actions[identifier]

    def set_checked(self, identifier: str, on: bool) -> None:
        """Show that a checkable command is on or off."""
        self._actions[identifier].setChecked(on)

    def commands(self) -> Sequence[Command]:
        """All commands, those of the codebook's tags among them."""
        return tuple(self._commands.values())

    def enable(self, *, project: bool, writable: bool, statement: bool, passage: bool) -> None:
        """Switch the commands off that would find nothing to work on."""
        state = (project, writable, statement, passage)
        if state == self._enabled and not self._codebook_is_new:
            return
        self._enabled, self._codebook_is_new = state, False
        there = {"": True, "project": project, "statement": statement, "passage": passage}
        for identifier, action in self._actions.items():
            command = self._commands[identifier]
            on = there[command.needs] and (writable or not command.writes)
            action.setEnabled(on and self._named.get(identifier, True))
        self._read_only.setVisible(project and not writable)
        entries = self._bar_entries if writable else []
        if [tuple(entry) for entry in self.reader.bar.entries] != entries:
            self.reader.bar.set_entries(entries)

    def name_steps(self, undo: str, redo: str) -> None:
        """What undo and redo would do, in the menu."""
        for identifier, word, label in (("edit.undo", "Undo", undo), ("edit.redo", "Redo", redo)):
            action = self._actions[identifier]
            action.setText(f"{word} {label}" if label else word)
            self._named[identifier] = bool(label)
            action.setEnabled(bool(label))

    def set_project(self, title: str, size: str, coder: str, path: Path | None, *, encrypted: bool = False) -> None:
        self._title.setText(title)
        self._size.setText(size)
        self._encrypted.setVisible(encrypted)
        self.coder.setVisible(bool(coder))
        self.coder.setText(_initials(coder))
        self.coder.setToolTip(tool_tip(f"{coder} codes; click to change the name"))
        self.coder.setAccessibleName(f"Coder: {coder}")
        self._named_as = title, path
        self._name_window()

    @property
    def name_in_title(self) -> bool:
        """Whether the window's title, which taskbars show, names the project."""
        return self._name_in_title

    @name_in_title.setter
    def name_in_title(self, on: bool) -> None:
        self._name_in_title = on
        self._name_window()

    def _name_window(self) -> None:
        title, path = self._named_as if self._name_in_title else ("", None)
        self.setWindowTitle(f"{title} — Annotator" if title else "Annotator")
        self.setWindowFilePath(str(path) if path else "")

    def set_recent(self, paths: Iterable[Path], open_one: Callable[[Path], None]) -> None:
        """The recent projects in the File menu."""
        if self._recent_menu is None:
            return
        self._recent_menu.clear()
        for path in paths:
            entry = self._recent_menu.addAction(path.stem.replace("&", "&&"))
            entry.setToolTip(tool_tip(str(path)))
            entry.setData(str(path))
            entry.triggered.connect(_Opens(open_one, path, entry).go)
        self._recent_menu.setEnabled(not self._recent_menu.isEmpty())

    def saved(self, passages: int | None, *, now: bool = True) -> None:
        """Say in the status bar that all is on disk, since when, and how many passages the statement has."""
        self._saved_at = datetime.now().strftime(" %H:%M:%S") if now else self._saved_at
        self._passages = passages
        self.say("")

    def nothing_saved(self) -> None:
        """Say nothing of the project before: another one is open, or none, and nothing was done in it yet."""
        self._saved_at, self._passages, self._passed = "", None, ""
        self.say("")

    def passed(self, words: str) -> None:
        """Say there as well how far the statement was read; what was said meanwhile stays until the next step."""
        self._passed = words
        self._tell_state()

    def say(self, text: str) -> None:
        """One sentence in the status bar, for some seconds."""
        self._said = text
        self._saying.start() if text else self._saying.stop()
        self._tell_state()

    def unsay(self, text: str = "") -> None:
        """What was said, or only this, has been read: the state again."""
        if self._said and text in ("", self._said):
            self.say("")

    @property
    def status_text(self) -> str:
        """What the status bar says now."""
        return self._saved.text()

    def _tell_state(self) -> None:
        # Before anything was opened there is nothing to be saved.
        parts = [f"Saved{self._saved_at}"] if self._saved_at or self._passages is not None else []
        if self._passages is not None and self._state_shown:
            parts.append(f"{self._passages} passage{'s' * (self._passages != 1)}")
        if self._passed and self._state_shown:
            parts.append(self._passed)
        self._saved.setText(self._said or " · ".join(parts))

    def show_state(self, shown: bool) -> None:
        """Whether the status bar tells of the text and its keys; other views tell of themselves."""
        self._state_shown = shown
        self._hints.setVisible(shown)
        self._tell_state()

    def hint(self, text: str) -> None:
        """The keys that matter now; the usual ones when empty."""
        self._hints.setText(text or self._key_hint)

    @property
    def hint_text(self) -> str:
        """The keys that matter now, as they stand in the status bar."""
        return self._hints.text()

    def set_theme(self, theme: Theme) -> None:
        """Wear this theme, in every part."""
        self._dress(theme)
        parts = (self.statements, self.reader, self.passages, self.search, self.marker_sign)
        names = ("inspector", "find_pane", "chooser", "first_steps", "actors", "passages_view")
        late = [part for name in names if (part := self.there(name)) is not None]
        for part in (*parts, *late):
            part.set_theme(theme)

    def _dress(self, theme: Theme) -> None:
        """The palette and style sheet, which the parts take over by themselves."""
        self._theme = theme
        application, sheet = QApplication.instance(), stylesheet(theme)
        if isinstance(application, QApplication) and sheet != self.styleSheet():
            application.setPalette(palette(theme))
            self.setStyleSheet(sheet)

    # -- focus --------------------------------------------------------------------------

    def panes_in_order(self) -> list[tuple[QWidget, Callable[[], None]]]:
        """The panes that F6 goes through, each with the way to give it the focus."""
        if self.views.current == PASSAGES:
            view = self.passages_view
            return [(view.field, view.focus_filter), (view.table, view.take_focus)]
        return [
            (self.statements, self.statements.setFocus),
            (self.reader, self.reader.setFocus),
            *([(found, found.take_focus)] if (found := self.there("find_pane")) and found.isVisible() else []),
            (self.passages, self.passages.list.setFocus),
            (self.inspector, self.inspector.focus_first),
        ]

    def next_pane(self, direction: int) -> None:
        """Give the focus to the next pane, round and round."""
        panes = self.actors.panes_in_order() if self.views.current == ACTORS else self.panes_in_order()
        order = [pane for pane in panes if pane[0].isVisibleTo(self)]
        if not order:  # another view is shown, whose parts follow one another
            self.focusNextPrevChild(direction > 0)
            return
        focus = QApplication.focusWidget()
        here = next((i for i, (pane, _) in enumerate(order) if focus is pane or _within(focus, pane)), 1 - direction)
        order[(here + direction) % len(order)][1]()

    # -- keys ----------------------------------------------------------------------------

    def _on_action(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.order(action.objectName())

    def order(self, identifier: str) -> None:
        """Order a command, as its menu entry would."""
        action = self._actions.get(identifier)
        if action is not None and action.isEnabled():
            self.ordered.emit(identifier)

    def _at_position(self, event: QKeyEvent) -> str:
        """The command of a pressed key by its place on the keyboard, when no command has it by letter; or nothing."""
        key = by_position(event)
        return "" if not key or by_letter(event) else self._text_keys.get(key, "")

    # -- memory ---------------------------------------------------------------------------

    def _restore(self) -> None:
        screen = self.screen().availableGeometry()
        # What the window manager draws around the window has to find room as well.
        self.resize(min(1440, screen.width()), min(900, screen.height() - 40))
        # A desk with two screens and the same machine on a train are two arrangements: each has its place.
        here = f"window/{arrangement(present())}"
        if (state := self._memory.state(here) or self._memory.state("window")) is not None:
            self.restoreGeometry(state)
            self.come_back([area for _, area in present()])
        for name, splitter in (("panes", self.panes), ("right", self.right)):
            if (state := self._memory.state(name)) is not None:
                splitter.restoreState(state)
        self.reader.set_zoom(int(self._memory.get("zoom", 0)))

    def _remember(self) -> None:
        for key in ("window", f"window/{arrangement(present())}"):
            self._memory.set_state(key, self.saveGeometry())
        self._memory.set_state("panes", self.panes.saveState())
        self._memory.set_state("right", self.right.saveState())
        if self.there("find_pane") is not None:
            self._memory.set_state("centre", self.centre.saveState())
        self._memory.put("zoom", self.reader.zoom)
        self._memory.save()

    def come_back(self, screens: Sequence[QRect]) -> None:
        """Onto one of these screens, if the window stands on none of them."""
        frame = self.frameGeometry()
        back = brought_back(frame, screens)
        if back != frame:
            # Less by what the window manager draws around it.
            self.resize(self.size() - (frame.size() - back.size()))
            self.move(back.topLeft())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt
        if isinstance(event, QKeyEvent):
            here = self._at_position(event)
            found = self.there("find_pane")
            if found is not None and watched is found.list and not here.startswith("tag."):
                here = ""
            if event.type() == QEvent.Type.ShortcutOverride:
                if here and is_shifted_digit(event):
                    # On AZERTY this types the digit itself, whose command Qt would find first.
                    event.accept()
                    return True
            elif event.type() == QEvent.Type.KeyPress:
                if event.key() == Qt.Key.Key_Escape and watched is self.reader:
                    self.ordered.emit("escape")
                    return True
                if here:
                    self.order(here)
                    return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        if QApplication.focusWidget() is None:
            self.reader.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # Qt
        self._remember()
        self.closing.emit()
        super().closeEvent(event)


class _Opens(QObject):
    """Opens one recent project; lives as long as its menu entry."""

    def __init__(self, open_one: Callable[[Path], None], path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._open_one, self._path = open_one, path

    def go(self) -> None:
        self._open_one(self._path)


def _within(widget: QWidget | None, ancestor: QWidget) -> bool:
    return widget is not None and ancestor.isAncestorOf(widget)


def _initials(name: str) -> str:
    """Up to two letters for a badge: first letters of words, or a short name as it is."""
    words = name.split()
    if len(name) <= 3:
        return name
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1]))
