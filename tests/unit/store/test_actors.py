"""Actors are described, merged and split in one step each, and no annotation is rewritten by a merger."""

from __future__ import annotations

import pytest

from annotator import AnnotatorError, Project, jobs

from .conftest import span_of


@pytest.fixture
def cast(project: Project, statement: str) -> dict[str, str]:
    """A demand and an accusation with actors, by name."""
    project.annotate(
        statement, "demand", span_of("open the gates"), given={"demander": "Council", "addressee": "QSD; Turkey"}
    )
    project.annotate(
        statement, "accusation", span_of("shelled the dam"), given={"accused": "SDF", "accuser": "Council"}
    )
    return {a.name: a.id for a in project.actors()}


def demand(project: Project, statement: str):
    return next(a for a in project.annotations(statement) if a.tag == "demand")


def test_a_merger_lets_names_and_passages_lead_to_the_actor_that_stays(project: Project, statement, cast):
    before = project.annotations(statement)
    changes = project.merge_actors([cast["QSD"]], cast["SDF"])
    assert changes.result == cast["SDF"] and changes.ids("annotation") == frozenset()
    assert project.annotations(statement) == before
    assert project.find_actor("qsd").id == cast["SDF"] and project.actor_name(cast["QSD"]) == "SDF"
    assert [each.listed for each in project.roster.matching("qs")] == ["QSD → SDF"]
    assert project.count("addressee:SDF") == project.count("accused:QSD") == project.count("mentions:QSD") == 1
    assert project.roster.passage_count(project.roster.family(cast["SDF"])) == 2
    project.undo()
    assert project.find_actor("qsd").id == cast["QSD"]


def test_a_merger_taken_back_leaves_older_mergers_as_they_were(project: Project, cast):
    project.merge_actors([cast["QSD"]], cast["SDF"])
    project.merge_actors([cast["SDF"]], cast["Council"])
    assert project.actor(cast["QSD"]).name == "Council"
    project.unmerge_actor(cast["SDF"])
    assert project.actor(cast["QSD"]).name == "SDF" and project.actor(cast["SDF"]).name == "SDF"
    with pytest.raises(AnnotatorError, match="was not merged"):
        project.unmerge_actor(cast["SDF"])


def test_actors_are_not_merged_in_a_circle(project: Project, cast):
    project.merge_actors([cast["QSD"]], cast["SDF"])
    for one, other in (("SDF", "QSD"), ("SDF", "SDF"), ("QSD", "SDF")):
        with pytest.raises(AnnotatorError, match="SDF cannot be merged into itself"):
            project.merge_actors([cast[one]], cast[other])
    assert jobs.run(jobs.check(project)) == []


def test_a_renamed_actor_is_found_by_its_old_name(project: Project, cast):
    project.rename_actor(cast["SDF"], "Syrian  Democratic Forces")
    found = project.find_actor("sdf")
    assert found.name == "Syrian Democratic Forces" and found.aliases == ("SDF",)
    project.rename_actor(cast["SDF"], "SDF", keep=False)
    assert project.find_actor("SDF").aliases == () and project.find_actor("Syrian Democratic Forces") is None


def test_what_is_known_of_an_actor_is_checked(project: Project, cast):
    project.edit_actor(
        cast["SDF"], type="Militia", color="#aabbcc", wikidata="https://www.wikidata.org/wiki/Q12345", note="n",
        aliases=["QSD ", "SDF", "قسد", "QSD"],
    )  # fmt: skip
    actor = project.actor(cast["SDF"])
    assert (actor.type, actor.color, actor.wikidata, actor.note) == ("militia", "#AABBCC", "Q12345", "n")
    assert actor.aliases == ("QSD", "قسد")
    for wrong, sentence in (
        ({"type": "gang"}, "“gang” is no type of actor; there are: state forces"),
        ({"color": "red"}, "“red” is no colour"),
        ({"wikidata": "12345"}, "“12345” is no Wikidata item"),
    ):
        with pytest.raises(AnnotatorError, match=sentence):
            project.edit_actor(cast["SDF"], **wrong)
    with pytest.raises(AnnotatorError, match="no type of actor"):
        project.add_actor("Gang", "gang")
    assert project.actor(cast["SDF"]) == actor


def test_a_split_takes_the_chosen_aliases_and_values_along(project: Project, statement, cast):
    project.edit_actor(cast["Council"], aliases=["Assembly", "Board"])
    passage = demand(project, statement)
    plan = project.plan_split(cast["Council"], aliases=["Board"], values=[(passage.id, "")])
    assert plan.values == ((passage.id, "demander"),)
    assert plan.sentence() == "1 passage and 1 alias would go to the new actor."
    made = project.split_actor(cast["Council"], "Water Board", aliases=["Board"], values=plan.values).result
    assert project.actor(made).aliases == ("Board",) and project.actor(cast["Council"]).aliases == ("Assembly",)
    attributes = demand(project, statement).attributes
    assert attributes["demander"] == [{"actor": made}]
    assert [value["actor"] for value in attributes["addressee"]] == [cast["QSD"], cast["Turkey"]]
    assert project.count("accuser:Council") == 1 and project.count("demander:Council") == 0
    assert jobs.run(jobs.check(project)) == []


def test_a_split_of_merged_actors_moves_values_that_named_either(project: Project, statement, cast):
    project.merge_actors([cast["QSD"]], cast["SDF"])
    passage = demand(project, statement)
    made = project.split_actor(cast["SDF"], "Others", values=[(passage.id, "addressee")]).result
    assert demand(project, statement).attributes["addressee"][0] == {"actor": made}
    with pytest.raises(AnnotatorError, match="“QSD” is an actor that was merged into SDF"):
        project.plan_split(cast["SDF"], aliases=["QSD"])
    with pytest.raises(AnnotatorError, match="has no alias “X”"):
        project.plan_split(cast["SDF"], aliases=["X"])


def test_an_actor_goes_only_when_nothing_refers_to_it(project: Project, cast):
    alone = project.add_actor("Nobody").result
    project.keep_apart(alone, cast["SDF"])
    project.delete_actor(alone)
    assert project.find_actor("Nobody") is None and not project.setting(
        "apart/" + "/".join(sorted((alone, cast["SDF"])))
    )
    with pytest.raises(AnnotatorError, match="Turkey cannot be deleted: 1 passage names it"):
        project.delete_actor(cast["Turkey"])
    project.merge_actors([cast["QSD"]], cast["Turkey"])
    with pytest.raises(AnnotatorError, match="1 passage names it and 1 actor was merged into it"):
        project.delete_actor(cast["Turkey"])


def test_an_actor_is_given_by_name_alias_or_the_end_of_its_id(project: Project, cast):
    project.rename_actor(cast["Turkey"], "Türkiye")
    for given in ("turkiye", "Turkey", cast["Turkey"], cast["Turkey"][-6:]):
        assert project.find_actor_by(given).id == cast["Turkey"]
    with pytest.raises(AnnotatorError, match=r"There is no actor “Tur” in .*; there is Türkiye"):
        project.find_actor_by("Tur")
