"""Where things are: the user's folders, and the files that come with the program.

The only user of appdirs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import appdirs

from annotator.core.errors import AnnotatorError

_NAME = "annotator"
_PACKAGE = Path(__file__).resolve().parent


def data_dir() -> Path:
    """The folder for what the user makes and keeps, such as the sample project; made on demand, for this user only."""
    return _user_folder(appdirs.user_data_dir, "XDG_DATA_HOME")


def config_dir() -> Path:
    """The folder for settings; made on demand, for this user only."""
    return _user_folder(appdirs.user_config_dir, "XDG_CONFIG_HOME")


def cache_dir() -> Path:
    """The folder for what can be made again; made on demand, for this user only."""
    return _user_folder(appdirs.user_cache_dir, "XDG_CACHE_HOME")


def private(file: Path) -> Path:
    """This file, which only its user may read and write; made empty if it is not there."""
    file.touch(mode=0o600)
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)
    return file


def resource(*parts: str) -> Path:
    """The file or folder at these parts below ``resources/``, installed or in a checkout."""
    return _shipped("resources").joinpath(*parts)


def sample_corpus() -> Path:
    """The folder of the sample statements."""
    return _shipped("sample_corpus")


def sample_coding() -> Path:
    """The example coding of the sample statements: an export without texts, which finds them by their SHA-256."""
    return resource("sample_coding.json")


def sample_project() -> Path:
    """Where the first start puts the project made from the sample statements; nothing says that it exists yet."""
    return data_dir() / "Sample corpus.annotator"


def _user_folder(ask: Callable[..., str], variable: str) -> Path:
    given = os.environ.get(variable)
    if given is not None and not os.path.isabs(given):
        # The XDG specification has empty and relative values ignored; appdirs would put the folder where the user
        # happens to stand. Dropped for good, so that Qt and child processes do not fall for it either.
        del os.environ[variable]
    # Without appauthor=False, Windows would get annotator\annotator.
    folder = Path(ask(_NAME, appauthor=False))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise AnnotatorError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return folder


def _shipped(name: str) -> Path:
    # pyproject.toml puts the two top-level folders into the wheel under these names.
    installed = _PACKAGE / f"_{name}"
    return installed if installed.is_dir() else _PACKAGE.parent / name
