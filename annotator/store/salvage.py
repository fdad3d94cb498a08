"""What is readable of a damaged project, as items that a format can write.

The pages are read one by one (``pages``), so the file is never opened as a database. Rows of statements,
passages and texts are taken as they stand; what has no row left is taken from the ledger, which holds every
row's value a second time. Every text is proved by its hash and every passage by its quote; what cannot be proved
is told, and a passage whose words are gone is listed with its quote.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import field, replace
from math import isfinite
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, TypeGuard

from annotator.core.codebook import Codebook, tag_from_json
from annotator.core.errors import AnnotatorError, Damaged
from annotator.core.exchange import Header, Item, Problem, Record
from annotator.core.links import LINK_KINDS, LinkKind, is_standard, kind_from_json
from annotator.core.model import (
    ANNOTATION_STATUSES,
    METADATA,
    STATUSES,
    Actor,
    ActorId,
    Annotation,
    Attributes,
    Coder,
    CoderId,
    Link,
    LinkId,
    Progress,
    Range,
    Statement,
    StatementId,
    Tag,
    TagName,
    new_id,
    short,
)
from annotator.core.text import Anchor, Span, canonical, digest
from annotator.core.values import dataclass
from annotator.store import pages, rows, schema
from annotator.store.cipher import PAGE, RESERVED, Decrypted, Key, Passphrase, key_of, temporary_key
from annotator.store.driver import connect, is_open_here, opened

#: The columns of the tables that are read from pages, as the file holds them.
_CONTENT = ("number", "sha256", "text")
_CHANGE = ("number", "step", "position", "table", "row", "statement", "before", "after", "salt", "digest")
_HEX = frozenset("0123456789abcdef")


@dataclass(slots=True)
class Found:
    """What a salvage found and what it could not keep; complete when the last item was taken."""

    pages: int = 0
    statements: int = 0
    passages: int = 0
    from_ledger: int = 0
    problems: list[Problem] = field(default_factory=list)

    def sentence(self) -> str:
        """The outcome in one sentence, for people."""
        text = (
            f"Salvaged {self.statements} statement{'s' * (self.statements != 1)}"
            f" with {self.passages} passage{'s' * (self.passages != 1)}"
        )
        if self.from_ledger:
            text += f", {self.from_ledger} of them from the ledger"
        lost = len(self.problems)
        return f"{text}; {lost} thing{'s' * (lost != 1)} could not be kept as they were." if lost else f"{text}."


def salvage(path: Path, found: Found, passphrase: Passphrase | None = None) -> Iterator[Item | int]:
    """The header, statements and links that can be read from the file, and between them the pages looked at.

    The file is not changed, nor opened in SQLite; an interrupted step is rolled back on a private copy.
    Raises ``Damaged`` when nothing is readable. An encrypted file needs its passphrase; what is set aside meanwhile
    is encrypted as well.
    """
    if path.exists() and not path.is_file():  # a pipe or a device may never end
        raise AnnotatorError(f"{path.name} is not a regular file.")
    if not path.exists():
        raise AnnotatorError(f"There is no file {path}.")
    path = path.resolve()
    if is_open_here(path):
        raise AnnotatorError(f"{path.name} is open in this window; close it before its pages are salvaged.")
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        copy, key = _private_copy(path, Path(folder), passphrase)
        own = temporary_key() if key else None
        with closing(opened(Path(folder) / "ground.db", "rwc", 0, path.name, own)) as ground:
            sorted_out = _Ground(ground)
            yield from _gather(copy, sorted_out, found, key)
            if not sorted_out.anything():
                raise Damaged(f"Nothing readable was found in {path.name}.")
            yield from _items(sorted_out, found)


def _private_copy(path: Path, folder: Path, passphrase: Passphrase | None) -> tuple[Path, Key | None]:
    """A copy for this user only, on which what an interrupted session left is rolled back if that is possible.

    With it comes the key, if the file is encrypted.
    """
    copy = folder / "damaged"
    try:
        shutil.copyfile(path, copy)
        os.chmod(copy, 0o600)
        key = key_of(path, passphrase)
        journal = path.with_name(f"{path.name}-journal")
        if journal.exists():
            shutil.copyfile(journal, folder / "damaged-journal")
            with suppress(AnnotatorError), closing(connect(copy, write=True, key=key)) as connection:
                connection.value("SELECT count(*) FROM sqlite_master")
    except OSError as error:
        raise AnnotatorError(f"{path.name} cannot be read: {error.strerror}.") from None
    return copy, key


class _Ground:
    """The rows that were found, in a temporary database: they may be more than memory holds."""

    def __init__(self, ground: sqlite3.Connection) -> None:
        self._db = ground
        ground.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;"
            "CREATE TABLE text (sha256 TEXT PRIMARY KEY, text TEXT, sound INTEGER) WITHOUT ROWID;"
            "CREATE TABLE row (kind TEXT, id TEXT, statement TEXT, value TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;"
            "CREATE TABLE logged (kind TEXT, id TEXT, statement TEXT, step INTEGER, position INTEGER, value TEXT,"
            " PRIMARY KEY (kind, id)) WITHOUT ROWID;"
            "CREATE TABLE named (sha256 TEXT PRIMARY KEY) WITHOUT ROWID;"
        )
        ground.execute("BEGIN")

    def anything(self) -> bool:
        """Whether there is a text; prepares what is asked afterwards."""
        self._db.execute("COMMIT")
        self._db.execute(
            "INSERT INTO row SELECT kind, id, statement, value FROM logged l WHERE value IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM row r WHERE r.kind = l.kind AND r.id = l.id)"
        )
        self._db.execute("CREATE INDEX row_statement ON row(kind, statement, id)")
        return bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM text)").fetchone()[0])

    def add_text(self, sha256: str, text: str) -> None:
        self._db.execute(
            "INSERT INTO text VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text, sound = excluded.sound"
            " WHERE excluded.sound",
            (sha256, text, digest(text) == sha256),
        )

    def add_row(self, kind: str, values: Mapping[str, Any]) -> None:
        statement = values["statement"] if kind == "annotation" else None
        self._db.execute(
            "INSERT OR IGNORE INTO row VALUES (?, ?, ?, ?)", (kind, values["id"], statement, _json(values))
        )

    def add_change(self, change: Mapping[str, Any]) -> None:
        """A row's value after a step; only the latest is kept, and a deletion is a value too. A torn one is none."""
        if change["after"] is not None and not _is_object(change["after"]):
            return
        if change["table"] == "statement":
            for value in (change["before"], change["after"]):
                with suppress(ValueError, TypeError, KeyError):
                    self._db.execute("INSERT OR IGNORE INTO named VALUES (?)", (json.loads(value)["text_sha256"],))
        self._db.execute(
            "INSERT INTO logged VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET statement = excluded.statement,"
            " step = excluded.step, position = excluded.position, value = excluded.value"
            " WHERE (excluded.step, excluded.position) > (step, position)",
            (
                change["table"], change["row"], change["statement"], change["step"], change["position"],
                change["after"],
            ),
        )  # fmt: skip

    def all(self, kind: str, statement: str | None = None) -> Iterator[dict[str, Any]]:
        """The rows of this kind, of one statement if it is named, by their keys."""
        where, given = ("AND statement = ?", (kind, statement)) if statement is not None else ("", (kind,))
        cursor = self._db.execute(f"SELECT value FROM row WHERE kind = ? {where} ORDER BY id", given)
        for (value,) in cursor:
            with suppress(ValueError):
                row = json.loads(value)
                if isinstance(row, dict):
                    yield row

    def text(self, sha256: str) -> tuple[str, bool] | None:
        """The text of this hash, and whether it is proved by it."""
        row = self._db.execute("SELECT text, sound FROM text WHERE sha256 = ?", (sha256,)).fetchone()
        return (row[0], bool(row[1])) if row else None

    def orphans(self) -> Iterator[tuple[str, str]]:
        """Proved texts that no statement names, not even one that was deleted: hash and text."""
        yield from self._db.execute(
            "SELECT sha256, text FROM text WHERE sound AND sha256 NOT IN (SELECT sha256 FROM named) AND sha256 NOT IN"
            " (SELECT value ->> 'text_sha256' FROM row WHERE kind = 'statement')"
        )

    def without_text(self) -> Iterator[dict[str, Any]]:
        """Passages of statements that are not there."""
        cursor = self._db.execute(
            "SELECT value FROM row a WHERE kind = 'annotation' AND NOT EXISTS"
            " (SELECT 1 FROM row s WHERE s.kind = 'statement' AND s.id = a.statement) ORDER BY id"
        )
        for (value,) in cursor:
            yield json.loads(value)


