"""History, versions and reports as the window orders them; what takes long goes on beside it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Record
from annotator.core.model import Changes
from annotator.core.values import dataclass
from annotator.gui.looks import Looks
from annotator.gui.project_files import ProjectFiles
from annotator.gui.session import Session
from annotator.gui.window import Window
from annotator.store.project import Project
from annotator.store.versions import Revision

#: More selected statements than this are not read while the window waits.
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A corrected text, read, and what it would mean; ``record`` is what its file holds, None for pasted words."""

    plan: Revision
    text: str
    record: Record | None


class Evidence(QObject):
    """Telling, proving and mending what is in the project."""

    def __init__(self, session: Session, window: Window, files: ProjectFiles, looks: Looks) -> None:
        super().__init__(window)
        self._session, self._window, self._files, self._looks = session, window, files, looks
        self._remembered: dict[str, Any] = {}

    # -- history -----------------------------------------------------------------------------

    def show_history(self, statement: str = "", passage: str = "") -> None:
        """Who did what when: in the project, in a statement, or to a passage of it."""
        from annotator.gui.dialogs.history import HistoryDialog

        for there in self._window.findChildren(HistoryDialog):
            if there.scope == (statement, passage) and there.isVisible():
                there.raise_()
                there.activateWindow()
                return
        dialog = HistoryDialog(
            self._session, statement or None, self._window, self._looks.theme, passage=passage or None
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.go_back_asked.connect(self.go_back)
        dialog.revert_asked.connect(self.revert)
        dialog.show()  # beside the text, which it tells of

    def go_back(self, step: int) -> None:
        """Let all be as it was after the step of this number."""
        told = partial(self._on_written, f"Went back to step {step}.")
        self._files.beside("Going back", lambda mine: mine.go_back(step), told)

    def revert(self, step: int) -> None:
        """Undo only the step of this number."""
        told = partial(self._on_written, f"Step {step} is undone.")
        self._files.beside("Undoing a step", lambda mine: mine.revert(step), told)

    def _on_written(self, told: str, changes: Changes) -> None:
        self._session.tell(changes)
        self._files.told.emit(told)

    # -- versions ----------------------------------------------------------------------------

    def ask_correction(self) -> None:
        """Let the user choose a corrected text of the shown statement, or paste it, and preview what it means."""
        from annotator.gui.dialogs.correcting import CorrectingDialog

        project, statement = self._session.project, self._session.statement
        if project is None or not statement:
            return
        self._window.inspector.commit()
        dialog = CorrectingDialog(project.statement(statement).title, self._window, self._remembered)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.preview_correction(statement, dialog.choice()))
        dialog.open()

    def preview_correction(self, statement: str, correction: Any) -> None:
        """Find the passages again in this text, and show where they would be."""
        project = self._session.project
        if project is not None and correction is not None:
            work = _planned(project, statement, correction)
            self._files.start("Finding the passages again", work, self._on_planned)

    def _on_planned(self, planned: Planned) -> None:
        from annotator.gui.dialogs.revising import RevisingDialog

        project, statement = self._session.project, planned.plan.statement
        if project is None or not project.has_statement(statement):
            self._session.failed.emit(AnnotatorError("The statement is no longer in the project."))
            return
        dialog = RevisingDialog(
            project.statement(statement).title, planned.plan, project.codebook, self._window, self._looks.theme
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.revise(planned, dialog.accepted_ids))
        dialog.open()

    def revise(self, planned: Planned, accept: list[str]) -> None:
        """Add the corrected text as a new version, with these of the passages to confirm."""
        record = planned.record

        def revised(mine: Project) -> Changes:
            return mine.revise(
                planned.plan.statement,
                planned.text,
                record.statement.source if record else None,
                data=record.data if record else None,
                ranges=(record.ranges or None) if record else None,
                accept=accept,
                plan=planned.plan,
            )

        copied = len(planned.plan.taken(accept))
        self._files.beside("Adding the new version", revised, partial(self._on_revised, copied))

    def _on_revised(self, copied: int, changes: Changes) -> None:
        self._session.tell(changes)
        if changes.result:
            self._session.show(str(changes.result))
        came = f"{copied:,} passage{'s' * (copied != 1)} came along"
        self._files.told.emit(f"This is the new version; {came}.")

    def show_version(self, *, corrected: bool) -> None:
        """Show the version before the shown statement, or the one that corrects it."""
        project, statement = self._session.project, self._session.statement
        if project is None or not statement:
            return
        around = project.versions(statement)
        if there := around.corrected if corrected else around.previous:
            self.show_statement(there)
        else:
            self._session.said.emit(
                "There is no corrected version of this statement."
                if corrected
                else "This statement is no corrected version of another."
            )

    def show_statement(self, statement: str) -> None:
        """Show this version, in the list too if it is listed."""
        self._session.show(statement)
        self._window.statements.select(statement)

    # -- reports -----------------------------------------------------------------------------

    def ask_report(self, what: str, selected: Sequence[str] = ()) -> None:
        """Let the user say of what an evidence report is made, and where to; ``what`` is proposed.

        ``selected`` are the selected statements if they have been read; else they are, unless they are very many.
        """
        from annotator.gui.dialogs.reporting import FOUND, SHOWN, ReportingDialog

        project, statements = self._session.project, self._window.statements
        if project is None:
            return
        query = statements.filter_text()
        if not selected and statements.selected_count() <= _MANY:
            selected = statements.selected()
        dialog = ReportingDialog(
            project,
            shown=self._session.statement,
            selected=selected,
            query=query,
            what=FOUND if query and what != SHOWN else what,
            parent=self._window,
            remembered=self._remembered,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.report(dialog.choice()))
        dialog.open()

    def report(self, choice: Any) -> None:
        """Write this report."""
        project = self._session.project
        if project is not None and choice is not None:
            self._files.start("Writing the report", _reported(project, choice), self._on_reported)

    def _on_reported(self, made: Any) -> None:
        from annotator.gui.dialogs.report import ReportDialog

        told_of = (
            ("File", made.path),
            ("SHA-256 of the report, which it names itself", made.sha256),
            (f"SHA-256 of the file, also in {made.path.name}.sha256 for sha256sum --check", made.file_sha256),
            ("Head of the history", made.head),
        )
        lines = [f"{name}:\n{value}\n" for name, value in told_of]
        told = made.sentence().partition(" SHA-256")[0]
        self._files.told.emit(f"{told} {made.path}")
        ReportDialog(told, "\n".join(lines).rstrip(), "Evidence report", self._window).show()


def _planned(project: Project, statement: str, correction: Any) -> Generator[Any, None, Planned]:
    from annotator import jobs

    yield jobs.Progress(0, 0, "Reading the corrected text")
    record = jobs.corrected(correction.path) if correction.path is not None else None
    text = record.text if record is not None else correction.text
    yield jobs.Progress(0, 0, "Finding the passages again")
    with project.sibling() as mine:
        plan = mine.plan_revision(statement, text)
    # Once more, so that a cancelled preview is not shown.
    yield jobs.Progress(1, 1, "Finding the passages again")
    return Planned(plan, text, record)


def _reported(project: Project, choice: Any) -> Generator[Any, None, Any]:
    from annotator import jobs

    return (
        yield from jobs.report(
            project, choice.path, format=choice.format, statements=choice.statements, query=choice.query
        )
    )
