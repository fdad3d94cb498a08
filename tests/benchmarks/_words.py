"""Seeded synthetic statements: invented words, some of them frequent, in sentences and paragraphs."""

from __future__ import annotations

import random
from itertools import accumulate

_ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "tr", "pl", "sh", "")
_VOWELS = ("a", "e", "i", "o", "u", "ea", "ou")
_CODAS = ("", "", "", "n", "r", "s", "l", "nd")


class Words:
    """Texts of an exact length, the same for the same seed."""

    def __init__(self, seed: int = 1, vocabulary: int = 20_000) -> None:
        self.random = random.Random(seed)
        made = random.Random(7)
        words: dict[str, None] = {}
        while len(words) < vocabulary:
            syllables = 1 + min(3, len(words) // 150 and made.randint(1, 3))
            words[
                "".join(made.choice(_ONSETS) + made.choice(_VOWELS) + made.choice(_CODAS) for _ in range(syllables))
            ] = None
            if len(words) < vocabulary and made.random() < 0.3:
                words[f"{next(reversed(words))}{made.choice('bdgkmnprst')}"] = None
        self._words = list(words)
        self._weights = list(accumulate(1 / (rank + 2.7) ** 1.07 for rank in range(1, vocabulary + 1)))

    def text(self, length: int, *, paragraphs: bool = True) -> str:
        """So many characters of sentences, ending on a full stop."""
        parts, have = [], 0
        while have < length:
            sentences = []
            for _ in range(self.random.randint(3, 7)):
                words = self.random.choices(self._words, cum_weights=self._weights, k=self.random.randint(6, 24))
                sentences.append(" ".join(words).capitalize() + ".")
            part = " ".join(sentences) + ("\n\n" if paragraphs else " ")
            parts.append(part)
            have += len(part)
        return "".join(parts)[: length - 1] + "."
