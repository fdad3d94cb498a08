"""Details: the current passage's attributes, note and history; without one, the statement's metadata.

What is typed is saved to the passage or statement it was typed for, whatever is shown by then. What cannot be saved
(no date, a full disk) is kept and stands in its field again when its passage comes back.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import NotFound
from annotator.core.model import Annotation, Changes, Statement, Tag
from annotator.core.text import Span
from annotator.core.values import dataclass
from annotator.gui.actors_editor import ActorsEditor
from annotator.gui.attribute_fields import NOTE, ActorNames, AttributeForm
from annotator.gui.fields import Field, Form, Hairline
from annotator.gui.growing_text import GrowingText
from annotator.gui.history_list import SHOWN, HistoryList
from annotator.gui.metadata_form import MetadataForm, SourceFacts
from annotator.gui.passage_links import PassageLinks
from annotator.gui.session import Session
from annotator.gui.theme import Theme
from annotator.gui.version_links import VersionLinks
from annotator.gui.wording import history_line, isolated, one_line, step_line, tag_of, typed_text
from annotator.gui.worker import ReadingThread
from annotator.store.project import Project
from annotator.store.reads import Neighbours, Reads

#: The history of a statement with more passages than this is read by the reading thread.
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What the pane shows and saves to: a passage (``annotation``) of a statement, or the statement itself."""

    project: Project
    statement: str
    annotation: str = ""

    @property
    def key(self) -> str:
        return self.annotation or self.statement


@dataclass(frozen=True, slots=True)
class Draft:
    """Something typed that is not saved yet; ``sent`` when only the project's answer is missing."""

    text: str
    sent: bool


def _history(reads: Reads, subject: Subject) -> list[str]:
    """What happened to this passage or statement, as the pane tells it, the latest first."""
    if subject.annotation:
        entries = reads.history(subject.statement, subject.annotation, limit=SHOWN + 1)
        return [history_line(e, subject.annotation, reads.codebook, reads.actor_name) for e in entries]
    entries = reads.history(subject.statement, limit=SHOWN + 1)
    return [step_line(e, reads.codebook, reads.actor_name) for e in entries]


class Rules(QWidget):
    """A tag's definition and rules, folded away until they are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = QToolButton()
        self.toggle.setText("▸  Definition and rules")
        self.toggle.setAccessibleName("Definition and rules")
        self.toggle.setProperty("role", "quiet")
        # Its words begin where the labels do.
        self.toggle.setStyleSheet("padding-left: 0px;")
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._on_toggled)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setAccessibleName("Definition and rules")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setProperty("role", "small")
        self.text.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 9)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.toggle)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.text)

    def show_tag(self, tag: Tag) -> None:
        """Show this tag's; nothing is offered when it has none."""
        parts = [tag.definition] if tag.definition else []
        for heading, lines in (("Include", tag.include), ("Exclude", tag.exclude), ("Rules", tag.rules)):
            if lines:
                parts.append("\n".join([heading, *(f"•  {line}" for line in lines)]))
        if tag.examples:
            parts.append("\n".join(["Examples", *(f"“{one_line(each.quote)}”" for each in tag.examples)]))
        self.text.setText("\n\n".join(parts))
        self.setVisible(bool(parts))

    def _on_toggled(self, unfolded: bool) -> None:
        self.toggle.setText(f"{'▾' if unfolded else '▸'}  Definition and rules")
        self.text.setVisible(unfolded)