def _gather(copy: Path, ground: _Ground, found: Found, key: Key | None) -> Iterator[int]:
    """Sort every readable row into the ground."""
    statement_columns = rows.STATEMENT_COLUMNS
    with open(copy, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            read = pages.rows(data) if key is None else pages.rows(Decrypted(data, key), (PAGE, RESERVED))
            for each in read:
                if isinstance(each, int):
                    found.pages = each
                    if each % 500 == 0:
                        yield each
                    continue
                values = each.values
                if _is_content(values):
                    ground.add_text(str(values[1]), str(values[2]))
                elif _is_change(values):
                    ground.add_change(dict(zip(_CHANGE, values, strict=True)))
                elif _as_wide(values, statement_columns) and _is_id(values[1]) and values[0] is None:
                    row = dict(zip(statement_columns, values, strict=False))
                    del row["number"]
                    ground.add_row("statement", row)
                elif _as_wide(values, rows.ANNOTATION_COLUMNS) and _is_id(values[0]) and _is_id(values[1]):
                    ground.add_row("annotation", dict(zip(rows.ANNOTATION_COLUMNS, values, strict=False)))


def _as_wide(values: Sequence[object], columns: Sequence[str]) -> bool:
    """Whether a row has these columns, or all but the one that came with schema 3: older rows end before it."""
    return len(columns) - 1 <= len(values) <= len(columns)


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= 200


def _is_content(values: Sequence[object]) -> bool:
    return (
        len(values) == len(_CONTENT)
        and values[0] is None
        and isinstance(values[1], str)
        and len(values[1]) == 64
        and set(values[1]) <= _HEX
        and isinstance(values[2], str)
    )


def _is_change(values: Sequence[object]) -> bool:
    return (
        len(values) == len(_CHANGE)
        and values[3] in schema.LOGGED
        and isinstance(values[1], int)
        and isinstance(values[2], int)
        and _is_id(values[4])
    )


def _is_object(value: object) -> bool:
    """Whether this is a JSON object that SQLite reads as well, with nothing in it that UTF-8 does not hold."""
    try:
        row = json.loads(value, parse_constant=_no_number) if isinstance(value, str) else None
        json.dumps(row, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict)


def _no_number(word: str) -> None:
    raise ValueError(word)


def _json(values: Mapping[str, Any]) -> str:
    kept = {k: v for k, v in values.items() if not (isinstance(v, bytes) or (isinstance(v, float) and not isfinite(v)))}
    return json.dumps(kept, ensure_ascii=False)


# -- items ----------------------------------------------------------------------------------


def _items(ground: _Ground, found: Found) -> Iterator[Item]:
    header = _header(ground, found)
    yield header
    coders = frozenset(coder.id for coder in header.coders)
    kept: set[str] = set()
    for row in ground.all("statement"):
        record = _record(ground, row, coders, found)
        if record is not None:
            kept |= {a.id for a in record.annotations}
            found.statements += 1
            found.passages += len(record.annotations)
            yield record
    for sha256, text in ground.orphans():
        # Its row is lost, and so are its title and issuer; the words are there.
        found.problems.append(
            Problem(f"text {sha256[:8]}", "belongs to no statement that is left; kept without metadata")
        )
        found.statements += 1
        metadata = Statement(StatementId(new_id()), title=_first_line(text), text_sha256=sha256, length=len(text))
        yield Record(metadata, text)
    for row in ground.without_text():
        _lost(found, row, "its statement is lost")
    for row in ground.all("link"):
        with suppress(KeyError, TypeError):
            if row["source"] in kept and row["target"] in kept and _is_id(row["id"]) and _is_id(row["kind"]):
                yield Link(LinkId(row["id"]), row["kind"], row["source"], row["target"])


def _header(ground: _Ground, found: Found) -> Header:
    tags: list[tuple[int, Tag]] = []
    for row in ground.all("tag"):
        try:
            tags.append((int(row["position"]), tag_from_json(json.loads(row["definition"]))))
        except (ValueError, TypeError, KeyError, AttributeError, AnnotatorError):
            found.problems.append(Problem(f"tag {row.get('name', '?')}", "its definition cannot be read"))
    names = {tag.name for _, tag in tags}
    used = {str(row.get("tag")) for row in ground.all("annotation")}
    for n, name in enumerate(sorted(used - names)):
        found.problems.append(Problem(f"tag {name}", "its definition is lost; passages keep the name"))
        tags.append((len(tags) + n, Tag(TagName(name), name)))
    rules: tuple[str, ...] = ()
    settings = {row["key"]: row["value"] for row in ground.all("setting") if {"key", "value"} <= row.keys()}
    with suppress(ValueError, TypeError):
        rules = tuple(json.loads(settings.get("codebook_rules", "[]")))
    return Header(
        Codebook(tuple(tag for _, tag in sorted(tags, key=lambda pair: pair[0])), rules),
        _coders(ground, found),
        _actors(ground, found),
        settings.get("id", ""),
        settings.get("title", ""),
        link_kinds=_link_kinds(settings),
    )


def _link_kinds(settings: Mapping[str, Any]) -> tuple[LinkKind, ...]:
    """The kinds of links that are readable; a link keeps its kind all the same."""
    found: list[LinkKind] = []
    with suppress(ValueError, TypeError, AttributeError, AnnotatorError):
        found += map(kind_from_json, json.loads(settings.get(LINK_KINDS, "[]")))
    return tuple({kind.name: kind for kind in found if not is_standard(kind.name)}.values())


def _coders(ground: _Ground, found: Found) -> tuple[Coder, ...]:
    known: dict[str, Coder] = {}
    for row in ground.all("coder"):
        with suppress(KeyError):
            known[row["id"]] = Coder(CoderId(row["id"]), row["name"], row.get("kind", "person"))
    named = (
        row.get(key)
        for kind, key in (("annotation", "coder"), ("statement", "imported_by"))
        for row in ground.all(kind)
    )
    for who in named:
        if _is_id(who) and who not in known:
            known[who] = Coder(CoderId(who), f"Coder {short(who)}")
            found.problems.append(Problem(f"coder {short(who)}", "the name is lost"))
    return tuple(sorted(known.values(), key=lambda coder: coder.id))


def _actors(ground: _Ground, found: Found) -> tuple[Actor, ...]:
    known: dict[str, Actor] = {}
    for row in ground.all("actor"):
        with suppress(KeyError, ValueError, TypeError, AnnotatorError):
            known[row["id"]] = rows.actor_of(row)  # type: ignore[arg-type]
    named = {actor.merged_into for actor in known.values() if actor.merged_into}
    for row in ground.all("annotation"):
        with suppress(ValueError, TypeError, AttributeError):
            values = json.loads(row.get("attributes", "{}")).values()
            named |= {value["actor"] for each in values for value in each if "actor" in value}
    for lost in sorted(named - known.keys()):
        known[lost] = Actor(ActorId(lost), f"Actor {short(lost)}")
        found.problems.append(Problem(f"actor {short(lost)}", "the name is lost"))
    return tuple(sorted(known.values(), key=lambda actor: actor.id))


def _record(ground: _Ground, row: dict[str, Any], coders: frozenset[str], found: Found) -> Record | None:
    """The statement with all that is left of it, or None without a text."""
    place = f"statement {short(str(row.get('id', '?')))}"
    if _mended(row, ("imported_at",), ("previous", "imported_by"), METADATA):
        found.problems.append(Problem(place, "some of its metadata is damaged and was left out"))
    try:
        statement = rows.statement_of(row)  # type: ignore[arg-type]
    except (AnnotatorError, KeyError, TypeError):
        found.problems.append(Problem(place, "its metadata cannot be read"))
        return None
    there = ground.text(statement.text_sha256)
    if there is None:
        found.problems.append(Problem(place, f"its text is lost: {statement.title[:80]}"))
        for each in ground.all("annotation", statement.id):
            _lost(found, each, "the text is lost")
        return None
    text, sound = there
    if not sound:
        text = canonical(text)[0]
        found.problems.append(Problem(place, "its text is not what it was; what is there was kept"))
    annotations = []
    for each in ground.all("annotation", statement.id):
        annotation = _annotation(each, text, found)
        if annotation is not None:
            annotations.append(annotation)
    annotations.sort(key=lambda a: (a.start, a.end, a.tag, a.id))
    return Record(
        statement if sound else _with_text(statement, text),
        text,
        tuple(annotations),
        tuple(_ranges(ground, statement.id, len(text))),
        tuple(
            Progress(CoderId(p["coder"]), p["status"])
            for p in ground.all("progress", statement.id)
            if p.get("status") in STATUSES[1:] and p.get("coder") in coders
        ),
    )


def _with_text(statement: Statement, text: str) -> Statement:
    return replace(statement, text_sha256=digest(text), length=len(text))


def _sound_values(attributes: Attributes, text: str) -> Attributes:
    """The values without those anchors that do not quote the text."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for name, values in attributes.items():
        kept[name] = []
        for value in values:
            anchor = value.get("anchor")
            holds = isinstance(anchor, dict) and text[anchor.get("start", 0) : anchor.get("end", 0)] == anchor.get(
                "quote"
            )
            kept[name].append(value if holds else {k: v for k, v in value.items() if k != "anchor"})
    return kept


def _annotation(row: dict[str, Any], text: str, found: Found) -> Annotation | None:
    if _mended(row, ("created_at", "modified_at"), ("origin",), ("note", "status", "prefix", "suffix")):
        place = f"passage {short(str(row.get('id', '?')))}"
        found.problems.append(Problem(place, "a time, note or status of it is damaged and was left out"))
    try:
        annotation = rows.annotation_of(row)  # type: ignore[arg-type]
    except (AnnotatorError, KeyError, TypeError):
        found.problems.append(Problem(f"passage {short(str(row.get('id', '?')))}", "cannot be read"))
        return None
    annotation = replace(annotation, attributes=_sound_values(annotation.attributes, text))
    if text[annotation.start : annotation.end] == annotation.quote:
        return annotation
    anchor = Anchor(Span(annotation.start, annotation.end), annotation.quote, annotation.prefix, annotation.suffix)
    span = anchor.find(text)
    if span is None:
        _lost(found, row, "its words are not in the text")
        return None
    found.problems.append(Problem(f"passage {short(annotation.id)}", "was found again elsewhere in the text"))
    here = Anchor.at(text, span)
    return replace(annotation, start=span.start, end=span.end, prefix=here.prefix, suffix=here.suffix)


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def _mended(row: dict[str, Any], moments: Sequence[str], ids: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether something in the row had to be left out, because no export could be read again with it."""
    wrong: dict[str, Any] = {}
    for key in moments:
        if row.get(key) != "" and not (isinstance(row.get(key), str) and _MOMENT.fullmatch(row[key])):
            wrong[key] = ""
    wrong |= {key: None for key in ids if row.get(key) is not None and not _is_id(row[key])}
    wrong |= {key: "" for key in texts if not isinstance(row.get(key), str)}
    if "status" in texts and row.get("status") not in ANNOTATION_STATUSES:
        wrong["status"] = "made"
    row.update(wrong)
    return bool(wrong)


def _ranges(ground: _Ground, statement: str, length: int) -> Iterator[Range]:
    for row in ground.all("statement_range", statement):
        with suppress(KeyError, TypeError):
            if 0 <= row["start"] < row["end"] <= length and isinstance(row["role"], str):
                yield Range(row["start"], row["end"], row["role"])


def _lost(found: Found, row: dict[str, Any], why: str) -> None:
    quote = " ".join(str(row.get("quote", "")).split())
    found.problems.append(
        Problem(f"passage {short(str(row.get('id', '?')))}", f"{why} ({row.get('tag')}: {quote[:200]})")
    )


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:120]
