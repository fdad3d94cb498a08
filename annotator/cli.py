"""The command line: a thin skin over ``Project`` and ``jobs``.

Exit codes: 0 done; 1 the project or data is damaged, the answer is "no", or some imported files were bad; 2 wrong
use, or a file that cannot be used. What goes wrong is one sentence on standard error.
"""

from __future__ import annotations

import errno
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import annotator
from annotator import cli_actors
from annotator.console import (
    AS_JSON,
    CODER,
    PASSPHRASE_VARIABLE,
    PROJECT,
    first_line,
    new_passphrase,
    told_passphrase,
    unlocked,
)
from annotator.console import opened_project as _opened
from annotator.console import pairs as _pairs
from annotator.console import print_json as _print_json
from annotator.core import edtf
from annotator.core.codebook import value_text
from annotator.core.errors import Ambiguous, AnnotatorError, NeedsPassphrase, NotFound, sentence
from annotator.core.exchange import Problem
from annotator.core.history import change_lines
from annotator.core.links import LinkKind
from annotator.core.model import DATES, METADATA, STATUSES, AnnotationId, StatementId, Summary, short
from annotator.core.privacy import Privacy, wanted
from annotator.core.reanchor import FLOOR
from annotator.core.text import Span
from annotator.core.wording import one_line
from annotator.store import backups
from annotator.store.backups import Backups
from annotator.store.project import Project
from annotator.store.purge import BEYOND
from annotator.store.reads import Linked
from annotator.store.versions import Found

if TYPE_CHECKING:
    from annotator.drafts import Draft

_COUNT = click.IntRange(1, 1_000_000_000)
#: A query may begin with a minus (``-tag:event``), which is then no option; so `-h` is none either.
_MINUS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@click.group(
    invoke_without_command=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Without a command, or with a project file alone, the window opens.",
)
@click.version_option(annotator.__version__, prog_name="annotator")
@click.option(
    "--passphrase-file",
    metavar="FILE|-",
    help=f"The passphrase of an encrypted project is this file's first line; without it, {PASSPHRASE_VARIABLE} has it.",
)
@click.pass_context
def cli(context: click.Context, passphrase_file: str | None) -> None:
    """Read what parties say; mark what they demand, allege and report; hand it on as checkable data."""
    if passphrase_file is not None:
        context.find_root().meta["passphrase"] = passphrase_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code and never raises for expected trouble."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = cli.main(args=list(arguments) if arguments is not None else None, standalone_mode=False) or 0
        _flush()
        return code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        _complain(f"annotator: {sentence(click.ClickException(error.format_message()))}")
        return 2
    except click.Abort:
        _complain("Cancelled.")
        return 2
    except click.exceptions.Exit as end:
        return end.exit_code
    except AnnotatorError as error:
        # When it was standard output that failed, what is left in its buffer must not be tried again at exit.
        with suppress(OSError):
            _flush()
        _complain(f"annotator: {sentence(error)}")
        if isinstance(error, Ambiguous):
            for candidate in error.candidates:
                _complain(f"  {candidate}")
        return error.exit_code
    except BrokenPipeError:
        # The reader of the pipe has seen enough; the interpreter must not complain at exit.
        _drop_output()
        return 0
    except UnicodeEncodeError as error:
        _complain(f"annotator: An argument is no text: {error.object[error.start :][:20]!r}.")
        return 2
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF):
            raise
        # Standard output cannot be written, and must not be tried again at exit.
        _drop_output()
        _complain(f"annotator: Standard output cannot be written: {error.strerror}.")
        return 2
    except KeyboardInterrupt:
        _complain("annotator: Cancelled.")
        return 2


def _shown(path: Path | str) -> str:
    """A path as it is printed: signs that steer a terminal, and other control characters, as U+FFFD."""
    return "".join("\ufffd" if unicodedata.category(sign) == "Cc" else sign for sign in str(path))


