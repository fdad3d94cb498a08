"""``check`` finds what was altered behind the program's back, and a head proves what a file contains."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator import Project, Span, jobs
from annotator.core.errors import Damaged
from annotator.core.links import LinkKind
from annotator.core.text import fold
from annotator.store.check import Finding

from .conftest import TEXT, execute, span_of


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


def test_types_kinds_and_ids_that_nobody_defined_are_mentioned(project: Project, statement: str, raw):
    one = project.annotate(statement, "demand", span_of("call on"), given={"addressee": "Council"}).result
    two = project.annotate(statement, "event", span_of("shelled")).result
    project.put_link_kind(LinkKind("blames"))
    project.link("blames", one, two)
    project.set_setting("link_kinds", "[]")
    raw("UPDATE actor SET type = 'gang', wikidata = '12', color = 'red'")
    told = "; ".join(f.text for f in checked(project) if f.kind == "remark")
    for part in ("“gang” is no type of actor", "“12” is no Wikidata", "“red” is no colour", "1 link is of the kind"):
        assert part in told


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
        ("UPDATE change SET salt = NULL, after = replace(after, 'other', 'x') WHERE step = 4",
         "step 4: the change of annotation"),
        ("UPDATE change SET statement = NULL WHERE step = 3 AND \"table\" = 'annotation'", "listed with another"),
        ("UPDATE change SET statement = 'x' WHERE step = 6", "step 6: the change of statement"),
        ("UPDATE statement SET length = 9", "never changes"),
        ("UPDATE statement SET date_from = '2001-01-01'", "the days that it is searched for under"),
        ("UPDATE annotation_value SET folded = 'x'", "its values are searched for under others"),
        ("DELETE FROM annotation_value", "its values are searched for under others"),
        ("INSERT INTO annotation_value (annotation, name, position, value) VALUES ('gone', 'x', 0, 'y')",
         "passage gone: its values are searched for"),
        ("UPDATE statement_search SET title = 'x'", "searched for under other words"),
        ("DELETE FROM statement_search", "searched for under other words"),
        ("INSERT INTO content_search (content_search) VALUES ('delete-all')", "cannot be found by the words"),
        ("DELETE FROM content_search_docsize", "cannot be found by the words"),
        ("UPDATE content_search_data SET block = zeroblob(length(block)) WHERE id > 99", "content_search is damaged"),
        ("UPDATE statement_search_data SET block = zeroblob(4) WHERE id > 99", "statement_search is damaged"),
        ("UPDATE tag SET definition = '{' WHERE name = 'demand'", "codebook"),
        ("UPDATE annotation SET attributes = '{'", "cannot be read"),
        ("UPDATE annotation SET attributes = '[]'", "cannot be read"),
        ("UPDATE annotation SET start = 'a', \"end\" = 'b'", "has no place in its text"),
        ("UPDATE annotation SET note = CAST(x'ff' AS TEXT)", "cannot be checked further"),
        ("UPDATE actor SET merged_into = id", "merged into itself"),
        ("UPDATE content SET text = CAST(x'ff' AS TEXT)", "never changes"),
        ("CREATE TRIGGER planted AFTER INSERT ON annotation BEGIN DELETE FROM annotation; END", "schema (planted)"),
        ("DROP INDEX annotation_tag", "schema (annotation_tag)"),
    ],
)  # fmt: skip
def test_tampering_is_found_with_its_place(worked: Project, raw: Callable[..., Any], tamper: str, says: str | None):
    if says == "never changes":
        with pytest.raises(Exception, match=says):
            raw(tamper)
        return
    raw(tamper)
    assert (says in errors(worked)) if says else errors(worked) == ""


def test_an_index_that_lost_an_entry_is_found_with_its_name(worked: Project, raw: Callable[..., Any]):
    # Behind the back of the index, which a quick look at the pages does not compare.
    raw("PRAGMA writable_schema = ON")
    (row,) = raw("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE name = 'annotation_tag'")
    worked.close()
    with closing(sqlite3.connect(worked.path, isolation_level=None)) as other:
        other.execute("PRAGMA writable_schema = ON")
        other.execute("DELETE FROM sqlite_master WHERE name = 'annotation_tag'")
    with closing(sqlite3.connect(worked.path, isolation_level=None)) as other:
        other.execute("UPDATE annotation SET tag = 'event'")
        other.execute("PRAGMA writable_schema = ON")
        other.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
    with Project.open(worked.path, coder="LM") as again:
        assert "the pages of the file are damaged" in errors(again) and "annotation_tag" in errors(again)


def test_a_text_that_is_found_under_other_words_is_named(worked: Project, raw: Callable[..., Any]):
    (number,) = raw("SELECT number FROM content")[0]
    raw("INSERT INTO content_search (content_search, rowid, text) VALUES ('delete', ?, ?)", number, fold(TEXT))
    raw("INSERT INTO content_search (rowid, text) VALUES (?, 'something else')", number)
    statement = next(iter(worked.statements())).id
    assert f"statement {statement[-6:]}: cannot be found by the words of its text" in errors(worked)


def test_long_texts_are_found_by_their_first_and_last_words(project: Project):
    for text in ("word " * 500, "x" * 1000, "مُحَمَّد قال 🙏 " * 90, "声明。" * 300, 'a-b\'c " x" ' * 60, "… — !" * 80):
        project.add_statement(text)
    assert checked(project) == []


def test_a_statement_that_cannot_be_read_does_not_hide_what_is_wrong_elsewhere(
    worked: Project, raw: Callable[..., Any]
):
    other = worked.add_statement("Another text.").result
    worked.annotate(other, "event", Span(0, 7))
    raw("UPDATE annotation SET attributes = '{' WHERE tag = 'demand'")
    raw("UPDATE annotation SET quote = 'forged' WHERE tag = 'event'")
    assert "cannot be read" in errors(worked) and "the quote is not its slice" in errors(worked)


def test_the_words_of_a_value_must_be_those_of_the_text(worked: Project, raw: Callable[..., Any]):
    (a,) = worked.annotations(next(iter(worked.statements())).id)
    anchor = {"start": 0, "end": 9, "quote": "Statement"}
    worked.set_values(a.id, {"force": [{"value": "demand", "anchor": anchor}]})
    assert checked(worked) == []
    raw("UPDATE annotation SET attributes = replace(attributes, '\"end\":9', '\"end\":8')")
    assert "the words that say force are not their slice" in errors(worked)


def test_a_text_that_no_statement_has_any_more_is_checked_too(worked: Project, raw: Callable[..., Any]):
    worked.delete([s.id for s in worked.statements()])
    _forge_text(raw)
    assert "text " in errors(worked) and "does not match its hash" in errors(worked)
    worked.undo()


def test_attributes_that_the_codebook_does_not_know_are_a_remark(worked: Project, raw: Callable[..., Any]):
    (a,) = worked.annotations(next(iter(worked.statements())).id)
    demand = worked.codebook.tag("demand")
    worked.put_tag(replace(demand, attributes=tuple(x for x in demand.attributes if x.name != "addressee")))
    assert [(f.kind, f.place) for f in checked(worked)] == [
        ("remark", f"passage {a.id[-6:]} of statement {a.statement[-6:]}")
    ]


def test_what_was_deleted_for_good_is_said(worked: Project, raw: Callable[..., Any]):
    worked.delete_for_good([next(iter(worked.statements())).id])
    found = checked(worked)
    assert {f.kind for f in found} == {"remark"}
    assert ("step 6", "the values of 1 of its changes were deleted for good") in {(f.place, f.text) for f in found}


def test_values_that_no_deleting_for_good_took_are_an_error(worked: Project, raw: Callable[..., Any]):
    none = "UPDATE change SET before = NULL, after = NULL, salt = NULL WHERE "
    raw(none + "step = 6")
    raw("UPDATE statement SET venue = 'forged'")
    assert "is there, although the values of its last change were deleted for good" in errors(worked)
    assert "step 6: the values of the change of statement" in errors(worked)
    raw(none + "\"table\" = 'setting'")
    assert "the values of the change of setting" in errors(worked)


def test_a_change_that_was_put_before_an_earlier_one_is_found(worked: Project, raw: Callable[..., Any]):
    statement = next(iter(worked.statements())).id
    worked.edit(statement, venue="y")
    (first,), (second,) = raw("SELECT number FROM change WHERE row = ? ORDER BY number DESC LIMIT 2", statement)
    for number, to in ((first, -1), (second, first), (-1, second)):
        raw("UPDATE change SET number = ? WHERE number = ?", to, number)
    raw("UPDATE statement SET venue = 'x'")
    assert "stands in another place" in errors(worked)


def _as_before_the_migration(raw: Callable[..., Any]) -> None:
    """The ledger as an older program wrote it: without the columns that came later."""
    for table, names in (("statement", ("memo",)), ("actor", ("color",)), ("annotation", ("tag_version",))):
        for name in names:
            for side in ("before", "after"):
                raw(f"UPDATE change SET {side} = json_remove({side}, '$.{name}') WHERE \"table\" = ?", table)


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        ("UPDATE statement SET memo = 'forged'", "statement"),
        ("UPDATE actor SET color = '#ff0000'", "actor"),
        ("UPDATE annotation SET tag_version = 0", "annotation"),
    ],
)
def test_a_column_that_came_by_a_migration_is_checked_although_older_changes_lack_it(
    worked: Project, raw: Callable[..., Any], tamper: str, place: str
):
    _as_before_the_migration(raw)
    assert "is not as the last step left it" not in errors(worked)
    raw(tamper)
    assert [f.place.split()[0] for f in checked(worked) if "is not as the last step left it" in f.text] == [place]


def test_a_step_of_a_coder_whom_nobody_names_is_a_remark(worked: Project, raw: Callable[..., Any]):
    assert checked(worked) == []
    (coder,) = {c.id for c in worked.coders()}
    raw("PRAGMA foreign_keys = OFF")
    raw("DELETE FROM coder WHERE id = ?", coder)
    assert "was made by a coder whom the project does not name" in {f.text for f in checked(worked)}


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


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE annotation SET note = x'ff'",
        "UPDATE annotation SET tag_version = 'x'",
        "UPDATE annotation SET prefix = x'ff'",
        "UPDATE annotation SET id = NULL",
        "UPDATE statement SET memo = x'ff'",
        "UPDATE actor SET color = x'ff'",
        "UPDATE actor SET type = x'ff'",
        "UPDATE step SET label = x'ff' WHERE number = 2",
        "UPDATE change SET before = x'ff' WHERE step = 3",
        "UPDATE source SET size = 'x'",
        "UPDATE source SET size = size + 1",
    ],
)
def test_a_value_of_another_kind_than_its_column_has_is_named_and_ends_no_check(
    worked: Project, raw: Callable[..., Any], tamper: str
):
    raw(tamper)
    assert errors(worked) != ""


def test_a_history_of_a_table_that_there_is_not_is_told(worked: Project, raw: Callable[..., Any]):
    raw("UPDATE change SET \"table\" = 'x; DROP TABLE step' WHERE step = (SELECT max(number) FROM step)")
    with pytest.raises(Damaged, match="the history names a table"):
        worked.undo()
    assert "was altered" in errors(worked)


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
    worked.delete_for_good([next(iter(worked.statements())).id])
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


def test_dates_and_counts_have_the_bounds_that_their_values_can_mean(project: Project) -> None:
    statement = project.add_statement("On 20 January shells fell; at least three people were hurt.").result
    project.annotate(
        statement,
        "event",
        Span(0, 25),
        attributes={"date_start": [{"edtf": "2022~", "basis": "in_text"}], "injured": [{"min": 3, "text": "three"}]},
    )
    found = execute(project.path, "SELECT name, low, high FROM annotation_value ORDER BY name")
    assert [tuple(row) for row in found] == [
        ("date_start", "2022-01-01", "2022-12-31"),
        ("injured", 3, 2**53),
    ]
