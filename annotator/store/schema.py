"""The tables, their migrations, and the temporary triggers that write the ledger.

What each table and column means for a reader of the file is told in ``docs/SCHEMA.md``.
"""

from __future__ import annotations

from contextlib import closing
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.core.errors import AnnotatorError, Damaged, Foreign
from annotator.core.model import DATES, METADATA
from annotator.store.cipher import Key
from annotator.store.driver import Connection, connect, newer

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

#: "Anno" in ASCII, in the header of every project file.
APPLICATION_ID = 0x416E6E6F
VERSION = 3

#: Tables whose every change is in the ledger, with their key columns.
LOGGED = {
    "setting": ("key",),
    "tag": ("name",),
    "coder": ("id",),
    "actor": ("id",),
    "statement": ("id",),
    "statement_range": ("statement", "start", "end", "role"),
    "annotation": ("id",),
    "link": ("id",),
    "progress": ("statement", "coder"),
}
#: Columns that a migration added to logged tables, with the value that rows had before: older changes lack them.
ADDED: dict[str, object] = {"color": "", "memo": "", "tag_version": 1}
#: Columns that are numbered afresh in each file and so are no part of a change.
LOCAL = {"statement": ("number",)}

_METADATA_COLUMNS = ",\n".join(f"    {name} TEXT NOT NULL DEFAULT ''" for name in METADATA)
_DATE_COLUMNS = ",\n".join(f"    {name} TEXT,\n    {name}_basis TEXT" for name in DATES)

