"""Sentences, paragraphs and the unit that a coder means by them.

Sentence ends come from sentencex (MIT), which knows abbreviations ("U.S. Government", "Prof. Dr."),
keeps quoted speech in one piece and ends sentences at Arabic, Persian and Urdu marks; plain
UAX 29, and so Qt's own boundaries, cut at all of them. It is asked a paragraph at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotator.core.text import Span

#: Longer paragraphs are looked at through a window of this many code points around the caret.
_WINDOW = 20_000
#: A line this long that goes on in lower case was broken by a typewriter's margin, not by its author.
_WRAPPED = 45

_FINAL = ".!?…؟۔。！？"
_LINE_BREAKS = re.compile(r"\n+")
_WIDE_BLANK = re.compile(r"[^\S\x00-\x7f]")
_QUOTES = {"“": "”", "„": "“”", "‟": "”", "«": "»", "»": "«", "‘": "’", "‚": "‘’", "‹": "›", '"': '"', "'": "'"}


def paragraphs(text: str) -> Iterator[Span]:
    """The paragraphs in text order: lines, or runs of lines broken only to fit a margin."""
    start, at = 0, text.find("\n")
    # By find: the expression alone takes 0.2 s to see that 10 MB hold no line break.
    while at >= 0 and (gap := _LINE_BREAKS.match(text, at)):
        if not _continues(text, gap):
            if start < gap.start():
                yield Span(start, gap.start())
            start = gap.end()
        at = text.find("\n", gap.end())
    if start < len(text):
        yield Span(start, len(text))


def _continues(text: str, gap: re.Match[str]) -> bool:
    """Whether the line break is a margin's: one, after a long line, before a lower-case letter."""
    if gap.end() - gap.start() != 1 or gap.end() >= len(text):
        return False
    line_start = text.rfind("\n", 0, gap.start()) + 1
    return gap.start() - line_start >= _WRAPPED and text[gap.end()].islower() and text[gap.start() - 1] not in _FINAL


def paragraph_at(text: str, offset: int) -> Span | None:
    """The paragraph at this offset, without blanks at its edges; None on an empty line."""
    start = _line_start(text, offset)
    end = _line_end(text, offset)
    while start > 0 and (gap := _LINE_BREAKS.match(text, start - 1)) and _continues(text, gap):
        start = _line_start(text, start - 1)
    while end < len(text) and (gap := _LINE_BREAKS.match(text, end)) and _continues(text, gap):
        end = _line_end(text, gap.end())
    return _stripped(text, start, end)


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def _stripped(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def sentences(text: str, language: str = "en", within: Span | None = None) -> list[Span]:
    """The sentences in text order, without blanks at their edges; a sentence never crosses a paragraph."""
    found: list[Span] = []
    for paragraph in [within] if within else paragraphs(text):
        found.extend(_in_paragraph(text, paragraph, language))
    return found


def _in_paragraph(text: str, paragraph: Span, language: str) -> Iterator[Span]:
    for start, end in _boundaries(paragraph.of(text), (language or "en").split("-")[0]):
        span = _stripped(text, paragraph.start + start, paragraph.start + end)
        if span:
            yield span


def _boundaries(piece: str, language: str) -> list[tuple[int, int]]:
    # Imported late: a compiled module that a start of the window does not need.
    from sentencex import get_sentence_boundaries

    # It slices bytes at blanks that take more than one (a no-break space before “A.”), and panics.
    plain = _WIDE_BLANK.sub(" ", piece)
    try:
        found = get_sentence_boundaries(language, plain)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of no module that could be imported, and no Exception
            raise
        return [(0, len(piece))]
    return [(boundary["start_index"], boundary["end_index"]) for boundary in found]


def unit_ends(text: str, language: str = "en") -> Iterator[list[int]]:
    """Where each sentence's codable part ends, in text order and by pieces of which none takes over 10 ms.

    A sentence longer than a window of 20,000 code points counts once, where it ends.
    """
    for paragraph in paragraphs(text):
        start = paragraph.start
        while start < paragraph.end:
            limit = min(paragraph.end, start + _WINDOW)
            found = list(_in_paragraph(text, Span(start, limit), language))
            start = limit
            if limit < paragraph.end and found:
                # Cut by the window: it is looked at again from its beginning, unless it began with the window.
                last = found.pop()
                start = last.start if found else limit
            yield [unit(text, span).end for span in found]


def sentence_at(text: str, offset: int, language: str = "en") -> Span | None:
    """The sentence at this offset, or the one that has just ended there; None on an empty line."""
    paragraph = paragraph_at(text, offset)
    if paragraph is None:
        return None
    if len(paragraph) > _WINDOW:
        paragraph = Span(max(paragraph.start, offset - _WINDOW // 2), min(paragraph.end, offset + _WINDOW // 2))
    last = None
    for span in _in_paragraph(text, paragraph, language):
        if span.start > offset and last is not None:
            break
        last = span
        if offset < span.end:
            break
    return last


def next_sentence(text: str, offset: int, language: str = "en") -> Span | None:
    """The first sentence that begins at or after this offset, over empty lines; None at the end."""
    while offset < len(text):
        paragraph = paragraph_at(text, offset)
        if paragraph is not None:
            limited = Span(paragraph.start, min(paragraph.end, max(offset, paragraph.start) + _WINDOW))
            for span in _in_paragraph(text, limited, language):
                if span.start >= offset:
                    return span
        offset = (paragraph.end if paragraph and paragraph.end > offset else _line_end(text, offset)) + 1
    return None


def next_paragraph(text: str, offset: int) -> Span | None:
    """The first paragraph that begins at or after this offset; None at the end."""
    while offset < len(text):
        paragraph = paragraph_at(text, offset)
        if paragraph is not None and paragraph.start >= offset:
            return paragraph
        offset = (paragraph.end if paragraph and paragraph.end > offset else _line_end(text, offset)) + 1
    return None


def unit(text: str, span: Span) -> Span:
    """The codable part of a sentence: no outer quotation marks, no final punctuation (codebook rule 3).

    Quotation marks go only as a pair around the whole; the result is never empty.
    """
    start, end = span.start, span.end
    while True:
        before = (start, end)
        while end - 1 > start and (text[end - 1] in _FINAL or text[end - 1].isspace()):
            end -= 1
        closing = _QUOTES.get(text[start], "")
        if end - start > 2 and text[end - 1] in closing and text[end - 1] not in text[start + 1 : end - 1]:
            start, end = start + 1, end - 1
        if (start, end) == before:
            return Span(start, end)
