"""Ids, and what a change tells."""

from __future__ import annotations

import re
import threading
import time

import pytest

from annotator.core.errors import AnnotatorError, sentence
from annotator.core.model import Changes, StepId, new_id, now, short, sort_after


def test_ids_are_uuids_of_version_7_that_sort_as_they_were_made():
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ids[0])


def test_ids_of_several_threads_are_all_different():
    made: list[list[str]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda m=m: m.extend(new_id() for _ in range(3000))) for m in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({i for m in made for i in m}) == 12_000 and all(m == sorted(m) for m in made)


def test_ids_go_on_when_the_clock_jumps_back(monkeypatch: pytest.MonkeyPatch):
    before = new_id()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert new_id() > before


def test_the_short_form_of_an_id_is_its_end():
    assert short("0190-abcdef123456") == "123456"


def test_times_are_utc_with_milliseconds():
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now())


def test_changes_are_true_when_something_changed_and_tell_whom_they_concern():
    nothing = Changes("Edit note")
    some = Changes("Edit note", frozenset({("annotation", "a")}), StepId("s"), frozenset({"one"}))
    assert not nothing and some
    assert some.concerns("one") and not some.concerns("two") and some.ids("annotation") == {"a"}
    assert Changes("Import", step=StepId("s"), many=True).concerns("two")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the tag is unknown", "The tag is unknown."),
        ("notes.txt is empty", "notes.txt is empty."),
        ("Done!", "Done!"),
        ("“x” is no tag", "“x” is no tag."),
    ],
)
def test_trouble_is_told_in_a_sentence(text: str, said: str):
    assert sentence(AnnotatorError(text)) == said


def test_ids_sort_after_one_from_the_future_of_this_clock(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("annotator.core.model._last_id", (0, 0))
    later = "ffff0000-0000-7000-8000-000000000000"
    assert new_id() < later
    sort_after(later)
    made = [new_id() for _ in range(50)]
    assert made == sorted(made) and made[0] > later and len(set(made)) == 50
    for no_id in ("", "no id", "ffffffff-ffff-7fff-bfff-ffffffffffff"):
        sort_after(no_id)
    assert new_id() > made[-1]
