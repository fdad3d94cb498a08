"""The table of passages as a CSV file: the rows and columns that are seen."""

from __future__ import annotations

import csv
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from annotator import paths
from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Losses
from annotator.gui.passage_columns import Column, said
from annotator.store.project import Project
from annotator.store.reads import Reads

if TYPE_CHECKING:
    from annotator.gui.passages_view import PassagesView
    from annotator.gui.project_files import ProjectFiles

#: Rows that are read together.
PAGE = 500


def ask_export(view: PassagesView, files: ProjectFiles) -> None:
    """Let the user choose a file, and write what the table shows into it."""
    project = files.project
    if project is None:
        return
    name, _ = QFileDialog.getSaveFileName(view.window(), "Export the table", "passages.csv", "CSV (*.csv)")
    if not name:
        return
    path = Path(name if name.lower().endswith(".csv") else f"{name}.csv")
    shown = view.column_values()
    work = table_as_csv(project, list(view.all_numbers()), shown, view.model.codebook, path)
    files.start("Exporting the table", work, lambda done: files.told.emit(_told(path, *done)))


def _told(path: Path, count: int, losses: Losses) -> str:
    done = f"{count:,} passage{'s' * (count != 1)} written to {path}"
    return "; ".join((done, *losses.lines()))


def table_as_csv(
    project: Project, numbers: Sequence[int], shown: Sequence[Column], codebook: Codebook, path: Path
) -> Generator[Any, None, tuple[int, Losses]]:
    """These passages as a CSV file (UTF-8 with a byte order mark, RFC 4180), with ids at the end of each line.

    What a spreadsheet would compute gets an apostrophe before it. The file appears whole or not at all. Gives how many
    passages were written, and what is not as it was.
    """
    from annotator.formats._passage_rows import neutral  # no start of the window needs the formats
    from annotator.jobs import Progress

    part = path.with_name(f".{path.name}.part")
    reads = project.reader()
    names: dict[str, str] = {}
    named = partial(_name, reads, names)
    count, losses = 0, Losses()
    try:
        paths.private(part)
        # Spreadsheets take a file without the mark for one of the system's own encoding.
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*(column.label for column in shown), "statement_id", "start", "end", "passage_id"])
            for start in range(0, len(numbers), PAGE):
                for row in reads.passage_rows(numbers[start : start + PAGE]):
                    a = row.annotation
                    cells = [neutral(_plain(said(column, row, codebook, named)), losses) for column in shown]
                    writer.writerow([*cells, a.statement, a.start, a.end, a.id])
                    count += 1
                yield Progress(count, len(numbers), "Writing")
        part.replace(path)
    except OSError as error:
        raise AnnotatorError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    finally:
        Project.close_reader(reads)
        part.unlink(missing_ok=True)
    return count, losses


def _name(reads: Reads, names: dict[str, str], actor: str) -> str:
    if actor not in names:
        names[actor] = reads.actor_name(actor)
    return names[actor]


def _plain(text: str) -> str:
    """Without the signs that keep the directions of mixed lines apart, which are for the eye."""
    return text.replace("\u2068", "").replace("\u2069", "")
