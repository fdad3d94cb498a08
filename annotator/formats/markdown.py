"""Markdown: the body is the statement's text, verbatim; YAML front matter is its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem
from annotator.core.model import DATES, METADATA, DateValue
from annotator.core.text import Span, canonical
from annotator.formats._decode import decode
from annotator.formats._document import clean, first_line, record, title_of
from annotator.formats._format import Format, ReadOptions, SourceFile

BASES = ("in_text", "inferred")
#: More front matter than this is no front matter.
_LIMIT = 1 << 16

_FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1|\Z)", re.DOTALL | re.MULTILINE)
#: A heading of the first level: ``# words``, or words with a line of ``=`` below them.
_HEADING = re.compile(r"^ {0,3}(#[ \t]+[^\s#][^\n]*)$|^(\S[^\n]*)\n=+[ \t]*$", re.MULTILINE)
_HASHES = re.compile(r"#{1,6}[ \t]+")


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record, whose text is the body after the front matter."""
    data = file.data()
    decoded, encoding = decode(data, file.name, options.encoding)
    whole, replaced = canonical(decoded)
    front, text = split(whole)
    metadata = fields(_mapping(front, file.name), file.name) if front is not None else {"extra": {}}
    line = heading(text) or first_line(text)
    if line is None:
        yield Problem(file.name, "is empty" if front is None else "has front matter, but no text")
        return
    found, span = title_of(text, line)
    found = _words(found)
    if not metadata.get("title"):
        metadata["title"] = found
    elif found != metadata["title"]:
        span = None
    yield record(
        file,
        data,
        text,
        replaced,
        media_type=FORMAT.media_type,
        encoding=encoding,
        metadata=metadata,
        title=span,
    )


def split(text: str) -> tuple[str | None, str]:
    """The front matter without its fences, or None where there is none, and the body."""
    match = _FRONT.match(text)
    if match is None or len(match[1]) > _LIMIT:
        return None, text
    return match[1], text[match.end() :]


def heading(text: str) -> Span | None:
    """The line of the first heading of the first level, outside of fenced code."""
    fenced = [Span(m.start(), m.end()) for m in _FENCE.finditer(text)]
    for match in _HEADING.finditer(text):
        start = match.start(1) if match[1] else match.start(2)
        line = Span(start, start + len((match[1] or match[2]).rstrip()))
        if not any(line.overlaps(span) for span in fenced):
            return line
    return None


def _words(line: str) -> str:
    """A heading's words, without the hash signs around them; another line as it is."""
    if not _HASHES.match(line):
        return line
    return _HASHES.sub("", line, count=1).rstrip("# \t") or line


def fields(front: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Front matter as fields of ``Statement``; what has no field is kept in ``extra``."""
    given = dict(front)
    found: dict[str, Any] = {}
    for key in METADATA:
        value = given.pop(key, None)
        if value is not None and not isinstance(value, str):
            raise AnnotatorError(f"{name}: “{key}” in the front matter must be one text")
        if value:
            found[key] = clean(value)
    for key in DATES:
        date = _date(key, given.pop(key, None), given.pop(f"{key}_basis", None), name)
        if date is not None:
            found[key] = date
    return found | {"extra": given}


def _date(key: str, value: Any, basis: Any, name: str) -> DateValue | None:
    what = f"{name}: “{key}” in the front matter"
    if isinstance(value, dict):
        if set(value) - {"edtf", "basis"} or "edtf" not in value:
            raise AnnotatorError(f"{what} must have edtf and may have basis, and nothing else")
        value, basis = value["edtf"], value.get("basis", basis)
    if not value:
        if basis:
            raise AnnotatorError(f"{what} is missing, but its basis is given")
        return None
    basis = basis or "in_text"
    if basis not in BASES:
        raise AnnotatorError(f"{what} has the basis “{clean(str(basis))}”; it can be in_text or inferred")
    return DateValue(check_edtf(clean(value) if isinstance(value, str) else value, what), basis)


def _mapping(front: str, name: str) -> dict[str, Any]:
    """The front matter's names and values, every value a text as it is written, a list or a mapping."""
    import yaml

    try:
        loader = _loader_class()(front)
        value = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 2}: " if mark else ""  # the fence is line 1
        raise AnnotatorError(f"{name}: {place}the front matter is no YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise AnnotatorError(f"{name}: the front matter is no YAML that can be read") from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise AnnotatorError(f"{name}: line 2: the front matter must consist of lines like “issuer: name”")
    return value


@cache
def _loader_class() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """YAML whose scalars stay as they are written: 2022-01-20, 2022 and no are texts here."""

        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def compose_node(self, parent: Any, index: Any) -> Any:
            # An alias can stand for an alias of an alias…: a few lines that unfold to gigabytes.
            if self.check_event(yaml.AliasEvent):
                mark = getattr(getattr(self, "current_event", None), "start_mark", None)
                raise yaml.composer.ComposerError(None, None, "aliases (*name) are not read", mark)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise yaml.constructor.ConstructorError(None, None, "a name must be a text", key.start_mark)
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"“{key.value}” is there twice", key.start_mark)
                seen.add(key.value)
            return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

        def construct_yaml_map(self, node: Any) -> Any:
            return self.construct_mapping(node)

        def construct_yaml_seq(self, node: Any) -> Any:
            return [self.construct_object(each, deep=True) for each in node.value]

        def refuse(self, node: Any) -> Any:
            raise yaml.constructor.ConstructorError(None, None, f"{node.tag} is not read", node.start_mark)

        yaml_constructors = {  # noqa: RUF012
            "tag:yaml.org,2002:null": yaml.SafeLoader.construct_yaml_null,
            "tag:yaml.org,2002:str": yaml.SafeLoader.construct_yaml_str,
            "tag:yaml.org,2002:map": construct_yaml_map,
            "tag:yaml.org,2002:seq": construct_yaml_seq,
            None: refuse,
        }

    return Loader


FORMAT = Format(
    name="markdown",
    label="Markdown",
    suffixes=(".md", ".markdown"),
    media_type="text/markdown",
    purpose="documents",
    read=read,
    description="One statement a file; YAML front matter becomes its metadata.",
)
