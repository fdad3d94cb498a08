"""Rows out of the pages of a database file, read without the database: what is left when a file is damaged.

Follows "Database File Format" of SQLite's documentation (fileformat2.html). Only the leaves of tables are read,
each for itself, so that a destroyed root or a torn neighbour takes nothing else away. Nothing here is trusted: a
cell that contradicts itself is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, overload

from annotator.core.values import dataclass

#: The byte that begins a page of a table's rows.
_TABLE_LEAF = 0x0D
_SIZES = frozenset(1 << n for n in range(9, 17))
_DEFAULT_SIZE = 4096

Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row: the page it stands on (from 1), its rowid, and its values in the order of the columns."""

    page: int
    rowid: int
    values: tuple[Value, ...]


class _Torn(Exception):
    """A cell or record that contradicts itself."""


#: How many times the file's size may be read of overflow pages. Each belongs to one row; in a file made to last for
#: ever, each row leads through all of them.
_TIMES = 16


@dataclass(slots=True)
class _Left:
    """How many bytes may still be read of overflow pages."""

    size: int


class Data(Protocol):
    """The bytes of a file: ``bytes``, a map of the file, or what decrypts one."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, wanted: int, /) -> int: ...
    @overload
    def __getitem__(self, wanted: slice, /) -> bytes: ...


def rows(data: Data, layout: tuple[int, int] | None = None) -> Iterator[PageRow | int]:
    """Every row that can be read, in the order of the pages; between them the number of each page that was looked at.

    ``data`` is the whole file. A row whose text is not UTF-8 is passed over. ``layout`` is the size of a page and how
    many bytes of it at its end are not the database's, where that is known better than from the header.
    """
    size, reserved = layout or (page_size(data), data[20] if len(data) > 20 and data[20] < 64 else 0)
    usable = size - reserved
    left = _Left(_TIMES * len(data))
    for number in range(1, (len(data) + size - 1) // size + 1):
        yield number
        start = (number - 1) * size
        page = data[start : start + size]
        head = 100 if number == 1 else 0
        if len(page) <= head + 8 or page[head] != _TABLE_LEAF:
            continue
        count = int.from_bytes(page[head + 3 : head + 5], "big")
        for n in range(min(count, (len(page) - head - 8) // 2)):
            place = head + 8 + 2 * n
            cell = int.from_bytes(page[place : place + 2], "big")
            try:
                rowid, payload = _cell(data, page, cell, size, usable, left)
                yield PageRow(number, rowid, tuple(_record(payload)))
            except (_Torn, IndexError, UnicodeDecodeError, OverflowError):
                continue


def page_size(data: Data) -> int:
    """The size of a page in bytes, as the header says; SQLite's usual one where the header is gone."""
    if len(data) < 18:
        return _DEFAULT_SIZE
    said = int.from_bytes(data[16:18], "big")
    said = 65536 if said == 1 else said
    return said if said in _SIZES else _DEFAULT_SIZE


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer of one to nine bytes, and where it ends."""
    value = 0
    for i in range(8):
        byte = data[at + i]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + i + 1
    return value << 8 | data[at + 8], at + 9


def _cell(data: Data, page: bytes, at: int, size: int, usable: int, left: _Left) -> tuple[int, bytes]:
    """The rowid and the whole payload of a cell, its overflow pages included."""
    length, at = _varint(page, at)
    rowid, at = _varint(page, at)
    if length > len(data):
        raise _Torn
    most = usable - 35
    if length <= most:
        payload = page[at : at + length]
    else:
        least = (usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (usable - 4)
        if local > most:
            local = least
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        payload = page[at : at + local] + _overflow(data, following, length - local, size, usable, left)
    if len(payload) != length:
        raise _Torn
    return rowid, payload


def _overflow(data: Data, number: int, length: int, size: int, usable: int, left: _Left) -> bytes:
    parts, missing = [], length
    while missing > 0:
        start = (number - 1) * size
        if number < 2 or start + 4 > len(data):
            raise _Torn
        part = data[start + 4 : start + 4 + min(missing, usable - 4)]
        left.size -= len(part)
        if not part or left.size < 0:
            raise _Torn
        parts.append(part)
        missing -= len(part)
        number = int.from_bytes(data[start : start + 4], "big")
    return b"".join(parts)


_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def _record(payload: bytes) -> Iterator[Value]:
    """The values of a record."""
    import struct

    end, at = _varint(payload, 0)
    place = end
    while at < end:
        kind, at = _varint(payload, at)
        if kind in _INTEGERS:
            length = _INTEGERS[kind]
            yield int.from_bytes(_cut(payload, place, length), "big", signed=True)
        elif kind == 7:
            length = 8
            yield float(struct.unpack(">d", _cut(payload, place, 8))[0])
        elif kind in (8, 9):
            length = 0
            yield kind - 8
        elif kind == 0:
            length = 0
            yield None
        elif kind >= 12:
            length = (kind - 12) // 2
            raw = _cut(payload, place, length)
            yield raw.decode("utf-8") if kind % 2 else raw
        else:
            raise _Torn
        place += length
    if at != end or place != len(payload):
        raise _Torn


def _cut(payload: bytes, start: int, length: int) -> bytes:
    found = payload[start : start + length]
    if len(found) != length:
        raise _Torn
    return found
