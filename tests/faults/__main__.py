"""Brings each fault about and prints what became of the project: ``python -m tests.faults [NAME...]``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from ._lab import Options, Outcome, Skip, skipped

NAMES = tuple(sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py") if not file.stem.startswith("test")))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of: {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=60, metavar="N", help="of each fault that comes at random (60)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="what chance begins with (1)")
    parser.add_argument("--only", default="", metavar="WORDS", help="only faults whose name holds these words")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no fault {min(unknown)}; there are: {', '.join(NAMES)}")
    options = Options(given.rounds, given.seed, given.only)
    outcomes = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="annotator-home-") as home:
        os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = home  # also what a kill leaves goes with it
        Path(home).chmod(0o755)
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            os.environ.pop(variable, None)
        from annotator.store import identity

        identity.name_coder("LM")
        if not given.json:
            print(HEAD, flush=True)
        for name in given.names or NAMES:
            try:
                for outcome in import_module(f"tests.faults.{name}").run(options):
                    outcomes.append(outcome)
                    if not given.json:
                        print(row(outcome), flush=True)
            except Skip as reason:
                outcomes.append(skipped(name, reason))
                if not given.json:
                    print(row(outcomes[-1]), flush=True)
    if given.json:
        print(json.dumps([document(o) for o in outcomes], ensure_ascii=False, indent=2))
    else:
        print(total(outcomes, time.monotonic() - began))
    return 0 if all(o.good for o in outcomes) else 1


WIDTH = 46
HEAD = f"{'fault':{WIDTH}} {'rounds':>6} {'injected':>8} {'whole steps only':>16} {'acknowledged':>12} {'lost':>4}"


def row(o: Outcome) -> str:
    """One fault as a line, and the sentences that were read below it."""
    if o.skipped:
        return f"{o.fault:{WIDTH}} skipped: {o.skipped}"
    whole = "yes" if o.good else "NO"
    line = f"{o.fault:{WIDTH}} {o.rounds:6} {o.injected:8} {whole:>16} {o.acknowledged:12} {o.lost:4}"
    return "\n".join(
        [
            line,
            *(f"    {n} × {text}" for text, n in o.sentences.most_common(12)),
            *(f"    ! {what}" for what in o.wrong),
        ]
    )


def total(outcomes: list[Outcome], seconds: float) -> str:
    done = [o for o in outcomes if not o.skipped]
    bad = sum(not o.good for o in done)
    return (
        f"\n{sum(o.rounds for o in done)} rounds, {sum(o.injected for o in done)} faults,"
        f" {sum(o.acknowledged for o in done)} acknowledged steps, losses: {sum(o.lost for o in done)};"
        f" {len(done)} kinds of fault, {bad} of them with findings; {len(outcomes) - len(done)} skipped;"
        f" {seconds:.0f} s"
    )


def document(o: Outcome) -> dict[str, object]:
    return {
        "fault": o.fault,
        "rounds": o.rounds,
        "injected": o.injected,
        "whole_steps_only": o.good if not o.skipped else None,
        "acknowledged": o.acknowledged,
        "lost": o.lost,
        "sentences": dict(o.sentences),
        "wrong": o.wrong,
        "skipped": o.skipped,
    }


if __name__ == "__main__":
    sys.exit(main())
