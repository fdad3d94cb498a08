"""Gives each reader of files inputs that nobody meant to write: ``python -m tests.fuzz [NAME...]``."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ._one import CURRENT
from ._targets import TARGETS

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of: {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=float, default=60, metavar="N", help="for each reader (60)")
    parser.add_argument("--runs", type=int, default=0, metavar="N", help="so many inputs for each instead")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="what chance begins with (1)")
    parser.add_argument("--plain", action="store_true", help="by chance alone: needs no atheris")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), metavar="FOLDER", help="(fuzz-findings)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args()
    if unknown := set(given.names) - set(TARGETS):
        parser.error(f"there is no reader {min(unknown)}; there are: {', '.join(TARGETS)}")
    if not given.plain and find_spec("atheris") is None:
        print(
            "atheris is not installed: pip install -e '.[fuzz]' (Linux on x86-64); --plain does without it",
            file=sys.stderr,
        )
        return 2
    outcomes = []
    for name in given.names or TARGETS:
        outcomes.append(fuzzed(name, given))
        if not given.json:
            print(row(outcomes[-1]), flush=True)
    if given.json:
        print(json.dumps(outcomes, indent=2))
    return 1 if any(outcome["findings"] for outcome in outcomes) else 0


def fuzzed(name: str, given: argparse.Namespace) -> dict[str, Any]:
    """What became of the inputs of one reader; inputs with findings are kept."""
    with tempfile.TemporaryDirectory(prefix="annotator-fuzz-") as base:
        folder, home = Path(base, "found"), Path(base, "home")
        folder.mkdir()
        home.mkdir()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        environment |= {"HOME": str(home), "TMPDIR": base, "PYTHONHASHSEED": "0"}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        how = "plain" if given.plain else "guided"
        command = [sys.executable, "-m", "tests.fuzz._one", name, str(folder), str(given.seconds), str(given.runs)]
        done = subprocess.run(
            [*command, str(given.seed), how],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
        tally = folder / "tally.json"
        outcome = {"inputs": 0, "read": 0, "refused": 0, "findings": []}
        if tally.exists():
            outcome = json.loads(tally.read_text(encoding="utf-8"))
        outcome = {"name": name, **outcome}
        # What ended the process: an input that took too long or too much memory, or a crash in a library.
        ended = [folder / CURRENT, *(f for sort in ("crash", "timeout", "oom") for f in folder.glob(f"{sort}-*"))]
        for file in filter(Path.exists, ended):
            outcome["findings"].append({"what": done.stderr[-1500:], "where": "the end", "times": 1, "file": file.name})
        if done.returncode and not outcome["findings"]:
            outcome["findings"].append({"what": done.stderr[-1500:], "where": "the start", "times": 1, "file": ""})
        for finding in filter(lambda f: f["file"], outcome["findings"]):
            given.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / finding["file"], given.keep / f"{name}-{finding['file']}")
            finding["file"] = f"{given.keep.name}/{name}-{finding['file']}"
    return outcome


def row(outcome: dict[str, Any]) -> str:
    found = outcome["findings"]
    inputs, read, refused = (f"{outcome[key]:9,} {key}" for key in ("inputs", "read", "refused"))
    line = f"{outcome['name']:10} {inputs}: {read}, {refused}"
    told = (f"    ! {f['times']} × {f['where']}: {f['what']}  ({f['file']})" for f in found)
    return "\n".join([f"{line}, {len(found)} findings", *told])


if __name__ == "__main__":
    sys.exit(main())
