"""GraphML and GEXF: the network of actors."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from defusedxml import ElementTree

from annotator import Project, Span
from tests.unit.formats import roundtrip

GRAPHML, GEXF = "{http://graphml.graphdrawing.org/xmlns}", "{http://gexf.net/1.3}"
TEXT = "Ayla demands that Boran pay. She accuses Boran. Boran demands peace. Ayla demands it again."


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "n.annotator", coder="LM") as project:
        for date, repeat in (("2022-01", 1), ("2024-05-02", 2)):
            statement = project.add_statement(TEXT + " " * repeat, title=f"T {repeat}", date_issued=date).result
            for tag, words, given in (
                ("demand", "Ayla demands that Boran pay", {"demander": "Ayla <&>", "addressee": "Boran"}),
                ("demand", "Ayla demands it again", {"demander": "Ayla <&>", "addressee": "Boran; Cemil"}),
                ("accusation", "She accuses Boran", {"accuser": "Ayla <&>", "accused": "B."}),
                ("demand", "Boran demands peace", {"demander": "Boran", "addressee": "unspecified"}),
            ):
                at = TEXT.index(words)
                project.annotate(statement, tag, Span(at, at + len(words)), given=given)
        project.merge_actors([project.find_actor("B.").id], project.find_actor("Boran").id)
        yield project


def edges_of(data: bytes) -> dict[tuple[str, str, str], dict[str, str]]:
    """The edges of a GraphML document by the names at their ends and the tag."""
    root = ElementTree.fromstring(data)

    def values(element) -> dict[str, str]:
        return {each.get("key"): each.text for each in element.iter(f"{GRAPHML}data")}

    names = {node.get("id"): values(node)["label"] for node in root.iter(f"{GRAPHML}node")}
    return {
        (names[edge.get("source")], names[edge.get("target")], values(edge)["tag"]): values(edge)
        for edge in root.iter(f"{GRAPHML}edge")
    }


def test_edges_lead_from_who_claims_to_whom_it_is_claimed_of_with_their_weight(project: Project):
    data, report = roundtrip.exported(project, "graphml")
    edges = edges_of(data)
    assert set(edges) == {
        ("Ayla <&>", "Boran", "demand"), ("Ayla <&>", "Cemil", "demand"), ("Ayla <&>", "Boran", "accusation"),
    }  # fmt: skip
    both = edges["Ayla <&>", "Boran", "demand"]
    assert (both["weight"], both["statements"]) == ("4", "2")
    assert (both["first"], both["last"]) == ("2022-01", "2024-05-02")
    assert "2 passages that do not name an actor at both ends" in report.losses


def test_gexf_has_the_same_nodes_and_edges(project: Project):
    data, _ = roundtrip.exported(project, "gexf")
    root = ElementTree.fromstring(data)
    names = {node.get("id"): node.get("label") for node in root.iter(f"{GEXF}node")}
    found = {
        (names[edge.get("source")], names[edge.get("target")], edge.get("kind")): edge.get("weight")
        for edge in root.iter(f"{GEXF}edge")
    }
    expected = edges_of(roundtrip.exported(project, "graphml")[0])
    assert found == {key: values["weight"] for key, values in expected.items()}


@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_the_library_that_the_field_reads_networks_with_finds_the_same_graph(project: Project, format: str):
    import networkx

    data, _ = roundtrip.exported(project, format)
    if format == "graphml":
        graph = networkx.read_graphml(io.BytesIO(data), force_multigraph=True)
    else:
        graph = networkx.read_gexf(io.BytesIO(data), version="1.3")
    assert graph.is_directed() and graph.number_of_nodes() == 3
    names = {node: values["label"] for node, values in graph.nodes(data=True)}
    weights = {
        (names[source], names[target], values.get("tag") or values.get("kind")): int(values["weight"])
        for source, target, values in graph.edges(data=True)
    }
    expected = edges_of(roundtrip.exported(project, "graphml")[0])
    assert weights == {key: int(values["weight"]) for key, values in expected.items()}
