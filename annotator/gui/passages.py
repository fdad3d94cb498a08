"""The passages of the shown statement, in text order: how screen readers and eyes find what is tagged."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.core.codebook import Codebook
from annotator.core.model import Annotation, Changes, Place, Tag
from annotator.gui.mirror import aligned, placed
from annotator.gui.page import is_rtl
from annotator.gui.session import Session
from annotator.gui.theme import Theme, current_theme, draw_shape, softened, tag_color, ui_font, ui_size
from annotator.gui.wording import missing_count, one_line, passage_line, spoken_passage, tag_of, tool_tip
from annotator.gui.worker import ReadingThread
from annotator.store.project import Project

AnyIndex = QModelIndex | QPersistentModelIndex
#: More changed passages than this are read again as a whole.
_FEW = 40
#: A statement with more passages than this has them listed by the reading thread.
_MANY = 5_000
#: Rows that are read together, and how many of those read are kept.
_PAGE, _KEPT = 60, 3_000


def _place(annotation: Annotation) -> Place:
    return Place(annotation.start, annotation.end, annotation.tag, annotation.id, annotation.status)


class PassageRows(QAbstractTableModel):
    """The annotations of one statement as rows, by (start, end, tag, id).

    Only where they stand is held; the annotations themselves are read by pages when their rows are looked at.
    """

    ANNOTATION = Qt.ItemDataRole.UserRole
    TAG = Qt.ItemDataRole.UserRole + 1
    LINE = Qt.ItemDataRole.UserRole + 2
    MISSING = Qt.ItemDataRole.UserRole + 3

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._codebook = Codebook()
        self._rows: list[Place] = []
        self._places: dict[str, Place] = {}
        self._read: dict[str, Annotation] = {}
        self._names: dict[str, str] = {}
        self._coders: dict[str, str] = {}

    # -- what it holds ------------------------------------------------------------------

    def set_rows(self, project: Project | None, places: Sequence[Place]) -> None:
        """Hold these, which are in text order, from now on."""
        self.beginResetModel()
        self._project = project
        self._codebook = project.codebook if project else Codebook()
        self._rows = list(places)
        self._places = {place.id: place for place in places}
        self._read.clear()
        self.forget_names()
        self.endResetModel()

    def forget_names(self) -> None:
        """Actors and coders may be called something else now."""
        self._names.clear()
        self._coders.clear()

    def put(self, annotation: Annotation) -> None:
        """Add this passage, or show what became of it."""
        place, before = _place(annotation), self._places.get(annotation.id)
        self._read[annotation.id] = annotation
        if before is not None and before[:4] == place[:4]:
            row = bisect_left(self._rows, before)
            self._rows[row] = self._places[annotation.id] = place
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))
            return
        if before is not None:
            self.drop(annotation.id)
            self._read[annotation.id] = annotation
        row = bisect_left(self._rows, place)
        self.beginInsertRows(QModelIndex(), row, row)
        self._rows.insert(row, place)
        self._places[annotation.id] = place
        self.endInsertRows()

    def drop(self, annotation: str) -> None:
        """Forget this passage."""
        row = self.row_of(annotation)
        if row is not None:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row], self._places[annotation]
            self._read.pop(annotation, None)
            self.endRemoveRows()

    def row_of(self, annotation: str) -> int | None:
        place = self._places.get(annotation)
        return bisect_left(self._rows, place) if place is not None else None

    def id_at(self, row: int) -> str:
        return self._rows[row].id if 0 <= row < len(self._rows) else ""

    def annotation_at(self, row: int) -> Annotation | None:
        """The annotation of a row, read with those around it; None when it is gone since."""
        identifier = self._rows[row].id
        if identifier not in self._read and self._project is not None:
            if len(self._read) > _KEPT:
                self._read.clear()
            first = max(0, row - _PAGE // 2)
            page = (place.id for place in self._rows[first : first + _PAGE])
            self._read |= {a.id: a for a in self._project.annotations_by_id(page)}
        return self._read.get(identifier)

    def _name_of(self, actor: str) -> str:
        if actor not in self._names:
            self._names[actor] = self._project.actor_name(actor) if self._project else actor
        return self._names[actor]

    def _coder_of(self, annotation: Annotation) -> str:
        """Whose passage it is, when it is not the reader's own."""
        if self._project is None or annotation.coder == self._project.coder.id:
            return ""
        if annotation.coder not in self._coders:
            self._coders[annotation.coder] = self._project.coder_name(annotation.coder) or "somebody"
        return self._coders[annotation.coder]

    # -- Qt -----------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt
        return 0 if parent.isValid() else 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # Qt
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        annotation = self.annotation_at(index.row())
        if annotation is None:
            return None
        tag = tag_of(self._codebook, annotation.tag)
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(annotation.quote)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken_passage(tag, annotation, self._name_of, self._coder_of(annotation))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(one_line(annotation.quote, 600) + (f"\n\n{annotation.note}" if annotation.note else ""))
        if role == self.ANNOTATION:
            return annotation
        if role == self.TAG:
            return tag
        if role == self.LINE:
            return passage_line(tag, annotation, self._name_of, self._coder_of(annotation))
        if role == self.MISSING:
            return missing_count(tag, annotation)
        return None


