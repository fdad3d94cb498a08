"""The passages of all statements in an order, and what is done to many of them in one step."""

from __future__ import annotations

import pytest

from annotator import AnnotatorError, Project, Span, jobs
from annotator.store.bulk import NOTE, REMOVE, RETAG, SET, Bulk
from annotator.store.listing import Part
from annotator.store.passage_list import ORDERS, PassageOrder

TEXT = "Aleppo falls silent. Berlin asks again. Cairo waits. Damascus answers."


@pytest.fixture
def coded(project: Project) -> Project:
    for title, issuer, day in (("Two", "SDF", "2023-05"), ("One", "AANES", "2021-01-02"), ("Three", "", "")):
        statement = project.add_statement(f"{TEXT} {title}.", title, issuer=issuer, date_issued=day).result
        project.annotate(
            statement, "event", Span(21, 39), given={"killed": str(len(title)), "date_start": day or "2020"}
        )
        project.annotate(statement, "demand", Span(0, 20), given={"demander": f"{title} Office", "force": "demand"})
    project.annotate(statement, "demand", Span(53, 70), given={"force": "appeal"}, note="late")
    return project


def listed(project: Project, query: str = "", order: PassageOrder = PassageOrder()) -> list[str]:  # noqa: B008
    """The passages in their order: the title's first letters and the tag's first; headings in brackets."""
    found: list[str] = []
    for part in project.passage_listing(query, order):
        if part.anew:
            found = []
        found += _named(project, part)
    return found


def _named(project: Project, part: Part) -> list[str]:
    rows = [f"{row.title[:2]}{row.annotation.tag[0]}" for row in project.passage_rows(part.numbers)]
    for place, label in reversed(part.heads):
        rows.insert(place, f"[{label}]")
    return rows


def test_passages_stand_by_statement_and_place(coded: Project):
    assert listed(coded) == ["Twd", "Twe", "Ond", "One", "Thd", "The", "Thd"]


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (PassageOrder("place", descending=True), "Thd The Thd Ond One Twd Twe"),
        (PassageOrder("date", grouped=True), "[Jan 2021] Ond One [May 2023] Twd Twe [Undated] Thd The Thd"),
        (PassageOrder("issuer", grouped=True), "[AANES] Ond One [SDF] Twd Twe [Unknown issuer] Thd The Thd"),
        (PassageOrder("place", grouped=True), "[Two] Twd Twe [One] Ond One [Three] Thd The Thd"),
        (PassageOrder("tag", grouped=True), "[Demand] Twd Ond Thd Thd [Event] Twe One The"),
        (PassageOrder("killed"), "Twe One The Twd Ond Thd Thd"),
        (PassageOrder("killed", descending=True), "The Twe One Twd Ond Thd Thd"),
        (PassageOrder("date_start"), "The One Twe Twd Ond Thd Thd"),
        (PassageOrder("force", grouped=True), "[Appeal] Thd [Demand] Twd Ond Thd [No value] Twe One The"),
        (
            PassageOrder("demander", grouped=True),
            "[One Office] Ond [Three Office] Thd [Two Office] Twd [No value] Twe One The Thd",
        ),
        (PassageOrder("created"), "Twe Twd One Ond The Thd Thd"),
        (PassageOrder("created", descending=True), "Thd Thd The Ond One Twd Twe"),
        (PassageOrder("coder", grouped=True), "[LM] Twd Twe Ond One Thd The Thd"),
    ],
)
def test_passages_are_ordered_and_grouped_by_what_they_say(coded: Project, order: PassageOrder, says: str):
    assert " ".join(listed(coded, "", order)) == says


@pytest.mark.parametrize("order", [*ORDERS, "demander", "killed", "action"])
@pytest.mark.parametrize("query", ["", "force:demand", "issuer:SDF", "berlin tag:event", "nothing"])
def test_each_order_lists_what_the_query_finds_once(coded: Project, order: str, query: str):
    by_place = listed(coded, query)
    assert sorted(listed(coded, query, PassageOrder(order, descending=True))) == sorted(by_place)
    ids = [h.annotations for h in coded.search(query)] if "tag:" in query or "force" in query else None
    assert ids is None or len(ids) == len(by_place)


