"""RSS and Atom files, by feedparser in the child process (extra ``feeds``): each entry is a statement."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem
from annotator.formats._blocks import Blocks, add_markup, html_tree
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import Stated, in_child, page, record_of

#: The most entries of one file.
ENTRY_LIMIT = 100_000


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record an entry; the feed is parsed in the child process."""
    data = file.data()
    if not data.strip():
        yield Problem(file.name, "is empty")
        return
    found = in_child(options.parser, "annotator.formats.feed:parse", data, file.name)
    for entry in found:
        name = f"{file.name}, entry {entry['number']}"
        if "reason" in entry:
            yield Problem(name, entry["reason"])
        else:
            source = json.dumps(entry["source"], ensure_ascii=False).encode("utf-8", "replace")
            kept = SourceFile(name, file.stream)
            yield record_of(kept, source, entry["page"], media_type="application/json", title_first=True)


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str) -> list[dict[str, Any]]:
    """The entries of the feed, each with its text, what it states, and its words as the feed has them."""
    try:
        import feedparser
    except ImportError:
        raise AnnotatorError(
            f"{name} is a feed; to read it, install the extra: pip install 'annotator[feeds]'"
        ) from None
    if b"<!ENTITY" in data or "<!ENTITY".encode("utf-16-le") in data or "<!ENTITY".encode("utf-16-be") in data:
        raise AnnotatorError(f"{name} declares entities, as honest feeds do not, and was not read")
    # Bytes: a text would be taken for an address or the name of a file. What is HTML in it becomes plain words below.
    feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    if not feed.version:
        raise AnnotatorError(f"{name} is no RSS or Atom feed")
    if not feed.entries:
        raise AnnotatorError(f"{name} holds no entry")
    if len(feed.entries) > ENTRY_LIMIT:
        raise AnnotatorError(f"{name} has more than {ENTRY_LIMIT:,} entries and was not read")
    return [_entry(entry, feed.feed, n, f"{name}, entry {n}") for n, entry in enumerate(feed.entries, 1)]


def _entry(entry: Any, feed: Any, number: int, name: str) -> dict[str, Any]:
    contents = [c for c in entry.get("content", ()) if c.get("value")]
    body = contents[0] if contents else entry.get("summary_detail") or {}
    words = str(body.get("value") or entry.get("summary") or "")
    try:
        if body.get("type") != "text/plain" and re.search(r"<[a-zA-Z/!]|&[a-zA-Z#]", words):
            blocks = Blocks()
            add_markup(blocks, html_tree(f"<html><body>{words}</body></html>", name))
            words = str(blocks)
        found = page(words, _stated(entry, feed), name=name, facts={"author": _said(entry, "author")})
    except AnnotatorError as error:
        return {"number": number, "reason": str(error).removeprefix(name).strip().replace(f" in {name}", "")}
    source = {
        "title": _said(entry, "title"),
        "link": _said(entry, "link"),
        "id": _said(entry, "id"),
        "published": _said(entry, "published"),
        "author": _said(entry, "author"),
        "content": str(body.get("value") or ""),
    }
    return {"number": number, "page": found, "source": source}


def _said(place: Any, name: str) -> str:
    return " ".join(str(place.get(name) or "").split())


def _stated(entry: Any, feed: Any) -> Stated:
    link = _said(entry, "link")
    title = re.sub(r"<[^>]{1,200}>", "", _said(entry, "title"))
    stated = {
        "title": [title, "entry: title"],
        "url": [link if re.match(r"https?://[^\s/]+", link) else "", "entry: link"],
        "outlet": [_said(feed, "title"), "feed: title"],
        "language": [_said(entry, "language") or _said(feed, "language"), "feed: language"],
        "licence": [_said(entry, "rights") or _said(feed, "rights"), "feed: rights"],
    }
    return stated | _date(entry)


def _date(entry: Any) -> Stated:
    """The day of publication as the feed writes it, or as feedparser reads it, in UTC."""
    written, parsed = _said(entry, "published"), entry.get("published_parsed")
    try:
        if match := re.match(r"\d{4}-\d\d-\d\d", written):
            return {"date_published": [check_edtf(match[0], "date"), "entry: published"]}
        if parsed:
            day = f"{parsed.tm_year:04}-{parsed.tm_mon:02}-{parsed.tm_mday:02}"
            return {"date_published": [check_edtf(day, "date"), "entry: published (UTC)"]}
    except AnnotatorError:
        pass
    return {}


def sniff(head: bytes) -> bool:
    """Whether these bytes begin a feed."""
    begin = head[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    return begin.startswith(b"<") and bool(
        re.search(rb"<rss[\s>]|<feed[\s>][^>]*Atom|<rdf:RDF[^>]*purl\.org/rss", begin)
    )


FORMAT = Format(
    name="feed",
    label="Feed (RSS, Atom)",
    suffixes=(".rss", ".atom", ".rdf"),
    media_type="application/rss+xml",
    purpose="corpora",
    read=read,
    sniff=sniff,
    description="One statement an entry. Needs the extra “feeds”.",
)
