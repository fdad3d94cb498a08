"""The codebook and the settings of a project, as intentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotator.core.codebook import Codebook
from annotator.core.codebook_rules import check_codebook, check_tag, checked_tag_name, name_from
from annotator.core.errors import AnnotatorError
from annotator.core.model import Changes, Tag, TagName, new_id, now
from annotator.core.recoding import Difference, difference, taken_over, versioned
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
        """Add a tag to the codebook, or change the one of that name; ``result`` is its name.

        Its version is kept here: it rises when coders must know something else. Raises ``AnnotatorError`` for a key
        that is taken, a parent that is not there or stands under the tag, a colour, shape or attribute that cannot be.
        """
        old = next((each for each in self.codebook if each.name == tag.name), None)
        if old is not None:
            tag = versioned(old, tag)
            if tag == old:
                return Changes("Change tag", result=tag.name)
        check_tag(self.codebook, tag)
        position = next((i for i, t in enumerate(self.codebook) if t.name == tag.name), len(self.codebook.tags))
        with self.step("Add tag" if old is None else "Change tag") as step:
            self._put_tag(position, tag)
            step.result = TagName(tag.name)
        return step.changes

    def _put_tag(self, position: int, tag: Tag) -> None:
        self._connection.execute(
            "INSERT INTO tag (name, position, definition) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET definition = excluded.definition",
            tag_row(position, tag),
        )
        self._codebook = None

    def add_tag(self, label: str, *, name: str = "", **fields: Any) -> Changes:
        """A new tag at the end of the codebook; ``result`` is its name, made of the label where none is given."""
        label = clean(label.strip())
        if not label:
            raise AnnotatorError("A tag needs a label.")
        taken = [tag.name for tag in self.codebook]
        name = checked_tag_name(clean(name)) if name else name_from(label, taken)
        if name in taken:
            raise AnnotatorError(f"There is a tag “{name}” already.")
        return self.put_tag(Tag(TagName(name), label, **fields))

    def change_tag(self, tag: str, **fields: Any) -> Changes:
        """Give a tag these fields, all but its name; what it asks of passages is changed by ``Recoding``."""
        old = self.codebook.tag(tag)
        given: dict[str, Any] = {key: clean(v) if isinstance(v, str) else v for key, v in fields.items()}
        made = replace(old, **given)
        if not made.label.strip():
            raise AnnotatorError("A tag needs a label.")
        return self.put_tag(made)

    def order_tags(self, names: Sequence[str]) -> Changes:
        """Let the tags stand in this order; those that are not named follow in theirs."""
        there = [tag.name for tag in self.codebook]
        wanted = [TagName(name) for name in dict.fromkeys(names)]
        for name in wanted:
            self.codebook.tag(name)
        order = [*wanted, *(name for name in there if name not in wanted)]
        with self.step("Order tags") as step:
            if order != there:
                self._connection.executemany(
                    "UPDATE tag SET position = ? WHERE name = ?", [(n, name) for n, name in enumerate(order)]
                )
                self._codebook = None
        return step.changes

    def set_rules(self, rules: Sequence[str]) -> Changes:
        """Set the rules that hold for all tags."""
        wanted = [clean(rule.strip()) for rule in rules if rule.strip()]
        if tuple(wanted) == self.codebook.rules:
            return Changes("Set rules")
        with self.step("Set rules") as step:
            self.set_setting("codebook_rules", dumps(wanted))
            self._codebook = None
        return step.changes

    def compare_codebook(self, other: Codebook) -> Difference:
        """What taking over that codebook would change; raises ``AnnotatorError`` where it breaks a rule."""
        check_codebook(other)
        found = difference(self.codebook, other)
        self._check_together(found)
        return found

    def _check_together(self, found: Difference) -> None:
        """A key that a tag of the file shares with one that only the project has is for a person to decide."""
        keys = {tag.key: tag for tag in self.codebook if tag.name in found.only_here and tag.key}
        for tag in (*found.new, *(each.tag for each in found.changed)):
            if tag.key in keys:
                other = keys[tag.key]
                raise AnnotatorError(
                    f"The key {tag.key} of “{tag.label}” belongs to “{other.label}” here; give one of them another key."
                )

    def take_over_codebook(self, other: Codebook) -> Changes:
        """Add the tags of that codebook, change those that differ, and leave those that only the project has.

        Values of a vocabulary that it lacks are retired, so that passages with them stay valid.
        """
        found = self.compare_codebook(other)
        with self.step("Import codebook") as step:
            position = len(self.codebook.tags)
            here = {tag.name: tag for tag in self.codebook}
            for tag in found.new:
                self._put_tag(position, self._with_passages_here(tag))
                position += 1
            for each in found.changed:
                self._put_tag(0, self._with_passages_here(taken_over(here[each.tag.name], each.tag)))
            if found.rules:
                self.set_rules(other.rules)
        self._codebook = None
        return step.changes

    def _with_passages_here(self, tag: Tag) -> Tag:
        """The tag with examples that name no passage of another project."""
        return replace(
            tag,
            examples=tuple(e if self.has_annotation(e.annotation) else replace(e, annotation="") for e in tag.examples),
        )

    def set_memo(self, text: str) -> Changes:
        """Set what the coders of the project want to remember of it."""
        return Changes("Set memo") if self.setting("memo") == clean(text) else self.set_setting("memo", text)

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
