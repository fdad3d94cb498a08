"""The commands on actors and links do what the manual says, and say in one sentence what cannot be done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotator import Project
from annotator.cli import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "p.annotator"
    with Project.create(path, coder="LM") as project:
        text = "We call on the council to act. Armed men shelled the dam."
        project.add_statement(text, "One", issuer="Dam Council", date_issued="2022-01").result  # noqa: B018
    return path


@pytest.fixture
def run(file: Path, capsys: pytest.CaptureFixture[str]):
    def run(command: str, *arguments: str, code: int = 0) -> str:
        assert main([command, str(file), *arguments]) == code
        out = capsys.readouterr()
        return (out.err if code else out.out).strip()

    return run


@pytest.fixture
def passages(run, file: Path) -> tuple[str, str]:
    with Project.open(file, read_only=True) as project:
        (statement,) = (s.id for s in project.statements())
    one = run("tag", statement, "demand", "--quote", "call on the council", "--set", "demander=SDF; Turkey",
              "--set", "addressee=QSD")  # fmt: skip
    two = run("tag", statement, "event", "--quote", "shelled the dam", "--set", "actor=SDF",
              "--set", "date_start=2022-01-20")  # fmt: skip
    return one, two


def test_actors_are_listed_and_shown_with_what_they_do(run, passages):
    assert [line.split("  ", 1)[1] for line in run("actors").splitlines()] == [
        "QSD  1 passage", "SDF  2 passages", "Turkey  1 passage"
    ]  # fmt: skip
    assert "SDF" in run("actors", "sd") and "Turkey" not in run("actors", "sd")
    shown = run("actor", "SDF")
    assert "Demands\n" in shown and "Does\n" in shown and "20 Jan 2022" in shown
    data = json.loads(run("actor", "sdf", "--json"))
    assert [(m["role"], m["quote"]) for m in data["mentions"]] == [
        ("Demands", "call on the council"), ("Does", "shelled the dam")
    ]  # fmt: skip
    assert [each["name"] for each in json.loads(run("actors", "--json"))] == ["QSD", "SDF", "Turkey"]


def test_actors_are_described_merged_taken_apart_and_split(run, passages):
    assert run("actor", "SDF", "--set", "name=Syrian Democratic Forces", "--set", "type=militia") == "Edit actor"
    assert "aliases: SDF" in run("actor", "SDF")
    assert run("merge-actors", "QSD", "Syrian Democratic Forces") == "Merge actors"
    assert "merged: QSD" in run("actor", "SDF") and "QSD" not in run("actors").split()
    assert run("unmerge-actor", "QSD") == "Take merger back"
    assert "was not merged" in run("unmerge-actor", "QSD", code=2)
    plan = run("split-actor", "SDF", "Other", "--passage", passages[1], "--dry-run")
    assert plan.startswith("1 passage and 0 aliases")
    made = run("split-actor", "SDF", "Other", "--passage", f"{passages[1]}:actor", "--alias", "SDF")
    assert made in json.loads(run("actor", "Other", "--json"))["id"]
    assert run("undo") == "Undo Split actor" or "Split actor" in run("history")


def test_duplicates_are_listed_with_reasons_until_they_are_kept_apart(run, passages):
    run("actor", "Syrian Democratic Forces", "--add")
    (pair,) = [p for p in json.loads(run("actors", "--duplicates", "SDF", "--json"))]
    assert {a["name"] for a in pair["actors"]} == {"SDF", "Syrian Democratic Forces"}
    assert "is made of the initials of" in run("actors", "--duplicates")
    run("keep-apart", "SDF", "Syrian Democratic Forces")
    assert run("actors", "--duplicates", "SDF") == ""


def test_passages_are_linked_listed_and_unlinked(run, passages, file: Path):
    link = run("link", "event_ref", passages[0], passages[1][-6:])
    with Project.open(file, read_only=True) as project:
        (statement,) = (s.id for s in project.statements())
    shown = run("show", statement)
    assert f"link {link[-6:]}: event_ref → {passages[1][-6:]}  “shelled the dam”" in shown
    assert f"link {link[-6:]}: event_ref ← {passages[0][-6:]}" in shown
    assert run("unlink", link[-6:]) == "Remove link"
    assert "link " not in run("show", statement)
    run("link-kinds", "blames", "--definition", "names the cause")
    assert "blames  Blames  names the cause" in run("link-kinds")
    assert json.loads(run("link-kinds", "--json"))[0]["name"] == "same_as"
    run("link", "blames", *passages)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("actor", "Nobody"), "There is no actor “Nobody” in p.annotator."),
        (("actor", "SDF", "--set", "type=gang"), "“gang” is no type of actor; there are: state forces"),
        (("actor", "SDF", "--set", "wikidata=12"), "“12” is no Wikidata item"),
        (("actor", "SDF", "--set", "colour=red"), "An actor has no “colour”; it has: name, type"),
        (("actor", "SDF", "--delete"), "SDF cannot be deleted: 2 passages name it."),
        (("actor", "SDF", "--add"), "There is an actor “SDF” already."),
        (("merge-actors", "SDF", "SDF"), "SDF cannot be merged into itself"),
        (("split-actor", "SDF", "X", "--alias", "Y"), "SDF has no alias “Y”."),
        (("link", "blames", "PASSAGE", "PASSAGE"), "There is no kind of link “blames”; there are: same_as"),
        (("link", "same_as", "PASSAGE", "PASSAGE"), "A passage cannot be linked to itself."),
        (("link", "same_as", "PASSAGE", "nothing"), "There is no passage nothing"),
        (("unlink", "nothing"), "There is no link nothing"),
        (("link-kinds", "Same thing"), "cannot name a kind of link"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(run, passages, command: tuple[str, ...], sentence: str):
    name, *arguments = (passages[0] if part == "PASSAGE" else part for part in command)
    told = run(name, *arguments, code=2)
    assert sentence in told and "\n" not in told
