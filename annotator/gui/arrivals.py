"""How statements arrive in the window: chosen or dropped files, the look through them, clipboard, watched folder."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from annotator.core.errors import AnnotatorError
from annotator.gui.looks import Looks
from annotator.gui.memory import Memory
from annotator.gui.project_files import ProjectFiles
from annotator.gui.session import Session
from annotator.gui.worker import JobThread
from annotator.store.project import Project

#: Mappings of columns that are remembered, the latest first.
_MAPPINGS = 30
#: Milliseconds that a watched folder must rest before it is looked at, and after which it is looked at in any case: not
#: every file system tells of changes.
SETTLED, LOOK = 700, 30_000
#: Files of a watched folder that are kept in mind.
_WATCHED = 5000


class Arrivals(QObject):
    """Imports as the window orders them."""

    #: A sentence for the user about something that went well.
    told = Signal(str)
    #: There is something new in the watched folder: a sentence, and the files (``list[Path]``).
    offered = Signal(str, object)

    def __init__(self, session: Session, files: ProjectFiles, looks: Looks, memory: Memory, jobs: JobThread) -> None:
        super().__init__(files.window)
        self._session, self._window, self._memory, self._jobs = session, files.window, memory, jobs
        self._looks, self._start = looks, files.start
        self._preview: Any = None
        self._watcher = Watch(memory, self)
        self._watcher.found.connect(self._on_found)
        session.opened.connect(self._on_project)

    def _writable(self) -> Project | None:
        project = self._session.project
        if project is None or project.read_only:
            self._session.failed.emit(AnnotatorError(project.notice if project else "Open a project first."))
            return None
        return project

    # -- files -------------------------------------------------------------------------------

    def ask(self, files: list[Path] | None = None) -> None:
        """Let the user choose files and how to take them in."""
        from annotator.gui.dialogs.importing import ImportDialog

        if (project := self._writable()) is None:
            return
        dialog = ImportDialog(self._window, files or (), self._memory.section("import"))
        choice = dialog.choice() if dialog.exec() else None
        dialog.deleteLater()
        if choice is not None:
            (self.look_through if choice.preview else self._take)(project, choice)

    def _take(self, project: Project, choice: Any, edits: Any = None) -> None:
        self._start("Importing", _import(project, choice, edits), self._on_imported)

    def look_through(self, project: Project, choice: Any) -> None:
        """Show what would come in; the import begins when that is accepted."""
        from annotator.drafts import Edits
        from annotator.gui.dialogs.previewing import PreviewDialog

        dialog = self._preview = PreviewDialog(Edits(columns=self._mappings()), self._window, self._looks.theme)
        dialog.survey_asked.connect(partial(self._survey, project, choice, dialog))
        dialog.mapped.connect(self._remember_mapping)
        self._jobs.progressed.connect(dialog.on_progress)
        self._jobs.failed.connect(lambda error: dialog.on_failed(str(error)))
        dialog.finished.connect(partial(self._on_looked, project, choice, dialog))
        dialog.open()
        dialog.begin()

    def _survey(self, project: Project, choice: Any, dialog: Any) -> None:
        from annotator.drafts import Survey

        survey = Survey()
        dialog.use(survey)
        self._start("Looking through", _survey(project, choice, dialog.edits, survey), lambda _: dialog.on_surveyed())

    def _on_looked(self, project: Project, choice: Any, dialog: Any, result: int) -> None:
        self._preview = None
        if dialog.surveying:
            dialog.surveying = False
            self._jobs.cancel()
        elif result:
            self._take(project, choice, dialog.edits)
        dialog.deleteLater()

    def _on_imported(self, report: Any) -> None:
        from annotator.gui.dialogs.importing import ImportReportDialog
        from annotator.gui.wording import one_line

        self._session.tell(report.changes)
        self.told.emit(one_line(report.sentence(), 300))
        if came := sorted(report.changes.ids("statement")):
            self._session.show(came[0])
        if ImportReportDialog.is_needed(report):
            dialog = ImportReportDialog(report, self._window)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    # -- columns that were mapped before -------------------------------------------------------

    def _mappings(self) -> dict[tuple[str, ...], dict[str, str]]:
        try:
            kept = json.loads(str(self._memory.section("import").get("columns", "") or "[]"))
            return {tuple(columns): dict(mapping) for columns, mapping in kept}
        except (ValueError, TypeError):
            return {}

    def _remember_mapping(self, columns: tuple[str, ...], mapping: dict[str, str]) -> None:
        kept = {columns: mapping, **{c: m for c, m in self._mappings().items() if c != columns}}
        pairs = [[list(c), m] for c, m in list(kept.items())[:_MAPPINGS]]
        self._memory.section("import")["columns"] = json.dumps(pairs)

    # -- the clipboard -------------------------------------------------------------------------

    def paste(self) -> None:
        """A new statement of what is on the clipboard; HTML and its address are kept as the source."""
        from annotator import jobs

        if (project := self._writable()) is None:
            return
        mime = QGuiApplication.clipboard().mimeData()
        html = bytes(mime.data("text/html").data()) if mime is not None and mime.hasHtml() else b""
        text = mime.text() if mime is not None and mime.hasText() else ""
        if not html.strip() and not text.strip():
            self._session.failed.emit(AnnotatorError("There is no text on the clipboard."))
            return
        address = _address(mime)

        def work() -> Generator[Any, None, Any]:
            with project.sibling() as mine:
                return (yield from jobs.paste(mine, text=text, html=html, url=address))

        self._start("Taking in the clipboard", work(), self._on_imported)

    # -- a watched folder ----------------------------------------------------------------------

    def watch(self) -> None:
        """Choose a folder whose new files are offered, or stop watching the one that is watched."""
        if (project := self._writable()) is None:
            return
        if self._watcher.folder:
            self._watcher.stop(project.id)
            self.told.emit("The folder is watched no more.")
            return
        name = QFileDialog.getExistingDirectory(self._window, "Watch a folder", str(Path.home()))
        if name:
            self._watcher.begin(project.id, Path(name))
            self.told.emit(f"What is new in {Path(name).name} will be offered here.")

    def _on_project(self) -> None:
        project = self._session.project
        self._watcher.resume(project.id if project is not None and not project.read_only else "")

    def _on_found(self, files: list[Path]) -> None:
        count = len(files)
        place = self._watcher.folder.name if self._watcher.folder else ""
        self.offered.emit(f"{count:,} new file{'s' * (count != 1)} in {place}.", files)

    def take_offered(self, files: list[Path]) -> None:
        """Look through what was offered."""
        self.ask([file for file in files if file.exists()])


class Watch(QObject):
    """Tells of files that are new in one folder; which ones it told of is remembered with the project."""

    #: New files, by name (``list[Path]``).
    found = Signal(object)

    def __init__(self, memory: Memory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._project = ""
        self.folder: Path | None = None
        self._known: dict[str, list[int]] = {}
        self._system = QFileSystemWatcher(self)
        self._rest, self._look = QTimer(self), QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SETTLED)
        self._look.setInterval(LOOK)
        self._system.directoryChanged.connect(self._rest.start)
        self._rest.timeout.connect(self.look)
        self._look.timeout.connect(self.look)

    def begin(self, project: str, folder: Path) -> None:
        """Watch this folder for that project; what is in it now is not new."""
        self._project, self.folder = project, folder
        self._known = _states(folder)
        self._keep()
        self._attend()

    def resume(self, project: str) -> None:
        """Watch what was watched for this project before; without one, nothing."""
        self._leave()
        self._project = project
        try:
            kept = json.loads(str(self._memory.section("watched").get(project, "") or "{}")) if project else {}
            self.folder = Path(kept["folder"]) if kept.get("folder") else None
            self._known = dict(kept.get("known", {}))
        except (ValueError, TypeError, AttributeError):
            self.folder, self._known = None, {}
        if self.folder is not None:
            self._attend()
            self._rest.start()

    def stop(self, project: str) -> None:
        """Watch nothing for this project any more."""
        self._leave()
        self.folder, self._known = None, {}
        self._memory.section("watched")[project] = ""

    def look(self) -> None:
        """Tell of what is new since it was last looked."""
        if self.folder is None:
            return
        now = _states(self.folder)
        new = sorted(name for name, state in now.items() if self._known.get(name) != state)
        self._known = now
        if new:
            self._keep()
            self.found.emit([self.folder / name for name in new])

    def _attend(self) -> None:
        self._system.addPath(str(self.folder))
        self._look.start()

    def _leave(self) -> None:
        self._rest.stop()
        self._look.stop()
        if watched := self._system.directories():
            self._system.removePaths(watched)

    def _keep(self) -> None:
        kept = {"folder": str(self.folder), "known": dict(list(self._known.items())[-_WATCHED:])}
        self._memory.section("watched")[self._project] = json.dumps(kept)


def _states(folder: Path) -> dict[str, list[int]]:
    """Size and time of change (ns) of each visible file in the folder itself, by name."""
    return dict(_each_state(folder))


def _each_state(folder: Path) -> Iterator[tuple[str, list[int]]]:
    try:
        for file in sorted(folder.iterdir()):
            if not file.name.startswith(".") and file.is_file() and not file.is_symlink():
                about = file.stat()
                yield file.name, [about.st_size, about.st_mtime_ns]
    except OSError:  # it is gone, or cannot be looked at: there is nothing to offer
        return


def _address(mime: Any) -> str:
    """The address of the page that was copied from, where the browser says it, or the one address on the clipboard."""
    for kind, encoding in (("text/x-moz-url-priv", "utf-16-le"), ("chromium/x-source-url", "utf-8")):
        if mime.hasFormat(kind):
            return bytes(mime.data(kind).data()).decode(encoding, "replace").strip("\0 \r\n")
    urls = [url.toString() for url in mime.urls()] if mime.hasUrls() else []
    return urls[0] if len(urls) == 1 and urls[0].startswith("http") else ""


def _import(project: Project, choice: Any, edits: Any) -> Generator[Any, None, Any]:
    from annotator import jobs

    # On the job's thread, so the connection is its own.
    with project.sibling() as mine:
        report = yield from jobs.import_files(
            mine,
            choice.paths,
            format=choice.format,
            encoding=choice.encoding,
            edits=edits,
            duplicates=choice.duplicates,
            on_conflict=choice.on_conflict,
        )
    return report


def _survey(project: Project, choice: Any, edits: Any, survey: Any) -> Generator[Any, None, Any]:
    from annotator import jobs
    from annotator.drafts import Edits

    with project.sibling() as mine:
        yield jobs.Progress(0, 0, "Reading what the project has")
        survey.compare_with(mine)
        return (
            yield from jobs.import_files(
                mine,
                choice.paths,
                format=choice.format,
                encoding=choice.encoding,
                # Of what was changed only what changes the reading: the rest stands beside it in the preview.
                edits=Edits(encodings=dict(edits.encodings), columns=dict(edits.columns)),
                survey=survey,
                duplicates=choice.duplicates,
                on_conflict=choice.on_conflict,
                dry_run=True,
            )
        )
