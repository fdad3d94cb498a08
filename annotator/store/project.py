"""A project: one method for each intention, each of which is one undoable step and returns what it changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import annotator
from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError, Locked, Newer, NotFound, ReadOnly
from annotator.core.model import Changes, Coder, new_id
from annotator.store import cipher, copies, intake, ledger, newer, parts, schema, whereabouts
from annotator.store.backups import FRESH_MINUTES, Backup, Backups
from annotator.store.cipher import Key, Passphrase
from annotator.store.driver import (
    Connection,
    Gate,
    WriterLock,
    appear,
    connect,
    count_open,
    has_journal,
    is_open_here,
    key_here,
    look_at,
    open_times,
    sync_folder,
)
from annotator.store.ledger import require_head
from annotator.store.reads import Reads
from annotator.store.starter import starter_codebook
from annotator.store.versions import Versions
from annotator.store.writes import coder_called

if TYPE_CHECKING:
    # Imported by the methods that need them, so that a start does not pay for what nobody asked for yet.
    from annotator.store import purge as purging
    from annotator.store import rekeying
    from annotator.store.snapshot import Snapshot

#: A backup is made before a step that touches so many rows.
MUCH = 1000
#: What a user reads after the program or the machine stopped in the middle of a step or an import.
RECOVERED = "Recovered from an interrupted session."
#: What ends a project file's name.
SUFFIX = ".annotator"
PROGRAM = f"annotator {annotator.__version__}"


class Project(Versions):
    """One project file, open for reading and, unless ``read_only``, for writing.

    Use it as a context manager, or ``close`` it. One thread; ``reader`` and ``sibling`` give another thread its own.
    Reading is in ``Reads``, steps and undo in ``Writes``, tagging in ``Passages`` and ``Links``, statements in
    ``Statements``, corrected texts in ``Versions``, actors in ``Actors``, the codebook in ``Vocabulary``.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        lock: WriterLock | None,
        gate: Gate,
        session: str,
        coder: Coder,
        notice: str = "",
        recovered: str = "",
    ) -> None:
        super().__init__(connection, gate, coder, session, PROGRAM, notice)
        #: Says so when opening rolled back or swept what an interrupted session had left; else empty.
        self.recovered = recovered
        #: Whether it is open read-only because another window or program had it for writing.
        self.waits = False
        self._lock = lock
        self._closed = False
        # Copying on another connection begins anew whenever this one writes.
        self._copied_from = connection
        self._identity = whereabouts.identity_of(connection.path)
        count_open(connection.path, 1, connection.key)

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        title: str = "",
        coder: str | None = None,
        codebook: Codebook | None = None,
        passphrase: str | None = None,
    ) -> Project:
        """A new project with the starter codebook, open for writing; raises when there is a file already.

        With a ``passphrase`` the file, its backups and every copy that the program makes for itself are encrypted.
        """
        path = _with_suffix(Path(path))
        key = cipher.new_key(passphrase) if passphrase is not None else None
        if not path.parent.is_dir():
            raise AnnotatorError(f"There is no folder {path.parent}.")
        # Under its own name it appears whole: whoever is killed before leaves no half project there.
        part = parts.part_of(path)
        exists = AnnotatorError(f"{path.name} exists already; a new project never overwrites.")
        try:
            if path.exists():
                raise FileExistsError
            parts.sweep(path.parent)
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            try:
                cls._make(part, path.name, title or path.stem, codebook or starter_codebook(), coder, key)
                appear(part, path)
            finally:
                part.unlink(missing_ok=True)
        except FileExistsError:
            raise exists from None
        except OSError as error:
            raise AnnotatorError(f"{path.name} cannot be made: {error.strerror}.") from None
        return cls.open(path, coder=coder, passphrase=key)

    @classmethod
    def _make(
        cls, path: Path, name: str, title: str, codebook: Codebook, coder: str | None, key: Key | None = None
    ) -> None:
        """Lay tables and codebook down in an empty file, which will have this name."""
        connection = connect(path, write=True, name=name, key=key and key.copy())
        try:
            schema.migrate(connection)
            schema.install_triggers(connection)
            made = cls(connection, lock=None, gate=Gate(), session=new_id(), coder=coder_called(connection, coder))
        except BaseException:
            connection.close()
            raise
        with made:
            made.lay_down(title, codebook)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        read_only: bool = False,
        fall_back: bool = False,
        coder: str | None = None,
        passphrase: Passphrase | None = None,
    ) -> Project:
        """The project in this file.

        Raises ``Foreign``, ``Damaged`` or ``Newer`` without touching the file; and when it cannot be written
        ``Locked``, ``ReadOnly`` or ``Newer``, unless ``fall_back``: then it opens read-only, and ``notice`` says why.
        An encrypted file raises ``NeedsPassphrase`` without its passphrase, ``WrongPassphrase`` with another, and
        ``MissingExtra`` where encryption is not installed; one that is not encrypted needs none, and takes any.
        """
        path = Path(path)
        try:
            key = (
                key_here(path, passphrase)
                if is_open_here(path)
                else look_at(path, schema.APPLICATION_ID, schema.VERSION, passphrase)
            )
        except Newer:
            key = cipher.key_of(path, passphrase)
            return cls._open_newer(path.resolve(), read_only or fall_back, coder, key)
        path = path.resolve()
        interrupted = not is_open_here(path) and has_journal(path)
        if read_only:
            _recover(path, key)
        lock, notice, waits = None, "This project was opened for reading only." if read_only else "", False
        if not read_only:
            lock = WriterLock(path)
            try:
                if not os.access(path, os.W_OK):
                    raise ReadOnly(f"{path.name} is read-only; here it can be read, not changed.")
                if not os.access(path.parent, os.W_OK):  # there is no place for a journal
                    raise ReadOnly(f"The folder of {path.name} is read-only; here it can be read, not changed.")
                lock.acquire()
            except ReadOnly as error:
                lock = None
                if not fall_back:
                    raise
                notice = str(error)
                waits = isinstance(error, Locked)
        swept = False
        try:
            connection = connect(path, write=lock is not None, key=key)
            try:
                schema.verify(connection)
                schema.check_usable(path, key)
                if lock is not None:
                    if connection.value("PRAGMA user_version") < schema.VERSION:
                        _backup_before_migration(connection)
                        schema.migrate(connection)
                    schema.install_triggers(connection)
                    swept = intake.sweep(connection)
                project = cls(
                    connection,
                    lock=lock,
                    gate=Gate(),
                    session=new_id(),
                    coder=coder_called(connection, coder),
                    notice=notice,
                    recovered=RECOVERED if swept or (interrupted and not has_journal(path)) else "",
                )
                project.waits = waits
                return project
            except BaseException:
                connection.close()
                raise
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    @classmethod
    def _open_newer(cls, path: Path, reading_will_do: bool, coder: str | None, key: Key | None) -> Project:
        """A project of a later schema, for reading, where that will do and can be done."""
        connection = newer.opened(path, key)
        try:
            notice = newer.told(connection)
            if not reading_will_do:
                raise Newer(notice)
            who = coder_called(connection, coder)
            return cls(connection, lock=None, gate=Gate(), session=new_id(), coder=who, notice=notice)
        except BaseException:
            connection.close()
            raise

    def reader(self) -> Reads:
        """The reading half on a connection of its own, for a worker thread, which must ``close_reader`` it."""
        connection = connect(self.path, write=False, key=self._connection.key)
        self._gate.add(connection)
        return Reads(connection, self._gate, self.coder.id)

    @staticmethod
    def close_reader(reads: Reads) -> None:
        reads._gate.remove(reads._connection)
        reads._connection.close()

    def sibling(self) -> Project:
        """The same project and session on a second writing connection, for an import in a worker thread."""
        self._writable()
        # An import can wait: SQLite hands the file to whoever asks first, and the coder may ask often.
        connection = connect(self.path, write=True, timeout_ms=30_000, key=self._connection.key)
        schema.install_triggers(connection)
        other = Project(connection, lock=None, gate=self._gate, session=self.session, coder=self.coder)
        other._copied_from = self._copied_from
        return other

    def close(self) -> None:
        """End all use of the file. Nothing is saved here, because everything is already."""
        if self._closed:
            return
        self._closed = True
        self._connection.close()
        count_open(self.path, -1)
        if self._copied_from is self._connection and self._connection.key is not None:
            self._connection.key.forget()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # -- encryption --------------------------------------------------------------------------

    @property
    def encrypted(self) -> bool:
        """Whether the file is encrypted."""
        return self._connection.key is not None

    @property
    def key(self) -> Key | None:
        """What opens the file again without its passphrase, for the caller to keep and ``forget``."""
        return self._connection.key.copy() if self._connection.key else None

    def change_passphrase(
        self, passphrase: str, on_progress: Callable[[int, int], None] | None = None
    ) -> rekeying.Changed:
        """Encrypt the project anew, with a key of this passphrase, and its rolling backups before it.

        A verified copy takes the file's place in one rename, so that a kill leaves the old or the new file whole. The
        project stays open; no ``reader`` or ``sibling`` may be. Copies made elsewhere keep the old passphrase.
        """
        self._writable()
        if self._connection.key is None:
            raise AnnotatorError(f"{self.path.name} is not encrypted; make an encrypted copy of it instead.")
        if self._copied_from is not self._connection or self._gate.in_use() or open_times(self.path) > 1:
            raise AnnotatorError(f"{self.path.name} is in use; its passphrase is changed when nothing else reads it.")
        from annotator.store import rekeying

        before, old = self._connection, self._connection.key
        key = cipher.new_key(passphrase)
        changed = rekeying.change_backups(self.backups, old, key, passphrase)
        part = rekeying.copied(before, key, on_progress)
        try:
            before.close()
            count_open(before.path, -1)
            os.replace(part, before.path)
            old.forget()
        except OSError as error:
            key = old
            raise AnnotatorError(f"{before.path.name} cannot be replaced: {error.strerror}.") from None
        finally:
            part.unlink(missing_ok=True)
            sync_folder(before.path.parent)
            self._connection = self._copied_from = connect(before.path, write=True, key=key)
            count_open(before.path, 1, key)
            schema.install_triggers(self._connection)
            self._ledger = ledger.Ledger(self._connection, self.session, self._gate, PROGRAM)
        return changed

    def encrypt_to(
        self, target: str | Path, passphrase: str, on_progress: Callable[[int, int], None] | None = None
    ) -> Path:
        """An encrypted copy of the project at ``target``, verified row by row; never overwrites."""
        from annotator.store import rekeying

        return rekeying.transcribe(
            self._connection, _with_suffix(Path(target)), cipher.new_key(passphrase), on_progress
        )

    def decrypt_to(self, target: str | Path, on_progress: Callable[[int, int], None] | None = None) -> Path:
        """A copy of the project that anybody can read at ``target``, verified row by row; never overwrites."""
        from annotator.store import rekeying

        return rekeying.transcribe(self._connection, _with_suffix(Path(target)), None, on_progress)

    # -- copies and proofs -------------------------------------------------------------------

    def backup(self, target: str | Path, on_progress: Callable[[int, int], None] | None = None) -> Path:
        """A verified copy at ``target``, readable by its owner only; never overwrites. From any thread.

        Of a file that was moved or replaced it is a copy of what this project holds, as long as that can be read;
        raises ``Moved`` when something else was written over it.
        """
        return copies.backup(self._copied_from, Path(target), on_progress, holds=self._known)

    @property
    def is_moved(self) -> bool:
        """Whether another file, or none, is at the path from which this project was opened."""
        return whereabouts.identity_of(self.path) != self._identity

    def whereabouts(self) -> Path | None:
        """Where the file is now, if it was moved while it was open and the system tells; None when it is gone."""
        return whereabouts.found(self._identity)

    @property
    def backups(self) -> Backups:
        """The rolling backups of this project."""
        return Backups.of(self.id, self.encrypted)

    def keep(
        self, on_progress: Callable[[int, int], None] | None = None, *, older_than: float = 0.0, last: bool = False
    ) -> Backup | None:
        """A rolling backup, or None where none is needed.

        None is needed of a project without statements, or when the newest backup holds the project as it is, or is
        younger than ``older_than`` minutes. May be called from any thread. After the ``last`` one of a project that is
        being left nothing can be written here: as soon as it is copied, and while it is verified, another window may.
        """
        backups = self.backups
        if not self.count() or (older_than and backups.is_fresh(older_than)):
            return None
        let_go = self._let_go if last else None
        return backups.make(self._copied_from, self.head, on_progress, holds=self._known, on_copied=let_go)

    def _let_go(self) -> None:
        if self._lock is not None:
            self._connection.guard = self._never_again
            self._lock.release()

    def _never_again(self) -> None:
        raise ReadOnly(f"{self.path.name} is being closed; nothing can be written any more.")

    def is_free(self) -> bool:
        """Whether nobody holds the project for writing at this moment."""
        lock = WriterLock(self.path)
        try:
            lock.acquire()
        except ReadOnly:
            return False
        lock.release()
        return True

    def _before_much(self, rows: int) -> None:
        # A backup that fails must not stand in the way of the work; the next one will tell.
        if rows >= MUCH:
            with suppress(AnnotatorError, OSError):
                self.keep(older_than=FRESH_MINUTES)

    def plan_delete_for_good(self, statements: Sequence[str]) -> purging.Plan:
        """What ``delete_for_good`` would remove."""
        from annotator.store import purge as purging

        wanted = self._to_purge(statements)
        gone = purging.passages_of(self._connection, wanted)
        examples = sum(each.annotation in gone for tag in self.codebook for each in tag.examples)
        return purging.plan(self._connection, wanted, len(self.backups.all()), examples)

    def delete_for_good(self, statements: Sequence[str]) -> purging.Purged:
        """Remove statements, live or deleted before, from file, index, ledger and rolling backups. No undo.

        The step that deletes them stays in the ledger, without their values. Takes as long as rewriting the file.
        """
        from annotator.store import purge as purging

        self._writable()
        wanted = self._to_purge(statements)
        planned = self.plan_delete_for_good(wanted)
        changes = self._purge(wanted)
        dropped = []
        for backup in self.backups.all():
            try:
                with Project.open(backup.path, coder=self.coder.name, passphrase=self.key) as copy:
                    copy._purge(wanted)
            except AnnotatorError:
                backup.path.unlink(missing_ok=True)
                dropped.append(backup)
            finally:
                backup.path.with_name(f".{backup.path.name}.lock").unlink(missing_ok=True)
        return purging.Purged(planned, changes, tuple(dropped))

    def _purge(self, statements: Sequence[str]) -> Changes:
        from annotator.store import purge as purging

        live = [each for each in statements if self.has_statement(each)]
        gone = purging.passages_of(self._connection, statements)
        forgotten = self.forget_examples(gone, purging.tags_to_prove(self._connection, gone))
        changes = self.delete(live) if live else Changes()
        if forgotten:
            changes = replace(changes or forgotten, touched=changes.touched | forgotten.touched)
        with self._gate.writing():
            purging.purge(self._connection, statements, forgotten.step)
        return changes

    def _to_purge(self, statements: Sequence[str]) -> list[str]:
        """These ids once each; raises ``NotFound`` for one that the ledger does not know."""
        wanted = list(dict.fromkeys(statements))
        for each in wanted:
            known = "SELECT EXISTS (SELECT 1 FROM change WHERE statement = ? AND salt IS NOT NULL)"
            if not self.has_statement(each) and not self._connection.value(known, (each,)):
                raise NotFound(f"There is no statement {each} in {self.path.name}, nor was there one.")
        return wanted

    @contextmanager
    def snapshot(self, on_progress: Callable[[int, int], None] | None = None) -> Iterator[Snapshot]:
        """The project as it is now, in a private copy, for long reads; it goes when the block ends."""
        from annotator.store.snapshot import Snapshot

        with copies.private_copy(self._connection, on_progress) as connection:
            yield Snapshot(connection, Gate(), self.coder.id)

    def require_head(self, head: str) -> None:
        """Raises ``Damaged`` unless the ledger holds a step of this hash."""
        require_head(self._connection, head)


def _backup_before_migration(connection: Connection) -> None:
    """What the file held before its tables change; without that copy nothing is changed."""
    identity = str(connection.value("SELECT value FROM setting WHERE key = 'id'") or "")
    Backups.of(identity, connection.key is not None).make(connection, ledger.head(connection))


def _with_suffix(path: Path) -> Path:
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def _recover(path: Path, key: Key | None) -> None:
    """Let SQLite roll back what an interrupted session left, which it cannot do on a connection that only reads."""
    if not path.with_name(f"{path.name}-journal").exists() or is_open_here(path):
        return
    lock = WriterLock(path)
    with suppress(ReadOnly):  # another program writes, and this is its journal; or nothing can be written here
        lock.acquire()
        try:
            connection = connect(path, write=True, key=key)
            try:
                connection.value("SELECT count(*) FROM sqlite_master")
            finally:
                connection.close()
        finally:
            lock.release()
