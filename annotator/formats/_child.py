"""A child process that parses documents under limits, so that no document can hang or fill up the program.

Both sides speak frames of ``>Q`` length and bytes: a JSON question, the document, a JSON answer. JSON, so that
nothing which a document made of the child is ever unpickled.
"""

from __future__ import annotations

import json
import os
import re
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import field
from importlib import import_module
from pathlib import Path
from threading import Event, Timer
from typing import IO, TYPE_CHECKING, Any

from annotator.core.errors import AnnotatorError
from annotator.core.values import dataclass

if TYPE_CHECKING:
    from subprocess import Popen

#: Seconds that a document may take, and bytes that it may have.
DEADLINE = 20.0
INPUT_LIMIT = 50_000_000
#: Bytes of address space of the child (on Linux), and of an answer.
MEMORY_LIMIT = 1_500_000_000
ANSWER_LIMIT = 256_000_000

#: What the child runs; its arguments are the folder of this package and the memory limit.
_START = """
import sys
if sys.argv[1] not in sys.path:
    sys.path.insert(0, sys.argv[1])
from annotator.formats._child import serve
serve(int(sys.argv[2]))
"""
_PARSER = re.compile(r"annotator\.formats\._?[a-z][a-z0-9_]*:[a-z][a-z0-9_]*")
_LENGTH = struct.Struct(">Q")


