"""Projects of a later schema than this program knows: read where they only have more, and never written.

Nothing of such a file is touched: no lock, no journal rolled back, no change of its mode. Its triggers and views may
say what they like, because a connection that only reads runs no trigger, and no view is ever asked.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from annotator.core.errors import one_line
from annotator.store import schema
from annotator.store.cipher import PAGE, Decrypted, Key
from annotator.store.driver import Connection, connect, has_journal, newer

#: Where an SQLite header says which kind of journal a file has been written with; 2 is write-ahead.
_WRITE_VERSION = 18


def opened(path: Path, key: Key | None = None) -> Connection:
    """A connection that only reads this file of a later schema.

    Raises ``Newer`` where reading would touch it, or where what this program knows is not all there as it knows it,
    and ``Damaged`` where its pages are.
    """
    with open(path, "rb") as file:
        page = file.read(PAGE)
    head = (Decrypted(page, key) if key else page)[:100]
    if head[_WRITE_VERSION] > 1 or has_journal(path):  # to read on, SQLite would have to write
        raise newer(path.name, int.from_bytes(head[60:64], "big"), schema.VERSION)
    connection = connect(path, write=False, key=key)
    try:
        require_known(connection)
        schema.check_usable(path, key)
        return connection
    except BaseException:
        connection.close()
        raise


def told(connection: Connection) -> str:
    """What the user reads about such a file."""
    version = connection.value("PRAGMA user_version")
    program = connection.value("SELECT program FROM step ORDER BY number DESC LIMIT 1")
    by = one_line(str(program))[:40] if program else "a newer Annotator"
    return (
        f"{connection.name} was made by {by} (schema {version}; this one knows {schema.VERSION}):"
        " here it can be read, not changed. Update Annotator to change it."
    )


def require_known(connection: Connection) -> None:
    """Raises ``Newer`` unless all tables and columns of this program's schema are in the file, as they were."""
    here = _tables(connection)
    with closing(schema.fresh()) as own:
        for table, (how, columns) in _tables(own).items():
            there = here.get(table)
            # A full-text index has to be the same; a table may have more columns.
            if there is None or (how != there[0] if not columns else not columns <= there[1]):
                raise newer(connection.name, connection.value("PRAGMA user_version"), schema.VERSION)
    for table, (virtual, _) in here.items():
        # What a column is computed from is code, and reading it would run it.
        if not virtual and any(row["hidden"] > 1 for row in connection.all(f"PRAGMA table_xinfo({_quoted(table)})")):
            raise newer(connection.name, connection.value("PRAGMA user_version"), schema.VERSION)


def _tables(connection: Connection) -> dict[str, tuple[str, frozenset[tuple[object, ...]]]]:
    """Each table with its SQL, if it is a virtual one, and else its columns: name, type, duty, default, key."""
    found = {}
    own = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
    for row in connection.all(own):
        name, sql = str(row["name"]), str(row["sql"])
        if sql.upper().startswith("CREATE VIRTUAL"):
            found[name] = (sql, frozenset[tuple[object, ...]]())
        else:
            columns = connection.all(f"PRAGMA table_info({_quoted(name)})")
            found[name] = ("", frozenset(tuple(column)[1:] for column in columns))
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
