"""A file whose texts are withheld brings its passages to the statements that have these texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator import Project, jobs
from annotator.core.privacy import Privacy, wanted

from .conftest import TEXT, ids, span_of, state

BARE = Privacy(texts=False)


def take(project: Project, path: Path, **options: Any) -> jobs.ImportReport:
    report: jobs.ImportReport = jobs.run(jobs.import_files(project, [path], **options))
    return report


@pytest.fixture
def sent(project: Project, statement: str, tmp_path: Path) -> Path:
    """What a coder sends without the texts: two passages with a link, one value with its words, a status."""
    one = project.annotate(
        statement, "accusation", span_of("Armed men shelled the dam"), given={"accused": "Turkey"}, note="mine"
    ).result
    two = project.annotate(statement, "event", span_of("shelled the dam on 20 January 2022")).result
    project.link("event_ref", one, two)
    project.mark(statement, "done")
    path = tmp_path / "sent.json"
    jobs.run(jobs.export(project, path, privacy=BARE))
    data = json.loads(path.read_text(encoding="utf-8"))
    value = data["statements"][0]["annotations"][0]["attributes"]["accused"][0]
    value["anchor"] = dict(zip(("start", "end"), (span_of("Armed men").start, span_of("Armed men").end), strict=True))
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Project]:
    """Another coder's project with the same text under another id and title."""
    with Project.create(tmp_path / "other", coder="Second Coder") as made:
        made.add_statement(TEXT, "The dam, as I have it")
        yield made


def test_passages_come_to_the_statement_with_the_same_text_with_their_words(sent: Path, other: Project):
    before = state(other)
    report = take(other, sent)
    assert report.problems == () and report.attached == 1 and report.imported == 0
    assert report.sentence() == "Imported 0 statements, passages came to 1 by its text."
    assert report.changes.label == "Import passages of 1 statement"
    (record,) = other.records()
    assert record.statement.title == "The dam, as I have it"
    assert [a.quote for a in record.annotations] == ["Armed men shelled the dam", "shelled the dam on 20 January 2022"]
    assert record.annotations[0].prefix and record.annotations[0].note == "mine"
    assert record.annotations[0].attributes["accused"][0]["anchor"]["quote"] == "Armed men"
    assert [other.coder_name(p.coder) for p in record.progress] == ["LM"]
    assert len(other.links()) == 1
    assert [f for f in jobs.run(jobs.check(other)) if f.kind == "error"] == []
    other.undo()
    assert state(other) == before


def test_the_same_file_once_more_is_known(sent: Path, other: Project):
    take(other, sent)
    before = state(other)
    report = take(other, sent)
    assert report.problems == () and report.attached == 0 and len(report.known) == 1
    assert state(other) == before


def test_a_coder_who_sends_more_adds_only_what_is_new(project: Project, sent: Path, other: Project, tmp_path: Path):
    take(other, sent)
    project.annotate(ids(project, "")[0], "demand", span_of("They must withdraw"))
    more = tmp_path / "more.json"
    jobs.run(jobs.export(project, more, privacy=BARE))
    data = json.loads(more.read_text(encoding="utf-8"))
    data["statements"][0]["annotations"][0] = json.loads(sent.read_text())["statements"][0]["annotations"][0]
    more.write_text(json.dumps(data), encoding="utf-8")
    report = take(other, more)
    assert report.problems == () and report.attached == 1
    assert len(other.annotations(ids(other, "")[0])) == 3


def test_a_statement_whose_text_is_not_there_is_listed_with_one_sentence(sent: Path, tmp_path: Path):
    with Project.create(tmp_path / "empty", coder="Second Coder") as empty:
        report = take(empty, sent)
        assert report.attached == 0 and empty.count() == 0
        reasons = [str(p) for p in report.problems]
        assert "comes without its text, and no statement of the project has that text" in reasons[0]
        assert all("refers to the passage" in each for each in reasons[1:])


def test_a_passage_that_is_there_with_other_values_stays_as_it_is(sent: Path, other: Project):
    take(other, sent)
    (record,) = other.records()
    other.note(record.annotations[0].id, "softer")
    report = take(other, sent)
    assert report.attached == 0 and "is in the project with other values" in str(report.problems[0])
    assert next(iter(other.records())).annotations[0].note == "softer"


def test_the_statement_with_the_same_id_comes_first(project: Project, sent: Path, tmp_path: Path):
    whole = tmp_path / "whole.json"
    jobs.run(jobs.export(project, whole))
    data = json.loads(whole.read_text(encoding="utf-8"))
    data["statements"][0]["annotations"], data["links"] = [], []
    whole.write_text(json.dumps(data), encoding="utf-8")
    with Project.create(tmp_path / "both", coder="Second Coder") as both:
        take(both, whole)
        data["statements"][0] |= {"id": "0", "source": None}
        whole.write_text(json.dumps(data), encoding="utf-8")
        take(both, whole, duplicates="keep")
        assert both.count() == 2
        assert take(both, sent).attached == 1
        assert len(both.annotations(ids(project, "")[0])) == 2


def test_a_length_that_is_not_the_texts_refuses_the_file(sent: Path, other: Project):
    data = json.loads(sent.read_text(encoding="utf-8"))
    data["statements"][0]["length"] += 1
    sent.write_text(json.dumps(data), encoding="utf-8")
    report = take(other, sent)
    assert report.attached == 0 and "but its text has" in str(report.problems[0])
    assert not other.annotations(ids(other, "")[0])


def test_no_correction_comes_from_a_file_without_texts(sent: Path):
    with pytest.raises(Exception, match="The text is withheld in this file"):
        jobs.corrected(sent)


def test_a_redacted_export_comes_in_as_statements_of_its_own(project: Project, sent: Path, tmp_path: Path):
    path = tmp_path / "redacted.json"
    privacy = Privacy(True, True, ("accusation",), (wanted("Diyarbakır"),))
    report = jobs.run(jobs.export(project, path, privacy=privacy))
    assert "1 coder under other names, 2 places redacted" in report.sentence()
    with Project.create(tmp_path / "theirs", coder="Second Coder") as theirs:
        assert take(theirs, path).problems == ()
        (record,) = theirs.records()
        assert "Armed men" not in record.text and "Diyarbakır" not in record.text and len(record.text) == len(TEXT)
        assert [f for f in jobs.run(jobs.check(theirs)) if f.kind == "error"] == []
        again = tmp_path / "again.json"
        jobs.run(jobs.export(theirs, again))
        first, second = (json.loads(p.read_text(encoding="utf-8")) for p in (path, again))
        for data in (first, second):
            del data["exported_at"], data["project"], data["withheld"]
        assert first == second


def test_a_preview_counts_the_same_and_writes_nothing(project: Project, sent: Path, tmp_path: Path):
    there = sorted(tmp_path.iterdir())
    privacy = Privacy(True, False, ("event",))
    told = jobs.run(jobs.preview(project, privacy))
    assert (told.statements, told.texts, told.coders, told.redactions) == (1, 1, 1, 1)
    assert sorted(tmp_path.iterdir()) == there
    with_reader = list(jobs.glance(project, privacy))[-1]
    assert (with_reader.texts, with_reader.redactions) == (1, 1)
