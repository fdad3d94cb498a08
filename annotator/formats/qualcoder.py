"""QualCoder projects: the file ``data.qda`` in a folder ``NAME.qda``. https://github.com/ccbogel/QualCoder

Followed are its database versions 6 to 14 (QualCoder 2.8 to 3.8): ``source``, ``code_name``, ``code_cat``,
``code_text``, ``annotation``, ``cases``, ``case_text`` and ``attribute``. Newer ones have the same with more beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._projects import read_project
from annotator.formats._sqlite import Database, number, opened, words

_TABLES = {
    "source": ("id", "name", "fulltext", "mediapath", "memo", "owner", "date"),
    "code_name": ("cid", "name", "memo", "catid", "color"),
    "code_cat": ("catid", "name", "memo", "supercatid"),
    "code_text": ("ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo", "important"),
    "annotation": ("anid", "fid", "pos0", "pos1", "memo", "owner", "date"),
    "cases": ("caseid", "name"),
    "case_text": ("caseid", "fid"),
    "attribute": ("name", "attr_type", "value", "id"),
    "code_image": ("imid",),
    "code_av": ("avid",),
    "journal": ("jid",),
}


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each text of the project."""
    yield from read_project(file, options, "annotator.formats.qualcoder:parts", "QualCoder")


# -- in the child -------------------------------------------------------------------------


def parts(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """The project as plain data, a text at a time."""
    with opened(data, name, _TABLES) as database:
        if not database.has("source", "id", "fulltext") or not database.has("code_text", "cid", "fid", "pos0", "pos1"):
            raise AnnotatorError(f"{name} is no project of QualCoder: it has no texts and codings")
        labels, tags = _codes(database)
        yield {"tags": tags}
        codings = _codings(database, labels)
        facts = _facts(database)
        without = 0
        for identifier, title, text, memo in database.rows("source", "id", "name", "fulltext", "memo"):
            if not words(text).strip():
                without += 1
                continue
            metadata = {"title": words(title), "memo": words(memo), "extra": facts.get(identifier, {})}
            claims = codings.get(identifier, [])
            yield {"document": {"text": words(text), "unit": "points", "metadata": metadata, "claims": claims}}
        yield from _left(database, without)


def _codes(database: Database) -> tuple[dict[Any, str], list[dict[str, Any]]]:
    """The label of each code, and the tags with the categories above them."""
    categories = {row[0]: row[1:] for row in database.rows("code_cat", "catid", "name", "memo", "supercatid")}
    tags = [
        {"label": words(name), "definition": words(memo), "parent": words(categories.get(above, [""])[0])}
        for name, memo, above in categories.values()
    ]
    labels = {}
    taken = {words(row[0]).casefold() for row in categories.values()}
    for cid, name, memo, category, color in database.rows("code_name", "cid", "name", "memo", "catid", "color"):
        label = words(name) if words(name).casefold() not in taken else f"{words(name)} (code)"
        labels[cid] = label
        parent = words(categories.get(category, [""])[0])
        tags.append({"label": label, "definition": words(memo), "color": words(color), "parent": parent})
    return labels, tags


def _codings(database: Database, labels: dict[Any, str]) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    columns = ("ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo", "important")
    for n, (ctid, cid, fid, quote, start, end, owner, date, memo, important) in enumerate(
        database.rows("code_text", *columns)
    ):
        found.setdefault(fid, []).append(
            {
                "id": f"coding {n if ctid is None else ctid}",
                "label": labels.get(cid) or "unlabelled",
                "start": number(start),
                "end": number(end),
                "quote": quote if isinstance(quote, str) else None,
                "coder": words(owner),
                "created": words(date),
                "note": words(memo),
                "values": {"important": "yes"} if important == 1 else {},
            }
        )
    memos = database.rows("annotation", "anid", "fid", "pos0", "pos1", "memo", "owner", "date")
    for anid, fid, start, end, memo, owner, date in memos:
        found.setdefault(fid, []).append(
            {
                "id": f"annotation {anid}",
                "label": "Memo",
                "start": number(start),
                "end": number(end),
                "coder": words(owner),
                "created": words(date),
                "note": words(memo),
            }
        )
    return found


def _facts(database: Database) -> dict[Any, dict[str, str]]:
    """Of each text its own attributes, and the cases that it belongs to."""
    found: dict[Any, dict[str, str]] = {}
    for name, kind, value, identifier in database.rows("attribute", "name", "attr_type", "value", "id"):
        if kind == "file" and words(value).strip():
            found.setdefault(identifier, {})[words(name)] = words(value)
    cases = {row[0]: words(row[1]) for row in database.rows("cases", "caseid", "name")}
    for case, fid in database.rows("case_text", "caseid", "fid"):
        facts = found.setdefault(fid, {})
        named = [each for each in facts.get("cases", "").split("; ") if each]
        if cases.get(case) and cases[case] not in named:
            facts["cases"] = "; ".join([*named, cases[case]])
    return found


def _left(database: Database, without: int) -> Iterator[dict[str, Any]]:
    counts = {
        "pictures, sounds and films": without,
        "codings of pictures": database.count("code_image", "imid"),
        "codings of sounds and films": database.count("code_av", "avid"),
        "journal entries": database.count("journal", "jid"),
        "attributes of cases": sum(kind == "case" for (kind,) in database.rows("attribute", "attr_type")),
    }
    told = ", ".join(f"{what} ({count})" for what, count in counts.items() if count)
    if told:
        yield {"problem": f"has more than texts, codes and codings; left out: {told}"}
    for each in database.passed_over:
        yield {"problem": each}


FORMAT = Format(
    name="qualcoder",
    label="QualCoder project",
    suffixes=(".qda",),
    media_type="application/vnd.sqlite3",
    purpose="exchange",
    read=read,
    sniff=lambda head: head.startswith(b"SQLite format 3\0") and b"code_text" in head,
    description="The data.qda of a project's folder: texts, codes, codings, memos.",
)
