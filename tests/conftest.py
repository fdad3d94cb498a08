"""What holds for every test: no display needed, a home of its own, and no internet socket.

Fixtures: ``project`` (an empty one), ``fixtures`` (files made by other programs), ``home``.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from annotator import preflight

if TYPE_CHECKING:
    from annotator import Project

# A busy machine is slow, and no fault of what is tested.
settings.register_profile("annotator", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("annotator")

_session = tempfile.TemporaryDirectory(prefix="annotator-tests-")
_log = Path(_session.name, "sockets.log")

# Runs here and, as sitecustomize, in every Python process that a test starts (parsers, the command line).
_SENTRY = f"""
import sys

def _watch(event, arguments):
    if (event == "socket.__new__" and arguments[1] in {(int(socket.AF_INET), int(socket.AF_INET6))}) or (
        event == "socket.getaddrinfo"
    ):
        import traceback
        with open({os.fspath(_log)!r}, "a", encoding="utf-8") as log:
            print(event, arguments[1:], "".join(traceback.format_stack(limit=12)), sep="\\n", file=log)
        raise PermissionError("no internet socket opens in a test")

sys.addaudithook(_watch)
"""


#: With ``--encrypted``, the passphrase of every project that a test makes, where the test names none.
PASSPHRASE = "the passphrase of the tests"

# With ``--encrypted``, after the same: this process makes and opens encrypted projects, and SQL behind a project's back
# reaches them, too. (Where a process has its own Python, without the program, there is nothing to do.)
_ENCRYPTION = f"""

def _encrypt_everything():
    import sqlite3
    from pathlib import Path

    from annotator import Project
    from annotator.store import cipher

    create, required, connect, salt = Project.create.__func__, cipher.required, sqlite3.connect, cipher.SALT

    def made(cls, *arguments, **options):
        return create(cls, *arguments, **{{"passphrase": {PASSPHRASE!r}, **options}})

    def connected(database, *arguments, **options):
        name = str(database)
        path = Path(name.removeprefix("file:").partition("?")[0])
        head = path.read_bytes()[:salt] if path.is_file() else b""
        if not head or head == cipher.PLAIN_HEADER or path.stat().st_size < cipher.PAGE:
            return connect(database, *arguments, **options)
        connection = cipher.sqlcipher().connect(name, *arguments, **options)
        connection.set_key(cipher.derive({PASSPHRASE!r}, head).written())
        return connection

    # The key is handed to SQLCipher ready, so that how it was derived costs the tests nothing.
    cipher.ROUNDS = 1
    cipher.required = lambda passphrase, name: required({PASSPHRASE!r} if passphrase is None else passphrase, name)
    Project.create = classmethod(made)
    sqlite3.connect = connected

try:
    _encrypt_everything()
except ImportError:
    pass
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--encrypted``: every project of a test is an encrypted one."""
    parser.addoption("--encrypted", action="store_true", help="run over encrypted projects (the extra `encrypted`)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Over encrypted projects, a test that is about the bytes of one that is not is left out, and says why."""
    if not config.getoption("--encrypted"):
        return
    missing = [name for name in ("sqlcipher3", "cryptography") if importlib.util.find_spec(name) is None]
    for item in items:
        if missing:
            item.add_marker(pytest.mark.skip(f"needs the extra `encrypted`: {' and '.join(missing)} not installed"))
        elif (plain := item.get_closest_marker("plain_only")) is not None:
            item.add_marker(pytest.mark.skip(f"only of a project that is not encrypted: {plain.args[0]}"))


@pytest.hookimpl(tryfirst=True)  # before pytest-qt loads Qt, which would abort the process
def pytest_configure(config: pytest.Config) -> None:
    """Tests run offscreen where no window can open, and say what is missing where Qt cannot be loaded at all."""
    if preflight.problems():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if (trouble := preflight.check()) is not None:
        pytest.exit(trouble, returncode=2)
    # For what is made before the first test's own home, such as a fixture of the whole session.
    _move_home(Path(_session.name))
    sentry = Path(_session.name, "sentry", "sitecustomize.py")
    sentry.parent.mkdir()
    encrypted = config.getoption("--encrypted") and importlib.util.find_spec("sqlcipher3") is not None
    sentry.write_text(_SENTRY + (_ENCRYPTION if encrypted else ""), encoding="utf-8")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(sentry.parent), os.environ.get("PYTHONPATH")]))
    runpy.run_path(str(sentry))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The session's folder goes with the session."""
    _session.cleanup()


def _move_home(home: Path) -> None:
    for variable in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        os.environ[variable] = str(home)
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        os.environ.pop(variable, None)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home folder for this test alone, so that no test sees or changes the user's data."""
    before = dict(os.environ)
    home = tmp_path_factory.mktemp("home")
    _move_home(home)
    yield home
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _no_internet() -> Iterator[None]:
    """Fails a test in which an internet socket opened, here or in a Python process that it started."""
    yield
    if _log.exists():
        # urllib3, for one, tries an IPv6 socket when it is imported, unless `socket.has_ipv6` is False.
        sockets = _log.read_text(encoding="utf-8") or "in a process that may not write where"
        _log.unlink()
        pytest.fail(f"an internet socket opened:\n{sockets}", pytrace=False)


@pytest.fixture(autouse=True)
def _widgets_go() -> Iterator[None]:
    """Widgets that were told to go do so with their test, not when the next one runs an event loop: collected before
    that, Python's half of them would be gone while Qt's still asks it.
    """
    yield
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def _empty_clipboard(_widgets_go: None) -> Iterator[None]:
    """What a test copied goes with it: Qt's offscreen platform frees a clipboard's data after its owner is gone."""
    yield
    gui = sys.modules.get("PySide6.QtGui")
    if gui is not None and gui.QGuiApplication.instance() is not None:
        gui.QGuiApplication.clipboard().clear()


@pytest.fixture
def fixtures() -> Path:
    """The folder of files made by other programs, which are not part of the repository."""
    folder = os.environ.get("ANNOTATOR_FIXTURES")
    if not folder:
        pytest.skip("needs files made by other programs: set ANNOTATOR_FIXTURES to their folder")
    assert Path(folder).is_dir(), f"ANNOTATOR_FIXTURES is {folder}, which is no folder"
    return Path(folder)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project with the starter codebook, open for writing by the coder LM."""
    from annotator import Project

    with Project.create(tmp_path / "project.annotator", coder="LM") as project:
        yield project
