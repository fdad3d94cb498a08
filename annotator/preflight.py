"""Whether a window can open at all: system libraries and display, looked at before Qt is loaded.

Qt itself aborts the process in these cases, names one library at a time, and sometimes the wrong one. macOS and Windows
have what Qt needs, so that nothing is looked at there.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

PATIENCE = 5.0
"""Seconds until a display that accepts a connection and says nothing counts as dead."""


class Library(NamedTuple):
    """A shared library that Qt loads, and the packages that have it."""

    soname: str
    debian: str
    fedora: str


# `readelf -d` over PySide6-Essentials 6.11: what QtGui, QtWidgets and the libraries below them need from the system.
_WINDOW = (
    Library("libGL.so.1", "libgl1", "libglvnd-glx"),
    Library("libEGL.so.1", "libegl1", "libglvnd-egl"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libX11.so.6", "libx11-6", "libX11"),
    Library("libzstd.so.1", "libzstd1", "libzstd"),
)
# The same for platforms/libqxcb.so and libQt6XcbQpa.so.6.
_X11 = (
    Library("libxcb.so.1", "libxcb1", "libxcb"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-render.so.0", "libxcb-render0", "libxcb"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
)
# The same for platforms/libqwayland.so.
_WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
)
_LIBRARIES = {"xcb": _X11, "wayland": _WAYLAND}


def check(environ: Mapping[str, str] = os.environ) -> str | None:
    """Why no window can open and what to do, as one text for standard error, or None if it can."""
    found = problems(environ)
    if not found:
        return None
    return "\n".join(
        ["annotator: the window cannot open.", *found, "The command line works without a window: annotator --help"]
    )


def problems(environ: Mapping[str, str] = os.environ) -> list[str]:
    """All that keeps a window from opening here, each with its remedy; empty where nothing does."""
    if not sys.platform.startswith("linux"):
        return []
    lacking, displays = _missing(_WINDOW), []
    platforms = _platforms(environ)
    obstacles = [_obstacle(platform, environ) for platform in platforms]
    if not platforms:
        # Whoever now follows the advice and starts under X should not meet the next message there.
        lacking += _missing(_X11)
        asked = environ.get("QT_QPA_PLATFORM")
        unset = f"DISPLAY is not set, which {asked} needs" if asked else "DISPLAY and WAYLAND_DISPLAY are not set"
        displays = [f"There is no display ({unset}): start it in a desktop session, under xvfb-run, or over ssh -X."]
    elif all(obstacles):  # Qt tries one platform after the other, and one is enough
        lacking += [library for obstacle in obstacles if isinstance(obstacle, list) for library in obstacle]
        displays = [obstacle for obstacle in obstacles if isinstance(obstacle, str)]
    return ([_install(lacking)] if lacking else []) + displays


def _platforms(environ: Mapping[str, str]) -> list[str]:
    """The platforms that Qt will try, in its order; empty if none of them has a display to try."""
    asked = environ.get("QT_QPA_PLATFORM")
    if asked:
        # "wayland;xcb" is a list, and what follows a colon are options of the platform.
        names = [name.partition(":")[0] for name in asked.split(";") if name]
        return [name for name in names if name != "xcb" or environ.get("DISPLAY")]
    by_variable = {"WAYLAND_DISPLAY": "wayland", "DISPLAY": "xcb"}
    return [platform for variable, platform in by_variable.items() if environ.get(variable)]


def _obstacle(platform: str, environ: Mapping[str, str]) -> list[Library] | str | None:
    """The libraries that this platform lacks, or else why its display is of no use, or else nothing."""
    # The display is asked last, because it is asked through those libraries.
    return _missing(_LIBRARIES.get(platform, ())) or _display_problem(platform, environ)


def _missing(libraries: Iterable[Library]) -> list[Library]:
    """Those that the system's loader does not find."""
    return [library for library in libraries if _load(library.soname) is None]


def _load(soname: str) -> ctypes.CDLL | None:
    """The library, or None where there is none; Qt will use the same one, so that nothing is loaded twice."""
    try:
        return ctypes.CDLL(soname)
    except OSError:
        return None


def _install(missing: list[Library]) -> str:
    """Which libraries are missing, and the command that brings them, for the two families of systems."""
    debian = " ".join(dict.fromkeys(library.debian for library in missing))
    fedora = " ".join(dict.fromkeys(library.fedora for library in missing))
    return (
        f"These system libraries are missing: {', '.join(library.soname for library in missing)}.\n"
        f"  Debian, Ubuntu:  sudo apt-get install {debian}\n"
        f"  Fedora:          sudo dnf install {fedora}"
    )


def _display_problem(platform: str, environ: Mapping[str, str]) -> str | None:
    """Why this platform's display is of no use, or None if it answers or needs none."""
    if platform == "xcb":
        display = environ["DISPLAY"]
        if not _x_answers(display):
            return (
                f"The display {display} does not answer, or does not let this user in (DISPLAY={display}): "
                "start it in a desktop session, under xvfb-run, or over ssh -X."
            )
    elif platform == "wayland":
        # Qt's own default when it is told to use Wayland.
        display = environ.get("WAYLAND_DISPLAY") or "wayland-0"
        if not _wayland_answers(Path(environ.get("XDG_RUNTIME_DIR", "/"), display)):
            return (
                f"The Wayland display {display} does not answer "
                f"(WAYLAND_DISPLAY={display}, XDG_RUNTIME_DIR={environ.get('XDG_RUNTIME_DIR', '')}): "
                "start it in a desktop session."
            )
    return None


def _x_answers(display: str) -> bool:
    """Whether an X server lets us in, asked as Qt will ask: by socket file, abstract socket or TCP, with the cookie."""
    xcb = _load("libxcb.so.1")
    assert xcb is not None, "asked only when no library is missing"
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    answers: SimpleQueue[bool] = SimpleQueue()

    def ask() -> None:
        # Left open: a server without another client (Xvfb) resets when its last one goes, just as Qt comes.
        connection = xcb.xcb_connect(os.fsencode(display), None)
        answers.put(xcb.xcb_connection_has_error(connection) == 0)

    # In a thread, because a server that hangs would hold xcb, and Qt after it, for ever.
    Thread(target=ask, daemon=True, name="display").start()
    try:
        return answers.get(timeout=PATIENCE)
    except Empty:
        return False


def _wayland_answers(path: Path) -> bool:
    """Whether a compositor listens on that socket."""
    import socket  # 4 ms that a start under X need not wait

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(PATIENCE)
        try:
            connection.connect(os.fspath(path))
        except OSError:
            return False
    return True
