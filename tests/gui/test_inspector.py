"""Details: every change is saved where it belongs, nothing typed is lost, and nothing is overwritten."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget, QWidgetItem

from annotator import Project
from annotator.core.errors import AnnotatorError, DiskFull
from annotator.core.text import Span
from annotator.gui.fields import Dot
from annotator.gui.inspector import InspectorPane
from annotator.gui.session import Session
from annotator.gui.stylesheet import stylesheet
from annotator.gui.theme import LIGHT

TEXT = "Armed men stormed the prison. Ankara was accused of helping. The council asks the Coalition to act."


def at(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


@dataclass
class Desk:
    """A project with two passages in its first statement, the session, and the pane beside a reader's stand-in."""

    project: Project
    session: Session
    pane: InspectorPane
    reader: QWidget
    statement: str
    demand: str
    accusation: str
    qtbot: object

    def show(self, project: Project) -> None:
        self.session.use(project)
        self.session.show(self.statement)

    def editor(self, name: str):
        field = self.pane.field(name)
        assert field is not None
        return field.editor

    def type(self, name: str, text: str) -> None:
        """Go to the field and type over what is there."""
        editor = self.editor(name)
        editor.setFocus()
        editor.selectAll()
        self.qtbot.keyClicks(editor, text)

    def leave(self) -> None:
        """Back to the text, as with a click."""
        self.reader.setFocus()

    def stored(self, annotation: str = "") -> dict:
        return dict(self.project.annotation(annotation or self.demand).attributes)


@pytest.fixture
def desk(qtbot, project: Project) -> Iterator[Desk]:
    session = Session()
    window = QWidget()
    qtbot.addWidget(window)
    pane, reader = InspectorPane(session), QWidget()
    reader.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout = QVBoxLayout(window)
    layout.addWidget(reader)
    layout.addWidget(pane, 1)
    session.leaving.connect(pane.commit)
    session.opened.connect(pane.on_opened)
    session.shown.connect(pane.on_shown)
    session.changed.connect(pane.on_changed)
    session.picked.connect(pane.on_picked)
    statement = project.add_statement(TEXT, title="A statement", issuer="AANES").result
    demand = project.annotate(statement, "demand", at("asks the Coalition to act")).result
    accusation = project.annotate(statement, "accusation", at("Ankara was accused of helping")).result
    project.add_actor("Turkey", aliases=["Türkiye", "Ankara"])
    project.add_actor("Global Coalition")
    session.use(project)
    session.show(statement)
    session.pick(demand)
    window.resize(330, 800)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield Desk(project, session, pane, reader, statement, demand, accusation, qtbot)
    session.use(None)


def labels(pane: QWidget) -> str:
    return "\n".join(label.text() for label in pane.findChildren(QLabel) if label.isVisible())


# -- saving -----------------------------------------------------------------------------


def test_leaving_a_field_saves_it_as_one_step(desk):
    desk.type("action", "act at once")
    desk.leave()
    assert desk.stored()["action"] == [{"value": "act at once"}]
    assert desk.project.undo_label == "Set action"


def test_enter_saves_and_goes_on_to_the_next_field(desk, qtbot):
    desk.type("action", "act")
    qtbot.keyClick(desk.editor("action"), Qt.Key.Key_Return)
    assert desk.stored()["action"] == [{"value": "act"}]
    following = [a.name for a in desk.project.codebook.tag("demand").attributes]
    assert desk.editor(following[following.index("action") + 1]).hasFocus()


def test_enter_stays_where_something_cannot_be_taken(desk, qtbot):
    desk.type("deadline", "soon")
    qtbot.keyClick(desk.editor("deadline"), Qt.Key.Key_Return)
    assert desk.editor("deadline").hasFocus()
    assert desk.pane.field("deadline").complaint


def test_what_is_typed_after_saving_goes_on_at_the_end(desk, qtbot):
    desk.type("demander", "ankara")
    desk.pane.commit()
    assert desk.pane.field("demander").typed() == "Turkey"
    qtbot.keyClicks(desk.editor("demander"), "; x")
    assert desk.pane.field("demander").typed() == "Turkey; x"


