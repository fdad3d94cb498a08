"""Backups in the making: swept when nobody makes them any more, and the last one holds nobody up."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator import AnnotatorError, Project
from annotator.store import backups, parts

_PART = """
import sys
from pathlib import Path
from annotator.store import parts
part = parts.part_of(Path(sys.argv[1]))
part.write_text("half")
part.with_name(part.name + "-journal").write_text("half")
"""


@pytest.fixture
def left(tmp_path: Path) -> Callable[[Path], Path]:
    """The part of a target that a program made which is gone by now."""

    def make(target: Path) -> Path:
        subprocess.run([sys.executable, "-c", _PART, target], check=True)
        return next(p for p in target.parent.iterdir() if p.suffix == ".part" and parts.part_of(target) != p)

    return make


def hidden(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if ".part" in p.name)


@pytest.mark.parametrize("name", ["a.annotator", "ü" * 110 + ".annotator", "<img src=x>\n.annotator", "x" * 240])
def test_a_part_is_hidden_beside_its_target_whatever_that_is_called(tmp_path: Path, name: str):
    part = parts.part_of(tmp_path / name)
    assert part.name.startswith(".") and len(os.fsencode(part.name)) <= 200
    part.touch()
    assert part != parts.part_of(tmp_path / f"{name[:-1]}y")


def test_a_backup_a_restore_and_a_new_project_sweep_what_was_left_behind(
    project: Project, statement: str, tmp_path: Path, left: Callable[[Path], Path]
):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    left(shelf / "one.annotator")
    assert len(hidden(shelf)) == 2
    project.backup(shelf / "two.annotator")
    assert hidden(shelf) == [] and [p.name for p in shelf.iterdir()] == ["two.annotator"]
    left(shelf / "one.annotator")
    Project.create(shelf / "three", coder="LM").close()
    assert hidden(shelf) == []
    left(shelf / "one.annotator")
    backups.restore(shelf / "two.annotator", shelf / "four.annotator")
    assert hidden(shelf) == []
    kept = project.keep()
    assert kept is not None
    left(kept.path)
    project.edit(statement, venue="x")
    project.keep()
    assert hidden(kept.path.parent) == []


def test_what_others_make_or_may_make_is_never_swept(tmp_path: Path, left: Callable[[Path], Path]):
    gone = left(tmp_path / "one.annotator")
    mine = parts.part_of(tmp_path / "one.annotator")
    elsewhere = tmp_path / re.sub(r"-[0-9a-f]{8}\.part", "-00000000.part", gone.name)
    alive = tmp_path / re.sub(r"\d+-", "1-", gone.name)
    kept = [mine, elsewhere, alive, tmp_path / ".notes.part", tmp_path / "x.part", tmp_path / ".x.12.part"]
    for path in kept:
        path.write_text("x")
    folder = tmp_path / gone.name.replace(".one", ".folder")
    folder.mkdir()
    link = tmp_path / gone.name.replace(".one", ".link")
    link.symlink_to(mine)
    parts.sweep(tmp_path)
    assert not gone.exists() and folder.exists() and link.is_symlink()
    assert all(path.exists() for path in kept)


def test_a_backup_never_overwrites_what_came_meanwhile(project: Project, tmp_path: Path):
    target = tmp_path / "backup.annotator"

    def come(done: int, everything: int) -> None:
        target.write_text("mine")

    with pytest.raises(AnnotatorError, match="exists already; a backup never overwrites"):
        project.backup(target, come)
    assert target.read_text() == "mine" and hidden(tmp_path) == []


def test_after_the_last_backup_another_window_may_write_and_this_one_no_more(project: Project, statement: str):
    assert not project.is_free()
    assert project.keep(last=True) is not None
    assert project.is_free()
    with Project.open(project.path, coder="SK") as other:
        other.edit(statement, venue="Written by the next one")
        with pytest.raises(AnnotatorError, match="is being closed"):
            project.edit(statement, venue="x")
    assert project.statement(statement).venue == "Written by the next one"
