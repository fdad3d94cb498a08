"""What a stranger meets first: the README's two commands, and the wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from annotator import Project, Span, __version__, preflight

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def command(name: str) -> str:
    """The content of the code block that the README marks with this name."""
    found = re.findall(rf"^<!-- command: {name} -->\n```sh\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return found[0]


def tracked() -> list[Path]:
    """The files of the repository; where there is no git, all that lies in its folders."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [ROOT / name for name in names.split("\0") if (ROOT / name).is_file()]
    folders = ("annotator", "docs", "resources", "sample_corpus", "tests", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return [path for path in (*files, *ROOT.glob("*")) if path.is_file()]


@pytest.mark.parametrize("name", ["run", "test"])
def test_a_command_is_one_line_that_does_all_set_up(name: str) -> None:
    line = command(name)
    assert "\n" not in line
    for step in ("apt-get install -y", "python3 -m venv .venv", ".venv/bin/python -m pip install"):
        assert step in line
    assert line.endswith({"run": ".venv/bin/python main.py", "test": ".venv/bin/python -m pytest -n auto"}[name])


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_both_commands_are_sound_shell() -> None:
    for name in ("run", "test"):
        subprocess.run(["bash", "-n", "-c", command(name)], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_ci_runs_the_readmes_own_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "apt-get" not in script and "pip install" not in script, "set-up is the README's matter"
    (extract,) = re.findall(r"^command=\$\((.*)\)$", script, re.MULTILINE)
    told = subprocess.run(["bash", "-c", extract], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == command("test") + "\n"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_readmes_library_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Project.create("mine.annotator", coder="LM") as project:
        project.add_statement("We ask the port authority to reopen pier four.", title="Pier four")
        (statement,) = project.statements()
        project.annotate(statement.id, "demand", Span(3, 45))
    (example,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    exec(example, {})
    assert capsys.readouterr().out == "Pier four\tdemand\task the port authority to reopen pier four\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for libraries on Linux alone")
def test_the_readme_installs_what_the_window_needs() -> None:
    # Checked where it counts: after the README's own apt-get, a window lacks nothing.
    assert preflight.problems({"QT_QPA_PLATFORM": "offscreen"}) == []
    assert not any("missing" in problem for problem in preflight.problems({"DISPLAY": ":6077"}))


def test_what_the_program_needs_is_given_with_a_lower_bound_and_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = tomllib.loads(text)["project"]["dependencies"]
    assert needed
    for requirement in needed:
        assert ">=" in requirement
        assert re.search(rf'#[^\n]*\n    "{re.escape(requirement)}"', text), f"{requirement} has no reason"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel of this checkout was installed, without what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    # -I: pip itself tries an IPv6 socket when it is imported, which no test may.
    build = [sys.executable, "-I", "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("annotator-*.whl")
    install = [sys.executable, "-I", "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile"]
    install += ["--disable-pip-version-check", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return folder / "site"


def told_by(installed: Path, *arguments: str) -> str:
    """What the installed package prints, run by this interpreter away from the checkout."""
    path = os.pathsep.join([str(installed), os.environ["PYTHONPATH"]])
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_installed_program_finds_its_resources_and_sample_corpus(installed: Path) -> None:
    code = (
        "from annotator import paths\n"
        "print(paths.__file__, paths.resource('codebook.json'), *sorted(paths.sample_corpus().iterdir()), sep='\\n')"
    )
    module, codebook, *samples = map(Path, told_by(installed, "-c", code).splitlines())
    assert module.is_relative_to(installed) and codebook.is_relative_to(installed) and codebook.is_file()
    assert [path.name for path in samples] == sorted(path.name for path in (ROOT / "sample_corpus").iterdir())
    assert len(samples) == 11


@pytest.mark.skipif(sys.platform == "win32", reason="the script is an .exe there")
def test_the_installed_command_tells_its_version(installed: Path) -> None:
    assert __version__ in told_by(installed, str(installed / "bin" / "annotator"), "--version")


def test_the_wheel_holds_nothing_but_the_program(installed: Path) -> None:
    assert {path.name for path in installed.iterdir()} - {"bin"} == {"annotator", f"annotator-{__version__}.dist-info"}


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    # Put together, so that this file does not name them either.
    forbidden = {f"{ROOT}/", "/".join(["", "work", ""]), "/".join(["", "root", ""]), "files." + "pythonhosted"}
    forbidden |= {"pypi." + "org/simple", "/".join(["", "tmp", "venv"]), "uv" + ".lock"}
    named = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked()
        for word in sorted(forbidden)
        if word.encode() in path.read_bytes()
    ]
    assert named == []
