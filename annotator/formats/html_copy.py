"""A reading copy: one page with the texts, their passages marked as in the window, and what each claims beside them.

No script, no resource, nothing foreign read as mark-up; made to be printed, and legible without colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import islice
from typing import IO

from annotator.core.exchange import Header, Item, Losses, Record, Stamp
from annotator.core.marked_html import (
    HEAD,
    MARKS_STYLE,
    Line,
    apart,
    color_of,
    lang,
    marked,
    shown,
    tag_styles,
    time_shown,
)
from annotator.core.model import Annotation, Statement
from annotator.core.wording import one_line, tag_of
from annotator.formats._format import Format
from annotator.formats._outward import Names
from annotator.formats._reading import Signs, Values, below_title, count_lost, elided, facts, withheld

_PLAIN = re.compile("[0-9A-Za-z_-]+")
_STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{font:10.5pt/1.45 "Noto Sans","Segoe UI",Helvetica,Arial,sans-serif;color:#1a1a1a;background:#fff;
max-width:76em;margin:2.2em auto;padding:0 2em}
h1{font:600 1.9em/1.25 "Noto Serif",Georgia,"Times New Roman",serif;margin:0 0 .2em}
h2{font:600 1.55em/1.3 "Noto Serif",Georgia,"Times New Roman",serif;margin:0 0 .25em;max-width:25.8em}
h1,h2,h3,.about{break-after:avoid}
h3{font-size:.82em;letter-spacing:.06em;text-transform:uppercase;color:#555;margin:0 0 .6em}
p{margin:0 0 .6em}.quiet,.about{color:#555}.about p{margin:0}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.12em .9em;margin:.2em 0 0}
dt{color:#555;max-width:11em;overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}
.key{margin:1.2em 0 0;padding:.8em 1em;border:1px solid #ccc;border-radius:6px;display:grid;
grid-template-columns:max-content max-content minmax(0,1fr);gap:.5em 1em}
.key .tag{align-self:start;justify-self:start;margin-top:.2em}
.about dl{display:flex;flex-wrap:wrap;gap:0 1.6em}.about dl div{display:flex;gap:.5em}
article{border-top:2px solid #1a1a1a;margin-top:2.4em;padding-top:1.2em}
.page{display:grid;grid-template-columns:minmax(0,40em) minmax(15em,1fr);gap:0 2.6em;margin-top:1em}
.text{font:1.12em/1.65 "Noto Serif",Georgia,"Times New Roman",serif}
.text p{margin:0;min-height:.8em;white-space:pre-wrap;text-align:start;overflow-wrap:anywhere;orphans:2;widows:2}
.p-boilerplate{color:#6a6a6a}.p-title,.p-crosshead{font-weight:600}
.b,.e{font:700 .68em/1 "Noto Sans","Segoe UI",Helvetica,Arial,sans-serif;vertical-align:.45em;white-space:nowrap;
unicode-bidi:isolate;color:#1a1a1a;text-decoration:none}
.b::before{content:attr(data-n) "["}.e::before{content:"]" attr(data-n)}
.b{margin-inline-end:.1em}.e{margin-inline-start:.1em}
.tag{font:700 .82em/1 "Noto Sans","Segoe UI",Helvetica,Arial,sans-serif;border:1.5px solid #1a1a1a;border-radius:3px;
padding:.15em .35em;color:#1a1a1a;text-decoration:none;white-space:nowrap;margin-inline-end:.25em}
ol.claims{list-style:none;margin:0;padding:0}
ol.claims>li{break-inside:avoid;border-inline-start:3px solid #bbb;padding:0;padding-inline-start:.8em;
margin:0 0 1.1em}
.said{margin:.3em 0;font-family:"Noto Serif",Georgia,"Times New Roman",serif;overflow-wrap:anywhere}
.note{white-space:pre-wrap}
footer{border-top:1px solid #ccc;margin-top:2.6em;padding-top:.8em;color:#555;font-size:.9em}
@media (max-width:62em){.page{display:block}.claimed{margin-top:1.4em}}
@media print{body{margin:0;max-width:none;padding:0;font-size:9.5pt}.page{display:block}
.claimed{margin-top:1.2em}ol.claims{columns:2;column-gap:2em}article{margin-top:1.8em}@page{margin:18mm 16mm}}
"""


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """The page, statement by statement."""
    page = _Page(Header())
    begun = False
    statements = passages = 0
    for item in items:
        if isinstance(item, Header):
            page = _Page(item)
            stream.write(page.head().encode())
            begun = True
        elif isinstance(item, Record):
            if not begun:
                stream.write(page.head().encode())
                begun = True
            stream.write(page.article(item).encode())
            statements += 1
            passages += len(item.annotations)
            count_lost(item, losses)
        yield
    stream.write(page.foot(statements, passages, stamp).encode())
    yield


