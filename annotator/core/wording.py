"""How values of a project are worded for people, on the command line as in the window; plain text, no mark-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from annotator.core.codebook import Codebook, value_text
from annotator.core.edtf import readable
from annotator.core.model import Attribute, Tag, TagName

#: What a line shows of a long text, in characters.
LONG = 80

#: The name of an actor, by id.
NameOf = Callable[[str], str]


def one_line(text: str, limit: int = 300) -> str:
    """The beginning of a text without line breaks, for lists."""
    # Without a limit, a passage of a megabyte would be measured to be elided.
    line = " ".join(text[: limit + 1].split())
    return line if len(text) <= limit else f"{line[:limit].rstrip()}…"


def isolated(text: str) -> str:
    """A stretch of foreign text for a mixed line: its direction and its bidi controls stay inside it."""
    return text if text.isascii() else f"\u2068{text}\u2069"


def local_time(moment: str, today: datetime | None = None) -> str:
    """A stored moment (UTC) by the clock on the wall: ``14:02``, with the date when it is not today's."""
    try:
        when = datetime.fromisoformat(moment).astimezone()
    except ValueError:
        return moment
    if when.date() == (today or datetime.now().astimezone()).date():
        return f"{when:%H:%M}"
    return f"{when.day} {when:%b %Y, %H:%M}"


def tag_of(codebook: Codebook, name: str) -> Tag:
    """The tag of that name; a bare one when the codebook lost it, so that its passages are still shown."""
    return next((tag for tag in codebook if tag.name == name), Tag(TagName(name), label=name.capitalize()))


def choice_label(attribute: Attribute | None, value: str) -> str:
    """How the codebook words a choice; any other value stays as it is."""
    return next((c.label for c in attribute.values if c.name == value), value) if attribute else value


def values_text(attribute: Attribute | None, values: Sequence[Mapping[str, Any]], name_of: NameOf) -> str:
    """Values as a list shows them: actors by name, dates as people write them, choices by label."""
    parts = []
    for value in values:
        if "edtf" in value:
            parts.append(readable(str(value["edtf"])))
        elif "value" in value:
            parts.append(choice_label(attribute, str(value["value"])))
        else:
            parts.append(value_text(value, name_of))
    return "; ".join(isolated(one_line(part, LONG)) for part in parts)
