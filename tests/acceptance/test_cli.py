"""The command line, whole: what each command prints, its exit code, and what it says and leaves when it cannot."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from annotator import Project, cli, formats, paths
from annotator.store import identity

ROOT = Path(__file__).parents[2]
TEXT = (
    "Statement on the dam\n"
    "We call on the council to open the gates. Armed men shelled the dam on 20 January 2022.\n"
    "They must withdraw 🙏 at once. They must withdraw at once.\n"
)


class Answer(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path) -> Run:
    """Runs a command as the coder LM, in this process."""
    identity.name_coder("LM")

    def command(*arguments: object, stdin: bytes | None = None) -> Answer:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = cli.main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return command


@pytest.fixture
def file(run: Run, tmp_path: Path) -> Path:
    """A project with three statements."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "in" / "b.md").write_text(
        "---\ntitle: Front\nissuer: AANES\n---\nThe prisoners’ families.", encoding="utf-8"
    )
    (tmp_path / "in" / "c.txt").write_text("بيان\nقال مُحَمَّد ذلك.", encoding="utf-8")
    path = tmp_path / "p.annotator"
    assert run("new", path).code == 0
    assert run("import", path, tmp_path / "in").code == 0
    return path


@pytest.fixture
def dam(run: Run, file: Path) -> str:
    (found,) = run("list", file, "dam", "--json").data
    return str(found["id"])


def head(run: Run, file: Path) -> str:
    return str(run("check", file, "--json").data["head"])


def trouble(answer: Answer, code: int = 2) -> str:
    """The one sentence on standard error, with nothing on standard output."""
    assert answer.code == code and answer.out == "" and "Traceback" not in answer.err, answer
    first, *others = answer.err.splitlines()
    assert first.startswith("annotator: ") and re.search(r"[.!?]$", first), first
    assert all(line.startswith("  ") for line in others), others
    said = first.removeprefix("annotator: ")
    assert not said[0].isalpha() or said[0].isupper() or any(s in said.split(" ")[0] for s in ".:=/"), said
    return said


# -- one command after another ---------------------------------------------------------------------


def test_a_new_project_is_empty_and_has_the_starter_codebook(run: Run, tmp_path: Path):
    answer = run("new", tmp_path / "fresh", "--title", "Dams")
    assert (answer.code, answer.out, answer.err) == (0, "fresh.annotator\n", "")
    stats = run("stats", tmp_path / "fresh.annotator", "--json").data
    assert stats["statements"] == 0 and stats["by_tag"] == {"demand": 0, "accusation": 0, "event": 0}
    assert run("list", tmp_path / "fresh.annotator", "--json").data == []
    assert "exists already" in trouble(run("new", tmp_path / "fresh.annotator"))


def test_list_shows_id_status_issuer_title_and_counts(run: Run, file: Path, dam: str):
    run("tag", file, dam, "demand", "--quote", "call on the council")
    found = run("list", file, "--json").data
    assert [s["title"] for s in found] == ["Statement on the dam", "Front", "بيان"]
    assert found[0]["id"] == dam and found[0]["counts"] == {"demand": 1} and found[0]["status"] == "unread"
    assert found[1]["issuer"] == "AANES" and {"id", "title", "issuer", "status", "counts"} <= found[1].keys()
    lines = run("list", file).out.splitlines()
    assert len(lines) == 3 and lines[0].startswith(f"{dam[-6:]}  unread") and lines[0].endswith("demand:1")
    assert [s["title"] for s in run("list", file, "issuer:aanes", "families", "--json").data] == ["Front"]
    assert [s["title"] for s in run("list", file, "-dam", "-محمد", "--json").data] == ["Front"]


