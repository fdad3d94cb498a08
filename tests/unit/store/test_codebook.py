"""Changing the codebook: versions, recodes with their previews, and the review of what was tagged before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotator import AnnotatorError, Project
from annotator.core.codebook import Codebook
from annotator.core.model import Attribute, Choice, Tag, TagName
from annotator.store import saved_filters
from annotator.store.check import Finding

from .conftest import span_of


@pytest.fixture
def passage(project: Project, statement: str) -> str:
    """A demand with values, linked with an event."""
    made = project.annotate(
        statement,
        "demand",
        span_of("call on the council to open the gates"),
        given={"demander": "Dam Council", "action": "open the gates", "force": "appeal"},
    ).result
    event = project.annotate(statement, "event", span_of("Armed men shelled the dam")).result
    project.link("event_ref", made, event)
    return str(made)


def remarks(project: Project) -> list[str]:
    with project.snapshot() as copy:
        return [each.text for each in copy.check() if isinstance(each, Finding)]


def test_only_what_coders_must_know_raises_the_version_of_a_tag(project: Project):
    assert project.codebook.tag("demand").version == 1
    project.change_tag("demand", color="#123456", key="7", label="Call", memo="ask Lena")
    assert project.codebook.tag("demand").version == 1
    project.change_tag("demand", definition="Someone asks for something.")
    assert project.codebook.tag("demand").version == 2
    project.add_attribute("demand", Attribute("urgency", type="choice", values=(Choice("high"),)))
    project.add_value("demand", "urgency", Choice("low"))
    assert project.codebook.tag("demand").version == 4
    project.undo()
    assert project.codebook.tag("demand").version == 3


def test_a_renamed_tag_takes_its_passages_links_and_children_along_and_undo_brings_all_back(project, passage):
    project.add_tag("Ultimatum", parent="demand")
    before = [project.annotation(passage), *project.links()]
    effect = project.plan_rename_tag("demand")
    assert (effect.passages, effect.statements, effect.links, effect.below) == (1, 1, 1, 1)
    project.rename_tag("demand", "call")
    assert project.annotation(passage).tag == "call" and len(project.links()) == 1
    assert project.codebook.tag("call").label == "Demand" and "demand" not in project.codebook
    assert project.codebook.tag("ultimatum").parent == "call"
    assert project.codebook.tags[0].name == "call"
    assert remarks(project) == []
    project.undo()
    assert [project.annotation(passage), *project.links()] == before
    assert project.codebook.tag("ultimatum").parent == "demand"
    project.redo()
    assert project.annotation(passage).tag == "call"


def test_a_name_that_is_taken_or_cannot_be_typed_is_told(project: Project):
    with pytest.raises(AnnotatorError, match="There is a tag “event” already; merge the two instead"):
        project.rename_tag("demand", "event")
    for name in ("", "two words", 'a"b', "x:y", "-no", "a" * 61, "line\nfeed"):
        with pytest.raises(AnnotatorError):
            project.rename_tag("demand", name)


def test_merged_tags_keep_the_values_that_fit_and_are_to_be_reviewed(project, statement, passage):
    project.annotate(statement, "accusation", span_of("the gates"))
    effect = project.plan_merge_tags(["demand"], "accusation")
    assert effect.passages == 1 and effect.links == 1 and effect.overlaps == 1
    assert dict(effect.lost) == {"demander": 1, "action": 1, "force": 1}
    assert "1 value of demander would go" in effect.lines()
    project.merge_tags(["demand"], "accusation")
    merged = project.annotation(passage)
    assert merged.tag == "accusation" and merged.attributes == {} and merged.tag_version == 0
    assert "demand" not in project.codebook and len(project.links()) == 1
    assert project.count("stale:accusation") == 1
    project.undo()
    assert project.annotation(passage).attributes["force"] == [{"value": "appeal"}]


def test_a_tag_in_use_is_deleted_only_with_a_word_on_its_passages(project, statement, passage):
    project.add_tag("Ultimatum", parent="demand")
    with pytest.raises(AnnotatorError, match="1 passage carries “Demand”; say whether"):
        project.delete_tag("demand")
    assert project.plan_delete_tag("demand").lines() == [
        "1 passage in 1 statement", "1 link", "1 tag under it, which would move up",
    ]  # fmt: skip
    project.delete_tag("demand", remove=True)
    assert not project.has_annotation(passage) and project.links() == ()
    assert project.codebook.tag("ultimatum").parent == ""
    project.undo()
    assert project.has_annotation(passage) and len(project.links()) == 1
    project.delete_tag("demand", retag="event")
    assert project.annotation(passage).tag == "event"
    project.undo()
    assert project.codebook.tags[0].name == "demand"


def test_a_tag_cannot_stand_under_itself_and_keys_are_given_once(project: Project):
    project.add_tag("Ultimatum", parent="demand")
    with pytest.raises(AnnotatorError, match="cannot stand under “ultimatum”, which stands under it"):
        project.change_tag("demand", parent="ultimatum")
    with pytest.raises(AnnotatorError, match="which is no tag of the codebook"):
        project.change_tag("demand", parent="nowhere")
    with pytest.raises(AnnotatorError, match="The key 3 of “Demand” belongs to “Event” already"):
        project.change_tag("demand", key="3")
    with pytest.raises(AnnotatorError, match="a colour is written #0072B2"):
        project.change_tag("demand", color="red")


def test_a_renamed_attribute_takes_its_values_along(project, passage):
    assert project.plan_attribute("demand", "action").passages == 1
    project.rename_attribute("demand", "action", "what_is_asked")
    assert project.annotation(passage).attributes["what_is_asked"] == [{"value": "open the gates"}]
    assert project.count('what_is_asked:"open the gates"') == 1
    assert project.codebook.tag("demand").version == 1 == project.annotation(passage).tag_version
    assert remarks(project) == []
    project.undo()
    assert "action" in project.annotation(passage).attributes
    with pytest.raises(AnnotatorError, match="a word of the query language"):
        project.rename_attribute("demand", "action", "issuer")
    with pytest.raises(AnnotatorError, match="has the attribute “force” already"):
        project.rename_attribute("demand", "action", "force")


def test_another_type_converts_what_can_be_read_and_tells_before_what_would_go(project, statement, passage):
    other = project.annotate(statement, "demand", span_of("withdraw"), given={"action": "2022-01-20"}).result
    assert project.plan_retype("demand", "action", "date").lost == (("action", 1),)
    project.retype_attribute("demand", "action", "date")
    assert project.annotation(other).attributes["action"][0]["edtf"] == "2022-01-20"
    assert "action" not in project.annotation(passage).attributes
    project.undo()
    project.retype_attribute("demand", "action", "choice")
    assert [c.name for c in project.codebook.tag("demand").attribute("action").values] == [
        "2022-01-20",
        "open the gates",
    ]
    assert project.annotation(passage).attributes["action"] == [{"value": "open the gates"}]
    assert not [r for r in remarks(project) if "action" in r]
    project.undo()
    project.retype_attribute("demand", "demander", "text")
    assert project.annotation(passage).attributes["demander"] == [{"value": "Dam Council"}]


def test_a_removed_attribute_takes_its_values_and_undo_brings_them_back(project, passage):
    project.delete_attribute("demand", "action")
    assert "action" not in project.annotation(passage).attributes
    assert project.count("demander:Dam") == 1
    project.undo()
    assert project.annotation(passage).attributes["action"] == [{"value": "open the gates"}]


def test_a_value_in_use_is_retired_and_stays_valid_where_it_is(project, statement, passage):
    project.delete_value("demand", "force", "appeal")
    force = project.codebook.tag("demand").attribute("force")
    assert "appeal" not in [c.name for c in force.offered] and "appeal" in [c.name for c in force.values]
    assert remarks(project) == []
    project.describe(passage, {"force": "appeal"})
    with pytest.raises(AnnotatorError, match="“appeal” was retired from “force”; it takes: demand, ultimatum"):
        project.annotate(statement, "demand", span_of("withdraw"), given={"force": "appeal"})
    project.undo()
    project.delete_value("demand", "force", "ultimatum")
    assert "ultimatum" not in [c.name for c in project.codebook.tag("demand").attribute("force").values]


def test_values_are_renamed_and_merged_with_their_passages(project, passage):
    project.rename_value("demand", "force", "appeal", "plea")
    assert project.annotation(passage).attributes["force"] == [{"value": "plea"}]
    assert project.codebook.tag("demand").version == 1
    project.merge_values("demand", "force", ["plea"], "ultimatum")
    assert project.annotation(passage).attributes["force"] == [{"value": "ultimatum"}]
    assert [c.name for c in project.codebook.tag("demand").attribute("force").values] == ["demand", "ultimatum"]
    project.undo()
    project.undo()
    assert project.annotation(passage).attributes["force"] == [{"value": "appeal"}]
    with pytest.raises(AnnotatorError, match="has the value “Demand” twice"):
        project.rename_value("demand", "force", "appeal", "Demand")


def test_passages_tagged_before_a_definition_changed_are_found_and_confirmed_in_one_step(project, statement, passage):
    assert project.count("stale:any") == 0
    project.change_tag("demand", definition="Someone asks for something.")
    new = project.annotate(statement, "demand", span_of("withdraw")).result
    assert [project.annotation(each).tag_version for each in (passage, new)] == [1, 2]
    assert project.count("stale:demand") == project.count("stale:any") == 1 and project.count("stale:event") == 0
    project.confirm([passage, new])
    assert project.count("stale:any") == 0
    project.undo()
    assert project.count("stale:any") == 1
    project.retag([passage], "event")
    assert project.count("stale:any") == 0


def test_a_passage_becomes_an_example_once_and_check_tells_when_it_is_gone(project, passage):
    project.make_example(passage, "a polite one")
    assert not project.make_example(passage)
    (example,) = project.codebook.tag("demand").examples
    assert example.quote == "call on the council to open the gates" and example.note == "a polite one"
    assert project.codebook.tag("demand").version == 1
    project.remove([passage])
    assert [r for r in remarks(project) if "which is not there" in r]
    project.undo()
    project.drop_example(passage)
    assert project.codebook.tag("demand").examples == ()


def test_an_imported_codebook_adds_and_changes_and_loses_nothing(project, passage):
    here = project.codebook
    demand = here.tag("demand")
    force = replace(demand.attribute("force"), values=(Choice("demand", "Demand"),))
    theirs = replace(
        demand, definition="Theirs.", attributes=tuple(force if a.name == "force" else a for a in demand.attributes)
    )
    other = Codebook((theirs, Tag(TagName("threat"), "Threat")), ("One rule.",))
    found = project.compare_codebook(other)
    assert [t.name for t in found.new] == ["threat"] and found.only_here == ("accusation", "event") and found.rules
    assert found.changed[0].what == ("definition", "attribute force")
    assert found.conflicts == ("“force” of Demand loses appeal, ultimatum; they are kept as retired values",)
    project.take_over_codebook(other)
    taken = project.codebook.tag("demand")
    assert taken.definition == "Theirs." and taken.version == 2 and "threat" in project.codebook
    assert [c.name for c in taken.attribute("force").offered] == ["demand"]
    assert remarks(project) == [] and project.codebook.rules == ("One rule.",)
    assert not project.compare_codebook(other)
    project.undo()
    assert project.codebook == here


def test_memos_stand_on_tags_statements_and_the_project(project, statement):
    project.set_memo("Think of the dam.")
    project.edit(statement, memo="Translated twice?")
    project.change_tag("event", memo="Too broad.")
    assert project.setting("memo") == "Think of the dam."
    assert project.statement(statement).memo == "Translated twice?"
    for _ in range(3):
        project.undo()
    assert (project.setting("memo"), project.statement(statement).memo, project.codebook.tag("event").memo) == (
        "",
        "",
        "",
    )


def test_the_filters_that_a_project_keeps_follow_the_names_of_its_codebook(project: Project, passage: str):
    kept = {"Appeals": "tag:demand force:appeal", "Acts": "action:open voice:outlet"}
    project.set_setting(saved_filters.SETTING, saved_filters.written(kept))

    def queries() -> list[str]:
        return list(saved_filters.read(project.setting(saved_filters.SETTING)).values())

    project.rename_tag("demand", "call")
    assert queries() == ["tag:call force:appeal", "action:open voice:outlet"]
    project.rename_attribute("call", "force", "strength")
    project.rename_value("call", "strength", "appeal", "plea")
    assert queries()[0] == "tag:call strength:plea" and project.count(queries()[0]) == 1
    project.merge_values("call", "strength", ["plea"], "demand")
    assert queries()[0] == "tag:call strength:demand"
    project.merge_tags(["call"], "event")
    assert queries()[0] == "tag:event strength:demand"
    for _ in range(5):
        project.undo()
    assert queries() == list(kept.values())


def test_a_filter_by_an_attribute_that_other_tags_have_too_stays(project: Project, passage: str):
    project.add_attribute("event", Attribute("force"))
    project.set_setting(saved_filters.SETTING, saved_filters.written({"Appeals": "force:appeal"}))
    project.rename_attribute("demand", "force", "strength")
    assert saved_filters.read(project.setting(saved_filters.SETTING)) == {"Appeals": "force:appeal"}


def test_a_setting_that_holds_no_filters_is_left_alone(project: Project, passage: str):
    project.set_setting(saved_filters.SETTING, "[broken")
    project.rename_tag("demand", "call")
    assert project.setting(saved_filters.SETTING) == "[broken"
