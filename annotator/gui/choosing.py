"""Lists to choose from, in forms and dialogs."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from annotator.core.model import Choice
from annotator.gui.editing import EMPTY, claims, leaves, plain
from annotator.gui.wording import tool_tip

#: Entries that a list to choose from shows before it scrolls.
_MOST_CHOICES = 18


class Chooser(QComboBox):
    """A list to choose from that looks like the other fields, with a quiet sign that it opens.

    An empty choice is as pale as an empty field. A wheel that scrolls by changes nothing.
    """

    #: A list below the field, in every style: the other kind of pop-up cuts its last entry to scroll by it.
    SHEET = "QComboBox { combobox-popup: 0; }"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxVisibleItems(_MOST_CHOICES)
        self.setStyleSheet(self.SHEET)

    def setAccessibleName(self, name: str) -> None:  # Qt
        """On Linux Qt tells what is chosen as the name of a choice, so that what is asked is told as well."""
        super().setAccessibleName(name)
        self.setAccessibleDescription(name)

    def showPopup(self) -> None:  # Qt
        super().showPopup()
        view = self.view()
        box = view.parentWidget()
        if box is None or not isinstance(box, QFrame):
            return
        # The list has a line around it already.
        box.setFrameShape(QFrame.Shape.NoFrame)
        wanted = sum(view.sizeHintForRow(row) for row in range(min(self.count(), _MOST_CHOICES)))
        missing = wanted - view.viewport().height()
        room = box.screen().availableGeometry()
        if missing > 0:
            box.resize(box.width(), min(box.height() + missing, room.height()))
            if box.y() + box.height() > room.bottom() + 1:
                box.move(box.x(), max(room.top(), room.bottom() + 1 - box.height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        pale = self.palette().placeholderText().color()
        with QStylePainter(self) as painter:
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            if not self.isEditable():
                if self.currentData() != "":
                    painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
                else:
                    inside = self.style().subControlRect(
                        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
                    )
                    painter.setPen(pale)
                    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, EMPTY)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(pale, 1.3))
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            x, y = (12.0 if rtl else self.width() - 16.0), self.height() / 2 - 1.5
            painter.drawPolyline([QPointF(x, y), QPointF(x + 3.5, y + 3.5), QPointF(x + 7, y)])

    def wheelEvent(self, event: QWheelEvent) -> None:  # Qt
        event.ignore()


class ChoiceEditor(Chooser):
    """One value of a vocabulary, or none; any other value that is stored stays to be seen.

    The keys change it without saving, the list saves.
    """

    edited = Signal()
    finished = Signal()
    entered = Signal()
    escaped = Signal()

    def __init__(self, choices: Iterable[Choice], parent: QWidget | None = None, empty: str | None = EMPTY) -> None:
        super().__init__(parent)
        self._put: str | None = ""
        self._by_key = False
        # Content must not decide how wide the pane is.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(3)
        if empty is not None:
            self.addItem(empty, "")
        #: Labels of values that are no longer offered.
        self._retired: dict[str, str] = {}
        for choice in choices:
            if choice.retired:
                self._retired[choice.name] = choice.label or choice.name
                continue
            self.addItem(choice.label or choice.name, choice.name)
            if choice.definition:
                self.setItemData(self.count() - 1, tool_tip(choice.definition), Qt.ItemDataRole.ToolTipRole)
        self._known = self.count()
        self.activated.connect(self._on_activated)

    def typed(self) -> str:
        return str(self.currentData() or "")

    def put(self, text: str) -> None:
        while self.count() > self._known:
            self.removeItem(self.count() - 1)
        row = self.findData(text)
        if row < 0 and text:
            self.addItem(self._retired.get(text, text), text)
            row = self.count() - 1
        self.setCurrentIndex(max(0, row))
        self._put = self.typed()

    def hint(self, text: str) -> None:
        """A list has no room for one."""

    def _on_activated(self) -> None:
        self.edited.emit()
        if not self._by_key:
            self.finished.emit()

    def event(self, event: QEvent) -> bool:  # Qt
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Letters search the list, and Del empties the field; neither is a command here.
            claimed = claims(event, False)
            if claimed is not None:
                event.setAccepted(claimed)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain(event):
            self.finished.emit()
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.itemData(0) == "":
            self.setCurrentIndex(0)
            self.edited.emit()
        else:
            self._by_key = True
            try:
                super().keyPressEvent(event)
            finally:
                self._by_key = False

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        super().focusOutEvent(event)
        if leaves(event):
            self.finished.emit()
