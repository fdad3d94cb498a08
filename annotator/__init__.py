"""Annotator: read what parties say, mark what they demand, allege and report.

``from annotator import Project`` works in a script or notebook without Qt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotator.core.errors import AnnotatorError
    from annotator.core.text import Span
    from annotator.store.project import Project

__version__ = "0.1.0"
__all__ = ["AnnotatorError", "Project", "Span", "__version__"]

_HOMES = {
    "AnnotatorError": "annotator.core.errors",
    "Project": "annotator.store.project",
    "Span": "annotator.core.text",
}


def __getattr__(name: str) -> Any:
    # Lazy, so that the window paints before the store is imported.
    if name not in _HOMES:
        raise AttributeError(f"module 'annotator' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
