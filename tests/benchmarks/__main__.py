"""Prints each figure beside its target and the bare limit of the same run: ``python -m tests.benchmarks [NAME...]``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

NAMES = tuple(sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py")))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of: {', '.join(NAMES)}")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {min(unknown)}; there are: {', '.join(NAMES)}")
    figures = []
    for name in options.names or NAMES:
        for figure in import_module(f"tests.benchmarks.{name}").run():
            figures.append(asdict(figure) | {"ratio": figure.ratio})
            if not options.json:
                print(
                    f"{figure.workload}: {figure.value:.1f} {figure.unit}"
                    f" (bare {figure.limit:.1f} {figure.unit}, ratio {figure.ratio:.2f})"
                    f" — target {figure.target}: {'met' if figure.met else 'MISSED'}"
                    + (f" — {figure.note}" if figure.note else ""),
                    flush=True,
                )
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
