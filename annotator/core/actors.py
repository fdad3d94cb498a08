"""What may stand in the fields of an actor: a checked type, colour, Wikidata id and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from annotator.core.errors import AnnotatorError
from annotator.core.text import clean, fold

_WIKIDATA = re.compile(
    r"(?:https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/)?(Q[1-9][0-9]{0,11})/?", re.IGNORECASE
)
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


def checked_name(name: str) -> str:
    """A name without blanks around it; raises ``AnnotatorError`` for none."""
    name = clean(" ".join(name.split()))
    if not name:
        raise AnnotatorError("An actor needs a name.")
    if ";" in name:
        raise AnnotatorError(f"The name “{name[:60]}” holds a “;”, which stands between two actors.")
    return name


def checked_aliases(aliases: Iterable[str], name: str) -> tuple[str, ...]:
    """Other names, each once; one that reads like the name, or like another one to the letter, is left out."""
    found = dict.fromkeys(clean(" ".join(alias.split())) for alias in aliases)
    return tuple(alias for alias in found if alias and alias != name)


def checked_type(type: str, known: Sequence[str]) -> str:
    """The type of that name, in whatever case; empty for none. Raises ``AnnotatorError`` with the types there are."""
    wanted = fold(" ".join(type.split()))
    for each in ("", *known):
        if wanted == fold(each):
            return each
    raise AnnotatorError(f"“{type.strip()[:60]}” is no type of actor; there are: {', '.join(known)}.")


def checked_color(color: str) -> str:
    """A colour as ``#RRGGBB``; empty for none."""
    color = color.strip()
    if color and not _COLOR.fullmatch(color):
        raise AnnotatorError(f"“{color[:40]}” is no colour; write #RRGGBB, such as #0072B2.")
    return color.upper()


def checked_wikidata(identifier: str) -> str:
    """The id of a Wikidata item, also out of its address; empty for none."""
    identifier = identifier.strip()
    if not identifier:
        return ""
    if not (match := _WIKIDATA.fullmatch(identifier)):
        raise AnnotatorError(f"“{identifier[:60]}” is no Wikidata item; it is a Q with a number, such as Q878.")
    return match[1].upper()


def in_a_circle(merged: Mapping[str, str | None]) -> str | None:
    """An actor who was merged into itself by way of others, or None; ``merged`` says who was merged into whom."""
    sound: set[str] = set()
    for first in merged:
        passed: dict[str, None] = {}
        actor: str | None = first
        while actor is not None and actor not in sound:
            if actor in passed:
                return actor
            passed[actor] = None
            actor = merged.get(actor)
        sound.update(passed)
    return None


#: What an actor does, or what happens to it, where a passage names it so: by tag and attribute.
_ROLES = {
    ("demand", "demander"): "Demands",
    ("demand", "addressee"): "Is asked",
    ("demand", "object_actor"): "Is to be made to act",
    ("accusation", "accuser"): "Accuses",
    ("accusation", "accused"): "Is accused",
    ("accusation", "victim"): "Is named as victim",
    ("accusation", "third_party"): "Is named as partner",
    ("event", "actor"): "Does",
    ("event", "recipient"): "Suffers",
    ("event", "reported_by"): "Reports",
}


def role(tag: str, attribute: str, tag_label: str = "", attribute_label: str = "") -> str:
    """What it means for an actor that a passage of this tag names it under this attribute."""
    known = _ROLES.get((tag, attribute))
    return known or f"{tag_label or tag}: {attribute_label or attribute.replace('_', ' ')}"


def role_order(tag: str, attribute: str) -> int:
    """The place of a role among all: what an actor does, what it is asked, and so on; those of other tags last."""
    return next((n for n, each in enumerate(_ROLES) if each == (tag, attribute)), len(_ROLES))
