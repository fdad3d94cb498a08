"""Taking statements in: the bulk is written ahead in short transactions, then one short step makes it visible.

Texts, sources and index rows that no statement refers to are invisible. So an import that is cancelled or
killed leaves nothing to see, and what it wrote ahead is swept at the next opening.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from annotator.core.codebook import Codebook, check_values, parse_value
from annotator.core.errors import AnnotatorError, one_line
from annotator.core.exchange import Header, Item, Problem, Record
from annotator.core.links import LINK_KINDS, LinkKind, all_kinds, is_standard, kind_from_json, kind_to_json, plain_label
from annotator.core.model import (
    Actor,
    ActorId,
    Annotation,
    AnnotationId,
    Coder,
    CoderId,
    Link,
    LinkId,
    Statement,
    StatementId,
    Tag,
    TagName,
    new_id,
    now,
    short,
)
from annotator.core.recoding import must_know
from annotator.core.text import Anchor, Span, clean, digest, fold, is_canonical
from annotator.core.values import changed, dataclass
from annotator.store import search
from annotator.store.driver import Connection, Row, loaded
from annotator.store.rows import (
    ACTOR_COLUMNS,
    ANNOTATION_COLUMNS,
    STATEMENT_COLUMNS,
    actor_row,
    annotation_of,
    annotation_row,
    dumps,
    insert_sql,
    statement_row,
    tag_row,
)
from annotator.store.starter import starter_codebook

#: What became of an item.
NEW, KNOWN, SAME_TEXT, KEPT, REPLACED, COPIED = "new", "known", "same text", "kept", "replaced", "copied"
ATTACHED = "attached"

#: Seconds from which on a slice says that there is no window that waits.
ALONE = 0.1
#: Seconds that a transaction lasts then. Each commit writes every page of the indexes of hashes anew, for hashes come
#: in no order: the longer it is put off, the fewer there are.
_UNTIL_COMMIT = 4.0
#: Characters of texts that are indexed at once then.
_INDEXED_AT_ONCE = 500_000

#: Bytes of a source, such as a row of a table, that are kept as they are, in zlib's format all the same: packing them
#: takes longer than all else that becomes of them, for a few hundred bytes.
_TOO_SMALL = 1000

#: Tables that are filled in a temporary copy first.
_STAGED = ("tag", "coder", "actor", "statement", "statement_range", "annotation", "link", "progress")


@dataclass(frozen=True, slots=True)
class Mark:
    """What an import had taken in at one moment: the last row of each staged table, and what it knew."""

    rows: Mapping[str, int]
    codebook: Codebook
    coders: set[str]
    actors: set[str]
    renamed: dict[str, str]
    called: dict[str, str]
    replaced: list[str]
    added: int
    adopted: Codebook | None
    kinds: tuple[LinkKind, ...]


class Intake:
    """One import: ``add`` what comes, some items at a time; ``publish`` makes it part of one step.

    Without that nothing has happened.

    ``slice_ms`` bounds each transaction that writes ahead, so that tagging goes on meanwhile. A ``dry`` one writes
    nothing to the project and only tells what would become of the items.
    """

    def __init__(
        self,
        connection: Connection,
        coder: Coder,
        codebook: Codebook,
        existing: Callable[[str], Record | None],
        *,
        duplicates: str = "skip",
        on_conflict: str | None = None,
        slice_ms: float = 15.0,
        dry: bool = False,
    ) -> None:
        self._connection = connection
        self._dry = dry
        self._coder = coder
        self._codebook = codebook
        self._existing = existing
        self._duplicates = duplicates
        self._on_conflict = on_conflict
        self._slice = slice_ms / 1000
        #: Seconds that a transaction may last.
        self._longest = max(self._slice, _UNTIL_COMMIT) if self.alone else self._slice
        self._began: float | None = None
        defined = loaded(connection.value("SELECT value FROM setting WHERE key = ?", (LINK_KINDS,)) or "[]", list)
        self._kinds = all_kinds(map(kind_from_json, defined))
        self._coders_known = {row[0] for row in connection.all("SELECT id FROM coder")}
        self._actors_known = {row[0] for row in connection.all("SELECT id FROM actor")}
        self._renamed: dict[str, str] = {}
        #: The project's tag and coder for what a file of another program tells by its label or name.
        self._called: dict[str, str] = {}
        #: Whether the last record was another program's: it may have given the links that it has other ids.
        self._loose = False
        self._replaced: list[str] = []
        self._number = 0
        self._reserved = 0
        self._went_back = False
        #: Texts and titles that are to be indexed within the transaction, folded, and the characters of these texts.
        self._texts: list[tuple[int, str]] = []
        self._titles: list[tuple[Any, ...]] = []
        self._waiting = 0
        self._attached = False
        #: Annotations whose words are not in the text of the statement that they were to come to.
        self._not_found: list[Problem] = []
        #: The codebook that takes the place of the project's, which is new and as yet nobody's.
        self._adopted: Codebook | None = None
        #: Kinds of links that the project did not have.
        self._new_kinds: tuple[LinkKind, ...] = ()
        #: The project's memo, where it has none yet.
        self._memo = ""
        #: The version of each tag here, and of those there that coders know alike.
        self._versions = {tag.name: tag.version for tag in codebook}
        self._theirs: dict[str, int] = {}
        self.added = 0
        for table in _STAGED:
            connection.execute(f"DROP TABLE IF EXISTS temp.new_{table}")
            connection.execute(f"CREATE TEMP TABLE new_{table} AS SELECT * FROM main.{table} WHERE 0")
        connection.execute("CREATE INDEX temp.new_annotation_id ON new_annotation(id)")
        if dry:
            return
        # What is written ahead replaces nothing, and its index is merged in place: nothing there is worth wiping.
        connection.execute("PRAGMA secure_delete = OFF")
        with connection.transaction():
            # Which texts, and which steps, come after this moment.
            mark = connection.one(
                "SELECT (SELECT coalesce(max(number), 0) FROM content) || ' ' || coalesce(max(number), 0) FROM step"
            )
            connection.execute("INSERT OR IGNORE INTO local (key, value) VALUES ('intake', ?)", tuple(mark or ()))

    @property
    def alone(self) -> bool:
        """Whether nobody waits for this import: its transactions may be long."""
        return self._slice >= ALONE

    # -- taking in --------------------------------------------------------------------

    def add(self, items: Iterable[Item]) -> list[str | Problem]:
        """Take items in; returns for each what became of it, or the problem that kept it out.

        Writes in slices, and leaves no transaction open where somebody waits, so that parsing the next items holds
        nobody up.
        Raises ``AnnotatorError`` when the data contradicts itself.
        """
        outcomes = []
        try:
            for item in items:
                self._begin()
                outcomes.append(self._take(item))
        finally:
            if not self._connection.raw.in_transaction:  # a full disk ends it by itself
                self._began = None
            elif not self.alone:
                self._end()
        return outcomes

    def _take(self, item: Item) -> str | Problem:
        if isinstance(item, Header):
            return self._header(item)
        if isinstance(item, Link):
            return self._link(item)
        if isinstance(item, Problem):
            return item
        return self._record(item)

    def not_found(self) -> list[Problem]:
        """The annotations whose words were nowhere since this was last asked."""
        found, self._not_found = self._not_found, []
        return found

    def mark(self) -> Mark:
        """This moment, to go ``back_to`` when a file turns out to be bad as a whole."""
        rows = {t: self._connection.value(f"SELECT coalesce(max(rowid), 0) FROM new_{t}") for t in _STAGED}
        return Mark(
            rows,
            self._codebook,
            set(self._coders_known),
            set(self._actors_known),
            dict(self._renamed),
            dict(self._called),
            list(self._replaced),
            self.added,
            self._adopted,
            self._new_kinds,
        )

    def back_to(self, mark: Mark) -> None:
        """Forget what was added since; what it wrote ahead is swept later."""
        for table, row in mark.rows.items():
            self._connection.execute(f"DELETE FROM new_{table} WHERE rowid > ?", (row,))
        self._codebook, self._renamed, self._replaced = mark.codebook, mark.renamed, mark.replaced
        self._called = mark.called
        self._coders_known, self._actors_known, self.added = mark.coders, mark.actors, mark.added
        self._adopted, self._new_kinds = mark.adopted, mark.kinds
        self._went_back = True

    def _begin(self) -> None:
        """Have a transaction open, a new one when the slice is over."""
        if self._dry:
            return
        if self._began is not None and time.monotonic() - self._began >= self._longest:
            self._end()
        if self._began is None:
            self._connection.begin()
            self._began = time.monotonic()

    def _end(self) -> None:
        if self._began is not None:
            self._index()
            self._began = None
            # Not ``commit``: with an error of any kind SQLite forgets what was staged in the temporary tables.
            self._connection.execute("COMMIT")

    def _header(self, header: Header) -> str:
        if self._adopts(header):
            self._adopted = self._codebook = header.codebook
        if header.memo and not self._connection.value("SELECT value FROM setting WHERE key = 'memo'"):
            self._memo = header.memo
        position = len(self._codebook.tags)
        for tag in header.codebook:
            if tag.name in header.called and (known := self._tag_called(tag)):
                self._called[tag.name] = known
            elif tag.name not in self._codebook:
                tag = replace(tag, parent=self._called.get(tag.parent, tag.parent))
                self._codebook = replace(self._codebook, tags=(*self._codebook.tags, tag))
                self._insert("tag", ("name", "position", "definition"), tag_row(position, tag))
                position += 1
        for kind in header.link_kinds:
            self._know_kind(kind)
        self._versions = {tag.name: tag.version for tag in self._codebook}
        self._theirs = {tag.name: tag.version for tag in header.codebook if self._knows_alike(tag)}
        for coder in header.coders:
            if coder.id in header.called and (known := self._coder_called(coder)):
                self._called[coder.id] = known
            elif coder.id not in self._coders_known:
                self._coders_known.add(coder.id)
                self._insert("coder", ("id", "name", "kind"), (coder.id, coder.name, coder.kind))
        for actor in header.actors:
            if actor.id not in self._actors_known:
                self._actors_known.add(actor.id)
                self._insert("actor", ACTOR_COLUMNS, actor_row(actor))
        return NEW

    def _tag_called(self, tag: Tag) -> str:
        """The tag here, by another name, whose label this one's is; empty without just one."""
        if tag.name in self._codebook:
            return ""
        found = [each.name for each in self._codebook if fold(each.label) == fold(tag.label)]
        return found[0] if len(found) == 1 else ""

    def _coder_called(self, coder: Coder) -> str:
        """The coder here, with another id, who has this one's name; empty without just one."""
        if coder.id in self._coders_known:
            return ""
        found = {
            str(row[0])
            for place in ("main.coder", "new_coder")
            for row in self._connection.all(
                f"SELECT id FROM {place} WHERE fold(name) = ? AND kind = ?", (fold(coder.name), coder.kind)
            )
        }
        if (fold(self._coder.name), self._coder.kind) == (fold(coder.name), coder.kind):
            found.add(self._coder.id)
        if len(found) != 1:
            return ""
        (known,) = found
        if known not in self._coders_known:  # who imports has done nothing here yet
            self._coders_known.add(known)
            self._insert("coder", ("id", "name", "kind"), (known, self._coder.name, self._coder.kind))
        return known

    def _as_called(self, record: Record) -> Record:
        """The record with the project's tags and coders for those that its file only calls so."""
        called = self._called
        return replace(
            record,
            annotations=tuple(
                replace(a, tag=TagName(called.get(a.tag, a.tag)), coder=CoderId(called.get(a.coder, a.coder)))
                for a in record.annotations
            ),
        )

    def _know_kind(self, kind: LinkKind) -> None:
        """Have this kind of link; the project's own definition of it stays."""
        if all(known.name != kind.name for known in (*self._kinds, *self._new_kinds)):
            self._new_kinds = (*self._new_kinds, kind)

    def _knows_alike(self, tag: Tag) -> bool:
        """Whether coders know the same of this tag here and where it comes from."""
        known = next((each for each in self._codebook if each.name == tag.name), None)
        return known is not None and must_know(known) == must_know(tag)

    def _version_of(self, a: Annotation) -> int:
        """The version of its tag here that the annotation was made by, as far as one here can be."""
        here, there = self._versions.get(a.tag, 1), self._theirs.get(a.tag)
        return here if there is not None and a.tag_version >= there else min(a.tag_version, here)

    def _adopts(self, header: Header) -> bool:
        """Whether this is another project's export and this project is a new one: then its codebook comes along."""
        return (
            bool(header.project_id and header.codebook.tags)
            and not self.added
            and self._codebook == starter_codebook() != header.codebook
            and not self._connection.value("SELECT EXISTS (SELECT 1 FROM main.statement)")
        )

    def _record(self, record: Record) -> str | Problem:
        self._loose = record.loose
        if record.loose and self._called:
            record = self._as_called(record)
        if record.withheld:
            return self._attach(record)
        if record.loose and (there_is := self._with_this_text(record)) is not None:
            return self._attached_to(StatementId(there_is), record.text, f"statement {short(there_is)}", record)
        outcome = NEW
        identifier = record.statement.id
        if not identifier:
            same = self._duplicate(record)
            if same is not None:
                return same
        elif self._staged("id", identifier):
            raise AnnotatorError(f"The statement {identifier} occurs twice in what is imported.")
        elif (there := self._existing(identifier)) is not None:
            settled = self._settle(record, there)
            if isinstance(settled, (str, Problem)):
                return settled
            outcome, record = settled
        elif not record.annotations and (same := self._duplicate(record, ("main.statement",))) is not None:
            # From another project, and nothing would be lost: its text is here under another id.
            return same
        self._write(*self._checked(record), record)
        self.added += 1
        return outcome

    def _with_this_text(self, record: Record) -> str | None:
        """The statement, of the project or of this import, that has this text: what others coded comes to it."""
        if self._duplicates == "keep" and not record.statement.id:
            return None
        text = digest(record.text)
        found = self._connection.value(
            "SELECT id FROM main.statement WHERE text_sha256 = ? ORDER BY id <> ?, id LIMIT 1",
            (text, record.statement.id),
        )
        if found is None:
            staged = [row["id"] for row in self._staged("text_sha256", text, "id")]
            found = min(staged, key=lambda each: (each != record.statement.id, each), default=None)
        return str(found) if found else None

    def _duplicate(self, record: Record, places: Sequence[str] = ("main.statement", "new_statement")) -> str | None:
        """What the record repeats: a known file, or the text of another source; None when it is new."""
        source, text = record.statement.source, record.statement.text_sha256
        # What is staged was written ahead, so that a text which is not kept belongs to no statement here or there.
        if not self._dry and not self._connection.value("SELECT 1 FROM content WHERE sha256 = ?", (text,)):
            return None
        for place in places:
            if place == "main.statement":
                rows = self._connection.all(f"SELECT source_sha256 FROM {place} WHERE text_sha256 = ?", (text,))
            else:
                rows = self._staged("text_sha256", text, "source_sha256")
            if any(source is not None and row[0] == source.sha256 for row in rows):
                return KNOWN
            if rows and self._duplicates != "keep":
                return SAME_TEXT
        return None

    def _staged(self, column: str, value: str, wanted: str = "1") -> list[Row]:
        """What the staged statements with this value have; the column is indexed when it is first asked for.

        Most imports never ask, and indexes of what comes in no order take longer than the rows.
        """
        self._connection.execute(f"CREATE INDEX IF NOT EXISTS temp.new_statement_{column} ON new_statement({column})")
        return self._connection.all(f"SELECT {wanted} FROM new_statement WHERE {column} = ?", (value,))

    def _settle(self, record: Record, there: Record) -> str | Problem | tuple[str, Record]:
        """Decide about a statement whose id the project has already."""
        name = f"statement {short(record.statement.id)}"
        if _comparable(record) == _comparable(there):
            return KNOWN
        if self._on_conflict == "keep":
            return KEPT
        if self._on_conflict == "copy":
            return COPIED, self._copied(record)
        if self._on_conflict == "replace":
            if any(self._elsewhere(a.id, record.statement.id) for a in record.annotations):
                return Problem(name, "has a passage whose id belongs to another statement of the project")
            self._replaced.append(record.statement.id)
            return REPLACED, record
        return Problem(name, "is in the project with other values; say --on-conflict keep, replace or copy")

    def _elsewhere(self, annotation: str, statement: str) -> bool:
        return bool(
            self._connection.value(
                "SELECT 1 FROM main.annotation WHERE id = ? AND statement <> ?", (annotation, statement)
            )
        )

    def _copied(self, record: Record) -> Record:
        identifier = StatementId(new_id())
        self._renamed[record.statement.id] = identifier
        annotations = []
        for a in record.annotations:
            made = AnnotationId(new_id())
            self._renamed[a.id] = made
            annotations.append(replace(a, id=made, statement=identifier, origin=a.id))
        return replace(record, statement=replace(record.statement, id=identifier), annotations=tuple(annotations))

    def _attach(self, record: Record) -> str | Problem:
        """Bring annotations to the statement of the project that has the text which their file withholds."""
        if not record.statement.text_sha256:
            return self._attach_by_words(record)
        wanted = record.statement
        place = f"statement {short(wanted.id)}"
        found = self._connection.one(
            "SELECT s.id, s.title, c.text FROM main.statement s JOIN content c ON c.sha256 = s.text_sha256"
            " WHERE s.text_sha256 = ? ORDER BY s.id <> ?, s.number LIMIT 1",
            (wanted.text_sha256, wanted.id),
        )
        if found is None:
            return Problem(place, "comes without its text, and no statement of the project has that text")
        text, statement = found["text"], StatementId(found["id"])
        if wanted.length != len(text):
            raise AnnotatorError(f"The length of {place} is {wanted.length}, but its text has {len(text)} characters.")
        return self._attached_to(statement, text, place, record)

    def _attach_by_words(self, record: Record) -> str | Problem:
        """Bring annotations to the statement that their file names, to the places where their words are."""
        wanted = record.statement
        name = wanted.title or wanted.url or (wanted.source.name if wanted.source else "") or wanted.id
        place = f"statement “{one_line(name)[:80]}”"
        found = self._named(wanted)
        if isinstance(found, str):
            return Problem(place, found)
        text, statement = found["text"], StatementId(found["id"])
        placed, lost = [], []
        for a in record.annotations:
            span = Anchor(Span(a.start, a.end), a.quote, a.prefix, a.suffix).find(text)
            if span is None:
                lost.append(a)
            else:
                placed.append(replace(a, start=span.start, end=span.end))
        self._not_found.extend(
            Problem(place, f"does not have the words “{one_line(a.quote)[:60]}” ({a.tag}); they were left out")
            for a in lost
        )
        if not placed:
            return KNOWN
        return self._attached_to(statement, text, place, replace(record, annotations=tuple(placed)))

    def _named(self, wanted: Statement) -> Row | str:
        """The one statement of the project that is called so, or why there is none."""
        for column, value in (
            ("s.id", wanted.id),
            ("s.url", wanted.url),
            ("s.source_name", wanted.source.name if wanted.source else ""),
            ("s.title", wanted.title),
        ):
            if not value:
                continue
            rows = self._connection.all(
                "SELECT s.id, c.text FROM main.statement s JOIN content c ON c.sha256 = s.text_sha256"
                f" WHERE {column} = ? LIMIT 2",
                (value,),
            )
            if len(rows) == 1:
                return rows[0]
            if rows:
                return "is not the only one of the project that is called so; its passages were left out"
        return "comes without its text, and the project has no statement that is called so"

    def _attached_to(self, statement: StatementId, text: str, place: str, record: Record) -> str | Problem:
        self._connection.execute("CREATE INDEX IF NOT EXISTS temp.new_annotation_of ON new_annotation(statement)")
        rows = self._connection.all(
            "SELECT * FROM main.annotation WHERE statement = ?1"
            " UNION ALL SELECT * FROM new_annotation WHERE statement = ?1",
            (statement,),
        )
        there = {a.id: a for a in map(annotation_of, rows)}
        said = {(a.tag, a.coder, a.start, a.end): a.id for a in there.values()}
        new = []
        for a in record.annotations:
            if record.loose and a.id in there:
                continue
            if record.loose and (same := said.get((a.tag, a.coder, a.start, a.end))):
                self._renamed[a.id] = same  # what another program may have renamed is here already
                continue
            if self._elsewhere(a.id, statement):
                return Problem(
                    place, f"has the passage {short(a.id)}, which belongs to another statement of the project"
                )
            made = self._quoted(self._typed(a) if record.loose else a, text, statement, place)
            if (known := there.get(a.id)) is None:
                new.append(made)
            elif annotation_row(replace(known, attributes=_all_anchored(known, text))) != annotation_row(made):
                return Problem(place, f"has the passage {short(a.id)}, which is in the project with other values")
        for a in new:
            self._insert("annotation", ANNOTATION_COLUMNS, annotation_row(a))
        for progress in record.progress:
            twice = self._connection.value(
                "SELECT 1 FROM new_progress WHERE statement = ? AND coder = ?", (statement, progress.coder)
            )
            if progress.coder in self._coders_known and not twice:
                self._insert("progress", ("statement", "coder", "status"), (statement, progress.coder, progress.status))
        self._attached = True
        return ATTACHED if new else KNOWN

    def _quoted(self, a: Annotation, text: str, statement: StatementId, place: str) -> Annotation:
        """The annotation with its words, and those of its values, cut from the text."""
        try:
            attributes = _all_anchored(a, text)
            anchor = Anchor.at(text, Span(a.start, a.end))
        except AnnotatorError as error:
            raise AnnotatorError(f"In passage {short(a.id)} of {place}: {error}.") from None
        return self._checked_annotation(replace(a, quote=anchor.quote, attributes=attributes), text, statement, place)

    def _checked(self, record: Record) -> tuple[Statement, list[Annotation]]:
        """The record's statement and annotations, complete, if text, hash, quotes and references agree.

        Raises ``AnnotatorError`` with the place where they do not.
        """
        statement, text = record.statement, record.text
        place = f"statement {short(statement.id)} ({statement.title[:40]})"
        if not is_canonical(text):
            raise AnnotatorError(f"The text of {place} holds characters that no stored text may hold.")
        sha256 = digest(text)
        if statement.text_sha256 and statement.text_sha256 != sha256:
            raise AnnotatorError(f"The text of {place} does not match its text_sha256.")
        for part in record.ranges:
            try:
                Span(part.start, part.end).check(len(text))
            except AnnotatorError as error:
                raise AnnotatorError(f"In {place}, the range “{part.role}”: {error}.") from None
        source = statement.source
        if source is not None and not is_canonical(source.name):  # the name of a file may be no text
            source = replace(source, name=clean(source.name))
        complete = changed(
            statement,
            source=source,
            id=statement.id or StatementId(new_id()),
            previous=StatementId(self._renamed.get(statement.previous, statement.previous))
            if statement.previous
            else None,
            text_sha256=sha256,
            length=len(text),
            imported_at=statement.imported_at or now(),
            imported_by=statement.imported_by if statement.imported_by in self._coders_known else self._coder.id,
        )
        annotations = map(self._typed, record.annotations) if record.loose else record.annotations
        return complete, [self._checked_annotation(a, text, complete.id, place) for a in annotations]

    def _typed(self, a: Annotation) -> Annotation:
        """The annotation with its texts read as values of the types that the codebook gives its attributes.

        A text that is no value of its type stays a text, and ``check`` mentions it: nothing is lost.
        """
        if a.tag not in self._codebook:
            return a
        tag, attributes = self._codebook.tag(a.tag), dict(a.attributes)
        for name, values in a.attributes.items():
            attribute = tag.attribute(name)
            if attribute is None or any(set(value) - {"value", "anchor"} for value in values):
                continue
            with suppress(AnnotatorError):
                text = "; ".join(str(value["value"]) for value in values)
                attributes[name] = parse_value(attribute, text, self._actor_called)
        return replace(a, attributes=attributes)

    def _actor_called(self, name: str) -> str:
        """The actor of that name or alias, of the project or of this import, or one that is made now."""
        folded = fold(name.strip())
        for table in ("new_actor", "main.actor"):
            found = self._connection.value(
                f"SELECT coalesce(merged_into, id) FROM {table} WHERE fold(name) = ?1 OR EXISTS"
                " (SELECT 1 FROM json_each(aliases) WHERE fold(value) = ?1) ORDER BY merged_into IS NOT NULL, id",
                (folded,),
            )
            if found:
                return str(found)
        actor = Actor(ActorId(new_id()), clean(name.strip()))
        self._actors_known.add(actor.id)
        self._insert("actor", ACTOR_COLUMNS, actor_row(actor))
        return actor.id

    def _checked_annotation(self, a: Annotation, text: str, statement: StatementId, place: str) -> Annotation:
        where = f"passage {short(a.id)} of {place}"
        try:
            anchor = Anchor.at(text, Span(a.start, a.end))
        except AnnotatorError as error:
            raise AnnotatorError(f"In {where}: {error}.") from None
        if a.quote != anchor.quote:
            raise AnnotatorError(f"The quote of {where} is not its slice of the text.")
        if a.tag not in self._codebook:
            raise AnnotatorError(f"In {where}: the tag “{a.tag}” is not in the codebook.")
        if a.coder not in self._coders_known:
            raise AnnotatorError(f"In {where}: the coder {a.coder} is not known.")
        if a.id and (
            self._connection.value("SELECT 1 FROM new_annotation WHERE id = ?", (a.id,))
            or self._elsewhere(a.id, statement)
        ):
            raise AnnotatorError(f"The id of {where} is used twice.")
        for name, values in a.attributes.items():
            check_values(name, values)
            for value in values:
                if "actor" in value and value["actor"] not in self._actors_known:
                    raise AnnotatorError(f"In {where}: attribute “{name}” names the unknown actor {value['actor']}.")
        return replace(
            a,
            tag_version=self._version_of(a),
            statement=statement,
            prefix=anchor.prefix,
            suffix=anchor.suffix,
            id=a.id or AnnotationId(new_id()),
        )

    # -- writing ahead ----------------------------------------------------------------

    def _write(self, statement: Statement, annotations: list[Annotation], record: Record) -> None:
        connection = self._connection
        if not self._dry:
            self._write_ahead(statement, record)
        self._number += 1
        self._insert("statement", STATEMENT_COLUMNS, statement_row(statement, self._number))
        for part in dict.fromkeys(record.ranges):
            self._insert(
                "statement_range",
                ("statement", "start", "end", "role"),
                (statement.id, part.start, part.end, part.role),
            )
        for progress in record.progress:
            if progress.coder in self._coders_known:
                self._insert(
                    "progress", ("statement", "coder", "status"), (statement.id, progress.coder, progress.status)
                )
        if annotations:
            connection.executemany(insert_sql("new_annotation", ANNOTATION_COLUMNS), map(annotation_row, annotations))

    def _write_ahead(self, statement: Statement, record: Record) -> None:
        """What nobody sees until a statement refers to it: the text, its source and its index entries."""
        connection, source = self._connection, statement.source
        if number := keep_text(connection, statement.text_sha256, record.text):
            self._texts.append((number, fold(record.text)))
            self._waiting += len(record.text)
        if source is not None:
            write_source(connection, source.sha256, source.size, statement.text_sha256, record.data)
        if self._number >= self._reserved:
            self._reserve()
        names = (statement.title, statement.issuer, statement.outlet)
        self._titles.append((self._number + 1, *map(fold, names)))
        if not self.alone or self._waiting > _INDEXED_AT_ONCE or len(self._titles) >= 1000:
            self._index()

    def _index(self) -> None:
        """Make what was written ahead findable: many texts at once go in in three quarters of the time."""
        search.index_texts(self._connection, self._texts)
        search.insert_many_metadata(self._connection, self._titles)
        self._texts.clear()
        self._titles.clear()
        self._waiting = 0

    def _reserve(self) -> None:
        """Numbers for the next statements, so that their index entries can be written before them."""
        self._number = (
            self._connection.value("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'statement'") or 0
        )
        self._reserved = self._number + 1000
        updated = self._connection.execute(
            "UPDATE sqlite_sequence SET seq = ? WHERE name = 'statement'", (self._reserved,)
        )
        if not updated.rowcount:
            self._connection.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES ('statement', ?)", (self._reserved,)
            )

    def _link(self, link: Link) -> str | Problem:
        ends = []
        for end in (link.source, link.target):
            end = AnnotationId(self._renamed.get(end, end))
            if not self._connection.value(
                "SELECT EXISTS (SELECT 1 FROM new_annotation WHERE id = ?1)"
                " OR EXISTS (SELECT 1 FROM annotation WHERE id = ?1)",
                (end,),
            ):
                return Problem(f"link {short(link.id)}", f"refers to the passage {short(end)}, which is not there")
            ends.append(end)
        if self._loose and any(
            self._connection.value(
                f"SELECT 1 FROM {place} WHERE kind = ? AND source = ? AND target = ?", (link.kind, *ends)
            )
            for place in ("main.link", "new_link")
        ):
            return KNOWN
        for place in ("main.link", "new_link"):
            there = self._connection.one(f"SELECT kind, source, target FROM {place} WHERE id = ?", (link.id,))
            if there is None:
                continue
            if tuple(there) == (link.kind, *ends):
                return KNOWN
            if not self._renamed:
                return Problem(f"link {short(link.id)}", "is in the project with other values")
            link = replace(link, id=LinkId(new_id()))
        self._know_kind(LinkKind(link.kind, plain_label(link.kind)))  # a file may not say what its kinds mean
        self._insert("link", ("id", "kind", "source", "target"), (link.id, link.kind, *ends))
        return NEW

    def _insert(self, table: str, names: tuple[str, ...], values: Iterable[Any]) -> None:
        self._connection.execute(insert_sql(f"new_{table}", names), tuple(values))

    # -- the end ------------------------------------------------------------------------

    def has_news(self) -> bool:
        """Whether there is anything to publish."""
        return (
            self._adopted is not None
            or bool(self._new_kinds)
            or any(self._connection.value(f"SELECT 1 FROM new_{table} LIMIT 1") for table in _STAGED)
        )

    def commit_ahead(self) -> None:
        """End what is written ahead, before the step that publishes it."""
        self._end()

    def publish(self) -> None:
        """Within a step that opened after ``commit_ahead``: let the staged rows become the project's."""
        connection = self._connection
        if self._adopted is not None:
            self._adopt(self._adopted)
        if self._new_kinds:
            kinds = [kind for kind in (*self._kinds, *self._new_kinds) if not is_standard(kind.name)]
            connection.execute(
                "INSERT INTO main.setting (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (LINK_KINDS, dumps([kind_to_json(kind) for kind in kinds])),
            )
        if self._memo:
            connection.execute(
                "INSERT INTO main.setting (key, value) VALUES ('memo', ?) ON CONFLICT (key) DO NOTHING", (self._memo,)
            )
        links = self._delete_replaced()
        if not connection.value("SELECT 1 FROM coder WHERE id = ?", (self._coder.id,)) and self.added:
            connection.execute(
                "INSERT INTO main.coder (id, name, kind) VALUES (?, ?, ?)",
                (self._coder.id, self._coder.name, self._coder.kind),
            )
            connection.execute("DELETE FROM new_coder WHERE id = ?", (self._coder.id,))
        if self._attached:
            self._drop_what_lost_its_place()
        for table in _STAGED:
            listed = ", ".join(f'"{r["name"]}"' for r in connection.all(f'PRAGMA main.table_info("{table}")'))
            connection.execute(f"INSERT INTO main.{table} ({listed}) SELECT {listed} FROM new_{table} ORDER BY rowid")
        for link in links:  # what led to a passage that came back with its statement leads there again
            connection.execute(
                "INSERT INTO main.link (id, kind, source, target) SELECT ?1, ?2, ?3, ?4"
                " WHERE EXISTS (SELECT 1 FROM main.annotation WHERE id = ?3)"
                " AND EXISTS (SELECT 1 FROM main.annotation WHERE id = ?4)"
                " AND NOT EXISTS (SELECT 1 FROM main.link WHERE id = ?1)",
                tuple(link),
            )
        # An export of a few statements may name an older version that it does not carry.
        connection.execute(
            "UPDATE main.statement SET previous = NULL WHERE id IN (SELECT id FROM new_statement"
            " WHERE previous IS NOT NULL) AND previous NOT IN (SELECT id FROM main.statement)"
        )
        if not self._went_back:  # else what it wrote ahead is still to be swept
            connection.execute("DELETE FROM local WHERE key = 'intake'")

    def _drop_what_lost_its_place(self) -> None:
        """Beside the import, statements may have gone that passages were to come to, and statuses may have been set."""
        connection = self._connection
        connection.execute(
            "DELETE FROM new_annotation WHERE statement NOT IN (SELECT id FROM main.statement)"
            " AND statement NOT IN (SELECT id FROM new_statement)"
        )
        connection.execute(
            "DELETE FROM new_link WHERE (source NOT IN (SELECT id FROM main.annotation)"
            " AND source NOT IN (SELECT id FROM new_annotation)) OR (target NOT IN (SELECT id FROM main.annotation)"
            " AND target NOT IN (SELECT id FROM new_annotation))"
        )
        connection.execute(
            "DELETE FROM new_progress WHERE (statement NOT IN (SELECT id FROM main.statement)"
            " AND statement NOT IN (SELECT id FROM new_statement)) OR EXISTS (SELECT 1 FROM main.progress p"
            " WHERE p.statement = new_progress.statement AND p.coder = new_progress.coder)"
        )

    def _delete_replaced(self) -> list[Row]:
        """Remove the statements that come in another shape; returns the links that lead to and from them."""
        links: dict[str, Row] = {}
        for statement in self._replaced:
            for link in self._connection.all(
                "SELECT id, kind, source, target FROM main.link WHERE"
                " source IN (SELECT id FROM main.annotation WHERE statement = ?1)"
                " OR target IN (SELECT id FROM main.annotation WHERE statement = ?1)",
                (statement,),
            ):
                links[link["id"]] = link
            delete_statement(self._connection, statement)
        return list(links.values())

    def _adopt(self, codebook: Codebook) -> None:
        """Let a codebook take the place of the one that no statement was tagged with yet."""
        connection = self._connection
        names = {row[0] for row in connection.all("SELECT name FROM main.tag")}
        for name in names - {tag.name for tag in codebook}:
            connection.execute("DELETE FROM main.tag WHERE name = ?", (name,))
        for position, tag in enumerate(codebook):
            connection.execute(
                "INSERT INTO main.tag (name, position, definition) VALUES (?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET position = excluded.position, definition = excluded.definition",
                tag_row(position, tag),
            )
        connection.execute(
            "UPDATE main.setting SET value = ? WHERE key = 'codebook_rules'", (dumps(list(codebook.rules)),)
        )

    def discard(self) -> None:
        """Forget what was staged, and sweep what was written ahead."""
        self._connection.roll_back()
        self._began = None
        self._connection.execute("PRAGMA secure_delete = ON")
        for table in _STAGED:
            self._connection.execute(f"DROP TABLE IF EXISTS temp.new_{table}")
        if not self._dry:
            sweep(self._connection, self._slice)


