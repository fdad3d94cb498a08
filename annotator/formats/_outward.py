"""What writers for other programs share: names for ids, and values as texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotator.core.codebook import Codebook, value_text
from annotator.core.exchange import Header, Item, Losses, Record
from annotator.core.model import Actor, Annotation, Coder, Link
from annotator.core.text import fold


class Names:
    """What a header's ids are called; an id that nobody explained is its own name."""

    def __init__(self, header: Header) -> None:
        self.codebook: Codebook = header.codebook
        self.coders: Mapping[str, Coder] = {coder.id: coder for coder in header.coders}
        self._labels = {str(tag.name): tag.label for tag in header.codebook}
        labels = Counter(fold(tag.label) for tag in header.codebook)
        taken = {fold(tag.name): tag.name for tag in header.codebook}
        self._words = {
            str(tag.name): tag.label
            for tag in header.codebook
            if labels[fold(tag.label)] == 1 and taken.get(fold(tag.label), tag.name) == tag.name
        }
        self.actors: Mapping[str, Actor] = {actor.id: actor for actor in header.actors}

    def label(self, tag: str) -> str:
        return self._labels.get(tag, tag)

    def word(self, tag: str) -> str:
        """What a file calls a tag that it knows by one word: its label, if no other tag is called so, else its name."""
        return self._words.get(tag) or tag

    def coder(self, identifier: str) -> str:
        found = self.coders.get(identifier)
        return found.name if found else identifier

    def survivor(self, identifier: str) -> str:
        """The actor's id; of one that was merged, the id of the one that it turned out to be."""
        found = self.actors.get(identifier)
        if found is None or not found.merged_into:
            return identifier
        seen: set[str] = set()
        while (found := self.actors.get(identifier)) and found.merged_into and identifier not in seen:
            seen.add(identifier)
            identifier = found.merged_into
        return identifier

    def actor(self, identifier: str) -> str:
        """The actor's name; of one that was merged, the name of the one that it turned out to be."""
        found = self.actors.get(self.survivor(identifier))
        return found.name if found else identifier

    def texts(self, annotation: Annotation) -> dict[str, str]:
        """The annotation's values by attribute, as a person would type them: several are joined by ``; ``."""
        return {
            name: value_text(values[0], self.actor)
            if len(values) == 1
            else "; ".join(value_text(value, self.actor) for value in values)
            for name, values in annotation.attributes.items()
            if values
        }

    def values(self, annotation: Annotation) -> dict[str, list[str]]:
        """The same, value by value."""
        return {
            name: [value_text(value, self.actor) for value in values]
            for name, values in annotation.attributes.items()
            if values
        }


def sorted_out(items: Iterable[Item]) -> Iterator[tuple[Names, Record | Link]]:
    """The records and links of an export, each with the names of the header before it."""
    names = Names(Header())
    for item in items:
        if isinstance(item, Header):
            names = Names(item)
        elif isinstance(item, (Record, Link)):
            yield names, item


def count_lost_of_statement(record: Record, losses: Losses, *, ranges: bool = True, progress: bool = True) -> None:
    """Count what most formats have no place for: ranges of the text, and how far coders are."""
    if ranges and record.ranges:
        losses.add("ranges of texts (titles, boilerplate)", len(record.ranges))
    if progress and record.progress:
        losses.add("coders' progress with statements", len(record.progress))


def count_lost_of_values(annotation: Annotation, losses: Losses) -> None:
    """Count what values as texts do not carry: the words that stand for a value, and the basis of a date."""
    anchored = sum("anchor" in value for values in annotation.attributes.values() for value in values)
    inferred = sum("basis" in value for values in annotation.attributes.values() for value in values)
    if anchored:
        losses.add("words that stand for a value", anchored)
    if inferred:
        losses.add("bases of dates (in the text or inferred)", inferred)


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not empty."""
    return {name: value for name, value in values.items() if value not in ("", None, [], {})}
