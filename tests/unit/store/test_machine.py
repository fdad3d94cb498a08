"""Whatever is done in whatever order, the project holds what a plain dictionary would, and undo retraces it."""

from __future__ import annotations

import copy
import json
import os
import signal
import tempfile
import warnings
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import Overlap

TEXTS = ("We call on all sides 🙏 to stop.", "They must go. قال مُحَمَّد ذلك.", "Fire.")
TAGS = st.sampled_from(["demand", "accusation", "event"])
PLACES = st.tuples(st.integers(0, 12), st.integers(1, 9))
#: An attribute that demands alone have, and one that all three tags have.
OWN, COMMON = "action", "confidence"


@dataclass(frozen=True)
class Mark:
    """A passage: where, of which tag, with which note and attributes."""

    statement: str
    tag: str
    start: int
    end: int
    note: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def retagged(self, tag: str) -> Mark:
        """Attributes that the other tag has as well are kept."""
        kept = self.values if tag == self.tag else tuple(v for v in self.values if v[0] == COMMON)
        return replace(self, tag=tag, values=kept)


@dataclass
class Model:
    """What the project should hold: texts and statuses by statement, marks by passage, and links between them."""

    texts: dict[str, str] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)

    def overlapping(self, statement: str, tag: str, start: int, end: int, but: str = "") -> list[str]:
        return [
            i
            for i, m in self.marks.items()
            if (m.statement, m.tag) == (statement, tag) and m.start < end and start < m.end and i != but
        ]

    def taking_in(self, other: Model) -> Model:
        """With the statements of an export that are not there; those that are there stay as they are."""
        result = copy.deepcopy(self)
        for statement, text in other.texts.items():
            marks = {i: m for i, m in other.marks.items() if m.statement == statement}
            # A text without passages that is there under another id would bring nothing new.
            if statement in self.texts or (not marks and text in self.texts.values()):
                continue
            result.texts[statement] = text
            result.marks.update(marks)
            if statement in other.done:
                result.done[statement] = other.done[statement]
        result.links |= {link for link in other.links if set(link) <= result.marks.keys()}
        return result

    def remove(self, passage: str) -> None:
        del self.marks[passage]
        self.links = {link for link in self.links if passage not in link}


#: Points at something that is there, or (from 90 on) at something else.
WHICH = st.integers(0, 99)


def _pick(which: int, there: Collection[str], before: Collection[str]) -> str:
    found = sorted(there) if which < 90 else sorted(set(before) - set(there))
    return found[which % len(found)] if found else "none"


