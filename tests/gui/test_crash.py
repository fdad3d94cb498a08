"""After something unexpected: the window lives, one dialog tells, and the report holds nothing of a text or name."""

from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from annotator.gui import crash
from annotator.gui.crash import CrashWatch, report, written
from annotator.gui.dialogs.crash import CrashDialog
from annotator.gui.dialogs.purging import PurgeDialog
from annotator.store.purge import Plan


@pytest.fixture
def watch(qtbot):
    watching = CrashWatch()
    watching.install()
    yield watching
    watching.remove()


def raised(message: str) -> BaseException:
    secret = "Harbour Union"
    try:
        try:
            int(secret)
        except ValueError as error:
            raise KeyError(message) from error
    except KeyError as error:
        return error


def test_a_report_names_places_and_kinds_and_no_content():
    text = report(raised("a quote of the statement"))
    assert "builtins.KeyError" in text
    assert "caused by\nbuiltins.ValueError" in text
    assert "test_crash.py" in text
    assert "raised" in text
    for secret in ("Harbour Union", "a quote", str(Path.home()), str(Path(__file__).parent)):
        assert secret not in text


def test_a_place_in_the_program_is_told_from_the_package_on():
    try:
        crash.report(None)  # type: ignore[arg-type]
        from annotator.core.text import Anchor

        Anchor.at(None, None)  # type: ignore[arg-type]
    except AttributeError as error:
        assert "  annotator/core/text.py:" in report(error)


def test_an_exception_that_nobody_caught_is_written_and_told_once(qtbot, watch):
    told: list[str] = []
    watch.crashed.connect(told.append)
    error = raised("x")
    with qtbot.waitSignal(watch.crashed):
        sys.excepthook(type(error), error, error.__traceback__)
    sys.excepthook(type(error), error, error.__traceback__)
    with qtbot.waitSignal(watch.crashed):
        sys.excepthook(OSError, OSError("another"), None)
    assert len(told) == 2
    assert stat.S_IMODE(Path(told[0]).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(told[0]).parent.stat().st_mode) == 0o700


def test_an_exception_on_another_thread_is_told_on_the_windows_thread(qtbot, watch):
    def fail() -> None:
        raise LookupError

    thread = threading.Thread(target=fail)
    with qtbot.waitSignal(watch.crashed) as told:
        thread.start()
        thread.join()
    assert "builtins.LookupError" in Path(told.args[0]).read_text()


def test_the_hooks_go_back_to_who_had_them(qtbot):
    before = sys.excepthook, threading.excepthook
    watching = CrashWatch()
    watching.install()
    assert sys.excepthook != before[0]
    watching.remove()
    assert (sys.excepthook, threading.excepthook) == before


def test_only_the_latest_reports_are_kept(home):
    paths = [written(f"report {n}\n") for n in range(crash.MOST + 3)]
    kept = sorted(crash.folder().iterdir())
    assert len(kept) == crash.MOST
    assert paths[-1] in kept


def test_a_report_that_cannot_be_written_is_still_told(qtbot, watch):
    crash.folder().write_text("a file where the folder should be")
    with qtbot.waitSignal(watch.crashed) as told:
        sys.excepthook(OSError, OSError("x"), None)
    assert told.args == [""]


def test_the_dialog_shows_the_report_on_request_and_enter_goes_on(qtbot, home):
    path = written("Annotator, Python\n\nbuiltins.KeyError\n")
    dialog = CrashDialog(str(path))
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.text.isVisible()
    dialog.show_button.click()
    assert "builtins.KeyError" in dialog.text.toPlainText()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_nothing_that_the_dialogs_say_is_cut_off(qtbot, home):
    plan = Plan(statements=1, passages=3, changes=12, text=4000, source=4100, backups=2)
    for dialog in (
        CrashDialog(""),
        PurgeDialog("A statement with a title that takes more than one line to tell", plan),
    ):
        qtbot.addWidget(dialog)
        dialog.show()
        labels = dialog.findChildren(QLabel)
        assert labels
        assert all(label.height() >= label.heightForWidth(label.width()) for label in labels)
