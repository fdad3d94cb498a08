"""What each command of the table does: it reads what is selected and orders one intention of the project.

No view is changed here but for selection and focus; what a step changed comes back by ``session.changed``.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from annotator.core.citation import citation
from annotator.core.errors import AnnotatorError, Overlap
from annotator.core.model import DONE, OPEN, UNREAD, Annotation, Changes
from annotator.core.text import Span
from annotator.gui import moves
from annotator.gui.announce import announce
from annotator.gui.session import Session
from annotator.gui.window import Window


class Orders(QObject):
    """The commands that work on statements and passages."""

    def __init__(self, session: Session, window: Window) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._retagging = False
        self._go_on = False
        #: The passage that was in the way of the last tag, and the words and tag that it could be extended to.
        self._offer: tuple[str, Span, str] | None = None
        self._refused: str | None = None
        self._table: dict[str, Callable[[], None]] = {
            "edit.undo": self.undo,
            "edit.redo": self.redo,
            "edit.copy": self.copy,
            "edit.cite": self.cite,
            "find.statement": window.find_bar.open,
            "find.next": window.find_bar.next,
            "find.previous": window.find_bar.previous,
            "find.all": window.search.open,
            "find.filter": window.statements.focus_filter,
            "statement.next": lambda: self.step_statement(1),
            "statement.previous": lambda: self.step_statement(-1),
            "statement.done": self.done_and_next,
            "statement.open": lambda: self.mark(OPEN),
            "statement.unread": lambda: self.mark(UNREAD),
            "statement.edit": self.edit_metadata,
            "statement.delete": self.delete_statement,
            "select.sentence": self.select_sentence,
            "select.paragraph": self.select_paragraph,
            "passage.next": lambda: self.step_passage(1),
            "passage.previous": lambda: self.step_passage(-1),
            "passage.details": window.inspector.focus_first,
            "passage.retag": self.begin_retag,
            "passage.note": self.note,
            "passage.remove": self.remove,
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

    def knows(self, identifier: str) -> bool:
        return identifier in self._table or identifier.startswith("tag.")

    def carry_out(self, identifier: str) -> None:
        """Do what the command says."""
        if identifier.startswith("tag."):
            self.tag(identifier.removeprefix("tag."))
        elif identifier in self._table:
            if self._retagging and identifier not in ("passage.retag",):
                self._end_retag()
            self._table[identifier]()

    # -- tagging -----------------------------------------------------------------------

    def tag(self, name: str) -> None:
        """Tag the selection, or the sentence at the caret; or retag, when that was asked for."""
        session, reader = self._session, self._window.reader
        if self._retagging:
            self._end_retag()
            if session.passage and session.project:
                session.do(session.project.retag, [session.passage], name)
            return
        if session.project is None or not session.statement:
            return
        span = reader.span()
        if span is None:
            span = reader.unit_at_caret()
            if span is None:
                session.said.emit("There is no sentence at the caret; select words first.")
                return
            reader.select(span)
        if self._offer is not None and self._offer[1:] == (span, name):
            self.extend(self._offer[0], span)
            return
        self._offer = None
        changes = session.do(session.project.annotate, session.statement, name, span)
        if changes is not None:
            session.pick(changes.result)
            reader.put_bar_away()
            announce(reader, f"{session.project.codebook.tag(name).label}: {span.of(reader.text)[:200]}")
        elif self._refused is not None:
            self._offer = (self._refused, span, name)

    def extend(self, annotation: str, span: Span) -> None:
        """Make a passage cover these words as well, and the current one."""
        project = self._session.project
        self._offer = None
        self._window.reader.setFocus()
        if project is None:
            return
        try:
            a = project.annotation(annotation)
        except AnnotatorError as error:
            self._session.failed.emit(error)
            return
        self._resize(a, Span(a.start, a.end).union(span))
        self._session.pick(annotation)

    def way_on(self, error: AnnotatorError) -> list[tuple[str, Callable[[], None]]]:
        """What the user can do about an error: labels with what they do."""
        span = self._window.reader.span()
        self._refused = error.existing if isinstance(error, Overlap) else None
        if isinstance(error, Overlap) and span is not None:
            return [("Extend the passage", _Extend(self, error.existing, span).go)]
        return []

    def begin_retag(self) -> None:
        """Wait for the key of the other tag."""
        project = self._session.project
        if project is None or not self._session.passage:
            return
        self._retagging = True
        keys = " · ".join(f"{tag.key} {tag.label}" for tag in project.codebook if tag.key)
        self._window.hint(f"Retag as: {keys} · Esc leaves it")
        self._session.said.emit(f"Retag as: {keys}")

    def _end_retag(self) -> None:
        self._retagging = False
        self._window.hint("")

    def retag(self, annotation: str, tag: str) -> None:
        if self._session.project:
            self._session.do(self._session.project.retag, [annotation], tag)

    def remove(self, annotation: str = "") -> None:
        """Remove a passage, by default the current one; undo brings it back."""
        project, passage = self._session.project, annotation or self._session.passage
        if project is not None and passage:
            self._session.do(project.remove, [passage])

    def note(self) -> None:
        """To the note of the current passage, or of the one that the selection or caret is in."""
        session, reader = self._session, self._window.reader
        if not session.passage:
            here = reader.annotations_at(reader.caret())
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
            self._resize(passage, span, select=selected is not None)
        else:
            reader.move_edge(which, by, direction)

    def _resize(self, passage: Annotation, span: Span, select: bool = True) -> None:
        project = self._session.project
        if project is not None and self._session.do(project.resize, passage.id, span) is not None and select:
            self._window.reader.select(span, reveal=False)

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
        found = self._window.reader.next_passage(direction)
        if found is not None:
            self._window.reader.clear_selection()
            self._session.pick(found)
            self._window.reader.set_current(found, reveal=True)

    def step_statement(self, direction: int) -> None:
        self._window.statements.next(direction)

    def select_sentence(self) -> None:
        self._window.reader.select_sentence()

    def select_paragraph(self) -> None:
        self._window.reader.select_paragraph()

    def show_place(self, statement: str, span: Span | None, annotation: str = "") -> None:
        """Show a statement at these words, or at a passage."""
        self._session.show(statement)
        if annotation:
            self._session.pick(annotation)
            self._window.reader.set_current(annotation, reveal=True)
        elif span is not None:
            self._window.reader.select(span)
        self._window.reader.setFocus()

    def escape(self) -> None:
        """Leave what was begun: a retag, then the finding, then the selection, then the current passage."""
        reader = self._window.reader
        if self._retagging:
            self._end_retag()
        elif self._window.find_bar.isVisible():
            self._window.find_bar.leave()
        elif reader.span() is not None:
            reader.clear_selection()
        else:
            self._session.pick("")

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
            session.said.emit(f"{what} deleted; Ctrl+Z brings back what was deleted.")

    def on_listed(self, _count: int) -> None:
        """The list is complete again: after a deletion, show what took the place of what was deleted."""
        if self._go_on and not self._session.statement:
            self._window.statements.next(1)
        self._go_on = False

    # -- the rest --------------------------------------------------------------------------------

    def undo(self) -> None:
        self._window.inspector.commit()
        if self._session.project:
            self._show_what_came_back(self._session.do(self._session.project.undo))

    def redo(self) -> None:
        if self._session.project:
            self._show_what_came_back(self._session.do(self._session.project.redo))

    def _show_what_came_back(self, changes: Changes | None) -> None:
        """Show the statement that an undo or redo brought back, or was about."""
        touched = changes.statements if changes and not changes.many else ()
        if len(touched) == 1:
            self._session.show(next(iter(touched)))

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


class _Extend:
    """The offer to extend a passage that was in the way."""

    def __init__(self, orders: Orders, annotation: str, span: Span) -> None:
        self._orders, self._annotation, self._span = orders, annotation, span

    def go(self) -> None:
        self._orders.extend(self._annotation, self._span)
