"""The page is as sharp at 150 % and 200 % as at 100 %: asked of a process each, since Qt reads the factor once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FACTORS = pytest.mark.parametrize("factor", [1.0, 1.5, 2.0])


@lru_cache(maxsize=8)
def page(factor: float) -> dict[str, Any]:
    """What ``scaled.py`` saw at this factor."""
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("scaled.py"))],
        env={**os.environ, "QT_SCALE_FACTOR": str(factor), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    seen: dict[str, Any] = json.loads(ran.stdout)
    assert seen["ratio"] == factor
    return seen


@FACTORS
def test_underlines_lie_on_whole_device_pixels_right_under_their_tint(factor):
    seen = page(factor)
    for line in seen["lines"]:
        above, tint, underline, below = line  # no other colour between them: nothing is blurred, no gap
        assert above[0] == below[0] == seen["page"]
        assert underline == [seen["mark"], round(2 * factor)]
        assert tint[1] > 15 * factor


@FACTORS
def test_bars_fill_whole_device_pixels(factor):
    # The bar's colour and the page's, and nothing between them.
    seen = page(factor)
    assert [(len(colors), seen["page"] in colors) for colors in seen["bars"]] == [(2, True)]


@FACTORS
def test_pictures_are_drawn_in_device_pixels(factor):
    seen = page(factor)
    assert seen["minimap"] == seen["hatch"] == seen["cross"] == factor
