"""The view of the actors: a list with a filter, the page of the chosen one, and pairs that may be one actor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.core.duplicates import Proposal, duplicates
from annotator.core.errors import AnnotatorError
from annotator.core.model import Actor, ActorId, Changes
from annotator.gui.actor_page import ActorPage
from annotator.gui.actor_rows import PAGE, ActorPainter, ActorRows
from annotator.gui.proposals import Proposals
from annotator.gui.session import Session
from annotator.gui.theme import Theme
from annotator.gui.worker import ReadingThread
from annotator.store.reads import Reads
from annotator.store.roster import ActorSummary, Mention

_EMPTY = "No actors yet. They come by themselves, as soon as an attribute of a passage names one."
#: Passages of one actor that its page lists; the query ``mentions:`` finds all of them.
MOST = 10_000
#: After so many milliseconds without a key the filter is asked for.
_TYPED_MS = 120


class ActorsView(QWidget):
    """All actors of the project. Reading is done by the reading thread; orders are told and carried out elsewhere."""

    #: A field of an actor is to be set: its id, the field, the value as typed.
    edited = Signal(str, str, str)
    #: A passage is to be shown: its statement and itself.
    chosen = Signal(str, str)
    #: An actor (its id) is to be merged into another one, split, deleted, or made one of its own again.
    merge_asked = Signal(str)
    split_asked = Signal(str)
    delete_asked = Signal(str)
    unmerge_asked = Signal(str)
    #: Two actors (ids) are to be merged, or are not the same.
    pair_merge_asked = Signal(str, str)
    apart_asked = Signal(str, str)
    #: The list or the page shows another actor (its id).
    shown = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Actors")
        self._session, self._theme = session, theme
        self._thread: ReadingThread | None = None
        self._actor = ""
        self._wanted = ""
        self._mentions: list[Mention] = []
        self._stale = True
        self._build()

    def _build(self) -> None:
        self.filter_field = QLineEdit()
        self.filter_field.setPlaceholderText("Filter: a part of a name or alias…")
        self.filter_field.setAccessibleName("Filter the actors")
        self.filter_field.setClearButtonEnabled(True)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_TYPED_MS)
        self._typed.timeout.connect(self._ask)
        self.filter_field.textChanged.connect(lambda: self._typed.start())
        self.duplicates_button = QPushButton("Duplicates…")
        self.duplicates_button.setProperty("role", "quiet")
        self.duplicates_button.setToolTip("Actors that may be one, with the reasons")
        self.duplicates_button.clicked.connect(self.find_duplicates)
        self.rows = ActorRows(self._ask_rows, self)
        self.list = QListView()
        self.list.setAccessibleName("List of actors")
        self.list.setModel(self.rows)
        self._painter = ActorPainter(self._theme, self.list)
        self.list.setItemDelegate(self._painter)
        self.list.setUniformItemSizes(True)
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setBatchSize(2000)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setAccessibleName("How many actors")
        self._nothing = QLabel(_EMPTY)
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setProperty("role", "muted")
        self._nothing.setWordWrap(True)
        self._nothing.setContentsMargins(16, 12, 16, 12)
        left = QWidget()
        left.setProperty("role", "pane")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setContentsMargins(14, 0, 14, 0)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.duplicates_button)
        field = QHBoxLayout()
        field.setContentsMargins(14, 0, 14, 0)
        field.addWidget(self.filter_field)
        column.addLayout(head)
        column.addLayout(field)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)
        self.page = ActorPage(self._theme)
        self.page.edited.connect(lambda name, text: self.edited.emit(self._actor, name, text))
        self.page.chosen.connect(self.chosen)
        self.page.merge_asked.connect(lambda: self.merge_asked.emit(self._actor))
        self.page.split_asked.connect(lambda: self.split_asked.emit(self._actor))
        self.page.delete_asked.connect(lambda: self.delete_asked.emit(self._actor))
        self.page.unmerge_asked.connect(self.unmerge_asked)
        self.proposals = Proposals()
        self.proposals.merge_asked.connect(self.pair_merge_asked)
        self.proposals.apart_asked.connect(self.apart_asked)
        self.proposals.actor_chosen.connect(self.show_actor)
        self._blank = QLabel("Choose an actor in the list.")
        self._blank.setTextFormat(Qt.TextFormat.PlainText)
        self._blank.setProperty("role", "muted")
        self._blank.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._right = QStackedWidget()
        for page in (self._blank, self.page, self.proposals):
            self._right.addWidget(page)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setStretchFactor(1, 1)
        split.setSizes([340, 1000])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    # -- facts -------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._painter.set_theme(theme)
        self.page.set_theme(theme)
        self.list.viewport().update()

    def set_reading_thread(self, thread: ReadingThread | None) -> None:
        self._thread = thread

    def on_opened(self) -> None:
        """Another project."""
        self._actor, self._mentions, self._stale = "", [], True
        self.rows.clear()
        self._right.setCurrentWidget(self._blank)
        if self.isVisible():
            self.look()

    def on_changed(self, changes: Changes) -> None:
        """A step was committed."""
        if not (changes.many or changes.ids("actor") or changes.ids("annotation") or changes.ids("statement")):
            return
        if not self.isVisible():
            self._stale = True
            return
        if changes.many or changes.ids("actor"):
            self._ask()
        else:
            self.rows.forget()
        if self._right.currentWidget() is self.proposals:
            self.proposals.forget_gone(self._session.project)
        if self._actor:
            self._read_actor()

    def look(self) -> None:
        """The view is shown: read what has changed since."""
        if self._stale:
            self._stale = False
            self._ask()
            if self._actor:
                self._read_actor()

    @property
    def actor(self) -> str:
        """The actor whose page is shown; empty without one."""
        return self._actor if self._right.currentWidget() is self.page else ""

    def panes_in_order(self) -> list[tuple[QWidget, Callable[[], None]]]:
        """What F6 goes round: the filter, the list, the fields of the actor, its passages."""
        name = self.page.fields["name"]
        return [
            (self.filter_field, self.filter_field.setFocus),
            (self.list, self.list.setFocus),
            (name, name.setFocus),
            (self.page.table, self.page.table.setFocus),
        ]

    # -- the list ----------------------------------------------------------------------------

    def _ask(self) -> None:
        part = self.filter_field.text()
        if self._thread is None:
            return
        self._wanted = self._actor
        fresh = [True]

        def read(reads: Reads) -> Iterator[list[ActorId]]:
            yield from reads.roster.pages(part)

        def take(page: list[ActorId]) -> None:
            if fresh[0]:
                self.rows.clear()
                fresh[0] = False
            self.rows.add(page)
            if self._wanted and (row := self.rows.row_of(self._wanted)) >= 0:
                self._select(row)

        def done() -> None:
            if fresh[0]:
                self.rows.clear()
            count = self.rows.rowCount()
            self._count.setText(f"{count:,} actor{'s' * (count != 1)}" + (" found" if part.strip() else ""))
            self._nothing.setText("No name or alias contains that." if part.strip() else _EMPTY)
            self._nothing.setVisible(not count)

        self._thread.ask("actors", read, take, done)

    def _ask_rows(self, ids: Sequence[str]) -> None:
        if self._thread is None or not ids:
            return
        wanted = list(ids)

        def read(reads: Reads) -> Iterator[list[ActorSummary]]:
            for first in range(0, len(wanted), PAGE // 3):
                yield reads.roster.summaries(wanted[first : first + PAGE // 3])

        self._thread.ask(f"actors/{wanted[0]}", read, self.rows.take)

    def _select(self, row: int) -> None:
        index = self.rows.index(row)
        if self.list.currentIndex() != index:
            self.list.selectionModel().blockSignals(True)
            self.list.setCurrentIndex(index)
            self.list.selectionModel().blockSignals(False)
            # The view did not hear of it.
            if not self.list.viewport().rect().contains(self.list.visualRect(index)):
                self.list.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
            self.list.viewport().update()

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if actor := self.rows.id(current.row()):
            self.show_actor(actor)

    # -- the page ----------------------------------------------------------------------------

    def show_actor(self, actor: str) -> None:
        """Show the page of this actor, or of the one that it was merged into."""
        self.page.commit()
        self._actor = self._wanted = actor
        self._mentions = []
        self._right.setCurrentWidget(self.page)
        self._read_actor()
        if (row := self.rows.row_of(self._actor)) >= 0:
            self._select(row)
        self.shown.emit(self._actor)

    def _read_actor(self) -> None:
        project = self._session.project
        if project is None or not self._actor:
            return
        try:
            known = project.actor(self._actor)
            merged = project.roster.merged_into(known.id)
            codebook = project.codebook
        except AnnotatorError:
            self._actor = ""
            self._right.setCurrentWidget(self._blank)
            return
        self._actor = known.id
        self.page.show_actor(known, merged, codebook, not project.read_only)
        if self._thread is None:
            return
        found: list[Mention] = []
        actor = known.id

        def read(reads: Reads) -> Iterator[list[Mention]]:
            left = MOST
            for page in reads.roster.mentions(actor):
                yield page
                left -= len(page)
                if left <= 0:
                    return

        def take(page: list[Mention]) -> None:
            first = not found
            found.extend(page)
            if first and not self._mentions:  # the first ones soon, the rest when all are there
                self.page.show_mentions(found, more=True)

        def done() -> None:
            self._mentions = found
            self.page.show_mentions(found, all_of_them=len(found) < MOST)

        self._thread.ask("actor/mentions", read, take, done)

    # -- duplicates --------------------------------------------------------------------------

    def find_duplicates(self) -> None:
        """Look for actors that may be one, beside the window."""
        if self._thread is None:
            return
        self.page.commit()
        self._right.setCurrentWidget(self.proposals)
        self.proposals.begin()

        def read(reads: Reads) -> Iterator[tuple[int, int] | tuple[list[Proposal], dict[str, str]]]:
            actors: list[Actor] = []
            for page in reads.actor_pages():
                actors += page
                yield 0, len(actors)
            for each in duplicates(actors, reads.apart()):
                if isinstance(each, int):
                    yield each, len(actors)
                else:
                    names = {actor.id: actor.name for actor in actors}
                    yield each, {str(i): names[i] for p in each for i in (p.one, p.other)}

        self._thread.ask("actors/duplicates", read, self.proposals.take)
