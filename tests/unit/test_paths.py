"""Where things are."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator import paths
from annotator.core.errors import AnnotatorError

FOLDERS = [
    pytest.param(paths.data_dir, "XDG_DATA_HOME", id="data"),
    pytest.param(paths.config_dir, "XDG_CONFIG_HOME", id="config"),
    pytest.param(paths.cache_dir, "XDG_CACHE_HOME", id="cache"),
]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG variables are a matter of Linux")


@pytest.mark.parametrize(("folder", "variable"), FOLDERS)
def test_a_folder_is_made_in_the_users_home_for_the_user_alone(
    folder: Callable[[], Path], variable: str, home: Path
) -> None:
    made = folder()
    assert made.is_relative_to(home)
    if sys.platform != "win32":
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert folder() == made


@linux
@pytest.mark.parametrize(("folder", "variable"), FOLDERS)
def test_a_folder_follows_an_absolute_xdg_variable(
    folder: Callable[[], Path], variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    assert folder() == tmp_path / "elsewhere" / "annotator"


@linux
@pytest.mark.parametrize("value", ["", "here", "./here", "~/here"])
@pytest.mark.parametrize(("folder", "variable"), FOLDERS)
def test_an_xdg_variable_that_is_not_absolute_is_ignored(
    folder: Callable[[], Path],
    variable: str,
    value: str,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)
    assert folder().is_relative_to(home)
    assert list(tmp_path.iterdir()) == []


@linux
def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath("file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(AnnotatorError, match=r"^The folder .*file/annotator cannot be made: Not a directory\.$"):
        paths.data_dir()


def test_the_sample_project_lies_with_the_users_data() -> None:
    assert paths.sample_project() == paths.data_dir() / "Sample corpus.annotator"
    assert not paths.sample_project().exists()


def test_resources_and_sample_corpus_are_found_in_a_checkout() -> None:
    codebook = json.loads(paths.resource("codebook.json").read_text(encoding="utf-8"))
    assert codebook
    assert paths.resource("icons", "annotator.svg").is_file()
    assert len(list(paths.sample_corpus().iterdir())) == 11


def test_importing_paths_loads_nothing_heavy() -> None:
    heavy = "{'importlib.metadata', 'PySide6', 'sqlite3', 'click', 'email'}"
    code = f"import sys, annotator.paths; print(sorted({heavy} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_a_private_file_is_for_its_user_only_also_when_it_was_not(home: Path) -> None:
    made, there = paths.config_dir() / "made", paths.config_dir() / "there"
    there.write_text("kept")
    there.chmod(0o644)
    for file in (made, there):
        assert paths.private(file) == file and file.stat().st_mode & 0o777 == 0o600
    assert there.read_text() == "kept"
