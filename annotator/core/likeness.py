"""How alike texts are: the resemblance of their runs of four words, estimated from small sketches.

Broder, "On the resemblance and containment of documents" (1997): two texts share about as many of the smallest hashes
of their shingles as they share shingles. Case and signs do not count.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Hashable
from heapq import nsmallest
from typing import Generic, TypeVar
from zlib import crc32

#: Words of a shingle, hashes of a sketch, and how many of those texts are looked up by.
SHINGLE = 4
SKETCH = 48
_KEYS = 6
#: Texts that share at least this much are told to be nearly the same.
NEAR = 0.7
#: Shorter texts share words by chance; code points.
SHORTEST = 80
#: Of longer texts the beginning, in code points: it is enough to tell them apart.
_LONGEST = 200_000

_WORD = re.compile(r"\w+")

#: Unsigned 32-bit hashes, ascending.
Sketch = array

Key = TypeVar("Key", bound=Hashable)


def sketch(text: str) -> Sketch[int]:
    """The smallest hashes of the text's shingles; empty for a text too short to be compared."""
    if len(text) < SHORTEST:
        return array("I")
    words = [word.encode() for word in _WORD.findall(text[:_LONGEST].casefold())]
    hashes = {crc32(b" ".join(words[n : n + SHINGLE])) for n in range(max(1, len(words) - SHINGLE + 1))}
    return array("I", nsmallest(SKETCH, hashes))


def resemblance(one: Sketch[int], other: Sketch[int]) -> float:
    """The estimated share of shingles that two texts have in common, 0 to 1."""
    if not one or not other:
        return 0.0
    here, there = set(one), set(other)
    smallest = nsmallest(SKETCH, here | there)
    return sum(each in here and each in there for each in smallest) / len(smallest)


class Likenesses(Generic[Key]):
    """Sketches by key: which of those that were added is most like a text, if any is near."""

    def __init__(self) -> None:
        self._sketches: list[tuple[Key, Sketch[int]]] = []
        #: For each of the smallest hashes the last sketches that have it.
        self._having: dict[int, list[int]] = {}

    def add(self, key: Key, of: Sketch[int]) -> None:
        """Remember this sketch; an empty one is like no other."""
        if not of:
            return
        self._sketches.append((key, of))
        for each in of[:_KEYS]:
            self._having.setdefault(each, []).append(len(self._sketches) - 1)

    def nearest(self, of: Sketch[int]) -> tuple[Key, float] | None:
        """The key of the sketch that is most like this one, the earliest of equals, with the resemblance."""
        # A phrase that all texts share is in all of them; the first hundred tell as much.
        found = {n for each in of[:_KEYS] for n in self._having.get(each, ())[:100]}
        best: tuple[Key, float] | None = None
        for n in sorted(found):
            key, other = self._sketches[n]
            score = resemblance(of, other)
            if score >= NEAR and (best is None or score > best[1]):
                best = key, score
        return best
