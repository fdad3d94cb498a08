"""What is done to actors in the window: each an undoable step, with a question where more than one thing follows."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from annotator.core.errors import AnnotatorError
from annotator.gui.actors import ActorsView
from annotator.gui.session import Session
from annotator.gui.wording import isolated, one_line


class Acting(QObject):
    """Carries out what the view of the actors asks for."""

    def __init__(self, session: Session, view: ActorsView) -> None:
        super().__init__(view)
        self._session, self._view = session, view

    def edit(self, actor: str, field: str, text: str) -> None:
        """Set a field as it was typed; what is not allowed is told, and stays to be mended."""
        project = self._session.project
        if project is None or not actor:
            return
        if field == "name":
            done = self._session.do(project.rename_actor, actor, text)
            if done:
                self._session.said.emit("Renamed; the old name is an alias now.")
        elif field == "aliases":
            done = self._session.do(project.edit_actor, actor, aliases=[part.strip() for part in text.split(";")])
        else:
            done = self._session.do(project.edit_actor, actor, **{field: text})
        if done is None:
            self._view.page.refuse(field)

    def ask_merge(self, actor: str, other: str = "") -> None:
        """Ask which actor this one is, and merge them."""
        from annotator.gui.dialogs.merging import MergeDialog

        project = self._session.project
        if project is None or not actor:
            return
        dialog = MergeDialog(project.roster, actor, other, self._view.window())
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.into:
            self.merge(actor, dialog.into)
        dialog.deleteLater()

    def merge(self, actor: str, into: str) -> None:
        """Merge an actor into another one, and show that one."""
        project = self._session.project
        if project is not None and (done := self._session.do(project.merge_actors, [actor], into)):
            if self._view.actor:
                self._view.show_actor(done.result)
            name = isolated(one_line(project.actor_name(done.result), 60))
            self._session.said.emit(f"Merged into {name}. Undo takes it back.")

    def ask_split(self, actor: str) -> None:
        """Ask what of an actor is another one, and make that."""
        from annotator.gui.dialogs.splitting import MOST, SplitDialog

        project = self._session.project
        if project is None or not actor:
            return
        mentions = []
        for page in project.roster.mentions(actor):
            mentions += page
            if len(mentions) > MOST:
                break
        dialog = SplitDialog(project.actor(actor), mentions, self._view.window())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            made = self._session.do(
                project.split_actor, actor, dialog.name, aliases=dialog.aliases, values=dialog.values
            )
            if made:
                self._view.show_actor(made.result)
        dialog.deleteLater()

    def delete(self, actor: str) -> None:
        """Delete an actor to whom nothing refers; else it is said what does."""
        project = self._session.project
        if project is None or not actor:
            return
        try:
            name = isolated(one_line(project.actor_name(actor), 60))
        except AnnotatorError:
            return
        if self._session.do(project.delete_actor, actor):
            self._session.said.emit(f"Deleted {name}. Undo brings it back.")

    def unmerge(self, actor: str) -> None:
        """Let an actor be one of its own again."""
        project = self._session.project
        if project is not None:
            self._session.do(project.unmerge_actor, actor)

    def keep_apart(self, one: str, other: str) -> None:
        """Remember that two actors are not the same."""
        project = self._session.project
        if project is not None and self._session.do(project.keep_apart, one, other):
            self._view.proposals.settle(one, other)
