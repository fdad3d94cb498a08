"""Plain text: encodings, the title, and that nothing is touched but what the text policy names."""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator import formats
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Problem, Record
from annotator.core.model import Range
from annotator.core.text import canonical, digest

ARABIC = "بيان\n\nتطالب الحكومة بالانسحاب الفوري للقوات وتتهم الشركة بعرقلة المساعدات الإنسانية.\n" * 5
TURKISH = "Özerk Yönetim\n\nİdare, saldırının ardından uluslararası güçlerden destek istedi; çağrı açıktır.\n" * 5


def read(data: bytes, encoding: str | None = None, name: str = "a.txt") -> Record:
    (item,) = formats.read(io.BytesIO(data), "txt", name=name, encoding=encoding)
    assert isinstance(item, Record)
    return item


def test_the_whole_file_is_the_text_and_its_first_line_the_title() -> None:
    data = "\n  Dock crews ask for pier four  \n\nThe union has asked …\n".encode()
    record = read(data)
    assert record.text == data.decode()
    assert record.statement.title == "Dock crews ask for pier four"
    (title,) = record.ranges
    assert title == Range(3, 31, "title")
    assert record.text[title.start : title.end] == record.statement.title


def test_the_record_says_what_it_came_from() -> None:
    data = b"Title\r\nText"
    record = read(data, name="folder.txt")
    assert record.data == data
    assert record.text == "Title\nText"
    statement = record.statement
    assert (statement.id, statement.language, statement.length) == ("", "", 10)
    assert statement.text_sha256 == digest("Title\nText")
    source = statement.source
    assert source is not None
    assert (source.name, source.media_type, source.size, source.encoding) == ("folder.txt", "text/plain", 11, "utf-8")
    assert source.sha256 == sha256(data).hexdigest()


@pytest.mark.parametrize("text", [ARABIC, TURKISH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_recognised_with_and_without_a_byte_order_mark(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)).text == text


@pytest.mark.parametrize(("text", "encoding"), [(ARABIC, "cp1256"), (TURKISH, "cp1254")])
def test_other_encodings_are_told_from_the_letters_and_named(text: str, encoding: str) -> None:
    record = read(text.encode(encoding))
    assert record.text == text
    assert record.statement.source is not None and record.statement.source.encoding == encoding


def test_what_the_user_says_wins() -> None:
    assert read("Żądamy".encode("cp1250"), encoding="windows-1250").text == "Żądamy"


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (b"abc", "klingon", "“klingon” is no encoding"),
        (b"abc", "rot13", "“rot13” is no encoding"),
        (b"abc\xff", "utf-8", "a.txt is not in the encoding utf-8: byte 3 does not fit"),
        (b"\xff\xfea\0\x00\xd8", None, "a.txt is damaged: it begins as UTF-16, but byte 4 does not fit"),
    ],
)
def test_bytes_that_do_not_fit_their_encoding_are_refused(data: bytes, encoding: str | None, message: str) -> None:
    with pytest.raises(AnnotatorError, match=message):
        read(data, encoding)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", "\u00a0\n".encode()])
def test_a_file_without_words_is_a_problem(data: bytes) -> None:
    assert list(formats.read(io.BytesIO(data), "txt", name="a.txt")) == [Problem("a.txt", "is empty")]


def test_what_no_text_may_hold_is_replaced_and_counted() -> None:
    record = read("Title\n\x1b bell\x07 and \ufeff mark".encode())
    assert record.text == "Title\n\ufffd bell\ufffd and \ufffd mark"
    assert record.replaced == 3


def test_a_first_line_as_long_as_a_paragraph_is_cut_for_the_title_and_not_marked() -> None:
    line = "word " * 100
    record = read(line.encode())
    assert record.ranges == ()
    assert record.statement.title.endswith("word…") and len(record.statement.title) <= 301
    assert record.text == line


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_text_is_kept_to_the_letter_whatever_it_holds(text: str) -> None:
    expected, replaced = canonical(text)
    for item in formats.read(io.BytesIO(text.encode("utf-8")), "txt", name="a.txt", encoding="utf-8"):
        if isinstance(item, Problem):
            assert not expected.strip()
        else:
            assert isinstance(item, Record)
            assert (item.text, item.replaced) == (expected, replaced)
            for title in item.ranges:
                assert expected[title.start : title.end] == item.statement.title


def test_old_encodings_made_by_others_are_read(fixtures: Path) -> None:
    beginnings = {"arabic-1": "بالموازاة", "turkish": "İstanbul", "hebrew-2": "אין כמעט", "chinese": "維基大典"}
    for name, words in beginnings.items():
        (item,) = formats.read(fixtures / "encodings" / f"sample-{name}.txt")
        assert isinstance(item, Record) and item.text.startswith(words)


@pytest.mark.parametrize("data", [b"", b"words", "wörter".encode()])
@pytest.mark.parametrize("encoding", ["none such", "ut\0f", "no\x0cne", "x" * 5000, "\ud800"])
def test_an_encoding_that_is_none_is_refused_in_one_line(data: bytes, encoding: str) -> None:
    with pytest.raises(AnnotatorError) as caught:
        list(formats.read(io.BytesIO(data), "txt", name="a.txt", encoding=encoding))
    assert str(caught.value).isprintable() and len(str(caught.value)) < 300


def test_more_nuls_than_text_has_ask_for_the_encoding_and_fewer_are_replaced() -> None:
    riddled = ("word " * 200 + "\0\0x\0" * 20).encode()
    with pytest.raises(AnnotatorError, match=r"it looks like a binary file\); if it is text, choose its encoding"):
        read(riddled)
    assert "\0" not in read(riddled, "utf-8").text
    record = read(("word " * 200 + "\0").encode())
    assert record.replaced == 1 and "\ufffd" in record.text
    assert read("Ωord ".encode("utf-16-le") * 100).text.startswith("Ωord")
