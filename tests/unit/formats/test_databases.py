"""Projects of QualCoder, Taguette and DNA, made here by their schemas; and databases that nobody honest made."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator import Project, jobs
from annotator.core.errors import AnnotatorError
from annotator.formats import _sqlite
from annotator.formats.taguette import Page
from tests.unit.formats import roundtrip

QUALCODER = """
CREATE TABLE project (databaseversion text, date text, memo text, about text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text,
 date text, av_text_id integer, risid integer, unique(name));
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer);
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
 color text);
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer,
 owner text, date text, memo text, avid integer, important integer, unique(cid,fid,pos0,pos1,owner));
CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text, owner text,
 date text);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text,
 date text, memo text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text,
 owner text);
CREATE TABLE journal (jid integer primary key, name text, jentry text, date text, owner text);
CREATE VIEW code_text_visible AS SELECT * FROM code_text;
INSERT INTO source VALUES (1, 'One', '🚢 They call for help.', '/docs/one.txt', 'A memo', 'Ina', '', NULL, NULL),
 (2, 'Photo', NULL, '/images/x.png', '', 'Ina', '', NULL, NULL);
INSERT INTO code_cat VALUES (1, 'Claims', 'Ina', '', 'What is claimed', NULL), (2, 'Deep', 'Ina', '', '', 1);
INSERT INTO code_name VALUES (1, 'Demand', 'Asks for it', 2, 'Ina', '', '#CD853F'),
 (2, 'Deep', '', NULL, 'Ina', '', '');
INSERT INTO code_text VALUES (1, 1, 1, 'call for help', 7, 20, 'Ina', '2024-03-01 10:00:00', 'a note', NULL, 1),
 (2, 2, 1, 'They', 3, 7, 'Bo', '', '', NULL, NULL), (3, 2, 1, 'gone words', 3, 8, 'Bo', '', '', NULL, NULL);
INSERT INTO annotation VALUES (1, 1, 2, 6, 'Who?', 'Bo', '');
INSERT INTO cases VALUES (1, 'Crew', '', 'Ina', '');
INSERT INTO case_text VALUES (1, 1, 1, 0, 5, 'Ina', '', ''), (2, 1, 1, 6, 9, 'Ina', '', '');
INSERT INTO attribute VALUES (1, 'Place', 'file', 'Velmar', 1, '', 'Ina'), (2, 'Age', 'case', '30', 1, '', 'Ina');
INSERT INTO journal VALUES (1, 'Day', 'x', '', 'Ina');
"""

TAGUETTE = """
CREATE TABLE users (login VARCHAR(30) NOT NULL PRIMARY KEY, hashed_password VARCHAR(192));
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(200), description TEXT);
CREATE TABLE documents (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(200), description TEXT,
 filename VARCHAR(200), project_id INTEGER, text_direction VARCHAR(13), contents TEXT);
CREATE TABLE highlights (id INTEGER PRIMARY KEY AUTOINCREMENT, document_id INTEGER, start_offset INTEGER,
 end_offset INTEGER, snippet TEXT);
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER, path VARCHAR(200), description TEXT);
CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER, PRIMARY KEY (highlight_id, tag_id));
CREATE TABLE commands (id INTEGER PRIMARY KEY AUTOINCREMENT, date DATETIME, user_login VARCHAR(30),
 project_id INTEGER, document_id INTEGER, payload TEXT);
INSERT INTO projects VALUES (1, 'P', '');
INSERT INTO tags VALUES (1, 1, 'demand', 'Asks'), (2, 1, 'loss.crop', '');
INSERT INTO documents VALUES (1, 'Doc', 'About it', 'doc.html', 1, 'LEFT_TO_RIGHT',
 '<h1>Caf\u00e9 &amp; 🚢</h1><p>They <b>call</b> for help.</p><p>Then</p>');
