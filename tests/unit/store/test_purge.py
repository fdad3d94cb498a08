"""Deleting for good: no byte of it is left in the file or a backup, and the ledger still proves all the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator import Project, Span, jobs
from annotator.core.errors import AnnotatorError, NotFound, ReadOnly
from annotator.store import cipher

SECRET = "Zanobia Quillfeather betrayed the Xylophant committee at Wrexholt."
WORDS = ("Zanobia", "Quillfeather", "Xylophant", "Wrexholt", "zanobia", "xylophant", "Obscurantia", "Tell-Umbrage")
OTHER = "The union calls on the port to reopen pier four. It accuses the port of delay."


@pytest.fixture
def secret(project: Project) -> str:
    """A statement that is to vanish, tagged, noted, linked, edited and partly undone, beside one that stays."""
    stays = project.add_statement(OTHER, "Pier four").result
    secret = project.add_statement(SECRET, "On Obscurantia", outlet="Tell-Umbrage").result
    one = project.annotate(secret, "accusation", Span(0, 20), note="Zanobia again").result
    two = project.annotate(stays, "demand", Span(0, 20)).result
    project.link("same_as", two, one)
    project.retag([one], "event")
    project.undo()
    project.edit(secret, venue="Wrexholt")
    project.opened(secret)
    return secret


def holds(path: Path) -> list[str]:
    """Which of the secret words stand in the bytes of a file, or in what its pages are when decrypted."""
    data = path.read_bytes()
    if (key := cipher.key_of(path, None)) is not None:
        data = cipher.Decrypted(data, key)[:]
    return [word for word in WORDS if word.encode() in data]


def errors(project: Project) -> list[str]:
    return [f"{f.place}: {f.text}" for f in jobs.run(jobs.check(project)) if f.kind == "error"]


def test_no_word_of_it_is_left_in_the_file_or_in_a_backup(project: Project, secret: str):
    project.keep()
    assert holds(project.path)
    assert holds(project.backups.all()[0].path)
    purged = project.delete_for_good([secret])
    assert holds(project.path) == []
    assert [holds(backup.path) for backup in project.backups.all()] == [[]]
    assert purged.dropped == ()
    assert purged.sentence() == "Deleted for good: 1 statement, 1 passage."


def test_what_stays_is_whole_and_the_chain_still_holds(project: Project, secret: str):
    head = project.head
    project.keep()
    project.delete_for_good([secret])
    assert [s.title for s in project.statements()] == ["Pier four"]
    assert errors(project) == []
    project.require_head(head)
    (backup,) = project.backups.all()
    with Project.open(backup.path, read_only=True) as kept:
        assert errors(kept) == []
        assert kept.count() == 1


def test_the_plan_says_exactly_what_goes(project: Project, secret: str):
    project.keep()
    plan = project.plan_delete_for_good([secret])
    assert (plan.statements, plan.passages, plan.text, plan.backups) == (1, 1, len(SECRET), 1)
    assert plan.changes >= 4
    assert plan.sentence().startswith("This removes 1 statement with 1 passage, 66 characters of text")


def test_a_statement_that_was_deleted_before_goes_as_well(project: Project, secret: str):
    project.delete([secret])
    assert holds(project.path)
    project.delete_for_good([secret])
    assert holds(project.path) == []
    assert errors(project) == []


def test_a_text_that_another_statement_shares_stays_for_that_one(project: Project, secret: str):
    again = project.add_statement(SECRET + "\n", "Another source").result
    project.delete_for_good([secret])
    assert project.text(again).startswith("Zanobia")
    assert errors(project) == []


def test_undo_passes_over_what_was_purged_and_goes_on_before_it(project: Project, secret: str):
    stays = next(s.id for s in project.statements() if s.title == "Pier four")
    project.mark(stays, "done")
    project.delete_for_good([secret])
    assert project.undo_label == "Mark as done"
    project.undo()
    assert project.status(stays) != "done"


def test_search_finds_the_rest_and_nothing_of_it(project: Project, secret: str):
    project.delete_for_good([secret])
    assert project.count("Zanobia") == project.count("Wrexholt") == project.count("title:Obscurantia") == 0
    assert project.count("union") == project.count("title:pier") == 1


def test_a_backup_that_cannot_be_cleaned_is_deleted_and_told(project: Project, secret: str):
    kept = project.keep()
    assert kept is not None
    kept.path.write_bytes(kept.path.read_bytes()[:6000])
    purged = project.delete_for_good([secret])
    assert project.backups.all() == []
    assert purged.sentence().endswith("1 backup could not be cleaned and was deleted.")


def test_what_never_was_there_is_refused(project: Project, secret: str):
    with pytest.raises(NotFound, match="There is no statement nonsense"):
        project.delete_for_good([secret, "nonsense"])
    assert project.has_statement(secret)


def test_a_project_that_is_only_read_is_not_purged(project: Project, secret: str):
    path = project.path
    project.close()
    with Project.open(path, read_only=True) as reading, pytest.raises(ReadOnly):
        reading.delete_for_good([secret])


def test_going_back_to_what_was_purged_is_refused_in_one_sentence(project: Project, secret: str):
    step = project.history()[0].number
    project.delete_for_good([secret])
    with pytest.raises(AnnotatorError, match="deleted for good"):
        project.go_back(step)


def test_an_example_in_the_codebook_goes_with_the_passage_that_it_quotes(project: Project, secret: str):
    (passage,) = project.annotations(secret)
    stays = next(a.id for s in project.statements() for a in project.annotations(s.id) if a.tag == "demand")
    project.make_example(passage.id, "as Zanobia did")
    project.make_example(stays)
    project.keep()
    assert "1 passage, 1 example in the codebook, 66 characters" in project.plan_delete_for_good([secret]).sentence()
    purged = project.delete_for_good([secret])
    assert holds(project.path) == []
    assert [holds(backup.path) for backup in project.backups.all()] == [[]]
    assert [e.annotation for tag in project.codebook for e in tag.examples] == [stays]
    assert ("tag", "accusation") in purged.changes.touched
    assert errors(project) == []
    assert project.undo_label == "Make an example"
    project.undo()
    assert not [e for tag in project.codebook for e in tag.examples]


def test_an_example_that_was_taken_back_or_whose_tag_is_gone_leaves_the_history_and_the_tag_stays_proven(
    project: Project, secret: str
):
    (passage,) = project.annotations(secret)
    project.make_example(passage.id)
    project.drop_example(passage.id)
    project.delete([secret])
    project.delete_for_good([secret])
    assert holds(project.path) == []
    assert errors(project) == []
