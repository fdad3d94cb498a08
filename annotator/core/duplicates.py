"""Actors that may be one: proposals with reasons, for a person to judge. Nothing is ever merged by them.

Pairs are looked for by keys that both share (blocking), never by comparing all with all, so that the time grows with
the number of names and not with its square:

- names that read alike when folded, aliases that both have, the same Wikidata id;
- an acronym and the initials of a name's words, articles and prepositions left out;
- the same name in two scripts: transliterated by ``anyascii`` (its tables follow Unidata and common practice, not one
  scholarly standard), then reduced to consonants that transliterations of Arabic, Kurdish and Cyrillic agree on;
- the same words in another order, or in another language (``cognates``);
- few letters changed: by the sorted-neighbourhood method (M. Hernández and S. Stolfo, 1995, “The merge/purge problem
  for large databases”), whose neighbours are compared by normalised indel similarity as ``rapidfuzz`` computes it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from heapq import merge

from annotator.core import cognates
from annotator.core.model import Actor, ActorId
from annotator.core.text import fold
from annotator.core.values import dataclass

#: A key that more actors share says nothing.
MOST = 12
#: How many neighbours in the order of letters a name is compared with.
_NEIGHBOURS = 3
#: From which similarity on, of 100, names differ by few letters; and how long they must be for that.
_ALIKE, _LONG = 90, 8
#: Names between two reports of how far the work is.
_LOT = 500
#: Names that are sorted at once.
_PIECE = 5000

_WORD = re.compile(r"\w+")
_IN_BRACKETS = re.compile(r"^(.*\S)\s*\(([^()]{2,})\)\s*$")
_ARTICLE = re.compile("^(?:و?ال|لل)(?=\\w\\w\\w)")
#: Words that neither make initials nor tell names apart.
_SMALL = frozenset(
    ("و", "في", *"of the and for in on a an de la le les du des et di el al ul ad ar as ash at az wa ve u y s".split())  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two actors who may be one, and why; ``score`` of 100 tells the likelier ones."""

    one: ActorId
    other: ActorId
    reasons: tuple[str, ...]
    score: int


@dataclass(frozen=True, slots=True)
class _Name:
    actor: int
    text: str


def duplicates(
    actors: Sequence[Actor], apart: Collection[tuple[str, str]] = (), most: int = 1000
) -> Iterator[int | list[Proposal]]:
    """How many actors were looked at, now and then; at last the proposals, the likeliest first, so many at most.

    Actors who were merged lend their names to the one they are. ``apart`` are pairs of ids, in their order, that are
    known to be different.
    """
    search = _Search(actors, {frozenset(pair) for pair in apart})
    for done, name in enumerate(search.names):
        search.learn(name)
        if done % _LOT == _LOT - 1:
            yield search.names[done].actor
    for find in (search.shared, search.acronyms, search.spelled):
        find()
        yield len(actors)
    yield search.proposals(most)