INSERT INTO highlights VALUES (1, 1, 17, 30, '<b>call</b> for help'), (2, 1, 0, 5, 'Café'),
 (3, 1, 900, 903, '<p>Then</p>'), (4, 1, 25, 35, '<p>r help.</p><p>Then</p>');
INSERT INTO highlight_tags VALUES (1, 1), (1, 2), (3, 1), (4, 2);
"""

DNA = """
CREATE TABLE DOCUMENTS (ID INTEGER NOT NULL PRIMARY KEY, Title TEXT, Text TEXT, Coder INTEGER, Author TEXT, Source TEXT,
 Section TEXT, Notes TEXT, Type TEXT, Date INTEGER);
CREATE TABLE CODERS (ID INTEGER NOT NULL PRIMARY KEY, Name TEXT, Red INTEGER, Green INTEGER, Blue INTEGER);
CREATE TABLE STATEMENTTYPES (ID INTEGER NOT NULL PRIMARY KEY, Label TEXT, Red INTEGER, Green INTEGER, Blue INTEGER);
CREATE TABLE VARIABLES (ID INTEGER NOT NULL PRIMARY KEY, Variable TEXT, DataType TEXT, StatementTypeId INTEGER);
CREATE TABLE STATEMENTS (ID INTEGER NOT NULL PRIMARY KEY, StatementTypeId INTEGER, DocumentId INTEGER, Start INTEGER,
 Stop INTEGER, Coder INTEGER);
CREATE TABLE STATEMENTLINKS (ID INTEGER PRIMARY KEY, SourceId INTEGER, TargetId INTEGER);
CREATE TABLE DATABOOLEAN (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Value INTEGER);
CREATE TABLE DATAINTEGER (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Value INTEGER);
CREATE TABLE DATALONGTEXT (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Value TEXT);
INSERT INTO CODERS VALUES (1, 'Ina', 1, 2, 3);
INSERT INTO DOCUMENTS VALUES (1, 'Doc', '🚢 One line' || char(13) || char(10) || 'They call for help.', 1, 'A. Uthor',
 'The Lantern', 'News', 'Notes on it', 'article', {date});
INSERT INTO STATEMENTTYPES VALUES (1, 'DNA Statement', 239, 208, 51);
INSERT INTO VARIABLES VALUES (1, 'organization', 'short text', 1), (2, 'agreement', 'boolean', 1),
 (3, 'dead', 'integer', 1), (4, 'note', 'long text', 1);
INSERT INTO STATEMENTS VALUES (1, 1, 1, 17, 30, 1), (2, 1, 1, 0, 2, 1);
INSERT INTO STATEMENTLINKS VALUES (1, 1, 2);
INSERT INTO DATABOOLEAN VALUES (1, 1, 2, 0);
INSERT INTO DATAINTEGER VALUES (1, 1, 3, 12);
INSERT INTO DATALONGTEXT VALUES (1, 1, 4, 'At length');
"""
DNA_2 = """
CREATE TABLE DATASHORTTEXT (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Value TEXT);
INSERT INTO DATASHORTTEXT VALUES (1, 1, 1, 'Crew 7');
"""
DNA_BETWEEN = """
CREATE TABLE ATTRIBUTES (ID INTEGER PRIMARY KEY, VariableId INTEGER, Value TEXT);
CREATE TABLE DATASHORTTEXT (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Value INTEGER);
INSERT INTO ATTRIBUTES VALUES (5, 1, 'Crew 7');
INSERT INTO DATASHORTTEXT VALUES (1, 1, 1, 5);
"""
DNA_3 = """
CREATE TABLE ENTITIES (ID INTEGER PRIMARY KEY, VariableId INTEGER, Value TEXT);
CREATE TABLE DATASHORTTEXT (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Entity INTEGER);
INSERT INTO ENTITIES VALUES (5, 1, 'Crew 7');
INSERT INTO DATASHORTTEXT VALUES (1, 1, 1, 5);
"""


#: Signs of one to four bytes, that join, turn and mean something in HTML.
SIGNS = "ab é\u0301\u00a0🚢👩🏽\u200d🔧ש\u05c1تركيا\u202e&;"


def database(script: str, extra: Iterable[tuple[str, tuple[Any, ...]]] = ()) -> bytes:
    """The bytes of a database that this script makes."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        for sql, values in extra:
            connection.execute(sql, values)
        connection.commit()
        return connection.serialize()


