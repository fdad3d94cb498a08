"""A short run of every reader by chance alone; ``python -m tests.fuzz`` makes the long, coverage-guided one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ._mutate import inputs
from ._targets import TARGETS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
RUNS = {
    "qualcoder": 400,
    "taguette": 400,
    "dna": 400,
    "refi": 600,
    "webanno": 600,
    "html": 300,
    "salvage": 250,
    "pages": 2500,
}


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_is_read_or_refused_in_one_line(name: str, tmp_path: Path):
    runs = RUNS.get(name, 1200)
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", name, "--plain", "--runs", str(runs), "--json", "--keep", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    (outcome,) = json.loads(done.stdout)
    assert outcome["findings"] == []
    assert outcome["inputs"] == runs and outcome["read"] > 0
    # Nothing is refused where every page that makes no sense is passed over.
    assert outcome["refused"] > 0 or name == "pages"


def test_the_same_seed_makes_the_same_inputs():
    def made(seed: int) -> list[bytes]:
        return [
            data for _, data in zip(range(200), inputs([b'{"a": [1]}', b"words"], (b"x",), 1000, seed), strict=False)
        ]

    assert made(1) == made(1) != made(2)


def test_a_fault_of_a_reader_is_a_finding(tmp_path: Path):
    from ._one import Tally

    def run(data: bytes) -> None:
        data.decode("ascii")

    tally = Tally(tmp_path)
    for data in (b"a", b"\xff\xff", b"\xff"):
        tally.take(run, data)
    tally.write()
    told = json.loads((tmp_path / "tally.json").read_text())
    (finding,) = told["findings"]
    assert (told["inputs"], told["read"], finding["times"]) == (3, 1, 2) and finding["what"].startswith("UnicodeDecode")
    assert (tmp_path / finding["file"]).read_bytes() == b"\xff"
