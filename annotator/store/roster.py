"""Actors by their names and aliases, in any script: what completes while one types, and who is called so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotator.core.model import Actor
from annotator.core.naming import beginnings
from annotator.core.text import fold
from annotator.store.driver import Row
from annotator.store.listing import Read
from annotator.store.rows import actor_of

#: What sorts after every text that begins with something.
_LAST = "\U0010ffff"
#: From so many letters on, names are also looked through for words that contain them.
_CONTAINED = 2
#: Actors that are read at once.
_PAGE = 500


class Listed(NamedTuple):
    """A name as a list of completions shows it, the name that is taken, and the id of the actor who has it."""

    listed: str
    name: str
    id: str


class Roster:
    """The actors of one project by name. Nothing is kept here: what is asked is read from the file's own index.

    In a file of an older schema, which may only be read, there is no such index, and all actors are looked through.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._indexed = bool(read("SELECT 1 FROM sqlite_master WHERE name = 'actor_name'", ()))

    def matching(self, part: str, limit: int = 12) -> list[Listed]:
        """Names that begin so, then names with a word that begins so, then the rest that contain it.

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

    def family(self, actor: str) -> frozenset[str]:
        """The ids of this actor and of all that were merged into it, directly or by way of others."""
        rows = self._read(
            "WITH RECURSIVE member(id) AS (SELECT ?1 UNION SELECT actor.id FROM actor JOIN member"
            " ON actor.merged_into = member.id) SELECT id FROM member",
            (actor,),
        )
        return frozenset(row[0] for row in rows)

    def passage_count(self, actors: Iterable[str]) -> int:
        """How many passages name one of these actors in any attribute."""
        ids = list(actors)
        marks = ", ".join("?" for _ in ids)
        sql = f"SELECT count(DISTINCT annotation) FROM annotation_value WHERE actor IN ({marks})"
        return int(self._read(sql, ids)[0][0])

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
        if len(wanted) >= _CONTAINED:
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


def _pairs(rows: Sequence[Row]) -> list[tuple[str, int]]:
    return [(row[0], row[1]) for row in rows]
