"""The page of one actor: who it is, edited in place, and every passage that names it, by role or along the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.core.actors import role
from annotator.core.codebook import Codebook
from annotator.core.model import Actor
from annotator.gui.actor_mentions import BY_DATE, BY_ROLE, Mentions
from annotator.gui.actor_rows import passages_of
from annotator.gui.choosing import Chooser
from annotator.gui.dialogs.tables import make_plain
from annotator.gui.plain_label import plain_label
from annotator.gui.theme import Theme
from annotator.gui.wording import one_line
from annotator.store.roster import Mention
from annotator.store.starter import actor_types

#: The fields that are lines of text, with their labels and hints.
_LINES = (
    ("name", "Name", ""),
    ("aliases", "Aliases", "Other names, also in other scripts, with ; between them"),
    ("wikidata", "Wikidata", "Q878"),
    ("note", "Note", ""),
)


class ActorPage(QWidget):
    """What is known of one actor. A change is told when its field is left."""

    #: A field of the shown actor has another value: its name, and what was typed.
    edited = Signal(str, str)
    #: A passage is to be shown: its statement and itself.
    chosen = Signal(str, str)
    merge_asked = Signal()
    split_asked = Signal()
    delete_asked = Signal()
    #: An actor who was merged into this one (its id) is to be one of its own again.
    unmerge_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Actor")
        self._theme = theme
        self._actor: Actor | None = None
        self._stored: dict[str, str] = {}
        self._codebook = Codebook()
        self._mentions: Sequence[Mention] = ()
        self._build()

    def _build(self) -> None:
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("role", "title")
        self._title.setAccessibleName("Name of the actor")
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setAccessibleName("Passages of the actor")
        self.merge_button = QPushButton("Merge…")
        self.merge_button.setToolTip("Say that this is the same as another actor")
        self.split_button = QPushButton("Split…")
        self.split_button.setToolTip("Make a new actor of some of its passages and names")
        self.delete_button = QPushButton("Delete")
        self.delete_button.setToolTip("Only an actor to whom nothing refers")
        self.merge_button.clicked.connect(self.merge_asked)
        self.split_button.clicked.connect(self.split_asked)
        self.delete_button.clicked.connect(self.delete_asked)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch(1)
        for button in (self.merge_button, self.split_button, self.delete_button):
            head.addWidget(button)
        self.fields: dict[str, QLineEdit] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, label, hint in _LINES:
            field = self.fields[name] = QLineEdit()
            field.setAccessibleName(label)
            field.setPlaceholderText(hint)
            field.editingFinished.connect(self._on_finished)
            if name == "wikidata":
                form.addRow(plain_label("Type"), self._type_row())
            form.addRow(plain_label(label), field)
        self._merged = QLabel()
        self._merged.setProperty("role", "muted")
        self._merged.setTextFormat(Qt.TextFormat.PlainText)
        self._merged.setWordWrap(True)
        self._merged.setAccessibleName("Merged actors")
        self.unmerge_box = Chooser()
        self.unmerge_box.setAccessibleName("Take a merger back")
        self.unmerge_box.activated.connect(self._on_unmerge)
        self._merged_row = QWidget()
        line = QHBoxLayout(self._merged_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._merged, 1)
        line.addWidget(self.unmerge_box)
        form.addRow(self._merged_row)
        self.order_box = Chooser()
        self.order_box.setAccessibleName("Order of the passages")
        self.order_box.addItem("By what it does", BY_ROLE)
        self.order_box.addItem("Along the time", BY_DATE)
        self.order_box.activated.connect(self._show_mentions)
        bar = QHBoxLayout()
        heading = QLabel("PASSAGES")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setProperty("role", "heading")
        bar.addWidget(heading)
        bar.addStretch(1)
        bar.addWidget(self.order_box)
        self.rows = Mentions(self._theme, self._role, self)
        self.table = QTableView()
        self.table.setModel(self.rows)
        make_plain(self.table, "Passages of the actor")
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(2, header.ResizeMode.Stretch)
        for section, width in ((0, 120), (1, 130), (3, 260)):
            self.table.setColumnWidth(section, width)
        self.table.activated.connect(self._on_activated)
        self.table.installEventFilter(self)
        self._empty = QLabel("No passage names this actor yet.")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 20, 28, 12)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(form)
        column.addLayout(bar)
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)

    def _type_row(self) -> QWidget:
        self.type_box = Chooser()
        self.type_box.setAccessibleName("Type")
        self.type_box.addItem("—", "")
        for each in actor_types():
            self.type_box.addItem(each, each)
        self.type_box.activated.connect(lambda: self._tell("type", str(self.type_box.currentData())))
        self.color_button = QPushButton("Colour…")
        self.color_button.setAccessibleName("Colour")
        self.color_button.clicked.connect(self._ask_color)
        self.no_color_button = QPushButton("No colour")
        self.no_color_button.clicked.connect(lambda: self._tell("color", ""))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.type_box, 1)
        line.addWidget(self.color_button)
        line.addWidget(self.no_color_button)
        return row

    # -- what is shown -----------------------------------------------------------------------

    @property
    def actor(self) -> Actor | None:
        return self._actor

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.rows.set_theme(theme)

    def show_actor(self, actor: Actor, merged: Sequence[Actor], codebook: Codebook, writable: bool) -> None:
        """Show this actor; what is being typed into a field of the same one stays."""
        same = self._actor is not None and self._actor.id == actor.id
        self._actor, self._codebook = actor, codebook
        self._title.setText(one_line(actor.name, 80))
        stored = {"name": actor.name, "aliases": "; ".join(actor.aliases)}
        stored |= {"wikidata": actor.wikidata, "note": actor.note}
        for name, field in self.fields.items():
            typed = same and field.hasFocus() and field.text() != self._stored.get(name, "")
            if not typed:
                field.setText(stored[name])
                field.setCursorPosition(0)
            field.setReadOnly(not writable)
        self._stored = stored
        self.type_box.setCurrentIndex(max(0, self.type_box.findData(actor.type)))
        # A type of another codebook is shown as it is.
        if actor.type and self.type_box.findData(actor.type) < 0:
            self.type_box.addItem(actor.type, actor.type)
            self.type_box.setCurrentIndex(self.type_box.count() - 1)
        self.color_button.setText(actor.color or "Colour…")
        self.color_button.setIcon(_chip(actor.color) if QColor(actor.color).isValid() else QIcon())
        self.no_color_button.setVisible(bool(actor.color))
        for control in (
            self.type_box, self.color_button, self.no_color_button, self.merge_button, self.split_button,
            self.delete_button, self.unmerge_box,
        ):  # fmt: skip
            control.setEnabled(writable)
        names = [" / ".join((m.name, *m.aliases)) for m in merged]
        self._merged.setText(f"Merged into it: {', '.join(one_line(n, 60) for n in names)}" if merged else "")
        self.unmerge_box.clear()
        self.unmerge_box.addItem("Take back…", "")
        for each in merged:
            self.unmerge_box.addItem(one_line(each.name, 60), each.id)
        self._merged_row.setVisible(bool(merged))

    def show_mentions(self, mentions: Sequence[Mention], *, more: bool = False, all_of_them: bool = True) -> None:
        """List these passages; with ``more``, others are still being read; there may be more than are listed."""
        self._mentions = mentions
        count = passages_of(len({each.annotation for each in mentions}))
        self._count.setText(
            f"{count}…"
            if more
            else count
            if all_of_them
            else f"more than {count}; these are listed, and the query mentions:… finds all"
        )
        self._empty.setVisible(not mentions and not more)
        self.table.setVisible(bool(mentions))
        self._show_mentions()

    def _show_mentions(self) -> None:
        self.rows.show(self._mentions, str(self.order_box.currentData()))
        self.table.setColumnHidden(1, self.rows.order == BY_ROLE)  # there it is the heading
        self.table.clearSpans()
        for row in self.rows.headings():
            self.table.setSpan(row, 0, 1, self.rows.columnCount())

    def _role(self, mention: Mention) -> str:
        codebook = self._codebook
        tag = codebook.tag(mention.tag) if mention.tag in codebook else None
        attribute = tag.attribute(mention.attribute) if tag else None
        return role(mention.tag, mention.attribute, tag.label if tag else "", attribute.label if attribute else "")

    # -- what is done ------------------------------------------------------------------------

    def commit(self) -> None:
        """Tell what was typed and not told yet."""
        for name, field in self.fields.items():
            if field.text() != self._stored.get(name, ""):
                self._tell(name, field.text())

    def refuse(self, name: str) -> None:
        """What was typed into this field is not allowed: it stays there to be mended, and is told again then."""
        if self._actor is not None and name in self.fields:
            actor = self._actor
            self._stored[name] = "; ".join(actor.aliases) if name == "aliases" else str(getattr(actor, name))
            self.fields[name].selectAll()

    def _on_finished(self) -> None:
        self.commit()

    def _tell(self, name: str, text: str) -> None:
        if self._actor is not None and text != getattr(self._actor, name, None):
            self._stored[name] = text
            self.edited.emit(name, text)

    def _ask_color(self) -> None:
        before = QColor(self._actor.color) if self._actor and self._actor.color else QColor(self._theme.accent)
        color = QColorDialog.getColor(before, self, "Colour of the actor")
        if color.isValid():
            self._tell("color", color.name().upper())

    def _on_unmerge(self) -> None:
        if actor := str(self.unmerge_box.currentData() or ""):
            self.unmerge_asked.emit(actor)

    def _on_activated(self, index: QModelIndex) -> None:
        if (mention := self.rows.mention(index.row())) is not None:
            self.chosen.emit(mention.statement, mention.annotation)

    def eventFilter(self, watched: Any, event: Any) -> bool:  # Qt
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers()
            if enter:
                self._on_activated(self.table.currentIndex())
            return enter
        return super().eventFilter(watched, event)


def _chip(color: str) -> QIcon:
    """A disc of this colour."""
    pixmap = QPixmap(28, 28)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawEllipse(3, 3, 22, 22)
    return QIcon(pixmap)
