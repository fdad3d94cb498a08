"""What a query asks of annotations: each attribute by its type, in one annotation."""

from __future__ import annotations

import pytest

from annotator import AnnotatorError, Project, Span
from annotator.store import claims

TEXT = "The council asks Turkey to leave. Shells fell on the town. The army was silent about it all."


@pytest.fixture
def coded(project: Project) -> Project:
    """Four passages in two statements: a demand and an event, two accusations."""
    turkey = project.add_actor("Turkey", aliases=("Ankara", "تركيا")).result
    project.add_actor("Turkey-backed factions")
    merged = project.add_actor("Türkiye").result
    project.merge_actors([merged], turkey)
    first = project.add_statement(TEXT, "First", issuer="AANES", date_issued="2022-03").result
    second = project.add_statement(TEXT + " Again.", "Second", issuer="SDF", date_issued="2024").result
    project.annotate(
        first, "demand", Span(0, 32), note="look again",
        given={"demander": "AANES", "addressee": "Turkey; Global Coalition", "action": "leave", "force": "appeal",
               "polarity": "do", "timing": "current"},
    )  # fmt: skip
    event = project.annotate(
        first, "event", Span(34, 57), given={"date_start": "2022-01-20", "killed": "5-12", "what": "shelling of a town"}
    ).result
    one = project.annotate(
        first, "accusation", Span(59, 70), given={"accused": "Turkey", "evidence": "none", "conduct": "omission"}
    ).result
    project.annotate(
        second, "accusation", Span(59, 70), given={"accused": "Turkey-backed factions", "evidence": "witness"}
    )
    project.link("same_as", one, event)
    return project


def found(project: Project, query: str) -> str:
    """The tags of the passages, each with the letter of its statement, in order."""
    hits = [project.annotation(a) for hit in project.search(query) for a in hit.annotations]
    return " ".join(sorted(f"{project.statement(a.statement).title[0]}{a.tag[0]}" for a in hits))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("accused:Turkey", "Fa"),
        ("accused:ankara", "Fa"),
        ("accused:تركيا", "Fa"),
        ("accused:Türkiye", "Fa"),
        ("accused:turk", "Fa Sa"),
        ("accused:turkey|turkey-backed", "Fa Sa"),
        ('demander:AANES addressee:"Global Coalition"', "Fd"),
        ("demander:AANES accused:Turkey", ""),
        ("mentions:Turkey", "Fa Fd"),
        ("accused:Turkey evidence:none date:2022..2023 -tag:event", ""),
        ("accused:Turkey evidence:none date:2022..2023", "Fa"),
        ("accused:turk evidence:!none", "Sa"),
        ("evidence:none|witness", "Fa Sa"),
        ("evidence:!none|witness", ""),
        ("tag:demand|event", "Fd Fe"),
        ("tag:accusation issuer:SDF|AANES", "Fa Sa"),
        ("evidence:*", "Fa Sa"),
        ("evidence:-", ""),
        ("conduct:-", "Sa"),
        ("conduct:omission", "Fa"),
        ("missing:accused", ""),
        ("missing:any tag:demand", ""),
        ("missing:any", "Fa Fe Sa"),
        ("tag:accusation missing:conduct", "Sa"),
        ("killed:5..20", "Fe"),
        ("killed:>=10", "Fe"),
        ("killed:>12", ""),
        ("killed:<5", ""),
        ("killed:7", "Fe"),
        ("killed:≥12", "Fe"),
        ("date_start:2022-01..", "Fe"),
        ("date_start:..2021", ""),
        ("date_start:2022", "Fe"),
        ("what:shell", "Fe"),
        ('what:"of a town"', "Fe"),
        ("link:same_as", "Fa Fe"),
        ("link:event_ref", ""),
        ("link:* tag:event", "Fe"),
        ("link:- tag:demand", "Fd"),
        ("note:again", "Fd"),
        ("note:*", "Fd"),
        ("note:- tag:event", "Fe"),
        ("coder:LM tag:demand", "Fd"),
        ("created:2000..2001", ""),
        ("created:2020.. tag:demand", "Fd"),
        ("changed:2020.. tag:demand", "Fd"),
        ("addressee:unspecified", ""),
    ],
)
def test_passages_are_found_by_what_they_claim(coded: Project, query: str, says: str):
    assert found(coded, query) == says


@pytest.mark.parametrize(
    "query",
    ["accused:turk", "tag:accusation", "killed:>=1", "missing:any", "issuer:SDF accused:turk", "shells accused:Turkey"],
)
def test_what_is_found_does_not_depend_on_how_much_there_is(
    coded: Project, query: str, monkeypatch: pytest.MonkeyPatch
):
    few = found(coded, query), [list(page) for page in coded.numbers(query)], coded.count(query)
    monkeypatch.setattr(claims, "FEW", -1)
    assert (found(coded, query), [list(page) for page in coded.numbers(query)], coded.count(query)) == few


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("acused:Turkey", "“acused:” is no field of the query language; near it: accused:"),
        ("evidence:non_e", "“non_e” is no value of evidence; near it: none"),
        ("evidence:xyz", "“xyz” is no value of evidence; near it: none, documents_media"),
        ("accused:Turkay", "there is no actor “Turkay”; near it: Turkey"),
        ("killed:many", "killed:many is no number or range"),
        ("date_start:soon", "date_start:soon is no date or range"),
        ("created:soon", "created:soon is no date or range"),
        ("link:sameas", "there are no links “sameas”; there are: event_ref"),
        ("missing:acused", "the codebook has no attribute “acused”; near it: accused"),
        ("coder:Nobody", "the project has no coder “Nobody”"),
        ("state:new", "state:new is none of made"),
    ],
)
def test_what_cannot_be_meant_is_told_with_what_may_have_been(coded: Project, query: str, says: str):
    with pytest.raises(AnnotatorError) as told:
        list(coded.search(query))
    assert says in str(told.value)
