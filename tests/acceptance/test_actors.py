"""The view of the actors: listed, described in place, merged, split, judged; and every passage that names one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from annotator import Project, Span
from annotator.gui.actor_mentions import BY_DATE
from annotator.gui.dialogs.merging import MergeDialog
from annotator.gui.dialogs.splitting import SplitDialog

TEXT = "We call on Turkey to act. QSD men shelled the dam. Turkey was warned.\n"


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


@pytest.fixture
def desk(start, tmp_path: Path):
    path = tmp_path / "p.annotator"
    with Project.create(path, coder="LM") as project:
        s = project.add_statement(TEXT, "One", issuer="Council", date_issued="2022-03").result
        project.annotate(s, "demand", span("call on Turkey"), given={"demander": "SDF", "addressee": "Turkey"})
        given = {"actor": "QSD", "recipient": "Turkey", "date_start": "2021-05-01"}
        project.annotate(s, "event", span("QSD men shelled the dam"), given=given)
        project.annotate(s, "accusation", span("Turkey was warned"), given={"accused": "Turkey"})
        project.edit_actor(project.find_actor("SDF").id, aliases=["Syrian Democratic Forces", "قسد"])
    desk = start(path)
    desk.window.order("view.actors")
    desk.view = desk.window.actors
    desk.until(lambda: desk.view.rows.rowCount() == 3)
    desk.id = lambda name: desk.project.find_actor(name).id
    return desk


def names(desk) -> list[str]:
    rows = desk.view.rows
    return [rows.index(n).data() for n in range(rows.rowCount())]


def shown(desk, name: str) -> list[str]:
    """Show an actor's page, and what its table says of the passages once all are read."""
    desk.view.show_actor(desk.id(name))
    table = desk.view.page.rows
    desk.until(lambda: table.rowCount())
    return [table.index(n, 0 if table.mention(n) is None else 2).data() for n in range(table.rowCount())]


def test_actors_are_listed_and_found_in_any_script(desk):
    desk.until(lambda: names(desk) == ["QSD", "SDF", "Turkey"])
    desk.view.filter_field.setText("قس")
    desk.until(lambda: names(desk) == ["SDF"])
    desk.view.filter_field.setText("nobody")
    desk.until(lambda: names(desk) == [])


def test_the_page_tells_what_an_actor_is_asked_accused_of_and_suffers(desk):
    assert shown(desk, "Turkey") == [
        "Is asked", "call on Turkey", "Is accused", "Turkey was warned", "Suffers", "QSD men shelled the dam"
    ]  # fmt: skip
    page = desk.view.page
    page.order_box.setCurrentIndex(page.order_box.findData(BY_DATE))
    page.order_box.activated.emit(1)
    rows = page.rows
    assert [rows.index(n, 0).data() for n in range(rows.rowCount())] == [
        "2021", "1 May 2021", "2022", "Mar 2022", "Mar 2022"
    ]  # fmt: skip


def test_a_passage_of_the_page_is_shown_in_its_text_and_back_comes_back(desk):
    shown(desk, "Turkey")
    desk.view.page.table.selectRow(1)
    desk.view.page.table.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert desk.window.views.current == "read"
    assert desk.project.annotation(desk.session.passage).quote == "call on Turkey"
    desk.window.order("place.back")
    assert desk.window.views.current == "actors" and desk.view.actor == desk.id("Turkey")


def test_what_is_typed_into_a_field_is_one_step_and_what_is_wrong_is_told(desk):
    shown(desk, "Turkey")
    page = desk.view.page
    page.fields["name"].setText("Türkiye")
    page.fields["name"].editingFinished.emit()
    assert desk.project.find_actor("Turkey").name == "Türkiye"
    assert page.fields["aliases"].text() == "Turkey"
    page.type_box.setCurrentIndex(page.type_box.findData("government"))
    page.type_box.activated.emit(1)
    assert desk.project.actor(desk.id("Turkey")).type == "government"
    page.fields["wikidata"].setText("12")
    page.fields["wikidata"].editingFinished.emit()
    assert "is no Wikidata item" in desk.window.banner.text and page.fields["wikidata"].text() == "12"
    page.fields["wikidata"].setText("q43")
    page.fields["wikidata"].editingFinished.emit()
    assert page.fields["wikidata"].text() == "Q43"
    for _ in range(2):
        desk.window.order("edit.undo")
    assert desk.project.actor(desk.id("Turkey")).type == page.fields["wikidata"].text() == ""


