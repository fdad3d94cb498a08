"""Tables of passages: CSV to the letter, CSV and XLSX for spreadsheets."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from annotator import Project, Span, formats, jobs
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Losses, Stamp
from tests.unit.formats import roundtrip


@pytest.fixture
def project(tmp_path: Path):
    with roundtrip.make(tmp_path / "round.annotator") as project:
        yield project


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("format", "name"), [("passages", "x.csv"), ("passages-xlsx", "x.xlsx")])
def test_a_table_of_passages_comes_back_to_the_statements_that_it_names(
    format: str, name: str, project: Project, tmp_path: Path
):
    data, _ = roundtrip.exported(project, format)
    with roundtrip.bare(project, tmp_path / "bare.annotator") as other:
        report = roundtrip.imported(other, data, name, tmp_path / "in")
        assert not report.problems and report.attached == len(roundtrip.TEXTS)
        assert roundtrip.passages(other) == roundtrip.passages(project)
        assert jobs.run(jobs.check(other)) == []


def test_every_row_has_the_words_their_context_and_the_metadata_of_the_statement(project: Project):
    rows = rows_of(roundtrip.exported(project, "passages")[0])
    assert len(rows) == len(roundtrip.passages(project))
    for row in rows:
        text = project.text(row["statement"])
        start, end = int(row["start"]), int(row["end"])
        assert text[start:end] == row["quote"] and text[:start].endswith(row["prefix"])
        assert row["title"] == project.statement(row["statement"]).title
    assert {row["demander"] for row in rows} == {"", "Türkei"}


@pytest.mark.parametrize("format", ["passages-sheet", "passages-xlsx"])
def test_what_begins_like_a_formula_is_not_computed_by_a_spreadsheet_and_is_told(format: str, tmp_path: Path):
    with Project.create(tmp_path / "f.annotator", coder="=cmd|' /C calc'!A0") as project:
        text = "=HYPERLINK(1) and +1 and -2 and @SUM(1)."
        statement = project.add_statement(text, title="@SUM(1+1)", issuer="+49").result
        project.annotate(statement, "demand", Span(0, 13), note="＝1+2", given={"demander": "=1+1"})
        data, report = roundtrip.exported(project, format)
        if format == "passages-sheet":
            cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
        else:
            sheet = load_workbook(io.BytesIO(data))["Passages"]
            assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
            cells = [str(cell.value or "") for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))]
        assert {"'=HYPERLINK(1)", "'@SUM(1+1)", "'+49", "'＝1+2", "'=1+1"} <= set(cells)
        assert any("begin like a formula" in line for line in report.losses)
        plain, _ = roundtrip.exported(project, "passages")
        assert rows_of(plain)[0]["quote"] == "=HYPERLINK(1)"


def test_a_workbook_that_was_not_finished_leaves_no_words_in_the_folder_for_temporary_files(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    with project.snapshot() as copied:
        steps = formats.by_name("passages-xlsx", "write").write_steps(
            copied.dump(), io.BytesIO(), Stamp("", ""), Losses()
        )
        next(steps)
        assert list(aside.glob("openpyxl*"))
        steps.close()
    assert list(aside.iterdir()) == []


def test_cells_that_are_too_long_for_a_workbook_are_cut_and_counted(tmp_path: Path):
    with Project.create(tmp_path / "f.annotator", coder="LM") as project:
        text = "🚢" * 20_000
        statement = project.add_statement(text, title="Long").result
        project.annotate(statement, "demand", Span(0, 20_000))
        data, report = roundtrip.exported(project, "passages-xlsx")
        assert "1 cells cut at 32,767 characters" in report.losses
        (_, row) = load_workbook(io.BytesIO(data))["Passages"].iter_rows(values_only=True)
        assert "🚢" * 16_383 in row


def test_a_table_of_another_program_is_read_by_what_its_columns_are_called(tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        project.add_statement("We call on all to leave. We call on all to stay.", title="Calls")
        table = (
            "Code;Document title;Quotation;Memo;Evidence\r\n"
            "Demand;Calls;call on all to stay;look here;\r\n"
            "Demand;Calls;words that are not there;;\r\n"
            "Demand;Nowhere;call on all to stay;;\r\n"
            ";Calls;call on all to leave;;\r\n"
        )
        report = roundtrip.imported(project, table.encode(), "codes.csv", tmp_path / "in")
        (passage,) = roundtrip.passages(project)
        assert (passage["tag"], passage["quote"], passage["note"]) == ("demand", "call on all to stay", "look here")
        assert len(report.problems) == 3


def test_a_table_with_texts_brings_statements_and_their_passages(tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        table = "text,label,start,end\r\nThey demand help.,Demand,0,16\r\nThey demand help.,Event,5,11\r\n"
        report = roundtrip.imported(project, table.encode(), "x.csv", tmp_path / "in")
        assert report.imported == 1 and not report.problems
        assert {(p["tag"], p["quote"]) for p in roundtrip.passages(project)} == {
            ("demand", "They demand help"), ("event", "demand"),
        }  # fmt: skip


def test_parquet_has_the_same_rows_with_numbers_as_numbers(project: Project, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "x.parquet").write_bytes(roundtrip.exported(project, "passages-parquet")[0])
    with parquet.ParquetFile(tmp_path / "x.parquet") as file:
        table = file.read()
    expected = rows_of(roundtrip.exported(project, "passages")[0])
    numbers = [row | {"start": int(row["start"]), "end": int(row["end"])} for row in expected]
    assert table.to_pylist() == numbers
    assert table.schema.metadata[b"generator"].startswith(b"annotator")


def test_a_project_without_a_passage_is_a_table_without_rows(tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet")
    with Project.create(tmp_path / "e.annotator", coder="LM") as project:
        data, _ = roundtrip.exported(project, "passages-parquet")
    table = parquet.read_table(io.BytesIO(data))
    assert table.num_rows == 0 and {"passage", "tag", "demander", "statement"} <= set(table.column_names)


def test_without_the_extra_the_sentence_names_it_and_no_file_is_left(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(AnnotatorError, match=r"annotator\[parquet\]"):
        (tmp_path / "out").mkdir()
        jobs.run(jobs.export(project, tmp_path / "out" / "x.parquet", format="passages-parquet"))
    assert not list((tmp_path / "out").iterdir())