def test_show_prints_the_statement_object_of_the_format(run: Run, file: Path, dam: str):
    passage = run(
        "tag", file, dam, "accusation", "--span", 63, 86, "--set", "accused=SDF; Turkey", "--note", "n"
    ).out.strip()
    data = run("show", file, dam[-6:], "--json").data
    schema = json.loads(paths.resource("native.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator({"$defs": schema["$defs"], "$ref": "#/$defs/statement"}).validate(data)
    assert data["id"] == dam and data["text"] == TEXT and data["ranges"] == [{"start": 0, "end": 20, "role": "title"}]
    (a,) = data["annotations"]
    assert (a["id"], a["tag"], a["note"]) == (passage, "accusation", "n") and TEXT[63:86] == a["quote"]
    shown = run("show", file, dam).out
    assert shown.startswith(f"Statement on the dam\n{dam[-6:]}  unread") and TEXT in shown
    assert "accused: SDF; Turkey" in shown and "note: n" in shown and passage[-6:] in shown


def test_tag_prints_exactly_the_id_and_again_for_a_repeat(run: Run, file: Path, dam: str):
    first = run("tag", file, dam, "1", "--span", 21, 40)
    assert first.code == 0 and first.err == "" and re.fullmatch(r"[0-9a-f-]{36}\n", first.out)
    at = head(run, file)
    assert run("tag", file, dam, "Demand", "--quote", TEXT[21:40]).out == first.out and head(run, file) == at
    other = run("tag", file, dam, "demand", "--span", 21, 40, "--coder", "Second")
    assert other.code == 0 and other.out != first.out
    assert run("stats", file, "--json").data["by_coder"] == {"LM": 1, "Second": 1}


def test_set_edits_metadata_and_status_in_one_step(run: Run, file: Path, dam: str):
    answer = run("set", file, dam, "title=Dam", "date_issued=2022-01", "date_issued_basis=inferred", "status=done")
    assert answer == (0, "Edit metadata\n", "")
    (found,) = run("list", file, "status:done", "--json").data
    assert found["title"] == "Dam" and found["date"] == {"edtf": "2022-01", "basis": "inferred"}
    assert "Jan 2022 (inferred)" in run("list", file, "status:done").out
    assert run("undo", file).out == "Undo Edit metadata\n" and run("list", file, "status:done", "--json").data == []
    assert run("set", file, dam, "status=open").out == "Mark as open\n"
    assert run("set", file, dam, "status=open", "title=Statement on the dam").out == "Nothing changed.\n"


def test_retag_untag_and_note_take_passages_by_their_short_ids(run: Run, file: Path, dam: str):
    one = run("tag", file, dam, "demand", "--span", 21, 40).out.strip()
    two = run("tag", file, dam, "event", "--span", 63, 86).out.strip()
    assert run("retag", file, one[-6:], two, "accusation").out == "Retag as accusation (2 passages)\n"
    assert run("retag", file, one, "accusation").out == "Nothing changed.\n"
    assert run("note", file, one, "softer").out == "Edit note\n"
    assert run("note", file, one, "--set", "accused=SDF", "--set", "conduct=act", "harder").out == "Describe passage\n"
    assert run("note", file, one, "harder").out == "Nothing changed.\n"
    a = run("show", file, dam, "--json").data["annotations"][0]
    assert a["note"] == "harder" and a["attributes"]["conduct"] == [{"value": "act"}]
    run("undo", file)
    a = run("show", file, dam, "--json").data["annotations"][0]
    assert a["note"] == "softer" and a["attributes"] == {}
    assert run("untag", file, one, one, two).out == "Remove accusation (2 passages)\n"
    assert run("list", file, "--json").data[0]["counts"] == {}


def test_search_prints_hits_in_their_context_and_nothing_without_any(run: Run, file: Path, dam: str):
    passage = run("tag", file, dam, "event", "--quote", "shelled the dam").out.strip()
    (hit,) = run("search", file, "shelled", "--json").data
    assert (hit["kind"], hit["statement"], hit["quote"], hit["annotations"]) == ("passage", dam, "shelled", [passage])
    assert TEXT[hit["start"] : hit["end"]] == "shelled" and hit["before"].endswith("Armed men ")
    assert [h["kind"] for h in run("search", file, "gates", "--json").data] == ["text"]
    assert [h["kind"] for h in run("search", file, "issuer:AANES", "--json").data] == ["statement"]
    assert run("search", file, "محمد", "--json").data[0]["quote"] == "مُحَمَّد"
    assert len(run("search", file, "the", "--limit", 2, "--json").data) == 2
    assert "[shelled]" in run("search", file, "shelled").out
    assert run("search", file, "nothing", "--json") == (0, "[]\n", "")
    assert run("search", file, "nothing") == (0, "", "")


def test_delete_undo_and_redo_print_their_labels(run: Run, file: Path, dam: str):
    assert run("delete", file, dam, dam[-6:]).out == "Delete statement\n"
    assert len(run("list", file, "--json").data) == 2
    assert run("undo", file).out == "Undo Delete statement\n"
    assert len(run("list", file, "--json").data) == 3
    assert run("redo", file).out == "Redo Delete statement\n"
    run("undo", file)
    assert run("undo", file).out == "Undo Import 3 statements\n"
    assert "nothing to undo" in trouble(run("undo", file))


def test_history_tells_who_did_what(run: Run, file: Path, dam: str):
    run("tag", file, dam, "demand", "--span", 21, 40)
    lines = [line.split("  ") for line in run("history", file).out.splitlines()]
    assert [(number, *rest) for number, _, *rest in lines] == [
        ("3", "LM", "Tag as demand"),
        ("2", "LM", "Import 3 statements"),
        ("1", "LM", "New project"),
    ]
    (tagged, came) = run("history", file, dam[-6:], "--json").data
    assert tagged["label"] == "Tag as demand" and any(c["table"] == "annotation" for c in tagged["changes"])
    assert came["coder"] == "LM" and len(run("history", file, "--limit", 1).out.splitlines()) == 1


def test_history_of_a_passage_tells_what_was_there_before_and_after(run: Run, file: Path, dam: str):
    passage = run("tag", file, dam, "demand", "--span", 21, 40, "--coder", "AB").out.strip()
    run("note", file, passage, "softer")
    run("untag", file, passage)
    lines = run("history", file, "--passage", passage).out.splitlines()
    assert [line.strip() for line in lines if line.startswith(" ")] == [
        "removed demand 21–40: “We call on the coun”",
        "note: softer → —",
        "note: — → softer",
        "tagged as demand 21–40: “We call on the coun”",
    ]
    assert [e["number"] for e in run("history", file, "--passage", passage, "--coder", "ab", "--json").data] == [3]
    (first, *_) = run("history", file, "--json", "--before", 3).data
    assert first["number"] == 2 and first["rows"] == len(first["changes"]) > 3
    assert run("history", file, "--until", "2001").out == "" and run("history", file, "--since", "2001").out != ""
    run("delete", file, dam)
    assert run("history", file, dam).out.splitlines()[0].endswith("Delete statement")
    run("undo", file)
    for given in (("--since", "x"), ("--coder", "nobody"), ("--passage", "x"), (dam, "--passage", passage)):
        trouble(run("history", file, *given))


def test_a_corrected_text_comes_in_with_its_passages_and_lists_the_doubtful_ones(
    run: Run, file: Path, dam: str, tmp_path: Path
):
    sure = run("tag", file, dam, "event", "--quote", "Armed men shelled the dam").out.strip()
    doubtful = run("tag", file, dam, "demand", "--quote", "call on the council").out.strip()
    lost = run("tag", file, dam, "demand", "--quote", "They must withdraw 🙏 at once").out.strip()
    corrected = tmp_path / "corrected.txt"
    corrected.write_text(
        TEXT.replace("call on", "call upon").replace("They must withdraw 🙏 at once. ", ""), encoding="utf-8"
    )
    preview = run("revise", file, dam, corrected, "--dry-run").out.splitlines()
    assert preview[0] == f"to confirm: {doubtful[-6:]}  demand  24–43  “call on the council”"
    assert "score 0.9" in preview[1] and "“call upon the council”" in preview[1]
    assert preview[2].startswith(f"not found: {lost[-6:]}")
    assert preview[3:] == ["Would have: 0 kept, 1 moved, 1 to confirm, 1 not found; 1 copied."]
    report = run("revise", file, dam, corrected, "--accept", doubtful[-6:], "--coder", "AB", "--json").data
    assert (report["moved"], report["to_confirm"], report["not_found"], report["copied"]) == (1, 1, 1, 2)
    by_id = {p["annotation"]: p for p in report["placements"]}
    assert by_id[sure]["copied"] and by_id[doubtful]["after"]["quote"] == "call upon the council"
    assert by_id[lost]["after"] is None and not by_id[lost]["copied"]
    shown = run("show", file, report["version"], "--json").data
    assert shown["previous"] == dam and {a["origin"] for a in shown["annotations"]} == {sure, doubtful}
    assert run("undo", file).out == "Undo Add corrected version\n"
    assert "2 copied" in run("revise", file, dam, "-", "--accept-all", stdin=corrected.read_bytes()).out
    run("undo", file)
    assert "0 to confirm, 2 not found; 1 copied" in run("revise", file, dam, corrected, "--floor", 0.99).out
    assert "has a corrected version" in trouble(run("revise", file, dam, corrected))
    trouble(run("revise", file, dam, corrected, "--accept", sure, "--accept-all"))
    trouble(run("revise", file, dam, tmp_path / "gone.txt"))


def test_a_report_is_written_to_a_file_with_its_digest_or_to_standard_output(
    run: Run, file: Path, dam: str, tmp_path: Path
):
    run("tag", file, dam, "demand", "--span", 21, 40)
    page = tmp_path / "report.html"
    answer = run("report", file, dam[-6:], "--output", page)
    assert answer.code == 0 and answer.err.startswith("Reported 1 statement with 1 passage. SHA-256 ")
    assert page.read_text(encoding="utf-8").count("<section>") == 3  # the statement, the codebook, the proof
    assert (tmp_path / "report.html.sha256").read_text().endswith("  report.html\n")
    data = run("report", file, "--query", "tag:demand", "--format", "json").data
    assert [s["statement"]["id"] for s in data["statements"]] == [dam] and data["selection"]["query"] == "tag:demand"
    assert len(run("report", file, "--format", "json").data["statements"]) == 3
    before = file.read_bytes()
    for arguments in (
        (dam, "--query", "x"),
        ("ffffff",),
        ("--query", "nowhere"),
        ("--output", file),
        ("--format", "x"),
    ):
        trouble(run("report", file, *arguments))
    assert file.read_bytes() == before


def test_going_back_prints_its_label_and_can_be_undone(run: Run, file: Path, dam: str):
    run("tag", file, dam, "demand", "--span", 21, 40)
    run("set", file, dam, "venue=x")
    assert run("go-back", file, 2).out == "Go back to step 2\n"
    assert run("list", file, "venue:x tag:demand").out == ""
    assert run("undo", file).out == "Undo Go back to step 2\n"
    assert run("go-back", file, 3, "--only", "--coder", "AB").out == "Undo Tag as demand\n"
    assert run("history", file, "--json", "--limit", 1).data[0]["coder"] == "AB"
    for step, reason in ((99, "There is no step 99"), (7, "would change nothing"), ("x", "There is no step x")):
        assert reason in trouble(run("go-back", file, step))


def test_stats_print_numbers(run: Run, file: Path, dam: str):
    lines = run("stats", file).out.splitlines()
    assert "statements: 3" in lines and "by tag: demand 0, accusation 0, event 0" in lines
    data = run("stats", file, "--json").data
    assert data["progress"] == {"all": 3, "unread": 3, "open": 0, "done": 0} and data["steps"] == 2


def test_check_says_yes_or_no_and_confirms_a_head(run: Run, file: Path):
    at = head(run, file)
    answer = run("check", file, "--head", at)
    assert answer == (0, f"Checked 3 statements: no errors. Head {at}.\n", "")
    assert run("check", file, "--json", "--head", at).data["head_found"] is True
    wrong = run("check", file, "--json", "--head", "0" * 64)
    assert wrong.code == 1 and wrong.data["ok"] is False and wrong.data["head_found"] is False
    assert run("check", file, "--head", "0" * 64).code == 1


def test_a_backup_is_a_project(run: Run, file: Path, tmp_path: Path):
    made = Path(run("backup", file).out.strip())
    assert made.parent == file.parent and made.name.startswith("p 2")
    (tmp_path / "safe").mkdir()
    assert run("backup", file, tmp_path / "safe").out.strip() == str(tmp_path / "safe" / "p.annotator")
    assert len(run("list", tmp_path / "safe" / "p.annotator", "--json").data) == 3
    assert "never overwrites" in trouble(run("backup", file, tmp_path / "safe"))


def _damage(path: Path) -> bytes:
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 4] = b"\xff" * (4096 * 3)
    path.write_bytes(data)
    return bytes(data)


def test_a_damaged_project_is_restored_from_its_newest_backup_and_kept_beside_it(
    run: Run, file: Path, dam: str, tmp_path: Path
):
    (tmp_path / "more.txt").write_text("One more statement.\n", encoding="utf-8")
    run("tag", file, dam, "demand", "--span", 21, 40)
    run("import", file, tmp_path / "more.txt")
    (rolling,) = run("backup", file, "--list", "--json").data
    assert (rolling["statements"], rolling["passages"], rolling["trouble"]) == (3, 1, "")
    damaged = _damage(file)
    assert "Restore a backup or salvage it" in trouble(run("list", file), 1)

    answer = run("restore", file)

    assert (answer.code, answer.out) == (0, f"Restored {file}: 3 statements, 1 passages.\n")
    kept = Path(answer.err.strip().removeprefix("What stood there is kept as ").rstrip("."))
    assert kept.read_bytes() == damaged
    assert len(run("list", file, "--json").data) == 3


def test_a_backup_is_chosen_by_number_or_file_and_put_elsewhere_if_asked(run: Run, file: Path, tmp_path: Path):
    made = run("backup", file, tmp_path / "kept.annotator").out.strip()
    elsewhere = tmp_path / "elsewhere.annotator"
    assert run("restore", file, made, "--to", elsewhere).code == 0
    assert len(run("list", elsewhere, "--json").data) == 3
    assert "exists already" in trouble(run("restore", file, made, "--to", elsewhere))
    assert "There is no backup 9 of p.annotator" in trouble(run("restore", file, "9"))


def test_what_is_readable_of_a_damaged_project_is_written_and_what_is_not_is_listed(
    run: Run, file: Path, dam: str, tmp_path: Path
):
    run("tag", file, dam, "demand", "--span", 21, 40)
    damaged = _damage(file)
    answer = run("salvage", file, "--output", tmp_path / "s.json")
    assert "Salvaged 3 statements with 1 passage" in answer.err
    assert file.read_bytes() == damaged
    run("new", tmp_path / "again.annotator")
    assert "Imported 3 statements." in run("import", tmp_path / "again.annotator", tmp_path / "s.json").out
    assert "never overwrites" in trouble(run("salvage", file, "--output", file))
    (tmp_path / "nothing.annotator").write_bytes(b"")
    assert "Nothing readable" in trouble(run("salvage", tmp_path / "nothing.annotator"), 1)


def test_deleting_for_good_says_what_goes_before_it_does_it(run: Run, file: Path, dam: str):
    asked = run("delete", file, dam, "--for-good")
    assert asked.code == 1 and asked.out.startswith("This removes 1 statement with 0 passages, ")
    assert asked.err == "Nothing was changed; add --yes to do it.\n"
    assert b"shelled the dam" in file.read_bytes()
    assert run("delete", file, dam, "--for-good", "--yes").out == "Deleted for good: 1 statement, 0 passages.\n"
    assert b"shelled the dam" not in file.read_bytes()
    assert len(run("list", file, "--json").data) == 2
    assert run("check", file).code == 0
    assert "nor was there one" in trouble(run("delete", file, "0" * 36, "--for-good", "--yes"))


def test_an_export_withholds_what_it_is_told_and_previews_it(run: Run, file: Path, dam: str, tmp_path: Path):
    run("tag", file, dam, "demand", "--quote", "call on the council", "--note", "the council again")
    privacy = ["--pseudonyms", "--without-texts", "--redact", "demand", "--redact-words", "/shell\\w+/"]
    told = run("export", file, *privacy, "--preview")
    assert told.code == 0 and told.err == "" and "LM" not in told.out
    assert "1 name and id replaced" in told.out and "3 withheld" in told.out
    assert "2 places in the texts of 1 statement" in told.out
    for line in told.out.splitlines():
        assert "call on" not in line and "shelled" not in line
    answer = run("export", file, "--output", tmp_path / "x.json", *privacy)
    assert answer.err == (
        "Exported 3 statements with 1 passage; 1 coder under other names, 3 texts withheld, 2 places redacted.\n"
    )
    written = (tmp_path / "x.json").read_text(encoding="utf-8")
    assert json.loads(written)["withheld"] == ["coders", "texts", "words"]
    assert (
        '"LM"' not in written and "call on the" not in written and "Armed" not in written and "shelled" not in written
    )
    whole = run("export", file, "--redact", "demand")
    assert "█" * 19 in whole.out and "call on the" not in whole.out and "Armed men shelled" in whole.out
    assert "no tag and no role" in trouble(run("export", file, "--redact", "nosuch"))
    assert "expression cannot be read" in trouble(run("export", file, "--redact-words", "/(/"))


def test_passages_without_texts_come_to_the_texts(run: Run, file: Path, dam: str, tmp_path: Path):
    run("tag", file, dam, "demand", "--quote", "call on the council")
    run("export", file, "--output", tmp_path / "bare.json", "--without-texts")
    run("new", tmp_path / "theirs")
    theirs = tmp_path / "theirs.annotator"
    run("import", theirs, tmp_path / "in" / "a.txt")
    answer = run("import", theirs, tmp_path / "bare.json", "--json")
    assert answer.code == 1 and (answer.data["imported"], answer.data["attached"]) == (0, 1)
    assert len(answer.data["problems"]) == 2
    assert "call on the council" in run("search", theirs, "tag:demand").out


def test_export_goes_to_a_file_or_standard_output(run: Run, file: Path, dam: str, tmp_path: Path):
    run("tag", file, dam, "demand", "--span", 21, 40)
    answer = run("export", file, "--output", tmp_path / "x.json", "--query", "tag:demand", "--passages")
    assert answer == (0, "", "Exported 1 statement with 1 passage.\n")
    data = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert [s["id"] for s in data["statements"]] == [dam] and data["project"]["head"] == head(run, file)
    done = subprocess.run(
        [sys.executable, "-m", "annotator", "export", file, "--format", "jsonl"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert [json.loads(line).get("title") for line in done.stdout.splitlines()][1:] == [
        "Statement on the dam",
        "Front",
        "بيان",
    ]
    assert done.stderr.decode() == "Exported 3 statements with 1 passage.\n"


def test_the_formats_of_an_export_are_those_that_there_are_and_what_is_lost_is_told(run: Run, file: Path, dam: str):
    names = [each.name for each in formats.writers()]
    # Wrapped, also at the hyphens of names.
    described = "".join(run("export", "--help").out.split())
    assert f"Whattowrite:{','.join(names)}." in described
    wrong = run("export", file, "--format", "nosuch")
    assert wrong.code == 2 and wrong.out == "" and wrong.err.count("\n") == 1
    assert all(name in wrong.err for name in names)
    run("tag", file, dam, "demand", "--span", 21, 40)
    answer = run("export", file, "--format", "passages")
    assert answer.out.startswith("passage,tag,") and "; left out: " in answer.err and "whole texts" in answer.err


def test_import_reads_standard_input(run: Run, file: Path, tmp_path: Path):
    answer = run("import", file, "-", stdin="From a pipe\nWords 🙏".encode())
    assert answer == (0, "Imported 1 statement.\n", "")
    assert run("list", file, "pipe", "--json").data[0]["title"] == "From a pipe"
    again = run("import", file, "-", stdin="From a pipe\nWords 🙏".encode())
    assert again == (0, "standard input: known already, skipped\nImported 0 statements, 1 known already.\n", "")
    run("export", file, "--output", tmp_path / "x.json")
    run("new", tmp_path / "n.annotator")
    assert run("import", tmp_path / "n.annotator", "-", stdin=(tmp_path / "x.json").read_bytes()).code == 0
    assert len(run("list", tmp_path / "n.annotator", "--json").data) == 4
    assert "standard input" in run("import", file, "-", stdin=bytes(range(256)) * 20).err.lower()


def test_import_reports_as_json(run: Run, file: Path, tmp_path: Path):
    (tmp_path / "in" / "bad.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "in" / "new.txt").write_text("New", encoding="utf-8")
    answer = run("import", file, tmp_path / "in", "--json", "--dry-run")
    assert answer.code == 1 and answer.data["imported"] == 1 and answer.data["dry_run"] is True
    assert len(answer.data["known"]) == 3 and answer.data["problems"][0]["place"].endswith("bad.txt")
    assert len(run("list", file, "--json").data) == 3


def test_import_of_what_is_known_is_done(run: Run, file: Path, tmp_path: Path):
    at = head(run, file)
    answer = run("import", file, tmp_path / "in")
    assert answer.code == 0 and answer.out.count("known already, skipped") == 3 and answer.err == ""
    assert head(run, file) == at


def test_import_sets_metadata_and_keeps_duplicates_when_told(run: Run, file: Path, tmp_path: Path):
    (tmp_path / "crlf.txt").write_bytes(TEXT.replace("\n", "\r\n").encode())
    left = run("import", file, tmp_path / "crlf.txt")
    assert left.code == 0 and "--duplicates keep" in left.out
    kept = run(
        "import", file, tmp_path / "crlf.txt", "--duplicates", "keep", "--set", "issuer=Council", "--set", "language=en"
    )
    assert kept.out == "Imported 1 statement.\n"
    assert run("list", file, "issuer:council lang:en", "--json").data[0]["title"] == "Statement on the dam"


# -- bad input: one sentence, the exit code, nothing changed --------------------------------------------


@pytest.fixture
def unchanged(run: Run, file: Path) -> Any:
    at = head(run, file)
    yield at
    assert head(run, file) == at


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--span", 5, 4], "5–4"),
        (["--span", 0, 99999], "99999"),
        (["--span", -1, 5], "-1–5"),
        (["--span", 7, 7], "empty"),
        (["--span", "9" * 30, "9" * 31], "not inside the text"),
        (["--span", 0, "x"], "x"),
        (["--span", 0], "argument"),
        (["--quote", "not in it"], "does not contain that quote"),
        (["--quote", ""], "quote is empty"),
        ([], "--span START END or --quote TEXT"),
        (["--span", 0, 5, "--quote", "x"], "--span START END or --quote TEXT"),
        (["--span", 0, 5, "--set", "colour=red"], "no attribute “colour”"),
        (["--span", 0, 5, "--set", "force=threat"], "is no value of “force”"),
        (["--span", 0, 5, "--set", "force"], "not of the form name=value"),
        (["--span", 0, 5, "--coder", " "], "needs a name"),
        (["--span", 0, 5, "--set", "colour=\udcff"], "no attribute “colour”"),
        (["--quote", "\udcff"], "does not contain that quote"),
    ],
)
def test_a_tag_that_cannot_be_is_refused(
    run: Run, file: Path, dam: str, unchanged: str, arguments: list[Any], says: str
):
    assert says in trouble(run("tag", file, dam, "demand", *arguments))


def test_arguments_that_are_no_text_are_kept_readable_or_refused(run: Run, file: Path, dam: str):
    passage = run("tag", file, dam, "demand", "--span", 0, 5, "--note", "\udcff").out.strip()
    assert run("show", file, dam, "--json").data["annotations"][0]["note"] == "\ufffd"
    assert run("untag", file, passage).code == 0
    assert "is no text" in trouble(run("search", file, "issuer:\udcff"))


def test_an_unknown_tag_is_refused_with_those_there_are(run: Run, file: Path, dam: str, unchanged: str):
    for name in ("threat", "", "4"):
        assert "it has: demand, accusation, event" in trouble(run("tag", file, dam, name, "--span", 0, 5))


def test_overlapping_the_same_tag_is_refused(run: Run, file: Path, dam: str):
    run("tag", file, dam, "demand", "--span", 21, 40)
    at = head(run, file)
    assert "overlap" in trouble(run("tag", file, dam, "demand", "--span", 30, 50))
    assert head(run, file) == at


def test_an_ambiguous_quote_lists_its_positions(run: Run, file: Path, dam: str, unchanged: str):
    answer = run("tag", file, dam, "demand", "--quote", "must withdraw")
    assert "occurs 2 times" in trouble(answer)
    places = [tuple(map(int, re.findall(r"--span (\d+) (\d+)", line)[0])) for line in answer.err.splitlines()[1:]]
    assert [TEXT[a:b] for a, b in places] == ["must withdraw"] * 2


def test_unknown_and_ambiguous_statements_are_refused(run: Run, file: Path, dam: str, unchanged: str):
    for given in ("ffffff", "", "x" * 5000, "%", "\udcff"):
        for command in (
            ["show", file, given],
            ["delete", file, dam, given],
            ["set", file, given, "title=x"],
            ["history", file, given or "z"],
        ):
            trouble(run(*command))
    answer = run("show", file, dam[:3])
    assert "fits 3 ids" in trouble(answer)
    assert any(dam in line and "Statement on the dam" in line for line in answer.err.splitlines()[1:])
    for command in (["retag", file, "ffffff", "demand"], ["untag", file, "ffffff"], ["note", file, "ffffff", "x"]):
        assert "no passage ffffff" in trouble(run(*command))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["set", "DAM", "colour=red"], "has no “colour”"),
        (["set", "DAM", "status=finished"], "none of unread, open, done"),
        (["set", "DAM", "title=x", "status=finished"], "none of unread, open, done"),
        (["set", "DAM", "title=x", "date_issued=soon"], "no date as EDTF"),
        (["set", "DAM", "title="], "needs a title"),
        (["set", "DAM", "title"], "not of the form name=value"),
        (["list", "colour:red"], "“colour:” is no field"),
        (["list", "tag:threat"], "“threat”"),
        (["list", "coder:Nobody"], "no coder “Nobody”"),
        (["list", "date:soon"], "no date"),
        (["list", " ".join(["a"] * 999)], "conditions"),
        (["search", "status:x"], "none of"),
        (["search", "x", "--limit", 0], "limit"),
        (["history", "--limit", "9" * 30], "limit"),
        (["export", "--query", "colour:red"], "no field"),
        (["export", "--format", "docx"], "no format that can be written"),
        (["export", "--output", "/nowhere/x.json"], "cannot be written"),
        (["export", "--output", "/dev/full"], "cannot be written"),
        (["export", "--output", "FILE"], "never overwrites the project"),
        (["import", "/nowhere"], None),
        (["import", "/nowhere", "--format", "docx9"], "no format that can be read"),
        (["import", "EMPTY"], "no file to import"),
        (["import", "-", "-"], "only once"),
        (["import"], "Missing argument"),
        (["import", "x", "--duplicates", "maybe"], "maybe"),
        (["redo"], "nothing to redo"),
        (["note", "x"], "--set NAME=VALUE"),
        (["tag", "DAM"], "Missing argument"),
        (["list", "--colour"], "No such option"),
    ],
)
def test_wrong_orders_are_told_in_one_sentence(
    run: Run, file: Path, dam: str, unchanged: str, tmp_path: Path, arguments: list[Any], says: str | None
):
    (tmp_path / "empty").mkdir()
    named = {"DAM": dam, "FILE": file, "EMPTY": tmp_path / "empty"}
    command, *others = (named.get(a, a) for a in arguments)
    answer = run(command, file, *others)
    if says is None:
        assert answer.code == 2 and "/nowhere: is not there." in answer.err
    else:
        assert says in trouble(answer)


