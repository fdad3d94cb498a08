"""Web archives (WARC), by warcio in the child process (extra ``warc``): each page that was fetched is a statement."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

from annotator.core.edtf import check_edtf
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Problem
from annotator.formats._child import ParserProcess
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import page, record_of

#: Bytes of one page, unpacked.
PAGE_LIMIT = 20_000_000


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record a page; pages that were not found or are no text are passed over."""
    data = file.data()
    if options.parser is not None:
        yield from _items(options.parser, data, file)
    else:
        with ParserProcess() as parser:
            yield from _items(parser, data, file)


def _items(parser: ParserProcess, data: bytes, file: SourceFile) -> Iterator[Item]:
    found = False
    for part in parser.stream("annotator.formats.warc:pages", data, file.name):
        found = True
        if "reason" in part:
            yield Problem(f"{file.name}: {part['url']}", part["reason"])
            continue
        source = SourceFile(f"{file.name}: {part['url']}", file.stream)
        yield record_of(
            source, base64.b64decode(part["data"]), part["page"], media_type=part["media_type"], title_first=True
        )
    if not found:
        yield Problem(file.name, "holds no web page")


# -- in the child -------------------------------------------------------------------------


def pages(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """Each page of the archive, as ``page`` has it, with its bytes."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError:
        raise AnnotatorError(
            f"{name} is a web archive; to read it, install the extra: pip install 'annotator[warc]'"
        ) from None
    try:
        for record in ArchiveIterator(io.BytesIO(data)):
            if (part := _part(record)) is not None:
                yield part
    except ArchiveLoadFailed:
        raise AnnotatorError(f"{name} is damaged, or no web archive") from None


def _part(record: Any) -> dict[str, Any] | None:
    """What a response or resource holds, None for another record, another status, or what is no text."""
    headers, http = record.rec_headers, record.http_headers
    if record.rec_type not in ("response", "resource") or (http is not None and http.get_statuscode() != "200"):
        return None
    kind = (http.get_header("Content-Type") if http is not None else headers.get_header("Content-Type")) or ""
    media_type, _, rest = kind.lower().partition(";")
    media_type = media_type.strip()
    if media_type not in ("text/html", "application/xhtml+xml", "text/plain"):
        return None
    url = " ".join((headers.get_header("WARC-Target-URI") or "").strip("<>").split())
    data = record.content_stream().read(PAGE_LIMIT + 1)
    if len(data) > PAGE_LIMIT:
        return {"url": url, "reason": f"is larger than {PAGE_LIMIT // 1_000_000} MB"}
    charset = re.search(r"charset=[\"']?([\w.:-]{1,40})", rest)
    try:
        found = _read(data, url, media_type, charset[1] if charset else "")
    except AnnotatorError as error:
        return {"url": url, "reason": str(error).removeprefix(url).strip().replace(f" in {url}", "")}
    except Exception as error:  # a library failed on one hostile page: the others are read
        return {"url": url, "reason": f"could not be read: it is damaged or too intricate ({type(error).__name__})"}
    found["metadata"]["url"] = [url, "WARC-Target-URI"] if re.match(r"https?://", url) else ["", ""]
    found["metadata"] |= _date(headers.get_header("WARC-Date") or "")
    found["metadata"] = {key: value for key, value in found["metadata"].items() if value[0]}
    return {"url": url, "page": found, "data": base64.b64encode(data).decode(), "media_type": media_type}


def _read(data: bytes, url: str, media_type: str, charset: str) -> dict[str, Any]:
    from annotator.formats import _decode, html

    if media_type == "text/plain":
        text, encoding = _decode.decode(data, url, charset or None)
        return page(text, {}, name=url, encoding=encoding)
    known = None
    try:
        if charset:
            data.decode(charset)
            known = charset
    except (LookupError, UnicodeError):
        pass
    found = html.parse(data, url, known)
    made = page(found["text"], found["metadata"], name=url, encoding=found["encoding"])
    return made | {"replaced": made["replaced"] + found["replaced"]}


def _date(moment: str) -> dict[str, list[str]]:
    try:
        return {"date_collected": [check_edtf(moment[:10], "date"), "WARC-Date"]}
    except AnnotatorError:
        return {}


def sniff(head: bytes) -> bool:
    """Whether these bytes begin a web archive, packed or not."""
    import zlib

    try:
        begin = zlib.decompressobj(31).decompress(head, 16) if head.startswith(b"\x1f\x8b") else head
    except zlib.error:
        return False
    return begin.startswith(b"WARC/1.")


FORMAT = Format(
    name="warc",
    label="Web archive (WARC)",
    suffixes=(".warc",),
    media_type="application/warc",
    purpose="corpora",
    read=read,
    sniff=sniff,
    description="One statement a page that was fetched. Needs the extra “warc”.",
)
