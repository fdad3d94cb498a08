"""A line of text that is completed from a list: what fits is offered below it while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QStringListModel, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QCompleter, QWidget

from annotator.gui.editing import leaves
from annotator.gui.line_editor import LineEditor

#: What completes a text, best first: what is listed, and what is then written.
Suggest = Callable[[str], Sequence[tuple[str, str]]]


class CompletingLine(LineEditor):
    """One line whose text is completed; Down offers all, Enter or Tab takes what is marked, Esc puts the list away."""

    def __init__(self, suggest: Suggest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggest = suggest
        self._written: dict[str, str] = {}
        self._listed = QStringListModel(self)
        self._completer: QCompleter | None = None
        #: The widget under which the list stands, and as wide as which it is; the line itself if none is named.
        self.frame: QWidget = self
        self.textEdited.connect(self._offer)

    def _popup(self) -> QCompleter:
        """The list, made when it is first wanted: a form has many lines, and most are never typed into."""
        if self._completer is not None:
            return self._completer
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
        completer.popup().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._completer = completer
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)
        return completer

    @property
    def offers(self) -> bool:
        """Whether a list stands below the line."""
        return self._completer is not None and self._completer.popup().isVisible()

    @property
    def suggestions(self) -> list[str]:
        """What is offered now; empty while nothing is."""
        return self._listed.stringList() if self.offers else []

    def put_away(self) -> None:
        """Offer nothing any more."""
        if self._completer is not None:
            self._completer.popup().hide()

    def _offer(self) -> None:
        part = self.text().strip()
        self.show_offers(part) if part else self.put_away()

    def show_offers(self, part: str) -> None:
        """Offer what completes this."""
        offers = self._suggest(part)
        if not offers or [written for _, written in offers] == [part]:
            self.put_away()
            return
        self._written = dict(offers)
        self._listed.setStringList([listed for listed, _ in offers])
        corner = self.mapFromGlobal(self.frame.mapToGlobal(QPoint(0, 0)))
        self._popup().complete(QRect(corner, self.frame.size()))

    def taken(self, text: str) -> None:
        """An offer was taken: it is the line's text."""
        self.setText(text)
        self.edited.emit()

    def _complete(self, listed: str) -> None:
        self.taken(self._written.get(listed, listed))

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        # A completer keeps the loss of the focus from its field while the popup is open.
        if old is self and new is not None and new is not self and self.offers:
            self.put_away()
            self.finished.emit()

    def _accept(self) -> None:
        """Take the offer that is marked in the popup, and close it."""
        popup = self._popup().popup()
        index = popup.currentIndex()
        popup.hide()
        if index.isValid():
            self._complete(str(index.data()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt
        if self.offers:
            # The popup hands every key to the field first. Enter and Esc are its own there.
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                marked = self._popup().popup().currentIndex().isValid()
                self._accept()
                if not marked:
                    self.finished.emit()
                    self.entered.emit()
                event.accept()
                return
            if event.key() == Qt.Key.Key_Escape:
                self.put_away()
                event.accept()
                return
        elif event.key() == Qt.Key.Key_Down and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.show_offers(self.text().strip())
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # Qt
        if self.offers:
            self._accept()
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt
        if leaves(event):
            self.put_away()
        super().focusOutEvent(event)