def test_picking_a_passage_leaves_the_keys_where_they_are(desk):
    desk.editor("action").setFocus()
    desk.leave()
    desk.session.pick(desk.accusation)
    assert desk.reader.hasFocus()
    tagged = desk.project.annotate(desk.statement, "event", at("stormed the prison")).result
    desk.session.pick(tagged)
    assert desk.reader.hasFocus()
    desk.session.pick("")
    assert desk.reader.hasFocus()


def test_the_keys_stay_in_the_form_when_it_goes_from_passage_to_passage(desk):
    desk.editor("action").setFocus()
    desk.session.pick(desk.accusation)
    assert desk.pane.isAncestorOf(QApplication.focusWidget())


def test_the_keys_go_back_to_the_text_when_the_passage_is_gone(desk, qtbot):
    desk.editor("action").setFocus()
    with qtbot.waitSignal(desk.pane.left):
        desk.session.pick("")


def test_a_title_that_was_left_is_not_highlighted(desk):
    desk.pane.focus_metadata()
    desk.editor("title").selectAll()
    desk.leave()
    assert not desk.editor("title").textCursor().hasSelection()


def test_leaving_an_unchanged_field_makes_no_step(desk):
    before = desk.project.head
    desk.editor("action").setFocus()
    desk.leave()
    desk.editor("force").setFocus()
    desk.leave()
    assert desk.project.head == before


def test_an_unknown_actor_is_made_in_the_same_step(desk):
    desk.type("addressee", "Global Coalition; United Nations")
    desk.leave()
    names = [desk.project.actor_name(v["actor"]) for v in desk.stored()["addressee"]]
    assert names == ["Global Coalition", "United Nations"]
    desk.session.do(desk.project.undo)
    assert desk.project.find_actor("United Nations") is None
    assert desk.pane.field("addressee").typed() == ""


def test_another_way_to_write_the_same_actor_is_shown_by_its_name(desk):
    desk.type("demander", "ankara")
    desk.leave()
    assert desk.pane.field("demander").typed() == "Turkey"


def test_switching_passages_saves_to_the_one_it_was_typed_for(desk):
    desk.type("action", "act")
    desk.session.pick(desk.accusation)
    assert desk.stored(desk.demand)["action"] == [{"value": "act"}]
    assert desk.stored(desk.accusation) == {}


def test_switching_between_passages_of_one_tag_saves_to_the_old_one(desk):
    other = desk.project.annotate(desk.statement, "demand", at("stormed the prison")).result
    desk.type("action", "act")
    desk.session.pick(other)
    assert desk.stored(desk.demand)["action"] == [{"value": "act"}]
    assert desk.pane.field("action").typed() == ""
    assert desk.stored(other) == {}


def test_switching_statements_and_closing_the_project_save(desk, tmp_path):
    desk.type("action", "act")
    desk.session.show("")
    assert desk.stored()["action"] == [{"value": "act"}]
    desk.session.show(desk.statement)
    desk.session.pick(desk.demand)
    desk.type("condition", "if asked")
    path = desk.project.path
    desk.session.use(None)
    with Project.open(path) as again:
        assert again.annotation(desk.demand).attributes["condition"] == [{"value": "if asked"}]


def test_commit_saves_a_field_that_is_being_edited(desk):
    desk.type("action", "act")
    assert desk.pane.commit()
    assert desk.stored()["action"] == [{"value": "act"}]


def test_a_note_of_several_lines_is_saved_on_leaving(desk, qtbot):
    desk.pane.focus_note()
    note = desk.editor("note")
    assert note.hasFocus()
    qtbot.keyClicks(note, "first")
    qtbot.keyClick(note, Qt.Key.Key_Return)
    qtbot.keyClicks(note, "second")
    desk.leave()
    assert desk.project.annotation(desk.demand).note == "first\nsecond"


def test_a_no_break_space_in_a_note_survives_a_visit(desk):
    desk.session.do(desk.project.note, desk.demand, "10\u00a0km")
    before = desk.project.head
    desk.editor("note").setFocus()
    desk.leave()
    assert desk.project.head == before
    assert desk.pane.field("note").typed() == "10\u00a0km"


