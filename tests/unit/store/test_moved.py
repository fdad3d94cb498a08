"""A file that is moved, replaced or overwritten while it is open: what the program holds can still be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from annotator import Project, jobs
from annotator.core.errors import Moved, Overwritten
from annotator.store.whereabouts import found, identity_of

from .conftest import span_of


def overwritten(path: Path, data: bytes) -> None:
    """By another process: to open and close the file in this one would drop SQLite's locks."""
    code = "import sys; file = open(sys.argv[1], 'r+b'); file.write(sys.stdin.buffer.read()); file.truncate()"
    subprocess.run([sys.executable, "-c", code, path], input=data, check=True)


@pytest.mark.parametrize("way", ["moved", "replaced", "deleted"])
def test_a_copy_of_a_file_that_was_moved_holds_all_that_the_session_did(
    project: Project, statement: str, tmp_path: Path, way: str
):
    project.annotate(statement, "demand", span_of("call on"))
    head, elsewhere = project.head, tmp_path / "elsewhere.annotator"
    assert not project.is_moved and project.whereabouts() == project.path
    if way == "deleted":
        project.path.unlink()
    else:
        os.rename(project.path, elsewhere)
    if way == "replaced":
        with Project.create(tmp_path / "other", coder="LM") as other:
            shutil.copy(other.path, project.path)
    with pytest.raises(Moved, match=r"^File moved: .* nothing was saved\. Open it where it is now, or save a copy"):
        project.edit(statement, venue="x")
    assert project.is_moved
    if sys.platform == "linux":
        assert project.whereabouts() == (None if way == "deleted" else elsewhere)
    made = project.backup(tmp_path / "copy.annotator")
    with Project.open(made, coder="LM") as copied:
        assert copied.head == head and len(copied.annotations(statement)) == 1
        assert not [f for f in jobs.run(jobs.check(copied)) if f.kind == "error"]
        copied.edit(statement, venue="It goes on")


@pytest.mark.parametrize("older", [True, False])
def test_no_copy_is_made_of_what_was_written_over_the_file(
    project: Project, statement: str, tmp_path: Path, older: bool
):
    if older:
        data = project.path.read_bytes()
        project.edit(statement, venue="Later")
    else:
        with Project.create(tmp_path / "other", coder="LM") as other:
            data = other.path.read_bytes()
    backups = project.backups
    overwritten(project.path, data)
    with pytest.raises(Overwritten, match=r"^File moved: something else was written over project.annotator .* backup"):
        project.backup(tmp_path / "copy.annotator")
    assert not (tmp_path / "copy.annotator").exists()
    if older:
        with pytest.raises(Moved):
            project.keep()
    assert backups.all() == []


def test_a_file_that_was_never_there_has_no_place(tmp_path: Path):
    assert identity_of(tmp_path / "nothing") is None and found(None) is None
    assert found((0, 0)) is None
