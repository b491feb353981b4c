"""Verbs on incidents, and `route explain`."""

from datetime import UTC, datetime, timedelta

import click

from actions import incidents as acts
from alerts.headlines import headline
from alerts.route import explain
from core.clock import utc_now
from core.likeness.alike import explained, told_of
from core.table import parse_duration
from core.types import IncidentState
from czujka.verbs.opening import ById, actor, json_option, print_json, print_table, store_of
from czujka.verbs.stories import VERBS as STORY_VERBS


@click.group(cls=ById, invoke_without_command=True)
@click.option("--all", "resolved", is_flag=True, help="Resolved ones too.")
@click.option("--owner", default=None, help="Only this owner's.")
@json_option
@click.pass_context
def incidents(context: click.Context, owner: str | None, *, resolved: bool, as_json: bool) -> None:
    """Show incidents, the most severe first; `czujka incidents ID` tells one whole.

    Example: czujka incidents --json
    """
    if context.invoked_subcommand is not None:
        return None
    states = None if resolved else (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)
    with store_of(context.obj) as (_, store):
        rows = store.incidents.list(states, owner, limit=1000)
    if as_json:
        return print_json(rows)
    header = ("id", "severity", "state", "owner", "what", "posts", "people", "opened")
    return print_table(
        header,
        (
            (
                row.incident_id,
                row.severity,
                row.state,
                row.owner,
                headline(row.label, row.title, "en"),
                row.items,
                row.authors,
                row.opened_at.strftime("%Y-%m-%d %H:%M"),
            )
            for row in rows
        ),
    )


@incidents.command("show")
@click.argument("incident_id", type=int)
@json_option
@click.pass_obj
def show(named: str | None, incident_id: int, *, as_json: bool) -> None:
    """Tell one incident whole: evidence, history, who was told.

    Example: czujka incidents show 3
    """
    with store_of(named) as (_, store):
        card = store.incidents.card(incident_id)
        texts = store.assessing.texts({item_id for event in card.events for item_id in told_of(event.detail.get("taken"))})
    if as_json:
        return print_json([card])
    row = card.row
    click.echo(f"[{row.severity}] {headline(row.label, row.title, 'en')}: {row.state}, owner {row.owner}, {row.items} posts")
    for item in card.evidence:
        click.echo(f"  {item.quote.platform} {item.quote.author}: {' '.join(item.quote.text.split())[:200]}")
        for found in item.findings:
            span = "" if found.start is None else f", characters {found.start + 1} to {found.end}"
            click.echo(f"    {found.label} {found.score:.2f} by {found.detector}{span}")
        click.echo(f"    read by {item.read_by or '-'}, SHA-256 {item.hash}")
    print_table(("when", "who", "what", "why"), ((e.at.strftime("%Y-%m-%d %H:%M:%S"), e.actor, e.kind, e.reason) for e in card.events))
    for event in card.events:
        for item_id, with_id, alike, words in explained(event.detail.get("taken"), texts):
            click.echo(f"  post {item_id} was taken with post {with_id}: {alike} % alike ({', '.join(words) or 'the words are gone'})")
    for told in card.told:
        click.echo(f"  told {told.person or ''} by {told.contact}: {told.state} ({len(told.attempts)} tries)")
    return None


@incidents.command("ack")
@click.argument("incident_id", type=int)
@click.pass_obj
def ack(named: str | None, incident_id: int) -> None:
    """Acknowledge: you take it; the escalation stops until the acknowledgement expires.

    Example: czujka incidents ack 3
    """
    with store_of(named) as (settings, store):
        acts.acknowledge(store, settings, incident_id, actor(), utc_now())
    click.echo(f"incident {incident_id} acknowledged")


@incidents.command("resolve")
@click.argument("incident_id", type=int)
@click.pass_obj
def resolve(named: str | None, incident_id: int) -> None:
    """Resolve: it is over.

    Example: czujka incidents resolve 3
    """
    with store_of(named) as (settings, store):
        acts.resolve(store, settings, incident_id, actor(), utc_now())
    click.echo(f"incident {incident_id} resolved")


@incidents.command("snooze")
@click.argument("incident_id", type=int)
@click.option("--for", "time", default="1h", show_default=True, help="How long: 30m, 2h, 1d.")
@click.pass_obj
def snooze(named: str | None, incident_id: int, time: str) -> None:
    """Snooze: nobody is paged for a while.

    Example: czujka incidents snooze 3 --for 2h
    """
    with store_of(named) as (settings, store):
        acts.snooze(store, settings, incident_id, actor(), utc_now(), until=utc_now() + _duration(time))
    click.echo(f"incident {incident_id} snoozed")


@incidents.command("reopen")
@click.argument("incident_id", type=int)
@click.pass_obj
def reopen(named: str | None, incident_id: int) -> None:
    """Reopen: it is not over.

    Example: czujka incidents reopen 3
    """
    with store_of(named) as (settings, store):
        acts.reopen(store, settings, incident_id, actor(), utc_now())
    click.echo(f"incident {incident_id} open again")


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


for verb in STORY_VERBS:
    incidents.add_command(verb)


@click.group()
def route() -> None:
    """See where things go."""


@route.command("explain")
@click.argument("item_id", type=int)
@click.pass_obj
def route_explain(named: str | None, item_id: int) -> None:
    """Say which route an item's findings take, and why the others do not fit.

    Example: czujka route explain 17
    """
    with store_of(named) as (settings, store):
        for line in explain(store.assessing.one(item_id), settings):
            click.echo(line)


def instant(text: str) -> datetime:
    """An ISO time; without a zone it is UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"{text!r}: a time such as 2026-11-20T14:00 was expected") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


VERBS = (incidents, route)