# -- what cannot be saved ----------------------------------------------------------------


def test_a_bad_date_is_told_below_its_field_and_what_was_typed_stays(desk, qtbot):
    with qtbot.assertNotEmitted(desk.session.failed):
        desk.type("deadline", "soon")
        desk.leave()
    field = desk.pane.field("deadline")
    assert field.typed() == "soon"
    assert "2022-01-20" in field.complaint
    assert "deadline" not in desk.stored()
    assert desk.reader.hasFocus()
    assert not desk.pane.commit()


def test_the_complaint_goes_when_the_date_is_right(desk):
    desk.type("deadline", "soon")
    desk.leave()
    desk.type("deadline", "2022-02")
    desk.leave()
    assert desk.pane.field("deadline").complaint == ""
    assert desk.stored()["deadline"][0]["edtf"] == "2022-02"


def test_a_bad_date_comes_back_with_its_passage(desk):
    desk.type("deadline", "soon")
    desk.session.pick(desk.accusation)
    desk.session.pick(desk.demand)
    assert desk.pane.field("deadline").typed() == "soon"
    assert desk.pane.field("deadline").complaint


def test_what_a_full_disk_refused_is_kept_and_saved_later(desk, monkeypatch):
    def full(*_):
        raise DiskFull("Disk full: not saved.")

    with monkeypatch.context() as patch:
        patch.setattr(desk.project, "describe", full)
        desk.type("action", "act")
        desk.session.pick(desk.accusation)
    assert "action" not in desk.stored()
    desk.session.pick(desk.demand)
    assert desk.pane.field("action").typed() == "act"
    assert desk.pane.commit()
    assert desk.stored()["action"] == [{"value": "act"}]


def test_typing_for_a_passage_that_is_gone_fails_quietly(desk, qtbot):
    desk.type("action", "act")
    with qtbot.assertNotEmitted(desk.session.failed):
        desk.session.do(desk.project.remove, [desk.demand])
    assert desk.pane.field("title") is not None


# -- what others do meanwhile -------------------------------------------------------------


def test_a_change_elsewhere_does_not_touch_what_is_being_typed(desk):
    desk.type("action", "ac")
    desk.session.do(desk.project.describe, desk.demand, {"condition": "if asked"})
    assert desk.pane.field("action").typed() == "ac"
    assert desk.pane.field("condition").typed() == "if asked"
    assert desk.editor("action").hasFocus()


def test_undo_shows_the_value_before(desk):
    for text in ("act", "act now"):
        desk.type("action", text)
        desk.leave()
    desk.editor("action").setFocus()
    desk.session.do(desk.project.undo)
    assert desk.pane.field("action").typed() == "act"


