"""ZIP containers: nothing is unpacked that was not looked over, and what is hostile is refused in one sentence."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

import pytest

from annotator.core.errors import AnnotatorError
from annotator.formats import _container
from annotator.formats._container import Container


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name is there twice is the point of one test
        for name, data in entries:
            made.writestr(name, data)
    return stream.getvalue()


def directory(data: bytes) -> int:
    """Where the central directory begins."""
    (offset,) = struct.unpack_from("<I", data, data.rindex(b"PK\x05\x06") + 16)
    return int(offset)


def patched(data: bytes, at: int, form: str, value: int) -> bytes:
    """The file with another number in its first entry of the central directory (APPNOTE 4.3.12)."""
    changed = bytearray(data)
    struct.pack_into(form, changed, directory(data) + at, value)
    return bytes(changed)


WORDS = b"The harbour union asks the authority to reopen the pier. " * 20
SOUND = zipped(("a.xml", WORDS), ("b/c.xml", b"other"))


def test_entries_are_read_by_their_names() -> None:
    container = Container(SOUND, "x.docx")
    assert container.names == ("a.xml", "b/c.xml")
    assert container.read("a.xml") == WORDS
    assert "b/c.xml" in container and "c.xml" not in container


def test_a_missing_entry_is_named() -> None:
    with pytest.raises(AnnotatorError, match=r"^x.docx lacks word/document.xml, which such a document must have$"):
        Container(SOUND, "x.docx").read("word/document.xml")


def bomb() -> bytes:
    return zipped(("a.xml", bytes(5_000_000)))


def many_bombs() -> bytes:
    """Each entry is small enough to be packed as tight as it likes; together they are not."""
    return zipped(*((f"{n}.xml", bytes(900_000)) for n in range(40)))


def huge_declared() -> bytes:
    return patched(SOUND, 24, "<I", 0xFFFFFFF0)


def many_entries() -> bytes:
    return zipped(*((f"{n}", b"") for n in range(_container.ENTRY_LIMIT + 1)))


def encrypted() -> bytes:
    return patched(SOUND, 8, "<H", 0x1)


def other_method() -> bytes:
    return zipped(("a.xml", WORDS), method=zipfile.ZIP_LZMA)


def wrong_checksum() -> bytes:
    return patched(SOUND, 16, "<I", 0x12345678)


def smaller_than_it_is() -> bytes:
    """The directory declares ten bytes, and the entry holds more."""
    return patched(SOUND, 24, "<I", 10)


def overlapping() -> bytes:
    """Both entries of the directory lead to the same bytes, as in the bombs without recursion."""
    data = bytearray(zipped(("aaaa", WORDS), ("bbbb", WORDS)))
    second = bytes(data).index(b"PK\x01\x02", directory(bytes(data)) + 4)
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def truncated() -> bytes:
    return SOUND[: len(SOUND) // 2]


def outside() -> bytes:
    return zipped(("../../etc/cron.d/x", b"x"))


def absolute() -> bytes:
    return zipped(("/etc/passwd", b"x"))


def drive() -> bytes:
    return zipped(("C:\\x", b"x"))


def twice() -> bytes:
    return zipped(("a.xml", b"one"), ("a.xml", b"other"))


def no_zip() -> bytes:
    return b"PK\x03\x04 and nothing else"


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        (bomb, "is packed more than 200 times and was not opened"),
        (many_bombs, "is packed more than 200 times and was not opened"),
        (huge_declared, "would unpack to more than 200 MB and was not opened"),
        (many_entries, "holds more than 2000 files and was not opened"),
        (encrypted, "is protected by a password"),
        (other_method, "is packed by a method that is not read"),
        (wrong_checksum, "is damaged: a.xml cannot be unpacked"),
        (smaller_than_it_is, "is damaged: a.xml cannot be unpacked"),
        (overlapping, "is damaged: files in it overlap"),
        (truncated, "is damaged, or no ZIP container"),
        (outside, "names a file outside of itself (../../etc/cron.d/x) and was not opened"),
        (absolute, "names a file outside of itself (/etc/passwd) and was not opened"),
        (drive, "names a file outside of itself (C:\\x) and was not opened"),
        (twice, "holds a.xml twice and was not opened"),
        (no_zip, "is damaged, or no ZIP container"),
        (zipped, "is an empty ZIP container"),
    ],
)
def test_a_hostile_container_is_refused_in_one_sentence(hostile: Callable[[], bytes], reason: str) -> None:
    data = hostile()
    with pytest.raises(AnnotatorError) as refused:
        container = Container(data, "x.docx")
        for name in container.names:
            container.read(name)
    assert str(refused.value) == f"x.docx {reason}"


def test_containers_within_containers_stay_packed() -> None:
    inner = bomb()
    assert Container(zipped(("word/embedded.zip", inner)), "x.docx").read("word/embedded.zip") == inner


def test_a_cut_or_changed_container_is_never_more_than_refused() -> None:
    for at in range(0, len(SOUND), 3):
        for data in (SOUND[:at], SOUND[:at] + b"\xff" + SOUND[at + 1 :]):
            try:
                container = Container(data, "x.docx")
                for name in container.names:
                    container.read(name)
            except AnnotatorError as error:
                assert str(error).startswith("x.docx ")
