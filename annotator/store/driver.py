"""The one place that opens connections and turns the database's errors into sentences.

A connection with a key goes to the driver of encrypted projects (``cipher``), any other to Python's own.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import filelock

from annotator.core.edtf import bounds
from annotator.core.errors import (
    AnnotatorError,
    Busy,
    Damaged,
    DiskFull,
    Foreign,
    Interrupted,
    Locked,
    Moved,
    Newer,
    ReadOnly,
    Unwritten,
)
from annotator.core.naming import beginnings
from annotator.core.query import LARGEST
from annotator.core.text import fold
from annotator.store import cipher
from annotator.store.cipher import Key, Passphrase

#: How long a write waits for another program's read, in milliseconds; then the user is asked.
BUSY_TIMEOUT = 250

T = TypeVar("T")
Row = sqlite3.Row
IntegrityError = sqlite3.IntegrityError
_HEADER = cipher.PLAIN_HEADER


def is_trouble(error: BaseException) -> TypeGuard[Exception]:
    """Whether one of the two drivers raised this."""
    return isinstance(error, sqlite3.Error) or type(error).__module__ == "sqlcipher3.dbapi2"


def translate(error: Exception, name: str) -> AnnotatorError:
    """The sentence for what the database reports about the file called ``name``."""
    text = str(error)
    code = getattr(error, "sqlite_errorname", "") or ""
    if code.startswith("SQLITE_INTERRUPT") or text == "interrupted":
        return Interrupted("The read was interrupted.")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or "locked" in text:
        return Busy(f"Another program uses {name} at this moment: nothing was saved. Try again.")
    if code.startswith("SQLITE_FULL") or "disk is full" in text:
        return DiskFull(f"Disk full: not saved. Free space and retry, or save {name} elsewhere.")
    if code == "SQLITE_READONLY_DBMOVED":
        return moved(name)
    if code == "SQLITE_READONLY_ROLLBACK":
        return ReadOnly(
            f"{name} was left in the middle of a step and cannot be recovered, because the file or its folder is"
            f" read-only. Copy it, together with {name}-journal, to a folder that you may write, and open it there."
        )
    if code.startswith("SQLITE_READONLY") or "readonly" in text:
        return ReadOnly(f"{name} cannot be written: the file, or the folder it is in, is read-only.")
    if code.startswith("SQLITE_CANTOPEN"):
        return AnnotatorError(f"{name} cannot be opened: {text}.")
    if code.startswith("SQLITE_IOERR"):
        return Unwritten(
            f"The disk reports an error with {name}: not saved ({code or text})."
            " Check the disk, its space and your quota, and retry, or save a copy elsewhere."
        )
    if isinstance(error, UnicodeDecodeError) or "Could not decode" in text:
        return Damaged(f"{name} is damaged (an entry is no text). Restore a backup or salvage it.")
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or any(
        words in text for words in ("malformed", "not a database", "fts5 file format", "cannot hold BLOB")
    ):
        text = " ".join(text.split())[:120]
        return Damaged(f"{name} is damaged ({text}). Restore a backup or salvage it.")
    raise error


def moved(name: str) -> Moved:
    """The sentence for a file that is no longer the one that was opened."""
    return Moved(
        f"File moved: {name} was moved or replaced while it was open, and nothing was saved."
        " Open it where it is now, or save a copy elsewhere."
    )


def cut_off(name: str) -> Damaged:
    """The sentence for a file that is shorter than it says."""
    return Damaged(f"{name} is cut off. Restore a backup or salvage it.")


def loaded(text: str, kind: type[T]) -> T:
    """What this JSON in the file holds; raises ``Damaged`` when it is none of that kind."""
    try:
        value = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        value = None
    if not isinstance(value, kind):
        raise Damaged("The project is damaged: an entry is not what it should be. Restore a backup or salvage it.")
    return value


class Connection:
    """One SQLite connection, of one thread, whose errors are ``AnnotatorError``s."""

    def __init__(self, raw: sqlite3.Connection, path: Path, name: str = "", key: Key | None = None) -> None:
        self.raw = raw
        self.path = path
        #: What opens the file, and its copies, where it is encrypted.
        self.key = key
        driver = cipher.sqlcipher() if key else sqlite3
        #: What the database raises; the second when damage stands in the message itself.
        self._trouble: tuple[type[Exception], ...] = (driver.Error, UnicodeDecodeError)
        self._refusal: type[Exception] = driver.IntegrityError
        #: What sentences call the file; a file that is in the making has another one than its path.
        self.name = name or path.name
        self._opened = _which(path)
        #: Asked at the beginning of each write transaction, and raises where nothing may be written.
        self.guard: Callable[[], None] = lambda: None
        raw.row_factory = driver.Row
        raw.create_function("fold", 1, _fold_or_none, deterministic=True)
        raw.create_function("beginnings", 2, _beginnings, deterministic=True)
        raw.create_function("lowest", 3, partial(_bound, 0), deterministic=True)
        raw.create_function("highest", 3, partial(_bound, 1), deterministic=True)

    def _told(self, error: Exception) -> Exception:
        """The sentence for this trouble; another database in the place of the project is trouble, too.

        What the tables refuse is no trouble, and is raised as ``IntegrityError`` by either driver.
        """
        if isinstance(error, self._refusal):
            return IntegrityError(str(error))
        if str(error).startswith("no such ") and not self._holds_steps():
            return moved(self.name)
        # The driver of encrypted projects does not tell the two kinds of read-only apart, and another file is no file.
        code = getattr(error, "sqlite_errorname", "") if self.key else ""
        told = code in {"SQLITE_READONLY", "SQLITE_NOTADB"}
        if told and (not self.is_in_place() or self._is_another()):
            return moved(self.name)
        return translate(error, self.name)

    def is_in_place(self) -> bool:
        """Whether the file that was opened is still the one of that name."""
        return _which(self.path) == self._opened

    def _is_another(self) -> bool:
        """Whether another encrypted file was written over this one, which is open in this process."""
        if not self.key or not is_open_here(self.path):
            return False
        return read_held(self.path, 0, cipher.SALT) != self.key.salt

    def _holds_steps(self) -> bool:
        try:
            return bool(self.raw.execute("SELECT count(*) FROM main.sqlite_master WHERE name = 'step'").fetchone()[0])
        except self._trouble:
            return True

    def execute(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        try:
            return self.raw.execute(sql, values)
        except self._trouble as error:
            raise self._told(error) from error

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        try:
            return self.raw.executemany(sql, rows)
        except self._trouble as error:
            raise self._told(error) from error

    def all(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """Every row at once, so that no read stays open."""
        try:
            return self.raw.execute(sql, values).fetchall()
        except self._trouble as error:
            raise self._told(error) from error

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Iterator[Row]:
        """The rows one after another: for much data, where no writer waits for the read to end."""
        cursor = self.execute(sql, values)
        while True:
            try:
                page = cursor.fetchmany(1000)
            except self._trouble as error:
                raise self._told(error) from error
            if not page:
                return
            yield from page

    def one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        rows = self.all(sql, values)
        return rows[0] if rows else None

    def value(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, values)
        return row[0] if row is not None else None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Part of a transaction, undone by itself if anything fails in it."""
        self.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self.raw.in_transaction:  # a full disk ends it by itself
                with suppress(AnnotatorError):
                    self.execute("ROLLBACK TO part")
                    self.execute("RELEASE part")
            raise
        self.execute("RELEASE part")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One write transaction, taken at once (IMMEDIATE); rolled back if anything fails."""
        self.begin()
        try:
            yield
            self.commit()
        except BaseException:
            self.roll_back()
            raise

    def begin(self) -> None:
        """Begin a write transaction, if the file is still the one that was opened."""
        self.execute("BEGIN IMMEDIATE")
        try:
            self.guard()
        except BaseException:
            self.roll_back()
            raise

    def commit(self) -> None:
        """End the transaction: what it wrote is on the disk when this returns, and none of it when it raises.

        Temporary tables may be as they were before the transaction.
        """
        try:
            self.raw.execute("COMMIT")
        except self._trouble as error:
            if getattr(error, "sqlite_errorname", "") != "SQLITE_IOERR_DIR_FSYNC":
                raise self._told(error) from error
            # The journal is deleted, so that the step is in the file; only its folder was not brought to the disk.
            if not sync_folder(self.path.parent):
                raise Unwritten(
                    f"{self.name} was written, but its disk reports an error, and the last step may not last."
                    " Save a copy elsewhere."
                ) from error

    def roll_back(self) -> None:
        """Forget the transaction, if there is one: trouble may have ended it. What else fails, the next step meets."""
        if self.raw.in_transaction:
            with suppress(AnnotatorError):
                self.execute("ROLLBACK")

    def unsound(self, *, thorough: bool) -> str:
        """What SQLite finds wrong with the pages: all of them (``thorough``), or by a quick look; empty if nothing.

        From SQLite 3.44 on it looks into full-text indexes as well; those hold nothing of their own, and ``check``
        tells of them.
        """
        for row in self.all(f"PRAGMA {'integrity_check' if thorough else 'quick_check'}(9)"):
            if row[0] != "ok" and not str(row[0]).startswith("fts5: "):
                # One row may tell of many pages; a sentence has room for one.
                lines = [line for line in str(row[0]).splitlines() if line.strip() and not line.startswith("*** in ")]
                more = len(lines) - 1
                return " ".join(lines[0].split()) + (f", and {more} more" if more > 0 else "") if lines else "unknown"
        return ""

    def interrupt(self) -> None:
        """Stop the statement that runs on this connection, from any thread."""
        self.raw.interrupt()

    def close(self) -> None:
        self.raw.close()


def _which(path: Path) -> tuple[int, int]:
    """What tells one file from another of the same name; zeros where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _fold_or_none(text: object) -> str | None:
    return fold(str(text)) if text is not None else None


