"""A filter as a value: what the window's filter field, ``list``, ``search`` and ``export`` share.

``prison "Til Temir" -rain tag:accusation issuer:SDF date:2022..2023 accused:Turkey -tag:event``
"""

from __future__ import annotations

import re

from annotator.core.errors import AnnotatorError
from annotator.core.values import dataclass

#: Fields of a statement, and fields that one annotation must fulfil together.
STATEMENT_FIELDS = ("issuer", "title", "outlet", "lang", "status", "date", "id")
ANNOTATION_FIELDS = ("tag", "coder", "note", "state", "mentions")
#: No attribute may have these names; ``text`` is kept for later.
RESERVED = frozenset((*STATEMENT_FIELDS, *ANNOTATION_FIELDS, "language", "text"))
#: More conditions than this are more than the database takes.
MOST_TERMS = 200

_PART = re.compile(r'(?P<no>-?)(?:(?P<field>[^\W\d]\w*):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: words of the text when ``field`` is empty, else a value of that field."""

    value: str
    field: str = ""
    phrase: bool = False
    negated: bool = False

    def __str__(self) -> str:
        quoted = self.phrase or not self.value or any(c.isspace() for c in self.value)
        return f"{'-' * self.negated}{self.field + ':' if self.field else ''}" + (
            f'"{self.value}"' if quoted else self.value
        )


@dataclass(frozen=True, slots=True)
class Query:
    """All conditions hold together; annotation terms that are not negated hold in one annotation."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def words(self) -> tuple[Term, ...]:
        return tuple(t for t in self.terms if not t.field)

    @property
    def on_statements(self) -> tuple[Term, ...]:
        return tuple(t for t in self.terms if t.field in STATEMENT_FIELDS)

    @property
    def on_annotations(self) -> tuple[Term, ...]:
        return tuple(t for t in self.terms if t.field and t.field not in STATEMENT_FIELDS)

    @property
    def has_conditions_on_passages(self) -> bool:
        """Whether it asks for statements by passages that they have."""
        return any(not term.negated for term in self.on_annotations)

    def values(self, field: str) -> tuple[str, ...]:
        return tuple(t.value for t in self.terms if t.field == field and not t.negated)


def parse(text: str, attributes: frozenset[str] = frozenset()) -> Query:
    """The query that this text writes; raises ``AnnotatorError`` at a field that is not known.

    ``attributes`` are the codebook's attribute names, each of which is a field as well. A word
    with a colon that is part of an address (``https://…``) stays a word.
    """
    terms = []
    for match in _PART.finditer(text):
        field, phrase, word = match["field"] or "", match["phrase"], match["word"]
        value = phrase if phrase is not None else word
        if field and word and word.startswith("//"):
            field, value = "", f"{field}:{word}"
        if field == "language":
            field = "lang"
        if field and field not in STATEMENT_FIELDS + ANNOTATION_FIELDS and field not in attributes:
            known = ", ".join((*STATEMENT_FIELDS, *ANNOTATION_FIELDS))
            raise AnnotatorError(
                f"“{field}:” is no field of the query language; it has {known} and the attributes of the codebook"
            )
        if field == "status" and value not in ("unread", "open", "done"):
            raise AnnotatorError(f"status:{value} is none of unread, open, done")
        if field == "date":
            date_bounds(value)
        if value == "-" and not field:
            continue
        terms.append(Term(value, field, phrase is not None, bool(match["no"])))
    if len(terms) > MOST_TERMS:
        raise AnnotatorError(f"the query has {len(terms)} conditions; {MOST_TERMS} are the most")
    return Query(tuple(terms))


def date_bounds(value: str) -> tuple[str, str]:
    """The first and last day of ``2022``, ``2022-01``, ``2022..2023``, ``..2023`` or any EDTF date."""
    from annotator.core.edtf import bounds

    low, dots, high = value.partition("..")
    try:
        first = bounds(low)[0] if low else "0000-01-01"
        last = bounds(high if dots else low)[1] if (high or not dots) else "9999-12-31"
    except ValueError:
        raise AnnotatorError(f"date:{value} is no date or range of dates (date:2022, date:2022-01..2023)") from None
    return first, last
