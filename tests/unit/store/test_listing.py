"""What a query finds, by parts: the same as a plain walk through all statements would find, whatever the order."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annotator import Project, Span, jobs
from annotator.core.model import StatementId
from annotator.store import cipher, schema
from annotator.store.driver import connect
from annotator.store.listing import NO_ISSUER, ORDERS, UNDATED, Arrangement, Part

WORDS = ("dam", "damage", "river", "gate", "prison", "bread", "road")
ISSUERS = ("Dam Council", "Öster Büro", "apfel", "Zeta", "")
DATES = ("", "2021", "2021-01", "2021-01-01", "2021-03-05", "2022", "2022-07", "2020-12-31", "2021-05-10/2021-07-20")
QUERIES = (
    "", "dam", "dam gate", "gate -dam", "-river", '"dam gate"', "issuer:dam", "issuer:dam gate", "title:road bread",
    "tag:demand", "-tag:demand dam", "status:done", "status:open", "status:unread road", "date:2021", "lang:en dam",
    "outlet:road", "-issuer:zeta", "tag:demand tag:event", "issuer:", "zzz", "€", "dam bread river",
    "tag:demand status:done",
)  # fmt: skip


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with statements whose words stand in texts, titles and issuers, some deleted and brought back."""
    path = tmp_path_factory.mktemp("library") / "library.annotator"
    with Project.create(path, coder="LM") as project:
        stock(project)
    return path


