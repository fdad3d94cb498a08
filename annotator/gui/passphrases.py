"""Encrypted projects in the window: asking for a passphrase, making one, changing it, and encrypted copies."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from annotator.core.errors import AnnotatorError, NeedsPassphrase, sentence
from annotator.gui.wording import isolated
from annotator.store.cipher import Key, matches, unlock
from annotator.store.project import Project

if TYPE_CHECKING:
    from annotator.gui.project_files import ProjectFiles


class Passphrases(QObject):
    """What ``ProjectFiles`` does with projects that are encrypted. The dialogs are made when they are needed."""

    def __init__(self, files: ProjectFiles) -> None:
        super().__init__(files)
        self._files = files

    def ask(self, path: Path, attempt: Callable[[Key], Any], why: str = "") -> None:
        """Ask until a passphrase opens the file, and give its key to ``attempt``, which forgets it.

        A key is derived beside the window, for that is made to take a while.
        """
        from annotator.gui.dialogs.passphrase import PassphraseDialog

        dialog = PassphraseDialog(path.name, why, self._files.window)
        left: list[int] = []
        dialog.finished.connect(left.append)

        def derived(found: Key | AnnotatorError) -> None:
            if left:  # cancelled meanwhile
                if isinstance(found, Key):
                    found.forget()
            elif isinstance(found, NeedsPassphrase):
                dialog.say(sentence(found))
            else:
                dialog.opened()
                try:
                    if isinstance(found, AnnotatorError):
                        raise found
                    attempt(found)
                except AnnotatorError as error:
                    self._files.tell_failure(path, error)

        def tried(passphrase: str) -> None:
            if self._files.busy:
                dialog.say("Other work is still going on; wait for it or cancel it.")
            else:
                dialog.wait()
                self._files.start(f"Opening {path.name}", _unlocking(path, passphrase), derived)

        dialog.tried.connect(tried)
        dialog.open()

    def ask_new(self) -> None:
        """Make an empty project that is encrypted where the user says."""
        path = self._files.ask_where("New encrypted project")
        if path is not None:
            self.make(path)

    def make(self, path: Path) -> None:
        """Ask for a passphrase, make an empty project there that opens with it, and open it."""
        self._choose(
            f"A passphrase for {isolated(path.name)}",
            "Make the project",
            lambda passphrase: self._files.start("Making the project", _making(path, passphrase), self._on_made),
        )

    def _on_made(self, made: tuple[Path, Key]) -> None:
        path, key = made
        self._files.open(path, key)
        key.forget()

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
            self._ask_present(project.path.name, project.key)

    def _ask_present(self, name: str, key: Key | None) -> None:
        """Ask for the present passphrase first: whoever finds an open window must not lock its owner out."""
        from annotator.gui.dialogs.passphrase import PassphraseDialog

        why = "Its present passphrase, before it gets a new one."
        dialog = PassphraseDialog(name, why, self._files.window)
        left: list[int] = []
        dialog.finished.connect(left.append)

        def checked(fits: bool) -> None:
            if left:
                return
            if not fits:
                dialog.say(f"That is not the present passphrase of {isolated(name)}.")
                return
            dialog.opened()
            self._choose(f"A new passphrase for {isolated(name)} and its backups", "Change it", self._change)

        def tried(passphrase: str) -> None:
            if self._files.busy or key is None:
                dialog.say("Other work is still going on; wait for it or cancel it.")
            else:
                dialog.wait()
                self._files.start("Comparing the passphrase", _comparing(passphrase, key), checked)

        dialog.tried.connect(tried)
        dialog.open()

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


def _unlocking(path: Path, passphrase: str) -> Generator[Any, None, Key | AnnotatorError]:
    """The key, or why there is none. Nothing is yielded: it is not to be cancelled but by its dialog."""
    yield from ()
    try:
        return unlock(path, passphrase)
    except AnnotatorError as error:
        return error
    except OSError as error:
        return AnnotatorError(f"{path.name} cannot be read: {error.strerror}.")


def _comparing(passphrase: str, key: Key) -> Generator[Any, None, bool]:
    yield from ()
    try:
        return matches(passphrase, key)
    except AnnotatorError:  # what can be no passphrase is not this one
        return False


def _making(path: Path, passphrase: str) -> Generator[Any, None, tuple[Path, Key | None]]:
    yield from ()
    with Project.create(path, passphrase=passphrase) as made:
        return made.path, made.key


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
