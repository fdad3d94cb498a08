"""What is said where no window can open, and what opens where one can."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from annotator import preflight
from annotator.__main__ import main

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lacks libraries or a display")

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of libraries that this system lacks; a test adds some, and all others are there."""
    lacking: set[str] = set()

    def load(soname: str) -> SimpleNamespace:
        if soname in lacking:
            raise OSError(f"{soname}: cannot open shared object file")
        return SimpleNamespace()

    monkeypatch.setattr(ctypes, "CDLL", load)
    return lacking


@pytest.fixture
def compositor(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a Wayland session in which something listens."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "wayland-7"))
        listener.listen()
        yield {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}


def test_all_missing_libraries_are_named_at_once_with_the_commands_that_bring_them(system: set[str]) -> None:
    system |= {"libGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0", "libxcb-cursor.so.0", "libxcb-shape.so.0"}
    libraries, *_ = preflight.problems({})
    assert libraries == (
        "These system libraries are missing: libGL.so.1, libglib-2.0.so.0, libgthread-2.0.so.0, libxcb-cursor.so.0, "
        "libxcb-shape.so.0.\n"
        "  Debian, Ubuntu:  sudo apt-get install libgl1 libglib2.0-0 libxcb-cursor0 libxcb-shape0\n"
        "  Fedora:          sudo dnf install libglvnd-glx glib2 xcb-util-cursor libxcb"
    )


def test_without_a_window_neither_a_display_nor_its_libraries_are_needed(system: set[str]) -> None:
    system |= {"libxcb.so.1", "libxcb-shape.so.0", "libwayland-client.so.0"}
    assert preflight.problems(OFFSCREEN) == []
    assert preflight.problems({"QT_QPA_PLATFORM": "vnc:size=800x600"}) == []


def test_a_missing_display_is_told_with_a_way_on(system: set[str]) -> None:
    (problem,) = preflight.problems({"DISPLAY": ""})
    assert problem.startswith("There is no display (DISPLAY and WAYLAND_DISPLAY are not set): ")
    assert "xvfb-run" in problem and "ssh -X" in problem
    (problem,) = preflight.problems({"QT_QPA_PLATFORM": "xcb"})
    assert problem.startswith("There is no display (DISPLAY is not set, which xcb needs): ")


def test_a_display_that_nobody_serves_is_named() -> None:
    told = preflight.check({"DISPLAY": ":6077"})
    assert told is not None and "display :6077 does not answer" in told
    assert told.startswith("annotator: ") and told.endswith("annotator --help")


def test_a_display_that_accepts_and_says_nothing_does_not_hold_the_start_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "PATIENCE", 0.2)
    display = str(tmp_path / "display")  # libxcb takes a socket's path, too
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(display)
        listener.listen()
        (problem,) = preflight.problems({"DISPLAY": display})
    assert "does not answer" in problem


@pytest.mark.x11
def test_a_display_that_answers_is_no_problem() -> None:
    read, write = os.pipe()
    server = ["Xvfb", "-displayfd", str(write), "-nolisten", "tcp"]
    with subprocess.Popen(server, pass_fds=[write], stderr=subprocess.DEVNULL) as xvfb, open(read) as number:
        os.close(write)
        try:
            assert preflight.problems({"DISPLAY": f":{number.readline().strip()}"}) == []
        finally:
            xvfb.terminate()


@pytest.mark.usefixtures("system")
def test_a_wayland_session_is_enough(compositor: dict[str, str]) -> None:
    assert preflight.problems(compositor) == []
    assert preflight.problems({"QT_QPA_PLATFORM": "wayland-egl;xcb", **compositor}) == []


def test_one_display_of_two_is_enough(system: set[str], compositor: dict[str, str]) -> None:
    system |= {"libxcb-cursor.so.0"}
    assert preflight.problems({"DISPLAY": ":6077", **compositor}) == []


@pytest.mark.usefixtures("system")
def test_a_wayland_session_that_is_gone_is_named(tmp_path: Path) -> None:
    (problem,) = preflight.problems({"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)})
    assert "Wayland display wayland-7 does not answer" in problem


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_nothing_is_looked_at_on_macos_and_windows(
    platform: str, system: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    system |= {"libGL.so.1"}
    monkeypatch.setattr(sys, "platform", platform)
    assert preflight.check({}) is None


def test_the_program_without_a_display_says_so_and_exits_with_2() -> None:
    bare = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    done = subprocess.run([sys.executable, "-m", "annotator"], env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("annotator: the window cannot open.\nThere is no display")
    assert "Traceback" not in done.stderr


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What `main` started: the project that the window opened, or the command line's arguments."""
    calls: list[object] = []
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for name, function in [("annotator.gui.app", "run"), ("annotator.cli", "main")]:
        module = ModuleType(name)
        setattr(module, function, lambda given: calls.append(given) or 0)  # type: ignore[func-returns-value]
        monkeypatch.setitem(sys.modules, name, module)
    return calls


def test_no_arguments_open_the_window_with_the_last_project(started: list[object]) -> None:
    assert main([]) == 0
    assert started == [None]


@pytest.mark.parametrize("name", ["mine.annotator", "renamed.db"])
def test_a_project_file_opens_the_window(name: str, started: list[object], tmp_path: Path) -> None:
    tmp_path.joinpath(name).touch()
    assert main([str(tmp_path / name)]) == 0
    assert started == [tmp_path / name]


def test_a_file_named_like_a_command_does_not_hide_the_command(
    started: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("list").touch()
    monkeypatch.chdir(tmp_path)
    main(["list"])
    assert started == [["list"]]


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["list", "mine.annotator"], ["a.annotator", "-x"]])
def test_all_else_is_the_command_line(arguments: list[str], started: list[object]) -> None:
    assert main(arguments) == 0
    assert started == [arguments]


def test_a_project_that_does_not_exist_is_told_in_one_sentence(
    started: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none.annotator")]) == 2
    assert main([str(tmp_path / "..annotator")]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("annotator: ") and "none.annotator does not exist; `annotator new` makes" in first
    assert "does not exist" in second
    assert started == []


def test_a_folder_named_like_a_project_is_told_in_one_sentence(
    started: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.joinpath("folder.annotator").mkdir()
    assert main([str(tmp_path / "folder.annotator")]) == 2
    assert capsys.readouterr().err == f"annotator: {tmp_path / 'folder.annotator'} is not a file.\n"
    assert started == []
