"""Verbs below `czujka incidents` that change what an incident is: merged, split, irrelevant, graded, handed over, noted."""

import click

from actions import incidents as acts
from core.clock import utc_now
from core.types import Severity
from czujka.verbs.opening import actor, store_of

reason_option = click.option("--reason", default="", help="Why; it stands in the history.")
an_incident = click.argument("incident_id", type=int, metavar="ID")


@click.command()
@an_incident
@click.argument("other_id", type=int, metavar="OTHER")
@click.pass_obj
def merge(named: str | None, incident_id: int, other_id: int) -> None:
    """Merge: OTHER becomes a part of ID, with its posts and whatever else joins it later.

    Example: czujka incidents merge 3 5
    """
    with store_of(named) as (_, store):
        acts.merge(store, incident_id, other_id, actor(), utc_now())
    click.echo(f"incident {other_id} is a part of incident {incident_id} now")


@click.command()
@an_incident
@click.argument("item_ids", type=int, nargs=-1, required=True, metavar="ITEM…")
@click.pass_obj
def split(named: str | None, incident_id: int, item_ids: tuple[int, ...]) -> None:
    """Split: these posts tell another story and become an incident of their own.

    Example: czujka incidents split 3 17 18
    """
    with store_of(named) as (settings, store):
        new = acts.split(store, settings, incident_id, item_ids, actor(), utc_now())
    click.echo(f"incident {new} holds {len(set(item_ids))} posts of incident {incident_id}")


@click.command()
@an_incident
@reason_option
@click.pass_obj
def irrelevant(named: str | None, incident_id: int, reason: str) -> None:
    """Call the whole story irrelevant: resolved, and more of it joins in silence for a day unless it is graver.

    Example: czujka incidents irrelevant 3 --reason "another company's courier"
    """
    with store_of(named) as (settings, store):
        closed = acts.dismiss(store, settings, incident_id, actor(), utc_now(), reason=reason)
    click.echo(f"incident {incident_id} is irrelevant; {closed} conversations closed")


@click.command()
@an_incident
@click.argument("severity", type=click.Choice([one.value for one in Severity]))
@reason_option
@click.pass_obj
def grade(named: str | None, incident_id: int, severity: str, reason: str) -> None:
    """Grade: set the severity by hand, up or down.

    Example: czujka incidents grade 3 medium --reason "known since Monday"
    """
    with store_of(named) as (_, store):
        acts.grade(store, incident_id, Severity(severity), actor(), utc_now(), reason=reason)
    click.echo(f"incident {incident_id} is {severity}")


@click.command("hand-over")
@an_incident
@click.argument("owner")
@reason_option
@click.pass_obj
def hand_over(named: str | None, incident_id: int, owner: str, reason: str) -> None:
    """Hand over: another team answers, and is paged by its own policy.

    Example: czujka incidents hand-over 3 security
    """
    with store_of(named) as (settings, store):
        acts.hand_over(store, settings, incident_id, owner, actor(), utc_now(), reason=reason)
    click.echo(f"incident {incident_id} is {owner}'s")


@click.command("renew-policy")
@an_incident
@click.pass_obj
def renew_policy(named: str | None, incident_id: int) -> None:
    """Escalate by the policy as it stands today, from its first step.

    Example: czujka incidents renew-policy 3
    """
    with store_of(named) as (settings, store):
        acts.renew_policy(store, settings, incident_id, actor(), utc_now())
    click.echo(f"incident {incident_id} escalates by today's policy")


@click.command()
@an_incident
@click.argument("text")
@click.pass_obj
def note(named: str | None, incident_id: int, text: str) -> None:
    """Write a line into the history.

    Example: czujka incidents note 3 "the depot says tomorrow"
    """
    with store_of(named) as (_, store):
        acts.note(store, incident_id, actor(), text, utc_now())
    click.echo(f"noted on incident {incident_id}")


VERBS = (merge, split, irrelevant, grade, hand_over, renew_policy, note)
