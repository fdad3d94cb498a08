"""Completing the query language: what is being typed at the caret, and the text with a choice in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from annotator.core.query import ANNOTATION_FIELDS, STATEMENT_FIELDS
from annotator.core.text import fold
from annotator.core.values import dataclass

#: What each field asks for, as its row tells.
FIELDS = {
    "tag": "a tag of the codebook",
    "issuer": "who issued the statement",
    "date": "a year, month, day or range",
    "status": "unread, open or done",
    "title": "words of the title",
    "outlet": "where it was published",
    "lang": "a language code",
    "coder": "who tagged",
    "mentions": "an actor in any attribute",
    "note": "words of a note",
    "state": "made, suggested, accepted or rejected",
    "missing": "an attribute that has no value yet, or any",
    "link": "a kind of link that the passage has",
    "created": "when the passage was tagged",
    "changed": "when the passage was last changed",
    "stale": "passages tagged before their tag changed: a tag, or any",
    "id": "the beginning or end of an id",
}
assert set(FIELDS) == {*STATEMENT_FIELDS, *ANNOTATION_FIELDS}

_TERM = re.compile(r'-?(?:[^\W\d]\w*:!?(?:(?:"[^"]*"|[^\s"|]+)\|)*)?(?:"[^"]*"?|[^\s"]*)')
_PARTS = re.compile(
    r'(?P<no>-?)(?:(?P<field>[^\W\d]\w*):(?!//)(?P<before>!?(?:(?:"[^"]*"|[^\s"|]+)\|)*!?))?(?P<quote>"?)(?P<typed>[^"]*)'
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A term at the caret, from ``start`` to ``end`` in code points, with what of it stands before the caret.

    Without a ``field`` the name of one is being typed, or a word. ``before`` are the values of the term that stand
    before the one that is being typed, as they are written.
    """

    start: int
    end: int
    typed: str
    field: str = ""
    negated: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A field, with its colon, or a value that could stand at the caret, and what it means."""

    text: str
    detail: str = ""


def asked(text: str, caret: int, attributes: Iterable[str] = ()) -> Asked | None:
    """What is asked for at the caret; None where nothing can be offered: after a blank, or in a quoted word."""
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TERM.match(text, place)
        end = match.end() if match and match.end() > place else place + 1
        if place < caret <= end:
            parts = _PARTS.fullmatch(text[place:caret])
            if parts is None:
                return None
            field = parts["field"] or ""
            if field and field not in FIELDS and field != "language" and field not in set(attributes):
                return None
            if not field and (parts["quote"] or not parts["typed"].isidentifier()):
                return None
            field = "lang" if field == "language" else field
            return Asked(place, end, parts["typed"], field, bool(parts["no"]), parts["before"] or "")
        place = end
    return None


def fields(typed: str, attributes: Iterable[tuple[str, str]] = ()) -> list[Offer]:
    """The fields that begin so: those of every project, then the codebook's attributes, given with their labels."""
    known = {**FIELDS, **{name: label for name, label in attributes if name not in FIELDS}}
    return [Offer(f"{name}:", detail) for name, detail in known.items() if name.startswith(fold(typed))]


def fits(value: str, typed: str) -> bool:
    """Whether the value, or a word in it, begins as it was typed; case and marks do not count."""
    whole, start = f" {fold(value)}", fold(typed).lstrip()
    return f" {start}" in "".join(c if c.isalnum() else " " for c in whole) or f" {start}" in whole


def completed(text: str, term: Asked, choice: str) -> tuple[str, int]:
    """The text with this choice in the place of the term, and where the caret then stands."""
    if not term.field:
        made, after = f"{'-' * term.negated}{choice}", text[term.end :]
    else:
        value = " ".join(choice.replace('"', " ").split())
        plain = value and not any(c.isspace() for c in value)
        quoted = value if plain else f'"{value}"'
        made = f"{'-' * term.negated}{term.field}:{term.before}{quoted} "
        after = text[term.end :].lstrip()
    return text[: term.start] + made + after, term.start + len(made)
