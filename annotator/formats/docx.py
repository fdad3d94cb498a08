"""Word documents (DOCX), by mammoth: paragraphs, lists, tables, notes, text boxes; without tracked deletions."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats import _xml
from annotator.formats._blocks import Blocks, add_markup, html_tree
from annotator.formats._container import Container
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import Stated, own_title, page, read_with

#: What Word's title styles become; the rest is mammoth's own map.
_STYLES = "p[style-name='Title'] => h1.title:fresh\np[style-name='Subtitle'] => p:fresh"
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record; the document is parsed in the child process."""
    return read_with("annotator.formats.docx:parse", file, options, media_type=FORMAT.media_type)


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str, encoding: str | None = None) -> dict[str, Any]:
    """The document's text and what its properties say (``encoding`` means nothing here)."""
    import mammoth

    if data.startswith(_OLD):
        raise AnnotatorError(f"{name} is an old Word document or has a password; save it as DOCX without one")
    container = Container(data, name)
    if "[Content_Types].xml" not in container or not any(n.endswith("document.xml") for n in container.names):
        raise AnnotatorError(f"{name} is a ZIP container, but no Word document")
    # mammoth opens the container by itself, and parses with what the standard library has.
    container.check(lambda entry: entry.lower().endswith((".xml", ".rels")), _xml.check)
    made = mammoth.convert_to_html(
        io.BytesIO(data),
        style_map=_STYLES,
        include_embedded_style_map=False,
        convert_image=lambda _: [],
    )
    tree = html_tree(f"<html><body>{made.value}</body></html>", name)
    _number_notes(tree)
    blocks = Blocks()
    add_markup(blocks, tree)
    heading = next(("".join(h.itertext()) for h in (*tree.iter("h1"),)), "")
    stated, facts = _properties(container)
    return page(str(blocks), stated, name=name, heading=heading, facts=facts)


def _number_notes(tree: Any) -> None:
    """Give the notes at the end the marks that lead to them; their list lost its numbers."""
    notes = (i for i in tree.iter("li") if (i.get("id") or "").startswith(("footnote-", "endnote-")))
    for number, item in enumerate(notes, 1):
        first = item[0] if len(item) and not (item.text or "").strip() else item
        first.text = f"[{number}] {(first.text or '').lstrip()}"


_CORE = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_PROPERTIES = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"


def _properties(container: Container) -> tuple[Stated, dict[str, str]]:
    """What the document states of itself: metadata, and facts of the file that are none of a statement."""
    if "docProps/core.xml" not in container:
        return {}, {}
    root = _xml.parse(container.read("docProps/core.xml"), container.name)

    def value(tag: str) -> str:
        return (root.findtext(tag) or "").strip()

    stated = {
        "title": [own_title(value(f"{_CORE}title")), "document properties: title"],
        "language": [value(f"{_CORE}language"), "document properties: language"],
    }
    facts = {
        "author": value(f"{_CORE}creator"),
        "created": value(f"{_TERMS}created"),
        "modified": value(f"{_TERMS}modified"),
        "modified_by": value(f"{_PROPERTIES}lastModifiedBy"),
        "subject": value(f"{_CORE}subject"),
        "keywords": value(f"{_PROPERTIES}keywords"),
    }
    return stated, facts


FORMAT = Format(
    name="docx",
    label="Word document (DOCX)",
    suffixes=(".docx", ".docm", ".dotx"),
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    purpose="documents",
    read=read,
    sniff=lambda head: head.startswith(b"PK\x03\x04") and b"word/" in head,
    description="One statement a document, with its tables, notes and text boxes.",
)
