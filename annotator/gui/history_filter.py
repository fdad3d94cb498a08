"""Which steps of a history are listed: by whom, and from which day to which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from annotator.core.errors import AnnotatorError
from annotator.core.model import Coder
from annotator.core.values import dataclass
from annotator.gui.choosing import Chooser
from annotator.gui.wording import one_line

#: So many milliseconds after the last key the list is asked for.
_PAUSE = 250
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The steps that are asked for: of a coder (id) or all, between two moments of UTC, both inclusive, or open."""

    coder: str | None = None
    since: str = ""
    until: str = ""

    @property
    def everything(self) -> bool:
        return self == Wanted()


def period(typed: str) -> tuple[str, str]:
    """The first and the last minute of a year, month or day by the clock on the wall, as moments of UTC.

    Raises ``AnnotatorError`` for what is no date.
    """
    found = _DAY.fullmatch(typed.strip())
    try:
        if found is None:
            raise ValueError
        year, month, day = (int(part) if part else 0 for part in found.groups())
        first = date(year, month or 1, day or 1)
        first_of_next = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
        after = first + timedelta(days=1) if day else first_of_next
        begin, end = (datetime(d.year, d.month, d.day).astimezone(UTC) for d in (first, after))
    except (ValueError, OverflowError, OSError):
        given = one_line(typed.strip(), 40)
        raise AnnotatorError(f"“{given}” is no date: write 2026, 2026-03 or 2026-03-01.") from None
    return f"{begin:%Y-%m-%dT%H:%M}", f"{end - timedelta(minutes=1):%Y-%m-%dT%H:%M}"


class HistoryFilter(QWidget):
    """Coder, first and last day; what is typed counts as soon as it is a date."""

    #: Other steps are asked for: read ``wanted``.
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.coder = Chooser()
        self.coder.setAccessibleName("Coder")
        self.coder.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.coder.addItem("All coders", None)
        self.since, self.until = QLineEdit(), QLineEdit()
        self.trouble = QLabel("")
        self.trouble.setTextFormat(Qt.TextFormat.PlainText)
        self.trouble.setWordWrap(True)
        self.trouble.setProperty("role", "error")
        self.trouble.hide()
        self._wanted = Wanted()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._take)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.coder)
        row.addSpacing(8)
        for words, field, tip in (
            ("From", self.since, "The first year, month or day"),
            ("To", self.until, "The last year, month or day"),
        ):
            label = QLabel(words)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
            label.setBuddy(field)
            field.setAccessibleName(words)
            field.setPlaceholderText("2026-03-01")
            field.setToolTip(tip)
            field.setClearButtonEnabled(True)
            field.setFixedWidth(field.fontMetrics().horizontalAdvance("2026-03-01") + 52)
            field.textChanged.connect(self._on_typed)
            field.editingFinished.connect(self._complain)
            row.addWidget(label)
            row.addWidget(field)
        row.addStretch(1)
        self.coder.activated.connect(self._take)

    @property
    def wanted(self) -> Wanted:
        """What was asked for last."""
        return self._wanted

    def set_coders(self, coders: Iterable[Coder]) -> None:
        """Offer these; who was chosen stays so."""
        chosen = self.coder.currentData()
        self.coder.clear()
        self.coder.addItem("All coders", None)
        for coder in sorted(coders, key=lambda c: c.name.casefold()):
            self.coder.addItem(one_line(coder.name, 40), coder.id)
        self.coder.setCurrentIndex(max(0, self.coder.findData(chosen)) if chosen else 0)

    def _read(self) -> Wanted:
        since, until = self.since.text().strip(), self.until.text().strip()
        wanted = Wanted(self.coder.currentData(), period(since)[0] if since else "", period(until)[1] if until else "")
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise AnnotatorError("The first day lies after the last one.")
        return wanted

    def _on_typed(self) -> None:
        # What is no date yet may become one: complaining waits until the field is left.
        self._say("")
        self._pause.start()

    def _take(self) -> None:
        self._pause.stop()
        try:
            wanted = self._read()
        except AnnotatorError:
            return
        if wanted != self._wanted:
            self._wanted = wanted
            self.changed.emit()

    def _complain(self) -> None:
        try:
            self._read()
        except AnnotatorError as error:
            self._say(str(error))
        else:
            self._say("")
            self._take()

    def _say(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        for field in (self.since, self.until):
            field.setAccessibleDescription(sentence)
