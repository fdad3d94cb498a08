"""What the modules of the command line share: arguments, opening a project, printing JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from annotator.store.project import Project

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
    """The project; tells on standard error when an interrupted session was recovered."""
    project = Project.open(path, **options)
    if project.recovered:
        click.echo(project.recovered, err=True)
    return project
