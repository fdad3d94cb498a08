"""Whether what was derived from logged rows still says what they say: attribute values, names, day bounds, indexes."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.errors import Damaged
from annotator.core.model import short
from annotator.core.text import fold
from annotator.store.driver import Connection
from annotator.store.rows import day_bounds, statement_of
from annotator.store.search import phrase

#: How many rows of one kind are named before the rest is counted.
MOST = 50

#: The values that the attributes of annotations say, as text, in the columns of ``annotation_value``.
_SAID = """
SELECT annotation, name, position, CAST(text AS TEXT) AS text, fold(text) AS folded,
    CAST(json ->> 'actor' AS TEXT) AS actor, CAST(json ->> 'edtf' AS TEXT) AS edtf,
    CAST(json ->> 'min' AS TEXT) AS least, CAST(json ->> 'max' AS TEXT) AS most,
    CAST(lowest(json ->> 'edtf', json ->> 'min', json ->> 'max') AS TEXT),
    CAST(highest(json ->> 'edtf', json ->> 'min', json ->> 'max') AS TEXT)
FROM (
    SELECT annotation, name, position, json, coalesce(json ->> 'value', json ->> 'edtf', json ->> 'text') AS text
    FROM (
        SELECT n.id AS annotation, a.key AS name, v.key AS position,
            CASE v.type WHEN 'object' THEN v.value ELSE '{}' END AS json
        FROM annotation n,
            json_each(CASE WHEN json_valid(n.attributes) THEN n.attributes ELSE '{}' END) a,
            json_each(CASE a.type WHEN 'array' THEN a.value ELSE '[]' END) v
        WHERE n.attributes <> '{}'
    )
)
"""
_DERIVED = (
    "SELECT annotation, name, position, value, folded, actor, edtf, CAST(min AS TEXT), CAST(max AS TEXT),"
    " CAST(low AS TEXT), CAST(high AS TEXT) FROM annotation_value"
)
#: What a search looks at first in a text and last, in code points.
_ENDS = 160


def contradictions(connection: Connection) -> Iterator[tuple[str, str]]:
    """The place and a sentence for all that says something else than the rows it was made from."""
    for part in (_values, _days, _texts, _metadata, _names):
        try:
            yield from part(connection)
        except Damaged as error:
            yield "search", f"cannot be checked: {error}"


def _values(connection: Connection) -> Iterator[tuple[str, str]]:
    said, derived = _SAID, _DERIVED
    if not any(row["name"] == "low" for row in connection.all("PRAGMA table_info(annotation_value)")):
        # A file of an older schema, which is only read, has no bounds.
        derived = derived.replace("CAST(low AS TEXT), CAST(high AS TEXT)", "'', ''")
        said = f"SELECT annotation, name, position, text, folded, actor, edtf, least, most, '', '' FROM ({said})"
    rows = connection.all(
        f"SELECT DISTINCT annotation FROM (SELECT * FROM ({said} EXCEPT {derived})"
        f" UNION ALL SELECT * FROM ({derived} EXCEPT {said})) ORDER BY annotation"
    )
    for row in rows[:MOST]:
        yield f"passage {short(str(row[0]))}", "its values are searched for under others than it has"
    if len(rows) > MOST:
        yield "search", f"{len(rows) - MOST} more passages are searched for under other values than they have"


def _days(connection: Connection) -> Iterator[tuple[str, str]]:
    for row in connection.rows("SELECT * FROM statement ORDER BY id"):
        try:
            statement = statement_of(row)
        except Damaged:
            continue  # which is found where statements are read
        if (row["date_from"], row["date_to"]) != day_bounds(statement):
            yield f"statement {short(statement.id)}", "the days that it is searched for under are not those of its date"


def _texts(connection: Connection) -> Iterator[tuple[str, str]]:
    yield from _sound(connection, "content_search")
    missing = connection.all(
        "SELECT number FROM content WHERE number NOT IN (SELECT id FROM content_search_docsize) ORDER BY number"
    )
    gone = {row["number"] for row in missing}
    for row in connection.rows("SELECT number, sha256, text FROM content ORDER BY number"):
        text = str(row["text"])
        if row["number"] in gone or not all(_finds(connection, row["number"], part) for part in _ends(text)):
            yield _of_text(connection, row["sha256"]), "cannot be found by the words of its text"


def _ends(text: str) -> Iterator[str]:
    """The first and last words of a text, cut between words."""
    if len(text) <= _ENDS:
        yield text
        return
    first, last = text[:_ENDS], text[-_ENDS:]
    # Inside a word, the index would see another word than the text has.
    yield first.rsplit(None, 1)[0] if len(first.split()) > 1 else ""
    yield last.split(None, 1)[1] if len(last.split()) > 1 else ""


def _finds(connection: Connection, number: int, words: str) -> bool:
    expression = phrase(fold(words))
    if not expression:
        return True
    return bool(
        connection.value(
            "SELECT EXISTS (SELECT 1 FROM content_search WHERE content_search MATCH ? AND rowid = ?)",
            (expression, number),
        )
    )


def _of_text(connection: Connection, sha256: str) -> str:
    """The statement that has this text; one that none has is known by its hash."""
    statement = connection.value("SELECT id FROM statement WHERE text_sha256 = ?", (sha256,))
    return f"statement {short(statement)}" if statement else f"text {str(sha256)[:8]}"


def _metadata(connection: Connection) -> Iterator[tuple[str, str]]:
    yield from _sound(connection, "statement_search")
    rows = connection.rows(
        "SELECT s.id FROM statement s LEFT JOIN statement_search f ON f.rowid = s.number WHERE f.title IS NOT"
        " fold(s.title) OR f.issuer IS NOT fold(s.issuer) OR f.outlet IS NOT fold(s.outlet) ORDER BY s.id"
    )
    for row in rows:
        yield f"statement {short(row['id'])}", "its title, issuer or outlet is searched for under other words"


def _names(connection: Connection) -> Iterator[tuple[str, str]]:
    """Actors who are looked up by other names than they have; a file of an older schema looks all of them through."""
    if not connection.all("PRAGMA table_info(actor_name)"):
        return
    said = (
        "SELECT a.id, j.value ->> 0, j.value ->> 1, j.value ->> 2"
        " FROM actor a, json_each(beginnings(a.name, a.aliases)) j"
    )
    derived = "SELECT actor, position, start, folded FROM actor_name"
    rows = connection.all(
        f"SELECT DISTINCT id FROM (SELECT * FROM ({said} EXCEPT {derived})"
        f" UNION ALL SELECT * FROM ({derived} EXCEPT {said})) ORDER BY id"
    )
    for row in rows[:MOST]:
        yield f"actor {short(str(row[0]))}", "is looked up by other names than it has"
    if len(rows) > MOST:
        yield "actors", f"{len(rows) - MOST} more are looked up by other names than they have"


def _sound(connection: Connection, index: str) -> Iterator[tuple[str, str]]:
    """The index's own check, which is a write, on a copy that nobody keeps."""
    connection.execute("PRAGMA query_only = OFF")
    try:
        connection.execute("BEGIN")
        connection.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
    except Damaged:
        yield "search", f"the full-text index {index} is damaged"
    finally:
        if connection.raw.in_transaction:
            connection.raw.execute("ROLLBACK")
        connection.execute("PRAGMA query_only = ON")
