"""What a query asks of one annotation, as SQL: each attribute by its type, with the index by which few are found soon.

Numbers and dates that are vague are found where they can mean what is asked: a count of 5 to 12 by ``killed:>=10``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from annotator.core.codebook import UNSPECIFIED, Codebook
from annotator.core.errors import AnnotatorError, NotFound
from annotator.core.model import ANNOTATION_STATUSES, Attribute
from annotator.core.query import REQUIRED, Query, Term, count_bounds, date_bounds, near
from annotator.core.text import fold
from annotator.core.values import dataclass
from annotator.store.driver import Connection

#: So many annotations are looked at one by one, at most, instead of going through all.
FEW = 30_000
#: Kinds of links that every project can have.
LINK_KINDS = ("same_as", "event_ref", "responds_to")

_VALUE = "EXISTS (SELECT 1 FROM annotation_value v WHERE v.annotation = a.id AND {})"
#: One of many values, given as a JSON array: there may be more of them than an SQL statement takes variables.
_IN = "IN (SELECT value FROM json_each(?))"
#: Indexes of ``annotation_value``.
_ACTOR, _FOLDED, _BOUNDS = "annotation_value_actor", "annotation_value_folded", "annotation_value_bounds"


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition with its values; true of everything when empty.

    ``found`` is a query for the ids of the only annotations that can fulfil it, by an index; empty where there is none.
    """

    sql: str = "1"
    values: tuple[Any, ...] = ()
    found: str = ""
    found_values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A condition on ``annotation_value v``, and the index by which its rows are found."""

    sql: str
    values: tuple[Any, ...]
    index: str = ""


class Claims:
    """The terms of queries as conditions on ``annotation a``, for one project."""

    def __init__(self, connection: Connection, codebook: Codebook) -> None:
        self._connection = connection
        self._codebook = codebook
        self._bounded = connection.value("PRAGMA user_version") > 2

    def condition(self, term: Term) -> Condition:
        """What the term asks of one annotation, whether or not it is negated for statements.

        Raises ``AnnotatorError`` for a value that the field cannot have, with those that it may have been meant for.
        """
        parts = [self._one(each) for each in term.alternatives]
        sql = " OR ".join(f"({part.sql})" for part in parts) if len(parts) > 1 else parts[0].sql
        values = tuple(value for part in parts for value in part.values)
        if term.without:
            held = ""
            if attributes := self._attributes(term.field):
                tags = [tag for tag, _ in attributes]
                held, values = f"a.tag IN ({_marks(tags)}) AND ", (*tags, *values)
            return Condition(f"({held}NOT ({sql}))", values)
        found = " UNION ALL ".join(part.found for part in parts) if all(part.found for part in parts) else ""
        return Condition(sql, values, found, tuple(v for part in parts for v in part.found_values) if found else ())

    def _one(self, term: Term) -> Condition:
        attributes = self._attributes(term.field)
        if attributes:
            return self._attribute(term, [attribute for _, attribute in attributes], [tag for tag, _ in attributes])
        return {
            "tag": self._tag,
            "coder": self._coder,
            "note": _note,
            "state": _state,
            "mentions": self._mentions,
            "stale": self._stale,
            "missing": self._missing,
            "link": self._link,
            "created": _created,
            "changed": _changed,
        }[term.field](term)

    def _attributes(self, name: str) -> list[tuple[str, Attribute]]:
        return [(tag.name, a) for tag in self._codebook for a in tag.attributes if a.name == name]

    # -- fields of every annotation ----------------------------------------------------------

    def _tag(self, term: Term) -> Condition:
        tag = self._codebook.tag(term.value).name
        return Condition("a.tag = ?", (tag,), "SELECT b.id FROM annotation b WHERE b.tag = ?", (tag,))

    def _coder(self, term: Term) -> Condition:
        ids = coders_named(self._connection, term.value)
        if not ids:
            known = sorted({str(row[0]) for row in self._connection.all("SELECT name FROM coder")})
            raise NotFound(f"the project has no coder “{term.value}”" + _meant(near(term.value, known)))
        given = f"coder IN ({_marks(ids)})"
        return Condition(f"a.{given}", tuple(ids), f"SELECT b.id FROM annotation b WHERE b.{given}", tuple(ids))

    def _mentions(self, term: Term) -> Condition:
        values = (_json(self._called(term, ())),)
        found = f"SELECT v.annotation FROM annotation_value v INDEXED BY {_ACTOR} WHERE v.actor {_IN}"
        return Condition(_VALUE.format(f"+v.actor {_IN}"), values, found, values)

    def _stale(self, term: Term) -> Condition:
        """That the annotation was made before the present version of its tag; ``any`` is whatever tag."""
        every = term.value in (REQUIRED, "*") and not term.phrase
        tags = list(self._codebook) if every else [self._codebook.tag(term.value)]
        if not tags or not self._bounded:  # an older file has no versions
            return Condition("0")
        one = " OR ".join("({a}.tag = ? AND {a}.tag_version < ?)" for _ in tags)
        values = tuple(part for tag in tags for part in (tag.name, tag.version))
        found = f"SELECT b.id FROM annotation b WHERE {one.format(a='b')}"
        return Condition(f"({one.format(a='a')})", values, found, values)

    def _missing(self, term: Term) -> Condition:
        """That an attribute has no value, of those that the annotation's tag has; ``any`` is any required one."""
        parts, values = [], list[Any]()
        for tag in self._codebook:
            if term.value == REQUIRED and not term.phrase:
                names = [a.name for a in tag.attributes if a.required]
            else:
                names = [a.name for a in tag.attributes if fold(term.value) in (fold(a.name), fold(a.label))]
            if names:
                # One search in the key for each name that is there, and none for the others.
                parts.append(
                    "(a.tag = ? AND (SELECT count(DISTINCT v.name) FROM annotation_value v WHERE v.annotation = a.id"
                    f" AND v.name IN ({_marks(names)})) < {len(names)})"
                )
                values += [tag.name, *names]
        if not parts:
            known = [a.name for tag in self._codebook for a in tag.attributes]
            raise NotFound(f"the codebook has no attribute “{term.value}”" + _meant(near(term.value, known)))
        return Condition(f"({' OR '.join(parts)})", tuple(values))

    def _link(self, term: Term) -> Condition:
        ends = "(SELECT 1 FROM link l WHERE l.source = a.id{k} UNION ALL SELECT 1 FROM link l WHERE l.target = a.id{k})"
        ids = "SELECT l.source FROM link l WHERE {k} UNION ALL SELECT l.target FROM link l WHERE {k}"
        if term.is_any:
            return Condition(f"EXISTS {ends.format(k='')}", (), ids.format(k="1"))
        if term.is_none:
            return Condition(f"NOT EXISTS {ends.format(k='')}")
        kinds = {*LINK_KINDS, *(str(row[0]) for row in self._connection.all("SELECT DISTINCT kind FROM link"))}
        kind = next((kind for kind in kinds if fold(kind).replace("_", " ") == fold(term.value).replace("_", " ")), "")
        if not kind:
            raise NotFound(f"there are no links “{term.value}”; there are: {', '.join(sorted(kinds))}")
        return Condition(
            f"EXISTS {ends.format(k=' AND l.kind = ?')}", (kind, kind), ids.format(k="l.kind = ?"), (kind, kind)
        )

    # -- attributes --------------------------------------------------------------------------

    def _attribute(self, term: Term, known: Sequence[Attribute], tags: Sequence[str]) -> Condition:
        name = term.field
        if term.is_any:
            return Condition(_VALUE.format("v.name = ?"), (name,))
        if term.is_none:
            return Condition(f"(a.tag IN ({_marks(tags)}) AND NOT {_VALUE.format('v.name = ?')})", (*tags, name))
        parts: list[_Part] = []
        trouble: AnnotatorError | None = None
        for attribute in {a.type: a for a in known}.values():
            try:
                parts.append(self._typed(term, attribute, [a for a in known if a.type == attribute.type]))
            except AnnotatorError as error:
                trouble = error
        # A value that the codebook no longer has may still be held.
        if not parts and self._holds(name, fold(term.value)):
            parts.append(_Part("v.folded = ?", (fold(term.value),), _FOLDED))
        if not parts:
            assert trouble is not None
            raise trouble
        values = tuple(value for part in parts for value in part.values)
        # Plus signs keep the planner from the indexes of values: of one annotation, they are found by the key.
        condition = _VALUE.format(f"v.name = ? AND ({' OR '.join(_of_one(part.sql) for part in parts)})")
        if not all(part.index for part in parts):
            return Condition(condition, (name, *values))
        found = " UNION ALL ".join(
            f"SELECT v.annotation FROM annotation_value v INDEXED BY {part.index} WHERE v.name = ? AND {part.sql}"
            for part in parts
        )
        return Condition(condition, (name, *values), found, tuple(v for part in parts for v in (name, *part.values)))

    def _typed(self, term: Term, attribute: Attribute, same: Sequence[Attribute]) -> _Part:
        folded = fold(term.value)
        if attribute.type in ("actors", "actor"):
            unnamed = any(a.unspecified for a in same) and folded == UNSPECIFIED
            if not unnamed and (actors := self._called(term, same)):
                return _Part(f"v.actor {_IN}", (_json(actors),), _ACTOR)
            return _Part("v.folded = ?", (folded,), _FOLDED)
        if attribute.type == "choice":
            names = _choices(folded, same)
            if not names:
                every = list(dict.fromkeys(c.name for a in same for c in a.values))
                meant = near(term.value, every) or every
                raise NotFound(f"“{term.value}” is no value of {attribute.name}" + _meant(meant))
            return _Part(f"v.folded IN ({_marks(names)})", tuple(fold(each) for each in names), _FOLDED)
        if attribute.type in ("date", "count"):
            low, high = (date_bounds if attribute.type == "date" else count_bounds)(term.value, attribute.name)
            if self._bounded:
                return _Part("v.low IS NOT NULL AND v.low <= ? AND v.high >= ?", (high, low), _BOUNDS)
            # A file of an older schema has no bounds; it is only read.
            said = "(v.edtf, v.min, v.max)"
            return _Part(f"lowest{said} <= ? AND highest{said} >= ?", (high, low))
        # What contains something is in no index; all values of the attribute would be gone through at once.
        return _Part("instr(v.folded, ?)", (folded,))

    def _called(self, term: Term, attributes: Sequence[Attribute]) -> list[str]:
        actors = actors_named(self._connection, term.value)
        if actors or any(self._holds(a.name, fold(term.value)) for a in attributes):
            return actors
        # A name like which there is none is no slip: nobody says anything of it yet.
        if meant := near_actors(self._connection, term.value):
            raise NotFound(f"there is no actor “{term.value}”" + _meant(meant))
        return []

    def _holds(self, name: str, folded: str) -> bool:
        sql = "SELECT 1 FROM annotation_value WHERE name = ? AND folded = ? LIMIT 1"
        return self._connection.value(sql, (name, folded)) is not None


