"""What a start does not pay for. Not timed: the modules that are loaded when the text is painted are looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Starts the window with the sample project; prints the modules that are loaded as the text is painted, and ends.
START = """
import os, sys
from annotator.store import identity
identity.name_coder("LM")
from annotator.gui import reader
paint = reader.Reader.paintEvent

def painted(self, event):
    paint(self, event)
    if self.text:
        print("\\n".join(sys.modules), flush=True)
        os._exit(0)

reader.Reader.paintEvent = painted
from annotator.__main__ import main
main([])
"""
#: Parts of the window and of the store that wait until they are asked for.
LATER = (
    "annotator.cli",
    "annotator.gui.attribute_fields",
    "annotator.gui.chooser",
    "annotator.gui.dialogs.appearance",
    "annotator.gui.dialogs.change_keys",
    "annotator.gui.dialogs.crash",
    "annotator.gui.dialogs.export_preview",
    "annotator.gui.dialogs.exporting",
    "annotator.gui.dialogs.format_list",
    "annotator.gui.dialogs.history",
    "annotator.gui.dialogs.importing",
    "annotator.gui.dialogs.keys",
    "annotator.gui.dialogs.report",
    "annotator.gui.dialogs.reporting",
    "annotator.gui.fields",
    "annotator.gui.find_bar",
    "annotator.gui.find_pane",
    "annotator.gui.finder",
    "annotator.gui.inspector",
    "annotator.gui.metadata_form",
    "annotator.jobs",
    "annotator.sampling",
    "annotator.core.report",
    "annotator.core.report_html",
    "annotator.core.privacy",
    "annotator.store.check",
    "annotator.store.concordance",
    "annotator.store.evidence",
    "annotator.store.purge",
    "annotator.store.rekeying",
    "annotator.store.salvage",
    "annotator.store.snapshot",
)
#: Libraries that take long to load, and that only readers of documents, dates and expressions need.
HEAVY = (
    "PySide6.QtNetwork",
    "charset_normalizer",
    "difflib",
    "edtf",
    "html",
    "jsonschema",
    "lxml",
    "regex",
    "sentencex",
    "sqlite_utils",
    "trafilatura",
    "uuid",
    "yaml",
)


def test_a_start_loads_nothing_that_it_does_not_show(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", START]
    # The first start makes the sample project, for which it loads what imports need.
    subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert "annotator.gui.reader" in loaded
    assert sorted(loaded.intersection(LATER)) == []
    assert sorted(loaded.intersection(HEAVY)) == []
