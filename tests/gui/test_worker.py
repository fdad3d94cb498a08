"""What reads and works beside the window brings its results to the window's thread, newest question first."""

from __future__ import annotations

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from annotator.core.errors import AnnotatorError, Cancelled
from annotator.gui.worker import JobThread, ReadingThread


@pytest.fixture
def reading(qtbot, project):
    for n in range(3):
        project.add_statement(f"Text number {n}.", title=f"Statement {n}")
    thread = ReadingThread(project)
    yield thread
    thread.close()


def test_pages_arrive_on_the_windows_thread_and_then_the_end(reading, qtbot):
    pages, done = [], []
    reading.ask(
        "list",
        lambda reads: reads.numbers(page=2),
        lambda page: pages.append((threading.current_thread() is threading.main_thread(), len(page))),
        lambda: done.append(True),
    )
    qtbot.waitUntil(lambda: bool(done))
    assert pages == [(True, 2), (True, 1)]


def test_of_an_older_question_of_the_same_kind_nothing_arrives(reading, qtbot):
    gate, old, new = threading.Event(), [], []

    def slow(reads):
        gate.wait(5)
        yield "old"

    reading.ask("search", slow, old.append)
    reading.ask("search", lambda reads: ["new"], new.append)
    gate.set()
    qtbot.waitUntil(lambda: bool(new))
    assert old == []


def test_a_bad_query_is_told_as_an_error(reading, qtbot):
    errors = []
    reading.ask("list", lambda reads: reads.numbers("colour:red"), lambda page: None, on_error=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert "colour" in str(errors[0])


def test_a_job_tells_its_progress_and_its_result(qtbot):
    jobs, seen = JobThread(), []
    jobs.progressed.connect(seen.append)

    def work():
        yield 1
        yield 2
        return "done"

    with qtbot.waitSignal(jobs.finished) as end:
        jobs.start(work())
    assert (seen, end.args, jobs.busy) == ([1, 2], ["done"], False)


def test_a_cancelled_job_ends_and_cleans_up(qtbot):
    jobs, cleaned = JobThread(), []

    def work():
        try:
            while True:
                yield 1
        finally:
            cleaned.append(True)

    with qtbot.waitSignal(jobs.failed) as end:
        jobs.start(work())
        jobs.cancel()
    assert isinstance(end.args[0], Cancelled) and cleaned == [True]


def test_a_second_job_has_to_wait(qtbot):
    jobs, gate = JobThread(), threading.Event()

    def work():
        gate.wait(5)
        yield 1

    jobs.start(work())
    with pytest.raises(AnnotatorError, match="still going on"):
        jobs.start(work())
    with qtbot.waitSignal(jobs.finished):
        gate.set()


def test_a_failing_job_tells_why(qtbot):
    jobs = JobThread()

    def work():
        yield 1
        raise AnnotatorError("The disk is gone.")

    with qtbot.waitSignal(jobs.failed) as end:
        jobs.start(work())
    assert str(end.args[0]) == "The disk is gone."


def test_a_closed_thread_is_gone(project, qtbot):
    window = QObject()
    ReadingThread(project, window).close()
    qtbot.waitUntil(lambda: not window.findChildren(ReadingThread))


def test_garbage_is_collected_on_the_windows_thread_and_on_no_other(reading, project, qtbot):
    project.add_statement("Text")
    threads: set[str] = set()

    def note(phase: str, info: dict[str, int]) -> None:
        threads.add(threading.current_thread().name)

    class Ring:
        def __init__(self) -> None:
            self.me = self

    def litter(reads):
        kept = [Ring() for _ in range(20_000)]
        yield len(kept)

    gc.callbacks.append(note)
    try:
        with qtbot.waitCallback() as done:
            reading.ask("litter", litter, lambda count: None, done)
        qtbot.waitUntil(lambda: bool(threads))
    finally:
        gc.callbacks.remove(note)
    assert threads == {threading.main_thread().name}
    assert not gc.isenabled()


def test_a_bug_in_a_question_surfaces_and_the_next_question_is_answered(reading, qtbot):
    def wrong(reads):
        raise ValueError("a bug")
        yield

    pages = []
    with qtbot.captureExceptions() as caught:
        reading.ask("wrong", wrong, pages.append)
        reading.ask("right", lambda reads: ["page"], pages.append)
        qtbot.waitUntil(lambda: pages == ["page"] and bool(caught))
    assert [str(error) for _, error, _ in caught] == ["a bug"]


def test_a_bug_in_a_job_surfaces_and_the_next_job_can_start(qtbot):
    def wrong():
        yield 0
        raise ValueError("a bug")

    def right():
        yield 0
        return "done"

    jobs, told = JobThread(), []
    jobs.failed.connect(told.append)
    jobs.finished.connect(told.append)
    with qtbot.captureExceptions() as caught:
        jobs.start(wrong())
        qtbot.waitUntil(lambda: not jobs.busy and bool(caught))
    assert isinstance(told[0], AnnotatorError) and [str(error) for _, error, _ in caught] == ["a bug"]
    jobs.start(right())
    qtbot.waitUntil(lambda: told[1:] == ["done"])
