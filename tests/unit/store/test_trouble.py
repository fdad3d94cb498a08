"""Full disks, busy files, threads and kills: old or new, never half, and told in a sentence."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import Busy, DiskFull, Interrupted
from annotator.store import driver

from .conftest import TEXT, execute, span_of, state


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bool], None]]:
    """Lets the disk of projects that are opened from now on be full, or have space again."""
    made: list[driver.Connection] = []
    connect = driver.connect

    def watched(*arguments: Any, **named: Any) -> driver.Connection:
        made.append(connect(*arguments, **named))
        return made[-1]

    monkeypatch.setattr("annotator.store.project.connect", watched)

    def switch(on: bool) -> None:
        pages = made[-1].value("PRAGMA page_count") if on else 2**30
        made[-1].execute(f"PRAGMA max_page_count = {pages}")

    yield switch


def test_a_full_disk_saves_nothing_and_works_again_with_space(tmp_path: Path, full: Callable[[bool], None]):
    with Project.create(tmp_path / "x", coder="LM") as made:
        statement = made.add_statement(TEXT * 50).result
    with Project.open(made.path, coder="LM") as project:
        before = state(project)
        full(True)
        with pytest.raises(DiskFull, match=r"Disk full: not saved\. Free space and retry"):
            for n in range(500):
                before = state(project)
                project.annotate(statement, "event", Span(n * 20, n * 20 + 15), note="x" * 3000)
        assert state(project) == before
        with pytest.raises(DiskFull):
            project.add_statement("x" * 100_000)
        assert state(project) == before
        with pytest.raises(DiskFull), project.step("Two"):
            project.mark(statement, "done")
            project.annotate(statement, "demand", Span(0, 10), note="x" * 100_000)
        assert state(project) == before
        full(False)
        changes = project.annotate(statement, "demand", Span(0, 10), note="x" * 100_000)
        assert changes.ids("annotation") == {changes.result} and not changes.ids("progress")
        assert project.undo() and state(project) == before
        assert [f for f in jobs.run(jobs.check(project)) if f.kind == "error"] == []


def test_an_import_on_a_full_disk_ends_as_a_whole_and_is_no_files_fault(tmp_path: Path, full: Callable[[bool], None]):
    files = tmp_path / "files"
    files.mkdir()
    for n in range(20):
        (files / f"{n:02}.txt").write_text(f"Title {n}\n" + "words " * 5000, encoding="utf-8")
    Project.create(tmp_path / "x", coder="LM").close()
    with Project.open(tmp_path / "x.annotator", coder="LM") as project:
        full(True)
        with pytest.raises(DiskFull):
            jobs.run(jobs.import_files(project, [files]))
        assert project.count() == 0
        full(False)
        assert jobs.run(jobs.import_files(project, [files])).imported == 20


@contextmanager
def holding(path: Path, how: str) -> Iterator[None]:
    """Another program that has the file locked."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"BEGIN {how}")
        yield
        other.execute("ROLLBACK")


def test_a_busy_file_is_told_and_works_again(project: Project, statement: str):
    head = project.head
    for how in ("IMMEDIATE", "EXCLUSIVE"):
        with holding(project.path, how):
            for act in (
                lambda: project.annotate(statement, "demand", span_of("call on")),
                lambda: project.opened(statement),
                lambda: project.undo(),
            ):
                with pytest.raises(Busy, match=r"Another program uses .* nothing was saved\. Try again"):
                    act()
    assert project.head == head
    assert project.annotate(statement, "demand", span_of("call on"))


def test_reading_while_another_program_writes_is_told_and_does_not_hang(project: Project, statement: str):
    with holding(project.path, "EXCLUSIVE"):
        for read in (lambda: project.annotations(statement), lambda: project.count("dam"), lambda: project.codebook):
            with pytest.raises(Busy):
                read()
    with holding(project.path, "IMMEDIATE"):
        assert project.count("dam") == 1