@pytest.fixture
def library(stocked: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it for one test."""
    shutil.copyfile(stocked, tmp_path / "project.annotator")
    with Project.open(tmp_path / "project.annotator", coder="LM") as project:
        yield project


def stock(project: Project) -> None:
    rng = random.Random(5)
    made = []
    for n in range(60):
        text = " ".join(rng.choices(WORDS, k=rng.randint(1, 5))) + (" €" if n % 9 == 0 else "") + f" {n}."
        day = rng.choice(DATES)
        made.append(
            project.add_statement(
                text, title=" ".join(rng.choices(WORDS, k=2)), issuer=rng.choice(ISSUERS),
                outlet=rng.choice(("", "road")), language=rng.choice(("en", "de")), date_issued=day,
            ).result
        )  # fmt: skip
        for tag in rng.sample(("demand", "accusation", "event"), rng.randint(0, 2)):
            project.annotate(made[-1], tag, Span(0, 3))
    for statement in rng.sample(made, 15):
        project.mark(statement, "done")
    for statement in rng.sample(made, 15):
        project.opened(statement)
    project.delete([made[7], made[30]])
    project.undo()
    project.delete([made[11]])


def listed(project: Project, query: str = "", arrangement: Arrangement = Arrangement()) -> list[int]:  # noqa: B008
    """The numbers of the order as a list shows it at last."""
    numbers: list[int] = []
    for part in project.listing(query, arrangement):
        if part.anew:
            numbers = []
        numbers.extend(part.numbers)
    return numbers


def plainly(project: Project, query: str) -> list[int]:
    """The numbers by one plain question, as exports ask it."""
    ids = [record.statement.id for record in project.records(query)]
    return [number for number in map(project.number_of, ids) if number is not None]


@pytest.mark.parametrize("query", QUERIES)
def test_a_list_holds_what_an_export_of_the_query_holds_in_the_order_of_import(library: Project, query: str):
    expected = plainly(library, query)
    assert listed(library, query) == expected
    assert [number for page in library.numbers(query, page=7) for number in page] == expected
    assert listed(library, query, Arrangement(descending=True)) == expected[::-1]
    assert sorted(library.first_numbers(query, 10_000)) == sorted(expected)
    assert library.count(query) == len(expected)


@pytest.mark.parametrize("by", ORDERS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_order_holds_the_same_statements_once(library: Project, by: str, descending: bool):
    for query in QUERIES:
        found = listed(library, query, Arrangement(by, descending))
        assert sorted(found) == sorted(plainly(library, query)) and len(set(found)) == len(found)


def values(project: Project, numbers: list[int]) -> list[dict[str, object]]:
    found = []
    for summary in project.summaries(numbers):
        statement = project.statement(summary.id)
        date = statement.date_issued.edtf if statement.date_issued else ""
        marks = sum(summary.counts.values())
        found.append({"issuer": summary.issuer, "date": date, "marks": marks, "status": summary.status})
    return found


def test_issuers_are_ordered_as_people_read_them_and_those_without_come_last(library: Project):
    issuers = [v["issuer"] for v in values(library, listed(library, "", Arrangement("issuer")))]
    assert list(dict.fromkeys(issuers)) == ["apfel", "Dam Council", "Öster Büro", "Zeta", ""]
    issuers = [v["issuer"] for v in values(library, listed(library, "", Arrangement("issuer", descending=True)))]
    assert list(dict.fromkeys(issuers)) == ["Zeta", "Öster Büro", "Dam Council", "apfel", ""]


def test_progress_and_marks_order_by_what_rows_show(library: Project):
    statuses = [v["status"] for v in values(library, listed(library, "", Arrangement("progress")))]
    assert list(dict.fromkeys(statuses)) == ["unread", "open", "done"]
    for descending in (False, True):
        marks = [v["marks"] for v in values(library, listed(library, "", Arrangement("marks", descending)))]
        assert marks == sorted(marks, reverse=descending)  # type: ignore[type-var]


def heads_of(parts: list[Part]) -> list[tuple[str, int]]:
    """Each heading with how many statements stand below it."""
    heads: list[tuple[str, int]] = []
    for part in parts:
        places = [place for place, _ in part.heads]
        if heads:
            heads[-1] = (heads[-1][0], heads[-1][1] + (places[0] if places else len(part.numbers)))
        for (place, label), end in zip(part.heads, [*places[1:], len(part.numbers)], strict=True):
            heads.append((label, end - place))
    return heads


def test_months_are_headings_and_a_year_alone_is_no_january(library: Project):
    heads = heads_of(list(library.listing("", Arrangement("date", grouped=True))))
    expected = [
        "Dec 2020",
        "2021, month unknown",
        "Jan 2021",
        "Mar 2021",
        "May 2021",
        "2022, month unknown",
        "Jul 2022",
    ]
    assert [label for label, _ in heads] == [*expected, UNDATED]
    assert sum(count for _, count in heads) == library.count()
    backwards = heads_of(list(library.listing("", Arrangement("date", True, True))))
    assert sorted(backwards) == sorted(heads)
    assert [label for label, _ in backwards] == [
        "Jul 2022", "2022, month unknown", "May 2021", "Mar 2021", "Jan 2021", "2021, month unknown", "Dec 2020",
        UNDATED,
    ]  # fmt: skip


def test_headings_of_issuers_and_progress_have_their_statements(library: Project):
    heads = dict(heads_of(list(library.listing("", Arrangement("issuer", grouped=True)))))
    by_issuer = library.stats()["by_issuer"]
    assert heads == {name or NO_ISSUER: count for name, count in by_issuer.items()}
    heads = dict(heads_of(list(library.listing("", Arrangement("progress", grouped=True)))))
    counts = library.progress_counts()
    assert heads == {name.capitalize(): counts[name] for name in ("unread", "open", "done")}


def test_a_heading_without_finds_is_left_out(library: Project):
    shown = [part for part in library.listing("issuer:zeta", Arrangement("issuer", grouped=True)) if part.whole]
    assert [label for label, _ in heads_of(shown)] == ["Zeta"]


def test_the_first_part_of_many_is_short_and_is_followed_by_the_others(project: Project):
    from annotator.core.exchange import Record
    from annotator.core.model import Statement

    with project.intake() as taking:
        taking.add(Record(Statement(StatementId(""), title=f"T{n}"), f"word number {n}") for n in range(1500))
        project.publish(taking, "Import")
    for query in ("", "word", "title:T1"):
        parts = list(project.listing(query))
        assert parts[0].anew and not any(part.anew for part in parts[1:])
        assert 0 < len(parts[0].numbers) <= 400
    assert listed(project, "word") == plainly(project, "") and len(listed(project, "word")) == 1500


def test_ids_come_in_the_order_asked_without_what_is_gone(library: Project):
    numbers = listed(library)
    ids = library.ids(numbers[::-1])
    assert ids == [s.id for s in library.statements()][::-1]
    library.delete([ids[0]])
    assert library.ids(numbers[::-1]) == ids[1:]


# -- files of the first schema -------------------------------------------------------------------


@pytest.fixture
def old(library: Project, tmp_path: Path) -> tuple[Path, list[StatementId]]:
    """The library as a program of the first schema had it."""
    ids = [s.id for s in library.statements()]
    library.close()
    path = library.path
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for sql in (
            "DROP TRIGGER statement_comes", "DROP TRIGGER statement_goes", "DROP TABLE text_of",
            "DROP INDEX statement_date", "DROP INDEX statement_issuer", "DROP INDEX statement_outlet",
            "DROP INDEX statement_language", "CREATE INDEX statement_date ON statement(date_from, id)",
            "DROP INDEX annotation_count", "DROP TABLE actor_name", "DROP INDEX actor_merged",
            "DROP INDEX annotation_modified", "DROP INDEX annotation_coder", "DROP INDEX annotation_note",
            "DROP INDEX annotation_value_bounds", "ALTER TABLE annotation_value DROP COLUMN low",
            "ALTER TABLE annotation_value DROP COLUMN high", "ALTER TABLE actor DROP COLUMN color",
            "ALTER TABLE statement DROP COLUMN memo", "DROP INDEX annotation_tag",
            "CREATE INDEX annotation_tag ON annotation(tag)",
            "ALTER TABLE annotation DROP COLUMN tag_version",
            "DELETE FROM _sqlite_migrations WHERE name >= '0002'", "PRAGMA user_version = 1",
        ):  # fmt: skip
            file.execute(sql)
    return path, ids


def test_a_project_of_the_first_schema_is_brought_up_to_date_with_all_that_it_holds(old):
    path, ids = old
    with Project.open(path, coder="LM") as project:
        assert [s.id for s in project.statements()] == ids
        for query in QUERIES:
            assert listed(project, query) == plainly(project, query)
        assert jobs.run(jobs.check(project)) == []
        added = project.add_statement("A harbour.", title="New", issuer="Zeta").result
        assert project.ids(listed(project, "harbour")) == [added]
    connection = connect(path, write=False, key=cipher.key_of(path, None))
    try:
        assert schema.fingerprint(connection) == schema.FINGERPRINTS[schema.VERSION]
    finally:
        connection.close()


def test_a_project_of_the_first_schema_that_may_only_be_read_is_read_as_it_is(old):
    path, ids = old
    before = path.read_bytes()
    with Project.open(path, read_only=True) as project:
        assert [s.id for s in project.statements()] == ids
        for query in QUERIES:
            assert listed(project, query) == plainly(project, query)
    assert path.read_bytes() == before


def test_an_altered_project_of_the_first_schema_is_refused(old):
    path, _ = old
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("CREATE TRIGGER evil AFTER INSERT ON annotation BEGIN DELETE FROM annotation; END")
    with pytest.raises(Exception, match=r"altered schema \(evil\)"):
        Project.open(path)


@pytest.mark.parametrize("version", sorted(schema.FINGERPRINTS))
def test_the_migrations_make_the_schema_of_each_version(version: int, tmp_path: Path):
    path = tmp_path / "x.db"
    path.touch()
    connection = connect(path, write=True)
    try:
        schema.migrate(connection, version)
        assert schema.fingerprint(connection) == schema.FINGERPRINTS[version]
        assert schema.schema_of(connection) == schema.expected(version)
    finally:
        connection.close()
