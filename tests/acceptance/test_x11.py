"""The program as a person starts it: a real X window, a real keyboard, and the command line afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from annotator import Project

ROOT = Path(__file__).parents[2]
TOOLS = ("Xvfb", "openbox", "xdotool")

pytestmark = [
    pytest.mark.x11,
    pytest.mark.skipif(
        not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)} (Debian: xvfb openbox xdotool)"
    ),
]


def test_a_statement_is_tagged_with_a_real_keyboard_and_is_in_the_file(tmp_path, display, xdo, until, home):
    path = tmp_path / "p.annotator"
    with Project.create(path) as project:
        statement = project.add_statement(
            "The union calls on the port to reopen pier four. It accuses the port of delay.", title="Pier four"
        ).result
    (tmp_path / "answers").mkdir()

    def tags() -> list[tuple[str, str]]:
        with Project.open(path, read_only=True) as project:
            return [(a.tag, a.quote) for a in project.annotations(statement)]

    window = subprocess.Popen([sys.executable, str(ROOT / "main.py"), str(path)], env=display)
    try:
        until(lambda: xdo("search", "--onlyvisible", "--name", "p — Annotator"))
        xdo("search", "--onlyvisible", "--name", "p — Annotator", "windowactivate", "--sync")
        until(lambda: xdo("getactivewindow", "getwindowname").startswith("p"))
        xdo("key", "s")
        xdo("key", "1")
        until(lambda: len(tags()) == 1)
        xdo("key", "Right")
        xdo("key", "Right")
        xdo("key", "Right")
        xdo("key", "2")
        until(lambda: len(tags()) == 2)
        xdo("key", "ctrl+z")
        until(lambda: len(tags()) == 1)
        xdo("key", "ctrl+shift+z")
        until(lambda: len(tags()) == 2)
        xdo("key", "ctrl+q")
        assert window.wait(timeout=30) == 0
    finally:
        if window.poll() is None:
            window.kill()
            window.wait()
    shown = subprocess.run(
        [sys.executable, "-m", "annotator", "show", str(path), statement, "--json"],
        env=display, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    annotations = json.loads(shown.stdout)["annotations"]
    assert [(a["tag"], a["quote"]) for a in annotations] == [
        ("demand", "The union calls on the port to reopen pier four"),
        ("accusation", "It accuses the port of delay"),
    ]


def test_without_a_display_it_says_so_and_how_to_go_on(home):
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py")], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "no display" in done.stderr and "annotator --help" in done.stderr
    assert "Traceback" not in done.stderr
