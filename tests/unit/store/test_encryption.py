"""Encrypted projects: who gets in, that no plain word is left anywhere, and how the passphrase changes."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("sqlcipher3", reason="needs the extra `encrypted`")
pytest.importorskip("cryptography", reason="needs the extra `encrypted`")

from annotator import Project, jobs
from annotator.core.errors import AnnotatorError, Damaged, Foreign, MissingExtra, NeedsPassphrase, WrongPassphrase
from annotator.store import backups, cipher
from annotator.store.cipher import Decrypted, Key, prepared

from .conftest import TEXT, span_of

OLD, NEW = "it's a ‘quay’ in Diyarbakır", "another one"
#: Words that are in no program and no codebook.
PLANTED = (b"Armed men shelled", b"Dam Council", b"Zyxwel")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest):
    """Keys are derived in one round, but where the format itself is tested."""
    monkeypatch.setattr(cipher, "ROUNDS", 256_000 if "real" in request.node.name else 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "quay", coder="LM", passphrase=OLD) as project:
        statement = project.add_statement(TEXT, "On the dam", issuer="Dam Council").result
        project.annotate(statement, "demand", span_of("open the gates"), note="Zyxwel")
        project.keep()
        return project.path


def errors(project: Project) -> list[str]:
    return [f.text for f in jobs.run(jobs.check(project)) if f.kind == "error"]


def test_the_passphrase_opens_it_and_nothing_else_does(path: Path):
    with Project.open(path, passphrase=OLD) as project:
        assert project.encrypted and project.count() == 1 and errors(project) == []
    for wrong in ("", "no", OLD.upper(), OLD + " "):
        expected = AnnotatorError if not wrong else WrongPassphrase
        with pytest.raises(expected):
            Project.open(path, passphrase=wrong)
    with pytest.raises(WrongPassphrase, match=r"^That passphrase does not open quay\.annotator; it may also be no"):
        Project.open(path, passphrase="no")


def test_the_shell_of_sqlcipher_opens_it_with_the_real_key_derivation(tmp_path: Path):
    """The file is SQLCipher's own format: its passphrase as it stands, quoted, and no other setting."""
    from sqlcipher3 import dbapi2

    with Project.create(tmp_path / "x", passphrase=OLD) as project:
        shell = dbapi2.connect(os.fspath(project.path))
        shell.execute("PRAGMA key = '" + OLD.replace("'", "''") + "'")
        assert shell.execute("SELECT value FROM setting WHERE key = 'title'").fetchone() == ("x",)
        assert shell.execute("PRAGMA cipher_integrity_check").fetchall() == []
        shell.close()


@pytest.mark.parametrize(
    ("typed", "same"), [("cafe\u0301", "caf\u00e9"), ("a\u00a0b", "a b"), ("ünter den", "u\u0308nter den")]
)
def test_one_passphrase_typed_on_different_keyboards_is_one(typed: str, same: str):
    assert prepared(typed) == prepared(same)


@pytest.mark.parametrize("bad", ["", "a\0b", "two\nlines", "\ud800"])
def test_what_cannot_be_a_passphrase_is_refused_in_a_sentence(tmp_path: Path, bad: str):
    with pytest.raises(AnnotatorError, match="A passphrase"):
        Project.create(tmp_path / "x", passphrase=bad)
    assert not (tmp_path / "x.annotator").exists()


