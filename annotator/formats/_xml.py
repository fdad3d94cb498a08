"""XML from documents, through defusedxml: no entities, no DTD, nothing external, and not deeper than people write.

Trees are those of the standard library.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from annotator.core.errors import AnnotatorError

#: Elements within elements; libraries that walk trees recursively fail at about a thousand.
DEPTH_LIMIT = 256
#: Elements of one document: 200 MB of the shortest ones would need tens of gigabytes.
ELEMENT_LIMIT = 2_000_000
_CHUNK = 1 << 16


class _TooDeep(Exception):
    pass


class _TooMany(Exception):
    pass


class _Gauge:
    """Counts elements and depth, and builds nothing."""

    def __init__(self, elements: int = 0) -> None:
        self._depth = self._count = 0
        self._most = elements or ELEMENT_LIMIT

    def start(self, tag: str, attributes: Any) -> Any:
        self._depth += 1
        self._count += 1
        if self._depth > DEPTH_LIMIT:
            raise _TooDeep
        if self._count > self._most:
            raise _TooMany

    def end(self, tag: str) -> Any:
        self._depth -= 1

    def data(self, text: str) -> Any:
        pass

    def close(self) -> Any:
        return None


class _Builder(_Gauge):
    """Builds a tree of what it counts."""

    def __init__(self) -> None:
        super().__init__()
        self._tree = TreeBuilder()

    def start(self, tag: str, attributes: Any) -> Any:
        super().start(tag, attributes)
        return self._tree.start(tag, attributes)

    def end(self, tag: str) -> Any:
        super().end(tag)
        return self._tree.end(tag)

    def data(self, text: str) -> Any:
        return self._tree.data(text)

    def close(self) -> Any:
        return self._tree.close()


def parse(data: bytes, name: str, *, doctype: bool = False) -> Element:
    """The root of this document; raises ``AnnotatorError`` with one sentence when it is not fit to be read.

    With ``doctype`` a bare ``<!DOCTYPE …>`` may stand there, as old EPUB files have it; it is not followed.
    """
    root = _run(data, name, _Builder(), doctype)
    assert isinstance(root, Element)
    return root


def check(data: bytes, name: str, *, elements: int = 0) -> None:
    """Raises ``AnnotatorError`` when this XML is not fit to be given to a library that parses it by itself.

    ``elements`` is another limit to their number, for libraries that build no tree.
    """
    _run(data, name, _Gauge(elements), False)


def _run(data: bytes, name: str, target: _Gauge, doctype: bool) -> Any:
    from defusedxml import DefusedXmlException, ElementTree

    # Not the class of the same name that the standard library has in C: defusedxml needs the one in Python.
    parser = ElementTree.XMLParser(target=target, forbid_dtd=not doctype)
    # Quadratic blow-up needs long texts, which need entities; those are refused, so that input bounds output.
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
        return parser.close()
    except DefusedXmlException:
        raise AnnotatorError(
            f"{name} holds XML that declares entities or a document type, as honest documents do not, and was not read"
        ) from None
    except _TooDeep:
        raise AnnotatorError(f"{name} is nested more than {DEPTH_LIMIT} levels deep and was not read") from None
    except _TooMany:
        raise AnnotatorError(f"{name} holds more than {ELEMENT_LIMIT:,} elements and was not read") from None
    except (ParseError, ValueError, LookupError) as error:
        place = getattr(error, "position", None)
        where = f" (line {place[0]})" if place else ""
        raise AnnotatorError(f"{name} is damaged: its XML cannot be read{where}") from None
