"""Changes of the codebook that passages follow: names, mergers, types and vocabularies, each as one undoable step.

Every intention has a plan beside it, which counts what it would touch and changes nothing. Values that a change cannot
carry go from the passages; the ledger keeps them, and undo brings them back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from annotator.core.codebook import check_values
from annotator.core.codebook_rules import check_tag, check_values_of, checked_attribute_name, checked_tag_name
from annotator.core.errors import AnnotatorError
from annotator.core.model import Attribute, Changes, Choice, Example, Tag, TagName, now
from annotator.core.recoding import converted, kept, versioned
from annotator.core.text import clean, fold
from annotator.core.values import dataclass
from annotator.store import saved_filters
from annotator.store.details import Details
from annotator.store.driver import loaded
from annotator.store.rows import dumps, tag_row

#: A vocabulary is made of the values that are in use, up to so many.
MOST_VALUES = 60
#: Passages whose values are read together.
PAGE = 500

Values = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of the codebook would touch: passages with their statements, links, examples and values.

    ``lost`` are values that would go, by attribute; ``overlaps`` passages that would share words with another one of
    the same tag and coder; ``below`` tags that stand under the one that goes.
    """

    passages: int = 0
    statements: int = 0
    links: int = 0
    examples: int = 0
    values: int = 0
    lost: tuple[tuple[str, int], ...] = ()
    overlaps: int = 0
    below: int = 0

    def lines(self) -> list[str]:
        """What is touched, a line for each kind; empty when nothing is."""
        told = []
        if self.passages:
            told.append(f"{_counted(self.passages, 'passage')} in {_counted(self.statements, 'statement')}")
        for count, noun in ((self.values, "value"), (self.links, "link"), (self.examples, "example")):
            if count:
                told.append(_counted(count, noun))
        if self.below:
            told.append(f"{_counted(self.below, 'tag')} under it, which would move up")
        told += [f"{_counted(count, 'value')} of {name} would go" for name, count in self.lost]
        if self.overlaps:
            told.append(f"{_counted(self.overlaps, 'passage')} would overlap another one of the same tag and coder")
        return told


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


