"""What holds of every input: it is read, and what was read can be kept, or it is refused in one sentence."""

from __future__ import annotations

import io
import traceback
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import annotator
from annotator import formats
from annotator.core.errors import AnnotatorError, sentence
from annotator.core.exchange import Header, Item, Problem, Record, Stamp
from annotator.core.model import StatementId
from annotator.core.text import canonical, digest

STAMP = Stamp("2026-03-01T09:30:00.000Z", "annotator fuzz")
#: The longest sentence that a user is given, in code points; a name in it may be as long as the file makes it.
LONGEST = 2000
_PACKAGE = str(Path(annotator.__file__).parent)


class Broken(Exception):
    """Something was read or said that must not be; the message says what."""


def check_refusal(error: AnnotatorError) -> None:
    """Raises ``Broken`` unless what the user reads is one line."""
    check_line(str(error), "the refusal")
    check_line(sentence(error), "the sentence")


def check_line(said: str, what: str) -> None:
    """Raises ``Broken`` unless these words stand on one line and can be shown and written."""
    odd = [c for c in said if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    if odd or not said.strip() or len(said) > LONGEST:
        raise Broken(f"{what} is no line of text: {said[:300]!a}")


def check_document(items: Iterable[Item]) -> None:
    """Raises ``Broken`` unless this is one statement that can be stored, or problems told in a line each."""
    named = (
        replace(i, statement=replace(i.statement, id=StatementId("s1"))) if isinstance(i, Record) else i for i in items
    )
    check_items(named)


def check_corpus(items: Iterable[Item]) -> None:
    """The same of a file of any number of statements."""
    named = (
        replace(item, statement=replace(item.statement, id=StatementId(f"s{n:06}")))
        if isinstance(item, Record)
        else item
        for n, item in enumerate(items)
    )
    check_items(named)


def check_items(items: Iterable[Item]) -> None:
    """Raises ``Broken`` unless texts, passages and ranges agree, and an export gives them back as they are."""
    found = list(items)
    for item in found:
        if isinstance(item, Problem):
            check_line(item.place, "the place of a problem")
            check_line(item.reason, "a problem")
        elif isinstance(item, Record) and not item.withheld:
            _check_record(item)
    sound = [i for i in found if not isinstance(i, Problem)]
    stream = io.BytesIO()
    losses = formats.write(sound, stream, "json", STAMP)
    if losses.counts:
        raise Broken(f"an export loses {losses.counts}")
    try:
        again = list(formats.read(io.BytesIO(stream.getvalue()), "json", name="again.json"))
    except AnnotatorError as error:
        raise Broken(f"the export of what was read is refused: {error}") from error
    before = [_kept(i) for i in sound]
    if not any(isinstance(i, Header) for i in sound):
        before.insert(0, Header())
    if [_kept(i) for i in again] != before:
        raise Broken("an export gives back something else than was read")


def check_annotated(items: Iterable[Item]) -> None:
    """Raises ``Broken`` unless, in what another program annotated, every quote is its slice and every name is known."""
    known: set[str] = set()
    for item in items:
        if isinstance(item, Problem):
            check_line(item.place, "the place of a problem")
            check_line(item.reason, "a problem")
        elif isinstance(item, Header):
            known |= {*(tag.name for tag in item.codebook), *(coder.id for coder in item.coders)}
        elif isinstance(item, Record):
            if not item.withheld:
                _check_record(item)
            if any(not {a.tag, a.coder} <= known for a in item.annotations):
                raise Broken("a passage has a tag or a coder that nobody named before it")


def _check_record(record: Record) -> None:
    text = record.text
    if canonical(text)[0] != text:
        raise Broken("a text is not canonical")
    if record.statement.text_sha256 != digest(text) or record.statement.length != len(text):
        raise Broken("a statement's hash or length is not that of its text")
    for passage in record.annotations:
        if text[passage.start : passage.end] != passage.quote or not passage.quote:
            raise Broken("a passage does not quote its text")
    for part in record.ranges:
        if not 0 <= part.start < part.end <= len(text):
            raise Broken("a range lies outside of its text")


def _kept(item: Item) -> Item:
    """The item as an export keeps it: without the bytes of its source, which the project keeps."""
    return replace(item, data=b"", replaced=0, remarks=()) if isinstance(item, Record) else item


def where(error: BaseException) -> str:
    """The innermost line of the program that an error came through, or of the harness: what makes two findings one."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f.filename.startswith(_PACKAGE)] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""


def came_from_a_library(error: BaseException) -> bool:
    """Whether what was raised, was raised outside of the program's own lines."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and not frames[-1].filename.startswith(_PACKAGE)