def _complain(line: str) -> None:
    """Say what went wrong; where standard error cannot be written either, the exit code has to do."""
    try:
        click.echo(line, err=True)
    except OSError:
        # What is left in its buffer is tried again at exit, and would change the exit code.
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _flush() -> None:
    """Write out what is printed; when that fails, it is dropped and the error goes on."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
        raise


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# -- projects ------------------------------------------------------------------------------


@cli.command()
@PROJECT
@click.option("--title", default="", help="The project's title; without it, the file's name.")
@click.option("--encrypted", is_flag=True, help="Encrypt it with a passphrase, which is asked for.")
def new(project: Path, title: str, encrypted: bool) -> None:
    """Make an empty project with the starter codebook."""
    with (
        Project.create(project, title=title, passphrase=new_passphrase())
        if encrypted
        else Project.create(project, title=title)
    ) as made:
        click.echo(_shown(made.path.name))


@cli.command()
@PROJECT
@click.option("--new-file", metavar="FILE|-", help="The new passphrase is this file's first line.")
def passphrase(project: Path, new_file: str | None) -> None:
    """Change the passphrase of an encrypted project and of its rolling backups."""
    if new_file is None and not sys.stdin.isatty():
        raise NeedsPassphrase("The new passphrase is needed: give it by --new-file.")
    with _opened(project) as opened:
        if not opened.encrypted:
            raise AnnotatorError(f"{opened.path.name} is not encrypted; `annotator encrypt` makes an encrypted copy.")
        new = (
            first_line(new_file)
            if new_file is not None
            else click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
        )
        click.echo(opened.change_passphrase(new).sentence(), err=True)


@cli.command()
@PROJECT
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--new-file", metavar="FILE|-", help="The passphrase of the copy is this file's first line.")
def encrypt(project: Path, target: Path, new_file: str | None) -> None:
    """Write an encrypted copy of the project, verified row by row; the project stays as it is."""
    with _opened(project, read_only=True) as opened:
        click.echo(opened.encrypt_to(target, new_passphrase(new_file)))
        if not opened.encrypted and (kept := len(opened.backups.all())):
            click.echo(f"The project itself and its {kept} rolling backups stay readable for anybody.", err=True)


@cli.command()
@PROJECT
@click.argument("target", type=click.Path(path_type=Path))
def decrypt(project: Path, target: Path) -> None:
    """Write a copy of an encrypted project that anybody can read, verified row by row."""
    with _opened(project, read_only=True) as opened:
        if not opened.encrypted:
            raise AnnotatorError(f"{opened.path.name} is not encrypted.")
        click.echo(opened.decrypt_to(target))


@cli.command("import")
@PROJECT
@click.argument("files", metavar="FILE|FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_", metavar="F", help="Read the files as this format (txt, html, docx, pdf, csv, …).")
@click.option("--encoding", metavar="NAME", help="Decode texts with this encoding instead of finding it out.")
@click.option("--dry-run", is_flag=True, help="Say what would come, and change nothing.")
@click.option(
    "--set", "metadata", metavar="NAME=VALUE", multiple=True, callback=_pairs, help="Metadata for all of them."
)
@click.option(
    "--map",
    "columns",
    metavar="FIELD=COLUMN",
    multiple=True,
    callback=_pairs,
    help="The column of a table for a field.",
)
@click.option(
    "--duplicates", type=click.Choice(["skip", "keep"]), default="skip", help="The same text from another source."
)
@click.option(
    "--on-conflict", type=click.Choice(["keep", "replace", "copy"]), help="An id that exists with other values."
)
@AS_JSON
def import_(
    project: Path,
    files: tuple[Path, ...],
    format_: str | None,
    encoding: str | None,
    dry_run: bool,
    metadata: dict[str, str],
    columns: dict[str, str],
    duplicates: str,
    on_conflict: str | None,
    as_json: bool,
) -> int:
    """Take files, or folders with their subfolders, into the project as one step.

    The good files arrive and the bad ones are listed. `-` reads standard input.
    """
    from annotator import jobs
    from annotator.drafts import Survey

    if files.count(Path("-")) > 1:
        raise click.UsageError("Standard input (-) can be read only once.")
    survey = Survey() if dry_run else None
    with _opened(project) as opened:
        if survey is not None:
            survey.compare_with(opened)
        report = jobs.run(
            jobs.import_files(
                opened,
                [sys.stdin.buffer if str(file) == "-" else file for file in files],
                format=format_,
                encoding=encoding,
                metadata=metadata,
                columns=columns,
                duplicates=duplicates,
                on_conflict=on_conflict,
                dry_run=dry_run,
                survey=survey,
                slice_ms=400,  # one program, no window that waits
            )
        )
    if not report.files and not report.problems:
        raise AnnotatorError("There is no file to import there.")
    if as_json:
        _print_json(
            {
                "imported": report.imported,
                "attached": report.attached,
                "known": list(report.known),
                "same_text": list(report.same_text),
                "problems": [{"place": p.place, "reason": p.reason} for p in report.problems],
                "replaced_characters": report.replaced_characters,
                "dry_run": dry_run,
                "drafts": [_draft_data(draft) for draft in (survey.drafts if survey is not None else ())],
            }
        )
    else:
        if survey is not None:
            _print_drafts(survey.drafts)
        for name in report.known:
            click.echo(f"{name}: known already, skipped")
        for name in report.same_text:
            click.echo(f"{name}: has the text of a statement from another source, skipped (--duplicates keep)")
        for problem in report.problems:
            click.echo(f"annotator: {_line(problem)}", err=True)
        click.echo(("Would have: " if dry_run else "") + report.sentence())
    if report.problems:
        return 1 if report.imported or report.attached or report.known or report.same_text else 2
    return 0


def _draft_data(draft: Draft) -> dict[str, Any]:
    return {
        "place": draft.key.place,
        "name": draft.name,
        "title": draft.title,
        "issuer": draft.issuer,
        "date": draft.date,
        "language": draft.language,
        "length": draft.length,
        "encoding": draft.encoding,
        "outcome": draft.outcome,
        "problem": draft.problem,
        "like": draft.like,
        "likeness": round(draft.likeness, 2),
        "remarks": list(draft.remarks),
    }


def _print_drafts(drafts: Sequence[Draft]) -> None:
    """The table of a preview: what would come in, a statement a line; problems are told by themselves."""
    rows = [
        (
            one_line(draft.title, 48), one_line(draft.issuer, 24), draft.date, draft.language,
            f"{draft.length:,}", draft.encoding, one_line(draft.verdict(), 160),
        )
        for draft in drafts
        if draft.outcome
    ]  # fmt: skip
    if not rows:
        return
    rows.insert(0, ("TITLE", "ISSUER", "DATE", "LANGUAGE", "LENGTH", "ENCODING", "REMARKS"))
    widths = [max(len(row[n]) for row in rows) for n in range(7)]
    for row in rows:
        cells = [
            cell.rjust(w) if n == 4 else cell.ljust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _line(problem: Problem) -> str:
    """A problem as one line: what other files say may hold anything."""
    return " ".join(sentence(AnnotatorError(str(problem))).split())


class _WrittenFormats(click.Option):
    """An option whose help names the formats that can be written, when it is asked for; no other start loads them."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None:
            return None
        from annotator import formats

        names = ", ".join(each.name for each in formats.writers())
        return record[0], record[1].replace("What to write:", f"What to write: {names}.")


