"""Where the passages of a text are in a corrected version of it.

Both texts are aligned first, paragraph by paragraph and then word by word, by what occurs once in each (patience
diff), so that each of many equal slogans meets its own counterpart. What lies in aligned words is found for sure. What
does not is looked for where it was, and then among the words that are new in the corrected text: nothing moves onto
words that were there before and belong to another place.

The score of a place, 0 to 1, is (3 q + c) / 4: q is how alike the quotes are, twice the length of their longest common
subsequence over the sum of their lengths, in code points; c is the share of the kept context (up to 32 code points on
either side) that stands around the place to the letter or, where the alignment itself says that the passage is there,
the share of it that is aligned with what stands around the place: a correction next to a passage, or the beginning of
the text, takes nothing from its place. White space counts as one blank throughout.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence

from annotator.core.text import Anchor, Span
from annotator.core.values import dataclass

#: What became of an anchor.
KEPT, MOVED, UNCERTAIN, LOST = "kept", "moved", "to confirm", "not found"
#: Below this score nothing is offered.
FLOOR = 0.8
#: The share of the context that makes a quote found elsewhere, to the letter, a sure thing.
SURE_CONTEXT = 0.5
#: A quote of this many code points that occurs once in either text is itself wherever it stands.
OWN = 20

#: Code points of quote up to which similarity is measured by code points; beyond, by what is aligned.
_MEASURED = 20_000
#: Places of one quote that are compared.
_PLACES = 2000
#: Places of one word that vote for where words like the quote's stand.
_VOTES = 100
#: Unmatched stretches of at most so many items (words times words, code points times code points) are compared in full.
_SMALL = 40_000

_WORD = re.compile(r"\w+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one anchor is in the new text: ``kept``, ``moved``, ``to confirm`` with its score, or ``not found``.

    ``span`` is None when it was not found; then ``score`` is that of the best place there was.
    """

    kind: str
    anchor: Anchor
    span: Span | None
    score: float
    quote: str = ""


def reanchor(old: str, new: str, anchors: Iterable[Anchor], floor: float = FLOOR) -> list[Placement]:
    """For each anchor of the old text, in the order given, where it is in the new one."""
    finder = _Finder(old, new, floor)
    return [finder.place(anchor) for anchor in anchors]


def similarity(one: str, other: str) -> float:
    """How alike two quotes are, 0 to 1: twice their longest common subsequence over the sum of their lengths."""
    one, other = _plain(one), _plain(other)
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    if max(len(one), len(other)) > _MEASURED:
        common = sum(block.size for block in _aligned(one, other))
    else:
        common = _common_subsequence(one, other)
    return 2 * common / (len(one) + len(other))


# -- one anchor ----------------------------------------------------------------------------


