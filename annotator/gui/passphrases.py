"""Encrypted projects in the window: asking for a passphrase, making one, changing it, and encrypted copies."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from annotator.core.errors import AnnotatorError, NeedsPassphrase, sentence
from annotator.gui.wording import isolated
from annotator.store.cipher import Key
from annotator.store.project import Project

if TYPE_CHECKING:
    from annotator.gui.project_files import ProjectFiles


class Passphrases(QObject):
    """What ``ProjectFiles`` does with projects that are encrypted. The dialogs are made when they are needed."""

    def __init__(self, files: ProjectFiles) -> None:
        super().__init__(files)
        self._files = files

    def ask(self, path: Path, attempt: Callable[[str], Any], why: str = "") -> None:
        """Ask until ``attempt`` takes the passphrase, which raises ``NeedsPassphrase`` for a wrong one."""
        from annotator.gui.dialogs.passphrase import PassphraseDialog

        dialog = PassphraseDialog(path.name, why, self._files.window)

        def attempted(passphrase: str) -> None:
            try:
                attempt(passphrase)
            except NeedsPassphrase as error:
                dialog.say(sentence(error))
            except AnnotatorError as error:
                dialog.opened()
                self._files.tell_failure(path, error)
            else:
                dialog.opened()

        dialog.tried.connect(attempted)
        dialog.open()

    def ask_new(self) -> None:
        """Make an empty project that is encrypted where the user says."""
        path = self._files.ask_where("New encrypted project")
        if path is not None:
            self._choose(f"A passphrase for {isolated(path.name)}", "Make the project", lambda p: self._make(path, p))

    def _make(self, path: Path, passphrase: str) -> None:
        try:
            with Project.create(path, passphrase=passphrase) as made:
                key = made.key
        except AnnotatorError as error:
            self._files.tell_failure(path, error)
            return
        self._files.open(path, key)

    def ask_change(self) -> None:
        """Change the passphrase of the project that is open."""
        project = self._files.project
        if project is None:
            return
        if not project.encrypted:
            self._files.tell_failure(
                project.path, AnnotatorError("This project is not encrypted; “Encrypted copy…” makes one that is.")
            )
        elif project.read_only:
            self._files.tell_failure(project.path, AnnotatorError(project.notice))
        else:
            title = f"A new passphrase for {isolated(project.path.name)} and its backups"
            self._choose(title, "Change it", self._change)

    def _change(self, passphrase: str) -> None:
        project, key = self._files.project, self._files.project.key if self._files.project else None
        if project is None or key is None:
            return
        path = project.path
        self._files.put_away()  # nothing else may read while the file is replaced

        def reopened(result: tuple[Key, Any]) -> None:
            if self._files.open(path, result[0]):
                self._files.told.emit(result[1].sentence())

        self._files.start("Changing the passphrase", _changing(path, key, passphrase), reopened)

    def ask_copy(self) -> None:
        """Write an encrypted copy of the open project."""
        project = self._files.project
        if project is None:
            return
        path = self._files.ask_where("Encrypted copy")
        if path is None:
            return
        self._choose(
            f"A passphrase for the copy {isolated(path.name)}",
            "Make the copy",
            lambda p: self._files.start("Encrypting", _copying(project, path, p), self._on_copied),
        )

    def _on_copied(self, path: Path) -> None:
        self._files.told.emit(
            f"Encrypted copy made: {path}. The project itself, its backups and exports are as they were."
        )

    def _choose(self, title: str, act: str, then: Callable[[str], None]) -> None:
        from annotator.gui.dialogs.passphrase import NewPassphraseDialog

        dialog = NewPassphraseDialog(title, act, self._files.window)
        dialog.chosen.connect(then)
        dialog.open()


def _changing(path: Path, key: Key, passphrase: str) -> Generator[Any, None, tuple[Key | None, Any]]:
    from annotator import jobs

    yield jobs.Progress(0, 0, "Encrypting the project and its backups anew")
    with Project.open(path, passphrase=key) as project:
        changed = project.change_passphrase(passphrase)
        return project.key, changed


def _copying(project: Project, path: Path, passphrase: str) -> Generator[Any, None, Path]:
    from annotator import jobs

    yield jobs.Progress(0, 0, "Encrypting a copy")
    return project.encrypt_to(path, passphrase)
