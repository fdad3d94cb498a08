"""Everything that a project promises of itself, verified: hashes, quotes, references and the chain of steps."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from annotator.core.actors import checked_color, checked_type, checked_wikidata
from annotator.core.codebook import check_values
from annotator.core.codebook_rules import check_tag
from annotator.core.errors import AnnotatorError, Damaged, Newer
from annotator.core.exchange import Record
from annotator.core.model import Annotation, AnnotationId, Tag, short
from annotator.core.text import digest
from annotator.core.values import dataclass
from annotator.store import derived, ledger, newer, schema
from annotator.store.driver import Connection, Row
from annotator.store.reads import Reads
from annotator.store.starter import actor_types

ERROR, REMARK = "error", "remark"


T = TypeVar("T")

#: What a value raises that is of another kind than any that this program writes: SQLite keeps any in any column.
_WRONG_KIND = (TypeError, ValueError, KeyError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: an ``error`` contradicts what the project promises, a ``remark`` is only worth knowing."""

    kind: str
    place: str
    text: str


def check(reads: Reads, connection: Connection) -> Iterator[Finding | int]:
    """Findings, and between them how many statements were checked so far.

    The connection is to a private copy. What cannot be read is a finding too, and the rest is checked all the same.
    """
    yield from _guarded("file", _pages(connection))
    yield from _guarded("schema", _schema(connection))
    yield from _guarded("ledger", _ledger(connection))
    for table in schema.LOGGED:
        yield from _guarded(f"table {table}", _unlogged(connection, table))
    yield from _guarded("texts", _texts(connection))
    yield from _guarded("sources", _sources(connection))
    yield from _guarded("search", _unfindable(connection))
    yield from _guarded("actors", _actors(reads))
    yield from _guarded("links", _links(reads, connection))
    yield from _guarded("codebook", _codebook(reads))
    yield from _guarded("search", (Finding(ERROR, *found) for found in derived.contradictions(connection)))
    yield from _guarded("statements", _statements(reads, connection))


def _guarded(place: str, findings: Iterator[T]) -> Iterator[T | Finding]:
    """The findings; when damage ends them, that is one more."""
    try:
        yield from findings
    except Damaged as error:
        yield Finding(ERROR, place, f"cannot be checked further: {error}")
    except _WRONG_KIND as error:
        yield Finding(ERROR, place, f"cannot be checked further: a value is of a wrong kind ({type(error).__name__})")


def _pages(connection: Connection) -> Iterator[Finding]:
    for row in connection.all("PRAGMA integrity_check(20)"):
        if row[0] != "ok":
            yield Finding(ERROR, "file", f"the pages of the file are damaged: {' '.join(str(row[0]).split())}")
    for row in connection.all("PRAGMA foreign_key_check"):
        yield Finding(ERROR, f"table {row['table']}", f"refers to a {row['parent']} that is not there")


def _schema(connection: Connection) -> Iterator[Finding]:
    try:
        schema.verify(connection)
    except Newer:
        newer.require_known(connection)
        text = "is newer than this program, which checks only what it knows; check it with the program that made it"
        yield Finding(REMARK, "schema", text)
    except AnnotatorError as error:
        yield Finding(ERROR, "schema", str(error))


