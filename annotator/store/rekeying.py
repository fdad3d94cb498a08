"""A project under another key: its passphrase changed, or a copy that is encrypted or is not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from annotator.core.errors import AnnotatorError, Damaged
from annotator.core.values import dataclass
from annotator.store import copies, ledger, parts, schema
from annotator.store.backups import Backups
from annotator.store.cipher import Key
from annotator.store.driver import Connection, appear, connect, look_at


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change of the passphrase did to the rolling backups: how many took it, and those that stayed."""

    backups: int = 0
    left: tuple[Path, ...] = ()

    def sentence(self) -> str:
        text = "The passphrase was changed"
        if self.backups:
            text += f", also that of {self.backups} backup{'s' * (self.backups != 1)}"
        if self.left:
            text += f"; {len(self.left)} backup{'s' * (len(self.left) != 1)} of an older passphrase stayed as they were"
        return f"{text}. Copies that you made keep the old one."


def copied(connection: Connection, key: Key, on_progress: Callable[[int, int], None] | None = None) -> Path:
    """A verified copy of an encrypted project beside it, under another key; what it is called is a name for no one."""
    path = connection.path
    part = parts.part_of(path)
    part.unlink(missing_ok=True)
    seen = connection.value("PRAGMA data_version")
    copies.copy_to(connection, part, thorough=True, on_progress=on_progress, key=key)
    if connection.value("PRAGMA data_version") != seen:
        part.unlink(missing_ok=True)
        raise AnnotatorError(f"Another program wrote to {path.name}: the passphrase was not changed. Try again.")
    return part


def change_backups(backups: Backups, old: Key, new: Key, passphrase: str) -> Changed:
    """Encrypt every rolling backup anew; those that the old key does not open stay as they are, and are named.

    Called before the project itself changes, so that it can be repeated where it was interrupted: what has the new
    passphrase already counts as done.
    """
    done, left = 0, []
    for backup in backups.all():
        try:
            key = look_at(backup.path, schema.APPLICATION_ID, schema.VERSION, old)
        except AnnotatorError:
            try:
                look_at(backup.path, schema.APPLICATION_ID, schema.VERSION, passphrase)
                done += 1
            except AnnotatorError:
                left.append(backup.path)
            continue
        try:
            was = backup.path.stat()
            with closing(connect(backup.path, write=False, key=key)) as connection:
                part = copied(connection, new)
            try:
                os.utime(part, ns=(was.st_atime_ns, was.st_mtime_ns))
                os.replace(part, backup.path)
            finally:
                part.unlink(missing_ok=True)
            done += 1
        except (AnnotatorError, OSError):
            left.append(backup.path)
    return Changed(done, tuple(left))


def transcribe(
    connection: Connection, target: Path, key: Key | None, on_progress: Callable[[int, int], None] | None = None
) -> Path:
    """A copy of the project at ``target``, encrypted with ``key`` or not at all; it appears whole or not at all.

    Pages cannot be copied between the two kinds, and neither driver may open what the other has open (it would drop
    its locks), so rows go from one to the other: from a private copy, while work goes on. Every table is then counted
    and hashed in both, and the pages of the copy are checked.
    """
    if target.exists():
        raise AnnotatorError(f"{target.name} exists already; a copy never overwrites.")
    part = parts.part_of(target)
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise AnnotatorError(f"{target.name} cannot be made: {error.strerror}.") from None
    try:
        with (
            copies.private_copy(connection) as source,
            closing(connect(part, write=True, name=target.name, key=key)) as copy,
        ):
            _transfer(source, copy, on_progress)
            _compare(source, copy, target.name)
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        appear(part, target)
    except FileExistsError:
        raise AnnotatorError(f"{target.name} exists already; a copy never overwrites.") from None
    except OSError as error:
        raise AnnotatorError(f"{target.name} cannot be written: {error.strerror}.") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target


def _transfer(source: Connection, copy: Connection, on_progress: Callable[[int, int], None] | None) -> None:
    """Lay the source's schema down in an empty file and fill it, in one transaction.

    The tables in which a full-text index keeps itself are made by the index, emptied, and filled like any other.
    """
    objects = source.all("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    virtual = [row["name"] for row in objects if row["sql"].upper().startswith("CREATE VIRTUAL")]
    shadows = {row["name"] for row in objects if any(row["name"].startswith(f"{name}_") for name in virtual)}
    tables = list(_tables(source))
    copy.execute(f"PRAGMA page_size = {source.value('PRAGMA page_size')}")
    with copy.transaction():
        for row in objects:
            if row["type"] == "table" and row["name"] not in shadows and not row["name"].startswith("sqlite_"):
                copy.execute(row["sql"])
        for n, table in enumerate(tables):
            if on_progress is not None:
                on_progress(n, len(tables))
            copy.execute(f'DELETE FROM "{table}"')
            names = _columns(source, table)
            listed = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" * len(names))
            copy.executemany(
                f'INSERT INTO "{table}" ({listed}) VALUES ({marks})',
                (tuple(row) for row in source.rows(f'SELECT {listed} FROM "{table}"')),
            )
        # Triggers last: they are to guard the rows, not to see them come.
        for kind in ("index", "view", "trigger"):
            for row in objects:
                if row["type"] == kind:
                    copy.execute(row["sql"])
        for pragma in ("application_id", "user_version"):
            copy.execute(f"PRAGMA {pragma} = {source.value(f'PRAGMA {pragma}')}")


def _tables(connection: Connection) -> Iterator[str]:
    """Every table that holds rows of its own, in the order of making."""
    for row in connection.all("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid"):
        if not str(row["sql"] or "").upper().startswith("CREATE VIRTUAL") and not row["name"].startswith("sqlite_stat"):
            yield row["name"]


def _columns(connection: Connection, table: str) -> list[str]:
    """The columns that are stored: those that are computed come by themselves."""
    return [row["name"] for row in connection.all(f'PRAGMA table_xinfo("{table}")') if row["hidden"] == 0]


def _compare(source: Connection, copy: Connection, name: str) -> None:
    """Raises ``Damaged`` unless both hold the same schema, steps and rows, and the copy's pages are sound."""
    schema.verify(copy)
    found = copy.unsound(thorough=True) or "ok"
    if found == "ok" and copy.all("PRAGMA foreign_key_check"):
        found = "a row refers to nothing"
    if found == "ok" and ledger.head(source) != ledger.head(copy):
        found = "the last step differs"
    for table in _tables(source):
        if found == "ok" and _told(source, table) != _told(copy, table):
            found = f"the table {table} differs"
    if found != "ok":
        raise Damaged(f"The copy {name} is not as the project is ({found}), and was not kept.")


def _told(connection: Connection, table: str) -> tuple[int, str]:
    """How many rows a table has, and the SHA-256 of them all in the order of their values."""
    names = _columns(connection, table)
    listed = ", ".join(f'"{name}"' for name in names)
    keys = [row["name"] for row in connection.all(f'PRAGMA table_info("{table}")') if row["pk"]] or names
    order = ", ".join(f'"{key}"' for key in keys)
    count, all_of_them = 0, sha256()
    for row in connection.rows(f'SELECT {listed} FROM "{table}" ORDER BY {order}'):
        values: tuple[Any, ...] = tuple(row)
        all_of_them.update(repr(values).encode("utf-8", "surrogatepass"))
        count += 1
    return count, all_of_them.hexdigest()
