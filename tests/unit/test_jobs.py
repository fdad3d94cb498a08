"""Long work: the good files arrive and the bad ones are listed; what is cancelled or fails leaves nothing."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import Damaged
from annotator.core.exchange import Problem

TEXT = "Statement on the dam\nWe call on the council to open the gates.\n"


def take(project: Project, *paths: Any, **options: Any) -> jobs.ImportReport:
    report: jobs.ImportReport = jobs.run(jobs.import_files(project, list(paths), **options))
    return report


def leftovers(project: Project) -> set[str]:
    return {p.name for p in project.path.parent.iterdir() if p.name.startswith(".") and not p.name.endswith(".lock")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Good files in a folder and below it, beside bad ones of every kind."""
    folder = tmp_path / "files"
    (folder / "b" / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "b.txt").write_text(TEXT, encoding="utf-8")
    (folder / "a.md").write_text("---\ntitle: Front\nissuer: AANES\n---\nBody.", encoding="utf-8")
    (folder / "b" / "c.txt").write_text("Deep\nBelow.", encoding="utf-8")
    (folder / "b" / "deeper" / "d.txt").write_text("Deeper\nBelow.", encoding="utf-8")
    (folder / ".hidden" / "e.txt").write_text("Hidden", encoding="utf-8")
    (folder / ".f.txt").write_text("Hidden", encoding="utf-8")
    return folder


@pytest.fixture
def bad(folder: Path) -> Path:
    """The same with what cannot be taken in."""
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    (folder / "native.json").write_text('{"format": "annotator", "version": 99}', encoding="utf-8")
    os.mkfifo(folder / "pipe.txt")
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..")
    return folder


def test_a_folder_comes_with_its_subfolders_in_the_order_of_names_as_one_step(project: Project, folder: Path):
    report = take(project, folder)
    assert (report.imported, report.problems, report.files) == (4, (), 4)
    assert [s.title for s in project.statements()] == ["Front", "Statement on the dam", "Deep", "Deeper"]
    assert report.sentence() == "Imported 4 statements." and report.changes.label == "Import 4 statements"
    project.undo()
    assert project.count() == 0


def test_the_title_line_of_a_text_is_a_range(project: Project, folder: Path):
    take(project, folder / "b.txt")
    (summary,) = project.statements()
    (part,) = project.ranges(summary.id)
    assert (part.start, part.end, part.role) == (0, 20, "title") and project.text(summary.id) == TEXT


def test_the_good_files_arrive_and_the_bad_ones_are_listed_with_their_reasons(project: Project, bad: Path):
    report = take(project, bad)
    assert report.imported == 4 and project.count() == 4
    reasons = {Path(p.place).name: p.reason for p in report.problems}
    assert reasons.keys() == {"binary.txt", "picture.png", "native.json", "pipe.txt", "loop", "up"}
    assert "no regular file" in reasons["pipe.txt"] and "link" in reasons["loop"] and "link" in reasons["up"]
    assert "version 99" in reasons["native.json"]
    assert not any("\n" in str(p) or p.reason.startswith(Path(p.place).name) for p in report.problems)


def test_what_is_named_itself_and_is_no_file_is_listed(project: Project, bad: Path):
    report = take(project, bad / "pipe.txt", bad / "loop", bad / "nothing.txt", bad / "b.txt")
    assert report.imported == 1
    assert [p.reason for p in report.problems] == [
        "is no regular file",
        "cannot be read: Too many levels of symbolic links",
        "is not there",
    ]


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_listed(project: Project, folder: Path):
    (folder / "b.txt").chmod(0)
    (folder / "b" / "deeper").chmod(0)
    try:
        report = take(project, folder)
    finally:
        (folder / "b" / "deeper").chmod(0o700)
    assert report.imported == 2 and {Path(p.place).name for p in report.problems} == {"b.txt", "deeper"}


def test_a_file_or_folder_named_twice_comes_once(project: Project, folder: Path):
    report = take(project, folder, folder / "b", folder, folder / "b.txt", folder / "b" / ".." / "b.txt")
    assert (report.imported, report.files, report.known, report.problems) == (4, 4, (), ())


def test_a_file_whose_name_is_no_text_is_taken_in(project: Project, folder: Path):
    name = os.fsdecode(b"\xff.txt")
    (folder / name).write_text("Odd name", encoding="utf-8")
    assert take(project, folder / name).problems == ()
    (summary,) = project.statements()
    source = project.statement(summary.id).source
    assert source is not None and source.name == "\ufffd.txt"


def test_a_stream_is_taken_in_like_a_file(project: Project, tmp_path: Path):
    report = take(project, io.BytesIO(TEXT.encode()))
    assert report.imported == 1 and [s.title for s in project.statements()] == ["Statement on the dam"]
    out = io.BytesIO()
    jobs.run(jobs.export(project, out))
    with Project.create(tmp_path / "new", coder="LM") as new:
        assert take(new, io.BytesIO(out.getvalue())).imported == 1
        assert [s.id for s in new.statements()] == [s.id for s in project.statements()]
    report = take(project, io.BytesIO(bytes(range(256)) * 50))
    assert report.imported == 0 and report.problems[0].place == "standard input"


