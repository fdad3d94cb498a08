"""Actors are found by what one types of their names, in any script, also in files of older schemas."""

from __future__ import annotations

import pytest

from annotator import Project
from annotator.core.naming import beginnings


@pytest.fixture
def people(project: Project) -> Project:
    project.add_actor("Syrian Democratic Forces", aliases=["SDF", "قوات سوريا الديمقراطية", "قسد"])
    project.add_actor("Democratic Union Party", aliases=["PYD"])
    project.add_actor("Türkiye", aliases=["Turkey"])
    project.add_actor("Ahrar al-Sham")
    return project


def names(project: Project, part: str, limit: int = 12) -> list[str]:
    return [each.listed for each in project.roster.matching(part, limit)]


def test_names_that_begin_so_come_before_names_with_a_word_that_does(people: Project):
    assert names(people, "dem") == ["Democratic Union Party", "Syrian Democratic Forces"]
    assert names(people, "sham") == ["Ahrar al-Sham"]
    assert names(people, "mocra") == ["Democratic Union Party", "Syrian Democratic Forces"]
    assert names(people, "nobody") == []


def test_an_alias_leads_to_the_name_and_the_actor_that_have_it(people: Project):
    found = people.roster.matching("turk", 5)
    assert [each.listed for each in found] == ["Turkey → Türkiye", "Türkiye"]
    assert {each.name for each in found} == {people.actor(each.id).name for each in found} == {"Türkiye"}


def test_arabic_is_found_by_its_words_with_or_without_the_article(people: Project):
    for part in ("قسد", "قوات", "سوريا", "الديمقراطية", "ديمقراطية"):
        assert [each.name for each in people.roster.matching(part, 3)] == ["Syrian Democratic Forces"], part


def test_names_are_found_as_they_are_now(people: Project):
    made = people.add_actor("Zaporizhzhia Brigade").result
    assert names(people, "zapo") == ["Zaporizhzhia Brigade"]
    people.undo()
    assert names(people, "zapo") == []
    people.redo()
    assert people.roster.matching("brig", 1)[0].id == made


def test_no_more_are_listed_than_were_asked_for(project: Project):
    for n in range(30):
        project.add_actor(f"Brigade {n:02}")
    assert names(project, "brigade", 12) == [f"Brigade {n:02}" for n in range(12)]
    assert len(names(project, "", 5)) == 5


def test_a_name_begins_at_each_of_its_words():
    assert list(beginnings(["Al-Nusra (JN)"])) == [(0, 0, "al-nusra (jn)"), (0, 3, "nusra (jn)"), (0, 10, "jn)")]
