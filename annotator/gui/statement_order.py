"""An order of the list: local numbers of statements, row by row, with headings between them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import compress
from operator import lt

from annotator.store.listing import Part

#: So few numbers are looked for one by one.
_FEW = 6


class Order:
    """Rows: the number of a statement, or below zero a heading's, counted from -1 down.

    A million rows take 8 MB. Finding a number's row takes some microseconds in an order that only rises, as that of
    import does, and up to 15 ms in another one of a million.
    """

    def __init__(self, *parts: Part) -> None:
        self.rows: array[int] = array("q")
        #: The headings' labels, and the rows that they stand in.
        self.labels: list[str] = []
        self.places: list[int] = []
        self._rises = True
        for part in parts:
            self.extend(part)

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Order):
            return NotImplemented
        return self.labels == other.labels and self.rows == other.rows

    __hash__ = None  # type: ignore[assignment]

    @property
    def statements(self) -> int:
        """How many rows are statements."""
        return len(self.rows) - len(self.labels)

    def extend(self, part: Part) -> None:
        """Put these rows after the others."""
        rows, numbers, start = self.rows, part.numbers, 0
        if part.heads:
            self._rises = False
            for place, label in part.heads:
                rows.extend(numbers[start:place])
                self.places.append(len(rows))
                self.labels.append(label)
                rows.append(-len(self.labels))
                start = place
        elif self._rises and numbers:
            joined = not rows or rows[-1] < numbers[0]
            self._rises = joined and all(map(lt, numbers, memoryview(numbers)[1:]))
        rows.extend(numbers[start:] if start else numbers)

    def row_of(self, number: int | None, first: int = 0) -> int | None:
        """The row, from ``first`` on, of a statement's local number; None when it is not listed there."""
        if number is None:
            return None
        if self._rises:
            row = bisect_left(self.rows, number, min(first, len(self.rows)))
            return row if row < len(self.rows) and self.rows[row] == number else None
        try:
            return self.rows.index(number, first)
        except ValueError:
            return None

    def rows_of(self, numbers: set[int]) -> list[int]:
        """The rows of these statements, as far as they are listed, from the top."""
        if self._rises or len(numbers) <= _FEW:
            return sorted(row for row in map(self.row_of, numbers) if row is not None)
        return list(compress(range(len(self.rows)), map(numbers.__contains__, self.rows)))

    def numbers_in(self, spans: Iterable[range]) -> array[int]:
        """The statements in these stretches of rows."""
        found: array[int] = array("q")
        for span in spans:
            found.extend(self.rows[span.start : span.stop])
        return found if not self.labels else array("q", [n for n in found if n > 0])

    def heading(self, row: int) -> int | None:
        """Which heading stands in this row; None for a statement."""
        return -self.rows[row] - 1 if self.rows[row] < 0 else None

    def count_under(self, heading: int) -> int:
        """How many statements stand below a heading."""
        following = self.places[heading + 1] if heading + 1 < len(self.places) else len(self.rows)
        return following - self.places[heading] - 1

    def nearest(self, row: int, step: int) -> int | None:
        """The first row from this one on, in the direction of ``step``, that is a statement."""
        step = 1 if step > 0 else -1
        while 0 <= row < len(self.rows):
            if self.rows[row] > 0:
                return row
            row += step
        return None

    def page(self, first: int, last: int) -> array[int]:
        """The statements in the rows from ``first`` up to ``last``."""
        some = self.rows[first:last]
        return array("q", [n for n in some if n > 0]) if self.labels else some


def spans_of(rows: list[int]) -> Iterator[range]:
    """Rows that follow each other, as stretches."""
    start = before = -2
    for row in rows:
        if row != before + 1:
            if before >= 0:
                yield range(start, before + 1)
            start = row
        before = row
    if before >= 0:
        yield range(start, before + 1)