def test_undo_in_a_field_undoes_typing_and_otherwise_is_left_to_the_window(desk, qtbot):
    def override() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, "\x1a")
        event.ignore()
        QApplication.sendEvent(desk.editor("action"), event)
        return event.isAccepted()

    desk.editor("action").setFocus()
    assert not override()
    desk.type("action", "act")
    assert override()
    qtbot.keyClick(desk.editor("action"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.pane.field("action").typed() == ""


def test_retagging_shows_the_other_tags_form_with_what_stays(desk):
    desk.session.do(desk.project.describe, desk.demand, {"voice": "outlet"})
    desk.session.do(desk.project.retag, [desk.demand], "accusation")
    assert "ACCUSATION" in labels(desk.pane)
    assert desk.pane.field("action") is None
    assert desk.pane.field("voice").typed() == "outlet"


def test_retagging_while_a_common_field_is_being_typed_ends(desk):
    desk.editor("voice").setFocus()
    desk.qtbot.keyClicks(desk.editor("voice"), "o")
    desk.session.do(desk.project.retag, [desk.demand], "accusation")
    assert desk.pane.field("voice").typed() == "outlet"


def test_a_new_attribute_of_the_codebook_gets_a_field(desk):
    tag = desk.project.codebook.tag("demand")
    extra = replace(tag.attributes[2], name="tone", label="Tone")
    desk.session.do(desk.project.put_tag, replace(tag, attributes=(*tag.attributes, extra)))
    assert desk.pane.field("tone") is not None


# -- completion ---------------------------------------------------------------------------


def test_an_alias_completes_to_the_actors_name(desk, qtbot):
    desk.type("demander", "turkiye")
    assert desk.editor("demander").suggestions == ["Türkiye → Turkey"]
    popup = QApplication.activePopupWidget()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert desk.pane.field("demander").typed() == "Turkey"
    assert desk.editor("demander").suggestions == []


def test_the_last_of_several_names_is_completed(desk, qtbot):
    desk.type("addressee", "Turkey; coal")
    popup = QApplication.activePopupWidget()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Tab)
    assert desk.pane.field("addressee").typed() == "Turkey; Global Coalition"


def test_unspecified_is_offered_where_the_codebook_allows_it(desk):
    desk.type("addressee", "unsp")
    assert desk.editor("addressee").suggestions == ["unspecified"]
    desk.type("demander", "unsp")
    assert desk.editor("demander").suggestions == []


def test_esc_closes_the_completions_first_and_then_gives_up_what_was_typed(desk, qtbot):
    desk.type("demander", "tur")
    with qtbot.assertNotEmitted(desk.pane.left):
        qtbot.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)
    assert desk.editor("demander").suggestions == []
    with qtbot.waitSignal(desk.pane.left):
        qtbot.keyClick(desk.editor("demander"), Qt.Key.Key_Escape)
    assert desk.pane.field("demander").typed() == ""
    desk.leave()
    assert "demander" not in desk.stored()
    assert desk.project.find_actor("tur") is None


def test_esc_shows_again_what_stood_in_a_field_and_tab_saves_what_was_typed(desk, qtbot):
    desk.type("condition", "if asked")
    desk.leave()
    desk.type("condition", "if never")
    with qtbot.waitSignal(desk.pane.left):
        qtbot.keyClick(desk.editor("condition"), Qt.Key.Key_Escape)
    assert desk.pane.field("condition").typed() == "if asked"
    desk.leave()
    assert desk.stored()["condition"] == [{"value": "if asked"}]
    desk.type("condition", "if soon")
    qtbot.keyClick(desk.editor("condition"), Qt.Key.Key_Tab)
    assert desk.stored()["condition"] == [{"value": "if soon"}]


def test_issuers_are_offered_where_an_actor_is_asked_for(desk, qtbot):
    desk.type("demander", "aan")
    assert desk.editor("demander").suggestions == ["AANES"]
    desk.session.do(desk.project.edit, desk.statement, issuer="Aanes Council")
    desk.type("demander", "aan")
    assert desk.editor("demander").suggestions == ["Aanes Council"]


def test_a_new_actor_is_remarked_until_something_else_is_typed(desk):
    desk.type("addressee", "Turkey; Kongra")
    desk.leave()
    field = desk.pane.field("addressee")
    assert field.remarked == "New actor: Kongra"
    assert "New actor: Kongra" in labels(desk.pane)
    assert field.complaint == ""
    desk.type("addressee", "Turkey")
    assert field.remarked == ""
    desk.leave()
    assert field.remarked == ""


def test_one_actor_is_one_name(desk):
    assert desk.project.codebook.tag("demand").attribute("demander").type == "actors"
    tag = desk.project.codebook.tag("demand")
    only = tuple(replace(a, type="actor") if a.name == "demander" else a for a in tag.attributes)
    desk.session.do(desk.project.put_tag, replace(tag, attributes=only))
    desk.type("demander", "Turkey; Kongra")
    desk.leave()
    assert "one name" in desk.pane.field("demander").complaint
    assert "demander" not in desk.stored()


# -- choices --------------------------------------------------------------------------------


def test_letters_choose_and_leaving_saves(desk, qtbot):
    combo = desk.editor("force")
    combo.setFocus()
    qtbot.keyClicks(combo, "u")
    assert "force" not in desk.stored()
    desk.leave()
    assert desk.stored()["force"] == [{"value": "ultimatum"}]


def test_del_empties_a_choice_and_is_no_command_there(desk, qtbot):
    desk.session.do(desk.project.describe, desk.demand, {"force": "appeal"})
    combo = desk.editor("force")
    combo.setFocus()
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(combo, event)
    assert event.isAccepted()
    qtbot.keyClick(combo, Qt.Key.Key_Delete)
    desk.leave()
    assert "force" not in desk.stored()