_FIRST = f"""
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE local (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE content (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL
);
CREATE TABLE source (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    data BLOB
);
CREATE TABLE tag (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    definition TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE coder (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'machine', 'consensus'))
) WITHOUT ROWID;
CREATE TABLE actor (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL DEFAULT '',
    aliases TEXT NOT NULL DEFAULT '[]',
    wikidata TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    merged_into TEXT REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
CREATE TABLE statement (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
{_METADATA_COLUMNS},
{_DATE_COLUMNS},
    date_from TEXT NOT NULL DEFAULT '',
    date_to TEXT NOT NULL DEFAULT '',
    text_sha256 TEXT NOT NULL REFERENCES content(sha256) DEFERRABLE INITIALLY DEFERRED,
    length INTEGER NOT NULL,
    source_sha256 TEXT,
    source_name TEXT NOT NULL DEFAULT '',
    source_media_type TEXT NOT NULL DEFAULT '',
    source_encoding TEXT NOT NULL DEFAULT '',
    source_size INTEGER NOT NULL DEFAULT 0,
    extra TEXT NOT NULL DEFAULT '{{}}',
    previous TEXT REFERENCES statement(id) DEFERRABLE INITIALLY DEFERRED,
    imported_at TEXT NOT NULL,
    imported_by TEXT REFERENCES coder(id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX statement_text ON statement(text_sha256);
CREATE INDEX statement_date ON statement(date_from, id);
CREATE TABLE statement_range (
    statement TEXT NOT NULL REFERENCES statement(id) DEFERRABLE INITIALLY DEFERRED,
    start INTEGER NOT NULL CHECK (start >= 0),
    "end" INTEGER NOT NULL CHECK ("end" > start),
    role TEXT NOT NULL,
    PRIMARY KEY (statement, start, "end", role)
) WITHOUT ROWID;
CREATE TABLE annotation (
    id TEXT PRIMARY KEY,
    statement TEXT NOT NULL REFERENCES statement(id) DEFERRABLE INITIALLY DEFERRED,
    tag TEXT NOT NULL REFERENCES tag(name) DEFERRABLE INITIALLY DEFERRED,
    coder TEXT NOT NULL REFERENCES coder(id) DEFERRABLE INITIALLY DEFERRED,
    start INTEGER NOT NULL CHECK (start >= 0),
    "end" INTEGER NOT NULL CHECK ("end" > start),
    quote TEXT NOT NULL,
    prefix TEXT NOT NULL,
    suffix TEXT NOT NULL,
    attributes TEXT NOT NULL DEFAULT '{{}}',
    note TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'made' CHECK (status IN ('made', 'suggested', 'accepted', 'rejected')),
    origin TEXT,
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL
);
CREATE INDEX annotation_place ON annotation(statement, tag, coder, start, "end");
CREATE INDEX annotation_tag ON annotation(tag);
CREATE TABLE link (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES annotation(id) DEFERRABLE INITIALLY DEFERRED,
    target TEXT NOT NULL REFERENCES annotation(id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
CREATE INDEX link_source ON link(source);
CREATE INDEX link_target ON link(target);
CREATE TABLE progress (
    statement TEXT NOT NULL REFERENCES statement(id) DEFERRABLE INITIALLY DEFERRED,
    coder TEXT NOT NULL REFERENCES coder(id) DEFERRABLE INITIALLY DEFERRED,
    status TEXT NOT NULL CHECK (status IN ('unread', 'open', 'done')),
    PRIMARY KEY (statement, coder)
) WITHOUT ROWID;
CREATE INDEX progress_coder ON progress(coder, status);
CREATE TABLE reading (
    statement TEXT NOT NULL,
    coder TEXT NOT NULL,
    opened INTEGER NOT NULL DEFAULT 1,
    position TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (statement, coder)
) WITHOUT ROWID;
CREATE INDEX reading_coder ON reading(coder, opened);
CREATE TABLE annotation_value (
    annotation TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    value TEXT,
    folded TEXT,
    actor TEXT,
    edtf TEXT,
    min INTEGER,
    max INTEGER,
    PRIMARY KEY (annotation, name, position)
) WITHOUT ROWID;
CREATE INDEX annotation_value_folded ON annotation_value(name, folded);
CREATE INDEX annotation_value_actor ON annotation_value(actor) WHERE actor IS NOT NULL;
CREATE TABLE step (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    replica TEXT NOT NULL,
    seq INTEGER NOT NULL,
    lamport INTEGER NOT NULL,
    session TEXT NOT NULL,
    coder TEXT,
    at TEXT NOT NULL,
    label TEXT NOT NULL,
    undoes TEXT,
    program TEXT NOT NULL,
    schema INTEGER NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (replica, seq)
);
CREATE INDEX step_undoes ON step(undoes) WHERE undoes IS NOT NULL;
CREATE TABLE change (
    number INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES step(number) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    "table" TEXT NOT NULL,
    row TEXT NOT NULL,
    statement TEXT,
    before TEXT,
    after TEXT,
    salt TEXT,
    digest TEXT NOT NULL
);
CREATE UNIQUE INDEX change_step ON change(step, position);
CREATE INDEX change_statement ON change(statement) WHERE statement IS NOT NULL;
CREATE VIRTUAL TABLE content_search USING fts5(
    text, content = '', prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 0'
);
CREATE VIRTUAL TABLE statement_search USING fts5(
    title, issuer, outlet, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TRIGGER content_never_changes BEFORE UPDATE ON content BEGIN
    SELECT RAISE(ABORT, 'a text never changes in place');
END;
CREATE TRIGGER statement_text_never_changes BEFORE UPDATE OF text_sha256, length ON statement
WHEN NEW.text_sha256 <> OLD.text_sha256 OR NEW.length <> OLD.length BEGIN
    SELECT RAISE(ABORT, 'a text never changes in place');
END;
"""

#: For lists of a million statements: orders by date and issuer from indexes alone, what occurs in a field without
#: reading every statement, and from a text that the index found to its statement without two look-ups of hashes.
_SECOND = """
DROP INDEX statement_date;
CREATE INDEX statement_date ON statement(date_from, date_to, id);
CREATE INDEX statement_issuer ON statement(issuer, id);
CREATE INDEX statement_outlet ON statement(outlet);
CREATE INDEX statement_language ON statement(language);
CREATE TABLE text_of (
    statement INTEGER PRIMARY KEY,
    content INTEGER NOT NULL
);
INSERT INTO text_of (statement, content)
SELECT s.number, c.number FROM statement s JOIN content c ON c.sha256 = s.text_sha256;
CREATE INDEX text_of_content ON text_of(content);
CREATE TRIGGER statement_comes AFTER INSERT ON statement BEGIN
    INSERT INTO text_of (statement, content) SELECT NEW.number, number FROM content WHERE sha256 = NEW.text_sha256;
END;
CREATE TRIGGER statement_goes AFTER DELETE ON statement BEGIN
    DELETE FROM text_of WHERE statement = OLD.number;
END;
"""


