"""Opening: what is no sound project is refused in one sentence and left as it is; one writer at a time."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator import AnnotatorError, Project, jobs
from annotator.cli import main as command_line
from annotator.core.errors import Damaged, Foreign, Locked, ReadOnly

from .conftest import TEXT, execute, span_of


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A closed project with a statement and a passage."""
    with Project.create(tmp_path / "sound", coder="LM") as project:
        made = project.add_statement(TEXT).result
        project.annotate(made, "demand", span_of("call on"))
        return project.path


def beside(path: Path) -> set[str]:
    """What stands in the folder but for writer locks, which are empty."""
    return {p.name for p in path.parent.iterdir() if not p.name.endswith(".lock")}


def refused(path: Path, kind: type[AnnotatorError], says: str) -> None:
    before, names = path.read_bytes(), beside(path)
    for read_only in (True, False):
        with pytest.raises(kind, match=says) as trouble:
            Project.open(path, read_only=read_only)
        sentence = str(trouble.value)
        assert "\n" not in sentence and sentence.endswith(".") and path.name in sentence
        assert path.read_bytes() == before and beside(path) == names


def test_a_new_project_is_for_its_owner_alone_and_has_the_suffix(sound: Path):
    assert sound.name == "sound.annotator"
    assert sound.stat().st_mode & 0o777 == 0o600
    lock = sound.with_name(".sound.annotator.lock")
    assert not lock.exists() or lock.stat().st_mode & 0o077 == 0


def test_any_other_suffix_is_part_of_the_name(tmp_path: Path):
    with Project.create(tmp_path / "notes v1.2", coder="LM") as project:
        assert project.path.name == "notes v1.2.annotator" and project.title == "notes v1.2"


def test_a_new_project_never_overwrites(sound: Path, tmp_path: Path):
    before = sound.read_bytes()
    with pytest.raises(AnnotatorError, match="exists already"):
        Project.create(sound)
    assert sound.read_bytes() == before
    with pytest.raises(AnnotatorError, match="There is no folder"):
        Project.create(tmp_path / "no" / "x.annotator")
    with pytest.raises(AnnotatorError, match="cannot be made"):
        Project.create(tmp_path / ("x" * 300))


def test_a_project_that_cannot_be_laid_down_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("annotator.store.schema.migrate", lambda c: c.execute("nonsense"))
    with pytest.raises(Exception, match="nonsense"):
        Project.create(tmp_path / "x.annotator")
    assert not (tmp_path / "x.annotator").exists()


def test_reopened_everything_is_as_it_was(sound: Path):
    with Project.open(sound, coder="LM") as project:
        (summary,) = project.statements()
        assert project.text(summary.id) == TEXT and summary.counts == {"demand": 1}
        assert project.source_bytes(summary.id) == TEXT.encode()
        assert project.verified(summary.id) == [] and not project.read_only and project.notice == ""


def test_opening_and_closing_leaves_the_file_and_folder_as_they_are(sound: Path):
    before, names = sound.read_bytes(), beside(sound)
    for options in ({}, {"read_only": True}):
        with Project.open(sound, **options) as project:
            list(project.statements("dam"))
    assert sound.read_bytes() == before and beside(sound) == names


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        (b"", Damaged, "empty"),
        (b"SQLite for", Damaged, "cut off"),
        (b"SQLite format 3\x00" + bytes(40), Damaged, "cut off"),
        (b"SQLite format 3\x00" + bytes(2000), Foreign, "not an Annotator project"),
        (b"A text.\n" * 200, Foreign, "not an Annotator project"),
        (b"\x89PNG\r\n", Foreign, "not an Annotator project"),
    ],
)
def test_what_is_no_project_is_refused(tmp_path: Path, content: bytes, kind: type[AnnotatorError], says: str):
    path = tmp_path / "x.annotator"
    path.write_bytes(content)
    refused(path, kind, says)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_the_database_of_another_program_is_not_touched(tmp_path: Path, mode: str):
    path = tmp_path / "places.sqlite"
    execute(path, f"PRAGMA journal_mode = {mode}")
    execute(path, "CREATE TABLE bookmark (url TEXT)")
    refused(path, Foreign, "an SQLite file, but not an Annotator project")


