"""The form that a tag's attributes make: one field each, and the note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from typing import Any

from PySide6.QtWidgets import QWidget

from annotator.core.codebook import parse_value
from annotator.core.counts import bounds_text, read_count
from annotator.core.dates import read_date, spoken
from annotator.core.errors import AnnotatorError
from annotator.core.model import Annotation, Attribute, Statement, Tag
from annotator.core.text import fold
from annotator.gui.actors_editor import ActorsEditor
from annotator.gui.choice_row import MOST, ChoiceRow
from annotator.gui.completing_line import Suggest
from annotator.gui.fields import Field, Form
from annotator.gui.growing_text import GrowingText
from annotator.gui.line_editor import LineEditor
from annotator.gui.noted_line import ChoiceLine, NotedLine
from annotator.gui.wording import isolated, typed_text
from annotator.store.project import Project

#: Issuers that completion knows at most: more than so many are no list of issuers, and would take long to read.
MOST_ISSUERS = 5000
#: The field that is no attribute; the codebook refuses one of this name.
NOTE = "note"
_HINTS = {"date": "20 Jan 2022, last Tuesday…", "count": "12, 5–7, at least 12…"}
#: Attributes that the issuer of a statement is offered for, where the codebook says nothing.
_SPEAKERS = frozenset(("demander", "accuser"))
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
    """One tag's attributes as fields, and the note.

    What is typed is read for one statement at a time: ``use`` names it.
    """

    def __init__(self, tag: Tag, actors: ActorNames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tag = tag
        self._project: Project | None = None
        self._said = ""
        for attribute in tag.attributes:
            self.add(self._field_for(attribute, actors))
        note = GrowingText()
        note.hint("Add a note…")
        self.add(Field(NOTE, "Note", note))

    def use(self, project: Project, statement: Statement) -> None:
        """Words like “yesterday” lean on this statement, and its issuer is offered to those who speak."""
        self._project = project
        date = statement.date_issued or statement.date_published
        self._said = date.edtf if date is not None else ""
        issuer = statement.issuer.replace(";", ",").strip()
        known = project.find_actor(issuer) if issuer else None
        name = project.actor_name(known.id) if known is not None else issuer
        # A codebook that says nothing of defaults is an older one: who speaks is most often the issuer.
        plain = not any(attribute.default for attribute in self.tag.attributes)
        for attribute in self.tag.attributes:
            field = self.field(attribute.name)
            if field is not None and isinstance(field.editor, ActorsEditor | LineEditor):
                issued = attribute.default == "issuer" or (plain and attribute.name in _SPEAKERS)
                field.editor.set_ghost(name if issued else "")

    def offer_last(self, before: Callable[[], Mapping[str, Any]], name_of: Callable[[str], str]) -> None:
        """Offer what was said last where the codebook wants that; ``before`` is asked only then."""
        wanted = [attribute for attribute in self.tag.attributes if attribute.default == "last"]
        values = before() if wanted else {}
        for attribute in wanted:
            field = self.field(attribute.name)
            if field is not None and isinstance(field.editor, ActorsEditor | LineEditor):
                field.editor.set_ghost(typed_text(values.get(attribute.name, ()), name_of))

    def _field_for(self, attribute: Attribute, actors: ActorNames) -> Field:
        return Field(
            attribute.name,
            attribute.label,
            editor_for(attribute, actors),
            required=attribute.required,
            definition=attribute.definition,
            check=partial(self._check, attribute),
            told=partial(self._told, attribute) if attribute.type in _TOLD else None,
            explained=partial(_explained, attribute) if attribute.type == "choice" else None,
        )

    def texts(self, annotation: Annotation, name_of: Callable[[str], str]) -> dict[str, str]:
        """What each field shows of this passage."""
        shown = {a.name: typed_text(annotation.attributes.get(a.name, ()), name_of) for a in self.tag.attributes}
        return shown | {NOTE: annotation.note}

    def show_sources(self, annotation: Annotation, name_of: Callable[[str], str]) -> None:
        """Show which values were picked from the text, and what dates and counts mean."""
        for attribute in self.tag.attributes:
            field, values = self.field(attribute.name), annotation.attributes.get(attribute.name, ())
            if field is None:
                continue
            field.show_quotes(
                {
                    typed_text([value], name_of): str(value["anchor"].get("quote", ""))
                    for value in values
                    if isinstance(value.get("anchor"), dict)
                }
            )
            if isinstance(field.editor, NotedLine):
                field.editor.set_aside(_aside(attribute, values[0]) if values else "")

    def new_actors(self, name: str, text: str, project: Project) -> list[str]:
        """The actors that this text names and the project does not know, for that field."""
        attribute = self.tag.attribute(name)
        if attribute is None or attribute.type not in ("actors", "actor"):
            return []
        names = dict.fromkeys(part.strip() for part in text.split(";"))
        return [n for n in names if n and n != "unspecified" and project.find_actor(n) is None]

    def _told(self, attribute: Attribute, text: str) -> str:
        """What a typed text will be taken for: the day that “last Tuesday” is, the bounds of “dozens”, a new actor."""
        if not text.strip():
            return ""
        if attribute.type == "date":
            reading = read_date(text, self._said)
            return "" if text.strip() == reading.edtf and not reading.words else reading.told
        if attribute.type == "count":
            value = read_count(text)
            return "" if value["text"].isdecimal() else f"{bounds_text(value)} (from “{value['text']}”)"
        field = self.field(attribute.name)
        offered = field.editor.suggestions if field is not None and isinstance(field.editor, ActorsEditor) else []
        new = self.new_actors(attribute.name, text, self._project) if self._project is not None and not offered else []
        return f"New actor{'s' * (len(new) > 1)}: {'; '.join(isolated(name) for name in new)}" if new else ""

    def _check(self, attribute: Attribute, text: str) -> None:
        if attribute.type == "actor" and ";" in text:
            raise AnnotatorError(f"{attribute.label} takes one name, without “;”.")
        parse_value(attribute, text, str, said=self._said)


#: Types of which a field tells what is typed will be taken for.
_TOLD = frozenset(("date", "count", "actors", "actor"))


def _aside(attribute: Attribute, value: Mapping[str, Any]) -> str:
    """What stands at the end of a date or a count: the weekday or the basis, the bounds."""
    if attribute.type == "date":
        edtf = str(value.get("edtf", ""))
        # The day itself stands in the field; what it lacks is its weekday.
        day = spoken(edtf).split()[0] if len(edtf) == 10 and "/" not in edtf else ""
        return ", ".join(part for part in (day, "inferred" if value.get("basis") == "inferred" else "") if part)
    if attribute.type == "count" and not str(value.get("text", "")).isdecimal():
        low, high = value.get("min"), value.get("max")
        if low is None and high is None:
            return ""
        return f"≥ {low:,}" if high is None else f"≤ {high:,}" if low is None else f"{low:,}–{high:,}" * (low != high)
    return ""


def _explained(attribute: Attribute, value: str) -> str:
    """What the chosen value of a vocabulary means."""
    choice = next((c for c in attribute.values if c.name == value), None)
    return f"{choice.label or choice.name}: {choice.definition}" if choice is not None and choice.definition else ""


def editor_for(attribute: Attribute, actors: ActorNames) -> QWidget:
    """The editor of an attribute: its type decides."""
    if attribute.type in ("actors", "actor"):
        return ActorsEditor(_suggest(attribute, actors), attribute.type == "actors")
    if attribute.type == "choice":
        return (ChoiceRow if len(attribute.offered) <= MOST else ChoiceLine)(attribute.values)
    if attribute.type == "long_text":
        return GrowingText()
    if attribute.type in _HINTS:
        editor = NotedLine()
        editor.hint(_HINTS[attribute.type])
        return editor
    return LineEditor()


def _suggest(attribute: Attribute, actors: ActorNames) -> Suggest:
    """The actors, and ``unspecified`` where the codebook allows it."""

    def suggest(part: str) -> list[tuple[str, str]]:
        found = actors.matching(part)
        if attribute.unspecified and "unspecified".startswith(part.casefold()):
            found.append(_UNSPECIFIED)
        return found

    return suggest