#: What claims need: a colour for an actor, a memo on a statement, which version of its tag's definition a passage was
#: tagged by; counts of passages from an index alone, and actors by the beginnings of their names' words. For a million
#: passages in one table: the days that a date can mean and the numbers that a count can, in one pair of columns, and
#: orders by the latest change, by coder and by note.
_THIRD = """
ALTER TABLE actor ADD COLUMN color TEXT NOT NULL DEFAULT '';
ALTER TABLE statement ADD COLUMN memo TEXT NOT NULL DEFAULT '';
ALTER TABLE annotation ADD COLUMN tag_version INTEGER NOT NULL DEFAULT 1;
CREATE INDEX annotation_count ON annotation(statement, tag, status);
CREATE TABLE actor_name (
    actor TEXT NOT NULL,
    position INTEGER NOT NULL,
    start INTEGER NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (actor, position, start)
) WITHOUT ROWID;
INSERT INTO actor_name (actor, position, start, folded)
SELECT a.id, j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM actor a, json_each(beginnings(a.name, a.aliases)) j;
CREATE INDEX actor_name_whole ON actor_name(folded, actor, position) WHERE start = 0;
CREATE INDEX actor_name_word ON actor_name(folded, actor, position) WHERE start > 0;
CREATE INDEX actor_merged ON actor(merged_into) WHERE merged_into IS NOT NULL;
DROP INDEX annotation_tag;
CREATE INDEX annotation_tag ON annotation(tag, tag_version);
CREATE INDEX annotation_modified ON annotation(modified_at);
CREATE INDEX annotation_coder ON annotation(coder, created_at);
CREATE INDEX annotation_note ON annotation(statement) WHERE note <> '';
ALTER TABLE annotation_value ADD COLUMN low;
ALTER TABLE annotation_value ADD COLUMN high;
UPDATE annotation_value SET low = lowest(edtf, min, max), high = highest(edtf, min, max)
WHERE edtf IS NOT NULL OR min IS NOT NULL OR max IS NOT NULL;
CREATE INDEX annotation_value_bounds ON annotation_value(name, low, high) WHERE low IS NOT NULL;
"""


def _statements(script: str) -> list[str]:
    """The single statements of a script; ``executescript`` would commit on its own."""
    import sqlite3

    found, part = [], ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            found.append(part.strip().rstrip(";"))
            part = ""
    return found


@lru_cache(maxsize=1)
def migrations() -> Migrations:
    """Every migration in its order."""
    # Imported late: a start of the window migrates nothing, and the library takes as long to load as Qt's widgets.
    from sqlite_utils import Migrations

    known = Migrations("annotator")

    @known(name="0001 the first schema")
    def first(db: Database) -> None:
        for statement in _statements(_FIRST):
            db.execute(statement)

    @known(name="0002 lists of a million statements")
    def second(db: Database) -> None:
        for statement in _statements(_SECOND):
            db.execute(statement)

    @known(name="0003 typed claims")
    def third(db: Database) -> None:
        for statement in _statements(_THIRD):
            db.execute(statement)

    return known


def migrate(connection: Connection, version: int = VERSION) -> None:
    """All pending migrations up to this version, in one transaction that also sets it."""
    from sqlite_utils import Database

    db = Database(connection.raw, execute_plugins=False)
    later = [migration.name for migration in migrations().pending(db) if int(migration.name[:4]) > version]
    with connection.transaction():
        migrations().apply(db, stop_before=later)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("PRAGMA recursive_triggers = ON")


