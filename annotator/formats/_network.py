"""Who claims what of whom, as a network: actors are nodes, and what joins two of them in passages of a tag is an edge.

An edge goes from the actors of a tag's first attribute of actors to those of its second one: from demander to
addressee, from accuser to accused, from who does a thing to whom it is done.
"""

from __future__ import annotations

from collections.abc import Iterable

from annotator.core.exchange import Item, Losses
from annotator.core.model import Actor, Link, Statement, Tag
from annotator.core.values import dataclass
from annotator.formats._outward import Names, sorted_out


@dataclass(slots=True)
class Edge:
    """What passages of one tag say of two actors: how often, in how many statements, and from when to when (EDTF)."""

    source: str
    target: str
    tag: str
    label: str
    count: int = 0
    statements: int = 0
    first: str = ""
    last: str = ""
    #: The statement that was counted last; statements come one after the other.
    seen: str = ""


@dataclass(slots=True)
class Network:
    """The nodes by id and the edges by (source, target, tag), in the order in which they were met."""

    actors: dict[str, Actor]
    edges: dict[tuple[str, str, str], Edge]


def ends(tag: Tag) -> tuple[str, str] | None:
    """The attributes of a tag that an edge goes from and to; None for a tag that joins no two actors."""
    names = [attribute.name for attribute in tag.attributes if attribute.type in ("actors", "actor")]
    return (names[0], names[1]) if len(names) > 1 else None


def network(items: Iterable[Item], losses: Losses) -> Network:
    """The network of an export; what is no edge is counted."""
    found = Network({}, {})
    for names, item in sorted_out(items):
        if isinstance(item, Link):
            losses.add("links")
            continue
        losses.add("texts, with metadata, quotes and further values")
        joined = {tag.name: (tag.label, ends(tag)) for tag in names.codebook}
        for a in item.annotations:
            label, pair = joined.get(a.tag, (a.tag, None))
            if pair is None or not all(_actors(a.attributes.get(name, ()), names) for name in pair):
                losses.add("passages that do not name an actor at both ends")
                continue
            for source in _actors(a.attributes[pair[0]], names):
                for target in _actors(a.attributes[pair[1]], names):
                    _count(found, names, (source, target, a.tag), label, item.statement)
    return found


def _actors(values: Iterable[dict[str, str]], names: Names) -> list[str]:
    """The ids of the actors that these values name, each once, those merged as what they turned out to be."""
    return list(dict.fromkeys(names.survivor(value["actor"]) for value in values if "actor" in value))


def _count(found: Network, names: Names, key: tuple[str, str, str], label: str, statement: Statement) -> None:
    for identifier in key[:2]:
        if identifier not in found.actors and (actor := names.actors.get(identifier)):
            found.actors[identifier] = actor
    edge = found.edges.setdefault(key, Edge(*key, label))
    edge.count += 1
    if edge.seen != statement.id:
        edge.seen = statement.id
        edge.statements += 1
    date = statement.date_issued or statement.date_published
    if date is not None:
        edge.first = min(edge.first or date.edtf, date.edtf)
        edge.last = max(edge.last, date.edtf)