class _Finder:
    """The two texts with their alignment, and what is needed to look for passages."""

    def __init__(self, old: str, new: str, floor: float) -> None:
        self.old, self.new, self.floor = old, new, floor
        self.map = _Map(_aligned(old, new), len(old), len(new))
        self._fresh: list[Span] | None = None
        self._words: dict[str, list[int]] | None = None

    def place(self, anchor: Anchor) -> Placement:
        span = self.map.exactly(anchor.span)
        if span is not None and span.of(self.new) == anchor.quote:
            return Placement(KEPT if span == anchor.span else MOVED, anchor, span, 1.0, anchor.quote)
        best, sure = self._near(anchor)
        if not sure:
            for place, certain in self._same_words(anchor):
                if (certain, place[0]) > (sure, best[0]):
                    best, sure = place, certain
        if best[0] < self.floor:
            best = max((best, *self._like_words(anchor)), key=lambda place: place[0])
        score, span = best
        if span is None or score < self.floor:
            return Placement(LOST, anchor, None, score)
        return Placement(MOVED if sure else UNCERTAIN, anchor, span, score, span.of(self.new))

    def _near(self, anchor: Anchor) -> tuple[_Place, bool]:
        """What stands where the passage was; sure when only white space differs."""
        span = _trimmed(self.new, self.map.nearly(anchor.span, self.new), anchor.quote)
        if span is None:
            return (0.0, None), False
        like = similarity(anchor.quote, span.of(self.new))
        around = max(self._context(anchor, span), self._aligned_context(anchor, span))
        return ((3 * like + around) / 4, span), _plain(span.of(self.new)) == _plain(anchor.quote)

    def _aligned_context(self, anchor: Anchor, span: Span) -> float:
        """The share of the kept context that the alignment has on the same side of the span, up to twice as far off."""
        before, after = len(anchor.prefix), len(anchor.suffix)
        if not before + after:
            return 1.0
        start, end = anchor.span.start, anchor.span.end
        same = self.map.shared(Span(start - before, start), Span(max(0, span.start - 2 * before - 8), span.start))
        same += self.map.shared(Span(end, end + after), Span(span.end, span.end + 2 * after + 8))
        return same / (before + after)

    def _same_words(self, anchor: Anchor) -> Iterator[tuple[_Place, bool]]:
        """Where the quote stands to the letter among the words that are new."""
        expected = self.map.roughly(anchor.span.start)
        places = [Span(p, p + len(anchor.quote)) for p in self._found(anchor.quote)]
        if not places:
            return
        place = max(places, key=lambda s: (self._context(anchor, s), -abs(s.start - expected), -s.start))
        own = len(places) == 1 and len(anchor.quote) >= OWN and self.old.count(anchor.quote) == 1
        sure = own or self._context(anchor, place) >= SURE_CONTEXT
        # What is itself for sure is not lost for the company it keeps now.
        yield (max(self._score(anchor, place), self.floor) if own else self._score(anchor, place), place), sure

    def _found(self, quote: str) -> Iterator[int]:
        position, left = self.new.find(quote), _PLACES
        while position >= 0 and left:
            if self.map.is_fresh(Span(position, position + len(quote))):
                yield position
            position, left = self.new.find(quote, position + 1), left - 1

    def _like_words(self, anchor: Anchor) -> Iterator[_Place]:
        """Where words like the quote's stand among the words that are new, by votes of its rarer words."""
        words = [(m.start(), m.group()) for m in _WORD.finditer(anchor.quote)]
        if not words or len(anchor.quote) > _MEASURED:
            return
        index = self.words
        rare = sorted((w for w in words if w[1] in index), key=lambda w: len(index[w[1]]))[:40]
        votes: dict[int, int] = {}
        reach = max(16, len(anchor.quote) // 4)
        for offset, word in rare:
            for position in index[word][:_VOTES]:
                bucket = (position - offset) // reach
                votes[bucket] = votes.get(bucket, 0) + len(word)
        best = sorted(votes, key=lambda b: (-(votes[b] + votes.get(b + 1, 0)), b))[:3]
        for bucket in best:
            window = Span(
                max(0, (bucket - 1) * reach), min(len(self.new), (bucket + 2) * reach + len(anchor.quote) + reach)
            )
            if len(window) <= 0:
                continue
            local = _Map(_aligned(anchor.quote, window.of(self.new)), len(anchor.quote), len(window))
            within = local.core()
            if within is None:
                continue
            span = Span(window.start + within.start, window.start + within.end)
            trimmed = _trimmed(self.new, _whole_words(self.new, span), anchor.quote)
            if trimmed is not None and self.map.is_fresh(trimmed):
                yield self._score(anchor, trimmed), trimmed

    @property
    def fresh(self) -> list[Span]:
        """The stretches of the new text that are aligned with nothing in the old."""
        if self._fresh is None:
            self._fresh = self.map.fresh()
        return self._fresh

    @property
    def words(self) -> dict[str, list[int]]:
        """Where each word of the fresh stretches stands."""
        if self._words is None:
            self._words = {}
            for stretch in self.fresh:
                for match in _WORD.finditer(self.new, stretch.start, stretch.end):
                    self._words.setdefault(match.group(), []).append(match.start())
        return self._words

    def _score(self, anchor: Anchor, span: Span) -> float:
        return (3 * similarity(anchor.quote, span.of(self.new)) + self._context(anchor, span)) / 4

    def _context(self, anchor: Anchor, span: Span) -> float:
        """The share of the kept context that stands around the span, to the letter but for white space."""
        prefix, suffix = _plain(anchor.prefix), _plain(anchor.suffix)
        reach = 2 * len(anchor.prefix) + 8, 2 * len(anchor.suffix) + 8
        before = _plain(self.new[max(0, span.start - reach[0]) : span.start])
        after = _plain(self.new[span.end : span.end + reach[1]])
        kept = len(prefix) + len(suffix)
        same = _shared(before[::-1], prefix[::-1]) + _shared(after, suffix)
        return same / kept if kept else 1.0


_Place = tuple[float, Span | None]


def _plain(text: str) -> str:
    """The text with each run of white space as one blank."""
    return _SPACE.sub(" ", text)


def _shared(one: str, other: str) -> int:
    """How many leading characters the two share."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _trimmed(text: str, span: Span | None, quote: str) -> Span | None:
    """The span without white space at an end where the quote has none, or None if nothing is left."""
    if span is None:
        return None
    start, end = span.start, span.end
    while start < end and text[start].isspace() and not quote[:1].isspace():
        start += 1
    while end > start and text[end - 1].isspace() and not quote[-1:].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _whole_words(text: str, span: Span) -> Span:
    """The span with the words whole in which it begins and ends, unless they are very long."""
    start, end = span.start, span.end
    while start > max(0, span.start - 40) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < min(len(text), span.end + 40) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return Span(start, end)


def _common_subsequence(one: str, other: str) -> int:
    """The length of the longest common subsequence, by the bits of whole numbers (Hyyrö 2004)."""
    if len(one) > len(other):
        one, other = other, one
    places: dict[str, int] = {}
    for i, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << i
    full = (1 << len(one)) - 1
    row = full
    for character in other:
        hit = row & places.get(character, 0)
        row = ((row + hit) | (row - hit)) & full
    return len(one) - row.bit_count()


# -- the alignment ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """Code points that are the same in both texts: ``size`` of them from ``old`` and from ``new`` on."""

    old: int
    new: int
    size: int


class _Map:
    """An alignment that tells where code points went."""

    def __init__(self, blocks: Sequence[_Block], old_length: int, new_length: int) -> None:
        self.blocks = [_Block(0, 0, 0), *blocks, _Block(old_length, new_length, 0)]
        self._old = [b.old for b in self.blocks]
        self._new = [b.new for b in self.blocks]

    def exactly(self, span: Span) -> Span | None:
        """Where the span went, if it lies in one block."""
        block = self.blocks[bisect_right(self._old, span.start) - 1]
        if span.end > block.old + block.size:
            return None
        return Span(span.start - block.old + block.new, span.end - block.old + block.new)

    def shared(self, old: Span, new: Span) -> int:
        """How many code points of this stretch of the old text are aligned with some of this one of the new."""
        count = 0
        i = max(0, bisect_right(self._old, old.start) - 1)
        while i < len(self.blocks) and self.blocks[i].old < old.end:
            block = self.blocks[i]
            shift = block.new - block.old
            start = max(old.start, block.old, new.start - shift)
            count += max(0, min(old.end, block.old + block.size, new.end - shift) - start)
            i += 1
        return count

    def roughly(self, offset: int) -> int:
        """Where this place of the old text would be in the new one."""
        block = self.blocks[bisect_right(self._old, offset) - 1]
        return block.new + min(offset - block.old, block.size)

    def nearly(self, span: Span, text: str) -> Span | None:
        """What stands in the new text where the span was; whole words where its ends were changed."""
        start, start_sure = self._edge(span.start, first=True)
        end, end_sure = self._edge(span.end - 1, first=False)
        if start >= end:
            return None
        whole = _whole_words(text, Span(start, end))
        return Span(start if start_sure else whole.start, end if end_sure else whole.end)

    def _edge(self, offset: int, *, first: bool) -> tuple[int, bool]:
        """Where the first code point of a span went, or the end of its last; and whether that is certain."""
        i = bisect_right(self._old, offset) - 1
        block = self.blocks[i]
        if offset < block.old + block.size:
            return offset - block.old + block.new + (not first), True
        old_start, new_start = block.old + block.size, block.new + block.size
        old_end, new_end = self.blocks[i + 1].old, self.blocks[i + 1].new
        if first and offset == old_start:
            return new_start, True
        if not first and offset + 1 == old_end:
            return new_end, True
        share = (offset + (not first) - old_start) / max(1, old_end - old_start)
        return new_start + round(share * (new_end - new_start)), False

    def core(self) -> Span | None:
        """What of the new text is like the whole of the old one, which is a quote; None when nothing is."""
        inner = self.blocks[1:-1]
        if not inner:
            return None
        first, last = inner[0], inner[-1]
        lead = min(first.new, first.old)
        tail = min(self._new[-1] - last.new - last.size, self._old[-1] - last.old - last.size)
        return Span(first.new - lead, last.new + last.size + tail)

    def fresh(self) -> list[Span]:
        """The stretches of the new text between the blocks."""
        found = []
        for one, other in zip(self.blocks, self.blocks[1:], strict=False):
            if one.new + one.size < other.new:
                found.append(Span(one.new + one.size, other.new))
        return found

    def is_fresh(self, span: Span) -> bool:
        """Whether more than half of this stretch of the new text is aligned with nothing."""
        taken = 0
        i = max(0, bisect_right(self._new, span.start) - 1)
        while i < len(self.blocks) and self.blocks[i].new < span.end:
            block = self.blocks[i]
            taken += max(0, min(span.end, block.new + block.size) - max(span.start, block.new))
            i += 1
        return 2 * taken < len(span)


def _aligned(old: str, new: str) -> list[_Block]:
    """The stretches that both texts share, in the order of both."""
    head = _shared_head(old, new)
    tail = _shared_head(old[head:][::-1], new[head:][::-1])
    if head < len(old) - tail and head < len(new) - tail:
        # Words were exchanged, not put in or taken out: half a word that both share is chance.
        while head > 0 and (_inside_word(old, head) or _inside_word(new, head)):
            head -= 1
        while tail > 0 and (_inside_word(old, len(old) - tail) or _inside_word(new, len(new) - tail)):
            tail -= 1
    blocks = [_Block(0, 0, head)]
    if head < len(old) - tail and head < len(new) - tail:
        blocks += _refined(old, new, head, len(old) - tail, len(new) - tail)
    blocks.append(_Block(len(old) - tail, len(new) - tail, tail))
    return _joined(blocks)


def _inside_word(text: str, place: int) -> bool:
    """Whether this place stands between two characters of one word."""
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def _shared_head(one: str, other: str) -> int:
    """How many leading code points the two share, found by halving."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high - 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _refined(old: str, new: str, start: int, old_end: int, new_end: int) -> list[_Block]:
    """By paragraphs, then between them by words, then between these by code points."""
    from difflib import SequenceMatcher  # a start does without

    lines = _matched_pieces(old, new, _LINE, Span(start, old_end), Span(start, new_end))
    lines = _meant(lines, start, start, old_end, new_end)
    blocks: list[_Block] = []
    for old_gap, new_gap in _gaps(lines, start, start, old_end, new_end):
        blocks += _meant(
            _matched_pieces(old, new, _WORD, old_gap, new_gap),
            old_gap.start,
            new_gap.start,
            old_gap.end,
            new_gap.end,
        )
    words = _joined([*lines, *blocks])
    letters = []
    for old_gap, new_gap in _gaps(words, start, start, old_end, new_end):
        if 0 < len(old_gap) * len(new_gap) <= _SMALL:
            matcher = SequenceMatcher(None, old_gap.of(old), new_gap.of(new), autojunk=False)
            # Unlike stretches share letters too, which mean nothing.
            if matcher.quick_ratio() >= 0.6 and matcher.ratio() >= 0.6:
                letters += [
                    _Block(old_gap.start + m.a, new_gap.start + m.b, m.size)
                    for m in matcher.get_matching_blocks()
                    if m.size
                ]
    return _joined([*words, *letters])


def _matched_pieces(old: str, new: str, piece: re.Pattern[str], old_part: Span, new_part: Span) -> list[_Block]:
    """Lines or words that both parts share, with the white space between those that follow one another in both."""
    ones = list(piece.finditer(old, old_part.start, old_part.end))
    others = list(piece.finditer(new, new_part.start, new_part.end))
    blocks = []
    for i, j, count in _matches([m.group() for m in ones], [m.group() for m in others]):
        blocks += [
            _Block(a.start(), b.start(), a.end() - a.start())
            for a, b in zip(ones[i : i + count], others[j : j + count], strict=True)
        ]
    return _with_blanks(blocks, old, new)


def _with_blanks(blocks: Sequence[_Block], old: str, new: str) -> list[_Block]:
    """The blocks, joined where the white space between two neighbours is the same in both texts."""
    joined: list[_Block] = []
    for block in blocks:
        if joined:
            last = joined[-1]
            between = last.old + last.size, block.old
            gap = between[1] - between[0]
            if block.new - last.new - last.size == gap:
                blank = old[between[0] : between[1]]
                if (not blank or blank.isspace()) and new[last.new + last.size : block.new] == blank:
                    joined[-1] = _Block(last.old, last.new, last.size + gap + block.size)
                    continue
        joined.append(block)
    return joined


def _meant(blocks: Sequence[_Block], old: int, new: int, old_end: int, new_end: int) -> list[_Block]:
    """The blocks without those that are shorter than what differs on either side of them: these are chance."""
    kept = list(blocks)
    changed = True
    while changed:
        changed = False
        result: list[_Block] = []
        for i, block in enumerate(kept):
            before = result[-1] if result else None
            left = max(
                block.old - (before.old + before.size if before else old),
                block.new - (before.new + before.size if before else new),
            )
            after = kept[i + 1] if i + 1 < len(kept) else None
            right = max(
                (after.old if after else old_end) - block.old - block.size,
                (after.new if after else new_end) - block.new - block.size,
            )
            if block.size < min(left, right):
                changed = True
            else:
                result.append(block)
        kept = result
    return kept


def _gaps(blocks: Sequence[_Block], old: int, new: int, old_end: int, new_end: int) -> Iterator[tuple[Span, Span]]:
    """The stretches between the blocks, in both texts; either may be empty, not both."""
    for block in (*blocks, _Block(old_end, new_end, 0)):
        if block.old > old or block.new > new:
            yield Span(old, block.old), Span(new, block.new)
        old, new = block.old + block.size, block.new + block.size


def _joined(blocks: Iterable[_Block]) -> list[_Block]:
    """The blocks in order, without empty ones, touching ones as one."""
    joined: list[_Block] = []
    for block in sorted((b for b in blocks if b.size), key=lambda b: (b.old, b.new)):
        last = joined[-1] if joined else None
        if last and last.old + last.size == block.old and last.new + last.size == block.new:
            joined[-1] = _Block(last.old, last.new, last.size + block.size)
        else:
            joined.append(block)
    return joined


def _matches(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int, int]]:
    """Runs (place in one, place in other, length) that both share, in the order of both.

    Patience diff: what occurs once in each, in the longest order that both have, holds the rest together. What has
    nothing of the kind is compared in full while it is small, and else left out.
    """
    found: list[tuple[int, int, int]] = []
    # Texts made to be hard would be cut into ever the same parts.
    effort = 60 * (len(one) + len(other)) + 10_000
    todo = [(0, len(one), 0, len(other))]
    while todo:
        a, a_end, b, b_end = todo.pop()
        start = a
        while a < a_end and b < b_end and one[a] == other[b]:
            a, b = a + 1, b + 1
        if a > start:
            found.append((start, b - (a - start), a - start))
        end = a_end
        while a < a_end and b < b_end and one[a_end - 1] == other[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
        if end > a_end:
            found.append((a_end, b_end, end - a_end))
        effort -= a_end - a + b_end - b
        if a >= a_end or b >= b_end or effort < 0:
            continue
        pairs = _unique_pairs(one, other, a, a_end, b, b_end)
        if not pairs:
            if (a_end - a) * (b_end - b) <= _SMALL:
                from difflib import SequenceMatcher

                matcher = SequenceMatcher(None, one[a:a_end], other[b:b_end], autojunk=False)
                found += [(a + m.a, b + m.b, m.size) for m in matcher.get_matching_blocks() if m.size]
            continue
        for i, j in (*pairs, (a_end, b_end)):
            if i > a and j > b:
                todo.append((a, i, b, j))
            if i < a_end:
                found.append((i, j, 1))
            a, b = i + 1, j + 1
    return sorted(found)


def _unique_pairs(
    one: Sequence[Hashable], other: Sequence[Hashable], a: int, a_end: int, b: int, b_end: int
) -> list[tuple[int, int]]:
    """Places of what occurs once in either part, in the longest order that both have."""
    here: dict[Hashable, int] = {}
    for i in range(a, a_end):
        here[one[i]] = -1 if one[i] in here else i
    there: dict[Hashable, int] = {}
    for j in range(b, b_end):
        if other[j] in here:
            there[other[j]] = -1 if other[j] in there else j
    pairs = [(i, j) for item, i in here.items() if i >= 0 and (j := there.get(item, -1)) >= 0]
    pairs.sort()
    # The longest rising run of the second places: the smallest end of each length, and where each came from.
    ends: list[int] = []
    heads: list[int] = []
    before = [-1] * len(pairs)
    for n, (_, j) in enumerate(pairs):
        k = bisect_right(ends, j)
        before[n] = heads[k - 1] if k else -1
        if k == len(ends):
            ends.append(j)
            heads.append(n)
        else:
            ends[k], heads[k] = j, n
    chain = []
    n = heads[-1] if heads else -1
    while n >= 0:
        chain.append(pairs[n])
        n = before[n]
    return chain[::-1]


__all__ = ["FLOOR", "KEPT", "LOST", "MOVED", "UNCERTAIN", "Placement", "reanchor", "similarity"]
