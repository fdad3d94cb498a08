"""One target in a process of its own, which may hang, fill up or crash: what it found stands in its folder."""

from __future__ import annotations

import faulthandler
import json
import logging
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

#: Seconds that one input may take, and bytes of memory that the process may have.
DEADLINE = 20
MEMORY = 3_000_000_000
#: The name of the file that holds the input of this moment.
CURRENT = "current"


class Tally:
    """What became of the inputs so far, kept in a file, because a run may end at any of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts = {"inputs": 0, "read": 0, "refused": 0}
        self._findings: dict[str, dict[str, Any]] = {}
        self._written = 0.0

    def take(self, run: Any, data: bytes) -> None:
        """Run the target on these bytes; what is neither read nor refused in a sentence is a finding."""
        from annotator.core.errors import AnnotatorError

        from . import _contract

        self._counts["inputs"] += 1
        try:
            run(data)
            self._counts["read"] += 1
        except AnnotatorError as error:
            self._counts["refused"] += 1
            try:
                _contract.check_refusal(error)
            except _contract.Broken as broken:
                self._find(data, f"{broken}", f"{_contract.where(error)} said")
        except Exception as error:
            # A fault of the checks' own is one finding as well: it must not end the run unseen.
            place = str(error)[:60] if isinstance(error, _contract.Broken) else _contract.where(error)
            self._find(data, f"{type(error).__name__}: {str(error)[:300]!a}", place)
        if time.monotonic() - self._written > 0.5:
            self.write()

    def _find(self, data: bytes, what: str, place: str) -> None:
        key = f"{what.split(':', 1)[0]} {place}"
        known = self._findings.get(key)
        if known is None:
            name = f"finding-{len(self._findings)}"
            self._findings[key] = {"what": what, "where": place, "times": 1, "file": name, "bytes": len(data)}
            (self._folder / name).write_bytes(data)
            self.write()
            return
        known["times"] += 1
        if len(data) < known["bytes"]:  # the shortest is the easiest to read
            known["bytes"] = len(data)
            (self._folder / known["file"]).write_bytes(data)

    def write(self) -> None:
        self._written = time.monotonic()
        whole = json.dumps({**self._counts, "findings": list(self._findings.values())})
        (self._folder / "tally.json").write_text(whole, encoding="utf-8")


def main(name: str, folder: Path, seconds: float, runs: int, seed: int, plain: bool) -> None:
    logging.disable()  # the libraries' own remarks about a page
    socket.has_ipv6 = False  # urllib3, which trafilatura imports, would open one to see whether it can
    from ._targets import TARGETS

    target = TARGETS[name]
    tally = Tally(folder)
    seeds = target.seeds()
    if plain:
        from . import _mutate

        _limit()
        ends = time.monotonic() + seconds
        for n, data in enumerate(_mutate.inputs(seeds, target.words, target.longest, seed)):
            if n >= runs > 0 or (not runs and time.monotonic() > ends):
                break
            (folder / CURRENT).write_bytes(data)
            faulthandler.dump_traceback_later(DEADLINE, exit=True)
            tally.take(target.run, data)
        faulthandler.cancel_dump_traceback_later()
        (folder / CURRENT).unlink(missing_ok=True)
        tally.write()
        return
    _guided(target, tally, seeds, folder, seconds, runs, seed)


def _guided(target: Any, tally: Tally, seeds: list[bytes], folder: Path, seconds: float, runs: int, seed: int) -> None:
    import atexit

    import atheris

    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for n, data in enumerate(seeds):
        (corpus / f"seed-{n}").write_bytes(data)
    words = folder / "words"
    escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in target.words if len(word) < 60)
    words.write_text("".join(f'"{word}"\n' for word in escaped), encoding="ascii")
    atexit.register(tally.write)
    given = [f"-max_len={target.longest}", f"-seed={seed}", f"-timeout={DEADLINE}", f"-rss_limit_mb={MEMORY // 10**6}"]
    given += [f"-artifact_prefix={folder}/", f"-dict={words}", "-verbosity=0", "-print_final_stats=0"]
    given += [f"-runs={runs}"] if runs else [f"-max_total_time={max(1, round(seconds))}"]
    from random import Random

    from ._mutate import reshaped

    def mutate(data: bytes, longest: int, number: int) -> bytes:
        """Half of the inputs keep the shape of JSON, which hardly any change of a byte does."""
        if data[:1] == b"{" and number % 2 and len(made := reshaped(data, Random(number))) <= longest:
            return made
        return bytes(atheris.Mutate(data, longest))

    atheris.Setup([sys.argv[0], *given, str(corpus)], lambda data: tally.take(target.run, data), custom_mutator=mutate)
    atheris.Fuzz()


def _limit() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    _name, _folder, _seconds, _runs, _seed, _how = sys.argv[1:]
    if _how == "plain":
        main(_name, Path(_folder), float(_seconds), int(_runs), int(_seed), True)
    else:
        import atheris

        with atheris.instrument_imports(include=["annotator"]):
            import annotator.formats.html
            import annotator.formats.markdown
            import annotator.formats.native_json
            import annotator.formats.native_jsonl
            import annotator.formats.txt
            import annotator.store.salvage  # noqa: F401
        main(_name, Path(_folder), float(_seconds), int(_runs), int(_seed), False)