def test_a_command_that_is_none_is_told(run: Run):
    assert "No such command" in trouble(run("frobnicate"))


def _foreign(path: Path) -> None:
    import sqlite3

    sqlite3.connect(path).execute("CREATE TABLE x (y)").connection.close()


@pytest.mark.parametrize(
    ("make", "code", "says"),
    [
        (lambda p: p.write_bytes(b""), 1, "empty"),
        (lambda p: p.write_text("A text. " * 100), 2, "not an Annotator project"),
        (lambda p: p.write_bytes(b"SQLite format 3\x00"), 1, "cut off"),
        (_foreign, 2, "not an Annotator project"),
        (lambda p: p.mkdir(), 2, "is a folder"),
        (lambda p: os.mkfifo(p), 2, "not a regular file"),
        (lambda p: None, 2, "There is no file"),
    ],
)
def test_a_file_that_is_no_project_is_refused_by_every_command(
    run: Run, tmp_path: Path, make: Any, code: int, says: str
):
    path = tmp_path / "x.annotator"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    (tmp_path / "in.txt").write_text("x", encoding="utf-8")
    for command in (
        ["list", path],
        ["show", path, "x"],
        ["import", path, tmp_path / "in.txt"],
        ["tag", path, "x", "demand", "--span", 0, 1],
        ["export", path],
        ["check", path],
        ["undo", path],
        ["backup", path, tmp_path / "b"],
        ["stats", path],
    ):
        assert says in trouble(run(*command), code)
    assert before is None or path.read_bytes() == before
    assert not (tmp_path / "b").exists()