def sweep(connection: Connection, slice_seconds: float = 0.015) -> bool:
    """Remove what an import wrote ahead and no statement nor ledger row refers to, in short transactions.

    Returns whether there was an import that did not end.
    """
    mark = connection.value("SELECT value FROM local WHERE key = 'intake'")
    if mark is None:
        return False
    number, step = (int(part) for part in mark.split())
    referred = _hashes(connection, "text_sha256", step)
    while True:
        with connection.transaction():
            began = time.monotonic()
            while time.monotonic() - began < slice_seconds:
                row = connection.one(
                    "SELECT number, sha256, text FROM content WHERE number > ? ORDER BY number LIMIT 1", (number,)
                )
                if row is None:
                    connection.execute(
                        "DELETE FROM source WHERE sha256 NOT IN (SELECT source_sha256 FROM statement"
                        " WHERE source_sha256 IS NOT NULL) AND sha256 NOT IN (SELECT coalesce("
                        "coalesce(before, after) ->> 'source_sha256', '') FROM change"
                        " WHERE \"table\" = 'statement')"
                    )
                    search.sweep_metadata(connection)
                    connection.execute("DELETE FROM local WHERE key = 'intake'")
                    return True
                number = row["number"]
                if row["sha256"] not in referred and not connection.value(
                    "SELECT EXISTS (SELECT 1 FROM statement WHERE text_sha256 = ?)", (row["sha256"],)
                ):
                    search.unindex_text(connection, number, row["text"])
                    connection.execute("DELETE FROM content WHERE number = ?", (number,))


