"""Expected trouble: each error carries one sentence for the user and an exit code.

Anything that is not an ``AnnotatorError`` is a bug and surfaces as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Line breaks of any kind, other control characters, and halves of surrogate pairs, which cannot be written.
_NO_WORDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class AnnotatorError(Exception):
    """Expected trouble, told in one sentence: wrong use, or a thing that cannot be used."""

    exit_code = 2


def one_line(words: str) -> str:
    """Words that came out of a file, as they fit into a sentence: on one line, and U+FFFD for what is no sign."""
    return " ".join(_NO_WORDS.sub("\ufffd", " ".join(words.split())).split())


def sentence(error: BaseException) -> str:
    """The error's message as a sentence: a capital first, unless a name or field begins it, and a full stop."""
    text = _NO_WORDS.sub("\ufffd", " ".join(str(error).splitlines()))
    first = text.split(" ", 1)[0]
    if not any(sign in first for sign in "./:=“"):
        text = text[:1].upper() + text[1:]
    return text + ("" if text.endswith((".", "!", "?")) else ".")


class NotFound(AnnotatorError):
    """Nothing in the project answers to that id or name."""


class Ambiguous(AnnotatorError):
    """More than one thing answers; ``candidates`` names each, one a line."""

    def __init__(self, message: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class Overlap(AnnotatorError):
    """The same coder holds the same tag on part of these words already (codebook rule 4).

    ``existing`` is the annotation that could be extended instead.
    """

    def __init__(self, message: str, existing: str) -> None:
        super().__init__(message)
        self.existing = existing


class Damaged(AnnotatorError):
    """The project or the data contradicts itself."""

    exit_code = 1


class Foreign(AnnotatorError):
    """The file is no project of this program."""


class NeedsPassphrase(AnnotatorError):
    """The project is encrypted, and no passphrase was given."""


class WrongPassphrase(NeedsPassphrase):
    """The passphrase does not open the file."""


class MissingExtra(AnnotatorError):
    """What an optional feature needs is not installed."""


class Newer(AnnotatorError):
    """The project was made by a newer program, and stays as it is."""


class ReadOnly(AnnotatorError):
    """Nothing can be written: the file, its folder or this opening of it is read-only."""


class Moved(ReadOnly):
    """The file at the project's path is no longer the one that was opened, or no longer holds what it did."""


class Overwritten(Moved):
    """Something else was written into the very file, so that what was opened cannot be read any more either."""


class Locked(ReadOnly):
    """Another window or program holds the project for writing."""


class Unwritten(AnnotatorError):
    """The project's file could not be read or written just then: nothing was saved, and what is on disk is whole."""


class Busy(Unwritten):
    """Another program used the file at that moment; the same call may succeed later."""


class DiskFull(Unwritten):
    """There was no space."""


class Interrupted(AnnotatorError):
    """A read was interrupted, because a write or a newer question came first."""


class Cancelled(AnnotatorError):
    """The user cancelled; nothing was changed."""
