"""The words of a marked-up document as plain text: paragraphs between blank lines, list items and rows on lines."""

from __future__ import annotations

import re
from typing import Any

_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_NO_PLAIN_SPACE = re.compile(r"[\t\n\r\f\v]")
#: What may be in a paragraph that nobody would miss.
_EMPTY = " \t\n\u00a0\u200b\ufeff"


class Blocks:
    """Collects words between edges; the text is ``str()`` of it.

    A table's row becomes one line with tabs between its cells, unless a cell has several paragraphs: then the table
    serves the layout, and its cells follow one another.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        #: Line breaks that the next words come after; edges that meet are one.
        self._breaks = 0
        self._tight = 0
        self._rows: list[list[str]] = []
        self._outside: list[tuple[list[str], int, int]] = []

    def words(self, text: str) -> None:
        """These words, each run of white space as one space; other spaces than the common ones stay."""
        if "  " in text or _NO_PLAIN_SPACE.search(text):  # seldom, and replacing stops at every space
            text = _SPACE.sub(" ", text)
        if text[:1] == " " and (self._breaks or not self._parts or self._parts[-1][-1] in " \n\t"):
            text = text[1:]
        self.verbatim(text)

    def verbatim(self, text: str) -> None:
        """These characters as they are."""
        if text:
            if self._breaks and self._parts:
                self._parts.append("\n" * self._breaks)
            self._breaks = 0
            self._parts.append(text)

    def line(self) -> None:
        """The edge of a line."""
        self._breaks = max(self._breaks, 1)

    def line_break(self) -> None:
        """A line break that was written; two of them end a paragraph."""
        self._breaks += 1

    def edge(self) -> None:
        """The edge of a paragraph; within a list item it is that of a line."""
        self._breaks = max(self._breaks, 1 if self._tight else 2)

    def open_list(self) -> None:
        self.edge()
        self._tight += 1

    def close_list(self) -> None:
        self._tight = max(0, self._tight - 1)
        self.edge()

    def open_row(self) -> None:
        self._rows.append([])

    def open_cell(self) -> None:
        self._outside.append((self._parts, self._breaks, self._tight))
        self._parts, self._breaks, self._tight = [], 0, 0

    def close_cell(self) -> None:
        cell = str(self)
        self._parts, self._breaks, self._tight = self._outside.pop()
        self._rows[-1].append(cell)

    def close_row(self) -> None:
        cells = self._rows.pop()
        if any("\n\n" in cell for cell in cells):
            for cell in cells:
                self.edge()
                self.verbatim(cell)
            self.edge()
        elif any(cells):
            self.line()
            self.verbatim("\t".join(cell.replace("\n", " ") for cell in cells).rstrip("\t"))
            self.line()

    def __str__(self) -> str:
        lines = _without_edges("".join(self._parts).replace("\t", _TAB)).replace(_TAB, "\t")
        blocks = (re.sub("\n+", "\n", block.strip(" \n\t")) for block in re.split(r"\n{2,}", lines))
        return "\n\n".join(block for block in blocks if block.strip(_EMPTY))


def _without_edges(text: str) -> str:
    """The text without the white space on both sides of each line break."""
    first, *rest = text.split("\n")
    if not rest:
        return text
    *inner, last = rest
    return "\n".join((first.rstrip(_BLANKS), *(line.strip(_BLANKS) for line in inner), last.lstrip(_BLANKS)))


_BLANKS = " \t\r\f\v"
#: Stands for a tab that was written on purpose while the white space around line breaks is taken away.
_TAB = "\ue009"

# -- HTML ----------------------------------------------------------------------------------

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hgroup", "hr", "legend", "main", "menu", "nav", "p", "pre", "section", "summary", "table"),
    }
)
_LISTS = frozenset({"ul", "ol"})
_LEFT_OUT = frozenset(
    {
        *("head", "script", "style", "template", "noscript", "title", "svg", "math", "object", "iframe", "audio"),
        *("video", "canvas", "select", "textarea"),
    }
)


def add_markup(blocks: Blocks, tree: Any) -> None:
    """Add the words of this lxml tree of HTML; scripts, styles and what is no text are left out.

    Walks without recursion, so that depth costs nothing.
    """
    from lxml import etree

    left_out = verbatim = 0
    cells: list[bool] = []
    rows = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        tag = tag.rpartition("}")[2].lower()
        if tag in _LEFT_OUT or not tag or _is_way_back(element, tag):
            left_out += 1 if event == "start" else -1
        elif left_out == 0:
            if tag in _BLOCKS:
                blocks.edge()
            elif tag == "br":
                if event == "start":
                    blocks.line_break()
            elif tag in _LISTS:
                (blocks.open_list if event == "start" else blocks.close_list)()
            elif tag == "li":
                blocks.line()
            elif tag == "tr":
                rows += 1 if event == "start" else -1
                (blocks.open_row if event == "start" else blocks.close_row)()
            elif tag in ("td", "th"):
                if event == "start":
                    cells.append(rows > 0)
                    if cells[-1]:
                        blocks.open_cell()
                elif cells.pop():
                    blocks.close_cell()
            elif tag == "q":
                blocks.verbatim("“" if event == "start" else "”")
            if tag in ("pre", "listing"):
                verbatim += 1 if event == "start" else -1
        words = element.text if event == "start" else element.tail
        if words and left_out == 0 and element is not (tree if event == "end" else None):
            (blocks.verbatim if verbatim else blocks.words)(words)


def _is_way_back(element: Any, tag: str) -> bool:
    """Whether this is the arrow from a note back to its mark, as converters write it."""
    return tag == "a" and (element.get("href") or "").startswith(("#footnote-ref", "#endnote-ref"))


def html_tree(text: str, name: str) -> Any:
    """The tree of this HTML; raises ``AnnotatorError`` when it is empty or nested too deeply to be read as a whole."""
    from lxml import etree, html

    from annotator.core.errors import AnnotatorError

    # Without huge_tree, what is nested over 256 levels deep would be left out and nothing said; with it, over 2,048.
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False, no_network=True
    )
    try:
        tree = html.document_fromstring(text.encode("utf-8"), parser=parser, ensure_head_body=True)
    except etree.ParserError:
        raise AnnotatorError(f"no text was found in {name}") from None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise AnnotatorError(f"{name} is nested too deeply to be read as a whole")
    return tree
