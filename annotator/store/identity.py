"""Who codes: one person keeps one coder id over all projects, kept in the user's configuration."""

from __future__ import annotations

import json
import os
from pathlib import Path

from annotator import paths
from annotator.core.model import Coder, CoderId, new_id


def _file() -> Path:
    return paths.config_dir() / "coder.json"


def known() -> Coder | None:
    """The coder who was named on this machine, or None before the first start."""
    try:
        data = json.loads(_file().read_text(encoding="utf-8"))
        return Coder(CoderId(data["id"]), data["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def proposal() -> str:
    """The system's name for the person, to propose as the coder's."""
    try:
        import pwd

        full = pwd.getpwuid(os.getuid()).pw_gecos.split(",")[0].strip()
        if full:
            return full
    except (ImportError, KeyError, AttributeError):
        pass
    try:
        import getpass  # once in a person's life

        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "Coder"


def name_coder(name: str) -> Coder:
    """Keep this name for the person on this machine; the id stays the one it has."""
    before = known()
    coder = Coder(before.id if before else CoderId(new_id()), name.strip() or proposal())
    file = _file()
    temporary = file.with_suffix(".new")
    paths.private(temporary).write_text(
        json.dumps({"id": coder.id, "name": coder.name}, ensure_ascii=False), encoding="utf-8"
    )
    temporary.replace(file)
    return coder


def myself() -> Coder:
    """The person on this machine: as named, or as the system calls them, from now on."""
    return known() or name_coder(proposal())
