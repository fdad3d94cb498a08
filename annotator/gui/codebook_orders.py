"""What the commands about the codebook do: show it, hand it on, examples, memos, and the review of older passages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QFileDialog

from annotator import jobs
from annotator.core.errors import AnnotatorError
from annotator.gui.looks import Looks
from annotator.gui.project_files import ProjectFiles
from annotator.gui.session import Session
from annotator.gui.views import READ
from annotator.gui.window import Window
from annotator.store.project import Project


class CodebookOrders(QObject):
    """The codebook of the project that is open."""

    def __init__(self, session: Session, window: Window, looks: Looks, files: ProjectFiles) -> None:
        super().__init__(window)
        self._session, self._window, self._looks, self._files = session, window, looks, files

    def show(self, tag: str = "") -> None:
        """The codebook beside the text; once; with this tag chosen, where one is named."""
        from annotator.gui.dialogs.codebook import CodebookDialog  # imported late: most sessions change no codebook

        if self._session.project is None:
            return
        for there in self._window.findChildren(CodebookDialog):
            if there.isVisible():
                there.raise_()
                there.activateWindow()
                if tag:
                    there.choose(tag)
                return
        dialog = CodebookDialog(self._session, self._looks.theme, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.long_asked.connect(self._beside)
        dialog.review_asked.connect(self.review)
        dialog.import_asked.connect(lambda: self._import(dialog))
        dialog.export_asked.connect(lambda: self._export(dialog))
        dialog.print_asked.connect(lambda: self._print(dialog))
        dialog.show()
        dialog.tree.setFocus()
        if tag:
            dialog.choose(tag)

    def review(self, tag: str = "any") -> None:
        """List the statements with passages that were tagged before their tag changed."""
        self._window.views.show_view(READ)
        self._window.statements.set_filter(f"stale:{tag}")
        self._session.said.emit(
            f"“Still right” ({self._window.key('passage.confirm')}) confirms a passage; retag the others."
        )

    def make_example(self) -> None:
        """Let the current passage be an example of its tag, or no longer."""
        project, passage = self._session.project, self._session.passage
        if project is None or not passage:
            return
        tag = project.codebook.tag(project.annotation(passage).tag)
        if any(each.annotation == passage for each in tag.examples):
            self._session.do(project.drop_example, passage)
            self._session.said.emit(f"No longer an example of {tag.label}.")
        elif self._session.do(project.make_example, passage):
            self._session.said.emit(f"Now an example of {tag.label}.")

    def confirm(self) -> None:
        """Say of the current passage that it is right by the present definition of its tag."""
        project, passage = self._session.project, self._session.passage
        if project is None or not passage:
            return
        changes = self._session.do(project.confirm, [passage])
        if changes is not None:
            self._session.said.emit("Confirmed." if changes else "It was tagged by the present definition already.")

    def show_memo(self, tag: str) -> None:
        """The memo of this tag, in the codebook; without one that of the project."""
        if tag:
            self.show(tag)
        else:
            self.edit_memo()

    def edit_memo(self) -> None:
        """The memo of the project."""
        from annotator.gui.dialogs.memo import MemoDialog  # imported late: rarely asked for

        project = self._session.project
        if project is None:
            return
        dialog = MemoDialog(project.setting("memo"), self._window)
        try:
            if dialog.exec() == QDialog.DialogCode.Accepted:
                self._session.do(project.set_memo, dialog.text)
        finally:
            dialog.deleteLater()

    # -- recodes -----------------------------------------------------------------------------

    def _beside(self, said: str, order: Callable[[Project], Any], then: Callable[[Any], object] | None) -> None:
        """Count or recode many passages beside the window."""
        self._files.beside(said, order, then or self._session.tell)

    # -- files -------------------------------------------------------------------------------

    def _import(self, parent: QDialog) -> None:
        from annotator.gui.dialogs.question import Question

        project = self._session.project
        name, _ = QFileDialog.getOpenFileName(parent, "Import a codebook", "", "Codebooks (*.json)")
        if project is None or not name:
            return

        def read() -> None:
            book = jobs.codebook_of(Path(name))
            found = project.compare_codebook(book)
            if not found:
                self._session.said.emit("The codebook is the same already.")
                return
            asked = Question(
                "Import a codebook", "Take this codebook over?", "\n".join(f"•  {line}" for line in found.lines()),
                "One step, which undo takes back.", stay="Leave it", act="Take it over", parent=parent,
            )  # fmt: skip
            if asked.exec() == QDialog.DialogCode.Accepted:
                self._session.do(project.take_over_codebook, book)

        self._told(read)

    def _export(self, parent: QDialog) -> None:
        from annotator import formats

        project = self._session.project
        name, _ = QFileDialog.getSaveFileName(parent, "Export the codebook", "codebook.json", "Codebooks (*.json)")
        if project is not None and name:
            self._told(
                lambda: jobs.write_whole(Path(name), formats.write_codebook(project.codebook, project.title)),
                f"Wrote {Path(name).name}.",
            )

    def _print(self, parent: QDialog) -> None:
        project = self._session.project
        name, _ = QFileDialog.getSaveFileName(parent, "The codebook as a page", "codebook.html", "Pages (*.html)")
        if project is not None and name:
            self._told(
                lambda: jobs.write_whole(Path(name), jobs.page_of_codebook(project, counts=True)),
                f"Wrote {Path(name).name}; a browser prints it.",
            )

    def _told(self, order: Callable[[], None], said: str = "") -> None:
        try:
            order()
        except AnnotatorError as error:
            self._session.failed.emit(error)
            return
        if said:
            self._session.said.emit(said)
