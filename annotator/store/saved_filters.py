"""The filters of passages that a project keeps by name, in one setting of it, as a JSON object of queries by name."""

from __future__ import annotations

import json
from collections.abc import Mapping

from annotator.core.query import respelled

#: The setting that holds them.
SETTING = "passage_filters"


def read(setting: str) -> dict[str, str]:
    """The queries by name that the setting holds; none where it holds something else."""
    try:
        kept = json.loads(setting or "{}")
    except ValueError:
        return {}
    return {str(name): str(query) for name, query in kept.items()} if isinstance(kept, dict) else {}


def written(filters: Mapping[str, str]) -> str:
    """The setting that holds these queries."""
    return json.dumps(dict(filters), ensure_ascii=False)


def following(setting: str, fields: Mapping[str, str], values: Mapping[str, Mapping[str, str]]) -> str:
    """The setting, where its queries use the new names of ``fields`` and of the ``values`` of fields."""
    before = read(setting)
    after = {name: respelled(query, fields, values) for name, query in before.items()}
    return written(after) if after != before else setting
