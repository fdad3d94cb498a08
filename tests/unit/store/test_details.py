"""What fills the attributes of a passage: typed dates and counts, words of the text, values of another passage."""

from __future__ import annotations

import pytest

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.model import Attribute
from annotator.store.details import fitting_values

TEXT = (
    "On Tuesday Ankara’s jets hit the market, officials said. At least 12 people died. The council asks Ankara to stop."
)


def at(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


@pytest.fixture
def said(project: Project) -> str:
    """A statement of Thursday 20 January 2022."""
    return project.add_statement(TEXT, title="Market", issuer="Council", date_issued="2022-01-20").result


@pytest.fixture
def event(project: Project, said: str) -> str:
    return project.annotate(said, "event", at("Ankara’s jets hit the market")).result


def sound(project: Project) -> bool:
    return jobs.run(jobs.check(project)) == []


def values(project: Project, annotation: str) -> dict:
    return dict(project.annotation(annotation).attributes)


def test_a_date_that_leans_on_the_statements_keeps_its_words(project, event):
    project.describe(event, {"date_start": "last Tuesday"})
    assert values(project, event) == {
        "date_start": [{"edtf": "2022-01-18", "basis": "inferred", "text": "last Tuesday"}],
        "time_text": [{"value": "last Tuesday"}],
    }
    project.undo()
    assert values(project, event) == {}


def test_the_words_of_a_date_do_not_write_over_those_that_are_there(project, event):
    project.describe(event, {"time_text": "on Tuesday"})
    project.describe(event, {"date_start": "last Tuesday"})
    assert values(project, event)["time_text"] == [{"value": "on Tuesday"}]


def test_a_date_published_is_leant_on_where_none_is_issued(project):
    statement = project.add_statement(TEXT, date_published="2022-01-20").result
    event = project.annotate(statement, "event", at("market"), given={"date_start": "yesterday"}).result
    assert values(project, event)["date_start"][0]["edtf"] == "2022-01-19"


def test_a_date_that_is_typed_anew_keeps_its_anchor_and_basis(project, event):
    project.pick(event, "date_start", at("On Tuesday"))
    before = values(project, event)["date_start"]
    project.describe(event, {"date_start": "18 Jan 2022"})
    assert values(project, event)["date_start"] == before
    project.describe(event, {"date_start": "18 Jan 2022 (in text)"})
    assert values(project, event)["date_start"] == [{"edtf": "2022-01-18", "basis": "in_text"}]


def test_a_query_finds_a_date_by_its_day_and_not_by_its_words(project, event):
    project.describe(event, {"date_start": "last Tuesday"})
    assert project.count("date_start:2022-01-18") == 1
    assert sound(project)


def test_picked_words_name_a_known_actor_and_point_to_where_they_stand(project, event):
    turkey = project.add_actor("Turkey", aliases=["Ankara"]).result
    changes = project.pick(event, "actor", at("Ankara"))
    (value,) = values(project, event)["actor"]
    assert value["actor"] == turkey
    assert (value["anchor"]["start"], value["anchor"]["end"], value["anchor"]["quote"]) == (11, 17, "Ankara")
    assert changes.label == "Set actor"
    assert sound(project)


def test_picked_words_that_nobody_knows_become_a_new_actor_in_the_same_step(project, event):
    project.pick(event, "actor", at("Ankara’s jets"))
    assert project.find_actor("Ankara’s jets") is not None
    project.undo()
    assert project.find_actor("Ankara’s jets") is None


def test_picked_words_say_one_more_actor_or_one_that_is_there(project, event):
    project.add_actor("Turkey", aliases=["Ankara"])
    project.describe(event, {"actor": "Turkey; Council"})
    project.pick(event, "actor", at("Ankara"))
    assert ["anchor" in value for value in values(project, event)["actor"]] == [True, False]
    project.pick(event, "actor", at("officials"))
    assert [project.actor_name(v["actor"]) for v in values(project, event)["actor"]] == [
        "Turkey",
        "Council",
        "officials",
    ]


def test_picked_words_are_read_as_what_their_attribute_takes(project, event):
    project.pick(event, "date_start", at("On Tuesday"))
    project.pick(event, "killed", at("At least 12 people"))
    project.pick(event, "what", at("hit the market"))
    found = values(project, event)
    assert (found["date_start"][0]["edtf"], found["date_start"][0]["basis"]) == ("2022-01-18", "inferred")
    assert found["time_text"][0]["value"] == "On Tuesday" and found["time_text"][0]["anchor"]["start"] == 0
    assert (found["killed"][0]["min"], found["killed"][0]["text"]) == (12, "At least 12 people")
    assert found["what"][0]["value"] == "hit the market"
    assert sound(project)


def test_words_may_stand_outside_of_the_passage_and_stay_when_it_is_resized_or_retagged(project, event):
    project.pick(event, "reported_by", at("The council"))
    project.describe(event, {"voice": "outlet"})
    project.pick(event, "voice", at("officials said"))
    project.resize(event, at("jets hit"))
    assert values(project, event)["reported_by"][0]["anchor"]["quote"] == "The council"
    project.retag([event], "accusation")
    assert values(project, event)["voice"][0]["anchor"]["quote"] == "officials said"
    assert sound(project)


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("voice", "officials said", "Choose a value for Voice first"),
        ("date_start", "the market", "Write the date as"),
        ("what", " ", "There are no words"),
        ("nothing", "market", "has no attribute “nothing”"),
    ],
)
def test_words_that_an_attribute_cannot_take_are_refused_and_change_nothing(project, event, name, words, told):
    before = project.head
    with pytest.raises(AnnotatorError, match=told):
        project.pick(event, name, at(words))
    assert project.head == before


