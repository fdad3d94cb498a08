"""What passes between a project and a file format, in both directions, one item at a time.

A format's reader yields these and the project takes them in; the project yields these and a
format's writer writes them. So no format knows SQL and the store knows no format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from annotator.core.codebook import Codebook
from annotator.core.links import LinkKind
from annotator.core.model import Actor, Annotation, Coder, Link, Progress, Range, Statement
from annotator.core.values import dataclass

#: What an export may withhold: the coders' own names and ids, the texts, or chosen words.
CODERS, TEXTS, WORDS = "coders", "texts", "words"


@dataclass(frozen=True, slots=True)
class Header:
    """What the statements refer to; ``head`` is the hash of the project's last step, ``withheld`` what is left out."""

    codebook: Codebook = field(default_factory=Codebook)
    coders: tuple[Coder, ...] = ()
    actors: tuple[Actor, ...] = ()
    project_id: str = ""
    project_title: str = ""
    head: str = ""
    withheld: tuple[str, ...] = ()
    #: The kinds of links that the project defines beside the standard ones.
    link_kinds: tuple[LinkKind, ...] = ()
    memo: str = ""
    #: Names of tags and ids of coders that another program's file tells by what they are called alone: the project's
    #: tag of that label and the project's coder of that name are meant.
    called: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """A statement with its whole text and all that hangs on it.

    ``statement.id`` is empty when the format knows none. ``data`` are the source's bytes, where the
    format has them. Annotations are ordered by (start, end, tag, id). Where the text is ``withheld``, it and all
    quotes are empty, and ``statement.text_sha256`` and ``statement.length`` say which text it is; without that SHA-256
    the statement's id, URL, file name or title does, and the quotes, which are not empty then, say where in it.
    """

    statement: Statement
    text: str
    annotations: tuple[Annotation, ...] = ()
    ranges: tuple[Range, ...] = ()
    progress: tuple[Progress, ...] = ()
    data: bytes | None = None
    #: Characters that the text policy replaced by U+FFFD.
    replaced: int = 0
    withheld: bool = False
    #: Attributes are texts as people type them (``{"value": …}``): the project reads them by its codebook's types.
    loose: bool = False
    #: In an export, the links that begin in this statement, for formats that keep them beside the text; every link
    #: comes once more as an item of its own.
    links: tuple[Link, ...] = ()
    #: What a reader should know of how the text came out of its source, a sentence each; told before an import.
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be taken in or carried out: where, and why, as one sentence."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


Item = Header | Record | Link | Problem


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an export says about itself: the moment (UTC) and the program that wrote it."""

    exported_at: str
    generator: str


@dataclass(slots=True)
class Losses:
    """What a format could not carry, counted by kind; empty for the native ones."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, count: int = 1) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + count

    def lines(self) -> Iterator[str]:
        for kind, count in self.counts.items():
            yield f"{count} {kind}"
