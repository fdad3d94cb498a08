"""The house rules that a machine can check: who imports whom, what stays unloaded, and that Qt's binding is sound."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "annotator").rglob("*.py"))


def run(code: str) -> str:
    """What this code prints in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_imports_follow_the_contracts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    failed = lint_imports(no_cache=True)
    assert not failed, capsys.readouterr().out


@pytest.mark.parametrize(
    "statement",
    ["import annotator.cli", "from annotator import Project", "import annotator.jobs", "import annotator.__main__"],
)
def test_qt_is_loaded_for_the_window_alone(statement: str) -> None:
    assert run(f"import sys; {statement}; print({{'PySide6', 'shiboken6'}} & sys.modules.keys())") == "set()"


def test_the_package_itself_loads_nothing() -> None:
    loaded = run("import sys, annotator; print([m for m in sys.modules if m.startswith('annotator.')])")
    assert loaded == "[]"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_says_what_it_is(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))), "a module begins with a docstring"


def test_qt_keeps_its_references_over_20_000_calls() -> None:
    # PySide6 6.12.0 on Python 3.11 lost one reference to None a call, and aborted the process after some thousand.
    lost = run(
        "import sys\n"
        "from PySide6.QtCore import QObject\n"
        "thing = QObject()\n"
        "before = sys.getrefcount(None)\n"
        "for _ in range(20_000): thing.setObjectName('x')\n"
        "print(before - sys.getrefcount(None))"
    )
    assert int(lost) < 100
