"""What each command of the table does: it reads what is selected and orders one intention of the project.

No view is changed here but for selection and focus; what a step changed comes back by ``session.changed``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication

from annotator.core.citation import citation
from annotator.core.errors import AnnotatorError
from annotator.core.model import DONE, OPEN, UNREAD, Annotation, Changes
from annotator.core.text import Span
from annotator.gui import moves
from annotator.gui.announce import announce
from annotator.gui.arranging import ordered_by, regrouped, reversed_
from annotator.gui.linking import LINK, Linking
from annotator.gui.places import Place, Places
from annotator.gui.project_files import AT_ONCE
from annotator.gui.session import Session
from annotator.gui.tagging import MARKER, TAG, Tagging, place_at_caret
from annotator.gui.views import ACTORS, PASSAGES, READ
from annotator.gui.window import Window
from annotator.gui.wording import isolated, one_line, spoken_passage, tag_of
from annotator.store.listing import GROUPED, ORDERS, Arrangement

if TYPE_CHECKING:
    from annotator.gui.filling import Filling
    from annotator.gui.inspector import InspectorPane

#: How the list at the caret names a passage.
_PASSAGE = "passage:"
#: And an actor who may be the one that was just met.
ACTOR = "actor:"


class Orders(QObject):
    """The commands that work on statements and passages."""

    #: Esc was pressed, and nothing was begun that it could leave.
    escaped = Signal()
    #: What is undone touches much, and is to be done beside the window: what it is called, and the order.
    long_asked = Signal(str, object)

    def __init__(self, session: Session, window: Window) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.tagging = tagging = Tagging(session, window)
        self.linking = Linking(session, window)
        self.places = Places(self._place, self._go_to_place, self)
        #: What fills the details, once they are there.
        self.filling: Filling | None = None
        self._go_on = False
        self._table: dict[str, Callable[[], None]] = {
            "edit.undo": self.undo,
            "edit.redo": self.redo,
            "edit.copy": self.copy,
            "edit.cite": self.cite,
            "find.statement": lambda: window.find_bar.open(),
            "find.next": lambda: window.find_bar.next(),
            "find.previous": lambda: window.find_bar.previous(),
            "find.everywhere": self.find_everywhere,
            "find.everywhere.next": lambda: window.find_pane.step(1),
            "find.everywhere.previous": lambda: window.find_pane.step(-1),
            "find.all": window.search.open,
            "find.filter": self.focus_filter,
            **{f"list.sort.{order}": partial(self.arrange, ordered_by, order) for order in ORDERS},
            "list.reverse": partial(self.arrange, reversed_),
            "list.group": partial(self.arrange, regrouped),
            "statement.next": lambda: self.step_statement(1),
            "statement.previous": lambda: self.step_statement(-1),
            "statement.next_unread": window.statements.next_unread,
            "statement.done": self.done_and_next,
            "statement.open": lambda: self.mark(OPEN),
            "statement.unread": lambda: self.mark(UNREAD),
            "statement.edit": self.edit_metadata,
            "statement.delete": self.delete_statement,
            "select.sentence": self.select_sentence,
            "select.paragraph": self.select_paragraph,
            "caret.sentence.next": lambda: window.reader.step_sentence(1),
            "caret.sentence.previous": lambda: window.reader.step_sentence(-1),
            "caret.paragraph.next": lambda: window.reader.step_paragraph(1),
            "caret.paragraph.previous": lambda: window.reader.step_paragraph(-1),
            "choose.tag": tagging.choose_tag,
            "choose.marker": tagging.choose_marker,
            "view.snap": self.toggle_snap,
            "passage.next": lambda: self.step_passage(1),
            "passage.previous": lambda: self.step_passage(-1),
            "passage.cycle": self.cycle_passages,
            "passage.choose": self.choose_passage,
            "passage.details": self.details,
            "details.pick": lambda: self.filled().picking.begin(),
            "details.leave": lambda: window.inspector.finish(),
            "details.words": lambda: self.filled().show_words(),
            "details.same": lambda: self.filled().same_field(),
            "details.same_all": lambda: self.filled().same(),
            "details.copy": lambda: self.filled().copy(),
            "details.paste": lambda: self.filled().paste(),
            "passage.retag": tagging.begin_retag,
            "passage.note": self.note,
            "passage.remove": self.remove,
            "passage.link": self.linking.mark,
            "view.read": lambda: self.show_view(READ),
            "view.passages": lambda: self.show_view(PASSAGES),
            "view.actors": lambda: self.show_view(ACTORS),
            "place.back": lambda: self.step_place(self.places.back),
            "place.forward": lambda: self.step_place(self.places.forward),
            "pane.next": lambda: window.next_pane(1),
            "pane.previous": lambda: window.next_pane(-1),
            "view.larger": lambda: window.reader.zoom_by(1),
            "view.smaller": lambda: window.reader.zoom_by(-1),
            "view.normal": lambda: window.reader.set_zoom(0),
            "window.close": self.close_window,
            "escape": self.escape,
        }
        edges: tuple[moves.Edge, ...] = ("start", "end")
        steps: tuple[tuple[str, moves.Step], ...] = (("", "word"), (".character", "character"))
        for which in edges:
            for word, direction in (("forward", 1), ("back", -1)):
                for suffix, by in steps:
                    self._table[f"edge.{which}.{word}{suffix}"] = _Edge(self, which, by, direction).go

    def filled(self) -> Filling:
        """What fills the details, which are made for it if nobody needed them yet."""
        if self.filling is None:
            self.fill(self._window.inspector)
        assert self.filling is not None
        return self.filling

    def fill(self, inspector: InspectorPane) -> None:
        """The details are there: what fills them listens to them from now on."""
        # Once only: asking for the details makes them, and they are filled as soon as they are made.
        if self.filling is None:
            from annotator.gui.filling import Filling

            self.filling = Filling(self._session, self._window, inspector)
            self.tagging.picking = self._picks

    def _picks(self) -> bool:
        return self.filling is not None and self.filling.picking.active

    def knows(self, identifier: str) -> bool:
        return identifier in self._table or identifier.startswith((TAG, MARKER))

    def carry_out(self, identifier: str) -> None:
        """Do what the command says."""
        tagging = self.tagging
        if self.filling is not None:
            self.filling.picking.on_order(identifier)
        if tagging.retagging and identifier not in ("passage.retag", "choose.tag") and not identifier.startswith(TAG):
            tagging.end_retag()
        if order := self._table.get(identifier):
            order()
        elif identifier.startswith(TAG):
            tagging.tag(identifier.removeprefix(TAG))
        elif identifier.startswith(MARKER):
            tagging.hold(identifier.removeprefix(MARKER))

    # -- passages --------------------------------------------------------------------------

    def on_chosen(self, target: str) -> None:
        """A choice from the list at the caret: a tag, a marker or a passage."""
        self._window.reader.setFocus()
        if target.startswith(ACTOR):
            self.filled().known_actor(target.removeprefix(ACTOR))
        elif target.startswith(_PASSAGE):
            self.pick(target.removeprefix(_PASSAGE))
        elif target.startswith(LINK):
            self.linking.finish(target.removeprefix(LINK))
        else:
            self.carry_out(target)

    def on_choice_left(self) -> None:
        """The list at the caret was left without a choice: a retag that waited for it is over, too."""
        if self.tagging.retagging:
            self.tagging.end_retag()
        self._window.reader.setFocus()

    def pick(self, annotation: str) -> None:
        """Make a passage current, show it and have it told."""
        self._session.pick(annotation)
        self._window.reader.set_current(annotation, reveal=True)
        if (project := self._session.project) is not None and (passage := self._passage()) is not None:
            tag = tag_of(project.codebook, passage.tag)
            announce(self._window.reader, spoken_passage(tag, passage, project.actor_name))

    def _tell(self, text: str) -> None:
        """One sentence for the status bar and for screen readers."""
        self._session.said.emit(text)
        announce(self._window.reader, text)

    def cycle_passages(self) -> None:
        """Make the next of the passages at the caret or selection the current one."""
        here, current = self._here(), self._session.passage
        if not here:
            self._tell("There is no passage here.")
        elif current not in here:
            self.pick(here[0])
        elif len(here) == 1:
            self._tell("There is no other passage here.")
        else:
            self.pick(here[(here.index(current) + 1) % len(here)])

    def choose_passage(self, among: list[str] | None = None, at: QRect | None = None) -> None:
        """Offer the passages at the caret or selection, or these, by name; ``at`` is a place in the window."""
        from annotator.gui.chooser import Choice

        project, here = self._session.project, among or self._here()
        if project is None or not here:
            self._tell("There is no passage here.")
            return
        choices = []
        for number, each in enumerate(here, 1):
            passage, coder = project.annotation(each), ""
            if passage.coder != project.coder.id:
                coder = f" · {isolated(project.coder_name(passage.coder) or 'somebody')}"
            tag = tag_of(project.codebook, passage.tag)
            detail = f"{isolated(one_line(passage.quote, 160))}{coder}"
            choices.append(Choice(f"{_PASSAGE}{each}", tag.label, detail, tag, str(number) if number < 10 else ""))
        caret, page = place_at_caret(self._window)
        title = f"{len(here)} passages here" if len(here) > 1 else "The passage here"
        current = here.index(self._session.passage) if self._session.passage in here else 0
        self._window.chooser.open(title, choices, at or caret, page, typed=False, row=current)

    def _here(self) -> list[str]:
        """The passages at the selection or caret, shortest first; else those where the current one begins."""
        reader, current = self._window.reader, self._passage()
        found = reader.annotations_here()
        if not found and current is not None:
            found = reader.annotations_at(current.start)
        return found

    def details(self) -> None:
        """To the form of the current passage, or of the one at the caret, or else of the statement.

        With a marker in hand, first mark what was selected.
        """
        if self.filling is not None and self.filling.picking.by_key:
            self.filling.picking.take()
        elif self.tagging.wants_selection():
            self.tagging.mark()
        else:
            if not self._session.passage and (here := self._window.reader.annotations_here()):
                self._session.pick(here[0])
            self._window.inspector.focus_first()

    def toggle_snap(self) -> None:
        """Have dragged selections snap to whole words, or no longer."""
        on = not self._window.reader.dragging.snaps
        self.set_snap(on)
        self._tell(f"Selections snap to whole words: {'on' if on else 'off'}.")

    def set_snap(self, on: bool) -> None:
        self._window.reader.dragging.snaps = on
        self._window.set_checked("view.snap", on)

    def remove(self, annotation: str = "") -> None:
        """Remove a passage, by default the current one; undo brings it back."""
        project, passage = self._session.project, annotation or self._session.passage
        if project is None or not passage or not project.has_annotation(passage):
            return
        gone = project.annotation(passage)
        if self._session.do(project.remove, [passage]):
            label, key = tag_of(project.codebook, gone.tag).label, self._window.key("edit.undo") or "Undo"
            words = isolated(one_line(gone.quote, 40))
            self._session.said.emit(f"Removed: {label} “{words}”. {key} brings it back.")

    def note(self) -> None:
        """To the note of the current passage, or of the one that the selection or caret is in."""
        session = self._session
        if not session.passage:
            here = self._window.reader.annotations_here()
            if not here:
                session.said.emit("There is no passage here; tag words first, then note.")
                return
            session.pick(here[0])
        self._window.inspector.focus_note()

    def move_edge(self, which: moves.Edge, by: moves.Step, direction: int) -> None:
        """Move a boundary of the current passage, or of the selection when that is something else."""
        session, reader = self._session, self._window.reader
        passage = self._passage()
        selected = reader.span()
        if passage is not None and selected in (None, Span(passage.start, passage.end)):
            if session.project is None or session.project.read_only:
                return
            span = moves.moved_edge(reader.text, Span(passage.start, passage.end), which, by, direction)
            self.tagging.resize(passage, span, select=selected is not None)
        else:
            reader.move_edge(which, by, direction)

    def _passage(self) -> Annotation | None:
        project, passage = self._session.project, self._session.passage
        if project is None or not passage:
            return None
        try:
            return project.annotation(passage)
        except AnnotatorError:
            return None

    # -- going about -----------------------------------------------------------------------

    def step_passage(self, direction: int) -> None:
        """To the next or previous passage, from the current one or the caret."""
        reader = self._window.reader
        found = reader.next_passage(direction)
        if found is None:
            self._tell("No more passages in this statement.")
            return
        reader.clear_selection()
        self.go_to(found)

    def go_to(self, annotation: str) -> None:
        """Make a passage current, show it, and put the caret at its beginning, so that one goes on from there."""
        reader, project = self._window.reader, self._session.project
        self.pick(annotation)
        if project is not None and project.has_annotation(annotation):
            reader.place_caret(project.annotation(annotation).start, reveal=False)

    def step_statement(self, direction: int) -> None:
        self._window.statements.next(direction)

    def select_sentence(self) -> None:
        self._window.reader.select_sentence()
        self.tagging.mark()

    def select_paragraph(self) -> None:
        self._window.reader.select_paragraph()
        self.tagging.mark()

    def find_everywhere(self) -> None:
        """To the results pane; the selected words are looked for in all statements."""
        span = self._window.reader.span()
        chosen = span is not None and len(span) <= 80 and self._window.reader.hasFocus()
        self._window.find_pane.open(span.of(self._window.reader.text) if span is not None and chosen else "")

    def show_place(self, statement: str, span: Span | None, annotation: str = "", *, focus: bool = True) -> None:
        """Show a statement at these words, or at a passage; the focus goes there unless it is only a look."""
        self.places.leave()
        self._window.views.show_view(READ)
        self._session.show(statement)
        if annotation:
            self._session.pick(annotation)
            self._window.reader.set_current(annotation, reveal=True)
        elif span is not None:
            self._window.reader.select(span)
        if focus:
            self._window.reader.setFocus()

    def show_view(self, name: str) -> None:
        """To another view of the project."""
        self.places.leave()
        self._window.views.show_view(name)
        if name == PASSAGES:
            self._window.passages_view.take_focus()
            return
        (self._window.actors.filter_field if name == ACTORS else self._window.reader).setFocus()

    def show_actor(self, actor: str) -> None:
        """The page of an actor."""
        self.places.leave()
        self._window.views.show_view(ACTORS)
        self._window.actors.show_actor(actor)
        self._window.actors.list.setFocus()

    def list_statements(self, query: str) -> None:
        """All statements that this query finds, in the list."""
        self._window.views.show_view(READ)
        self._window.statements.set_filter(query)

    def follow(self, statement: str, annotation: str) -> None:
        """To a passage that another one is linked with; “Back” comes back."""
        self.show_place(statement, None, annotation)
        self._window.statements.select(statement)
        self.go_to(annotation)

    def step_place(self, step: Callable[[], bool]) -> None:
        """Back or forward."""
        if not step():
            self._tell("There is no other place to go to.")

    def _place(self) -> Place | None:
        """Where the coder is now."""
        statement = self._session.statement
        if self._session.project is None:
            return None
        if self._window.views.current == ACTORS:
            return Place(ACTORS, self._window.actors.actor)
        if self._window.views.current == PASSAGES:
            return Place(PASSAGES, "")
        if not statement:
            return None
        return Place(READ, statement, self._session.passage, self._window.reader.position_state())

    def _go_to_place(self, place: Place) -> bool:
        """Show a place again; whether it is still there."""
        project, window = self._session.project, self._window
        if place.view == ACTORS and project is not None:
            if place.shown and not project.roster.by_id([place.shown]):
                return False
            window.views.show_view(ACTORS)
            if place.shown:
                window.actors.show_actor(place.shown)
            window.actors.list.setFocus()
            return True
        if place.view == PASSAGES and project is not None:
            window.views.show_view(PASSAGES)
            window.passages_view.take_focus()
            return True
        if project is None or not project.has_statement(place.shown):
            return False
        window.views.show_view(READ)
        self._session.show(place.shown)
        window.statements.select(place.shown)
        window.reader.restore_position(place.position)
        there = bool(place.passage) and project.has_annotation(place.passage)
        self._session.pick(place.passage if there else "")
        window.reader.set_current(place.passage if there else None)
        window.reader.setFocus()
        return True

    def escape(self) -> None:
        """Leave what was begun: a retag, the marker, the finding, the selection, the passage; then the first steps."""
        reader = self._window.reader
        if self.filling is not None and self.filling.picking.by_key:
            self.filling.picking.cancel()
        elif self.tagging.retagging:
            self.tagging.end_retag()
        elif self.linking.put_away():
            pass
        elif self.tagging.marker:
            self.tagging.put_away()
        elif (bar := self._window.there("find_bar")) is not None and bar.isVisible():
            bar.leave()
        elif reader.span() is not None:
            reader.clear_selection()
        elif self._session.passage:
            self._session.pick("")
        elif (steps := self._window.there("first_steps")) is not None and steps.isVisible():
            steps.close_for_ever()
        else:
            self.escaped.emit()

    # -- statements ---------------------------------------------------------------------------

    def mark(self, status: str, statements: list[str] | None = None) -> None:
        """Mark statements, by default the shown one, as one step."""
        session = self._session
        project = session.project
        ids = statements or ([session.statement] if session.statement else [])
        if project is None or not ids:
            return
        if len(ids) == 1:
            session.do(project.mark, ids[0], status)
        else:
            session.do(project.mark_all, ids, status)

    def done_and_next(self) -> None:
        """Mark the statement done and show the next one of the list."""
        self._window.inspector.commit()
        here = self._session.statement
        self._window.statements.next(1)
        if here:
            self.mark(DONE, [here])
        self._window.reader.setFocus()

    def edit_metadata(self) -> None:
        """To the form of the statement's metadata."""
        self._window.inspector.commit()
        self._session.pick("")
        self._window.inspector.focus_metadata()

    def delete_statement(self, statements: list[str] | None = None) -> None:
        """Delete statements, by default the shown one, and show the next; undo brings them back."""
        session = self._session
        ids = statements or ([session.statement] if session.statement else [])
        if session.project is None or not ids:
            return
        changes = session.do(session.project.delete, ids)
        if changes:
            self._go_on = not session.statement
            what = "Statement" if len(ids) == 1 else f"{len(ids)} statements"
            key = self._window.key("edit.undo") or "Undo"
            session.said.emit(f"{what} deleted; {key} brings back what was deleted.")

    def focus_filter(self) -> None:
        """Put the caret into the filter of the view on show."""
        window = self._window
        (window.passages_view if window.views.current == PASSAGES else window.statements).focus_filter()

    def arrange(self, how: Callable[..., Arrangement], *what: str) -> None:
        """Put the list into another order, by way of the one that it has."""
        pane = self._window.statements
        pane.arrange(how(pane.arrangement, *what))

    def show_arrangement(self, arrangement: Arrangement) -> None:
        """Tick what the list's order is, in the menu."""
        window = self._window
        for order in ORDERS:
            window.set_checked(f"list.sort.{order}", order == arrangement.by)
        window.set_checked("list.reverse", arrangement.descending)
        window.set_checked("list.group", arrangement.grouped and arrangement.by in GROUPED)

    def on_listed(self, _count: int) -> None:
        """The list is complete again: after a deletion, show what took the place of what was deleted."""
        if self._go_on and not self._session.statement:
            self._window.statements.next(1)
        self._go_on = False

    # -- the rest --------------------------------------------------------------------------------

    def undo(self) -> None:
        self._window.inspector.commit()
        project = self._session.project
        if project is not None and project.undo_rows(AT_ONCE) >= AT_ONCE:
            self.long_asked.emit(f"Undo {project.undo_label}", lambda mine: mine.undo())
        elif project is not None:
            self._step(project.undo)

    def redo(self) -> None:
        project = self._session.project
        if project is not None and project.redo_rows(AT_ONCE) >= AT_ONCE:
            self.long_asked.emit(f"Redo {project.redo_label}", lambda mine: mine.redo())
        elif project is not None:
            self._step(project.redo)

    def _step(self, order: Callable[[], Changes]) -> None:
        """Undo or redo: show the statement that it brought back or was about, and a passage that came back."""
        session, reader = self._session, self._window.reader
        before = {mark.id for mark in reader.highlights.ordered()}
        here, changes = session.statement, session.do(order)
        if session.project is None or not changes or changes.many:
            return
        if len(changes.statements) == 1:
            session.show(next(iter(changes.statements)))
        if session.statement != here:
            before = set()
        project, came = session.project, changes.ids("annotation") - before
        found = [project.annotation(each) for each in came if project.has_annotation(each)]
        first = min((a for a in found if a.statement == session.statement), key=lambda a: a.start, default=None)
        if first is not None:
            span = reader.span()
            if span is not None and not (span.start < first.end and first.start < span.end):
                reader.clear_selection()
            self.pick(first.id)

    def _words(self) -> str:
        """The selected words, or those of the current passage, from the stored text."""
        reader, passage = self._window.reader, self._passage()
        span = reader.span()
        if span is not None:
            return span.of(reader.text)
        return passage.quote if passage else ""

    def copy(self) -> None:
        """Copy the selected words, or the current passage, letter for letter."""
        if words := self._words():
            QGuiApplication.clipboard().setText(words)
            self._session.said.emit("Copied.")

    def cite(self, annotation: str = "") -> None:
        """Copy the words with issuer, title, date and source."""
        project, statement = self._session.project, self._session.statement
        if project is None or not statement:
            return
        words = project.annotation(annotation).quote if annotation else self._words()
        if not words:
            self._session.said.emit("Select words or a passage to cite.")
            return
        QGuiApplication.clipboard().setText(citation(project.statement(statement), words))
        self._session.said.emit("Copied with citation.")

    def close_window(self) -> None:
        self._window.close()


class _Edge:
    """One way to move a boundary."""

    def __init__(self, orders: Orders, which: moves.Edge, by: moves.Step, direction: int) -> None:
        self._orders, self._move = orders, (which, by, direction)

    def go(self) -> None:
        self._orders.move_edge(*self._move)
