"""Actors by their names and aliases, in any script: what completes while one types, and who is called so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from annotator.core.edtf import bounds
from annotator.core.model import Actor, ActorId, AnnotationId, DateValue, StatementId
from annotator.core.naming import beginnings
from annotator.core.text import fold
from annotator.core.values import dataclass
from annotator.store.driver import Row
from annotator.store.listing import Read
from annotator.store.rows import actor_of, date_of

#: What sorts after every text that begins with something.
_LAST = "\U0010ffff"
#: From so many letters on, names are also looked through for words that contain them.
_CONTAINED = 2
#: With more actors than this, names are found by the beginnings of their words alone: looking into all of them takes
#: longer than a key may.
_FEW = 5000
#: Actors, or passages, that are read at once.
_PAGE = 500
#: Names that are read at once.
_ROWS = 2000


class Listed(NamedTuple):
    """A name as a list of completions shows it, the name that is taken, and the id of the actor who has it."""

    listed: str
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class ActorSummary:
    """An actor as a list shows it, with how many passages name it and how many actors were merged into it."""

    actor: Actor
    passages: int
    merged: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage whose attribute names an actor. ``date`` is the event's, where it has one, or the statement's.

    ``day`` is the first day that the date can mean, in ISO 8601; empty without a date.
    """

    annotation: AnnotationId
    statement: StatementId
    tag: str
    attribute: str
    quote: str
    title: str
    issuer: str
    date: DateValue | None
    day: str
    of_event: bool


