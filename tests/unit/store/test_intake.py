"""Taking in: what comes, what is known, what is a conflict, and that a round trip loses nothing."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator import AnnotatorError, Project, Span, formats, jobs
from annotator.core.exchange import Header, Item, Problem, Record
from annotator.core.model import (
    Annotation,
    AnnotationId,
    Coder,
    CoderId,
    Range,
    Statement,
    StatementId,
    Tag,
    TagName,
)
from annotator.core.text import digest

from .conftest import TEXT, execute, ids, span_of, state


def take(project: Project, *paths: Path, **options: Any) -> jobs.ImportReport:
    report: jobs.ImportReport = jobs.run(jobs.import_files(project, list(paths), **options))
    return report


def dump(project: Project, path: Path, **options: Any) -> Any:
    """The project as parsed JSON, without what differs between any two exports."""
    jobs.run(jobs.export(project, path, **options))
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["exported_at"], data["project"]
    return data


@pytest.fixture
def rich(project: Project, statement: str, tmp_path: Path) -> Project:
    """A project that has everything: attributes, merged actors, links, progress, ranges, notes, emoji, two coders."""
    project.put_tag(Tag(TagName("threat"), "Threat", "#123456", key="4", overlap="allow"))
    (tmp_path / "titled.txt").write_text("A title 🙏\nA body.\r\n", encoding="utf-8")
    (tmp_path / "front.md").write_text(
        "---\ntitle: Front\nissuer: AANES\nmood: grave\n---\nBody مُحَمَّد.", encoding="utf-8"
    )
    take(project, tmp_path / "titled.txt", tmp_path / "front.md")
    one = project.annotate(
        statement, "accusation", span_of("Armed men shelled the dam"),
        given={"accused": "Turkey; SDF", "act": "shelling", "conduct": "act"}, note='soft "quote" 🙏\nsecond line',
    ).result  # fmt: skip
    two = project.annotate(
        statement, "event", span_of("Armed men shelled the dam on 20 January 2022"),
        given={"date_start": "2022-01-20", "killed": "3–5", "what": "shelling"},
    ).result  # fmt: skip
    project.link("event_ref", one, two)
    project.annotate(statement, "threat", span_of("🙏 at once"))
    project.mark(statement, "done")
    project.be("Second Coder")
    project.annotate(statement, "demand", span_of("They must withdraw"), given={"addressee": "unspecified"})
    project.opened(ids(project, "title:front")[0])
    project.edit(statement, date_issued="2022-01~", date_issued_basis="inferred")
    turkey = project.find_actor("Turkey")
    assert turkey is not None
    whole = tmp_path / "merge.json"
    jobs.run(jobs.export(project, whole))
    text = whole.read_text(encoding="utf-8")
    old = '"name": "SDF", "type": "", "aliases": []'
    assert old in text
    with Project.create(tmp_path / "rich", coder="LM") as made:
        whole.write_text(
            text.replace(old, f'"name": "SDF", "type": "militia", "aliases": ["QSD"], "merged_into": "{turkey.id}"')
        )
        take(made, whole)
        path = made.path
    project.close()
    return Project.open(path, coder="LM")


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_export_import_export_is_equal(rich: Project, tmp_path: Path, format: str):
    first, second = tmp_path / f"1.{format}", tmp_path / f"2.{format}"
    jobs.run(jobs.export(rich, first, format=format))
    with Project.create(tmp_path / "new", coder="Somebody else") as new:
        report = take(new, first)
        assert report.problems == () and report.imported == 3
        jobs.run(jobs.export(new, second, format=format))
        assert [f for f in jobs.run(jobs.check(new)) if f.kind == "error"] == []
        assert new.codebook == rich.codebook
        for query in ("mentions:SDF", "accused:turkey", "tag:event killed:3", "محمد", "title:front"):
            assert ids(new, query) == ids(rich, query), query
        before = state(new)
        new.undo()
        assert new.count() == 0 and len(new.codebook.tags) == 3
        new.redo()
        assert state(new) == before
    one, two = (
        ([json.loads(line) for line in p.read_text(encoding="utf-8").splitlines()] for p in (first, second))
        if format == "jsonl"
        else ([json.loads(p.read_text(encoding="utf-8"))] for p in (first, second))
    )
    for data in (one[0], two[0]):
        del data["exported_at"], data["project"]
    assert one == two
    rich.close()


def test_an_import_of_ones_own_export_is_known_and_no_step(rich: Project, tmp_path: Path):
    whole = tmp_path / "x.json"
    dump(rich, whole)
    head = rich.head
    report = take(rich, whole)
    assert (report.imported, len(report.known), report.problems) == (0, 3, ()) and not report.changes
    assert rich.head == head
    rich.close()


def test_the_codebook_of_an_export_comes_along_only_where_nothing_is_yet(
    project: Project, statement: str, tmp_path: Path
):
    project.put_tag(replace(project.codebook.tag("demand"), definition="another"))
    project.put_tag(Tag(TagName("threat"), "Threat"))
    whole = tmp_path / "x.json"
    dump(project, whole)
    with Project.create(tmp_path / "used", coder="LM") as used:
        used.add_statement("Something else")
        definition = used.codebook.tag("demand").definition
        take(used, whole)
        assert used.codebook.tag("demand").definition == definition and "threat" in used.codebook
    with Project.create(tmp_path / "new", coder="LM") as new:
        take(new, whole)
        assert new.codebook == project.codebook


def test_a_hand_made_file_does_not_replace_the_starter_codebook(
    project: Project, tmp_path: Path, write_native: Callable[..., Path]
):
    take(project, write_native(tmp_path / "x.json", {"s": "Text"}, codebook=[{"name": "demand"}, {"name": "threat"}]))
    assert [t.name for t in project.codebook] == ["demand", "accusation", "event", "threat"]
    assert project.codebook.tag("demand").definition


# -- duplicates and conflicts -------------------------------------------------------------------


def test_the_same_file_again_is_known_and_the_same_text_elsewhere_is_listed(project: Project, tmp_path: Path):
    one, copied, other = tmp_path / "1.txt", tmp_path / "2.txt", tmp_path / "3.txt"
    one.write_bytes(b"Title\nBody")
    copied.write_bytes(b"Title\nBody")
    other.write_bytes(b"Title\r\nBody")
    first = take(project, one, copied, other)
    assert (first.imported, first.known, first.same_text) == (1, (str(copied),), (str(other),))
    again = take(project, one, copied, other)
    assert (again.imported, len(again.known), len(again.same_text)) == (0, 2, 1) and not again.changes
    kept = take(project, one, copied, other, duplicates="keep")
    assert (kept.imported, len(kept.known)) == (1, 2) and project.count() == 2
    project.delete([s.id for s in project.statements()])
    assert take(project, one).imported == 1


@pytest.fixture
def conflict(project: Project, statement: str, tmp_path: Path) -> Path:
    """An export of a statement with two linked passages, whose title and note have since become others."""
    one = project.annotate(statement, "demand", span_of("call on"), note="old").result
    other = project.add_statement("Other text", "Other").result
    two = project.annotate(other, "demand", Span(0, 5)).result
    project.link("same_as", one, two)
    project.link("responds_to", two, one)
    whole = tmp_path / "x.json"
    jobs.run(jobs.export(project, whole))
    project.note(one, "new")
    return whole


def test_a_conflict_is_told_and_changes_nothing(project: Project, conflict: Path):
    before = state(project)
    report = take(project, conflict)
    assert report.imported == 0 and len(report.problems) == 1
    assert "is in the project with other values; say --on-conflict keep, replace or copy" in str(report.problems[0])
    assert state(project) == before


def test_a_conflict_can_keep_what_is_there(project: Project, conflict: Path):
    before = state(project)
    report = take(project, conflict, on_conflict="keep")
    assert report.problems == () and report.imported == 0 and state(project) == before


def test_a_replaced_statement_keeps_the_links_to_and_from_it(project: Project, conflict: Path, statement: str):
    before = state(project)
    assert take(project, conflict, on_conflict="replace").imported == 1
    assert project.annotations(statement)[0].note == "old" and len(project.links()) == 2
    project.undo()
    assert state(project) == before


def test_a_copy_stands_beside_what_is_there_with_links_of_its_own(project: Project, conflict: Path, statement: str):
    assert take(project, conflict, on_conflict="copy").imported == 1
    (copied,) = [s.id for s in project.statements() if s.title == "Statement on the dam" and s.id != statement]
    old, new = project.annotations(statement)[0], project.annotations(copied)[0]
    assert (old.note, new.note, new.origin) == ("new", "old", old.id)
    assert len(project.links(new.id)) == 2 and len(project.links(old.id)) == 2
    assert [f for f in jobs.run(jobs.check(project)) if f.kind == "error"] == []


def test_a_statement_replaced_by_another_text_can_be_undone_and_is_quoted_from_the_text_it_has(
    project: Project, tmp_path: Path, write_native: Callable[..., Path]
):
    take(project, write_native(tmp_path / "1.json", {"s": "Old words stand here"}))
    made = project.annotate("s", "demand", Span(0, 9)).result
    assert project.text("s") == "Old words stand here"
    take(
        project,
        write_native(tmp_path / "2.json", {"s": "New words stand there"}, s={"title": "New"}),
        on_conflict="replace",
    )
    assert project.text("s") == "New words stand there" and project.annotations("s") == ()
    quoted = project.annotate("s", "demand", Span(0, 9)).result
    assert project.annotation(quoted).quote == "New words"
    project.undo()
    project.undo()
    assert project.text("s") == "Old words stand here" and project.annotation(made).quote == "Old words"
    assert ids(project, "title:new") == [] and ids(project, "old") == ["s"]
    project.redo()
    assert project.text("s") == "New words stand there" and ids(project, "title:new") == ["s"]
    assert [f for f in jobs.run(jobs.check(project)) if f.kind == "error"] == []


def test_a_passage_whose_id_belongs_to_another_statement_is_refused(project: Project, tmp_path: Path, conflict: Path):
    data = json.loads(conflict.read_text(encoding="utf-8"))
    one, _ = data["statements"]
    one["id"], one["title"] = "elsewhere", "x"
    data["statements"], data["links"] = [one], []
    (tmp_path / "y.json").write_text(json.dumps(data), encoding="utf-8")
    before = state(project)
    report = take(project, tmp_path / "y.json", on_conflict="replace")
    assert report.imported == 0 and "used twice" in str(report.problems[0]) and state(project) == before


def test_an_export_of_a_few_may_name_an_older_version_that_it_lacks(
    project: Project, tmp_path: Path, write_native: Callable[..., Path]
):
    report = take(project, write_native(tmp_path / "x.json", {"s": "Text"}, s={"previous": "not here"}))
    assert report.imported == 1 and project.statement("s").previous is None


def test_the_same_link_in_two_files_comes_once(project: Project, tmp_path: Path, conflict: Path):
    data = json.loads(conflict.read_text(encoding="utf-8"))
    with Project.create(tmp_path / "new", coder="LM") as new:
        take(new, conflict)
        for n in (1, 2):
            part = {**data, "statements": data["statements"]}
            (tmp_path / f"part{n}.json").write_text(json.dumps(part), encoding="utf-8")
        report = take(new, tmp_path / "part1.json", tmp_path / "part2.json")
        assert report.problems == () and len(new.links()) == 2


# -- what the store itself refuses ---------------------------------------------------------------

HEADER = Header(coders=(Coder(CoderId("c1"), "LM"),))


def record(text: str = "We call on all.", annotations: tuple[Annotation, ...] = (), **more: Any) -> Record:
    statement = Statement(
        StatementId("s1"), text_sha256=more.pop("text_sha256", digest(text)), **more.pop("statement", {})
    )
    return Record(statement, text, annotations, **more)


def passage(**more: Any) -> Annotation:
    values: dict[str, Any] = {
        "tag": TagName("demand"),
        "coder": CoderId("c1"),
        "start": 0,
        "end": 2,
        "quote": "We",
    } | more
    return Annotation(AnnotationId("n1"), StatementId("s1"), **values)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (record("a\r\nb"), "holds characters that no stored text may hold"),
        (record(text_sha256="0" * 64), "does not match its text_sha256"),
        (record(ranges=(Range(0, 99, "title"),)), "the range “title”: the span 0–99"),
        (record(annotations=(passage(end=99),)), "the span 0–99"),
        (record(annotations=(passage(quote="Us"),)), "is not its slice of the text"),
        (record(annotations=(passage(tag="threat"),)), "“threat” is not in the codebook"),
        (record(annotations=(passage(coder="c2"),)), "the coder c2 is not known"),
        (record(annotations=(passage(attributes={"addressee": [{"actor": "a"}]}),)), "the unknown actor a"),
        (record(annotations=(passage(attributes={"force": "x"}),)), "list of objects"),
    ],
)
def test_data_that_contradicts_itself_is_refused_with_its_place(project: Project, bad: Record, says: str):
    head = project.head
    with project.intake() as taking:
        taking.add([HEADER])
        with pytest.raises(AnnotatorError, match=says):
            taking.add([bad])
    assert project.head == head and project.count() == 0
    assert execute(project.path, "SELECT count(*) FROM content") == [(0,)]


def test_the_same_statement_twice_is_refused(project: Project):
    with project.intake() as taking, pytest.raises(AnnotatorError, match="occurs twice"):
        taking.add([HEADER, record(), record()])


def test_repeated_ranges_and_unknown_coders_progress_are_no_obstacle(project: Project):
    from annotator.core.model import Progress

    with project.intake() as taking:
        taking.add([
            HEADER,
            record(
                ranges=(Range(0, 2, "title"),) * 2,
                progress=(Progress(CoderId("c9"), "done"), Progress(CoderId("c1"), "done")),
            ),
        ])  # fmt: skip
        project.publish(taking, "Import")
    assert project.ranges("s1") == (Range(0, 2, "title"),) and project.status("s1", "c1") == "done"


def test_what_is_not_published_leaves_nothing(project: Project):
    head = project.head
    with project.intake() as taking:
        assert taking.add([HEADER, record(), Problem("x", "y")]) == ["new", "new", Problem("x", "y")]
    assert project.head == head
    for table in ("content", "source", "statement", "statement_search", "actor"):
        assert execute(project.path, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert execute(project.path, "SELECT 1 FROM local WHERE key = 'intake'") == []


def test_what_a_refused_file_wrote_ahead_is_swept_although_others_arrive(
    project: Project, tmp_path: Path, write_native: Callable[..., Path]
):
    bad = write_native(tmp_path / "1.json", {"a": "Refused secret", "b": "Second"}, b={"text_sha256": "0" * 64})
    good = write_native(tmp_path / "2.json", {"c": "Accepted"})
    report = take(project, bad, good, slice_ms=0.0001)  # so that each statement is written ahead at once
    assert report.imported == 1 and len(report.problems) == 1
    assert execute(project.path, "SELECT text FROM content") == [("Accepted",)]
    assert ids(project, "accepted") == ["c"] and ids(project, "secret") == []


def test_the_texts_that_undo_needs_are_never_swept(project: Project, statement: str, tmp_path: Path):
    project.delete([statement])
    with project.intake() as taking:
        taking.add([HEADER, record()])
    project.undo()
    assert project.text(statement) == TEXT and ids(project, "gates") == [statement]


def test_a_hundred_thousand_annotations_are_never_all_in_memory(project: Project):
    text = "We call on all sides to stop. " * 70
    header = Header(coders=(Coder(CoderId("c1"), "LM"),))

    def items() -> Iterator[Item]:
        for n in range(100):
            annotations = tuple(
                Annotation(
                    AnnotationId(f"n{n:04}-{k:04}"), StatementId(f"s{n:04}"), TagName("event"), CoderId("c1"), k * 2,
                    k * 2 + 5, text[k * 2 : k * 2 + 5],
                )
                for k in range(100)
            )  # fmt: skip
            own = f"{n} {text}"[: len(text)]
            annotations = tuple(replace(a, quote=own[a.start : a.end]) for a in annotations)
            yield Record(Statement(StatementId(f"s{n:04}"), text_sha256=digest(own)), own, annotations)

    with project.intake(slice_ms=200) as taking:
        taking.add([header])
        tracemalloc.start()
        try:
            for item in items():
                taking.add([item])
            project.publish(taking, "Import")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert project.stats()["passages"] == 10_000
    # The rows that ``Changes`` names are ten thousand at most; ten thousand annotations as objects are over 9 MB.
    assert peak < 6_000_000


def test_an_unmarked_statement_of_another_project_is_known_by_its_text(tmp_path: Path):
    text = "The port must reopen."
    exported = tmp_path / "other.json"
    with Project.create(tmp_path / "other.annotator") as other:
        marked = other.add_statement(text + " Now.", title="Marked").result
        other.annotate(marked, "demand", Span(0, 8))
        other.add_statement(text, title="Port")
        jobs.run(jobs.export(other, exported))
    with Project.create(tmp_path / "mine.annotator") as mine:
        mine.add_statement(text, title="Port")
        mine.add_statement(text + " Now.", title="Marked")
        report = jobs.run(jobs.import_files(mine, [exported]))
        assert report.imported == 1 and len(report.known) == 1
        assert sorted(s.title for s in mine.statements()) == ["Marked", "Marked", "Port"]


def test_rows_with_the_same_text_come_once_however_long_the_transactions_are(project: Project, tmp_path: Path):
    table = tmp_path / "corpus.csv"
    table.write_text("title,text\nOne,We strike.\nTwo,We rest.\nThree,We strike.\n", encoding="utf-8")
    report = jobs.run(jobs.import_files(project, [table], slice_ms=400))
    assert (report.imported, len(report.same_text)) == (2, 1)
    assert [s.title for s in project.statements("strike")] == ["One"]
    assert [s.title for s in project.statements("Two")] == ["Two"]
    assert not [finding for finding in jobs.run(jobs.check(project)) if finding.level == "error"]


def test_a_long_import_that_is_given_up_leaves_nothing_to_see_and_nothing_locked(project: Project, tmp_path: Path):
    table = tmp_path / "corpus.csv"
    table.write_text("title,text\nOne,We strike.\nTwo,We rest.\n", encoding="utf-8")
    with project.intake(slice_ms=400) as taking:
        taking.add(formats.read(table))
    assert project.count() == 0
    assert jobs.run(jobs.import_files(project, [table], slice_ms=400)).imported == 2
