"""What coders wrote beside the texts: memos of the project, its tags and statements, and the notes of passages."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.codebook import Codebook
from annotator.core.model import AnnotationId, StatementId
from annotator.core.values import dataclass
from annotator.store.listing import Read

#: Rows that are read at once.
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Memo:
    """A memo and what it is of: a passage, else a statement, else a tag (its name), else the project.

    ``title`` is the statement's title, or its issuer where it has none.
    """

    text: str
    tag: str = ""
    statement: StatementId | None = None
    annotation: AnnotationId | None = None
    title: str = ""


def memos(read: Read, codebook: Codebook, project: str) -> Iterator[Memo]:
    """Memos that are not empty, by short reads: the project's, its tags', the statements', then notes of passages."""
    if project:
        yield Memo(project)
    for tag in codebook:
        if tag.memo:
            yield Memo(tag.memo, tag=tag.name)
    last = 0
    while rows := read(
        "SELECT number, id, memo, coalesce(nullif(title, ''), issuer) AS title FROM statement"
        f" WHERE number > ? AND memo <> '' ORDER BY number LIMIT {_PAGE}",
        (last,),
    ):
        for row in rows:
            yield Memo(row["memo"], statement=row["id"], title=row["title"])
        last = rows[-1]["number"]
    last = 0
    while rows := read(
        "SELECT a.rowid AS number, a.id, a.tag, a.statement, a.note, coalesce(nullif(s.title, ''), s.issuer) AS title"
        " FROM annotation a JOIN statement s ON s.id = a.statement"
        f" WHERE a.rowid > ? AND a.note <> '' ORDER BY a.rowid LIMIT {_PAGE}",
        (last,),
    ):
        for row in rows:
            yield Memo(row["note"], row["tag"], row["statement"], row["id"], row["title"])
        last = rows[-1]["number"]
