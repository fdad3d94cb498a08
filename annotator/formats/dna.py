"""Discourse Network Analyzer (.dna): documents, and statements of a type with variables. https://github.com/leifeld/dna

Followed are the schemas of DNA 2.0 (values of short texts in ``DATASHORTTEXT.Value``) and 3.0 (in ``ENTITIES``), and
that between them (in ``ATTRIBUTES``). Offsets are UTF-16 units of a text whose line ends are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._projects import read_project
from annotator.formats._sqlite import Database, number, opened, words

_DATA = ("StatementId", "VariableId", "Value")
_TABLES = {
    "DOCUMENTS": ("ID", "Title", "Text", "Coder", "Author", "Source", "Section", "Notes", "Type", "Date"),
    "STATEMENTS": ("ID", "StatementTypeId", "DocumentId", "Start", "Stop", "Coder"),
    "STATEMENTTYPES": ("ID", "Label", "Red", "Green", "Blue"),
    "VARIABLES": ("ID", "Variable", "DataType", "StatementTypeId"),
    "CODERS": ("ID", "Name"),
    "ENTITIES": ("ID", "Value"),
    "ATTRIBUTES": ("ID", "Value"),
    "DATASHORTTEXT": (*_DATA, "Entity"),
    "DATALONGTEXT": _DATA,
    "DATAINTEGER": _DATA,
    "DATABOOLEAN": _DATA,
    "STATEMENTLINKS": ("SourceId", "TargetId"),
    "ROLEVARIABLELINKS": ("ID",),
}
#: What a variable's type is as a type of ours.
_TYPES = {"short text": "text", "long text": "long_text", "integer": "count", "boolean": "choice"}


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each document; what DNA calls statements are passages."""
    yield from read_project(file, options, "annotator.formats.dna:parts", "DNA")


# -- in the child -------------------------------------------------------------------------


def parts(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """The project as plain data, a document at a time."""
    with opened(data, name, _TABLES) as database:
        if not database.has("DOCUMENTS", "ID", "Text"):
            raise AnnotatorError(f"{name} is no file of DNA: it has no documents")
        if database.has("ROLEVARIABLELINKS"):
            raise AnnotatorError(f"{name} was made by a version of DNA after 3.0, whose variables are kept otherwise")
        if not database.has("STATEMENTS", "StatementTypeId", "DocumentId"):
            raise AnnotatorError(f"{name} was made by a version of DNA before 2.0; open and save it with DNA 2 or 3")
        coders = {row[0]: words(row[1]) for row in database.rows("CODERS", "ID", "Name")}
        labels, names, tags = _types(database)
        yield {"tags": tags}
        passages = _passages(database, labels, coders, _values(database, names))
        columns = ("ID", "Title", "Text", "Author", "Source", "Section", "Notes", "Type", "Date")
        seconds = 1 if database.has("ENTITIES") else 1000
        for identifier, title, text, author, source, section, notes, kind, date in database.rows("DOCUMENTS", *columns):
            extra = {"author": words(author), "section": words(section), "type": words(kind)}
            metadata = {"title": words(title), "outlet": words(source), "memo": words(notes), "extra": extra}
            document = {
                # A Java text pane, in which passages are marked, counts each line end as one character.
                "text": words(text).replace("\r\n", "\n"),
                "unit": "utf16",
                "metadata": metadata | {"date": _day(date, seconds)},
                "claims": passages.get(identifier, []),
            }
            yield {"document": document}
        links = database.rows("STATEMENTLINKS", "SourceId", "TargetId")
        yield {"links": [["linked", f"statement {source}", f"statement {target}"] for source, target in links]}
        for each in database.passed_over:
            yield {"problem": each}


def _types(database: Database) -> tuple[dict[Any, str], dict[Any, tuple[str, str]], list[dict[str, Any]]]:
    """The label of each type of statement, the name and type of each variable, and the tags."""
    variables: dict[Any, list[tuple[str, str, list[str]]]] = {}
    names: dict[Any, tuple[str, str]] = {}
    for identifier, name, kind, owner in database.rows("VARIABLES", "ID", "Variable", "DataType", "StatementTypeId"):
        ours = _TYPES.get(words(kind), "text")
        names[identifier] = words(name), ours
        variables.setdefault(owner, []).append((words(name), ours, ["yes", "no"] if ours == "choice" else []))
    labels, tags = {}, []
    for identifier, label, *color in database.rows("STATEMENTTYPES", "ID", "Label", "Red", "Green", "Blue"):
        labels[identifier] = words(label)
        rgb = [each if type(each) is int and 0 <= each < 256 else 128 for each in color]
        shade = "#{:02X}{:02X}{:02X}".format(*rgb)
        tags.append({"label": words(label), "color": shade, "attributes": variables.get(identifier, [])})
    return labels, names, tags


def _values(database: Database, names: dict[Any, tuple[str, str]]) -> dict[Any, dict[str, str]]:
    """The values of each passage by the name of the variable, as a person would type them."""
    entities = {row[0]: words(row[1]) for row in database.rows("ENTITIES", "ID", "Value")}
    older = {row[0]: words(row[1]) for row in database.rows("ATTRIBUTES", "ID", "Value")}
    found: dict[Any, dict[str, str]] = {}

    def take(statement: Any, variable: Any, value: str) -> None:
        name, _ = names.get(variable, ("", ""))
        if name and value.strip():
            found.setdefault(statement, {})[name] = value

    for statement, variable, value, entity in database.rows("DATASHORTTEXT", *_DATA, "Entity"):
        if entity is not None:
            take(statement, variable, entities.get(entity, ""))
        else:
            take(statement, variable, older.get(value, "") if type(value) is int else words(value))
    for table in ("DATALONGTEXT", "DATAINTEGER"):
        for statement, variable, value in database.rows(table, *_DATA):
            take(statement, variable, words(value))
    for statement, variable, value in database.rows("DATABOOLEAN", *_DATA):
        take(statement, variable, {1: "yes", 0: "no"}.get(number(value), ""))
    return found


def _passages(
    database: Database, labels: dict[Any, str], coders: dict[Any, str], values: dict[Any, dict[str, str]]
) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    columns = ("ID", "StatementTypeId", "DocumentId", "Start", "Stop", "Coder")
    for identifier, kind, document, start, stop, coder in database.rows("STATEMENTS", *columns):
        found.setdefault(document, []).append(
            {
                "id": f"statement {identifier}",
                "label": labels.get(kind) or "unlabelled",
                "start": number(start),
                "end": number(stop),
                "coder": coders.get(coder, ""),
                "values": values.get(identifier, {}),
            }
        )
    return found


def _day(value: Any, seconds: int) -> str:
    """A moment since 1970, of which so many are a second, as a day; empty when it is none."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(value) / seconds)).date().isoformat()
    except (TypeError, ValueError, OverflowError):
        return ""


FORMAT = Format(
    name="dna",
    label="Discourse Network Analyzer (DNA)",
    suffixes=(".dna",),
    media_type="application/vnd.sqlite3",
    purpose="exchange",
    read=read,
    sniff=lambda head: head.startswith(b"SQLite format 3\0") and b"STATEMENTTYPES" in head,
    description="Documents and statements with typed variables.",
)
