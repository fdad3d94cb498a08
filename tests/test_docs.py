"""The documentation says what the program does: names, keys, options, columns, shapes; and its examples run."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from annotator import Project, Span, formats, jobs, paths
from annotator.cli import cli
from annotator.core.query import ANNOTATION_FIELDS, STATEMENT_FIELDS
from annotator.gui.commands import COMMANDS, OTHER_KEYS, Command, tag_commands
from annotator.store.starter import starter_codebook

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md")), *DECISIONS]
MANUAL, SCHEMA, ARCHITECTURE, FORMAT, README = (
    path.read_text(encoding="utf-8")
    for path in (*(DOCS / f"{name}.md" for name in ("MANUAL", "SCHEMA", "ARCHITECTURE", "FORMAT")), ROOT / "README.md")
)
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "annotator").rglob("*.py"))


def section(text: str, heading: str) -> str:
    """What stands under this heading, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no heading “{heading}”"
    return found[1]


def first_cells(text: str) -> set[str]:
    """The names in the first column of the tables."""
    return {
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall("`([^`]+)`", line.split("|")[1])
    }


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# -- commands and keys -------------------------------------------------------------------------


def key_table() -> str:
    """The manual's table of keys, made from the table of commands."""
    tags = tuple(tag_commands(starter_codebook().tags))
    rows = [f"| {c.menu} | {_keys(c)} | {c.text} | {c.tip or '–'} |" for c in (*COMMANDS, *tags)]
    rows += [f"| – | {keys} | – | {what} |" for keys, what in OTHER_KEYS]
    return "\n".join(["| menu | keys | command | what it does |", "|---|---|---|---|", *rows])


def _keys(command: Command) -> str:
    keys = " ".join(f"`{key}`" for key in command.keys)
    return f"{keys} *text*" if keys and command.where == "text" else keys or "–"


def test_the_manual_has_every_command_with_its_keys() -> None:
    assert key_table() in MANUAL, f"put this table into docs/MANUAL.md:\n{key_table()}"


def test_the_readme_names_no_key_that_is_not_there() -> None:
    known = {key for c in (*COMMANDS, *tag_commands(starter_codebook().tags)) for key in c.keys}
    known |= {key.replace("Return", "Enter") for key in known} | {"Esc"}
    named = {
        key
        for line in section(README, "## Keys at a glance").splitlines()
        if line.startswith("| `")
        for key in re.findall("`([^`]+)`", line)
    }
    assert named <= known


@pytest.mark.parametrize("field", [*STATEMENT_FIELDS, *ANNOTATION_FIELDS, "language", "accused"])
def test_every_field_of_the_query_language_has_an_example(field: str) -> None:
    assert f"`{field}:" in section(MANUAL, "## The query language")


def test_every_example_of_the_query_language_is_a_query(sample: Path) -> None:
    with Project.open(sample, read_only=True) as project:
        examples = first_cells(section(MANUAL, "## The query language"))
        assert len(examples) > 15
        for query in examples:
            project.count(query)


# -- the command line --------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_of_the_command_line_is_explained_with_all_options_and_an_example(name: str) -> None:
    command = cli.commands[name]
    context = click.Context(command)
    usage = " ".join(part for part in command.collect_usage_pieces(context) if part != "[OPTIONS]")
    text = section(
        MANUAL,
        f"### `{f'annotator {name} {usage}'.strip().replace('[QUERY]...', '[QUERY]').replace('QUERY...', 'QUERY')}`",
    )
    options = {o for p in command.params if isinstance(p, click.Option) for o in p.opts}
    assert first_cells(text) == options
    examples = "\n".join(blocks(text, "sh"))
    assert f"annotator {name}" in examples
    assert all(option in examples for option in options - {"--title"}) or name == "new"


def test_no_command_is_explained_that_is_not_there() -> None:
    explained = set(re.findall(r"^### `annotator ([\w-]+)", MANUAL, re.MULTILINE))
    assert explained == set(cli.commands)


def test_the_readme_and_the_changelog_name_only_commands_that_are_there() -> None:
    (glance,) = blocks(section(README, "## The command line at a glance"), "sh")
    used = re.findall(r"^annotator ([\w-]+)", glance, re.MULTILINE)
    assert used and set(used) <= set(cli.commands)


# -- formats ------------------------------------------------------------------------------------


