"""XML that is written, element by element, with everything escaped that means something there."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: What XML 1.0 has no place for (section 2.2).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
#: A parser makes blanks of the white space of attributes, unless it is written as references (section 3.3.3).
_VALUE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def words(text: str) -> str:
    """The text as the content of an element; what XML cannot hold is U+FFFD."""
    return _NO_XML.sub("\ufffd", text).translate(_WORDS)


def attributes(values: Mapping[str, object]) -> str:
    """The values as attributes of an element, each after a blank; None and empty texts are left out."""
    return "".join(
        f' {name}="{_NO_XML.sub(chr(0xFFFD), str(value)).translate(_VALUE)}"'
        for name, value in values.items()
        if value not in (None, "")
    )


def element(name: str, values: Mapping[str, object], content: str = "") -> str:
    """An element on a line of its own; ``content`` is markup."""
    if not content:
        return f"<{name}{attributes(values)}/>\n"
    return f"<{name}{attributes(values)}>{content}</{name}>\n"
