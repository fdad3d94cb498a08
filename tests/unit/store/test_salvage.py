"""What comes back of a damaged project: everything that can be proved, and a list of the rest."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator import Project, formats, jobs
from annotator.core.errors import AnnotatorError, Damaged
from annotator.core.text import Span
from annotator.store import cipher, pages
from annotator.store.salvage import Found, salvage

WORDS = ("harbour", "union", "council", "crews", "demand", "bridge", "Diyarbakır", "مُحَمَّد", "🙏", "convoy", "border")


def text_of(seed: int, length: int = 400) -> str:
    chance = random.Random(seed)
    return f"Statement {seed}\n" + " ".join(chance.choice(WORDS) for _ in range(length)) + ".\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with texts over several pages, passages, values, a link, an undo and a deleted statement."""
    path = tmp_path_factory.mktemp("made") / "worked.annotator"
    with Project.create(path, title="Worked", coder="LM") as project:
        tagged = []
        for seed in range(40):
            statement = project.add_statement(text_of(seed), f"Statement {seed}", issuer=f"Issuer {seed % 3}").result
            for n in range(6):
                made = project.annotate(statement, ("demand", "event")[n % 2], Span(20 + 30 * n, 41 + 30 * n)).result
                tagged.append(made)
            project.mark(statement, "done" if seed % 2 else "open")
        project.describe(tagged[0], {"addressee": "Harbour Union"})
        project.note(tagged[1], "softer than in March")
        project.link("same_as", tagged[1], tagged[3])
        project.remove([tagged[5]])
        project.undo()
        project.delete([project.add_statement("Short lived text.\n", "Gone").result])
    return path


@pytest.fixture
def worked(made: Path, tmp_path: Path) -> Path:
    """A copy of that project, to be damaged."""
    return Path(shutil.copyfile(made, tmp_path / "worked.annotator"))


def salvaged(path: Path) -> tuple[dict, jobs.SalvageReport]:
    stream = io.BytesIO()
    report = jobs.run(jobs.salvage(path, stream))
    return json.loads(stream.getvalue()), report


def exported(path: Path) -> dict:
    stream = io.BytesIO()
    with Project.open(path, read_only=True) as project:
        jobs.run(jobs.export(project, stream))
    return json.loads(stream.getvalue())


def comparable(data: dict) -> dict:
    return {key: value for key, value in data.items() if key not in ("exported_at", "project", "actors", "coders")}


def test_a_sound_project_comes_back_whole(worked: Path):
    data, report = salvaged(worked)
    assert comparable(data) == comparable(exported(worked))
    assert report.found.problems == []
    assert report.sentence() == "Salvaged 40 statements with 240 passages."


def test_the_damaged_file_stays_byte_for_byte(worked: Path):
    before = worked.read_bytes()
    salvaged(worked)
    assert worked.read_bytes() == before


def test_a_text_that_was_deleted_does_not_come_back(worked: Path):
    assert "Short lived" not in json.dumps(salvaged(worked)[0])


