"""The commands on actors and on links between passages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotator.console import AS_JSON, CODER, PROJECT, opened_project, pairs, print_json
from annotator.core import edtf
from annotator.core.actors import role, role_order
from annotator.core.duplicates import Proposal, duplicates
from annotator.core.errors import AnnotatorError
from annotator.core.links import LinkKind, kind_called, kind_to_json
from annotator.core.model import short
from annotator.store.project import Project
from annotator.store.roster import ActorSummary, Mention

#: What of an actor can be set by name=value.
_FIELDS = ("name", "type", "aliases", "color", "wikidata", "note")


@click.command()
@PROJECT
@click.argument("query", required=False)
@click.option("--duplicates", "proposed", is_flag=True, help="Pairs that may be one actor, with the reasons.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), help="How many at most.")
@AS_JSON
def actors(project: Path, query: str | None, proposed: bool, limit: int | None, as_json: bool) -> None:
    """List the actors, or those of whom a name or alias contains QUERY."""
    with opened_project(project, read_only=True) as opened:
        if proposed:
            _print_proposals(opened, query or "", limit or 1000, as_json)
            return
        found: list[ActorSummary] = []
        for page in opened.roster.pages(query or ""):
            found += opened.roster.summaries(page)
            if limit is not None and len(found) >= limit:
                break
        found = found[:limit]
    if as_json:
        print_json([_summary(each) for each in found])
        return
    for each in found:
        a = each.actor
        names = f"({'; '.join(a.aliases)})" if a.aliases else ""
        passages = f"{each.passages} passage{'s' * (each.passages != 1)}"
        click.echo("  ".join(part for part in (short(a.id), a.name, names, a.type, passages) if part))


def _summary(each: ActorSummary) -> dict[str, Any]:
    a = each.actor
    return {
        "id": a.id,
        "name": a.name,
        "type": a.type,
        "aliases": list(a.aliases),
        "color": a.color,
        "wikidata": a.wikidata,
        "note": a.note,
        "passages": each.passages,
        "merged": each.merged,
    }


def _print_proposals(opened: Project, query: str, limit: int, as_json: bool) -> None:
    wanted = {actor for page in opened.roster.pages(query) for actor in page} if query else None
    found: list[Proposal] = []
    for each in duplicates(opened.actors(), opened.apart(), most=1_000_000):
        found = each if isinstance(each, list) else found
    found = [p for p in found if wanted is None or p.one in wanted or p.other in wanted][:limit]
    if as_json:
        print_json(
            [
                {
                    "actors": [{"id": i, "name": opened.actor_name(i)} for i in (p.one, p.other)],
                    "score": p.score,
                    "reasons": list(p.reasons),
                }
                for p in found
            ]
        )
        return
    for p in found:
        names = "  ↔  ".join(f"{short(i)} {opened.actor_name(i)}" for i in (p.one, p.other))
        click.echo(f"{p.score}  {names}  {'; '.join(p.reasons)}")


@click.command()
@PROJECT
@click.argument("actor")
@click.option("--add", is_flag=True, help="Make a new actor of this name.")
@click.option(
    "--set", "values", metavar="NAME=VALUE", multiple=True, callback=pairs,
    help="name, type, aliases (with ;), color, wikidata or note; empty clears.",
)  # fmt: skip
@click.option("--delete", "gone", is_flag=True, help="Delete the actor, to whom nothing may refer.")
@AS_JSON
def actor(project: Path, actor: str, add: bool, values: dict[str, str], gone: bool, as_json: bool) -> None:
    """Show an actor with all that it demands, is asked, accuses, is accused of, does and suffers; or change it.

    ACTOR is a name, an alias, or the beginning or end of an id. A new name keeps the old one as an alias.
    """
    if unknown := set(values) - set(_FIELDS):
        raise click.UsageError(f"An actor has no “{min(unknown)}”; it has: {', '.join(_FIELDS)}.")
    if gone and (add or values):
        raise click.UsageError("Say --delete alone.")
    with opened_project(project, read_only=not (add or values or gone)) as opened:
        if gone:
            click.echo(opened.delete_actor(opened.find_actor_by(actor).id).label)
            return
        if add or values:
            with opened.step("Add actor" if add else "Edit actor") as step:
                step.result = _changed(opened, actor, add, dict(values))
            click.echo(step.result if add else step.changes.label if step.changes else "Nothing changed.")
            return
        _print_actor(opened, opened.find_actor_by(actor).id, as_json)


def _changed(opened: Project, given: str, add: bool, values: dict[str, str]) -> str:
    if add and opened.find_actor(given) is not None:
        raise AnnotatorError(f"There is an actor “{given}” already.")
    identifier = opened.add_actor(given).result if add else opened.find_actor_by(given).id
    if name := values.pop("name", ""):
        opened.rename_actor(identifier, name)
    aliases = values.pop("aliases", None)
    several = None if aliases is None else [alias.strip() for alias in aliases.split(";")]
    opened.edit_actor(identifier, aliases=several, **{str(key): text for key, text in values.items()})
    return identifier


def _print_actor(opened: Project, identifier: str, as_json: bool) -> None:
    (summary,) = opened.roster.summaries([identifier])
    merged = opened.roster.merged_into(identifier)
    mentions = [each for page in opened.roster.mentions(identifier) for each in page]
    mentions.sort(key=lambda m: (role_order(m.tag, m.attribute), m.tag, m.attribute, m.day or "9999", m.annotation))
    if as_json:
        data = _summary(summary) | {
            "merged": [{"id": m.id, "name": m.name, "aliases": list(m.aliases)} for m in merged],
            "mentions": [
                {
                    "annotation": m.annotation,
                    "statement": m.statement,
                    "tag": m.tag,
                    "attribute": m.attribute,
                    "role": _role(opened, m),
                    "quote": m.quote,
                    "date": m.date.as_json() if m.date else None,
                }
                for m in mentions
            ],
        }
        print_json(data)
        return
    a = summary.actor
    click.echo(f"{a.name}\n{short(a.id)}")
    facts = {"type": a.type, "aliases": "; ".join(a.aliases), "merged": "; ".join(m.name for m in merged)}
    for name, text in {**facts, "color": a.color, "wikidata": a.wikidata, "note": a.note}.items():
        if text:
            click.echo(f"{name}: {text}")
    last = ""
    for m in mentions:
        if (heading := _role(opened, m)) != last:
            click.echo(f"\n{heading}")
            last = heading
        date = edtf.readable(m.date.edtf) if m.date else "undated"
        click.echo(f"  {short(m.annotation)}  {date}  {m.issuer or m.title}  “{' '.join(m.quote.split())}”")


def _role(opened: Project, mention: Mention) -> str:
    tag = opened.codebook.tag(mention.tag) if mention.tag in opened.codebook else None
    attribute = tag.attribute(mention.attribute) if tag else None
    return role(mention.tag, mention.attribute, tag.label if tag else "", attribute.label.lower() if attribute else "")


@click.command("merge-actors")
@PROJECT
@click.argument("actors", metavar="ACTOR...", nargs=-1, required=True)
@click.argument("into")
@CODER
def merge_actors(project: Path, actors: tuple[str, ...], into: str, coder: str | None) -> None:
    """Say that each ACTOR is the one named last: its names and passages lead there. No annotation is rewritten."""
    with opened_project(project, coder=coder) as opened:
        changes = opened.merge_actors([opened.find_actor_by(each).id for each in actors], opened.find_actor_by(into).id)
        click.echo(changes.label)


@click.command("unmerge-actor")
@PROJECT
@click.argument("actor")
def unmerge_actor(project: Path, actor: str) -> None:
    """Let an actor that was merged into another one be one of its own again; ACTOR is its own name or id."""
    with opened_project(project) as opened:
        last = opened.find_actor_by(actor)
        wanted = actor.strip().casefold()
        for each in opened.roster.merged_into(last.id):
            if wanted == each.name.casefold() or each.id.endswith(wanted) or each.id.startswith(wanted):
                click.echo(opened.unmerge_actor(each.id).label)
                return
        raise AnnotatorError(f"“{actor}” was not merged into another actor.")


@click.command("split-actor")
@PROJECT
@click.argument("actor")
@click.argument("name")
@click.option("--alias", "aliases", metavar="NAME", multiple=True, help="An alias that goes to the new actor.")
@click.option(
    "--passage", "passages", metavar="ANNOTATION[:ATTRIBUTE]", multiple=True,
    help="A passage that means the new actor, in all attributes or in one.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
def split_actor(
    project: Path, actor: str, name: str, aliases: tuple[str, ...], passages: tuple[str, ...], dry_run: bool
) -> None:
    """Make a new actor, called NAME, of part of ACTOR; prints its id."""
    with opened_project(project, read_only=dry_run) as opened:
        identifier = opened.find_actor_by(actor).id
        values = []
        for passage in passages:
            annotation, _, attribute = passage.partition(":")
            values.append((opened.find_annotation(annotation), attribute))
        if dry_run:
            click.echo(opened.plan_split(identifier, aliases=aliases, values=values).sentence())
            return
        click.echo(opened.split_actor(identifier, name, aliases=aliases, values=values).result)


@click.command("keep-apart")
@PROJECT
@click.argument("one", metavar="ACTOR")
@click.argument("other", metavar="ACTOR")
def keep_apart(project: Path, one: str, other: str) -> None:
    """Say that two actors are not the same, so that merging them is not proposed again."""
    with opened_project(project) as opened:
        click.echo(opened.keep_apart(opened.find_actor_by(one).id, opened.find_actor_by(other).id).label)


@click.command()
@PROJECT
@click.argument("kind")
@click.argument("source")
@click.argument("target")
@CODER
def link(project: Path, kind: str, source: str, target: str, coder: str | None) -> None:
    """Link the passage SOURCE with TARGET: same_as, event_ref, responds_to or the project's own; prints its id."""
    with opened_project(project, coder=coder) as opened:
        kind_called(kind, opened.link_kinds)
        click.echo(opened.link(kind, opened.find_annotation(source), opened.find_annotation(target)).result)


