"""What every benchmark shares: a figure with its limit and target, and how often it is taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report; ``limit`` is what bare code takes for the same work, in the same unit."""

    workload: str
    value: float
    limit: float
    target: str
    met: bool
    unit: str = "ms"
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.value / self.limit if self.limit else float("nan")


def timed(work: Callable[[], object]) -> float:
    """How long this takes, in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def p99(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
