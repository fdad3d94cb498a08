"""A filter as a value: what the window's filter field, ``list``, ``search`` and ``export`` share.

``prison "Til Temir" -rain tag:accusation issuer:SDF date:2022..2023 accused:Turkey evidence:none|witness -tag:event``

A term is words of the text, or a field with values: ``evidence:none|witness`` holds for either, ``evidence:!none`` for
a passage without that value, ``-evidence:none`` for a statement that has no such passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from annotator.core.errors import AnnotatorError
from annotator.core.text import fold
from annotator.core.values import dataclass

#: Whole numbers beyond this are not the same in every program that reads JSON.
LARGEST = 2**53
#: Fields of a statement, and fields that one annotation must fulfil together.
STATEMENT_FIELDS = ("issuer", "title", "outlet", "lang", "status", "date", "id")
ANNOTATION_FIELDS = ("tag", "coder", "note", "state", "mentions", "stale", "missing", "link", "created", "changed")
#: Fields that came later: an attribute of such a name is that attribute, for a codebook may have it already.
YIELDING = frozenset(("stale", "missing", "link", "created", "changed"))
#: No attribute may have these names; ``text`` is kept for later.
RESERVED = frozenset((*STATEMENT_FIELDS, *ANNOTATION_FIELDS, "language", "text")) - YIELDING
#: Values that stand for none and any, where they are not in quotes; and what ``missing`` takes for every required one.
NONE, ANY, REQUIRED = "-", "*", "any"
#: More conditions than this are more than the database takes.
MOST_TERMS = 200

_VALUE = r'(?:"[^"]*"?|[^\s"|]+)'
_PART = re.compile(
    rf'(?P<no>-?)(?:(?P<field>[^\W\d]\w*):(?P<values>{_VALUE}(?:\|{_VALUE})*)\|?|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
_EACH = re.compile(_VALUE)
_COUNT = re.compile(r"(?P<sign>>=|<=|>|<)(?P<one>\d+)|(?P<low>\d*)(?P<dots>\.\.)?(?P<high>\d*)")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: words of the text when ``field`` is empty, else a value of that field.

    ``others`` are further values, as terms, of which one suffices. ``without`` asks for passages that have none of
    them, ``negated`` for statements that have no such passage.
    """

    value: str
    field: str = ""
    phrase: bool = False
    negated: bool = False
    others: tuple[Term, ...] = ()
    without: bool = False

    def __str__(self) -> str:
        said = "|".join(each._value for each in self.alternatives)
        return f"{'-' * self.negated}{self.field + ':' if self.field else ''}{'!' * self.without}{said}"

    @property
    def alternatives(self) -> tuple[Term, ...]:
        """Each value as a term of its own."""
        return (self, *self.others)

    @property
    def is_none(self) -> bool:
        """Whether it asks for a field without any value."""
        return self.value == NONE and not self.phrase

    @property
    def is_any(self) -> bool:
        """Whether it asks for a field with whatever value."""
        return self.value == ANY and not self.phrase

    @property
    def _value(self) -> str:
        quoted = self.phrase or not self.value or any(c.isspace() for c in self.value)
        return f'"{self.value}"' if quoted else self.value


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
        return tuple(each.value for t in self.terms if t.field == field and not t.negated for each in t.alternatives)

    def replaced(self, field: str, term: Term | None) -> Query:
        """With this term in the place of those of the field, or without them."""
        kept = tuple(t for t in self.terms if t.field != field)
        return Query((*kept, term) if term else kept)


def parse(text: str, attributes: frozenset[str] = frozenset()) -> Query:
    """The query that this text writes; raises ``AnnotatorError`` at a field that is not known.

    ``attributes`` are the codebook's attribute names, each of which is a field as well. A word
    with a colon that is part of an address (``https://…``) stays a word.
    """
    terms = []
    for match in _PART.finditer(text):
        term = _term(match, attributes)
        if term is not None:
            terms.append(term)
    if len(terms) > MOST_TERMS or sum(len(term.alternatives) for term in terms) > MOST_TERMS:
        raise AnnotatorError(f"the query has {len(terms)} conditions; {MOST_TERMS} are the most")
    return Query(tuple(terms))


