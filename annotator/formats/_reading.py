"""What copies for reading have in common: signs of passages, values and metadata in words, what not to say twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from annotator.core.codebook import Codebook, value_text
from annotator.core.edtf import readable
from annotator.core.exchange import CODERS, TEXTS, WORDS, Header, Losses, Record
from annotator.core.links import STANDARD, plain_label
from annotator.core.model import DATES, METADATA, Annotation, Range, Statement
from annotator.core.wording import tag_of
from annotator.formats._outward import Names, count_lost_of_statement

#: What the list of claims repeats of a passage, in code points: the whole of it stands in the text.
QUOTED = 240
_WITHHELD = {CODERS: "the coders' own names", TEXTS: "the texts", WORDS: "chosen words"}


class Signs:
    """What the passages and links of an export are called in a copy of it."""

    def __init__(self, header: Header) -> None:
        self.letters = letters(header.codebook)
        self._kinds = {kind.name: kind.label for kind in (*STANDARD, *header.link_kinds)}

    def of(self, annotations: Sequence[Annotation]) -> list[str]:
        """The letter of each passage's tag with its number in the text."""
        return [f"{self.letters.get(a.tag, '?')}{n}" for n, a in enumerate(annotations, 1)]

    def links(self, record: Record, signs: Sequence[str]) -> dict[str, list[tuple[str, str, str]]]:
        """The links that begin at each passage: what they say, the id and the sign of the passage where they end."""
        here = {a.id: sign for a, sign in zip(record.annotations, signs, strict=True)}
        found: dict[str, list[tuple[str, str, str]]] = {}
        for link in record.links:
            kind = self._kinds.get(link.kind) or plain_label(link.kind)
            end = here.get(link.target, "a passage of another statement")
            found.setdefault(link.source, []).append((kind, link.target, end))
        return found


def letters(codebook: Codebook) -> dict[str, str]:
    """For each tag its sign where colours do not tell: the fewest letters of its label that no tag before it has."""
    found: dict[str, str] = {}
    for n, tag in enumerate(codebook, 1):
        words = "".join(c for c in tag.label or tag.name if c.isalpha())
        tries = (words[:length].capitalize() for length in range(1, len(words) + 1))
        found[tag.name] = next((sign for sign in tries if sign not in found.values()), f"T{n}")
    return found


def withheld(header: Header) -> str:
    """What a copy does not show because it is withheld, in words; empty when nothing is."""
    return ", ".join(_WITHHELD.get(kind, kind) for kind in header.withheld)


def facts(s: Statement) -> tuple[list[str], list[tuple[str, str]]]:
    """What is known of a statement: issuer, day and outlet for a line of their own, all else with its name."""
    day = s.date_issued or s.date_published
    line = [part for part in (s.issuer, date_words(day.edtf, day.basis) if day else "", s.outlet) if part]
    rows = [
        (name.replace("_", " ").capitalize(), getattr(s, name))
        for name in METADATA
        if name not in ("title", "issuer", "outlet")
    ]
    for name in DATES:
        if (date := getattr(s, name)) is not None and date is not day:
            rows.append((name.removeprefix("date_").capitalize(), date_words(date.edtf, date.basis)))
    rows += [(str(name), value if isinstance(value, str) else repr(value)) for name, value in s.extra.items()]
    rows.append(("Memo", s.memo))
    return line, [row for row in rows if row[1]]


@lru_cache(maxsize=4096)
def date_words(edtf: str, basis: str) -> str:
    """A date as people write it."""
    return readable(edtf) + " (inferred)" * (basis == "inferred")


class Values:
    """The values of passages as people read them, in full: choices by their labels, actors by their names."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[tuple[str, str], tuple[str, Mapping[str, str]]] = {}

    def of(self, a: Annotation) -> Iterator[tuple[str, list[str]]]:
        """The label of each attribute that has values, and these."""
        for name, values in a.attributes.items():
            if values:
                label, choices = self._known.get((a.tag, name)) or self._told(a.tag, name)
                yield label, [self._words(value, choices) for value in values]

    def _told(self, tag: str, name: str) -> tuple[str, Mapping[str, str]]:
        """What an attribute and its choices are called; looked up once."""
        attribute = tag_of(self._names.codebook, tag).attribute(name)
        choices = {choice.name: choice.label for choice in attribute.values} if attribute else {}
        self._known[tag, name] = told = (attribute.label if attribute else name, choices)
        return told

    def _words(self, value: Mapping[str, Any], choices: Mapping[str, str]) -> str:
        if "actor" in value:
            return self._names.actor(str(value["actor"]))
        if "edtf" in value:
            return date_words(str(value["edtf"]), str(value.get("basis", "")))
        if "value" in value:
            words = str(value["value"])
            return choices.get(words, words)
        return value_text(value)


def elided(quote: str) -> str:
    return quote if len(quote) <= QUOTED else f"{quote[:QUOTED].rstrip()}…"


def below_title(record: Record) -> int:
    """Where the text goes on below a title that stands above it anyway, in code points; 0 where a passage holds it."""
    title = next((r for r in record.ranges if r.role == "title"), Range(0, 0, ""))
    at = title.end
    while record.text[at : at + 1] == "\n":
        at += 1
    if (
        record.text[title.start : title.end].strip() != record.statement.title
        or record.text[: title.start].strip()
        or record.text[title.end : title.end + 1] not in ("", "\n")
        or any(a.start < at for a in record.annotations)
    ):
        return 0
    return at


def count_lost(record: Record, losses: Losses) -> None:
    """Count what a reading copy does not show of this statement."""
    count_lost_of_statement(record, losses, ranges=False)
    for a in record.annotations:
        for values in a.attributes.values():
            if anchored := sum("anchor" in value for value in values):
                losses.add("words that stand for a value", anchored)
