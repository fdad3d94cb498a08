"""The passphrase of an encrypted project: asked for when it is opened, and chosen when one is made."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from annotator.gui.announce import announce
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.wording import isolated

#: What is said of a new passphrase: no meter, which would promise what it cannot know.
ADVICE = (
    "There is no way back without it: nobody can open the project for you. Four or five words that do not belong"
    " together are hard to guess and can be remembered. Write them down where they are safe."
)
_ENOUGH = 16


class _Fields(QDialog):
    """A title, words about it, fields that hide what is typed, and a sentence where something is wrong."""

    def __init__(self, name: str, title: str, why: str, act: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        self.setAccessibleDescription(why)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 22, 24, 18)
        self._column.setSpacing(10)
        self._said = QLabel()
        for label, text, role in ((QLabel(), title, "title"), (QLabel(), why, "muted")):
            label.setText(text)
            label.setProperty("role", role)
            self._plain(label)
            self._column.addWidget(label)
        self.show_box = QCheckBox("Show what is typed")
        self.act_button = QPushButton(act)
        self.act_button.setDefault(True)
        self.act_button.setProperty("role", "primary")
        self._fields: list[QLineEdit] = []

    def _finish(self, *names: str) -> None:
        """The fields of these names, and what stands below them."""
        for name in names:
            field = QLineEdit()
            field.setAccessibleName(name)
            field.setPlaceholderText(name)
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
            field.textChanged.connect(self._on_typed)
            self._fields.append(field)
            self._column.addWidget(field)
        self.show_box.toggled.connect(self._show_typed)
        self._column.addWidget(self.show_box)
        self._said.setAccessibleName("What is wrong")
        self._plain(self._said)
        self._column.addWidget(self._said)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        buttons.addButton(self.act_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._column.addWidget(buttons)
        self.setMinimumWidth(460)
        self._fields[0].setFocus()
        self._on_typed()

    @staticmethod
    def _plain(label: QLabel) -> None:
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)

    @property
    def said(self) -> str:
        """The sentence that stands below the fields."""
        return self._said.text()

    def say(self, sentence: str) -> None:
        """Say what is wrong below the fields, and let it be typed again."""
        for field in self._fields:
            field.setEnabled(True)
        self._on_typed()
        self._tell(sentence)
        if sentence:
            announce(self._said, sentence)
            self._fields[0].selectAll()
            self._fields[0].setFocus()

    def _tell(self, sentence: str) -> None:
        self._said.setText(sentence)
        # The layout lets the words of a label be cut off rather than grow a dialog that is on show.
        if (layout := self.layout()) is not None:
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _show_typed(self, on: bool) -> None:
        for field in self._fields:
            field.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)

    def _on_typed(self) -> None:
        self.act_button.setEnabled(all(field.text() for field in self._fields))

    def done(self, result: int) -> None:  # Qt
        for field in self._fields:
            field.clear()
        super().done(result)


class PassphraseDialog(_Fields):
    """Asks for the passphrase of a project; stays open until the right one was given, or none is."""

    #: A passphrase to try.
    tried = Signal(str)

    def __init__(self, name: str, why: str = "", parent: QWidget | None = None) -> None:
        why = why or "It opens with its passphrase. Nothing changes if you cancel."
        super().__init__("Passphrase", f"{isolated(name)} is encrypted", why, "Open", parent)
        self._finish("Passphrase")
        self.field = self._fields[0]

    def accept(self) -> None:  # Qt
        if self.field.text() and self.field.isEnabled():
            self.tried.emit(self.field.text())

    def wait(self) -> None:
        """The passphrase is being tried; nothing else can be typed until ``say`` or ``opened``."""
        self.field.setEnabled(False)
        self.act_button.setEnabled(False)
        self._tell("Trying the passphrase…")

    def opened(self) -> None:
        """The passphrase was right."""
        super().accept()


class NewPassphraseDialog(_Fields):
    """A new passphrase, typed twice."""

    #: The passphrase that was chosen.
    chosen = Signal(str)

    def __init__(self, title: str, act: str, parent: QWidget | None = None) -> None:
        super().__init__("New passphrase", title, ADVICE, act, parent)
        self._finish("New passphrase", "The same again")
        self.field, self.again = self._fields

    def _on_typed(self) -> None:
        super()._on_typed()
        first, again = (field.text() for field in self._fields)
        if again and not first.startswith(again):
            self._tell("The two are not the same.")
        elif first and len(first) < _ENOUGH:
            self._tell("A short passphrase is soon guessed by a program that tries them all.")
        else:
            self._tell("")
        self.act_button.setEnabled(bool(first) and first == again)

    def accept(self) -> None:  # Qt
        first, again = (field.text() for field in self._fields)
        if first and first == again:
            super().accept()
            self.chosen.emit(first)
