"""REFI-QDA codebook (QDC): the tags without texts. https://www.qdasoftware.org"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Header, Item, Losses, Record, Stamp
from annotator.formats import _xml
from annotator.formats._foreign import Gathering
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._markup import attributes
from annotator.formats._parsed import in_child
from annotator.formats._refi import CODEBOOK, DECLARATION, check_root, codes, read_codes, take_codes


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """The codebook of the header; statements are counted and left out."""
    codebook = Codebook()
    for item in items:
        if isinstance(item, Header):
            codebook = item.codebook
        elif isinstance(item, Record):
            losses.add("statements with their passages")
            yield
    found = codes(codebook, losses)
    if not found:
        raise AnnotatorError("There is no tag to export: a codebook of REFI-QDA has at least one.")
    head = attributes({"xmlns": CODEBOOK, "origin": stamp.generator})
    stream.write(f"{DECLARATION}<CodeBook{head}>\n{found}</CodeBook>\n".encode())
    yield


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """The tags; no statement."""
    found = in_child(options.parser, "annotator.formats.qdc:parse", file.data(), file.name)
    if not found:
        raise AnnotatorError(f"{file.name} holds no code")
    gathering = Gathering(file.name, "REFI-QDA")
    take_codes(found, gathering)
    yield from gathering.named()


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str) -> list[dict[str, Any]]:
    """The codes as plain data."""
    root = _xml.parse(data, name)
    check_root(root, name, "CodeBook")
    return read_codes(root)


FORMAT = Format(
    name="qdc",
    label="REFI-QDA codebook",
    suffixes=(".qdc",),
    media_type="application/xml",
    purpose="exchange",
    read=read,
    write=write,
    sniff=lambda head: b"urn:QDA-XML:codebook" in head and b"<Project" not in head,
    description="The tags alone, for other programs of qualitative analysis.",
)
