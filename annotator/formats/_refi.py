"""What REFI-QDA projects and codebooks have in common: codes as XML, both ways, and GUIDs as programs write them.

The standard: REFI-QDA 1.5, https://www.qdasoftware.org. A code is a tag; what a tag says beyond its definition stands
in the code's description, under headings that reading knows again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Losses
from annotator.core.model import Tag
from annotator.formats._foreign import Gathering, stable_id
from annotator.formats._markup import element, words

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'

#: The lists of a tag, each under its heading in a description.
_HEADINGS = {"include": "Include:", "exclude": "Exclude:", "rules": "Rules:"}
_RGB = re.compile("#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
#: Codes within codes; more than anybody reads, less than Python recurses.
_DEPTH = 60

# -- writing ------------------------------------------------------------------------------


def codes(codebook: Codebook, losses: Losses) -> str:
    """The element ``Codes``; empty without a tag, because the standard has no empty one."""
    below: dict[str, list[Tag]] = {}
    names = {tag.name for tag in codebook}
    for tag in codebook:
        parent = tag.parent if tag.parent in names and tag.parent != tag.name else ""
        below.setdefault(parent, []).append(tag)
    written: set[str] = set()
    found = "".join(_code(tag, below, written, 0) for tag in below.get("", ()))
    found += "".join(_code(tag, {}, written, 0) for tag in codebook if tag.name not in written)
    attributes = sum(len(tag.attributes) for tag in codebook)
    if attributes:
        losses.add("definitions of attributes", attributes)
    if codebook.tags:
        losses.add("keys, shapes and underlines of tags", len(codebook.tags))
    if codebook.rules:
        losses.add("rules for all tags", len(codebook.rules))
    return f"<Codes>\n{found}</Codes>\n" if found else ""


def _code(tag: Tag, below: Mapping[str, list[Tag]], written: set[str], depth: int) -> str:
    written.add(tag.name)
    values = {
        "guid": code_guid(tag.name),
        "name": tag.label or tag.name,
        "isCodable": "true",
        "color": tag.color if _RGB.fullmatch(tag.color) else None,
    }
    content = element("Description", {}, words(description(tag))) if description(tag) else ""
    if depth < _DEPTH:
        content += "".join(_code(child, below, written, depth + 1) for child in below.get(tag.name, ()))
    return element("Code", values, content)


def code_guid(tag: str) -> str:
    """The GUID of a tag, the same in every export."""
    return stable_id("refi code", tag)


def description(tag: Tag) -> str:
    """The tag's definition, and what belongs to it under headings."""
    parts = [tag.definition] if tag.definition else []
    for name, heading in _HEADINGS.items():
        entries = getattr(tag, name)
        if entries:
            parts.append("\n".join([heading, *("- " + entry.replace("\n", "\n  ") for entry in entries)]))
    return "\n\n".join(parts)


# -- reading ------------------------------------------------------------------------------


def guid(text: str | None) -> str:
    """A GUID in one form, whatever the program: lower case, without braces; anything else as it is."""
    text = (text or "").strip().strip("{}").strip()
    try:
        return str(UUID(text))
    except ValueError:
        return text


def name_of(node: Element) -> str:
    """The element's name without its namespace: programs in the wild use odd ones."""
    return str(node.tag).rpartition("}")[2]


def children(node: Element | None, *names: str) -> Iterator[Element]:
    """The elements of these names right within this one."""
    for child in node if node is not None else ():
        if name_of(child) in names:
            yield child


def child(node: Element | None, name: str) -> Element | None:
    return next(children(node, name), None)


def text_of(node: Element | None) -> str:
    return "".join(node.itertext()) if node is not None else ""


def read_codes(book: Element | None) -> list[dict[str, Any]]:
    """The codes in an element ``CodeBook``, parents before their children, as plain data."""
    found: list[dict[str, Any]] = []
    stack = [(code, "") for each in children(book, "Codes") for code in children(each, "Code")][::-1]
    while stack:
        code, parent = stack.pop()
        identifier = guid(code.get("guid"))
        found.append(
            {
                "guid": identifier,
                "name": code.get("name") or "",
                "parent": parent,
                "color": code.get("color") or "",
                "description": text_of(child(code, "Description")).strip(),
                "codable": (code.get("isCodable") or "true").strip() not in ("false", "0"),
            }
        )
        stack.extend((below, identifier) for below in reversed([*children(code, "Code")]))
    return found


def take_codes(found: Iterable[Mapping[str, Any]], gathering: Gathering) -> dict[str, str]:
    """Have the codes as tags; returns for each GUID the label by which claims name its tag.

    Codes of one name in two branches are told apart by the name of what they are under.
    """
    labels: dict[str, str] = {}
    taken: set[str] = set()
    parents = {code["parent"] for code in found}
    for code in found:
        name = " ".join(code["name"].split()) or "unlabelled"
        above = labels.get(code["parent"], "")
        label, n = name, 2
        while label.casefold() in taken:
            label = f"{above}: {name}" if above and n == 2 else f"{name} ({n})"
            n += 1
        taken.add(label.casefold())
        labels[code["guid"]] = label
        if not code["codable"] and code["guid"] not in parents:
            continue
        definition, lists = read_description(code["description"])
        gathering.tag(
            label,
            color=_color(code["color"]),
            definition=definition,
            parent=above,
            include=lists.get("include", ()),
            exclude=lists.get("exclude", ()),
            rules=lists.get("rules", ()),
        )
    return labels


def read_description(text: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The definition and the lists that ``description`` wrote; of any other text, all of it."""
    lists: dict[str, tuple[str, ...]] = {}
    rest = text
    for name in reversed(_HEADINGS):
        head, _, listed = rest.rpartition(_HEADINGS[name] + "\n- ")
        if listed and (not head or head.endswith("\n")) and _is_list(listed):
            lists[name] = tuple(entry.replace("\n  ", "\n") for entry in listed.split("\n- "))
            rest = head.rstrip("\n")
    return rest, lists


def _is_list(text: str) -> bool:
    """Whether each line begins an entry or goes on with one; the first one's mark was taken off."""
    return all(line[:2] in ("- ", "  ") for line in text.split("\n")[1:])


def _color(text: str) -> str:
    text = text.strip()
    if len(text) == 4 and _RGB.fullmatch(text):
        text = "#" + "".join(digit * 2 for digit in text[1:])
    return text


def check_root(root: Element, name: str, *wanted: str) -> None:
    """Raises ``AnnotatorError`` when the document is another one."""
    if name_of(root) not in wanted:
        raise AnnotatorError(f"{name} is no REFI-QDA file: its first element is {name_of(root)[:60]}")