@cli.command()
@PROJECT
@click.option(
    "--format", "format_", metavar="F", default="json", show_default=True, cls=_WrittenFormats, help="What to write:"
)
@click.option("--output", metavar="FILE|-", default="-", show_default=True, help="Where to; `-` is standard output.")
@click.option("--query", default="", help="Only the statements that this query finds.")
@click.option("--passages", is_flag=True, help="Only the annotations that match the query, and their statements.")
@click.option("--pseudonyms", is_flag=True, help="Give coders other names and ids, anew in each export.")
@click.option("--without-texts", is_flag=True, help="Leave texts and quotes out, but not their offsets and SHA-256.")
@click.option("--redact", metavar="TAG|ROLE", multiple=True, help="Redact passages of this tag, ranges of this role.")
@click.option("--redact-words", metavar="WORDS|/RE/", multiple=True, help="Redact words wherever they stand.")
@click.option("--preview", is_flag=True, help="Say what would be withheld, and write nothing.")
def export(
    project: Path,
    format_: str,
    output: str,
    query: str,
    passages: bool,
    pseudonyms: bool,
    without_texts: bool,
    redact: tuple[str, ...],
    redact_words: tuple[str, ...],
    preview: bool,
) -> None:
    """Write statements with their annotations in a format for others."""
    from annotator import jobs

    privacy = Privacy(pseudonyms, not without_texts, redact, tuple(map(wanted, redact_words)))
    with _opened(project, read_only=True) as opened:
        if preview:
            told = jobs.run(jobs.preview(opened, privacy, query=query, passages=passages))
            for line in (*told.lines(), *(told.examples and ("", "As it would be:")), *told.examples):
                click.echo(line)
            return
        target = sys.stdout.buffer if output == "-" else Path(output)
        if isinstance(target, Path) and target.resolve() == opened.path:
            raise AnnotatorError("An export never overwrites the project itself.")
        report = jobs.run(jobs.export(opened, target, format=format_, query=query, passages=passages, privacy=privacy))
    sys.stdout.flush()
    click.echo(report.sentence(), err=True)


@cli.command()
@PROJECT
@click.argument("statements", metavar="[STATEMENT...]", nargs=-1)
@click.option("--query", default="", help="The statements that this query finds; without either, all.")
@click.option(
    "--format", "format_", type=click.Choice(["html", "json"]), default="html", show_default=True, help="What to write."
)
@click.option("--output", metavar="FILE|-", default="-", show_default=True, help="Where to; `-` is standard output.")
def report(project: Path, statements: tuple[str, ...], query: str, format_: str, output: str) -> None:
    """Write an evidence report: texts, hashes, sources, passages, and who changed what when, with its own SHA-256."""
    from annotator import jobs

    with _opened(project, read_only=True) as opened:
        target = sys.stdout.buffer if output == "-" else Path(output)
        if isinstance(target, Path) and target.resolve() == opened.path:
            raise AnnotatorError("A report never overwrites the project itself.")
        ids = [opened.find_statement(s) for s in statements]
        made = jobs.run(jobs.report(opened, target, format=format_, statements=ids, query=query))
    sys.stdout.flush()
    click.echo(made.sentence(), err=True)


@cli.command()
@PROJECT
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--list", "list_them", is_flag=True, help="List the rolling backups of the project, the newest first.")
@AS_JSON
def backup(project: Path, file: Path | None, list_them: bool, as_json: bool) -> None:
    """Write a verified copy of the project; it never overwrites."""
    if list_them:
        _print_backups(project, as_json)
        return
    with _opened(project, read_only=True) as opened:
        if file is None:
            stamp = datetime.now().strftime("%Y-%m-%d %H%M%S")
            file = opened.path.with_name(f"{opened.path.stem} {stamp}.annotator")
        elif file.is_dir():
            file = file / opened.path.name
        made = opened.backup(file)
    if as_json:
        _print_json({"path": str(made), "size": made.stat().st_size})
    else:
        click.echo(_shown(made))


def _backups_of(project: Path) -> Backups:
    """The rolling backups of the project in this file, readable or not."""
    try:
        with _opened(project, read_only=True) as opened:
            return opened.backups
    except NeedsPassphrase:
        raise
    except AnnotatorError:
        return Backups.of_file(project)


def _print_backups(project: Path, as_json: bool) -> None:
    found = [(each, backups.contents(each.path, told_passphrase())) for each in _backups_of(project).all()]
    if as_json:
        _print_json(
            [
                {
                    "number": each.number,
                    "at": each.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "path": str(each.path),
                    "size": each.size,
                    "head": each.head,
                    "statements": held.statements,
                    "passages": held.passages,
                    "trouble": held.trouble,
                }
                for each, held in found
            ]
        )
        return
    for each, held in found:
        what = held.trouble or f"{held.statements} statements, {held.passages} passages"
        click.echo(f"{each.number}  {each.at:%Y-%m-%d %H:%M:%S} UTC  {each.size / 1e6:.1f} MB  {what}")
    if not found:
        click.echo("There is no rolling backup yet.", err=True)