def taken(folder: Path, data: bytes, name: str) -> tuple[Project, list[str]]:
    """A project with what came in, and the problems."""
    project = Project.create(folder / "p.annotator", coder="LM")
    report = roundtrip.imported(project, data, name, folder / "in")
    # The project's own codebook has tags of these names, which ask for other attributes: that is a remark.
    assert [each for each in jobs.run(jobs.check(project)) if each.kind != "remark"] == []
    for each in roundtrip.passages(project):
        assert each["text"][each["start"] : each["end"]] == each["quote"]
    return project, [str(problem) for problem in report.problems]


# -- QualCoder ----------------------------------------------------------------------------


def test_texts_codes_codings_memos_and_cases_of_qualcoder_come_in(tmp_path: Path):
    project, problems = taken(tmp_path, database(QUALCODER), "data.qda")
    with project:
        (summary,) = project.statements()
        statement = project.statement(summary.id)
        assert (statement.title, statement.memo) == ("One", "A memo")
        assert statement.extra == {"Place": "Velmar", "cases": "Crew"}
        found = {(p["tag"], p["quote"], p["coder"], p["note"]) for p in roundtrip.passages(project)}
        # A coding whose words stand where UTF-16 counts them, and one where code points do: its words decide.
        assert found == {
            ("demand", "call for help", "Ina", "a note"), ("deep_(code)", "They", "Bo", ""),
            ("memo", "They", "Bo", "Who?"),
        }  # fmt: skip
        tag = project.codebook.tag("demand")
        assert (tag.label, project.codebook.tag("deep").parent) == ("Demand", "claims")
        told = "\n".join(problems)
        assert "gone words" in told and "pictures, sounds and films (1)" in told and "attributes of cases (1)" in told


def test_the_folder_of_a_project_is_the_project(tmp_path: Path):
    folder = tmp_path / "work.qda"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "one.txt").write_text("A copy of one.", encoding="utf-8")
    (folder / "data.qda").write_bytes(database(QUALCODER))
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [folder]))
        assert report.files == 1 and report.imported == 1


def test_two_coders_copies_of_a_project_both_arrive_on_one_text(tmp_path: Path):
    other = QUALCODER.replace("'call for help', 7, 20, 'Ina'", "'help', 16, 20, 'Lea'")
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        roundtrip.imported(project, database(QUALCODER), "data.qda", tmp_path / "a")
        report = roundtrip.imported(project, database(other), "data.qda", tmp_path / "b")
        assert report.imported == 0 and report.attached == 1
        demands = {(p["quote"], p["coder"]) for p in roundtrip.passages(project) if p["tag"] == "demand"}
        assert demands == {("call for help", "Ina"), ("help", "Lea")}
        assert not roundtrip.imported(project, database(other), "data.qda", tmp_path / "b").attached


def test_a_database_that_is_open_elsewhere_says_so(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "data.qda-wal").write_bytes(b"x")
    data = bytearray(database(QUALCODER))
    data[18:20] = b"\x02\x02"  # written ahead
    project, problems = taken(tmp_path, bytes(data), "data.qda")
    with project:
        assert len([*project.statements()]) == 1
        assert "is open in QualCoder" in problems[0]


# -- Taguette -----------------------------------------------------------------------------