def _beginnings(name: object, aliases: object) -> str:
    """The beginnings of an actor's names as JSON; aliases that are damaged count as none."""
    try:
        others = json.loads(str(aliases))
    except (ValueError, RecursionError):
        others = []
    others = others if isinstance(others, list) else []
    return json.dumps(list(beginnings([str(name), *map(str, others)])))


def _bound(end: int, edtf: object, low: object, high: object) -> str | int | None:
    """The first (0) or last (1) day that a date can mean, or the lowest or highest number that a count can.

    None where the value is neither; what is not bounded is so by the first or last day, or by numbers, that there are.
    """
    if edtf is not None:
        try:
            return bounds(str(edtf))[end]
        except ValueError:
            return None
    numbers = [n if isinstance(n, int) else default for n, default in ((low, 0), (high, LARGEST))]
    return numbers[end] if isinstance(low, int) or isinstance(high, int) else None


def connect(
    path: Path, *, write: bool, timeout_ms: int = BUSY_TIMEOUT, name: str = "", key: Key | None = None
) -> Connection:
    """A connection to an existing file, with every safety set that belongs to a connection.

    ``name`` is what sentences call the file, and ``key`` opens it where it is encrypted (in an empty file: encrypts
    it). The caller checks first what kind of file it is; the schema is trusted only afterwards.
    """
    connection = Connection(opened(path, "rw" if write else "ro", timeout_ms, name or path.name, key), path, name, key)
    try:
        _make_safe(connection, write)
    except BaseException:
        connection.close()
        raise
    return connection


