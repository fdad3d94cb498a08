"""Where a file is that this process has open, although it may have been moved since."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: Device and inode: what a file stays while it is moved on one disk.
Identity = tuple[int, int]

_DESCRIPTORS = Path("/proc/self/fd")


def identity_of(path: Path) -> Identity | None:
    """What tells this file from any other, or None where it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def found(identity: Identity | None) -> Path | None:
    """The path of this file, which is open here; None when it was deleted, or where the system does not tell.

    Nothing is opened for it: closing a file drops the locks that SQLite holds on it.
    """
    if identity is None:
        return None
    with suppress(OSError):
        for descriptor in os.listdir(_DESCRIPTORS):
            if identity_of(_DESCRIPTORS / descriptor) == identity:
                path = Path(os.readlink(_DESCRIPTORS / descriptor))
                return path if identity_of(path) == identity else None
    return None