def test_documents_tags_and_highlights_of_taguette_come_in(tmp_path: Path):
    payload = json.dumps({"type": "highlight_add", "highlight_id": 1, "tags": [1, 2]})
    made = ("INSERT INTO commands VALUES (1, '2024-03-01 10:00:00', 'ina', 1, 1, ?)", (payload,))
    project, problems = taken(tmp_path, database(TAGUETTE, [made]), "x.sqlite3")
    with project:
        (summary,) = project.statements()
        assert project.text(summary.id) == "Café & 🚢\nThey call for help.\nThen\n"
        assert project.statement(summary.id).memo == "About it"
        found = {(p["tag"], p["quote"], p["coder"]) for p in roundtrip.passages(project)}
        nobody = "Taguette (not named)"
        assert found == {
            ("demand", "call for help", "ina"), ("loss.crop", "call for help", "ina"), ("highlight", "Café", nobody),
            ("demand", "Then", nobody), ("loss.crop", "r help.\nThen", nobody),
        }  # fmt: skip
        assert project.codebook.tag("loss.crop").label == "loss.crop" and not problems


@settings(max_examples=60)
@given(
    st.lists(
        st.text(st.sampled_from(SIGNS), min_size=1, max_size=12).filter(str.strip),
        min_size=1,
        max_size=5,
    ),
    st.data(),
)  # fmt: skip
def test_bytes_of_any_words_are_found_in_the_text_with_lines(words: list[str], data: st.DataObject):
    from html import escape

    page = Page("<p>x</p>" + "".join(f"<p>{escape(each)}</p>" for each in words))
    whole = "x" + "".join(words)
    assert page.words == whole
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start + 1, len(whole)))
    one, other = (len(whole[:n].encode()) for n in (start, end))
    assert page.text[page.start(one) : page.end(other)].replace("\n", "") == whole[start:end]


# -- DNA ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "date"),
    [(DNA_2, 1709287200000), (DNA_BETWEEN, 1709287200000), (DNA_3, 1709287200)],
    ids=["2", "between", "3"],
)
def test_documents_and_statements_of_dna_come_in_with_their_variables(schema: str, date: int, tmp_path: Path):
    project, problems = taken(tmp_path, database(DNA.format(date=date) + schema), "x.dna")
    with project:
        (summary,) = project.statements()
        statement = project.statement(summary.id)
        assert (statement.title, statement.outlet, statement.memo) == ("Doc", "The Lantern", "Notes on it")
        assert statement.date_published is not None and statement.date_published.edtf == "2024-03-01"
        assert statement.extra["author"] == "A. Uthor"
        first, second = sorted(roundtrip.passages(project), key=lambda p: p["start"])
        assert (first["quote"], second["quote"], second["coder"]) == ("🚢", "call for help", "Ina")
        assert second["values"] == {
            "organization": ["Crew 7"], "agreement": ["no"], "dead": ["12"], "note_": ["At length"],
        }  # fmt: skip
        tag = project.codebook.tag("dna_statement")
        assert tag.color == "#EFD033"
        assert {a.name: a.type for a in tag.attributes} == {
            "organization": "text", "agreement": "choice", "dead": "count", "note_": "long_text",
        }  # fmt: skip
        assert roundtrip.links(project) == [("linked", "call for help", "🚢")] and not problems


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (DNA.partition("INSERT")[0] + "CREATE TABLE ROLEVARIABLELINKS (ID INTEGER)", "after 3.0"),
        (
            DNA.partition("INSERT")[0].replace("StatementTypeId INTEGER, DocumentId", "Type TEXT, Document"),
            "before 2.0",
        ),
    ],
)
def test_a_version_of_dna_that_is_not_read_is_named(script: str, sentence: str, tmp_path: Path):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        data = connection.serialize()
    project, problems = taken(tmp_path, data, "x.dna")
    with project:
        assert len(problems) == 1 and sentence in problems[0]


# -- hostile ------------------------------------------------------------------------------

#: A count to a number that nobody waits for.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"