def test_values_are_taken_over_where_they_fit_and_lose_their_words_in_another_text(project, said, event):
    project.pick(event, "actor", at("Ankara"))
    project.describe(event, {"what": "hit the market", "voice": "outlet"})
    other = project.add_statement("Another text.").result
    there = project.annotate(other, "accusation", Span(0, 7)).result
    before = project.head
    project.take_over(there, values(project, event), statement=said, label="Paste details")
    assert values(project, there) == {"voice": [{"value": "outlet"}]}
    assert project.undo().label == "Undo Paste details" and project.head != before
    here = project.annotate(other, "event", Span(8, 12)).result
    project.take_over(here, values(project, event), statement=said, label="Paste details")
    assert "anchor" not in values(project, here)["actor"][0]
    same = project.annotate(said, "event", at("people died")).result
    project.take_over(same, values(project, event), statement=said, label="Paste details")
    assert values(project, same) == values(project, event)


def test_the_values_before_are_those_of_the_coders_last_passage_of_this_tag_here_first(project, said, event):
    other = project.add_statement("Another text.").result
    there = project.annotate(other, "event", Span(0, 7), given={"what": "elsewhere", "means": "drone"}).result
    project.describe(event, {"what": "here"})
    project.annotate(said, "demand", at("asks Ankara to stop"), given={"voice": "outlet"})
    new = project.annotate(said, "event", at("people died")).result
    found, source = project.values_before(new)
    assert found == {"what": [{"value": "here"}], "means": [{"value": "drone"}]}
    assert source == {"what": said, "means": other}
    assert project.values_before(there)[0] == {"what": [{"value": "here"}]}


def test_values_that_an_attribute_of_that_name_cannot_hold_do_not_fit(project):
    tag = project.codebook.tag("event")
    given = {"voice": [{"value": "nobody"}], "killed": [{"min": 3}], "unknown": [{"value": "x"}], "what": []}
    assert fitting_values(tag, given) == {"killed": [{"min": 3}]}
    assert isinstance(tag.attribute("killed"), Attribute)


def test_what_is_searched_for_follows_each_attribute_that_changes_and_no_other(project, event):
    project.describe(event, {"actor": "Ankara; Council", "killed": "12", "what": "attack", "date_start": "2022"})
    assert sound(project)
    for given, found, lost in (
        ({"actor": "Council"}, "actor:Council", "actor:Ankara"),
        ({"what": "raid"}, "what:raid killed:12", "what:attack"),
        ({"killed": ""}, "what:raid date_start:2022", "killed:12"),
    ):
        project.describe(event, given)
        assert sound(project)
        assert project.count(found) == 1 and project.count(lost) == 0
    project.undo()
    project.undo()
    assert sound(project) and project.count("what:attack killed:12 actor:Council") == 1
    project.rename_attribute("event", "actor", "author")
    assert sound(project) and project.count("author:Council killed:12") == 1
    project.undo()
    assert sound(project) and project.count("actor:Council killed:12") == 1
