"""What of a project is seen and remembered outside of its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from annotator import Project, paths
from annotator.gui.app import App
from annotator.store import identity


@pytest.fixture
def begin(qtbot):
    apps: list[App] = []

    def start(path: Path | None = None) -> App:
        identity.name_coder("LM")
        app = App()
        apps.append(app)
        qtbot.addWidget(app.window)
        app.window.show()
        app.start(path)
        return app

    yield start
    for app in apps:
        app.window.close()


@pytest.fixture
def velmar(tmp_path: Path) -> Path:
    path = tmp_path / "Velmar detainees.annotator"
    with Project.create(path, title="Velmar detainees", coder="LM") as project:
        project.add_statement("The port must reopen.", "Port")
    return path


def settings() -> str:
    return "".join(p.read_text() for p in paths.config_dir().rglob("*") if p.suffix in (".ini", ".json", ".conf"))


def test_the_title_names_the_project_unless_the_user_wants_otherwise(begin, velmar):
    app = begin(velmar)
    assert "Velmar" in app.window.windowTitle()
    app.window.order("privacy.title")
    assert app.window.windowTitle() == "Annotator"
    assert app.window.windowFilePath() == ""
    assert app.window.action("privacy.title").isChecked()
    app.window.close()
    assert begin(velmar).window.windowTitle() == "Annotator"


def test_nothing_of_a_project_is_remembered_when_the_user_wants_so(begin, velmar):
    app = begin(velmar)
    app.memory.section("export")["folder"] = str(velmar.parent)
    app.memory.save()
    assert "Velmar" in settings()
    dialogs = QSettings(QSettings.Scope.UserScope, "QtProject")
    dialogs.setValue("FileDialog/history", [str(velmar.parent)])
    dialogs.sync()
    app.window.order("privacy.recent")
    app.window.close()
    assert "Velmar" not in settings()
    assert str(velmar.parent) not in settings()
    assert not QSettings(QSettings.Scope.UserScope, "QtProject").contains("FileDialog/history")
    again = begin()
    assert again.session.project is None
    assert again.window.action("privacy.recent").isChecked()


def test_projects_are_remembered_again_once_the_switch_is_off(begin, velmar):
    app = begin(velmar)
    app.window.order("privacy.recent")
    app.window.order("privacy.recent")
    app.memory.remember(velmar)
    assert app.memory.recent() == [velmar]
