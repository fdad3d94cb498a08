"""Asks what to do to many passages, and shows before it is done what it touches and what it passes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import AnnotatorError, sentence
from annotator.core.wording import tag_of
from annotator.gui.attribute_fields import ActorNames, editor_for
from annotator.gui.choosing import Chooser
from annotator.gui.growing_text import GrowingText
from annotator.gui.wording import isolated, one_line
from annotator.store.bulk import NOTE, REMOVE, RETAG, SET, Bulk, BulkPlan
from annotator.store.project import Project

_TITLES = {RETAG: "Retag passages", SET: "Set a value", NOTE: "Set the note", REMOVE: "Remove passages"}
_DOES = {RETAG: "Retag", SET: "Set", NOTE: "Set the note of", REMOVE: "Remove"}
#: What is done when nothing is typed.
_CLEARS = {SET: "Clear", NOTE: "Clear the note of"}
#: Where the ids of passages come from, and how many they are.
Scope = tuple[str, int, Callable[[], Sequence[str]]]


class ChangeDialog(QDialog):
    """The choice is ``bulk`` and ``ids`` once it was accepted. Each change of a field plans anew, slice by slice."""

    def __init__(
        self,
        project: Project,
        kind: str,
        scopes: Sequence[Scope],
        actors: ActorNames,
        parent: QWidget | None = None,
        tag: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_TITLES[kind])
        self.setAccessibleName(_TITLES[kind])
        self._project, self._kind, self._scopes, self._actors = project, kind, tuple(scopes), actors
        self._plan: BulkPlan | None = None
        self._planning: Iterator[BulkPlan | None] | None = None
        self._attributes = {a.name: a for each in project.codebook for a in each.attributes}
        self._editor: QWidget | None = None
        self._slice = QTimer(self, singleShot=True, interval=0)
        self._slice.timeout.connect(self._go_on)
        self._wait = QTimer(self, singleShot=True, interval=120)
        self._wait.timeout.connect(self._plan_anew)
        self._build(tag)
        self._plan_anew()

    def _build(self, tag: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(10)
        column.addWidget(_label(_TITLES[self._kind], "title"))
        self._group = QButtonGroup(self)
        if len(self._scopes) > 1:
            row = QHBoxLayout()
            for n, (scope, _, _) in enumerate(self._scopes):
                button = QRadioButton(scope)
                button.setChecked(n == 0)
                self._group.addButton(button, n)
                row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
            self._group.idClicked.connect(self._wait.start)
        self._fields = QHBoxLayout()
        self._fields.setSpacing(8)
        column.addLayout(self._fields)
        self.chooser = Chooser()
        if self._kind == RETAG:
            for entry in self._project.codebook:
                self.chooser.addItem(entry.label, entry.name)
            self.chooser.setAccessibleName("Tag")
        elif self._kind == SET:
            held = tag_of(self._project.codebook, tag).attributes if tag else ()
            first = [a.name for a in held]
            for name in dict.fromkeys((*first, *self._attributes)):
                self.chooser.addItem(self._attributes[name].label, name)
            self.chooser.setAccessibleName("Attribute")
        if self._kind in (RETAG, SET):
            self._fields.addWidget(self.chooser, 1)
            self.chooser.currentIndexChanged.connect(self._on_chosen)
        self._on_chosen()
        frame = QFrame()
        frame.setProperty("role", "card")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(14, 12, 14, 12)
        inner.setSpacing(6)
        self.told, self._samples, self._skipped = _label("", "heading"), _label("", ""), _label("", "muted")
        self.told.setAccessibleName("What would change")
        for label in (self.told, self._samples, self._skipped):
            inner.addWidget(label)
        inner.addStretch(1)
        frame.setMinimumHeight(210)
        column.addWidget(frame, 1)
        column.addWidget(_label("It is one step: undo takes all of it back.", "muted"))
        buttons = QDialogButtonBox()
        self.act = QPushButton(_DOES[self._kind].removesuffix(" of"))
        self.act.setProperty("role", "danger" if self._kind == REMOVE else "primary")
        stay = QPushButton("Cancel")
        buttons.addButton(stay, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.act, QDialogButtonBox.ButtonRole.AcceptRole)
        stay.clicked.connect(self.reject)
        self.act.clicked.connect(self._accept)
        column.addWidget(buttons)
        self.setMinimumSize(560, 430)

    def _on_chosen(self) -> None:
        """Another attribute has another editor."""
        if self._editor is not None:
            self._fields.removeWidget(self._editor)
            self._editor.deleteLater()
            self._editor = None
        if self._kind == NOTE:
            self._editor = GrowingText()
        elif self._kind == SET and self.chooser.currentData() in self._attributes:
            self._editor = editor_for(self._attributes[self.chooser.currentData()], self._actors)
        if self._editor is not None:
            self._editor.setAccessibleName("Value")
            self._fields.addWidget(self._editor, 2)
            self._editor.edited.connect(self._wait.start)  # type: ignore[attr-defined]
        self._wait.start()

    @property
    def bulk(self) -> Bulk:
        """What is to be done."""
        typed = str(self._editor.typed()) if self._editor is not None else ""  # type: ignore[attr-defined]
        if self._kind == RETAG:
            return Bulk(RETAG, str(self.chooser.currentData() or ""))
        if self._kind == SET:
            name = str(self.chooser.currentData() or "")
            attribute = self._attributes.get(name)
            if attribute is not None and attribute.type == "date":
                from annotator.core.dates import edtf_of  # imported late, as the form does

                typed = edtf_of(typed)
            return Bulk(SET, typed, name)
        return Bulk(self._kind, typed)

    @property
    def ids(self) -> tuple[str, ...]:
        """The passages that it is to be done to."""
        return self._plan.ids if self._plan is not None else ()

    def _plan_anew(self) -> None:
        self._wait.stop()
        self._plan = None
        self.act.setEnabled(False)
        _, count, ids = self._scopes[max(0, self._group.checkedId())]
        self.told.setText(f"Looking at {count:,} passage{'s' * (count != 1)}…")
        try:
            self._planning = self._project.plan_bulk_steps(ids(), self.bulk)
        except AnnotatorError as error:
            self._fail(error)
            return
        self._slice.start()

    def _go_on(self) -> None:
        if self._planning is None:
            return
        try:
            plan = next(self._planning)
        except AnnotatorError as error:
            self._fail(error)
            return
        if plan is None:
            self._slice.start()
        else:
            self._planning = None
            self._show(plan)

    def _fail(self, error: AnnotatorError) -> None:
        self._planning = None
        self.told.setText(sentence(error))
        self._samples.setText("")
        self._skipped.setText("")

    def _show(self, plan: BulkPlan) -> None:
        self._plan = plan
        self.told.setText(f"{plan}:" if plan.ids else f"{plan}.")
        lines = []
        for a in plan.samples:
            tag = tag_of(self._project.codebook, a.tag).label
            lines.append(f"{tag}: {isolated(one_line(a.quote, 64))}")
        if len(plan.ids) > len(plan.samples):
            lines.append(f"… and {len(plan.ids) - len(plan.samples):,} more")
        self._samples.setText("\n".join(lines))
        skipped = [f"{count:,} passed over: {reason}." for reason, count in plan.skipped.items()]
        self._skipped.setText("\n".join(skipped))
        self.act.setEnabled(bool(plan.ids))
        does = _CLEARS.get(self._kind, "") if not plan.bulk.value else ""
        if does and plan.ids:
            self.told.setText(f"{plan}; what is there goes, because the field is empty:")
        does = does or _DOES[self._kind]
        self.act.setText(f"{does} {len(plan.ids):,}" if plan.ids else does.removesuffix(" of"))

    def _accept(self) -> None:
        # What was typed in the last moment is planned first.
        if self._plan is not None and self._plan.bulk == self.bulk:
            self.accept()
        else:
            self._plan_anew()


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label


__all__ = ["ChangeDialog", "Scope"]
