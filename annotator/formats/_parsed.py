"""Documents that the child process parses: what a parser gives back, and the record that becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem, Record
from annotator.core.model import DATES, METADATA, DateValue
from annotator.core.text import Span, canonical
from annotator.formats._child import ParserProcess
from annotator.formats._document import clean, first_line, record, title_of
from annotator.formats._format import ReadOptions, SourceFile

#: ``{field: [value, where it stands]}``, as parsers give metadata back.
Stated = dict[str, list[str]]


def page(
    text: str,
    stated: Stated,
    *,
    name: str,
    heading: str = "",
    encoding: str = "",
    facts: Mapping[str, Any] | None = None,
    remarks: list[str] | None = None,
) -> dict[str, Any]:
    """What a parser gives back, as plain data; raises ``AnnotatorError`` when there is no text.

    ``heading`` are the words that the document sets as its title, ``facts`` what it says about itself that is no
    metadata of a statement, ``remarks`` what a reader should know of the text, one sentence each.
    """
    text, replaced = canonical(text)
    if not text.strip():
        raise AnnotatorError(f"no text was found in {name}")
    return {
        "text": text,
        "replaced": replaced,
        "metadata": {field: found for field, found in stated.items() if clean(found[0])},
        "heading": clean(heading),
        "encoding": encoding,
        "facts": {key: value for key, value in (facts or {}).items() if value},
        "remarks": remarks or [],
    }


def read_with(
    parser: str, file: SourceFile, options: ReadOptions, *, media_type: str, title_first: bool = False
) -> Iterator[Item]:
    """One record, of what the child's function ``parser`` finds in the file.

    The title is what the document sets as one; ``title_first``: what its metadata call it, if they do.
    """
    data = file.data()
    if not data.strip():
        yield Problem(file.name, "is empty")
        return
    found = in_child(options.parser, parser, data, file.name, encoding=options.encoding)
    yield record_of(file, data, found, media_type=media_type, title_first=title_first)


def in_child(process: ParserProcess | None, parser: str, data: bytes, name: str, **options: Any) -> Any:
    """What the parser gives back, from the import's child process or from one for this document."""
    if process is not None:
        return process.parse(parser, data, name, **options)
    with ParserProcess() as own:
        return own.parse(parser, data, name, **options)


def parts_in_child(
    process: ParserProcess | None, parser: str, data: bytes, name: str, *, limit: int = 0, **options: Any
) -> Iterator[Any]:
    """What the parser yields, one after another, from the import's child process or from one for this file."""
    if process is not None:
        yield from process.stream(parser, data, name, limit=limit, **options)
        return
    with ParserProcess() as own:
        yield from own.stream(parser, data, name, limit=limit, **options)


def record_of(
    file: SourceFile, data: bytes, found: Mapping[str, Any], *, media_type: str, title_first: bool = False
) -> Record:
    """The record of what ``page`` made."""
    text = found["text"]
    metadata, came_from = fields(found["metadata"])
    heading = found["heading"]
    line = line_of(text, heading)
    if heading and not (title_first and metadata.get("title")):
        metadata["title"], came_from["title"] = heading, "the document’s heading"
    elif metadata.get("title"):
        line = line_of(text, metadata["title"])
    else:
        first = first_line(text)
        assert first is not None  # a page has text
        metadata["title"], line = title_of(text, first)
        metadata["title"] = clean(metadata["title"])
        came_from["title"] = "the first line"
    extra: dict[str, Any] = {"metadata_from": came_from}
    if found["facts"]:
        extra["document"] = found["facts"]
    return record(
        file,
        data,
        text,
        found["replaced"],
        media_type=media_type,
        encoding=found["encoding"],
        metadata=metadata | {"extra": extra},
        title=line,
        remarks=tuple(found["remarks"]),
    )


def fields(stated: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Fields of ``Statement``, and for each where in the document it stands."""
    values: dict[str, Any] = {}
    came_from: dict[str, str] = {}
    for key, (value, origin) in stated.items():
        if key in DATES:
            values[key] = DateValue(value)
        elif key in METADATA:
            values[key] = clean(value)
        came_from[key] = origin
    return values, came_from


def line_of(text: str, words: str) -> Span | None:
    """The first line with just these words among the first of the text."""
    beginning = text[:20_000]
    if not words or words.split(" ", 1)[0] not in beginning:
        return None
    start = 0
    for line in beginning.split("\n"):
        if clean(line) == words:
            inner = line.strip()
            begin = start + line.index(inner)
            return Span(begin, begin + len(inner))
        start += len(line) + 1
    return None


#: Titles that programs put there by themselves: the name of the file that was printed or opened.
_FILE_ENDINGS = (
    ".doc",
    ".docx",
    ".odt",
    ".rtf",
    ".indd",
    ".qxd",
    ".pdf",
    ".tmp",
    ".txt",
    ".html",
    ".htm",
    ".wpd",
    ".pages",
)


def own_title(title: str) -> str:
    """The title, unless it is the name of a file that a program wrote there."""
    title = clean(title)
    made = title.lower().endswith(_FILE_ENDINGS) or title.startswith(("Microsoft Word - ", "file://"))
    return "" if made else title
