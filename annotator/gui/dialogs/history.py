"""What was done in the project, to one statement or to one passage, step by step, the latest first.

The selected step tells what was there before and after; from it one can go back, or undo it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import AnnotatorError, NotFound, sentence
from annotator.core.history import Entry, change_lines
from annotator.core.model import Changes
from annotator.gui.announce import announce
from annotator.gui.dialogs.buttons import without_icons
from annotator.gui.dialogs.going_back import GoBackDialog
from annotator.gui.dialogs.tables import make_plain
from annotator.gui.history_filter import HistoryFilter, Wanted
from annotator.gui.history_rows import Row, Steps
from annotator.gui.session import Session
from annotator.gui.theme import Theme, current_theme
from annotator.gui.wording import isolated, local_time, one_line, step_text, tag_of
from annotator.gui.worker import ReadingThread
from annotator.store.history import MOST_CHANGES, GoingBack
from annotator.store.reads import Reads

#: Steps that are read at a time, and at most when the list is read again.
PAGE, MOST_AGAIN = 200, 2000
NOTHING_YET = "No steps yet. What is tagged and changed will be listed here."
NOTHING_FITS = "No step fits the filter."


class HistoryDialog(QDialog):
    """The steps of the project, of a statement or of a passage; it follows what is done meanwhile."""

    #: Let all be as it was after the step of this number.
    go_back_asked = Signal(int)
    #: Undo only the step of this number.
    revert_asked = Signal(int)

    def __init__(
        self,
        session: Session,
        statement: str | None = None,
        parent: QWidget | None = None,
        theme: Theme | None = None,
        *,
        passage: str | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._statement, self._passage = session, statement, passage
        self._thread: ReadingThread | None = None
        self._working = self._ended = False
        self._listed = Wanted()
        what = "passage" if passage else "statement" if statement else "project"
        self.setWindowTitle(f"History of the {what}")
        self.setAccessibleName("History")
        self._title, self._count = _label("title"), _label("muted")
        self.filter = HistoryFilter()
        self.steps = Steps(theme or current_theme(), self)
        self.table = QTableView()
        self.details = QPlainTextEdit()
        self.trouble = _label("error")
        self.go_back_button = QPushButton("Go back to this step…")
        self.revert_button = QPushButton("Undo only this step")
        self._build()
        self.read()
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.steps.more_asked.connect(self._read_more)
        self.filter.changed.connect(self.read)
        session.changed.connect(self.on_changed)
        session.failed.connect(self.on_failed)
        session.opened.connect(self.close)

    @property
    def scope(self) -> tuple[str, str]:
        """Of which statement and passage this is the history; empty where it is of all."""
        return self._statement or "", self._passage or ""

    def _build(self) -> None:
        self._build_table()
        self.details.setReadOnly(True)
        self.details.setProperty("role", "field")
        self.details.setAccessibleName("Before and after")
        self.details.setTabChangesFocus(True)
        self.details.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        below = QWidget()
        under = QVBoxLayout(below)
        under.setContentsMargins(0, 10, 0, 0)
        under.setSpacing(6)
        heading = _label("heading")
        heading.setText("BEFORE AND AFTER")
        under.addWidget(heading)
        under.addWidget(self.details, 1)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setChildrenCollapsible(False)
        both.addWidget(self.table)
        both.addWidget(below)
        both.setSizes([340, 170])
        head = QHBoxLayout()
        head.addWidget(self.filter)
        head.addStretch(1)
        head.addWidget(self._count)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        without_icons(buttons)
        for button, tip in (
            (self.go_back_button, "Let all be as it was after this step; undo takes it back"),
            (self.revert_button, "Leave alone what was done since"),
        ):
            button.setToolTip(tip)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        for each in buttons.buttons():
            if isinstance(each, QPushButton):
                # Enter in a date is no order.
                each.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        self.go_back_button.clicked.connect(self._plan_going_back)
        self.revert_button.clicked.connect(self._revert)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(head)
        column.addWidget(self.filter.trouble)
        column.addWidget(both, 1)
        column.addWidget(self.trouble)
        column.addWidget(buttons)
        self.trouble.hide()
        self.resize(760, 640)
        self.table.setFocus()

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.steps)
        make_plain(table, "Steps")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = table.horizontalHeader()
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(0, 150)
        table.setColumnWidth(1, 130)

    # -- what is shown -----------------------------------------------------------------------

    def read(self) -> None:
        """Read the steps again, of the same filter as many as are there; the selected one stays selected."""
        project = self._session.project
        wanted = self.filter.wanted
        self._title.setText(self._name())
        if project is None:
            self._show([], True)
            return
        self.filter.set_coders(project.coders())
        count = PAGE if wanted != self._listed else min(max(self.steps.rowCount(), PAGE), MOST_AGAIN)
        self._listed = wanted

        def rows(reads: Reads) -> Iterator[list[Row]]:
            yield self._rows(reads, wanted, count, None)

        self._ask("steps", rows, lambda found: self._show(found, len(found) < count))

    def _read_more(self, before: int) -> None:
        wanted = self._listed

        def rows(reads: Reads) -> Iterator[list[Row]]:
            yield self._rows(reads, wanted, PAGE, before)

        def add(found: list[Row]) -> None:
            self.steps.add_rows(found, complete=len(found) < PAGE)
            self._tell_count()

        self._ask("steps", rows, add)

    def _rows(self, reads: Reads, wanted: Wanted, limit: int, before: int | None) -> list[Row]:
        entries = reads.history(
            self._statement, self._passage, limit, coder=wanted.coder, since=wanted.since, until=wanted.until,
            before=before,
        )  # fmt: skip
        codebook = reads.codebook
        return [(entry, step_text(entry, codebook, reads.actor_name)) for entry in entries]

    def _ask(self, kind: str, read: Callable[[Reads], Iterable[Any]], on_answer: Callable[[Any], None]) -> None:
        """Ask on a thread of this window's own: a rare coder is looked for in a million steps."""
        if self._ended:
            return  # a step may be told between the closing and the end of the window
        if self._thread is None and self._session.project is not None:
            self._thread = ReadingThread(self._session.project, self)
        if self._thread is not None:
            self._thread.ask(kind, read, on_answer, on_error=self.on_failed)

    def _name(self) -> str:
        project = self._session.project
        if project is None:
            return "History"
        if self._passage and project.has_annotation(self._passage):
            passage = project.annotation(self._passage)
            quote = isolated(one_line(passage.quote, 120))
            return f"{tag_of(project.codebook, passage.tag).label}: “{quote}”"
        if self._passage:
            return "A removed passage"
        if self._statement:
            try:
                return one_line(project.statement(self._statement).title, 160) or "Untitled"
            except NotFound:
                return "A deleted statement"
        return one_line(project.title, 160) or "History"

    def _show(self, rows: list[Row], complete: bool) -> None:
        before = self.current()
        self.steps.set_rows(rows, complete=complete)
        row = self.steps.row_of(before.id) if before is not None else -1
        if rows:
            self.table.selectRow(max(0, row))
        self._tell_count()
        self._on_current()

    def _tell_count(self) -> None:
        count = self.steps.rowCount()
        latest = self.steps.entry(0)
        if latest is None:
            text = NOTHING_YET if self._listed == Wanted() else NOTHING_FITS
        elif self._statement is None and self._listed == Wanted():
            # The steps of a project are numbered from 1, without a gap.
            text = _steps(latest.number)
        else:
            text = _steps(count) if self.steps.complete else f"The latest {_steps(count)}"
        self._count.setText(text)
        self.table.setAccessibleDescription(text)

    def current(self) -> Entry | None:
        """The selected step."""
        return self.steps.entry(self.table.currentIndex().row())

    def _on_current(self) -> None:
        self._enable()
        entry = self.current()
        if entry is None:
            self.details.setPlainText("")
            return

        def told(reads: Reads) -> Iterator[tuple[str, str]]:
            found = reads.history(self._statement, self._passage, 1, before=entry.number + 1, changes=True)
            yield entry.id, _told(reads, found[0], self._statement is None) if found else ""

        self._ask("details", told, self._tell_details)

    def _tell_details(self, answer: tuple[str, str]) -> None:
        entry = self.current()
        if entry is not None and entry.id == answer[0]:
            self.details.setPlainText(answer[1])

    def on_changed(self, changes: Changes) -> None:
        """A step was committed."""
        self._working = False
        self._say("")
        if self._statement is None or changes.concerns(self._statement):
            self.read()
        else:
            self._enable()

    def on_failed(self, error: AnnotatorError) -> None:
        """Something expected went wrong, such as going back to where all is as it was."""
        self._working = False
        self._say(sentence(error))
        self._enable()

    # -- going back ------------------------------------------------------------------------------

    def _enable(self) -> None:
        project, entry = self._session.project, self.current()
        can = project is not None and not project.read_only and entry is not None and not self._working
        self.go_back_button.setEnabled(can)
        self.revert_button.setEnabled(can)

    def _plan_going_back(self) -> None:
        entry = self.current()
        if entry is not None:
            number = entry.number
            self._work("Looking what would change…")
            self._ask("plan", lambda reads: [reads.plan_going_back(number)], self._on_plan)

    def _on_plan(self, plan: GoingBack) -> None:
        self._working = False
        self._say(plan.refusal())
        self._enable()
        if plan.refusal():
            return
        dialog = GoBackDialog(plan, self)
        dialog.accepted.connect(lambda: self._go_back(plan.step))
        dialog.open()

    def _go_back(self, number: int) -> None:
        self._work("Going back…")
        self.go_back_asked.emit(number)

    def _revert(self) -> None:
        entry = self.current()
        if entry is not None:
            self._work("Undoing the step…")
            self.revert_asked.emit(entry.number)

    def _work(self, what: str) -> None:
        self._working = True
        self._say(what, error=False)
        self._enable()

    def _say(self, text: str, *, error: bool = True) -> None:
        self.trouble.setProperty("role", "error" if error else "muted")
        self.trouble.style().unpolish(self.trouble)
        self.trouble.style().polish(self.trouble)
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))
        if text:
            announce(self.trouble, text, at_once=error)

    def _end(self) -> None:
        self._ended = True
        if self._thread is not None:
            self._thread.close()
            self._thread = None

    def done(self, result: int) -> None:  # Qt
        self._end()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:  # Qt
        self._end()
        super().closeEvent(event)


