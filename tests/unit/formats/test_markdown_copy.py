"""The reading copy in Markdown, read back by a parser that follows CommonMark."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from annotator import Project, Span, formats, jobs
from annotator.core.exchange import Header, Record, Stamp
from annotator.core.model import Statement, StatementId
from annotator.core.privacy import Privacy
from annotator.core.text import canonical
from tests.unit.formats import roundtrip

HOSTILE = "# <script>alert(1)</script> [x](javascript:1) ![y](http://e.org/z.png) `a` *b* _c_ ~~d~~ |e| &amp; $f$ 1. g"


def copy_of(project: Project, **options) -> str:
    stream = BytesIO()
    jobs.run(jobs.export(project, stream, format="markdown-copy", **options))
    return stream.getvalue().decode()


def tokens_of(source: str):
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source):
        yield token
        yield from token.children or ()


def words_of(source: str) -> str:
    """The words that a reader of the rendered page sees, a block a line."""
    parts = []
    for token in tokens_of(source):
        if token.type in ("text", "text_special", "code_inline", "html_inline", "html_block", "fence", "code_block"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak", "paragraph_close", "heading_close"):
            parts.append("\n")
    return "".join(parts)


@pytest.fixture
def project(tmp_path: Path):
    with roundtrip.make(tmp_path / "round.annotator") as project:
        yield project


def test_passages_stand_in_brackets_with_their_sign_and_their_claim_below(project: Project):
    words = words_of(copy_of(project))
    assert "The crews 👩🏽‍🔧 ⟦D1: call on the port to reopen 🏗️ the quay⟧." in words
    assert "They ⟦A1: accuse ⟦E2: the guards of beating⟧A1 and ⟦D3: demand that⟧E2 ⟦A4: the guards be tried⟧A4" in words
    assert "Demander: Türkei" in words and "Note: A “note”,\nin two lines" in words
    assert "Same as → D2" in words and "Refers to event → a passage of another statement" in words


def test_foreign_words_are_shown_to_the_letter_and_mean_nothing(tmp_path: Path):
    with Project.create(tmp_path / "h.annotator", title=HOSTILE, coder=HOSTILE) as project:
        text = f"{HOSTILE}\n===\n    code\n\n- no list\n+ none\n> no quote\n12) nor this\nhttp://example.org www.e.org"
        statement = project.add_statement(text, title=HOSTILE, issuer=HOSTILE).result
        project.annotate(statement, "demand", Span(2, 30), note=HOSTILE, given={"demander": HOSTILE})
        source = copy_of(project)
    found = {token.type for token in tokens_of(source)}
    assert not found & {
        "link_open", "image", "html_inline", "html_block", "code_inline", "code_block", "fence", "em_open", "s_open",
        "table_open", "blockquote_open", "ordered_list_open",
    }  # fmt: skip
    words = words_of(source)
    assert words.count(HOSTILE) >= 5
    for line in ("===", "    code", "- no list", "+ none", "> no quote", "12) nor this", "http://example.org"):
        assert line in words


TEXTS = st.text(
    st.one_of(
        st.sampled_from("\n\n  \t#*_`~[]()<>!|&;:=+-\\.)$1290ab🚢e\u0301\u00a0אع\u2009\"'{}^%@/?hwtps"),
        st.characters(exclude_categories=("Cs", "Cc")),
    ),
    min_size=1,
    max_size=120,
)


@settings(max_examples=150)
@given(TEXTS)
def test_any_text_is_shown_line_by_line(text: str):
    text = canonical(text)[0]
    out = BytesIO()
    record = Record(Statement(StatementId("s"), title="T"), text)
    formats.write([Header(), record], out, "markdown-copy", Stamp("", ""))
    body = out.getvalue().decode().split("## T\n", 1)[1].rsplit("\n---\n", 1)[0]
    # Markdown joins blanks and drops those at the ends of lines; what is between them stays.
    shown = [" ".join(line.split()) for line in words_of(body).split("\n")]
    assert [line for line in shown if line] == [" ".join(x.split()) for x in text.split("\n") if x.split()]


def test_what_is_withheld_is_said_and_not_shown(project: Project):
    source = copy_of(project, privacy=Privacy(texts=False, pseudonyms=True))
    assert "Withheld from this copy: the coders' own names, the texts." in source
    assert re.search(r"The text is withheld; it has \d+ characters", source) and "Omar" not in source