def respelled(text: str, fields: Mapping[str, str], values: Mapping[str, Mapping[str, str]]) -> str:
    """The query with other names: of ``fields``, and of the ``values`` of fields; all else stays as it is typed.

    ``values`` go by the field's name of before. Names are compared as a search compares them.
    """

    def each(value: str, names: Mapping[str, str]) -> str:
        mark = "!" if value.startswith("!") and len(value) > 1 else ""
        said = value[len(mark) :].strip('"')
        new = names.get(fold(said), "")
        quoted = value[len(mark) :].startswith('"') or any(c.isspace() or c in '"|' for c in new)
        return value if not new else f'{mark}"{new}"' if quoted else f"{mark}{new}"

    def part(match: re.Match[str]) -> str:
        field = match["field"]
        if not field or match["values"].startswith("//"):
            return match[0]
        names = {fold(before): after for before, after in values.get(field, {}).items()}
        start = match.start("values") - match.start()
        said = _EACH.sub(lambda value: each(value[0], names), match["values"])
        rest = match[0][start + len(match["values"]) :]
        return f"{match['no']}{fields.get(field, field)}:{said}{rest}"

    return _PART.sub(part, text)


def _term(match: re.Match[str], attributes: frozenset[str]) -> Term | None:
    field, negated = match["field"] or "", bool(match["no"])
    if not field or match["values"].startswith("//"):
        phrase = match["phrase"] if not field else None
        value = phrase if phrase is not None else match[0][negated:] if field else match["word"]
        return None if value == "-" and phrase is None else Term(value, "", phrase is not None, negated)
    if field == "language":
        field = "lang"
    if field not in STATEMENT_FIELDS + ANNOTATION_FIELDS and field not in attributes:
        raise AnnotatorError(_no_field(field, attributes))
    values = _EACH.findall(match["values"])
    without = values[0][0] == "!" and (len(values[0]) > 1 or len(values) > 1)
    if without:
        values[0] = values[0][1:]
        values = [value for value in values if value]
    if without and field in STATEMENT_FIELDS:
        without, negated = False, not negated
    first, *others = (Term(v.strip('"') if v[0] == '"' else v, field, v[0] == '"') for v in values)
    for each in (first, *others):
        if field == "status" and each.value not in ("unread", "open", "done"):
            raise AnnotatorError(f"status:{each.value} is none of unread, open, done")
        if field == "date" and not each.is_none:
            date_bounds(each.value)
        if field in ("created", "changed") and field not in attributes:
            date_bounds(each.value, field)
    return Term(first.value, field, first.phrase, negated, tuple(others), without)


def _no_field(field: str, attributes: frozenset[str]) -> str:
    known = (*STATEMENT_FIELDS, *ANNOTATION_FIELDS, *sorted(attributes))
    if close := near(field, known):
        named = ", ".join(f"{name}:" for name in close)
        return f"“{field}:” is no field of the query language; near it: {named}"
    named = ", ".join((*STATEMENT_FIELDS, *ANNOTATION_FIELDS))
    return f"“{field}:” is no field of the query language; it has {named} and the attributes of the codebook"


def near(typed: str, known: Iterable[str], most: int = 4) -> list[str]:
    """Those of these names that the typed one may have been meant for, the nearest first."""
    from difflib import get_close_matches  # imported late: only a mistake needs it

    folded: dict[str, str] = {}
    for name in known:
        folded.setdefault(fold(name), name)
    begun = [name for key, name in folded.items() if fold(typed) and fold(typed) in key]
    close = [folded[key] for key in get_close_matches(fold(typed), list(folded), most, 0.7)]
    return list(dict.fromkeys((*close, *begun)))[:most]


def count_bounds(value: str, field: str) -> tuple[int, int]:
    """The lowest and highest number of ``3``, ``>=10``, ``>10``, ``5..20``, ``5..`` or ``..20``."""
    value = value.replace("≥", ">=").replace("≤", "<=")
    match = _COUNT.fullmatch(value) if value.isascii() and value.strip(".") else None
    if match is None:
        raise AnnotatorError(f"{field}:{value} is no number or range ({field}:3, {field}:>=10, {field}:5..20)")
    if sign := match["sign"]:
        one = min(int(match["one"]), LARGEST)
        return {">=": (one, LARGEST), ">": (one + 1, LARGEST), "<=": (0, one), "<": (0, one - 1)}[sign]
    low, high = (min(int(match[end]), LARGEST) if match[end] else None for end in ("low", "high"))
    if not match["dots"]:
        return (low or 0), (low or 0)
    return (low or 0), LARGEST if high is None else high


def date_bounds(value: str, field: str = "date") -> tuple[str, str]:
    """The first and last day of ``2022``, ``2022-01``, ``2022..2023``, ``..2023`` or any EDTF date."""
    from annotator.core.edtf import bounds

    low, dots, high = value.partition("..")
    try:
        first = bounds(low)[0] if low else "0000-01-01"
        last = bounds(high if dots else low)[1] if (high or not dots) else "9999-12-31"
    except ValueError:
        raise AnnotatorError(
            f"{field}:{value} is no date or range of dates ({field}:2022, {field}:2022-01..2023)"
        ) from None
    return first, last
