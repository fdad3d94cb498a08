"""Where words or an expression stand in all statements, with their context: read by pages, told as it goes on."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from time import monotonic

from annotator.core.errors import sentence
from annotator.core.finding import Plan, Searched, TooLong, Wanted, places, plan, words_plan
from annotator.core.model import Annotation, Place, Summary, TagName
from annotator.core.query import Query
from annotator.core.text import Span
from annotator.core.values import dataclass
from annotator.store.reads import Reads

#: Lines that are given at most.
MOST = 10_000
#: Code points of context on either side of a place, and of the place itself.
CONTEXT, LONGEST_QUOTE = 120, 200
#: Seconds that an expression is tried on one text, and texts on which it may fail before it is given up.
PATIENCE, TRIES = 0.5, 6
#: A page is told after so many seconds, and so many lines.
TURN_S, TURN_LINES = 0.05, 200
#: Statements that are looked at together.
TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One place with its context, and the tags that its words carry; without a span, the beginning of a statement
    whose text does not have what was asked for, but whose title, issuer or metadata does.
    """

    span: Span | None
    before: str
    quote: str
    after: str
    tags: tuple[TagName, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one statement, in text order."""

    summary: Summary
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What was found since the page before, and how far the search has come.

    ``total`` is 0 where only the statements that were found are looked at. ``why`` says at the end why there may be
    more; ``stopped`` counts the texts on which an expression took too long.
    """

    groups: tuple[Group, ...] = ()
    searched: int = 0
    total: int = 0
    stopped: int = 0
    why: str = ""


def concordance(
    reads: Reads, wanted: Wanted, within: str = "", most: int = MOST, clock: Callable[[], float] = monotonic
) -> Iterator[Page]:
    """Where this stands, in statements that fulfil the query ``within``; the last page is the one without a next.

    Words are a query themselves, with its fields and phrases; an expression is tried on every text. Raises
    ``AnnotatorError`` for a query or an expression that cannot be read.
    """
    query = reads.parse(within)
    if wanted.expression:
        how: Plan | None = plan(wanted)
        total = reads.count(query)
    else:
        query = Query((*reads.parse(wanted.words).terms, *query.terms))
        how, total = words_plan([t.value for t in query.words if not t.negated]), 0
    yield Page(total=total)
    search = _Search(reads, query, how, total, most, clock)
    yield from search.pages()


class _Search:
    """One search, and what it found since it last told."""

    def __init__(
        self, reads: Reads, query: Query, how: Plan | None, total: int, most: int, clock: Callable[[], float]
    ) -> None:
        self._reads, self._query, self._how, self._clock = reads, query, how, clock
        self._expression = how is not None and how.expression
        self._left, self._most = most, most
        self._state = Page(total=total)
        self._groups: list[Group] = []
        self._lines = 0
        # The first places are told at once.
        self._told = clock() - TURN_S

    def pages(self) -> Iterator[Page]:
        for numbers in self._reads.numbers(self._query):
            for start in range(0, len(numbers), TOGETHER):
                yield from self._look(list(numbers[start : start + TOGETHER]))
                if self._state.why:
                    yield self._page()
                    return
        if self._state.stopped:
            several = self._state.stopped > 1
            what = f"{self._state.stopped} statements" if several else "one statement"
            self._say(f"The expression took too long on {what}: not searched to the end there.")
        yield self._page()

    def _say(self, why: str) -> None:
        self._state = replace(self._state, why=why)

    def _page(self) -> Page:
        page = replace(self._state, groups=tuple(self._groups))
        self._groups, self._lines, self._told = [], 0, self._clock()
        return page

    def _due(self) -> bool:
        """Whether it is time to tell what there is."""
        return self._lines >= TURN_LINES or self._clock() - self._told >= TURN_S

    def _look(self, numbers: list[int]) -> Iterator[Page]:
        """At these statements, text by text; metadata is read only for what was found."""
        reads, query = self._reads, self._query
        known: dict[int, Summary] = {}
        wanted: dict[str, tuple[Annotation, ...]] = {}
        if not self._expression:
            known = {summary.number: summary for summary in reads.summaries(numbers)}
            if query.has_conditions_on_passages:
                wanted = reads.passages([summary.id for summary in known.values()], query)
        found: dict[int, list[Line]] = {}
        for number, text in reads.texts(numbers):
            lines: list[Line] = []
            asked = wanted.get(known[number].id, ()) if number in known else ()
            spans: Iterator[Span | None] = iter(Span(a.start, a.end) for a in asked)
            if not asked and self._how is not None:
                spans = places(Searched(text), self._how, PATIENCE)
            try:
                for span in spans:
                    if span is None:
                        if self._due():
                            # A long text is being folded: what was found before it need not wait.
                            self._finish(found, known)
                            found = {}
                            yield self._page()
                        continue
                    if self._left <= 0:
                        self._say(f"These are the first {self._most:,} places; there are more.")
                        break
                    lines.append(_line(text, span))
                    self._left -= 1
            except TooLong as error:
                self._state = replace(self._state, stopped=self._state.stopped + 1)
                if self._state.stopped >= TRIES:
                    self._say(f"{sentence(error)} The search was given up after {TRIES} such texts.")
            if not lines and not self._expression and not self._state.why:
                lines.append(Line(None, "", "", text[: 2 * CONTEXT]))
            if lines:
                found[number] = lines
                self._lines += len(lines)
            self._state = replace(self._state, searched=self._state.searched + 1)
            if self._state.why:
                break
            if self._due():
                self._finish(found, known)
                found = {}
                yield self._page()
        self._finish(found, known)

    def _finish(self, found: dict[int, list[Line]], known: dict[int, Summary]) -> None:
        """Make groups of lines: with the statement's metadata, and the tags that stand on the places."""
        if missing := [number for number in found if number not in known]:
            known.update((summary.number, summary) for summary in self._reads.summaries(missing))
        here = [known[number].id for number in found if number in known]
        marked = self._reads.passages(here) if here else {}
        for number, lines in found.items():
            if (summary := known.get(number)) is not None:
                self._groups.append(Group(summary, tuple(tagged(lines, marked.get(summary.id, ())))))


def tagged(lines: Iterable[Line], passages: Iterable[Annotation | Place]) -> Iterator[Line]:
    """These lines with the tags that stand on their words now, each tag once; the passages come in text order.

    Each line costs some look-ups, however many passages there are.
    """
    tags: dict[str, _Reach] = {}
    for number, passage in enumerate(passages):
        tags.setdefault(passage.tag, _Reach()).add(number, passage)
    for line in lines:
        now: tuple[str, ...] = ()
        if line.span is not None:
            firsts = ((reach.first_on(line.span), name) for name, reach in tags.items())
            now = tuple(name for number, name in sorted(firsts) if number >= 0)
        yield line if now == line.tags else replace(line, tags=now)  # type: ignore[arg-type]


class _Reach:
    """The passages of one tag in text order: where each begins, and how far they have reached until then."""

    def __init__(self) -> None:
        self._numbers, self._starts, self._furthest = array("q"), array("q"), array("q")

    def add(self, number: int, passage: Annotation | Place) -> None:
        self._numbers.append(number)
        self._starts.append(passage.start)
        self._furthest.append(max(passage.end, self._furthest[-1]) if self._furthest else passage.end)

    def first_on(self, span: Span) -> int:
        """The number of the first passage that shares a code point with this span, -1 without one."""
        # Where what was reached first goes beyond the span's start, it does so by that passage.
        at = bisect_right(self._furthest, span.start)
        return self._numbers[at] if at < len(self._starts) and self._starts[at] < span.end else -1


def _line(text: str, span: Span) -> Line:
    return Line(
        span,
        text[max(0, span.start - CONTEXT) : span.start],
        text[span.start : min(span.end, span.start + LONGEST_QUOTE)],
        text[span.end : span.end + CONTEXT],
    )
