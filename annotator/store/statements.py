"""What a coder does to statements: add, describe, delete, and mark how far they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Record
from annotator.core.model import (
    DATES,
    DONE,
    METADATA,
    STATUSES,
    UNREAD,
    Changes,
    DateValue,
    Source,
    Statement,
    StatementId,
)
from annotator.core.text import canonical, clean, digest
from annotator.store import intake
from annotator.store.intake import Intake, delete_statement
from annotator.store.rows import day_bounds
from annotator.store.writes import Writes


class Statements(Writes):
    """Statements, their metadata, their coming and going."""

    def add_statement(self, text: str, title: str = "", **metadata: Any) -> Changes:
        """A new statement of this text, made canonical; ``result`` is its id."""
        whole, _replaced = canonical(text)
        data = text.encode("utf-8", "surrogatepass")
        statement = replace(
            Statement(StatementId("")),
            title=title,
            text_sha256=digest(whole),
            length=len(whole),
            source=Source("", "text/plain", sha256(data).hexdigest(), len(data), "utf-8"),
            **metadata_values(metadata),
        )
        with self.intake(duplicates="keep") as taking:
            outcomes = taking.add([Record(statement, whole, data=data)])
            if outcomes[0] == intake.KNOWN:
                raise AnnotatorError("This text is in the project already.")
            identifier = self._connection.value("SELECT id FROM new_statement")
            return replace(self.publish(taking, "Add statement"), result=identifier)

    def edit(self, statement: str, **metadata: Any) -> Changes:
        """Set metadata of a statement; dates are EDTF text or ``DateValue``; names as in ``core.model``."""
        known = self.statement(statement)
        for date in DATES:  # a basis alone leaves the day as it is
            if f"{date}_basis" in metadata and date not in metadata and (there := getattr(known, date)):
                metadata[date] = there.edtf
        changed = replace(known, **metadata_values(metadata))
        if changed == known:
            return Changes("Edit metadata", result=statement)
        if not changed.title.strip() and known.title.strip():
            raise AnnotatorError("A statement needs a title.")
        low, high = day_bounds(changed)
        values: dict[str, Any] = {"date_from": low, "date_to": high}
        for name in dict.fromkeys(name.removesuffix("_basis") for name in metadata):
            value = getattr(changed, name)
            if name in DATES:
                values[name] = value.edtf if value else None
                values[f"{name}_basis"] = value.basis if value else None
            else:
                values[name] = value
        label = f"Edit {next(iter(metadata)).replace('_', ' ')}" if len(metadata) == 1 else "Edit metadata"
        with self.step(label) as step:
            self._connection.execute(
                f"UPDATE statement SET {', '.join(f'{n} = ?' for n in values)} WHERE id = ?",
                (*values.values(), statement),
            )
            step.result = statement
        return step.changes

    def delete(self, statements: Sequence[str]) -> Changes:
        """Remove statements with all that hangs on them; undo brings everything back."""
        statements = list(dict.fromkeys(statements))
        for statement in statements:
            self.statement(statement)
        self._before_much(len(statements))
        with self.step("Delete statement" if len(statements) == 1 else f"Delete {len(statements)} statements") as step:
            for statement in statements:
                delete_statement(self._connection, statement)
        return step.changes

    def mark(self, statement: str, status: str) -> Changes:
        """Set how far the current coder is with a statement: ``unread``, ``open`` or ``done``."""
        if status not in STATUSES:
            raise AnnotatorError(f"“{status}” is none of {', '.join(STATUSES)}.")
        self.statement(statement)
        if self.status(statement) == status:
            return Changes(f"Mark as {status}", result=statement)
        with self.step("Mark as done" if status == DONE else f"Mark as {status}") as step:
            self._connection.execute(
                "INSERT INTO progress (statement, coder, status) VALUES (?, ?, ?)"
                " ON CONFLICT (statement, coder) DO UPDATE SET status = excluded.status",
                (statement, self._ensure_coder(), status),
            )
            if status == UNREAD:
                self._connection.execute(
                    "UPDATE reading SET opened = 0 WHERE statement = ? AND coder = ?", (statement, self.coder.id)
                )
            step.result = statement
        return step.changes

    def mark_all(self, statements: Sequence[str], status: str) -> Changes:
        """``mark`` for several statements, as one step."""
        self._before_much(len(statements))
        with self.step(f"Mark {len(statements)} as {status}") as step:
            for statement in statements:
                self.mark(statement, status)
        return step.changes

    def opened(self, statement: str) -> bool:
        """Note, without a step, that the coder opened a statement; returns whether that is news."""
        here = (statement, self.coder.id)
        if self.read_only or self._connection.value(
            "SELECT opened FROM reading WHERE statement = ? AND coder = ?", here
        ):
            return False
        with self._gate.writing(), self._connection.transaction():
            self._connection.execute(
                "INSERT INTO reading (statement, coder, opened) VALUES (?, ?, 1)"
                " ON CONFLICT (statement, coder) DO UPDATE SET opened = 1",
                here,
            )
        return True

    def keep_position(self, statement: str, position: str) -> None:
        """Note, without a step, where the coder reads in a statement that they opened; as the reader writes it down."""
        here = (statement, self.coder.id)
        was = self._connection.value("SELECT position FROM reading WHERE statement = ? AND coder = ?", here)
        if was is None or was == position or self.read_only:
            return
        with self._gate.writing(), self._connection.transaction():
            self._connection.execute(
                "UPDATE reading SET position = ? WHERE statement = ? AND coder = ?", (position, *here)
            )

    @contextmanager
    def intake(
        self, *, duplicates: str = "skip", on_conflict: str | None = None, slice_ms: float = 15.0, dry: bool = False
    ) -> Iterator[Intake]:
        """An import: ``add`` to it, then ``publish`` it; what is not published leaves no trace.

        A ``dry`` one only tells what would become of the items, and writes nothing at all.
        """
        self._writable()
        taking = Intake(
            self._connection, self.coder, self.codebook, self._record,
            duplicates=duplicates, on_conflict=on_conflict, slice_ms=slice_ms, dry=dry,
        )  # fmt: skip
        try:
            yield taking
        finally:
            taking.discard()

    def publish(self, taking: Intake, label: str) -> Changes:
        """Make an import visible: one short step; empty changes when it holds nothing new."""
        taking.commit_ahead()
        if not taking.has_news():
            return Changes(label)
        # A spilled page would need the exclusive lock, and so hold readers up, long before the commit. Without
        # readers the pages of a large import (3 kB a statement) need not wait in memory.
        self._connection.execute(f"PRAGMA cache_spill = {'ON' if taking.alone else 'OFF'}")
        try:
            with self.step(label) as step:
                step.indexed = True
                taking.publish()
        finally:
            self._connection.execute("PRAGMA cache_spill = ON")
        self._codebook = None
        return step.changes

    def _record(self, statement: str) -> Record | None:
        return next(self.records(by_id=[statement]), None) if self.has_statement(statement) else None


def metadata_values(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata with dates as ``DateValue``; raises for names that no statement has."""
    known = (*METADATA, *DATES, "memo")
    result: dict[str, Any] = {}
    for name, value in metadata.items():
        if name.endswith("_basis") and (date := name.removesuffix("_basis")) in DATES:
            if date not in metadata:
                raise AnnotatorError(f"{name} needs {date}, which there is not.")
            continue
        if name not in known:
            raise AnnotatorError(f"A statement has no “{name}”; it has: {', '.join(known)}.")
        if name in DATES and not isinstance(value, DateValue | None):
            basis = str(metadata.get(f"{name}_basis", "in_text"))
            value = DateValue(check_edtf(str(value).strip(), name), basis) if str(value).strip() else None
        if isinstance(value, DateValue):
            check_edtf(value.edtf, name)
            if value.basis not in ("in_text", "inferred"):
                raise AnnotatorError(f"The basis of {name} is in_text or inferred, not “{value.basis}”.")
        result[name] = value if name in DATES else clean(str(value).strip())
    return result