def few(connection: Connection, conditions: Iterable[Condition]) -> list[str] | None:
    """The ids of the only annotations that can fulfil all of this, where an index tells them and they are few.

    Each once, in their order, which is that of their making; the conditions have still to be asked of them.
    """
    best: Condition | None = None
    least = FEW + 1
    for condition in conditions:
        if condition.found:
            sql = f"SELECT count(*) FROM (SELECT 1 FROM ({condition.found}) LIMIT {least})"
            count = int(connection.value(sql, condition.found_values))
            if count < least:
                best, least = condition, count
                if not count:
                    return []
    if best is None:
        return None
    return sorted({str(row[0]) for row in connection.all(best.found, best.found_values)})


def wanted(claims: Claims, query: Query) -> list[Condition]:
    """What the query asks of one annotation, condition by condition."""
    return [claims.condition(term) for term in query.on_annotations if not term.negated]


def _of_one(sql: str) -> str:
    return sql.replace("v.", "+v.")


def _choices(folded: str, attributes: Sequence[Attribute]) -> list[str]:
    """The values of that name or label, else those that begin so."""
    every = {c.name: (fold(c.name), fold(c.label)) for a in attributes for c in a.values}
    spaced = folded.replace("_", " ")
    exact = [name for name, known in every.items() if folded in known or spaced in known]
    return exact or [name for name, known in every.items() if folded and any(k.startswith(folded) for k in known)]


