"""What the coder chose for the looks: theme and typography, remembered between starts."""

from __future__ import annotations

from dataclasses import field

from annotator.core.values import dataclass
from annotator.gui.memory import Memory
from annotator.gui.theme import SYSTEM, THEMES, Theme, theme_for
from annotator.gui.typography import Typography

_SECTION = "appearance"


@dataclass(frozen=True, slots=True)
class Appearance:
    """``choice`` is the name of a theme, or ``SYSTEM`` to follow the system."""

    choice: str = SYSTEM
    typography: Typography = field(default_factory=Typography)

    @property
    def theme(self) -> Theme:
        """The theme to wear now; where the choice is the system's, another one after each change there."""
        return theme_for(self.choice)

    @classmethod
    def remembered(cls, memory: Memory) -> Appearance:
        """What was kept; anything that cannot be read is as usual."""
        kept = memory.section(_SECTION)
        choice = kept.get("theme")
        return cls(
            choice if choice in THEMES else SYSTEM,
            Typography.of(kept.get("family"), kept.get("measure"), kept.get("line_height")),
        )

    def keep(self, memory: Memory) -> None:
        """Remember this from now on."""
        words = self.typography
        memory.put(
            _SECTION,
            {
                "theme": self.choice,
                "family": words.family,
                "measure": words.measure,
                "line_height": words.line_height,
            },
        )
