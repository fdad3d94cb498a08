"""The codebook as one page to read and print: no script, nothing that loads, nothing foreign read as mark-up.

It says the same in black and white: every sign has a shape and a name beside its colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from annotator.core.codebook import Codebook
from annotator.core.marked_html import apart, shown
from annotator.core.model import Attribute, Tag
from annotator.core.report import codebook_sha256

_COLOR = re.compile("#[0-9a-fA-F]{6}")
_SIGNS = {"square": "■", "circle": "●", "diamond": "◆", "triangle": "▲", "hexagon": "⬢", "star": "★"}
#: What an attribute takes, in words.
TYPES = {
    "actors": "actors",
    "actor": "an actor",
    "text": "words",
    "long_text": "a text",
    "choice": "one of the values",
    "date": "a date",
    "count": "a number",
}
_STYLE = """
:root{color-scheme:light}
body{font:11pt/1.5 "Noto Sans","Segoe UI",Helvetica,Arial,sans-serif;color:#111;background:#fff;max-width:48em;
margin:2.5em auto;padding:0 1.5em}
h1{font-size:1.8em;margin:0 0 .2em}h2{font-size:1.35em;margin:2em 0 .2em;border-top:2px solid #111;padding-top:.5em}
h3{font-size:.82em;margin:1.2em 0 .2em;text-transform:uppercase;letter-spacing:.06em;color:#444}
h1,h2,h3{break-after:avoid}p,li,td,q{overflow-wrap:anywhere}ul,ol{margin:.2em 0;padding-inline-start:1.4em}
.quiet{color:#555;font-size:.9em}.sign{margin-inline-end:.4em}.key{float:inline-end;font:600 .75em sans-serif;
border:1px solid #555;border-radius:4px;padding:.05em .5em}.below{border-top-width:1px}
table{border-collapse:collapse;width:100%;margin:.3em 0}th,td{text-align:start;vertical-align:top;
padding:.35em .8em .35em 0;border-bottom:1px solid #ccc}th{font-size:.85em;color:#444}tr{break-inside:avoid}
code{font:.88em "Noto Sans Mono",Consolas,monospace}blockquote{margin:.4em 0;padding-inline-start:.8em;
border-inline-start:3px solid #999}del{color:#666}dl{margin:.2em 0}dt{font-weight:600}dd{margin:0 0 .2em 1.2em}
nav ul{list-style:none;padding:0}nav ul ul{padding-inline-start:1.4em}nav a{color:inherit}
@media print{body{margin:0;max-width:none;padding:0;font-size:10pt}@page{margin:18mm}nav a{text-decoration:none}}
"""


def codebook_page(
    codebook: Codebook, title: str, made: str = "", counts: Mapping[str, int] | None = None
) -> Iterator[str]:
    """The page in parts; ``made`` says when and by what, ``counts`` are passages by tag where they are to be told."""
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>Codebook</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>Codebook</h1>\n"
    )
    yield f'<p class="quiet">{apart(title)}{" · " + shown(made) if made else ""}</p>\n'
    entries = list(codebook.tree())
    yield "<nav><ul>\n"
    for n, (depth, tag) in enumerate(entries):
        count = f' <span class="quiet">{counts.get(tag.name, 0):,}</span>' if counts is not None else ""
        yield (
            f'<li style="margin-inline-start:{depth * 1.4:.1f}em">{_sign(tag)}<a href="#t{n}">{apart(tag.label)}</a>'
            f"{count}</li>\n"
        )
    yield "</ul></nav>\n"
    if codebook.rules:
        yield f"<h2>For all tags</h2>\n<ol>{''.join(f'<li>{shown(rule)}</li>' for rule in codebook.rules)}</ol>\n"
    for n, (depth, tag) in enumerate(entries):
        yield from _tag(n, depth, tag, codebook, counts)
    yield f'<p class="quiet">SHA-256 of this codebook: <code>{codebook_sha256(codebook)}</code></p>\n</body>\n</html>\n'


def _tag(n: int, depth: int, tag: Tag, codebook: Codebook, counts: Mapping[str, int] | None) -> Iterator[str]:
    key = f'<span class="key">key {shown(tag.key)}</span>' if tag.key else ""
    yield f'<h2 id="t{n}"{" class=below" if depth else ""}>{key}{_sign(tag)}{apart(tag.label)}</h2>\n'
    above = next((each.label for each in codebook if each.name == tag.parent), "")
    facts = [f"<code>{shown(tag.name)}</code>", f"version {tag.version}", f"{tag.shape}, {tag.underline} line"]
    if above:
        facts.append(f"under {apart(above)}")
    if counts is not None:
        count = counts.get(tag.name, 0)
        facts.append(f"{count:,} passage{'s' * (count != 1)}")
    yield f'<p class="quiet">{" · ".join(facts)}</p>\n'
    if tag.definition:
        yield f"<p>{shown(tag.definition)}</p>\n"
    yield from _list("Include", tag.include)
    yield from _list("Exclude", tag.exclude)
    yield from _list("Rules", tag.rules)
    if tag.examples:
        yield "<h3>Examples</h3>\n"
        for example in tag.examples:
            note = f'<div class="quiet">{shown(example.note)}</div>' if example.note else ""
            yield f'<blockquote dir="auto">{shown(example.quote)}{note}</blockquote>\n'
    if tag.attributes:
        yield "<h3>Attributes</h3>\n<table><tr><th>Attribute</th><th>Takes</th><th>Meaning</th></tr>\n"
        for attribute in tag.attributes:
            yield _attribute(attribute)
        yield "</table>\n"
    if tag.memo:
        yield f'<h3>Memo</h3>\n<p dir="auto">{shown(tag.memo)}</p>\n'


def _attribute(attribute: Attribute) -> str:
    takes = TYPES.get(attribute.type, attribute.type) + (", or unspecified" if attribute.unspecified else "")
    required = ' <span class="quiet">required</span>' if attribute.required else ""
    meaning = shown(attribute.definition)
    if attribute.values:
        parts = []
        for choice in attribute.values:
            name = f"{apart(choice.label)} <code>{shown(choice.name)}</code>"
            name = f"<del>{name}</del> (retired)" if choice.retired else name
            parts.append(f"<dt>{name}</dt>" + (f"<dd>{shown(choice.definition)}</dd>" if choice.definition else ""))
        meaning += f"<dl>{''.join(parts)}</dl>"
    name = f"<b>{apart(attribute.label)}</b>{required}<br><code>{shown(attribute.name)}</code>"
    return f"<tr><td>{name}</td><td>{takes}</td><td>{meaning}</td></tr>\n"


def _list(heading: str, lines: Iterable[str]) -> Iterator[str]:
    if items := "".join(f"<li>{shown(line)}</li>" for line in lines):
        yield f"<h3>{heading}</h3>\n<ul>{items}</ul>\n"


def _sign(tag: Tag) -> str:
    color = tag.color if _COLOR.fullmatch(tag.color) else "#666666"
    return f'<span class="sign" style="color:{color}" aria-hidden="true">{_SIGNS.get(tag.shape, "■")}</span>'