def test_the_wheel_never_changes_a_choice(desk):
    combo = desk.editor("force")
    combo.setFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(combo, event)
    assert desk.pane.field("force").typed() == ""


def test_a_value_that_the_codebook_does_not_know_is_shown_and_kept(desk):
    tag = desk.project.codebook.tag("demand")
    desk.session.do(desk.project.describe, desk.demand, {"force": "ultimatum"})
    shorter = tuple(replace(a, values=a.values[:2]) if a.name == "force" else a for a in tag.attributes)
    desk.session.do(desk.project.put_tag, replace(tag, attributes=shorter))
    assert desk.pane.field("force").typed() == "ultimatum"
    before = desk.project.head
    desk.editor("force").setFocus()
    desk.leave()
    assert desk.project.head == before


# -- what it says -----------------------------------------------------------------------------


def test_required_and_empty_is_said_and_filled_is_not(desk):
    assert "required, empty" in desk.editor("action").accessibleDescription()
    assert "required, empty" not in desk.editor("condition").accessibleDescription()
    desk.type("action", "act")
    desk.leave()
    assert "required, empty" not in desk.editor("action").accessibleDescription()


def test_the_dot_of_a_required_field_can_be_seen_and_goes_when_it_is_filled(desk):
    desk.pane.window().setStyleSheet(stylesheet(LIGHT))

    def width() -> int:
        dot = desk.pane.field("action").findChild(Dot).grab().toImage()
        return sum(dot.pixelColor(x, dot.height() // 2).name() == LIGHT.warning for x in range(dot.width()))

    assert width() >= 5
    desk.session.do(desk.project.describe, desk.demand, {"action": "act"})
    assert width() == 0


def test_every_field_has_an_accessible_name_and_its_definition(desk):
    for attribute in desk.project.codebook.tag("demand").attributes:
        assert desk.editor(attribute.name).accessibleName() == attribute.label
        assert attribute.definition in desk.editor(attribute.name).accessibleDescription()


def test_the_first_field_that_is_asked_for_gets_the_focus(desk):
    desk.pane.focus_first()
    assert desk.editor("demander").hasFocus()
    desk.session.do(desk.project.describe, desk.demand, {"demander": "AANES", "addressee": "Turkey"})
    desk.pane.focus_first()
    assert desk.editor("action").hasFocus()


def test_the_definition_and_rules_unfold(desk):
    definition = desk.project.codebook.tag("demand").definition
    assert definition not in labels(desk.pane)
    desk.pane.rules.toggle.click()
    assert definition in labels(desk.pane)
    assert "Wishes and condolences are not demands." in labels(desk.pane)


def test_the_history_tells_who_did_what(desk):
    desk.session.do(desk.project.describe, desk.demand, {"addressee": "Turkey"})
    desk.session.do(desk.project.note, desk.demand, "softer")
    lines = [line.split(maxsplit=1)[1] for line in desk.pane.history_text.splitlines()]
    assert lines == ["LM tagged as demand", "LM set addressee: Turkey", "LM wrote a note"]


def test_the_history_tells_the_value_before_an_edit(desk):
    desk.session.do(desk.project.describe, desk.demand, {"addressee": "Turkey"})
    desk.session.do(desk.project.describe, desk.demand, {"addressee": "Global Coalition"})
    assert "LM set addressee: Turkey → Global Coalition" in desk.pane.history_text
    desk.session.pick("")
    desk.session.do(desk.project.edit, desk.statement, issuer="SDC")
    desk.session.do(desk.project.edit, desk.statement, date_issued="2022-01-20", date_issued_basis="inferred")
    assert "LM: issuer: AANES → SDC" in desk.pane.history_text
    assert "LM: issued: — → 20 Jan 2022 (inferred)" in desk.pane.history_text
    assert "LM: set addressee: Turkey → Global Coalition" in desk.pane.history_text


def test_a_list_to_choose_from_shows_all_its_entries(desk):
    desk.session.pick("")
    for combo in (desk.editor("issuer_type"), desk.editor("date_issued").basis):
        combo.showPopup()
        view = combo.view()
        assert view.viewport().height() >= sum(view.sizeHintForRow(row) for row in range(combo.count()))
        assert view.parentWidget().frameWidth() == 0
        combo.hidePopup()


def test_a_growing_text_grows_with_what_is_pasted_undone_and_shown(desk, qtbot):
    note = desk.editor("note")
    low = note.height()
    desk.pane.focus_note()
    QApplication.clipboard().setText("some words that go on and on until they have to be wrapped " * 3)
    note.paste()
    high = note.height()
    assert high > low + note.fontMetrics().lineSpacing()
    note.undo()
    assert note.height() == low
    note.redo()
    assert note.height() == high
    desk.leave()
    desk.session.pick(desk.accusation)
    desk.session.pick(desk.demand)
    assert desk.editor("note").height() == high


def test_the_line_at_the_caret_is_in_view_while_a_text_grows(desk, qtbot):
    desk.pane.window().resize(330, 320)
    qtbot.waitUntil(lambda: desk.pane.height() <= 320)
    desk.pane.focus_note()
    note = desk.editor("note")
    for _ in range(6):
        qtbot.keyClick(note, Qt.Key.Key_Return)
    pane = desk.pane

    def in_view() -> bool:
        bottom = note.viewport().mapTo(pane, note.cursorRect().bottomLeft())
        return pane.rect().contains(bottom)

    qtbot.waitUntil(in_view, timeout=2000)


def test_a_title_is_shown_with_all_its_lines(desk):
    desk.session.pick("")
    title = desk.editor("title")
    desk.session.do(desk.project.edit, desk.statement, title="A title that goes on for a while, " * 12)
    assert title.lines > 8
    assert title.height() >= title.lines * title.fontMetrics().lineSpacing()
    assert title.verticalScrollBar().maximum() == 0


def test_what_is_refused_has_a_border_of_its_own(desk):
    def edge() -> str:
        field = desk.pane.field("deadline")
        return field.editor.grab().toImage().pixelColor(field.editor.width() // 2, 0).name()

    desk.pane.window().setStyleSheet(stylesheet(LIGHT))
    assert edge() == LIGHT.hairline
    desk.type("deadline", "soon")
    desk.leave()
    assert edge() == LIGHT.error
    desk.type("deadline", "2022")
    desk.leave()
    assert edge() == LIGHT.hairline


def test_the_history_tells_what_was_undone(desk):
    desk.session.do(desk.project.describe, desk.demand, {"force": "appeal"})
    desk.session.do(desk.project.undo)
    assert "set force: Appeal (undone)" in desk.pane.history_text
    assert "undid “Set force”" in desk.pane.history_text


def test_mark_up_is_shown_as_it_is(desk):
    tag = desk.project.codebook.tag("demand")
    marked = replace(
        tag,
        label="<b>Demand</b>",
        attributes=tuple(replace(a, label="<i>x</i>", definition="<img src='file:///x'>") for a in tag.attributes[:3]),
    )
    desk.session.do(desk.project.put_tag, marked)
    assert "<B>DEMAND</B>" in labels(desk.pane)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in desk.pane.findChildren(QLabel))
    assert "<img" not in desk.editor("action").toolTip()


# -- metadata -----------------------------------------------------------------------------------


def test_without_a_passage_the_statements_metadata_are_shown_and_saved(desk):
    desk.session.pick("")
    assert "STATEMENT" in labels(desk.pane)
    assert desk.pane.field("issuer").typed() == "AANES"
    desk.type("outlet", "North Press")
    desk.leave()
    assert desk.project.statement(desk.statement).outlet == "North Press"


def test_a_date_of_the_statement_has_a_basis(desk):
    desk.session.pick("")
    editor = desk.editor("date_issued")
    editor.line.setFocus()
    desk.qtbot.keyClicks(editor.line, "2022-01")
    editor.basis.setFocus()
    desk.qtbot.keyClicks(editor.basis, "inf")
    desk.leave()
    date = desk.project.statement(desk.statement).date_issued
    assert (date.edtf, date.basis) == ("2022-01", "inferred")
    assert desk.pane.field("date_issued").typed() == "2022-01 (inferred)"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("20 Jan 2022", "2022-01-20"),
        ("1 september 2022", "2022-09-01"),
        ("Sept. 2022", "2022-09"),
        ("20.1.2022", "2022-01-20"),
        ("May 2022", "2022-05"),
        ("2022-01-20", "2022-01-20"),
    ],
)
def test_a_date_with_the_name_of_its_month_is_stored_as_edtf(desk, typed, stored):
    desk.type("deadline", typed)
    desk.leave()
    assert desk.stored()["deadline"][0]["edtf"] == stored
    assert desk.pane.field("deadline").typed() == stored
    desk.session.pick("")
    editor = desk.editor("date_issued")
    editor.line.setFocus()
    desk.qtbot.keyClicks(editor.line, typed)
    desk.leave()
    assert desk.project.statement(desk.statement).date_issued.edtf == stored
    assert desk.pane.field("date_issued").typed() == stored


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2022-13", "There is no month 13."),
        ("31 Feb 2022", "There is no 31 February 2022."),
        ("1.2.2022", "1.2.2022 can be 1 Feb 2022 or 2 Jan 2022"),
        ("20 Foo 2022", "Write the date as"),
    ],
)
def test_what_is_no_date_says_why(desk, typed, told):
    desk.type("deadline", typed)
    desk.leave()
    assert desk.pane.field("deadline").complaint.startswith(told)
    assert "deadline" not in desk.stored()


