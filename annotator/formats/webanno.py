"""WebAnno TSV 3.3, of WebAnno and INCEpTION: a token a row, a feature a column. https://inception-project.github.io

Offsets are UTF-16 units. Written are a span layer for passages, with a column for each attribute, and a relation layer
for links. A sentence reaches to the next one, blanks and line ends included, so that the text can be put together
again; tokens are cut where passages begin and end. Read are all span layers but those of every token (POS, Lemma …),
and relations between passages.
"""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from itertools import pairwise
from typing import IO, Any

from annotator.core.errors import AnnotatorError, one_line
from annotator.core.exchange import Item, Losses, Problem, Record, Stamp
from annotator.core.sentences import sentences
from annotator.core.text import Utf16Map
from annotator.core.values import dataclass
from annotator.formats._cas import is_segmentation
from annotator.formats._container import Container
from annotator.formats._decode import decode
from annotator.formats._foreign import Claim, Gathering, Unit, attribute_name
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._outward import Names, count_lost_of_statement, count_lost_of_values, sorted_out
from annotator.formats.cas_xmi import ENTRIES, LARGEST, entry_name
from annotator.formats.prodigy import tokens

_HEAD = "#FORMAT=WebAnno TSV 3"
_LAYER, _LINKS = "webanno.custom.Passage", "webanno.custom.Link"
#: The columns that every passage has; an attribute of such a name is called otherwise.
_FACTS = ("label", "coder", "note")
_ESCAPED = re.compile(r"->|[\\\[\]|_;*\t\n\r]")
_WRITTEN = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}
_READ = {"t": "\t", "n": "\n", "r": "\r"}
_ESCAPE = re.compile(r"\\(->|.)", re.DOTALL)
_SPLIT = re.compile(r"(?:[^\\|]|\\.)+")
#: A value with the number that joins its rows, which is not escaped.
_NUMBERED = re.compile(r"((?:[^\\\[]|\\.)*)\[(\d{1,9})\]$", re.DOTALL)
_ROW = re.compile(r"(\d+-\d+(?:\.\d+)?)\t(\d{1,9})-(\d{1,9})\t([^\t]*)\t?(.*)$", re.DOTALL)
_BACK = re.compile(r"(\d+-\d+(?:\.\d+)?)(?:\[(\d{1,9})_(\d{1,9})\])?$")

# -- writing ------------------------------------------------------------------------------


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """A ZIP container, a document for each statement."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for n, (names, item) in enumerate(sorted_out(items)):
            if isinstance(item, Record):
                container.writestr(entry_name(n, item, ".tsv"), "".join(_lines(item, names, losses)).encode())
                yield
    yield


def _lines(record: Record, names: Names, losses: Losses) -> Iterator[str]:
    count_lost_of_statement(record, losses)
    losses.add("metadata of statements")
    if record.annotations:
        losses.add("ids, times and states of passages", len(record.annotations))
    features = {name: f"value_{name}" if name in _FACTS else name for a in record.annotations for name in a.attributes}
    links = [link for link in record.links if any(a.id == link.target for a in record.annotations)]
    if len(links) < len(record.links):
        losses.add("links between statements", len(record.links) - len(links))
    yield "#FORMAT=WebAnno TSV 3.3\n"
    yield f"#T_SP={'|'.join((_LAYER, *_FACTS, *features.values()))}\n"
    if links:
        yield f"#T_RL={_LINKS}|kind|BT_{_LAYER}\n"
    yield "\n"
    text, units = record.text, Utf16Map(record.text)
    starts = [span.start for span in sentences(text)] or [0]
    if text[: starts[0]].strip(" "):
        losses.add("line ends before the first word")
    edges = [edge for a in record.annotations for edge in (a.start, a.end)]
    rows = tokens(text, [*edges, *starts])
    begins = [start for start, _ in rows]
    columns: list[list[list[str]]] = [[[] for _ in range(len(_FACTS) + len(features) + 2 * bool(links))] for _ in rows]
    covered: dict[str, tuple[int, int]] = {}
    for number, a in enumerate(record.annotations, 1):
        count_lost_of_values(a, losses)
        first, last = bisect_left(begins, a.start), bisect_left(begins, a.end)
        if first == last:
            losses.add("passages of blanks alone")
            continue
        if (rows[first][0], rows[last - 1][1]) != (a.start, a.end):
            losses.add("blanks at the edges of passages")
        covered[a.id] = first, number
        said = names.texts(a)
        values = [names.word(a.tag), names.coder(a.coder), a.note, *(said.get(name, "") for name in features)]
        for row in range(first, last):
            for column, value in zip(columns[row], values, strict=False):
                column.append(f"{_escaped(value) or '*'}[{number}]")
    numbered = _numbers(rows, starts)
    for link in links:
        if link.source in covered and link.target in covered:
            (source, one), (target, other) = covered[link.source], covered[link.target]
            columns[target][-2].append(_escaped(link.kind))
            columns[target][-1].append(f"{numbered[source]}[{one}_{other}]")
    at = 0
    for start, end in pairwise([*starts, len(text)]):
        yield "\n" + "".join(f"#Text={_escaped(line)}\n" for line in text[start:end].split("\n"))
        while at < len(rows) and rows[at][0] < end:
            begin, stop = rows[at]
            cells = "\t".join("|".join(column) or "_" for column in columns[at])
            where = f"{units.to_utf16(begin)}-{units.to_utf16(stop)}"
            yield f"{numbered[at]}\t{where}\t{_escaped(text[begin:stop])}\t{cells}\t\n"
            at += 1


def _numbers(rows: list[tuple[int, int]], starts: list[int]) -> list[str]:
    """Each token's sentence and its place in it, both from 1."""
    found, sentence, word = [], 0, 0
    for start, _ in rows:
        while sentence < len(starts) and start >= starts[sentence]:
            sentence, word = sentence + 1, 0
        word += 1
        found.append(f"{sentence}-{word}")
    return found


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _WRITTEN.get(match[0], "\\" + match[0]), text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _READ.get(match[1], match[1]), text)


