"""Names of actors as they are looked up: folded, from the beginning of each of their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from annotator.core.text import fold

#: Words of a name that one can begin to type with; the words after them are found by containing.
_WORDS = 12
#: What is kept of a name from a later word on, in code points.
_KEPT = 60

#: Where a word of a folded name begins. The Arabic article is written as one with its word, which is what people
#: type: after it begins one more, of at least three letters.
_WORD = re.compile(r"(?<!\w)\w|(?<=\bال)\w(?=\w\w)")


def beginnings(names: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """For each name its place in the list, and each code point of it, folded, from which it can be found.

    ``(place, start, folded name from there on)``; ``start`` is 0 for the whole name, which is not cut.
    """
    for place, name in enumerate(names):
        folded = fold(name.strip())
        yield place, 0, folded
        for count, match in enumerate(_WORD.finditer(folded, 1)):
            if count == _WORDS:
                break
            yield place, match.start(), folded[match.start() : match.start() + _KEPT]