@click.command()
@PROJECT
@click.argument("links", metavar="LINK...", nargs=-1, required=True)
def unlink(project: Path, links: tuple[str, ...]) -> None:
    """Remove links; `show` lists them."""
    with opened_project(project) as opened:
        found = list(dict.fromkeys(opened.find_link(each) for each in links))
        with opened.step("Remove link" if len(found) == 1 else f"Remove {len(found)} links") as step:
            for each in found:
                opened.unlink(each)
        click.echo(step.changes.label)


@click.command("link-kinds")
@PROJECT
@click.argument("name", required=False)
@click.option("--label", default="", metavar="TEXT", help="What people see.")
@click.option("--both-ways", is_flag=True, help="It says the same in both directions.")
@click.option("--definition", default="", metavar="TEXT", help="What it means.")
@click.option("--remove", is_flag=True, help="Take the kind back; no link may be of it.")
@AS_JSON
def link_kinds(
    project: Path, name: str | None, label: str, both_ways: bool, definition: str, remove: bool, as_json: bool
) -> None:
    """List the kinds of links, or define or remove the kind NAME."""
    with opened_project(project, read_only=name is None) as opened:
        if name is not None:
            changes = (
                opened.remove_link_kind(name)
                if remove
                else opened.put_link_kind(LinkKind(name, label, not both_ways, definition))
            )
            click.echo(changes.label if changes else "Nothing changed.")
            return
        kinds = opened.link_kinds
    if as_json:
        print_json([kind_to_json(kind) for kind in kinds])
        return
    for kind in kinds:
        click.echo(f"{kind.name}  {kind.label}{'' if kind.directed else ' (both ways)'}  {kind.definition}".rstrip())


COMMANDS = (
    actors, actor, merge_actors, unmerge_actor, split_actor, keep_apart, link, unlink, link_kinds,
)  # fmt: skip
