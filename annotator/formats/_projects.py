"""Projects of other programs that are databases: from plain data, as the child gives it, to records.

A part is ``{"tags": …}``, ``{"document": …}``, ``{"links": …}`` or ``{"problem": …}``. A document has ``text``,
``unit``, ``metadata`` and ``claims``, each of which has the fields of a ``Claim``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotator.core.exchange import Item, Problem
from annotator.core.model import DateValue
from annotator.core.text import clean, digest
from annotator.formats._document import clean as one_clean_line
from annotator.formats._foreign import Claim, Gathering, attribute_name, moment
from annotator.formats._format import ReadOptions, SourceFile
from annotator.formats._parsed import parts_in_child
from annotator.formats._sqlite import LARGEST


def read_project(file: SourceFile, options: ReadOptions, parser: str, program: str) -> Iterator[Item]:
    """The records of a database file of this program, parsed by that function of a format in the child process."""
    data = file.data(LARGEST)
    for suffix in ("-wal", "-journal"):
        if file.beside(file.name + suffix, LARGEST):
            yield Problem(file.name, f"is open in {program}, or was left open: what is not saved there is not here")
            break
    yield from records(parts_in_child(options.parser, parser, data, file.name, limit=LARGEST), file.name, program)


def records(parts: Iterable[Mapping[str, Any]], name: str, program: str) -> Iterator[Item]:
    """The records, links and problems of a project."""
    gathering = Gathering(name, program)
    called: dict[str, str] = {}
    for part in parts:
        if "tags" in part:
            for tag in part["tags"]:
                entry = gathering.tag(
                    tag["label"],
                    color=tag.get("color", ""),
                    definition=tag.get("definition", ""),
                    parent=tag.get("parent", ""),
                )
                for attribute, type, values in tag.get("attributes", ()):
                    gathering.attribute(entry, attribute_name(attribute), type, values)
            yield from gathering.named()
        elif "document" in part:
            document = part["document"]
            title = one_clean_line(document["metadata"].get("title", ""))
            claims = [_claim(claim, document["text"], called) for claim in document["claims"]]
            place = f"{name}, “{title[:80]}”"
            metadata = _metadata(document["metadata"])
            yield from gathering.record(document["text"], claims, unit=document["unit"], metadata=metadata, place=place)
        elif "links" in part:
            for kind, source, target in part["links"]:
                ends = called.get(source, ""), called.get(target, "")
                if all(end and gathering.has(end) for end in ends):
                    yield gathering.link(attribute_name(kind), *ends)
        else:
            yield Problem(name, part["problem"])


def _claim(data: Mapping[str, Any], text: str, called: dict[str, str]) -> Claim:
    values = {attribute_name(key): value for key, value in data.get("values", {}).items() if value}
    created = moment(data.get("created", ""))
    # Numbers are those of one file, and coders work on copies of it: an id says what is claimed of which text.
    parts = (digest(clean(text))[:16], data["id"], data["label"], str(data["start"]), str(data["end"]), data["coder"])
    identifier = " ".join(parts)
    called[data["id"]] = identifier
    return Claim(
        data["label"],
        data["start"],
        data["end"],
        quote=data.get("quote"),
        id=identifier,
        coder=data["coder"],
        note=data.get("note", ""),
        values=values,
        created_at=created,
        modified_at=created,
        place=data["id"],
    )


def _metadata(data: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {key: one_clean_line(data[key]) for key in ("title", "outlet") if data.get(key)}
    values["memo"] = clean(data.get("memo", ""))
    if data.get("date"):
        values["date_published"] = DateValue(data["date"])
    extra = {one_clean_line(key): clean(value) for key, value in data.get("extra", {}).items() if value.strip()}
    return values | {"extra": extra}
