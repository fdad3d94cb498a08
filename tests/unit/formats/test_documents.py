"""Word, OpenDocument, EPUB, RTF, PDF and mail: the words in their order, and metadata only where it is stated."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from annotator import formats
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Problem, Record
from annotator.core.model import DateValue
from annotator.formats.pdf import CAUTION, paragraphs
from tests.papers import docx, epub, odt, paragraph, pdf, zipped


@pytest.fixture(scope="module")
def parser() -> Iterator[formats.ParserProcess]:
    with formats.ParserProcess() as parser:
        yield parser


def read(parser: formats.ParserProcess, data: bytes, name: str, encoding: str | None = None) -> Record:
    (item,) = formats.read(io.BytesIO(data), None, name=name, parser=parser, encoding=encoding)
    assert isinstance(item, Record), item
    return item


def refusal(parser: formats.ParserProcess, data: bytes, name: str) -> str:
    with pytest.raises(AnnotatorError) as refused:
        list(formats.read(io.BytesIO(data), None, name=name, parser=parser))
    return str(refused.value)


def origins(record: Record) -> dict[str, str]:
    found = record.statement.extra["metadata_from"]
    assert isinstance(found, dict)
    return found


def ranges(record: Record) -> list[tuple[str, str]]:
    return [(r.role, record.text[r.start : r.end]) for r in record.ranges]


# -- DOCX ------------------------------------------------------------------------------------


def test_a_word_document_comes_with_its_paragraphs_tables_and_breaks(parser: formats.ParserProcess) -> None:
    row = "".join(f"<w:tc>{paragraph(words)}</w:tc>" for words in ("one", "", "three"))
    body = (
        paragraph("Pier four", "Title") + paragraph("The union demands that the pier be reopened.")
        + f"<w:tbl><w:tr>{row}</w:tr><w:tr>{row}</w:tr></w:tbl>"
        + "<w:p><w:r><w:t>before</w:t><w:br/><w:t>after</w:t></w:r></w:p>"
        + "<w:p><w:ins><w:r><w:t>kept</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
    )  # fmt: skip
    found = read(parser, docx(body), "x.docx")
    assert found.text == (
        "Pier four\n\nThe union demands that the pier be reopened.\n\n"
        "one\t\tthree\none\t\tthree\n\nbefore\nafter\n\nkept"
    )
    assert ranges(found) == [("title", "Pier four")]
    assert origins(found) == {"title": "the document’s heading"}


def test_a_table_that_only_serves_the_layout_is_read_as_paragraphs(parser: formats.ParserProcess) -> None:
    cell = f"<w:tc>{paragraph('Words.')}{paragraph('More words.')}</w:tc><w:tc>{paragraph('Beside.')}</w:tc>"
    assert (
        read(parser, docx(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"), "x.docx").text == "Words.\n\nMore words.\n\nBeside."
    )


def test_notes_stand_at_the_end_with_the_marks_that_lead_to_them(parser: formats.ParserProcess) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    body = '<w:p><w:r><w:t>Words</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    more = {
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{word}"><w:footnote w:id="2">{paragraph("A note.")}</w:footnote>'
        "</w:footnotes>",
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="f" Type="{office}/footnotes" Target="footnotes.xml"/></Relationships>',
    }
    assert read(parser, docx(body, more=more), "x.docx").text == "Words[1]\n\n[1] A note."


def test_what_a_word_document_states_of_itself_comes_along_and_its_author_is_no_issuer(
    parser: formats.ParserProcess,
) -> None:
    core = (
        "<dc:title>On pier four</dc:title><dc:creator>M. Keller</dc:creator><dc:language>en</dc:language>"
        "<dcterms:created>2022-03-04T10:00:00Z</dcterms:created>"
    )
    found = read(parser, docx(paragraph("Words of the union."), core), "x.docx").statement
    assert (found.title, found.language, found.issuer, found.date_issued) == ("On pier four", "en", "", None)
    assert found.extra == {
        "metadata_from": {"title": "document properties: title", "language": "document properties: language"},
        "document": {"author": "M. Keller", "created": "2022-03-04T10:00:00Z"},
    }


def test_the_name_of_the_file_that_a_program_wrote_as_title_is_none(parser: formats.ParserProcess) -> None:
    found = read(parser, docx(paragraph("The first line"), "<dc:title>draft 3.doc</dc:title>"), "x.docx")
    assert (found.statement.title, origins(found)["title"]) == ("The first line", "the first line")


def test_a_word_document_that_is_old_empty_or_something_else_is_refused(parser: formats.ParserProcess) -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert (
        refusal(parser, old, "x.docx")
        == "x.docx is an old Word document or has a password; save it as DOCX without one"
    )
    assert refusal(parser, docx(""), "x.docx") == "no text was found in x.docx"
    assert refusal(parser, zipped({"a": "b"}), "x.docx") == "x.docx is a ZIP container, but no Word document"
    assert [str(i) for i in formats.read(io.BytesIO(b""), "docx", name="x.docx")] == ["x.docx: is empty"]


def test_a_word_document_with_entities_in_any_of_its_parts_is_refused(parser: formats.ParserProcess) -> None:
    hostile = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'
    for part in ("word/styles.xml", "word/numbering.xml", "word/_rels/document.xml.rels", "customXml/item1.XML"):
        said = refusal(parser, docx(paragraph("Words"), more={part: hostile}), "x.docx")
        assert said.startswith("x.docx holds XML that declares entities")


# -- ODT -------------------------------------------------------------------------------------


def test_an_opendocument_text_comes_with_its_paragraphs_lists_tables_and_notes(parser: formats.ParserProcess) -> None:
    body = (
        '<text:h text:outline-level="1">Pier four</text:h><text:p>The  union<text:s text:c="2"/>asks<text:tab/>it.'
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body>"
        "</text:note><text:line-break/>Next line</text:p>"
        "<text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p>"
        "<text:list><text:list-item><text:p>inner</text:p></text:list-item></text:list></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell>"
        "<text:p>b</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame></text:p>"
    )
    gone = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p><office:annotation><text:p>a comment</text:p></office:annotation>Last.</text:p>"
    )
    found = read(parser, odt(body + gone), "x.odt")
    assert found.text == (
        "Pier four\n\nThe union  asks\tit.[1]\nNext line\n\none\ntwo\ninner\n\n"
        "a\tb\n\nIn a box.\n\nLast.\n\n[1] A note."
    )
    assert ranges(found) == [("title", "Pier four")]


def test_what_an_opendocument_text_states_of_itself_comes_along(parser: formats.ParserProcess) -> None:
    meta = (
        "<dc:title>On pier four</dc:title><dc:language>tr</dc:language><meta:initial-creator>MK</meta:initial-creator>"
    )
    found = read(parser, odt("<text:p>Words</text:p>", meta), "x.odt").statement
    assert (found.title, found.language, found.extra["document"]) == ("On pier four", "tr", {"author": "MK"})


def test_an_opendocument_file_with_a_password_or_without_a_text_is_refused(parser: formats.ParserProcess) -> None:
    locked = odt("<text:p>x</text:p>", manifest="<manifest:encryption-data/>")
    assert refusal(parser, locked, "x.odt") == "x.odt is protected by a password"
    assert refusal(parser, odt(""), "x.odt") == "no text was found in x.odt"
    assert refusal(parser, zipped({"a": "b"}), "x.odt") == "x.odt lacks content.xml, which such a document must have"


# -- EPUB ------------------------------------------------------------------------------------


def test_a_book_comes_chapter_by_chapter_with_what_its_package_states(parser: formats.ParserProcess) -> None:
    metadata = (
        "<dc:title>The pier</dc:title><dc:creator>M. Keller</dc:creator><dc:publisher>Quay Press</dc:publisher>"
        '<dc:language>en</dc:language><dc:date opf:event="publication">2021-03</dc:date><dc:rights>CC BY</dc:rights>'
        "<dc:source>https://velmar.example/pier</dc:source>"
    )
    chapters = ["<h1>One</h1><p>Words <em>of</em> it.</p><script>x</script>", "<ul><li>a</li><li>b</li></ul>"]
    found = read(parser, epub(chapters, metadata), "x.epub")
    assert found.text == "One\n\nWords of it.\n\na\nb"
    s = found.statement
    assert (s.title, s.outlet, s.language, s.licence) == ("The pier", "Quay Press", "en", "CC BY")
    assert (s.url, s.date_published) == ("https://velmar.example/pier", DateValue("2021-03"))
    assert s.issuer == "" and s.extra["document"] == {"author": "M. Keller"}
    assert origins(found)["date_published"] == "package: dc:date"


def test_chapters_outside_of_the_book_or_missing_are_not_read_and_told(parser: formats.ParserProcess) -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="../../../etc/passwd"'
        ' media-type="application/xhtml+xml"/><item id="b" href="text/c%200.xhtml" media-type="application/xhtml+xml"/>'
        '</manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    found = read(parser, epub(["<p>Words</p>"], more={"OEBPS/book.opf": package}), "x.epub")
    assert found.text == "Words"
    assert found.remarks == ("1 of 2 chapters are missing in the file",)


def test_a_book_protected_against_copying_is_refused(parser: formats.ParserProcess) -> None:
    encryption = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        "<e:EncryptedData><e:CipherData>"
        '<e:CipherReference URI="OEBPS/text/c%200.xhtml"/></e:CipherData></e:EncryptedData>'
        "</encryption>"
    )
    data = epub(["<p>Words</p>"], more={"META-INF/encryption.xml": encryption})
    assert refusal(parser, data, "x.epub") == "x.epub is protected against copying (DRM)"


# -- RTF -------------------------------------------------------------------------------------


def test_rtf_comes_in_its_code_page_with_whole_characters(parser: formats.ParserProcess) -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg1256\uc1{\info{\title On pier four}{\author MK}{\creatim\yr2022\mo3\dy4\hr10}}"
        rb"Boat \u-10179?\u-8640? and \'c8\'cd\par Next \u8364?\par}"
    )
    found = read(parser, data, "x.rtf")
    assert found.text.rstrip() == "Boat 🙀 and بح\nNext €"
    assert found.statement.title == "On pier four"
    assert found.statement.extra["document"] == {"author": "MK", "created": "2022-03-04"}
    assert found.statement.source and found.statement.source.encoding == "cp1256"


def test_half_a_character_in_rtf_is_replaced_and_counted(parser: formats.ParserProcess) -> None:
    found = read(parser, rb"{\rtf1\ansi Boat \u-10179? alone}", "x.rtf")
    assert "\ufffd" in found.text and found.text.startswith("Boat ")


# -- PDF -------------------------------------------------------------------------------------

LONG = "The harbour union asks the authority for measure number {} before the autumn storms"


def test_a_pdf_comes_with_its_lines_joined_into_paragraphs_and_says_so(parser: formats.ParserProcess) -> None:
    lines = ["Pier four", LONG.format(1), LONG.format(2), "set in.", LONG.format(3), "and closes."]
    data = pdf([lines, ["Page two."]], "/Title(Pier four)/Author(MK)/CreationDate(D:20220304090000)")
    found = read(parser, data, "x.pdf")
    assert found.text == (
        f"Pier four\n\n{LONG.format(1)} {LONG.format(2)} set in.\n\n{LONG.format(3)} and closes.\n\nPage two."
    )
    assert found.remarks == (CAUTION,)
    assert found.statement.title == "Pier four" and ranges(found) == [("title", "Pier four")]
    assert found.statement.extra["document"] == {"author": "MK", "created": "2022-03-04", "pages": 2}


def test_paragraphs_of_a_pdf_go_on_over_hyphens_and_pages_and_end_at_bullets() -> None:
    lines = [
        "The union said on Friday that it is up to the govern\ufffe",
        "ment to reopen the pier, and that it will wait for it",
    ]
    assert paragraphs(["\r\n".join(lines), "until March.\r\nThe end"]) == (
        "The union said on Friday that it is up to the government to reopen the pier, and that it will wait for it"
        " until March.\n\nThe end"
    )
    assert paragraphs(["a long line of words before a list\r\n\uf0b7 first point of it\r\n\uf0b7 second"]) == (
        "a long line of words before a list\n\n• first point of it\n\n• second"
    )


def test_a_pdf_without_text_is_refused_and_one_with_some_says_how_many_pages(parser: formats.ParserProcess) -> None:
    assert refusal(parser, pdf([[], []]), "x.pdf") == (
        "x.pdf holds pictures and no text; it needs text recognition (OCR) before"
    )
    found = read(parser, pdf([["Words of it"], []]), "x.pdf")
    assert found.remarks == (CAUTION, "1 of 2 pages hold no text")
    assert refusal(parser, b"%PDF-1.4 and no more", "x.pdf") == "x.pdf is damaged, or no PDF"


# -- EML -------------------------------------------------------------------------------------

HEAD = b"From: =?utf-8?q?Press_B=C3=BCro?= <press@velmar.example>\r\nTo: a@b.example\r\n"
HEAD += b"Subject: =?utf-8?b?UGllciBmb3Vy?=\r\n"
HEAD += b"Date: Fri, 4 Mar 2022 23:30:00 -0500\r\nMessage-ID: <1@velmar.example>\r\nMIME-Version: 1.0\r\n"


def test_a_mail_comes_with_its_plain_body_and_header(parser: formats.ParserProcess) -> None:
    body = (
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: multipart/alternative; boundary=y\r\n\r\n"
        b"--y\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nThe union caf\xe9 demands.\r\n"
        b"--y\r\nContent-Type: text/html\r\n\r\n<p>other</p>\r\n--y--\r\n"
        b"--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n--x--\r\n"
    )
    found = read(parser, HEAD + body, "x.eml")
    assert found.text.strip() == "The union café demands."
    s = found.statement
    assert (s.title, s.issuer, s.date_issued) == ("Pier four", "Press Büro", DateValue("2022-03-04"))
    assert origins(found) == {"title": "Subject", "issuer": "From", "date_issued": "Date"}
    assert found.remarks == ("1 attachment not taken in: a.pdf",)
    assert s.source and s.source.encoding == "iso-8859-1"


def test_a_mail_of_html_alone_gives_all_its_words(parser: formats.ParserProcess) -> None:
    html = (
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>Dear all,</p><p>Words<br>here.</p></body></html>"
    )
    assert read(parser, HEAD + html, "x.eml").text == "Dear all,\n\nWords\nhere."


def test_flowed_paragraphs_of_a_mail_are_whole(parser: formats.ParserProcess) -> None:
    flowed = b"Content-Type: text/plain; format=flowed\r\n\r\nThe union \r\ndemands \r\nit.\r\n\r\nEnd\r\n-- \r\nMK\r\n"
    assert read(parser, HEAD + flowed, "x.eml").text == "The union demands it.\n\nEnd\n-- \nMK\n"


def test_a_mail_that_is_encrypted_or_nested_without_end_is_refused(parser: formats.ParserProcess) -> None:
    locked = HEAD + b"Content-Type: multipart/encrypted; boundary=x\r\n\r\n--x\r\n\r\n--x--\r\n"
    assert refusal(parser, locked, "x.eml") == "x.eml is an encrypted mail"
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    assert refusal(parser, HEAD + nested, "x.eml").startswith("x.eml ")


def test_a_mail_is_known_by_its_header_when_its_name_says_nothing() -> None:
    assert formats.for_file("x", HEAD + b"\r\nwords").name == "eml"
    assert formats.for_file("x", b"Subject: words\n\nno mail").name == "txt"


# -- all -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (docx(paragraph("x")), "docx"),
        (odt("<text:p>x</text:p>"), "odt"),
        (epub(["<p>x</p>"]), "epub"),
        (pdf([["x"]]), "pdf"),
        (rb"{\rtf1 x}", "rtf"),
    ],
)
def test_documents_are_known_by_their_first_bytes(data: bytes, name: str) -> None:
    assert formats.for_file("statement", data[:8192]).name == name


def test_lines_that_belong_to_the_page_are_proposed_as_boilerplate_in_every_document() -> None:
    text = "Pier four\n\nThe union demands it.\n\nReported by M. Keller\n\nM.K.\n\n"
    text += "You may also like:\n\nStorm over the quay\n"
    (item,) = formats.read(io.BytesIO(text.encode()), "txt", name="x.txt")
    assert isinstance(item, Record) and not isinstance(item, Problem)
    assert ranges(item) == [
        ("title", "Pier four"),
        ("boilerplate", "Reported by M. Keller\n\nM.K.\n\nYou may also like:\n\nStorm over the quay"),
    ]
    assert item.text == text
