"""Projects of a later schema: read where they only have more, never written, not a byte."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from annotator import AnnotatorError, Project, jobs
from annotator.cli import main as command_line
from annotator.core.errors import Damaged, Newer, ReadOnly
from annotator.store import schema

from .conftest import TEXT, execute, span_of

MORE = (
    "ALTER TABLE annotation ADD COLUMN tone TEXT NOT NULL DEFAULT 'calm'",
    "CREATE TABLE place (name TEXT)",
    "CREATE INDEX annotation_tone ON annotation(tone)",
    "CREATE TRIGGER tidy AFTER INSERT ON annotation BEGIN DELETE FROM place; END",
    "CREATE VIEW toned AS SELECT tone FROM annotation",
)


def seen(path: Path) -> dict[str, str]:
    """Every file beside the project, with the SHA-256 of its bytes."""
    return {p.name: sha256(p.read_bytes()).hexdigest() for p in path.parent.iterdir()}


@pytest.fixture
def later(tmp_path: Path) -> Callable[..., Path]:
    """A closed project as a later program leaves it that changed its schema so."""

    def make(*changes: str) -> Path:
        folder = tmp_path / "later"
        folder.mkdir()
        with Project.create(folder / "p", coder="LM") as project:
            statement = project.add_statement(TEXT, "The dam").result
            project.annotate(statement, "demand", span_of("call on"))
        for sql in (*changes, f"PRAGMA user_version = {schema.VERSION + 1}"):
            execute(project.path, sql)
        for lock in folder.glob(".*.lock"):
            lock.unlink()
        return project.path

    return make


def writes(project: Project, statement: str) -> list[Callable[[], object]]:
    return [
        lambda: project.edit(statement, venue="x"),
        lambda: project.annotate(statement, "event", span_of("council")),
        project.undo,
        lambda: project.delete_for_good([statement]),
        project.sibling,
    ]


@pytest.mark.parametrize("changes", [(), MORE])
def test_a_later_schema_that_only_has_more_is_read_and_not_a_byte_of_it_changes(
    later: Callable[..., Path], changes: tuple[str, ...], tmp_path: Path
):
    path = later(*changes)
    before = seen(path)
    for options in ({"read_only": True}, {"fall_back": True}):
        with Project.open(path, coder="SK", **options) as project:
            assert project.read_only
            assert project.notice == (
                f"p.annotator was made by annotator 0.1.0 (schema {schema.VERSION + 1}; this one knows"
                f" {schema.VERSION}): here it can be read, not changed. Update Annotator to change it."
            )
            (statement,) = project.statements("council")
            assert project.text(statement.id) == TEXT and project.verified(statement.id) == []
            findings = jobs.run(jobs.check(project))
            assert [f.kind for f in findings] == ["remark"] and "newer than this program" in findings[0].text
            jobs.run(jobs.export(project, tmp_path / "out.json"))
            assert project.backup(tmp_path / f"{len(options)} {'read_only' in options}.annotator").exists()
            for write in writes(project, statement.id):
                with pytest.raises(ReadOnly, match="was made by annotator"):
                    write()
            project.opened(statement.id)
            project.keep_position(statement.id, "3")
    with Project.create(tmp_path / "again", coder="LM") as again:
        assert jobs.run(jobs.import_files(again, [tmp_path / "out.json"])).imported == 1
    assert seen(path) == before


def test_whoever_wants_to_write_a_later_file_is_told_who_made_it(later: Callable[..., Path]):
    path = later()
    before = seen(path)
    with pytest.raises(Newer, match=r"^p.annotator was made by annotator 0\.1\.0 .* Update Annotator to change it\.$"):
        Project.open(path)
    assert seen(path) == before


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE annotation DROP COLUMN suffix",
        "ALTER TABLE annotation RENAME COLUMN note TO remark",
        "ALTER TABLE link RENAME TO arrow",
        "DROP TABLE content_search",
        "PRAGMA journal_mode = WAL",
        "ALTER TABLE statement ADD COLUMN loud TEXT AS (upper(title)) VIRTUAL",
    ],
)
def test_a_later_schema_that_is_another_one_is_left_alone(later: Callable[..., Path], change: str):
    path = later(change)
    before = seen(path)
    for options in ({}, {"read_only": True}, {"fall_back": True}):
        with pytest.raises(Newer, match=r"made by a newer Annotator \(schema \d+; .*Update first\.$"):
            Project.open(path, **options)
    assert seen(path) == before


def test_a_later_file_in_the_middle_of_a_step_is_left_alone(later: Callable[..., Path]):
    path = later()
    path.with_name(f"{path.name}-journal").write_bytes(b"\xd9\xd5\x05\xf9 \xa1c\xd7" + bytes(504))
    before = seen(path)
    with pytest.raises(Newer):
        Project.open(path, read_only=True)
    assert seen(path) == before


def test_a_later_file_that_is_cut_off_is_damaged(later: Callable[..., Path]):
    path = later()
    path.write_bytes(path.read_bytes()[: 4096 * 20])
    before = seen(path)
    with pytest.raises(AnnotatorError) as trouble:
        Project.open(path, read_only=True)
    assert isinstance(trouble.value, Damaged) and seen(path) == before


def test_commands_that_read_work_on_a_later_file_and_those_that_write_say_so(
    later: Callable[..., Path], capsys: pytest.CaptureFixture[str]
):
    path = later(*MORE)
    before = seen(path)
    for words in (["list"], ["stats"], ["history"], ["search", "council"], ["check"], ["export"], ["backup", "--list"]):
        assert command_line([words[0], str(path), *words[1:]]) == 0, words
    capsys.readouterr()
    for words in (["undo"], ["import", str(path.parent)], ["delete", "x"], ["retag", "x", "event"]):
        assert command_line([words[0], str(path), *words[1:]]) == 2
        assert capsys.readouterr().err.startswith("annotator: p.annotator was made by annotator 0.1.0 (schema ")
    assert seen(path) == before