#: The SHA-256 of a sound schema of each version; a test compares them with what the migrations make.
FINGERPRINTS = {
    1: "31230e039df6dbd780c4020a52fe921df43a37baa05451fab19d117fbb712bbb",
    2: "eb703c65a8f16bf351f36f5a5002a7e378fb5fc8d1aefdd6da54f2d49c4ef5e6",
    3: "546b58fd613d8c2cbb27d7b621a11fdb401d7a5c568f50814490f7624b04a5ce",
}


def schema_of(connection: Connection) -> list[tuple[str, str, str]]:
    """Every (type, name, SQL) that this program lays down or that could run code, sorted.

    Tables that SQLite's full-text search and sqlite-utils keep for themselves are left out: their
    wording is theirs to change. A trigger or view is never left out, whatever its name.
    """
    rows = connection.all("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master")
    own = [
        (row[0], row[1], row[3])
        for row in rows
        if row[0] not in ("table", "index") or not row[2].startswith(("sqlite_", "_sqlite_migrations", *_SHADOWS))
    ]
    return sorted(own)


_SHADOWS = ("content_search_", "statement_search_")


def fingerprint(connection: Connection) -> str:
    """The SHA-256 of ``schema_of``."""
    return sha256(repr(schema_of(connection)).encode()).hexdigest()


def verify(connection: Connection) -> None:
    """Refuse what is no project, is newer, or carries anything that this program did not lay down.

    A planted trigger or view would run with our rights, so the schema must be ours to the letter.
    """
    name = connection.path.name
    if connection.value("PRAGMA application_id") != APPLICATION_ID:
        raise Foreign(f"{name} is an SQLite file, but not an Annotator project.")
    version = connection.value("PRAGMA user_version")
    if version > VERSION:
        raise newer(name, version, VERSION)
    if version < 1:  # no project was ever made without
        raise Damaged(f"{name} does not say which version of the schema it has. Restore a backup or salvage it.")
    if fingerprint(connection) != FINGERPRINTS[version]:
        what = min((entry[1] for entry in set(schema_of(connection)) ^ set(expected(version))), default="unknown")
        raise Damaged(f"{name} has an altered schema ({what}); it is not opened, because it could run foreign code.")


def expected(version: int = VERSION) -> list[tuple[str, str, str]]:
    """``schema_of`` a new project of this version, made by the migrations themselves."""
    with closing(fresh(version)) as made:
        return schema_of(made)


def fresh(version: int = VERSION) -> Connection:
    """An empty project of this version in memory, made by the migrations themselves."""
    import sqlite3

    made = Connection(sqlite3.connect(":memory:", isolation_level=None), Path(":memory:"))
    migrate(made, version)
    return made


def columns(connection: Connection, table: str) -> tuple[str, ...]:
    """The columns whose values make up a change of this table, in their order."""
    local = LOCAL.get(table, ())
    return tuple(row["name"] for row in connection.all(f'PRAGMA table_info("{table}")') if row["name"] not in local)


def row_json(prefix: str, names: tuple[str, ...]) -> str:
    """The SQL expression that gives a row as a JSON object; ``prefix`` is ``NEW.``, ``OLD.`` or empty."""
    return "json_object(" + ", ".join(f"'{n}', {prefix}\"{n}\"" for n in names) + ")"


def row_key(prefix: str, table: str) -> str:
    """The SQL expression that gives a row's key as text."""
    return " || '/' || ".join(f'{prefix}"{n}"' for n in LOGGED[table])


_STATEMENT_OF = {
    "statement": "{p}id",
    "statement_range": "{p}statement",
    "annotation": "{p}statement",
    "progress": "{p}statement",
    "link": "(SELECT statement FROM annotation WHERE id = {p}source)",
}


