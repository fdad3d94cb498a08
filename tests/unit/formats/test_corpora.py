"""Tables and lines of statements: columns are mapped by what they are called or as told, bad rows are listed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from annotator import Project, formats, jobs
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem, Record
from annotator.core.model import DateValue
from annotator.formats import _child
from annotator.formats._rows import proposed
from annotator.formats.csv import delimiter_of


@pytest.fixture(scope="module")
def parser() -> Iterator[formats.ParserProcess]:
    with formats.ParserProcess() as parser:
        yield parser


def items(data: bytes, name: str, **options: Any) -> list[Item]:
    return list(formats.read(io.BytesIO(data), None, name=name, **options))


def records(data: bytes, name: str, **options: Any) -> list[Record]:
    found = items(data, name, **options)
    assert all(isinstance(item, Record) for item in found), found
    return [item for item in found if isinstance(item, Record)]


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


CSV = (
    "Headline,Body,Organisation,Published,Shelf\r\n"
    '"Pier four","The union demands, as before, that the pier be reopened.\n'
    'At once.",Harbour Union,2022-01-20 09:30,B 12\r\n'
    "Light,The crews ask for light.,Ferry crews,2022-01,\r\n"
)


def test_each_row_is_a_statement_with_columns_mapped_by_their_names() -> None:
    first, second = records(CSV.encode(), "corpus.csv")
    s = first.statement
    assert first.text == "The union demands, as before, that the pier be reopened.\nAt once."
    assert (s.title, s.issuer, s.date_published) == ("Pier four", "Harbour Union", DateValue("2022-01-20"))
    assert s.extra["Shelf"] == "B 12"
    assert s.extra["metadata_from"]["issuer"] == "column “Organisation”"
    assert s.extra["corpus"]["file"] == "corpus.csv" and s.extra["corpus"]["place"] == "row 2"
    assert second.statement.date_published == DateValue("2022-01") and "Shelf" not in second.statement.extra


def test_the_row_itself_is_kept_as_the_source() -> None:
    first = records(CSV.encode(), "corpus.csv")[0]
    assert first.statement.source and first.statement.source.name == "corpus.csv, row 2"
    assert first.data is not None and json.loads(first.data)["Shelf"] == "B 12"


def test_what_the_user_says_of_columns_wins_and_an_empty_name_takes_a_column_out() -> None:
    data = b"title,words,text\nT,The words,A note\n"
    (found,) = records(data, "x.csv", columns={"text": "words", "title": ""})
    assert (found.text, found.statement.title) == ("The words", "The words")
    assert found.statement.extra["text"] == "A note" and found.statement.extra["title"] == "T"


def test_a_file_without_a_column_of_texts_is_refused_and_its_columns_are_named() -> None:
    with pytest.raises(AnnotatorError) as refused:
        items(b"a,b\n1,2\n", "x.csv")
    assert str(refused.value) == "x.csv has no column that is called text; say which one it is. It has: a, b"
    with pytest.raises(AnnotatorError, match=r"x.csv has no column “c”; it has: a, b"):
        items(b"a,b\n1,2\n", "x.csv", columns={"text": "c"})
    with pytest.raises(AnnotatorError, match=r"“words” is no field of a statement; there are: text, title"):
        items(b"a,b\n1,2\n", "x.csv", columns={"words": "a"})


def test_no_column_serves_two_fields() -> None:
    assert proposed(["Author", "Source", "Text", "text "]) == {"text": "Text", "outlet": "Source", "reporter": "Author"}


def test_bad_rows_are_listed_and_the_others_arrive() -> None:
    data = b"title,text\nA,words\nB,\nC,more,cells,than\n,,,\nD,last\n"
    found = items(data, "x.csv")
    assert [str(i) if isinstance(i, Problem) else i.text for i in found if isinstance(i, (Problem, Record))] == [
        "words",
        "x.csv, row 3: has no text",
        "x.csv, row 4: has more cells than there are columns",
        "last",
    ]


def test_a_date_that_is_none_is_kept_as_a_further_fact_and_told() -> None:
    (found,) = records(b"text,published\nwords,20.1.22\n", "x.csv")
    assert found.statement.date_published is None and found.statement.extra["published"] == "20.1.22"
    assert found.remarks == ("“20.1.22” is no date like 2022-01-20 and was kept as a further fact",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    rows = [["title", "text", "url"], ["a, b; c|d\te", "words, more; words | and\tmore", "u"]]
    data = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert delimiter_of(data) == delimiter
    assert records(data.encode(), "x.csv")[0].text.startswith("words, more")


def test_a_line_that_tells_excel_the_delimiter_is_no_header() -> None:
    assert records(b"sep=|\ntitle|text\na|words, all\n", "x.csv")[0].text == "words, all"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_tables_come_in_any_usual_encoding(encoding: str) -> None:
    text = "تدعو النقابة السلطات إلى فتح الميناء قبل العواصف. " * 5
    data = f"title;text\nبيان;{text}\n".encode(encoding)
    assert records(data, "x.csv")[0].text.strip() == text.strip()
    assert (
        records(data, "x.csv", encoding=None if encoding != "cp1256" else "windows-1256")[0].statement.title == "بيان"
    )


def test_a_cell_without_an_end_is_refused_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.formats.csv.CELL_LIMIT", 1000)
    with pytest.raises(
        AnnotatorError, match=r"^x.csv cannot be read from line \d+ on: a cell has more than 1,000 char"
    ):
        items(b'title,text\na,"words\n' + b"b,more\n" * 500, "x.csv")


def test_more_columns_than_the_limit_are_refused() -> None:
    with pytest.raises(AnnotatorError, match=r"has more than 1,000 columns"):
        items(b",".join(b"c%d" % n for n in range(1001)) + b"\n", "x.csv")


def test_each_line_of_json_is_a_statement_and_bad_ones_are_listed() -> None:
    lines = [
        '{"headline": "A", "body": "words", "tags": ["x", 1]}', "no json", '{"body": "a", "body": "b"}', "[1]",
        '{"body": NaN}', '{"body": "' + "\\ud800" + '"}', "", '{"body": "last", "url": "https://velmar.example"}',
    ]  # fmt: skip
    found = items("\n".join(lines).encode(), "x.jsonl")
    texts = [i for i in found if isinstance(i, Record)]
    assert [t.text for t in texts] == ["words", "last"]
    assert texts[0].statement.title == "A" and texts[0].statement.extra["tags"] == ["x", 1]
    assert texts[1].statement.url == "https://velmar.example"
    problems = [i for i in found if isinstance(i, Problem)]
    assert [p.place for p in problems] == [f"x.jsonl, line {n}" for n in (2, 3, 4, 5, 6)]


def test_a_workbook_comes_row_by_row_with_dates_and_numbers(parser: formats.ParserProcess) -> None:
    rows: list[list[Any]] = [
        [],
        ["Title", "Text", "Published", "Number"],
        ["A", "words", datetime(2022, 1, 20), 7],
        [None, "more words", date(2022, 1, 21), 7.5],
        ["C"],
    ]
    found = items(workbook(("Statements", rows)), "x.xlsx", parser=parser)
    first, second, third = found
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.text, first.statement.date_published, first.statement.extra["Number"]) == (
        "words",
        DateValue("2022-01-20"),
        7,
    )
    assert (second.statement.title, second.statement.extra["Number"]) == ("more words", 7.5)
    assert str(third) == "x.xlsx, Statements, row 5: has no text"


def test_sheets_with_the_same_columns_come_too_and_others_are_named(parser: formats.ParserProcess) -> None:
    data = workbook(("One", [["text"], ["a"]]), ("Two", [["text"], ["b"]]), ("Notes", [["who"], ["c"]]), ("Empty", []))
    found = items(data, "x.xlsx", parser=parser)
    assert [i.text if isinstance(i, Record) else str(i) for i in found if isinstance(i, (Record, Problem))] == [
        "a", "b", "x.xlsx, sheet “Notes”: was left out: its columns are not those of the first sheet"
    ]  # fmt: skip


def test_formulas_of_a_workbook_are_their_values_and_never_computed(parser: formats.ParserProcess) -> None:
    data = workbook(("S", [["text"], ["words"], ['=HYPERLINK("http://velmar.example")']]))
    found = items(data, "x.xlsx", parser=parser)
    assert len(found) == 1 and isinstance(found[0], Record)


def test_workbooks_that_are_old_or_hostile_are_refused(parser: formats.ParserProcess) -> None:
    with pytest.raises(AnnotatorError, match=r"^x.xlsx is an old Excel workbook or has a password"):
        items(b"\xd0\xcf\x11\xe0" + bytes(100), "x.xlsx", parser=parser)
    with pytest.raises(AnnotatorError, match=r"^x.xlsx is damaged, or no ZIP container$"):
        items(workbook(("S", [["text"]]))[:200], "x.xlsx", parser=parser)


def test_a_stream_that_is_given_up_leaves_nothing_for_the_next_document(parser: formats.ParserProcess) -> None:
    data = workbook(("S", [["text"], *([f"words {n}"] for n in range(1000))]))
    few = formats.read(io.BytesIO(data), "xlsx", name="x.xlsx", parser=parser)
    next(few)
    few.close()  # type: ignore[attr-defined]
    assert len(items(data, "x.xlsx", parser=parser)) == 1000


def test_a_document_that_stops_in_the_middle_of_its_parts_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(("S", [["text"], *([f"words {n}"] for n in range(1000))]))
    with formats.ParserProcess(deadline=0.01) as late, pytest.raises(AnnotatorError, match=r"took longer than 0.01 s"):
        items(data, "x.xlsx", parser=late)
    assert _child.DEADLINE > 1


def test_a_corpus_arrives_as_one_step_and_is_known_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "corpus.csv"
    file.write_text("title,words\nA,first\nB,\nC,third\n", encoding="utf-8")
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [file], columns={"text": "words"}))
        assert (report.imported, [str(p) for p in report.problems]) == (2, [f"{file}: row 3 has no text"])
        again = jobs.run(jobs.import_files(project, [file], columns={"text": "words"}))
        assert (again.imported, len(again.known)) == (0, 2)
        project.undo()
        assert project.count("") == 0


def test_a_corpus_that_cannot_be_read_to_its_end_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.formats.csv.CELL_LIMIT", 1000)
    file = tmp_path / "corpus.csv"
    file.write_text('title,text\nA,first\nB,"' + "words\n" * 1000, encoding="utf-8")
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [file]))
        assert report.imported == 0 and len(report.problems) == 1
        assert project.count("") == 0
