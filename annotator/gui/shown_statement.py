"""The statement on show: read into the reader, verified, and kept up to date passage by passage.

What takes long of that (many passages, many quotes to verify) is read beside the window, which stays alive.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import AnnotatorError
from annotator.core.marks import Marks
from annotator.core.model import Changes
from annotator.gui.reader import Position, Reader
from annotator.gui.reading_progress import ReadingProgress
from annotator.gui.session import Session
from annotator.gui.worker import ReadingThread
from annotator.store.project import Project
from annotator.store.reads import Reads

#: So many passages are drawn with the text; more come after it.
FEW = 25_000
#: So many quotes, and so many characters, are verified before the text is shown.
FEW_QUOTES, SHORT = 3_000, 2_000_000
#: A longer text takes so long to open that it is said before, in characters.
HUGE = 20_000_000


class ShownStatement(QObject):
    """Puts the session's statement into the reader, and what steps change of its passages."""

    #: The statement, or a part of what is known of it, cannot be shown: the ``AnnotatorError``.
    failed = Signal(object)
    #: Its passages came after it.
    filled = Signal()

    def __init__(self, session: Session, reader: Reader, nothing: Callable[[], str]) -> None:
        super().__init__(reader)
        self._session, self._reader = session, reader
        #: What to do next when no statement is on show.
        self._nothing = nothing
        #: How far it was read.
        self.progress = ReadingProgress(reader, self)
        self._thread: ReadingThread | None = None
        self._id = ""
        self._waiting = False
        self._verdict: bool | None = None

    @property
    def passages(self) -> int:
        """How many passages are shown."""
        return self._reader.highlights.shown

    def set_reading_thread(self, thread: ReadingThread | None) -> None:
        self._thread = thread

    # -- facts from the session -----------------------------------------------------------

    def show(self, statement: str) -> None:
        """Another statement, where it was left; it is painted before anything else is done."""
        project, reader = self._session.project, self._reader
        self._id, self._waiting = statement, False
        if project is None or not statement:
            reader.show_nothing(self._nothing())
            self.progress.end()
            return
        try:
            length = project.statement(statement).length
            if length > HUGE:
                reader.show_nothing(f"Opening a text of {length:,} characters…")
                reader.viewport().repaint()
            self._read(project, statement)
            self._restore_place(project.position(statement), project.statement(statement).language)
        except AnnotatorError as error:
            reader.show_nothing("This statement cannot be shown. Choose another one in the list.")
            self.progress.end()
            self.failed.emit(error)
        reader.viewport().repaint()

    def on_written(self, changes: Changes) -> None:
        """A step was committed: draw what it changed, and read nothing else."""
        project, statement = self._session.project, self._session.statement
        if project is None or not statement or not changes.concerns(statement):
            return
        if changes.many or ("statement", statement) in changes.touched:
            if project.has_statement(statement):
                self._read(project, statement, again=True)
            return
        touched = changes.ids("annotation")
        if self._waiting:
            self._ask_marks(statement)
        elif touched:
            there = [a for a in project.annotations_by_id(touched) if a.statement == statement]
            self._reader.change_annotations(there, touched.difference(a.id for a in there))

    def save_place(self) -> None:
        """Keep where the statement is being read."""
        project, reader = self._session.project, self._reader
        if project is None or not self._id or project.read_only or not project.has_statement(self._id):
            return
        if reader.statement_id != self._id:
            return
        place = reader.position_state()
        self.progress.look()
        # When another program is writing just then, the place is not worth a message.
        with suppress(AnnotatorError):
            project.keep_position(self._id, json.dumps([place.top, place.caret, self.progress.furthest]))

    # -- parts --------------------------------------------------------------------------------

    def _read(self, project: Project, statement: str, again: bool = False) -> None:
        known, text = project.statement(statement), project.text(statement)
        # Only an import brings another text; what a coder does leaves the verdict as it was.
        verify = not again or text != self._reader.text
        thread = self._thread
        many = thread is not None and project.has_more_passages(statement, FEW)
        quotes = many or project.has_more_passages(statement, FEW_QUOTES)
        later = thread if quotes or known.length > SHORT else None
        wrong: list[str] = []
        if verify and later is None:
            wrong = project.verified(statement)
        if verify:
            self._verdict = None if later is not None else not wrong
        self._reader.show_statement(
            known,
            text,
            project.ranges(statement),
            () if many else project.places(statement),
            {tag.name: tag for tag in project.codebook},
            verified=self._verdict,
        )
        if wrong:
            self._tell_wrong(wrong)
        if many:
            self._ask_marks(statement)
        if verify and later is not None:
            later.ask(
                "verify",
                lambda reads: _verify(reads, statement),
                partial(self._on_verified, statement),
                on_error=self.failed.emit,
            )

    def _ask_marks(self, statement: str) -> None:
        if self._thread is None:
            return
        self._waiting = True
        made = self._reader.marks_maker()

        def read(reads: Reads) -> Iterator[Marks]:
            yield made(reads.places(statement))

        self._thread.ask("marks", read, lambda marks: self._on_marks(statement, marks), on_error=self.failed.emit)

    def _on_marks(self, statement: str, marks: Marks) -> None:
        if statement == self._session.statement == self._reader.statement_id:
            self._waiting = False
            self._reader.show_marks(marks)
            self.filled.emit()

    def _on_verified(self, statement: str, wrong: list[str]) -> None:
        if not statement == self._id == self._reader.statement_id:
            return
        self._verdict = not wrong
        project = self._session.project
        if not wrong:
            self._reader.show_verified()
        elif project is not None:
            self._read(project, statement, again=True)
            self._tell_wrong(wrong)

    def _tell_wrong(self, wrong: list[str]) -> None:
        self.failed.emit(AnnotatorError(f"{wrong[0][0].upper()}{wrong[0][1:]}; run “Check the project”."))

    def _restore_place(self, kept: str, language: str) -> None:
        """Back to where the statement was read; what was kept are the top, the caret and the furthest place."""
        top, caret, furthest = -1, -1, 0
        # What cannot be read was written by another version: the statement then begins at its beginning.
        with suppress(ValueError, TypeError):
            top, caret, furthest = map(int, (*json.loads(kept or "[]"), 0)[:3])
        self.progress.begin(language, furthest)
        if caret >= 0:
            self._reader.restore_position(Position(top, caret))


def _verify(reads: Reads, statement: str) -> Iterator[list[str]]:
    """What is wrong with a statement, read anew; its text is not kept a second time."""
    try:
        yield reads.verified(statement)
    finally:
        reads.forget()
