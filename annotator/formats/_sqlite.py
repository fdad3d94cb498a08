"""Database files of other programs (SQLite), read in memory and never trusted.

The bytes are a copy: nothing is opened, written or locked. Only columns of tables that a format names are read, by
``SELECT``; views, virtual tables, generated columns and triggers of the file are never touched, no function runs, and
each row has a deadline. Readers call this in the child process, whose memory is limited too.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from annotator.core.errors import AnnotatorError, one_line

_MAGIC = b"SQLite format 3\0"
#: Bytes of a database file, and of one value in it.
LARGEST, VALUE_LIMIT = 200_000_000, 50_000_000
#: Seconds that the next row may take.
DEADLINE = 15.0
#: Rows that are too large are passed over; more of them than this are no accident.
_MOST_TOO_LARGE = 20
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: VALUE_LIMIT,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 2,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 10,
}


class Database:
    """A database of another program, in memory.

    ``tables`` are those that are read, with their columns; names are compared without regard to case. ``passed_over``
    tells of rows that are too large.
    """

    def __init__(self, connection: sqlite3.Connection, name: str, tables: Mapping[str, Sequence[str]]) -> None:
        self._connection = connection
        self._name = name
        self.passed_over: list[str] = []
        self._columns: dict[str, dict[str, str]] = {}
        self._called: dict[str, str] = {}
        wanted = {table.casefold(): columns for table, columns in tables.items()}
        rowids: set[tuple[str, str]] = set()  # what a table calls its ROWID
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        for table, sql in found:
            columns = wanted.get(str(table).casefold())
            if columns is None or not str(sql).lstrip()[:13].upper().startswith("CREATE TABLE"):
                continue
            known = {}
            # A hidden column is one of a virtual table, or is computed.
            for _, column, kind, _, _, key, hidden in connection.execute(f"PRAGMA table_xinfo({_quoted(table)})"):
                if key and str(kind).upper() == "INTEGER":
                    rowids.add((str(table), str(column)))
                if not hidden and str(column).casefold() in {c.casefold() for c in columns}:
                    known[str(column).casefold()] = str(column)
            self._columns[str(table).casefold()] = known
            self._called[str(table).casefold()] = str(table)
        allowed = {(self._called[table], column) for table, known in self._columns.items() for column in known.values()}
        # A table of which no more than its ROWID is read is reported once more, without a column and a database.
        allowed |= rowids | {(table, column) for table in self._called.values() for column in ("ROWID", "")}

        def authorize(action: int, one: str | None, two: str | None, database: str | None, inner: str | None) -> int:
            if action == sqlite3.SQLITE_SELECT:
                return sqlite3.SQLITE_OK
            if action == sqlite3.SQLITE_READ and inner is None and (database == "main" or not two):
                return sqlite3.SQLITE_OK if (one, two) in allowed else sqlite3.SQLITE_DENY
            return sqlite3.SQLITE_DENY

        connection.set_authorizer(authorize)
        self._end = time.monotonic() + DEADLINE
        connection.set_progress_handler(lambda: time.monotonic() > self._end, 10_000)

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table is there with all of these columns."""
        known = self._columns.get(table.casefold())
        return known is not None and all(column.casefold() in known for column in columns)

    def rows(self, table: str, *columns: str) -> Iterator[list[Any]]:
        """The values of these columns, row by row as they were made; None for a column that is not there.

        Texts and bytes come as texts, half characters as U+FFFD. Raises ``AnnotatorError`` when it takes too long.
        """
        known = self._columns.get(table.casefold())
        if known is None:
            return
        called = self._called[table.casefold()]
        listed = ", ".join(_quoted(known[c.casefold()]) if c.casefold() in known else "NULL" for c in columns)
        query = f"SELECT ROWID, {listed} FROM {_quoted(called)} WHERE ROWID > ? ORDER BY ROWID"
        last, too_large = -(2**63), 0
        while True:
            self._end = time.monotonic() + DEADLINE
            try:
                for rowid, *values in self._connection.execute(query, (last,)):
                    yield [_plain(value) for value in values]
                    last = rowid
                    self._end = time.monotonic() + DEADLINE  # who takes the rows may take time
                return
            except sqlite3.DataError:
                too_large += 1
                found = self._connection.execute(
                    f"SELECT ROWID FROM {_quoted(called)} WHERE ROWID > ? ORDER BY ROWID LIMIT 1", (last,)
                ).fetchone()
                if found is None or too_large > _MOST_TOO_LARGE:
                    raise AnnotatorError(
                        f"{self._name} holds more than {VALUE_LIMIT / 1e6:g} MB in one place"
                    ) from None
                last = found[0]
                told = f"row {last} of {called} holds more than {VALUE_LIMIT / 1e6:g} MB in one place; it was left out"
                self.passed_over.append(told)

    def count(self, table: str, column: str) -> int:
        """How many rows have something in this column."""
        return sum(row[0] is not None for row in self.rows(table, column))


@contextmanager
def opened(data: bytes, name: str, tables: Mapping[str, Sequence[str]]) -> Iterator[Database]:
    """The database in these bytes; raises ``AnnotatorError`` with one sentence when it cannot be used."""
    if not data.startswith(_MAGIC):
        raise AnnotatorError(f"{name} is no database of SQLite, or has a password")
    if data[18:20] == b"\x02\x02":
        # Written ahead: what is in the file itself is whole, and memory has no place for such a log.
        data = data[:18] + b"\x01\x01" + data[20:]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        try:
            for limit, value in _LIMITS.items():
                connection.setlimit(limit, value)
            connection.deserialize(data)
            for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "query_only = ON"):
                connection.execute(f"PRAGMA {pragma}")
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            yield Database(connection, name, tables)
        except (sqlite3.Error, UnicodeError) as error:  # messages and names of columns are decoded strictly
            if "interrupted" in str(error):
                raise AnnotatorError(f"{name} takes too long to read and was given up") from None
            raise AnnotatorError(f"{name} is a damaged or odd database: {one_line(str(error))[:100]}") from None


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def words(value: Any) -> str:
    """A value as words; nothing for NULL."""
    return "" if value is None else str(value)


def number(value: Any) -> int:
    """A value as a whole number; -1 for what is none."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 18:
        return int(value)
    return value if type(value) is int else -1
