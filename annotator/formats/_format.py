"""What a file format declares about itself, and the file that it is given to read."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Literal

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import TEXTS, Header, Item, Losses, Stamp
from annotator.core.values import dataclass

if TYPE_CHECKING:
    from annotator.formats._child import ParserProcess

#: The largest document that is read; the native formats are streamed and have no limit.
DOCUMENT_LIMIT = 50_000_000
#: How many first bytes of a file are looked at to tell its format; in a line of JSON the text comes first and is long.
HEAD = 65_536

#: What a format is for: what comes in (documents, corpora), and what the export dialog groups by.
Purpose = Literal["documents", "corpora", "archive", "analysis", "exchange", "training", "reading"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: its name without folders, and its bytes as a stream that can seek."""

    name: str
    stream: BinaryIO
    #: Where the file lies; None for a stream, which has nothing beside it.
    path: Path | None = None

    def beside(self, name: str, limit: int = DOCUMENT_LIMIT, *, folder: str = "") -> bytes | None:
        """The bytes of the regular file of that name in the same folder, or in that one in it; None without one.

        A name with a folder in it, or of a link, is none. Raises ``AnnotatorError`` for more than ``limit`` bytes.
        """
        if self.path is None or not name or Path(name).name != name or Path(folder).name != folder:
            return None
        path = self.path.parent / folder / name
        if path.is_symlink() or (folder and path.parent.is_symlink()) or not path.is_file():
            return None
        with _open(path) as stream:
            return SourceFile(name, stream).data(limit)

    def head(self) -> bytes:
        """The first bytes, for telling the format; the stream is left at its beginning."""
        self.stream.seek(0)
        head = self.stream.read(HEAD)
        self.stream.seek(0)
        return head

    def data(self, limit: int = DOCUMENT_LIMIT) -> bytes:
        """All bytes; raises ``AnnotatorError`` when there are more than ``limit``."""
        self.stream.seek(0)
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise AnnotatorError(f"{self.name} is larger than {limit / 1e6:g} MB, the most that one document may have")
        return data


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user said about a file, and the child process that parses documents."""

    encoding: str | None = None
    parser: ParserProcess | None = None
    #: For tables: which column holds a field of the statement (``text``, ``title``, …); the rest goes by names.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: The same for tables with just these columns, where ``columns`` says nothing.
    by_header: Mapping[tuple[str, ...], Mapping[str, str]] = field(default_factory=dict)
    #: Told of each table: its file's name, its columns, and which field is in which of them.
    saw_columns: Callable[[str, tuple[str, ...], Mapping[str, str]], None] = lambda name, columns, mapping: None


Reader = Callable[[SourceFile, ReadOptions], Iterator[Item]]
#: Writes the items, counts what it cannot carry, and yields after each, so that long work can report and be cancelled.
Writer = Callable[[Iterable[Item], IO[bytes], Stamp, Losses], Iterator[None]]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format: how people and files name it, and how it is read and written.

    ``sniff`` says from a file's first bytes whether they are surely of this format; it decides between
    formats with the same suffix and recognises files with an unknown one. The first suffix is that of what is written.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    media_type: str
    purpose: Purpose
    read: Reader | None = None
    write: Writer | None = None
    sniff: Callable[[bytes], bool] | None = None
    description: str = ""
    #: The format that shows in words what the files of this one hold, for a preview; empty where they are text.
    shown_as: str = ""
    #: Whether what is written means nothing without the texts, so that none is written that withholds them.
    needs_texts: bool = False

    def write_steps(self, items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
        """Write the items (a header, then records, then links), one more at each step."""
        if self.write is None:
            raise AnnotatorError(f"{self.label} can be read, but not written")
        return self.write(self._with_texts(items) if self.needs_texts else items, stream, stamp, losses)

    def _with_texts(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            if isinstance(item, Header) and TEXTS in item.withheld:
                raise AnnotatorError(
                    f"{self.label} cannot be written without the texts, which its passages are found in;"
                    " Annotator JSON, W3C Web Annotation and the tables of passages can"
                )
            yield item


@contextmanager
def opened(source: Path | str | BinaryIO, name: str = "") -> Iterator[SourceFile]:
    """The source as a ``SourceFile``; a path is opened and closed, a stream that cannot seek is set aside.

    Only regular files: a pipe or device given by its path could block or never end.
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        with _open(path) as stream:
            yield SourceFile(name or path.name, stream, path)
    elif source.seekable():
        source.seek(0)
        yield SourceFile(name or "standard input", source)
    else:
        with tempfile.SpooledTemporaryFile(max_size=DOCUMENT_LIMIT) as kept:
            while chunk := source.read(1 << 20):
                kept.write(chunk)
            kept.seek(0)
            yield SourceFile(name or "standard input", kept)  # type: ignore[arg-type]


def _open(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise AnnotatorError(f"{path.name or path} is not a regular file")
        return path.open("rb")
    except FileNotFoundError:
        raise AnnotatorError(f"there is no file {path}") from None
    except OSError as error:
        raise AnnotatorError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the name
        raise AnnotatorError(f"{str(path)!r} is no file name: {error}") from error