@cli.command()
@PROJECT
@click.argument("which", metavar="[NUMBER|FILE]", required=False)
@click.option("--to", metavar="FILE", type=click.Path(path_type=Path), help="Where to put it, instead of in its place.")
def restore(project: Path, which: str | None, to: Path | None) -> None:
    """Put a backup in the place of the project; what stood there is kept beside it.

    Without a number or file the newest usable backup is taken.
    """
    target = to or project
    if to is not None and to.exists():
        raise AnnotatorError(f"{to.name} exists already; name a file that does not.")
    chosen = _chosen_backup(project, which)
    aside, held = unlocked(
        chosen, lambda phrase: (backups.restore(chosen, target, phrase), backups.contents(target, phrase))
    )
    click.echo(f"Restored {_shown(target)}: {held.statements} statements, {held.passages} passages.")
    if aside is not None:
        click.echo(f"What stood there is kept as {_shown(aside)}.", err=True)


def _chosen_backup(project: Path, which: str | None) -> Path:
    if which is not None and not which.isdecimal():
        return Path(which)
    for each in _backups_of(project).all():
        if which is not None and each.number == int(which):
            return each.path
        if which is None:
            held = backups.contents(each.path, told_passphrase())
            if held.locked or not held.trouble:  # a passphrase is asked for when it is opened
                return each.path
    raise AnnotatorError(
        f"There is no backup {which} of {project.name}; `annotator backup {project} --list` shows those there are."
        if which
        else f"There is no usable backup of {project.name}."
    )


@cli.command()
@click.argument("project", type=click.Path(path_type=Path))
@click.option("--output", metavar="FILE|-", default="-", show_default=True, help="Where to; `-` is standard output.")
@click.option("--format", "format_", metavar="F", default="json", show_default=True, help="json or jsonl.")
def salvage(project: Path, output: str, format_: str) -> int:
    """Write what is readable of a damaged project, page by page; the file itself is not touched."""
    from annotator import jobs

    target = sys.stdout.buffer if output == "-" else Path(output)
    if isinstance(target, Path) and target.resolve() == project.resolve():
        raise AnnotatorError("A salvage never overwrites the damaged project itself.")
    report = unlocked(
        project, lambda phrase: jobs.run(jobs.salvage(project, target, format=format_, passphrase=phrase))
    )
    sys.stdout.flush()
    for problem in report.found.problems:
        click.echo(str(problem), err=True)
    click.echo(report.sentence(), err=True)
    return 1 if report.found.problems else 0


@cli.command()
@PROJECT
@AS_JSON
@click.option("--head", metavar="HASH", help="Confirm that the ledger holds a step of this hash.")
def check(project: Path, as_json: bool, head: str | None) -> int:
    """Verify the pages, every text, quote and reference, and the chain of steps."""
    from annotator import jobs

    with _opened(project, read_only=True) as opened:
        findings = jobs.run(jobs.check(opened))
        there = True
        if head is not None:
            try:
                opened.require_head(head)
            except AnnotatorError as error:
                there = False
                findings.append(jobs.Finding("error", "ledger", str(error)))
        statements, chain = opened.count(), opened.head
    wrong = [f for f in findings if f.kind == "error"]
    if as_json:
        _print_json(
            {
                "ok": not wrong,
                "statements": statements,
                "head": chain,
                **({"head_found": there} if head is not None else {}),
                "findings": [asdict(f) for f in findings],
            }
        )
    else:
        for finding in findings:
            click.echo(f"{finding.kind}: {finding.place}: {finding.text}", err=finding.kind == "error")
        verdict = f"{len(wrong)} error{'s' * (len(wrong) != 1)}" if wrong else "no errors"
        click.echo(f"Checked {statements} statements: {verdict}. Head {chain}.")
    return 1 if wrong else 0


# -- the codebook ------------------------------------------------------------------------------


@cli.command()
@PROJECT
@AS_JSON
@click.option("--html", metavar="FILE|-", help="Write it as a page to print; `-` is standard output.")
@click.option("--counts", is_flag=True, help="With --html: tell how many passages each tag has.")
@click.option("--export", "export_", metavar="FILE|-", help="Write it as a file for other projects.")
@click.option("--import", "import_", metavar="FILE|-", help="Take a codebook over, or the one of a native export.")
@click.option("--dry-run", is_flag=True, help="With --import: say what would change, and change nothing.")
@CODER
def codebook(
    project: Path,
    as_json: bool,
    html: str | None,
    counts: bool,
    export_: str | None,
    import_: str | None,
    dry_run: bool,
    coder: str | None,
) -> None:
    """Show, print, hand on or take over a codebook."""
    from annotator import formats, jobs
    from annotator.core.report import codebook_json, codebook_sha256

    if sum(map(bool, (as_json, html, export_, import_))) > 1:
        raise click.UsageError("--json, --html, --export and --import are said one at a time.")
    if import_:
        _import_codebook(project, import_, dry_run, coder)
        return
    with _opened(project, read_only=True) as opened:
        book, title = opened.codebook, opened.title
        passages = opened.passages_by_tag()
        page = jobs.page_of_codebook(opened, counts=counts) if html else b""
    if as_json:
        _print_json(codebook_json(book) | {"sha256": codebook_sha256(book), "passages": passages})
    elif html:
        _write_to(html, page)
    elif export_:
        _write_to(export_, formats.write_codebook(book, title))
    else:
        for depth, tag in book.tree():
            click.echo(
                f"{'  ' * depth}{tag.key or '-'}  {tag.name}  {tag.label}  version {tag.version}"
                f"  {passages.get(tag.name, 0)} passages  {len(tag.attributes)} attributes"
            )
        click.echo(f"SHA-256 {codebook_sha256(book)}")


