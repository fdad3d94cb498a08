"""What a statement's row says: its title on one line, its date, its counts, and all of it for a screen reader."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from annotator.core.codebook import Codebook
from annotator.core.edtf import readable
from annotator.core.model import Summary

#: Of a longer title nothing could be seen, and laying it out would be felt.
LONGEST = 400
#: Stands before a date that was inferred, where there is no room for the word.
INFERRED = "≈ "
INFERRED_TIP = "The date was inferred: it does not stand in the statement."

_OPENING, _CLOSING = "\u2066\u2067\u2068", "\u2069"


def one_line(text: str) -> str:
    """The text on one line without control characters, short enough to be laid out at once."""
    line = " ".join(text[: 4 * LONGEST].split())
    if not line.isprintable():
        line = "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cs"))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def isolated(text: str) -> str:
    """The text so that its direction, and whatever bidi controls it holds, end with it."""
    kept: list[str] = []
    depth = 0
    for c in text:
        depth += (c in _OPENING) - (c == _CLOSING)
        if depth < 0:
            depth = 0
        else:
            kept.append(c)
    # Closing an isolate also ends every embedding and override inside it.
    return f"\u2068{''.join(kept)}{_CLOSING * depth}\u2069"


@lru_cache(maxsize=2048)
def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    for c in text:
        direction = unicodedata.bidirectional(c)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def date_of(summary: Summary, basis: bool = True) -> str:
    """A statement's date as lists show it: ``Jan 2022, inferred``, or ``undated``.

    Without ``basis`` a sign stands for the word ``inferred``.
    """
    if summary.date is None:
        return "undated"
    date = readable(summary.date.edtf)
    if summary.date.basis != "inferred":
        return date
    # The sign says “about”, too.
    return f"{date}, inferred" if basis else INFERRED + date.removeprefix("about ")


def suggested(count: int) -> str:
    return f"{count:,} suggestion{'' if count == 1 else 's'}"


def counts_of(summary: Summary, codebook: Codebook) -> list[tuple[str, int]]:
    """Tag names and their counts in the codebook's order; tags that it lacks come last."""
    known: list[str] = [tag.name for tag in codebook]
    names = [name for name in known if name in summary.counts]
    names += sorted(name for name in summary.counts if name not in known)
    return [(name, summary.counts[name]) for name in names]


def spoken(summary: Summary, codebook: Codebook) -> str:
    """What a screen reader says of a statement: issuer, title, date, status and counts."""
    labels: dict[str, str] = {tag.name: tag.label or tag.name for tag in codebook}
    counts = [f"{count:,} {labels.get(name, name)}" for name, count in counts_of(summary, codebook)]
    if summary.suggestions:
        counts.append(suggested(summary.suggestions))
    parts = [isolated(one_line(p)) for p in (summary.issuer, summary.title or "untitled") if p]
    return ", ".join((*parts, date_of(summary), summary.status, *counts))
