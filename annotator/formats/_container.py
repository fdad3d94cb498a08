"""ZIP containers (DOCX, ODT, EPUB, XLSX, QDPX): looked over before anything is unpacked, read by name in memory.

The limits are checked against the sizes that the container declares; ``zipfile`` never gives more than those, so that
a container that lies about them is found damaged, and none is unpacked further than it was allowed to.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable

from annotator.core.errors import AnnotatorError, one_line

#: Bytes of all entries unpacked, entries, and how many times larger than packed an entry or the whole may be.
SIZE_LIMIT = 200_000_000
ENTRY_LIMIT = 2000
RATIO_LIMIT = 200
#: Smaller entries may be packed tighter: a megabyte of spaces is no bomb.
SMALL = 1_000_000

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
#: The fixed part of an entry's own header (APPNOTE 4.3.7).
_HEADER = 30


class Container:
    """A ZIP file within the limits, whose entries are read by their names; nothing is ever extracted to a file.

    Raises ``AnnotatorError`` with one sentence when it is damaged, too large, encrypted or odd. ``entries`` is another
    limit to their number, for containers of many texts.
    """

    def __init__(self, data: bytes, name: str, *, entries: int = 0) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, NotImplementedError, EOFError):
            raise AnnotatorError(f"{name} is damaged, or no ZIP container") from None
        listed = self._zip.infolist()
        if not listed:
            raise AnnotatorError(f"{name} is an empty ZIP container")
        _check_sizes(listed, len(data), name, entries or ENTRY_LIMIT)
        _check_entries(listed, name)
        _check_layout(listed, self._zip.start_dir, name)
        self.names: tuple[str, ...] = tuple(entry.filename for entry in listed)

    def __contains__(self, entry: str) -> bool:
        return entry in self._zip.NameToInfo

    def read(self, entry: str) -> bytes:
        """The bytes of this entry; raises ``AnnotatorError`` when it is missing or damaged."""
        if entry not in self:
            raise AnnotatorError(f"{self.name} lacks {one_line(entry)[:200]}, which such a document must have")
        try:
            return self._zip.read(entry)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError):
            raise AnnotatorError(f"{self.name} is damaged: {one_line(entry)[:200]} cannot be unpacked") from None

    def check(self, wanted: Callable[[str], bool], with_: Callable[[bytes, str], object]) -> None:
        """Read each entry whose name is ``wanted`` and hand it to ``with_``, which raises if it is not fit to be used.

        For libraries that open the container by themselves: they then find nothing that was not looked at.
        """
        for entry in self.names:
            if wanted(entry):
                with_(self.read(entry), self.name)


def _check_sizes(entries: Iterable[zipfile.ZipInfo], packed: int, name: str, most: int) -> None:
    count = total = 0
    for entry in entries:
        count += 1
        total += entry.file_size
        tight = entry.file_size > SMALL and entry.file_size > RATIO_LIMIT * entry.compress_size
        if total > SIZE_LIMIT or count > most or tight:
            break
    else:
        tight = total > SMALL and total > RATIO_LIMIT * packed
    if total > SIZE_LIMIT:
        raise AnnotatorError(f"{name} would unpack to more than {SIZE_LIMIT // 1_000_000} MB and was not opened")
    if count > most:
        raise AnnotatorError(f"{name} holds more than {most} files and was not opened")
    if count and tight:
        raise AnnotatorError(f"{name} is packed more than {RATIO_LIMIT} times and was not opened")


def _check_entries(entries: Iterable[zipfile.ZipInfo], name: str) -> None:
    """Refuse what two programs may read differently, and what cannot be read."""
    seen: set[str] = set()
    for entry in entries:
        called = entry.filename
        shown = one_line(called)[:200]
        if entry.flag_bits & 0x1:
            raise AnnotatorError(f"{name} is protected by a password")
        if entry.compress_type not in _METHODS:
            raise AnnotatorError(f"{name} is packed by a method that is not read")
        parts = called.replace("\\", "/").split("/")
        if called.startswith(("/", "\\")) or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":"):
            raise AnnotatorError(f"{name} names a file outside of itself ({shown}) and was not opened")
        if called in seen:
            raise AnnotatorError(f"{name} holds {shown} twice and was not opened")
        if entry.orig_filename != called and "\0" in entry.orig_filename:
            raise AnnotatorError(f"{name} holds a file with an unusable name ({shown}) and was not opened")
        seen.add(called)


def _check_layout(entries: Iterable[zipfile.ZipInfo], directory: int, name: str) -> None:
    """No two entries may share bytes: that is how a small file declares petabytes one after the other."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [*(entry.header_offset for entry in ordered[1:]), directory]
    for entry, end in zip(ordered, ends, strict=True):
        if entry.header_offset + _HEADER + entry.compress_size > end:
            raise AnnotatorError(f"{name} is damaged: files in it overlap")