def _import_codebook(project: Path, name: str, dry_run: bool, coder: str | None) -> None:
    from annotator import formats, jobs

    if name == "-":
        book = formats.read_codebook(sys.stdin.buffer.read(), "standard input")
    else:
        book = jobs.codebook_of(Path(name))
    with _opened(project, coder=coder, read_only=dry_run) as opened:
        found = opened.compare_codebook(book)
        for line in found.lines():
            click.echo(line)
        if not found:
            click.echo("Nothing would change." if dry_run else "Nothing changed.")
        elif not dry_run:
            opened.take_over_codebook(book)


def _write_to(name: str, data: bytes) -> None:
    """Write a small file as a whole, or nothing; ``-`` is standard output."""
    if name == "-":
        sys.stdout.buffer.write(data)
        return
    from annotator import jobs

    jobs.write_whole(Path(name), data)


# -- statements --------------------------------------------------------------------------------


@cli.command("list", context_settings=_MINUS)
@PROJECT
@click.argument("query", nargs=-1)
@AS_JSON
def list_(project: Path, query: tuple[str, ...], as_json: bool) -> None:
    """List the statements that a query finds, all without one."""
    with _opened(project, read_only=True) as opened:
        found = opened.statements(_query(query))
        if as_json:
            _print_json([_summary_json(s) for s in found])
            return
        for s in found:
            marks = " ".join(f"{tag}:{n}" for tag, n in sorted(s.counts.items()))
            date = _date(s)
            click.echo(
                "  ".join(part for part in (short(s.id), f"{s.status:6}", date, s.issuer, s.title, marks) if part)
            )


def _query(words: Sequence[str]) -> str:
    """The words of a query; one that begins with two minus signs is an option that there is not."""
    if option := next((word for word in words if word.startswith("--")), None):
        raise click.NoSuchOption(option)
    return " ".join(words)


def _summary_json(s: Summary) -> dict[str, Any]:
    return {
        "id": s.id,
        "title": s.title,
        "issuer": s.issuer,
        "language": s.language,
        "date": s.date.as_json() if s.date else None,
        "status": s.status,
        "counts": dict(s.counts),
        "suggestions": s.suggestions,
    }


def _date(s: Summary) -> str:
    return edtf.readable(s.date.edtf) + (" (inferred)" if s.date.basis == "inferred" else "") if s.date else "undated"


@cli.command()
@PROJECT
@click.argument("statement")
@AS_JSON
def show(project: Path, statement: str, as_json: bool) -> None:
    """Show a statement with its text and passages."""
    from annotator import formats

    with _opened(project, read_only=True) as opened:
        identifier = opened.find_statement(statement)
        if as_json:
            record = next(opened.records(by_id=[identifier]))
            _print_json(formats.statement_json(record))
            return
        s = opened.statement(identifier)
        click.echo(f"{s.title}\n{short(s.id)}  {opened.status(s.id)}")
        for name in (*METADATA[1:], *DATES):
            value = getattr(s, name)
            if value:
                text = f"{edtf.readable(value.edtf)} ({value.basis})" if name in DATES else value
                click.echo(f"{name.replace('_', ' ')}: {text}")
        click.echo(f"\n{opened.text(s.id)}\n")
        kinds = {kind.name: kind for kind in opened.link_kinds}
        for a in opened.annotations(s.id):
            quote = " ".join(a.quote.split())
            click.echo(f"{short(a.id)}  {a.tag}  {a.start}–{a.end}  {opened.coder_name(a.coder)}  “{quote}”")
            for name, values in a.attributes.items():
                click.echo(f"        {name}: {'; '.join(value_text(v, opened.actor_name) for v in values)}")
            if a.note:
                click.echo(f"        note: {a.note}")
            for other in opened.linked(a.id):
                click.echo(f"        {_link_line(other, kinds)}")


def _link_line(other: Linked, kinds: Mapping[str, LinkKind]) -> str:
    """A link as ``show`` lists it under one of its ends."""
    kind = kinds.get(other.link.kind, LinkKind(other.link.kind))
    arrow = "↔" if not kind.directed else "→" if other.outgoing else "←"
    return (
        f"link {short(other.link.id)}: {kind.name} {arrow} {short(other.annotation)}  “{' '.join(other.quote.split())}”"
    )


