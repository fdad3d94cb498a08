"""What the window remembers between two starts: projects, places, sizes and choices; no content of any project."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from annotator import paths

#: How many projects the list of recent ones holds.
RECENT = 10


class Memory:
    """Values in ``window.ini`` in the user's configuration folder."""

    def __init__(self) -> None:
        file = paths.config_dir() / "window.ini"
        with suppress(OSError):  # settings that cannot be written are not remembered, and that is all
            # Before Qt makes it: Qt keeps the rights that a file has.
            paths.private(file)
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    def recent(self) -> list[Path]:
        """The projects opened last that are still there, the latest first."""
        return [path for path in map(Path, self._list("recent")) if path.is_file()]

    def remember(self, project: Path) -> None:
        """This project is the one to come back to."""
        if self.discreet:
            return
        names = [str(project), *(name for name in self._list("recent") if name != str(project))]
        self.put("recent", names[:RECENT])

    @property
    def discreet(self) -> bool:
        """Whether no project and no folder is remembered."""
        return bool(self.get("discreet", False))

    def set_discreet(self, on: bool) -> None:
        """Remember no project and no folder from now on, and forget those that were; or remember them again."""
        self.put("discreet", on)
        if on:
            self.put("recent", [])
            self.put("open_folder", "")
            for section in ("import", "export"):
                self.section(section).pop("folder", None)

    def place(self, project: str) -> str:
        """The statement that was shown last in the project of this id."""
        return str(self.get(f"place/{project}", ""))

    def set_place(self, project: str, statement: str) -> None:
        self.put(f"place/{project}", statement)

    def get(self, key: str, default: Any) -> Any:
        """A value as it was put; the default when there is none or it cannot be read."""
        text = self._settings.value(key)
        if not isinstance(text, str):
            return default
        try:
            return json.loads(text)
        except ValueError:
            return default

    def put(self, key: str, value: Any) -> None:
        self._settings.setValue(key, json.dumps(value, ensure_ascii=False))

    def state(self, key: str) -> QByteArray | None:
        """A geometry or splitter state that Qt wrote."""
        value = self._settings.value(f"state/{key}")
        return value if isinstance(value, QByteArray) else None

    def set_state(self, key: str, state: QByteArray) -> None:
        self._settings.setValue(f"state/{key}", state)

    def section(self, name: str) -> Section:
        """The values of one dialog, as a mapping."""
        return Section(self, name)

    def save(self) -> None:
        self._settings.sync()

    def _list(self, key: str) -> list[str]:
        value = self.get(key, [])
        return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


class Section(MutableMapping[str, Any]):
    """Some values of the memory under a common name."""

    def __init__(self, memory: Memory, name: str) -> None:
        self._memory, self._name = memory, name

    def _all(self) -> dict[str, Any]:
        value = self._memory.get(self._name, {})
        return value if isinstance(value, dict) else {}

    def __getitem__(self, key: str) -> Any:
        return self._all()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key == "folder" and self._memory.discreet:
            return
        self._memory.put(self._name, self._all() | {key: value})

    def __delitem__(self, key: str) -> None:
        values = self._all()
        del values[key]
        self._memory.put(self._name, values)

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
