"""``check`` finds what was altered behind the program's back, and a head proves what a file contains."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator import Project, Span, jobs
from annotator.core.errors import Damaged
from annotator.store.check import Finding

from .conftest import execute, span_of


def checked(project: Project) -> list[Finding]:
    found: list[Finding] = jobs.run(jobs.check(project))
    return found


def errors(project: Project) -> str:
    return "; ".join(f"{f.place}: {f.text}" for f in checked(project) if f.kind == "error")


@pytest.fixture
def worked(project: Project, statement: str) -> Project:
    """A project with a few steps, an undone one among them."""
    passage = project.annotate(statement, "demand", span_of("call on"), given={"addressee": "Council"}, note="n").result
    project.note(passage, "other")
    project.undo()
    project.edit(statement, venue="x")
    return project


def test_a_sound_project_has_no_findings(worked: Project):
    assert checked(worked) == []


def _forge_text(raw: Callable[..., Any]) -> None:
    (sql,) = raw("SELECT sql FROM sqlite_master WHERE name = 'content_never_changes'")[0]
    raw("DROP TRIGGER content_never_changes")
    raw("UPDATE content SET text = replace(text, 'council', 'COUNCIL')")
    raw(sql)


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        ("UPDATE change SET after = replace(after, 'other', 'x')", "the change of annotation"),
        ("DELETE FROM change WHERE step = 3 AND position = 0", "step 3 was altered"),
        ("UPDATE change SET digest = 'x' WHERE step = 3", "step 3"),
        ("UPDATE step SET label = 'Innocent' WHERE number = 3", "step 3 was altered"),
        ("UPDATE step SET at = '2001-01-01' WHERE number = 2", "step 2 was altered"),
        ("UPDATE step SET coder = 'x' WHERE number = 2", "step 2 was altered"),
        ("DELETE FROM step WHERE number = 3", "step 4 does not follow"),
        ("UPDATE annotation SET quote = 'forged'", "the quote is not its slice"),
        ("UPDATE annotation SET start = start + 1", "the quote is not its slice"),
        ("UPDATE annotation SET prefix = 'forged'", "the context is not"),
        ("UPDATE annotation SET tag = 'forged'", "not in the codebook"),
        ("UPDATE annotation SET attributes = '{\"addressee\": [{\"actor\": \"gone\"}]}'", "unknown actor"),
        ("UPDATE source SET data = x'789c030000000001'", "do not match their hash"),
        ("UPDATE source SET data = x'00'", "cannot be unpacked"),
        ("UPDATE statement_range SET \"end\" = 9999", None),
        ("INSERT INTO statement_range SELECT id, 0, 9999, 'title' FROM statement", "lies outside the text"),
        ("INSERT INTO link VALUES ('l', 'same_as', 'gone', 'gone')", "refers to a annotation that is not there"),
        ("DELETE FROM coder", "refers to a coder that is not there"),
    ],
)  # fmt: skip
def test_tampering_is_found_with_its_place(worked: Project, raw: Callable[..., Any], tamper: str, says: str | None):
    raw(tamper)
    assert (says in errors(worked)) if says else errors(worked) == ""


def test_a_forged_text_is_found(worked: Project, raw: Callable[..., Any]):
    _forge_text(raw)
    assert "the text does not match its hash" in errors(worked)
    assert worked.verified(next(iter(worked.statements())).id) != []


def test_a_row_that_no_step_changed_is_found(worked: Project, raw: Callable[..., Any]):
    raw("UPDATE annotation SET note = 'forged'")
    assert "is not as the last step left it" in errors(worked)


def test_a_row_that_no_step_made_or_removed_is_found(worked: Project, raw: Callable[..., Any]):
    raw("INSERT INTO progress SELECT s.id, c.id, 'done' FROM statement s, coder c")
    raw("DELETE FROM setting WHERE key = 'title'")
    assert "progress" in errors(worked) and "setting" in errors(worked)


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE annotation SET note = CAST(x'ff' AS TEXT)",
        "UPDATE annotation SET attributes = '{'",
        "UPDATE annotation SET attributes = '[]'",
        "UPDATE annotation SET start = 'a', \"end\" = 'b'",
        "UPDATE tag SET definition = 'x'",
        "UPDATE tag SET definition = '[]'",
        "UPDATE statement SET extra = 'x'",
        "UPDATE setting SET value = 'x' WHERE key = 'codebook_rules'",
        "UPDATE actor SET aliases = '{'",
    ],
)
def test_values_of_a_wrong_kind_are_an_error_and_no_crash(worked: Project, raw: Callable[..., Any], tamper: str):
    raw(tamper)
    worked.close()
    try:
        with Project.open(worked.path, coder="LM") as again:
            assert errors(again) != ""
    except Damaged:
        pass


def test_missing_source_bytes_are_a_remark(worked: Project, raw: Callable[..., Any]):
    worked.add_statement("One\r\nTwo")
    raw("UPDATE source SET data = NULL")
    assert [f.kind for f in checked(worked)] == ["remark"]
    raw("DELETE FROM source")
    assert [f.kind for f in checked(worked)] == ["remark"]


def test_an_overlap_from_elsewhere_is_a_remark(worked: Project):
    (a,) = worked.annotations(next(iter(worked.statements())).id)
    worked.annotate(a.statement, "demand", Span(a.start + 1, a.end + 1), allow_overlap=True)
    assert [(f.kind, "overlaps passage" in f.text) for f in checked(worked)] == [("remark", True)]


def test_purged_values_leave_the_chain_provable(worked: Project, raw: Callable[..., Any]):
    raw("UPDATE change SET before = NULL, after = NULL, salt = NULL WHERE step = 3")
    assert "step" not in errors(worked)


def test_a_head_confirms_what_the_file_contains(worked: Project):
    heads = [entry.hash for entry in worked.history()]
    for head in heads:
        worked.require_head(head)
    for other in ("", "0" * 64):
        with pytest.raises(Damaged, match="No step of"):
            worked.require_head(other)


def test_cutting_the_last_step_off_is_found_by_the_head_that_an_export_named(worked: Project, raw: Callable[..., Any]):
    head = worked.head
    raw("UPDATE statement SET venue = ''")
    raw("DELETE FROM change WHERE step = (SELECT max(number) FROM step)")
    raw("DELETE FROM step WHERE number = (SELECT max(number) FROM step)")
    assert errors(worked) == ""
    with pytest.raises(Damaged):
        worked.require_head(head)


def test_a_copied_file_goes_on_as_another_replica_and_both_stay_provable(worked: Project, tmp_path: Path):
    statement = next(iter(worked.statements())).id
    worked.close()
    copied = tmp_path / "copy.annotator"
    shutil.copy(worked.path, copied)
    for path in (copied, worked.path):
        with Project.open(path, coder="LM") as again:
            again.edit(statement, venue=path.name)
            again.edit(statement, office="x")
            assert errors(again) == ""
    replicas = {
        path: [r for (r,) in execute(path, "SELECT replica FROM step ORDER BY number")]
        for path in (copied, worked.path)
    }
    assert len(set(replicas[worked.path])) == 1 and len(set(replicas[copied])) == 2
    assert replicas[copied][-1] != replicas[worked.path][-1] and replicas[copied][-1] == replicas[copied][-2]
    lamports = [row[0] for row in execute(copied, "SELECT lamport FROM step ORDER BY number")]
    assert lamports == list(range(1, len(lamports) + 1))


def test_steps_are_in_order_although_the_clock_jumped_back(
    project: Project, statement: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("annotator.store.ledger.now", lambda: "1999-01-01T00:00:00.000Z")
    project.edit(statement, venue="x")
    assert project.history()[0].label == "Edit venue" and errors(project) == ""
    assert project.undo().label == "Undo Edit venue"


def test_a_backup_is_a_whole_project_with_the_same_head(worked: Project, tmp_path: Path):
    told: list[tuple[int, int]] = []
    target = worked.backup(tmp_path / "backup.annotator", lambda done, all_: told.append((done, all_)))
    assert target.stat().st_mode & 0o777 == 0o600 and told[-1][0] == told[-1][1] > 0
    with Project.open(target, read_only=True) as copied:
        assert copied.head == worked.head and checked(copied) == []
    with pytest.raises(Exception, match="exists already; a backup never overwrites"):
        worked.backup(target)
    with pytest.raises(Exception, match="cannot be written"):
        worked.backup(tmp_path / "no folder" / "x.annotator")
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock")) == [
        "backup.annotator",
        "project.annotator",
    ]


def test_a_backup_that_is_cancelled_leaves_nothing(worked: Project, tmp_path: Path):
    def cancel(done: int, all_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worked.backup(tmp_path / "b.annotator", cancel)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith((".b", "b"))]


def test_a_damaged_file_is_never_backed_up(worked: Project, tmp_path: Path):
    worked.close()
    data = bytearray(worked.path.read_bytes())
    page = 4096
    for start in range(page * 4, len(data) - page, page):
        data[start : start + 8] = b"\xff" * 8
    worked.path.write_bytes(data)
    with pytest.raises(Damaged), closing(Project.open(worked.path)) as again:
        again.backup(tmp_path / "b.annotator")
    assert not (tmp_path / "b.annotator").exists()