class Roster:
    """The actors of one project by name. Nothing is kept here: what is asked is read from the file's own index.

    In a file of an older schema, which may only be read, there is no such index, and all actors are looked through.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._indexed = bool(read("SELECT 1 FROM sqlite_master WHERE name = 'actor_name'", ()))

    def matching(self, part: str, limit: int = 12) -> list[Listed]:
        """Names that begin so, then names with a word that begins so, then, of a few thousand, the rest.

        A name of an actor who was merged into another, and an alias, lead to the name that holds: ``QSD → SDF``.
        """
        found: dict[tuple[str, int], None] = {}
        for ids in self._places(fold(part.strip()), limit):
            found |= dict.fromkeys(ids)
            if len(found) >= limit:
                break
        places = list(found)[:limit]
        actors = self.by_id(actor for actor, _ in places)
        listed = []
        for identifier, place in places:
            if (own := actors.get(identifier)) is None:
                continue
            last = actors.get(self._survivor(own, actors), own)
            known = (own.name, *own.aliases)[place]
            listed.append(Listed(known if known == last.name else f"{known} → {last.name}", last.name, last.id))
        return list(dict.fromkeys(listed))

    def called(self, name: str) -> str | None:
        """The id of the actor of that name or alias, folded; one that was merged into another comes last."""
        wanted = fold(name.strip())
        if self._indexed:
            rows = self._read(
                "SELECT a.id FROM actor_name n JOIN actor a ON a.id = n.actor WHERE n.start = 0 AND n.folded = ?"
                " ORDER BY a.merged_into IS NOT NULL, n.position > 0, a.id LIMIT 1",
                (wanted,),
            )
        else:
            rows = self._read(
                "SELECT id FROM actor WHERE fold(name) = ?1 OR EXISTS (SELECT 1 FROM json_each(aliases)"
                " WHERE fold(value) = ?1) ORDER BY merged_into IS NOT NULL, id LIMIT 1",
                (wanted,),
            )
        return str(rows[0][0]) if rows else None

    def by_id(self, ids: Iterable[str]) -> dict[str, Actor]:
        """These actors and those that they were merged into, by id."""
        found: dict[str, Actor] = {}
        wanted = list(dict.fromkeys(ids))
        while wanted:
            some, wanted = wanted[:_PAGE], wanted[_PAGE:]
            marks = ", ".join("?" for _ in some)
            for row in self._read(f"SELECT * FROM actor WHERE id IN ({marks})", some):
                actor = found[row["id"]] = actor_of(row)
                if (into := actor.merged_into) and into not in found and into not in wanted and into not in some:
                    wanted.append(into)
        return found

    def pages(self, part: str = "") -> Iterator[list[ActorId]]:
        """The actors by their names' letters, by pages; with ``part`` those of whom a name or alias contains it.

        An actor who was merged into another one stands for that one.
        """
        wanted, last, given = fold(part.strip()), ("", "", -1), set[str]()
        if not self._indexed:
            rows = self._read("SELECT id, merged_into FROM actor ORDER BY fold(name), id", ())
            found = {identifier for identifier, _ in self._looked_through(wanted, len(rows) * 100)} if wanted else None
            yield [ActorId(row[0]) for row in rows if row[1] is None and (found is None or row[0] in found)]
            return
        condition = "instr(n.folded, ?) > 0" if wanted else "? = '' AND n.position = 0 AND a.merged_into IS NULL"
        while rows := self._read(
            "SELECT n.folded, n.actor, n.position, a.merged_into FROM actor_name n JOIN actor a ON a.id = n.actor"
            f" WHERE n.start = 0 AND (n.folded, n.actor, n.position) > (?, ?, ?) AND {condition}"
            " ORDER BY n.folded, n.actor, n.position LIMIT ?",
            (*last, wanted, _ROWS),
        ):
            last = tuple(rows[-1])[:3]
            page = []
            merged = self.by_id(row["actor"] for row in rows if row["merged_into"])
            for row in rows:
                actor = row["actor"] if row["actor"] not in merged else self._survivor(merged[row["actor"]], merged)
                if actor not in given:
                    given.add(actor)
                    page.append(ActorId(actor))
            yield page

    def summaries(self, ids: Sequence[str]) -> list[ActorSummary]:
        """These actors as a list shows them, in the order given; those that are gone are left out."""
        actors = self.by_id(ids)
        marks = ", ".join("?" for _ in ids)
        rows = self._read(
            f"WITH RECURSIVE member(root, id) AS (SELECT id, id FROM actor WHERE id IN ({marks})"
            " UNION SELECT member.root, actor.id FROM actor JOIN member ON actor.merged_into = member.id)"
            " SELECT root, id FROM member",
            list(ids),
        )
        families: dict[str, list[str]] = {}
        for row in rows:
            families.setdefault(row["root"], []).append(row["id"])
        found = []
        for each in ids:
            if each in actors and (family := families.get(each)):
                found.append(ActorSummary(actors[each], self.passage_count(family), len(family) - 1))
        return found

    def merged_into(self, actor: str) -> list[Actor]:
        """The actors who were merged into this one, directly or by way of others, by name."""
        members = self.by_id(self.family(actor) - {actor})
        return sorted((m for m in members.values() if m.id != actor), key=lambda m: (fold(m.name), m.id))

    def mentions(self, actor: str) -> Iterator[list[Mention]]:
        """Where passages name this actor, or one who was merged into it, by pages, in no order."""
        for member in sorted(self.family(actor)):
            last = ("", "", -1)
            while rows := self._read(
                "SELECT v.annotation, v.name, v.position, a.tag, a.quote, a.statement, s.title, s.issuer,"
                " s.date_issued, s.date_issued_basis, s.date_published, s.date_published_basis, s.date_from,"
                " (SELECT e.edtf FROM annotation_value e"
                " WHERE e.annotation = v.annotation AND e.name = 'date_start') AS event"
                " FROM annotation_value v JOIN annotation a ON a.id = v.annotation"
                " JOIN statement s ON s.id = a.statement"
                " WHERE v.actor = ? AND (v.annotation, v.name, v.position) > (?, ?, ?)"
                " ORDER BY v.annotation, v.name, v.position LIMIT ?",
                (member, *last, _PAGE),
            ):
                last = tuple(rows[-1])[:3]
                yield [_mention(row) for row in rows]

    def family(self, actor: str) -> frozenset[str]:
        """The ids of this actor and of all that were merged into it, directly or by way of others."""
        rows = self._read(
            "WITH RECURSIVE member(id) AS (SELECT ?1 UNION SELECT actor.id FROM actor JOIN member"
            " ON actor.merged_into = member.id) SELECT id FROM member",
            (actor,),
        )
        return frozenset(row[0] for row in rows)

    def passage_count(self, actors: Iterable[str], most: int = -1) -> int:
        """How many passages name one of these actors in any attribute; counts no further than ``most``."""
        ids = list(actors)
        marks = ", ".join("?" for _ in ids)
        sql = (
            f"SELECT count(*) FROM (SELECT DISTINCT annotation FROM annotation_value WHERE actor IN ({marks}) LIMIT ?)"
        )
        return int(self._read(sql, (*ids, most))[0][0])

    def _survivor(self, actor: Actor, known: dict[str, Actor]) -> str:
        """Who this actor is in the end; of a circle of mergers, the actor itself."""
        passed, last = {actor.id}, actor
        while last.merged_into and (after := known.get(last.merged_into)):
            if after.id in passed:
                return actor.id
            passed.add(after.id)
            last = after
        return last.id

    def _places(self, wanted: str, limit: int) -> Iterable[Sequence[tuple[str, int]]]:
        """Actors with the places of their names, ever less like what is wanted, by lots."""
        if not self._indexed:
            yield self._looked_through(wanted, limit)
            return
        end = f"{wanted}{_LAST}"
        for start in ("start = 0", "start > 0"):
            if start == "start = 0" or wanted:
                yield _pairs(
                    self._read(
                        f"SELECT actor, position FROM actor_name WHERE {start} AND folded >= ? AND folded < ?"
                        " ORDER BY folded, actor, position LIMIT ?",
                        (wanted, end, limit * 2),
                    )
                )
        if len(wanted) >= _CONTAINED and not self._read("SELECT 1 FROM actor LIMIT 1 OFFSET ?", (_FEW,)):
            yield _pairs(
                self._read(
                    "SELECT actor, position FROM actor_name WHERE start = 0 AND instr(folded, ?) > 1"
                    " ORDER BY folded, actor, position LIMIT ?",
                    (wanted, limit * 2),
                )
            )

    def _looked_through(self, wanted: str, limit: int) -> list[tuple[str, int]]:
        ranked = []
        for row in self._read("SELECT * FROM actor", ()):
            actor = actor_of(row)
            for place, start, folded in beginnings((actor.name, *actor.aliases)):
                if folded.startswith(wanted):
                    ranked.append((int(start > 0), folded, actor.id, place))
                elif start == 0 and wanted in folded:
                    ranked.append((2, folded, actor.id, place))
        return [(actor, place) for _, _, actor, place in sorted(ranked)[: limit * 2]]


def _mention(row: Row) -> Mention:
    date, day, of_event = date_of(row, "date_issued") or date_of(row, "date_published"), row["date_from"], False
    if row["event"]:
        with suppress(ValueError):
            date, day, of_event = DateValue(row["event"]), bounds(row["event"])[0], True
    return Mention(
        AnnotationId(row["annotation"]), StatementId(row["statement"]), row["tag"], row["name"], row["quote"],
        row["title"], row["issuer"], date, day, of_event,
    )  # fmt: skip


def _pairs(rows: Sequence[Row]) -> list[tuple[str, int]]:
    return [(row[0], row[1]) for row in rows]
