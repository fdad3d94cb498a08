"""Plain text: the whole file is the statement's text, its first line the title."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.exchange import Item, Problem
from annotator.core.text import canonical
from annotator.formats._decode import decode
from annotator.formats._document import first_line, record, title_of
from annotator.formats._format import Format, ReadOptions, SourceFile


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record, whose text is the whole file."""
    data = file.data()
    decoded, encoding = decode(data, file.name, options.encoding)
    text, replaced = canonical(decoded)
    line = first_line(text)
    if line is None:
        yield Problem(file.name, "is empty")
        return
    title, span = title_of(text, line)
    yield record(
        file,
        data,
        text,
        replaced,
        media_type=FORMAT.media_type,
        encoding=encoding,
        metadata={"title": title},
        title=span,
    )


FORMAT = Format(
    name="txt",
    label="Plain text",
    suffixes=(".txt", ".text"),
    media_type="text/plain",
    purpose="documents",
    read=read,
    description="One statement a file; the first line is its title.",
)
