"""Links between passages, and the kinds of them that a project defines."""

from __future__ import annotations

from annotator.core.errors import AnnotatorError, NotFound
from annotator.core.links import LINK_KINDS, LinkKind, checked_kind, is_standard, kind_called, kind_to_json
from annotator.core.model import Changes, LinkId, new_id, short
from annotator.store.recoding import Recoding
from annotator.store.rows import dumps


class Links(Recoding):
    """Typed arrows from one annotation to another."""

    def link(self, kind: str, source: str, target: str) -> Changes:
        """Draw a typed arrow between two annotations; ``result`` is the link's id, also of one that is there already.

        Raises ``AnnotatorError`` for an unknown kind, and for a passage that was removed.
        """
        known = kind_called(kind, self.link_kinds)
        if source == target:
            raise AnnotatorError("A passage cannot be linked to itself.")
        for end in (source, target):
            self._linkable(end)
        ends = [(source, target), *([] if known.directed else [(target, source)])]
        for one, other in ends:
            there = self._connection.value(
                "SELECT id FROM link WHERE kind = ? AND source = ? AND target = ?", (known.name, one, other)
            )
            if there:
                return Changes("Link passages", result=there)
        with self.step("Link passages") as step:
            step.result = LinkId(new_id())
            self._connection.execute("INSERT INTO link VALUES (?, ?, ?, ?)", (step.result, known.name, source, target))
        return step.changes

    def _linkable(self, annotation: str) -> None:
        if self.has_annotation(annotation):
            return
        removed = "SELECT 1 FROM change WHERE \"table\" = 'annotation' AND row = ? LIMIT 1"
        if self._connection.value(removed, (annotation,)):
            raise NotFound(f"The passage {short(annotation)} was removed and cannot be linked; undo brings it back.")
        self.annotation(annotation)

    def unlink(self, link: str) -> Changes:
        """Remove a link."""
        with self.step("Remove link") as step:
            self._connection.execute("DELETE FROM link WHERE id = ?", (link,))
        return step.changes

    def put_link_kind(self, kind: LinkKind) -> Changes:
        """Define a kind of link, or change the one of that name."""
        kind = checked_kind(kind)
        kinds = [k for k in self.link_kinds if not is_standard(k.name)]
        if any(k.name == kind.name for k in kinds):
            kinds = [kind if k.name == kind.name else k for k in kinds]
        else:
            kinds.append(kind)
        return self._set_kinds("Define kind of link", kinds)

    def remove_link_kind(self, name: str) -> Changes:
        """Take back the definition of a kind; raises ``AnnotatorError`` for a standard one or while a link is of it."""
        kind = kind_called(name, self.link_kinds)
        if is_standard(kind.name):
            raise AnnotatorError(f"Every project has the kind of link “{kind.name}”.")
        if used := self._connection.value("SELECT count(*) FROM link WHERE kind = ?", (kind.name,)):
            raise AnnotatorError(
                f"{used:,} link{'s are' if used != 1 else ' is'} of the kind “{kind.name}”; remove them first."
            )
        kinds = [k for k in self.link_kinds if not is_standard(k.name) and k.name != kind.name]
        return self._set_kinds("Remove kind of link", kinds)

    def _set_kinds(self, label: str, kinds: list[LinkKind]) -> Changes:
        with self.step(label) as step:
            self._connection.execute(
                "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (LINK_KINDS, dumps([kind_to_json(kind) for kind in kinds])),
            )
        return step.changes