@cli.command("set")
@PROJECT
@click.argument("statement")
@click.argument("values", metavar="NAME=VALUE...", nargs=-1, required=True, callback=_pairs)
def set_(project: Path, statement: str, values: dict[str, str]) -> None:
    """Set metadata of a statement, or its status (status=done)."""
    with _opened(project) as opened:
        identifier = opened.find_statement(statement)
        status = values.pop("status", None)
        if status is not None and status not in STATUSES:
            raise AnnotatorError(f"“{status}” is none of {', '.join(STATUSES)}.")
        if values and status is not None:
            with opened.step("Edit metadata") as step:
                opened.edit(identifier, **values)
                opened.mark(identifier, status)
            changes = step.changes
        else:
            changes = opened.edit(identifier, **values) if status is None else opened.mark(identifier, status)
        click.echo(changes.label if changes else "Nothing changed.")


@cli.command()
@PROJECT
@click.argument("statements", metavar="STATEMENT...", nargs=-1, required=True)
@click.option("--for-good", is_flag=True, help="Remove every trace, also from the history and the backups. No undo.")
@click.option("--yes", is_flag=True, help="With --for-good: do it, instead of saying what would go.")
def delete(project: Path, statements: tuple[str, ...], for_good: bool, yes: bool) -> int:
    """Delete statements with their passages; `undo` brings them back."""
    with _opened(project) as opened:
        if not for_good:
            ids = list(dict.fromkeys(opened.find_statement(s) for s in statements))
            click.echo(opened.delete(ids).label)
            return 0
        # One that was deleted before is in no table any more: its whole id is needed.
        ids = list(dict.fromkeys(_statement_or_whole_id(opened, s) for s in statements))
        plan = opened.plan_delete_for_good(ids)
        if not yes:
            click.echo(f"{plan.sentence()} {BEYOND}")
            click.echo("Nothing was changed; add --yes to do it.", err=True)
            return 1
        click.echo(opened.delete_for_good(ids).sentence())
    return 0


def _statement_or_whole_id(project: Project, given: str) -> StatementId:
    try:
        return project.find_statement(given)
    except NotFound:
        if len(given) < 36:
            raise
        return StatementId(given)


@cli.command()
@PROJECT
@click.argument("statement")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say where the passages would be, and change nothing.")
@click.option("--accept", metavar="ANNOTATION", multiple=True, help="Also copy this passage of those to confirm.")
@click.option("--accept-all", is_flag=True, help="Also copy all passages that are to be confirmed.")
@click.option(
    "--floor", type=click.FloatRange(0, 1), default=FLOOR, show_default=True, help="The lowest score to be confirmed."
)
@click.option("--format", "format_", metavar="F", help="Read the file as this format.")
@click.option("--encoding", metavar="NAME", help="Decode the text with this encoding.")
@CODER
@AS_JSON
def revise(
    project: Path,
    statement: str,
    file: Path,
    dry_run: bool,
    accept: tuple[str, ...],
    accept_all: bool,
    floor: float,
    format_: str | None,
    encoding: str | None,
    coder: str | None,
    as_json: bool,
) -> None:
    """Add the corrected text in FILE as a new version of the statement, with its passages found again.

    Passages to confirm stay on the old version alone unless they are accepted; so do those that are not found.
    """
    from annotator import jobs

    if accept and accept_all:
        raise click.UsageError("Say either --accept or --accept-all.")
    with _opened(project, read_only=dry_run, coder=coder) as opened:
        identifier = opened.find_statement(statement)
        record = jobs.corrected(sys.stdin.buffer if str(file) == "-" else file, format=format_, encoding=encoding)
        plan = opened.plan_revision(identifier, record.text, floor=floor)
        accepted = accept_all or [opened.find_annotation(a) for a in accept]
        taken: set[str] = {each.annotation.id for each in plan.taken(accepted)}
        made = None
        if not dry_run:
            made = opened.revise(
                identifier, record.text, record.statement.source, data=record.data, ranges=record.ranges or None,
                accept=accepted, plan=plan,
            ).result  # fmt: skip
        if as_json:
            _print_json(
                {
                    "statement": identifier,
                    "version": made,
                    "dry_run": dry_run,
                    **{kind.replace(" ", "_"): count for kind, count in plan.counts().items()},
                    "copied": len(taken),
                    "replaced_characters": plan.replaced,
                    "placements": [_placement_json(each, taken) for each in plan.found],
                }
            )
            return
        for each in plan.of_kind("to confirm", "not found"):
            a, p = each.annotation, each.placement
            click.echo(f"{p.kind}: {short(a.id)}  {a.tag}  {a.start}–{a.end}  “{' '.join(a.quote.split())}”")
            if p.span is not None:
                done = "accepted" if a.id in taken else f"score {p.score:.2f}"
                click.echo(f"        {done}  {p.span.start}–{p.span.end}  “{' '.join(p.quote.split())}”")
        told = ", ".join(f"{count} {kind}" for kind, count in plan.counts().items())
        if made is None:
            click.echo(f"Would have: {told}; {len(taken)} copied.")
        else:
            click.echo(f"{short(made)}  corrected version of {short(identifier)}: {told}; {len(taken)} copied.")


def _placement_json(found: Found, taken: set[str]) -> dict[str, Any]:
    a, p = found.annotation, found.placement
    return {
        "annotation": a.id,
        "tag": a.tag,
        "kind": p.kind.replace(" ", "_"),
        "score": round(p.score, 4),
        "copied": a.id in taken,
        "before": {"start": a.start, "end": a.end, "quote": a.quote},
        "after": {"start": p.span.start, "end": p.span.end, "quote": p.quote} if p.span else None,
    }


