"""The one write path: steps, what they changed, undo and redo, and the hash chain that proves them.

A step is one intention of the user. Temporary triggers note every row it touches; on leaving the
step these notes become rows of ``change``, with a salted digest each, and the step's hash covers the
previous hash of its replica, its own header and these digests. A later purge may replace values by
their digests and the chain still holds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field
from hashlib import sha256
from typing import Any

from annotator.core.errors import AnnotatorError, Damaged, NotFound
from annotator.core.model import UNREAD, Changes, StepId, new_id, now, sort_after
from annotator.core.values import dataclass
from annotator.store import schema, search
from annotator.store.driver import Connection, Gate, IntegrityError, Row, cut_off, loaded, moved
from annotator.store.whereabouts import identity_of

#: A step that touches more rows than this names none of them: whoever shows anything reads it again.
MANY = 10_000

#: Writes the rest of a step that takes something back.
Finish = Callable[[], object]

_HAS_STEPS = "SELECT EXISTS (SELECT 1 FROM step WHERE coder = :id)"

#: In which order going back writes tables: (tables, whether for rows that are to be there).
_ORDER = (
    (("coder", "actor", "tag", "setting"), True),
    (("statement", "statement_range", "annotation", "progress"), True),
    (("link",), True),
    (("link",), False),
    (("statement_range", "annotation", "progress", "statement"), False),
    (("setting", "tag", "actor", "coder"), False),
)

#: Rows that stay when the step that made them is undone while others refer to them.
_SHARED = {
    "coder": (
        "SELECT EXISTS (SELECT 1 FROM annotation WHERE coder = :id)"
        " OR EXISTS (SELECT 1 FROM progress WHERE coder = :id)"
        " OR EXISTS (SELECT 1 FROM statement WHERE imported_by = :id)"
        " OR EXISTS (SELECT 1 FROM step WHERE coder = :id)"
    ),
    "actor": (
        "SELECT EXISTS (SELECT 1 FROM annotation_value WHERE actor = :id)"
        " OR EXISTS (SELECT 1 FROM actor WHERE merged_into = :id)"
    ),
    "tag": "SELECT EXISTS (SELECT 1 FROM annotation WHERE tag = :id)",
}


@dataclass(slots=True)
class Step:
    """A step while it is open; ``result`` ends up in its ``Changes``."""

    label: str
    undoes: str | None = None
    result: str = ""
    #: Whether titles and issuers are in the index already, as those of an import are.
    indexed: bool = False
    changes: Changes = field(default_factory=Changes)
    hash: str = ""


class Ledger:
    """The steps of one project, on its writing connection, for one session."""

    def __init__(self, connection: Connection, session: str, gate: Gate, program: str) -> None:
        self.session = session
        self._connection = connection
        self._gate = gate
        self._program = program
        self._columns = {table: schema.columns(connection, table) for table in schema.LOGGED}
        self._open = False
        #: The last step that this session knows of: as long as the file holds it, it is the same file.
        self._known = (0, "")
        if last := connection.one("SELECT number, id, hash FROM step ORDER BY number DESC LIMIT 1"):
            self._known = (last["number"], last["hash"])
            sort_after(last["id"])
        self._identity = identity_of(connection.path)
        connection.guard = self.require_same_file

    # -- writing ------------------------------------------------------------------

    @contextmanager
    def step(self, label: str, coder: str | None, *, undoes: str | None = None) -> Iterator[Step]:
        """One transaction that becomes one step, or nothing at all.

        A step that touches nothing leaves no trace. When the commit fails nothing has changed, and the error says why.
        """
        if self._open:
            raise RuntimeError("a step is already open")
        step = Step(label, undoes)
        connection = self._connection
        with self._gate.writing():
            self._open = True
            try:
                with connection.transaction():
                    number = (connection.value("SELECT max(number) FROM step") or 0) + 1
                    connection.execute("INSERT INTO open_step (step) VALUES (?)", (number,))
                    connection.execute("PRAGMA defer_foreign_keys = ON")
                    yield step
                    step.changes = self._close(step, number, coder)
                if step.hash:
                    self._known = (number, step.hash)
            except IntegrityError as error:
                raise _refused(label, error) from error
            finally:
                self._open = False

    def require_same_file(self) -> None:
        """Raises when another file, or an older state of this one, took its place, by whatever means."""
        connection = self._connection
        number, known = self._known
        row = connection.one(
            "SELECT (SELECT hash FROM step WHERE number = ?),"
            " (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)",
            (number,),
        )
        try:
            size = os.stat(connection.path).st_size
        except OSError:
            raise moved(connection.name) from None
        if identity_of(connection.path) != self._identity:
            raise moved(connection.name)
        if row is None or known != (row[0] or ""):
            raise moved(connection.name)
        if size < row[1]:
            raise cut_off(connection.name)

    @property
    def known(self) -> str:
        """The hash of the last step that this session knows of; empty where there is none."""
        return self._known[1]

    def touched(self) -> bool:
        """Whether the step that is open has written anything."""
        return bool(self._connection.value("SELECT EXISTS (SELECT 1 FROM pending)"))

    def _close(self, step: Step, number: int, coder: str | None) -> Changes:
        """Turn the triggers' notes into rows of the ledger; returns what the step changed."""
        connection = self._connection
        identifier, moment = new_id(), now()
        last = connection.one("SELECT lamport, hash FROM step ORDER BY number DESC LIMIT 1")
        replica = self._replica()
        own = connection.one("SELECT seq, hash FROM step WHERE replica = ? ORDER BY seq DESC LIMIT 1", (replica,))
        seq = own["seq"] + 1 if own else 1
        prev = own["hash"] if own else last["hash"] if last else ""
        lamport = last["lamport"] + 1 if last else 1
        touched: set[tuple[str, str]] = set()
        statements: set[str] = set()
        digests = sha256()
        count = 0
        for rows in self._coalesced():
            changes = []
            for table, row, statement, before, after in rows:
                salt = os.urandom(12).hex()
                digest = change_digest(salt, table, row, before, after)
                digests.update(digest.encode())
                changes.append((number, count, table, row, statement, before, after, salt, digest))
                count += 1
                if count <= MANY:
                    touched.add((table, row))
                    if statement:
                        statements.add(statement)
                if table == "statement" and not step.indexed:
                    search.index_metadata(connection, row, before, after)
            connection.executemany(
                'INSERT INTO change (step, position, "table", row, statement, before, after, salt, digest)'
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                changes,
            )
        connection.execute("DELETE FROM open_step")
        connection.execute("DELETE FROM pending")
        if not count:
            return Changes(label=step.label, result=step.result)
        header = (
            identifier, replica, seq, lamport, self.session, coder, moment, step.label, step.undoes, self._program,
            schema.VERSION, prev,
        )  # fmt: skip
        step.hash = step_hash(header, digests.hexdigest())
        connection.execute(
            "INSERT INTO step (number, id, replica, seq, lamport, session, coder, at, label, undoes, program, schema,"
            " prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *header, step.hash),
        )
        return Changes(
            step.label, frozenset(touched), StepId(identifier), frozenset(statements), step.result, count > MANY
        )

    def _coalesced(self) -> Iterator[list[Row]]:
        """The notes of this step by the thousand, one a row: its first value before, its last value after."""
        cursor = self._connection.execute(
            'SELECT p."table", p.row, p.statement, p.before,'
            " (SELECT l.after FROM pending l WHERE l.position = g.last) AS after"
            ' FROM (SELECT min(position) AS first, max(position) AS last FROM pending GROUP BY "table", row) g'
            " JOIN pending p ON p.position = g.first"
            " WHERE p.before IS NOT (SELECT l.after FROM pending l WHERE l.position = g.last) ORDER BY g.first"
        )
        while rows := cursor.fetchmany(1000):
            yield rows

    def _replica(self) -> str:
        """The id of this copy of the project; a copied file gets a new one when it is first written."""
        connection = self._connection
        import socket

        info = os.stat(connection.path)
        # Hashed, because a project is passed on, and its reader need not know the machine.
        here = sha256(f"{socket.gethostname()}:{info.st_dev}:{info.st_ino}".encode()).hexdigest()[:16]
        if connection.value("SELECT value FROM local WHERE key = 'place'") != here:
            for key, value in (("place", here), ("replica", new_id())):
                connection.execute(
                    "INSERT INTO local (key, value) VALUES (?, ?)"
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, value),
                )
        return str(connection.value("SELECT value FROM local WHERE key = 'replica'"))

    # -- undo and redo -----------------------------------------------------------------

    def undoable(self, *, whole_file: bool = False) -> Row | None:
        """The latest step that is neither undone nor itself an undo or redo, nor touched by a purge."""
        return self._connection.one(
            # The first step laid the project down: without it there is none.
            "SELECT number, id, label FROM step s WHERE undoes IS NULL AND number > 1 AND (:all OR session = :session)"
            f" AND NOT {undone_sql('s')} AND NOT EXISTS (SELECT 1 FROM local l, json_each(l.value) j"
            " WHERE l.key = 'purged' AND j.value = s.number) ORDER BY number DESC LIMIT 1",
            {"all": whole_file, "session": self.session},
        )

    def redoable(self, *, whole_file: bool = False) -> Row | None:
        """The latest undo that holds, if no ordinary step came after it."""
        return self._connection.one(
            "SELECT u.number, u.id, s.label FROM step u JOIN step s ON s.id = u.undoes"
            " WHERE s.undoes IS NULL AND (:all OR u.session = :session) AND NOT EXISTS"
            " (SELECT 1 FROM step r WHERE r.undoes = u.id) AND u.number > coalesce("
            " (SELECT max(number) FROM step WHERE undoes IS NULL AND (:all OR session = :session)), 0)"
            " ORDER BY u.number DESC LIMIT 1",
            {"all": whole_file, "session": self.session},
        )

    def rows_of(self, step: Row | None, most: int) -> int:
        """How many rows this step touched; ``most`` for as many or more."""
        number = step["number"] if step else 0
        sql = "SELECT count(*) FROM (SELECT 1 FROM change WHERE step = ? LIMIT ?)"
        return int(self._connection.value(sql, (number, most)))

    def undo(self, coder: str | None, *, whole_file: bool = False, finish: Finish | None = None) -> Changes:
        """Write the previous values back, as a new step; raises ``AnnotatorError`` when there is nothing to undo.

        ``finish`` is called within the step, once it has changed something.
        """
        target = self.undoable(whole_file=whole_file)
        if target is None:
            raise AnnotatorError("There is nothing to undo.")
        return self._revert(target, f"Undo {target['label']}", coder, finish)

    def redo(self, coder: str | None, *, whole_file: bool = False, finish: Finish | None = None) -> Changes:
        """Undo the last undo, as a new step."""
        target = self.redoable(whole_file=whole_file)
        if target is None:
            raise AnnotatorError("There is nothing to redo.")
        return self._revert(target, f"Redo {target['label']}", coder, finish)

    def _revert(self, target: Row, label: str, coder: str | None, finish: Finish | None = None) -> Changes:
        with self.step(label, coder, undoes=target["id"]) as step:
            rows = self._connection.all(
                'SELECT "table", row, before, after, salt FROM change WHERE step = ? ORDER BY position DESC',
                (target["number"],),
            )
            for row in rows:
                if row["salt"] is None:
                    raise AnnotatorError(f"“{label}” is not possible: what it would bring back was deleted for good.")
                if not self._restore(row["table"], row["row"], row["after"], row["before"]):
                    raise AnnotatorError(f"“{label}” is not possible: what it would change was changed since.")
            if finish is not None and self.touched():
                finish()
        if not step.changes:
            raise AnnotatorError(f"“{label}” would change nothing: what it touched is in use or already as it was.")
        return step.changes

    def revert(self, number: int, coder: str | None, *, finish: Finish | None = None) -> Changes:
        """Undo one step, however old, if nothing that it touched has changed since."""
        target = self._step(number)
        if number == 1:
            raise AnnotatorError("Step 1 laid the project down; it cannot be undone.")
        if target["undoes"] is not None:
            raise AnnotatorError(f"Step {number} is itself an undo or redo; go back to the step before it instead.")
        if target["undone"]:
            raise AnnotatorError(f"Step {number} is undone already.")
        return self._revert(target, f"Undo {target['label']}", coder, finish)

    def go_back(self, number: int, coder: str | None, *, finish: Finish | None = None) -> Changes:
        """Give every logged row the value that it had after this step, as one new step that undo takes back.

        Only rows that changed since are touched. What was coded since goes with it, and stays in the history. The
        name of a coder who has made a step stays: the history needs it.
        """
        self._step(number)
        label = f"Go back to step {number}"
        with self.step(label, coder) as step:
            for table, row, wanted in self._as_after(number, label):
                self._set(table, row, wanted)
            if finish is not None and self.touched():
                finish()
        if not step.changes:
            raise AnnotatorError(f"“{label}” would change nothing: all is as it was then.")
        return step.changes

    def _step(self, number: int) -> Row:
        found = self._connection.one(
            f"SELECT number, id, label, undoes, {undone_sql('s')} AS undone FROM step s WHERE number = ?", (number,)
        )
        if found is None:
            raise NotFound(f"There is no step {number} in {self._connection.path.name}.")
        return found

    def _as_after(self, number: int, label: str) -> Iterator[tuple[str, str, str | None]]:
        """The rows that changed since this step with the value that they had then, in an order that undo can retrace.

        What others refer to comes first when it is to be there again and last when it has to go: then the undo of all
        this, which goes the other way, finds nothing still in use.
        """
        connection = self._connection
        connection.execute(
            'CREATE TEMP TABLE since AS SELECT "table", row, before, salt, min(number) AS number FROM main.change'
            ' WHERE step > ? GROUP BY "table", row',
            (number,),
        )
        try:
            if connection.value("SELECT 1 FROM since WHERE salt IS NULL"):
                raise AnnotatorError(f"“{label}” is not possible: part of what was there then was deleted for good.")
            for tables, there in _ORDER:
                marks = ", ".join("?" for _ in tables)
                for row in connection.all(
                    f'SELECT "table", row, before FROM since WHERE "table" IN ({marks})'
                    f" AND before IS {'NOT ' * there}NULL ORDER BY number {'ASC' if there else 'DESC'}",
                    tables,
                ):
                    yield row["table"], row["row"], row["before"]
        finally:
            connection.execute("DROP TABLE since")

    def _restore(self, table: str, row: str, expected: str | None, wanted: str | None) -> bool:
        """Give a row the value it should have; returns False, and does nothing, when it changed elsewhere since."""
        if table == "progress":
            self._restore_opened(expected, wanted)
        where, key = self._place(table, row, expected or wanted)
        current = self._current(table, where, key)
        if same(current, wanted):
            return True
        if not same(current, expected):
            return False
        if wanted is None and table in _SHARED and self._connection.value(_SHARED[table], {"id": row}):
            return True
        self._put(table, where, key, current, wanted)
        return True

    def _set(self, table: str, row: str, wanted: str | None) -> None:
        """Give a row this value, whatever it has."""
        where, key = self._place(table, row, wanted)
        current = self._current(table, where, key)
        if same(current, wanted):
            return
        if table == "progress":
            self._restore_opened(current, wanted)
        if wanted is None and table == "coder" and self._connection.value(_HAS_STEPS, {"id": row}):
            return
        self._put(table, where, key, current, wanted)

    def _place(self, table: str, row: str, value: str | None) -> tuple[str, tuple[Any, ...]]:
        """The SQL condition that finds a row by its key, with its values; ``value`` is any value of the row."""
        names = schema.LOGGED.get(table)
        if names is None:
            raise Damaged(f"{self._connection.name} is damaged: the history names a table {table}, which there is not.")
        if len(names) == 1:
            return f'"{names[0]}" = ?', (row,)
        if value is None:
            return f"{schema.row_key('', table)} = ?", (row,)
        parts = loaded(value, dict)  # so that the key's index is used
        return " AND ".join(f'"{n}" = ?' for n in names), tuple(parts[n] for n in names)

    def _current(self, table: str, where: str, key: tuple[Any, ...]) -> str | None:
        found: str | None = self._connection.value(
            f"SELECT {schema.row_json('', self._columns[table])} FROM {table} WHERE {where}", key
        )
        return found

    def _put(self, table: str, where: str, key: tuple[Any, ...], current: str | None, wanted: str | None) -> None:
        """Write a row's value, or remove the row."""
        if wanted is None:
            self._connection.execute(f"DELETE FROM {table} WHERE {where}", key)
            return
        names = self._columns[table]
        # A value from before a migration means the default of what the migration added.
        values = {**schema.ADDED, **loaded(wanted, dict)}
        known = [n for n in names if n in values]
        if (
            current is not None
            and table == "statement"
            and loaded(current, dict)["text_sha256"] != values["text_sha256"]
        ):
            # An import replaced it. A text never changes in place.
            self._connection.execute(f"DELETE FROM {table} WHERE {where}", key)
            current = None
        if current is None:
            marks = ", ".join("?" for _ in known)
            listed = ", ".join(f'"{n}"' for n in known)
            self._connection.execute(f"INSERT INTO {table} ({listed}) VALUES ({marks})", [values[n] for n in known])
        else:
            # Each column that is named, changed or not, costs the rewriting of all indexes that it is in.
            before = loaded(current, dict)
            changed = [n for n in known if n not in before or before[n] != values[n]]
            assigned = ", ".join(f'"{n}" = ?' for n in changed)
            self._connection.execute(
                f"UPDATE {table} SET {assigned} WHERE {where}", [*(values[n] for n in changed), *key]
            )

    def _restore_opened(self, expected: str | None, wanted: str | None) -> None:
        """Marking as unread also forgets, outside of the ledger, that the coder opened the statement."""
        row = loaded(wanted or expected or "{}", dict)
        self._connection.execute(
            "UPDATE reading SET opened = ? WHERE statement = ? AND coder = ?",
            (wanted is None or row["status"] != UNREAD, row["statement"], row["coder"]),
        )


