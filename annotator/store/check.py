"""Everything that a project promises of itself, verified: hashes, quotes, references and the chain of steps."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from heapq import merge
from itertools import groupby
from operator import itemgetter

from annotator.core.codebook import check_values
from annotator.core.errors import AnnotatorError
from annotator.core.model import short
from annotator.core.text import digest
from annotator.store import ledger, schema
from annotator.store.driver import Connection, Row
from annotator.store.reads import Reads

ERROR, REMARK = "error", "remark"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: an ``error`` contradicts what the project promises, a ``remark`` is only worth knowing."""

    kind: str
    place: str
    text: str


def check(reads: Reads, connection: Connection) -> Iterator[Finding | int]:
    """Findings, and between them how many statements were checked so far."""
    found = connection.value("PRAGMA integrity_check(20)")
    if found != "ok":
        yield Finding(ERROR, "file", f"the pages of the file are damaged: {found}")
    for row in connection.all("PRAGMA foreign_key_check"):
        yield Finding(ERROR, f"table {row['table']}", f"refers to a {row['parent']} that is not there")
    for sentence in ledger.broken_links(connection):
        yield Finding(ERROR, "ledger", sentence)
    for table in schema.LOGGED:
        yield from _unlogged(connection, table)
    try:
        tags = {tag.name: tag for tag in reads.codebook}
    except AnnotatorError as error:
        yield Finding(ERROR, "codebook", str(error))
        tags = {}
    yield from _sources(connection)
    yield from _unfindable(connection)
    actors = {actor.id for actor in reads.actors()}
    for done, record in enumerate(reads.records(), 1):
        place = f"statement {short(record.statement.id)}"
        if digest(record.text) != record.statement.text_sha256 or len(record.text) != record.statement.length:
            yield Finding(ERROR, place, "the text does not match its hash")
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
            if a.tag not in tags:
                yield Finding(ERROR, where, f"the tag {a.tag} is not in the codebook")
            for name, values in a.attributes.items():
                try:
                    check_values(name, values, tags[a.tag].attribute(name) if a.tag in tags else None)
                except AnnotatorError as error:
                    yield Finding(REMARK, where, str(error))
                for value in values:
                    if isinstance(value, dict) and "actor" in value and value["actor"] not in actors:
                        yield Finding(ERROR, where, f"attribute {name} names an unknown actor")
            before = last.get((a.tag, a.coder))
            if before is not None and a.start < before[0] and tags.get(a.tag) and tags[a.tag].overlap == "refuse":
                yield Finding(REMARK, where, f"overlaps passage {short(before[1])} of the same tag and coder")
            if before is None or a.end > before[0]:
                last[(a.tag, a.coder)] = (a.end, a.id)
        yield done


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
        if last is not None and last["purged"]:
            continue
        if not ledger.same(last["value"] if last else None, there["value"] if there else None):
            what = "was made by no step" if last is None else "is not as the last step left it"
            yield Finding(ERROR, f"{table} {key if len(schema.LOGGED[table]) > 1 else short(key)}", what)


def _unfindable(connection: Connection) -> Iterator[Finding]:
    """Statements that a search for words of their text would miss."""
    if connection.value("PRAGMA user_version") > 1 and (
        missing := connection.value(
            "SELECT count(*) FROM statement s JOIN content c ON c.sha256 = s.text_sha256"
            " LEFT JOIN text_of t ON t.statement = s.number WHERE t.content IS NOT c.number"
        )
    ):
        yield Finding(ERROR, "search", f"{missing} statements cannot be found by the words of their texts")


def _sources(connection: Connection) -> Iterator[Finding]:
    key = ""
    while True:
        rows = connection.all(
            "SELECT sha256, size, data, EXISTS (SELECT 1 FROM content c WHERE c.sha256 = source.sha256) AS is_text"
            " FROM source WHERE sha256 > ? ORDER BY sha256 LIMIT 100",
            (key,),
        )
        if not rows:
            break
        key = rows[-1]["sha256"]
        for row in rows:
            place = f"source {row['sha256'][:8]}"
            if row["data"] is None and row["is_text"]:
                continue  # the bytes are the text, which is checked with its statement
            if row["data"] is None:
                yield Finding(REMARK, place, "the imported bytes are not in the project")
                continue
            try:
                data = zlib.decompress(row["data"])
            except zlib.error:
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
