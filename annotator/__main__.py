"""The way in: no arguments or a project file open the window, all else is the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from annotator.core.errors import AnnotatorError

_SUFFIX = ".annotator"


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 damaged or "no", 2 wrong use or a thing that cannot be used, with one sentence why."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if not arguments:
            return _window(None)
        if len(arguments) == 1 and _names_a_project(arguments[0]):
            return _window(Path(arguments[0]))
        from annotator.cli import main as command_line

        return command_line(arguments)
    except AnnotatorError as trouble:
        print(f"annotator: {trouble}", file=sys.stderr)
        return trouble.exit_code
    except KeyboardInterrupt:
        return 130  # what a shell expects after Ctrl+C


def _names_a_project(argument: str) -> bool:
    # No command has a dot or a slash in its name, so that a file called "list" does not hide `annotator list`.
    return argument.endswith(_SUFFIX) or (("." in argument or os.sep in argument) and Path(argument).is_file())


def _window(project: Path | None) -> int:
    from annotator import preflight

    if project is not None and not project.is_file():
        problem = "is not a file" if project.exists() else "does not exist; `annotator new` makes a project"
        raise AnnotatorError(f"{project} {problem}.")
    if (trouble := preflight.check()) is not None:
        print(trouble, file=sys.stderr)
        return 2
    # Before Qt: once PySide6 is loaded, every import of a module costs a look at that module's source.
    import annotator.store.project  # noqa: F401
    from annotator.gui.app import run

    return run(project)


if __name__ == "__main__":
    raise SystemExit(main())
