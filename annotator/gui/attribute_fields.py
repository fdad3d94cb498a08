"""The form that a tag's attributes make: one field each, and the note."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice

from PySide6.QtWidgets import QWidget

from annotator.core.codebook import parse_value
from annotator.core.dates import edtf_of, read_date
from annotator.core.errors import AnnotatorError
from annotator.core.model import Annotation, Attribute, Tag
from annotator.core.text import fold
from annotator.gui.actors_editor import ActorsEditor, Suggest
from annotator.gui.choosing import ChoiceEditor
from annotator.gui.fields import Field, Form
from annotator.gui.growing_text import GrowingText
from annotator.gui.line_editor import LineEditor
from annotator.gui.wording import typed_text
from annotator.store.project import Project

#: Issuers that completion knows at most: more than so many are no list of issuers, and would take long to read.
MOST_ISSUERS = 5000
#: The field that is no attribute; the codebook refuses one of this name.
NOTE = "note"
_HINTS = {"date": "2022, 2022-01, 2022-01-20…", "count": "3, 3-5, dozens…"}
_UNSPECIFIED = ("unspecified", "unspecified")


class ActorNames:
    """The project's actors by name and alias, and its issuers, for completion.

    Actors are asked of the project each time; issuers are read when first asked for after a statement changed.
    """

    def __init__(self) -> None:
        self._project: Project | None = None
        self._issuers: list[tuple[str, str]] | None = None

    def use(self, project: Project | None) -> None:
        self._project, self._issuers = project, None

    def forget_issuers(self) -> None:
        """Statements have changed."""
        self._issuers = None

    def matching(self, part: str, limit: int = 12) -> list[tuple[str, str]]:
        """Actors as the project's roster lists them; then issuers with a word that begins so, or that contain it."""
        if self._project is None:
            return []
        roster, wanted = self._project.roster, fold(part)
        found = [(each.listed, each.name) for each in roster.matching(part, limit)]
        ranked = []
        for folded, issuer in self._issued(self._project) if len(found) < limit else ():
            at = folded.find(wanted)
            if at >= 0 and roster.called(issuer) is None:
                ranked.append((0 if at == 0 else 1 if f" {wanted}" in folded else 2, folded, issuer))
        return [*found, *((issuer, issuer) for _, _, issuer in sorted(ranked))][:limit]

    def _issued(self, project: Project) -> list[tuple[str, str]]:
        """Who issued the project's statements, folded and as written."""
        if self._issuers is None:
            issuers = islice(project.issuers(), MOST_ISSUERS)
            self._issuers = [(fold(issuer), issuer) for issuer in issuers if issuer and ";" not in issuer]
        return self._issuers


class AttributeForm(Form):
    """One tag's attributes as fields, and the note."""

    def __init__(self, tag: Tag, actors: ActorNames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tag = tag
        for attribute in tag.attributes:
            self.add(self._field_for(attribute, actors))
        note = GrowingText()
        note.hint("Add a note…")
        self.add(Field(NOTE, "Note", note))

    def _field_for(self, attribute: Attribute, actors: ActorNames) -> Field:
        return Field(
            attribute.name,
            attribute.label,
            _editor_for(attribute, actors),
            required=attribute.required,
            definition=attribute.definition,
            check=partial(_check, attribute),
        )

    def texts(self, annotation: Annotation, name_of: Callable[[str], str]) -> dict[str, str]:
        """What each field shows of this passage."""
        shown = {a.name: typed_text(annotation.attributes.get(a.name, ()), name_of) for a in self.tag.attributes}
        return shown | {NOTE: annotation.note}

    def value(self, name: str, text: str) -> str:
        """What the project is told when this is typed into that field."""
        attribute = self.tag.attribute(name)
        return edtf_of(text) if attribute is not None and attribute.type == "date" else text

    def new_actors(self, name: str, text: str, project: Project) -> list[str]:
        """The actors that this text names and the project does not know, for that field."""
        attribute = self.tag.attribute(name)
        if attribute is None or attribute.type not in ("actors", "actor"):
            return []
        names = dict.fromkeys(part.strip() for part in text.split(";"))
        return [n for n in names if n and n != "unspecified" and project.find_actor(n) is None]


def _check(attribute: Attribute, text: str) -> None:
    if attribute.type == "date":
        if text:
            read_date(text)
        text = edtf_of(text)
    if attribute.type == "actor" and ";" in text:
        raise AnnotatorError(f"{attribute.label} takes one name, without “;”.")
    parse_value(attribute, text, str)


def _editor_for(attribute: Attribute, actors: ActorNames) -> QWidget:
    if attribute.type in ("actors", "actor"):
        return ActorsEditor(_suggest(attribute, actors), attribute.type == "actors")
    if attribute.type == "choice":
        return ChoiceEditor(attribute.values)
    if attribute.type == "long_text":
        return GrowingText()
    editor = LineEditor()
    if attribute.type in _HINTS:
        editor.hint(_HINTS[attribute.type])
    return editor


def _suggest(attribute: Attribute, actors: ActorNames) -> Suggest:
    """The actors, and ``unspecified`` where the codebook allows it."""

    def suggest(part: str) -> list[tuple[str, str]]:
        found = actors.matching(part)
        if attribute.unspecified and "unspecified".startswith(part.casefold()):
            found.append(_UNSPECIFIED)
        return found

    return suggest
