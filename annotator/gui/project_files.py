"""Projects and files as the window opens, makes, imports and exports them; long work goes on beside it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from annotator import paths
from annotator.core.errors import AnnotatorError, Cancelled, Damaged, NeedsPassphrase
from annotator.core.text import Span
from annotator.gui.memory import Memory
from annotator.gui.session import Session
from annotator.gui.window import Window
from annotator.gui.worker import JobThread
from annotator.store.backups import Backups, restore
from annotator.store.bulk import Bulk
from annotator.store.cipher import Key, Passphrase, looks_encrypted
from annotator.store.project import SUFFIX, Project

if TYPE_CHECKING:
    from annotator.gui.passphrases import Passphrases

_PLAIN, _ALL = f"Annotator projects (*{SUFFIX})", "All files (*)"
_FILTER = f"{_PLAIN};;{_ALL}"
#: Offered where a project is made, so that nobody has to find the other command to know of it.
_ENCRYPTED = f"Encrypted projects, opened with a passphrase (*{SUFFIX})"
#: From so many bytes on a file takes long enough to open that it is said before.
LARGE = 50_000_000


#: Passages that are changed at once, and rows that undo writes back; more are changed beside the window.
AT_ONCE = 200


class ProjectFiles(QObject):
    """Opening, making, importing and exporting."""

    #: A sentence for the user about something that went well.
    told = Signal(str)
    #: The verdict of a check that found nothing wrong.
    checked = Signal(str)
    #: These files are to be taken in (``list[Path]``).
    import_asked = Signal(object)
    #: A project could not be opened because it is damaged (``Path``, ``Damaged``).
    damaged = Signal(object, object)

    def __init__(self, session: Session, window: Window, memory: Memory, jobs: JobThread) -> None:
        super().__init__(window)
        self._session, self._window, self._memory, self._jobs = session, window, memory, jobs
        self._after: Any = None
        jobs.finished.connect(self._on_finished)
        jobs.failed.connect(self._on_failed)

    # -- opening -------------------------------------------------------------------------

    def open_first(self, path: Path) -> None:
        """The project that the program was started with; where that fails, the last one unless it asks something."""
        if _is_encrypted(path):
            self.open(path)  # its question stands alone
        elif not self.open(path) and not any(map(_is_encrypted, self._memory.recent()[:1])):
            self.open_last()

    def open_last(self) -> None:
        """The project of the last time, or on the first start the sample project."""
        recent = self._memory.recent()
        if recent and self.open(recent[0]):
            return
        if not recent and not self._memory.discreet:
            self.open_sample()

    @property
    def window(self) -> Window:
        """What dialogs stand over."""
        return self._window

    @property
    def project(self) -> Project | None:
        """The project that is open."""
        return self._session.project

    @property
    def busy(self) -> bool:
        """Whether long work goes on."""
        return self._jobs.busy

    @cached_property
    def passphrases(self) -> Passphrases:
        """What is done with encrypted projects; most are not."""
        from annotator.gui.passphrases import Passphrases

        return Passphrases(self)

    def put_away(self) -> None:
        """Close the project, for work that needs its file alone."""
        self._session.use(None)

    def tell_failure(self, path: Path, error: AnnotatorError) -> None:
        """Say why nothing came of it; for a damaged project, with the ways on."""
        if isinstance(error, Damaged):
            self.damaged.emit(path, error)
        else:
            self._session.failed.emit(error)

    def open(self, path: Path, passphrase: Passphrase | None = None) -> bool:
        """Open this project in place of the one before; on failure that one stays, and the reason is told.

        An encrypted one asks for its passphrase first, and opens when that is given.
        """
        try:
            return self._open(path, passphrase)
        except NeedsPassphrase:
            self.passphrases.ask(path, partial(self._open_with, path))
            return False
        except AnnotatorError as error:
            self.tell_failure(path, error)
            return False

    def _open_with(self, path: Path, key: Key) -> None:
        try:
            self._open(path, key)
        finally:
            key.forget()

    def _open(self, path: Path, passphrase: Passphrase | None = None) -> bool:
        project = self._session.project
        if project is not None and project.path == path.resolve():
            return True
        if self._jobs.busy:
            self._session.failed.emit(
                AnnotatorError("Work is still going on in this project; wait or cancel it first.")
            )
            return False
        with self._said_before(path):
            opened = Project.open(path, fall_back=True, passphrase=passphrase)
            self._memory.remember(opened.path)
            self._session.use(opened)
            self._session.show(self._memory.place(opened.id))
            if not self._session.statement and (first := next(opened.statements(), None)) is not None:
                self._session.show(first.id)
            return True

    @contextmanager
    def _said_before(self, path: Path) -> Iterator[None]:
        """That a large file is being opened is on the screen before; checking its pages holds the window up."""
        if not _is_large(path):
            yield
            return
        said, window, first = f"Opening {path.name}…", self._window, self._session.project is None
        window.say(said)
        window.statusBar().repaint()
        if first:
            window.reader.show_nothing(said)
            window.reader.viewport().repaint()
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            yield
        finally:
            QGuiApplication.restoreOverrideCursor()
            window.unsay(said)
            if first and self._session.project is None:
                self._session.shown.emit("")  # what to do instead, where the sentence stood

    def open_recent(self, path: Path) -> None:
        self.open(path)

    def ask_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open project", self._folder(), _FILTER)
        if name:
            # Not where nothing of the kind is to be remembered.
            if not self._memory.discreet:
                self._memory.put("open_folder", str(Path(name).parent))
            self.open(Path(name))

    def ask_new(self) -> None:
        """Make an empty project where the user says."""
        path, filter = self._ask_where("New project", f"{_PLAIN};;{_ENCRYPTED};;{_ALL}")
        if path is None:
            return
        if filter == _ENCRYPTED:
            self.passphrases.make(path)
            return
        try:
            Project.create(path).close()
        except AnnotatorError as error:
            self._session.failed.emit(error)
            return
        self.open(path)

    def ask_where(self, title: str) -> Path | None:
        """Where the user wants a project that does not exist yet."""
        return self._ask_where(title, _FILTER)[0]

    def _ask_where(self, title: str, filters: str) -> tuple[Path | None, str]:
        """The file and the kind that was chosen for it."""
        name, chosen = QFileDialog.getSaveFileName(self._window, title, self._folder(), filters)
        path = Path(name)
        if not name or path.suffix == SUFFIX:
            return path if name else None, chosen
        return path.with_name(path.name + SUFFIX), chosen

    def open_sample(self) -> None:
        """The project made from the sample corpus, which is made now if it is not there yet."""
        path = paths.sample_project()
        if path.exists():
            self.open(path)
        else:
            self.start("Making the sample project", _make_sample(path), self._on_sample)

    def _on_sample(self, path: Path) -> None:
        self.open(path)

    def _folder(self) -> str:
        project = self._session.project
        # The sample's folder is no place for the user's own files.
        if project is not None and project.path.parent != paths.data_dir().resolve():
            own = str(project.path.parent)
        else:
            own = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        last = str(self._memory.get("open_folder", ""))
        return next((each for each in (last, own) if each and Path(each).is_dir()), str(Path.home()))

    # -- copies ----------------------------------------------------------------------------

    def ask_copy(self) -> None:
        """Save a copy of the open project where the user says; in the place of a file that was moved it is opened."""
        project = self._session.project
        if project is None:
            return
        proposed = str(Path(self._folder()) / f"{project.path.stem} copy{SUFFIX}")
        # A copy never overwrites, so there is no use in a question that says it would.
        option = QFileDialog.Option.DontConfirmOverwrite
        name, _ = QFileDialog.getSaveFileName(self._window, "Save a copy", proposed, _FILTER, options=option)
        if name:
            path = Path(name)
            self.save_copy(path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX))

    def save_copy(self, target: Path) -> None:
        """Write a verified copy of the open project there; it is opened if the project's own file was moved."""
        project = self._session.project
        if project is not None:
            self.start("Saving a copy", _copy(project, target), partial(self._on_copied, project))

    def _on_copied(self, project: Project, target: Path) -> None:
        if project is self._session.project and project.is_moved:
            if self.open(target):
                self.told.emit(f"Saved a copy as {target.name}; from now on this is the open project.")
        else:
            self.told.emit(f"Saved a copy as {target.name}.")

    def ask_open_moved(self) -> None:
        """Open the project where its file is now; where the system does not tell, the user does."""
        project = self._session.project
        path = project.whereabouts() if project is not None else None
        if path is None:
            self.ask_open()
        else:
            self.reopen(path)

    def reopen(self, path: Path) -> None:
        """Open this file, although it may stand where the open project was."""
        if self._jobs.busy:
            self._session.failed.emit(AnnotatorError("Other work is still going on; wait for it or cancel it."))
            return
        project = self._session.project
        if project is not None and project.path == path.resolve():
            self._session.use(None)
        self.open(path)

    # -- backups ----------------------------------------------------------------------------

    def ask_restore(self, path: Path | None = None, trouble: str = "") -> None:
        """Let the user choose a backup of the open project, or of one that cannot be opened, and put it back."""
        from annotator.gui.dialogs.restoring import RestoreDialog

        project = self._session.project
        target = path or (project.path if project is not None else None)
        if target is None:
            return
        is_open = project is not None and project.path == target.resolve()
        try:  # what stands in a file that is in trouble is not asked for its name
            usable = is_open and project is not None and not trouble
            shelf = project.backups if usable and project is not None else Backups.of_file(target)
            known = shelf.all()
        except AnnotatorError:
            known = []
        key = project.key if is_open and project is not None else None
        dialog = RestoreDialog(target, known, trouble=trouble, can_salvage=not is_open, parent=self._window, key=key)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(partial(self._on_backup_chosen, target))
        dialog.open()

    def _on_backup_chosen(self, target: Path, choice: Any) -> None:
        if choice.what == "salvage" and choice.path is not None:
            self.salvage(target, choice.path)
        elif choice.backup is not None:
            self.restore(choice.backup, choice.path or target, choice.passphrase)

    def restore(self, backup: Path, target: Path, passphrase: Passphrase | None = None) -> None:
        """Put this backup there and open it; a project that is open there is closed first, and kept beside it."""
        if self._jobs.busy:
            self._session.failed.emit(AnnotatorError("Other work is still going on; wait for it or cancel it."))
            return
        project = self._session.project
        if project is not None and project.path == target.resolve():
            self._session.use(None)
        self.start("Restoring a backup", _restore(backup, target, passphrase), self._on_restored)

    def salvage(self, damaged: Path, target: Path) -> None:
        """Write what is readable of a damaged project as JSON, with its passphrase where it is encrypted."""
        if looks_encrypted(damaged):
            why = "What is readable of it is written to a file that is not encrypted."
            self.passphrases.ask(damaged, partial(self._salvage, damaged, target), why)
        else:
            self._salvage(damaged, target, None)

    def _salvage(self, damaged: Path, target: Path, key: Key | None) -> None:
        self.start("Salvaging", _salvage(damaged, target, key), self._on_salvaged)

    def _on_restored(self, result: tuple[Path, Path | None, Passphrase | None]) -> None:
        target, aside, passphrase = result
        if self.open(target, passphrase):
            kept = f" What stood there is kept as {aside.name}." if aside else ""
            self.told.emit(f"Restored {target.name}.{kept}")

    def _on_salvaged(self, report: Any) -> None:
        from annotator.gui.dialogs.report import ReportDialog

        dialog = ReportDialog(report.sentence(), "\n".join(map(str, report.found.problems)), "Salvage", self._window)
        dialog.show()

    # -- deleting for good ----------------------------------------------------------------------

    def ask_delete_for_good(self) -> None:
        """Say exactly what would go with the shown statement, and ask whether it should."""
        from annotator.gui.dialogs.purging import PurgeDialog

        project, statement = self._session.project, self._session.statement
        if project is None or not statement:
            return
        try:
            plan = project.plan_delete_for_good([statement])
        except AnnotatorError as error:
            self._session.failed.emit(error)
            return
        dialog = PurgeDialog(project.statement(statement).title, plan, self._window)
        dialog.accepted.connect(partial(self.delete_for_good, [statement]))
        dialog.open()

    def delete_for_good(self, statements: list[str]) -> None:
        """Remove every trace of these statements."""
        project = self._session.project
        if project is not None:
            self.start("Deleting for good", _delete_for_good(project, statements), self._on_deleted_for_good)

    def _on_deleted_for_good(self, purged: Any) -> None:
        self._session.tell(purged.changes)
        self.told.emit(purged.sentence())

    # -- import ------------------------------------------------------------------------------

    def take_dropped(self, files: list[Any]) -> None:
        """Files dropped on the window: a project is opened, all else imported."""
        dropped = [Path(file) for file in files]
        if len(dropped) == 1 and dropped[0].suffix == SUFFIX:
            self.open(dropped[0])
        elif dropped:
            self.import_asked.emit(dropped)

    # -- export and check ------------------------------------------------------------------------

    def ask_export(self, *, passages: bool = False) -> None:
        """Let the user choose a format, what to export and where; ``passages`` proposes what the view's query finds."""
        from annotator.gui.dialogs.exporting import ExportDialog

        project = self._session.project
        if project is None:
            return
        remembered = self._memory.section("export")
        dialog = ExportDialog(self._window, project, self._window.filter_text(), remembered)
        if passages:
            dialog.propose_passages()
        choice = dialog.choice() if dialog.exec() else None
        dialog.deleteLater()
        if choice is not None:
            self.start("Exporting", _export(project, choice), self._on_exported)

    def tag_places(self, places: Sequence[tuple[str, Span]], tag: str) -> None:
        """Tag these places: a few at once, many beside the window."""
        project = self._session.project
        if project is None:
            return
        if len(places) <= AT_ONCE:
            self._on_passages_changed(self._session.do(project.tag_places, places, tag), told=False)
        else:
            self.beside("Tagging passages", lambda mine: mine.tag_places(places, tag), self._on_passages_changed)

    def change_passages(self, ids: Sequence[str], bulk: Bulk) -> None:
        """Do this to these passages: a few at once, many beside the window."""
        project = self._session.project
        if project is None:
            return
        if len(ids) <= AT_ONCE:
            self._on_passages_changed(self._session.do(project.do_bulk, ids, bulk), told=False)
        else:
            self.start("Changing passages", _change(project, ids, bulk), self._on_passages_changed)

    def _on_passages_changed(self, changes: Any, *, told: bool = True) -> None:
        if not changes:
            return
        if told:
            self._session.tell(changes)
        self.told.emit(f"{changes.label}; {self._window.key('edit.undo') or 'Undo'} takes it back.")

    def _on_exported(self, report: Any) -> None:
        self.told.emit(f"{report.sentence()} {report.path}")
        if report.losses:
            from annotator.gui.dialogs.report import ReportDialog

            lines = "\n".join(f"Left out: {loss}" for loss in report.losses)
            ReportDialog(f"{report.done()} {report.path}", lines, "Exported", self._window).show()

    def check(self) -> None:
        """Verify all that the project promises."""
        if self._session.project is not None:
            self.start("Checking", _check(self._session.project), self._on_checked)

    def _on_checked(self, findings: list[Any]) -> None:
        if not findings:
            self.checked.emit("Checked: every text, quote and step is as it should be.")
            return
        from annotator.gui.dialogs.report import ReportDialog

        wrong = sum(f.kind == "error" for f in findings)
        remarks = len(findings) - wrong
        verdict = f"The check found {wrong} error{'s' * (wrong != 1)}" if wrong else "The check found no error"
        verdict += f" and {remarks} remark{'s' * (remarks != 1)}." if remarks else "."
        lines = "\n".join(f"{f.kind}: {f.place}: {f.text}" for f in findings)
        ReportDialog(verdict, lines, "Check", self._window).show()

    # -- long work -----------------------------------------------------------------------------------

    def beside(self, title: str, order: Callable[[Project], Any], after: Callable[[Any], object]) -> None:
        """Carry out one intention of the project beside the window; ``after`` is called with its result."""
        if (project := self._session.project) is not None:
            self.start(title, _on_own_connection(project, title, order), after)

    def start(self, title: str, work: Generator[Any, None, Any], after: Any) -> None:
        """Begin this work beside the window; ``after`` is called with its result."""
        try:
            self._jobs.start(work)
        except AnnotatorError as error:
            self._session.failed.emit(error)
            return
        self._after = after
        self._window.job_bar.begin(title)

    def _on_finished(self, result: Any) -> None:
        self._window.job_bar.finish()
        after, self._after = self._after, None
        if after is not None:
            after(result)

    def _on_failed(self, error: AnnotatorError) -> None:
        self._window.job_bar.finish()
        self._after = None
        if self._session.project is None:
            # What was to take its place did not; nothing moved, so the last one can be opened again.
            self.open_last()
        if isinstance(error, Cancelled):
            self.told.emit(str(error))
        else:
            self._session.failed.emit(error)


