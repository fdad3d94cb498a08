"""File formats, one module each: a module with a ``FORMAT`` beside this one is a format, nothing else is needed.

Importing this package loads no format and no parser's library; the first question loads the formats,
and a format's first use loads its library.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Header, Item, Losses, Problem, Record, Stamp
from annotator.core.model import Link
from annotator.formats._child import ParserProcess
from annotator.formats._format import Format, ReadOptions, SourceFile, opened

__all__ = [
    "Format",
    "Header",
    "Item",
    "Link",
    "Losses",
    "ParserProcess",
    "Problem",
    "ReadOptions",
    "Record",
    "SourceFile",
    "Stamp",
    "by_name",
    "for_file",
    "formats",
    "read",
    "read_codebook",
    "readers",
    "statement_json",
    "write",
    "write_codebook",
    "writers",
]


_FIRST = {"archive": 0, "documents": 1, "corpora": 2}


@cache
def formats() -> tuple[Format, ...]:
    """Every format, by name; found by looking which modules are here."""
    modules = (import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__) if m.name[0] != "_")
    return tuple(sorted((m.FORMAT for m in modules), key=lambda f: f.name))


def readers() -> tuple[Format, ...]:
    """The formats that can be read."""
    return tuple(f for f in formats() if f.read)


def writers() -> tuple[Format, ...]:
    """The formats that can be written."""
    return tuple(f for f in formats() if f.write)


def by_name(name: str, for_: Literal["read", "write"]) -> Format:
    """The format of that name; raises ``AnnotatorError`` with the names there are."""
    known = readers() if for_ == "read" else writers()
    wanted = name.casefold().removeprefix(".")
    for each in known:
        if each.name == wanted:
            return each
    done = "read" if for_ == "read" else "written"
    raise AnnotatorError(f"“{name}” is no format that can be {done}; these can: {', '.join(f.name for f in known)}")


def for_file(path: Path | str, head: bytes) -> Format:
    """The format of a file, by its suffix and its first bytes.

    A file whose suffix says nothing is recognised by its content, and any other text is plain text;
    raises ``AnnotatorError`` saying what the file looks like when it is no text.
    """
    from annotator.formats._decode import check_is_text

    path = Path(path)
    suffix = path.suffix.lower()
    # Of formats that share a suffix, and of which none is sure, the program's own and whole documents come first.
    named = sorted((f for f in readers() if suffix in f.suffixes), key=lambda f: _FIRST.get(f.purpose, 3))
    # A line with a text may be one of a corpus, and one of another program: who knows that program knows better.
    sure = sorted((f for f in named or readers() if f.sniff and f.sniff(head)), key=lambda f: f.purpose == "corpora")
    if not sure and suffix == ".zip" and head.startswith(b"PK"):
        # Its first files show nothing known; to take it for any one of these formats would be a guess.
        raise AnnotatorError(f"{path.name} is a ZIP archive of no known kind; unpack it, or say which format it is")
    if sure or named:
        return (sure or named)[0]
    for each in writers():
        if suffix and suffix in each.suffixes:
            raise AnnotatorError(f"{path.name} is of a format that can be written, but not read: {each.label}")
    check_is_text(head, path.name or str(path))
    return by_name("txt", "read")


def read(
    source: Path | str | BinaryIO,
    format: str | Format | None = None,
    *,
    name: str = "",
    encoding: str | None = None,
    parser: ParserProcess | None = None,
    columns: Mapping[str, str] | None = None,
    by_header: Mapping[tuple[str, ...], Mapping[str, str]] | None = None,
    saw_columns: Callable[[str, tuple[str, ...], Mapping[str, str]], None] | None = None,
) -> Iterator[Item]:
    """What the file holds, one item at a time; raises ``AnnotatorError`` when the file cannot be used.

    ``name`` is what messages and the statement's source call it, by default the file's own. Give the same
    ``parser`` to all files of an import, so that one child process parses them all. ``columns`` say which column of a
    table holds which field, ``by_header`` the same for tables with just these columns; ``saw_columns`` is told of each
    table.
    """
    with opened(source, name) as file:
        if format is None:
            format = for_file(source if isinstance(source, (str, Path)) else file.name, file.head())
        elif isinstance(format, str):
            format = by_name(format, "read")
        if format.read is None:
            raise AnnotatorError(f"{format.label} can be written, but not read")
        options = ReadOptions(encoding, parser, columns or {}, by_header or {})
        if saw_columns is not None:
            options = replace(options, saw_columns=saw_columns)
        yield from format.read(file, options)


def clipping(text: str, html: bytes, url: str, parser: ParserProcess) -> Record:
    """What was copied as a record: the words of the HTML, or the text where there is none; its address is kept."""
    from annotator.formats._clipping import record

    return record(text, html, url, parser)


def write(items: Iterable[Item], stream: IO[bytes], format: str | Format, stamp: Stamp) -> Losses:
    """Write the items (a header, then records, then links) and say what the format could not carry."""
    if isinstance(format, str):
        format = by_name(format, "write")
    losses = Losses()
    for _ in format.write_steps(items, stream, stamp, losses):
        pass
    return losses


def statement_json(record: Record) -> dict[str, Any]:
    """A statement with all that hangs on it, as the native formats write it."""
    from annotator.formats._native import statement_data

    return statement_data(record)


def read_codebook(data: bytes, name: str) -> Codebook:
    """The codebook of a file of that name; raises ``AnnotatorError`` with the place of what is wrong."""
    from annotator.formats import _codebook  # imported late: it needs the native format

    return _codebook.read_codebook(data, name)


def write_codebook(codebook: Codebook, title: str = "") -> bytes:
    """The codebook as a file for other projects."""
    from annotator.formats import _codebook  # imported late: it needs the native format

    return _codebook.write_codebook(codebook, title)
