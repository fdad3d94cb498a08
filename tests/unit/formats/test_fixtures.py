"""Documents by other programs and hostile ones: each is read or refused in one sentence, within its limits."""

from __future__ import annotations

import gzip
import io
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator import Project, formats, jobs
from annotator.core.errors import AnnotatorError, sentence
from annotator.core.exchange import Problem, Record
from annotator.core.text import canonical

FOLDER = Path(os.environ.get("ANNOTATOR_FIXTURES") or "none")
DOCUMENTS = [f for name in ("hostile", "odf", "encodings") for f in sorted(FOLDER.joinpath(name).glob("*"))]

pytestmark = pytest.mark.skipif(
    not DOCUMENTS, reason="needs files made by other programs: set ANNOTATOR_FIXTURES to their folder"
)

REFUSED = {
    "bomb.pdf": "gave|ended|needs too much memory|needed too much time|took longer",
    "enc_user.pdf": "is a password-protected PDF",
    "trunc.pdf": "is damaged, or no PDF",
    "laughs.docx": "declares entities",
    "xxe.docx": "declares entities",
    "zipbomb.docx": "would unpack to more than 200 MB",
    "nasty.odt": "declares entities",
    "deep.html": "nested too deeply|too intricate|took longer|too much memory|no text",
}


@pytest.fixture(scope="module")
def parser() -> Iterator[formats.ParserProcess]:
    with formats.ParserProcess() as parser:
        yield parser


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f.name)
def test_a_document_is_read_or_refused_in_one_sentence(file: Path, parser: formats.ParserProcess) -> None:
    packed = file.name.endswith(".html.gz")
    name = file.name.removesuffix(".gz") if packed else file.name
    source = io.BytesIO(gzip.decompress(file.read_bytes())) if packed else file
    began = time.monotonic()
    try:
        items = list(formats.read(source, "html" if packed else None, name=name, parser=parser))
    except AnnotatorError as error:
        assert name in REFUSED and re.search(REFUSED[name], str(error)), str(error)
        assert "\n" not in sentence(error)
    else:
        for item in items:
            assert isinstance(item, (Record, Problem))
            if isinstance(item, Record):
                assert item.text.strip() and canonical(item.text)[0] == item.text
        assert name not in REFUSED
    assert time.monotonic() - began < parser.deadline + 10


def test_the_marked_paragraphs_of_the_word_document_all_come(parser: formats.ParserProcess) -> None:
    (item,) = formats.read(FOLDER / "hostile" / "s.docx", parser=parser)
    assert isinstance(item, Record)
    assert [n for n in range(1, 14) if f"P{n:02}" not in item.text] == []
    assert "INSERTED" in item.text and "DELETED" not in item.text


def test_bad_documents_keep_no_good_one_out_and_the_import_ends(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        report = jobs.run(jobs.import_files(project, [FOLDER / "hostile", FOLDER / "odf"]))
        assert report.imported + len(report.same_text) + len(report.known) + len(report.problems) == report.files
        assert len(report.problems) == 8 and report.imported >= 20
        assert all(len(str(problem)) < 400 and "\n" not in str(problem) for problem in report.problems)
