"""The real window on a project of the sample corpus, as an analyst has it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from annotator import cli
from annotator.gui.app import App
from annotator.store import identity

ROOT = Path(__file__).parents[2]


class Desk:
    """A window that was started, and the hands of an analyst."""

    def __init__(self, app: App, qtbot: QtBot) -> None:
        self.app, self.qtbot, self.window, self.session = app, qtbot, app.window, app.session

    @property
    def project(self) -> Any:
        assert self.session.project is not None
        return self.session.project

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        self.qtbot.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.window.focusWidget(), text)

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=15_000)

    def close(self) -> None:
        self.window.close()


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Callable[..., Desk]]:
    """Starts the window with a project file, or as on a start without one; closes it in the end."""
    desks: list[Desk] = []

    def begin(path: Path | None = None, *, coder: str = "LM") -> Desk:
        identity.name_coder(coder)
        desk = Desk(App(), qtbot)
        desks.append(desk)
        qtbot.addWidget(desk.window)
        with qtbot.waitActive(desk.window):
            desk.window.show()
            desk.window.activateWindow()
        desk.app.start(path)
        desk.until(lambda: desk.session.project is not None)
        desk.window.reader.setFocus()
        return desk

    yield begin
    for desk in desks:
        desk.close()


@pytest.fixture
def exported(tmp_path: Path) -> Callable[[Path], dict[str, Any]]:
    """The JSON that the command line exports of a project."""

    def export(project: Path) -> dict[str, Any]:
        target = tmp_path / "exported.json"
        assert cli.main(["export", str(project), "--output", str(target)]) == 0
        data: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return data

    return export


@pytest.fixture
def display(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a display of its own with a window manager; both end with the test."""
    number, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(number) as answer:
        name = f":{answer.readline().strip()}"
    environment = os.environ | {
        "DISPLAY": name,
        "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))),
    }
    environment.pop("QT_QPA_PLATFORM", None)
    environment.pop("WAYLAND_DISPLAY", None)
    manager = subprocess.Popen(["openbox", "--sm-disable"], env=environment, stderr=subprocess.DEVNULL)
    try:
        yield environment
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


@pytest.fixture
def xdo(display: dict[str, str]) -> Callable[..., str]:
    """xdotool on that display."""

    def run(*arguments: str) -> str:
        done = subprocess.run(["xdotool", *arguments], env=display, capture_output=True, text=True, timeout=30)
        return done.stdout.strip()

    return run


@pytest.fixture
def until() -> Callable[..., None]:
    """Waits for something that another process does."""

    def wait(condition: Callable[[], object], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "the window did not come so far in time"
            time.sleep(0.05)  # another process is watched, which sends no signal here

    return wait