def _hashes(connection: Connection, name: str, after_step: int) -> set[str]:
    """The hashes that statements have, or had before or after one of the steps that came after that one.

    What was written ahead cannot have been referred to by an earlier step.
    """
    rows = connection.all(
        "SELECT before ->> :path, after ->> :path FROM change WHERE step > :step AND \"table\" = 'statement'",
        {"path": f"$.{name}", "step": after_step},
    )
    return {sha256 for row in rows for sha256 in row if sha256}


# -- rows ---------------------------------------------------------------------------------


def write_content(connection: Connection, sha256: str, text: str) -> None:
    """Keep a text and make it findable, unless it is there already."""
    if number := keep_text(connection, sha256, text):
        search.index_texts(connection, [(number, fold(text))])


def keep_text(connection: Connection, sha256: str, text: str) -> int:
    """Keep a text that is to be indexed under the number that this returns; 0 when it is there already."""
    cursor = connection.execute("INSERT OR IGNORE INTO content (sha256, text) VALUES (?, ?)", (sha256, text))
    return cursor.lastrowid or 0 if cursor.rowcount else 0


def write_source(connection: Connection, sha256: str, size: int, text_sha256: str, data: bytes | None) -> None:
    """Keep imported bytes, compressed; a source whose bytes were missing gets them.

    Bytes that are the text itself, in UTF-8, are kept as the text alone: the hashes say so.
    """
    packed = None
    if data is not None and sha256 != text_sha256:
        packed = zlib.compress(data, 1 if len(data) > _TOO_SMALL else 0)
    connection.execute(
        "INSERT INTO source (sha256, size, data) VALUES (?, ?, ?) ON CONFLICT (sha256)"
        " DO UPDATE SET data = coalesce(source.data, excluded.data)",
        (sha256, size, packed),
    )