def test_a_reader_of_another_program_holds_a_step_up_no_longer_than_that(project: Project, statement: str):
    with closing(sqlite3.connect(project.path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM statement").fetchall()
        with pytest.raises(Busy):
            project.annotate(statement, "demand", span_of("call on"))
        other.execute("COMMIT")
    assert project.annotate(statement, "demand", span_of("call on"))


def test_a_failure_in_the_middle_of_a_step_leaves_no_notes_to_the_next(project: Project, statement: str):
    before = state(project)
    with pytest.raises(ZeroDivisionError), project.step("Broken"):
        project.annotate(statement, "demand", span_of("call on"))
        project.add_actor("SDF")
        raise ZeroDivisionError
    assert state(project) == before
    changes = project.edit(statement, venue="x")
    assert changes.touched == {("statement", statement)}
    assert [entry.label for entry in project.history()][:2] == ["Edit venue", "Add statement"]


def test_a_step_within_a_step_of_the_ledger_cannot_be_forgotten(project: Project, statement: str):
    with pytest.raises(AnnotatorError), project.step("Outer"):
        project.edit(statement, venue="x")
        project.undo() if False else project.edit(statement, colour="red")
    assert project.statement(statement).venue == ""


# -- threads ---------------------------------------------------------------------------------


def test_a_reading_thread_that_a_step_interrupts_repeats_its_page(project: Project, statement: str):
    for n in range(300):
        project.annotate(statement, "event", Span(n % 100, n % 100 + 30), allow_overlap=True, note=str(n))
    done = threading.Event()
    seen: list[int] = []
    trouble: list[BaseException] = []

    def read() -> None:
        reads = project.reader()
        try:
            while not done.is_set() or not seen:  # steps may come so fast that no read ends among them
                seen.append(len(list(reads.search("tag:event call", limit=1000))))
        except BaseException as error:
            trouble.append(error)
        finally:
            Project.close_reader(reads)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for n in range(60):
            # A step that waits longer than the time-out for a read is refused as busy.
            project.edit(statement, venue=str(n))
    finally:
        done.set()
        thread.join()
    assert trouble == [] and set(seen) == {len(list(project.search("tag:event call", limit=1000)))}


def test_a_read_that_is_given_up_ends(project: Project, statement: str):
    reads = project.reader()
    ended: list[BaseException] = []

    def read() -> None:
        try:
            while True:
                reads.count("dam -gates OR council date:2022..2023")
        except Interrupted as error:
            ended.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        while thread.is_alive():
            reads.give_up()
            thread.join(0.001)
    finally:
        thread.join()
        Project.close_reader(reads)
    assert ended


def test_tagging_goes_on_while_another_thread_imports(project: Project, statement: str, tmp_path: Path):
    files = tmp_path / "files"
    files.mkdir()
    for n in range(300):
        (files / f"{n:03}.txt").write_text(f"Title {n}\n" + f"The dam of village {n}. " * 150, encoding="utf-8")
    reports: list[Any] = []

    def take() -> None:
        with project.sibling() as other:
            reports.append(jobs.run(jobs.import_files(other, [files])))

    thread = threading.Thread(target=take)
    thread.start()
    n = 0
    while thread.is_alive():
        # On a busy machine a step may be refused, and is then repeated, as the window does it.
        with suppress(Busy):
            project.edit(statement, venue=str(n + 1))
            n += 1
        thread.join(0.002)  # no coder asks without a pause, which would starve whoever waits
    thread.join()
    assert reports and reports[0].imported == 300 and project.count() == 301
    assert n > 3
    assert [f for f in jobs.run(jobs.check(project)) if f.kind == "error"] == []
    labels = [entry.label for entry in project.history(limit=100_000)]
    assert labels.count("Import 300 statements") == 1 and labels.count("Edit venue") == n


def test_a_backup_runs_while_steps_go_on(project: Project, statement: str, tmp_path: Path):
    for n in range(40):
        project.add_statement(f"{n} " * 20_000)
    made: list[Path] = []
    thread = threading.Thread(target=lambda: made.append(project.backup(tmp_path / "b.annotator")))
    thread.start()
    steps = 0
    while thread.is_alive():
        project.edit(statement, venue=str(steps := steps + 1))
    thread.join()
    assert made and steps
    with Project.open(made[0], read_only=True) as copied:
        assert copied.count() == 41 and copied.head in {entry.hash for entry in project.history(limit=100_000)}
        assert [f for f in jobs.run(jobs.check(copied)) if f.kind == "error"] == []


# -- kill -------------------------------------------------------------------------------------

_KILLED = """
import os, sys, threading, time
from pathlib import Path
from annotator import Project, Span, jobs
project = Project.open(sys.argv[1], coder="LM")
(summary,) = project.statements()
for n in range(int(sys.argv[3])):
    project.annotate(summary.id, "event", Span(n, n + 1))
    print(n, flush=True)
steps = jobs.import_files(project, [Path(sys.argv[2])], slice_ms=1)
for n, progress in enumerate(steps):
    if n == int(sys.argv[4]):
        os.kill(os.getpid(), 9)
print("done")
"""


@pytest.mark.parametrize("slices", [0, 5, 1000])
def test_a_kill_in_the_middle_of_an_import_leaves_whole_steps_alone(tmp_path: Path, slices: int):
    files = tmp_path / "files"
    files.mkdir()
    for n in range(60):
        (files / f"{n:03}.txt").write_text(f"Title {n}\n" + f"Unseen words {n}. " * 2000, encoding="utf-8")
    with Project.create(tmp_path / "x", coder="LM") as made:
        made.add_statement(TEXT)
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, made.path, files, "5", str(slices)], capture_output=True, text=True, check=False
    )
    imported = done.stdout.endswith("done\n")
    assert done.returncode == (0 if imported else -9), done.stderr
    ahead = execute(made.path, "SELECT count(*) FROM content")[0][0]
    with Project.open(made.path, coder="LM") as project:
        first = next(iter(project.statements()))
        assert first.counts == {"event": 5}  # every step that was acknowledged
        assert project.count() == (61 if imported else 1)
        assert project.count("unseen") == (60 if imported else 0)
        assert [f for f in jobs.run(jobs.check(project)) if f.kind == "error"] == []
    left = execute(made.path, "SELECT count(*) FROM content")[0][0]
    assert left == (61 if imported else 1) and (imported or slices == 0 or ahead > 1)
    assert execute(made.path, "SELECT count(*) FROM statement_search") == [(left,)]
    assert execute(made.path, "SELECT count(*) FROM source") == [(left,)]


def test_a_circle_of_merged_actors_ends(project: Project):
    ids = [project.add_actor(name).result for name in ("One", "Two", "Three")]
    connection = sqlite3.connect(project.path)
    with connection:
        for here, there in ((ids[0], ids[1]), (ids[1], ids[2]), (ids[2], ids[1])):
            connection.execute("UPDATE actor SET merged_into = ? WHERE id = ?", (there, here))
    connection.close()
    assert [project.actor_name(each) for each in ids] == ["One", "Two", "Three"]
