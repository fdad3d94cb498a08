"""What the values of a query field can be in a project, for completion while it is typed."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.codebook import Codebook
from annotator.core.completion import Offer, fits
from annotator.core.model import STATUSES
from annotator.core.text import fold
from annotator.store.listing import Read, distinct, years

#: Values that are offered at most.
MOST = 40
_COLUMNS = {"issuer": "issuer", "outlet": "outlet", "lang": "language"}
_STATES = ("made", "suggested", "accepted", "rejected")


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
    elif field == "status":
        yield from map(Offer, STATUSES)
    elif field == "state":
        yield from map(Offer, _STATES)
    elif field == "coder":
        yield from (Offer(row[0]) for row in read("SELECT DISTINCT name FROM coder ORDER BY name", ()))
    elif field == "date":
        yield from map(Offer, years(read))
    elif field == "mentions":
        yield from _actors(read)
    else:
        yield from _of_attribute(read, codebook, field, typed)


def _actors(read: Read) -> Iterator[Offer]:
    """Actors by name; other names stand in the detail."""
    rows = read("SELECT name, aliases FROM actor WHERE merged_into IS NULL ORDER BY name, id", ())
    for row in rows:
        yield Offer(row["name"], ", ".join(_names(row["aliases"])))


def _names(aliases: str) -> list[str]:
    from annotator.store.driver import loaded

    return [str(name) for name in loaded(aliases, list)]


def _of_attribute(read: Read, codebook: Codebook, name: str, typed: str) -> Iterator[Offer]:
    known = [a for tag in codebook for a in (tag.attribute(name),) if a is not None]
    if any(a.type in ("actor", "actors") for a in known):
        yield from _actors(read)
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