# -- passages ------------------------------------------------------------------------------------


@cli.command()
@PROJECT
@click.argument("statement")
@click.argument("tag")
@click.option("--span", nargs=2, type=int, metavar="START END", help="Code points from 0, the end exclusive.")
@click.option("--quote", metavar="TEXT", help="The words, where they occur only once.")
@CODER
@click.option(
    "--set", "values", metavar="NAME=VALUE", multiple=True, callback=_pairs, help="An attribute; actors with ;"
)
@click.option("--note", default="", metavar="TEXT", help="A note on the passage.")
def tag(
    project: Path,
    statement: str,
    tag: str,
    span: tuple[int, int] | None,
    quote: str | None,
    coder: str | None,
    values: dict[str, str],
    note: str,
) -> None:
    """Tag a passage; prints the annotation's id."""
    if (span is None) == (quote is None):
        raise click.UsageError("Say which words: either --span START END or --quote TEXT.")
    with _opened(project, coder=coder) as opened:
        identifier = opened.find_statement(statement)
        place = Span(*span) if span is not None else _place_of(opened.text(identifier), quote or "")
        changes = opened.annotate(identifier, tag, place, given=values, note=note)
        click.echo(changes.result)


#: How many places of a quote are listed.
_LISTED = 100


def _place_of(text: str, quote: str) -> Span:
    """Where the quote is; raises ``Ambiguous`` with its positions when it occurs more than once."""
    if not quote:
        raise AnnotatorError("The quote is empty.")
    found = []
    position = text.find(quote)
    while position >= 0:
        found.append(Span(position, position + len(quote)))
        position = text.find(quote, position + 1)
    if not found:
        raise AnnotatorError("The text does not contain that quote, letter for letter.")
    if len(found) > 1:
        lines = [
            f"--span {s.start} {s.end}  …{' '.join(text[max(0, s.start - 30) : s.end + 30].split())}…"
            for s in found[:_LISTED]
        ]
        if len(found) > _LISTED:
            lines.append(f"and {len(found) - _LISTED} more")
        raise Ambiguous(f"The quote occurs {len(found)} times; say which with --span.", lines)
    return found[0]


@cli.command()
@PROJECT
@click.argument("annotations", metavar="ANNOTATION...", nargs=-1, required=True)
@click.argument("tag")
def retag(project: Path, annotations: tuple[str, ...], tag: str) -> None:
    """Give passages another tag: ANNOTATION... TAG."""
    with _opened(project) as opened:
        changes = opened.retag([opened.find_annotation(a) for a in annotations], tag)
        click.echo(changes.label if changes else "Nothing changed.")


@cli.command()
@PROJECT
@click.argument("annotations", metavar="ANNOTATION...", nargs=-1, required=True)
def untag(project: Path, annotations: tuple[str, ...]) -> None:
    """Remove passages."""
    with _opened(project) as opened:
        click.echo(opened.remove(list(dict.fromkeys(opened.find_annotation(a) for a in annotations))).label)


@cli.command()
@PROJECT
@click.argument("annotation")
@click.argument("text", required=False)
@click.option(
    "--set", "values", metavar="NAME=VALUE", multiple=True, callback=_pairs, help="An attribute; empty clears."
)
def note(project: Path, annotation: str, text: str | None, values: dict[str, str]) -> None:
    """Set a passage's note (TEXT, empty to clear it) or its attributes (--set)."""
    if text is None and not values:
        raise click.UsageError("Say the note's TEXT, or --set NAME=VALUE.")
    with _opened(project) as opened:
        identifier = opened.find_annotation(annotation)
        with opened.step("Describe passage" if values else "Edit note") as step:
            if values:
                opened.describe(identifier, values)
            if text is not None:
                opened.note(identifier, text)
        click.echo(step.changes.label if step.changes else "Nothing changed.")


@cli.command(context_settings=_MINUS)
@PROJECT
@click.argument("query", nargs=-1, required=True)
@click.option("--retag", metavar="TAG", help="Give them this tag.")
@click.option("--set", "values", metavar="NAME=VALUE", multiple=True, callback=_pairs, help="Set one attribute.")
@click.option("--note", metavar="TEXT", help="Set their note.")
@click.option("--remove", is_flag=True, help="Remove them.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def recode(
    project: Path,
    query: tuple[str, ...],
    retag: str | None,
    values: dict[str, str],
    note: str | None,
    remove: bool,
    dry_run: bool,
) -> None:
    """Change all passages that a query finds, in one step."""
    from annotator.store.bulk import NOTE, REMOVE, RETAG, SET, Bulk  # imported late: few commands need it

    orders = [Bulk(SET, value, name) for name, value in values.items()]
    orders += [Bulk(RETAG, retag)] if retag is not None else []
    orders += [Bulk(NOTE, note)] if note is not None else []
    orders += [Bulk(REMOVE)] if remove else []
    if len(orders) != 1:
        raise click.UsageError("Say one thing to do: --retag, --set, --note or --remove.")
    with _opened(project, read_only=dry_run) as opened:
        numbers = [number for part in opened.passage_listing(_query(query)) for number in part.numbers]
        ids = list(dict.fromkeys(opened.passage_ids(numbers)))
        plan = opened.plan_bulk(ids, orders[0])
        changes = None if dry_run else opened.do_bulk(ids, orders[0])
        click.echo(f"{plan}." if dry_run else changes.label if changes else "Nothing changed.")
        for reason, count in plan.skipped.items():
            click.echo(f"{count:,} passed over: {reason}.", err=True)


