"""Everything that is read of a project, on one connection, as frozen values.

The window's thread reads on the writer's connection; a worker opens its own with ``Project.reader``.
No read lasts long: what may be much comes by pages.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from annotator.core.codebook import Codebook
from annotator.core.completion import Offer
from annotator.core.errors import Ambiguous, Damaged, Interrupted, NotFound
from annotator.core.exchange import Record
from annotator.core.finding import Plan, Searched, places, words_plan
from annotator.core.history import Entry
from annotator.core.links import LINK_KINDS, LinkKind, all_kinds, kind_from_json
from annotator.core.model import (
    SHORT,
    Actor,
    Annotation,
    AnnotationId,
    Coder,
    CoderId,
    Link,
    LinkId,
    Place,
    Progress,
    Range,
    Statement,
    StatementId,
    Summary,
    short,
)
from annotator.core.query import Query, parse
from annotator.core.text import Span, digest, fold
from annotator.core.values import dataclass
from annotator.store import filters, history, ledger, offers
from annotator.store.claims import Condition
from annotator.store.driver import Connection, Gate, Row, loaded
from annotator.store.history import GoingBack
from annotator.store.listing import OLD_TEXT_OF, Arrangement, Listing, Part, distinct
from annotator.store.memos import Memo, memos
from annotator.store.passage_list import PassageListing, PassageOrder, PassageRow, passage_rows
from annotator.store.roster import Roster
from annotator.store.rows import actor_of, annotation_of, check_offsets, date_of, link_of, statement_of, tag_of

#: Statements a page: a page of 4 kB texts is read in some milliseconds.
PAGE = 200
#: Code points of text that a page of whole records holds at most, unless one text is longer.
PAGE_TEXT = 4_000_000
#: Code points of text that are searched after one read, unless one text is longer.
LOT_TEXT = 1_000_000

#: What reading a longer text leaves in memory is given back, in code points.
_LONG_TEXT = 1_000_000

T = TypeVar("T")

#: Begins the key of a setting that says that two actors are not the same; their ids follow, in their order.
APART = "apart/"

#: Ids from elsewhere may be long; what is longer than this is none.
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a search found something: a stretch of text with its context, or the statement's metadata (no span)."""

    statement: StatementId
    title: str
    issuer: str
    span: Span | None
    before: str
    quote: str
    after: str
    annotations: tuple[AnnotationId, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The versions before and after a statement: ids, empty where there is none, and when they came (UTC)."""

    previous: str = ""
    previous_title: str = ""
    previous_at: str = ""
    corrected: str = ""
    corrected_at: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """The other end of a link, as seen from one of them; ``outgoing`` where the link leads from that one to this."""

    link: Link
    outgoing: bool
    annotation: AnnotationId
    tag: str
    quote: str
    statement: StatementId
    title: str


class Reads:
    """The reading half of a project."""

    def __init__(self, connection: Connection, gate: Gate, coder: CoderId | None) -> None:
        self._connection = connection
        self._gate = gate
        self._coder = coder
        self._given_up = False
        self._codebook: Codebook | None = None
        self._codebook_of = 0
        self._last_text = ("", "")
        self._roster: Roster | None = None

    # -- the project ------------------------------------------------------------------

    @property
    def path(self) -> Path:
        return self._connection.path

    @property
    def id(self) -> str:
        return self.setting("id")

    @property
    def title(self) -> str:
        return self.setting("title")

    @property
    def head(self) -> str:
        """The hash of the last step."""
        return self._repeated(lambda: ledger.head(self._connection))

    def setting(self, key: str, default: str = "") -> str:
        value = self._value("SELECT value FROM setting WHERE key = ?", (key,))
        return default if value is None else str(value)

    def give_up(self) -> None:
        """End the read that runs on this connection now, from any thread: it raises ``Interrupted``."""
        self._given_up = True
        self._connection.interrupt()

    def take_up(self) -> None:
        """Read again after ``give_up``."""
        self._given_up = False

    def forget(self) -> None:
        """Read codebook and text anew when they are asked for next: another connection may have changed them."""
        self._codebook = None
        self._last_text = ("", "")

    def _repeated(self, read: Callable[[], T]) -> T:
        if self._given_up:  # between two reads: the next one is not wanted either
            raise Interrupted("This read was given up.")
        return self._gate.repeat(read, lambda: self._given_up)

    def _all(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """Every row; a read that a step interrupts is repeated after it."""
        return self._repeated(lambda: self._connection.all(sql, values))

    def _one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row, or None; repeated like ``_all``."""
        return next(iter(self._all(sql, values)), None)

    def _value(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """The first column of the first row, or None; repeated like ``_all``."""
        row = self._one(sql, values)
        return row[0] if row is not None else None

    # -- codebook, coders, actors ----------------------------------------------------------

    @property
    def codebook(self) -> Codebook:
        """The tags in their order."""
        version = self._all("PRAGMA data_version")[0][0]  # changes when another connection wrote
        if self._codebook is None or self._codebook_of != version:
            self._codebook_of = version
            rows = self._all("SELECT definition FROM tag ORDER BY position, name")
            tags = tuple(tag_of(row["definition"]) for row in rows)
            self._codebook = Codebook(tags, tuple(loaded(self.setting("codebook_rules", "[]"), list)))
        return self._codebook

    def passages_by_tag(self) -> dict[str, int]:
        """How many passages each tag has."""
        return {row[0]: row[1] for row in self._all("SELECT tag, count(*) FROM annotation GROUP BY tag")}

    def to_review(self) -> dict[str, int]:
        """How many passages of each tag were tagged before its present version; tags without any are left out."""
        found = dict[str, int]()
        if self._value("PRAGMA user_version") < 3:  # an older file, which is only read, has no versions
            return found
        sql = "SELECT count(*) FROM annotation WHERE tag = ? AND tag_version < ?"
        for tag in self.codebook:
            if count := self._value(sql, (tag.name, tag.version)):
                found[str(tag.name)] = int(count)
        return found

    def coders(self) -> tuple[Coder, ...]:
        return tuple(
            Coder(CoderId(r["id"]), r["name"], r["kind"]) for r in self._all("SELECT * FROM coder ORDER BY id")
        )

    def coder_name(self, coder: str | None) -> str:
        """A coder's name, or nothing."""
        return self._value("SELECT name FROM coder WHERE id = ?", (coder,)) or ""

    def actors(self) -> tuple[Actor, ...]:
        return tuple(actor_of(r) for r in self._all("SELECT * FROM actor ORDER BY name, id"))

    def actor_pages(self, page: int = 1000) -> Iterator[list[Actor]]:
        """All actors in the order of their ids, also those that were merged, by pages."""
        last = ""
        while rows := self._all("SELECT * FROM actor WHERE id > ? ORDER BY id LIMIT ?", (last, page)):
            last = rows[-1]["id"]
            yield [actor_of(row) for row in rows]

    def actor(self, identifier: str) -> Actor:
        """The actor of that id, or the one it was merged into; of a circle of mergers, the one that was asked for."""
        first = row = self._one("SELECT * FROM actor WHERE id = ?", (identifier,))
        passed = {identifier}
        while row is not None and (into := row["merged_into"]):
            if into in passed:
                row = first
                break
            passed.add(into)
            row = self._one("SELECT * FROM actor WHERE id = ?", (into,))
        if row is None:
            raise NotFound(f"There is no actor {identifier}.")
        return actor_of(row)

    @property
    def roster(self) -> Roster:
        """The actors by their names and aliases, for completion."""
        if self._roster is None:
            self._roster = Roster(self._all)
        return self._roster

    def memos(self) -> Iterator[Memo]:
        """What was written beside the texts: memos of the project, tags and statements, and notes of passages."""
        return memos(self._all, self.codebook, self.setting("memo"))

    def find_actor(self, name: str) -> Actor | None:
        """The actor of that name or alias, folded, or the one it was merged into."""
        found = self.roster.called(name)
        return self.actor(found) if found else None

    def apart(self) -> set[tuple[str, str]]:
        """Pairs of actors, in the order of their ids, of whom somebody said that they are not the same."""
        rows = self._all("SELECT key FROM setting WHERE key >= ? AND key < ?", (APART, f"{APART}\U0010ffff"))
        pairs = (tuple(row["key"].removeprefix(APART).split("/")) for row in rows)
        return {(pair[0], pair[1]) for pair in pairs if len(pair) == 2}

    def issuers(self) -> Iterator[str]:
        """Who issued the project's statements, once each, in the order of their letters."""
        return distinct(self._all, "issuer")

    def actor_name(self, identifier: str) -> str:
        try:
            return self.actor(identifier).name
        except NotFound:
            return identifier

    # -- finding one thing ---------------------------------------------------------------------

    def find_statement(self, given: str) -> StatementId:
        """The statement whose id begins or ends so; raises ``NotFound`` or ``Ambiguous``."""
        return StatementId(self._find("statement", "statement", given, lambda r: r["title"]))

    def find_annotation(self, given: str) -> AnnotationId:
        """The annotation whose id begins or ends so; raises ``NotFound`` or ``Ambiguous``."""
        return AnnotationId(self._find("annotation", "passage", given, lambda r: f"{r['tag']}: {r['quote'][:60]}"))

    def _find(self, table: str, noun: str, given: str, describe: Callable[[Row], str]) -> str:
        wanted = given.strip()
        if (exact := self._all(f"SELECT id FROM {table} WHERE id = ?", (wanted,))) and wanted:
            return str(exact[0]["id"])
        rows: list[Row] = []
        if 0 < len(wanted) <= _LONGEST_ID:
            rows = self._all(
                f"SELECT * FROM {table} WHERE lower(substr(id, 1, :n)) = :w OR lower(substr(id, -:n)) = :w"
                " ORDER BY id LIMIT 10",
                {"w": wanted.lower(), "n": len(wanted)},
            )
        if not rows:
            raise NotFound(f"There is no {noun} {_cut(wanted) or '(empty)'} in {self.path.name}.")
        if len(rows) > 1:
            raise Ambiguous(
                f"“{given}” fits {len(rows)}{' or more' if len(rows) == 10 else ''} ids; give more of one.",
                [f"{row['id']}  {' '.join(describe(row).split())}" for row in rows],
            )
        return str(rows[0]["id"])

    def statement(self, identifier: str) -> Statement:
        """The statement of that id; raises ``NotFound``."""
        row = self._one("SELECT * FROM statement WHERE id = ?", (identifier,))
        if row is None:
            raise NotFound(f"There is no statement {identifier} in {self.path.name}.")
        return statement_of(row)

    def versions(self, identifier: str) -> Neighbours:
        """The version that this statement corrects, and the one that corrects it."""
        before = self._one(
            "SELECT p.id, p.title, p.imported_at FROM statement s JOIN statement p ON p.id = s.previous WHERE s.id = ?",
            (identifier,),
        )
        after = self._one(
            "SELECT id, imported_at FROM statement WHERE previous = ? ORDER BY id DESC LIMIT 1", (identifier,)
        )
        return Neighbours(
            *(before[name] or "" for name in ("id", "title", "imported_at")) if before else ("", "", ""),
            *(after[name] or "" for name in ("id", "imported_at")) if after else ("", ""),
        )

    def has_statement(self, identifier: str) -> bool:
        return self._value("SELECT 1 FROM statement WHERE id = ?", (identifier,)) is not None

    def text(self, statement: str) -> str:
        """The statement's whole text, as imported."""
        sha256 = self._value("SELECT text_sha256 FROM statement WHERE id = ?", (statement,))
        if sha256 is None:
            self.statement(statement)
        # A text never changes, so tagging in a long one need not read it again each time; but an import
        # may replace the statement.
        if self._last_text[0] == sha256:
            return self._last_text[1]
        text = self._value("SELECT text FROM content WHERE sha256 = ?", (sha256,))
        if text is None:
            raise Damaged(f"The text of statement {short(statement)} is missing in {self.path.name}.")
        if len(text) > _LONG_TEXT:
            # The pages that it was read from would stay in memory beside it.
            self._connection.execute("PRAGMA shrink_memory")
        self._last_text = str(sha256), str(text)
        return str(text)

    def source_bytes(self, statement: str) -> bytes | None:
        """The bytes that were imported, or None if the project does not hold them."""
        import zlib

        row = self._one(
            "SELECT src.data, c.text FROM statement s LEFT JOIN source src ON src.sha256 = s.source_sha256"
            " LEFT JOIN content c ON c.sha256 = s.source_sha256 WHERE s.id = ?",
            (statement,),
        )
        if row is None:
            return None
        # A source that is its text in UTF-8 is kept as the text alone.
        return zlib.decompress(row["data"]) if row["data"] is not None else row["text"] and row["text"].encode()

    def verified(self, statement: str) -> list[str]:
        """What is wrong with this statement's text and quotes, one sentence each; empty when all is right."""
        self._last_text = ("", "")
        known, text = self.statement(statement), self.text(statement)
        found = []
        if digest(text) != known.text_sha256 or len(text) != known.length:
            found.append(f"the text of statement {short(statement)} does not match its hash")
        rows = self._all('SELECT id, start, "end", quote FROM annotation WHERE statement = ?', (statement,))
        for identifier, start, end, quote in rows:
            check_offsets(identifier, start, end)
            if text[start:end] != quote:
                found.append(f"passage {short(identifier)} of statement {short(statement)} does not quote its text")
        return found

    # -- what hangs on a statement ---------------------------------------------------------------

    def annotations(self, statement: str) -> tuple[Annotation, ...]:
        """The statement's annotations by (start, end, tag, id)."""
        rows = self._all("SELECT * FROM annotation WHERE statement = ?", (statement,))
        return tuple(sorted(map(annotation_of, rows), key=_place))

    def annotations_by_id(self, identifiers: Iterable[str]) -> list[Annotation]:
        """Those of these annotations that are there, by (start, end, tag, id)."""
        wanted = list(identifiers)
        found: list[Annotation] = []
        for first in range(0, len(wanted), PAGE):
            some = wanted[first : first + PAGE]
            rows = self._all(f"SELECT * FROM annotation WHERE id IN ({', '.join('?' for _ in some)})", some)
            found += map(annotation_of, rows)
        return sorted(found, key=_place)

    def has_more_passages(self, statement: str, than: int) -> bool:
        """Whether the statement has more annotations than that, of all coders; costs no more than so many."""
        found = self._all("SELECT 1 FROM annotation WHERE statement = ? LIMIT 1 OFFSET ?", (statement, than))
        return bool(found)

    def places(self, statement: str) -> list[Place]:
        """Where the statement's annotations stand, in text order: a tenth of the work that ``annotations`` is."""
        rows = self._all('SELECT start, "end", tag, id, status FROM annotation WHERE statement = ?', (statement,))
        found = list(map(Place._make, rows))
        for place in found:
            check_offsets(place.id, place.start, place.end)
        return sorted(found)

    def annotation(self, identifier: str) -> Annotation:
        row = self._one("SELECT * FROM annotation WHERE id = ?", (identifier,))
        if row is None:
            raise NotFound(f"There is no passage {identifier} in {self.path.name}.")
        return annotation_of(row)

    def has_annotation(self, identifier: str) -> bool:
        return self._value("SELECT 1 FROM annotation WHERE id = ?", (identifier,)) is not None

    def ranges(self, statement: str) -> tuple[Range, ...]:
        rows = self._all('SELECT * FROM statement_range WHERE statement = ? ORDER BY start, "end"', (statement,))
        return tuple(Range(r["start"], r["end"], r["role"]) for r in rows)

    def links(self, annotation: str | None = None) -> tuple[Link, ...]:
        """All links by id, or those of one annotation."""
        rows = self._all("SELECT * FROM link WHERE ?1 IS NULL OR source = ?1 OR target = ?1 ORDER BY id", (annotation,))
        return tuple(link_of(r) for r in rows)

    @property
    def link_kinds(self) -> tuple[LinkKind, ...]:
        """The kinds of links that there are: the standard ones, then the project's own."""
        defined = loaded(self.setting(LINK_KINDS, "[]"), list)
        return all_kinds(kind_from_json(each) for each in defined if isinstance(each, dict) and each.get("name"))

    def links_within(self, statement: str) -> tuple[Link, ...]:
        """The links of which both ends are in this statement, by id."""
        if not self._value("SELECT EXISTS (SELECT 1 FROM link)"):
            return ()
        rows = self._all(
            "SELECT l.* FROM annotation a JOIN link l ON l.source = a.id JOIN annotation b ON b.id = l.target"
            " WHERE a.statement = ?1 AND b.statement = ?1 ORDER BY l.id",
            (statement,),
        )
        return tuple(map(link_of, rows))

    def linked(self, annotation: str) -> tuple[Linked, ...]:
        """What this passage is linked with, in either direction, by the link's id."""
        rows = self._all(
            "SELECT l.*, a.id AS other, a.tag, a.quote, a.statement, s.title FROM link l"
            " JOIN annotation a ON a.id = CASE l.source WHEN ?1 THEN l.target ELSE l.source END"
            " JOIN statement s ON s.id = a.statement WHERE l.source = ?1 OR l.target = ?1 ORDER BY l.id",
            (annotation,),
        )
        return tuple(
            Linked(
                link_of(r),
                r["source"] == annotation,
                AnnotationId(r["other"]),
                r["tag"],
                r["quote"],
                StatementId(r["statement"]),
                r["title"],
            )
            for r in rows
        )

    def find_link(self, given: str) -> LinkId:
        """The link whose id begins or ends so; raises ``NotFound`` or ``Ambiguous``."""
        return LinkId(self._find("link", "link", given, lambda r: f"{r['kind']} {r['source']} → {r['target']}"))

    def find_actor_by(self, given: str) -> Actor:
        """The actor of that name or alias, or whose id begins or ends so; raises ``NotFound`` or ``Ambiguous``."""
        found = self.find_actor(given)
        if found is None:
            try:
                found = self.roster.by_id([self._find("actor", "actor", given, lambda r: str(r["name"]))]).popitem()[1]
            except NotFound:
                near = ", ".join(dict.fromkeys(each.name for each in self.roster.matching(given, 3)))
                hint = f"; there is {near}" if near else ""
                raise NotFound(f"There is no actor “{_cut(given)}” in {self.path.name}{hint}.") from None
        return found

    def status(self, statement: str, coder: str | None = None) -> str:
        """How far the coder (by default the current one) is: ``unread``, ``open`` or ``done``."""
        who = coder or self._coder
        return str(self._value(f"SELECT {filters.status_sql()} FROM statement s WHERE s.id = ?", (who, who, statement)))

    def with_status(self, numbers: Sequence[int], status: str) -> set[int]:
        """Those of these statements that have this status for the current coder."""
        marks, who = ", ".join("?" * len(numbers)), self._coder or ""
        sql = f"SELECT s.number FROM statement s WHERE s.number IN ({marks}) AND {filters.status_sql()} = ?"
        return {row[0] for row in self._all(sql, (*numbers, who, who, status))}

    def position(self, statement: str) -> str:
        """Where the current coder was reading, as the reader wrote it down."""
        return (
            self._value(
                "SELECT position FROM reading WHERE statement = ? AND coder = ?", (statement, self._coder or "")
            )
            or ""
        )

    # -- lists -----------------------------------------------------------------------------------

    def parse(self, query: str) -> Query:
        """The query that this text writes, with the codebook's attributes as fields."""
        return parse(query, self.codebook.attribute_names())

    def numbers(self, query: Query | str = "", page: int = 4000) -> Iterator[array[int]]:
        """The local numbers of the statements that a query finds, in the order of their ids, by pages."""
        return self._listing(query, page=page).numbers()

    def listing(self, query: Query | str = "", arrangement: Arrangement = Arrangement()) -> Iterator[Part]:  # noqa: B008
        """The statements that a query finds, arranged, by parts of which the first comes soon."""
        return self._listing(query, arrangement).parts()

    def first_numbers(self, query: Query | str, most: int) -> list[int]:
        """The numbers of some statements that a query finds, so many at most: those that are found soonest."""
        found: list[int] = []
        for page in self._listing(query).soon():
            found.extend(page[: most - len(found)])
            if len(found) >= most:
                break
        return found

    def _listing(self, query: Query | str, arrangement: Arrangement = Arrangement(), page: int = 4000) -> Listing:  # noqa: B008
        text_of = "text_of" if self._value("PRAGMA user_version") > 1 else OLD_TEXT_OF
        return Listing(self._all, self._compiled(query), self._coder or "", arrangement, page, text_of)

    def passage_listing(self, query: Query | str = "", order: PassageOrder = PassageOrder()) -> Iterator[Part]:  # noqa: B008
        """The passages that a query finds, in an order, by parts of local numbers of which the first comes soon."""
        query = self.parse(query) if isinstance(query, str) else query
        compiled = self._compiled(query)
        text_of = "text_of" if self._value("PRAGMA user_version") > 1 else OLD_TEXT_OF
        who = self._coder or ""
        return PassageListing(
            self._all,
            compiled,
            lambda arrangement: Listing(self._all, compiled, who, arrangement, text_of=text_of),
            order,
            self.codebook,
        ).parts()

    def passage_rows(self, numbers: Sequence[int]) -> list[PassageRow]:
        """These passages, by local number, as a table shows them; those that are gone are left out."""
        return passage_rows(self._all, numbers)

    def passage_ids(self, numbers: Sequence[int]) -> list[AnnotationId]:
        """The ids of these passages, in the order given; those that are gone are left out."""
        found: dict[int, str] = {}
        for start in range(0, len(numbers), 2000):
            some = numbers[start : start + 2000]
            marks = ", ".join("?" * len(some))
            found |= dict(map(tuple, self._all(f"SELECT rowid, id FROM annotation WHERE rowid IN ({marks})", some)))
        return [AnnotationId(found[number]) for number in numbers if number in found]

    def passage_number(self, annotation: str) -> int | None:
        """The local number of a passage, or None if it is gone."""
        number = self._value("SELECT rowid FROM annotation WHERE id = ?", (annotation,))
        return None if number is None else int(number)

    def passages_found(self, query: Query | str, ids: Sequence[str]) -> set[str]:
        """Those of these passages that the query finds."""
        compiled = self._compiled(query)
        marks = ", ".join("?" * len(ids))
        sql = (
            "SELECT a.id FROM annotation a JOIN statement s ON s.id = a.statement"
            f" WHERE a.id IN ({marks}) AND {compiled.annotations.sql} AND {compiled.statements.sql}"
        )
        return {row[0] for row in self._all(sql, (*ids, *compiled.annotations.values, *compiled.statements.values))}

    def offers(self, field: str, typed: str) -> list[Offer]:
        """Values of a query field that begin as it was typed, or in which a word does."""
        return offers.offers(self._all, self.codebook, field, typed)

    def ids(self, numbers: Sequence[int]) -> list[StatementId]:
        """The ids of these statements, in the order given; those that are gone are left out."""
        found: dict[int, str] = {}
        for start in range(0, len(numbers), 2000):
            some = numbers[start : start + 2000]
            marks = ", ".join("?" * len(some))
            for row in self._all(f"SELECT number, id FROM statement WHERE number IN ({marks})", some):
                found[row[0]] = row[1]
        return [StatementId(found[number]) for number in numbers if number in found]

    def summaries(self, numbers: Sequence[int]) -> list[Summary]:
        """These statements as a list shows them, in the order given; those that are gone are left out."""
        found: dict[int, Row] = {}
        marks = ", ".join("?" for _ in numbers)
        who = self._coder or ""
        rows = self._all(
            f"SELECT s.number, s.id, s.title, s.issuer, s.language, s.date_issued, s.date_issued_basis,"
            f" s.date_published, s.date_published_basis, {filters.status_sql()} AS status"
            f" FROM statement s WHERE s.number IN ({marks})",
            (who, who, *numbers),
        )
        for row in rows:
            found[row["number"]] = row
        counts: dict[str, dict[str, int]] = {}
        suggestions: dict[str, int] = {}
        ids = [row["id"] for row in rows]
        for count in self._all(
            "SELECT statement, tag, sum(status NOT IN ('suggested', 'rejected')) AS n, sum(status = 'suggested') AS m"
            f" FROM annotation WHERE statement IN ({', '.join('?' for _ in ids)}) GROUP BY statement, tag",
            ids,
        ):
            if count["n"]:
                counts.setdefault(count["statement"], {})[count["tag"]] = count["n"]
            suggestions[count["statement"]] = suggestions.get(count["statement"], 0) + count["m"]
        return [
            Summary(
                number=row["number"],
                id=StatementId(row["id"]),
                title=row["title"],
                issuer=row["issuer"],
                language=row["language"],
                date=date_of(row, "date_issued") or date_of(row, "date_published"),
                status=row["status"],
                counts=counts.get(row["id"], {}),
                suggestions=suggestions.get(row["id"], 0),
            )
            for row in (found[number] for number in numbers if number in found)
        ]

    def count(self, query: Query | str = "") -> int:
        """How many statements a query finds."""
        if not query:  # without a condition, SQLite counts pages of an index
            return int(self._value("SELECT count(*) FROM statement"))
        where = self._compiled(query).statements
        return int(self._all(f"SELECT count(*) FROM statement s WHERE {where.sql}", where.values)[0][0])

    def number_of(self, statement: str) -> int | None:
        """The local number of a statement, or None if it is gone."""
        number = self._value("SELECT number FROM statement WHERE id = ?", (statement,))
        return None if number is None else int(number)

    def statements(self, query: Query | str = "") -> Iterator[Summary]:
        """The statements that a query finds, as lists show them, in the order of import."""
        for numbers in self.numbers(query, page=PAGE):
            yield from self.summaries(numbers)

    def progress_counts(self) -> dict[str, int]:
        """How many statements are unread, open and done for the current coder, and ``all``."""
        who = self._coder or ""
        total = int(self._value("SELECT count(*) FROM statement"))
        done = int(self._value("SELECT count(*) FROM progress WHERE coder = ? AND status = 'done'", (who,)))
        opened = int(
            self._value(
                "SELECT count(*) FROM (SELECT statement FROM progress WHERE coder = ?1 AND status = 'open'"
                " UNION SELECT statement FROM reading WHERE coder = ?1 AND opened"
                " AND statement IN (SELECT id FROM statement)"
                " EXCEPT SELECT statement FROM progress WHERE coder = ?1 AND status = 'done')",
                (who,),
            )
        )
        return {"all": total, "unread": total - done - opened, "open": opened, "done": done}

    def stats(self) -> dict[str, Any]:
        """Counts of the whole project: statements, passages by tag and coder, coders, actors, steps, characters."""
        count = self._value
        return {
            "statements": count("SELECT count(*) FROM statement"),
            "characters": count("SELECT coalesce(sum(length), 0) FROM statement"),
            "passages": count("SELECT count(*) FROM annotation"),
            "by_tag": {
                tag.name: count("SELECT count(*) FROM annotation WHERE tag = ?", (tag.name,)) for tag in self.codebook
            },
            "by_coder": {
                c.name: count("SELECT count(*) FROM annotation WHERE coder = ?", (c.id,)) for c in self.coders()
            },
            "by_issuer": {
                row[0]: row[1]
                for row in self._all("SELECT issuer, count(*) FROM statement GROUP BY issuer ORDER BY 2 DESC, 1")
            },
            "progress": self.progress_counts(),
            "actors": count("SELECT count(*) FROM actor"),
            "links": count("SELECT count(*) FROM link"),
            "steps": count("SELECT count(*) FROM step"),
        }

    # -- search -----------------------------------------------------------------------------------

    def search(self, query: Query | str, limit: int = 200, context: int = 48, *, soon: bool = False) -> Iterator[Hit]:
        """Where the query's words stand, or the passages it asks for, with context in code points.

        In the order of the statements' ids, or, ``soon``, in the order in which they are found quickest.
        """
        query = self.parse(query) if isinstance(query, str) else query
        how = words_plan([t.value for t in query.words if not t.negated])
        given = 0
        for numbers in self._soonest(query) if soon else self.numbers(query, page=50):
            summaries = {summary.number: summary for summary in self.summaries(numbers)}
            ids = [summary.id for summary in summaries.values()]
            wanted = self.passages(ids, query) if query.has_conditions_on_passages else {}
            marked = wanted or self.passages(ids)
            for number, text in self.texts(numbers):
                if (summary := summaries.get(number)) is None:
                    continue
                for hit in _hits(summary, text, how, wanted.get(summary.id, ()), marked.get(summary.id, ()), context):
                    yield hit
                    given += 1
                    if given >= limit:
                        return

    def _soonest(self, query: Query) -> Iterator[Sequence[int]]:
        """What the query finds as it is found: a few first, so that they are shown at once."""
        for page in self._listing(query).soon():
            for start, end in pairwise((0, *range(5, len(page), 50), len(page))):
                yield page[start:end]

    def texts(self, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
        """The numbers and texts of these statements in the order given; each read is a megabyte, or one text."""
        for start in range(0, len(numbers), PAGE):
            some = numbers[start : start + PAGE]
            marks = ", ".join("?" for _ in some)
            lengths = {
                row["number"]: row["length"]
                for row in self._all(
                    f"SELECT number, CAST(length AS INTEGER) AS length FROM statement WHERE number IN ({marks})", some
                )
            }
            lot: list[int] = []
            size = 0
            for number in (each for each in some if each in lengths):
                if lot and size + lengths[number] > LOT_TEXT:
                    yield from self._texts(lot)
                    lot, size = [], 0
                lot.append(number)
                size += lengths[number]
            yield from self._texts(lot)

    def _texts(self, numbers: list[int]) -> Iterator[tuple[int, str]]:
        marks = ", ".join("?" for _ in numbers)
        rows = self._all(
            "SELECT s.number, c.text FROM statement s JOIN content c ON c.sha256 = s.text_sha256"
            f" WHERE s.number IN ({marks})",
            numbers,
        )
        texts = {row["number"]: row["text"] for row in rows}
        for number in numbers:
            if number in texts:
                yield number, texts.pop(number)

    def passages(self, statements: Sequence[str], query: Query | None = None) -> dict[str, tuple[Annotation, ...]]:
        """The annotations of these statements that fulfil a query's conditions on annotations, in text order."""
        condition = self._compiled(query).annotations if query is not None else Condition()
        marks = ", ".join("?" for _ in statements)
        found: dict[str, list[Annotation]] = {}
        for row in self._all(
            f"SELECT a.* FROM annotation a WHERE a.statement IN ({marks}) AND {condition.sql}",
            (*statements, *condition.values),
        ):
            found.setdefault(row["statement"], []).append(annotation_of(row))
        return {statement: tuple(sorted(several, key=_place)) for statement, several in found.items()}

    # -- whole records -------------------------------------------------------------------------------

    def records(
        self, query: Query | str = "", *, only_matching: bool = False, by_id: Sequence[str] | None = None
    ) -> Iterator[Record]:
        """Whole statements in the order of their ids, by pages; with ``only_matching`` just the annotations found."""
        compiled = self._compiled(query)
        condition = compiled.annotations if only_matching else Condition()
        for ids in self._id_pages(compiled, by_id):
            marks = ", ".join("?" for _ in ids)
            rows = self._all(
                "SELECT s.*, c.text AS whole_text FROM statement s JOIN content c ON c.sha256 = s.text_sha256"
                f" WHERE s.id IN ({marks}) ORDER BY s.id",
                ids,
            )
            annotations: dict[str, list[Annotation]] = {}
            for row in self._all(
                f"SELECT a.* FROM annotation a WHERE a.statement IN ({marks}) AND {condition.sql}",
                (*ids, *condition.values),
            ):
                annotations.setdefault(row["statement"], []).append(annotation_of(row))
            ranges: dict[str, list[Range]] = {}
            for row in self._all(
                f'SELECT * FROM statement_range WHERE statement IN ({marks}) ORDER BY start, "end", role', ids
            ):
                ranges.setdefault(row["statement"], []).append(Range(row["start"], row["end"], row["role"]))
            progress: dict[str, list[Progress]] = {}
            for row in self._all(_PROGRESS.format(marks=marks), (*ids, *ids)):
                progress.setdefault(row["statement"], []).append(Progress(CoderId(row["coder"]), row["status"]))
            for row in rows:
                yield Record(
                    statement_of(row),
                    row["whole_text"],
                    tuple(sorted(annotations.get(row["id"], ()), key=_place)),
                    tuple(ranges.get(row["id"], ())),
                    tuple(progress.get(row["id"], ())),
                )

    def id_pages(self, query: Query | str = "") -> Iterator[list[str]]:
        """The ids of the statements that a query finds, in their order, a few megabytes of text at a time."""
        yield from self._id_pages(self._compiled(query), None)

    def _id_pages(self, compiled: filters.Compiled, by_id: Sequence[str] | None) -> Iterator[list[str]]:
        """Ids in their order, so many at a time that their texts are some megabytes at most."""
        where, values = compiled.statements.sql, compiled.statements.values
        if by_id is not None:
            where, values = f"s.id IN ({', '.join('?' for _ in by_id)})", tuple(by_id)
        last = ""
        while True:
            rows = self._all(
                "SELECT s.id, CAST(s.length AS INTEGER) AS length FROM statement s"
                f" WHERE s.id > ? AND {where} ORDER BY s.id LIMIT ?",
                (last, *values, PAGE),
            )
            if not rows:
                return
            last = rows[-1]["id"]
            page: list[str] = []
            size = 0
            for row in rows:
                if page and size + row["length"] > PAGE_TEXT:
                    yield page
                    page, size = [], 0
                page.append(row["id"])
                size += row["length"]
            yield page

    def history(
        self,
        statement: str | None = None,
        annotation: str | None = None,
        limit: int = 1000,
        *,
        coder: str | None = None,
        since: str = "",
        until: str = "",
        before: int | None = None,
        changes: bool | None = None,
    ) -> list[Entry]:
        """The latest steps first: of the project, or those that touched a statement or a passage.

        With ``coder`` (id or name) only that coder's; ``since`` and ``until`` are UTC, ISO 8601 from the year on,
        both inclusive. ``before`` is the number of the last step of the page before. What the steps changed
        comes with them, of the whole project only if ``changes``; of each step the first 100 changes.
        """
        if annotation is not None and statement is None:
            statement = self._statement_of(annotation)
        scope = history.Scope(
            statement, annotation, self._coders_called(coder) if coder is not None else None, since, until
        )
        told = statement is not None if changes is None else changes
        return history.history(self._all, scope, limit=limit, before=before, changes=told)

    def plan_going_back(self, step: int) -> GoingBack:
        """What going back to the step of this number would change; changes nothing. Raises ``NotFound``."""
        return history.going_back(self._all, step)

    def _statement_of(self, annotation: str) -> str:
        """The statement of a passage, also of one that was removed."""
        found = self._value("SELECT statement FROM annotation WHERE id = ?", (annotation,)) or self._value(
            "SELECT statement FROM change WHERE \"table\" = 'annotation' AND row = ?", (annotation,)
        )
        if found is None:
            raise NotFound(f"There is, and was, no passage {_cut(annotation)} in {self.path.name}.")
        return str(found)

    def _coders_called(self, given: str) -> tuple[str, ...]:
        """The coders of that id or name; raises ``NotFound`` with the names there are."""
        found = tuple(c.id for c in self.coders() if given == c.id or fold(given.strip()) == fold(c.name))
        if not found:
            names = ", ".join(sorted({c.name for c in self.coders()})) or "none"
            raise NotFound(f"There is no coder “{_cut(given)}” in {self.path.name}; it has: {names}.")
        return found

    def find_step(self, given: str) -> int:
        """The number of the step that is given by its number, or by the beginning or end of its id."""
        wanted = given.strip().lower()
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            number = self._value("SELECT number FROM step WHERE number = ?", (int(wanted),))
            if number is not None:
                return int(number)
        rows = []
        if SHORT <= len(wanted) <= _LONGEST_ID:
            rows = self._all(
                "SELECT number, at, label FROM step WHERE substr(id, 1, :n) = :w OR substr(id, -:n) = :w"
                " ORDER BY number DESC LIMIT 10",
                {"w": wanted, "n": len(wanted)},
            )
        if not rows:
            raise NotFound(f"There is no step {_cut(wanted) or '(empty)'} in {self.path.name}.")
        if len(rows) > 1:
            raise Ambiguous(
                f"“{given}” fits {len(rows)}{' or more' if len(rows) == 10 else ''} steps; give its number.",
                [f"{row['number']}  {row['at']}  {row['label']}" for row in rows],
            )
        return int(rows[0]["number"])

    def _compiled(self, query: Query | str) -> filters.Compiled:
        if not (query.strip() if isinstance(query, str) else query):
            # All statements can be told although the codebook is damaged.
            return filters.Compiled(Condition(), Condition(), False)
        query = self.parse(query) if isinstance(query, str) else query
        asked, codebook = query, self.codebook
        return self._repeated(
            lambda: filters.compile_query(self._connection, asked, codebook, self._coder or CoderId(""))
        )


#: Explicit progress, and statements that were opened without more; an opened one counts as open.
_PROGRESS = (
    "SELECT statement, coder, status FROM progress WHERE statement IN ({marks}) AND status <> 'unread'"
    " UNION SELECT r.statement, r.coder, 'open' FROM reading r JOIN coder c ON c.id = r.coder"
    " WHERE r.statement IN ({marks}) AND r.opened AND NOT EXISTS (SELECT 1 FROM progress p"
    " WHERE p.statement = r.statement AND p.coder = r.coder AND p.status <> 'unread') ORDER BY 1, 2"
)


def _hits(
    summary: Summary,
    text: str,
    how: Plan | None,
    wanted: Sequence[Annotation],
    marked: Sequence[Annotation],
    context: int,
) -> Iterator[Hit]:
    """The passages that were asked for, else the words, else the statement itself."""
    spans: Iterator[Span | None] = iter(Span(a.start, a.end) for a in wanted)
    if not wanted and how is not None:
        spans = places(Searched(text), how)
    found = False
    for span in spans:
        if span is None:
            continue
        found = True
        yield Hit(
            summary.id,
            summary.title,
            summary.issuer,
            span,
            text[max(0, span.start - context) : span.start],
            span.of(text),
            text[span.end : span.end + context],
            tuple(a.id for a in marked if span.overlaps(Span(a.start, a.end))),
        )
    if not found:
        yield Hit(summary.id, summary.title, summary.issuer, None, "", "", text[: 2 * context])


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _place(annotation: Annotation) -> tuple[int, int, str, str]:
    return annotation.start, annotation.end, annotation.tag, annotation.id


__all__ = ["Hit", "Reads"]
