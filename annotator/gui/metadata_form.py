"""The form of a statement's metadata, and below it the facts of its source, which nobody edits."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from annotator.core.dates import edtf_of, read_date
from annotator.core.errors import AnnotatorError
from annotator.core.model import DATES, METADATA, Choice, Statement
from annotator.gui.choosing import ChoiceEditor
from annotator.gui.date_editor import DateEditor
from annotator.gui.fields import Field, Form, label_width
from annotator.gui.growing_text import GrowingText
from annotator.gui.line_editor import LineEditor
from annotator.gui.wording import isolated, local_time, tool_tip
from annotator.store.starter import actor_types

REQUIRED = frozenset(("title", "issuer", "issuer_type", "outlet", "language"))
_LABELS = {"url": "URL", "archive_url": "Archive URL", "dateline": "Dateline place"}
_DEFINITIONS = {
    "issuer": "Who makes the statement.",
    "issuer_type": "What kind of actor the issuer is.",
    "outlet": "Where the statement was published, or “issuer's own channel”.",
    "language": "The language of the text, as a code such as en, ar, ku or tr.",
    "speaker": "The person who speaks for the issuer.",
    "office": "The speaker's office.",
    "dateline": "The place that the text names as its origin.",
    "date_issued": "When the statement was made: 2022, 2022-01, 2022-01-20 or 2022~; and whether the text says so.",
    "date_published": "When the outlet published it: 2022, 2022-01, 2022-01-20 or 2022~; and whether the text says so.",
    "memo": "What you think of the statement; it goes along with exports.",
    "date_collected": "When it was collected: 2022, 2022-01, 2022-01-20 or 2022~; and whether the text says so.",
}


def label_of(name: str) -> str:
    """What a field of a statement is called."""
    return _LABELS.get(name) or name.removeprefix("date_").replace("_", " ").capitalize()


class MetadataForm(Form):
    """A statement's metadata as fields."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for name in (*METADATA[:5], *DATES, *METADATA[5:], "memo"):
            editor, check = _editor_for(name)
            self.add(
                Field(
                    name,
                    label_of(name),
                    editor,
                    required=name in REQUIRED,
                    definition=_DEFINITIONS.get(name, ""),
                    check=check,
                )
            )

    @staticmethod
    def texts(statement: Statement) -> dict[str, str]:
        """What each field shows of this statement."""
        shown = {name: str(getattr(statement, name)) for name in (*METADATA, "memo")}
        for name in DATES:
            date = getattr(statement, name)
            shown[name] = "" if date is None else date.edtf + DateEditor.INFERRED * (date.basis == "inferred")
        return shown

    @staticmethod
    def metadata(name: str, text: str) -> dict[str, Any]:
        """What the project is told when this is typed into that field."""
        if name not in DATES:
            return {name: text}
        date, basis = DateEditor.split(text)
        return {name: edtf_of(date), f"{name}_basis": basis}


def _editor_for(name: str) -> tuple[QWidget, Any]:
    if name in DATES:
        editor = DateEditor()
        editor.hint("yyyy-mm-dd")
        return editor, _check_date
    if name == "issuer_type":
        return ChoiceEditor([Choice(kind, kind[:1].upper() + kind[1:]) for kind in actor_types()]), None
    if name == "title":
        return GrowingText(most=30), _check_title
    if name == "memo":
        return GrowingText(most=30), None
    return LineEditor(), None


def _check_date(text: str) -> None:
    date, _basis = DateEditor.split(text)
    if date:
        read_date(date)


def _check_title(text: str) -> None:
    if not text.strip():
        raise AnnotatorError("A statement needs a title.")


class SourceFacts(QWidget):
    """Where a statement's text came from; to be read and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, QLineEdit] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(("File", "Media type", "Encoding", "SHA-256", "Size", "Imported")):
            label, value = QLabel(name), QLineEdit()
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
            label.setFixedWidth(label_width() - 4)
            # A long file name neither widens the pane nor loses its end: it can be moved through and copied.
            value.setProperty("role", "plain")
            value.setReadOnly(True)
            value.setAccessibleName(name)
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
            self._values[name] = value

    def show_facts(self, statement: Statement, importer: str) -> None:
        """Show these; what is not known is left as a dash."""
        source = statement.source
        digest = source.sha256 if source else ""
        size = f"{source.size:,} bytes" if source else ""
        when = local_time(statement.imported_at) if statement.imported_at else ""
        facts = {
            "File": source.name if source else "",
            "Media type": source.media_type if source else "",
            "Encoding": source.encoding if source else "",
            "SHA-256": f"{digest[:12]}…" if digest else "",
            "Size": f"{size}, {statement.length:,} characters" if size else f"{statement.length:,} characters",
            "Imported": f"{when} by {isolated(importer)}" if when and importer else when,
        }
        for name, text in facts.items():
            self._values[name].setText(text or "—")
            self._values[name].setCursorPosition(0)
            self._values[name].setToolTip(tool_tip(text))
        self._values["SHA-256"].setToolTip(tool_tip(digest))
