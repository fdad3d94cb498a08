"""Verified copies of a project: for backups, and as private ground for long reads."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from annotator.core.errors import AnnotatorError, Damaged
from annotator.store.driver import Connection, connect, count_open, translate

_TABLES = ("statement", "annotation", "step", "change", "content", "source")


def copy_to(
    connection: Connection, target: Path, *, thorough: bool, on_progress: Callable[[int, int], None] | None = None
) -> None:
    """A copy of the project in a file that does not exist yet, readable by its owner only.

    In steps of 100 pages, so that writes on the same connection go on meanwhile. The copy is checked before it is
    used (``thorough``: every page, else a quick look), because copying copies damage without an error. ``on_progress``
    gets pages done and all, and may raise to cancel. Nothing is left behind when it fails.
    """
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.close(descriptor)
    try:
        raw = sqlite3.connect(target, isolation_level=None)
        try:

            def tell(_status: int, remaining: int, total: int) -> None:
                if on_progress is not None:
                    on_progress(total - remaining, total)

            connection.raw.backup(raw, pages=100, progress=tell, sleep=0.01)
            found = raw.execute(f"PRAGMA {'integrity_check' if thorough else 'quick_check'}(1)").fetchone()[0]
            if found != "ok":
                raise Damaged(f"{connection.path.name} is damaged ({found}); the copy was not kept.")
            if thorough:
                for table in _TABLES:
                    raw.execute(f"SELECT count(*) FROM {table}").fetchone()
        finally:
            raw.close()
        with open(target, "rb+") as file:
            os.fsync(file.fileno())
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise translate(error, target.name) from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def backup(connection: Connection, target: Path, on_progress: Callable[[int, int], None] | None = None) -> Path:
    """A verified backup at ``target``, which appears whole or not at all; raises when there is a file already."""
    if target.exists():
        raise AnnotatorError(f"{target.name} exists already; a backup never overwrites.")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    temporary.unlink(missing_ok=True)
    try:
        copy_to(connection, temporary, thorough=True, on_progress=on_progress)
    except OSError as error:
        raise AnnotatorError(f"{target.name} cannot be written: {error.strerror}.") from None
    os.replace(temporary, target)
    sync_folder(target.parent)
    return target


def sync_folder(folder: Path) -> None:
    """Have the folder's own entries on disk, where the system can do that."""
    with suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def private_copy(connection: Connection, on_progress: Callable[[int, int], None] | None = None) -> Iterator[Connection]:
    """A reading connection to a private copy, which goes when the block ends."""
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        target = Path(folder) / connection.path.name
        copy_to(connection, target, thorough=False, on_progress=on_progress)
        count_open(target, 1)
        reader = connect(target, write=False)
        try:
            yield reader
        finally:
            reader.close()
            count_open(target, -1)
