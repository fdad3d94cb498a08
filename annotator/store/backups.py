"""Rolling, verified backups: where they lie, when one is due, which are kept, and how one comes back.

A project's backups lie in a folder of their own in the user's data folder, named by the project's id, so that they
outlive the folder that the project is in. They are numbered: a clock that jumps back changes no order.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from annotator import paths
from annotator.core.errors import AnnotatorError, Damaged, NeedsPassphrase, NotFound
from annotator.core.values import dataclass
from annotator.store import copies, parts, schema
from annotator.store.cipher import Passphrase
from annotator.store.driver import Connection, WriterLock, connect, is_open_here, is_trouble, look_at, sync_folder

#: A project that was changed is backed up again after so many minutes of work.
EVERY_MINUTES = 30
#: Before much is changed at once, a backup older than this many minutes is not new enough.
FRESH_MINUTES = 10
#: Bytes that the backups of one project may take; the newest ``KEPT_ALWAYS`` stay even so.
ROOM = 2 * 1024**3
KEPT_ALWAYS = 2
#: All of the last hours stay, then one a day, one a week, one a month, counted back from the newest.
HOURS, DAYS, WEEKS = 24, 14, 60

_NAME = re.compile(r"(?P<number>\d{6}) (?P<at>\d{8}T\d{6})Z (?P<head>[0-9a-f]{12})\.annotator")
_ABOUT = "project.json"
#: What ends the name of the folder of an encrypted project.
ENCRYPTED = "-encrypted"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: its place in the order of making, when (UTC, by the clock of that moment), and its bytes.

    ``head`` is the beginning of the hash of the last step that it holds.
    """

    path: Path
    number: int
    at: datetime
    head: str
    size: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds; ``trouble`` says why it cannot be used, and is empty when it can."""

    title: str = ""
    statements: int = 0
    passages: int = 0
    trouble: str = ""
    #: Whether the trouble is that it is encrypted, and what was given does not open it.
    locked: bool = False


class Backups:
    """The backups of one project, in a folder for this user only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, project: str, encrypted: bool = False) -> Backups:
        """Those of the project with this id; the folder is made when the first one is.

        An encrypted project has a folder of its own: a copy that is not encrypted has the same id, and the one must
        never be taken for a backup of the other.
        """
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", project):
            raise Damaged("The project's id cannot be read. Restore a backup or salvage it.")
        return cls(_root() / (project + ENCRYPTED * encrypted))

    @classmethod
    def of_file(cls, path: Path) -> Backups:
        """Those of the project that was last at this path, for a file that cannot be opened; raises ``NotFound``."""
        wanted = os.path.realpath(path)
        found = [b for b in everywhere() if wanted in b.places()]
        if not found:
            raise NotFound(f"There is no backup of {path.name}.")
        return max(found, key=lambda b: max((each.path.stat().st_mtime for each in b.all()), default=0.0))

    def all(self) -> list[Backup]:
        """Every backup, the newest first."""
        found = []
        with suppress(FileNotFoundError, NotADirectoryError):
            for file in self.folder.iterdir():
                match = _NAME.fullmatch(file.name)
                if match and file.is_file():
                    at = datetime.strptime(match["at"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
                    found.append(Backup(file, int(match["number"]), at, match["head"], file.stat().st_size))
        return sorted(found, key=lambda backup: -backup.number)

    def places(self) -> tuple[str, ...]:
        """The paths at which this project was backed up, the latest first."""
        try:
            about = json.loads((self.folder / _ABOUT).read_text(encoding="utf-8"))
            return tuple(str(place) for place in about["places"])
        except (OSError, ValueError, TypeError, KeyError):
            return ()

    def wanted(self, head: str) -> bool:
        """Whether the newest backup does not hold the project as it is, whose last step has this hash."""
        newest = next(iter(self.all()), None)
        return newest is None or not head.startswith(newest.head)

    def is_fresh(self, minutes: float = FRESH_MINUTES) -> bool:
        """Whether the newest backup was made so few minutes ago; one from the future was not."""
        newest = next(iter(self.all()), None)
        return newest is not None and 0 <= time.time() - newest.path.stat().st_mtime < minutes * 60

    def make(
        self,
        connection: Connection,
        head: str,
        on_progress: Callable[[int, int], None] | None = None,
        *,
        holds: str = "",
        on_copied: Callable[[], None] | None = None,
    ) -> Backup | None:
        """A verified backup of the project on this connection, or None when the newest holds it as it is.

        The older ones are thinned afterwards; when the copy turns out damaged they all stay, and ``Damaged`` is raised.
        ``holds`` is the hash of a step that the copy must hold, else ``Moved`` is raised; ``on_copied`` is called
        when the project itself is not needed any more, and the copy is only to be verified.
        """
        if not self.wanted(head):
            return None
        try:
            for folder in (self.folder.parent, self.folder):  # not by parents=True, which knows no mode
                folder.mkdir(mode=0o700, exist_ok=True)
            self._note(connection.path)
        except OSError as error:
            raise AnnotatorError(f"The folder for backups cannot be written: {error.strerror}.") from None
        number = max((backup.number for backup in self.all()), default=0) + 1
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        target = self.folder / f"{number:06} {stamp}Z {head[:12]}.annotator"
        copies.backup(connection, target, on_progress, holds=holds, on_copied=on_copied)
        self.thin()
        return self.all()[0]

    def thin(self, room: int = ROOM) -> list[Backup]:
        """Delete the backups that the rules do not keep; returns them."""
        backups = self.all()
        kept = kept_of(backups, room)
        gone = [backup for backup in backups if backup not in kept]
        for backup in gone:
            backup.path.unlink(missing_ok=True)
        return gone

    def _note(self, path: Path) -> None:
        """Remember where the project is, so that its backups are found when it cannot be opened."""
        here = os.path.realpath(path)
        before = self.places()
        if before[:1] == (here,):
            return
        text = json.dumps({"places": [here, *(place for place in before if place != here)][:10]}, ensure_ascii=False)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False, encoding="utf-8") as file:
            file.write(text)
        os.replace(file.name, self.folder / _ABOUT)


def _root() -> Path:
    return paths.data_dir() / "backups"


def everywhere() -> list[Backups]:
    """The backups of every project, one entry each."""
    try:
        return [Backups(folder) for folder in sorted(_root().iterdir()) if folder.is_dir()]
    except FileNotFoundError:
        return []


def kept_of(backups: Sequence[Backup], room: int = ROOM) -> list[Backup]:
    """Which of these, the newest first, are kept: all of the last day, then one a day, a week and a month.

    Of one period the latest stays. Where they take more than ``room`` bytes the oldest go, but never the newest two.
    """
    kept: list[Backup] = []
    periods: set[tuple[str, int]] = set()
    if not backups:
        return kept
    newest = max(backup.at for backup in backups)
    for backup in sorted(backups, key=lambda each: -each.number):
        age = (newest - backup.at).total_seconds() / 86400
        if age * 24 <= HOURS:
            kept.append(backup)
            continue
        days = backup.at.toordinal()
        period = (
            ("day", days)
            if age <= DAYS
            else ("week", days // 7)
            if age <= WEEKS
            else ("month", backup.at.year * 12 + backup.at.month)
        )
        if period not in periods:
            periods.add(period)
            kept.append(backup)
    taken = 0
    for n, backup in enumerate(kept):
        taken += backup.size
        if n >= KEPT_ALWAYS and taken > room:
            return kept[:n]
    return kept


def contents(backup: Path, passphrase: Passphrase | None = None) -> Contents:
    """What this backup holds; a backup that cannot be used says why."""
    try:
        key = look_at(backup, schema.APPLICATION_ID, schema.VERSION, passphrase)
        with closing(connect(backup, write=False, key=key)) as connection:
            schema.verify(connection)
            return Contents(
                str(connection.value("SELECT value FROM setting WHERE key = 'title'") or ""),
                int(connection.value("SELECT count(*) FROM statement")),
                int(connection.value("SELECT count(*) FROM annotation")),
            )
    except AnnotatorError as error:
        return Contents(trouble=str(error), locked=isinstance(error, NeedsPassphrase))


def restore(backup: Path, target: Path, passphrase: Passphrase | None = None) -> Path | None:
    """Put a backup where the project is; returns where what stood there is kept, byte for byte, or None.

    The copy is checked page by page before anything moves, and what stood at ``target`` moves aside with its journal:
    a journal that is left behind would be rolled back into the restored file. Raises ``Locked`` while another
    window has the project. An encrypted backup needs its passphrase, which is then that of the restored project.
    """
    target = Path(os.path.realpath(target))
    if is_open_here(target):
        raise AnnotatorError(f"{target.name} is open; close it before a backup takes its place.")
    key = look_at(backup, schema.APPLICATION_ID, schema.VERSION, passphrase)
    lock = WriterLock(target)
    lock.acquire()
    try:
        parts.sweep(target.parent)
        part = parts.part_of(target)
        part.unlink(missing_ok=True)
        with closing(connect(backup, write=False, key=key)) as connection:
            schema.verify(connection)
            copies.copy_to(connection, part, thorough=True)
        try:
            aside = _move_aside(target) if target.exists() else None
            for journal in _journals(target):
                os.replace(journal, _free(target.with_name(f"{target.name} left behind{journal.suffix}")))
            os.replace(part, target)
        except OSError as error:
            raise AnnotatorError(f"{target.name} cannot be restored: {error.strerror}.") from None
        finally:
            part.unlink(missing_ok=True)
        sync_folder(target.parent)
        return aside
    except Exception as error:
        if is_trouble(error):
            raise AnnotatorError(f"{backup.name} cannot be read: {error}.") from error
        raise
    finally:
        lock.release()


def _journals(target: Path) -> Iterator[Path]:
    for end in ("-journal", "-wal", "-shm"):
        journal = target.with_name(target.name + end)
        if journal.exists():
            yield journal


def _move_aside(target: Path) -> Path:
    """Give the file, and its journal with it, another name beside its own."""
    aside = _free(target.with_name(f"{target.stem} before restore{target.suffix}"))
    journals = list(_journals(target))
    os.replace(target, aside)
    for journal in journals:
        os.replace(journal, aside.with_name(aside.name + journal.name.removeprefix(target.name)))
    return aside


def _free(path: Path) -> Path:
    """This path, or the first numbered one that is free."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} {number}{path.suffix}")
    return free