class _Page:
    """What the page says, in HTML; all that is foreign is escaped."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._names = Names(header)
        self._values = Values(self._names)
        self._order: dict[str, int] = {tag.name: i for i, tag in enumerate(header.codebook)}
        self._tags = {tag.name: tag for tag in header.codebook}
        self._signs = Signs(header)

    def head(self) -> str:
        """Title, what is withheld, and the key to the marks."""
        header = self._header
        title = header.project_title or "Statements"
        kept_back = withheld(header)
        key = "".join(
            f'<span class="tag">{escape(self._signs.letters[tag.name])}</span><span><mark class="t{i}">'
            f'{apart(tag.label)}</mark></span><span class="quiet" dir="auto">{shown(tag.definition)}</span>\n'
            for i, tag in enumerate(header.codebook)
        )
        return "".join(
            (
                f"{HEAD}<title>{shown(one_line(title))}</title>\n<style>{_STYLE}{MARKS_STYLE}",
                *tag_styles(header.codebook),
                *(f"ol.claims>.k{i}{{border-color:{color_of(tag)}}}\n" for i, tag in enumerate(header.codebook)),
                f"</style>\n</head>\n<body>\n<header>\n<h1>{apart(title)}</h1>\n",
                '<p class="quiet">A reading copy. Passages stand between a sign with the letter of their tag, such as'
                " <b>D1[</b>, and a bracket; each is explained beside or below its text under the same sign.</p>\n",
                f'<p class="quiet">Withheld from this copy: {escape(kept_back)}.</p>\n' if kept_back else "",
                f'<div class="key">\n{key}</div>\n' if key else "",
                "</header>\n",
            )
        )

    def article(self, record: Record) -> str:
        """One statement: its metadata, its text, its claims."""
        s = record.statement
        labels = self._signs.of(record.annotations)
        links = self._signs.links(record, labels)
        claims = "".join(
            self._claim(a, label, links.get(a.id, ())) for a, label in zip(record.annotations, labels, strict=True)
        )
        text = (
            f'<p class="quiet">The text is withheld; it has {s.length:,} characters.</p>'
            if record.withheld
            else self._text(record, labels)
        )
        beside = f'<section class="claimed">\n<h3>Passages</h3>\n<ol class="claims">\n{claims}</ol>\n</section>\n'
        return (
            f'<article id="{_id(s.id)}">\n<h2 dir="auto">{shown(s.title) or "Untitled"}</h2>\n{self._about(s)}'
            f'<div class="page">\n<section class="text"{lang(s.language)}>\n{text}\n</section>\n'
            f"{beside if claims else ''}</div>\n</article>\n"
        )

    def _about(self, s: Statement) -> str:
        first, rows = facts(s)
        told = "".join(f"<div><dt>{shown(name)}</dt><dd>{apart(value)}</dd></div>" for name, value in rows)
        line = f"<p>{' · '.join(map(apart, first))}</p>" if first else ""
        return f'<div class="about">{line}{f"<dl>{told}</dl>" if told else ""}</div>\n'

    def _text(self, record: Record, labels: Sequence[str]) -> str:
        ids = [_id(a.id) for a in record.annotations]
        lines = marked(
            record.text,
            record.annotations,
            self._order,
            # The signs are no words: they neither give a paragraph its direction nor come along when it is copied.
            lambda i: f'<a class="b" href="#{ids[i]}" data-n="{escape(labels[i])}"></a>',
            # Where others go on, the bracket says whose end it is.
            lambda i, among: f'<span class="e" data-n="{escape(labels[i]) if among else ""}"></span>',
            record.ranges,
        )
        above = record.text.count("\n", 0, below_title(record))
        return "\n".join(map(_paragraph, islice(lines, above, None)))

    def _claim(self, a: Annotation, label: str, links: Sequence[tuple[str, str, str]]) -> str:
        tag = self._tags.get(a.tag) or tag_of(self._header.codebook, a.tag)
        rows = [(_label(label), "<br>".join(map(apart, values))) for label, values in self._values.of(a)]
        if a.note:
            rows.append(("Note", f'<span class="note" dir="auto">{shown(a.note)}</span>'))
        if a.status != "made":
            rows.append(("Status", shown(a.status)))
        if links:
            ways = (f'{apart(kind)} → <a href="#{_id(there)}">{escape(end)}</a>' for kind, there, end in links)
            rows.append(("Links", "<br>".join(ways)))
        coder = self._names.coder(a.coder)
        said = f'<p class="said" dir="auto">“{shown(elided(a.quote))}”</p>\n' if a.quote else ""
        facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
        color = f' class="k{self._order[a.tag]}"' if a.tag in self._order else ""
        return (
            f'<li id="{_id(a.id)}"{color}><span class="tag">{escape(label)}</span> <b>{apart(tag.label)}</b>'
            f' <span class="quiet">{apart(coder)}</span>\n{said}{f"<dl>{facts}</dl>" if facts else ""}</li>\n'
        )

    def foot(self, statements: int, passages: int, stamp: Stamp) -> str:
        head = f", head <code>{shown(self._header.head)}</code>" if self._header.head else ""
        return (
            f"<footer>{statements:,} statement{'s' * (statements != 1)} with {passages:,}"
            f" passage{'s' * (passages != 1)}. Written {time_shown(stamp.exported_at)} UTC by"
            f" {shown(stamp.generator)}{head}.</footer>\n</body>\n</html>\n"
        )


@lru_cache(maxsize=1024)
def _label(words: str) -> str:
    """What an attribute is called, which comes again and again."""
    return shown(words)


def _paragraph(line: Line) -> str:
    # A paragraph of its own for each line: its direction is that of its own words.
    return f'<p dir="auto" class="{line.room}">{line.html}</p>' if line.depth else f'<p dir="auto">{line.html}</p>'


def _id(identifier: str) -> str:
    """An id as the name of a place in the page; ids of others may hold anything but are not the same as each other."""
    if _PLAIN.fullmatch(identifier):
        return f"i-{identifier}"
    return escape("i-" + "".join(c if c.isalnum() or c in "-_" else f".{ord(c):x}." for c in identifier))


FORMAT = Format(
    name="html-copy",
    label="Reading copy (HTML)",
    suffixes=(".html",),
    media_type="text/html",
    purpose="reading",
    write=write,
    description="One page for any browser, to read and to print: texts, their passages marked, and what they claim.",
    shown_as="markdown-copy",
)
