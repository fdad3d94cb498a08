"""Any text and any passages through every format that is read and written: what comes back is what went out."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotator import formats
from annotator.core.exchange import Header, Problem, Record, Stamp
from annotator.core.model import Annotation, AnnotationId, Coder, CoderId, Statement, StatementId, TagName, new_id
from annotator.core.text import CONTEXT, canonical, digest
from annotator.formats import ParserProcess
from annotator.store.starter import starter_codebook

#: Formats of which only tags come back, and those that hold no blanks.
OF_TAGS, OF_TOKENS = ("qdc",), ("conll",)
TWO_WAY = [f.name for f in formats.writers() if f.read and f.name not in OF_TAGS]
MOMENT = "2026-03-01T09:30:00.000Z"
CODER = Coder(CoderId(new_id()), "Léa, «M»")

PIECES = st.one_of(
    st.sampled_from(
        ["🚢", "👩🏽‍🔧", "e\u0301", "o\u0308", "\u00a0", "\u202f", "\u2009", "\r\n", "\n\n", "\t", "  ", "قالت ",
         "مُدبَّرة", "עברית", "\u200f", "\u2066a\u2069", "\ufeff", "\u2028", "A", "b c", "1,5", '"', "'", "<b>",
         "&amp;", "\\n", ";", "|", "=1", "]]>", "%0a", "-", "."]
    ),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=3),
)  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A statement as the project holds it, with passages that begin and end with a word."""
    text = canonical("".join(draw(st.lists(PIECES, min_size=3, max_size=25))))[0]
    assume(len(text.split()) > 1)
    words = [n for n, sign in enumerate(text) if not sign.isspace()]
    found = {}
    for _ in range(draw(st.integers(1, 5))):
        start, end = sorted((draw(st.sampled_from(words)), draw(st.sampled_from(words))))
        found[start, end + 1] = draw(st.sampled_from(("demand", "accusation", "event")))
    statement = Statement(
        StatementId(new_id()), title="Said; \u200e“so”", language="en", text_sha256=digest(text), length=len(text)
    )
    made = [
        Annotation(
            AnnotationId(new_id()), statement.id, TagName(tag), CODER.id, start, end, text[start:end],
            text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], created_at=MOMENT, modified_at=MOMENT,
            note=draw(st.sampled_from(("", "a\nb; c"))),
        )
        for (start, end), tag in found.items()
    ]  # fmt: skip
    return Record(statement, text, tuple(sorted(made, key=lambda a: (a.start, a.end, a.tag, a.id))))


@pytest.fixture(scope="module")
def parser() -> Iterator[ParserProcess]:
    """One child process for all of them."""
    with ParserProcess() as parser:
        yield parser


def there_and_back(format: str, record: Record, parser: ParserProcess) -> Record:
    out = BytesIO()
    header = Header(starter_codebook(), (CODER,), project_id=new_id(), project_title="P", head="0" * 64)
    formats.write([header, record], out, format, Stamp(MOMENT, "annotator"))
    name = f"x{formats.by_name(format, 'read').suffixes[0]}"
    items = list(formats.read(BytesIO(out.getvalue()), format, name=name, parser=parser))
    assert not [item for item in items if isinstance(item, Problem)]
    (back,) = (item for item in items if isinstance(item, Record))
    return back


@pytest.mark.parametrize("format", TWO_WAY)
@settings(max_examples=20)
@given(record=records())
def test_what_comes_back_is_what_went_out(format: str, parser: ParserProcess, record: Record) -> None:
    back = there_and_back(format, record, parser)
    if format in OF_TOKENS:
        # It holds tokens without what is between them.
        assert "".join(back.text.split()) == "".join(record.text.split())
        return
    if not back.withheld:
        # WebAnno TSV has blanks for the line ends before the first word, and says so.
        begin = len(record.text) - len(record.text.lstrip()) if format == "webanno" else 0
        assert back.text[begin:] == record.text[begin:] and len(back.text) == len(record.text)
    places = [(a.start, a.end) for a in back.annotations]
    assert places == [(a.start, a.end) for a in record.annotations]
    for came, went in zip(back.annotations, record.annotations, strict=True):
        assert came.quote in ("", went.quote)


def test_every_format_that_is_read_and_written_is_tried() -> None:
    assert {"json", "jsonl", "w3c", "doccano", "prodigy", "label-studio", "brat", "passages"} <= set(TWO_WAY)