def _is_encrypted(path: Path) -> bool:
    try:
        return looks_encrypted(path)
    except OSError:  # opening tells what is wrong with it
        return False


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size >= LARGE
    except OSError:  # opening tells what is wrong with it
        return False


def _make_sample(path: Path) -> Generator[Any, None, Path]:
    """A new project of the sample corpus with its example coding at this path, whole or not at all."""
    from annotator import jobs

    making = path.with_stem(f"{path.stem} in the making")
    making.unlink(missing_ok=True)
    try:
        with Project.create(making, title="Sample corpus") as project:
            yield from jobs.import_files(project, [paths.sample_corpus()])
            yield from jobs.import_files(project, [paths.sample_coding()])
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
        making.with_name(f".{making.name}.lock").unlink(missing_ok=True)
    return path


def _on_own_connection(project: Project, title: str, order: Callable[[Project], Any]) -> Generator[Any, None, Any]:
    from annotator import jobs

    yield jobs.Progress(0, 0, title)
    with project.sibling() as mine:
        return order(mine)


def _change(project: Project, ids: Sequence[str], bulk: Bulk) -> Generator[Any, None, Any]:
    from annotator import jobs

    # On the job's thread, so the connection is its own.
    with project.sibling() as mine:
        return (yield from jobs.change_passages(mine, ids, bulk))