def test_the_page_of_formats_has_each_with_what_can_be_done_with_it() -> None:
    readers, writers = ({f.name for f in found} for found in (formats.readers(), formats.writers()))
    table = FORMAT.split("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("| `")]
    said = {row[0].strip("`"): (row[2] == "yes", row[3] == "yes") for row in rows}
    assert said == {name: (name in readers, name in writers) for name in readers | writers}


@pytest.mark.parametrize(("command", "known"), [("import", formats.readers()), ("export", formats.writers())])
def test_the_manual_names_each_format_of_import_and_export(command: str, known: list[formats.Format]) -> None:
    found = re.search(rf"^### `annotator {command} .*?^\| `--format` \|(.*?)$", MANUAL, re.MULTILINE | re.DOTALL)
    assert found
    assert {f.name for f in known} <= set(re.findall("`([^`]+)`", found[1]))


# -- the code map ------------------------------------------------------------------------------


def test_the_code_map_has_every_module_and_no_other() -> None:
    named = set(re.findall(r"^\| `(annotator/[^`]+\.py)` \|", ARCHITECTURE, re.MULTILINE))
    assert named == set(MODULES)


def test_the_code_map_says_something_about_each_module() -> None:
    for line in re.findall(r"^\| `annotator/[^`]+\.py` \|(.*)\|$", ARCHITECTURE, re.MULTILINE):
        assert line.strip()


# -- formats -----------------------------------------------------------------------------------


def properties(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "properties":
                yield from value
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


def test_every_field_of_an_export_is_explained() -> None:
    schema = json.loads(paths.resource("native.schema.json").read_text(encoding="utf-8"))
    missing = {name for name in properties(schema) if f"`{name}`" not in FORMAT}
    assert not missing


# -- the project file --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project in which something of everything was done."""
    path = tmp_path_factory.mktemp("docs") / "mine.annotator"
    text = "The union accuses the authority of delay. It asks the authority to reopen pier four."
    with Project.create(path, title="Velmar", coder="LM") as project:
        statement = project.add_statement(text, title="Pier ⚓ four", issuer="Harbour Union").result
        actors = {"accuser": "Harbour Union", "accused": "Port authority"}
        one = project.annotate(statement, "accusation", Span(0, 40), given=actors).result
        two = project.annotate(statement, "demand", Span(42, 83)).result
        project.link("responds_to", two, one)
        project.mark(statement, "done")
        project.opened(statement)
        project.undo()
        project.redo()
    return path


@pytest.fixture
def rows(sample: Path) -> Iterator[sqlite3.Connection]:
    """The project as another program reads it."""
    connection = sqlite3.connect(f"{sample.as_uri()}?mode=ro", uri=True)
    yield connection
    connection.close()


def test_every_table_and_column_is_explained_and_no_other(rows: sqlite3.Connection) -> None:
    names = [name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    indexes = ("content_search", "statement_search")
    shadows = {n for n in names if n.startswith(tuple(f"{index}_" for index in indexes))}
    tables = {n for n in names if not n.startswith("sqlite_")} - shadows
    explained = set(re.findall(r"^### `([^`]+)`$", section(SCHEMA, "## Tables"), re.MULTILINE))
    assert explained == tables
    for table in tables:
        columns = {row[1] for row in rows.execute(f'PRAGMA table_info("{table}")')}
        assert first_cells(section(SCHEMA, f"### `{table}`")) == columns, table


def test_the_version_of_the_schema_and_the_mark_of_a_project_are_right(rows: sqlite3.Connection) -> None:
    (version,) = rows.execute("PRAGMA user_version").fetchone()
    (mark,) = rows.execute("PRAGMA application_id").fetchone()
    assert f"| {version} | Annotator " in SCHEMA
    assert f"0x{mark:X}" in SCHEMA


@pytest.mark.parametrize("sql", blocks(section(SCHEMA, "## Questions in SQL"), "sql"))
def test_the_questions_in_sql_run(sql: str, rows: sqlite3.Connection) -> None:
    found = rows.execute(sql).fetchall()
    nothing = "<> a.quote" in sql  # the one question that a sound project answers with nothing
    assert bool(found) is not nothing


def test_the_hash_chain_can_be_verified_from_its_description(
    sample: Path, rows: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sample.parent)
    (recipe,) = blocks(section(SCHEMA, "## The hash chain"), "python")
    verified: dict[str, Any] = {}
    exec(recipe, verified)
    verified["file"].close()
    with Project.open(sample, read_only=True) as project:
        assert verified["head"] == project.head


def test_the_description_of_the_hash_chain_notices_an_altered_row(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "mine.annotator"
    copy.write_bytes(sample.read_bytes())
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE change SET after = replace(after, 'Velmar', 'Valmer')")
    connection.close()
    monkeypatch.chdir(tmp_path)
    (recipe,) = blocks(section(SCHEMA, "## The hash chain"), "python")
    verified: dict[str, Any] = {}
    with pytest.raises(AssertionError):
        exec(recipe, verified)
    verified["file"].close()


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["search", "authority"],
        ["stats"],
        ["history"],
        ["history", "STATEMENT"],
        ["check"],
        ["check", "--head", "0"],
        ["import", "--dry-run", "FILE"],
        ["revise", "--dry-run", "STATEMENT", "FILE"],
    ],
    ids=" ".join,
)
def test_the_shapes_of_json_are_explained_and_no_other(arguments: list[str], sample: Path, tmp_path: Path) -> None:
    name, *rest = arguments
    with Project.open(sample, read_only=True) as project:
        (statement,) = (s.id for s in project.statements())
    file = tmp_path / "note.txt"
    file.write_text("A note\n\nof two lines", encoding="utf-8")
    places = {"STATEMENT": statement, "FILE": str(file)}
    done = CliRunner().invoke(
        cli, [name, str(sample), *(places.get(a, a) for a in rest), "--json"], standalone_mode=False
    )
    value = json.loads(done.stdout)
    shape = value[0] if isinstance(value, list) else value
    text = section(SCHEMA, f"### `annotator {name} --json`")
    explained = first_cells(text) - (set() if "--head" in rest else {"head_found"})
    assert set(shape) == explained
    for inner in ("findings", "problems", "changes", "placements"):
        for item in shape.get(inner, [])[:1]:
            assert all(f"`{key}`" in text for key in item)


def test_every_json_option_has_its_shape(rows: sqlite3.Connection) -> None:
    able = {name for name, c in cli.commands.items() if any("--json" in p.opts for p in c.params)}
    assert set(re.findall(r"^### `annotator ([\w-]+) --json`$", SCHEMA, re.MULTILINE)) == able


def test_show_prints_what_an_export_has(sample: Path) -> None:
    with Project.open(sample, read_only=True) as project:
        (statement,) = (s.id for s in project.statements())
        exported = sample.with_suffix(".json")
        jobs.run(jobs.export(project, exported))
    done = CliRunner().invoke(cli, ["show", str(sample), statement, "--json"], standalone_mode=False)
    assert json.loads(done.stdout) == json.loads(exported.read_text(encoding="utf-8"))["statements"][0]


# -- messages and dependencies ------------------------------------------------------------------

CODE = "\n".join((ROOT / module).read_text(encoding="utf-8") for module in MODULES)


def test_the_messages_that_the_manual_explains_are_those_of_the_program() -> None:
    said = re.sub(r'"\s*\n\s*f?"', "", CODE)  # a sentence may go on in the next line of the code
    said = re.sub(r"\{[^{}]*\}", "…", said).casefold()
    rows = [
        line.split("|")[1].strip() for line in section(MANUAL, "## What the messages mean").splitlines() if "|" in line
    ]
    messages = [row for row in rows if row != "message" and row.strip("-")]
    assert len(messages) > 15
    for message in messages:
        for part in re.split(r"…| / ", message):
            words = part.strip(" .(“”)")
            assert words.casefold() in said, f"nothing says “{words}”"


def test_every_dependency_is_accounted_for() -> None:
    text = (DOCS / "decisions" / "0005-dependencies.md").read_text(encoding="utf-8").casefold()
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for requirement in needed:
        name = re.split(r"[<>=~!;\[ ]", requirement)[0].casefold().removesuffix("-essentials")
        assert name in text, f"{name} is not in decision 0005"


# -- examples, links, pictures -------------------------------------------------------------------


@pytest.mark.parametrize("example", blocks(section(MANUAL, "## In a script"), "python"))
def test_the_examples_for_scripts_run(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(example, {})


def anchors(text: str) -> set[str]:
    """The anchors that a heading gets where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        there = page.parent / name if name else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there.read_text(encoding="utf-8")), target


def test_every_picture_is_shown_and_is_small_enough_to_load_at_once() -> None:
    shown = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }
    pictures = {path.resolve() for path in (DOCS / "images").glob("*.png")}
    assert shown == pictures
    assert all(path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size < 300_000 for path in pictures)


def test_the_script_that_makes_the_pictures_quotes_the_sample_statements() -> None:
    made: dict[str, Any] = {"__file__": os.fspath(DOCS / "images" / "make.py"), "__name__": "make"}
    exec((DOCS / "images" / "make.py").read_text(encoding="utf-8"), made)
    codebook = starter_codebook()
    for beginning, passages in made["PASSAGES"].items():
        (file,) = paths.sample_corpus().glob(f"{beginning}-*")
        text = file.read_text(encoding="utf-8")
        for tag, words, attributes in passages:
            assert words in text
            assert all(codebook.tag(tag).attribute(name) for name in attributes)


def test_no_two_decisions_have_one_number_and_each_says_what_was_decided_and_why() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert len(set(numbers)) == len(numbers) and numbers
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        for heading in ("## Context", "## Decision", "## Why", "## Consequences"):
            assert section(text, heading).strip(), f"{path.name} has no {heading}"


def _faults() -> Iterator[tuple[str, str, str]]:
    """Each fault of FAULTS.md with its tests and its sentence."""
    for line in (DOCS / "FAULTS.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and not cells[0].startswith(("-", "fault", "case")):
            yield cells[0], cells[2], cells[3]


def test_every_fault_has_tests_that_are_there_and_a_sentence_of_the_manual() -> None:
    manual = " ".join(MANUAL.split())
    faults = list(_faults())
    assert len(faults) > 25
    for fault, tests, sentence in faults:
        for test in tests.split(", "):
            path, _, name = test.partition("::")
            code = (ROOT / path).read_text(encoding="utf-8")
            assert f"def {name}(" in code or not name, f"{fault}: there is no {test}"
        assert " ".join(sentence.split()) in manual, f"{fault}: the manual does not say “{sentence}”"
