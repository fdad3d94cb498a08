"""What an evidence report tells of a statement, verified on the way: text, source, passages, links and every change."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from hashlib import sha256

from annotator.core.errors import Damaged
from annotator.core.exchange import Record
from annotator.core.history import Entry
from annotator.core.model import short
from annotator.core.report import Event, Evidence
from annotator.core.text import digest
from annotator.store.check import unpacked
from annotator.store.driver import Connection
from annotator.store.history import change_of
from annotator.store.ledger import change_digest, undone_sql
from annotator.store.rows import link_of


def evidence(connection: Connection, record: Record) -> Evidence:
    """All that the project knows of this statement; raises ``Damaged`` when any of it is not what it should be."""
    statement = record.statement
    place = f"Statement {short(statement.id)}"
    if digest(record.text) != statement.text_sha256 or len(record.text) != statement.length:
        raise Damaged(f"{place}: the text does not match its hash; run “check”. There is no report of what is damaged.")
    for a in record.annotations:
        if record.text[a.start : a.end] != a.quote:
            raise Damaged(f"{place}: passage {short(a.id)} does not quote its text; run “check”.")
    links = connection.all(
        "SELECT * FROM link WHERE source IN (SELECT id FROM annotation WHERE statement = ?1)"
        " OR target IN (SELECT id FROM annotation WHERE statement = ?1) ORDER BY id",
        (statement.id,),
    )
    return Evidence(
        record, tuple(_events(connection, statement.id)), tuple(map(link_of, links)), _source_kept(connection, record)
    )


def _source_kept(connection: Connection, record: Record) -> bool:
    """Whether the project has the imported bytes, which are verified then."""
    source = record.statement.source
    if source is None:
        return False
    if source.sha256 == record.statement.text_sha256:
        return True  # the bytes are the text
    row = connection.one("SELECT data, size FROM source WHERE sha256 = ?", (source.sha256,))
    if row is None or row["data"] is None:
        return connection.value("SELECT 1 FROM content WHERE sha256 = ?", (source.sha256,)) is not None
    try:
        sound = sha256(unpacked(row["data"], row["size"])).hexdigest() == source.sha256
    except (zlib.error, TypeError):
        sound = False
    if not sound:
        raise Damaged(f"Statement {short(record.statement.id)}: its source does not match its hash; run “check”.")
    return True


def _events(connection: Connection, statement: str) -> Iterator[Event]:
    """Every change of the statement and what hangs on it, from the first on; each is verified against its digest."""
    for row in connection.rows(
        'SELECT c.step, c."table", c.row, c.statement, c.before, c.after, c.salt, c.digest, s.id, s.at, s.label,'
        " s.undoes, s.hash, s.program, s.coder AS coder_id, k.name AS coder,"
        f" {undone_sql('s')} AS undone FROM change c JOIN step s ON s.number = c.step"
        " LEFT JOIN coder k ON k.id = s.coder WHERE c.statement = ? ORDER BY c.step, c.position",
        (statement,),
    ):
        if row["salt"] is not None and row["digest"] != change_digest(
            row["salt"], row["table"], row["row"], row["before"], row["after"]
        ):
            raise Damaged(f"Step {row['step']} was altered; run “check”. There is no report of what is damaged.")
        entry = Entry(
            row["id"], row["step"], row["at"], row["coder"], row["label"], bool(row["undone"]), row["undoes"],
            row["hash"], (change_of(row),), row["coder_id"], row["program"], 1,
        )  # fmt: skip
        yield Event(entry, row["digest"])
