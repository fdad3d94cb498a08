"""The child process: no document can hang, fill up or crash the program, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotator import formats
from annotator.core.errors import AnnotatorError

PARSER = "annotator.formats.html:parse"
PAGE = b"<html><body><p>The harbour union asks the authority to reopen the pier before the storms.</p></body></html>"


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_is_read() -> None:
    with formats.ParserProcess(deadline=0.01) as parser:
        with pytest.raises(AnnotatorError, match=r"^slow.html took longer than 0.01 s to read and was given up$"):
            parser.parse(PARSER, PAGE, "slow.html")
        parser.deadline = 20
        assert parser.parse(PARSER, PAGE, "next.html")["text"].startswith("The harbour union")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited on Linux only")
def test_a_document_that_needs_too_much_memory_is_given_up_and_the_next_one_is_read() -> None:
    with formats.ParserProcess(memory_limit=400_000_000) as parser:
        with pytest.raises(AnnotatorError, match=r"^big.html "):
            parser.parse(PARSER, b"<html><body>" + b"<p>x" * 5_000_000, "big.html")
        assert parser.parse(PARSER, PAGE, "next.html")["text"].startswith("The harbour union")


def test_a_document_above_the_cap_is_not_even_sent() -> None:
    with (
        formats.ParserProcess(input_limit=10) as parser,
        pytest.raises(AnnotatorError, match=r"big.html is larger than 1e-05 MB"),
    ):
        parser.parse(PARSER, PAGE, "big.html")


def test_one_child_reads_all_documents_and_can_be_started_again() -> None:
    parser = formats.ParserProcess()
    with parser:
        first = parser.parse(PARSER, PAGE, "a.html")
        assert parser.parse(PARSER, PAGE, "a.html") == first
    with parser:
        assert parser.parse(PARSER, PAGE, "a.html") == first


@pytest.mark.parametrize(
    "name", ["os:system", "annotator.formats.html", "annotator.formats.html:parse.x", "annotator.jobs:x"]
)
def test_only_functions_of_formats_are_called(name: str) -> None:
    with formats.ParserProcess() as parser, pytest.raises(ValueError, match="is no parser"):
        parser.parse(name, PAGE, "a.html")


def test_the_child_ends_when_its_standard_input_does() -> None:
    code = "from annotator.formats._child import serve; serve(1_500_000_000)"
    child = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, timeout=30, check=False)
    assert (child.returncode, child.stdout) == (0, b"")


def test_the_child_opens_no_internet_socket_and_starts_no_program() -> None:
    code = (
        "import sys, io, socket, subprocess\n"
        "from annotator.formats._child import serve\n"
        "serve(1_500_000_000)\n"
        "for forbidden in (lambda: socket.socket(), lambda: subprocess.run(['true'])):\n"
        "    try: forbidden()\n"
        "    except PermissionError as error: print(error, file=sys.stderr)\n"
    )
    # Without the tests' own watch on sockets, which would be first to refuse.
    environment = {**os.environ, "PYTHONPATH": str(Path(formats.__file__).parents[2])}
    child = subprocess.run(
        [sys.executable, "-c", code], input=b"", capture_output=True, env=environment, timeout=30, check=True
    )
    assert child.stderr.count(b"may not use") == 2


def test_the_child_empties_no_file_that_it_could_write(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("still here")
    code = (
        "import sys, os\n"
        "from annotator.formats._child import serve\n"
        "serve(1_500_000_000)\n"
        "path = sys.argv[1]\n"
        "for forbidden in (lambda: open(path, 'w'), lambda: os.truncate(path, 0), lambda: os.symlink(path, 'x')):\n"
        "    try: forbidden()\n"
        "    except PermissionError as error: print(error, file=sys.stderr)\n"
        "print(open(path).read(), file=sys.stderr)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(formats.__file__).parents[2])}
    child = subprocess.run(
        [sys.executable, "-c", code, kept], input=b"", capture_output=True, env=environment, timeout=30, check=True
    )
    assert child.stderr.count(b"may not") == 3 and b"still here" in child.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]