# -- reading ------------------------------------------------------------------------------


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """A statement for each document."""
    if not file.head().startswith(b"PK"):
        yield from _document(file.data(), file.name, file.name, options)
        return
    container = Container(file.data(LARGEST), file.name, entries=ENTRIES)
    found = [name for name in container.names if name.lower().endswith(".tsv")]
    if not found:
        raise AnnotatorError(f"{file.name} holds no document of WebAnno (a file .tsv)")
    for name in found:
        try:
            yield from _document(container.read(name), name, f"{file.name}, {one_line(name)[:100]}", options)
        except AnnotatorError as error:
            yield Problem(f"{file.name}, {one_line(name)[:100]}", str(error))


@dataclass(slots=True)
class _Layer:
    """A layer with its columns; ``kind`` is SP, RL or CH."""

    kind: str
    name: str
    columns: list[str]

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(slots=True)
class _Span:
    """What rows say of one annotation: where it is, in the file's unit, and its values by column."""

    layer: _Layer
    start: int
    end: int
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Token:
    row: str
    start: int
    end: int
    words: str
    cells: list[str]


def _document(data: bytes, name: str, place: str, options: ReadOptions) -> Iterator[Item]:
    lines = decode(data, name, options.encoding or "utf-8")[0].removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if not lines[0].startswith(_HEAD):
        raise AnnotatorError(f"{name} is no WebAnno TSV 3: it begins “{one_line(lines[0])[:60]}”")
    layers = [layer for line in lines if line.startswith("#T_") if (layer := _layer(line))]
    found = [*_sentences(lines, name)]
    built: dict[Unit, tuple[str, int, int]] = {unit: _text(found, unit) for unit in ("utf16", "points")}
    unit: Unit = "utf16" if built["utf16"][1] >= built["points"][1] else "points"
    text, _, gaps = built[unit]
    left: Counter[str] = Counter()
    spans, relations = _spans(layers, [token for _, tokens_ in found for token in tokens_], left)
    stem = name.rpartition("/")[2].removesuffix(".tsv")
    metadata: dict[str, Any] = {"title": one_line(stem)}
    if gaps:
        metadata["extra"] = {"text": "what stands between the sentences of a WebAnno file is guessed"}
    gathering = Gathering(name, "WebAnno")
    claims = [_claim(key, span) for key, span in spans.items()]
    yield from gathering.record(text, claims, unit=unit, metadata=metadata, place=place)
    for kind, source, target in relations:
        if gathering.has(source) and gathering.has(target):
            yield gathering.link(attribute_name(kind) or "relation", source, target)
        else:
            left["relations that join no passages"] += 1
    if left:
        told = ", ".join(f"{what} ({count})" for what, count in sorted(left.items()))
        yield Problem(place, f"has layers that are no passages, which were left out: {told}")


def _layer(line: str) -> _Layer | None:
    kind, _, rest = line[3:].partition("=")
    name, *columns = rest.split("|")
    return _Layer(kind, name, [column for column in columns if column] or [""]) if kind in ("SP", "RL", "CH") else None


def _sentences(lines: list[str], name: str) -> Iterator[tuple[str, list[_Token]]]:
    """The words of each sentence, and its tokens."""
    said: list[str] = []
    rows: list[_Token] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("#Text="):
            if rows:
                yield "\n".join(said), rows
                said, rows = [], []
            said.append(_unescaped(line[6:]))
        elif (match := _ROW.match(line)) is not None:
            start, end = int(match[2]), int(match[3])
            if not said:
                raise AnnotatorError(f"line {number} of {name} is a token of no sentence")
            rows.append(_Token(match[1], start, end, _unescaped(match[4]), match[5].split("\t")))
        elif line.strip() and not line.startswith("#"):
            raise AnnotatorError(f"line {number} of {name} is no token: “{one_line(line)[:60]}”")
    if said and rows:
        yield "\n".join(said), rows


