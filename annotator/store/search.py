"""Full-text search: texts are indexed once and for ever, titles and issuers as they change.

Both indexes hold ``core.text.fold`` of what they index. ``content_search`` keeps no copy of the texts; its
rowids are ``content.number``, those of ``statement_search`` are ``statement.number``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from unicodedata import category

from annotator.core.query import Term
from annotator.core.text import fold
from annotator.store.driver import Connection

_FIELDS = ("title", "issuer", "outlet")
_NO_WORD = re.compile('["\0]')


def index_texts(connection: Connection, folded: Iterable[tuple[int, str]]) -> None:
    """Make texts findable, each under its content number; they are folded already."""
    connection.executemany("INSERT INTO content_search (rowid, text) VALUES (?, ?)", folded)


def unindex_text(connection: Connection, number: int, text: str) -> None:
    """Take back ``index_texts``; the index keeps no copy, so it must be told the same text."""
    connection.execute(
        "INSERT INTO content_search (content_search, rowid, text) VALUES ('delete', ?, ?)", (number, fold(text))
    )


def index_metadata(connection: Connection, statement: str, before: str | None, after: str | None) -> None:
    """Bring the index in line with a statement's row before and after a step, as JSON objects."""
    if after is not None:
        number = connection.value("SELECT number FROM statement WHERE id = ?", (statement,))
        new = _indexed(after)
        # An import has written the entry ahead; a statement that came back, or was replaced, has a new number.
        if connection.value("SELECT 1 FROM statement_search WHERE rowid = ?", (number,)) is None:
            insert_metadata(connection, number, *new)
        elif before is not None and new != _indexed(before):
            connection.execute(
                "UPDATE statement_search SET title = ?, issuer = ?, outlet = ? WHERE rowid = ?",
                (*map(fold, new), number),
            )
    # The entry of a deleted statement goes by number, which its row no longer tells: see ``sweep_metadata``.


def sweep_metadata(connection: Connection) -> None:
    """Drop entries whose statement is gone; they are never found, so this may wait."""
    connection.execute("DELETE FROM statement_search WHERE rowid NOT IN (SELECT number FROM statement)")


def forget_deleted(connection: Connection) -> None:
    """Rewrite both indexes without the entries that were deleted, whose words they hold until then."""
    for table in ("content_search", "statement_search"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def _indexed(row: str) -> tuple[str, ...]:
    values = json.loads(row)
    return tuple(values[name] for name in _FIELDS)


def insert_metadata(connection: Connection, number: int, title: str, issuer: str, outlet: str) -> None:
    """Make a statement findable by its title, issuer and outlet, under its number."""
    insert_many_metadata(connection, [(number, fold(title), fold(issuer), fold(outlet))])


def insert_many_metadata(connection: Connection, folded: Iterable[tuple[Any, ...]]) -> None:
    """The same for many: number, title, issuer and outlet of each, folded already."""
    connection.executemany("INSERT INTO statement_search (rowid, title, issuer, outlet) VALUES (?, ?, ?, ?)", folded)


def match(term: Term, column: str = "") -> str:
    """The FTS5 expression for one term: a phrase, or words of which the last may go on.

    Empty when the term has no letter or digit, which matches nothing in FTS5. The index's own tokenizer cuts the
    phrase into words, as it did the texts.
    """
    words = phrase(fold(term.value))
    if not words:
        return ""
    return (f"{{{column}}} : " if column else "") + (words if term.phrase else words + " *")


def phrase(folded: str) -> str:
    """The FTS5 expression for these folded words in their order; empty when there is no letter or digit in them."""
    return '"' + _NO_WORD.sub(" ", folded) + '"' if any(map(str.isalnum, folded)) else ""


def words_condition(term: Term) -> tuple[str, list[Any]] | None:
    """The SQL condition that statement ``s`` has this term in its text, title, issuer or outlet.

    None for a term of punctuation alone, such as a quotation mark after which nothing was typed yet.
    """
    expression = match(term)
    if not expression:
        if not any(category(sign)[0] == "S" for sign in term.value):
            return None
        # No index holds signs such as 🙏 or €, so the texts themselves are looked at.
        return (
            "(instr((SELECT c.text FROM content c WHERE c.sha256 = s.text_sha256), ?)"
            " OR instr(s.title || ' ' || s.issuer || ' ' || s.outlet, ?))",
            [term.value, term.value],
        )
    return (
        "(s.text_sha256 IN (SELECT c.sha256 FROM content_search f JOIN content c ON c.number = f.rowid"
        " WHERE content_search MATCH ?)"
        " OR s.number IN (SELECT rowid FROM statement_search WHERE statement_search MATCH ?))",
        [expression, expression],
    )
