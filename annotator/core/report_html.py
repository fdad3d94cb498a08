"""The evidence report as one page to read and print: no script, nothing that loads, nothing foreign read as mark-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from typing import Any

from annotator.core.codebook import Codebook
from annotator.core.edtf import readable
from annotator.core.history import change_lines
from annotator.core.marked_html import HEAD, MARKS_STYLE, apart, lang, marked, shown, tag_styles, time_shown, worded
from annotator.core.model import DATES, METADATA, Actor, Annotation, Coder, short
from annotator.core.report import ZEROS, About, Event, Evidence
from annotator.core.wording import NameOf, tag_of, values_text

_STYLE = """
:root{color-scheme:light}
body{font:11pt/1.45 "Noto Sans","Segoe UI",Helvetica,Arial,sans-serif;color:#111;background:#fff;max-width:62em;
margin:2em auto;padding:0 1.5em}
h1{font-size:1.6em;margin:0 0 .4em}h2{font-size:1.3em;margin:2.2em 0 .4em;border-top:2px solid #111;padding-top:.6em}
h3{font-size:1em;margin:1.4em 0 .3em}h1,h2,h3{break-after:avoid}
table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.2em .6em .2em 0;
border-bottom:1px solid #ddd}th{font-weight:600;white-space:nowrap;width:11em}tr{break-inside:avoid}
td,code,li,p{overflow-wrap:anywhere}code{font:.88em "Noto Sans Mono",Consolas,monospace}
.text{white-space:pre-wrap;unicode-bidi:plaintext;text-align:start;line-height:1.7;border:1px solid #bbb;
padding:.8em 1em;overflow-wrap:anywhere}
.b::before{content:attr(data-n) "[";font:700 .72em sans-serif;vertical-align:.35em}
.e::before{content:"]" attr(data-n);font:700 .72em sans-serif;vertical-align:.35em}
.quiet{color:#555}ol.events{margin:.2em 0 .8em;padding-inline-start:1.6em;font-size:.92em}
ol.events ul{margin:0;padding-inline-start:1.2em}.passage{break-inside:avoid-page;margin:0 0 1em}
.undone{text-decoration:line-through}
@media print{body{margin:0;max-width:none;padding:0;font-size:9.5pt}@page{margin:16mm}}
"""


class HtmlReport:
    """A report in HTML, written as it comes."""

    def __init__(self, write: Callable[[bytes], object], name_of: NameOf) -> None:
        self._write = write
        self._name_of = name_of
        self._digest = sha256()
        self._codebook = Codebook()

    def _put(self, *parts: str) -> None:
        data = "".join(parts).encode()
        self._digest.update(data)
        self._write(data)

    def begin(self, about: About) -> None:
        """The head of the page."""
        self._codebook = about.codebook
        self._put(
            f"{HEAD}<title>Evidence report</title>\n<style>{_STYLE}{MARKS_STYLE}",
            *tag_styles(self._codebook),
            "</style>\n</head>\n<body>\n",
            "<h1>Evidence report</h1>\n",
            _table(
                ("Project", apart(about.project_title)),
                ("Project id", _code(about.project_id)),
                ("Last step", f"{about.steps}, head {_code(about.head)}"),
                ("Selection", apart(about.query) if about.query else "named one by one" if about.named else "all"),
                ("Statements", str(about.statements)),
                ("Made", f"{time_shown(about.made_at)} by {apart(about.generator)}, schema {about.schema}"),
                ("Codebook", f"SHA-256 {_code(about.codebook_sha256)}"),
            ),
            '<p class="quiet">Times are UTC. Places are counted in Unicode code points from 0, the end exclusive. Signs'
            " that are not to be seen are shown by their number, such as"
            ' <span class="sign">U+202E</span>. Every text, quote and kept source in this report was verified against'
            " its SHA-256 when the report was made.</p>\n",
        )

    def statement(self, evidence: Evidence, data: Mapping[str, Any]) -> None:
        """One statement with its text, passages and history."""
        record = evidence.record
        s, events = record.statement, evidence.by_passage()
        self._put(
            f"<section>\n<h2>{apart(s.title) or 'Untitled'}</h2>\n",
            _table(*self._facts(evidence)),
            "<h3>Text</h3>\n",
            self._text(record.text, record.annotations, s.language),
            f"<h3>Passages ({len(record.annotations)})</h3>\n" if record.annotations else "<p>No passages.</p>\n",
        )
        for number, a in enumerate(record.annotations, 1):
            self._put(self._passage(number, a, events.get(a.id, ())))
        if evidence.removed:
            self._put(f"<h3>Passages that were removed ({len(evidence.removed)})</h3>\n")
            for identifier in evidence.removed:
                self._put(f"<p>{_code(short(identifier))}</p>", self._events(events.get(identifier, ())))
        if evidence.links:
            links = (
                f"<li>{apart(k.kind)}: {_code(short(k.source))} → {_code(short(k.target))}</li>" for k in evidence.links
            )
            self._put(f"<h3>Links</h3>\n<ul>{''.join(links)}</ul>\n")
        self._put("<h3>History of the statement</h3>\n", self._events(evidence.of_statement), "</section>\n")

    def _facts(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        s = evidence.record.statement
        yield "Id", _code(s.id)
        if s.previous:
            yield "Corrected version of", _code(s.previous)
        for name in METADATA[1:]:
            if value := getattr(s, name):
                yield name.replace("_", " ").capitalize(), apart(value)
        for name in DATES:
            if (date := getattr(s, name)) is not None:
                basis = "inferred" if date.basis == "inferred" else "in the text"
                yield name.removeprefix("date_").capitalize(), f"{apart(readable(date.edtf))} ({basis})"
        for name, value in s.extra.items():
            yield shown(str(name)), apart(value if isinstance(value, str) else repr(value))
        yield "Text", f"{s.length:,} code points, SHA-256 {_code(s.text_sha256)}"
        if s.source is not None:
            kept = "kept in the project, verified" if evidence.source_kept else "not kept in the project"
            parts = [apart(s.source.name or "no name"), apart(s.source.media_type), f"{s.source.size:,} bytes"]
            parts.append(apart(s.source.encoding or "no encoding"))
            yield "Source", f"{', '.join(parts)}; SHA-256 {_code(s.source.sha256)}; {kept}"
        coder = next((e.entry.coder for e in evidence.events if e.entry.coder_id == s.imported_by), None)
        yield "Imported", f"{time_shown(s.imported_at)} by {apart(coder or s.imported_by or 'nobody known')}"

    def _text(self, text: str, annotations: Sequence[Annotation], language: str) -> str:
        """The whole text, each passage between its numbers, underlined once for each that holds there."""
        lines = list(
            marked(
                text,
                annotations,
                {tag.name: i for i, tag in enumerate(self._codebook)},
                lambda i: f'<span class="b" data-n="{i + 1}"></span>',
                lambda i, among: f'<span class="e" data-n="{i + 1}"></span>',
            )
        )
        room = max(lines, key=lambda line: line.depth).room
        words = "\n".join(line.html for line in lines)
        return f'<div class="text {room}" dir="auto"{lang(language)}>{words}</div>\n'

    def _passage(self, number: int, a: Annotation, events: Sequence[Event]) -> str:
        tag = tag_of(self._codebook, a.tag)
        name = next((e.entry.coder for e in events if e.entry.coder_id == a.coder and e.entry.coder), a.coder)
        rows = [("Words", f'<q dir="auto">{shown(a.quote)}</q>'), ("Place", f"{a.start}–{a.end}")]
        rows += [
            ("Coder", apart(name)),
            ("Made", f"{time_shown(a.created_at)}, last changed {time_shown(a.modified_at)}"),
        ]
        for key, values in a.attributes.items():
            attribute = tag.attribute(key)
            label = attribute.label if attribute else key
            rows.append((shown(label), worded(values_text(attribute, values, self._name_of))))
        if a.note:
            rows.append(("Note", apart(a.note)))
        if a.status != "made":
            rows.append(("Status", shown(a.status)))
        if a.origin:
            rows.append(("Made from", _code(a.origin)))
        return (
            f'<div class="passage"><h3>{number} · {apart(tag.label)} {_code(a.id)}</h3>\n'
            f"{_table(*rows)}{self._events(events)}</div>\n"
        )

    def _events(self, events: Iterable[Event]) -> str:
        parts = []
        for event in events:
            entry = event.entry
            lines = change_lines(event.change, self._codebook, self._name_of)
            undone = " (undone)" if entry.undone else ""
            label = f'<span class="undone">{shown(entry.label)}</span>' if entry.undone else shown(entry.label)
            parts.append(
                f"<li>{time_shown(entry.at)}, {apart(entry.coder or 'somebody')}: {label}{undone}"
                f' <span class="quiet">step {entry.number}, {shown(entry.program)}</span>'
                f"<ul>{''.join(f'<li>{worded(line)}</li>' for line in lines)}</ul></li>\n"
            )
        return f'<ol class="events">{"".join(parts)}</ol>\n' if parts else '<p class="quiet">No history.</p>\n'

    def end(self, coders: Sequence[Coder], actors: Sequence[Actor]) -> str:
        """The codebook, and the digest over the whole page with zeros in its place."""
        tags = (
            f"<tr><th>{apart(tag.label)} {_code(tag.name)}</th><td>{apart(tag.definition)}</td></tr>"
            for tag in self._codebook
        )
        self._put(f"<section>\n<h2>Codebook</h2>\n<table>{''.join(tags)}</table>\n</section>\n")
        # No foreign text can hold this mark, because its quotation marks and brackets are escaped.
        mark = 'id="sha256">'
        command = f"sed 's/{mark}[0-9a-f]\\{{64\\}}/{mark}{ZEROS}/' FILE | sha256sum"
        before = (
            "<section>\n<h2>Proof</h2>\n<p>The head above is the hash of the last step: <code>annotator check PROJECT"
            " --head HASH</code> tells whether a project holds it. The SHA-256 of this report is over its bytes with"
            f" the 64 digits below replaced by 64 zeros. To verify it: <code>{escape(command)}</code></p>\n"
            f"<p>SHA-256 of this report: <code {mark}"
        )
        after = "</code></p>\n</section>\n</body>\n</html>\n"
        self._put(before)
        self._digest.update((ZEROS + after).encode())
        found = self._digest.hexdigest()
        self._write((found + after).encode())
        return found


def _table(*rows: tuple[str, str]) -> str:
    return f"<table>{''.join(f'<tr><th>{name}</th><td>{value}</td></tr>' for name, value in rows)}</table>\n"


def _code(text: str) -> str:
    return f"<code>{shown(text)}</code>"


__all__ = ["HtmlReport", "apart", "shown"]
