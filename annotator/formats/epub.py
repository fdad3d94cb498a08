"""Books (EPUB): the chapters of the spine, in their order, as one text; metadata from the package document.

Names are those of EPUB 3.3 and of OPF 2.0.1.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats import _xml
from annotator.formats._blocks import Blocks, add_markup, html_tree
from annotator.formats._container import Container
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import Stated, page, read_with

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ENCRYPTION = "{http://www.w3.org/2001/04/xmlenc#}"


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record; the book is parsed in the child process."""
    return read_with("annotator.formats.epub:parse", file, options, media_type=FORMAT.media_type, title_first=True)


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str, encoding: str | None = None) -> dict[str, Any]:
    """The book's text and what its package states (``encoding`` means nothing here)."""
    container = Container(data, name)
    rootfile = _xml.parse(container.read("META-INF/container.xml"), name).find(f".//{_CONTAINER}rootfile")
    if rootfile is None:
        raise AnnotatorError(f"{name} names no package document, as an EPUB must")
    path = rootfile.get("full-path") or ""
    package = _xml.parse(container.read(path), name, doctype=True)
    chapters = list(_spine(package, posixpath.dirname(path)))
    locked = _encrypted(container)
    if locked & set(chapters):
        raise AnnotatorError(f"{name} is protected against copying (DRM)")
    blocks = Blocks()
    missing = 0
    for chapter in chapters:
        if chapter not in container:
            missing += 1
            continue
        text = _decoded(container.read(chapter))
        if text.strip():
            blocks.edge()
            add_markup(blocks, html_tree(text, name))
            blocks.edge()
    remarks = [f"{missing} of {len(chapters)} chapters are missing in the file"] if missing else []
    return page(str(blocks), _metadata(package), name=name, facts=_facts(package), remarks=remarks)


def _spine(package: Element, folder: str) -> Iterator[str]:
    """The chapters' names in the container, in reading order."""
    items = {
        item.get("id"): item.get("href") or ""
        for item in package.iter(f"{_OPF}item")
        if "html" in (item.get("media-type") or "html")
    }
    for entry in package.iter(f"{_OPF}itemref"):
        href = items.get(entry.get("idref"))
        if href and entry.get("linear") != "no":
            yield posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _encrypted(container: Container) -> set[str]:
    if "META-INF/encryption.xml" not in container:
        return set()
    root = _xml.parse(container.read("META-INF/encryption.xml"), container.name)
    return {unquote(each.get("URI") or "") for each in root.iter(f"{_ENCRYPTION}CipherReference")}


_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]{1,40})[\"']")


def _decoded(data: bytes) -> str:
    """A chapter's characters: EPUB allows UTF-8 and UTF-16, older files what their XML declaration says."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    declared = _DECLARATION.match(data)
    try:
        text = data.decode(declared[1].decode("ascii") if declared else "utf-8-sig", "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    # Without it, which the parser would believe rather than the characters.
    return re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text)


def _metadata(package: Element) -> Stated:
    def values(tag: str) -> list[str]:
        return [text for each in package.iter(f"{_DC}{tag}") if (text := " ".join("".join(each.itertext()).split()))]

    def first(tag: str) -> str:
        return next(iter(values(tag)), "")

    links = (v for tag in ("source", "identifier") for v in values(tag))
    return {
        "title": [first("title"), "package: dc:title"],
        "language": [first("language"), "package: dc:language"],
        "outlet": [first("publisher"), "package: dc:publisher"],
        "licence": [first("rights"), "package: dc:rights"],
        "url": [
            next((v for v in links if re.match(r"https?://[^\s/]+", v)), ""),
            "package: dc:source or dc:identifier",
        ],
        **_date(package),
    }


def _date(package: Element) -> Stated:
    """The day of publication: the date that OPF 2 marks as it, or the only one."""
    dates = list(package.iter(f"{_DC}date"))
    marked = [d for d in dates if d.get(f"{_OPF}event") == "publication"]
    chosen = marked or [d for d in dates if d.get(f"{_OPF}event") is None]
    match = re.match(r"\s*(\d{4}(?:-\d\d(?:-\d\d)?)?)(?=T|\s*$)", chosen[0].text or "") if len(chosen) == 1 else None
    try:
        return {"date_published": [check_edtf(match[1], "date"), "package: dc:date"]} if match else {}
    except AnnotatorError:
        return {}


def _facts(package: Element) -> dict[str, Any]:
    names = [" ".join("".join(each.itertext()).split()) for each in package.iter(f"{_DC}creator")]
    return {"author": "; ".join(name for name in names if name)}


FORMAT = Format(
    name="epub",
    label="Book (EPUB)",
    suffixes=(".epub",),
    media_type="application/epub+zip",
    purpose="documents",
    read=read,
    sniff=lambda head: head.startswith(b"PK\x03\x04") and b"application/epub+zip" in head[:200],
    description="One statement a book: its chapters in reading order.",
)