def test_a_whole_day_can_be_read_in_a_date_of_the_statement(desk):
    desk.session.pick("")
    line = desk.editor("date_issued").line
    assert line.fontMetrics().horizontalAdvance("2022-01-20") <= line.width() - 20


def test_the_values_of_metadata_begin_with_a_capital(desk):
    desk.session.pick("")
    for combo in (desk.editor("issuer_type"), desk.editor("date_issued").basis):
        assert all(not combo.itemText(row)[:1].islower() for row in range(combo.count()))


def test_a_title_cannot_be_emptied(desk, qtbot):
    desk.pane.focus_metadata()
    title = desk.editor("title")
    assert title.hasFocus()
    with qtbot.assertNotEmitted(desk.session.failed):
        title.selectAll()
        qtbot.keyClick(title, Qt.Key.Key_Backspace)
        desk.leave()
    assert desk.pane.field("title").complaint == "A statement needs a title."
    assert desk.project.statement(desk.statement).title == "A statement"


def test_going_to_the_metadata_leaves_the_passage(desk):
    desk.type("action", "act")
    desk.pane.focus_metadata("outlet")
    assert desk.session.passage == ""
    assert desk.editor("outlet").hasFocus()
    assert desk.stored()["action"] == [{"value": "act"}]


def test_without_a_statement_it_says_what_to_do(desk):
    desk.session.show("")
    assert "Open a statement to see its details." in labels(desk.pane)
    assert desk.pane.field("title") is None


def test_a_read_only_project_cannot_be_typed_into_and_says_why(desk):
    path = desk.project.path
    desk.session.use(None)
    read_only = Project.open(path, read_only=True)
    desk.show(read_only)
    desk.session.pick(desk.demand)
    assert not desk.editor("action").isEnabled()
    assert "reading only" in desk.editor("action").toolTip()


def test_saving_tells_an_expected_error_once(desk, monkeypatch):
    def refuse(*_):
        raise AnnotatorError("No.")

    told: list[object] = []
    desk.session.failed.connect(told.append)
    monkeypatch.setattr(desk.project, "describe", refuse)
    desk.type("action", "act")
    desk.leave()
    assert [str(error) for error in told] == ["No."]
    assert desk.pane.field("action").typed() == "act"


def test_of_forms_that_are_gone_no_item_of_a_layout_is_left(desk):
    def items() -> set[int]:
        return {id(each) for each in gc.get_objects() if type(each) is QWidgetItem}

    desk.session.pick("")
    before = items()
    desk.session.pick(desk.demand)
    desk.session.pick(desk.accusation)
    desk.session.use(None)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert items() <= before
