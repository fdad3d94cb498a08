"""Verified copies of a project: for backups, and as private ground for long reads."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from annotator.core.errors import AnnotatorError, Busy, Damaged, DiskFull, Overwritten, Unwritten
from annotator.store import parts
from annotator.store.cipher import Key
from annotator.store.driver import (
    BUSY_TIMEOUT,
    Connection,
    appear,
    connect,
    count_open,
    is_trouble,
    moved,
    opened,
    translate,
)

_TABLES = ("statement", "annotation", "step", "change", "content", "source")


def copy_to(
    connection: Connection,
    target: Path,
    *,
    thorough: bool,
    on_progress: Callable[[int, int], None] | None = None,
    key: Key | None = None,
    holds: str = "",
    on_copied: Callable[[], None] | None = None,
) -> None:
    """A copy of the project in a file that does not exist yet, readable by its owner only.

    In steps of 100 pages, so that writes on the same connection go on meanwhile. The copy is checked before it is
    used (``thorough``: every page, else a quick look), because copying copies damage without an error. ``on_progress``
    gets pages done and all, and may raise to cancel. Nothing is left behind when it fails. The copy of an encrypted
    project is encrypted, with the project's own key or with another ``key``. ``holds`` is the hash of a step that has
    to be in it, else ``Moved`` is raised: the file may hold something else by now. ``on_copied`` is called when the
    project itself is not needed any more.
    """
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.close(descriptor)
    try:
        raw = opened(target, "rw", BUSY_TIMEOUT, connection.name, connection.key and (key or connection.key))
        try:

            def tell(_status: int, remaining: int, total: int) -> None:
                if on_progress is not None:
                    on_progress(total - remaining, total)

            connection.raw.backup(raw, pages=100, progress=tell, sleep=0.01)
            if on_copied is not None:
                on_copied()
            found = raw.execute(f"PRAGMA {'integrity_check' if thorough else 'quick_check'}(1)").fetchone()[0]
            if found != "ok":
                raise Damaged(f"{connection.path.name} is damaged ({found}); the copy was not kept.")
            if thorough:
                for table in _TABLES:
                    raw.execute(f"SELECT count(*) FROM {table}").fetchone()
            if holds and not raw.execute("SELECT count(*) FROM step WHERE hash = ?", (holds,)).fetchone()[0]:
                raise Overwritten(
                    f"File moved: something else was written over {connection.name} while it was open, so that no copy"
                    " of it can be made. Restore a backup."
                )
        finally:
            raw.close()
        with open(target, "rb+") as file:
            os.fsync(file.fileno())
    except BaseException as error:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        if str(error).startswith("no such table"):
            raise moved(connection.name) from error
        if is_trouble(error):
            raise translate(error, connection.name) from error
        raise


@contextmanager
def _told_of(what: str, folder: Path) -> Iterator[None]:
    """Trouble while a copy is made, as a sentence about the copy: it is not the project that was not saved."""
    try:
        yield
    except DiskFull:
        raise DiskFull(f"Disk full: {what} was not made. Free space for {folder} and retry.") from None
    except Busy:
        raise
    except (Unwritten, OSError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "the disk reports an error"
        raise Unwritten(f"{what[:1].upper()}{what[1:]} cannot be written: {reason}. Check {folder}.") from error


def backup(
    connection: Connection,
    target: Path,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    holds: str = "",
    on_copied: Callable[[], None] | None = None,
) -> Path:
    """A verified backup at ``target``, which appears whole or not at all; raises when there is a file already.

    ``holds`` and ``on_copied`` as for ``copy_to``.
    """
    if target.exists():
        raise AnnotatorError(f"{target.name} exists already; a backup never overwrites.")
    exists = AnnotatorError(f"{target.name} exists already; a backup never overwrites.")
    if target.exists():
        raise exists
    parts.sweep(target.parent)
    temporary = parts.part_of(target)
    with _told_of(f"the backup {target.name}", target.parent.absolute()):
        temporary.unlink(missing_ok=True)
        try:
            copy_to(connection, temporary, thorough=True, on_progress=on_progress, holds=holds, on_copied=on_copied)
            appear(temporary, target)
        except FileExistsError:
            raise exists from None
        finally:
            with suppress(OSError):  # what stays is swept by the next one
                temporary.unlink(missing_ok=True)
    return target


@contextmanager
def private_copy(connection: Connection, on_progress: Callable[[int, int], None] | None = None) -> Iterator[Connection]:
    """A reading connection to a private copy, which goes when the block ends, and with this process at the latest."""
    what = f"a private copy of {connection.path.name}"
    with ExitStack() as stack:
        with _told_of(what, Path(tempfile.gettempdir())):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="annotator-", ignore_cleanup_errors=True))
            target = Path(folder) / connection.path.name
            copy_to(connection, target, thorough=False, on_progress=on_progress)
        count_open(target, 1)
        stack.callback(count_open, target, -1)
        # Not opened for reading alone: the check of a full-text index is a write, which is taken back.
        reader = connect(target, write=True, key=connection.key)
        stack.callback(reader.close)
        reader.execute("PRAGMA journal_mode = MEMORY")
        reader.execute("PRAGMA query_only = ON")
        reader.value("PRAGMA schema_version")
        with suppress(OSError):  # where a file that is open may lose its name, no kill leaves the copy behind
            target.unlink()
        yield reader
