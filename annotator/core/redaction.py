"""Making words unreadable: blocks in their place, of the same number of code points, so that offsets hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from annotator.core.finding import Plan, Searched, Wanted, places, plan
from annotator.core.text import Span

#: What stands for a code point that was redacted (U+2588); line feeds stay, so that paragraphs hold.
BLOCK = "█"
#: Longer passages are looked for by their stretches instead of as a whole.
_LONG = 200
#: Code points in a row that make a repetition of a redacted passage.
REPEATED = 8

_SIGN = re.compile(r"[^\n]")


def merged(spans: Iterable[Span]) -> list[Span]:
    """These spans in text order, those that overlap or touch as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = found[-1].union(span)
        else:
            found.append(span)
    return found


def blocked(text: str, spans: Sequence[Span]) -> str:
    """The text with blocks in these spans, which are ``merged``; as long as before."""
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += text[at : span.start], _SIGN.sub(BLOCK, span.of(text))
        at = span.end
    return "".join((*parts, text[at:]))


class Repetitions:
    """Finds stretches of ``least`` or more code points that stand in one of the passages, letter for letter."""

    def __init__(self, passages: Sequence[str], least: int) -> None:
        self._passages, self._least = passages, least
        # Any stretch of that length holds one of these pieces as a whole, which stand side by side in the passages:
        # so a long text costs a fraction of its length once, and a note that repeats nothing next to nothing.
        self._step = step = (least + 1) // 2
        self._pieces = {
            passage[at : at + step] for passage in passages for at in range(0, len(passage) - step + 1, step)
        }

    def spans(self, words: str) -> list[Span]:
        least, step = self._least, self._step
        if len(words) < least:
            return []
        met = [at for at in range(len(words) - step + 1) if words[at : at + step] in self._pieces]
        tried, found = -1, []
        for at in met:
            for begin in range(max(tried + 1, at - least + step, 0), min(at, len(words) - least) + 1):
                tried = begin
                if any(words[begin : begin + least] in passage for passage in self._passages):
                    found.append(Span(begin, begin + least))
        return merged(found)


class Redactor:
    """Finds what must not be read in texts and lines: by plans of words, and by passages that were redacted."""

    def __init__(self, plans: Sequence[Plan] = (), repetitions: Sequence[Repetitions] = ()) -> None:
        self._plans, self._repetitions = tuple(plans), tuple(repetitions)

    def __bool__(self) -> bool:
        return bool(self._plans or self._repetitions)

    def also(self, passages: Iterable[str] = (), text: str = "", least: int = 0) -> Redactor:
        """One that also finds these redacted passages, and stretches of so many code points of this text."""
        wanted = sorted({" ".join(passage.split()) for passage in passages} - {""})
        # A passage of one to three letters would be found in half of all words.
        plans = [plan(Wanted(words, exact=False, whole=len(words) < 4)) for words in wanted if len(words) <= _LONG]
        found = list(self._repetitions)
        if wanted:
            found.append(Repetitions(list(passages), REPEATED))
        if text and least:
            found.append(Repetitions([text], least))
        return Redactor((*self._plans, *plans), found)

    def spans(self, words: str) -> list[Span]:
        """What must not be read of these words, ``merged``; raises ``TooLong`` as ``finding.places`` does."""
        found = [span for each in self._repetitions for span in each.spans(words)]
        if self._plans:
            searched = Searched(words)
            found += [span for each in self._plans for span in places(searched, each) if span is not None]
        return merged(found)

    def line(self, words: str) -> str:
        """These words with blocks where they must not be read."""
        if not words or not self:
            return words
        spans = self.spans(words)
        return blocked(words, spans) if spans else words
