"""What the values of a query field can be in a project, for completion while it is typed."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.codebook import UNSPECIFIED, Codebook
from annotator.core.completion import Offer, fits
from annotator.core.model import STATUSES
from annotator.core.query import REQUIRED
from annotator.core.text import fold
from annotator.store.claims import LINK_KINDS
from annotator.store.listing import Read, distinct, years
from annotator.store.roster import Roster

#: Values that are offered at most.
MOST = 40
_COLUMNS = {"issuer": "issuer", "outlet": "outlet", "lang": "language"}
_STATES = ("made", "suggested", "accepted", "rejected")
#: Years that passages were tagged or changed in, the latest first.
_YEARS = {
    field: (
        f"WITH RECURSIVE years(y) AS (SELECT substr(max({column}), 1, 4) FROM annotation UNION ALL"
        f" SELECT (SELECT substr(max({column}), 1, 4) FROM annotation WHERE {column} < y) FROM years"
        " WHERE y IS NOT NULL) SELECT y FROM years WHERE y IS NOT NULL LIMIT 20"
    )
    for field, column in (("created", "created_at"), ("changed", "modified_at"))
}


def offers(read: Read, codebook: Codebook, field: str, typed: str) -> list[Offer]:
    """The values of this field that begin as it was typed, or in which a word does; so many at most."""
    found: list[Offer] = []
    for offer in _all(read, codebook, field, typed):
        if fits(offer.text, typed) or (offer.detail and fits(offer.detail, typed)):
            found.append(offer)
            if len(found) >= MOST:
                break
    return found


def _all(read: Read, codebook: Codebook, field: str, typed: str) -> Iterator[Offer]:
    if field in _COLUMNS:
        yield from (Offer(name) for name in distinct(read, _COLUMNS[field]) if name)
    elif field == "tag":
        yield from (Offer(tag.name, tag.label) for tag in codebook)
    elif field == "stale":
        yield from (Offer(name, label) for name, label in (("any", "any tag"), *((t.name, t.label) for t in codebook)))
    elif field == "status":
        yield from map(Offer, STATUSES)
    elif field == "state":
        yield from map(Offer, _STATES)
    elif field == "coder":
        yield from (Offer(row[0]) for row in read("SELECT DISTINCT name FROM coder ORDER BY name", ()))
    elif field == "date":
        yield from map(Offer, years(read))
    elif field in ("created", "changed"):
        yield from (Offer(str(row[0])) for row in read(_YEARS[field], ()))
    elif field == "missing":
        yield Offer(REQUIRED, "a required attribute")
        named = {a.name: a.label for tag in codebook for a in tag.attributes}
        yield from (Offer(name, label) for name, label in named.items())
    elif field == "link":
        held = [str(row[0]) for row in read("SELECT DISTINCT kind FROM link ORDER BY kind", ())]
        yield from map(Offer, dict.fromkeys((*LINK_KINDS, *held)))
    elif field == "mentions":
        yield from _actors(read, typed)
    else:
        yield from _of_attribute(read, codebook, field, typed)


def _actors(read: Read, typed: str) -> Iterator[Offer]:
    """Actors of whose names one begins so, or has a word that does; other names stand in the detail."""
    roster = Roster(read)
    found = roster.matching(typed, MOST)
    actors = roster.by_id(each.id for each in found)
    for each in dict.fromkeys((name, actor) for _, name, actor in found):
        if actor := actors.get(each[1]):
            yield Offer(actor.name, ", ".join((*actor.aliases, *([] if each[0] == actor.name else [each[0]]))))


def _of_attribute(read: Read, codebook: Codebook, name: str, typed: str) -> Iterator[Offer]:
    known = [a for tag in codebook for a in (tag.attribute(name),) if a is not None]
    if any(a.type in ("actor", "actors") for a in known):
        yield from _actors(read, typed)
    if any(a.unspecified for a in known):
        yield Offer(UNSPECIFIED, "the text does not say who")
    for attribute in known:
        yield from (Offer(choice.name, choice.label) for choice in attribute.values)
    # Values of other attributes that begin so; each is looked up in the index after the one before.
    start, above = fold(typed), ">="
    last = start
    for _ in range(MOST):
        rows = read(
            f"SELECT folded, value FROM annotation_value WHERE name = ? AND folded {above} ? AND folded < ?"
            " ORDER BY folded LIMIT 1",
            (name, last, f"{start}\U0010ffff"),
        )
        if not rows or rows[0]["value"] is None:
            return
        last, above = rows[0]["folded"], ">"
        yield Offer(rows[0]["value"])


__all__ = ["MOST", "offers"]