def _text(found: list[tuple[str, list[_Token]]], unit: Unit) -> tuple[str, int, int]:
    """The text when offsets count this unit, how many tokens are its slices then, and how many gaps were filled."""
    size: Callable[[str], int] = (lambda s: len(s.encode("utf-16-le", "replace")) // 2) if unit == "utf16" else len
    parts: list[str] = []
    length = gaps = 0
    for words, rows in found:
        gap = rows[0].start - length
        if gap > 10_000:  # no blanks that anybody wrote
            return "", -1, 0
        if gap > 0:
            gaps += bool(parts)
            parts.append((" " * (gap - 1) + "\n") if parts else " " * gap)
        parts.append(words)
        length += max(0, gap) + size(words)
    text = "".join(parts)
    to_point = Utf16Map(text).to_point if unit == "utf16" else int
    right = sum(text[to_point(t.start) : to_point(t.end)] == t.words for _, rows in found for t in rows)
    return text, right, gaps


def _spans(
    layers: list[_Layer], rows: list[_Token], left: Counter[str]
) -> tuple[dict[str, _Span], list[tuple[str, str, str]]]:
    """The annotations by their keys, and the relations between keys."""
    spans: dict[str, _Span] = {}
    at: dict[tuple[str, str], list[str]] = {}
    relations: list[tuple[str, _Layer, str, str]] = []
    for token in rows:
        column = 0
        for layer in layers:
            cells = token.cells[column : column + len(layer.columns)]
            column += len(layer.columns)
            stacked = [_SPLIT.findall(cell) if cell not in ("_", "") else [] for cell in cells]
            depth = max(map(len, stacked), default=0)
            if not depth:
                continue
            if layer.kind == "RL":
                values = dict(zip(layer.columns, stacked, strict=False))
                back = next((values[c] for c in layer.columns if c.startswith("BT_") and c in values), [])
                kinds = next((values[c] for c in layer.columns if not c.startswith("BT_") and c in values), [])
                for n, reference in enumerate(back):
                    kind = _unescaped(kinds[n].partition("[")[0]) if n < len(kinds) else ""
                    relations.append((kind if kind not in ("", "*") else layer.short, layer, token.row, reference))
                continue
            if layer.kind == "CH" or is_segmentation(layer.name) or layer.short == "MorphologicalFeatures":
                left[layer.short] += depth
                continue
            for n in range(depth):
                _take(layer, token, [cell[n] if n < len(cell) else "" for cell in stacked], n, spans, at)
    joined = []
    for kind, _, row, reference in relations:
        if (match := _BACK.match(reference)) is None:
            left["relations that cannot be read"] += 1
            continue
        source, target = _end(match[1], match[2], at), _end(row, match[3], at)
        if source and target:
            joined.append((kind, source, target))
        else:
            left["relations that join no passages"] += 1
    return spans, joined


def _take(
    layer: _Layer,
    token: _Token,
    cells: list[str],
    n: int,
    spans: dict[str, _Span],
    at: dict[tuple[str, str], list[str]],
) -> None:
    """What one row says of one annotation."""
    number, values = "", {}
    for column, cell in zip(layer.columns, cells, strict=False):
        if (match := _NUMBERED.match(cell)) is not None:
            cell, number = match[1], match[2]
        if cell not in ("", "*") and column and not column.startswith("ROLE_") and "." not in column:
            values[column] = _unescaped(cell)
    key = f"{layer.name} {number or f'{token.row} {n}'}"
    span = spans.setdefault(key, _Span(layer, token.start, token.end, values))
    span.start, span.end = min(span.start, token.start), max(span.end, token.end)
    at.setdefault((token.row, number or "0"), []).append(key)


def _end(row: str, number: str | None, at: dict[tuple[str, str], list[str]]) -> str:
    """The annotation at a row; without a number, the only one there."""
    found = at.get((row, number or "0"), ())
    return found[0] if found else ""


def _claim(key: str, span: _Span) -> Claim:
    values = dict(span.values)
    ours = span.layer.name == _LAYER
    label = values.pop("label", "") if ours else ""
    return Claim(
        label or span.layer.short,
        span.start,
        span.end,
        id=key,
        coder=values.pop("coder", "") if ours else "",
        note=values.pop("note", "") if ours else "",
        values={attribute_name(_own(name) if ours else name): value for name, value in values.items()},
        place=key,
    )


def _own(column: str) -> str:
    name = column.removeprefix("value_")
    return name if name in _FACTS else column


FORMAT = Format(
    name="webanno",
    label="WebAnno TSV 3.3",
    suffixes=(".zip", ".tsv"),
    media_type="application/zip",
    purpose="exchange",
    read=read,
    write=write,
    sniff=lambda head: (
        head.removeprefix(b"\xef\xbb\xbf").startswith(_HEAD.encode())
        or (head.startswith(b"PK\x03\x04") and b".tsv" in head[:300])
    ),
    description="A token a row, for WebAnno and INCEpTION.",
    needs_texts=True,
)
