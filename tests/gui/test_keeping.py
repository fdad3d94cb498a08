"""Backups beside the work, and the dialog that goes back to one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from annotator import Project, paths
from annotator.core.text import Span
from annotator.gui.dialogs.restoring import RestoreDialog
from annotator.gui.keeping import Keeping

TEXT = "The union calls on the port to reopen pier four."


@pytest.fixture
def keeping(qtbot):
    keeper = Keeping()
    yield keeper
    keeper.watch(None)


@pytest.fixture
def worked(project: Project) -> Project:
    statement = project.add_statement(TEXT, "Pier four").result
    project.annotate(statement, "demand", Span(0, 9))
    return project


def test_a_backup_is_made_beside_the_work_and_steps_go_on_meanwhile(qtbot, keeping, worked):
    keeping.watch(worked)
    with qtbot.waitSignal(keeping.kept):
        keeping.keep()
        worked.annotate(next(worked.statements()).id, "event", Span(10, 15))
    assert len(worked.backups.all()) == 1


def test_the_clock_asks_for_one_by_itself(qtbot, worked):
    keeper = Keeping(minutes=0.001)
    keeper.watch(worked)
    with qtbot.waitSignal(keeper.kept):
        pass
    keeper.leave()
    assert len(worked.backups.all()) == 1


def test_leaving_a_project_makes_the_last_backup_if_it_changed(keeping, worked):
    keeping.watch(worked)
    assert keeping.leave() is None
    assert len(worked.backups.all()) == 1
    keeping.watch(worked)
    keeping.leave()
    assert len(worked.backups.all()) == 1


def test_a_project_in_other_hands_is_left_to_them(keeping, worked):
    path = worked.path
    worked.close()
    with Project.open(path, read_only=True) as reading:
        keeping.watch(reading)
        keeping.keep()
        assert keeping.leave() is None
        assert reading.backups.all() == []


def test_a_failure_is_told_as_one_sentence(qtbot, keeping, worked):
    (paths.data_dir() / "backups").write_text("a file where the folder should be")
    keeping.watch(worked)
    with qtbot.waitSignal(keeping.failed) as told:
        keeping.keep()
    assert str(told.args[0]).startswith("No backup could be made: ")


# -- the dialog -----------------------------------------------------------------------------


def texts(dialog: RestoreDialog, row: int) -> list[str]:
    return [dialog.rows.index(row, column).data() for column in range(dialog.rows.columnCount())]


def test_each_backup_is_shown_with_its_contents_and_the_newest_sound_one_is_proposed(qtbot, worked):
    worked.keep()
    worked.annotate(next(worked.statements()).id, "event", Span(10, 15))
    newest = worked.keep()
    assert newest is not None
    newest.path.write_bytes(newest.path.read_bytes()[:5000])
    dialog = RestoreDialog(worked.path, worked.backups.all(), can_salvage=False)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.restore_button.isEnabled())
    assert texts(dialog, 0)[1] == "damaged"
    assert texts(dialog, 1)[1:3] == ["1", "1"]
    assert dialog.table.currentIndex().row() == 1
    assert not dialog.salvage_button.isVisible()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Up)
    assert not dialog.restore_button.isEnabled()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(dialog.chosen) as told:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    (choice,) = told.args
    assert (choice.what, choice.backup) == ("restore", worked.backups.all()[1].path)


def test_without_a_backup_only_salvage_is_offered(qtbot, tmp_path: Path):
    dialog = RestoreDialog(tmp_path / "x.annotator", [], trouble="x.annotator is damaged.")
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.restore_button.isEnabled()
    assert not dialog.copy_button.isEnabled()
    assert dialog.salvage_button.isEnabled()
    dialog.reject()