def delete_statement(connection: Connection, statement: str) -> None:
    """Within a step: remove a statement and all that hangs on it; its text stays for undo.

    A corrected version of it stays, and is no longer the version of anything.
    """
    connection.execute("UPDATE main.statement SET previous = NULL WHERE previous = ?", (statement,))
    connection.execute(
        "DELETE FROM main.link WHERE source IN (SELECT id FROM main.annotation WHERE statement = ?1)"
        " OR target IN (SELECT id FROM main.annotation WHERE statement = ?1)",
        (statement,),
    )
    for table in ("annotation", "statement_range", "progress"):
        connection.execute(f"DELETE FROM main.{table} WHERE statement = ?", (statement,))
    connection.execute("DELETE FROM main.statement WHERE id = ?", (statement,))


def _all_anchored(a: Annotation, text: str) -> dict[str, list[dict[str, Any]]]:
    return {name: [_anchored(value, text) for value in values] for name, values in a.attributes.items()}


def _anchored(value: Mapping[str, Any], text: str) -> dict[str, Any]:
    """A value whose anchor, if there is one, has the words that the text has there."""
    anchor = value.get("anchor")
    if anchor is None:
        return dict(value)
    found = Anchor.at(text, Span(anchor["start"], anchor["end"]))
    words = {"quote": found.quote, "prefix": found.prefix, "suffix": found.suffix}
    return {**value, "anchor": {"start": anchor["start"], "end": anchor["end"], **words}}


def _comparable(record: Record) -> tuple[Any, ...]:
    """What makes two records the same: all but when and by whom they were imported."""
    statement = replace(record.statement, imported_at="", imported_by=None, length=0)
    return (
        replace(statement, extra={}), dumps(statement.extra), record.text,
        tuple(dumps([getattr(a, n) for n in ANNOTATION_COLUMNS]) for a in record.annotations),
        tuple(sorted((r.start, r.end, r.role) for r in record.ranges)),
        tuple(sorted((p.coder, p.status) for p in record.progress)),
    )  # fmt: skip


__all__ = ["ATTACHED", "COPIED", "KEPT", "KNOWN", "NEW", "REPLACED", "SAME_TEXT", "Intake", "delete_statement", "sweep"]