class Recoding(Details):
    """The codebook, where its passages change with it."""

    # -- tags ------------------------------------------------------------------------------

    def plan_rename_tag(self, tag: str) -> Effect:
        """What renaming this tag would recode."""
        entry = self.codebook.tag(tag)
        return self._touched(entry, below=len(self.codebook.children(entry.name)))

    def rename_tag(self, tag: str, name: str) -> Changes:
        """Give a tag another name; its passages follow, links and versions stay. ``result`` is the name."""
        entry = self.codebook.tag(tag)
        name = checked_tag_name(clean(name))
        if name == entry.name:
            return Changes("Rename tag", result=name)
        if name in self.codebook:
            raise AnnotatorError(f"There is a tag “{name}” already; merge the two instead.")
        position = self._position(entry)
        self._before_much(self._count(entry.name))
        with self.step("Rename tag") as step:
            self._connection.execute(
                "INSERT INTO tag (name, position, definition) VALUES (?, ?, ?)",
                tag_row(position, replace(entry, name=TagName(name))),
            )
            self._connection.execute("UPDATE annotation SET tag = ? WHERE tag = ?", (name, entry.name))
            self._move_children(entry.name, name)
            self._connection.execute("DELETE FROM tag WHERE name = ?", (entry.name,))
            self._filters_follow({}, {"tag": {str(entry.name): name}, "stale": {str(entry.name): name}})
            step.result = name
        self._codebook = None
        return step.changes

    def plan_merge_tags(self, tags: Sequence[str], into: str) -> Effect:
        """What merging these tags would recode, which values the other tag cannot take, and what would overlap."""
        target, sources = self._merged(tags, into)
        effects = [self._touched(each, below=len(self.codebook.children(each.name))) for each in sources]
        lost: dict[str, int] = {}
        for source in sources:
            for _identifier, values in self._valued(source.name):
                for name, _values in self._unfit(target, values):
                    lost[name] = lost.get(name, 0) + 1
        return Effect(
            sum(e.passages for e in effects),
            self._statements_of([s.name for s in sources]),
            sum(e.links for e in effects),
            sum(e.examples for e in effects),
            0,
            tuple(lost.items()),
            self._overlaps([s.name for s in sources], target.name),
            sum(e.below for e in effects),
        )

    def merge_tags(self, tags: Sequence[str], into: str) -> Changes:
        """Let the passages of these tags carry that one: attributes go by name, values that do not fit go.

        They count as tagged before the definition, and so are to be reviewed. Examples come along, and tags under those
        that go stand under that one. Overlaps are accepted, as they are from imports.
        """
        target, sources = self._merged(tags, into)
        self._before_much(sum(self._count(each.name) for each in sources))
        with self.step("Merge tags") as step:
            for source in sources:
                self._retag_all(source, target)
                self._move_children(source.name, target.name)
            examples = tuple(e for source in sources for e in source.examples)
            self._write_tag(replace(self.codebook.tag(target.name), examples=(*target.examples, *examples)))
            for source in sources:
                self._connection.execute("DELETE FROM tag WHERE name = ?", (source.name,))
            names = {str(source.name): str(target.name) for source in sources}
            self._filters_follow({}, {"tag": names, "stale": names})
            self._codebook = None
            step.result = target.name
        return step.changes

    def _merged(self, tags: Sequence[str], into: str) -> tuple[Tag, list[Tag]]:
        target = self.codebook.tag(into)
        sources = [self.codebook.tag(each) for each in dict.fromkeys(tags)]
        if not sources or target in sources:
            raise AnnotatorError(f"“{target.label}” cannot be merged into itself: name two different tags.")
        parents: dict[str, str] = {tag.name: tag.parent for tag in self.codebook}
        above, passed = target.parent, {""}
        while above not in passed:
            if above in {s.name for s in sources}:
                raise AnnotatorError(
                    f"“{target.label}” stands under “{self.codebook.tag(above).label}”; move it to the top first."
                )
            passed.add(above)
            above = parents.get(above, "")
        return target, sources

    def plan_delete_tag(self, tag: str) -> Effect:
        """What deleting this tag would touch."""
        entry = self.codebook.tag(tag)
        return self._touched(entry, below=len(self.codebook.children(entry.name)))

    def delete_tag(self, tag: str, *, retag: str = "", remove: bool = False) -> Changes:
        """Remove a tag. One that passages carry needs to be told what becomes of them: another tag, or removed too.

        Tags under it move up. Raises ``AnnotatorError`` when it is in use and nothing was said.
        """
        entry = self.codebook.tag(tag)
        used = self._count(entry.name)
        if used and not retag and not remove:
            raise AnnotatorError(
                f"{_counted(used, 'passage')} carr{'ies' if used == 1 else 'y'} “{entry.label}”; say whether they get"
                " another tag or are removed with it."
            )
        target = self.codebook.tag(retag) if retag else None
        if target is not None and target.name == entry.name:
            raise AnnotatorError(f"“{entry.label}” cannot take the place of itself.")
        self._before_much(used)
        with self.step("Remove tag") as step:
            self._move_children(entry.name, entry.parent)
            if used and target is not None:
                self._retag_all(entry, target)
                names = {str(entry.name): str(target.name)}
                self._filters_follow({}, {"tag": names, "stale": names})
            elif used:
                ids = "SELECT id FROM annotation WHERE tag = ?1"
                self._connection.execute(
                    f"DELETE FROM link WHERE source IN ({ids}) OR target IN ({ids})", (entry.name,)
                )
                self._connection.execute("DELETE FROM annotation WHERE tag = ?", (entry.name,))
            self._connection.execute("DELETE FROM tag WHERE name = ?", (entry.name,))
            self._codebook = None
        return step.changes

    # -- attributes --------------------------------------------------------------------------

    def add_attribute(self, tag: str, attribute: Attribute) -> Changes:
        """Let a tag ask for something more; ``result`` is the attribute's name."""
        entry = self.codebook.tag(tag)
        name = checked_attribute_name(clean(attribute.name))
        if entry.attribute(name) is not None:
            raise AnnotatorError(f"“{entry.label}” has the attribute “{name}” already.")
        made = replace(attribute, name=name, label=attribute.label or name.replace("_", " ").capitalize())
        return replace(self._put_attributes("Add attribute", entry, (*entry.attributes, made)), result=name)

    def change_attribute(self, tag: str, attribute: str, **fields: Any) -> Changes:
        """Change what is said of an attribute: label, required, definition, unspecified, default; no name, no type."""
        entry, known = self._attribute(tag, attribute)
        if {"name", "type", "values"} & fields.keys():
            raise ValueError("names, types and vocabularies have methods of their own")
        made = replace(known, **_cleaned(fields))
        return self._put_attributes("Change attribute", entry, _swapped(entry, made))

    def order_attributes(self, tag: str, names: Sequence[str]) -> Changes:
        """Let the attributes of a tag stand in this order."""
        entry = self.codebook.tag(tag)
        rank = {name: n for n, name in enumerate(names)}
        ordered = sorted(entry.attributes, key=lambda a: rank.get(a.name, len(rank)))
        return self._put_attributes("Order attributes", entry, tuple(ordered))

    def plan_attribute(self, tag: str, attribute: str) -> Effect:
        """What renaming or removing this attribute would touch: the passages that have values of it."""
        entry, known = self._attribute(tag, attribute)
        row = self._connection.one(
            "SELECT count(DISTINCT a.id), count(DISTINCT a.statement), count(*) FROM annotation_value v"
            " JOIN annotation a ON a.id = v.annotation WHERE v.name = ? AND a.tag = ?",
            (known.name, entry.name),
        )
        assert row is not None
        return Effect(row[0], row[1], values=row[2])

    def rename_attribute(self, tag: str, attribute: str, name: str) -> Changes:
        """Give an attribute another name; the values of all passages follow."""
        entry, known = self._attribute(tag, attribute)
        name = checked_attribute_name(clean(name))
        if name == known.name:
            return Changes("Rename attribute", result=name)
        if entry.attribute(name) is not None:
            raise AnnotatorError(f"“{entry.label}” has the attribute “{name}” already.")
        made = tuple(replace(a, name=name) if a.name == known.name else a for a in entry.attributes)

        def renamed(values: Values) -> Values:
            # A value of that name may be left from another codebook.
            return {name if key == known.name else key: each for key, each in values.items() if key != name}

        fields = {known.name: name} if self._only_one(entry, known) else {}
        changed = kept(entry, replace(entry, attributes=made))
        return self._recode("Rename attribute", changed, known.name, renamed, fields=fields, values={"missing": fields})

    def plan_retype(self, tag: str, attribute: str, type: str, values: Sequence[Choice] = ()) -> Effect:
        """What another type would touch, and how many passages have values that it cannot take."""
        entry, known = self._attribute(tag, attribute)
        wanted = self._retyped(entry, known, type, values)
        effect = self.plan_attribute(tag, attribute)
        lost = sum(
            self._converted(values[known.name], wanted) is None
            for _identifier, values in self._valued(entry.name, known.name)
        )
        return replace(effect, lost=((known.name, lost),) if lost else ())

    def retype_attribute(self, tag: str, attribute: str, type: str, values: Sequence[Choice] = ()) -> Changes:
        """Give an attribute another type; values are converted where they can be read as it, and else go.

        A choice without a vocabulary gets the values that are in use.
        """
        entry, known = self._attribute(tag, attribute)
        if type == known.type:
            return Changes("Change type of attribute", result=known.name)
        wanted = self._retyped(entry, known, type, values)
        made = versioned(entry, replace(entry, attributes=_swapped(entry, wanted)))

        def retyped(before: Values) -> Values:
            found = self._converted(before[known.name], wanted)
            return {k: v for k, v in {**before, known.name: found or []}.items() if v}

        return self._recode("Change type of attribute", made, known.name, retyped)

    def _retyped(self, entry: Tag, known: Attribute, type: str, values: Sequence[Choice]) -> Attribute:
        if type == "choice" and not values:
            rows = self._connection.all(
                "SELECT DISTINCT coalesce(v.value, v.edtf) FROM annotation_value v JOIN annotation a"
                " ON a.id = v.annotation WHERE v.name = ? AND a.tag = ? AND v.actor IS NULL ORDER BY 1 LIMIT ?",
                (known.name, entry.name, MOST_VALUES),
            )
            found = {fold(str(row[0])): str(row[0]) for row in rows if row[0]}
            values = tuple(Choice(name, name) for name in found.values())
        wanted = replace(
            known,
            type=type,
            values=tuple(values) if type == "choice" else (),
            unspecified=known.unspecified and type in ("actors", "actor"),
            default=known.default if known.default == "last" or type in ("actors", "actor", "text") else "",
        )
        check_tag(self.codebook, replace(entry, attributes=_swapped(entry, wanted)))
        return wanted

    def _converted(self, values: list[dict[str, Any]], wanted: Attribute) -> list[dict[str, Any]] | None:
        return converted(values, wanted, self.actor_name)

    def delete_attribute(self, tag: str, attribute: str) -> Changes:
        """Ask for an attribute no longer; its values go from the passages."""
        entry, known = self._attribute(tag, attribute)
        made = versioned(entry, replace(entry, attributes=tuple(a for a in entry.attributes if a.name != known.name)))

        def without(values: Values) -> Values:
            return {key: each for key, each in values.items() if key != known.name}

        return self._recode("Remove attribute", made, known.name, without)

    # -- vocabularies ------------------------------------------------------------------------

    def add_value(self, tag: str, attribute: str, choice: Choice) -> Changes:
        """Add a value to a vocabulary, at its end."""
        entry, known = self._attribute(tag, attribute)
        made = replace(
            choice, name=clean(choice.name.strip()), label=clean(choice.label.strip() or choice.name.strip())
        )
        return self._put_vocabulary("Add value", entry, known, (*known.values, made))

    def change_value(self, tag: str, attribute: str, value: str, **fields: Any) -> Changes:
        """Change a value's label or definition, or retire it; a ``retired`` value stays valid where it is used."""
        entry, known = self._attribute(tag, attribute)
        choice = _choice(known, value)
        made = replace(choice, **_cleaned(fields))
        if "name" in fields:
            raise ValueError("rename_value gives another name")
        label = "Retire value" if fields.get("retired") else "Change value"
        return self._put_vocabulary(label, entry, known, tuple(made if c == choice else c for c in known.values))

    def order_values(self, tag: str, attribute: str, names: Sequence[str]) -> Changes:
        """Let the values of a vocabulary stand in this order."""
        entry, known = self._attribute(tag, attribute)
        rank = {name: n for n, name in enumerate(names)}
        ordered = tuple(sorted(known.values, key=lambda c: rank.get(c.name, len(rank))))
        return self._put_vocabulary("Order values", entry, known, ordered)

    def plan_value(self, tag: str, attribute: str, value: str) -> Effect:
        """What renaming, merging or removing this value would touch."""
        entry, known = self._attribute(tag, attribute)
        choice = _choice(known, value)
        row = self._connection.one(
            "SELECT count(DISTINCT a.id), count(DISTINCT a.statement) FROM annotation_value v"
            " JOIN annotation a ON a.id = v.annotation WHERE v.name = ? AND v.folded = ? AND v.value = ? AND a.tag = ?",
            (known.name, fold(choice.name), choice.name, entry.name),
        )
        assert row is not None
        return Effect(row[0], row[1])

    def rename_value(self, tag: str, attribute: str, value: str, name: str) -> Changes:
        """Give a value another name; passages that have it follow."""
        entry, known = self._attribute(tag, attribute)
        choice, name = _choice(known, value), clean(name.strip())
        if name == choice.name:
            return Changes("Rename value", result=name)
        label = name if choice.label == choice.name else choice.label
        made = replace(
            known, values=tuple(replace(c, name=name, label=label) if c == choice else c for c in known.values)
        )
        check_values_of(made)
        changed = kept(entry, replace(entry, attributes=_swapped(entry, made)))
        return self._recode(
            "Rename value", changed, known.name, _revalued(known.name, {choice.name}, name), choice.name,
            values={known.name: {choice.name: name}} if self._only_one(entry, known) else {},
        )  # fmt: skip

    def merge_values(self, tag: str, attribute: str, values: Sequence[str], into: str) -> Changes:
        """Let passages that have one of these values have that one; the others go from the vocabulary."""
        entry, known = self._attribute(tag, attribute)
        target = _choice(known, into)
        gone = {_choice(known, value).name for value in values} - {target.name}
        if not gone:
            raise AnnotatorError(f"“{target.label}” cannot be merged into itself: name two different values.")
        made = replace(known, values=tuple(c for c in known.values if c.name not in gone))
        changed = versioned(entry, replace(entry, attributes=_swapped(entry, made)))
        names = dict.fromkeys(gone, target.name) if self._only_one(entry, known) else {}
        revalued = _revalued(known.name, gone, target.name)
        return self._recode("Merge values", changed, known.name, revalued, values={known.name: names})

    def delete_value(self, tag: str, attribute: str, value: str) -> Changes:
        """Take a value out of a vocabulary; one that passages have is retired instead, so that they stay valid."""
        entry, known = self._attribute(tag, attribute)
        choice = _choice(known, value)
        if self.plan_value(tag, attribute, value).passages:
            return self.change_value(tag, attribute, value, retired=True)
        return self._put_vocabulary("Remove value", entry, known, tuple(c for c in known.values if c != choice))

    def _put_vocabulary(self, label: str, entry: Tag, known: Attribute, values: tuple[Choice, ...]) -> Changes:
        made = replace(known, values=values)
        check_values_of(made)
        return self._put_attributes(label, entry, _swapped(entry, made))

    # -- examples and review -------------------------------------------------------------------

    def make_example(self, annotation: str, note: str = "") -> Changes:
        """Let a passage be an example of its tag; ``result`` is the tag's name. Nothing changes if it is one."""
        a = self.annotation(annotation)
        entry = self.codebook.tag(a.tag)
        if any(each.annotation == a.id for each in entry.examples):
            return Changes("Make an example", result=entry.name)
        made = Example(a.quote, a.id, clean(note))
        with self.step("Make an example") as step:
            self._write_tag(replace(entry, examples=(*entry.examples, made)))
            step.result = entry.name
        return step.changes

    def drop_example(self, annotation: str) -> Changes:
        """Let a passage no longer be an example of its tag."""
        entry = self.codebook.tag(self.annotation(annotation).tag)
        with self.step("Remove example") as step:
            left = tuple(each for each in entry.examples if each.annotation != annotation)
            if left != entry.examples:
                self._write_tag(replace(entry, examples=left))
            step.result = entry.name
        return step.changes

    def forget_examples(self, annotations: Collection[str], tags: Collection[str] = ()) -> Changes:
        """Let no tag quote one of these passages, because they are to be deleted for good.

        In two steps, which also touch these ``tags``: the first one still knows the words, and is to lose its values;
        the second one, from which nothing is taken, proves what the tags are afterwards.
        """
        left = {tag.name: tuple(e for e in tag.examples if e.annotation not in annotations) for tag in self.codebook}
        wanted = [tag.name for tag in self.codebook if tag.name in tags or left[tag.name] != tag.examples]
        changes = Changes()
        for label, gap in (("Take words out of examples", (Example(""),)), ("Remove examples", ())):
            with self.step(label) as step:
                for name in wanted:
                    self._write_tag(replace(self.codebook.tag(name), examples=(*left[name], *gap)))
            changes = step.changes
        return changes

    def confirm(self, annotations: Sequence[str]) -> Changes:
        """Say of passages that they are right by their tag's present definition."""
        ids = list(dict.fromkeys(annotations))
        self._before_much(len(ids))
        with self.step("Confirm passage" if len(ids) == 1 else f"Confirm {len(ids)} passages") as step:
            for identifier in ids:
                a = self.annotation(identifier)
                version = self.codebook.tag(a.tag).version
                if a.tag_version < version:
                    self._connection.execute(
                        "UPDATE annotation SET tag_version = ? WHERE id = ?", (version, identifier)
                    )
            step.result = ids[0] if len(ids) == 1 else ""
        return step.changes

    # -- how it is done --------------------------------------------------------------------------

    def _attribute(self, tag: str, name: str) -> tuple[Tag, Attribute]:
        entry = self.codebook.tag(tag)
        attribute = entry.attribute(name)
        if attribute is None:
            raise AnnotatorError(f"“{entry.label}” has no attribute “{name}”.")
        return entry, attribute

    def _position(self, entry: Tag) -> int:
        return int(self._connection.value("SELECT position FROM tag WHERE name = ?", (entry.name,)))

    def _write_tag(self, tag: Tag) -> None:
        self._connection.execute("UPDATE tag SET definition = ? WHERE name = ?", (tag_row(0, tag)[2], tag.name))
        self._codebook = None

    def _put_attributes(self, label: str, entry: Tag, attributes: tuple[Attribute, ...]) -> Changes:
        made = versioned(entry, replace(entry, attributes=attributes))
        if made == entry:
            return Changes(label)
        check_tag(self.codebook, made)
        with self.step(label) as step:
            self._write_tag(made)
            step.result = entry.name
        return step.changes

    def _move_children(self, name: str, to: str) -> None:
        for child in self.codebook.tags:
            if child.parent == name:
                self._write_tag(replace(child, parent="" if to == child.name else to))

    def _only_one(self, entry: Tag, attribute: Attribute) -> bool:
        """Whether no other tag has an attribute of that name, so that a filter by it means this one."""
        return not any(tag.name != entry.name and tag.attribute(attribute.name) for tag in self.codebook)

    def _filters_follow(self, fields: Mapping[str, str], values: Mapping[str, Mapping[str, str]]) -> None:
        """Within a step: the filters that the project keeps use the new names."""
        before = self.setting(saved_filters.SETTING)
        after = saved_filters.following(before, fields, values)
        if after != before:
            self._connection.execute("UPDATE setting SET value = ? WHERE key = ?", (after, saved_filters.SETTING))

    def _recode(
        self,
        label: str,
        made: Tag,
        name: str,
        change: Callable[[Values], Values],
        value: str = "",
        *,
        fields: Mapping[str, str] = MappingProxyType({}),
        values: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> Changes:
        """One step that changes a tag and the values of its passages that have this attribute (with this value).

        Filters that the project keeps follow the new names of ``fields`` and ``values``.
        """
        self._before_much(self._count(made.name))
        with self.step(label) as step:
            self._write_tag(made)
            self._filters_follow(fields, values)
            moment = now()
            self._connection.executemany(
                "UPDATE annotation SET attributes = ?, modified_at = ? WHERE id = ?",
                [
                    (dumps(after), moment, identifier)
                    for identifier, before in self._valued(made.name, name, value)
                    if (after := change(before)) != before or list(after) != list(before)
                ],
            )
            step.result = made.name
        return step.changes

    def _retag_all(self, source: Tag, target: Tag) -> None:
        """Within a step: every passage of one tag carries the other, with the values that fit."""
        rows = []
        for identifier, values in self._valued(source.name):
            fitting = self._fitting(target, values)
            if fitting != values:
                rows.append((dumps(fitting), identifier))
        self._connection.executemany("UPDATE annotation SET attributes = ? WHERE id = ?", rows)
        self._connection.execute(
            "UPDATE annotation SET tag = ?, tag_version = 0, modified_at = ? WHERE tag = ?",
            (target.name, now(), source.name),
        )

    def _fitting(self, target: Tag, values: Values) -> Values:
        made: Values = {}
        for name, given in values.items():
            attribute = target.attribute(name)
            if attribute is None:
                continue
            found: list[dict[str, Any]] | None
            try:
                found = check_values(name, given, attribute)
            except AnnotatorError:
                found = self._converted(given, attribute)
            if found:
                made[name] = found
        return made

    def _unfit(self, target: Tag, values: Values) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        fitting = self._fitting(target, values)
        for name, given in values.items():
            if name not in fitting:
                yield name, given

    def _valued(self, tag: str, name: str = "", value: str = "") -> Iterator[tuple[str, Values]]:
        """The passages of a tag that have values, of this attribute if one is named, with all their values."""
        conditions, given = "tag = ? AND attributes <> '{}'", [tag]
        if value:
            conditions += " AND id IN (SELECT annotation FROM annotation_value WHERE name = ? AND folded = ?)"
            rows = self._connection.all(
                f"SELECT id, attributes FROM annotation WHERE {conditions}", (tag, name, fold(value))
            )
            yield from ((row["id"], loaded(row["attributes"], dict)) for row in rows)
            return
        if name:
            conditions += (
                " AND EXISTS (SELECT 1 FROM annotation_value v WHERE v.annotation = annotation.id AND v.name = ?)"
            )
            given.append(name)
        # By pages along the index of tags, so that a writer never waits for the counting of many.
        sql = (
            f"SELECT rowid, id, tag_version, attributes FROM annotation WHERE {conditions}"
            f" AND (tag_version, rowid) > (?, ?) ORDER BY tag_version, rowid LIMIT {PAGE}"
        )
        last = (-(2**62), 0)
        while rows := self._connection.all(sql, (*given, *last)):
            yield from ((row["id"], loaded(row["attributes"], dict)) for row in rows)
            last = (rows[-1]["tag_version"], rows[-1]["rowid"])

    def _count(self, tag: str) -> int:
        return int(self._connection.value("SELECT count(*) FROM annotation WHERE tag = ?", (tag,)))

    def _statements_of(self, tags: Sequence[str]) -> int:
        marks = ", ".join("?" for _ in tags)
        sql = f"SELECT count(DISTINCT statement) FROM annotation WHERE tag IN ({marks})"
        return int(self._connection.value(sql, tuple(tags)))

    def _touched(self, entry: Tag, below: int = 0) -> Effect:
        ids = "SELECT id FROM annotation WHERE tag = ?1"
        links = self._connection.value(
            f"SELECT count(*) FROM link WHERE source IN ({ids}) OR target IN ({ids})", (entry.name,)
        )
        return Effect(
            self._count(entry.name), self._statements_of([entry.name]), links, len(entry.examples), below=below
        )

    def _overlaps(self, tags: Sequence[str], into: str) -> int:
        """How many passages of these tags share words with one of their coder that carries that tag, or will."""
        family = [*tags, into]
        marks, own = ", ".join("?" for _ in family), ", ".join("?" for _ in tags)
        return int(
            self._connection.value(
                "SELECT count(DISTINCT a.id) FROM annotation a JOIN annotation b INDEXED BY annotation_place"
                f" ON b.statement = a.statement AND b.tag IN ({marks}) AND b.coder = a.coder"
                f' AND b.start < a."end" AND b."end" > a.start AND b.tag <> a.tag WHERE a.tag IN ({own})',
                (*family, *tags),
            )
        )


def _cleaned(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in fields.items()}


def _swapped(entry: Tag, made: Attribute) -> tuple[Attribute, ...]:
    return tuple(made if a.name == made.name else a for a in entry.attributes)


def _choice(attribute: Attribute, name: str) -> Choice:
    for choice in attribute.values:
        if choice.name == name:
            return choice
    raise AnnotatorError(f"“{attribute.label}” has no value “{name}”.")


def _revalued(name: str, gone: set[str], into: str) -> Callable[[Values], Values]:
    """Gives values of an attribute that are among those another one."""

    def change(values: Values) -> Values:
        return {
            key: [{**v, "value": into} if key == name and v.get("value") in gone else v for v in each]
            for key, each in values.items()
        }

    return change