@pytest.mark.parametrize("seed", range(12))
def test_after_pages_were_destroyed_every_kept_word_is_proved_and_the_rest_is_listed(
    worked: Path, tmp_path: Path, seed: int
):
    whole = {s["id"]: s for s in exported(worked)["statements"]}
    data, chance = bytearray(worked.read_bytes()), random.Random(seed)
    # The first page of an encrypted file begins with its salt, without which nothing is readable.
    first = 1 if cipher.looks_encrypted(worked) else 0
    for page in chance.sample(range(first, len(data) // 4096), 8):
        data[page * 4096 : page * 4096 + 4096] = chance.randbytes(4096)
    damaged = tmp_path / "damaged.annotator"
    damaged.write_bytes(data)

    found, report = salvaged(damaged)

    kept = {s["id"]: s for s in found["statements"]}
    assert len(kept) >= 20
    for identifier, statement in kept.items():
        if identifier in whole:
            assert statement["text"] == whole[identifier]["text"]
        for passage in statement["annotations"]:
            assert statement["text"][passage["start"] : passage["end"]] == passage["quote"]
    lost = whole.keys() - kept.keys()
    told = " ".join(map(str, report.found.problems))
    assert all(identifier[-6:] in told or f"text {whole[identifier]['text_sha256'][:8]}" in told for identifier in lost)
    target = tmp_path / "new.annotator"
    (tmp_path / "salvaged.json").write_text(json.dumps(found), encoding="utf-8")
    with Project.create(target) as project:
        taken = jobs.run(jobs.import_files(project, [tmp_path / "salvaged.json"]))
        assert (taken.imported, taken.problems) == (len(kept), ())


def test_the_ledger_gives_back_passages_whose_own_pages_are_gone(worked: Path, tmp_path: Path):
    """Every leaf page that holds rows of passages is wiped; the ledger's pages still have their values."""
    from annotator.store import pages, rows

    data, key = bytearray(worked.read_bytes()), cipher.key_of(worked, None)
    layout = (cipher.PAGE, cipher.RESERVED) if key else None
    holding = {
        row.page
        for row in pages.rows(cipher.Decrypted(bytes(data), key) if key else bytes(data), layout)
        if not isinstance(row, int) and len(row.values) == len(rows.ANNOTATION_COLUMNS)
    }
    assert holding
    for page in holding:
        data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    damaged = tmp_path / "damaged.annotator"
    damaged.write_bytes(data)
    found, _ = salvaged(damaged)
    assert comparable(found) == comparable(exported(worked))


@pytest.mark.plain_only("an encrypted file begins with its salt, without which nothing is readable")
@pytest.mark.parametrize("head", [0, 16, 100, 4096])
def test_a_destroyed_beginning_costs_no_more_than_the_pages_it_covers(worked: Path, tmp_path: Path, head: int):
    data = bytearray(worked.read_bytes())
    data[:head] = b"\xff" * head
    damaged = tmp_path / "damaged.annotator"
    damaged.write_bytes(data)
    found, _ = salvaged(damaged)
    assert len(found["statements"]) == 40


def test_a_cut_off_file_gives_what_lies_before_the_cut(worked: Path, tmp_path: Path):
    data = worked.read_bytes()
    damaged = tmp_path / "damaged.annotator"
    damaged.write_bytes(data[: len(data) // 2 + 1000])
    found, _ = salvaged(damaged)
    assert found["statements"]


@pytest.mark.parametrize("content", [b"", b"not a database", bytes(20_000), b"\x0d" * 50_000])
def test_a_file_without_anything_readable_is_told_in_one_sentence(tmp_path: Path, content: bytes):
    empty = tmp_path / "empty.annotator"
    empty.write_bytes(content)
    with pytest.raises(Damaged, match=r"Nothing readable was found in empty\.annotator"):
        jobs.run(jobs.salvage(empty, io.BytesIO()))


def test_random_bytes_are_read_without_an_error(tmp_path: Path):
    file = tmp_path / "random.annotator"
    for seed in range(30):
        file.write_bytes(b"SQLite format 3\x00" + random.Random(seed).randbytes(60_000))
        with pytest.raises(Damaged):
            list(salvage(file, Found()))


@pytest.mark.plain_only("nobody without the key can write such a page")
def test_an_overflow_chain_that_runs_in_circles_ends(worked: Path, tmp_path: Path):
    texts = {text_of(seed) for seed in range(40)}
    data = bytearray(worked.read_bytes())
    for page in range(1, len(data) // 4096):
        if data[page * 4096] not in (0x0D, 0x0A, 0x05, 0x02):
            data[page * 4096 : page * 4096 + 4] = (page + 1).to_bytes(4, "big")
    damaged = tmp_path / "damaged.annotator"
    damaged.write_bytes(data)
    found, _ = salvaged(damaged)
    assert all(statement["text"] in texts for statement in found["statements"])


def test_a_project_that_is_open_here_is_not_read_behind_its_back(worked: Path):
    with Project.open(worked), pytest.raises(AnnotatorError, match="is open in this window"):
        jobs.run(jobs.salvage(worked, io.BytesIO()))


def test_an_interrupted_step_is_rolled_back_before_it_is_read(worked: Path, tmp_path: Path):
    """A copy taken in the middle of a step has a journal; what the step had written does not come back."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(worked, isolation_level=None)) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM annotation_value")
        other.execute("DELETE FROM link")
        other.execute("DELETE FROM annotation")
        other.execute("UPDATE progress SET status = 'open'")
        for name in (worked.name, f"{worked.name}-journal"):
            shutil.copyfile(worked.with_name(name), tmp_path / f"copied-{name}")
        other.execute("ROLLBACK")
    found, _ = salvaged(tmp_path / f"copied-{worked.name}")
    assert sum(len(s["annotations"]) for s in found["statements"]) == 240


def test_a_file_whose_rows_all_lead_through_all_pages_is_read_in_bounds():
    def varint(number: int) -> bytes:
        return bytes([0x80 | number >> 14, 0x80 | number >> 7 & 0x7F, number & 0x7F])

    size, count, most = 512, 40, 20_000
    kind = varint(2 * (most - 4) + 12)
    cell = varint(most) + b"\1" + b"\4" + kind
    leaf = b"\x0d\0\0" + (100).to_bytes(2, "big") + b"\0\0\0" + (220).to_bytes(2, "big") * 100
    leaf = leaf.ljust(220, b"\0") + cell
    # What stays on the page, by SQLite's formula; then the number of the page that leads to itself.
    usable = size
    least = (usable - 12) * 32 // 255 - 23
    local = least + (most - least) % (usable - 4)
    local = least if local > usable - 35 else local
    leaf = leaf.ljust(220 + 4 + local, b"\0")[: 220 + 4 + local] + (2).to_bytes(4, "big")
    head = b"SQLite format 3\0" + size.to_bytes(2, "big")
    loop = (2).to_bytes(4, "big")
    data = b"".join(page.ljust(size, b"\0") for page in (head, loop, *[leaf] * count))
    found = [each for each in pages.rows(data) if not isinstance(each, int)]
    assert found, "rows are read at all"
    assert sum(len(row.values[0]) for row in found) < 20 * len(data) < 100 * count * most


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE annotation SET created_at = 'soon', modified_at = 5 WHERE start = 20", "damaged and was left out"),
        ("UPDATE annotation SET status = 'odd', note = x'00ff' WHERE start = 20", "damaged and was left out"),
        ("UPDATE statement SET imported_by = 'nobody', venue = x'37', imported_at = ''", "metadata is damaged"),
        ("UPDATE content SET text = text || char(7)", "not what it was"),
        ("UPDATE change SET after = '{\"a\": [' WHERE number = 3", ""),
        ("UPDATE change SET after = '{\"a\": NaN}' WHERE number = 3", ""),
    ],
)
def test_what_was_salvaged_can_be_read_whatever_the_rows_held(worked: Path, sql: str, told: str):
    with closing(sqlite3.connect(worked, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{trigger}"')
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("PRAGMA foreign_keys = OFF")
        assert db.execute(sql).rowcount > 0
    document, report = salvaged(worked)
    assert list(formats.read(io.BytesIO(json.dumps(document).encode()), "json", name="s.json"))
    assert told in " ".join(map(str, report.found.problems))
    assert len(document["statements"]) == 40


@pytest.mark.parametrize("odd", ["pipe", "device", "folder", "nothing"])
def test_what_is_no_file_is_not_read_and_not_waited_for(tmp_path: Path, odd: str):
    path = tmp_path / "odd.annotator"
    if odd == "pipe":
        os.mkfifo(path)
    elif odd == "device":
        path.symlink_to("/dev/zero")
    elif odd == "folder":
        path.mkdir()
    with pytest.raises(AnnotatorError, match=r"^odd.annotator is not a regular file\.$|^There is no file .*odd\."):
        jobs.run(jobs.salvage(path, tmp_path / "out.json"))
    assert not (tmp_path / "out.json").exists() and not [p for p in tmp_path.iterdir() if p.suffix == ".part"]
