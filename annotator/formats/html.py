"""Saved web pages: the article's text by trafilatura, metadata only from where the page states them."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem
from annotator.core.model import METADATA, DateValue
from annotator.core.text import Span, canonical
from annotator.formats import _decode
from annotator.formats._blocks import Blocks, add_markup, html_tree
from annotator.formats._child import ParserProcess
from annotator.formats._document import clean, record, title_of
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import page


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record; the page is parsed in the child process."""
    data = file.data()
    if not data.strip():
        yield Problem(file.name, "is empty")
        return
    if options.parser is not None:
        page = _parsed(options.parser, data, file.name, options)
    else:
        with ParserProcess() as parser:
            page = _parsed(parser, data, file.name, options)
    text, replaced = canonical(page["text"])
    metadata, came_from = _fields(page["metadata"])
    line = _heading(text, metadata.get("title", ""))
    if "title" not in metadata:
        metadata["title"], came_from["title"] = title_of(text, Span(0, len(_first(text))))[0], "the first line"
    yield record(
        file,
        data,
        text,
        replaced + page["replaced"],
        media_type=FORMAT.media_type,
        encoding=page["encoding"],
        metadata=metadata | {"extra": {"metadata_from": came_from}},
        title=line,
    )


def _parsed(parser: ParserProcess, data: bytes, name: str, options: ReadOptions) -> Any:
    return parser.parse("annotator.formats.html:parse", data, name, encoding=options.encoding)


def _fields(found: dict[str, list[str]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Fields of ``Statement``, and for each where on the page it stands."""
    fields: dict[str, Any] = {}
    came_from: dict[str, str] = {}
    for key, (value, origin) in found.items():
        if key == "date_published":
            fields[key] = DateValue(value)
        elif key in METADATA:
            fields[key] = clean(value)
        came_from[key] = origin
    return fields, came_from


def _first(text: str) -> str:
    return text.split("\n", 1)[0]


def _heading(text: str, title: str) -> Span | None:
    """The text's first line, if it is the page's title, to which many pages add their outlet: “Words | Outlet”."""
    line, title = clean(_first(text)).casefold(), title.casefold()
    rest = title.removeprefix(line).lstrip()
    if line and title.startswith(line) and (not rest or rest[0] in "|-–—:·•»"):
        return Span(0, len(_first(text)))
    return None


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str, encoding: str | None = None) -> dict[str, Any]:
    """The page's text, the encoding found, and metadata as ``{field: [value, where it stands]}``."""
    from trafilatura import bare_extraction, baseline

    decoded, encoding = decode(data, name, encoding)
    text, _ = canonical(decoded)
    tree = html_tree(text, name)
    metadata = find_metadata(tree, text)
    back = _protect(tree)
    document: Any = bare_extraction(
        tree,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        date_extraction_params={"extensive_search": False},
    )
    found = _text(document.body) if document is not None else ""
    if not found:
        tree = html_tree(text, name)
        back = _protect(tree)
        found = _text(baseline(tree)[0])
    if not found:
        raise AnnotatorError(f"no text was found in {name}")
    found = found.translate(back)
    # What could not be decoded or is a NUL has become U+FFFD on the way.
    return {"text": found, "encoding": encoding, "metadata": metadata, "replaced": found.count("\ufffd")}


def fragment(data: bytes, name: str) -> dict[str, Any]:
    """All words of a piece of HTML in UTF-8, such as a browser puts on the clipboard."""
    blocks = Blocks()
    add_markup(blocks, html_tree(data.decode("utf-8", "replace"), name))
    return page(str(blocks), {}, name=name, encoding="utf-8")


_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{1,40})", re.IGNORECASE)
#: What browsers read under these names (WHATWG Encoding).
_BROWSER = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    "iso-8859-9": "cp1254",
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    "x-sjis": "shift_jis",
    "ks_c_5601-1987": "cp949",
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be"), "utf-8"),
}


def decode(data: bytes, name: str, encoding: str | None) -> tuple[str, str]:
    """The page's characters: as told, by a byte order mark, as it declares itself, or as plain text is read.

    A page that is not quite in the encoding it declares is read all the same, as browsers do.
    """
    if encoding or _decode.bom(data) or _decode.kind(data) or not (_decode.likely_text(data) or sniff(data)):
        return _decode.decode(data, name, encoding)
    declared = _META_CHARSET.search(data[:4096])
    label = declared[1].decode("ascii").lower() if declared else "utf-8"
    for each in (_BROWSER.get(label, label), "utf-8"):
        try:
            return data.decode(each), codecs.lookup(each).name
        except (LookupError, UnicodeError):
            continue
    try:
        if declared:
            return data.decode(label, "replace"), codecs.lookup(label).name
        return _decode.decode(data, name)
    except (LookupError, AnnotatorError):
        return data.decode("utf-8", "replace"), "utf-8"