def test_actors_are_merged_by_name_and_undo_takes_it_back(desk, qtbot):
    dialog = MergeDialog(desk.project.roster, desk.id("QSD"))
    qtbot.addWidget(dialog)
    assert not dialog.merge_button.isEnabled()
    dialog.field.setText("syrian d")
    assert dialog.into == desk.id("SDF") and dialog.merge_button.isEnabled()
    shown(desk, "QSD")
    desk.view.pair_merge_asked.disconnect()
    from annotator.gui.acting import Acting

    acting = Acting(desk.session, desk.view)
    acting.merge(desk.id("QSD"), dialog.into)
    desk.until(lambda: names(desk) == ["SDF", "Turkey"])
    desk.until(lambda: desk.view.page.rows.rowCount() == 4)
    assert desk.view.actor == desk.id("SDF") == desk.id("QSD")
    desk.window.order("edit.undo")
    desk.until(lambda: names(desk) == ["QSD", "SDF", "Turkey"])


def test_an_alias_that_is_split_off_takes_the_passages_along_that_name_it(desk, qtbot):
    project = desk.project
    project.edit_actor(desk.id("Turkey"), aliases=["QSD men"])
    turkey = project.actor(desk.id("Turkey"))
    dialog = SplitDialog(turkey, [m for page in project.roster.mentions(turkey.id) for m in page])
    qtbot.addWidget(dialog)
    assert not dialog.split_button.isEnabled()
    dialog.alias_list.item(0).setCheckState(Qt.CheckState.Checked)
    assert dialog.name == "QSD men" and dialog.split_button.isEnabled()
    assert [attribute for _, attribute in dialog.values] == ["recipient"]
    made = desk.session.do(project.split_actor, turkey.id, "Others", aliases=dialog.aliases, values=dialog.values)
    assert project.find_actor("QSD men").id == made.result
    assert project.count("recipient:Others") == 1 and project.count("recipient:Turkey") == 0


def test_duplicates_are_proposed_with_reasons_and_not_again_once_they_are_judged(desk):
    desk.view.duplicates_button.click()
    proposals = desk.view.proposals
    desk.until(lambda: proposals.pairs)
    (pair,) = proposals.pairs
    assert {pair.one, pair.other} == {desk.id("QSD"), desk.id("SDF")}
    assert "“قسد” and “QSD” are the same letters in two scripts" in pair.reasons
    next(b for b in proposals.findChildren(QPushButton) if b.text() == "Not the same").click()
    assert proposals.pairs == [] and len(desk.project.apart()) == 1
    desk.window.order("edit.undo")
    assert desk.project.apart() == set()


def test_the_view_is_worked_without_a_mouse(desk):
    shown(desk, "Turkey")
    desk.view.filter_field.setFocus()
    for place in (desk.view.list, desk.view.page.fields["name"], desk.view.page.table, desk.view.filter_field):
        desk.window.order("pane.next")
        assert place.hasFocus()
    desk.view.list.setFocus()
    desk.press(Qt.Key.Key_Home)
    assert desk.view.actor == desk.id("QSD")
    desk.window.order("view.read")
    assert desk.window.views.current == "read" and desk.window.reader.hasFocus()


def test_an_actor_to_whom_passages_refer_is_not_deleted(desk):
    shown(desk, "Turkey")
    desk.view.page.delete_button.click()
    assert "Turkey cannot be deleted: 3 passages name it." in desk.window.banner.text
    alone = desk.session.do(desk.project.add_actor, "Nobody").result
    desk.until(lambda: "Nobody" in names(desk))
    desk.view.show_actor(alone)
    desk.view.page.delete_button.click()
    desk.until(lambda: "Nobody" not in names(desk))
