"""UIMA CAS JSON: an object for each text, with the types that it uses. https://github.com/apache/uima-uimaj-io-jsoncas

Of its version 0.4: ``%TYPES``, ``%FEATURE_STRUCTURES`` as a list (or by their ids), ``%VIEWS``; a feature that refers
begins with ``@``, a number that JSON cannot write with ``#``.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Losses, Record, Stamp
from annotator.formats import _cas
from annotator.formats._cas import Hierarchy, Structure, TypeSystem
from annotator.formats._container import Container
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._json import parsed
from annotator.formats._outward import sorted_out
from annotator.formats._parsed import parts_in_child
from annotator.formats.cas_xmi import ENTRIES, LARGEST, entry_name

_TYPES, _STRUCTURES, _VIEWS = "%TYPES", "%FEATURE_STRUCTURES", "%VIEWS"

# -- writing ------------------------------------------------------------------------------


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A ZIP container, a document for each statement."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for n, (names, item) in enumerate(sorted_out(items)):
            if isinstance(item, Record):
                types = TypeSystem()
                made = [*_cas.structures(item, names, types, losses)]
                data = json.dumps(_document(item.text, made, types), ensure_ascii=False, indent=1)
                container.writestr(entry_name(n, item, ".json"), data.encode())
                yield
    yield


def _document(text: str, structures: Iterable[Structure], types: TypeSystem) -> dict[str, Any]:
    sofa = {"%ID": 1, "%TYPE": _cas.SOFA, "sofaNum": 1, "sofaID": _cas.VIEW, "mimeType": "text/plain"}
    found: list[dict[str, Any]] = [sofa | {"sofaString": text}]
    for each in structures:
        made: dict[str, Any] = {"%ID": int(each.id), "%TYPE": each.type}
        if "begin" in each.values:
            made["@sofa"] = 1
        made |= {k: int(v) if k in ("begin", "end") else v for k, v in each.values.items()}
        made |= {f"@{name}": int(ids[0]) for name, ids in each.references.items()}
        found.append(made)
    described = {
        name: {"%NAME": name, "%SUPER_TYPE": above}
        | {feature: {"%NAME": feature, "%RANGE": kind} for feature, kind in features}
        for name, above, features in types.types()
    }
    members = [each["%ID"] for each in found[1:]]
    return {_TYPES: described, _STRUCTURES: found, _VIEWS: {_cas.VIEW: {"%SOFA": 1, "%MEMBERS": members}}}


# -- reading ------------------------------------------------------------------------------


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each text of each document."""
    parts = parts_in_child(
        options.parser, "annotator.formats.cas_json:parts", file.data(LARGEST), file.name, limit=LARGEST
    )
    for part in parts:
        yield from _cas.records(part, file.name, "UIMA")


# -- in the child -------------------------------------------------------------------------


def parts(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """The documents of a container, or the one that the file is."""
    if not data.startswith(b"PK"):
        yield from _documents(data, name)
        return
    container = Container(data, name, entries=ENTRIES)
    found = [entry for entry in container.names if entry.lower().endswith(".json")]
    if not found:
        raise AnnotatorError(f"{name} holds no document of UIMA (a file .json)")
    for entry in found:
        try:
            yield from _documents(container.read(entry), entry)
        except AnnotatorError as error:
            yield {"problem": str(error), "name": entry}


def _documents(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    try:
        value = parsed(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"), name)
    except UnicodeDecodeError as error:
        raise AnnotatorError(f"{name} is not in UTF-8, as JSON must be") from error
    if not isinstance(value, dict) or _STRUCTURES not in value:
        raise AnnotatorError(f"{name} is no document of UIMA: it has no {_STRUCTURES}")
    hierarchy = Hierarchy()
    types = value.get(_TYPES)
    for type, described in (types if isinstance(types, dict) else {}).items():
        if isinstance(described, dict):
            hierarchy.supers[type] = str(described.get("%SUPER_TYPE", ""))
    listed = value[_STRUCTURES]
    if isinstance(listed, dict):
        listed = [{"%ID": key, **each} for key, each in listed.items() if isinstance(each, dict)]
    objects = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    found = {each.id: each for each in map(_structure, objects)}
    arrays = {str(each.get("%ID")): each["%ELEMENTS"] for each in objects if isinstance(each.get("%ELEMENTS"), list)}
    for each in found.values():
        for feature, ids in each.references.items():
            each.references[feature] = [str(i) for id in ids for i in arrays.get(id, [id])]
    yield from _cas.documents(found, hierarchy, name)


def _structure(data: Mapping[str, Any]) -> Structure:
    made = Structure(str(data.get("%ID", "")), str(data.get("%TYPE", "")))
    for key, value in data.items():
        if key.startswith("@"):
            ids = value if isinstance(value, list) else [value]
            made.references[key[1:]] = [str(each) for each in ids if type(each) is int]
        elif not key.startswith("%"):
            made.values[key.lstrip("#^")] = _text(value)
    return made


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    return "" if value is None or isinstance(value, dict) else str(value)


FORMAT = Format(
    name="cas-json",
    label="UIMA CAS JSON",
    suffixes=(".zip", ".json"),
    media_type="application/zip",
    purpose="exchange",
    read=read,
    write=write,
    sniff=lambda head: (
        re.search(rb'"%(?:TYPES|FEATURE_STRUCTURES)"', head) is not None
        or (head.startswith(b"PK\x03\x04") and b".json" in head[:200])
    ),
    description="Texts and annotations with their types as JSON, for INCEpTION and dkpro-cassis.",
    needs_texts=True,
)
