"""The codebook that every new project begins with, read from the program's data."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from annotator import paths
from annotator.core.codebook import Codebook, tag_from_json


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(paths.resource("codebook.json").read_text(encoding="utf-8"))
    return data


def starter_codebook() -> Codebook:
    """Demand, accusation and event, with their attributes, definitions and rules."""
    data = _data()
    return Codebook(tuple(tag_from_json(tag) for tag in data["tags"]), tuple(data["rules"]))


def actor_types() -> tuple[str, ...]:
    """The types an actor may have."""
    return tuple(_data()["actor_types"])
