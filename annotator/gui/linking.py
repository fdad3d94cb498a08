"""Links in the window: made with two keys, drawn in the margin, followed there and back, removed with undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from annotator.core.errors import AnnotatorError
from annotator.core.model import Changes
from annotator.gui.announce import announce
from annotator.gui.arcs import Arc
from annotator.gui.session import Session
from annotator.gui.tagging import place_at_caret
from annotator.gui.wording import isolated, one_line

if TYPE_CHECKING:
    from annotator.gui.window import Window

#: How the list at the caret names a kind of link.
LINK = "link:"


class Linking(QObject):
    """``source`` is the passage (its id) from which a link is being drawn; empty when none is."""

    def __init__(self, session: Session, window: Window) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.source = ""

    # -- making ------------------------------------------------------------------------------

    def mark(self) -> None:
        """The first time: link from the current passage. The second time, on another one: ask what the link says."""
        project, passage = self._session.project, self._session.passage or self._here()
        if project is None or project.read_only:
            return
        if not passage:
            self._tell("There is no passage here to link; put the caret into one, or tag words first.")
        elif self.source in ("", passage) or not project.has_annotation(self.source):
            if self.source == passage:
                self.put_away()
                return
            self._session.pick(passage)
            self.source = passage
            self._tell(f"Linking from {self._named(passage)}. Go to the other passage and press {self._key()} again.")
        else:
            self._session.pick(passage)
            self._choose()

    def _choose(self) -> None:
        from annotator.gui.chooser import Choice

        project = self._session.project
        assert project is not None
        choices = [
            Choice(f"{LINK}{kind.name}", kind.label, kind.definition, None, str(n) if n < 10 else "")
            for n, kind in enumerate(project.link_kinds, 1)
        ]
        caret, page = place_at_caret(self._window)
        self._window.chooser.open(f"{self._named(self.source)} …", choices, caret, page, typed=False)

    def finish(self, kind: str) -> None:
        """Link the source with the current passage by this kind."""
        project, source, target = self._session.project, self.source, self._session.passage
        if project is None or not source or not target:
            return
        self.source = ""
        if self._session.do(project.link, kind, source, target) is not None:
            self._tell(f"Linked. {self._window.key('edit.undo') or 'Undo'} takes it back.")

    def put_away(self) -> bool:
        """Link nothing; whether a link was being drawn."""
        was, self.source = bool(self.source), ""
        if was:
            self._tell("Nothing was linked.")
        return was

    def remove(self, link: str) -> None:
        """Remove a link."""
        project = self._session.project
        if project is not None and self._session.do(project.unlink, link):
            self._tell(f"Link removed. {self._window.key('edit.undo') or 'Undo'} brings it back.")

    # -- facts -------------------------------------------------------------------------------

    def on_opened(self) -> None:
        self.source = ""

    def on_shown(self, _statement: str = "") -> None:
        """Another statement: draw its links."""
        project, statement = self._session.project, self._session.statement
        arcs: list[Arc] = []
        if project is not None and statement:
            try:
                directed = {kind.name: kind.directed for kind in project.link_kinds}
                links = project.links_within(statement)
                arcs = [Arc(link.source, link.target, directed.get(link.kind, True)) for link in links]
            except AnnotatorError:
                arcs = []  # the list and the details tell what is wrong with the file
        self._window.reader.show_arcs(arcs)
        self._remind()

    def on_changed(self, changes: Changes) -> None:
        """A step was committed."""
        if changes.many or changes.ids("link") or changes.ids("setting"):
            self.on_shown()
        if self.source and (project := self._session.project) and not project.has_annotation(self.source):
            self.source = ""

    def on_picked(self, passage: str) -> None:
        """Another passage is current: say that a link waits for it."""
        if passage and passage != self.source:
            self._remind()

    def _remind(self) -> None:
        if self.source:
            self._session.said.emit(
                f"Linking from {self._named(self.source)}: {self._key()} links it with the passage here."
            )

    def _here(self) -> str:
        return next(iter(self._window.reader.annotations_here()), "")

    def _named(self, passage: str) -> str:
        project = self._session.project
        if project is None or not project.has_annotation(passage):
            return "a passage"
        return f"“{isolated(one_line(project.annotation(passage).quote, 40))}”"

    def _key(self) -> str:
        return self._window.key("passage.link") or "“Link this passage”"

    def _tell(self, text: str) -> None:
        self._session.said.emit(text)
        announce(self._window.reader, text)
