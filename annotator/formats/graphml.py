"""GraphML: the network of actors, for Gephi, Cytoscape, igraph, NetworkX and others.

http://graphml.graphdrawing.org/specification.html: a directed graph with keys declared for what nodes and edges carry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from annotator.core.exchange import Item, Losses, Stamp
from annotator.formats._format import Format
from annotator.formats._network import network

#: Key, for what, type, and name.
_KEYS = (
    ("label", "node", "string", "label"),
    ("type", "node", "string", "type"),
    ("aliases", "node", "string", "aliases"),
    ("wikidata", "node", "string", "wikidata"),
    ("tag", "edge", "string", "tag"),
    ("name", "edge", "string", "label"),
    ("weight", "edge", "int", "weight"),
    ("statements", "edge", "int", "statements"),
    ("first", "edge", "string", "first"),
    ("last", "edge", "string", "last"),
)


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """One directed graph; an edge for each tag that joins two actors, weighted by its passages."""
    found = network(items, losses)
    yield
    put = _Lines(stream)
    put('<?xml version="1.0" encoding="UTF-8"?>')
    put('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">')
    for key, of, kind, name in _KEYS:
        put(f'<key id="{key}" for="{of}" attr.name="{name}" attr.type="{kind}"/>')
    put('<graph id="actors" edgedefault="directed">')
    for identifier, actor in found.actors.items():
        put(f"<node id={quoteattr(identifier)}>")
        put.data(label=actor.name, type=actor.type, aliases="; ".join(actor.aliases), wikidata=actor.wikidata)
        put("</node>")
    # Every actor is at the end of many edges.
    named = {identifier: quoteattr(identifier) for identifier in found.actors}
    for n, edge in enumerate(found.edges.values()):
        source, target = (named.get(end) or quoteattr(end) for end in (edge.source, edge.target))
        put(f'<edge id="e{n}" source={source} target={target}>')
        put.data(tag=edge.tag, name=edge.label, weight=edge.count, statements=edge.statements)
        put.data(first=edge.first, last=edge.last)
        put("</edge>")
        if n % 1000 == 0:
            yield
    put("</graph>\n</graphml>")
    yield


class _Lines:
    """Lines of XML onto a stream."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __call__(self, line: str) -> None:
        self._stream.write(line.encode() + b"\n")

    def data(self, **values: str | int) -> None:
        lines = [
            f'<data key="{key}">{value if isinstance(value, int) else escape(value)}</data>'
            for key, value in values.items()
            if value != ""
        ]
        if lines:
            self("\n".join(lines))


FORMAT = Format(
    name="graphml",
    label="GraphML",
    suffixes=(".graphml",),
    media_type="application/graphml+xml",
    purpose="analysis",
    write=write,
    description="Who claims what of whom, as a network of actors.",
)
