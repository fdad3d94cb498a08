"""GEXF 1.3: the network of actors, for Gephi. https://gexf.net/schema.html"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO
from xml.sax.saxutils import quoteattr

from annotator.core.exchange import Item, Losses, Stamp
from annotator.formats._format import Format
from annotator.formats._network import network

_NODE = ("type", "aliases", "wikidata")
_EDGE = ("tag", "statements", "first", "last")


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """One directed graph; an edge for each tag that joins two actors, weighted by its passages."""
    found = network(items, losses)
    yield

    def put(line: str) -> None:
        stream.write(line.encode() + b"\n")

    put('<?xml version="1.0" encoding="UTF-8"?>')
    put('<gexf xmlns="http://gexf.net/1.3" version="1.3">')
    put(f"<meta lastmodifieddate={quoteattr(stamp.exported_at[:10])}>")
    put(f"<creator>{stamp.generator}</creator>\n</meta>")
    put('<graph defaultedgetype="directed" mode="static">')
    for kind, names in (("node", _NODE), ("edge", _EDGE)):
        put(f'<attributes class="{kind}">')
        for name in names:
            kind_of = "integer" if name == "statements" else "string"
            put(f'<attribute id="{kind}-{name}" title="{name}" type="{kind_of}"/>')
        put("</attributes>")
    put("<nodes>")
    for identifier, actor in found.actors.items():
        put(f"<node id={quoteattr(identifier)} label={quoteattr(actor.name)}>")
        values: dict[str, str | int] = {
            "type": actor.type,
            "aliases": "; ".join(actor.aliases),
            "wikidata": actor.wikidata,
        }
        put(f"{_values('node', values)}</node>")
    put("</nodes>\n<edges>")
    for n, edge in enumerate(found.edges.values()):
        put(
            f'<edge id="{n}" source={quoteattr(edge.source)} target={quoteattr(edge.target)}'
            f' kind={quoteattr(edge.tag)} label={quoteattr(edge.label)} weight="{edge.count}">'
        )
        facts: dict[str, str | int] = {
            "tag": edge.tag,
            "statements": edge.statements,
            "first": edge.first,
            "last": edge.last,
        }
        put(f"{_values('edge', facts)}</edge>")
        if n % 1000 == 0:
            yield
    put("</edges>\n</graph>\n</gexf>")
    yield


def _values(kind: str, values: dict[str, str | int]) -> str:
    given = "".join(
        f'<attvalue for="{kind}-{name}" value={quoteattr(str(value))}/>'
        for name, value in values.items()
        if value != ""
    )
    return f"<attvalues>{given}</attvalues>" if given else ""


FORMAT = Format(
    name="gexf",
    label="GEXF",
    suffixes=(".gexf",),
    media_type="application/gexf+xml",
    purpose="analysis",
    write=write,
    description="Who claims what of whom, as a network of actors, for Gephi.",
)