def _ledger(connection: Connection) -> Iterator[Finding]:
    for sentence in ledger.broken_links(connection):
        yield Finding(ERROR, "ledger", sentence)
    for row in connection.all("SELECT step, count(*) AS n FROM change WHERE salt IS NULL GROUP BY step ORDER BY step"):
        yield Finding(REMARK, f"step {row['step']}", f"the values of {row['n']} of its changes were deleted for good")
    for row in connection.all(
        'SELECT c.step, c."table", c.row FROM change c WHERE c.salt IS NULL AND CASE WHEN c.statement IS NULL'
        # Of tags, too, some values go: those that quote a passage.
        " THEN c.\"table\" <> 'tag' ELSE EXISTS (SELECT 1 FROM change e"
        " WHERE e.statement = c.statement AND e.number < c.number AND e.salt IS NOT NULL) END ORDER BY c.number"
    ):
        text = f"the values of the change of {row['table']} {row['row']} are gone, and no deleting for good took them"
        yield Finding(ERROR, f"step {row['step']}", text)
    for row in connection.all(
        "SELECT number FROM step WHERE coder IS NOT NULL AND coder NOT IN (SELECT id FROM coder) ORDER BY number"
    ):
        yield Finding(REMARK, f"step {row['number']}", "was made by a coder whom the project does not name")
    # Which statement a change belongs to is in no hash, so that it has to follow from the change.
    for row in connection.all(
        'SELECT c.step, c."table", c.row FROM change c LEFT JOIN (SELECT DISTINCT row, statement FROM change'
        " WHERE \"table\" = 'annotation') a"
        " ON c.\"table\" = 'link' AND a.row = coalesce(c.after, c.before) ->> 'source'"
        # A link that comes back before its passages do is listed with none.
        " WHERE c.salt IS NOT NULL AND NOT (c.\"table\" = 'link' AND c.statement IS NULL)"
        " AND c.statement IS NOT CASE c.\"table\" WHEN 'statement' THEN c.row"
        " WHEN 'link' THEN a.statement ELSE coalesce(c.after, c.before) ->> 'statement' END ORDER BY c.number"
    ):
        yield Finding(
            ERROR, f"step {row['step']}", f"the change of {row['table']} {row['row']} is listed with another statement"
        )


def _texts(connection: Connection) -> Iterator[Finding]:
    """Every text, also those of deleted statements, which undo may need."""
    for row in connection.rows("SELECT sha256, text FROM content ORDER BY number"):
        if isinstance(row["text"], str) and digest(row["text"]) == row["sha256"]:
            continue
        named = connection.all("SELECT id FROM statement WHERE text_sha256 = ? ORDER BY id", (row["sha256"],))
        for place in [f"statement {short(s['id'])}" for s in named] or [f"text {str(row['sha256'])[:8]}"]:
            yield Finding(ERROR, place, "the text does not match its hash")


def _actors(reads: Reads) -> Iterator[Finding]:
    """Actors that were merged into one another in a circle are nobody in the end."""
    into = {actor.id: actor.merged_into for actor in reads.actors()}
    for actor in into:
        seen, there = {actor}, into[actor]
        while there is not None and there not in seen:
            seen.add(there)
            there = into.get(there)
        if there == actor:
            yield Finding(ERROR, f"actor {short(actor)}", "was merged into itself by way of others")
    types = actor_types()
    for each in reads.actors():
        for check_field, value in (
            (lambda given: checked_type(given, types), each.type),
            (checked_color, each.color),
            (checked_wikidata, each.wikidata),
        ):
            try:
                check_field(value)
            except AnnotatorError as error:
                yield Finding(REMARK, f"actor {short(each.id)}", str(error))


def _links(reads: Reads, connection: Connection) -> Iterator[Finding]:
    """Links of kinds that nobody defined, and passages that are linked with themselves."""
    known = {kind.name for kind in reads.link_kinds}
    for row in connection.all("SELECT kind, count(*) AS n FROM link GROUP BY kind ORDER BY kind"):
        if row["kind"] not in known:
            count = f"{row['n']} link{'s are' if row['n'] != 1 else ' is'}"
            yield Finding(REMARK, "links", f"{count} of the kind “{row['kind']}”, which the project does not define")
    for row in connection.all("SELECT id FROM link WHERE source = target ORDER BY id"):
        yield Finding(REMARK, f"link {short(row['id'])}", "leads from a passage to itself")