#: Spaces other than the common one, which trafilatura would turn into common ones.
_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
#: Signs of a script that no one writes any more, which stand for them while trafilatura works.
_STANDINS = "".join(chr(0x10600 + n) for n in range(len(_SPACES)))


def _protect(tree: Any) -> dict[int, str]:
    """Keep what trafilatura would lose: special spaces, and the words in <time> and <ins>.

    Returns the table that turns the stand-ins back into spaces.
    """
    for element in tree.iter("time", "ins", "abbr", "label", "output", "data"):
        element.tag = "span"
    for element in tree.iter("q"):
        element.tag = "span"
        element.text = "“" + (element.text or "")
        last = element[-1] if len(element) else None
        if last is None:
            element.text += "”"
        else:
            last.tail = (last.tail or "") + "”"
    if any(stand_in in text for text in tree.itertext() if not text.isascii() for stand_in in _STANDINS):
        return {}
    table = str.maketrans(_SPACES, _STANDINS)
    for element in tree.iter():
        if element.text and not element.text.isascii():
            element.text = element.text.translate(table)
        if element.tail and not element.tail.isascii():
            element.tail = element.tail.translate(table)
    return {ord(s): c for s, c in zip(_STANDINS, _SPACES, strict=True)}


_INLINE = frozenset({"hi", "ref", "del", "span", "a", "b", "i", "em", "strong", "sub", "sup", "u"})
_LINES = frozenset({"item", "row", "fw"})


def _text(body: Any) -> str:
    """The words of trafilatura's result: paragraphs between blank lines, list items and table rows on lines."""
    parts: list[str] = []
    _walk(body, parts)
    lines = (re.sub(r"[ \r\f\v]*\n[ \r\f\v]*", "\n", "".join(parts))).replace("\t\n", "\n")
    blocks = (re.sub("\n+", "\n", block.strip(" \n\t")) for block in re.split(r"\n{2,}", lines))
    return "\n\n".join(block for block in blocks if block.strip(_STANDINS + _SPACES + " \n\t"))


def _walk(element: Any, parts: list[str]) -> None:
    tag = element.tag
    if not isinstance(tag, str):
        return
    edge = "" if tag in _INLINE or tag in ("lb", "cell") else "\n" if tag in _LINES else "\n\n"
    parts.append(edge)
    if tag == "lb":
        parts.append("\n")
    if element.text:
        parts.append(_joined(element.text))
    for child in element:
        _walk(child, parts)
        if child.tail:
            parts.append(_joined(child.tail))
    parts.append("\t" if tag == "cell" else edge)


def _joined(text: str) -> str:
    return re.sub(r"[ \t\n\r\f\v]+", " ", text)


# -- metadata -----------------------------------------------------------------------------


def find_metadata(tree: Any, text: str) -> dict[str, list[str]]:
    """What the page states about itself as ``{field: [value, where it stands]}``; nothing is guessed."""
    data = list(_linked_data(tree))
    article = next((d for d in data if _types(d) & _ARTICLES), None) or {}
    web_page = next((d for d in data if "WebPage" in _types(d)), {})
    author, publisher = _resolved(article.get("author"), data), _resolved(article.get("publisher"), data)
    organised = bool(_types(author)) and any(t.endswith(_ORGANISED) for t in _types(author))
    person = "Person" in _types(author)

    def meta(*names: str) -> str:
        for wanted in names:
            for element in tree.iter("meta"):
                name = element.get("property") or element.get("name") or ""
                if name.strip().lower() == wanted and (element.get("content") or "").strip():
                    return str(element.get("content"))
        return ""

    candidates: dict[str, tuple[tuple[str, Callable[[], Any]], ...]] = {
        "title": (
            ("JSON-LD headline", lambda: article.get("headline") or article.get("name")),
            ("og:title", lambda: meta("og:title")),
            ("<title>", lambda: next((t.text_content() for t in tree.iter("title")), "")),
        ),
        "issuer": (("JSON-LD author (organisation)", lambda: _named(author) if organised else ""),),
        "outlet": (
            ("JSON-LD publisher", lambda: _named(publisher)),
            ("og:site_name", lambda: meta("og:site_name")),
        ),
        "language": (
            ("html lang", lambda: _root_language(tree)),
            ("JSON-LD inLanguage", lambda: article.get("inLanguage")),
        ),
        "reporter": (("JSON-LD author (person)", lambda: _named(author) if person else ""),),
        "genre": (("JSON-LD genre", lambda: article.get("genre")),),
        "url": (
            ("canonical link", lambda: _web(_link(tree, "canonical"))),
            ("og:url", lambda: _web(meta("og:url"))),
            ("JSON-LD url", lambda: _web(article.get("url"))),
            ("note of the browser that saved it", lambda: _web(_saved_from(text))),
        ),
        "licence": (
            ("license link", lambda: _link(tree, "license")),
            ("JSON-LD license", lambda: article.get("license")),
        ),
        "date_published": (
            ("JSON-LD datePublished", lambda: _day(article.get("datePublished") or web_page.get("datePublished"))),
            ("article:published_time", lambda: _day(meta("article:published_time", "og:article:published_time"))),
            ("<time>", lambda: _time(tree)),
        ),
    }
    found: dict[str, list[str]] = {}
    for key, places in candidates.items():
        for origin, value in places:
            words = value()
            if isinstance(words, str) and clean(words):
                found[key] = [clean(words), origin]
                break
    return found