def hostile(replaced: str, by: str) -> bytes:
    script = QUALCODER[: QUALCODER.index("CREATE VIEW")].replace(replaced, by)
    return database(script)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no database"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "damaged or odd"),
        (database(QUALCODER)[:5000], "damaged or odd"),
        (database("CREATE TABLE t (a)"), "no project of QualCoder"),
        (
            database(
                f"CREATE VIEW source AS {ENDLESS} i AS id, 'x' AS fulltext FROM n;"
                "CREATE TABLE code_text (cid, fid, pos0, pos1)"
            ),
            "no project of QualCoder",
        ),
        (
            hostile("fulltext text,", "fulltext text GENERATED ALWAYS AS (hex(zeroblob(400000000))) VIRTUAL,"),
            "no project of QualCoder",
        ),
        (database("CREATE VIRTUAL TABLE source USING fts5(id, fulltext)"), "no project of QualCoder"),
    ],
    ids=["empty", "noise", "cut", "other", "view", "generated", "virtual"],
)
def test_a_hostile_database_ends_with_a_sentence_and_the_next_file_arrives(data: bytes, sentence: str, tmp_path: Path):
    (tmp_path / "data.qda").write_bytes(data)
    (tmp_path / "z.txt").write_text("An honest text.", encoding="utf-8")
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [tmp_path / "data.qda", tmp_path / "z.txt"]))
        assert report.imported == 1
        (problem,) = report.problems
        assert sentence in str(problem) and "\n" not in str(problem)


def test_triggers_and_views_beside_the_tables_are_never_run(tmp_path: Path):
    trap = (
        "CREATE TRIGGER t AFTER INSERT ON source BEGIN DELETE FROM code_text; END;"
        f"CREATE VIEW everything AS {ENDLESS} i FROM n;"
    )
    project, _ = taken(tmp_path, database(QUALCODER + trap), "data.qda")
    with project:
        assert len(roundtrip.passages(project)) == 3


def test_a_value_that_is_too_large_is_told_and_the_other_rows_arrive(tmp_path: Path):
    large = ("INSERT INTO source (id, name, fulltext) VALUES (9, 'Large', ?)", ("x" * (_sqlite.VALUE_LIMIT + 1),))
    after = ("INSERT INTO source (id, name, fulltext) VALUES (10, 'After', 'Words after it.')", ())
    project, problems = taken(tmp_path, database(QUALCODER, [large, after]), "data.qda")
    with project:
        assert {s.title for s in project.statements()} == {"One", "After"}
        assert any("row 9 of source holds more than 50 MB" in each for each in problems)


def test_values_of_any_type_where_others_belong_are_told_and_leave_the_rest(tmp_path: Path):
    odd = [
        ("INSERT INTO code_text (ctid, cid, fid, seltext, pos0, pos1) VALUES (20, 'x', 1, x'ff00', 'a', 1e300)", ()),
        ("INSERT INTO code_text (ctid, cid, fid, seltext, pos0, pos1) VALUES (21, NULL, 1, NULL, -5, NULL)", ()),
        ("INSERT INTO source (id, name, fulltext) VALUES (11, x'fffe', x'41ff42')", ()),
        ("INSERT INTO source (id, name, fulltext) VALUES (12, NULL, 17)", ()),
    ]
    project, problems = taken(tmp_path, database(QUALCODER, odd), "data.qda")
    with project:
        texts = {project.text(s.id) for s in project.statements()}
        assert {"A\ufffdB", "17"} < texts
        assert len(roundtrip.passages(project)) == 3
        assert all("\n" not in each for each in problems)


def test_only_named_columns_of_named_tables_can_be_asked_for():
    data = database("CREATE TABLE secret (a); CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2)")
    with _sqlite.opened(data, "x", {"T": ("A",)}) as found:
        assert [*found.rows("t", "a", "b")] == [[1, None]]
        assert not found.has("secret") and [*found.rows("secret", "a")] == []
        assert found.count("t", "a") == 1


def test_a_row_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_sqlite, "DEADLINE", -1.0)
    rows = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) INSERT INTO t SELECT i FROM n"
    )
    data = database(f"CREATE TABLE t (a); {rows}")
    with pytest.raises(AnnotatorError, match="too long"), _sqlite.opened(data, "x", {"t": ("a",)}) as found:
        list(found.rows("t", "a"))