def _refused(label: str, error: IntegrityError) -> AnnotatorError:
    """The sentence for what the tables do not allow."""
    if "FOREIGN KEY" in str(error):
        return AnnotatorError(f"“{label}” is not possible: other entries refer to what would go.")
    return AnnotatorError(f"“{label}” is not possible: it contradicts what the project holds ({error}).")


def undone_sql(step: str) -> str:
    """The SQL condition that an undo of this step holds."""
    return (
        f"EXISTS (SELECT 1 FROM step u WHERE u.undoes = {step}.id"
        " AND NOT EXISTS (SELECT 1 FROM step r WHERE r.undoes = u.id))"
    )


def same(one: str | None, other: str | None) -> bool:
    """Whether two row values agree; a column that came by a migration had its default before.

    Columns of a later schema, whose defaults nobody here knows, are compared where both have them.
    """
    if one is None or other is None:
        return one is other
    if one == other:
        return True
    a, b = loaded(one, dict), loaded(other, dict)
    return all(
        a.get(name, schema.ADDED.get(name)) == b.get(name, schema.ADDED.get(name))
        for name in (a.keys() & b.keys()) | ((a.keys() ^ b.keys()) & schema.ADDED.keys())
    )


#: Made once, of JSON in ASCII: a step may have a million changes.
_ENCODER = json.JSONEncoder()


