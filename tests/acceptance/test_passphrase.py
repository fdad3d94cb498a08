"""Encrypted projects on the command line: the passphrase comes from a file or the environment; all commands work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("sqlcipher3", reason="needs the extra `encrypted`")
pytest.importorskip("cryptography", reason="needs the extra `encrypted`")

from annotator import cli
from annotator.store import cipher


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(cipher, "ROUNDS", 1)


def test_a_project_is_made_filled_read_changed_and_checked_with_its_passphrase(tmp_path: Path, monkeypatch, capsys):
    path, words, new = tmp_path / "p.annotator", tmp_path / "words.txt", tmp_path / "new.txt"
    words.write_text("four quiet grey words\n", encoding="utf-8")
    new.write_text("four other words\n", encoding="utf-8")
    (tmp_path / "text.txt").write_text("Port\nThe port must reopen.", encoding="utf-8")
    run = cli.main
    given = ["--passphrase-file", str(words)]
    assert run([*given, "new", str(path), "--encrypted"]) == 0
    assert run([*given, "import", str(path), str(tmp_path / "text.txt")]) == 0
    capsys.readouterr()
    assert run(["list", str(path)]) == 2
    assert capsys.readouterr().err == "annotator: p.annotator is encrypted: it needs its passphrase.\n"
    monkeypatch.setenv("ANNOTATOR_PASSPHRASE", "wrong")
    assert run(["list", str(path)]) == 2
    assert "That passphrase does not open p.annotator" in capsys.readouterr().err
    monkeypatch.setenv("ANNOTATOR_PASSPHRASE", "four quiet grey words")
    assert run(["list", str(path), "--json"]) == 0
    assert [s["title"] for s in json.loads(capsys.readouterr().out)] == ["Port"]
    for command in (["check"], ["stats"], ["history"], ["undo"], ["redo"], ["backup", "--list"], ["export"]):
        assert run([command[0], str(path), *command[1:]]) == 0, command
    assert run(["backup", str(path), str(tmp_path / "b.annotator")]) == 0
    assert run(["restore", str(path), str(tmp_path / "b.annotator"), "--to", str(tmp_path / "r.annotator")]) == 0
    assert run(["salvage", str(path), "--output", str(tmp_path / "s.json")]) == 0
    assert run(["decrypt", str(path), str(tmp_path / "plain.annotator")]) == 0
    assert run(["encrypt", str(tmp_path / "plain.annotator"), str(tmp_path / "e.annotator")]) == 0
    assert run(["passphrase", str(path), "--new-file", str(new)]) == 0
    assert run(["list", str(path)]) == 2
    assert run(["--passphrase-file", str(new), "list", str(path)]) == 0
