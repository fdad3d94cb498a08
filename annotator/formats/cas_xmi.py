"""UIMA CAS XMI: a document of XML for each text, with its type system. https://uima.apache.org"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element

from annotator.core.exchange import Item, Losses, Record, Stamp
from annotator.formats import _cas, _xml
from annotator.formats._cas import Hierarchy, Structure, TypeSystem
from annotator.formats._container import Container
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._markup import attributes, element
from annotator.formats._outward import sorted_out
from annotator.formats._parsed import parts_in_child

_XMI = "http://www.omg.org/XMI"
_ID = f"{{{_XMI}}}id"
_NAMESPACES = {
    "xmi": _XMI,
    "cas": "http:///uima/cas.ecore",
    "tcas": "http:///uima/tcas.ecore",
    "annotator": "http:///annotator.ecore",
    "tag": "http:///annotator/tag.ecore",
}
_PREFIXES = {"uima.tcas.": "tcas", "annotator.tag.": "tag", "annotator.": "annotator"}
#: A container may hold as many texts as a project, and packed and unpacked as many bytes as any container.
ENTRIES, LARGEST = 50_000, 200_000_000
_NO_NAME = re.compile(r"[^\w.-]+")
#: What programs call the type system that lies beside a document.
_BESIDE = ("TypeSystem.xml", "typesystem.xml", "{stem}-typesystem.xml", "{stem}.typesystem.xml")

# -- writing ------------------------------------------------------------------------------


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A ZIP container: a document for each statement, then ``TypeSystem.xml``."""
    types = TypeSystem()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for n, (names, item) in enumerate(sorted_out(items)):
            if isinstance(item, Record):
                entry = entry_name(n, item, ".xmi")
                container.writestr(entry, _document(item.text, _cas.structures(item, names, types, losses)).encode())
                yield
        container.writestr("TypeSystem.xml", _type_system(types).encode())
    yield


def entry_name(number: int, record: Record, suffix: str) -> str:
    """What a statement's file in a container is called: its place in the export and its title."""
    return _NO_NAME.sub("-", f"{number:05}-{record.statement.title}").strip("-.")[:60] + suffix


def _document(text: str, structures: Iterable[Structure]) -> str:
    lines, members = [], []
    for each in structures:
        prefix = next(p for start, p in _PREFIXES.items() if each.type.startswith(start))
        values: dict[str, object] = {"xmi:id": each.id}
        if "begin" in each.values:
            values["sofa"] = "1"
        values |= each.values | {name: " ".join(ids) for name, ids in each.references.items()}
        lines.append(element(f"{prefix}:{each.type.rpartition('.')[2]}", values))
        members.append(each.id)
    sofa = {"xmi:id": "1", "sofaNum": "1", "sofaID": _cas.VIEW, "mimeType": "text/plain", "sofaString": text}
    head = attributes({f"xmlns:{prefix}": uri for prefix, uri in _NAMESPACES.items()} | {"xmi:version": "2.0"})
    view = element("cas:View", {"sofa": "1", "members": " ".join(members)})
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI{head}>\n<cas:NULL xmi:id="0"/>\n'
        f"{''.join(lines)}{element('cas:Sofa', sofa)}{view}</xmi:XMI>\n"
    )


def _type_system(types: TypeSystem) -> str:
    found = []
    for name, above, features in types.types():
        described = "".join(
            f"<featureDescription><name>{feature}</name><description/><rangeTypeName>{kind}</rangeTypeName>"
            "</featureDescription>\n"
            for feature, kind in features
        )
        listed = f"<features>\n{described}</features>\n" if described else ""
        found.append(
            f"<typeDescription>\n<name>{name}</name>\n<description/>\n"
            f"<supertypeName>{above}</supertypeName>\n{listed}</typeDescription>\n"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">\n'
        f"<types>\n{''.join(found)}</types>\n</typeSystemDescription>\n"
    )


