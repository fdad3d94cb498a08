"""Actors that may be one are proposed with reasons, whatever script they are written in; nobody is merged by it."""

from __future__ import annotations

import pytest

from annotator.core.duplicates import Proposal, duplicates
from annotator.core.model import Actor, ActorId


def actor(name: str, *aliases: str, **more) -> Actor:
    return Actor(ActorId(name), name, aliases=aliases, **more)


def proposed(*actors: Actor, apart=()) -> dict[frozenset[str], Proposal]:
    *_, found = duplicates(actors, apart)
    assert isinstance(found, list)
    return {frozenset((p.one, p.other)): p for p in found}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("SDF", "Syrian Democratic Forces", "“SDF” is made of the initials of “Syrian Democratic Forces”"),
        ("AANES", "Autonomous Administration of North and East Syria", "is made of the initials of"),
        ("QSD", "قسد", "are the same letters in two scripts"),
        ("قسد", "قوات سوريا الديمقراطية", "“قسد” is made of the initials of"),
        ("Syrian Democratic Forces", "قوات سوريا الديمقراطية", "say the same in two languages"),
        ("Syrian Democratic Forces", "Hêzên Sûriya Demokratîk", "say the same in two languages"),
        ("QSD", "Syrian Democratic Forces", "“QSD” can be made of the initials of “Syrian Democratic Forces” in Ar"),
        ("YPG", "People's Protection Units", "in Kurmanji"),
        ("Владимир Путин", "Vladimir Putin", "“Владимир Путин” and “Vladimir Putin” may be"),
        ("Mohammed al-Julani", "محمد الجولاني", "may be one name in two scripts"),
        ("Global Coalitoin", "Global Coalition", "differ by few letters"),
        ("Turkey", "Türkiye", "say the same in two languages"),
        ("DİYARBAKIR", "Diyarbakir", "read alike"),
        ("Brigade Nasr", "Nasr Brigade", "the same words in another order"),
        ("Syrian Democratic Forces (SDF)", "SDF", "both are called “SDF”"),
    ],
)  # fmt: skip
def test_names_of_one_actor_are_proposed_with_the_reason(one: str, other: str, reason: str):
    found = proposed(actor(one), actor("Ahmed"), actor(other))
    assert list(found) == [frozenset((one, other))]
    assert any(reason in each for each in found[frozenset((one, other))].reasons)


@pytest.mark.parametrize(
    ("one", "other"),
    [("17th Division", "18th Division"), ("North Kurdistan", "South Kurdistan"), ("Iraq", "Iran"), ("SDF", "SNC"),
     ("Ministry of Defence", "Ministry of Interior"), ("حزب الله", "حزب البعث"), ("!!", "??")],
)  # fmt: skip
def test_names_that_only_look_related_are_not(one: str, other: str):
    assert proposed(actor(one), actor(other)) == {}


def test_a_shared_alias_or_wikidata_id_says_so():
    turkey = actor("Turkey", "Turkiye", wikidata="Q43")
    found = proposed(actor("Ankara", "Türkiye"), turkey, actor("TR", wikidata="Q43"))
    assert "“Türkiye” and “Turkiye” read alike" in found[frozenset(("Ankara", "Turkey"))].reasons
    assert found[frozenset(("Turkey", "TR"))].reasons[0] == "both have the Wikidata id Q43"


def test_what_was_merged_or_is_kept_apart_is_not_proposed():
    whole, short = actor("Syrian Democratic Forces"), actor("SDF")
    assert proposed(whole, short, apart=[tuple(sorted((whole.id, short.id)))]) == {}
    merged = actor("SDF", merged_into=whole.id)
    assert proposed(whole, merged) == {}
    assert list(proposed(whole, merged, actor("S.D.F", "SDF"))) == [frozenset((whole.id, "S.D.F"))]


def test_what_many_share_is_no_reason():
    assert proposed(*(Actor(ActorId(str(n)), "Council") for n in range(40))) == {}


def test_the_work_reports_how_far_it_is():
    *steps, found = duplicates([actor(f"Actor of place {n} {chr(97 + n % 26) * 5}") for n in range(1200)])
    assert len(steps) >= 3 and steps[-1] == 1200 and isinstance(found, list)
