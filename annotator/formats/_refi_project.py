"""REFI-QDA projects in the child process: from a container or a bare ``.qde`` to plain data, a source at a time.

Programs differ from the standard and from each other: any ``*.qde``, ``sources/`` or ``Sources/``, GUIDs in capitals or
braces, odd namespaces. What is read here is by local names, and what is missing is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from annotator.core.errors import AnnotatorError
from annotator.formats import _xml
from annotator.formats._container import Container
from annotator.formats._decode import decode
from annotator.formats._refi import check_root, child, children, guid, name_of, read_codes, text_of

#: Elements that hold a text with selections in it, and where they may stand.
_TEXTS = ("TextSource", "Representation", "Transcript", "TextDescription")
_SOURCES = ("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource")
_UNREAD = ("PictureSelection", "PDFSelection", "AudioSelection", "VideoSelection")
#: A program may keep as many texts as it likes; each is small.
_ENTRIES = 50_000


class _Files:
    """The files of a container by their names alone: programs disagree on the folder, and on capitals."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._entries = {_base(entry).casefold(): entry for entry in reversed(container.names)}

    def project(self) -> bytes:
        found = sorted((entry for entry in self._container.names if entry.lower().endswith(".qde")), key=len)
        if not found:
            raise AnnotatorError(f"{self._container.name} holds no project (a file .qde)")
        return self._container.read(found[0])

    def read(self, name: str) -> bytes | None:
        """The file's bytes; None without one of that name."""
        entry = self._entries.get(name.casefold())
        return None if entry is None else self._container.read(entry)


def _base(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def parts(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """``{"head": …}``, then a ``{"source": …}`` for each text, then ``{"links": …}``."""
    container = None
    if data.startswith(b"PK"):
        container = _Files(Container(data, name, entries=_ENTRIES))
        data = container.project()
    root = _xml.parse(data, name)
    check_root(root, name, "Project")
    yield {"head": _head(root, container)}
    for source in children(child(root, "Sources"), *_SOURCES):
        for text in _texts(source):
            yield {"source": _source(source, text, container)}
    yield {"links": [_link(link) for link in children(child(root, "Links"), "Link")]}


def _head(root: Element, container: _Files | None) -> dict[str, Any]:
    left = Counter(name_of(node) for node in root.iter() if name_of(node) in (*_UNREAD, "Case", "Set", "Graph"))
    notes = {}
    for note in children(child(root, "Notes"), "Note"):
        title = note.get("name") or ""
        notes[guid(note.get("guid"))] = {"name": title, **_content(note, container)}
    return {
        "name": root.get("name") or "",
        "origin": root.get("origin") or "",
        "users": {guid(user.get("guid")): user.get("name") or "" for user in children(child(root, "Users"), "User")},
        "codes": read_codes(child(root, "CodeBook")),
        "variables": {guid(v.get("guid")): v.get("name") or "" for v in children(child(root, "Variables"), "Variable")},
        "notes": notes,
        "left": dict(left),
    }


def _texts(source: Element) -> Iterator[Element]:
    """The texts of a source: itself, what represents a PDF, a transcript or a description."""
    if name_of(source) == "TextSource":
        yield source
    yield from children(source, *_TEXTS[1:])


def _content(node: Element, container: _Files | None) -> dict[str, Any]:
    """``text`` where it is there, else the ``path`` under which it may lie beside the file."""
    inline = child(node, "PlainTextContent")
    if inline is not None:
        return {"text": text_of(inline)}
    path = node.get("plainTextPath") or ""
    if not path:
        return {"rich": bool(node.get("richTextPath"))}
    called = _base(path)
    if container is not None:
        try:
            found = container.read(called)
            if found is not None:
                return {"text": _decoded(found, called)}
        except AnnotatorError as error:  # one text is not the whole project
            return {"trouble": str(error)}
    return {"path": called}


def _decoded(data: bytes, name: str) -> str:
    """The text with its byte order mark, which some programs count."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode(data, name)[0]


def _source(source: Element, text: Element, container: _Files | None) -> dict[str, Any]:
    points = {guid(p.get("guid")): p.get("position") for p in children(text, "SyncPoint")}
    selections = [_selection(node, points) for node in children(text, "PlainTextSelection", "TranscriptSelection")]
    values: dict[str, str] = {}
    for node in (source, text) if text is not source else (source,):
        for value in children(node, "VariableValue"):
            reference = child(value, "VariableRef")
            said = next((text_of(part) for part in value if name_of(part).endswith("Value")), "")
            if reference is not None:
                values[guid(reference.get("targetGUID"))] = said
    return {
        "guid": guid(text.get("guid")),
        "name": source.get("name") or text.get("name") or "",
        "description": text_of(child(text, "Description")) or text_of(child(source, "Description")),
        "notes": _notes(source) + (_notes(text) if text is not source else []),
        "values": values,
        "selections": selections,
        "whole": len([*children(text, "Coding")]) + (len([*children(source, "Coding")]) if text is not source else 0),
        **_content(text, container),
    }


def _selection(node: Element, points: Mapping[str, str | None]) -> dict[str, Any]:
    start, end = node.get("startPosition"), node.get("endPosition")
    if start is None:  # of a transcript, by its points in time
        start = points.get(guid(node.get("fromSyncPoint")))
        end = points.get(guid(node.get("toSyncPoint")))
    return {
        "guid": guid(node.get("guid")),
        "name": node.get("name") or "",
        "start": _number(start),
        "end": _number(end),
        "user": guid(node.get("creatingUser")),
        "created": node.get("creationDateTime") or "",
        "modified": node.get("modifiedDateTime") or "",
        "description": text_of(child(node, "Description")),
        "notes": _notes(node),
        "codings": [
            {
                "guid": guid(coding.get("guid")),
                "code": guid(reference.get("targetGUID")),
                "user": guid(coding.get("creatingUser")),
                "created": coding.get("creationDateTime") or "",
                "notes": _notes(coding),
            }
            for coding in children(node, "Coding")
            if (reference := child(coding, "CodeRef")) is not None
        ],
    }


def _notes(node: Element) -> list[str]:
    return [guid(reference.get("targetGUID")) for reference in children(node, "NoteRef")]


def _link(node: Element) -> dict[str, str]:
    return {
        "guid": guid(node.get("guid")),
        "name": node.get("name") or "",
        "origin": guid(node.get("originGUID")),
        "target": guid(node.get("targetGUID")),
    }


def _number(text: str | None) -> int:
    """A position; -1 when it is none."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 12 else -1