class _Search:
    """Keys of names, and the pairs that they make."""

    def __init__(self, actors: Sequence[Actor], apart: set[frozenset[str]]) -> None:
        into = {actor.id: actor.merged_into for actor in actors}
        places = {actor.id: n for n, actor in enumerate(actors)}
        self._actors = actors
        self._apart = apart
        self._found: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
        self._keys: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
        self._acronyms: dict[str, dict[int, str]] = defaultdict(dict)
        self._initials: dict[str, dict[int, str]] = defaultdict(dict)
        self._scrambled: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
        self._spellings: list[tuple[str, str, int]] = []
        self.names: list[_Name] = []
        for actor in actors:
            who = places.get(_last(actor.id, into), places[actor.id])
            self.names += (_Name(who, text) for text in dict.fromkeys(_spoken((actor.name, *actor.aliases))))
            if actor.wikidata and actor.merged_into is None:
                self._keys[("wikidata", actor.wikidata)][who] = actor.wikidata

    def learn(self, name: _Name) -> None:
        """Note by what this name can be found."""
        folded = fold(name.text)
        words = [_ARTICLE.sub("", word) for word in _WORD.findall(folded)]
        telling = [word for word in words if word not in _SMALL and not word.isdigit()] or words
        if not words:
            return
        who, text = name.actor, name.text
        self._keys[("folded", " ".join(words))].setdefault(who, text)
        bones = " ".join(_bones(word) for word in telling)
        if len(words) == 1 and 2 <= len(folded) <= 6 and _is_acronym(text):
            latin = _latin(folded)
            self._acronyms[latin].setdefault(who, text)
            if len(latin) > 2:
                self._scrambled["".join(sorted(latin))].setdefault(who, (text, ""))
            self._keys[("letters", latin)].setdefault(who, text)
        elif len(bones.replace(" ", "")) >= 4:
            digits = " ".join(word for word in words if word.isdigit())
            self._keys[("bones", f"{bones} {digits}")].setdefault(who, text)
        if len(telling) > 1:
            self._keys[("order", " ".join(sorted(words)))].setdefault(who, text)
            self._initials["".join(_latin(word)[:1] for word in telling)].setdefault(who, text)
        self._translate(telling, words, who, text)
        if len(folded) >= _LONG:
            self._spellings.append((" ".join(words), text, who))

    def _translate(self, telling: list[str], words: list[str], who: int, text: str) -> None:
        """Note what the words mean, where some do; and of what letters the initials are in other languages."""
        known = cognates.meanings()
        meant = [known.get(word) for word in telling]
        if not any(meant):
            return
        digits = [word for word in words if word.isdigit()]
        # The least of the meanings stands for the word: most words have one.
        key = sorted(str(min(each)) if each else _bones(word) for each, word in zip(meant, telling, strict=True))
        self._keys[("meaning", " ".join((*key, *digits)))].setdefault(who, text)
        if all(meant) and len(telling) > 2:
            for place, language in enumerate(cognates.LANGUAGES):
                letters = "".join(_latin(cognates.initials()[min(each)][place]) for each in meant if each)
                self._scrambled["".join(sorted(letters))].setdefault(who, (text, language))

    def shared(self) -> None:
        """Pairs that share a key."""
        say: dict[str, tuple[int, Callable[[str, str], str]]] = {
            "wikidata": (100, lambda one, _: f"both have the Wikidata id {one}"),
            "folded": (98, _reads_alike),
            "letters": (85, lambda one, other: f"“{one}” and “{other}” are the same letters in two scripts"),
            "bones": (80, _same_sounds),
            "order": (82, lambda one, other: f"“{one}” and “{other}” are the same words in another order"),
            "meaning": (75, lambda one, other: f"“{one}” and “{other}” say the same in two languages"),
        }
        for (kind, _), members in self._keys.items():
            if 1 < len(members) <= MOST:
                score, sentence = say[kind]
                several = list(members.items())
                for n, (one, text) in enumerate(several):
                    for other, another in several[n + 1 :]:
                        self._note(one, other, score, sentence(text, another), weak=kind not in ("wikidata", "folded"))

    def acronyms(self) -> None:
        """Pairs of an acronym and a name whose initials it is, in its own language or in another one."""
        for letters, shorts in self._acronyms.items():
            wholes = self._initials.get(letters, {})
            if len(shorts) * len(wholes) <= MOST:
                for one, text in shorts.items():
                    for other, whole in wholes.items():
                        self._note(one, other, 78, f"“{text}” is made of the initials of “{whole}”")
        for members in self._scrambled.values():
            shorts = {who: text for who, (text, language) in members.items() if not language}
            longs = [(who, text, language) for who, (text, language) in members.items() if language]
            if not shorts or len(shorts) * len(longs) > MOST:
                continue
            for one, text in shorts.items():
                for other, whole, language in longs:
                    if self._says_initials(one, other):
                        continue
                    reason = f"“{text}” can be made of the initials of “{whole}” in {language}"
                    self._note(one, other, 60, reason, weak=True)

    def _says_initials(self, one: int, other: int) -> bool:
        """Whether a better reason of that kind is known."""
        return any(
            "is made of the initials" in reason for reason in self._found.get((min(one, other), max(one, other)), ())
        )

    def spelled(self) -> None:
        """Pairs of names of which few letters differ, among neighbours in the order of letters, forth and back."""
        from rapidfuzz.distance import Indel

        for turned in (False, True):
            ordered = _in_order(
                [(folded[::-1] if turned else folded, folded, text, who) for folded, text, who in self._spellings]
            )
            for n, (_, folded, text, one) in enumerate(ordered):
                for _, other_folded, another, other in ordered[n + 1 : n + 1 + _NEIGHBOURS]:
                    if one == other or folded == other_folded:
                        continue
                    alike = Indel.normalized_similarity(folded, other_folded, score_cutoff=_ALIKE / 100)
                    if alike and _digits(folded) == _digits(other_folded):
                        reason = f"“{text}” and “{another}” differ by few letters"
                        self._note(one, other, round(alike * 70), reason, weak=True)

    def _note(self, one: int, other: int, score: int, reason: str, *, weak: bool = False) -> None:
        if one == other:
            return
        reasons = self._found[(min(one, other), max(one, other))]
        # What is only likely adds nothing to a better reason of the same kind.
        if weak and reasons and max(reasons.values()) >= 98:
            return
        reasons.setdefault(reason, score)

    def proposals(self, most: int) -> list[Proposal]:
        """The pairs as proposals, the likeliest first."""
        found = []
        for (one, other), reasons in self._found.items():
            first, second = self._actors[one], self._actors[other]
            if frozenset((first.id, second.id)) in self._apart:
                continue
            ordered = sorted(reasons, key=lambda reason: (-reasons[reason], reason))[:3]
            score = min(100, max(reasons.values()) + 3 * (len(reasons) - 1))
            found.append(Proposal(first.id, second.id, tuple(ordered), score))
        found.sort(key=lambda each: (-each.score, each.reasons, each.one, each.other))
        return found[:most]


