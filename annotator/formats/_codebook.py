"""A codebook alone as a JSON file: what one project hands to another; described in ``docs/FORMAT.md``."""

from __future__ import annotations

import json
from typing import Any

from annotator.core.codebook import Codebook
from annotator.core.codebook_rules import check_codebook
from annotator.core.errors import AnnotatorError, one_line
from annotator.core.report import codebook_json, codebook_sha256
from annotator.formats._native import Refused, has_surrogate_escape, strict, tag_of

FORMAT_NAME = "annotator codebook"
VERSION = 1
#: A longer file is no codebook.
LONGEST = 16 * 1024 * 1024


def write_codebook(codebook: Codebook, title: str = "") -> bytes:
    """The codebook as a file, with its hash; one line for each rule and tag, so that two can be compared."""
    data = codebook_json(codebook)
    head = {"format": FORMAT_NAME, "version": VERSION, "title": title, "sha256": codebook_sha256(codebook)}
    lines = [f" {json.dumps(key)}: {_line(value)}" for key, value in head.items()]
    for key in ("rules", "tags"):
        inner = ",\n".join(f"  {_line(each)}" for each in data[key])
        lines.append(f' "{key}": [\n{inner}\n ]' if inner else f' "{key}": []')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_codebook(data: bytes, name: str) -> Codebook:
    """The codebook of a file; raises ``AnnotatorError`` with the place of what is wrong. ``name`` is the file's.

    A native export is read as well, for the codebook in it.
    """
    if len(data) > LONGEST:
        raise AnnotatorError(f"{name} is too long for a codebook ({len(data):,} bytes).")
    try:
        text = data.decode("utf-8-sig")
        found = strict(lambda decoder: decoder.decode(text), lambda: has_surrogate_escape(text))
    except UnicodeDecodeError:
        raise AnnotatorError(f"{name} is no text in UTF-8, so it is no codebook.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise AnnotatorError(f"{name} is no JSON: {one_line(str(error))}.") from None
    except Refused as refused:
        raise _refused(name, refused) from None
    try:
        codebook = _codebook(found)
        check_codebook(codebook)
    except Refused as refused:
        raise _refused(name, refused) from None
    except AnnotatorError as error:
        raise AnnotatorError(f"{name}: {one_line(str(error))}") from None
    return codebook


def _refused(name: str, refused: Refused) -> AnnotatorError:
    place = f"{refused.path} " if refused.path else ""
    return AnnotatorError(one_line(f"{name}: {place}{refused.reason}; the codebook was not read."))


def _codebook(data: Any) -> Codebook:
    if type(data) is not dict:
        raise Refused("", "it must be an object with “tags”")
    if data.get("format") == FORMAT_NAME and data.get("version", VERSION) != VERSION:
        raise Refused("version", f"is {str(data['version'])[:20]}; this program reads {VERSION}")
    key = "tags" if "tags" in data else "codebook"
    tags, rules = data.get(key), data.get("rules", data.get("codebook_rules", []))
    if type(tags) is not list:
        raise Refused(key, "must be a list of tags" if key in data else "is missing, and so are “tags”")
    if type(rules) is not list or not all(type(rule) is str for rule in rules):
        raise Refused("rules", "must be a list of texts")
    made = []
    for n, tag in enumerate(tags):
        try:
            made.append(tag_of(tag))
        except Refused as refused:
            raise refused.under(f"{key}[{n}]") from None
        except AnnotatorError as error:
            raise Refused(f"{key}[{n}]", f"is refused: {error}") from None
    if not made:
        raise Refused(key, "is empty")
    return Codebook(tuple(made), tuple(rules))
