"""Foreign texts with their passages as HTML to read and print: what reports and reading copies have in common.

Nothing foreign becomes mark-up, and characters that are not to be seen are shown. A passage is told by more than its
colour: by the kind of line under it, by the depth of that line where passages overlap, and by signs at both ends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from html import escape

from annotator.core.codebook import Codebook
from annotator.core.model import Annotation, Range, Tag
from annotator.core.text import Span, segments
from annotator.core.values import dataclass

#: Characters that change what others look like, or look like nothing: they are shown as badges.
_SIGNS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\U000e0000-\U000e007f]"
)
_COLOR = re.compile("#[0-9a-fA-F]{6}")
_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
#: Isolates that plain wording puts around foreign words; here ``bdi`` does that.
_ISOLATED = re.compile("\u2068(.*?)\u2069", re.DOTALL)
#: How deep underlines are told apart.
_DEEPEST = 5
_UNDERLINES = {"dashed": "dashed", "dotted": "dotted", "double": "double", "wave": "dotted", "dashdot": "dashed"}

#: What a page says of itself before anything foreign: no script runs and nothing is loaded, whatever slipped in.
HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    '<meta name="viewport" content="width=device-width">\n<meta name="referrer" content="no-referrer">\n'
)
#: How passages and hidden signs look; goes with ``tag_styles``.
MARKS_STYLE = """
mark{color:inherit;background:none;border-bottom:3px solid #666;-webkit-print-color-adjust:exact;
print-color-adjust:exact}
.l1{line-height:2}.l2{line-height:2.4}.l3{line-height:2.8}.l4{line-height:3.2}.l5{line-height:3.6}
.d1{padding-bottom:5px}.d2{padding-bottom:10px}.d3{padding-bottom:15px}.d4{padding-bottom:20px}.d5{padding-bottom:25px}
.sign{font:.7em monospace;border:1px solid #a00;color:#a00;padding:0 .2em;unicode-bidi:isolate}
"""


def shown(text: str) -> str:
    """Foreign text as mark-up that shows every character of it, hidden and direction signs as badges."""
    # All signs but U+FFFC are what Python calls not printable, which it tells far quicker.
    if text.isprintable() and "\ufffc" not in text:
        return escape(text)
    return _SIGNS.sub(_badge, escape(text))


def _badge(match: re.Match[str]) -> str:
    name = unicodedata.name(match.group(), "CONTROL CHARACTER")
    return f'<span class="sign" title="{escape(name)}">U+{ord(match.group()):04X}</span>'


def apart(text: str) -> str:
    """Foreign text in a line of ours: its direction stays inside."""
    return f"<bdi>{shown(text)}</bdi>"


def worded(line: str) -> str:
    """A line of ``core.wording``, its isolated stretches as elements."""
    parts, at = [], 0
    for match in _ISOLATED.finditer(line):
        parts += [shown(line[at : match.start()]), apart(match.group(1))]
        at = match.end()
    return "".join((*parts, shown(line[at:])))


def time_shown(moment: str) -> str:
    """A stored moment (UTC) without the signs of its notation."""
    return shown(moment.replace("T", " ").removesuffix("Z"))


def lang(language: str) -> str:
    """The attribute that tells a browser the language; empty for what names none."""
    return f' lang="{language}"' if _LANGUAGE.fullmatch(language) else ""


def color_of(tag: Tag) -> str:
    """The tag's colour on white; grey for what is no colour, and could be anything else."""
    return tag.color if _COLOR.fullmatch(tag.color) else "#666666"


def tag_styles(codebook: Codebook) -> Iterator[str]:
    """How the passages of each tag look: class ``t`` and its place in the codebook."""
    for i, tag in enumerate(codebook):
        color = color_of(tag)
        line = _UNDERLINES.get(tag.underline, "solid")
        yield f".t{i}{{border-bottom-color:{color};border-bottom-style:{line};background:{color}1f}}\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text as mark-up; ``depth`` is how deep its deepest underline lies, 0 for one line or none."""

    html: str
    depth: int = 0

    @property
    def room(self) -> str:
        """The class that gives it room for the lines under a line."""
        return f"l{min(self.depth, _DEEPEST)}"


def marked(
    text: str,
    annotations: Sequence[Annotation],
    order: dict[str, int],
    before: Callable[[int], str],
    after: Callable[[int, bool], str],
    parts: Sequence[Range] = (),
) -> Iterator[Line]:
    """The lines of a text, each passage underlined once for each that holds there, between two signs.

    Annotations are in text order, ``order`` has the place of each tag in the codebook. ``before`` gives the sign where
    the passage of that number begins, ``after`` where it ends, and whether others go on or end there too.
    ``parts`` of the text with a role have the class ``p-`` and that role.
    """
    spans = [Span(a.start, a.end) for a in annotations]
    count, depth = len(spans), depths(spans)
    opening = [
        f'<mark class="{f"t{order[a.tag]} " if a.tag in order else ""}d{min(deep, _DEEPEST)}">'
        for a, deep in zip(annotations, depth, strict=True)
    ]
    opening += [f'<span class="p-{escape(part.role)}">' for part in parts]
    made: list[str] = []
    deepest = at = 0
    for piece in segments([*spans, *(Span(part.start, part.end) for part in parts)]):
        for n, words in enumerate(text[at : piece.start].split("\n")):
            if n:
                yield Line("".join(made), deepest)
                made, deepest = [], 0
            made.append(shown(words))
        passages = [i for i in piece.members if i < count]
        made += [before(i) for i in passages if spans[i].start == piece.start]
        # Parts outermost; then the one in the deepest lane, so that the line of each runs through.
        around = [i for i in piece.members if i >= count] + sorted(passages, key=lambda i: -depth[i])
        begin = "".join([opening[i] for i in around])
        end = "".join(["</span>" if i >= count else "</mark>" for i in reversed(around)])
        here = max((depth[i] for i in passages), default=0)
        for n, words in enumerate(text[piece.start : piece.end].split("\n")):
            if n:
                yield Line("".join(made), deepest)
                made, deepest = [], 0
            if words:
                made.append(f"{begin}{shown(words)}{end}")
                deepest = max(deepest, here)
        made += [after(i, len(passages) > 1) for i in passages if spans[i].end == piece.end]
        at = piece.end
    for n, words in enumerate(text[at:].split("\n")):
        if n:
            yield Line("".join(made), deepest)
            made, deepest = [], 0
        made.append(shown(words))
    yield Line("".join(made), deepest)


def depths(spans: Sequence[Span]) -> list[int]:
    """How deep the line under each passage lies, so that no two lines at one depth overlap; they are in text order."""
    found: list[int] = []
    free: list[int] = []
    for span in spans:
        depth = next((d for d, end in enumerate(free) if end <= span.start), len(free))
        free[depth : depth + 1] = [span.end]
        found.append(depth)
    return found
