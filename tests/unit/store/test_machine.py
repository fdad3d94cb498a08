"""Whatever is done in whatever order, the project holds what a plain dictionary would, and undo retraces it."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import Overlap

TEXTS = ("We call on all sides 🙏 to stop.", "They must go. قال مُحَمَّد ذلك.", "Fire.")
TAGS = st.sampled_from(["demand", "accusation", "event"])
PLACES = st.tuples(st.integers(0, 12), st.integers(1, 9))


@dataclass
class Model:
    """What the project should hold: texts and statuses by statement, marks by passage, and links between them."""

    texts: dict[str, str] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    marks: dict[str, tuple[str, str, int, int, str]] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)

    def overlapping(self, statement: str, tag: str, start: int, end: int, but: str = "") -> list[str]:
        return [
            i
            for i, (s, t, a, b, _) in self.marks.items()
            if (s, t) == (statement, tag) and a < end and start < b and i != but
        ]

    def remove(self, passage: str) -> None:
        del self.marks[passage]
        self.links = {link for link in self.links if passage not in link}


class Desk(RuleBasedStateMachine):
    """An analyst at work, in one session after another."""

    statements = Bundle("statements")
    passages = Bundle("passages")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "p.annotator")
        self.project = Project.create(self.path, coder="LM")
        self.now = Model()
        self.past: list[Model] = []
        self.future: list[Model] = []

    def done(self, before: Model, changed: object) -> None:
        if changed:
            self.past.append(before)
            self.future.clear()
        else:
            assert before == self.now

    @initialize(target=statements)
    def begin(self) -> str:
        return self.add(TEXTS[0])

    @rule(target=statements, text=st.sampled_from(TEXTS))
    def add(self, text: str) -> str:
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.add_statement(text)
        except AnnotatorError:
            assert text in self.now.texts.values()
            return next(i for i, t in self.now.texts.items() if t == text)
        self.now.texts[changes.result] = text
        self.done(before, changes)
        return changes.result

    @rule(target=passages, statement=statements, tag=TAGS, place=PLACES)
    def annotate(self, statement: str, tag: str, place: tuple[int, int]) -> str:
        before, (start, length) = copy.deepcopy(self.now), place
        text = self.now.texts.get(statement)
        try:
            changes = self.project.annotate(statement, tag, Span(start, start + length))
        except Overlap as error:
            assert error.existing in self.now.overlapping(statement, tag, start, start + length)
            return error.existing
        except AnnotatorError:
            assert text is None or start + length > len(text)
            return "none"
        assert text is not None
        if changes:
            self.now.marks[changes.result] = (statement, tag, start, start + length, "")
        else:
            assert self.now.marks[changes.result][:4] == (statement, tag, start, start + length)
        self.done(before, changes)
        return changes.result

    @rule(passage=passages, tag=TAGS)
    def retag(self, passage: str, tag: str) -> None:
        before, known = copy.deepcopy(self.now), self.now.marks.get(passage)
        try:
            changes = self.project.retag([passage], tag)
        except AnnotatorError:
            assert known is None or self.now.overlapping(known[0], tag, known[2], known[3], passage)
            return
        assert known is not None
        self.now.marks[passage] = (known[0], tag, *known[2:])
        self.done(before, changes)

    @rule(passage=passages, place=PLACES)
    def resize(self, passage: str, place: tuple[int, int]) -> None:
        before, known = copy.deepcopy(self.now), self.now.marks.get(passage)
        start, end = place[0], sum(place)
        try:
            changes = self.project.resize(passage, Span(start, end))
        except AnnotatorError:
            assert (
                known is None
                or end > len(self.now.texts[known[0]])
                or self.now.overlapping(known[0], known[1], start, end, passage)
            )
            return
        assert known is not None
        self.now.marks[passage] = (known[0], known[1], start, end, known[4])
        self.done(before, changes)

    @rule(passage=passages, text=st.sampled_from(["", "softer", 'a "b" \n🙏', "\x00"]))
    def note(self, passage: str, text: str) -> None:
        before, known = copy.deepcopy(self.now), self.now.marks.get(passage)
        try:
            changes = self.project.note(passage, text)
        except AnnotatorError:
            assert known is None
            return
        assert known is not None
        self.now.marks[passage] = (*known[:4], text.replace("\x00", "\ufffd"))
        self.done(before, changes)

    @rule(one=passages, other=passages)
    def link(self, one: str, other: str) -> None:
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.link("same_as", one, other)
        except AnnotatorError:
            assert one == other or not {one, other} <= self.now.marks.keys()
            return
        self.now.links.add((one, other))
        self.done(before, changes)

    @rule(passage=consumes(passages))
    def remove(self, passage: str) -> None:
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.remove([passage])
        except AnnotatorError:
            assert passage not in self.now.marks
            return
        self.now.remove(passage)
        self.done(before, changes)

    @rule(statement=statements)
    def delete(self, statement: str) -> None:
        before = copy.deepcopy(self.now)
        try:
            changes = self.project.delete([statement])
        except AnnotatorError:
            assert statement not in self.now.texts
            return
        del self.now.texts[statement]
        self.now.done.pop(statement, None)
        for passage in [i for i, mark in self.now.marks.items() if mark[0] == statement]:
            self.now.remove(passage)
        self.done(before, changes)

    @rule(statement=statements, status=st.sampled_from(["done", "open", "unread"]))
    def mark(self, statement: str, status: str) -> None:
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

    @rule()
    def undo(self) -> None:
        if not self.past:
            assert self.project.undo_label == ""
            return
        assert self.project.undo()
        self.future.append(self.now)
        self.now = self.past.pop()

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        assert self.project.redo()
        self.past.append(self.now)
        self.now = self.future.pop()

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.path, coder="LM")
        self.past.clear()
        self.future.clear()

    @invariant()
    def holds_the_same(self) -> None:
        project, model = self.project, self.now
        records = {r.statement.id: r for r in project.records()}
        assert {i: r.text for i, r in records.items()} == model.texts
        marks = {a.id: (a.statement, a.tag, a.start, a.end, a.note) for r in records.values() for a in r.annotations}
        assert marks == model.marks
        assert {(k.source, k.target) for k in project.links()} == model.links
        assert {i: s for i in records if (s := project.status(i)) != "unread"} == model.done
        assert all(
            a.quote == a_text[a.start : a.end] for r in records.values() for a in r.annotations for a_text in [r.text]
        )
        assert project.progress_counts()["done"] == sum(s == "done" for s in model.done.values())
        assert {s.id for s in project.statements("call")} == {i for i, t in model.texts.items() if "call" in t}

    def teardown(self) -> None:
        assert [f for f in jobs.run(jobs.check(self.project)) if f.kind == "error"] == []
        self.project.close()
        self.folder.cleanup()


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
