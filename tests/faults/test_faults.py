"""A short run of every fault; ``python -m tests.faults`` makes the long one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")]


def outcomes(*arguments: str) -> list[dict[str, Any]]:
    """What the harness's own command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *arguments, "--json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found, "no fault has such a name"
    for outcome in found:
        assert outcome["wrong"] == [] and outcome["lost"] == 0 and outcome["whole_steps_only"] in (True, None)
    assert done.returncode == 0
    if all(outcome["skipped"] for outcome in found):
        pytest.skip(found[0]["skipped"])
    return [outcome for outcome in found if not outcome["skipped"]]


def said(found: list[dict[str, Any]]) -> str:
    return " ".join(sentence for outcome in found for sentence in outcome["sentences"])


def test_a_kill_at_any_moment_leaves_whole_steps_and_nothing_acknowledged_is_lost():
    found = outcomes("kill", "--rounds", "2")
    assert len(found) == 7 and sum(outcome["injected"] for outcome in found) >= 7
    assert sum(outcome["acknowledged"] for outcome in found) > 10


@pytest.mark.parametrize(
    ("only", "sentence"),
    [
        ("EIO at the N-th call: tag", "The disk reports an error with p.annotator: not saved"),
        ("ENOSPC at the N-th call: undo", "Disk full: not saved. Free space and retry"),
        ("EIO at the N-th call: new", "new.annotator: not saved"),
        ("EIO at the N-th call: backup", "The backup copy.annotator cannot be written"),
        ("kill -9 at the N-th call: tag", "Recovered from an interrupted session."),
        ("the same program goes on", "not saved (SQLITE_IOERR_DELETE)"),
    ],
)
def test_a_call_that_fails_leaves_the_old_or_the_new_and_is_told_in_a_sentence(only: str, sentence: str):
    (outcome,) = outcomes("calls", "--rounds", "5", "--only", only)
    assert sentence in said([outcome]) and outcome["injected"] == outcome["rounds"] > 5


@pytest.mark.parametrize("only", ["tag", "new project"])
def test_a_power_cut_at_any_moment_leaves_whole_steps_and_nothing_acknowledged_is_lost(only: str):
    (outcome,) = outcomes("power", "--rounds", "1", "--only", f"power cut: {only}")
    assert outcome["injected"] == outcome["rounds"] > 20
    assert outcome["acknowledged"] > 10


def test_a_full_disk_is_rolled_back_and_told_and_works_again_with_space():
    found = outcomes("disk", "--rounds", "1")
    assert all(outcome["injected"] == 5 for outcome in found)
    assert "not saved" in said(found)


def test_who_may_not_write_reads_and_who_comes_second_is_told():
    found = outcomes("access", "--rounds", "1")
    for sentence in (
        "is read-only; here it can be read",
        "is already open",
        "Another program uses",
        "cannot be recovered",
    ):
        assert sentence in said(found)


def test_a_file_that_others_harmed_is_refused_as_it_is_or_checked():
    found = outcomes("damage", "--rounds", "2")
    for sentence in (
        "File moved: ",
        "is cut off",
        "is damaged",
        "is not a regular file",
        "made by a newer Annotator",
        "not changed. Update",
    ):
        assert sentence in said(found)


def test_a_clock_that_jumps_changes_no_order():
    (outcome,) = outcomes("clock", "--rounds", "1")
    assert outcome["rounds"] == 7
