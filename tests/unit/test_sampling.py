"""Samples of exports: the first lines as they will be written, and what would be lost."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from annotator import Project, Span, formats, jobs, sampling
from annotator.core.errors import AnnotatorError
from annotator.core.finding import Wanted
from annotator.core.privacy import OPEN, Privacy
from tests.unit.formats import roundtrip


@pytest.fixture
def project(tmp_path: Path):
    with roundtrip.make(tmp_path / "round.annotator") as project:
        yield project


def sample_of(project: Project, format: str, privacy: Privacy = OPEN, **options) -> sampling.Sample:
    reads = project.reader()
    try:
        *_, last = sampling.sample(reads, format, privacy, **options)
    finally:
        Project.close_reader(reads)
    assert last is not None
    return last


@pytest.mark.parametrize("format", formats.writers(), ids=lambda f: f.name)
def test_a_sample_of_a_small_project_says_what_the_export_says_afterwards(project: Project, format: formats.Format):
    sample = sample_of(project, format.name)
    assert sample.complete and sample.statements == len(roundtrip.TEXTS) and sample.text
    data, report = roundtrip.exported(project, format.name)
    # Links between statements are counted in the export alone.
    without_links = [line for line in report.losses if "link" not in line]
    assert [line for line in sample.losses if "link" not in line] == without_links
    if format.name in ("passages", "conll", "doccano", "brat"):
        line = next(line for line in sample.text.splitlines() if "quay" in line)
        assert line in data.decode(errors="replace") or format.name == "brat"


def test_a_sample_has_only_what_the_query_finds_and_withholds_what_is_withheld(project: Project):
    sample = sample_of(
        project, "passages", Privacy(pseudonyms=True, words=(Wanted("drones"),)), query="tag:event", passages=True
    )
    rows = sample.text.splitlines()
    assert all(",event," in row for row in rows if ",made," in row)
    assert "██████" in sample.text and "drones" not in sample.text and "Omar" not in sample.text
    with pytest.raises(AnnotatorError):
        sample_of(project, "passages", query="tag:nosuch")


def test_a_sample_of_much_is_of_the_first_statements_and_says_so(tmp_path: Path):
    with Project.create(tmp_path / "m.annotator", coder="LM") as project:
        for n in range(sampling.STATEMENTS + 5):
            statement = project.add_statement(f"Statement {n} demands help.", title=f"S {n}").result
            project.annotate(statement, "demand", Span(0, 9))
        sample = sample_of(project, "passages")
        assert (sample.statements, sample.complete) == (sampling.STATEMENTS, False)
        assert len(sample.text.splitlines()) <= sampling.LINES + 1


def test_a_text_of_megabytes_is_cut_for_the_sample(tmp_path: Path):
    with Project.create(tmp_path / "m.annotator", coder="LM") as project:
        statement = project.add_statement("They demand help. " * 60_000, title="Long").result
        project.annotate(statement, "demand", Span(0, 16))
        project.annotate(statement, "demand", Span(1_000_000, 1_000_010))
        sample = sample_of(project, "doccano")
        assert not sample.complete and len(sample.text) < 2 * sampling.WIDTH


def test_a_container_is_shown_by_the_first_lines_of_its_files(project: Project):
    sample = sample_of(project, "brat")
    assert "── " in sample.text and ".ann ──\n" in sample.text and "T1\t" in sample.text


def test_what_shows_a_format_is_text(project: Project):
    for each in formats.writers():
        if each.shown_as:
            assert formats.by_name(each.shown_as, "write").shown_as == ""
            data = BytesIO()
            jobs.run(jobs.export(project, data, format=each.shown_as))
            data.getvalue().decode()
