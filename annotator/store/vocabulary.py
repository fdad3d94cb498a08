"""The codebook and the settings of a project, as intentions."""

from __future__ import annotations

from dataclasses import replace

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.model import Changes, Tag, TagName, new_id, now
from annotator.core.text import clean
from annotator.store.rows import dumps, tag_row
from annotator.store.writes import Writes


class Vocabulary(Writes):
    """What annotations refer to: tags with their attributes."""

    def lay_down(self, title: str, codebook: Codebook) -> None:
        """The first step of a new project."""
        with self.step("New project"):
            for key, value in (
                ("id", new_id()),
                ("title", title),
                ("created_at", now()),
                ("codebook_rules", dumps(list(codebook.rules))),
            ):
                self._connection.execute("INSERT INTO setting (key, value) VALUES (?, ?)", (key, value))
            for position, tag in enumerate(codebook):
                self._connection.execute(
                    "INSERT INTO tag (name, position, definition) VALUES (?, ?, ?)", tag_row(position, tag)
                )

    def set_setting(self, key: str, value: str) -> Changes:
        """Set a setting of the project, such as its ``title``."""
        with self.step(f"Set {key.replace('_', ' ')}") as step:
            self._connection.execute(
                "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, clean(value)),
            )
        return step.changes

    def put_tag(self, tag: Tag) -> Changes:
        """Add a tag to the codebook, or change the one of that name."""
        position = next((i for i, t in enumerate(self.codebook) if t.name == tag.name), len(self.codebook.tags))
        with self.step("Change codebook") as step:
            self._connection.execute(
                "INSERT INTO tag (name, position, definition) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET definition = excluded.definition",
                tag_row(position, tag),
            )
            step.result = TagName(tag.name)
        self._codebook = None
        return step.changes

    def rename_coder(self, name: str) -> Changes:
        """Give the current coder another name; the id, and so all that they coded, stays."""
        name = clean(name.strip())
        if not name:
            raise AnnotatorError("A coder needs a name.")
        with self.step("Rename coder") as step:
            self._connection.execute(
                "UPDATE coder SET name = ? WHERE id = ? AND name <> ?", (name, self.coder.id, name)
            )
        self.coder = replace(self.coder, name=name)
        return step.changes
