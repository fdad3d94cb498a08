"""The codebook, to be read and changed: the tree of tags, the form of one, and what a change would touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import AnnotatorError, sentence
from annotator.core.model import Attribute, Changes, Choice, Tag
from annotator.gui.attribute_form import AttributeForm
from annotator.gui.dialogs.choosing_one import ChooseOne
from annotator.gui.dialogs.question import Question
from annotator.gui.project_files import AT_ONCE
from annotator.gui.session import Session
from annotator.gui.tag_form import TagForm
from annotator.gui.theme import Theme, draw_shape, tag_color
from annotator.store.project import Project
from annotator.store.recoding import Effect

_NAME = Qt.ItemDataRole.UserRole + 1


class CodebookDialog(QDialog):
    """Stands beside the text; what is changed holds at once, and each change is one step that can be undone."""

    #: What is to be counted or done beside the window, because of many passages: what it is called, the order, and who
    #: gets its result (None for a change, of which all views are told).
    long_asked = Signal(str, object, object)
    review_asked = Signal(str)
    import_asked = Signal()
    export_asked = Signal()
    print_asked = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Codebook")
        self.setAccessibleName("Codebook")
        self._session, self._theme = session, theme
        self._filling = self._left = False
        self._counts: dict[str, int] = {}
        self.tree = QTreeWidget()
        self.form = TagForm()
        self.attributes = AttributeForm()
        self.say = QLabel()
        self.say.setTextFormat(Qt.TextFormat.PlainText)
        self.version = QLabel()
        self.version.setTextFormat(Qt.TextFormat.PlainText)
        self.review_button = _button("Passages to review", self._review)
        self.new_button = _button("New tag", self.add_tag)
        self.up_button = _button("Up", lambda: self.move_tag(-1), "Move the tag up (Alt+Up)")
        self.down_button = _button("Down", lambda: self.move_tag(1), "Move the tag down (Alt+Down)")
        self.merge_button = _button("Merge…", self.merge_tag, "Merge the tag into another one")
        self.delete_button = _button("Delete…", self.delete_tag, "Delete the tag")
        self.import_button = _button("Import…", self.import_asked.emit, "Import a codebook")
        self.export_button = _button("Export…", self.export_asked.emit, "Export the codebook")
        self.print_button = _button("As a page…", self.print_asked.emit, "Write the codebook as a page to print")
        self.close_button = _button("Close", self.close)
        self._build()
        self.form.changed.connect(self._on_form_changed)
        self.form.rename_asked.connect(self.rename_tag)
        self.attributes.ordered.connect(self._on_attribute_ordered)
        self.tree.currentItemChanged.connect(self._on_chosen)
        session.changed.connect(self._on_changed)
        session.failed.connect(self._on_failed)
        session.opened.connect(self.close)
        self.refresh()

    def _build(self) -> None:
        tree = self.tree
        tree.setAccessibleName("Tags")
        tree.setColumnCount(3)
        tree.setHeaderLabels(["Tag", "Key", "Passages"])
        tree.setRootIsDecorated(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for section in (1, 2):
            tree.header().setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
        tree.installEventFilter(self)
        for label in (self.say, self.version):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.say.setProperty("role", "error")
        self.say.hide()
        self.version.setProperty("role", "small")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(tree, 1)
        for row in ((self.new_button, self.up_button, self.down_button), (self.merge_button, self.delete_button)):
            line = QHBoxLayout()
            for button in row:
                line.addWidget(button)
            line.addStretch(1)
            column.addLayout(line)
        column.addWidget(self.review_button)
        inside = QWidget()
        inside.setProperty("role", "page")
        right = QVBoxLayout(inside)
        right.setContentsMargins(18, 14, 18, 14)
        right.setSpacing(8)
        right.addWidget(self.version)
        right.addWidget(self.form)
        heading = QLabel("ATTRIBUTES")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setProperty("role", "heading")
        right.addWidget(heading)
        right.addWidget(self.attributes)
        right.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.addWidget(left)
        panes.addWidget(area)
        panes.setStretchFactor(1, 1)
        panes.setSizes([300, 600])
        panes.setChildrenCollapsible(False)
        foot = QHBoxLayout()
        for button in (self.import_button, self.export_button, self.print_button):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 14)
        whole.setSpacing(10)
        whole.addWidget(self.say)
        whole.addWidget(panes, 1)
        whole.addLayout(foot)
        self.resize(960, 720)
        # The window's own keys do not reach a window beside it.
        for keys, order in (
            (QKeySequence.StandardKey.Undo, self._undo),
            (QKeySequence.StandardKey.Redo, self._redo),
        ):
            QShortcut(QKeySequence(keys), self, activated=order)  # type: ignore[call-overload]

    # -- what is shown -----------------------------------------------------------------------

    @property
    def _project(self) -> Project | None:
        return self._session.project

    @property
    def tag(self) -> Tag | None:
        """The tag that is chosen, as the project has it."""
        project, item = self._project, self.tree.currentItem()
        if project is None or item is None:
            return None
        name = item.data(0, _NAME)
        return next((tag for tag in project.codebook if tag.name == name), None)

    def choose(self, name: str) -> None:
        """Choose the tag of that name."""
        for item in self._items():
            if item.data(0, _NAME) == name:
                self.tree.setCurrentItem(item)
                return

    def refresh(self) -> None:
        """Show what the project has now; the tag that was chosen stays chosen."""
        project = self._project
        if project is None:
            return
        item = self.tree.currentItem()
        chosen = item.data(0, _NAME) if item is not None else ""
        counts, stale = project.passages_by_tag(), project.to_review()
        self._counts = dict(counts)
        self._filling = True
        self.tree.clear()
        above: list[QTreeWidgetItem] = []
        for depth, tag in project.codebook.tree():
            row = QTreeWidgetItem([tag.label, tag.key, f"{counts.get(tag.name, 0):,}"])
            row.setData(0, _NAME, tag.name)
            row.setIcon(0, _sign(self._theme, tag))
            row.setTextAlignment(2, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            del above[depth:]
            if above:
                above[-1].addChild(row)
            else:
                self.tree.addTopLevelItem(row)
            above.append(row)
        self.tree.expandAll()
        self._filling = False
        self.choose(chosen)
        if self.tree.currentItem() is None and self.tree.topLevelItemCount():
            self.tree.setCurrentItem(self.tree.topLevelItem(0))
        self._show_tag()
        count = sum(stale.values())
        self.review_button.setText(f"Passages to review ({count:,})")
        self.review_button.setEnabled(bool(count))
        for button in (self.new_button, self.import_button):
            button.setEnabled(not project.read_only)

    def _items(self) -> list[QTreeWidgetItem]:
        todo = [self.tree.topLevelItem(n) for n in range(self.tree.topLevelItemCount())]
        found: list[QTreeWidgetItem] = []
        while todo:
            item = todo.pop(0)
            if item is not None:
                found.append(item)
                todo += [item.child(n) for n in range(item.childCount())]
        return found

    def _show_tag(self) -> None:
        project, tag = self._project, self.tag
        read_only = project is None or project.read_only
        self.form.setVisible(tag is not None)
        self.attributes.setVisible(tag is not None)
        for button in (self.up_button, self.down_button, self.merge_button, self.delete_button):
            button.setEnabled(tag is not None and not read_only)
        self.form.set_read_only(read_only)
        self.attributes.setEnabled(not read_only)
        if project is None or tag is None:
            self.version.setText("The codebook has no tags yet." if project is not None else "")
            return
        self.form.show_tag(tag, project.codebook)
        self.attributes.show_tag(tag)
        stale = project.to_review().get(tag.name, 0)
        self.version.setText(
            f"Version {tag.version}" + (f"; {stale:,} passage{'s' * (stale != 1)} tagged before it" if stale else "")
        )

    def _on_chosen(self) -> None:
        if not self._filling:
            self._show_tag()

    def _on_changed(self, changes: Changes) -> None:
        if changes.many or changes.ids("tag") or changes.ids("annotation"):
            self.say.hide()
            self.refresh()

    def _on_failed(self, error: AnnotatorError) -> None:
        self.say.setText(sentence(error))
        self.say.show()
        self._show_tag()

    # -- orders ------------------------------------------------------------------------------

    def _do(self, order: Callable[[Project], Callable[..., Changes]], *arguments: Any, **named: Any) -> Changes | None:
        project = self._project
        return self._session.do(order(project), *arguments, **named) if project is not None else None

    def _recode(self, effect: Effect, said: str, order: Callable[[Project], Changes]) -> Changes | None:
        """Carry out what passages follow: at once where they are few."""
        if effect.passages > AT_ONCE:
            self.long_asked.emit(said, order, None)
            return None
        project = self._project
        return self._session.do(order, project) if project is not None else None

    def _sure(self, name: str, question: str, effect: Effect, act: str, *, danger: bool = False) -> bool:
        """Whether the user, told what is touched, wants it; nothing is asked when nothing is."""
        lines = effect.lines()
        if not lines:
            return True
        asked = Question(
            name, question, "\n".join(f"•  {line}" for line in lines), "One step, which undo takes back.",
            stay="Leave it", act=act, danger=danger, parent=self,
        )  # fmt: skip
        return asked.exec() == QDialog.DialogCode.Accepted

    def _plan(self, tag: Tag, plan: Callable[[Project], Effect], go_on: Callable[[Effect], object]) -> None:
        """Count what is touched, beside the window where the tag has many passages, and go on with that."""
        project = self._project
        if project is None:
            return
        if self._counts.get(tag.name, 0) > AT_ONCE:
            said = f"Counting what a change of “{tag.label}” touches"
            self.long_asked.emit(said, plan, lambda effect: None if self._left else go_on(effect))
            return
        try:
            effect = plan(project)
        except AnnotatorError as error:
            self._on_failed(error)
            return
        go_on(effect)

    def _on_form_changed(self, field: str, value: object) -> None:
        if (tag := self.tag) is not None:
            self._do(lambda p: p.change_tag, tag.name, **{field: value})

    def _undo(self) -> None:
        project = self._project
        if project is not None and project.undo_rows(AT_ONCE) >= AT_ONCE:
            self.long_asked.emit(f"Undo {project.undo_label}", lambda p: p.undo(), None)
        else:
            self._do(lambda p: p.undo)

    def _redo(self) -> None:
        project = self._project
        if project is not None and project.redo_rows(AT_ONCE) >= AT_ONCE:
            self.long_asked.emit(f"Redo {project.redo_label}", lambda p: p.redo(), None)
        else:
            self._do(lambda p: p.redo)

    def add_tag(self) -> None:
        """Make a new tag and go to its label."""
        changes = self._do(lambda p: p.add_tag, "New tag")
        if changes is not None:
            self.choose(changes.result)
            label = self.form.field("label")
            label.setFocus()
            label.selectAll()

    def move_tag(self, by: int) -> None:
        """Move the tag among those beside it."""
        project, tag = self._project, self.tag
        if project is None or tag is None:
            return
        beside = [each.name for each in project.codebook if each.parent == tag.parent]
        at = beside.index(tag.name)
        if not 0 <= at + by < len(beside):
            return
        names = [each.name for each in project.codebook]
        one, other = names.index(tag.name), names.index(beside[at + by])
        names[one], names[other] = names[other], names[one]
        self._do(lambda p: p.order_tags, names)

    def rename_tag(self) -> None:
        """Ask for another name, tell what it recodes, and do it."""
        project, tag = self._project, self.tag
        if project is None or tag is None:
            return
        asked = ChooseOne.for_name("Rename tag", f"Another name for “{tag.label}”", tag.name, self)
        if asked.exec() != QDialog.DialogCode.Accepted or asked.answer in ("", tag.name):
            return
        name = asked.answer

        def go_on(effect: Effect) -> None:
            if self._sure("Rename tag", f"Rename “{tag.name}” to “{name}”?", effect, "Rename"):
                changes = self._recode(effect, "Renaming the tag", lambda p: p.rename_tag(tag.name, name))
                if changes:
                    self.choose(changes.result)

        self._plan(tag, lambda p: p.plan_rename_tag(tag.name), go_on)

    def merge_tag(self) -> None:
        """Ask into which tag, tell what it touches, and do it."""
        project, tag = self._project, self.tag
        if project is None or tag is None:
            return
        others = [(each.label, str(each.name)) for each in project.codebook if each.name != tag.name]
        asked = ChooseOne("Merge tags", f"Into which tag does “{tag.label}” go?", others, self)
        if asked.exec() != QDialog.DialogCode.Accepted or not asked.answer:
            return
        name = asked.answer
        into = project.codebook.tag(name).label

        def go_on(effect: Effect) -> None:
            if self._sure("Merge tags", f"Merge “{tag.label}” into “{into}”?", effect, "Merge"):
                self._recode(effect, "Merging the tags", lambda p: p.merge_tags([tag.name], name))
                self.choose(name)

        self._plan(tag, lambda p: p.plan_merge_tags([tag.name], name), go_on)

    def delete_tag(self) -> None:
        """Tell what the tag touches, ask what becomes of its passages, and delete it."""
        project, tag = self._project, self.tag
        if project is None or tag is None:
            return
        self._plan(tag, lambda p: p.plan_delete_tag(tag.name), lambda effect: self._ask_deletion(tag, effect))

    def _ask_deletion(self, tag: Tag, effect: Effect) -> None:
        project = self._project
        if project is None:
            return
        if not effect.passages:
            if self._sure("Delete tag", f"Delete “{tag.label}”?", effect, "Delete", danger=True):
                self._do(lambda p: p.delete_tag, tag.name)
            return
        choices = [("are removed with it", "")]
        choices += [(f"become {each.label}", str(each.name)) for each in project.codebook if each.name != tag.name]
        what = "\n".join(f"•  {line}" for line in effect.lines())
        asked = ChooseOne("Delete tag", f"“{tag.label}” has passages. They …", choices, self, what, act="Delete")
        if asked.exec() == QDialog.DialogCode.Accepted:
            answer = asked.answer
            self._recode(effect, "Deleting the tag", lambda p: p.delete_tag(tag.name, retag=answer, remove=not answer))

    def _review(self) -> None:
        tag, project = self.tag, self._project
        stale = project.to_review() if project is not None else {}
        self.review_asked.emit(tag.name if tag is not None and tag.name in stale else "any")

    # -- attributes --------------------------------------------------------------------------

    def _on_attribute_ordered(self, what: str, name: str, details: Any) -> None:
        project, tag = self._project, self.tag
        if project is None or tag is None:
            return
        if what == "add":
            changes = self._do(lambda p: p.add_attribute, tag.name, Attribute(_free("attribute", tag)))
            if changes:
                self.attributes.choose(changes.result)
                self.attributes.label.setFocus()
                self.attributes.label.selectAll()
        elif what == "change":
            self._do(lambda p: p.change_attribute, tag.name, name, **details)
        elif what in ("up", "down"):
            names = [a.name for a in tag.attributes]
            at = names.index(name)
            to = at + (1 if what == "down" else -1)
            if 0 <= to < len(names):
                names[at], names[to] = names[to], names[at]
                self._do(lambda p: p.order_attributes, tag.name, names)
        elif what.startswith("value"):
            self._on_value_ordered(tag, what, name, details)
        else:
            self._recode_attribute(tag, what, name, details)

    def _recode_attribute(self, tag: Tag, what: str, name: str, details: Any) -> None:
        """Orders that passages follow: what they touch is told first."""
        if what == "retype":
            self._plan(
                tag, lambda p: p.plan_retype(tag.name, name, details), lambda e: self._ask_retype(tag, name, details, e)
            )
            return

        def go_on(effect: Effect) -> None:
            if what == "rename" and self._sure(
                "Rename attribute", f"Rename “{name}” to “{details}”?", effect, "Rename"
            ):
                order = "Renaming the attribute"
                if self._recode(effect, order, lambda p: p.rename_attribute(tag.name, name, details)):
                    self.attributes.choose(details)
            elif what == "remove" and self._sure(
                "Remove attribute", f"Remove “{name}”?", effect, "Remove", danger=True
            ):
                self._recode(effect, "Removing the attribute", lambda p: p.delete_attribute(tag.name, name))

        self._plan(tag, lambda p: p.plan_attribute(tag.name, name), go_on)

    def _ask_retype(self, tag: Tag, name: str, type: str, effect: Effect) -> None:
        if self._sure("Change type", f"Change what “{name}” takes?", effect, "Change"):
            self._recode(effect, "Changing the type", lambda p: p.retype_attribute(tag.name, name, type))

    def _on_value_ordered(self, tag: Tag, what: str, name: str, details: Any) -> None:
        known = tag.attribute(name)
        if known is None:
            return
        if what == "value_add":
            taken, n = {choice.name for choice in known.values}, 1
            while f"value_{n}" in taken:
                n += 1
            self._do(lambda p: p.add_value, tag.name, name, Choice(f"value_{n}"))
        elif what == "value_change":
            self._do(lambda p: p.change_value, tag.name, name, details[0], **details[1])
        elif what == "value_rename":
            before, after = details
            self._plan_value(
                tag, name, before, "Rename value", f"Rename “{before}” to “{after}”?", "Rename",
                "Renaming the value", lambda p: p.rename_value(tag.name, name, before, after),
            )  # fmt: skip
        elif what == "value_merge":
            others = [(choice.label, choice.name) for choice in known.values if choice.name != details]
            asked = ChooseOne("Merge values", f"Into which value does “{details}” go?", others, self)
            if asked.exec() == QDialog.DialogCode.Accepted and asked.answer:
                into = asked.answer
                self._plan_value(
                    tag, name, details, "Merge values", f"Merge “{details}” into “{into}”?", "Merge",
                    "Merging values", lambda p: p.merge_values(tag.name, name, [details], into),
                )  # fmt: skip
        elif what == "value_remove":

            def go_on(effect: Effect) -> None:
                act = "Retire" if effect.passages else "Remove"
                asks = f"“{details}” is in use: retire it? It stays valid there and is no longer offered."
                if self._sure("Remove value", asks, effect, act):
                    self._do(lambda p: p.delete_value, tag.name, name, details)

            self._plan(tag, lambda p: p.plan_value(tag.name, name, details), go_on)

    def _plan_value(
        self, tag: Tag, name: str, value: str, title: str, asks: str, act: str, said: str,
        order: Callable[[Project], Changes],
    ) -> None:  # fmt: skip
        """A change of a value that passages follow: what it touches is told first."""

        def go_on(effect: Effect) -> None:
            if self._sure(title, asks, effect, act):
                self._recode(effect, said, order)

        self._plan(tag, lambda p: p.plan_value(tag.name, name, value), go_on)

    # -- Qt ----------------------------------------------------------------------------------

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # Qt
        if watched is self.tree and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.move_tag(-1 if event.key() == Qt.Key.Key_Up else 1)
                return True
            if event.key() == Qt.Key.Key_Delete:
                self.delete_tag()
                return True
            if event.key() == Qt.Key.Key_F2:
                self.rename_tag()
                return True
        return False

    def done(self, result: int) -> None:  # Qt
        if self._project is not None and not self._project.read_only:
            self.form.commit()
        self._left = True
        super().done(result)


def _free(begun: str, tag: Tag) -> str:
    n = 1
    while tag.attribute(f"{begun}_{n}") is not None:
        n += 1
    return f"{begun}_{n}"


def _sign(theme: Theme, tag: Tag) -> QIcon:
    picture = QPixmap(28, 28)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        draw_shape(painter, QRectF(1, 1, 12, 12), tag.shape, tag_color(theme, tag))
    icon = QIcon(picture)
    # Of itself Qt would blend it with the colour of what is chosen.
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def _button(text: str, order: Callable[[], object], name: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(name or text)
    button.clicked.connect(lambda: order())
    return button