class PassageDelegate(QStyledItemDelegate):
    """Paints a passage: its tag's shape, the first words, and a quiet line under them. Plain text only."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    @staticmethod
    def row_height() -> int:
        words, line = QFontMetrics(ui_font()), QFontMetrics(ui_font(ui_size() * 0.85))
        return words.height() + line.height() + 17

    def _draw_line(self, painter: QPainter, rect: QRectF, text: str, rtl: bool, side: Qt.AlignmentFlag) -> None:
        option = QTextOption(side | Qt.AlignmentFlag.AlignVCenter)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, elided, option)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # Qt
        return QSize(120, self.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:  # Qt
        theme, rect, direction = self.theme, option.rect, option.direction
        row = QRectF(rect)
        annotation: Annotation | None = index.data(PassageRows.ANNOTATION)
        if annotation is None:
            return
        tag: Tag = index.data(PassageRows.TAG)
        color = tag_color(theme, tag)
        suggested = annotation.status in ("suggested", "rejected")
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.chosen))
            painter.fillRect(placed(QRectF(rect.left(), rect.top(), 3, rect.height()), row, direction), color)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.hover))
        words, small = ui_font(), ui_font(ui_size() * 0.85)
        words_height, small_height = QFontMetrics(words).height(), QFontMetrics(small).height()
        top = rect.top() + 7
        side = max(8, round(words_height * 0.58))
        draw_shape(
            painter,
            placed(QRectF(rect.left() + 16, top + (words_height - side) / 2, side, side), row, direction),
            tag.shape,
            softened(theme, color) if suggested else color,
        )
        left, right = rect.left() + 40, rect.right() - 14
        painter.setFont(words)
        painter.setPen(QColor(theme.muted if suggested else theme.text))
        quote = str(index.data() or "")
        rtl = is_rtl(quote)
        line = placed(QRectF(left, top, right - left, words_height), row, direction)
        # A quote stands at the side where its own words begin.
        own = Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight
        self._draw_line(painter, line, quote, rtl, aligned(own))
        below = QRect(left, top + words_height + 3, right - left, small_height)
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        if count := index.data(PassageRows.MISSING):
            text = f"{count} missing"
            width = painter.fontMetrics().horizontalAdvance(text)
            end = QTextOption(aligned(direction, end=True) | Qt.AlignmentFlag.AlignVCenter)
            end.setTextDirection(Qt.LayoutDirection.LeftToRight)
            painter.drawText(placed(QRectF(below), row, direction), text, end)
            ring = small_height * 0.5
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.warning), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            circle = QRectF(below.right() - width - ring - 5, below.center().y() - ring / 2 + 0.5, ring, ring)
            painter.drawEllipse(placed(circle, row, direction))
            painter.setPen(QColor(theme.muted))
            below.setWidth(int(below.width() - width - ring - 14))
        words_below = str(index.data(PassageRows.LINE))
        self._draw_line(painter, placed(QRectF(below), row, direction), words_below, False, aligned(direction))
        painter.restore()


class PassageList(QTableView):
    """The rows with the keys that a list has; the current row is the selected one."""

    chosen = Signal(str)
    activated_row = Signal(str)
    removal_asked = Signal(str)
    menu_asked = Signal(str, QPoint)

    def __init__(self, rows: PassageRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._passages = rows
        self._quiet = False
        self.setModel(rows)
        self.setAccessibleName("Passages of the statement")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.fit_rows()
        self.pressed.connect(self._on_pressed)
        self.doubleClicked.connect(self._on_double_clicked)

    def fit_rows(self) -> None:
        """Rows as high as the font asks for."""
        height = PassageDelegate.row_height()
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)

    @property
    def current(self) -> str:
        """The annotation of the current row, or nothing."""
        index = self.currentIndex()
        return self._passages.id_at(index.row()) if index.isValid() else ""

    def make_current(self, annotation: str) -> None:
        """Show this passage as the current one, without telling anybody."""
        row = self._passages.row_of(annotation) if annotation else None
        self._quiet = True
        try:
            if row is None:
                self.selectionModel().clear()
            else:
                index = self._passages.index(row, 0)
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                self.scrollTo(index)
        finally:
            self._quiet = False

    def quietly(self, change: Callable[[], None]) -> None:
        """Change the rows; the current row that Qt looks for meanwhile is no choice of the user."""
        before, self._quiet = self._quiet, True
        try:
            change()
        finally:
            self._quiet = before

    def _on_pressed(self, index: QModelIndex) -> None:
        self.chosen.emit(self._passages.id_at(index.row()))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.activated_row.emit(self._passages.id_at(index.row()))

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # Qt
        super().currentChanged(current, previous)
        if not self._quiet and current.isValid():
            self.chosen.emit(self._passages.id_at(current.row()))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt
        # A press tells once, by ``pressed``, also on the row that is current already.
        self.quietly(lambda: super(PassageList, self).mousePressEvent(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        last = self._passages.rowCount() - 1
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current:
            self.activated_row.emit(self.current)
        elif plain and key == Qt.Key.Key_Delete and self.current:
            self.removal_asked.emit(self.current)
        elif plain and key in (Qt.Key.Key_Home, Qt.Key.Key_End) and last >= 0:
            # A table takes these for its first and last column.
            self.setCurrentIndex(self._passages.index(0 if key == Qt.Key.Key_Home else last, 0))
        elif plain and key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and last >= 0 and not self.currentIndex().isValid():
            self.setCurrentIndex(self._passages.index(0 if key == Qt.Key.Key_Down else last, 0))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # The window's own Enter and Del must not take these away from the row they are pressed on.
            own = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete)
            if self.current and event.key() in own and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                event.accept()
                return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # Qt
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
            annotation = self.current
        else:
            place = event.globalPos()
            annotation = self._passages.id_at(self.indexAt(event.pos()).row())
        if annotation:
            self.menu_asked.emit(annotation, place)


class PassagesPane(QWidget):
    """The shown statement's passages with their count; choosing one is told, and the window acts on it."""

    #: A passage was chosen (its annotation id).
    chosen = Signal(str)
    #: A passage was activated by Enter or a double click: its details are wanted.
    activated = Signal(str)
    #: A command for a passage: ``remove``, ``note``, ``cite`` or ``retag:NAME``, and the annotation id.
    menu_asked = Signal(str, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = current_theme()
        self._rows = PassageRows(self)
        #: The keys by the tag's name, as the user has them; the codebook's until they are told.
        self._tag_keys: Mapping[str, str] | None = None
        self._choose_key = ""
        self._thread: ReadingThread | None = None
        self._waiting = False
        self._build()

    def _build(self) -> None:
        self.setAccessibleName("Passages")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        heading, self._count = QLabel("PASSAGES"), QLabel("")
        heading.setAccessibleName("Passages")
        for label in (heading, self._count):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "heading")
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 14, 8)
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(self._count)
        self._list = PassageList(self._rows, self)
        self._delegate = PassageDelegate(self._theme, self._list)
        self._list.setItemDelegate(self._delegate)
        self._empty = QLabel("")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._empty.setProperty("role", "muted")
        self._empty.setContentsMargins(14, 4, 14, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._empty)
        # The list stays while it is empty: hidden, it would lose the focus when its last passage is removed.
        layout.addWidget(self._list, 1)
        self.setFocusProxy(self._list)
        self._list.chosen.connect(self.chosen)
        self._list.activated_row.connect(self.activated)
        self._list.removal_asked.connect(self._on_removal_asked)
        self._list.menu_asked.connect(self._on_menu_asked)
        self._tell_count()

    # -- facts from the session ------------------------------------------------------------

    def on_opened(self) -> None:
        """Another project is open, or none."""
        self._load()

    def set_reading_thread(self, thread: ReadingThread | None) -> None:
        """Who reads the passages of a statement that has very many."""
        self._thread = thread

    def on_shown(self, statement: str) -> None:
        """Another statement is shown."""
        self._load()

    def on_changed(self, changes: Changes) -> None:
        """A step was committed: read again what of it is listed here."""
        project, statement = self._session.project, self._session.statement
        if project is None or not statement:
            return
        tables = {table for table, _ in changes.touched}
        touched = changes.ids("annotation")
        if changes.many or "tag" in tables or (changes.concerns(statement) and len(touched) > _FEW):
            self._load()
            return
        if self._waiting and changes.concerns(statement):
            self._load()  # what is on its way may be from before
            return
        if tables & {"actor", "coder"}:
            self._rows.forget_names()
            self._list.viewport().update()
        if not changes.concerns(statement):
            return
        self._list.quietly(lambda: self._take(project, statement, touched))
        self._tell_count()
        self._list.make_current(self._session.passage)

    def on_picked(self, annotation: str) -> None:
        """Another passage is current, or none."""
        self._list.make_current(annotation)

    def set_theme(self, theme: Theme) -> None:
        """Paint in this palette from now on."""
        self._theme = self._delegate.theme = theme
        self._list.fit_rows()
        self._list.viewport().update()

    # -- parts -----------------------------------------------------------------------------

    def set_tag_keys(self, keys: Mapping[str, str], choose: str) -> None:
        """The keys that tag, by the tag's name, and the one that offers all tags: for menus and an empty list."""
        self._tag_keys, self._choose_key = keys, choose
        self._tell_count()

    def focus_list(self) -> None:
        """Give the list the focus, with a row to go on from."""
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def rows(self) -> PassageRows:
        """What is listed, as a model."""
        return self._rows

    @property
    def list(self) -> PassageList:
        """The list itself, for its focus."""
        return self._list

    def menu_for(self, annotation: str, parent: QWidget | None = None) -> QMenu:
        """What can be done with this passage; what is triggered in it goes to ``menu_asked``."""
        menu = QMenu(parent or self)
        project = self._session.project
        writable = project is not None and not project.read_only
        row = self._rows.row_of(annotation)
        shown = self._rows.annotation_at(row) if row is not None else None
        current = shown.tag if shown is not None else ""
        retag = menu.addMenu("Retag")
        retag.setEnabled(writable)
        for tag in project.codebook if project else ():
            label = tag.label.replace("&", "&&")
            key = self._key_of(tag)
            action = retag.addAction(f"{label}\t{key}" if key else label)
            action.setData((f"retag:{tag.name}", annotation))
            action.setEnabled(tag.name != current)
        for text, command, needs_writing in (
            ("Note…", "note", True),
            ("Copy with citation", "cite", False),
            ("History of the passage", "history", False),
            ("Remove", "remove", True),
        ):
            if command == "remove":
                menu.addSeparator()
            action = menu.addAction(text)
            action.setData((command, annotation))
            action.setEnabled(writable or not needs_writing)
        menu.triggered.connect(self._on_triggered)
        return menu

    def _load(self) -> None:
        project, statement = self._session.project, self._session.statement
        self._waiting = False
        if self._thread is not None:
            self._thread.drop("passages")
        if project is None or not statement:
            self._show_places(())
        elif self._thread is None or not project.has_more_passages(statement, _MANY):
            self._show_places(project.places(statement))
        else:
            self._show_places(())
            self._waiting = True
            self._tell_count()
            self._thread.ask(
                "passages",
                lambda reads: [reads.places(statement)],
                self._show_places,
                on_error=self._session.failed.emit,
            )

    def _show_places(self, places: Sequence[Place]) -> None:
        self._waiting = False
        project = self._session.project
        self._list.quietly(lambda: self._rows.set_rows(project, places))
        self._tell_count()
        self._list.make_current(self._session.passage)

    def _take(self, project: Project, statement: str, touched: frozenset[str]) -> None:
        there = {a.id: a for a in project.annotations_by_id(touched) if a.statement == statement}
        for identifier in touched:
            if identifier in there:
                self._rows.put(there[identifier])
            else:
                self._rows.drop(identifier)

    def _tell_count(self) -> None:
        count = self._rows.rowCount()
        self._count.setText(str(count) if self._session.statement else "")
        self._count.setAccessibleName(f"{count} passage{'s' * (count != 1)}")
        self._empty.setText("" if count else "Reading the passages…" if self._waiting else self._advice())
        self._empty.setVisible(not count)
        self._list.setAccessibleDescription(self._empty.text())

    def _advice(self) -> str:
        project = self._session.project
        if project is None or not self._session.statement:
            return "Open a statement to see its passages."
        if project.read_only:
            return "No passages, and none can be made: the project is read-only."
        keys = [key for tag in project.codebook if (key := self._key_of(tag))]
        if not keys:
            way = f"press {self._choose_key}" if self._choose_key else "choose a tag in the Passage menu"
            return f"No passages yet. Select words and {way}."
        if len(keys) > 5:
            keys = [*keys[:3], "…"]
        listed = f"{', '.join(keys[:-1])} or {keys[-1]}" if len(keys) > 1 else keys[0]
        return f"No passages yet. Select words and press {listed}."

    def _key_of(self, tag: Tag) -> str:
        return tag.key if self._tag_keys is None else self._tag_keys.get(tag.name, "")

    def _on_removal_asked(self, annotation: str) -> None:
        self.menu_asked.emit("remove", annotation)

    def _on_menu_asked(self, annotation: str, place: QPoint) -> None:
        menu = self.menu_for(annotation)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _on_triggered(self, action: QAction) -> None:
        if action.data() is None:
            return  # somebody else's entry in the menu
        command, annotation = action.data()
        self.menu_asked.emit(command, annotation)

    def changeEvent(self, event: QEvent) -> None:  # Qt
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._list.fit_rows()
