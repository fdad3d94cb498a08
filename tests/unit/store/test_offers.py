"""Values of query fields that are offered while they are typed."""

from __future__ import annotations

import pytest

from annotator import Project, Span
from annotator.store.offers import MOST


@pytest.fixture
def full(project: Project) -> Project:
    for n, (issuer, day) in enumerate(
        (("Dam Council", "2021"), ("Öster Büro", "2023-05"), ("", ""), ("Dam Council", "2021-04"))
    ):
        project.add_statement(f"The council says {n}.", title="T", issuer=issuer, language="de", date_issued=day)
    return project


def texts(project: Project, field: str, typed: str = "") -> list[str]:
    return [offer.text for offer in project.offers(field, typed)]


def test_each_field_offers_what_the_project_holds(full: Project):
    assert texts(full, "issuer") == ["Dam Council", "Öster Büro"]
    assert texts(full, "issuer", "oster") == ["Öster Büro"] and texts(full, "issuer", "coun") == ["Dam Council"]
    assert texts(full, "lang") == ["de"] and texts(full, "outlet") == []
    assert texts(full, "tag", "de") == ["demand"]
    assert texts(full, "status", "o") == ["open"] and texts(full, "state", "su") == ["suggested"]
    assert texts(full, "date") == ["2023", "2021"]
    assert texts(full, "coder", "l") == ["LM"]
    assert texts(full, "title") == [] and texts(full, "nosuch") == []


def test_actors_are_offered_for_mentions_and_for_attributes_that_name_them(full: Project):
    actor = full.add_actor("Water Board", aliases=("Waterworks",)).result
    assert texts(full, "mentions", "water") == ["Water Board"] and texts(full, "mentions", "waterw") == ["Water Board"]
    tag, attribute = next((t, a) for t in full.codebook for a in t.attributes if a.type in ("actor", "actors"))
    statement = next(full.statements()).id
    full.annotate(statement, tag.name, Span(0, 3), attributes={attribute.name: [{"actor": actor}]})
    assert "Water Board" in texts(full, attribute.name, "wat")


def test_no_more_are_offered_than_can_be_looked_through(project: Project):
    for n in range(MOST + 5):
        project.add_statement(f"Text {n}.", issuer=f"Office {n:03}")
    assert len(texts(project, "issuer", "off")) == MOST
    assert texts(project, "issuer", "044") == ["Office 044"]
