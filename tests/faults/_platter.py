"""A folder as a disk holds it: what is there for sure, what is only on its way, and what a power cut leaves of both.

The model is the one that SQLite states for itself (sqlite.org/atomiccommit.html, sections 2.0 and 9): until a file is
synced each 512 bytes of each write may have arrived or not, in any order, one of them in part; until a folder is
synced each new, removed or changed name may have arrived or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512


@dataclass(slots=True)
class File:
    """What is on the disk for sure, and what was written since its last sync: (place, bytes), or a new size."""

    sure: bytes = b""
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)

    def left(self, chance: Random, share: float) -> bytes:
        """What a power cut leaves, when each sector on its way had arrived with this probability."""
        data = bytearray(self.sure)
        for each in self.pending:
            if isinstance(each, int):
                if chance.random() < share:
                    _resize(data, each)
                continue
            at, content = each
            for start, part in _sectors(at, content):
                if chance.random() < share:
                    # Where most are missing, one that arrives may have been cut off in its middle.
                    torn = 0 < share < 1 and chance.random() < 0.05
                    _put(data, start, part[: chance.randrange(len(part)) + 1] if torn else part)
        return bytes(data)

    def now(self) -> bytes:
        return self.left(Random(0), 1.0)


def _sectors(at: int, content: bytes) -> Iterable[tuple[int, bytes]]:
    end = at + len(content)
    while at < end:
        upto = min(end, (at // SECTOR + 1) * SECTOR)
        yield at, content[: upto - at]
        content, at = content[upto - at :], upto


def _put(data: bytearray, at: int, content: bytes) -> None:
    if len(data) < at:
        data.extend(bytes(at - len(data)))
    data[at : at + len(content)] = content


def _resize(data: bytearray, size: int) -> None:
    del data[size:]
    data.extend(bytes(size - len(data)))


class Platter:
    """One folder, played forward call by call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sure = {p.name: File(p.read_bytes()) for p in folder.iterdir() if p.is_file()}
        self._names = dict(self._sure)
        #: Changes of names that are on their way: a name, and the file that it is to mean, or None.
        self._moves: list[list[tuple[str, File | None]]] = []

    def has(self, name: str) -> bool:
        return name in self._names

    def create(self, name: str) -> None:
        if name not in self._names:
            self._move((name, File()))

    def write(self, name: str, at: int, content: bytes) -> None:
        self._names[name].pending.append((at, content))

    def append(self, name: str, content: bytes) -> None:
        self.write(name, len(self._names[name].now()), content)

    def resize(self, name: str, size: int) -> None:
        self._names[name].pending.append(size)

    def unlink(self, name: str) -> None:
        self._move((name, None))

    def rename(self, old: str, new: str) -> None:
        self._move((new, self._names[old]), (old, None))

    def link(self, old: str, new: str) -> None:
        self._move((new, self._names[old]))

    def sync(self, name: str) -> None:
        file = self._names[name]
        file.sure, file.pending = file.now(), []

    def sync_folder(self) -> None:
        self._sure, self._moves = dict(self._names), []

    def _move(self, *names: tuple[str, File | None]) -> None:
        self._moves.append(list(names))
        _apply(self._names, names)

    def left(self, chance: Random, share: float) -> dict[str, bytes]:
        """The files that a power cut leaves now. With a share of 0 what was synced alone, with 1 all that was done."""
        names = dict(self._sure)
        for move in self._moves:
            if chance.random() < share:
                _apply(names, move)
        return {name: file.left(chance, share) for name, file in names.items()}


def _apply(names: dict[str, File], move: Iterable[tuple[str, File | None]]) -> None:
    for name, file in move:
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file
