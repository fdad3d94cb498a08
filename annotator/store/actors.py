"""Actors as entities: made in passing, described, merged into one another and taken apart, each as one step.

A merger sets ``merged_into`` on the actors that turn out to be another one, and rewrites no annotation; who reads
follows it. Actors who were merged into one of these stay merged into it, so that a merger can be taken back exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotator.core.actors import checked_aliases, checked_color, checked_name, checked_type, checked_wikidata
from annotator.core.errors import AnnotatorError, NotFound
from annotator.core.model import Actor, ActorId, Changes, new_id, now
from annotator.core.text import clean, fold
from annotator.core.values import dataclass
from annotator.store.reads import APART
from annotator.store.rows import ACTOR_COLUMNS, actor_row, annotation_of, dumps, insert_sql
from annotator.store.starter import actor_types
from annotator.store.vocabulary import Vocabulary

#: Passages that are counted to say what refers to an actor.
_NAMED = 1000


@dataclass(frozen=True, slots=True)
class Split:
    """What splitting an actor would do: the aliases and the values, as (annotation, attribute), that go along."""

    actor: Actor
    aliases: tuple[str, ...]
    values: tuple[tuple[str, str], ...]

    def sentence(self) -> str:
        passages = len({annotation for annotation, _ in self.values})
        aliases = len(self.aliases)
        return (
            f"{passages} passage{'s' * (passages != 1)} and {aliases} alias{'es' * (aliases != 1)} would go to the new"
            " actor."
        )


class Actors(Vocabulary):
    """The entities that attributes refer to."""

    def add_actor(
        self,
        name: str,
        type: str = "",
        aliases: Sequence[str] = (),
        *,
        color: str = "",
        wikidata: str = "",
        note: str = "",
    ) -> Changes:
        """A new actor; ``result`` is its id. Raises ``AnnotatorError`` for an unknown type or a wrong Wikidata id."""
        name = checked_name(name)
        actor = Actor(
            ActorId(new_id()), name, checked_type(type, actor_types()), checked_aliases(aliases, name),
            checked_wikidata(wikidata), clean(note), None, checked_color(color),
        )  # fmt: skip
        with self.step("Add actor") as step:
            self._connection.execute(insert_sql("actor", ACTOR_COLUMNS), actor_row(actor))
            step.result = actor.id
        return step.changes

    def rename_actor(self, actor: str, name: str, *, keep: bool = True) -> Changes:
        """Give an actor another name; the old one becomes an alias, unless it is not to be kept."""
        known, name = self._row(actor), checked_name(name)
        if name == known.name:
            return Changes("Rename actor", result=actor)
        aliases = checked_aliases((*([known.name] if keep else ()), *known.aliases), name)
        return self._set_actor("Rename actor", known, name=name, aliases=dumps(list(aliases)))

    def edit_actor(
        self,
        actor: str,
        *,
        type: str | None = None,
        color: str | None = None,
        wikidata: str | None = None,
        note: str | None = None,
        aliases: Sequence[str] | None = None,
    ) -> Changes:
        """Set what is known of an actor; what is not given stays. Raises ``AnnotatorError`` for what is not allowed."""
        known, values = self._row(actor), dict[str, Any]()
        if type is not None:
            values["type"] = checked_type(type, actor_types())
        if color is not None:
            values["color"] = checked_color(color)
        if wikidata is not None:
            values["wikidata"] = checked_wikidata(wikidata)
        if note is not None:
            values["note"] = clean(note)
        if aliases is not None:
            values["aliases"] = dumps(list(checked_aliases(aliases, known.name)))
        label = f"Set {next(iter(values))} of actor" if len(values) == 1 else "Edit actor"
        return self._set_actor(label, known, **values)

    def merge_actors(self, actors: Iterable[str], into: str) -> Changes:
        """Say that these actors are that one: names, aliases and passages lead there. Rewrites no annotation.

        ``result`` is the actor that they are now. Raises ``AnnotatorError`` when there is nobody to merge.
        """
        last = self.actor(into)
        ids = list(dict.fromkeys(self.actor(each).id for each in actors))
        if last.id in ids or not ids:
            raise AnnotatorError(f"{last.name} cannot be merged into itself: name two different actors.")
        with self.step("Merge actors") as step:
            for each in ids:
                self._connection.execute("UPDATE actor SET merged_into = ? WHERE id = ?", (last.id, each))
            step.result = last.id
        return step.changes

    def unmerge_actor(self, actor: str) -> Changes:
        """Let an actor be one of its own again, with all that were merged into it before."""
        known = self._row(actor)
        if known.merged_into is None:
            raise AnnotatorError(f"{known.name} was not merged into another actor.")
        return self._set_actor("Take merger back", known, merged_into=None)

    def plan_split(self, actor: str, *, aliases: Sequence[str] = (), values: Iterable[tuple[str, str]] = ()) -> Split:
        """What would go to a new actor: these aliases, and of these passages the values that name the actor.

        ``values`` are (annotation, attribute); an empty attribute stands for all of them. Changes nothing; raises
        ``AnnotatorError`` for an alias that the actor does not have, or that is a merged actor's own name.
        """
        known = self.actor(actor)
        family = self.roster.family(known.id)
        members = self.roster.by_id(family)
        wanted = tuple(dict.fromkeys(aliases))
        for alias in wanted:
            if any(alias in member.aliases for member in members.values()):
                continue
            if any(alias == member.name for member in members.values() if member.id != known.id):
                raise AnnotatorError(
                    f"“{alias}” is an actor that was merged into {known.name}; take the merger back instead."
                )
            raise AnnotatorError(f"{known.name} has no alias “{alias}”.")
        found: dict[tuple[str, str], None] = {}
        for annotation, attribute in values:
            for name, several in self.annotation(annotation).attributes.items():
                if attribute in ("", name) and any(value.get("actor") in family for value in several):
                    found[(annotation, name)] = None
        return Split(known, wanted, tuple(found))

    def split_actor(
        self, actor: str, name: str, *, aliases: Sequence[str] = (), values: Iterable[tuple[str, str]] = ()
    ) -> Changes:
        """Make a new actor of part of one: what ``plan_split`` says goes to it, in one step. ``result`` is its id."""
        plan = self.plan_split(actor, aliases=aliases, values=values)
        family = self.roster.family(plan.actor.id)
        self._before_much(len(plan.values))
        with self.step("Split actor") as step:
            for member in self.roster.by_id(family).values():
                kept = [alias for alias in member.aliases if alias not in plan.aliases]
                if len(kept) < len(member.aliases):
                    self._set_actor("Split actor", member, aliases=dumps(kept))
            name = checked_name(name)
            made = self.add_actor(name, plan.actor.type, [a for a in plan.aliases if fold(a) != fold(name)]).result
            names: dict[str, set[str]] = {}
            for annotation, attribute in plan.values:
                names.setdefault(annotation, set()).add(attribute)
            for annotation, attributes in names.items():
                self._move_values(annotation, attributes, family, made)
            step.result = made
        return step.changes

    def _move_values(self, annotation: str, names: set[str], family: frozenset[str], to: str) -> None:
        """Let these attributes of an annotation name another actor in the place of this one."""
        row = self._connection.one("SELECT * FROM annotation WHERE id = ?", (annotation,))
        assert row is not None
        moved: dict[str, list[Mapping[str, Any]]] = {}
        for name, several in annotation_of(row).attributes.items():
            moved[name] = [
                {**value, "actor": to} if name in names and value.get("actor") in family else value for value in several
            ]
        self._connection.execute(
            "UPDATE annotation SET attributes = ?, modified_at = ? WHERE id = ?", (dumps(moved), now(), annotation)
        )

    def delete_actor(self, actor: str) -> Changes:
        """Remove an actor to whom nothing refers; else raises ``AnnotatorError`` that says what does."""
        known = self._row(actor)
        passages = self.roster.passage_count([known.id], _NAMED + 1)
        merged = self._connection.value("SELECT count(*) FROM actor WHERE merged_into = ?", (known.id,))
        if passages or merged:
            count = f"more than {_NAMED:,}" if passages > _NAMED else f"{passages:,}"
            reasons = [f"{count} passage{'s name' if passages != 1 else ' names'} it"] * bool(passages)
            reasons += [f"{merged} actor{'s were' if merged != 1 else ' was'} merged into it"] * bool(merged)
            raise AnnotatorError(f"{known.name} cannot be deleted: {' and '.join(reasons)}.")
        with self.step("Delete actor") as step:
            self._connection.execute("DELETE FROM actor WHERE id = ?", (known.id,))
            self._connection.execute("DELETE FROM setting WHERE key LIKE ? || '%' AND instr(key, ?)", (APART, known.id))
        return step.changes

    def keep_apart(self, one: str, other: str) -> Changes:
        """Remember that two actors are not the same, so that merging them is not proposed again."""
        with self.step("Keep actors apart") as step:
            self._connection.execute(
                "INSERT INTO setting (key, value) VALUES (?, '1') ON CONFLICT (key) DO NOTHING",
                (f"{APART}{'/'.join(sorted((self.actor(one).id, self.actor(other).id)))}",),
            )
        return step.changes

    def _row(self, actor: str) -> Actor:
        """This actor itself, not the one that it was merged into; raises ``NotFound``."""
        found = self.roster.by_id([actor]).get(actor)
        if found is None:
            raise NotFound(f"There is no actor {actor} in {self.path.name}.")
        return found

    def _set_actor(self, label: str, actor: Actor, **values: Any) -> Changes:
        """One step that gives an actor these column values; none where it has them already."""
        columns = ", ".join(f"{name} = ?" for name in values)
        with self.step(label) as step:
            if values:
                self._connection.execute(f"UPDATE actor SET {columns} WHERE id = ?", (*values.values(), actor.id))
            step.result = actor.id
        return step.changes


__all__ = ["Actors", "Split"]