def test_metadata_that_is_given_goes_before_that_of_the_files(project: Project, folder: Path):
    take(project, folder, metadata={"issuer": "Given", "date_issued": "2022-01", "date_issued_basis": "inferred"})
    assert {s.issuer for s in project.statements()} == {"Given"} and project.count("date:2022") == 4


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"metadata": {"colour": "red"}}, "has no “colour”"),
        ({"metadata": {"date_issued": "soon"}}, "no date as EDTF"),
        ({"format": "docx9"}, "no format that can be read"),
    ],
)
def test_wrong_orders_are_refused_before_anything_is_read(project: Project, folder: Path, options: Any, says: str):
    head = project.head
    with pytest.raises(AnnotatorError, match=says):
        take(project, folder, **options)
    assert project.head == head


def test_replaced_characters_are_counted(project: Project, tmp_path: Path):
    (tmp_path / "x.txt").write_bytes(b"Title\nA\x07 bell and another\x07." + b" And many more words." * 50)
    report = take(project, tmp_path / "x.txt")
    assert report.replaced_characters == 2 and "2 unusable characters replaced" in report.sentence()


def test_a_dry_run_counts_and_changes_nothing(project: Project, bad: Path):
    head = project.head
    report = take(project, bad, dry_run=True)
    assert (report.imported, len(report.problems)) == (4, 6) and not report.changes
    assert project.count() == 0 and project.head == head
    assert take(project, bad).imported == 4


@pytest.mark.parametrize("after", [0, 1, 3, 6])
def test_an_import_that_is_cancelled_leaves_nothing(project: Project, folder: Path, after: int):
    for n in range(60):
        (folder / f"z{n}.txt").write_text(f"Secret {n}\n" + "words " * 3000, encoding="utf-8")
    head = project.head
    steps = jobs.import_files(project, [folder], slice_ms=1)
    for _ in range(after):
        next(steps)
    steps.close()
    assert project.head == head and project.count() == project.count("secret") == 0
    assert leftovers(project) == set()
    with closing(sqlite3.connect(project.path)) as other:
        for table in ("content", "source", "statement_search", "coder"):
            assert other.execute(f"SELECT count(*) FROM {table}").fetchone() == (int(table == "coder"),), table
    assert take(project, folder).imported == 64


def test_progress_goes_forward_to_the_end(project: Project, folder: Path):
    for n in range(30):
        (folder / f"z{n}.txt").write_text(f"Title {n}\n" + "words " * 3000, encoding="utf-8")
    told = list(jobs.import_files(project, [folder], slice_ms=1))
    assert [p.done for p in told] == sorted(p.done for p in told) and len(told) > 3
    assert {p.total for p in told} == {34} and told[-1].done == 34


@pytest.fixture
def exported(project: Project, folder: Path) -> Path:
    """A native file of a project with two passages."""
    take(project, folder)
    dam = next(s.id for s in project.statements("gates"))
    project.annotate(dam, "demand", Span(21, 40), given={"addressee": "Council"})
    project.annotate(dam, "event", Span(0, 9))
    path = project.path.with_name("whole.json")
    jobs.run(jobs.export(project, path))
    return path


def spoil(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    spoilt = path.with_name("spoilt.json")
    spoilt.write_text(text.replace(old, new), encoding="utf-8")
    return spoilt


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"version": 1', '"version": 2', "version 2"),
        ('"quote": "We call on the coun"', '"quote": "They call on the cou"', "quote"),
        ('"start": 21', '"start": 22', "quote"),
        ('"end": 40', '"end": 4000', "no span"),
        ('"tag": "event"', '"tag": "threat"', "threat"),
        ('"note": ""', '"note": NaN', "NaN"),
        ('"title": "Deep"', '"title": "\\ud800"', "surrogate"),
        ('"title": "Deep"', '"title": "Deep", "title": "x"', "twice"),
        ('"links": []', '"links": [', "no valid JSON: line"),
    ],
)
def test_malformed_native_json_changes_nothing_and_the_others_arrive(
    exported: Path, tmp_path: Path, old: str, new: str, says: str
):
    spoilt = spoil(exported, old, new)
    good = tmp_path / "good.txt"
    good.write_text("Good", encoding="utf-8")
    with Project.create(tmp_path / "new", coder="LM") as fresh:
        report = take(fresh, spoilt, good)
        assert report.imported == 1 and [s.title for s in fresh.statements()] == ["Good"]
        assert len(report.problems) == 1 and says in report.problems[0].reason
        assert fresh.actors() == () and [t.name for t in fresh.codebook] == ["demand", "accusation", "event"]
        head = fresh.head
        assert take(fresh, spoilt).imported == 0 and fresh.head == head