def _codebook(reads: Reads) -> Iterator[Finding]:
    """Tags that stand under none, keys taken twice, examples that are no passage of their tag."""
    codebook = reads.codebook
    for tag in codebook:
        place = f"tag {tag.name}"
        try:
            check_tag(codebook, tag)
        except AnnotatorError as error:
            yield Finding(REMARK, place, str(error))
        there = {a.id: a for a in reads.annotations_by_id(e.annotation for e in tag.examples if e.annotation)}
        for example in tag.examples:
            passage = there.get(AnnotationId(example.annotation))
            if example.annotation and passage is None:
                yield Finding(REMARK, place, f"quotes passage {short(example.annotation)}, which is not there")
            elif passage is not None and passage.quote != example.quote:
                yield Finding(REMARK, place, f"quotes passage {short(passage.id)} in other words than it has now")


def _statements(reads: Reads, connection: Connection) -> Iterator[Finding | int]:
    """Each statement with its ranges and passages; those that cannot be read are named."""
    try:
        tags: dict[str, Tag] = {tag.name: tag for tag in reads.codebook}
    except Damaged as error:
        yield Finding(ERROR, "codebook", str(error))
        tags = {}
    actors = {row["id"] for row in connection.all("SELECT id FROM actor")}
    done = 0
    for page in reads.id_pages():
        try:
            records = list(reads.records(by_id=page))
        except Damaged:
            records = []
            for identifier in page:
                try:
                    records += reads.records(by_id=[identifier])
                except Damaged as error:
                    yield Finding(ERROR, f"statement {short(identifier)}", f"cannot be read: {error}")
        for record in records:
            yield from _guarded(f"statement {short(record.statement.id)}", _statement(record, tags, actors))
            done += 1
            yield done
        done += len(page) - len(records)


def _statement(record: Record, tags: Mapping[str, Tag], actors: set[str]) -> Iterator[Finding]:
    place = f"statement {short(record.statement.id)}"
    if len(record.text) != record.statement.length:
        yield Finding(ERROR, place, "the text is not as long as is said")
    for part in record.ranges:
        if part.end > len(record.text):
            yield Finding(ERROR, place, f"the range {part.role} lies outside the text")
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for a in record.annotations:
        where = f"passage {short(a.id)} of {place}"
        if record.text[a.start : a.end] != a.quote:
            yield Finding(ERROR, where, "the quote is not its slice of the text")
        if not record.text[: a.start].endswith(a.prefix) or not record.text[a.end :].startswith(a.suffix):
            yield Finding(ERROR, where, "the context is not what stands around it")
        tag = tags.get(a.tag)
        if tag is None:
            yield Finding(ERROR, where, f"the tag {a.tag} is not in the codebook")
        elif a.tag_version > tag.version:
            yield Finding(
                REMARK, where, f"was tagged by version {a.tag_version} of {a.tag}, which has {tag.version} so far"
            )
        yield from _values(a, where, record.text, tag, actors)
        before = last.get((a.tag, a.coder))
        if before is not None and a.start < before[0] and tag is not None and tag.overlap == "refuse":
            yield Finding(REMARK, where, f"overlaps passage {short(before[1])} of the same tag and coder")
        if before is None or a.end > before[0]:
            last[(a.tag, a.coder)] = (a.end, a.id)


def _values(a: Annotation, where: str, text: str, tag: Tag | None, actors: set[str]) -> Iterator[Finding]:
    for name, values in a.attributes.items():
        attribute = tag.attribute(name) if tag is not None else None
        if tag is not None and attribute is None:
            yield Finding(REMARK, where, f"the codebook gives the tag {a.tag} no attribute {name}")
        try:
            check_values(name, values, attribute)
        except AnnotatorError as error:
            yield Finding(REMARK, where, str(error))
        for value in values if isinstance(values, list) else ():
            if not isinstance(value, dict):
                continue
            if "actor" in value and value["actor"] not in actors:
                yield Finding(ERROR, where, f"attribute {name} names an unknown actor")
            words = value.get("anchor")
            if words is not None and not _quotes(words, text):
                yield Finding(ERROR, where, f"the words that say {name} are not their slice of the text")


