"""A codebook alone as a file, and as a page to print."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from annotator import AnnotatorError
from annotator.core.codebook import Codebook
from annotator.core.codebook_html import codebook_page
from annotator.core.model import Attribute, Choice, Example, Tag, TagName
from annotator.formats import read_codebook, write_codebook

BAIT = "<script>alert(1)</script>\u202e<b>"
VALUES = (Choice("appeal", "Appeal"), Choice("plea", "Plea", BAIT, True))
BOOK = Codebook(
    (
        Tag(
            TagName("demand"), "Demand", key="1", definition=BAIT, include=(BAIT,), memo=BAIT, version=4,
            examples=(Example(BAIT, "n1", BAIT),),
            attributes=(
                Attribute("force", "Force", "choice", values=VALUES),
            ),
        ),
        Tag(TagName("ultimatum"), "Ultimatum", parent="demand", shape="star"),
    ),
    (BAIT, "قاعدة"),
)  # fmt: skip


def refusal(**changed: Any) -> str:
    """What a file with this in its first tag is told."""
    data = json.loads(write_codebook(BOOK))
    data["tags"][0] |= changed
    with pytest.raises(AnnotatorError) as told:
        read_codebook(json.dumps(data).encode(), "book.json")
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_codebook_is_read_as_it_was_written_and_two_differ_by_lines():
    data = write_codebook(BOOK, "Velmar")
    again = read_codebook(data, "book.json")
    assert write_codebook(again, "Velmar") == data
    assert len(data.splitlines()) == 1 + 4 + (1 + 2 + 1) + (1 + 2 + 1) + 1


def test_the_codebook_of_a_native_export_is_read():
    data = json.loads(write_codebook(BOOK))
    native = {
        "format": "annotator",
        "version": 1,
        "codebook": data["tags"],
        "codebook_rules": ["One."],
        "statements": [],
    }
    assert read_codebook(json.dumps(native).encode(), "all.json").rules == ("One.",)


def test_what_is_wrong_is_told_with_its_place():
    assert "tags[0].name is empty" in refusal(name="")
    assert "tags[1] (“ultimatum”) has the name of tags[0]" in refusal(name="ultimatum")
    assert "tags[0] is refused: attribute “x” of tag “demand” has the unknown type “colour”" in refusal(
        attributes=[{"name": "x", "type": "colour"}]
    )
    assert "tags[0].attributes[0].name is missing" in refusal(attributes=[{"label": "x"}])
    assert "has the attribute “x” twice" in refusal(attributes=[{"name": "x"}, {"name": "x"}])
    assert "“issuer” is a word of the query language" in refusal(attributes=[{"name": "issuer"}])
    assert "cannot stand under “ultimatum”, which stands under it" in refusal(parent="ultimatum")
    assert "which is no tag of the codebook" in refusal(parent="nobody")
    assert "tags[0].colour is no field" in refusal(colour="red")
    assert "a colour is written #0072B2" in refusal(color="red")
    assert "tags[0].version is 0; it counts from 1" in refusal(version=0)
    twice = [{"name": "x", "type": "choice", "values": [{"name": "a"}, {"name": "A"}]}]
    assert "“x” has the value “a” twice" in refusal(attributes=twice)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"[]", b"{", b"{}", b'{"tags": 3}', b'{"tags": []}', b'{"tags": [1]}', b"[" * 100_000,
             b'{"tags": [{"name": "a", "name": "b"}]}', b'{"tags": [{"name": "a"}], "rules": [1]}', b'{"tags": NaN}'],
)  # fmt: skip
def test_what_is_no_codebook_is_refused_with_one_sentence(data: bytes):
    with pytest.raises(AnnotatorError) as told:
        read_codebook(data, "book.json")
    assert str(told.value).startswith("book.json") and "\n" not in str(told.value)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        assert not any(name.startswith("on") or name in ("src",) for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_shows_everything_and_reads_nothing_foreign_as_markup():
    page = "".join(codebook_page(BOOK, BAIT, "today", {"demand": 12}))
    parser = _Tags()
    parser.feed(page)
    assert not parser.open and "script" not in parser.seen and "b" in parser.seen
    assert page.count("&lt;script&gt;") >= 8 and "\u202e" not in page
    for words in ("12 passages", "version 4", "under <bdi>Demand</bdi>", "(retired)", "★", "key 1", "قاعدة"):
        assert words in page
