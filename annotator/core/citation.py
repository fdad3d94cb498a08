"""A quote with its source, as one line of plain text to paste into a report."""

from __future__ import annotations

from annotator.core.edtf import readable
from annotator.core.model import DateValue, Statement


def citation(statement: Statement, quote: str) -> str:
    """The quote in typographic marks, then issuer, title, date, outlet and where it is: ``“…” (AANES, “…”, Jan 2022)``.

    What the statement does not know is left out; only a missing date is said, because a reader looks for it.
    """
    words = " ".join(quote.split())
    title = " ".join(statement.title.split())
    parts = (
        statement.issuer.strip(),
        f"“{title}”" if title else "",
        _date(statement),
        statement.outlet.strip(),
        _place(statement),
    )
    return f"“{words}” ({', '.join(part for part in parts if part)})"


def _date(statement: Statement) -> str:
    if statement.date_issued is not None:
        return _worded(statement.date_issued)
    if statement.date_published is not None:
        return f"published {_worded(statement.date_published)}"
    return "undated"


def _worded(date: DateValue) -> str:
    return readable(date.edtf) + (" (inferred)" if date.basis == "inferred" else "")


def _place(statement: Statement) -> str:
    """The address, the archived one if there is no other, or the name of the file it came from."""
    return statement.url.strip() or statement.archive_url.strip() or (statement.source.name if statement.source else "")
