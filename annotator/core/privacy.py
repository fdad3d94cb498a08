"""What of a project an export withholds: who coded, the texts, or chosen words; as a value, carried out on the items.

So every format benefits, and no format knows of it but the native one, which has a form for texts that are withheld.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any
from uuid import uuid4

from annotator.core.codebook import UNSPECIFIED
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import CODERS, TEXTS, WORDS, Header, Item, Record
from annotator.core.finding import TooLong, Wanted, plan
from annotator.core.model import METADATA, Annotation, Attribute, Coder, CoderId, Range, Tag, short
from annotator.core.redaction import Redactor, blocked, merged
from annotator.core.text import CONTEXT, Anchor, Span, digest
from annotator.core.values import dataclass

#: The role of ranges that are there to be redacted, and of those that were.
REDACT, REDACTED = "redact", "redacted"
#: Roles that can be redacted beside the tags.
ROLES = (REDACT, "title", "boilerplate", "crosshead")
#: Code points in a row that a note may repeat of a text that is withheld, less one.
QUOTED = 32


@dataclass(frozen=True, slots=True)
class Privacy:
    """What an export withholds; falsy when it withholds nothing.

    ``pseudonyms``: coders have other names and ids, anew in each export. ``texts``: whether the texts are in it.
    ``redact``: tags whose passages, and roles whose ranges, are redacted. ``words``: what is redacted wherever it
    stands.
    """

    pseudonyms: bool = False
    texts: bool = True
    redact: tuple[str, ...] = ()
    words: tuple[Wanted, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.withheld)

    @property
    def withheld(self) -> tuple[str, ...]:
        """What is withheld, as the header of an export names it."""
        kinds = ((CODERS, self.pseudonyms), (TEXTS, not self.texts), (WORDS, bool(self.redact or self.words)))
        return tuple(name for name, holds in kinds if holds)


#: Withholds nothing.
OPEN = Privacy()


def wanted(pattern: str) -> Wanted:
    """What a person typed to be redacted: words, or between slashes a regular expression.

    Raises ``AnnotatorError`` when it is empty or cannot be read.
    """
    pattern = pattern.strip()
    expression = len(pattern) > 1 and pattern[0] == pattern[-1] == "/"
    found = Wanted(pattern[1:-1] if expression else pattern, expression)
    if not found:
        raise AnnotatorError("Say which words are to be redacted; there are none.")
    plan(found)
    return found


_PATTERN = re.compile(r"\s*(/(?:\\.|[^/\\])+/(?=\s*(?:;|$))|[^;]*)(?:;|$)")


def patterns(typed: str) -> tuple[Wanted, ...]:
    """What a person typed to be redacted, separated by semicolons; one between slashes belongs to its expression."""
    return tuple(wanted(each) for each in _PATTERN.findall(typed) if each.strip())


@dataclass(slots=True)
class Veiled:
    """What was withheld so far, counted, with examples of what is left."""

    privacy: Privacy
    statements: int = 0
    coders: int = 0
    #: Texts that were withheld, and their code points.
    texts: int = 0
    characters: int = 0
    #: Stretches of texts that were redacted, in how many statements, and their code points.
    redactions: int = 0
    redacted: int = 0
    blocks: int = 0
    #: Titles, notes and the like in which something was redacted, by kind.
    elsewhere: dict[str, int] = field(default_factory=dict)
    #: Names that identify tags, attributes and choices and hold redacted words: they stay.
    identifiers: tuple[str, ...] = ()
    notes: int = 0
    examples: list[str] = field(default_factory=list)
    shown: int = 0

    def summary(self) -> Iterator[str]:
        """What was withheld, in few words."""
        if self.privacy.pseudonyms:
            yield f"{_count(self.coders, 'coder')} under other names"
        if not self.privacy.texts:
            yield f"{_count(self.texts, 'text')} withheld"
        if self.privacy.redact or self.privacy.words:
            places = self.redactions + sum(self.elsewhere.values())
            yield f"{_count(places, 'place')} redacted"

    def lines(self) -> Iterator[str]:
        """What is withheld and what stays, one sentence each."""
        if not self.privacy:
            yield "Nothing is withheld: texts, notes and coders are in the export."
            return
        if self.privacy.pseudonyms:
            yield (
                f"Coders: {_count(self.coders, 'name')} and id{'s' * (self.coders != 1)} replaced, anew in each export."
                " Times stay, and names that coders wrote into notes."
            )
        if not self.privacy.texts:
            yield (
                f"Texts: {self.texts:,} withheld ({_count(self.characters, 'character')}), with all quotes."
                " Offsets, lengths and SHA-256 stay: who has a text can prove that it is this one."
            )
            yield "Titles, metadata and source names stay."
        if self.privacy.redact or self.privacy.words:
            yield (
                f"Redacted: {_count(self.redactions, 'place')} in the texts of {_count(self.redacted, 'statement')}"
                f" ({_count(self.blocks, 'character')}); their sources and the SHA-256 of the full text are left out."
            )
            if self.elsewhere:
                parts = ", ".join(_count(n, kind) for kind, n in self.elsewhere.items())
                yield f"Redacted as well: {parts}."
            if self.privacy.redact:
                yield "Actors and other statements are redacted by words only, not by what passages hold."
            if self.identifiers:
                yield f"These names of the codebook hold such words and stay: {', '.join(self.identifiers[:10])}."
        if self.notes:
            yield f"What coders wrote themselves, memos too, stays otherwise: {_count(self.notes, 'note')}."

    def tell(self, record: Record) -> None:
        """Keep the first lines of a statement as an example."""
        if self.shown >= 3 or not _interesting(record, self.privacy):
            return
        self.shown += 1
        self.examples.append(record.statement.title or "(without a title)")
        if record.withheld:
            self.examples.append(f"    text withheld, {_count(record.statement.length, 'character')}")
        else:
            marked = [r.start for r in record.ranges if r.role == REDACTED][:3]
            self.examples.extend(dict.fromkeys(_line(record.text, at) for at in marked or [0]))
        for a in record.annotations[:2]:
            place = f"{a.start}–{a.end}" if record.withheld else f"“{_brief(a.quote)}”"
            self.examples.append(f"    {a.tag} {place}" + (f", note: {_brief(a.note)}" if a.note else ""))


def veiled(
    items: Iterable[Item],
    privacy: Privacy,
    told: Veiled | None = None,
    make_id: Callable[[], str] = lambda: str(uuid4()),
) -> Iterator[Item]:
    """The items without what is withheld; ``told`` counts it.

    Offsets, and ``text[start:end] == quote``, hold as before. Raises ``AnnotatorError`` for a tag or role that is not
    there, and for an expression that takes too long: then nothing must be written.
    """
    if not privacy:
        yield from items
        return
    veil = _Veil(privacy, Veiled(privacy) if told is None else told, make_id)
    for item in items:
        if isinstance(item, Header):
            yield veil.header(item)
        elif isinstance(item, Record):
            yield veil.record(item)
        else:
            yield item


class _Veil:
    """What one export's items are changed by: the same coder and the same word the same way in all of them."""

    def __init__(self, privacy: Privacy, told: Veiled, make_id: Callable[[], str]) -> None:
        self._privacy, self._told, self._make_id = privacy, told, make_id
        self._coders: dict[str, Coder] = {}
        self._words = Redactor([plan(each) for each in privacy.words])
        #: The vocabularies of choices, by tag and attribute: their names are no words, but identify values.
        self._choices: dict[tuple[str, str], set[str]] = {}

    # -- header

    def header(self, header: Header) -> Header:
        self._check_names(header)
        coders = [replace(each, name=self._said("coder", each.name, self._words)) for each in header.coders]
        if self._privacy.pseudonyms:
            coders = self._renamed(coders)
        self._told.coders = len(header.coders)
        self._choices = {
            (tag.name, each.name): {UNSPECIFIED, *(choice.name for choice in each.values)}
            for tag in header.codebook
            for each in tag.attributes
        }
        told: dict[str, Any] = {}
        if self._words:
            codebook = header.codebook
            self._told.identifiers = tuple(n for n in _identifiers(codebook.tags) if self._words.spans(n))
            told["codebook"] = replace(
                codebook,
                tags=tuple(map(self._tag, codebook.tags)),
                rules=tuple(self._said("rule of the codebook", each, self._words) for each in codebook.rules),
            )
            told["actors"] = tuple(
                replace(
                    each,
                    name=self._said("name of an actor", each.name, self._words),
                    aliases=tuple(self._said("name of an actor", alias, self._words) for alias in each.aliases),
                    note=self._said("note", each.note, self._words),
                    type=self._words.line(each.type),
                )
                for each in header.actors
            )
            told["link_kinds"] = tuple(
                replace(
                    each,
                    label=self._said("kind of link", each.label, self._words),
                    definition=self._said("kind of link", each.definition, self._words),
                )
                for each in header.link_kinds
            )
            told["memo"] = self._said("note", header.memo, self._words)
            told["project_title"] = self._said("title", header.project_title, self._words)
        if not self._privacy.texts or self._privacy.redact or self._words:
            # What shows the meaning of a tag quotes the texts.
            codebook = told.get("codebook", header.codebook)
            told["codebook"] = replace(codebook, tags=tuple(map(self._without_passages, codebook.tags)))
        memos = (header.memo, *(tag.memo for tag in header.codebook), *(actor.note for actor in header.actors))
        self._told.notes += sum(map(bool, memos))
        return replace(header, coders=tuple(coders), withheld=self._privacy.withheld, **told)

    def _check_names(self, header: Header) -> None:
        for name in self._privacy.redact:
            if name not in ROLES and name not in header.codebook:
                known = ", ".join((*(tag.name for tag in header.codebook), *ROLES))
                raise AnnotatorError(f"“{name}” is no tag and no role that can be redacted; these can: {known}.")

    def _renamed(self, coders: Sequence[Coder]) -> list[Coder]:
        # In the order of the new ids, so that the numbers do not tell who came first.
        made = sorted((self._make_id(), n) for n in range(len(coders)))
        for number, (identifier, n) in enumerate(made, 1):
            self._coders[coders[n].id] = Coder(CoderId(identifier), f"Coder {number}", coders[n].kind)
        return sorted(self._coders.values(), key=lambda each: each.id)

    def _coder(self, coder: str) -> CoderId:
        if not self._privacy.pseudonyms:
            return CoderId(coder)
        if coder not in self._coders:  # whom the header does not name
            self._coders[coder] = Coder(CoderId(self._make_id()), "")
        return self._coders[coder].id

    def _tag(self, tag: Tag) -> Tag:
        def said(words: str) -> str:
            return self._said("text of the codebook", words, self._words)

        def attribute(each: Attribute) -> Attribute:
            values = tuple(replace(v, label=said(v.label), definition=said(v.definition)) for v in each.values)
            return replace(each, label=said(each.label), definition=said(each.definition), values=values)

        return replace(
            tag,
            label=said(tag.label),
            definition=said(tag.definition),
            include=tuple(map(said, tag.include)),
            exclude=tuple(map(said, tag.exclude)),
            rules=tuple(map(said, tag.rules)),
            attributes=tuple(map(attribute, tag.attributes)),
            examples=tuple(replace(e, quote=said(e.quote), note=said(e.note)) for e in tag.examples),
            memo=said(tag.memo),
        )

    def _without_passages(self, tag: Tag) -> Tag:
        # Where a quote that names no passage is from, nobody knows: it stays only where words alone are redacted, which
        # it was searched for.
        stay = self._privacy.texts and not self._privacy.redact
        return replace(tag, examples=tuple(each for each in tag.examples if stay and not each.annotation))

    # -- statements

    def record(self, record: Record) -> Record:
        try:
            found = self._record(record)
        except TooLong:
            raise AnnotatorError(
                f"An expression takes too long on statement {short(record.statement.id)}, so that not all of it could"
                " be redacted; nothing was exported."
            ) from None
        self._told.statements += 1
        self._told.notes += sum(bool(a.note) for a in found.annotations) + bool(found.statement.memo)
        self._told.tell(found)
        return found

    def _record(self, record: Record) -> Record:
        text, spans = record.text, self._spans(record)
        secret = self._words.also((span.of(text) for span in spans), text, 0 if self._privacy.texts else QUOTED)
        ranges, statement = record.ranges, record.statement
        if spans:
            text = blocked(text, spans)
            self._told.redactions += len(spans)
            self._told.redacted += 1
            self._told.blocks += sum(map(len, spans))
            ranges = tuple(sorted({*ranges, *(Range(s.start, s.end, REDACTED) for s in spans)}, key=_place))
            # The hashes of the full text and of its file go: that of a short text can be found by trying.
            statement = replace(statement, text_sha256=digest(text), source=None)
        if self._words or spans:
            statement = self._described(statement, self._words.also(span.of(record.text) for span in spans))
        if statement.imported_by is not None:
            statement = replace(statement, imported_by=self._coder(statement.imported_by))
        if withheld := not self._privacy.texts:
            self._told.texts += 1
            self._told.characters += len(text)
        return replace(
            record,
            statement=statement,
            text="" if withheld else text,
            ranges=ranges,
            withheld=withheld,
            data=None,
            annotations=tuple(self._annotation(a, text, spans, secret) for a in record.annotations),
            progress=tuple(replace(each, coder=self._coder(each.coder)) for each in record.progress),
        )

    def _spans(self, record: Record) -> list[Span]:
        """What is redacted of this statement's text."""
        names = self._privacy.redact
        found = [Span(a.start, a.end) for a in record.annotations if a.tag in names]
        found += [Span(r.start, r.end) for r in record.ranges if r.role in names]
        return merged((*found, *self._words.spans(record.text)))

    def _described(self, statement: Any, secret: Redactor) -> Any:
        told: dict[str, Any] = {
            name: self._said("title" if name == "title" else "field of the metadata", words, secret)
            for name in METADATA
            if (words := getattr(statement, name))
        }
        if statement.extra:
            told["extra"] = self._extra(statement.extra, secret)
        if statement.source is not None:
            told["source"] = replace(
                statement.source, name=self._said("name of a source", statement.source.name, secret)
            )
        return replace(statement, memo=self._said("note", statement.memo, secret), **told)

    def _extra(self, value: Any, secret: Redactor) -> Any:
        if isinstance(value, str):
            return self._said("field of the metadata", value, secret)
        if isinstance(value, Mapping):
            made: dict[str, Any] = {}
            for key, inner in value.items():
                name = secret.line(key)
                while name in made:
                    name += "█"
                made[name] = self._extra(inner, secret)
            return made
        return [self._extra(each, secret) for each in value] if isinstance(value, (list, tuple)) else value

    def _annotation(self, a: Annotation, text: str, spans: Sequence[Span], secret: Redactor) -> Annotation:
        anchor = Anchor.at(text, Span(a.start, a.end))
        withheld = not self._privacy.texts
        return replace(
            a,
            coder=self._coder(a.coder),
            quote="" if withheld else anchor.quote,
            prefix="" if withheld else anchor.prefix,
            suffix="" if withheld else anchor.suffix,
            note=self._said("note", a.note, secret),
            attributes={
                name: [
                    self._value(value, text, spans, secret, self._choices.get((a.tag, name), set())) for value in values
                ]
                for name, values in a.attributes.items()
            },
        )

    def _value(
        self, value: Mapping[str, Any], text: str, spans: Sequence[Span], secret: Redactor, choices: set[str]
    ) -> dict[str, Any]:
        made = dict(value)
        anchor = made.get("anchor")
        hidden = False
        if anchor is not None:
            span = Span(anchor["start"], anchor["end"])
            hidden = any(span.overlaps(each) for each in spans)
            found = Anchor.at(text, span)
            made["anchor"] = dict(anchor)
            for key, cut in (("quote", found.quote), ("prefix", found.prefix), ("suffix", found.suffix)):
                if not self._privacy.texts:
                    made["anchor"].pop(key, None)
                elif key in anchor:
                    made["anchor"][key] = cut
        for key in ("value", "text"):
            words = made.get(key)
            if not isinstance(words, str) or words in choices:
                continue
            # A value that its anchor's words made is a quote as well.
            if hidden or (anchor is not None and not self._privacy.texts and words == anchor.get("quote")):
                made[key] = blocked(words, [Span(0, len(words))]) if words else words
                self._note("value")
            else:
                made[key] = self._said("value", words, secret)
        return made

    def _said(self, kind: str, words: str, secret: Redactor) -> str:
        """These words with blocks where something is secret, counted under this kind."""
        made = secret.line(words)
        if made != words:
            self._note(kind)
        return made

    def _note(self, kind: str) -> None:
        self._told.elsewhere[kind] = self._told.elsewhere.get(kind, 0) + 1


def _identifiers(tags: Iterable[Tag]) -> Iterator[str]:
    for tag in tags:
        yield tag.name
        for attribute in tag.attributes:
            yield attribute.name
            yield from (choice.name for choice in attribute.values)


def _place(part: Range) -> tuple[int, int, str]:
    return part.start, part.end, part.role


def _interesting(record: Record, privacy: Privacy) -> bool:
    redacts = bool(privacy.redact or privacy.words)
    return not redacts or any(r.role == REDACTED for r in record.ranges)


def _line(text: str, at: int) -> str:
    """The words around this place, on one line."""
    begin = text.rfind("\n", 0, at) + 1
    begin = begin if at - begin < 80 else at - CONTEXT
    end = text.find("\n", max(at, begin + 1))
    line = text[begin : min(len(text) if end < 0 else end, begin + 110)]
    return "    " + ("…" if begin and text[begin - 1] != "\n" else "") + " ".join(line.split())


def _brief(words: str) -> str:
    return " ".join((words if len(words) <= 60 else words[:60] + "…").split())


def _count(number: int, noun: str) -> str:
    head, joint, tail = noun.partition(" of ")
    return f"{number:,} {head}{'s' * (number != 1)}{joint}{tail}"
