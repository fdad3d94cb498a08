"""Taguette projects (.sqlite3). https://www.taguette.org

Followed is the schema of Taguette 1.0 to 1.5: ``documents`` with HTML, ``highlights`` whose offsets are bytes of UTF-8
over the words of that HTML, ``highlight_tags``, ``tags``, and ``commands``, which say who highlighted what.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._projects import read_project
from annotator.formats._sqlite import Database, number, opened, words

_TABLES = {
    "projects": ("id", "name"),
    "documents": ("id", "name", "description", "filename", "project_id", "contents"),
    "highlights": ("id", "document_id", "start_offset", "end_offset", "snippet"),
    "highlight_tags": ("highlight_id", "tag_id"),
    "tags": ("id", "project_id", "path", "description"),
    "commands": ("date", "user_login", "payload"),
}
#: Elements that begin and end a line.
_BLOCKS = frozenset(
    ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "pre", "blockquote", "br", "hr")
)
_UNSEEN = frozenset(("script", "style", "template"))


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each document."""
    yield from read_project(file, options, "annotator.formats.taguette:parts", "Taguette")


# -- in the child -------------------------------------------------------------------------


def parts(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """The projects of the file as plain data, a document at a time."""
    with opened(data, name, _TABLES) as database:
        if not database.has("documents", "id", "contents") or not database.has("highlights", "start_offset"):
            raise AnnotatorError(f"{name} is no project of Taguette: it has no documents and highlights")
        projects = {row[0]: words(row[1]) for row in database.rows("projects", "id", "name")}
        labels = {}
        tags: list[dict[str, Any]] = []
        for identifier, path, description in database.rows("tags", "id", "path", "description"):
            labels[identifier] = words(path)
            tags.append({"label": words(path), "definition": words(description)})
        yield {"tags": tags}
        highlights = _highlights(database, labels)
        columns = ("id", "name", "description", "filename", "project_id", "contents")
        for identifier, title, description, filename, project, contents in database.rows("documents", *columns):
            page = Page(words(contents))
            extra = {"file": words(filename)}
            if len(projects) > 1:
                extra["project"] = projects.get(project, "")
            yield {
                "document": {
                    "text": page.text,
                    "unit": "points",
                    "metadata": {"title": words(title), "memo": words(description), "extra": extra},
                    "claims": [_claim(each, page) for each in highlights.get(identifier, ())],
                }
            }
        for each in database.passed_over:
            yield {"problem": each}


def _highlights(database: Database, labels: dict[Any, str]) -> dict[Any, list[dict[str, Any]]]:
    """The highlights of each document, one for each of their tags."""
    tagged: dict[Any, list[str]] = {}
    for highlight, tag in database.rows("highlight_tags", "highlight_id", "tag_id"):
        tagged.setdefault(highlight, []).append(labels.get(tag) or "unlabelled")
    who: dict[Any, tuple[str, str]] = {}
    for date, login, payload in database.rows("commands", "date", "user_login", "payload"):
        try:
            command = json.loads(words(payload))
        except (ValueError, RecursionError):
            continue
        if isinstance(command, dict) and command.get("type") == "highlight_add":
            who.setdefault(number(command.get("highlight_id")), (words(login), words(date)))
    found: dict[Any, list[dict[str, Any]]] = {}
    columns = ("id", "document_id", "start_offset", "end_offset", "snippet")
    for identifier, document, start, end, snippet in database.rows("highlights", *columns):
        coder, created = who.get(identifier, ("", ""))
        for n, label in enumerate(tagged.get(identifier) or ["Highlight"]):
            found.setdefault(document, []).append(
                {
                    "id": f"highlight {identifier}" + (f"/{n}" if n else ""),
                    "label": label,
                    "start": number(start),
                    "end": number(end),
                    "quote": words(snippet),
                    "coder": coder,
                    "created": created,
                }
            )
    return found


def _claim(highlight: dict[str, Any], page: Page) -> dict[str, Any]:
    """The highlight with offsets in the page's text; its words are looked for where they are not at its offsets."""
    said = Page(highlight["quote"])
    start, end = highlight["start"], highlight["end"]
    if 0 <= start < end <= page.size:
        if not said.words or page.between(start, end) == said.words:
            return highlight | {"start": page.start(start), "end": page.end(end), "quote": None}
        return highlight | {"start": page.start(start), "end": page.end(end), "quote": said.text.strip()}
    return highlight | {"start": -1, "end": -1, "quote": said.text.strip()}


class Page(HTMLParser):
    """The words of a document of Taguette as a text with lines, and where its bytes are in that."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        #: Of each piece of words: where it begins in bytes, and in the text.
        self._bytes: list[int] = []
        self._points: list[int] = []
        self._nodes: list[str] = []
        self._length = self.size = 0
        self._unseen = 0
        # What stands before the first element is none of a page's words.
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n").lstrip())
        self.close()
        self.text = "".join(self._pieces)
        self.words = "".join(self._nodes)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self._break(tag)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS and self._pieces and not self._pieces[-1].endswith("\n"):
            self._pieces.append("\n")
            self._length += 1

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        self._bytes.append(self.size)
        self._points.append(self._length)
        self._nodes.append(data)
        self._pieces.append(data)
        self._length += len(data)
        self.size += len(data.encode("utf-8", "replace"))

    def start(self, offset: int) -> int:
        """Where what begins at this byte begins in the text."""
        return self._at(bisect_right(self._bytes, offset) - 1, offset)

    def end(self, offset: int) -> int:
        """Where what ends at this byte ends in the text."""
        return self._at(bisect_left(self._bytes, offset) - 1, offset)

    def _at(self, node: int, offset: int) -> int:
        head = self._nodes[node].encode("utf-8", "replace")[: offset - self._bytes[node]]
        return self._points[node] + len(head.decode("utf-8", "ignore"))

    def between(self, start: int, end: int) -> str:
        """The words between two bytes, without the lines between them."""
        return self.words.encode("utf-8", "replace")[start:end].decode("utf-8", "ignore")


FORMAT = Format(
    name="taguette",
    label="Taguette project",
    suffixes=(".sqlite3", ".sqlite"),
    media_type="application/vnd.sqlite3",
    purpose="exchange",
    read=read,
    sniff=lambda head: head.startswith(b"SQLite format 3\0") and b"highlight_tags" in head,
    description="Documents, tags and highlights.",
)
