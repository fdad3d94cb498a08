"""What happens when something unexpected goes wrong: one calm message, and a report without content.

An exception in a slot leaves the window alive: a step is whole or rolled back, and what is on disk is what was
acknowledged. The report names the place in the program and the kind of the error. It leaves out the error's message
and every value, since those may hold a text or a name.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, Qt, Signal

import annotator
from annotator import paths

_PACKAGE = Path(annotator.__file__).resolve().parent
#: So many reports are kept; a fault that repeats must not fill the disk.
MOST = 20


class CrashWatch(QObject):
    """Takes over what no other part caught, on any thread, while it is installed."""

    #: The path of the report that was written, or empty when it could not be.
    crashed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: set[str] = set()
        self._before: tuple[Callable[..., object], Callable[..., object]] | None = None
        self._noticed.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    _noticed = Signal(str)

    def install(self) -> None:
        """From now on, until ``remove``."""
        if self._before is None:
            self._before = (sys.excepthook, threading.excepthook)
            sys.excepthook = self._on_exception
            threading.excepthook = self._on_thread_exception

    def remove(self) -> None:
        """Give the hooks back to who had them."""
        if self._before is not None:
            sys.excepthook, threading.excepthook = self._before
            self._before = None

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        before = self._before[0] if self._before else sys.__excepthook__
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
            return
        self._noticed.emit(report(error))

    def _on_thread_exception(self, given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and given.exc_type is not SystemExit:
            self._noticed.emit(report(given.exc_value))

    def _tell(self, text: str) -> None:
        # The same place is told once: a fault in painting would come sixty times a second.
        place = text.partition("\n\n")[2]
        if place in self._told:
            return
        self._told.add(place)
        self.crashed.emit(str(written(text) or ""))


def report(error: BaseException) -> str:
    """What a report says about an error: where in the program, which kind, which versions."""
    import platform

    lines = [
        f"Annotator {annotator.__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"Python {platform.python_version()}, PySide6 {pyside_version}, {platform.system()} {platform.release()}",
        "",
    ]
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        lines.append(f"{type(each).__module__}.{type(each).__qualname__}")
        for frame in traceback.extract_tb(each.__traceback__):
            lines.append(f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}")
        each = each.__cause__ or each.__context__
        if each is not None:
            lines.append("caused by")
    return "\n".join(lines) + "\n"


def _place(file: str) -> str:
    """A file by its place in the program or its library: no folder of the user's is told."""
    path = Path(file)
    if path.is_relative_to(_PACKAGE):
        return path.relative_to(_PACKAGE.parent).as_posix()
    parts = path.parts
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return "/".join(parts[parts.index(folder) + 1 :])
    return path.name


def folder() -> Path:
    """Where reports lie."""
    return paths.cache_dir() / "reports"


def written(text: str) -> Path | None:
    """The report's file, for this user only; None when it cannot be written. The oldest go."""
    here = folder()
    try:
        here.mkdir(mode=0o700, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        path = here / f"report-{stamp}.txt"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        for old in sorted(here.glob("report-*.txt"))[:-MOST]:
            old.unlink()
    except OSError:
        return None
    return path
