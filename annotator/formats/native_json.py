"""The native JSON: everything that a project holds but its history, in one file that people can read and compare.

One line for each tag, coder, actor, statement and link. Written and read piece by piece, so that memory does not
grow with the corpus (but for the ids, which reading keeps to see that none stands twice).
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Header, Item, Losses, Record, Stamp
from annotator.formats import _native as native
from annotator.formats._format import Format, ReadOptions, SourceFile

#: Bytes read at a time, and the longest single value in characters.
_CHUNK = 1 << 20
_LONGEST = 1 << 28


# -- writing ------------------------------------------------------------------------------


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """Write one JSON document in the order of docs/FORMAT.md, a record at a time."""
    put = stream.write
    section, joint = "", b""
    for item in native.ordered(items):
        if isinstance(item, Header):
            _write_header(native.header_data(item, stamp), stream)
            section, joint = "statements", b"\n"
        elif isinstance(item, Record):
            put(joint + native.line(native.statement_data(item)))
            joint = b",\n"
        else:
            if section == "statements":
                put(b'\n],\n"links": [' if joint == b",\n" else b'],\n"links": [')
                section, joint = "links", b"\n"
            put(joint + native.line(native.link_data(item)))
            joint = b",\n"
        yield
    end = b"\n]" if joint == b",\n" else b"]"
    put(end + (b',\n"links": []\n}\n' if section == "statements" else b"\n}\n"))


def _write_header(data: dict[str, Any], stream: IO[bytes]) -> None:
    joint = b"{\n"
    for key, value in data.items():
        stream.write(joint + native.encode(key).encode() + b": ")
        if isinstance(value, list) and value:
            lines = (native.encode(each) if isinstance(each, str) else native.line(each).decode() for each in value)
            stream.write(("[\n" + ",\n".join(lines) + "\n]").encode())
        else:
            stream.write(native.encode(value).encode())
        joint = b",\n"
    stream.write(joint + b'"statements": [')


# -- reading ------------------------------------------------------------------------------


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """The header, the records and the links, whatever their order in the file; refuses the file as a whole."""
    header: dict[str, Any] = {}
    for key, _, value in _Document(file).entries(frozenset(native.HEADER_KEYS)):
        header[key] = value
        if len(header) == len(native.HEADER_KEYS):
            break
    intake = native.Intake(file.name)
    native.check_kind(header, file.name)
    yield intake.header(header)
    document = _Document(file)
    links_first = False
    for key, place, value in document.entries(frozenset({"statements", "links"}), known=True):
        if key == "statements":
            yield intake.record(value, place)
        elif not document.passed("statements"):
            links_first = True  # what they lead to is not known yet
        else:
            yield intake.link(value, place)
    if links_first:
        for _, place, value in _Document(file).entries(frozenset({"links"})):
            yield intake.link(value, place)


_SPACE = re.compile(r"[ \t\n\r]*")


class _Document:
    """The JSON object of a file, read through a window that moves on."""

    def __init__(self, file: SourceFile) -> None:
        self._name = file.name
        self._stream = file.stream
        self._stream.seek(0)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._buffer, self._at, self._ended = "", 0, False
        self._lines = 0  # before the window
        self._column = 0  # of the window's beginning
        self._keys: set[str] = set()
        self._fill()
        if self._buffer.startswith("\ufeff"):
            self._at = 1

    def passed(self, key: str) -> bool:
        """Whether that key has been met."""
        return key in self._keys

    def entries(self, wanted: frozenset[str], known: bool = False) -> Iterator[tuple[str, str, Any]]:
        """The wanted keys with their values; of the two long lists each element, with its place.

        With ``known``, a key that is none of the format is refused.
        """
        first = self._next()
        if first != "{":
            what = {"": "is empty", "[": "is no export of Annotator: it is a list"}.get(first, "is no JSON object")
            raise AnnotatorError(f"{self._name} {what}")
        self._at += 1
        if self._next() == "}":
            self._at += 1
        else:
            yield from self._pairs(wanted, known)
        if self._next():
            raise self._invalid("something follows after the end", self._at)

    def _pairs(self, wanted: frozenset[str], known: bool) -> Iterator[tuple[str, str, Any]]:
        while True:
            if self._next() != '"':
                raise self._invalid("a key in quotation marks is expected", self._at)
            key = self._value(native.LOOSE)
            if key in self._keys:
                raise AnnotatorError(native.Refused(key, "stands twice").sentence(self._name))
            self._keys.add(key)
            self._expect(":")
            listed = key in ("statements", "links")
            if known and not listed and key not in native.HEADER_KEYS:
                refused = native.Refused(key[:60], f"is no field of version {native.VERSION} of the format")
                raise AnnotatorError(refused.sentence(self._name))
            if listed:
                yield from self._elements(key, key in wanted)
            elif key in wanted:
                yield key, key, self._strict(key)
            else:
                self._next()
                self._value(native.LOOSE)
            if self._more("}"):
                return

    def _elements(self, key: str, wanted: bool) -> Iterator[tuple[str, str, Any]]:
        if self._next() != "[":
            raise AnnotatorError(native.Refused(key, "must be a list").sentence(self._name))
        self._at += 1
        if self._next() == "]":
            self._at += 1
            return
        number = 0
        while True:
            place = f"{key}[{number}]"
            if wanted:
                yield key, place, self._strict(place)
            else:
                self._next()
                self._value(native.LOOSE)
            if self._more("]"):
                return
            number += 1

    def _strict(self, place: str) -> Any:
        self._next()
        end = self._at

        def value(decoder: json.JSONDecoder) -> Any:
            nonlocal end
            found, end = self._decoded(decoder)
            return found

        try:
            data = native.strict(value, lambda: native.has_surrogate_escape(self._buffer, self._at, end))
        except native.Refused as refused:
            raise AnnotatorError(refused.under(place).sentence(self._name)) from None
        self._at = end
        return data

    def _value(self, decoder: json.JSONDecoder) -> Any:
        value, self._at = self._decoded(decoder)
        return value

    def _decoded(self, decoder: json.JSONDecoder) -> tuple[Any, int]:
        """The value at this place and where it ends; the window grows until the value is whole."""
        while True:
            try:
                value, end = decoder.raw_decode(self._buffer, self._at)
                if end < len(self._buffer) or self._ended:
                    return value, end
            except json.JSONDecodeError as error:
                # A value cut off by the window's end fails near it, or at the quotation mark of its last text.
                cut = error.msg.startswith("Unterminated string") or error.pos >= len(self._buffer) - 12
                if self._ended or not cut:
                    raise self._invalid(error.msg, error.pos) from None
            except RecursionError:
                raise self._invalid(f"it is nested more than {native.DEPTH} levels deep", self._at) from None
            if len(self._buffer) - self._at > _LONGEST:
                raise self._invalid("a single value is too long to be read", self._at)
            self._fill()

    def _next(self) -> str:
        """The next character that is no space, or nothing at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._ended:
                return ""
            self._fill()

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self._invalid(f"a “{sign}” is expected", self._at)
        self._at += 1

    def _more(self, closing: str) -> bool:
        """Pass a comma or the closing bracket; whether it was the bracket."""
        sign = self._next()
        if sign not in (",", closing) or not sign:
            raise self._invalid(f"a “,” or “{closing}” is expected", self._at)
        self._at += 1
        return sign == closing

    def _fill(self) -> None:
        """Move the window to this place and let it reach further, twice as far when it was too short."""
        gone = self._buffer[: self._at]
        newlines = gone.count("\n")
        self._column = len(gone) - gone.rfind("\n") - 1 if newlines else self._column + len(gone)
        self._lines += newlines
        rest = self._buffer[self._at :]
        chunk = self._stream.read(max(_CHUNK, len(rest)))
        self._ended = not chunk
        try:
            self._buffer = rest + self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError as error:
            raise AnnotatorError(f"{self._name} is not in UTF-8, as JSON must be") from error
        self._at = 0

    def _invalid(self, reason: str, position: int) -> AnnotatorError:
        if (self._ended and position >= len(self._buffer)) or reason.startswith("Unterminated"):
            return AnnotatorError(f"{self._name} is cut off: its end is missing; nothing was imported from this file")
        before = self._buffer[:position]
        line = self._lines + before.count("\n") + 1
        column = len(before) - before.rfind("\n") if "\n" in before else self._column + len(before) + 1
        return AnnotatorError(f"{self._name} is no valid JSON: line {line}, column {column}: {reason}")


_MARK = re.compile(rb'"format"\s*:\s*"annotator"')


def sniff(head: bytes) -> bool:
    """Whether these bytes begin a native JSON file."""
    first, _, rest = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")
    if not first.startswith(b"{") or not _MARK.search(head):
        return False
    return not (first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{"))


FORMAT = Format(
    name="json",
    label="Annotator JSON",
    suffixes=(".json",),
    media_type="application/json",
    purpose="archive",
    read=read,
    write=write,
    sniff=sniff,
    description="Everything but the history, in one document; nothing is lost.",
)
