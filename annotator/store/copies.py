"""Verified copies of a project: for backups, and as private ground for long reads."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from annotator.core.errors import AnnotatorError, Busy, Damaged, DiskFull, Overwritten, Unwritten
from annotator.store import parts
from annotator.store.cipher import PAGE, SALT, Key, decrypted, encrypted, is_whole
from annotator.store.driver import (
    BUSY_TIMEOUT,
    Connection,
    appear,
    connect,
    count_open,
    held_size,
    is_trouble,
    moved,
    opened,
    read_held,
    translate,
)

#: Pages that are copied before a writer may go on, and the pause for it in seconds.
PAGES, PAUSE = 100, 0.01
#: Seconds that a copy waits for a writer.
PATIENCE = 30.0
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
    own, wanted = connection.key, connection.key and (key or connection.key)
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.close(descriptor)
    try:
        if own:
            _copy_encrypted(connection, own, target, on_progress)
            if wanted and wanted != own:
                _encrypt_anew(target, own, wanted, connection.name)
        raw = opened(target, "rw", BUSY_TIMEOUT, connection.name, wanted)
        try:

            def tell(_status: int, remaining: int, total: int) -> None:
                if on_progress is not None:
                    on_progress(total - remaining, total)

            if not own:
                connection.raw.backup(raw, pages=PAGES, progress=tell, sleep=PAUSE)
            if on_copied is not None:
                on_copied()
            if found := Connection(raw, target, connection.name, wanted).unsound(thorough=thorough):
                raise Damaged(f"{connection.path.name} is damaged ({found}); the copy was not kept.")
            if thorough:
                for table in _TABLES:
                    raw.execute(f"SELECT count(*) FROM {table}").fetchone()
            if holds and not raw.execute("SELECT count(*) FROM step WHERE hash = ?", (holds,)).fetchone()[0]:
                raise _overwritten(connection.name)
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


def _overwritten(name: str) -> Overwritten:
    return Overwritten(
        f"File moved: something else was written over {name} while it was open, so that no copy of it can be made."
        " Restore a backup."
    )


def _copy_encrypted(
    connection: Connection, key: Key, target: Path, on_progress: Callable[[int, int], None] | None
) -> None:
    """The bytes of the file as they are, while work goes on.

    SQLite's own copying reads every page through the codec, and a free page that was never written (it is all zeros)
    then makes SQLCipher hand out zeros for all that follow, without an error. So the encrypted pages are copied: first
    some at a time, then what has changed meanwhile in one go, which holds writers up as long as reading the file
    takes. Every page has a new initialisation vector whenever it is written, so that a change is always seen.
    """
    path = connection.path
    count_open(path, 1)
    try:
        if read_held(path, 0, SALT) != key.salt:
            raise _overwritten(connection.name)
        with ExitStack() as stack:
            copy, reader = stack.enter_context(open(target, "rb+")), None
            if connection.is_in_place():  # else nobody writes to what is read
                reader = connect(path, write=False, name=connection.name, key=key)
                stack.callback(reader.close)
            done, size = 0, held_size(path)
            while done < size:
                with _unwritten(reader):
                    size = held_size(path)
                    lot = read_held(path, done, PAGES * PAGE)
                copy.write(lot)
                done += len(lot) or size
                if on_progress is not None:
                    on_progress(min(done, size) // PAGE, size // PAGE)
                time.sleep(PAUSE / 10)
            with _unwritten(reader):
                size = held_size(path)
                for at in range(0, size, PAGES * PAGE):
                    lot = read_held(path, at, PAGES * PAGE)
                    copy.seek(at)
                    if copy.read(len(lot)) != lot:
                        copy.seek(at)
                        copy.write(lot)
                copy.truncate(size)
    finally:
        count_open(path, -1)


@contextmanager
def _unwritten(reader: Connection | None) -> Iterator[None]:
    """While this goes on nobody writes to the file; waits for whoever writes now."""
    if reader is None:
        yield
        return
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            reader.execute("BEGIN")
            reader.value("SELECT count(*) FROM sqlite_master")
            break
        except Busy:
            reader.roll_back()
            if time.monotonic() > patience:
                raise
    try:
        yield
    finally:
        reader.roll_back()


def _encrypt_anew(target: Path, old: Key, new: Key, name: str) -> None:
    """Give every page of a private copy another key; raises ``Damaged`` for a page that is not as it was written."""
    with open(target, "rb+") as file:
        for n in range(os.fstat(file.fileno()).st_size // PAGE):
            page = file.read(PAGE)
            if not any(page):  # free, and never written
                continue
            if not is_whole(page, n + 1, old):
                raise Damaged(f"{name} is damaged (page {n + 1}); the copy was not kept.")
            file.seek(n * PAGE)
            file.write(encrypted(decrypted(page, n + 1, old), n + 1, new))
        file.flush()


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
