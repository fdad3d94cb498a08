"""CoNLL BIO: a token a line, its tag after a tab, a blank line between sentences.

The format of CoNLL-2003 (https://aclanthology.org/W03-0419/) in its later, tab-separated two-column form: ``B-``
begins a span, ``I-`` goes on with it, ``O`` is none. It holds no text and one layer: of passages that overlap the
first, and of those that begin together the longest, is kept; the others are counted. Tokens are words and single
signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Losses, Problem, Stamp
from annotator.core.model import Annotation, Link
from annotator.core.sentences import sentences
from annotator.core.text import canonical
from annotator.formats._decode import decode
from annotator.formats._foreign import Claim, Gathering
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._outward import count_lost_of_statement, sorted_out
from annotator.formats.prodigy import tokens

#: Signs that no blank stands before, and after, when tokens are joined to a text.
_CLOSING, _OPENING = frozenset(".,;:!?)]}»”’%…،؛؟"), frozenset("([{«“‘„")


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A document for each statement, behind a line ``-DOCSTART-``."""
    for _, item in sorted_out(items):
        if isinstance(item, Link):
            losses.add("links")
            continue
        count_lost_of_statement(item, losses)
        kept, dropped = flattened(item.annotations)
        if dropped:
            losses.add("overlapping spans, which have no place in CoNLL", dropped)
        if item.annotations:
            losses.add("coders, values, notes and ids of passages", len(item.annotations))
        losses.add("blanks and line ends of texts")
        losses.add("metadata of statements")
        edges = [edge for a in kept for edge in (a.start, a.end)]
        breaks = {span.start for span in sentences(item.text)}
        lines = ["-DOCSTART-\tO\n"]
        spans = iter(kept)
        current = next(spans, None)
        pending = False
        for start, end in tokens(item.text, edges):
            while current is not None and current.end <= start:
                current = next(spans, None)
            pending = pending or start in breaks
            inside = current is not None and current.start <= start
            begins = current is not None and current.start == start
            if pending and not (inside and not begins):  # a span is not torn in two by the end of a sentence
                lines.append("\n")
                pending = False
            tag = f"{'B' if begins else 'I'}-{current.tag}" if inside and current is not None else "O"
            lines.append(f"{item.text[start:end]}\t{tag}\n")
        lines.append("\n")
        stream.write("".join(lines).encode())
        yield


def flattened(annotations: Iterable[Annotation]) -> tuple[list[Annotation], int]:
    """Passages that do not overlap, the first and of those the longest, in text order; and how many were left out."""
    kept: list[Annotation] = []
    dropped = 0
    for a in sorted(annotations, key=lambda a: (a.start, -a.end, a.tag, a.id)):
        if kept and a.start < kept[-1].end:
            dropped += 1
        else:
            kept.append(a)
    return kept, dropped


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each document; its text is joined from the tokens, which is told."""
    text, _ = decode(file.data(), file.name, options.encoding)
    gathering = Gathering(file.name, "CoNLL")
    for n, document in enumerate(_documents(canonical(text)[0].split("\n")), 1):
        place = f"document {n}"
        try:
            joined, claims = _joined(document)
        except AnnotatorError as error:
            yield Problem(f"{file.name}, {place}", str(error))
            continue
        title = " ".join(joined.split())[:80]
        metadata = {"title": title, "extra": {"text": "joined from the tokens of a CoNLL file; blanks are guessed"}}
        yield from gathering.record(joined, claims, metadata=metadata, place=place)


def _documents(lines: Iterable[str]) -> Iterator[list[tuple[int, str]]]:
    """The numbered lines of each document; without ``-DOCSTART-`` there is one."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("-DOCSTART-"):
            if any(words.strip() for _, words in found):
                yield found
            found = []
        else:
            found.append((number, line))
    if any(words.strip() for _, words in found):
        yield found


def _joined(lines: Iterable[tuple[int, str]]) -> tuple[str, list[Claim]]:
    """A text of these tokens, sentences on lines of their own, and its spans."""
    parts: list[str] = []
    length = 0
    open_: tuple[str, int, int] | None = None
    claims: list[Claim] = []

    def close() -> None:
        nonlocal open_
        if open_ is not None:
            label, start, end = open_
            claims.append(Claim(label, start, end, id=f"{start}-{end}-{label}"))
            open_ = None

    for number, line in lines:
        if not line.strip():
            close()
            if parts and parts[-1] != "\n":
                parts.append("\n")
                length += 1
            continue
        cells = line.split("\t") if "\t" in line else line.split()
        if len(cells) < 2:
            raise AnnotatorError(f"line {number} has no tag; a token and its tag stand on a line")
        token, tag = cells[0].strip(), cells[-1].strip()
        prefix, _, label = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I", "E", "S", "L", "U") or not label):
            raise AnnotatorError(f"line {number} has the tag “{tag[:40]}”, which is none of BIO")
        if parts and parts[-1] != "\n" and token[:1] not in _CLOSING and parts[-1][-1:] not in _OPENING:
            parts.append(" ")
            length += 1
        start, end = length, length + len(token)
        parts.append(token)
        length = end
        if tag == "O" or prefix in ("B", "S", "U") or open_ is None or open_[0] != label:
            close()
        if tag != "O":
            open_ = (label, open_[1] if open_ else start, end)
    close()
    return "".join(parts), claims


FORMAT = Format(
    name="conll",
    label="CoNLL BIO",
    suffixes=(".conll", ".bio", ".iob"),
    media_type="text/plain",
    purpose="training",
    read=read,
    write=write,
    description="A token a line with its tag; one layer, no overlaps.",
    needs_texts=True,
)