@pytest.mark.parametrize("version", [0, -1])
def test_a_project_without_a_version_is_refused(sound: Path, version: int):
    execute(sound, f"PRAGMA user_version = {version}")
    refused(sound, Damaged, "version")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER evil AFTER INSERT ON annotation BEGIN DELETE FROM annotation; END",
        "CREATE TRIGGER sqliteevil AFTER UPDATE ON local BEGIN DELETE FROM annotation; END",
        "CREATE VIEW evil AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n",
        "CREATE TABLE extra (x)",
        "CREATE INDEX extra ON annotation(note)",
        "DROP TRIGGER content_never_changes",
        "DROP INDEX annotation_place",
        "DROP TABLE link",
        "ALTER TABLE annotation ADD COLUMN extra TEXT",
        "CREATE VIRTUAL TABLE extra USING fts5(x)",
    ],
)
def test_a_schema_that_is_not_ours_to_the_letter_is_refused(sound: Path, sql: str):
    execute(sound, sql)
    refused(sound, Damaged, "altered schema")


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path):
    (tmp_path / "folder.annotator").mkdir()
    os.mkfifo(tmp_path / "pipe.annotator")
    (tmp_path / "loop.annotator").symlink_to("loop.annotator")
    for name, says in (
        ("folder", "is a folder"),
        ("pipe", "is not a regular file"),
        ("loop", "cannot be opened"),
        ("nothing", "There is no file"),
    ):
        with pytest.raises(AnnotatorError, match=says):
            Project.open(tmp_path / f"{name}.annotator")


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_damaged(sound: Path, part: float):
    data = sound.read_bytes()
    sound.write_bytes(data[: int(len(data) * part)])
    refused(sound, Damaged, "damaged|cut off")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=40)), min_size=1, max_size=4)
)
def test_noise_in_the_file_is_told_in_a_sentence_or_does_no_harm(sound: Path, noise: list[tuple[float, bytes]]):
    broken = sound.with_name("broken.annotator")
    data = bytearray(sound.read_bytes())
    for place, garbage in noise:
        start = int(place * len(data))
        data[start : start + len(garbage)] = garbage[: len(data) - start]
    broken.write_bytes(data)
    try:
        with Project.open(broken, coder="LM") as project:
            for summary in project.statements():
                project.verified(summary.id)
            list(project.search("dam"))
            jobs.run(jobs.check(project))
            for summary in list(project.statements()):
                project.edit(summary.id, venue="x")
    except AnnotatorError as error:
        assert "\n" not in str(error)


