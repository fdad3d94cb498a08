"""WebAnno TSV 3.3, both ways."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator import Project, formats, jobs
from annotator.core.exchange import Header, Record, Stamp
from annotator.core.model import Annotation, Coder, Statement
from annotator.core.text import canonical, digest
from tests.unit.formats import roundtrip

STAMP = Stamp("2026-03-01T09:30:00.000Z", "annotator test")
HARD = st.text(
    st.sampled_from("ab. é\u0301\u00a0\u2009🚢👩🏽\u200d🔧ש\u05c1לוםتركيا\u202e\u200f…“”<&>\"'\n\t\\[]|_;*->"),
    min_size=1,
    max_size=60,
).filter(str.strip)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory):
    with roundtrip.make(tmp_path_factory.mktemp("round") / "round.annotator") as project:
        yield project


def test_texts_passages_values_and_links_come_back_from_what_was_exported(project: Project, tmp_path: Path):
    data, report = roundtrip.exported(project, "webanno")
    with Project.create(tmp_path / "new.annotator", coder="LM") as other:
        come = roundtrip.imported(other, data, "x.zip", tmp_path / "in")
        assert not come.problems and come.imported == len(roundtrip.TEXTS)
        without = ("title",)
        assert roundtrip.passages(other, without=without) == roundtrip.passages(project, without=without)
        assert set(roundtrip.links(other)) < set(roundtrip.links(project)) and roundtrip.links(other)
        assert jobs.run(jobs.check(other)) == []
        again = roundtrip.imported(other, data, "x.zip", tmp_path / "in")
        assert again.imported == 0 and not again.attached and not again.problems
    told = "; ".join(report.losses)
    assert "links between statements" in told and "ids, times and states" in told and "metadata" in told


@settings(max_examples=60)
@given(st.data())
def test_any_words_of_any_text_come_back_but_for_blanks_at_their_edges(data: st.DataObject):
    text = canonical(data.draw(HARD))[0].strip()
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    made = Annotation("n1", "s1", "demand", "c1", start, end, text[start:end], note="[1] a|b_c*\\")  # type: ignore[arg-type]
    statement = Statement("s1", title="T", text_sha256=digest(text), length=len(text))  # type: ignore[arg-type]
    stream = io.BytesIO()
    items = [Header(coders=(Coder("c1", "Lea"),)), Record(statement, text, (made,))]  # type: ignore[arg-type]
    losses = formats.write(items, stream, "webanno", STAMP)
    (record,) = (i for i in formats.read(stream, "webanno", name="x.zip") if isinstance(i, Record))
    assert record.text == text
    if not text[start:end].strip():
        assert not record.annotations and losses.counts["passages of blanks alone"] == 1
        return
    (annotation,) = record.annotations
    assert annotation.quote.split() == text[start:end].split() and annotation.note == "[1] a|b_c*\\"
    if "blanks at the edges of passages" not in losses.counts:
        assert (annotation.start, annotation.end) == (start, end)


def taken(tmp_path: Path, data: str | bytes, name: str = "doc.tsv") -> tuple[Project, list[str]]:
    project = Project.create(tmp_path / "p.annotator", coder="LM")
    data = data.encode() if isinstance(data, str) else data
    report = roundtrip.imported(project, data, name, tmp_path / "in")
    assert jobs.run(jobs.check(project)) == []
    for each in roundtrip.passages(project):
        assert each["text"][each["start"] : each["end"]] == each["quote"]
    return project, [str(problem) for problem in report.problems]


OTHERS = r"""#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_SP=webanno.custom.Bare|
#T_RL=webanno.custom.Rel|role|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity
#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceRelation|referenceType


#Text=🚢 Ina Blom met Bo.
1-1	0-2	🚢	SYM	_	_	_	_	_	_	_
1-2	3-6	Ina	NN	*[1]|Q\_5[2]	PER[1]|NAME[2]	_	_	_	_	_
1-3	7-11	Blom	NN	*[1]	PER[1]	*	_	_	_	_
1-4	12-15	met	VB	_	_	_	_	_	_	_
1-5	16-18	Bo	NN	*	PER	_	knows	1-2[1_0]	*->1-1	coref
1-5.1	16-17	B	_	_	_	*	_	_	_	_
1-6	18-19	.	.	_	_	_	_	_	_	_

#Text=She left.
2-1	20-23	She	PR	_	_	_	_	_	_	_
2-2	24-28	left	VB	_	_	_	_	_	_	_
2-3	28-29	.	.	_	_	_	_	_	_	_
"""


def test_layers_of_others_are_passages_their_features_values_and_relations_links(tmp_path: Path):
    project, problems = taken(tmp_path, OTHERS)
    with project:
        (statement,) = project.statements()
        assert project.text(statement.id) == "🚢 Ina Blom met Bo.\nShe left."
        found = {
            (p["tag"], p["quote"], tuple(sorted((k, *v) for k, v in p["values"].items())))
            for p in roundtrip.passages(project)
        }
        assert found == {
            ("namedentity", "Ina Blom", (("value", "PER"),)),
            ("namedentity", "Ina", (("identifier", "Q_5"), ("value", "NAME"))),
            ("namedentity", "Bo", (("value", "PER"),)),
            ("bare", "Blom", ()), ("bare", "B", ()),
        }  # fmt: skip
        assert roundtrip.links(project) == [("knows", "Ina Blom", "Bo")]
        assert len(problems) == 1 and "POS (9)" in problems[0] and "CoreferenceLink (1)" in problems[0]


def test_a_file_that_counts_code_points_is_read_as_it_counts(tmp_path: Path):
    points = OTHERS
    for before, after in (("0-2\t", "0-1\t"), *((f"{a}-{b}\t", f"{a - 1}-{b - 1}\t") for a, b in (
        (3, 6), (7, 11), (12, 15), (16, 18), (16, 17), (18, 19), (20, 23), (24, 28), (28, 29),
    ))):  # fmt: skip
        points = points.replace(f"\t{before}", f"\t{after}")
    project, _ = taken(tmp_path, points)
    with project:
        assert {p["quote"] for p in roundtrip.passages(project)} == {"Ina Blom", "Ina", "Bo", "Blom", "B"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("#FORMAT=WebAnno TSV 2.0\n", "no WebAnno TSV 3"),
        ("#FORMAT=WebAnno TSV 3.3\n\n1-1\t0-1\ta\t_\n", "token of no sentence"),
        ("#FORMAT=WebAnno TSV 3.3\n\n#Text=a\nnonsense\n", "is no token"),
        ("#FORMAT=WebAnno TSV 3.3\n", "has no text"),
        ("#FORMAT=WebAnno TSV 3.3\n\n#Text=a\n1-1\t999999999-999999999\ta\t_\n", "has no text"),
    ],
)
def test_a_file_that_is_none_ends_with_a_sentence(text: str, sentence: str, tmp_path: Path):
    with Project.create(tmp_path / "p.annotator", coder="LM") as project:
        (tmp_path / "x.tsv").write_text(text, encoding="utf-8")
        report = jobs.run(jobs.import_files(project, [tmp_path / "x.tsv"], format="webanno"))
        (problem,) = report.problems
        assert sentence in str(problem) and "\n" not in str(problem)


def test_a_bad_document_of_a_container_is_told_and_the_others_arrive(tmp_path: Path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        container.writestr("a.tsv", OTHERS)
        container.writestr("b.tsv", "no")
    project, problems = taken(tmp_path, stream.getvalue(), "x.zip")
    with project:
        assert [s.title for s in project.statements()] == ["a"] and len(problems) == 2