def _note(term: Term) -> Condition:
    if term.is_none:
        return Condition("a.note = ''")
    held, values = "<> ''", tuple[str, ...]()
    if not term.is_any:
        held, values = "<> '' AND instr(fold({}.note), ?)", (fold(term.value),)
    sql = f"note {held}"
    return Condition(f"a.{sql.format('a')}", values, f"SELECT b.id FROM annotation b WHERE b.{sql.format('b')}", values)


def _state(term: Term) -> Condition:
    if term.value not in ANNOTATION_STATUSES:
        raise NotFound(f"state:{term.value} is none of {', '.join(ANNOTATION_STATUSES)}")
    return Condition("a.status = ?", (term.value,))


def _created(term: Term) -> Condition:
    low, high = date_bounds(term.value, "created")
    values = (low, f"{high}T~")
    # By way of the coders, of whom there are few, so that the index of both serves.
    found = "SELECT b.id FROM annotation b WHERE b.coder IN (SELECT id FROM coder) AND b.created_at BETWEEN ? AND ?"
    return Condition("a.created_at BETWEEN ? AND ?", values, found, values)


def _changed(term: Term) -> Condition:
    low, high = date_bounds(term.value, "changed")
    between = "modified_at BETWEEN ? AND ?"
    values = (low, f"{high}T~")
    return Condition(f"a.{between}", values, f"SELECT b.id FROM annotation b WHERE b.{between}", values)