def _export(project: Project, choice: Any) -> Generator[Any, None, Any]:
    from annotator import jobs

    return (
        yield from jobs.export(
            project,
            choice.path,
            format=choice.format,
            query=choice.query,
            passages=choice.passages,
            privacy=choice.privacy,
        )
    )


def _copy(project: Project, target: Path) -> Generator[Any, None, Path]:
    from annotator import jobs

    yield jobs.Progress(0, 0, "Copying and verifying")
    return project.backup(target)


def _restore(
    backup: Path, target: Path, passphrase: Passphrase | None
) -> Generator[Any, None, tuple[Path, Path | None, Passphrase | None]]:
    from annotator import jobs

    yield jobs.Progress(0, 0, "Restoring a backup")
    return target, restore(backup, target, passphrase), passphrase


def _delete_for_good(project: Project, statements: list[str]) -> Generator[Any, None, Any]:
    from annotator import jobs

    yield jobs.Progress(0, 0, "Rewriting the file and its backups")
    with project.sibling() as mine:
        return mine.delete_for_good(statements)


def _salvage(damaged: Path, target: Path, key: Key | None) -> Generator[Any, None, Any]:
    from annotator import jobs

    try:
        return (yield from jobs.salvage(damaged, target, passphrase=key))
    finally:
        if key is not None:
            key.forget()


def _check(project: Project) -> Generator[Any, None, Any]:
    from annotator import jobs

    return (yield from jobs.check(project))
