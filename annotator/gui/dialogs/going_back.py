"""The question before all is as it was after some step: what goes, what comes back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from annotator.gui.dialogs.question import Question
from annotator.store.history import GoingBack

AFTER = "It is one step of its own: undo takes it back, and all that goes stays in the history."


class GoBackDialog(Question):
    """Enter stays; the other button has to be chosen."""

    def __init__(self, plan: GoingBack, parent: QWidget | None = None) -> None:
        super().__init__(
            "Go back to a step",
            f"Go back to step {plan.step}?",
            plan.sentence(),
            AFTER,
            stay="Stay here",
            act="Go back",
            parent=parent,
        )
        self.go_back_button = self.act_button
