"""Statements arrive: the look through them, the clipboard and a watched folder, in the whole window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from annotator import Project
from annotator.gui.dialogs.columns import ColumnsDialog
from annotator.gui.dialogs.importing import ImportChoice, ImportDialog
from annotator.gui.dialogs.previewing import PreviewDialog
from tests.papers import SENTENCES

LONG = " ".join(SENTENCES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(f"Pier four\n\n{LONG}\n\nReported by M. Keller\n", encoding="utf-8")
    (folder / "b.txt").write_text("Light on the mole\n\nThe crews ask for it.\n", encoding="utf-8")
    (folder / "c.docx").write_bytes(b"no document")
    (folder / "d.csv").write_text("Headline,Words\nQuay,The words of it.\n", encoding="utf-8")
    return folder


@pytest.fixture
def desk(start, tmp_path: Path):
    path = tmp_path / "p.annotator"
    Project.create(path, coder="LM").close()
    return start(path)


def look_through(desk, monkeypatch: pytest.MonkeyPatch, folder: Path) -> PreviewDialog:
    """The preview of this folder, complete."""
    monkeypatch.setattr(ImportDialog, "exec", lambda _: True)
    monkeypatch.setattr(ImportDialog, "choice", lambda _: ImportChoice((folder,), preview=True))
    desk.window.order("project.import")
    desk.until(lambda: desk.window.findChild(PreviewDialog) is not None)
    dialog = desk.window.findChild(PreviewDialog)
    desk.until(lambda: not dialog.surveying and dialog.isVisible())
    return dialog


def shown(dialog: PreviewDialog) -> list[list[str]]:
    rows = dialog.rows
    return [[rows.data(rows.index(r, c)) for c in (0, 1, 4, 5, 6)] for r in range(rows.rowCount())]


def test_the_preview_shows_what_comes_in_and_nothing_has_happened(desk, monkeypatch, folder: Path) -> None:
    dialog = look_through(desk, monkeypatch, folder)
    found = {row[0]: row for row in shown(dialog)}
    assert found["Pier four"][3] == "utf-8"
    assert found["c.docx"][4] == "is damaged, or no ZIP container"
    assert "has no column that is called text" in found["d.csv"][4]
    assert dialog.import_button.text() == "Import 2 statements"
    assert "Reported by M. Keller" in dialog.text.page.toPlainText()
    assert desk.session.project.count("") == 0
    dialog.reject()
    desk.until(lambda: desk.window.findChild(PreviewDialog) is None)
    assert desk.session.project.count("") == 0 and not desk.app.jobs.busy


def test_metadata_for_many_ranges_and_what_is_left_out_come_in_as_they_were_set(
    desk, monkeypatch, folder: Path
) -> None:
    dialog = look_through(desk, monkeypatch, folder)
    dialog.table.selectAll()
    field = dialog.form.field("issuer")
    field.editor.setFocus()
    QTest.keyClicks(field.editor, "Harbour Union")
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert [row[1] for row in shown(dialog) if row[2]] == ["Harbour Union", "Harbour Union"]
    dialog.table.selectRow(0)
    cursor = dialog.text.page.textCursor()
    cursor.setPosition(0)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    dialog.text.page.setTextCursor(cursor)
    dialog.text.mark()
    dialog.table.selectRow(1)
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    assert dialog.import_button.text() == "Import 1 statement"
    dialog.import_button.click()
    project = desk.session.project
    desk.until(lambda: not desk.app.jobs.busy and project.count("") == 1)
    (came,) = project.statements()
    assert (came.title, came.issuer) == ("Pier four", "Harbour Union")
    text = project.text(came.id)
    marked = [text[r.start : r.end] for r in project.ranges(came.id) if r.role == "boilerplate"]
    assert marked == ["Pier four", "Reported by M. Keller"]


def test_a_proposed_range_can_be_freed(desk, monkeypatch, folder: Path) -> None:
    dialog = look_through(desk, monkeypatch, folder)
    cursor = dialog.text.page.textCursor()
    cursor.setPosition(dialog.text.page.toPlainText().index("Reported") + 3)
    dialog.text.page.setTextCursor(cursor)
    assert dialog.text.free_button.isEnabled()
    dialog.text.free_button.click()
    assert [r.role for r in dialog.text.ranges] == ["title"] and not dialog.text.free_button.isEnabled()


def test_columns_are_chosen_once_and_remembered(desk, monkeypatch, folder: Path) -> None:
    dialog = look_through(desk, monkeypatch, folder)
    rows = [row[0] for row in shown(dialog)]
    dialog.table.selectRow(rows.index("d.csv"))
    assert dialog.columns_button.isVisible()
    dialog.columns_button.click()
    chooser = dialog.findChild(ColumnsDialog)
    assert not chooser.use_button.isEnabled() and chooser.mapping["title"] == "Headline"
    chooser.fields["text"].setCurrentText("Words")
    chooser.accept()
    desk.until(lambda: not dialog.surveying)
    assert "Quay" in [row[0] for row in shown(dialog)]
    dialog.reject()
    desk.until(lambda: desk.window.findChild(PreviewDialog) is None and not desk.app.jobs.busy)
    again = look_through(desk, monkeypatch, folder)
    assert "Quay" in [row[0] for row in shown(again)]


def test_an_encoding_is_chosen_for_one_file(desk, monkeypatch, tmp_path: Path) -> None:
    old = tmp_path / "old" / "a.txt"
    old.parent.mkdir()
    old.write_bytes("بيان من نقابة العمال في الميناء اليوم".encode("cp1256"))
    dialog = look_through(desk, monkeypatch, old.parent)
    dialog.encoding_field.setCurrentText("cp1252")
    QTest.keyClick(dialog.encoding_field.lineEdit(), Qt.Key.Key_Return)
    desk.until(lambda: not dialog.surveying)
    assert "نقابة" not in dialog.text.page.toPlainText() and shown(dialog)[0][3] == "cp1252"
    dialog.encoding_field.setCurrentText("windows-1256")
    QTest.keyClick(dialog.encoding_field.lineEdit(), Qt.Key.Key_Return)
    desk.until(lambda: not dialog.surveying and "نقابة" in dialog.text.page.toPlainText())


def test_names_and_texts_of_files_are_never_taken_for_markup(desk, monkeypatch, tmp_path: Path) -> None:
    where = tmp_path / "in"
    where.mkdir()
    (where / "<b>x<b>.txt").write_text('<img src="file:///etc/passwd">\n\nwords', encoding="utf-8")
    dialog = look_through(desk, monkeypatch, where)
    assert shown(dialog)[0][0] == '<img src="file:///etc/passwd">'
    assert '<img src="file:///etc/passwd">' in dialog.text.page.toPlainText()
    tip = dialog.rows.data(dialog.rows.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert "<b>x" not in tip and "<img" not in tip


# -- the clipboard -----------------------------------------------------------------------------


def copied(text: str = "", html: str = "", **kinds: bytes) -> None:
    mime = QMimeData()
    if text:
        mime.setText(text)
    if html:
        mime.setHtml(html)
    for kind, data in kinds.items():
        mime.setData(kind.replace("__", "/").replace("_", "-"), data)
    QGuiApplication.clipboard().setMimeData(mime)


def test_what_was_copied_becomes_a_statement_with_its_html_and_address_as_source(desk) -> None:
    html = "<h1>Pier four</h1><p>The union <b>demands</b> it.</p><script>x</script>"
    copied("other", html, text__x_moz_url_priv="https://velmar.example/1".encode("utf-16-le"))
    desk.window.order("project.paste")
    project = desk.session.project
    desk.until(lambda: project.count("") == 1 and not desk.app.jobs.busy)
    (came,) = project.statements()
    statement = project.statement(came.id)
    assert project.text(came.id) == "Pier four\n\nThe union demands it."
    assert (statement.title, statement.url) == ("Pier four", "https://velmar.example/1")
    assert statement.source.media_type == "text/html"
    assert b"<b>demands</b>" in project.source_bytes(came.id)
    desk.until(lambda: desk.session.statement == came.id)
    project.undo()
    assert project.count("") == 0


def test_plain_words_are_a_statement_too_and_an_empty_clipboard_is_told(desk) -> None:
    failed: list[str] = []
    desk.session.failed.connect(lambda error: failed.append(str(error)))
    copied()
    desk.window.order("project.paste")
    assert failed == ["There is no text on the clipboard."]
    copied("Words\nof it")
    desk.window.order("project.paste")
    project = desk.session.project
    desk.until(lambda: project.count("") == 1 and not desk.app.jobs.busy)
    copied("Words\nof it")
    desk.window.order("project.paste")
    desk.until(lambda: len(failed) == 2)
    assert failed[1] == "This text is in the project already."


# -- a watched folder --------------------------------------------------------------------------


def test_what_is_new_in_a_watched_folder_is_offered_and_never_taken_by_itself(desk, monkeypatch, folder: Path) -> None:
    from PySide6.QtWidgets import QFileDialog

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    desk.window.order("project.watch")
    (folder / "new.txt").write_text("New words", encoding="utf-8")
    desk.until(lambda: "1 new file in in." in desk.window.banner.text)
    assert desk.session.project.count("") == 0
    asked: list[list[Path]] = []
    monkeypatch.setattr(type(desk.app.arrivals), "ask", lambda _, files: asked.append(files))
    desk.app.arrivals.take_offered([folder / "new.txt", folder / "gone.txt"])
    assert asked == [[folder / "new.txt"]]
    said: list[str] = []
    desk.app.arrivals.told.connect(said.append)
    desk.window.order("project.watch")
    assert said == ["The folder is watched no more."]


def test_all_of_the_preview_can_be_reached_by_tab(desk, monkeypatch, folder: Path) -> None:
    dialog = look_through(desk, monkeypatch, folder)
    assert isinstance(dialog, QDialog)
    seen = set()
    dialog.table.setFocus()
    for _ in range(60):
        focus = QGuiApplication.focusObject()
        seen.add(getattr(focus, "accessibleName", lambda: "")() or getattr(focus, "text", lambda: "")())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert {"What comes in", "Text as it will be stored", "Title", "Issuer", "Import 2 statements"} <= seen
