"""Passages laid over a text: found by place, and each in a lane that no overlapping one shares.

Positions are whatever the caller counts in (the reader: UTF-16 units of its document), half-open.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

#: After one of so many overlapping passages went, the others stay in their lanes.
_SETTLED = 64
#: Passages shorter than two to this power are looked up together.
_SHORT = 8


class Mark(NamedTuple):
    """A passage to be painted; marks sort in text order."""

    start: int
    end: int
    tag: str
    id: str
    suggested: bool


class Marks:
    """The passages of one text.

    A lane is 0 at the words; two passages that overlap are never in the same one. A change moves
    only its neighbours, and those only towards the words.
    """

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        self._order = sorted(marks)
        self._by_id = {mark.id: mark for mark in self._order}
        if len(self._by_id) < len(self._order):
            self._order = sorted(self._by_id.values())
        # By length, because a search has to begin as far before its place as the longest passage is long.
        self._by_length: dict[int, list[Mark]] = {}
        for mark in self._order:
            self._by_length.setdefault(_length_class(mark), []).append(mark)
        self._lanes = _lanes(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def get(self, identifier: str) -> Mark | None:
        return self._by_id.get(identifier)

    def lane(self, identifier: str) -> int:
        return self._lanes.get(identifier, 0)

    @property
    def order(self) -> Sequence[Mark]:
        """All of them in text order; not to be kept over a change."""
        return self._order

    def within(self, start: int, end: int) -> list[Mark]:
        """Those that share a position with this range, in text order, longer first."""
        found: list[Mark] = []
        for size, marks in self._by_length.items():
            first = bisect_left(marks, (start - (1 << size) + 1,))
            for i in range(first, bisect_left(marks, (end,), first)):
                if marks[i].end > start:
                    found.append(marks[i])
        found.sort(key=lambda mark: (mark.start, -mark.end, mark.id))
        return found

    def depth(self, start: int, end: int) -> int:
        """How many lanes the passages that share a position with this range need."""
        if not self._lanes:
            return 1
        return 1 + max((self.lane(mark.id) for mark in self.within(start, end)), default=0)

    def after(self, mark: Mark, direction: int) -> Mark | None:
        """The next one in text order, or with a negative direction the one before."""
        place = bisect_left(self._order, mark)
        if direction > 0:
            place += place < len(self._order) and self._order[place] == mark
        else:
            place -= 1
        return self._order[place] if 0 <= place < len(self._order) else None

    def around(self, position: int, direction: int) -> Mark | None:
        """The first one that begins at a position or after it, or the last that begins before it."""
        place = bisect_left(self._order, (position,)) - (0 if direction > 0 else 1)
        return self._order[place] if 0 <= place < len(self._order) else None

    def change(self, come: Iterable[Mark], gone: Iterable[str]) -> list[tuple[int, int]]:
        """Takes these in (or what became of them) and lets those go; returns what to draw anew, sorted, merged.

        Besides these themselves that are the neighbours that got another lane.
        """
        touched: list[tuple[int, int]] = []
        left: list[Mark] = []
        for identifier in gone:
            if old := self._by_id.get(identifier):
                self._remove(old)
                left.append(old)
        for mark in come:
            old = self._by_id.get(mark.id)
            if old == mark:
                continue
            if old is not None:
                self._remove(old)
                left.append(old)
            self._insert(mark)
            touched.append((mark.start, mark.end))
        for old in left:
            touched.append((old.start, old.end))
            touched += self._settle(old)
        return merged(touched)

    def _insert(self, mark: Mark) -> None:
        self._by_id[mark.id] = mark
        insort(self._order, mark)
        insort(self._by_length.setdefault(_length_class(mark), []), mark)
        self._set_lane(mark, self._free_lane(mark))

    def _remove(self, mark: Mark) -> None:
        del self._by_id[mark.id]
        self._lanes.pop(mark.id, None)
        del self._order[bisect_left(self._order, mark)]
        same = self._by_length[_length_class(mark)]
        del same[bisect_left(same, mark)]

    def _free_lane(self, mark: Mark) -> int:
        """The lane nearest to the words that no other passage has here."""
        taken = {self.lane(other.id) for other in self.within(mark.start, mark.end) if other.id != mark.id}
        lane = 0
        while lane in taken:
            lane += 1
        return lane

    def _set_lane(self, mark: Mark, lane: int) -> None:
        # Most have none beside them.
        if lane:
            self._lanes[mark.id] = lane
        else:
            self._lanes.pop(mark.id, None)

    def _settle(self, old: Mark) -> list[tuple[int, int]]:
        """Moves neighbours of one that went towards the words where there is room now; returns where."""
        neighbours = self.within(old.start, old.end)
        moved = []
        if len(neighbours) <= _SETTLED:
            for mark in neighbours:
                if self.lane(mark.id) and (free := self._free_lane(mark)) < self.lane(mark.id):
                    self._set_lane(mark, free)
                    moved.append((mark.start, mark.end))
        return moved


def _length_class(mark: Mark) -> int:
    return max(_SHORT, (mark.end - mark.start).bit_length())


def _lanes(marks: Sequence[Mark]) -> dict[str, int]:
    """The lanes above 0 for marks in text order: each takes the first that is free at its start, longer ones first."""
    found: dict[str, int] = {}
    # The lanes that are taken, with where each ends, and those below ``lanes`` that are free.
    taken: list[tuple[int, int]] = []
    free: list[int] = []
    lanes, last, n = 0, len(marks), 0
    while n < last:
        mark = marks[n]
        after = n + 1
        while after < last and marks[after].start == mark.start:
            after += 1
        while taken and taken[0][0] <= mark.start:
            heappush(free, heappop(taken)[1])
        for same in (mark,) if after == n + 1 else sorted(marks[n:after], key=lambda m: (-m.end, m.id)):
            if free:
                lane = heappop(free)
            else:
                lane, lanes = lanes, lanes + 1
            heappush(taken, (same.end, lane))
            if lane:
                found[same.id] = lane
        n = after
    return found


def merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges sorted, those that meet joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