def install_triggers(connection: Connection) -> None:
    """Temporary triggers that note each touched row's value before and after, and derive the attribute values.

    A write to a logged table outside of a step fails, because ``pending.step`` would be null.
    """
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS open_step (step INTEGER NOT NULL)")
    connection.execute(
        'CREATE TEMP TABLE IF NOT EXISTS pending (position INTEGER PRIMARY KEY, step INTEGER NOT NULL, "table" TEXT,'
        " row TEXT, statement TEXT, before TEXT, after TEXT)"
    )
    note = 'INSERT INTO pending (step, "table", row, statement, before, after) VALUES ((SELECT step FROM open_step),'
    for table in LOGGED:
        names = columns(connection, table)
        statement = _STATEMENT_OF.get(table, "NULL")
        for event, key, before, after in (
            ("INSERT", "NEW.", "NULL", row_json("NEW.", names)),
            ("UPDATE", "NEW.", row_json("OLD.", names), row_json("NEW.", names)),
            ("DELETE", "OLD.", row_json("OLD.", names), "NULL"),
        ):
            connection.execute(
                f"CREATE TEMP TRIGGER log_{table}_{event.lower()} AFTER {event} ON main.{table} BEGIN"
                f" {note} '{table}', {row_key(key, table)}, {statement.format(p=key)}, {before}, {after}); END"
            )
    values = (
        "INSERT INTO annotation_value (annotation, name, position, value, folded, actor, edtf, min, max, low, high)"
        " SELECT NEW.id, a.key, v.key, {text}, fold({text}), v.value ->> 'actor', v.value ->> 'edtf',"
        " v.value ->> 'min', v.value ->> 'max', lowest({bounds}), highest({bounds})"
        " FROM json_each(NEW.attributes) a, json_each(a.value) v"
    ).format(
        text="coalesce(v.value ->> 'value', v.value ->> 'edtf', v.value ->> 'text')",
        bounds="v.value ->> 'edtf', v.value ->> 'min', v.value ->> 'max'",
    )
    clear = "DELETE FROM annotation_value WHERE annotation = OLD.id"
    # A passage has many attributes and a change concerns one of them: the rows of the others stay as they are.
    other = "a.value IS NOT (SELECT b.value FROM json_each({there}.attributes) b WHERE b.key = a.key)"
    gone = f"name IN (SELECT a.key FROM json_each(OLD.attributes) a WHERE {other.format(there='NEW')})"
    come = other.format(there="OLD")
    for event, body in (
        ("INSERT", f"WHEN NEW.attributes <> '{{}}' BEGIN {values}; END"),
        (
            "UPDATE OF attributes",
            f"WHEN NEW.attributes <> OLD.attributes BEGIN {clear} AND {gone}; {values} WHERE {come}; END",
        ),
        ("DELETE", f"WHEN OLD.attributes <> '{{}}' BEGIN {clear}; END"),
    ):
        connection.execute(
            f"CREATE TEMP TRIGGER derive_{event.split()[0].lower()} AFTER {event} ON main.annotation {body}"
        )
    if not connection.all("PRAGMA table_info(actor_name)"):
        return
    named = (
        "INSERT INTO actor_name (actor, position, start, folded)"
        " SELECT NEW.id, j.value ->> 0, j.value ->> 1, j.value ->> 2"
        " FROM json_each(beginnings(NEW.name, NEW.aliases)) j"
    )
    unnamed = "DELETE FROM actor_name WHERE actor = OLD.id"
    for event, body in (
        ("INSERT", f"BEGIN {named}; END"),
        (
            "UPDATE OF name, aliases",
            f"WHEN NEW.name <> OLD.name OR NEW.aliases <> OLD.aliases BEGIN {unnamed}; {named}; END",
        ),
        ("DELETE", f"BEGIN {unnamed}; END"),
    ):
        connection.execute(f"CREATE TEMP TRIGGER name_{event.split()[0].lower()} AFTER {event} ON main.actor {body}")


def check_usable(path: Path, key: Key | None = None) -> None:
    """The pages are sound as far as a quick look tells; raises ``Damaged``.

    The schema was verified before, and a journal rolled back. Looks through a connection of its own: on one that only
    reads, with a small cache, that takes two thirds of the time, for every page is seen about once.
    """
    connection = connect(path, write=False, key=key)
    try:
        connection.execute("PRAGMA cache_size = -2000")
        found = connection.unsound(thorough=False)
    finally:
        connection.close()
    if found:
        raise Damaged(f"{path.name} is damaged ({found}). Restore a backup or salvage it.")


__all__ = ["AnnotatorError", "check_usable", "columns", "install_triggers", "migrate", "verify"]
