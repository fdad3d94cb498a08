"""Which encoding a file's bytes are in, and what a file that is no text looks like."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from annotator.core.errors import AnnotatorError, one_line

_BINARY = "a binary file"
#: More NULs than this share of the bytes, and it is UTF-16 or no text.
_NUL_SHARE = 0.01
#: More control characters than this, and it is no text (tab, line breaks and escape do not count).
_CONTROL_SHARE = 0.05
_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 12, 13, 27})
#: How much of a file the detector looks at.
_SAMPLE = 1 << 18

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: What files begin with that are no plain text.
_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word, Excel or Outlook document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"SQLite format 3\0", "an SQLite database, or an Annotator project"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"RIFF", "a sound, video or picture file"),
    (b"ID3", "an MP3 sound file"),
    (b"OggS", "a sound or video file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
)
_ZIPPED = (
    (b"word/", "a DOCX (Word) document"),
    (b"xl/", "an XLSX (Excel) workbook"),
    (b"ppt/", "a PPTX (PowerPoint) presentation"),
    (b"vnd.oasis.opendocument.text", "an ODT (OpenDocument) text"),
    (b"vnd.oasis.opendocument", "an OpenDocument file"),
    (b"epub+zip", "an EPUB book"),
)


def kind(head: bytes) -> str:
    """What a file that begins so is, in words, or nothing when it may be text."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((words for mark, words in _ZIPPED if mark in head), "a ZIP archive")
    if head[4:8] == b"ftyp":
        return "a video file"
    return next((words for magic, words in _MAGIC if head.startswith(magic)), "")


def check_is_text(data: bytes, name: str) -> None:
    """Raises ``AnnotatorError`` when the file is no text, saying what it looks like."""
    if bom(data):
        return
    looks = kind(data[:8192]) or ("" if likely_text(data) else _BINARY)
    if looks:
        # More NULs than text has may still be text: in an encoding that nothing in the file names.
        way = "; if it is text, choose its encoding" if looks == _BINARY else ""
        raise AnnotatorError(f"{name} is not a text file that Annotator can read (it looks like {looks}){way}")


def likely_text(data: bytes) -> bool:
    """Whether there are as few NULs and control characters in it as text has, or as many as UTF-16 has."""
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    return (_nuls(data) <= _NUL_SHARE and controls <= _CONTROL_SHARE * len(sample)) or bool(_utf16(data))


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file's bytes and the name of the encoding they are in.

    What the user says wins; then a byte order mark, UTF-16 told by where the NULs stand, strict UTF-8, and at
    last a guess by charset-normalizer. Raises ``AnnotatorError`` when none of them reads the file.
    """
    if encoding:
        return _as_told(data, name, encoding)
    check_is_text(data, name)
    certain = bom(data) or _utf16(data)
    if certain:
        try:
            return data.decode(certain), certain
        except UnicodeDecodeError as error:
            raise AnnotatorError(
                f"{name} is damaged: it begins as {certain.upper()}, but byte {error.start} does not fit; "
                "choose its encoding to read it otherwise"
            ) from error
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _guessed(data, name)


def encoding_of(stream: BinaryIO, name: str, encoding: str | None = None) -> str:
    """The encoding of a file that is read in pieces, by the same rules; the stream is left at its beginning.

    Where a guess is needed it is made from the beginning. Raises ``AnnotatorError`` as ``decode`` does.
    """
    stream.seek(0)
    sample = stream.read(_SAMPLE)
    try:
        if encoding:
            return _as_told(b"", name, encoding)[1]
        check_is_text(sample, name)
        if certain := bom(sample) or _utf16(sample):
            return "utf-8-sig" if certain == "utf-8" else certain
        if _is_utf8(stream):
            return "utf-8"
        return _guessed(sample, name)[1]
    finally:
        stream.seek(0)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while chunk := stream.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _as_told(data: bytes, name: str, encoding: str) -> tuple[str, str]:
    said = one_line(encoding)[:60]
    try:
        # Python does not look at the name when there is nothing to decode.
        known = codecs.lookup(encoding).name
        return data.decode(encoding), known
    except UnicodeError as error:
        where = f": byte {error.start} does not fit" if isinstance(error, UnicodeDecodeError) else ""
        raise AnnotatorError(f"{name} is not in the encoding {said}{where}") from error
    except (LookupError, ValueError):  # a name with a NUL is no value
        raise AnnotatorError(f"“{said}” is no encoding of text; some are utf-8, utf-16 and cp1256") from None


def _guessed(data: bytes, name: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    for match in from_bytes(data[:_SAMPLE]):
        try:
            return data.decode(match.encoding), codecs.lookup(match.encoding).name
        except (UnicodeError, LookupError):
            continue
    raise AnnotatorError(f"the encoding of {name} could not be told; choose it, for example windows-1256")


def bom(data: bytes) -> str:
    """The encoding whose byte order mark the data begin with, or nothing."""
    return next((name for mark, name in _BOMS if data.startswith(mark)), "")


def _nuls(data: bytes) -> float:
    return data.count(0) / len(data) if data else 0.0


def _utf16(data: bytes) -> str:
    """UTF-16 without a byte order mark, told by its NULs, nearly all at even or all at odd places."""
    if len(data) < 2 or _nuls(data) <= _NUL_SHARE:
        return ""
    even, odd = data[::2].count(0), data[1::2].count(0)
    name = "utf-16-be" if even > odd else "utf-16-le"
    if min(even, odd) > 0.05 * max(even, odd):
        return ""
    try:
        text = data[: len(data) & ~1].decode(name)
    except UnicodeDecodeError as error:
        # The head of a file may end inside a surrogate pair.
        if error.start < len(data) - 4:
            return ""
        text = data[: error.start].decode(name)
    odd_ones = len(_CONTROLS.findall(text))
    return name if odd_ones <= 0.01 * len(text) else ""


_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\ufffe\uffff]")
