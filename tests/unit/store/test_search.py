"""Finding statements and places: by words, fields, attributes, actors, dates and progress."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator import AnnotatorError, Project, Span, jobs
from annotator.core.errors import Ambiguous, NotFound
from annotator.store.listing import ORDERS, Arrangement

from .conftest import TEXT, ids, span_of


@pytest.fixture
def three(project: Project) -> tuple[str, str, str]:
    """Three statements: the dam (2022, tagged), a press conference (2023) and a short Arabic one (undated)."""
    dam = project.add_statement(
        TEXT, "Statement on the dam", issuer="Dam Council", language="en", date_issued="2022-01"
    ).result
    press = project.add_statement(
        "The prisoners’ families asked for news. 100% of them_all.", "Press conference", issuer="AANES",
        outlet="North Press", language="en-GB", date_published="2023",
    ).result  # fmt: skip
    arabic = project.add_statement("الإحتلال يقصف الحسكة", "بيان", issuer="قسد", language="ar").result
    project.annotate(
        dam, "accusation", span_of("Armed men shelled the dam"),
        given={"accused": "Turkish Army; SDF", "act": "shelling", "conduct": "act"}, note="check 50% date",
    )  # fmt: skip
    project.annotate(dam, "demand", span_of("They must withdraw"), given={"addressee": "SDF", "force": "demand"})
    project.mark(press, "done")
    return dam, press, arabic


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mentions:nobody", ""),
        ("", "dam press arabic"),
        ("gates", "dam"),
        ("gat", "dam"),
        ("GATES", "dam"),
        ("ates", ""),
        ("diyarbakir", "dam"),
        ("محمد", "dam"),
        ("الاحتلال", "arabic"),
        ("حسكه", ""),
        ('"open the gates"', "dam"),
        ('"open gates"', ""),
        ('"open the gat"', ""),
        ("open gates", "dam"),
        ("gates families", ""),
        ("-gates", "press arabic"),
        ("-gates -families", "arabic"),
        ("conference", "press"),
        ("north", "press"),
        ("issuer:dam", "dam"),
        ("issuer:قسد", "arabic"),
        ("title:statement", "dam"),
        ("title:gates", ""),
        ("outlet:north", "press"),
        ("-outlet:north", "dam arabic"),
        ('outlet:""', "dam arabic"),
        ("issuer:*", ""),
        ("lang:en", "dam press"),
        ("lang:en-GB", "press"),
        ("lang:e", ""),
        ("lang:%", ""),
        ("status:done", "press"),
        ("status:unread", "dam arabic"),
        ("date:2022", "dam"),
        ("date:2022..2023", "dam press"),
        ("date:..2022-01-15", "dam"),
        ("date:2022-02..", "press"),
        ("-date:2022..2023", "arabic"),
        ("tag:accusation", "dam"),
        ("-tag:accusation", "press arabic"),
        ("tag:event", ""),
        ("tag:accusation accused:turkish", "dam"),
        ("tag:demand accused:turkish", ""),
        ("accused:SDF addressee:SDF", ""),
        ("mentions:sdf", "dam"),
        ("act:shelling", "dam"),
        ("force:demand", "dam"),
        ("conduct:act coder:LM", "dam"),
        ("note:50%", "dam"),
        ("note:5%", ""),
        ("note:_", ""),
        ("act:%", ""),
        ("act:shell_ng", ""),
        ("state:made", "dam"),
        ("🙏", "dam"),
        ("-🙏", "press arabic"),
        ("🐟", ""),
        ("-rain", "dam press arabic"),
    ],
)
def test_a_query_finds(project: Project, three: tuple[str, str, str], query: str, found: str):
    names = dict(zip(three, ("dam", "press", "arabic"), strict=True))
    assert [names[i] for i in ids(project, query)] == found.split()
    assert project.count(query) == len(found.split())


def test_merged_actors_are_found_by_each_of_their_names(project: Project, three: tuple[str, str, str], tmp_path: Path):
    whole = tmp_path / "x.json"
    jobs.run(jobs.export(project, whole))
    sdf = project.find_actor("SDF")
    other = project.find_actor("Turkish Army")
    assert sdf is not None and other is not None
    text = whole.read_text(encoding="utf-8").replace(
        '"name": "SDF", "type": "", "aliases": []',
        f'"name": "SDF", "type": "", "aliases": ["QSD"], "merged_into": "{other.id}"',
    )
    whole.write_text(text, encoding="utf-8")
    with Project.create(tmp_path / "new.annotator", coder="LM") as new:
        jobs.run(jobs.import_files(new, [whole]))
        assert new.actor(sdf.id).name == "Turkish Army" and new.find_actor("qsd") == new.actor(other.id)
        assert ids(new, "addressee:QSD") == ids(new, "addressee:Turkish") == ids(new, "mentions:SDF") == [three[0]]


@pytest.mark.parametrize(
    "query",
    [
        *(
            '"',
            '""',
            "*",
            "^",
            "(",
            ")",
            "{title}:x",
            "{title}",
            "col:",
            "'",
            "\\",
            "-",
            '-"',
            "+",
            "a*",
            "^a",
            "a:",
            "%",
        ),
        *("_", "OR", "NOT", "NEAR(a)", "\u0301", "ـ", "𓀀", "\x00", "a\x00b", "a AND b", "NOT x", "NEAR(a b)"),
    ],
)
def test_signs_of_the_index_are_plain_signs(project: Project, three: tuple[str, str, str], query: str):
    assert set(ids(project, query)) <= set(three)
    list(project.search(query))


@pytest.mark.parametrize("query", ['"', '-"', "*", "-*", "\u0301", "-…"])
def test_punctuation_alone_asks_for_nothing_yet(project: Project, three: tuple[str, str, str], query: str):
    assert ids(project, query) == list(three)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.sampled_from("aأ مُ🙏\"'*^(){}:-%_\\.,;\u200c\u0301ıİ\n\t€"), max_size=20))
def test_any_words_are_searched_without_trouble(project: Project, text: str):
    if not project.count():
        project.add_statement(TEXT)
    try:
        found = ids(project, text)
    except AnnotatorError:
        return
    assert len(found) <= 1 and len(list(project.search(text))) >= len(found)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_each_word_of_a_text_finds_it_and_its_place(project: Project, data: st.DataObject):
    if not project.count():
        project.add_statement(TEXT)
    word = data.draw(st.sampled_from([w.strip(".") for w in TEXT.split() if w.strip(".🙏")]))
    short = word[: data.draw(st.integers(1, len(word)))]
    hits = list(project.search(short))
    assert any(hit.span and hit.quote.startswith(short) for hit in hits)
    assert all(hit.span is None or hit.span.of(TEXT) == hit.quote for hit in hits)


def test_hits_show_words_in_their_context_with_their_passages(project: Project, three: tuple[str, str, str]):
    (hit,) = project.search("shel", context=10)
    assert (hit.before, hit.quote, hit.after) == ("Armed men ", "shelled", " the dam o")
    assert len(hit.annotations) == 1 and hit.statement == three[0] and hit.issuer == "Dam Council"


def test_a_query_about_passages_finds_passages(project: Project, three: tuple[str, str, str]):
    assert [h.quote for h in project.search("tag:demand")] == ["They must withdraw"]
    assert [h.quote for h in project.search("gates tag:demand")] == ["They must withdraw"]


def test_a_query_about_statements_finds_statements(project: Project, three: tuple[str, str, str]):
    assert [(h.statement, h.span) for h in project.search("-gates")] == [(three[1], None), (three[2], None)]
    assert len(list(project.search("-nothing", limit=2))) == 2


def test_a_deleted_statement_is_not_found_and_one_brought_back_is(project: Project, three: tuple[str, str, str]):
    project.delete([three[0]])
    assert ids(project, "gates") == ids(project, "title:dam") == ids(project, "tag:demand") == []
    project.undo()
    assert ids(project, "gates") == ids(project, "title:dam") == ids(project, "tag:demand") == [three[0]]


def test_a_changed_title_is_found_by_its_new_words_alone(project: Project, three: tuple[str, str, str]):
    project.edit(three[0], title="Barrage")
    assert ids(project, "title:barrage") == [three[0]] and ids(project, "title:dam") == []
    project.undo()
    assert ids(project, "title:barrage") == [] and ids(project, "title:dam") == [three[0]]


def test_unknown_tags_and_coders_are_named(project: Project, three: tuple[str, str, str]):
    for query in ("tag:threat", "coder:Nobody", "-tag:threat"):
        with pytest.raises(NotFound):
            project.count(query)


def test_very_long_words_and_queries_are_answered(project: Project, three: tuple[str, str, str]):
    assert ids(project, "x" * 100_000) == []
    assert ids(project, " ".join(["gates"] * 200)) == [three[0]]
    assert ids(project, '"' + "gates " * 5_000 + '"') == []
    with pytest.raises(AnnotatorError, match="conditions"):
        ids(project, " ".join(["gates"] * 5_000))


def test_lists_show_counts_status_and_dates_in_the_order_asked(project: Project, three: tuple[str, str, str]):
    dam, press, arabic = project.statements()
    assert dam.counts == {"accusation": 1, "demand": 1} and press.counts == {} and dam.suggestions == 0
    assert (dam.status, press.status) == ("unread", "done")
    assert press.date is not None and press.date.edtf == "2023" and arabic.date is None
    orders = {order: [n for part in project.listing("", Arrangement(order)) for n in part.numbers] for order in ORDERS}
    numbers = [s.number for s in (dam, press, arabic)]
    assert orders["imported"] == numbers
    assert orders["date"] == [numbers[0], numbers[1], numbers[2]]
    assert orders["issuer"] == [numbers[1], numbers[0], numbers[2]]
    assert orders["progress"] == [numbers[0], numbers[2], numbers[1]]
    assert orders["marks"] == [numbers[1], numbers[2], numbers[0]]
    assert [s.id for s in project.summaries([numbers[2], 999, numbers[0]])] == [arabic.id, dam.id]
    assert project.summaries([]) == []
    assert project.number_of(dam.id) == dam.number and project.number_of("gone") is None
    assert project.progress_counts() == {"all": 3, "unread": 2, "open": 0, "done": 1}


def test_pages_follow_one_another_without_gaps(project: Project):
    made = [project.add_statement(f"Text {n}").result for n in range(12)]
    assert [len(page) for page in project.numbers(page=5)] == [5, 5, 2]
    assert [s.id for s in project.statements()] == made


def test_suggestions_are_counted_apart(project: Project, three: tuple[str, str, str]):
    project.annotate(three[1], "event", Span(0, 5), status="suggested")
    project.annotate(three[1], "event", Span(6, 9), status="rejected")
    (press,) = project.statements("conference")
    assert press.counts == {} and press.suggestions == 1
    assert ids(project, "state:suggested") == [three[1]]


def test_stats_count_everything(project: Project, three: tuple[str, str, str]):
    stats = project.stats()
    assert stats["statements"] == 3 and stats["passages"] == 2 and stats["actors"] == 2
    assert stats["by_tag"] == {"demand": 1, "accusation": 1, "event": 0}
    assert stats["by_issuer"] == {"AANES": 1, "Dam Council": 1, "قسد": 1}
    assert stats["steps"] == len(project.history()) and stats["characters"] == sum(len(project.text(s)) for s in three)


def test_ids_are_found_by_a_unique_beginning_or_end(project: Project, three: tuple[str, str, str]):
    one = three[0]
    for given_id in (one, one.upper(), one[-6:], one[-6:].upper(), one[:-1], f" {one} "):
        assert project.find_statement(given_id) == one
    for nothing in ("", " ", "zzz", "%", "_", "x" * 100_000, one + "0"):
        with pytest.raises(NotFound, match="no statement"):
            project.find_statement(nothing)
    with pytest.raises(Ambiguous) as trouble:
        project.find_statement(one[:2])
    assert len(trouble.value.candidates) == 3 and "Press conference" in trouble.value.candidates[1]
    passage = project.annotations(one)[0].id
    assert project.find_annotation(passage[-6:]) == passage


def test_ids_from_elsewhere_are_found_as_they_are(project: Project, tmp_path: Path, write_native: Callable[..., Path]):
    jobs.run(
        jobs.import_files(project, [write_native(tmp_path / "x.json", {"S-1": "One", "S-10": "Ten", "s_2": "Two"})])
    )
    assert project.find_statement("S-1") == "S-1" and project.find_statement("s_2") == "s_2"
    assert project.find_statement("-10") == "S-10"
    with pytest.raises(Ambiguous):
        project.find_statement("S")


def test_what_is_found_soonest_is_the_same_as_what_is_found_in_order(project: Project):
    for n in range(60):
        project.add_statement(f"The crew of pier {n} writes. The crew waits.", f"Crew {n % 7}")
    in_order = list(project.search("crew pier", limit=1000))
    soonest = list(project.search("crew pier", limit=1000, soon=True))
    assert len(soonest) > 100
    assert sorted(map(repr, soonest)) == sorted(map(repr, in_order))