def test_a_newer_project_stays_as_it_is(run: Run, file: Path):
    import sqlite3

    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    before = file.read_bytes()
    for command in (["list", file], ["check", file]):
        assert run(*command).code == 0
    assert "not changed. Update Annotator to change it." in trouble(run("undo", file))
    assert file.read_bytes() == before


def test_of_many_files_the_good_ones_arrive_and_the_bad_ones_are_listed(run: Run, file: Path, tmp_path: Path):
    (tmp_path / "in" / "new.txt").write_text("New", encoding="utf-8")
    (tmp_path / "in" / "bad.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "in" / "bad.json").write_text('{"format": "annotator", "version": NaN}', encoding="utf-8")
    answer = run("import", file, tmp_path / "in")
    assert answer.code == 1 and answer.out.endswith("Imported 1 statement, 3 known already, 2 problems.\n")
    lines = answer.err.splitlines()
    assert len(lines) == 2 and all(line.startswith("annotator: ") and line.endswith(".") for line in lines)
    assert "bad.json" in lines[0] and "NaN" in lines[0] and "bad.txt" in lines[1]
    only = run("import", file, tmp_path / "in" / "bad.txt")
    assert only.code == 2 and len(only.err.splitlines()) == 1


def test_a_conflict_names_the_option_that_decides(run: Run, file: Path, dam: str, tmp_path: Path):
    run("export", file, "--output", tmp_path / "x.json")
    run("set", file, dam, "title=Later")
    answer = run("import", file, tmp_path / "x.json")
    assert answer.code == 1 and "--on-conflict keep, replace or copy" in answer.err
    assert run("import", file, tmp_path / "x.json", "--on-conflict", "keep").code == 0
    assert run("import", file, tmp_path / "x.json", "--on-conflict", "replace").code == 0
    assert run("list", file, "--json").data[0]["title"] == "Statement on the dam"


def test_a_project_that_another_window_writes_can_be_read_alone(run: Run, file: Path, dam: str):
    from annotator import Project

    with Project.open(file):
        assert run("list", file).code == 0 and run("export", file).code == 0
        assert "already open" in trouble(run("undo", file))


# -- the program as it is started -----------------------------------------------------------------------


def start(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


@pytest.mark.parametrize("program", [["-m", "annotator"], ["main.py"]])
def test_both_ways_to_start_it_are_the_same_program(file: Path, program: list[str]):
    done = start(*program, "list", file, "--json")
    assert done.returncode == 0 and [s["title"] for s in json.loads(done.stdout)][2] == "بيان" and done.stderr == ""
    wrong = start(*program, "show", file, "zzz")
    assert (
        wrong.returncode == 2
        and wrong.stdout == ""
        and wrong.stderr == "annotator: There is no statement zzz in p.annotator.\n"
    )
    assert start(*program, "--version").stdout.startswith("annotator, version ")


def test_a_pipe_feeds_and_takes(file: Path):
    fed = start("-m", "annotator", "import", file, "-", input="From a pipe\nWords 🙏")
    assert fed.returncode == 0 and fed.stdout == "Imported 1 statement.\n"
    with subprocess.Popen(
        [sys.executable, "-m", "annotator", "export", file], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout and child.stderr
        child.stdout.close()
        assert b"Traceback" not in child.stderr.read()


def test_a_full_standard_output_is_told(file: Path):
    with open("/dev/full", "wb") as full:
        for command in (["export"], ["list"], ["stats", "--json"]):
            done = subprocess.run(
                [sys.executable, "-m", "annotator", command[0], file, *command[1:]],
                cwd=ROOT,
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )
            assert done.returncode == 2 and done.stderr.decode().count("\n") == 1, done.stderr
            assert b"cannot be written" in done.stderr


def test_an_ascii_terminal_shows_what_it_can(file: Path):
    done = start("-m", "annotator", "list", file, env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0 and "Traceback" not in done.stderr


def test_the_menu_entry_icon_and_type_are_written_for_this_user(run: Run, home: Path):
    if not sys.platform.startswith("linux"):
        pytest.skip("for Linux")
    made = [Path(line) for line in run("install-desktop").out.splitlines()]
    assert all(p.is_file() and p.is_relative_to(home) for p in made) and len(made) == 3
    entry = next(p for p in made if p.suffix == ".desktop").read_text(encoding="utf-8")
    assert re.search(r"^Exec=.*%f", entry, re.MULTILINE) and "application/x-annotator" in entry
    assert run("install-desktop").code == 0


def test_a_menu_entry_that_cannot_be_written_is_told(run: Run, home: Path):
    (home / ".local").write_text("in the way", encoding="utf-8")
    assert "cannot be written" in trouble(run("install-desktop"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
def test_where_nothing_can_be_said_the_exit_code_says_it(tmp_path):
    with open("/dev/full", "wb") as full:
        words = [sys.executable, "-m", "annotator", "undo", tmp_path / "nothing.annotator"]
        done = subprocess.run(words, cwd=ROOT, stderr=full, check=False)
    assert done.returncode == 2


def test_a_name_that_steers_a_terminal_is_printed_without_doing_so(run: Run, tmp_path: Path):
    name = tmp_path / "a\x1b[31m\nb.annotator"
    for answer in (run("new", name), run("backup", name, tmp_path / "c\x1b[2J.annotator"), run("undo", name)):
        assert not {"\x1b", "\x9b"} & set(answer.out + answer.err)
        assert (answer.out + answer.err).count("\n") == 1


def test_a_codebook_is_shown_printed_handed_on_and_taken_over_after_looking(run, tmp_path):
    one, other = tmp_path / "one.annotator", tmp_path / "other.annotator"
    for path in (one, other):
        assert run("new", str(path)).code == 0
    with Project.open(one, coder="LM") as project:
        project.add_tag("Ultimatum", parent="demand", key="4")
        project.change_tag("demand", definition="Someone asks.")
    shown = run("codebook", str(one)).out
    assert "  4  ultimatum  Ultimatum  version 1  0 passages  0 attributes" in shown and "SHA-256" in shown
    page, file = tmp_path / "book.html", tmp_path / "book.json"
    assert run("codebook", str(one), "--html", str(page), "--counts").code == 0
    assert "0 passages" in page.read_text(encoding="utf-8")
    assert run("codebook", str(one), "--export", str(file)).code == 0
    looked = run("codebook", str(other), "--import", str(file), "--dry-run").out
    assert "new: Ultimatum (ultimatum)" in looked and "changed: Demand (demand): definition" in looked
    assert run("codebook", str(other), "--import", str(file)).out == looked
    assert "Nothing changed" in run("codebook", str(other), "--import", str(file)).out
    assert json.loads(run("codebook", str(other), "--json").out)["tags"][3]["parent"] == "demand"
    file.write_text('{"tags": [{"name": "a"}, {"name": "a"}]}')
    refused = run("codebook", str(other), "--import", str(file))
    assert refused.code == 2 and "tags[1] (“a”) has the name of tags[0]" in refused.err and refused.err.count("\n") == 1
    assert run("codebook", str(other), "--json", "--html", "-").code == 2


def test_what_a_query_finds_is_recoded_in_one_step_after_a_dry_run(run: Run, file: Path):
    statement = run("list", file, "--json").data[0]["id"]
    run("tag", file, statement, "demand", "--span", 0, 4)
    run("tag", file, statement, "event", "--span", 5, 9)
    dry = run("recode", file, "tag:demand|event", "--set", "force=appeal", "--dry-run")
    assert dry.out == "1 passage in 1 statement.\n" and "1 passed over: its tag has no such attribute" in dry.err
    assert run("recode", file, "tag:demand|event", "--set", "force=appeal").out == "Set force\n"
    assert len(run("search", file, "force:appeal", "--json").data) == 1
    assert run("recode", file, "tag:demand|event", "--remove").out == "Remove passages (2 passages)\n"
    run("undo", file)
    assert len(run("search", file, "tag:demand|event", "--json").data) == 2
    assert run("recode", file, "tag:event", "--retag", "nothing").code == 2
    assert "Say one thing to do" in run("recode", file, "tag:event").err