@dataclass(slots=True)
class ParserProcess:
    """One child process for all documents of an import; started when first needed, and again after it died.

    A context manager: the child ends with it, and by itself when this process ends.
    """

    deadline: float = DEADLINE
    input_limit: int = INPUT_LIMIT
    memory_limit: int = MEMORY_LIMIT
    _child: Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> ParserProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def parse(self, parser: str, data: bytes, name: str, **options: Any) -> Any:
        """What ``parser`` (``"annotator.formats.html:parse"``) returns for the document, as plain data.

        It is called as ``parse(data, name, **options)``. Raises ``AnnotatorError`` with one sentence when the document
        is too large, takes too long or too much memory, crashes the child, or is refused by the parser.
        """
        _check_parser(parser)
        if len(data) > self.input_limit:
            raise AnnotatorError(f"{name} is larger than {self.input_limit / 1e6:g} MB, the most that is parsed")
        question = {"parser": parser, "name": name, "options": options, "seconds": self.deadline}
        answer = self._ask(json.dumps(question).encode(), data, name)
        if "error" in answer:
            raise AnnotatorError(str(answer["error"]))
        return answer.get("result")

    def stream(self, parser: str, data: bytes, name: str, *, limit: int = 0, **options: Any) -> Iterator[Any]:
        """What the generator ``parser`` yields for the document, one after another, each within the time limit.

        Raises as ``parse`` does. The child reads nothing else meanwhile; when the iteration is given up, it ends.
        ``limit`` is another one to the bytes of the document, for projects that hold many.
        """
        _check_parser(parser)
        limit = limit or self.input_limit
        if len(data) > limit:
            raise AnnotatorError(f"{name} is larger than {limit / 1e6:g} MB, the most that is parsed")
        question = {"parser": parser, "name": name, "options": options, "seconds": self.deadline, "parts": True}
        answer = self._ask(json.dumps(question).encode(), data, name)
        whole = False
        try:
            while "part" in answer:
                yield answer["part"]
                answer = self._ask(None, b"", name)
            whole = "end" in answer
        finally:
            if not whole:  # the parts that are still to come belong to no later question
                self.close()
        if "error" in answer:
            raise AnnotatorError(str(answer["error"]))

    def close(self) -> None:
        """End the child; a later ``parse`` starts another."""
        child, self._child = self._child, None
        if child is None:
            return
        # Nothing is asked any more, so there is nothing worth waiting for.
        child.kill()
        for stream in (child.stdin, child.stdout):
            if stream:
                with suppress(OSError):  # what was left in the buffer has no reader
                    stream.close()
        child.wait()

    def _ask(self, question: bytes | None, data: bytes, name: str) -> dict[str, Any]:
        """The answer to this question, or without one the next part of the last answer."""
        child = self._started()
        timed_out = Event()

        def give_up() -> None:
            timed_out.set()
            child.kill()

        late = Timer(self.deadline, give_up)
        late.daemon = True
        late.start()
        try:
            assert child.stdin and child.stdout
            if question is not None:
                _send(child.stdin, question)
                _send(child.stdin, data)
            answer = json.loads(_receive(child.stdout, ANSWER_LIMIT))
            if isinstance(answer, dict):
                return answer
            reason = "gave no answer that could be understood"
        except (OSError, EOFError, ValueError):
            reason = f"took longer than {self.deadline:g} s to read" if timed_out.is_set() else _cause(child)
        except BaseException:  # interrupted: the answer that may still come belongs to no later question
            self.close()
            raise
        finally:
            late.cancel()
            late.join()
        self.close()
        raise AnnotatorError(f"{name} {reason} and was given up")

    def _started(self) -> Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        import subprocess

        self._child = subprocess.Popen(
            # -P: the working folder is not looked in for modules.
            [sys.executable, "-P", "-c", _START, str(Path(__file__).resolve().parents[2]), str(self.memory_limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(sys.executable).anchor or None,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return self._child


def _environment() -> dict[str, str]:
    """What the child needs to find Python's libraries, and nothing else."""
    kept = ("SYSTEMROOT", "TEMP", "TMP", "PYTHONPATH", "LD_LIBRARY_PATH", "HOME", "USERPROFILE", "APPDATA")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return {**found, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _cause(child: Popen[bytes]) -> str:
    import signal
    import subprocess

    try:
        code = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return "gave no answer that could be understood"
    if sys.platform != "win32" and code == -signal.SIGXCPU:
        return "needed too much time"
    return f"ended the program that parses documents (code {code})"


def _check_parser(parser: str) -> None:
    if not _PARSER.fullmatch(parser):
        raise ValueError(f"{parser!r} is no parser of annotator.formats")


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes], limit: int) -> bytes:
    """The next frame; raises ``EOFError`` at the end of the stream."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > limit:
        raise ValueError(f"a frame of {length} bytes")
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


# -- in the child -----------------------------------------------------------------------


def serve(memory_limit: int) -> None:
    """Answer questions on standard input until it ends: what the child process runs."""
    import socket

    questions = sys.stdin.buffer
    # Whatever a library prints must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _limit(memory_limit)
    # urllib3, which trafilatura imports, would open one to see whether it can.
    socket.has_ipv6 = False
    sys.addaudithook(_refuse)
    while True:
        try:
            question = json.loads(_receive(questions, 1 << 20))
            data = _receive(questions, 1 << 40)
        except EOFError:
            return
        parts = _parts(question, data)
        while (answer := _answer(lambda: next(parts), question)) is not None:  # noqa: B023
            _send(answers, answer)


def _parts(question: dict[str, Any], data: bytes) -> Iterator[dict[str, Any]]:
    """What the parser returns as one answer, or what it yields as parts with an end."""
    _check_parser(question["parser"])
    module, _, function = question["parser"].partition(":")
    result = getattr(import_module(module), function)(data, question["name"], **question["options"])
    if not question.get("parts"):
        yield {"result": result}
        return
    for part in result:
        yield {"part": part}
    yield {"end": True}


def _answer(next_part: Callable[[], dict[str, Any]], question: dict[str, Any]) -> bytes | None:
    """The next answer as a frame, None after the last; after an error there is no other."""
    name = question["name"]
    try:
        _allow_seconds(question["seconds"])
        encoded = json.dumps(next_part()).encode()
    except StopIteration:
        return None
    except AnnotatorError as error:
        encoded = json.dumps({"error": str(error)}).encode()
    except MemoryError:
        encoded = json.dumps({"error": f"{name} needs too much memory to read and was given up"}).encode()
    except Exception as error:  # a library failed on a hostile document: that is expected here
        trouble = f"{name} could not be read: it is damaged or too intricate ({type(error).__name__})"
        encoded = json.dumps({"error": trouble}).encode()
    if len(encoded) > ANSWER_LIMIT:
        encoded = json.dumps({"error": f"{name} holds more text than can be read"}).encode()
    return encoded


def _limit(memory: int) -> None:
    """On Linux: a limit to memory, no core dumps, and no file may grow."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _allow_seconds(seconds: float) -> None:
    """A little more processor time than the deadline: it counts when the parent is gone and cannot kill."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(usage.ru_utime + usage.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


_FORBIDDEN = (
    "socket.__new__",
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.chown",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _refuse(event: str, given: Any) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"a document parser may not use {event}")
    # No file may grow here, but one that is opened for writing would be emptied.
    if event == "open" and given[2] & _WRITING and given[0] != os.devnull:
        raise PermissionError("a document parser may not write a file")
