"""How caret and selection move, in code points of the stored text: by sentence, word and edge. Without Qt."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

from annotator.core.sentences import next_paragraph, next_sentence, paragraph_at, sentence_at, unit
from annotator.core.text import Span, next_word_end, next_word_start, previous_word_end, previous_word_start, word_at

Edge = Literal["start", "end"]
Step = Literal["word", "character"]
#: What a drag of the mouse selects by.
Unit = Literal["character", "word", "sentence"]

_JOINER = "\u200d"
_SELECTORS = range(0xFE00, 0xFE10)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_EMOJI_TAGS = range(0xE0020, 0xE0080)


def sentence_from(text: str, selected: Span | None, caret: int, language: str = "en") -> Span | None:
    """The sentence at the caret as a codable unit; or the selection with the next one, if it holds it already."""
    at = selected.start if selected else caret
    first = sentence_at(text, at, language) or next_sentence(text, at, language)
    if first is None:
        return None
    wanted = unit(text, first)
    if selected is None or not (selected.start <= wanted.start and wanted.end <= selected.end):
        return wanted
    last = sentence_at(text, selected.end, language) or first
    following = next_sentence(text, max(last.end, selected.end), language)
    return Span(selected.start, unit(text, following).end) if following else selected


def paragraph_from(text: str, selected: Span | None, caret: int) -> Span | None:
    """The paragraph at the caret as a codable unit; or the selection with the next one, if it holds it already."""
    at = selected.start if selected else caret
    first = paragraph_at(text, at) or next_paragraph(text, at)
    if first is None:
        return None
    wanted = unit(text, first)
    if selected is None or not (selected.start <= wanted.start and wanted.end <= selected.end):
        return wanted
    following = next_paragraph(text, max(first.end, selected.end))
    return Span(selected.start, unit(text, following).end) if following else selected


def sentence_start(text: str, caret: int, direction: int, language: str = "en") -> int | None:
    """Where the next sentence begins, or the one at the caret, or the one before; None at either end."""
    if direction > 0:
        following = next_sentence(text, caret + 1, language)
        return following.start if following else None
    return _start_before(caret, lambda at: sentence_at(text, at, language))


def paragraph_start(text: str, caret: int, direction: int) -> int | None:
    """Where the next paragraph begins, or the one at the caret, or the one before; None at either end."""
    if direction > 0:
        following = next_paragraph(text, caret + 1)
        return following.start if following else None
    return _start_before(caret, lambda at: paragraph_at(text, at))


def _start_before(caret: int, at: Callable[[int], Span | None]) -> int | None:
    """The start of the last stretch that begins before the caret, over the blanks and empty lines between."""
    place = caret - 1
    while place >= 0:
        found = at(place)
        if found is not None and found.start < caret:
            return found.start
        place -= 1
    return None


def snapped(text: str, span: Span) -> Span:
    """The span with the words that it cuts into taken in as a whole."""
    start, end = span.start, span.end
    first, last = word_at(text, start), word_at(text, end)
    if first is not None and first.start < start < first.end:
        start = first.start
    if last is not None and last.start < end < last.end:
        end = last.end
    return Span(start, end)


def dragged(text: str, anchor: Span, offset: int, by: Unit, language: str = "en") -> tuple[int, int]:
    """Where a drag began and where it is now, as anchor and position of a selection.

    ``anchor`` is what the press took: an empty span, or the word or sentence of a double or triple click, which stays
    selected. ``by`` says what the selection grows by.
    """
    start, end = min(anchor.start, offset), max(anchor.end, offset)
    if by == "word":
        whole = snapped(text, Span(start, end)) if start < end else Span(start, end)
        start, end = whole.start, whole.end
    elif by == "sentence" and not anchor.start <= offset <= anchor.end:
        found = sentence_at(text, offset, language)
        if found is not None and found.start < offset:
            here = unit(text, found)
            start, end = min(start, here.start), max(end, here.end)
    return (end, start) if offset < anchor.start else (start, end)


def trimmed(text: str, span: Span) -> Span | None:
    """The span without the blanks and empty lines at its edges; None when there is nothing else in it."""
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    end = span.end - (len(words) - len(words.rstrip()))
    return Span(start, end) if start < end else None


def moved_edge(text: str, span: Span, which: Edge, by: Step, direction: int) -> Span:
    """The span with one edge a word or a character further; the same when it would be empty or leave the text.

    A step by words takes in a word or stays; no step takes in the blanks and empty lines at the ends of the text.
    """
    start, end = span.start, span.end
    if which == "end":
        if by == "character":
            end = _next(text, end) if direction > 0 else _previous(text, end)
        else:
            end = next_word_end(text, end) if direction > 0 else previous_word_end(text, end)
    elif by == "character":
        start = _next(text, start) if direction > 0 else _previous(text, start)
    else:
        start = next_word_start(text, start) if direction > 0 else previous_word_start(text, start)
    taken = text[start : span.start] or text[span.end : end]
    if taken and by == "word" and not any(character.isalnum() for character in taken):
        return span
    if taken.isspace() and not (text[:start] if which == "start" else text[end:]).strip():
        return span
    return Span(start, end) if 0 <= start < end <= len(text) else span


def _next(text: str, offset: int) -> int:
    offset = min(len(text), offset + 1)
    while offset < len(text) and _belongs(text, offset):
        offset += 1
    return offset


def _previous(text: str, offset: int) -> int:
    offset = max(0, offset - 1)
    while offset > 0 and _belongs(text, offset):
        offset -= 1
    return offset


def _belongs(text: str, offset: int) -> bool:
    """Whether the character there is no letter of its own: a mark, a selector, the tail of an emoji or of a flag."""
    character = text[offset]
    code = ord(character)
    if code in _FLAG_LETTERS:
        # Flags are pairs of letters; which one this is depends on how many stand before it.
        first = offset
        while first > 0 and ord(text[first - 1]) in _FLAG_LETTERS:
            first -= 1
        return (offset - first) % 2 == 1
    return (
        unicodedata.category(character) in ("Mn", "Mc", "Me")
        or character == _JOINER
        or code in _SELECTORS
        or code in _SKIN_TONES
        or code in _EMOJI_TAGS
        or (text[offset - 1] == _JOINER and code > 0x2190)
    )
