"""A whole session, in the window and on the command line: no internet socket, and nothing left for others to read."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = """<html lang="en"><head><title>Port</title><link rel="canonical" href="https://velmar.example/port">
<link rel="stylesheet" href="https://velmar.example/x.css"></head><body><article><h1>Port</h1>
<p>The port authority of Velmar asks the ferry crews to wait for calm weather before they put to sea again.</p>
<p><img src="https://velmar.example/x.png">The crews have said that they will go out when the light is repaired,
and not before; they have asked for it in four letters since the autumn of the year before last.</p>
</article></body></html>
"""
#: What a user does from the first start on; run in a process of its own, with a home of its own.
SESSION = """
import sys
import time
from contextlib import suppress
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

qt = QApplication(sys.argv[:1])
from annotator import cli, jobs
from annotator.core.privacy import Privacy
from annotator.core.text import Span
from annotator.core.errors import Busy
from annotator.gui.app import App
from annotator.gui.dialogs.exporting import ExportChoice, ExportDialog
from annotator.gui.dialogs.importing import ImportChoice, ImportDialog
from annotator.store import identity

where = Path(sys.argv[1])
identity.name_coder("LM")
app = App()
app.window.show()
app.start(None)  # the sample project is made


def until(condition):
    end = time.monotonic() + 100
    while time.monotonic() < end:
        with suppress(Busy):  # an import holds this question up; the window asks its own again, too
            if condition():
                return
        time.sleep(0.02)  # the threads' turn: traced, they get too little of one beside an event loop
        qt.processEvents()
    raise SystemExit(f"did not come so far: {condition.__code__.co_firstlineno}")


until(lambda: app.session.project is not None and app.session.statement and not app.jobs.busy)
ImportDialog.exec = lambda dialog: True
ImportDialog.choice = lambda dialog: ImportChoice((where / "in",))
before = app.session.project.count()
app.window.order("project.import")
until(lambda: app.session.project.count() == before + 2 and not app.jobs.busy)
app.session.do(app.session.project.annotate, app.session.statement, "demand", Span(0, 9))
for command in ("find.statement", "find.everywhere", "find.all", "find.filter"):
    app.window.order(command)
    QTest.keyClicks(app.window.focusWidget(), "port")
    QTest.qWait(400)
    QTest.keyClick(app.window.focusWidget(), Qt.Key.Key_Escape)
ExportDialog.exec = lambda dialog: True
ExportDialog.choice = lambda dialog: ExportChoice(where / "window.json", "json", "", False, Privacy(pseudonyms=True))
app.window.order("project.export")
until(lambda: (where / "window.json").exists() and not app.jobs.busy)
app.window.order("project.check")
until(lambda: not app.jobs.busy)
app.session.project.keep()
app.window.close()
until(lambda: not app.window.isVisible())
print("closed")
"""


def families(log: Path) -> set[str]:
    return set(re.findall(r"socket\((\w+)", log.read_text(encoding="utf-8", errors="replace")))


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "port.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "in" / "pier.txt").write_text("Pier four\n\nThe union asks for it again.\n", encoding="utf-8")
    return tmp_path


def session(inputs: Path, *before: str) -> None:
    """The whole session in the window, then its project on the command line."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}

    def run(*arguments: object) -> str:
        done = subprocess.run(
            [*before, sys.executable, *map(str, arguments)],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    assert "closed" in run("-c", SESSION, inputs)
    project = inputs / "mine.annotator"
    for command in (
        ["new", project],
        ["import", project, inputs / "in"],
        ["search", project, "authority"],
        ["export", project, "--output", inputs / "cli.json", "--without-texts"],
        ["report", project, "--output", inputs / "report.html"],
        ["backup", project, inputs / "copy.annotator"],
        ["check", project],
    ):
        run("-m", "annotator", *command)


def test_a_whole_session_opens_no_internet_socket(inputs: Path) -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    log = inputs / "sockets"
    trace = ["strace", "-f", "--seccomp-bpf", "-A", "-e", "trace=socket", "-o", str(log)]
    # That it sees a socket, also one of a child, before that it sees none is believed.
    child = "import socket, os; os.fork() or socket.socket(socket.AF_INET, socket.SOCK_DGRAM); os._exit(0)"
    tried = subprocess.run([*trace, sys.executable, "-S", "-c", child], capture_output=True, text=True, timeout=60)
    if tried.returncode:
        pytest.skip(f"strace may not trace here ({' '.join(tried.stderr.split())[:80]})")
    assert "AF_INET" in families(log)
    log.unlink()
    session(inputs, *trace)
    assert not {f for f in families(log) if f.startswith("AF_INET")}, log.read_text(encoding="utf-8")


def test_what_a_session_leaves_can_be_read_by_its_user_only(inputs: Path, home: Path) -> None:
    before = os.umask(0o022)  # as most systems have it, so that the rights are the program's doing
    try:
        session(inputs)
    finally:
        os.umask(before)
    open_to_others = []
    ours = [*home.rglob("*"), *(path for path in inputs.iterdir() if path.name != "in")]
    assert len([path for path in ours if path.is_file()]) > 6
    for path in ours:
        if _of_the_program(path, home) and not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            open_to_others.append(f"{stat.S_IMODE(path.stat().st_mode):o} {path}")
    assert open_to_others == []
    assert json.loads((inputs / "window.json").read_text(encoding="utf-8"))["withheld"] == ["coders"]


def _of_the_program(path: Path, home: Path) -> bool:
    """Whether the program made this: in its own folders, or beside the user's files."""
    return "annotator" in path.parts[len(home.parts) :] if path.is_relative_to(home) else True