class InspectorPane(QWidget):
    """The form of what is current; a change is saved on leaving its field."""

    #: Esc was pressed, or what was typed into is gone: back to the text.
    left = Signal()
    #: What is empty is to be filled with the values of the last passage of this tag.
    same_asked = Signal()
    #: The words that say a value are to be seen: their place in the text, in code points.
    words_asked = Signal(int, int)
    #: The focus came to a field of a passage (its name), or left them all (empty).
    visited = Signal(str)
    #: A new actor was picked from the text; it may be one that is known (field, the actor's id).
    met = Signal(str, str)
    #: What was offered beside the remark of a field was ordered (the field).
    offered = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._subject: Subject | None = None
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._saving: set[tuple[str, str]] = set()
        self._actors = ActorNames()
        self._forms: dict[str, AttributeForm] = {}
        self._form: Form | None = None
        self._thread: ReadingThread | None = None
        #: The field below which its help stands, and the timer that lets a click go by before another one's does.
        self._helped: Field | None = None
        self._helping = QTimer(self, singleShot=True, interval=0)  # type: ignore[call-overload]
        self._helping.timeout.connect(self._show_help)
        self._build()
        self._show_subject(None)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def _build(self) -> None:
        self.setAccessibleName("Details")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title, self._details = _heading(""), _heading("DETAILS")
        head = QHBoxLayout()
        head.setContentsMargins(14, 12, 14, 10)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._details)
        self._empty = QLabel("Open a statement to see its details.")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        #: How many required attributes are empty.
        self._missing = QLabel()
        self._missing.setTextFormat(Qt.TextFormat.PlainText)
        self._missing.setProperty("role", "small")
        self._same = QToolButton()
        self._same.setText("As last time")
        self._same.setProperty("role", "quiet")
        self._same.setStyleSheet("padding: 1px 6px;")
        self._same.setAccessibleName("Fill what is empty as last time")
        self._same.setToolTip("Fill what is empty with what the last passage of this tag says")
        self._same.clicked.connect(self.same_asked)
        self._rules = Rules()
        self._metadata = MetadataForm()
        self._metadata.hide()
        self._connect(self._metadata)
        #: The way to other versions of the statement.
        self.versions = VersionLinks()
        #: The passages that this one is linked with.
        self.links = PassageLinks()
        self._facts = SourceFacts()
        self._facts_title = _heading("SOURCE")
        self._line, self._facts_line = Hairline(), Hairline()
        self._history_title = _heading("HISTORY")
        self._history = HistoryList()
        body = QWidget()
        # As wide as the pane: what is wider than a narrow one is made narrower, not cut.
        body.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 14)
        self._column.setSpacing(0)
        self._column.addLayout(_inset(self._empty))
        summary = _inset(self._missing, below=4)
        summary.addStretch(1)
        summary.addWidget(self._same)
        self._column.addLayout(summary)
        self._column.addLayout(_inset(self._rules))
        self._column.addLayout(_inset(self.versions))
        self._column.addLayout(_inset(self._metadata))
        self._column.addLayout(_inset(self.links))
        self._column.addWidget(self._facts_line)
        self._column.addLayout(_inset(self._facts_title, below=8))
        self._column.addLayout(_inset(self._facts))
        self._column.addWidget(self._line)
        self._column.addLayout(_inset(self._history_title, below=8))
        self._column.addLayout(_inset(self._history))
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)

    def _connect(self, form: Form) -> None:
        form.finished.connect(self._on_finished)
        form.entered.connect(self._on_entered)
        form.escaped.connect(self._leave)
        form.edited.connect(self._count_missing)
        form.words_asked.connect(self.ask_words)
        form.offered.connect(self.offered)

    # -- facts from the session ------------------------------------------------------------

    def on_opened(self) -> None:
        """Another project is open, or none; the one before is still there to save to."""
        self.commit()
        self._drafts.clear()
        self._actors.use(self._session.project)
        self._drop_forms()
        self._show_subject(self._wanted())

    def set_reading_thread(self, thread: ReadingThread | None) -> None:
        """Who reads what takes long."""
        self._thread = thread

    def on_shown(self, statement: str) -> None:
        """Another statement is shown."""
        self._turn()

    def on_picked(self, annotation: str) -> None:
        """Another passage is current, or none."""
        self._turn()

    def on_changed(self, changes: Changes) -> None:
        """A step was committed: show what of it concerns this pane."""
        tables = {table for table, _ in changes.touched}
        if changes.many or "statement" in tables:
            self._actors.forget_issuers()
        touched = changes.ids("annotation") | changes.ids("statement")
        for key in [k for k, draft in self._drafts.items() if draft.sent and k[0] in touched]:
            del self._drafts[key]
        subject = self._subject
        if subject is None or subject.project is not self._session.project:
            return
        if changes.many or "tag" in tables:
            self.commit()
            had_focus = self._has_focus()
            self._drop_forms()
            self._show_subject(self._wanted(), had_focus)
        elif tables & {"link"} and not changes.ids("annotation"):
            self._show_links()
        elif changes.concerns(subject.statement) or tables & {"actor", "coder"}:
            self._refresh(history=subject.key in touched or not subject.annotation)

    def set_theme(self, theme: Theme) -> None:
        """The style sheet reaches everything here; the fields fit themselves to its fonts."""
        self.updateGeometry()

    # -- orders ------------------------------------------------------------------------------

    def commit(self) -> bool:
        """Save what is typed and not saved yet, to what it was typed for; whether nothing is left unsaved."""
        form = self._form
        return all([self._save(field) for field in form if field.dirty]) if form is not None else True

    def focus_first(self) -> None:
        """To the first required field that is empty, else to the first."""
        if self._form is None:
            return
        fields = list(self._form)
        self._focus(next((f for f in fields if f.required and not f.typed().strip()), fields[0] if fields else None))

    def finish(self) -> None:
        """Save what is typed, as far as it can be, and go back to the text."""
        self.commit()
        self.left.emit()

    def focus_note(self) -> None:
        """To the note of the current passage."""
        self._focus(self.field(NOTE))

    def focus_metadata(self, name: str = "title") -> None:
        """To a field of the statement's metadata; no passage is current then."""
        if self._session.passage:
            self._session.pick("")
            if self._subject is not None and self._subject.annotation:
                self._turn()
        self._focus(self.field(name))

    def field(self, name: str) -> Field | None:
        """The field of that attribute, ``note`` or metadata, if it is shown."""
        return self._form.field(name) if self._form is not None else None

    @property
    def subject(self) -> Subject | None:
        """What is shown."""
        return self._subject

    @property
    def history_text(self) -> str:
        """The history as it is shown."""
        return self._history.text()

    @property
    def rules(self) -> Rules:
        return self._rules

    # -- what is shown -------------------------------------------------------------------------

    def _wanted(self) -> Subject | None:
        session = self._session
        if session.project is None or not session.statement:
            return None
        return Subject(session.project, session.statement, session.passage)

    def _turn(self) -> None:
        """Show what is current now; what was typed for the one before is saved there first."""
        if self._wanted() != self._subject:
            self.commit()
            self._show_subject(self._wanted())

    def _has_focus(self) -> bool:
        """Whether the keys go to the form; not whether they did when the pane was last visited."""
        focused = QApplication.focusWidget()
        return self._form is not None and focused is not None and self._form.isAncestorOf(focused)

    def _show_subject(self, subject: Subject | None, had_focus: bool = False) -> None:
        """Show this; ``had_focus`` when the keys went to a form that is gone already."""
        had_focus = had_focus or self._has_focus()
        before, self._subject, old = self._subject, subject, self._form
        annotation, statement = self._read()
        # Nothing that happens while the fields change hands, such as a loss of the focus, is an order to save.
        self._form = None
        if old is not None:
            old.hide()
        if annotation is not None and subject is not None:
            tag = tag_of(subject.project.codebook, annotation.tag)
            self._rules.show_tag(tag)
            self._title.setText(tag.label.upper())
            form: Form | None = self._form_of(tag)
        else:
            form = self._metadata if statement is not None else None
            self._title.setText("STATEMENT" if statement is not None else "")
            self._rules.hide()
        self._empty.setVisible(form is None)
        self._details.setVisible(form is not None)
        self.versions.hide()
        for widget in (self._facts_title, self._facts, self._facts_line):
            widget.setVisible(form is self._metadata)
        for widget in (self._history_title, self._history, self._line):
            widget.setVisible(form is not None)
        if form is not None and subject is not None:
            form.set_notice(subject.project.notice)
            if isinstance(form, AttributeForm) and annotation is not None and statement is not None:
                form.use(subject.project, statement)
                form.offer_last(lambda: subject.project.values_before(annotation.id)[0], subject.project.actor_name)
                form.show_sources(annotation, subject.project.actor_name)
            for name, text in self._texts(annotation, statement).items():
                if field := form.field(name):
                    field.show_stored(text)
                    if draft := self._drafts.get((subject.key, name)):
                        field.type(draft.text)
                        field.check()
            form.show()
        self._form = form
        self._count_missing()
        self._show_rest(annotation, statement)
        self._scroll.verticalScrollBar().setValue(0)
        if not had_focus or not self.isVisible():
            return
        if form is not None and _kind(before) == _kind(subject):
            self.focus_first()
        else:
            # What was typed into is gone; Qt would hand the keys to whatever comes next.
            self.left.emit()

    def _read(self) -> tuple[Annotation | None, Statement | None]:
        """The passage and the statement as they are stored; None for what is not there (any more)."""
        subject = self._subject
        if subject is None:
            return None, None
        try:
            statement = subject.project.statement(subject.statement)
            return subject.project.annotation(subject.annotation) if subject.annotation else None, statement
        except NotFound:
            return None, None

    def _form_of(self, tag: Tag) -> AttributeForm:
        """The tag's form; made once and kept, because twenty fields take longer to make than to fill."""
        form = self._forms.get(tag.name)
        if form is None:
            form = self._forms[tag.name] = AttributeForm(tag, self._actors)
            form.hide()
            self._connect(form)
            # Below the rules, where all forms stand; only one of them is shown.
            # The row is filled where it stands: of the items of a row that comes filled the binding keeps wrappers, and
            # takes what stands at their address later, when a form is gone, for one of them.
            row = _row()
            self._column.insertLayout(3, row)
            row.addWidget(form)
        return form

    def _drop_forms(self) -> None:
        """The codebook may have other attributes now."""
        if self._form is not self._metadata:
            self._form = None
        for form in self._forms.values():
            form.hide()
            form.deleteLater()
        self._forms.clear()
        self._helped = None

    def _texts(self, annotation: Annotation | None, statement: Statement | None) -> dict[str, str]:
        if annotation is not None and self._subject is not None:
            tag = tag_of(self._subject.project.codebook, annotation.tag)
            return self._form_of(tag).texts(annotation, self._subject.project.actor_name)
        return MetadataForm.texts(statement) if statement is not None else {}

    def _refresh(self, *, history: bool) -> None:
        """Show the stored values where they are news."""
        annotation, statement = self._read()
        form = self._form
        if statement is None or form is None or self._subject is None:
            return
        if annotation is not None and (not isinstance(form, AttributeForm) or form.tag.name != annotation.tag):
            self.commit()
            self._show_subject(self._subject)
            return
        if isinstance(form, AttributeForm) and annotation is not None:
            form.show_sources(annotation, self._subject.project.actor_name)
        for name, text in self._texts(annotation, statement).items():
            if field := form.field(name):
                field.refresh(text)
        self._count_missing()
        if history:
            self._show_rest(annotation, statement)

    def _show_links(self) -> None:
        """What the passage is linked with."""
        subject = self._subject
        if subject is None or not subject.annotation or not subject.project.has_annotation(subject.annotation):
            self.links.hide()
            return
        project = subject.project
        kinds = {kind.name: kind for kind in project.link_kinds}
        links = project.linked(subject.annotation)
        self.links.show_links(links, kinds, subject.statement, not project.read_only)

    def _show_rest(self, annotation: Annotation | None, statement: Statement | None) -> None:
        """The links and the history, and the source of a statement."""
        self._show_links()
        subject = self._subject
        if subject is None or statement is None:
            self._history.show_lines([])
            return
        project = subject.project
        if annotation is None:
            self._facts.show_facts(statement, project.coder_name(statement.imported_by))
            self._ask_versions(subject)
        thread = self._thread
        if thread is None or not project.has_more_passages(subject.statement, _MANY):
            if thread is not None:
                thread.drop("history")
            self._history.show_lines(_history(project, subject))
            return
        # The changes of so many passages take a while to look through.
        self._history.show_lines([])
        thread.ask("history", lambda reads: [_history(reads, subject)], lambda lines: self._on_history(subject, lines))

    def _ask_versions(self, subject: Subject) -> None:
        """Which version corrects this one is looked for in all statements."""
        if self._thread is not None:
            self._thread.ask(
                "versions",
                lambda reads: [reads.versions(subject.statement)],
                lambda around: self._on_versions(subject, around),
            )

    def _on_versions(self, subject: Subject, around: Neighbours) -> None:
        if subject == self._subject:
            self.versions.show_versions(around)

    def _on_history(self, subject: Subject, lines: list[str]) -> None:
        if subject == self._subject:
            self._history.show_lines(lines)

    # -- saving --------------------------------------------------------------------------------

    def _on_finished(self, name: str) -> None:
        field = self.field(name)
        if field is not None:
            self._save(field)

    def _on_entered(self, name: str) -> None:
        """Enter: what is typed is saved; on to the next field, unless it cannot be."""
        field, form = self.field(name), self._form
        if field is None or form is None or field.dirty or field.complaint:
            return
        fields = list(form)
        self._focus(next((f for f in fields[fields.index(field) + 1 :] if f.editor.isEnabled()), None))

    def _save(self, field: Field) -> bool:
        """Have the project hold what is typed in this field; whether it does now."""
        subject = self._subject
        if subject is None:
            return True
        draft = (subject.key, field.name)
        if draft in self._saving:
            return True
        if not field.dirty:
            field.complain("")
            self._drafts.pop(draft, None)
            return True
        text = field.typed()
        if subject.project.read_only or not self._has_place(field.name) or not field.check():
            self._drafts[draft] = Draft(text, sent=False)
            return False
        new = self._new_actors(subject, field.name, text)
        field.sending()
        self._drafts[draft] = Draft(text, sent=True)
        self._saving.add(draft)
        try:
            changes = self._order(subject, field.name, text)
        finally:
            self._saving.discard(draft)
        if changes is None:
            return False
        self._drafts.pop(draft, None)
        if not changes and self._subject == subject:
            # Nothing new in it: show the stored value, which may be written otherwise.
            self._refresh(history=False)
        if new and self._subject == subject and self.field(field.name) is field:
            field.remark(f"New actor{'s' * (len(new) > 1)}: {'; '.join(isolated(name) for name in new)}")
        return True

    def _new_actors(self, subject: Subject, name: str, text: str) -> list[str]:
        form = self._form
        return form.new_actors(name, text, subject.project) if isinstance(form, AttributeForm) else []

    def _has_place(self, name: str) -> bool:
        """Whether what is shown still exists, and has something of this name: a passage may be retagged meanwhile."""
        annotation, statement = self._read()
        if annotation is None or self._subject is None:
            return statement is not None
        return name == NOTE or tag_of(self._subject.project.codebook, annotation.tag).attribute(name) is not None

    def _order(self, subject: Subject, name: str, text: str) -> Changes | None:
        project, do = subject.project, self._session.do
        if not subject.annotation:
            return do(project.edit, subject.statement, **MetadataForm.metadata(name, text))
        if name == NOTE:
            return do(project.note, subject.annotation, text)
        return do(project.describe, subject.annotation, {name: text})

    # -- what nobody types ----------------------------------------------------------------------

    def pick(self, name: str, span: Span, words: str) -> bool:
        """Have these words of the text say an attribute; whether they do now.

        What the attribute cannot be is told below its field, where the words then stand to be mended.
        """
        subject, field, form = self._subject, self.field(name), self._form
        if subject is None or field is None or not isinstance(form, AttributeForm) or not subject.annotation:
            return False
        attribute = form.tag.attribute(name)
        if attribute is None or not self._save(field):
            return False
        line = words if attribute.type == "long_text" else " ".join(words.split())
        if attribute.type in ("actors", "actor"):
            line = line.replace(";", ",")
            if subject.project.find_actor(line) is None and line[:4].casefold() == "the ":
                # The article is part of the words, and of no name.
                line = line[4:].strip() or line
        if attribute.type != "choice" and not field.could_be(line):
            return False
        new = self._new_actors(subject, name, line)
        typed = "" if attribute.type == "choice" else line
        if self._session.do(subject.project.pick, subject.annotation, name, span, typed) is None:
            return False
        if new and self.field(name) is field and (made := subject.project.find_actor(line)) is not None:
            field.remark(f"New actor: {isolated(line)}", "Is one that is known…")
            self.met.emit(name, made.id)
        return True

    def ask_words(self, name: str, value: str = "") -> bool:
        """Show the words that say this attribute, or one of its values; whether there are any."""
        annotation, _statement = self._read()
        subject = self._subject
        for each in annotation.attributes.get(name, ()) if annotation is not None and subject is not None else ():
            anchor = each.get("anchor")
            fits = not value or subject is None or typed_text([each], subject.project.actor_name) == value
            if isinstance(anchor, dict) and fits:
                self.words_asked.emit(anchor["start"], anchor["end"])
                return True
        return False

    @property
    def visited_field(self) -> str:
        """The attribute whose field has the focus; empty without one."""
        field = self.field_at(QApplication.focusWidget())
        return field.name if field is not None else ""

    def field_at(self, widget: QWidget | None) -> Field | None:
        """The field of an attribute that this widget is part of."""
        field = self._form.field_of(widget) if isinstance(self._form, AttributeForm) else None
        return field if field is not None and field.name != NOTE else None

    def focus_field(self, name: str) -> None:
        self._focus(self.field(name))

    def _count_missing(self) -> None:
        """How many required attributes are empty, as they stand in the fields."""
        form = self._form
        required = [f for f in form if f.required] if isinstance(form, AttributeForm) else []
        empty = sum(not f.typed().strip() for f in required)
        self._missing.setText(f"{empty} of {len(required)} required are empty" if empty else "All required are filled")
        self._missing.setVisible(bool(required))
        self._same.setVisible(isinstance(form, AttributeForm))

    @property
    def missing_text(self) -> str:
        """What is told of required attributes that are empty."""
        return self._missing.text() if not self._missing.isHidden() else ""

    # -- focus -----------------------------------------------------------------------------------

    def _focus(self, field: Field | None) -> None:
        if field is None:
            return
        self._scroll.ensureWidgetVisible(field)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        select = getattr(field.editor, "selectAll", None)
        if isinstance(field.editor, GrowingText) and field.name == "title":
            # One key over a whole title would be all that is left of it.
            field.editor.moveCursor(QTextCursor.MoveOperation.End)
        elif select is not None and field.name != NOTE and not isinstance(field.editor, ActorsEditor):
            select()

    def _leave(self) -> None:
        """Esc: what is being typed is given up; what was typed in other fields before stays."""
        focused = QApplication.focusWidget()
        for field in self._form or ():
            if focused is not None and (field.editor is focused or field.isAncestorOf(focused)):
                field.restore()
        self.commit()
        self.left.emit()

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        """The help stands below the field that has the focus."""
        there = self._form.field_of(new) if self._form is not None else None
        if there is not self._helped:
            self._helping.start(0)
        if there is not None or (self._form is not None and self._form.field_of(old) is not None):
            self.visited.emit(self.visited_field)

    def _show_help(self) -> None:
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            # What is being clicked must not move away under the pointer.
            self._helping.start(60)
            return
        there = self._form.field_of(QApplication.focusWidget()) if self._form is not None else None
        if there is self._helped:
            return
        if self._helped is not None:
            self._helped.show_help(False)
        self._helped = there
        if there is not None:
            there.show_help(True)
            if there.help_shown:
                self._scroll.ensureWidgetVisible(there, 0, 12)

    def event(self, event: QEvent) -> bool:  # Qt
        # Esc leads back from anywhere in the pane, also from what is no field.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and not event.modifiers()
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)


def _kind(subject: Subject | None) -> str:
    """A passage, a statement or nothing: what forms of one kind may hand the keys to each other."""
    return "" if subject is None else "passage" if subject.annotation else "statement"


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "heading")
    return label


def _inset(widget: QWidget, below: int = 0) -> QHBoxLayout:
    row = _row(below)
    row.addWidget(widget)
    return row


def _row(below: int = 0) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(14, 0, 14, below)
    return row
