"""Mails (EML): the body as plain text, or the words of its HTML; metadata from the header fields of RFC 5322."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item
from annotator.formats._blocks import Blocks, add_markup, html_tree
from annotator.formats._format import Format, ReadOptions, SourceFile
from annotator.formats._parsed import Stated, page, read_with

_FIELDS = re.compile(
    rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to):", re.I | re.M
)


def read(file: SourceFile, options: ReadOptions) -> Iterator[Item]:
    """One record; the mail is parsed in the child process."""
    return read_with("annotator.formats.eml:parse", file, options, media_type=FORMAT.media_type, title_first=True)


# -- in the child -------------------------------------------------------------------------


def parse(data: bytes, name: str, encoding: str | None = None) -> dict[str, Any]:
    """The mail's text and what its header states; ``encoding`` takes the place of what a part says of itself."""
    from email import message_from_bytes, policy

    try:
        mail = message_from_bytes(data, policy=policy.default)
        if mail.get_content_type() == "multipart/encrypted":
            raise AnnotatorError(f"{name} is an encrypted mail")
        body = mail.get_body(preferencelist=("plain", "html"))
        attached = [_name(part) for part in mail.walk() if part.is_attachment()]
        text, known = ("", "") if body is None else _content(body, name, encoding)
        stated, facts = _header(mail)
    except RecursionError:
        raise AnnotatorError(f"{name} is nested too deeply to be read as a whole") from None
    remarks = []
    if attached:
        listed = ", ".join(attached[:5]) + (" …" if len(attached) > 5 else "")
        remarks.append(f"{len(attached)} attachment{'s' * (len(attached) != 1)} not taken in: {listed}")
    return page(text, stated, name=name, encoding=known, facts=facts, remarks=remarks)


def _content(body: Any, name: str, encoding: str | None) -> tuple[str, str]:
    """The words of this part, and the encoding they were in."""
    data = body.get_payload(decode=True) or b""
    charset = encoding or str(body.get_content_charset() or "utf-8")
    try:
        text = data.decode(charset, "replace")
    except LookupError:
        charset = "utf-8"
        text = data.decode(charset, "replace")
    if body.get_content_type() == "text/html":
        if not text.strip():
            return "", charset
        blocks = Blocks()
        add_markup(blocks, html_tree(text, name))
        return str(blocks), charset
    if body.get_param("format", "").lower() == "flowed":
        text = _unfolded(text, body.get_param("delsp", "").lower() == "yes")
    return text, charset


def _unfolded(text: str, delete_space: bool) -> str:
    """Paragraphs of ``format=flowed`` (RFC 3676): a line that ends with a space goes on in the next one."""
    lines: list[str] = []
    open_ = False
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line[1:] if line.startswith(" ") else line
        flows = line.endswith(" ") and line != "-- "
        words = line[:-1] if flows and delete_space else line
        if open_:
            lines[-1] += words
        else:
            lines.append(words)
        open_ = flows
    return "\n".join(lines)


def _name(part: Any) -> str:
    try:
        return " ".join(str(part.get_filename() or part.get_content_type()).split())[:120]
    except (ValueError, TypeError):
        return "without a readable name"


def _value(mail: Any, field: str) -> str:
    """A header field's words; nothing where it is so broken that the library fails."""
    try:
        return " ".join(str(mail[field] or "").split())
    except Exception:  # whatever a broken field makes the parser of headers raise
        return ""


def _header(mail: EmailMessage | Any) -> tuple[Stated, dict[str, Any]]:
    sender = _value(mail, "from")
    named = re.match(r'"?([^"<]+?)"?\s*<([^<>]+)>$', sender)
    stated = {
        "title": [_value(mail, "subject"), "Subject"],
        "issuer": [named[1] if named else sender, "From"],
        "language": [_value(mail, "content-language").split(",")[0].strip(), "Content-Language"],
        "url": [_web(_value(mail, "archived-at")), "Archived-At"],
    }
    if day := _day(_value(mail, "date")):
        stated["date_issued"] = [day, "Date"]
    facts = {"sender": sender, "message_id": _value(mail, "message-id"), "date": _value(mail, "date")}
    return stated, facts


def _day(value: str) -> str:
    """The day of the sender's own clock."""
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _web(value: str) -> str:
    value = value.strip("<> ")
    return value if re.match(r"https?://[^\s/]+", value) else ""


def sniff(head: bytes) -> bool:
    """Whether these bytes begin with the header of a mail: two of its own fields before the first empty line."""
    header = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    begins = re.match(rb"(?:From [^\n]+\n)?[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]", head)
    return bool(begins) and len({m.lower() for m in _FIELDS.findall(header)}) >= 3


FORMAT = Format(
    name="eml",
    label="Mail (EML)",
    suffixes=(".eml",),
    media_type="message/rfc822",
    purpose="documents",
    read=read,
    sniff=sniff,
    description="One statement a mail; attachments are listed, not taken in.",
)
