"""The question before a statement is deleted for good: exactly what goes, and what no program can reach."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from annotator.gui.dialogs.question import Question
from annotator.gui.wording import one_line
from annotator.store.purge import BEYOND, Plan


class PurgeDialog(Question):
    """Enter keeps the statement; the other button has to be chosen."""

    def __init__(self, title: str, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(
            "Delete for good",
            f"Delete “{one_line(title, 120) or 'Untitled'}” for good?",
            plan.sentence(),
            BEYOND,
            stay="Keep it",
            act="Delete for good",
            danger=True,
            parent=parent,
        )
        self.delete_button = self.act_button
