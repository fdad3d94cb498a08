"""What fills the details without typing: as last time, from another passage, from the text; and known actors."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from annotator.core.errors import AnnotatorError
from annotator.core.model import Annotation
from annotator.core.values import dataclass
from annotator.gui.inspector import InspectorPane
from annotator.gui.picking import Picking
from annotator.gui.session import Session
from annotator.gui.tagging import place_at_caret
from annotator.gui.window import Window
from annotator.gui.wording import isolated, one_line

#: Actors that the list offers at most.
_OFFERED = 500


@dataclass(frozen=True, slots=True)
class Copied:
    """The details of a passage, to be pasted: its attributes, the statement they come from, and its words."""

    attributes: dict[str, Any]
    statement: str
    quote: str


class Filling(QObject):
    """The commands of the details."""

    def __init__(self, session: Session, window: Window, inspector: InspectorPane) -> None:
        super().__init__(inspector)
        self._session, self._window, self._inspector = session, window, inspector
        self.picking = Picking(session, window, inspector)
        self._copied: Copied | None = None
        #: The field and the new actor that may be a known one.
        self._met: tuple[str, str] = ("", "")
        inspector.same_asked.connect(self.same)
        inspector.met.connect(self._on_met)
        inspector.offered.connect(self._on_offered)
        session.opened.connect(self._forget)

    def _forget(self) -> None:
        self._copied, self._met = None, ("", "")

    def _passage(self) -> Annotation | None:
        project, passage = self._session.project, self._session.passage
        if project is None or project.read_only or not passage or not project.has_annotation(passage):
            self._session.said.emit("There is no passage here whose details could be filled.")
            return None
        self._inspector.commit()
        return project.annotation(passage)

    # -- as last time ---------------------------------------------------------------------------

    def same(self) -> None:
        """Fill what is empty with what the coder's last passage of this tag says, in one step."""
        passage, project = self._passage(), self._session.project
        if passage is None or project is None:
            return
        before, source = project.values_before(passage.id)
        empty = {name: values for name, values in before.items() if not passage.attributes.get(name)}
        if not empty:
            self._session.said.emit("No passage of this tag before says more than this one.")
            return
        self._take_over(passage, empty, source, "Fill as last time")

    def same_field(self) -> None:
        """Give the field that has the focus the value that it had last time."""
        name = self._inspector.visited_field
        if not name:
            self._session.said.emit("Go to a field of the passage first.")
            return
        passage, project = self._passage(), self._session.project
        if passage is None or project is None:
            return
        before, source = project.values_before(passage.id)
        if name not in before:
            self._session.said.emit("No passage of this tag before says anything here.")
            return
        self._take_over(passage, {name: before[name]}, source, f"Set {name}")

    def _take_over(self, passage: Annotation, values: dict[str, Any], source: dict[str, str], label: str) -> None:
        project = self._session.project
        if project is None:
            return
        # Words stay known as what says so only in their own text.
        here = {name: each for name, each in values.items() if source[name] == passage.statement}
        there = {name: _bare(each) for name, each in values.items() if name not in here}
        if self._session.do(project.take_over, passage.id, {**here, **there}, statement=passage.statement, label=label):
            count = len(values)
            self._session.said.emit(f"{count} field{'s' * (count != 1)} filled as last time.")

    # -- from another passage ------------------------------------------------------------------

    def copy(self) -> None:
        """Keep the details of the current passage, to paste them into others."""
        passage = self._passage()
        if passage is None:
            return
        self._copied = Copied(dict(passage.attributes), passage.statement, passage.quote)
        count = len(passage.attributes)
        self._session.said.emit(f"{count} field{'s' * (count != 1)} copied; paste them into another passage.")

    def paste(self) -> None:
        """Give the current passage the details that were copied, as far as its tag has them, in one step."""
        copied, project = self._copied, self._session.project
        if copied is None or project is None:
            self._session.said.emit("No details were copied.")
            return
        passage = self._passage()
        if passage is None:
            return
        changes = self._session.do(
            project.take_over, passage.id, copied.attributes, statement=copied.statement, label="Paste details"
        )
        if changes is not None:
            words = isolated(one_line(copied.quote, 40))
            told = f"Details of “{words}” pasted." if changes else "Nothing of what was copied is new here."
            self._session.said.emit(told)

    # -- words -----------------------------------------------------------------------------------

    def show_words(self) -> None:
        """To the words that say the field that has the focus."""
        name = self._inspector.visited_field
        if not name or not self._inspector.ask_words(name):
            self._session.said.emit("This value was not picked from the text.")

    # -- actors ----------------------------------------------------------------------------------

    def _on_met(self, field: str, actor: str) -> None:
        self._met = (field, actor)

    def _on_offered(self, _field: str) -> None:
        """Offer the known actors: the one that was just met may be one of them by another name."""
        from annotator.gui.chooser import Choice

        project, (_name, met) = self._session.project, self._met
        if project is None or not met:
            return
        words = project.actor_name(met)
        near = [each.id for word in words.split() if len(word) > 2 for each in project.roster.matching(word)]
        known = {actor.id: actor for actor in project.actors() if not actor.merged_into and actor.id != met}
        ids = [each for each in dict.fromkeys([*near, *known]) if each in known][:_OFFERED]
        choices = [Choice(f"actor:{i}", known[i].name, "; ".join(known[i].aliases)) for i in ids]
        if not choices:
            self._session.said.emit("The project has no other actor.")
            return
        title = f"“{isolated(one_line(words, 60))}” is another name of…"
        self._window.chooser.open(title, choices, *place_at_caret(self._window), typed=True)

    def known_actor(self, actor: str) -> None:
        """The actor that was just met is this one: its name becomes one of theirs, and the passage names them."""
        project, (field, met) = self._session.project, self._met
        if project is None or not met:
            return
        try:
            words, name = project.actor_name(met), project.actor_name(actor)
        except AnnotatorError as error:
            self._session.failed.emit(error)
            return
        if self._session.do(project.merge_actors, [met], actor) is not None:
            self._met = ("", "")
            self._session.said.emit(f"“{isolated(words)}” is another name of {isolated(name)}.")
            self._inspector.focus_field(field)


def _bare(values: Any) -> Any:
    """Values without the words of another text."""
    return [{key: each for key, each in value.items() if key != "anchor"} for value in values]