def opened(path: Path, mode: str, timeout_ms: int, name: str, key: Key | None) -> sqlite3.Connection:
    """The driver's own connection, in this mode of SQLite's file names, without any safety."""
    driver = cipher.sqlcipher() if key else sqlite3
    try:
        raw: sqlite3.Connection = driver.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=timeout_ms / 1000,
            isolation_level=None,
            check_same_thread=False,  # interrupt() and close() come from other threads; statements do not
            cached_statements=256,
        )
    except driver.Error as error:
        raise translate(error, name) from error
    if key:
        raw.set_key(key.written())  # type: ignore[attr-defined]  # by call, so that the key is in no SQL text
    return raw


def _make_safe(connection: Connection, write: bool) -> None:
    # What a sort or a VACUUM sets aside is not encrypted, so that it stays in memory.
    temporary = "temp_store = MEMORY" if connection.key else "temp_store = FILE"
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", temporary):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA cache_size = -32000")
    if write:
        for pragma in (
            "journal_mode = DELETE",
            # With FULL, a journal that was deleted may be back after a power cut, and the step that it ended gone.
            "synchronous = EXTRA",
            "foreign_keys = ON",
            "secure_delete = ON",
            "recursive_triggers = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
    else:
        connection.execute("PRAGMA query_only = ON")


def look_at(path: Path, application_id: int, version: int, passphrase: Passphrase | None = None) -> Key | None:
    """Refuse, without opening it for writing, what is no regular file, no project, or a newer one.

    SQLite writes to a database in write-ahead mode as soon as it opens it, whosever it is. Returns the key of an
    encrypted file, and None for any other; raises ``NeedsPassphrase`` and ``WrongPassphrase``.
    """
    try:
        kind = os.stat(path)
    except FileNotFoundError:
        raise AnnotatorError(f"There is no file {path}.") from None
    except OSError as error:
        raise AnnotatorError(f"{path} cannot be opened: {error.strerror}.") from None
    if stat.S_ISDIR(kind.st_mode):
        raise Foreign(f"{path.name} is a folder, not a project.")
    if not stat.S_ISREG(kind.st_mode):
        raise Foreign(f"{path.name} is not a regular file.")
    try:
        with open(path, "rb") as file:
            head = file.read(100)
    except OSError as error:
        raise AnnotatorError(f"{path.name} cannot be read: {error.strerror}.") from None
    if not head:
        raise Damaged(f"{path.name} is empty (0 bytes). Restore a backup or salvage it.")
    if head[:16] != _HEADER[: len(head)]:
        if not cipher.looks_encrypted(path):
            raise Foreign(f"{path.name} is not an Annotator project.")
        if kind.st_size % cipher.PAGE:
            raise cut_off(path.name)
        key = cipher.unlock(path, passphrase)
        _look_inside(path, key, application_id, version)
        if _is_cut_off(path, key):
            raise cut_off(path.name)
        return key
    if len(head) < 100 or kind.st_size < 512:
        raise cut_off(path.name)
    if int.from_bytes(head[68:72], "big") != application_id:
        raise Foreign(f"{path.name} is an SQLite file, but not an Annotator project.")
    if (found := int.from_bytes(head[60:64], "big", signed=True)) > version:
        raise newer(path.name, found, version)
    if _is_cut_off(path):
        raise cut_off(path.name)
    return None


def _look_inside(path: Path, key: Key, application_id: int, version: int) -> None:
    """The same look at the header of an encrypted file."""
    page = _first_page(path)
    if not cipher.is_whole(page, 1, key):
        if has_journal(path):  # has the page as it was
            return
        raise Damaged(f"{path.name} is damaged (its first page). Restore a backup or salvage it.")
    head = cipher.Decrypted(page, key)[:100]
    if int.from_bytes(head[68:72], "big") != application_id:
        raise Foreign(f"{path.name} is an encrypted SQLite file, but not an Annotator project.")
    if (found := int.from_bytes(head[60:64], "big", signed=True)) > version:
        raise newer(path.name, found, version)


def _first_page(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(cipher.PAGE)


def _is_cut_off(path: Path, key: Key | None = None) -> bool:
    """Whether the file is shorter than its header says, and no journal lies there that may have what is missing.

    Another program may write just now, and be done between two looks; so it is looked at again.
    """
    for _ in range(3):
        with open(path, "rb") as file:
            page = file.read(cipher.PAGE)
            there = os.fstat(file.fileno()).st_size
        head = (cipher.Decrypted(page, key) if key else page)[:100]
        pages, size = int.from_bytes(head[28:32], "big"), int.from_bytes(head[16:18], "big")
        if there >= pages * (65536 if size == 1 else size) or path.with_name(f"{path.name}-journal").exists():
            return False
    return True


def has_journal(path: Path) -> bool:
    """Whether the journal of a step that did not end, or that goes on, lies beside the file."""
    try:
        with open(path.with_name(f"{path.name}-journal"), "rb") as journal:
            return journal.read(1) != b""
    except OSError:
        return False


def appear(part: Path, path: Path) -> None:
    """Give a finished file its name, for good; raises ``FileExistsError`` where that name is taken."""
    try:
        os.link(part, path)  # a rename would overwrite
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no links
        if path.exists():
            raise FileExistsError(path) from None
        os.rename(part, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> bool:
    """Have the names in a folder on the disk; returns False where the disk says that it failed."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows does this by itself
        return True
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        return error.errno != errno.EIO  # many a disk in the network cannot do this for folders
    return True


def newer(name: str, found: int, known: int) -> Newer:
    """The sentence for a file of a later schema than this program knows."""
    return Newer(f"{name} was made by a newer Annotator (schema {found}; this one knows {known}). Update first.")


_open_paths: dict[str, int] = {}
_open_keys: dict[str, Key] = {}
_held: dict[str, int] = {}
_open_guard = threading.Lock()


def is_open_here(path: Path) -> bool:
    """Whether this process has the file open in SQLite.

    Opening and closing it by other means would then drop SQLite's POSIX locks.
    """
    return open_times(path) > 0


def open_times(path: Path) -> int:
    """How many projects in this process have the file open."""
    with _open_guard:
        return _open_paths.get(os.path.realpath(path), 0)


def count_open(path: Path, by: int, key: Key | None = None) -> None:
    """Remember that the file is open once more, or less, in this process, and with which key."""
    with _open_guard:
        place = os.path.realpath(path)
        _open_paths[place] = _open_paths.get(place, 0) + by
        if key and place not in _open_keys:
            _open_keys[place] = key.copy()
            _hold(place)  # now: later another file may be there
        if _open_paths[place] <= 0:
            del _open_paths[place]
            if place in _open_keys:
                _open_keys.pop(place).forget()
            if place in _held:
                os.close(_held.pop(place))


def read_held(path: Path, at: int, size: int) -> bytes:
    """Bytes of a file that ``count_open`` counts, read beside SQLite.

    The descriptor is closed with the last use of the file: to close any before drops the locks that this process
    holds on it.
    """
    with _open_guard:
        descriptor = _hold(os.path.realpath(path))
        os.lseek(descriptor, at, os.SEEK_SET)
        return os.read(descriptor, size)


def held_size(path: Path) -> int:
    """The bytes of the file that ``read_held`` reads, wherever it is now."""
    with _open_guard:
        return os.fstat(_hold(os.path.realpath(path))).st_size


def _hold(place: str) -> int:
    if place not in _held:
        _held[place] = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    return _held[place]


def key_here(path: Path, passphrase: Passphrase | None) -> Key | None:
    """The key of a file that is open here, which cannot be looked at; asks for the passphrase as ``look_at`` does."""
    with _open_guard:
        known = _open_keys.get(os.path.realpath(path))
        if known is None:
            return None
        known = known.copy()
    passphrase = cipher.required(passphrase, path.name)
    if known != (passphrase if isinstance(passphrase, Key) else cipher.derive(passphrase, known.salt)):
        raise cipher.wrong(path.name)
    return known


class WriterLock:
    """Held while a project is open for writing; the operating system ends it with the process.

    A separate file beside the project, because opening the project itself by other means
    would drop the locks that SQLite holds on it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=0, mode=0o600)

    def acquire(self) -> None:
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise Locked(
                f"{self.path.name} is already open for writing elsewhere; here it can be read, not changed."
            ) from None
        except OSError as error:
            raise ReadOnly(f"The folder of {self.path.name} cannot be written ({error.strerror}).") from None
        except NotImplementedError:
            raise ReadOnly(f"The disk of {self.path.name} knows no locks; here it can be read, not changed.") from None

    def release(self) -> None:
        self._lock.release()


class Gate:
    """Lets a step go before reads: it interrupts them, and they repeat when it is done."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._readers: set[Connection] = set()
        self._writes = False

    def add(self, reader: Connection) -> None:
        self._readers.add(reader)

    def remove(self, reader: Connection) -> None:
        self._readers.discard(reader)

    def in_use(self) -> bool:
        """Whether anybody reads on a connection of their own."""
        return bool(self._readers)

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._lock:
            was, self._writes = self._writes, True
            try:
                for reader in tuple(self._readers):
                    reader.interrupt()
                yield
            finally:
                self._writes = was

    def repeat(self, read: Callable[[], T], given_up: Callable[[], bool] = lambda: False) -> T:
        """What ``read`` gives, repeated when a step interrupted it; ``Interrupted`` if it was given up.

        ``Busy`` when nobody here writes: then it is another program that holds the file.
        """
        while True:
            try:
                return read()
            except Interrupted:
                if given_up():
                    raise
                with self._lock:
                    pass
            except Busy:
                if given_up() or not self._writes:
                    raise
                with self._lock:
                    pass