class Desk(RuleBasedStateMachine):
    """An analyst at work, in one session after another."""

    def __init__(self) -> None:
        super().__init__()
        # In memory where that is possible: it is no disk that is tried here.
        self.folder = tempfile.TemporaryDirectory(dir=next((d for d in ("/dev/shm",) if os.access(d, os.W_OK)), None))
        self.path = Path(self.folder.name, "p.annotator")
        self.project = Project.create(self.path, coder="LM")
        self.now = Model()
        self.session = 0
        self.files = 0
        self.exports: list[tuple[Path, Model]] = []
        #: Steps that hold: what was there before, and the session.
        self.past: list[tuple[Model, int]] = []
        #: Steps that were undone: what was there with them, their session, and the session that undid them.
        self.future: list[tuple[Model, int, int]] = []

    def done(self, before: Model, changed: object) -> None:
        if changed:
            self.past.append((before, self.session))
            self.future.clear()
        else:
            assert before == self.now

    def passage(self, which: int | str) -> str:
        """One that is there, mostly; else one that never was or is no longer."""
        return (
            which
            if isinstance(which, str)
            else _pick(which, self.now.marks, [m for p, _ in self.past for m in p.marks])
        )

    def statement(self, which: int | str) -> str:
        return (
            which
            if isinstance(which, str)
            else _pick(which, self.now.texts, [t for p, _ in self.past for t in p.texts])
        )

    def file(self, suffix: str) -> Path:
        self.files += 1
        return Path(self.folder.name, f"{self.files}{suffix}")

    @initialize()
    def begin(self) -> None:
        """A statement with a described demand, and one without passages."""
        self.add(TEXTS[1])
        (statement,) = self.now.texts
        self.annotate(statement, "demand", (0, 4))
        (passage,) = self.now.marks
        self.describe(passage, OWN, "low")
        self.describe(passage, COMMON, "high")
        self.add(TEXTS[0])
        self.export()

    @rule(text=st.sampled_from(TEXTS))
    def add(self, text: str) -> None:
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.add_statement(text)
        except AnnotatorError:
            assert text in self.now.texts.values()
            return
        self.now.texts[changes.result] = text
        self.done(before, changes)

    @rule(statement=WHICH, tag=TAGS, place=PLACES)
    def annotate(self, statement: int | str, tag: str, place: tuple[int, int]) -> None:
        statement = self.statement(statement)
        before, (start, length) = copy.deepcopy(self.now), place
        text = self.now.texts.get(statement)
        try:
            changes = self.project.annotate(statement, tag, Span(start, start + length))
        except Overlap as error:
            assert error.existing in self.now.overlapping(statement, tag, start, start + length)
            return
        except AnnotatorError:
            assert text is None or start + length > len(text)
            return
        assert text is not None
        if changes:
            self.now.marks[changes.result] = Mark(statement, tag, start, start + length)
        else:
            there = self.now.marks[changes.result]
            assert (there.statement, there.tag, there.start, there.end) == (statement, tag, start, start + length)
        self.done(before, changes)

    @rule(passage=WHICH, tag=TAGS)
    def retag(self, passage: int | str, tag: str) -> None:
        passage = self.passage(passage)
        before, known = copy.deepcopy(self.now), self.now.marks.get(passage)
        try:
            changes = self.project.retag([passage], tag)
        except AnnotatorError:
            assert known is None or self.now.overlapping(known.statement, tag, known.start, known.end, passage)
            return
        assert known is not None
        self.now.marks[passage] = known.retagged(tag)
        self.done(before, changes)

    @rule(tag=TAGS, other=TAGS)
    def retag_all(self, tag: str, other: str) -> None:
        """A bulk change: as one step, or not at all when one of them would overlap."""
        before, found = copy.deepcopy(self.now), [i for i, m in self.now.marks.items() if m.tag == tag]
        clash = tag != other and any(
            self.now.overlapping(m.statement, other, m.start, m.end) for m in map(self.now.marks.__getitem__, found)
        )
        try:
            changes = self.project.retag(found, other)
        except Overlap:
            assert clash
            return
        assert not clash
        for passage in found:
            self.now.marks[passage] = self.now.marks[passage].retagged(other)
        self.done(before, changes)

    @rule(passage=WHICH, name=st.sampled_from([OWN, COMMON]), value=st.sampled_from(["", "low", "high"]))
    def describe(self, passage: int | str, name: str, value: str) -> None:
        passage = self.passage(passage)
        before, known = copy.deepcopy(self.now), self.now.marks.get(passage)
        try:
            changes = self.project.set_values(passage, {name: [{"value": value}] if value else []})
        except AnnotatorError:
            assert known is None or (name == OWN and known.tag != "demand")
            return
        assert known is not None
        values = {**dict(known.values), name: value}
        self.now.marks[passage] = replace(known, values=tuple(sorted((n, v) for n, v in values.items() if v)))
        self.done(before, changes)

    @rule(passage=WHICH, place=PLACES)
    def resize(self, passage: int | str, place: tuple[int, int]) -> None:
        passage = self.passage(passage)
        before, known = copy.deepcopy(self.now), self.now.marks.get(passage)
        start, end = place[0], sum(place)
        try:
            changes = self.project.resize(passage, Span(start, end))
        except AnnotatorError:
            assert (
                known is None
                or end > len(self.now.texts[known.statement])
                or self.now.overlapping(known.statement, known.tag, start, end, passage)
            )
            return
        assert known is not None
        self.now.marks[passage] = replace(known, start=start, end=end)
        self.done(before, changes)

    @rule(passage=WHICH, text=st.sampled_from(["", "softer", 'a "b" \n🙏', "\x00"]))
    def note(self, passage: int | str, text: str) -> None:
        passage = self.passage(passage)
        before, known = copy.deepcopy(self.now), self.now.marks.get(passage)
        try:
            changes = self.project.note(passage, text)
        except AnnotatorError:
            assert known is None
            return
        assert known is not None
        self.now.marks[passage] = replace(known, note=text.replace("\x00", "\ufffd"))
        self.done(before, changes)

    @rule(one=WHICH, other=WHICH)
    def link(self, one: int | str, other: int | str) -> None:
        one = self.passage(one)
        other = self.passage(other)
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.link("same_as", one, other)
        except AnnotatorError:
            assert one == other or not {one, other} <= self.now.marks.keys()
            return
        if (other, one) not in self.now.links:  # what is the same in both directions is said once
            self.now.links.add((one, other))
        self.done(before, changes)

    @rule(passage=WHICH)
    def remove(self, passage: int | str) -> None:
        passage = self.passage(passage)
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.remove([passage])
        except AnnotatorError:
            assert passage not in self.now.marks
            return
        self.now.remove(passage)
        self.done(before, changes)

    @rule(statement=WHICH)
    def delete(self, statement: int | str) -> None:
        statement = self.statement(statement)
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.delete([statement])
        except AnnotatorError:
            assert statement not in self.now.texts
            return
        del self.now.texts[statement]
        self.now.done.pop(statement, None)
        for passage in [i for i, mark in self.now.marks.items() if mark.statement == statement]:
            self.now.remove(passage)
        self.done(before, changes)

    @rule(statement=WHICH, status=st.sampled_from(["done", "open", "unread"]))
    def mark(self, statement: int | str, status: str) -> None:
        statement = self.statement(statement)
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.mark(statement, status)
        except AnnotatorError:
            assert statement not in self.now.texts
            return
        self.now.done[statement] = status
        if status == "unread":
            del self.now.done[statement]
        self.done(before, changes)

    @rule(status=st.sampled_from(["done", "unread"]))
    def mark_all(self, status: str) -> None:
        before = copy.deepcopy(self.now)
        changes = self.project.mark_all(list(self.now.texts), status)
        self.now.done = dict.fromkeys(self.now.texts, status) if status == "done" else {}
        self.done(before, changes)

    # -- back and forth ------------------------------------------------------------------------

    @rule(undos=st.integers(1, 3), redos=st.integers(0, 3), whole_file=st.booleans())
    def go_back_and_forth(self, undos: int, redos: int, whole_file: bool) -> None:
        for _ in range(undos):
            self.undo(whole_file)
        for _ in range(min(redos, len(self.future))):
            self.redo(whole_file)

    def undo(self, whole_file: bool) -> None:
        if not self.past or not (whole_file or self.past[-1][1] == self.session):
            assert self.project.undo_label == ""
            return
        assert self.project.undo(whole_file=whole_file)
        before, session = self.past.pop()
        self.future.append((self.now, session, self.session))
        self.now = before

    def redo(self, whole_file: bool) -> None:
        with_it, session, undone_in = self.future[-1]
        if not (whole_file or undone_in == self.session):
            assert self.project.redo_label == ""
            return
        assert self.project.redo(whole_file=whole_file)
        self.future.pop()
        self.past.append((self.now, session))
        self.now = with_it

    # -- coming and going ------------------------------------------------------------------------

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.open()

    def open(self) -> None:
        self.project = Project.open(self.path, coder="LM")
        self.session += 1

    @precondition(lambda self: hasattr(os, "fork") and self.now.texts)
    @rule(which=st.integers(0, 9), status=st.sampled_from(["done", "open"]))
    def crash(self, which: int, status: str) -> None:
        """Another session does one step, is killed in the middle of the next, and leaves the first."""
        statement = sorted(self.now.texts)[which % len(self.now.texts)]
        self.project.close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # what the child does, it does in one thread
            child = os.fork()
        if child == 0:
            try:
                self.open()
                self.project.mark(statement, status)
                with self.project.step("Never done"):
                    self.project.delete(list(self.now.texts))
                    self.project.add_actor("x" * 100_000)
                    os.kill(os.getpid(), signal.SIGKILL)
            finally:
                os._exit(1)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        self.session += 1  # the one that was killed
        before = copy.deepcopy(self.now)
        self.now.done[statement] = status
        if before != self.now:
            self.done(before, True)
        self.open()

    @rule(text=st.sampled_from(TEXTS))
    def import_text(self, text: str) -> None:
        before, file = copy.deepcopy(self.now), self.file(".txt")
        file.write_bytes(text.encode())
        report = jobs.run(jobs.import_files(self.project, [file]))
        assert report.problems == () and report.imported == (text not in before.texts.values())
        new = {s.id for s in self.project.statements()} - self.now.texts.keys()
        self.now.texts.update(dict.fromkeys(new, text))
        self.done(before, report.changes)

    @rule()
    def export(self) -> None:
        """What another project takes in from an export is what this one holds, to the letter."""
        file, again = self.file(".json"), self.file(".json")
        jobs.run(jobs.export(self.project, file))
        with Project.create(self.file(".annotator"), coder="LM") as other:
            assert jobs.run(jobs.import_files(other, [file])).problems == ()
            jobs.run(jobs.export(other, again))
        one, two = (json.loads(f.read_text(encoding="utf-8")) for f in (file, again))
        for data in (one, two):
            del data["exported_at"], data["project"]
        assert one == two
        self.exports.append((file, copy.deepcopy(self.now)))

    @rule(which=WHICH)
    def import_native(self, which: int) -> None:
        """What was there at an export comes back, and what is there stays."""
        before, exported = copy.deepcopy(self.now), self.exports[which % len(self.exports)]
        report = jobs.run(jobs.import_files(self.project, [exported[0]], on_conflict="keep"))
        self.now = self.now.taking_in(exported[1])
        assert report.imported == len(self.now.texts) - len(before.texts)
        self.done(before, report.changes)

    @invariant()
    def holds_the_same(self) -> None:
        project, model = self.project, self.now
        records = {r.statement.id: r for r in project.records()}
        assert {i: r.text for i, r in records.items()} == model.texts
        marks = {
            a.id: Mark(
                a.statement, a.tag, a.start, a.end, a.note,
                tuple(sorted((name, value["value"]) for name, (value,) in a.attributes.items())),
            )
            for r in records.values()
            for a in r.annotations
        }  # fmt: skip
        assert marks == model.marks
        assert {(k.source, k.target) for k in project.links()} == model.links
        assert {i: s for i in records if (s := project.status(i)) != "unread"} == model.done
        assert all(
            a.quote == a_text[a.start : a.end] for r in records.values() for a in r.annotations for a_text in [r.text]
        )
        assert {(s.id, tuple(sorted(s.counts.items()))) for s in project.statements()} == {
            (i, tuple(sorted(Counter(m.tag for m in model.marks.values() if m.statement == i).items())))
            for i in model.texts
        }
        assert {s.id for s in project.statements(f"{COMMON}:low")} == {
            m.statement for m in model.marks.values() if (COMMON, "low") in m.values
        }
        assert project.progress_counts()["done"] == sum(s == "done" for s in model.done.values())
        assert {s.id for s in project.statements("call")} == {i for i, t in model.texts.items() if "call" in t}

    def teardown(self) -> None:
        assert [f for f in jobs.run(jobs.check(self.project)) if f.kind == "error"] == []
        self.project.close()
        self.folder.cleanup()


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