def _in_order(rows: list[tuple[str, str, str, int]]) -> list[tuple[str, str, str, int]]:
    """Sorted; by pieces, because sorting holds Python's lock, for which the window may wait."""
    pieces = [sorted(rows[first : first + _PIECE]) for first in range(0, len(rows), _PIECE)]
    return list(merge(*pieces))


def _spoken(names: Sequence[str]) -> Iterator[str]:
    """The names, and what stands in brackets behind one: “Syrian Democratic Forces (SDF)” is two."""
    for name in names:
        if match := _IN_BRACKETS.match(name):
            yield match[1]
            yield match[2]
        else:
            yield name


def _last(actor: str, into: dict[ActorId, ActorId | None]) -> ActorId:
    passed = {actor}
    while (after := into.get(ActorId(actor))) is not None and after not in passed:
        passed.add(after)
        actor = after
    return ActorId(actor)


def _is_acronym(text: str) -> bool:
    """Whether a single word may be one: capitals, or a script that has none."""
    return text.upper() == text


@lru_cache(maxsize=1)
def _ascii() -> Callable[[str], str]:
    from anyascii import anyascii

    return anyascii


def _latin(folded: str) -> str:
    """Folded letters in the Latin alphabet, without signs."""
    if not folded.isascii():
        folded = _ascii()(folded).lower()
    return "".join(sign for sign in folded if sign.isalnum())


#: Spellings of one sound; what stands first is replaced first.
_SOUNDS = (
    ("sch", "s"), ("sh", "s"), ("ch", "s"), ("kh", "k"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("ph", "f"),
    ("ck", "k"), ("q", "k"), ("x", "k"), ("c", "k"), ("j", "g"), ("v", "f"), ("p", "b"), ("z", "s"),
)  # fmt: skip
_SOFT = re.compile("[aeiouwy]|h$")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=50_000)
def _bones(word: str) -> str:
    """The consonants of a word that its transliterations agree on."""
    latin = _latin(word)
    for spelled, sound in _SOUNDS:
        latin = latin.replace(spelled, sound)
    return _TWICE.sub(r"\1", _SOFT.sub("", latin)) or latin[:1]


def _digits(folded: str) -> Counter[str]:
    """What numbers a name has: the 17th Division is not the 18th."""
    return Counter(re.findall(r"\d+", folded))


def _reads_alike(one: str, other: str) -> str:
    return f"both are called “{one}”" if one == other else f"“{one}” and “{other}” read alike"


def _same_sounds(one: str, other: str) -> str:
    if _latin(fold(one)) == _latin(fold(other)) or (one.isascii() and other.isascii()):
        return f"“{one}” and “{other}” may be two spellings of one name"
    return f"“{one}” and “{other}” may be one name in two scripts"