@pytest.mark.plain_only("its pages are damaged where their codes would be told first")
def test_of_several_bad_pages_the_first_is_named_and_the_others_are_counted(sound: Path):
    with closing(sqlite3.connect(sound)) as raw:
        size = raw.execute("PRAGMA page_size").fetchone()[0]
        roots = [row[0] for row in raw.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'change'")]
    assert len(roots) > 1
    with open(sound, "r+b") as file:
        for root in roots:
            file.seek((root - 1) * size)
            file.write(b"\xa5" * size)
    with pytest.raises(Damaged) as told:
        Project.open(sound)
    assert re.search(r"is damaged \([^()]*(\(\)[^()]*)?, and \d+ more\)\. Restore", str(told.value)), told.value


def test_a_second_writer_is_told_and_may_read(project: Project, statement: str):
    with pytest.raises(Locked, match="already open for writing"):
        Project.open(project.path)
    with Project.open(project.path, fall_back=True) as second:
        assert second.read_only and "already open" in second.notice
        assert [s.id for s in second.statements()] == [statement]
        for act in (
            lambda: second.annotate(statement, "demand", span_of("call on")),
            lambda: second.add_statement("x"),
            lambda: second.undo(),
            lambda: second.sibling(),
        ):
            with pytest.raises(ReadOnly, match="already open"):
                act()
        assert not second.opened(statement) and second.undo_label == second.redo_label == ""
        second.keep_position(statement, "1")
        project.edit(statement, title="Seen at once")
        assert second.statement(statement).title == "Seen at once"


def test_another_process_is_a_second_writer_too(project: Project):
    code = (
        "import sys; from annotator import Project, AnnotatorError\n"
        "try: Project.open(sys.argv[1])\n"
        "except AnnotatorError as error: print(type(error).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code, project.path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Locked"


def test_after_closing_the_next_one_writes(project: Project, reopen: Callable[..., Project]):
    assert not reopen().read_only
    assert not reopen(fall_back=True).read_only


def test_closing_twice_is_closing_once(project: Project):
    project.close()
    project.close()
    with Project.open(project.path) as again:
        assert not again.read_only


def test_opening_a_link_to_a_project_locks_the_project(project: Project, tmp_path: Path):
    link = tmp_path / "link.annotator"
    link.symlink_to(project.path)
    with pytest.raises(Locked):
        Project.open(link)


def test_a_read_only_opening_changes_nothing(sound: Path):
    with Project.open(sound, read_only=True) as project:
        with pytest.raises(ReadOnly):
            project.set_setting("title", "x")
        assert project.backup(sound.with_name("backup.annotator")).exists()


def test_a_read_only_file_opens_for_reading(sound: Path, monkeypatch: pytest.MonkeyPatch):
    sound.chmod(0o400)
    # The superuser may write everywhere, so the question is answered for them.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ReadOnly, match="is read-only"):
        Project.open(sound)
    with Project.open(sound, fall_back=True) as project:
        assert project.read_only and "read-only" in project.notice and project.count() == 1


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser may write in every folder")
def test_a_read_only_folder_opens_for_reading(sound: Path):
    sound.parent.chmod(0o500)
    try:
        with Project.open(sound, fall_back=True) as project:
            assert project.read_only
    finally:
        sound.parent.chmod(0o700)


def test_a_project_moved_while_it_is_open_is_not_written_elsewhere(project: Project, statement: str, tmp_path: Path):
    moved = tmp_path / "moved.annotator"
    os.rename(project.path, moved)
    shutil.copy(moved, project.path)
    before = project.path.read_bytes()
    with pytest.raises(ReadOnly, match="was moved or replaced"):
        project.edit(statement, venue="x")
    assert project.path.read_bytes() == before == moved.read_bytes()


@pytest.mark.parametrize("older", [True, False])
def test_a_project_over_which_another_was_written_is_not_written(
    project: Project, statement: str, tmp_path: Path, older: bool
):
    if older:
        data = project.path.read_bytes()
        project.edit(statement, venue="Later")
    else:
        with Project.create(tmp_path / "other", coder="LM") as other:
            data = other.path.read_bytes()
    # By another process: to open and close the file in this one would drop SQLite's locks.
    code = "import sys; file = open(sys.argv[1], 'r+b'); file.write(sys.stdin.buffer.read()); file.truncate()"
    subprocess.run([sys.executable, "-c", code, project.path], input=data, check=True)
    for write in (
        lambda: project.set_setting("title", "x"),
        lambda: project.add_statement("Any text"),
        lambda: project.opened(statement),
        lambda: project.undo() if older else project.add_actor("SDF"),
    ):
        with pytest.raises(ReadOnly, match=r"^File moved: .* nothing was saved\."):
            write()
    assert project.path.read_bytes() == data


def test_a_project_that_is_cut_off_while_it_is_open_is_not_written(project: Project, statement: str):
    size = project.path.stat().st_size // 8192 * 4096
    os.truncate(project.path, size)
    with pytest.raises(Damaged):
        project.set_setting("title", "x")
    assert project.path.stat().st_size == size


def test_a_folder_that_may_not_be_written_opens_for_reading(sound: Path, monkeypatch: pytest.MonkeyPatch):
    # The superuser may write everywhere, so the question is answered for them.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != sound.parent)
    with pytest.raises(ReadOnly, match=r"The folder of .* is read-only"):
        Project.open(sound)
    with Project.open(sound, fall_back=True) as project:
        assert project.read_only and project.count() == 1


_CRASH = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN IMMEDIATE")
for n in range(2000):
    db.execute("INSERT INTO actor (id, name) VALUES (?, ?)", (f"a{n}", "x" * 500))
db.execute("UPDATE content_search_config SET v = v")
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("read_only", [True, False])
def test_what_a_killed_program_left_half_written_is_rolled_back(sound: Path, read_only: bool):
    before = sound.read_bytes()
    subprocess.run([sys.executable, "-c", _CRASH, sound], check=False)
    assert sound.with_name(f"{sound.name}-journal").exists() and sound.read_bytes() != before
    with Project.open(sound, read_only=read_only) as project:
        assert project.actors() == () and project.count() == 1
        assert project.recovered == "Recovered from an interrupted session."
        assert not [f for f in jobs.run(jobs.check(project)) if f.kind == "error"]
    assert not sound.with_name(f"{sound.name}-journal").exists()
    with Project.open(sound, read_only=read_only) as project:
        assert project.recovered == ""


def test_the_command_line_says_that_a_session_was_recovered(sound: Path, capsys: pytest.CaptureFixture[str]):
    subprocess.run([sys.executable, "-c", _CRASH, sound], check=False)
    for expected in ("Recovered from an interrupted session.\n", ""):
        assert command_line(["list", str(sound)]) == 0
        assert capsys.readouterr().err == expected


def test_a_project_in_write_ahead_mode_comes_back_to_the_rollback_journal(sound: Path):
    execute(sound, "PRAGMA journal_mode = WAL")
    with Project.open(sound) as project:
        project.set_setting("title", "x")
    assert execute(sound, "PRAGMA journal_mode") == [("delete",)]


def test_every_safety_of_the_connection_holds(sound: Path, monkeypatch: pytest.MonkeyPatch):
    from annotator.store import cipher, driver

    with closing(driver.connect(sound, write=True, key=cipher.key_of(sound, None))) as connection:
        expected: dict[str, Any] = {
            "journal_mode": "delete",
            "synchronous": 3,
            "foreign_keys": 1,
            "secure_delete": 1,
            "recursive_triggers": 1,
            "trusted_schema": 0,
            "cell_size_check": 1,
            "busy_timeout": 250,
        }
        assert {name: connection.value(f"PRAGMA {name}") for name in expected} == expected
    with (
        closing(driver.connect(sound, write=False, key=cipher.key_of(sound, None))) as connection,
        pytest.raises(ReadOnly),
    ):
        connection.execute("DELETE FROM annotation")