_ARTICLES = frozenset(
    {"Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle"}
    | {"BackgroundNewsArticle", "BlogPosting", "LiveBlogPosting", "SocialMediaPosting"}
    | {"Report", "PressRelease", "Statement", "SpecialAnnouncement"}
)
_ORGANISED = ("Organization", "NGO", "Corporation", "PoliticalParty", "Party", "Consortium")


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, also within ``@graph`` and lists; what is malformed is skipped."""
    scripts = (s for s in tree.iter("script") if "ld+json" in (s.get("type") or "").lower())
    for script in islice(scripts, 50):
        try:
            words = (script.text_content() or "").strip().removeprefix("<!--").removesuffix("-->")
            data = json.loads(words, strict=False)
        except (ValueError, RecursionError):
            continue
        waiting, seen = [data], 0
        while waiting and seen < 10_000:
            value = waiting.pop(0)
            seen += 1
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                yield value
                waiting.extend(value[k] for k in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart") if k in value)


def _types(data: Any) -> set[str]:
    kind = data.get("@type") if isinstance(data, dict) else None
    kinds = kind if isinstance(kind, list) else [kind]
    return {k.rsplit("/", 1)[-1] for k in kinds if isinstance(k, str)}


def _resolved(value: Any, data: list[dict[str, Any]]) -> Any:
    """The object itself where JSON-LD only gives its ``@id``; the first of several."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return next((d for d in data if d.get("@id") == value["@id"] and "name" in d), value)
    return value


def _named(value: Any) -> Any:
    return value.get("name") if isinstance(value, dict) else value


def _root_language(tree: Any) -> str:
    root = tree.getroottree().getroot()
    return str(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or "")


def _link(tree: Any, relation: str) -> str:
    for element in tree.iter("link", "a"):
        if relation in (element.get("rel") or "").lower().split() and (element.tag == "link" or relation == "license"):
            return str(element.get("href") or "")
    return ""


def _saved_from(text: str) -> str:
    match = re.search(r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(\S+)", text[:20_000])
    return match[1] if match else ""


def _web(url: Any) -> str:
    return url if isinstance(url, str) and re.match(r"https?://[^\s/]+", url) else ""


def _time(tree: Any) -> str:
    """The day that ``<time>`` marks as the publication's, or the only day that the page's ``<time>``s name."""
    times = list(islice(tree.iter("time"), 1000))
    marked = [t for t in times if t.get("itemprop") == "datePublished" or t.get("pubdate") is not None]
    days = {_day(t.get("datetime")) for t in marked or times} - {""}
    return days.pop() if len(days) == 1 else ""


def _day(value: Any) -> str:
    """The day (or month, or year) as the page writes it, in its own time zone; nothing if it is no ISO date."""
    match = re.match(r"\s*(\d{4}(?:-\d\d(?:-\d\d)?)?)(?=[T\s]|$)", value) if isinstance(value, str) else None
    if match is None:
        return ""
    try:
        return check_edtf(match[1], "date")
    except AnnotatorError:
        return ""


def sniff(head: bytes) -> bool:
    """Whether these bytes begin a web page."""
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return begin.startswith((b"<!doctype html", b"<html")) or (begin[:4] in (b"<!--", b"<?xm") and b"<html" in begin)


FORMAT = Format(
    name="html",
    label="Web page (HTML)",
    suffixes=(".html", ".htm", ".xhtml"),
    media_type="text/html",
    purpose="documents",
    read=read,
    sniff=sniff,
    description="One statement a saved page: its article, with the metadata that the page states.",
)