def test_duplicate_ids_in_a_native_file_are_refused(exported: Path, tmp_path: Path):
    data = json.loads(exported.read_text(encoding="utf-8"))
    data["statements"].append(data["statements"][0])
    exported.write_text(json.dumps(data), encoding="utf-8")
    with Project.create(tmp_path / "new", coder="LM") as fresh:
        report = take(fresh, exported)
        assert report.imported == 0 and "twice" in report.problems[0].reason and fresh.count() == 0


# -- export -------------------------------------------------------------------------------------


def statements(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["statements"]
    return found


def test_an_export_of_a_query_carries_whole_statements(project: Project, exported: Path, tmp_path: Path):
    report = jobs.run(jobs.export(project, tmp_path / "q.json", query="tag:demand"))
    (one,) = statements(tmp_path / "q.json")
    assert [a["tag"] for a in one["annotations"]] == ["event", "demand"]
    assert report.sentence() == "Exported 1 statement with 2 passages." and report.head == project.head


def test_an_export_of_passages_carries_only_those_that_match(project: Project, exported: Path, tmp_path: Path):
    report = jobs.run(jobs.export(project, tmp_path / "q.json", query="tag:event", passages=True))
    (one,) = statements(tmp_path / "q.json")
    data = json.loads((tmp_path / "q.json").read_text(encoding="utf-8"))
    assert [a["tag"] for a in one["annotations"]] == ["event"] and data["actors"] == []
    assert report.sentence() == "Exported 1 statement with 1 passage."
    jobs.run(jobs.export(project, tmp_path / "all.json", passages=True))
    assert len(statements(tmp_path / "all.json")) == 1


def test_an_export_is_for_its_owner_and_replaces_a_file_as_a_whole(project: Project, exported: Path, tmp_path: Path):
    target, link = tmp_path / "t.json", tmp_path / "link.json"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    jobs.run(jobs.export(project, link))
    assert link.is_symlink() and len(statements(target)) == 4
    assert (tmp_path / "t.json").stat().st_mode & 0o777 == 0o600 and leftovers(project) == set()


@pytest.mark.parametrize("how", ["closed", "damaged"])
def test_an_export_that_fails_leaves_no_file_and_an_older_one_as_it_was(
    project: Project, exported: Path, tmp_path: Path, how: str
):
    target = tmp_path / "t.json"
    target.write_text("old", encoding="utf-8")
    if how == "damaged":
        with closing(sqlite3.connect(project.path, isolation_level=None)) as other:
            other.execute("UPDATE annotation SET quote = 'forged'")
        with pytest.raises(Damaged):
            jobs.run(jobs.export(project, target))
    else:
        steps = jobs.export(project, target)
        next(steps)
        steps.close()
    assert target.read_text(encoding="utf-8") == "old" and leftovers(project) == set()


def test_an_export_goes_where_it_is_told_or_says_why_not(project: Project, exported: Path, tmp_path: Path):
    for target, says in (
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "x.json", "cannot be written"),
        (Path("/dev/full"), "cannot be written"),
    ):
        with pytest.raises(AnnotatorError, match=says):
            jobs.run(jobs.export(project, target))
    before = os.stat("/dev/null")
    jobs.run(jobs.export(project, Path("/dev/null")))
    assert os.stat("/dev/null").st_rdev == before.st_rdev and os.stat("/dev/null").st_ino == before.st_ino
    with pytest.raises(AnnotatorError, match="no format that can be written"):
        jobs.run(jobs.export(project, tmp_path / "x", format="txt"))
    with pytest.raises(AnnotatorError, match="no field"):
        jobs.run(jobs.export(project, tmp_path / "x.json", query="colour:red"))
    assert not (tmp_path / "x.json").exists()


def test_tagging_goes_on_between_the_steps_of_an_export(project: Project, exported: Path, tmp_path: Path):
    head = project.head
    steps: Iterator[jobs.Progress] = jobs.export(project, tmp_path / "x.json")
    next(steps)
    (dam,) = project.statements("gates")
    project.annotate(dam.id, "accusation", Span(0, 5))
    report = jobs.run(steps)  # type: ignore[arg-type]
    assert report.head == head and report.passages == 2


def test_check_tells_its_progress_and_puts_errors_first(project: Project, exported: Path):
    assert jobs.run(jobs.check(project)) == []


def test_a_private_copy_leaves_nothing_behind(
    project: Project, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with project.snapshot() as snapshot:
        (inside,) = scratch.iterdir()
        assert inside.stat().st_mode & 0o777 == 0o700
        assert snapshot.head == project.head and snapshot.count() == project.count()
        # A kill would not leave it behind either: it has lost its name already.
        assert sys.platform == "win32" or list(inside.iterdir()) == []
    assert list(scratch.iterdir()) == []


def test_a_problem_reads_as_place_and_reason():
    assert str(Problem("x.txt", "is not there")) == "x.txt: is not there"


def test_reports_count_in_words(project: Project, write: Callable[..., Path]):
    report = take(project, write("a.txt", "One"), write("b.txt", "One"), write("c.txt", "One\r\n".replace("\r\n", "")))
    assert report.sentence() == "Imported 1 statement, 2 known already."


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return make
