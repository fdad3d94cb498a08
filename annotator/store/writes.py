"""The writing half's ground: the ledger's steps, undo and redo, for the coder who writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from annotator.core.errors import AnnotatorError, ReadOnly
from annotator.core.model import Changes, Coder, CoderId, new_id
from annotator.core.text import clean, fold
from annotator.store import identity
from annotator.store.driver import Connection, Gate
from annotator.store.ledger import Ledger, Step
from annotator.store.reads import Reads


class Writes(Reads):
    """A project's steps. ``notice`` says why it cannot be written; it is empty when it can."""

    def __init__(
        self, connection: Connection, gate: Gate, coder: Coder, session: str, program: str, notice: str = ""
    ) -> None:
        super().__init__(connection, gate, coder.id)
        self.coder = coder
        self.session = session
        self.notice = notice
        self._ledger = None if notice else Ledger(connection, session, gate, program)
        self._current: Step | None = None

    @property
    def read_only(self) -> bool:
        return self._ledger is None

    @property
    def _known(self) -> str:
        """The hash of a step that the file holds as long as it is the one that was opened; empty if none is known."""
        return self._ledger.known if self._ledger else ""

    def require_same_file(self) -> None:
        """Raises ``Moved`` when the file is no longer the one that was opened, which may explain other trouble."""
        if self._ledger is not None:
            self._repeated(self._ledger.require_same_file)

    def be(self, name: str) -> None:
        """From now on, write as the coder of that name: the one the project knows, else a new one."""
        self.coder = coder_called(self._connection, name)
        self._coder = self.coder.id

    def _writable(self) -> Ledger:
        if self._ledger is None:
            raise ReadOnly(self.notice)
        return self._ledger

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """A step of the ledger; ``label`` is an imperative that holds no content of the project.

        Writes inside the block, and steps that they open, become this one step.
        """
        ledger = self._writable()
        if self._current is not None:
            part = Step(label)
            with self._connection.savepoint():
                yield part
            part.changes = Changes(label, result=part.result)
            return
        try:
            with ledger.step(label, self.coder.id) as step:
                self._current = step
                yield step
                if ledger.touched():
                    self._ensure_coder()
        except BaseException:
            self._codebook = None
            raise
        finally:
            self._current = None
        if step.changes.many or step.changes.ids("tag") or step.changes.ids("setting"):
            self._codebook = None

    def _before_much(self, rows: int) -> None:
        """About to touch so many rows: a project keeps a backup first, when they are many."""

    def _ensure_coder(self) -> CoderId:
        """Within a step: have a row for the current coder."""
        self._connection.execute(
            "INSERT INTO coder (id, name, kind) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
            (self.coder.id, self.coder.name, self.coder.kind),
        )
        return self.coder.id

    @property
    def undo_label(self) -> str:
        """What ``undo`` would undo in this session; empty when there is nothing."""
        row = self._ledger.undoable() if self._ledger else None
        return row["label"] if row else ""

    @property
    def redo_label(self) -> str:
        row = self._ledger.redoable() if self._ledger else None
        return row["label"] if row else ""

    def undo_rows(self, most: int) -> int:
        """How many rows ``undo`` would write back in this session; ``most`` for as many or more."""
        return self._ledger.rows_of(self._ledger.undoable(), most) if self._ledger else 0

    def redo_rows(self, most: int) -> int:
        """How many rows ``redo`` would write back in this session; ``most`` for as many or more."""
        return self._ledger.rows_of(self._ledger.redoable(), most) if self._ledger else 0

    def undo(self, *, whole_file: bool = False) -> Changes:
        """Write back what the last step of this session (or of the file) changed, as a new step."""
        ledger = self._writable()
        return self._took_back(ledger.undo(self.coder.id, whole_file=whole_file, finish=self._ensure_coder))

    def redo(self, *, whole_file: bool = False) -> Changes:
        """Undo the last undo; raises when an ordinary step came after it."""
        ledger = self._writable()
        return self._took_back(ledger.redo(self.coder.id, whole_file=whole_file, finish=self._ensure_coder))

    def revert(self, step: int) -> Changes:
        """Undo the step of this number, however old it is; raises when anything that it touched changed since."""
        return self._took_back(self._writable().revert(step, self.coder.id, finish=self._ensure_coder))

    def go_back(self, step: int) -> Changes:
        """Let everything be as it was after the step of this number, as one new step that undo takes back."""
        return self._took_back(self._writable().go_back(step, self.coder.id, finish=self._ensure_coder))

    def _took_back(self, changes: Changes) -> Changes:
        self._codebook = None
        return changes


def coder_called(connection: Connection, name: str | None) -> Coder:
    """The coder of that name: myself, one the project knows, or a new one; myself without a name."""
    me = identity.myself()
    if name is not None and not name.strip():
        raise AnnotatorError("A coder needs a name.")
    name = name and clean(name.strip())
    if name is None or fold(name) == fold(me.name):
        return me
    row = connection.one("SELECT id, name, kind FROM coder WHERE fold(name) = ? OR id = ?", (fold(name), name))
    return Coder(CoderId(row["id"]), row["name"], row["kind"]) if row else Coder(CoderId(new_id()), name)