def change_digest(salt: str, table: str, row: str, before: str | None, after: str | None) -> str:
    """The salted SHA-256 of one change, over a JSON array of its parts."""
    return sha256(_ENCODER.encode([salt, table, row, before, after]).encode()).hexdigest()


def step_hash(header: Iterable[Any], digests: str) -> str:
    """The SHA-256 of a step: its header (which holds the previous hash) and the digest of its changes' digests."""
    return sha256(json.dumps([*header, digests], ensure_ascii=True).encode()).hexdigest()


# -- the chain ---------------------------------------------------------------------------


def head(connection: Connection) -> str:
    """The hash of the last step; empty for a project that has none."""
    return connection.value("SELECT hash FROM step ORDER BY number DESC LIMIT 1") or ""


def broken_links(connection: Connection) -> Iterator[str]:
    """One sentence for each step whose hash, predecessor or changes do not add up.

    Reads the ledger by pages, so that a writer never waits for it.
    """
    hashes: dict[str, str] = {}
    known: set[str] = {""}
    number = last = 0
    while True:
        steps = connection.all("SELECT * FROM step WHERE number > ? ORDER BY number LIMIT 200", (number,))
        if not steps:
            return
        for step in steps:
            number = step["number"]
            prev = hashes.get(step["replica"])
            if (prev is not None and step["prev"] != prev) or step["prev"] not in known:
                yield f"step {number} does not follow from the one before it"
            digests = sha256()
            for change in connection.all("SELECT * FROM change WHERE step = ? ORDER BY position", (number,)):
                digests.update(str(change["digest"]).encode())
                if change["salt"] is None:  # purged: its digest stands for values that are not there
                    sound = change["before"] is None and change["after"] is None
                else:
                    sound = change["digest"] == change_digest(
                        change["salt"], change["table"], change["row"], change["before"], change["after"]
                    )
                if change["number"] <= last:  # which change of a row is its last one goes by these numbers
                    yield f"step {number}: the change of {change['table']} {change['row']} stands in another place"
                last = change["number"]
                if not sound:
                    yield f"step {number}: the change of {change['table']} {change['row']} was altered"
            header = (
                step["id"], step["replica"], step["seq"], step["lamport"], step["session"], step["coder"], step["at"],
                step["label"], step["undoes"], step["program"], step["schema"], step["prev"],
            )  # fmt: skip
            if step["hash"] != step_hash(header, digests.hexdigest()):
                yield f"step {number} was altered"
            hashes[step["replica"]] = step["hash"]
            known.add(step["hash"])


def require_head(connection: Connection, wanted: str) -> None:
    """Raises ``Damaged`` unless a step of the file has this hash."""
    if not wanted or connection.value("SELECT 1 FROM step WHERE hash = ?", (wanted,)) is None:
        raise Damaged(f"No step of {connection.path.name} has the hash {wanted}.")