# -- reading ------------------------------------------------------------------------------


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each text of each document; the type system is that of the container, or lies beside the file."""
    types = ""
    stem = file.name.rpartition(".")[0]
    for name in _BESIDE:
        data = file.beside(name.format(stem=stem), 500_000)
        if data is not None:
            types = data.decode("utf-8", "replace")
            break
    parts = parts_in_child(
        options.parser, "annotator.formats.cas_xmi:parts", file.data(LARGEST), file.name, limit=LARGEST, types=types
    )
    for part in parts:
        yield from _cas.records(part, file.name, "UIMA")


# -- in the child -------------------------------------------------------------------------


def parts(data: bytes, name: str, types: str = "") -> Iterator[dict[str, Any]]:
    """The documents of a container, or the one that the file is."""
    from annotator.core.errors import AnnotatorError

    hierarchy = Hierarchy()
    if types:
        _take_types(_xml.parse(types.encode(), name), hierarchy)
    if not data.startswith(b"PK"):
        yield from _cas.documents(_structures(_xml.parse(data, name), hierarchy, name), hierarchy, name)
        return
    container = Container(data, name, entries=ENTRIES)
    found = [entry for entry in container.names if entry.lower().endswith(".xmi")]
    if not found:
        raise AnnotatorError(f"{name} holds no document of UIMA (a file .xmi)")
    for entry in container.names:
        if entry.lower().endswith("typesystem.xml"):
            _take_types(_xml.parse(container.read(entry), entry), hierarchy)
    for entry in found:
        try:
            root = _xml.parse(container.read(entry), entry)
            yield from _cas.documents(_structures(root, hierarchy, entry), hierarchy, entry)
        except AnnotatorError as error:
            yield {"problem": str(error), "name": entry}


def _take_types(root: Element, hierarchy: Hierarchy) -> None:
    space = "{http://uima.apache.org/resourceSpecifier}"
    for each in root.iter(f"{space}typeDescription"):
        name = (each.findtext(f"{space}name") or "").strip()
        hierarchy.supers[name] = (each.findtext(f"{space}supertypeName") or "").strip()
        ranges = hierarchy.ranges.setdefault(name, {})
        for feature in each.iter(f"{space}featureDescription"):
            range = (feature.findtext(f"{space}rangeTypeName") or "").strip()
            ranges[(feature.findtext(f"{space}name") or "").strip()] = range


def _structures(root: Element, hierarchy: Hierarchy, name: str) -> dict[str, Structure]:
    from annotator.core.errors import AnnotatorError

    if not root.tag.endswith("}XMI"):
        raise AnnotatorError(f"{name} is no document of UIMA: its first element is {root.tag.rpartition('}')[2][:60]}")
    found: dict[str, Structure] = {}
    lists: dict[str, list[str]] = {}
    for node in root:
        space, _, local = str(node.tag).rpartition("}")
        package = space.lstrip("{").removeprefix("http:///").removesuffix(".ecore").replace("/", ".")
        type = local if package in ("uima.noNamespace", "") else f"{package}.{local}"
        each = Structure(node.get(_ID) or "", type)
        if type == "uima.cas.FSArray":
            lists[each.id] = (node.get("elements") or "").split()
        for feature, value in node.attrib.items():
            if feature == _ID:
                continue
            range = hierarchy.range(type, feature)
            if feature == "sofa" or (range and not hierarchy.is_primitive(range)):
                each.references[feature] = value.split()
            else:
                each.values[feature] = value
        children: dict[str, list[str]] = {}
        for child in node:
            children.setdefault(child.tag.rpartition("}")[2], []).append(child.text or "")
        each.values |= {feature: "; ".join(values) for feature, values in children.items()}
        found[each.id] = each
    for each in found.values():
        for feature, ids in each.references.items():
            each.references[feature] = [i for id in ids for i in lists.get(id, [id])]
    return found


FORMAT = Format(
    name="cas-xmi",
    label="UIMA CAS XMI",
    suffixes=(".zip", ".xmi"),
    media_type="application/zip",
    purpose="exchange",
    read=read,
    write=write,
    sniff=lambda head: (
        b"http://www.omg.org/XMI" in head
        or (head.startswith(b"PK\x03\x04") and (b".xmi" in head or b"TypeSystem.xml" in head))
    ),
    description="Texts and annotations with their type system, for INCEpTION, DKPro and other programs of UIMA.",
    needs_texts=True,
)
