"""Lines that stand in a text and belong to the page: teasers, credits, sign-offs. They are proposed, never cut out."""

from __future__ import annotations

import re

from annotator.core.text import Span

#: Lines under which other texts are named, to the end of the page or to the next real sentence.
_TEASERS = re.compile(
    r"\W*(?:you (?:may|might) also (?:like|be interested in)|other (?:news|stories|articles)|more (?:news|stories)"
    r"|related (?:news|articles?|stories|posts?|topics?|content)|latest (?:news|posts?|stories)"
    r"|most (?:read|popular|viewed)"
    r"|recommended (?:for you|articles)|read (?:also|more|next)|see also|also read|trending(?: now)?"
    r"|اقر[أا] (?:أيضا|ايضا)ً?|أخبار (?:أخرى|ذات صلة)|مواضيع (?:ذات صلة|مشابهة)|مقالات ذات صلة"
    r"|(?:ilgili|diğer|benzer|son) haberler|bunlar da ilginizi çekebilir|ayrıca okuyun"
    r"|nûçeyên (?:din|têkildar)|(?:auch interessant|mehr zum thema|weitere (?:meldungen|artikel)|lesen sie auch)"
    r"|(?:à lire aussi|lire aussi|sur le même sujet|articles liés)|(?:lea también|noticias relacionadas)"
    r"|(?:читайте также|другие новости))\W*",
    re.IGNORECASE,
)
#: Lines that say who made the page, or ask to pass it on.
_CREDITS = re.compile(
    r"\W*(?:(?:reported|reporting|written|edited|editing|compiled|photos?|photographs?|pictures?) by[: ].{1,100}"
    r"|photos?: .{1,60}|share (?:this|on)\b.{0,60}|follow us\b.{0,60}|(?:all rights reserved|copyright ©?|©) ?.{0,80}"
    r"|subscribe to our newsletter.{0,40}|print this page|back to top|haber:.{1,60}"
    r"|تقرير: .{1,60}|شارك(?:ها| المقال)?)\W*",
    re.IGNORECASE,
)
#: The initials of those who wrote and edited it: S.M., (N.H/L.A), T/S.
_INITIALS = re.compile(
    r"[\[(]?[A-ZÇĞİÖŞÜÊÎÛ]{1,3}(?:\. ?| ?/ ?)(?:[A-ZÇĞİÖŞÜÊÎÛ]{1,3}(?:\. ?| ?/ ?|$|(?=[\])]))){1,4}[\])]?"
)
#: The last lines among which initials are looked for, and the longest line of a teaser, in code points.
_LAST = 3
_TEASER = 200
_SENTENCE_ENDS = tuple('.!?…؟。:;"”»')


def boilerplate(text: str) -> list[Span]:
    """The lines that look like it, those that follow one another as one span, in the order of the text."""
    found: list[Span] = []
    if "\n" not in text:  # the first line is the title
        return found
    lines = _lines(text)
    # Who wrote it signs at the end of the text, which is before what the page has besides.
    first = next((n for n, (_, line) in enumerate(lines) if n and _heads_teasers(line)), len(lines))
    last = {start for start, _ in lines[max(1, first - _LAST) : first]}
    listing = False
    for number, (start, line) in enumerate(lines):
        if number == 0:  # the title
            continue
        if _heads_teasers(line):
            listing = True
        elif listing and (len(line) > _TEASER or line.endswith(_SENTENCE_ENDS)):
            listing = False
        signed = start in last and len(line) <= 20 and _INITIALS.fullmatch(line)
        if listing or signed or (len(line) <= _TEASER and _CREDITS.fullmatch(line)):
            end = start + len(line)
            if found and not text[found[-1].end : start].strip():
                found[-1] = Span(found[-1].start, end)
            else:
                found.append(Span(start, end))
    return found


def _heads_teasers(line: str) -> bool:
    # A paragraph is none: the pattern is long, and a table of texts has a million of them.
    return len(line) <= _TEASER and _TEASERS.fullmatch(line) is not None


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines with something in them, each with the offset of its first sign."""
    found, start = [], 0
    for line in text.split("\n"):
        if inner := line.strip():
            found.append((start + line.index(inner), inner))
        start += len(line) + 1
    return found
