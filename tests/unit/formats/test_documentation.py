"""docs/FORMAT.md says what the program does: its example is read, and every key is explained."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator import formats, paths
from annotator.core.exchange import Header, Link, Record

DOCUMENT = Path(__file__).parents[3] / "docs" / "FORMAT.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
SCHEMA = json.loads(paths.resource("native.schema.json").read_text(encoding="utf-8"))


def example(language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert match
    return match[1]


def keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "properties":
                yield from value
            yield from keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys(value)


@pytest.mark.parametrize("key", sorted(set(keys(SCHEMA))))
def test_every_key_of_the_format_is_explained(key: str) -> None:
    assert f"`{key}`" in TEXT


@pytest.mark.parametrize("format", formats.formats(), ids=lambda f: f.name)
def test_every_format_is_listed(format: formats.Format) -> None:
    assert f"| `{format.name}` |" in TEXT


def test_the_example_is_what_the_program_writes() -> None:
    items = list(formats.read(io.BytesIO(example("json").encode()), "json", name="example.json"))
    assert [type(item) for item in items] == [Header, Record, Link]
    again = io.BytesIO()
    formats.write(items, again, "json", formats.Stamp("2026-03-01T09:30:00.000Z", "annotator 0.1.0"))
    assert again.getvalue().decode() == example("json")


def test_the_example_of_front_matter_is_read() -> None:
    (record,) = formats.read(io.BytesIO(example("markdown").encode()), "markdown", name="example.md")
    assert isinstance(record, Record)
    assert record.statement.date_issued is not None and record.statement.date_issued.basis == "inferred"
    assert record.statement.extra == {"shelf": "B 12"}
