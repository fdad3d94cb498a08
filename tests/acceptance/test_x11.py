"""The program as a person starts it: a real X window, a real keyboard, and the command line afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
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


@pytest.fixture
def desk(
    tmp_path: Path, display: dict[str, str], xdo: Callable[..., str], until: Callable[..., None], home: Path
) -> Iterator[Desk]:
    """The program on a statement of two paragraphs, in front and ready for keys."""
    path = tmp_path / "p.annotator"
    with Project.create(path) as project:
        statement = project.add_statement(HANDS, title="Pier four").result
    window = subprocess.Popen([sys.executable, str(ROOT / "main.py"), str(path)], env=display)
    desk = Desk(path, statement, xdo, until)
    try:
        until(lambda: xdo("search", "--onlyvisible", "--name", "p — Annotator"))
        xdo("search", "--onlyvisible", "--name", "p — Annotator", "windowactivate", "--sync")
        desk.in_front("p")
        yield desk
        desk.press("ctrl+q")
        assert window.wait(timeout=30) == 0
    finally:
        if window.poll() is None:
            window.kill()
            window.wait()


HANDS = (
    "The union calls on the port to reopen pier four. It accuses the port of delay.\n\n"
    "Workers blocked the gate on Monday. They left at noon."
)


class Desk:
    """A real keyboard in front of the running program, and what is in its file meanwhile."""

    def __init__(self, path: Path, statement: str, xdo: Callable[..., str], until: Callable[..., None]) -> None:
        self._path, self._statement, self._xdo, self.until = path, statement, xdo, until

    def in_front(self, name: str) -> None:
        """Wait until the window whose name begins so has the keyboard."""
        self.until(lambda: self._xdo("getactivewindow", "getwindowname").startswith(name))

    def press(self, *keys: str) -> None:
        for key in keys:
            self._xdo("key", "--clearmodifiers", key)

    def type(self, text: str) -> None:
        self._xdo("type", "--delay", "30", text)

    def passages(self) -> list[tuple[str, str]]:
        with Project.open(self._path, read_only=True) as project:
            return [(a.tag, a.quote) for a in project.annotations(self._statement)]

    def has(self, *passages: tuple[str, str]) -> None:
        """Wait until the file has these passages and no other."""
        self.until(lambda: self.passages() == list(passages))


CALLS, ACCUSES = "The union calls on the port to reopen pier four", "It accuses the port of delay"


def test_a_marker_marks_each_sentence_until_esc_with_a_real_keyboard(desk):
    desk.press("shift+1", "s")
    desk.has(("demand", CALLS))
    desk.press("j", "s")
    desk.has(("demand", CALLS), ("demand", ACCUSES))
    desk.press("Escape", "j", "s", "3")
    desk.has(("demand", CALLS), ("demand", ACCUSES), ("event", "Workers blocked the gate on Monday"))


def test_marker_keys_are_places_on_a_french_keyboard(desk, display):
    subprocess.run(["setxkbmap", "fr"], env=display, check=True, timeout=30)
    # By the place of 1: without Shift it types an ampersand there, with Shift the digit itself.
    desk.press("ampersand")
    desk.has(("demand", CALLS))
    desk.press("shift+ampersand", "Escape", "Escape", "Escape")
    desk.press("shift+eacute", "j", "s")
    desk.has(("demand", CALLS), ("accusation", ACCUSES))


def test_s_twice_takes_two_sentences_and_the_brackets_move_the_end_of_the_passage(desk):
    desk.press("s", "s", "1")
    both = f"{CALLS}. {ACCUSES}"
    desk.has(("demand", both))
    desk.press("bracketleft", "bracketleft")
    desk.has(("demand", both.removesuffix(" of delay")))
    desk.press("bracketright")
    desk.has(("demand", both.removesuffix(" delay")))
    desk.press("braceright")
    desk.has(("demand", both.removesuffix(" delay").removeprefix("The ")))
    desk.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
    desk.has(("demand", both))


def test_a_tag_is_chosen_by_typing_and_a_passage_retagged_so(desk):
    desk.press("c")
    desk.type("accu")
    desk.press("Return")
    desk.has(("accusation", CALLS))
    desk.press("r", "c")
    desk.type("eve")
    desk.press("Return")
    desk.has(("event", CALLS))
    desk.press("c", "Escape", "n")
    desk.has(("event", CALLS))


def test_overlapping_passages_are_gone_through_and_chosen_by_key(desk):
    desk.press("1", "2", "3")
    desk.has(("accusation", CALLS), ("demand", CALLS), ("event", CALLS))
    desk.press("o", "Delete")
    desk.until(lambda: len(desk.passages()) == 2)
    desk.press("shift+o", "2", "Delete")
    desk.until(lambda: len(desk.passages()) == 1)


def test_a_key_that_is_changed_in_the_dialog_works_at_once_and_at_the_next_start(desk, home):
    desk.press("question")
    desk.in_front("Keys")
    desk.press("Tab", "space")
    desk.in_front("Change keys")
    desk.type("select sentence")
    desk.press("Return", "y", "Escape")
    desk.in_front("p")
    desk.press("y", "2")
    desk.has(("accusation", CALLS))
    (kept,) = home.rglob("keys.json")
    assert json.loads(kept.read_text())["keys"] == {"select.sentence": ["Y"]}


def test_without_a_display_it_says_so_and_how_to_go_on(home):
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py")], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "no display" in done.stderr and "annotator --help" in done.stderr
    assert "Traceback" not in done.stderr