def _told(reads: Reads, entry: Entry, whole: bool) -> str:
    """All that is known of a step, as lines; of the whole project under the titles of the statements."""
    by = isolated(entry.coder) if entry.coder else "somebody"
    head = [f"Step {entry.number}", entry.label, by, local_time(entry.at), entry.program]
    lines = [" · ".join(part for part in head if part) + " · undone" * entry.undone, ""]
    codebook, before, inset = reads.codebook, "", ""
    for change in entry.changes:
        if whole and (change.statement or "") != before:
            before = change.statement or ""
            lines.append(_title(reads, before) if before else "Beside the statements:")
            inset = "    "
        lines += [inset + line for line in change_lines(change, codebook, reads.actor_name)]
    if entry.rows > MOST_CHANGES and len(entry.changes) >= MOST_CHANGES:
        lines.append(f"These are the first {len(entry.changes):,} of {entry.rows:,} changes.")
    return "\n".join(lines)


def _title(reads: Reads, statement: str) -> str:
    try:
        return f"{isolated(one_line(reads.statement(statement).title, 120)) or 'Untitled'}:"
    except NotFound:
        return "A deleted statement:"


def _steps(count: int) -> str:
    return f"{count:,} step{'s' * (count != 1)}"


def _label(role: str) -> QLabel:
    label = QLabel("")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(role in ("title", "error"))
    label.setProperty("role", role)
    return label
