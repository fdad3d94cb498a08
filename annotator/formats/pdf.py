"""PDF documents, by PDFium: its lines of words, joined into paragraphs.

A PDF knows neither words nor paragraphs, only where signs stand. PDFium gives the lines in the order of the file, which
in columns and from right to left can be another one than a reader's; that is said with every text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import Stated, own_title, page, read_with

#: What PDFium puts in the place of a hyphen at the end of a line.
HYPHEN = "\ufffe"
#: Bullets of symbol fonts, in the private use area (ISO 32000 knows no others).
_BULLET = re.compile("(?m)^([ \t]*)[\uf020-\uf0ff](?=[ \t]|$)")
#: The most pages of a document.
PAGE_LIMIT = 20_000
_PASSWORD = 4  # FPDF_ERR_PASSWORD
CAUTION = "lines were joined into paragraphs; columns and right-to-left lines can be out of order: compare with the PDF"


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record; the document is parsed in the child process."""
    return read_with("annotator.formats.pdf:parse", file, options, media_type=FORMAT.media_type, title_first=True)


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str, encoding: str | None = None) -> dict[str, Any]:
    """The document's text and what its information dictionary states (``encoding`` means nothing here)."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise AnnotatorError(f"{name} is a password-protected PDF") from None
        raise AnnotatorError(f"{name} is damaged, or no PDF") from None
    with document:
        if len(document) > PAGE_LIMIT:
            raise AnnotatorError(f"{name} has more than {PAGE_LIMIT:,} pages and was not read")
        pages = [_words(document, number) for number in range(len(document))]
        stated, facts = _properties(document.get_metadata_dict(skip_empty=True))
    silent = sum(not words.strip() for words in pages)
    if silent == len(pages):
        raise AnnotatorError(f"{name} holds pictures and no text; it needs text recognition (OCR) before")
    remarks = [CAUTION]
    if silent:
        remarks.append(f"{silent} of {len(pages)} pages hold no text")
    return page(paragraphs(pages), stated, name=name, facts=facts | {"pages": len(pages)}, remarks=remarks)


def _words(document: Any, number: int) -> str:
    sheet = document[number]
    try:
        words = sheet.get_textpage()
        try:
            return str(words.get_text_range())
        finally:
            words.close()
    finally:
        sheet.close()


def paragraphs(pages: Sequence[str]) -> str:
    """The lines of the pages, joined where a paragraph goes on.

    A paragraph ends with a short line, with an empty one, and before a bullet. It goes on over the end of a page when
    its last line is long and the next page begins with a small letter. A word is put together again at its hyphen.
    """
    sheets = [_lines(words) for words in pages]
    lengths = sorted(len(line) for lines in sheets for line in lines)
    # Most lines of running text are about as long as the longest ones.
    full = 0.75 * lengths[-1 - len(lengths) // 10] if lengths else 0.0
    blocks: list[str] = []
    for lines in sheets:
        joined = _joined(lines, full)
        if joined and blocks and _goes_on(blocks[-1], joined[0], full):
            blocks[-1] = _glued(blocks[-1], joined.pop(0))
        blocks += joined
    return "\n\n".join(blocks).replace(HYPHEN, "-")


def _lines(words: str) -> list[str]:
    # PDFium swallows the line break after such a hyphen, or leaves it.
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace(f"{HYPHEN}\n", HYPHEN)
    words = _BULLET.sub(r"\1•", words.replace(HYPHEN, f"{HYPHEN}\n"))
    return [line.rstrip() for line in words.split("\n")]


def _joined(lines: Sequence[str], full: float) -> list[str]:
    blocks: list[str] = []
    open_ = False
    for line in lines:
        words = line.strip()
        if not words:
            open_ = False
            continue
        if open_ and not words.startswith(("•", "–\u00a0", "- ", "* ")):
            blocks[-1] = _glued(blocks[-1], words)
        else:
            blocks.append(words)
        open_ = len(words) >= full or words.endswith(HYPHEN)
    return blocks


def _glued(before: str, after: str) -> str:
    return before[:-1] + after if before.endswith(HYPHEN) else f"{before} {after}"


def _goes_on(before: str, after: str, full: float) -> bool:
    return before.endswith(HYPHEN) or (after[0].islower() and before[-1] not in ".!?:;”»\"'" and len(before) >= full)


def _properties(given: dict[str, str]) -> tuple[Stated, dict[str, Any]]:
    created = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", given.get("CreationDate", ""))
    facts = {
        "author": given.get("Author", ""),
        "subject": given.get("Subject", ""),
        "keywords": given.get("Keywords", ""),
        "created": "-".join(created.groups()) if created else "",
    }
    return {"title": [own_title(given.get("Title", "")), "document properties: title"]}, facts


FORMAT = Format(
    name="pdf",
    label="PDF document",
    suffixes=(".pdf",),
    media_type="application/pdf",
    purpose="documents",
    read=read,
    sniff=lambda head: head.startswith(b"%PDF-") or b"%PDF-" in head[:1024],
    description="One statement a document; it must hold text, not pictures of it.",
)
