"""What stands beside a quote when it is copied."""

from __future__ import annotations

from dataclasses import replace

from annotator.core.citation import citation
from annotator.core.model import DateValue, Source, Statement, StatementId

STATEMENT = Statement(
    StatementId("s"),
    title="Press conference in Hasakah",
    issuer="AANES",
    outlet="North Press",
    url="https://example.org/1",
    date_issued=DateValue("2022-01", "inferred"),
    source=Source("03.md", "text/markdown", "0" * 64, 12, "utf-8"),
)


def test_a_citation_names_issuer_title_date_outlet_and_address():
    assert citation(STATEMENT, "armed men\nstormed the prison") == (
        "“armed men stormed the prison” (AANES, “Press conference in Hasakah”, Jan 2022 (inferred), North Press,"
        " https://example.org/1)"
    )


def test_a_date_that_the_text_says_is_not_called_inferred():
    dated = replace(STATEMENT, date_issued=DateValue("2023-04-25"))
    assert "25 Apr 2023," in citation(dated, "x")


def test_without_an_issued_date_the_published_one_is_named_as_such():
    published = replace(STATEMENT, date_issued=None, date_published=DateValue("2022-01-26"))
    assert "published 26 Jan 2022" in citation(published, "x")


def test_what_is_not_known_is_left_out_but_a_missing_date_is_said():
    bare = Statement(StatementId("s"), title="A title")
    assert citation(bare, "words") == "“words” (“A title”, undated)"


def test_without_an_address_the_source_file_is_named():
    assert citation(replace(STATEMENT, url=""), "x").endswith(", North Press, 03.md)")


def test_the_archived_address_stands_in_for_the_address():
    archived = replace(STATEMENT, url="", archive_url="https://archive.example.org/1")
    assert citation(archived, "x").endswith("https://archive.example.org/1)")
