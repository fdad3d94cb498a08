"""Names of actors in a form, completed from those that the project knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QCompleter, QWidget

from annotator.gui.editing import leaves
from annotator.gui.line_editor import LineEditor

#: Names that complete a part of a text, best first: what is listed, and what is then written.
Suggest = Callable[[str], Sequence[tuple[str, str]]]


class ActorsEditor(LineEditor):
    """Names, several separated by ``;`` when ``many``; the name at the caret is completed from those known."""

    def __init__(self, suggest: Suggest, many: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggest = suggest
        self._many = many
        self._written: dict[str, str] = {}
        self._listed = QStringListModel(self)
        completer = QCompleter(self._listed, self)
        # What is listed was chosen here already, folded as the search folds: Qt would only compare letters.
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setWidget(self)
        completer.setMaxVisibleItems(10)
        completer.activated.connect(self._complete)
        # It is a window of its own, which a style sheet of the main window may not reach; the palette does.
        completer.popup().setStyleSheet(
            "QAbstractItemView { border: 1px solid palette(mid); background: palette(base); }"
            "QAbstractItemView::item { padding: 4px 6px; border-radius: 4px; color: palette(text); }"
            "QAbstractItemView::item:selected, QAbstractItemView::item:hover { background: palette(highlight); }"
        )
        self._completer = completer
        self.textEdited.connect(self._offer)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def shortened(self, width: int) -> str:
        names = [name.strip() for name in self.text().split(";") if name.strip()] if self._many else []
        for shown in range(len(names) - 1, 0, -1):
            text = f"{'; '.join(names[:shown])}; +{len(names) - shown}"
            if self.fontMetrics().horizontalAdvance(text) <= width:
                return text
        return super().shortened(width)

    @property
    def suggestions(self) -> list[str]:
        """What is offered now; empty while nothing is."""
        return self._listed.stringList() if self._completer.popup().isVisible() else []

    def _part(self) -> tuple[int, int]:
        """Where the name at the caret begins and ends."""
        text, caret = self.text(), self.cursorPosition()
        if not self._many:
            return 0, len(text)
        end = text.find(";", caret)
        return text.rfind(";", 0, caret) + 1, len(text) if end < 0 else end

    def _offer(self) -> None:
        start, end = self._part()
        part = self.text()[start:end].strip()
        self._show(part) if part else self._completer.popup().hide()

    def _show(self, part: str) -> None:
        offers = self._suggest(part)
        if not offers or [written for _, written in offers] == [part]:
            self._completer.popup().hide()
            return
        self._written = dict(offers)
        self._listed.setStringList([listed for listed, _ in offers])
        self._completer.complete()

    def _complete(self, listed: str) -> None:
        name = self._written.get(listed, listed)
        start, end = self._part()
        text = self.text()
        lead = " " if start else ""
        self.setText(f"{text[:start]}{lead}{name}{text[end:]}")
        self.setCursorPosition(start + len(lead) + len(name))
        self.edited.emit()

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        # A completer keeps the loss of the focus from its field while the popup is open.
        if old is self and new is not None and new is not self and self._completer.popup().isVisible():
            self._completer.popup().hide()
            self.finished.emit()

    def _accept(self) -> None:
        """Take the offer that is marked in the popup, and close it."""
        popup = self._completer.popup()
        index = popup.currentIndex()
        popup.hide()
        if index.isValid():
            self._complete(str(index.data()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        popup = self._completer.popup()
        if popup.isVisible():
            # The popup hands every key to the field first. Enter and Esc are its own there.
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                marked = popup.currentIndex().isValid()
                self._accept()
                if not marked:
                    self.finished.emit()
                    self.entered.emit()
                event.accept()
                return
            if event.key() == Qt.Key.Key_Escape:
                popup.hide()
                event.accept()
                return
        elif event.key() == Qt.Key.Key_Down and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            start, end = self._part()
            self._show(self.text()[start:end].strip())
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # Qt
        if self._completer.popup().isVisible():
            self._accept()
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        if leaves(event):
            self._completer.popup().hide()
        super().focusOutEvent(event)
