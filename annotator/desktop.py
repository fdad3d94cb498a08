"""The menu entry, icon and file type of the program, for one user of a Linux desktop."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from annotator import paths
from annotator.core.errors import AnnotatorError

_TYPE = """<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-annotator">
    <comment>Annotator project</comment>
    <glob pattern="*.annotator"/>
    <icon name="annotator"/>
  </mime-type>
</mime-info>
"""


def install() -> list[Path]:
    """Write the entry, icon and type below the user's data folder; returns the files written.

    The entry starts the program by the path it runs from now. Raises ``AnnotatorError`` elsewhere than on Linux.
    """
    if not sys.platform.startswith("linux"):
        raise AnnotatorError("install-desktop is for Linux; elsewhere the window is started by its command.")
    given = os.environ.get("XDG_DATA_HOME", "")
    share = Path(given) if os.path.isabs(given) else Path.home() / ".local" / "share"
    entry = paths.resource("annotator.desktop").read_text(encoding="utf-8")
    files = {
        share / "applications" / "annotator.desktop": entry.replace("Exec=annotator", f"Exec={_command()}"),
        share / "icons" / "hicolor" / "scalable" / "apps" / "annotator.svg": paths.resource(
            "icons", "annotator.svg"
        ).read_text(encoding="utf-8"),
        share / "mime" / "packages" / "annotator.xml": _TYPE,
    }
    try:
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise AnnotatorError(f"{error.filename} cannot be written: {error.strerror}.") from None
    caches = (("update-mime-database", share / "mime"), ("update-desktop-database", share / "applications"))
    for program, folder in caches:
        # Desktops without these programs notice the files by themselves, at the next start at the latest.
        if shutil.which(program):
            subprocess.run([program, str(folder)], check=False, capture_output=True, timeout=60)
    return list(files)


def _command() -> str:
    """How to start this program again, quoted for a desktop entry."""
    script = Path(sys.argv[0]).resolve()
    words = [str(script)] if script.name == "annotator" else [sys.executable, "-m", "annotator"]
    return " ".join('"' + word.replace("\\", "\\\\\\\\").replace('"', '\\\\"') + '"' for word in words)
