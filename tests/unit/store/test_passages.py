"""Tagging: what a coder may do to passages, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from annotator import AnnotatorError, Project, Span
from annotator.core.errors import NotFound, Overlap
from annotator.core.model import UNREAD, Attribute, Tag, TagName

from .conftest import TEXT, ids, span_of


def test_a_tag_keeps_quote_context_coder_and_time(project: Project, statement: str):
    changes = project.annotate(statement, "Demand", span_of("open the gates"), note="soft")
    made = project.annotation(changes.result)
    assert (made.statement, made.tag, made.quote, made.note, made.status) == (
        statement,
        "demand",
        "open the gates",
        "soft",
        "made",
    )
    assert TEXT[: made.start].endswith(made.prefix) and TEXT[made.end :].startswith(made.suffix)
    assert made.coder == project.coder.id and made.created_at == made.modified_at != ""
    assert changes.label == "Tag as demand" and changes.statements == {statement}
    assert ("annotation", made.id) in changes.touched


def test_offsets_are_code_points_beyond_the_bmp_and_in_arabic(project: Project, statement: str):
    for words in ("🙏", "مُحَمَّد", "Diyarbakır 🙏 at"):
        made = project.annotate(statement, "event", span_of(words), allow_overlap=True).result
        assert project.annotation(made).quote == words


@pytest.mark.parametrize("span", [Span(-1, 4), Span(4, 4), Span(6, 4), Span(0, len(TEXT) + 1), Span(0, 10**30)])
def test_a_span_outside_of_the_text_is_refused(project: Project, statement: str, span: Span):
    head = project.head
    passage = project.annotate(statement, "demand", Span(0, 5)).result
    for act in (lambda: project.annotate(statement, "event", span), lambda: project.resize(passage, span)):
        with pytest.raises(AnnotatorError, match="span"):
            act()
    assert project.undo() and project.head != head and not project.annotations(statement)


def test_the_same_tag_may_not_overlap_itself_but_touch_and_nest_in_others(project: Project, statement: str):
    first = project.annotate(statement, "demand", Span(10, 20)).result
    for span in (Span(5, 11), Span(19, 25), Span(12, 15), Span(5, 25)):
        with pytest.raises(Overlap) as refusal:
            project.annotate(statement, "demand", span)
        assert refusal.value.existing == first
    project.annotate(statement, "demand", Span(20, 25))
    project.annotate(statement, "demand", Span(5, 10))
    project.annotate(statement, "event", Span(10, 20))
    project.annotate(statement, "event", Span(12, 20), allow_overlap=True)
    assert len(project.annotations(statement)) == 5


def test_an_exact_repeat_is_the_passage_that_is_there(project: Project, statement: str):
    first = project.annotate(statement, "demand", Span(10, 20))
    again = project.annotate(statement, "demand", Span(10, 20))
    assert again.result == first.result and not again


def test_other_coders_may_tag_the_same_words(project: Project, statement: str):
    project.annotate(statement, "demand", Span(10, 20))
    project.be("AB")
    assert project.annotate(statement, "demand", Span(10, 20))
    assert project.stats()["by_coder"] == {"LM": 1, "AB": 1}


def test_a_tag_that_allows_it_may_overlap_itself(project: Project, statement: str):
    project.put_tag(replace(project.codebook.tag("event"), overlap="allow"))
    project.annotate(statement, "event", Span(10, 20))
    assert project.annotate(statement, "event", Span(15, 25))


def test_moving_a_boundary_or_retagging_into_the_same_tag_is_refused(project: Project, statement: str):
    one = project.annotate(statement, "demand", Span(0, 10)).result
    two = project.annotate(statement, "demand", Span(10, 20)).result
    event = project.annotate(statement, "event", Span(5, 15)).result
    with pytest.raises(Overlap) as refusal:
        project.resize(one, Span(0, 11))
    assert refusal.value.existing == two
    with pytest.raises(Overlap):
        project.retag([event], "demand")
    assert project.annotation(event).tag == "event"


def test_passages_retagged_together_may_not_overlap_one_another(project: Project, statement: str):
    one = project.annotate(statement, "demand", Span(0, 10)).result
    two = project.annotate(statement, "accusation", Span(5, 15)).result
    three = project.annotate(statement, "demand", Span(20, 30)).result
    head = project.head
    with pytest.raises(Overlap):
        project.retag([three, one, two], "event")
    assert project.head == head and project.annotation(three).tag == "demand"
    changes = project.retag([three, one, one], "event")
    assert changes.label == "Retag as event (2 passages)" and changes.ids("annotation") == {one, three}


def test_retagging_keeps_the_values_that_the_new_tag_takes(project: Project, statement: str):
    passage = project.annotate(
        statement, "demand", Span(0, 10), given={"voice": "direct_quote", "mode": "assist", "action": "open"}
    ).result
    project.retag([passage], "accusation")
    assert project.annotation(passage).attributes == {"voice": [{"value": "direct_quote"}]}


def test_values_are_checked_against_the_codebook(project: Project, statement: str):
    passage = project.annotate(statement, "demand", Span(0, 10)).result
    head = project.head
    for values, says in (
        ({"force": [{"value": "threat"}]}, "is no value"),
        ({"colour": [{"value": "red"}]}, "has no attribute"),
        ({"addressee": [{"actor": "nobody"}]}, "unknown actor"),
        ({"addressee": [{"value": "SDF"}]}, "takes values with actor"),
        ({"deadline": [{"value": "soon"}]}, "takes values with edtf"),
        ({"action": "open"}, "list of objects"),
    ):
        with pytest.raises(AnnotatorError, match=says):
            project.set_values(passage, values)
        with pytest.raises(AnnotatorError, match=says):
            project.annotate(statement, "demand", Span(20, 30), attributes=values)
    assert project.head == head


def test_actors_that_a_person_types_are_found_by_name_and_alias_or_made_once(project: Project, statement: str):
    sdf = project.add_actor("Syrian Democratic Forces", aliases=["SDF", "QSD"]).result
    passage = project.annotate(
        statement, "accusation", Span(0, 10), given={"accused": "qsd; Türkiye; turkiye", "accuser": "TÜRKIYE"}
    ).result
    attributes = project.annotation(passage).attributes
    turkey = project.find_actor("türkiye")
    assert turkey is not None and attributes["accused"][0] == {"actor": sdf}
    assert attributes["accuser"] == [{"actor": turkey.id}] and len(project.actors()) == 2
    assert project.actor_name("nobody") == "nobody"
    with pytest.raises(NotFound):
        project.actor("nobody")


def test_typing_that_fails_makes_no_actor(project: Project, statement: str):
    passage = project.annotate(statement, "demand", Span(0, 10)).result
    with pytest.raises(AnnotatorError):
        project.describe(passage, {"addressee": "Somebody new", "force": "threat"})
    with pytest.raises(AnnotatorError):
        project.annotate(statement, "demand", Span(20, 30), given={"addressee": "Somebody new", "colour": "red"})
    assert project.actors() == ()


def test_notes_and_names_hold_what_a_text_may_hold(project: Project, statement: str):
    passage = project.annotate(statement, "demand", Span(0, 10), note="a\x00b\ud800").result
    assert project.annotation(passage).note == "a\ufffdb\ufffd"
    project.note(passage, "\udcff")
    project.edit(statement, title="x\x00")
    project.add_actor("\ud83d")
    project.set_setting("title", "\udcff")
    assert project.annotation(passage).note == "\ufffd" and project.statement(statement).title == "x\ufffd"
    for _ in range(5):
        project.undo()


@pytest.mark.parametrize("name", ["", "  "])
def test_coders_and_actors_have_names(project: Project, name: str):
    for act in (project.be, project.rename_coder, project.add_actor):
        with pytest.raises(AnnotatorError, match="needs a name"):
            act(name)


def test_a_coder_keeps_the_id_when_renamed(project: Project, statement: str):
    passage = project.annotate(statement, "demand", Span(0, 10)).result
    project.rename_coder("Leyla M.")
    assert project.coder_name(project.annotation(passage).coder) == "Leyla M."
    assert [c.name for c in project.coders()] == ["Leyla M."]


def test_links_end_at_passages_that_are_there(project: Project, statement: str):
    one = project.annotate(statement, "demand", Span(0, 10)).result
    two = project.annotate(statement, "demand", Span(10, 20)).result
    link = project.link("responds_to", one, two).result
    assert [k.id for k in project.links(one)] == [link] == [k.id for k in project.links(two)]
    for source, target in ((one, one), (one, "gone"), ("gone", one)):
        with pytest.raises(AnnotatorError):
            project.link("same_as", source, target)


@pytest.mark.parametrize(
    "act",
    [
        lambda p: p.annotate("gone", "demand", Span(0, 1)),
        lambda p: p.retag(["gone"], "demand"),
        lambda p: p.resize("gone", Span(0, 1)),
        lambda p: p.note("gone", "x"),
        lambda p: p.set_values("gone", {}),
        lambda p: p.remove(["gone"]),
        lambda p: p.edit("gone", title="x"),
        lambda p: p.delete(["gone"]),
        lambda p: p.mark("gone", "done"),
        lambda p: p.text("gone"),
        lambda p: p.statement("gone"),
    ],
)
def test_what_is_not_there_is_named_and_nothing_changes(
    project: Project, statement: str, act: Callable[[Project], Any]
):
    head = project.head
    with pytest.raises(NotFound, match="gone"):
        act(project)
    assert project.head == head


def test_an_unknown_tag_is_refused_with_those_there_are(project: Project, statement: str):
    with pytest.raises(NotFound, match="demand, accusation, event"):
        project.annotate(statement, "threat", Span(0, 5))


def test_texts_cannot_be_changed_in_place_not_even_by_other_programs(
    project: Project, statement: str, raw: Callable[..., Any]
):
    for sql in (
        "UPDATE content SET text = 'forged'",
        "UPDATE content SET sha256 = 'x'",
        "UPDATE statement SET text_sha256 = 'x'",
        "UPDATE statement SET length = 1",
    ):
        with pytest.raises(Exception, match="a text never changes"):
            raw(sql)
    assert project.text(statement) == TEXT


def test_the_ledger_holds_no_texts_and_labels_no_content(project: Project, statement: str, raw: Callable[..., Any]):
    secret = "They must withdraw"
    passage = project.annotate(
        statement, "demand", span_of("call on"), given={"addressee": "Nobody Atall"}, note="Zebra"
    ).result
    project.edit(statement, title="Zebra")
    project.put_tag(Tag(TagName("threat"), "Threat", attributes=(Attribute("target"),)))
    project.delete([statement])
    assert raw("SELECT 1 FROM change WHERE before LIKE ? OR after LIKE ?", f"%{secret}%", f"%{secret}%") == []
    labels = [row[0] for row in raw("SELECT label FROM step")]
    assert not any(word in label for label in labels for word in ("Zebra", "Nobody", "dam", "council", passage))


def test_opening_a_statement_is_no_step_but_makes_it_open(project: Project, statement: str):
    head = project.head
    assert project.status(statement) == UNREAD
    assert project.opened(statement) and not project.opened(statement)
    project.keep_position(statement, "120")
    assert project.status(statement) == "open" and project.position(statement) == "120"
    assert project.head == head and project.undo_label == "Add statement"
    assert project.progress_counts() == {"all": 1, "unread": 0, "open": 1, "done": 0}
    project.be("AB")
    assert project.status(statement) == UNREAD


def test_marking_as_unread_undoes_to_the_open_statement_that_it_was(project: Project, statement: str):
    project.opened(statement)
    project.mark(statement, "unread")
    assert project.status(statement) == "unread" and ids(project, "status:unread") == [statement]
    project.undo()
    assert project.status(statement) == "open" and ids(project, "status:open") == [statement]
    project.redo()
    assert project.status(statement) == "unread"
    assert project.opened(statement) and project.status(statement) == "open"


def test_marking_many_is_one_step(project: Project, statement: str):
    other = project.add_statement("Other text").result
    project.mark_all([statement, other], "done")
    assert project.progress_counts()["done"] == 2
    project.undo()
    assert project.progress_counts()["done"] == 0
    with pytest.raises(AnnotatorError, match="none of unread, open, done"):
        project.mark(statement, "finished")


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"colour": "red"}, "has no “colour”"),
        ({"text": "x"}, "has no “text”"),
        ({"date_issued": "yesterday"}, "no date as EDTF"),
        ({"date_issued": "2022", "date_issued_basis": "guess"}, "in_text or inferred"),
        ({"date_published_basis": "inferred"}, "needs date_published"),
        ({"title": "  "}, "needs a title"),
    ],
)
def test_metadata_that_cannot_be_is_refused(project: Project, statement: str, metadata: dict[str, str], says: str):
    before = project.statement(statement)
    with pytest.raises(AnnotatorError, match=says):
        project.edit(statement, **metadata)
    assert project.statement(statement) == before


def test_a_date_keeps_its_day_when_only_its_basis_is_set(project: Project, statement: str):
    project.edit(statement, date_issued="2022-01")
    project.edit(statement, date_issued_basis="inferred")
    date = project.statement(statement).date_issued
    assert date is not None and (date.edtf, date.basis) == ("2022-01", "inferred")
    assert ids(project, "date:2022-01-15") == [statement]


def test_a_text_that_is_there_is_not_added_twice(project: Project, statement: str):
    with pytest.raises(AnnotatorError, match="already"):
        project.add_statement(TEXT)
    project.delete([statement])
    assert project.add_statement(TEXT).result != statement
