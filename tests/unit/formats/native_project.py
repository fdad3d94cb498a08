"""A small project as items, and ways to write, spoil and read it; shared by the tests of the native formats."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

from annotator import formats
from annotator.core.codebook import Codebook
from annotator.core.exchange import Header, Item, Record, Stamp
from annotator.core.links import LinkKind
from annotator.core.model import (
    Actor,
    ActorId,
    Annotation,
    AnnotationId,
    Attribute,
    Choice,
    Coder,
    CoderId,
    DateValue,
    Example,
    Link,
    LinkId,
    Progress,
    Range,
    Source,
    Statement,
    StatementId,
    Tag,
    TagName,
)
from annotator.core.text import Anchor, Span, digest

STAMP = Stamp("2026-03-01T09:30:00.000Z", "annotator test")
TEXT = "Pier four\n\nThe Harbour Union 🙏 calls on the port authority to reopen\u00a0the pier. ميناء"

HEADER = Header(
    codebook=Codebook(
        (
            Tag(
                TagName("demand"),
                label="Demand",
                key="1",
                attributes=(
                    Attribute("addressee", "Addressee", "actors", True, unspecified=True, default="last"),
                    Attribute(
                        "force",
                        "Force",
                        "choice",
                        values=(Choice("appeal", "Appeal"), Choice("plea", "Plea", "", True)),
                    ),
                ),
                version=3,
                examples=(Example("calls on", "n1", "a verb"), Example("must")),
                memo="Too wide?",
            ),
            Tag(
                TagName("event"),
                parent="demand",
                label="Event",
                overlap="allow",
                include=("attacks",),
                rules=("one occurrence",),
            ),
        ),
        rules=("One span is one proposition.",),
    ),
    coders=(Coder(CoderId("c1"), "LM"), Coder(CoderId("c2"), "rules", "machine")),
    actors=(
        Actor(ActorId("a1"), "Port authority", "government", ("the authority",), "Q1", "a note", None, "#0072B2"),
        Actor(ActorId("a2"), "PA", merged_into=ActorId("a1")),
    ),
    project_id="p1",
    project_title="Velmar",
    head="0" * 64,
    link_kinds=(
        LinkKind("blames", "Blames", True, "names the other as the cause"),
        LinkKind("beside", "Beside", False),
    ),
    memo="To be told.",
)


def annotation(identifier: str, quote: str, statement: str = "s1", text: str = TEXT, **more: Any) -> Annotation:
    start = text.index(quote)
    anchor = Anchor.at(text, Span(start, start + len(quote)))
    values: dict[str, Any] = {"tag": TagName("demand"), "coder": CoderId("c1"), **more}
    return Annotation(
        id=AnnotationId(identifier),
        statement=StatementId(statement),
        start=start,
        end=start + len(quote),
        quote=quote,
        prefix=anchor.prefix,
        suffix=anchor.suffix,
        **values,
    )


FULL = Record(
    Statement(
        id=StatementId("s1"),
        title="Pier four",
        issuer="Harbour Union of Velmar",
        issuer_type="civil society",
        outlet="The Lantern",
        language="en",
        speaker="A. Speaker",
        office="Secretary",
        reporter="R",
        translator="T",
        dateline="Velmar",
        venue="ferry landing",
        genre="communiqué",
        url="https://velmar.example/1",
        archive_url="https://archive.example/1",
        licence="CC0-1.0",
        date_issued=DateValue("2022-01", "inferred"),
        date_published=DateValue("2022-01-20"),
        date_collected=DateValue("2023"),
        text_sha256=digest(TEXT),
        length=len(TEXT),
        source=Source("pier.txt", "text/plain", "ab" * 32, 123, "utf-8"),
        extra={"shelf": "B 12", "nested": {"list": [1, 2.5, None, True, "ü"]}},
        previous=StatementId("s0"),
        imported_at="2026-02-01T09:30:00.000Z",
        imported_by=CoderId("c2"),
        memo="A second hand?",
    ),
    TEXT,
    annotations=(
        annotation("n1", "The Harbour Union 🙏", tag=TagName("event"), coder=CoderId("c2"), status="suggested"),
        annotation(
            "n2",
            "calls on the port authority to reopen\u00a0the pier",
            attributes={
                "addressee": [{"actor": "a1", "anchor": {"start": 44, "end": 58, "quote": "port authority"}}],
                "force": [{"value": "appeal"}],
                "deadline": [{"edtf": "2022-02", "basis": "inferred"}],
                "killed": [{"min": 1, "max": 2, "text": "one or two"}],
            },
            note="softer than in March",
            origin="n1",
            tag_version=2,
            created_at="2026-02-01T09:30:00.000Z",
            modified_at="2026-02-02T09:30:00.000Z",
        ),
    ),
    ranges=(Range(0, 9, "title"),),
    progress=(Progress(CoderId("c1"), "open"),),
)
BARE = Record(Statement(StatementId("s2"), text_sha256=digest("Short"), length=5), "Short")
LINK = Link(LinkId("l1"), "same_as", AnnotationId("n1"), AnnotationId("n2"))
ITEMS: list[Item] = [HEADER, FULL, BARE, LINK]


def written(items: Iterable[Item] = ITEMS, format: str = "json") -> bytes:
    stream = io.BytesIO()
    assert not formats.write(items, stream, format, STAMP).counts
    return stream.getvalue()


def read(data: bytes, format: str = "json") -> list[Item]:
    return list(formats.read(io.BytesIO(data), format, name=f"x.{format}"))


def document() -> Any:
    """The project as parsed JSON, to be spoilt."""
    return json.loads(written())


def as_bytes(data: Any, **options: Any) -> bytes:
    return json.dumps(data, **{"ensure_ascii": False, **options}).encode()
