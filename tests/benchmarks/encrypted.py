"""Opening and tagging an encrypted project, beside the same project that is not encrypted: that is the bare limit."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.benchmarks._measure import Figure, median, timed

_STATEMENTS, _LENGTH = 2_000, 4_000


def run(runs: int = 20) -> list[Figure]:
    from annotator.store import cipher

    cipher.require()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        return _run(Path(folder), runs)


def _run(folder: Path, runs: int) -> list[Figure]:
    from annotator import Project, Span
    from annotator.core.exchange import Record
    from annotator.core.model import Statement, StatementId
    from annotator.store import cipher

    opening, tagging = {}, {}
    for passphrase in (None, "four quiet grey words"):
        path = folder / f"{'encrypted' if passphrase else 'plain'}.annotator"
        with Project.create(path, coder="LM", passphrase=passphrase) as made, made.intake() as taking:
            words = "The port must reopen at once. " * (_LENGTH // 30)
            taking.add(
                Record(Statement(StatementId(""), title=f"Statement {n}"), f"{n} {words}") for n in range(_STATEMENTS)
            )
            made.publish(taking, "Import")
        times = []
        for _ in range(runs):
            times.append(timed(lambda: Project.open(path, coder="LM", passphrase=passphrase).close()))  # noqa: B023
        opening[passphrase] = median(times)
        with Project.open(path, coder="LM", passphrase=passphrase) as project:
            first = next(iter(project.statements())).id
            tagging[passphrase] = median(
                timed(lambda: project.annotate(first, "demand", Span(6 * n, 6 * n + 5)))  # noqa: B023
                for n in range(runs * 3)
            )
    (plain, encrypted), (tag, tag_encrypted) = opening.values(), tagging.values()
    key = median(timed(lambda: cipher.derive("four quiet grey words", bytes(16))) for _ in range(3))
    size = f"{_STATEMENTS:,} statements"
    return [
        Figure(f"opening an encrypted project, {size}", encrypted, plain + key, "≤ 3 × bare",
               encrypted <= 3 * (plain + key), note=f"bare: not encrypted, and {key:.0f} ms to derive the key"),
        Figure("a passage tagged in it", tag_encrypted, tag, "≤ 20 ms", tag_encrypted <= 20),
    ]  # fmt: skip