def test_what_is_found_of_a_passage_is_told_for_single_ones(coded: Project):
    ids = [row.annotation.id for part in coded.passage_listing("") for row in coded.passage_rows(part.numbers)]
    assert coded.passages_found("tag:event issuer:SDF", ids) == {ids[1]}
    assert coded.passage_ids([coded.passage_number(ids[3]) or 0]) == [ids[3]]
    coded.remove([ids[3]])
    assert coded.passage_number(ids[3]) is None


# -- many at once ----------------------------------------------------------------------------------


def ids_of(project: Project, query: str = "") -> list[str]:
    return [row.annotation.id for part in project.passage_listing(query) for row in project.passage_rows(part.numbers)]


def test_a_plan_says_what_would_change_and_what_is_passed_over_and_why(coded: Project):
    plan = coded.plan_bulk(ids_of(coded), Bulk(SET, "2", "killed"))
    assert (len(plan.ids), plan.statements, dict(plan.skipped)) == (3, 3, {"its tag has no such attribute": 4})
    assert str(plan) == "3 passages in 3 statements"
    assert [a.tag for a in plan.samples] == ["event"] * 3
    retag = coded.plan_bulk(ids_of(coded), Bulk(RETAG, "demand"))
    assert dict(retag.skipped) == {"has the tag already": 4}


def test_many_are_retagged_set_noted_and_removed_each_in_one_step(coded: Project):
    before = ids_of(coded)
    coded.do_bulk(before, Bulk(RETAG, "accusation"))
    assert listed(coded, "tag:accusation") == ["Twa", "Twa", "Ona", "Ona", "Tha", "Tha", "Tha"]
    coded.undo()
    assert listed(coded, "tag:accusation") == [] and ids_of(coded) == before
    changes = coded.do_bulk(before, Bulk(SET, "ultimatum", "force"))
    assert changes.label == "Set force (4 passages)" and len(listed(coded, "force:ultimatum")) == 4
    coded.do_bulk(before, Bulk(SET, "", "force"))
    assert listed(coded, "force:*") == []
    coded.do_bulk(before, Bulk(SET, "New Office; Old Office", "demander"))
    assert len(listed(coded, 'demander:"new office"')) == 4
    coded.do_bulk(before, Bulk(NOTE, "seen"))
    assert len(listed(coded, "note:seen")) == 7
    coded.do_bulk(before[:6], Bulk(REMOVE))
    assert listed(coded) == ["Thd"]
    coded.undo()
    assert listed(coded) == ["Twd", "Twe", "Ond", "One", "Thd", "The", "Thd"]
    assert jobs.run(jobs.check(coded)) == []


def test_retagging_many_passes_over_what_would_overlap(project: Project):
    statement = project.add_statement(TEXT).result
    project.annotate(statement, "demand", Span(0, 20))
    one = project.annotate(statement, "event", Span(10, 30)).result
    two = project.annotate(statement, "accusation", Span(40, 50)).result
    three = project.annotate(statement, "event", Span(45, 52)).result
    plan = project.plan_bulk([one, two, three], Bulk(RETAG, "demand"))
    assert plan.ids == (two,) and plan.skipped == {"overlaps a passage of that tag": 2}


@pytest.mark.parametrize(
    ("bulk", "says"),
    [
        (Bulk(RETAG, "nothing"), "no tag “nothing”"),
        (Bulk(SET, "x", "nothing"), "no attribute “nothing”"),
        (Bulk(SET, "x", "force"), "no value of “force”"),
        (Bulk(SET, "soon", "date_start"), "date"),
    ],
)
def test_what_fits_no_passage_is_refused_before_anything_is_done(coded: Project, bulk: Bulk, says: str):
    head = coded.head
    with pytest.raises(AnnotatorError, match=says):
        coded.do_bulk(ids_of(coded), bulk)
    assert coded.head == head
