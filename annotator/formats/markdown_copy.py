"""A reading copy in Markdown: the texts with their passages between signs, and below each text what they claim.

CommonMark; every sign of foreign words that Markdown would take for its own is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import IO

from annotator.core.exchange import Header, Item, Losses, Record, Stamp
from annotator.core.model import Annotation
from annotator.core.wording import one_line
from annotator.formats._format import Format
from annotator.formats._outward import Names
from annotator.formats._reading import Signs, Values, below_title, count_lost, elided, facts, withheld

#: What means something to Markdown, or to one of its kin, wherever it stands; the last two make addresses into links.
_MARKS = re.compile(r"[\\`*_\[\]<>|~$]|&(?=[#A-Za-z])|:(?=//)|(?<=www)\.")
#: The same at the beginning of a line: headings, quotes, lists, rules, definitions.
_FIRST = re.compile(r"[#+=:-]")
_NUMBER = re.compile(r"(\d{1,9})(?=[.)])")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


def plain(words: str, first: bool = True) -> str:
    """Foreign words of one line, or from within one, as Markdown that shows them to the letter."""
    words = _MARKS.sub(r"\\\g<0>", words)
    if not first:
        return words
    if words[:1] in (" ", "\t"):  # or it would be code
        return f"&#{ord(words[0])};{words[1:]}"
    if _FIRST.match(words):
        return f"\\{words}"
    return _NUMBER.sub(r"\1\\", words, count=1) if _NUMBER.match(words) else words


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """The copy, statement by statement."""
    page = _Page(Header())
    statements = passages = 0
    for item in items:
        if isinstance(item, Header):
            page = _Page(item)
            stream.write(page.head().encode())
        elif isinstance(item, Record):
            stream.write(page.statement(item).encode())
            statements += 1
            passages += len(item.annotations)
            count_lost(item, losses)
        yield
    counted = f"{statements} statement{'s' * (statements != 1)} with {passages} passage{'s' * (passages != 1)}"
    stream.write(f"---\n\n{counted}. Written {stamp.exported_at} by {plain(stamp.generator)}.\n".encode())
    yield


class _Page:
    """What the copy says, in Markdown."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._names = Names(header)
        self._values = Values(self._names)
        self._signs = Signs(header)

    def head(self) -> str:
        """Title, what is withheld, and the key to the signs."""
        parts = [f"# {plain(one_line(self._header.project_title or 'Statements'))}\n"]
        if kept_back := withheld(self._header):
            parts.append(f"Withheld from this copy: {kept_back}.\n")
        if self._header.codebook:
            parts.append("Passages stand in brackets such as ⟦D1: words⟧, with the letter of their tag:\n")
            parts.append(
                "".join(
                    f"- **{self._signs.letters[tag.name]}** {plain(one_line(tag.label))}"
                    f"{f': {plain(one_line(tag.definition, 1000))}' if tag.definition else ''}\n"
                    for tag in self._header.codebook
                )
            )
        return "\n".join(parts) + "\n"

    def statement(self, record: Record) -> str:
        """One statement: its metadata, its text, its claims."""
        s = record.statement
        line, rows = facts(s)
        signs = self._signs.of(record.annotations)
        links = self._signs.links(record, signs)
        parts = [f"## {plain(one_line(s.title, 1000)) or 'Untitled'}\n"]
        if line:
            parts.append(" · ".join(plain(one_line(part)) for part in line) + "\n")
        if rows:
            parts.append(
                "".join(f"- {plain(one_line(name))}: {plain(one_line(value, 1000))}\n" for name, value in rows)
            )
        if record.withheld:
            parts.append(f"The text is withheld; it has {s.length:,} characters.\n")
        elif text := _paragraphs(_signed(record, signs)):
            parts.append(f"{text}\n")
        if record.annotations:
            claims = (
                self._claim(a, sign, links.get(a.id, ())) for a, sign in zip(record.annotations, signs, strict=True)
            )
            parts.append(f"### Passages\n\n{''.join(claims)}")
        return "\n".join(parts) + "\n"

    def _claim(self, a: Annotation, sign: str, links: Sequence[tuple[str, str, str]]) -> str:
        said = f" “{plain(one_line(elided(a.quote)))}”" if a.quote else ""
        coder = one_line(self._names.coder(a.coder))
        lines = [f"- **{sign}** {_label(self._names.label(a.tag))}{said} ({plain(coder)})"]
        for label, values in self._values.of(a):
            if words := "; ".join(values):
                lines.append(f"    - {_label(label)}: {_folded(words)}")
        if a.note:
            lines.append(f"    - Note: {_folded(a.note)}")
        if a.status != "made":
            lines.append(f"    - Status: {plain(a.status)}")
        lines += [f"    - {plain(one_line(kind))} → {end}" for kind, _, end in links]
        return "\n".join(lines) + "\n"


def _signed(record: Record, signs: Sequence[str]) -> list[str]:
    """The lines of the text, each passage in brackets; where others go on, a bracket says whose end it is."""
    text, begin = record.text, below_title(record)
    ends: dict[int, list[int]] = {}
    begins: dict[int, list[int]] = {}
    for i, a in enumerate(record.annotations):
        ends.setdefault(a.end, []).append(i)
        begins.setdefault(a.start, []).append(i)
    # Latin letters would give a right-to-left line the wrong direction, were they not isolated.
    names = [f"\u2066{sign}\u2069" for sign in signs] if _RIGHT_TO_LEFT.search(text) else signs
    lines, made, inside = list[str](), list[str](), 0

    def put(words: str, first: bool) -> None:
        for n, line in enumerate(words.split("\n")):
            if n:
                lines.append("".join(made))
                made.clear()
            made.append(plain(line, first or n > 0))

    for offset in sorted({*ends, *begins}):
        put(text[begin:offset], begin == 0 or text[begin - 1] == "\n")
        for i in ends.get(offset, ()):
            made.append(f"⟧{names[i]}" if inside > 1 else "⟧")
            inside -= 1
        for i in begins.get(offset, ()):
            made.append(f"⟦{names[i]}: ")
            inside += 1
        begin = offset
    put(text[begin:], begin == 0 or text[begin - 1] == "\n")
    return [*lines, "".join(made)]


def _paragraphs(lines: Iterable[str]) -> str:
    """Lines as they stand: one below the other is a hard break, a blank one a new paragraph."""
    blocks = re.split("\n{2,}", "\n".join(line if line.strip() else "" for line in lines).strip("\n"))
    return "\n\n".join(block.replace("\n", "\\\n") for block in blocks)


@lru_cache(maxsize=1024)
def _label(words: str) -> str:
    """What a tag or an attribute is called, which comes again and again."""
    return plain(one_line(words))


def _folded(words: str) -> str:
    """Words of a list's item: line breaks stay, as hard ones."""
    if "\n" not in words:
        return plain(words)
    return "\\\n      ".join(plain(line) for line in words.split("\n") if line.strip())


FORMAT = Format(
    name="markdown-copy",
    label="Reading copy (Markdown)",
    suffixes=(".md",),
    media_type="text/markdown",
    purpose="reading",
    write=write,
    description="For notes and editors: texts with their passages in brackets, and below each what they claim.",
)
