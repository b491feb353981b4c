"""Verbs on what is learned from a crisis: actions with owner and day, and the review itself."""

from typing import Any

import click

from actions import crisis as acts
from core.clock import utc_now
from czujka.verbs.crisis_words import crisis_argument
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of
from czujka.verbs.planning import planned_of, planning_options


@click.command()
@crisis_argument
@click.option("--close", is_flag=True, help="The review is written; only actions done are added from now on.")
@json_option
@click.pass_obj
def review(named: str | None, crisis_id: int, *, close: bool, as_json: bool) -> None:
    """Show what was late and what shall be done; `--close` ends the review.

    Example: czujka crisis review 1
    """
    now = utc_now()
    with store_of(named) as (settings, store):
        if close:
            acts.close_review(store, crisis_id, actor(), now)
        room = store.crises.room(crisis_id)
    late, quiet = acts.late_items_of(room, now), acts.silences_of(room, settings, now)
    if as_json:
        return print_json([*late, *quiet, *room.actions])
    click.echo(f"crisis {crisis_id}: {room.crisis.title} ({room.crisis.stage.replace('_', ' ')})")
    for one in late:
        click.echo(f"late: {one.item.id}, due {one.due_at:%H:%M}, {f'done {one.done_at:%H:%M}' if one.done_at else 'not done'}")
    for gap in quiet:
        click.echo(f"silent: {gap.length} from {gap.since:%H:%M}")
    head = ("action", "due", "owner", "about", "pointer", "done", "what")
    plans = ((one, one.planned) for one in room.actions)
    rows = ((o.action_id, f"{p.due_at:%Y-%m-%d}", p.owner, p.about, p.pointer, o.done_by or "-", p.text) for o, p in plans)
    return print_table(head, rows)


@click.command()
@crisis_argument
@planning_options
@click.pass_obj
def action(named: str | None, /, crisis_id: int, **said: Any) -> None:
    """Plan what shall be done after a crisis that is stood down.

    Example: czujka crisis action 1 "Answer within an hour at night too" --owner anna --due 2027-01-15 --about clause --pointer POL-12
    """
    with store_of(named) as (settings, store):
        number = acts.plan(store, settings, crisis_id, planned_of(settings, **said), actor(), utc_now())
    click.echo(f"action {number} is planned")


@click.command()
@crisis_argument
@click.argument("number", type=int, metavar="ACTION")
@click.pass_obj
def done(named: str | None, crisis_id: int, number: int) -> None:
    """An action is done.

    Example: czujka crisis done 1 2
    """
    with store_of(named) as (_, store):
        acts.finish_action(store, crisis_id, number, actor(), utc_now())
    click.echo(f"action {number} is done")


AFTER = (review, action, done)
