"""Rolling backups: when one is made, which are kept, and how one takes a damaged project's place."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator import Project, paths
from annotator.core.errors import AnnotatorError, Damaged, Locked, NotFound
from annotator.store import backups
from annotator.store.backups import Backup, Backups, contents, kept_of, restore

from .conftest import TEXT, span_of


def passages(path: Path) -> int:
    with Project.open(path, read_only=True) as project:
        return len(list(next(iter(project.records())).annotations))


def test_a_project_without_statements_needs_no_backup(project: Project):
    assert project.keep() is None
    assert project.backups.all() == []


def test_a_backup_is_made_once_for_each_state(project: Project, statement: str):
    first = project.keep()
    assert first is not None
    assert project.keep() is None
    project.annotate(statement, "demand", span_of("call on"))
    second = project.keep()
    assert second is not None
    assert [b.number for b in project.backups.all()] == [2, 1]
    assert project.head.startswith(second.head)
    assert (contents(first.path).passages, contents(second.path).passages) == (0, 1)


def test_a_backup_that_is_fresh_enough_saves_making_one(project: Project, statement: str):
    made = project.keep()
    assert made is not None
    project.annotate(statement, "demand", span_of("call on"))
    assert project.keep(older_than=10) is None
    old = made.path.stat().st_mtime - 11 * 60
    os.utime(made.path, (old, old))
    assert project.keep(older_than=10) is not None


def test_a_backup_from_the_future_is_not_fresh_so_that_a_clock_jumping_back_stops_nothing(
    project: Project, statement: str
):
    made = project.keep()
    assert made is not None
    project.annotate(statement, "demand", span_of("call on"))
    later = made.path.stat().st_mtime + 86400
    os.utime(made.path, (later, later))
    again = project.keep(older_than=10)
    assert again is not None
    assert again.number == 2


def test_files_and_folders_of_backups_are_for_this_user_only(project: Project, statement: str):
    made = project.keep()
    assert made is not None
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.path.parent.parent.stat().st_mode) == 0o700
    about = made.path.parent / "project.json"
    assert stat.S_IMODE(about.stat().st_mode) == 0o600
    assert TEXT not in about.read_text()


def test_no_backup_is_thinned_while_the_project_is_damaged(project: Project, statement: str, monkeypatch):
    for n in range(3):
        project.note(project.annotate(statement, "demand", span_of("call on")).result, str(n))
        assert project.keep() is not None
    before = project.backups.all()

    def damaged(*given, **named):
        raise Damaged("The copy is damaged.")

    monkeypatch.setattr(backups.copies, "backup", damaged)
    monkeypatch.setattr(backups, "ROOM", 1)
    project.edit(statement, venue="elsewhere")
    with pytest.raises(Damaged):
        project.keep()
    assert project.backups.all() == before


def test_much_at_once_is_preceded_by_a_backup(project: Project, statement: str, monkeypatch):
    from annotator.store import project as module

    monkeypatch.setattr(module, "MUCH", 2)
    ids = [project.annotate(statement, "demand", span_of(words)).result for words in ("call on", "council")]
    project.retag(ids[:1], "event")
    assert project.backups.all() == []
    project.retag(ids, "accusation")
    kept = project.backups.all()
    assert len(kept) == 1
    with Project.open(kept[0].path, read_only=True) as before:
        assert sorted(a.tag for a in before.annotations(statement)) == ["demand", "event"]


def test_a_backup_that_fails_does_not_stand_in_the_way_of_the_work(project: Project, statement: str, monkeypatch):
    from annotator.store import project as module

    monkeypatch.setattr(module, "MUCH", 1)
    folder = paths.data_dir() / "backups"
    folder.write_text("a file where the folder should be")
    passage = project.annotate(statement, "demand", span_of("call on")).result
    assert project.remove([passage])


# -- which are kept ------------------------------------------------------------------------

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def made_at(*hours_ago: float, size: int = 10) -> list[Backup]:
    """Backups this many hours old, the oldest first made."""
    order = sorted(hours_ago, reverse=True)
    return [
        Backup(Path(f"{n}"), n, NOON - timedelta(hours=ago), "0" * 12, size) for n, ago in enumerate(order, start=1)
    ][::-1]


def ages(kept: list[Backup]) -> list[float]:
    return [round((NOON - b.at).total_seconds() / 3600, 1) for b in kept]


def test_all_of_the_last_day_stay():
    assert ages(kept_of(made_at(0, 0.5, 1, 5, 23.9))) == [0, 0.5, 1, 5, 23.9]


def test_of_an_earlier_day_the_latest_stays_then_of_a_week_then_of_a_month():
    day = 24.0
    made = made_at(0, 3 * day, 3 * day + 1, 3 * day + 2, 30 * day, 30 * day + 3, 400 * day, 401 * day)
    assert ages(kept_of(made)) == [0, 3 * day, 30 * day, 400 * day]


def test_where_they_take_too_much_room_the_oldest_go_but_never_the_newest_two():
    assert ages(kept_of(made_at(0, 1, 2, 3, size=40), room=100)) == [0, 1]
    assert ages(kept_of(made_at(0, 1, 2, 3, size=400), room=100)) == [0, 1]
    assert ages(kept_of(made_at(0, 1, 2, 3, size=25), room=100)) == [0, 1, 2, 3]


@given(st.lists(st.floats(0, 24 * 2000), max_size=60), st.integers(1, 2000))
def test_thinning_keeps_the_newest_and_thinning_again_changes_nothing(hours: list[float], room: int):
    made = made_at(*hours)
    kept = kept_of(made, room)
    assert kept[:2] == made[:2] or (len(kept) >= 1 and kept[0] == made[0])
    assert kept_of(kept, room) == kept


@given(st.permutations(range(12)))
def test_the_order_is_that_of_making_whatever_the_clock_said(order: list[int]):
    made = [Backup(Path(str(n)), n, NOON - timedelta(hours=hour), "0" * 12, 1) for n, hour in enumerate(order)]
    assert [b.number for b in kept_of(made)] == sorted(range(12), reverse=True)


# -- coming back ----------------------------------------------------------------------------


def test_a_backup_takes_the_place_of_a_damaged_project_which_is_kept_beside_it(project: Project, statement: str):
    project.annotate(statement, "demand", span_of("call on"))
    kept = project.keep()
    assert kept is not None
    project.annotate(statement, "event", span_of("shelled the dam"))
    path = project.path
    project.close()
    data = bytearray(path.read_bytes())
    data[4096:12288] = bytes(8192)
    path.write_bytes(data)
    journal = path.with_name(f"{path.name}-journal")
    journal.write_bytes(b"left behind")

    found = Backups.of_file(path).all()[0]
    aside = restore(found.path, path)

    assert passages(path) == 1
    assert aside is not None
    assert aside.read_bytes() == data
    assert aside.with_name(f"{aside.name}-journal").read_bytes() == b"left behind"
    assert not journal.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with Project.open(path) as again:
        assert again.head.startswith(found.head)


def test_restoring_twice_keeps_both_files_that_stood_there(project: Project, statement: str):
    kept = project.keep()
    assert kept is not None
    path = project.path
    project.close()
    first, second = restore(kept.path, path), restore(kept.path, path)
    assert first is not None
    assert second is not None
    assert first != second
    assert first.exists()
    assert second.exists()


def test_a_backup_can_be_restored_where_nothing_is(project: Project, statement: str, tmp_path: Path):
    kept = project.keep()
    assert kept is not None
    assert restore(kept.path, tmp_path / "elsewhere.annotator") is None
    assert passages(tmp_path / "elsewhere.annotator") == 0


def test_a_project_that_is_open_is_not_replaced(project: Project, statement: str):
    kept = project.keep()
    assert kept is not None
    with pytest.raises(AnnotatorError, match="is open; close it"):
        restore(kept.path, project.path)


def test_a_project_that_another_program_writes_is_not_replaced(project: Project, statement: str, tmp_path: Path):
    import subprocess
    import sys

    kept = project.keep()
    assert kept is not None
    path = project.path
    project.close()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import sys; from annotator import Project; p = Project.open({str(path)!r}); print('open', flush=True);"
            " sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"open\n"
    before = path.read_bytes()
    with pytest.raises(Locked):
        restore(kept.path, path)
    holder.communicate()
    assert path.read_bytes() == before


def test_a_damaged_backup_is_named_and_never_put_in_place(project: Project, statement: str):
    kept = project.keep()
    assert kept is not None
    path = project.path
    project.close()
    data = bytearray(kept.path.read_bytes())
    data[8192:40960] = b"\xff" * 32768
    kept.path.write_bytes(data)
    before = path.read_bytes()
    assert contents(kept.path).trouble
    with pytest.raises(Damaged):
        restore(kept.path, path)
    assert path.read_bytes() == before
    assert not [p for p in path.parent.iterdir() if p.suffix == ".part"]


def test_a_file_that_was_never_backed_up_has_no_backups(tmp_path: Path):
    with pytest.raises(NotFound, match=r"There is no backup of x\.annotator"):
        Backups.of_file(tmp_path / "x.annotator")


def test_what_a_file_says_is_its_id_leads_to_no_other_folder():
    with pytest.raises(Damaged):
        Backups.of("../../elsewhere")