def coders_named(connection: Connection, name: str) -> list[str]:
    return [r[0] for r in connection.all("SELECT id FROM coder WHERE fold(name) = ? OR id = ?", (fold(name), name))]


def actors_named(connection: Connection, name: str) -> list[str]:
    """The actors of that name or alias, with all that were merged with them.

    If nobody is called so, those whose name begins with these words, or else at least with these letters.
    """
    folded = fold(name.strip())
    if connection.value("SELECT 1 FROM sqlite_master WHERE name = 'actor_name'"):
        rows = connection.all(
            "SELECT actor, folded FROM actor_name WHERE start = 0 AND folded >= ? AND folded < ?",
            (folded, f"{folded}\U0010ffff"),
        )
    else:  # a file of an older schema, which is only read
        rows = connection.all(
            "SELECT id, fold(name) FROM actor UNION ALL SELECT a.id, fold(j.value) FROM actor a, json_each(a.aliases) j"
        )
    found = [(str(row[0]), str(row[1])) for row in rows if folded and str(row[1]).startswith(folded)]
    exact = [actor for actor, known in found if known == folded]
    words = [actor for actor, known in found if not known[len(folded) :][:1].isalnum()]
    raw = [str(row[0]) for row in connection.all("SELECT id FROM actor WHERE id = ?", (name,))]
    named = list(dict.fromkeys(exact or words or [actor for actor, _ in found] or raw))
    if not named:
        return []
    merged = connection.all(
        "WITH RECURSIVE named(id) AS (SELECT value FROM json_each(?)"
        " UNION SELECT actor.id FROM actor JOIN named ON actor.merged_into = named.id"
        " UNION SELECT actor.merged_into FROM actor JOIN named ON actor.id = named.id"
        " WHERE actor.merged_into IS NOT NULL) SELECT id FROM named",
        (_json(named),),
    )
    return [str(row[0]) for row in merged]


def near_actors(connection: Connection, name: str) -> list[str]:
    """Actors who may have been meant: of some that begin with the same letters, those that are written most alike."""
    folded = fold(name.strip())
    if not folded or not connection.value("SELECT 1 FROM sqlite_master WHERE name = 'actor_name'"):
        return []
    for length in (3, 2, 1):
        start = folded[:length]
        rows = connection.all(
            "SELECT DISTINCT a.name FROM actor_name n JOIN actor a ON a.id = n.actor"
            " WHERE n.start = 0 AND n.folded >= ? AND n.folded < ? ORDER BY n.folded LIMIT 400",
            (start, f"{start}\U0010ffff"),
        )
        if found := near(name, [str(row[0]) for row in rows]):
            return found
    return []


def _meant(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8]) + ("…" if len(names) > 8 else "")
    return f"; near it: {shown}" if names else ""


def _json(values: Sequence[str]) -> str:
    import json

    return json.dumps(list(values))


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" for _ in values)