def _quotes(anchor: Any, text: str) -> bool:
    """Whether the words of a value stand where they are said to."""
    if not isinstance(anchor, dict):
        return False
    start, end = anchor.get("start"), anchor.get("end")
    return type(start) is int and type(end) is int and 0 <= start < end and text[start:end] == anchor.get("quote")


def _unlogged(connection: Connection, table: str) -> Iterator[Finding]:
    """Rows that are not as the last step that touched them left them."""
    names = schema.columns(connection, table)
    rows = connection.rows(
        f"SELECT {schema.row_key('', table)} AS row, {schema.row_json('', names)} AS value, 0 AS step, 0 AS purged"
        f" FROM {table} ORDER BY 1"
    )
    steps = connection.rows(
        'SELECT row, after AS value, max(number) AS step, salt IS NULL AS purged FROM change WHERE "table" = ?'
        " GROUP BY row ORDER BY 1",
        (table,),
    )
    for key, pair in groupby(merge(rows, steps, key=itemgetter("row")), key=itemgetter("row")):
        there: Row | None = None
        last: Row | None = None
        for found in pair:
            there, last = (there, found) if found["step"] else (found, last)
        place = f"{table} {key if len(schema.LOGGED[table]) > 1 else short(key)}"
        if last is not None and last["purged"]:
            if there is not None:
                # Deleting for good takes values of what is gone, so that something else took these.
                yield Finding(ERROR, place, "is there, although the values of its last change were deleted for good")
            continue
        if not ledger.same(last["value"] if last else None, there["value"] if there else None):
            what = "was made by no step" if last is None else "is not as the last step left it"
            yield Finding(ERROR, place, what)


def _unfindable(connection: Connection) -> Iterator[Finding]:
    """Statements that a search for words of their text would miss."""
    if connection.value("PRAGMA user_version") > 1 and (
        missing := connection.value(
            "SELECT count(*) FROM statement s JOIN content c ON c.sha256 = s.text_sha256"
            " LEFT JOIN text_of t ON t.statement = s.number WHERE t.content IS NOT c.number"
        )
    ):
        yield Finding(ERROR, "search", f"{missing} statements cannot be found by the words of their texts")


def unpacked(data: bytes, size: int) -> bytes:
    """The bytes of a source; no more than one beyond the size that it should have."""
    unpacking = zlib.decompressobj()
    found = unpacking.decompress(data, int(size) + 1)
    if not unpacking.eof and len(found) <= size:
        raise zlib.error("cut off")
    return found


def _sources(connection: Connection) -> Iterator[Finding]:
    key = ""
    while True:
        rows = connection.all(
            "SELECT sha256, size, data,"
            " (SELECT length(CAST(c.text AS BLOB)) FROM content c WHERE c.sha256 = source.sha256) AS length_of_text"
            " FROM source WHERE sha256 > ? ORDER BY sha256 LIMIT 100",
            (key,),
        )
        if not rows:
            break
        key = rows[-1]["sha256"]
        for row in rows:
            place = f"source {row['sha256'][:8]}"
            if row["data"] is None and row["length_of_text"] is not None:
                # The bytes are the text, which is checked with its statement.
                if row["size"] != row["length_of_text"]:
                    yield Finding(ERROR, place, "is not as long as is said")
                continue
            if row["data"] is None:
                yield Finding(REMARK, place, "the imported bytes are not in the project")
                continue
            try:
                data = unpacked(row["data"], row["size"])
            except (zlib.error, TypeError):
                yield Finding(ERROR, place, "the imported bytes cannot be unpacked")
                continue
            if sha256(data).hexdigest() != row["sha256"] or len(data) != row["size"]:
                yield Finding(ERROR, place, "the imported bytes do not match their hash")
    missing = connection.value(
        "SELECT count(*) FROM statement WHERE source_sha256 IS NOT NULL"
        " AND source_sha256 NOT IN (SELECT sha256 FROM source)"
    )
    if missing:
        yield Finding(REMARK, "sources", f"{missing} statements name a source whose bytes are not in the project")
