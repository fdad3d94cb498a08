"""What an import would bring, before it does: nothing is written, and what people change of it is what comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator import Project, jobs
from annotator.core.likeness import Likenesses, resemblance, sketch
from annotator.core.model import Range
from annotator.drafts import Draft, Edits, Key, Survey, sentence
from tests.papers import SENTENCES, docx, paragraph

LONG = " ".join(SENTENCES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(f"Pier four\n\n{LONG}\n\nReported by M. Keller\n", encoding="utf-8")
    (folder / "b.txt").write_text(f"Pier 4\n\n{LONG}\n\nOther words at the end.\n", encoding="utf-8")
    (folder / "c.docx").write_bytes(b"no document")
    (folder / "d.csv").write_text(
        f"Headline,Body\nLight,{LONG.replace(',', '')} And light.\nEmpty,\n", encoding="utf-8"
    )
    (folder / "e.docx").write_bytes(docx(paragraph("Quay", "Title") + paragraph("Words.")))
    return folder


def looked_through(project: Project, folder: Path, edits: Edits | None = None) -> Survey:
    survey = Survey()
    jobs.run(jobs.import_files(project, [folder], edits=edits, survey=survey, dry_run=True))
    return survey


def named(drafts: list[Draft]) -> dict[str, Draft]:
    return {Path(draft.key.place).name + ("" if draft.title else "!"): draft for draft in drafts}


def test_a_survey_tells_what_would_come_in_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.annotator"
    with Project.create(path, coder="LM") as project:
        before = path.read_bytes()
        survey = looked_through(project, folder)
        assert path.read_bytes() == before
        found = named(survey.drafts)
        assert (found["a.txt"].title, found["a.txt"].outcome, found["a.txt"].encoding) == ("Pier four", "new", "utf-8")
        assert found["b.txt"].like == "“Pier four”" and found["b.txt"].likeness > 0.7
        assert found["c.docx!"].problem == "is damaged, or no ZIP container"
        assert found["d.csv!"].problem == "has no text" and found["d.csv"].columns == ("Headline", "Body")
        assert survey.mapping(("Headline", "Body")) == {"title": "Headline", "text": "Body"}
        assert sentence(survey.drafts) == "4 statements would come in, 2 nearly the same as another, 2 problems."


def test_the_text_is_shown_as_it_will_be_stored_with_what_is_proposed(folder: Path, project: Project) -> None:
    survey = looked_through(project, folder)
    draft = named(survey.drafts)["a.txt"]
    text, ranges = survey.text(draft.key)
    assert text == (folder / "a.txt").read_text(encoding="utf-8")
    assert [(r.role, text[r.start : r.end]) for r in ranges] == [
        ("title", "Pier four"), ("boilerplate", "Reported by M. Keller")
    ]  # fmt: skip
    survey.close()
    assert survey.text(draft.key) == ("", ())


def test_what_was_changed_is_what_comes_in(folder: Path, project: Project) -> None:
    drafts = named(looked_through(project, folder).drafts)
    a, b, d = drafts["a.txt"], drafts["b.txt"], drafts["d.csv"]
    edits = Edits(
        metadata={a.key: {"issuer": "Harbour Union"}, d.key: {"title": "Other light"}},
        ranges={a.key: (a.text_sha256, (Range(0, 4, "boilerplate"),)), d.key: ("0" * 64, (Range(0, 1, "x"),))},
        left_out={b.key},
    )
    report = jobs.run(jobs.import_files(project, [folder], edits=edits))
    assert report.imported == 3
    came = {summary.title: summary for summary in project.statements()}
    assert set(came) == {"Pier four", "Other light", "Quay"}
    assert came["Pier four"].issuer == "Harbour Union"
    assert project.ranges(came["Pier four"].id) == (Range(0, 4, "boilerplate"),)
    # The text is not the one that was looked at, so that its own ranges stay.
    assert "x" not in {r.role for r in project.ranges(came["Other light"].id)}


def test_an_encoding_can_be_chosen_for_one_file_and_columns_for_tables_with_one_header(
    tmp_path: Path, project: Project
) -> None:
    old = tmp_path / "old.txt"
    old.write_bytes("بيان من النقابة".encode("cp1256"))
    table = tmp_path / "t.csv"
    table.write_text("words,text\nthese,a note\n", encoding="utf-8")
    edits = Edits(encodings={str(old): "cp1256"}, columns={("words", "text"): {"text": "words"}})
    jobs.run(jobs.import_files(project, [old, table], edits=edits))
    assert {project.text(s.id) for s in project.statements()} == {"بيان من النقابة", "these"}


def test_what_the_project_has_already_is_told_by_its_bytes_its_text_and_its_words(
    folder: Path, tmp_path: Path, project: Project
) -> None:
    jobs.run(jobs.import_files(project, [folder / "a.txt"]))
    (folder / "a2.txt").write_bytes(b"\xef\xbb\xbf" + (folder / "a.txt").read_bytes())
    survey = Survey()
    survey.compare_with(project)
    jobs.run(jobs.import_files(project, [folder], survey=survey, dry_run=True))
    found = named(survey.drafts)
    assert (found["a.txt"].outcome, found["a2.txt"].outcome) == ("known", "same text")
    assert found["b.txt"].like == "“Pier four”"
    assert "known already" in found["a.txt"].verdict() and not found["a.txt"].comes


def test_a_file_that_turns_out_bad_takes_its_drafts_back(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.formats.csv.CELL_LIMIT", 1000)
    file = tmp_path / "t.csv"
    rows = "".join(f"T{n},words {n}\n" for n in range(50))
    file.write_text(f'title,text\n{rows}B,"' + "words\n" * 1000, encoding="utf-8")
    survey = Survey()
    jobs.run(jobs.import_files(project, [file], survey=survey, dry_run=True))
    assert [draft.key for draft in survey.drafts] == [Key(str(file), 0)]


# -- likeness --------------------------------------------------------------------------------


def test_likeness_is_one_for_the_same_words_and_zero_for_others() -> None:
    assert resemblance(sketch(LONG), sketch(LONG.upper().replace(".", "!"))) == 1.0
    assert resemblance(sketch(LONG), sketch("Quite other words stand here, and they go on for a while. " * 3)) == 0.0
    assert resemblance(sketch(LONG), sketch("")) == 0.0


def test_a_changed_sentence_leaves_a_text_near_and_a_short_one_is_like_nothing() -> None:
    known: Likenesses[str] = Likenesses()
    known.add("long", sketch(LONG))
    known.add("short", sketch("Yes."))
    changed = LONG.replace("measure number 3", "a wholly different step")
    near = known.nearest(sketch(changed))
    assert near is not None and near[0] == "long" and 0.7 <= near[1] < 1.0
    assert known.nearest(sketch("Yes.")) is None