@cli.command(context_settings=_MINUS)
@PROJECT
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=_COUNT, default=200, show_default=True, help="How many hits at most.")
@AS_JSON
def search(project: Path, query: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find words, phrases or passages; prints them with their context."""
    with _opened(project, read_only=True) as opened:
        hits = list(opened.search(_query(query), limit=limit))
    if as_json:
        _print_json(
            [
                {
                    "statement": h.statement,
                    "title": h.title,
                    "issuer": h.issuer,
                    "kind": "statement" if h.span is None else "passage" if h.annotations else "text",
                    "start": h.span.start if h.span else None,
                    "end": h.span.end if h.span else None,
                    "before": h.before,
                    "quote": h.quote,
                    "after": h.after,
                    "annotations": list(h.annotations),
                }
                for h in hits
            ]
        )
    else:
        for h in hits:
            if h.span is None:
                click.echo(f"{short(h.statement)}  {h.title}")
            else:
                words = " ".join(f"{h.before}[{h.quote}]{h.after}".split())
                click.echo(f"{short(h.statement)}  {h.span.start}–{h.span.end}  {words}")


# -- the project as a whole ----------------------------------------------------------------------------


@cli.command()
@PROJECT
@AS_JSON
def stats(project: Path, as_json: bool) -> None:
    """Count statements, passages by tag and coder, and progress."""
    with _opened(project, read_only=True) as opened:
        numbers = opened.stats()
    if as_json:
        _print_json(numbers)
        return
    for name, value in numbers.items():
        if isinstance(value, dict):
            value = ", ".join(f"{k or '(none)'} {n}" for k, n in value.items()) or "none"
        click.echo(f"{name.replace('_', ' ')}: {value}")


@cli.command()
@PROJECT
@click.argument("statement", required=False)
@click.option("--passage", metavar="ANNOTATION", help="Of this passage alone, also of one that was removed (whole id).")
@click.option("--coder", metavar="NAME", help="Only what this coder did.")
@click.option("--since", metavar="DATE", help="Only from then on: 2026, 2026-03, 2026-03-01 or 2026-03-01T09:30 (UTC).")
@click.option("--until", metavar="DATE", help="Only until then, that day or month included.")
@click.option("--before", metavar="NUMBER", type=_COUNT, help="Only steps before this one: the next page.")
@click.option("--limit", type=_COUNT, default=1000, show_default=True, help="How many steps at most.")
@AS_JSON
def history(
    project: Path,
    statement: str | None,
    passage: str | None,
    coder: str | None,
    since: str | None,
    until: str | None,
    before: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Who did what when, the latest first; of one statement or passage with what was there before and after."""
    if statement and passage:
        raise click.UsageError("Say either a STATEMENT or a --passage.")
    with _opened(project, read_only=True) as opened:
        identifier = _told_of(opened, statement) if statement else None
        annotation = None
        if passage:
            try:
                annotation = opened.find_annotation(passage)
            except NotFound:  # one that was removed is known to the history by its whole id
                annotation = AnnotationId(passage.strip())
        entries = opened.history(
            identifier, annotation, limit, coder=coder, since=since or "", until=until or "", before=before,
            changes=as_json or None,
        )  # fmt: skip
        if as_json:
            _print_json([asdict(e) for e in entries])
            return
        for e in entries:
            click.echo(f"{e.number}  {e.at}  {e.coder or '–'}  {e.label}{'  (undone)' if e.undone else ''}")
            for change in e.changes:
                for line in change_lines(change, opened.codebook, opened.actor_name):
                    click.echo(f"        {line}")


def _told_of(opened: Project, statement: str) -> str:
    """The statement that is meant; a deleted one is known to the history by its whole id."""
    try:
        return opened.find_statement(statement)
    except NotFound:
        if opened.history(statement.strip(), limit=1):
            return statement.strip()
        raise


@cli.command("go-back")
@PROJECT
@click.argument("step")
@click.option("--only", is_flag=True, help="Take back this step alone, if nothing that it touched changed since.")
@CODER
def go_back(project: Path, step: str, only: bool, coder: str | None) -> None:
    """Let everything be as it was after STEP (a number of `history`), as a new step; `undo` takes it back."""
    with _opened(project, coder=coder) as opened:
        number = opened.find_step(step)
        click.echo((opened.revert(number) if only else opened.go_back(number)).label)


@cli.command()
@PROJECT
def undo(project: Path) -> None:
    """Undo the file's latest step, as a new step; prints its label."""
    with _opened(project) as opened:
        click.echo(opened.undo(whole_file=True).label)


@cli.command()
@PROJECT
def redo(project: Path) -> None:
    """Undo the latest undo; prints its label."""
    with _opened(project) as opened:
        click.echo(opened.redo(whole_file=True).label)


for command in cli_actors.COMMANDS:
    cli.add_command(command)


@cli.command("install-desktop")
def install_desktop() -> None:
    """Add a menu entry, icon and file type for this user (Linux)."""
    from annotator import desktop

    for made in desktop.install():
        click.echo(made)
