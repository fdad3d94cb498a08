"""What must hold of a codebook that is written: names, keys, colours, and a tree without circles.

What a project holds already is read without this: an export of another program, or an older one, may break a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from annotator.core.codebook import SHAPES, UNDERLINES, Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.model import ATTRIBUTE_TYPES, Attribute, Choice, Tag
from annotator.core.query import RESERVED
from annotator.core.text import fold

#: An attribute's name is a field of the query language: letters, digits and underscores, no digit first.
_FIELD = re.compile(r"[^\W\d]\w{0,59}")
_COLOR = re.compile("#[0-9a-fA-F]{6}")
#: What separates the parts of a query, or stands for a coder's choice there.
_UNFIT = re.compile(r'[\s":|!*]|^-')
LONGEST_NAME = 60


def checked_tag_name(name: str, what: str = "A tag") -> str:
    """A new name of a tag or of a value; raises ``AnnotatorError`` for what could not be typed in a query."""
    name = name.strip()
    if not name:
        raise AnnotatorError(f"{what} needs a name.")
    if len(name) > LONGEST_NAME or not name.isprintable() or _UNFIT.search(name):
        raise AnnotatorError(
            f"“{name[:60]}” cannot be a name: a name has at most {LONGEST_NAME} characters, without blanks, quotes,"
            " colons, bars, exclamation marks or stars; say it in the label."
        )
    return name


def checked_attribute_name(name: str) -> str:
    """A new name of an attribute, which is a field of the query language; raises ``AnnotatorError``."""
    name = name.strip()
    if not name:
        raise AnnotatorError("An attribute needs a name.")
    if name in RESERVED:
        raise AnnotatorError(f"“{name}” is a word of the query language and cannot name an attribute.")
    if not _FIELD.fullmatch(name):
        raise AnnotatorError(
            f"“{name[:60]}” cannot name an attribute: it takes letters, digits and underscores, and begins with a"
            " letter; say the rest in the label."
        )
    return name


def name_from(label: str, taken: Iterable[str]) -> str:
    """A name made of a label: small letters, digits and underscores; numbered when it is taken."""
    begun = re.sub(r"\W+", "_", label.strip().lower()).strip("_")[: LONGEST_NAME - 4] or "tag"
    if begun[0].isdecimal():
        begun = f"_{begun}"
    known, name, n = set(taken), begun, 1
    while name in known or name in RESERVED:
        n += 1
        name = f"{begun}_{n}"
    return name


def check_tag(codebook: Codebook, tag: Tag) -> None:
    """Raises ``AnnotatorError`` with a sentence when this tag, put among the others, would break a rule."""
    _check_looks(tag)
    others = [each for each in codebook if each.name != tag.name]
    if tag.key:
        taken = next((each for each in others if each.key == tag.key), None)
        if taken is not None:
            raise AnnotatorError(
                f"The key {tag.key} of “{tag.label}” belongs to “{taken.label}” already; choose another one."
            )
        if len(tag.key) != 1 or not tag.key.isascii() or not tag.key.isdigit() or tag.key == "0":
            raise AnnotatorError(f"A tag's key is one of the digits 1 to 9, not “{tag.key[:20]}”.")
    _check_tree({each.name: each.parent for each in (*others, tag)}, tag.name)
    _check_attributes(tag)


def check_codebook(codebook: Codebook) -> None:
    """Raises ``AnnotatorError`` naming the first place where a codebook breaks a rule."""
    seen: dict[str, int] = {}
    for n, tag in enumerate(codebook):
        place = f"tags[{n}] (“{tag.name[:60]}”)"
        if tag.name in seen:
            raise AnnotatorError(f"{place} has the name of tags[{seen[tag.name]}]; a name stands for one tag")
        seen[tag.name] = n
        try:
            check_tag(codebook, tag)
        except AnnotatorError as error:
            raise AnnotatorError(f"{place}: {error}") from None


def circle(parents: Mapping[str, str], name: str) -> bool:
    """Whether the way up from this tag comes back to it."""
    passed, above = {name}, parents.get(name, "")
    while above and above not in passed:
        passed.add(above)
        above = parents.get(above, "")
    return above == name


def _check_tree(parents: Mapping[str, str], name: str) -> None:
    parent = parents[name]
    if parent and parent not in parents:
        raise AnnotatorError(f"“{name}” stands under “{parent}”, which is no tag of the codebook.")
    if parent and circle(parents, name):
        raise AnnotatorError(f"“{name}” cannot stand under “{parent}”, which stands under it.")


def _check_looks(tag: Tag) -> None:
    for what, value in (("colour", tag.color), ("colour on dark", tag.color_dark)):
        if value and not _COLOR.fullmatch(value):
            raise AnnotatorError(f"The {what} of “{tag.label}” is “{value[:20]}”; a colour is written #0072B2.")
    if tag.shape not in SHAPES:
        raise AnnotatorError(f"“{tag.label}” has the shape “{tag.shape[:20]}”; it can be {', '.join(SHAPES)}.")
    if tag.underline not in UNDERLINES:
        raise AnnotatorError(
            f"“{tag.label}” has the underline “{tag.underline[:20]}”; it can be {', '.join(UNDERLINES)}."
        )
    if tag.overlap not in ("refuse", "allow"):
        raise AnnotatorError(f"Overlaps of “{tag.label}” can be refuse or allow, not “{tag.overlap[:20]}”.")


def _check_attributes(tag: Tag) -> None:
    seen: set[str] = set()
    for attribute in tag.attributes:
        if attribute.name in seen:
            raise AnnotatorError(f"“{tag.label}” has the attribute “{attribute.name}” twice.")
        seen.add(attribute.name)
        if attribute.name in RESERVED:
            raise AnnotatorError(f"“{attribute.name}” is a word of the query language and cannot name an attribute.")
        if attribute.type not in ATTRIBUTE_TYPES:
            raise AnnotatorError(f"The attribute “{attribute.name}” has the unknown type “{attribute.type}”.")
        if attribute.default == "issuer" and attribute.type not in ("actor", "actors", "text"):
            raise AnnotatorError(f"The attribute “{attribute.name}” cannot begin with the issuer: it holds no actors.")
        check_values_of(attribute)


def check_values_of(attribute: Attribute) -> None:
    """Raises ``AnnotatorError`` for a vocabulary with a missing or doubled name, or where none belongs."""
    if attribute.values and attribute.type != "choice":
        raise AnnotatorError(f"The attribute “{attribute.name}” has a vocabulary, which only a choice takes.")
    seen: dict[str, Choice] = {}
    for choice in attribute.values:
        if not choice.name.strip():
            raise AnnotatorError(f"A value of “{attribute.name}” has no name.")
        if (other := seen.get(fold(choice.name))) is not None:
            raise AnnotatorError(f"“{attribute.name}” has the value “{other.name}” twice.")
        seen[fold(choice.name)] = choice
