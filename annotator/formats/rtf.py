"""RTF documents, by striprtf, whose halves of characters are put together again."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import Stated, own_title, page, read_with

_CODE_PAGE = re.compile(rb"\\ansicpg(\d{2,5})")
#: A group of the information of the document (RTF 1.9.1, "Information Group").
_INFORMATION = r"\{\\%s (?:[^{}\\]|\\.){0,2000}\}"
_TIME = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record; the document is parsed in the child process."""
    return read_with("annotator.formats.rtf:parse", file, options, media_type=FORMAT.media_type, title_first=True)


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str, encoding: str | None = None) -> dict[str, Any]:
    """The document's text and what its information group states; ``encoding`` takes the place of its code page."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise AnnotatorError(f"{name} is no RTF document")
    declared = _CODE_PAGE.search(data[:4096])
    known = encoding or (f"cp{declared[1].decode()}" if declared else "cp1252")
    try:
        codecs.lookup(known)
    except LookupError:
        known = "cp1252"
    # Signs above ASCII have no place in RTF; where a program wrote them, they are in its code page.
    source = data.decode(known, "replace")
    text = "\n".join(line.rstrip(" |") for line in _words(source, known).split("\n"))
    return page(text, _stated(source, known), name=name, encoding=known, facts=_facts(source, known))


def _words(source: str, encoding: str) -> str:
    from striprtf import striprtf

    parse_rtf: Any = striprtf.rtf_to_text
    text = parse_rtf(source, encoding=encoding, errors="replace")
    # A sign beyond the first 65,536 comes as two halves.
    return str(text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _information(source: str, group: str, encoding: str) -> str:
    match = re.search(_INFORMATION % group, source[:100_000])
    return _words(f"{{\\rtf1\\ansi {match[0][len(group) + 2 : -1]}}}", encoding).strip() if match else ""


def _stated(source: str, encoding: str) -> Stated:
    return {"title": [own_title(_information(source, "title", encoding)), "document properties: title"]}


def _facts(source: str, encoding: str) -> dict[str, str]:
    created = _TIME.search(source[:100_000])
    return {
        "author": _information(source, "author", encoding),
        "subject": _information(source, "subject", encoding),
        "created": f"{created[1]}-{int(created[2]):02}-{int(created[3]):02}" if created else "",
    }


FORMAT = Format(
    name="rtf",
    label="Rich text (RTF)",
    suffixes=(".rtf",),
    media_type="application/rtf",
    purpose="documents",
    read=read,
    sniff=lambda head: head.lstrip().startswith(b"{\\rtf"),
    description="One statement a document.",
)
