"""The details form: each kind of field by keyboard, what is told before it is saved, and values that nobody types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from annotator import Project
from annotator.core.text import Span
from annotator.gui.actors_editor import ActorsEditor
from annotator.gui.app import App
from annotator.store import identity

TEXT = (
    "On Tuesday Ankara’s jets hit the market, officials said. At least 12 people died."
    " The council asks Ankara to stop. It accuses Ankara of murder."
)


def at(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


class Desk:
    """The whole window with one statement of Thursday 20 January 2022 and a passage of each tag."""

    def __init__(self, app: App, project: Project, qtbot) -> None:
        self.app, self.project, self.qtbot = app, project, qtbot
        self.window, self.session = app.window, app.session
        self.statement = project.add_statement(TEXT, title="Market", issuer="Council", date_issued="2022-01-20").result
        project.add_actor("Turkey", aliases=["Ankara", "تركيا"])
        project.add_actor("Syrian Democratic Forces", aliases=["SDF", "قسد"])
        self.event = project.annotate(self.statement, "event", at("Ankara’s jets hit the market")).result
        self.demand = project.annotate(self.statement, "demand", at("asks Ankara to stop")).result
        self.accusation = project.annotate(self.statement, "accusation", at("accuses Ankara of murder")).result
        self.session.use(project)
        self.session.show(self.statement)

    @property
    def pane(self):
        return self.window.inspector

    @property
    def reader(self):
        return self.window.reader

    def field(self, name: str):
        return self.pane.field(name)

    def editor(self, name: str):
        return self.field(name).editor

    def go(self, passage: str, name: str = "") -> None:
        """To the passage, and into a field."""
        self.session.pick(passage)
        self.pane.focus_field(name) if name else self.reader.setFocus()

    def type(self, name: str, text: str) -> None:
        self.pane.focus_field(name)
        self.qtbot.keyClicks(self.editor(name), text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    def values(self, passage: str) -> dict:
        return dict(self.project.annotation(passage).attributes)

    def names(self, passage: str, attribute: str) -> list[str]:
        return [
            self.project.actor_name(v["actor"]) if "actor" in v else v["value"]
            for v in self.values(passage).get(attribute, ())
        ]

    def drag(self, words: str) -> None:
        """Select words with the mouse."""
        view, span = self.reader.viewport(), at(words)
        points = []
        for place in (span.start, span.end):
            position = self.reader.textCursor()
            position.setPosition(self.reader.page.content.start + place)
            points.append(self.reader.cursorRect(position).center())
        self.qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=points[0])
        self.qtbot.mouseMove(view, points[0] + QPoint(3, 0))
        self.qtbot.mouseMove(view, points[1])
        self.qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=points[1])


@pytest.fixture
def desk(qtbot, tmp_path, project: Project) -> Iterator[Desk]:
    identity.name_coder("LM")
    app = App()
    app.memory.put("tour", "done")
    app.orders.set_snap(False)
    qtbot.addWidget(app.window)
    app.window.resize(1300, 800)
    with qtbot.waitActive(app.window):
        app.window.show()
        app.window.activateWindow()
    found = Desk(app, project, qtbot)
    qtbot.waitUntil(lambda: app.window.there("inspector") is not None)
    yield found
    app.session.use(None)


# -- by keyboard through every field --------------------------------------------------------


@pytest.mark.parametrize("tag", ["demand", "accusation", "event"])
def test_enter_leads_from_the_text_through_every_field_and_a_key_back_to_the_text(desk, tag):
    passage = getattr(desk, tag)
    desk.go(passage)
    desk.reader.select(at("the market"))
    desk.session.pick(passage)
    desk.window.order("passage.details")
    for attribute in desk.project.codebook.tag(tag).attributes:
        editor = desk.editor(attribute.name)
        assert editor.hasFocus(), attribute.name
        if isinstance(editor, ActorsEditor):
            editor.set_ghost("")
        typed = {"actors": "SDF", "actor": "SDF", "date": "yesterday", "count": "a dozen", "text": "words"}
        if attribute.type == "choice":
            typed["choice"] = "1" if len(attribute.values) <= 6 else attribute.values[0].label
        desk.qtbot.keyClicks(editor, typed[attribute.type])
        if isinstance(editor, ActorsEditor):
            editor.line.put_away()
        if getattr(editor, "offers", False):
            editor.put_away()
        before = desk.project.head
        desk.press(Qt.Key.Key_Return)
        assert desk.project.head != before and desk.project.undo_label == f"Set {attribute.name}"
    assert desk.editor("note").hasFocus()
    assert {a.name for a in desk.project.codebook.tag(tag).attributes} <= set(desk.values(passage))
    assert desk.pane.missing_text == "All required are filled"
    desk.qtbot.keyClicks(desk.editor("note"), "a note")
    desk.press(Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert desk.reader.hasFocus() and desk.project.annotation(passage).note == "a note"
    assert desk.reader.span() == at("the market")


def test_enter_goes_to_the_first_required_field_that_is_empty_and_the_empty_ones_are_counted(desk):
    desk.project.describe(desk.demand, {"demander": "Council", "addressee": "Turkey"})
    desk.go(desk.demand)
    assert desk.pane.missing_text == "4 of 6 required are empty"
    desk.window.order("passage.details")
    assert desk.editor("action").hasFocus()
    desk.qtbot.keyClicks(desk.editor("action"), "stop")
    assert desk.pane.missing_text == "3 of 6 required are empty"
    desk.press(Qt.Key.Key_Escape)
    assert desk.reader.hasFocus() and "action" not in desk.values(desk.demand)


# -- actors -----------------------------------------------------------------------------------


def test_names_become_chips_that_arrows_go_along_and_backspace_removes(desk):
    desk.go(desk.accusation, "accused")
    editor = desk.editor("accused")
    desk.qtbot.keyClicks(editor, "Turkey; SDF; unnamed; ")
    assert editor.names == ["Turkey", "SDF", "unnamed"]
    desk.press(Qt.Key.Key_Left)
    desk.press(Qt.Key.Key_Left)
    assert editor.marked == "SDF"
    desk.press(Qt.Key.Key_Delete)
    assert editor.names == ["Turkey", "unnamed"]
    desk.press(Qt.Key.Key_Backspace)
    assert editor.marked == "unnamed"
    desk.press(Qt.Key.Key_Backspace)
    desk.reader.setFocus()
    assert desk.names(desk.accusation, "accused") == ["Turkey"]


def test_an_alias_in_another_script_completes_to_the_name(desk):
    desk.go(desk.accusation, "accused")
    event = QInputMethodEvent()
    event.setCommitString("قس")
    QApplication.sendEvent(desk.editor("accused").line, event)
    assert desk.editor("accused").suggestions == ["قسد → Syrian Democratic Forces"]
    popup = QApplication.activePopupWidget()
    desk.qtbot.keyClick(popup, Qt.Key.Key_Down)
    desk.qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert desk.editor("accused").names == ["Syrian Democratic Forces"]


def test_what_is_new_says_so_before_it_is_made(desk):
    desk.go(desk.accusation, "accused")
    desk.qtbot.keyClicks(desk.editor("accused"), "Nobody Known; ")
    assert desk.field("accused").remarked == "New actor: Nobody Known"
    assert desk.project.find_actor("Nobody Known") is None
    desk.reader.setFocus()
    assert desk.project.find_actor("Nobody Known") is not None


def test_the_issuer_is_offered_to_who_speaks_and_enter_takes_it(desk):
    desk.go(desk.demand, "demander")
    assert desk.editor("demander").ghost == "Council" and desk.field("demander").typed() == ""
    desk.press(Qt.Key.Key_Tab)
    assert "demander" not in desk.values(desk.demand)
    desk.pane.focus_field("demander")
    desk.press(Qt.Key.Key_Return)
    assert desk.names(desk.demand, "demander") == ["Council"]
    assert desk.editor("addressee").hasFocus() and desk.editor("addressee").ghost == ""


def test_what_was_said_last_is_offered_where_the_codebook_wants_it(desk):
    desk.project.describe(desk.demand, {"action": "stop"})
    other = desk.project.annotate(desk.statement, "demand", at("people died")).result
    tag = desk.project.codebook.tag("demand")
    last = tuple(replace(a, default="last") if a.name == "action" else a for a in tag.attributes)
    desk.session.do(desk.project.put_tag, replace(tag, attributes=last))
    desk.go(other, "action")
    assert desk.editor("action").ghost == "stop" and desk.values(other) == {}
    desk.press(Qt.Key.Key_Return)
    assert desk.values(other) == {"action": [{"value": "stop"}]}


def test_a_retired_value_is_shown_by_its_label_and_offered_nowhere(desk):
    desk.project.describe(desk.event, {"event_type": "assault"})
    tag = desk.project.codebook.tag("event")
    values = tuple(replace(v, retired=v.name == "assault") for v in tag.attribute("event_type").values)
    attributes = tuple(replace(a, values=values) if a.name == "event_type" else a for a in tag.attributes)
    desk.session.do(desk.project.put_tag, replace(tag, attributes=attributes))
    desk.go(desk.event, "event_type")
    assert desk.editor("event_type").text() == "Assault"
    desk.editor("event_type").clear()
    desk.qtbot.keyClicks(desk.editor("event_type"), "ass")
    assert desk.editor("event_type").suggestions == []


# -- choices, dates, counts ---------------------------------------------------------------------


def test_a_number_chooses_and_the_same_one_again_takes_the_choice_away(desk):
    desk.go(desk.demand, "force")
    desk.press(Qt.Key.Key_3)
    assert desk.field("force").typed() == "ultimatum"
    meant = "Ultimatum: The demander ties the action to a deadline"
    desk.qtbot.waitUntil(lambda: meant in desk.field("force").help_shown)
    desk.press(Qt.Key.Key_3)
    assert desk.field("force").typed() == ""
    desk.press(Qt.Key.Key_9)
    desk.reader.setFocus()
    assert "force" not in desk.values(desk.demand)


def test_a_value_that_the_vocabulary_lost_is_shown_where_it_is_used_and_offered_nowhere(desk):
    desk.project.describe(desk.demand, {"force": "ultimatum"})
    tag = desk.project.codebook.tag("demand")
    shorter = tuple(replace(a, values=a.values[:2]) if a.name == "force" else a for a in tag.attributes)
    desk.session.do(desk.project.put_tag, replace(tag, attributes=shorter))
    desk.go(desk.demand, "force")
    assert desk.field("force").typed() == "ultimatum"
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_3)
    assert desk.field("force").typed() == "appeal"


def test_a_long_vocabulary_is_typed_by_any_part_of_a_label(desk):
    desk.go(desk.event, "event_type")
    desk.qtbot.keyClicks(desk.editor("event_type"), "assa")
    assert desk.editor("event_type").suggestions == ["Assault"]
    desk.reader.setFocus()
    assert desk.values(desk.event)["event_type"] == [{"value": "assault"}]
    assert desk.editor("event_type").text() == "Assault"


def test_a_date_is_told_before_it_is_saved_and_keeps_its_words(desk):
    desk.go(desk.event, "date_start")
    desk.qtbot.keyClicks(desk.editor("date_start"), "last Tuesday")
    assert desk.field("date_start").remarked == "Tue 18 Jan 2022 (from “last Tuesday”)"
    desk.press(Qt.Key.Key_Return)
    assert desk.values(desk.event)["date_start"] == [
        {"edtf": "2022-01-18", "basis": "inferred", "text": "last Tuesday"}
    ]
    assert desk.editor("date_start").aside == "Tue, inferred"
    assert desk.field("time_text").typed() == "last Tuesday"


def test_an_impossible_date_says_so_and_what_was_typed_stays(desk):
    desk.go(desk.event, "date_start")
    desk.qtbot.keyClicks(desk.editor("date_start"), "30 Feb 2022")
    desk.press(Qt.Key.Key_Return)
    assert desk.field("date_start").complaint == "There is no 30 February 2022."
    assert desk.field("date_start").typed() == "30 Feb 2022" and desk.values(desk.event) == {}


def test_a_count_is_told_with_its_bounds_and_keeps_its_words(desk):
    desk.go(desk.event, "killed")
    desk.qtbot.keyClicks(desk.editor("killed"), "dozens")
    assert desk.field("killed").remarked == "at least 24 (from “dozens”)"
    desk.press(Qt.Key.Key_Return)
    assert desk.values(desk.event)["killed"] == [{"min": 24, "text": "dozens"}]
    assert desk.editor("killed").aside == "≥ 24"


def test_the_definition_stands_below_the_field_that_has_the_focus(desk):
    desk.go(desk.demand, "action")
    definition = desk.project.codebook.tag("demand").attribute("action").definition
    desk.qtbot.waitUntil(lambda: desk.field("action").help_shown == definition)
    desk.reader.setFocus()
    desk.qtbot.waitUntil(lambda: desk.field("action").help_shown == "")


# -- as last time, copy and paste -----------------------------------------------------------------


def test_empty_fields_are_filled_as_last_time_in_one_step(desk):
    desk.project.describe(desk.demand, {"voice": "outlet", "addressee": "Turkey", "action": "stop"})
    other = desk.project.annotate(desk.statement, "demand", at("people died"), given={"action": "go"}).result
    desk.session.tell(desk.project.note(other, "x"))
    desk.go(other)
    desk.window.order("details.same_all")
    assert desk.values(other)["voice"] == [{"value": "outlet"}] and desk.names(other, "addressee") == ["Turkey"]
    assert desk.values(other)["action"] == [{"value": "go"}]
    assert desk.project.undo_label == "Fill as last time"
    desk.pane.focus_field("action")
    desk.window.order("details.same")
    assert desk.field("action").typed() == "stop" and desk.project.undo_label == "Set action"


def test_details_are_copied_to_a_passage_of_another_tag_as_far_as_it_has_them(desk):
    desk.project.describe(desk.demand, {"voice": "outlet", "action": "stop"})
    desk.go(desk.demand)
    desk.window.order("details.copy")
    desk.go(desk.accusation)
    desk.window.order("details.paste")
    assert desk.values(desk.accusation) == {"voice": [{"value": "outlet"}]}
    desk.window.order("edit.undo")
    assert desk.values(desk.accusation) == {}


# -- from the text ----------------------------------------------------------------------------------


def test_words_that_the_mouse_selects_fill_the_empty_field_that_had_the_focus(desk):
    desk.go(desk.accusation, "accused")
    desk.drag("Ankara of")
    (value,) = desk.values(desk.accusation)["accused"]
    assert value["anchor"]["quote"] == "Ankara of"
    assert desk.editor("accused").hasFocus() and desk.session.passage == desk.accusation


def test_words_of_a_known_name_are_that_actor_and_may_stand_outside_of_the_passage(desk):
    desk.go(desk.accusation, "accused")
    desk.drag("Ankara")
    assert desk.names(desk.accusation, "accused") == ["Turkey"]
    assert desk.values(desk.accusation)["accused"][0]["anchor"]["start"] == at("Ankara").start
    assert desk.session.passage == desk.accusation
    assert desk.reader.words_shown == [at("Ankara")]
    desk.session.pick(desk.event)
    assert desk.reader.words_shown == []


def test_an_article_is_part_of_the_words_and_of_no_name(desk):
    desk.project.add_actor("Market")
    desk.go(desk.event, "recipient")
    desk.drag("the market")
    assert desk.names(desk.event, "recipient") == ["Market"]
    assert desk.values(desk.event)["recipient"][0]["anchor"]["quote"] == "the market"


def test_a_filled_field_leaves_what_the_mouse_selects_alone(desk):
    desk.project.describe(desk.demand, {"action": "stop"})
    desk.go(desk.demand, "action")
    desk.drag("the market")
    assert desk.values(desk.demand) == {"action": [{"value": "stop"}]}
    assert desk.reader.hasFocus() and desk.reader.span() == at("the market")


def test_a_key_goes_to_the_text_enter_picks_and_the_selection_is_as_it_was(desk):
    desk.go(desk.event)
    desk.reader.select(at("Ankara’s jets"))
    desk.pane.focus_field("killed")
    desk.window.order("details.pick")
    assert desk.reader.hasFocus() and "Enter picks" in desk.window.hint_text
    desk.reader.select(at("At least 12 people"))
    assert desk.session.passage == desk.event
    desk.window.order("passage.details")
    (value,) = desk.values(desk.event)["killed"]
    assert (value["min"], value["anchor"]["quote"]) == (12, "At least 12 people")
    assert desk.editor("killed").hasFocus() and desk.reader.span() == at("Ankara’s jets")
    assert desk.project.undo_label == "Set killed"


def test_esc_leaves_the_picking_and_another_command_ends_it(desk):
    desk.go(desk.event, "what")
    desk.window.order("details.pick")
    desk.reader.select(at("the market"))
    desk.window.ordered.emit("escape")
    assert desk.editor("what").hasFocus() and desk.values(desk.event) == {}
    desk.window.order("details.pick")
    desk.window.order("passage.next")
    desk.reader.select(at("the market"))
    desk.window.order("passage.details")
    assert desk.values(desk.event) == {}


def test_words_that_are_no_date_are_told_and_stand_in_the_field(desk):
    desk.go(desk.event, "date_start")
    desk.drag("the market")
    assert desk.field("date_start").complaint and desk.field("date_start").typed() == "the market"
    assert desk.values(desk.event) == {}


def test_the_way_from_a_value_to_its_words(desk):
    desk.project.pick(desk.event, "what", at("hit the market"))
    desk.go(desk.event, "what")
    desk.window.order("details.words")
    assert desk.reader.span() == at("hit the market") and desk.session.passage == desk.event
    desk.pane.focus_field("means")
    with desk.qtbot.waitSignal(desk.session.said, check_params_cb=lambda text: "not picked" in text):
        desk.window.order("details.words")


def test_new_words_can_be_another_name_of_a_known_actor(desk):
    desk.go(desk.accusation, "accused")
    desk.drag("council")
    field = desk.field("accused")
    assert field.remarked == "New actor: council"
    field.offered.emit("accused")
    turkey = desk.project.find_actor("Turkey").id
    assert f"actor:{turkey}" in desk.window.chooser.offered()
    desk.window.chooser.chosen.emit(f"actor:{turkey}")
    assert desk.names(desk.accusation, "accused") == ["Turkey"]
    assert desk.project.find_actor("council").id == turkey
    assert desk.values(desk.accusation)["accused"][0]["anchor"]["quote"] == "council"
