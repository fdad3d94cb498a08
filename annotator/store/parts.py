"""Files in the making beside the ones that they will be: what they are called, and sweeping those that nobody makes."""

from __future__ import annotations

import os
import platform
import re
import stat
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

#: The process and the machine that make it stand in its name, so that nobody sweeps what another still makes.
_NAME = re.compile(r"\..+\.(?P<process>\d{1,10})-(?P<machine>[0-9a-f]{8})\.part(-journal)?")
#: Where a process cannot be asked for without harm, a part counts as left behind after so many seconds.
_A_DAY = 86_400


def part_of(target: Path) -> Path:
    """What ``target`` is called while this process makes it: a hidden name beside it, of at most 200 bytes."""
    digest = sha256(os.fsencode(target.name)).hexdigest()[:8]
    return target.with_name(f".{target.name[:32]}.{digest}.{os.getpid()}-{_machine()}.part")


def sweep(folder: Path) -> None:
    """Delete what processes of this user on this machine were making in the folder when they were killed."""
    with suppress(OSError):
        for name in os.listdir(folder):
            match = _NAME.fullmatch(name)
            if match and match["machine"] == _machine():
                with suppress(OSError):
                    if _is_left_behind(folder / name, int(match["process"])):
                        os.unlink(folder / name)


def _machine() -> str:
    return sha256(platform.node().encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _is_left_behind(part: Path, process: int) -> bool:
    found = os.lstat(part)
    if not stat.S_ISREG(found.st_mode):
        return False
    if os.name != "posix":
        return time.time() - found.st_mtime > _A_DAY
    if found.st_uid != os.getuid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's
        return False
    return False
