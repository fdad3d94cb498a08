"""Builds the window and wires it: who tells whom is all here.

Facts go from the session to the views; orders go from the views to the session, by way of ``orders``.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QFont, QIcon
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from annotator import paths
from annotator.core.errors import AnnotatorError, Busy, Moved, Overlap, Overwritten, Unwritten, sentence
from annotator.core.model import Changes
from annotator.gui.appearance import Appearance
from annotator.gui.arranging import as_text, from_text
from annotator.gui.arrivals import Arrivals
from annotator.gui.crash import CrashWatch
from annotator.gui.evidence import Evidence
from annotator.gui.guide import Guide
from annotator.gui.hover import Hover
from annotator.gui.keeping import Keeping
from annotator.gui.keymap import Keymap
from annotator.gui.looks import Looks
from annotator.gui.memory import Memory
from annotator.gui.mirror import direction_of
from annotator.gui.modes import DistractionFree, PlainText
from annotator.gui.orders import Orders
from annotator.gui.privacy import Privacy
from annotator.gui.project_files import ProjectFiles
from annotator.gui.search_results import Offer
from annotator.gui.session import Session
from annotator.gui.shown_statement import ShownStatement
from annotator.gui.taking_over import TakingOver
from annotator.gui.views import ACTORS, READ
from annotator.gui.window import Window
from annotator.gui.window_keys import WindowKeys
from annotator.gui.wording import CARD_ROWS, CARD_ROWS_OF_SEVERAL, PassageCard, one_line, passage_card, tag_of
from annotator.gui.worker import JobThread, ReadingThread
from annotator.store import identity
from annotator.store.listing import Arrangement

if TYPE_CHECKING:
    from annotator.gui.codebook_orders import CodebookOrders
    from annotator.gui.find_rows import Hit

#: A statement counts as opened after so many milliseconds on show: passing by is not reading.
_OPENED_AFTER = 600
#: How long a thread may keep Python's lock while another waits for it, in seconds.
_HAND_OVER_S = 0.0005


class App(QObject):
    """The parts of the running program and their wiring."""

    def __init__(self) -> None:
        super().__init__()
        # Qt lets go of Python's lock many times while it paints, and each time waits for it behind a thread that
        # searches: 5 ms each by default, which add up to a window that stands still.
        sys.setswitchinterval(_HAND_OVER_S)
        self.memory = Memory()
        self.keymap = Keymap(paths.config_dir() / "keys.json", self)
        self.session = Session(self)
        appearance = Appearance.remembered(self.memory)
        self.window = Window(self.session, self.memory, appearance.theme, self.keymap)
        self.looks = Looks(appearance, self.window, self.memory)
        self.jobs = JobThread(self)
        self.files = ProjectFiles(self.session, self.window, self.memory, self.jobs)
        self.arrivals = Arrivals(self.session, self.files, self.looks, self.memory, self.jobs)
        self._codebook: CodebookOrders | None = None
        self.evidence = Evidence(self.session, self.window, self.files, self.looks)
        self.shown = ShownStatement(self.session, self.window.reader, self._nothing)
        self.keeping = Keeping(self)
        self.taking_over = TakingOver(self)
        self.privacy = Privacy(self.window, self.memory)
        self.orders = Orders(self.session, self.window)
        self.hover = Hover(self.window.reader, self._cards)
        self.window_keys = WindowKeys(self.window)
        self.plain_text = PlainText(self.session, self.window)
        self.distraction_free = DistractionFree(self.window)
        self.guide = Guide(self.session, self.window, self.memory)
        self._reading: ReadingThread | None = None
        self._filter_trouble = ""
        #: Whether the passage on show was opened from the table, to which Esc goes back.
        self._came_from_table = False
        self._opening = QTimer(self)
        self._opening.setSingleShot(True)
        self._opening.setInterval(_OPENED_AFTER)
        self._wire()
        self.orders.set_snap(bool(self.memory.get("snap", True)))
        self.on_commands()
        self.on_opened()
        self.shown.show("")
        self.on_shown("")

    def _wire(self) -> None:
        session, window, orders, files, guide = self.session, self.window, self.orders, self.files, self.guide
        # Facts of the session, to the views that show them.
        session.leaving.connect(self.shown.save_place)
        session.opened.connect(self.on_opened)
        # The reader before all others: a mark is to be seen as soon as it is on disk.
        session.written.connect(self.shown.on_written)
        session.changed.connect(self.on_changed)
        session.shown.connect(self.shown.show)
        session.changed.connect(self.plain_text.on_changed)
        session.changed.connect(self.hover.refresh)
        session.shown.connect(self.hover.hide)
        session.opened.connect(window.search.on_opened)
        for pane in (window.statements, window.passages):
            session.opened.connect(pane.on_opened)
            session.shown.connect(pane.on_shown)
            session.changed.connect(pane.on_changed)
        session.shown.connect(self.on_shown)
        session.picked.connect(window.passages.on_picked)
        session.picked.connect(self.on_picked)
        # Links of what is on show, and the places that one comes back to.
        session.leaving.connect(orders.places.leave)
        session.opened.connect(orders.places.clear)
        session.opened.connect(orders.linking.on_opened)
        session.shown.connect(orders.linking.on_shown)
        session.changed.connect(orders.linking.on_changed)
        session.picked.connect(orders.linking.on_picked)
        session.failed.connect(self.on_failed)
        self.shown.failed.connect(self.on_failed)
        self.shown.filled.connect(self.on_filled)
        session.said.connect(window.say)
        self.keymap.changed.connect(window.take_keys)
        window.views.shown.connect(self.on_view)
        window.commands_changed.connect(self.on_commands)
        session.opened.connect(orders.tagging.put_away)
        # Orders of the views.
        window.ordered.connect(self.carry_out)
        window.reader.bar.chosen.connect(window.order)
        window.reader.passage_picked.connect(session.pick)
        window.reader.words_selected.connect(orders.tagging.mark)
        window.reader.passages_asked.connect(self.on_passages_asked)
        window.marker_sign.put_away.connect(orders.tagging.put_away)
        window.reader.header_picked.connect(orders.edit_metadata)
        window.reader.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        window.reader.customContextMenuRequested.connect(self.on_text_menu)
        window.reader.files_dropped.connect(files.take_dropped)
        files.import_asked.connect(self.arrivals.ask)
        self.arrivals.told.connect(window.say)
        self.arrivals.offered.connect(self.on_offered)
        window.statements.chosen.connect(self.show_statement)
        window.statements.delete_asked.connect(orders.delete_statement)
        window.statements.files_dropped.connect(files.take_dropped)
        window.statements.menu_asked.connect(self.on_statement_menu)
        window.statements.filter_failed.connect(self.on_filter_failed)
        window.statements.listed.connect(orders.on_listed)
        window.statements.arranged.connect(self.on_arranged)
        window.statements.reader_asked.connect(window.reader.setFocus)
        window.passages.chosen.connect(self.show_passage)
        window.passages.activated.connect(self.on_passage_activated)
        window.passages.menu_asked.connect(self.on_passage_menu)
        orders.escaped.connect(self.distraction_free.leave)
        orders.escaped.connect(self.on_escaped)
        orders.long_asked.connect(lambda said, order: files.beside(said, order, session.tell))
        window.search.statement_chosen.connect(self.on_statement_found)
        window.search.place_chosen.connect(self.on_place_found)
        window.search.passage_chosen.connect(self.on_passage_found)
        window.search.command_chosen.connect(window.order)
        window.search.filter_asked.connect(self.orders.list_statements)
        window.search.actor_chosen.connect(self.orders.show_actor)
        window.search.memo_chosen.connect(lambda tag: self.codebook.show_memo(tag))
        window.search.left.connect(window.reader.setFocus)
        window.coder.clicked.connect(self.ask_coder)
        # The first steps go along with what is done.
        session.shown.connect(guide.on_shown)
        session.changed.connect(guide.on_changed)
        window.ordered.connect(guide.on_ordered)
        window.reader.selection_changed.connect(guide.on_selected)
        window.reader.selected.connect(orders.tagging.on_selected)
        window.reader.selected.connect(window.unsay)
        session.shown.connect(orders.tagging.on_selected)
        self.shown.progress.changed.connect(self.on_progress)
        window.closing.connect(self.on_closing)
        # Long work.
        self.jobs.progressed.connect(window.job_bar.show_progress)
        window.job_bar.cancel_asked.connect(self.jobs.cancel)
        files.told.connect(window.say)
        files.checked.connect(self.on_checked)
        files.damaged.connect(self.on_damaged)
        self.keeping.failed.connect(self.on_failed)
        self.taking_over.free.connect(files.reopen)
        self._opening.timeout.connect(self.on_read_a_while)
        self.looks.follow_system()
        # Parts that are made when they are first asked for.
        window.made.connect(self.on_made)

    def on_made(self, name: str, part: Any) -> None:
        """Wire a part that was just made; it has missed what was told before."""
        session, window, orders, guide = self.session, self.window, self.orders, self.guide
        if name == "inspector":
            session.leaving.connect(part.commit)
            session.opened.connect(part.on_opened)
            session.shown.connect(part.on_shown)
            session.changed.connect(part.on_changed)
            session.picked.connect(part.on_picked)
            part.left.connect(window.reader.setFocus)
            part.left.connect(self.distraction_free.on_text_again)
            part.versions.chosen.connect(self.evidence.show_statement)
            part.links.followed.connect(orders.follow)
            part.links.removed.connect(orders.linking.remove)
            part.words_asked.connect(self.on_words_asked)
            orders.fill(part)
            part.set_reading_thread(self._reading)
            part.on_opened()
        elif name == "actors":
            from annotator.gui.acting import Acting

            acting = Acting(session, part)
            session.leaving.connect(part.page.commit)
            session.opened.connect(part.on_opened)
            session.changed.connect(part.on_changed)
            part.edited.connect(acting.edit)
            part.chosen.connect(orders.follow)
            part.merge_asked.connect(acting.ask_merge)
            part.pair_merge_asked.connect(acting.ask_merge)
            part.split_asked.connect(acting.ask_split)
            part.delete_asked.connect(acting.delete)
            part.unmerge_asked.connect(acting.unmerge)
            part.apart_asked.connect(acting.keep_apart)
            part.set_reading_thread(self._reading)
        elif name == "chooser":
            session.leaving.connect(part.close_list)
            part.chosen.connect(orders.on_chosen)
            part.left.connect(orders.on_choice_left)
            part.stands.connect(window.reader.cover_bar)
        elif name == "find_bar":
            part.left.connect(window.reader.setFocus)
            part.told.connect(window.say)
        elif name == "find_pane":
            session.opened.connect(part.on_opened)
            session.changed.connect(part.on_changed)
            part.previewed.connect(self.on_hit_previewed)
            part.chosen.connect(self.on_hit_chosen)
            part.left.connect(window.reader.setFocus)
            part.told.connect(window.say)
            part.tagging_asked.connect(self.on_tagging_asked)
            part.on_opened()
        elif name == "passages_view":
            session.opened.connect(part.on_opened)
            session.changed.connect(part.on_changed)
            part.opened.connect(self.on_passage_opened)
            part.left.connect(lambda: window.order("view.read"))
            part.change_asked.connect(self.on_change_asked)
            part.export_asked.connect(self.on_passages_export)
            part.set_reading_thread(self._reading)
            part.on_opened()
        elif name == "first_steps":
            part.advanced.connect(guide.on_advanced)
            part.closed.connect(guide.on_closed)
            part.left.connect(window.reader.setFocus)

    # -- facts ---------------------------------------------------------------------------

    def on_opened(self) -> None:
        """Another project: a reading thread of its own, its name and its tags."""
        project, window = self.session.project, self.window
        if self._reading is not None:
            for part in self._readers():
                part.set_reading_thread(None)
            self._reading.close()
            self._reading = None
        self._leave_backup()
        self.keeping.watch(project)
        self.taking_over.watch(project)
        window.banner.clear()
        window.nothing_saved()
        if project is not None:
            window.statements.set_arrangement(from_text(str(self.memory.get(f"order/{project.id}", ""))))
            self.orders.show_arrangement(window.statements.arrangement)
            self._reading = ReadingThread(project, self)
            for part in self._readers():
                part.set_reading_thread(self._reading)
            window.set_codebook(project.codebook)
            window.reader.set_tags({tag.name: tag for tag in project.codebook})
            if told := project.notice or project.recovered:
                ways = [("Try again", partial(self.files.reopen, project.path))] if project.waits else []
                window.banner.show_message(told, kind="info", actions=ways)
        window.set_recent(self.memory.recent(), self.files.open_recent)
        self._name_project()
        self._name_steps()
        self._refresh()

    def _readers(self) -> list[Any]:
        """All that ask the reading thread."""
        window = self.window
        late = [part for part in map(window.there, ("inspector", "actors", "passages_view")) if part is not None]
        return [self.shown, window.statements, window.passages, *late, window.search]

    def on_view(self, name: str) -> None:
        """Another view is shown."""
        self.window.show_state(name == READ)
        if name != READ:
            self._came_from_table = False
        if name == ACTORS:
            self.window.actors.look()
        elif (part := self.window.there("actors")) is not None:
            part.page.commit()

    def on_shown(self, statement: str) -> None:
        """Another statement is in the reader."""
        project = self.session.project
        self._opening.stop()
        if project is not None and statement:
            self._opening.start()
            self.memory.set_place(project.id, statement)
            self.window.saved(self.shown.passages, now=False)
        self._find_again()
        self._refresh()
        there_is_none = project is not None and not statement and not project.first_numbers("", 1)
        if self.window.there("inspector") is None and (statement or there_is_none):
            # Once the text, or what stands in its place, has been painted.
            QTimer.singleShot(0, self, lambda: self.window.inspector)

    def on_commands(self) -> None:
        """There are other commands or other keys: tell all that name them."""
        window = self.window
        window.search.set_commands([Offer(c.id, c.text, window.key(c.id), c.also) for c in window.commands()])
        window.search.set_key(min(window.keys("find.all"), key=len, default=""))
        window.statements.set_ways(*map(window.way_to, ("project.open", "project.new", "project.import")))
        self.orders.tagging.show_marker()
        self._refresh()
        if not self.session.statement:
            self.shown.show("")
        self.guide.on_keys()

    def on_arranged(self, arrangement: Arrangement) -> None:
        """The list has another order, which is this project's from now on."""
        self.orders.show_arrangement(arrangement)
        if self.session.project is not None:
            self.memory.put(f"order/{self.session.project.id}", as_text(arrangement))

    def on_passages_asked(self, passages: list[str], place: QPoint) -> None:
        """Alt and a click: name the passages at this place of the text, to choose one."""
        reader, window = self.window.reader, self.window
        at = QRect(reader.viewport().mapTo(window, place), QSize(1, 12))
        self.orders.choose_passage(passages, at)

    def on_filled(self) -> None:
        """The passages of a statement that has very many are drawn, some time after its text."""
        self.window.saved(self.shown.passages, now=False)
        self.window.reader.set_current(self.session.passage or None)

    def on_words_asked(self, start: int, end: int) -> None:
        """To the words that say a value."""
        from annotator.core.text import Span

        self.window.reader.reveal(Span(start, end))

    def _show_words(self) -> None:
        """The words that say the values of the current passage have a quiet line around them."""
        project, passage = self.session.project, self.session.passage
        there = project is not None and passage and project.has_annotation(passage)
        self.window.reader.show_words(project.annotation(passage) if project is not None and there else None)

    def on_picked(self, passage: str) -> None:
        self.window.reader.set_current(passage or None)
        self._show_words()
        self._refresh()

    def on_changed(self, changes: Changes) -> None:
        """A step was committed; what it changed in the statement on show is drawn already."""
        project, statement = self.session.project, self.session.statement
        if project is None:
            return
        if changes.many or changes.ids("tag"):
            self.window.set_codebook(project.codebook)
            self.window.reader.set_tags({tag.name: tag for tag in project.codebook})
        if statement and (changes.many or ("statement", statement) in changes.touched):
            self._find_again()
        if changes.many or ("annotation", self.session.passage) in changes.touched:
            self._show_words()
        if changes:
            self.window.banner.hide_error()
            self.window.saved(self.shown.passages if statement else None)
            self._name_steps()
            if statement and changes.concerns(statement) and changes.ids("annotation"):
                self.on_read_a_while()  # who tags in it has opened it
            if changes.many or changes.ids("statement") or changes.ids("setting") or changes.ids("coder"):
                self._name_project()
        self._refresh()

    def on_failed(self, error: AnnotatorError) -> None:
        """One sentence across the window, with a way on."""
        actions = self.orders.tagging.way_on(error)
        if self.session.can_retry(error):
            actions = [("Try again", self.session.retry), *actions]
        project = self.session.project
        if isinstance(error, Overwritten) and project is not None:
            actions = [*actions, ("Restore a backup…", partial(self.files.ask_restore, project.path, sentence(error)))]
        elif isinstance(error, Moved | Unwritten) and not isinstance(error, Busy) and project is not None:
            actions = [*actions, ("Save a copy…", self.files.ask_copy)]
        if isinstance(error, Moved):
            actions = [*actions, ("Open it where it is now…", self.files.ask_open_moved)]
        text = self.orders.tagging.told(error) if isinstance(error, Overlap) else sentence(error)
        self.window.banner.show_message(text, kind="error", actions=actions)

    def on_damaged(self, path: Path, error: AnnotatorError) -> None:
        """A project cannot be opened: its backups, or what is readable of it, are the ways on."""
        text = sentence(error)
        self.window.banner.show_message(
            text, kind="error", actions=[("Restore a backup…", partial(self.files.ask_restore, path, text))]
        )

    def on_crashed(self, report: str) -> None:
        """Something that nobody expected went wrong; the window lives on."""
        from annotator.gui.dialogs.crash import CrashDialog

        CrashDialog(report, self.window).open()

    def on_offered(self, sentence: str, files: list[Path]) -> None:
        """There is something new in the watched folder; it comes in only when a person says so."""
        self.window.banner.show_message(
            sentence, kind="info", actions=[("Look through…", partial(self.arrivals.take_offered, files))]
        )

    def on_filter_failed(self, sentence: str) -> None:
        """Why the filter finds nothing; no sentence when it is mended."""
        self.window.unsay(self._filter_trouble)
        self._filter_trouble = sentence
        if sentence:
            self.window.say(sentence)

    def on_checked(self, verdict: str) -> None:
        """The result of a check stays until it is closed."""
        self.window.banner.show_message(verdict, kind="info")

    def on_read_a_while(self) -> None:
        """The statement has been on show for a moment: the coder has opened it."""
        project, statement = self.session.project, self.session.statement
        if project is None or not statement:
            return
        try:
            if project.opened(statement):
                self.session.changed.emit(Changes(statements=frozenset({statement})))
        except AnnotatorError:
            self._opening.start()  # busy: it is no step, so it can wait

    def on_progress(self) -> None:
        """More of the statement was read, or its sentences are counted now."""
        self.window.passed(self.shown.progress.words)

    # -- orders ------------------------------------------------------------------------------

    def carry_out(self, identifier: str) -> None:
        """Do what a command says."""
        files = {
            "project.new": self.files.ask_new,
            "project.open": self.files.ask_open,
            "project.sample": self.files.open_sample,
            "project.import": self.arrivals.ask,
            "project.paste": self.arrivals.paste,
            "project.watch": self.arrivals.watch,
            "project.export": self.files.ask_export,
            "privacy.title": self.privacy.toggle_title,
            "privacy.recent": self.forget_projects,
            "project.copy": self.files.ask_copy,
            "project.restore": self.files.ask_restore,
            "project.new_encrypted": lambda: self.files.passphrases.ask_new(),
            "project.encrypted_copy": lambda: self.files.passphrases.ask_copy(),
            "project.passphrase": lambda: self.files.passphrases.ask_change(),
            "statement.purge": self.files.ask_delete_for_good,
            "project.check": self.files.check,
            "project.coder": self.ask_coder,
            "statement.revise": self.evidence.ask_correction,
            "statement.version.previous": lambda: self.evidence.show_version(corrected=False),
            "statement.version.next": lambda: self.evidence.show_version(corrected=True),
            "statement.report": lambda: self.evidence.ask_report("shown"),
            "project.report": lambda: self.evidence.ask_report("all"),
            "project.codebook": lambda: self.codebook.show(),
            "project.review": lambda: self.codebook.review(),
            "project.memo": lambda: self.codebook.edit_memo(),
            "passage.example": lambda: self.codebook.make_example(),
            "passage.confirm": lambda: self.codebook.confirm(),
            "project.history": self.evidence.show_history,
            "statement.history": lambda: self.evidence.show_history(self.session.statement),
            "passage.history": lambda: self.evidence.show_history(self.session.statement, self.session.passage),
            "view.appearance": self.looks.ask,
            "view.plain": self.plain_text.toggle,
            "view.focus": self.distraction_free.toggle,
            "help.keys": self.show_keys,
            "help.change_keys": self.change_keys,
            "help.tour": self.guide.show,
            "help.about": self.show_about,
        }
        if identifier == "statement.unread":
            self._opening.stop()  # it has been opened, and is to count as unread all the same
        self.distraction_free.prepare(identifier)
        if self.orders.knows(identifier):
            self.orders.carry_out(identifier)
        else:
            files[identifier]()

    @property
    def codebook(self) -> CodebookOrders:
        """The orders about the codebook, made when the first one is given."""
        if self._codebook is None:
            from annotator.gui.codebook_orders import CodebookOrders  # imported late: no start needs it

            self._codebook = CodebookOrders(self.session, self.window, self.looks, self.files)
        return self._codebook

    def show_statement(self, statement: str) -> None:
        self.session.show(statement)

    def on_passage_opened(self, statement: str, annotation: str) -> None:
        """A row of the table should be seen in its text, from where Esc comes back."""
        self.orders.show_place(statement, None, annotation)
        self.window.statements.select(statement)
        self._came_from_table = True

    def on_escaped(self) -> None:
        """There is nothing in the text left to leave."""
        if self._came_from_table:
            self.window.order("view.passages")

    def on_tagging_asked(self, places: list[Any]) -> None:
        """Tag the places that were found, after a look at each."""
        from annotator.gui.dialogs.tagging_places import PlacesDialog  # imported when it is asked for

        project = self.session.project
        if project is None or not places:
            return
        dialog = PlacesDialog(project, places, self.window)
        if dialog.exec():
            self.files.tag_places(dialog.chosen(), dialog.tag)
        dialog.deleteLater()

    def on_change_asked(self, kind: str, selected: Any, all_numbers: Any) -> None:
        """Many passages should be changed: ask how, and show what it would do."""
        from annotator.gui.attribute_fields import ActorNames
        from annotator.gui.dialogs.changing import ChangeDialog

        project, view = self.session.project, self.window.passages_view
        if project is None:
            return
        actors = ActorNames()
        actors.use(project)
        found = view.model.order.statements
        scopes = [(f"{len(selected):,} selected", len(selected), lambda: project.passage_ids(selected))]
        if found > len(selected):
            scopes.append((f"All {found:,} listed", found, lambda: project.passage_ids(all_numbers())))
        tags = view.model.row(view.table.currentIndex().row())
        dialog = ChangeDialog(project, kind, scopes, actors, self.window, tags.annotation.tag if tags else "")
        if dialog.exec():
            self.files.change_passages(dialog.ids, dialog.bulk)
        dialog.deleteLater()

    def on_passages_export(self, what: str) -> None:
        """Write the table as it is seen, or what it lists in a format."""
        if what == "format":
            self.files.ask_export(passages=True)
            return
        from annotator.gui.passage_export import ask_export  # a dialog is imported when it is asked for

        ask_export(self.window.passages_view, self.files)

    def show_passage(self, annotation: str) -> None:
        self.orders.go_to(annotation)

    def on_passage_activated(self, annotation: str) -> None:
        self.show_passage(annotation)
        self.window.inspector.focus_first()

    def on_passage_menu(self, command: str, annotation: str) -> None:
        """A choice from the menu of a passage: ``retag:NAME``, ``note``, ``cite``, ``history`` or ``remove``."""
        self.show_passage(annotation)
        name, _, detail = command.partition(":")
        if name == "retag":
            self.orders.tagging.retag(annotation, detail)
        elif name == "note":
            self.window.inspector.focus_note()
        elif name == "cite":
            self.orders.cite(annotation)
        elif name == "history":
            self.evidence.show_history(self.session.statement, annotation)
        else:
            self.orders.remove(annotation)

    def on_text_menu(self, point: QPoint) -> None:
        """What can be done with the passage under the pointer, or else with the selection."""
        reader = self.window.reader
        under = reader.annotations_under(reader.viewport().mapFrom(reader, point))
        if under and reader.span() is None:
            self.session.pick(under[0])
            menu = self.window.passages.menu_for(under[0], reader)
            self._name_passages(menu, under)
        else:
            menu = QMenu(reader)
            tags = [command.id for command in self.window.commands() if command.id.startswith("tag.")]
            for identifier in (*tags[:9], "choose.tag"):
                menu.addAction(self.window.action(identifier))
            menu.addSeparator()
            for identifier in ("edit.copy", "edit.cite", "select.sentence", "select.paragraph"):
                menu.addAction(self.window.action(identifier))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(reader.mapToGlobal(point))

    def _name_passages(self, menu: QMenu, under: list[str]) -> None:
        """Begin the menu of a passage with the others that lie under it, to choose one of them instead."""
        project = self.session.project
        if project is None or len(under) < 2:
            return
        first = menu.actions()[0]
        for each in under:
            passage = project.annotation(each)
            label = tag_of(project.codebook, passage.tag).label
            action = QAction(f"{label}: {one_line(passage.quote, 40)}".replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(each == self.session.passage)
            action.triggered.connect(partial(self.orders.pick, each))
            menu.insertAction(first, action)
        menu.insertSeparator(first)

    def on_statement_menu(self, command: str, statements: list[str]) -> None:
        """A choice from the menu of the list: ``open``, ``unread`` … for these statements."""
        self._opening.stop()
        if command in ("mark_unread", "mark_open", "mark_done"):
            self.orders.mark(command.removeprefix("mark_"), statements)
        elif command == "delete":
            self.orders.delete_statement(statements)
        elif command == "report":
            if len(statements) == 1:
                self.show_statement(statements[0])
            self.evidence.ask_report("shown" if len(statements) == 1 else "selected", statements)
        elif command == "edit":
            self.show_statement(statements[0])
            self.orders.edit_metadata()
        else:
            self.show_statement(statements[0])
            self.window.reader.setFocus()

    def on_statement_found(self, statement: str) -> None:
        self.orders.show_place(statement, None)
        self.window.statements.select(statement)

    def on_place_found(self, statement: str, start: int, end: int) -> None:
        from annotator.core.text import Span

        self.orders.show_place(statement, Span(start, end))
        self.window.statements.select(statement)

    def on_hit_previewed(self, hit: Hit) -> None:
        """A place among those found in all statements: shown and selected, while the focus stays there."""
        project = self.session.project
        if project is None or not project.has_statement(hit.statement):
            self.window.say("This statement is no longer in the project.")
            return
        self.orders.show_place(hit.statement, hit.span, focus=False)
        self.window.statements.select(hit.statement)

    def on_hit_chosen(self, hit: Hit) -> None:
        self.on_hit_previewed(hit)
        self.window.reader.setFocus()

    def on_passage_found(self, statement: str, annotation: str) -> None:
        self.orders.show_place(statement, None, annotation)
        self.window.statements.select(statement)

    def ask_coder(self) -> None:
        """Ask who codes; the id stays, so that one person is one coder in all projects."""
        from annotator.gui.dialogs.coder import ask_coder

        known = identity.known()
        name = ask_coder(self.window, known.name if known else identity.proposal())
        if name:
            self._be(name)

    def _be(self, name: str) -> None:
        identity.name_coder(name)
        project = self.session.project
        if project is not None:
            self.session.do(project.rename_coder, name)
            self._name_project()

    def show_keys(self) -> None:
        from annotator.gui.commands import OTHER_KEYS
        from annotator.gui.dialogs.keys import KeySheet

        window = self.window
        # What the hands do all day comes first.
        order = ("Passage", "Statement", "Edit", "View", "File", "Help")
        commands = sorted(window.commands(), key=lambda c: (order.index(c.menu), not c.id.startswith("tag.")))
        rows = [(c.under or c.menu, ", ".join(window.keys(c.id)), c.text.rstrip("…")) for c in commands]
        rows += [("More", keys, text) for keys, text in OTHER_KEYS]
        sheet = KeySheet([row for row in rows if row[1]], window, self.looks.theme)
        sheet.change_asked.connect(self.change_keys)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.show()  # beside the text, where the keys are tried

    def change_keys(self, words: str = "") -> None:
        """Let the user change keys, at first of the commands that fit these words."""
        from annotator.gui.dialogs.change_keys import ChangeKeys

        dialog = ChangeKeys(self.keymap, self.window.commands(), self.window, self.looks.theme)
        dialog.filter_field.setText(words)
        _open(dialog)

    def show_about(self) -> None:
        import annotator

        self.window.banner.show_message(
            f"Annotator {annotator.__version__}: one local file, nothing leaves this machine. MIT licence.", kind="info"
        )

    # -- beginning and end ---------------------------------------------------------------------

    def start(self, path: Path | None) -> None:
        """After the first paint: on the first start the question who codes, then the project."""
        if identity.known() is None:
            self.ask_coder()
            if identity.known() is None:
                identity.name_coder(identity.proposal())
        if path is None:
            self.files.open_last()
        else:
            self.files.open_first(path)
        if self.keymap.problem:
            self.window.banner.show_message(self.keymap.problem, kind="info")
        if (trouble := str(self.memory.get("backup_failed", ""))) and self.session.project is not None:
            self.memory.put("backup_failed", "")
            self.on_failed(AnnotatorError(trouble))
        # When this has been painted.
        QTimer.singleShot(0, self, self._settle)

    def _settle(self) -> None:
        # What was made so far stays; a collection that walks it all would hold a key up by 15 ms.
        gc.freeze()

    def on_closing(self) -> None:
        """Save what is being typed and where the coder was; end all threads and the project."""
        self._opening.stop()
        if (bar := self.window.there("find_bar")) is not None:
            bar.close_finder()
        self.jobs.close()
        self.memory.put("snap", self.window.reader.dragging.snaps)
        # The last backup of a large project takes a moment, which nobody should have to watch.
        self.window.hide()
        self.session.use(None)
        self.privacy.sweep()
        self.memory.save()

    def _cards(self, annotations: Sequence[str]) -> list[PassageCard]:
        """What is told of these passages, of those that are there."""
        project = self.session.project
        # While another program uses the file, a card is not worth a message.
        with suppress(AnnotatorError):
            if project is not None:
                there = [project.annotation(each) for each in annotations if project.has_annotation(each)]
                most = CARD_ROWS if len(there) == 1 else CARD_ROWS_OF_SEVERAL
                return [
                    passage_card(
                        tag_of(project.codebook, a.tag), a, project.actor_name, project.coder_name(a.coder), most
                    )
                    for a in there
                ]
        return []

    def forget_projects(self) -> None:
        """Remember projects and folders between starts, or none."""
        self.privacy.toggle_recent()
        self.window.set_recent(self.memory.recent(), self.files.open_recent)

    def _leave_backup(self) -> None:
        """The last backup of the project that is being left; why there is none is told at the next start."""
        if (error := self.keeping.leave()) is not None:
            self.memory.put("backup_failed", str(error))

    def _find_again(self) -> None:
        """Another text is on show: what the find bar finds, it finds there."""
        if (bar := self.window.there("find_bar")) is not None:
            bar.refresh()

    def _refresh(self) -> None:
        """What can be ordered now."""
        project = self.session.project
        self.window.enable(
            project=project is not None,
            writable=project is not None and not project.read_only,
            statement=bool(self.session.statement),
            passage=bool(self.session.passage),
        )

    def _nothing(self) -> str:
        """What to do next when no statement is on show."""
        project, window = self.session.project, self.window
        if project is None:
            way, other = window.way_to("project.open"), window.way_to("project.new")
            return f"{way[0].upper()}{way[1:]} to open a project, or {other} to make one."
        if not project.count():
            return f"No statements yet. Drop files here, or {window.way_to('project.import')} to import some."
        return "Choose a statement in the list."

    def _name_steps(self) -> None:
        """What undo and redo would do."""
        project = self.session.project
        self.window.name_steps(project.undo_label if project else "", project.redo_label if project else "")

    def _name_project(self) -> None:
        """Title, size and coder of the project."""
        project = self.session.project
        if project is None:
            self.window.set_project("", "", "", None)
            return
        count = project.count()
        size = f"{count:,} statement{'s' * (count != 1)}"
        self.window.set_project(project.title, size, project.coder.name, project.path, encrypted=project.encrypted)


def _open(dialog: QDialog) -> None:
    """Show a dialog over its window; closed, it is gone, and listens to nothing any more."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def run(path: Path | None) -> int:
    """Start the window with this project, or with the last one; returns when it is closed."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("annotator")
    application.setApplicationDisplayName("Annotator")
    application.setDesktopFileName("annotator")
    application.setLayoutDirection(direction_of())
    application.setStyle("Fusion")
    font = QFont(application.font())
    if font.pointSizeF() < 10:
        font.setPointSizeF(10)
    application.setFont(font)
    application.setWindowIcon(QIcon(str(paths.resource("icons", "annotator.svg"))))
    try:
        app = App()
    except AnnotatorError as error:
        print(f"annotator: {error}", file=sys.stderr)
        return error.exit_code
    watch = CrashWatch(app)
    watch.crashed.connect(app.on_crashed)
    watch.install()
    app.window.show()
    # The project is opened after the first paint, so that the window is there at once.
    QTimer.singleShot(0, app, lambda: app.start(path))
    code = application.exec()
    watch.remove()
    return code
