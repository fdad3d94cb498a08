"""What was copied from somewhere as a statement: a piece of a page with its address, or plain words."""

from __future__ import annotations

import io
import re

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Record
from annotator.formats._child import ParserProcess
from annotator.formats._format import SourceFile
from annotator.formats._parsed import page, record_of

NAME = "clipboard"
_SOURCE = re.compile(rb"^SourceURL:([^\r\n]+)", re.MULTILINE)


def record(text: str, html: bytes, url: str, parser: ParserProcess) -> Record:
    """The record of what was copied; raises ``AnnotatorError`` when there are no words in it."""
    if html.startswith((b"\xff\xfe", b"\xfe\xff")):
        html = html.decode("utf-16", "replace").encode()
    # Windows puts a header before it, which may have the address (CF_HTML).
    if html.startswith(b"Version:"):
        named = _SOURCE.search(html[:2000])
        url = url or (named[1].decode("utf-8", "replace") if named else "")
        html = html[html.find(b"<") :]
    found, data, media_type = None, text.encode("utf-8", "replace"), "text/plain"
    if html.strip():
        try:
            found = parser.parse("annotator.formats.html:fragment", html, NAME)
            data, media_type = html, "text/html"
        except AnnotatorError:
            if not text.strip():
                raise
    if found is None:
        found = page(text, {}, name=NAME, encoding="utf-8")
    if re.match(r"https?://[^\s/]+", url):
        found["metadata"]["url"] = [url, "the clipboard"]
    return record_of(SourceFile(NAME, io.BytesIO()), data, found, media_type=media_type)