def test_no_plain_word_stands_in_any_file(path: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    """Looked for in the project, its journal, backups, private copies and temporary files, while and after it works."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", os.fspath(temporary))
    seen = []

    def look() -> None:
        for folder in (tmp_path, home):
            for file in folder.rglob("*"):
                if file.is_file():
                    seen.append(file.name)
                    data = file.read_bytes()
                    assert not [word for word in PLANTED if word in data], file

    with Project.open(path, passphrase=OLD) as project:
        (statement,) = project.statements()
        with project.step("A long step"):
            for n in range(50):
                project.edit(statement.id, venue=f"Zyxwel {n}. " * 300)
            look()
        with project.snapshot():
            look()
        project.backup(tmp_path / "copy.annotator")
        project.change_passphrase(NEW)
        project.delete_for_good([statement.id])
        look()
    backups.restore(tmp_path / "copy.annotator", tmp_path / "restored.annotator", OLD)
    damaged = bytearray((tmp_path / "copy.annotator").read_bytes())
    damaged[4096 * 2 : 4096 * 3] = bytes(4096)
    (tmp_path / "damaged.annotator").write_bytes(damaged)
    for _ in jobs.salvage(tmp_path / "damaged.annotator", io.BytesIO(), passphrase=OLD):
        look()
    look()
    assert {"quay.annotator", "quay.annotator-journal", "copy.annotator", "restored.annotator"} <= set(seen)


def test_the_key_is_shown_and_written_nowhere(path: Path):
    with Project.open(path, passphrase=OLD) as project:
        key = project.key
        assert key is not None and repr(key) == "Key(…)"
        with pytest.raises(TypeError):
            pickle.dumps(key)
        held = project._connection.key
    assert held is not None
    with pytest.raises(NeedsPassphrase):  # it went with the project
        held.derived()
    with Project.open(path, passphrase=key) as again:
        assert again.count() == 1


def test_a_changed_passphrase_is_that_of_the_backups_too(path: Path):
    with Project.open(path, passphrase=OLD) as project:
        changed = project.change_passphrase(NEW)
        assert changed.sentence().startswith("The passphrase was changed, also that of 1 backup.")
        (backup,) = project.backups.all()
        project.add_statement("Written after it.")
        assert errors(project) == []
    with pytest.raises(WrongPassphrase):
        Project.open(path, passphrase=OLD)
    with Project.open(path, passphrase=NEW) as project:
        assert project.count() == 2
    assert backups.contents(backup.path, OLD).locked
    assert backups.contents(backup.path, NEW).statements == 1


def test_a_change_is_refused_while_somebody_reads(path: Path):
    with Project.open(path, passphrase=OLD) as project:
        reader = project.reader()
        with pytest.raises(AnnotatorError, match="in use"):
            project.change_passphrase(NEW)
        project.close_reader(reader)
        project.change_passphrase(NEW)


@pytest.mark.parametrize("moment", ["copies.copy_to", "os.replace"])
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_in_a_change_leaves_a_whole_project_under_one_passphrase(path: Path, moment: str, after: bool):
    code = f"""
import os, sys
from annotator import Project
from annotator.store import cipher, copies
cipher.ROUNDS = 1
project = Project.open(sys.argv[1], passphrase=sys.argv[2])
owner, name = {{"copies.copy_to": (copies, "copy_to"), "os.replace": (os, "replace")}}[{moment!r}]
own = getattr(owner, name)
def killed(*arguments, **options):
    if {after}:
        own(*arguments, **options)
    if sys.argv[1] in map(str, arguments) or {moment!r} != "os.replace":
        os.kill(os.getpid(), 9)
    if not {after}:
        return own(*arguments, **options)
setattr(owner, name, killed)
project.change_passphrase(sys.argv[3])
"""
    done = subprocess.run([sys.executable, "-c", code, path, OLD, NEW], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    opened = []
    for passphrase in (OLD, NEW):
        try:
            with Project.open(path, passphrase=passphrase) as project:
                opened.append(passphrase)
                assert project.count() == 1 and errors(project) == []
        except WrongPassphrase:
            pass
    assert opened == [NEW if (moment, after) == ("os.replace", True) else OLD]


def test_a_plain_project_and_an_encrypted_copy_hold_the_same_and_back(path: Path, tmp_path: Path):
    def told(project: Project) -> list[object]:
        with project.snapshot() as copied:
            return [*copied.dump(), project.head]

    with Project.open(path, passphrase=OLD) as project:
        whole = told(project)
        plain = project.decrypt_to(tmp_path / "plain")
        with pytest.raises(AnnotatorError, match="never overwrites"):
            project.decrypt_to(plain)
    assert b"Armed men shelled" in plain.read_bytes()
    with Project.open(plain) as project:
        assert not project.encrypted and told(project) == whole and errors(project) == []
        again = project.encrypt_to(tmp_path / "again", NEW)
        assert project.backups.all() == []  # those of the encrypted one are none of its own
    with Project.open(again, passphrase=NEW) as project:
        assert project.encrypted and told(project) == whole and errors(project) == []


def test_free_pages_that_were_never_written_do_not_spoil_a_copy(tmp_path: Path):
    """An import leaves some, and SQLite's own copying would give zeros for all pages behind them."""
    files = tmp_path / "files"
    files.mkdir()
    for n in range(60):
        (files / f"{n:03}.txt").write_text(f"Title {n}\n" + f"Unseen words {n}. " * 2000, encoding="utf-8")
    with Project.create(tmp_path / "x", passphrase=OLD) as made:
        jobs.run(jobs.import_files(made, [files], slice_ms=1))
    with Project.open(made.path, passphrase=OLD) as project:
        assert errors(project) == []
        copy = project.backup(tmp_path / "copy.annotator")
        project.change_passphrase(NEW)
        assert errors(project) == []
    with Project.open(copy, passphrase=OLD) as project:
        assert project.count("unseen") == 60 and errors(project) == []


def test_damage_is_told_from_a_wrong_passphrase_and_salvaged(path: Path, tmp_path: Path):
    data = bytearray(path.read_bytes())
    data[100:200] = bytes(100)  # behind the salt, in the first page
    damaged = tmp_path / "damaged.annotator"
    damaged.write_bytes(data)
    with pytest.raises(Damaged, match="first page"):
        Project.open(damaged, passphrase=OLD)
    found = tmp_path / "found.json"
    report = jobs.run(jobs.salvage(damaged, found, passphrase=OLD))
    assert report.found.statements == 1 and b"Armed men shelled" in found.read_bytes()
    with pytest.raises(WrongPassphrase):
        jobs.run(jobs.salvage(damaged, tmp_path / "none.json", passphrase="no"))


def test_what_is_no_encrypted_project_has_its_own_sentence(path: Path, tmp_path: Path):
    other = tmp_path / "other.annotator"
    other.write_bytes(b"any text, and much of it. " * 1000)
    with pytest.raises(Foreign, match="is not an Annotator project"):
        Project.open(other, passphrase=OLD)
    other.write_bytes(b"")
    with pytest.raises(Damaged, match="is empty"):
        Project.open(other, passphrase=OLD)
    other.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(Damaged, match="is cut off"):
        Project.open(other, passphrase=OLD)
    other.write_bytes(path.read_bytes()[: -4096 * 3])
    with pytest.raises(Damaged, match="is cut off"):
        Project.open(other, passphrase=OLD)
    other.write_bytes(os.urandom(4096 * 4))
    with pytest.raises(WrongPassphrase):
        Project.open(other, passphrase=OLD)


def test_without_the_extra_one_sentence_says_what_to_install(path: Path, monkeypatch: pytest.MonkeyPatch):
    def absent() -> None:
        raise ImportError

    monkeypatch.setattr(cipher, "_loaded", absent)
    with pytest.raises(MissingExtra, match=r'pip install "annotator\[encrypted\]"'):
        Project.open(path, passphrase=OLD)


def test_a_page_encrypted_here_is_what_sqlcipher_would_read(path: Path):
    key = cipher.key_of(path, OLD)
    assert isinstance(key, Key)
    data = path.read_bytes()
    for number in (1, 2, 3):
        page = Decrypted(data, key)[(number - 1) * 4096 : number * 4096]
        made = cipher.encrypted(page, number, key)
        assert cipher.is_whole(made, number, key) and cipher.decrypted(made, number, key) == page
