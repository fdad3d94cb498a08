"""XML from documents: entities, document types, outside references and endless nesting are refused in one sentence."""

from __future__ import annotations

import pytest

from annotator.core.errors import AnnotatorError
from annotator.formats import _xml

DECLARES = "holds XML that declares entities or a document type, as honest documents do not, and was not read"


def laughs(levels: int = 9) -> bytes:
    """The billion laughs: each entity is ten of the one before."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels + 1))
    return f"<!DOCTYPE r [{entities}]><r>&a{levels};</r>".encode()


HOSTILE = {
    "an external entity": (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', DECLARES),
    "billion laughs": (laughs(), DECLARES),
    "quadratic blow-up": (
        f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]><r>{"&a;" * 50_000}</r>'.encode(),
        DECLARES,
    ),
    "a parameter entity": (b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://velmar.example/x.dtd"> %x;]><r/>', DECLARES),
    "an entity in UTF-16": ('<!DOCTYPE r [<!ENTITY x "y">]><r>&x;</r>'.encode("utf-16"), DECLARES),
    "deep nesting": (b"<a>" * 100_000, "is nested more than 256 levels deep and was not read"),
    "an end that is missing": (b"<r><p>words", "is damaged: its XML cannot be read (line 1)"),
    "no XML": (b"words", "is damaged: its XML cannot be read (line 1)"),
    "nothing": (b"", "is damaged: its XML cannot be read (line 1)"),
    "an encoding that there is not": (
        b'<?xml version="1.0" encoding="none-such"?><r/>',
        "is damaged: its XML cannot be read",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("read", [_xml.parse, _xml.check])
def test_hostile_xml_is_refused_in_one_sentence(case: str, read: object) -> None:
    data, reason = HOSTILE[case]
    assert callable(read)
    with pytest.raises(AnnotatorError) as refused:
        read(data, "x.odt")
    assert str(refused.value) == f"x.odt {reason}"


def test_a_document_type_alone_may_be_allowed_and_entities_may_not() -> None:
    declared = b'<!DOCTYPE package PUBLIC "-//OEB//DTD 1.2//EN" "http://velmar.example/oeb.dtd"><package/>'
    assert _xml.parse(declared, "x.epub", doctype=True).tag == "package"
    for data in (laughs(), HOSTILE["an external entity"][0], HOSTILE["a parameter entity"][0]):
        with pytest.raises(AnnotatorError, match="declares entities"):
            _xml.parse(data, "x.epub", doctype=True)


def test_more_elements_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_xml, "ELEMENT_LIMIT", 1000)
    _xml.check(b"<r>" + b"<p/>" * 999 + b"</r>", "x.odt")
    with pytest.raises(AnnotatorError, match="holds more than 1,000 elements"):
        _xml.check(b"<r>" + b"<p/>" * 1000 + b"</r>", "x.odt")


def test_sound_xml_is_a_tree_with_its_names_and_words() -> None:
    root = _xml.parse('<r xmlns:x="urn:x"><x:p>ميناء 🙏</x:p> tail</r>'.encode(), "x.odt")
    assert [e.tag for e in root.iter()] == ["r", "{urn:x}p"]
    assert "".join(root.itertext()) == "ميناء 🙏 tail"
