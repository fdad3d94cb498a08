"""What the modules of the command line share: arguments, opening a project, printing JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from annotator.core.errors import AnnotatorError, NeedsPassphrase
from annotator.store.project import Project

T = TypeVar("T")

#: The environment variable that may hold the passphrase of an encrypted project.
PASSPHRASE_VARIABLE = "ANNOTATOR_PASSPHRASE"
NO_WAY_BACK = "There is no way back without the passphrase: nobody can open the project for you."

PROJECT = click.argument("project", type=click.Path(path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
CODER = click.option("--coder", metavar="NAME", help="Who codes; without it, the coder named on this machine.")


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def pairs(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """``name=value`` arguments as a mapping; the last of a name wins."""
    found = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"“{value}” is not of the form name=value.")
        found[name.strip()] = text
    return found


def opened_project(path: Path, **options: Any) -> Project:
    """The project, with its passphrase; tells on standard error when an interrupted session was recovered."""
    project = unlocked(path, lambda passphrase: Project.open(path, passphrase=passphrase, **options))
    if project.recovered:
        click.echo(project.recovered, err=True)
    return project


# -- passphrases ---------------------------------------------------------------------------


def unlocked(path: Path, opened: Callable[[str | None], T]) -> T:
    """What ``opened`` gives for the passphrase that is told, or typed where there is somebody to type."""
    passphrase = told_passphrase()
    try:
        return opened(passphrase)
    except NeedsPassphrase:
        if passphrase is not None or not sys.stdin.isatty():
            raise
    return opened(click.prompt(f"Passphrase of {path.name}", hide_input=True, err=True))


def told_passphrase() -> str | None:
    """The passphrase of ``--passphrase-file``, else that of the environment, else None."""
    context = click.get_current_context()
    chosen = context.find_root().meta.get("passphrase")
    if chosen is None:
        return os.environ.get(PASSPHRASE_VARIABLE) or None
    if not isinstance(chosen, _Told):
        chosen = context.find_root().meta["passphrase"] = _Told(first_line(str(chosen)))
    return chosen.passphrase


class _Told:
    """A passphrase that was read: standard input is read once."""

    def __init__(self, passphrase: str) -> None:
        self.passphrase = passphrase


def first_line(file: str) -> str:
    """A passphrase: the first line of this file, or of standard input (`-`)."""
    try:
        line = sys.stdin.buffer.readline() if file == "-" else Path(file).read_bytes().split(b"\n", 1)[0]
        return line.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise AnnotatorError(f"The passphrase cannot be read from {file}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise AnnotatorError(f"The passphrase in {file} is not UTF-8.") from None


def new_passphrase(file: str | None = None) -> str:
    """A new passphrase: from this file, else as it is told, else typed twice."""
    told = first_line(file) if file is not None else told_passphrase()
    if told is not None:
        return told
    if not sys.stdin.isatty():
        raise NeedsPassphrase(
            f"A passphrase is needed: give it by --passphrase-file, or in the variable {PASSPHRASE_VARIABLE}."
        )
    click.echo(f"{NO_WAY_BACK} Write it down where it is safe.", err=True)
    typed: str = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
    return typed
