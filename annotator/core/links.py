"""Kinds of links between passages: those that every project has, and those that it defines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.text import clean
from annotator.core.values import dataclass

#: The setting of a project with the kinds of links that it defines, a JSON array.
LINK_KINDS = "link_kinds"
_NAME = re.compile("[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class LinkKind:
    """What a link says. An undirected one says the same in both directions."""

    name: str
    label: str = ""
    directed: bool = True
    definition: str = ""


#: The kinds that every project has; the codebook's rules speak of them.
STANDARD = (
    LinkKind("same_as", "Same as", False, "The two passages say the same thing: one repeats the other."),
    LinkKind("event_ref", "Refers to event", True, "The passage speaks of the event that the other one reports."),
    LinkKind("responds_to", "Responds to", True, "The passage answers, rejects or grants what the other one says."),
)
_STANDARD = frozenset(kind.name for kind in STANDARD)


def is_standard(name: str) -> bool:
    return name in _STANDARD


def checked_kind(kind: LinkKind) -> LinkKind:
    """The kind as it is kept; raises ``AnnotatorError`` for a name that is none or is taken by a standard kind."""
    if is_standard(kind.name):
        raise AnnotatorError(f"Every project has the kind of link “{kind.name}”; give another one another name.")
    if not _NAME.fullmatch(kind.name):
        raise AnnotatorError(
            f"“{kind.name[:60]}” cannot name a kind of link; take small letters, digits and _, a letter first."
        )
    label = clean(" ".join(kind.label.split())) or plain_label(kind.name)
    return LinkKind(kind.name, label, kind.directed, clean(kind.definition.strip()))


def plain_label(name: str) -> str:
    """What a kind is called that has no label."""
    return name.replace("_", " ").capitalize()


def kind_from_json(data: Mapping[str, Any]) -> LinkKind:
    """The kind that JSON describes; fields of other types count as missing, names are taken as they are."""
    name, label, definition = (data.get(key) for key in ("name", "label", "definition"))
    if not isinstance(name, str) or not name:
        raise AnnotatorError("a kind of link has no name")
    return LinkKind(
        name,
        label if isinstance(label, str) and label else plain_label(name),
        data.get("directed") is not False,
        definition if isinstance(definition, str) else "",
    )


def kind_to_json(kind: LinkKind) -> dict[str, Any]:
    return {"name": kind.name, "label": kind.label, "directed": kind.directed, "definition": kind.definition}


def kind_called(name: str, kinds: Sequence[LinkKind]) -> LinkKind:
    """The kind of that name or label; raises ``AnnotatorError`` with the names there are."""
    wanted = name.strip().casefold()
    for kind in kinds:
        if wanted in (kind.name.casefold(), kind.label.casefold()):
            return kind
    known = ", ".join(kind.name for kind in kinds)
    raise AnnotatorError(f"There is no kind of link “{name.strip()[:60]}”; there are: {known}.")


def all_kinds(defined: Iterable[LinkKind]) -> tuple[LinkKind, ...]:
    """The standard kinds, then those that a project defines, each name once."""
    return (*STANDARD, *(kind for kind in defined if not is_standard(kind.name)))
