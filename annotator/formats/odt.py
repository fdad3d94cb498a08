"""OpenDocument texts (ODT): the paragraphs of ``content.xml`` in their order, notes at the end.

Element names are those of OpenDocument 1.3, part 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats import _xml
from annotator.formats._blocks import Blocks
from annotator.formats._container import Container
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import Stated, own_title, page, read_with

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"

#: What stands in the text and is none: deletions, comments, declarations, descriptions of pictures, readings.
_LEFT_OUT = frozenset(
    {
        *(_TEXT + n for n in ("tracked-changes", "sequence-decls", "variable-decls", "user-field-decls")),
        *(_TEXT + n for n in ("dde-connection-decls", "alphabetical-index-auto-mark-file", "ruby-text")),
        *(_TEXT + n for n in ("table-of-content-source", "alphabetical-index-source", "user-index-source")),
        *(_OFFICE + n for n in ("annotation", "annotation-end", "forms", "scripts", "event-listeners")),
        _SVG + "title",
        _SVG + "desc",
    }
)
_LISTS = frozenset({_TEXT + "list"})
_ROW, _CELLS = _TABLE + "table-row", frozenset({_TABLE + "table-cell"})
#: The most spaces that one ``text:s`` may stand for.
_SPACES = 1000


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record; the document is parsed in the child process."""
    return read_with("annotator.formats.odt:parse", file, options, media_type=FORMAT.media_type)


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str, encoding: str | None = None) -> dict[str, Any]:
    """The document's text and what its ``meta.xml`` states (``encoding`` means nothing here)."""
    container = Container(data, name)
    if "META-INF/manifest.xml" in container and b":encryption-data" in container.read("META-INF/manifest.xml"):
        raise AnnotatorError(f"{name} is protected by a password")
    root = _xml.parse(container.read("content.xml"), name)
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise AnnotatorError(f"{name} is an OpenDocument file, but no text document")
    walk = _Walk()
    walk.children(body)
    stated, facts = _properties(container)
    return page(str(walk.blocks), stated, name=name, heading=walk.heading, facts=facts)


class _Walk:
    """Goes through the text once; notes are told at the end, with the marks that stand for them in the text."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.heading = ""
        self._notes: list[tuple[str, Element]] = []

    def children(self, body: Element) -> None:
        self._inside(body)
        while self._notes:  # a note may hold none, but nothing forbids it
            mark, note = self._notes.pop(0)
            self.blocks.edge()
            self.blocks.words(f"[{mark}] ")
            for n, paragraph in enumerate(note):
                if n:
                    self.blocks.line()
                self._inside(paragraph)
            self.blocks.edge()

    def _inside(self, element: Element) -> None:
        if element.text:
            self.blocks.words(element.text)
        for child in element:
            if child.tag not in _LEFT_OUT:
                self._element(child)
            if child.tail:
                self.blocks.words(child.tail)

    def _element(self, element: Element) -> None:
        tag, blocks = element.tag, self.blocks
        if tag in (_TEXT + "p", _TEXT + "h"):
            blocks.edge()
            self._inside(element)
            blocks.edge()
            style = element.get(_TEXT + "style-name")
            if not self.heading and (style == "Title" or element.get(_TEXT + "outline-level") == "1"):
                self.heading = "".join(element.itertext())
        elif tag == _TEXT + "s":
            count = element.get(_TEXT + "c") or "1"
            blocks.verbatim(" " * min(_SPACES, int(count) if count.isdecimal() else 1))
        elif tag == _TEXT + "tab":
            blocks.verbatim("\t")
        elif tag == _TEXT + "line-break":
            blocks.line_break()
        elif tag in _LISTS:
            blocks.open_list()
            self._inside(element)
            blocks.close_list()
        elif tag == _ROW:
            blocks.open_row()
            for cell in element:
                if cell.tag in _CELLS:
                    blocks.open_cell()
                    self._inside(cell)
                    blocks.close_cell()
            blocks.close_row()
        elif tag == _TABLE + "table":
            blocks.edge()
            self._inside(element)
            blocks.edge()
        elif tag == _TEXT + "note":
            mark = (element.findtext(_TEXT + "note-citation") or "").strip() or "*"
            blocks.words(f"[{mark}]")
            if (note := element.find(_TEXT + "note-body")) is not None:
                self._notes.append((mark, note))
        else:
            self._inside(element)


def _properties(container: Container) -> tuple[Stated, dict[str, str]]:
    if "meta.xml" not in container:
        return {}, {}
    meta = _xml.parse(container.read("meta.xml"), container.name).find(f"{_OFFICE}meta")
    if meta is None:
        return {}, {}

    def value(tag: str) -> str:
        return (meta.findtext(tag) or "").strip()

    stated = {
        "title": [own_title(value(f"{_DC}title")), "document properties: title"],
        "language": [value(f"{_DC}language"), "document properties: language"],
    }
    facts = {
        "author": value(f"{_META}initial-creator"),
        "created": value(f"{_META}creation-date"),
        "modified": value(f"{_DC}date"),
        "modified_by": value(f"{_DC}creator"),
        "subject": value(f"{_DC}subject"),
        "keywords": value(f"{_META}keyword"),
    }
    return stated, facts


FORMAT = Format(
    name="odt",
    label="OpenDocument text (ODT)",
    suffixes=(".odt", ".ott"),
    media_type="application/vnd.oasis.opendocument.text",
    purpose="documents",
    read=read,
    sniff=lambda head: head.startswith(b"PK\x03\x04") and b"vnd.oasis.opendocument.text" in head,
    description="One statement a document, with its tables and notes.",
)
